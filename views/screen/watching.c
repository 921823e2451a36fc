/* What watches over the rest: events, problems, and the sources that all of it comes from. */
#include "views/screen/list.h"
#include "base/clock.h"
#include <string.h>
#include <time.h>

/* ---- events ---- */
enum { WHEN, KIND, SUBJECT, TEXT };
static const struct list_column event_columns[] = {
    [WHEN] = {{.title = "TIME", .min = 8, .max = 16, .whole = true, .priority = 90}, "at"},
    [KIND] = {{.title = "KIND", .min = 13, .max = 16, .priority = 50}, "kind"},
    [SUBJECT] = {{.title = "SUBJECT", .min = 8, .max = 32, .priority = 40}, "subject"},
    [TEXT] = {{.title = "WHAT", .min = 32, .weight = 4, .priority = 99}, "text"},
};

enum { FOLD_FROM = 4 }; /* to and fro twice; a failover, that goes and comes once, is told step by step */

/* One way after another is news each time; the same way again is not, nor is a count that runs. */
static bool says_again(const struct event *newest, const struct event *e) {
  return str_eq(newest->to, e->to) || (newest->to && *newest->to && !newest->to[strspn(newest->to, "0123456789")]);
}

/* The same, again and again, is one row, at the newest of them. What has happened by the moment shown and what came later
 * are apart. */
static void fold(const struct input *in, size_t newest, bool *folded, struct event_row *r) {
  bool later = newest >= in->event_past, told = false;
  for (;; told = true) { /* counted first, then marked as told */
    size_t again = 0;
    r->count = 0;
    for (size_t i = newest;; i -= in->event_again[i]) {
      const struct event *e = &in->events[i];
      bool shown = e->severity >= in->event_least && (i >= in->event_past) == later;
      if (shown) r->count++, r->first = e->at, again += says_again(&r->event, e);
      if (shown && e->severity > r->worst) r->worst = e->severity;
      folded[i] |= shown && told;
      if (!in->event_again[i] || in->event_again[i] > i) break;
    }
    if (told) return;
    if (r->count < FOLD_FROM || again < 2) break;
  }
  r->count = 1, r->first = r->event.at, r->worst = r->event.severity;
}

static size_t collect_events(const struct input *in, const void ***ret) {
  bool *folded = arena_array(in->arena, in->event_count, sizeof *folded);
  const void **rows = arena_array(in->arena, in->event_count, sizeof *rows);
  size_t at = in->event_count;
  for (size_t i = in->event_count; i-- > 0;) {
    if (folded[i] || in->events[i].severity < in->event_least) continue;
    struct event_row *r = arena_alloc(in->arena, sizeof *r);
    *r = (struct event_row){.event = in->events[i], .index = i, .count = 1, .first = in->events[i].at, .worst = in->events[i].severity};
    if (in->event_again && in->event_again[i]) fold(in, i, folded, r);
    rows[--at] = r;
  }
  *ret = rows + at;
  return in->event_count - at;
}

/* They are only ever added, and the oldest dropped; which of them had happened is another for each moment that is shown. */
static uint64_t event_stamp(const struct input *in) {
  if (!in->event_count) return 0;
  uint64_t stamp = (uint64_t)(uintptr_t)in->events * 1000003 + (uint64_t)(uintptr_t)in->events[in->event_count - 1].text;
  stamp = stamp * 1000003 + in->event_count;
  stamp = stamp * 1000003 + in->event_past;
  stamp = stamp * 1000003 + (uint64_t)in->events[in->event_count - 1].at;
  return stamp ? stamp : 1;
}

static const char *events_heading(const struct input *in) {
  size_t hidden = 0;
  if (in->event_least <= SEVERITY_INFO) return "Events";
  for (size_t i = 0; i < in->event_count; i++) hidden += in->events[i].severity < in->event_least;
  return arena_printf(in->arena, "Events: %s, %zu others not shown", in->event_least == SEVERITY_CRITICAL ? "critical ones only" : "warnings and worse", hidden);
}

/* By when it began, so that a row that grows stays the same; a second one of that moment is told apart. */
static const char *event_id(const struct input *in, const void *item) {
  const struct event_row *r = item;
  const struct event *e = &r->event;
  size_t n = 0;
  for (size_t i = r->index; r->count == 1 && i-- > 0 && in->events[i].at == e->at;) n += str_eq(in->events[i].kind, e->kind) && str_eq(in->events[i].subject, e->subject);
  const char *id = arena_printf(in->arena, "%lld %s %s", (long long)r->first, e->kind, e->subject ? e->subject : "");
  return n ? arena_printf(in->arena, "%s %zu", id, n + 1) : id;
}

/* With its day, when that is another one than the newest. */
const char *day_text(const struct input *in, int64_t wall) {
  int64_t today = in->time.kind == FEED_FILE || !in->time.newest ? in->wall : in->time.newest;
  time_t t = (time_t)(wall / 1000), now = (time_t)(today / 1000);
  struct tm a, b;
  char out[CLOCK_TEXT];
  if (wall == UNKNOWN_INT || !(in->utc ? gmtime_r(&t, &a) : localtime_r(&t, &a)) || !(in->utc ? gmtime_r(&now, &b) : localtime_r(&now, &b))) return clock_text(in, wall);
  if (a.tm_year == b.tm_year && a.tm_yday == b.tm_yday) return clock_text(in, wall);
  strftime(out, sizeof out, a.tm_year == b.tm_year ? "%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M", &a);
  return arena_strdup(in->arena, out);
}

const char *times_text(const struct input *in, const struct event_row *r) {
  char span[CLOCK_TEXT];
  return r->count > 1 ? arena_printf(in->arena, "x%zu in %s: ", r->count, clock_age(span, r->event.at - r->first)) : "";
}

static void fill_event(const struct input *in, const void *item, struct row *out) {
  const struct event_row *r = item;
  const struct event *e = &r->event;
  bool later = r->index >= in->event_past; /* than the moment that is shown */
  row_put(out, WHEN, ROLE_DIM, day_text(in, e->at));
  row_put(out, KIND, ROLE_DIM, e->kind);
  row_put(out, SUBJECT, later ? ROLE_DIM : ROLE_NORMAL, e->subject);
  row_put(out, TEXT, later ? ROLE_DIM : severity_role(r->worst), later || r->count > 1 ? arena_printf(in->arena, "%s%s%s", later ? "later: " : "", times_text(in, r), e->text) : e->text);
}

const struct list list_events = {.name = "events", .title = "Events", .help = "what changed, newest last", .action = ACTION_VIEW_EVENTS, .tail = true,
                                 .shape = &event_shape, .columns = event_columns, .column_count = COUNT(event_columns),
                                 .empty = "nothing has changed since this console was started", .collect = collect_events, .stamp = event_stamp, .id = event_id, .fill = fill_event, .heading = events_heading};

/* ---- problems ---- */
enum { MARK, AGE, PSUBJECT, PTEXT };
static const struct list_column problem_columns[] = {
    [MARK] = {{.title = "HOW BAD", .min = 10, .max = 10, .priority = 95}, "severity"},
    [AGE] = {{.title = "SINCE", .min = 6, .align = ALIGN_RIGHT, .priority = 80}, "since"},
    [PSUBJECT] = {{.title = "SUBJECT", .min = 12, .max = 32, .priority = 70}, "subject"},
    [PTEXT] = {{.title = "WHAT", .min = 32, .weight = 4, .priority = 99}, "text"},
};

static size_t collect_problems(const struct input *in, const void ***ret) {
  size_t n = in->snap->problems.count, at = 0;
  *ret = arena_array(in->arena, n, sizeof **ret);
  for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_NONE; severity--)
    for (int known = 0; known <= 1; known++) /* of two as bad, the one that somebody knows of comes after */
      for (size_t i = 0; i < n; i++)
        if (in->snap->problems.item[i].severity == severity && (in->snap->problems.item[i].acknowledged != NULL) == known) (*ret)[at++] = &in->snap->problems.item[i];
  return n;
}

static const char *problem_id(const struct input *in, const void *item) {
  const struct problem *p = item;
  return arena_printf(in->arena, "%s %s %s", p->id, p->subject ? p->subject : "", p->text ? p->text : "");
}

static void fill_problem(const struct input *in, const void *item, struct row *out) {
  const struct problem *p = item;
  const char *known = known_text(in, p);
  enum role role = known ? ROLE_DIM : severity_role(p->severity);
  row_put(out, MARK, role, arena_printf(in->arena, "%s %s", symbol(in->glyphs, severity_symbol(p->severity)), severity_names[p->severity]));
  row_put(out, AGE, ROLE_DIM, age_text(in, p->since));
  row_put(out, PSUBJECT, known ? ROLE_DIM : ROLE_NORMAL, p->subject);
  row_put(out, PTEXT, role, known ? arena_printf(in->arena, "%s %s %s", known, symbol(in->glyphs, SYMBOL_BULLET), p->text) : p->text);
}

const struct list list_problems = {.name = "problems", .title = "Problems", .help = "what is wrong, worst first", .action = ACTION_VIEW_PROBLEMS,
                                   .shape = &problem_shape, .columns = problem_columns, .column_count = COUNT(problem_columns),
                                   .empty = "no problem is known", .collect = collect_problems, .stamp = snapshot_stamp, .id = problem_id, .fill = fill_problem};

/* ---- sources ---- */
enum { SOURCE, SHOST, STATE, SAGE, OLDEST, SAYS };
static const struct list_column source_columns[] = {
    [SOURCE] = {{.title = "SOURCE", .min = 9, .max = 10, .priority = 99}, "name"},
    [SHOST] = {{.title = "HOST", .min = 5, .max = 32, .priority = 90}, "host"},
    [STATE] = {{.title = "STATE", .min = 7, .max = 8, .priority = 95}, "state"},
    [SAGE] = {{.title = "LAST WORD", .min = 9, .align = ALIGN_RIGHT, .priority = 80}, "age_ms"},
    [OLDEST] = {{.title = "STALE FACTS", .min = 11, .align = ALIGN_RIGHT, .priority = 40}, NULL},
    [SAYS] = {{.title = "IT SAYS", .min = 12, .weight = 4, .priority = 70}, "text"},
};

static size_t collect_sources(const struct input *in, const void ***ret) {
  size_t n = in->snap->sources.count;
  *ret = arena_array(in->arena, n, sizeof **ret);
  for (size_t i = 0; i < n; i++) (*ret)[i] = &in->snap->sources.item[i];
  return n;
}

static const char *source_id(const struct input *in, const void *item) {
  const struct source_view *s = item;
  return arena_printf(in->arena, "%s@%s", s->name, s->host);
}

static void fill_source(const struct input *in, const void *item, struct row *out) {
  static const enum role roles[] = {[SOURCE_UNKNOWN] = ROLE_UNKNOWN, [SOURCE_OK] = ROLE_OK, [SOURCE_STALE] = ROLE_STALE, [SOURCE_HUNG] = ROLE_BAD,
                                    [SOURCE_DOWN] = ROLE_BAD, [SOURCE_ABSENT] = ROLE_DIM, [SOURCE_DENIED] = ROLE_WARN};
  const struct source_view *s = item;
  char age[CLOCK_TEXT];
  size_t stale = 0;
  for (size_t i = 0; i < s->facts.count; i++) stale += s->facts.item[i].stale == TRUTH_YES;
  row_put(out, SOURCE, ROLE_NORMAL, s->name);
  row_put(out, SHOST, ROLE_NORMAL, s->host);
  row_put(out, STATE, roles[s->state], s->state ? s->state == SOURCE_HUNG ? "HUNG" : s->state == SOURCE_DOWN ? "DOWN" : source_state_names[s->state] : "waiting");
  row_put(out, SAGE, s->age_ms > 5000 ? ROLE_WARN : ROLE_NORMAL, s->age_ms == UNKNOWN_INT ? "never" : arena_strdup(in->arena, clock_age(age, s->age_ms)));
  row_put(out, OLDEST, stale ? ROLE_STALE : ROLE_DIM, arena_printf(in->arena, "%zu of %zu", stale, s->facts.count));
  row_put(out, SAYS, ROLE_NORMAL, s->text ? s->text : "");
}

const struct list list_sources = {.name = "sources", .title = "Sources", .help = "who says so, how old it is, what does not answer", .action = ACTION_VIEW_SOURCES,
                                  .shape = &source_view_shape, .columns = source_columns, .column_count = COUNT(source_columns),
                                  .empty = "no source", .collect = collect_sources, .stamp = snapshot_stamp, .id = source_id, .fill = fill_source};
