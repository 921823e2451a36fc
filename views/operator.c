#include "views/operator.h"
#include "views/driller.h"
#include "views/guider.h"
#include "base/clock.h"
#include "run/audit.h"
#include "run/proof.h"
#include "run/task.h"
#include "views/simulation.h"
#include <errno.h>

enum { BEAT_MS = 500 }; /* tasks wait by the snapshots' time: while one runs there is a new one at least so often */

struct operator {
  struct console *console;
  struct executor *executor; /* NULL: none */
  struct tasks *tasks;       /* NULL: none */
  struct driller *driller;   /* NULL: nothing can be run */
  struct asking *asking;
  struct asked *asked;       /* the app's questions, on their way */
  struct timer *beat, *soon;
  struct arena *proven;
  struct tallies proofs;     /* of fencing, from the audit; in proven */
  char *never;               /* why nothing can run from here at all; owned, NULL: it can */
  const char *away;          /* why not now: another cluster is looked at; static, NULL: it is not */
  char *state_dir, *who, *ssh;
  struct run_wish *rest;     /* confirmed together with what runs: each begins when the one before it was verified */
  size_t rest_count, rest_at;
  char *leader;              /* the task that they wait for; NULL: none */
  bool worked;               /* something ran when it was looked at last */
};

static void follow_batch(struct operator *o);

static void on_soon(void *owner) {
  struct operator *o = owner;
  bool busy = operator_busy(o);
  if (o->worked && !busy && o->console->feed) feed_look_again(o->console->feed);
  o->worked = busy;
  follow_batch(o);
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
  if (a->option[OPT_NOC]) return mem_strdup("this is a wall screen");
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

static int64_t clock_now(void *owner) {
  const struct operator *o = owner;
  return o->console->feed ? feed_wall(o->console->feed) : clock_wall_ms();
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
  o->tasks = tasks_new(&(struct tasks_options){.loop = c->loop, .executor = o->executor, .state_dir = o->state_dir, .who = o->who, .on_change = on_change, .quiet = keep_quiet, .terminal = c->terminal ? lend : NULL, .clock = clock_now, .owner = o}, &e);
  if (!o->tasks) o->never = mem_printf("%s", e.text);
  else if (o->state_dir) drills_adopt(o->state_dir, o->tasks, clock_wall_ms());
  if (o->tasks) o->driller = driller_new(c, o->tasks, o->executor, o->state_dir, o->who);
  return o;
}

static void stop_asking(struct operator *o) {
  asking_end(o->asking);
  asked_free(o->asked);
  o->asking = NULL;
  o->asked = NULL;
}

static void drop_batch(struct operator *o) {
  for (size_t i = 0; i < o->rest_count; i++) run_wish_free(&o->rest[i]);
  mem_free(o->rest);
  mem_free(o->leader);
  o->rest = NULL;
  o->leader = NULL;
  o->rest_count = o->rest_at = 0;
}

void operator_free(struct operator *o) {
  if (!o) return;
  stop_asking(o);
  drop_batch(o);
  driller_free(o->driller);
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
  driller_see(o->driller);
}

void operator_input(const struct operator *o, struct input *in) {
  in->ssh = o->ssh;
  in->proofs = &o->proofs;
  in->cannot = o->never ? o->never : o->away ? o->away : in->time.past ? "another moment than now is shown" : NULL;
  in->task_count = o->tasks && !o->away ? tasks_count(o->tasks) : 0;
  struct task_view *views = arena_array(in->arena, in->task_count, sizeof *views);
  for (size_t i = 0; i < in->task_count; i++) task_look(o->tasks, i, &views[i]);
  in->tasks = views;
  if (!o->away) driller_input(o->driller, in);
}

bool operator_can(const struct operator *o) { return !o->never; }
void operator_away(struct operator *o, const char *why) { o->away = why; }
bool operator_busy(const struct operator *o) { return o->asking || o->leader || driller_busy(o->driller) || (o->tasks && tasks_busy(o->tasks)); }
void operator_wind_down(struct operator *o) {
  drop_batch(o);
  if (o->tasks) tasks_wind_down(o->tasks);
  driller_wind_down(o->driller);
}

/* ---- what the app wants ---- */

static void put_questions(struct operator *o);

static void on_answers(void *owner) {
  struct operator *o = owner;
  struct arena *a = arena_new();
  struct input in;
  struct asked *q = o->asked;
  o->asked = NULL;
  o->asking = NULL;
  console_input(o->console, &in, a);
  unsigned wants = app_answered(&o->console->app, &in, q);
  arena_free(a);
  if (wants & APP_ASK) put_questions(o);
  on_change(o);
}

static void put_questions(struct operator *o) {
  stop_asking(o);
  o->asked = app_asked(&o->console->app);
  if (!o->asked) return;
  if (!o->executor || o->away) {
    for (size_t i = 0; i < o->asked->survey.answers.count; i++) o->asked->survey.answers.item[i].text = o->never ? o->never : o->away;
    on_answers(o);
    return;
  }
  o->asking = survey_ask(o->console->loop, o->executor, &o->asked->survey, o->asked->arena, on_answers, o);
  on_change(o);
}

const char *operator_begin(struct operator *o, const struct operation *op, const struct values *v, const struct plan *plan, struct err *e) {
  struct task_view t;
  const struct drill *drill = o->driller ? drill_of(op) : NULL;
  if (!o->tasks || o->away) return err_set(e, -EPERM, "", "%s", o->away ? o->away : o->never ? o->never : "nothing can be run from here"), NULL;
  if (drill) {
    const char *task = driller_start(o->driller, drill, &(struct run_wish){.operation = op, .values = *v, .plan = plan}, e);
    on_change(o);
    return task;
  }
  if (!task_start(o->tasks, op, v, plan, e)) return NULL;
  task_look(o->tasks, 0, &t);
  on_change(o);
  return t.id;
}

bool operator_look(const struct operator *o, const char *task, struct task_view *ret) {
  for (size_t n = 0; o->tasks && n < tasks_count(o->tasks); n++) {
    task_look(o->tasks, n, ret);
    if (str_eq(ret->id, task)) return true;
  }
  return false;
}

bool operator_drilling(const struct operator *o) { return driller_busy(o->driller); }

static void start(struct operator *o) {
  struct app *app = &o->console->app;
  struct run_wish *r = &app->acting.run;
  struct err e = {0};
  struct task_view t;
  if (!r->operation) return;
  if (o->away) {
    app_ran(app, NULL, o->away);
    return;
  }
  if (o->leader && app->acting.rest_count) {
    app_ran(app, NULL, "nothing ran: several things are being done one after the other already; begin these when they have ended");
    return;
  }
  if (o->driller && r->operation == &drill_window) {
    const char *first = driller_order(o->driller, r, &e);
    app_ran(app, NULL, first ? NULL : e.text);
    if (first) app_show_drill(app, first);
    on_change(o);
    return;
  }
  const struct drill *drill = o->driller ? drill_of(r->operation) : NULL;
  if (drill) {
    const char *task = driller_start(o->driller, drill, r, &e);
    if (task) guider_began(o->console->guider, r->operation, &r->values);
    app_ran(app, task, task ? NULL : e.text);
    if (task) app_show_drill(app, drill->operation.name);
    on_change(o);
    return;
  }
  if (!o->tasks || !task_start(o->tasks, r->operation, &r->values, r->plan, &e)) {
    app_ran(app, NULL, o->tasks ? e.text : o->never);
    return;
  }
  task_look(o->tasks, 0, &t);
  if (app->acting.rest_count) {
    o->rest = app->acting.rest;
    o->rest_count = app->acting.rest_count;
    app->acting.rest = NULL;
    app->acting.rest_count = 0;
    o->leader = mem_strdup(t.id);
  }
  guider_began(o->console->guider, r->operation, &r->values);
  app_ran(app, t.id, NULL);
  on_change(o);
}

/* ---- several, one after the other ---- */

static const char *target_of(const struct run_wish *r) { return r->values.list.count ? r->values.list.item[0].text : "?"; }

static void end_batch(struct operator *o, const char *why) {
  CLEANUP(str_free) struct str says = {0};
  str_addf(&says, "%s; not begun: ", why);
  for (size_t i = o->rest_at; i < o->rest_count; i++) str_addf(&says, "%s%s", i > o->rest_at ? ", " : "", target_of(&o->rest[i]));
  drop_batch(o);
  app_say(&o->console->app, str_text(&says));
}

static void begin_next(struct operator *o) {
  struct run_wish *r = &o->rest[o->rest_at];
  struct err e = {0};
  struct task_view t;
  struct task *task = task_start(o->tasks, r->operation, &r->values, r->plan, &e);
  if (!task) {
    end_batch(o, e.text);
    return;
  }
  const struct app *app = &o->console->app;
  bool watched = !app->acting.sheet && app->view == VIEW_DETAIL && app->detail_list == LIST_TASKS && str_eq(app->detail_id, o->leader);
  task_follows(task);
  task_look(o->tasks, 0, &t);
  mem_free(o->leader);
  o->leader = mem_strdup(t.id);
  run_wish_free(r);
  if (++o->rest_at == o->rest_count) drop_batch(o); /* nothing waits for that one */
  if (watched) app_show_task(&o->console->app, t.id); /* who does something else goes on with it */
}

static void follow_batch(struct operator *o) {
  struct task_view t;
  if (!o->leader) return;
  for (size_t n = 0; n < tasks_count(o->tasks); n++) {
    task_look(o->tasks, n, &t);
    if (!str_eq(t.id, o->leader)) continue;
    if (!task_ended(t.state)) return;
    if (t.state == TASK_VERIFIED) begin_next(o);
    else {
      CLEANUP(mem_freep) char *why = mem_printf("%s%s%s: %s", t.title ? t.title : "the task", t.target ? " " : "", t.target ? t.target : "", task_state_names[t.state]);
      end_batch(o, why);
    }
    on_change(o);
    return;
  }
  end_batch(o, "the task that ran is not there any more");
}

static void tell(struct operator *o) {
  struct acting *a = &o->console->app.acting;
  struct task_view t;
  struct err e = {0};
  size_t n = 0, count = o->tasks && !o->away ? tasks_count(o->tasks) : 0;
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
