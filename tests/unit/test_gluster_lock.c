/* When a request may be made that takes a volume's lock. */
#include "sources/gluster_lock.h"
#include "tests/unit/unit.h"
#include <errno.h>

#define NEVER UNKNOWN_INT
enum { S = 1000 };

static void the_rule(void **state) {
  (void)state;
  /* now is 1000 s; past: asked, space, heal, not before, heals, tasks next; now: jitter, quiet, suspect, heals, has task, task runs, changing */
  const struct {
    const char *why;
    struct lock_past past;
    struct lock_now now;
    enum lock_turn expected;
  } rows[] = {
      {"first of all: space", {NEVER, NEVER, NEVER, NEVER, 0, false}, {0, 0, false, false, true, false, false, false, 0}, LOCK_SPACE},
      {"the first heal not within the same second", {999500, 999500, NEVER, NEVER, 0, false}, {0, 0, false, false, true, false, false, false, 0}, LOCK_NONE},
      {"the first heal a second later", {999000, 999000, NEVER, NEVER, 0, false}, {0, 0, false, false, true, false, false, false, 0}, LOCK_HEAL},
      {"no heal of a distributed volume", {999000, 999000, NEVER, NEVER, 0, false}, {0, 0, false, false, false, false, false, false, 0}, LOCK_NONE},
      {"within the minute nothing", {941000, 900000, 941000, NEVER, 1, false}, {0, 0, false, false, true, false, false, false, 0}, LOCK_NONE},
      {"after it a heal", {940000, 900000, 940000, NEVER, 1, false}, {0, 0, false, false, true, false, false, false, 0}, LOCK_HEAL},
      {"but its jitter first", {940000, 900000, 940000, NEVER, 1, false}, {0, 14 * S, false, false, true, false, false, false, 0}, LOCK_NONE},
      {"every fifth turn is space", {900000, 500000, 900000, NEVER, 4, false}, {0, 0, false, false, true, false, false, false, 0}, LOCK_SPACE},
      {"space alone every five minutes", {701000, 701000, NEVER, NEVER, 0, false}, {0, 0, false, false, false, false, false, false, 0}, LOCK_NONE},
      {"space alone every five minutes, now", {700000, 700000, NEVER, NEVER, 0, false}, {0, 0, false, false, false, false, false, false, 0}, LOCK_SPACE},
      {"a task runs: every other turn", {900000, 800000, 900000, NEVER, 1, true}, {0, 0, false, false, true, true, true, false, 0}, LOCK_TASKS},
      {"a task runs: then space", {900000, 800000, 900000, NEVER, 1, false}, {0, 0, false, false, true, true, true, false, 0}, LOCK_SPACE},
      {"a task on a distributed volume", {900000, 800000, NEVER, NEVER, 0, true}, {0, 0, false, false, false, true, true, false, 0}, LOCK_TASKS},
      {"a task has ended: as without", {900000, 800000, 900000, NEVER, 1, true}, {0, 0, false, false, true, true, false, false, 0}, LOCK_HEAL},
      {"a task has ended: but another may begin", {900000, 800000, 900000, NEVER, 4, true}, {0, 0, false, false, true, true, false, false, 0}, LOCK_TASKS},
      {"quiet: not even the first", {NEVER, NEVER, NEVER, NEVER, 0, false}, {0, 0, true, false, true, false, false, false, 0}, LOCK_NONE},
      {"suspect: not even the first", {NEVER, NEVER, NEVER, NEVER, 0, false}, {0, 0, false, true, true, false, false, false, 0}, LOCK_NONE},
      {"suspect: nor when it is due", {100000, 100000, 100000, NEVER, 1, false}, {0, 0, false, true, true, false, false, false, 0}, LOCK_NONE},
      {"somebody changes volumes: not even the first", {NEVER, NEVER, NEVER, NEVER, 0, false}, {0, 0, false, false, true, false, false, true, 0}, LOCK_NONE},
      {"somebody changes volumes: nor when it is due", {900000, 800000, 900000, NEVER, 1, false}, {0, 0, false, false, true, false, false, true, 0}, LOCK_NONE},
      {"a brick hangs: no heal", {900000, 900000, 900000, NEVER, 1, false}, {0, 0, false, false, true, false, false, false, 800000}, LOCK_NONE},
      {"a brick hangs: not even the first", {998000, 998000, NEVER, NEVER, 0, false}, {0, 0, false, false, true, false, false, false, 800000}, LOCK_NONE},
      {"a brick hangs since its state was read: that is read, once", {900000, 700000, 900000, NEVER, 1, false}, {0, 0, false, false, true, false, false, false, 800000}, LOCK_SPACE},
      {"but not within the minute", {990000, 700000, 990000, NEVER, 1, false}, {0, 0, false, false, true, false, false, false, 800000}, LOCK_NONE},
      {"backing off", {900000, 800000, 900000, 1000001, 1, false}, {0, 0, false, false, true, false, false, false, 0}, LOCK_NONE},
      {"backed off", {900000, 800000, 900000, 1000000, 1, false}, {0, 0, false, false, true, false, false, false, 0}, LOCK_HEAL},
      {"first readings back off too", {990000, NEVER, NEVER, 1050000, 0, false}, {0, 0, false, false, true, false, false, false, 0}, LOCK_NONE},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct lock_now now = rows[i].now;
    now.now = 1000 * S;
    if (lock_next(&rows[i].past, &now) != rows[i].expected) fail_msg("%s: %d", rows[i].why, lock_next(&rows[i].past, &now));
  }
}

/* A day of a volume at rest: never two requests within a minute, but for the first two. */
static void a_day_at_rest(void **state) {
  (void)state;
  struct lock_past past = {NEVER, NEVER, NEVER, NEVER, 0, false};
  int64_t last = -1, asked = 0, heals = 0;
  for (int64_t now = 0; now < 86400LL * S; now += 500) {
    struct lock_now at = {
        .now = now, .jitter = (now / 500 * 7919) % LOCK_JITTER_MS, .heals = true, .has_task = now > 43200LL * S, .task_runs = now > 43200LL * S};
    enum lock_turn turn = lock_next(&past, &at);
    if (!turn) continue;
    if (asked == 1) assert_true(now - last >= LOCK_FIRST_GAP_MS);
    if (asked > 1) assert_true(now - last >= LOCK_EVERY_MS);
    lock_asked(&past, turn, now);
    lock_answered(&past, 0, now + 10);
    last = now;
    asked++;
    heals += turn == LOCK_HEAL;
  }
  assert_in_range(asked, 1100, 1441);
  assert_in_range(heals, asked / 2, asked * 4 / 5 + 2);
}

static void what_failed_waits(void **state) {
  (void)state;
  struct lock_past past = {NEVER, NEVER, NEVER, NEVER, 0, false};
  lock_asked(&past, LOCK_SPACE, 5000);
  lock_answered(&past, -EBUSY, 5100);
  assert_int_equal(past.not_before, 5100 + LOCK_BUSY_MS);
  lock_answered(&past, -ETIMEDOUT, 6000); /* the lock may stay for three minutes: do not be the one who takes it again */
  assert_int_equal(past.not_before, 6000 + LOCK_MUTE_MS);
  lock_answered(&past, 0, 7000);
  assert_true(past.not_before == NEVER);
}

static void a_clock_set_back_does_not_silence_it(void **state) {
  (void)state;
  struct lock_past past = {9000 * S, 9000 * S, NEVER, 99999 * S, 0, false};
  lock_clamp(&past, 1000 * S);
  assert_int_equal(past.asked, 1000 * S);
  assert_true(past.heal == NEVER);
  assert_int_equal(past.not_before, 1000 * S + LOCK_MUTE_MS);
}

/* An operator's commands, one after the other: a reading waits, but not for ever, and then the next waits anew. */
static void changes_are_waited_for(void **state) {
  (void)state;
  struct lock_changes c = {0, NEVER};
  int64_t now = 50 * S, began = now;
  assert_false(lock_changing(&c, now));
  for (; now < began + LOCK_CHANGE_MAX_MS; now += 175) {
    lock_changed(&c, now);
    assert_true(lock_changing(&c, now));
  }
  lock_changed(&c, now); /* long enough: but not in the midst of one, nor when the next may have begun */
  assert_true(lock_changing(&c, now + LOCK_AFTER_MS - 1));
  assert_false(lock_changing(&c, now + LOCK_AFTER_MS));
  assert_false(lock_changing(&c, now + LOCK_AFTER_END_MS));
  assert_true(lock_changing(&c, now + LOCK_AFTER_END_MS + 1));
  assert_false(lock_changing(&c, now + LOCK_CHANGE_MS));
  lock_waited(&c, now);
  assert_true(lock_changing(&c, now));
  assert_false(lock_changing(&c, now + LOCK_CHANGE_MS)); /* the last of them is over */
  now += LOCK_CHANGE_MS + 1;
  lock_changed(&c, now); /* one alone, later: a run of its own */
  assert_true(lock_changing(&c, now + LOCK_CHANGE_MS - 1));
  assert_false(lock_changing(&c, now + LOCK_CHANGE_MS));
}

static void who_is_suspect(void **state) {
  (void)state;
  const struct {
    const char *why;
    enum truth connected, answers, reachable;
    bool probed, suspect;
  } rows[] = {
      {"answers", TRUTH_YES, TRUTH_YES, TRUTH_YES, true, false},
      {"answers, though said to be away", TRUTH_NO, TRUTH_YES, TRUTH_YES, true, false},
      {"hung", TRUTH_YES, TRUTH_NO, TRUTH_YES, true, true},
      {"cut, and not yet known to be", TRUTH_YES, TRUTH_NO, TRUTH_NO, true, true},
      {"cut, and known", TRUTH_NO, TRUTH_NO, TRUTH_NO, true, false},
      {"ended a moment ago", TRUTH_YES, TRUTH_NO, TRUTH_NO, true, true},
      {"name unknown", TRUTH_YES, TRUTH_UNKNOWN, TRUTH_UNKNOWN, true, true},
      {"not probed yet", TRUTH_YES, TRUTH_UNKNOWN, TRUTH_UNKNOWN, false, true},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct gluster_peer p = {.connected = rows[i].connected};
    struct gluster_alive alive = {.answers = rows[i].answers, .reachable = rows[i].reachable};
    if (peer_suspect(&p, rows[i].probed ? &alive : NULL) != rows[i].suspect) fail_msg("%s", rows[i].why);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_rule), cmocka_unit_test(a_day_at_rest), cmocka_unit_test(what_failed_waits),
                                     cmocka_unit_test(a_clock_set_back_does_not_silence_it), cmocka_unit_test(changes_are_waited_for),
                                     cmocka_unit_test(who_is_suspect)};
  return RUN(tests);
}
