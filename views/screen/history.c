/* History: a line of what happened with two moments on it, and what is otherwise at the one than it was at the other. */
#include "base/clock.h"
#include "model/compare.h"
#include "model/problem.h"
#include "tui/bar.h"
#include "views/screen/app.h"
#include <string.h>

/* ---- the list of differences ---- */

enum { GROUP, SUBJECT, WHAT, CHANGE };
static const struct list_column columns[] = {
    [GROUP] = {{.title = "KIND", .min = 7, .max = 10, .priority = 50, .whole = true}, "group"},
    [SUBJECT] = {{.title = "SUBJECT", .min = 14, .max = 32, .priority = 90}, "subject"},
    [WHAT] = {{.title = "WHAT", .min = 6, .max = 20, .priority = 80, .whole = true}, "what"},
    [CHANGE] = {{.title = "THEN AND NOW", .min = 16, .weight = 4, .priority = 99}, "to"},
};

static size_t collect(const struct input *in, const void ***ret) {
  size_t n = in->then.changes ? in->then.changes->count : 0;
  *ret = arena_array(in->arena, n, sizeof **ret);
  for (size_t i = 0; i < n; i++) (*ret)[i] = &in->then.changes->item[i];
  return n;
}

static const char *id(const struct input *in, const void *item) {
  const struct change *c = item;
  return arena_printf(in->arena, "%s %s %s %s", c->group, c->subject, c->what, str_eq(c->group, "problem") && !c->gone ? c->to : c->from);
}

/* What is not known, or says itself that it is old, wants no mark. */
static const char *side(const struct input *in, const char *text, enum truth old) {
  return old == TRUTH_YES && !str_eq(text, "unknown") && !str_starts(text, "old: ") ? arena_printf(in->arena, "~%s", text) : text;
}

static void fill(const struct input *in, const void *item, struct row *out) {
  const struct change *c = item;
  bool old = c->to_old == TRUTH_YES, unknown = str_eq(c->to, "unknown");
  enum role role = c->severity == SEVERITY_CRITICAL ? ROLE_BAD : c->severity == SEVERITY_WARNING ? ROLE_WARN : unknown ? ROLE_UNKNOWN : old ? ROLE_STALE : c->gone ? ROLE_OK : ROLE_NORMAL;
  const char *text;
  row_put(out, GROUP, ROLE_DIM, c->group);
  row_put(out, SUBJECT, ROLE_NORMAL, c->subject);
  row_put(out, WHAT, ROLE_DIM, c->what);
  if (str_eq(c->group, "problem")) text = arena_printf(in->arena, "%s: %s", c->gone ? "no more" : str_eq(c->from, "unknown") ? "not known then" : "new", c->gone ? c->from : c->to);
  else text = arena_printf(in->arena, "%s %s %s%s", side(in, c->from, c->from_old), symbol(in->glyphs, SYMBOL_ARROW_RIGHT), unknown ? "? " : "", side(in, c->to, c->to_old));
  row_put(out, CHANGE, role, text);
}

static const char *heading(const struct input *in) {
  return in->then.changes ? arena_printf(in->arena, "History: %zu difference%s", in->then.changes->count, in->then.changes->count == 1 ? "" : "s") : "History";
}

const struct list list_history = {.name = "history", .title = "History", .help = "then and now: what differs between two moments, and when it happened", .action = ACTION_VIEW_HISTORY,
                                  .shape = &change_shape, .columns = columns, .column_count = COUNT(columns), .empty = "nothing differs between the two moments",
                                  .collect = collect, .id = id, .fill = fill, .heading = heading};

struct subject history_subject(const struct input *in, const void *item) {
  const struct change *c = item;
  return subject_find(in->snap, c->about, c->subject);
}

/* ---- the line of time ---- */

struct span { int64_t from, to; }; /* wall ms */

/* From a little before the earlier moment to the newest that is known. */
static struct span span_of(const struct input *in, const struct then_shown *t) {
  int64_t now = in->time.at.now, wall = in->time.at.wall, shift = wall - now;
  int64_t first = t->at.wall < wall ? t->at.wall : wall, begin = in->time.begin + shift, end = in->time.end + shift;
  if (end < wall) end = wall;
  int64_t from = first - (end - first) / 8;
  if (from < begin) from = begin < first ? begin : first;
  if (end - from < 1000) from = end - 1000;
  return (struct span){from, end};
}

static int column_of(struct span s, int w, int64_t wall) {
  if (wall <= s.from) return 0;
  if (wall >= s.to) return w - 1;
  return (int)((wall - s.from) * (w - 1) / (s.to - s.from));
}

struct bin { double events; int worst; };

static void draw_density(struct pen p, const struct input *in, struct span s) {
  struct bin *bins = arena_array(in->arena, (size_t)p.w, sizeof *bins);
  double most = 1;
  for (size_t i = 0; i < in->event_count; i++) {
    const struct event *e = &in->events[i];
    if (e->at < s.from || e->at > s.to) continue;
    struct bin *b = &bins[column_of(s, p.w, e->at)];
    if (++b->events > most) most = b->events;
    if (e->severity > b->worst) b->worst = e->severity;
  }
  for (int x = 0; x < p.w; x++) {
    struct style style = bins[x].worst == SEVERITY_CRITICAL ? STYLE(BAD) : bins[x].worst == SEVERITY_WARNING ? STYLE(WARN) : STYLE(ACCENT);
    if (bins[x].events > 0) spark_draw(p, x, 0, 1, style, &bins[x].events, 1, most);
    else pen_symbol(p, x, 0, STYLE(DIM), SYMBOL_HORIZONTAL);
  }
}

static void draw_mark(struct pen p, int x, const char *letter, const char *when) {
  int room = when ? text_columns(when) + 1 : 0;
  pen_text(p, x, 0, (struct style){.role = ROLE_SELECTED, .attrs = ATTR_BOLD}, letter);
  if (!when) return;
  if (x + 1 + room < p.w) pen_text(p, x + 2, 0, STYLE(DIM), when);
  else pen_text(p, x - room, 0, STYLE(DIM), when);
}

static const char *span_words(const struct input *in, const struct then_shown *t) {
  char out[CLOCK_TEXT];
  int64_t ms = t->at.now - in->time.at.now;
  clock_age(out, ms < 0 ? -ms : ms);
  return arena_printf(in->arena, "%s %s", out, ms <= 0 ? "before" : "after");
}

static const char *key_of(const struct input *in, enum action action) {
  char key[KEY_NAME];
  keymap_hint(in->keymap, CONTEXT_TABLE, action, key);
  return arena_strdup(in->arena, key);
}

/* A: what is compared with. B: what is shown. The earlier is the left one. */
void draw_history_line(struct pen p, const struct input *in) {
  enum { CLOSE = 24 };
  const struct then_shown *t = &in->then;
  if (!in->snap || p.h < 3) return;
  pen_clear(p, STYLE(NORMAL));
  if (in->pending) {
    pen_field(p, 1, 0, p.w - 2, STYLE(DIM), "looking back");
    return;
  }
  if (!t->set) {
    pen_field(p, 1, 0, p.w - 2, STYLE(WARN), "nothing is kept to compare with: this console has no tape of what was before");
    return;
  }
  struct pen line = pen_sub(p, 1, 0, p.w - 2, 1), marks = pen_sub(p, 1, 1, p.w - 2, 1);
  struct span s = span_of(in, t);
  draw_density(line, in, s);
  int a = column_of(s, marks.w, t->at.wall), b = column_of(s, marks.w, in->time.at.wall);
  if (a == b) a += a ? -1 : 1;
  bool close = a - b < CLOSE && b - a < CLOSE; /* their times would run into each other: the sentence below has them */
  draw_mark(marks, b, "B", close ? NULL : in->time.past ? clock_text(in, in->time.at.wall) : "now");
  draw_mark(marks, a, "A", close ? NULL : clock_text(in, t->at.wall));
  const char *why = t->how == COMPARE_MARK ? " (marked)" : t->how == COMPARE_ALL || t->oldest ? " (oldest kept)" : "";
  const char *marked = arena_printf(in->arena, "A %s%s, %s", day_text(in, t->at.wall), why, span_words(in, t)), *arrow = symbol(in->glyphs, SYMBOL_ARROW_RIGHT);
  const char *shown = arena_printf(in->arena, "B %s", in->time.past ? day_text(in, in->time.at.wall) : "now");
  bool after = t->at.now > in->time.at.now; /* what is told goes from the earlier to the later */
  const char *words = arena_printf(in->arena, "%s  %s  %s", after ? shown : marked, arrow, after ? marked : shown);
  const char *keys = arena_printf(in->arena, "%s span  %s mark B", key_of(in, ACTION_COMPARE), key_of(in, ACTION_TIME_MARK));
  int room = p.w - 2 - text_columns(words);
  pen_field(p, 1, 2, p.w - 2, STYLE(NORMAL), words);
  if (room > text_columns(keys) + 2) pen_right(p, p.w - 1 - text_columns(keys), 2, text_columns(keys), STYLE(DIM), keys);
}

void history_state(const struct input *in, struct str *out) {
  char then[CLOCK_TEXT], now[CLOCK_TEXT];
  if (!in->then.set) return;
  state_linef(out, "compares", "%s with %s", clock_rfc3339(then, in->then.at.wall), clock_rfc3339(now, in->time.at.wall));
}
