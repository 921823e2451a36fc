/* The guide's steps of the domain: made, shared, pacemaker's, moved, lost and back. */
#include "ops/guide_parts.h"
#include "ops/cluster_rows.h"
#include "analysis/fences.h"
#include "analysis/store_view.h"
#include <string.h>

static const char *domain(const struct planning *p) { return given(p, "domain"); }
static const struct domain_view *view(const struct planning *p) { return domain(p) ? snapshot_domain(p->snap, domain(p)) : NULL; }

/* ---- where it is, as virsh says on each host: a console reads no other host's libvirt before there is a cluster ---- */

void domains_ask(struct planning *p) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) ask_command(p, kvm.item[i], "domains", "virsh", "-c", "qemu:///system", "list", "--all", NULL);
}

/* " 1    test01   running": number or -, name, state. A host without libvirt has none. */
int domain_there(struct planning *p, const char *host) {
  const char *list = answered(p, host, "domains");
  if (exit_of(p, host, "domains") == 127) return THERE_ABSENT;
  for (const char *line = list; line && *line; line = line_next(line))
    if (str_eq(line_word(p, line, 1, false), domain(p))) return str_eq(line_word(p, line, 2, true), "shut off") ? THERE_DEFINED : THERE_RUNS;
  return list ? THERE_ABSENT : THERE_UNKNOWN;
}

struct texts hosts_with(struct planning *p, int there, bool *ret_all_known) {
  struct texts kvm = kvm_hosts(p), t = {0};
  *ret_all_known = true;
  for (size_t i = 0; i < kvm.count; i++) {
    int now = domain_there(p, kvm.item[i]);
    if (now == there) texts_add(p->arena, &t, kvm.item[i]);
    *ret_all_known &= now != THERE_UNKNOWN;
  }
  return t;
}

static void unasked_hosts(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++)
    if (domain_there(p, kvm.item[i]) == THERE_UNKNOWN && seen_asked(p, c, kvm.item[i], "domains")) seen_unclear(p, c, kvm.item[i], "libvirt does not answer");
}

static bool is_driven_now(const struct planning *p) { return resource_seen(p->snap, domain(p)) || (view(p) && view(p)->resource); }

void ask_shared(struct planning *p) {
  domains_ask(p);
  if (given(p, "kvm")) ask_command(p, given(p, "kvm"), "shared definition", "grep", "-c", "^[[:space:]]*<name>", shared_file(p), NULL);
}

static bool is_shared(struct planning *p) { return exit_of(p, given(p, "kvm"), "shared definition") == 0; }

/* ---- 10: made ---- */

void ask_domain(struct planning *p) { ask_shared(p); }

void check_domain(struct planning *p, struct guide_checking *c) {
  bool known;
  struct texts runs = hosts_with(p, THERE_RUNS, &known), off = hosts_with(p, THERE_DEFINED, &known);
  for (size_t i = 0; i < runs.count; i++) seen_good(p, c, runs.item[i], "%s runs", domain(p));
  if (runs.count > 1) seen_bad(p, c, NULL, "%s runs on %s at once: their writes destroy its disk", domain(p), names_text(p->arena, &runs));
  if (runs.count) return;
  if (is_driven_now(p)) return read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, planf(p, "pacemaker drives %s", domain(p)));
  if (is_shared(p)) return seen_good(p, c, given(p, "kvm"), "%s was made: its definition is %s", domain(p), shared_file(p)); /* on its way to another host: the next step */
  unasked_hosts(p, c);
  for (size_t i = 0; i < off.count; i++) seen_bad(p, c, off.item[i], "%s is defined and does not run", domain(p));
  if (!off.count && known) seen_bad(p, c, NULL, "no KVM host knows a domain %s", domain(p));
}

void left_domain(struct planning *p, struct guide_runs *r) {
  bool known;
  struct texts runs = hosts_with(p, THERE_RUNS, &known), off = hosts_with(p, THERE_DEFINED, &known);
  const char *bridge = given(p, "bridge"), *home = given(p, "kvm");
  if (runs.count || is_driven_now(p) || !home) return;
  if (off.count) {
    struct guide_run *x = run_of(p, r, "domain-start", planf(p, "%s is started", domain(p)));
    with(p, x, "domain", domain(p));
    with(p, x, "host", off.item[0]);
    return;
  }
  struct guide_run *x = run_of(p, r, "domain-create", planf(p, "%s is made of that disk", domain(p)));
  with(p, x, "name", domain(p));
  with(p, x, "image", disk_of(p));
  with(p, x, "host", home);
  with(p, x, "directory", given(p, "mount"));
  with(p, x, "memory", given(p, "memory"));
  with(p, x, "bridge", bridge);
  with(p, x, "type", given(p, "type"));
  if (way_is(p, "login", "key")) with(p, x, "key", given(p, "key"));
  if (way_is(p, "login", "password")) wants_secret(x, "root_password");
}

/* ---- 11: its definition shared, tried elsewhere ---- */

/* It has left the host that it was made on. */
static bool was_elsewhere(struct planning *p) { return domain_there(p, given(p, "kvm")) == THERE_ABSENT; }

void check_shared(struct planning *p, struct guide_checking *c) {
  const char *home = given(p, "kvm");
  bool known;
  struct texts runs = hosts_with(p, THERE_RUNS, &known), off = hosts_with(p, THERE_DEFINED, &known);
  if (!home || !seen_asked(p, c, home, "shared definition")) return;
  seen_as(p, c, is_shared(p), home, planf(p, "%s is there", shared_file(p)), planf(p, "there is no definition %s", shared_file(p)));
  if (is_driven_now(p)) return read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, planf(p, "pacemaker starts %s on each host by a definition that all have", domain(p)));
  unasked_hosts(p, c);
  if (!known) return;
  if (!runs.count && !off.count) seen_bad(p, c, NULL, "no KVM host knows a domain %s", domain(p));
  else if (!was_elsewhere(p)) seen_bad(p, c, home, "%s is still here: it was not tried elsewhere", domain(p));
  else if (runs.count) seen_good(p, c, runs.item[0], "%s runs here, and not where it was made", domain(p));
  else seen_bad(p, c, off.item[0], "%s is defined here and does not run", domain(p));
}

void left_shared(struct planning *p, struct guide_runs *r) {
  struct texts kvm = kvm_hosts(p);
  if (is_driven_now(p) && is_shared(p)) return;
  if (!is_shared(p)) {
    struct guide_run *x = run_of(p, r, "domain-share", "its definition, on the volume");
    with(p, x, "domain", domain(p));
    with(p, x, "config", shared_file(p));
  }
  if (is_driven_now(p) || kvm.count < 2) return;
  bool known;
  struct texts runs = hosts_with(p, THERE_RUNS, &known);
  if (runs.count == 1 && was_elsewhere(p)) return;
  struct guide_run *x = run_of(p, r, "domain-hand-over", planf(p, "%s, tried on %s", domain(p), kvm.item[1]));
  with(p, x, "domain", domain(p));
  with(p, x, "from", kvm.item[0]);
  with(p, x, "to", kvm.item[1]);
  with(p, x, "config", shared_file(p));
  with(p, x, "how", given(p, "stop"));
}

/* ---- 18: a resource ---- */

/* Why pacemaker's word cannot be had; true: it can. */
static bool pacemaker_told(struct planning *p, struct guide_checking *c) {
  if (pacemaker_seen(p->snap)) return true;
  read_as(p, c, p->snap->cluster.name ? TRUTH_UNKNOWN : TRUTH_NO, LAYER_PACEMAKER, p->snap->cluster.name ? "pacemaker is not read now" : "this console reads no pacemaker");
  return false;
}

static const char *resource_of(const struct planning *p) { return view(p) && view(p)->resource ? view(p)->resource : domain(p); }

/* Live migration goes by root's ssh, under the names that pacemaker knows. */
void ask_resource(struct planning *p) {
  struct texts kvm = kvm_hosts(p);
  domains_ask(p);
  for (size_t i = 0; i < kvm.count; i++)
    for (size_t k = 0; k < kvm.count; k++)
      if (i != k) ask_command(p, kvm.item[i], planf(p, "trust %s", kvm.item[k]), "ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", planf(p, "root@%s", kvm.item[k]), "true", NULL);
}

static const char *untrusted(struct planning *p, const char *host) { /* the first that its root may not log in at; NULL: none */
  struct texts kvm = kvm_hosts(p);
  for (size_t k = 0; k < kvm.count; k++)
    if (exit_of(p, host, planf(p, "trust %s", kvm.item[k])) > 0) return kvm.item[k];
  return NULL;
}

static void check_trust(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count && kvm.count > 1; i++) {
    if (!seen_asked(p, c, kvm.item[i], planf(p, "trust %s", kvm.item[!i]))) continue;
    const char *other = untrusted(p, kvm.item[i]);
    seen_as(p, c, !other, kvm.item[i], "its root may log in at the others: domains move live", planf(p, "its root may not log in at %s: domains cannot move live", other ? other : ""));
  }
}

/* A host that hung writes until its power is cut: its locks are released 4 s after that, and the domain is started sooner. */
static bool tries_again(const struct planning *p) { return pcmk_truth(property_seen(p->snap, "start-failure-is-fatal")) == TRUTH_NO; }

void check_resource(struct planning *p, struct guide_checking *c) {
  if (!pacemaker_told(p, c)) return;
  check_trust(p, c);
  read_as(p, c, truth_of(tries_again(p)), LAYER_PACEMAKER, tries_again(p) ? "a start that meets a dead host's lock is tried again" : "one failed start is final (start-failure-is-fatal): it fails while a dead host's lock is held");
  const struct resource_view *r = resource_seen(p->snap, resource_of(p));
  if (!r) return read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, planf(p, "%s is no resource", domain(p)));
  read_as(p, c, truth_of(r->managed != TRUTH_NO), LAYER_PACEMAKER, r->managed != TRUTH_NO ? planf(p, "pacemaker drives %s", r->id) : planf(p, "pacemaker leaves %s alone (it is unmanaged)", r->id));
  bool started = r->role == HA_STARTED || r->role == HA_MIGRATING;
  read_as(p, c, truth_of(started), LAYER_PACEMAKER, started ? planf(p, "%s is started on %s", r->id, names_text(p->arena, &r->hosts)) : planf(p, "%s is %s", r->id, r->role ? role_names[r->role] : "in a state that is not known"));
}

static void try_again(struct planning *p, struct guide_runs *r) {
  if (tries_again(p)) return;
  struct guide_run *x = run_of(p, r, "cluster-property", "a start that meets a dead host's lock is tried again");
  with(p, x, "name", "start-failure-is-fatal");
  with(p, x, "value", "false");
}

void left_resource(struct planning *p, struct guide_runs *r) {
  const struct resource_view *now = resource_seen(p->snap, resource_of(p));
  struct texts kvm = kvm_hosts(p);
  bool trusted = true;
  for (size_t i = 0; i < kvm.count; i++) trusted &= !untrusted(p, kvm.item[i]);
  if (!trusted) with_list(p, run_of(p, r, "host-trust", "root's ssh between the KVM hosts"), "host", &kvm);
  if (!now) {
    struct guide_run *x = run_of(p, r, "domain-make-ha", planf(p, "%s becomes a resource", domain(p)));
    with(p, x, "domain", domain(p));
    with(p, x, "config", shared_file(p));
    with(p, x, "tries", "10");
    try_again(p, r);
    return;
  }
  try_again(p, r);
  if (now->managed == TRUTH_NO) with(p, run_of(p, r, "resource-manage", "pacemaker drives it again"), "resource", now->id);
  else if (now->disabled == TRUTH_YES) with(p, run_of(p, r, "resource-enable", "it may run again"), "resource", now->id);
  else if (now->role == HA_STOPPED) with(p, run_of(p, r, "resource-cleanup", "its failures are forgotten"), "resource", now->id);
}

void undo_resource(struct planning *p, struct guide_runs *r) { with(p, run_of(p, r, "domain-undo-ha", "a plain domain again"), "domain", domain(p)); }

/* ---- 19: where it runs ---- */

void ask_place(struct planning *p) { domains_ask(p); }

void check_place(struct planning *p, struct guide_checking *c) {
  bool known;
  struct texts runs = hosts_with(p, THERE_RUNS, &known);
  if (!pacemaker_told(p, c)) return;
  unasked_hosts(p, c);
  const struct resource_view *r = resource_seen(p->snap, resource_of(p));
  const char *on = r && r->hosts.count == 1 && r->role == HA_STARTED ? r->hosts.item[0] : NULL;
  if (!r) return read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, planf(p, "%s is no resource", domain(p)));
  read_as(p, c, truth_of(on != NULL), LAYER_PACEMAKER, on ? planf(p, "pacemaker has it started on %s", on) : "pacemaker has it started on no one host");
  for (size_t i = 0; i < runs.count; i++) seen_as(p, c, on && same_host(p->snap, on, runs.item[i]), runs.item[i], "it runs here, by libvirt", "it runs here, by libvirt, and pacemaker does not say so");
  if (!runs.count && known) seen_bad(p, c, NULL, "no host runs it, by libvirt");
}

/* ---- 20 to 22: constraints, the move ---- */

static const struct constraint_view *leftover(struct planning *p) {
  for (size_t i = 0; i < p->snap->constraints.count; i++)
    if (p->snap->constraints.item[i].from_move == TRUTH_YES && str_eq(p->snap->constraints.item[i].resource, resource_of(p))) return &p->snap->constraints.item[i];
  return NULL;
}

static void check_constraints(struct planning *p, struct guide_checking *c) {
  const struct constraint_view *k = leftover(p);
  if (!resource_seen(p->snap, resource_of(p))) read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, planf(p, "%s is no resource", domain(p)));
  else if (k) read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, planf(p, "%s is left of a move or a ban: %s, %s", k->id, k->host ? k->host : "a host", k->score ? k->score : ""));
  else read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, planf(p, "no move or ban has left a constraint of %s", resource_of(p)));
}

static void clear(struct planning *p, struct guide_runs *r) {
  if (leftover(p)) with(p, run_of(p, r, "resource-clear", "what moves and bans left"), "resource", resource_of(p));
}

void ask_cleared(struct planning *p) { (void)p; }
void left_cleared(struct planning *p, struct guide_runs *r) { clear(p, r); }

void check_cleared(struct planning *p, struct guide_checking *c) {
  if (!pacemaker_told(p, c)) return;
  if (proof_of(p, "moved") && leftover(p)) read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, planf(p, "%s is left of the move, which came afterwards", leftover(p)->id));
  else check_constraints(p, c);
}

static void check_proof(struct planning *p, struct guide_checking *c, const char *step, const char *missing) {
  const char *proof = proof_of(p, step);
  read_as(p, c, truth_of(proof != NULL), LAYER_PACEMAKER, proof ? planf(p, "%s (kept in the cluster's configuration)", proof) : missing);
}

void ask_moved(struct planning *p) { (void)p; }
void check_moved(struct planning *p, struct guide_checking *c) {
  if (pacemaker_told(p, c)) check_proof(p, c, "moved", planf(p, "nobody has seen %s move", domain(p)));
}

static const char *other_node(struct planning *p, const char *than, bool not_own) {
  struct texts nodes = nodes_online(p->snap, p->arena);
  const struct host_view *own = own_host(p);
  for (size_t i = 0; i < nodes.count; i++)
    if (!(than && same_host(p->snap, nodes.item[i], than)) && !(not_own && own && same_host(p->snap, own->name, nodes.item[i]))) return nodes.item[i];
  return NULL;
}

static const char *where(struct planning *p) {
  const struct resource_view *r = resource_seen(p->snap, resource_of(p));
  return r && r->hosts.count == 1 ? r->hosts.item[0] : NULL;
}

void left_moved(struct planning *p, struct guide_runs *r) {
  if (proof_of(p, "moved")) return;
  struct guide_run *x = run_of(p, r, "guide-move", planf(p, "%s moves, and that it did is written down", domain(p)));
  with(p, x, "resource", resource_of(p));
  with(p, x, "to", other_node(p, where(p), false));
}

void ask_unbound(struct planning *p) { (void)p; }
void left_unbound(struct planning *p, struct guide_runs *r) { clear(p, r); }
void check_unbound(struct planning *p, struct guide_checking *c) {
  if (!pacemaker_told(p, c)) return;
  if (!proof_of(p, "moved")) read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, "there was no move yet");
  else check_constraints(p, c);
}

/* ---- 23: its host hangs ---- */

/* Pacemaker itself fenced a host: one that was lost, not one that an operator shot. */
static const struct fencing_view *fenced_when_lost(struct planning *p) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = p->snap->fencing.count; i-- > 0;) {
    const struct fencing_view *f = &p->snap->fencing.item[i];
    bool lost = f->client && (str_starts(f->client, "pacemaker-controld") || str_starts(f->client, "crmd")), ours = false;
    for (size_t k = 0; k < kvm.count; k++) ours |= same_host(p->snap, kvm.item[k], f->target);
    if (lost && ours && where(p) && !same_host(p->snap, where(p), f->target) && (str_eq(f->result, "success") || str_eq(f->result, "succeeded"))) return f;
  }
  return NULL;
}

static void proof_run(struct planning *p, struct guide_runs *r, const char *lost) {
  struct guide_run *x = run_of(p, r, "guide-proof", "that it was seen is written down");
  with(p, x, "step", "failover");
  with(p, x, "domain", domain(p));
  with(p, x, "host", lost);
}

void ask_failover(struct planning *p) { domains_ask(p); }

static bool no_power(struct planning *p) { return where(p) && !fence_device_of(p->snap, where(p), NULL); }

void check_failover(struct planning *p, struct guide_checking *c) {
  if (!pacemaker_told(p, c)) return;
  const struct fencing_view *f = fenced_when_lost(p);
  if (f && !proof_of(p, "failover")) read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, planf(p, "%s was lost and fenced, by pacemaker's own history", f->target));
  else check_proof(p, c, "failover", planf(p, "nobody has seen %s come back from a host that was lost%s", domain(p), no_power(p) ? planf(p, ": no device here cuts its host's power, so cut it by hand, see it come back, and then: kvmconsole run guide-proof step=failover domain=%s", domain(p)) : ""));
  const char *on = where(p);
  read_as(p, c, truth_of(on != NULL), LAYER_PACEMAKER, on ? planf(p, "%s is started on %s", domain(p), on) : planf(p, "%s is started on no host", domain(p)));
}

static void move_to(struct planning *p, struct guide_runs *r, const char *to, const char *say) {
  struct guide_run *x = run_of(p, r, "resource-move", say);
  with(p, x, "resource", resource_of(p));
  with(p, x, "to", to);
  with(p, x, "clear", "yes");
}

/* The drill is run from another host than the one it hits, and a host that only hangs is believed dead: so the domain goes to another
 * host than the console's, whose fencing is proven first, while the domain is not there. */
void left_failover(struct planning *p, struct guide_runs *r) {
  const char *on = where(p), *hit = on;
  const struct host_view *own = own_host(p);
  bool off = way_is(p, "fencing", "off");
  if (on && own && same_host(p->snap, on, own->name)) hit = other_node(p, on, true);
  if (!hit || (off && !fence_device_of(p->snap, hit, NULL))) return;
  if (!proof_of(p, "failover") && fenced_when_lost(p)) return proof_run(p, r, hit);
  if (!off && fencing_proven_at(p->snap, hit) == UNKNOWN_INT) {
    const char *away = same_host(p->snap, on, hit) ? other_node(p, hit, false) : NULL;
    if (away) move_to(p, r, on = away, planf(p, "away from %s while its fencing is tried", hit));
    with(p, run_of(p, r, "fencing-test", planf(p, "the power of %s is cut for real, so that it is known that it can be", hit)), "node", hit);
  }
  if (!same_host(p->snap, on, hit)) move_to(p, r, hit, "to the host that is lost: not the one that this console runs on");
  with(p, run_of(p, r, off ? "power-lost" : "host-hung", planf(p, "%s is lost", hit)), "host", hit);
  proof_run(p, r, hit);
}
