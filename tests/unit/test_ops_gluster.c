/* Gluster's operations: their plans as they are kept, why they are refused, and each run in the simulated cluster to where later
 * readings prove it. */
#include "tests/unit/plans.h"

static const char pool_scenario[] = "host kvm[01-02] kvm memory=8G\nhost node[1-4] store\nhere kvm01\npool node[1-4]\n";
static const char arbiter_scenario[] = "host kvm[01-02] kvm memory=8G\nhost node[1-4] store\nhere kvm01\nvolume models replica 3 arbiter 1 bricks node[1-3]:/data/models\n"
                                       "mount models /kvmdata on kvm[01-02] from node1\ncluster c kvm[01-02]\nfencing for kvm[01-02]\ndomain web volume models\n";

/* ---- peers ---- */

static void peers_join(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "host kvm[01-02] kvm memory=8G\nhost node[1-4] store\nhost spare bare\nhere kvm01\n");
  plan_refused(&b, "gluster-peer-probe", "host=spare;from=node1", "glusterd does not run on spare");
  UNCLEAR(&b, "peer-connected", "node2");
  struct plan *p = bench_plan(&b, "gluster-peer-probe", "host=node1;host=node2;host=node3");
  plan_kept(p, "peer-probe-new");
  plan_runs(&b, p);
  HOLDS(&b, "peer-connected", "node1");
  FAILS(&b, "peer-connected", "node4");
  p = bench_plan(&b, "gluster-peer-probe", "host=node4");
  plan_kept(p, "peer-probe-more");
  plan_runs(&b, p);
  plan_refused(&b, "gluster-peer-probe", "host=node4", "nobody is left to join");
  plan_undone(&b, p);
  HOLDS(&b, "peer-absent", "node4");
  simulated_close(&b);
}

static void a_peer_that_hangs_forbids_changes(void **state) {
  static const char *const changes[][2] = {{"gluster-volume-set", "volume=models;option=network.ping-timeout=7"}, {"gluster-volume-stop", "volume=models"}, {"gluster-failover-timeouts", "volume=models"}};
  struct simulated b;
  (void)state;
  bench_open(&b, "lab");
  bench_happen(&b, "hang node3 glusterd", 20);
  for (size_t i = 0; i < COUNT(changes); i++) plan_refused(&b, changes[i][0], changes[i][1], "glusterd on node3 does not answer");
  simulated_close(&b);
}

static void peers_leave(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "host kvm01 kvm\nhost node[1-4] store\nhere kvm01\npool node[1-4]\nvolume models replica 3 bricks node[1-3]:/data/models\nmount models /kvmdata on kvm01\n");
  plan_refused(&b, "gluster-peer-detach", "host=node2", "node2 has bricks: node2:/data/models of models");
  struct plan *p = bench_plan(&b, "gluster-peer-detach", "host=node4");
  plan_kept(p, "peer-detach");
  plan_runs(&b, p);
  simulated_close(&b);
}

/* ---- create ---- */

static void volumes_are_created(void **state) {
  static const struct { const char *kept, *words, *type; } cases[] = {
      {"create-replicate", "name=v1;brick=node1:/data/v1;brick=node2:/data/v1", "replicate"},
      {"create-distributed-replicate", "name=v2;type=distributed-replicate", "distributed-replicate"},
      {"create-arbiter", "name=v3;brick=node1:/data/v3;brick=node2:/data/v3;brick=node3:/data/v3", "arbiter"},
      {"create-disperse", "name=v4;type=disperse;disperse=4;virt=no;failover=no", "disperse"},
      {"create-distribute", "name=v5;type=distribute;shard=no;start=no", "distribute"},
      {"create-distributed-arbiter", "name=v6;type=distributed-arbiter;virt=options;brick=node1:/data/v6;brick=node2:/data/v6;brick=node3:/data/v6;brick=node2:/data/v6b;brick=node3:/data/v6b;brick=node4:/data/v6b",
       "distributed-arbiter"},
      {"create-distributed-disperse", "name=v7;type=distributed-disperse;disperse=3;virt=no;brick=node1:/data/v7;brick=node2:/data/v7;brick=node3:/data/v7;brick=node2:/data/v7b;brick=node3:/data/v7b;brick=node4:/data/v7b",
       "distributed-disperse"},
      {"create-replicate-3", "name=v8;type=replicate;brick=node2:/data/v8;brick=node3:/data/v8;brick=node4:/data/v8", "replicate"}};
  struct simulated b;
  (void)state;
  bench_open(&b, pool_scenario);
  for (size_t i = 0; i < COUNT(cases); i++) {
    struct plan *p = bench_plan(&b, "gluster-volume-create", cases[i].words);
    plan_kept(p, cases[i].kept);
    plan_runs(&b, p);
    const char *name = arena_printf(b.arena, "v%zu", i + 1);
    HOLDS(&b, "volume-type", name, cases[i].type);
    if (i == 0) { /* and back */
      plan_undone(&b, p);
      HOLDS(&b, "volume-absent", name);
    }
  }
  simulated_close(&b);
}

static void a_volume_that_is_wrong_is_refused(void **state) {
  static const char *const cases[][2] = {
      {"name=v;type=replicate;replica=2;brick=node1:/data/a;brick=node1:/data/b", "node1:/data/a and node1:/data/b are of one set and on one host"},
      {"name=v;type=distributed-replicate;replica=2;brick=node1:/data/a;brick=node2:/data/a;brick=node3:/data/a", "3 bricks do not make whole sets of 2"},
      {"name=v;type=replicate;replica=2;brick=node1:/data/a;brick=node2:/data/a;brick=node3:/data/a;brick=node4:/data/a", "that is distributed-replicate"},
      {"name=v;type=arbiter;replica=2;brick=node1:/data/a;brick=node2:/data/a;brick=node3:/data/a", "replica=3"},
      {"name=v;type=disperse;disperse=4;redundancy=2", "less than half may be redundant"},
      {"name=v;type=replicate;brick=node1:/data/a;brick=kvm01:/data/a", "kvm01 is no connected peer"},
      {"name=v;type=replicate;brick=node1:/srv/a;brick=node2:/data/a", "node1:/srv/a lies on the root file system of node1"},
      {"name=v;type=replicate;brick=node1:/data;brick=node2:/data/a", "node1:/data is itself where a file system is mounted"},
      {"name=v;type=replicate;brick=node1:/data/a;brick=node1:/data/a", "node1:/data/a is there twice"},
  };
  struct simulated b;
  (void)state;
  bench_open(&b, pool_scenario);
  for (size_t i = 0; i < COUNT(cases); i++) plan_refused(&b, "gluster-volume-create", cases[i][0], cases[i][1]);
  plan_kept(bench_plan(&b, "gluster-volume-create", cases[0][0]), "create-refused");
  /* Forced, gluster is told so, and only then. */
  struct plan *p = bench_plan(&b, "gluster-volume-create", "name=v;type=replicate;brick=node1:/data;brick=node2:/data;force=yes");
  plan_kept(p, "create-forced");
  plan_runs(&b, p);
  plan_refused(&b, "gluster-volume-create", "name=w;type=replicate;brick=node1:/data/w;brick=node2:/other", "node1:/data/w overlaps the brick node1:/data of volume v");
  bench_happen(&b, "power off node3", 40);
  plan_refused(&b, "gluster-volume-create", "name=w;type=replicate;brick=node3:/srv/w;brick=node4:/data/w", "node3 is no connected peer");
  simulated_close(&b);
}

/* ---- start, stop, delete, set ---- */

static void a_volume_comes_and_goes(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "host kvm01 kvm\nhost node[1-2] store\nhere kvm01\nvolume models replica 2 bricks node[1-2]:/data/models\nmount models /kvmdata on kvm01\n");
  plan_refused(&b, "gluster-volume-start", "volume=models", "volume models is started");
  plan_refused(&b, "gluster-volume-delete", "volume=models", "volume models is started");
  struct plan *p = bench_plan(&b, "gluster-volume-stop", "volume=models");
  plan_kept(p, "volume-stop");
  plan_runs(&b, p);
  HOLDS(&b, "volume-stopped", "models");
  FAILS(&b, "volume-bricks-online", "models");
  p = bench_plan(&b, "gluster-volume-start", "volume=models");
  plan_kept(p, "volume-start");
  plan_runs(&b, p);
  plan_runs(&b, bench_plan(&b, "gluster-volume-stop", "volume=models"));
  p = bench_plan(&b, "gluster-volume-delete", "volume=models");
  plan_kept(p, "volume-delete");
  plan_runs(&b, p);
  HOLDS(&b, "volume-absent", "models");
  simulated_close(&b);
}

static void a_volume_in_use_is_not_stopped(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "lab");
  FAILS(&b, "volume-idle", "models");
  plan_refused(&b, "gluster-volume-stop", "volume=models", "test01 runs on it");
  plan_kept(bench_plan(&b, "gluster-volume-stop", "volume=models"), "volume-stop-refused");
  plan_kept(bench_plan(&b, "gluster-volume-stop", "volume=models;force=yes"), "volume-stop-forced");
  /* Nobody reads: whatever it is, it is not known. */
  sim_run(b.sim, sim_now(b.sim) + 60000, NULL, NULL);
  b.store.version++;
  simulated_look(&b);
  UNCLEAR(&b, "volume-started", "models");
  UNCLEAR(&b, "volume-idle", "models");
  UNCLEAR(&b, "heals-quiet", "models");
  plan_refused(&b, "gluster-volume-set", "volume=models;option=network.ping-timeout=7", "cannot tell how volume models stands");
  simulated_close(&b);
}

static void options_are_set(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "lab");
  FAILS(&b, "volume-option", "models", "network.ping-timeout", "20");
  struct plan *p = bench_plan(&b, "gluster-volume-set", "volume=models;option=network.ping-timeout=20;option=features.shard=on;option=client.strict-locks=on");
  plan_kept(p, "volume-set");
  plan_runs(&b, p);
  HOLDS(&b, "volume-option", "models", "features.shard", "enable");
  plan_refused(&b, "gluster-volume-set", "volume=models;option=features.shard=off;force=yes", "images on models are cut into pieces");
  plan_refused(&b, "gluster-volume-set", "volume=models;option=network.ping-timeout=20", "nothing would change");
  plan_undone(&b, p);
  HOLDS(&b, "volume-option", "models", "network.ping-timeout", "5");
  HOLDS(&b, "volume-option", "models", "features.shard", "on"); /* what is cut into pieces stays so */
  plan_kept(bench_plan(&b, "gluster-volume-set", "volume=models;option=cluster.brick-multiplex=on"), "volume-set-global");
  simulated_close(&b);
}

static void options_have_names(void **state) {
  static const char *const wrong[] = {"option=a=b", "option=.a=b", "option=Network.ping=1", "option=network.ping-timeout=", "option=x y.z=1"};
  struct simulated b;
  (void)state;
  bench_open(&b, "lab");
  const struct operation *o = operation_find("gluster-volume-set");
  for (size_t i = 0; i < COUNT(wrong); i++) {
    const char *words[] = {"volume=models", wrong[i]};
    struct values v = {0};
    struct err e = {0};
    if (!operation_values(o, b.snap, words, 2, b.arena, &v, &e)) fail_msg("%s is taken", wrong[i]);
  }
  simulated_close(&b);
}

static void locks_go_in_seconds(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "host kvm[01-02] kvm\nhost node[1-2] store\nhere kvm01\nvolume models replica 2 bricks node[1-2]:/data/models\nmount models /kvmdata on kvm[01-02]\n");
  struct plan *p = bench_plan(&b, "gluster-failover-timeouts", "volume=models");
  plan_kept(p, "failover-timeouts");
  plan_runs(&b, p);
  plan_refused(&b, "gluster-failover-timeouts", "volume=models", "all of them are set");
  simulated_close(&b);
}

/* Gluster of another age: no file of the group, or another major version. */
static void generations_differ(void **state) {
  static const struct told old[] = {{"node1", "group virt", 1, ""}, {NULL, NULL, 0, NULL}}, group[] = {{"node1", "group virt", 0, "eager-lock=enable\nremote-dio=enable\nquorum-type=auto\nserver-quorum-type=server\n"}, {NULL, NULL, 0, NULL}},
                           versions[] = {{"spare", "gluster", 0, "glusterfs 3.12.15\n"}, {NULL, NULL, 0, NULL}};
  struct simulated b;
  (void)state;
  bench_open(&b, "host kvm[01-02] kvm memory=8G\nhost node[1-3] store\nhost spare store\nhere kvm01\npool node[1-3]\n");
  plan_kept(told_plan(&b, "gluster-volume-create", "name=v;type=replicate", old), "create-no-group");
  plan_kept(told_plan(&b, "gluster-volume-create", "name=v;type=replicate", group), "create-old-group");
  struct plan *p = told_plan(&b, "gluster-peer-probe", "host=spare", versions);
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_string_equal(p->why, "spare has gluster 3.12 and node1 10.3");
  simulated_close(&b);
}

/* ---- mount ---- */

static void volumes_are_mounted(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "host kvm[01-02] kvm memory=8G\nhost node[1-3] store\nhost bare1 bare bmc\nhere kvm01\nvolume models replica 3 bricks node[1-3]:/data/models\n");
  plan_refused(&b, "gluster-mount", "volume=models;host=bare1", "bare1 has no client of gluster");
  struct plan *p = bench_plan(&b, "gluster-mount", "volume=models;host=kvm01;host=kvm02");
  plan_kept(p, "mount");
  FAILS(&b, "mounted", "models", "kvm01", "/kvmdata");
  plan_runs(&b, p);
  HOLDS(&b, "mounted", "models", "kvm01", "/kvmdata");
  UNCLEAR(&b, "mounted", "models", "kvm02", "/kvmdata");
  plan_kept(bench_plan(&b, "gluster-mount", "volume=models;host=kvm01"), "mount-again");
  plan_refused(&b, "gluster-mount", "volume=models;host=kvm01;path=/etc", "/etc on kvm01 is not empty");
  /* It survives the host: fstab is what mounts it then. */
  bench_happen(&b, "power off kvm02", 1);
  bench_happen(&b, "power on kvm02", 60);
  assert_non_null(host_mount(world_host(sim_world(b.sim), "kvm02"), "/kvmdata"));
  plan_undone(&b, p);
  FAILS(&b, "mounted", "models", "kvm01");
  assert_null(strstr(pairs_get(&world_host(sim_world(b.sim), "kvm01")->files, "/etc/fstab"), "models"));
  simulated_close(&b);
}

/* ---- bricks ---- */

static void a_dead_brick_is_started_and_healed(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, arbiter_scenario);
  plan_refused(&b, "gluster-brick-start", "brick=node2:/data/models", "is online");
  plan_refused(&b, "gluster-heal", "volume=models", "nothing on models waits to heal");
  bench_happen(&b, "kill brick node2:/data/models", 70);
  FAILS(&b, "brick-online", "node2:/data/models");
  plan_refused(&b, "gluster-heal", "volume=models", "node2:/data/models is down: gluster starts no heal");
  struct plan *p = bench_plan(&b, "gluster-brick-start", "brick=node2:/data/models");
  plan_kept(p, "brick-start");
  plan_runs(&b, p);
  bench_pass(&b, 60);
  p = bench_plan(&b, "gluster-heal-full", "volume=models");
  plan_kept(p, "heal-full");
  plan_done(&b, p);
  bench_happen(&b, "hang brick node2:/data/models", 10);
  plan_refused(&b, "gluster-brick-start", "brick=node2:/data/models", "lives and does not answer");
  bench_happen(&b, "power off node2", 40);
  plan_refused(&b, "gluster-brick-start", "brick=node2:/data/models", "node2 is not connected");
  simulated_close(&b);
}

static void what_waits_is_healed(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "host kvm[01-02] kvm memory=8G\nhost node[1-3] store\nhere kvm01\nvolume models replica 3 bricks node[1-3]:/data/models option.features.shard=on heal=60\nmount models /kvmdata on kvm[01-02] from node1\n"
                 "cluster c kvm[01-02]\nfencing for kvm[01-02]\ndomain web volume models writes=64M\n");
  bench_happen(&b, "kill brick node3:/data/models", 60);
  plan_runs(&b, bench_plan(&b, "gluster-brick-start", "brick=node3:/data/models"));
  bench_pass(&b, 65);
  FAILS(&b, "heals-quiet", "models");
  struct plan *p = bench_plan(&b, "gluster-heal", "volume=models");
  plan_kept(p, "heal");
  plan_refused(&b, "gluster-brick-replace", "brick=node1:/data/models;new=node2:/data/other;force=yes", "lack what only node1:/data/models has");
  plan_runs(&b, p);
  HOLDS(&b, "heals-quiet", "models");
  simulated_close(&b);
}

static void a_brick_is_replaced(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "host kvm[01-02] kvm memory=8G\nhost node[1-4] store\nhere kvm01\npool node[1-4]\nvolume models replica 3 bricks node[1-3]:/data/models\nvolume plain bricks node[1-2]:/data/plain\n"
                 "mount models /kvmdata on kvm[01-02] from node1\ncluster c kvm[01-02]\nfencing for kvm[01-02]\ndomain web volume models\n");
  bench_pass(&b, 60);
  plan_refused(&b, "gluster-brick-replace", "brick=node1:/data/plain;new=node4:/data/plain", "volume plain has no copies");
  plan_refused(&b, "gluster-brick-replace", "brick=node1:/data/models;new=node2:/data/other", "node2 has node2:/data/models of the same set");
  plan_refused(&b, "gluster-brick-replace", "brick=node1:/data/models;new=kvm02:/data/models", "kvm02 is no connected peer");
  struct plan *p = bench_plan(&b, "gluster-brick-replace", "brick=node1:/data/models;new=node4:/data/models");
  plan_kept(p, "brick-replace");
  plan_runs(&b, p);
  HOLDS(&b, "volume-has-brick", "models", "node4:/data/models");
  bench_happen(&b, "kill brick node2:/data/models", 10);
  bench_happen(&b, "kill brick node3:/data/models", 10);
  plan_refused(&b, "gluster-brick-replace", "brick=node4:/data/models;new=node1:/data/again", "no other full copy online");
  simulated_close(&b);
}

/* Its host is gone for good: the copies that are left are enough, and what it alone had is said to be lost. */
static void a_lost_brick_is_replaced(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "host kvm[01-02] kvm memory=8G\nhost node[1-4] store\nhere kvm01\npool node[1-4]\nvolume models replica 3 bricks node[1-3]:/data/models\nmount models /kvmdata on kvm[01-02] from node1\n"
                 "cluster c kvm[01-02]\nfencing for kvm[01-02]\ndomain web volume models\n");
  bench_happen(&b, "power off node3", 20);
  plan_refused(&b, "gluster-brick-replace", "brick=node3:/data/models;new=node4:/data/models", "glusterd on node3 does not answer");
  bench_pass(&b, 60);
  plan_refused(&b, "gluster-brick-replace", "brick=node3:/data/models;new=node3:/data/other", "node3 is no connected peer");
  plan_refused(&b, "gluster-brick-replace", "brick=node3:/data/models;new=node4:/data/models", "cannot tell whether node3:/data/models is online");
  struct plan *p = bench_plan(&b, "gluster-brick-replace", "brick=node3:/data/models;new=node4:/data/models;force=yes");
  plan_kept(p, "brick-replace-lost");
  plan_runs(&b, p);
  plan_runs(&b, bench_plan(&b, "gluster-peer-detach", "host=node3;force=yes"));
  simulated_close(&b);
}

/* A count of heals is a minute old: what was counted before a heal began proves nothing of it. */
static void what_was_read_before_proves_nothing(void **state) {
  const struct condition quiet = {"heals-quiet", {(const char *[]){"models"}, 1}}, started = {"volume-started", {(const char *[]){"models"}, 1}}, unknown = {"domain-runs-on", {0}};
  struct simulated b;
  (void)state;
  bench_open(&b, "lab");
  bench_pass(&b, 30);
  HOLDS(&b, "heals-quiet", "models");
  assert_false(condition_read_within(&quiet, b.snap, 10000));
  assert_true(condition_read_within(&started, b.snap, 10000));
  assert_true(condition_read_within(&unknown, b.snap, 0));
  bench_pass(&b, 60);
  assert_true(condition_read_within(&quiet, b.snap, 60000));
  simulated_close(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(peers_join), cmocka_unit_test(a_peer_that_hangs_forbids_changes), cmocka_unit_test(peers_leave), cmocka_unit_test(volumes_are_created),
                                     cmocka_unit_test(a_volume_that_is_wrong_is_refused), cmocka_unit_test(a_volume_comes_and_goes), cmocka_unit_test(a_volume_in_use_is_not_stopped), cmocka_unit_test(options_are_set),
                                     cmocka_unit_test(options_have_names), cmocka_unit_test(locks_go_in_seconds), cmocka_unit_test(volumes_are_mounted), cmocka_unit_test(a_dead_brick_is_started_and_healed),
                                     cmocka_unit_test(what_waits_is_healed), cmocka_unit_test(a_brick_is_replaced),
                                     cmocka_unit_test(a_lost_brick_is_replaced), cmocka_unit_test(generations_differ), cmocka_unit_test(what_was_read_before_proves_nothing)};
  return RUN(tests);
}
