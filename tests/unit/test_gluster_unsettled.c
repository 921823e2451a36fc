/* How often heals are counted between a fault and the last healed entry. */
#include "sources/gluster_unsettled.h"
#include "tests/unit/unit.h"
#include <errno.h>

#define NEVER UNKNOWN_INT
enum { S = 1000 };

static const struct lock_past counted_at_zero = {0, 0, 0, NEVER, 1, false};
static enum lock_turn at(const struct unsettled *u, const struct lock_past *past, int64_t now) {
  return unsettled_next(u, past, &(struct lock_now){.now = now, .heals = true});
}

static void at_rest_the_minute_holds(void **state) {
  (void)state;
  struct unsettled u = {0};
  unsettled_counted(&u, 0);
  assert_int_equal(at(&u, &counted_at_zero, 59 * S), LOCK_NONE);
  assert_int_equal(at(&u, &counted_at_zero, 60 * S), LOCK_HEAL);
}

static void after_a_return_it_is_counted_soon(void **state) {
  (void)state;
  struct unsettled u = {0};
  unsettled_doubt(&u);
  assert_int_equal(at(&u, &counted_at_zero, 14 * S), LOCK_NONE);
  assert_int_equal(at(&u, &counted_at_zero, 15 * S), LOCK_HEAL);
}

static void never_against_the_rules(void **state) {
  (void)state;
  struct unsettled u = {0};
  struct lock_past past = counted_at_zero;
  unsettled_doubt(&u);
  struct lock_now rows[] = {{.now = 30 * S, .heals = true, .quiet = true}, {.now = 30 * S, .heals = true, .suspect = true}, {.now = 30 * S}};
  for (size_t i = 0; i < COUNT(rows); i++) assert_int_equal(unsettled_next(&u, &past, &rows[i]), LOCK_NONE);
  past.not_before = 31 * S;
  assert_int_equal(at(&u, &past, 30 * S), LOCK_NONE);
  assert_int_equal(at(&u, &past, 31 * S), LOCK_HEAL);
}

static void while_it_heals(void **state) {
  (void)state;
  struct unsettled u = {0};
  unsettled_counted(&u, 9);
  assert_int_equal(u.gap, UNSETTLED_MS);
  unsettled_counted(&u, 5);
  assert_int_equal(u.gap, UNSETTLED_MS);
  unsettled_counted(&u, 5); /* nothing moves: a brick is down, say */
  assert_int_equal(u.gap, 2 * UNSETTLED_MS);
  unsettled_counted(&u, 7);
  unsettled_counted(&u, 8);
  assert_int_equal(u.gap, LOCK_EVERY_MS);
  unsettled_counted(&u, 2);
  assert_int_equal(u.gap, UNSETTLED_MS);
  unsettled_counted(&u, 0);
  assert_int_equal(u.gap, 0);
}

static void what_cannot_be_counted_is_not_asked_for_ever(void **state) {
  (void)state;
  struct unsettled u = {0};
  unsettled_doubt(&u);
  for (int i = 0; i < 5; i++) unsettled_counted(&u, NEVER);
  assert_int_equal(u.gap, LOCK_EVERY_MS);
}

static void space_is_not_forgotten(void **state) {
  (void)state;
  struct unsettled u = {.gap = UNSETTLED_MS};
  struct lock_past past = {0, 0, 0, NEVER, 4 * LOCK_HEALS_A_SPACE, false};
  assert_int_equal(at(&u, &past, 20 * S), LOCK_SPACE);
}

/* A request that went unanswered while a peer hung holds nothing back once that peer is well. */
static void a_return_is_forgiveness(void **state) {
  (void)state;
  struct unsettled u = {.gap = UNSETTLED_MS, .forgiven = NEVER};
  struct lock_past past = counted_at_zero;
  lock_answered(&past, -ETIMEDOUT, 15 * S);
  assert_int_equal(at(&u, &past, 100 * S), LOCK_NONE);
  u.forgiven = 40 * S;
  assert_int_equal(at(&u, &past, 100 * S), LOCK_HEAL);
  past.asked = 50 * S; /* one that was asked afterwards and went unanswered counts again */
  lock_answered(&past, -ETIMEDOUT, 65 * S);
  assert_int_equal(at(&u, &past, 100 * S), LOCK_NONE);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(at_rest_the_minute_holds),     cmocka_unit_test(after_a_return_it_is_counted_soon),
                                     cmocka_unit_test(never_against_the_rules),      cmocka_unit_test(while_it_heals),
                                     cmocka_unit_test(what_cannot_be_counted_is_not_asked_for_ever), cmocka_unit_test(space_is_not_forgotten),
                                     cmocka_unit_test(a_return_is_forgiveness)};
  return RUN(tests);
}
