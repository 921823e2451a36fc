/* Copies: can each volume still be written, how many full copies stay, and is what stays the newest? */
#include "analysis/judge.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include <stdlib.h>
#include <string.h>

static bool in_use(const struct volume_view *v) { return !v->status || str_eq(v->status, "started"); }
static bool is_old(const struct volume_view *v) { return texts_have(&v->stale, layer_names[LAYER_GLUSTER]); }
static bool brick_old(const struct brick_view *b) { return texts_have(&b->stale, layer_names[LAYER_GLUSTER]); }

struct set { /* one set, with and without what is lost */
  struct set_living sure, perhaps;    /* now */
  struct set_living sure_then, perhaps_then;
  size_t lost, touched;               /* bricks that go and may live now; bricks that go, dead ones too */
  size_t whole;                       /* bricks that stay and have what waits */
  int64_t pending;                    /* entries that wait on bricks of it, as far as they are counted ... */
  bool unsure;                        /* ... and there may be more */
  bool only_there, cures;             /* what waits is only whole on a brick that is lost; its heal goes on */
  int64_t eta_s;
};

/* The names of the bricks of a set that surely stay. */
static const char *stays(const struct judge *j, const struct volume_view *v, int64_t number) {
  struct texts names = {0};
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *b = &v->bricks.item[i];
    if (b->set == number && b->online == TRUTH_YES && !brick_old(b) && !brick_lost(j, b)) texts_add(j->a, &names, arena_printf(j->a, "%s:%s", b->host, b->path));
  }
  return names_text(j->a, &names);
}

static void add_living(struct set_living *l, bool there, bool data, bool first) { l->bricks += there, l->data += there && data, l->first |= there && first; }

static void look_at_set(const struct judge *j, const struct volume_view *v, int64_t number, struct set *ret) {
  bool first = true, unknown = false, all_up = true;
  *ret = (struct set){.eta_s = UNKNOWN_INT};
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *b = &v->bricks.item[i];
    if (b->set != number) continue;
    bool data = b->arbiter != TRUTH_YES, old = brick_old(b), sure = b->online == TRUTH_YES && !old, perhaps = b->online != TRUTH_NO || old, lost = brick_lost(j, b);
    add_living(&ret->sure, sure, data, first), add_living(&ret->perhaps, perhaps, data, first);
    add_living(&ret->sure_then, sure && !lost, data, first), add_living(&ret->perhaps_then, perhaps && !lost, data, first);
    ret->lost += lost && perhaps;
    ret->touched += lost;
    unknown |= b->heal_pending == UNKNOWN_INT || old;
    if (b->heal_pending > 0) {
      ret->pending += b->heal_pending; /* it has what others lack */
      ret->only_there |= lost;
      ret->whole += sure && data && !lost;
      if (b->heal.eta_s != UNKNOWN_INT && (ret->eta_s == UNKNOWN_INT || b->heal.eta_s > ret->eta_s)) ret->eta_s = b->heal.eta_s;
    }
    all_up &= b->online == TRUTH_YES;
    first = false;
  }
  ret->unsure = unknown && volume_copies(v);
  ret->cures = all_up;
}

bool set_serves(const struct judge *j, const struct volume_view *v, int64_t number) {
  struct set set;
  struct set_rules r = volume_rules(v);
  look_at_set(j, v, number, &set);
  return set_writes(&r, &set.sure_then);
}

bool set_touched(const struct judge *j, const struct volume_view *v, int64_t number) {
  for (size_t i = 0; i < v->bricks.count; i++)
    if (v->bricks.item[i].set == number && brick_lost(j, &v->bricks.item[i])) return true;
  return false;
}

/* ---- durability: how many full copies stay ---- */
static int worse_durability(int a, int b) {
  static const int order[] = {[DURABILITY_NONE] = 0, [DURABILITY_KEPT] = 1, [DURABILITY_REDUCED] = 2, [DURABILITY_UNKNOWN] = 3, [DURABILITY_LOST] = 4};
  return order[a] >= order[b] ? a : b;
}

static int durability_of(const struct volume_view *v, const struct set_rules *r, const struct set *set, bool old) {
  if (r->redundancy > 0) {
    int64_t needed = r->bricks - r->redundancy;
    if (set->pending && (int64_t)set->whole < needed) return DURABILITY_LOST; /* of what waits, fewer fragments stay than make a whole */
    return set->perhaps_then.bricks < needed ? DURABILITY_LOST : old || set->sure_then.bricks < needed || set->unsure ? DURABILITY_UNKNOWN
           : set->sure_then.bricks == needed || set->pending ? DURABILITY_REDUCED : DURABILITY_KEPT;
  }
  if (!set->perhaps_then.data) return DURABILITY_LOST;
  if (old || !set->sure_then.data) return DURABILITY_UNKNOWN;
  if (!volume_copies(v)) return DURABILITY_REDUCED; /* there never was a second one */
  if (set->only_there) return DURABILITY_LOST; /* what waits there is nowhere else whole */
  if (set->unsure) return DURABILITY_UNKNOWN;
  if (set->pending && !set->whole) return DURABILITY_LOST;
  return set->sure_then.data < 2 || set->pending ? DURABILITY_REDUCED : DURABILITY_KEPT;
}

/* ---- reasons ---- */
static void cannot_write(struct judge *j, const struct volume_view *v, int64_t number, const struct set_rules *r, const struct set *set, int64_t age) {
  bool now = set_writes(r, &set->perhaps);
  if (!now) reason(j, "copies", VERDICT_UNSAFE, age, "%s: set %lld cannot be written even now", v->name, (long long)number);
  else if (set_reads(r, &set->perhaps_then))
    reason(j, "copies", VERDICT_UNSAFE, age, "%s: set %lld keeps a copy and loses its quorum: writes to it fail%s", v->name, (long long)number, r->first_counts ? " (quorum auto on an even number: the first brick is mandatory)" : "");
  else reason(j, "copies", VERDICT_UNSAFE, age, "%s: set %lld has %s left: the disks on it stand still", v->name, (long long)number, set->perhaps_then.bricks ? "not enough bricks" : "no brick");
}

/* True when nothing waits there. */
static bool judge_heal(struct judge *j, const struct volume_view *v, int64_t number, const struct set *set) {
  int64_t age = UNKNOWN_INT;
  if (!set->touched || !volume_copies(v)) return false;
  fact_keyed(j->s, "gluster.heal", v->name, &age);
  if (set->unsure) reason(j, "heal", VERDICT_UNKNOWN, age, "%s: what waits to heal in set %lld is not known%s", v->name, (long long)number, set->pending ? " whole" : "");
  if (!set->pending) return !set->unsure;
  if (!set->only_there) reason_wait(j, "heal", age, set->eta_s, "%s: %lld entries of set %lld wait to heal: only what stays has them whole", v->name, (long long)set->pending, (long long)number);
  else if (set->cures) reason_wait(j, "heal", age, set->eta_s, "%s: %lld entries of set %lld wait to heal, and what stays may lack them", v->name, (long long)set->pending, (long long)number);
  else reason(j, "heal", VERDICT_UNSAFE, age, "%s: %lld entries of set %lld wait to heal, a brick of it is down so that they do not, and what stays lacks them", v->name, (long long)set->pending, (long long)number);
  return false;
}

static bool judge_set(struct judge *j, const struct volume_view *v, int64_t number, int64_t age) {
  struct set_rules r = volume_rules(v);
  struct set set;
  look_at_set(j, v, number, &set);
  bool old = is_old(v), touched = set_touched(j, v, number);
  if (touched) j->out->durability = worse_durability(j->out->durability, durability_of(v, &r, &set, old));
  if (!set_writes(&r, &set.perhaps_then)) cannot_write(j, v, number, &r, &set, age);
  else if (old || !set_writes(&r, &set.sure_then)) {
    if (touched || set.lost || !set_writes(&r, &set.sure)) reason(j, "copies", VERDICT_UNKNOWN, age, "%s: whether the bricks that stay of set %lld live is not known", v->name, (long long)number);
  } else if (touched) {
    if (set.lost) reason(j, "copies", VERDICT_SAFE, age, "%s: set %lld keeps %lld of %lld bricks (%s)", v->name, (long long)number, (long long)set.sure_then.bricks, (long long)r.bricks, stays(j, v, number));
    else reason(j, "copies", VERDICT_SAFE, age, "%s: set %lld loses nothing that lives", v->name, (long long)number);
  }
  return judge_heal(j, v, number, &set);
}

/* A server quorum that is lost stops the bricks of those that stay. */
static void judge_server_quorum(struct judge *j, const struct volume_view *v, int64_t age) {
  if (!str_eq(pairs_get(&v->options, "cluster.server-quorum-type"), "server")) return;
  const char *ratio = pairs_get(&v->options, "cluster.server-quorum-ratio");
  int64_t peers = 0, stay = 0, unsure = 0;
  double needed = ratio ? strtod(ratio, NULL) : 0;
  for (size_t i = 0; i < j->s->hosts.count; i++) {
    const struct host_view *h = &j->s->hosts.item[i];
    if (!texts_have(&h->roles, layer_names[LAYER_GLUSTER])) continue;
    peers++;
    if (host_lost(j, h->name)) continue;
    stay += h->peer == PEER_CONNECTED, unsure += h->peer == PEER_UNKNOWN || h->peer == PEER_SUSPECT;
  }
  bool sure = needed > 0 ? (double)stay * 100 >= needed * (double)peers : stay * 2 > peers;
  bool perhaps = needed > 0 ? (double)(stay + unsure) * 100 >= needed * (double)peers : (stay + unsure) * 2 > peers;
  if (!perhaps) reason(j, "copies", VERDICT_UNSAFE, age, "%s: %lld of %lld peers would be left, fewer than its server quorum: glusterd stops its bricks on all of them", v->name, (long long)stay, (long long)peers);
  else if (!sure) reason(j, "copies", VERDICT_UNKNOWN, age, "%s: whether its server quorum holds is not known: %lld peers do not answer", v->name, (long long)unsure);
}

static void judge_tasks(struct judge *j, const struct volume_view *v, int64_t age) {
  bool touched = false;
  for (size_t set = 0; set < volume_sets(v); set++) touched |= set_touched(j, v, (int64_t)set);
  for (size_t i = 0; touched && i < v->tasks.count; i++)
    if (v->tasks.item[i].status && strstr(v->tasks.item[i].status, "progress")) reason_wait(j, "copies", age, UNKNOWN_INT, "%s: a %s is in progress", v->name, v->tasks.item[i].type ? v->tasks.item[i].type : "task");
}

/* There is gluster here, whatever can be read of it. */
static bool has_gluster(const struct snapshot *s) {
  for (size_t i = 0; i < s->sources.count; i++)
    if (str_eq(s->sources.item[i].name, layer_names[LAYER_GLUSTER]) && s->sources.item[i].state != SOURCE_ABSENT) return true;
  return s->volumes.count > 0;
}

void judge_copies(struct judge *j) {
  int64_t age = UNKNOWN_INT, age_bricks = UNKNOWN_INT;
  bool known = fact_keyed(j->s, "gluster.volumes", "", &age), alive = fact_keyed(j->s, "gluster.bricks", "", &age_bricks);
  age = oldest(age, age_bricks);
  if ((!known || !alive) && has_gluster(j->s)) {
    reason(j, "copies", VERDICT_UNKNOWN, age, "gluster's volumes and bricks are not known now");
    j->out->durability = worse_durability(j->out->durability, DURABILITY_UNKNOWN);
  }
  size_t healed = 0;
  int64_t counted = UNKNOWN_INT;
  for (size_t i = 0; i < j->s->volumes.count; i++) {
    const struct volume_view *v = &j->s->volumes.item[i];
    if (!in_use(v)) continue;
    for (size_t set = 0; set < volume_sets(v); set++)
      if (judge_set(j, v, (int64_t)set, age)) {
        int64_t one = UNKNOWN_INT;
        fact_keyed(j->s, "gluster.heal", v->name, &one);
        counted = oldest(counted, one);
        healed++;
      }
    judge_server_quorum(j, v, age);
    judge_tasks(j, v, age);
  }
  if (healed) reason(j, "heal", VERDICT_SAFE, counted, "nothing waits to heal in %s it has bricks of", healed == 1 ? "the set that" : arena_printf(j->a, "all %zu sets that", healed));
}
