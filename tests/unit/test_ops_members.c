/* Who belongs to the cluster and the pool, and how votes are counted: plans for each generation of pcs, refusals, runs in the simulation
 * looked at afterwards, and what must not be taken for done. */
#include "ground.h"

#define STORES "host s[1-3] store\nvolume v replica 2 bricks s[1-2]:/data/b size=1T used=10\n"
static const char two[] = "title t\nhost k[1-3] kvm\nhost q bare\n" STORES "mount v /kvmdata on k[1-3] from s1\ncluster c k[1-2]\nhere k1\nfencing for k[1-2]\ndomain d[1-2] volume v memory=1G\n";
static const char unmounted[] = "title t\nhost k[1-3] kvm\n" STORES "mount v /kvmdata on k[1-2] from s1\ncluster c k[1-2]\nhere k1\nfencing for k[1-2]\ndomain d1 volume v memory=1G\n";
static const char three[] = "title t\nhost k[1-3] kvm\nhost q bare\n" STORES "mount v /kvmdata on k[1-3] from s1\ncluster c k[1-3]\nhere k1\nfencing for k[1-3]\ndomain d[1-3] volume v memory=1G\n";
static const char four[] = "title t\nhost k[1-4] kvm\n" STORES "mount v /kvmdata on k[1-4] from s1\ncluster c k[1-4]\nhere k1\nfencing for k[1-4]\ndomain d[1-4] volume v memory=1G\n";
static const char devised[] = "title t\nhost k[1-2] kvm\nhost q bare\n" STORES "mount v /kvmdata on k[1-2] from s1\ncluster c k[1-2]\nqdevice q\nhere k1\nfencing for k[1-2]\ndomain d1 volume v memory=1G\n";
static const char unfenced[] = "title t\nhost k[1-3] kvm\n" STORES "mount v /kvmdata on k[1-3] from s1\ncluster c k[1-3]\nhere k1\ndomain d1 volume v memory=1G\n";
static const char spread[] = "title t\nhost k[1-2] kvm\nhost s[1-5] store\nvolume v replica 2 bricks s[1-4]:/data/b size=1T used=10\nmount v /kvmdata on k[1-2] from s1 options=backup-volfile-servers=s2\ncluster c k[1-2]\nhere k1\nfencing for k[1-2]\ndomain d[1-4] volume v memory=1G\n";
static const char plain[] = "title t\nhost k[1-2] kvm\nhost s[1-3] store\nvolume v bricks s[1-2]:/data/b size=1T used=10\nmount v /kvmdata on k[1-2] from s1\ncluster c k[1-2]\nhere k1\nfencing for k[1-2]\n";
#define ADD .operation = "cluster-node-add"
#define REMOVE .operation = "cluster-node-remove"

static void adds_nodes(void **state) {
  static const struct trial trials[] = {
      {.name = "cluster-node-add", .scenario = two, ADD, .words = {"node=k3", "password=hunter2"}},
      {.name = "cluster-node-add-take", .scenario = two, ADD, .words = {"node=k3", "password=hunter2", "take=yes", "force=yes"}},
      {.name = "cluster-node-add-pcs-0.9", .scenario = two, ADD, .words = {"node=k3", "password=hunter2"}, .pcs = "0.9.169", .unrun = true},
      {.name = "cluster-node-add-pcs-0.10", .scenario = two, ADD, .words = {"node=k3", "address=10.77.0.13", "password=hunter2", "set_password=no", "enable=no"}, .pcs = "0.10.18", .unrun = true},
      {.name = "cluster-node-add-pcs-0.12", .scenario = two, ADD, .words = {"node=k3"}, .pcs = "0.12.1", .unrun = true},
      {.scenario = two, ADD, .words = {"node=k3", "take=yes"}, .refused = "no fence device can shoot k3"},
      {.scenario = unmounted, ADD, .words = {"node=k3", "take=yes"}, .refused = "/kvmdata is not mounted on k3"},
      {.scenario = two, ADD, .words = {"node=k2"}, .refused = "k2 is a node of the cluster already"},
      {.scenario = two, ADD, .words = {"node=q"}, .refused = "pcs on q is not there"},
      {.scenario = two, ADD, .words = {"node=k3", "address=10.77.0.13", "address=10.78.0.13"}, .refused = "addresses are given"},
      {.scenario = three, .before = {"k1$ pcs stonith fence k3 --off", "60s"}, ADD, .words = {"node=q"}, .refused = "k3 is no member now"},
      {.scenario = two, .before = {"hang k1 pacemaker", "90s"}, ADD, .words = {"node=k3"}, .refused = "cannot tell"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static void removes_nodes(void **state) {
  static const struct trial trials[] = {
      {.name = "cluster-node-remove", .scenario = three, REMOVE, .words = {"node=k3"}},
      {.name = "cluster-node-remove-all", .scenario = three, .before = {"k1$ pcs constraint location d1 prefers k3=50", "30s"}, REMOVE, .words = {"node=k3", "device=yes", "constraints=yes"}},
      {.name = "cluster-node-remove-dead", .scenario = three, .before = {"k1$ pcs stonith fence k3 --off", "60s"}, REMOVE, .words = {"node=k3", "device=yes"}},
      {.name = "cluster-node-remove-dead-pcs-0.9", .scenario = three, .before = {"k1$ pcs stonith fence k3 --off", "60s"}, REMOVE, .words = {"node=k3"}, .pcs = "0.9.169", .unrun = true},
      {.name = "cluster-node-remove-confirmed", .scenario = three, .before = {"break bmc k3", "power off k3", "60s", "k1$ stonith_admin --confirm k3", "30s"}, REMOVE, .words = {"node=k3"}},
      {.name = "cluster-node-remove-stopped", .scenario = three, .before = {"k3$ pcs cluster stop", "60s"}, REMOVE, .words = {"node=k3"}},
      {.scenario = three, REMOVE, .words = {"node=k1"}, .refused = "is the host that this console runs on"},
      {.scenario = two, REMOVE, .words = {"node=k2"}, .refused = "would be alone"},
      {.scenario = four, .before = {"k1$ pcs stonith fence k4 --off", "60s"}, REMOVE, .words = {"node=k3"}, .refused = "k4 is no member now"},
      {.scenario = three, .before = {"break bmc k3", "power off k3", "60s"}, REMOVE, .words = {"node=k3"}, .refused = "nothing has proven yet that it is off"},
      {.scenario = three, .before = {"k1$ pcs constraint location fence-k2 avoids k1", "60s"}, REMOVE, .words = {"node=k3"}, .refused = "fence-k2, which can shoot k2, may run on k3 alone"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static void has_quorum_devices(void **state) {
  static const struct trial trials[] = {
      {.name = "qdevice-add", .scenario = two, .operation = "qdevice-add", .words = {"host=q", "password=hunter2"}},
      {.name = "qdevice-add-lms", .scenario = three, .operation = "qdevice-add", .words = {"host=q", "algorithm=lms", "password=hunter2"}},
      {.name = "qdevice-add-pcs-0.9", .scenario = two, .operation = "qdevice-add", .words = {"host=q", "password=hunter2"}, .pcs = "0.9.169", .unrun = true},
      {.scenario = two, .operation = "qdevice-add", .words = {"host=k2"}, .refused = "k2 is a node of the cluster itself"},
      {.scenario = devised, .operation = "qdevice-add", .words = {"host=s3"}, .refused = "has a quorum device already"},
      {.scenario = two, .before = {"k1$ pcs stonith fence k2 --off", "60s"}, .operation = "qdevice-add", .words = {"host=q"}, .refused = "k2 is no member now"},
      {.name = "qdevice-remove", .scenario = devised, .operation = "qdevice-remove", .words = {NULL}},
      {.scenario = two, .operation = "qdevice-remove", .words = {NULL}, .refused = "has no quorum device"},
      {.scenario = devised, .before = {"property stonith-watchdog-timeout 10s"}, .operation = "qdevice-remove", .words = {NULL}, .refused = "SBD without a disk needs it"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static void watches(void **state) {
  static const struct trial trials[] = {
      {.name = "sbd-enable", .scenario = three, .operation = "sbd-enable", .words = {NULL}},
      {.name = "sbd-enable-stop", .scenario = devised, .operation = "sbd-enable", .words = {"keep=no", "timeout=10"}},
      {.name = "sbd-enable-pcs-0.9", .scenario = three, .operation = "sbd-enable", .words = {"restart=no"}, .pcs = "0.9.169", .unrun = true},
      {.scenario = two, .operation = "sbd-enable", .words = {NULL}, .refused = "two nodes without a disk and without a quorum device"},
      {.scenario = four, .operation = "sbd-enable", .words = {NULL}, .refused = "two equal halves both end themselves"},
      {.scenario = two, .operation = "sbd-enable", .words = {"device=/dev/disk/by-id/sbd"}, .refused = "/dev/disk/by-id/sbd is no block device on k1"},
      {.scenario = three, .operation = "sbd-enable", .words = {"watchdog=/dev/watchdog7"}, .refused = "has no watchdog /dev/watchdog7"},
      {.scenario = three, .before = {"property maintenance-mode true"}, .operation = "sbd-enable", .words = {NULL}, .refused = "in maintenance mode"},
      {.scenario = three, .operation = "sbd-disable", .words = {NULL}, .refused = "SBD is off"},
      {.scenario = unfenced, .before = {"property have-watchdog true"}, .operation = "sbd-disable", .words = {NULL}, .refused = "nothing but SBD ends k1"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

/* With a disk two nodes may; and what was enabled is disabled again, the guests running all the time. */
static void watches_by_disk_and_ends(void **state) {
  static const char *const enable[] = {"device=/dev/disk/by-id/sbd", NULL}, *const disable[] = {NULL};
  struct simulated g = ground_open(two);
  (void)state;
  for (int i = 1; i < 3; i++) set_pair(sim_world(g.sim), &world_host(sim_world(g.sim), i == 1 ? "k1" : "k2")->files, "/dev/disk/by-id/sbd", "");
  struct planned p = ground_plan(&g, "sbd-enable", enable, NULL);
  assert_int_equal(p.plan->allowed, TRUTH_NO); /* nobody made it what SBD reads */
  assert_non_null(strstr(p.plan->why, "holds no structures of SBD"));
  ground_do(&g, "k1$ apt-get install sbd");
  ground_do(&g, "k2$ apt-get install sbd");
  for (int i = 1; i < 3; i++) set_pair(sim_world(g.sim), &world_host(sim_world(g.sim), i == 1 ? "k1" : "k2")->files, "/dev/disk/by-id/sbd", "sbd");
  int64_t before = world_domain(sim_world(g.sim), "d1")->instances.item[0].since;
  p = ground_plan(&g, "sbd-enable", enable, NULL);
  ground_compare(p.plan, "sbd-enable-disk");
  ground_prove(&g, &p, true);
  p = ground_plan(&g, "sbd-enable", enable, NULL);
  assert_non_null(strstr(p.plan->why, "SBD is on already"));
  p = ground_plan(&g, "sbd-disable", disable, NULL);
  ground_compare(p.plan, "sbd-disable");
  ground_prove(&g, &p, true);
  assert_int_equal(world_domain(sim_world(g.sim), "d1")->instances.count, 1);
  assert_true(world_domain(sim_world(g.sim), "d1")->instances.item[0].since == before); /* the same guest */
  simulated_close(&g);
}

static void replaces_hosts(void **state) {
  static const struct trial trials[] = {
      {.name = "host-replace-other", .scenario = spread, .before = {"power off s2", "90s"}, .operation = "host-replace", .words = {"host=s2", "new=s5"}},
      {.name = "host-replace-same", .scenario = spread, .before = {"power off s2", "90s", "renew s2", "90s"}, .operation = "host-replace", .words = {"host=s2", "new=s2"}},
      {.scenario = spread, .operation = "host-replace", .words = {"host=s2", "new=s5"}, .refused = "s2 is not dead: its brick /data/b answers"},
      {.scenario = spread, .before = {"stop s2 glusterd", "60s"}, .operation = "host-replace", .words = {"host=s2", "new=s5"}, .refused = "s2 is not dead"},
      {.scenario = spread, .before = {"kill brick s1", "power off s2", "90s"}, .operation = "host-replace", .words = {"host=s2", "new=s5"}, .refused = "s1:/data/b, of the same set as s2:/data/b, is down"},
      {.scenario = spread, .before = {"kill brick s1", "power off s2", "90s"}, .operation = "host-replace", .words = {"host=s2", "new=s5", "force=yes"}, .refused = "may hold the last good copy"},
      {.scenario = spread, .before = {"power off s2", "90s"}, .operation = "host-replace", .words = {"host=s2", "new=s1", "path=/data/c"}, .refused = "s1 has s1:/data/b of the same set"},
      {.scenario = spread, .before = {"power off s2", "90s"}, .operation = "host-replace", .words = {"host=s2", "new=s5", "path=/srv/b"}, .refused = "lies on the root file system"},
      {.scenario = spread, .before = {"power off s2", "90s"}, .operation = "host-replace", .words = {"host=s2", "new=k2"}, .refused = "glusterd does not run on k2"},
      {.scenario = spread, .before = {"option v cluster.self-heal-daemon off", "power off s2", "90s"}, .operation = "host-replace", .words = {"host=s2", "new=s5"}, .refused = "nothing would fill the new brick"},
      {.scenario = plain, .before = {"power off s2", "90s"}, .operation = "host-replace", .words = {"host=s2", "new=s3"}, .refused = "has no copies"},
      {.scenario = spread, .before = {"power off s2", "90s"}, .operation = "host-replace", .words = {"host=s2", "new=s2"}, .refused = "s2"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

/* A copy dies while the new one is filled: it is not said to be replaced. */
static void a_half_healed_host_is_not_replaced(void **state) {
  static const char *const words[] = {"host=s2", "new=s5", NULL};
  struct simulated g = ground_open(spread);
  const char *outputs[64] = {0}, *which;
  (void)state;
  ground_do(&g, "power off s2");
  ground_do(&g, "90s");
  struct planned p = ground_plan(&g, "host-replace", words, NULL);
  assert_int_equal(p.plan->allowed, TRUTH_YES);
  size_t at = 0;
  for (; at < p.plan->steps.count && !(p.plan->steps.item[at].until.name && !strcmp(p.plan->steps.item[at].until.name, "heals-quiet")); at++) assert_null(ground_step(&g, &p, at, outputs));
  ground_do(&g, "kill brick s1");
  simulated_run(&g, 150000);
  assert_int_not_equal(ground_holds(&g, &p.plan->steps.item[at].until, NULL), TRUTH_YES);
  assert_int_not_equal(ground_verified(&g, p.plan, &which), TRUTH_YES);
  simulated_close(&g);
}

/* Something changes between the plan and its steps: it ends with what pcs says, and nothing is verified. */
static void what_fails_is_not_verified(void **state) {
  static const struct { const char *scenario, *operation, *words[4], *happens; } trials[] = {
      {two, "qdevice-add", {"host=q", "password=hunter2"}, "power off q"},
      {devised, "qdevice-remove", {NULL}, "power off k2"},
      {three, "cluster-node-remove", {"node=k3"}, "cut k2 cluster"},
      {three, "sbd-enable", {NULL}, "k2$ systemctl stop pcsd"},
      {spread, "host-replace", {"host=s2", "new=s5"}, "power off s5"},
  };
  (void)state;
  for (size_t i = 0; i < COUNT(trials); i++) {
    struct simulated g = ground_open(trials[i].scenario);
    const char *which = "";
    if (!strcmp(trials[i].operation, "host-replace")) ground_do(&g, "power off s2"), ground_do(&g, "90s");
    struct planned p = ground_plan(&g, trials[i].operation, trials[i].words, NULL);
    if (p.plan->allowed != TRUTH_YES) fail_msg("%s: %s", trials[i].operation, p.plan->why);
    ground_do(&g, trials[i].happens);
    if (!ground_try(&g, &p)) fail_msg("%s is through though %s", trials[i].operation, trials[i].happens);
    assert_int_not_equal(ground_verified(&g, p.plan, &which), TRUTH_YES);
    simulated_close(&g);
  }
}

/* What was asked in is nothing as long as its cluster does not start there. */
static void a_node_that_does_not_come_is_not_added(void **state) {
  static const char *const words[] = {"node=k3", "password=hunter2", NULL};
  struct simulated g = ground_open(two);
  const char *which;
  (void)state;
  struct planned p = ground_plan(&g, "cluster-node-add", words, NULL);
  ground_do(&g, "cut k3 cluster");
  assert_non_null(ground_try(&g, &p));
  assert_int_not_equal(ground_verified(&g, p.plan, &which), TRUTH_YES);
  simulated_close(&g);
}

/* Two, three, two again: two_node goes and comes, and the guests never notice. */
static void comes_and_goes(void **state) {
  static const char *const add[] = {"node=k3", "password=hunter2", NULL}, *const take[] = {"node=k3", NULL}, *const gone[] = {"node=k3", "constraints=yes", NULL};
  struct simulated g = ground_open(two);
  (void)state;
  assert_int_equal(g.snap->cluster.two_node, TRUTH_YES);
  struct planned p = ground_plan(&g, "cluster-node-add", add, NULL);
  ground_prove(&g, &p, true);
  assert_int_equal(g.snap->cluster.two_node, TRUTH_NO);
  assert_int_equal(g.snap->cluster.quorum, 2);
  assert_int_equal(snapshot_host(g.snap, "k3")->pacemaker, NODE_STANDBY);
  assert_int_equal(snapshot_host(g.snap, "k3")->domains, 0);
  assert_null(strstr(pairs_get(&world_host(sim_world(g.sim), "k3")->files, "/etc/default/pacemaker"), "start_state")); /* its next start is as it was left */
  p = ground_plan(&g, "node-unstandby", take, NULL);
  ground_prove(&g, &p, true);
  ground_do(&g, "move d1 k3");
  simulated_run(&g, 60000);
  assert_int_equal(snapshot_host(g.snap, "k3")->domains, 1);
  p = ground_plan(&g, "cluster-node-remove", gone, NULL);
  ground_prove(&g, &p, true);
  assert_int_equal(g.snap->cluster.two_node, TRUTH_YES);
  assert_int_equal(g.snap->cluster.votes, 2);
  assert_int_equal(g.snap->failures.count, 0);
  for (size_t i = 0; i < g.snap->domains.count; i++) assert_string_equal(g.snap->domains.item[i].state, "running");
  for (size_t i = 0; i < g.snap->constraints.count; i++) assert_false(str_eq(g.snap->constraints.item[i].host, "k3"));
  simulated_close(&g);
}

/* With the device one node of two goes on alone when the other is lost, and the device is no longer to be had for that in the end. */
static void the_device_counts(void **state) {
  static const char *const add[] = {"host=q", "password=hunter2", NULL};
  struct simulated g = ground_open(two);
  (void)state;
  struct planned p = ground_plan(&g, "qdevice-add", add, NULL);
  ground_prove(&g, &p, true);
  assert_int_equal(g.snap->cluster.votes, 3);
  ground_do(&g, "k2$ pcs cluster stop");
  simulated_run(&g, 60000);
  assert_int_equal(g.snap->cluster.votes, 2);
  assert_int_equal(g.snap->cluster.quorate, TRUTH_YES);
  ground_do(&g, "power off q");
  simulated_run(&g, 60000);
  assert_int_equal(g.snap->cluster.quorate, TRUTH_NO);
  simulated_close(&g);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(adds_nodes), cmocka_unit_test(removes_nodes), cmocka_unit_test(has_quorum_devices), cmocka_unit_test(watches), cmocka_unit_test(watches_by_disk_and_ends),
                                     cmocka_unit_test(replaces_hosts), cmocka_unit_test(a_half_healed_host_is_not_replaced), cmocka_unit_test(what_fails_is_not_verified), cmocka_unit_test(a_node_that_does_not_come_is_not_added), cmocka_unit_test(comes_and_goes),
                                     cmocka_unit_test(the_device_counts)};
  return RUN(tests);
}
