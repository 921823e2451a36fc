/* The events of the newest that is known, with the moment of each on the tape: what the time machine jumps to. A ring. */
#ifndef VIEWS_TIMELINE_H
#define VIEWS_TIMELINE_H
#include "model/difference.h"
#include "model/tape.h"

enum { TIMELINE_EVENTS = 5000, TIMELINE_AGAIN_MS = 90000, TIMELINE_LOOK_BACK = 200 };

struct timeline { /* {0} is an empty one */
  struct event *events; /* the texts of each in one piece of memory, owned */
  struct moment *moments;
  uint32_t *again; /* of each: how many events back the same happened to the same thing, at most TIMELINE_AGAIN_MS before; 0: it did not */
  size_t at, count; /* used from `at` on: moved down when the end is reached */
};

void timeline_add(struct timeline *t, const struct event *e, const struct moment *m);
void timeline_free(struct timeline *t);
const struct event *timeline_events(const struct timeline *t);
const uint32_t *timeline_again(const struct timeline *t);
const struct moment *timeline_moment(const struct timeline *t, size_t i); /* of event i; NULL beyond */
/* How many had happened at that moment. */
size_t timeline_past(const struct timeline *t, const struct moment *m);
/* The nearest moment of an event before (-1) or after (1) that moment; NULL: none. */
const struct moment *timeline_near(const struct timeline *t, const struct moment *m, int step);
#endif
