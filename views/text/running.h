/* A plan of a session that is shown, confirmed, run and verified; a drill likewise. What `run`, `drill` and `guide` share. */
#ifndef TEXT_RUNNING_H
#define TEXT_RUNNING_H
#include "ops/drill.h"
#include "run/task.h"
#include "views/text/session.h"

struct running {
  struct session *session;
  const char *state;     /* the state directory; NULL: nothing is kept */
  struct tasks *tasks;   /* the one that ran, until running_end() */
  bool json, asked;
  size_t said_lines;     /* of the task's output, those that were dropped included */
  enum step_state *said_steps;
  size_t step_count;
  char said[512];
  int interrupts;
};
void running_watch(struct running *r); /* it hears of the session's snapshots and signals from now on */
int running_go(struct running *r);     /* the session's plan: shown, confirmed, run to its end. The exit code */
void running_end(struct running *r);
/* A drill in an open session, its plan made here; the report as Markdown goes to ret_report too (NULL: not wanted). */
int drill_here(struct session *s, const struct drill *row, const char *state, const char *who, bool json, struct str *ret_report);
#endif
