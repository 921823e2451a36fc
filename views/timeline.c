#include "views/timeline.h"
#include <string.h>

enum { ROOM = TIMELINE_EVENTS * 2 };

static char *put(char **end, const char *s) {
  if (!s) return NULL;
  char *at = *end;
  *end = stpcpy(at, s) + 1;
  return at;
}

static size_t length(const char *s) { return s ? strlen(s) + 1 : 0; }

/* Two events are the same when their kind and their subject are; a problem is the same one when it comes and when it goes. */
static bool same(const struct event *a, const struct event *b) {
  if (!str_eq(a->kind, b->kind) || !str_eq(a->subject, b->subject)) return false;
  if (!str_eq(a->kind, "problem")) return true;
  return str_eq(str_eq(a->to, "none") ? a->from : a->to, str_eq(b->to, "none") ? b->from : b->to);
}

static uint32_t steps_back(const struct event *first, const struct event *e) {
  for (uint32_t n = 1; n <= TIMELINE_LOOK_BACK && e - n >= first; n++) {
    if (e->at - (e - n)->at > TIMELINE_AGAIN_MS) break;
    if (same(e - n, e)) return n;
  }
  return 0;
}

void timeline_add(struct timeline *t, const struct event *e, const struct moment *m) {
  if (!t->events) t->events = mem_grow(NULL, ROOM, sizeof *t->events), t->moments = mem_grow(NULL, ROOM, sizeof *t->moments), t->again = mem_grow(NULL, ROOM, sizeof *t->again);
  if (t->count == TIMELINE_EVENTS) {
    mem_free((char *)t->events[t->at++].text);
    t->count--;
  }
  if (t->at + t->count == ROOM) {
    memmove(t->events, t->events + t->at, t->count * sizeof *t->events);
    memmove(t->again, t->again + t->at, t->count * sizeof *t->again);
    memmove(t->moments, t->moments + t->at, t->count * sizeof *t->moments);
    t->at = 0;
  }
  size_t i = t->at + t->count++;
  char *room = mem_alloc(1 + length(e->text) + length(e->kind) + length(e->subject) + length(e->from) + length(e->to)), *end = room;
  t->events[i] = (struct event){.at = e->at, .severity = e->severity};
  t->events[i].text = put(&end, e->text ? e->text : ""); /* first: it is what is freed */
  t->events[i].kind = put(&end, e->kind);
  t->events[i].subject = put(&end, e->subject);
  t->events[i].from = put(&end, e->from);
  t->events[i].to = put(&end, e->to);
  t->moments[i] = *m;
  t->again[i] = steps_back(t->events + t->at, &t->events[i]);
}

void timeline_free(struct timeline *t) {
  for (size_t i = 0; i < t->count; i++) mem_free((char *)t->events[t->at + i].text);
  mem_free(t->events);
  mem_free(t->moments);
  mem_free(t->again);
  *t = (struct timeline){0};
}

const struct event *timeline_events(const struct timeline *t) { return t->events ? t->events + t->at : NULL; }
const uint32_t *timeline_again(const struct timeline *t) { return t->again ? t->again + t->at : NULL; }
const struct moment *timeline_moment(const struct timeline *t, size_t i) { return i < t->count ? &t->moments[t->at + i] : NULL; }

static int order(const struct moment *a, const struct moment *b) {
  if (a->line != b->line) return a->line < b->line ? -1 : 1;
  return (a->now > b->now) - (a->now < b->now);
}

/* How many are before that moment, or (with those of the moment itself) not after it. */
static size_t before(const struct timeline *t, const struct moment *m, bool with) {
  size_t low = 0, high = t->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (order(&t->moments[t->at + middle], m) < (with ? 1 : 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

size_t timeline_past(const struct timeline *t, const struct moment *m) { return before(t, m, true); }

const struct moment *timeline_near(const struct timeline *t, const struct moment *m, int step) {
  size_t i = before(t, m, step > 0);
  return step > 0 ? timeline_moment(t, i) : i ? timeline_moment(t, i - 1) : NULL;
}
