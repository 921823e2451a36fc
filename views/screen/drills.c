#include "views/screen/drills.h"
#include "base/clock.h"
#include "views/screen/list.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct drill_row {
  const char *name, *breaks;
  int64_t runs, last, outage, p50, p95, worst; /* last: when; the others but runs in ms */
  int verdict;
  bool running;
  const struct drill *drill;
};
#define T struct drill_row
SHAPE(drill_row_shape, T, FIELD(T, name, TEXT), FIELD(T, breaks, TEXT), FIELD(T, runs, INT), FIELD(T, last, TIME), FIELD(T, outage, INT), FIELD(T, p50, INT), FIELD(T, p95, INT), FIELD(T, worst, INT), CHOICE(T, verdict, drill_verdict_names));
#undef T

enum { DRILL, VERDICT, LAST, OUTAGE, P50, P95, WORST, RUNS, BREAKS };
static const struct list_column columns[] = {
    [DRILL] = {{.title = "DRILL", .min = 16, .max = 18, .priority = 99}, "name"},
    [VERDICT] = {{.title = "LAST RUN", .min = 9, .max = 12, .priority = 95}, "verdict"},
    [LAST] = {{.title = "AGO", .min = 6, .max = 8, .priority = 70, .align = ALIGN_RIGHT}, "last"},
    [OUTAGE] = {{.title = "OUTAGE", .min = 7, .max = 8, .priority = 90, .align = ALIGN_RIGHT}, "outage"},
    [P50] = {{.title = "P50", .min = 6, .max = 8, .priority = 60, .align = ALIGN_RIGHT}, "p50"},
    [P95] = {{.title = "P95", .min = 6, .max = 8, .priority = 50, .align = ALIGN_RIGHT}, "p95"},
    [WORST] = {{.title = "WORST", .min = 6, .max = 8, .priority = 55, .align = ALIGN_RIGHT}, "worst"},
    [RUNS] = {{.title = "RUNS", .min = 4, .max = 5, .priority = 40, .align = ALIGN_RIGHT}, "runs"},
    [BREAKS] = {{.title = "WHAT IS BROKEN", .min = 20, .weight = 2, .priority = 52}, "breaks"},
};

static const struct { enum role role; enum symbol sign; const char *word; } verdicts[] = {
    [DRILL_UNJUDGED] = {ROLE_DIM, SYMBOL_SEPARATOR, "never"}, [DRILL_PASSED] = {ROLE_OK, SYMBOL_OK, "passed"},     [DRILL_SLOW] = {ROLE_WARN, SYMBOL_WARN, "slow"},         [DRILL_FAILED] = {ROLE_BAD, SYMBOL_BAD, "FAILED"},
    [DRILL_ABORTED] = {ROLE_BAD, SYMBOL_BAD, "aborted"},      [DRILL_REFUSED] = {ROLE_DIM, SYMBOL_SEPARATOR, "refused"}, [DRILL_UNKNOWN] = {ROLE_UNKNOWN, SYMBOL_UNKNOWN, "unknown"}};

static const struct drill_report *const *all_reports(const struct input *in) { return in->drilled ? (const struct drill_report *const *)in->drilled->item : NULL; }
static size_t report_count(const struct input *in) { return in->drilled ? in->drilled->count : 0; }

const char *drill_task(const struct input *in, const char *name) { return in->drill && name && str_eq(in->drill->name, name) ? in->drill->task : NULL; }

static size_t collect(const struct input *in, const void ***ret) {
  size_t n = 0;
  while (drills[n].operation.name) n++;
  *ret = arena_array(in->arena, n + 1, sizeof **ret);
  for (size_t i = 0; i < n; i++) {
    struct drill_row *r = arena_alloc(in->arena, sizeof *r);
    struct drill_trend t = drill_trend_of(all_reports(in), report_count(in), drills[i].operation.name, NULL);
    *r = (struct drill_row){.name = drills[i].operation.name, .breaks = drills[i].breaks, .runs = (int64_t)t.runs, .last = t.last_at, .outage = t.last_ms, .p50 = t.p50_ms, .p95 = t.p95_ms, .worst = t.worst_ms, .verdict = t.runs ? t.last_verdict : DRILL_UNJUDGED,
                            .running = drill_task(in, drills[i].operation.name) != NULL, .drill = &drills[i]};
    (*ret)[i] = r;
  }
  return n;
}

static const char *id(const struct input *in, const void *item) { return (void)in, ((const struct drill_row *)item)->name; }

static const char *seconds(const struct input *in, int64_t ms) { return ms == UNKNOWN_INT ? "-" : arena_printf(in->arena, "%" PRId64 ".%" PRId64 " s", ms / 1000, ms % 1000 / 100); }

static void fill(const struct input *in, const void *item, struct row *out) {
  const struct drill_row *r = item;
  int v = r->verdict;
  row_put(out, DRILL, ROLE_NORMAL, r->name);
  if (r->running) row_put(out, VERDICT, ROLE_ACCENT, arena_printf(in->arena, "%s running", symbol(in->glyphs, SYMBOL_WAIT)));
  else row_put(out, VERDICT, verdicts[v].role, arena_printf(in->arena, "%s %s", symbol(in->glyphs, verdicts[v].sign), verdicts[v].word));
  row_put(out, LAST, ROLE_NORMAL, r->last == UNKNOWN_INT ? "-" : age_text(in, r->last));
  row_put(out, OUTAGE, v == DRILL_SLOW ? ROLE_WARN : ROLE_NORMAL, seconds(in, r->outage));
  row_put(out, P50, ROLE_NORMAL, seconds(in, r->p50));
  row_put(out, P95, ROLE_NORMAL, seconds(in, r->p95));
  row_put(out, WORST, ROLE_NORMAL, seconds(in, r->worst));
  row_put(out, RUNS, ROLE_NORMAL, arena_printf(in->arena, "%" PRId64, r->runs));
  row_put(out, BREAKS, ROLE_DIM, r->breaks);
}

static const char *note(const struct input *in) {
  char age[CLOCK_TEXT];
  if (!in->drill) return in->drill_order ? arena_printf(in->arena, "in order: %s", in->drill_order) : NULL;
  if (in->drill->reverts_at == UNKNOWN_INT || in->drill->reverts_at < in->drill->now) return in->drill->text;
  return arena_printf(in->arena, "reverts by itself in %s: %s", clock_age(age, in->drill->reverts_at - in->drill->now), in->drill->text);
}

const struct list list_drills = {.name = "drills", .title = "Drills", .help = "failover tried safely and measured: how each drill went, run one", .action = ACTION_VIEW_DRILLS, .shape = &drill_row_shape,
                                 .columns = columns, .column_count = COUNT(columns), .empty = "there is none", .collect = collect, .id = id, .fill = fill, .note = note};

/* ---- one of them ---- */

enum { CHART_W = 14 };

static void title(struct text *t, const char *words) {
  text_indent(t, 0, 0);
  text_add(t, STYLE(NORMAL), "");
  text_add(t, STYLE(TITLE), words);
}

static void put(struct text *t, const char *name, struct style style, const char *value) {
  text_indent(t, 1, 11);
  text_addf(t, STYLE(DIM), "%-9s ", name);
  text_more(t, style, value);
}

static int64_t longest_of(const struct drill_report *r) {
  int64_t most = 1;
  for (size_t i = 0; i < r->timeline.count; i++)
    if (r->injected != UNKNOWN_INT && r->timeline.item[i].at - r->injected > most) most = r->timeline.item[i].at - r->injected;
  if (r->expected.high_ms != UNKNOWN_INT && r->expected.high_ms > most) most = r->expected.high_ms;
  return most;
}

/* From the event before to this one, on a line as long as the drill, or as what is expected. */
static const char *chart_bar(const struct input *in, int64_t from, int64_t to, int64_t most) {
  CLEANUP(str_free) struct str out = {0};
  int begin = (int)((from < 0 ? 0 : from) * CHART_W / most), end = (int)((to < 0 ? 0 : to) * CHART_W / most);
  if (begin > CHART_W - 1) begin = CHART_W - 1;
  if (end > CHART_W) end = CHART_W;
  if (end <= begin) end = begin + 1;
  for (int x = 0; x < CHART_W; x++) str_add(&out, x < begin || x >= end ? " " : symbol(in->glyphs, SYMBOL_FULL));
  return arena_strdup(in->arena, str_text(&out));
}

static bool is_bad(const char *event) { return str_eq(event, "failed") || str_eq(event, "aborted") || str_eq(event, "quorum-lost"); }

static void chart(struct text *t, const struct input *in, const struct drill_report *r) {
  int64_t most = longest_of(r), before = 0;
  if (!r->timeline.count) return;
  title(t, "Timeline");
  for (size_t i = 0; i < r->timeline.count; i++) {
    const struct drill_event *e = &r->timeline.item[i];
    int64_t at = r->injected == UNKNOWN_INT ? UNKNOWN_INT : e->at - r->injected;
    bool known = at != UNKNOWN_INT;
    text_indent(t, 1, 11);
    if (known) text_addf(t, STYLE(NORMAL), "%8s", arena_printf(in->arena, "%s%" PRId64 ".%" PRId64 " s", at <= -100 ? "-" : "", (at < 0 ? -at : at) / 1000, (at < 0 ? -at : at) % 1000 / 100));
    else text_addf(t, STYLE(NORMAL), "%s", clock_text(in, e->at));
    text_no_wrap(t);
    if (e->uncertainty_ms != UNKNOWN_INT) text_moref(t, e->uncertainty_ms > 500 ? STYLE(UNKNOWN) : STYLE(DIM), " \u00b1%" PRId64 ".%" PRId64 " ", e->uncertainty_ms / 1000, e->uncertainty_ms % 1000 / 100);
    text_moref(t, STYLE(ACCENT), "%s ", known ? chart_bar(in, before, at, most) : "");
    text_more(t, is_bad(e->event) ? STYLE(BAD) : str_eq(e->event, "running") || str_eq(e->event, "joined") ? STYLE(OK) : STYLE(NORMAL), e->text ? e->text : e->event);
    text_moref(t, STYLE(DIM), "  %s", e->source ? e->source : "");
    if (known && at > before) before = at;
  }
}

static void outages(struct text *t, const struct input *in, const struct drill_report *r) {
  for (size_t i = 0; i < r->outages.count; i++) {
    const struct drill_outage *o = &r->outages.item[i];
    int64_t high = r->expected.high_ms;
    for (size_t k = 0; k < r->expected.domains.count; k++)
      if (str_eq(r->expected.domains.item[k].name, o->domain)) high = r->expected.domains.item[k].high_ms;
    bool late = o->ms != UNKNOWN_INT && high != UNKNOWN_INT && o->ms > high;
    put(t, i ? "" : "outage", STYLE(NORMAL), o->domain);
    if (o->ms == UNKNOWN_INT) text_moref(t, STYLE(BAD), "  %s", o->text ? o->text : "not back");
    else text_moref(t, late ? STYLE(WARN) : STYLE(OK), "  %s", seconds(in, o->ms));
    if (o->ms != UNKNOWN_INT && o->uncertainty_ms != UNKNOWN_INT) text_moref(t, STYLE(DIM), " \u00b1%" PRId64 ".%" PRId64, o->uncertainty_ms / 1000, o->uncertainty_ms % 1000 / 100);
    if (o->from && o->to && strcmp(o->from, o->to)) text_moref(t, STYLE(DIM), "  %s %s %s", o->from, symbol(in->glyphs, SYMBOL_ARROW_RIGHT), o->to);
    if (o->ms != UNKNOWN_INT && o->text) text_moref(t, STYLE(DIM), "  %s", o->text);
    if (late) text_moref(t, STYLE(WARN), "  expected at most %s", seconds(in, high));
  }
}

static void stalls(struct text *t, const struct input *in, const struct drill_report *r) {
  for (size_t i = 0; i < r->stalls.count; i++) {
    const struct drill_outage *o = &r->stalls.item[i];
    put(t, i ? "" : "stood still", STYLE(NORMAL), o->domain);
    text_moref(t, o->ms == UNKNOWN_INT ? STYLE(UNKNOWN) : o->ms ? STYLE(WARN) : STYLE(OK), "  %s", o->ms == UNKNOWN_INT ? "?" : seconds(in, o->ms));
    if (o->ms != UNKNOWN_INT && o->uncertainty_ms != UNKNOWN_INT) text_moref(t, STYLE(DIM), " \u00b1%" PRId64 ".%" PRId64, o->uncertainty_ms / 1000, o->uncertainty_ms % 1000 / 100);
    text_moref(t, STYLE(DIM), "  %s", o->text ? o->text : "");
  }
}

static void phases(struct text *t, const struct input *in, const struct drill_report *r) {
  if (!r->phases.count) return;
  put(t, "phases", STYLE(NORMAL), "");
  for (size_t i = 0; i < r->phases.count; i++) {
    const struct drill_phase *p = &r->phases.item[i];
    text_moref(t, STYLE(DIM), "%s%s ", i ? ", " : "", p->name);
    text_more(t, STYLE(NORMAL), seconds(in, p->ms));
  }
}

static void findings(struct text *t, const struct drill_report *r) {
  if (!r->findings.count) return;
  title(t, "Why");
  for (size_t i = 0; i < r->findings.count; i++) {
    const struct drill_finding *f = &r->findings.item[i];
    text_indent(t, 1, 3);
    text_add(t, STYLE(WARN), f->why ? f->why : "?");
    text_indent(t, 3, 5);
    if (f->evidence) text_add(t, STYLE(NORMAL), f->evidence);
    if (f->id) text_addf(t, STYLE(DIM), "the check of lint that is about it: %s", f->id);
    if (f->operation) text_addf(t, STYLE(ACCENT), "mended by: %s", f->operation);
  }
}

static void report_text(struct text *t, const struct input *in, const struct drill_report *r) {
  const char *text = r->expected.text ? r->expected.text : "?", said_again[] = "expected: ";
  put(t, "expected", STYLE(NORMAL), str_starts(text, said_again) ? text + sizeof said_again - 1 : text);
  outages(t, in, r);
  stalls(t, in, r);
  findings(t, r); /* what to do now stands above how it went */
  if (r->findings.count) title(t, "How it went");
  phases(t, in, r);
  chart(t, in, r);
}

static bool said(const struct drill_report *r, const char *event) {
  for (size_t i = 0; i < r->timeline.count; i++)
    if (str_eq(r->timeline.item[i].event, event)) return true;
  return false;
}

static void live(struct text *t, const struct input *in) {
  const struct drill_shown *s = in->drill;
  if (!s->report) return; /* it has just been opened */
  char age[CLOCK_TEXT], key[KEY_NAME];
  bool counts = s->reverts_at != UNKNOWN_INT && s->reverts_at > s->now;
  report_text(t, in, s->report);
  title(t, "Now"); /* at the end: that stays in sight */
  put(t, "now", STYLE(ACCENT), s->text ? s->text : "");
  if (in->drill_order) put(t, "in order", STYLE(ACCENT), in->drill_order);
  put(t, "revert", STYLE(NORMAL), counts ? arena_printf(in->arena, "by itself in %s, whoever is there then", clock_age(age, s->reverts_at - s->now)) : s->report->injected == UNKNOWN_INT ? "nothing is injected yet" : said(s->report, "fenced") ? "done, by its fencing" : said(s->report, "reverted") ? "done" : "its time is over");
  keymap_hint(in->keymap, CONTEXT_TASKS, ACTION_TASK_CANCEL, key);
  put(t, "ends if", STYLE(NORMAL), "another fault, quorum lost, another domain hit, heals grow");
  if (*key) text_moref(t, STYLE(NORMAL), "; or by "), text_more(t, STYLE(KEY), key);
}

/* One line a run: when, how it went, its worst outage. */
static void past(struct text *t, const struct input *in, const char *name) {
  enum { LINES = 12 };
  size_t shown = 0;
  for (size_t i = report_count(in); i-- > 0 && shown < LINES;) {
    const struct drill_report *r = all_reports(in)[i];
    if (!str_eq(r->drill, name)) continue;
    if (!shown++) title(t, "Runs");
    text_indent(t, 1, 11);
    text_addf(t, STYLE(NORMAL), "%-15s ", day_text(in, r->began));
    text_no_wrap(t);
    text_moref(t, style_of(verdicts[r->verdict].role), "%s %-8s", symbol(in->glyphs, verdicts[r->verdict].sign), verdicts[r->verdict].word);
    text_moref(t, STYLE(NORMAL), " %8s", seconds(in, drill_worst_ms(r, NULL)));
    text_moref(t, STYLE(DIM), "  %s  %s", r->target ? r->target : "?", r->text ? r->text : "");
  }
}

/* Each domain that was hit more than once: does it get better or worse? */
static void trend(struct text *t, const struct input *in, const char *name) {
  struct texts seen = {0};
  for (size_t i = 0; i < report_count(in); i++) {
    const struct drill_report *r = all_reports(in)[i];
    for (size_t k = 0; str_eq(r->drill, name) && k < r->outages.count; k++) {
      const char *domain = r->outages.item[k].domain;
      struct drill_trend x = drill_trend_of(all_reports(in), report_count(in), name, domain);
      if (texts_have(&seen, domain) || x.runs < 2 || x.p50_ms == UNKNOWN_INT) continue;
      if (!seen.count) title(t, "Trend");
      texts_add(in->arena, &seen, domain);
      text_indent(t, 1, 11);
      text_addf(t, STYLE(NORMAL), "%-15s ", domain);
      text_moref(t, STYLE(NORMAL), "p50 %s  p95 %s  worst %s", seconds(in, x.p50_ms), seconds(in, x.p95_ms), seconds(in, x.worst_ms));
      text_moref(t, x.last_ms > x.p95_ms ? STYLE(WARN) : STYLE(DIM), "  last %s of %zu", seconds(in, x.last_ms), x.runs);
    }
  }
}

static const struct drill_report *last_of(const struct input *in, const char *name) {
  for (size_t i = report_count(in); i-- > 0;)
    if (str_eq(all_reports(in)[i]->drill, name)) return all_reports(in)[i];
  return NULL;
}

const char *drill_heading(const struct input *in, const char *name) {
  const struct drill *d = name ? drill_find(name) : NULL;
  const char *target = drill_task(in, name) ? in->drill->target : NULL;
  char age[CLOCK_TEXT];
  bool counts = target && in->drill->reverts_at != UNKNOWN_INT && in->drill->reverts_at > in->drill->now;
  if (counts) return arena_printf(in->arena, "Drill: %s on %s, reverts in %s", d->operation.title, target, clock_age(age, in->drill->reverts_at - in->drill->now));
  return d ? arena_printf(in->arena, "Drill: %s%s%s", d->operation.title, target ? " on " : "", target ? target : "") : "Drill";
}

struct text *drill_text(const struct input *in, const char *name) {
  const struct drill *d = name ? drill_find(name) : NULL;
  const struct drill_report *last = d ? last_of(in, name) : NULL;
  struct text *t = text_new();
  char key[KEY_NAME];
  if (!d) return text_add(t, STYLE(WARN), "there is no such drill"), t;
  if (drill_task(in, name)) {
    live(t, in);
    return t;
  }
  text_indent(t, 1, 1);
  text_add(t, STYLE(NORMAL), d->operation.help);
  keymap_hint(in->keymap, CONTEXT_TEXT, ACTION_ACTIONS, key);
  if (*key) text_addf(t, STYLE(KEY), "%s", key), text_more(t, STYLE(NORMAL), " shows what it would do here and what is expected, and runs it after a word");
  if (last) {
    title(t, "Last run");
    put(t, "verdict", style_of(verdicts[last->verdict].role), arena_printf(in->arena, "%s %s", symbol(in->glyphs, verdicts[last->verdict].sign), last->text ? last->text : verdicts[last->verdict].word));
    put(t, "target", STYLE(NORMAL), arena_printf(in->arena, "%s, %s ago, by %s", last->target ? last->target : "?", age_text(in, last->began), last->who ? last->who : "?"));
    put(t, "reverted", last->reverted == TRUTH_YES ? STYLE(OK) : STYLE(BAD), arena_printf(in->arena, "%s%s%s", last->reverted == TRUTH_YES ? "yes" : last->reverted == TRUTH_NO ? "NO" : "not known", last->reverted_text ? ", " : "", last->reverted_text ? last->reverted_text : ""));
    report_text(t, in, last);
  }
  trend(t, in, name);
  past(t, in, name);
  return t;
}
