/* Definitions edited, disks kept and put back, the guest's agent asked, several domains taken in. */
#include "analysis/lint.h"
#include "analysis/next_start.h"
#include "ground.h"

#define STORE "host s[1-2] store\nvolume v replica 2 bricks s[1-2]:/b size=1T used=10\nmount v /kvmdata on k[1-2] from s1\ncluster c k[1-2]\nhere k1\nfencing for k[1-2]\n"
static const char talks[] = "title t\nhost k[1-2] kvm memory=32G\n" STORE "domain ha volume v memory=1G agent=connected\ndomain deaf volume v memory=1G agent=unconnected\ndomain dumb volume v memory=1G\n";
static const char plain[] = "title t\nhost k[1-2] kvm memory=32G\n" STORE "domain ha volume v memory=1G\ndomain old volume v memory=1G plain=k2\ndomain more volume v memory=1G plain=k1\ndomain given volume v memory=1G plain=k1 hostdev=1\n";
static const char small[] = "title t\nhost k[1-2] kvm memory=32G\nhost s[1-2] store\nvolume v replica 2 bricks s[1-2]:/b size=100G used=99\nmount v /kvmdata on k[1-2] from s1\ncluster c k[1-2]\nhere k1\nfencing for k[1-2]\ndomain ha volume v memory=1G image=2G\n";

static const char fresh[] = "<domain type='kvm'>\n  <name>fresh</name>\n  <uuid>11111111-2222-4333-8444-555555555555</uuid>\n  <memory unit='MiB'>256</memory>\n  <vcpu>1</vcpu>\n  <devices>\n    <disk type='file' device='disk'>\n"
                            "      <source file='/kvmdata/fresh.qcow2'/>\n      <target dev='vda'/>\n    </disk>\n  </devices>\n</domain>\n";

static void edits(void **state) {
  static const struct trial trials[] = {
      {.name = "domain-edit", .operation = "domain-edit", .words = {"domain=test01", "vcpus=2", "memory=256M"}, .silent = true},
      {.name = "domain-edit-editor", .operation = "domain-edit", .words = {"domain=test01"}, .silent = true, .unrun = true},
      {.name = "domain-edit-off", .before = {"kvm01$ pcs resource disable test01", "30s"}, .operation = "domain-edit", .words = {"domain=test01", "vcpus=2"}, .silent = true},
      {.name = "domain-edit-refused", .operation = "domain-edit", .words = {"domain=test01", "vcpus=1"}, .refused = "says that already"},
      {.scenario = plain, .operation = "domain-edit", .words = {"domain=old", "vcpus=2"}, .refused = "old has no shared definition"},
      {.operation = "domain-edit", .words = {"domain=test01", "vcpus=2", "definition=@/root/x.xml"}, .refused = "either definition= or single changes"},
      {.operation = "domain-edit", .words = {"domain=test01", "definition=@/root/x.xml"}, .refused = "kvm01 cannot read /root/x.xml"},
      {.before = {"kvm01$ umount /kvmdata"}, .operation = "domain-edit", .words = {"domain=test01", "vcpus=2"}, .refused = "kvm01 cannot read /kvmdata/config/test01.xml"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static const char *file_text(struct simulated *g, const char *volume, const char *path) {
  const struct sim_file *f = world_file(sim_world(g->sim), volume, path);
  return f ? f->content : NULL;
}

/* The guest runs on as it was, what differs is said, and the next start is by what was written. */
static void an_edit_counts_from_the_next_start(void **state) {
  static const char *const words[] = {"domain=ha", "vcpus=4", NULL};
  struct simulated g = ground_open(talks);
  struct texts differs;
  int64_t age = UNKNOWN_INT;
  (void)state;
  assert_true(next_start_differs(g.snap, snapshot_domain(g.snap, "ha"), g.arena, &differs, &age));
  assert_int_equal(differs.count, 0);
  struct planned p = ground_plan(&g, "domain-edit", words, NULL);
  ground_prove(&g, &p, false);
  assert_non_null(strstr(file_text(&g, "v", "/config/ha.xml"), "<vcpu placement='static'>4</vcpu>"));
  assert_non_null(strstr(file_text(&g, "v", "/config/ha.xml.old"), "<vcpu placement='static'>1</vcpu>"));
  simulated_run(&g, 660000);
  assert_int_equal(snapshot_domain(g.snap, "ha")->vcpus, 1);
  assert_true(next_start_differs(g.snap, snapshot_domain(g.snap, "ha"), g.arena, &differs, &age));
  assert_int_equal(differs.count, 1);
  assert_string_equal(differs.item[0], "4 vcpus instead of 1");
  const struct lint *l = lint_select(g.snap, "definition-differs", g.arena);
  assert_int_equal(l->findings.count, 1);
  assert_string_equal(l->findings.item[0].subject, "ha");
  ground_do(&g, "k1$ pcs resource disable ha");
  simulated_run(&g, 30000);
  ground_do(&g, "k1$ pcs resource enable ha");
  simulated_run(&g, 30000);
  assert_int_equal(snapshot_domain(g.snap, "ha")->vcpus, 4);
  simulated_close(&g);
}

/* Between the preview and the last step: what the other wrote stays, and the plan made anew is another one. */
static void somebody_else_edits_it_too(void **state) {
  static const char *const words[] = {"domain=ha", "vcpus=4", NULL};
  struct simulated g = ground_open(talks);
  CLEANUP(str_free) struct str then = {0}, now = {0};
  (void)state;
  struct planned p = ground_plan(&g, "domain-edit", words, NULL);
  struct sim_file *f = world_file(sim_world(g.sim), "v", "/config/ha.xml");
  const char *theirs = arena_printf(sim_world(g.sim)->arena, "%s\n", f->content);
  f->content = theirs;
  const char *wrong = ground_try(&g, &p);
  assert_non_null(wrong);
  if (!strstr(wrong, "/kvmdata/config/ha.xml was changed by somebody else: nothing was written")) fail_msg("%s", wrong);
  assert_string_equal(file_text(&g, "v", "/config/ha.xml"), theirs);
  plan_canonical(p.plan, &then);
  p = ground_plan(&g, "domain-edit", words, NULL);
  plan_canonical(p.plan, &now);
  assert_true(then.len != now.len || memcmp(then.data, now.data, then.len) != 0);
  ground_prove(&g, &p, false);
  simulated_close(&g);
}

static void an_agent_is_asked(void **state) {
  static const struct trial trials[] = {
      {.name = "domain-agent-ping", .scenario = talks, .operation = "domain-agent-ping", .words = {"domain=ha"}, .silent = true},
      {.name = "domain-agent-ping-refused", .scenario = talks, .operation = "domain-agent-ping", .words = {"domain=deaf"}, .refused = "not connected: deaf has the channel"},
      {.scenario = talks, .operation = "domain-agent-ping", .words = {"domain=dumb"}, .refused = "no channel: the definition of dumb has none"},
      {.scenario = talks, .before = {"k1$ pcs resource disable ha", "30s"}, .operation = "domain-agent-ping", .words = {"domain=ha"}, .refused = "ha runs nowhere"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
  struct simulated g = ground_open(talks);
  assert_string_equal(snapshot_domain(g.snap, "ha")->guest_agent, "connected");
  assert_string_equal(snapshot_domain(g.snap, "deaf")->guest_agent, "not connected");
  assert_string_equal(snapshot_domain(g.snap, "dumb")->guest_agent, "no channel");
  simulated_close(&g);
}

static void disks_are_kept(void **state) {
  static const struct trial trials[] = {
      {.name = "domain-snapshot", .scenario = talks, .operation = "domain-snapshot", .words = {"domain=ha", "name=before"}, .silent = true},
      {.name = "domain-snapshot-unheld", .operation = "domain-snapshot", .words = {"domain=test01", "name=before"}, .silent = true},
      {.name = "domain-snapshot-off", .scenario = plain, .before = {"k2$ virsh destroy old", "5s"}, .operation = "domain-snapshot", .words = {"domain=old", "name=before"}, .silent = true},
      {.name = "domain-snapshot-refused", .operation = "domain-snapshot", .words = {"domain=test01", "name=before", "how=external"}, .refused = "its next start, by pacemaker, would go back to the old one"},
      {.operation = "domain-snapshot", .words = {"domain=test01", "name=before", "how=internal", "force=yes"}, .refused = "an internal snapshot holds test01 still"},
      {.scenario = small, .operation = "domain-snapshot", .words = {"domain=ha", "name=before"}, .refused = "more than 90 % full"},
      {.scenario = plain, .before = {"k2$ virsh destroy old", "hang k1 libvirtd", "60s"}, .operation = "domain-snapshot", .words = {"domain=old", "name=before"}, .refused = "cannot tell whether old runs somewhere"},
      {.name = "domain-snapshot-list-none", .operation = "domain-snapshot-list", .words = {"domain=test01"}, .silent = true},
      {.operation = "domain-snapshot-revert", .words = {"domain=test01", "snapshot=before"}, .refused = "its disk cannot be changed below it"},
      {.operation = "domain-snapshot-delete", .words = {"domain=test01", "snapshot=before"}, .refused = "there is no snapshot before of test01"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static struct planned run(struct simulated *g, const char *operation, const char *const *words, const char *kept) {
  struct planned p = ground_plan(g, operation, words, NULL);
  if (kept) ground_compare(p.plan, kept);
  ground_prove(g, &p, false);
  return p;
}

static bool refuses(struct simulated *g, const char *operation, const char *const *words, const char *why) {
  struct planned p = ground_plan(g, operation, words, NULL);
  if (p.plan->allowed == TRUTH_NO && strstr(p.plan->why, why)) return true;
  fail_msg("%s: %s", operation, p.plan->why ? p.plan->why : "it is allowed");
  return false;
}

/* Made while it runs, listed, gone back to when it is off, deleted; at no moment is what is half made taken for a snapshot. */
static void there_and_back(void **state) {
  static const char *const make[] = {"domain=ha", "name=before", NULL}, *const of[] = {"domain=ha", NULL}, *const that[] = {"domain=ha", "snapshot=before", NULL};
  struct simulated g = ground_open(talks);
  (void)state;
  int64_t size = world_file(sim_world(g.sim), "v", "/ha.qcow2")->size;
  run(&g, "domain-snapshot", make, NULL);
  assert_int_equal(world_file(sim_world(g.sim), "v", "/snapshots/ha/before/vda.qcow2")->size, size);
  assert_non_null(file_text(&g, "v", "/snapshots/ha/before/definition.xml"));
  assert_true(refuses(&g, "domain-snapshot", make, "there is a snapshot before of ha already"));
  struct planned p = ground_plan(&g, "domain-snapshot-list", of, NULL);
  ground_compare(p.plan, "domain-snapshot-list");
  assert_true(refuses(&g, "domain-snapshot-revert", that, "ha is running on"));
  ground_do(&g, "k1$ pcs resource disable ha");
  simulated_run(&g, 30000);
  run(&g, "domain-snapshot-revert", that, "domain-snapshot-revert");
  assert_int_equal(world_file(sim_world(g.sim), "v", "/ha.qcow2")->size, size);
  assert_non_null(world_file(sim_world(g.sim), "v", "/ha.qcow2.before"));
  assert_null(world_file(sim_world(g.sim), "v", "/ha.qcow2.new"));
  struct planned again = ground_plan(&g, "domain-snapshot-revert", that, NULL);
  const char *wrong = ground_try(&g, &again); /* what it was before is not written over */
  if (!wrong || !strstr(wrong, "step 1 (test")) fail_msg("%s", wrong ? wrong : "it ran");
  run(&g, "domain-snapshot-delete", that, "domain-snapshot-delete");
  assert_null(world_file(sim_world(g.sim), "v", "/snapshots/ha/before/vda.qcow2"));
  assert_true(refuses(&g, "domain-snapshot-delete", that, "there is no snapshot before of ha"));
  simulated_close(&g);
}

/* The guest ends while it is copied: that is no snapshot, and it is said. */
static void a_copy_that_does_not_end_well(void **state) {
  static const char *const make[] = {"domain=ha", "name=before", NULL};
  struct simulated g = ground_open(talks);
  const char *outputs[128] = {0}, *wrong = NULL;
  (void)state;
  struct planned p = ground_plan(&g, "domain-snapshot", make, NULL);
  for (size_t i = 0; i < p.plan->steps.count && !wrong; i++) {
    wrong = ground_step(&g, &p, i, outputs);
    if (i == 1) ground_do(&g, "k1$ crm_resource -r ha -m -p target-role -v Stopped"), simulated_run(&g, 6000);
  }
  assert_non_null(wrong);
  if (!strstr(wrong, "domain is not running")) fail_msg("%s", wrong);
  assert_null(world_file(sim_world(g.sim), "v", "/snapshots/ha/before/vda.qcow2"));
  simulated_close(&g);
}

static void several_come(void **state) {
  static const struct trial trials[] = {
      {.name = "domains-import", .scenario = plain, .operation = "domains-import", .words = {NULL}},
      {.scenario = plain, .operation = "domains-import", .words = {"domain=given"}, .refused = "given: it uses a device of its host"},
      {.scenario = plain, .operation = "domains-import", .words = {"domain=ha"}, .refused = "ha: it is the resource ha already"},
      {.scenario = plain, .before = {"k1$ umount /kvmdata"}, .operation = "domains-import", .words = {"domain=old"}, .refused = "k1 has not mounted /kvmdata"},
      {.operation = "domains-import", .words = {NULL}, .refused = "there is no domain that is not in the cluster already"},
      {.scenario = plain, .operation = "domains-import", .words = {"file=/root/none.xml", "domain=more"}, .silent = true},
      {.scenario = plain, .operation = "domains-import", .words = {"file=/root/none.xml"}, .refused = "/root/none.xml: k1 cannot read it"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

/* One of a file: its disk is on the volume, and no host has it yet. */
static void one_comes_of_a_file(void **state) {
  static const char *const words[] = {"file=/root/fresh.xml", NULL};
  struct simulated g = ground_open(plain);
  (void)state;
  set_pair(sim_world(g.sim), &world_host(sim_world(g.sim), "k1")->files, "/root/fresh.xml", fresh);
  assert_true(refuses(&g, "domains-import", words, "not every disk of it is there"));
  ground_do(&g, "k1$ qemu-img create -f qcow2 /kvmdata/fresh.qcow2 1G");
  struct planned p = ground_plan(&g, "domains-import", words, NULL);
  ground_compare(p.plan, "domains-import-file");
  ground_prove(&g, &p, true);
  assert_true(refuses(&g, "domains-import", words, "there is a domain fresh already"));
  simulated_close(&g);
}

/* A disk that one host has alone: refused, or copied when the domain is off, and the shared definition names the copy. */
static void a_local_disk_is_copied(void **state) {
  static const char *const plainly[] = {"domain=loc", NULL}, *const copied[] = {"domain=loc", "copy=yes", NULL};
  struct simulated g = ground_open(plain);
  struct sim_host *h = world_host(sim_world(g.sim), "k2");
  (void)state;
  set_pair(sim_world(g.sim), &h->files, "/root/loc.xml", "<domain type='kvm'>\n  <name>loc</name>\n  <memory unit='MiB'>256</memory>\n  <vcpu>1</vcpu>\n  <devices>\n    <disk type='file' device='disk'>\n      <source file='/var/lib/images/loc.qcow2'/>\n    </disk>\n  </devices>\n</domain>\n");
  set_pair(sim_world(g.sim), &h->files, "/var/lib/images/loc.qcow2", "an image");
  ground_do(&g, "k2$ virsh define /root/loc.xml");
  simulated_run(&g, 5000);
  assert_true(refuses(&g, "domains-import", plainly, "vda (/var/lib/images/loc.qcow2) is on no shared volume (copy=yes"));
  struct planned p = ground_plan(&g, "domains-import", copied, NULL);
  ground_compare(p.plan, "domains-import-copy");
  ground_prove(&g, &p, true);
  assert_non_null(strstr(file_text(&g, "v", "/config/loc.xml"), "<source file='/kvmdata/loc-vda.qcow2'/>"));
  simulated_close(&g);
}

/* Every step was done, and yet it is not so: that is found out by looking. */
static void what_is_not_so_is_not_verified(void **state) {
  static const struct { const char *operation, *words[3], *meanwhile, *says; } cases[] = {
      {"domain-edit", {"domain=ha", "vcpus=4"}, "k1$ crm_resource -r ha -m -p target-role -v Stopped", "not verified: ha runs on"},
      {"domains-import", {"domain=old"}, "k1$ crm_resource -r old -m -p target-role -v Stopped", "not verified: old runs on k2"},
      {"domain-restart", {"domain=ha"}, "k1$ crm_resource -r ha -m -p target-role -v Stopped", "not verified: "},
      {"resource-refresh", {"resource=ha"}, "k1$ crm_resource -r ha -m -p target-role -v Stopped", "not verified: "}};
  (void)state;
  for (size_t i = 0; i < COUNT(cases); i++) {
    struct simulated g = ground_open(plain);
    const char *outputs[128] = {0}, *wrong = NULL;
    struct planned p = ground_plan(&g, cases[i].operation, cases[i].words, NULL);
    for (size_t k = 0; k < p.plan->steps.count && !wrong; k++) wrong = ground_step(&g, &p, k, outputs);
    if (wrong) fail_msg("%s", wrong);
    ground_do(&g, cases[i].meanwhile);
    simulated_run(&g, 20000);
    struct planned rest = p;
    rest.plan->steps.count = 0;
    wrong = ground_try(&g, &rest);
    if (!wrong || !strstr(wrong, cases[i].says)) fail_msg("%s: %s", cases[i].says, wrong ? wrong : "it is verified");
    simulated_close(&g);
  }
}

/* The first that fails ends it: the one before is in the cluster, the one behind is as it was. */
static void an_import_that_stops(void **state) {
  static const char *const words[] = {"domain=old", "domain=more", NULL};
  struct simulated g = ground_open(plain);
  const char *outputs[128] = {0}, *wrong = NULL;
  (void)state;
  struct planned p = ground_plan(&g, "domains-import", words, NULL);
  size_t second = 0;
  for (size_t i = 0; i < p.plan->steps.count; i++)
    if (!second && texts_have(&p.plan->steps.item[i].argv, "more")) second = i;
  assert_true(second > 4);
  for (size_t i = 0; i < p.plan->steps.count && !wrong; i++) {
    if (i == second) ground_do(&g, "kill k1 libvirtd");
    wrong = ground_step(&g, &p, i, outputs);
  }
  assert_non_null(wrong);
  simulated_run(&g, 20000);
  assert_string_equal(snapshot_domain(g.snap, "old")->resource, "old");
  assert_null(snapshot_domain(g.snap, "more")->resource);
  assert_string_equal(snapshot_domain(g.snap, "more")->state, "running");
  simulated_close(&g);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(edits), cmocka_unit_test(an_edit_counts_from_the_next_start), cmocka_unit_test(somebody_else_edits_it_too), cmocka_unit_test(an_agent_is_asked), cmocka_unit_test(disks_are_kept),
                                     cmocka_unit_test(there_and_back), cmocka_unit_test(a_copy_that_does_not_end_well), cmocka_unit_test(several_come), cmocka_unit_test(one_comes_of_a_file), cmocka_unit_test(an_import_that_stops), cmocka_unit_test(a_local_disk_is_copied), cmocka_unit_test(what_is_not_so_is_not_verified)};
  return RUN(tests);
}
