/* What beats several times a second as long as it is well: pings, writes to a volume, what a guest itself writes to its disk. */
#include "analysis/drill_parts.h"
#include "analysis/store_view.h"
#include <string.h>

enum { EACH_MS = 100, SILENT_MS = 1500, GAP_MS = 350, OFTEN_MS = 1000, BEATS_LEAST = 5 }; /* OFTEN_MS: a guest that writes less often is not measured by it */

static const struct shape pulse_shape = {.name = "pulse", .size = sizeof(struct pulse), .fields = (const struct field[]){{.name = NULL}}};

static struct pulse *pulse_of(struct drill_watch *w, const char *name, const char *says) {
  for (size_t i = 0; i < w->pulses.count; i++)
    if (str_eq(w->pulses.item[i].name, name) && str_eq(w->pulses.item[i].says, says)) return &w->pulses.item[i];
  struct pulse *p = list_add(w->arena, &w->pulses, &pulse_shape);
  *p = (struct pulse){.name = arena_strdup(w->arena, name), .says = arena_strdup(w->arena, says), .heard = UNKNOWN_INT, .longest = {.begin = NEVER, .end = NEVER}};
  return p;
}

static int64_t often(const struct pulse *p) { return p->usual > EACH_MS ? p->usual : EACH_MS; }
int64_t pulse_gap(const struct pulse *p) { return p->guest && 2 * p->usual > GAP_MS ? 2 * p->usual : GAP_MS; }

static void gone_on(struct drill_watch *w, struct pulse *p, int64_t at) {
  struct when end = {at - often(p), at};
  bool longer = !happened(p->longest.end) || at - p->heard > p->longest.end.until - p->longest.begin.from;
  if (longer) p->longest = (struct silence){NULL, NULL, {p->heard, p->heard + often(p)}, end};
  if (p->guest && p->before >= BEATS_LEAST && p->usual <= OFTEN_MS) watch_event(w, end, "works", p->name, p->says, "%s writes to its disk again", p->name);
  else if (p->quiet) watch_event(w, end, "goes-on", p->name, p->says, "%s: it goes on", p->name);
}

static void beat(struct drill_watch *w, struct pulse *p, int64_t at) {
  int64_t gap = p->heard == UNKNOWN_INT ? 0 : at - p->heard;
  if (!happened(w->injected)) {
    p->before++;
    if (p->guest && gap > p->usual) p->usual = gap;
  } else if (gap > pulse_gap(p) && at > w->injected.from) gone_on(w, p, at);
  p->quiet = false;
  if (at > p->heard) p->heard = at;
}

void drill_watch_pulse(struct drill_watch *w, const char *name, const char *says, int64_t at) { beat(w, pulse_of(w, name, says), at); }

void drill_watch_guest(struct drill_watch *w, const char *domain, const char *says, int64_t at) {
  struct pulse *p = pulse_of(w, domain, says);
  p->guest = true;
  beat(w, p, at);
}

void drill_watch_counted(struct drill_watch *w, const char *domain, int64_t at) {
  for (size_t i = 0; i < w->domains.count; i++) {
    struct watched *d = &w->domains.item[i];
    if (!str_eq(d->name, domain) || at <= d->counted) continue;
    if (!happened(w->injected) && d->counts++ && at - d->counted > d->count_usual) d->count_usual = at - d->counted;
    d->counted = at;
  }
}

/* When it stood still by that count, though its host went on for longer; NEVER: it did not, or nobody counted. */
struct when stood_still(const struct watched *d, struct when silent) {
  int64_t often = d->count_usual > EACH_MS ? d->count_usual : EACH_MS;
  if (d->counts < BEATS_LEAST || often > OFTEN_MS || !happened(silent) || silent.from - d->counted <= 2 * often) return NEVER;
  return (struct when){d->counted, d->counted + often};
}

void drill_watch_pulse_over(struct drill_watch *w, const char *name, const char *says) {
  for (size_t i = 0; i < w->pulses.count; i++)
    if (str_eq(w->pulses.item[i].name, name) && str_eq(w->pulses.item[i].says, says)) w->pulses.item[i].over = true;
}

const struct pulse *guest_pulse(const struct drill_watch *w, const char *domain) {
  for (size_t i = 0; i < w->pulses.count; i++) {
    const struct pulse *p = &w->pulses.item[i];
    if (p->guest && !p->over && p->before >= BEATS_LEAST && p->usual <= OFTEN_MS && str_eq(p->name, domain)) return p;
  }
  return NULL;
}

void see_pulses(struct drill_watch *w, const struct snapshot *s) {
  for (size_t i = 0; i < w->pulses.count; i++) {
    struct pulse *p = &w->pulses.item[i];
    int64_t limit = 2 * pulse_gap(p) > SILENT_MS ? 2 * pulse_gap(p) : SILENT_MS;
    if (p->quiet || p->over || p->heard == UNKNOWN_INT || !happened(w->injected) || s->at - p->heard < limit) continue;
    p->quiet = true;
    if (!p->guest || guest_pulse(w, p->name)) watch_event(w, (struct when){p->heard, p->heard + often(p)}, "stands-still", p->name, p->says, "%s: it stands still", p->name);
  }
}

/* An arbiter has no data, but the time of the last write too. */
const struct brick_view *drill_witness(const struct snapshot *s, const struct drill_subject *d, const struct domain_view *v) {
  const struct disk_view *disk = v->disks.count ? &v->disks.item[0] : NULL;
  const struct volume_view *of = disk && disk->volume && disk->path ? snapshot_volume(s, disk->volume) : NULL;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  for (size_t i = 0; of && of->sharded != TRUTH_YES && i < of->bricks.count; i++) {
    const struct brick_view *b = &of->bricks.item[i];
    const char *name = arena_printf(a, "%s:%s", b->host, b->path);
    bool hit = str_eq(name, d->brick) || (d->host && same_host(s, b->host, d->host));
    if (b->online == TRUTH_YES && !hit && texts_have(&disk->bricks, name)) return b;
  }
  return NULL;
}

/* ---- the host that is hit ---- */

void drill_watch_heard(struct drill_watch *w, int64_t at) {
  if (happened(w->silent) && at > w->silent.until && !w->heard_again) {
    w->heard_again = true;
    watch_event(w, (struct when){at - EACH_MS, at}, "answers", w->subject.host, "ping", "%s answers pings again", w->subject.host);
  }
  if (at > w->heard) w->heard = at;
}

void see_silence(struct drill_watch *w, const struct snapshot *s) {
  if (w->heard == UNKNOWN_INT || happened(w->silent) || !happened(w->injected) || s->at - w->heard < SILENT_MS) return;
  bool itself = w->subject.kind == DRILL_CUT; /* what it said last may have died with it */
  w->silent = (struct when){w->heard, w->heard + (itself ? 2 : 1) * EACH_MS};
  if (itself) watch_event(w, w->silent, "silent", w->subject.host, "ssh", "%s says nothing any more", w->subject.host);
  else watch_event(w, w->silent, "silent", w->subject.host, "ping", "%s answers no ping any more", w->subject.host);
}
