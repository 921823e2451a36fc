/* How the simulated layers behave, one thing a test: what an operator of the real ones has seen. */
#include "sim/event.h"
#include "sim/guest.h"
#include "sim/host.h"
#include "sim/pacemaker.h"
#include "sim/scenario.h"
#include "sim/store.h"
#include "tests/unit/unit.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char tuned[] = " option.server.tcp-user-timeout=4 option.server.keepalive-time=2 option.server.keepalive-interval=1";

static struct world *made(const char *text) {
  struct world *w = NULL;
  struct err e = {0};
  if (scenario_read("test", text, strlen(text), NULL, &w, &e)) fail_msg("%s", e.text);
  return w;
}

/* Two nodes, two stores, fencing, d1 and d2, both at home on k1. */
static struct world *pair_of_nodes(const char *options, const char *more) {
  struct str text = {0};
  str_addf(&text, "host k[1-2] kvm memory=32G\nhost s[1-2] store\nvolume m replica 2 bricks s[1-2]:/b%s\nmount m /kvmdata on k[1-2] from s1\ncluster c k[1-2]\n", options);
  str_addf(&text, "domain d[1-2] volume m memory=1G\nconstraint location d1 k1 50\nconstraint location d2 k1 50\n%s", more);
  struct world *w = made(text.data);
  str_free(&text);
  return w;
}

static void pass(struct world *w, int64_t ms) { world_run(w, w->clock + ms); }
static bool runs(const struct world *w, const char *domain, const char *host) {
  const struct sim_instance *i = domain_on(world_domain(w, domain), host);
  return i && str_eq(i->state, "running");
}
/* How long until it holds; fails after a limit. */
#define UNTIL(w, condition, limit_ms)                                                        \
  ({                                                                                         \
    int64_t from_ = (w)->clock;                                                              \
    while (!(condition) && (w)->clock - from_ < (limit_ms)) {                                \
      if (world_next(w) > from_ + (limit_ms)) (w)->clock = from_ + (limit_ms);               \
      else world_step(w);                                                                    \
    }                                                                                        \
    if (!(condition)) fail_msg("not within %d ms: %s", (int)(limit_ms), #condition);         \
    (w)->clock - from_;                                                                      \
  })

/* ---- where pacemaker puts what it starts: as its own crm_simulate does ---- */

static void capacities(struct world *w, const char *nodes, const char *memory) {
  for (const char *n = nodes; *n; n++) {
    char name[] = {'k', *n, 0};
    static const char *const huge[] = {"hv_memory", "cpu"};
    set_pair(w, &world_host(w, name)->utilization, "host_memory", memory);
    for (size_t i = 0; i < COUNT(huge); i++) set_pair(w, &world_host(w, name)->utilization, huge[i], "100000");
  }
}

static const char *places(const struct world *w) { /* of d1 ... d4, the number of its node; "-": none */
  static char text[5];
  int place[32];
  schedule_place(w, world_host(w, "k1"), place);
  for (int i = 0; i < 4; i++) {
    char name[] = {'d', (char)('1' + i), 0};
    int at = place[world_resource(w, name) - w->resources.item];
    text[i] = at == NOWHERE ? '-' : w->hosts.item[at].name[1];
  }
  return text;
}

static void strategies(void **state) {
  static const struct { const char *strategy, *roomy, *bare, *at; } rows[] = {
      {"default", "", "", "1231"},       /* the node with the fewest, then by name; nobody asks for room */
      {"utilization", "", "", "----"},   /* a node that does not say what it has has nothing */
      {"utilization", "123", "", "1231"}, {"utilization", "12", "", "1212"}, {"utilization", "1", "23", "1111"},
      {"minimal", "123", "", "1111"},    /* as few nodes as will do */
      {"balanced", "23", "1", "2323"},   /* where most is left */
  };
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct world *w = made("host k[1-3] kvm memory=32G\nhost s[1-2] store\nvolume m replica 2 bricks s[1-2]:/b\nmount m /kvmdata on k[1-3] from s1\ncluster c k[1-3]\ndomain d[1-4] volume m memory=1G\n");
    set_pair(w, &w->properties, "placement-strategy", rows[i].strategy);
    EACH(w->resources, struct sim_resource, r) r->nodes.count = 0;
    capacities(w, rows[i].roomy, "8192"), capacities(w, rows[i].bare, "512");
    if (strcmp(places(w), rows[i].at)) fail_msg("%s, room on %s, little on %s: %s, not %s", rows[i].strategy, rows[i].roomy, rows[i].bare, places(w), rows[i].at);
    world_free(w);
  }
}

/* A mandatory order: what comes after something that runs nowhere runs nowhere. */
static void orders_bind(void **state) {
  struct world *w = pair_of_nodes(tuned, "fencing for k[1-2]\nconstraint order d1 then d2\n");
  (void)state;
  assert_true(runs(w, "d1", "k1") && runs(w, "d2", "k1"));
  set_pair(w, &world_resource(w, "d1")->meta, "target-role", "Stopped");
  cib_changed(w, "crm_resource", "k1");
  UNTIL(w, !runs(w, "d1", "k1") && !runs(w, "d2", "k1"), 30000);
  set_pair(w, &world_resource(w, "d1")->meta, "target-role", NULL);
  cib_changed(w, "crm_resource", "k1");
  UNTIL(w, runs(w, "d1", "k1") && runs(w, "d2", "k1"), 30000);
  world_free(w);
}

/* ---- failover ---- */

/* Measured in the lab: 11 to 15 s from the plug to the domain running on the other host; the host is back after half a minute. */
static void power_loss(void **state) {
  struct world *w = pair_of_nodes(tuned, "fencing for k[1-2]\n");
  (void)state;
  assert_true(runs(w, "d1", "k1") && runs(w, "d2", "k1"));
  world_happen(w, "power off", "k1", NULL);
  int64_t unclean = UNTIL(w, node_unclean(w, world_host(w, "k2"), world_host(w, "k1")), 20000);
  assert_true(unclean > 6000 && unclean < 7500);
  int64_t shot = UNTIL(w, w->fenced.count == 1, 20000);
  assert_true(shot > 2500 && shot < 5000);
  assert_false(runs(w, "d1", "k2"));
  assert_true(unclean + shot + UNTIL(w, runs(w, "d1", "k2") && runs(w, "d2", "k2"), 20000) < 15000);
  UNTIL(w, node_online(world_host(w, "k2"), world_host(w, "k1")), 60000);
  assert_int_equal(w->failures.count, 0);
  world_free(w);
}

/* Without the tuned time-outs the bricks keep the dead host's lock, and one failed start is final. */
static void failover_that_does_not_work(void **state) {
  struct world *w = pair_of_nodes("", "fencing for k[1-2]\n");
  (void)state;
  world_happen(w, "power off", "k1", NULL);
  UNTIL(w, w->failures.count == 2, 30000);
  assert_true(str_starts(w->failures.item[0].reason, "Failed to start virtual domain d"));
  assert_int_equal(get_tally(&world_resource(w, "d1")->fail_count, "k2"), SCORE_INFINITY);
  pass(w, 8000);
  assert_false(runs(w, "d1", "k2"));
  UNTIL(w, runs(w, "d1", "k1"), 60000); /* only where it has not failed, when that is back */
  world_free(w);
  w = pair_of_nodes("", "fencing for k[1-2]\ndefault failure-timeout=60s\n");
  world_host(w, "k1")->boot_ms = 600000;
  world_happen(w, "power off", "k1", NULL);
  assert_true(UNTIL(w, runs(w, "d1", "k2"), 120000) > 60000);
  assert_int_equal(w->failures.count, 0);
  world_free(w);
}

static void a_cut_host_is_fenced_first(void **state) {
  struct world *w = pair_of_nodes(tuned, "fencing for k[1-2]\n");
  (void)state;
  world_happen(w, "cut", "k1", NULL);
  while (!runs(w, "d1", "k2")) {
    assert_true(world_step(w));
    if (runs(w, "d1", "k2")) assert_true(w->fenced.count > 0 && !domain_on(world_domain(w, "d1"), "k1"));
    assert_true(w->clock - w->began < 30000);
  }
  world_free(w);
}

/* Two writers: what happens with fencing off, and why it must not be. */
static void without_fencing_it_runs_twice(void **state) {
  struct world *w = pair_of_nodes(tuned, "property stonith-enabled=false\n");
  (void)state;
  world_happen(w, "cut", "k1", NULL);
  UNTIL(w, runs(w, "d1", "k2"), 30000);
  assert_true(runs(w, "d1", "k1"));
  world_happen(w, "join", "k1", NULL);
  UNTIL(w, world_domain(w, "d1")->instances.count == 1 && world_resource(w, "d1")->nodes.count == 1, 60000); /* active twice: stopped on both, started on one */
  world_free(w);
}

static void a_bmc_that_does_not_answer(void **state) {
  struct world *w = pair_of_nodes(tuned, "fencing for k[1-2]\n");
  (void)state;
  world_happen(w, "break bmc", "k1", NULL);
  world_happen(w, "power off", "k1", NULL);
  UNTIL(w, w->fenced.count > 0, 60000);
  assert_string_equal(w->fenced.item[0].status, "failed");
  pass(w, 60000);
  assert_false(runs(w, "d1", "k2")); /* never while it may live */
  world_happen(w, "mend bmc", "k1", NULL);
  UNTIL(w, runs(w, "d1", "k2"), 60000);
  world_free(w);
}

static void levels_of_fencing(void **state) {
  struct world *w = pair_of_nodes(tuned, "fencing for k[1-2]\nresource pdu stonith:fence_apc pcmk_host_list=k1,k2 ip=10.0.0.9\nlevel k1 1 fence-k1\nlevel k1 2 pdu\n");
  (void)state;
  world_happen(w, "cut", "k1", NULL);
  UNTIL(w, w->shooting.count == 1 || w->fenced.count, 20000);
  assert_string_equal(fencing_of(w, "k1") ? fencing_of(w, "k1")->device : "fence-k1", "fence-k1");
  world_free(w);
}

static void both_shoot_but_one_has_a_delay(void **state) {
  struct world *w = pair_of_nodes(tuned, "fencing for k[1-2] delay=5s\n");
  (void)state;
  world_happen(w, "cut", "k2", NULL);
  UNTIL(w, w->fenced.count == 1, 30000);
  assert_string_equal(w->fenced.item[0].target, "k2");
  assert_true(runs(w, "d1", "k1"));
  world_free(w);
}

/* ---- what pacemaker does with constraints ---- */

static void move_and_clear(void **state) {
  struct world *w = pair_of_nodes(tuned, "fencing for k[1-2]\n");
  (void)state;
  pacemaker_move(w, "d1", "k2");
  bool migrating = false;
  while (!runs(w, "d1", "k2") && world_step(w)) migrating |= guest_job(w, "d1") != NULL;
  assert_true(migrating); /* live, not stopped and started */
  UNTIL(w, pacemaker_idle(w), 10000);
  world_happen(w, "clear", "d1", NULL);
  UNTIL(w, runs(w, "d1", "k1") && pacemaker_idle(w), 20000); /* its own constraint still prefers k1: clearing moves it back */
  world_free(w);
}

static void standby_empties_a_node(void **state) {
  struct world *w = pair_of_nodes(tuned, "fencing for k[1-2]\n");
  (void)state;
  world_happen(w, "standby", "k1", NULL);
  UNTIL(w, runs(w, "d1", "k2") && runs(w, "d2", "k2") && !runs(w, "d1", "k1"), 30000);
  world_happen(w, "unstandby", "k1", NULL);
  UNTIL(w, runs(w, "d1", "k1"), 30000);
  world_free(w);
}

static void order_and_company(void **state) {
  struct world *w = pair_of_nodes(tuned, "fencing for k[1-2]\ndomain d3 volume m memory=1G\nconstraint order d1 then d3\nconstraint colocation d3 with d1 INFINITY\n");
  (void)state;
  assert_true(runs(w, "d3", "k1"));
  set_pair(w, &world_resource(w, "d1")->meta, "target-role", "Stopped");
  pacemaker_think_soon(w);
  while (domain_on(world_domain(w, "d1"), "k1")) {
    assert_true(world_step(w));
    if (!domain_on(world_domain(w, "d1"), "k1")) assert_false(domain_on(world_domain(w, "d3"), "k1")); /* stopped in reverse order */
  }
  set_pair(w, &world_resource(w, "d1")->meta, "target-role", NULL);
  pacemaker_think_soon(w);
  UNTIL(w, runs(w, "d3", "k1"), 20000);
  assert_true(runs(w, "d1", "k1"));
  world_free(w);
}

static void without_quorum(void **state) {
  static const char text[] = "host k[1-3] kvm\nhost s1 store\nvolume m bricks s1:/b\nmount m /kvmdata on k[1-3]\ncluster c k[1-3]\nfencing for k[1-3]\ndomain d1 volume m\nconstraint location d1 k1 50\n";
  struct world *w = made(text);
  (void)state;
  world_happen(w, "stop", "k3", "pacemaker"); /* in order: k3 keeps its vote as long as corosync runs */
  pass(w, 20000);
  assert_true(YES(world_host(w, "k1")->quorate));
  world_happen(w, "cut", "k1", NULL);
  UNTIL(w, !YES(world_host(w, "k1")->quorate), 20000);
  UNTIL(w, !domain_on(world_domain(w, "d1"), "k1"), 20000); /* no-quorum-policy=stop, unless it was fenced before */
  world_free(w);
  w = made(text);
  set_pair(w, &w->properties, "no-quorum-policy", "freeze");
  world_happen(w, "break bmc", "k1", NULL);
  world_happen(w, "cut", "k1", NULL);
  pass(w, 60000);
  assert_true(runs(w, "d1", "k1"));
  world_free(w);
}

static void a_stop_that_fails_fences(void **state) {
  struct world *w = pair_of_nodes(tuned, "fencing for k[1-2]\n");
  (void)state;
  world_happen(w, "hang", "k1", "libvirtd");
  pacemaker_move(w, "d1", "k2");
  assert_true(UNTIL(w, w->fenced.count == 1, 400000) > 180000); /* the migration's 120 s, then the stop's 60 s */
  assert_string_equal(w->fenced.item[0].target, "k1");
  UNTIL(w, runs(w, "d1", "k2"), 60000);
  world_free(w);
}

static void maintenance_is_hands_off(void **state) {
  struct world *w = pair_of_nodes(tuned, "fencing for k[1-2]\n");
  (void)state;
  world_happen(w, "property", "maintenance-mode", "true");
  world_happen(w, "crash", "d1", NULL);
  pass(w, 60000);
  assert_int_equal(world_domain(w, "d1")->instances.count, 0);
  world_happen(w, "property", "maintenance-mode", NULL);
  UNTIL(w, runs(w, "d1", "k1"), 30000);
  world_free(w);
}

static void a_crashed_guest_is_found_by_the_monitor(void **state) {
  struct world *w = pair_of_nodes(tuned, "fencing for k[1-2]\n");
  (void)state;
  world_happen(w, "crash", "d1", NULL);
  assert_true(UNTIL(w, runs(w, "d1", "k1"), 30000) < 14000); /* monitor every 10 s */
  assert_int_equal(get_tally(&world_resource(w, "d1")->fail_count, "k1"), 1);
  world_free(w);
}

/* ---- migration ---- */

static void what_dirties_memory_takes_longer(void **state) {
  struct world *w = pair_of_nodes(tuned, "fencing for k[1-2]\ndomain calm volume m memory=4G dirty=1M\ndomain busy volume m memory=4G dirty=250M\nconstraint location calm k1 9\nconstraint location busy k1 9\n");
  (void)state;
  pacemaker_move(w, "calm", "k2");
  int64_t calm = UNTIL(w, runs(w, "calm", "k2"), 300000);
  pass(w, 5000);
  pacemaker_move(w, "busy", "k2");
  assert_true(UNTIL(w, runs(w, "busy", "k2"), 300000) > 3 * calm);
  world_free(w);
}

static void the_target_dies_meanwhile(void **state) {
  struct world *w = pair_of_nodes(tuned, "fencing for k[1-2]\ndomain big volume m memory=6G dirty=100M\nconstraint location big k1 90\n");
  (void)state;
  pacemaker_move(w, "big", "k2");
  UNTIL(w, guest_job(w, "big") != NULL, 5000);
  pass(w, 2000);
  world_happen(w, "power off", "k2", NULL);
  assert_null(guest_job(w, "big"));
  assert_true(runs(w, "big", "k1")); /* it goes on where it was */
  world_free(w);
}

/* ---- the store ---- */

static void locks_and_options(void **state) {
  (void)state;
  assert_int_equal(lock_release(42, 20, 2), 42000); /* defaults: measured 42.7 s */
  assert_int_equal(lock_release(4, 20, 2), 22000);  /* tcp-user-timeout alone: 22.2 s */
  assert_int_equal(lock_release(42, 2, 1), 42000);  /* keepalive alone: 42.9 s */
  assert_int_equal(lock_release(4, 2, 1), 4000);    /* both: 4.0 s */
  assert_int_equal(lock_release(20, 10, 2), 20000); /* group virt: 20.2 s */
}

/* Set live, they hold for clients that connect afterwards. */
static void options_for_new_clients_only(void **state) {
  struct world *w = pair_of_nodes("", "fencing for k[1-2]\n");
  (void)state;
  world_happen(w, "option", "m", "server.tcp-user-timeout 4");
  world_happen(w, "option", "m", "server.keepalive-time 2");
  world_happen(w, "option", "m", "server.keepalive-interval 1");
  assert_int_equal(host_mount(world_host(w, "k1"), "/kvmdata")->release_ms, 42000);
  world_happen(w, "power off", "k1", NULL);
  UNTIL(w, host_mount(world_host(w, "k1"), "/kvmdata") != NULL, 60000);
  assert_int_equal(host_mount(world_host(w, "k1"), "/kvmdata")->release_ms, 4000);
  world_free(w);
}

static bool writes(int64_t replica, int64_t arbiter, const char *quorum, int mask) {
  struct pair option = {"cluster.quorum-type", quorum};
  struct pairs options = {&option, quorum ? 1 : 0};
  struct set_rules r = set_rules_make(replica, arbiter, 0, 0, &options);
  struct set_living l = {.first = mask & 1};
  for (int i = 0; i < replica; i++)
    if (mask & (1 << i)) l.bricks++, l.data += !(arbiter && i == replica - 1);
  return set_writes(&r, &l);
}

static void client_quorum(void **state) {
  (void)state;
  assert_true(writes(2, 0, NULL, 1) && writes(2, 0, NULL, 2)); /* replica 2: any copy, and that is how split-brain begins */
  assert_true(writes(2, 0, "auto", 1));
  assert_false(writes(2, 0, "auto", 2)); /* the first brick is mandatory */
  assert_true(writes(3, 0, NULL, 3) && writes(3, 0, NULL, 6));
  assert_false(writes(3, 0, NULL, 4));
  assert_true(writes(3, 1, NULL, 5));  /* one copy and the arbiter */
  assert_false(writes(3, 1, NULL, 4)); /* the arbiter alone holds nothing */
  assert_false(writes(3, 1, NULL, 1));
  assert_true(writes(4, 0, "auto", 3) && writes(4, 0, "auto", 7));
  assert_false(writes(4, 0, "auto", 12));
  struct pairs none = {0};
  struct set_rules r = set_rules_make(0, 0, 6, 2, &none);
  assert_true(set_writes(&r, &(struct set_living){4, 4, true}));
  assert_false(set_writes(&r, &(struct set_living){3, 3, true}));
}

static void a_brick_that_was_away_is_healed(void **state) {
  struct world *w = pair_of_nodes(" option.features.shard=on heal=600", "fencing for k[1-2]\n");
  struct sim_volume *v = world_volume(w, "m");
  (void)state;
  world_happen(w, "kill brick", "s2:/b", NULL);
  pass(w, 30000);
  int64_t behind = v->bricks.item[1].behind;
  assert_true(behind > 20);
  assert_int_equal(pending_at(w, v, &v->bricks.item[0]), behind);
  world_happen(w, "start brick", "s2:/b", NULL);
  int64_t took = UNTIL(w, !v->bricks.item[1].behind, 300000);
  assert_true(took > behind * 60 && took < behind * 140 + 10000); /* 600 a minute */
  world_free(w);
}

static void a_rebalance_ends(void **state) {
  struct world *w = made("host s[1-4] store\nvolume m replica 2 bricks s[1-4]:/b size=1T used=10\n");
  struct sim_volume *v = world_volume(w, "m");
  (void)state;
  world_happen(w, "rebalance", "m", NULL);
  assert_int_equal(v->tasks.count, 1);
  assert_string_equal(v->tasks.item[0].status, "in progress");
  UNTIL(w, str_eq(v->tasks.item[0].status, "completed"), 700000);
  world_free(w);
}

static void how_split_brain_comes_about(void **state) {
  struct world *w = pair_of_nodes("", "fencing for k[1-2]\n");
  struct sim_volume *v = world_volume(w, "m");
  (void)state;
  world_happen(w, "kill brick", "s2:/b", NULL);
  pass(w, 20000);
  world_happen(w, "kill brick", "s1:/b", NULL);
  world_happen(w, "start brick", "s2:/b", NULL);
  pass(w, 20000);
  assert_int_equal(v->split_brain, 2); /* both images were written on either side */
  world_free(w);
  w = pair_of_nodes(" option.cluster.quorum-type=auto", "fencing for k[1-2]\n");
  world_happen(w, "kill brick", "s2:/b", NULL);
  pass(w, 20000);
  world_happen(w, "kill brick", "s1:/b", NULL);
  world_happen(w, "start brick", "s2:/b", NULL);
  pass(w, 20000);
  assert_int_equal(world_volume(w, "m")->split_brain, 0); /* quorum stands in the way */
  world_free(w);
}

static void server_quorum_stops_bricks(void **state) {
  struct world *w = made("host s[1-3] store\nvolume m replica 3 bricks s[1-3]:/b option.cluster.server-quorum-type=server\n");
  struct sim_volume *v = world_volume(w, "m");
  (void)state;
  world_happen(w, "power off", "s2", NULL);
  pass(w, 60000);
  assert_int_equal(v->bricks.item[0].life, LIFE_RUNNING);
  world_happen(w, "power off", "s3", NULL);
  pass(w, 60000);
  assert_int_equal(v->bricks.item[0].life, LIFE_STOPPED);
  world_happen(w, "power on", "s3", NULL);
  pass(w, 90000);
  assert_int_equal(v->bricks.item[0].life, LIFE_RUNNING);
  world_free(w);
}

static void a_peer_is_believed_for_a_while(void **state) {
  struct world *w = made("host s[1-2] store\nvolume m replica 2 bricks s[1-2]:/b\n");
  (void)state;
  world_happen(w, "cut", "s2", NULL);
  pass(w, 15000);
  assert_true(peer_connected(w, world_host(w, "s1"), world_host(w, "s2")));
  pass(w, 12000);
  assert_false(peer_connected(w, world_host(w, "s1"), world_host(w, "s2")));
  world_happen(w, "join", "s2", NULL);
  world_happen(w, "kill", "s2", "glusterd");
  pass(w, 1000);
  assert_false(peer_connected(w, world_host(w, "s1"), world_host(w, "s2")));
  world_free(w);
}

static void a_guest_that_stops_on_errors(void **state) {
  struct world *w = pair_of_nodes(" option.cluster.quorum-type=auto", "fencing for k[1-2]\ndomain strict volume m stop-on-error\nconstraint location strict k1 9\n");
  (void)state;
  world_happen(w, "kill brick", "s1:/b", NULL);
  assert_string_equal(domain_on(world_domain(w, "strict"), "k1")->state, "paused");
  assert_string_equal(domain_on(world_domain(w, "strict"), "k1")->reason, "I/O error");
  assert_true(runs(w, "d1", "k1")); /* by default the guest sees the error itself */
  world_happen(w, "start brick", "s1:/b", NULL);
  guest_resume(w, world_domain(w, "strict"), "k1");
  assert_true(runs(w, "strict", "k1"));
  world_free(w);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(strategies), cmocka_unit_test(orders_bind), cmocka_unit_test(power_loss),
                                     cmocka_unit_test(failover_that_does_not_work),
                                     cmocka_unit_test(a_cut_host_is_fenced_first),
                                     cmocka_unit_test(without_fencing_it_runs_twice),
                                     cmocka_unit_test(a_bmc_that_does_not_answer),
                                     cmocka_unit_test(levels_of_fencing),
                                     cmocka_unit_test(both_shoot_but_one_has_a_delay),
                                     cmocka_unit_test(move_and_clear),
                                     cmocka_unit_test(standby_empties_a_node),
                                     cmocka_unit_test(order_and_company),
                                     cmocka_unit_test(without_quorum),
                                     cmocka_unit_test(a_stop_that_fails_fences),
                                     cmocka_unit_test(maintenance_is_hands_off),
                                     cmocka_unit_test(a_crashed_guest_is_found_by_the_monitor),
                                     cmocka_unit_test(what_dirties_memory_takes_longer),
                                     cmocka_unit_test(the_target_dies_meanwhile),
                                     cmocka_unit_test(locks_and_options),
                                     cmocka_unit_test(options_for_new_clients_only),
                                     cmocka_unit_test(client_quorum),
                                     cmocka_unit_test(a_brick_that_was_away_is_healed),
                                     cmocka_unit_test(how_split_brain_comes_about),
                                     cmocka_unit_test(a_rebalance_ends),
                                     cmocka_unit_test(server_quorum_stops_bricks),
                                     cmocka_unit_test(a_peer_is_believed_for_a_while),
                                     cmocka_unit_test(a_guest_that_stops_on_errors)};
  return RUN(tests);
}
