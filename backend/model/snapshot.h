/* A snapshot: everything known at one moment, merged, immutable. What `status --json` prints is its shape and nothing
 * else, so the names of the fields are the contract. It keeps the fragments it borrows from alive.
 *
 * Unknown is a value everywhere (shape.h). Objects that stand on a stale fact name its layer in `stale`; a value there
 * is the last one known and must not be drawn as good. */
#ifndef MODEL_SNAPSHOT_H
#define MODEL_SNAPSHOT_H
#include "base/map.h"
#include "model/copies.h"
#include "model/acknowledged.h"
#include "model/facts.h"
#include "model/store.h"

enum health { HEALTH_NONE, HEALTH_HEALTHY, HEALTH_DEGRADED, HEALTH_OUTAGE, HEALTH_UNKNOWN };
enum severity { SEVERITY_NONE, SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_CRITICAL };
enum membership { MEMBERSHIP_UNKNOWN, MEMBERSHIP_MEMBER, MEMBERSHIP_LEFT };
enum node_state { NODE_UNKNOWN, NODE_UNCLEAN, NODE_PENDING, NODE_OFFLINE, NODE_MAINTENANCE, NODE_STANDBY, NODE_ONLINE };
enum peer_state { PEER_UNKNOWN, PEER_CONNECTED, PEER_DISCONNECTED, PEER_SUSPECT };
enum libvirt_state { LIBVIRT_UNKNOWN, LIBVIRT_CONNECTED, LIBVIRT_CONNECTING, LIBVIRT_UNREACHABLE };
enum verdict { VERDICT_NONE, VERDICT_SAFE, VERDICT_WAIT, VERDICT_UNSAFE, VERDICT_UNKNOWN };
enum ha_role { HA_UNKNOWN, HA_STARTED, HA_STOPPED, HA_PROMOTED, HA_UNPROMOTED, HA_STARTING, HA_STOPPING, HA_MIGRATING };

struct problem { const char *id; int severity; const char *subject; int64_t since; const char *text, *operation; const struct acknowledged *acknowledged; /* NULL: it is not */ };

struct source_fact_view { const char *kind, *key; int64_t age_ms, stale_after_ms; enum truth stale; };
struct source_view { const char *name, *host; int state; int64_t age_ms; const char *text; LIST_OF(struct source_fact_view) facts; };

struct cluster_view {
  const char *name;
  enum truth quorate;
  int64_t votes, expected_votes, quorum;
  enum truth two_node, wait_for_all, last_man_standing, auto_tie_breaker, qdevice;
  const char *dc;
  enum truth fencing, maintenance;
  const char *no_quorum_policy, *pacemaker_version;
  struct texts stale;
};

struct link_view { int64_t link; enum truth connected; int64_t latency_us; }; /* from this host to that one */
struct outlook_view { /* the cluster as a node sees it that is no member on this side */
  enum truth asked, running, quorate; /* asked: reached, so its host lives; running: its corosync */
  struct texts members;
  const char *text;
};
struct host_view {
  const char *name;
  struct texts aliases, addresses, roles;
  int membership, pacemaker, peer, libvirt;
  enum truth dc, here; /* here: the console's own host */
  int64_t domains;     /* running there, by libvirt */
  double cpu_percent;
  int64_t cpus, memory, memory_used;
  int take_down;
  LIST_OF(struct link_view) links;
  struct outlook_view outlook;
  struct texts unseen; /* gluster peers that its own daemon does not see */
  struct texts stale;
};

struct heal_view { /* how a count of entries goes on from reading to reading, which are a minute apart */
  int64_t at, count;         /* of the reading that the next ones are measured against */
  double per_minute;         /* healed since the one before; less than 0: it grows */
  int64_t eta_s;             /* at that rate; unknown when it does not shrink */
  int64_t no_progress_since; /* unknown while it shrinks */
};
struct brick_view {
  const char *host, *path;
  int64_t set;
  enum truth arbiter, online, answers;
  int64_t pid, port, size, free, heal_pending;
  struct heal_view heal;
  const char *text;
  struct texts stale;
};
struct volume_view {
  const char *name, *type, *status;
  int64_t replica, arbiter, disperse, redundancy, size, free, heal_pending, split_brain;
  enum truth sharded;
  struct pairs options;
  LIST_OF(struct gluster_task) tasks;
  LIST_OF(struct brick_view) bricks;
  struct heal_view heal;
  int writable; /* of enum set_state: the worst of its sets */
  struct texts stale;
};
enum set_state { SET_UNKNOWN, SET_FULL, SET_REDUCED, SET_LOST };

struct disk_view { const char *target, *source, *volume, *path; struct texts bricks; }; /* path: within the volume, "/test01.qcow2" */
struct domain_view {
  const char *name, *uuid, *state, *reason;
  struct texts hosts, defined_on; /* hosts: where it is active */
  const char *resource;
  int64_t vcpus, memory, memory_used;
  double cpu_percent;
  int64_t read_bytes_s, write_bytes_s;
  enum truth autostart;
  LIST_OF(struct disk_view) disks;
  const char *role; /* what pacemaker says of its resource, or NULL */
  const char *guest_agent; /* of the guest that runs: no channel, not connected, connected; NULL: it does not run, or not known */
  struct texts stale;
};

struct resource_view {
  const char *id, *instance, *parent, *agent;
  int role;
  struct texts hosts;
  enum truth managed, failed, blocked, orphaned, disabled;
  struct tallies fail_count;
  struct texts stale;
};
struct failure_view { const char *resource, *host, *task, *reason; int64_t at; };
struct fencing_view { const char *target, *action, *result, *client, *origin, *delegate; int64_t at; }; /* delegate: the host that did it; "a human": nobody but a person says so */
struct constraint_view { const char *id, *kind, *resource, *with, *host, *score; enum truth from_move; };

struct survival_view { /* how many more hosts may be lost before that layer gives way */
  const char *layer;     /* "quorum", "disks", "memory", "fencing" */
  int64_t hosts;         /* any of them, at once; unknown: it is not known */
  enum truth lost, weakest; /* lost: it has given way already */
  const char *what;      /* where: a set of a volume, a host; NULL: nowhere in particular */
  const char *text;      /* in a few words: "0 more hosts", "0 more in set 0 of models" */
};

/* Where names stand in a list, as long as it is the list it was made of: in a large cluster everything asks for everything by
 * its name. Without one the list itself is looked through. */
enum snapshot_name { NAME_DOMAIN, NAME_DOMAIN_RESOURCE /* a domain by the resource that manages it */, NAME_RESOURCE, NAME_COUNT };
struct name_index { const void *of; size_t count; struct map place; };

struct snapshot {
  int references;
  struct arena *arena;
  LIST_OF(struct fragment *) kept; /* one reference each: strings are borrowed from them */
  int64_t schema, at;              /* at: wall ms */
  int64_t now;                     /* the stream's time line, for ages */
  uint64_t version;                /* of the store it was made from */
  int health;
  LIST_OF(struct problem) problems;
  LIST_OF(struct source_view) sources;
  struct cluster_view cluster;
  LIST_OF(struct host_view) hosts;
  LIST_OF(struct volume_view) volumes;
  LIST_OF(struct domain_view) domains;
  LIST_OF(struct resource_view) resources;
  LIST_OF(struct failure_view) failures;
  LIST_OF(struct fencing_view) fencing;
  LIST_OF(struct constraint_view) constraints;
  LIST_OF(struct survival_view) survives; /* a layer that there is, in that order; empty: nobody judged */
  LIST_OF(struct acknowledgement) acknowledgements; /* all that stand in the CIB */
  bool disputed;                   /* layers differ on a domain, and their readings do not lie together long enough yet to be believed: a moment later
                                    * that is a problem, or none. Not part of what is printed */
  const char *who;                 /* who looks: not part of what is printed; NULL: not known */
  struct name_index names[NAME_COUNT]; /* not part of what is printed either */
  struct { const struct libvirt_jobs **item; size_t count; } jobs; /* of kept, fresh or not, those that name any: hardly ever one */
};

extern const struct shape snapshot_shape, problem_shape, source_view_shape, cluster_view_shape, host_view_shape, volume_view_shape,
    brick_view_shape, heal_view_shape, domain_view_shape, disk_view_shape, resource_view_shape, failure_view_shape, fencing_view_shape, constraint_view_shape,
    source_fact_view_shape, survival_view_shape, link_view_shape, outlook_view_shape;
extern const char *const health_names[], *const severity_names[], *const membership_names[], *const node_state_names[], *const peer_state_names[],
    *const libvirt_state_names[], *const verdict_names[], *const role_names[], *const set_state_names[];

/* What the configuration adds to merging. */
struct alias { const char *host, *alias; };
struct merge_options {
  const struct alias *aliases;
  size_t alias_count;
  const char *here;  /* the console's own host, or NULL */
  const char *who;   /* who sits before it, or NULL */
  int volume_warn, volume_crit; /* percent full; 0: 80 and 90 */
  void (*judge)(struct snapshot *s); /* what analysis adds at the end; NULL: verdicts stay unknown */
};

/* Merges all the store holds. before: the snapshot made last (problems keep their `since`), or NULL. One reference. */
struct snapshot *snapshot_make(const struct store *s, int64_t now, int64_t at, const struct merge_options *o, const struct snapshot *before);
struct snapshot *snapshot_keep(struct snapshot *s);
void snapshot_drop(struct snapshot *s); /* NULL is fine */
void snapshot_json(const struct snapshot *s, struct str *out); /* without a newline */

const struct host_view *snapshot_host(const struct snapshot *s, const char *name); /* by name or alias; NULL: none */
/* Surely off: pacemaker says offline, and with fencing that is proof. Without it any node is called so that is silent. */
bool snapshot_off(const struct snapshot *s, const struct host_view *h);
const struct volume_view *snapshot_volume(const struct snapshot *s, const char *name);
const struct domain_view *snapshot_domain(const struct snapshot *s, const char *name);
const struct domain_view *snapshot_domain_of(const struct snapshot *s, const char *resource); /* the first that it manages */
const struct resource_view *snapshot_resource(const struct snapshot *s, const char *id);      /* its first instance */
void snapshot_index(struct snapshot *s); /* its names, once its lists are made */
/* Problems that are more than a note; *ret_known: how many of them are acknowledged. */
size_t snapshot_problems(const struct snapshot *s, size_t *ret_known);
double used_percent(int64_t size, int64_t left); /* NaN: not known */
size_t volume_sets(const struct volume_view *v);                           /* how many replica sets */
struct set_rules volume_rules(const struct volume_view *v);
/* What of a set surely lives, and what perhaps does: with all that is not known. */
void volume_living(const struct volume_view *v, int64_t set, struct set_living *ret_sure, struct set_living *ret_perhaps);
int volume_set_state(const struct volume_view *v, int64_t set);            /* enum set_state: whether it can be written, quorum included */
#endif
