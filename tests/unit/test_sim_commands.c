/* Commands on the simulated cluster: the guide's way from bare hosts to a domain that survives its host, what is printed
 * against what the pacemaker source reads, and what is refused. */
#include "model/facts.h"
#include "sim/build.h"
#include "sim/event.h"
#include "sim/facts.h"
#include "sim/host.h"
#include "sim/pacemaker.h"
#include "sim/sim.h"
#include "sim/store.h"
#include "sources/pacemaker_status.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct sim *opened(const char *scenario) {
  struct sim *s = NULL;
  struct err e = {0};
  if (sim_open(&(struct sim_options){.scenario = scenario}, &s, &e)) fail_msg("%s", e.text);
  return s;
}

static struct command_result last;

/* "kvm01 pcs status": the words are cut at blanks; returns the exit code. */
static int run_with(struct sim *s, const char *line, const char *input) {
  char words[1024];
  const char *argv[64];
  size_t n = 0;
  char *save = NULL;
  snprintf(words, sizeof words, "%s", line);
  char *host = strtok_r(words, " ", &save);
  while (n < 63 && (argv[n] = strtok_r(NULL, " ", &save))) n++;
  argv[n] = NULL;
  command_result_free(&last);
  sim_execute(s, host, argv, input, &last, NULL, NULL);
  return last.code;
}
static int run(struct sim *s, const char *line) { return run_with(s, line, NULL); }
static void must(struct sim *s, const char *line) {
  if (run(s, line)) fail_msg("%s: exit %d: %s%s", line, last.code, str_text(&last.out), str_text(&last.err));
}
static bool said(const char *text) { return strstr(str_text(&last.out), text) || strstr(str_text(&last.err), text); }
#define SAYS(text)                                                                                  \
  do {                                                                                              \
    if (!said(text)) fail_msg("not said: %s\n%s%s", text, str_text(&last.out), str_text(&last.err)); \
  } while (0)

/* Packages are there; everything else is what tests/lab does, in its order. */
static struct sim *bare(void) {
  char path[64];
  snprintf(path, sizeof path, "/tmp/sim-commands.%d", (int)getpid());
  FILE *f = fopen(path, "w");
  fputs("host kvm[01-02] kvm memory=8G\nhost node[1-4] store\nhere kvm01\n", f);
  fclose(f);
  struct sim *s = opened(path);
  unlink(path);
  return s;
}

static const char definition[] = "<domain type='qemu'>\n  <name>test01</name>\n  <memory unit='MiB'>96</memory><vcpu>1</vcpu>\n  <devices>\n"
                                 "    <disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/><source file='/kvmdata/test01.qcow2'/><target dev='vda' bus='virtio'/></disk>\n  </devices>\n</domain>\n";

static void build_it(struct sim *s) {
  static const char *const steps[] = {
      "node1 gluster --mode=script peer probe node2", "node1 gluster --mode=script peer probe node3", "node1 gluster --mode=script peer probe node4",
      "node1 gluster --mode=script volume create models replica 2 node1:/data node2:/data node3:/data node4:/data force", "node1 gluster --mode=script volume set models network.ping-timeout 5",
      "node1 gluster --mode=script volume set models server.tcp-user-timeout 4", "node1 gluster --mode=script volume set models server.keepalive-time 2",
      "node1 gluster --mode=script volume set models server.keepalive-interval 1", "node1 gluster --mode=script volume start models",
      "kvm01 mount -t glusterfs node1:models /kvmdata", "kvm02 mount -t glusterfs node1:models /kvmdata", "kvm01 mountpoint -q /kvmdata",
      "kvm01 pcs host auth kvm01 kvm02 -u hacluster", "kvm01 pcs cluster setup cluster-kvm kvm01 kvm02", "kvm01 pcs cluster start --all", "kvm01 crm_resource --wait --timeout=60s",
      "kvm01 pcs cluster enable --all",
      "kvm01 pcs stonith create fence-kvm01 fence_ipmilan ip=10.77.0.1 ipport=6211 username=admin password_script=/etc/pacemaker/bmc-password lanplus=1 cipher=3 pcmk_host_list=kvm01 power_wait=2 op monitor interval=60s",
      "kvm01 pcs constraint location fence-kvm01 avoids kvm01",
      "kvm01 pcs stonith create fence-kvm02 fence_ipmilan ip=10.77.0.1 ipport=6212 username=admin password_script=/etc/pacemaker/bmc-password lanplus=1 cipher=3 pcmk_host_list=kvm02 power_wait=2 op monitor interval=60s",
      "kvm01 pcs constraint location fence-kvm02 avoids kvm02", "kvm01 pcs property set stonith-enabled=true", "kvm01 qemu-img create -q -f qcow2 /kvmdata/test01.qcow2 64M"};
  for (size_t i = 0; i < COUNT(steps); i++) must(s, steps[i]);
  assert_int_equal(run_with(s, "kvm01 tee /kvmdata/config/test01.xml", definition), 0);
  must(s, "kvm01 virsh define /kvmdata/config/test01.xml");
  must(s, "kvm01 virsh undefine test01");
  must(s, "kvm01 pcs resource create test01 VirtualDomain hypervisor=qemu:///system config=/kvmdata/config/test01.xml migration_transport=ssh op start timeout=60s op stop timeout=60s op monitor interval=10s timeout=30s meta allow-migrate=true");
  must(s, "kvm01 crm_resource --wait --timeout=60s");
}

static bool runs(struct sim *s, const char *host) {
  const struct sim_domain *d = world_domain(sim_world(s), "test01");
  const struct sim_instance *i = d ? domain_on(d, host) : NULL;
  return i && str_eq(i->state, "running");
}

static void from_bare_hosts(void **state) {
  struct sim *s = bare();
  (void)state;
  build_it(s);
  assert_true(runs(s, "kvm01") || runs(s, "kvm02"));
  const char *from = runs(s, "kvm01") ? "kvm01" : "kvm02", *to = runs(s, "kvm01") ? "kvm02" : "kvm01";
  char line[128];
  snprintf(line, sizeof line, "kvm01 crm_resource -M -r test01 -N %s", to);
  must(s, line);
  must(s, "kvm01 crm_resource --wait --timeout=60s");
  assert_true(runs(s, to));
  must(s, "kvm01 crm_resource -U -r test01");
  SAYS("Removing constraint: cli-prefer-test01");
  world_happen(sim_world(s), "power off", to, NULL);
  sim_run(s, sim_now(s) + 40000, NULL, NULL);
  assert_true(runs(s, from));
  snprintf(line, sizeof line, "%s stonith_admin -H *", from);
  must(s, line);
  SAYS("able to reboot node");
  sim_close(s);
}

static void same_text(const char *a, const char *b) {
  size_t i = 0;
  while (a[i] && a[i] == b[i]) i++;
  size_t from = i > 150 ? i - 150 : 0;
  if (a[i] || b[i]) fail_msg("\n%.250s\n%.250s", a + from, b + from);
}

static void own_facts(struct sim *s, struct arena *a, struct str *out) {
  const struct sim_host *here = world_host(sim_world(s), "kvm01");
  struct look l = {sim_world(s), here, here, a};
  struct pcmk_nodes nodes = {0};
  struct pcmk_resources resources = {0};
  struct pcmk_failures failures = {0};
  read_pacemaker_nodes(&l, NULL, &nodes), read_pacemaker_resources(&l, NULL, &resources), read_pacemaker_failures(&l, NULL, &failures);
  shape_encode(&pcmk_nodes_shape, &nodes, out), shape_encode(&pcmk_resources_shape, &resources, out), shape_encode(&pcmk_failures_shape, &failures, out);
}

/* What crm_mon prints is read by the same parser that reads the real one, and says what the simulation's own facts say,
 * before the command or (it takes a moment) after it. */
static void crm_mon_is_read_by_the_source(void **state) {
  static const char *const events[][3] = {{"power off", "kvm02", NULL}, {"move", "test01", "kvm02"}, {"crash", "test01", NULL}, {"standby", "kvm02", NULL}, {NULL}};
  (void)state;
  for (size_t i = 0; events[i][0]; i++)
    for (int64_t after = 0; after < 30000; after += 900) {
      struct sim *s = opened("lab");
      CLEANUP(arena_freep) struct arena *a = arena_new();
      struct str before = {0}, then = {0}, read = {0};
      struct pacemaker_status p;
      struct err e = {0};
      world_later(sim_world(s), 500, events[i][0], events[i][1], events[i][2]);
      sim_run(s, sim_now(s) + after, NULL, NULL);
      own_facts(s, a, &before);
      must(s, "kvm01 crm_mon -1 --output-as=xml");
      own_facts(s, a, &then);
      if (pacemaker_status_parse(last.out.data, last.out.len, a, &p, &e)) fail_msg("%s\n%s", e.text, last.out.data);
      shape_encode(&pcmk_nodes_shape, &p.nodes, &read), shape_encode(&pcmk_resources_shape, &p.resources, &read), shape_encode(&pcmk_failures_shape, &p.failures, &read);
      if (strcmp(before.data, read.data)) same_text(then.data, read.data);
      str_free(&before), str_free(&then), str_free(&read);
      sim_close(s);
    }
}

static void refused(struct sim *s, const char *line, int code, const char *words) {
  if (run(s, line) != code || !said(words)) fail_msg("%s: exit %d: %s%s", line, last.code, str_text(&last.out), str_text(&last.err));
}

static void what_is_refused(void **state) {
  struct sim *s = opened("lab");
  (void)state;
  refused(s, "kvm01 frobnicate now", 127, "frobnicate: command not found");
  refused(s, "node1 pcs status", 127, "pcs: command not found"); /* no such package there */
  refused(s, "nowhere true", 255, "Could not resolve hostname nowhere");
  refused(s, "node1 gluster volume create models replica 2 node1:/x node2:/x", 1, "Volume models already exists");
  refused(s, "node1 gluster volume create v replica 2 node1:/data node2:/x force", 1, "/data is already part of a volume");
  refused(s, "node1 gluster volume create v replica 2 node1:/x node1:/y", 1, "Multiple bricks of a replicate volume are present on the same server");
  refused(s, "node1 gluster volume create v replica 2 node1:/x node9:/y", 1, "Host node9 is not in");
  refused(s, "node1 gluster volume start models", 1, "already started");
  refused(s, "node1 gluster volume set nosuch a.b c", 1, "does not exist");
  refused(s, "node1 gluster peer detach node2", 1, "hosts one or more bricks");
  refused(s, "kvm01 crm_resource -M -r test01 -N kvm09", 105, "not found");
  refused(s, "kvm01 crm_resource -W -r nosuch", 105, "not found");
  refused(s, "kvm01 crm_resource -M -r test01 -N kvm01", 108, "already exists");
  refused(s, "kvm01 virsh start nosuch", 1, "failed to get domain");
  refused(s, "kvm02 virsh destroy test01", 1, "failed to get domain");
  refused(s, "kvm01 virsh define /nowhere.xml", 1, "No such file");
  refused(s, "kvm01 pcs resource create test01 VirtualDomain", 1, "already exists");
  refused(s, "kvm01 systemctl start nosuch", 5, "not found");
  world_happen(sim_world(s), "power off", "kvm02", NULL);
  refused(s, "kvm02 true", 255, "Connection timed out");
  world_happen(sim_world(s), "stop", "kvm01", "corosync");
  sim_run(s, sim_now(s) + 60000, NULL, NULL);
  refused(s, "kvm01 crm_mon -1", 102, "Connection refused");
  sim_close(s);
}

/* A daemon that hangs holds its command for as long as the real tool waits; a hung peer holds what needs all of them. */
static void what_hangs(void **state) {
  struct sim *s = opened("lab");
  (void)state;
  world_happen(sim_world(s), "hang", "node2", "glusterd");
  int64_t began = sim_now(s);
  assert_int_equal(run(s, "node1 gluster volume info models"), 0);
  assert_true(last.took_ms < 1000);
  refused(s, "node1 gluster volume status models", 1, "Error : Request timed out");
  assert_true(last.took_ms >= 120000);
  /* The command has given up; what it began holds the volume until glusterd's own timer, cluster-wide. */
  sim_run(s, began + 179000, NULL, NULL);
  refused(s, "node3 gluster volume set models network.ping-timeout 9", 1, "volume set: failed: Another transaction is in progress for models. Please try again after some time.");
  sim_run(s, began + 181000, NULL, NULL);
  refused(s, "node1 gluster --timeout=5 volume status models", 1, "Request timed out");
  assert_true(last.took_ms >= 5000 && last.took_ms < 6000);
  refused(s, "node3 gluster volume status", 1, "Another transaction is in progress for models");
  world_happen(sim_world(s), "resume", "node2", "glusterd");
  assert_int_equal(run(s, "node1 gluster volume status models"), 0);
  sim_close(s);
}

/* Somebody else's command, at the same moment: refused, whatever it is, until that one is done; another volume is free. */
static void two_at_the_same_moment(void **state) {
  static const char *const forms[][2] = {{"volume set models network.ping-timeout 9", "volume set: failed: "}, {"volume status models", ""}, {"volume stop models", "volume stop: models: failed: "},
                                         {"volume heal models", "has been unsuccessful:\n"}, {"volume start models force", "volume start: models: failed: "}};
  struct sim *s = opened("tour");
  (void)state;
  world_later(sim_world(s), 500, "transaction", "models", "4s");
  sim_run(s, sim_now(s) + 1000, NULL, NULL);
  for (size_t i = 0; i < COUNT(forms); i++) {
    char line[200], words[200];
    snprintf(line, sizeof line, "node3 gluster --mode=script %s", forms[i][0]);
    snprintf(words, sizeof words, "%sAnother transaction is in progress for models.", forms[i][1]);
    refused(s, line, 1, words);
  }
  must(s, "node3 gluster volume set iso network.ping-timeout 9");
  must(s, "node3 gluster volume info models");
  must(s, "node3 gluster volume heal models info summary");
  sim_run(s, sim_now(s) + 4000, NULL, NULL);
  must(s, "node3 gluster volume set models network.ping-timeout 9");
  sim_close(s);
}

/* `pcs cluster stop`: resources move away first, nobody is fenced. */
static void a_node_leaves_in_order(void **state) {
  struct sim *s = opened("lab");
  (void)state;
  must(s, "kvm01 pcs cluster stop kvm01");
  assert_true(runs(s, "kvm02"));
  assert_int_equal(sim_world(s)->fenced.count, 0);
  must(s, "kvm02 crm_mon -1");
  SAYS("OFFLINE: [ kvm01 ]");
  must(s, "kvm02 pcs cluster start kvm01");
  sim_run(s, sim_now(s) + 10000, NULL, NULL);
  must(s, "kvm02 crm_mon -1");
  SAYS("Online: [ kvm01 kvm02 ]");
  sim_close(s);
}

/* Every command of the lab's own scripts that is an argument vector is known here. */
static void the_labs_own_commands(void **state) {
  static const char *const known[][2] = {
      {"gluster", "peer probe"}, {"gluster", "peer status"}, {"gluster", "pool list"}, {"gluster", "volume create"}, {"gluster", "volume set"}, {"gluster", "volume start"}, {"gluster", "volume info"},
      {"gluster", "volume status"}, {"gluster", "volume heal"}, {"pcs", "host auth"}, {"pcs", "cluster setup"}, {"pcs", "cluster start"}, {"pcs", "cluster enable"}, {"pcs", "resource create"},
      {"pcs", "stonith create"}, {"pcs", "constraint location"}, {"pcs", "property set"}, {"crm_mon", NULL}, {"crm_resource", NULL}, {"virsh", "domstate"}, {"systemctl", "enable"}, {"systemctl", "start"},
      {"systemctl", "daemon-reload"}, {"mountpoint", NULL}, {"mount", NULL}, {"mkdir", NULL}, {"touch", NULL}, {"chpasswd", NULL}, {"qemu-img", "create"}};
  (void)state;
  for (size_t i = 0; i < COUNT(known); i++)
    if (!command_exists(known[i][0], known[i][1])) fail_msg("%s %s is not known", known[i][0], known[i][1] ? known[i][1] : "");
  assert_false(command_exists("frobnicate", NULL));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(from_bare_hosts), cmocka_unit_test(crm_mon_is_read_by_the_source), cmocka_unit_test(what_is_refused), cmocka_unit_test(what_hangs),
                                     cmocka_unit_test(two_at_the_same_moment), cmocka_unit_test(a_node_leaves_in_order), cmocka_unit_test(the_labs_own_commands)};
  int code = RUN(tests);
  command_result_free(&last);
  return code;
}
