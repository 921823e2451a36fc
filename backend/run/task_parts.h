/* The parts of a task. Internal to task*.c.
 *
 *   task.c       the list, what an operator does with it, from one phase to the next
 *   task_step.c  one step after the other
 *   task_lost.c  a step of which nobody knows whether it ran: later readings decide
 *   task_end.c   how it ends, what is held meanwhile
 *   task_copy.c  copies before danger 2
 *   task_store.c on disk while it runs; what others left there
 *   task_lines.c output, bounded and masked
 */
#ifndef RUN_TASK_PARTS_H
#define RUN_TASK_PARTS_H
#include "run/audit.h"
#include "run/lock.h"
#include "run/task.h"

enum { SETTLE_MS = 2500, STILL_MS = 10000, KILL_MS = 5000, AGAIN_MS = 5000, REPEATS_MAX = 3 };

enum task_phase { PHASE_QUEUED, PHASE_LOCK, PHASE_SURVEY, PHASE_PLAN, PHASE_COPY, PHASE_STEPS, PHASE_VERIFY, PHASE_ENDED };
enum step_phase { STEP_NEW, STEP_READY, STEP_IS_LOST };
enum exec_use { USE_RUN, USE_TEST, USE_COPY };

struct tasks {
  struct tasks_options o;
  char *state_dir, *who;
  struct audit *audit;   /* NULL without a state directory */
  struct snapshot *snap; /* the newest; NULL: none yet */
  struct task **item;    /* oldest first */
  size_t count, serial;
  struct timer *changed;
  bool freeing;
};

struct task {
  struct tasks *tasks;
  struct arena *arena;
  char id[64];
  const struct operation *operation; /* NULL: an undo, or found on disk */
  struct values values;
  struct str confirmed; /* canonical */
  bool follows;         /* tasks that were confirmed together with it ran before: its consequences are not compared */
  struct plan *plan;
  const char *title, *target, *name, *who;
  enum task_state state;
  enum task_phase phase;
  int64_t began, ended; /* wall */
  bool finished;        /* nothing of it runs or is held any more */
  bool stop;            /* no other step begins */
  const char *stop_text;
  struct task *undoes;

  struct survey survey;
  struct asking *asking;
  struct lock *lock;
  bool lock_lost, lockless, quiet, away; /* lockless: it could not be had, and the operator goes on without it */
  size_t copy;
  struct texts copies;

  size_t step;
  enum step_phase at;
  enum step_state *steps;
  int64_t *took_ms, *began_at, *ended_at;
  struct str *outputs;    /* of steps that another one reads */
  int64_t step_began, ran_at, run_sent, lost_until, again_at, verify_began; /* by the snapshots' time; ran_at: when the last command ended */
  int repeats;
  bool answered;
  struct exec *exec;
  enum exec_use use;
  char *input;            /* of exec; wiped */
  size_t input_len;
  uint64_t said;          /* which of its good exits' words were seen */
  char last[256];         /* the last line of stderr, else of stdout */
  bool last_err;

  struct task_line *lines;
  size_t line_count, lines_dropped;
  char text[512];
};

int64_t task_now(const struct task *t);  /* of the newest snapshot */
int64_t task_wall(const struct task *t);
int64_t task_stamp(const struct task *t); /* wall, as exactly as the options can tell */
void task_say(struct task *t, const char *format, ...) PRINTF(2, 3); /* how it stands */
void task_changed(struct task *t);
void task_advance(struct task *t);       /* as far as it goes now */
const struct step *task_step(const struct task *t);

/* task_step.c */
void steps_begin(struct task *t);        /* room for as many as the plan has */
void steps_turn(struct task *t);
void step_ends(struct task *t, enum step_state state, int64_t code, const char *text); /* and the next one is at hand, unless it failed */
enum truth task_holds(const struct task *t, const struct condition *c, struct arena *a, const char **saw); /* c->name NULL: unknown */
enum truth task_proven(const struct task *t, struct arena *a, const char **ret_unmet); /* all that verifies it */
bool task_settled(const struct task *t); /* what is read now is of after the last command */
bool task_read_since(const struct task *t, const struct condition *c, int64_t when); /* all that it rests on */
bool task_exec(struct task *t, enum exec_use use, const char *host, const struct texts *argv, struct err *e);
bool last_command(const struct task *t);

/* task_lost.c */
void step_lost(struct task *t, bool may_run_still, const char *why);
void lost_turn(struct task *t);
void lost_tested(struct task *t, const struct exec_result *r);

/* task_end.c */
void task_end(struct task *t, enum task_state state, const char *format, ...) PRINTF(3, 4);
void task_let_go(struct task *t);        /* the lock, the quiet, the secrets, when nothing runs any more */
void task_free(struct task *t);
void task_wipe(struct task *t);          /* its secrets */

/* task_copy.c */
void copies_turn(struct task *t);        /* one after the other, then the steps */
void copied(struct task *t, const struct exec_result *r);

/* task_store.c */
int kept_prepare(const char *state_dir, struct err *e);
void kept_write(const struct task *t);  /* atomically, 0600 */
void kept_remove(const struct task *t);
void kept_find(struct tasks *t);        /* what consoles that are gone left behind */
void kept_judge(struct task *t);        /* one of these: what stands, by the newest snapshot */

/* task_lines.c */
void line_add(struct task *t, bool err, const char *text, size_t len);
void lines_free(struct task *t);
#endif
