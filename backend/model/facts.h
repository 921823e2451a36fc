/* Facts: what a source program knows after one reading, before anything is merged. Each kind of fact is a struct, its
 * shape, and a row of fact_kinds[]; a source fills the struct and prints it (model/fragment.h), the console reads it
 * back into the same struct. Units: bytes, milliseconds, percent 0-100; wall times in ms. Where a fact comes from is
 * said at each struct. "Host" is always the name the source was told to use for it. */
#ifndef MODEL_FACTS_H
#define MODEL_FACTS_H
#include "model/shape.h"

enum layer { LAYER_NONE, LAYER_COROSYNC, LAYER_PACEMAKER, LAYER_GLUSTER, LAYER_LIBVIRT, LAYER_COUNT };
extern const char *const layer_names[];

/* ---- corosync: cmap, votequorum (libraries; quorumtool and cmapctl print the same) ---- */
struct corosync_cluster { /* kind "corosync.cluster" */
  const char *name;          /* totem.cluster_name */
  const char *version;       /* of the daemon, when it can be told */
  int64_t node_id;           /* this host's */
  enum truth quorate;
  int64_t votes, expected_votes, quorum; /* votequorum_getinfo: total_votes, expected, quorum */
  enum truth two_node, wait_for_all, last_man_standing, auto_tie_breaker, qdevice;
  const char *qdevice_name;
  const char *tie_breaker_node; /* quorum.auto_tie_breaker_node: lowest, highest, or ids in order; NULL: lowest */
  int64_t token_ms, consensus_ms; /* runtime.config.totem.* */
};
struct corosync_node {
  int64_t id;
  const char *name;       /* nodelist.node.N.name, else its ring0 address */
  struct texts addresses; /* ring0_addr, ring1_addr, ... as written, and what names among them resolve to */
  enum truth member;      /* runtime.members.ID.status is "joined" */
  enum truth local;
  int64_t votes;
};
struct corosync_nodes { LIST_OF(struct corosync_node) nodes; }; /* kind "corosync.nodes" */
struct corosync_link {
  int64_t node_id, link;
  enum truth connected, enabled;
  int64_t latency_us, down_count, mtu; /* stats.knet.nodeN.linkM.*; latency is an average */
};
struct corosync_links { LIST_OF(struct corosync_link) links; }; /* kind "corosync.links"; not for the local node */
struct corosync_outlook { /* what a node that is no member here sees, asked over ssh: corosync-quorumtool -s */
  int64_t id;
  const char *name;
  enum truth asked;      /* yes: it was reached, so the host lives; no: it cannot be; unknown: the first try is under way */
  enum truth running;    /* its corosync */
  enum truth quorate;
  struct texts members;  /* as it sees them, by their names in this side's list of nodes */
  const char *text;      /* what ssh or corosync said instead of an answer */
};
struct corosync_outlooks { LIST_OF(struct corosync_outlook) nodes; }; /* kind "corosync.outlook"; empty while all are members */

/* ---- pacemaker: crm_mon --output-as=xml (1.1: --as-xml) and the CIB's configuration ---- */
struct pcmk_cluster { /* kind "pacemaker.cluster": <summary> */
  const char *dc, *dc_version, *no_quorum_policy;
  enum truth quorate, fencing, maintenance, symmetric, stop_all;
  int64_t resources_disabled, resources_blocked;
  const char *last_change, *feed_state; /* <pacemakerd state=..> */
};
struct pcmk_node {
  const char *name, *id, *type; /* type: member, remote, guest */
  enum truth online, standby, standby_onfail, maintenance, pending, unclean, shutdown, expected_up, is_dc;
  int64_t resources_running;
  const char *health;
};
struct pcmk_nodes { LIST_OF(struct pcmk_node) nodes; }; /* kind "pacemaker.nodes" */
struct pcmk_resource { /* one an instance: a clone's or bundle's members are entries of their own */
  const char *id;        /* without ":0" */
  const char *instance;  /* "0" for id:0, or NULL */
  const char *parent;    /* the group, clone or bundle it is in, or NULL */
  const char *agent;     /* ocf:heartbeat:VirtualDomain */
  const char *role;      /* as crm_mon says: Started, Stopped, Master/Promoted, Slave/Unpromoted, Starting, Stopping */
  const char *target_role;
  const char *pending;   /* crm_mon's pending="Migrating" and the like, or NULL */
  struct texts nodes;    /* where it is active */
  enum truth active, orphaned, blocked, managed, failed, disabled;
  struct tallies fail_count; /* node: count; INFINITY is 1000000; from <node_history> */
};
struct pcmk_resources { LIST_OF(struct pcmk_resource) resources; }; /* kind "pacemaker.resources" */
struct pcmk_failure { const char *resource, *node, *task, *reason, *status; int64_t rc, at; };
struct pcmk_failures { LIST_OF(struct pcmk_failure) failures; }; /* kind "pacemaker.failures": <failures> */
struct pcmk_fence_event { const char *target, *action, *status, *client, *origin, *delegate, *reason; int64_t at; };
struct pcmk_fencing { LIST_OF(struct pcmk_fence_event) events; }; /* kind "pacemaker.fencing": <fence_history> */
struct pcmk_constraint {
  const char *id, *kind; /* location, order, colocation, ticket */
  const char *resource, *with; /* with: the other resource of an order or colocation */
  const char *node, *score, *role;
  const char *rule;      /* a location by rule, in words, or NULL */
  int64_t expires;       /* a move's lifetime, or UNKNOWN_INT */
};
struct pcmk_param { const char *resource, *agent; struct pairs params, meta, ops, utilization; }; /* ops: "start": "timeout=60s interval=0s" */
struct pcmk_level { const char *target; int64_t index; struct texts devices; }; /* fencing topology; target: a node, /pattern/ or attribute=value */
struct pcmk_capacity { const char *node; struct pairs utilization; };
struct pcmk_config { /* kind "pacemaker.config": the CIB's configuration section; no secret is ever put in here */
  struct pairs properties;
  LIST_OF(struct pcmk_constraint) constraints;
  LIST_OF(struct pcmk_param) resources; /* params: only names that are known to hold no secret */
  LIST_OF(struct pcmk_level) levels;
  LIST_OF(struct pcmk_capacity) capacities; /* of the nodes that have any */
};
struct pcmk_place { const char *resource, *instance; struct texts from, to; }; /* where it is active now, and where it would be */
struct pcmk_placement { /* kind "pacemaker.placement", key: the nodes, joined by commas: what pacemaker's scheduler would do without them (crm_simulate) */
  struct texts lost;
  const char *text; /* why there is no answer; NULL: there is one */
  LIST_OF(struct pcmk_place) resources; /* those that are active on these nodes, and those that would be elsewhere than now */
  enum truth drained_apart; /* drained in order they may go elsewhere: by the list below. No: as above; unknown: not asked */
  LIST_OF(struct pcmk_place) drained;
};

/* ---- gluster: the management daemon's RPC, portmapper, bricks ---- */
struct gluster_peer {
  const char *uuid, *hostname; /* hostname as the asked daemon knows it; "localhost" is replaced by the asked host's name */
  struct texts names;          /* all names it knows it by */
  enum truth connected;        /* what the daemon says: no proof of life */
  const char *state;           /* "Peer in Cluster" ... */
  enum truth self;
};
struct gluster_peers { LIST_OF(struct gluster_peer) peers; }; /* kind "gluster.peers": LIST_FRIENDS, the asked host included */
struct gluster_brick { const char *host, *path, *uuid; int64_t set; enum truth arbiter; };
struct gluster_volume {
  const char *name, *id, *type; /* type: the contract's words, distributed-replicate ... */
  const char *status;           /* started, stopped, created */
  int64_t replica, arbiter, disperse, redundancy;
  LIST_OF(struct gluster_brick) bricks;
  struct pairs options;
};
struct gluster_volumes { LIST_OF(struct gluster_volume) volumes; }; /* kind "gluster.volumes": LIST_VOLUME + GET_VOLUME, lock-free */
struct gluster_alive { /* one peer's own daemon, asked directly */
  const char *host;
  enum truth answers;  /* its daemon answered a call in time */
  enum truth reachable; /* TCP connection was made */
  const char *text;    /* why not */
  struct texts addresses; /* what its name resolves to, numeric */
  struct texts unseen; /* peers that its own list has disconnected or not at all */
};
struct gluster_probe { LIST_OF(struct gluster_alive) hosts; }; /* kind "gluster.probe", every 5 s */
struct gluster_identity { const char *uuid, *address; }; /* kind "gluster.identity", key: a host's name elsewhere. The UUID that the daemon at that address has in its pool */
struct gluster_brick_life {
  const char *host, *path;
  enum truth online;   /* its host's portmapper has a port for it; unknown when that daemon does not answer */
  enum truth answers;  /* the brick itself answers an RPC; a hung one does not */
  int64_t port;
  const char *text;
};
struct gluster_bricks { LIST_OF(struct gluster_brick_life) bricks; }; /* kind "gluster.bricks", every 5 s, lock-free */
struct gluster_brick_space {
  const char *host, *path, *device, *filesystem;
  enum truth online;
  int64_t pid, port, size, free, inodes, inodes_free;
};
struct gluster_task { const char *type, *id, *status; struct texts bricks; }; /* type as glusterd says, "Rebalance", "Remove brick"; bricks: those that are removed, "node1:/data" */
struct gluster_space { /* kind "gluster.space", key: volume. STATUS_VOLUME detail: takes the volume's lock */
  LIST_OF(struct gluster_brick_space) bricks;
  LIST_OF(struct gluster_task) tasks;
};
struct gluster_brick_heal { const char *host, *path; int64_t pending; const char *text; };
struct gluster_heal { LIST_OF(struct gluster_brick_heal) bricks; int64_t split_brain; }; /* kind "gluster.heal", key: volume. Takes the lock */
struct gluster_capacity { int64_t size, free, inodes, inodes_free; }; /* kind "gluster.capacity", key: volume. A client's statvfs */
struct gluster_disk { const char *volume, *path; struct texts bricks; }; /* "node1:/data" */
struct gluster_disks { LIST_OF(struct gluster_disk) disks; }; /* kind "gluster.disks": pathinfo of the files asked for */
struct gluster_mount { const char *mount, *server, *volume, *options, *trouble; }; /* trouble: why it does not serve; NULL: it does, as far as is known */
struct gluster_mounts { LIST_OF(struct gluster_mount) mounts; }; /* kind "gluster.mounts": this host's /proc/self/mounts */

/* ---- libvirt: one host's daemon ---- */
struct libvirt_host { /* kind "libvirt.host" */
  const char *hostname, *uuid, *hypervisor, *version;
  int64_t cpus, memory;
  struct texts addresses; /* numeric: of the connection's other end, or of this host's interfaces */
};
struct libvirt_disk { const char *target, *source, *device, *type, *format, *cache, *volume; enum truth readonly; }; /* type file, block, network; volume: of type='network' protocol='gluster' */
struct libvirt_nic { const char *mac, *source, *model, *type; }; /* type: bridge, network, direct, ... */
struct libvirt_domain {
  const char *name, *uuid, *state, *reason; /* virsh's words: running, paused, shut off -> "shutoff", crashed, ... */
  int64_t id, vcpus, memory;                /* memory: maximum, bytes */
  enum truth persistent, autostart;
  LIST_OF(struct libvirt_disk) disks;
  LIST_OF(struct libvirt_nic) nics;
  const char *machine, *cpu_mode;
  int64_t hostdevs; /* devices of the host that it was given */
  const char *agent; /* the guest's: no channel, not connected, connected */
};
struct libvirt_domains { LIST_OF(struct libvirt_domain) domains; }; /* kind "libvirt.domains": all, defined or running */
struct libvirt_load_domain { const char *name; double cpu_percent; int64_t memory_used, read_bytes_s, write_bytes_s, receive_bytes_s, send_bytes_s; };
struct libvirt_load { /* kind "libvirt.load": rates, every few seconds */
  double cpu_percent; /* of the host */
  int64_t memory_used;
  LIST_OF(struct libvirt_load_domain) domains;
};
struct libvirt_job { const char *name, *type; int64_t elapsed_ms, total, remaining, rate, dirty_rate; }; /* rates: bytes a second; dirty: what the guest writes anew meanwhile */
struct libvirt_jobs { LIST_OF(struct libvirt_job) jobs; }; /* kind "libvirt.jobs": running migrations and the like */

struct setup_mount { /* of gluster */
  const char *mount, *source, *options; /* as the table of mounts (fstab) has it, else as it is mounted */
  enum truth mounted, permanent;        /* permanent: mounted at every boot */
  enum truth ordered;                   /* pacemaker starts after it */
};
struct setup_peer { const char *name; enum truth trusted; const char *text; }; /* may root log in there without a password; text: what ssh said */
struct setup_definition { const char *path; enum truth readable, name_alone; }; /* name_alone: one <name>, on a line of its own */
struct setup_disk { const char *path; int64_t size; };                          /* of a running domain, as the guest sees it */
struct setup_shared { const char *path; int64_t vcpus, memory; struct texts disks, nics; }; /* a shared definition of a domain that runs there: "TARGET=SOURCE", "MAC=BRIDGE" */
struct setup_files { const char *domain; int64_t open, most; };                 /* files that its emulator has open, and may have */
struct libvirt_setup { /* kind "libvirt.setup": what only the host itself knows of how it is set up */
  const char *text;                 /* why the host was not asked, or gave no whole answer; NULL: it did */
  int64_t clock_ms, clock_within;   /* ms that its clock is ahead of that of the console's host, give or take */
  enum truth guests_enabled;        /* libvirt-guests starts with the host */
  struct texts links;               /* its network interfaces, bridges among them */
  int64_t port_min, port_max;       /* of migrations, by qemu.conf */
  struct texts machines;            /* types that its emulator knows */
  const char *cpu;                  /* model of its processor, as libvirt names it */
  enum truth mounts_known;
  LIST_OF(struct setup_mount) mounts;
  LIST_OF(struct setup_peer) peers;
  int64_t definitions_asked;        /* definitions_digest() of those that were looked at, of pacemaker's domains */
  LIST_OF(struct setup_definition) definitions; /* of these: not as they should be */
  LIST_OF(struct setup_disk) disks;
  LIST_OF(struct setup_files) files;
  LIST_OF(struct setup_shared) shared;
};

/* ---- of the stream itself ---- */
enum source_state { SOURCE_UNKNOWN, SOURCE_OK, SOURCE_STALE, SOURCE_HUNG, SOURCE_DOWN, SOURCE_ABSENT, SOURCE_DENIED };
extern const char *const source_state_names[];
struct state_fact { int state; const char *text; }; /* kind "state": of the whole source; text is a sentence for the operator */
struct beat_fact { struct texts kinds; };           /* kind "beat": "kind" or "kind/key" read again just now and unchanged */

extern const struct shape corosync_cluster_shape, corosync_nodes_shape, corosync_node_shape, corosync_link_shape, corosync_links_shape,
    corosync_outlook_shape, corosync_outlooks_shape;
extern const struct shape pcmk_cluster_shape, pcmk_nodes_shape, pcmk_node_shape, pcmk_resources_shape, pcmk_resource_shape,
    pcmk_failures_shape, pcmk_failure_shape, pcmk_fencing_shape, pcmk_fence_event_shape, pcmk_config_shape, pcmk_constraint_shape, pcmk_param_shape,
    pcmk_level_shape, pcmk_capacity_shape, pcmk_placement_shape, pcmk_place_shape;
extern const struct shape gluster_peers_shape, gluster_peer_shape, gluster_volumes_shape, gluster_volume_shape, gluster_brick_shape,
    gluster_probe_shape, gluster_alive_shape, gluster_bricks_shape, gluster_brick_life_shape, gluster_space_shape,
    gluster_brick_space_shape, gluster_task_shape, gluster_heal_shape, gluster_brick_heal_shape, gluster_capacity_shape,
    gluster_disks_shape, gluster_disk_shape, gluster_identity_shape, gluster_mounts_shape, gluster_mount_shape;
extern const struct shape libvirt_host_shape, libvirt_domains_shape, libvirt_domain_shape, libvirt_disk_shape, libvirt_nic_shape,
    libvirt_load_shape, libvirt_load_domain_shape, libvirt_jobs_shape, libvirt_job_shape, libvirt_setup_shape, setup_mount_shape, setup_peer_shape, setup_definition_shape,
    setup_disk_shape, setup_files_shape, setup_shared_shape;
extern const struct shape state_fact_shape, beat_fact_shape;

/* What it means that a fact is missing or old while its source claims to be well. */
enum need {
  NEED_NONE,      /* nothing: an extra */
  NEED_USEFUL,    /* something may be hidden: degraded */
  NEED_ESSENTIAL, /* the layer is not known: unknown */
};

struct fact_kind {
  const char *name;
  enum layer layer; /* LAYER_NONE: of the stream itself */
  const struct shape *shape;
  int64_t interval_ms; /* how often it is read at rest */
  const char *title;   /* for the sources screen */
  enum need need;
};
extern const struct fact_kind fact_kinds[]; /* ends with name NULL */
const struct fact_kind *fact_kind_find(const char *name); /* NULL when there is none */
int64_t fact_stale_after(const struct fact_kind *k);      /* 3 x its interval, at least 5 s */
/* Which files of definitions were asked for, as one number: those of pacemaker's configuration, in its order. */
int64_t definitions_digest(int64_t so_far, const char *path); /* so_far: 0 before the first */
const char *definition_path(const struct pcmk_param *p);      /* of that resource: NULL when it is no domain, or none that may be asked for */
#endif
