/* The operator lock of a cluster: an element in the CIB with a fixed id, created by cibadmin, where a second create is refused
 * (FACTS 5.6). Its holder's heartbeat is a private node attribute, whose counter an observer watches on its own clock:
 * a holder whose counter stood still for longer than three beats is taken over by compare-and-set, never by a blind write.
 * A holder that could not show its heartbeat for two beats is no longer sure of the lock, and sure again only by a
 * compare-and-set of its own, which makes every observer begin anew: so there are never two that are sure.
 * Consoles of one host settle it by flock first; the file says whose lock its holder took in the CIB, so that one that is gone
 * is known by the next one at once. Commands through the executor, so the simulation has it too. */
#ifndef RUN_LOCK_H
#define RUN_LOCK_H
#include "run/executor.h"

struct lock;
enum lock_state { LOCK_TRYING, LOCK_HELD, LOCK_BUSY /* another holds it: text says who and since when */, LOCK_UNREACHABLE /* pacemaker does not answer */, LOCK_LOST /* it was ours */ };
typedef void lock_fn(void *owner, enum lock_state state, const char *text); /* may release it */

/* host: a member of the cluster to run cibadmin on; NULL: there is none, only the consoles of this host are kept away. state_dir: where the flock is, NULL: none. who: for people. Nothing happens
 * before the first lock_tick(). */
struct lock *lock_take(struct executor *x, const char *host, const char *state_dir, const char *who, lock_fn *fn, void *owner);
/* To be called at least once a second of `now`'s clock (ms, never backwards: the snapshots' own time line). */
void lock_tick(struct lock *k, int64_t now);
/* It is held, and nobody can have taken it over: what needs it may begin now. */
bool lock_sure(const struct lock *k);
void lock_give_back(struct lock *k, void (*done)(void *owner), void *owner); /* done NULL: nobody waits */
void lock_drop(struct lock *k); /* without a word to the cluster: others take it over. NULL is fine */
enum { LOCK_BEAT_MS = 5000, LOCK_SURE_MS = 2 * LOCK_BEAT_MS, LOCK_STILL_MS = 4 * LOCK_BEAT_MS, LOCK_TOLD_MS = 3000 };
#endif
