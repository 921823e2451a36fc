/* SBD: a node that is cut off ends itself by its watchdog, or because a shared disk tells it to. It is watched from corosync's start on, so
 * the cluster is restarted; in maintenance mode, so that the domains run on meanwhile, with nobody to restart them. */
#include "ops/cluster_rows.h"
#include "ops/system.h"
#include <inttypes.h>

enum { RESTART_MS = 300000, SETTLE_MS = 180000 };

static const char *watchdog_of(const struct planning *p) { return given(p, "watchdog"); }
static bool is_on(const struct planning *p) { return pcmk_truth(property_seen(p->snap, "have-watchdog")) == TRUTH_YES; }

/* ---- the restart ---- */

static struct texts running(struct planning *p) { /* by pacemaker, without its fence devices */
  struct texts t = {0};
  for (size_t i = 0; i < p->snap->resources.count; i++) {
    const struct resource_view *r = &p->snap->resources.item[i];
    if (!is_fence_device(r) && r->hosts.count && !texts_have(&t, r->id)) texts_add(p->arena, &t, r->id);
  }
  return t;
}

static void say_restart(struct planning *p, const struct texts *on) {
  bool keep = value_yes(p->values, "keep");
  if (!value_yes(p->values, "restart")) return consequence(p, "nothing of it holds before the whole cluster was stopped and started (cluster-stop, cluster-start)");
  if (keep) consequence(p, "the cluster stops and starts on every node, in maintenance mode: %s %s on meanwhile, for a minute or two, and what fails then is not restarted and no lost node is fenced", on->count ? names_of(on, p->arena) : "nothing", on->count == 1 ? "runs" : "run");
  else consequence(p, "the cluster stops and starts on every node: %s shut%s down and start%s again", on->count ? names_of(on, p->arena) : "nothing", on->count == 1 ? "s" : "", on->count == 1 ? "s" : "");
}

static void maintenance(struct planning *p, const char *host, bool on) {
  struct step *s = on ? step_run(p, host, "have pacemaker leave everything as it is", "crm_attribute", "-t", "crm_config", "-n", "maintenance-mode", "-v", "true", NULL)
                      : step_run(p, host, "have pacemaker drive everything again", "crm_attribute", "-t", "crm_config", "-n", "maintenance-mode", "-D", NULL);
  if (on) undo_by(p, s, "crm_attribute", "-t", "crm_config", "-n", "maintenance-mode", "-D", NULL);
  already_when(p, s, "property-is", "maintenance-mode", on ? "true" : "", NULL);
  s->harmless = TRUTH_YES;
  step_wait(p, 30000, on ? "until it does" : "until it does again", "property-is", "maintenance-mode", on ? "true" : "", NULL);
}

/* What ran must be seen to run before pacemaker may act again: else it starts it a second time. */
static void restart_steps(struct planning *p, const char *host, const struct texts *on) {
  struct texts nodes = nodes_configured(p);
  bool keep = value_yes(p->values, "keep") && on->count;
  if (!value_yes(p->values, "restart")) return;
  if (keep) maintenance(p, host, true);
  struct step *s = step_run(p, host, "stop the cluster on every node", "pcs", "cluster", "stop", "--all", NULL);
  undo_by(p, s, "pcs", "cluster", "start", "--all", NULL);
  s->deadline_ms = RESTART_MS;
  for (size_t i = 0; !keep && i < on->count; i++)
    if (move_deadline(p, on->item[i]) + 60000 > s->deadline_ms) s->deadline_ms = move_deadline(p, on->item[i]) + 60000;
  s = step_run(p, host, "start it on every node", "pcs", "cluster", "start", "--all", NULL);
  s->harmless = TRUTH_YES;
  s->deadline_ms = RESTART_MS;
  for (size_t i = 0; i < nodes.count; i++) step_wait(p, SETTLE_MS, planf(p, "until %s takes part", nodes.item[i]), "node-joined", nodes.item[i], NULL);
  step_wait(p, SETTLE_MS, "until there is quorum", "cluster-runs", NULL);
  for (size_t i = 0; i < on->count; i++) step_wait(p, SETTLE_MS, planf(p, keep ? "until %s was found running" : "until %s is started", on->item[i]), "resource-runs", on->item[i], NULL);
  if (keep) maintenance(p, host, false);
  for (size_t i = 0; i < on->count; i++) verify_that(p, "resource-runs", on->item[i], NULL);
  verify_that(p, "cluster-runs", NULL);
  for (size_t i = 0; i < nodes.count; i++) verify_that(p, "node-joined", nodes.item[i], NULL);
  if (keep) verify_that(p, "property-is", "maintenance-mode", "", NULL);
}

static bool ready(struct planning *p) {
  if (!cluster_told(p) || !nodes_all_here(p, NULL)) return false;
  if (p->snap->cluster.maintenance == TRUTH_YES) refuse_always(p, "when maintenance-mode is over", "the cluster is in maintenance mode: somebody is at work");
  return !refused(p);
}

/* ---- enable ---- */

void survey_sbd_enable(struct planning *p) {
  struct texts nodes = nodes_configured(p);
  if (cluster_host(p)) ask_pcs(p, cluster_host(p));
  for (size_t i = 0; i < nodes.count; i++) {
    system_ask(p, nodes.item[i]);
    packages_ask(p, nodes.item[i], ROLE_SBD);
    ask_command(p, nodes.item[i], "watchdog", "test", "-c", watchdog_of(p), NULL);
    for (size_t k = 0; value_at(p->values, "device", k); k++) {
      const char *device = value_at(p->values, "device", k);
      ask_command(p, nodes.item[i], planf(p, "device %s", device), "test", "-b", device, NULL);
      ask_command(p, nodes.item[i], planf(p, "dump %s", device), "sbd", "-d", device, "dump", NULL);
    }
  }
}

static void check_node(struct planning *p, const char *node) {
  if (refuse_unasked(p, node, "watchdog", planf(p, "whether %s has a watchdog", node))) return;
  if (exit_of(p, node, "watchdog") != 0) refuse_always(p, "when it has one: a BMC's (ipmi_watchdog), the chipset's, or at least softdog", "%s has no watchdog %s: SBD does not start there, and the cluster not without it", node, watchdog_of(p));
  for (size_t k = 0; value_at(p->values, "device", k); k++) {
    const char *device = value_at(p->values, "device", k);
    if (exit_of(p, node, planf(p, "device %s", device)) != 0) refuse_always(p, "when every node sees it, by the same name (/dev/disk/by-id)", "%s is no block device on %s", device, node);
    else if (exit_of(p, node, planf(p, "dump %s", device)) != 0) refuse_always(p, planf(p, "after pcs stonith sbd device setup device=%s, which overwrites it", device), "%s holds no structures of SBD, as %s sees it (or sbd is not installed there yet)", device, node);
  }
}

static void say_meaning(struct planning *p, bool disk, int64_t seconds) {
  consequence(p, "a node that loses quorum%s ends itself within %" PRId64 " s by its watchdog; nothing on it is shut down", disk ? " and the disk" : "", seconds);
  consequence(p, "a node whose sbd, corosync or pacemaker hangs is reset too, by nobody but itself");
  if (disk) consequence(p, "the disk only carries the word: fencing by it wants a device of its own (pcs stonith create fence-sbd fence_sbd devices=%s), and a disk that all nodes lose at once leaves quorum to decide", given(p, "device"));
  else consequence(p, "stonith-watchdog-timeout becomes %" PRId64 " s: after that time pacemaker takes a lost node for dead and starts its domains elsewhere, so a watchdog that does not bite is two writers: prove it (the drill network-cut)", 2 * seconds);
}

void plan_sbd_enable(struct planning *p) {
  struct texts nodes = nodes_configured(p), on = running(p);
  const char *host = cluster_host(p);
  bool disk = given(p, "device") != NULL;
  int64_t seconds = 5;
  if (!ready(p)) return;
  int64_t pcs = pcs_of(p, host);
  if (!pcs) return;
  if (given(p, "timeout")) str_int(given(p, "timeout"), 1, 300, &seconds);
  if (is_on(p)) return refuse_always(p, "never; after sbd-disable with other values", "SBD is on already");
  if (!disk && nodes.count % 2 == 0 && p->snap->cluster.qdevice != TRUTH_YES)
    refuse_always(p, "with device= (a shared disk), or after qdevice-add", nodes.count == 2 ? "two nodes without a disk and without a quorum device: with two_node the half that is cut off keeps quorum and never ends itself" : "%zu nodes without a disk and without a quorum device: two equal halves both end themselves", nodes.count);
  for (size_t i = 0; i < nodes.count; i++) check_node(p, nodes.item[i]);
  p->plan->danger = 2;
  say_meaning(p, disk, seconds);
  say_restart(p, &on);
  for (size_t i = 0; i < nodes.count; i++) {
    struct host_system s;
    if (!system_read(p, nodes.item[i], &s)) return;
    struct texts missing = packages_missing(p, nodes.item[i], &s, ROLE_SBD);
    packages_step(p, nodes.item[i], &s, &missing, planf(p, "install what is missing on %s: %s", nodes.item[i], names_of(&missing, p->arena)));
  }
  struct step *s = step_run(p, host, "write SBD's configuration and enable it on every node", "pcs", "stonith", "sbd", "enable", NULL);
  step_word(p, s, pcs == 9 ? "--watchdog=%s" : "watchdog=%s", watchdog_of(p));
  for (size_t k = 0; value_at(p->values, "device", k); k++) step_word(p, s, pcs == 9 ? "--device=%s" : "device=%s", value_at(p->values, "device", k));
  step_word(p, s, "SBD_WATCHDOG_TIMEOUT=%" PRId64, seconds);
  undo_by(p, s, "pcs", "stonith", "sbd", "disable", NULL);
  s->deadline_ms = 120000;
  restart_steps(p, host, &on);
  if (!value_yes(p->values, "restart")) return;
  verify_that(p, "property-is", "have-watchdog", "true", NULL);
  if (disk) return;
  s = step_run(p, host, "tell pacemaker how long a lost node takes to end itself", "crm_attribute", "-t", "crm_config", "-n", "stonith-watchdog-timeout", "-v", planf(p, "%" PRId64 "s", 2 * seconds), NULL);
  undo_by(p, s, "crm_attribute", "-t", "crm_config", "-n", "stonith-watchdog-timeout", "-D", NULL);
  s->harmless = TRUTH_YES;
  verify_that(p, "property-is", "stonith-watchdog-timeout", planf(p, "%" PRId64 "s", 2 * seconds), NULL);
}

static const char *check_device(struct planning *p, const char *value) { return value_count(p->values, "device") > 3 ? "SBD takes three disks at most" : str_starts(value, "/dev/") ? NULL : "a block device is below /dev"; }

#define RESTART                                                                                                                                                               \
  {.name = "restart", .title = "yes|no", .help = "restart the cluster now; no: it holds from the next full stop and start on", .kind = ARG_YES, .fallback = "yes"},          \
      {.name = "keep", .title = "yes|no", .help = "keep the domains running meanwhile, in maintenance mode; no: they shut down and start again", .kind = ARG_YES, .fallback = "yes"}
const struct operation_argument sbd_enable_arguments[] = {
    {.name = "watchdog", .title = "/dev/..", .help = "the watchdog of each node", .kind = ARG_PATH, .required = true, .fallback = "/dev/watchdog"},
    {.name = "device", .title = "/dev/..", .help = "shared disks that carry the word, one to three; left out: quorum alone decides", .kind = ARG_PATH, .list = true, .check = check_device},
    {.name = "timeout", .title = "SECONDS", .help = "the watchdog's: a node that hangs so long is reset", .kind = ARG_NUMBER, .min = 3, .max = 60, .fallback = "5"},
    RESTART,
    {.name = NULL}};

/* ---- disable ---- */

void survey_sbd_disable(struct planning *p) {
  if (cluster_host(p)) ask_pcs(p, cluster_host(p));
}

void plan_sbd_disable(struct planning *p) {
  struct texts nodes = nodes_configured(p), on = running(p);
  const char *host = cluster_host(p);
  if (!ready(p)) return;
  int64_t pcs = pcs_of(p, host);
  if (!pcs) return;
  if (!is_on(p) && !watched_only(p)) return refuse_always(p, "when it is on", "SBD is off");
  for (size_t i = 0; i < nodes.count && p->snap->cluster.fencing == TRUTH_YES; i++) {
    bool any = false;
    const char *device = fence_device_of(p->snap, nodes.item[i], &any);
    const struct pcmk_param *c = device ? resource_config(p->snap, device) : NULL;
    if ((!device && !any) || (c && c->agent && str_ends(c->agent, "fence_sbd"))) refuse(p, planf(p, "after fencing-create node=%s", nodes.item[i]), "nothing but SBD ends %s when it is lost", nodes.item[i]);
  }
  p->plan->danger = 2;
  consequence(p, "a node that is cut off ends itself no longer: the fence devices alone prove it dead");
  say_restart(p, &on);
  struct step *s = step_run(p, host, "disable SBD on every node", "pcs", "stonith", "sbd", "disable", NULL); /* it sets stonith-watchdog-timeout to 0 */
  s->deadline_ms = 120000;
  restart_steps(p, host, &on);
  if (value_yes(p->values, "restart")) verify_that(p, "property-is", "have-watchdog", "false", NULL);
}

const struct operation_argument sbd_disable_arguments[] = {RESTART, {.name = NULL}};
