#include "sources/gluster_unsettled.h"

void unsettled_doubt(struct unsettled *u) {
  u->gap = UNSETTLED_MS;
  u->pending = UNKNOWN_INT;
}

void unsettled_counted(struct unsettled *u, int64_t pending) {
  bool less = pending != UNKNOWN_INT && (u->pending == UNKNOWN_INT || pending < u->pending);
  if (pending == 0) u->gap = 0;
  else if (!u->gap || less) u->gap = UNSETTLED_MS;
  else u->gap = u->gap * 2 < LOCK_EVERY_MS ? u->gap * 2 : LOCK_EVERY_MS;
  u->pending = pending;
}

enum lock_turn unsettled_next(const struct unsettled *u, const struct lock_past *past, const struct lock_now *at) {
  enum { SPACE_AFTER = 4 * LOCK_HEALS_A_SPACE };
  struct lock_past now = *past;
  if (u->forgiven > now.asked) now.not_before = UNKNOWN_INT; /* whoever did not answer then was that peer */
  enum lock_turn turn = lock_next(&now, at);
  if (turn || !u->gap || !at->heals || at->hung_since || now.asked == UNKNOWN_INT || at->now - now.asked < u->gap) return turn;
  struct lock_now later = *at; /* the rules but for the minute: nothing is asked in spite of them */
  later.now = now.asked + 2 * LOCK_EVERY_MS;
  later.jitter = 0;
  if (now.not_before != UNKNOWN_INT && at->now < now.not_before) return LOCK_NONE;
  now.not_before = UNKNOWN_INT;
  if (!lock_next(&now, &later)) return LOCK_NONE;
  return now.heals >= SPACE_AFTER ? LOCK_SPACE : LOCK_HEAL;
}
