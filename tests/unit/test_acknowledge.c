/* Acknowledgements: what stands in the CIB is hostile until it was read, what is over counts for nothing and is taken away by
 * the next one, and health is not made better by any. */
#include "model/acknowledged.h"
#include "sim/cib.h"
#include "sources/pacemaker_config.h"
#include "tests/unit/plans.h"
#include "unit.h"

#define NODE_DOWN "brick-down:node2:/data"

static const struct problem *problem_named(const struct snapshot *s, const char *id, const char *subject) {
  for (size_t i = 0; i < s->problems.count; i++)
    if (str_eq(s->problems.item[i].id, id) && str_eq(s->problems.item[i].subject, subject)) return &s->problems.item[i];
  return NULL;
}
static const struct problem *brick_down(struct simulated *b) { return problem_named(b->snap, "brick-down", "node2:/data"); }

static void what_is_written_is_read(void **state) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  CLEANUP(str_free) struct str value = {0};
  struct acknowledgement k = {.problem = "brick-down", .subject = "node2:/data", .by = "root@kvm01", .text = "a \"quoted\" \\ text, \xc3\xa4", .until = 1000000}, again;
  char key[ACKNOWLEDGED_KEY];
  (void)state;
  acknowledged_write(&k, &value);
  assert_true(acknowledged_read(acknowledged_key(key, k.problem, k.subject), value.data, a, &again));
  k.key = key;
  assert_true(shape_equal(&acknowledgement_shape, &k, &again));
  assert_true(acknowledged_holds(&again, 999999));
  assert_false(acknowledged_holds(&again, 1000000));
  assert_false(acknowledged_holds(&again, 1000000 - ACKNOWLEDGED_MS_MAX - 1)); /* for years: not ours */
}

static void what_is_not_sound_counts_for_nothing(void **state) {
  static const char *const wrong[] = {
      "", "x", "{}", "[]", "null", "{\"problem\":\"brick-down\",\"subject\":\"node2:/data\",\"by\":\"a\",\"text\":\"b\"}",
      "{\"problem\":\"brick-down\",\"subject\":\"node1:/data\",\"by\":\"a\",\"text\":\"b\",\"until\":\"2026-11-22T16:00:00Z\"}", /* of another problem than its key's */
      "{\"problem\":\"brick-down\",\"subject\":\"node2:/data\",\"by\":\"\",\"text\":\"b\",\"until\":\"2026-11-22T16:00:00Z\"}",
      "{\"problem\":\"brick-down\",\"subject\":\"node2:/data\",\"by\":\"a\",\"text\":[],\"until\":\"2026-11-22T16:00:00Z\"}",
      "{\"problem\":\"brick-down\",\"subject\":\"node2:/data\",\"by\":\"a\",\"text\":\"b\",\"until\":\"soon\"}",
      "{\"problem\":\"brick-down\",\"problem\":\"x\",\"subject\":\"node2:/data\",\"by\":\"a\",\"text\":\"b\",\"until\":\"2026-11-22T16:00:00Z\"}"};
  static const char good[] = "{\"problem\":\"brick-down\",\"subject\":\"node2:/data\",\"by\":\"a\",\"text\":\"b\",\"until\":\"2026-11-22T16:00:00Z\"}";
  CLEANUP(arena_freep) struct arena *a = arena_new();
  CLEANUP(str_free) struct str longer = {0};
  struct acknowledgement k;
  char key[ACKNOWLEDGED_KEY];
  (void)state;
  acknowledged_key(key, "brick-down", "node2:/data");
  for (size_t i = 0; i < COUNT(wrong); i++) {
    assert_true(acknowledged_read(key, wrong[i], a, &k)); /* it is there, and can be taken away */
    assert_string_equal(k.key, key);
    if (k.problem || acknowledged_holds(&k, 0)) fail_msg("taken for sound: %s", wrong[i]);
  }
  assert_true(acknowledged_read(key, good, a, &k));
  assert_string_equal(k.by, "a");
  str_addn(&longer, good, sizeof good - 2);
  str_add(&longer, ",\"x\":\"");
  while (longer.len <= ACKNOWLEDGED_VALUE_MAX) str_addc(&longer, 'x');
  str_add(&longer, "\"}");
  assert_true(acknowledged_read(key, longer.data, a, &k));
  assert_null(k.problem);
  assert_false(acknowledged_read("stonith-enabled", "true", a, &k));
  assert_false(acknowledged_read(ACKNOWLEDGED_PREFIX "0123456789abcdef0123456789abcdef0123456789", good, a, &k));
}

static void it_is_seen_and_health_stays(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "degraded");
  size_t known = 9, count = snapshot_problems(b.snap, &known);
  int health = b.snap->health;
  assert_non_null(brick_down(&b));
  assert_int_equal(known, 0);
  struct plan *p = bench_plan(&b, "problem-acknowledge", "problem=" NODE_DOWN ";text=new disk on Tuesday, <Bob> \"knows\";by=root@kvm01");
  plan_runs(&b, p);
  const struct acknowledged *k = brick_down(&b)->acknowledged;
  assert_non_null(k);
  assert_string_equal(k->text, "new disk on Tuesday, <Bob> \"knows\"");
  assert_string_equal(k->by, "root@kvm01");
  assert_int_equal(k->until % (15 * 60000), 0);
  assert_in_range(k->until - b.snap->at, 4 * 3600000 - 60000, 4 * 3600000 + 15 * 60000);
  assert_int_equal(snapshot_problems(b.snap, &known), count);
  assert_int_equal(known, 1);
  assert_int_equal(b.snap->health, health);
  HOLDS(&b, "problem-acknowledged", NODE_DOWN);
  FAILS(&b, "problem-unacknowledged", NODE_DOWN);
  plan_undone(&b, p);
  assert_null(brick_down(&b)->acknowledged);
  struct values v = {0};
  const char *words[] = {"problem=" NODE_DOWN};
  assert_int_equal(operation_values(operation_find("problem-unacknowledge"), b.snap, words, 1, b.arena, &v, NULL), -22); /* there is nothing to take back */
  simulated_close(&b);
}

static void a_text_is_no_secret_and_no_terminal_code(void **state) {
  static const struct { const char *word, *says; } wrong[] = {
      {"text=the password: hunter2", "looks like a secret"}, {"text=see http://a:b@c/", "looks like a secret"}, {"text=\xe2\x80\xae", "no terminal shows"},
      {"text=\xff", "no terminal shows"}, {"for=0h", "as in 30m"}, {"for=8d", "as in 30m"}, {"for=1y", "as in 30m"}, {"for=99999999h", "as in 30m"}, {"for=h", "as in 30m"}};
  struct simulated b;
  (void)state;
  bench_open(&b, "degraded");
  const struct operation *o = operation_find("problem-acknowledge");
  for (size_t i = 0; i < COUNT(wrong); i++) {
    bool text = str_starts(wrong[i].word, "text=");
    const char *words[] = {"problem=" NODE_DOWN, "by=me", wrong[i].word, text ? "for=1h" : "text=x"};
    struct values v = {0};
    struct err e = {0};
    int code = operation_values(o, b.snap, words, 4, b.arena, &v, &e);
    if (!code || !strstr(e.text, wrong[i].says)) fail_msg("%s: %s", wrong[i].word, e.text);
  }
  simulated_close(&b);
}

/* One that is over goes with the next, and so does what nobody can read; the pair of another problem stays. */
static void what_is_over_goes(void **state) {
  struct simulated b;
  char key[ACKNOWLEDGED_KEY];
  (void)state;
  bench_open(&b, "degraded");
  plan_runs(&b, bench_plan(&b, "problem-acknowledge", "problem=" NODE_DOWN ";text=for a while;by=a;for=15m"));
  property_set_in(sim_world(b.sim), ACKNOWLEDGED_SET, ACKNOWLEDGED_PREFIX "0123456789abcdef", "rubbish");
  property_set_in(sim_world(b.sim), ACKNOWLEDGED_SET, "theirs", "stays");
  bench_pass(&b, 31 * 60);
  assert_int_equal(b.snap->acknowledgements.count, 2);
  assert_null(brick_down(&b)->acknowledged);
  FAILS(&b, "problem-acknowledged", NODE_DOWN);
  const char *other = "volume-filling:models";
  assert_non_null(problem_named(b.snap, "volume-filling", "models"));
  plan_runs(&b, bench_plan(&b, "problem-acknowledge", arena_printf(b.arena, "problem=%s;text=bricks are ordered;by=b", other)));
  bench_pass(&b, 12);
  assert_int_equal(b.snap->acknowledgements.count, 1);
  assert_string_equal(b.snap->acknowledgements.item[0].key, acknowledged_key(key, "volume-filling", "models"));
  assert_string_equal(property_in(sim_world(b.sim), ACKNOWLEDGED_SET, "theirs"), "stays");
  plan_runs(&b, bench_plan(&b, "problem-unacknowledge", arena_printf(b.arena, "problem=%s", other)));
  assert_int_equal(b.snap->acknowledgements.count, 0);
  simulated_close(&b);
}

/* What the simulated tools print, the real source's parser reads as the simulation itself does. */
static void the_real_parser_reads_it(void **state) {
  struct simulated b;
  struct pcmk_config c;
  struct err e = {0};
  char key[ACKNOWLEDGED_KEY];
  (void)state;
  bench_open(&b, "degraded");
  plan_runs(&b, bench_plan(&b, "problem-acknowledge", "problem=" NODE_DOWN ";text=<&\"'>;by=a"));
  const struct texts argv = {(const char *[]){"cibadmin", "-Q", "-o", "configuration"}, 4};
  struct command_result r = simulated_execute(&b, "kvm01", &argv, NULL);
  if (pacemaker_config_parse(str_text(&r.out), r.out.len, b.arena, &c, &e)) fail_msg("%s", e.text);
  struct acknowledgement k;
  acknowledged_key(key, "brick-down", "node2:/data");
  assert_true(acknowledged_read(key, pairs_get(&c.properties, key), b.arena, &k));
  assert_true(acknowledged_holds(&k, b.snap->at));
  assert_string_equal(k.text, "<&\"'>");
  command_result_free(&r);
  simulated_close(&b);
}

/* Without it a snapshot says null, with it an object; both are read back as they were. */
static void json_has_it_both_ways(void **state) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct acknowledged k = {.by = "a", .text = "b", .until = 1000};
  struct problem p, again;
  (void)state;
  shape_init(&problem_shape, &p);
  for (int with = 0; with <= 1; with++) {
    CLEANUP(str_free) struct str out = {0};
    p.acknowledged = with ? &k : NULL;
    shape_encode(&problem_shape, &p, &out);
    assert_non_null(strstr(out.data, with ? "\"acknowledged\":{\"by\":\"a\",\"text\":\"b\",\"until\":\"1970-01-01T00:00:01.000Z\"}" : "\"acknowledged\":null"));
    assert_int_equal(shape_decode_text(&problem_shape, out.data, out.len, &again, a, NULL), 0);
    assert_true(shape_equal(&problem_shape, &p, &again));
  }
  again.acknowledged = NULL;
  assert_false(shape_equal(&problem_shape, &p, &again));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_written_is_read), cmocka_unit_test(what_is_not_sound_counts_for_nothing), cmocka_unit_test(it_is_seen_and_health_stays),
      cmocka_unit_test(a_text_is_no_secret_and_no_terminal_code), cmocka_unit_test(what_is_over_goes), cmocka_unit_test(the_real_parser_reads_it), cmocka_unit_test(json_has_it_both_ways)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
