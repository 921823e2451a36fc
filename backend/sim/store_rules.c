/* The store's rules, alone: nothing here knows a world. */
#include "sim/store.h"

int64_t set_size(const struct sim_volume *v) { return v->disperse > 0 ? v->disperse : v->replica > 1 ? v->replica : 1; }

int64_t lock_release(int64_t user_timeout_s, int64_t keepalive_s, int64_t interval_s) {
  int64_t alive = keepalive_s + interval_s;
  return 1000 * (user_timeout_s > alive ? user_timeout_s : alive);
}

static int64_t option(const struct sim_volume *v, const char *name, int64_t otherwise) {
  int64_t ms = number_of(v ? pairs_get(&v->options, name) : NULL, -1);
  return ms < 0 || ms > 86400000 ? otherwise : ms / 1000;
}

int64_t store_lock_release(const struct sim_volume *v) {
  return lock_release(option(v, "server.tcp-user-timeout", 42), option(v, "server.keepalive-time", 20), option(v, "server.keepalive-interval", 2));
}

const char *volume_type(int64_t bricks, int64_t replica, int64_t arbiter, int64_t disperse) {
  if (disperse > 0) return bricks > disperse ? "distributed-disperse" : "disperse";
  if (replica > 1 && arbiter > 0) return bricks > replica ? "distributed-arbiter" : "arbiter";
  if (replica > 1) return bricks > replica ? "distributed-replicate" : "replicate";
  return "distribute";
}
