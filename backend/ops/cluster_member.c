/* A node more: cluster-node-add. It joins in standby, and only then may it take anything: a node that pacemaker uses the moment it sees it,
 * without the volume or libvirt, fails the domains it is given. pcs writes corosync's list on all nodes, so all must be there. */
#include "ops/cluster_rows.h"
#include "ops/system.h"
#include "analysis/store_view.h"
#include <inttypes.h>

#define CONF "/etc/corosync/corosync.conf"
#define WATCHDOG "/dev/watchdog"
static const char start_state[] = "PCMK_node_start_state=standby";
enum { ADD_MS = 300000, JOINED_MS = 180000 };

/* ---- what the files of membership share ---- */

struct texts nodes_configured(struct planning *p) {
  const struct corosync_nodes *n = fact_seen(p->snap, "corosync.nodes", NULL);
  struct texts t = {0};
  for (size_t i = 0; n && i < n->nodes.count; i++)
    if (n->nodes.item[i].name) texts_add(p->arena, &t, n->nodes.item[i].name);
  return t;
}

bool nodes_all_here(struct planning *p, const char *but) {
  const struct corosync_nodes *n = fact_seen(p->snap, "corosync.nodes", NULL);
  struct texts away = {0};
  if (!n) return refuse_always(p, "when corosync is read again", "cannot tell which nodes the cluster has: corosync is not read"), false;
  for (size_t i = 0; i < n->nodes.count; i++) {
    const struct corosync_node *k = &n->nodes.item[i];
    if (k->member != TRUTH_YES && !(but && same_host(p->snap, k->name, but))) texts_add(p->arena, &away, k->name ? k->name : "a node without a name");
  }
  if (away.count) refuse_always(p, "when they are back, or were taken out (cluster-node-remove)", "%s %s no member now: corosync's list of nodes would differ between the nodes", names_of(&away, p->arena), away.count == 1 ? "is" : "are");
  return !away.count;
}

const char *member_but(struct planning *p, const char *but) {
  const char *first = cluster_host(p);
  struct texts nodes = nodes_configured(p);
  if (first && !same_host(p->snap, first, but)) return first;
  for (size_t i = 0; first && i < nodes.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, nodes.item[i]);
    if (h && h->membership == MEMBERSHIP_MEMBER && !same_host(p->snap, h->name, but)) return h->name;
  }
  refuse_always(p, "when another node is online", "no other node of the cluster is online that could be told");
  return NULL;
}

bool watched_only(const struct planning *p) {
  const char *timeout = property_seen(p->snap, "stonith-watchdog-timeout");
  return timeout && duration_of(timeout, 0) > 0;
}

/* ---- what there must be ---- */

/* Where this host has the volumes of the domains mounted: the newcomer wants them in the same place. */
static struct texts mount_points(struct planning *p) {
  const struct gluster_mounts *now = mounts_of(p->snap, here(p));
  struct texts t = {0};
  for (size_t i = 0; now && i < now->mounts.count; i++) texts_add(p->arena, &t, now->mounts.item[i].mount);
  return t;
}

static int roles_wanted(const struct planning *p) { return ROLE_CLUSTER | (p->snap->cluster.qdevice == TRUTH_YES ? ROLE_QDEVICE : 0) | (pcmk_truth(property_seen(p->snap, "have-watchdog")) == TRUTH_YES ? ROLE_SBD : 0); }

void survey_node_add(struct planning *p) {
  const char *node = given(p, "node"), *host = cluster_host(p);
  struct texts nodes = nodes_configured(p), mounts = mount_points(p);
  if (host) {
    ask_pcs(p, host);
    ask_command(p, host, planf(p, "name %s", node), "getent", "hosts", node, NULL);
  }
  ask_pcs(p, node);
  ask_leftover(p, node);
  system_ask(p, node);
  packages_ask(p, node, roles_wanted(p));
  for (size_t i = 0; i < nodes.count; i++) ask_command(p, node, planf(p, "name %s", nodes.item[i]), "getent", "hosts", nodes.item[i], NULL);
  for (size_t i = 0; i < mounts.count; i++) ask_command(p, node, planf(p, "mount %s", mounts.item[i]), "mountpoint", "-q", mounts.item[i], NULL);
  ask_command(p, node, "guests", "virsh", "-r", "list", "--name", NULL);
  if (roles_wanted(p) & ROLE_SBD) ask_command(p, node, "watchdog", "test", "-c", WATCHDOG, NULL);
}

/* Names go both ways: corosync and pcs use them alone where no address is given. */
static void check_names(struct planning *p, const char *host, const char *node) {
  struct texts nodes = nodes_configured(p);
  if (exit_of(p, host, planf(p, "name %s", node)) > 0) refuse_always(p, planf(p, "after host-names host=%s name=%s", host, node), "%s does not find the name %s", host, node);
  for (size_t i = 0; i < nodes.count; i++)
    if (exit_of(p, node, planf(p, "name %s", nodes.item[i])) > 0) refuse_always(p, planf(p, "after host-names host=%s name=%s", node, nodes.item[i]), "%s does not find the name %s", node, nodes.item[i]);
}

/* What is missing there to run domains; NULL: nothing. */
static const char *why_not_run(struct planning *p, const char *node, const char **ret_when) {
  struct texts mounts = mount_points(p);
  for (size_t i = 0; i < mounts.count; i++)
    if (exit_of(p, node, planf(p, "mount %s", mounts.item[i])) != 0) return *ret_when = planf(p, "gluster-mount host=%s", node), planf(p, "%s is not mounted on %s", mounts.item[i], node);
  if (exit_of(p, node, "guests") != 0) return *ret_when = planf(p, "host-prepare host=%s role=kvm", node), planf(p, "libvirt on %s does not answer", node);
  return NULL;
}

static bool is_fenceable(const struct planning *p, const char *node) {
  bool any = false;
  return fence_device_of(p->snap, node, &any) || any || watched_only(p);
}

static void propose_take(struct planning *p, struct texts *ret) {
  const char *node = given(p, "node");
  texts_add(p->arena, ret, node && (p->snap->cluster.fencing == TRUTH_NO || is_fenceable(p, node)) ? "yes" : "no");
}

static void check_newcomer(struct planning *p, const char *host, const char *node, int64_t pcs) {
  const struct host_view *h = snapshot_host(p->snap, node);
  struct texts nodes = nodes_configured(p);
  if (texts_have(&nodes, node) || (h && h->membership)) refuse_always(p, h && h->membership == MEMBERSHIP_MEMBER ? "never: there is nothing to do" : planf(p, "never; if it is to come back: cluster-start node=%s", node), "%s is a node of the cluster already", node);
  int64_t theirs = pcs_of(p, node);
  if (theirs && (theirs == 9) != (pcs == 9)) refuse_always(p, "when both have pcs 0.9, or both a later one", "pcs on %s and on %s do not speak to each other: 0.%" PRId64 " and 0.%" PRId64, host, node, pcs, theirs);
  check_names(p, host, node);
  if ((roles_wanted(p) & ROLE_SBD) && exit_of(p, node, "watchdog") != 0) refuse_always(p, "when it has one (a BMC's, or softdog)", "the cluster uses SBD, and %s has no " WATCHDOG, node);
  if (watched_only(p) && p->snap->cluster.qdevice != TRUTH_YES && nodes.count % 2) refuse_always(p, "after qdevice-add", "SBD without a disk wants an odd number of nodes or a quorum device: pcs would turn auto_tie_breaker on, for which the whole cluster must stand still");
}

/* ---- what it means ---- */

/* One vote more, and what falls with two_node. */
static void say_votes(struct planning *p, int64_t nodes) {
  const struct cluster_view *c = &p->snap->cluster;
  int64_t votes = nodes + 1, quorum = votes / 2 + 1;
  if (c->qdevice == TRUTH_YES) return (void)consequence(p, "the quorum device counts it in; the new node gets a certificate of it, so its host must be reached");
  if (c->two_node == TRUTH_YES) consequence(p, "two_node ends: of %" PRId64 " votes quorum takes %" PRId64 ", and a start waits for that many nodes, no longer for all", votes, quorum);
  else consequence(p, "of %" PRId64 " votes quorum takes %" PRId64 " then", votes, quorum);
  if (votes % 2 == 0) consequence(p, "an even number of nodes can fall into two halves that both have no quorum, and everything stops: a quorum device decides that (qdevice-add)");
}

static void say_fencing(struct planning *p, const char *node) {
  if (p->snap->cluster.fencing != TRUTH_YES || is_fenceable(p, node)) return;
  consequence(p, "no fence device can shoot %s: as long as that is so its loss keeps everything in the cluster from being started elsewhere; make one next (fencing-create node=%s), prove it (fencing-test)", node, node);
}

static void say_taking(struct planning *p, const char *node, bool take) {
  const char *when = NULL, *why = why_not_run(p, node, &when);
  if (take && why) refuse(p, planf(p, "after %s, or with take=no", when), "%s: what is started there would fail", why);
  if (take && p->snap->cluster.fencing == TRUTH_YES && !is_fenceable(p, node)) refuse(p, "with take=no: it stays in standby until fencing-create and fencing-test are through", "no fence device can shoot %s: what runs there starts nowhere else when it is lost", node);
  consequence(p, "%s joins in standby: nothing is started there before all is in its place", node);
  if (take) consequence(p, "then it takes resources: pacemaker may move some there at once to spread the load, those that nothing holds where they are");
  else consequence(p, "it stays in standby: %s%s%snode-unstandby ends that", why ? why : "", why ? planf(p, " (%s); ", when) : "", is_fenceable(p, node) ? "" : "when its fence device is proven, ");
}

/* ---- steps ---- */

/* By the variable that pacemaker's daemon reads once at its start, on that host alone; the line goes when it has done its work. */
static void step_in_standby(struct planning *p, const char *node, const char *file) {
  struct step *s = step_run(p, node, planf(p, "have pacemaker on %s begin in standby", node), "tee", "-a", file, NULL);
  s->input = planf(p, "\n%s\n", start_state); /* the file may not end with a line's end */
  tested_by(p, s, "grep", "-qx", start_state, file, NULL);
  undo_by(p, s, "sed", "-i", planf(p, "/^%s$/d", start_state), file, NULL);
}

static void step_no_longer(struct planning *p, const char *node, const char *file) {
  struct step *s = step_run(p, node, "have later starts of it be as it was left", "sed", "-i", planf(p, "/^%s$/d", start_state), file, NULL);
  s->harmless = TRUTH_YES;
}

static void step_add(struct planning *p, const char *host, const char *node, int64_t pcs) {
  struct step *s = step_run(p, host, planf(p, "take %s into the cluster and start it there", node), "pcs", "cluster", "node", "add", NULL);
  const char *first = value_at(p->values, "address", 0), *second = value_at(p->values, "address", 1);
  if (pcs == 9) step_word(p, s, second ? "%s,%s" : "%s%s", node, second ? second : "");
  else step_word(p, s, "%s", node);
  for (size_t i = 0; pcs > 9 && first && value_at(p->values, "address", i); i++) step_word(p, s, "addr=%s", value_at(p->values, "address", i));
  if (roles_wanted(p) & ROLE_SBD) step_word(p, s, pcs == 9 ? "--watchdog=%s" : "watchdog=%s", WATCHDOG);
  step_word(p, s, "--start");
  if (value_yes(p->values, "enable")) step_word(p, s, "--enable");
  undo_by(p, s, "pcs", "cluster", "node", "remove", node, NULL);
  already_when(p, s, "node-member", node, NULL);
  s->deadline_ms = ADD_MS;
}

static void step_take(struct planning *p, const char *host, const char *node) {
  struct texts mounts = mount_points(p);
  for (size_t i = 0; i < mounts.count; i++) {
    struct step *s = step_run(p, node, planf(p, "see that %s is mounted there", mounts.item[i]), "mountpoint", "-q", mounts.item[i], NULL);
    s->harmless = TRUTH_YES;
  }
  struct step *s = step_run(p, host, planf(p, "let %s take resources", node), "crm_standby", "-N", node, "-D", NULL);
  undo_by(p, s, "crm_standby", "-N", node, "-v", "on", NULL);
  already_when(p, s, "node-not-standby", node, NULL);
  s->harmless = TRUTH_YES;
}

static void check_addresses(struct planning *p, int64_t pcs) {
  const struct corosync_links *known = fact_seen(p->snap, "corosync.links", NULL);
  size_t links = 0, many = value_count(p->values, "address");
  for (size_t i = 0; known && i < known->links.count; i++)
    if (known->links.item[i].link >= 0 && (size_t)known->links.item[i].link >= links) links = (size_t)known->links.item[i].link + 1;
  if (many && links && many != links) refuse_always(p, "with an address for each link", "the cluster has %zu link%s, %zu address%s given", links, links == 1 ? "" : "s", many, many == 1 ? " is" : "es are");
  if (!many && links > 1) refuse_always(p, "with address= for each link, in their order", "the cluster has %zu links: each wants an address of it", links);
  if (pcs == 9 && many) consequence(p, "this pcs takes the name itself for the first link: it must resolve to %s", value_at(p->values, "address", 0));
}

static void plan_it(struct planning *p, const char *host, const char *node, int64_t pcs, const struct host_system *system) {
  const char *file = system->tool == PACKAGE_APT ? "/etc/default/pacemaker" : "/etc/sysconfig/pacemaker";
  struct texts nodes = nodes_configured(p), missing = packages_missing(p, node, system, roles_wanted(p));
  bool take = value_yes(p->values, "take");
  int64_t count = (int64_t)nodes.count, votes = p->snap->cluster.expected_votes;
  consequence(p, "%s becomes node %" PRId64 " of the cluster%s%s", node, count + 1, p->snap->cluster.name ? " " : "", p->snap->cluster.name ? p->snap->cluster.name : "");
  say_votes(p, count);
  say_taking(p, node, take);
  say_fencing(p, node);
  consequence(p, "live migration there also wants root's ssh between all nodes (host-trust), and the same bridge");
  packages_step(p, node, system, &missing, planf(p, "install what is missing on %s: %s", node, names_of(&missing, p->arena)));
  clear_leftover(p, node, true);
  if (given(p, "password")) {
    step_pcsd(p, node);
    if (value_yes(p->values, "set_password")) step_password(p, node);
    struct step *s = step_auth(p, host, planf(p, "authenticate %s to the nodes", node), pcs);
    step_word(p, s, "%s", node);
    if (pcs > 9 && given(p, "address")) step_word(p, s, "addr=%s", given(p, "address"));
    step_word(p, s, "-u");
    step_word(p, s, "hacluster");
  } else {
    consequence(p, "%s must have been authenticated to the nodes (pcs host auth), or be so here, with password=", node);
  }
  step_in_standby(p, node, file);
  step_add(p, host, node, pcs);
  step_wait(p, JOINED_MS, planf(p, "until %s takes part", node), "node-joined", node, NULL);
  step_wait(p, JOINED_MS, "until pacemaker has it in standby", "node-standby", node, NULL);
  step_no_longer(p, node, file);
  if (take) step_take(p, host, node);
  verify_that(p, "node-member", node, NULL);
  verify_that(p, "node-joined", node, NULL);
  verify_that(p, take ? "node-not-standby" : "node-standby", node, NULL);
  if (votes != UNKNOWN_INT && p->snap->cluster.qdevice != TRUTH_YES) verify_that(p, "votes-expected", planf(p, "%" PRId64, votes + 1), NULL);
  verify_that(p, "two-node-is", count == 1 && p->snap->cluster.qdevice != TRUTH_YES ? "yes" : "no", NULL);
  verify_that(p, "cluster-runs", NULL);
  p->plan->verify_ms = 120000;
}

void plan_node_add(struct planning *p) {
  const char *node = given(p, "node"), *host;
  struct host_system system;
  if (!cluster_told(p) || !nodes_all_here(p, NULL)) return;
  host = cluster_host(p);
  int64_t pcs = pcs_of(p, host);
  if (!pcs || !system_read(p, node, &system)) return;
  check_newcomer(p, host, node, pcs);
  check_addresses(p, pcs);
  if (p->snap->cluster.maintenance == TRUTH_YES) refuse(p, "when maintenance-mode is over", "the cluster is in maintenance: nothing is probed on a node that joins");
  plan_it(p, host, node, pcs, &system);
}

static void not_nodes(struct planning *p, struct texts *ret) {
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (!p->snap->hosts.item[i].membership && !p->snap->hosts.item[i].pacemaker) texts_add(p->arena, ret, p->snap->hosts.item[i].name);
}

bool is_no_node(const struct snapshot *s, const char *target) {
  const struct host_view *h = snapshot_host(s, target);
  return fact_seen(s, "corosync.nodes", NULL) && (!h || (!h->membership && !h->pacemaker));
}

const struct operation_argument node_add_arguments[] = {
    {.name = "node", .title = "HOST", .help = "the host that becomes a node, by the name it is to have in the cluster; prepared (host-prepare), its name known to all nodes", .kind = ARG_HOST, .required = true, .choices = not_nodes},
    {.name = "address", .title = "ADDRESS", .help = "its address on each link of corosync, in their order; left out: what its name resolves to", .kind = ARG_HOST, .list = true},
    {.name = "password", .title = "PASSWORD", .help = "of the user hacluster on the nodes; left out: the host is authenticated already", .kind = ARG_SECRET},
    {.name = "set_password", .title = "yes|no", .help = "set that password for hacluster on the new host first; no: it is set already", .kind = ARG_YES, .fallback = "yes"},
    {.name = "enable", .title = "yes|no", .help = "have the cluster start there when the host boots", .kind = ARG_YES, .fallback = "yes"},
    {.name = "take", .title = "yes|no", .help = "let it take resources when it is in; no: it stays in standby until node-unstandby. Proposed: yes where it can be fenced", .kind = ARG_YES, .propose = propose_take},
    {.name = NULL}};
