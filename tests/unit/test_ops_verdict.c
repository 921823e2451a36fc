/* The verdict and lint in plans: what is unsafe is refused and can be forced, what is not known wants the name typed, what is
 * safe is as it was; lint speaks of what the operation touches and of nothing else; and none of it makes two plans differ. */
#include "ops/verdict.h"
#include "tests/unit/ground.h"

static const char three[] = "host kvm[01-03] kvm memory=32G cpus=8\nhost node[1-3] store memory=8G\nvolume models replica 3 arbiter 1 bricks node[1-3]:/data size=2T used=20\n"
                            "mount models /kvmdata on kvm[01-03] from node1\ncluster c kvm[01-03] links=2\nhere kvm01\nfencing for kvm[01-03]\n";
#define SMALL "domain web[01-03] volume models memory=2G image=20G\n"
#define LARGE "domain db[01-03] volume models memory=20G image=20G\ndomain web01 volume models memory=2G image=20G\n"

static bool warns(const struct plan *p, const char *about, const char *words) {
  for (size_t i = 0; i < p->warnings.count; i++)
    if (str_eq(p->warnings.item[i].about, about) && strstr(p->warnings.item[i].text, words)) return true;
  return false;
}

static void what_the_verdict_does(void **state) {
  static const struct {
    const char *more, *happens, *operation, *words[3];
    bool allowed;
    int verdict;
    int64_t danger;
    const char *why;
  } rows[] = {
      {SMALL, NULL, "node-standby", {"node=kvm02"}, true, VERDICT_SAFE, 1, NULL},
      {LARGE, NULL, "node-standby", {"node=kvm02"}, false, VERDICT_UNSAFE, 1, "may not go down now: memory"},
      {LARGE, NULL, "node-standby", {"node=kvm02", "force=yes"}, true, VERDICT_UNSAFE, 1, NULL},
      {SMALL, "hang kvm01 libvirtd", "node-drain", {"host=kvm02"}, true, VERDICT_UNKNOWN, 2, NULL},
      {SMALL, "cut kvm03", "node-drain", {"host=kvm02"}, false, VERDICT_UNSAFE, 1, "quorum"},
      {SMALL, NULL, "cluster-stop", {"node=kvm02"}, true, VERDICT_SAFE, 1, NULL},
      {SMALL, NULL, "resource-move", {"resource=web01"}, true, VERDICT_NONE, 1, NULL},
  };
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    CLEANUP(str_free) struct str text = {0};
    str_addf(&text, "%s%s%s", three, rows[i].more, rows[i].happens && str_starts(rows[i].happens, "cut") ? "at -1m property stonith-enabled false\n" : "");
    struct simulated g = ground_open(str_text(&text));
    if (rows[i].happens) ground_do(&g, rows[i].happens), simulated_run(&g, 60000);
    const struct plan *p = ground_plan(&g, rows[i].operation, rows[i].words, NULL).plan;
    bool is = (p->allowed == TRUTH_YES) == rows[i].allowed && p->verdict == rows[i].verdict && p->danger == rows[i].danger && (!rows[i].why || (p->why && strstr(p->why, rows[i].why) && p->forcible == TRUTH_YES));
    if (!is) fail_msg("row %zu, %s: allowed %d, verdict %d, danger %d: %s", i, rows[i].operation, p->allowed, p->verdict, (int)p->danger, p->why ? p->why : "-");
    if (rows[i].verdict == VERDICT_UNSAFE && rows[i].allowed) assert_true(str_starts(p->consequence.item[p->consequence.count - 1], "FORCED"));
    simulated_close(&g);
  }
}

static void lint_that_concerns_it(void **state) {
  CLEANUP(str_free) struct str text = {0};
  static const char *const two[] = {"node=kvm02", NULL}, *const three_[] = {"node=kvm03", NULL}, *const domain[] = {"resource=web01", "to=kvm01", NULL}, *const other[] = {"resource=web02", NULL};
  (void)state;
  str_addf(&text, "%s" SMALL "at -40m power off kvm03\nat -1m move web01 kvm02\n", three);
  struct simulated g = ground_open(str_text(&text));
  simulated_run(&g, 60000);
  assert_true(warns(ground_plan(&g, "node-standby", two, NULL).plan, "fencing-unproven", "kvm02"));
  const char *at = arena_strdup(g.arena, snapshot_domain(g.snap, "web01")->hosts.item[0]);
  for (int i = 1; i <= 3; i++) { /* of the host that it runs on, and of no other */
    const char *host = arena_printf(g.arena, "kvm%02d", i), *const words[] = {arena_printf(g.arena, "node=%s", host), NULL};
    assert_int_equal(warns(ground_plan(&g, "node-standby", words, NULL).plan, "leftover-constraint", "web01"), str_eq(at, host));
  }
  assert_false(warns(ground_plan(&g, "node-standby", three_, NULL).plan, "fencing-unproven", ""));
  const struct plan *move = ground_plan(&g, "resource-move", domain, NULL).plan;
  if (!warns(move, "leftover-constraint", "web01")) fail_msg("allowed %d: %s", move->allowed, move->why ? move->why : "-");
  assert_false(warns(ground_plan(&g, "resource-move", other, NULL).plan, "leftover-constraint", ""));
  assert_false(warns(ground_plan(&g, "resource-move", domain, NULL).plan, "fencing-unproven", ""));
  simulated_close(&g);
}

/* Memory in use and ages go on; the plan that was confirmed is still the same. */
static void no_part_of_what_is_confirmed(void **state) {
  CLEANUP(str_free) struct str text = {0}, before = {0}, after = {0};
  static const char *const words[] = {"host=kvm02", NULL};
  (void)state;
  str_addf(&text, "%s" SMALL, three);
  struct simulated g = ground_open(str_text(&text));
  struct plan *p = ground_plan(&g, "node-drain", words, NULL).plan;
  plan_canonical(p, &before);
  *(struct plan_warning *)list_add(g.arena, &p->warnings, &plan_warning_shape) = (struct plan_warning){"memory", SEVERITY_WARNING, "other numbers"};
  plan_canonical(p, &after);
  assert_string_equal(str_text(&before), str_text(&after));
  simulated_run(&g, 30000);
  str_reset(&after);
  plan_canonical(ground_plan(&g, "node-drain", words, NULL).plan, &after);
  assert_int_equal(before.len, after.len);
  assert_memory_equal(before.data, after.data, before.len);
  simulated_close(&g);
}

static void the_table_is_right(void **state) {
  (void)state;
  if (verdict_mistake()) fail_msg("there is no %s", verdict_mistake());
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_the_verdict_does), cmocka_unit_test(lint_that_concerns_it), cmocka_unit_test(no_part_of_what_is_confirmed), cmocka_unit_test(the_table_is_right)};
  return RUN(tests);
}
