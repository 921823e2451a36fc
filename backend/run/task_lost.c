/* A step of which nobody knows whether it ran: the connection was lost, or it was ended at its deadline. It is repeated only
 * when that does no harm. Its own condition says, or its test on the host, or, for the last command of all, what verifies
 * the whole; a no counts only when the far side's deadline is over. */
#include "run/task_parts.h"
#include <inttypes.h>
#include <string.h>

void step_lost(struct task *t, bool may_run_still, const char *why) {
  const struct step *s = task_step(t);
  t->at = STEP_IS_LOST;
  t->steps[t->step] = STEP_LOST;
  t->lost_until = may_run_still ? t->run_sent + s->deadline_ms + KILL_MS : task_now(t);
  t->again_at = may_run_still && s->harmless == TRUTH_YES && t->repeats < REPEATS_MAX ? task_now(t) + AGAIN_MS : UNKNOWN_INT;
  line_add(t, true, why, strlen(why));
  task_say(t, "step %zu: %s; later readings will tell whether it ran", t->step + 1, why);
  kept_write(t);
}

static void it_ran(struct task *t, const char *how) {
  task_say(t, "step %zu did run: %s", t->step + 1, how);
  step_ends(t, STEP_DONE, UNKNOWN_INT, how);
}

static void it_did_not(struct task *t, const char *how) {
  size_t n = t->step + 1;
  step_ends(t, STEP_FAILED, UNKNOWN_INT, how);
  task_end(t, TASK_FAILED, "step %zu did not take effect: %s", n, how);
}

void lost_tested(struct task *t, const struct exec_result *r) {
  if (r->end == EXEC_EXITED && !r->code) it_ran(t, "its test on the host says so");
  else if (r->end == EXEC_EXITED) it_did_not(t, "its test on the host says so");
  else t->again_at = task_now(t) + AGAIN_MS; /* asked again when the host answers */
}

void lost_turn(struct task *t) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  const struct step *s = task_step(t);
  const char *saw, *unmet = "";
  struct err e;
  bool over = task_now(t) >= t->lost_until, settled = task_settled(t);
  bool tells = s->already.name || s->test.count || t->again_at != UNKNOWN_INT || (last_command(t) && t->plan->verify.count); /* else nothing is worth waiting for */
  enum truth done = task_holds(t, &s->already, a, &saw);
  enum truth whole = !s->already.name && last_command(t) ? task_proven(t, a, &unmet) : TRUTH_UNKNOWN;
  if (whole == TRUTH_YES) done = TRUTH_YES, saw = "what it was for holds";
  if (done == TRUTH_YES && settled && task_read_since(t, &s->already, t->ran_at)) {
    it_ran(t, *saw ? saw : condition_text(&s->already, a));
  } else if (t->stop && over) {
    task_end(t, TASK_UNKNOWN, "%s; nobody knows whether step %zu ran", t->stop_text, t->step + 1);
  } else if (!s->test.count && t->again_at != UNKNOWN_INT && task_now(t) >= t->again_at && !t->stop) {
    t->repeats++;
    t->at = STEP_READY; /* it does no harm twice */
  } else if (over && s->test.count && (t->again_at == UNKNOWN_INT || task_now(t) >= t->again_at) && task_exec(t, USE_TEST, s->host, &s->test, &e)) {
    task_say(t, "step %zu: asking %s whether it ran", t->step + 1, s->host ? s->host : "this host");
  } else if (over && done == TRUTH_NO && settled && task_now(t) >= t->lost_until + SETTLE_MS && task_read_since(t, &s->already, t->lost_until)) {
    it_did_not(t, *saw ? saw : arena_printf(a, "%s: no", condition_text(&s->already, a)));
  } else if (task_now(t) >= t->lost_until + t->plan->verify_ms && whole == TRUTH_NO) {
    it_did_not(t, unmet);
  } else if (task_now(t) >= t->lost_until + (tells ? t->plan->verify_ms : 0)) {
    step_ends(t, STEP_LOST, UNKNOWN_INT, "nobody knows whether it ran");
    task_end(t, TASK_UNKNOWN, "nobody knows whether step %zu ran (%s%s%s), and later readings do not tell", t->step + 1, s->say ? s->say : "", s->host ? ", on " : "", s->host ? s->host : "");
  }
}
