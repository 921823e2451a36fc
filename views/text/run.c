/* run: the plan, a word from the operator, the same plan run and verified. */
#include "base/clock.h"
#include "run/audit.h"
#include "views/text/running.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { RUN_REFUSED = SESSION_REFUSED };

static void print_plan(const struct running *r, const struct plan *p) {
  CLEANUP(str_free) struct str out = {0};
  if (r->json) plan_json(p, &out);
  else plan_text(p, &out);
  print_clean(stdout, str_text(&out));
  fflush(stdout);
}

/* ---- while it runs ---- */

static const char *const step_words[] = {[STEP_TODO] = "not begun", [STEP_ALREADY] = "already so", [STEP_ACTIVE] = "...", [STEP_DONE] = "done", [STEP_FAILED] = "FAILED", [STEP_LOST] = "not known", [STEP_UNDONE] = "taken back"};

static void print_step(const struct task_view *v, size_t i) {
  const struct step *s = &v->plan->steps.item[i];
  CLEANUP(str_free) struct str out = {0};
  str_addf(&out, "%3zu. %s%s%s: %s", i + 1, s->say ? s->say : "", s->host ? ", on " : "", s->host ? s->host : "", step_words[v->steps[i]]);
  if (v->took_ms[i] != UNKNOWN_INT && v->steps[i] != STEP_ACTIVE) str_addf(&out, " (%" PRId64 ".%d s)", v->took_ms[i] / 1000, (int)(v->took_ms[i] % 1000 / 100));
  print_clean(stdout, str_text(&out));
}

static void print_news(struct running *r) {
  struct task_view v;
  task_look(r->tasks, 0, &v);
  for (size_t i = r->said_lines > v.lines_dropped ? r->said_lines - v.lines_dropped : 0; i < v.line_count; i++) printf("     | %s\n", v.lines[i].text);
  r->said_lines = v.lines_dropped + v.line_count;
  if (v.steps && r->step_count != v.plan->steps.count) {
    mem_free(r->said_steps);
    r->said_steps = mem_alloc((v.plan->steps.count + 1) * sizeof *r->said_steps);
    r->step_count = v.plan->steps.count;
  }
  for (size_t i = 0; v.steps && i < r->step_count; i++) {
    if (v.steps[i] == r->said_steps[i]) continue;
    r->said_steps[i] = v.steps[i];
    print_step(&v, i);
  }
  bool waits = v.state == TASK_LOCKING || v.state == TASK_WAITING || v.state == TASK_VERIFYING || v.state == TASK_ASKING;
  if (waits && strcmp(v.text, r->said)) {
    snprintf(r->said, sizeof r->said, "%s", v.text);
    CLEANUP(mem_freep) char *line = mem_printf("     %s", v.text);
    print_clean(stdout, line);
  }
  fflush(stdout);
}

static void on_change(void *owner) {
  struct running *r = owner;
  if (!r->json && r->tasks && tasks_count(r->tasks)) print_news(r);
}

static void on_snapshot(void *owner, struct snapshot *s) {
  struct running *r = owner;
  if (r->tasks) tasks_see(r->tasks, s);
}

static void on_signal(void *owner, int signo) {
  struct running *r = owner;
  if (!r->tasks) return;
  if (signo != SIGINT) {
    tasks_wind_down(r->tasks);
  } else if (++r->interrupts == 1) {
    task_cancel(r->tasks, 0);
    if (tasks_busy(r->tasks)) fputs("kvmconsole: stopped; what was begun is waited for, so that nobody begins beside it (Ctrl-C again: leave at once)\n", stderr);
  }
}

static void quiet(void *owner, bool quiet) {
  struct running *r = owner;
  if (r->session->feed) feed_quiet(r->session->feed, quiet);
}

static void terminal(void *owner, bool away) { (void)owner, (void)away, fflush(stdout); }

/* A step that asks: a person at the terminal, and nobody else, may say yes. */
static void answer(struct running *r) {
  struct task_view v;
  task_look(r->tasks, 0, &v);
  if (v.state != TASK_ASKED) return;
  if (!session_has_terminal()) {
    task_answer(r->tasks, 0, false);
    return;
  }
  on_change(r); /* what was done so far is said before the question */
  fflush(stdout);
  CLEANUP(mem_freep) char *prompt = mem_printf("%s (yes or no): ", v.text);
  CLEANUP(mem_freep) char *typed = session_ask(r->session, prompt, false);
  if (typed && !strcmp(typed, "yes")) task_answer(r->tasks, 0, true);
  else if (!typed || !strcmp(typed, "no")) task_answer(r->tasks, 0, false);
}

static void run_to_end(struct running *r) {
  while (tasks_busy(r->tasks) && r->interrupts < 2) {
    session_step(r->session);
    answer(r);
  }
  on_change(r);
}

/* ---- before and after ---- */

static void print_end(const struct running *r) {
  CLEANUP(str_free) struct str out = {0};
  struct task_view v;
  task_look(r->tasks, 0, &v);
  if (!r->json) {
    str_addf(&out, "%s: %s", task_state_names[v.state], v.text);
    print_clean(stdout, str_text(&out));
    return;
  }
  str_add(&out, "{\"schema\":1,\"task\":");
  json_text(&out, v.id);
  str_add(&out, ",\"operation\":");
  json_text(&out, v.operation);
  str_addf(&out, ",\"state\":\"%s\",\"exit\":%d,\"text\":", task_state_names[v.state], task_exit(v.state));
  json_text(&out, v.text);
  str_add(&out, ",\"steps\":[");
  for (size_t i = 0; v.steps && i < v.plan->steps.count; i++) {
    str_addf(&out, "%s{\"state\":\"%s\",\"took_ms\":", i ? "," : "", step_state_names[v.steps[i]]);
    if (v.took_ms[i] == UNKNOWN_INT) str_add(&out, "null}");
    else str_addf(&out, "%" PRId64 "}", v.took_ms[i]);
  }
  str_add(&out, "],\"output\":[");
  for (size_t i = 0; i < v.line_count; i++) {
    str_addf(&out, "%s{\"step\":%d,\"err\":%s,\"text\":", i ? "," : "", v.lines[i].step + 1, v.lines[i].err ? "true" : "false");
    json_text(&out, v.lines[i].text);
    str_add(&out, "}");
  }
  str_add(&out, "]}\n");
  fputs(str_text(&out), stdout);
}

/* What can be taken back is said; on a terminal, asked. */
static void offer_undo(struct running *r) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct err e = {0};
  const struct plan *p = task_undo_plan(r->tasks, 0, a);
  if (!p || r->json) return;
  puts("\nWhat was done can be taken back:");
  print_plan(r, p);
  if (!session_has_terminal()) return;
  CLEANUP(mem_freep) char *word = session_ask(r->session, "Take it back now? Type yes (Enter: leave it as it is): ", false);
  if (!word || strcmp(word, "yes")) return;
  r->said_lines = r->step_count = 0;
  if (task_undo(r->tasks, 0, &e)) run_to_end(r), print_end(r);
  else err_print(&e);
}

static int start(struct running *r) {
  struct session *s = r->session;
  struct err e = {0};
  struct task_view v;
  CLEANUP(mem_freep) char *who = operator_name();
  struct tasks_options o = {.loop = s->loop, .executor = s->executor, .state_dir = r->state, .who = who, .on_change = on_change, .quiet = quiet, .terminal = session_has_terminal() && isatty(STDOUT_FILENO) ? terminal : NULL, .owner = r};
  r->tasks = tasks_new(&o, &e);
  if (r->tasks && tasks_count(r->tasks) && !r->json) fprintf(stderr, "kvmconsole: there are interrupted operations from before; the console's tasks view shows what stands\n");
  if (r->tasks) tasks_see(r->tasks, s->snap);
  if (!r->tasks || !task_start(r->tasks, s->operation, &s->values, s->plan, &e)) {
    err_print(&e);
    return e.code == -EACCES || e.code == -EPERM || e.code == -EROFS ? EXIT_RIGHTS : RUN_REFUSED;
  }
  run_to_end(r);
  print_end(r);
  task_look(r->tasks, 0, &v);
  int code = task_exit(v.state);
  if (v.state == TASK_REFUSED && !r->json) print_plan(r, v.plan);
  if (v.state == TASK_FAILED || v.state == TASK_UNKNOWN) offer_undo(r);
  return code;
}

void running_watch(struct running *r) {
  r->session->on_snapshot = on_snapshot;
  r->session->on_signal = on_signal;
  r->session->owner = r;
}

int running_go(struct running *r) {
  struct session *s = r->session;
  print_plan(r, s->plan);
  if (s->plan->allowed != TRUTH_YES) return RUN_REFUSED;
  int code = session_confirm(s, r->json);
  return code ? code : start(r);
}

void running_end(struct running *r) {
  tasks_free(r->tasks);
  r->tasks = NULL;
  mem_free(r->said_steps);
  r->said_steps = NULL;
  r->step_count = r->said_lines = 0;
  r->said[0] = 0;
}

int run_run(struct arguments *a) {
  struct session session = {0}, *s = &session;
  struct running r = {.session = s, .json = a->option[OPT_JSON] != NULL};
  if (a->option[OPT_READ_ONLY] || a->option[OPT_REPLAY]) {
    if (!operation_find(a->word[0])) return usage_error("no such operation: %s (see kvmconsole list operations)", a->word[0]);
    fprintf(stderr, "kvmconsole: nothing ran: %s; 'kvmconsole plan' shows what it would do\n", a->option[OPT_READ_ONLY] ? "--read-only" : "a recording cannot be acted on");
    return EXIT_RIGHTS;
  }
  running_watch(&r);
  int code = session_open(s, a);
  CLEANUP(mem_freep) char *state = s->simulated ? NULL : state_directory();
  r.state = state;
  if (!code) code = running_go(&r);
  running_end(&r);
  session_close(s);
  return code;
}
