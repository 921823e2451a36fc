/* Where pacemaker wants each resource: scores, constraints, stickiness, capacity. It reads the world and changes nothing. */
#ifndef SIM_SCHEDULE_H
#define SIM_SCHEDULE_H
#include "sim/world.h"

enum { SCORE_INFINITY = 1000000, NODES_MAX = 64, NOWHERE = -1 };
int64_t score_of(const char *text); /* "INFINITY", "-INFINITY", "50"; NULL: 0 */
int64_t score_add(int64_t a, int64_t b); /* minus infinity wins, then infinity */

/* ret: for each resource, by its place in w->resources, the place of its node in w->hosts, or NOWHERE. dc: whose view. */
void schedule_place(const struct world *w, const struct sim_host *dc, int *ret);
/* As if those nodes were gone. */
void schedule_place_without(const struct world *w, const struct sim_host *dc, const struct texts *nodes, int *ret);
/* The score of that resource there; SCORE_INFINITY below zero: never. Colocation aside. */
int64_t schedule_score(const struct world *w, const struct sim_host *dc, const struct sim_resource *r, const struct sim_host *n);
const char *resource_meta(const struct world *w, const struct sim_resource *r, const char *name); /* its own, else the default; NULL */
bool resource_wanted(const struct world *w, const struct sim_resource *r);  /* target-role is not Stopped */
bool resource_managed(const struct world *w, const struct sim_resource *r);
#endif
