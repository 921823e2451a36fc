/* What can happen in a world: one table. A row is a fault or a return that a scenario may schedule ("power off kvm02"), or
 * a consequence that the layers put into the queue themselves. */
#ifndef SIM_EVENT_H
#define SIM_EVENT_H
#include "sim/world.h"

typedef void event_fn(struct world *w, const char *subject, const char *detail);
struct event_kind {
  const char *name;   /* the first words of a line: "power off" */
  const char *wants;  /* what follows: "HOST", "HOST DAEMON", "VOLUME N"...; NULL: not for scenarios */
  event_fn *happen;
  const char *help;
};
extern const struct event_kind event_kinds[]; /* ends with name NULL */

bool event_known(const char *name);
/* A line as a scenario has it, "power off kvm02": the row, and its words checked against the world. -EINVAL with e set. */
int event_parse(struct world *w, const char *line, const char **ret_what, const char **ret_subject, const char **ret_detail, struct err *e);
/* Runs the first event of the queue: the clock goes to it. False when there is none. */
bool world_step(struct world *w);
/* Everything up to and including that moment; the clock stands there then. */
void world_run(struct world *w, int64_t until);
/* One thing, now. */
void world_happen(struct world *w, const char *what, const char *subject, const char *detail);
#endif
