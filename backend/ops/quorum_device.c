/* A quorum device: a host outside of the cluster whose vote decides which half goes on when the nodes lose each other.
 * It is asked over the network (corosync-qdevice on each node, corosync-qnetd there); pcs makes the certificates. */
#include "ops/cluster_rows.h"
#include "ops/system.h"
#include "analysis/store_view.h"
#include <inttypes.h>

enum { DEVICE_MS = 240000 };

static bool known(struct planning *p) {
  if (!cluster_told(p) || !nodes_all_here(p, NULL)) return false;
  if (p->snap->cluster.qdevice == TRUTH_UNKNOWN) refuse_always(p, "when corosync is read again", "cannot tell whether there is a quorum device: corosync is not read");
  return p->snap->cluster.qdevice != TRUTH_UNKNOWN;
}

/* ---- add ---- */

void survey_qdevice_add(struct planning *p) {
  const char *host = given(p, "host");
  struct texts nodes = nodes_configured(p);
  if (cluster_host(p)) {
    ask_pcs(p, cluster_host(p));
    ask_command(p, cluster_host(p), planf(p, "name %s", host), "getent", "hosts", host, NULL);
  }
  for (size_t i = 0; i < nodes.count; i++) {
    system_ask(p, nodes.item[i]);
    packages_ask(p, nodes.item[i], ROLE_QDEVICE);
  }
  system_ask(p, host);
  packages_ask(p, host, ROLE_QNETD);
}

static void check_host(struct planning *p, const char *host) {
  const struct host_view *h = snapshot_host(p->snap, host);
  struct texts nodes = nodes_configured(p);
  for (size_t i = 0; i < nodes.count; i++)
    if (same_host(p->snap, nodes.item[i], host)) return refuse_always(p, "with a host that is no node", "%s is a node of the cluster itself: its vote would be lost with it", host);
  if (exit_of(p, cluster_host(p), planf(p, "name %s", host)) > 0) refuse_always(p, planf(p, "after host-names host=%s name=%s", cluster_host(p), host), "%s does not find the name %s", cluster_host(p), host);
  for (size_t v = 0; h && v < p->snap->volumes.count; v++)
    for (size_t i = 0; i < p->snap->volumes.item[v].bricks.count; i++)
      if (snapshot_host(p->snap, p->snap->volumes.item[v].bricks.item[i].host) == h) return consequence(p, "%s has bricks too: what takes its bricks away takes this vote away with them", host);
}

static void install(struct planning *p, const char *host, int role) {
  struct host_system s;
  if (!system_read(p, host, &s)) return;
  struct texts missing = packages_missing(p, host, &s, role);
  packages_step(p, host, &s, &missing, planf(p, "install what is missing on %s: %s", host, names_of(&missing, p->arena)));
}

static void say_votes(struct planning *p, const char *host, const char *algorithm, int64_t nodes) {
  bool lms = str_eq(algorithm, "lms");
  int64_t device = lms ? nodes - 1 : 1, votes = nodes + device;
  consequence(p, "%s has %" PRId64 " vote%s: of %" PRId64 " quorum takes %" PRId64, host, device, device == 1 ? "" : "s", votes, votes / 2 + 1);
  if (p->snap->cluster.two_node == TRUTH_YES) consequence(p, "two_node and its wait_for_all end: which node goes on alone is no longer a race of fencing but what %s says; one node and %s start the cluster", host, host);
  if (lms) consequence(p, "lms: the last node that reaches %s keeps quorum; without %s every node is needed, so its loss and one node's stop everything", host, host);
  else consequence(p, "ffsplit: of two halves the one goes on that %s chooses; without %s the nodes count as before%s", host, host, nodes == 2 ? ": both are needed then, and the loss of one stops the other" : "");
  if (!lms && nodes % 2) consequence(p, "with an odd number of nodes no half is equal: the device adds little, and %" PRId64 " nodes must be there when it is lost", votes / 2 + 1);
}

static struct step *authenticate(struct planning *p, const char *host, int64_t pcs, const char *from) {
  step_pcsd(p, host);
  if (value_yes(p->values, "set_password")) step_password(p, host);
  struct step *s = step_auth(p, from, planf(p, "authenticate %s to the nodes", host), pcs);
  step_word(p, s, "%s", host);
  step_word(p, s, "-u");
  step_word(p, s, "hacluster");
  return s;
}

void plan_qdevice_add(struct planning *p) {
  const char *host = given(p, "host"), *algorithm = given(p, "algorithm"), *from;
  if (!known(p)) return;
  from = cluster_host(p);
  struct texts nodes = nodes_configured(p);
  int64_t pcs = pcs_of(p, from);
  if (!pcs) return;
  if (p->snap->cluster.qdevice == TRUTH_YES) return refuse_always(p, "after qdevice-remove", "the cluster has a quorum device already");
  check_host(p, host);
  say_votes(p, host, algorithm, (int64_t)nodes.count);
  for (size_t i = 0; i < nodes.count; i++) install(p, nodes.item[i], ROLE_QDEVICE);
  install(p, host, ROLE_QNETD);
  if (given(p, "password")) authenticate(p, host, pcs, from);
  else consequence(p, "%s must have been authenticated to the nodes (pcs host auth), or be so here, with password=", host);
  struct step *s = step_run(p, host, planf(p, "make %s answer for quorum, now and at every boot", host), "pcs", "qdevice", "setup", "model", "net", "--enable", "--start", NULL);
  tested_by(p, s, "systemctl", "is-active", "--quiet", "corosync-qnetd", NULL);
  s->deadline_ms = 60000;
  s = step_run(p, from, planf(p, "have the nodes ask %s", host), "pcs", "quorum", "device", "add", "model", "net", planf(p, "host=%s", host), planf(p, "algorithm=%s", algorithm), NULL);
  undo_by(p, s, "pcs", "quorum", "device", "remove", NULL);
  already_when(p, s, "qdevice-is", "yes", NULL);
  s->deadline_ms = DEVICE_MS;
  consequence(p, "the nodes reach it on TCP 5403 and pcs on 2224: a firewall of %s must let them in", host);
  verify_that(p, "qdevice-is", "yes", NULL);
  verify_that(p, "votes-expected", planf(p, "%zu", str_eq(algorithm, "lms") ? 2 * nodes.count - 1 : nodes.count + 1), NULL);
  verify_that(p, "two-node-is", "no", NULL);
  verify_that(p, "cluster-runs", NULL);
  p->plan->verify_ms = 120000;
}

static void no_nodes(struct planning *p, struct texts *ret) {
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (!p->snap->hosts.item[i].membership) texts_add(p->arena, ret, p->snap->hosts.item[i].name);
}

const struct operation_argument qdevice_add_arguments[] = {
    {.name = "host", .title = "HOST", .help = "a host that is no node, best in a place of its own: its vote decides when the nodes lose each other", .kind = ARG_HOST, .required = true, .choices = no_nodes},
    {.name = "algorithm", .title = "ffsplit|lms", .help = "ffsplit: one vote, to one of two equal halves (two or four nodes); lms: as many votes as nodes but one, so that the last node may go on", .kind = ARG_CHOICE, .words = "ffsplit lms", .fallback = "ffsplit"},
    {.name = "password", .title = "PASSWORD", .help = "of the user hacluster on that host; left out: it is authenticated already", .kind = ARG_SECRET},
    {.name = "set_password", .title = "yes|no", .help = "set that password for hacluster there first; no: it is set already", .kind = ARG_YES, .fallback = "yes"},
    {.name = NULL}};

/* ---- remove ---- */

void survey_qdevice_remove(struct planning *p) {
  if (cluster_host(p)) ask_pcs(p, cluster_host(p));
}

void plan_qdevice_remove(struct planning *p) {
  if (!known(p)) return;
  const char *from = cluster_host(p);
  struct texts nodes = nodes_configured(p);
  int64_t pcs = pcs_of(p, from);
  bool two = nodes.count == 2 && p->snap->cluster.auto_tie_breaker != TRUTH_YES;
  if (!pcs) return;
  if (p->snap->cluster.qdevice == TRUTH_NO) return refuse_always(p, "when there is one", "the cluster has no quorum device");
  if (watched_only(p) && nodes.count % 2 == 0) return refuse_always(p, "after sbd-disable", "SBD without a disk needs it: with %zu nodes and no quorum device a node that is cut off does not lose quorum, and does not end itself", nodes.count);
  if (two) consequence(p, "two_node comes back: either node keeps quorum alone, and fencing decides who lives; after a full stop nothing starts until both are there");
  else consequence(p, "of %zu votes quorum takes %zu then%s", nodes.count, nodes.count / 2 + 1, nodes.count % 2 ? "" : "; two equal halves both stop");
  if (two) consequence(p, "the fence devices of two nodes want a delay (pcmk_delay_base), so that they do not shoot each other");
  consequence(p, "what runs on the device's host is not touched: pcs qdevice destroy net ends it there, when no other cluster asks it");
  struct step *s = step_run(p, from, "have the nodes no longer ask it", "pcs", "quorum", "device", "remove", NULL);
  already_when(p, s, "qdevice-is", "no", NULL);
  s->deadline_ms = DEVICE_MS;
  verify_that(p, "qdevice-is", "no", NULL);
  verify_that(p, "votes-expected", planf(p, "%zu", nodes.count), NULL);
  verify_that(p, "two-node-is", two ? "yes" : "no", NULL);
  verify_that(p, "cluster-runs", NULL);
  p->plan->verify_ms = 120000;
}
