/* What all drills share: what they are refused for, the timer that reverts when nobody is there any more, what is waited for. */
#include "ops/drill.h"
#include "analysis/fences.h"
#include "analysis/lint.h"
#include "analysis/seen.h"
#include "analysis/stop.h"
#include "analysis/store_view.h"
#include "analysis/times.h"
#include "ops/asked.h"
#include "ops/cluster_rows.h"
#include <stdio.h>
#include <string.h>

enum { STEADY_MS = 2000, NOTICE_S = 20, FENCE_S = 15, MARGIN_S = 30, START_S = 90, HEAL_S = 3600 };

const struct drill *drill_find(const char *name) {
  for (const struct drill *d = drills; d->operation.name; d++)
    if (str_eq(d->operation.name, name)) return d;
  return NULL;
}

const struct drill *drill_of(const struct operation *o) {
  for (const struct drill *d = drills; d->operation.name; d++)
    if (&d->operation == o) return d;
  return NULL;
}

/* ---- the steps of a plan ---- */

static bool is_timer(const struct step *s) { return s->argv.count && str_eq(s->argv.item[0], "systemd-run"); }

struct drill_steps drill_steps_of(const struct plan *p) {
  struct drill_steps r = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
  for (size_t i = 0; i < p->steps.count; i++) {
    const struct step *s = &p->steps.item[i];
    if (r.arm == SIZE_MAX) r.arm = is_timer(s) ? i : SIZE_MAX;
    else if (r.inject == SIZE_MAX) r.inject = s->argv.count && s->undo.count ? i : SIZE_MAX;
    else if (r.revert == SIZE_MAX && texts_same(&s->argv, &p->steps.item[r.inject].undo)) r.revert = i;
    else if (texts_same(&s->argv, &p->steps.item[r.arm].undo)) r.disarm = i;
  }
  return r;
}

int64_t drill_armed_s(const struct plan *p) {
  size_t arm = drill_steps_of(p).arm;
  const char option[] = "--on-active=";
  int64_t n;
  for (size_t i = 0; arm != SIZE_MAX && i < p->steps.item[arm].argv.count; i++)
    if (str_starts(p->steps.item[arm].argv.item[i], option) && !str_int(p->steps.item[arm].argv.item[i] + sizeof option - 1, 0, 1000000, &n)) return n;
  return UNKNOWN_INT;
}

struct drill_subject drill_subject_by(const struct drill *d, const struct snapshot *s, const struct values *v, struct arena *a) {
  const char *host = value_of_name(v, "host"), *brick = value_of_name(v, "brick"), *resource = value_of_name(v, "resource"), *path;
  const struct resource_view *r = resource ? resource_seen(s, resource) : NULL;
  if (brick) brick_split(a, brick, &host, &path);
  if (r && r->hosts.count) host = r->hosts.item[0];
  const struct host_view *h = host ? snapshot_host(s, host) : NULL;
  return drill_subject_of(s, d->kind, h ? h->name : host, brick, resource, a);
}

/* ---- refusals ---- */

#define UNIT "kvmconsole-drill-revert"
void drill_ask_timer(struct planning *p, const char *host) { ask_command(p, host, "timers", "systemctl", "is-active", UNIT ".timer", NULL); }

bool drill_timer_runs(struct planning *p, const char *host) {
  const char *state = printed(p, host, "timers");
  if (!state || !str_starts(state, "active")) return false;
  refuse_always(p, "when it is over", "the timer of another drill still runs on %s", host);
  return true;
}

void drill_ask(struct planning *p, const char *host) {
  static const char *const units[] = {"corosync", "pacemaker"};
  drill_ask_timer(p, host);
  for (size_t i = 0; i < COUNT(units); i++) ask_command(p, host, units[i], "systemctl", "is-enabled", units[i], NULL);
}

/* Steady state: a drill measures one fault, so there is to be none before it. */
static void refuse_unsteady(struct hitting *h) {
  struct planning *p = h->p;
  const struct snapshot *s = p->snap;
  const char *saw = "";
  enum truth quiet = heals_quiet(s, p->arena, &saw);
  if (s->cluster.maintenance == TRUTH_YES) refuse_always(p, "when maintenance-mode is false (cluster-property)", "the cluster is in maintenance: pacemaker would bring nothing back");
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct host_view *x = &s->hosts.item[i];
    if (x->pacemaker && x->pacemaker != NODE_ONLINE) refuse_always(p, "when every node is online and takes resources", "%s is %s", x->name, node_state_names[x->pacemaker]);
    if (x->peer && x->peer != PEER_CONNECTED) refuse_always(p, "when every peer is connected", "%s is no connected peer", x->name);
  }
  for (size_t v = 0; v < s->volumes.count; v++)
    for (size_t i = 0; str_eq(s->volumes.item[v].status, "started") && i < s->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &s->volumes.item[v].bricks.item[i];
      if (b->online == TRUTH_NO || b->answers == TRUTH_NO) refuse_always(p, "when every brick is up", "brick %s:%s is down already", b->host, b->path);
    }
  if (quiet == TRUTH_NO) refuse_always(p, "when nothing waits to heal any more", "a heal is under way: %s", saw);
  if (quiet == TRUTH_UNKNOWN && s->volumes.count) refuse(p, "when the heals are read, within a minute or two", "whether anything waits to heal is not known%s%s", *saw ? ": " : "", saw);
  for (size_t v = 0; v < s->volumes.count; v++)
    for (size_t i = 0; i < s->volumes.item[v].tasks.count; i++)
      if (str_eq(s->volumes.item[v].tasks.item[i].status, "in progress")) refuse_always(p, "when it has ended", "%s of %s is under way", s->volumes.item[v].tasks.item[i].type, s->volumes.item[v].name);
  for (size_t i = 0; i < s->domains.count; i++)
    if (job_seen(s, s->domains.item[i].name, NULL)) refuse_always(p, "when it has ended", "a migration of %s is under way", s->domains.item[i].name);
}

static bool device_fails(const struct snapshot *s, const char *host) {
  const char *device = fence_device_of(s, host, NULL);
  const struct resource_view *r = device ? resource_seen(s, device) : NULL;
  return r && (r->failed == TRUTH_YES || r->blocked == TRUTH_YES || r->role == HA_STOPPED);
}

/* Two writers destroy a disk: what lives and is believed dead must be cut off for certain. */
static void refuse_unfenced(struct hitting *h) {
  struct planning *p = h->p;
  const char *name = h->host->name;
  if (!drill_looks_dead(h->drill->kind) || !h->host->pacemaker) return;
  if (p->snap->cluster.fencing != TRUTH_YES) refuse_always(p, "when stonith-enabled is true (cluster-property); power-lost needs no fencing", "fencing is off: %s lives while others start its domains, and two hosts write to one disk", name);
  else if (!fence_device_of(p->snap, name, NULL)) refuse_always(p, "when it has one (fencing-create)", "no fence device is configured for %s: it lives while others start its domains", name);
  else if (device_fails(p->snap, name)) refuse_always(p, "when it is started again (fencing-password, or whatever keeps it from its BMC)", "%s, which is to fence %s, does not answer now: %s lives while others wait for its death", fence_device_of(p->snap, name, NULL), name, name);
  else if (fencing_proven_at(p->snap, name) == UNKNOWN_INT) refuse_always(p, planf(p, "after fencing-test node=%s, or the drill power-lost", name), "that %s can be fenced was never proven: if it fails, two hosts write to one disk", name);
}

static void refuse_by_verdict(struct hitting *h) {
  struct planning *p = h->p;
  struct loss loss = {.dead = drill_kills(h->drill->kind)};
  if (h->drill->kind == DRILL_MOVE || h->drill->kind == DRILL_GLUSTERD) return; /* nothing is lost */
  if (loss_add(p->snap, &loss, h->subject.brick ? h->subject.brick : h->host->name, p->arena, NULL)) return;
  const struct stop *v = stop_judge(p->snap, &loss, p->arena);
  for (size_t i = 0; i < v->reasons.count; i++) {
    const struct stop_reason *r = &v->reasons.item[i];
    bool fencing = str_eq(r->layer, "fencing") && r->verdict == VERDICT_UNKNOWN; /* refuse_unfenced() has its own word on that */
    if (r->verdict == VERDICT_WAIT) refuse_always(p, "when that is over", "%s", r->text);
    else if (r->verdict == VERDICT_UNSAFE) refuse(p, "when ok-to-stop says safe", "%s", r->text);
    else if (r->verdict == VERDICT_UNKNOWN && !fencing) refuse(p, "when ok-to-stop knows", "%s", r->text);
  }
}

static void say_expected(struct hitting *h) {
  struct drill_expected e = {0};
  drill_expect(h->p->snap, &h->subject, h->p->arena, &e);
  if (e.text) consequence(h->p, "%s", e.text);
  for (size_t i = 0; i < e.domains.count; i++) consequence(h->p, "%s %s", e.domains.item[i].name, e.domains.item[i].text);
}

/* What lint knows of that would make it fail: warnings, since some of it is only read a while after the console has begun. */
static void say_foreseen(struct hitting *h) {
  static const char kills[] = "lock-outlives-failover lock-outlives-fencing fence-device-fails mount-missing definition-unreadable definition-not-shared local-disk no-client-quorum leftover-constraint slow-ping first-brick-mandatory";
  static const char moves[] = "no-trust mount-missing";
  enum drill_kind k = h->drill->kind;
  const char *ids = drill_kills(k) || k == DRILL_BRICK ? kills : k == DRILL_MOVE || k == DRILL_STOP ? moves : NULL;
  const struct lint *l = ids ? lint_select(h->p->snap, ids, h->p->arena) : NULL;
  for (size_t i = 0; l && i < l->findings.count; i++) {
    const struct finding *f = &l->findings.item[i];
    beware(h->p, f->id, f->severity, planf(h->p, "lint foresees: %s%s%s", f->evidence, f->operation ? "; mended by " : "", f->operation ? f->operation : ""));
  }
}

/* ---- what else is measured ---- */

const char *drill_check_ping(struct planning *p, const char *value) {
  const char *equals = strchr(value, '='), *address = equals ? equals + 1 : "";
  if (!equals || !snapshot_domain(p->snap, arena_strndup(p->arena, value, (size_t)(equals - value)))) return "it is to be DOMAIN=ADDRESS, of a domain that is there";
  return *address && *address != '-' && address[strspn(address, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:_-")] == '\0' ? NULL : "that is no address";
}

/* The file that is written while it is there: made first, taken away last. */
static const char *probe_file(struct planning *p) { return planf(p, "%s/" DRILL_PROBE, given(p, "probe")); }

static void probe_begin(struct hitting *h) {
  struct planning *p = h->p;
  const char *path = given(p, "probe");
  const struct gluster_mounts *m = own_host(p) ? mounts_of(p->snap, own_host(p)->name) : NULL;
  bool mounted = false;
  if (!path) return;
  for (size_t i = 0; m && i < m->mounts.count; i++) mounted |= str_eq(m->mounts.item[i].mount, path);
  if (!mounted) return refuse_always(p, "with the place where this host has a volume mounted", "no volume is mounted on %s on %s", path, here(p));
  step_file(p, here(p), probe_file(p), "600", "what is written ten times a second meanwhile");
  consequence(p, "4 KiB are written to %s on %s ten times a second while it runs", probe_file(p), here(p));
}

static void probe_end(struct hitting *h) {
  if (!given(h->p, "probe")) return;
  struct step *s = step_run(h->p, here(h->p), "stop writing: take that file away", "rm", "-f", probe_file(h->p), NULL);
  s->harmless = TRUTH_YES;
}

bool drill_begin(struct hitting *h, struct planning *p, const char *host) {
  *h = (struct hitting){.p = p, .drill = drill_of(p->operation), .host = snapshot_host(p->snap, host), .unit = UNIT};
  if (!h->host) return refuse_always(p, "with a host that is there", "there is no host %s", host), false;
  bool node = h->host->membership || h->host->pacemaker;
  if (node && !cluster_told(p)) return false;
  h->subject = drill_subject_by(h->drill, p->snap, p->values, p->arena);
  if (h->host->here == TRUTH_YES && h->drill->kind != DRILL_MOVE)
    refuse_always(p, "when it is run on another host", "%s is the host that this console runs on: it would end itself, or see nothing", h->host->name);
  refuse_unsteady(h);
  refuse_unfenced(h);
  refuse_by_verdict(h);
  drill_timer_runs(p, h->host->name);
  probe_begin(h);
  if (refused(p)) return false;
  say_expected(h);
  say_foreseen(h);
  return true;
}

/* ---- steps ---- */

static int64_t notice_s(const struct hitting *h) {
  int64_t detect = detection_seconds(h->p->snap);
  return (detect == UNKNOWN_INT ? 60 : detect) + NOTICE_S;
}

static int64_t fence_s(const struct hitting *h) { return (drill_fencing_ms(h->p->snap, h->host->name) + 999) / 1000 + FENCE_S; }

/* Later than all that the plan waits for until then: what the timer does must not be taken for what the cluster did. */
int64_t drill_failover_s(const struct hitting *h) { return notice_s(h) + fence_s(h) + MARGIN_S; }

void drill_armed(struct hitting *h, const char *on, int64_t seconds, const char *what, const struct texts *revert) {
  struct planning *p = h->p;
  step_pause(p, STEADY_MS, "watch for two seconds how all is before, by which it is judged later"); /* how often each guest writes */
  struct step *s = step_run(p, on, planf(p, "arm a timer: in %lld s it will %s, whoever is there then", (long long)seconds, what), "systemd-run", planf(p, "--unit=%s", h->unit),
                            planf(p, "--on-active=%lld", (long long)seconds), "--timer-property=AccuracySec=100ms", NULL);
  for (size_t i = 0; i < revert->count; i++) texts_add(p->arena, &s->argv, revert->item[i]);
  undo_by(p, s, "systemctl", "stop", planf(p, "%s*.timer", h->unit), NULL);
  consequence(p, "if this console is lost meanwhile, a timer on %s will %s, %lld s after it was armed", on, what, (long long)seconds);
}

/* A pattern, since to stop what is not there any more is no failure then. */
void drill_disarm(struct hitting *h, const char *on) {
  struct step *s = step_run(h->p, on, "stop the timer that would take it back", "systemctl", "stop", planf(h->p, "%s*.timer", h->unit), NULL);
  s->harmless = TRUTH_YES;
}

static int64_t start_ms(const struct hitting *h) {
  int64_t most = START_S * 1000;
  for (size_t i = 0; i < h->subject.domains.count; i++) {
    const struct domain_view *d = snapshot_domain(h->p->snap, h->subject.domains.item[i]);
    int64_t one = d && d->resource ? move_deadline(h->p, d->resource) : 0;
    if (one > most) most = one;
  }
  return most;
}

void drill_wait_failover(struct hitting *h, bool fenced) {
  struct planning *p = h->p;
  const char *host = h->host->name;
  int64_t last = 0;
  for (size_t i = 0; i < p->snap->fencing.count; i++)
    if (str_eq(p->snap->fencing.item[i].target, host) && p->snap->fencing.item[i].at != UNKNOWN_INT && p->snap->fencing.item[i].at > last) last = p->snap->fencing.item[i].at;
  step_wait(p, notice_s(h) * 1000, planf(p, "until the cluster has noticed that %s is gone", host), "node-left", host, NULL);
  if (fenced) step_wait(p, fence_s(h) * 1000, planf(p, "until %s is fenced", host), "fenced-since", host, planf(p, "%lld", (long long)last), NULL);
  for (size_t i = 0; i < h->subject.domains.count; i++) {
    const struct domain_view *d = snapshot_domain(p->snap, h->subject.domains.item[i]);
    if (!d || !d->resource) continue;
    int64_t most = start_ms(h) + fence_s(h) * 1000;
    step_wait(p, most, planf(p, "until pacemaker has %s started elsewhere", d->resource), "resource-not-on", d->resource, host, NULL);
    step_wait(p, most, "and says that it is", "resource-runs", d->resource, NULL);
    step_wait(p, most, planf(p, "until %s runs again", d->name), "domain-runs", d->name, NULL);
  }
}

/* As it was: the host, its domains wherever they are now, its bricks, and what was written meanwhile healed. */
void drill_wait_whole(struct hitting *h, int64_t back_ms) {
  struct planning *p = h->p;
  const char *host = h->host->name;
  if (h->host->pacemaker) {
    step_wait(p, back_ms, planf(p, "until %s takes part in the cluster again", host), "node-joined", host, NULL);
    verify_that(p, "node-joined", host, NULL);
  }
  if (has_bricks(p->snap, h->host)) {
    step_wait(p, back_ms, planf(p, "until the bricks of %s are up", host), "bricks-up-on", host, NULL);
    verify_that(p, "bricks-up-on", host, NULL);
  }
  probe_end(h);
  for (size_t v = 0; v < p->snap->volumes.count && h->drill->kind != DRILL_MOVE; v++) {
    const struct volume_view *x = &p->snap->volumes.item[v];
    bool touched = false;
    for (size_t i = 0; i < x->bricks.count; i++) touched |= snapshot_host(p->snap, x->bricks.item[i].host) == h->host;
    if (!touched || !volume_copies(x) || !str_eq(x->status, "started")) continue;
    step_wait(p, HEAL_S * 1000, planf(p, "until %s is healed, by a count that was taken since", x->name), "heals-quiet", x->name, NULL);
    verify_that(p, "heals-quiet", x->name, NULL);
  }
  for (size_t i = 0; i < h->subject.domains.count; i++) {
    const struct domain_view *d = snapshot_domain(p->snap, h->subject.domains.item[i]);
    if (d && (d->resource || !drill_kills(h->drill->kind))) verify_that(p, "domain-runs", d->name, NULL); /* of the others the plan has said that they are lost */
  }
  p->plan->verify_ms = 180000;
}
