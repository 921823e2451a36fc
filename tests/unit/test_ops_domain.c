/* Domains: by pacemaker's road or libvirt's, made, shared, adopted, moved, and a migration cancelled without a restart. */
#include "ground.h"

#define STORE "host s[1-2] store\nvolume v replica 2 bricks s[1-2]:/b size=1T used=10\nmount v /kvmdata on k[1-2] from s1\ncluster c k[1-2]\nhere k1\nfencing for k[1-2]\n"
static const char mixed[] = "title t\nhost k[1-2] kvm memory=32G\n" STORE "domain ha volume v memory=1G\ndomain old volume v memory=1G plain=k2\n";
static const char slow[] = "title t\nhost k[1-2] kvm memory=32G\n" STORE "domain large volume v memory=12G vcpus=8 image=20G busy=80 dirty=180M\ndomain ha volume v memory=1G\n";
static const char stopping[] = "title t\nhost k[1-2] kvm memory=32G\n" STORE "domain ha volume v memory=1G stop-on-error\ndomain two volume v memory=1G stop-on-error\n";

static void starts_and_stops(void **state) {
  static const struct trial trials[] = {
      {.name = "domain-start-ha", .before = {"kvm01$ pcs resource disable test01", "30s"}, .operation = "domain-start", .words = {"domain=test01"}},
      {.name = "domain-start", .scenario = mixed, .before = {"k2$ virsh destroy old", "5s"}, .operation = "domain-start", .words = {"domain=old"}},
      {.name = "domain-start-refused", .operation = "domain-start", .words = {"domain=test01"}, .refused = "test01 is running on kvm01"},
      {.scenario = mixed, .before = {"k2$ virsh destroy old", "hang k1 libvirtd", "60s"}, .operation = "domain-start", .words = {"domain=old"}, .refused = "cannot tell whether old runs somewhere else"},
      {.scenario = mixed, .before = {"k2$ virsh destroy old", "5s"}, .operation = "domain-start", .words = {"domain=old", "host=k1"}, .refused = "old is not defined on k1"},
      {.name = "domain-stop-ha", .operation = "domain-stop", .words = {"domain=test01"}},
      {.name = "domain-stop", .scenario = mixed, .operation = "domain-stop", .words = {"domain=old"}},
      {.name = "domain-stop-off", .scenario = mixed, .operation = "domain-stop", .words = {"domain=old", "how=off"}},
      {.name = "domain-stop-refused", .operation = "domain-stop", .words = {"domain=test01", "how=off"}, .refused = "behind pacemaker's back"},
      {.operation = "domain-stop", .words = {"domain=test01", "how=off", "force=yes"}, .refused = "behind pacemaker's back"}, /* not even forced */
      {.name = "domain-stop-unmanaged", .before = {"kvm01$ pcs resource unmanage test01"}, .operation = "domain-stop", .words = {"domain=test01"}},
      {.name = "domain-restart-ha", .operation = "domain-restart", .words = {"domain=test01"}, .silent = true},
      {.name = "domain-restart", .scenario = mixed, .operation = "domain-restart", .words = {"domain=old"}, .silent = true},
      {.scenario = mixed, .before = {"k2$ virsh undefine old", "5s"}, .operation = "domain-restart", .words = {"domain=old"}, .refused = "old is not defined on k2"},
      {.name = "domain-console", .operation = "domain-console", .words = {"domain=test01"}, .silent = true},
      {.scenario = mixed, .before = {"k2$ virsh destroy old", "5s"}, .operation = "domain-console", .words = {"domain=old"}, .refused = "old runs nowhere"},
      {.name = "domain-resume", .before = {"kvm01$ virsh suspend test01", "5s"}, .operation = "domain-resume", .words = {"domain=test01"}},
      {.operation = "domain-resume", .words = {"domain=test01"}, .refused = "test01 is not paused"},
      {.name = "domain-resume-unwritable", .scenario = stopping, .before = {"kill brick s1:/b", "kill brick s2:/b", "20s"}, .operation = "domain-resume", .words = {NULL}, .refused = "not writable: it would pause again"},
      {.name = "domain-resume-all", .scenario = stopping, .before = {"kill brick s1:/b", "kill brick s2:/b", "20s", "start brick s1:/b", "start brick s2:/b", "30s"}, .operation = "domain-resume", .words = {NULL}},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static void moves(void **state) {
  static const struct trial trials[] = {
      {.name = "domain-migrate-ha", .operation = "domain-migrate", .words = {"domain=test01"}},
      {.name = "domain-migrate", .scenario = mixed, .operation = "domain-migrate", .words = {"domain=old", "to=k1"}},
      {.name = "domain-migrate-refused", .operation = "domain-migrate", .words = {"domain=test01", "to=kvm01"}, .refused = "is on kvm01 already"},
      {.scenario = mixed, .before = {"hang k1 libvirtd", "60s"}, .operation = "domain-migrate", .words = {"domain=old", "to=k1"}, .refused = "libvirt on k1 is not read"},
      {.name = "domain-cancel-migration-refused", .operation = "domain-cancel-migration", .words = {"domain=test01"}, .refused = "test01 is not being moved"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static const struct sim_instance *instance(struct simulated *g, const char *domain, const char *host) { return domain_on(world_domain(sim_world(g->sim), domain), host); }

/* The guest that runs afterwards is the one that ran before. */
static void a_cancelled_migration_restarts_nothing(void **state) {
  static const char *const words[] = {"domain=large", NULL};
  struct simulated g = ground_open(slow);
  (void)state;
  const char *from = arena_strdup(g.arena, snapshot_domain(g.snap, "large")->hosts.item[0]), *to = strcmp(from, "k1") ? "k1" : "k2";
  int64_t id = instance(&g, "large", from)->id;
  ground_do(&g, arena_printf(g.arena, "move large %s", to));
  simulated_run(&g, 6000);
  struct planned p = ground_plan(&g, "domain-cancel-migration", words, NULL);
  ground_compare(p.plan, "domain-cancel-migration");
  ground_prove(&g, &p, true);
  simulated_run(&g, 180000);
  assert_non_null(instance(&g, "large", from));
  assert_int_equal(instance(&g, "large", from)->id, id);
  simulated_close(&g);
}

/* Something else is wrong too: pacemaker would act at once. It is not given the domain back, and the guest runs on. */
static void a_cancelled_migration_stops_short(void **state) {
  static const char *const words[] = {"domain=large", NULL};
  struct simulated g = ground_open(slow);
  (void)state;
  const char *from = arena_strdup(g.arena, snapshot_domain(g.snap, "large")->hosts.item[0]), *to = strcmp(from, "k1") ? "k1" : "k2";
  ground_do(&g, arena_printf(g.arena, "move large %s", to));
  simulated_run(&g, 6000);
  struct planned p = ground_plan(&g, "domain-cancel-migration", words, NULL);
  ground_do(&g, arena_printf(g.arena, "k1$ pcs constraint location large prefers %s", to)); /* it would go there */
  const char *wrong = ground_try(&g, &p);
  assert_non_null(wrong);
  if (!strstr(wrong, "(grep on k1)")) fail_msg("%s", wrong);
  simulated_run(&g, 120000);
  assert_non_null(instance(&g, "large", from));
  assert_null(instance(&g, "large", to));
  simulated_close(&g);
}

static void comes_and_becomes_ha(void **state) {
  static const struct trial trials[] = {
      {.name = "domain-create", .operation = "domain-create", .words = {"name=web1", "image=/root/cloud.qcow2", "size=10G", "memory=256M", "bridge=none", "password=hunter2"}},
      {.name = "domain-create-install", .operation = "domain-create", .words = {"name=web1", "image=/root/cloud.qcow2", "memory=256M", "force=yes", "by=virt-install", "key=/root/key.pub"}},
      {.name = "domain-create-refused", .operation = "domain-create", .words = {"name=web1", "image=/root/cloud.qcow2"}, .refused = "kvm01 has no bridge br0"},
      {.operation = "domain-create", .words = {"name=web1", "image=/root/none", "bridge=none"}, .refused = "is no image that qemu-img can read"},
      {.before = {"kvm01$ qemu-img create -f qcow2 /kvmdata/web1.qcow2 1G"}, .operation = "domain-create", .words = {"name=web1", "image=/root/cloud.qcow2", "bridge=none"}, .refused = "/kvmdata/web1.qcow2 is there already"},
      {.name = "domain-share", .scenario = mixed, .operation = "domain-share", .words = {"domain=old"}, .silent = true},
      {.scenario = mixed, .before = {"hang k2 libvirtd", "60s"}, .operation = "domain-share", .words = {"domain=old"}, .refused = "cannot tell where old runs"},
      {.name = "domain-make-ha", .scenario = mixed, .operation = "domain-make-ha", .words = {"domain=old"}},
      {.name = "domain-make-ha-off", .scenario = mixed, .before = {"k2$ virsh destroy old", "5s"}, .operation = "domain-make-ha", .words = {"domain=old"}},
      {.name = "domain-make-ha-pcs-0.9", .scenario = mixed, .operation = "domain-make-ha", .words = {"domain=old"}, .pcs = "0.9.169", .unrun = true},
      {.name = "domain-make-ha-refused", .operation = "domain-make-ha", .words = {"domain=test01"}, .refused = "is the resource test01 already"},
      {.scenario = mixed, .before = {"k1$ umount /kvmdata"}, .operation = "domain-make-ha", .words = {"domain=old", "config=/kvmdata/config/old.xml"}, .refused = "k1 has not mounted /kvmdata"},
      {.name = "domain-undo-ha", .operation = "domain-undo-ha", .words = {"domain=test01"}},
      {.name = "domain-undo-ha-off", .before = {"kvm01$ pcs resource disable test01", "30s"}, .operation = "domain-undo-ha", .words = {"domain=test01"}},
      {.name = "domain-undo-ha-refused", .operation = "domain-undo-ha", .words = {"domain=test01", "host=kvm02"}, .refused = "test01 runs on kvm01"},
      {.scenario = mixed, .operation = "domain-undo-ha", .words = {"domain=old"}, .refused = "old is no resource"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

/* Adopted, given back: the guest is the same throughout, and what is shared has its name on a line of its own. */
static void adopted_while_it_runs(void **state) {
  static const char *const words[] = {"domain=old", NULL};
  struct simulated g = ground_open(mixed);
  (void)state;
  int64_t id = instance(&g, "old", "k2")->id;
  struct planned p = ground_plan(&g, "domain-make-ha", words, NULL);
  ground_prove(&g, &p, true);
  const struct sim_file *f = world_file(sim_world(g.sim), "v", "/config/old.xml");
  assert_non_null(f);
  assert_non_null(strstr(f->content, "\n  <name>old</name>\n"));
  assert_null(world_file(sim_world(g.sim), "v", "/config/old.xml.new"));
  simulated_run(&g, 60000);
  assert_int_equal(instance(&g, "old", "k2")->id, id);
  p = ground_plan(&g, "domain-undo-ha", words, NULL);
  ground_prove(&g, &p, true);
  simulated_run(&g, 60000);
  assert_int_equal(instance(&g, "old", "k2")->id, id);
  simulated_close(&g);
}

/* Whatever is asked of a domain that pacemaker drives, no step starts, stops or moves it by libvirt. */
static void no_road_around_pacemaker(void **state) {
  static const struct { const char *operation, *words[4]; } asked[] = {
      {"domain-start", {"domain=test01", "force=yes"}}, {"domain-stop", {"domain=test01", "force=yes"}}, {"domain-stop", {"domain=test01", "how=off", "force=yes"}}, {"domain-restart", {"domain=test01", "force=yes"}}, {"domain-migrate", {"domain=test01", "force=yes"}}};
  static const char *const roads[] = {"start", "shutdown", "destroy", "create", "migrate", "reboot"};
  (void)state;
  for (size_t i = 0; i < COUNT(asked); i++) {
    struct simulated g = ground_open("lab");
    struct planned p = ground_plan(&g, asked[i].operation, asked[i].words, NULL);
    for (size_t k = 0; k < p.plan->steps.count; k++) {
      const struct texts *argv = &p.plan->steps.item[k].argv;
      for (size_t n = 0; argv->count && !strcmp(argv->item[0], "virsh") && n < COUNT(roads); n++) assert_false(texts_have(argv, roads[n]));
    }
    simulated_close(&g);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(starts_and_stops), cmocka_unit_test(moves), cmocka_unit_test(a_cancelled_migration_restarts_nothing), cmocka_unit_test(a_cancelled_migration_stops_short),
                                     cmocka_unit_test(comes_and_becomes_ha), cmocka_unit_test(adopted_while_it_runs), cmocka_unit_test(no_road_around_pacemaker)};
  return RUN(tests);
}
