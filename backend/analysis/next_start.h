/* What a running domain will be when it is started again: its shared definition against what runs. Pure. */
#ifndef ANALYSIS_NEXT_START_H
#define ANALYSIS_NEXT_START_H
#include "model/snapshot.h"

/* A clause for each difference, "2 vcpus instead of 1". False: it was not compared, for it does not run, is no resource, or one of
 * both is not known. *ret_age_ms: how long ago the definition was read. */
bool next_start_differs(const struct snapshot *s, const struct domain_view *d, struct arena *a, struct texts *ret, int64_t *ret_age_ms);
#endif
