/* What an operator does with a task, what it holds meanwhile, and what it leaves behind when its console is killed. */
#include "tasks.h"

/* ---- what an operator does ---- */

static void a_running_command_is_left_and_still_waited_for(void **state) {
  (void)state;
  how.gluster = how.two = true;
  begin();
  task_cancel(tasks, 0);
  STATE(TASK_CANCELLED);
  assert_int_equal(task_exit(look(0).state), 130);
  assert_non_null(strstr(look(0).text, "may run for 30 s more"));
  assert_true(tasks_busy(tasks));
  assert_int_equal(quiets, 1); /* who needs the same lock does not begin */
  begin();
  STATE(TASK_ASKING);
  assert_int_equal(times_started("tool"), 1);
  ends(EXEC_EXITED, 0, NULL);
  pass(1000);
  assert_int_equal(look(1).steps[0], STEP_DONE);
  assert_int_equal(look(1).steps[1], STEP_TODO);
  assert_int_equal(times_started("move"), 2); /* now the next one began */
  task_cancel(tasks, 0);
  ends(EXEC_EXITED, 0, NULL);
  pass(1000);
  assert_int_equal(quiets, 0);
  assert_false(tasks_busy(tasks));
  assert_int_equal(times_started("clear"), 0);
}

static void between_steps_it_stops_at_once(void **state) {
  (void)state;
  begin();
  ends(EXEC_EXITED, 0, NULL);
  STATE(TASK_WAITING);
  task_cancel(tasks, 0);
  STATE(TASK_CANCELLED);
  assert_false(tasks_busy(tasks));
  begin_with(NULL, NULL);
  task_cancel(tasks, 0); /* before it began */
  pass(1000);
  STATE(TASK_CANCELLED);
  assert_int_equal(times_started("tool"), 1);
}

static void the_terminal_is_gone(void **state) {
  (void)state;
  how.two = true;
  begin();
  begin_with(NULL, NULL);
  tasks_wind_down(tasks);
  STATE(TASK_CANCELLED);
  assert_int_equal(look(1).state, TASK_RUNNING);
  ends(EXEC_EXITED, 0, NULL); /* the running step ends */
  pass(2000);
  assert_int_equal(look(1).state, TASK_CANCELLED);
  assert_int_equal(look(1).steps[0], STEP_DONE);
  assert_int_equal(times_started("tool"), 1); /* no other starts */
  assert_false(tasks_busy(tasks));
}

static void a_step_asks(void **state) {
  (void)state;
  how.ask = true;
  for (int yes = 0; yes < 2; yes++) {
    begin();
    ends(EXEC_EXITED, 0, NULL);
    STATE(TASK_ASKED);
    assert_string_equal(look(0).text, "is it without power?");
    pass(60000);
    STATE(TASK_ASKED);
    task_answer(tasks, 0, yes);
    STATE(yes ? TASK_WAITING : TASK_CANCELLED);
  }
}

static void the_terminal_is_handed_over(void **state) {
  (void)state;
  how.handover = how.no_already = how.no_wait = how.no_verify = true;
  begin();
  STATE(TASK_REFUSED); /* there is none, and nothing else of it is begun either */
  NOTHING_STARTED();
  tasks_free(tasks);
  options.terminal = on_terminal;
  tasks = tasks_new(&options, NULL);
  begin();
  assert_int_equal(terminals, 1);
  assert_true(running->r.terminal);
  task_cancel(tasks, 0); /* who has the terminal ends it there */
  STATE(TASK_RUNNING);
  ends(EXEC_EXITED, 0, NULL);
  assert_int_equal(terminals, 101);
  STATE(TASK_VERIFIED);
}

static void what_was_done_is_taken_back(void **state) {
  struct err e = {0};
  (void)state;
  how.two = true;
  begin();
  assert_null(task_undo(tasks, 0, &e)); /* it still runs */
  ends(EXEC_EXITED, 0, NULL);
  ends(EXEC_EXITED, 0, NULL);
  pass(30000);
  STATE(TASK_FAILED);
  str_reset(&started);
  const struct plan *p = task_undo_plan(tasks, 0, arena);
  assert_int_equal(p->steps.count, 2);
  assert_non_null(task_undo(tasks, 0, &e));
  pass(1000);
  ends(EXEC_EXITED, 0, NULL);
  ends(EXEC_EXITED, 0, NULL);
  STATE(TASK_VERIFIED);
  assert_string_equal(str_text(&started), "kvm01: tool unclear\nkvm02: tool back\n");
  assert_int_equal(look(1).steps[0], STEP_UNDONE);
  assert_int_equal(look(1).steps[1], STEP_UNDONE);
  assert_null(task_undo_plan(tasks, 1, arena));
  task_forget(tasks, 1);
  assert_int_equal(tasks_count(tasks), 1);
}

static void who_may_not_act_does_not(void **state) {
  struct values v = {0};
  struct err e = {0};
  struct tasks_options o = options;
  (void)state;
  values_add(arena, &v, "to", "kvm02", false);
  struct plan *p = operation_plan(&operation, &snap, &v, NULL, arena);
  o.executor = NULL;
  struct tasks *only = tasks_new(&o, &e);
  tasks_see(only, &snap);
  assert_null(task_start(only, &operation, &v, p, &e));
  assert_int_equal(e.code, -EPERM);
  tasks_free(only);
  p->allowed = TRUTH_NO;
  assert_null(task_start(tasks, &operation, &v, p, &e));
  o.state_dir = "/proc/kvmconsole"; /* no audit: nothing runs */
  assert_null(tasks_new(&o, &e));
  NOTHING_STARTED();
}

/* ---- copies, the lock ---- */

static void copies_are_made_before_danger(void **state) {
  (void)state;
  how.danger = 2;
  begin();
  assert_string_equal(running->argv[0], "cibadmin");
  says("<cib/>", false);
  ends(EXEC_EXITED, 0, NULL);
  assert_string_equal(running->argv[0], "cat");
  says("totem {}", false);
  ends(EXEC_EXITED, 0, NULL); /* no host of gluster is known here */
  assert_string_equal(running->argv[0], "virsh");
  says("<domain/>", false);
  ends(EXEC_EXITED, 0, NULL);
  assert_string_equal(running->argv[0], "tool");
  assert_true(in_file("copies", "<cib/>"));
  assert_true(in_file("copies", "totem {}"));
  assert_true(in_file("copies", "<domain/>"));
  CLEANUP(mem_freep) char *command = mem_printf("find %s/copies -type f ! -perm 600 | grep -q .", folder);
  assert_int_not_equal(system(command), 0);
  task_cancel(tasks, 0);
  ends(EXEC_EXITED, 0, NULL);
  pass(1000);
  begin();
  ends(EXEC_EXITED, 102, NULL); /* pacemaker runs and does not give its copy */
  STATE(TASK_REFUSED);
  assert_int_equal(times_started("move"), 1);
  begin_with(NULL, "yes");
  pass(1000);
  ends(EXEC_EXITED, 102, NULL);
  assert_string_equal(running->argv[0], "cat"); /* forced */
}

static void the_lock_is_held_meanwhile(void **state) {
  (void)state;
  how.lock = true;
  begin();
  STATE(TASK_LOCKING);
  assert_string_equal(running->argv[1], "--create");
  assert_string_equal(running->host, "kvm01");
  ends(EXEC_EXITED, 0, NULL);
  loop_step(loop, 0);
  assert_string_equal(running->argv[0], "tool");
  tasks_see(tasks, &snap);
  assert_string_equal(running->argv[0], "attrd_updater"); /* its heartbeat, beside the step */
  ends(EXEC_EXITED, 0, NULL);
  ends(EXEC_EXITED, 105, NULL); /* somebody took it away */
  assert_string_equal(running->argv[0], "tool");
  ends(EXEC_EXITED, 0, NULL); /* the step ends, the next does not begin */
  STATE(TASK_FAILED);
  assert_non_null(strstr(look(0).text, "the operator lock was lost"));
  pass(1000);
  begin();
  ends(EXEC_EXITED, 102, NULL);
  STATE(TASK_REFUSED); /* it cannot be had: said so */
  assert_non_null(strstr(look(0).text, "force=yes"));
  pass(1000);
  while (running) ends(EXEC_EXITED, 102, NULL);
  begin_with(NULL, "yes");
  pass(1000);
  ends(EXEC_EXITED, 102, NULL);
  loop_step(loop, 0);
  assert_true(times_started("move") == 2); /* and going on is possible */
}

static void who_is_not_alone_is_told(void **state) {
  (void)state;
  how.lock = true;
  begin();
  ends(EXEC_EXITED, 108, NULL);
  says("<nvpair value=\"aa.0 root@kvm02 since yesterday\"/>", false);
  ends(EXEC_EXITED, 0, NULL);
  says("name=\"kvmconsole-beat\" host=\"kvm02\" value=\"aa:1\"", false);
  ends(EXEC_EXITED, 0, NULL);
  STATE(TASK_LOCKING);
  pass(3000);
  says("<nvpair value=\"aa.0 root@kvm02 since yesterday\"/>", false);
  ends(EXEC_EXITED, 0, NULL);
  says("name=\"kvmconsole-beat\" host=\"kvm02\" value=\"aa:2\"", false);
  ends(EXEC_EXITED, 0, NULL);
  STATE(TASK_LOCKED);
  assert_int_equal(task_exit(look(0).state), 75);
  assert_non_null(strstr(look(0).text, "root@kvm02 since yesterday"));
  assert_int_equal(times_started("move"), 0);
}

/* ---- killed ---- */

static void a_killed_console_leaves_what_stands(void **state) {
  (void)state;
  for (int during = 0; during < 2; during++) {
    tasks_free(tasks);
    pid_t child = fork();
    if (!child) { /* a console, killed during its second command, or in the wait after it */
      open_tasks(folder);
      how.two = true;
      begin();
      ends(EXEC_EXITED, 0, NULL);
      if (!during) ends(EXEC_EXITED, 0, NULL);
      _exit(0);
    }
    assert_true(child > 1);
    assert_int_equal(waitpid(child, NULL, 0), child);
    while (running) drop(running);
    how.two = true;
    open_tasks(folder);
    assert_int_equal(tasks_count(tasks), 1);
    STATE(TASK_INTERRUPTED);
    STEP(0, STEP_DONE);
    STEP(1, during ? STEP_LOST : STEP_DONE);
    assert_string_equal(look(0).operation, "test-move");
    pass(500);
    assert_non_null(strstr(look(0).text, "does not hold"));
    assert_int_equal(strstr(look(0).text, "step 2 may have run") != NULL, during);
    reads("kvm02");
    pass(500);
    assert_non_null(strstr(look(0).text, "what it was for holds"));
    reads("kvm01");
    assert_non_null(task_undo(tasks, 0, NULL)); /* what is known to be done can be taken back */
    str_reset(&started);
    pass(1000);
    assert_string_equal(str_text(&started), during ? "kvm02: tool back\n" : "kvm01: tool unclear\n");
    while (running) ends(EXEC_EXITED, 0, NULL);
    pass(1000);
    task_forget(tasks, 1);
    assert_int_equal(files_in("tasks"), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_running_command_is_left_and_still_waited_for),
      TEST(between_steps_it_stops_at_once),
      TEST(the_terminal_is_gone),
      TEST(a_step_asks),
      TEST(the_terminal_is_handed_over),
      TEST(what_was_done_is_taken_back),
      TEST(who_may_not_act_does_not),
      TEST(copies_are_made_before_danger),
      TEST(the_lock_is_held_meanwhile),
      TEST(who_is_not_alone_is_told),
      TEST(a_killed_console_leaves_what_stands)};
  int code = RUN(tests);
  str_free(&started);
  return code;
}
