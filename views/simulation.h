/* The simulated cluster of --demo, --world and --seed, as a stream for the feed. */
#ifndef VIEWS_SIMULATION_H
#define VIEWS_SIMULATION_H
#include "sources/feed.h"
#include "views/command.h"

struct simulation;
/* 0, with *ret NULL when none is asked for; else the exit code of what was said on stderr. */
int simulation_open(const struct arguments *a, struct simulation **ret);
const struct stream *simulation_stream(const struct simulation *s);
int simulation_close(struct simulation *s); /* keeps the world; 0 or an exit code. NULL is fine */
#endif
