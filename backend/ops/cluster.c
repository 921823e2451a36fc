/* The cluster as a whole: set up, started, stopped, taken apart, its properties; and its fence devices' rows. */
#include "ops/cluster_rows.h"
#include "ops/guide_parts.h"
#include <string.h>

static struct texts cluster_nodes(struct planning *p) {
  struct texts t = {0};
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (p->snap->hosts.item[i].membership || p->snap->hosts.item[i].pacemaker) texts_add(p->arena, &t, p->snap->hosts.item[i].name);
  return t;
}

/* A node to run pcs on: the own host when it is one, else the first. */
static const char *pcs_host(struct planning *p) {
  const struct host_view *own = own_host(p);
  struct texts nodes = cluster_nodes(p);
  return !nodes.count || (own && texts_have(&nodes, own->name)) ? here(p) : nodes.item[0];
}

static void survey_pcs(struct planning *p) { ask_pcs(p, pcs_host(p)); }

static void add_nodes_or_all(struct planning *p, struct step *s) {
  if (!given(p, "node")) step_word(p, s, "--all");
  for (size_t i = 0; value_at(p->values, "node", i); i++) step_word(p, s, "%s", node_name(p->snap, value_at(p->values, "node", i)));
}

static struct texts chosen_nodes(struct planning *p) { return given(p, "node") ? value_list(p->arena, p->values, "node") : cluster_nodes(p); }

/* ---- start, stop, enable ---- */

static void plan_start(struct planning *p) {
  struct texts nodes = chosen_nodes(p);
  if (!pcs_of(p, pcs_host(p))) return;
  struct step *s = step_run(p, pcs_host(p), given(p, "node") ? planf(p, "start the cluster on %s", names_of(&nodes, p->arena)) : "start the cluster on every node", "pcs", "cluster", "start", NULL);
  add_nodes_or_all(p, s);
  s->deadline_ms = 180000;
  s->harmless = TRUTH_YES;
  if (nodes.count) consequence(p, "corosync and pacemaker start on %s; what is highly available starts when there is quorum", names_of(&nodes, p->arena));
  else consequence(p, "corosync and pacemaker start on every node of this host's cluster");
  if (p->snap->cluster.wait_for_all == TRUTH_YES || nodes.count == 2) consequence(p, "with two nodes nothing starts before both have been seen");
  if (p->snap->cluster.fencing == TRUTH_YES && nodes.count) consequence(p, "a node that does not come within the time of its start may be fenced by the others");
  for (size_t i = 0; i < nodes.count; i++) {
    step_wait(p, 180000, planf(p, "until %s is a member", nodes.item[i]), "node-member", nodes.item[i], NULL);
    verify_that(p, "node-member", nodes.item[i], NULL);
  }
  verify_that(p, "cluster-runs", NULL);
  p->plan->verify_ms = 120000;
}

static struct texts run_by_pacemaker(struct planning *p, const struct texts *nodes) {
  struct texts t = {0};
  for (size_t i = 0; i < nodes->count; i++) {
    struct texts on = resources_on(p->snap, nodes->item[i], p->arena);
    for (size_t k = 0; k < on.count; k++)
      if (!texts_have(&t, on.item[k])) texts_add(p->arena, &t, on.item[k]);
  }
  return t;
}

static void refuse_quorum_loss(struct planning *p, const struct texts *nodes) {
  const struct cluster_view *c = &p->snap->cluster;
  if (c->two_node == TRUTH_YES || c->votes == UNKNOWN_INT || c->quorum == UNKNOWN_INT) return;
  if (c->votes - (int64_t)nodes->count < c->quorum) refuse(p, "when more nodes are online", "%lld votes would be left of the %lld that quorum takes: everything stops on the other nodes too", (long long)(c->votes - (int64_t)nodes->count), (long long)c->quorum);
}

static void plan_stop(struct planning *p) {
  struct texts nodes = chosen_nodes(p), all = cluster_nodes(p);
  bool whole = !given(p, "node") || nodes.count >= all.count;
  if (!pcs_of(p, pcs_host(p)) || !cluster_told(p)) return;
  struct texts on = run_by_pacemaker(p, &nodes);
  for (size_t i = 0; !whole && i < nodes.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, nodes.item[i]);
    if (h && h->here == TRUTH_YES) refuse_always(p, "when it is run on another node", "%s is the host that this console runs on", h->name);
    if (h && h->membership != MEMBERSHIP_MEMBER) refuse(p, "when it runs there", "%s is no member of the cluster", h->name);
  }
  if (!whole) refuse_quorum_loss(p, &nodes);
  if (whole) consequence(p, "the whole cluster stops: %s %s shut down and start%s again only with it", names_of(&on, p->arena), on.count == 1 ? "is" : "are", on.count == 1 ? "s" : ""), p->plan->danger = 2;
  else consequence(p, "%s move%s to the other nodes, or stop%s where none may take %s", names_of(&on, p->arena), on.count == 1 ? "s" : "", on.count == 1 ? "s" : "", on.count == 1 ? "it" : "them");
  for (size_t i = 0; i < nodes.count && i < 4; i++) say_failed_stop(p, nodes.item[i]);
  struct step *s = step_run(p, pcs_host(p), whole ? "stop the cluster on every node" : planf(p, "stop the cluster on %s", names_of(&nodes, p->arena)), "pcs", "cluster", "stop", NULL);
  add_nodes_or_all(p, s);
  if (value_yes(p->values, "force")) step_word(p, s, "--force");
  if (whole) undo_by(p, s, "pcs", "cluster", "start", "--all", NULL);
  s->deadline_ms = 60000;
  for (size_t i = 0; i < on.count; i++)
    if (move_deadline(p, on.item[i]) + 60000 > s->deadline_ms) s->deadline_ms = move_deadline(p, on.item[i]) + 60000;
  if (whole) verify_that(p, "cluster-down", NULL);
  for (size_t i = 0; !whole && i < nodes.count; i++) verify_that(p, "node-away", nodes.item[i], NULL);
}

/* Stopped in order, missed by the others, started again; that it was seen is kept in the configuration. One that is away already
 * only comes back: whoever was interrupted in between goes on. */
static void plan_leave_and_join(struct planning *p) {
  const char *node = given(p, "node");
  if (!pcs_of(p, pcs_host(p)) || !cluster_told(p)) return;
  if (holds(p, "node-away", node, NULL) != TRUTH_YES) {
    plan_stop(p);
    if (refused(p)) return;
    p->plan->verify.count = 0; /* it is not the end of it that it is away */
  }
  step_wait(p, 60000, planf(p, "until the others see %s offline", node), "node-away", node, NULL);
  struct step *s = step_run(p, pcs_host(p), planf(p, "start the cluster on %s again", node), "pcs", "cluster", "start", node_name(p->snap, node), NULL);
  s->deadline_ms = 180000;
  s->harmless = TRUTH_YES;
  step_wait(p, 180000, planf(p, "until %s is online", node), "node-online", node, NULL);
  proof_step(p, "node-absence", planf(p, "%s was seen to leave and to come back", node));
  verify_that(p, "node-online", node, NULL);
  consequence(p, "%s comes back a moment later; that it did is written into the cluster's configuration", node);
}

static void plan_enable(struct planning *p) {
  bool on = value_yes(p->values, "enabled");
  struct texts nodes = chosen_nodes(p);
  if (!pcs_of(p, pcs_host(p))) return;
  struct step *s = step_run(p, pcs_host(p), on ? "have the cluster start with its hosts" : "keep the cluster from starting with its hosts", "pcs", "cluster", on ? "enable" : "disable", NULL);
  add_nodes_or_all(p, s);
  if (!given(p, "node")) undo_by(p, s, "pcs", "cluster", on ? "disable" : "enable", "--all", NULL);
  s->deadline_ms = 60000;
  s->harmless = TRUTH_YES;
  for (size_t i = 0; i < nodes.count; i++) {
    s = step_run(p, nodes.item[i], planf(p, "see that it is so on %s", nodes.item[i]), "systemctl", "is-enabled", "pacemaker", NULL);
    if (!on) step_good(p, s, 1, "disabled");
    s->harmless = TRUTH_YES;
  }
  if (on) consequence(p, "a host that boots joins the cluster by itself, also after it was fenced");
  else consequence(p, "a host that boots stays out of the cluster until it is started by hand (cluster-start)");
}

static const struct operation_argument start_arguments[] = {
    {.name = "node", .title = "NODE", .help = "only on these nodes; left out: on all", .kind = ARG_NODE, .list = true}, {.name = NULL}};
static const struct operation_argument enable_arguments[] = {
    {.name = "enabled", .title = "yes|no", .help = "yes: it starts when a host boots; no: only by hand", .kind = ARG_YES, .fallback = "yes"},
    {.name = "node", .title = "NODE", .help = "only on these nodes; left out: on all", .kind = ARG_NODE, .list = true},
    {.name = NULL}};

/* ---- destroy ---- */

static void plan_destroy(struct planning *p) {
  struct texts nodes = cluster_nodes(p), on = run_by_pacemaker(p, &nodes);
  const char *host = pcs_host(p);
  int64_t pcs = pcs_of(p, host);
  if (!pcs) return;
  if (on.count) refuse(p, "when they are stopped (resource-disable), or no resources any more (domain-undo-ha)", "%s still run%s under it", names_of(&on, p->arena), on.count == 1 ? "s" : "");
  for (size_t i = 0; i < nodes.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, nodes.item[i]);
    if (h && h->membership != MEMBERSHIP_MEMBER) refuse(p, "when all its nodes are there", "%s is away: it would keep the old cluster's configuration", h->name);
  }
  consequence(p, "the cluster%s%s is gone from %s: its resources, constraints and fence devices too; the domains' definitions and disks stay", p->snap->cluster.name ? " " : "", p->snap->cluster.name ? p->snap->cluster.name : "", names_of(&nodes, p->arena));
  struct step *s = step_run(p, host, "stop it in order first, so that nothing runs on without it", "pcs", "cluster", "stop", "--all", NULL);
  undo_by(p, s, "pcs", "cluster", "start", "--all", NULL);
  already_when(p, s, "cluster-down", NULL);
  s->deadline_ms = 300000;
  s = step_run(p, host, "destroy it on every node", "pcs", "cluster", "destroy", "--all", NULL);
  if (pcs >= 11) step_word(p, s, pcs >= 12 ? "--yes" : "--force");
  s->deadline_ms = 180000;
  verify_that(p, "cluster-down", NULL);
}

/* ---- properties ---- */

static const struct { const char *name, *value, *says; int danger; } warnings[] = {
    {"stonith-enabled", "false", "no lost host is fenced any more: a host that only seems dead goes on writing while its domains start elsewhere, and their disks are destroyed", 2},
    {"stonith-enabled", "true", "a host that is lost, or whose stop fails, is fenced; without a device for each host nothing starts after a loss", 1},
    {"no-quorum-policy", "ignore", "both halves of a partition go on: domains run twice", 2},
    {"maintenance-mode", "true", "pacemaker leaves everything alone: nothing is restarted, nothing moves, nothing fails over", 1},
    {"maintenance-mode", "false", "pacemaker drives everything again; what was changed by hand meanwhile may be stopped or moved", 1},
    {"stop-all-resources", "true", "everything that is highly available stops", 2},
    {"symmetric-cluster", "false", "a resource runs only where a constraint allows it: those without one stop", 2},
};

static const char *check_property(struct planning *p, const char *value) {
  (void)p;
  return value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-")] || *value == '-' ? "a property has small letters, digits and dashes" : NULL;
}

static void choose_property(struct planning *p, struct texts *ret) {
  static const char *const common[] = {"stonith-enabled", "maintenance-mode", "no-quorum-policy", "placement-strategy", "stonith-timeout", "cluster-recheck-interval", "priority-fencing-delay", "stop-all-resources", "symmetric-cluster"};
  for (size_t i = 0; i < COUNT(common); i++) texts_add(p->arena, ret, common[i]);
}

static void plan_property(struct planning *p) {
  const char *name = given(p, "name"), *value = given(p, "value"), *old;
  if (!cluster_told(p)) return;
  old = property_seen(p->snap, name);
  if (str_eq(old, value)) refuse_always(p, "never: there is nothing to do", value ? "%s is %s already" : "%s is not set%s", name, value ? value : "");
  if (value && old) consequence(p, "%s changes from %s to %s", name, old, value);
  else if (value) consequence(p, "%s is set to %s; it was not set", name, value);
  else consequence(p, "%s is set no longer (it was %s): pacemaker's default holds", name, old ? old : "not");
  for (size_t i = 0; i < COUNT(warnings); i++)
    if (str_eq(warnings[i].name, name) && str_eq(warnings[i].value, value)) {
      consequence(p, "%s", warnings[i].says);
      p->plan->danger = warnings[i].danger;
    }
  struct step *s = value ? step_run(p, cluster_host(p), planf(p, "set %s", name), "crm_attribute", "-t", "crm_config", "-n", name, "-v", value, NULL)
                         : step_run(p, cluster_host(p), planf(p, "unset %s", name), "crm_attribute", "-t", "crm_config", "-n", name, "-D", NULL);
  if (old) undo_by(p, s, "crm_attribute", "-t", "crm_config", "-n", name, "-v", old, NULL);
  else undo_by(p, s, "crm_attribute", "-t", "crm_config", "-n", name, "-D", NULL);
  already_when(p, s, "property-is", name, value ? value : "", NULL);
  s->harmless = TRUTH_YES;
  verify_that(p, "property-is", name, value ? value : "", NULL);
}

static const struct operation_argument property_arguments[] = {
    {.name = "name", .title = "PROPERTY", .help = "the property's name, as stonith-enabled", .kind = ARG_TEXT, .required = true, .choices = choose_property, .check = check_property},
    {.name = "value", .title = "VALUE", .help = "its new value; left out: it is unset", .kind = ARG_TEXT},
    {.name = NULL}};

/* ---- the table ---- */

static const struct operation_argument none[] = {{.name = NULL}};
static const struct operation_argument node_argument[] = {{.name = "node", .title = "NODE", .help = "which node of the cluster", .kind = ARG_NODE, .required = true}, {.name = NULL}};
static const struct operation_argument confirm_arguments[] = {
    {.name = "node", .title = "NODE", .help = "the node that you saw without power", .kind = ARG_NODE, .required = true},
    {.name = "seen", .title = "I saw it without power", .help = "type: I saw it without power. If it is not so, two hosts write to one disk and destroy it", .kind = ARG_TEXT, .required = true},
    {.name = NULL}};
static const struct operation_argument fence_arguments[] = {
    {.name = "node", .title = "NODE", .help = "the node that loses its power", .kind = ARG_NODE, .required = true},
    {.name = "action", .title = "reboot|off", .help = "reboot: it comes back by itself; off: it stays off", .kind = ARG_CHOICE, .words = "reboot off", .fallback = "reboot"},
    {.name = NULL}};

static bool has_device(const struct snapshot *s, const char *target) { return (void)target, s->cluster.qdevice == TRUTH_YES; }
static bool lacks_device(const struct snapshot *s, const char *target) { return !has_device(s, target); }
static bool is_watched(const struct snapshot *s, const char *target) { return (void)target, pcmk_truth(property_seen(s, "have-watchdog")) == TRUTH_YES; }
static bool is_unwatched(const struct snapshot *s, const char *target) { return !is_watched(s, target); }

const struct operation cluster_operations[] = {
    {.name = "cluster-authenticate", .title = "Authenticate the hosts to each other", .target = TARGET_CLUSTER, .danger = 1, .flags = OP_NO_LOCK, .arguments = authenticate_arguments, .survey = survey_authenticate, .plan = plan_authenticate,
     .help = "Lets pcs on one host tell the others what to do. The password goes over its standard input, never as an argument."},
    {.name = "cluster-setup", .title = "Set up a cluster", .target = TARGET_CLUSTER, .danger = 1, .flags = OP_NO_LOCK | OP_WIZARD, .arguments = setup_arguments, .survey = survey_setup, .plan = plan_setup,
     .help = "Makes a cluster of hosts that have the packages: authenticates them, writes corosync's configuration, starts it. A corosync.conf that the package left is taken away first."},
    {.name = "cluster-start", .title = "Start the cluster", .target = TARGET_CLUSTER, .danger = 1, .flags = OP_NO_LOCK, .arguments = start_arguments, .survey = survey_pcs, .plan = plan_start,
     .help = "Starts corosync and pacemaker, on every node or on some."},
    {.name = "cluster-stop", .title = "Stop the cluster", .target = TARGET_CLUSTER, .danger = 1, .arguments = start_arguments, .survey = survey_pcs, .plan = plan_stop,
     .help = "Stops pacemaker and corosync in order: on one node, whose domains move away, or on all, which shuts every domain down."},
    {.name = "node-leave-and-join", .title = "See a node leave and come back", .target = TARGET_NODE, .danger = 1, .flags = OP_NOT_OWN_HOST, .arguments = node_argument, .survey = survey_pcs, .plan = plan_leave_and_join, .fits = only_by_name,
     .help = "Stops the cluster on one node in order, sees that the others miss it, starts it again, and writes into the cluster's configuration that this was seen. The mildest loss there is: what does not work now does not work at night."},
    {.name = "cluster-password", .title = "Set hacluster's password, start pcsd", .target = TARGET_CLUSTER, .danger = 1, .flags = OP_NO_LOCK, .arguments = password_arguments, .survey = survey_authenticate, .plan = plan_password, .fits = only_by_name,
     .help = "pcs tells the hosts by the daemon pcsd, which asks for the password of the user hacluster once. It goes by standard input, and is in no argument."},
    {.name = "cluster-enable", .title = "Start the cluster with its hosts, or not", .target = TARGET_CLUSTER, .danger = 1, .arguments = enable_arguments, .survey = survey_pcs, .plan = plan_enable,
     .help = "Says whether a host that boots joins the cluster by itself."},
    {.name = "cluster-destroy", .title = "Destroy the cluster", .target = TARGET_CLUSTER, .danger = 2, .arguments = none, .survey = survey_pcs, .plan = plan_destroy,
     .help = "Stops the cluster and removes its configuration from every node. The domains and their disks stay; nothing keeps them running any more."},
    {.name = "cluster-node-add", .title = "Take a host into the cluster as a node", .target = TARGET_HOST, .danger = 1, .arguments = node_add_arguments, .survey = survey_node_add, .plan = plan_node_add, .fits = is_no_node,
     .help = "Authenticates it, writes it into the lists of all nodes, starts it. It joins in standby, and takes resources when all that they need is there. Then it wants a fence device."},
    {.name = "cluster-node-remove", .title = "Take a node out of the cluster for good", .target = TARGET_NODE, .danger = 2, .flags = OP_NOT_OWN_HOST, .arguments = node_remove_arguments, .survey = survey_node_remove, .plan = plan_node_remove,
     .help = "Drains it, ends the cluster there and writes it out of the lists of the others; a node that is known to be dead is only written out. Its bricks are not touched."},
    {.name = "qdevice-add", .title = "Add a quorum device", .target = TARGET_CLUSTER, .danger = 1, .arguments = qdevice_add_arguments, .survey = survey_qdevice_add, .plan = plan_qdevice_add, .fits = lacks_device,
     .help = "A host outside of the cluster whose vote says which half goes on when the nodes lose each other. What two nodes lack."},
    {.name = "qdevice-remove", .title = "Remove the quorum device", .target = TARGET_CLUSTER, .danger = 1, .arguments = none, .survey = survey_qdevice_remove, .plan = plan_qdevice_remove, .fits = has_device,
     .help = "The nodes count by themselves again."},
    {.name = "sbd-enable", .title = "Have nodes end themselves: SBD", .target = TARGET_CLUSTER, .danger = 2, .arguments = sbd_enable_arguments, .survey = survey_sbd_enable, .plan = plan_sbd_enable, .fits = is_unwatched,
     .help = "A node that is cut off, or hangs, is reset by its own watchdog. The cluster is restarted for it, with the domains running on if wanted."},
    {.name = "sbd-disable", .title = "End SBD", .target = TARGET_CLUSTER, .danger = 2, .arguments = sbd_disable_arguments, .survey = survey_sbd_disable, .plan = plan_sbd_disable, .fits = is_watched,
     .help = "Fence devices alone prove a lost node dead again. The cluster is restarted for it."},
    {.name = "cluster-property", .title = "Set a property of the cluster", .target = TARGET_CLUSTER, .danger = 1, .arguments = property_arguments, .plan = plan_property,
     .help = "Sets or unsets a property of pacemaker's, as stonith-enabled or maintenance-mode."},
    {.name = "fencing-create", .title = "Set up a fence device", .target = TARGET_NODE, .danger = 1, .flags = OP_WIZARD, .arguments = fencing_create_arguments, .survey = survey_fencing_create, .plan = plan_fencing_create,
     .help = "Makes the device by which the cluster cuts a node's power: a BMC (fence_ipmilan), or the hypervisor that a nested node runs on (fence_virsh). Prove it afterwards with fencing-test."},
    {.name = "fencing-password", .title = "Give a fence device another password", .target = TARGET_NODE, .danger = 1, .arguments = fencing_password_arguments, .survey = survey_fencing_password, .plan = plan_fencing_password,
     .help = "Tells a fence device the password that its BMC or hypervisor has by now, on all nodes, and has the cluster try it again. Prove it afterwards with fencing-test."},
    {.name = "fencing-delay", .title = "Have its fencing wait", .target = TARGET_NODE, .danger = 1, .arguments = fencing_delay_arguments, .plan = plan_fencing_delay,
     .help = "When two nodes lose each other, both want to fence the other: the one whose device waits is left. Without a delay both may go down."},
    {.name = "fencing-level", .title = "Say which devices fence it, in order", .target = TARGET_NODE, .danger = 1, .arguments = fencing_level_arguments, .survey = survey_fencing_level, .plan = plan_fencing_level,
     .help = "Fencing topology: the devices of a level have to succeed together, the next level is tried when one fails, as a power strip when the BMC died with its host."},
    {.name = "fencing-test", .title = "Prove fencing: cut the node's power for real", .target = TARGET_NODE, .danger = 2, .flags = OP_NOT_OWN_HOST, .arguments = node_argument, .survey = survey_fencing_test, .plan = plan_fencing_test,
     .help = "Fences the node and waits until it is back. The only proof that fencing works on the night it is needed."},
    {.name = "fencing-fence", .title = "Fence the node now", .target = TARGET_NODE, .danger = 2, .flags = OP_NOT_OWN_HOST, .arguments = fence_arguments, .plan = plan_fencing_fence,
     .help = "Cuts the node's power now. What it runs dies and starts elsewhere."},
    {.name = "fencing-confirm", .title = "Confirm by hand that the node is off", .target = TARGET_NODE, .danger = 2, .flags = OP_NOT_OWN_HOST, .arguments = confirm_arguments, .plan = plan_fencing_confirm,
     .help = "Tells the cluster that a lost node is without power when no fence device can. A lie here destroys disks: go and look."},
    {.name = NULL},
};
