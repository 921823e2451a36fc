/* Fencing: could each node that goes be proven dead, if it must be? */
#include "analysis/fences.h"
#include "analysis/judge.h"
#include "analysis/seen.h"
#include <string.h>

static void judge_node(struct judge *j, const struct pcmk_node *n, int64_t age, bool sbd) {
  bool any;
  const char *device = fence_device_of(j->s, n->name, &any);
  int64_t proven = fencing_proven_at(j->s, n->name);
  const struct resource_view *r = device ? resource_seen(j->s, device) : NULL;
  if (!device && !any && !sbd) reason(j, "fencing", VERDICT_UNSAFE, age, "no fence device can shoot %s: if it hangs while it stops, nothing of it is started elsewhere", n->name);
  else if (device && (!r || r->role == HA_UNKNOWN || texts_have(&r->stale, layer_names[LAYER_PACEMAKER])) && !sbd) reason(j, "fencing", VERDICT_UNKNOWN, age, "whether %s, which can shoot %s, is started is not known", device, n->name);
  else if (r && r->role != HA_STARTED && !sbd) reason(j, "fencing", VERDICT_UNSAFE, age, "%s, which can shoot %s, is not started", device, n->name);
  else if (j->dead && proven == UNKNOWN_INT) reason(j, "fencing", VERDICT_UNKNOWN, age, "that %s can be fenced was never proven here", n->name);
  else reason(j, "fencing", VERDICT_SAFE, age, "%s can be fenced (%s), %s", n->name, device ? device : sbd ? "SBD" : "by a device for any node", proven == UNKNOWN_INT ? "not yet proven by a power cycle" : "proven by a power cycle");
}

void judge_fencing(struct judge *j) {
  int64_t age = UNKNOWN_INT;
  const struct pcmk_nodes *nodes = fact_seen(j->s, "pacemaker.nodes", NULL);
  bool config = fact_keyed(j->s, "pacemaker.config", "", &age), concerned = false;
  for (size_t i = 0; i < j->lost_count; i++) concerned |= lost_is_node(j, j->lost[i]) || j->lost[i]->membership;
  if (!concerned) return;
  if (!nodes || !config || j->s->cluster.fencing == TRUTH_UNKNOWN || texts_have(&j->s->cluster.stale, layer_names[LAYER_PACEMAKER])) {
    reason(j, "fencing", VERDICT_UNKNOWN, age, "pacemaker's configuration is not known now");
    return;
  }
  if (j->s->cluster.fencing == TRUTH_NO) {
    reason(j, "fencing", VERDICT_UNSAFE, age, "fencing is off: a node that hangs while it stops cannot be proven dead, and two hosts may then write one disk");
    return;
  }
  const char *watchdog = property_seen(j->s, "stonith-watchdog-timeout");
  bool sbd = watchdog && duration_of(watchdog, 0) > 0;
  for (size_t i = 0; i < nodes->nodes.count; i++)
    if (nodes->nodes.item[i].name && host_lost(j, nodes->nodes.item[i].name)) judge_node(j, &nodes->nodes.item[i], age, sbd);
}
