/* The operator lock of a cluster: an element in the CIB with a fixed id, created by cibadmin, where a second create is refused
 * (FACTS 5.6). Its holder's heartbeat is a private node attribute, whose counter an observer watches on its own clock:
 * a holder whose counter stood still for three beats and more is taken over by compare-and-set, never by a blind write.
 * Consoles of one host settle it by flock first. Commands through the executor, so the simulation has it too. */
#ifndef RUN_LOCK_H
#define RUN_LOCK_H
#include "run/executor.h"

struct lock;
enum lock_state { LOCK_TRYING, LOCK_HELD, LOCK_BUSY /* another holds it: text says who and since when */, LOCK_UNREACHABLE /* pacemaker does not answer */, LOCK_LOST /* it was ours */ };
typedef void lock_fn(void *owner, enum lock_state state, const char *text);

/* host: a member of the cluster to run cibadmin on. state_dir: where the flock is, NULL: none. */
struct lock *lock_take(struct loop *l, struct executor *x, const char *host, const char *state_dir, const char *who, lock_fn *fn, void *owner);
void lock_release(struct lock *k, void (*done)(void *owner), void *owner); /* done NULL: nobody waits */
#endif
