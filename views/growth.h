/* How much each volume's use grows: a bounded history that reaches as far back as the console runs, its samples the farther apart the
 * longer that is. */
#ifndef VIEWS_GROWTH_H
#define VIEWS_GROWTH_H
#include "model/snapshot.h"

enum { GROWTH_STEP_MS = 60000, GROWTH_KEPT = 64, GROWTH_VOLUMES = 256, GROWTH_LEAST_MS = 600000 };

struct growth { char *volume; int64_t step, size, at[GROWTH_KEPT], used[GROWTH_KEPT]; size_t count; };
struct growths { struct growth *item; size_t count; int64_t looked; }; /* {0} is an empty one */

void growths_add(struct growths *g, const struct snapshot *s); /* at most one sample a minute */
void growths_free(struct growths *g);
/* Bytes a day until that moment, and over how long that was seen; NaN: for less than ten minutes. g NULL: nothing is known. */
double growth_a_day(const struct growths *g, const char *volume, int64_t now, int64_t *ret_over_ms);
#endif
