/* A stream that is made inside the program, at the pace the operator wants: the simulation. Internal to the feed. */
#ifndef SOURCES_STREAM_H
#define SOURCES_STREAM_H
#include "sources/feed.h"

struct streaming;
struct streaming *streaming_open(struct loop *l, struct feed *f, const struct feed_options *o);
void streaming_close(struct streaming *s); /* NULL is fine */
int64_t streaming_now(const struct streaming *s);
bool streaming_ended(const struct streaming *s); /* played as fast as it can, and over */
void streaming_advance(struct streaming *s, int64_t ms); /* that much of its time passes now */
void streaming_step(struct streaming *s);                /* until something is said that was not known */
#endif
