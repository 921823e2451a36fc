/* All drills from beginning to end on the simulated cluster: what was measured against what really happened, what is found when it
 * fails, what ends it at once, and what becomes of it when nobody is there any more. */
#include "drilled.h"
#include "sim/pacemaker.h"
#include "sim/ring.h"
#include <sys/wait.h>

static void on_kvm02(struct drilled *d) {
  drilled_happen(d, "move test01 kvm02", 8000);
  drilled_happen(d, "clear test01", 1000);
  d->host = "kvm02";
  d->domain = "test01";
}

/* A fencing has succeeded before: so drills that need one may run. */
static void proven_on_kvm02(struct drilled *d) {
  drilled_happen(d, "power off kvm02", 60000);
  on_kvm02(d);
}

static const char *host_file_of(const struct drilled *d, const char *host, const char *path) { return pairs_get(&world_host(sim_world(d->g.sim), host)->files, path); }
static bool drill_watch_is_injected(const struct drilled *d) { return drill_run_report(d->run, d->g.arena)->injected != UNKNOWN_INT; }
static int64_t gap(int64_t a, int64_t b) { return a > b ? a - b : b - a; }

/* As measured, within what it says of its own uncertainty, which is small. */
static void measured_well(const struct drilled *d, const struct drill_report *r) {
  assert_int_equal(r->outages.count, 1);
  const struct drill_outage *o = &r->outages.item[0];
  assert_true(d->off && d->alive);
  enum { BOOT_MS = 3000, EACH_MS = 100 }; /* a simulated guest's: its users wait for that too, libvirt does not know of it */
  int64_t started = d->alive - d->off, really = d->alive + BOOT_MS - (d->cut ? d->cut : d->off);
  int64_t seen = d->cut ? EACH_MS : 0; /* so far apart this test looks at the packets */
  if (o->uncertainty_ms > 200 || gap(o->ms, really) > o->uncertainty_ms + 50 + seen || gap(o->running_ms, started) > 200) {
    drilled_print(r);
    fail_msg("measured %lld ms +-%lld, started after %lld; really %lld, %lld", (long long)o->ms, (long long)o->uncertainty_ms, (long long)o->running_ms, (long long)really, (long long)started);
  }
}

static int64_t phase_sum(const struct drill_report *r, const char *until) {
  int64_t sum = 0;
  for (size_t i = 0; i < r->phases.count; i++) {
    sum += r->phases.item[i].ms;
    if (str_eq(r->phases.item[i].to, until)) return sum;
  }
  return UNKNOWN_INT;
}

static void power_is_lost(void **state) {
  struct drilled *d = drilled_new("lab", false);
  (void)state;
  on_kvm02(d);
  const struct drill_report *r = drilled_run(d, "power-lost", "domain=test01");
  VERDICT(r, DRILL_PASSED);
  assert_string_equal(r->target, "kvm02");
  measured_well(d, r);
  assert_int_equal(r->reverted, TRUTH_YES);
  assert_string_equal(r->reverted_text, "by its fencing");
  assert_non_null(drilled_event(r, "silent"));
  assert_true(gap(phase_sum(r, "works"), r->outages.item[0].ms) <= 400); /* the phases are the outage, and nothing is left over */
  assert_int_equal(world_awaits(sim_world(d->g.sim), "script", NULL), false);
  assert_null(host_file_of(d, "kvm01", "/run/kvmconsole-drill-power"));
  /* Now it is proven: the next may be one that lives meanwhile. */
  on_kvm02(d);
  assert_int_equal(drilled_plan(d, "host-hung", "host=kvm02")->allowed, TRUTH_YES);
  drilled_free(d);
}

static void a_host_hangs(void **state) {
  struct drilled *d = drilled_new("lab", false);
  (void)state;
  proven_on_kvm02(d); /* the fence agent waits twice, longer than the bricks keep the locks */
  const struct drill_report *r = drilled_run(d, "host-hung", "host=kvm02");
  VERDICT(r, DRILL_PASSED);
  measured_well(d, r);
  assert_non_null(drilled_event(r, "fenced"));
  assert_true(drilled_event(r, "injected")->at < drilled_event(r, "left")->at);
  assert_true(drilled_event(r, "left")->at < drilled_event(r, "fenced")->at);
  assert_true(r->outages.item[0].ms < phase_sum(r, "running")); /* it ran on until it was shot */
  drilled_free(d);
}

/* Suspended as a whole it falls silent at once: its guests' outage begins there, and its locks are let go of as those of a dead host. */
static void its_hypervisor_suspends_a_host(void **state) {
  struct drilled *d = drilled_new(NESTED("vm-k2", " option.server.tcp-user-timeout=4 option.server.keepalive-time=2 option.server.keepalive-interval=1 option.server.keepalive-count=2"), false);
  (void)state;
  drilled_happen(d, "power off k2", 60000);
  drilled_happen(d, "move d1 k2", 8000);
  drilled_happen(d, "clear d1", 1000);
  const struct drill_report *r = drilled_run(d, "host-suspended", "host=k2;hypervisor=outer;machine=vm-k2");
  VERDICT(r, DRILL_PASSED);
  assert_non_null(drilled_event(r, "fenced"));
  assert_int_equal(r->outages.count, 1);
  int64_t began = drilled_event(r, "injected")->at, back = r->outages.item[0].ms;
  assert_true(drilled_event(r, "fenced")->at - began < back); /* it stood still while it was looked for and shot */
  assert_false(world_awaits(sim_world(d->g.sim), "script", NULL)); /* the timer on its hypervisor is stopped */
  drilled_free(d);
}

/* Nothing cuts its power: its domain is started nowhere, and it is let go on. */
static void a_suspended_host_that_is_not_fenced(void **state) {
  struct drilled *d = drilled_new(NESTED("vm-k2", ""), false);
  (void)state;
  drilled_happen(d, "power off k2", 60000);
  drilled_begin(d, "host-suspended", "host=k2;hypervisor=outer;machine=vm-k2");
  drilled_happen(d, "break bmc k2", 1000);
  const struct drill_report *r = drilled_end(d);
  VERDICT(r, DRILL_FAILED);
  assert_null(drilled_event(r, "fenced"));
  assert_int_equal(world_host(sim_world(d->g.sim), "k2")->frozen, TRUTH_NO);
  drilled_free(d);
}

/* The console is gone after it was suspended, and fencing does not work any more: the timer on its hypervisor lets it go on. */
static void its_hypervisor_lets_it_go_on(void **state) {
  struct drilled *d = drilled_new(NESTED("vm-k2", ""), false);
  (void)state;
  drilled_happen(d, "power off k2", 60000);
  drilled_begin(d, "host-suspended", "host=k2;hypervisor=outer;machine=vm-k2");
  const struct sim_host *k2 = world_host(sim_world(d->g.sim), "k2");
  for (int i = 0; i < 200 && k2->frozen != TRUTH_YES; i++) drilled_pass(d, 100);
  assert_int_equal(k2->frozen, TRUTH_YES);
  drilled_happen(d, "break bmc k2", 0);
  drill_run_free(d->run);
  d->run = NULL;
  tasks_free(d->tasks);
  d->tasks = NULL;
  drilled_pass(d, 400000);
  assert_int_equal(world_host(sim_world(d->g.sim), "k2")->frozen, TRUTH_NO);
  drilled_free(d);
}

static void the_others_pass(void **state) {
  static const struct { const char *name, *words, *event; } rows[] = {{"move-and-back", "resource=test01", "running"}, {"graceful-stop", "host=kvm02", "joined"}, {"glusterd-stopped", "host=node2;hold=8", "peer-lost"}, {"brick-killed", "brick=node2:/data;hold=8", "brick-down"}};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct drilled *d = drilled_new("lab", false);
    const struct drill_report *r = drilled_run(d, rows[i].name, rows[i].words);
    VERDICT(r, DRILL_PASSED);
    assert_int_equal(r->reverted, TRUTH_YES);
    if (!drilled_event(r, rows[i].event)) drilled_print(r);
    if (!drilled_event(r, rows[i].event)) fail_msg("%s: no %s", rows[i].name, rows[i].event);
    assert_false(world_awaits(sim_world(d->g.sim), "script", NULL)); /* its timer is stopped */
    for (size_t k = 0; k < r->outages.count; k++) assert_in_range(r->outages.item[k].ms, 0, 2000);
    drilled_free(d);
  }
}

static void corosync_dies_and_a_network_is_cut(void **state) {
  static const char *const names[] = {"corosync-killed", "network-cut"};
  (void)state;
  for (size_t i = 0; i < COUNT(names); i++) {
    struct drilled *d = drilled_new("lab", false);
    drilled_happen(d, "option models server.tcp-user-timeout 2", 500);
    drilled_happen(d, "option models server.keepalive-time 1", 500);
    set_pair(sim_world(d->g.sim), &world_resource(sim_world(d->g.sim), "fence-kvm01")->params, "pcmk_delay_base", "5s"); /* kvm01 is the one that is left */
    proven_on_kvm02(d);
    drilled_pass(d, 12000);
    const struct drill_report *r = drilled_run(d, names[i], "host=kvm02");
    VERDICT(r, DRILL_PASSED);
    assert_non_null(drilled_event(r, "fenced"));
    measured_well(d, r);
    assert_int_equal(r->reverted, TRUTH_YES);
    assert_null(host_file_of(d, "kvm02", "/run/nft/kvmconsole_drill"));
    drilled_free(d);
  }
}

/* A host of bricks is silent: writes to its set stand still for one to two ping-timeouts, as one expects, and all beats go on. */
static void writes_stand_still(void **state) {
  struct drilled *d = drilled_new("host kvm[01-02] kvm\nhost node[1-2] store\nvolume v replica 2 bricks node[1-2]:/b size=1G used=1 option.network.ping-timeout=5\nmount v /v on kvm[01-02] from node1\ncluster c kvm[01-02]\nhere kvm01\n"
                                  "fencing for kvm[01-02]\ndomain a volume v mount=/v memory=1G image=1G\n", false);
  (void)state;
  const struct drill_report *r = drilled_run(d, "network-cut", "host=node2;hold=40;probe=/v;ping=a=a");
  VERDICT(r, DRILL_PASSED);
  static const struct { const char *domain, *says; } stall[] = {{"a", "its writes, seen on node1:/b"}, {"writes to /v", "4 KiB"}};
  assert_int_equal(r->stalls.count, 3); /* and its pings, which go on: its processor does */
  for (size_t i = 0; i < COUNT(stall); i++) {
    const struct drill_outage *o = NULL;
    for (size_t k = 0; k < r->stalls.count; k++)
      if (str_eq(r->stalls.item[k].domain, stall[i].domain) && str_starts(r->stalls.item[k].text, stall[i].says)) o = &r->stalls.item[k];
    assert_non_null(o);
    if (o->ms < 5000 || o->ms > 10000) drilled_print(r);
    assert_in_range(o->ms, 5000, 10000);
    assert_in_range(o->uncertainty_ms, 1, 200);
  }
  assert_int_equal(r->expected.stall_ms, 10000);
  assert_non_null(drilled_event(r, "stands-still"));
  assert_non_null(drilled_event(r, "goes-on"));
  assert_null(world_file(sim_world(d->g.sim), "v", "/.kvmconsole-probe")); /* nothing is left of it */
  drilled_free(d);
}

/* What it answers says the same as what it writes: the guest has to boot. */
static void a_domain_that_is_pinged(void **state) {
  struct drilled *d = drilled_new("lab", false);
  (void)state;
  on_kvm02(d);
  const struct drill_report *r = drilled_run(d, "power-lost", "host=kvm02;ping=test01=test01");
  VERDICT(r, DRILL_PASSED);
  measured_well(d, r);
  assert_int_equal(r->stalls.count, 1);
  assert_true(gap(r->stalls.item[0].ms, r->outages.item[0].ms) <= 200);
  drilled_free(d);
}

/* A domain that no resource drives is lost with its host: known before, so no failure of the drill. */
static void a_plain_domain_is_given_up(void **state) {
  struct drilled *d = drilled_new("lab", false);
  (void)state;
  on_kvm02(d);
  drilled_happen(d, "property maintenance-mode true", 500);
  for (size_t i = 0; i < sim_world(d->g.sim)->resources.count; i++)
    if (str_eq(sim_world(d->g.sim)->resources.item[i].id, "test01")) drop_item(&sim_world(d->g.sim)->resources, sizeof *sim_world(d->g.sim)->resources.item, i--);
  drilled_happen(d, "property maintenance-mode false", 3000);
  assert_null(snapshot_domain(d->g.snap, "test01")->resource);
  assert_int_equal(drilled_plan(d, "power-lost", "host=kvm02")->allowed, TRUTH_NO); /* ok-to-stop is against it */
  const struct drill_report *r = drilled_run(d, "power-lost", "host=kvm02;force=yes");
  VERDICT(r, DRILL_PASSED);
  assert_string_equal(r->expected.domains.item[0].effect, "stops");
  assert_int_equal(r->outages.item[0].ms, UNKNOWN_INT);
  drilled_free(d);
}

/* ---- when it fails ---- */

static void the_lock_outlives_the_host(void **state) {
  struct drilled *d = drilled_new("lab", true);
  (void)state;
  set_pair(sim_world(d->g.sim), &world_resource(sim_world(d->g.sim), "fence-kvm02")->params, "power_wait", "0");
  proven_on_kvm02(d); /* the lab's locks go after 4 s; an agent that waits for nothing has the domain started a second after the power was cut */
  const struct drill_report *r = drilled_run(d, "host-hung", "host=kvm02");
  VERDICT(r, DRILL_FAILED);
  const struct drill_finding *f = drilled_finding(r, "lock-outlives-fencing");
  if (!f) drilled_print(r);
  assert_non_null(f);
  assert_string_equal(f->operation, "cluster-property");
  assert_non_null(strstr(f->evidence, "write\" lock"));
  assert_int_equal(r->clocks.count, 6);
  drilled_free(d);
}

/* It does not wait for what cannot come: no node can read what the domain is started by. */
static void what_is_started_nowhere_ends_it(void **state) {
  struct drilled *d = drilled_new("lab", true);
  struct world *w = sim_world(d->g.sim);
  (void)state;
  proven_on_kvm02(d);
  drilled_begin(d, "power-lost", "host=kvm02");
  for (int i = 0; i < 600 && world_host(w, "kvm02")->power == POWER_ON; i++) drilled_pass(d, 100);
  set_pair(w, &world_resource(w, "test01")->params, "config", "/nowhere/test01.xml");
  const struct drill_report *r = drilled_end(d);
  VERDICT(r, DRILL_FAILED);
  if (!r->aborted || !strstr(r->aborted, "test01 is started nowhere any more")) fail_msg("it ended by: %s", r->aborted ? r->aborted : "itself");
  assert_int_equal(r->reverted, TRUTH_YES);
  drilled_free(d);
}

static void the_bmc_is_dead(void **state) {
  struct drilled *d = drilled_new("lab", true);
  (void)state;
  proven_on_kvm02(d);
  drilled_begin(d, "host-hung", "host=kvm02");
  drilled_happen(d, "break bmc kvm02", 1000);
  const struct drill_report *r = drilled_end(d);
  VERDICT(r, DRILL_FAILED);
  assert_non_null(drilled_finding(r, "fencing-unproven"));
  assert_null(drilled_event(r, "fenced"));
  assert_non_null(drilled_event(r, "reverted"));
  assert_int_equal(drill_exit(r->verdict), 1);
  /* Kept as it was. */
  struct drill_reports kept;
  drills_kept(d->folder, d->g.arena, &kept);
  assert_int_equal(kept.count, 1);
  assert_true(shape_equal(&drill_report_shape, r, kept.item[0]));
  drilled_free(d);
}

static void power_that_nobody_could_give_back_is_not_cut(void **state) {
  struct drilled *d = drilled_new("lab", false);
  (void)state;
  on_kvm02(d);
  drilled_happen(d, "break bmc kvm02", 1000);
  const struct drill_report *r = drilled_run(d, "power-lost", "host=kvm02");
  VERDICT(r, DRILL_FAILED);
  assert_int_equal(world_host(sim_world(d->g.sim), "kvm02")->power, POWER_ON);
  assert_int_equal(r->injected, UNKNOWN_INT);
  assert_int_equal(r->reverted, TRUTH_YES);
  drilled_free(d);
}

/* ---- what ends it at once ---- */

static void a_second_fault_ends_it(void **state) {
  struct drilled *d = drilled_new("lab", false);
  (void)state;
  drilled_begin(d, "glusterd-stopped", "host=node2;hold=120");
  drilled_pass(d, 10000);
  assert_int_not_equal(drill_run_reverts_at(d->run), UNKNOWN_INT);
  drilled_happen(d, "kill brick node4:/data", 1000);
  drilled_pass(d, 14000); /* at once: not when its 120 s are over */
  assert_int_equal(host_daemon(world_host(sim_world(d->g.sim), "node2"), "glusterd")->life, LIFE_RUNNING);
  simulated_happen(&d->g, "start brick node4:/data");
  const struct drill_report *r = drilled_end(d);
  VERDICT(r, DRILL_ABORTED);
  assert_non_null(strstr(r->aborted, "node4:/data is down"));
  drilled_free(d);
}

static void a_brick_dies_meanwhile(void **state) {
  static const struct { const char *name, *words; } rows[] = {{"graceful-stop", "host=kvm02"}, {"corosync-killed", "host=kvm02;force=yes"}};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct drilled *d = drilled_new("lab", true);
    proven_on_kvm02(d);
    drilled_pass(d, 12000);
    drilled_begin(d, rows[i].name, rows[i].words);
    drilled_pass(d, 6000);
    drilled_happen(d, "kill brick node4:/data", 1000);
    drilled_pass(d, 14000);
    simulated_happen(&d->g, "start brick node4:/data");
    const struct drill_report *r = drilled_end(d);
    VERDICT(r, DRILL_ABORTED);
    assert_non_null(strstr(r->aborted, "node4:/data is down"));
    drilled_free(d);
  }
}

static void another_domain_is_hit(void **state) {
  struct drilled *d = drilled_new("lab", false);
  (void)state;
  drilled_begin(d, "brick-killed", "brick=node2:/data;hold=120");
  drilled_pass(d, 10000);
  drilled_happen(d, "pause test01", 100);
  const struct drill_report *r = drilled_end(d);
  VERDICT(r, DRILL_ABORTED);
  assert_non_null(strstr(r->aborted, "test01 was not to be hit"));
  drilled_free(d);
}

/* ---- nobody is there any more ---- */

/* All that a drill may leave is gone, and everything is as it was. */
static void all_is_as_it_was(const struct drilled *d, const char *name) {
  const struct world *w = sim_world(d->g.sim);
  if (world_awaits(w, "script", NULL)) fail_msg("%s: a timer is left", name);
  EACH(w->hosts, struct sim_host, h) {
    if (!host_up(h) || KNOWN(h->cluster_cut)) fail_msg("%s: %s is not up", name, h->name);
    if (is_node(h) && h->joined != JOIN_ONLINE) fail_msg("%s: %s has not joined", name, h->name);
    if (pairs_get(&h->files, "/run/nft/kvmconsole_drill")) fail_msg("%s: %s drops packets", name, h->name);
    EACH(h->daemons, struct sim_daemon, x)
      if (YES(x->enabled) && x->life != LIFE_RUNNING && x->life != LIFE_ABSENT) fail_msg("%s: %s of %s is %s", name, x->name, h->name, life_names[x->life]);
  }
  EACH(w->volumes.item[0].bricks, struct sim_brick, b)
    if (b->life != LIFE_RUNNING) fail_msg("%s: brick of %s is %s", name, b->host, life_names[b->life]);
  EACH(w->constraints, struct pcmk_constraint, c)
    if (str_starts(c->id, "cli-")) fail_msg("%s: %s is left", name, c->id);
  const struct sim_domain *x = world_domain(w, "test01");
  if (x->instances.count != 1 || !str_eq(x->instances.item[0].state, "running")) fail_msg("%s: test01 does not run", name);
}

static void the_console_is_lost(void **state) {
  static const struct { const char *name, *words; int64_t after_ms, until_ms; } rows[] = {
      {"glusterd-stopped", "host=node2;hold=30", 10000, 120000}, {"brick-killed", "brick=node2:/data;hold=30", 10000, 120000}, {"network-cut", "host=node2;hold=30", 10000, 150000},
      {"power-lost", "host=kvm02", 8000, 240000},               {"host-hung", "host=kvm02", 7000, 240000},                  {"corosync-killed", "host=kvm02", 6000, 240000},
      {"network-cut", "host=kvm02", 7000, 240000},              {"graceful-stop", "host=kvm02", 11000, 1400000},              {"move-and-back", "resource=test01;to=kvm01", 5500, 1000000}};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct drilled *d = drilled_new("lab", true);
    drilled_happen(d, "option models server.tcp-user-timeout 2", 500);
    drilled_happen(d, "option models server.keepalive-time 1", 500);
    set_pair(sim_world(d->g.sim), &world_resource(sim_world(d->g.sim), "fence-kvm01")->params, "pcmk_delay_base", "5s");
    proven_on_kvm02(d);
    drilled_pass(d, 12000);
    drilled_begin(d, rows[i].name, rows[i].words);
    drilled_pass(d, rows[i].after_ms);
    if (!drill_watch_is_injected(d)) fail_msg("%s: it was lost too early", rows[i].name);
    drill_run_free(d->run);
    d->run = NULL;
    tasks_free(d->tasks); /* as if it were killed: what runs is left, the file stays */
    d->tasks = NULL;
    drilled_pass(d, rows[i].until_ms);
    all_is_as_it_was(d, arena_printf(d->g.arena, "%s %s", rows[i].name, rows[i].words));
    drilled_free(d);
  }
}

/* A console that is killed leaves what it had written down; the next one makes a report of it, once. */
static void what_a_killed_console_leaves_is_reported(void **state) {
  struct drilled *d = drilled_new("lab", true);
  struct drill_reports kept;
  (void)state;
  tasks_free(d->tasks);
  d->tasks = NULL;
  pid_t child = fork();
  if (!child) {
    drilled_open_tasks(d);
    drilled_begin(d, "brick-killed", "brick=node2:/data;hold=60");
    drilled_pass(d, 8000);
    _exit(drill_watch_is_injected(d) ? 0 : 1);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  drilled_open_tasks(d);
  for (int i = 0; i < 2; i++) drills_adopt(d->folder, d->tasks, sim_now(d->g.sim));
  drills_kept(d->folder, d->g.arena, &kept);
  assert_int_equal(kept.count, 1);
  VERDICT(kept.item[0], DRILL_UNKNOWN);
  assert_int_equal(kept.item[0]->reverted, TRUTH_UNKNOWN);
  assert_non_null(strstr(kept.item[0]->reverted_text, "its timer on node2 was armed"));
  assert_string_equal(kept.item[0]->target, "node2:/data");
  drilled_free(d);
}

static void the_terminal_is_gone(void **state) {
  struct drilled *d = drilled_new("lab", true);
  (void)state;
  drilled_begin(d, "glusterd-stopped", "host=node2;hold=60");
  drilled_pass(d, 6000);
  tasks_wind_down(d->tasks);
  drill_run_wind_down(d->run);
  const struct drill_report *r = drilled_end(d);
  VERDICT(r, DRILL_UNKNOWN);
  assert_int_equal(r->reverted, TRUTH_UNKNOWN);
  assert_non_null(strstr(r->reverted_text, "the timer on node2"));
  drilled_pass(d, 130000);
  assert_int_equal(host_daemon(world_host(sim_world(d->g.sim), "node2"), "glusterd")->life, LIFE_RUNNING);
  drilled_free(d);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(power_is_lost), cmocka_unit_test(a_host_hangs), cmocka_unit_test(its_hypervisor_suspends_a_host), cmocka_unit_test(its_hypervisor_lets_it_go_on), cmocka_unit_test(a_suspended_host_that_is_not_fenced), cmocka_unit_test(the_others_pass), cmocka_unit_test(corosync_dies_and_a_network_is_cut), cmocka_unit_test(writes_stand_still), cmocka_unit_test(a_plain_domain_is_given_up), cmocka_unit_test(a_domain_that_is_pinged), cmocka_unit_test(the_lock_outlives_the_host),
                                     cmocka_unit_test(what_is_started_nowhere_ends_it), cmocka_unit_test(the_bmc_is_dead), cmocka_unit_test(power_that_nobody_could_give_back_is_not_cut), cmocka_unit_test(a_second_fault_ends_it), cmocka_unit_test(a_brick_dies_meanwhile), cmocka_unit_test(another_domain_is_hit),
                                     cmocka_unit_test(the_console_is_lost), cmocka_unit_test(what_a_killed_console_leaves_is_reported), cmocka_unit_test(the_terminal_is_gone)};
  return RUN(tests);
}
