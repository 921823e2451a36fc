#include "views/driller.h"
#include "sources/raw.h"
#include "views/screen/drills.h"
#include "base/clock.h"
#include "run/executor.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { AGAIN_MS = 5000, KNOWN_MS = 120000 }; /* some readings are taken once a minute: what only nobody knows yet is waited for */

/* Several, one after the other: what was confirmed, and where it is. */
struct order {
  struct arena *arena;
  const struct drill *row[DRILLS_IN_ORDER];
  struct values values;   /* of all of them */
  size_t count, at;       /* at: the one that runs, or is to be begun */
  int64_t until;          /* wall ms; unknown: whenever */
  const char *until_text;
  bool begun;             /* that one runs */
  int64_t since, next;    /* it is to be begun since; when it is planned again; by the snapshots' time */
  struct arena *asked_arena;
  struct values asked_values;
  struct survey survey;
  struct asking *asking;
};

struct driller {
  struct console *console;
  struct drill_run_options options;
  struct drill_run *run;        /* NULL: none; it stays until the next one begins */
  bool counted;                 /* its report is among those below */
  struct arena *arena;          /* of the reports */
  struct drill_reports reports; /* oldest first */
  struct order *order;          /* NULL: none */
};

static int64_t now_of(void *owner) {
  const struct driller *d = owner;
  return d->console->feed ? feed_wall(d->console->feed) : 0;
}

struct driller *driller_new(struct console *c, struct tasks *t, struct executor *x, const char *state_dir, const char *who) {
  struct driller *d = mem_alloc(sizeof *d);
  *d = (struct driller){.console = c, .arena = arena_new(), .options = {.loop = c->loop, .tasks = t, .executor = x, .state_dir = state_dir, .who = who, .clock = now_of, .mask = raw_mask, .owner = d}};
  if (state_dir) drills_kept(state_dir, d->arena, &d->reports);
  return d;
}

static void drop_order(struct driller *d) {
  if (!d->order) return;
  asking_end(d->order->asking);
  arena_free(d->order->asked_arena);
  arena_free(d->order->arena);
  d->order = NULL;
}

void driller_free(struct driller *d) {
  if (!d) return;
  drop_order(d);
  drill_run_free(d->run);
  arena_free(d->arena);
  mem_free(d);
}

static bool runs(const struct driller *d) { return d->run && !drill_run_over(d->run); }
/* Until its report is counted: it may be over between two looks. */
bool driller_busy(const struct driller *d) { return d && (runs(d) || (d->run && !d->counted) || d->order); }

const char *driller_start(struct driller *d, const struct drill *row, const struct run_wish *r, struct err *e) {
  if (driller_busy(d)) return err_set(e, -1, "wait until it is over", "nothing ran: another drill runs"), NULL;
  struct drill_run *run = drill_run_start(&d->options, row, &r->values, r->plan, d->console->newest, e);
  if (!run) return NULL;
  drill_run_free(d->run);
  d->run = run;
  d->counted = false;
  return drill_run_task(run);
}

/* ---- in order ---- */

static void end_order(struct driller *d, const char *format, ...) PRINTF(2, 3);
static void end_order(struct driller *d, const char *format, ...) {
  CLEANUP(str_free) struct str says = {0};
  const struct order *o = d->order;
  char text[512];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  str_addf(&says, "%s", text);
  for (size_t i = o->at; i < o->count; i++) str_addf(&says, "%s%s", i == o->at ? "; not begun: " : ", ", o->row[i]->operation.name);
  drop_order(d);
  app_say(&d->console->app, str_text(&says));
}

static bool in_window(struct driller *d) {
  struct order *o = d->order;
  const struct drill *row = o->row[o->at];
  int64_t hold, left = o->until - now_of(d), lasts;
  if (o->until == UNKNOWN_INT) return true;
  if (str_int(value_of_name(&o->values, "hold") ? value_of_name(&o->values, "hold") : "", 0, 3600, &hold)) hold = 20;
  lasts = drill_lasts_ms((const struct drill_report *const *)d->reports.item, d->reports.count, row->operation.name, row->kind, hold * 1000);
  if (lasts <= left) return true;
  end_order(d, "the window ends at %s, and %s takes %" PRId64 " s", o->until_text, row->operation.name, lasts / 1000);
  return false;
}

static void begin(struct driller *d, const struct plan *p) {
  struct order *o = d->order;
  struct err e = {0};
  const struct app *app = &d->console->app;
  bool watched = !app->acting.sheet && app->view == VIEW_DETAIL && app->detail_list == LIST_DRILLS;
  struct drill_run *run = drill_run_start(&d->options, o->row[o->at], &o->asked_values, p, d->console->newest, &e);
  if (!run) return end_order(d, "%s", e.text);
  drill_run_free(d->run);
  d->run = run;
  d->counted = false;
  o->begun = true;
  if (watched || !o->at) app_show_drill(&d->console->app, o->row[o->at]->operation.name);
}

/* Its plan, by what is so now and what the hosts have said: what was allowed when it was confirmed need not be any more. */
static void planned(struct driller *d) {
  struct order *o = d->order;
  const struct snapshot *s = d->console->newest;
  const struct plan *p = operation_plan(&o->row[o->at]->operation, s, &o->asked_values, &o->survey, o->asked_arena);
  bool unknown = p->allowed == TRUTH_NO && p->forcible == TRUTH_YES && p->why && strstr(p->why, "not known");
  if (p->allowed == TRUTH_YES) begin(d, p);
  else if (unknown && s->now - o->since < KNOWN_MS) o->next = s->now + AGAIN_MS;
  else end_order(d, "%s is refused: %s", o->row[o->at]->operation.name, p->why ? p->why : "no reason is known");
}

static void on_asked(void *owner) {
  struct driller *d = owner;
  if (!d->order) return;
  d->order->asking = NULL;
  planned(d);
}

static void plan_next(struct driller *d) {
  struct order *o = d->order;
  struct err e = {0};
  if (o->asking || d->console->newest->now < o->next || !in_window(d)) return;
  const struct operation *op = &o->row[o->at]->operation;
  arena_free(o->asked_arena);
  o->asked_arena = arena_new();
  o->survey = (struct survey){0};
  o->asked_values = drill_values(o->row[o->at], &o->values, o->asked_arena);
  struct planning one = {.operation = op, .snap = d->console->newest, .values = &o->asked_values, .survey = &o->survey, .arena = o->asked_arena};
  if (operation_complete(&one, &o->asked_values, &e)) return end_order(d, "%s: %s", op->name, e.text);
  operation_survey(op, d->console->newest, &o->asked_values, o->asked_arena, &o->survey);
  if (o->survey.answers.count) o->asking = survey_ask(d->console->loop, d->options.executor, &o->survey, o->asked_arena, on_asked, d);
  else planned(d);
}

/* The one that ran has ended: it must have passed, and all be as it was. */
static void go_on(struct driller *d) {
  struct order *o = d->order;
  const struct drill_report *r = d->reports.item[d->reports.count - 1];
  o->at++;
  o->begun = false;
  if (r->verdict != DRILL_PASSED || r->reverted != TRUTH_YES) return end_order(d, "%s: %s, %s", r->title, r->verdict == DRILL_PASSED ? "not taken back" : drill_verdict_names[r->verdict], r->text ? r->text : "");
  if (o->at == o->count) return end_order(d, "all %zu drills have passed", o->count);
  o->since = o->next = d->console->newest->now;
}

const char *driller_order(struct driller *d, const struct run_wish *r, struct err *e) {
  if (driller_busy(d)) return err_set(e, -1, "wait until it is over", "nothing ran: another drill runs"), NULL;
  struct arena *a = arena_new();
  struct order *o = arena_alloc(a, sizeof *o);
  *o = (struct order){.arena = a, .until = UNKNOWN_INT, .since = d->console->newest->now, .next = d->console->newest->now};
  for (size_t i = 0; i < value_count(&r->values, "drills") && o->count < DRILLS_IN_ORDER; i++) {
    o->row[o->count] = drill_find(value_at(&r->values, "drills", i));
    if (o->row[o->count]) o->count++;
  }
  for (size_t i = 0; i < r->values.list.count; i++) values_add(a, &o->values, arena_strdup(a, r->values.list.item[i].name), arena_strdup(a, r->values.list.item[i].text), false);
  o->until_text = value_of_name(&o->values, "until");
  if (o->until_text) o->until = drill_until(o->until_text, now_of(d));
  d->order = o;
  return o->count ? o->row[0]->operation.name : NULL;
}

static const char *order_text(const struct driller *d, struct arena *a) {
  CLEANUP(str_free) struct str out = {0};
  const struct order *o = d->order;
  if (!o) return NULL;
  str_addf(&out, "%zu of %zu", o->at + 1, o->count);
  for (size_t i = o->at + 1; i < o->count; i++) str_addf(&out, "%s%s", i == o->at + 1 ? ", then " : ", ", o->row[i]->operation.name);
  if (o->until_text) str_addf(&out, "; until %s", o->until_text);
  if (!o->begun) str_addf(&out, "; %s is being planned", o->row[o->at]->operation.name);
  return arena_strdup(a, str_text(&out));
}

static void count(struct driller *d) {
  struct drill_report **more = arena_array(d->arena, d->reports.count + 1, sizeof *more);
  if (d->reports.count) memcpy(more, d->reports.item, d->reports.count * sizeof *more);
  more[d->reports.count] = drill_run_report(d->run, d->arena);
  d->reports.item = more;
  d->reports.count++;
  d->counted = true;
}

void driller_see(struct driller *d) {
  if (!d) return;
  if (d->run && !d->counted) {
    drill_run_see(d->run, d->console->newest);
    if (drill_run_over(d->run)) {
      count(d);
      const struct drill_report *r = d->reports.item[d->reports.count - 1];
      if (d->order && d->order->begun) go_on(d);
      else if (r->verdict != DRILL_PASSED) app_say(&d->console->app, arena_printf(d->arena, "%s of %s: %s: %s", r->title, r->target ? r->target : "?", drill_verdict_names[r->verdict], r->text ? r->text : "")); /* the task's own line says only that it was done */
    }
  }
  if (d->order && !d->order->begun && !runs(d)) plan_next(d);
}

void driller_wind_down(struct driller *d) {
  if (!d) return;
  drop_order(d);
  if (runs(d)) drill_run_wind_down(d->run);
}

void driller_input(const struct driller *d, struct input *in) {
  if (!d) return;
  in->drilled = &d->reports;
  in->drill_order = order_text(d, in->arena);
  if (!runs(d) || !d->console->feed) return;
  const struct app *app = &d->console->app;
  bool shown = app->view == VIEW_DETAIL && app->detail_list == LIST_DRILLS;
  struct drill_shown *s = arena_alloc(in->arena, sizeof *s);
  *s = (struct drill_shown){.name = drill_run_name(d->run), .target = drill_run_target(d->run), .report = shown ? drill_run_report(d->run, in->arena) : NULL, .task = drill_run_task(d->run), .text = drill_run_text(d->run), .reverts_at = drill_run_reverts_at(d->run), .now = feed_wall(d->console->feed)};
  in->drill = s;
}
