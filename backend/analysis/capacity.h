/* How much room a volume really has: what its running guests were promised, its fullest brick, its inodes; and when it is full, if
 * it goes on as it was seen to grow. */
#ifndef ANALYSIS_CAPACITY_H
#define ANALYSIS_CAPACITY_H
#include "model/snapshot.h"

struct capacity {
  int64_t promised;                 /* the sizes of all images of running domains as their guests see them; at most INT64_MAX */
  size_t images, unknown;           /* how many, and how many more whose size nobody tells */
  struct texts unread;              /* the hosts that run those */
  const struct brick_view *fullest; /* by percent; NULL: none is known */
  double fullest_used;
  const char *inodes_of;            /* the brick with the fewest left, "node1:/data"; NULL: none is known */
  double inodes_used;
};
struct capacity volume_capacity(const struct snapshot *s, const struct volume_view *v, struct arena *a);

/* Days until it is full: INFINITY when it does not grow, NaN when that cannot be told. */
double days_to_full(int64_t left, double bytes_a_day);
#endif
