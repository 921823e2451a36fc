/* Why it failed: what pacemaker, the agent, qemu and the fence agent said, as rows; each names the lint check that foresees it. */
#include "analysis/drill_parts.h"
#include "analysis/lint.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include <inttypes.h>
#include <string.h>

/* The words as they were said, in any case; the first row that fits is the cause of a line. checks: those of lint that foresee it, what lies
 * deepest first; when none had, `otherwise` is what it is called. */
static const struct { const char *words, *checks[4], *otherwise, *why, *operation; } causes[] = {
    {"get \"write\" lock", {"lock-outlives-failover", "lock-outlives-fencing"}, "lock-outlives-failover", "the disk was still locked by the dead host when the domain was started", "gluster-failover-timeouts"},
    {"get shared \"write\" lock", {"lock-outlives-failover", "lock-outlives-fencing"}, "lock-outlives-failover", "the disk was still locked by the dead host when the domain was started", "gluster-failover-timeouts"},
    {"is another process using the image", {"lock-outlives-failover", "lock-outlives-fencing"}, "lock-outlives-failover", "the disk was still locked by the dead host when the domain was started", "gluster-failover-timeouts"},
    {"unable to determine domain name", {"name-not-alone"}, "name-not-alone", "the agent could not read the definition: its <name> must stand on a line of its own", "domain-share"},
    {"does not exist or not readable", {"mount-missing", "definition-unreadable"}, "definition-unreadable", "the definition is not on that host: it is not on shared storage, or that is not mounted", "gluster-mount"},
    {"does not exist or is not readable", {"mount-missing", "definition-unreadable"}, "definition-unreadable", "the definition is not on that host: it is not on shared storage, or that is not mounted", "gluster-mount"},
    {"not installed", {"mount-missing", "definition-unreadable", "name-not-alone", "mount-not-ordered"}, "definition-unreadable", "what the agent needs is not on that host: the volume was not mounted when it was started, or the definition is not there", "gluster-mount"},
    {"cannot access storage file", {"mount-missing", "local-disk"}, "local-disk", "a disk of the domain is not reachable from that host", NULL},
    {"cannot get interface mtu", {"bridge-missing"}, "bridge-missing", "the bridge that the domain is connected to is not on that host", "host-bridge"},
    {"no such device", {"bridge-missing"}, "bridge-missing", "a device or bridge of the domain is not on that host", "host-bridge"},
    {"cannot allocate memory", {"no-room"}, "no-room", "that host had not enough memory left", NULL},
    {"unsupported machine type", {"machine-missing"}, "machine-missing", "that host's qemu does not know the domain's machine type", NULL},
    {"host key verification failed", {"no-trust"}, "no-trust", "the hosts do not trust each other's ssh, by which domains are moved live", "host-prepare"},
    {"permission denied (publickey", {"no-trust"}, "no-trust", "the hosts do not trust each other's ssh, by which domains are moved live", "host-prepare"},
    {"guest cpu", {"host-cpu"}, "host-cpu", "the domain's CPU is not one of that host", NULL},
    {"transport endpoint is not connected", {"first-brick-mandatory"}, "first-brick-mandatory", "the volume could not be written: too few of its copies were reachable", NULL},
    {"unable to obtain correct plug status", {"fence-device-fails", "fencing-unproven"}, "fencing-unproven", "the fence agent could not talk to the BMC, or was not let in with its password", "fencing-password"},
    {"unable to connect/login", {"fence-device-fails", "fencing-unproven"}, "fencing-unproven", "the fence agent was not let in: address, user or password", "fencing-password"},
    {"no route to host", {"fence-device-fails", "fencing-unproven"}, "fencing-unproven", "the fence agent did not reach the BMC", "fencing-create"},
    {"timed out", {NULL}, NULL, "an action took longer than its timeout", NULL},
};

static struct drill_finding *found(struct drill_report *r, struct arena *a, const char *id, const char *subject, const char *evidence, const char *why, const char *operation) {
  for (size_t i = 0; i < r->findings.count; i++)
    if (str_eq(r->findings.item[i].id, id) && str_eq(r->findings.item[i].why, why) && str_eq(r->findings.item[i].subject, subject)) return &r->findings.item[i];
  struct drill_finding *f = list_add(a, &r->findings, &drill_finding_shape);
  *f = (struct drill_finding){arena_strdup(a, id), arena_strdup(a, subject), arena_strdup(a, evidence), arena_strdup(a, why), arena_strdup(a, operation)};
  return f;
}

/* Of how a host is, which no drill changes. */
static const char OF_A_HOST[] = "mount-missing mount-not-ordered bridge-missing machine-missing";

/* The first of the checks that had foreseen it, by what was known before. subject NULL: of anything. */
static const struct finding *foreseen(const struct lint *l, const char *const *checks, size_t count, const char *subject) {
  for (size_t c = 0; c < count; c++)
    for (size_t i = 0; i < l->findings.count; i++)
      if (str_eq(l->findings.item[i].id, checks[c]) && (!subject || str_eq(l->findings.item[i].subject, subject))) return &l->findings.item[i];
  return NULL;
}

static bool explain(const struct lint *l, const char *subject, const char *host, const char *line, struct arena *a, struct drill_report *r) {
  for (size_t i = 0; i < COUNT(causes); i++) {
    const struct finding *f = NULL;
    if (!strcasestr(line, causes[i].words)) continue;
    for (size_t k = 0; k < COUNT(causes[i].checks) && causes[i].checks[k] && !f; k++) f = foreseen(l, &causes[i].checks[k], 1, str_listed(OF_A_HOST, ' ', causes[i].checks[k]) ? host : NULL);
    found(r, a, f ? f->id : causes[i].otherwise, subject, f ? arena_printf(a, "%s (foreseen: %s)", line, f->evidence) : line, causes[i].why, f && f->operation ? f->operation : causes[i].operation);
    return true;
  }
  return false;
}

bool drill_explains(const char *line) {
  for (size_t i = 0; line && i < COUNT(causes); i++)
    if (strcasestr(line, causes[i].words)) return true;
  return false;
}

/* The agent says no more than that it failed: what lint had against a live migration is why. */
static bool by_migration(const struct lint *l, const struct failure_view *f, const char *line, struct arena *a, struct drill_report *r) {
  static const char *const checks[] = {"no-trust", "host-cpu", "cache-mode", "migration-too-short"};
  const struct finding *x = f->task && str_starts(f->task, "migrate_") ? foreseen(l, checks, COUNT(checks), NULL) : NULL;
  if (x) found(r, a, x->id, x->subject, arena_printf(a, "%s (foreseen: %s)", line, x->evidence), "it could not be moved live, and was stopped and started instead", x->operation);
  return x;
}

static void by_failures(const struct snapshot *now, const struct lint *l, int64_t since, struct arena *a, struct drill_report *r) {
  for (size_t i = 0; i < now->failures.count; i++) {
    const struct failure_view *f = &now->failures.item[i];
    if (f->at != UNKNOWN_INT && since != UNKNOWN_INT && f->at < since / 1000 * 1000 - 2000) continue; /* pacemaker's are whole seconds */
    const char *line = arena_printf(a, "%s of %s on %s: %s", f->task ? f->task : "an action", f->resource ? f->resource : "?", f->host ? f->host : "?", f->reason ? f->reason : "it failed");
    if (!explain(l, f->resource, f->host, line, a, r) && !r->findings.count && !by_migration(l, f, line, a, r)) found(r, a, NULL, f->resource, line, "pacemaker's agent failed", "resource-cleanup");
  }
}

/* Copies of which each has what the other has not: whoever could write to one alone has. */
static void by_split(const struct snapshot *before, const struct snapshot *now, const struct lint *l, struct arena *a, struct drill_report *r) {
  static const char *const checks[] = {"no-client-quorum", "replica-2"};
  for (size_t i = 0; i < now->volumes.count; i++) {
    const struct volume_view *v = &now->volumes.item[i], *was = snapshot_volume(before, v->name);
    if (v->split_brain == UNKNOWN_INT || v->split_brain <= 0 || (was && was->split_brain >= v->split_brain)) continue;
    const struct finding *f = foreseen(l, checks, COUNT(checks), v->name);
    found(r, a, f ? f->id : "replica-2", v->name, arena_printf(a, "%lld file%s of %s in split-brain%s%s%s", (long long)v->split_brain, v->split_brain == 1 ? " is" : "s are", v->name, f ? " (foreseen: " : "", f ? f->evidence : "", f ? ")" : ""),
          "both sides wrote while they did not see each other: of each such file one copy has to be given up (gluster volume heal VOLUME split-brain)", f ? f->operation : NULL);
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
    static const char *const checks[] = {"fence-device-fails", "fencing-unproven"};
    const struct finding *f = foreseen(l, checks, COUNT(checks), NULL);
    found(r, a, f ? f->id : "fencing-unproven", d->host, arena_printf(a, "%zu fencings of %s failed, none succeeded", failed, d->host), "nothing is started elsewhere before the host is proven dead", f ? f->operation : "fencing-test");
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
  static const char *const likely[] = {"mount-missing", "definition-unreadable", "definition-not-shared", "local-disk", "bridge-missing", "lock-outlives-failover", "lock-outlives-fencing", "no-room"};
  static const char *const fencing[] = {"lock-outlives-fencing"};
  for (size_t i = 0; i < d->domains.count; i++) {
    const struct domain_view *v = snapshot_domain(now, d->domains.item[i]);
    const struct resource_view *x = v && v->resource ? resource_seen(now, v->resource) : NULL;
    const char *on = running_on(now, d->domains.item[i]);
    if (on && !(drill_kills(d->kind) && d->host && same_host(now, on, d->host))) continue; /* where it was it runs since its host is back */
    if (v && !v->resource) found(r, a, "not-managed", v->name, "no resource drives it", "nobody starts it elsewhere", "domain-make-ha");
    for (size_t k = 0; x && k < x->fail_count.count; k++)
      if (x->fail_count.item[k].value >= SCORE_INFINITE)
        found(r, a, foreseen(l, fencing, COUNT(fencing), NULL) ? "lock-outlives-fencing" : "lock-outlives-failover", x->id, arena_printf(a, "fail-count of %s on %s is INFINITY", x->id, x->fail_count.item[k].key), "one failed start was final: pacemaker does not try there again before it is cleaned up", "resource-cleanup");
    const struct finding *f = v && !r->findings.count ? foreseen(l, likely, COUNT(likely), NULL) : NULL;
    if (f) found(r, a, f->id, f->subject, f->evidence, f->why, f->operation);
  }
}

/* Killed by the drill itself, and the set cannot do without it. */
static void by_quorum(const struct snapshot *before, const struct snapshot *now, const struct lint *l, struct arena *a, struct drill_report *r) {
  static const char *const checks[] = {"first-brick-mandatory", "no-copies"};
  for (size_t i = 0; i < now->volumes.count; i++) {
    const struct volume_view *v = &now->volumes.item[i], *was = snapshot_volume(before, v->name);
    const struct brick_view *lost = NULL;
    for (size_t k = 0; was && k < v->bricks.count && !lost; k++)
      if (volume_set_state(v, v->bricks.item[k].set) == SET_LOST && volume_set_state(was, v->bricks.item[k].set) != SET_LOST) lost = &v->bricks.item[k];
    for (size_t c = 0; lost && c < COUNT(checks); c++) {
      const struct finding *f = foreseen(l, &checks[c], 1, v->name);
      if (f) found(r, a, f->id, v->name, arena_printf(a, "set %lld of %s cannot be written (foreseen: %s)", (long long)lost->set, v->name, f->evidence), "too few of its copies are up for any write: guests with a disk there see errors", f->operation);
    }
  }
}

/* Before the drill, and of how the hosts are also what was read of them only meanwhile. */
static const struct lint *known(const struct snapshot *before, const struct snapshot *now, struct arena *a) {
  struct lint *l = lint_make(before, a);
  const struct lint *later = lint_select(now, OF_A_HOST, a);
  for (size_t i = 0; i < later->findings.count; i++) {
    const struct finding *f = &later->findings.item[i];
    if (!foreseen(l, &f->id, 1, f->subject)) *(struct finding *)list_add(a, &l->findings, &finding_shape) = *f;
  }
  return l;
}

void drill_diagnose(const struct snapshot *before, const struct snapshot *now, const struct drill_subject *d, int64_t since, const struct texts *lines, struct arena *a, struct drill_report *ret) {
  const struct lint *l = known(before, now, a);
  by_fencing(now, d, l, since, a, ret);
  by_split(before, now, l, a, ret);
  by_quorum(before, now, l, a, ret);
  for (size_t i = 0; lines && i < lines->count; i++) { /* "kvm01 pacemaker: ..." */
    size_t host = strcspn(lines->item[i], " ");
    explain(l, d->host, arena_strndup(a, lines->item[i], host), lines->item[i], a, ret);
  }
  by_failures(now, l, since, a, ret); /* the agent's own word is often no more than that it failed */
  by_constraints(now, d, a, ret);
  by_domains(now, d, l, a, ret);
}

/* ---- why it was not even begun ---- */

static bool is_about(const struct snapshot *s, const struct drill_subject *d, const struct finding *f) {
  const struct volume_view *v = NULL;
  const char *host, *path;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  if (d->host && (str_eq(f->subject, d->host) || str_eq(f->subject, fence_device_of(s, d->host, NULL)))) return true;
  if (str_eq(f->subject, "cluster") || str_eq(f->subject, d->resource)) return true;
  for (size_t i = 0; i < d->domains.count; i++) {
    const struct domain_view *x = snapshot_domain(s, d->domains.item[i]);
    if (x && (str_eq(f->subject, x->name) || str_eq(f->subject, x->resource))) return true;
  }
  if (d->brick && brick_split(a, d->brick, &host, &path)) brick_find(s, host, path, &v);
  return v && str_eq(f->subject, v->name);
}

void drill_refusal(const struct snapshot *s, const struct drill_subject *d, struct arena *a, struct drill_report *ret) {
  static const struct { const char *check; bool fencing; } checks[] = {{"fencing-off", true}, {"fencing-missing", true}, {"fence-device-fails", true}, {"fencing-unproven", true}, {"fencing-race", true}, {"first-brick-mandatory", false}, {"no-copies", false},
                                                                        {"mount-missing", false}, {"definition-unreadable", false}, {"definition-not-shared", false}, {"local-disk", false}, {"no-room", false}};
  const struct lint *l = lint_make(s, a);
  bool loses = drill_kills(d->kind), by_brick = d->kind == DRILL_BRICK;
  for (size_t c = 0; c < COUNT(checks); c++)
    for (size_t i = 0; (loses || (by_brick && !checks[c].fencing)) && i < l->findings.count; i++) {
      const struct finding *f = &l->findings.item[i];
      bool where = str_eq(f->id, "mount-missing"); /* of the host that they would have to run on */
      if (str_eq(f->id, checks[c].check) && (where ? d->domains.count > 0 && !str_eq(f->subject, d->host) : is_about(s, d, f))) found(ret, a, f->id, f->subject, f->evidence, f->why, f->operation);
    }
}
