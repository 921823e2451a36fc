/* Between a fault and the last healed entry a volume is not at rest: its heals are counted more often than once a minute,
 * as long as that leads anywhere. Pure. Times in ms of one clock, as in gluster_lock.h. */
#ifndef SOURCES_GLUSTER_UNSETTLED_H
#define SOURCES_GLUSTER_UNSETTLED_H
#include "sources/gluster_lock.h"

enum { UNSETTLED_MS = 15000 };

struct unsettled {       /* of one volume; all zero: at rest */
  int64_t gap, pending;  /* ms between two counts, 0: at rest; what the last one found, UNKNOWN_INT: not all could be counted */
  int64_t forgiven;      /* since then no peer is suspect: what went unanswered before says nothing about now */
};
/* What was counted last may not be true any more. */
void unsettled_doubt(struct unsettled *u);
/* A count was made. One that finds no less than the one before is followed by a longer gap, up to the minute of rest. */
void unsettled_counted(struct unsettled *u, int64_t pending);
/* As lock_next(), and what is due besides. */
enum lock_turn unsettled_next(const struct unsettled *u, const struct lock_past *past, const struct lock_now *at);
#endif
