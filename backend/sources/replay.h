/* A recording, played: the file's own stamps are the time line. Internal to the feed. */
#ifndef SOURCES_REPLAY_H
#define SOURCES_REPLAY_H
#include "sources/feed.h"

struct replay;
struct replay *replay_open(struct loop *l, struct feed *f, const struct feed_options *o, struct err *e);
void replay_close(struct replay *r); /* NULL is fine */
bool replay_ended(const struct replay *r);
int64_t replay_now(const struct replay *r); /* wall ms of the recording */
int replay_error(const struct replay *r, struct err *e);
#endif
