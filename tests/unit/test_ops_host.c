/* The hosts' operations: a plan for each family of distributions, what is refused, and a bare host prepared in the simulation. */
#include "tests/unit/plans.h"

static const char bare[] = "host kvm[01-02] bare bmc memory=8G\nhost node1 bare\nhere kvm01\n";
static const char entries[] = "entry=kvm01=10.77.0.11;entry=kvm02=10.77.0.12;entry=node1=10.77.0.21";

static const struct { const char *name, *os; } systems[] = {
    {"debian12", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nID=debian\n"},
    {"rocky9", "NAME=\"Rocky Linux\"\nVERSION=\"9.3 (Blue Onyx)\"\nID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.3\"\nPRETTY_NAME=\"Rocky Linux 9.3 (Blue Onyx)\"\n"},
    {"centos8", "NAME=\"CentOS Linux\"\nID=\"centos\"\nID_LIKE=\"rhel fedora\"\nVERSION_ID=\"8\"\nPRETTY_NAME=\"CentOS Linux 8\"\n"},
    {"centos7", "NAME=\"CentOS Linux\"\nID=\"centos\"\nID_LIKE=\"rhel fedora\"\nVERSION_ID=\"7\"\nPRETTY_NAME=\"CentOS Linux 7 (Core)\"\n"},
    {"leap15", "NAME=\"openSUSE Leap\"\nID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\nVERSION_ID=\"15.5\"\nPRETTY_NAME=\"openSUSE Leap 15.5\"\n"},
};

static void each_distribution_has_its_way(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, bare);
  for (size_t i = 0; i < COUNT(systems); i++) {
    const struct told kvm[] = {{"kvm02", "os", 0, systems[i].os}, {"kvm02", "firewalld", 0, "active\n"}, {"kvm02", "selinux", i ? 0 : 127, i ? "Enforcing\n" : ""}, {NULL, NULL, 0, NULL}};
    const struct told platform[] = {{"kvm02", "os", 0, systems[i].os}, {NULL, NULL, 0, NULL}};
    const struct told store[] = {{"node1", "os", 0, systems[i].os}, {NULL, NULL, 0, NULL}};
    plan_kept(told_plan(&b, "host-prepare", "host=kvm02;role=kvm;entry=kvm01=10.77.0.11", kvm), arena_printf(b.arena, "prepare-kvm-%s", systems[i].name));
    plan_kept(told_plan(&b, "host-prepare", "host=node1;role=gluster;mirror=http://mirror.example/gluster", store), arena_printf(b.arena, "prepare-gluster-%s", systems[i].name));
    plan_kept(told_plan(&b, "host-platform", "host=kvm02", platform), arena_printf(b.arena, "platform-%s", systems[i].name));
  }
  const struct told permissive[] = {{"kvm02", "os", 0, systems[3].os}, {"kvm02", "firewalld", 0, "active\n"}, {"kvm02", "selinux", 0, "Enforcing\n"}, {NULL, NULL, 0, NULL}};
  plan_kept(told_plan(&b, "host-prepare", "host=kvm02;role=kvm;role=gluster;firewall=off;selinux=permissive", permissive), "prepare-classic");
  simulated_close(&b);
}

static void hosts_are_prepared(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, bare);
  struct plan *p = bench_plan(&b, "host-prepare", arena_printf(b.arena, "host=kvm01;host=kvm02;role=kvm;%s", entries));
  plan_kept(p, "prepare-bare");
  plan_runs(&b, p);
  const struct sim_host *h = world_host(sim_world(b.sim), "kvm02");
  assert_true(texts_have(&h->packages, "pacemaker"));
  assert_non_null(strstr(pairs_get(&h->files, "/etc/hosts"), "10.77.0.21 node1"));
  assert_non_null(strstr(pairs_get(&h->files, "/root/.ssh/authorized_keys"), "root@kvm01"));
  /* Once more there is nothing left but to look. */
  p = bench_plan(&b, "host-prepare", arena_printf(b.arena, "host=kvm01;host=kvm02;role=kvm;%s", entries));
  plan_kept(p, "prepare-again");
  for (size_t i = 0; i < p->steps.count; i++)
    if (str_eq(p->steps.item[i].argv.item[0], "tee") || str_eq(p->steps.item[i].argv.item[0], "env")) fail_msg("step %zu is not needed: %s", i + 1, p->steps.item[i].say);
  p = bench_plan(&b, "host-prepare", arena_printf(b.arena, "host=node1;role=gluster;%s", entries));
  plan_runs(&b, p);
  plan_runs(&b, bench_plan(&b, "host-platform", "host=kvm02"));
  simulated_close(&b);
}

/* Nobody gave the hosts each other's names: they are looked up, or the plan says what is missing before anything ran. */
static void hosts_find_each_other(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, bare);
  struct plan *p = bench_plan(&b, "host-prepare", "host=kvm01;host=kvm02;role=kvm");
  plan_kept(p, "prepare-names");
  plan_runs(&b, p);
  assert_non_null(strstr(pairs_get(&world_host(sim_world(b.sim), "kvm01")->files, "/etc/hosts"), " kvm02"));
  assert_non_null(strstr(pairs_get(&world_host(sim_world(b.sim), "kvm02")->files, "/etc/hosts"), " kvm01"));
  simulated_close(&b);
  bench_open(&b, bare);
  const struct told nobody[] = {{"kvm01", "address kvm02", 2, ""}, {"kvm02", "address kvm02", 0, "127.0.1.1 kvm02\n"}, {NULL, NULL, 0, NULL}};
  p = told_plan(&b, "host-prepare", "host=kvm01;host=kvm02;role=kvm", nobody);
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_string_equal(p->why, "kvm01 does not find the address of kvm02, and nobody else here does");
  assert_string_equal(p->when, "with entry=kvm02=ADDRESS");
  const struct told found[] = {{"kvm01", "address kvm02", 0, "10.9.9.9 kvm02.example.org\n"}, {"kvm02", "address kvm01", 127, ""}, {NULL, NULL, 0, NULL}}; /* by DNS; no such tool */
  p = told_plan(&b, "host-prepare", "host=kvm01;host=kvm02;role=kvm", found);
  assert_int_equal(p->allowed, TRUTH_YES);
  for (size_t i = 0; i < p->steps.count; i++)
    for (size_t w = 0; w < p->steps.item[i].argv.count; w++) assert_string_not_equal(p->steps.item[i].argv.item[w], "/etc/hosts");
  simulated_close(&b);
}

static void a_host_that_no_name_leads_to(void **state) {
  struct simulated b;
  const struct operation *o = operation_find("host-prepare");
  (void)state;
  bench_open(&b, bare);
  struct values v = bench_values(&b, o, "host=kvm01;host=kvm09;role=kvm");
  struct survey survey = {0};
  operation_survey(o, b.snap, &v, b.arena, &survey);
  for (size_t i = 0; i < survey.answers.count; i++) survey.answers.item[i].text = "ssh: Could not resolve hostname kvm09: Name or service not known";
  const struct plan *p = operation_plan(o, b.snap, &v, &survey, b.arena);
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_non_null(strstr(p->why, "does not find the address of"));
  assert_non_null(strstr(p->when, "alone first, with entry="));
  simulated_close(&b);
}

/* The storage half of the guide, by operations alone. */
static void from_bare_hosts_to_a_mounted_volume(void **state) {
  static const char *const way[][2] = {
      {"host-prepare", "host=node1;host=node2;host=node3;host=node4;role=gluster;%s"}, {"host-prepare", "host=kvm01;host=kvm02;role=kvm;%s"}, {"gluster-peer-probe", "host=node1;host=node2;host=node3;host=node4"},
      {"gluster-volume-create", "name=models;type=distributed-replicate"},              {"gluster-mount", "volume=models;host=kvm01;host=kvm02"},
  };
  const char *all = "entry=kvm01=10.77.0.1;entry=kvm02=10.77.0.2;entry=node1=10.77.0.21;entry=node2=10.77.0.22;entry=node3=10.77.0.23;entry=node4=10.77.0.24";
  struct simulated b;
  (void)state;
  bench_open(&b, "lab-empty");
  for (size_t i = 0; i < COUNT(way); i++) {
    CLEANUP(str_free) struct str words = {0};
    for (const char *s = way[i][1]; *s; s++)
      if (s[0] == '%') str_add(&words, all), s++;
      else str_addc(&words, *s);
    plan_runs(&b, bench_plan(&b, way[i][0], str_text(&words)));
  }
  HOLDS(&b, "volume-bricks-online", "models");
  HOLDS(&b, "mounted", "models", "kvm01", "/kvmdata");
  simulated_close(&b);
}

static void a_host_that_cannot_be_asked_is_refused(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, bare);
  bench_happen(&b, "power off kvm02", 5);
  plan_refused(&b, "host-prepare", "host=kvm02;role=kvm", "cannot tell which distribution kvm02 has");
  plan_refused(&b, "host-platform", "host=kvm02", "cannot tell whether the processor of kvm02");
  plan_refused(&b, "host-bridge", "host=kvm02", "cannot tell which distribution kvm02 has");
  const struct told plan9[] = {{"node1", "os", 0, "ID=plan9\nPRETTY_NAME=\"Plan 9\"\n"}, {NULL, NULL, 0, NULL}};
  struct plan *p = told_plan(&b, "host-prepare", "host=node1;role=gluster", plan9);
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_string_equal(p->why, "node1 has Plan 9: none of apt, dnf, yum and zypper is known to install there");
  const struct told other[] = {{"node1", "hosts", 0, "10.0.0.9 kvm01\n"}, {NULL, NULL, 0, NULL}};
  p = told_plan(&b, "host-prepare", "host=node1;role=gluster;entry=kvm01=10.77.0.11", other);
  assert_string_equal(p->why, "/etc/hosts of node1 gives kvm01 the address 10.0.0.9, not 10.77.0.11");
  const struct told own[] = {{"node1", "hosts", 0, "127.0.0.1 localhost\n127.0.1.1 node1"}, {NULL, NULL, 0, NULL}};
  plan_kept(told_plan(&b, "host-prepare", "host=node1;role=gluster;entry=node1=10.77.0.21", own), "prepare-own-name");
  simulated_close(&b);
}

/* A host may print anything: no word of it moves a cursor, is a command, or takes for ever. */
static void what_a_host_prints_is_words(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, bare);
  char *many = arena_alloc(b.arena, ANSWER_MAX);
  for (size_t i = 0; i + 2 < ANSWER_MAX; i += 2) many[i] = 'x', many[i + 1] = ' ';
  const struct told evil[] = {{"node1", "os", 0, "ID=debian\nPRETTY_NAME=\"\x1b[2J\x1b]0;x\x07" "Debian\"\n"}, {"node1", "hosts", 0, many}, {NULL, NULL, 0, NULL}};
  struct plan *p = told_plan(&b, "host-prepare", arena_printf(b.arena, "host=node1;role=gluster;%s", entries), evil);
  CLEANUP(str_free) struct str out = {0};
  plan_text(p, &out);
  assert_int_equal(p->allowed, TRUTH_YES);
  for (const char *s = str_text(&out); *s; s++)
    if (((unsigned char)*s < ' ' && *s != '\n') || *s == 127) fail_msg("a control character is in the plan: %s", s);
  const struct told links[] = {{"node1", "route", 0, "default via 10.0.0.1 dev eth0;reboot\n"}, {"node1", "links", 0, "2: eth0;reboot: <UP> link/ether 52:54:00:12:34:56\n"}, {NULL, NULL, 0, NULL}};
  p = told_plan(&b, "host-bridge", "host=node1", links);
  assert_string_equal(p->why, "node1 has no default route to tell which interface is meant");
  simulated_close(&b);
}

static void a_processor_that_cannot_is_refused(void **state) {
  const struct told flag[] = {{"node1", "flags", 1, ""}, {NULL, NULL, 0, NULL}}, device[] = {{"node1", "flags", 0, "svm\n"}, {"node1", "kvm", 1, ""}, {NULL, NULL, 0, NULL}};
  struct simulated b;
  (void)state;
  bench_open(&b, bare);
  struct plan *p = told_plan(&b, "host-platform", "host=node1", flag);
  assert_non_null(strstr(p->why, "offers no virtualisation"));
  p = told_plan(&b, "host-platform", "host=node1", device);
  assert_non_null(strstr(p->why, "has no /dev/kvm"));
  assert_non_null(strstr(p->when, "modprobe kvm_amd"));
  assert_int_equal(told_plan(&b, "host-platform", "host=node1;force=yes", flag)->allowed, TRUTH_YES);
  simulated_close(&b);
}

/* ---- bridge ---- */

#define LINKS "1: lo: <LOOPBACK,UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n" \
              "2: enp1s0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq state UP mode DEFAULT group default qlen 1000\\    link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff\n"
#define ROUTE "default via 10.0.0.1 dev enp1s0 proto static \n"

static void a_bridge_takes_itself_back(void **state) {
  const struct told manager[] = {{"node1", "route", 0, ROUTE}, {"node1", "links", 0, LINKS}, {"node1", "addresses", 0, "2: enp1s0    inet 10.0.0.12/24 brd 10.0.0.255 scope global noprefixroute enp1s0\n"},
                                 {"node1", "manager", 0, "active\n"}, {"node1", "connections", 0, "enp1s0:5f1b0d5e-0000-4000-8000-000000000001\nlo:5f1b0d5e-0000-4000-8000-000000000002\n"},
                                 {"node1", "resolver", 0, "search x\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n"}, {NULL, NULL, 0, NULL}};
  struct told files[] = {{"node1", "route", 0, ROUTE}, {"node1", "links", 0, LINKS}, {"node1", "addresses", 0, "2: enp1s0    inet 10.0.0.12/24 brd 10.0.0.255 scope global dynamic enp1s0\n"},
                         {"node1", "interfaces", 0, "source /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n\nallow-hotplug enp1s0\niface enp1s0 inet dhcp\niface enp1s0 inet6 auto\n"}, {NULL, NULL, 0, NULL}};
  struct simulated b;
  (void)state;
  bench_open(&b, bare);
  plan_kept(told_plan(&b, "host-bridge", "host=node1", manager), "bridge-networkmanager");
  plan_kept(told_plan(&b, "host-bridge", "host=node1", files), "bridge-ifupdown");
  files[3].code = 1;
  struct plan *p = told_plan(&b, "host-bridge", "host=node1", files);
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_int_equal(p->forcible, TRUTH_NO);
  assert_non_null(strstr(p->why, "neither by NetworkManager nor in /etc/network/interfaces"));
  files[1].out = LINKS "3: br0: <BROADCAST> mtu 1500\n";
  assert_non_null(strstr(told_plan(&b, "host-bridge", "host=node1", files)->why, "has an interface br0 already"));
  plan_refused(&b, "host-bridge", "host=kvm01;force=yes", "kvm01 is the host that this console runs on");
  simulated_close(&b);
}

static void a_bridge_is_made(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "host kvm[01-02] kvm memory=8G\nhere kvm01\n");
  struct plan *p = bench_plan(&b, "host-bridge", "host=kvm02");
  plan_kept(p, "bridge-simulated");
  plan_runs(&b, p);
  const struct sim_host *h = world_host(sim_world(b.sim), "kvm02");
  assert_non_null(pairs_get(&h->files, "/run/network/br0"));
  bench_pass(&b, 200); /* nothing takes it back any more */
  assert_non_null(pairs_get(&h->files, "/run/network/br0"));
  plan_refused(&b, "host-bridge", "host=kvm02", "has an interface br0 already");
  plan_undone(&b, p);
  assert_null(pairs_get(&h->files, "/run/network/br0"));
  simulated_close(&b);
}

/* Whoever made it does not come back: the host does it by itself. */
static void a_bridge_that_nobody_confirms_goes(void **state) {
  const char *outputs[64];
  struct simulated b;
  (void)state;
  bench_open(&b, "host kvm[01-02] kvm memory=8G\nhere kvm01\n");
  struct plan *p = bench_plan(&b, "host-bridge", "host=kvm02");
  const struct sim_host *h = world_host(sim_world(b.sim), "kvm02");
  for (size_t i = 0; i < p->steps.count && !strstr(p->steps.item[i].say, "stop what would take it back"); i++) step_runs(&b, p, i, outputs);
  assert_non_null(pairs_get(&h->files, "/run/network/br0"));
  plan_refused(&b, "host-bridge", "host=kvm02;bridge=br1;interface=eth0;force=yes", "eth0 of kvm02 is in br0 already");
  bench_pass(&b, 130);
  assert_null(pairs_get(&h->files, "/run/network/br0"));
  assert_null(strstr(pairs_get(&h->files, "/etc/network/interfaces"), "br0"));
  simulated_close(&b);
}

static void a_member_keeps_its_network(void **state) {
  const struct told manager[] = {{"kvm02", "route", 0, ROUTE}, {"kvm02", "links", 0, LINKS}, {"kvm02", "addresses", 0, "2: enp1s0    inet 10.0.0.12/24 brd 10.0.0.255 scope global noprefixroute enp1s0\n"},
                                 {"kvm02", "manager", 0, "active\n"}, {"kvm02", "connections", 0, "enp1s0:5f1b0d5e-0000-4000-8000-000000000001\n"}, {NULL, NULL, 0, NULL}};
  struct simulated b;
  (void)state;
  bench_open(&b, "lab");
  struct plan *p = told_plan(&b, "host-bridge", "host=kvm02", manager);
  assert_int_equal(p->forcible, TRUTH_YES);
  assert_non_null(strstr(p->why, "kvm02 is in the cluster: while its network changes"));
  simulated_close(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_distribution_has_its_way),          cmocka_unit_test(hosts_are_prepared), cmocka_unit_test(hosts_find_each_other), cmocka_unit_test(a_host_that_no_name_leads_to), cmocka_unit_test(from_bare_hosts_to_a_mounted_volume),       cmocka_unit_test(a_host_that_cannot_be_asked_is_refused),
                                     cmocka_unit_test(what_a_host_prints_is_words), cmocka_unit_test(a_processor_that_cannot_is_refused), cmocka_unit_test(a_bridge_takes_itself_back), cmocka_unit_test(a_bridge_is_made), cmocka_unit_test(a_bridge_that_nobody_confirms_goes),
                                     cmocka_unit_test(a_member_keeps_its_network)};
  return RUN(tests);
}
