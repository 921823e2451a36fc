/* Why it failed: what pacemaker, the agent, qemu and the fence agent said, as rows; each names the lint check that foresees it. */
#include "analysis/drill_parts.h"
#include "analysis/lint.h"
#include "analysis/seen.h"
#include <inttypes.h>
#include <string.h>

/* The words as they were said, in any case; the first row that fits is the cause of a line. */
static const struct { const char *words, *check, *why, *operation; } causes[] = {
    {"get \"write\" lock", "lock-outlives-failover", "the disk was still locked by the dead host when the domain was started", "gluster-failover-timeouts"},
    {"get shared \"write\" lock", "lock-outlives-failover", "the disk was still locked by the dead host when the domain was started", "gluster-failover-timeouts"},
    {"is another process using the image", "lock-outlives-failover", "the disk was still locked by the dead host when the domain was started", "gluster-failover-timeouts"},
    {"unable to determine domain name", "name-not-alone", "the agent could not read the definition: its <name> must stand on a line of its own", "domain-share"},
    {"does not exist or is not readable", "definition-unreadable", "the definition is not on that host: it is not on shared storage, or that is not mounted", "gluster-mount"},
    {"not installed", "mount-not-ordered", "what the agent needs is not on that host: the volume was not mounted when it was started, or the definition is not there", "gluster-mount"},
    {"cannot access storage file", "local-disk", "a disk of the domain is not reachable from that host", NULL},
    {"cannot get interface mtu", "bridge-missing", "the bridge that the domain is connected to is not on that host", "host-bridge"},
    {"no such device", "bridge-missing", "a device or bridge of the domain is not on that host", "host-bridge"},
    {"cannot allocate memory", "no-room", "that host had not enough memory left", NULL},
    {"unsupported machine type", "machine-missing", "that host's qemu does not know the domain's machine type", NULL},
    {"host key verification failed", "no-trust", "the hosts do not trust each other's ssh, by which domains are moved live", "host-prepare"},
    {"guest cpu", "host-cpu", "the domain's CPU is not one of that host", NULL},
    {"transport endpoint is not connected", "first-brick-mandatory", "the volume could not be written: too few of its copies were reachable", NULL},
    {"unable to obtain correct plug status", "fencing-unproven", "the fence agent could not talk to the BMC", "fencing-create"},
    {"unable to connect/login", "fencing-unproven", "the fence agent was not let in by the BMC: address, user, password or cipher", "fencing-create"},
    {"no route to host", "fencing-unproven", "the fence agent did not reach the BMC", "fencing-create"},
    {"timed out", NULL, "an action took longer than its timeout", NULL},
};

static struct drill_finding *found(struct drill_report *r, struct arena *a, const char *id, const char *subject, const char *evidence, const char *why, const char *operation) {
  for (size_t i = 0; i < r->findings.count; i++)
    if (str_eq(r->findings.item[i].id, id) && str_eq(r->findings.item[i].why, why) && str_eq(r->findings.item[i].subject, subject)) return &r->findings.item[i];
  struct drill_finding *f = list_add(a, &r->findings, &drill_finding_shape);
  *f = (struct drill_finding){arena_strdup(a, id), arena_strdup(a, subject), arena_strdup(a, evidence), arena_strdup(a, why), arena_strdup(a, operation)};
  return f;
}

/* What was known before, if a check had foreseen it. */
static const struct finding *foreseen(const struct lint *l, const char *id) {
  for (size_t i = 0; id && i < l->findings.count; i++)
    if (str_eq(l->findings.item[i].id, id)) return &l->findings.item[i];
  return NULL;
}

static bool explain(const struct lint *l, const char *subject, const char *line, struct arena *a, struct drill_report *r) {
  for (size_t i = 0; i < COUNT(causes); i++) {
    if (!strcasestr(line, causes[i].words)) continue;
    const struct finding *f = foreseen(l, causes[i].check);
    found(r, a, causes[i].check, subject, f ? arena_printf(a, "%s (foreseen: %s)", line, f->evidence) : line, causes[i].why, f && f->operation ? f->operation : causes[i].operation);
    return true;
  }
  return false;
}

static void by_failures(const struct snapshot *now, const struct lint *l, int64_t since, struct arena *a, struct drill_report *r) {
  for (size_t i = 0; i < now->failures.count; i++) {
    const struct failure_view *f = &now->failures.item[i];
    if (f->at != UNKNOWN_INT && since != UNKNOWN_INT && f->at < since / 1000 * 1000 - 2000) continue; /* pacemaker's are whole seconds */
    const char *line = arena_printf(a, "%s of %s on %s: %s", f->task ? f->task : "an action", f->resource ? f->resource : "?", f->host ? f->host : "?", f->reason ? f->reason : "it failed");
    if (!explain(l, f->resource, line, a, r) && !r->findings.count) found(r, a, NULL, f->resource, line, "pacemaker's agent failed", "resource-cleanup");
  }
}

static void by_fencing(const struct snapshot *now, const struct drill_subject *d, const struct lint *l, int64_t since, struct arena *a, struct drill_report *r) {
  size_t failed = 0, good = 0;
  for (size_t i = 0; d->host && i < now->fencing.count; i++) {
    const struct fencing_view *f = &now->fencing.item[i];
    if (!str_eq(f->target, d->host) || (f->at != UNKNOWN_INT && since != UNKNOWN_INT && f->at < since - 2000)) continue;
    failed += str_eq(f->result, "failed");
    good += str_eq(f->result, "success");
  }
  if (failed && !good) {
    const struct finding *f = foreseen(l, "fencing-unproven");
    found(r, a, "fencing-unproven", d->host, arena_printf(a, "%zu fencings of %s failed, none succeeded", failed, d->host), "nothing is started elsewhere before the host is proven dead", f ? f->operation : "fencing-test");
  }
}

static void by_constraints(const struct snapshot *now, const struct drill_subject *d, struct arena *a, struct drill_report *r) {
  for (size_t i = 0; i < now->constraints.count; i++) {
    const struct constraint_view *c = &now->constraints.item[i];
    const char *name = NULL;
    for (size_t k = 0; k < d->domains.count; k++) {
      const struct domain_view *v = snapshot_domain(now, d->domains.item[k]);
      if (v && v->resource && str_eq(v->resource, c->resource)) name = v->name;
    }
    if (!name || c->from_move != TRUTH_YES || running_on(now, name)) continue;
    found(r, a, "leftover-constraint", c->resource, arena_printf(a, "%s (%s on %s)", c->id, c->score ? c->score : "?", c->host ? c->host : "?"), "what a move or a ban left keeps it from where it could run", "resource-clear");
  }
}

static void by_domains(const struct snapshot *now, const struct drill_subject *d, const struct lint *l, struct arena *a, struct drill_report *r) {
  static const char *const likely[] = {"no-room", "local-disk", "definition-not-shared", "lock-outlives-failover"};
  for (size_t i = 0; i < d->domains.count; i++) {
    const struct domain_view *v = snapshot_domain(now, d->domains.item[i]);
    const struct resource_view *x = v && v->resource ? resource_seen(now, v->resource) : NULL;
    if (running_on(now, d->domains.item[i])) continue;
    if (v && !v->resource) found(r, a, "not-managed", v->name, "no resource drives it", "nobody starts it elsewhere", "domain-make-ha");
    for (size_t k = 0; x && k < x->fail_count.count; k++)
      if (x->fail_count.item[k].value >= SCORE_INFINITE)
        found(r, a, "lock-outlives-failover", x->id, arena_printf(a, "fail-count of %s on %s is INFINITY", x->id, x->fail_count.item[k].key), "one failed start was final: pacemaker does not try there again before it is cleaned up", "resource-cleanup");
    for (size_t k = 0; v && !r->findings.count && k < COUNT(likely); k++) {
      const struct finding *f = foreseen(l, likely[k]);
      if (f) found(r, a, f->id, f->subject, f->evidence, f->why, f->operation);
    }
  }
}

void drill_diagnose(const struct snapshot *before, const struct snapshot *now, const struct drill_subject *d, int64_t since, const struct texts *lines, struct arena *a, struct drill_report *ret) {
  const struct lint *l = lint_make(before, a);
  by_fencing(now, d, l, since, a, ret);
  for (size_t i = 0; lines && i < lines->count; i++) explain(l, d->host, lines->item[i], a, ret);
  by_failures(now, l, since, a, ret); /* the agent's own word is often no more than that it failed */
  by_constraints(now, d, a, ret);
  by_domains(now, d, l, a, ret);
}
