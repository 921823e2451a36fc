#include "sources/replay.h"
#include "base/clock.h"
#include "model/fragment.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP_MS = 50 }; /* what belongs to one moment */

struct replay {
  struct loop *loop;
  struct feed *feed;
  struct feed_options options;
  const char *name;
  int fd;
  struct watch *watch;   /* waiting for more bytes */
  struct timer *due;     /* waiting for the next line's time */
  struct str bytes;      /* read, not yet played: from `at` on */
  size_t at, line;
  int64_t began_wall;    /* the first line's stamp */
  int64_t began_mono;    /* when it was played */
  int64_t moment;        /* stepwise: when the owner was told last */
  int64_t now;           /* the newest stamp that was played ... */
  int64_t now_mono;      /* ... and when */
  bool eof, ended, regular;
  size_t good;
  struct err err;
};

static void stop_reading(struct replay *r) {
  watch_end(r->watch);
  r->watch = NULL;
}

static void finish(struct replay *r) {
  if (r->ended) return;
  r->ended = true;
  stop_reading(r);
  if (!r->good && !r->err.code) err_set(&r->err, -EINVAL, "give a file that 'kvmconsole record' wrote", "%s holds no fragment", r->name);
  feed_touch(r->feed);
  if (r->options.on_end) r->options.on_end(r->options.owner);
}

/* Cuts `"at":"..."` out of the line without parsing all of it; a line without it is due at once and refused later. */
static int64_t stamp(const char *line, size_t len) {
  static const char mark[] = "\"at\":\"";
  const char *p = memmem(line, len < 200 ? len : 200, mark, sizeof mark - 1);
  char text[CLOCK_TEXT];
  int64_t at;
  if (!p) return UNKNOWN_INT;
  p += sizeof mark - 1;
  size_t n = 0;
  while (p + n < line + len && p[n] != '"' && n + 1 < sizeof text) text[n] = p[n], n++;
  text[n] = 0;
  return clock_parse(text, &at) ? UNKNOWN_INT : at;
}

/* True when the line was due (and was played). */
static bool play(struct replay *r, const char *line, size_t len) {
  int64_t at = stamp(line, len), mono = clock_mono_ms();
  if (at != UNKNOWN_INT && r->options.speed > 0) {
    if (!r->good) r->began_wall = at, r->began_mono = mono;
    int64_t wait = (int64_t)((double)(at - r->began_wall) / r->options.speed) - (mono - r->began_mono);
    if (wait > 0) {
      timer_set(r->due, wait);
      return false;
    }
  }
  struct err e = {0};
  if (r->options.stepwise && at != UNKNOWN_INT && at >= r->moment + STEP_MS) {
    if (r->good) feed_tell(r->feed);
    r->moment = at;
  }
  if (at != UNKNOWN_INT && at > r->now) r->now = at, r->now_mono = mono; /* time never runs backwards */
  int code = feed_take(r->feed, line, len, r->now, &e);
  r->line++;
  if (!code) r->good++;
  else if (code != -EPROTONOSUPPORT && !r->err.code && !r->good) {
    r->err = e;
    err_prefix(&r->err, "%s:%zu", r->name, r->line);
    strcpy(r->err.todo, "give a file that 'kvmconsole record' wrote");
  }
  return true;
}

static void pump(struct replay *r);
static void on_due(void *owner) { pump(owner); }

static bool read_more(struct replay *r) {
  char buffer[65536];
  ssize_t n = read(r->fd, buffer, sizeof buffer);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (n <= 0) {
    r->eof = true;
    if (n < 0) err_set(&r->err, -errno, "", "%s: %s", r->name, strerror(errno));
    return true;
  }
  if (r->at) { /* forget what was played */
    memmove(r->bytes.data, r->bytes.data + r->at, r->bytes.len - r->at);
    r->bytes.len -= r->at;
    r->at = 0;
  }
  str_addn(&r->bytes, buffer, (size_t)n);
  return true;
}

static void on_readable(void *owner, int fd, short revents) {
  struct replay *r = owner;
  (void)fd, (void)revents;
  if (read_more(r)) pump(r);
}

/* Plays what is due; asks for more when it has run dry. A file is read in slices so that the keyboard is served. */
static void pump(struct replay *r) {
  int64_t slice = clock_mono_ms() + 20;
  while (!r->ended) {
    const char *from = r->bytes.data + r->at;
    const char *end = r->bytes.len > r->at ? memchr(from, '\n', r->bytes.len - r->at) : NULL;
    if (!end && !r->eof) {
      if (r->bytes.len - r->at > FRAGMENT_LINE_MAX) {
        err_set(&r->err, -EINVAL, "give a file that 'kvmconsole record' wrote", "%s: a line of more than %d bytes", r->name, FRAGMENT_LINE_MAX);
        finish(r);
      } else if (r->regular && clock_mono_ms() < slice) {
        read_more(r);
        continue;
      } else if (r->regular) timer_set(r->due, 0);
      return;
    }
    if (!end && r->bytes.len == r->at) {
      finish(r);
      return;
    }
    size_t len = end ? (size_t)(end - from) + 1 : r->bytes.len - r->at;
    if (len > 1 && !play(r, from, len)) return;
    r->at += len;
    if (clock_mono_ms() >= slice) {
      timer_set(r->due, 0);
      return;
    }
  }
}

struct replay *replay_open(struct loop *l, struct feed *f, const struct feed_options *o, struct err *e) {
  bool in = str_eq(o->replay, "-");
  int fd = in ? dup(STDIN_FILENO) : open(o->replay, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat st;
  if (fd < 0) {
    err_set(e, -errno, "check the name", "cannot read %s: %s", o->replay, strerror(errno));
    return NULL;
  }
  if (fstat(fd, &st) || S_ISDIR(st.st_mode)) {
    err_set(e, -EISDIR, "give a file that 'kvmconsole record' wrote", "%s is a folder", o->replay);
    close(fd);
    return NULL;
  }
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  struct replay *r = mem_alloc(sizeof *r);
  *r = (struct replay){.loop = l, .feed = f, .options = *o, .name = in ? "stdin" : o->replay, .fd = fd, .regular = S_ISREG(st.st_mode)};
  r->due = loop_timer(l, r->regular ? 0 : -1, on_due, r);
  if (!r->regular) r->watch = loop_watch(l, fd, POLLIN, on_readable, r); /* poll() calls a file always ready: it is read by timer */
  return r;
}

void replay_close(struct replay *r) {
  if (!r) return;
  stop_reading(r);
  timer_end(r->due);
  close(r->fd);
  str_free(&r->bytes);
  mem_free(r);
}

bool replay_ended(const struct replay *r) { return r->ended; }
/* Between two lines time goes on, and what nobody confirms grows old; a feed over a pipe that has fallen silent or broken
 * off must not look fresh for ever. A file that is over stands still at its last line. */
int64_t replay_now(const struct replay *r) {
  if (r->options.speed <= 0 || !r->good || (r->ended && r->regular)) return r->now;
  return r->now + (int64_t)((double)(clock_mono_ms() - r->now_mono) * (r->regular ? r->options.speed : 1));
}

int replay_error(const struct replay *r, struct err *e) {
  if (r->err.code && e) *e = r->err;
  return r->err.code;
}
