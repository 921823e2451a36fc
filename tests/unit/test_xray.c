/* X-ray and fencing over simulated clusters: what is found from what, how the worst goes up, and that nothing that is old or
 * not known is ever called good. */
#include "analysis/xray.h"
#include "run/audit.h"
#include "model/proven.h"
#include "run/proof.h"
#include "tests/unit/simulated.h"
#include <unistd.h>

static const struct xray_line *line_of(const struct xray *x, enum xray_kind kind, const char *name) {
  for (size_t i = 0; i < x->count; i++)
    if (x->item[i].kind == (int)kind && str_eq(x->item[i].name, name)) return &x->item[i];
  return NULL;
}

static struct xray seen(const struct simulated *s, enum xray_kind kind, const char *id) {
  struct xray x;
  xray_of(s->snap, kind, id, NULL, s->arena, &x);
  return x;
}

static struct xray of_domain(const struct simulated *s, const char *name) { return seen(s, XRAY_DOMAIN, xray_domain_id(snapshot_domain(s->snap, name), s->arena)); }

static void expect(const struct xray *x, enum xray_kind kind, const char *name, enum level level, const char *words) {
  const struct xray_line *l = line_of(x, kind, name);
  if (!l) fail_msg("no line of %s %s", xray_kind_names[kind], name);
  if (l->stands.level != level || strcmp(l->stands.words, words)) fail_msg("%s: %d \"%s\" and not %d \"%s\"", name, l->stands.level, l->stands.words, level, words);
}

static void a_domain_needs_its_disk_down_to_the_hosts(void **state) {
  (void)state;
  struct simulated s = simulated_open("tour", 3000);
  struct xray x = of_domain(&s, "db01");
  expect(&x, XRAY_DOMAIN, "db01", LEVEL_OK, "running");
  expect(&x, XRAY_DISK, "vda", LEVEL_NONE, "/kvmdata/db01.qcow2");
  expect(&x, XRAY_VOLUME, "models", LEVEL_OK, "full");
  expect(&x, XRAY_SET, "0", LEVEL_OK, "2 of 2 copies");
  expect(&x, XRAY_BRICK, "node4:/data", LEVEL_OK, "up");
  expect(&x, XRAY_HOST, "node4", LEVEL_OK, "peer");
  expect(&x, XRAY_HOST, "kvm01", LEVEL_OK, "online DC");
  expect(&x, XRAY_DEVICE, "fence-kvm01", LEVEL_WARN, "started, never proven");
  expect(&x, XRAY_RESOURCE, "db01", LEVEL_OK, "started");
  assert_null(line_of(&x, XRAY_VOLUME, "iso"));
  simulated_close(&s);
}

static void what_hangs_on_a_host_and_a_brick(void **state) {
  (void)state;
  struct simulated s = simulated_open("tour", 3000);
  struct xray x = seen(&s, XRAY_HOST, "node1");
  assert_non_null(line_of(&x, XRAY_BRICK, "node1:/data"));
  assert_non_null(line_of(&x, XRAY_BRICK, "node1:/iso"));
  assert_non_null(line_of(&x, XRAY_DOMAIN, "mail"));
  expect(&x, XRAY_SET, "0 of models", LEVEL_OK, "2 of 2 copies, 1 of 2 without it");
  expect(&x, XRAY_SET, "0 of iso", LEVEL_OK, "1 of 1 brick, none is left without it");
  x = seen(&s, XRAY_HOST, "kvm01");
  assert_non_null(line_of(&x, XRAY_DOMAIN, "db01"));
  assert_null(line_of(&x, XRAY_DOMAIN, "db02")); /* runs on kvm02 */
  x = seen(&s, XRAY_BRICK, "models node1:/data");
  assert_non_null(line_of(&x, XRAY_HOST, "node1"));
  assert_non_null(line_of(&x, XRAY_DOMAIN, "web01"));
  x = seen(&s, XRAY_VOLUME, "iso");
  assert_null(line_of(&x, XRAY_DOMAIN, "web01"));
  simulated_close(&s);
}

static const char quiet[] = "host kvm[01-02] kvm memory=16G cpus=8\nhost node[1-2] store memory=8G cpus=4\nvolume models replica 2 bricks node[1-2]:/data size=1T used=30\n"
                            "mount models /kvmdata on kvm[01-02] from node1\ncluster c kvm[01-02]\nhere kvm01\nfencing for kvm[01-02]\ndomain mail volume models memory=4G vcpus=2 image=60G\n";

static void a_brick_that_is_down_is_its_sets_affair(void **state) {
  (void)state;
  struct simulated s = simulated_open(quiet, 3000);
  simulated_happen(&s, "kill brick node1:/data");
  simulated_run(&s, 20000);
  struct xray x = of_domain(&s, "mail");
  expect(&x, XRAY_BRICK, "node1:/data", LEVEL_BAD, "DOWN");
  expect(&x, XRAY_SET, "0", LEVEL_WARN, "1 of 2 copies");
  assert_int_equal(line_of(&x, XRAY_SET, "0")->worst, LEVEL_WARN);
  assert_non_null(strstr(line_of(&x, XRAY_SET, "0")->below, "node1:/data: DOWN"));
  assert_int_equal(x.item[0].worst, LEVEL_WARN); /* one copy is left: it goes on */
  assert_non_null(strstr(x.item[0].below, "copies missing"));
  simulated_happen(&s, "kill brick node2:/data");
  simulated_run(&s, 20000);
  x = of_domain(&s, "mail");
  expect(&x, XRAY_SET, "0", LEVEL_BAD, "0 of 2 copies");
  assert_int_equal(x.item[0].worst, LEVEL_BAD);
  simulated_close(&s);
}

static void constraints_and_places(void **state) {
  (void)state;
  struct simulated s = simulated_open("tour", 3000);
  simulated_happen(&s, "move db01 kvm02");
  simulated_run(&s, 60000);
  struct xray x = of_domain(&s, "db01");
  const struct xray_line *c = line_of(&x, XRAY_CONSTRAINT, "cli-prefer-db01");
  assert_non_null(c);
  assert_int_equal(c->stands.level, LEVEL_WARN);
  assert_non_null(strstr(c->stands.words, "left by a move"));
  x = seen(&s, XRAY_CONSTRAINT, "cli-prefer-db01");
  assert_non_null(line_of(&x, XRAY_DOMAIN, "db01"));
  assert_non_null(line_of(&x, XRAY_HOST, "kvm02"));
  simulated_close(&s);
}

/* Every thing there is can be the root; every tree is one: keys are unique, no level is skipped, each branch that is
 * drawn ends in a line, and nothing below is worse than what is told above. */
static void check_tree(const struct xray *x, const char *what) {
  if (!x->count) fail_msg("no tree of %s", what);
  for (size_t i = 0; i < x->count; i++) {
    const struct xray_line *l = &x->item[i];
    assert_non_null(l->key);
    assert_non_null(l->stands.words);
    if (i && (l->depth < 1 || l->depth > x->item[i - 1].depth + 1)) fail_msg("%s: line %zu is too deep", what, i);
    if (!l->absorbs && l->worst < l->stands.level) fail_msg("%s: %s is worse than it says", what, l->name);
    bool more = false;
    for (size_t k = i + 1; k < x->count && x->item[k].depth >= l->depth; k++) {
      more |= x->item[k].depth == l->depth;
      if (x->count < 400 && str_eq(x->item[k].key, l->key)) fail_msg("%s: two lines %s", what, l->key);
    }
    if (more != (l->more >> l->depth & 1)) fail_msg("%s: the branch at %s", what, l->name);
  }
}

static void check_all(const struct simulated *s) {
  const struct snapshot *n = s->snap;
  struct xray x = seen(s, XRAY_CLUSTER, NULL);
  check_tree(&x, "the cluster");
#define CHECK(kind, id) do { x = seen(s, kind, id); check_tree(&x, id); } while (0)
  for (size_t i = 0; i < n->hosts.count; i++) CHECK(XRAY_HOST, n->hosts.item[i].name);
  for (size_t i = 0; i < n->volumes.count; i++) {
    const struct volume_view *v = &n->volumes.item[i];
    CHECK(XRAY_VOLUME, v->name);
    for (size_t b = 0; b < v->bricks.count; b++) CHECK(XRAY_BRICK, xray_brick_id(v, &v->bricks.item[b], s->arena));
    for (size_t k = 0; k < volume_sets(v); k++) CHECK(XRAY_SET, arena_printf(s->arena, "%s %zu", v->name, k));
  }
  for (size_t i = 0; i < n->domains.count; i++) {
    const char *id = xray_domain_id(&n->domains.item[i], s->arena);
    CHECK(XRAY_DOMAIN, id);
    for (size_t k = 0; k < n->domains.item[i].disks.count; k++) CHECK(XRAY_DISK, arena_printf(s->arena, "%s %s", n->domains.item[i].disks.item[k].target, id));
  }
  for (size_t i = 0; i < n->resources.count; i++) CHECK(XRAY_RESOURCE, n->resources.item[i].id);
  for (size_t i = 0; i < n->constraints.count; i++) CHECK(XRAY_CONSTRAINT, n->constraints.item[i].id);
}

static void every_thing_can_be_the_root(void **state) {
  static const char *const scenarios[] = {"lab-empty", "lab", "tour", "degraded", "split-brain", "node-down", "migration", "hung-gluster", "storm"};
  (void)state;
  for (size_t i = 0; i < COUNT(scenarios); i++) {
    struct simulated s = simulated_open(scenarios[i], 3000);
    check_all(&s);
    for (int turn = 0; turn < 4; turn++) {
      simulated_run(&s, 12000);
      check_all(&s);
    }
    simulated_close(&s);
  }
}

static void drop_line(void *owner, const char *text, size_t len, int64_t at) {
  (void)owner;
  (void)text;
  (void)len;
  (void)at;
}

/* Sources fall silent: what was good is old, in every tree, and nothing that was read is good any more. */
static void what_is_old_is_never_good(void **state) {
  (void)state;
  struct simulated s = simulated_open("tour", 3000);
  sim_run(s.sim, sim_now(s.sim) + 1800000, drop_line, NULL);
  simulated_look(&s);
  check_all(&s);
  for (size_t i = 0; i < s.snap->domains.count; i++) {
    struct xray x = of_domain(&s, s.snap->domains.item[i].name);
    for (size_t k = 0; k < x.count; k++)
      if (x.item[k].stands.level == LEVEL_OK) fail_msg("%s %s is called good: %s", x.item[k].label, x.item[k].name, x.item[k].stands.words);
    assert_true(x.item[0].worst >= LEVEL_OLD);
    assert_true(x.item[0].stands.old);
  }
  simulated_close(&s);
}

static void what_is_not_there_has_no_tree(void **state) {
  (void)state;
  struct simulated s = simulated_open("tour", 3000);
  const char *id;
  for (int kind = XRAY_HOST; kind <= XRAY_DEVICE; kind++) {
    assert_int_equal(seen(&s, (enum xray_kind)kind, "no such thing").count, 0);
    assert_int_equal(seen(&s, (enum xray_kind)kind, "").count, 0);
    assert_int_equal(seen(&s, (enum xray_kind)kind, NULL).count, 0);
  }
  assert_int_equal(seen(&s, XRAY_SET, "models 7").count, 0);
  assert_int_equal(xray_find(s.snap, "cluster", s.arena, &id), XRAY_NONE);
  assert_int_equal(xray_find(s.snap, "node1:/data", s.arena, &id), XRAY_BRICK);
  assert_string_equal(id, "models node1:/data");
  assert_int_equal(xray_find(s.snap, "fence-kvm01", s.arena, &id), XRAY_DEVICE);
  struct store empty = {0};
  struct snapshot *nothing = snapshot_make(&empty, 1000, 1000, NULL, NULL);
  struct xray x;
  xray_of(nothing, XRAY_CLUSTER, NULL, NULL, s.arena, &x);
  assert_int_equal(x.count, 1);
  assert_int_equal(x.item[0].stands.level, LEVEL_UNKNOWN);
  snapshot_drop(nothing);
  simulated_close(&s);
}

/* ---- fencing ---- */

static const struct fence_view *fence_of(const struct simulated *s, const char *id) {
  struct fences f;
  fences_of(s->snap, NULL, s->arena, &f);
  for (size_t i = 0; i < f.count; i++)
    if (str_eq(f.item[i].id, id)) return &f.item[i];
  return NULL;
}

static void a_power_cut_proves_the_device(void **state) {
  (void)state;
  struct simulated s = simulated_open("tour", 3000);
  assert_int_equal(fence_of(&s, "fence-kvm02")->proven, TRUTH_NO);
  assert_int_equal(fence_of(&s, "stonith-enabled")->level, LEVEL_OK);
  simulated_happen(&s, "power off kvm02");
  simulated_run(&s, 60000);
  assert_int_equal(fence_of(&s, "fence-kvm02")->proven, TRUTH_YES);
  assert_true(fence_of(&s, "fence-kvm02")->at != UNKNOWN_INT);
  assert_int_equal(fence_of(&s, "fence-kvm01")->proven, TRUTH_NO);
  simulated_happen(&s, "property stonith-enabled false");
  simulated_run(&s, 15000);
  assert_int_equal(fence_of(&s, "stonith-enabled")->level, LEVEL_BAD);
  simulated_close(&s);
}

#define HEAD "{\"at\":\"2026-11-22T12:00:00.000Z\",\"source\":\"pacemaker\",\"host\":\"k1\",\"kind\":\"%s\",\"data\":%s}"
static void hear(struct store *s, const char *kind, const char *data) {
  struct fragment *f = NULL;
  struct err e = {0};
  CLEANUP(mem_freep) char *text = mem_printf(HEAD, kind, data);
  if (fragment_parse(text, strlen(text), &f, &e)) fail_msg("%s: %s", text, e.text);
  store_add(s, f, 1000);
  fragment_drop(f);
}

#define NODES "{\"nodes\":[{\"name\":\"k1\",\"id\":\"1\",\"type\":\"member\",\"online\":true,\"unclean\":false},{\"name\":\"k2\",\"id\":\"2\",\"type\":\"member\",\"online\":true,\"unclean\":false}]}"
#define DEVICE(id) "{\"id\":\"" id "\",\"agent\":\"stonith:fence_x\",\"role\":\"Started\",\"nodes\":[\"k1\"],\"active\":true,\"managed\":true,\"failed\":false,\"blocked\":false}"
#define SETUP(id, key, hosts) "{\"resource\":\"" id "\",\"agent\":\"stonith:fence_x\",\"params\":{\"" key "\":\"" hosts "\"}}"
#define SHOT(action, status, delegate) "{\"events\":[{\"target\":\"k2\",\"action\":\"" action "\",\"status\":\"" status "\",\"client\":\"c\",\"origin\":\"k1\",\"delegate\":\"" delegate "\",\"at\":\"2026-11-22T11:00:00.000Z\"}]}"

static void what_is_a_proof_and_what_is_none(void **state) {
  static const struct { const char *devices, *setup, *history; enum truth proven; size_t bare; enum level bare_level; } cases[] = {
      {DEVICE("d"), SETUP("d", "pcmk_host_list", "k1,k2"), SHOT("reboot", "success", "k1"), TRUTH_YES, 0, LEVEL_NONE},
      {DEVICE("d"), SETUP("d", "pcmk_host_map", "k1:1;k2:2"), SHOT("off", "success", "k1"), TRUTH_YES, 0, LEVEL_NONE},
      {DEVICE("d"), SETUP("d", "pcmk_host_list", "k1 k2"), SHOT("reboot", "failed", "k1"), TRUTH_NO, 0, LEVEL_NONE},
      {DEVICE("d"), SETUP("d", "pcmk_host_list", "k1 k2"), SHOT("reboot", "pending", "k1"), TRUTH_NO, 0, LEVEL_NONE},
      {DEVICE("d"), SETUP("d", "pcmk_host_list", "k1 k2"), SHOT("on", "success", "k1"), TRUTH_NO, 0, LEVEL_NONE},
      {DEVICE("d"), SETUP("d", "pcmk_host_list", "k1 k2"), SHOT("off", "success", "a human"), TRUTH_NO, 0, LEVEL_NONE},
      {DEVICE("d"), SETUP("d", "pcmk_host_list", "k1"), SHOT("off", "success", "k1"), TRUTH_NO, 1, LEVEL_BAD},           /* another host was shot, and has none */
      {DEVICE("d") "," DEVICE("e"), SETUP("d", "pcmk_host_list", "k1 k2") "," SETUP("e", "pcmk_host_list", "k2"), SHOT("off", "success", "k1"), TRUTH_UNKNOWN, 0, LEVEL_NONE},
      {DEVICE("d"), SETUP("d", "ip", "10.0.0.1"), SHOT("off", "success", "k1"), TRUTH_UNKNOWN, 2, LEVEL_UNKNOWN}, /* it finds out by itself whom it can cut off */
      {"", "", "{\"events\":[]}", TRUTH_UNKNOWN, 2, LEVEL_BAD},
  };
  (void)state;
  for (size_t i = 0; i < COUNT(cases); i++) {
    struct store s = {0};
    struct arena *a = arena_new();
    struct fences f;
    CLEANUP(mem_freep) char *resources = mem_printf("{\"resources\":[%s]}", cases[i].devices);
    CLEANUP(mem_freep) char *config = mem_printf("{\"properties\":{},\"constraints\":[],\"resources\":[%s],\"levels\":[],\"capacities\":[]}", cases[i].setup);
    hear(&s, "pacemaker.cluster", "{\"fencing\":true}");
    hear(&s, "pacemaker.nodes", NODES);
    hear(&s, "pacemaker.resources", resources);
    hear(&s, "pacemaker.config", config);
    hear(&s, "pacemaker.fencing", cases[i].history);
    struct snapshot *snap = snapshot_make(&s, 1000, 1000, NULL, NULL);
    size_t bare = 0;
    fences_of(snap, NULL, a, &f);
    for (size_t k = 0; k < f.count; k++) {
      if (f.item[k].kind == FENCE_BARE) bare++, assert_int_equal(f.item[k].level, cases[i].bare_level);
      if (f.item[k].kind == FENCE_DEVICE && str_eq(f.item[k].id, "d") && f.item[k].proven != cases[i].proven) fail_msg("case %zu: proven %d", i, f.item[k].proven);
    }
    if (bare != cases[i].bare) fail_msg("case %zu: %zu hosts without a device", i, bare);
    snapshot_drop(snap);
    store_clear(&s);
    arena_free(a);
  }
}

/* What the audit writes is what the proofs are read from; only what was verified proves anything, and garbage nothing. */
static void the_audit_proves_what_was_verified(void **state) {
  static const struct { const char *task, *operation, *target, *verdict; } lines[] = {
      {"1", "fencing-test", "kvm01", "verified"}, {"2", "fencing-test", "kvm02", "failed"}, {"3", "node-standby", "kvm02", "verified"}, {"4", "fencing-fence", "kvm03", "unknown"}, {"5", "fencing-test", "kvm04", NULL}};
  char dir[] = "/tmp/kvmconsole-proof-XXXXXX";
  struct arena *a = arena_new();
  struct tallies proofs = {0};
  struct err e = {0};
  (void)state;
  assert_non_null(mkdtemp(dir));
  proofs_read(dir, a, &proofs); /* no audit */
  assert_int_equal(proofs.count, 0);
  struct audit *audit = audit_open(dir, "somebody", &e);
  assert_non_null(audit);
  for (size_t i = 0; i < COUNT(lines); i++) {
    struct plan plan = {.operation = lines[i].operation, .target = lines[i].target};
    assert_int_equal(audit_plan(audit, lines[i].task, &plan, &e), 0);
    if (lines[i].verdict) audit_verdict(audit, lines[i].task, lines[i].verdict, "");
  }
  CLEANUP(mem_freep) char *path = mem_printf("%s/audit.jsonl", dir), *old = mem_printf("%s/audit.jsonl.1", dir);
  assert_int_equal(rename(path, old), 0); /* as logrotate does, while the console runs */
  audit_verdict(audit, "5", "failed", "");
  assert_int_equal(access(path, F_OK), 0);
  audit_close(audit);
  FILE *f = fopen(path, "a");
  fputs("{\"what\":\"verdict\",\"task\":7}\n\"fencing-\"\n[\"fencing-test\"]\n{\"task\":\"2\",\"what\":\"verdict\",\"state\":\"verif", f);
  fclose(f);
  proofs_read(dir, a, &proofs);
  assert_int_equal(proofs.count, 1);
  assert_string_equal(proofs.item[0].key, "kvm01");
  assert_true(proofs.item[0].value > 1600000000000);
  struct simulated s = simulated_open("tour", 3000);
  struct fences fences;
  fences_of(s.snap, &proofs, s.arena, &fences);
  for (size_t i = 0; i < fences.count; i++)
    if (fences.item[i].kind == FENCE_DEVICE) assert_int_equal(fences.item[i].proven, str_eq(fences.item[i].id, "fence-kvm01") ? TRUTH_YES : TRUTH_NO);
  /* A device that was changed since has proven nothing, by the audit or by pacemaker's own history; with the next test it has. */
  simulated_happen(&s, "power off kvm02");
  simulated_run(&s, 60000);
  tallies_raise(a, &proofs, FENCE_CHANGED "kvm01", proofs.item[0].value + 1);
  tallies_raise(a, &proofs, FENCE_CHANGED "kvm02", s.snap->at);
  fences_of(s.snap, &proofs, s.arena, &fences);
  for (size_t i = 0; i < fences.count; i++)
    if (fences.item[i].kind == FENCE_DEVICE) assert_int_equal(fences.item[i].proven, TRUTH_NO);
  const struct task_view done[] = {{.operation = "fencing-password", .target = "kvm02", .state = TASK_VERIFIED, .ended = s.snap->at + 1000}, {.operation = "fencing-test", .target = "kvm02", .state = TASK_VERIFIED, .ended = s.snap->at + 2000}};
  for (size_t n = 1; n <= 2; n++) {
    proofs_take(done, n, a, &proofs);
    fences_of(s.snap, &proofs, s.arena, &fences);
    for (size_t i = 0; i < fences.count; i++)
      if (fences.item[i].kind == FENCE_DEVICE) assert_int_equal(fences.item[i].proven, n == 2 && str_eq(fences.item[i].id, "fence-kvm02") ? TRUTH_YES : TRUTH_NO);
  }
  simulated_close(&s);
  unlink(path);
  unlink(old);
  assert_int_equal(rmdir(dir), 0);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_domain_needs_its_disk_down_to_the_hosts), cmocka_unit_test(what_hangs_on_a_host_and_a_brick), cmocka_unit_test(a_brick_that_is_down_is_its_sets_affair),
      cmocka_unit_test(constraints_and_places),                    cmocka_unit_test(every_thing_can_be_the_root),      cmocka_unit_test(what_is_old_is_never_good),
      cmocka_unit_test(what_is_not_there_has_no_tree),             cmocka_unit_test(a_power_cut_proves_the_device),    cmocka_unit_test(what_is_a_proof_and_what_is_none),
      cmocka_unit_test(the_audit_proves_what_was_verified)};
  return RUN(tests);
}
