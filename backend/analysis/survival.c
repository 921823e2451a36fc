#include "analysis/survival.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include "base/map.h"
#include <stdlib.h>
#include <string.h>

enum { HOLDERS_MOST = 64, TRIED_MOST = 10 };

static struct survival_view *put(struct snapshot *s, const char *layer, int64_t hosts, const char *text) {
  struct survival_view *v = list_add(s->arena, &s->survives, &survival_view_shape);
  v->layer = layer;
  v->hosts = hosts;
  v->lost = TRUTH_NO;
  v->weakest = TRUTH_NO;
  v->text = text;
  return v;
}

static const char *more(struct snapshot *s, int64_t n, const char *where) { return arena_printf(s->arena, "%lld more%s", (long long)n, *where ? where : n == 1 ? " host" : " hosts"); }

static void judge_quorum(struct snapshot *s) {
  struct votes_now v;
  bool any = s->cluster.quorate != TRUTH_UNKNOWN || fact_seen(s, "corosync.cluster", NULL) || fact_seen(s, "corosync.nodes", NULL);
  for (size_t i = 0; i < s->hosts.count; i++) any |= s->hosts.item[i].membership != MEMBERSHIP_UNKNOWN;
  if (!any) return;
  votes_look(s, &v);
  if (!v.cluster || v.unsure) put(s, "quorum", UNKNOWN_INT, "?");
  else if (v.cluster->quorate != TRUTH_YES) put(s, "quorum", 0, "LOST")->lost = TRUTH_YES;
  else {
    int64_t margin = votes_margin(&v.rules, v.cluster->quorum, v.member, v.members, v.device);
    put(s, "quorum", margin, margin == UNKNOWN_INT ? "?" : more(s, margin, ""));
  }
}

/* ---- disks ---- */

static bool writes_without(const struct set_rules *r, const struct holder *h, size_t n, unsigned lost) {
  struct set_living l = {0};
  for (size_t i = 0; i < n; i++)
    if (!(lost & 1u << i)) l.bricks += h[i].bricks, l.data += h[i].data, l.first |= h[i].first;
  return set_writes(r, &l);
}

static int most_bricks_first(const void *a, const void *b) {
  const struct holder *x = a, *y = b;
  return x->bricks != y->bricks ? (x->bricks < y->bricks ? 1 : -1) : (x->data < y->data) - (x->data > y->data);
}

/* Only the count of bricks matters to a disperse set, so that its largest holders are the worst loss. */
static int64_t margin_by_count(const struct set_rules *r, const struct holder *h, size_t n) {
  struct holder sorted[HOLDERS_MOST];
  size_t lost = 0;
  memcpy(sorted, h, n * sizeof *h);
  qsort(sorted, n, sizeof *sorted, most_bricks_first);
  while (lost < n && writes_without(r, sorted + lost + 1, n - lost - 1, 0)) lost++;
  return (int64_t)lost;
}

int64_t set_margin(const struct set_rules *r, const struct holder *h, size_t n) {
  int64_t least = (int64_t)n;
  if (n > HOLDERS_MOST) return UNKNOWN_INT;
  if (!writes_without(r, h, n, 0)) return -1;
  if (r->redundancy > 0 || n > TRIED_MOST) return margin_by_count(r, h, n);
  for (unsigned lost = 1; lost < 1u << n; lost++)
    if (__builtin_popcount(lost) <= least && !writes_without(r, h, n, lost)) least = __builtin_popcount(lost) - 1;
  return least;
}

struct holders { struct holder item[HOLDERS_MOST]; const struct host_view *host[HOLDERS_MOST]; size_t count; bool many; };

static void hold(struct holders *t, const struct host_view *h, bool data, bool first) {
  size_t i = 0;
  while (i < t->count && (!h || t->host[i] != h)) i++;
  if (i == HOLDERS_MOST) {
    t->many = true;
    return;
  }
  if (i == t->count) {
    t->host[t->count] = h;
    t->item[t->count++] = (struct holder){0};
  }
  t->item[i].bricks++;
  t->item[i].data += data;
  t->item[i].first |= first;
}

/* By what surely lives; UNKNOWN_INT where what is not known would change it. Hosts that hold what waits to be healed are none
 * that may go. */
static int64_t margin_of(const struct snapshot *s, const struct volume_view *v, const struct map *hosts, int64_t set) {
  struct set_rules r = volume_rules(v);
  struct holders sure = {.count = 0}, perhaps = {.count = 0};
  bool first = true, pending = false, uncounted = false;
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *b = &v->bricks.item[i];
    if (b->set != set) continue;
    bool old = texts_have(&b->stale, layer_names[LAYER_GLUSTER]) || texts_have(&v->stale, layer_names[LAYER_GLUSTER]), data = b->arbiter != TRUTH_YES;
    int64_t at = b->host ? map_get(hosts, b->host) : MAP_NONE;
    const struct host_view *h = at == MAP_NONE ? NULL : &s->hosts.item[at];
    if (b->online == TRUTH_YES && !old) hold(&sure, h, data, first);
    if (b->online != TRUTH_NO || old) hold(&perhaps, h, data, first);
    pending |= b->heal_pending > 0;
    uncounted |= b->online == TRUTH_YES && (b->heal_pending == UNKNOWN_INT || old);
    first = false;
  }
  int64_t low = set_margin(&r, sure.item, sure.count), high = set_margin(&r, perhaps.item, perhaps.count);
  if (sure.many || perhaps.many || low != high) return UNKNOWN_INT;
  if (low > 0 && volume_copies(v)) return pending ? 0 : uncounted ? UNKNOWN_INT : low;
  return low;
}

/* A glusterd that sees too few of its peers stops its bricks. */
static int64_t peers_margin(const struct snapshot *s, const struct volume_view *v) {
  const char *ratio = pairs_get(&v->options, "cluster.server-quorum-ratio");
  double needed = ratio ? strtod(ratio, NULL) : 0;
  int64_t all = 0, there = 0, unsure = 0, margin = -1;
  if (!str_eq(pairs_get(&v->options, "cluster.server-quorum-type"), "server")) return INT64_MAX;
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i];
    if (!texts_have(&h->roles, layer_names[LAYER_GLUSTER])) continue;
    all++;
    there += h->peer == PEER_CONNECTED;
    unsure += h->peer == PEER_UNKNOWN || h->peer == PEER_SUSPECT;
  }
  for (int64_t lost = 0; lost <= there; lost++)
    if (needed > 0 ? (double)(there - lost) * 100 >= needed * (double)all : (there - lost) * 2 > all) margin = lost;
  return unsure ? UNKNOWN_INT : margin;
}

static int64_t worth(int64_t margin) { return margin == UNKNOWN_INT ? 0 : margin + 1; } /* what is lost, then what is not known */

static void judge_disks(struct snapshot *s) {
  CLEANUP(map_free) struct map hosts = {0};
  const struct volume_view *of = NULL;
  int64_t worst = INT64_MAX, where = 0;
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i];
    if (h->name) map_add(&hosts, h->name, i);
    for (size_t k = 0; k < h->aliases.count; k++) map_add(&hosts, h->aliases.item[k], i);
  }
  for (size_t i = 0; i < s->volumes.count; i++) {
    const struct volume_view *v = &s->volumes.item[i];
    if (v->status && !str_eq(v->status, "started")) continue;
    for (size_t set = 0; set <= volume_sets(v); set++) {
      int64_t one = set < volume_sets(v) ? margin_of(s, v, &hosts, (int64_t)set) : peers_margin(s, v);
      bool worse = worst == INT64_MAX || (one == -1 && worst != -1) || (worst != -1 && one != -1 && one != INT64_MAX && worth(one) < worth(worst));
      if (one != INT64_MAX && worse) worst = one, where = (int64_t)set, of = v;
    }
  }
  if (!of) return;
  bool peers = (size_t)where == volume_sets(of);
  const char *what = peers ? arena_printf(s->arena, "server quorum of %s", of->name) : s->volumes.count > 1 ? arena_printf(s->arena, "set %lld of %s", (long long)where, of->name) : arena_printf(s->arena, "set %lld", (long long)where);
  struct survival_view *put_in = put(s, "disks", worst == -1 ? 0 : worst,
                                     worst == UNKNOWN_INT ? arena_printf(s->arena, "? in %s", what) : worst == -1 ? arena_printf(s->arena, "LOST in %s", what) : more(s, worst, arena_printf(s->arena, " in %s", what)));
  put_in->what = what;
  put_in->lost = truth_of(worst == -1);
}

/* ---- what the verdicts on each host said ---- */

static bool may_be_lost(const struct snapshot *s, const struct host_view *h) { return (h->pacemaker || h->membership) && h->membership != MEMBERSHIP_LEFT && !snapshot_off(s, h); }

void survival_see(struct survival_seen *seen, const struct snapshot *s, const struct host_view *h, const struct stop *v) {
  static const char *const layers[] = {"placement", "memory"};
  int fencing = stop_worst(v, "fencing"), room = VERDICT_NONE;
  if (!may_be_lost(s, h)) return;
  seen->nodes++;
  for (size_t i = 0; i < COUNT(layers); i++)
    if (stop_rank(stop_worst(v, layers[i])) > stop_rank(room)) room = stop_worst(v, layers[i]);
  if (stop_rank(room) < stop_rank(VERDICT_UNKNOWN) && stop_worst(v, "domains") == VERDICT_UNKNOWN) room = VERDICT_UNKNOWN;
  if (stop_rank(room) > stop_rank(seen->room) || !seen->room) seen->room = room, seen->crowded = h;
  bool bare = fencing == VERDICT_UNSAFE, unsure = fencing == VERDICT_UNKNOWN;
  if ((bare && !seen->uncovered) || (unsure && !seen->uncovered && !seen->unsure)) seen->bare = h;
  seen->uncovered += bare;
  seen->unsure += unsure;
}

/* Pacemaker says where all would go without one host, whichever it is; of two at once nobody has asked it. */
static void judge_room(struct snapshot *s, const struct survival_seen *seen) {
  bool none = seen->nodes < 2;
  if (!s->domains.count) return;
  if (none || seen->room == VERDICT_UNSAFE) {
    struct survival_view *v = put(s, "memory", 0, none ? "0 hosts" : arena_printf(s->arena, "not without %s", seen->crowded->name));
    if (!none) v->what = seen->crowded->name;
  } else if (seen->room == VERDICT_SAFE) put(s, "memory", 1, "1 host");
  else put(s, "memory", UNKNOWN_INT, "?");
}

static void judge_fences(struct snapshot *s, const struct survival_seen *seen) {
  if (s->cluster.fencing == TRUTH_NO) put(s, "fencing", 0, "OFF")->lost = TRUTH_YES;
  else if (seen->uncovered) put(s, "fencing", 0, seen->uncovered == 1 ? arena_printf(s->arena, "cannot cut off %s", seen->bare->name) : arena_printf(s->arena, "cannot cut off %zu hosts", seen->uncovered))->what = seen->bare->name;
  else if (seen->unsure || s->cluster.fencing == TRUTH_UNKNOWN) put(s, "fencing", UNKNOWN_INT, "?");
  else put(s, "fencing", (int64_t)seen->nodes, "all hosts");
}

void survival_judge(struct snapshot *s, const struct survival_seen *seen) {
  int64_t least = INT64_MAX;
  bool lost = false;
  judge_quorum(s);
  judge_disks(s);
  if (seen->nodes) judge_room(s, seen), judge_fences(s, seen);
  for (size_t i = 0; i < s->survives.count; i++) {
    const struct survival_view *v = &s->survives.item[i];
    lost |= v->lost == TRUTH_YES;
    if (v->hosts != UNKNOWN_INT && v->hosts < least) least = v->hosts;
  }
  for (size_t i = 0; i < s->survives.count; i++) {
    struct survival_view *v = &s->survives.item[i];
    v->weakest = truth_of(lost ? v->lost == TRUTH_YES : v->hosts == least);
  }
}
