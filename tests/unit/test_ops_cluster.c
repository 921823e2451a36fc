/* The cluster and its fencing: plans for each generation of pcs, refusals, runs in the simulation; a secret is in none of it. */
#include "ground.h"

static const char bare[] = "title t\nhost k[1-2] kvm\nhost s[1-2] store\nvolume v replica 2 bricks s[1-2]:/b size=1T used=10\nmount v /kvmdata on k[1-2] from s1\nhere k1\n";
static const char three[] = "title t\nhost k[1-3] kvm\nhost s[1-2] store\nvolume v replica 2 bricks s[1-2]:/b size=1T used=10\nmount v /kvmdata on k[1-3] from s1\ncluster c k[1-3]\nhere k1\nfencing for k[1-3]\ndomain d[1-3] volume v memory=1G\n";
static const char unfenced[] = "title t\nhost k[1-2] kvm\nhost s[1-2] store\nvolume v replica 2 bricks s[1-2]:/b size=1T used=10\nmount v /kvmdata on k[1-2] from s1\ncluster c k[1-2]\nhere k1\nproperty stonith-enabled=false\ndomain d[1-2] volume v memory=1G\n";
#define LINKS "nodes=k1,10.77.0.11,10.78.0.11", "nodes=k2,10.77.0.12,10.78.0.12"

static void sets_up(void **state) {
  static const struct trial trials[] = {
      {.name = "cluster-authenticate-pcs-0.9", .scenario = bare, .operation = "cluster-authenticate", .words = {"nodes=k1", "nodes=k2", "password=hunter2"}, .pcs = "0.9.169", .unrun = true},
      {.name = "cluster-authenticate", .scenario = bare, .operation = "cluster-authenticate", .words = {"nodes=k1", "nodes=k2", "password=hunter2"}, .silent = true},
      {.scenario = bare, .operation = "cluster-authenticate", .words = {"nodes=k1", "nodes=k2"}, .refused = "the password of hacluster is needed"},
      {.name = "cluster-setup-pcs-0.9", .scenario = bare, .operation = "cluster-setup", .words = {"name=c", LINKS, "password=hunter2"}, .pcs = "0.9.169", .unrun = true},
      {.name = "cluster-setup-pcs-0.10", .scenario = bare, .operation = "cluster-setup", .words = {"name=c", LINKS, "password=hunter2"}, .pcs = "0.10.18", .unrun = true},
      {.name = "cluster-setup-pcs-0.11", .scenario = bare, .operation = "cluster-setup", .words = {"name=c", "nodes=k1", "nodes=k2", "password=hunter2"}},
      {.name = "cluster-setup-pcs-0.12", .scenario = bare, .operation = "cluster-setup", .words = {"name=c", "nodes=k1", "nodes=k2", "start=no", "enable=no"}, .pcs = "0.12.1", .silent = true},
      {.name = "cluster-setup-refused", .operation = "cluster-setup", .words = {"name=c", "nodes=kvm01", "nodes=kvm02"}, .refused = "is a member of the cluster cluster-kvm"},
      {.scenario = bare, .operation = "cluster-setup", .words = {"name=c", "nodes=k1,10.0.0.1", "nodes=k2"}, .refused = "each link wants one of every node"},
      {.scenario = bare, .operation = "cluster-setup", .words = {"name=c", "nodes=k1"}, .refused = "one node alone"},
      {.scenario = bare, .operation = "cluster-setup", .words = {"name=c", "nodes=s1", "nodes=s2"}, .refused = "pcs on s1 is not there"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

/* What a package or an earlier cluster left in /etc/corosync. */
static void handles_leftovers(void **state) {
  static const char stock[] = "totem {\n\tversion: 2\n\tcluster_name: debian\n}\nnodelist {\n\tnode {\n\t\tname: node1\n\t\tnodeid: 1\n\t\tring0_addr: 127.0.0.1\n\t}\n}\n";
  static const char other[] = "totem {\n  version: 2\n  cluster_name: old-one\n}\nnodelist {\n  node {\n    ring0_addr: k9\n  }\n}\n";
  static const struct { const char *name, *pcs; } versions[] = {{"pcs-0.9", "0.9.169"}, {"pcs-0.10", "0.10.18"}, {"pcs-0.11", "0.11.5"}, {"pcs-0.12", "0.12.0"}};
  static const char *const words[] = {"name=c", "nodes=k1", "nodes=k2", "password=hunter2", NULL}, *const forced[] = {"name=c", "nodes=k1", "nodes=k2", "force=yes", NULL};
  (void)state;
  for (size_t i = 0; i < COUNT(versions); i++) {
    struct simulated g = ground_open(bare);
    char name[64];
    set_pair(sim_world(g.sim), &world_host(sim_world(g.sim), "k2")->files, "/etc/corosync/corosync.conf", stock);
    struct planned p = ground_plan(&g, "cluster-setup", words, versions[i].pcs);
    snprintf(name, sizeof name, "cluster-setup-leftover-%s", versions[i].name);
    ground_compare(p.plan, name);
    if (i == 2) ground_prove(&g, &p, true);
    set_pair(sim_world(g.sim), &world_host(sim_world(g.sim), "k2")->files, "/etc/corosync/corosync.conf", other);
    if (i == 0) {
      p = ground_plan(&g, "cluster-setup", words, versions[i].pcs);
      assert_int_equal(p.plan->allowed, TRUTH_NO);
      assert_int_equal(p.plan->forcible, TRUTH_YES);
      assert_non_null(strstr(p.plan->why, "has the configuration of a cluster old-one"));
      p = ground_plan(&g, "cluster-setup", forced, versions[i].pcs);
      assert_int_equal(p.plan->allowed, TRUTH_YES);
      assert_int_equal(p.plan->danger, 2);
    }
    simulated_close(&g);
  }
}

static void runs(void **state) {
  static const struct trial trials[] = {
      {.name = "cluster-start", .before = {"kvm01$ pcs cluster stop --all", "20s"}, .operation = "cluster-start", .words = {NULL}},
      {.name = "cluster-start-node", .before = {"kvm02$ pcs cluster stop", "20s"}, .operation = "cluster-start", .words = {"node=kvm02"}},
      {.name = "cluster-stop", .operation = "cluster-stop", .words = {NULL}},
      {.name = "cluster-stop-node", .before = {"move test01 kvm02", "30s"}, .operation = "cluster-stop", .words = {"node=kvm02"}},
      {.name = "cluster-stop-refused", .operation = "cluster-stop", .words = {"node=kvm01"}, .refused = "is the host that this console runs on"},
      {.scenario = three, .before = {"k3$ pcs cluster stop", "30s"}, .operation = "cluster-stop", .words = {"node=k2"}, .refused = "1 votes would be left of the 2 that quorum takes"},
      {.name = "cluster-enable", .operation = "cluster-enable", .words = {NULL}, .silent = true},
      {.name = "cluster-enable-no", .operation = "cluster-enable", .words = {"enabled=no", "node=kvm02"}, .silent = true},
      {.name = "cluster-destroy-refused", .operation = "cluster-destroy", .words = {NULL}, .refused = "test01 still runs under it"},
      {.name = "cluster-destroy", .before = {"kvm01$ pcs resource disable test01", "30s"}, .operation = "cluster-destroy", .words = {NULL}},
      {.name = "cluster-destroy-pcs-0.9", .operation = "cluster-destroy", .words = {"force=yes"}, .pcs = "0.9.169", .unrun = true},
      {.name = "cluster-destroy-pcs-0.12", .operation = "cluster-destroy", .words = {"force=yes"}, .pcs = "0.12.1", .unrun = true},
      {.name = "cluster-property", .operation = "cluster-property", .words = {"name=maintenance-mode", "value=true"}},
      {.name = "cluster-property-unset", .before = {"property maintenance-mode true"}, .operation = "cluster-property", .words = {"name=maintenance-mode"}},
      {.name = "cluster-property-danger", .operation = "cluster-property", .words = {"name=stonith-enabled", "value=false"}},
      {.name = "cluster-property-refused", .scenario = unfenced, .operation = "cluster-property", .words = {"name=stonith-enabled", "value=false"}, .refused = "stonith-enabled is false already"},
      {.before = {"hang kvm01 pacemaker", "90s"}, .operation = "cluster-property", .words = {"name=stonith-enabled", "value=false"}, .refused = "cannot tell"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

#define DEVICE "node=k2", "ip=10.0.0.12", "username=admin", "password=hunter2", "cipher=3"
static void makes_devices(void **state) {
  static const struct trial trials[] = {
      {.name = "fencing-create", .scenario = unfenced, .operation = "fencing-create", .words = {DEVICE}},
      {.name = "fencing-create-pcs-0.9", .scenario = unfenced, .operation = "fencing-create", .words = {DEVICE, "enable=no", "delay=0"}, .pcs = "0.9.169", .unrun = true},
      {.name = "fencing-create-pcs-0.10", .scenario = unfenced, .operation = "fencing-create", .words = {DEVICE}, .pcs = "0.10.18", .unrun = true},
      {.name = "fencing-create-pcs-0.12", .scenario = unfenced, .operation = "fencing-create", .words = {DEVICE}, .pcs = "0.12.1", .unrun = true},
      {.name = "fencing-create-virsh", .scenario = unfenced, .operation = "fencing-create", .words = {DEVICE, "agent=fence_virsh", "plug=vm-k2", "name=nest", "port=2222"}},
      {.name = "fencing-create-refused", .operation = "fencing-create", .words = {"node=kvm02", "ip=10.0.0.12", "username=admin", "password=hunter2", "name=second"}, .refused = "kvm02 has a fence device already: fence-kvm02"},
      {.operation = "fencing-create", .words = {"node=kvm02", "ip=10.0.0.12", "username=admin", "password=hunter2"}, .refused = "there is a resource fence-kvm02 already"},
      {.scenario = unfenced, .operation = "fencing-create", .words = {"node=k2", "ip=10.0.0.12", "username=admin"}, .refused = "the password of the device is needed"},
      {.name = "fencing-password", .before = {"change password kvm02", "150s"}, .operation = "fencing-password", .words = {"node=kvm02", "password=hunter2"}},
      {.operation = "fencing-password", .words = {"node=kvm02"}, .refused = "the password of the device is needed"},
      {.operation = "fencing-password", .words = {"node=kvm02", "password=hunter2", "name=none"}, .refused = "there is no fence device none"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static void fences(void **state) {
  static const struct trial trials[] = {
      {.name = "fencing-test", .before = {"standby kvm02"}, .operation = "fencing-test", .words = {"node=kvm02"}},
      {.name = "fencing-test-own", .operation = "fencing-test", .words = {"node=kvm01"}, .refused = "is the host that this console runs on"},
      {.name = "fencing-test-refused", .before = {"move test01 kvm02", "30s"}, .operation = "fencing-test", .words = {"node=kvm02"}, .refused = "test01 runs on kvm02 and would die"},
      {.scenario = unfenced, .before = {"k1$ pcs resource disable d1", "k1$ pcs resource disable d2", "30s"}, .operation = "fencing-test", .words = {"node=k2"}, .refused = "no fence device is configured for k2"},
      {.name = "fencing-delay", .operation = "fencing-delay", .words = {"node=kvm01"}},
      {.before = {"kvm01$ crm_resource -r fence-kvm01 -p pcmk_delay_base -v 5s", "3s"}, .operation = "fencing-delay", .words = {"node=kvm01", "seconds=0"}},
      {.scenario = unfenced, .operation = "fencing-delay", .words = {"node=k1"}, .refused = "fence device"},
      {.name = "fencing-level", .operation = "fencing-level", .words = {"node=kvm02", "device=fence-kvm02"}},
      {.name = "fencing-level-other-pcs-0.9", .before = {"kvm01$ pcs stonith level add 1 kvm02 fence-kvm02"}, .operation = "fencing-level", .words = {"node=kvm02", "device=fence-kvm01", "device=fence-kvm02"}, .pcs = "0.9.169", .unrun = true},
      {.before = {"kvm01$ pcs stonith level add 1 kvm02 fence-kvm02", "3s"}, .operation = "fencing-level", .words = {"node=kvm02", "device=fence-kvm01", "device=fence-kvm02"}},
      {.name = "fencing-level-gone", .before = {"kvm01$ pcs stonith level add 2 kvm02 fence-kvm02", "3s"}, .operation = "fencing-level", .words = {"node=kvm02", "level=2"}},
      {.operation = "fencing-level", .words = {"node=kvm02", "level=3"}, .refused = "has no fencing level 3"},
      {.name = "fencing-fence", .before = {"move test01 kvm02", "30s"}, .operation = "fencing-fence", .words = {"node=kvm02"}},
      {.name = "fencing-fence-off", .operation = "fencing-fence", .words = {"node=kvm02", "action=off"}},
      {.name = "fencing-confirm-alive", .operation = "fencing-confirm", .words = {"node=kvm02", "seen=I saw it without power"}, .refused = "is not dead: corosync has it for a member"},
      {.name = "fencing-confirm", .before = {"break bmc kvm02", "power off kvm02", "60s"}, .operation = "fencing-confirm", .words = {"node=kvm02", "seen=I saw it without power"}},
      {.before = {"break bmc kvm02", "power off kvm02", "60s"}, .operation = "fencing-confirm", .words = {"node=kvm02", "seen=yes"}, .refused = "only who saw kvm02 without power"},
      {.before = {"power off kvm02", "14s"}, .operation = "fencing-confirm", .words = {"node=kvm02", "seen=I saw it without power"}, .refused = "for safely off already"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

/* A device that has not proven itself: fencing fails, and nobody says that it worked. */
static void a_failed_fencing_is_no_fencing(void **state) {
  static const char *const words[] = {"node=kvm02", NULL};
  struct simulated g = ground_open("lab");
  const char *which;
  (void)state;
  ground_do(&g, "standby kvm02");
  ground_do(&g, "break bmc kvm02");
  struct planned p = ground_plan(&g, "fencing-test", words, NULL);
  assert_int_equal(p.plan->allowed, TRUTH_YES);
  const char *wrong = ground_try(&g, &p);
  assert_non_null(wrong);
  assert_int_not_equal(ground_verified(&g, p.plan, &which), TRUTH_YES);
  simulated_close(&g);
}

/* The secret is in no step's words, no text, JSON or script, and nothing of the world has it afterwards. */
static void a_secret_stays_one(void **state) {
  static const char *const setup[] = {"name=c", "nodes=k1", "nodes=k2", "password=hunter2", NULL}, *const device[] = {DEVICE, NULL};
  (void)state;
  for (int turn = 0; turn < 2; turn++) {
    struct simulated g = ground_open(turn ? unfenced : bare);
    struct planned p = ground_plan(&g, turn ? "fencing-create" : "cluster-setup", turn ? device : setup, NULL);
    CLEANUP(str_free) struct str out = {0};
    const char *wrong = ground_try(&g, &p);
    if (wrong) fail_msg("%s", wrong);
    plan_text(p.plan, &out), plan_json(p.plan, &out), plan_shell(p.plan, "root@%h", &out), plan_canonical(p.plan, &out);
    for (size_t i = 0; i < out.len; i++) assert_true(out.len - i < 7 || memcmp(out.data + i, "hunter2", 7));
    CLEANUP(str_free) struct str world = {0};
    world_print(sim_world(g.sim), &world);
    assert_null(strstr(str_text(&world), "hunter2"));
    if (turn) assert_non_null(strstr(str_text(&world), "/etc/kvmconsole/fence-k2.password"));
    simulated_close(&g);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(sets_up), cmocka_unit_test(handles_leftovers), cmocka_unit_test(runs), cmocka_unit_test(makes_devices), cmocka_unit_test(fences), cmocka_unit_test(a_failed_fencing_is_no_fencing), cmocka_unit_test(a_secret_stays_one)};
  return RUN(tests);
}
