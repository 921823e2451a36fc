/* The tape: the stream as it was, so that the operator can go back in it. It is lines, and every so often a keyframe: the
 * store as it then was. A keyframe is cheap, since a store is pointers to fragments that are shared. The state at any line
 * is the keyframe before it and the lines since.
 * The lines are kept here in a ring bounded by bytes (what is live, or comes by a pipe), or they stay where they are and
 * are read again (a file): then only the keyframes take room, and are thinned out when they take too much. Pure, apart
 * from the reading function that it is given. */
#ifndef MODEL_TAPE_H
#define MODEL_TAPE_H
#include "model/snapshot.h"

enum { TAPE_BYTES = 32 << 20 }; /* lines and keyframes together; the larger the cluster, the less of it: never below three eighths */

/* A place in time: after so many lines, at that time of the stream's line and of the wall clock. */
struct moment { uint64_t line; int64_t now, wall; };

struct tape_line {
  const char *text;
  size_t len;
  int64_t taken;     /* when it counts as heard, on the stream's line */
  int64_t now, wall; /* when it came */
};

/* Where a reading function reads its next line, and how its clock stands there. */
struct tape_place { int64_t at, now, shift; };
/* The next line, borrowed until the next call; moves p behind it. False: no more. What is no fragment is skipped later. */
typedef bool tape_read(void *owner, struct tape_place *p, struct tape_line *ret);

struct tape;
/* read NULL: the tape keeps the lines itself. merge must outlive the tape. */
struct tape *tape_new(size_t limit, const struct merge_options *merge, tape_read *read, void *owner);
void tape_free(struct tape *t); /* NULL is fine */

/* A sound line, before it goes into the store. known: the newest snapshot, or NULL (problems keep their `since` by it).
 * place: where it begins, for the reading function; NULL when the tape keeps the lines. */
void tape_add(struct tape *t, const struct store *before, struct snapshot *known, const struct tape_line *line, const struct tape_place *place);
/* The store was changed by other means than a line: a keyframe is due. */
void tape_mark(struct tape *t);

struct moment tape_begin(const struct tape *t); /* the oldest it can go back to */
struct moment tape_end(const struct tape *t);
size_t tape_bytes(const struct tape *t);     /* what it takes */
size_t tape_keyframes(const struct tape *t); /* how many there are */

/* A head on the tape: {0} is before its first line. */
struct cursor {
  struct store store;
  struct snapshot *snap; /* as merged at the last change or the last second; what is shown is made with it as `before` */
  struct moment at;
  struct tape_place place;
  bool set;
};
void cursor_free(struct cursor *c);

/* To the state after that many lines, or the nearest that is kept. False: the tape is empty. */
bool tape_seek(struct tape *t, struct cursor *c, uint64_t line);
/* As it was at that time of the stream's line, or the oldest that is kept; ret: where that is. One reference; NULL: the
 * tape is empty. Merged once: how long a problem had lasted is as the keyframe before it has it. */
struct snapshot *tape_at(struct tape *t, int64_t now, struct moment *ret);
/* The time of the next line; false: there is none. */
bool tape_due(struct tape *t, struct cursor *c, int64_t *ret_now);
/* Takes the next line. 1: something changed by it, 0: nothing, -1: there is none. */
int tape_next(struct tape *t, struct cursor *c);
/* One change on or back: to where it has just happened. False when there is none: the cursor is then at the end, at the
 * beginning. */
bool tape_step(struct tape *t, struct cursor *c);
bool tape_step_back(struct tape *t, struct cursor *c);
#endif
