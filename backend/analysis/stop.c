/* The verdict put together from its parts. */
#include "analysis/judge.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include "analysis/survival.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const durability_names[] = {NULL, "kept", "reduced", "lost", "unknown", NULL};
const char *const effect_names[] = {NULL, "unaffected", "migrates", "restarts", "stalls", "stops", NULL};

#define T struct stop_reason
SHAPE(stop_reason_shape, T, FIELD(T, layer, TEXT), CHOICE(T, verdict, verdict_names), FIELD(T, text, TEXT), FIELD(T, age_ms, INT), FIELD(T, wait_s, INT));
#undef T
#define T struct stop_domain
SHAPE(stop_domain_shape, T, FIELD(T, name, TEXT), CHOICE(T, effect, effect_names), FIELD(T, to, TEXT), FIELD(T, seconds, INT), FIELD(T, text, TEXT));
#undef T
#define T struct stop
SHAPE(stop_shape, T, FIELD(T, schema, INT), FIELD(T, targets, TEXTS), CHOICE(T, verdict, verdict_names), CHOICE(T, durability, durability_names), LIST(T, reasons, stop_reason_shape),
      LIST(T, domains, stop_domain_shape));
#undef T

int stop_rank(int verdict) {
  static const int rank[VERDICT_COUNT] = {[VERDICT_NONE] = 0, [VERDICT_SAFE] = 1, [VERDICT_WAIT] = 2, [VERDICT_UNKNOWN] = 3, [VERDICT_UNSAFE] = 4};
  return rank[verdict];
}

static struct stop_reason *add_reason(struct judge *j, const char *layer, int verdict, int64_t age_ms, const char *format, va_list ap) {
  char text[1024];
  struct stop_reason *r = list_add(j->a, &j->out->reasons, &stop_reason_shape);
  vsnprintf(text, sizeof text, format, ap);
  r->layer = layer;
  r->verdict = verdict;
  r->text = arena_strdup(j->a, text);
  r->age_ms = age_ms;
  if (stop_rank(verdict) > stop_rank(j->out->verdict)) j->out->verdict = verdict;
  return r;
}

void reason(struct judge *j, const char *layer, int verdict, int64_t age_ms, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  add_reason(j, layer, verdict, age_ms, format, ap);
  va_end(ap);
}

void reason_wait(struct judge *j, const char *layer, int64_t age_ms, int64_t wait_s, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  add_reason(j, layer, VERDICT_WAIT, age_ms, format, ap)->wait_s = wait_s;
  va_end(ap);
}

int64_t oldest(int64_t a, int64_t b) { return a == UNKNOWN_INT ? b : b == UNKNOWN_INT || a > b ? a : b; }

bool host_lost(const struct judge *j, const char *name) {
  if (!name) return false;
  for (size_t i = 0; i < j->lost_count; i++)
    if (str_eq(j->lost[i]->name, name) || texts_have(&j->lost[i]->aliases, name)) return true;
  return false;
}

bool lost_is_node(const struct judge *j, const struct host_view *h) { return h->pacemaker || node_seen(j->s, h->name); }

bool brick_lost(const struct judge *j, const struct brick_view *b) {
  if (host_lost(j, b->host)) return true;
  for (size_t i = 0; i < j->bricks.count; i++) {
    const char *path = strchr(j->bricks.item[i], ':');
    if (!path || !str_eq(path + 1, b->path)) continue;
    const char *host = arena_printf(j->a, "%.*s", (int)(path - j->bricks.item[i]), j->bricks.item[i]);
    if (same_host(j->s, host, b->host)) return true;
  }
  return false;
}

const char *lost_names(const struct judge *j) { return names_text(j->a, &j->out->targets); }

/* "kvm02", "kvm02:1", "1", "node1:/data": what stands behind "link:". */
static int add_link(const struct snapshot *s, struct loss *l, const char *target, struct arena *a, struct err *e) {
  const char *what = target + strlen("link:"), *colon = strrchr(what, ':'), *host, *path;
  bool numbered = colon && colon[1] && !colon[1 + strspn(colon + 1, "0123456789")], number = *what && !what[strspn(what, "0123456789")];
  bool there = brick_split(a, what, &host, &path) ? brick_find(s, host, path, NULL) != NULL : number || snapshot_host(s, numbered ? arena_strndup(a, what, (size_t)(colon - what)) : what);
  if (!there) return err_set(e, -ENOENT, "a network is written link:HOST, link:HOST:NUMBER, link:NUMBER or link:HOST:/BRICK", "there is nothing that %s could be", target);
  texts_add(a, &l->links, target);
  return 0;
}

int loss_add(const struct snapshot *s, struct loss *l, const char *target, struct arena *a, struct err *e) {
  const char *host, *path;
  if (str_starts(target, "link:") && target[strlen("link:")] != '/') return add_link(s, l, target, a, e);
  if (strchr(target, ':') && brick_split(a, target, &host, &path)) {
    if (!brick_find(s, host, path, NULL)) return err_set(e, -ENOENT, "`kvmconsole status --json` has all bricks", "no volume has the brick %s", target);
    texts_add(a, &l->bricks, target);
    return 0;
  }
  if (!snapshot_host(s, target)) return err_set(e, -ENOENT, "hosts are those of `kvmconsole status --text`; a brick is written HOST:/PATH", "there is no host %s here", target);
  texts_add(a, &l->hosts, target);
  return 0;
}

/* ---- what all verdicts on a snapshot look up ---- */

struct judge_index *stop_index(const struct snapshot *s) {
  struct judge_index *x = mem_alloc(sizeof *x);
  *x = (struct judge_index){.config = fact_seen(s, "pacemaker.config", NULL), .pacemaker = pacemaker_seen(s)};
  for (size_t i = 0; i < s->resources.count; i++)
    if (s->resources.item[i].id) map_add(&x->resources, s->resources.item[i].id, i);
  for (size_t i = 0; x->config && i < x->config->resources.count; i++)
    if (x->config->resources.item[i].resource) map_add(&x->configs, x->config->resources.item[i].resource, i);
  return x;
}

void stop_index_free(struct judge_index *x) {
  if (!x) return;
  map_free(&x->resources), map_free(&x->configs);
  mem_free(x);
}

int stop_worst(const struct stop *v, const char *layer) {
  int worst = VERDICT_NONE;
  for (size_t i = 0; i < v->reasons.count; i++)
    if (!strcmp(v->reasons.item[i].layer, layer) && stop_rank(v->reasons.item[i].verdict) > stop_rank(worst)) worst = v->reasons.item[i].verdict;
  return worst;
}

/* The hosts of the loss, each once; in the order of hosts, whatever the order they were named in. */
static void find_lost(struct judge *j) {
  j->lost = arena_array(j->a, j->s->hosts.count + 1, sizeof *j->lost);
  for (size_t i = 0; i < j->s->hosts.count; i++) {
    const struct host_view *h = &j->s->hosts.item[i];
    for (size_t k = 0; k < j->loss->hosts.count; k++)
      if (str_eq(h->name, j->loss->hosts.item[k]) || texts_have(&h->aliases, j->loss->hosts.item[k])) {
        j->lost[j->lost_count++] = h;
        break;
      }
  }
  j->bricks = j->loss->bricks;
  j->dead = j->loss->dead || j->loss->links.count;
  if (j->loss->links.count) find_cut(j);
}

const char *loss_nodes(const struct snapshot *s, const struct loss *l, struct arena *a) {
  CLEANUP(str_free) struct str key = {0};
  struct judge j = {.s = s, .loss = l, .a = a};
  find_lost(&j);
  for (size_t n = 0; n < s->hosts.count; n++) /* those that are cut off in their place among the others */
    for (size_t i = 0; i < j.lost_count; i++)
      if (j.lost[i] == &s->hosts.item[n] && lost_is_node(&j, j.lost[i])) str_addf(&key, "%s%s", key.len ? "," : "", node_name(s, j.lost[i]->name));
  return arena_strdup(a, str_text(&key));
}

/* What is off already is not lost again. */
static void judge_off(struct judge *j) {
  int64_t age = UNKNOWN_INT;
  fact_keyed(j->s, "pacemaker.nodes", "", &age);
  for (size_t i = 0; i < j->lost_count; i++)
    if (snapshot_off(j->s, j->lost[i])) reason(j, "hosts", VERDICT_SAFE, age, "%s is off already: pacemaker has seen it stop or be fenced", j->lost[i]->name);
}

static struct stop *judge_all(const struct snapshot *s, const struct judge_index *x, const struct loss *l, bool brief, struct arena *a) {
  struct stop *out = arena_alloc(a, sizeof *out);
  struct judge j = {.s = s, .index = x, .brief = brief, .loss = l, .a = a, .out = out};
  const struct texts *targets[] = {&l->hosts, &l->bricks, &l->links};
  shape_init(&stop_shape, out);
  out->schema = 1;
  out->durability = DURABILITY_KEPT;
  find_lost(&j);
  for (size_t t = 0; t < COUNT(targets); t++)
    for (size_t i = 0; i < targets[t]->count; i++) texts_add(a, &out->targets, targets[t]->item[i]);
  judge_off(&j);
  judge_links(&j);
  judge_votes(&j);
  judge_copies(&j);
  judge_fencing(&j);
  judge_domains(&j);
  if (!out->verdict) reason(&j, "hosts", VERDICT_UNKNOWN, UNKNOWN_INT, "nothing is known of %s that a verdict could rest on", lost_names(&j));
  return out;
}

struct stop *stop_judge_by(const struct judge_index *x, const struct snapshot *s, const struct loss *l, struct arena *a) { return judge_all(s, x, l, false, a); }

struct stop *stop_brief(const struct judge_index *x, const struct snapshot *s, const struct loss *l, struct arena *a) { return judge_all(s, x, l, true, a); }

struct stop *stop_judge(const struct snapshot *s, const struct loss *l, struct arena *a) {
  struct judge_index *x = stop_index(s);
  struct stop *out = judge_all(s, x, l, false, a);
  stop_index_free(x);
  return out;
}

void stop_judge_hosts(struct snapshot *s) {
  struct judge_index *x = stop_index(s);
  struct survival_seen seen = {0};
  for (size_t i = 0; i < s->hosts.count; i++) {
    struct arena *a = arena_new();
    struct loss l = {0};
    texts_add(a, &l.hosts, s->hosts.item[i].name);
    const struct stop *v = judge_all(s, x, &l, true, a);
    s->hosts.item[i].take_down = v->verdict;
    survival_see(&seen, s, &s->hosts.item[i], v);
    arena_free(a);
  }
  stop_index_free(x);
  survival_judge(s, &seen);
}
