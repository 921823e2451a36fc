/* Tasks whose commands are real ones of this host: run, ended at their deadline, left, and outliving the console that is killed
 * beside them; what that leaves is found by the next one, and the audit holds it. */
#include "unit.h"
#include "base/clock.h"
#include "run/task.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64], script[200];
static int64_t deadline_ms;
static struct snapshot snap;
static struct loop *loop;
static struct executor *executor;
static struct tasks *tasks;
static struct arena *arena;

static void plan(struct planning *p) {
  struct step *s = step_run(p, "localhost", "do it", "sh", "-c", script, NULL);
  s->deadline_ms = deadline_ms;
  step_run(p, "localhost", "and more", "touch", planf(p, "%s/more", folder), NULL);
  p->plan->lock = TRUTH_NO;
  p->plan->verify_ms = 2000;
}
static const struct operation_argument arguments[] = {{.name = NULL}};
static const struct operation operation = {.name = "test-real", .title = "Do", .help = "Does.", .target = TARGET_CLUSTER, .danger = 1, .flags = OP_NO_LOCK, .arguments = arguments, .plan = plan};

static void open_all(void) {
  struct err e = {0};
  loop = loop_new();
  arena = arena_new();
  executor = executor_hosts(loop, NULL);
  tasks = tasks_new(&(struct tasks_options){.loop = loop, .executor = executor, .state_dir = folder, .who = "root@test"}, &e);
  if (!tasks) fail_msg("%s", e.text);
}

static void close_all(void) {
  tasks_free(tasks);
  executor_free(executor);
  arena_free(arena);
  loop_free(loop);
}

static int set_up(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/kvmconsole-real.XXXXXX");
  assert_non_null(mkdtemp(folder));
  shape_init(&snapshot_shape, &snap);
  snap.references = 1 << 20;
  deadline_ms = 20000;
  open_all();
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  close_all();
  CLEANUP(mem_freep) char *command = mem_printf("rm -rf %s", folder);
  return system(command);
}

static void turn(int64_t ms) { /* by the clock */
  for (int64_t end = clock_mono_ms() + ms; clock_mono_ms() < end;) {
    snap.now = clock_mono_ms(), snap.at = clock_wall_ms();
    tasks_see(tasks, &snap);
    loop_step(loop, 20);
  }
}

static void start(const char *what) {
  struct values v = {0};
  struct err e = {0};
  snprintf(script, sizeof script, "%s", what);
  snap.now = clock_mono_ms();
  tasks_see(tasks, &snap);
  if (!task_start(tasks, &operation, &v, operation_plan(&operation, &snap, &v, NULL, arena), &e)) fail_msg("%s", e.text);
}

static struct task_view look(void) {
  struct task_view v;
  task_look(tasks, 0, &v);
  return v;
}

static void until_ended(void) {
  for (int64_t end = clock_mono_ms() + 30000; tasks_busy(tasks) && clock_mono_ms() < end;) turn(50);
  assert_false(tasks_busy(tasks));
}

static bool is_there(const char *name) {
  CLEANUP(mem_freep) char *path = mem_printf("%s/%s", folder, name);
  return !access(path, F_OK);
}

static const char *touching(const char *before, const char *name) {
  static char text[200];
  snprintf(text, sizeof text, "%s touch %s/%s", before, folder, name);
  return text;
}

static void it_runs(void **state) {
  (void)state;
  start(touching("echo hello; echo why >&2;", "done"));
  until_ended();
  assert_string_equal(task_state_names[look().state], "verified");
  assert_true(is_there("done") && is_there("more"));
  assert_int_equal(look().line_count, 2);
}

static void a_failure_stops_it(void **state) {
  (void)state;
  start("echo no such thing >&2; exit 5");
  until_ended();
  assert_string_equal(task_state_names[look().state], "failed");
  assert_non_null(strstr(look().text, "exit code 5: no such thing"));
  assert_false(is_there("more"));
}

static void it_is_ended_at_its_deadline(void **state) {
  (void)state;
  deadline_ms = 1000;
  start("sleep 60");
  until_ended();
  assert_string_equal(task_state_names[look().state], "unknown"); /* nothing tells what it had done until then */
  assert_int_equal(look().steps[0], STEP_LOST);
  assert_false(is_there("more"));
}

static void what_is_left_goes_on(void **state) {
  (void)state;
  start(touching("sleep 0.7;", "done"));
  turn(200);
  task_cancel(tasks, 0);
  assert_string_equal(task_state_names[look().state], "cancelled");
  assert_true(tasks_busy(tasks));
  until_ended();
  assert_true(is_there("done"));
  assert_false(is_there("more"));
  assert_int_equal(look().steps[0], STEP_DONE);
}

/* A console that is killed while its command runs. */
static void killed_console(const char *before, const char *touches, int64_t command_deadline_ms) {
  close_all();
  pid_t child = fork();
  if (!child) {
    open_all();
    deadline_ms = command_deadline_ms;
    start(touching(before, touches));
    turn(20000);
    _exit(1);
  }
  assert_true(child > 1);
  usleep(400000);
  kill(child, SIGKILL);
  assert_int_equal(waitpid(child, NULL, 0), child);
}

static void a_console_killed_beside_its_command(void **state) {
  (void)state;
  killed_console("sleep 0.7;", "done", deadline_ms);
  bool early = is_there("done");
  open_all();
  assert_false(early);
  assert_int_equal(tasks_count(tasks), 1);
  assert_string_equal(task_state_names[look().state], "interrupted");
  assert_int_equal(look().steps[0], STEP_LOST);
  assert_non_null(strstr(look().text, "step 1 may have run"));
  usleep(900000);
  assert_true(is_there("done")); /* it had a deadline of its own, and did not die with the console */
  assert_false(is_there("more"));
  CLEANUP(mem_freep) char *command = mem_printf("grep -q '\"what\":\"plan\"' %s/audit.jsonl && ! grep -q '\"what\":\"verdict\"' %s/audit.jsonl", folder, folder);
  assert_int_equal(system(command), 0);
  task_forget(tasks, 0);
  assert_int_equal(tasks_count(tasks), 0);
}

static void the_deadline_outlives_the_console_too(void **state) {
  (void)state;
  killed_console("sleep 2;", "late", 1000);
  usleep(2500000);
  open_all();
  assert_false(is_there("late"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int main(void) {
  const struct CMUnitTest tests[] = {TEST(it_runs), TEST(a_failure_stops_it), TEST(it_is_ended_at_its_deadline), TEST(what_is_left_goes_on), TEST(a_console_killed_beside_its_command), TEST(the_deadline_outlives_the_console_too)};
  return RUN(tests);
}
