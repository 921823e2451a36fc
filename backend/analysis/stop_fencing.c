/* Fencing: could each node that goes be proven dead, if it must be? */
#include "analysis/judge.h"
#include "analysis/seen.h"
#include <ctype.h>
#include <string.h>

/* "kvm01 kvm02", "kvm01,kvm02", "kvm01:1;kvm02:2": the names are up to the plug. */
static bool names(const char *list, const char *node) {
  size_t len = strlen(node);
  for (const char *at = list; at && (at = strstr(at, node)) != NULL; at += len)
    if ((at == list || strchr(" ,;", at[-1])) && (!at[len] || strchr(" ,;:", at[len]))) return true;
  return false;
}

static bool level_names(const struct pcmk_config *c, const char *node, const char *device) {
  for (size_t i = 0; i < c->levels.count; i++)
    if (str_eq(c->levels.item[i].target, node) && texts_have(&c->levels.item[i].devices, device)) return true;
  return false;
}

/* A device that says which nodes it fences; one that says nothing is asked by pacemaker and may fence any (ret_any). */
const char *fence_device_of(const struct snapshot *s, const char *node, bool *ret_any) {
  const struct pcmk_config *c = fact_seen(s, "pacemaker.config", NULL);
  *ret_any = false;
  for (size_t i = 0; c && i < c->resources.count; i++) {
    const struct pcmk_param *p = &c->resources.item[i];
    if (!p->agent || !str_starts(p->agent, "stonith:")) continue;
    const char *list = pairs_get(&p->params, "pcmk_host_list"), *map = pairs_get(&p->params, "pcmk_host_map");
    if (names(list, node) || names(map, node) || level_names(c, node, p->resource)) return p->resource;
    *ret_any |= !list && !map;
  }
  return NULL;
}

int64_t fencing_proven_at(const struct snapshot *s, const char *host) {
  int64_t last = UNKNOWN_INT;
  const struct host_view *h = snapshot_host(s, host);
  for (size_t i = 0; i < s->fencing.count; i++) {
    const struct fencing_view *f = &s->fencing.item[i];
    bool same = str_eq(f->target, host) || (h && f->target && snapshot_host(s, f->target) == h);
    if (same && str_eq(f->result, "success") && f->at > last) last = f->at;
  }
  return last;
}

static void judge_node(struct judge *j, const struct pcmk_node *n, int64_t age, bool sbd) {
  bool any;
  const char *device = fence_device_of(j->s, n->name, &any);
  int64_t proven = fencing_proven_at(j->s, n->name);
  const struct resource_view *r = device ? resource_seen(j->s, device) : NULL;
  if (!device && !any && !sbd) reason(j, "fencing", VERDICT_UNSAFE, age, "no fence device can shoot %s: if it hangs while it stops, nothing of it is started elsewhere", n->name);
  else if (device && (!r || r->role == HA_UNKNOWN || texts_have(&r->stale, layer_names[LAYER_PACEMAKER])) && !sbd) reason(j, "fencing", VERDICT_UNKNOWN, age, "whether %s, which can shoot %s, is started is not known", device, n->name);
  else if (r && r->role != HA_STARTED && !sbd) reason(j, "fencing", VERDICT_UNSAFE, age, "%s, which can shoot %s, is not started", device, n->name);
  else if (j->loss->dead && proven == UNKNOWN_INT) reason(j, "fencing", VERDICT_UNKNOWN, age, "that %s can be fenced was never proven here", n->name);
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
