/* A task from its confirmation to its verdict, on an executor that ends each command as the test says, and snapshots that
 * say what the test wants read. */
#include "unit.h"
#include "base/clock.h"
#include "run/audit.h"
#include "run/task.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- what is read ---- */

static struct host_view hosts[2];
static struct domain_view domain;
static struct snapshot snap;
static const char *where[1], *stale[] = {"libvirt", "pacemaker"};

static void reads(const char *host) { /* where the domain runs; NULL: nobody can tell */
  where[0] = host;
  domain.hosts = (struct texts){where, host ? 1 : 0};
  domain.stale = (struct texts){stale, host ? 0 : 1};
}

static void new_world(void) {
  for (int i = 0; i < 2; i++) shape_init(&host_view_shape, &hosts[i]);
  shape_init(&domain_view_shape, &domain);
  shape_init(&snapshot_shape, &snap);
  hosts[0].name = "kvm01", hosts[0].here = TRUTH_YES;
  hosts[1].name = "kvm02";
  for (int i = 0; i < 2; i++) hosts[i].pacemaker = NODE_ONLINE, hosts[i].membership = MEMBERSHIP_MEMBER;
  domain.name = "web", domain.state = "running";
  snap.hosts.item = hosts, snap.hosts.count = 2;
  snap.domains.item = &domain, snap.domains.count = 1;
  snap.references = 1 << 20; /* nobody frees it */
  snap.now = 1000, snap.at = 1795345438000;
  reads("kvm01");
}

/* ---- where commands run ---- */

struct exec { struct exec *next; char **argv; char *host; struct str input; struct exec_request r; };
static struct exec *running;
static struct str started; /* every command that was started, a line each */
static bool no_start;

static struct exec *start(struct executor *x, const struct exec_request *r, struct err *e) {
  (void)x;
  if (no_start) {
    err_set(e, -ENOENT, "", "no such program here");
    return NULL;
  }
  struct exec *c = mem_alloc(sizeof *c);
  *c = (struct exec){.next = running, .r = *r, .host = mem_strdup(r->host)};
  str_addf(&started, "%s:", r->host ? r->host : "here");
  size_t n = 0;
  while (r->argv[n]) n++;
  c->argv = mem_alloc((n + 1) * sizeof *c->argv);
  for (size_t i = 0; i < n; i++) c->argv[i] = mem_strdup(r->argv[i]), str_addf(&started, " %s", r->argv[i]);
  str_addc(&started, '\n');
  if (r->input) str_addn(&c->input, r->input, r->input_len);
  return running = c;
}

static struct exec_request drop(struct exec *c) {
  struct exec_request r = c->r;
  for (struct exec **at = &running; *at; at = &(*at)->next)
    if (*at == c) {
      *at = c->next;
      break;
    }
  for (size_t i = 0; c->argv[i]; i++) mem_free(c->argv[i]);
  mem_free(c->argv);
  mem_free(c->host);
  str_free(&c->input);
  mem_free(c);
  return r;
}

static void leave(struct exec *c) {
  struct exec_request r = drop(c);
  r.on_end(r.owner, &(struct exec_result){EXEC_LEFT, -1, ""});
}
static const struct executor_class class = {.start = start, .leave = leave};
static struct executor executor = {&class};

static void says(const char *line, bool err) {
  CLEANUP(mem_freep) char *copy = mem_strdup(line);
  assert_non_null(running);
  (err ? running->r.on_err : running->r.on_out)(running->r.owner, copy, strlen(copy), false);
}

static void ends(enum exec_end end, int code, const char *text) {
  assert_non_null(running);
  struct exec_request r = drop(running);
  r.on_end(r.owner, &(struct exec_result){end, code, text});
}

/* ---- what is done ---- */

static struct {
  bool harmless, test, still, good, handover, ask, secret, two, pipe, lock, gluster, no_already, no_verify, no_wait;
  int danger;
} how;

static void plan(struct planning *p) {
  const char *to = given(p, "to");
  consequence(p, "web moves from %s to %s", domain.hosts.count ? domain.hosts.item[0] : "?", to);
  struct step *s = how.handover ? step_handover(p, "kvm02", "look at it", "console", "web", NULL) : step_run(p, "kvm02", "move it", "tool", "move", to, NULL);
  undo_by(p, s, "tool", "back", NULL);
  if (!how.no_already) already_when(p, s, "domain-runs-on", "web", to, NULL);
  if (how.still) still_when(p, s, "node-online", to, NULL);
  if (how.test) tested_by(p, s, "tool", "test", NULL);
  if (how.good) step_good(p, s, 3, "is there");
  if (how.secret) s->secret = "password", s->input = "<password>";
  s->harmless = truth_of(how.harmless);
  if (how.pipe) s = step_run(p, "kvm01", "hand it on", "taker", NULL), s->input_of = 0;
  if (how.ask) step_ask(p, "is it without power?");
  if (how.two) s = step_run(p, "kvm01", "clear", "tool", "clear", NULL), undo_by(p, s, "tool", "unclear", NULL);
  if (!how.no_wait) step_wait(p, 20000, "until it runs there", "domain-runs-on", "web", to, NULL);
  if (!how.no_verify) verify_that(p, "domain-runs-on", "web", to, NULL);
  p->plan->verify_ms = 20000;
  p->plan->danger = how.danger;
  p->plan->lock = truth_of(how.lock);
  p->plan->gluster = truth_of(how.gluster);
}
static const struct operation_argument arguments[] = {{.name = "resource", .title = "R", .help = "what", .kind = ARG_NAME}, {.name = "to", .title = "HOST", .help = "where", .kind = ARG_HOST}, {.name = "password", .title = "P", .help = "p", .kind = ARG_SECRET}, {.name = NULL}};
static const struct operation operation = {.name = "test-move", .title = "Move", .help = "Moves.", .target = TARGET_RESOURCE, .danger = 1, .arguments = arguments, .plan = plan};

static struct loop *loop;
static struct tasks *tasks;
static struct arena *arena;
static char folder[64];
static int quiets, terminals;
static struct tasks_options options;

static void on_quiet(void *owner, bool quiet) { (void)owner, quiets += quiet ? 1 : -1; }
static void on_terminal(void *owner, bool away) { (void)owner, terminals += away ? 1 : 100; }

static void open_tasks(const char *state) {
  struct err e = {0};
  options = (struct tasks_options){.loop = loop, .executor = &executor, .state_dir = state, .who = "root@test", .quiet = on_quiet};
  tasks = tasks_new(&options, &e);
  if (!tasks) fail_msg("%s", e.text);
}

static int set_up(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/kvmconsole-task.XXXXXX");
  assert_non_null(mkdtemp(folder));
  memset(&how, 0, sizeof how);
  how.danger = 1;
  quiets = terminals = 0;
  no_start = false;
  str_reset(&started);
  new_world();
  loop = loop_new();
  arena = arena_new();
  open_tasks(folder);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  tasks_free(tasks);
  while (running) drop(running);
  arena_free(arena);
  loop_free(loop);
  CLEANUP(mem_freep) char *script = mem_printf("rm -rf %s", folder);
  return system(script);
}

static struct task_view look(size_t n) {
  struct task_view v;
  task_look(tasks, n, &v);
  return v;
}

/* So much time passes, a reading each half second. */
static void pass(int64_t ms) {
  for (int64_t end = snap.now + ms; snap.now < end;) {
    snap.now += 500, snap.at += 500;
    tasks_see(tasks, &snap);
    loop_step(loop, 0);
  }
}

static struct task *begin_with(const char *secret, const char *force) {
  struct values v = {0};
  struct err e = {0};
  values_add(arena, &v, "resource", "web", false);
  values_add(arena, &v, "to", "kvm02", false);
  if (secret) values_add(arena, &v, "password", secret, true);
  if (force) values_add(arena, &v, "force", "yes", false);
  struct task *t = task_start(tasks, &operation, &v, operation_plan(&operation, &snap, &v, NULL, arena), &e);
  if (!t) fail_msg("%s", e.text);
  return t;
}

static void begin(void) {
  begin_with(NULL, NULL);
  pass(1000);
}

static bool in_file(const char *name, const char *text) {
  CLEANUP(mem_freep) char *command = mem_printf("grep -rqF -- '%s' %s/%s 2>/dev/null", text, folder, name);
  return !system(command);
}
static int files_in(const char *name) {
  CLEANUP(mem_freep) char *command = mem_printf("ls %s/%s | grep -c .", folder, name);
  FILE *f = popen(command, "r");
  int n = -1;
  assert_int_equal(fscanf(f, "%d", &n), 1);
  pclose(f);
  return n;
}

#define STATE(s) assert_string_equal(task_state_names[look(0).state], task_state_names[s])
#define STEP(n, s) assert_string_equal(step_state_names[look(0).steps[n]], step_state_names[s])
#define NOTHING_STARTED() assert_string_equal(str_text(&started), "")

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

static int times_started(const char *what) {
  int n = 0;
  for (const char *at = str_text(&started); (at = strstr(at, what)) != NULL; at++) n++;
  return n;
}

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
  pass(120000);
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
  STATE(TASK_FAILED); /* there is none */
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_plan_runs_and_is_verified), TEST(what_is_done_already_does_not_run), TEST(a_test_on_the_host_says_so_too), TEST(another_plan_than_the_confirmed_one_does_not_run),
      TEST(what_must_still_hold_is_asked_again), TEST(an_exit_code_is_good_or_not), TEST(what_never_ran_is_a_failure_and_nothing_more), TEST(stale_readings_verify_nothing),
      TEST(nobody_can_tell_whether_it_worked), TEST(a_wait_has_its_deadline), TEST(a_lost_step_that_did_run_goes_on), TEST(a_lost_step_that_did_not_run_fails_when_it_no_longer_can),
      TEST(a_lost_step_of_which_nobody_knows), TEST(the_last_command_is_judged_by_what_it_was_for), TEST(a_test_tells_what_became_of_it), TEST(what_does_no_harm_is_repeated),
      TEST(a_secret_is_read_and_nowhere_else), TEST(output_goes_from_step_to_step), TEST(output_is_bounded_and_harmless), TEST(a_running_command_is_left_and_still_waited_for),
      TEST(between_steps_it_stops_at_once), TEST(the_terminal_is_gone), TEST(a_step_asks), TEST(the_terminal_is_handed_over), TEST(what_was_done_is_taken_back), TEST(who_may_not_act_does_not),
      TEST(copies_are_made_before_danger), TEST(the_lock_is_held_meanwhile), TEST(who_is_not_alone_is_told), TEST(a_killed_console_leaves_what_stands)};
  int code = RUN(tests);
  str_free(&started);
  return code;
}
