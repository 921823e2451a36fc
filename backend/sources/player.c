#include "sources/player.h"
#include "base/clock.h"

enum { SLICE_MS = 20, WAIT_MAX_MS = 3600000 };

struct player {
  struct player_options options;
  struct timer *due;
  struct cursor cursor;
  bool detached, paused, starved; /* starved: it waits for the tape to grow */
  double speed;
  int64_t base_now, base_mono; /* while it plays: the time line at that instant; 0: before the very first line */
  int64_t passed;              /* simulated clock */
  struct snapshot *shown;      /* the last one, while no line has come since */
};

static int64_t mono(const struct player *p) { return p->options.simulated ? p->passed : clock_mono_ms(); }

static void forget_shown(struct player *p) {
  snapshot_drop(p->shown);
  p->shown = NULL;
}

static int64_t now_of(const struct player *p) {
  if (p->paused || p->speed <= 0 || p->starved || !p->base_now) return p->base_now;
  return p->base_now + (int64_t)((double)(mono(p) - p->base_mono) * p->speed);
}

/* From here on time goes on, or stands. */
static void rebase(struct player *p, int64_t now) {
  p->base_now = now;
  p->base_mono = mono(p);
}

static void changed(struct player *p) { p->options.changed(p->options.owner); }

/* Takes what is due; at the end of a tape that goes on it is at the newest again. */
static void pump(struct player *p) {
  int64_t slice = clock_mono_ms() + SLICE_MS, due;
  bool took = false;
  timer_set(p->due, -1);
  if (!p->detached || p->paused) return;
  while (tape_due(p->options.tape, &p->cursor, &due)) {
    if (!p->base_now) rebase(p, due);
    else if (p->starved) rebase(p, p->base_now);
    p->starved = false;
    int64_t wait = p->speed > 0 ? due - now_of(p) : 0;
    if (wait > 0) {
      double ms = (double)wait / p->speed;
      if (!p->options.simulated) timer_set(p->due, ms > WAIT_MAX_MS ? WAIT_MAX_MS : (int64_t)ms + 1);
      if (took) changed(p);
      return;
    }
    if (tape_next(p->options.tape, &p->cursor) < 0) break;
    if (p->speed <= 0) p->base_now = p->cursor.at.now;
    took = true;
    forget_shown(p);
    if (!p->options.simulated && clock_mono_ms() >= slice) {
      timer_set(p->due, 0);
      changed(p);
      return;
    }
  }
  if (p->options.complete(p->options.owner)) {
    player_attach(p);
    return;
  }
  rebase(p, now_of(p));
  p->starved = true;
  if (took) changed(p);
}

static void on_due(void *owner) { pump(owner); }

struct player *player_new(struct loop *l, const struct player_options *o) {
  struct player *p = mem_alloc(sizeof *p);
  *p = (struct player){.options = *o, .speed = o->speed};
  p->due = loop_timer(l, -1, on_due, p);
  return p;
}

void player_free(struct player *p) {
  if (!p) return;
  forget_shown(p);
  cursor_free(&p->cursor);
  timer_end(p->due);
  mem_free(p);
}

bool player_attached(const struct player *p) { return !p->detached; }
bool player_paused(const struct player *p) { return p->paused; }
double player_speed(const struct player *p) { return p->speed; }

struct moment player_at(const struct player *p) {
  struct moment m = p->cursor.at;
  int64_t shift = m.now - m.wall;
  m.now = now_of(p) > m.now ? now_of(p) : m.now;
  m.wall = m.now - shift;
  return m;
}

struct snapshot *player_snapshot(struct player *p) {
  struct moment m = player_at(p);
  const struct snapshot *before = p->shown ? p->shown : p->cursor.snap;
  struct snapshot *s = snapshot_make(&p->cursor.store, m.now, m.wall, p->options.merge, before);
  forget_shown(p);
  p->shown = snapshot_keep(s);
  return s;
}

void player_attach(struct player *p) {
  timer_set(p->due, -1);
  p->detached = p->paused = p->starved = false;
  forget_shown(p);
  cursor_free(&p->cursor);
  changed(p);
}

static void detach(struct player *p) {
  if (p->detached) return;
  p->detached = true;
  p->starved = false;
}

/* The cursor has been put somewhere: time stands or goes on from there. */
static void placed(struct player *p, int64_t now) {
  forget_shown(p);
  p->starved = false;
  rebase(p, now > p->cursor.at.now ? now : p->cursor.at.now);
  if (!p->paused) timer_set(p->due, 0);
  changed(p);
}

void player_seek(struct player *p, const struct moment *m) {
  detach(p);
  tape_seek(p->options.tape, &p->cursor, m->line);
  placed(p, m->now);
}

bool player_step(struct player *p, int step) {
  bool found;
  if (!p->detached) {
    struct moment end = tape_end(p->options.tape);
    detach(p);
    tape_seek(p->options.tape, &p->cursor, end.line);
  }
  p->paused = true;
  found = step < 0 ? tape_step_back(p->options.tape, &p->cursor) : tape_step(p->options.tape, &p->cursor);
  placed(p, p->cursor.at.now);
  return found;
}

void player_pause(struct player *p, bool paused) {
  int64_t now = p->detached ? player_at(p).now : tape_end(p->options.tape).now;
  if (!p->detached) {
    detach(p);
    tape_seek(p->options.tape, &p->cursor, tape_end(p->options.tape).line);
  }
  p->paused = paused;
  placed(p, now);
}

void player_set_speed(struct player *p, double speed) {
  int64_t now = p->detached ? player_at(p).now : 0;
  p->speed = speed;
  if (!p->detached) return;
  rebase(p, now);
  if (!p->paused) timer_set(p->due, 0);
  changed(p);
}

void player_more(struct player *p) {
  if (p->detached && p->starved && !timer_armed(p->due)) timer_set(p->due, 0);
}

void player_pass(struct player *p, int64_t ms) {
  p->passed += ms;
  if (p->detached && !p->paused) pump(p);
}
