/* Lint: a cluster that is as it should be has no finding; each change of it has the one it should have; what is not read is
 * said to be not checked; and every finding of the table is shown here or named as one that a simulation cannot show. */
#include "analysis/lint.h"
#include "tests/unit/simulated.h"

/* Three hosts, fenced and proven, an arbiter, shared definitions, short time-outs. */
#define DOMAIN "domain web01 volume models memory=2G image=20G\n"
#define PROOFS "at -40m power off kvm02\nat -30m power off kvm03\nat -20m power off kvm01\n"
static const char good[] = "host kvm[01-03] kvm memory=32G cpus=8\nhost node[1-3] store memory=8G\n"
                           "volume models replica 3 arbiter 1 bricks node[1-3]:/data size=2T used=20 option.network.ping-timeout=10 option.server.tcp-user-timeout=4 option.server.keepalive-time=2 "
                           "option.server.keepalive-interval=1 option.server.keepalive-count=2 option.performance.quick-read=off option.performance.read-ahead=off option.performance.io-cache=off "
                           "option.performance.strict-o-direct=on option.network.remote-dio=disable\n"
                           "mount models /kvmdata on kvm[01-03] from node1 options=defaults,_netdev,backup-volfile-servers=node2,x-systemd.before=pacemaker.service\ncluster c kvm[01-03] links=2\nhere kvm01\nfencing for kvm[01-03]\n" DOMAIN PROOFS;

static struct lint *lint_of(const char *scenario, struct simulated *s) {
  *s = simulated_open(scenario, 15000);
  return lint_make(s->snap, s->arena);
}

static bool has(const struct lint *l, const char *id, const char *subject) {
  for (size_t i = 0; i < l->findings.count; i++)
    if (str_eq(l->findings.item[i].id, id) && (!subject || str_eq(l->findings.item[i].subject, subject))) return true;
  return false;
}

static void tell(const struct lint *l) {
  for (size_t i = 0; i < l->findings.count; i++) print_message("%s %s: %s\n", l->findings.item[i].id, l->findings.item[i].subject, l->findings.item[i].evidence);
  for (size_t i = 0; i < l->unknown.count; i++) print_message("unknown %s\n", l->unknown.item[i].text);
}

static void nothing_to_find(void **state) {
  struct simulated s;
  (void)state;
  const struct lint *l = lint_of(good, &s);
  if (l->findings.count || l->unknown.count) tell(l);
  assert_int_equal(l->findings.count + l->unknown.count, 0);
  simulated_close(&s);
}

/* What is replaced in the good cluster (NULL: what is added to it), and what is found then. */
static const struct { const char *id, *subject, *from, *to; } rows[] = {
    {"fencing-off", "cluster", NULL, "at -1m property stonith-enabled false\n"},
    {"fencing-missing", "kvm03", "fencing for kvm[01-03]\n" DOMAIN PROOFS, "fencing for kvm[01-02]\n" DOMAIN},
    {"fencing-unproven", "kvm03", "at -30m power off kvm03\n", ""},
    {"fencing-race", "cluster", "cluster c kvm[01-03] links=2", "cluster c kvm[01-02] links=2"},
    {"no-quorum-ignore", "cluster", NULL, "at -1m property no-quorum-policy ignore\n"},
    {"one-link", "cluster", " links=2", ""},
    {"leftover-constraint", "web01", NULL, "at -1m move web01 kvm02\n"},
    {"lock-outlives-failover", "web01", "option.server.tcp-user-timeout=4", "option.server.tcp-user-timeout=42"},
    {"lock-outlives-fencing", "web01", "option.server.tcp-user-timeout=4", "option.server.tcp-user-timeout=6"},
    {"fence-device-fails", "fence-kvm02", PROOFS, PROOFS "at -10m change password kvm02\n"},
    {"no-client-quorum", "models", "option.performance.quick-read=off", "option.performance.quick-read=off option.cluster.quorum-type=none"},
    {"migration-too-short", "web01", "memory=2G image", "memory=16G image"},
    {"memory-not-counted", "cluster", NULL, "domain web02 volume models memory=2G image=20G\n"},
    {"replica-2", "models", "replica 3 arbiter 1 bricks node[1-3]", "replica 2 bricks node[1-2]"},
    {"no-copies", "models", "replica 3 arbiter 1 bricks node[1-3]", "bricks node[1-3]"},
    {"first-brick-mandatory", "models", "replica 3 arbiter 1 bricks node[1-3]:/data", "replica 2 bricks node[1-2]:/data option.cluster.quorum-type=auto"},
    {"slow-ping", "models", "ping-timeout=10", "ping-timeout=42"},
    {"not-for-disks", "models", "option.performance.quick-read=off", "option.performance.quick-read=on"},
    {"strict-locks", "models", "option.network.remote-dio=disable", "option.network.remote-dio=disable option.client.strict-locks=on"},
    {"brick-full", "node1:/data", "used=20", "used=95"},
    {"not-managed", "old", PROOFS, "domain old volume models memory=2G image=20G plain=kvm02\n"},
    {"libvirt-guests", "kvm02", PROOFS, PROOFS "setup kvm02 guests=enabled\n"},
    {"clocks-apart", "kvm02", PROOFS, PROOFS "setup kvm02 clock=5s\n"},
    {"clocks-apart", "kvm01", PROOFS, PROOFS "setup kvm[02-03] clock=-3s\n"},
    {"bridge-missing", "kvm03", DOMAIN PROOFS, "domain web01 volume models memory=2G image=20G bridge=br1\n" PROOFS "setup kvm[01-02] bridges=br0,br1\n"},
    {"machine-missing", "kvm02", PROOFS, PROOFS "setup kvm02 machines=pc-i440fx-6.2,pc\n"},
    {"cpu-differs", "kvm03", DOMAIN PROOFS, "domain web01 volume models memory=2G image=20G cpu=host-passthrough\n" PROOFS "setup kvm03 cpu=EPYC\n"},
    {"host-cpu", "web01", DOMAIN, "domain web01 volume models memory=2G image=20G cpu=host-passthrough\n"},
    {"host-device", "web01", DOMAIN, "domain web01 volume models memory=2G image=20G hostdev=1\n"},
    {"mount-missing", "kvm03", "/kvmdata on kvm[01-03]", "/kvmdata on kvm[01-02]"},
    {"mount-by-hand", "kvm02", "options=defaults,_netdev", "options=noauto,_netdev"},
    {"mount-not-ordered", "kvm01", ",x-systemd.before=pacemaker.service", ""},
    {"one-volfile-server", "kvm01", ",backup-volfile-servers=node2", ""},
    {"name-not-alone", "web01", DOMAIN, "domain web01 volume models memory=2G image=20G definition=one-line\n"},
    {"no-trust", "kvm02", PROOFS, PROOFS "setup kvm02 untrusted=kvm01\n"},
    {"migration-ports", "kvm01", "host kvm[01-03] kvm memory=32G cpus=8\n", "host kvm[01-03] kvm store memory=32G cpus=8\nvolume own bricks kvm01:/b size=1T\nsetup kvm01 ports=49152-60999\n"},
    {"overcommitted", "models", "image=20G", "image=3T"},
    {"few-files", "web01", PROOFS, PROOFS "setup kvm[01-03] files=95\n"},
    {"capacities-unset", "kvm01", PROOFS, PROOFS "property placement-strategy=balanced\n"},
    {"no-room", "kvm02", PROOFS, "domain db[01-03] volume models memory=20G image=20G\n"},
};
/* Facts that the simulated cluster always has in good order. */
static const char *const not_simulated[] = {"sbd-two-nodes", "wait-for-all-off", "no-migration", "not-monitored", "definition-not-shared", "set-on-one-host", "few-inodes", "definition-differs" /* test_ops_domain_more has it */, "definition-unreadable" /* test_drill_broken has both */, "autostart", "defined-twice", "local-disk", "cache-mode", "stop-too-short"};

static char *changed(const char *from, const char *to) {
  const char *at = from ? strstr(good, from) : NULL;
  if (from && !at) fail_msg("no %s in it", from);
  return from ? mem_printf("%.*s%s%s", (int)(at - good), good, to, at + strlen(from)) : mem_printf("%s%s", good, to);
}

static void each_change_is_found(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    CLEANUP(mem_freep) char *scenario = changed(rows[i].from, rows[i].to);
    struct simulated s;
    const struct lint *l = lint_of(scenario, &s);
    if (!has(l, rows[i].id, rows[i].subject)) {
      tell(l);
      fail_msg("%s of %s is not found", rows[i].id, rows[i].subject);
    }
    for (size_t k = 1; k < l->findings.count; k++) assert_true(l->findings.item[k - 1].severity >= l->findings.item[k].severity);
    simulated_close(&s);
  }
}

static void every_check_is_shown(void **state) {
  (void)state;
  for (size_t g = 0; lint_groups[g]; g++)
    for (const struct lint_check *c = lint_groups[g]; c->id; c++) {
      bool shown = false;
      for (size_t i = 0; i < COUNT(rows); i++) shown |= str_eq(rows[i].id, c->id);
      for (size_t i = 0; i < COUNT(not_simulated); i++) shown |= str_eq(not_simulated[i], c->id);
      if (!shown) fail_msg("%s is neither shown nor excused", c->id);
    }
}

static void what_is_not_read_is_not_checked(void **state) {
  struct simulated s;
  (void)state;
  lint_of(good, &s);
  simulated_happen(&s, "hang kvm01 pacemaker");
  simulated_run(&s, 60000);
  const struct lint *l = lint_make(s.snap, s.arena);
  bool said = false;
  for (size_t i = 0; i < l->unknown.count; i++) said |= str_eq(l->unknown.item[i].id, "fencing-off");
  assert_true(said);
  assert_false(has(l, "fencing-off", NULL));
  simulated_close(&s);
}

/* The configuration as it was read, for what the simulation has always in good order. */
static struct pcmk_param *configured(struct simulated *s, const char *resource) {
  for (size_t i = 0; i < s->snap->kept.count; i++) {
    struct pcmk_config *c = (void *)s->snap->kept.item[i]->data;
    for (size_t k = 0; str_eq(s->snap->kept.item[i]->kind->name, "pacemaker.config") && k < c->resources.count; k++)
      if (str_eq(c->resources.item[k].resource, resource)) return &c->resources.item[k];
  }
  fail_msg("%s is not configured", resource);
  return NULL;
}

static void short_stops(void **state) {
  static const struct { const char *value; bool found; } stops[] = {{"timeout=20s interval=0s", true}, {"timeout=60s", false}, {"interval=0s", true}, {"timeout=3min", false}};
  struct simulated s;
  (void)state;
  lint_of(good, &s);
  struct pairs *ops = &configured(&s, "web01")->ops;
  for (size_t i = 0; i < COUNT(stops); i++) {
    for (size_t k = 0; k < ops->count; k++)
      if (str_eq(ops->item[k].key, "stop")) ops->item[k].value = stops[i].value;
    if (has(lint_make(s.snap, s.arena), "stop-too-short", "web01") != stops[i].found) fail_msg("%s", stops[i].value);
  }
  simulated_close(&s);
}

/* Where pacemaker may not put it, nothing of it is missed; a ban that a move left does not count. */
static void only_possible_hosts(void **state) {
  static const struct { const char *line; bool found; } lines[] = {{"", true}, {"constraint location web01 kvm03 -INFINITY\n", false}, {"constraint location web01 kvm02 -INFINITY\n", true}};
  (void)state;
  for (size_t i = 0; i < COUNT(lines); i++) {
    CLEANUP(mem_freep) char *bridged = changed(DOMAIN, "domain web01 volume models memory=2G image=20G bridge=br1\n"), *scenario = mem_printf("%ssetup kvm[01-02] bridges=br1\n%s", bridged, lines[i].line);
    struct simulated s;
    const struct lint *l = lint_of(scenario, &s);
    if (has(l, "bridge-missing", "kvm03") != lines[i].found) fail_msg("with %s", lines[i].line);
    assert_false(has(l, "bridge-missing", "kvm01"));
    simulated_close(&s);
  }
}

/* What an operation of ours mends is found no more. */
static void the_mount_operation_mends(void **state) {
  CLEANUP(mem_freep) char *scenario = changed(",x-systemd.before=pacemaker.service", "");
  struct simulated s;
  (void)state;
  const struct lint *l = lint_of(scenario, &s);
  assert_true(has(l, "mount-not-ordered", "kvm01") && has(l, "mount-not-ordered", "kvm02"));
  set_pair(sim_world(s.sim), &world_host(sim_world(s.sim), "kvm01")->files, "/etc/systemd/system/pacemaker.service.d/kvmdata.mount.conf", "[Unit]\nWants=kvmdata.mount\nAfter=kvmdata.mount\n");
  simulated_run(&s, 70000);
  l = lint_make(s.snap, s.arena);
  assert_false(has(l, "mount-not-ordered", "kvm01"));
  assert_true(has(l, "mount-not-ordered", "kvm02"));
  simulated_close(&s);
}

/* A second starter of what pacemaker runs is a problem, and only where pacemaker runs it. */
static void other_starters_are_problems(void **state) {
  static const struct { const char *line, *id, *subject; } lines[] = {{"setup kvm02 guests=enabled\n", "guests-service", "kvm02"}, {"", "guests-service", NULL}};
  (void)state;
  for (size_t i = 0; i < COUNT(lines); i++) {
    CLEANUP(mem_freep) char *scenario = mem_printf("%s%s", good, lines[i].line);
    struct simulated s;
    const char *subject = NULL;
    lint_of(scenario, &s);
    for (size_t k = 0; k < s.snap->problems.count; k++)
      if (str_eq(s.snap->problems.item[k].id, lines[i].id)) subject = s.snap->problems.item[k].subject;
    if (!str_eq(subject, lines[i].subject)) fail_msg("%s of %s", lines[i].id, subject ? subject : "nobody");
    simulated_close(&s);
  }
  struct simulated s;
  lint_of(good, &s);
  struct world *w = sim_world(s.sim);
  for (int managed = 1; managed >= 0; managed--) {
    bool found = false;
    if (!managed) world_resource(w, "web01")->agent = "ocf:heartbeat:Dummy", world_resource(w, "web01")->id = "other", world_touch(w, LAYER_PACEMAKER);
    add_text(w, &world_domain(w, "web01")->defined_on, "kvm01");
    add_text(w, &world_domain(w, "web01")->autostart_on, "kvm01");
    world_touch(w, LAYER_LIBVIRT);
    simulated_run(&s, 15000);
    for (size_t k = 0; k < s.snap->problems.count; k++) found |= str_eq(s.snap->problems.item[k].id, "domain-autostart");
    assert_int_equal(found, managed);
    if (managed) assert_true(has(lint_make(s.snap, s.arena), "autostart", "web01"));
  }
  simulated_close(&s);
}

/* Each check of what only hosts know, of a host that does not say it; the others are judged all the same. */
static void what_a_host_does_not_say(void **state) {
  static const char *const ids[] = {"libvirt-guests", "clocks-apart", "bridge-missing", "mount-missing", "mount-by-hand", "mount-not-ordered", "one-volfile-server", "definition-unreadable", "name-not-alone", "no-trust"};
  CLEANUP(mem_freep) char *scenario = mem_printf("%s%s", good, "domain web02 volume models memory=2G image=20G bridge=br0\nsetup kvm02 silent=yes\nsetup kvm03 guests=enabled\n");
  struct simulated s;
  (void)state;
  const struct lint *l = lint_of(scenario, &s);
  for (size_t i = 0; i < COUNT(ids); i++) {
    bool said = false;
    for (size_t k = 0; k < l->unknown.count; k++) said |= str_eq(l->unknown.item[k].id, ids[i]) && strstr(l->unknown.item[k].text, "kvm02") && !strstr(l->unknown.item[k].text, "kvm01");
    if (!said || has(l, ids[i], "kvm02")) {
      tell(l);
      fail_msg("%s takes silence for an answer", ids[i]);
    }
  }
  assert_true(has(l, "libvirt-guests", "kvm03"));
  simulated_close(&s);
}

/* What an older stream does not have at all: every one of these checks says so. */
static void streams_without_it(void **state) {
  struct simulated s;
  size_t before = 0, after = 0;
  (void)state;
  const struct lint *l = lint_of(good, &s);
  for (size_t i = 0; i < s.snap->kept.count; i++) before += str_eq(s.snap->kept.item[i]->kind->name, "libvirt.setup");
  assert_int_equal(before, 3);
  struct snapshot *without = s.snap;
  size_t kept = 0;
  for (size_t i = 0; i < without->kept.count; i++) {
    struct fragment *f = without->kept.item[i];
    if (!str_eq(f->kind->name, "libvirt.setup")) without->kept.item[kept++] = f;
    else fragment_drop(f);
  }
  without->kept.count = kept;
  l = lint_make(without, s.arena);
  assert_int_equal(l->findings.count, 0);
  for (const struct lint_check *c = lint_host_checks; c->id; c++) {
    bool needed = strcmp(c->id, "bridge-missing") && strcmp(c->id, "cpu-differs") && strcmp(c->id, "migration-ports"); /* nothing there needs those */
    bool said = false;
    for (size_t i = 0; i < l->unknown.count; i++) said |= str_eq(l->unknown.item[i].id, c->id);
    if (said != needed) fail_msg("%s: %s", c->id, said ? "not known" : "good, without having been read");
    after += said;
  }
  assert_true(after > 0);
  simulated_close(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_to_find), cmocka_unit_test(each_change_is_found), cmocka_unit_test(every_check_is_shown), cmocka_unit_test(what_is_not_read_is_not_checked),
                                     cmocka_unit_test(short_stops), cmocka_unit_test(only_possible_hosts), cmocka_unit_test(the_mount_operation_mends),
                                     cmocka_unit_test(other_starters_are_problems), cmocka_unit_test(what_a_host_does_not_say), cmocka_unit_test(streams_without_it)};
  return RUN(tests);
}
