/* What an operation that takes something down would bring, beside its own plan: the verdict on what it takes, and what lint
 * knows that matters now. One table: which argument names it, which layers of the verdict decide on the operation and which
 * are only told, and which lint checks are. UNSAFE refuses, and can be forced; UNKNOWN lets nothing run but by the typed name; WAIT is told. Ages and
 * numbers change from reading to reading, so these are warnings beside the plan and no part of what is confirmed. */
#include "ops/verdict.h"
#include "analysis/lint.h"
#include "analysis/seen.h"
#include "analysis/stop.h"
#include <string.h>

#define MOVES "leftover-constraint no-migration migration-too-short cache-mode host-cpu local-disk definition-not-shared"
#define FENCES "fencing-off fencing-missing fencing-unproven"
static const struct takes { const char *operation, *argument; bool dead; const char *layers, *told, *lint; } takes[] = {
    {"node-standby", "node", false, "placement memory", "fencing", FENCES " " MOVES},
    {"node-drain", "host", false, "quorum copies placement memory domains", "fencing heal", FENCES " set-on-one-host first-brick-mandatory " MOVES},
    {"node-leave-and-join", "node", false, "quorum placement memory", "fencing domains", FENCES " " MOVES},
    {"cluster-node-remove", "node", false, "placement memory", "fencing", FENCES " " MOVES},
    {"cluster-stop", "node", false, "quorum placement memory", "fencing domains", FENCES " " MOVES},
    {"fencing-fence", "node", true, "quorum copies placement memory", "heal domains", "fencing-race lock-outlives-failover slow-ping definition-not-shared local-disk leftover-constraint"},
    {"fencing-test", "node", true, "quorum copies placement memory", "heal domains", "lock-outlives-failover slow-ping definition-not-shared local-disk leftover-constraint"},
    {"gluster-brick-replace", "brick", false, "copies", "heal", "set-on-one-host first-brick-mandatory brick-full"},
    {"gluster-brick-reset-start", "brick", false, "copies", "heal", "set-on-one-host first-brick-mandatory brick-full"},
    {"gluster-copies-lower", "brick", false, "copies", "heal", "set-on-one-host first-brick-mandatory"},
    {"gluster-stop-host", "host", false, "copies", "heal", "set-on-one-host first-brick-mandatory"},
    {"host-power", "host", true, "quorum copies placement memory", "heal domains", "lock-outlives-failover slow-ping definition-not-shared local-disk leftover-constraint"},
    {"nodes-balance", NULL, false, NULL, NULL, "no-trust mount-missing cache-mode"},
    {"nodes-rolling", NULL, false, NULL, NULL, FENCES " set-on-one-host first-brick-mandatory " MOVES},
    {"resource-move", NULL, false, NULL, NULL, MOVES},
    {"domain-migrate", NULL, false, NULL, NULL, MOVES},
    {"domain-make-ha", NULL, false, NULL, NULL, "autostart defined-twice cache-mode host-cpu local-disk"},
};

#define T struct plan_warning
SHAPE(plan_warning_shape, T, FIELD(T, about, TEXT), CHOICE(T, severity, severity_names), FIELD(T, text, TEXT));
#undef T

static const struct takes *takes_of(const struct operation *o) {
  for (size_t i = 0; i < COUNT(takes); i++)
    if (str_eq(takes[i].operation, o->name)) return &takes[i];
  return NULL;
}

/* ---- the verdict ---- */

/* What is taken; false: nothing that can be told, or everything there is, which is what was asked for. */
static bool loss_of(struct planning *p, const struct takes *t, struct loss *ret) {
  size_t n = t->argument ? value_count(p->values, t->argument) : 0, members = 0;
  *ret = (struct loss){.dead = t->dead};
  for (size_t i = 0; i < n; i++) loss_add(p->snap, ret, value_at(p->values, t->argument, i), p->arena, NULL);
  for (size_t i = 0; i < p->snap->hosts.count; i++) members += p->snap->hosts.item[i].membership == MEMBERSHIP_MEMBER;
  bool whole = p->operation->target == TARGET_CLUSTER && ret->hosts.count >= members;
  return ret->hosts.count + ret->bricks.count > 0 && !whole;
}

static void judge(struct planning *p, const struct takes *t) {
  static const int severities[] = {[VERDICT_NONE] = SEVERITY_WARNING, [VERDICT_SAFE] = SEVERITY_INFO, [VERDICT_WAIT] = SEVERITY_WARNING, [VERDICT_UNSAFE] = SEVERITY_CRITICAL, [VERDICT_UNKNOWN] = SEVERITY_WARNING};
  struct loss loss;
  struct texts bad = {0};
  int verdict = VERDICT_SAFE;
  if (!loss_of(p, t, &loss)) return;
  struct judge_index *x = stop_index(p->snap);
  const struct stop *v = stop_brief(x, p->snap, &loss, p->arena);
  stop_index_free(x);
  for (int rank = VERDICT_COUNT; rank-- > stop_rank(VERDICT_SAFE) + 1;) /* the worst first */
    for (size_t i = 0; i < v->reasons.count; i++) {
      const struct stop_reason *r = &v->reasons.item[i];
      if (stop_rank(r->verdict) != rank) continue;
      bool concerns = str_listed(t->layers, ' ', r->layer);
      if (!concerns && !str_listed(t->told, ' ', r->layer)) continue;
      if (concerns && stop_rank(r->verdict) > stop_rank(verdict)) verdict = r->verdict;
      if (concerns && r->verdict == VERDICT_UNSAFE && !texts_have(&bad, r->layer)) texts_add(p->arena, &bad, r->layer);
      beware(p, r->layer, concerns ? severities[r->verdict] : SEVERITY_WARNING, planf(p, "%s: %s", verdict_names[r->verdict], r->text));
    }
  p->plan->verdict = verdict;
  const char *of = names_of(&v->targets, p->arena);
  if (verdict == VERDICT_UNSAFE) refuse(p, "when the verdict is another (kvmconsole ok-to-stop)", "%s may not go down now: %s", of, names_of(&bad, p->arena));
  if (verdict == VERDICT_UNKNOWN && p->plan->danger < 2) {
    p->plan->danger = 2;
    consequence(p, "whether %s may go down now is not known: its name is the word", of);
  }
}

/* ---- lint ---- */

static bool lies_on(const struct domain_view *d, const char *volume) {
  for (size_t i = 0; i < d->disks.count; i++)
    if (str_eq(d->disks.item[i].volume, volume)) return true;
  return false;
}

/* The domains that are the target, or run there: looked for once, and held against each finding. */
struct meant { const struct domain_view **domain; size_t count; };

static struct meant domains_meant(const struct planning *p, const char *target) {
  const struct snapshot *s = p->snap;
  const struct host_view *h = target ? snapshot_host(s, target) : NULL;
  struct meant m = {arena_array(p->arena, s->domains.count + 1, sizeof *m.domain), 0};
  for (size_t i = 0; target && i < s->domains.count; i++) {
    const struct domain_view *d = &s->domains.item[i];
    if (str_eq(d->name, target) || str_eq(d->resource, target) || (h && texts_have(&d->hosts, h->name))) m.domain[m.count++] = d;
  }
  return m;
}

/* Of the cluster as a whole, of the thing itself, of what runs there or lies there. */
static bool concerns(const struct planning *p, const char *target, const struct meant *meant, const char *subject) {
  const struct host_view *h = target ? snapshot_host(p->snap, target) : NULL, *s = subject ? snapshot_host(p->snap, subject) : NULL;
  const struct volume_view *v = subject ? snapshot_volume(p->snap, subject) : NULL;
  if (!target || str_eq(subject, "cluster") || str_eq(subject, target)) return true;
  if (s) return s == h;
  for (size_t i = 0; i < meant->count; i++) {
    const struct domain_view *d = meant->domain[i];
    if (str_eq(d->name, subject) || str_eq(d->resource, subject) || (v && lies_on(d, v->name))) return true;
  }
  for (size_t i = 0; v && i < v->bricks.count; i++) {
    const struct brick_view *b = &v->bricks.item[i];
    if ((h && snapshot_host(p->snap, b->host) == h) || str_eq(target, planf((struct planning *)(uintptr_t)p, "%s:%s", b->host, b->path))) return true;
  }
  return false;
}

static void lint(struct planning *p, const struct takes *t) {
  const struct lint *l = lint_select(p->snap, t->lint, p->arena);
  struct meant meant = domains_meant(p, p->plan->target);
  for (size_t i = 0; i < l->findings.count; i++) {
    const struct finding *f = &l->findings.item[i];
    if (f->severity > SEVERITY_INFO && concerns(p, p->plan->target, &meant, f->subject)) beware(p, f->id, f->severity == SEVERITY_CRITICAL ? SEVERITY_CRITICAL : SEVERITY_WARNING, str_eq(f->subject, "cluster") ? f->evidence : planf(p, "%s: %s", f->subject, f->evidence));
  }
}

bool verdict_wanted(const struct operation *o) { return takes_of(o) != NULL; }

void verdict_add(struct planning *p) {
  const struct takes *t = takes_of(p->operation);
  if (!t || p->plan->danger < p->operation->danger) return; /* as it was given it takes nothing down */
  if (t->layers && p->plan->forcible != TRUTH_NO) judge(p, t); /* what nothing overrules says enough */
  lint(p, t);
}

const char *verdict_mistake(void) {
  for (size_t i = 0; i < COUNT(takes); i++) {
    const struct operation *o = operation_find(takes[i].operation);
    if (!o || (takes[i].argument && !operation_argument(o, takes[i].argument))) return takes[i].operation;
    for (const char *at = takes[i].lint; *at;) {
      size_t len = strcspn(at, " ");
      bool there = false;
      for (size_t g = 0; lint_groups[g]; g++)
        for (const struct lint_check *c = lint_groups[g]; c->id; c++) there |= strlen(c->id) == len && !strncmp(c->id, at, len);
      if (!there) return at;
      at += len + strspn(at + len, " ");
    }
  }
  return NULL;
}
