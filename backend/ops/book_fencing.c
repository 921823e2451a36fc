/* The books of nodes: fencing stuck because the device died with its host; a fenced host that comes back without its mount; a failover
 * that a leftover constraint blocks. */
#include "ops/book_parts.h"
#include "analysis/fences.h"
#include "analysis/stop.h"
#include <string.h>

/* ---- fencing-stuck ---- */

static const struct fencing_view *last_of(const struct planning *p, const char *node, const char *result) {
  const struct fencing_view *last = NULL;
  for (size_t i = 0; i < p->snap->fencing.count; i++) {
    const struct fencing_view *f = &p->snap->fencing.item[i];
    if (same_host(p->snap, f->target, node) && (!result || str_eq(f->result, result)) && f->at != UNKNOWN_INT && (!last || f->at > last->at)) last = f;
  }
  return last;
}

static bool is_unproven(const struct host_view *h) { return h->pacemaker == NODE_UNCLEAN && h->membership != MEMBERSHIP_MEMBER; }

static void check_tried(struct planning *p, struct guide_checking *c) {
  size_t n = 0;
  if (!pacemaker_seen(p->snap)) return read_as(p, c, TRUTH_UNKNOWN, LAYER_PACEMAKER, "pacemaker is not read");
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    const char *device = fence_device_of(p->snap, h->name, NULL);
    if (!is_unproven(h)) continue;
    n++;
    const struct fencing_view *failed = last_of(p, h->name, "failed");
    if (failed) read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, planf(p, "%s is lost; fencing it was tried and has failed: its device does not answer either", h->name));
    else if (!device) read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, planf(p, "%s is lost, and has no fence device: nothing can prove it dead", h->name));
    else read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, planf(p, "%s is lost, and %s is still trying to cut its power: wait", h->name, device));
  }
  if (!n) read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, "no node is lost without proof");
}

static void check_devices(struct planning *p, struct guide_checking *c) {
  size_t n = 0;
  if (!pacemaker_seen(p->snap)) return read_as(p, c, TRUTH_UNKNOWN, LAYER_PACEMAKER, "pacemaker is not read");
  for (size_t i = 0; i < p->snap->resources.count; i++) {
    const struct resource_view *x = &p->snap->resources.item[i];
    if (!is_fence_device(x)) continue;
    bool good = x->role == HA_STARTED && x->failed != TRUTH_YES;
    for (size_t k = 0; k < p->snap->failures.count; k++) good &= !str_eq(p->snap->failures.item[k].resource, x->id);
    n++;
    read_as(p, c, truth_of(good), LAYER_PACEMAKER, planf(p, good ? "%s answers its monitor" : "%s does not answer, or has failed", x->id));
  }
  if (!n) read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, "there is no fence device");
}

static void left_devices(struct planning *p, struct guide_runs *r) {
  for (size_t i = 0; i < p->snap->resources.count; i++) {
    const struct resource_view *x = &p->snap->resources.item[i];
    bool failed = x->failed == TRUTH_YES || x->role != HA_STARTED;
    for (size_t k = 0; k < p->snap->failures.count; k++) failed |= str_eq(p->snap->failures.item[k].resource, x->id);
    if (is_fence_device(x) && failed) with(p, run_of(p, r, "fencing-retry", planf(p, "%s is tried again", x->id)), "device", x->id);
  }
}

/* Nobody has cut its power by a device since the attempt that failed: a person's word proves no device. */
static bool lacks_proof(const struct planning *p, const char *node) {
  const struct fencing_view *failed = last_of(p, node, "failed");
  int64_t proven = failed ? fencing_proven_at(p->snap, node) : 0;
  return failed && (proven == UNKNOWN_INT || proven <= failed->at);
}

static void check_proof(struct planning *p, struct guide_checking *c) {
  size_t n = 0;
  if (!pacemaker_seen(p->snap)) return read_as(p, c, TRUTH_UNKNOWN, LAYER_PACEMAKER, "pacemaker is not read");
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (!h->pacemaker || !lacks_proof(p, h->name)) continue;
    n++;
    read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, planf(p, "fencing %s has failed, and was not seen to work since", h->name));
  }
  if (!n) read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, "no fencing has failed that was not seen to work since");
}

static void left_proof(struct planning *p, struct guide_runs *r) {
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (!h->pacemaker || h->here == TRUTH_YES || h->membership != MEMBERSHIP_MEMBER || !lacks_proof(p, h->name)) continue;
    with(p, run_of(p, r, "node-drain", planf(p, "nothing runs on %s when its power is cut", h->name)), "host", h->name);
    with(p, run_of(p, r, "fencing-test", planf(p, "the power of %s is cut, and it comes back", h->name)), "node", h->name);
    with(p, run_of(p, r, "node-reinstate", planf(p, "%s takes resources again", h->name)), "host", h->name);
  }
}

#define STUCK "node-unclean fencing-failed"
static void check_stuck_well(struct planning *p, struct guide_checking *c) { check_well(p, c, STUCK " node-offline node-standby failed-action resource-failed"); }

/* A node that has just been lost is being fenced: a minute for that. */
static const char *called_stuck(struct planning *p) {
  enum { A_MINUTE = 60000 };
  const struct problem *failed = problem_of(p->snap, "fencing-failed"), *unclean = problem_of(p->snap, "node-unclean");
  return failed && unclean ? failed->text : unclean && p->snap->at - unclean->since > A_MINUTE ? unclean->text : NULL;
}

static const struct guide_step stuck[] = {
    {.name = "stuck-tried", .title = "Its device has had its chance", .where = "the lost node", .shows = "fencing", .ask = alive_ask, .check = check_tried, .settles_ms = BY_ITSELF_MS, .seen = "it is known whether the device works",
     .why = "A BMC gets its power from the host's own power supplies. When these die, so does the BMC: the host is dead, and nothing is left that could say so. Pacemaker goes on trying, and starts nothing of what ran there. A device that "
            "only is slow, or has another password, looks the same at first.",
     .by_hand = "Wait until an attempt has failed. Can the BMC be reached from here (ping)? Does it take the password? Then mend that: pacemaker fences the node by itself."},
    {.name = "stuck-confirmed", .title = "Somebody has seen it without power", .where = "the lost node", .shows = "fencing", .needs = {"stuck-tried"}, .check = check_proven_off, .left = left_proven_off, .seen = "no node is lost without proof",
     .why = "Pacemaker believes a person, and starts the domains elsewhere. It is refused while any source shows life: ssh, libvirt, a brick, a link. What nobody sees may live all the same: a host whose network alone is dead goes on "
            "writing, and two writers destroy the disks.",
     .by_hand = "Go there, or send somebody. Is the power lamp dark, do the fans stand still? Is it the right host: read its label? Pull both plugs, so that it does not come back by itself. Then confirm it, in these words: I saw it without power "
                "(guide run stuck-confirmed seen=\"I saw it without power\")."},
    {.name = "stuck-domains", .title = "Its domains run elsewhere", .where = "the other nodes", .shows = "domains", .needs = {"stuck-confirmed"}, .check = check_started_all, .left = left_started_all, .settles_ms = BY_ITSELF_MS, .seen = "every domain that should run runs",
     .why = "Within seconds after the confirmation; the disks' locks are released by the bricks when the dead host's time-outs are over."},
    {.name = "stuck-back", .title = "The host is back", .where = "the lost node", .shows = "nodes", .needs = {"stuck-confirmed"}, .ask = alive_ask, .check = check_members, .left = left_members, .settles_ms = BOOTS_MS, .seen = "every node is online",
     .why = "Without it one failure less can be survived.", .by_hand = "Mend its power, plug it in, switch it on. It joins by itself, or is taken back here."},
    {.name = "stuck-device", .title = "Its fence device answers", .where = "the fence devices", .shows = "fencing", .needs = {"stuck-back"}, .check = check_devices, .left = left_devices, .settles_ms = BY_ITSELF_MS, .seen = "every device answers its monitor",
     .why = "What was broken is still broken until somebody has looked. Pacemaker remembers that the device failed, until that is forgotten.", .by_hand = "Its cable, its address, its user; another password: fencing-password."},
    {.name = "stuck-proven", .title = "Fencing is proven again", .where = "the node whose fencing failed", .shows = "fencing", .needs = {"stuck-device"}, .check = check_proof, .left = left_proof, .settles_ms = BY_ITSELF_MS, .seen = "fencing works",
     .why = "That a monitor answers is no proof. The node is drained, its power is really cut, and it comes back: better by day than at the next failure.",
     .by_hand = "It cannot be done to the host that this console runs on: run it from another one."},
    {.name = "stuck-well", .title = "All is well", .where = "the cluster", .shows = "nodes", .needs = {"stuck-proven"}, .check = check_stuck_well, .left = left_failures, .settles_ms = BY_ITSELF_MS, .seen = "nothing of it is left", .why = "Nothing of that night is left over."},
};
const struct guide_book book_fencing_stuck = {
    .name = "fencing-stuck", .title = "Fencing is stuck: the device died with its host", .steps = stuck, .count = COUNT(stuck), .called = called_stuck, .problems = STUCK,
    .when = "A node is lost, its fence device does not answer either, and its domains start nowhere.", .over = "No node is lost without proof, and fencing works."};

/* ---- returned-unmounted ---- */

static bool lacks_mount(struct planning *p, const char *host) {
  if (!was_asked(p, host, "mounts")) return false;
  for (const char *line = printed(p, host, "mounts"); line && *line; line = line_next(line))
    if (str_eq(line_word(p, line, 1, false), given(p, "mount")) && str_eq(line_word(p, line, 2, false), "fuse.glusterfs")) return false;
  return true;
}

static void check_kept_away(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, kvm.item[i]);
    if (!seen_asked(p, c, kvm.item[i], "mounts")) continue;
    bool standby = h && h->pacemaker == NODE_STANDBY, member = h && h->membership == MEMBERSHIP_MEMBER;
    if (!lacks_mount(p, kvm.item[i])) seen_good(p, c, kvm.item[i], "has the volume mounted");
    else if (standby || !member) seen_good(p, c, kvm.item[i], "has it not mounted, and is %s: nothing is started there", standby ? "in standby" : "no member");
    else seen_bad(p, c, kvm.item[i], "has the volume not mounted, and takes resources: what is started there fails, and is never tried there again");
  }
}

static void left_kept_away(struct planning *p, struct guide_runs *r) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, kvm.item[i]);
    if (h && h->membership == MEMBERSHIP_MEMBER && h->pacemaker != NODE_STANDBY && lacks_mount(p, kvm.item[i])) with(p, run_of(p, r, "node-standby", planf(p, "%s takes nothing", h->name)), "node", h->name);
  }
}

static void ask_readable(struct planning *p) {
  struct texts kvm = kvm_hosts(p), names = domains_by_priority(p, false);
  for (size_t i = 0; i < kvm.count; i++)
    for (size_t k = 0; k < names.count; k++) {
      const struct pcmk_param *x = resource_config(p->snap, names.item[k]);
      const char *path = x ? definition_path(x) : NULL;
      if (path) ask_command(p, kvm.item[i], planf(p, "readable %s", path), "test", "-r", path, NULL);
    }
}

static void check_readable(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p), names = domains_by_priority(p, false);
  if (!pacemaker_seen(p->snap)) return read_as(p, c, TRUTH_UNKNOWN, LAYER_PACEMAKER, "which definitions there are is not read");
  for (size_t i = 0; i < kvm.count; i++) {
    size_t good = 0;
    bool asked = true;
    for (size_t k = 0; k < names.count && asked; k++) {
      const struct pcmk_param *x = resource_config(p->snap, names.item[k]);
      const char *path = x ? definition_path(x) : NULL, *id = planf(p, "readable %s", path ? path : "");
      if (!path || !(asked = seen_asked(p, c, kvm.item[i], id))) continue;
      if (exit_of(p, kvm.item[i], id) == 0) good++;
      else seen_bad(p, c, kvm.item[i], "%s, the definition of %s, cannot be read", path, names.item[k]);
    }
    if (asked) seen_good(p, c, kvm.item[i], "%zu definition%s can be read", good, good == 1 ? "" : "s");
  }
}

#define UNMOUNTED "failed-action resource-failed mount-hung"
static void check_unmounted_well(struct planning *p, struct guide_checking *c) { check_well(p, c, UNMOUNTED " node-offline"); }

static const char *called_unmounted(struct planning *p) {
  for (size_t i = 0; i < p->snap->failures.count; i++) {
    const struct failure_view *f = &p->snap->failures.item[i];
    if (failure_unreadable(f)) return planf(p, "%s could not be started on %s: %s", f->resource, f->host ? f->host : "a host", f->reason);
  }
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    const struct libvirt_setup *s = h->membership == MEMBERSHIP_MEMBER ? fact_seen(p->snap, "libvirt.setup", h->name) : NULL;
    for (size_t k = 0; s && s->mounts_known == TRUTH_YES && k < s->mounts.count; k++)
      if (s->mounts.item[k].permanent == TRUTH_YES && s->mounts.item[k].mounted == TRUTH_NO) return planf(p, "%s is a member and has %s not mounted", h->name, s->mounts.item[k].mount);
  }
  return NULL;
}

static const struct guide_step unmounted[] = {
    {.name = "unmounted-standby", .title = "Nothing is started on a host without the mount", .where = "each KVM host", .shows = "nodes", .ask = ask_mounted, .check = check_kept_away, .left = left_kept_away, .seen = "no host without the mount takes resources",
     .why = "A fenced host boots, joins the cluster, and is given domains. Where the volume is not mounted the agent finds neither definition nor disk and says `not installed`: for pacemaker that is for ever. So it is put in standby first."},
    {.name = "unmounted-mount", .title = "The volume is mounted", .where = "each KVM host", .shows = "mounts", .needs = {"unmounted-standby"}, .ask = ask_mounted, .check = check_mounted, .left = left_mounted, .seen = "each KVM host has it mounted, now and at every boot",
     .why = "At boot it was tried once, perhaps before the network was there, or while the one server that it asks was down. It is mounted now, and with backup servers and before pacemaker from now on.",
     .by_hand = "If it cannot be mounted: does the host reach the gluster hosts on port 24007? Its log: /var/log/glusterfs/ and the path, with dashes."},
    {.name = "unmounted-readable", .title = "The definitions can be read there", .where = "each KVM host", .shows = "mounts", .needs = {"unmounted-mount"}, .ask = ask_readable, .check = check_readable, .settles_ms = 60000, .seen = "each host reads each definition",
     .why = "It is what pacemaker's agent needs first.", .by_hand = "A definition that no host can read: put the copy of it back (domain-share of the running domain). One that only this host cannot read: look at split-brain and at the mount."},
    {.name = "unmounted-back", .title = "The host takes resources again", .where = "the KVM hosts", .shows = "nodes", .needs = {"unmounted-readable"}, .check = check_members, .left = left_members, .settles_ms = BOOTS_MS, .seen = "every node is online",
     .why = "In order: its storage, the heals, then what pacemaker gives it."},
    {.name = "unmounted-clean", .title = "Failed starts are forgotten", .where = "the resources", .shows = "domains", .needs = {"unmounted-mount"}, .check = check_failures, .left = left_failures, .settles_ms = 60000, .seen = "no failure is remembered",
     .why = "As long as pacemaker remembers that a start failed there, that host is no host for the domain: at the next failure it has nowhere to go."},
    {.name = "unmounted-domains", .title = "The domains run", .where = "the KVM hosts", .shows = "domains", .needs = {"unmounted-clean"}, .check = check_started_all, .left = left_started_all, .settles_ms = BY_ITSELF_MS, .seen = "every domain that should run runs",
     .why = "What could not be started is tried again by itself once its failures are forgotten."},
    {.name = "unmounted-well", .title = "All is well", .where = "the cluster", .shows = "nodes", .needs = {"unmounted-clean"}, .check = check_unmounted_well, .settles_ms = BY_ITSELF_MS, .seen = "nothing of it is left", .why = "Nothing of it is left over."},
};
const struct guide_book book_returned_unmounted = {
    .name = "returned-unmounted", .title = "A host came back without its mount", .steps = unmounted, .count = COUNT(unmounted), .called = called_unmounted, .problems = UNMOUNTED, .narrow = true,
    .when = "A host was fenced or booted, is a member again, and the volume is not mounted there; or a domain failed to start as `not installed`.", .over = "Every host has the mount, and may run every domain."};

/* ---- blocked-failover ---- */

static bool is_leftover(const struct constraint_view *k) { return k->from_move == TRUTH_YES; }

static void check_constraints(struct planning *p, struct guide_checking *c) {
  size_t n = 0;
  if (!pacemaker_seen(p->snap)) return read_as(p, c, TRUTH_UNKNOWN, LAYER_PACEMAKER, "pacemaker is not read");
  for (size_t i = 0; i < p->snap->constraints.count; i++) {
    const struct constraint_view *k = &p->snap->constraints.item[i];
    if (!is_leftover(k)) continue;
    n++;
    read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, planf(p, str_starts(k->id, "cli-ban-") ? "%s keeps %s away from %s for good" : "%s binds %s to %s for good", k->id, k->resource, k->host ? k->host : "its host"));
  }
  if (!n) read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, "no move or ban has left a constraint");
}

static void left_constraints(struct planning *p, struct guide_runs *r) {
  struct texts done = {0};
  for (size_t i = 0; i < p->snap->constraints.count; i++) {
    const struct constraint_view *k = &p->snap->constraints.item[i];
    if (!is_leftover(k) || !k->resource || texts_have(&done, k->resource)) continue;
    texts_add(p->arena, &done, k->resource);
    with(p, run_of(p, r, "resource-clear", planf(p, "what moves left on %s", k->resource)), "resource", k->resource);
  }
}

/* By the verdict of ok-to-stop, that asks pacemaker's own simulation where each domain would go. */
static void check_may_stop(struct planning *p, struct guide_checking *c) {
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    struct loss loss = {0};
    if (h->membership != MEMBERSHIP_MEMBER) continue;
    texts_add(p->arena, &loss.hosts, h->name);
    const struct stop *v = stop_judge(p->snap, &loss, p->arena);
    const struct stop_reason *worst = NULL;
    for (size_t k = 0; k < v->reasons.count; k++)
      if (!worst || stop_rank(v->reasons.item[k].verdict) > stop_rank(worst->verdict)) worst = &v->reasons.item[k];
    enum truth good = v->verdict == VERDICT_SAFE ? TRUTH_YES : v->verdict == VERDICT_UNSAFE || v->verdict == VERDICT_WAIT ? TRUTH_NO : TRUTH_UNKNOWN;
    read_as(p, c, good, LAYER_PACEMAKER, good == TRUTH_YES ? planf(p, "%s may go down: each of its domains has somewhere to go", h->name) : planf(p, "%s: %s: %s", h->name, v->verdict ? verdict_names[v->verdict] : "unknown", worst ? worst->text : "nothing tells why"));
  }
  if (!c->found->evidence.count) read_as(p, c, TRUTH_UNKNOWN, LAYER_PACEMAKER, "no node is a member");
}

#define BLOCKED "leftover-ban leftover-move resource-blocked failed-action"
static void check_blocked_well(struct planning *p, struct guide_checking *c) { check_well(p, c, BLOCKED); }

static const char *called_blocked(struct planning *p) {
  const struct problem *x = problem_of(p->snap, "leftover-ban");
  if (!x) x = problem_of(p->snap, "leftover-move");
  return x ? x->text : NULL;
}

static const struct guide_step blocked[] = {
    {.name = "blocked-constraints", .title = "No move or ban has left a constraint", .where = "the cluster's configuration", .shows = "domains", .check = check_constraints, .left = left_constraints, .seen = "no constraint is left over",
     .why = "A move tells pacemaker: only there from now on; a ban: never there again. Both stay until they are cleared. When the host is lost the domain has nowhere to go, and simply stays down. The preview says what will move when it is cleared."},
    {.name = "blocked-failures", .title = "No failure keeps a domain off a host", .where = "the resources", .shows = "domains", .check = check_failures, .left = left_failures, .settles_ms = 60000, .seen = "no failure is remembered",
     .why = "A start that failed once is final: that host is none for the domain, until the failure is forgotten. Mend its cause first."},
    {.name = "blocked-domains", .title = "The domains run", .where = "the KVM hosts", .shows = "domains", .needs = {"blocked-constraints", "blocked-failures"}, .check = check_started_all, .left = left_started_all, .settles_ms = BY_ITSELF_MS, .seen = "every domain that should run runs",
     .why = "What had nowhere to go starts by itself once it has."},
    {.name = "blocked-proven", .title = "Each node may go down", .where = "the nodes", .shows = "nodes", .needs = {"blocked-constraints"}, .check = check_may_stop, .settles_ms = BY_ITSELF_MS, .seen = "each domain has somewhere to go",
     .why = "Proven before it is needed: pacemaker's own simulation says for each node where its domains would start if it were stopped (ok-to-stop).", .by_hand = "What is unsafe for another reason than a constraint is said here: see the node's detail, and lint (L)."},
    {.name = "blocked-well", .title = "All is well", .where = "the cluster", .shows = "nodes", .needs = {"blocked-constraints"}, .check = check_blocked_well, .settles_ms = BY_ITSELF_MS, .seen = "nothing of it is left", .why = "Nothing of it is left over."},
};
const struct guide_book book_blocked_failover = {
    .name = "blocked-failover", .title = "A leftover constraint blocks failover", .steps = blocked, .count = COUNT(blocked), .called = called_blocked, .problems = BLOCKED,
    .when = "A domain does not start though a node is free, or a move or ban was forgotten.", .over = "Every domain may go wherever it is needed."};
