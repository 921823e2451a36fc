/* What was copied beforehand: compared, put back; and the way of setting up, which is derived from what is read. */
#include "ground.h"
#include "ops/wizard.h"

#define COPY(file) "/var/lib/kvmconsole/copies/20261122T150000Z-1-1/" file
#define HAS(file) .before = {"kvm01$ cp /etc/os-release " COPY(file)}

static void copies_are_compared(void **state) {
  static const struct trial trials[] = {
      {.name = "copy-compare-cib", HAS("cib.xml"), .operation = "copy-compare", .words = {"copy=" COPY("cib.xml")}, .unrun = true},
      {.name = "copy-compare-gluster", HAS("gluster-volume-info.txt"), .operation = "copy-compare", .words = {"copy=" COPY("gluster-volume-info.txt")}, .unrun = true},
      {.name = "copy-compare-domain", HAS("domain.xml"), .operation = "copy-compare", .words = {"copy=" COPY("domain.xml"), "domain=test01"}, .unrun = true},
      {.operation = "copy-compare", .words = {"copy=" COPY("cib.xml")}, .refused = "kvm01 has no file"},
      {HAS("domain.xml"), .operation = "copy-compare", .words = {"copy=" COPY("domain.xml")}, .refused = "compared with that of a domain"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static void copies_are_put_back(void **state) {
  static const struct trial trials[] = {
      {.name = "copy-restore-cib", HAS("cib.xml"), .operation = "copy-restore", .words = {"copy=" COPY("cib.xml")}, .unrun = true},
      {.name = "copy-restore-corosync", HAS("corosync.conf"), .operation = "copy-restore", .words = {"copy=" COPY("corosync.conf")}, .unrun = true},
      {HAS("gluster-volume-info.txt"), .operation = "copy-restore", .words = {"copy=" COPY("gluster-volume-info.txt")}, .refused = "gluster takes no description"},
      {HAS("domain.xml"), .operation = "copy-restore", .words = {"copy=" COPY("domain.xml"), "domain=test01"}, .refused = "from its shared definition"},
      {.operation = "copy-restore", .words = {"copy=" COPY("cib.xml")}, .refused = "kvm01 has no file"},
  };
  struct simulated g = ground_open("lab");
  (void)state;
  ground_trials(trials, COUNT(trials));
  /* Nobody types a path to confirm: it is the cluster's name. */
  ground_do(&g, "kvm01$ cp /etc/os-release " COPY("cib.xml"));
  struct planned p = ground_plan(&g, "copy-restore", (const char *const[]){"copy=" COPY("cib.xml"), NULL}, NULL);
  assert_string_equal(p.plan->confirm, "cluster-kvm");
  assert_int_equal(p.plan->danger, 2);
  simulated_close(&g);
}

static void only_copies_are_taken(void **state) {
  struct simulated g = ground_open("lab");
  const struct operation *o = operation_find("copy-restore");
  struct values none = {0};
  struct planning p = {.operation = o, .snap = g.snap, .values = &none, .arena = g.arena};
  static const char *const bad[] = {"/etc/shadow", "cib.xml", "/root/cib.xml2", "/root/cib.xml/", "/root/xcib.xml", "/"};
  (void)state;
  assert_null(operation_check(&p, operation_argument(o, "copy"), COPY("corosync.conf")));
  for (size_t i = 0; i < COUNT(bad); i++)
    if (!operation_check(&p, operation_argument(o, "copy"), bad[i])) fail_msg("%s is taken for a copy", bad[i]);
  simulated_close(&g);
}

/* All of it at will: what is asked and written where, and that nothing is written over. */
static void the_whole_configuration_is_exported(void **state) {
  static const struct trial trials[] = {
      {.name = "configuration-export", .operation = "configuration-export", .words = {"to=/root/x"}, .unrun = true},
      {.name = "configuration-export-half", .before = {"break bmc kvm02", "power off kvm02", "60s"}, .operation = "configuration-export", .words = {"to=/root/x"}, .unrun = true},
      {.before = {"kvm01$ mkdir /root/x"}, .operation = "configuration-export", .words = {"to=/root/x"}, .refused = "nothing is written over"},
      {.before = {"kvm01$ touch /root/x"}, .operation = "configuration-export", .words = {"to=/root/x"}, .refused = "nothing is written over"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static void a_bundle_is_made_by_the_program(void **state) {
  static const struct trial trials[] = {
      {.name = "support-bundle", .operation = "support-bundle", .words = {"file=/root/b.tar.gz"}, .unrun = true},
      {.name = "support-bundle-around", .operation = "support-bundle", .words = {"file=/root/b.tar.gz", "around=2026-11-22T12:00:00Z", "minutes=3", "anonymous=yes"}, .unrun = true},
  };
  struct simulated g = ground_open("lab");
  const struct operation *o = operation_find("support-bundle");
  struct values none = {0};
  struct planning p = {.operation = o, .snap = g.snap, .values = &none, .arena = g.arena};
  (void)state;
  ground_trials(trials, COUNT(trials));
  assert_non_null(operation_check(&p, operation_argument(o, "file"), "/root/b.zip"));
  assert_non_null(operation_check(&p, operation_argument(o, "file"), "b.tar.gz"));
  assert_non_null(operation_check(&p, operation_argument(o, "minutes"), "0"));
  simulated_close(&g);
}

static const char *next_of(const struct simulated *g, const char *last) {
  const struct operation *o = wizard_next(g->snap, last ? operation_find(last) : NULL);
  return o ? o->name : "the end";
}

static void setting_up_goes_on(void **state) {
  struct simulated bare = simulated_open("title t\nhost kvm[1-2] kvm bare\nhost node[1-2] store bare\nhere kvm1\n", 20000), whole = ground_open("lab");
  (void)state;
  assert_string_equal(next_of(&bare, NULL), "host-prepare");
  assert_string_equal(next_of(&bare, "host-prepare"), "gluster-peer-probe");
  assert_string_equal(next_of(&bare, "gluster-peer-probe"), "gluster-volume-create");
  assert_string_equal(next_of(&bare, "cluster-setup"), "fencing-create");
  assert_string_equal(next_of(&bare, "fencing-create"), "fencing-create"); /* no node has a device yet */
  assert_string_equal(next_of(&bare, "host-bridge"), "gluster-peer-probe");
  assert_string_equal(next_of(&whole, NULL), "the end");
  assert_string_equal(next_of(&whole, "cluster-setup"), "the end");
  for (size_t i = 0; operation_at(i); i++) {
    const struct operation *o = operation_at(i);
    assert_int_equal(wizard_number(o) > 0, (o->flags & OP_WIZARD) != 0);
    assert_int_not_equal(wizard_done(bare.snap, o), TRUTH_YES);
  }
  /* One node of two has a device, and nothing runs yet. */
  struct simulated half = ground_open("title t\nhost k[1-2] kvm\nhost s[1-2] store\nvolume v replica 2 bricks s[1-2]:/b size=1T used=10\nmount v /kvmdata on k[1-2] from s1\ncluster c k[1-2]\nhere k1\nfencing for k1\n");
  assert_string_equal(next_of(&half, NULL), "fencing-create");
  assert_string_equal(next_of(&half, "fencing-create"), "fencing-create");
  assert_string_equal(next_of(&half, "domain-create"), "domain-make-ha");
  simulated_close(&half);
  simulated_close(&bare);
  simulated_close(&whole);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(copies_are_compared), cmocka_unit_test(copies_are_put_back), cmocka_unit_test(only_copies_are_taken), cmocka_unit_test(the_whole_configuration_is_exported), cmocka_unit_test(a_bundle_is_made_by_the_program), cmocka_unit_test(setting_up_goes_on)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
