/* Questions about who belongs to the cluster and how votes are counted: by corosync's own facts, pushed when they change. */
#include "ops/condition.h"
#include "analysis/seen.h"
#include <inttypes.h>

#define CONDITION(name_) static enum truth name_(const struct snapshot *s, const struct texts *args, struct arena *a, const char **saw)
#define ARG(n) (args->item[n])
static const char *const unread = "corosync is not read";

/* Neither layer has it in its lists any more; a host of that name may well be in gluster's pool. */
CONDITION(node_unknown) {
  const struct corosync_nodes *ring = fact_seen(s, "corosync.nodes", NULL);
  const struct host_view *h = snapshot_host(s, ARG(0));
  (void)a;
  if (!ring || !fact_seen(s, "pacemaker.nodes", NULL)) return *saw = "corosync or pacemaker is not read", TRUTH_UNKNOWN;
  for (size_t i = 0; i < ring->nodes.count; i++)
    if (str_eq(ring->nodes.item[i].name, ARG(0)) || (h && snapshot_host(s, ring->nodes.item[i].name) == h)) return *saw = "it is in corosync's list of nodes", TRUTH_NO;
  if (node_seen(s, ARG(0))) return *saw = "pacemaker has it in its configuration", TRUTH_NO;
  return TRUTH_YES;
}

CONDITION(votes_expected) {
  const struct corosync_cluster *c = fact_seen(s, "corosync.cluster", NULL);
  if (!c || c->expected_votes == UNKNOWN_INT) return *saw = unread, TRUTH_UNKNOWN;
  *saw = arena_printf(a, "it expects %" PRId64, c->expected_votes);
  return truth_of(str_eq(arena_printf(a, "%" PRId64, c->expected_votes), ARG(0)));
}

CONDITION(two_node_is) {
  const struct corosync_cluster *c = fact_seen(s, "corosync.cluster", NULL);
  (void)a;
  if (!c || c->two_node == TRUTH_UNKNOWN) return *saw = unread, TRUTH_UNKNOWN;
  *saw = c->two_node == TRUTH_YES ? "two_node is on" : "two_node is off";
  return truth_of((c->two_node == TRUTH_YES) == str_eq(ARG(0), "yes"));
}

/* It is configured, and its vote is counted: a device that nobody reaches gives none. */
CONDITION(qdevice_is) {
  const struct corosync_cluster *c = fact_seen(s, "corosync.cluster", NULL);
  const struct corosync_nodes *nodes = fact_seen(s, "corosync.nodes", NULL);
  int64_t votes = 0;
  (void)a;
  if (!c || !nodes || c->qdevice == TRUTH_UNKNOWN || c->votes == UNKNOWN_INT) return *saw = unread, TRUTH_UNKNOWN;
  for (size_t i = 0; i < nodes->nodes.count; i++)
    if (nodes->nodes.item[i].member == TRUTH_YES) votes += nodes->nodes.item[i].votes == UNKNOWN_INT ? 1 : nodes->nodes.item[i].votes;
  bool counted = c->qdevice == TRUTH_YES && c->votes > votes;
  *saw = counted ? "its vote is counted" : c->qdevice == TRUTH_YES ? "it is configured, and gives no vote" : "there is none";
  return truth_of(str_eq(ARG(0), "yes") ? counted : c->qdevice == TRUTH_NO);
}

const struct condition_kind member_conditions[] = {
    {"node-unknown", "NODE", "%s is no node of the cluster", node_unknown},
    {"votes-expected", "COUNT", "the cluster expects %s votes", votes_expected},
    {"two-node-is", "yes|no", "two_node is on: %s", two_node_is},
    {"qdevice-is", "yes|no", "a quorum device's vote is counted: %s", qdevice_is},
    {.name = NULL},
};
