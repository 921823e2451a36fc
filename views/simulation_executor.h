/* The simulation as an executor. Internal to views/simulation.c. */
#ifndef VIEWS_SIMULATION_EXECUTOR_H
#define VIEWS_SIMULATION_EXECUTOR_H
#include "run/executor.h"
#include "sim/sim.h"

struct simulated;
struct simulated_listener { void (*begun)(void *owner); void *owner; }; /* who lets its time pass is told that a command was begun; NULL: nobody is */
/* place is set to it, and to NULL when it is freed. */
struct executor *simulated_new(struct sim *sim, struct loop *l, struct simulated **place, const struct simulated_listener *listener);
void simulated_time_passed(struct simulated *x); /* after each sim_run(): what is over is told from the loop */
#endif
