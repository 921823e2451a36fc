/* The whole way by operations alone: from bare hosts to a domain that fails over, and what an operator does with it then. */
#include "ground.h"

#define ENTRIES "entry=kvm01=10.77.0.11", "entry=kvm02=10.77.0.12", "entry=node1=10.77.0.21", "entry=node2=10.77.0.22", "entry=node3=10.77.0.23", "entry=node4=10.77.0.24"

static void go(struct simulated *g, const char *operation, const char *const *words) {
  struct planned p = ground_plan(g, operation, words, NULL);
  const char *wrong = ground_try(g, &p);
  if (wrong) fail_msg("%s: %s", operation, wrong);
}
#define GO(g, operation, ...) go(g, operation, (const char *const[]){__VA_ARGS__, NULL})

static void from_bare_hosts_to_a_failover(void **state) {
  struct simulated g = ground_open("lab-empty");
  (void)state;
  GO(&g, "host-prepare", "host=node1", "host=node2", "host=node3", "host=node4", "role=gluster", ENTRIES);
  GO(&g, "host-prepare", "host=kvm01", "host=kvm02", "role=kvm", ENTRIES);
  GO(&g, "gluster-peer-probe", "host=node1", "host=node2", "host=node3", "host=node4");
  GO(&g, "gluster-volume-create", "name=models", "type=distributed-replicate");
  GO(&g, "gluster-mount", "volume=models", "host=kvm01", "host=kvm02");
  GO(&g, "cluster-setup", "name=cluster-kvm", "nodes=kvm01", "nodes=kvm02", "password=hunter2");
  GO(&g, "fencing-create", "node=kvm01", "ip=10.0.0.11", "username=admin", "password=hunter2");
  GO(&g, "fencing-create", "node=kvm02", "ip=10.0.0.12", "username=admin", "password=hunter2", "delay=0");
  GO(&g, "domain-create", "name=test01", "image=/root/cloud.qcow2", "memory=96M", "host=kvm01", "bridge=none", "password=hunter2");
  GO(&g, "domain-make-ha", "domain=test01");
  GO(&g, "resource-move", "resource=test01", "to=kvm02", "clear=yes");
  GO(&g, "resource-move", "resource=test01", "to=kvm01");
  GO(&g, "resource-clear", "resource=test01");
  GO(&g, "node-drain", "host=kvm02");
  GO(&g, "fencing-test", "node=kvm02");
  GO(&g, "node-reinstate", "host=kvm02");
  GO(&g, "resource-move", "resource=test01", "to=kvm02", "clear=yes");
  ground_do(&g, "power off kvm02");
  simulated_run(&g, 120000);
  const struct domain_view *d = snapshot_domain(g.snap, "test01");
  assert_int_equal(d->hosts.count, 1);
  assert_string_equal(d->hosts.item[0], "kvm01");
  assert_string_equal(d->state, "running");
  simulated_close(&g);
}

/* Taken apart in order and built anew, with another name; the domain is the same throughout, first plain, then not. */
static void taken_apart_and_built_anew(void **state) {
  struct simulated g = ground_open("lab");
  (void)state;
  GO(&g, "domain-undo-ha", "domain=test01");
  GO(&g, "cluster-destroy", "force=no");
  simulated_run(&g, 10000);
  assert_true(str_eq(snapshot_domain(g.snap, "test01")->state, "running"));
  GO(&g, "cluster-setup", "name=another", "nodes=kvm01", "nodes=kvm02", "password=hunter2");
  GO(&g, "fencing-create", "node=kvm02", "ip=10.0.0.12", "username=admin", "password=hunter2");
  GO(&g, "domain-make-ha", "domain=test01");
  GO(&g, "domain-migrate", "domain=test01", "to=kvm02", "clear=yes");
  simulated_close(&g);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(taken_apart_and_built_anew), cmocka_unit_test(from_bare_hosts_to_a_failover)};
  return RUN(tests);
}
