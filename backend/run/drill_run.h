/* A drill that runs: its task, watched from snapshot to snapshot, ended at once when something else breaks, taken back when it failed,
 * and its report. The task does what it does (run/task.h); nothing in here changes anything but by it. Beside it only questions
 * are asked: pings of the host that is hit, and at the end the hosts' logs. */
#ifndef RUN_DRILL_RUN_H
#define RUN_DRILL_RUN_H
#include "ops/drill.h"
#include "run/task.h"

struct drill_run;
struct drill_run_options {
  struct loop *loop;
  struct tasks *tasks;
  struct executor *executor;
  const char *state_dir;  /* reports are kept there; NULL: nowhere */
  const char *who;
  int64_t (*clock)(void *owner); /* wall ms of now */
  void (*mask)(char *bytes, size_t len); /* secrets in log lines; NULL: none are looked for */
  void *owner;
};
/* Begins: the task is started. s: what was there before, kept. NULL with e set: nothing runs. */
struct drill_run *drill_run_start(const struct drill_run_options *o, const struct drill *d, const struct values *v, const struct plan *confirmed, struct snapshot *s, struct err *e);
void drill_run_free(struct drill_run *r);                        /* NULL is fine; the task is left to `tasks` */
void drill_run_see(struct drill_run *r, struct snapshot *s);     /* each new one, after tasks_see() */
void drill_run_abort(struct drill_run *r, const char *why);      /* ends it and takes it back */
void drill_run_wind_down(struct drill_run *r);                   /* the terminal is gone: tasks_wind_down() was called; the timer takes it back */
bool drill_run_over(const struct drill_run *r);                  /* and its report is kept */
/* As it stands now, in a. */
struct drill_report *drill_run_report(const struct drill_run *r, struct arena *a);
const struct drill_event *drill_run_events(const struct drill_run *r, size_t *ret_count); /* as they were noticed; borrowed until the next is */
int64_t drill_run_injected(const struct drill_run *r);           /* wall ms; unknown: not yet */
const char *drill_run_target(const struct drill_run *r);
const char *drill_run_name(const struct drill_run *r);
const char *drill_run_task(const struct drill_run *r);           /* the id of its task */
const char *drill_run_text(const struct drill_run *r);           /* what is being done, a sentence */
int64_t drill_run_reverts_at(const struct drill_run *r);         /* when the timer takes it back, wall ms; unknown: it is not armed */
/* The report of one that was not begun: its plan p is refused. In a. */
struct drill_report *drill_refused(const struct drill *d, const struct plan *p, const struct values *v, const struct snapshot *s, int64_t now, struct arena *a);
int drill_exit(int verdict);                                     /* the contract's exit code */

/* ---- reports that are kept ---- */
int drill_keep(const char *state_dir, const struct drill_report *r, struct err *e);
enum { DRILLS_KEPT_MAX = 1000 };
/* The newest of them, oldest first, in a. What does not parse is left out. */
struct drill_reports { struct drill_report **item; size_t count; };
void drills_kept(const char *state_dir, struct arena *a, struct drill_reports *ret);
/* Tasks that consoles left behind in the middle of a drill: a report of what is known of each that has none yet. */
void drills_adopt(const char *state_dir, const struct tasks *t, int64_t now);
#endif
