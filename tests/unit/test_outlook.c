/* Contradictions between layers and hosts: partitions, peers that do not see each other, domains stopped by their disks. */
#include "model/fragment.h"
#include "model/problem.h"
#include "tests/unit/unit.h"
#include <string.h>

#define AT "\"at\":\"2026-11-22T12:00:00.000Z\","

static void say(struct store *s, const char *source, const char *host, const char *kind, const char *data) {
  struct fragment *f = NULL;
  struct err e = {0};
  CLEANUP(mem_freep) char *line = mem_printf("{" AT "\"source\":\"%s\",\"host\":\"%s\",\"kind\":\"%s\",\"data\":%s}", source, host, kind, data);
  if (fragment_parse(line, strlen(line), &f, &e)) fail_msg("%s: %s", line, e.text);
  store_add(s, f, 1000);
  fragment_drop(f);
}

static const struct problem *problem_of(const struct snapshot *s, const char *id) {
  for (size_t i = 0; i < s->problems.count; i++)
    if (!strcmp(s->problems.item[i].id, id)) return &s->problems.item[i];
  return NULL;
}

static const char left[] = "{\"nodes\":[{\"id\":1,\"name\":\"kvm1\",\"member\":true,\"local\":true},{\"id\":2,\"name\":\"kvm2\",\"addresses\":[\"10.0.0.2\"],\"member\":false,\"local\":false}]}";

static struct snapshot *parted(bool quorate, bool fencing, bool unclean, const char *outlook) {
  struct store s = {0};
  CLEANUP(mem_freep) char *cluster = mem_printf("{\"name\":\"c\",\"quorate\":%s}", quorate ? "true" : "false");
  CLEANUP(mem_freep) char *pacemaker = mem_printf("{\"dc\":\"kvm1\",\"quorate\":%s,\"fencing\":%s}", quorate ? "true" : "false", fencing ? "true" : "false");
  CLEANUP(mem_freep) char *nodes = mem_printf("{\"nodes\":[{\"name\":\"kvm1\",\"id\":\"1\",\"type\":\"member\",\"online\":true,\"unclean\":false},{\"name\":\"kvm2\",\"id\":\"2\",\"type\":\"member\",\"online\":false,\"unclean\":%s}]}",
                                              unclean ? "true" : "false");
  say(&s, "corosync", "kvm1", "state", "{\"state\":\"ok\",\"text\":\"\"}");
  say(&s, "corosync", "kvm1", "corosync.cluster", cluster);
  say(&s, "corosync", "kvm1", "corosync.nodes", left);
  if (outlook) say(&s, "corosync", "kvm1", "corosync.outlook", outlook);
  say(&s, "pacemaker", "kvm1", "pacemaker.cluster", pacemaker);
  say(&s, "pacemaker", "kvm1", "pacemaker.nodes", nodes);
  struct snapshot *snap = snapshot_make(&s, 1000, 0, NULL, NULL);
  store_clear(&s);
  return snap;
}

#define VIEW(more) "{\"nodes\":[{\"id\":2,\"name\":\"kvm2\"," more "}]}"

static void what_the_lost_node_says_decides(void **state) {
  static const struct { bool quorate, fencing, unclean; const char *outlook, *problem, *says; } cases[] = {
      {true, false, false, VIEW("\"asked\":true,\"running\":true,\"quorate\":true,\"members\":[\"kvm2\"]"), "cluster-split", "kvm2 is no member here and has quorum too: it sees kvm2"},
      {true, false, false, VIEW("\"asked\":true,\"running\":true,\"quorate\":false,\"members\":[\"kvm2\",\"kvm3\"]"), "partition", "kvm2 is no member here and lives without quorum: it sees kvm2, kvm3"},
      {false, true, true, VIEW("\"asked\":true,\"running\":true,\"quorate\":true,\"members\":[\"kvm2\"]"), "partition", "kvm2 is no member here and lives with quorum: it sees kvm2"},
      {true, false, false, VIEW("\"asked\":true,\"running\":true,\"text\":\"corosync there does not answer\""), "partition-unknown", "kvm2 is no member here and its corosync runs; whether it has quorum is not known: corosync there does not answer"},
      {true, false, false, VIEW("\"asked\":true,\"text\":\"x\""), "partition-unknown", "kvm2 lives, and whether its corosync runs is not known: x"},
      {true, true, true, VIEW("\"asked\":false,\"text\":\"No route to host\""), "partition-unknown", "it is not known whether kvm2 lives: it cannot be asked (No route to host)"},
      {true, false, false, VIEW("\"asked\":false,\"text\":\"No route to host\""), "partition-unknown", NULL}, /* without fencing "offline" proves nothing */
      {true, true, true, NULL, "partition-unknown", "it is not known whether kvm2 lives: it has not answered yet"},
      {true, true, false, VIEW("\"asked\":false"), NULL, NULL},                /* fenced */
      {true, false, false, VIEW("\"asked\":true,\"running\":false"), NULL, NULL}, /* its corosync was stopped */
  };
  static const char *const all[] = {"cluster-split", "partition", "partition-unknown"};
  (void)state;
  for (size_t i = 0; i < COUNT(cases); i++) {
    struct snapshot *s = parted(cases[i].quorate, cases[i].fencing, cases[i].unclean, cases[i].outlook);
    for (size_t k = 0; k < COUNT(all); k++) {
      const struct problem *p = problem_of(s, all[k]);
      if ((p != NULL) != str_eq(all[k], cases[i].problem)) fail_msg("case %zu: %s is %s", i, all[k], p ? p->text : "not found");
      if (p && cases[i].says) assert_string_equal(p->text, cases[i].says);
    }
    snapshot_drop(s);
  }
}

/* An old answer of one that is lost is worth nothing: then it was not asked. */
static void an_old_outlook_is_none(void **state) {
  struct store s = {0};
  (void)state;
  say(&s, "corosync", "kvm1", "state", "{\"state\":\"ok\",\"text\":\"\"}");
  say(&s, "corosync", "kvm1", "corosync.nodes", left);
  say(&s, "corosync", "kvm1", "corosync.outlook", VIEW("\"asked\":true,\"running\":false"));
  struct snapshot *fresh = snapshot_make(&s, 1000, 0, NULL, NULL), *old = snapshot_make(&s, 60000, 0, NULL, NULL);
  assert_null(problem_of(fresh, "partition-unknown"));
  assert_int_equal(snapshot_host(fresh, "kvm2")->outlook.running, TRUTH_NO);
  assert_non_null(problem_of(old, "partition-unknown"));
  assert_int_equal(snapshot_host(old, "kvm2")->outlook.asked, TRUTH_UNKNOWN);
  snapshot_drop(fresh), snapshot_drop(old);
  store_clear(&s);
}

static void peers_that_do_not_see_each_other(void **state) {
  static const struct { const char *probe, *says; } cases[] = {
      {"{\"hosts\":[{\"host\":\"n1\",\"answers\":true,\"unseen\":[\"n2\"]},{\"host\":\"n2\",\"answers\":true,\"unseen\":[\"n1\"]},{\"host\":\"n3\",\"answers\":true}]}", "gluster on n1 and on n2 do not see each other, and both answer"},
      {"{\"hosts\":[{\"host\":\"n1\",\"answers\":true,\"unseen\":[\"n2\"]},{\"host\":\"n2\",\"answers\":true},{\"host\":\"n3\",\"answers\":true}]}", "gluster on n1 does not see n2, which answers"},
      {"{\"hosts\":[{\"host\":\"n1\",\"answers\":true,\"unseen\":[\"n2\"]},{\"host\":\"n2\",\"answers\":false},{\"host\":\"n3\",\"answers\":true}]}", NULL}, /* it is right */
      {"{\"hosts\":[{\"host\":\"n1\",\"answers\":false,\"unseen\":[\"n2\"]},{\"host\":\"n2\",\"answers\":true},{\"host\":\"n3\",\"answers\":true}]}", NULL}, /* what it said once is over */
      {"{\"hosts\":[{\"host\":\"n1\",\"answers\":true},{\"host\":\"n2\",\"answers\":true},{\"host\":\"n3\",\"answers\":true}]}", NULL}};
  (void)state;
  for (size_t i = 0; i < COUNT(cases); i++) {
    struct store s = {0};
    say(&s, "gluster", "k", "state", "{\"state\":\"ok\",\"text\":\"\"}");
    say(&s, "gluster", "k", "gluster.peers", "{\"peers\":[{\"uuid\":\"1\",\"hostname\":\"n1\",\"connected\":true},{\"uuid\":\"2\",\"hostname\":\"n2\",\"connected\":true},{\"uuid\":\"3\",\"hostname\":\"n3\",\"self\":true}]}");
    say(&s, "gluster", "k", "gluster.probe", cases[i].probe);
    struct snapshot *snap = snapshot_make(&s, 1000, 0, NULL, NULL);
    const struct problem *p = problem_of(snap, "peers-disagree");
    if ((p != NULL) != (cases[i].says != NULL)) fail_msg("case %zu: %s", i, p ? p->text : "not found");
    if (p) assert_string_equal(p->text, cases[i].says);
    snapshot_drop(snap);
    store_clear(&s);
  }
}

static void stopped_by_its_disk(void **state) {
  static const char *const reasons[][2] = {{"I/O error", "domain-io-error"}, {"user", "domain-paused"}, {"unknown", "domain-paused"}};
  (void)state;
  for (size_t i = 0; i < COUNT(reasons); i++) {
    struct store s = {0};
    CLEANUP(mem_freep) char *domains = mem_printf("{\"domains\":[{\"name\":\"web\",\"uuid\":\"1\",\"state\":\"paused\",\"reason\":\"%s\",\"id\":1,\"disks\":[{\"target\":\"vda\",\"source\":\"/kvmdata/web.qcow2\"}]}]}", reasons[i][0]);
    say(&s, "libvirt", "kvm1", "state", "{\"state\":\"ok\",\"text\":\"\"}");
    say(&s, "libvirt", "kvm1", "libvirt.domains", domains);
    say(&s, "gluster", "kvm1", "gluster.mounts", "{\"mounts\":[{\"mount\":\"/kvmdata\",\"server\":\"n1\",\"volume\":\"models\"}]}");
    say(&s, "pacemaker", "kvm1", "pacemaker.resources", "{\"resources\":[{\"id\":\"web\",\"agent\":\"ocf:heartbeat:VirtualDomain\",\"role\":\"Started\",\"nodes\":[\"kvm1\"],\"managed\":true,\"failed\":false}]}");
    struct snapshot *snap = snapshot_make(&s, 1000, 0, NULL, NULL);
    const struct problem *io = problem_of(snap, "domain-io-error"), *paused = problem_of(snap, "domain-paused");
    assert_true((io ? io : paused) && !(io && paused) && str_eq((io ? io : paused)->id, reasons[i][1]));
    if (io) assert_string_equal(io->text, "web on kvm1 stands still after an I/O error: look at volume models; pacemaker keeps it started");
    assert_int_equal(snap->health, HEALTH_OUTAGE);
    snapshot_drop(snap);
    store_clear(&s);
  }
}

static void a_mount_that_hangs(void **state) {
  (void)state;
  struct store s = {0};
  say(&s, "corosync", "kvm1", "state", "{\"state\":\"ok\",\"text\":\"\"}");
  say(&s, "corosync", "kvm1", "corosync.nodes", left);
  say(&s, "libvirt", "kvm1", "state", "{\"state\":\"ok\",\"text\":\"\"}");
  say(&s, "libvirt", "kvm1", "libvirt.domains", "{\"domains\":[{\"name\":\"web\",\"uuid\":\"1\",\"state\":\"running\",\"id\":1,\"disks\":[{\"target\":\"vda\",\"source\":\"/kvmdata/web.qcow2\"},"
                                              "{\"target\":\"vdb\",\"source\":\"/kvmdata/web-2.qcow2\"}]},{\"name\":\"elsewhere\",\"uuid\":\"2\",\"state\":\"running\",\"id\":2,\"disks\":[{\"target\":\"vda\",\"source\":\"/kvmdata2/x\"}]}]}");
  say(&s, "gluster", "kvm1", "gluster.mounts", "{\"mounts\":[{\"mount\":\"/kvmdata\",\"volume\":\"models\",\"trouble\":\"it does not answer\"},{\"mount\":\"/well\",\"volume\":\"other\"}]}");
  struct snapshot *snap = snapshot_make(&s, 1000, 0, NULL, NULL);
  const struct problem *p = problem_of(snap, "mount-hung");
  assert_non_null(p);
  assert_string_equal(p->text, "/kvmdata, volume models: it does not answer; on it: web");
  assert_string_equal(p->subject, "kvm1:/kvmdata");
  size_t hung = 0;
  for (size_t i = 0; i < snap->problems.count; i++) hung += !strcmp(snap->problems.item[i].id, "mount-hung");
  assert_int_equal(hung, 1);
  assert_true(snap->health != HEALTH_HEALTHY);
  snapshot_drop(snap);
  store_clear(&s);
}

/* ---- who is who: the world of three hosts with two names each ---- */

static void say_keyed(struct store *s, const char *key, const char *uuid) {
  struct fragment *f = NULL;
  CLEANUP(mem_freep) char *line = mem_printf("{" AT "\"source\":\"gluster\",\"host\":\"host1\",\"kind\":\"gluster.identity\",\"key\":\"%s\",\"data\":{\"uuid\":\"%s\"}}", key, uuid);
  assert_int_equal(fragment_parse(line, strlen(line), &f, NULL), 0);
  store_add(s, f, 1000);
  fragment_drop(f);
}

/* known: how many of host1.. the daemon at their address has told its UUID. */
static struct snapshot *two_names(unsigned known, bool third_away, const struct merge_options *o) {
  struct store s = {0};
  say(&s, "corosync", "host1", "state", "{\"state\":\"ok\",\"text\":\"\"}");
  say(&s, "corosync", "host1", "corosync.nodes", third_away ? "{\"nodes\":[{\"id\":1,\"name\":\"host1\",\"addresses\":[\"10.77.0.1\"],\"member\":true,\"local\":true},{\"id\":2,\"name\":\"host2\",\"addresses\":[\"10.77.0.2\"],\"member\":true},{\"id\":3,\"name\":\"host3\",\"addresses\":[\"10.77.0.3\"],\"member\":false}]}"
                                                            : "{\"nodes\":[{\"id\":1,\"name\":\"host1\",\"addresses\":[\"10.77.0.1\"],\"member\":true,\"local\":true},{\"id\":2,\"name\":\"host2\",\"addresses\":[\"10.77.0.2\"],\"member\":true},{\"id\":3,\"name\":\"host3\",\"addresses\":[\"10.77.0.3\"],\"member\":true}]}");
  say(&s, "gluster", "host1", "state", "{\"state\":\"ok\",\"text\":\"\"}");
  say(&s, "gluster", "host1", "gluster.peers", "{\"peers\":[{\"uuid\":\"a\",\"hostname\":\"store1\",\"self\":true},{\"uuid\":\"b\",\"hostname\":\"store2\",\"connected\":true},{\"uuid\":\"c\",\"hostname\":\"store3\",\"connected\":true}]}");
  CLEANUP(mem_freep) char *probe = mem_printf("{\"hosts\":[{\"host\":\"store1\",\"answers\":true,\"addresses\":[\"10.78.0.1\"]},{\"host\":\"store2\",\"answers\":true,\"addresses\":[\"10.78.0.2\"]},{\"host\":\"store3\",\"answers\":%s,\"addresses\":[\"10.78.0.3\"]}]}", third_away ? "false" : "true");
  say(&s, "gluster", "host1", "gluster.probe", probe);
  for (unsigned i = 1; i <= 3; i++) {
    CLEANUP(mem_freep) char *name = mem_printf("host%u", i);
    say(&s, "libvirt", name, "state", third_away && i == 3 ? "{\"state\":\"down\",\"text\":\"\"}" : "{\"state\":\"ok\",\"text\":\"\"}");
    if (i <= known) say_keyed(&s, name, (const char *[]){"a", "b", "c"}[i - 1]);
  }
  struct snapshot *snap = snapshot_make(&s, 1000, 0, o, NULL);
  store_clear(&s);
  return snap;
}

static void two_names_are_one_host(void **state) {
  (void)state;
  struct snapshot *s = two_names(3, false, NULL);
  assert_int_equal(s->hosts.count, 3);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(s->hosts.item[i].roles.count, 2);
    assert_int_equal(s->hosts.item[i].aliases.count, 1);
    assert_int_equal(s->hosts.item[i].addresses.count, 2);
  }
  assert_ptr_equal(snapshot_host(s, "store3"), snapshot_host(s, "host3"));
  assert_null(problem_of(s, "identity-unresolved"));
  snapshot_drop(s);
}

/* It told before it went away: it is still who it was. One that was never heard may be anybody. */
static void one_that_is_away(void **state) {
  const struct alias alias = {"host3", "store3"};
  (void)state;
  struct snapshot *heard = two_names(3, true, NULL), *never = two_names(2, true, NULL), *told = two_names(2, true, &(struct merge_options){.aliases = &alias, .alias_count = 1});
  assert_int_equal(heard->hosts.count, 3);
  assert_null(problem_of(heard, "identity-unresolved"));
  assert_int_equal(never->hosts.count, 4); /* alike is not the same */
  assert_non_null(problem_of(never, "identity-unresolved"));
  assert_string_equal(problem_of(never, "identity-unresolved")->text, "host3 may be the same host as store3: not known while it does not answer");
  assert_int_equal(told->hosts.count, 3);
  assert_null(problem_of(told, "identity-unresolved"));
  snapshot_drop(heard), snapshot_drop(never), snapshot_drop(told);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_the_lost_node_says_decides), cmocka_unit_test(an_old_outlook_is_none), cmocka_unit_test(peers_that_do_not_see_each_other), cmocka_unit_test(stopped_by_its_disk), cmocka_unit_test(a_mount_that_hangs), cmocka_unit_test(two_names_are_one_host), cmocka_unit_test(one_that_is_away)};
  return RUN(tests);
}
