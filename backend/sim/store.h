/* GlusterFS: the pool, volumes and their bricks, what is written while a brick is away, heals, locks of dead clients. */
#ifndef SIM_STORE_H
#define SIM_STORE_H
#include "model/copies.h"
#include "sim/world.h"

/* ---- rules, alone ---- */
/* After a client died silently: max(tcp-user-timeout, keepalive-time + keepalive-interval), as measured; neither alone. */
int64_t lock_release(int64_t user_timeout_s, int64_t keepalive_s, int64_t interval_s);
int64_t store_lock_release(const struct sim_volume *v); /* by the volume's options; of clients that connect now */
const char *volume_type(int64_t bricks, int64_t replica, int64_t arbiter, int64_t disperse); /* the contract's words */
int64_t set_size(const struct sim_volume *v);           /* bricks in a set */

/* ---- the world's ---- */
bool brick_lives(const struct world *w, const struct sim_brick *b);   /* its process serves, and the storage network reaches it */
bool brick_serves(const struct world *w, const struct sim_brick *b, const struct sim_host *client); /* that client too */
bool volume_writes(const struct world *w, const struct sim_volume *v, int64_t set, const struct sim_host *client);
bool store_serves(const struct world *w, const struct sim_host *client, const char *server, const char *options); /* a volfile can be had */
/* Does the daemon of `from` hold that peer for connected? A silent cut it believes for 20 to 25 s. */
bool peer_connected(const struct world *w, const struct sim_host *from, const struct sim_host *peer);
/* A new machine of that name: not who the pool means by it, until it has its UUID and learnt of it from a peer. */
bool pool_stranger(const struct sim_host *h);
bool brick_wiped(const struct sim_host *h, const char *path); /* its directory is not there: a new disk, and nobody has begun the brick anew */
/* A peer that holds up what all of them must answer: it counts as connected and is silent. NULL: none does. */
const struct sim_host *peer_in_the_way(const struct world *w, const struct sim_host *from);
/* A transaction holds the volume, cluster-wide: until it ends, its peer answers or is given up, or the lock's timer is over. */
bool volume_locked(const struct world *w, const struct sim_volume *v);
void volume_lock(struct world *w, struct sim_volume *v, const struct sim_host *by, const struct sim_host *waits_for, int64_t ms);
/* ---- stalls (stall.c) ---- */
/* Until when whatever that client does on the set, the file, the guest's disks stands still; 0: it does not. */
int64_t set_waits(const struct world *w, const struct sim_volume *v, int64_t set, const struct sim_host *client);
int64_t file_waits(const struct world *w, const struct sim_host *h, const char *path);
int64_t guest_waits(const struct world *w, const struct sim_domain *d, const struct sim_host *h);
void stall_watch(struct world *w);
void on_stall(struct world *w, const char *subject, const char *detail);

void store_host_changed(struct world *w, struct sim_host *h);
void store_host_lost(struct world *w, struct sim_host *h);
void store_daemon_changed(struct world *w, struct sim_host *h);
void brick_start(struct world *w, struct sim_volume *v, struct sim_brick *b);
void brick_kill(struct world *w, struct sim_volume *v, struct sim_brick *b);
void store_check(struct world *w); /* what may have changed for writers: dirty copies, heals, paused guests */
struct sim_file *store_file(struct world *w, const char *volume, const char *path, int64_t size, const char *content); /* made, or replaced */
/* The file of the volume that is mounted there and lies below the mount; NULL when the host sees none. */
struct sim_file *file_at(const struct world *w, const struct sim_host *h, const char *path);
struct sim_volume *volume_at(const struct world *w, const struct sim_host *h, const char *path, const char **ret_rest);
void file_lock(struct world *w, struct sim_file *f, const char *host);
void file_unlock(struct sim_file *f, const char *host);
bool file_taken(const struct world *w, const struct sim_file *f, const char *host); /* another's lock, and not given back yet */
struct sim_brick *brick_of(const struct sim_volume *v, const char *host, const char *path); /* path NULL: its first one */
int64_t pending_at(const struct world *w, const struct sim_volume *v, const struct sim_brick *b); /* entries its index holds for the others */

void on_dirty(struct world *w, const char *subject, const char *detail);
void on_heal(struct world *w, const char *subject, const char *detail);
void on_kill_brick(struct world *w, const char *subject, const char *detail);
void on_start_brick(struct world *w, const char *subject, const char *detail);
void on_hang_brick(struct world *w, const char *subject, const char *detail);
void on_split_brain(struct world *w, const char *subject, const char *detail);
void on_resolve(struct world *w, const char *subject, const char *detail);
void on_fill(struct world *w, const char *subject, const char *detail);
void on_rebalance(struct world *w, const char *subject, const char *detail);
void on_task(struct world *w, const char *subject, const char *detail);
void on_transaction(struct world *w, const char *subject, const char *detail);
void on_server_quorum(struct world *w, const char *subject, const char *detail);
#endif
