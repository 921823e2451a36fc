/* What the history compares with: the moment found on the tape, and the differences, made anew when either side is another. */
#include "views/console.h"
#include <stdio.h>

void then_free(struct then *t) {
  snapshot_drop(t->snap);
  arena_free(t->arena);
  *t = (struct then){0};
}

static void forget(struct then *t) {
  struct moment mark = t->mark;
  then_free(t);
  t->mark = mark;
}

static const int64_t spans[COMPARE_COUNT] = {[COMPARE_10_MIN] = 600000, [COMPARE_HOUR] = 3600000, [COMPARE_MINUTE] = 60000};

/* The time of the stream's line that is to be compared with. */
static int64_t wanted(const struct console *c, const struct feed_shown *shown) {
  if (c->app.compare == COMPARE_MARK) return c->then.mark.now;
  return c->app.compare == COMPARE_ALL ? shown->begin : shown->at.now - spans[c->app.compare];
}

/* A moment so long before now wanders with it: followed in steps, not with every reading. */
static bool good_enough(const struct then *t, const struct console *c, int64_t want) {
  enum { STEPS = 10, STEP_MS = 60000 };
  int64_t off = t->at.now - want, step = spans[t->how] ? spans[t->how] / STEPS : STEP_MS;
  if (!t->snap || t->how != c->app.compare || t->early) return false;
  if (t->how == COMPARE_MARK) return !off;
  return off < 0 ? -off < step : t->oldest || off < step;
}

static void find(struct console *c, int64_t want, const struct feed_shown *shown) {
  enum { NEAR_MS = 2000, FIRST_MS = 1000 };
  struct then *t = &c->then;
  enum compare how = c->app.compare;
  forget(t);
  t->snap = feed_at(c->feed, want, &t->at);
  t->how = how;
  t->tried = true;
  t->oldest = t->snap && t->at.now > want + NEAR_MS;
  t->early = shown->at.now - shown->begin < FIRST_MS; /* the first answers are still coming */
}

bool console_compares(struct console *c) {
  struct feed_shown shown;
  if (c->app.view != VIEW_FIRST_LIST + LIST_HISTORY || !c->snap || !c->feed) return false;
  feed_shown(c->feed, &shown);
  bool tried = c->then.tried && c->then.how == c->app.compare && (!c->then.snap || c->then.early); /* the next reading tries again */
  return !tried && !good_enough(&c->then, c, wanted(c, &shown));
}

void console_compare(struct console *c) {
  struct then *t = &c->then;
  struct feed_shown shown;
  if (c->app.view != VIEW_FIRST_LIST + LIST_HISTORY && c->app.view != VIEW_DETAIL && t->snap) forget(t); /* it keeps what is old in memory */
  if (c->app.view != VIEW_FIRST_LIST + LIST_HISTORY || !c->snap || !c->feed) return;
  feed_shown(c->feed, &shown);
  int64_t want = wanted(c, &shown);
  if (!good_enough(t, c, want)) find(c, want, &shown);
  if (!t->snap || (t->arena && t->against == c->snap && t->version == c->snap->version && t->now == c->snap->now)) return;
  arena_free(t->arena);
  t->arena = arena_new();
  bool after = t->snap->now > c->snap->now; /* the mark may be later than what is shown */
  snapshot_compare(after ? c->snap : t->snap, after ? t->snap : c->snap, t->arena, &t->changes);
  t->against = c->snap, t->version = c->snap->version, t->now = c->snap->now;
}

void console_mark(struct console *c) {
  struct feed_shown shown;
  feed_shown(c->feed, &shown);
  c->then.mark = shown.at;
  c->app.marked = true;
  c->app.compare = COMPARE_MARK;
  char key[KEY_NAME], says[160];
  keymap_hint(c->keymap, CONTEXT_TABLE, ACTION_VIEW_HISTORY, key);
  snprintf(says, sizeof says, "this moment is marked: the history%s%s%s compares it with what is shown", *key ? " (" : "", key, *key ? ")" : "");
  app_say(&c->app, says);
}
