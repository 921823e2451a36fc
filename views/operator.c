#include "views/operator.h"
#include "base/clock.h"
#include "run/audit.h"
#include "run/proof.h"
#include "run/task.h"
#include "views/simulation.h"

enum { BEAT_MS = 500 }; /* tasks wait by the snapshots' time: while one runs there is a new one at least so often */

struct operator {
  struct console *console;
  struct executor *executor; /* NULL: none */
  struct tasks *tasks;       /* NULL: none */
  struct asking *asking;
  struct asked *asked;       /* the app's questions, on their way */
  struct timer *beat, *soon;
  struct arena *proven;
  struct tallies proofs;     /* of fencing, from the audit; in proven */
  char *never;               /* why nothing can run from here at all; owned, NULL: it can */
  char *state_dir, *who, *ssh;
};

static void on_soon(void *owner) {
  struct operator *o = owner;
  if (o->console->acted) o->console->acted(o->console);
}

static void on_change(void *owner) {
  struct operator *o = owner;
  if (!timer_armed(o->soon)) timer_set(o->soon, 0);
  if (!timer_armed(o->beat)) timer_set(o->beat, BEAT_MS);
}

static void on_beat(void *owner) {
  struct operator *o = owner;
  if (!operator_busy(o)) return;
  if (o->console->feed) console_take(o->console);
  on_change(o);
}

static char *never_of(const struct console *c, const struct arguments *a) {
  if (a->option[OPT_READ_ONLY]) return mem_strdup("this console is read-only");
  if (c->replay) return mem_strdup("this is a recording");
  return a->command == CMD_RENDER && !c->simulated ? mem_strdup("a frame of a real cluster only looks") : NULL; /* no script acts there */
}

static void keep_quiet(void *owner, bool quiet) {
  struct operator *o = owner;
  if (o->console->feed) feed_quiet(o->console->feed, quiet);
}

static void lend(void *owner, bool away) {
  struct operator *o = owner;
  o->console->terminal(o->console, away);
}

struct operator *operator_new(struct console *c, struct arguments *a) {
  struct operator *o = mem_alloc(sizeof *o);
  struct err e = {0};
  *o = (struct operator){.console = c, .never = never_of(c, a), .ssh = mem_strdup(config_text(&a->config, SET_CLUSTER_SSH)), .proven = arena_new()};
  o->beat = loop_timer(c->loop, -1, on_beat, o);
  o->soon = loop_timer(c->loop, -1, on_soon, o);
  if (!c->simulated && !c->replay) {
    o->state_dir = state_directory();
    if (o->state_dir) proofs_read(o->state_dir, o->proven, &o->proofs);
  }
  if (o->never) return o;
  o->executor = c->simulated ? simulation_executor(a->simulation, c->loop) : executor_hosts(c->loop, &a->config);
  o->who = c->simulated ? mem_strdup("you") : operator_name(); /* a simulation is the same everywhere */
  o->tasks = tasks_new(&(struct tasks_options){.loop = c->loop, .executor = o->executor, .state_dir = o->state_dir, .who = o->who, .on_change = on_change, .quiet = keep_quiet, .terminal = c->terminal ? lend : NULL, .owner = o}, &e);
  if (!o->tasks) o->never = mem_printf("%s", e.text);
  return o;
}

static void stop_asking(struct operator *o) {
  asking_end(o->asking);
  asked_free(o->asked);
  o->asking = NULL;
  o->asked = NULL;
}

void operator_free(struct operator *o) {
  if (!o) return;
  stop_asking(o);
  tasks_free(o->tasks);
  executor_free(o->executor);
  timer_end(o->beat);
  timer_end(o->soon);
  arena_free(o->proven);
  mem_free(o->never);
  mem_free(o->state_dir);
  mem_free(o->who);
  mem_free(o->ssh);
  mem_free(o);
}

void operator_see(struct operator *o) {
  if (o->executor) executor_see(o->executor, o->console->newest);
  if (o->tasks) tasks_see(o->tasks, o->console->newest);
}

void operator_input(const struct operator *o, struct input *in) {
  in->ssh = o->ssh;
  in->proofs = &o->proofs;
  in->cannot = o->never ? o->never : in->time.past ? "another moment than now is shown" : NULL;
  in->task_count = o->tasks ? tasks_count(o->tasks) : 0;
  struct task_view *views = arena_array(in->arena, in->task_count, sizeof *views);
  for (size_t i = 0; i < in->task_count; i++) task_look(o->tasks, i, &views[i]);
  in->tasks = views;
}

bool operator_can(const struct operator *o) { return !o->never; }
bool operator_busy(const struct operator *o) { return o->asking || (o->tasks && tasks_busy(o->tasks)); }
void operator_wind_down(struct operator *o) {
  if (o->tasks) tasks_wind_down(o->tasks);
}

/* ---- what the app wants ---- */

static void on_answers(void *owner) {
  struct operator *o = owner;
  struct arena *a = arena_new();
  struct input in;
  struct asked *q = o->asked;
  o->asked = NULL;
  o->asking = NULL;
  console_input(o->console, &in, a);
  app_answered(&o->console->app, &in, q);
  arena_free(a);
  on_change(o);
}

static void put_questions(struct operator *o) {
  stop_asking(o);
  o->asked = app_asked(&o->console->app);
  if (!o->asked) return;
  if (!o->executor) {
    for (size_t i = 0; i < o->asked->survey.answers.count; i++) o->asked->survey.answers.item[i].text = o->never;
    on_answers(o);
    return;
  }
  o->asking = survey_ask(o->console->loop, o->executor, &o->asked->survey, o->asked->arena, on_answers, o);
  on_change(o);
}

static void start(struct operator *o) {
  struct app *app = &o->console->app;
  struct run_wish *r = &app->acting.run;
  struct err e = {0};
  struct task_view t;
  if (!r->operation) return;
  if (!o->tasks || !task_start(o->tasks, r->operation, &r->values, r->plan, &e)) {
    app_ran(app, NULL, o->tasks ? e.text : o->never);
    return;
  }
  task_look(o->tasks, 0, &t);
  app_ran(app, t.id, NULL);
  on_change(o);
}

static void tell(struct operator *o) {
  struct acting *a = &o->console->app.acting;
  struct task_view t;
  struct err e = {0};
  size_t n = 0, count = o->tasks ? tasks_count(o->tasks) : 0;
  for (; n < count; n++) {
    task_look(o->tasks, n, &t);
    if (str_eq(t.id, a->task_id)) break;
  }
  if (n == count) return;
  switch (a->task_wish) {
  case TASK_WISH_CANCEL: task_cancel(o->tasks, n); break;
  case TASK_WISH_YES: task_answer(o->tasks, n, true); break;
  case TASK_WISH_NO: task_answer(o->tasks, n, false); break;
  case TASK_WISH_FORGET: task_forget(o->tasks, n); break;
  case TASK_WISH_UNDO:
    if (!task_undo(o->tasks, n, &e)) app_say(&o->console->app, e.text);
    else {
      task_look(o->tasks, 0, &t);
      app_show_task(&o->console->app, t.id);
    }
    break;
  case TASK_WISH_LEAVE:
  case TASK_WISH_NONE: break;
  }
  a->task_wish = TASK_WISH_NONE;
  on_change(o);
}

void operator_wants(struct operator *o, unsigned wants) {
  if (wants & APP_ASK) put_questions(o);
  if (wants & APP_RUN) start(o);
  if (wants & APP_TASK) tell(o);
}
