/* Votequorum's rules as the simulation has them: the cases that votequorum(5) works out, and for 2 to 16 nodes every
 * partition against a little enumeration that knows nothing of how the rules are written. */
#include "model/quorum.h"
#include "tests/unit/unit.h"
#include <string.h>

enum { MOST = 16 };

static struct quorum_partition some(int64_t ids[MOST], unsigned mask, int nodes, int64_t device) {
  struct quorum_partition p = {.ids = ids, .device_votes = device};
  for (int i = 0; i < nodes; i++)
    if (mask & (1u << i)) ids[p.count++] = i + 1, p.votes++;
  return p;
}

static bool settle(const struct quorum_rules *r, struct quorum_state *s, unsigned mask, int nodes) {
  int64_t ids[MOST];
  struct quorum_partition p = some(ids, mask, nodes, 0);
  quorum_settle(r, s, &p);
  return s->quorate;
}

/* All were there, then only these are: counted by hand, not by formula. */
static bool majority(unsigned mask, int nodes) {
  int here = 0, away = 0;
  for (int i = 0; i < nodes; i++) mask & (1u << i) ? here++ : away++;
  return here > away;
}

static bool is_half(unsigned mask, int nodes) {
  int here = __builtin_popcount(mask);
  return here * 2 == nodes;
}

static void each_partition(void **state) {
  (void)state;
  for (int n = 2; n <= MOST; n++)
    for (unsigned mask = 1; mask < 1u << n; mask += n > 10 ? 37 : 1) {
      struct quorum_rules plain = {.expected = n}, tie = {.expected = n, .auto_tie_breaker = true, .wait_for_all = n % 2};
      struct quorum_state s = {0}, t = {0};
      settle(&plain, &s, (1u << n) - 1, n);
      settle(&tie, &t, (1u << n) - 1, n);
      assert_int_equal(settle(&plain, &s, mask, n), majority(mask, n));
      /* half of an even number goes on where the lowest node is; of an odd one, so does one less than half */
      bool small_half = n % 2 && __builtin_popcount(mask) == n / 2 && (mask & 1) && n - n / 2 < n / 2 + 1;
      assert_int_equal(settle(&tie, &t, mask, n), majority(mask, n) || (is_half(mask, n) && (mask & 1)) || small_half);
    }
}

static void never_both_sides(void **state) {
  (void)state;
  for (int n = 3; n <= 12; n++)
    for (unsigned mask = 1; mask < (1u << n) - 1; mask++)
      for (int options = 0; options < 4; options++) {
        struct quorum_rules r = {.expected = n, .auto_tie_breaker = options & 1, .wait_for_all = options & 2 || (options & 1 && n % 2)};
        struct quorum_state one = {0}, two = {0};
        settle(&r, &one, (1u << n) - 1, n);
        two = one;
        bool a = settle(&r, &one, mask, n), b = settle(&r, &two, ~mask & ((1u << n) - 1), n);
        assert_false(a && b);
      }
}

static void first_start(void **state) {
  (void)state;
  for (int n = 2; n <= MOST; n++)
    for (int up = 1; up <= n; up++) {
      struct quorum_rules plain = {.expected = n}, wait = {.expected = n, .wait_for_all = true};
      struct quorum_state s = {0}, t = {0};
      bool now = false, waited = false;
      for (int k = 1; k <= up; k++) { /* one joins after the other */
        now = settle(&plain, &s, (1u << k) - 1, n);
        waited = settle(&wait, &t, (1u << k) - 1, n);
      }
      assert_int_equal(now, up > n - up); /* "as soon as 5 (or more) of 8 are visible" */
      assert_int_equal(waited, up == n);
    }
}

static void wait_for_all_again(void **state) {
  struct quorum_rules r = {.expected = 8, .wait_for_all = true};
  struct quorum_state s = {0};
  (void)state;
  assert_true(settle(&r, &s, 0xff, 8));
  assert_true(settle(&r, &s, 0x1f, 8));  /* 5 of 8 */
  assert_false(settle(&r, &s, 0x0f, 8)); /* 4: lost, and from now on all are waited for */
  assert_false(settle(&r, &s, 0x1f, 8));
  assert_true(settle(&r, &s, 0xff, 8));
}

static void two_nodes(void **state) {
  struct quorum_rules r = {.expected = 2, .two_node = true, .wait_for_all = true}, bold = {.expected = 2, .two_node = true};
  struct quorum_state s = {0}, t = {0};
  (void)state;
  assert_false(settle(&r, &s, 1, 2)); /* alone after a start */
  assert_true(settle(&r, &s, 3, 2));
  assert_true(settle(&r, &s, 1, 2)); /* the other is lost */
  assert_int_equal(s.quorum, 1);
  assert_true(settle(&bold, &t, 1, 2)); /* wait_for_all: 0 on purpose */
  struct quorum_rules without = {.expected = 2};
  struct quorum_state u = {0};
  settle(&without, &u, 3, 2);
  assert_false(settle(&without, &u, 1, 2));
  assert_int_equal(u.quorum, 2);
}

static bool lose(const struct quorum_rules *r, struct quorum_state *s, int left, int nodes, bool window) {
  int64_t ids[MOST];
  struct quorum_partition p = some(ids, (1u << left) - 1, nodes, 0);
  bool shrinks = quorum_shrinks(r, s, &p);
  quorum_settle(r, s, &p);
  if (shrinks && window) quorum_shrink(r, s, &p);
  return s->quorate;
}

/* The manual's example: 8, 5, 3, 2. */
static void last_man(void **state) {
  struct quorum_rules r = {.expected = 8, .last_man_standing = true, .wait_for_all = true};
  struct quorum_state s = {0};
  (void)state;
  assert_true(settle(&r, &s, 0xff, 8));
  assert_int_equal(s.expected, 8), assert_int_equal(s.quorum, 5);
  assert_true(lose(&r, &s, 5, 8, true));
  assert_int_equal(s.expected, 5), assert_int_equal(s.quorum, 3);
  assert_true(lose(&r, &s, 3, 8, true));
  assert_int_equal(s.expected, 3), assert_int_equal(s.quorum, 2);
  assert_true(lose(&r, &s, 2, 8, true));
  assert_int_equal(s.expected, 2), assert_int_equal(s.quorum, 2);
  assert_false(lose(&r, &s, 1, 8, true)); /* down to one only with the tie breaker */
  for (int n = 3; n <= MOST; n++) {
    struct quorum_rules one = {.expected = n, .last_man_standing = true, .wait_for_all = true}, last = one, hasty = one;
    struct quorum_state a = {0}, b = {0}, c = {0};
    last.auto_tie_breaker = true;
    settle(&one, &a, (1u << n) - 1, n), settle(&last, &b, (1u << n) - 1, n), settle(&hasty, &c, (1u << n) - 1, n);
    for (int left = n - 1; left >= 1; left--) {
      assert_int_equal(lose(&one, &a, left, n, true), left >= 2);
      assert_true(lose(&last, &b, left, n, true));
      assert_int_equal(lose(&hasty, &c, left, n, false) && left < n - left, false); /* before the window is over nothing has changed */
    }
  }
}

static void device(void **state) {
  (void)state;
  for (int n = 2; n <= 8; n += 2) { /* ffsplit: one vote, which breaks an even split */
    struct quorum_rules r = {.expected = n + 1};
    struct quorum_state with = {0}, without = {0};
    int64_t ids[MOST];
    struct quorum_partition all = some(ids, (1u << n) - 1, n, 1);
    quorum_settle(&r, &with, &all), quorum_settle(&r, &without, &all);
    struct quorum_partition half = some(ids, (1u << n / 2) - 1, n, 1);
    quorum_settle(&r, &with, &half);
    half.device_votes = 0;
    quorum_settle(&r, &without, &half);
    assert_true(with.quorate);
    assert_false(without.quorate);
  }
  struct quorum_rules lms = {.expected = 4 + 3}; /* lms: as many votes as nodes but one: the last goes on */
  struct quorum_state s = {0};
  int64_t ids[MOST];
  struct quorum_partition last = some(ids, 1, 4, 3);
  quorum_settle(&lms, &s, &last);
  assert_true(s.quorate);
}

static void expected_by_hand(void **state) {
  struct quorum_rules r = {.expected = 5};
  struct quorum_state s = {0};
  int64_t ids[MOST];
  (void)state;
  settle(&r, &s, 0x1f, 5);
  assert_false(settle(&r, &s, 0x3, 5));
  struct quorum_partition p = some(ids, 0x3, 5, 0);
  quorum_expect(&r, &s, &p, 3);
  assert_true(s.quorate);
  quorum_expect(&r, &s, &p, 1); /* never fewer than are there */
  assert_int_equal(s.expected, 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_partition), cmocka_unit_test(never_both_sides), cmocka_unit_test(first_start), cmocka_unit_test(wait_for_all_again), cmocka_unit_test(two_nodes),
                                     cmocka_unit_test(last_man),       cmocka_unit_test(device),           cmocka_unit_test(expected_by_hand)};
  return RUN(tests);
}
