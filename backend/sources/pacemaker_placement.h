/* What crm_simulate says: where pacemaker's own scheduler would put each resource without certain nodes. Parsing is pure;
 * the runner below runs it as a child, one at a time. */
#ifndef SOURCES_PACEMAKER_PLACEMENT_H
#define SOURCES_PACEMAKER_PLACEMENT_H
#include "base/arena.h"
#include "base/err.h"
#include "base/loop.h"
#include "model/facts.h"
#include "sources/emit.h"

/* crm_simulate --live-check --simulate --node-down=... --output-as=xml (2.1 and later). ret->lost is filled in before: what does not concern it is left out. Errors
 * as of pacemaker_status_parse(). */
int pacemaker_placement_parse(const char *bytes, size_t len, struct arena *a, struct pcmk_placement *ret, struct err *e);

struct simulator; /* asks for each node that is online, and for sets of nodes that are wanted */
struct simulator *simulator_new(struct loop *l, struct emitter *out); /* owned by the caller */
void simulator_free(struct simulator *s);                             /* NULL is fine */
/* The CIB changed, or may have: all is asked anew, soon. Nodes that are not online any more have no answer. */
void simulator_changed(struct simulator *s, const struct pcmk_nodes *nodes);
/* Nothing is known any more: what runs is ended, until the next change. */
void simulator_stop(struct simulator *s);
/* placement-strategy; NULL: not set. With any but the default the scheduler goes through what it moves in another order than
 * through what has died, and other nodes come of it: then it is also asked with these nodes in standby. */
void simulator_strategy(struct simulator *s, const char *strategy);
/* A request: "kvm01,kvm02", nodes that would be gone together; stands from then on. Of no known names: answered so. */
void simulator_want(struct simulator *s, const char *key);
#endif
