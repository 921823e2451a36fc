/* A task from its confirmation to its verdict. */
#include "tasks.h"

/* ---- the straight way ---- */

static void a_plan_runs_and_is_verified(void **state) {
  (void)state;
  how.gluster = true;
  begin();
  STATE(TASK_RUNNING);
  assert_string_equal(str_text(&started), "kvm02: tool move kvm02\n");
  assert_true(in_file("tasks", "active"));
  assert_true(in_file("audit.jsonl", "\"what\":\"plan\""));
  assert_int_equal(quiets, 1);
  says("moving", false);
  ends(EXEC_EXITED, 0, NULL);
  STATE(TASK_WAITING);
  pass(5000);
  STATE(TASK_WAITING);
  assert_non_null(strstr(look(0).text, "it is running on kvm01"));
  reads("kvm02");
  pass(500);
  STATE(TASK_VERIFIED);
  assert_int_equal(task_exit(look(0).state), 0);
  STEP(0, STEP_DONE);
  STEP(1, STEP_DONE);
  assert_string_equal(look(0).lines[0].text, "moving");
  assert_int_equal(quiets, 0);
  assert_false(tasks_busy(tasks));
  assert_int_equal(files_in("tasks"), 0);
  assert_true(in_file("audit.jsonl", "\"state\":\"verified\""));
  struct stat st;
  CLEANUP(mem_freep) char *audit = mem_printf("%s/audit.jsonl", folder);
  assert_int_equal(stat(audit, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
}

static void what_is_done_already_does_not_run(void **state) {
  (void)state;
  reads("kvm02");
  begin();
  pass(5000);
  NOTHING_STARTED();
  STEP(0, STEP_ALREADY);
  STATE(TASK_VERIFIED);
}

static void a_test_on_the_host_says_so_too(void **state) {
  (void)state;
  how.test = how.no_already = how.no_wait = how.no_verify = true;
  begin();
  assert_string_equal(str_text(&started), "kvm02: tool test\n");
  ends(EXEC_EXITED, 0, NULL);
  STEP(0, STEP_ALREADY);
  STATE(TASK_VERIFIED);
  begin();
  ends(EXEC_EXITED, 1, NULL);
  assert_true(str_ends(str_text(&started), "kvm02: tool test\nkvm02: tool move kvm02\n"));
  ends(EXEC_EXITED, 0, NULL);
  STATE(TASK_VERIFIED);
}

static void another_plan_than_the_confirmed_one_does_not_run(void **state) {
  (void)state;
  begin_with(NULL, NULL);
  reads(NULL); /* it changed between the confirmation and the run */
  pass(1000);
  STATE(TASK_REFUSED);
  assert_int_equal(task_exit(look(0).state), 2);
  NOTHING_STARTED();
  assert_non_null(strstr(look(0).plan->consequence.item[0], "from ?")); /* and the new one is there to look at */
}

static void what_must_still_hold_is_asked_again(void **state) {
  (void)state;
  how.still = true;
  begin_with(NULL, NULL);
  hosts[1].pacemaker = NODE_STANDBY;
  pass(5000);
  STATE(TASK_RUNNING); /* readings may lag */
  pass(10000);
  STATE(TASK_FAILED);
  NOTHING_STARTED();
  assert_non_null(strstr(look(0).text, "it is standby"));
}

/* ---- exits ---- */

static void an_exit_code_is_good_or_not(void **state) {
  (void)state;
  how.good = true;
  begin();
  says("it is there already", true);
  ends(EXEC_EXITED, 3, NULL);
  STEP(0, STEP_DONE);
  task_cancel(tasks, 0);
  begin();
  says("something else", true);
  ends(EXEC_EXITED, 3, NULL);
  STATE(TASK_FAILED);
  assert_int_equal(task_exit(look(0).state), 1);
  assert_non_null(strstr(look(0).text, "exit code 3: something else"));
  assert_true(in_file("audit.jsonl", "something else"));
}

static void what_never_ran_is_a_failure_and_nothing_more(void **state) {
  (void)state;
  begin();
  ends(EXEC_REFUSED, 0, "kvm02 was not reached");
  STATE(TASK_FAILED);
  assert_non_null(strstr(look(0).text, "never ran: kvm02 was not reached"));
  no_start = true;
  begin();
  STATE(TASK_FAILED);
}

static void stale_readings_verify_nothing(void **state) {
  (void)state;
  how.no_already = how.no_wait = true;
  reads("kvm02"); /* what was read before the command */
  begin();
  ends(EXEC_EXITED, 0, NULL);
  pass(1000);
  STATE(TASK_VERIFYING);
  reads("kvm01"); /* what it really did */
  pass(30000);
  STATE(TASK_FAILED);
  assert_non_null(strstr(look(0).text, "it is running on kvm01"));
}

static void nobody_can_tell_whether_it_worked(void **state) {
  (void)state;
  how.no_already = how.no_wait = true;
  begin();
  ends(EXEC_EXITED, 0, NULL);
  reads(NULL);
  pass(30000);
  STATE(TASK_UNKNOWN);
  assert_int_equal(task_exit(look(0).state), 3);
}

static void a_wait_has_its_deadline(void **state) {
  (void)state;
  begin();
  ends(EXEC_EXITED, 0, NULL);
  pass(25000);
  STATE(TASK_FAILED);
  assert_non_null(strstr(look(0).text, "not within 20 s"));
  begin();
  ends(EXEC_EXITED, 0, NULL);
  reads(NULL);
  pass(25000);
  STATE(TASK_UNKNOWN);
}

/* ---- lost ---- */

static void a_lost_step_that_did_run_goes_on(void **state) {
  (void)state;
  begin();
  ends(EXEC_UNKNOWN, -1, "the connection to kvm02 was lost");
  STEP(0, STEP_LOST);
  assert_true(in_file("tasks", "lost"));
  pass(3000);
  reads("kvm02");
  pass(3000);
  STATE(TASK_VERIFIED);
  STEP(0, STEP_DONE);
  assert_int_equal(times_started("move"), 1);
}

static void a_lost_step_that_did_not_run_fails_when_it_no_longer_can(void **state) {
  (void)state;
  begin();
  ends(EXEC_UNKNOWN, -1, "the connection to kvm02 was lost");
  pass(30000); /* its deadline there is not over */
  STATE(TASK_RUNNING);
  pass(20000);
  STATE(TASK_FAILED);
  assert_non_null(strstr(look(0).text, "did not take effect"));
  assert_int_equal(times_started("move"), 1); /* it is not repeated */
}

static void a_lost_step_of_which_nobody_knows(void **state) {
  (void)state;
  begin();
  ends(EXEC_UNKNOWN, -1, "the connection to kvm02 was lost");
  reads(NULL);
  pass(120000);
  STATE(TASK_UNKNOWN);
  STEP(0, STEP_LOST);
  assert_int_equal(times_started("move"), 1);
  how.no_already = how.no_verify = how.no_wait = true; /* nothing could ever tell */
  begin();
  ends(EXEC_LATE, 124, "it was ended at its deadline");
  pass(1000); /* so that nothing is waited for */
  STATE(TASK_UNKNOWN);
}

static void the_last_command_is_judged_by_what_it_was_for(void **state) {
  (void)state;
  how.no_already = how.no_wait = true;
  begin();
  ends(EXEC_UNKNOWN, -1, "lost");
  reads("kvm02");
  pass(5000);
  STATE(TASK_VERIFIED);
  reads("kvm01");
  begin();
  ends(EXEC_UNKNOWN, -1, "lost");
  pass(120000);
  STATE(TASK_FAILED);
}

static void a_test_tells_what_became_of_it(void **state) {
  (void)state;
  how.test = how.no_already = how.no_wait = how.no_verify = true;
  begin();
  ends(EXEC_EXITED, 1, NULL); /* not yet */
  ends(EXEC_UNKNOWN, -1, "lost");
  pass(20000);
  assert_int_equal(times_started("test"), 1); /* it may still run */
  pass(20000);
  assert_int_equal(times_started("test"), 2);
  ends(EXEC_REFUSED, 0, "not reached");
  pass(6000);
  assert_int_equal(times_started("test"), 3);
  ends(EXEC_EXITED, 0, NULL);
  STATE(TASK_VERIFIED);
  begin();
  ends(EXEC_EXITED, 1, NULL);
  ends(EXEC_UNKNOWN, -1, "lost");
  pass(40000);
  ends(EXEC_EXITED, 1, NULL);
  STATE(TASK_FAILED);
  assert_int_equal(times_started("move"), 2);
}

static void what_does_no_harm_is_repeated(void **state) {
  (void)state;
  how.harmless = true;
  begin();
  for (int i = 0; i < 3; i++) {
    ends(EXEC_UNKNOWN, -1, "lost");
    pass(6000);
    assert_int_equal(times_started("move"), i + 2);
  }
  ends(EXEC_UNKNOWN, -1, "lost");
  pass(20000);
  assert_int_equal(times_started("move"), 4); /* but not for ever */
  reads("kvm02");
  pass(5000);
  STATE(TASK_VERIFIED);
}

/* ---- secrets ---- */

static void a_secret_is_read_and_nowhere_else(void **state) {
  static const char secret[] = "hunter2-geheim";
  (void)state;
  how.secret = true;
  begin_with(secret, NULL);
  pass(1000);
  assert_string_equal(str_text(&running->input), "hunter2-geheim\n");
  says("you gave hunter2-geheim, wrong", true);
  assert_string_equal(look(0).lines[0].text, "you gave **************, wrong");
  assert_false(in_file("", secret));
  ends(EXEC_EXITED, 1, NULL);
  STATE(TASK_FAILED);
  assert_null(strstr(look(0).text, secret));
  assert_false(in_file("", secret));
  assert_true(in_file("audit.jsonl", "<password>"));
  begin(); /* none was given */
  STATE(TASK_REFUSED);
  assert_non_null(strstr(look(0).text, "password was not given"));
}

static void output_goes_from_step_to_step(void **state) {
  (void)state;
  how.pipe = how.no_wait = true;
  begin();
  says("<domain>", false);
  says("</domain>", false);
  ends(EXEC_EXITED, 0, NULL);
  assert_string_equal(running->argv[0], "taker");
  assert_string_equal(str_text(&running->input), "<domain>\n</domain>\n");
  assert_int_equal(look(0).line_count, 0); /* for that step, not for people */
  ends(EXEC_EXITED, 0, NULL);
}

static void output_is_bounded_and_harmless(void **state) {
  CLEANUP(mem_freep) char *longest = mem_alloc(20001);
  (void)state;
  begin();
  memset(longest, 'x', 20000);
  says(longest, false);
  says("\033[2Jred", false);
  assert_true(strlen(look(0).lines[0].text) <= 4096);
  assert_null(strchr(look(0).lines[1].text, '\033'));
  for (int i = 0; i < 10000; i++) says("line", false);
  assert_true(look(0).line_count <= 2000);
  assert_int_equal(look(0).line_count + look(0).lines_dropped, 10002);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_plan_runs_and_is_verified),
      TEST(what_is_done_already_does_not_run),
      TEST(a_test_on_the_host_says_so_too),
      TEST(another_plan_than_the_confirmed_one_does_not_run),
      TEST(what_must_still_hold_is_asked_again),
      TEST(an_exit_code_is_good_or_not),
      TEST(what_never_ran_is_a_failure_and_nothing_more),
      TEST(stale_readings_verify_nothing),
      TEST(nobody_can_tell_whether_it_worked),
      TEST(a_wait_has_its_deadline),
      TEST(a_lost_step_that_did_run_goes_on),
      TEST(a_lost_step_that_did_not_run_fails_when_it_no_longer_can),
      TEST(a_lost_step_of_which_nobody_knows),
      TEST(the_last_command_is_judged_by_what_it_was_for),
      TEST(a_test_tells_what_became_of_it),
      TEST(what_does_no_harm_is_repeated),
      TEST(a_secret_is_read_and_nowhere_else),
      TEST(output_goes_from_step_to_step),
      TEST(output_is_bounded_and_harmless)};
  int code = RUN(tests);
  str_free(&started);
  return code;
}
