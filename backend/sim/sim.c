/* The observer: reads the world as the console's sources would read the cluster, at their times, and prints what changed. */
#include "sim/sim.h"
#include "base/arena.h"
#include "model/fragment.h"
#include "sim/command.h"
#include "sim/event.h"
#include "sim/facts.h"
#include "sim/host.h"
#include "sim/pacemaker.h"
#include "sim/ring.h"
#include "sim/world_file.h"
#include <errno.h>
#include <string.h>

enum { SAID_MS = 2000, HUNG_MS = 5000, JOB_MS = 250, SOON_MS = 1000, RETRY_MS = 2000, READERS_MAX = 32 };

struct printed { const char *key; uint64_t hash; int64_t next; bool seen; }; /* the last word on one fact; key owned */
struct sim_source {
  enum layer layer;
  char *host;
  enum source_state state;
  char text[512];
  int64_t said; /* when its state was said last; 0: never */
  int64_t wake;
  struct printed *printed[READERS_MAX]; /* by the reader's place in the table */
  size_t count[READERS_MAX];
};

struct sim {
  struct world *world;
  struct world_file *file;
  struct sim_source **sources;
  size_t source_count;
  struct sim_command **commands; /* that run; whoever began one forgets it */
  size_t command_count;
  struct str out;
  char *placement; /* nodes joined by commas: what pacemaker would do without them is wanted too; NULL: of none */
};

static uint64_t hash_of(const char *s, size_t len) {
  uint64_t h = 14695981039346656037u;
  for (size_t i = 0; i < len; i++) h = (h ^ (unsigned char)s[i]) * 1099511628211u;
  return mix(h, len);
}

/* ---- sources ---- */

static void forget(struct sim_source *s) {
  for (size_t r = 0; r < COUNT(s->printed); r++) {
    for (size_t i = 0; i < s->count[r]; i++) mem_free((char *)s->printed[r][i].key);
    mem_free(s->printed[r]);
    s->printed[r] = NULL;
    s->count[r] = 0;
  }
}

static struct printed *printed_of(struct sim_source *s, size_t reader, const char *key) {
  for (size_t i = 0; i < s->count[reader]; i++)
    if (str_eq(s->printed[reader][i].key, key)) return &s->printed[reader][i];
  s->printed[reader] = mem_grow(s->printed[reader], s->count[reader] + 1, sizeof **s->printed);
  struct printed *p = &s->printed[reader][s->count[reader]++];
  *p = (struct printed){.key = mem_strdup(key)};
  return p;
}

static void expect(struct sim *s, enum layer layer, const char *host) {
  for (size_t i = 0; i < s->source_count; i++)
    if (s->sources[i]->layer == layer && str_eq(s->sources[i]->host, host)) return;
  s->sources = mem_grow(s->sources, s->source_count + 1, sizeof *s->sources);
  struct sim_source *added = mem_alloc(sizeof *added);
  added->layer = layer;
  added->host = mem_strdup(host);
  s->sources[s->source_count++] = added;
}

/* As the console finds them: its own host's, and the hypervisor of each node it hears of. */
static void discover(struct sim *s) {
  const struct sim_host *here = world_host(s->world, s->world->here);
  for (int l = LAYER_COROSYNC; l < LAYER_COUNT; l++) expect(s, (enum layer)l, here->name);
  if (!is_node(here)) return;
  EACH(s->world->hosts, struct sim_host, h)
    if (is_node(h)) expect(s, LAYER_LIBVIRT, h->name);
}

/* ---- one reading ---- */

struct reading {
  struct sim *sim;
  struct sim_source *source;
  struct look look;
  struct beat_fact beat;
  bool changed; /* something of its layer did */
};

static void read_fact(struct reading *r, size_t at, const char *key) {
  const struct fact_reader *reader = &fact_readers[at];
  const struct fact_kind *kind = fact_kind_find(reader->kind);
  struct printed *p = printed_of(r->source, at, key);
  int64_t now = r->sim->world->clock;
  bool due = now >= p->next;
  p->seen = true;
  if (!due && !(reader->pushed && r->changed)) return;
  CLEANUP(str_free) struct str text = {0};
  void *data = arena_alloc(r->look.arena, kind->shape->size);
  shape_init(kind->shape, data);
  if (!reader->read(&r->look, key, data)) {
    if (due) p->next = now + RETRY_MS;
    return;
  }
  shape_encode(kind->shape, data, &text);
  uint64_t hash = hash_of(text.data, text.len);
  if (due) p->next = now + reader->every_ms;
  if (str_eq(reader->kind, "libvirt.jobs") && r->sim->world->jobs.count) p->next = now + JOB_MS;
  if (p->hash == hash) {
    if (due) texts_add(r->look.arena, &r->beat.kinds, *key ? arena_printf(r->look.arena, "%s/%s", reader->kind, key) : reader->kind);
    return;
  }
  p->hash = hash;
  fragment_print(&r->sim->out, now, r->source->layer, r->source->host, reader->kind, key, data);
}

/* Facts of a volume that is gone exist no more. */
static void drop_unseen(struct reading *r, size_t at) {
  for (size_t i = 0; i < r->source->count[at]; i++) {
    struct printed *p = &r->source->printed[at][i];
    if (p->seen) continue;
    if (p->hash) fragment_print(&r->sim->out, r->sim->world->clock, r->source->layer, r->source->host, fact_readers[at].kind, p->key, NULL);
    mem_free((char *)p->key);
    *p = r->source->printed[at][--r->source->count[at]];
    i--;
  }
}

static void read_facts(struct reading *r) {
  struct sim_source *s = r->source;
  for (size_t at = 0; at < READERS_MAX && fact_readers[at].kind; at++) {
    if (fact_readers[at].layer != s->layer) continue;
    for (size_t i = 0; i < s->count[at]; i++) s->printed[at][i].seen = false;
    if (fact_readers[at].by == KEY_NONE) read_fact(r, at, "");
    else if (fact_readers[at].by == KEY_VOLUME) EACH(r->sim->world->volumes, struct sim_volume, v) read_fact(r, at, v->name);
    else EACH(r->sim->world->hosts, struct sim_host, h) if (is_node(h) && node_online(r->look.here, h)) read_fact(r, at, h->name);
    if (fact_readers[at].by == KEY_NODE && r->sim->placement) read_fact(r, at, r->sim->placement);
    drop_unseen(r, at);
    for (size_t i = 0; i < s->count[at]; i++)
      if (s->printed[at][i].next < s->wake) s->wake = s->printed[at][i].next;
  }
  if (r->beat.kinds.count) fragment_print(&r->sim->out, r->sim->world->clock, s->layer, s->host, "beat", NULL, &r->beat);
}

static void say_state(struct reading *r, enum source_state state, const char *text) {
  struct sim_source *s = r->source;
  int64_t now = r->sim->world->clock;
  bool changed = state != s->state || !str_eq(text, s->text);
  s->state = state;
  if (changed) strcpy(s->text, text);
  if (changed || !s->said || now - s->said >= SAID_MS) {
    struct state_fact f = {.state = (int)state, .text = text};
    fragment_print(&r->sim->out, now, s->layer, s->host, "state", NULL, &f);
    s->said = now;
  }
  if (s->said + SAID_MS < s->wake) s->wake = s->said + SAID_MS;
}

static void read_source(struct sim *sim, struct sim_source *s) {
  int64_t now = sim->world->clock, since;
  char text[sizeof s->text];
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct reading r = {.sim = sim, .source = s, .look = {sim->world, world_host(sim->world, sim->world->here), world_host(sim->world, s->host), a}, .changed = sim->world->changed & (1u << s->layer)};
  s->wake = now + 60000;
  if (!r.look.host) return;
  enum source_state state = source_now(&r.look, s->layer, text, sizeof text, &since);
  if (state == SOURCE_OK) {
    if (s->state != SOURCE_OK) forget(s); /* after a reconnect everything is said anew */
    read_facts(&r);
    say_state(&r, state, text);
  } else if (state == SOURCE_UNKNOWN) { /* it hangs: it says nothing, and after a while that is said of it */
    s->wake = now + SOON_MS;
    if (now - since >= HUNG_MS && s->state != SOURCE_HUNG) {
      say_state(&r, SOURCE_HUNG, "it does not answer");
      s->wake = now + SOON_MS;
    }
  } else {
    say_state(&r, state, text);
    if (s->wake > now + SOON_MS) s->wake = now + SOON_MS;
  }
}

/* ---- time ---- */

static int64_t next_wake(const struct sim *s) {
  int64_t next = INT64_MAX;
  for (size_t i = 0; i < s->source_count; i++)
    if (s->sources[i]->wake < next) next = s->sources[i]->wake;
  return next;
}

static int64_t next_due(const struct sim *s) {
  int64_t next = world_next(s->world);
  for (size_t i = 0; i < s->command_count; i++)
    if (command_due(s->commands[i]) < next) next = command_due(s->commands[i]);
  return next;
}

int64_t sim_next(const struct sim *s) {
  int64_t next = next_due(s), wake = next_wake(s);
  return next < wake ? next : wake;
}

void sim_add(struct sim *s, struct sim_command *k) {
  s->commands = mem_grow(s->commands, s->command_count + 1, sizeof(struct sim_command *));
  s->commands[s->command_count++] = k;
}

void sim_remove(struct sim *s, struct sim_command *k) {
  for (size_t i = 0; i < s->command_count; i++)
    if (s->commands[i] == k) {
      memmove(s->commands + i, s->commands + i + 1, (--s->command_count - i) * sizeof(struct sim_command *));
      return;
    }
}

/* To that moment, whether anybody listens or not. */
static void pass(struct sim *s, int64_t until) {
  world_run(s->world, until);
  for (size_t i = 0; i < s->command_count; i++) command_turn(s->commands[i], until);
}

static void read_all(struct sim *s) {
  const struct sim_host *here = world_host(s->world, s->world->here);
  discover(s);
  for (size_t i = 0; i < s->source_count; i++) {
    struct sim_source *x = s->sources[i];
    if (here->power == POWER_ON && YES(here->frozen)) x->wake = s->world->clock + SOON_MS; /* the console stands still with its host */
    else if (x->wake <= s->world->clock || (s->world->changed & (1u << x->layer))) read_source(s, x);
  }
  s->world->changed = 0;
}

static void hand_over(struct sim *s, sim_line_fn *fn, void *owner) {
  for (size_t at = 0, len; at < s->out.len; at += len) {
    len = (size_t)((char *)memchr(s->out.data + at, '\n', s->out.len - at) - s->out.data) - at + 1;
    fn(owner, s->out.data + at, len, s->world->clock);
  }
  str_reset(&s->out);
}

void sim_run(struct sim *s, int64_t until, sim_line_fn *fn, void *owner) {
  if (!fn) { /* nobody listens: what happened is read when somebody does */
    unsigned changed = s->world->changed;
    for (int64_t next = next_due(s); next <= until; next = next_due(s)) pass(s, next > s->world->clock ? next : s->world->clock);
    if (until > s->world->clock) world_run(s->world, until);
    s->world->changed |= changed;
    world_pack(s->world);
    return;
  }
  for (;;) {
    int64_t next = sim_next(s);
    if (next > until) break;
    pass(s, next > s->world->clock ? next : s->world->clock);
    read_all(s);
    hand_over(s, fn, owner);
    world_pack(s->world);
  }
  if (until > s->world->clock) s->world->clock = until;
}

int64_t sim_now(const struct sim *s) { return s->world->clock; }
int64_t sim_end(const struct sim *s) { return s->world->ends; }
const char *sim_here(const struct sim *s) { return s->world->here; }
const char *sim_scenario(const struct sim *s) { return s->world->scenario; }
struct world *sim_world(struct sim *s) { return s->world; }

/* ---- from where ---- */

static const struct scenario_text *find_scenario(const char *name) {
  for (const struct scenario_text *t = scenario_texts; t->name; t++)
    if (str_eq(t->name, name)) return t;
  return NULL;
}

static int from_scenario(const struct sim_options *o, struct world **ret, struct err *e) {
  const char *name = o->scenario && *o->scenario ? o->scenario : "lab";
  const struct scenario_text *t = find_scenario(name);
  if (t) return scenario_read(t->name, t->text, strlen(t->text), o->seed, ret, e);
  return scenario_file(name, o->seed, ret, e);
}

int sim_adopt(struct world *w, struct sim **ret, struct err *e) {
  if (!world_host(w, w->here)) {
    world_free(w);
    return err_set(e, -EINVAL, "", "the host that it is seen from is not in it");
  }
  struct sim *s = mem_alloc(sizeof *s);
  s->world = w;
  discover(s);
  *ret = s;
  return 0;
}

int sim_open(const struct sim_options *o, struct sim **ret, struct err *e) {
  struct world *w = NULL;
  struct world_file *f = NULL;
  int code = o->world ? world_file_open(o->world, &f, &w, e) : 0;
  if (!code && !w) code = from_scenario(o, &w, e);
  if (!code) code = sim_adopt(w, ret, e);
  if (code) world_file_close(f);
  else (*ret)->file = f;
  return code;
}

int sim_save(struct sim *s, struct err *e) { return s->file ? world_file_write(s->file, s->world, e) : 0; }

void sim_want_placement(struct sim *s, const char *key) {
  mem_free(s->placement);
  s->placement = mem_strdup(key);
  for (size_t i = 0; i < s->source_count; i++)
    if (s->sources[i]->layer == LAYER_PACEMAKER) s->sources[i]->wake = 0;
}

void sim_close(struct sim *s) {
  if (!s) return;
  for (size_t i = 0; i < s->source_count; i++) {
    forget(s->sources[i]);
    mem_free(s->sources[i]->host);
    mem_free(s->sources[i]);
  }
  mem_free(s->sources);
  while (s->command_count) sim_forget(s->commands[0]);
  mem_free(s->commands);
  str_free(&s->out);
  world_file_close(s->file);
  world_free(s->world);
  mem_free(s);
}
