/* The simulated cluster of --demo, --world and --seed, as a stream for the feed. */
#ifndef VIEWS_SIMULATION_H
#define VIEWS_SIMULATION_H
#include "run/executor.h"
#include "sources/feed.h"
#include "views/command.h"

struct simulation;
/* 0, with *ret NULL when none is asked for; else the exit code of what was said on stderr. */
int simulation_open(const struct arguments *a, struct simulation **ret);
const struct stream *simulation_stream(const struct simulation *s);
/* Commands run in that world: they take their time of its clock, which passes in the stream. Owned by the caller, freed
 * before the simulation is closed. */
struct executor *simulation_reader(struct simulation *s, struct loop *l); /* the same for who only reads */
struct executor *simulation_guide(struct simulation *s, struct loop *l);  /* and for the guide's questions */
struct executor *simulation_executor(struct simulation *s, struct loop *l);
int simulation_close(struct simulation *s); /* keeps the world; 0 or an exit code. NULL is fine */
#endif
