/* A drill's report for people, for a wiki and for a build server. */
#include "analysis/drill.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TIME_ROOM = 40 };

static const char *stamp(char *out, int64_t at, bool day) {
  time_t s = (time_t)(at / 1000);
  struct tm tm;
  if (at == UNKNOWN_INT || !gmtime_r(&s, &tm)) return strcpy(out, "?");
  size_t n = strftime(out, TIME_ROOM, day ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S", &tm);
  snprintf(out + n, TIME_ROOM - n, ".%03d%s", (int)(at % 1000), day ? " UTC" : "");
  return out;
}

static void add_seconds(struct str *out, int64_t ms) {
  if (ms == UNKNOWN_INT) str_add(out, "?");
  else str_addf(out, "%s%" PRId64 ".%02d s", ms < 0 ? "-" : "", (ms < 0 ? -ms : ms) / 1000, (int)((ms < 0 ? -ms : ms) % 1000 / 10));
}

static void add_measured(struct str *out, const struct drill_outage *o) {
  add_seconds(out, o->ms);
  if (o->ms != UNKNOWN_INT && o->uncertainty_ms != UNKNOWN_INT) {
    str_add(out, " ±");
    add_seconds(out, o->uncertainty_ms);
  }
}

static const char *verdict_words(const struct drill_report *r) {
  static const char *const words[] = {"not judged", "PASSED", "SLOW: it came back, but later than expected", "FAILED", "ABORTED", "REFUSED", "UNKNOWN"};
  return words[r->verdict >= 0 && r->verdict <= DRILL_UNKNOWN ? r->verdict : 0];
}

/* ---- at a terminal ---- */

static int64_t since_injected(const struct drill_report *r, int64_t at) { return r->injected == UNKNOWN_INT || at == UNKNOWN_INT ? UNKNOWN_INT : at - r->injected; }

void drill_words(const struct drill_report *r, struct str *out) {
  char at[TIME_ROOM];
  str_addf(out, "%s of %s: %s\n", r->title ? r->title : r->drill, r->target ? r->target : "?", verdict_words(r));
  if (r->text) str_addf(out, "  %s\n", r->text);
  if (r->expected.text) str_addf(out, "  %s\n", r->expected.text);
  for (size_t i = 0; i < r->outages.count; i++) {
    const struct drill_outage *o = &r->outages.item[i];
    str_addf(out, "  outage  %-12s ", o->domain);
    add_measured(out, o);
    if (o->from && o->to) str_addf(out, "  %s -> %s", o->from, o->to);
    str_addf(out, "%s%s\n", o->text ? "  " : "", o->text ? o->text : "");
  }
  for (size_t i = 0; i < r->stalls.count; i++) {
    str_addf(out, "  still   %-12s ", r->stalls.item[i].domain);
    add_measured(out, &r->stalls.item[i]);
    str_addf(out, "  %s\n", r->stalls.item[i].text ? r->stalls.item[i].text : "");
  }
  for (size_t i = 0; i < r->phases.count; i++) {
    str_addf(out, "  phase   %-12s ", r->phases.item[i].name);
    add_seconds(out, r->phases.item[i].ms);
    str_addf(out, "  (%s to %s)\n", r->phases.item[i].from, r->phases.item[i].to);
  }
  if (r->timeline.count) str_add(out, "  timeline\n");
  for (size_t i = 0; i < r->timeline.count; i++) {
    const struct drill_event *e = &r->timeline.item[i];
    CLEANUP(str_free) struct str since = {0}, unsure = {0};
    add_seconds(&since, since_injected(r, e->at));
    add_seconds(&unsure, e->uncertainty_ms);
    str_addf(out, "    %s %9s ±%-7s %s (%s)\n", stamp(at, e->at, false), str_text(&since), str_text(&unsure), e->text ? e->text : e->event, e->source ? e->source : "?");
  }
  for (size_t i = 0; i < r->findings.count; i++) {
    const struct drill_finding *f = &r->findings.item[i];
    str_addf(out, "  because %s%s%s\n          %s\n", f->why ? f->why : "", f->id ? "; the check of lint that is about it: " : "", f->id ? f->id : "", f->evidence ? f->evidence : "");
    if (f->operation) str_addf(out, "          mended by: %s\n", f->operation);
  }
  str_addf(out, "  reverted: %s%s%s\n", r->reverted == TRUTH_YES ? "yes" : r->reverted == TRUTH_NO ? "NO" : "not known", r->reverted_text ? ", " : "", r->reverted_text ? r->reverted_text : "");
}

/* ---- Markdown ---- */

/* What comes from the cluster makes no table, link or heading of its own. */
static void md(struct str *out, const char *text) {
  for (; text && *text; text++) {
    if (strchr("\\`*_{}[]<>#|~", *text)) str_addc(out, '\\');
    str_addc(out, (unsigned char)*text < ' ' ? ' ' : *text);
  }
}

static void md_outages(const struct drill_report *r, struct str *out) {
  if (!r->outages.count) return;
  str_add(out, "\n## Outages\n\n| domain | without service | expected at most | from | to | |\n|---|---|---|---|---|---|\n");
  for (size_t i = 0; i < r->outages.count; i++) {
    const struct drill_outage *o = &r->outages.item[i];
    int64_t high = UNKNOWN_INT;
    for (size_t k = 0; k < r->expected.domains.count; k++)
      if (str_eq(r->expected.domains.item[k].name, o->domain)) high = r->expected.domains.item[k].high_ms;
    str_add(out, "| "), md(out, o->domain), str_add(out, " | "), add_measured(out, o), str_add(out, " | "), add_seconds(out, high);
    str_add(out, " | "), md(out, o->from ? o->from : ""), str_add(out, " | "), md(out, o->to ? o->to : ""), str_add(out, " | "), md(out, o->text ? o->text : ""), str_add(out, " |\n");
  }
}

void drill_markdown(const struct drill_report *r, struct str *out) {
  char at[TIME_ROOM];
  str_add(out, "# Drill: "), md(out, r->title), str_add(out, ", "), md(out, r->target), str_addf(out, "\n\n**%s** ", verdict_words(r)), md(out, r->text ? r->text : "");
  str_add(out, "\n\n- cluster: "), md(out, r->cluster ? r->cluster : "?"), str_add(out, "\n- by: "), md(out, r->who ? r->who : "?");
  str_addf(out, "\n- began: %s", stamp(at, r->began, true));
  str_addf(out, "\n- injected: %s", stamp(at, r->injected, true));
  str_addf(out, "\n- ended: %s", stamp(at, r->ended, true));
  str_add(out, "\n- expected: "), md(out, r->expected.text ? r->expected.text : "?");
  str_addf(out, "\n- reverted: %s ", r->reverted == TRUTH_YES ? "yes" : r->reverted == TRUTH_NO ? "**no**" : "not known"), md(out, r->reverted_text);
  if (r->aborted) str_add(out, "\n- aborted: "), md(out, r->aborted);
  str_addc(out, '\n');
  md_outages(r, out);
  if (r->stalls.count) str_add(out, "\n## Stood still\n\n| what | for at most | how it was measured |\n|---|---|---|\n");
  for (size_t i = 0; i < r->stalls.count; i++)
    str_add(out, "| "), md(out, r->stalls.item[i].domain), str_add(out, " | "), add_measured(out, &r->stalls.item[i]), str_add(out, " | "), md(out, r->stalls.item[i].text), str_add(out, " |\n");
  if (r->phases.count) str_add(out, "\n## Phases\n\n| phase | took | from | to |\n|---|---|---|---|\n");
  for (size_t i = 0; i < r->phases.count; i++) {
    const struct drill_phase *p = &r->phases.item[i];
    str_add(out, "| "), md(out, p->name), str_add(out, " | "), add_seconds(out, p->ms), str_add(out, " | "), md(out, p->from), str_add(out, " | "), md(out, p->to), str_add(out, " |\n");
  }
  if (r->timeline.count) str_add(out, "\n## Timeline\n\n| at | after | ± | what | source |\n|---|---|---|---|---|\n");
  for (size_t i = 0; i < r->timeline.count; i++) {
    const struct drill_event *e = &r->timeline.item[i];
    str_addf(out, "| %s | ", stamp(at, e->at, false)), add_seconds(out, since_injected(r, e->at)), str_add(out, " | "), add_seconds(out, e->uncertainty_ms), str_add(out, " | ");
    md(out, e->text ? e->text : e->event), str_add(out, " | "), md(out, e->source), str_add(out, " |\n");
  }
  if (r->findings.count) str_add(out, "\n## Why\n\n");
  for (size_t i = 0; i < r->findings.count; i++) {
    const struct drill_finding *f = &r->findings.item[i];
    str_add(out, "- "), md(out, f->why);
    if (f->subject) str_add(out, " ("), md(out, f->subject), str_add(out, ")");
    str_add(out, ": "), md(out, f->evidence);
    if (f->id) str_add(out, "; the check of lint that is about it: "), md(out, f->id);
    if (f->operation) str_add(out, "; mended by "), md(out, f->operation);
    str_addc(out, '\n');
  }
  if (r->clock) str_add(out, "\n"), md(out, r->clock), str_add(out, ".\n");
}

/* ---- JUnit ---- */

static void xml(struct str *out, const char *text) {
  for (; text && *text; text++)
    switch (*text) {
    case '<': str_add(out, "&lt;"); break;
    case '>': str_add(out, "&gt;"); break;
    case '&': str_add(out, "&amp;"); break;
    case '"': str_add(out, "&quot;"); break;
    default: str_addc(out, (unsigned char)*text < ' ' && *text != '\n' ? ' ' : *text);
    }
}

static void case_end(const struct drill_report *r, struct str *out) {
  const char *element = r->verdict == DRILL_PASSED ? NULL : r->verdict == DRILL_REFUSED ? "skipped" : r->verdict == DRILL_UNKNOWN || r->verdict == DRILL_UNJUDGED ? "error" : "failure";
  if (element) str_addf(out, "<%s message=\"", element), xml(out, r->text), str_add(out, "\"/>");
}

static int64_t span_of(const struct drill_report *r) { return r->began == UNKNOWN_INT || r->ended == UNKNOWN_INT || r->ended < r->began ? 0 : r->ended - r->began; }

static void junit_seconds(struct str *out, int64_t ms) { str_addf(out, "%" PRId64 ".%03d", ms / 1000, (int)(ms % 1000)); }

/* The drill is a test, and each domain that it hit is one. */
static void junit_drill(const struct drill_report *r, struct str *out) {
  CLEANUP(str_free) struct str words = {0};
  str_add(out, "  <testcase classname=\"drill\" name=\""), xml(out, r->drill), str_add(out, " "), xml(out, r->target), str_add(out, "\" time=\""), junit_seconds(out, span_of(r)), str_add(out, "\">");
  case_end(r, out);
  drill_words(r, &words);
  str_add(out, "<system-out>"), xml(out, str_text(&words)), str_add(out, "</system-out></testcase>\n");
  for (size_t i = 0; i < r->outages.count; i++) {
    const struct drill_outage *o = &r->outages.item[i];
    struct drill_report one = *r;
    one.outages.item = (struct drill_outage *)o;
    one.outages.count = 1;
    str_add(out, "  <testcase classname=\"drill."), xml(out, r->drill), str_add(out, "\" name=\""), xml(out, o->domain), str_add(out, "\" time=\""), junit_seconds(out, o->ms == UNKNOWN_INT ? 0 : o->ms), str_add(out, "\">");
    if (!drill_within(&one)) str_add(out, "<failure message=\""), xml(out, o->ms == UNKNOWN_INT ? o->text : "longer without service than expected"), str_add(out, "\"/>");
    str_add(out, "</testcase>\n");
  }
}

static void count_cases(const struct drill_report *r, int *tests, int *failures, int *errors, int *skipped) {
  *tests += 1 + (int)r->outages.count;
  *failures += r->verdict == DRILL_SLOW || r->verdict == DRILL_FAILED || r->verdict == DRILL_ABORTED;
  *errors += r->verdict == DRILL_UNKNOWN || r->verdict == DRILL_UNJUDGED;
  *skipped += r->verdict == DRILL_REFUSED;
  for (size_t i = 0; i < r->outages.count; i++) {
    struct drill_report one = *r;
    one.outages.item = r->outages.item + i;
    one.outages.count = 1;
    *failures += !drill_within(&one);
  }
}

void drill_junit(const struct drill_report *const *r, size_t count, struct str *out) {
  int tests = 0, failures = 0, errors = 0, skipped = 0;
  int64_t span = 0;
  for (size_t i = 0; i < count; i++) count_cases(r[i], &tests, &failures, &errors, &skipped), span += span_of(r[i]);
  str_addf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"kvmconsole drills\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\" time=\"", tests, failures, errors, skipped);
  junit_seconds(out, span);
  str_add(out, "\">\n");
  for (size_t i = 0; i < count; i++) junit_drill(r[i], out);
  str_add(out, "</testsuite>\n");
}
