/* A node less: cluster-node-remove. One that lives is drained, then pcs destroys the cluster there and writes it out of the lists of the others; of
 * one that is dead for good only the latter, and it must be known to be dead. */
#include "ops/cluster_rows.h"
#include "analysis/store_view.h"
#include <inttypes.h>
#include <string.h>

enum { REMOVE_MS = 180000 };

struct leaver {
  const struct host_view *h;
  const char *node, *device; /* as pacemaker calls it; the fence device that cuts its power and no other's, NULL: none */
  bool dead, reached;        /* dead: out of the cluster; reached: its host answers to ssh all the same */
  size_t stay;               /* nodes that the cluster has then */
};

void survey_node_remove(struct planning *p) {
  const char *host = cluster_host(p);
  struct texts nodes = nodes_configured(p);
  if (host) ask_pcs(p, host);
  for (size_t i = 0; i < nodes.count; i++) ask_pcs(p, nodes.item[i]);
}

/* ---- may it ---- */

/* The device of that node, and of it alone: what fences others too stays. */
static const char *own_device(struct planning *p, const char *node) {
  const char *id = fence_device_of(p->snap, node, NULL);
  const struct pcmk_param *c = id ? resource_config(p->snap, id) : NULL;
  const char *list = c ? pairs_get(&c->params, "pcmk_host_list") : NULL, *map = c ? pairs_get(&c->params, "pcmk_host_map") : NULL;
  if (list) return strpbrk(list, " ,;") ? NULL : id;
  return map && !strpbrk(map, " ;") ? id : NULL;
}

/* What can still shoot each of those who stay, from where it may run then. */
static void check_fencing(struct planning *p, const struct leaver *l) {
  struct texts nodes = nodes_configured(p);
  for (size_t i = 0; i < nodes.count && l->stay > 1 && p->snap->cluster.fencing == TRUTH_YES; i++) {
    const char *target = nodes.item[i], *device = same_host(p->snap, target, l->node) ? NULL : fence_device_of(p->snap, target, NULL);
    size_t places = 0;
    bool sure;
    for (size_t k = 0; device && k < nodes.count; k++)
      places += !same_host(p->snap, nodes.item[k], l->node) && placement_score(p->snap, device, nodes.item[k], false, &sure) > -SCORE_INFINITE;
    if (device && !places) refuse(p, "when it may run on another node too", "%s, which can shoot %s, may run on %s alone", device, target, l->node);
  }
}

/* While it goes its vote is gone and still counted; then those who stay need the quorum of the smaller cluster. */
static void check_quorum(struct planning *p, const struct leaver *l) {
  const struct cluster_view *c = &p->snap->cluster;
  int64_t stay = (int64_t)l->stay, device = c->qdevice == TRUTH_YES && c->votes > stay + !l->dead ? c->votes - stay - !l->dead : 0;
  if (c->votes == UNKNOWN_INT || c->quorum == UNKNOWN_INT) return refuse(p, "when corosync is read again", "cannot tell how many votes there are");
  if (!l->dead && c->two_node != TRUTH_YES && c->votes - 1 < c->quorum)
    refuse(p, "when more nodes are online", "%" PRId64 " votes would be left of the %" PRId64 " that quorum takes until %s is written out of the list: everything stops on the other nodes too", c->votes - 1, c->quorum, l->node);
  if (stay < 2) refuse(p, "with two nodes or more left", "%s would be alone: one node is no high availability", stay ? "the other node" : "nobody");
  if (watched_only(p) && !device && stay % 2 == 0) refuse_always(p, "after qdevice-add, or sbd-disable", "SBD without a disk wants an odd number of nodes or a quorum device: pcs would turn auto_tie_breaker on, for which the whole cluster must stand still");
}

/* Out of the cluster and known to be off or stopped; or in it, with nothing that would be lost. */
static bool check_state(struct planning *p, struct leaver *l) {
  enum truth away = holds(p, "node-away", l->node, NULL);
  const char *life = sign_of_life(p, l->h);
  l->dead = l->h->membership != MEMBERSHIP_MEMBER && away == TRUTH_YES;
  l->reached = l->dead && l->h->outlook.asked == TRUTH_YES;
  if (l->dead && l->h->outlook.asked == TRUTH_UNKNOWN) refuse_always(p, "when it has been asked, in a few seconds", "cannot tell yet whether the host of %s answers: it is being asked", l->node);
  if (l->dead && life && !l->reached) consequence(p, "%s: its host still lives (%s)", l->node, life);
  if (l->dead || (l->h->membership == MEMBERSHIP_MEMBER && holds(p, "node-joined", l->node, NULL) == TRUTH_YES)) return !refused(p);
  if (away == TRUTH_NO && l->h->membership != MEMBERSHIP_MEMBER) refuse_always(p, "when it was fenced (fencing-fence), or confirmed to be off (fencing-confirm)", "%s was lost, and nothing has proven yet that it is off: it may still write", l->node);
  else refuse_always(p, "when it is either online or known to be off", "cannot tell how %s stands: it is neither well in the cluster nor known to be out of it", l->node);
  return false;
}

static void check_left_behind(struct planning *p, const struct leaver *l) {
  struct texts on = resources_on(p->snap, l->h->name, p->arena), domains = domains_on(p->snap, l->h->name, p->arena), stays = {0};
  for (size_t i = 0; i < domains.count; i++)
    if (!snapshot_domain(p->snap, domains.item[i])->resource) texts_add(p->arena, &stays, domains.item[i]);
  for (size_t i = 0; i < on.count; i++)
    if (!is_driven(p, on.item[i])) texts_add(p->arena, &stays, on.item[i]);
  if (stays.count) refuse_always(p, "when they are moved (domain-migrate), stopped, or managed (resource-manage)", "%s run%s on %s, and pacemaker would not move %s", names_of(&stays, p->arena), stays.count == 1 ? "s" : "", l->node, stays.count == 1 ? "it" : "them");
  if (on.count) consequence(p, "%s leave%s %s first, live where %s may", names_of(&on, p->arena), on.count == 1 ? "s" : "", l->node, on.count == 1 ? "it" : "they");
}

/* ---- what it means ---- */

static void say_votes(struct planning *p, const struct leaver *l) {
  int64_t votes = (int64_t)l->stay;
  if (p->snap->cluster.qdevice == TRUTH_YES) consequence(p, "%zu nodes are left, and the quorum device", l->stay);
  else if (votes == 2) consequence(p, "two nodes are left: two_node comes back. One of them alone keeps quorum, and after a full stop nothing starts until both are there; their fence devices want a delay (pcmk_delay_base), so that they do not shoot each other");
  else consequence(p, "of %" PRId64 " votes quorum takes %" PRId64 " then%s", votes, votes / 2 + 1, votes % 2 ? "" : "; an even number can fall into two halves without quorum (qdevice-add)");
}

static struct texts constraints_of(struct planning *p, const struct leaver *l) {
  const struct pcmk_config *c = fact_seen(p->snap, "pacemaker.config", NULL);
  struct texts t = {0};
  for (size_t i = 0; c && i < c->constraints.count; i++) {
    const struct pcmk_constraint *k = &c->constraints.item[i];
    bool goes_with = l->device && value_yes(p->values, "device") && str_eq(k->resource, l->device);
    if (k->id && str_eq(k->node, l->node) && !goes_with) texts_add(p->arena, &t, k->id);
  }
  return t;
}

static void say_rest(struct planning *p, const struct leaver *l, const struct texts *constraints) {
  const char *any = fence_device_of(p->snap, l->node, NULL);
  bool bricks = false;
  for (size_t v = 0; v < p->snap->volumes.count; v++)
    for (size_t i = 0; i < p->snap->volumes.item[v].bricks.count; i++) bricks |= snapshot_host(p->snap, p->snap->volumes.item[v].bricks.item[i].host) == l->h;
  if (l->device) consequence(p, value_yes(p->values, "device") ? "its fence device %s goes too" : "its fence device %s stays; device=yes takes it away too", l->device);
  else if (any) consequence(p, "%s fences others too and stays: take %s out of it by hand", any, l->node);
  if (constraints->count) consequence(p, value_yes(p->values, "constraints") ? "the constraints that name it go too: %s" : "constraints that name it stay: %s; constraints=yes takes them away too", names_of(constraints, p->arena));
  if (bricks) consequence(p, "its bricks and its place in gluster's pool are not touched (host-replace, gluster-brick-replace)");
  if (l->dead && !l->reached) consequence(p, "%s itself cannot be told: before it ever boots on this network again, its /etc/corosync/corosync.conf has to go (pcs cluster destroy there), or it looks for its old cluster", l->node);
}

/* ---- steps ---- */

static void step_drain(struct planning *p, const struct leaver *l, const char *host) {
  struct texts on = resources_on(p->snap, l->h->name, p->arena);
  int64_t most = 60000;
  for (size_t i = 0; i < on.count; i++)
    if (move_deadline(p, on.item[i]) > most) most = move_deadline(p, on.item[i]);
  struct step *s = step_run(p, host, planf(p, "put %s in standby", l->node), "crm_standby", "-N", l->node, "-v", "on", NULL);
  undo_by(p, s, "crm_standby", "-N", l->node, "-D", NULL);
  already_when(p, s, "node-standby", l->node, NULL);
  s->harmless = TRUTH_YES;
  step_wait(p, most, planf(p, "until nothing runs on %s", l->node), "nothing-runs-on", l->node, NULL);
}

static void step_remove(struct planning *p, const struct leaver *l, const char *host, int64_t pcs) {
  struct step *s = step_run(p, host, planf(p, l->dead && !l->reached ? "write %s out of the cluster" : "take %s out of the cluster, which ends there", l->node), "pcs", "cluster", "node", "remove", l->node, NULL);
  if (l->dead && !l->reached && pcs > 9) step_word(p, s, "--skip-offline");
  if (l->dead && !l->reached) step_word(p, s, "--force"); /* pcs asks who goes whether quorum is lost by it: nobody answers */
  already_when(p, s, "node-unknown", l->node, NULL);
  if (!l->dead) still_when(p, s, "nothing-runs-on", l->node, NULL);
  s->deadline_ms = REMOVE_MS;
  step_wait(p, 60000, "until neither corosync nor pacemaker knows it", "node-unknown", l->node, NULL);
}

/* What failed to fence it stays the last word of its fencing as long as it is remembered: a problem of a node that is none. */
static void step_forget(struct planning *p, const struct leaver *l, const char *host, int64_t pcs) {
  bool failed = false;
  for (size_t i = 0; i < p->snap->fencing.count; i++) failed |= str_eq(p->snap->fencing.item[i].target, l->h->name) && str_eq(p->snap->fencing.item[i].result, "failed");
  if (!failed || pcs < 10) return;
  struct step *s = step_run(p, host, planf(p, "have pacemaker forget that %s could not be fenced", l->node), "stonith_admin", "--history", l->node, "--cleanup", NULL);
  s->harmless = TRUTH_YES;
}

static void step_leftovers(struct planning *p, const struct leaver *l, const char *host, const struct texts *constraints) {
  for (size_t i = 0; value_yes(p->values, "constraints") && i < constraints->count; i++) {
    struct step *s = step_run(p, host, planf(p, "take the constraint %s away", constraints->item[i]), "pcs", "constraint", "remove", constraints->item[i], NULL);
    step_good(p, s, 1, "Unable to find constraint");
    s->deadline_ms = 60000;
  }
  if (!l->device || !value_yes(p->values, "device")) return;
  struct step *s = step_run(p, host, planf(p, "take its fence device %s away", l->device), "pcs", "stonith", "delete", l->device, NULL);
  already_when(p, s, "resource-gone", l->device, NULL);
  s->deadline_ms = 120000;
  verify_that(p, "resource-gone", l->device, NULL);
}

void plan_node_remove(struct planning *p) {
  struct leaver l = {.h = snapshot_host(p->snap, given(p, "node"))};
  if (!l.h || !cluster_told(p)) return;
  l.node = node_name(p->snap, l.h->name);
  l.stay = nodes_configured(p).count ? nodes_configured(p).count - 1 : 0;
  l.device = own_device(p, l.node);
  if (!nodes_all_here(p, l.node)) return;
  const char *host = member_but(p, l.node);
  int64_t pcs = host ? pcs_of(p, host) : 0;
  if (!pcs || !check_state(p, &l)) return;
  struct texts constraints = constraints_of(p, &l);
  consequence(p, l.dead ? "%s is known to be out of the cluster, and is written out of its lists" : "%s leaves the cluster for good: corosync and pacemaker stop there, and their configuration there is deleted", l.node);
  if (!l.dead) check_left_behind(p, &l);
  check_quorum(p, &l);
  check_fencing(p, &l);
  say_votes(p, &l);
  say_rest(p, &l, &constraints);
  if (!l.dead) step_drain(p, &l, host);
  step_remove(p, &l, host, pcs);
  step_leftovers(p, &l, host, &constraints);
  step_forget(p, &l, host, pcs);
  verify_that(p, "node-unknown", l.node, NULL);
  if (p->snap->cluster.qdevice != TRUTH_YES) verify_that(p, "votes-expected", planf(p, "%zu", l.stay), NULL);
  if (p->snap->cluster.qdevice != TRUTH_YES && p->snap->cluster.auto_tie_breaker != TRUTH_YES) verify_that(p, "two-node-is", l.stay == 2 ? "yes" : "no", NULL);
  verify_that(p, "cluster-runs", NULL);
  p->plan->verify_ms = 120000;
}

const struct operation_argument node_remove_arguments[] = {
    {.name = "node", .title = "NODE", .help = "the node that leaves the cluster", .kind = ARG_NODE, .required = true},
    {.name = "device", .title = "yes|no", .help = "take its fence device away too, when it fences no other node", .kind = ARG_YES, .fallback = "no"},
    {.name = "constraints", .title = "yes|no", .help = "take the constraints that name it away too", .kind = ARG_YES, .fallback = "no"},
    {.name = NULL}};
