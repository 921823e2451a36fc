/* Volumes: what glusterd has configured, what each brick says of itself, space and heals from the rarer readings. */
#include "model/merge.h"
#include <string.h>

static bool same_brick(struct merge *m, const char *host, const char *path, const struct brick_view *b) {
  if (!str_eq(path, b->path)) return false;
  if (str_eq(host, b->host)) return true;
  const struct host_view *h = merge_host(m, host);
  return h && h == merge_host(m, b->host);
}

static void fill_life(struct merge *m, struct brick_view *b) {
  const struct gluster_bricks *lives = merge_take(m, "gluster.bricks", NULL, NULL, &b->stale);
  for (size_t i = 0; lives && i < lives->bricks.count; i++) {
    const struct gluster_brick_life *l = &lives->bricks.item[i];
    if (!same_brick(m, l->host, l->path, b)) continue;
    b->answers = l->answers;
    /* A brick whose process has a port but answers nobody serves nobody; one that was not asked is not known. */
    b->online = l->online == TRUTH_YES ? l->answers : l->online;
    b->port = l->port > 0 ? l->port : UNKNOWN_INT;
    b->text = l->text;
    return;
  }
}

static void fill_space(struct merge *m, struct brick_view *b, const char *volume) {
  const struct gluster_space *space = merge_take(m, "gluster.space", NULL, volume, &b->stale);
  for (size_t i = 0; space && i < space->bricks.count; i++) {
    const struct gluster_brick_space *s = &space->bricks.item[i];
    if (!same_brick(m, s->host, s->path, b)) continue;
    b->size = s->size;
    b->free = s->free;
    if (b->online == TRUTH_UNKNOWN && b->answers == TRUTH_UNKNOWN && !b->text) b->online = s->online; /* nobody asked the brick itself */
    if (b->online == TRUTH_YES && (b->port == s->port || b->port == UNKNOWN_INT)) b->pid = s->pid, b->port = s->port;
    return;
  }
}

/* A brick that does not live counts nothing: what it said before it died is not its word now. */
static void fill_heal(struct merge *m, struct brick_view *b, const char *volume) {
  if (b->online != TRUTH_YES) return;
  const struct gluster_heal *heal = merge_take(m, "gluster.heal", NULL, volume, &b->stale);
  for (size_t i = 0; heal && i < heal->bricks.count; i++)
    if (same_brick(m, heal->bricks.item[i].host, heal->bricks.item[i].path, b)) b->heal_pending = heal->bricks.item[i].pending;
}

static void fill_bricks(struct merge *m, struct volume_view *v, const struct gluster_volume *g) {
  for (size_t i = 0; i < g->bricks.count; i++) {
    struct brick_view *b = list_add(m->arena, &v->bricks, &brick_view_shape);
    b->host = g->bricks.item[i].host;
    b->path = g->bricks.item[i].path;
    b->set = g->bricks.item[i].set;
    b->arbiter = g->bricks.item[i].arbiter;
    fill_life(m, b);
    fill_space(m, b, g->name);
    fill_heal(m, b, g->name);
    for (size_t j = 0; j < b->stale.count; j++)
      if (!texts_have(&v->stale, b->stale.item[j])) texts_add(m->arena, &v->stale, b->stale.item[j]);
  }
}

/* One reading after another: what was counted before stands in the snapshot before. Readings that come close together (a
 * shared one, then one's own) say nothing about a rate: the older one stays the measure. */
static void follow_heal(struct heal_view *now, int64_t count, const struct heal_view *before) {
  enum { APART_MS = 20000 };
  now->count = count;
  if (!before || before->at == UNKNOWN_INT || now->at == UNKNOWN_INT || count == UNKNOWN_INT || before->count == UNKNOWN_INT) return;
  if (now->at - before->at < APART_MS) {
    if (count > 0) *now = *before;
    return;
  }
  double minutes = (double)(now->at - before->at) / 60000;
  now->per_minute = (double)(before->count - count) / minutes;
  if (!count) return;
  if (count < before->count) now->eta_s = (int64_t)((double)count / now->per_minute * 60);
  else now->no_progress_since = before->no_progress_since != UNKNOWN_INT ? before->no_progress_since : before->at;
}

static void follow_heals(struct merge *m, struct volume_view *v) {
  const struct fact *f = store_fact(m->store, "gluster.heal", NULL, v->name);
  const struct volume_view *old = m->before ? snapshot_volume(m->before, v->name) : NULL;
  if (!f) return;
  int64_t at = m->snap->at - (m->snap->now - f->seen); /* a count that is the same again is a reading too */
  v->heal.at = at;
  follow_heal(&v->heal, v->heal_pending, old ? &old->heal : NULL);
  for (size_t i = 0; i < v->bricks.count; i++) {
    struct brick_view *b = &v->bricks.item[i];
    b->heal.at = at;
    for (size_t j = 0; old && j < old->bricks.count; j++)
      if (str_eq(old->bricks.item[j].host, b->host) && str_eq(old->bricks.item[j].path, b->path)) follow_heal(&b->heal, b->heal_pending, &old->bricks.item[j].heal);
  }
}

static bool heals(const struct volume_view *v) { return v->replica > 1 || v->disperse > 1; }

/* Each brick counts what it knows to be wanting elsewhere, so the copies of a set count the same entries: the largest
 * count of each set, summed. Where one could not be counted, what the others count is the least there is, and none is
 * not known. */
static int64_t pending(const struct volume_view *v) {
  int64_t sum = 0;
  for (size_t set = 0; set < volume_sets(v); set++) {
    int64_t most = 0;
    bool unknown = false;
    for (size_t i = 0; i < v->bricks.count; i++) {
      const struct brick_view *b = &v->bricks.item[i];
      if (b->set != (int64_t)set) continue;
      if (b->heal_pending == UNKNOWN_INT) unknown = true;
      else if (b->heal_pending > most) most = b->heal_pending;
    }
    if (unknown && !most) return UNKNOWN_INT;
    sum += most;
  }
  return sum;
}

/* Of a set the smallest data brick decides (disperse: times its data bricks); an unknown one leaves it unknown. */
static void sum_space(struct volume_view *v, int64_t *size, int64_t *left) {
  int64_t total = 0, rest = 0;
  for (size_t set = 0; set < volume_sets(v); set++) {
    int64_t least = UNKNOWN_INT, least_free = UNKNOWN_INT;
    for (size_t i = 0; i < v->bricks.count; i++) {
      const struct brick_view *b = &v->bricks.item[i];
      if (b->set != (int64_t)set || b->arbiter == TRUTH_YES || b->size == UNKNOWN_INT || b->free == UNKNOWN_INT) continue;
      if (least == UNKNOWN_INT || b->size < least) least = b->size;
      if (least_free == UNKNOWN_INT || b->free < least_free) least_free = b->free;
    }
    if (least == UNKNOWN_INT) return;
    int64_t times = v->disperse > 0 ? v->disperse - v->redundancy : 1;
    total += least * times;
    rest += least_free * times;
  }
  *size = total;
  *left = rest;
}

static int worst_set(const struct volume_view *v) {
  static const int order[] = {[SET_FULL] = 0, [SET_REDUCED] = 1, [SET_UNKNOWN] = 2, [SET_LOST] = 3};
  int worst = SET_FULL;
  for (size_t set = 0; set < volume_sets(v); set++) {
    int now = volume_set_state(v, (int64_t)set);
    if (order[now] > order[worst]) worst = now;
  }
  return worst;
}

static void fill_volume(struct merge *m, struct volume_view *v, const struct gluster_volume *g) {
  v->name = g->name;
  v->type = g->type;
  v->status = g->status;
  v->replica = g->replica;
  v->arbiter = g->arbiter;
  v->disperse = g->disperse;
  v->redundancy = g->redundancy;
  v->options = g->options;
  const char *shard = pairs_get(&g->options, "features.shard");
  v->sharded = truth_of(str_eq(shard, "on") || str_eq(shard, "enable") || str_eq(shard, "true"));
  fill_bricks(m, v, g);
  const struct gluster_space *space = merge_take(m, "gluster.space", NULL, g->name, NULL);
  if (space) memcpy(&v->tasks, &space->tasks, sizeof v->tasks);
  const struct gluster_capacity *c = merge_take(m, "gluster.capacity", NULL, g->name, &v->stale);
  if (c) v->size = c->size, v->free = c->free;
  if (v->size == UNKNOWN_INT) sum_space(v, &v->size, &v->free);
  v->heal_pending = heals(v) ? pending(v) : 0;
  follow_heals(m, v);
  const struct gluster_heal *heal = merge_take(m, "gluster.heal", NULL, g->name, NULL);
  if (heal && v->heal_pending != UNKNOWN_INT) v->split_brain = heal->split_brain;
  if (v->heal_pending == 0) v->split_brain = 0; /* an entry in split-brain is a pending one */
  v->writable = str_eq(v->status, "started") ? worst_set(v) : SET_UNKNOWN;
}

static int by_name(const void *a, const void *b) {
  return str_natural(((const struct volume_view *)a)->name, ((const struct volume_view *)b)->name);
}

void merge_gluster(struct merge *m) {
  struct texts stale = {0};
  const struct gluster_volumes *g = merge_take(m, "gluster.volumes", NULL, NULL, &stale);
  for (size_t i = 0; g && i < g->volumes.count; i++) {
    struct volume_view *v = list_add(m->arena, &m->snap->volumes, &volume_view_shape);
    fill_volume(m, v, &g->volumes.item[i]);
    if (stale.count) merge_mark(m, &v->stale, LAYER_GLUSTER);
  }
  if (m->snap->volumes.count) qsort(m->snap->volumes.item, m->snap->volumes.count, sizeof *m->snap->volumes.item, by_name);
}
