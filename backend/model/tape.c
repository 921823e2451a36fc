#include "model/tape.h"
#include <string.h>

enum { KEY_LINES = 1000, KEY_CHANGES = 200, KEY_BYTES = 512 << 10, LOOK_MS = 1000 };

struct keyframe { /* the store before line `at.line`, and in a ring the lines from there to the next keyframe */
  struct moment at;
  struct tape_place place;
  struct store store;
  struct snapshot *snap;
  struct str bytes; /* headers and lines */
  size_t cost;      /* of store and snapshot */
};

struct header { int64_t taken, now, wall; size_t len; };

struct tape {
  size_t limit, bytes, whole; /* whole: what the newest state takes, keyframes or not */
  const struct merge_options *merge;
  tape_read *read;
  void *owner;
  struct keyframe **keys;
  size_t count, room;
  struct moment end;
  int64_t next_at;            /* ring: where the next line goes, counted since the beginning */
  size_t every;               /* keyframes are this many times rarer than at first */
  size_t lines, changes, len; /* since the last keyframe */
  uint64_t version;           /* of the store when the last line came */
  bool due;
};

struct tape *tape_new(size_t limit, const struct merge_options *merge, tape_read *read, void *owner) {
  struct tape *t = mem_alloc(sizeof *t);
  *t = (struct tape){.limit = limit, .merge = merge, .read = read, .owner = owner, .every = 1, .due = true};
  return t;
}

static void drop_key(struct tape *t, struct keyframe *k) {
  t->bytes -= k->cost + k->bytes.room;
  store_clear(&k->store);
  snapshot_drop(k->snap);
  str_free(&k->bytes);
  mem_free(k);
}

void tape_free(struct tape *t) {
  if (!t) return;
  for (size_t i = 0; i < t->count; i++) drop_key(t, t->keys[i]);
  mem_free(t->keys);
  mem_free(t);
}

/* What it takes that the keyframe before does not take already. */
static size_t cost_of(const struct keyframe *k, const struct keyframe *before) {
  size_t cost = sizeof *k + k->store.fact_count * sizeof(struct fact) + k->store.source_count * (sizeof(struct source) + 100);
  if (k->snap) cost += arena_bytes(k->snap->arena);
  for (size_t i = 0; i < k->store.fact_count; i++) /* facts stay in their slots */
    if (!before || i >= before->store.fact_count || before->store.facts[i].fragment != k->store.facts[i].fragment) cost += arena_bytes(k->store.facts[i].fragment->arena);
  return cost;
}

/* A large cluster takes its room thrice as it is (what is heard, what is shown, what was shown): of that the tape has less. */
static size_t allowed(const struct tape *t) {
  size_t least = t->limit / 8 * 3, others = 3 * t->whole;
  return others + least < t->limit ? t->limit - others : least;
}

/* Keeps the bound: a ring forgets its oldest lines, a file gets fewer keyframes. The newest one stays. */
static void keep_bound(struct tape *t) {
  while (t->bytes > allowed(t) && t->count > 2) {
    size_t kept = 0;
    if (!t->read) {
      drop_key(t, t->keys[0]);
      memmove(t->keys, t->keys + 1, --t->count * sizeof(struct keyframe *));
      continue;
    }
    for (size_t i = 0; i < t->count; i++)
      if (i % 2 == 0 || i + 1 == t->count) t->keys[kept++] = t->keys[i];
      else drop_key(t, t->keys[i]);
    t->count = kept;
    t->every *= 2;
  }
}

static void add_key(struct tape *t, const struct store *before, struct snapshot *known, const struct tape_line *line, const struct tape_place *place) {
  struct keyframe *k = mem_alloc(sizeof *k), *last = t->count ? t->keys[t->count - 1] : NULL;
  *k = (struct keyframe){.at = t->end, .snap = known && t->end.line ? snapshot_keep(known) : NULL, .place = place ? *place : (struct tape_place){.at = t->next_at}};
  if (!last) k->at.now = line->now, k->at.wall = line->wall; /* before the first line there was no time */
  store_copy(&k->store, before);
  k->cost = cost_of(k, last);
  t->whole = cost_of(k, NULL);
  if (last && last->bytes.room > last->bytes.len + 1) { /* it is full: no room to grow any more */
    t->bytes -= last->bytes.room;
    last->bytes.data = mem_grow(last->bytes.data, last->bytes.len + 1, 1);
    last->bytes.room = last->bytes.len + 1;
    t->bytes += last->bytes.room;
  }
  if (t->count == t->room) {
    t->room = t->room ? t->room * 2 : 64;
    t->keys = mem_grow(t->keys, t->room, sizeof(struct keyframe *));
  }
  t->keys[t->count++] = k;
  t->bytes += k->cost;
  t->lines = t->changes = t->len = 0;
  t->due = false;
  keep_bound(t);
}

void tape_add(struct tape *t, const struct store *before, struct snapshot *known, const struct tape_line *line, const struct tape_place *place) {
  t->changes += before->version != t->version;
  t->version = before->version;
  if (t->due || t->lines >= KEY_LINES * t->every || t->changes >= KEY_CHANGES * t->every || t->len >= KEY_BYTES * t->every) add_key(t, before, known, line, place);
  if (!t->read) {
    struct keyframe *k = t->keys[t->count - 1];
    const struct header h = {line->taken, line->now, line->wall, line->len};
    size_t room = k->bytes.room;
    str_addn(&k->bytes, &h, sizeof h);
    str_addn(&k->bytes, line->text, line->len);
    t->bytes += k->bytes.room - room;
    t->next_at += (int64_t)(sizeof h + line->len);
  }
  t->lines++;
  t->len += line->len;
  t->end = (struct moment){t->end.line + 1, line->now, line->wall};
}

void tape_mark(struct tape *t) { t->due = true; }

struct moment tape_begin(const struct tape *t) { return t->count ? t->keys[0]->at : (struct moment){0}; }
struct moment tape_end(const struct tape *t) { return t->end; }
size_t tape_bytes(const struct tape *t) { return t->bytes; }
size_t tape_keyframes(const struct tape *t) { return t->count; }

/* ---- reading ---- */

/* The last keyframe that is not behind `line` (or, by_place, not behind that place). */
static size_t key_before(const struct tape *t, uint64_t line, int64_t place, bool by_place) {
  size_t low = 0, high = t->count;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    const struct keyframe *k = t->keys[middle];
    if (by_place ? k->place.at <= place : k->at.line <= line) low = middle;
    else high = middle;
  }
  return low;
}

static bool read_ring(const struct tape *t, struct tape_place *p, struct tape_line *ret) {
  if (!t->count || p->at >= t->next_at || p->at < t->keys[0]->place.at) return false;
  const struct keyframe *k = t->keys[key_before(t, 0, p->at, true)];
  const char *from = k->bytes.data + (p->at - k->place.at);
  struct header h;
  memcpy(&h, from, sizeof h);
  *ret = (struct tape_line){from + sizeof h, h.len, h.taken, h.now, h.wall};
  p->at += (int64_t)(sizeof h + h.len);
  return true;
}

static bool read_line(struct tape *t, struct tape_place *p, struct tape_line *ret) { return t->read ? t->read(t->owner, p, ret) : read_ring(t, p, ret); }

void cursor_free(struct cursor *c) {
  store_clear(&c->store);
  snapshot_drop(c->snap);
  *c = (struct cursor){0};
}

static void look(const struct tape *t, struct cursor *c, int64_t now, int64_t wall) {
  struct snapshot *s = snapshot_make(&c->store, now, wall, t->merge, c->snap);
  snapshot_drop(c->snap);
  c->snap = s;
}

static void to_key(struct cursor *c, const struct keyframe *k) {
  cursor_free(c);
  store_copy(&c->store, &k->store);
  c->snap = k->snap ? snapshot_keep(k->snap) : NULL;
  c->at = k->at;
  c->place = k->place;
  c->set = true;
}

/* The line behind the cursor that the ring has forgotten takes it to the oldest one that is kept. */
static bool settle(struct tape *t, struct cursor *c) {
  if (!t->count) return false;
  if (!c->set || c->at.line < t->keys[0]->at.line) to_key(c, t->keys[0]);
  return c->at.line < t->end.line;
}

bool tape_due(struct tape *t, struct cursor *c, int64_t *ret_now) {
  struct tape_line line;
  if (!settle(t, c)) return false;
  struct tape_place p = c->place;
  if (!read_line(t, &p, &line)) return false;
  *ret_now = line.now;
  return true;
}

/* Takes one line; merges after each change, and once a second, as a console that was there would have. */
int tape_next(struct tape *t, struct cursor *c) {
  struct tape_line line;
  struct fragment *f;
  if (!settle(t, c)) return -1;
  for (;;) {
    if (!read_line(t, &c->place, &line)) return -1;
    if (!fragment_is_raw(line.text, line.len) && !fragment_read(&line.text, &line.len, &f, NULL)) break;
  }
  if (c->snap && line.now - c->snap->now >= LOOK_MS) look(t, c, line.now, line.wall);
  bool changed = store_add(&c->store, f, line.taken);
  fragment_drop(f);
  c->at = (struct moment){c->at.line + 1, line.now, line.wall};
  if (changed) look(t, c, line.now, line.wall);
  const struct keyframe *k = t->keys[key_before(t, c->at.line, 0, false)];
  if (k->at.line == c->at.line && k->snap) { /* so that it is the same whichever way one came here */
    snapshot_drop(c->snap);
    c->snap = snapshot_keep(k->snap);
  }
  return changed;
}

bool tape_seek(struct tape *t, struct cursor *c, uint64_t line) {
  if (!t->count) return false;
  const struct keyframe *k = t->keys[key_before(t, line, 0, false)];
  if (!c->set || c->at.line > line || c->at.line < k->at.line) to_key(c, k);
  while (c->at.line < line && tape_next(t, c) >= 0) continue;
  return true;
}

bool tape_step(struct tape *t, struct cursor *c) {
  int code;
  while ((code = tape_next(t, c)) == 0) continue;
  return code > 0;
}

/* The last change before the cursor: found by playing from the keyframe before; from an earlier one when nothing changed
 * since that one. */
bool tape_step_back(struct tape *t, struct cursor *c) {
  if (!t->count || !c->set) return false;
  uint64_t here = c->at.line, found = 0;
  for (size_t i = key_before(t, here ? here - 1 : 0, 0, false) + 1; i-- > 0 && !found && here > t->keys[i]->at.line;) {
    uint64_t end = i + 1 < t->count && t->keys[i + 1]->at.line < here ? t->keys[i + 1]->at.line : here - 1;
    to_key(c, t->keys[i]);
    while (c->at.line < end) {
      int code = tape_next(t, c);
      if (code < 0) break;
      if (code > 0) found = c->at.line;
    }
  }
  tape_seek(t, c, found ? found : t->keys[0]->at.line);
  return found > 0;
}

static size_t key_before_time(const struct tape *t, int64_t now) {
  size_t low = 0, high = t->count;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (t->keys[middle]->at.now <= now) low = middle;
    else high = middle;
  }
  return low;
}

struct snapshot *tape_at(struct tape *t, int64_t now, struct moment *ret) {
  enum { FIRST_MS = 1000 }; /* where it all begins nothing is known; a second later the first answers are there */
  struct cursor c = {0};
  struct tape_line line;
  struct fragment *f;
  if (!t->count) return NULL;
  to_key(&c, t->keys[key_before_time(t, now)]);
  int64_t least = c.at.line ? c.at.now : c.at.now + FIRST_MS;
  if (least > t->end.now) least = t->end.now;
  if (now < least) now = least;
  for (struct tape_place p = c.place; c.at.line < t->end.line && read_line(t, &p, &line) && line.now <= now; c.place = p) {
    if (fragment_is_raw(line.text, line.len) || fragment_read(&line.text, &line.len, &f, NULL)) continue;
    store_add(&c.store, f, line.taken);
    fragment_drop(f);
    c.at = (struct moment){c.at.line + 1, line.now, line.wall};
  }
  *ret = (struct moment){c.at.line, now, c.at.wall + now - c.at.now};
  struct snapshot *s = snapshot_make(&c.store, ret->now, ret->wall, t->merge, c.snap);
  cursor_free(&c);
  return s;
}
