/* Bricks that come, go and are replaced, and the data that moves because of it. Sets are numbered by the bricks' order. */
#ifndef SIM_STORE_BRICKS_H
#define SIM_STORE_BRICKS_H
#include "sim/store.h"

int64_t file_home(const struct sim_volume *v, const char *path); /* the set that DHT gives a name; never one that is leaving */
struct sim_brick *brick_add(struct world *w, struct sim_volume *v, size_t at, const char *host, const char *path); /* an empty one of that place */
void bricks_settle(struct world *w, struct sim_volume *v);       /* sets and type, after the list changed */
void bricks_drop_leaving(struct world *w, struct sim_volume *v); /* what lies on their sets is lost, unless it was moved before */

/* A task of the volume: "Rebalance", or "Remove brick" of the bricks that are leaving. glusterd keeps the last one. */
struct gluster_task *task_begin(struct world *w, struct sim_volume *v, const char *type);
struct gluster_task *task_of(const struct sim_volume *v, const char *type); /* NULL: it is none, or another's */
void task_stop(struct world *w, struct sim_volume *v);
struct task_progress { int64_t files, bytes, scanned, run_ms; };
struct task_progress task_progress(const struct world *w, const struct sim_volume *v, const char *host); /* of that host's bricks */
#endif
