/* The one loop around poll(): descriptors, timers, signals. Single-threaded; a handler may end any watch or timer,
 * its own included, and may start new ones. Handlers do not block: whatever can is a process (child.h). */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct loop;
struct watch;
struct timer;

typedef void fd_fn(void *owner, int fd, short revents);
typedef void time_fn(void *owner);
typedef void signal_fn(void *owner, int signo);

struct loop *loop_new(void); /* owned by the caller */
void loop_free(struct loop *l); /* ends what is left in it */

/* events as for poll(); the descriptor stays the caller's. */
struct watch *loop_watch(struct loop *l, int fd, short events, fd_fn *fn, void *owner);
void watch_events(struct watch *w, short events);
void watch_end(struct watch *w); /* NULL is fine */

/* One shot; timer_set() arms it again (also from its own handler). in_ms < 0: made but not armed. */
struct timer *loop_timer(struct loop *l, int64_t in_ms, time_fn *fn, void *owner);
void timer_set(struct timer *t, int64_t in_ms);
bool timer_armed(const struct timer *t);
void timer_end(struct timer *t); /* NULL is fine */

/* Blocks signo for the process and delivers it here, by signalfd. Several handlers for one signal all get it. */
void loop_signal(struct loop *l, int signo, signal_fn *fn, void *owner);
void loop_signal_end(struct loop *l, int signo, void *owner);

/* Waits once, at most max_ms (< 0: as long as the next timer says), and runs what is due. */
void loop_step(struct loop *l, int64_t max_ms);
void loop_run(struct loop *l, int64_t max_ms); /* until loop_stop() or max_ms (< 0: for ever) */
void loop_stop(struct loop *l);
bool loop_stopped(const struct loop *l);
#endif
