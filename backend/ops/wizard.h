/* The way from bare hosts to highly available domains: the operations marked OP_WIZARD in the order of their table, which of them
 * what is read now shows to be done, and which one comes next. Derived, never remembered. */
#ifndef OPS_WIZARD_H
#define OPS_WIZARD_H
#include "ops/operation.h"

/* unknown: nothing that is read tells, as of packages on a host. */
enum truth wizard_done(const struct snapshot *s, const struct operation *o);
/* The one to go on with after `last` (NULL: from the start): itself while what it is for is not whole (a fence device for one
 * node of two), else the next that is not known to be done. NULL: the way is at its end. */
const struct operation *wizard_next(const struct snapshot *s, const struct operation *last);
size_t wizard_number(const struct operation *o); /* from 1; 0: it is none */
#endif
