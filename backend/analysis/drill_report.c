/* Reports of drills as data. */
#include "analysis/drill.h"
#include "analysis/stop.h"
#include <stdlib.h>
#include <string.h>

const char *const drill_verdict_names[] = {NULL, "passed", "slow", "failed", "aborted", "refused", "unknown", NULL};

#define T struct drill_expected_domain
SHAPE(drill_expected_domain_shape, T, FIELD(T, name, TEXT), FIELD(T, effect, TEXT), FIELD(T, low_ms, INT), FIELD(T, high_ms, INT), FIELD(T, text, TEXT));
#undef T
#define T struct drill_expected
SHAPE(drill_expected_shape, T, FIELD(T, text, TEXT), FIELD(T, low_ms, INT), FIELD(T, high_ms, INT), FIELD(T, stall_ms, INT), FIELD(T, detect_ms, INT), LIST(T, domains, drill_expected_domain_shape));
#undef T
#define T struct drill_outage
SHAPE(drill_outage_shape, T, FIELD(T, domain, TEXT), FIELD(T, ms, INT), FIELD(T, uncertainty_ms, INT), FIELD(T, running_ms, INT), FIELD(T, from, TEXT), FIELD(T, to, TEXT), FIELD(T, text, TEXT));
#undef T
#define T struct drill_event
SHAPE(drill_event_shape, T, FIELD(T, at, TIME), FIELD(T, event, TEXT), FIELD(T, source, TEXT), FIELD(T, subject, TEXT), FIELD(T, text, TEXT), FIELD(T, uncertainty_ms, INT));
#undef T
#define T struct drill_phase
SHAPE(drill_phase_shape, T, FIELD(T, name, TEXT), FIELD(T, ms, INT), FIELD(T, from, TEXT), FIELD(T, to, TEXT));
#undef T
#define T struct drill_finding
SHAPE(drill_finding_shape, T, FIELD(T, id, TEXT), FIELD(T, subject, TEXT), FIELD(T, evidence, TEXT), FIELD(T, why, TEXT), FIELD(T, operation, TEXT));
#undef T
#define T struct drill_report
SHAPE(drill_report_shape, T, FIELD(T, schema, INT), FIELD(T, drill, TEXT), FIELD(T, title, TEXT), FIELD(T, target, TEXT), FIELD(T, cluster, TEXT), FIELD(T, who, TEXT), FIELD(T, task, TEXT),
      FIELD(T, began, TIME), FIELD(T, injected, TIME), FIELD(T, ended, TIME), CHOICE(T, verdict, drill_verdict_names), FIELD(T, text, TEXT), OBJECT(T, expected, drill_expected_shape),
      LIST(T, outages, drill_outage_shape), LIST(T, stalls, drill_outage_shape), LIST(T, timeline, drill_event_shape), LIST(T, phases, drill_phase_shape), LIST(T, findings, drill_finding_shape),
      FIELD(T, reverted, BOOL), FIELD(T, reverted_text, TEXT), FIELD(T, aborted, TEXT), FIELD(T, clock, TEXT), FIELD(T, clocks, TALLIES));
#undef T

bool drill_kills(enum drill_kind k) { return k == DRILL_POWER || drill_looks_dead(k); }
bool drill_stills(enum drill_kind k) { return k == DRILL_POWER || k == DRILL_SUSPENDED; }
bool drill_looks_dead(enum drill_kind k) { return k == DRILL_HUNG || k == DRILL_SUSPENDED || k == DRILL_CUT || k == DRILL_CORE; }

int64_t drill_worst_ms(const struct drill_report *r, const char *domain) {
  int64_t worst = UNKNOWN_INT;
  for (size_t i = 0; i < r->outages.count; i++)
    if ((!domain || str_eq(r->outages.item[i].domain, domain)) && r->outages.item[i].ms > worst) worst = r->outages.item[i].ms;
  return worst;
}

bool drill_within(const struct drill_report *r) {
  for (size_t i = 0; i < r->outages.count; i++) {
    const struct drill_outage *o = &r->outages.item[i];
    int64_t high = r->expected.high_ms;
    bool given_up = false; /* nothing was to start it again */
    for (size_t k = 0; k < r->expected.domains.count; k++)
      if (str_eq(r->expected.domains.item[k].name, o->domain)) high = r->expected.domains.item[k].high_ms, given_up = str_eq(r->expected.domains.item[k].effect, effect_names[EFFECT_STOPS]);
    if (given_up) continue;
    if (o->ms == UNKNOWN_INT) return false;
    int64_t ms = o->running_ms == UNKNOWN_INT ? o->ms : o->running_ms; /* how long a guest boots the configuration does not tell */
    if (high != UNKNOWN_INT && ms - (o->uncertainty_ms == UNKNOWN_INT ? 0 : o->uncertainty_ms) > high) return false;
  }
  for (size_t i = 0; i < r->stalls.count; i++) {
    const struct drill_outage *o = &r->stalls.item[i];
    if (!str_starts(o->domain, DRILL_WRITES)) continue; /* a guest that was started anew has to boot before it answers */
    if (o->ms == UNKNOWN_INT || (r->expected.stall_ms != UNKNOWN_INT && o->ms - 200 > r->expected.stall_ms)) return false;
  }
  return true;
}

/* What came back, and all the same not as it was to: a live migration that failed ends in a restart, and the guest was killed for it; a domain
 * that runs only since its own host is back was started nowhere else. NULL: there is no such thing. */
const char *drill_not_as_it_was_to(const struct drill_report *p, enum drill_kind k, bool fenced, struct arena *a) {
  bool gone = k == DRILL_CORE ? fenced : drill_kills(k);
  for (size_t i = 0; i < p->expected.domains.count; i++) {
    const struct drill_expected_domain *e = &p->expected.domains.item[i];
    for (size_t n = 0; str_eq(e->effect, effect_names[EFFECT_MIGRATES]) && n < p->timeline.count; n++)
      if (str_eq(p->timeline.item[n].event, "failed") && p->timeline.item[n].text && str_starts(p->timeline.item[n].text, "migrate_"))
        return arena_printf(a, "%s was to be moved live: that failed, and pacemaker stopped it and started it anew", e->name);
    for (size_t n = 0; gone && str_eq(e->effect, effect_names[EFFECT_RESTARTS]) && n < p->outages.count; n++) {
      const struct drill_outage *o = &p->outages.item[n];
      if (str_eq(o->domain, e->name) && o->ms != UNKNOWN_INT && o->ms > 0 && o->to && str_eq(o->from, o->to)) return arena_printf(a, "no other host has started %s: it runs again since %s is back", e->name, o->to);
    }
  }
  return NULL;
}

/* ---- trend ---- */

static int by_number(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/* The smallest of the values that at least so many percent are not above. */
static int64_t percentile(const int64_t *sorted, size_t n, size_t percent) { return n ? sorted[(n * percent + 99) / 100 - 1] : UNKNOWN_INT; }

int64_t drill_lasts_ms(const struct drill_report *const *reports, size_t count, const char *drill, enum drill_kind k, int64_t hold_ms) {
  static const int64_t usual[DRILL_KIND_COUNT] = {[DRILL_MOVE] = 60000, [DRILL_STOP] = 120000, [DRILL_HUNG] = 180000, [DRILL_SUSPENDED] = 180000, [DRILL_POWER] = 180000, [DRILL_CUT] = 180000, [DRILL_CORE] = 180000, [DRILL_BRICK] = 60000, [DRILL_GLUSTERD] = 60000};
  int64_t *ms = mem_alloc((count + 1) * sizeof *ms), lasts = usual[k] + hold_ms;
  size_t n = 0;
  for (size_t i = 0; i < count; i++)
    if (str_eq(reports[i]->drill, drill) && (reports[i]->verdict == DRILL_PASSED || reports[i]->verdict == DRILL_SLOW) && reports[i]->ended != UNKNOWN_INT && reports[i]->began != UNKNOWN_INT && reports[i]->ended > reports[i]->began)
      ms[n++] = reports[i]->ended - reports[i]->began;
  qsort(ms, n, sizeof *ms, by_number);
  if (n) lasts = percentile(ms, n, 95);
  mem_free(ms);
  return lasts;
}

struct drill_trend drill_trend_of(const struct drill_report *const *reports, size_t count, const char *drill, const char *domain) {
  struct drill_trend t = {.p50_ms = UNKNOWN_INT, .p95_ms = UNKNOWN_INT, .worst_ms = UNKNOWN_INT, .last_ms = UNKNOWN_INT, .last_at = UNKNOWN_INT};
  int64_t *ms = mem_alloc((count + 1) * sizeof *ms);
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    const struct drill_report *r = reports[i];
    int64_t worst = drill_worst_ms(r, domain);
    if (!str_eq(r->drill, drill) || (domain && worst == UNKNOWN_INT)) continue;
    t.runs++;
    t.passed += r->verdict == DRILL_PASSED;
    t.last_verdict = r->verdict;
    t.last_at = r->began;
    t.last_ms = worst;
    if (worst != UNKNOWN_INT && (r->verdict == DRILL_PASSED || r->verdict == DRILL_SLOW)) ms[n++] = worst;
  }
  qsort(ms, n, sizeof *ms, by_number);
  t.p50_ms = percentile(ms, n, 50);
  t.p95_ms = percentile(ms, n, 95);
  t.worst_ms = n ? ms[n - 1] : UNKNOWN_INT;
  mem_free(ms);
  return t;
}
