/* The guide's steps of the cluster: authenticated, set up, started, left and joined, fenced. */
#include "ops/guide_parts.h"
#include "ops/cluster_rows.h"
#include "analysis/store_view.h"
#include <string.h>

/* ---- 13: pcsd of each trusts the others ---- */

void ask_authenticated(struct planning *p) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) {
    ask_command(p, kvm.item[i], "pcsd status", "pcs", "pcsd", "status", NULL);
    struct answer *q = (struct answer *)survey_answer(p->survey, kvm.item[i], "pcsd status");
    for (size_t k = 0; q && q->argv.count < kvm.count + 3 && k < kvm.count; k++) texts_add(p->arena, &q->argv, kvm.item[k]);
  }
}

/* "  kvm02: Online"; else what it says of it. */
static const char *pcsd_says(struct planning *p, const char *host, const char *of) {
  for (const char *line = printed(p, host, "pcsd status"); line && *line; line = line_next(line))
    if (str_eq(line_word(p, line, 0, false), planf(p, "%s:", of))) return line_word(p, line, 1, true);
  return NULL;
}

static const char *not_authenticated(struct planning *p, const char *host) {
  struct texts kvm = kvm_hosts(p);
  if (exit_of(p, host, "pcsd status") == 127) return "pcs is not installed";
  for (size_t k = 0; k < kvm.count; k++) {
    const char *says = pcsd_says(p, host, kvm.item[k]);
    if (!str_eq(says, "Online")) return planf(p, "pcs there says of %s: %s", kvm.item[k], says ? says : "nothing");
  }
  return NULL;
}

static const char *configured_as(struct planning *p, const char *host) {
  const char *conf = answered(p, host, "corosync-text"), *at = conf ? strstr(conf, "cluster_name:") : NULL;
  return at ? line_word(p, at, 1, false) : NULL;
}

/* One that may tell all is enough: since pcs 0.10 the others get the tokens from it when the cluster is set up. */
void check_authenticated(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p);
  bool any = false;
  for (size_t i = 0; i < kvm.count; i++) any |= was_asked(p, kvm.item[i], "pcsd status") && !not_authenticated(p, kvm.item[i]);
  for (size_t i = 0; i < kvm.count; i++) {
    if (!seen_asked(p, c, kvm.item[i], "pcsd status")) continue;
    const char *wrong = not_authenticated(p, kvm.item[i]);
    if (!wrong) seen_good(p, c, kvm.item[i], "may tell %s", names_text(p->arena, &kvm));
    else if (any && exit_of(p, kvm.item[i], "pcsd status") != 127 && !configured_as(p, kvm.item[i])) seen_good(p, c, kvm.item[i], "gets its tokens when the cluster is set up");
    else seen_bad(p, c, kvm.item[i], "%s", wrong);
  }
}

void left_authenticated(struct planning *p, struct guide_runs *r) {
  struct texts kvm = kvm_hosts(p);
  struct guide_run *x = run_of(p, r, "cluster-authenticate", "hacluster's password, once");
  with_list(p, x, "nodes", &kvm);
  wants_secret(x, "hacluster_password");
}

/* ---- 14: set up ---- */

void ask_setup(struct planning *p) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) ask_command(p, kvm.item[i], "corosync-text", "cat", "/etc/corosync/corosync.conf", NULL);
}

void check_setup(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) {
    if (!seen_asked(p, c, kvm.item[i], "corosync-text")) continue;
    const char *name = configured_as(p, kvm.item[i]);
    if (str_eq(name, given(p, "cluster"))) seen_good(p, c, kvm.item[i], "is configured as a node of %s", name);
    else if (name && strcmp(name, "debian")) seen_bad(p, c, kvm.item[i], "is configured as a node of another cluster: %s", name);
    else seen_bad(p, c, kvm.item[i], "has no configuration of a cluster");
  }
}

void left_setup(struct planning *p, struct guide_runs *r) {
  struct texts kvm = kvm_hosts(p);
  struct guide_run *x = run_of(p, r, "cluster-setup", planf(p, "the cluster %s", given(p, "cluster")));
  with(p, x, "name", given(p, "cluster"));
  with_list(p, x, "nodes", &kvm);
  with(p, x, "start", "no");
  with(p, x, "enable", "no");
}

void undo_setup(struct planning *p, struct guide_runs *r) { run_of(p, r, "cluster-destroy", "its configuration is taken away"); }

/* ---- 15: started and enabled ---- */

static const char *const daemons[] = {"corosync", "pacemaker"};

void ask_cluster(struct planning *p) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++)
    for (size_t k = 0; k < COUNT(daemons); k++) {
      ask_command(p, kvm.item[i], planf(p, "active %s", daemons[k]), "systemctl", "is-active", daemons[k], NULL);
      ask_command(p, kvm.item[i], planf(p, "enabled %s", daemons[k]), "systemctl", "is-enabled", daemons[k], NULL);
    }
}

static bool all_so(struct planning *p, const char *host, const char *how) {
  return exit_of(p, host, planf(p, "%s corosync", how)) == 0 && exit_of(p, host, planf(p, "%s pacemaker", how)) == 0;
}

void check_cluster(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) {
    const char *host = kvm.item[i];
    if (!seen_asked(p, c, host, "active corosync")) continue;
    seen_as(p, c, all_so(p, host, "active"), host, "corosync and pacemaker run", "corosync or pacemaker does not run");
    seen_as(p, c, all_so(p, host, "enabled"), host, "they start with the host", "they do not start with the host: once fenced it stays out of the cluster");
    const struct host_view *h = pacemaker_seen(p->snap) ? snapshot_host(p->snap, host) : NULL;
    bool online = h && h->membership == MEMBERSHIP_MEMBER && (h->pacemaker == NODE_ONLINE || h->pacemaker == NODE_STANDBY || h->pacemaker == NODE_MAINTENANCE);
    if (pacemaker_seen(p->snap)) read_as(p, c, truth_of(online), LAYER_PACEMAKER, planf(p, "%s is %s", host, h && h->pacemaker ? node_state_names[h->pacemaker] : "no node"));
  }
  if (p->snap->cluster.quorate != TRUTH_UNKNOWN) read_as(p, c, p->snap->cluster.quorate, LAYER_COROSYNC, p->snap->cluster.quorate == TRUTH_YES ? "the cluster has quorum" : "the cluster has no quorum");
}

void left_cluster(struct planning *p, struct guide_runs *r) {
  struct texts kvm = kvm_hosts(p);
  bool runs = true, enabled = true;
  for (size_t i = 0; i < kvm.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, kvm.item[i]);
    runs &= all_so(p, kvm.item[i], "active") && h && h->membership == MEMBERSHIP_MEMBER;
    enabled &= all_so(p, kvm.item[i], "enabled");
  }
  if (!runs) run_of(p, r, "cluster-start", "it is started on every node");
  if (!enabled) run_of(p, r, "cluster-enable", "it starts with its hosts");
}

void undo_cluster(struct planning *p, struct guide_runs *r) { run_of(p, r, "cluster-stop", "it is stopped on every node"); }

/* ---- proofs ---- */

static const char *proof_name(struct planning *p, const char *step) { return planf(p, "kvmconsole-seen-%s", step); }
const char *proof_of(const struct planning *p, const char *step) {
  const char *text = property_seen(p->snap, proof_name((struct planning *)p, step));
  return text && *text ? first_line(p, text) : NULL;
}

void proof_step(struct planning *p, const char *step, const char *text) {
  struct step *s = step_run(p, cluster_host(p), "write down in the cluster's configuration that it was seen", "crm_attribute", "-t", "crm_config", "-s", GUIDE_PROOF_SET, "-n", proof_name(p, step), "-v", text, NULL);
  undo_by(p, s, "crm_attribute", "-t", "crm_config", "-s", GUIDE_PROOF_SET, "-n", proof_name(p, step), "-D", NULL);
  s->harmless = TRUTH_YES;
  verify_that(p, "property-is", proof_name(p, step), text, NULL);
}

/* ---- 16: a node leaves and comes back ---- */

void ask_absence(struct planning *p) { (void)p; }

void check_absence(struct planning *p, struct guide_checking *c) {
  if (!pacemaker_seen(p->snap)) return read_as(p, c, p->snap->cluster.name ? TRUTH_UNKNOWN : TRUTH_NO, LAYER_PACEMAKER, "this console reads no pacemaker");
  const char *proof = proof_of(p, "node-absence");
  read_as(p, c, truth_of(proof != NULL), LAYER_PACEMAKER, proof ? planf(p, "%s (kept in the cluster's configuration)", proof) : "nobody has seen a node leave and come back");
}

static const char *another_node(struct planning *p) { /* than the console's own; the last one */
  struct texts kvm = kvm_hosts(p);
  const struct host_view *own = own_host(p);
  for (size_t i = kvm.count; i-- > 0;)
    if (!own || !same_host(p->snap, own->name, kvm.item[i])) return kvm.item[i];
  return NULL;
}

void left_absence(struct planning *p, struct guide_runs *r) {
  if (!proof_of(p, "node-absence")) with(p, run_of(p, r, "node-leave-and-join", "a node leaves and comes back"), "node", another_node(p));
}

/* ---- 17: fencing ---- */

void ask_fencing(struct planning *p) { (void)p; }

void check_fencing(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p);
  if (!pacemaker_seen(p->snap)) return read_as(p, c, p->snap->cluster.name ? TRUTH_UNKNOWN : TRUTH_NO, LAYER_PACEMAKER, "this console reads no pacemaker");
  const char *enabled = property_seen(p->snap, "stonith-enabled");
  if (way_is(p, "fencing", "off"))
    return read_as(p, c, truth_of(pcmk_truth(enabled) == TRUTH_NO), LAYER_PACEMAKER, pcmk_truth(enabled) == TRUTH_NO ? "fencing is off, as chosen in the guide: two writers may destroy a disk" : "fencing is neither set up nor said to be off");
  for (size_t i = 0; i < kvm.count; i++) {
    const char *device = fence_device_of(p->snap, kvm.item[i], NULL);
    read_as(p, c, truth_of(device != NULL), LAYER_PACEMAKER, device ? planf(p, "%s cuts the power of %s", device, kvm.item[i]) : planf(p, "%s has no fence device", kvm.item[i]));
  }
  read_as(p, c, truth_of(pcmk_truth(enabled) == TRUTH_YES), LAYER_PACEMAKER, pcmk_truth(enabled) == TRUTH_YES ? "fencing is on" : "fencing is off (stonith-enabled)");
}

/* "HOST=ADDRESS", or "HOST=ADDRESS:PORT" as a simulated BMC of a nested host has it; an address with two colons is IPv6. */
static const char *bmc_of(struct planning *p, const char *host, const char **ret_port) {
  struct texts all = given_list(p, "bmc");
  size_t len = strlen(host);
  *ret_port = NULL;
  for (size_t i = 0; i < all.count; i++) {
    if (strncmp(all.item[i], host, len) != 0 || all.item[i][len] != '=') continue;
    const char *address = all.item[i] + len + 1, *colon = strchr(address, ':');
    if (!colon || strchr(colon + 1, ':')) return address;
    *ret_port = colon + 1;
    return arena_strndup(p->arena, address, (size_t)(colon - address));
  }
  return NULL;
}

static void property(struct planning *p, struct guide_runs *r, const char *value, const char *say) {
  struct guide_run *x = run_of(p, r, "cluster-property", say);
  with(p, x, "name", "stonith-enabled");
  with(p, x, "value", value);
}

/* Off, the devices are made all the same where it is known who cuts the power: the drill at the end needs them. */
void left_fencing(struct planning *p, struct guide_runs *r) {
  struct texts kvm = kvm_hosts(p);
  bool off = way_is(p, "fencing", "off"), on = pcmk_truth(property_seen(p->snap, "stonith-enabled")) == TRUTH_YES, lacks = false;
  for (size_t i = 0; i < kvm.count; i++) {
    const char *port, *address = bmc_of(p, kvm.item[i], &port);
    if (fence_device_of(p->snap, kvm.item[i], NULL)) continue;
    lacks = true;
    if (!address) continue;
    struct guide_run *x = run_of(p, r, "fencing-create", planf(p, "a fence device for %s", kvm.item[i]));
    with(p, x, "node", kvm.item[i]);
    with(p, x, "agent", given(p, "bmc_agent"));
    with(p, x, "ip", address);
    with(p, x, "port", port);
    with(p, x, "username", given(p, "bmc_user"));
    with(p, x, "cipher", given(p, "bmc_cipher"));
    if (off) with(p, x, "enable", "no");
    wants_secret(x, "bmc_password");
  }
  if (off && pcmk_truth(property_seen(p->snap, "stonith-enabled")) != TRUTH_NO) property(p, r, "false", "fencing is said to be off");
  else if (!off && !on && !lacks) property(p, r, "true", "fencing is turned on");
}
