/* Nodes: standby and maintenance. crm_standby and crm_attribute, from pacemaker 1.1 to 3.x the same. */
#include "ops/cluster_rows.h"

#define NODE {.name = "node", .title = "NODE", .help = "which node of the cluster", .kind = ARG_NODE, .required = true}

const struct pcmk_node *node_told(struct planning *p, const char *name) {
  const struct pcmk_node *n = cluster_told(p) ? node_seen(p->snap, name) : NULL;
  if (!n && !refused(p)) refuse_always(p, "when it is a node of the cluster", "pacemaker does not know %s", name);
  return n;
}

int64_t leave_deadline(struct planning *p, const char *host) {
  struct texts on = resources_on(p->snap, host, p->arena);
  int64_t most = 60000;
  for (size_t i = 0; i < on.count; i++)
    if (move_deadline(p, on.item[i]) > most) most = move_deadline(p, on.item[i]);
  return most;
}

/* ---- standby ---- */

struct leaving who_leaves(struct planning *p, const char *host) {
  struct texts on = resources_on(p->snap, host, p->arena);
  struct leaving l = {0};
  for (size_t i = 0; i < on.count; i++) texts_add(p->arena, !is_driven(p, on.item[i]) ? &l.stays : moves_live(p, on.item[i]) ? &l.live : &l.cold, on.item[i]);
  return l;
}

static struct texts others_online(struct planning *p, const char *host) {
  struct texts all = nodes_online(p->snap, p->arena), t = {0};
  for (size_t i = 0; i < all.count; i++)
    if (snapshot_host(p->snap, all.item[i]) != snapshot_host(p->snap, host)) texts_add(p->arena, &t, all.item[i]);
  return t;
}

static void say_memory(struct planning *p, const char *host, const struct texts *live, const struct texts *cold, const char *to) {
  const struct host_view *h = snapshot_host(p->snap, to);
  int64_t sum = 0;
  for (size_t i = 0; i < p->snap->domains.count; i++) {
    const struct domain_view *d = &p->snap->domains.item[i];
    if (d->resource && texts_have(&d->hosts, host) && (texts_have(live, d->resource) || texts_have(cold, d->resource)) && d->memory != UNKNOWN_INT) sum += d->memory;
  }
  if (!h || h->memory == UNKNOWN_INT || h->memory_used == UNKNOWN_INT || !sum || h->memory_used + sum <= h->memory) return;
  consequence(p, "%s has %s of memory left, what comes may take %s", h->name, size_words(p, h->memory > h->memory_used ? h->memory - h->memory_used : 0), size_words(p, sum));
}

static void say_who_leaves(struct planning *p, const char *host, const struct leaving *l) {
  struct texts others = others_online(p, host);
  const char *where = others.count == 1 ? planf(p, "to %s", others.item[0]) : planf(p, "to %s, as their scores say", names_of(&others, p->arena));
  size_t leave = l->live.count + l->cold.count;
  if (leave && !others.count) refuse(p, "when another node is online", "no other node is online: %s would stop", names_of(l->live.count ? &l->live : &l->cold, p->arena));
  if (l->live.count && others.count) consequence(p, "%s move%s live %s", names_of(&l->live, p->arena), l->live.count == 1 ? "s" : "", where);
  if (l->cold.count && others.count) consequence(p, "%s stop%s on %s and start%s again %s", names_of(&l->cold, p->arena), l->cold.count == 1 ? "s" : "", host, l->cold.count == 1 ? "s" : "", where);
  if (l->stays.count) consequence(p, "%s stay%s: pacemaker does not manage %s", names_of(&l->stays, p->arena), l->stays.count == 1 ? "s" : "", l->stays.count == 1 ? "it" : "them");
  else consequence(p, "%s keeps nothing of pacemaker's", host);
  if (others.count == 1) say_memory(p, host, &l->live, &l->cold, others.item[0]);
  if (leave) say_failed_stop(p, host);
  if (others.count == 1) consequence(p, "%s is the only node left that takes resources", others.item[0]);
}

struct texts plain_domains(struct planning *p, const char *host) {
  const struct host_view *h = snapshot_host(p->snap, host);
  struct texts t = {0};
  for (size_t i = 0; i < p->snap->domains.count; i++)
    if (!p->snap->domains.item[i].resource && h && texts_have(&p->snap->domains.item[i].hosts, h->name)) texts_add(p->arena, &t, p->snap->domains.item[i].name);
  return t;
}

struct step *step_standby(struct planning *p, const char *host) {
  const char *node = node_name(p->snap, host);
  struct step *s = step_run(p, cluster_host(p), planf(p, "put %s in standby", host), "crm_standby", "-N", node, "-v", "on", NULL);
  undo_by(p, s, "crm_standby", "-N", node, "-D", NULL);
  already_when(p, s, "node-standby", host, NULL);
  s->harmless = TRUTH_YES;
  return s;
}

struct step *step_unstandby(struct planning *p, const char *host) {
  const char *node = node_name(p->snap, host);
  struct step *s = step_run(p, cluster_host(p), planf(p, "let %s take resources again", host), "crm_standby", "-N", node, "-D", NULL);
  undo_by(p, s, "crm_standby", "-N", node, "-v", "on", NULL);
  already_when(p, s, "node-not-standby", host, NULL);
  s->harmless = TRUTH_YES;
  return s;
}

static void plan_standby(struct planning *p) {
  const char *node = given(p, "node");
  const struct pcmk_node *n = node_told(p, node);
  if (!n) return;
  if (n->standby == TRUTH_YES && n->pending != TRUTH_YES) refuse_always(p, "never: there is nothing to do", "%s is in standby already", node);
  if (n->online != TRUTH_YES) refuse(p, "when it is online", "%s is not online: it would come back in standby", node);
  struct leaving l = who_leaves(p, snapshot_host(p->snap, node) ? snapshot_host(p->snap, node)->name : node);
  struct texts plain = plain_domains(p, node);
  say_who_leaves(p, node, &l);
  if (plain.count) consequence(p, "%s run%s on: no resource drives %s", names_of(&plain, p->arena), plain.count == 1 ? "s" : "", plain.count == 1 ? "it" : "them");
  step_standby(p, node);
  verify_that(p, "node-standby", node, NULL);
  for (size_t i = 0; i < l.live.count; i++) verify_that(p, "resource-not-on", l.live.item[i], node, NULL);
  for (size_t i = 0; i < l.cold.count; i++) verify_that(p, "resource-not-on", l.cold.item[i], node, NULL);
  p->plan->verify_ms = leave_deadline(p, node);
}

/* What comes back by its scores, as far as these can be told. */
static void say_who_returns(struct planning *p, const char *host) {
  struct texts drawn = {0};
  for (size_t i = 0; i < p->snap->resources.count; i++) {
    const struct resource_view *r = &p->snap->resources.item[i];
    bool a, b;
    if (is_fence_device(r) || r->hosts.count != 1 || r->disabled == TRUTH_YES || r->instance) continue;
    if (placement_score(p->snap, r->id, host, false, &a) > placement_score(p->snap, r->id, r->hosts.item[0], false, &b)) texts_add(p->arena, &drawn, r->id);
  }
  consequence(p, "%s takes resources again", host);
  if (drawn.count) consequence(p, "%s %s drawn there by constraints and move%s, unless stickiness holds them where they are", names_of(&drawn, p->arena), drawn.count == 1 ? "is" : "are", drawn.count == 1 ? "s" : "");
  else consequence(p, "no constraint draws anything there: what runs elsewhere stays, unless pacemaker spreads the load anew");
}

static void plan_unstandby(struct planning *p) {
  const char *node = given(p, "node");
  const struct pcmk_node *n = node_told(p, node);
  if (!n) return;
  if (n->standby == TRUTH_NO) refuse_always(p, "when it is in standby", "%s is not in standby", node);
  if (n->online == TRUTH_NO) consequence(p, "%s is away: it takes resources when it is back", node);
  say_who_returns(p, node);
  step_unstandby(p, node);
  verify_that(p, "node-not-standby", node, NULL);
}

/* ---- maintenance ---- */

static void plan_maintenance(struct planning *p) {
  const char *node = given(p, "node");
  const struct pcmk_node *n = node_told(p, node);
  if (!n) return;
  if (n->maintenance == TRUTH_YES) refuse_always(p, "never: there is nothing to do", "%s is in maintenance already%s", node, p->snap->cluster.maintenance == TRUTH_YES ? ", as the whole cluster is" : "");
  struct texts on = resources_on(p->snap, node, p->arena);
  consequence(p, "pacemaker leaves what is on %s alone (%s): nothing is started, stopped or moved there, and what fails is not restarted", node, names_of(&on, p->arena));
  consequence(p, "it is still fenced when it is lost, and its domains start elsewhere then");
  const char *name = node_name(p->snap, node);
  struct step *s = step_run(p, cluster_host(p), planf(p, "put %s in maintenance", node), "crm_attribute", "-N", name, "-n", "maintenance", "-v", "true", NULL);
  undo_by(p, s, "crm_attribute", "-N", name, "-n", "maintenance", "-D", NULL);
  already_when(p, s, "node-maintenance", node, NULL);
  s->harmless = TRUTH_YES;
  verify_that(p, "node-maintenance", node, NULL);
}

static void plan_unmaintenance(struct planning *p) {
  const char *node = given(p, "node");
  const struct pcmk_node *n = node_told(p, node);
  if (!n) return;
  if (n->maintenance == TRUTH_NO) refuse_always(p, "when it is in maintenance", "%s is not in maintenance", node);
  if (p->snap->cluster.maintenance == TRUTH_YES) refuse_always(p, "when maintenance-mode is false (cluster-property)", "the whole cluster is in maintenance mode: %s stays so as long as that lasts", node);
  consequence(p, "pacemaker drives what is on %s again: what was stopped by hand there is started, what moved by hand may be stopped", node);
  const char *name = node_name(p->snap, node);
  struct step *s = step_run(p, cluster_host(p), planf(p, "end the maintenance of %s", node), "crm_attribute", "-N", name, "-n", "maintenance", "-D", NULL);
  undo_by(p, s, "crm_attribute", "-N", name, "-n", "maintenance", "-v", "true", NULL);
  already_when(p, s, "node-not-maintenance", node, NULL);
  s->harmless = TRUTH_YES;
  verify_that(p, "node-not-maintenance", node, NULL);
}

/* ---- drain and reinstate: a host that is to be taken down, and the way back ---- */

const char *known_host(struct planning *p, const char *value) { return snapshot_host(p->snap, value) ? NULL : planf(p, "there is no host %s", value); }

bool has_bricks(const struct snapshot *s, const struct host_view *h) {
  for (size_t v = 0; v < s->volumes.count; v++)
    for (size_t i = 0; i < s->volumes.item[v].bricks.count; i++)
      if (snapshot_host(s, s->volumes.item[v].bricks.item[i].host) == h) return true;
  return false;
}

/* Each of its sets must have another copy that is up; what heals is waited for. */
void refuse_last_copies(struct planning *p, const struct host_view *h) {
  for (size_t v = 0; v < p->snap->volumes.count; v++) {
    const struct volume_view *vol = &p->snap->volumes.item[v];
    for (size_t i = 0; i < vol->bricks.count; i++) {
      const struct brick_view *b = &vol->bricks.item[i];
      size_t others = 0;
      if (snapshot_host(p->snap, b->host) != h || !str_eq(vol->status, "started")) continue;
      for (size_t k = 0; k < vol->bricks.count; k++) {
        const struct brick_view *o = &vol->bricks.item[k];
        if (o->set != b->set || snapshot_host(p->snap, o->host) == h) continue;
        if (o->online != TRUTH_YES || o->stale.count) refuse(p, "when that brick is up and healed", "%s:%s, the other brick of set %lld of %s, is %s", o->host, o->path, (long long)b->set, vol->name, o->online == TRUTH_NO ? "down" : "not known to be up");
        others++;
      }
      if (!others) refuse(p, "when the volume has a copy elsewhere", "%s:%s is the only copy of its part of %s", b->host, b->path, vol->name);
      else consequence(p, "%s:%s may go: its set of %s has %zu more", b->host, b->path, vol->name, others);
    }
  }
}

static void plan_drain(struct planning *p) {
  const char *name = given(p, "host");
  const struct host_view *h = snapshot_host(p->snap, name);
  if (!h) return;
  bool node = h->membership || h->pacemaker, store = has_bricks(p->snap, h);
  const struct pcmk_node *n = node ? node_told(p, name) : NULL;
  if (node && !n) return;
  if (!node && !store) refuse_always(p, "never: there is nothing to do", "%s is neither a node nor has it bricks", name);
  if (n) {
    struct leaving l = who_leaves(p, h->name);
    struct texts plain = plain_domains(p, h->name);
    if (plain.count) refuse(p, "when they are moved (domain-migrate), stopped, or highly available", "%s run%s on %s and no resource drives %s: pacemaker would not move %s", names_of(&plain, p->arena), plain.count == 1 ? "s" : "", name, plain.count == 1 ? "it" : "them", plain.count == 1 ? "it" : "them");
    if (l.stays.count) refuse(p, "when they are managed again (resource-manage)", "pacemaker does not manage %s on %s, so it would not move %s", names_of(&l.stays, p->arena), name, l.stays.count == 1 ? "it" : "them");
    say_who_leaves(p, h->name, &l);
    step_standby(p, name);
    step_wait(p, leave_deadline(p, h->name), planf(p, "until nothing runs on %s", name), "nothing-runs-on", name, NULL);
    verify_that(p, "node-standby", name, NULL);
    verify_that(p, "nothing-runs-on", name, NULL);
  }
  if (store) refuse_last_copies(p, h);
  if (p->snap->volumes.count) {
    step_wait(p, 3600000, "until no heal waits on any volume", "no-heal-waits", NULL);
    verify_that(p, "no-heal-waits", NULL);
  }
  consequence(p, "then %s may be taken down; node-reinstate brings it back", name);
}

/* In this order: its storage, the heals that its absence has left, then resources. */
static void plan_reinstate(struct planning *p) {
  const char *name = given(p, "host");
  const struct host_view *h = snapshot_host(p->snap, name);
  if (!h) return;
  bool node = h->membership || h->pacemaker, store = has_bricks(p->snap, h) || h->peer;
  if (!node && !store) refuse_always(p, "never: there is nothing to do", "%s is neither a node nor a peer", name);
  if (store) {
    struct step *s = step_run(p, name, planf(p, "start the storage daemon of %s", name), "systemctl", "start", "glusterd", NULL);
    tested_by(p, s, "systemctl", "is-active", "--quiet", "glusterd", NULL);
    s->harmless = TRUTH_YES;
    step_wait(p, 120000, "until it is back in the pool", "peer-connected", name, NULL);
    if (has_bricks(p->snap, h)) step_wait(p, 120000, "until its bricks are up", "bricks-up-on", name, NULL);
    consequence(p, "%s serves its bricks again, and what was written meanwhile is healed first", name);
    verify_that(p, "peer-connected", name, NULL);
  }
  if (p->snap->volumes.count) {
    step_wait(p, 14400000, "until no heal waits on any volume", "no-heal-waits", NULL);
    verify_that(p, "no-heal-waits", NULL);
  }
  if (!node || !cluster_told(p)) return;
  if (h->membership != MEMBERSHIP_MEMBER) {
    struct step *s = step_run(p, name, planf(p, "start the cluster on %s", name), "pcs", "cluster", "start", NULL);
    already_when(p, s, "node-member", name, NULL);
    s->deadline_ms = 120000;
    s->harmless = TRUTH_YES;
    step_wait(p, 180000, planf(p, "until %s is a member", name), "node-member", name, NULL);
  }
  say_who_returns(p, name);
  step_unstandby(p, name);
  verify_that(p, "node-joined", name, NULL);
  verify_that(p, "node-not-standby", name, NULL);
  p->plan->verify_ms = 120000;
}

/* ---- the table ---- */

static bool in_standby(const struct snapshot *s, const char *name) { return node_seen(s, name) && node_seen(s, name)->standby == TRUTH_YES; }
static bool takes_resources(const struct snapshot *s, const char *name) { return node_seen(s, name) && node_seen(s, name)->standby != TRUTH_YES; }
static bool in_maintenance(const struct snapshot *s, const char *name) { return node_seen(s, name) && node_seen(s, name)->maintenance == TRUTH_YES; }
static bool is_maintained(const struct snapshot *s, const char *name) { return node_seen(s, name) && node_seen(s, name)->maintenance != TRUTH_YES; }

static const struct operation_argument node_argument[] = {NODE, {.name = NULL}};
static const struct operation_argument host_argument[] = {{.name = "host", .title = "HOST", .help = "which host of the cluster or of the gluster pool", .kind = ARG_HOST, .required = true, .check = known_host}, {.name = NULL}};

const struct operation node_operations[] = {
    {.name = "node-standby", .title = "Put the node in standby", .target = TARGET_NODE, .danger = 1, .arguments = node_argument, .plan = plan_standby, .fits = takes_resources,
     .help = "The node stays a member and runs nothing: what it runs moves away. The first step before working on a host; node-drain waits for the rest too."},
    {.name = "node-unstandby", .title = "End the node's standby", .target = TARGET_NODE, .danger = 1, .arguments = node_argument, .plan = plan_unstandby, .fits = in_standby,
     .help = "The node takes resources again. After work on its storage use node-reinstate, which waits for the heals first."},
    {.name = "node-maintenance", .title = "Put the node in maintenance", .target = TARGET_NODE, .danger = 1, .arguments = node_argument, .plan = plan_maintenance, .fits = is_maintained,
     .help = "Pacemaker leaves everything on the node as it is: nothing moves, nothing is restarted. For work on the cluster's own software while domains run on."},
    {.name = "node-unmaintenance", .title = "End the node's maintenance", .target = TARGET_NODE, .danger = 1, .arguments = node_argument, .plan = plan_unmaintenance, .fits = in_maintenance,
     .help = "Pacemaker drives what is on the node again."},
    {.name = "node-drain", .title = "Drain the host: make it ready to be taken down", .target = TARGET_HOST, .danger = 1, .flags = OP_NOT_OWN_HOST, .arguments = host_argument, .plan = plan_drain,
     .help = "Standby, then waits until nothing runs on the host and no heal is left, so that it can be switched off without losing anything."},
    {.name = "node-reinstate", .title = "Reinstate the host: take it back in order", .target = TARGET_HOST, .danger = 1, .arguments = host_argument, .plan = plan_reinstate,
     .help = "After the host is back: its storage first, then the heals, then resources."},
    {.name = "nodes-balance", .title = "Spread the domains over the hosts", .target = TARGET_CLUSTER, .danger = 1, .arguments = balance_arguments, .plan = plan_balance,
     .help = "Moves as few domains as needed, live and one after the other, until no host's memory is given away much more than another's. Each move has its reason; none is made that would be undone, and nothing while a heal or a migration runs."},
    {.name = "nodes-rolling", .title = "Work on all hosts, one after the other", .target = TARGET_CLUSTER, .danger = 2, .arguments = rolling_arguments, .survey = survey_rolling, .plan = plan_rolling,
     .help = "Rolling maintenance: each host is drained, worked on (a command, a reboot, or by hand), waited for until it is whole again, and reinstated, before the next one. Stops at the first surprise, and goes on where it stopped when it is begun again; the console's own host is left for another console."},
    {.name = "host-power", .title = "Switch a host's power", .target = TARGET_HOST, .danger = 2, .flags = OP_NOT_OWN_HOST, .arguments = power_arguments, .survey = survey_power, .plan = plan_power,
     .help = "By its BMC or whatever fence device is known for it: looks whether it has power, switches it on, off, or off and on again. A node of the cluster is switched off by pacemaker's fencing, so that everybody knows."},
    {.name = NULL},
};
