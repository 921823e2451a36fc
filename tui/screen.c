#include "tui/screen.h"
#include "tui/screen_class.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

void screen_close(struct screen *s) {
  if (!s) return;
  watch_end(s->watch);
  watch_end(s->out_watch);
  timer_end(s->timer);
  s->class->close(s);
  s->closed = true;
  if (!s->busy) mem_free(s);
}

void screen_size(const struct screen *s, int *ret_w, int *ret_h) {
  *ret_w = s->w;
  *ret_h = s->h;
}

enum glyphs screen_glyphs(const struct screen *s) { return s->glyphs; }
enum colours screen_colours(const struct screen *s) { return s->colours; }

void screen_theme(struct screen *s, const struct theme *t) {
  s->theme = t;
  s->class->redraw(s);
}

int screen_blit(struct screen *s, const struct canvas *c) {
  if (s->suspended) return -EAGAIN;
  int code = s->class->blit(s, c);
  if (s->out_watch && s->class->flush(s)) watch_events(s->out_watch, POLLOUT);
  return code;
}

uint64_t screen_sent(const struct screen *s) { return s->class->sent(s); }
void screen_redraw(struct screen *s) { s->class->redraw(s); }
bool screen_resized(struct screen *s) { return s->class->resized(s); }

void screen_bell(struct screen *s) {
  if (!s->suspended) s->class->bell(s);
}

bool screen_mouse(struct screen *s, bool on) { return s->class->mouse(s, on); }

int screen_fd(const struct screen *s) { return s->fd; }
int screen_key(struct screen *s, struct key *ret) { return s->suspended ? 0 : s->class->key(s, ret); }
int screen_wait(const struct screen *s) { return s->suspended ? -1 : s->class->wait(s); }

/* ---- on the loop ---- */

static void drain(struct screen *s) {
  struct key k;
  int got = 0;
  s->busy = true;
  while (!s->closed && (got = screen_key(s, &k)) > 0) s->on_key(s->owner, 0, &k);
  if (!s->closed && got < 0) {
    watch_end(s->watch); /* a dead descriptor is always ready: the loop would spin */
    s->watch = NULL;
    s->on_key(s->owner, got, NULL);
  }
  s->busy = false;
  if (s->closed) { /* by a key's handler */
    mem_free(s);
    return;
  }
  int wait = screen_wait(s);
  if (got >= 0 && wait >= 0) timer_set(s->timer, wait);
}

static void on_ready(void *owner, int fd, short revents) {
  struct screen *s = owner;
  (void)fd;
  if (s->suspended && !(revents & (POLLHUP | POLLERR))) return;
  if (s->suspended) s->suspended = false; /* nobody to hand it back: let screen_key() see its end */
  drain(s);
}

/* The terminal takes bytes again. */
static void on_room(void *owner, int fd, short revents) {
  struct screen *s = owner;
  (void)fd;
  if (s->suspended || !s->class->flush(s)) watch_events(s->out_watch, 0);
  if (revents & (POLLHUP | POLLERR | POLLNVAL)) { /* gone: the keys' descriptor says so */
    watch_end(s->out_watch);
    s->out_watch = NULL;
  }
}

static void on_time(void *owner) { drain(owner); }

void screen_listen(struct screen *s, struct loop *l, screen_key_fn *fn, void *owner) {
  s->on_key = fn;
  s->owner = owner;
  if (s->fd >= 0) s->watch = loop_watch(l, s->fd, POLLIN, on_ready, s);
  if (s->class->flush) s->out_watch = loop_watch(l, s->out_fd, 0, on_room, s);
  s->timer = loop_timer(l, 0, on_time, s); /* keys that came before */
}

/* ---- away and back ---- */

void screen_suspend(struct screen *s) {
  if (s->suspended) return;
  s->class->suspend(s);
  s->suspended = true;
  if (s->watch) watch_events(s->watch, 0);
  if (s->out_watch) watch_events(s->out_watch, 0);
}

void screen_resume(struct screen *s) {
  if (!s->suspended) return;
  s->suspended = false;
  s->class->resume(s);
  if (s->watch) watch_events(s->watch, POLLIN);
}

void screen_stop(struct screen *s) {
  struct sigaction stop = {.sa_handler = SIG_DFL}, before;
  sigset_t set, mask;
  if (s->fd < 0 || getsid(0) == getpid()) return;
  if (sigaction(SIGTSTP, NULL, &before) < 0 || before.sa_handler == SIG_IGN) return;
  screen_suspend(s);
  sigaction(SIGTSTP, &stop, NULL);
  sigemptyset(&set);
  sigaddset(&set, SIGTSTP);
  /* The whole job, as the terminal itself would: another part of a pipeline must not keep the shell waiting. The signal is
   * still held back here, so that we stop at one known place. Kernel and shell decide whether anybody can continue us; an
   * orphaned job is not stopped. */
  sigprocmask(SIG_BLOCK, &set, &mask);
  kill(0, SIGTSTP);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  /* Continued. */
  sigprocmask(SIG_SETMASK, &mask, NULL);
  sigaction(SIGTSTP, &before, NULL);
  screen_resume(s);
}
