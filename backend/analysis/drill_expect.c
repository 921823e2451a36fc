/* What a drill should do to the domains, by the configuration alone: said before it, compared with what was measured. */
#include "analysis/drill.h"
#include "analysis/seen.h"
#include "analysis/stop.h"
#include "analysis/store_view.h"
#include "analysis/times.h"
#include <inttypes.h>
#include <string.h>

/* Seen in failovers: an agent that cuts power takes one second and more, a guest is up two seconds after its start was asked; a handover of a
 * live migration is well below two seconds, unless the guest writes faster than the network carries. */
enum { FENCE_LEAST_MS = 1000, FENCE_USUAL_MS = 8000, START_LEAST_MS = 1000, START_USUAL_MS = 6000, HANDOVER_MS = 2000, RESTART_MS = 60000, STONITH_MS = 60000, THINK_MS = 2000 };

int64_t drill_fencing_ms(const struct snapshot *s, const char *host) {
  int64_t ms = duration_of(property_seen(s, "stonith-timeout"), STONITH_MS), watchdog = duration_of(property_seen(s, "stonith-watchdog-timeout"), 0);
  const char *device = fence_device_of(s, host, NULL);
  const struct pcmk_param *c = device ? resource_config(s, device) : NULL;
  if (c) ms += duration_of(pairs_get(&c->params, "pcmk_delay_base"), 0) + duration_of(pairs_get(&c->params, "pcmk_delay_max"), 0);
  return ms > watchdog ? ms : watchdog;
}

static int64_t delay_ms(const struct snapshot *s, const char *host, bool most) {
  const char *device = fence_device_of(s, host, NULL);
  const struct pcmk_param *c = device ? resource_config(s, device) : NULL;
  return c ? duration_of(pairs_get(&c->params, "pcmk_delay_base"), 0) + (most ? duration_of(pairs_get(&c->params, "pcmk_delay_max"), 0) + duration_of(pairs_get(&c->params, "power_wait"), 0) : 0) : 0;
}

struct drill_subject drill_subject_of(const struct snapshot *s, enum drill_kind k, const char *host, const char *brick, const char *resource, struct arena *a) {
  struct drill_subject d = {.kind = k, .host = arena_strdup(a, host), .brick = arena_strdup(a, brick), .resource = arena_strdup(a, resource)};
  for (size_t i = 0; i < s->domains.count; i++) {
    const struct domain_view *v = &s->domains.item[i];
    bool hit = resource ? str_eq(v->resource, resource) : k != DRILL_BRICK && k != DRILL_GLUSTERD && host && texts_have(&v->hosts, host);
    if (hit && v->name && v->hosts.count) texts_add(a, &d.domains, v->name);
  }
  return d;
}

static int64_t lock_ms(const struct snapshot *s, const struct domain_view *d) {
  int64_t most = 0;
  for (size_t i = 0; i < d->disks.count; i++) {
    const struct volume_view *v = d->disks.item[i].volume ? snapshot_volume(s, d->disks.item[i].volume) : NULL;
    if (v && lock_release_seconds(v) * 1000 > most) most = lock_release_seconds(v) * 1000;
  }
  return most;
}

static const char *seconds_between(struct arena *a, int64_t low, int64_t high) {
  if (low / 1000 == (high + 999) / 1000) return arena_printf(a, "%" PRId64 " s", low / 1000);
  return arena_printf(a, "%" PRId64 " to %" PRId64 " s", low / 1000, (high + 999) / 1000);
}

/* The outage begins with the power cut, or, of a host that lives on until it is fenced, with its fencing. A guest that is cut off from its
 * disk may stand still at once, or go on until then by what its client keeps back. */
static void expect_restart(const struct snapshot *s, const struct drill_subject *d, const struct domain_view *v, struct arena *a, struct drill_expected_domain *e) {
  bool fenced = s->cluster.fencing == TRUTH_YES;
  int64_t detect = detection_seconds(s), lock = lock_ms(s, v);
  int64_t token = detect == UNKNOWN_INT ? UNKNOWN_INT : detect * 1000;
  e->effect = effect_names[EFFECT_RESTARTS];
  if (token == UNKNOWN_INT) {
    e->text = "restarts elsewhere; when cannot be told without corosync's timeouts";
    return;
  }
  bool stills = drill_stills(d->kind);
  int64_t low = stills ? token / 2 + (fenced ? FENCE_LEAST_MS + delay_ms(s, d->host, false) : 0) : fenced ? FENCE_LEAST_MS : 0;
  int64_t high = (stills || d->kind == DRILL_CUT ? token : 0) + THINK_MS + (fenced ? FENCE_USUAL_MS + delay_ms(s, d->host, true) : 0);
  e->low_ms = !stills && fenced ? fenced_to_start_ms(s, d->host) : low + START_LEAST_MS;
  e->high_ms = (high > lock ? high : lock) + START_USUAL_MS;
  e->text = arena_printf(a, "restarts elsewhere, without service for %s", seconds_between(a, e->low_ms, e->high_ms));
}

static void expect_move(const struct domain_view *v, bool live, struct arena *a, struct drill_expected_domain *e) {
  e->effect = effect_names[live ? EFFECT_MIGRATES : EFFECT_RESTARTS];
  e->low_ms = 0;
  e->high_ms = live ? HANDOVER_MS : RESTART_MS;
  e->text = live ? "moves live: silent for less than 2 s at the handover" : "is stopped and started elsewhere: without service for up to a minute";
  (void)v, (void)a;
}

static bool is_live(const struct snapshot *s, const struct domain_view *v) {
  const char *word = v->resource ? resource_meta_seen(s, v->resource, "allow-migrate") : NULL;
  return word && (str_eq(word, "true") || str_eq(word, "yes") || str_eq(word, "1") || str_eq(word, "on"));
}

static void expect_domain(const struct snapshot *s, const struct drill_subject *d, const struct domain_view *v, struct arena *a, struct drill_expected *ret) {
  struct drill_expected_domain *e = list_add(a, &ret->domains, &drill_expected_domain_shape);
  e->name = arena_strdup(a, v->name);
  if (!v->resource) e->effect = effect_names[EFFECT_STOPS], e->text = d->kind == DRILL_STOP ? "stays where it is: no resource drives it" : "is lost: no resource starts it elsewhere";
  else if (d->kind == DRILL_MOVE || d->kind == DRILL_STOP) expect_move(v, is_live(s, v), a, e);
  else expect_restart(s, d, v, a, e);
  if (e->high_ms != UNKNOWN_INT && (ret->high_ms == UNKNOWN_INT || e->high_ms > ret->high_ms)) ret->high_ms = e->high_ms, ret->low_ms = e->low_ms;
}

/* Domains elsewhere whose disks have a brick there. */
static int64_t stall_ms(const struct snapshot *s, const struct drill_subject *d) {
  int64_t most = 0;
  for (size_t v = 0; v < s->volumes.count; v++)
    for (size_t i = 0; i < s->volumes.item[v].bricks.count; i++)
      if (same_host(s, s->volumes.item[v].bricks.item[i].host, d->host) && stall_seconds(&s->volumes.item[v]) * 1000 > most) most = stall_seconds(&s->volumes.item[v]) * 1000;
  return most;
}

void drill_expect(const struct snapshot *s, const struct drill_subject *d, struct arena *a, struct drill_expected *ret) {
  shape_init(&drill_expected_shape, ret);
  int64_t detect = detection_seconds(s);
  ret->detect_ms = !drill_kills(d->kind) || detect == UNKNOWN_INT ? UNKNOWN_INT : detect * 1000;
  for (size_t i = 0; i < d->domains.count; i++) {
    const struct domain_view *v = snapshot_domain(s, d->domains.item[i]);
    if (v) expect_domain(s, d, v, a, ret);
  }
  int64_t stall = drill_kills(d->kind) ? stall_ms(s, d) : 0;
  const struct host_view *h = d->host ? snapshot_host(s, d->host) : NULL;
  ret->stall_ms = stall;
  if (stall && h && !h->pacemaker) ret->detect_ms = UNKNOWN_INT, ret->text = arena_printf(a, "no domain is interrupted; those whose disks lie there stand still for at most %" PRId64 " s", stall / 1000), stall = 0;
  else if (d->kind == DRILL_BRICK || d->kind == DRILL_GLUSTERD) ret->text = "no domain is interrupted", ret->low_ms = ret->high_ms = 0;
  else if (!d->domains.count) ret->text = arena_printf(a, "no domain runs on %s: what is measured is how long until it is noticed and whole again", d->host ? d->host : "it");
  else if (ret->high_ms != UNKNOWN_INT) ret->text = arena_printf(a, "expected: %s back in %s", names_of(&d->domains, a), seconds_between(a, ret->low_ms, ret->high_ms));
  else ret->text = arena_printf(a, "expected: %s back, when cannot be told", names_of(&d->domains, a));
  if (stall) ret->text = arena_printf(a, "%s; others whose disks lie there stand still for at most %" PRId64 " s", ret->text, stall / 1000);
}
