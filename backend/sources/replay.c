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
  struct watch *watch;      /* waiting for more bytes */
  struct timer *due;        /* waiting for the next line's time */
  struct str bytes;         /* read, not yet played: from `at` on */
  size_t at, line;
  struct tape_place clock;  /* where the next line is in the file, and the time of the last one */
  int64_t began, began_mono; /* paced: the first line's time, and when it was played */
  int64_t moment;           /* stepwise: when the owner was told last */
  int64_t heard;            /* monotonic: when the last line was played */
  int64_t last;             /* stamp of a file's last line */
  bool eof, ended, regular, paced;
  size_t good;
  struct err err;
  struct { char *data; size_t len, room; int64_t from; } window; /* of the file, read again */
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

/* Behind `name`, the colon and the quote, however another program spaced them; NULL when it is not in the first `head`
 * bytes of the line. */
static const char *value_of(const char *line, size_t len, size_t head, const char *name) {
  const char *end = line + (len < head ? len : head), *p = memmem(line, (size_t)(end - line), name, strlen(name));
  if (!p) return NULL;
  p += strlen(name);
  while (p < end && (*p == ' ' || *p == '\t')) p++;
  if (p >= end || *p++ != ':') return NULL;
  while (p < end && (*p == ' ' || *p == '\t')) p++;
  return p < end && *p == '"' ? p + 1 : NULL;
}

/* Cuts the time out of the line without parsing all of it; a line without it is due at once. */
static int64_t stamp(const char *line, size_t len) {
  const char *p = value_of(line, len, 4096, "\"at\"");
  char text[CLOCK_TEXT];
  int64_t at;
  size_t n = 0;
  while (p && p + n < line + len && p[n] != '"' && n + 1 < sizeof text) text[n] = p[n], n++;
  text[n] = 0;
  if (!p || clock_parse(text, &at)) return UNKNOWN_INT;
  return at < 1 ? 1 : at; /* before 1970 nobody recorded */
}

/* Lines that say only that a source lives are stamped as they are printed: by them a clock that was set back is known. */
static bool is_pulse(const char *line, size_t len) {
  const char *kind = value_of(line, len, 4096, "\"kind\"");
  size_t left = kind ? (size_t)(line + len - kind) : 0;
  return (left > 5 && !strncmp(kind, "beat\"", 5)) || (left > 6 && !strncmp(kind, "state\"", 6));
}

/* Time never runs backwards. Stamps of different sources may lie a little behind each other; a clock that was set back
 * moves the wall clock and not the time line. */
static void clock_take(struct tape_place *p, const char *line, size_t len) {
  enum { BEHIND_MS = 2000 };
  int64_t at = stamp(line, len);
  if (at == UNKNOWN_INT) return;
  int64_t now = at + p->shift;
  if (p->now == UNKNOWN_INT || now > p->now) p->now = now;
  else if (p->now - now > BEHIND_MS && is_pulse(line, len)) p->shift += p->now - now;
}

/* How long until this line is due; a line without a stamp is due at once. */
static int64_t wait_for(struct replay *r, int64_t now, int64_t mono) {
  if (!r->paced || now == UNKNOWN_INT) return 0;
  if (!r->good) r->began = now, r->began_mono = mono;
  return (int64_t)((double)(now - r->began) / r->options.speed) - (mono - r->began_mono);
}

/* A line before any whose time is known is none that is taken, whatever it is. */
static int why_not(const char *line, size_t len, struct err *e) {
  struct fragment *f;
  int code = fragment_parse(line, len, &f, e);
  if (code) return code;
  fragment_drop(f);
  return err_set(e, -EINVAL, "", "a fragment whose time does not stand at its beginning");
}

/* True when the line was due (and was played). */
static bool play(struct replay *r, const char *line, size_t len) {
  int64_t mono = clock_mono_ms();
  struct tape_place place = r->clock, next = place;
  struct err e = {0};
  clock_take(&next, line, len);
  int64_t wait = wait_for(r, next.now, mono);
  if (wait > 0) {
    timer_set(r->due, wait);
    return false;
  }
  if (r->options.stepwise && next.now != UNKNOWN_INT && next.now >= r->moment + STEP_MS) {
    if (r->good) feed_tell(r->feed);
    r->moment = next.now;
  }
  r->clock = next;
  r->heard = mono;
  struct tape_line t = {line, len, next.now, next.now, next.now - next.shift};
  int code = next.now == UNKNOWN_INT ? why_not(line, len, &e) : feed_take_line(r->feed, &t, r->regular ? &place : NULL, &e);
  r->line++;
  if (!code) r->good += !fragment_is_raw(line, len); /* raw lines alone are no recording */
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
  bool full = r->bytes.len - r->at > FRAGMENT_LINE_MAX; /* who writes faster than this can be merged waits */
  if (full || read_more(r)) pump(r);
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
    r->clock.at += (int64_t)len;
    if (clock_mono_ms() >= slice) {
      timer_set(r->due, 0);
      return;
    }
  }
}

/* The stamp of a file's last whole line: how far it goes is known before it is read. */
static int64_t last_stamp(int fd, int64_t size) {
  char tail[65536];
  int64_t found = UNKNOWN_INT;
  ssize_t n = pread(fd, tail, sizeof tail, size > (int64_t)sizeof tail ? size - (int64_t)sizeof tail : 0);
  for (char *line = tail, *end; n > 0 && line < tail + n; line = end + 1) {
    end = memchr(line, '\n', (size_t)(tail + n - line));
    if (!end) break;
    int64_t at = stamp(line, (size_t)(end - line));
    if (at != UNKNOWN_INT && (found == UNKNOWN_INT || at > found)) found = at;
  }
  return found;
}

struct replay *replay_open(struct loop *l, struct feed *f, const struct feed_options *o, struct err *e) {
  bool in = str_eq(o->replay, "-");
  struct stat st;
  /* A named pipe that is also open for writing has no end: its writers may come and go. */
  bool fifo = !in && !stat(o->replay, &st) && S_ISFIFO(st.st_mode);
  int fd = in ? dup(STDIN_FILENO) : open(o->replay, (fifo ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK);
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
  *r = (struct replay){.loop = l, .feed = f, .options = *o, .name = in ? "stdin" : o->replay, .fd = fd, .regular = S_ISREG(st.st_mode), .last = UNKNOWN_INT,
                       .heard = clock_mono_ms()};
  r->paced = r->regular && o->speed > 0 && !o->tape;
  r->clock.now = UNKNOWN_INT;
  if (r->regular) r->clock.at = lseek(fd, 0, SEEK_CUR); /* stdin may be a file that somebody has read from */
  if (r->regular) r->last = last_stamp(fd, st.st_size);
  r->due = loop_timer(l, r->regular ? 0 : -1, on_due, r);
  if (!r->regular) r->watch = loop_watch(l, fd, POLLIN, on_readable, r); /* poll() calls a file always ready: it is read by timer */
  return r;
}

struct replay *replay_given(struct loop *l, struct feed *f, const struct feed_options *o, const char *name) {
  struct replay *r = mem_alloc(sizeof *r);
  *r = (struct replay){.loop = l, .feed = f, .options = *o, .name = name, .fd = -1, .last = UNKNOWN_INT, .heard = clock_mono_ms(), .clock.now = UNKNOWN_INT};
  r->due = loop_timer(l, -1, on_due, r);
  return r;
}

void replay_give(struct replay *r, const char *line, size_t len) {
  if (r->ended) return;
  if (r->at) { /* what was played is forgotten */
    memmove(r->bytes.data, r->bytes.data + r->at, r->bytes.len - r->at);
    r->bytes.len -= r->at;
    r->at = 0;
  }
  str_addn(&r->bytes, line, len);
  str_addc(&r->bytes, '\n');
  if (!timer_armed(r->due)) pump(r);
}

void replay_close(struct replay *r) {
  if (!r) return;
  stop_reading(r);
  timer_end(r->due);
  if (r->fd >= 0) close(r->fd);
  str_free(&r->bytes);
  mem_free(r->window.data);
  mem_free(r);
}

bool replay_ended(const struct replay *r) { return r->ended; }
bool replay_stream(const struct replay *r) { return !r->regular; }
int64_t replay_last(const struct replay *r) { return r->last; }
int64_t replay_silent(const struct replay *r) { return clock_mono_ms() - r->heard; }

/* Between two lines time goes on, and what nobody confirms grows old; a feed over a pipe that has fallen silent or broken
 * off must not look fresh for ever. A file that is over stands still at its last line, and one on a tape at what was read. */
int64_t replay_now(const struct replay *r) {
  if (r->clock.now == UNKNOWN_INT) return 0;
  bool goes_on = r->options.speed > 0 && r->good && (!r->regular || (r->paced && !r->ended));
  return goes_on ? r->clock.now + (int64_t)((double)(clock_mono_ms() - r->heard) * (r->regular ? r->options.speed : 1)) : r->clock.now;
}

int64_t replay_wall(const struct replay *r) { return replay_now(r) - r->clock.shift; }

int replay_error(const struct replay *r, struct err *e) {
  if (r->err.code && e) *e = r->err;
  return r->err.code;
}

/* ---- reading again ---- */

/* The line that begins at `at`, with its newline if it has one; NULL at the end. */
static const char *line_at(struct replay *r, int64_t at, size_t *ret_len) {
  for (;;) {
    int64_t skip = at - r->window.from;
    if (r->window.data && skip >= 0 && skip < (int64_t)r->window.len) {
      const char *from = r->window.data + skip, *end = memchr(from, '\n', r->window.len - (size_t)skip);
      *ret_len = end ? (size_t)(end - from) + 1 : r->window.len - (size_t)skip;
      if (end || r->window.len < r->window.room || r->window.room > FRAGMENT_LINE_MAX) return from;
      if (!skip) r->window.room *= 2;
    }
    if (!r->window.room) r->window.room = 65536;
    r->window.data = mem_grow(r->window.data, r->window.room, 1);
    ssize_t n = pread(r->fd, r->window.data, r->window.room, at);
    r->window.from = at;
    r->window.len = n > 0 ? (size_t)n : 0;
    if (n <= 0) return NULL;
  }
}

bool replay_read(void *owner, struct tape_place *p, struct tape_line *ret) {
  struct replay *r = owner;
  size_t len;
  for (const char *line; (line = line_at(r, p->at, &len));) {
    if (len > 1) clock_take(p, line, len);
    p->at += (int64_t)len;
    *ret = (struct tape_line){line, len, p->now, p->now, p->now - p->shift};
    if (p->now != UNKNOWN_INT) return true;
  }
  return false;
}
