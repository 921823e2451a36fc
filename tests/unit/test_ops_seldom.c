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

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(hosts_are_made_ready_piece_by_piece), cmocka_unit_test(the_cluster_piece_by_piece), cmocka_unit_test(domains_by_name)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
