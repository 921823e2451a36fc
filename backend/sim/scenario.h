/* Scenarios: small text files that describe a cluster and what will happen to it. One table of the words a line may begin
 * with and how it is written (scenario.c), one of what can happen (event.c). A mistake is reported with file and line, and
 * answered with how the line is written. */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H
#include "sim/world.h"

/* text is what the file holds; name is how it is called in messages. -EINVAL with e set. The world has settled. */
int scenario_read(const char *name, const char *text, size_t len, const int64_t *seed, struct world **ret, struct err *e);
#endif
