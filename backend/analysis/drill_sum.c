/* What a drill's watch adds up to: the timeline in order, outages, phases. */
#include "analysis/drill_parts.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int64_t middle(struct when m) { return m.from + (m.until - m.from) / 2; }
static int64_t half(struct when m) { return (m.until - m.from + 1) / 2; }

static int by_time(const void *a, const void *b) {
  const struct drill_event *x = a, *y = b;
  return (x->at > y->at) - (x->at < y->at);
}

static void sum_timeline(const struct drill_watch *w, struct arena *a, struct drill_report *ret) {
  for (size_t i = 0; i < w->events.count; i++) {
    struct drill_event *e = list_add(a, &ret->timeline, &drill_event_shape), *from = &w->events.item[i];
    *e = (struct drill_event){.at = from->at, .uncertainty_ms = from->uncertainty_ms, .event = arena_strdup(a, from->event), .subject = arena_strdup(a, from->subject), .text = arena_strdup(a, from->text), .source = arena_strdup(a, from->source)};
  }
  if (ret->timeline.count) qsort(ret->timeline.item, ret->timeline.count, sizeof *ret->timeline.item, by_time);
}

/* ---- outages ---- */

static int64_t length(const struct silence *x) {
  int64_t ms = middle(x->end) - middle(x->begin);
  return ms > 0 ? ms : 0;
}

static const struct silence *longest(const struct watched *d) {
  const struct silence *most = NULL;
  for (size_t i = 0; i < d->silences.count; i++)
    if (!most || length(&d->silences.item[i]) > length(most)) most = &d->silences.item[i];
  return most;
}

/* What its guest wrote tells of its boot too, and of a stall that libvirt knows nothing of. */
static void by_its_writes(const struct pulse *p, const struct watched *d, const struct silence *x, struct arena *a, struct drill_outage *o) {
  struct silence felt = p->longest;
  o->running_ms = o->ms;
  /* Cut off from its disk it went on by itself, until its host was fenced. */
  bool before = x && happened(felt.end) && felt.end.until >= x->end.from && felt.begin.until < x->begin.from;
  struct when still = before ? stood_still(d, x->begin) : NEVER, since = happened(still) ? still : before ? x->begin : felt.begin;
  int64_t unwritten = middle(since) - middle(felt.begin);
  felt.begin = since;
  if (p->quiet) {
    o->ms = o->uncertainty_ms = UNKNOWN_INT;
    o->text = arena_printf(a, "it runs on %s, but its guest has not written to its disk again", d->on);
  } else if (happened(felt.end)) {
    o->ms = length(&felt);
    o->uncertainty_ms = half(felt.begin) + half(felt.end);
    o->text = arena_printf(a, "%s%suntil its guest wrote again; running after %" PRId64 ".%" PRId64 " s", o->text ? o->text : "", o->text ? "; " : "", o->running_ms / 1000, o->running_ms / 100 % 10);
    if (unwritten > 500) o->text = arena_printf(a, "%s; nothing of it reached the disk in the %" PRId64 ".%" PRId64 " s before", o->text, unwritten / 1000, unwritten / 100 % 10);
  } else {
    o->ms = 0;
    o->uncertainty_ms = pulse_gap(p);
    o->text = "its guest wrote on throughout";
  }
}

static void sum_outages(const struct drill_watch *w, struct arena *a, struct drill_report *ret) {
  enum { UNSEEN_MS = 100 }; /* libvirt tells of each end and beginning within that */
  for (size_t i = 0; i < w->domains.count; i++) {
    const struct watched *d = &w->domains.item[i];
    const struct silence *x = longest(d);
    struct drill_outage *o = list_add(a, &ret->outages, &drill_outage_shape);
    o->domain = arena_strdup(a, d->name);
    if (d->down) {
      o->from = arena_strdup(a, d->on);
      o->text = "it has not come back";
    } else if (x) {
      o->ms = length(x);
      o->uncertainty_ms = half(x->begin) + half(x->end);
      o->from = arena_strdup(a, x->from);
      o->to = arena_strdup(a, x->to);
      if (d->silences.count > 1) o->text = arena_printf(a, "the longest of %zu", d->silences.count);
    } else if (w->last && running_on(w->last, d->name)) {
      o->ms = 0;
      o->uncertainty_ms = UNSEEN_MS;
      o->from = o->to = arena_strdup(a, d->on);
      o->text = "it ran on throughout";
    } else {
      o->from = arena_strdup(a, d->on);
      o->text = "whether it runs is not known";
    }
    const struct pulse *p = guest_pulse(w, d->name);
    if (p && !d->down && o->ms != UNKNOWN_INT) by_its_writes(p, d, x, a, o);
  }
}

/* What beats, whether it was to be hit or not. */
static void sum_stalls(const struct drill_watch *w, struct arena *a, struct drill_report *ret) {
  for (size_t i = 0; i < w->pulses.count; i++) {
    const struct pulse *p = &w->pulses.item[i];
    if (p->guest && (texts_have(&w->subject.domains, p->name) || !guest_pulse(w, p->name))) continue;
    struct drill_outage *o = list_add(a, &ret->stalls, &drill_outage_shape);
    o->domain = arena_strdup(a, p->name);
    o->text = arena_strdup(a, p->says);
    if (p->quiet) {
      o->text = arena_printf(a, "%s: it has not gone on", p->says);
    } else if (happened(p->longest.end)) {
      o->ms = length(&p->longest);
      o->uncertainty_ms = half(p->longest.begin) + half(p->longest.end);
    } else if (p->heard != UNKNOWN_INT) {
      o->ms = 0;
      o->uncertainty_ms = pulse_gap(p); /* what is shorter is no silence */
    }
  }
}

/* ---- phases ---- */

struct boundary { const char *event, *phase; struct when at; };

/* Each from the boundary before it that was seen; where one in between was not, the time is nobody's. */
static void add_phases(const struct boundary *b, size_t count, struct arena *a, struct drill_report *ret) {
  const struct boundary *from = &b[0];
  bool missed = false;
  for (size_t i = 1; i < count && happened(b[0].at); i++) {
    if (!happened(b[i].at)) {
      missed = missed || b[i].phase;
      continue;
    }
    struct drill_phase *p = list_add(a, &ret->phases, &drill_phase_shape);
    int64_t ms = middle(b[i].at) - middle(from->at);
    *p = (struct drill_phase){.name = missed ? "unattributed" : b[i].phase, .from = from->event, .to = b[i].event, .ms = ms > 0 ? ms : 0};
    if (middle(b[i].at) > middle(from->at)) from = &b[i];
    missed = false;
  }
}

static struct when event_after(const struct drill_watch *w, const char *event, struct when after, bool last) {
  struct when m = NEVER;
  for (size_t i = 0; i < w->events.count; i++) {
    const struct drill_event *e = &w->events.item[i];
    if (!str_eq(e->event, event) || !happened(after) || e->at + e->uncertainty_ms < after.from) continue;
    if (happened(m) && (last ? e->at < middle(m) : e->at > middle(m))) continue;
    m = (struct when){e->at - e->uncertainty_ms, e->at + e->uncertainty_ms};
  }
  return m;
}

/* When the last of the domains was back for the first time; where they go to later, when the host is back, is another matter. */
static struct when all_returned(const struct drill_watch *w) {
  struct when last = NEVER;
  for (size_t i = 0; i < w->domains.count; i++)
    for (size_t k = 0; k < w->domains.item[i].silences.count; k++) {
      struct when end = w->domains.item[i].silences.item[k].end;
      if (!happened(w->injected) || end.until < w->injected.from) continue;
      if (!happened(last) || end.until > last.until) last = end;
      break;
    }
  return last;
}

/* When it began to count: with the command for what is done in order, with the last sign of life where the power was cut. */
static struct when zero_of(const struct drill_watch *w) {
  enum drill_kind k = w->subject.kind;
  struct when m = w->injected;
  if (!happened(m)) return m;
  if (k == DRILL_MOVE || k == DRILL_STOP || k == DRILL_GLUSTERD) m.until = m.from;
  if (drill_stills(k) && happened(w->silent) && w->silent.from >= m.from - 200 && w->silent.from <= m.until) m = w->silent;
  return m;
}

/* When the guest of the last of them worked again after its start; NEVER: nobody saw. */
static struct when all_work(const struct drill_watch *w, struct when running) {
  struct when last = NEVER;
  for (size_t i = 0; i < w->domains.count && happened(running); i++) {
    const struct pulse *p = guest_pulse(w, w->domains.item[i].name);
    if (p && happened(p->longest.end) && p->longest.end.until >= running.from && (!happened(last) || p->longest.end.until > last.until)) last = p->longest.end;
  }
  return last;
}

static void sum_phases(const struct drill_watch *w, struct arena *a, struct drill_report *ret) {
  struct when asked = event_after(w, "start-asked", w->injected, false), running = all_returned(w), work = all_work(w, running), back = happened(w->joined) && happened(w->injected) && w->joined.until > w->injected.until ? w->joined : NEVER;
  bool any = w->domains.count > 0, fenced = w->before->cluster.fencing == TRUTH_YES;
  enum drill_kind k = w->subject.kind;
  struct when zero = zero_of(w);
  if (drill_kills(k) && w->node) {
    const struct boundary b[] = {{"injected", NULL, zero}, {"left", "noticed", w->left}, {"fenced", fenced && k != DRILL_CORE ? "fenced" : NULL, w->fenced}, {"start-asked", any ? "decided" : NULL, any ? asked : NEVER},
                                 {"running", any ? "started" : NULL, running}, {"works", happened(work) ? "booted" : NULL, work}, {"joined", "host back", back}, {"healed", NULL, event_after(w, "healed", w->injected, true)}};
    add_phases(b, COUNT(b), a, ret);
  } else if (k == DRILL_MOVE || k == DRILL_STOP) {
    const struct boundary b[] = {{"injected", NULL, zero}, {"start-asked", "decided", asked}, {"running", any ? "moved" : NULL, running}, {"left", k == DRILL_STOP ? "left" : NULL, w->left},
                                 {"reverted", "held", w->reverted}, {"joined", k == DRILL_STOP ? "back" : NULL, back}};
    add_phases(b, COUNT(b), a, ret);
  } else {
    bool brick = k == DRILL_BRICK;
    const struct boundary b[] = {{"injected", NULL, zero}, {brick ? "brick-down" : "peer-lost", "noticed", event_after(w, brick ? "brick-down" : "peer-lost", w->injected, false)}, {"reverted", "held", w->reverted},
                                 {brick ? "brick-up" : "peer", "back", event_after(w, brick ? "brick-up" : "peer", w->injected, true)}, {"healed", NULL, event_after(w, "healed", w->injected, true)}};
    add_phases(b, COUNT(b), a, ret);
  }
  for (size_t i = 0; i < ret->phases.count; i++)
    if (!ret->phases.item[i].name) ret->phases.item[i].name = ret->phases.item[i].to;
}

void drill_watch_report(const struct drill_watch *w, struct arena *a, struct drill_report *ret) {
  ret->expected.text = arena_strdup(a, w->expected.text);
  ret->expected.low_ms = w->expected.low_ms;
  ret->expected.high_ms = w->expected.high_ms;
  ret->expected.detect_ms = w->expected.detect_ms;
  ret->expected.stall_ms = w->expected.stall_ms;
  ret->expected.domains.count = ret->timeline.count = ret->outages.count = ret->stalls.count = ret->phases.count = 0;
  for (size_t i = 0; i < w->expected.domains.count; i++) {
    struct drill_expected_domain *e = list_add(a, &ret->expected.domains, &drill_expected_domain_shape), *from = &w->expected.domains.item[i];
    *e = (struct drill_expected_domain){arena_strdup(a, from->name), from->effect, from->low_ms, from->high_ms, arena_strdup(a, from->text)};
  }
  struct when zero = zero_of(w);
  ret->injected = happened(zero) ? middle(zero) : UNKNOWN_INT;
  ret->clock = "all times are of the console's own clock, as its sources told of the changes; each stands in the middle of the two moments between which it happened, and says how far these are apart";
  sum_timeline(w, a, ret);
  sum_outages(w, a, ret);
  sum_stalls(w, a, ret);
  sum_phases(w, a, ret);
}
