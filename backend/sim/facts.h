/* What the console's sources would read of the world, in the same structs (model/facts.h). Each reading is of one layer on
 * one host, as seen from the host the console runs on. */
#ifndef SIM_FACTS_H
#define SIM_FACTS_H
#include "sim/world.h"

struct look { /* one reading */
  const struct world *w;
  const struct sim_host *here, *host; /* host: of whom it speaks */
  struct arena *arena;
};
struct fact_reader {
  const char *kind;
  enum layer layer;
  int64_t every_ms; /* how often it is read */
  bool pushed;      /* and at once when something changes */
  enum { KEY_NONE, KEY_VOLUME, KEY_NODE } by; /* once for each volume, or each node that is online, which is the key */
  /* Fills the kind's struct; false: there is nothing to be said now. */
  bool (*read)(const struct look *l, const char *key, void *ret);
};
extern const struct fact_reader fact_readers[]; /* ends with kind NULL */

/* How the source is. SOURCE_UNKNOWN: it says nothing (what it asks hangs); since: when that began. */
enum source_state source_now(const struct look *l, enum layer layer, char *text, size_t room, int64_t *ret_since);

bool read_corosync_cluster(const struct look *l, const char *key, void *ret);
bool read_corosync_nodes(const struct look *l, const char *key, void *ret);
bool read_corosync_links(const struct look *l, const char *key, void *ret);
bool read_corosync_outlook(const struct look *l, const char *key, void *ret);
bool read_pacemaker_cluster(const struct look *l, const char *key, void *ret);
bool read_pacemaker_nodes(const struct look *l, const char *key, void *ret);
bool read_pacemaker_resources(const struct look *l, const char *key, void *ret);
bool read_pacemaker_failures(const struct look *l, const char *key, void *ret);
bool read_pacemaker_fencing(const struct look *l, const char *key, void *ret);
bool read_pacemaker_placement(const struct look *l, const char *key, void *ret);
bool read_pacemaker_config(const struct look *l, const char *key, void *ret);
bool read_gluster_peers(const struct look *l, const char *key, void *ret);
bool read_gluster_volumes(const struct look *l, const char *key, void *ret);
bool read_gluster_probe(const struct look *l, const char *key, void *ret);
bool read_gluster_bricks(const struct look *l, const char *key, void *ret);
bool read_gluster_space(const struct look *l, const char *key, void *ret);
bool read_gluster_heal(const struct look *l, const char *key, void *ret);
bool read_gluster_capacity(const struct look *l, const char *key, void *ret);
bool read_gluster_disks(const struct look *l, const char *key, void *ret);
bool read_gluster_mounts(const struct look *l, const char *key, void *ret);
bool read_libvirt_host(const struct look *l, const char *key, void *ret);
bool read_libvirt_domains(const struct look *l, const char *key, void *ret);
bool read_libvirt_load(const struct look *l, const char *key, void *ret);
bool read_libvirt_jobs(const struct look *l, const char *key, void *ret);
bool read_libvirt_setup(const struct look *l, const char *key, void *ret);

const struct sim_host *gluster_asked(const struct look *l, const struct sim_host **ret_first); /* whose daemon answers; NULL: none */
const struct sim_host *gluster_suspect(const struct look *l); /* a peer that counts as connected and does not answer; NULL: none */
#endif
