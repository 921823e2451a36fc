/* When a request may be made that takes the volume's cluster-wide lock (STATUS and HEAL do, even for reading: while one
 * runs, an operator's command is refused, and with a hung peer the lock stays for minutes). Pure: the caller has the
 * clocks. At rest one such request a minute and volume; none while a peer is suspect or an operation runs, and while
 * somebody changes volumes by hand only one every few minutes. */
#ifndef SOURCES_GLUSTER_LOCK_H
#define SOURCES_GLUSTER_LOCK_H
#include "model/facts.h"

enum { LOCK_EVERY_MS = 60000, LOCK_JITTER_MS = 15000, LOCK_FIRST_GAP_MS = 1000, LOCK_SPACE_ALONE_MS = 300000, LOCK_HEALS_A_SPACE = 4 };
enum { LOCK_BUSY_MS = 60000, LOCK_MUTE_MS = 240000, LOCK_SETTLE_MS = 10000 }; /* back off: refused, unanswered, after a suspicion */

enum { LOCK_CHANGE_MS = 10000, LOCK_CHANGE_MAX_MS = 180000 };                        /* so long after a change; so long altogether */
enum { LOCK_AFTER_MS = 40, LOCK_AFTER_END_MS = 120 }; /* then right after one: its lock is about to be free, and the next command needs 70 ms only to start */

enum lock_turn { LOCK_NONE, LOCK_SPACE, LOCK_HEAL, LOCK_TASKS };

struct lock_past { /* of one volume; times in ms of one clock, UNKNOWN_INT for never */
  int64_t asked;         /* any request, whatever came of it, by any console */
  int64_t space, heal;   /* asked last, each */
  int64_t not_before;
  int heals;             /* since the last other turn */
  bool tasks_next;       /* of a volume with a task: tasks and space take turns */
};
struct lock_now {
  int64_t now;
  int64_t jitter;        /* 0 .. LOCK_JITTER_MS, drawn after each request */
  bool quiet;            /* an operation runs somewhere */
  bool suspect;          /* a peer is, or was until LOCK_SETTLE_MS ago */
  bool heals;            /* it is a volume that does */
  bool has_task;         /* a rebalance or the like was started on it once */
  bool task_runs;        /* and, as far as is known, has not ended */
  bool changing;         /* somebody is changing volumes right now */
  int64_t hung_since;    /* one of its bricks takes connections and does not answer, 0: none */
};
enum lock_turn lock_next(const struct lock_past *past, const struct lock_now *now);
/* What is remembered of a request: 0, -EBUSY (refused: somebody else is at it), -ETIMEDOUT, other -errno. */
void lock_asked(struct lock_past *past, enum lock_turn turn, int64_t now);
/* The clock may have been set back: nothing that is remembered may lie in the future for longer than it was meant to. */
void lock_clamp(struct lock_past *past, int64_t now);
void lock_answered(struct lock_past *past, int code, int64_t now);

/* Volumes are being changed, one command after the other: then a reading waits, but not for ever; at last it is made
 * between two of them. Times of one clock. */
struct lock_changes { int64_t first, last; }; /* of the present run of changes; last UNKNOWN_INT: none yet */
void lock_changed(struct lock_changes *c, int64_t now);
bool lock_changing(const struct lock_changes *c, int64_t now);
void lock_waited(struct lock_changes *c, int64_t now); /* a reading was made: the next waits anew */

/* A peer that may leave a transaction hanging: it does not answer, and the daemon that is asked still believes it connected and would
 * wait for it (two minutes, the volume locked). One that is known to be disconnected has no part in a transaction: with a host of the
 * pool without power each took less than 0.1 s. alive NULL: not probed yet. */
bool peer_suspect(const struct gluster_peer *p, const struct gluster_alive *alive);
#endif
