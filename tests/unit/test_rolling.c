/* Rolling maintenance and the power of hosts: plans, refusals, and the whole of it run by the task engine on the simulated lab, with
 * test01 looked at all the while; a fault in the middle, and what is left after it. */
#include "drilled.h"
#include "analysis/seen.h"
#include "ground.h"

/* ---- plans ---- */

static const char three[] = "title t\nhost k[1-3] kvm memory=32G cpus=8\nhost s[1-3] store memory=8G\nvolume v replica 3 bricks s[1-3]:/b size=1T used=10\nmount v /kvmdata on k[1-3] from s1\ncluster c k[1-3]\nhere k1\n"
                            "fencing for k[1-3]\ndefault resource-stickiness=100\ndomain d[1-4] volume v memory=2G image=10G\n";
static const char unmanaged[] = "title t\nhost k[1-3] kvm memory=32G cpus=8\nhost s[1-3] store memory=8G\nvolume v replica 3 bricks s[1-3]:/b size=1T used=10\nmount v /kvmdata on k[1-3] from s1\ncluster c k[1-3]\nhere k1\n"
                                "fencing for k[1-3]\ndomain d[1-3] volume v memory=2G image=10G\ndomain old volume v memory=1G image=10G plain=k2\n";
static const char outside[] = "title t\nhost k[1-3] kvm memory=32G cpus=8\nhost s[1-3] store bmc memory=8G\nvolume v replica 3 bricks s[1-3]:/b size=1T used=10\nmount v /kvmdata on k[1-3] from s1\ncluster c k[1-3]\nhere k1\n"
                              "fencing for k[1-3]\ndomain d[1-3] volume v memory=2G image=10G\n";

static void is_planned(void **state) {
  static const struct trial trials[] = {
      {.name = "nodes-rolling-reboot", .operation = "nodes-rolling", .words = {"reboot=yes"}, .unrun = true},
      {.name = "nodes-rolling-command", .scenario = three, .operation = "nodes-rolling", .words = {"command=apt-get", "command=-y", "command=upgrade", "host=k2", "host=s1", "host=s2"}, .unrun = true},
      {.name = "nodes-rolling-ask", .scenario = three, .operation = "nodes-rolling", .words = {"ask=yes", "host=k3"}, .unrun = true},
      {.operation = "nodes-rolling", .words = {NULL}, .refused = "nothing is said that is to be done"},
      {.operation = "nodes-rolling", .words = {"command=apt-get -y upgrade"}, .refused = "no program has a blank in its name"},
      {.name = "nodes-rolling-own", .operation = "nodes-rolling", .words = {"reboot=yes", "host=kvm01"}, .refused = "is the host that this console runs on"},
      {.before = {"standby kvm02", "5s"}, .operation = "nodes-rolling", .words = {"reboot=yes"}, .refused = "kvm02 is in standby already"},
      {.before = {"kill brick node2:/data", "60s"}, .operation = "nodes-rolling", .words = {"reboot=yes"}, .refused = "brick node2:/data is down"},
      {.before = {"hang kvm02 libvirtd", "60s"}, .operation = "nodes-rolling", .words = {"reboot=yes"}, .refused = "whether kvm02 may go down is not known"},
      {.before = {"property maintenance-mode true", "5s"}, .operation = "nodes-rolling", .words = {"reboot=yes"}, .refused = "maintenance"},
      {.before = {"node3$ systemctl disable glusterd"}, .operation = "nodes-rolling", .words = {"reboot=yes"}, .refused = "glusterd does not start with node3"},
      {.scenario = unmanaged, .operation = "nodes-rolling", .words = {"reboot=yes"}, .refused = "old runs on k2 and no resource drives it"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static bool says(const struct plan *p, const char *words) {
  for (size_t i = 0; i < p->consequence.count; i++)
    if (strstr(p->consequence.item[i], words)) return true;
  return false;
}

static int place_of(const struct plan *p, const char *host) { /* in the order of hosts, from 1 */
  for (size_t i = 0; i < p->consequence.count; i++) {
    char *end = NULL;
    long n = strtol(p->consequence.item[i], &end, 10);
    if (n > 0 && !strncmp(end, ". ", 2) && !strncmp(end + 2, host, strlen(host)) && strchr(":,", end[2 + strlen(host)])) return (int)n;
  }
  return 0;
}

/* The coordinator late, few domains first, and never two of one set right behind each other where another can stand between. */
static void is_in_order(void **state) {
  static const char *const words[] = {"reboot=yes", NULL};
  (void)state;
  struct simulated g = ground_open("lab");
  const struct plan *p = ground_plan(&g, "nodes-rolling", words, NULL).plan;
  const char *const pairs[][2] = {{"node1", "node2"}, {"node3", "node4"}};
  for (size_t i = 0; i < COUNT(pairs); i++) {
    int one = place_of(p, pairs[i][0]), other = place_of(p, pairs[i][1]);
    assert_true(one && other && one - other != 1 && other - one != 1);
  }
  assert_true(says(p, "kvm01, this console's own host, is left; on kvm02 run: kvmconsole run nodes-rolling host=kvm01 reboot=yes"));
  assert_int_equal(place_of(p, "kvm01"), 0);
  char *text = arena_strdup(g.arena, three), *here = strstr(text, "here k1");
  here[6] = '2'; /* so the coordinator, k1, is none that is left out */
  struct simulated other = ground_open(text);
  simulated_close(&g);
  g = other;
  p = ground_plan(&g, "nodes-rolling", words, NULL).plan;
  assert_true(snapshot_host(g.snap, "k1")->dc == TRUTH_YES);
  assert_int_equal(place_of(p, "k1"), 5);
  assert_int_equal(place_of(p, "s1"), 1); /* nothing runs there */
  simulated_close(&g);
}

/* ---- run ---- */

static struct planned rolling_plan(struct drilled *d, const char *const *words) { return ground_plan(&d->g, "nodes-rolling", words, NULL); }

static void rolling_begin(struct drilled *d, const struct planned *p) {
  struct err e = {0};
  if (p->plan->allowed != TRUTH_YES) fail_msg("refused: %s", p->plan->why);
  tasks_see(d->tasks, d->g.snap);
  if (!task_start(d->tasks, p->operation, &p->values, p->plan, &e)) fail_msg("%s", e.text);
}

static struct task_view newest(const struct drilled *d) {
  struct task_view v;
  task_look(d->tasks, 0, &v);
  return v;
}

static bool is_over(const struct task_view *v) { return v->state >= TASK_VERIFIED; }

static size_t running_now(const struct drilled *d, const char *domain) {
  const struct sim_domain *x = world_domain(sim_world(d->g.sim), domain);
  size_t n = 0;
  for (size_t i = 0; i < x->instances.count; i++) n += str_eq(x->instances.item[i].state, "running");
  return n;
}

static const char *boot_of(struct drilled *d, const char *host) {
  struct texts argv = {0};
  texts_add(d->g.arena, &argv, "cat");
  texts_add(d->g.arena, &argv, "/proc/sys/kernel/random/boot_id");
  struct command_result r = simulated_execute(&d->g, host, &argv, NULL);
  const char *text = arena_strdup(d->g.arena, str_text(&r.out));
  command_result_free(&r);
  return text;
}

/* How many KVM hosts, and how many stores, are away at once. */
static void few_are_away(const struct drilled *d) {
  size_t away = 0;
  EACH(sim_world(d->g.sim)->hosts, struct sim_host, h) away += h->power != POWER_ON;
  assert_true(away <= 1);
}

/* until: NULL, or a word that the text of the task has when it is enough. */
static void rolls_on(struct drilled *d, const char *domain, const char *until) {
  for (int i = 0; i < 72000; i++) {
    struct task_view v = newest(d);
    if (is_over(&v) || (until && strstr(v.text, until))) return;
    drilled_pass(d, 500);
    if (domain && !running_now(d, domain)) fail_msg("%s does not run at step %zu: %s", domain, v.step + 1, v.text);
    few_are_away(d);
  }
  fail_msg("it does not end: %s", newest(d).text);
}

static void print_task(const struct task_view *v) {
  for (size_t i = 0; i < v->plan->steps.count; i++) print_message("%3zu %s %s\n", i + 1, step_state_names[v->steps[i]], v->plan->steps.item[i].say);
  print_message("%s\n", v->text);
}

static void ends_verified(struct drilled *d) {
  struct task_view v = newest(d);
  if (v.state == TASK_VERIFIED) return;
  print_task(&v);
  fail_msg("%s: %s", task_state_names[v.state], v.text);
}

static const char *mark_of(const struct drilled *d) { return property_seen(d->g.snap, "kvmconsole-rolling"); }

static void all_hosts_from_start_to_end(void **state) {
  static const char *const words[] = {"reboot=yes", NULL}, *const hosts[] = {"kvm02", "node1", "node2", "node3", "node4"};
  const char *before[COUNT(hosts)];
  (void)state;
  struct drilled *d = drilled_new("lab", false);
  drilled_happen(d, "move test01 kvm02", 20000);
  drilled_happen(d, "clear test01", 20000);
  for (size_t i = 0; i < COUNT(hosts); i++) before[i] = boot_of(d, hosts[i]);
  struct planned p = rolling_plan(d, words);
  assert_true(says(p.plan, "test01 moves away live (about 3 s)"));
  rolling_begin(d, &p);
  rolls_on(d, "test01", NULL);
  ends_verified(d);
  for (size_t i = 0; i < COUNT(hosts); i++) assert_string_not_equal(before[i], boot_of(d, hosts[i]));
  drilled_pass(d, 5000);
  for (size_t i = 0; i < d->g.snap->hosts.count; i++) {
    const struct host_view *h = &d->g.snap->hosts.item[i];
    assert_true(!h->pacemaker || h->pacemaker == NODE_ONLINE);
    assert_true(!h->peer || h->peer == PEER_CONNECTED);
  }
  assert_non_null(strstr(mark_of(d), "kvm02:done node1:done node2:done node3:done node4:done"));
  /* What is left is this console's own host: it says so, and from another console that is what is proposed. */
  p = rolling_plan(d, words);
  assert_int_equal(p.plan->allowed, TRUTH_NO);
  assert_non_null(strstr(p.plan->why, "no host is left that this console may work on"));
  assert_true(says(p.plan, "on kvm02 run: kvmconsole run nodes-rolling host=kvm01 reboot=yes"));
  drilled_free(d);
}

/* The other console does the last host, and then nothing is remembered any more. */
static void the_last_host_from_another(void **state) {
  static const char *const words[] = {"reboot=yes", NULL}, *const own[] = {"reboot=yes", "host=kvm01", NULL};
  (void)state;
  struct drilled *d = drilled_new("lab", false);
  struct planned p = rolling_plan(d, words);
  const char *mark = NULL;
  for (size_t i = 0; i < p.plan->steps.count; i++)
    for (size_t k = 0; k < p.plan->steps.item[i].argv.count; k++)
      if (strstr(p.plan->steps.item[i].argv.item[k], "node4:done")) mark = p.plan->steps.item[i].argv.item[k];
  assert_non_null(mark);
  drilled_free(d);
  CLEANUP(str_free) struct str text = {0};
  str_addf(&text, "title t\nhost kvm[01-02] kvm memory=8G cpus=2\nhost node[1-4] store memory=4G\nvolume models replica 2 bricks node[1-4]:/data size=3G used=1\nmount models /kvmdata on kvm[01-02] from node1\ncluster cluster-kvm kvm[01-02]\nhere kvm02\nfencing for kvm[01-02]\ndomain test01 volume models memory=96M image=64M\n");
  d = drilled_new(str_text(&text), false);
  struct texts argv = {0};
  static const char *const set[] = {"crm_attribute", "-t", "crm_config", "-s", "kvmconsole-rolling", "-n", "kvmconsole-rolling", "-v", "54084bd9 kvm02:done node1:done node2:done node3:done node4:done"};
  for (size_t i = 0; i < COUNT(set); i++) texts_add(d->g.arena, &argv, set[i]);
  struct command_result r = simulated_execute(&d->g, "kvm02", &argv, NULL);
  assert_int_equal(r.code, 0);
  command_result_free(&r);
  drilled_pass(d, 20000);
  p = rolling_plan(d, words);
  assert_int_equal(place_of(p.plan, "kvm01"), 1);
  assert_int_equal(place_of(p.plan, "node1"), 0);
  p = rolling_plan(d, own);
  rolling_begin(d, &p);
  rolls_on(d, "test01", NULL);
  ends_verified(d);
  drilled_pass(d, 5000);
  const char *left = mark_of(d);
  assert_true(!left || !*left);
  drilled_free(d);
}

/* A brick dies while another host is worked on: nothing more is taken down. Mended, the same command does what is left. */
static void a_surprise_stops_it(void **state) {
  static const char *const words[] = {"reboot=yes", NULL};
  (void)state;
  struct drilled *d = drilled_new("lab", false);
  struct planned p = rolling_plan(d, words);
  rolling_begin(d, &p);
  while (!strstr(newest(d).text, "libvirt on kvm02")) drilled_pass(d, 500);
  rolls_on(d, "test01", "node1 is a connected peer");
  assert_true(!is_over(&(struct task_view){.state = newest(d).state}));
  simulated_happen(&d->g, "kill brick node4:/data");
  rolls_on(d, "test01", NULL);
  struct task_view v = newest(d);
  assert_int_equal(v.state, TASK_FAILED);
  if (!strstr(v.text, "node4:/data is down")) fail_msg("%s", v.text);
  drilled_pass(d, 60000);
  EACH(sim_world(d->g.sim)->hosts, struct sim_host, h) assert_int_equal(h->power, POWER_ON); /* nothing else was taken down */
  assert_non_null(strstr(mark_of(d), "kvm02:done node1:"));
  p = rolling_plan(d, words);
  assert_int_equal(p.plan->allowed, TRUTH_NO);
  assert_non_null(strstr(p.plan->why, "something is wrong already: brick node4:/data is down"));
  drilled_happen(d, "start brick node4:/data", 180000);
  p = rolling_plan(d, words);
  assert_int_equal(place_of(p.plan, "kvm02"), 0); /* done */
  assert_int_equal(place_of(p.plan, "node1"), 1); /* where it stopped */
  assert_true(says(p.plan, "kvm02 is done already"));
  rolling_begin(d, &p);
  rolls_on(d, "test01", NULL);
  ends_verified(d);
  assert_non_null(strstr(mark_of(d), "kvm02:done node1:done node2:done node3:done node4:done"));
  drilled_free(d);
}

/* A host that does not come back: it ends there, drained, and no other is touched. */
static void a_host_that_stays_away_ends_it(void **state) {
  static const char *const words[] = {"reboot=yes", NULL};
  (void)state;
  struct drilled *d = drilled_new("lab", false);
  struct planned p = rolling_plan(d, words);
  rolling_begin(d, &p);
  rolls_on(d, "test01", "libvirt on kvm02 answers");
  drilled_happen(d, "power off kvm02", 1000);
  for (int i = 0; i < 5000 && newest(d).state < TASK_VERIFIED; i++) drilled_pass(d, 1000);
  struct task_view v = newest(d);
  assert_true(v.state == TASK_FAILED || v.state == TASK_UNKNOWN);
  EACH(sim_world(d->g.sim)->hosts, struct sim_host, h) assert_true(h->power == POWER_ON || str_eq(h->name, "kvm02"));
  assert_non_null(strstr(mark_of(d), "kvm02:begun"));
  drilled_free(d);
}

/* A command that fails on the first host is not run on the second. */
static void a_command_that_fails_ends_it(void **state) {
  static const char *const words[] = {"command=false", NULL};
  (void)state;
  struct drilled *d = drilled_new("lab", false);
  struct planned p = rolling_plan(d, words);
  rolling_begin(d, &p);
  rolls_on(d, "test01", NULL);
  struct task_view v = newest(d);
  assert_int_equal(v.state, TASK_FAILED);
  assert_non_null(strstr(v.text, "exit code 1"));
  assert_string_equal(mark_of(d) + 9, "kvm02:begun");
  drilled_free(d);
}

/* ---- power ---- */

static void of_nodes(void **state) {
  static const struct trial trials[] = {
      {.name = "host-power-status", .operation = "host-power", .words = {"host=kvm02"}, .silent = true},
      {.name = "host-power-off", .before = {"move test01 kvm02", "30s"}, .operation = "host-power", .words = {"host=kvm02", "action=off"}},
      {.name = "host-power-cycle", .operation = "host-power", .words = {"host=kvm02", "action=cycle"}},
      {.name = "host-power-on", .before = {"kvm01$ stonith_admin --fence kvm02", "60s"}, .operation = "host-power", .words = {"host=kvm02", "action=on"}},
      {.operation = "host-power", .words = {"host=kvm02", "action=on"}, .refused = "kvm02 has power: it answers"},
      {.before = {"kvm01$ stonith_admin --fence kvm02", "60s"}, .operation = "host-power", .words = {"host=kvm02", "action=off"}, .refused = "is off already"},
      {.name = "host-power-own", .operation = "host-power", .words = {"host=kvm01", "action=off"}, .refused = "is the host that this console runs on"},
      {.operation = "host-power", .words = {"host=node1", "action=off"}, .refused = "node1 has no fence device"},
      {.before = {"kill brick node2:/data", "30s"}, .operation = "host-power", .words = {"host=node1", "action=off"}, .refused = "node1 has no fence device"},
      {.scenario = three, .before = {"k3$ pcs cluster stop", "30s"}, .operation = "host-power", .words = {"host=k2", "action=off"}, .refused = "may not go down now: quorum"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

/* A store with a device of its own, which pacemaker does not know as a node. */
static struct simulated with_device(void) {
  struct simulated g = ground_open(outside);
  ground_do(&g, "k1$ pcs stonith create fence-s2 fence_ipmilan ip=10.0.0.22 username=admin password_script=/x lanplus=1 pcmk_host_list=s2");
  simulated_run(&g, 20000);
  return g;
}

static void of_others(void **state) {
  static const char *const look[] = {"host=s2", NULL}, *const off[] = {"host=s2", "action=off", NULL}, *const on[] = {"host=s2", "action=on", NULL};
  (void)state;
  struct simulated g = with_device();
  struct planned p = ground_plan(&g, "host-power", look, NULL);
  assert_int_equal(p.plan->danger, 0);
  const char *wrong = ground_try(&g, &p);
  if (wrong) fail_msg("%s", wrong);
  p = ground_plan(&g, "host-power", off, NULL);
  assert_int_equal(p.plan->danger, 2);
  ground_compare(p.plan, "host-power-store-off");
  ground_prove(&g, &p, true);
  assert_int_equal(world_host(sim_world(g.sim), "s2")->power, POWER_OFF);
  p = ground_plan(&g, "host-power", look, NULL);
  wrong = ground_try(&g, &p); /* its agent exits 2 then, and that is an answer */
  if (wrong) fail_msg("%s", wrong);
  p = ground_plan(&g, "host-power", on, NULL);
  ground_prove(&g, &p, true);
  assert_int_equal(world_host(sim_world(g.sim), "s2")->power, POWER_ON);
  simulated_close(&g);
}

static void a_bmc_that_is_silent_proves_nothing(void **state) {
  static const char *const words[] = {"host=kvm02", "action=off", NULL};
  const char *which;
  (void)state;
  struct simulated g = ground_open("lab");
  struct planned p = ground_plan(&g, "host-power", words, NULL);
  assert_int_equal(p.plan->allowed, TRUTH_YES);
  assert_int_equal(p.plan->danger, 2);
  ground_do(&g, "break bmc kvm02");
  assert_non_null(ground_try(&g, &p));
  assert_int_not_equal(ground_verified(&g, p.plan, &which), TRUTH_YES);
  assert_int_equal(world_host(sim_world(g.sim), "kvm02")->power, POWER_ON);
  simulated_close(&g);
}

/* Each domain by its name, and what becomes of it. */
static void who_dies_is_said(void **state) {
  static const char *const words[] = {"host=k2", "action=off", NULL};
  (void)state;
  struct simulated g = ground_open(unmanaged);
  const struct plan *p = ground_plan(&g, "host-power", words, NULL).plan;
  assert_true(says(p, "old dies, and stays off"));
  assert_true(says(p, " dies, and starts anew on k"));
  simulated_close(&g);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(is_planned), cmocka_unit_test(is_in_order), cmocka_unit_test(all_hosts_from_start_to_end), cmocka_unit_test(the_last_host_from_another), cmocka_unit_test(a_surprise_stops_it),
                                     cmocka_unit_test(a_host_that_stays_away_ends_it), cmocka_unit_test(a_command_that_fails_ends_it), cmocka_unit_test(of_nodes), cmocka_unit_test(of_others), cmocka_unit_test(a_bmc_that_is_silent_proves_nothing),
                                     cmocka_unit_test(who_dies_is_said)};
  return RUN(tests);
}
