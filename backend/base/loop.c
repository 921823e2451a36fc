#include "base/loop.h"
#include "base/clock.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct watch {
  struct watch *next;
  int fd;
  short events;
  bool dead;
  fd_fn *fn;
  void *owner;
};

struct timer {
  struct timer *next;
  int64_t due; /* monotonic ms, < 0: not armed */
  bool dead;
  time_fn *fn;
  void *owner;
};

struct listener {
  struct listener *next;
  int signo;
  bool dead;
  signal_fn *fn;
  void *owner;
};

struct loop {
  struct watch *watches;
  struct timer *timers;
  struct listener *listeners;
  sigset_t signals;
  int signal_fd;
  bool stop;
  struct pollfd *polled; /* reused from step to step */
  struct watch **asked;
  size_t room;
};

struct loop *loop_new(void) {
  struct loop *l = mem_alloc(sizeof *l);
  l->signal_fd = -1;
  sigemptyset(&l->signals);
  return l;
}

struct watch *loop_watch(struct loop *l, int fd, short events, fd_fn *fn, void *owner) {
  struct watch *w = mem_alloc(sizeof *w);
  *w = (struct watch){.next = l->watches, .fd = fd, .events = events, .fn = fn, .owner = owner};
  l->watches = w;
  return w;
}

void watch_events(struct watch *w, short events) { w->events = events; }

/* Ended things are only marked: the loop may be walking over them. sweep() frees them between steps. */
void watch_end(struct watch *w) {
  if (w) w->dead = true;
}

struct timer *loop_timer(struct loop *l, int64_t in_ms, time_fn *fn, void *owner) {
  struct timer *t = mem_alloc(sizeof *t);
  *t = (struct timer){.next = l->timers, .fn = fn, .owner = owner};
  timer_set(t, in_ms);
  l->timers = t;
  return t;
}

void timer_set(struct timer *t, int64_t in_ms) { t->due = in_ms < 0 ? -1 : clock_mono_ms() + in_ms; }
bool timer_armed(const struct timer *t) { return t->due >= 0; }

void timer_end(struct timer *t) {
  if (t) t->dead = true;
}

static void on_signals(void *owner, int fd, short revents) {
  struct loop *l = owner;
  struct signalfd_siginfo info;
  (void)revents;
  while (read(fd, &info, sizeof info) == (ssize_t)sizeof info)
    for (struct listener *s = l->listeners; s; s = s->next)
      if (!s->dead && s->signo == (int)info.ssi_signo) s->fn(s->owner, s->signo);
}

void loop_signal(struct loop *l, int signo, signal_fn *fn, void *owner) {
  struct listener *s = mem_alloc(sizeof *s);
  *s = (struct listener){.next = l->listeners, .signo = signo, .fn = fn, .owner = owner};
  l->listeners = s;
  sigaddset(&l->signals, signo);
  sigprocmask(SIG_BLOCK, &l->signals, NULL);
  bool fresh = l->signal_fd < 0;
  l->signal_fd = signalfd(l->signal_fd, &l->signals, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fresh) loop_watch(l, l->signal_fd, POLLIN, on_signals, l);
}

void loop_signal_end(struct loop *l, int signo, void *owner) {
  for (struct listener *s = l->listeners; s; s = s->next)
    if (s->signo == signo && s->owner == owner) s->dead = true;
}

#define SWEEP(type, head)                     \
  for (type **at = &(head), *gone; *at;)      \
    if ((*at)->dead) {                        \
      gone = *at;                             \
      *at = gone->next;                       \
      mem_free(gone);                         \
    } else {                                  \
      at = &(*at)->next;                      \
    }

static void sweep(struct loop *l) {
  SWEEP(struct watch, l->watches)
  SWEEP(struct timer, l->timers)
  SWEEP(struct listener, l->listeners)
}

static int wait_ms(const struct loop *l, int64_t max_ms) {
  int64_t wait = max_ms, now = clock_mono_ms();
  for (const struct timer *t = l->timers; t; t = t->next) {
    if (t->dead || t->due < 0) continue;
    int64_t in = t->due > now ? t->due - now : 0;
    if (wait < 0 || in < wait) wait = in;
  }
  return wait < 0 ? -1 : wait > 60000 ? 60000 : (int)wait;
}

static size_t collect(struct loop *l) {
  size_t n = 0;
  for (struct watch *w = l->watches; w; w = w->next) {
    if (w->dead) continue;
    if (n == l->room) {
      l->room = l->room ? l->room * 2 : 16;
      l->polled = mem_grow(l->polled, l->room, sizeof *l->polled);
      l->asked = mem_grow(l->asked, l->room, sizeof(struct watch *));
    }
    l->polled[n] = (struct pollfd){.fd = w->fd, .events = w->events};
    l->asked[n++] = w;
  }
  return n;
}

void loop_step(struct loop *l, int64_t max_ms) {
  sweep(l);
  size_t n = collect(l);
  int ready = poll(l->polled, n, wait_ms(l, max_ms));
  for (size_t i = 0; ready > 0 && i < n; i++)
    if (l->polled[i].revents && !l->asked[i]->dead)
      l->asked[i]->fn(l->asked[i]->owner, l->polled[i].fd, l->polled[i].revents);
  int64_t now = clock_mono_ms();
  for (struct timer *t = l->timers; t; t = t->next)
    if (!t->dead && t->due >= 0 && t->due <= now) {
      t->due = -1;
      t->fn(t->owner);
    }
  sweep(l);
}

void loop_run(struct loop *l, int64_t max_ms) {
  int64_t end = max_ms < 0 ? -1 : clock_mono_ms() + max_ms;
  while (!l->stop) {
    int64_t left = end < 0 ? -1 : end - clock_mono_ms();
    if (end >= 0 && left <= 0) break;
    loop_step(l, left);
  }
}

void loop_stop(struct loop *l) { l->stop = true; }
bool loop_stopped(const struct loop *l) { return l->stop; }

void loop_free(struct loop *l) {
  if (!l) return;
  for (struct watch *w = l->watches; w; w = w->next) w->dead = true;
  for (struct timer *t = l->timers; t; t = t->next) t->dead = true;
  for (struct listener *s = l->listeners; s; s = s->next) s->dead = true;
  sweep(l);
  if (l->signal_fd >= 0) close(l->signal_fd);
  sigprocmask(SIG_UNBLOCK, &l->signals, NULL);
  mem_free(l->polled);
  mem_free(l->asked);
  mem_free(l);
}
