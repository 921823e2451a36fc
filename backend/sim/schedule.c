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
  bool capacities, minimal, balanced; /* by placement-strategy */
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
    if (used_there(p, what, host) + number_of(r->utilization.item[i].value, 0) / 1000 > number_of(room, 0) / 1000) return false; /* of what a node says nothing it has none */
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

/* Which of two has more left: of more kinds of what nodes say they have. */
static int more_room(const struct placing *p, int a, int b) {
  const struct pairs *of[] = {&p->w->hosts.item[a].utilization, &p->w->hosts.item[b].utilization};
  int more = 0;
  for (size_t side = 0; side < COUNT(of); side++)
    for (size_t i = 0; i < of[side]->count; i++) {
      const char *what = of[side]->item[i].key, *one = pairs_get(of[0], what), *other = pairs_get(of[1], what);
      if (side && one) continue;
      int64_t left = number_of(one, 0) / 1000 - used_there(p, what, a), right = number_of(other, 0) / 1000 - used_there(p, what, b);
      more += left > right ? 1 : left < right ? -1 : 0;
    }
  return more;
}

/* Of equal scores: with more room where room is balanced, fewer resources so far, then where it is, then the name; where as few
 * nodes as possible are to be used the name alone. */
static bool better(const struct placing *p, const struct sim_resource *r, int host, int64_t score, int best, int64_t best_score) {
  if (best == NOWHERE || score != best_score) return best == NOWHERE || score > best_score;
  int room = p->balanced ? more_room(p, host, best) : 0;
  if (room) return room > 0;
  if (p->count[host] != p->count[best] && !p->minimal) return p->count[host] < p->count[best];
  bool here = is_current(r, &p->w->hosts.item[host]), there = is_current(r, &p->w->hosts.item[best]);
  if (here != there && !p->minimal) return here;
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

/* What is not managed is left where it is, and started nowhere else. */
static bool will_run(const struct placing *p, const struct sim_resource *r) {
  if (resource_managed(p->w, r)) return p->place[r - p->w->resources.item] != NOWHERE;
  return r->nodes.count && !texts_have(p->without, r->nodes.item[0]);
}

/* What must be started after something that runs nowhere is not started, and is stopped. */
static void obey_orders(const struct placing *p) {
  for (bool again = true; again;) {
    again = false;
    EACH(p->w->constraints, struct pcmk_constraint, c) {
      const struct sim_resource *first = str_eq(c->kind, "order") && (!c->score || str_eq(c->score, "Mandatory")) ? world_resource(p->w, c->resource) : NULL, *then = first ? world_resource(p->w, c->with) : NULL;
      if (!then || p->place[then - p->w->resources.item] == NOWHERE || will_run(p, first)) continue;
      p->place[then - p->w->resources.item] = NOWHERE;
      again = true;
    }
  }
}

struct turn { size_t at; int64_t here; const struct placing *p; };

/* Whose score is higher where it is goes first, then whose is higher on the first node where they differ. */
static int by_turn(const void *x, const void *y) {
  const struct turn *a = x, *b = y;
  const struct world *w = a->p->w;
  if (a->here != b->here) return a->here > b->here ? -1 : 1;
  for (size_t i = 0; i < w->hosts.count; i++) {
    if (!KNOWN(w->hosts.item[i].node_id)) continue;
    int64_t left = schedule_score(w, a->p->dc, &w->resources.item[a->at], &w->hosts.item[i]), right = schedule_score(w, b->p->dc, &w->resources.item[b->at], &w->hosts.item[i]);
    if (left != right) return left > right ? -1 : 1;
  }
  return a->at < b->at ? -1 : 1;
}

/* Where room counts, who is placed first matters. */
static void place_in_turn(struct placing *p) {
  CLEANUP(mem_freep) struct turn *turns = mem_alloc((p->w->resources.count + 1) * sizeof *turns);
  for (size_t i = 0; i < p->w->resources.count; i++) {
    int at = active_at(p->w, &p->w->resources.item[i]);
    bool gone = at == NOWHERE || texts_have(p->without, p->w->hosts.item[at].name);
    turns[i] = (struct turn){i, gone ? -SCORE_INFINITY : schedule_score(p->w, p->dc, &p->w->resources.item[i], &p->w->hosts.item[at]), p};
  }
  qsort(turns, p->w->resources.count, sizeof *turns, by_turn);
  for (size_t i = 0; i < p->w->resources.count; i++) place_one(p, turns[i].at);
}

/* What is elsewhere stays there, as stickiness has it: only what is active on those nodes is placed anew; unless room counts. */
void schedule_place_without(const struct world *w, const struct sim_host *dc, const struct texts *nodes, int *ret) {
  const char *strategy = cluster_property(w, "placement-strategy");
  CLEANUP(mem_freep) char *done = mem_alloc(w->resources.count + 1);
  struct placing p = {.w = w, .dc = dc, .place = ret, .without = nodes, .done = done, .capacities = strategy && !str_eq(strategy, "default"), .minimal = str_eq(strategy, "minimal"), .balanced = str_eq(strategy, "balanced")};
  for (size_t i = 0; i < w->resources.count; i++) {
    int at = nodes->count && !p.capacities ? active_at(w, &w->resources.item[i]) : NOWHERE;
    bool stays = at != NOWHERE && !texts_have(nodes, w->hosts.item[at].name);
    ret[i] = stays ? at : NOWHERE;
    done[i] = stays;
    if (stays) p.count[at]++;
  }
  if (p.capacities) place_in_turn(&p);
  for (size_t i = 0; i < w->resources.count; i++) place_one(&p, i);
  obey_orders(&p);
}

void schedule_place(const struct world *w, const struct sim_host *dc, int *ret) { schedule_place_without(w, dc, &(struct texts){0}, ret); }
