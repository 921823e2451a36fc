#include "sources/gluster_lock.h"
#include <errno.h>

static int64_t since(int64_t now, int64_t then) { return then == UNKNOWN_INT ? INT64_MAX : now - then; }

enum lock_turn lock_next(const struct lock_past *past, const struct lock_now *at) {
  int64_t gap = since(at->now, past->asked);
  bool heals = at->heals && !at->hung_since; /* counting them asks the brick that hangs, and the lock is held meanwhile */
  if (at->quiet || at->suspect || at->changing) return LOCK_NONE;
  if (past->not_before != UNKNOWN_INT && at->now < past->not_before) return LOCK_NONE;
  if (gap < LOCK_FIRST_GAP_MS) return LOCK_NONE;
  if (past->space == UNKNOWN_INT) return LOCK_SPACE; /* the first of each need not wait for the minute */
  if (heals && past->heal == UNKNOWN_INT) return LOCK_HEAL;
  if (gap < LOCK_EVERY_MS + at->jitter) return LOCK_NONE;
  enum lock_turn other = at->has_task && past->tasks_next ? LOCK_TASKS : LOCK_SPACE;
  if (at->hung_since && past->space < at->hung_since) return LOCK_SPACE; /* what does gluster's own list say of that brick? */
  if (heals) return past->heals >= (at->task_runs ? 1 : LOCK_HEALS_A_SPACE) ? other : LOCK_HEAL;
  return at->task_runs || gap >= LOCK_SPACE_ALONE_MS ? other : LOCK_NONE;
}

void lock_asked(struct lock_past *past, enum lock_turn turn, int64_t now) {
  past->asked = now;
  if (turn == LOCK_HEAL) {
    past->heal = now;
    past->heals++;
    return;
  }
  if (turn == LOCK_SPACE) past->space = now;
  past->heals = 0;
  past->tasks_next = turn == LOCK_SPACE;
}

void lock_answered(struct lock_past *past, int code, int64_t now) {
  if (code == 0) past->not_before = UNKNOWN_INT;
  else past->not_before = now + (code == -ETIMEDOUT ? LOCK_MUTE_MS : LOCK_BUSY_MS);
}

void lock_clamp(struct lock_past *past, int64_t now) {
  int64_t *const times[] = {&past->asked, &past->space, &past->heal};
  for (size_t i = 0; i < COUNT(times); i++)
    if (*times[i] > now) *times[i] = now; /* UNKNOWN_INT is far in the past */
  if (past->not_before > now + LOCK_MUTE_MS) past->not_before = now + LOCK_MUTE_MS;
}

void lock_changed(struct lock_changes *c, int64_t now) {
  if (c->last == UNKNOWN_INT || now - c->last >= LOCK_CHANGE_MS) c->first = now;
  c->last = now;
}

bool lock_changing(const struct lock_changes *c, int64_t now) {
  if (c->last == UNKNOWN_INT || now - c->last >= LOCK_CHANGE_MS) return false;
  if (now - c->first < LOCK_CHANGE_MAX_MS) return true;
  return now - c->last < LOCK_AFTER_MS || now - c->last > LOCK_AFTER_END_MS;
}

void lock_waited(struct lock_changes *c, int64_t now) { c->first = now; }

bool peer_suspect(const struct gluster_peer *p, const struct gluster_alive *alive) {
  if (!alive || alive->answers == TRUTH_UNKNOWN) return true;
  return alive->answers == TRUTH_NO && p->connected != TRUTH_NO;
}
