/* Live sources: one process each, started, watched, ended and started again. A source is judged by its silence: 5 s
 * without a word and it is hung, 20 s and it is ended and started anew. Internal to the feed. */
#ifndef SOURCES_LIVE_H
#define SOURCES_LIVE_H
#include "sources/feed.h"

struct live;
struct live *live_start(struct loop *l, struct feed *f, const struct feed_options *o);
void live_end(struct live *v); /* NULL is fine */
/* Looks at the newest snapshot for hosts to read and disks to ask for. */
void live_discover(struct live *v, const struct snapshot *s);
void live_look_again(struct live *v); /* operations of ours have ended */
void live_quiet(struct live *v, bool quiet); /* an operation of ours runs, or no more */
void live_place(struct live *v, const char *nodes); /* feed_place() */
bool live_complete(const struct live *v);
#endif
