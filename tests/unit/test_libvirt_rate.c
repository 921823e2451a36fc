/* Counters into rates, and the settling of what is printed. */
#include "model/shape.h"
#include "sources/libvirt_rate.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void rates(void **state) {
  (void)state;
  assert_int_equal(counter_rate(1000, 6000, 5000000), 1000);
  assert_int_equal(counter_rate(0, 0, 5000000), 0);
  assert_int_equal(counter_rate(0, 1000000000000000000, 1000000), 1000000000000000000);
  assert_int_equal(counter_rate(0, INT64_MAX, 200000), UNKNOWN_INT); /* more than fits */
}

static void what_gives_no_rate(void **state) {
  (void)state;
  assert_int_equal(counter_rate(6000, 1000, 5000000), UNKNOWN_INT); /* backwards: another life of the domain */
  assert_int_equal(counter_rate(UNKNOWN_INT, 1000, 5000000), UNKNOWN_INT);
  assert_int_equal(counter_rate(1000, UNKNOWN_INT, 5000000), UNKNOWN_INT);
  assert_int_equal(counter_rate(1000, 2000, 0), UNKNOWN_INT);
  assert_int_equal(counter_rate(1000, 2000, -5000000), UNKNOWN_INT);
  assert_int_equal(counter_rate(1000, 2000, 1000), UNKNOWN_INT); /* too short to mean anything */
}

static void percent_of_virtual_cpus(void **state) {
  (void)state;
  assert_true(cpu_percent(0, 2500000000, 5000000, 1) == 50);
  assert_true(cpu_percent(0, 2500000000, 5000000, 2) == 25);
  assert_true(cpu_percent(0, 5100000000, 5000000, 1) == 100); /* the clocks differ a little */
  assert_true(isnan(cpu_percent(2, 1, 5000000, 1)));
  assert_true(isnan(cpu_percent(UNKNOWN_INT, 1, 5000000, 1)));
  assert_true(isnan(cpu_percent(0, 1, 5000000, 0)));
  assert_true(isnan(cpu_percent(0, 1, 5000000, UNKNOWN_INT)));
  assert_true(isnan(cpu_percent(0, 1, 0, 1)));
}

static void two_digits(void **state) {
  (void)state;
  static const int64_t rates_and_rounded[][2] = {{0, 0},     {99, 99},           {100, 100},  {104, 100},
                                                 {105, 110}, {1234567, 1200000}, {999, 1000}, {UNKNOWN_INT, UNKNOWN_INT}};
  for (size_t i = 0; i < COUNT(rates_and_rounded); i++) assert_int_equal(settled_rate(UNKNOWN_INT, rates_and_rounded[i][0]), rates_and_rounded[i][1]);
  assert_true(settled_rate(UNKNOWN_INT, INT64_MAX) > 0);
}

static void a_value_on_the_edge_does_not_flap(void **state) {
  (void)state;
  double printed = settled_percent(NAN, 12.4);
  assert_true(printed == 12);
  for (int i = 0; i < 10; i++) {
    assert_true(settled_percent(printed, i % 2 ? 12.4 : 12.6) == 12);
    assert_true(settled_percent(printed, 13) == 13);
  }
  assert_true(isnan(settled_percent(12, NAN)));
  assert_int_equal(settled_rate(4900, 4960), 4900);
  assert_int_equal(settled_rate(4900, 5400), 5400);
  assert_int_equal(settled_rate(4900, UNKNOWN_INT), UNKNOWN_INT);
  assert_int_equal(settled_rate(4900, 0), 0);
  assert_int_equal(settled_rate(0, 1), 1);
  const int64_t step = 16 << 20;
  assert_int_equal(settled_bytes(UNKNOWN_INT, 100 << 20, step), 96 << 20);
  assert_int_equal(settled_bytes(96 << 20, 105 << 20, step), 96 << 20);
  assert_int_equal(settled_bytes(96 << 20, 109 << 20, step), 112 << 20);
  assert_int_equal(settled_bytes(96 << 20, UNKNOWN_INT, step), UNKNOWN_INT);
  assert_int_equal(settled_bytes(UNKNOWN_INT, UNKNOWN_INT, step), UNKNOWN_INT);
  assert_true(settled_bytes(UNKNOWN_INT, INT64_MAX, step) > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(rates), cmocka_unit_test(what_gives_no_rate), cmocka_unit_test(percent_of_virtual_cpus),
                                     cmocka_unit_test(two_digits), cmocka_unit_test(a_value_on_the_edge_does_not_flap)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
