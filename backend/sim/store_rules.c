/* The store's rules, alone: nothing here knows a world. */
#include "sim/store.h"

int64_t set_size(const struct sim_volume *v) { return v->disperse > 0 ? v->disperse : v->replica > 1 ? v->replica : 1; }

/* cluster.quorum-type: auto is more than half, or half with the first brick; it is the default of three copies and of
 * arbiters, and off for two. */
struct set_rules set_rules_of(const struct sim_volume *v, int64_t set) {
  struct set_rules r = {.bricks = set_size(v), .arbiters = v->arbiter, .redundancy = v->redundancy};
  const char *type = pairs_get(&v->options, "cluster.quorum-type");
  (void)set;
  if (v->disperse > 0 || v->replica < 2) return r;
  bool automatic = type ? str_eq(type, "auto") : v->replica > 2;
  if (automatic) {
    r.quorum = (v->replica + 1) / 2;
    if (v->replica % 2 == 0) r.first_counts = true;
  } else if (str_eq(type, "fixed")) {
    r.quorum = number_of(pairs_get(&v->options, "cluster.quorum-count"), 0) / 1000;
  }
  return r;
}

static int64_t living(const struct set_rules *r, const bool *live) {
  int64_t n = 0;
  for (int64_t i = 0; i < r->bricks; i++) n += live[i];
  return n;
}

bool set_reads(const struct set_rules *r, const bool *live, const bool *arbiter) {
  int64_t data = 0;
  if (r->redundancy > 0) return living(r, live) >= r->bricks - r->redundancy;
  for (int64_t i = 0; i < r->bricks; i++) data += live[i] && !arbiter[i];
  return data > 0;
}

bool set_writes(const struct set_rules *r, const bool *live, const bool *arbiter) {
  if (!set_reads(r, live, arbiter)) return false;
  int64_t n = living(r, live);
  if (r->redundancy > 0 || !r->quorum) return true;
  if (r->first_counts && n * 2 == r->bricks) return live[0];
  return n >= r->quorum;
}

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
