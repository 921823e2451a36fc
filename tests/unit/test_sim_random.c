/* Thousands of random runs of the simulated cluster: faults and commands as chance has them. At every step: no domain runs
 * twice while fencing is on, quorum is what votequorum's rules say, no two partitions have it, no count is negative, what
 * is saved reads back to the same bytes. In the end everything is mended, and everything must be well again by itself.
 * SEED=N RUNS=N choose others. */
#include "model/fragment.h"
#include "model/snapshot.h"
#include "sim/event.h"
#include "sim/guest.h"
#include "sim/host.h"
#include "sim/pacemaker.h"
#include "sim/ring.h"
#include "sim/scenario.h"
#include "sim/sim.h"
#include "sim/store.h"
#include "tests/unit/unit.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const texts[] = {
    "host kvm[1-2] kvm memory=16G\nhost node[1-4] store\nvolume m replica 2 bricks node[1-4]:/b option.server.tcp-user-timeout=4 option.server.keepalive-time=2 option.server.keepalive-interval=1\n"
    "mount m /kvmdata on kvm[1-2] from node1 options=backup-volfile-servers=node2\ncluster c kvm[1-2]\nfencing for kvm[1-2] delay=2s\ndomain d[1-4] volume m memory=1G\ndefault failure-timeout=30s\n",
    "host n[1-3] kvm store memory=16G\nvolume m replica 3 arbiter 1 bricks n[1-3]:/b option.features.shard=on\nmount m /kvmdata on n[1-3] from n1 options=backup-volfile-servers=n2:n3\ncluster c n[1-3]\nfencing for n[1-3]\n"
    "domain d[1-5] volume m memory=1G dirty=100M\ndefault resource-stickiness=100\ndefault failure-timeout=30s\n",
    "host k[1-5] kvm memory=16G\nhost s[1-3] store\nvolume m disperse 3 redundancy 1 bricks s[1-3]:/b\nmount m /kvmdata on k[1-5] from s1 options=backup-volfile-servers=s2:s3\ncluster c k[1-5] links=2\nfencing for k[1-5]\n"
    "domain d[1-8] volume m memory=1G shutdown=8s\nconstraint order d1 then d2\nconstraint colocation d3 with d1 INFINITY\ndefault failure-timeout=20s\n",
    "host k[1-4] kvm memory=16G\nhost s[1-2] store\nhost q bare\nvolume m replica 2 bricks s[1-2]:/b\nmount m /kvmdata on k[1-4] from s1 options=backup-volfile-servers=s2\ncluster c k[1-4]\nqdevice q\nfencing for k[1-4]\ndomain d[1-4] volume m memory=1G\n"
    "default failure-timeout=20s\n",
    "host k[1-6] kvm memory=16G\nhost s1 store\nvolume m bricks s1:/b\nmount m /kvmdata on k[1-6] from s1\ncluster c k[1-6] last_man_standing auto_tie_breaker wait_for_all=yes\nfencing for k[1-6]\ndomain d[1-4] volume m memory=1G\n"
    "default failure-timeout=20s\n",
};

struct run {
  struct store store; /* of a console that watches, when `watched` */
  bool watched;
  struct sim *sim;
  struct world *w;
  unsigned seed, left;
  bool direct; /* libvirt's own road is taken too: then a domain may run twice */
};

static unsigned draw(struct run *r, unsigned below) {
  r->left = r->left * 1103515245 + 12345;
  return (r->left >> 16) % below;
}

/* ---- what must hold at every moment ---- */

static void never_twice(const struct run *r) {
  if (r->direct || !fencing_enabled(r->w)) return;
  EACH(r->w->domains, struct sim_domain, d) {
    int running = 0;
    EACH(d->instances, struct sim_instance, i) running += str_eq(i->state, "running");
    if (running > 1)
      EACH(d->instances, struct sim_instance, i) print_message("%s on %s (%s)\n", d->name, i->host, i->state);
    if (running > 1) fail_msg("seed %u: %s runs %d times at %" PRId64, r->seed, d->name, running, (r->w->clock - r->w->began));
  }
}

/* By a rule of its own: a member of more than half of all votes has quorum; of two nodes one is enough once both were seen. */
static void quorum_right(const struct run *r) {
  struct quorum_rules rules = ring_rules(r->w);
  EACH(r->w->hosts, struct sim_host, h) {
    if (!is_node(h) || !daemon_runs(h, "corosync") || !h->members.count || world_awaits(r->w, "ring", h->name)) continue;
    if (r->w->corosync.qdevice_host && world_awaits(r->w, "device", NULL)) continue;
    const struct sim_host *q = r->w->corosync.qdevice_host ? world_host(r->w, r->w->corosync.qdevice_host) : NULL;
    int64_t votes = (int64_t)h->members.count + (q && host_up(q) && !KNOWN(q->cluster_cut) ? ring_device_votes(r->w, h) : 0);
    bool more = votes * 2 > rules.expected;
    bool by_count = !rules.last_man_standing && !rules.auto_tie_breaker; /* else what was before decides too: test_sim_quorum */
    if (!by_count) more = YES(h->quorate);
    if (rules.two_node ? YES(h->waiting) == YES(h->quorate) : more != YES(h->quorate)) fail_msg("seed %u: %s with %" PRId64 " of %" PRId64 " votes: quorate %d, waiting %d", r->seed, h->name, votes, rules.expected, YES(h->quorate), YES(h->waiting));
    if (rules.two_node && h->members.count == 2 && !YES(h->quorate)) fail_msg("seed %u: %s sees both and has no quorum", r->seed, h->name);
    /* With last man standing one that was counted out may come back to the half that had lost, and make it a second whole. */
    if (rules.last_man_standing && r->w->parts.count) continue;
    EACH(r->w->hosts, struct sim_host, o)
      if (!rules.two_node && o != h && is_node(o) && YES(o->quorate) && YES(h->quorate) && daemon_runs(o, "corosync") && !world_awaits(r->w, "ring", o->name) && !texts_have(&h->members, o->name) && !texts_have(&o->members, h->name))
        fail_msg("seed %u: %s and %s have quorum apart", r->seed, h->name, o->name);
  }
}

static void no_nonsense(const struct run *r) {
  const struct world *w = r->w;
  EACH(w->volumes, struct sim_volume, v) {
    assert_true(v->split_brain >= 0);
    EACH(v->bricks, struct sim_brick, b) {
      assert_true(b->behind >= 0 && b->used >= 0 && b->used <= b->size);
      assert_true(pending_at(w, v, b) >= 0);
    }
  }
  EACH(w->resources, struct sim_resource, x) {
    for (size_t i = 0; i < x->fail_count.count; i++) assert_true(x->fail_count.item[i].value >= 0 && x->fail_count.item[i].value <= SCORE_INFINITY);
    for (size_t i = 0; i < x->nodes.count; i++) assert_non_null(world_host(w, x->nodes.item[i]));
  }
  for (size_t i = 1; i < w->queue.count; i++) assert_true(w->queue.item[i].at >= w->queue.item[i - 1].at);
  if (w->queue.count > 2000) fail_msg("seed %u: the queue has %zu events", r->seed, w->queue.count);
}

static void always(const struct run *r) {
  never_twice(r);
  quorum_right(r);
  no_nonsense(r);
}

static void same_when_read_back(const struct run *r) {
  struct str first = {0}, second = {0};
  struct world *again = NULL;
  struct err e = {0};
  world_print(r->w, &first);
  if (world_parse(first.data, first.len, &again, &e)) fail_msg("seed %u: %s", r->seed, e.text);
  world_print(again, &second);
  assert_string_equal(first.data, second.data);
  world_free(again);
  str_free(&first), str_free(&second);
}

/* ---- what happens ---- */

static const char *some_host(struct run *r) { return r->w->hosts.item[draw(r, (unsigned)r->w->hosts.count)].name; }
static const char *some_node(struct run *r) {
  for (;;) {
    const struct sim_host *h = &r->w->hosts.item[draw(r, (unsigned)r->w->hosts.count)];
    if (is_node(h)) return h->name;
  }
}
static const char *some_domain(struct run *r) { return r->w->domains.item[draw(r, (unsigned)r->w->domains.count)].name; }
static const char *some_brick(struct run *r) {
  const struct sim_volume *v = &r->w->volumes.item[0];
  return v->bricks.item[draw(r, (unsigned)v->bricks.count)].host;
}

static void happen(struct run *r, const char *what, const char *subject, const char *detail) {
  if (getenv("VERBOSE")) print_message("       %s %s %s\n", what, subject, detail ? detail : "");
  world_happen(r->w, what, subject, detail);
}

/* Some hosts do not see some others, or one of a host's two networks is gone. */
static void parts(struct run *r) {
  static const char *const layers[] = {"", " corosync", " gluster"};
  char others[200];
  if (draw(r, 3) == 0) {
    happen(r, draw(r, 2) ? "cut" : "join", some_host(r), draw(r, 2) ? "cluster" : "storage");
    return;
  }
  bool mends = draw(r, 3) == 0;
  snprintf(others, sizeof others, "%s,%s%s", some_host(r), some_host(r), mends ? "" : layers[draw(r, 3)]);
  happen(r, mends ? "mend" : "part", some_host(r), others);
}

static void fault(struct run *r) {
  static const char *const daemons[] = {"corosync", "pacemaker", "libvirtd", "glusterd", "sshd", "pcsd"};
  static const char *const on_host[] = {"power off", "power on", "power on", "cut", "join", "join", "freeze", "thaw", "thaw", "break bmc", "mend bmc", "mend bmc"};
  static const char *const on_daemon[] = {"start", "start", "stop", "kill", "hang", "resume", "resume"};
  switch (draw(r, 7)) {
  case 0:
  case 1: happen(r, on_host[draw(r, COUNT(on_host))], some_host(r), NULL); break;
  case 2:
  case 3: happen(r, on_daemon[draw(r, COUNT(on_daemon))], some_host(r), daemons[draw(r, COUNT(daemons))]); break;
  case 4: happen(r, draw(r, 2) ? "start brick" : draw(r, 2) ? "kill brick" : "hang brick", some_brick(r), NULL); break;
  case 5: parts(r); break;
  default: happen(r, draw(r, 2) ? "crash" : "fill", draw(r, 2) ? some_domain(r) : "m", "100"); break;
  }
}

static void command(struct run *r) {
  static const char *const forms[][8] = {
      {"crm_resource", "-M", "-r", "@d", "-N", "@n"}, {"crm_resource", "-B", "-r", "@d"},          {"crm_resource", "-U", "-r", "@d"},           {"crm_resource", "--cleanup", "-r", "@d"},
      {"crm_resource", "--cleanup"},                  {"pcs", "node", "standby", "@n"},            {"pcs", "node", "unstandby", "@n"},           {"pcs", "resource", "disable", "@d"},
      {"pcs", "resource", "enable", "@d"},            {"pcs", "resource", "manage", "@d"},
      {"pcs", "property", "set", "maintenance-mode="}, {"pcs", "stonith", "fence", "@n"},           {"systemctl", "stop", "pacemaker"},           {"systemctl", "start", "pacemaker"},
      {"pcs", "cluster", "stop", "@n"},               {"pcs", "cluster", "start", "@n"},           {"gluster", "volume", "start", "m", "force"}, {"gluster", "volume", "heal", "m"},
      {"crm_mon", "-1", "--output-as=xml"},           {"gluster", "volume", "status"},             {"virsh", "list", "--all"},                   {"corosync-quorumtool", "-s"},
      {"virsh", "destroy", "@d"},                     {"virsh", "suspend", "@d"},                  {"virsh", "resume", "@d"},                    {"nonsense", "@d"},
      {"pcs", "property", "set", "no-quorum-policy=freeze"}, {"pcs", "property", "set", "no-quorum-policy="}, {"virsh", "domjobabort", "@d"}, {"pcs", "resource", "meta", "@d", "migration-threshold=2"},
      {"cibadmin", "--delete", "--xpath", "//rsc_location[@role=\"Started\"]"}, {"crm_attribute", "-N", "@n", "-n", "site", "--update=x"}, {"attrd_updater", "-p", "-n", "beat", "-U", "1"},
      {"cibadmin", "--create", "--scope", "crm_config", "--xml-text", "<cluster_property_set id=\"l\"/>"}, {"cibadmin", "--delete", "--xpath", "//cluster_property_set[@id=\"l\"]"}, {"cibadmin", "-Q"},
      {"gluster", "volume", "replace-brick", "m", "@b", "@c", "commit", "force"}, {"gluster", "volume", "remove-brick", "m", "@b", "start"}, {"gluster", "volume", "remove-brick", "m", "@b", "stop"},
      {"gluster", "volume", "rebalance", "m", "start"}, {"gluster", "volume", "rebalance", "m", "status"}, {"gluster", "volume", "heal", "m", "full"},
      /* What goes past pacemaker, or tells it to look away while a node leaves: then it may run twice. */
      {"pcs", "resource", "unmanage", "@d"},          {"pcs", "property", "set", "maintenance-mode=true"},
      {"virsh", "start", "@d"},                       {"virsh", "migrate", "--live", "@d", "qemu+ssh://k2/system"}};
  size_t n = draw(r, r->direct ? COUNT(forms) : COUNT(forms) - 4);
  const char *argv[10] = {0};
  struct command_result out;
  char old[200], fresh[200];
  const char *store = some_brick(r);
  snprintf(old, sizeof old, "%s:%s", store, brick_of(&r->w->volumes.item[0], store, NULL)->path);
  snprintf(fresh, sizeof fresh, "%s:/c%u", store, draw(r, 1000));
  for (size_t i = 0; i < 8 && forms[n][i]; i++) argv[i] = str_eq(forms[n][i], "@d") ? some_domain(r) : str_eq(forms[n][i], "@n") ? some_node(r) : str_eq(forms[n][i], "@b") ? old : str_eq(forms[n][i], "@c") ? fresh : forms[n][i];
  const char *on = some_host(r);
  for (size_t i = 0; getenv("VERBOSE") && argv[i]; i++) print_message("%s%s%s", i ? " " : "       ", argv[i], argv[i + 1] ? "" : "\n");
  if (str_eq(argv[0], "gluster") || draw(r, 3) == 0) sim_execute(r->sim, on, argv, NULL, &out, NULL, NULL);
  else sim_execute(r->sim, some_node(r), argv, NULL, &out, NULL, NULL);
  assert_true(out.took_ms >= 0 && out.code >= 0 && out.code < 256);
  command_result_free(&out);
}

/* What a console would be told: each line is a fragment, and what they say together can be merged. */
static void listen(void *owner, const char *line, size_t len, int64_t at) {
  struct run *r = owner;
  struct fragment *f;
  struct err e = {0};
  if (fragment_parse(line, len, &f, &e)) fail_msg("seed %u: %s: %.200s", r->seed, e.text, line);
  store_add(&r->store, f, at);
  fragment_drop(f);
}

static void watch(struct run *r, int64_t until) {
  sim_run(r->sim, until, listen, r);
  always(r);
  struct snapshot *s = snapshot_make(&r->store, r->w->clock, r->w->clock, NULL, NULL);
  for (size_t i = 0; i < s->volumes.count; i++) assert_true(s->volumes.item[i].heal_pending == UNKNOWN_INT || s->volumes.item[i].heal_pending >= 0);
  snapshot_drop(s);
}

/* Time passes, event by event. */
static void pass(struct run *r, int64_t ms) {
  int64_t until = r->w->clock + ms;
  if (r->watched) {
    watch(r, until);
    return;
  }
  while (world_next(r->w) <= until) {
    const struct sim_event x = r->w->queue.item[0];
    if (getenv("VERBOSE")) print_message("%6" PRId64 " %s %s %s\n", x.at - r->w->began, x.what, x.subject ? x.subject : "", x.detail ? x.detail : "");
    world_step(r->w);
    if (getenv("VERBOSE") && !strcmp(x.what, "think"))
      EACH(r->w->ops, struct sim_op, o) print_message("              op %" PRId64 " %s %s on %s by %s\n", o->id, o->task, o->resource, o->node, o->dc);
    always(r);
  }
  sim_run(r->sim, until, NULL, NULL);
}

/* ---- the end: all is mended, and then it must be well ---- */

static void mend(struct run *r) {
  EACH(r->w->parts, struct sim_part, p) world_happen(r->w, "mend", p->one, p->other);
  for (size_t i = 0; i < r->w->hosts.count; i++) {
    struct sim_host *h = &r->w->hosts.item[i];
    static const char *const events[] = {"mend bmc", "thaw", "join", "power on"};
    for (size_t k = 0; k < COUNT(events); k++) world_happen(r->w, events[k], h->name, NULL);
    h->standby = h->maintenance = TRUTH_NO;
    for (size_t k = 0; k < h->daemons.count; k++) world_happen(r->w, "resume", h->name, h->daemons.item[k].name);
  }
  set_pair(r->w, &r->w->properties, "maintenance-mode", NULL);
  set_pair(r->w, &r->w->properties, "no-quorum-policy", NULL);
  for (size_t i = r->w->constraints.count; i-- > 0;)
    if (str_starts(r->w->constraints.item[i].id, "cli-")) drop_item(&r->w->constraints, sizeof *r->w->constraints.item, i);
  EACH(r->w->resources, struct sim_resource, x) {
    set_pair(r->w, &x->meta, "target-role", NULL);
    set_pair(r->w, &x->meta, "is-managed", NULL);
    set_pair(r->w, &x->meta, "migration-threshold", NULL);
  }
}

static void restart(struct run *r) {
  for (size_t i = 0; i < r->w->hosts.count; i++)
    for (size_t k = 0; k < r->w->hosts.item[i].daemons.count; k++) {
      const struct sim_daemon *d = &r->w->hosts.item[i].daemons.item[k];
      if (YES(d->enabled)) world_happen(r->w, "start", r->w->hosts.item[i].name, d->name);
    }
  world_happen(r->w, "fill", "m", "30");
  for (size_t i = 0; i < r->w->hosts.count; i++) {
    world_happen(r->w, "start brick", r->w->hosts.item[i].name, NULL);
    mount_fstab(r->w, &r->w->hosts.item[i]);
  }
}

static void all_well(const struct run *r) {
  EACH(r->w->hosts, struct sim_host, h) {
    if (!is_node(h)) continue;
    if (!YES(h->quorate) || h->joined != JOIN_ONLINE || node_unclean(r->w, h, h)) fail_msg("seed %u: %s: quorate %d, joined %d, power %d, condemned %d, waiting %d, members %zu", r->seed, h->name, YES(h->quorate), h->joined, h->power, YES(h->condemned), YES(h->waiting), h->members.count);
  }
  EACH(r->w->domains, struct sim_domain, d) {
    if (d->instances.count != 1) fail_msg("seed %u: in the end %s has %zu instances", r->seed, d->name, d->instances.count);
    const struct sim_resource *x = world_resource(r->w, d->name);
    if (x->nodes.count != 1 || !str_eq(x->nodes.item[0], d->instances.item[0].host)) fail_msg("seed %u: %s: pacemaker has it elsewhere", r->seed, d->name);
  }
  EACH(r->w->volumes, struct sim_volume, v) EACH(v->bricks, struct sim_brick, b) {
    if (!brick_lives(r->w, b)) fail_msg("seed %u: brick %s is down in the end", r->seed, b->host);
  }
}

static void recover(struct run *r) {
  for (int turn = 0; turn < 4; turn++) {
    mend(r);
    pass(r, 60000);
    restart(r);
    pass(r, 90000);
    pacemaker_cleanup(r->w, NULL, NULL);
    EACH(r->w->domains, struct sim_domain, d) EACH(d->instances, struct sim_instance, i) guest_resume(r->w, d, i->host);
    pass(r, 120000);
  }
}

static void one_run(unsigned seed, bool direct, bool to_the_end) {
  char path[64];
  struct err e = {0};
  struct run r = {.seed = seed, .left = seed * 7919 + 17, .direct = direct, .watched = seed % 16 == 7};
  int64_t of = seed;
  snprintf(path, sizeof path, "/tmp/sim-random.%d", (int)getpid());
  FILE *f = fopen(path, "w");
  fputs(texts[seed % COUNT(texts)], f);
  fclose(f);
  if (sim_open(&(struct sim_options){.scenario = path, .seed = &of}, &r.sim, &e)) fail_msg("%s", e.text);
  unlink(path);
  r.w = sim_world(r.sim);
  for (unsigned n = 5 + draw(&r, 25); n; n--) {
    if (draw(&r, 2)) fault(&r);
    else command(&r);
    r.w = sim_world(r.sim);
    always(&r);
    pass(&r, draw(&r, 4) ? draw(&r, 3000) : draw(&r, 30000));
    if (draw(&r, 20) == 0) same_when_read_back(&r);
  }
  if (to_the_end) {
    recover(&r);
    all_well(&r);
  }
  store_clear(&r.store);
  sim_close(r.sim);
}

static unsigned number(const char *name, unsigned otherwise) { return getenv(name) ? (unsigned)strtoul(getenv(name), NULL, 10) : otherwise; }

static void each_run(void **state) {
  unsigned first = number("SEED", 1), runs = number("RUNS", 2000);
  (void)state;
  for (unsigned seed = first; seed < first + runs; seed++) one_run(seed, seed % 5 == 4, seed % 5 != 4 && seed % 16 != 7);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_run)};
  return RUN(tests);
}
