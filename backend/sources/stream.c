#include "sources/stream.h"
#include "base/clock.h"
#include <string.h>

enum { MOMENT_MS = 50, SLICE_MS = 20, CATCH_UP_MS = 2000, STEP_MAX_MS = 60000 };

struct streaming {
  struct loop *loop;
  struct feed *feed;
  struct feed_options options;
  struct timer *due;
  int64_t anchor_mono, anchor; /* its time `anchor` was at monotonic `anchor_mono` */
  int64_t moment;              /* stepwise: when the owner was told last */
  int64_t said;                /* the moment of the newest line */
  bool running, ended;
};

/* --only: a layer that nobody wants to read says nothing. */
static bool wanted(const char *only, const char *line, size_t len) {
  static const char mark[] = "\"source\":\"";
  const char *name = only ? memmem(line, len, mark, sizeof mark - 1) : NULL;
  if (!name) return true;
  name += sizeof mark - 1;
  size_t n = strcspn(name, "\"");
  for (const char *s = only; *s;) {
    size_t one = strcspn(s, ",");
    if (one == n && !strncmp(s, name, n)) return true;
    s += one + (s[one] == ',');
  }
  return false;
}

/* One line of it. A moment that is over is told before the next begins, so that each change has its own time. */
static void on_line(void *owner, const char *line, size_t len, int64_t at) {
  struct streaming *s = owner;
  if (!wanted(s->options.only, line, len)) return;
  if (s->options.stepwise && at >= s->moment + MOMENT_MS) {
    feed_tell(s->feed);
    s->moment = at;
  }
  s->said = at;
  feed_take_line(s->feed, &(struct tape_line){line, len, at, at, at}, NULL, NULL);
}

static void run(struct streaming *s, int64_t until) {
  const struct stream *x = s->options.stream;
  s->running = true;
  s->said = x->now(x->self);
  x->run(x->self, until, on_line, s);
  s->running = false;
}

static bool standing(const struct streaming *s) { return s->options.standing; }

int64_t streaming_now(const struct streaming *s) {
  const struct stream *x = s->options.stream;
  int64_t now = x->now(x->self);
  if (s->running) return s->said; /* what is told of a moment has the time of that moment */
  if (standing(s) || s->options.speed <= 0) return now;
  int64_t t = s->anchor + (int64_t)((double)(clock_mono_ms() - s->anchor_mono) * s->options.speed), next = x->next(x->self);
  return t > next ? (next > now ? next : now) : t > now ? t : now; /* what is due and not yet played has not happened */
}

static void anchor(struct streaming *s) {
  s->anchor = s->options.stream->now(s->options.stream->self);
  s->anchor_mono = clock_mono_ms();
}

/* The pace of a clock; a program that was stopped meanwhile goes on where it was. */
static void pace(struct streaming *s) {
  const struct stream *x = s->options.stream;
  int64_t late = clock_mono_ms() - s->anchor_mono;
  double speed = s->options.speed;
  run(s, s->anchor + (int64_t)((double)(late < CATCH_UP_MS ? late : CATCH_UP_MS) * speed));
  anchor(s);
  double wait = (double)(x->next(x->self) - s->anchor) / speed;
  timer_set(s->due, wait < 1 ? 1 : wait > 1000 ? 1000 : (int64_t)wait);
}

/* A command was begun: it may end before what was waited for. */
static void on_begun(void *owner) {
  struct streaming *s = owner;
  const struct stream *x = s->options.stream;
  if (s->running || standing(s) || s->options.speed <= 0) return;
  double wait = (double)(x->next(x->self) - streaming_now(s)) / s->options.speed;
  timer_set(s->due, wait < 1 ? 1 : wait > 1000 ? 1000 : (int64_t)wait);
}

static void hurry(struct streaming *s) {
  const struct stream *x = s->options.stream;
  int64_t slice = clock_mono_ms() + SLICE_MS, end = x->end(x->self);
  while (clock_mono_ms() < slice && x->now(x->self) < end) {
    int64_t next = x->next(x->self);
    run(s, next < end ? next : end);
  }
  s->ended = x->now(x->self) >= end;
  if (!s->ended) {
    timer_set(s->due, 0);
    return;
  }
  feed_touch(s->feed);
  if (s->options.on_end) s->options.on_end(s->options.owner);
}

static void on_due(void *owner) {
  struct streaming *s = owner;
  if (s->options.speed > 0) pace(s);
  else hurry(s);
}

struct streaming *streaming_open(struct loop *l, struct feed *f, const struct feed_options *o) {
  struct streaming *s = mem_alloc(sizeof *s);
  *s = (struct streaming){.loop = l, .feed = f, .options = *o};
  s->moment = o->stream->now(o->stream->self);
  run(s, s->moment);
  anchor(s);
  s->due = loop_timer(l, o->standing ? -1 : 0, on_due, s);
  if (o->stream->listen) o->stream->listen(o->stream->self, on_begun, s);
  return s;
}

void streaming_close(struct streaming *s) {
  if (!s) return;
  if (s->options.stream->listen) s->options.stream->listen(s->options.stream->self, NULL, NULL);
  timer_end(s->due);
  mem_free(s);
}

bool streaming_ended(const struct streaming *s) { return s->ended; }

void streaming_advance(struct streaming *s, int64_t ms) {
  const struct stream *x = s->options.stream;
  run(s, x->now(x->self) + ms);
  feed_tell(s->feed);
  anchor(s);
}

void streaming_step(struct streaming *s) {
  const struct stream *x = s->options.stream;
  int64_t end = x->now(x->self) + STEP_MAX_MS;
  uint64_t known = feed_store(s->feed)->version;
  while (x->now(x->self) < end && feed_store(s->feed)->version == known) {
    int64_t next = x->next(x->self);
    run(s, next < end ? next : end);
  }
  feed_tell(s->feed);
  anchor(s);
}
