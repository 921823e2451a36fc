/* The simulated cluster as plain data. A world is a struct described by shapes, so that the file of --world is that very
 * JSON. It has a clock, a seed and its random stream, and a queue: everything that will happen later is a row of the
 * queue, so that a world is fast-forwarded exactly, gives the same run for the same seed whatever the step, and goes on
 * where it was when it is read back. One file a layer moves it (host.h, store.h, ring.h, pacemaker.h, guest.h).
 *
 * Units: bytes, milliseconds; times are wall times of the world's own clock. Names refer to rows of the lists below; a
 * name that none has is nothing. A world that came from a file was checked by world_check() first. */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H
#include "base/map.h"
#include "model/facts.h"

enum power { POWER_UNKNOWN, POWER_ON, POWER_OFF, POWER_BOOTING };
enum life { LIFE_ABSENT, LIFE_RUNNING, LIFE_STOPPED, LIFE_HUNG }; /* of a daemon, of a brick's process */
enum joining { JOIN_DOWN, JOIN_PENDING, JOIN_ONLINE };          /* of pacemaker on a node */

struct sim_daemon { const char *name; int life; enum truth enabled; int64_t since; }; /* by the service's name */
struct sim_mount { const char *mount, *server, *volume, *options; int64_t release_ms; }; /* release_ms: of this client's locks after its death */
struct sim_host {
  const char *name, *address, *gluster_uuid, *libvirt_uuid;
  enum truth kvm, store, bmc, bmc_works; /* bmc: it has one */
  int64_t cpus, memory, boot_ms, pid; /* pid: the next one to give */
  int power;
  enum truth frozen;
  int64_t power_since, silent_since; /* silent_since: nothing has been heard of it since; unknown: it is heard */
  int64_t cluster_cut, storage_cut;  /* since when that network of it is; unknown: it is not */
  int64_t downs;                     /* how often its links went down */
  struct texts packages;
  LIST_OF(struct sim_daemon) daemons;
  struct pairs files; /* path, content: /etc/hosts, fstab, definitions */
  LIST_OF(struct sim_mount) mounts;
  int64_t node_id, votes;      /* node_id: in corosync's node list; unknown: no node */
  int64_t ring;                /* which ring the others believe it in; -1: they do not hear it */
  struct texts members;        /* its own membership */
  int64_t expected, quorum, lowest, member_count; /* votequorum's state there (quorum.h) */
  enum truth quorate, waiting;
  int joined;
  const char *dc;              /* whom it holds for the coordinator */
  const char *leaving;         /* the daemon that is being stopped in order: pacemaker or corosync */
  enum truth condemned;        /* a stop failed there: it must be fenced though it lives */
  struct texts known_to;       /* nodes that had it online since it last left in order or was proven dead: gone, it is unclean to them */
  enum truth standby, maintenance;
  enum truth in_pool;
  struct pairs utilization;
  struct pairs attributes;     /* pacemaker's of this node, in its configuration */
  struct pairs setup;          /* what is unusual about how it is set up (facts_setup.c) */
};
struct sim_brick {
  const char *host, *path;
  int64_t set;
  enum truth arbiter;
  int life;
  int64_t since; /* when its process began, died, or hung */
  int64_t pid, port, size, used, behind; /* behind: entries it has not got */
  enum truth full_heal, leaving; /* full_heal: it was empty; leaving: by remove-brick */
};
struct sim_volume {
  const char *name, *id, *type, *status;
  const char *locked_by, *locked_for; /* whose transaction holds the volume, and the peer whose answer it waits for; NULL: none */
  int64_t locked_until;               /* glusterd lets go of it then, whatever comes */
  int64_t replica, arbiter, disperse, redundancy, split_brain, heal_per_minute, changed; /* changed: its options, last */
  int64_t task_began, task_ends, task_files, task_bytes;   /* of its last task: what was moved */
  LIST_OF(struct sim_brick) bricks;
  struct pairs options;
  LIST_OF(struct gluster_task) tasks;
};
struct sim_file { /* on a volume: images and definitions */
  const char *volume, *path, *content; /* content: of a small one */
  int64_t size, set;
  enum truth split;        /* in split-brain */
  const char *locked_by;   /* the host that writes it */
  int64_t released;        /* when the bricks give the lock of that dead host back; unknown: it is alive */
};
struct sim_instance { const char *host, *state, *reason; int64_t id, since; };
struct sim_domain {
  const char *name, *uuid, *machine, *cpu_mode;
  int64_t vcpus, memory, busy, dirty_rate, write_rate, shutdown_ms; /* busy: percent of its CPUs; shutdown_ms unknown: it ignores ACPI */
  LIST_OF(struct libvirt_disk) disks;
  LIST_OF(struct libvirt_nic) nics;
  struct texts defined_on, autostart_on;
  LIST_OF(struct sim_instance) instances; /* where it lives */
  enum truth stops_on_error; /* error_policy='stop' */
  int64_t hostdevs;
  const char *agent; /* of its guest: none, unconnected, connected */
};
struct sim_job { const char *domain, *from, *to, *resource; int64_t began, ends, total, rate; enum truth aborted; };
struct sim_resource {
  const char *id, *agent, *parent;
  struct pairs params, meta, ops, utilization;
  struct texts nodes;  /* where pacemaker believes it active */
  struct texts apart;  /* of these: stopped there, by a partition the others do not hear of */
  enum truth failed, blocked;
  struct tallies fail_count, failed_at; /* by node */
  struct texts not_on; /* "not installed" there: never again until cleaned up */
};
struct sim_op { int64_t id; const char *resource, *node, *task, *target, *dc; int64_t began; }; /* under way; dc: who ordered it */
struct sim_fencing { int64_t attempt; const char *target, *device, *from, *action, *client, *reason; int64_t began; };
struct sim_part { const char *one, *other, *layer; int64_t since, times; }; /* layer NULL: everything; since unknown: mended */
struct sim_nvpair { const char *id, *name, *value; };
struct sim_property_set { const char *id; LIST_OF(struct sim_nvpair) items; }; /* in crm_config, beside the tools' own */
struct sim_attribute { const char *name; enum truth hidden; struct pairs values; }; /* in attrd, by node; hidden: written nowhere else */
struct sim_event { int64_t at, order; const char *what, *subject, *detail; };
struct sim_corosync {
  const char *cluster;
  enum truth two_node, wait_for_all, last_man_standing, auto_tie_breaker;
  int64_t window_ms, token_ms, consensus_ms, links;
  const char *qdevice_host, *qdevice_algorithm; /* a host outside of the ring; NULL: none */
  int64_t qdevice_votes;
  enum truth qdevice_up; /* as the nodes believe */
};

struct daemon_log;
struct world {
  /* Of this process, in no file. */
  struct daemon_log *log; /* what its daemons write; of who runs it, NULL: nobody keeps it */
  struct arena *arena;
  struct map words;   /* texts that are kept once */
  unsigned changed;   /* layers something happened in, as bits of enum layer; taken by who prints facts */
  size_t settled_bytes; /* of the arena when it was packed last */
  /* The world. */
  int64_t version;
  const char *scenario, *here; /* here: the host that the console runs on */
  int64_t seed, random, clock, order, began, ends;
  int64_t op_id, domain_id;
  struct sim_corosync corosync;
  LIST_OF(struct sim_host) hosts;
  LIST_OF(struct sim_part) parts;
  LIST_OF(struct sim_volume) volumes;
  LIST_OF(struct sim_file) files;
  LIST_OF(struct sim_domain) domains;
  LIST_OF(struct sim_job) jobs;
  struct pairs properties;     /* pacemaker's crm_config */
  struct pairs defaults;       /* rsc_defaults */
  LIST_OF(struct sim_property_set) sets;
  LIST_OF(struct sim_attribute) attributes;
  const char *last_change;
  int64_t cib_epoch;           /* how often the configuration changed */
  LIST_OF(struct sim_resource) resources;
  LIST_OF(struct pcmk_constraint) constraints;
  LIST_OF(struct pcmk_level) levels;
  LIST_OF(struct sim_op) ops;
  LIST_OF(struct sim_fencing) shooting;
  LIST_OF(struct pcmk_failure) failures;
  LIST_OF(struct pcmk_fence_event) fenced;
  LIST_OF(struct sim_event) queue; /* by time, then order */
};
extern const struct shape world_shape, sim_host_shape, sim_daemon_shape, sim_mount_shape, sim_volume_shape, sim_brick_shape, sim_file_shape, sim_domain_shape,
    sim_instance_shape, sim_job_shape, sim_resource_shape, sim_op_shape, sim_fencing_shape, sim_event_shape, sim_part_shape, sim_nvpair_shape, sim_property_set_shape, sim_attribute_shape;
extern const char *const power_names[], *const life_names[];

#define EACH(list, type, x) for (type *x = (list).item, *x##_end = x + (list).count; x < x##_end; x++)
#define KNOWN(t) ((t) != UNKNOWN_INT)
#define YES(b) ((b) == TRUTH_YES)
enum { WORLD_VERSION = 2, WORLD_EVENTS_MAX = 100000 };

struct world *world_new(int64_t seed); /* empty, owned by the caller */
void world_free(struct world *w);      /* NULL is fine */
/* From JSON that anybody may have written: -EINVAL with e set when it is no world. */
int world_parse(const char *text, size_t len, struct world **ret, struct err *e);
void world_print(const struct world *w, struct str *out);
int world_check(struct world *w, struct err *e); /* mends and refuses what shapes cannot say: bounds, names, versions */
/* What was changed for long leaves dead memory behind: packs it when it is worth while. Pointers into w die. */
void world_pack(struct world *w);

/* Texts: kept once, so that setting a state over and over costs nothing. NULL gives NULL. */
const char *world_word(struct world *w, const char *text);
const char *world_words(struct world *w, const char *format, ...) PRINTF(2, 3);
void set_pair(struct world *w, struct pairs *p, const char *key, const char *value); /* value NULL: takes it out */
void set_tally(struct world *w, struct tallies *t, const char *key, int64_t value);
int64_t get_tally(const struct tallies *t, const char *key); /* 0 when there is none */
void drop_tally(struct tallies *t, const char *key);
void add_text(struct world *w, struct texts *t, const char *text); /* unless it has it */
void drop_text(struct texts *t, const char *text);
void drop_item(void *list, size_t one, size_t at); /* of any LIST_OF */
int64_t number_of(const char *text, int64_t otherwise); /* "60s", "2min", "5m", "20": in the unit given, seconds to ms */
bool is_true(const char *text);                       /* pacemaker's and gluster's words: true, on, yes, y, 1, enable */

/* Chance: from the world's own stream. */
int64_t world_random(struct world *w, int64_t below);               /* 0 .. below - 1 */
int64_t world_about(struct world *w, int64_t ms, int64_t percent);  /* ms, give or take */
uint64_t mix(uint64_t a, uint64_t b);                               /* no stream: the same for the same two */

/* The queue. */
void world_later(struct world *w, int64_t in_ms, const char *what, const char *subject, const char *detail);
void world_at(struct world *w, int64_t at, const char *what, const char *subject, const char *detail);
/* Takes events of that name and subject (NULL: any) out of the queue. True when there was one. */
bool world_forget(struct world *w, const char *what, const char *subject);
bool world_awaits(const struct world *w, const char *what, const char *subject);
int64_t world_next(const struct world *w); /* when the next one is due; INT64_MAX: never */
void world_touch(struct world *w, enum layer layer);

/* Rows by name; NULL when there is none. */
struct sim_host *world_host(const struct world *w, const char *name); /* also by its address */
struct sim_volume *world_volume(const struct world *w, const char *name);
struct sim_file *world_file(const struct world *w, const char *volume, const char *path);
struct sim_domain *world_domain(const struct world *w, const char *name);
struct sim_resource *world_resource(const struct world *w, const char *id);
struct sim_instance *domain_on(const struct sim_domain *d, const char *host);
struct sim_daemon *host_daemon(const struct sim_host *h, const char *name);
struct sim_mount *host_mount(const struct sim_host *h, const char *mount);
#endif
