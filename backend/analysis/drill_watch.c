/* What happens while a drill runs, from one snapshot to the next. */
#include "analysis/drill_parts.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SUSPECT_MS = 3000 }; /* SUSPECT_MS: what is no fault but a passing state is over by then */

static const struct shape watched_shape = {.name = "watched", .size = sizeof(struct watched), .fields = (const struct field[]){{.name = NULL}}};
static const struct shape watched_brick_shape = {.name = "watched_brick", .size = sizeof(struct watched_brick), .fields = (const struct field[]){{.name = NULL}}};
static const struct shape silence_shape = {.name = "silence", .size = sizeof(struct silence), .fields = (const struct field[]){{.name = NULL}}};

static int64_t last_fencing(const struct snapshot *s, const char *host) {
  int64_t last = 0;
  for (size_t i = 0; host && i < s->fencing.count; i++)
    if (str_eq(s->fencing.item[i].target, host) && str_eq(s->fencing.item[i].result, "success") && s->fencing.item[i].at != UNKNOWN_INT && s->fencing.item[i].at > last) last = s->fencing.item[i].at;
  return last;
}

static int64_t heals_of(const struct snapshot *s) {
  int64_t sum = 0;
  for (size_t i = 0; i < s->volumes.count; i++) {
    if (s->volumes.item[i].heal_pending == UNKNOWN_INT) return UNKNOWN_INT;
    sum += s->volumes.item[i].heal_pending;
  }
  return sum;
}

struct drill_watch *drill_watch_new(const struct drill_subject *d, struct snapshot *before) {
  struct arena *a = arena_new();
  struct drill_watch *w = arena_alloc(a, sizeof *w);
  *w = (struct drill_watch){.arena = a, .before = snapshot_keep(before), .injected = NEVER, .reverted = NEVER, .left = NEVER, .fencing = NEVER, .fenced = NEVER, .joined = NEVER, .silent = NEVER, .heard = UNKNOWN_INT, .suspect_since = UNKNOWN_INT};
  w->subject = (struct drill_subject){.kind = d->kind, .host = arena_strdup(a, d->host), .brick = arena_strdup(a, d->brick), .resource = arena_strdup(a, d->resource)};
  for (size_t i = 0; i < d->domains.count; i++) {
    texts_add(a, &w->subject.domains, d->domains.item[i]);
    const struct domain_view *v = snapshot_domain(before, d->domains.item[i]);
    struct watched *x = list_add(a, &w->domains, &watched_shape);
    *x = (struct watched){.name = arena_strdup(a, d->domains.item[i]), .on = arena_strdup(a, v && v->hosts.count ? v->hosts.item[0] : d->host), .resource = v ? arena_strdup(a, v->resource) : NULL, .alive = before->at, .gone = NEVER};
  }
  drill_expect(before, &w->subject, a, &w->expected);
  const struct host_view *h = d->host ? snapshot_host(before, d->host) : NULL;
  w->node = h && h->pacemaker;
  if (h) w->membership = h->membership, w->pacemaker = h->pacemaker, w->peer = h->peer, w->hypervisor = h->libvirt;
  w->quorate = before->cluster.quorate;
  w->heals = heals_of(before);
  w->fenced_before = last_fencing(before, d->host);
  w->failures = before->failures.count;
  for (size_t v = 0; v < before->volumes.count; v++)
    for (size_t i = 0; i < before->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &before->volumes.item[v].bricks.item[i];
      struct watched_brick *x = list_add(a, &w->bricks, &watched_brick_shape);
      *x = (struct watched_brick){arena_printf(a, "%s:%s", b->host, b->path), arena_strdup(a, b->host), arena_strdup(a, b->path), v, i, b->online};
    }
  return w;
}

void drill_watch_free(struct drill_watch *w) {
  if (!w) return;
  snapshot_drop(w->before);
  snapshot_drop(w->last);
  arena_free(w->arena);
}

/* ---- the host that is hit ---- */

static bool old(const struct texts *stale, enum layer l) { return texts_have(stale, layer_names[l]); }

static void see_host(struct drill_watch *w, const struct snapshot *s) {
  const char *name = w->subject.host;
  const struct host_view *h = name ? snapshot_host(s, name) : NULL;
  if (!h) return;
  if (!old(&h->stale, LAYER_COROSYNC) && h->membership && h->membership != w->membership) {
    struct when at = fact_moment(w, s, "corosync.nodes", NULL);
    bool left = h->membership == MEMBERSHIP_LEFT;
    if (left && !happened(w->left)) w->left = at;
    watch_event(w, at, left ? "left" : "member", name, "corosync", left ? "%s is no member any more" : "%s is a member again", name);
    w->membership = h->membership;
  }
  if (!old(&h->stale, LAYER_PACEMAKER) && h->pacemaker && h->pacemaker != w->pacemaker) {
    struct when at = fact_moment(w, s, "pacemaker.nodes", NULL);
    bool joined = h->pacemaker == NODE_ONLINE;
    if (!joined && !happened(w->left) && (h->pacemaker == NODE_UNCLEAN || h->pacemaker == NODE_OFFLINE)) w->left = at;
    if (joined) w->joined = at;
    watch_event(w, at, joined ? "joined" : node_state_names[h->pacemaker], name, "pacemaker", "%s is %s", name, node_state_names[h->pacemaker]);
    w->pacemaker = h->pacemaker;
  }
  if (!old(&h->stale, LAYER_LIBVIRT) && h->libvirt && h->libvirt != w->hypervisor) {
    struct when at = {w->last ? w->last->at : s->at, s->at};
    watch_event(w, at, h->libvirt == LIBVIRT_CONNECTED ? "hypervisor" : "hypervisor-lost", name, "libvirt", "libvirt of %s is %s", name, libvirt_state_names[h->libvirt]);
    w->hypervisor = h->libvirt;
  }
  if (!old(&h->stale, LAYER_GLUSTER) && h->peer && h->peer != w->peer) {
    watch_event(w, fact_moment(w, s, "gluster.peers", NULL), h->peer == PEER_CONNECTED ? "peer" : "peer-lost", name, "gluster", "%s is %s as a peer", name, peer_state_names[h->peer]);
    w->peer = h->peer;
  }
}

static void see_fencing(struct drill_watch *w, const struct snapshot *s) {
  const char *host = w->subject.host;
  bool pending = false;
  for (size_t i = 0; host && i < s->fencing.count; i++) pending |= str_eq(s->fencing.item[i].target, host) && str_eq(s->fencing.item[i].result, "pending");
  if (pending && !happened(w->fencing)) {
    w->fencing = fact_moment(w, s, "pacemaker.fencing", NULL);
    watch_event(w, w->fencing, "fencing", host, "pacemaker", "fencing of %s has begun", host);
  }
  int64_t last = last_fencing(s, host);
  if (last <= w->fenced_before) return;
  struct when at = fact_moment(w, s, "pacemaker.fencing", NULL);
  w->fenced_before = last;
  if (!happened(w->fenced)) w->fenced = at;
  watch_event(w, at, "fenced", host, "pacemaker", "%s is fenced: its power was cut", host);
}

/* ---- domains and their resources ---- */

static struct when later_of(struct when m, int64_t from, int64_t until) {
  if (from != UNKNOWN_INT && from > m.from) m.from = from;
  if (until != UNKNOWN_INT && until < m.until) m.until = until;
  if (m.from > m.until) m.from = m.until;
  return m;
}

/* When it fell silent: after it was last read as running, before its host was dead or itself said to be gone. */
static struct when silent_since(const struct drill_watch *w, const struct watched *d, int64_t back) {
  struct when m = {d->alive, happened(d->gone) ? d->gone.until : back};
  if (happened(d->gone) && d->gone.from > m.from) m.from = d->gone.from;
  if (!str_eq(d->on, w->subject.host)) return m;
  if (drill_kills(w->subject.kind) && happened(w->silent) && w->silent.until > w->injected.from) return later_of(m, w->silent.from, w->silent.until);
  if (drill_stills(w->subject.kind) && happened(w->injected)) return later_of(m, w->injected.from, w->injected.until);
  if (drill_looks_dead(w->subject.kind) && happened(w->fenced)) return later_of(m, happened(w->fencing) ? w->fencing.from : UNKNOWN_INT, w->fenced.until);
  return m;
}

static void came_back(struct drill_watch *w, struct watched *d, const struct snapshot *s, const char *host) {
  struct when back = fact_moment(w, s, "libvirt.domains", host);
  struct silence *x = list_add(w->arena, &d->silences, &silence_shape);
  *x = (struct silence){d->on, arena_strdup(w->arena, host), silent_since(w, d, back.until), back};
  if (back.from < x->begin.from) back.from = x->begin.from, x->end = back;
  watch_event(w, back, "running", d->name, arena_printf(w->arena, "libvirt@%s", host), "%s runs on %s", d->name, host);
}

static void see_domain(struct drill_watch *w, struct watched *d, const struct snapshot *s) {
  const char *host = running_on(s, d->name);
  if (host) {
    if (d->down || !str_eq(host, d->on)) came_back(w, d, s, host);
    int64_t at = fact_read_at(s, "libvirt.domains", host);
    if (at != UNKNOWN_INT && at > d->alive) d->alive = at;
    if (!str_eq(d->on, host)) d->on = arena_strdup(w->arena, host);
    d->down = false;
    d->gone = NEVER;
    return;
  }
  if (d->down || !d->on || !libvirt_seen(s, d->on)) return; /* its host says nothing: nobody can tell yet */
  d->gone = fact_moment(w, s, "libvirt.domains", d->on);
  d->down = true;
  const struct domain_view *v = snapshot_domain(s, d->name);
  watch_event(w, d->gone, "gone", d->name, arena_printf(w->arena, "libvirt@%s", d->on), "%s does not run on %s any more (%s)", d->name, d->on, v && v->state && texts_have(&v->hosts, d->on) ? v->state : "it is gone there");
}

static void see_role(struct drill_watch *w, struct watched *d, const struct snapshot *s) {
  const struct resource_view *r = d->resource ? resource_seen(s, d->resource) : NULL;
  if (!r || !r->role || old(&r->stale, LAYER_PACEMAKER)) return;
  const char *role = role_names[r->role], *host = r->hosts.count ? r->hosts.item[0] : NULL;
  bool news = (d->role && !str_eq(d->role, role)) || (d->role && !str_eq(d->role_host, host));
  if (news) {
    struct when at = fact_moment(w, s, "pacemaker.resources", NULL);
    bool asked = r->role == HA_STARTING || r->role == HA_MIGRATING;
    watch_event(w, at, asked ? "start-asked" : role, d->resource, "pacemaker", host ? "%s is %s on %s" : "%s is %s", d->resource, role, host);
  }
  d->role = role;
  if (!str_eq(d->role_host, host)) d->role_host = arena_strdup(w->arena, host);
}

static void see_failures(struct drill_watch *w, const struct snapshot *s) {
  for (size_t i = 0; i < s->failures.count; i++) {
    const struct failure_view *f = &s->failures.item[i], *was = NULL;
    for (size_t k = 0; w->last && k < w->last->failures.count && !was; k++) {
      const struct failure_view *o = &w->last->failures.item[k];
      if (str_eq(o->resource, f->resource) && str_eq(o->host, f->host) && str_eq(o->task, f->task) && o->at == f->at) was = o;
    }
    if (!was && w->last) watch_event(w, fact_moment(w, s, "pacemaker.failures", NULL), "failed", f->resource, "pacemaker", "%s of %s on %s failed: %s", f->task ? f->task : "an action", f->resource ? f->resource : "?", f->host ? f->host : "?", f->reason ? f->reason : "no reason is given");
  }
}

/* ---- storage, quorum ---- */

static void see_store(struct drill_watch *w, const struct snapshot *s) {
  for (size_t i = 0; i < w->bricks.count; i++) {
    struct watched_brick *x = &w->bricks.item[i];
    const struct brick_view *b = brick_again(s, x->host, x->path, x->volume, x->at);
    enum truth online = b ? brick_online(s, b) : TRUTH_UNKNOWN;
    if (online == TRUTH_YES && b->answers == TRUTH_NO) online = TRUTH_NO;
    if (online == TRUTH_UNKNOWN || online == x->online) continue;
    if (x->online != TRUTH_UNKNOWN) watch_event(w, fact_moment(w, s, "gluster.bricks", NULL), online == TRUTH_YES ? "brick-up" : "brick-down", x->name, "gluster", "brick %s is %s", x->name, online == TRUTH_YES ? "up" : "down");
    x->online = online;
  }
  int64_t heals = heals_of(s);
  if (heals != UNKNOWN_INT && w->heals != UNKNOWN_INT && (heals > 0) != (w->heals > 0))
    watch_event(w, fact_moment(w, s, "gluster.heal", NULL), heals ? "heals" : "healed", "volumes", "gluster", heals ? "%" PRId64 " entries wait to heal" : "nothing waits to heal any more", heals);
  if (heals != UNKNOWN_INT) w->heals = heals;
  if (!old(&s->cluster.stale, LAYER_COROSYNC) && s->cluster.quorate && s->cluster.quorate != w->quorate) {
    watch_event(w, fact_moment(w, s, "corosync.cluster", NULL), s->cluster.quorate == TRUTH_YES ? "quorate" : "quorum-lost", "cluster", "corosync", s->cluster.quorate == TRUTH_YES ? "the cluster has quorum again" : "the cluster has lost quorum");
    w->quorate = s->cluster.quorate;
  }
}

void drill_watch_see(struct drill_watch *w, struct snapshot *s) {
  if (s == w->last) return;
  see_host(w, s);
  see_fencing(w, s);
  see_failures(w, s);
  for (size_t i = 0; i < w->domains.count; i++) {
    see_role(w, &w->domains.item[i], s);
    see_domain(w, &w->domains.item[i], s);
  }
  see_store(w, s);
  see_silence(w, s);
  see_pulses(w, s);
  snapshot_drop(w->last);
  w->last = snapshot_keep(s);
}

void drill_watch_mark(struct drill_watch *w, const char *event, int64_t from, int64_t until, const char *text, const char *source) {
  struct when at = {from, until};
  if (str_eq(event, "injected")) w->injected = at;
  if (str_eq(event, "reverted")) w->reverted = at;
  watch_event(w, at, arena_strdup(w->arena, event), w->subject.brick ? w->subject.brick : w->subject.host, source, "%s", text);
}

/* Pings come ten times a second: when some are missing, the host fell silent right after the last. */
const struct drill_subject *drill_watch_subject(const struct drill_watch *w) { return &w->subject; }
const struct drill_event *drill_watch_events(const struct drill_watch *w, size_t *ret_count) { return *ret_count = w->events.count, w->events.item; }
int64_t drill_watch_injected(const struct drill_watch *w) { return w->injected.until; }
bool drill_watch_fenced(const struct drill_watch *w) { return happened(w->fenced); }

/* ---- must it end at once? ---- */

static bool expected_to_be_hit(const struct drill_watch *w, const char *domain) { return texts_have(&w->subject.domains, domain); }

static const char *second_fault(struct drill_watch *w, const struct snapshot *s) {
  const struct host_view *target = w->subject.host ? snapshot_host(s, w->subject.host) : NULL;
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i], *was = snapshot_host(w->before, h->name);
    if (h == target || !was) continue;
    if (was->membership == MEMBERSHIP_MEMBER && h->membership == MEMBERSHIP_LEFT && !old(&h->stale, LAYER_COROSYNC)) return arena_printf(w->arena, "a second fault: %s is no member any more", h->name);
    if (was->pacemaker == NODE_ONLINE && h->pacemaker == NODE_UNCLEAN && !old(&h->stale, LAYER_PACEMAKER)) return arena_printf(w->arena, "a second fault: %s is unclean", h->name);
  }
  for (size_t v = 0; v < w->before->volumes.count; v++)
    for (size_t i = 0; i < w->before->volumes.item[v].bricks.count; i++) {
      const struct brick_view *was = &w->before->volumes.item[v].bricks.item[i], *b = brick_again(s, was->host, was->path, v, i);
      bool its = (target && snapshot_host(s, was->host) == target);
      if (!its && b && was->online == TRUTH_YES && brick_online(s, b) == TRUTH_NO) return arena_printf(w->arena, "a second fault: brick %s:%s is down", was->host, was->path);
    }
  return NULL;
}

static const char *other_domain(struct drill_watch *w, const struct snapshot *s) {
  for (size_t i = 0; i < w->before->domains.count; i++) {
    const struct domain_view *was = &w->before->domains.item[i], *v = snapshot_domain(s, was->name);
    if (v && !v->stale.count && str_eq(v->state, "running")) continue;
    if (!str_eq(was->state, "running") || was->stale.count || expected_to_be_hit(w, was->name) || !was->hosts.count) continue;
    if (v && !old(&v->stale, LAYER_LIBVIRT) && !running_on(s, was->name) && libvirt_seen(s, was->hosts.item[0])) return arena_printf(w->arena, "%s was not to be hit, and is %s", was->name, v->state ? v->state : "gone");
  }
  return NULL;
}

/* Entries that wait where nothing of the host is, or that grow in number though it is back. */
static const char *heal_grows(struct drill_watch *w, const struct snapshot *s) {
  for (size_t i = 0; i < s->volumes.count; i++) {
    const struct volume_view *v = &s->volumes.item[i], *was = snapshot_volume(w->before, v->name);
    bool touched = false;
    for (size_t k = 0; k < v->bricks.count; k++) touched |= w->subject.host && same_host(s, v->bricks.item[k].host, w->subject.host);
    bool grows = v->heal_pending != UNKNOWN_INT && v->heal_pending > 0 && v->heal.per_minute < 0 && !v->stale.count;
    if (was && grows && (!touched || (happened(w->reverted) && v->heal.at > w->reverted.until + 60000))) return arena_printf(w->arena, "what waits to heal on %s grows: %" PRId64 " entries", v->name, v->heal_pending);
  }
  return NULL;
}

/* It heals no more by itself, whatever comes: to wait for that would be to wait for nothing. */
static const struct volume_view *split_of(const struct drill_watch *w, const struct snapshot *s) {
  for (size_t i = 0; i < s->volumes.count; i++) {
    const struct volume_view *v = &s->volumes.item[i], *was = snapshot_volume(w->before, v->name);
    if (v->split_brain != UNKNOWN_INT && !v->stale.count && v->split_brain > (was && was->split_brain > 0 ? was->split_brain : 0)) return v;
  }
  return NULL;
}

/* The brick of a set that could be written before, and not now: guests see errors. */
static const struct brick_view *unwritable(const struct drill_watch *w, const struct snapshot *s, const struct volume_view **ret) {
  for (size_t i = 0; i < s->volumes.count; i++) {
    const struct volume_view *v = *ret = &s->volumes.item[i], *was = snapshot_volume(w->before, v->name);
    int64_t set = -1;
    for (size_t k = 0; was && !v->stale.count && k < v->bricks.count; k++) {
      if (v->bricks.item[k].set == set) continue;
      set = v->bricks.item[k].set;
      if (volume_set_state(v, set) == SET_LOST && volume_set_state(was, set) != SET_LOST) return &v->bricks.item[k];
    }
  }
  return NULL;
}

/* Its start has failed for good on every node, the one that was hit too: to wait on is in vain. */
static const struct resource_view *given_up(const struct drill_watch *w, const struct snapshot *s) {
  for (size_t i = 0; drill_kills(w->subject.kind) && i < w->subject.domains.count; i++) {
    const struct domain_view *v = snapshot_domain(s, w->subject.domains.item[i]);
    const struct resource_view *r = v && v->resource ? snapshot_resource(s, v->resource) : NULL;
    if (!r || r->stale.count || r->role != HA_STOPPED || r->disabled == TRUTH_YES || resource_meta_seen(s, r->id, "failure-timeout")) continue;
    size_t failed = 0, nodes = 0;
    for (size_t k = 0; k < s->hosts.count; k++) {
      bool never = false;
      if (!s->hosts.item[k].pacemaker) continue;
      for (size_t n = 0; n < r->fail_count.count; n++) never |= same_host(s, r->fail_count.item[n].key, s->hosts.item[k].name) && r->fail_count.item[n].value >= SCORE_INFINITE;
      for (size_t n = 0; n < s->failures.count; n++) never |= str_eq(s->failures.item[n].resource, r->id) && same_host(s, s->failures.item[n].host, s->hosts.item[k].name) && failure_unreadable(&s->failures.item[n]);
      nodes++;
      failed += never;
    }
    if (nodes && failed == nodes) return r;
  }
  return NULL;
}

bool drill_watch_ruined(const struct drill_watch *w) { return w->ruined; }

static const char *ruins(struct drill_watch *w, const struct snapshot *s) {
  const struct volume_view *v = split_of(w, s);
  if (v) return arena_printf(w->arena, "%" PRId64 " file%s of %s in split-brain: both sides wrote", v->split_brain, v->split_brain == 1 ? " is" : "s are", v->name);
  const struct resource_view *r = given_up(w, s);
  if (r) return arena_printf(w->arena, "%s is started nowhere any more: its start has failed for good on every node", r->id);
  const struct brick_view *b = unwritable(w, s, &v);
  return b ? arena_printf(w->arena, "set %" PRId64 " of %s cannot be written any more", b->set, v->name) : NULL;
}

const char *drill_watch_abort(struct drill_watch *w) {
  const struct snapshot *s = w->last;
  if (!s || !happened(w->injected)) return NULL;
  if (s->cluster.quorate == TRUTH_NO && w->before->cluster.quorate == TRUTH_YES && !old(&s->cluster.stale, LAYER_COROSYNC)) return "the cluster has lost quorum";
  const char *why = second_fault(w, s);
  if (!why) why = other_domain(w, s);
  const char *ruin = why ? NULL : ruins(w, s);
  if (ruin) why = ruin;
  if (!why) why = heal_grows(w, s);
  if (!why || !str_eq(why, w->suspect)) w->suspect_since = s->now;
  w->suspect = why;
  if (!why || s->now - w->suspect_since < SUSPECT_MS) return NULL;
  w->ruined = ruin != NULL;
  return why;
}

/* ---- is all as it was? ---- */

static enum truth worse(enum truth a, enum truth b) { return a == TRUTH_NO || b == TRUTH_NO ? TRUTH_NO : a == TRUTH_YES && b == TRUTH_YES ? TRUTH_YES : TRUTH_UNKNOWN; }

enum truth drill_watch_whole(const struct drill_watch *w, struct arena *a, const char **ret_text) {
  const struct snapshot *s = w->last ? w->last : w->before;
  const struct host_view *h = w->subject.host ? snapshot_host(s, w->subject.host) : NULL, *was = w->subject.host ? snapshot_host(w->before, w->subject.host) : NULL;
  enum truth all = TRUTH_YES, one;
  *ret_text = "";
  if (was && was->pacemaker == NODE_ONLINE) {
    one = !h || old(&h->stale, LAYER_PACEMAKER) || !h->pacemaker ? TRUTH_UNKNOWN : truth_of(h->pacemaker == NODE_ONLINE && h->membership != MEMBERSHIP_LEFT);
    if (one != TRUTH_YES) *ret_text = arena_printf(a, "%s is %s", w->subject.host, one == TRUTH_NO ? node_state_names[h->pacemaker] : "not known to be back");
    all = worse(all, one);
  }
  if (was && was->peer == PEER_CONNECTED) {
    one = !h || old(&h->stale, LAYER_GLUSTER) || !h->peer ? TRUTH_UNKNOWN : truth_of(h->peer == PEER_CONNECTED);
    if (one != TRUTH_YES && !**ret_text) *ret_text = arena_printf(a, "%s is %s as a peer", w->subject.host, one == TRUTH_NO ? peer_state_names[h->peer] : "not known");
    all = worse(all, one);
  }
  for (size_t v = 0; v < w->before->volumes.count; v++)
    for (size_t i = 0; i < w->before->volumes.item[v].bricks.count; i++) {
      const struct brick_view *o = &w->before->volumes.item[v].bricks.item[i], *b = brick_again(s, o->host, o->path, v, i);
      if (o->online != TRUTH_YES) continue;
      one = b ? brick_online(s, b) : TRUTH_UNKNOWN;
      if (one != TRUTH_YES && !**ret_text) *ret_text = arena_printf(a, "brick %s:%s is %s", o->host, o->path, one == TRUTH_NO ? "down" : "not known to be up");
      all = worse(all, one);
    }
  return all;
}
