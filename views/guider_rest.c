/* All that is left, one operation after the other: look, plan, run, look again. It goes on only while each is allowed without
 * force, verified, and seen by the check; what is dangerous, and what wants a password, is opened for the operator as if it had
 * been chosen by hand, and goes on when it was confirmed. Time is the feed's. */
#include "views/guider_parts.h"
#include "base/clock.h"
#include "views/operator.h"
#include <string.h>

enum { SETTLE_MS = 60000 /* what a task did may be seen so late */, SETTLE_STEP_MS = 3000 };

static void say(struct guider *g, char *text) { /* takes it */
  mem_free(g->rest.text);
  g->rest.text = text;
  g->rest.shown.text = text;
}

static void drop_operation(struct rest *r) {
  values_wipe(&r->values);
  r->values = r->plain = (struct values){0};
  round_drop(&r->round);
  mem_free(r->say);
  mem_free(r->secret);
  mem_free(r->secret_from);
  r->say = r->secret = r->secret_from = NULL;
  r->operation = NULL;
}

void rest_free(struct rest *r) {
  drop_operation(r);
  mem_free(r->text);
  mem_free(r->task);
  *r = (struct rest){0};
}

static void end(struct guider *g, char *text) {
  struct rest *r = &g->rest;
  drop_operation(r);
  mem_free(r->task);
  r->task = NULL;
  r->phase = REST_OFF;
  r->shown.on = r->shown.waits = false;
  r->shown.over = true;
  say(g, text);
  guider_tell(g);
}

void rest_stop(struct guider *g, const char *why) {
  if (g->rest.shown.on) end(g, mem_strdup(why));
}

static void begin_looking(struct guider *g) {
  g->rest.phase = REST_LOOK;
  g->rest.shown.waits = false;
  g->rest.since = guider_wall(g);
  guider_ask(g);
}

void rest_begin(struct guider *g) {
  struct rest *r = &g->rest;
  if (r->shown.on || !g->executor) return;
  rest_free(r);
  r->shown.on = true;
  r->shown.step = guide_next(g->book, g->found);
  say(g, mem_strdup("looking"));
  begin_looking(g);
}

/* ---- what was typed for one operation serves the others that ask for the same ---- */

void guider_began(struct guider *g, const struct operation *o, const struct values *v) {
  const struct rest *r = g ? &g->rest : NULL;
  if (!r || !r->shown.on || r->phase != REST_OPERATOR || o != r->operation) return;
  for (size_t i = 0; i < v->list.count; i++)
    if (v->list.item[i].secret && str_eq(v->list.item[i].name, r->secret)) guider_secret(g, r->secret_from ? r->secret_from : r->secret, v->list.item[i].text);
}

/* ---- one operation ---- */

static void follow_task(struct guider *g, const char *task) {
  struct rest *r = &g->rest;
  mem_free(r->task);
  r->task = mem_strdup(task);
  r->phase = REST_TASK;
  r->shown.waits = false;
  say(g, mem_printf("%s", r->say && *r->say ? r->say : r->operation->title));
}

static void run(struct guider *g) {
  struct rest *r = &g->rest;
  struct err e = {0};
  struct arena *a = arena_new();
  struct plan *plan = operation_plan(r->operation, g->console->newest, &r->values, &r->round.survey, a);
  if (plan->allowed != TRUTH_YES) end(g, mem_printf("stopped: %s is refused: %s%s%s", r->operation->title, plan->why ? plan->why : "no reason is known", plan->when && *plan->when ? "; it passes " : "", plan->when ? plan->when : ""));
  else if (plan->danger >= 2) {
    r->phase = REST_OPERATOR;
    r->shown.waits = true;
    say(g, mem_printf("%s is dangerous: it waits for your word", r->operation->title));
  } else {
    const char *task = operator_begin(g->console->operator, r->operation, &r->values, plan, &e);
    if (!task) end(g, mem_printf("stopped: %s%s%s", e.text, *e.todo ? "; " : "", e.todo));
    else {
      guide_show(&g->console->app, r->step);
      g->console->app.guide.ran = r->step + 1;
      guide_ran(&g->console->app, task);
      follow_task(g, task);
    }
  }
  arena_free(a);
}

static void on_questions(void *owner) {
  struct guider *g = owner;
  g->rest.round.asking = NULL;
  run(g);
  guider_tell(g);
}

static void begin(struct guider *g, const struct guide_run *run_of) {
  struct rest *r = &g->rest;
  const char *lacks;
  struct err e = {0};
  drop_operation(r);
  r->opened = false;
  r->operation = run_of->operation;
  r->say = mem_strdup(run_of->say);
  r->secret = mem_strdup(run_of->secret);
  r->secret_from = mem_strdup(run_of->secret_from);
  r->round.arena = arena_new();
  for (size_t i = 0; i < run_of->values.list.count; i++) values_add(r->round.arena, &r->plain, run_of->values.list.item[i].name, run_of->values.list.item[i].text, false);
  guider_values(g, run_of, r->round.arena, false, &r->values, &lacks);
  if (lacks) {
    r->phase = REST_OPERATOR;
    r->shown.waits = true;
    say(g, mem_printf("%s waits for you: it wants the password %s", r->operation->title, lacks));
    return;
  }
  r->phase = REST_PLAN;
  say(g, mem_printf("%s: being planned", r->operation->title));
  if (!guider_questions(g, r->operation, &r->values, &r->round, &e)) end(g, mem_printf("stopped: %s: %s%s%s", r->operation->title, e.text, *e.todo ? "; " : "", e.todo));
  else if (r->round.survey.answers.count) r->round.asking = survey_ask(g->console->loop, g->executor, &r->round.survey, r->round.arena, on_questions, g);
  else run(g);
}

/* ---- what is next ---- */

/* What has just been done may be seen a little later: then it is looked at again, for a while. */
static bool looks_on(struct guider *g) {
  int64_t now = guider_wall(g);
  size_t next = guide_next(g->book, g->found);
  int64_t most = next < g->book->count && g->book->steps[next].settles_ms > SETTLE_MS ? g->book->steps[next].settles_ms : SETTLE_MS;
  if (now - g->rest.since >= most) return false;
  if (!g->now.asking && now - g->answered_at >= SETTLE_STEP_MS) guider_ask(g);
  return true;
}

static void look(struct guider *g) {
  struct rest *r = &g->rest;
  struct arena *a = arena_new();
  struct guide_look l = guider_look(g);
  struct guide_runs runs = {0};
  size_t next = guide_next(g->book, g->found);
  const struct guide_found *f = next < g->book->count ? &g->found[next] : NULL;
  if (f) guide_left(&l, &g->book->steps[next], false, a, &runs);
  bool same = r->last && next == r->step && runs.list.count == r->left && (!runs.list.count || runs.list.item[0].operation == r->last);
  if (!f) end(g, mem_strdup("done, and every step seen to be so"));
  else if (r->last && next < r->step) looks_on(g) ? (void)0 : end(g, mem_printf("stopped: step %zu is not as it was: %s", next, f->text ? f->text : ""));
  else if (f->state == GUIDE_UNKNOWN || !runs.list.count || !runs.list.item[0].operation || same) {
    if (!looks_on(g)) {
      const char *why = guide_by_hand(&l, &g->book->steps[next], a);
      end(g, same ? mem_printf("stopped at step %zu: it was verified, and the check still says: %s", next, f->text ? f->text : "") : mem_printf("stopped at step %zu: %s", next, why ? why : f->text ? f->text : ""));
    } else say(g, mem_printf("looking until it is seen: %s", f->text ? f->text : ""));
  } else {
    r->step = next;
    r->left = runs.list.count;
    r->shown.step = next;
    guide_show(&g->console->app, next);
    begin(g, &runs.list.item[0]);
  }
  arena_free(a);
}

static void watch_task(struct guider *g) {
  struct rest *r = &g->rest;
  struct task_view t;
  if (!operator_look(g->console->operator, r->task, &t)) {
    end(g, mem_strdup("stopped: the task that ran is not there any more"));
    return;
  }
  if (!task_ended(t.state)) {
    if (t.text && *t.text) say(g, mem_printf("%s: %s", r->say && *r->say ? r->say : r->operation->title, t.text));
    return;
  }
  if (operator_drilling(g->console->operator)) return; /* its report is still being written */
  if (t.state != TASK_VERIFIED) {
    end(g, mem_printf("stopped: %s: %s%s%s", r->operation->title, task_state_names[t.state], t.text && *t.text ? ": " : "", t.text ? t.text : ""));
    return;
  }
  r->last = r->operation;
  say(g, mem_strdup("looking whether it is seen"));
  begin_looking(g);
}

static void open_for_operator(struct guider *g) {
  struct rest *r = &g->rest;
  struct arena *a = arena_new();
  struct input in;
  console_input(g->console, &in, a);
  r->opened = true;
  unsigned wants = guide_open_run(&g->console->app, &in, r->step, &(struct guide_run){r->operation, r->plain, r->say, r->secret, r->secret_from});
  arena_free(a);
  if (wants & APP_ASK) operator_wants(g->console->operator, APP_ASK);
  guider_tell(g);
}

/* The operator's turn: what was chosen for him is opened when he looks; he may leave it. */
static void watch_operator(struct guider *g) {
  struct rest *r = &g->rest;
  struct app *app = &g->console->app;
  if (r->opened && app->guide.task && !app->guide.running && app->guide.ran == r->step + 1 && !str_eq(app->guide.task, r->task)) follow_task(g, app->guide.task);
  else if (app->view != VIEW_GUIDE || app->acting.sheet || app->guide.over) return;
  else if (!r->opened) open_for_operator(g);
  else {
    app->guide.running = NULL;
    end(g, mem_printf("stopped: you left %s", r->operation->title));
  }
}

void rest_see(struct guider *g) {
  struct rest *r = &g->rest;
  if (!r->shown.on) return;
  switch (r->phase) {
  case REST_LOOK:
    if (!g->now.asking && g->answered_at != UNKNOWN_INT && g->answered_at >= r->since && g->looked) look(g);
    break;
  case REST_TASK: watch_task(g); break;
  case REST_OPERATOR: watch_operator(g); break;
  case REST_PLAN:
  case REST_OFF: break;
  }
}
