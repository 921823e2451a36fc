/* A task: a confirmed plan that runs, step by step, through an executor. The one effect path of the program: nothing else
 * starts a command that changes anything. It waits for snapshots, never for exit codes alone, and says what stands when it
 * cannot go on. Kept on disk while it runs, so that the next console finds what was interrupted. */
#ifndef RUN_TASK_H
#define RUN_TASK_H
#include "ops/operation.h"
#include "run/executor.h"

struct task;
struct tasks; /* all of this console: queue, history, what others left behind */

enum task_state {
  TASK_ASKING,    /* the survey and the plan again, compared with what was confirmed */
  TASK_LOCKING,   /* the operator lock */
  TASK_RUNNING,
  TASK_WAITING,   /* a WAIT step */
  TASK_ASKED,     /* an ASK step: task_answer() */
  TASK_VERIFYING,
  TASK_VERIFIED,  /* exit 0 */
  TASK_FAILED,    /* 1: a step failed or the verification did; what stands is said, undo is offered */
  TASK_REFUSED,   /* 2: nothing ran: the plan differs from what was confirmed, or is refused */
  TASK_UNKNOWN,   /* 3: a step may or may not have run and later readings do not tell */
  TASK_LOCKED,    /* 75: another operator holds the lock */
  TASK_CANCELLED, /* between two steps, or we stopped waiting for one */
  TASK_INTERRUPTED, /* found on disk: its console is gone */
};
enum step_state { STEP_TODO, STEP_ALREADY, STEP_ACTIVE, STEP_DONE, STEP_FAILED, STEP_LOST /* nobody knows */, STEP_UNDONE };

struct task_line { int64_t at; int step; bool err; const char *text; };
struct task_view { /* borrowed, until the next call */
  const char *id, *operation, *title, *target, *who;
  int64_t began, ended; /* wall ms; UNKNOWN_INT */
  enum task_state state;
  const struct plan *plan;
  size_t step;                    /* the one that is active or was last */
  const enum step_state *steps;   /* as many as the plan has */
  const int64_t *took_ms;
  const int64_t *began_at, *ended_at; /* of each step, wall ms by the options' clock; UNKNOWN_INT: not yet */
  const struct task_line *lines; size_t line_count, lines_dropped; /* output, bounded */
  const char *text;               /* a sentence how it stands */
  const struct texts *copies;     /* paths of what was copied beforehand */
};

struct tasks_options {
  struct loop *loop;
  struct executor *executor;  /* NULL: nothing can run */
  const char *state_dir;      /* audit, running tasks, copies; NULL: nothing is kept (simulation, tests) */
  const char *who;            /* "root@laptop (ssh from 10.0.0.5)" */
  void (*on_change)(void *owner);
  void (*quiet)(void *owner, bool quiet); /* gluster's readers keep away from the volume's lock meanwhile; may be NULL */
  void (*terminal)(void *owner, bool away); /* HANDOVER: leave the screen, it is back; NULL: such a step fails */
  int64_t (*clock)(void *owner); /* wall ms, to stamp steps with; NULL: the newest snapshot's */
  void *owner;
};
/* NULL with e set: the state directory or the audit cannot be written, so nothing may run. */
struct tasks *tasks_new(const struct tasks_options *o, struct err *e);
void tasks_free(struct tasks *t);   /* the running step is left to its far side; kept on disk as interrupted */
/* Each new snapshot, and at least one a second: keeps a reference. Time is the snapshots' own (now): tasks wait, and hold
 * the operator lock, by it and by no other clock. */
void tasks_see(struct tasks *t, struct snapshot *s);

/* Takes its own copies. confirmed: the plan the operator saw. The values' secrets live until the task ends, then wiped. It
 * waits until other tasks of this console have ended. NULL with e set: nothing runs (-EPERM: no executor, or the plan is
 * refused; else the audit could not be written). */
struct task *task_start(struct tasks *t, const struct operation *o, const struct values *v, const struct plan *confirmed, struct err *e);
/* Right after task_start(): others that were confirmed together with it have run meanwhile, so what comes of it is told
 * otherwise now. Its commands must still be those, and it must still be allowed. Not of one that is dangerous. */
void task_follows(struct task *t);
size_t tasks_count(const struct tasks *t);          /* newest first */
void task_look(const struct tasks *t, size_t n, struct task_view *ret);
void task_cancel(struct tasks *t, size_t n);        /* between steps at once; a running command: we stop waiting */
void task_answer(struct tasks *t, size_t n, bool yes); /* of an ASK step */
struct plan *task_undo_plan(const struct tasks *t, size_t n, struct arena *a); /* for showing it first; NULL: nothing can be taken back */
struct task *task_undo(struct tasks *t, size_t n, struct err *e); /* the done steps' undo in reverse, a task of its own */
void task_forget(struct tasks *t, size_t n);        /* an ended or interrupted one; else nothing happens */
bool tasks_busy(const struct tasks *t);             /* one has not ended, or a command that nobody waits for still runs */
void tasks_wind_down(struct tasks *t);              /* the running step ends, no other starts (SIGHUP) */
bool step_leaves(const struct step *s, enum step_state state); /* something that its undo would take back */
int task_exit(enum task_state s);                   /* the contract's exit code */
extern const char *const task_state_names[], *const step_state_names[];
#endif
