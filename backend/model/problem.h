/* Problems: what is wrong, as one table. A row is an id that never changes, how bad it is, what it does to health, and
 * the function that finds its instances in a snapshot. Health is the worst effect of all that was found. */
#ifndef MODEL_PROBLEM_H
#define MODEL_PROBLEM_H
#include "model/merge.h"
#include "model/subject.h"

enum { FROM_COROSYNC = 1 << LAYER_COROSYNC, FROM_PACEMAKER = 1 << LAYER_PACEMAKER, FROM_GLUSTER = 1 << LAYER_GLUSTER, FROM_LIBVIRT = 1 << LAYER_LIBVIRT };
struct problem_kind;
struct finder { /* one finding in progress */
  struct merge *m;
  const struct problem_kind *kind;
};
struct problem_kind {
  const char *id;
  enum severity severity;
  enum health effect; /* HEALTH_HEALTHY: none */
  const char *title;
  const char *help;   /* what it means and what to do, one or two sentences */
  void (*find)(struct finder *f);
  enum about about;      /* how its subject is written */
  unsigned from;         /* FROM_*: the layers that it is read from; 0: its subject says */
  const char *operation; /* of the table of operations: what mends it; NULL: no single one does */
  const char *with;      /* more words for it, "node={host}"; NULL: none */
  const char *otherwise; /* named instead where the finder sees that the first cannot be; NULL: none */
  bool quiet;         /* its coming and going is no event */
};
extern const struct problem_kind problem_kinds[]; /* ends with id NULL */
const struct problem_kind *problem_kind_find(const char *id);
/* Reports one instance: subject is the thing's name, the text a sentence with the evidence. */
struct problem *problem_found(struct finder *f, const char *subject, const char *format, ...) PRINTF(3, 4);

/* For the finders' files. */
#define EACH(list, type, x) for (const type *x = (list).item, *x##_end = x + (list).count; x < x##_end; x++)
#define SNAP (f->m->snap)
#define PROBLEM_FINDER(name) void name(struct finder *f)
PROBLEM_FINDER(find_nothing_found); PROBLEM_FINDER(find_layer_unreadable); PROBLEM_FINDER(find_layer_starting); PROBLEM_FINDER(find_source_lost); PROBLEM_FINDER(find_facts_essential); PROBLEM_FINDER(find_facts_useful); PROBLEM_FINDER(find_hypervisor_unread); PROBLEM_FINDER(find_host_duplicate);
PROBLEM_FINDER(find_quorum_lost); PROBLEM_FINDER(find_no_dc); PROBLEM_FINDER(find_fencing_off); PROBLEM_FINDER(find_cluster_maintenance);
PROBLEM_FINDER(find_node_unclean); PROBLEM_FINDER(find_node_offline); PROBLEM_FINDER(find_node_pending); PROBLEM_FINDER(find_node_standby); PROBLEM_FINDER(find_node_unknown);
PROBLEM_FINDER(find_node_maintenance); PROBLEM_FINDER(find_link_down); PROBLEM_FINDER(find_fencing_failed);
PROBLEM_FINDER(find_resource_failed); PROBLEM_FINDER(find_resource_blocked); PROBLEM_FINDER(find_resource_unmanaged); PROBLEM_FINDER(find_failed_action);
PROBLEM_FINDER(find_domain_autostart); PROBLEM_FINDER(find_guests_service); PROBLEM_FINDER(find_leftover_ban); PROBLEM_FINDER(find_leftover_move);
PROBLEM_FINDER(find_volume_unwritable); PROBLEM_FINDER(find_volume_uncertain); PROBLEM_FINDER(find_volume_stopped); PROBLEM_FINDER(find_brick_down);
PROBLEM_FINDER(find_brick_hung); PROBLEM_FINDER(find_brick_unknown); PROBLEM_FINDER(find_heal_pending); PROBLEM_FINDER(find_heal_unknown);
PROBLEM_FINDER(find_split_brain); PROBLEM_FINDER(find_volume_full); PROBLEM_FINDER(find_volume_filling);
PROBLEM_FINDER(find_peer_disconnected); PROBLEM_FINDER(find_peer_suspect); PROBLEM_FINDER(find_peer_unknown); PROBLEM_FINDER(find_quorum_unknown);
PROBLEM_FINDER(find_domain_not_running); PROBLEM_FINDER(find_domain_twice); PROBLEM_FINDER(find_domain_elsewhere); PROBLEM_FINDER(find_brick_disputed); PROBLEM_FINDER(find_domain_paused); PROBLEM_FINDER(find_domain_crashed);
PROBLEM_FINDER(find_domain_uncertain);
PROBLEM_FINDER(find_cluster_split); PROBLEM_FINDER(find_partition); PROBLEM_FINDER(find_partition_unknown); PROBLEM_FINDER(find_peers_disagree); PROBLEM_FINDER(find_domain_io_error); PROBLEM_FINDER(find_mount_hung); PROBLEM_FINDER(find_identity_unresolved);
#endif
