#include "sources/pacemaker_placement.h"
#include "base/clock.h"
#include "sources/pacemaker_status.h"
#include "sources/pacemaker_tool.h"
#include "sources/pacemaker_xml.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- parsing ---- */

static bool same(const char *a, const char *b) { return str_eq(a ? a : "", b ? b : ""); }

static const struct pcmk_resource *find(const struct pcmk_resources *list, const struct pcmk_resource *r) {
  for (size_t i = 0; i < list->resources.count; i++)
    if (same(list->resources.item[i].id, r->id) && same(list->resources.item[i].instance, r->instance)) return &list->resources.item[i];
  return NULL;
}

static bool concerns(const struct texts *lost, const struct texts *nodes) {
  for (size_t i = 0; i < nodes->count; i++)
    if (texts_have(lost, nodes->item[i])) return true;
  return false;
}

static bool same_names(const struct texts *a, const struct texts *b) {
  for (size_t i = 0; i < a->count; i++)
    if (!texts_have(b, a->item[i])) return false;
  return a->count == b->count;
}

int pacemaker_placement_parse(const char *bytes, size_t len, struct arena *a, struct pcmk_placement *ret, struct err *e) {
  CLEANUP(xml_free) struct _xmlDoc *doc = NULL;
  struct pcmk_resources now = {0}, then = {0};
  int code = xml_read(bytes, len, &doc, e);
  if (code) return code;
  const xml_node *root = xml_root(doc), *before = xml_child(root, "cluster_status"), *after = xml_child(root, "revised_cluster_status");
  if (!xml_is(root, "pacemaker-result")) return err_set(e, -EBADMSG, "", "the answer is no simulation but <%.40s>", xml_name(root));
  if (!before || !after) return err_set(e, -EPROTO, "", "crm_simulate says nothing of what would be");
  pacemaker_resources_read(xml_child(before, "resources"), a, &now);
  pacemaker_resources_read(xml_child(after, "resources"), a, &then);
  for (size_t i = 0; i < now.resources.count; i++) {
    const struct pcmk_resource *r = &now.resources.item[i], *t = find(&then, r);
    if (t && same_names(&r->nodes, &t->nodes) && !concerns(&ret->lost, &r->nodes)) continue;
    struct pcmk_place *p = list_add(a, &ret->resources, &pcmk_place_shape);
    p->resource = r->id;
    p->instance = r->instance;
    p->from = r->nodes;
    if (t) p->to = t->nodes;
  }
  return 0;
}

/* ---- running ---- */

enum {
  KEYS_MAX = 64,
  DEADLINE_MS = 5000,
  SOON_MS = 300,   /* a change of the CIB rarely comes alone */
  LEAST_MS = 2000, /* between two rounds, and ten times as long as one took: a cluster that is busy is not kept so by us */
  AGAIN_MS = 60000,
};

/* What is asked of one set of nodes, one after the other: as if they had died; and, where it matters, the whole CIB to ask
 * once more with them in standby. */
enum stage { STAGE_DEAD, STAGE_CIB, STAGE_DRAINED };

struct wanted {
  char *key; /* owned */
  bool asked, online, due;
};
struct simulator {
  struct loop *loop;
  struct emitter *out;
  struct timer *timer; /* the next step; while the tool runs: its deadline */
  struct tool tool;
  struct wanted keys[KEYS_MAX];
  size_t count, current;  /* current: of keys, while the tool runs */
  int64_t began, took, ended; /* of a round; monotonic */
  enum stage stage;
  bool apart;             /* drained in order, resources may go elsewhere */
  struct arena *arena;    /* of found: the answer as far as it goes */
  struct pcmk_placement found;
  struct str cib;         /* of this round */
  int file;               /* the CIB as changed, in memory; -1: none */
  bool again;             /* something changed during this round */
  bool well, missing;     /* well: there is a cluster to ask; missing: crm_simulate is not installed, or too old */
  char *names;            /* " kvm01  kvm02 ": nodes there are */
};

static void step(void *owner);

struct simulator *simulator_new(struct loop *l, struct emitter *out) {
  struct simulator *s = mem_alloc(sizeof *s);
  *s = (struct simulator){.loop = l, .out = out, .file = -1};
  s->timer = loop_timer(l, -1, step, s);
  return s;
}

static void forget(struct simulator *s) {
  if (s->file >= 0) close(s->file);
  s->file = -1;
  arena_free(s->arena);
  s->arena = NULL;
  s->stage = STAGE_DEAD;
}

void simulator_free(struct simulator *s) {
  if (!s) return;
  tool_free(&s->tool);
  forget(s);
  str_free(&s->cib);
  for (size_t i = 0; i < s->count; i++) mem_free(s->keys[i].key);
  mem_free(s->names);
  mem_free(s);
}

static struct wanted *wanted_of(struct simulator *s, const char *key) {
  for (size_t i = 0; i < s->count; i++)
    if (!strcmp(s->keys[i].key, key)) return &s->keys[i];
  if (s->count == KEYS_MAX) return NULL;
  s->keys[s->count] = (struct wanted){.key = mem_strdup(key)};
  return &s->keys[s->count++];
}

static struct texts nodes_of(const char *key, struct arena *a) {
  struct texts ret = {0};
  CLEANUP(mem_freep) char *copy = mem_strdup(key);
  char *rest = copy;
  for (char *one; (one = strsep(&rest, ",")) != NULL && ret.count < 32;)
    if (*one) texts_add(a, &ret, one);
  return ret;
}

static bool is_node(const struct simulator *s, const char *name) {
  CLEANUP(mem_freep) char *spaced = mem_printf(" %s ", name);
  return s->names && strstr(s->names, spaced);
}

static void say(struct simulator *s, struct wanted *w, struct pcmk_placement *p) {
  emit_fact(s->out, "pacemaker.placement", w->key, p);
  emit_flush(s->out);
}

static void say_not(struct simulator *s, struct wanted *w, struct arena *a, const char *why) {
  struct pcmk_placement p = {.lost = nodes_of(w->key, a), .text = why};
  say(s, w, &p);
}

static const char *why_not(struct simulator *s) {
  if (s->tool.end == TOOL_LATE) return "crm_simulate did not answer";
  if (s->tool.too_large) return "crm_simulate printed too much";
  if (s->tool.exit_code != 64) return NULL;
  s->missing = true; /* before 2.1 it knows no --output-as */
  return "this pacemaker's crm_simulate has no answer that can be read (before 2.1)";
}

/* The first of the answers, or of one that is asked but once the only one. */
static void answer_dead(struct simulator *s, struct wanted *w) {
  struct err e = {0};
  const char *why = why_not(s);
  forget(s);
  s->arena = arena_new();
  s->found = (struct pcmk_placement){.lost = nodes_of(w->key, s->arena), .drained_apart = s->apart ? TRUTH_UNKNOWN : TRUTH_NO};
  if (!why && pacemaker_placement_parse(str_text(&s->tool.out), s->tool.out.len, s->arena, &s->found, &e)) why = "crm_simulate failed";
  if (why) say_not(s, w, s->arena, why);
  else if (!s->apart) say(s, w, &s->found);
  else s->stage = s->cib.len ? STAGE_DRAINED : STAGE_CIB;
}

/* The second: what was found stands without it, and says so. */
static void answer_drained(struct simulator *s, struct wanted *w) {
  struct pcmk_placement drained = {.lost = s->found.lost};
  struct err e = {0};
  if (!why_not(s) && !pacemaker_placement_parse(str_text(&s->tool.out), s->tool.out.len, s->arena, &drained, &e)) {
    s->found.drained_apart = TRUTH_YES;
    memcpy(&s->found.drained, &drained.resources, sizeof drained.resources);
  }
  say(s, w, &s->found);
  forget(s);
}

static void answer(struct simulator *s, struct wanted *w) {
  if (s->stage == STAGE_DEAD) return answer_dead(s, w);
  if (s->stage == STAGE_DRAINED) return answer_drained(s, w);
  if (s->tool.end == TOOL_ENDED && !s->tool.exit_code && !s->tool.too_large) str_addn(&s->cib, str_text(&s->tool.out), s->tool.out.len);
  if (s->cib.len) s->stage = STAGE_DRAINED;
  else say(s, w, &s->found), forget(s);
}

/* The next round; one that runs is not begun anew, it is followed by another. */
static void soon(struct simulator *s) {
  int64_t pause = 10 * s->took > LEAST_MS ? 10 * s->took : LEAST_MS, since = clock_mono_ms() - s->ended;
  if (s->began) s->again = true;
  else timer_set(s->timer, !s->ended ? 0 : since + SOON_MS >= pause ? SOON_MS : pause - since);
}

static void on_done(void *owner) {
  struct simulator *s = owner;
  if (s->current >= s->count) return;
  timer_set(s->timer, 0);
  answer(s, &s->keys[s->current]);
  if (s->stage == STAGE_DEAD) s->current = KEYS_MAX;
}

/* The CIB with the nodes in standby where only our children find it: it holds the fence devices' passwords. */
static bool write_drained(struct simulator *s) {
  CLEANUP(str_free) struct str text = {0};
  struct err e = {0};
  if (xml_drained(str_text(&s->cib), s->cib.len, &s->found.lost, &text, &e)) return false;
  s->file = memfd_create("cib", MFD_CLOEXEC);
  for (size_t at = 0; s->file >= 0 && at < text.len;) {
    ssize_t n = write(s->file, text.data + at, text.len - at);
    if (n <= 0) return false;
    at += (size_t)n;
  }
  return s->file >= 0;
}

/* The next question about the nodes that the current one was asked about already. */
static void run_on(struct simulator *s, struct wanted *w) {
  struct err e = {0};
  CLEANUP(mem_freep) char *path = NULL;
  const char *const query[] = {"cibadmin", "--query", NULL};
  bool possible = s->stage == STAGE_CIB || write_drained(s);
  if (possible && s->stage == STAGE_DRAINED) path = mem_printf("--xml-file=/proc/%d/fd/%d", (int)getpid(), s->file);
  const char *const ask[] = {"crm_simulate", path, "--simulate", "--output-as=xml", NULL};
  if (possible && !tool_start(&s->tool, s->loop, s->stage == STAGE_CIB ? query : ask, on_done, s, &e)) return timer_set(s->timer, DEADLINE_MS);
  say(s, w, &s->found);
  forget(s);
  s->current = KEYS_MAX;
}

static void run(struct simulator *s, struct wanted *w) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct texts nodes = nodes_of(w->key, a);
  const char *argv[5 + 32] = {"crm_simulate", "--live-check", "--simulate", "--output-as=xml"};
  size_t n = 4;
  struct err e = {0};
  w->due = false;
  for (size_t i = 0; i < nodes.count; i++) {
    if (!is_node(s, nodes.item[i])) return say_not(s, w, a, arena_printf(a, "pacemaker has no node %.100s", nodes.item[i])); /* it would invent one */
    argv[n++] = arena_printf(a, "--node-down=%s", nodes.item[i]);
  }
  s->current = (size_t)(w - s->keys);
  int code = tool_start(&s->tool, s->loop, argv, on_done, s, &e);
  if (!code) return timer_set(s->timer, DEADLINE_MS);
  s->current = KEYS_MAX;
  s->missing = code == -ENOENT;
  say_not(s, w, a, s->missing ? "crm_simulate is not installed" : "crm_simulate could not be started");
}

/* The next of those that are due; at the end of a round, when to begin the next. Also the deadline of the one that runs. */
static void step(void *owner) {
  struct simulator *s = owner;
  if (tool_runs(&s->tool)) {
    tool_give_up(&s->tool);
    if (s->current < s->count) answer(s, &s->keys[s->current]);
    if (s->stage == STAGE_DEAD) s->current = KEYS_MAX;
  }
  if (!s->well || s->missing) return;
  if (s->stage != STAGE_DEAD) {
    run_on(s, &s->keys[s->current]);
    if (tool_runs(&s->tool)) return;
  }
  if (!s->began) {
    s->began = clock_mono_ms();
    str_reset(&s->cib);
    for (size_t i = 0; i < s->count; i++) s->keys[i].due = true;
  }
  for (size_t i = 0; i < s->count; i++) {
    if (!s->keys[i].due || !(s->keys[i].online || s->keys[i].asked)) continue;
    run(s, &s->keys[i]);
    if (tool_runs(&s->tool)) return;
  }
  s->ended = clock_mono_ms();
  s->took = s->ended - s->began;
  s->began = 0;
  timer_set(s->timer, AGAIN_MS);
  if (s->again) soon(s);
  s->again = false;
}

void simulator_changed(struct simulator *s, const struct pcmk_nodes *nodes) {
  CLEANUP(str_free) struct str names = {0};
  s->well = true;
  for (size_t i = 0; i < s->count; i++) {
    bool was = s->keys[i].online;
    s->keys[i].online = false;
    for (size_t k = 0; was && k < nodes->nodes.count; k++) s->keys[i].online |= nodes->nodes.item[k].online == TRUTH_YES && str_eq(nodes->nodes.item[k].name, s->keys[i].key);
    if (was && !s->keys[i].online && !s->keys[i].asked) emit_fact(s->out, "pacemaker.placement", s->keys[i].key, NULL);
  }
  for (size_t k = 0; k < nodes->nodes.count; k++) {
    const struct pcmk_node *n = &nodes->nodes.item[k];
    if (!n->name || strpbrk(n->name, ", \n")) continue;
    str_addf(&names, " %s ", n->name);
    struct wanted *w = n->online == TRUTH_YES ? wanted_of(s, n->name) : NULL;
    if (w && !w->online) w->online = w->due = true; /* in this round still, where one runs */
  }
  mem_free(s->names);
  s->names = str_take(&names);
  soon(s);
}

void simulator_stop(struct simulator *s) {
  s->well = s->again = false;
  s->began = 0;
  tool_give_up(&s->tool);
  forget(s);
  str_reset(&s->cib);
  s->current = KEYS_MAX;
  timer_set(s->timer, -1);
}

void simulator_strategy(struct simulator *s, const char *strategy) { s->apart = strategy && strcmp(strategy, "default"); }

void simulator_want(struct simulator *s, const char *key) {
  struct wanted *w = wanted_of(s, key);
  if (!w || (w->asked && !w->due)) return;
  w->asked = w->due = true;
  if (s->well && !tool_runs(&s->tool)) timer_set(s->timer, 0);
}
