/* Checks of quorum, fencing and pacemaker's configuration. */
#include "analysis/fences.h"
#include "analysis/lint.h"
#include "analysis/seen.h"
#include "analysis/times.h"
#include <inttypes.h>
#include <string.h>

#define EACH_PARAM(l, p) for (const struct pcmk_param *p = (l)->config->resources.item; p < (l)->config->resources.item + (l)->config->resources.count; p++)

static const char *property(const struct linting *l, const char *name) { return pairs_get(&l->config->properties, name); }
static bool by_watchdog(const struct linting *l) { const char *t = property(l, "stonith-watchdog-timeout"); return t && duration_of(t, 0) > 0; }
static const struct pcmk_nodes *nodes_of(const struct linting *l) { return fact_seen(l->s, "pacemaker.nodes", NULL); }

/* ---- fencing ---- */
static void fencing_off(struct linting *l) {
  if (l->s->cluster.fencing == TRUTH_NO) lint_found(l, "cluster", "stonith-enabled is false");
}

static void fencing_missing(struct linting *l) {
  const struct pcmk_nodes *n = nodes_of(l);
  for (size_t i = 0; n && i < n->nodes.count; i++) {
    bool any;
    if (!n->nodes.item[i].name || str_eq(n->nodes.item[i].type, "remote") || by_watchdog(l)) continue;
    if (!fence_device_of(l->s, n->nodes.item[i].name, &any) && !any) lint_found(l, n->nodes.item[i].name, "no fence device names %s", n->nodes.item[i].name);
  }
}

/* The agent's start and each monitor ask the device; what it said is in the failure. */
static void fence_device_fails(struct linting *l) {
  for (size_t i = 0; i < l->s->resources.count; i++) {
    const struct resource_view *r = &l->s->resources.item[i];
    const char *task = NULL, *on = NULL, *reason = NULL;
    if (!is_fence_device(r) || r->stale.count || r->disabled == TRUTH_YES) continue;
    for (size_t k = 0; k < l->s->failures.count; k++)
      if (str_eq(l->s->failures.item[k].resource, r->id)) task = l->s->failures.item[k].task, on = l->s->failures.item[k].host, reason = l->s->failures.item[k].reason;
    if (r->failed != TRUTH_YES && !(r->role == HA_STOPPED && task)) continue;
    lint_found(l, r->id, "%s is %s%s%s%s%s%s%s", r->id, r->role == HA_STOPPED ? "stopped" : "failed", task ? ": its " : "", task ? task : "", on ? " failed on " : "", on ? on : "", reason && *reason ? ": " : "", reason && *reason ? reason : "");
  }
}

static void fencing_unproven(struct linting *l) {
  const struct pcmk_nodes *n = nodes_of(l);
  if (!fact_seen(l->s, "pacemaker.fencing", NULL)) return;
  for (size_t i = 0; n && i < n->nodes.count; i++) {
    bool any;
    const char *name = n->nodes.item[i].name, *device = name ? fence_device_of(l->s, name, &any) : NULL;
    if (device && fencing_proven_at(l->s, name) == UNKNOWN_INT) lint_found(l, name, "%s has never fenced %s, as far as pacemaker's history goes back", device, name);
  }
}

static void fencing_race(struct linting *l) {
  const struct pcmk_nodes *n = nodes_of(l);
  const char *priority = property(l, "priority-fencing-delay");
  size_t members = 0, devices = 0, delayed = 0;
  for (size_t i = 0; n && i < n->nodes.count; i++) members += !str_eq(n->nodes.item[i].type, "remote");
  EACH_PARAM(l, p) {
    if (!is_device_setup(p)) continue;
    const char *base = pairs_get(&p->params, "pcmk_delay_base"), *most = pairs_get(&p->params, "pcmk_delay_max"), *delay = pairs_get(&p->params, "delay");
    devices++;
    delayed += (base && duration_of(base, 0) > 0) || (most && duration_of(most, 0) > 0) || (delay && duration_of(delay, 0) > 0);
  }
  if (members == 2 && devices > 1 && !delayed && !(priority && duration_of(priority, 0) > 0)) lint_found(l, "cluster", "two nodes, %zu fence devices, none with a delay", devices);
}

static void sbd_two_nodes(struct linting *l) {
  if (by_watchdog(l) && l->s->cluster.two_node == TRUTH_YES && l->s->cluster.qdevice == TRUTH_NO) lint_found(l, "cluster", "stonith-watchdog-timeout is %s, two_node is on, there is no quorum device", property(l, "stonith-watchdog-timeout"));
}

/* ---- quorum ---- */
static void no_quorum_ignore(struct linting *l) {
  if (str_eq(l->s->cluster.no_quorum_policy, "ignore")) lint_found(l, "cluster", "no-quorum-policy is ignore");
}

static void wait_for_all_off(struct linting *l) {
  if (l->s->cluster.two_node == TRUTH_YES && l->s->cluster.wait_for_all == TRUTH_NO) lint_found(l, "cluster", "two_node is on and wait_for_all is off");
}

static void one_link(struct linting *l) {
  const struct corosync_links *links = fact_seen(l->s, "corosync.links", NULL);
  bool second = false;
  for (size_t i = 0; links && i < links->links.count; i++) second |= links->links.item[i].link > 0;
  if (links && links->links.count && !second) lint_found(l, "cluster", "corosync has one link to each node");
}

/* ---- resources ---- */
static void leftovers(struct linting *l) {
  for (size_t i = 0; i < l->config->constraints.count; i++) {
    const struct pcmk_constraint *c = &l->config->constraints.item[i];
    if (is_move_constraint(c->id)) lint_found(l, c->resource ? c->resource : "?", "%s: %s on %s", c->id, c->score ? c->score : "?", c->node ? c->node : "?");
  }
}

static const struct domain_view *domain_of(const struct linting *l, const struct pcmk_param *p) { return snapshot_domain_of(l->s, p->resource); }

/* The volume of a domain whose bricks keep a lock for longest; NULL: it has no disk on any, or a failed start is not final for it. */
static const struct volume_view *longest_lock(const struct linting *l, const struct pcmk_param *p) {
  const struct domain_view *d = lint_is_domain(p) ? domain_of(l, p) : NULL;
  const char *expires = d ? lint_meta(l, p, "failure-timeout") : NULL;
  const struct volume_view *most = NULL;
  for (size_t i = 0; d && !(expires && duration_of(expires, 0) > 0) && i < d->disks.count; i++) {
    const struct volume_view *v = d->disks.item[i].volume ? snapshot_volume(l->s, d->disks.item[i].volume) : NULL;
    if (v && (!most || lock_release_seconds(v) > lock_release_seconds(most))) most = v;
  }
  return most;
}

static bool fatal(const struct linting *l) { return pcmk_truth(property(l, "start-failure-is-fatal")) != TRUTH_NO; }

/* The one failed start that is final: a domain is started elsewhere before the bricks let the dead client's lock go. */
static void lock_outlives_failover(struct linting *l) {
  int64_t found = detection_seconds(l->s);
  if (!fatal(l) || found == UNKNOWN_INT) return;
  EACH_PARAM(l, p) {
    const struct volume_view *v = longest_lock(l, p);
    int64_t release = v ? lock_release_seconds(v) : 0;
    if (release > found) lint_found(l, p->resource, "the bricks of %s keep a dead host's locks for %" PRId64 " s, its domains are started elsewhere %" PRId64 " s after it died; no failure-timeout is set", v->name, release, found);
  }
}

/* A host that hangs holds its locks until its power is cut: they are kept from then on, and what it ran is started as soon as the fence
 * agent is satisfied. Where even the time from its loss on is too short, the check before this one says so. */
static void lock_outlives_fencing(struct linting *l) {
  const struct pcmk_nodes *n = nodes_of(l);
  int64_t found = detection_seconds(l->s), soon = INT64_MAX;
  const char *which = NULL;
  if (!fatal(l) || found == UNKNOWN_INT || l->s->cluster.fencing != TRUTH_YES) return;
  for (size_t i = 0; n && i < n->nodes.count; i++) {
    const char *name = n->nodes.item[i].name, *device = name && !str_eq(n->nodes.item[i].type, "remote") ? fence_device_of(l->s, name, NULL) : NULL;
    if (device && fenced_to_start_ms(l->s, name) < soon) soon = fenced_to_start_ms(l->s, name), which = device;
  }
  EACH_PARAM(l, p) {
    const struct volume_view *v = which ? longest_lock(l, p) : NULL;
    int64_t release = v ? lock_release_seconds(v) : 0;
    if (!v || release > found || release * 1000 <= soon) continue;
    lint_found(l, p->resource, "the bricks of %s keep a host's locks for %" PRId64 " s after %s has cut its power, its domains are started elsewhere %" PRId64 ".%" PRId64 " s after that; no failure-timeout is set", v->name, release, which, soon / 1000, soon % 1000 / 100);
  }
}

static void no_migration(struct linting *l) {
  EACH_PARAM(l, p)
    if (lint_is_domain(p) && pcmk_truth(lint_meta(l, p, "allow-migrate")) != TRUTH_YES) lint_found(l, p->resource, "allow-migrate is not set");
}

static int64_t timeout_of(const struct pcmk_param *p, const char *op) {
  const char *text = pairs_get(&p->ops, op), *at = text ? strstr(text, "timeout=") : NULL;
  return at ? duration_of(at + strlen("timeout="), UNKNOWN_INT) : UNKNOWN_INT;
}

static void migration_too_short(struct linting *l) {
  enum { SENT_A_SECOND = 100 << 20 }; /* a gigabit link */
  EACH_PARAM(l, p) {
    const struct domain_view *d = lint_is_domain(p) ? domain_of(l, p) : NULL;
    if (!d || d->memory == UNKNOWN_INT || pcmk_truth(lint_meta(l, p, "allow-migrate")) != TRUTH_YES) continue;
    int64_t given = timeout_of(p, "migrate_to"), needed = d->memory / SENT_A_SECOND;
    if (given == UNKNOWN_INT) given = 20000;
    char size[SIZE_TEXT];
    if (needed * 1000 > given) lint_found(l, p->resource, "%s of memory take about %" PRId64 " s over a gigabit link; migrate_to has %" PRId64 " s", str_size(size, d->memory), needed, given / 1000);
  }
}

static void not_monitored(struct linting *l) {
  EACH_PARAM(l, p) {
    bool monitored = false;
    for (size_t i = 0; i < p->ops.count; i++) monitored |= str_starts(p->ops.item[i].key, "monitor");
    if (lint_is_domain(p) && !monitored) lint_found(l, p->resource, "it has no monitor operation");
  }
}

static void definition_not_shared(struct linting *l) {
  const struct gluster_mounts *m = fact_seen(l->s, "gluster.mounts", NULL);
  if (!m || !m->mounts.count) return;
  EACH_PARAM(l, p) {
    const char *config = lint_is_domain(p) ? pairs_get(&p->params, "config") : NULL;
    bool shared = false;
    for (size_t i = 0; config && i < m->mounts.count; i++) shared |= m->mounts.item[i].mount && str_starts(config, m->mounts.item[i].mount);
    if (config && !shared) lint_found(l, p->resource, "its definition %s is on no gluster mount of this host", config);
  }
}

static void memory_not_counted(struct linting *l) {
  const char *strategy = property(l, "placement-strategy");
  size_t domains = 0;
  EACH_PARAM(l, p) domains += lint_is_domain(p);
  if (domains > 1 && (!strategy || !strcmp(strategy, "default"))) lint_found(l, "cluster", "placement-strategy is %s: pacemaker counts domains, and not their memory", strategy ? strategy : "not set");
}

/* The agent waits five seconds less than that, and switches the guest off then. */
static void stop_too_short(struct linting *l) {
  enum { SHORTEST_MS = 60000, DEFAULT_MS = 20000 };
  EACH_PARAM(l, p) {
    int64_t given = lint_is_domain(p) ? timeout_of(p, "stop") : SHORTEST_MS;
    if (given == UNKNOWN_INT) lint_found(l, p->resource, "its stop has no timeout of its own: %d s", DEFAULT_MS / 1000);
    else if (given < SHORTEST_MS) lint_found(l, p->resource, "its stop has %" PRId64 " s", given / 1000);
  }
}

static bool has_capacity(const struct linting *l, const char *node) {
  for (size_t i = 0; i < l->config->capacities.count; i++)
    if (str_eq(l->config->capacities.item[i].node, node) && l->config->capacities.item[i].utilization.count) return true;
  return false;
}

/* A strategy that counts, and nothing to count with: a node without capacity takes all, a domain without a need fits anywhere. */
static void capacities_unset(struct linting *l) {
  const char *strategy = property(l, "placement-strategy");
  const struct pcmk_nodes *n = nodes_of(l);
  if (!strategy || !strcmp(strategy, "default")) return;
  for (size_t i = 0; n && i < n->nodes.count; i++)
    if (n->nodes.item[i].name && !str_eq(n->nodes.item[i].type, "remote") && !has_capacity(l, n->nodes.item[i].name)) lint_found(l, n->nodes.item[i].name, "placement-strategy is %s, and it has no utilization", strategy);
  EACH_PARAM(l, p) {
    const char *own = pairs_get(&p->params, "autoset_utilization_host_memory"), *all = pairs_get(&p->params, "autoset_utilization_hv_memory");
    if (lint_is_domain(p) && !p->utilization.count && pcmk_truth(own) != TRUTH_YES && pcmk_truth(all) != TRUTH_YES) lint_found(l, p->resource, "placement-strategy is %s, and it has no utilization", strategy);
  }
}

const struct lint_check lint_cluster_checks[] = {
    {"fencing-off", "fencing is off", "Pacemaker cannot prove a lost host dead. With fencing off it starts the domains elsewhere all the same, and a host that was only cut off goes on writing: two writers destroy a disk.", SEVERITY_CRITICAL, "fencing-create", LINT_PACEMAKER, fencing_off},
    {"fencing-missing", "a node without a fence device", "When it is lost, nothing can prove it dead: what ran on it is not started anywhere else until an operator says that it is off.", SEVERITY_CRITICAL, "fencing-create", LINT_PACEMAKER, fencing_missing},
    {"fence-device-fails", "a fence device does not answer", "Its BMC or hypervisor is not reached, or does not let the agent in: a cable, an address, or a password that was changed there. Its node cannot be fenced now; nothing of it would be started elsewhere.", SEVERITY_CRITICAL, "fencing-password", LINT_PACEMAKER, fence_device_fails},
    {"fencing-unproven", "fencing was never proven", "A device that was never tried fails on the day it is needed: a wrong password, address, plug or cipher. Only a power cycle proves it.", SEVERITY_WARNING, "fencing-test", LINT_PACEMAKER, fencing_unproven},
    {"fencing-race", "two nodes may shoot each other", "When the network between two nodes breaks, each fences the other at the same moment, and both may go down. A delay for one of them (pcmk_delay_base, priority-fencing-delay) decides who wins.", SEVERITY_WARNING, "fencing-delay", LINT_PACEMAKER, fencing_race},
    {"sbd-two-nodes", "SBD by watchdog on two nodes", "A node that fences itself when it loses quorum needs to lose it: with two_node it does not, so neither half ever dies. It needs a quorum device.", SEVERITY_CRITICAL, "qdevice-add", LINT_PACEMAKER | LINT_QUORUM, sbd_two_nodes},
    {"no-quorum-ignore", "the loss of quorum is ignored", "Both halves of a broken network run everything on.", SEVERITY_CRITICAL, "cluster-property", LINT_PACEMAKER, no_quorum_ignore},
    {"wait-for-all-off", "a node may start alone", "Without wait_for_all a node of two that boots while the network is broken fences the other and starts its domains: with a wrong cable the two take turns.", SEVERITY_WARNING, NULL, LINT_QUORUM, wait_for_all_off},
    {"one-link", "one network between the nodes", "One switch or cable lost is a node lost: it is fenced. A second link of corosync over other hardware avoids that.", SEVERITY_INFO, NULL, LINT_QUORUM, one_link},
    {"leftover-constraint", "a move left a constraint", "What a move or a ban leaves keeps the resource on or off a node for good. At the next failure it may have nowhere to go, or move back by itself.", SEVERITY_WARNING, "resource-clear", LINT_PACEMAKER, leftovers},
    {"lock-outlives-failover", "the disk is still locked when the domain starts elsewhere", "Gluster's bricks keep a dead client's locks until their timeouts have passed. Pacemaker starts the domain before that, qemu finds its disk locked, the start fails, and one failed start is final: the domain stays stopped. Shorter time-outs on the volume, effective for clients that connect afterwards, or a failure-timeout on the resource mend it.", SEVERITY_CRITICAL, "gluster-failover-timeouts", LINT_PACEMAKER | LINT_QUORUM | LINT_GLUSTER, lock_outlives_failover},
    {"lock-outlives-fencing", "the disk is still locked when a host that hung was fenced", "A host that hangs keeps its locks until its power is cut, and its bricks keep them for some seconds more. Fencing is over sooner than that, the domain is started, finds its disk locked, and one failed start is final. start-failure-is-fatal=false has it tried again at once (with a migration-threshold on the resources, so that another node is tried at last); a longer power_wait of the fence device, or shorter time-outs of the volume, mend it too.", SEVERITY_CRITICAL, "cluster-property", LINT_PACEMAKER | LINT_QUORUM | LINT_GLUSTER, lock_outlives_fencing},
    {"no-migration", "a domain is not moved live", "Without allow-migrate each move, also the one that drains a host, shuts the guest down and starts it again. pcs resource meta RESOURCE allow-migrate=true.", SEVERITY_INFO, NULL, LINT_PACEMAKER, no_migration},
    {"migration-too-short", "a migration has too little time", "A live migration that exceeds its time fails; pacemaker then stops the domain on both hosts and starts it again.", SEVERITY_WARNING, NULL, LINT_PACEMAKER | LINT_LIBVIRT, migration_too_short},
    {"stop-too-short", "a guest has little time to shut down", "The agent shuts the guest down and, five seconds before the stop's time is over, switches it off: what it had not written by then is lost. Stops happen when a host is drained too, wherever the domain cannot be moved live.", SEVERITY_INFO, NULL, LINT_PACEMAKER, stop_too_short},
    {"not-monitored", "a domain is not monitored", "Pacemaker starts it and never looks again: a crashed guest stays down. pcs resource op add RESOURCE monitor interval=10s timeout=30s.", SEVERITY_WARNING, NULL, LINT_PACEMAKER, not_monitored},
    {"definition-not-shared", "a definition lies on one host", "The agent needs the domain's definition on whatever host it starts it on.", SEVERITY_CRITICAL, "domain-share", LINT_PACEMAKER | LINT_GLUSTER, definition_not_shared},
    {"memory-not-counted", "memory is not counted", "After a failover all domains may be put on one host, more than its memory holds. Utilization of nodes and domains with a placement-strategy prevents it.", SEVERITY_INFO, "cluster-property", LINT_PACEMAKER, memory_not_counted},
    {"capacities-unset", "memory is counted without numbers", "With a placement-strategy pacemaker compares what a domain needs with what a node has left. A node without numbers takes everything, a domain without them needs nothing: more is started on one host than its memory holds.", SEVERITY_WARNING, NULL, LINT_PACEMAKER, capacities_unset},
    {.id = NULL},
};
