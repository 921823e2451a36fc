/* The table of readings, and how each source is. The sentences are those of the real sources. */
#include "sim/facts.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/pacemaker.h"
#include "sim/ring.h"
#include <stdio.h>
#include <string.h>

const struct fact_reader fact_readers[] = {
    {"corosync.cluster", LAYER_COROSYNC, 2000, true, KEY_NONE, read_corosync_cluster},
    {"corosync.nodes", LAYER_COROSYNC, 2000, true, KEY_NONE, read_corosync_nodes},
    {"corosync.links", LAYER_COROSYNC, 4000, true, KEY_NONE, read_corosync_links},
    {"corosync.outlook", LAYER_COROSYNC, 10000, true, KEY_NONE, read_corosync_outlook},
    {"pacemaker.cluster", LAYER_PACEMAKER, 10000, true, KEY_NONE, read_pacemaker_cluster},
    {"pacemaker.nodes", LAYER_PACEMAKER, 10000, true, KEY_NONE, read_pacemaker_nodes},
    {"pacemaker.resources", LAYER_PACEMAKER, 10000, true, KEY_NONE, read_pacemaker_resources},
    {"pacemaker.failures", LAYER_PACEMAKER, 10000, true, KEY_NONE, read_pacemaker_failures},
    {"pacemaker.fencing", LAYER_PACEMAKER, 10000, true, KEY_NONE, read_pacemaker_fencing},
    {"pacemaker.config", LAYER_PACEMAKER, 10000, true, KEY_NONE, read_pacemaker_config},
    {"pacemaker.placement", LAYER_PACEMAKER, 5000, false, KEY_NODE, read_pacemaker_placement},
    {"gluster.mounts", LAYER_GLUSTER, 4000, false, KEY_NONE, read_gluster_mounts},
    {"gluster.peers", LAYER_GLUSTER, 2000, false, KEY_NONE, read_gluster_peers},
    {"gluster.volumes", LAYER_GLUSTER, 2000, false, KEY_NONE, read_gluster_volumes},
    {"gluster.probe", LAYER_GLUSTER, 5000, false, KEY_NONE, read_gluster_probe},
    {"gluster.bricks", LAYER_GLUSTER, 5000, false, KEY_NONE, read_gluster_bricks},
    {"gluster.capacity", LAYER_GLUSTER, 60000, false, KEY_VOLUME, read_gluster_capacity},
    {"gluster.space", LAYER_GLUSTER, 60000, false, KEY_VOLUME, read_gluster_space},
    {"gluster.heal", LAYER_GLUSTER, 60000, false, KEY_VOLUME, read_gluster_heal},
    {"gluster.disks", LAYER_GLUSTER, 60000, false, KEY_NONE, read_gluster_disks},
    {"libvirt.domains", LAYER_LIBVIRT, 2000, true, KEY_NONE, read_libvirt_domains},
    {"libvirt.jobs", LAYER_LIBVIRT, 4000, true, KEY_NONE, read_libvirt_jobs},
    {"libvirt.host", LAYER_LIBVIRT, 60000, false, KEY_NONE, read_libvirt_host},
    {"libvirt.load", LAYER_LIBVIRT, 5000, false, KEY_NONE, read_libvirt_load},
    {"libvirt.setup", LAYER_LIBVIRT, 60000, false, KEY_NONE, read_libvirt_setup},
    {.kind = NULL},
};

static enum source_state say(enum source_state state, char *text, size_t room, const char *sentence) {
  snprintf(text, room, "%s", sentence);
  return state;
}

static const struct sim_daemon *installed(const struct sim_host *h, const char *name) {
  const struct sim_daemon *d = host_daemon(h, name);
  return d && d->life != LIFE_ABSENT ? d : NULL;
}

static enum source_state corosync_now(const struct look *l, char *text, size_t room, int64_t *ret_since) {
  const struct sim_daemon *d = installed(l->here, "corosync");
  size_t nodes = 0;
  if (!d || !is_node(l->here)) return say(SOURCE_ABSENT, text, room, "no corosync on this host: no /etc/corosync/corosync.conf");
  *ret_since = d->since;
  if (d->life == LIFE_HUNG) return SOURCE_UNKNOWN;
  if (d->life != LIFE_RUNNING) return say(SOURCE_DOWN, text, room, "corosync is not running on this host");
  if (!l->here->members.count) return say(SOURCE_DOWN, text, room, "corosync on this host is not ready");
  EACH(l->w->hosts, struct sim_host, h) nodes += is_node(h);
  snprintf(text, room, "Corosync 3.1.7, node %lld of %zu", (long long)l->here->node_id, nodes);
  return SOURCE_OK;
}

static enum source_state pacemaker_now(const struct look *l, char *text, size_t room, int64_t *ret_since) {
  const struct sim_daemon *d = installed(l->here, "pacemaker");
  if (!d || !is_node(l->here)) return say(SOURCE_ABSENT, text, room, "no pacemaker on this host: it is in no cluster (no /etc/corosync/corosync.conf)");
  *ret_since = d->since;
  if (d->life == LIFE_HUNG) return SOURCE_UNKNOWN;
  if (d->life != LIFE_RUNNING || l->here->joined == JOIN_DOWN) return say(SOURCE_DOWN, text, room, "crm_mon: Connection to cluster failed: Connection refused");
  const char *dc = l->here->dc;
  snprintf(text, room, "Pacemaker 2.1.5, %s%s", dc ? "DC " : "no DC elected", dc ? dc : "");
  return SOURCE_OK;
}

static enum source_state gluster_now(const struct look *l, char *text, size_t room, int64_t *ret_since) {
  const struct sim_host *first, *asked = gluster_asked(l, &first), *suspect = gluster_suspect(l);
  (void)ret_since;
  if (!first) return say(SOURCE_ABSENT, text, room, "glusterd is not running here (no glusterd.socket); no glusterfs mount, no [gluster] host");
  if (!asked) {
    if (hosts_reach(l->w, l->here, first, TRAFFIC_GLUSTER)) snprintf(text, room, "glusterd is not running on %s (connection refused)", first->name);
    else snprintf(text, room, "%s cannot be reached (TCP 24007)", first->name);
    return SOURCE_DOWN;
  }
  int n = asked == first ? snprintf(text, room, "glusterd on %s", asked->name) : snprintf(text, room, "glusterd on %s, asked instead of %s", asked->name, first->name);
  if (suspect && n > 0 && (size_t)n < room) snprintf(text + n, room - (size_t)n, "; space and heals are not read while %s is suspect", suspect->name);
  return SOURCE_OK;
}

enum { HUNG_AFTER_MS = 5000, ENDED_AFTER_MS = 8000, PROBED_AFTER_MS = 12000 };

static enum source_state libvirt_now(const struct look *l, char *text, size_t room, int64_t *ret_since) {
  const struct sim_daemon *d = installed(l->host, "libvirtd");
  int64_t silent = unheard_since(l->w, l->here, l->host, TRAFFIC_CLUSTER);
  if (KNOWN(silent)) { /* first nothing, then the connection ends, then nobody is there */
    int64_t age = l->w->clock - silent;
    *ret_since = silent;
    if (age < HUNG_AFTER_MS) return SOURCE_UNKNOWN;
    if (age < ENDED_AFTER_MS) return say(SOURCE_HUNG, text, room, "it does not answer: the call into its library has not come back");
    if (age < PROBED_AFTER_MS) snprintf(text, room, "the connection to libvirt on %s ended: its daemon or the way to it is gone", l->host->name);
    else snprintf(text, room, "%s does not answer on port 22 (3 s)", l->host->name);
    return SOURCE_DOWN;
  }
  if (!d) {
    if (l->host == l->here) snprintf(text, room, "libvirt is not installed on %s", l->here->name);
    else snprintf(text, room, "libvirt is not installed on %s (neither virt-ssh-helper nor nc is there)", l->host->name);
    return SOURCE_ABSENT;
  }
  if (l->host != l->here && !daemon_runs(l->host, "sshd")) {
    snprintf(text, room, "%s refuses port 22", l->host->name);
    return SOURCE_DOWN;
  }
  *ret_since = d->since;
  if (d->life == LIFE_HUNG) {
    if (l->w->clock - d->since < HUNG_AFTER_MS) return SOURCE_UNKNOWN;
    return say(SOURCE_HUNG, text, room, "it does not answer: the call into its library has not come back");
  }
  if (d->life == LIFE_RUNNING) return say(SOURCE_OK, text, room, "libvirt 9.0.0");
  if (l->host == l->here) return say(SOURCE_DOWN, text, room, "libvirtd (or virtqemud) is not running on this host");
  snprintf(text, room, "libvirtd (or virtqemud) is not running on %s", l->host->name);
  return SOURCE_DOWN;
}

enum source_state source_now(const struct look *l, enum layer layer, char *text, size_t room, int64_t *ret_since) {
  *text = 0;
  *ret_since = l->w->clock;
  if (l->here->power != POWER_ON) {
    snprintf(text, room, "%s, where this console runs, has no power", l->here->name);
    return SOURCE_DOWN;
  }
  switch (layer) {
  case LAYER_COROSYNC: return corosync_now(l, text, room, ret_since);
  case LAYER_PACEMAKER: return pacemaker_now(l, text, room, ret_since);
  case LAYER_GLUSTER: return gluster_now(l, text, room, ret_since);
  default: return libvirt_now(l, text, room, ret_since);
  }
}
