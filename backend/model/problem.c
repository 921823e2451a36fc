#include "model/problem.h"
#include <stdio.h>
#include <string.h>

#define D HEALTH_DEGRADED
#define O HEALTH_OUTAGE
#define U HEALTH_UNKNOWN
#define NONE HEALTH_HEALTHY
#define INFO SEVERITY_INFO
#define WARN SEVERITY_WARNING
#define CRIT SEVERITY_CRITICAL

const struct problem_kind problem_kinds[] = {
    {"nothing-found", CRIT, U, "no cluster found", "Neither corosync, pacemaker, gluster nor libvirt could be found from here. Run it on a host of the cluster, name one in the configuration, or build one; kvmconsole --demo shows what it will look like.", .find = find_nothing_found, .about = ABOUT_CLUSTER},
    {"domain-twice", CRIT, O, "a domain runs twice", "Two hosts run one domain: two writers destroy its disk. Stop one of them at once, and find out why fencing did not.", .find = find_domain_twice, .about = ABOUT_DOMAIN, .from = FROM_LIBVIRT},
    {"cluster-split", CRIT, O, "two halves, both with quorum", "A node that is no member here runs on with quorum of its own: each half may start the same domains. Stop one half, or fence it; then mend the network between them.", .find = find_cluster_split, .about = ABOUT_HOST, .from = FROM_COROSYNC, .operation = "fencing-fence"},
    {"quorum-lost", CRIT, O, "quorum lost", "This side of the cluster has no majority: nothing is started here until it has.", .find = find_quorum_lost, .about = ABOUT_CLUSTER, .from = FROM_COROSYNC, .operation = "cluster-start"},
    {"domain-not-running", CRIT, O, "a managed domain does not run", "Pacemaker should keep it running and it runs nowhere. Look at its failures and constraints; clean it up when the cause is gone.", .find = find_domain_not_running, .about = ABOUT_DOMAIN, .from = FROM_LIBVIRT | FROM_PACEMAKER, .operation = "domain-start"},
    {"domain-io-error", CRIT, O, "a domain is stopped by an I/O error", "A write to its disk failed and its error policy stopped it: pacemaker still counts it as started. Look at the volume of the disk: its room, its bricks, their quorum, split-brain. Resume it when the volume is writable again.", .find = find_domain_io_error, .about = ABOUT_DOMAIN, .from = FROM_LIBVIRT, .operation = "domain-resume"},
    {"domain-paused", CRIT, O, "a domain is paused", "It stands still, and pacemaker does not know. Find out who paused it; resume it.", .find = find_domain_paused, .about = ABOUT_DOMAIN, .from = FROM_LIBVIRT | FROM_PACEMAKER, .operation = "domain-resume"},
    {"domain-crashed", CRIT, O, "a domain crashed", "Its guest crashed or its process died.", .find = find_domain_crashed, .about = ABOUT_DOMAIN, .from = FROM_LIBVIRT, .operation = "domain-restart"},
    {"volume-unwritable", CRIT, O, "a volume lacks copies", "A replica set has not enough bricks left: the disks on it stand still. Bring its bricks back.", .find = find_volume_unwritable, .about = ABOUT_SET, .from = FROM_GLUSTER, .operation = "gluster-brick-start"},
    {"split-brain", CRIT, O, "files in split-brain", "Copies of a file differ and gluster cannot tell which is right: the file cannot be read until one is chosen.", .find = find_split_brain, .about = ABOUT_VOLUME, .from = FROM_GLUSTER, .operation = "gluster-splitbrain"},
    {"domain-elsewhere", CRIT, D, "a domain runs behind pacemaker's back", "Libvirt runs a managed domain where pacemaker does not know it: pacemaker may start it a second time. Find out who started it; refresh the resource.", .find = find_domain_elsewhere, .about = ABOUT_DOMAIN, .from = FROM_LIBVIRT | FROM_PACEMAKER, .operation = "resource-refresh"},
    {"node-unclean", CRIT, D, "a node is unclean", "It is lost and not yet proven dead: what ran on it is not started elsewhere until it was fenced.", .find = find_node_unclean, .about = ABOUT_HOST, .from = FROM_PACEMAKER, .operation = "fencing-fence"},
    {"fencing-failed", CRIT, D, "fencing failed", "The last attempt to fence this node failed: failover of what ran on it waits. Check the fence device; if the host is surely off, confirm it.", .find = find_fencing_failed, .about = ABOUT_HOST, .from = FROM_PACEMAKER, .operation = "fencing-confirm"},
    {"resource-blocked", CRIT, D, "a resource is blocked", "Pacemaker cannot go on with it, most often because a stop failed and fencing is off.", .find = find_resource_blocked, .about = ABOUT_RESOURCE, .from = FROM_PACEMAKER, .operation = "resource-cleanup"},
    {"layer-unreadable", CRIT, U, "a layer cannot be read", "Nothing is known of this layer at present; what is shown of it is old. Look at the sources.", .find = find_layer_unreadable, .about = ABOUT_LAYER},
    {"facts-missing", WARN, U, "what matters is missing or old", "The source says it is well, but an essential reading of it is missing or too old to be believed.", .find = find_facts_essential, .about = ABOUT_SOURCE},
    {"partition-unknown", WARN, U, "a lost node may live", "A node is no member here and is not proven dead: pacemaker does not hold it for safely off, and it could not be asked over ssh what it sees. It may run on by itself.", .find = find_partition_unknown, .about = ABOUT_HOST, .from = FROM_COROSYNC},
    {"hypervisor-unread", WARN, U, "a hypervisor was never read", "Its libvirt has not answered since this console was started: what runs there is not known.", .find = find_hypervisor_unread, .about = ABOUT_HOST, .from = FROM_LIBVIRT},
    {"quorum-unknown", WARN, U, "quorum is not known", "Corosync was read and did not say whether this side has quorum.", .find = find_quorum_unknown, .about = ABOUT_CLUSTER, .from = FROM_COROSYNC},
    {"volume-uncertain", WARN, U, "a volume's state is not known", "It cannot be told whether enough bricks of a set are alive, because their hosts do not answer.", .find = find_volume_uncertain, .about = ABOUT_VOLUME, .from = FROM_GLUSTER},
    {"domain-uncertain", WARN, U, "a domain's state is not known", "Libvirt does not say how it is, or cannot be asked, so that pacemaker's word cannot be checked.", .find = find_domain_uncertain, .about = ABOUT_DOMAIN, .from = FROM_LIBVIRT | FROM_PACEMAKER},
    {"brick-down", WARN, D, "a brick is down", "Its set goes on with the copies left. Start it (volume start force), then wait for the heal.", .find = find_brick_down, .about = ABOUT_BRICK, .from = FROM_GLUSTER, .operation = "gluster-brick-start"},
    {"brick-hung", WARN, D, "a brick hangs", "Its process is there but does not answer: gluster still says it is online.", .find = find_brick_hung, .about = ABOUT_BRICK, .from = FROM_GLUSTER},
    {"brick-disputed", WARN, D, "sources disagree on a brick", "The brick does not answer, and gluster's own list says it is online. Believe the brick.", .find = find_brick_disputed, .about = ABOUT_BRICK, .from = FROM_GLUSTER},
    {"brick-unknown", WARN, D, "a brick's state is not known", "The management daemon of its host does not answer.", .find = find_brick_unknown, .about = ABOUT_BRICK, .from = FROM_GLUSTER},
    {"partition", CRIT, D, "the cluster is parted", "A node lives and its corosync runs, and it is no member here: the network between them is cut for corosync. The half without quorum should stop what it runs, or be fenced.", .find = find_partition, .about = ABOUT_HOST, .from = FROM_COROSYNC, .operation = "fencing-fence"},
    {"peers-disagree", WARN, D, "peers do not see each other", "Two gluster hosts answer this console, and one does not see the other: volume commands fail and heals between them wait. Mend the network between the two.", .find = find_peers_disagree, .about = ABOUT_HOSTS, .from = FROM_GLUSTER},
    {"peer-suspect", WARN, D, "a peer does not answer", "Gluster believes it connected, but its own daemon does not answer.", .find = find_peer_suspect, .about = ABOUT_HOST, .from = FROM_GLUSTER},
    {"peer-unknown", WARN, D, "a peer's state is not known", "Its own daemon has not been asked yet, or cannot be.", .find = find_peer_unknown, .about = ABOUT_HOST, .from = FROM_GLUSTER},
    {"peer-disconnected", WARN, D, "a peer is disconnected", "The management daemon of that host is not connected to the others.", .find = find_peer_disconnected, .about = ABOUT_HOST, .from = FROM_GLUSTER, .operation = "node-reinstate"},
    {"heal-pending", WARN, D, "entries wait to heal", "Some copies are older than others. Do not take another host of the set down before they are healed.", .find = find_heal_pending, .about = ABOUT_VOLUME, .from = FROM_GLUSTER, .operation = "gluster-heal"},
    {"heal-unknown", WARN, D, "heals are not counted", "How much waits to heal is not known. It is not asked while a peer is suspect, and from a client it needs ssh to a gluster host.", .find = find_heal_unknown, .about = ABOUT_VOLUME, .from = FROM_GLUSTER},
    {"mount-hung", CRIT, D, "a mounted volume does not answer", "The client of this mount hangs, is gone, or waits for a brick's host: domains of this host whose disks are on it stand still, and pacemaker does not see it. Look at the volume's bricks first; a client that does not come back needs its domains moved away and the volume mounted anew.", .find = find_mount_hung, .about = ABOUT_MOUNT, .from = FROM_GLUSTER},
    {"volume-full", CRIT, D, "a volume is nearly full", "Thin images stop with an I/O error when it is full. Add bricks or make room.", .find = find_volume_full, .about = ABOUT_VOLUME, .from = FROM_GLUSTER},
    {"volume-filling", WARN, D, "a volume is filling", "Plan for more room.", .find = find_volume_filling, .about = ABOUT_VOLUME, .from = FROM_GLUSTER},
    {"node-offline", WARN, D, "a node is offline", "It is not in the cluster: one failure less can be survived.", .find = find_node_offline, .about = ABOUT_HOST, .from = FROM_COROSYNC | FROM_PACEMAKER, .operation = "node-reinstate"},
    {"node-unknown", WARN, D, "a node's state is not known", "Pacemaker or corosync knows the node and does not say how it is.", .find = find_node_unknown, .about = ABOUT_HOST, .from = FROM_COROSYNC | FROM_PACEMAKER},
    {"node-pending", WARN, D, "a node is joining", "It is in the membership and has not joined pacemaker yet.", .find = find_node_pending, .about = ABOUT_HOST, .from = FROM_PACEMAKER},
    {"link-down", WARN, D, "a cluster link is down", "Corosync cannot reach that node over this link.", .find = find_link_down, .about = ABOUT_LINK, .from = FROM_COROSYNC},
    {"no-dc", WARN, D, "no coordinator", "Pacemaker has no DC: an election is on, or there is no quorum.", .find = find_no_dc, .about = ABOUT_CLUSTER, .from = FROM_PACEMAKER},
    {"fencing-off", WARN, D, "fencing is off", "A lost host cannot be proven dead: two hosts may write one disk. Set fencing up and prove it.", .find = find_fencing_off, .about = ABOUT_CLUSTER, .from = FROM_PACEMAKER, .operation = "cluster-property", .with = "name=stonith-enabled value=true", .otherwise = "fencing-create"},
    {"cluster-maintenance", WARN, D, "maintenance mode", "Pacemaker watches and does nothing: no failover will happen.", .find = find_cluster_maintenance, .about = ABOUT_CLUSTER, .from = FROM_PACEMAKER, .operation = "cluster-property", .with = "name=maintenance-mode value=false"},
    {"resource-failed", WARN, D, "a resource failed", "Its last operation failed. Look at the reason, mend it, clean it up.", .find = find_resource_failed, .about = ABOUT_RESOURCE, .from = FROM_PACEMAKER, .operation = "resource-cleanup"},
    {"failed-action", WARN, D, "a failed action", "It is remembered until it is cleaned up, and may keep the resource off that node.", .find = find_failed_action, .about = ABOUT_RESOURCE, .from = FROM_PACEMAKER, .operation = "resource-cleanup"},
    {"leftover-ban", WARN, D, "a leftover ban", "A constraint of an earlier move or ban keeps the resource off a node: it may have nowhere to go. Clear it.", .find = find_leftover_ban, .about = ABOUT_CONSTRAINT, .from = FROM_PACEMAKER, .operation = "resource-clear", .with = "node={host}"},
    {"domain-autostart", WARN, D, "a managed domain starts with its host", "Autostart is on: a host that boots starts the domain by itself, while pacemaker may have it running elsewhere. Turn it off there: virsh autostart --disable.", .find = find_domain_autostart, .about = ABOUT_DOMAIN, .from = FROM_LIBVIRT | FROM_PACEMAKER},
    {"guests-service", WARN, D, "libvirt-guests is enabled", "When this host goes down, libvirt-guests suspends or shuts down what pacemaker runs there, and starts it again at boot, though it runs elsewhere by then. Disable it (systemctl disable --now libvirt-guests) when nothing runs there.", .find = find_guests_service, .about = ABOUT_HOST, .from = FROM_LIBVIRT | FROM_PACEMAKER},
    {"facts-old", WARN, D, "a reading is missing or old", "Something may be hidden: failures, constraints, heals or links were not read lately.", .find = find_facts_useful, .about = ABOUT_SOURCE},
    {"source-lost", WARN, D, "a source is lost", "One host's daemon cannot be read; what is shown of it is old.", .find = find_source_lost, .about = ABOUT_SOURCE},
    {"layer-starting", INFO, U, "a layer is not read yet", "The console has just begun to read it.", .find = find_layer_starting, .about = ABOUT_SOURCE, .quiet = true},
    {"leftover-move", INFO, NONE, "a leftover move constraint", "An earlier move still ties the resource to a node. Clear it when it is not meant to stay.", .find = find_leftover_move, .about = ABOUT_CONSTRAINT, .from = FROM_PACEMAKER, .operation = "resource-clear"},
    {"resource-unmanaged", INFO, NONE, "a resource is unmanaged", "Pacemaker watches it and does nothing.", .find = find_resource_unmanaged, .about = ABOUT_RESOURCE, .from = FROM_PACEMAKER, .operation = "resource-manage"},
    {"node-standby", INFO, NONE, "a node is in standby", "It was told to run nothing.", .find = find_node_standby, .about = ABOUT_HOST, .from = FROM_PACEMAKER, .operation = "node-unstandby"},
    {"node-maintenance", INFO, NONE, "a node is in maintenance", "Pacemaker leaves alone what runs there.", .find = find_node_maintenance, .about = ABOUT_HOST, .from = FROM_PACEMAKER, .operation = "node-unmaintenance"},
    {"volume-stopped", INFO, NONE, "a volume is stopped", "It serves nobody.", .find = find_volume_stopped, .about = ABOUT_VOLUME, .from = FROM_GLUSTER, .operation = "gluster-volume-start"},
    {"identity-unresolved", WARN, NONE, "two names may be one host", "Other hosts here are KVM and gluster under two names. Whether these two are one host as well nobody tells who can be asked now; until then they are shown and counted as two. If they are one, give it an alias in the configuration.", .find = find_identity_unresolved, .about = ABOUT_HOST, .from = FROM_GLUSTER | FROM_LIBVIRT},
    {"host-duplicate", INFO, NONE, "a name is not resolved", "A host of the store is known under a name that no peer has. Give it an alias in the configuration.", .find = find_host_duplicate, .about = ABOUT_HOST, .from = FROM_GLUSTER},
    {.id = NULL},
};

static const struct shape *const problem_row = &problem_shape;

const struct problem_kind *problem_kind_find(const char *id) {
  for (const struct problem_kind *k = problem_kinds; k->id; k++)
    if (!strcmp(k->id, id)) return k;
  return NULL;
}

static const struct acknowledged *acknowledged(const struct merge *m, const struct problem *p) {
  char key[ACKNOWLEDGED_KEY];
  if (!m->snap->acknowledgements.count) return NULL;
  acknowledged_key(key, p->id, p->subject);
  EACH(m->snap->acknowledgements, struct acknowledgement, k) {
    if (!str_eq(k->key, key) || !acknowledged_holds(k, m->snap->at)) continue;
    struct acknowledged *ret = arena_alloc(m->arena, sizeof *ret);
    *ret = (struct acknowledged){k->by, k->text, k->until};
    return ret;
  }
  return NULL;
}

static int64_t since(const struct merge *m, const char *id, const char *subject) {
  for (size_t i = 0; m->before && i < m->before->problems.count; i++) {
    const struct problem *p = &m->before->problems.item[i];
    if (str_eq(p->id, id) && str_eq(p->subject, subject)) return p->since;
  }
  return m->snap->at;
}

struct problem *problem_found(struct finder *f, const char *subject, const char *format, ...) {
  struct merge *m = f->m;
  char text[1024];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  struct problem *p = list_add(m->arena, &m->snap->problems, problem_row);
  p->id = f->kind->id;
  p->severity = (int)f->kind->severity;
  p->subject = arena_strdup(m->arena, subject);
  p->text = arena_strdup(m->arena, text);
  p->since = since(m, p->id, p->subject);
  p->acknowledged = acknowledged(m, p);
  p->operation = f->kind->operation;
  return p;
}

/* Worse is larger. Unknown is worse than degraded (it may hide anything) and less than an outage that is certain. */
static int badness(int health) {
  static const int order[] = {[HEALTH_NONE] = 0, [HEALTH_HEALTHY] = 1, [HEALTH_DEGRADED] = 2, [HEALTH_UNKNOWN] = 3, [HEALTH_OUTAGE] = 4};
  return order[health];
}

void merge_problems(struct merge *m) {
  m->snap->health = HEALTH_HEALTHY;
  for (const struct problem_kind *k = problem_kinds; k->id; k++) {
    size_t before = m->snap->problems.count;
    k->find(&(struct finder){m, k});
    if (m->snap->problems.count > before && badness((int)k->effect) > badness(m->snap->health)) m->snap->health = (int)k->effect;
  }
}
