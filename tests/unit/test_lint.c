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
                           "mount models /kvmdata on kvm[01-03] from node1\ncluster c kvm[01-03] links=2\nhere kvm01\nfencing for kvm[01-03]\n" DOMAIN PROOFS;

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
    {"no-room", "kvm02", PROOFS, "domain db[01-03] volume models memory=20G image=20G\n"},
};
/* Facts that the simulated cluster always has in good order. */
static const char *const not_simulated[] = {"sbd-two-nodes", "wait-for-all-off", "no-migration", "not-monitored", "definition-not-shared", "set-on-one-host", "few-inodes", "autostart", "defined-twice", "local-disk", "cache-mode", "host-cpu"};

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

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_to_find), cmocka_unit_test(each_change_is_found), cmocka_unit_test(every_check_is_shown), cmocka_unit_test(what_is_not_read_is_not_checked)};
  return RUN(tests);
}
