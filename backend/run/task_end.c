#include "run/task_parts.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void task_wipe(struct task *t) {
  for (size_t i = 0; i < t->values.list.count; i++) {
    struct value *v = &t->values.list.item[i];
    if (v->secret && v->text) explicit_bzero((char *)v->text, strlen(v->text)), v->text = NULL;
  }
}

static void lock_gone(void *owner) {
  struct task *t = owner;
  t->lock = NULL;
  t->finished = true;
  task_changed(t);
}

void task_let_go(struct task *t) {
  if (t->exec || t->finished) return;
  if (t->quiet && t->tasks->o.quiet) t->tasks->o.quiet(t->tasks->o.owner, false);
  t->quiet = false;
  task_wipe(t);
  kept_remove(t);
  task_changed(t);
  if (t->lock) lock_give_back(t->lock, lock_gone, t);
  else t->finished = true;
}

void task_end(struct task *t, enum task_state state, const char *format, ...) {
  va_list ap;
  if (t->phase == PHASE_ENDED) return;
  va_start(ap, format);
  vsnprintf(t->text, sizeof t->text, format, ap);
  va_end(ap);
  t->state = state;
  t->phase = PHASE_ENDED;
  t->ended = task_wall(t);
  asking_end(t->asking);
  t->asking = NULL;
  if (t->tasks->audit) audit_verdict(t->tasks->audit, t->id, task_state_names[state], t->text);
  if (t->undoes && state == TASK_VERIFIED)
    for (size_t i = 0; t->undoes->steps && i < t->undoes->plan->steps.count; i++)
      if (step_leaves(&t->undoes->plan->steps.item[i], t->undoes->steps[i])) t->undoes->steps[i] = STEP_UNDONE;
  task_changed(t);
  /* A command that changes something is waited for before what is held for it is let go; others are not. */
  if (t->exec && t->use != USE_RUN) t->tasks->o.executor->class->leave(t->exec);
  task_let_go(t);
}

void task_free(struct task *t) {
  asking_end(t->asking);
  if (t->exec) t->tasks->o.executor->class->leave(t->exec); /* the far side's deadline still ends it */
  if (t->quiet && t->tasks->o.quiet) t->tasks->o.quiet(t->tasks->o.owner, false);
  lock_drop(t->lock);
  task_wipe(t);
  lines_free(t);
  for (size_t i = 0; t->outputs && i <= t->plan->steps.count; i++) str_free(&t->outputs[i]);
  str_free(&t->confirmed);
  arena_free(t->arena);
  mem_free(t);
}
