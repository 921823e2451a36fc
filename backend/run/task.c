#include "run/task.h"
#include "base/clock.h"
#include "run/task_parts.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const char *const task_state_names[] = {"asking", "locking", "running", "waiting", "asked", "verifying", "verified", "failed", "refused", "unknown", "locked", "cancelled", "interrupted", NULL};
const char *const step_state_names[] = {"todo", "already", "active", "done", "failed", "lost", "undone", NULL};

int task_exit(enum task_state s) {
  static const int codes[] = {[TASK_VERIFIED] = 0, [TASK_FAILED] = 1, [TASK_REFUSED] = 2, [TASK_UNKNOWN] = 3, [TASK_LOCKED] = 75, [TASK_CANCELLED] = 130, [TASK_INTERRUPTED] = 3};
  return s >= TASK_VERIFIED ? codes[s] : 3;
}

int64_t task_now(const struct task *t) { return t->tasks->snap ? t->tasks->snap->now : 0; }
int64_t task_wall(const struct task *t) { return t->tasks->snap ? t->tasks->snap->at : clock_wall_ms(); }
int64_t task_stamp(const struct task *t) { return t->tasks->o.clock ? t->tasks->o.clock(t->tasks->o.owner) : task_wall(t); }

void task_changed(struct task *t) {
  if (!timer_armed(t->tasks->changed)) timer_set(t->tasks->changed, 0);
}

void task_say(struct task *t, const char *format, ...) {
  char text[sizeof t->text];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  if (!strcmp(text, t->text)) return;
  memcpy(t->text, text, sizeof text);
  task_changed(t);
}

/* ---- from phase to phase ---- */

static void on_asked(void *owner) {
  struct task *t = owner;
  t->asking = NULL;
  t->phase = PHASE_PLAN;
  task_advance(t);
}

static void begin_survey(struct task *t) {
  t->phase = PHASE_SURVEY;
  t->state = TASK_ASKING;
  if (!t->operation) {
    steps_begin(t);
    return;
  }
  task_say(t, "asking the hosts once more");
  operation_survey(t->operation, t->tasks->snap, &t->values, t->arena, &t->survey);
  t->asking = survey_ask(t->tasks->o.loop, t->tasks->o.executor, &t->survey, t->arena, on_asked, t);
}

static void on_lock(void *owner, enum lock_state state, const char *text) {
  struct task *t = owner;
  if (state == LOCK_LOST) {
    t->lock_lost = true;
    line_add(t, true, text, strlen(text));
    task_advance(t);
  } else if (t->phase != PHASE_LOCK) {
    return;
  } else if (state == LOCK_HELD) {
    begin_survey(t);
    task_advance(t);
  } else if (state == LOCK_BUSY) {
    task_end(t, TASK_LOCKED, "nothing ran: %s", text);
  } else if (state == LOCK_TRYING) {
    task_say(t, "%s", text);
  } else if (value_yes(&t->values, "force")) {
    line_add(t, true, text, strlen(text));
    t->lockless = true;
    begin_survey(t);
    task_advance(t);
  } else {
    task_end(t, TASK_REFUSED, "nothing ran: %s; force=yes goes on without it", text);
  }
}

/* Something of pacemaker is known: then there is a cluster whose lock is to be held. */
static bool has_cluster(const struct snapshot *s) {
  for (size_t i = 0; i < s->hosts.count; i++)
    if (s->hosts.item[i].pacemaker != NODE_UNKNOWN || s->hosts.item[i].membership != MEMBERSHIP_UNKNOWN) return true;
  return s->cluster.name != NULL;
}

static void begin_lock(struct task *t) {
  struct planning p = {.snap = t->tasks->snap, .arena = t->arena};
  const char *host = cluster_host(&p);
  bool cluster = has_cluster(t->tasks->snap), force = value_yes(&t->values, "force");
  t->phase = PHASE_LOCK;
  t->state = TASK_LOCKING;
  kept_write(t);
  if (t->plan->lock != TRUTH_YES || (cluster && !host && force)) {
    begin_survey(t);
  } else if (cluster && !host) {
    task_end(t, TASK_REFUSED, "nothing ran: no node runs pacemaker, so the operator lock cannot be held; force=yes goes on without it");
  } else {
    task_say(t, "taking the operator lock");
    t->lock = lock_take(t->tasks->o.executor, host, t->tasks->state_dir, t->tasks->who, on_lock, t);
    lock_tick(t->lock, task_now(t));
  }
}

static const char *missing_secret(const struct task *t) {
  for (size_t i = 0; i < t->plan->steps.count; i++) {
    const char *name = t->plan->steps.item[i].secret;
    if (name && !value_of_name(&t->values, name)) return name;
  }
  return NULL;
}

static bool lacks_terminal(const struct task *t) {
  for (size_t i = 0; i < t->plan->steps.count; i++)
    if (t->plan->steps.item[i].kind == STEP_HANDOVER && !t->tasks->o.terminal) return true;
  return false;
}

/* What must not have changed since it was confirmed. */
static void canonical_of(const struct task *t, const struct plan *p, struct str *out) {
  struct plan compared = *p;
  if (t->follows) compared.consequence.count = 0;
  plan_canonical(&compared, out);
}

/* Made again, of what is read now: the confirmation was for that plan and for no other. */
static void plan_again(struct task *t) {
  CLEANUP(str_free) struct str canonical = {0};
  struct plan *p = operation_plan(t->operation, t->tasks->snap, &t->values, &t->survey, t->arena);
  canonical_of(t, p, &canonical);
  bool same = canonical.len == t->confirmed.len && !memcmp(str_text(&canonical), str_text(&t->confirmed), canonical.len);
  t->plan = p;
  if (p->allowed != TRUTH_YES) {
    task_end(t, TASK_REFUSED, "nothing ran: %s%s%s", p->why ? p->why : "it is refused now", p->when ? "; it passes " : "", p->when ? p->when : "");
  } else if (!same) {
    task_end(t, TASK_REFUSED, "nothing ran: the cluster has changed, and the plan is no longer the one that was confirmed; look at it again");
  } else if (missing_secret(t)) {
    task_end(t, TASK_REFUSED, "nothing ran: the %s was not given", missing_secret(t));
  } else if (lacks_terminal(t)) {
    task_end(t, TASK_REFUSED, "nothing ran: it hands a terminal over, and there is none here; run it on one");
  } else {
    t->outputs = arena_array(t->arena, p->steps.count + 1, sizeof *t->outputs);
    if (p->danger >= 2 && t->tasks->state_dir) t->phase = PHASE_COPY;
    else steps_begin(t);
  }
}

static void verify_turn(struct task *t) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  const char *unmet;
  enum truth whole = task_proven(t, a, &unmet);
  int64_t limit = t->plan->verify_ms > 0 ? t->plan->verify_ms : 60000;
  if (!t->plan->verify.count) {
    task_end(t, TASK_VERIFIED, "done");
  } else if (whole == TRUTH_YES && task_settled(t)) {
    task_end(t, TASK_VERIFIED, "done, and verified by later readings");
  } else if (t->stop) {
    task_end(t, TASK_UNKNOWN, "%s before it was verified: %s", t->stop_text, *unmet ? unmet : "readings were not new enough");
  } else if (task_now(t) - t->verify_began < limit + SETTLE_MS) {
    task_say(t, "every step is done; verifying%s%s", *unmet ? ": " : "", unmet);
  } else if (whole == TRUTH_NO) {
    task_end(t, TASK_FAILED, "every step is done, but it is not so: %s", unmet);
  } else {
    task_end(t, TASK_UNKNOWN, "every step is done, but nobody can tell whether it worked: %s", unmet);
  }
}

void task_advance(struct task *t) {
  if (!t->tasks->snap || t->exec) return;
  if (t->phase == PHASE_QUEUED) begin_lock(t);
  if (t->phase == PHASE_PLAN) plan_again(t);
  if (t->phase == PHASE_COPY) copies_turn(t);
  if (t->phase == PHASE_STEPS) steps_turn(t);
  if (t->phase == PHASE_VERIFY) verify_turn(t);
}

/* ---- all of them ---- */

/* One after the other: two of one console would fight over the same locks. */
static struct task *active(const struct tasks *all) {
  for (size_t i = 0; i < all->count; i++)
    if (!all->item[i]->finished) return all->item[i];
  return NULL;
}

static void on_changed(void *owner) {
  struct tasks *all = owner;
  struct task *t = active(all);
  if (t && t->phase == PHASE_QUEUED) task_advance(t);
  if (all->o.on_change) all->o.on_change(all->o.owner);
}

struct tasks *tasks_new(const struct tasks_options *o, struct err *e) {
  struct tasks *all = mem_alloc(sizeof *all);
  *all = (struct tasks){.o = *o, .state_dir = mem_strdup(o->state_dir), .who = mem_strdup(o->who ? o->who : "?")};
  all->changed = loop_timer(o->loop, -1, on_changed, all);
  if (all->state_dir && (kept_prepare(all->state_dir, e) || !(all->audit = audit_open(all->state_dir, all->who, e)))) {
    tasks_free(all);
    return NULL;
  }
  if (all->state_dir) kept_find(all);
  return all;
}

void tasks_free(struct tasks *all) {
  if (!all) return;
  for (size_t i = 0; i < all->count; i++) task_free(all->item[i]);
  mem_free(all->item);
  timer_end(all->changed);
  audit_close(all->audit);
  snapshot_drop(all->snap);
  mem_free(all->state_dir);
  mem_free(all->who);
  mem_free(all);
}

void tasks_see(struct tasks *all, struct snapshot *s) {
  if (s != all->snap) {
    snapshot_drop(all->snap);
    all->snap = snapshot_keep(s);
  }
  executor_see(all->o.executor, s);
  for (size_t i = 0; i < all->count; i++) {
    struct task *t = all->item[i];
    if (t->state == TASK_INTERRUPTED) kept_judge(t);
    if (t->lock && !t->finished) lock_tick(t->lock, s->now);
  }
  struct task *t = active(all);
  if (t) task_advance(t);
}

static void name_task(struct task *t) {
  time_t s = (time_t)(clock_wall_ms() / 1000);
  struct tm tm;
  gmtime_r(&s, &tm);
  size_t n = strftime(t->id, sizeof t->id, "%Y%m%dT%H%M%SZ", &tm);
  snprintf(t->id + n, sizeof t->id - n, "-%d-%zu", (int)getpid(), ++t->tasks->serial);
}

static struct plan *plan_copy(const struct plan *p, struct arena *a) {
  CLEANUP(str_free) struct str text = {0};
  struct plan *copy = arena_alloc(a, sizeof *copy);
  shape_init(&plan_shape, copy);
  shape_encode(&plan_shape, p, &text);
  shape_decode_text(&plan_shape, text.data, text.len, copy, a, NULL);
  return copy;
}

static struct task *task_new(struct tasks *all, const struct plan *p) {
  struct task *t = mem_alloc(sizeof *t);
  *t = (struct task){.tasks = all, .arena = arena_new(), .state = TASK_ASKING, .began = all->snap ? all->snap->at : clock_wall_ms(), .ended = UNKNOWN_INT, .ran_at = UNKNOWN_INT, .who = all->who};
  t->plan = plan_copy(p, t->arena);
  t->title = arena_strdup(t->arena, p->title ? p->title : "");
  t->target = arena_strdup(t->arena, p->target);
  t->name = arena_strdup(t->arena, p->operation ? p->operation : "");
  plan_canonical(p, &t->confirmed);
  name_task(t);
  snprintf(t->text, sizeof t->text, "waits for its turn");
  return t;
}

/* Nothing is begun that the audit does not hold. */
static struct task *admit(struct tasks *all, struct task *t, const struct plan *p, struct err *e) {
  if (all->audit && audit_plan(all->audit, t->id, p, e)) {
    t->finished = true;
    task_free(t);
    return NULL;
  }
  all->item = mem_grow(all->item, all->count + 1, sizeof *all->item);
  all->item[all->count++] = t;
  timer_set(all->changed, 0);
  return t;
}

static bool may_act(const struct tasks *all, const struct plan *p, struct err *e) {
  if (!all->o.executor) err_set(e, -EPERM, "start it without --read-only", "this console can only read");
  else if (p->allowed != TRUTH_YES) err_set(e, -EPERM, "", "%s", p->why ? p->why : "the plan is refused");
  else return true;
  return false;
}

void task_follows(struct task *t) {
  if (t->plan->danger >= 2 || t->phase != PHASE_QUEUED) return;
  t->follows = true;
  str_reset(&t->confirmed);
  canonical_of(t, t->plan, &t->confirmed);
}

struct task *task_start(struct tasks *all, const struct operation *o, const struct values *v, const struct plan *confirmed, struct err *e) {
  if (!may_act(all, confirmed, e)) return NULL;
  struct task *t = task_new(all, confirmed);
  t->operation = o;
  for (size_t i = 0; i < v->list.count; i++) values_add(t->arena, &t->values, v->list.item[i].name, v->list.item[i].text, v->list.item[i].secret);
  return admit(all, t, confirmed, e);
}

static struct task *nth(const struct tasks *all, size_t n) { return n < all->count ? all->item[all->count - 1 - n] : NULL; }
size_t tasks_count(const struct tasks *all) { return all->count; }

void task_look(const struct tasks *all, size_t n, struct task_view *ret) {
  const struct task *t = nth(all, n);
  *ret = (struct task_view){0};
  if (!t) return;
  *ret = (struct task_view){.id = t->id, .operation = t->name, .title = t->title, .target = t->target, .who = t->who, .began = t->began, .ended = t->ended, .state = t->state, .plan = t->plan,
                            .step = t->step < t->plan->steps.count || !t->step ? t->step : t->step - 1, .steps = t->steps, .took_ms = t->took_ms, .began_at = t->began_at, .ended_at = t->ended_at, .lines = t->lines, .line_count = t->line_count,
                            .lines_dropped = t->lines_dropped, .text = t->text, .copies = &t->copies};
}

/* ---- what an operator does with one ---- */

void task_cancel(struct tasks *all, size_t n) {
  struct task *t = nth(all, n);
  if (!t || t->phase == PHASE_ENDED || t->away) return; /* who has the terminal ends it there */
  if (!t->exec || t->use != USE_RUN) {
    bool began = t->phase >= PHASE_STEPS && t->ran_at != UNKNOWN_INT;
    if (t->at == STEP_IS_LOST && t->phase == PHASE_STEPS) task_end(t, TASK_UNKNOWN, "stopped by the operator; nobody knows whether step %zu ran", t->step + 1);
    else task_end(t, TASK_CANCELLED, began ? "stopped by the operator before step %zu; what was done stands" : "stopped by the operator; nothing ran", t->step + 1);
    return;
  }
  const struct step *s = task_step(t);
  t->steps[t->step] = STEP_LOST;
  kept_write(t);
  task_end(t, TASK_CANCELLED, "stopped waiting by the operator; step %zu (%s%s%s) may run for %d s more, and until then nothing else begins", t->step + 1, s->say ? s->say : "", s->host ? ", on " : "",
           s->host ? s->host : "", (int)((s->deadline_ms + 999) / 1000));
}

void tasks_wind_down(struct tasks *all) {
  for (size_t i = 0; i < all->count; i++) {
    struct task *t = all->item[i];
    if (t->phase == PHASE_ENDED) continue;
    t->stop = true;
    t->stop_text = "the terminal is gone: stopped";
    if (t->phase < PHASE_STEPS) task_end(t, TASK_CANCELLED, "the terminal is gone; nothing ran");
    else if (!t->exec) task_advance(t);
  }
}

void task_answer(struct tasks *all, size_t n, bool yes) {
  struct task *t = nth(all, n);
  if (!t || t->state != TASK_ASKED) return;
  if (yes) {
    t->answered = true;
    task_advance(t);
    return;
  }
  size_t at = t->step + 1;
  step_ends(t, STEP_FAILED, UNKNOWN_INT, "the operator said no");
  task_end(t, TASK_CANCELLED, "the operator said no at step %zu; what was done stands", at);
}

bool step_leaves(const struct step *s, enum step_state state) { return s->undo.count && (state == STEP_DONE || (state == STEP_FAILED && s->half == TRUTH_YES)); }

struct plan *task_undo_plan(const struct tasks *all, size_t n, struct arena *a) {
  const struct task *t = nth(all, n);
  struct plan *p = arena_alloc(a, sizeof *p);
  if (!t || !t->finished || !t->steps) return NULL;
  shape_init(&plan_shape, p);
  p->schema = 1;
  p->operation = arena_strdup(a, t->name);
  p->title = arena_printf(a, "Take back: %s", t->title);
  p->target = arena_strdup(a, t->target);
  p->allowed = p->lock = TRUTH_YES;
  p->lock = t->plan->lock;
  p->gluster = t->plan->gluster;
  p->danger = t->plan->danger > 1 ? 2 : 1;
  p->confirm = arena_strdup(a, t->plan->confirm ? t->plan->confirm : "");
  p->verify_ms = 60000;
  texts_add(a, &p->consequence, "what was done is taken back, the last step first");
  for (size_t i = t->plan->steps.count; i-- > 0;) {
    const struct step *old = &t->plan->steps.item[i];
    if (!step_leaves(old, t->steps[i])) continue;
    struct step *s = list_add(a, &p->steps, &step_shape);
    s->kind = STEP_RUN;
    s->host = arena_strdup(a, old->host);
    s->say = arena_printf(a, "take back: %s", old->say ? old->say : "");
    for (size_t w = 0; w < old->undo.count; w++) texts_add(a, &s->argv, old->undo.item[w]);
    s->deadline_ms = old->deadline_ms;
  }
  return p->steps.count ? p : NULL;
}

struct task *task_undo(struct tasks *all, size_t n, struct err *e) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  const struct plan *p = task_undo_plan(all, n, a);
  if (!p) err_set(e, -EINVAL, "", "nothing of it can be taken back");
  if (!p || !may_act(all, p, e)) return NULL;
  struct task *t = task_new(all, p);
  t->undoes = nth(all, n);
  return admit(all, t, p, e);
}

void task_forget(struct tasks *all, size_t n) {
  struct task *t = nth(all, n);
  if (!t || !t->finished) return;
  for (size_t i = 0; i < all->count; i++)
    if (all->item[i]->undoes == t) all->item[i]->undoes = NULL;
  kept_remove(t);
  memmove(all->item + all->count - 1 - n, all->item + all->count - n, n * sizeof *all->item);
  all->count--;
  task_free(t);
}

bool tasks_busy(const struct tasks *all) { return active(all) != NULL; }
