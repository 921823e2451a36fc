/* A recording, read: the file's own stamps are the time line. Internal to the feed. A file is read as fast as it can be
 * when there is a tape (then the player keeps the time), else paced by its stamps; what comes by a pipe is taken as it
 * comes, and time goes on between its lines. */
#ifndef SOURCES_REPLAY_H
#define SOURCES_REPLAY_H
#include "model/tape.h"
#include "sources/feed.h"

struct replay;
struct replay *replay_open(struct loop *l, struct feed *f, const struct feed_options *o, struct err *e);
/* The same of what somebody else reads: replay_give() takes each line as it comes, without its newline. */
struct replay *replay_given(struct loop *l, struct feed *f, const struct feed_options *o, const char *name);
void replay_give(struct replay *r, const char *line, size_t len);
void replay_close(struct replay *r); /* NULL is fine */
bool replay_ended(const struct replay *r);
bool replay_stream(const struct replay *r);   /* a feed by a pipe, not a file */
int64_t replay_now(const struct replay *r);   /* the newest, on the stream's time line */
int64_t replay_wall(const struct replay *r);  /* by the clock of the machine that wrote it */
int64_t replay_last(const struct replay *r);  /* a file: stamp of its last line, UNKNOWN_INT when it has none */
int64_t replay_silent(const struct replay *r); /* ms since the last line came, by this machine's clock */
int replay_error(const struct replay *r, struct err *e);
/* Reads a file's line again, for the tape. owner: the replay. */
bool replay_read(void *owner, struct tape_place *p, struct tape_line *ret);
#endif
