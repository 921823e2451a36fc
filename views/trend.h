/* How loads went: a bounded history of a few numbers of each host, domain, brick and volume, sampled from the snapshots that
 * are seen. For a moment in the past it shows what was before that moment; where nothing was kept of it, nothing. */
#ifndef VIEWS_TREND_H
#define VIEWS_TREND_H
#include "base/map.h"
#include "model/snapshot.h"
#include "views/growth.h"

enum trend_kind { TREND_HOST_CPU, TREND_HOST_MEMORY, TREND_DOMAIN_CPU, TREND_DOMAIN_IO, TREND_BRICK_HEAL, TREND_VOLUME_HEAL, TREND_KINDS };
enum { TREND_STEP_MS = 5000, TREND_KEPT = 64, TREND_SHOWN = 24 };

struct trend { char *name; float *values; }; /* TREND_KEPT of them, a ring; NaN: not known */
struct trends { /* {0} is an empty one */
  int64_t at[TREND_KEPT]; /* of each sample, by the stream's time line */
  size_t next, count;
  struct growths growth;  /* of volumes, over as long as the console runs */
  struct { struct map find; struct trend *item; size_t count; } of[TREND_KINDS];
};

void trends_add(struct trends *t, const struct snapshot *s); /* at most one sample each TREND_STEP_MS; none of a time that is past already */
void trends_free(struct trends *t);
/* The last n steps before now, newest last; NaN where nothing is known. False: nothing at all is. */
bool trend_values(const struct trends *t, enum trend_kind kind, const char *name, int64_t now, double *values, size_t n);
#endif
