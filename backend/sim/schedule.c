#include "sim/cib.h"
#include "sim/schedule.h"
#include "sim/pacemaker.h"
#include <stdlib.h>
#include <string.h>

int64_t score_of(const char *text) {
  if (!text) return 0;
  if (str_eq(text, "INFINITY") || str_eq(text, "+INFINITY")) return SCORE_INFINITY;
  if (str_eq(text, "-INFINITY")) return -SCORE_INFINITY;
  long long n = strtoll(text, NULL, 10);
  return n > SCORE_INFINITY ? SCORE_INFINITY : n < -SCORE_INFINITY ? -SCORE_INFINITY : n;
}

int64_t score_add(int64_t a, int64_t b) {
  if (a <= -SCORE_INFINITY || b <= -SCORE_INFINITY) return -SCORE_INFINITY;
  if (a >= SCORE_INFINITY || b >= SCORE_INFINITY) return SCORE_INFINITY;
  int64_t sum = a + b;
  return sum > SCORE_INFINITY ? SCORE_INFINITY : sum < -SCORE_INFINITY ? -SCORE_INFINITY : sum;
}

const char *resource_meta(const struct world *w, const struct sim_resource *r, const char *name) {
  const char *own = pairs_get(&r->meta, name);
  return own ? own : pairs_get(&w->defaults, name);
}

bool resource_wanted(const struct world *w, const struct sim_resource *r) { return !str_eq(resource_meta(w, r, "target-role"), "Stopped") && !is_true(cluster_property(w, "stop-all-resources")); }

bool resource_managed(const struct world *w, const struct sim_resource *r) {
  const char *managed = resource_meta(w, r, "is-managed");
  return !(managed && !is_true(managed)) && !is_true(resource_meta(w, r, "maintenance"));
}

static bool expired(const struct world *w, const struct pcmk_constraint *c) { return KNOWN(c->expires) && c->expires <= w->clock; }

int64_t schedule_score(const struct world *w, const struct sim_host *dc, const struct sim_resource *r, const struct sim_host *n) {
  const char *symmetric = cluster_property(w, "symmetric-cluster");
  int64_t score = symmetric && !is_true(symmetric) ? -SCORE_INFINITY : 0;
  bool opted_in = false;
  int64_t given = 0;
  if (!node_online(dc, n) || YES(n->standby) || YES(n->condemned) || n->leaving) return -SCORE_INFINITY;
  if (texts_have(&r->not_on, n->name)) return -SCORE_INFINITY;
  EACH(w->constraints, struct pcmk_constraint, c) {
    if (!str_eq(c->kind, "location") || !str_eq(c->resource, r->id) || !str_eq(c->node, n->name) || expired(w, c)) continue;
    given = score_add(given, score_of(c->score));
    opted_in = true;
  }
  score = opted_in && score < 0 ? given : score_add(score, given);
  int64_t failed = get_tally(&r->fail_count, n->name);
  const char *threshold = resource_meta(w, r, "migration-threshold");
  if (failed >= SCORE_INFINITY || (threshold && score_of(threshold) > 0 && failed >= score_of(threshold))) return -SCORE_INFINITY;
  if (texts_have(&r->nodes, n->name)) score = score_add(score, score_of(resource_meta(w, r, "resource-stickiness")));
  return score;
}

struct placing {
  const struct world *w;
  const struct sim_host *dc;
  int *place;
  const struct texts *without; /* nodes that are not counted on */
  char *done;
  int64_t count[NODES_MAX]; /* resources given to each host so far */
  bool capacities;
};

static int64_t used_there(const struct placing *p, const char *what, int host) {
  int64_t sum = 0;
  for (size_t i = 0; i < p->w->resources.count; i++)
    if (p->place[i] == host) sum += number_of(pairs_get(&p->w->resources.item[i].utilization, what), 0) / 1000;
  return sum;
}

static bool fits(const struct placing *p, const struct sim_resource *r, int host) {
  const struct sim_host *n = &p->w->hosts.item[host];
  if (!p->capacities) return true;
  for (size_t i = 0; i < r->utilization.count; i++) {
    const char *what = r->utilization.item[i].key, *room = pairs_get(&n->utilization, what);
    if (room && used_there(p, what, host) + number_of(r->utilization.item[i].value, 0) / 1000 > number_of(room, 0) / 1000) return false;
  }
  return true;
}

static int64_t colocated(const struct placing *p, const struct sim_resource *r, int host) {
  int64_t score = 0;
  EACH(p->w->constraints, struct pcmk_constraint, c) {
    if (!str_eq(c->kind, "colocation") || !str_eq(c->resource, r->id)) continue;
    const struct sim_resource *with = world_resource(p->w, c->with);
    if (!with) continue;
    int there = p->place[with - p->w->resources.item];
    int64_t s = score_of(c->score);
    if (there == host) score = score_add(score, s);
    else if (s >= SCORE_INFINITY) return -SCORE_INFINITY; /* together or not at all */
  }
  return score;
}

static bool is_current(const struct sim_resource *r, const struct sim_host *n) { return texts_have(&r->nodes, n->name); }

/* Of equal scores: fewer resources so far, then where it is, then the name. */
static bool better(const struct placing *p, const struct sim_resource *r, int host, int64_t score, int best, int64_t best_score) {
  if (best == NOWHERE || score != best_score) return best == NOWHERE || score > best_score;
  if (p->count[host] != p->count[best]) return p->count[host] < p->count[best];
  bool here = is_current(r, &p->w->hosts.item[host]), there = is_current(r, &p->w->hosts.item[best]);
  if (here != there) return here;
  return str_natural(p->w->hosts.item[host].name, p->w->hosts.item[best].name) < 0;
}

static void place_one(struct placing *p, size_t at) {
  const struct sim_resource *r = &p->w->resources.item[at];
  if (p->done[at]) return;
  p->done[at] = 1;
  p->place[at] = NOWHERE;
  EACH(p->w->constraints, struct pcmk_constraint, c) { /* whom it follows is placed before it */
    const struct sim_resource *with = str_eq(c->kind, "colocation") && str_eq(c->resource, r->id) ? world_resource(p->w, c->with) : NULL;
    if (with) place_one(p, (size_t)(with - p->w->resources.item));
  }
  if (!resource_wanted(p->w, r)) return;
  int best = NOWHERE;
  int64_t best_score = 0;
  for (size_t i = 0; i < p->w->hosts.count && i < NODES_MAX; i++) {
    if (!KNOWN(p->w->hosts.item[i].node_id) || texts_have(p->without, p->w->hosts.item[i].name)) continue;
    int64_t score = score_add(schedule_score(p->w, p->dc, r, &p->w->hosts.item[i]), colocated(p, r, (int)i));
    if (score < 0 || !fits(p, r, (int)i)) continue;
    if (better(p, r, (int)i, score, best, best_score)) best = (int)i, best_score = score;
  }
  p->place[at] = best;
  if (best != NOWHERE) p->count[best]++;
}

static int active_at(const struct world *w, const struct sim_resource *r) {
  for (size_t i = 0; i < w->hosts.count && i < NODES_MAX; i++)
    if (is_current(r, &w->hosts.item[i])) return (int)i;
  return NOWHERE;
}

/* What is elsewhere stays there, as stickiness has it: only what is active on those nodes is placed anew. */
void schedule_place_without(const struct world *w, const struct sim_host *dc, const struct texts *nodes, int *ret) {
  const char *strategy = cluster_property(w, "placement-strategy");
  CLEANUP(mem_freep) char *done = mem_alloc(w->resources.count + 1);
  struct placing p = {.w = w, .dc = dc, .place = ret, .without = nodes, .done = done, .capacities = strategy && !str_eq(strategy, "default")};
  for (size_t i = 0; i < w->resources.count; i++) {
    ret[i] = nodes->count ? active_at(w, &w->resources.item[i]) : NOWHERE;
    if (!nodes->count || (ret[i] != NOWHERE && texts_have(nodes, w->hosts.item[ret[i]].name))) ret[i] = NOWHERE;
    else done[i] = 1;
    if (ret[i] != NOWHERE) p.count[ret[i]]++;
  }
  for (size_t i = 0; i < w->resources.count; i++) place_one(&p, i);
}

void schedule_place(const struct world *w, const struct sim_host *dc, int *ret) { schedule_place_without(w, dc, &(struct texts){0}, ret); }
