/* Questions about corosync and pacemaker. */
#include "ops/condition.h"

static enum truth node_online(const struct snapshot *s, const struct texts *args, struct arena *a, const char **saw) {
  const struct host_view *h = snapshot_host(s, args->item[0]);
  if (!h) return *saw = "the cluster does not know it", TRUTH_NO;
  *saw = arena_printf(a, "it is %s", node_state_names[h->pacemaker] ? node_state_names[h->pacemaker] : "unknown");
  if (texts_have(&h->stale, layer_names[LAYER_PACEMAKER]) || h->pacemaker == NODE_UNKNOWN) return TRUTH_UNKNOWN;
  return truth_of(h->pacemaker == NODE_ONLINE);
}

const struct condition_kind cluster_conditions[] = {
    {"node-online", "NODE", "%s is online", node_online},
    {.name = NULL},
};
