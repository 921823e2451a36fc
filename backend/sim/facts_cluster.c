/* Corosync's and pacemaker's facts. */
#include "sim/cib.h"
#include "sim/facts.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/pacemaker.h"
#include "sim/ring.h"
#include <stdio.h>
#include <string.h>

enum { LINK_DOWN_MS = 1500, ASKED_MS = 9700 };

bool read_corosync_cluster(const struct look *l, const char *key, void *ret) {
  const struct sim_corosync *c = &l->w->corosync;
  struct quorum_rules rules = ring_rules(l->w);
  int64_t votes = 0;
  (void)key;
  for (size_t i = 0; i < l->here->members.count; i++) {
    const struct sim_host *h = world_host(l->w, l->here->members.item[i]);
    if (h) votes += h->votes;
  }
  votes += ring_device_votes(l->w, l->here);
  *(struct corosync_cluster *)ret = (struct corosync_cluster){
      .name = c->cluster, .version = "3.1.7", .node_id = l->here->node_id, .quorate = l->here->quorate, .votes = votes, .expected_votes = l->here->expected,
      .quorum = l->here->quorum, .two_node = truth_of(rules.two_node), .wait_for_all = truth_of(rules.wait_for_all), .last_man_standing = truth_of(rules.last_man_standing),
      .auto_tie_breaker = truth_of(rules.auto_tie_breaker), .qdevice = truth_of(c->qdevice_host != NULL), .qdevice_name = c->qdevice_host ? "Qdevice" : NULL, .token_ms = c->token_ms,
      .consensus_ms = c->consensus_ms};
  return true;
}

bool read_corosync_nodes(const struct look *l, const char *key, void *ret) {
  struct corosync_nodes *out = ret;
  (void)key;
  EACH(l->w->hosts, struct sim_host, h) {
    if (!is_node(h)) continue;
    struct corosync_node *n = list_add(l->arena, &out->nodes, &corosync_node_shape);
    *n = (struct corosync_node){.id = h->node_id, .name = h->name, .member = truth_of(texts_have(&l->here->members, h->name)), .local = truth_of(h == l->here), .votes = h->votes};
    texts_add(l->arena, &n->addresses, h->name);
  }
  return true;
}

bool read_corosync_links(const struct look *l, const char *key, void *ret) {
  struct corosync_links *out = ret;
  (void)key;
  EACH(l->w->hosts, struct sim_host, h) {
    if (!is_node(h) || h == l->here) continue;
    for (int64_t i = 0; i < l->w->corosync.links; i++) {
      int64_t silent = link_unheard_since(l->w, l->here, h, i);
      struct corosync_link *x = list_add(l->arena, &out->links, &corosync_link_shape);
      const struct sim_daemon *d = host_daemon(h, "corosync");
      bool down = (KNOWN(silent) && l->w->clock - silent >= LINK_DOWN_MS) || !d || (d->life != LIFE_RUNNING && l->w->clock - d->since >= LINK_DOWN_MS);
      *x = (struct corosync_link){h->node_id, i, truth_of(!down), TRUTH_YES, 250 + (int64_t)(mix((uint64_t)h->node_id, (uint64_t)i) % 150), 1 + h->downs + l->here->downs + times_parted(l->w, l->here, h), 1397};
    }
  }
  return true;
}

/* Who is no member is asked over ssh, which waits 3 s where nobody is. */
bool read_corosync_outlook(const struct look *l, const char *key, void *ret) {
  struct corosync_outlooks *out = ret;
  (void)key;
  EACH(l->w->hosts, struct sim_host, h) {
    if (!is_node(h) || h == l->here || texts_have(&l->here->members, h->name)) continue;
    struct corosync_outlook *o = list_add(l->arena, &out->nodes, &corosync_outlook_shape);
    int64_t silent = unheard_since(l->w, l->here, h, TRAFFIC_CLUSTER);
    *o = (struct corosync_outlook){.id = h->node_id, .name = h->name};
    if (KNOWN(silent) || !daemon_runs(h, "sshd")) {
      if (KNOWN(silent) && l->w->clock - silent < ASKED_MS) continue;
      o->asked = TRUTH_NO;
      o->text = arena_printf(l->arena, "ssh: connect to host %s port 22: Connection %s", h->name, KNOWN(silent) ? "timed out" : "refused");
      continue;
    }
    o->asked = TRUTH_YES;
    o->running = truth_of(daemon_runs(h, "corosync"));
    if (!YES(o->running)) {
      o->text = "Cannot initialize CMAP service";
      continue;
    }
    o->quorate = h->quorate;
    for (size_t i = 0; i < h->members.count; i++) texts_add(l->arena, &o->members, h->members.item[i]);
  }
  return true;
}

/* ---- pacemaker ---- */

bool read_pacemaker_cluster(const struct look *l, const char *key, void *ret) {
  const struct world *w = l->w;
  const char *policy = cluster_property(w, "no-quorum-policy"), *symmetric = cluster_property(w, "symmetric-cluster");
  struct pcmk_cluster *c = ret;
  (void)key;
  *c = (struct pcmk_cluster){.dc = l->here->dc, .dc_version = l->here->dc ? "2.1.5-a3f44794f94" : NULL, .no_quorum_policy = policy ? policy : "stop", .quorate = l->here->quorate,
                             .fencing = truth_of(fencing_enabled(w)), .maintenance = truth_of(is_true(cluster_property(w, "maintenance-mode"))),
                             .symmetric = truth_of(!symmetric || is_true(symmetric)), .stop_all = truth_of(is_true(cluster_property(w, "stop-all-resources"))),
                             .resources_disabled = 0, .resources_blocked = 0, .last_change = w->last_change, .feed_state = "running"};
  EACH(w->resources, struct sim_resource, r) {
    c->resources_disabled += !resource_wanted(w, r);
    c->resources_blocked += YES(r->blocked);
  }
  return true;
}

static const char *text_of(const struct look *l, int64_t n) { return arena_printf(l->arena, "%lld", (long long)n); }

static const struct sim_op *op_there(const struct look *l, const struct sim_resource *r) {
  const struct sim_op *seen = op_seen(l->w, l->here, r->id);
  if (seen) return seen;
  EACH(l->w->ops, struct sim_op, o)
    if (str_eq(o->resource, r->id) && texts_have(&l->here->members, o->node)) return o;
  return NULL;
}

/* Where crm_mon lists it: where it is active, and where an operation of it is under way. */
static size_t shown_on(const struct look *l, const struct sim_resource *r, const struct sim_op *o, struct sim_host *ret[NODES_MAX]) {
  size_t n = active_nodes(l->w, l->here, r, ret);
  struct sim_host *h = o && !strcmp(o->task, "start") ? world_host(l->w, o->node) : NULL;
  if (h && !texts_have(&r->nodes, h->name) && n < NODES_MAX && texts_have(&l->here->members, h->name)) ret[n++] = h;
  return n;
}

/* Fenced just now: pacemaker has it for offline at once, before corosync has missed it. */
static bool shot_down(const struct world *w, const struct sim_host *h) {
  if (daemon_runs(h, "pacemaker")) return false;
  EACH(w->fenced, struct pcmk_fence_event, e)
    if (str_eq(e->target, h->name) && str_eq(e->status, "success") && e->at + 1000 > h->power_since) return true;
  return false;
}

bool read_pacemaker_nodes(const struct look *l, const char *key, void *ret) {
  struct pcmk_nodes *out = ret;
  (void)key;
  CLEANUP(mem_freep) int64_t *running = mem_alloc((l->w->hosts.count + 1) * sizeof *running);
  EACH(l->w->resources, struct sim_resource, r) {
    struct sim_host *on[NODES_MAX];
    size_t n = shown_on(l, r, l->w->ops.count ? op_there(l, r) : NULL, on);
    for (size_t i = 0; i < n; i++) running[on[i] - l->w->hosts.item]++;
  }
  EACH(l->w->hosts, struct sim_host, h) {
    if (!is_node(h)) continue;
    struct pcmk_node *n = list_add(l->arena, &out->nodes, &pcmk_node_shape);
    bool shot = shot_down(l->w, h), online = node_online(l->here, h) && !shot, pending = node_pending(l->here, h) && !shot, unclean = node_unclean(l->w, l->here, h);
    *n = (struct pcmk_node){.name = h->name, .id = text_of(l, h->node_id), .type = "member", .online = truth_of(online || pending), .standby = truth_of(YES(h->standby) || pending), .standby_onfail = TRUTH_NO,
                            .maintenance = truth_of(YES(h->maintenance) || is_true(cluster_property(l->w, "maintenance-mode"))), .pending = truth_of(pending), .unclean = truth_of(unclean),
                            .shutdown = truth_of(h->leaving != NULL), .expected_up = truth_of(online || unclean), .is_dc = truth_of(str_eq(l->here->dc, h->name)),
                            .resources_running = running[h - l->w->hosts.item], .health = "green"};
  }
  return true;
}

bool read_pacemaker_resources(const struct look *l, const char *key, void *ret) {
  struct pcmk_resources *out = ret;
  (void)key;
  EACH(l->w->resources, struct sim_resource, r) {
    struct pcmk_resource *x = list_add(l->arena, &out->resources, &pcmk_resource_shape);
    struct sim_host *on[NODES_MAX];
    const struct sim_op *o = l->w->ops.count ? op_there(l, r) : NULL;
    size_t n = shown_on(l, r, o, on);
    const char *role = n ? "Started" : "Stopped", *target = pairs_get(&r->meta, "target-role");
    if (o && n && !strcmp(o->task, "start")) role = "Starting";
    else if (o && n && !strcmp(o->task, "stop")) role = "Stopping";
    else if (o && n && !strcmp(o->task, "migrate_to")) role = "Migrating";
    *x = (struct pcmk_resource){.id = r->id, .parent = r->parent, .agent = r->agent, .role = role, .target_role = target, .pending = o && n && !strcmp(o->task, "monitor") ? "Monitoring" : NULL,
                                .active = truth_of(n > 0), .orphaned = TRUTH_NO, .blocked = truth_of(YES(r->blocked)), .managed = truth_of(resource_managed(l->w, r) && !is_true(cluster_property(l->w, "maintenance-mode"))), .failed = truth_of(YES(r->failed)),
                                .disabled = truth_of(str_eq(target, "Stopped"))};
    for (size_t i = 0; i < n; i++) texts_add(l->arena, &x->nodes, on[i]->name);
    for (size_t i = 0; i < r->fail_count.count; i++) tallies_add(l->arena, &x->fail_count, r->fail_count.item[i].key, r->fail_count.item[i].value);
  }
  return true;
}

/* An agent that gave no reason is quoted by its exit code. */
/* What the coordinator would do without those nodes: "kvm01", "kvm01,kvm02". */
bool read_pacemaker_placement(const struct look *l, const char *key, void *ret) {
  struct pcmk_placement *out = ret;
  const struct sim_host *dc = world_host(l->w, l->here->dc);
  if (!dc) return false;
  int *place = arena_array(l->arena, l->w->resources.count + 1, sizeof *place);
  char *rest = arena_strdup(l->arena, key);
  for (char *one; (one = strsep(&rest, ",")) != NULL;) texts_add(l->arena, &out->lost, one);
  out->drained_apart = TRUTH_NO;
  schedule_place_without(l->w, dc, &out->lost, place);
  for (size_t i = 0; i < l->w->resources.count; i++) {
    const struct sim_resource *r = &l->w->resources.item[i];
    struct sim_host *on[NODES_MAX];
    struct texts from = {0}, to = {0};
    bool concerned = false, managed = resource_managed(l->w, r);
    size_t n = shown_on(l, r, l->w->ops.count ? op_there(l, r) : NULL, on);
    for (size_t k = 0; k < n; k++) concerned |= texts_have(&out->lost, on[k]->name);
    const char *then = managed && place[i] != NOWHERE ? l->w->hosts.item[place[i]].name : NULL;
    if (!concerned && (!managed || (n == 1 && str_eq(on[0]->name, then)) || (!n && !then))) continue;
    for (size_t k = 0; k < n; k++) texts_add(l->arena, &from, on[k]->name);
    if (then) texts_add(l->arena, &to, then);
    for (size_t k = 0; !managed && k < n; k++)
      if (!texts_have(&out->lost, on[k]->name)) texts_add(l->arena, &to, on[k]->name); /* left where it is */
    *(struct pcmk_place *)list_add(l->arena, &out->resources, &pcmk_place_shape) = (struct pcmk_place){.resource = r->id, .from = from, .to = to};
  }
  return true;
}

bool read_pacemaker_failures(const struct look *l, const char *key, void *ret) {
  (void)key;
  EACH(l->w->failures, struct pcmk_failure, f) {
    struct pcmk_failure *x = list_add(l->arena, &((struct pcmk_failures *)ret)->failures, &pcmk_failure_shape);
    *x = *f;
    if (!x->reason || !*x->reason) x->reason = x->rc == 5 ? "not installed" : x->rc == 7 ? "not running" : "error";
  }
  return true;
}

/* Newest first, as the daemon tells it; what is under way is pending. */
bool read_pacemaker_fencing(const struct look *l, const char *key, void *ret) {
  struct pcmk_fencing *out = ret;
  (void)key;
  EACH(l->w->shooting, struct sim_fencing, f) {
    struct pcmk_fence_event *e = list_add(l->arena, &out->events, &pcmk_fence_event_shape);
    *e = (struct pcmk_fence_event){.target = f->target, .action = f->action, .status = "pending", .client = f->client, .origin = l->here->dc ? l->here->dc : f->from, .delegate = NULL, .at = UNKNOWN_INT};
  }
  for (size_t i = l->w->fenced.count; i-- > 0;) *(struct pcmk_fence_event *)list_add(l->arena, &out->events, &pcmk_fence_event_shape) = l->w->fenced.item[i];
  return true;
}

static int by_key(const void *a, const void *b) { return str_order(((const struct pair *)a)->key, ((const struct pair *)b)->key); }

/* Only parameters that are known to hold no secret. */
static bool secret(const char *name) {
  static const char *const words[] = {"pass", "secret", "key", "login", "token", "credential", "username"};
  for (size_t i = 0; i < COUNT(words); i++)
    if (strcasestr(name, words[i])) return true;
  return false;
}

static void copy_pairs(const struct look *l, struct pairs *to, const struct pairs *from) {
  for (size_t i = 0; i < from->count; i++)
    if (!secret(from->item[i].key)) pairs_add(l->arena, to, from->item[i].key, from->item[i].value);
  if (to->count) qsort(to->item, to->count, sizeof *to->item, by_key);
}

bool read_pacemaker_config(const struct look *l, const char *key, void *ret) {
  struct pcmk_config *c = ret;
  (void)key;
  for (size_t i = 0; i < l->w->properties.count; i++) pairs_add(l->arena, &c->properties, l->w->properties.item[i].key, l->w->properties.item[i].value);
  EACH(l->w->sets, struct sim_property_set, s)
    EACH(s->items, struct sim_nvpair, n)
      if (!pairs_get(&c->properties, n->name)) pairs_add(l->arena, &c->properties, n->name, n->value);
  memcpy(&c->constraints, &l->w->constraints, sizeof c->constraints);
  memcpy(&c->levels, &l->w->levels, sizeof c->levels);
  EACH(l->w->resources, struct sim_resource, r) {
    struct pcmk_param *p = list_add(l->arena, &c->resources, &pcmk_param_shape);
    p->resource = r->id;
    p->agent = r->agent;
    p->ops = r->ops;
    p->meta = r->meta;
    p->utilization = r->utilization;
    copy_pairs(l, &p->params, &r->params);
  }
  if (l->w->defaults.count) {
    struct pcmk_param *p = list_add(l->arena, &c->resources, &pcmk_param_shape);
    p->resource = "rsc_defaults";
    p->meta = l->w->defaults;
  }
  EACH(l->w->hosts, struct sim_host, h) {
    if (!is_node(h) || !h->utilization.count) continue;
    struct pcmk_capacity *n = list_add(l->arena, &c->capacities, &pcmk_capacity_shape);
    n->node = h->name;
    n->utilization = h->utilization;
  }
  return true;
}
