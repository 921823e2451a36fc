/* Questions about corosync and pacemaker. What rests on an old reading is unknown. */
#include "ops/condition.h"
#include "analysis/seen.h"
#include <inttypes.h>
#include <string.h>

#define CONDITION(name_) static enum truth name_(const struct snapshot *s, const struct texts *args, struct arena *a, const char **saw)
#define ARG(n) (args->item[n])

static const char *const not_read = "pacemaker is not read";
static const char *const no_node = "the cluster does not know it";

/* ---- the cluster ---- */

CONDITION(cluster_runs) {
  const struct pcmk_cluster *c = fact_seen(s, "pacemaker.cluster", NULL);
  (void)args, (void)a;
  if (!c) return *saw = not_read, TRUTH_UNKNOWN;
  if (!c->dc) return *saw = "it has no coordinator yet", TRUTH_NO;
  if (s->cluster.quorate == TRUTH_NO) *saw = "it has no quorum";
  return s->cluster.quorate;
}

CONDITION(cluster_named) {
  const struct corosync_cluster *c = fact_seen(s, "corosync.cluster", NULL);
  if (!c || !c->name) return *saw = "corosync is not read", TRUTH_UNKNOWN;
  if (!str_eq(c->name, ARG(0))) *saw = arena_printf(a, "it is %s", c->name);
  return truth_of(str_eq(c->name, ARG(0)));
}

/* No corosync that could be asked runs; one that cannot be asked may. */
CONDITION(cluster_down) {
  bool down = false;
  (void)args;
  for (size_t i = 0; i < s->sources.count; i++) {
    const struct source_view *v = &s->sources.item[i];
    if (!str_eq(v->name, layer_names[LAYER_COROSYNC])) continue;
    if (v->state == SOURCE_OK) return *saw = arena_printf(a, "corosync runs on %s", v->host), TRUTH_NO;
    down |= v->state == SOURCE_DOWN || v->state == SOURCE_ABSENT;
  }
  if (!down) *saw = "corosync is not read";
  return down ? TRUTH_YES : TRUTH_UNKNOWN;
}

CONDITION(property_is) {
  const struct pcmk_config *c = fact_seen(s, "pacemaker.config", NULL);
  const char *value = c ? pairs_get(&c->properties, ARG(0)) : NULL;
  if (!c) return *saw = not_read, TRUTH_UNKNOWN;
  *saw = value ? arena_printf(a, "it is %s", value) : "it is not set";
  return truth_of(str_eq(value ? value : "", ARG(1)));
}

CONDITION(device_delay) {
  const struct pcmk_param *c = resource_config(s, ARG(0));
  const char *value = c ? pairs_get(&c->params, "pcmk_delay_base") : NULL;
  if (!fact_seen(s, "pacemaker.config", NULL)) return *saw = not_read, TRUTH_UNKNOWN;
  *saw = !c ? "there is no such device" : value ? arena_printf(a, "it waits %s", value) : "it does not wait";
  return truth_of(c && duration_of(value, 0) == duration_of(ARG(1), 0));
}

CONDITION(fencing_level_is) {
  const struct pcmk_config *c = fact_seen(s, "pacemaker.config", NULL);
  const char *has = "nothing";
  if (!c) return *saw = not_read, TRUTH_UNKNOWN;
  for (size_t i = 0; i < c->levels.count; i++) {
    const struct pcmk_level *l = &c->levels.item[i];
    if (!str_eq(l->target, ARG(0)) || !str_eq(arena_printf(a, "%lld", (long long)l->index), ARG(1))) continue;
    has = "";
    for (size_t k = 0; k < l->devices.count; k++) has = arena_printf(a, "%s%s%s", has, k ? "," : "", l->devices.item[k]);
  }
  *saw = arena_printf(a, "it is %s", has);
  return truth_of(str_eq(has, ARG(2)));
}

/* ---- nodes ---- */

CONDITION(node_online) {
  const struct host_view *h = snapshot_host(s, ARG(0));
  if (!h) return fact_seen(s, "pacemaker.nodes", NULL) ? (*saw = no_node, TRUTH_NO) : (*saw = not_read, TRUTH_UNKNOWN);
  *saw = arena_printf(a, "it is %s", node_state_names[h->pacemaker] ? node_state_names[h->pacemaker] : "unknown");
  if (texts_have(&h->stale, layer_names[LAYER_PACEMAKER]) || h->pacemaker == NODE_UNKNOWN) return TRUTH_UNKNOWN;
  return truth_of(h->pacemaker == NODE_ONLINE);
}

static const struct pcmk_node *node_of(const struct snapshot *s, const char *name, const char **saw) {
  const struct pcmk_node *n = node_seen(s, name);
  if (!n) *saw = fact_seen(s, "pacemaker.nodes", NULL) ? no_node : not_read;
  return n;
}

CONDITION(node_standby) {
  const struct pcmk_node *n = node_of(s, ARG(0), saw);
  (void)a;
  if (n && n->standby == TRUTH_NO) *saw = "it takes resources";
  return n && n->pending != TRUTH_YES ? n->standby : TRUTH_UNKNOWN;
}

CONDITION(node_not_standby) {
  const struct pcmk_node *n = node_of(s, ARG(0), saw);
  (void)a;
  if (!n || n->standby == TRUTH_UNKNOWN || n->pending == TRUTH_YES) return TRUTH_UNKNOWN;
  if (n->standby == TRUTH_YES) *saw = "it is in standby";
  return truth_of(n->standby == TRUTH_NO);
}

CONDITION(node_maintenance) {
  const struct pcmk_node *n = node_of(s, ARG(0), saw);
  (void)a;
  if (n && n->maintenance == TRUTH_NO) *saw = "its resources are managed";
  return n ? n->maintenance : TRUTH_UNKNOWN;
}

CONDITION(node_not_maintenance) {
  const struct pcmk_node *n = node_of(s, ARG(0), saw);
  (void)a;
  if (!n || n->maintenance == TRUTH_UNKNOWN) return TRUTH_UNKNOWN;
  if (n->maintenance == TRUTH_YES) *saw = "it is in maintenance";
  return truth_of(n->maintenance == TRUTH_NO);
}

CONDITION(node_member) {
  const struct host_view *h = snapshot_host(s, ARG(0));
  const struct corosync_nodes *n = fact_seen(s, "corosync.nodes", NULL);
  (void)a;
  if (!n) return *saw = "corosync is not read", TRUTH_UNKNOWN;
  if (!h || h->membership == MEMBERSHIP_UNKNOWN) return *saw = "corosync does not know it", TRUTH_NO;
  if (h->membership == MEMBERSHIP_LEFT) *saw = "it is no member";
  return truth_of(h->membership == MEMBERSHIP_MEMBER);
}

CONDITION(node_away) {
  const struct pcmk_node *n = node_of(s, ARG(0), saw);
  (void)a;
  if (!n || n->online == TRUTH_UNKNOWN) return TRUTH_UNKNOWN;
  if (n->online == TRUTH_YES) *saw = "it is a member";
  else if (n->unclean == TRUTH_YES) *saw = "it was lost and is not fenced yet";
  return truth_of(n->online == TRUTH_NO && n->unclean == TRUTH_NO);
}

/* The others have noticed, whatever they think of it yet. */
CONDITION(node_left) {
  const struct host_view *h = snapshot_host(s, ARG(0));
  const struct pcmk_node *n = node_of(s, ARG(0), saw);
  (void)a;
  if (h && h->membership == MEMBERSHIP_LEFT && fact_seen(s, "corosync.nodes", NULL)) return TRUTH_YES;
  if (!n || n->online == TRUTH_UNKNOWN) return TRUTH_UNKNOWN;
  if (n->online == TRUTH_YES && n->unclean != TRUTH_YES) *saw = "it is a member";
  return truth_of(n->online == TRUTH_NO || n->unclean == TRUTH_YES);
}

/* Pacemaker's own word, which it takes back at once when it fences a node; corosync may still have it for a member then. */
CONDITION(node_joined) {
  const struct pcmk_node *n = node_of(s, ARG(0), saw);
  (void)a;
  if (!n || n->online == TRUTH_UNKNOWN) return TRUTH_UNKNOWN;
  *saw = n->online == TRUTH_NO ? "it is offline" : n->pending == TRUTH_YES ? "it is joining" : n->unclean == TRUTH_YES ? "it is unclean" : "";
  return truth_of(n->online == TRUTH_YES && n->pending != TRUTH_YES && n->unclean != TRUTH_YES);
}

CONDITION(no_resource_on) {
  if (!fact_seen(s, "pacemaker.resources", NULL)) return *saw = not_read, TRUTH_UNKNOWN;
  struct texts on = resources_on(s, ARG(0), a);
  if (on.count) *saw = arena_printf(a, "%s %s there", names_of(&on, a), on.count == 1 ? "is" : "are");
  return truth_of(!on.count);
}

/* Neither for pacemaker nor for libvirt. */
CONDITION(nothing_runs_on) {
  enum truth none = no_resource_on(s, args, a, saw);
  const struct host_view *h = snapshot_host(s, ARG(0));
  if (none != TRUTH_YES || !h) return none;
  if (h->libvirt == LIBVIRT_UNKNOWN && !texts_have(&h->roles, "kvm")) return TRUTH_YES;
  if (!libvirt_seen(s, h->name)) return *saw = "its libvirt is not read", TRUTH_UNKNOWN;
  struct texts on = domains_on(s, ARG(0), a);
  if (on.count) *saw = arena_printf(a, "%s still %s there", names_of(&on, a), on.count == 1 ? "runs" : "run");
  return truth_of(!on.count);
}

/* ---- resources ---- */

static const struct resource_view *resource_of(const struct snapshot *s, const char *id, const char **saw, enum truth *ret) {
  const struct resource_view *r = resource_seen(s, id);
  bool read = fact_seen(s, "pacemaker.resources", NULL) != NULL;
  *ret = read ? TRUTH_NO : TRUTH_UNKNOWN;
  *saw = !read ? not_read : r ? "" : "there is no such resource";
  return read ? r : NULL;
}

static bool is_active(const struct resource_view *r) { return r->role == HA_STARTED || r->role == HA_PROMOTED || r->role == HA_UNPROMOTED; }

static const char *moving_domain(const struct snapshot *s, const struct resource_view *r, struct arena *a) {
  const struct domain_view *d = snapshot_domain_of(s, r->id);
  return d ? migration_words(s, d, a) : NULL;
}

static const char *how_it_is(const struct snapshot *s, const struct resource_view *r, struct arena *a) {
  const char *moving = moving_domain(s, r, a);
  if (moving && r->hosts.count) return arena_printf(a, "it is migrating from %s: %s", r->hosts.item[0], moving);
  const char *role = r->role ? role_names[r->role] : "unknown";
  return r->hosts.count ? arena_printf(a, "it is %s on %s", role, names_of(&r->hosts, a)) : arena_printf(a, "it is %s", role);
}

/* An instance of it is active there; what has no instances is active nowhere else then. */
CONDITION(resource_on) {
  enum truth answer;
  const struct host_view *h = snapshot_host(s, ARG(1));
  const struct resource_view *r = resource_of(s, ARG(0), saw, &answer);
  if (!r) return answer;
  *saw = how_it_is(s, r, a);
  for (size_t i = 0; h && i < s->resources.count; i++) {
    const struct resource_view *x = &s->resources.item[i];
    if (str_eq(x->id, ARG(0)) && is_active(x) && x->hosts.count == 1 && texts_have(&x->hosts, h->name) && x->failed != TRUTH_YES) return TRUTH_YES;
  }
  return r->role == HA_UNKNOWN ? TRUTH_UNKNOWN : TRUTH_NO;
}

CONDITION(resource_not_on) {
  enum truth answer;
  const struct host_view *h = snapshot_host(s, ARG(1));
  const struct resource_view *r = resource_of(s, ARG(0), saw, &answer);
  if (!r) return answer == TRUTH_NO ? TRUTH_YES : TRUTH_UNKNOWN;
  *saw = how_it_is(s, r, a);
  for (size_t i = 0; h && i < s->resources.count; i++)
    if (str_eq(s->resources.item[i].id, ARG(0)) && texts_have(&s->resources.item[i].hosts, h->name)) return TRUTH_NO;
  return r->role == HA_UNKNOWN ? TRUTH_UNKNOWN : TRUTH_YES;
}

CONDITION(resource_runs) {
  enum truth answer;
  const struct resource_view *r = resource_of(s, ARG(0), saw, &answer);
  if (!r) return answer;
  *saw = how_it_is(s, r, a);
  for (size_t i = 0; i < s->resources.count; i++)
    if (str_eq(s->resources.item[i].id, ARG(0)) && is_active(&s->resources.item[i]) && s->resources.item[i].failed != TRUTH_YES) return TRUTH_YES;
  return r->role == HA_UNKNOWN ? TRUTH_UNKNOWN : TRUTH_NO;
}

CONDITION(resource_stopped) {
  enum truth answer;
  const struct resource_view *r = resource_of(s, ARG(0), saw, &answer);
  if (!r) return answer;
  *saw = how_it_is(s, r, a);
  for (size_t i = 0; i < s->resources.count; i++)
    if (str_eq(s->resources.item[i].id, ARG(0)) && (s->resources.item[i].role != HA_STOPPED || s->resources.item[i].hosts.count)) return s->resources.item[i].role ? TRUTH_NO : TRUTH_UNKNOWN;
  return TRUTH_YES;
}

CONDITION(resource_managed) {
  enum truth answer;
  const struct resource_view *r = resource_of(s, ARG(0), saw, &answer);
  (void)a;
  if (r && r->managed == TRUTH_NO) *saw = "pacemaker does not manage it";
  return r ? r->managed : answer;
}

CONDITION(resource_unmanaged) {
  enum truth answer;
  const struct resource_view *r = resource_of(s, ARG(0), saw, &answer);
  (void)a;
  if (!r || r->managed == TRUTH_UNKNOWN) return r ? TRUTH_UNKNOWN : answer;
  if (r->managed == TRUTH_YES) *saw = "pacemaker manages it";
  return truth_of(r->managed == TRUTH_NO);
}

/* Nothing of it is remembered as failed, on that host or on any. */
CONDITION(resource_clean) {
  enum truth answer;
  const struct resource_view *r = resource_of(s, ARG(0), saw, &answer);
  const char *host = args->count > 1 ? ARG(1) : NULL;
  if (!r || !fact_seen(s, "pacemaker.failures", NULL)) return r ? TRUTH_UNKNOWN : answer;
  for (size_t i = 0; i < s->failures.count; i++) {
    const struct failure_view *f = &s->failures.item[i];
    if (!str_eq(f->resource, ARG(0)) || (host && !str_eq(f->host, host))) continue;
    *saw = arena_printf(a, "its %s on %s failed", f->task ? f->task : "operation", f->host ? f->host : "a host");
    return TRUTH_NO;
  }
  for (size_t i = 0; i < r->fail_count.count; i++)
    if (r->fail_count.item[i].value && (!host || str_eq(r->fail_count.item[i].key, host))) return *saw = arena_printf(a, "failures on %s are counted", r->fail_count.item[i].key), TRUTH_NO;
  return TRUTH_YES;
}

CONDITION(resource_known) {
  enum truth answer;
  (void)a;
  return resource_of(s, ARG(0), saw, &answer) ? TRUTH_YES : answer;
}

CONDITION(resource_gone) {
  enum truth answer;
  (void)a;
  if (resource_of(s, ARG(0), saw, &answer)) return *saw = "it is still a resource", TRUTH_NO;
  return answer == TRUTH_NO ? TRUTH_YES : TRUTH_UNKNOWN;
}

CONDITION(resource_enabled) {
  enum truth answer;
  const struct resource_view *r = resource_of(s, ARG(0), saw, &answer);
  (void)a;
  if (r && r->disabled == TRUTH_YES) *saw = "it is disabled";
  return !r ? answer : r->disabled == TRUTH_UNKNOWN ? TRUTH_UNKNOWN : truth_of(r->disabled == TRUTH_NO);
}

CONDITION(resource_disabled) {
  enum truth answer;
  const struct resource_view *r = resource_of(s, ARG(0), saw, &answer);
  (void)a;
  return r ? r->disabled : answer;
}

/* ---- constraints ---- */

CONDITION(no_constraint_of) {
  const struct pcmk_config *c = fact_seen(s, "pacemaker.config", NULL);
  const char *node = args->count > 1 ? node_name(s, ARG(1)) : NULL;
  if (!c) return *saw = not_read, TRUTH_UNKNOWN;
  for (size_t i = 0; i < c->constraints.count; i++) {
    const struct pcmk_constraint *k = &c->constraints.item[i];
    if (!is_move_constraint(k->id) || !str_eq(k->resource, ARG(0)) || (node && k->node && !str_eq(k->node, node))) continue;
    return *saw = arena_printf(a, "%s is there", k->id), TRUTH_NO;
  }
  return TRUTH_YES;
}

/* A ban that ends by itself is a rule: what crm_resource wrote, of that node, and not over yet. */
static bool banned_for_now(const struct snapshot *s, const char *resource, const char *host) {
  const struct pcmk_config *c = fact_seen(s, "pacemaker.config", NULL);
  for (size_t i = 0; c && i < c->constraints.count; i++) {
    const struct pcmk_constraint *k = &c->constraints.item[i];
    if (k->id && str_starts(k->id, "cli-ban-") && str_eq(k->resource, resource) && str_eq(k->node, node_name(s, host)) && k->expires != UNKNOWN_INT && k->expires > s->at) return true;
  }
  return false;
}

CONDITION(banned_from) {
  bool sure;
  if (!fact_seen(s, "pacemaker.config", NULL)) return *saw = not_read, TRUTH_UNKNOWN;
  int64_t score = placement_score(s, ARG(0), ARG(1), false, &sure);
  if (score > -SCORE_INFINITE && banned_for_now(s, ARG(0), ARG(1))) return TRUTH_YES;
  if (score > -SCORE_INFINITE) *saw = arena_printf(a, "its score there is %" PRId64, score);
  return truth_of(score <= -SCORE_INFINITE);
}

/* ---- fencing ---- */

/* Since: the time of the last one that was known before, in ms of the cluster's own clock; 0: none was. */
CONDITION(fenced_since) {
  const struct pcmk_fencing *f = fact_seen(s, "pacemaker.fencing", NULL);
  const struct host_view *h = snapshot_host(s, ARG(0));
  int64_t since;
  if (!f) return *saw = not_read, TRUTH_UNKNOWN;
  if (str_int(ARG(1), 0, INT64_MAX, &since)) return TRUTH_UNKNOWN;
  for (size_t i = 0; i < s->fencing.count; i++) {
    const struct fencing_view *e = &s->fencing.item[i];
    if (str_eq(e->action, "on") || (!str_eq(e->target, ARG(0)) && !(h && str_eq(e->target, h->name)))) continue;
    if (str_eq(e->result, "success") && e->at != UNKNOWN_INT && e->at > since) return TRUTH_YES;
    if (!**saw) *saw = arena_printf(a, "the last is %s", e->result ? e->result : "without a result");
  }
  if (!**saw) *saw = "no fencing of it is known";
  return TRUTH_NO;
}

/* ---- acknowledgements ---- */

/* PROBLEM is written ID:SUBJECT. */
static const struct acknowledgement *acknowledgement_seen(const struct snapshot *s, const char *problem) {
  for (size_t i = 0; i < s->acknowledgements.count; i++) {
    const struct acknowledgement *k = &s->acknowledgements.item[i];
    size_t len = k->problem ? strlen(k->problem) : 0;
    if (k->problem && !strncmp(problem, k->problem, len) && problem[len] == ':' && str_eq(problem + len + 1, k->subject ? k->subject : "") && acknowledged_holds(k, s->at)) return k;
  }
  return NULL;
}

CONDITION(problem_acknowledged) {
  const struct acknowledgement *k = acknowledgement_seen(s, ARG(0));
  if (!fact_seen(s, "pacemaker.config", NULL)) return *saw = not_read, TRUTH_UNKNOWN;
  *saw = k ? arena_printf(a, "by %s", k->by) : "nobody has";
  return truth_of(k != NULL);
}

CONDITION(problem_unacknowledged) {
  enum truth t = problem_acknowledged(s, args, a, saw);
  return t == TRUTH_UNKNOWN ? t : truth_of(t == TRUTH_NO);
}

/* ---- storage of a host, as far as nodes depend on it ---- */

CONDITION(no_heal_waits) {
  (void)args;
  return heals_quiet(s, a, saw);
}

CONDITION(bricks_of_host_up) {
  const struct host_view *h = snapshot_host(s, ARG(0));
  enum truth all = TRUTH_YES;
  if (!h || !fact_seen(s, "gluster.volumes", NULL)) return *saw = "gluster's volumes are not read", TRUTH_UNKNOWN;
  for (size_t v = 0; v < s->volumes.count; v++)
    for (size_t i = 0; str_eq(s->volumes.item[v].status, "started") && i < s->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &s->volumes.item[v].bricks.item[i];
      if (snapshot_host(s, b->host) != h) continue;
      enum truth up = b->stale.count || b->online == TRUTH_UNKNOWN ? TRUTH_UNKNOWN : truth_of(b->online == TRUTH_YES && b->answers != TRUTH_NO);
      if (up == TRUTH_YES) continue;
      *saw = arena_printf(a, "%s:%s is %s", b->host, b->path, up == TRUTH_NO ? "down" : "not known to be up");
      if (up == TRUTH_NO) return TRUTH_NO;
      all = TRUTH_UNKNOWN;
    }
  return all;
}

const struct condition_kind cluster_conditions[] = {
    {"cluster-runs", "", "the cluster runs and has quorum", cluster_runs},
    {"cluster-named", "NAME", "the cluster is %s", cluster_named},
    {"cluster-down", "", "no cluster runs here any more", cluster_down},
    {"property-is", "NAME VALUE", "the property %s is '%s'", property_is},
    {"device-delay", "DEVICE TIME", "%s waits %s", device_delay},
    {"fencing-level-is", "NODE LEVEL DEVICES", "%s is fenced at level %s by %s", fencing_level_is},
    {"node-online", "NODE", "%s is online", node_online},
    {"node-standby", "NODE", "%s is in standby", node_standby},
    {"node-not-standby", "NODE", "%s is not in standby", node_not_standby},
    {"node-maintenance", "NODE", "%s is in maintenance", node_maintenance},
    {"node-not-maintenance", "NODE", "%s is not in maintenance", node_not_maintenance},
    {"node-member", "NODE", "%s is a member", node_member},
    {"node-left", "NODE", "the others have lost %s", node_left},
    {"node-joined", "NODE", "%s takes part in the cluster", node_joined},
    {"node-away", "NODE", "%s is out of the cluster and known to be off or stopped", node_away},
    {"no-resource-on", "NODE", "pacemaker runs nothing on %s", no_resource_on},
    {"nothing-runs-on", "HOST", "nothing runs on %s", nothing_runs_on},
    {"resource-on", "RESOURCE HOST", "%s is started on %s", resource_on},
    {"resource-not-on", "RESOURCE HOST", "%s is not on %s", resource_not_on},
    {"resource-runs", "RESOURCE", "%s is started", resource_runs},
    {"resource-stopped", "RESOURCE", "%s is stopped", resource_stopped},
    {"resource-managed", "RESOURCE", "pacemaker manages %s", resource_managed},
    {"resource-unmanaged", "RESOURCE", "pacemaker leaves %s alone", resource_unmanaged},
    {"resource-clean", "RESOURCE HOST?", "no failure of %s is remembered", resource_clean},
    {"resource-known", "RESOURCE", "%s is a resource", resource_known},
    {"resource-gone", "RESOURCE", "%s is no resource", resource_gone},
    {"resource-enabled", "RESOURCE", "%s is enabled", resource_enabled},
    {"resource-disabled", "RESOURCE", "%s is disabled", resource_disabled},
    {"no-constraint-of", "RESOURCE HOST?", "no move or ban has left a constraint of %s", no_constraint_of},
    {"banned-from", "RESOURCE HOST", "%s may not run on %s", banned_from},
    {"fenced-since", "TARGET WHEN", "%s was fenced", fenced_since},
    {"problem-acknowledged", "PROBLEM", "%s is acknowledged", problem_acknowledged},
    {"problem-unacknowledged", "PROBLEM", "%s is not acknowledged", problem_unacknowledged},
    {"no-heal-waits", "", "no heal waits on any volume", no_heal_waits},
    {"bricks-up-on", "HOST", "every brick of %s is up", bricks_of_host_up},
    {.name = NULL},
};
