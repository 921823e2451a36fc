#include "sim/ring.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/pacemaker.h"
#include <string.h>

enum { LEAVE_MS = 250, JOIN_MS = 1600, MERGE_MS = 900 };

bool is_node(const struct sim_host *h) { return KNOWN(h->node_id); }

struct quorum_rules ring_rules(const struct world *w) {
  const struct sim_corosync *c = &w->corosync;
  struct quorum_rules r = {.expected = c->qdevice_host ? c->qdevice_votes : 0, .two_node = YES(c->two_node), .wait_for_all = YES(c->wait_for_all),
                           .last_man_standing = YES(c->last_man_standing) && !c->qdevice_host, .auto_tie_breaker = YES(c->auto_tie_breaker) && !c->qdevice_host && !YES(c->two_node)};
  int64_t nodes = 0;
  EACH(w->hosts, struct sim_host, h) {
    if (!is_node(h)) continue;
    r.expected += h->votes;
    nodes++;
  }
  if (nodes != 2) r.two_node = false;
  return r;
}

/* The token is lost, then the others agree on a ring without it; a goodbye is heard at once. */
static void notice(struct world *w, struct sim_host *h, int64_t in_ms) {
  if (!is_node(h)) return;
  world_forget(w, "ring", h->name);
  world_later(w, in_ms, "ring", h->name, NULL);
}

static void forget_all(struct sim_host *h) {
  h->members.count = 0;
  h->quorate = h->waiting = TRUTH_NO;
  h->expected = h->quorum = h->lowest = h->member_count = 0;
  h->dc = NULL;
}

void ring_host_lost(struct world *w, struct sim_host *h) {
  forget_all(h);
  notice(w, h, world_about(w, w->corosync.token_ms + w->corosync.consensus_ms, 3));
}

void ring_daemon_changed(struct world *w, struct sim_host *h, bool in_order) {
  if (!is_node(h)) return;
  const struct sim_daemon *d = host_daemon(h, "corosync");
  if (d && d->life == LIFE_RUNNING) {
    notice(w, h, world_about(w, JOIN_MS, 15));
    return;
  }
  forget_all(h);
  notice(w, h, in_order ? LEAVE_MS : world_about(w, w->corosync.token_ms + w->corosync.consensus_ms, 3));
}

/* A ring holds only nodes that all hear each other. True when h hears all of that one; false when there is nobody. */
static bool hears_ring(const struct world *w, const struct sim_host *h, int64_t ring) {
  bool some = false;
  EACH(w->hosts, struct sim_host, o) {
    if (!is_node(o) || o == h || o->ring != ring || !daemon_runs(o, "corosync") || world_awaits(w, "ring", o->name)) continue;
    if (!hosts_reach(w, h, o, TRAFFIC_COROSYNC)) return false;
    some = true;
  }
  return some;
}

static bool ring_is_used(const struct world *w, int64_t ring) {
  EACH(w->hosts, struct sim_host, o)
    if (is_node(o) && o->ring == ring) return true;
  return false;
}

/* The ring that it joins: the first whose members it all hears, else one of its own. */
static int64_t find_ring(const struct world *w, const struct sim_host *h) {
  int64_t ring = 0;
  if (!daemon_runs(h, "corosync")) return -1;
  EACH(w->hosts, struct sim_host, o)
    if (is_node(o) && o != h && o->ring >= 0 && hears_ring(w, h, o->ring)) return o->ring;
  while (ring_is_used(w, ring)) ring++;
  return ring;
}

/* All of a ring that would leave it later leave it now: a new one has only members that answer. */
static size_t take_out(struct world *w, int64_t ring, struct sim_host *moving[NODES_MAX], size_t n) {
  EACH(w->hosts, struct sim_host, o) {
    if (n == NODES_MAX || !is_node(o) || o->ring < 0 || o->ring != ring || !world_forget(w, "ring", o->name)) continue;
    o->ring = -1;
    moving[n++] = o;
  }
  return n;
}

/* Two rings that hear each other wholly become one. */
static bool hear_each_other(const struct world *w, int64_t one, int64_t other) {
  bool some = false;
  EACH(w->hosts, struct sim_host, o) {
    if (!is_node(o) || o->ring != other || !daemon_runs(o, "corosync") || world_awaits(w, "ring", o->name)) continue;
    if (!hears_ring(w, o, one)) return false;
    some = true;
  }
  return some;
}

static void merge_rings(struct world *w) {
  EACH(w->hosts, struct sim_host, a)
    EACH(w->hosts, struct sim_host, b) {
      int64_t one = a->ring, other = b->ring;
      if (!is_node(a) || !is_node(b) || one < 0 || other <= one || !hear_each_other(w, one, other)) continue;
      EACH(w->hosts, struct sim_host, o)
        if (is_node(o) && o->ring == other) o->ring = one;
    }
}

void on_ring(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject), *moving[NODES_MAX] = {h};
  size_t n = 1;
  (void)detail;
  if (!h) return;
  n = take_out(w, h->ring, moving, n);
  h->ring = -1;
  for (size_t i = 0; i < n; i++) {
    moving[i]->ring = find_ring(w, moving[i]);
    n = take_out(w, moving[i]->ring, moving, n);
  }
  merge_rings(w);
  ring_form(w);
}

/* ---- quorum ---- */

static struct quorum_state state_of(const struct sim_host *h) {
  return (struct quorum_state){h->expected, h->quorum, h->lowest, h->member_count, YES(h->quorate), YES(h->waiting)};
}

static void keep_state(struct sim_host *h, const struct quorum_state *s) {
  h->expected = s->expected, h->quorum = s->quorum, h->lowest = s->lowest, h->member_count = s->members;
  h->quorate = truth_of(s->quorate), h->waiting = truth_of(s->waiting);
}

/* Of the partitions that reach it the device gives its vote to the largest, of equal ones to that with the lowest node. */
int64_t ring_device_votes(const struct world *w, const struct sim_host *h) {
  const struct sim_corosync *c = &w->corosync;
  const struct sim_host *device = c->qdevice_host ? world_host(w, c->qdevice_host) : NULL;
  int64_t chosen = -1, most = 0;
  if (!device || !YES(c->qdevice_up) || h->ring < 0) return 0;
  EACH(w->hosts, struct sim_host, first) { /* in the order of their ids */
    int64_t size = 0;
    bool reaches = false;
    EACH(w->hosts, struct sim_host, o) {
      if (!is_node(o) || first->ring < 0 || o->ring != first->ring) continue;
      size++;
      reaches |= hosts_joined(w, o, device, TRAFFIC_CLUSTER);
    }
    if (is_node(first) && reaches && size > most) chosen = first->ring, most = size;
  }
  return h->ring == chosen ? c->qdevice_votes : 0;
}

static struct quorum_partition partition_of(const struct world *w, const struct sim_host *h, int64_t ids[NODES_MAX]) {
  struct quorum_partition p = {.ids = ids, .device_votes = ring_device_votes(w, h)};
  for (size_t i = 0; i < h->members.count && p.count < NODES_MAX; i++) {
    const struct sim_host *m = world_host(w, h->members.item[i]);
    if (!m || !is_node(m)) continue;
    ids[p.count++] = m->node_id;
    p.votes += m->votes;
  }
  return p;
}

static void settle(struct world *w, struct sim_host *h) {
  int64_t ids[NODES_MAX];
  struct quorum_rules rules = ring_rules(w);
  struct quorum_state s = state_of(h);
  struct quorum_partition p = partition_of(w, h, ids);
  if (quorum_shrinks(&rules, &s, &p)) {
    world_forget(w, "shrink", h->name);
    world_later(w, w->corosync.window_ms, "shrink", h->name, NULL);
  }
  quorum_settle(&rules, &s, &p);
  keep_state(h, &s);
}

/* It stood still and was given up: its own timers have run out too, it is alone before it meets the others again. */
static void wake_alone(struct world *w, struct sim_host *h) {
  if (h->ring >= 0 || !daemon_runs(h, "corosync") || !h->members.count) return;
  for (size_t i = 0; i < h->members.count; i++) {
    struct sim_host *gone = world_host(w, h->members.item[i]);
    if (gone && gone != h) pacemaker_node_left(w, h, gone);
  }
  h->members.count = 0;
  texts_add(w->arena, &h->members, h->name);
  settle(w, h);
  world_touch(w, LAYER_COROSYNC);
  pacemaker_ring_changed(w);
}

void ring_host_changed(struct world *w, struct sim_host *h, bool heard_now) {
  if (!is_node(h)) return;
  if (heard_now) wake_alone(w, h);
  notice(w, h, heard_now ? world_about(w, MERGE_MS, 20) : world_about(w, w->corosync.token_ms + w->corosync.consensus_ms, 3));
}

void ring_host_parted(struct world *w, struct sim_host *h, bool mended) {
  notice(w, h, mended ? world_about(w, MERGE_MS, 20) : world_about(w, w->corosync.token_ms + w->corosync.consensus_ms, 3));
}

/* Votequorum tells the others what it holds for true: who joins learns the expected votes of those who are there. */
static void learn(struct world *w, struct sim_host *h, bool quorate_before[]) {
  for (size_t i = 0; i < h->members.count; i++) {
    struct sim_host *o = world_host(w, h->members.item[i]);
    if (!o || o == h || !quorate_before[o - w->hosts.item] || YES(o->waiting)) continue;
    if (YES(h->waiting)) h->waiting = TRUTH_NO; /* all were seen by them already */
    if (o->expected > 0 && h->member_count == 0) h->expected = o->expected;
    return;
  }
}

void ring_form(struct world *w) {
  CLEANUP(mem_freep) bool *quorate_before = mem_alloc(w->hosts.count * sizeof(bool) + 1);
  CLEANUP(mem_freep) bool *changed = mem_alloc(w->hosts.count * sizeof(bool) + 1);
  EACH(w->hosts, struct sim_host, h) quorate_before[h - w->hosts.item] = YES(h->quorate);
  EACH(w->hosts, struct sim_host, h) {
    struct texts now = {0};
    if (!is_node(h) || !daemon_runs(h, "corosync") || world_awaits(w, "ring", h->name)) continue; /* its own ring is being formed, or it stands still */
    if (h->ring < 0) continue;
    EACH(w->hosts, struct sim_host, o)
      if (is_node(o) && o->ring == h->ring && now.count < NODES_MAX) texts_add(w->arena, &now, o->name);
    if (texts_same(&now, &h->members)) continue;
    for (size_t i = 0; i < h->members.count; i++) {
      struct sim_host *gone = world_host(w, h->members.item[i]);
      if (gone && !texts_have(&now, gone->name)) pacemaker_node_left(w, h, gone);
    }
    h->members = now;
    changed[h - w->hosts.item] = true;
  }
  EACH(w->hosts, struct sim_host, h) {
    if (!changed[h - w->hosts.item]) continue;
    struct quorum_rules rules = ring_rules(w);
    if (!h->expected) h->expected = rules.expected, h->waiting = truth_of(rules.wait_for_all);
    learn(w, h, quorate_before);
    settle(w, h);
  }
  EACH(w->hosts, struct sim_host, h) /* the device's vote may go to another partition now */
    if (w->corosync.qdevice_host && !changed[h - w->hosts.item] && is_node(h) && daemon_runs(h, "corosync") && h->members.count && !world_awaits(w, "ring", h->name)) settle(w, h);
  world_touch(w, LAYER_COROSYNC);
  world_touch(w, LAYER_PACEMAKER);
  pacemaker_ring_changed(w);
}

/* The nodes' qdevice daemons notice that theirs is gone or back. */
void ring_device_changed(struct world *w, const struct sim_host *h) {
  if (!w->corosync.qdevice_host || (!is_node(h) && !str_eq(w->corosync.qdevice_host, h->name))) return;
  world_forget(w, "device", NULL);
  world_later(w, 3000, "device", w->corosync.qdevice_host, NULL);
}

void on_device(struct world *w, const char *subject, const char *detail) {
  const struct sim_host *device = world_host(w, subject);
  (void)detail;
  w->corosync.qdevice_up = truth_of(device && host_up(device) && !KNOWN(device->cluster_cut));
  EACH(w->hosts, struct sim_host, h)
    if (is_node(h) && daemon_runs(h, "corosync") && h->members.count) settle(w, h);
  world_touch(w, LAYER_COROSYNC);
  pacemaker_ring_changed(w);
}

void on_shrink(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  int64_t ids[NODES_MAX];
  (void)detail;
  if (!h || !daemon_runs(h, "corosync")) return;
  struct quorum_rules rules = ring_rules(w);
  struct quorum_state s = state_of(h);
  struct quorum_partition p = partition_of(w, h, ids);
  quorum_shrink(&rules, &s, &p);
  keep_state(h, &s);
  world_touch(w, LAYER_COROSYNC);
  pacemaker_ring_changed(w);
}

void ring_expect(struct world *w, struct sim_host *h, int64_t votes) {
  int64_t ids[NODES_MAX];
  struct quorum_rules rules = ring_rules(w);
  struct quorum_state s = state_of(h);
  struct quorum_partition p = partition_of(w, h, ids);
  quorum_expect(&rules, &s, &p, votes);
  keep_state(h, &s);
  world_touch(w, LAYER_COROSYNC);
  pacemaker_ring_changed(w);
}

void ring_reload(struct world *w) {
  struct quorum_rules rules = ring_rules(w);
  EACH(w->hosts, struct sim_host, h) {
    if (!is_node(h) || !daemon_runs(h, "corosync") || !h->members.count) continue;
    if (!rules.wait_for_all) h->waiting = TRUTH_NO;
    ring_expect(w, h, rules.expected);
  }
}
