/* Questions about gluster. */
#include "ops/condition.h"

static enum truth peer_connected(const struct snapshot *s, const struct texts *args, struct arena *a, const char **saw) {
  const struct host_view *h = snapshot_host(s, args->item[0]);
  if (!h) return *saw = "it is not in the pool", TRUTH_NO;
  *saw = arena_printf(a, "it is %s", peer_state_names[h->peer] ? peer_state_names[h->peer] : "unknown");
  if (texts_have(&h->stale, layer_names[LAYER_GLUSTER]) || h->peer == PEER_UNKNOWN || h->peer == PEER_SUSPECT) return TRUTH_UNKNOWN;
  return truth_of(h->peer == PEER_CONNECTED);
}

const struct condition_kind store_conditions[] = {
    {"peer-connected", "HOST", "%s is a connected peer", peer_connected},
    {.name = NULL},
};
