/* The book shutdown: everything is switched off in order, from above: domains, the cluster, mounts, gluster, hosts. What is done here is
 * seen by what does not run any more; once the cluster is down a host that does not answer is one that is off. */
#include "ops/book_parts.h"
#include <string.h>

static void ask_down(struct planning *p) {
  struct texts kvm = kvm_hosts(p), store = store_hosts(p);
  alive_ask(p);
  for (size_t i = 0; i < kvm.count; i++) {
    ask_command(p, kvm.item[i], "active corosync", "systemctl", "is-active", "corosync", NULL);
    ask_command(p, kvm.item[i], "active pacemaker", "systemctl", "is-active", "pacemaker", NULL);
    ask_command(p, kvm.item[i], "running", "virsh", "-c", "qemu:///system", "list", "--name", NULL);
    ask(p, kvm.item[i], "mounts");
  }
  for (size_t i = 0; i < store.count; i++) ask_command(p, store.item[i], "gluster", "systemctl", "is-active", "glusterd", NULL);
}

static bool is_active(const struct planning *p, const char *host, const char *id) { return str_starts(printed(p, host, id) ? printed(p, host, id) : "", "active"); }

/* Pacemaker runs on no host that answers, and on one at least it is seen to be stopped. */
static bool cluster_is_down(const struct planning *p) {
  struct texts kvm = kvm_hosts(p);
  bool seen = false;
  for (size_t i = 0; i < kvm.count; i++) {
    if (is_active(p, kvm.item[i], "active pacemaker") || is_active(p, kvm.item[i], "active corosync")) return false;
    seen |= was_asked(p, kvm.item[i], "active pacemaker");
  }
  return seen;
}

static bool gluster_is_down(const struct planning *p) {
  struct texts store = store_hosts(p);
  for (size_t i = 0; i < store.count; i++)
    if (is_active(p, store.item[i], "gluster") || (!was_asked(p, store.item[i], "gluster") && !is_silent(p, store.item[i]))) return false;
  return cluster_is_down(p);
}

static bool is_off(const struct planning *p, const char *host) { return is_silent(p, host) && cluster_is_down(p); }

/* The host was asked; or it is off by now, which is the evidence then; or it is not known. */
static bool asked_or_off(struct planning *p, struct guide_checking *c, const char *host, const char *id) {
  if (is_off(p, host)) return seen_good(p, c, host, "is off"), false;
  return seen_asked(p, c, host, id);
}

/* ---- steps ---- */

static void check_quiet(struct planning *p, struct guide_checking *c) {
  if (gluster_is_down(p)) return seen_good(p, c, NULL, "gluster is stopped already");
  check_heals(p, c);
  check_bricks(p, c);
  for (size_t n = 0; n < p->snap->volumes.count; n++)
    for (size_t i = 0; i < p->snap->volumes.item[n].tasks.count; i++)
      if (strstr(p->snap->volumes.item[n].tasks.item[i].status ? p->snap->volumes.item[n].tasks.item[i].status : "", "progress")) read_as(p, c, TRUTH_NO, LAYER_GLUSTER, planf(p, "%s of %s is under way", p->snap->volumes.item[n].tasks.item[i].type, p->snap->volumes.item[n].name));
}
static void left_quiet(struct planning *p, struct guide_runs *r) {
  left_bricks(p, r);
  if (!r->list.count) left_heals(p, r);
}

static size_t running_there(struct planning *p, const char *host, struct texts *ret) {
  size_t n = 0;
  for (const char *line = answered(p, host, "running"); line && *line; line = line_next(line))
    if (*first_line(p, line)) n++, texts_add(p->arena, ret, first_line(p, line));
  return n;
}

static struct texts all_running(struct planning *p) {
  struct texts kvm = kvm_hosts(p), t = {0};
  for (size_t i = 0; i < kvm.count; i++) running_there(p, kvm.item[i], &t);
  return t;
}

static void check_noted(struct planning *p, struct guide_checking *c) {
  struct texts noted = noted_to_run(p), runs = all_running(p);
  if (cluster_is_down(p)) return seen_good(p, c, NULL, "the cluster is stopped: what was noted lies in its configuration");
  if (!pacemaker_seen(p->snap)) return read_as(p, c, TRUTH_UNKNOWN, LAYER_PACEMAKER, "pacemaker is not read");
  bool lacks = false;
  for (size_t i = 0; i < runs.count; i++) {
    const struct domain_view *d = snapshot_domain(p->snap, runs.item[i]);
    const char *name = d && d->resource ? d->resource : d && d->hosts.count ? planf(p, "%s@%s", d->name, d->hosts.item[0]) : NULL;
    const struct resource_view *x = d && d->resource ? resource_seen(p->snap, d->resource) : NULL;
    if (!name || texts_have(&noted, name) || (x && x->disabled == TRUTH_YES)) continue;
    lacks = true;
    read_as(p, c, TRUTH_NO, LAYER_PACEMAKER, planf(p, "%s runs, and is not noted to be started again", runs.item[i]));
  }
  if (!lacks) read_as(p, c, TRUTH_YES, LAYER_PACEMAKER, noted.count ? planf(p, "noted: %s", names_text(p->arena, &noted)) : "nothing runs");
}
static void left_noted(struct planning *p, struct guide_runs *r) { run_of(p, r, "cluster-note-running", "what runs now"); }

static void check_domains(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) {
    struct texts t = {0};
    if (!asked_or_off(p, c, kvm.item[i], "running")) continue;
    if (!answered(p, kvm.item[i], "running")) seen_unclear(p, c, kvm.item[i], "libvirt does not answer");
    else if (running_there(p, kvm.item[i], &t)) seen_bad(p, c, kvm.item[i], "%s run%s", names_text(p->arena, &t), t.count == 1 ? "s" : "");
    else seen_good(p, c, kvm.item[i], "no domain runs");
  }
}

/* The least important first; what nobody drives goes before them all, since nobody would bring it back. */
static void left_domains(struct planning *p, struct guide_runs *r) {
  struct texts runs = all_running(p), order = domains_by_priority(p, true);
  for (size_t i = 0; i < runs.count; i++) {
    const struct domain_view *d = snapshot_domain(p->snap, runs.item[i]);
    if (d && !d->resource) with(p, run_of(p, r, "domain-stop", planf(p, "%s, which no resource drives", d->name)), "domain", d->name);
  }
  for (size_t i = 0; i < order.count; i++) {
    const struct domain_view *d = snapshot_domain_of(p->snap, order.item[i]);
    const struct resource_view *x = resource_seen(p->snap, order.item[i]);
    if (d && texts_have(&runs, d->name)) with(p, run_of(p, r, "domain-stop", planf(p, "%s is shut down by pacemaker (priority %lld)", d->name, (long long)priority_of(p, order.item[i]))), "domain", d->name);
    else if (x && x->disabled != TRUTH_YES && x->role == HA_STARTED) with(p, run_of(p, r, "resource-disable", planf(p, "%s stays stopped", order.item[i])), "resource", order.item[i]);
  }
}

static void check_stopped(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) {
    if (!asked_or_off(p, c, kvm.item[i], "active corosync")) continue;
    bool runs = is_active(p, kvm.item[i], "active corosync") || is_active(p, kvm.item[i], "active pacemaker");
    seen_as(p, c, !runs, kvm.item[i], "the cluster is stopped", "the cluster runs");
  }
}
static void left_stopped(struct planning *p, struct guide_runs *r) { run_of(p, r, "cluster-stop", "it is stopped on every node at once: nobody fences anybody"); }

static bool has_mount(struct planning *p, const char *host) {
  for (const char *line = answered(p, host, "mounts"); line && *line; line = line_next(line))
    if (str_eq(line_word(p, line, 1, false), given(p, "mount")) && str_eq(line_word(p, line, 2, false), "fuse.glusterfs")) return true;
  return false;
}

static void check_unmounted(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++)
    if (asked_or_off(p, c, kvm.item[i], "mounts")) seen_as(p, c, !has_mount(p, kvm.item[i]), kvm.item[i], "the volume is not mounted", planf(p, "%s is mounted", given(p, "mount")));
}
static void left_unmounted(struct planning *p, struct guide_runs *r) {
  struct texts kvm = kvm_hosts(p), t = {0};
  for (size_t i = 0; i < kvm.count; i++)
    if (has_mount(p, kvm.item[i])) texts_add(p->arena, &t, kvm.item[i]);
  if (!t.count) return;
  struct guide_run *x = run_of(p, r, "gluster-unmount", "nothing uses it any more");
  with_list(p, x, "host", &t);
  with(p, x, "path", given(p, "mount"));
}

static void check_gluster_stopped(struct planning *p, struct guide_checking *c) {
  struct texts store = store_hosts(p);
  for (size_t i = 0; i < store.count; i++)
    if (asked_or_off(p, c, store.item[i], "gluster")) seen_as(p, c, !is_active(p, store.item[i], "gluster"), store.item[i], "gluster is stopped", "gluster runs");
}
static void left_gluster_stopped(struct planning *p, struct guide_runs *r) {
  struct texts store = store_hosts(p), t = {0};
  for (size_t i = 0; i < store.count; i++)
    if (is_active(p, store.item[i], "gluster")) texts_add(p->arena, &t, store.item[i]);
  if (t.count) with_list(p, run_of(p, r, "gluster-stop-all", "all copies stop alike"), "host", &t);
}

static bool is_here(struct planning *p, const char *host) {
  const struct host_view *own = own_host(p);
  return own ? same_host(p->snap, own->name, host) : str_eq(host, here(p));
}

static void check_off(struct planning *p, struct guide_checking *c) {
  struct texts all = all_hosts(p);
  size_t others = 0;
  for (size_t i = 0; i < all.count; i++) {
    if (is_here(p, all.item[i])) continue;
    others++;
    if (is_off(p, all.item[i])) seen_good(p, c, all.item[i], "does not answer any more");
    else if (seen_asked(p, c, all.item[i], "alive")) seen_bad(p, c, all.item[i], "has power");
  }
  if (!others) seen_good(p, c, NULL, "there is no other host");
}

static void check_own(struct planning *p, struct guide_checking *c) {
  struct texts all = all_hosts(p);
  for (size_t i = 0; i < all.count; i++)
    if (!is_here(p, all.item[i]) && !is_off(p, all.item[i])) return seen_bad(p, c, all.item[i], "is not off yet: this host is the last, so that somebody can look after the others");
  seen_good(p, c, NULL, "nothing needs this host any more: switch it off now (poweroff); the book cold-start brings all of it back");
}

static const struct guide_step steps[] = {
    {.name = "down-quiet", .title = "Storage is at rest", .where = "the volumes", .shows = "volumes", .ask = ask_down, .check = check_quiet, .left = left_quiet, .settles_ms = BY_ITSELF_MS, .seen = "every copy is whole and alike",
     .why = "What is being healed or moved now would be stopped half way, and after the start one copy would be older than another, with nobody who has seen both. First all copies are whole and alike.",
     .by_hand = "What is in split-brain is decided now (gluster-splitbrain): after the start nobody remembers which copy was right."},
    {.name = "down-noted", .title = "What runs is noted", .where = "the cluster's configuration", .shows = "domains", .needs = {"down-quiet"}, .check = check_noted, .left = left_noted, .seen = "what is to run again is noted",
     .why = "So that the book cold-start starts just these again, and not what was stopped on purpose. The note lies in the cluster's configuration, on the disk of every node."},
    {.name = "down-domains", .title = "The domains are shut down, the least important first", .where = "the KVM hosts", .shows = "domains", .needs = {"down-noted"}, .check = check_domains, .left = left_domains, .seen = "no domain runs",
     .why = "By pacemaker, which would start again what somebody else stops. By priority: what others need goes last. A guest that does not listen is switched off when its time is over.",
     .by_hand = "Tell those who use them before. A guest that hangs in its shutdown: look at its console."},
    {.name = "down-cluster", .title = "The cluster is stopped, on all nodes at once", .where = "each KVM host", .shows = "nodes", .needs = {"down-domains"}, .check = check_stopped, .left = left_stopped, .seen = "corosync and pacemaker run nowhere",
     .why = "Nodes that were switched off one after the other while the cluster runs would be fenced by those that are left."},
    {.name = "down-mounts", .title = "Nobody has the volume mounted", .where = "each KVM host", .shows = "mounts", .needs = {"down-cluster"}, .check = check_unmounted, .left = left_unmounted, .seen = "the volume is mounted nowhere",
     .why = "A mount that loses all its bricks hangs, and with it the shutdown of its host. It stays in fstab: the next boot mounts it."},
    {.name = "down-heals", .title = "The volumes are quiet", .where = "the volumes", .shows = "volumes", .needs = {"down-mounts"}, .check = check_quiet, .left = left_quiet, .settles_ms = BY_ITSELF_MS, .seen = "nothing waits to heal",
     .why = "The last writes of the guests may have left something to heal. Now nobody writes any more: what is alike now stays alike."},
    {.name = "down-gluster", .title = "Gluster is stopped, on all hosts", .where = "each gluster host", .shows = "services", .needs = {"down-mounts", "down-heals"}, .check = check_gluster_stopped, .left = left_gluster_stopped, .seen = "gluster runs nowhere",
     .why = "All bricks end together, with nobody writing: no copy gets ahead of another. The volumes stay started, so that the bricks come with their hosts."},
    {.name = "down-hosts", .title = "The other hosts are switched off", .where = "each host but this one", .shows = "hosts", .needs = {"down-gluster"}, .check = check_off, .settles_ms = BY_ITSELF_MS, .seen = "no other host answers",
     .why = "Nothing runs on them that anybody would miss. KVM hosts first or storage first makes no difference any more.", .by_hand = "On each: poweroff (ssh HOST poweroff), or by its BMC. Then look at its lamp: what does not answer is not always off."},
    {.name = "down-own", .title = "This host, the last", .where = "the console's own host", .shows = "hosts", .needs = {"down-hosts"}, .check = check_own, .seen = "this host may be switched off", .settles_ms = BY_ITSELF_MS,
     .why = "As long as another host has power somebody may have to look after it from here.", .by_hand = "When the others are off: poweroff."},
};
const struct guide_book book_shutdown = {
    .name = "shutdown", .title = "Shut everything down in order", .steps = steps, .count = COUNT(steps),
    .when = "The power will be cut, or the room is moved: everything is to be off, and to come back as it was.", .over = "All other hosts are off. Switch this one off too: poweroff."};
