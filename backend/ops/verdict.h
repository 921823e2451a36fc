/* The verdict and lint's findings that concern an operation, into its plan. */
#ifndef OPS_VERDICT_H
#define OPS_VERDICT_H
#include "ops/operation.h"

void verdict_add(struct planning *p);   /* after its own plan was made; may refuse it, or want its name typed */
bool verdict_wanted(const struct operation *o); /* its plan looks at more than what is read at once: how each host is set up */
const char *verdict_mistake(void);      /* what the table names and does not exist; NULL: nothing */
#endif
