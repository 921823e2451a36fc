/* Moments: between the last reading that did not show it and the first that did, or, of a source that tells of changes by itself,
 * so shortly before it that no reading in between was needed. */
#include "analysis/drill_parts.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CALLBACK_MS = 100, COALESCED_MS = 300 }; /* libraries' callbacks; pacemaker's, which are gathered before its status is read */

static const struct source_fact_view *row_of(const struct snapshot *s, const char *kind, const char *host) {
  const struct fact_kind *k = fact_kind_find(kind);
  const struct host_view *wanted = host ? snapshot_host(s, host) : NULL;
  const struct source_fact_view *best = NULL;
  for (size_t i = 0; k && i < s->sources.count; i++) {
    const struct source_view *v = &s->sources.item[i];
    if (!str_eq(v->name, layer_names[k->layer])) continue;
    if (host && !str_eq(v->host, host) && (!wanted || snapshot_host(s, v->host ? v->host : "") != wanted)) continue;
    for (size_t n = 0; n < v->facts.count; n++)
      if (str_eq(v->facts.item[n].kind, kind) && (!best || v->facts.item[n].age_ms < best->age_ms)) best = &v->facts.item[n];
  }
  return best;
}

int64_t fact_read_at(const struct snapshot *s, const char *kind, const char *host) {
  const struct source_fact_view *row = row_of(s, kind, host);
  return row && row->age_ms != UNKNOWN_INT ? s->at - row->age_ms : UNKNOWN_INT;
}

/* By the stamp of the reading itself, unless its clock is not ours. */
static int64_t value_since(const struct drill_watch *w, const struct snapshot *s, const char *kind, const char *host) {
  const struct fact_kind *k = fact_kind_find(kind);
  const struct host_view *wanted = host ? snapshot_host(s, host) : NULL;
  int64_t newest = UNKNOWN_INT;
  for (size_t i = 0; i < s->kept.count; i++) {
    const struct fragment *f = s->kept.item[i];
    if (f->kind != k || (host && !str_eq(f->host, host) && (!wanted || snapshot_host(s, f->host ? f->host : "") != wanted))) continue;
    if (f->at > newest) newest = f->at;
  }
  int64_t least = w->last ? w->last->at : s->at;
  return newest == UNKNOWN_INT || newest > s->at || newest < least - 1000 ? s->at : newest;
}

struct when fact_moment(struct drill_watch *w, const struct snapshot *s, const char *kind, const char *host) {
  const struct fact_kind *k = fact_kind_find(kind);
  struct when m = {w->last ? fact_read_at(w->last, kind, host) : UNKNOWN_INT, value_since(w, s, kind, host)};
  bool pacemaker = k && k->layer == LAYER_PACEMAKER, calls_back = k && (k->layer == LAYER_COROSYNC || k->layer == LAYER_LIBVIRT);
  if (m.from == UNKNOWN_INT || m.from > m.until) m.from = m.until - (k ? k->interval_ms : 0);
  if (pacemaker && m.until - m.from < k->interval_ms / 2) w->pushes = true;
  int64_t told = calls_back ? CALLBACK_MS : pacemaker && w->pushes ? COALESCED_MS : INT64_MAX;
  if (m.until - m.from > told) m.from = m.until - told;
  return m;
}

void watch_event(struct drill_watch *w, struct when at, const char *event, const char *subject, const char *source, const char *format, ...) {
  char text[512];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  struct drill_event *e = list_add(w->arena, &w->events, &drill_event_shape);
  *e = (struct drill_event){.at = at.from + (at.until - at.from) / 2, .uncertainty_ms = (at.until - at.from + 1) / 2, .event = event, .subject = arena_strdup(w->arena, subject), .text = arena_strdup(w->arena, text), .source = arena_strdup(w->arena, source)};
}

const struct brick_view *brick_again(const struct snapshot *s, const char *host, const char *path, size_t volume, size_t at) {
  const struct volume_view *v = volume < s->volumes.count ? &s->volumes.item[volume] : NULL;
  const struct brick_view *b = v && at < v->bricks.count ? &v->bricks.item[at] : NULL;
  return b && str_eq(b->path, path) && str_eq(b->host, host) ? b : brick_find(s, host, path, NULL);
}

const char *running_on(const struct snapshot *s, const char *domain) {
  const struct domain_view *v = snapshot_domain(s, domain);
  /* What is merged says it, unless it is on its way from one host to another, or old. */
  if (v && !v->stale.count && v->hosts.count == 1 && str_eq(v->state, "running")) return v->hosts.item[0];
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct libvirt_domains *d = s->hosts.item[i].libvirt ? fact_seen(s, "libvirt.domains", s->hosts.item[i].name) : NULL;
    for (size_t k = 0; d && k < d->domains.count; k++)
      if (str_eq(d->domains.item[k].name, domain) && (str_eq(d->domains.item[k].state, "running") || str_eq(d->domains.item[k].state, "blocked"))) return s->hosts.item[i].name;
  }
  return NULL;
}
