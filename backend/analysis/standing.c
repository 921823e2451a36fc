#include "analysis/standing.h"
#include "analysis/store_view.h"
#include <string.h>
#include <strings.h>

enum { NEVER_AGAIN = 1000000 }; /* a fail count of INFINITY */

static struct standing stands(enum level level, const char *words) { return (struct standing){.level = level, .words = words}; }

/* An old word that something is wrong stays a bad sign; an old word that all is well is none. */
static struct standing aged(struct standing s, const struct texts *stale, enum layer layer) {
  if (!texts_have(stale, layer_names[layer]) || s.level == LEVEL_NONE || s.level == LEVEL_UNKNOWN) return s;
  s.old = true;
  if (s.level < LEVEL_OLD) s.level = LEVEL_OLD;
  return s;
}

/* ---- what is known at all ---- */

bool host_unread(const struct snapshot *s, const struct host_view *h) { return texts_have(&h->roles, "kvm") && h->domains == UNKNOWN_INT && !snapshot_off(s, h); }

size_t hosts_unread(const struct snapshot *s) {
  size_t n = 0;
  for (size_t i = 0; i < s->hosts.count; i++) n += host_unread(s, &s->hosts.item[i]);
  return n;
}

/* There is no such layer: what it would say is not missed. */
static bool is_absent(const struct snapshot *s, enum layer layer) {
  for (size_t i = 0; i < s->sources.count; i++)
    if (str_eq(s->sources.item[i].name, layer_names[layer]) && s->sources.item[i].state == SOURCE_ABSENT) return true;
  return false;
}

/* ---- hosts ---- */

struct standing standing_node(const struct snapshot *s, const struct host_view *h, struct arena *a) {
  static const struct { enum level level; const char *words; } states[] = {
      [NODE_UNKNOWN] = {LEVEL_UNKNOWN, "?"},  [NODE_UNCLEAN] = {LEVEL_BAD, "UNCLEAN"},         [NODE_PENDING] = {LEVEL_WARN, "pending"}, [NODE_OFFLINE] = {LEVEL_BAD, "OFFLINE"},
      [NODE_MAINTENANCE] = {LEVEL_WARN, "maintenance"}, [NODE_STANDBY] = {LEVEL_WARN, "standby"}, [NODE_ONLINE] = {LEVEL_OK, "online"}};
  if (h->pacemaker) {
    struct standing n = stands(states[h->pacemaker].level, states[h->pacemaker].words);
    if (h->dc == TRUTH_YES) n.words = arena_printf(a, "%s DC", n.words);
    return aged(n, &h->stale, LAYER_PACEMAKER);
  }
  if (h->membership == MEMBERSHIP_MEMBER && !is_absent(s, LAYER_PACEMAKER)) return stands(LEVEL_UNKNOWN, "member, pacemaker ?");
  if (h->membership == MEMBERSHIP_MEMBER) return aged(stands(LEVEL_OK, "member"), &h->stale, LAYER_COROSYNC);
  if (h->membership == MEMBERSHIP_LEFT) return aged(stands(LEVEL_BAD, "LEFT"), &h->stale, LAYER_COROSYNC);
  bool cluster = !is_absent(s, LAYER_PACEMAKER) || !is_absent(s, LAYER_COROSYNC);
  return texts_have(&h->roles, "kvm") && cluster ? stands(LEVEL_UNKNOWN, "?") : stands(LEVEL_NONE, "-");
}

struct standing standing_peer(const struct host_view *h) {
  switch (h->peer) {
  case PEER_CONNECTED: return aged(stands(h->unseen.count ? LEVEL_WARN : LEVEL_OK, h->unseen.count ? "peer, not of all" : "peer"), &h->stale, LAYER_GLUSTER);
  case PEER_DISCONNECTED: return aged(stands(LEVEL_BAD, "peer DISCONNECTED"), &h->stale, LAYER_GLUSTER);
  case PEER_SUSPECT: return aged(stands(LEVEL_BAD, "peer SUSPECT"), &h->stale, LAYER_GLUSTER);
  default: return texts_have(&h->roles, "gluster") ? stands(LEVEL_UNKNOWN, "peer ?") : stands(LEVEL_NONE, "-");
  }
}

static struct standing standing_hypervisor(const struct snapshot *s, const struct host_view *h) {
  if (h->libvirt == LIBVIRT_UNREACHABLE && !snapshot_off(s, h)) return stands(LEVEL_WARN, "libvirt UNREACHABLE");
  if (h->libvirt == LIBVIRT_CONNECTING) return stands(LEVEL_WARN, "libvirt connecting");
  if (h->libvirt == LIBVIRT_UNKNOWN && texts_have(&h->roles, "kvm") && !is_absent(s, LAYER_LIBVIRT) && !snapshot_off(s, h)) return stands(LEVEL_UNKNOWN, "libvirt ?");
  return stands(LEVEL_NONE, "-");
}

struct standing standing_host(const struct snapshot *s, const struct host_view *h, struct arena *a) {
  struct standing part[] = {standing_node(s, h, a), standing_peer(h), standing_hypervisor(s, h)}, all = {0};
  CLEANUP(str_free) struct str words = {0};
  for (size_t i = 0; i < COUNT(part); i++) {
    if (part[i].level > all.level) all.level = part[i].level;
    if (part[i].level != LEVEL_NONE) str_addf(&words, "%s%s%s", words.len ? ", " : "", part[i].old && words.len ? "~" : "", part[i].words);
    if (part[i].level != LEVEL_NONE && part[i].old && words.len == strlen(part[i].words)) all.old = true; /* the first of them is */
  }
  all.words = words.len ? arena_strdup(a, words.data) : "nothing is known of it";
  if (!words.len) all.level = LEVEL_UNKNOWN;
  return all;
}

/* ---- storage ---- */

static bool is_off(const struct volume_view *v) { return v->status && !str_eq(v->status, "started"); }

struct standing standing_brick(const struct volume_view *v, const struct brick_view *b, struct arena *a) {
  if (is_off(v)) return stands(LEVEL_NONE, "volume is not started");
  if (b->online == TRUTH_UNKNOWN) return stands(LEVEL_UNKNOWN, "?");
  if (b->online == TRUTH_NO) return aged(stands(LEVEL_BAD, b->answers == TRUTH_NO && b->port != UNKNOWN_INT ? "HUNG" : "DOWN"), &b->stale, LAYER_GLUSTER);
  if (b->heal_pending > 0) return aged(stands(LEVEL_WARN, arena_printf(a, "up, %lld to heal", (long long)b->heal_pending)), &b->stale, LAYER_GLUSTER);
  return aged(stands(LEVEL_OK, "up"), &b->stale, LAYER_GLUSTER);
}

struct copies { int64_t all, up, unknown, needed; bool arbiter_up, arbiter, old; };

static struct copies copies_of(const struct volume_view *v, int64_t set, const struct brick_view *without) {
  struct copies c = {.needed = v->disperse > 0 ? v->disperse - (v->redundancy > 0 ? v->redundancy : 0) : 1};
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *b = &v->bricks.item[i];
    if (b->set != set) continue;
    bool up = b != without && b->online == TRUTH_YES;
    c.old |= b->stale.count > 0;
    if (b->arbiter == TRUTH_YES && v->disperse <= 0) {
      c.arbiter = true;
      c.arbiter_up |= up;
      continue;
    }
    c.all++;
    c.up += up;
    c.unknown += b != without && b->online == TRUTH_UNKNOWN;
  }
  return c;
}

static struct standing of_copies(const struct volume_view *v, const struct copies *c, struct arena *a) {
  const char *unit = v->disperse > 0 || c->all == 1 ? c->all == 1 ? "brick" : "bricks" : "copies";
  const char *words = c->unknown == c->all ? arena_printf(a, "? of %lld %s", (long long)c->all, unit)
                      : c->unknown         ? arena_printf(a, "%lld of %lld %s, %lld not known", (long long)c->up, (long long)c->all, unit, (long long)c->unknown)
                                           : arena_printf(a, "%lld of %lld %s", (long long)c->up, (long long)c->all, unit);
  if (c->arbiter) words = arena_printf(a, "%s, arbiter %s", words, c->arbiter_up ? "up" : "away");
  if (v->disperse > 0) words = arena_printf(a, "%s, %lld needed", words, (long long)c->needed);
  enum level level = c->up + c->unknown < c->needed ? LEVEL_BAD : c->up < c->needed ? LEVEL_UNKNOWN : c->up == c->all && (!c->arbiter || c->arbiter_up) ? LEVEL_OK : c->up + c->unknown == c->all ? LEVEL_UNKNOWN : LEVEL_WARN;
  return stands(level, words);
}

struct standing standing_set(const struct volume_view *v, int64_t set, struct arena *a) {
  if (is_off(v)) return stands(LEVEL_NONE, "volume is not started");
  struct copies c = copies_of(v, set, NULL);
  struct standing s = of_copies(v, &c, a);
  if (c.old && s.level != LEVEL_UNKNOWN) {
    s.old = true;
    if (s.level < LEVEL_OLD) s.level = LEVEL_OLD;
  }
  return s;
}

struct standing standing_without(const struct volume_view *v, const struct brick_view *b, struct arena *a) {
  if (is_off(v)) return stands(LEVEL_NONE, "volume is not started");
  struct copies c = copies_of(v, b->set, b);
  struct standing s = of_copies(v, &c, a);
  s.words = s.level == LEVEL_BAD ? "none is left without it" : arena_printf(a, "%lld of %lld without it", (long long)c.up, (long long)c.all);
  if (s.level == LEVEL_BAD && c.up) s.words = "too few without it";
  return s;
}

struct standing standing_volume(const struct volume_view *v, struct arena *a) {
  if (!v->status) return stands(LEVEL_UNKNOWN, "?");
  if (is_off(v)) return aged(stands(LEVEL_WARN, v->status), &v->stale, LAYER_GLUSTER);
  if (v->split_brain > 0) return aged(stands(LEVEL_BAD, arena_printf(a, "SPLIT BRAIN, %lld", (long long)v->split_brain)), &v->stale, LAYER_GLUSTER);
  switch (v->writable) {
  case SET_LOST: return aged(stands(LEVEL_BAD, "LOST: too few bricks"), &v->stale, LAYER_GLUSTER);
  case SET_REDUCED: return aged(stands(LEVEL_WARN, "reduced: copies missing"), &v->stale, LAYER_GLUSTER);
  case SET_FULL: break;
  default: return stands(LEVEL_UNKNOWN, "started, copies ?");
  }
  if (v->heal_pending > 0) return aged(stands(LEVEL_WARN, arena_printf(a, "healing, %lld wait", (long long)v->heal_pending)), &v->stale, LAYER_GLUSTER);
  return aged(stands(LEVEL_OK, v->heal_pending == UNKNOWN_INT ? "all bricks up, heals ?" : "full"), &v->stale, LAYER_GLUSTER);
}

bool domain_lies_in(const struct domain_view *d, const struct volume_view *v, int64_t set) {
  for (size_t i = 0; i < d->disks.count; i++) {
    const struct disk_view *k = &d->disks.item[i];
    if (!str_eq(k->volume, v->name)) continue;
    if (set < 0 || !k->bricks.count || v->sharded == TRUTH_YES) return true;
    for (size_t b = 0; b < v->bricks.count; b++) {
      const struct brick_view *brick = &v->bricks.item[b];
      size_t host = brick->host ? strlen(brick->host) : 0;
      for (size_t n = 0; brick->set == set && host && n < k->bricks.count; n++)
        if (!strncmp(k->bricks.item[n], brick->host, host) && k->bricks.item[n][host] == ':' && str_eq(k->bricks.item[n] + host + 1, brick->path)) return true;
    }
  }
  return false;
}

/* ---- what runs ---- */

struct standing standing_domain(const struct domain_view *d, struct arena *a) {
  bool moving = d->reason && str_starts(d->reason, "migrat"), meant = str_eq(d->role, "started");
  struct standing s;
  if (!d->state) return stands(LEVEL_UNKNOWN, "?");
  if (d->hosts.count > 1 && !moving) s = stands(LEVEL_BAD, arena_printf(a, "runs on %zu hosts at once", d->hosts.count));
  else if (str_eq(d->state, "running")) s = str_eq(d->role, "stopped") ? stands(LEVEL_BAD, "running, pacemaker says stopped") : stands(LEVEL_OK, "running");
  else if (str_eq(d->state, "paused")) s = moving ? stands(LEVEL_WARN, "migrating") : stands(LEVEL_BAD, d->reason ? arena_printf(a, "PAUSED, %s", d->reason) : "PAUSED");
  else if (str_eq(d->state, "crashed")) s = stands(LEVEL_BAD, "CRASHED");
  else if (str_eq(d->state, "shutoff")) s = meant ? stands(LEVEL_BAD, "OFF, pacemaker says started") : stands(LEVEL_NONE, "off");
  else s = stands(LEVEL_WARN, d->state);
  return aged(s, &d->stale, LAYER_LIBVIRT);
}

struct standing standing_resource(const struct resource_view *r, struct arena *a) {
  static const enum level levels[] = {[HA_UNKNOWN] = LEVEL_UNKNOWN, [HA_STARTED] = LEVEL_OK, [HA_STOPPED] = LEVEL_BAD, [HA_PROMOTED] = LEVEL_OK, [HA_UNPROMOTED] = LEVEL_OK,
                                      [HA_STARTING] = LEVEL_WARN, [HA_STOPPING] = LEVEL_WARN, [HA_MIGRATING] = LEVEL_WARN};
  struct standing s = stands(levels[r->role], r->role ? role_names[r->role] : "?");
  if (r->role == HA_STOPPED && r->disabled == TRUTH_YES) s = stands(LEVEL_NONE, "stopped on purpose");
  if (r->managed == TRUTH_NO) s.words = arena_printf(a, "%s, unmanaged", s.words), s.level = s.level < LEVEL_WARN ? LEVEL_WARN : s.level;
  for (size_t i = 0; i < r->fail_count.count; i++) {
    if (r->fail_count.item[i].value <= 0) continue;
    s.level = s.level < LEVEL_WARN ? LEVEL_WARN : s.level;
    if (r->fail_count.item[i].value >= NEVER_AGAIN) s.words = arena_printf(a, "%s, never again on %s", s.words, r->fail_count.item[i].key);
  }
  if (r->blocked == TRUTH_YES) s = stands(LEVEL_BAD, arena_printf(a, "BLOCKED, %s", s.words));
  else if (r->failed == TRUTH_YES) s = stands(LEVEL_BAD, arena_printf(a, "FAILED, %s", s.words));
  return aged(s, &r->stale, LAYER_PACEMAKER);
}

bool constraint_bans(const struct constraint_view *c) { return str_eq(c->kind, "location") && c->host && c->score && !strcasecmp(c->score, "-INFINITY"); }

struct standing standing_constraint(const struct snapshot *s, const struct constraint_view *c, struct arena *a) {
  const char *score = c->score ? c->score : "?", *words;
  if (str_eq(c->kind, "location")) words = !c->host ? "by a rule" : constraint_bans(c) ? arena_printf(a, "never on %s", c->host) : arena_printf(a, "score %s on %s", score, c->host);
  else words = arena_printf(a, "%s %s%s%s", c->kind ? c->kind : "?", score, c->with ? " with " : "", c->with ? c->with : "");
  struct standing stands_so = stands(LEVEL_NONE, words);
  if (c->from_move == TRUTH_YES) stands_so = stands(LEVEL_WARN, arena_printf(a, "%s, left by a move", words));
  if (fact_fresh(s, "pacemaker.config", NULL) != TRUTH_YES) stands_so.level = LEVEL_OLD, stands_so.old = true;
  return stands_so;
}
