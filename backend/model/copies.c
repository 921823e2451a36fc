#include "model/copies.h"
#include <stdlib.h>

/* cluster.quorum-type: auto is more than half, or half with the first brick; it is the default of three copies and of
 * arbiters, and off for two. */
struct set_rules set_rules_make(int64_t replica, int64_t arbiter, int64_t disperse, int64_t redundancy, const struct pairs *options) {
  struct set_rules r = {.bricks = disperse > 0 ? disperse : replica > 1 ? replica : 1, .arbiters = disperse <= 0 && arbiter > 0 ? arbiter : 0};
  const char *type = pairs_get(options, "cluster.quorum-type");
  if (disperse > 0) {
    r.redundancy = redundancy > 0 ? redundancy : 0;
    return r;
  }
  if (r.bricks < 2) return r;
  if (type ? str_eq(type, "auto") : r.bricks > 2) {
    r.quorum = (r.bricks + 1) / 2;
    r.first_counts = r.bricks % 2 == 0;
  } else if (str_eq(type, "fixed")) {
    const char *count = pairs_get(options, "cluster.quorum-count");
    r.quorum = count ? strtol(count, NULL, 10) : 0;
  }
  return r;
}

bool set_reads(const struct set_rules *r, const struct set_living *l) { return r->redundancy > 0 ? l->bricks >= r->bricks - r->redundancy : l->data > 0; }

bool set_writes(const struct set_rules *r, const struct set_living *l) {
  if (!set_reads(r, l)) return false;
  if (r->redundancy > 0 || !r->quorum) return true;
  if (r->first_counts && l->bricks * 2 == r->bricks) return l->first;
  return l->bricks >= r->quorum;
}
