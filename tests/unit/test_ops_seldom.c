/* Operations that the guide runs, or that are asked for by name only: each planned, refused, run, and verified by what its
 * verification would not say before it ran. */
#include "ground.h"
#include "tests/unit/plans.h"

static void hosts_are_made_ready_piece_by_piece(void **state) {
  static const struct trial trials[] = {
      {.name = "host-packages", .scenario = "lab-empty", .operation = "host-packages", .words = {"host=node1", "host=node2", "role=gluster"}, .silent = true},
      {.scenario = "lab-empty", .before = {"power off node2", "5s"}, .operation = "host-packages", .words = {"host=node2", "role=gluster"}, .refused = "node2"},
      {.name = "host-firewall", .scenario = "lab-empty", .before = {"kvm01$ apt-get install -y ufw"}, .operation = "host-firewall", .words = {"host=kvm01", "role=kvm"}, .silent = true},
      {.name = "host-names", .operation = "host-names", .words = {"host=kvm01", "host=kvm02", "entry=backup=10.77.0.99"}, .silent = true},
      {.operation = "host-names", .words = {"host=kvm01", "entry=node1=10.0.0.1"}, .refused = "gives node1 the address"},
      {.name = "host-services", .scenario = "lab-empty", .before = {"node1$ apt-get install -y glusterfs-server"}, .operation = "host-services", .words = {"host=node1", "role=gluster"}, .silent = true},
      {.scenario = "lab-empty", .before = {"power off node2", "5s"}, .operation = "host-services", .words = {"host=node2", "role=gluster"}, .refused = "node2"},
      {.name = "host-trust", .operation = "host-trust", .words = {"host=kvm01", "host=kvm02"}, .silent = true},
      {.scenario = "lab-empty", .before = {"power off kvm02", "5s"}, .operation = "host-trust", .words = {"host=kvm01", "host=kvm02"}, .refused = "kvm02"},
  };
  struct simulated b;
  (void)state;
  ground_trials(trials, COUNT(trials));
  bench_open(&b, "lab-empty");
  bench_happen(&b, "power off kvm02", 5);
  plan_refused(&b, "host-firewall", "host=kvm02;role=kvm", "kvm02");
  simulated_close(&b);
}

static void the_cluster_piece_by_piece(void **state) {
  static const struct trial trials[] = {
      {.name = "cluster-password", .operation = "cluster-password", .words = {"nodes=kvm01", "nodes=kvm02", "password=Geheim7"}, .silent = true},
      {.scenario = "lab-empty", .operation = "cluster-password", .words = {"nodes=kvm01", "password=Geheim7"}, .refused = "pcs on kvm01 is not there"},
      {.name = "node-leave-and-join", .operation = "node-leave-and-join", .words = {"node=kvm02"}},
      {.operation = "node-leave-and-join", .words = {"node=kvm01"}, .refused = "the host that this console runs on"},
      {.name = "guide-move", .operation = "guide-move", .words = {"resource=test01", "to=kvm02"}},
      {.operation = "guide-move", .words = {"resource=test01", "to=kvm01"}, .refused = "is on kvm01 already"},
      {.name = "guide-proof", .operation = "guide-proof", .words = {"step=moved", "domain=test01"}},
      {.scenario = "lab-empty", .operation = "guide-proof", .words = {"step=moved", "domain=test01"}, .refused = "cluster"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static void domains_by_name(void **state) {
  static const struct trial trials[] = {
      {.name = "domain-image", .operation = "domain-image", .words = {"image=/var/lib/libvirt/images/cloud.qcow2", "disk=/kvmdata/new.qcow2"}, .silent = true},
      {.operation = "domain-image", .words = {"image=/nosuch", "disk=/kvmdata/new.qcow2"}, .refused = "/nosuch"},
      {.operation = "domain-image", .words = {"image=/var/lib/libvirt/images/cloud.qcow2", "disk=/kvmdata/test01.qcow2"}, .refused = "test01.qcow2"},
      {.operation = "domain-hand-over", .words = {"domain=test01"}, .refused = "say from which host"},
  };
  struct simulated b;
  (void)state;
  ground_trials(trials, COUNT(trials));
  bench_open(&b, "title t\nhost k[1-2] kvm\nhost s[1-2] store\nvolume v replica 2 bricks s[1-2]:/b size=1T used=10\nmount v /kvmdata on k[1-2] from s1\ncluster c k[1-2]\nhere k1\ndomain web volume v plain=k1\n");
  plan_done(&b, bench_plan(&b, "domain-share", "domain=web"));
  struct plan *p = bench_plan(&b, "domain-hand-over", "domain=web;from=k1;to=k2;config=/kvmdata/config/web.xml");
  plan_kept(p, "domain-hand-over");
  plan_runs(&b, p);
  simulated_close(&b);
}

/* What nobody can tell now is not done: pacemaker is not read, gluster does not answer, the tool is not there. */
static void nothing_is_done_blindly(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "lab-empty");
  plan_refused(&b, "cluster-start", "", "pcs on kvm01 is not there");
  plan_refused(&b, "cluster-enable", "", "pcs on kvm01 is not there");
  simulated_close(&b);
  bench_open(&b, "title t\nhost n1 store\nvolume v distribute bricks n1:/b size=1T used=10\nhere n1\n");
  plan_refused(&b, "gluster-heal-full", "volume=v", "no copies");
  plan_refused(&b, "gluster-splitbrain", "volume=v", "no copies");
  /* What was chosen while the cluster was read, and it is not any more. */
  struct simulated c;
  struct survey none = {0};
  bench_open(&c, "degraded");
  static const struct { const char *operation, *words; } chosen[] = {{"resource-refresh", "resource=app01"}, {"node-reinstate", "host=kvm03"}, {"problem-acknowledge", "problem=node-standby:kvm03;text=x;by=me"}}; /* each is refused */
  for (size_t i = 0; i < COUNT(chosen); i++) {
    const struct operation *o = operation_find(chosen[i].operation);
    struct values v = bench_values(&c, o, chosen[i].words);
    const struct plan *p = operation_plan(o, b.snap, &v, &none, b.arena);
    if (p->allowed != TRUTH_NO || !p->why || !p->when) fail_msg("%s is not refused where there is no cluster", o->name);
  }
  plan_runs(&c, bench_plan(&c, "problem-acknowledge", chosen[2].words));
  struct values v = bench_values(&c, operation_find("problem-unacknowledge"), "problem=node-standby:kvm03");
  if (operation_plan(operation_find("problem-unacknowledge"), b.snap, &v, &none, b.arena)->allowed != TRUTH_NO) fail_msg("problem-unacknowledge is not refused");
  simulated_close(&b);
  simulated_close(&c);
}

static void acknowledging_is_a_plan(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "degraded");
  struct plan *p = bench_plan(&b, "problem-acknowledge", "problem=node-standby:kvm03;text=new disk on Tuesday;by=root@kvm01");
  plan_kept(p, "problem-acknowledge");
  plan_runs(&b, p);
  p = bench_plan(&b, "problem-unacknowledge", "problem=node-standby:kvm03");
  plan_kept(p, "problem-unacknowledge");
  plan_runs(&b, p);
  simulated_close(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(hosts_are_made_ready_piece_by_piece), cmocka_unit_test(the_cluster_piece_by_piece), cmocka_unit_test(domains_by_name), cmocka_unit_test(nothing_is_done_blindly),
                                     cmocka_unit_test(acknowledging_is_a_plan)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
