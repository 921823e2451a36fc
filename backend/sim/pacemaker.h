/* Pacemaker: who is online, who coordinates, what must be started, stopped, moved, fenced. Each partition of the ring has
 * its own coordinator and its own view; the configuration is one. */
#ifndef SIM_PACEMAKER_H
#define SIM_PACEMAKER_H
#include "sim/schedule.h"

/* ---- a node as another one sees it ---- */
bool node_online(const struct sim_host *viewer, const struct sim_host *n);
bool node_pending(const struct sim_host *viewer, const struct sim_host *n);
bool node_unclean(const struct world *w, const struct sim_host *viewer, const struct sim_host *n);
bool fencing_enabled(const struct world *w);
bool node_apart(const struct world *w, const struct sim_host *n); /* some that are up do not hear it */
/* Where that viewer believes the resource active; at most NODES_MAX. */
size_t active_nodes(const struct world *w, const struct sim_host *viewer, const struct sim_resource *r, struct sim_host *ret[NODES_MAX]);

/* ---- what the other layers tell it ---- */
void pacemaker_think_soon(struct world *w);
void pacemaker_daemon_changed(struct world *w, struct sim_host *h, bool in_order);
void pacemaker_host_lost(struct world *w, struct sim_host *h);
void pacemaker_booted(struct sim_host *h);
void pacemaker_leave(struct world *w, struct sim_host *h, bool corosync_too); /* in order: its resources go first */
void pacemaker_node_left(struct world *w, struct sim_host *viewer, struct sim_host *gone);
void pacemaker_ring_changed(struct world *w);
void pacemaker_migrated(struct world *w, const char *resource, bool well, const char *why);
void pacemaker_domain_changed(struct world *w, const struct sim_domain *d, const char *host);
void pacemaker_bmc_changed(struct world *w, const struct sim_host *h); /* the monitors of its fence devices will find out */
void pacemaker_started(struct world *w); /* as if the cluster had long been up: everything in its place at once */

/* ---- what operators do ---- */
void pacemaker_move(struct world *w, const char *resource, const char *host); /* crm_resource -M */
void pacemaker_cleanup(struct world *w, const char *resource, const char *node); /* NULL: all */
void cib_changed(struct world *w, const char *tool, const char *host);
bool pacemaker_idle(const struct world *w); /* nothing under way, nothing wanted */
struct pcmk_constraint *add_location(struct world *w, const char *id, const char *resource, const char *node, const char *score);
bool drop_constraint(struct world *w, const char *id);
struct sim_resource *add_resource(struct world *w, const char *id, const char *agent);

/* ---- operations and agents (agent.c) ---- */
struct sim_op *op_of(const struct world *w, const char *resource, const char *node); /* NULL: any; recurring monitors do not count */
struct sim_op *op_seen(const struct world *w, const struct sim_host *viewer, const char *resource); /* under way among those it sees */
void op_begin(struct world *w, struct sim_resource *r, const char *node, const char *task, const char *target, const char *dc);
void ops_forget(struct world *w, const char *node, const char *dc); /* of a node that is lost to that coordinator; NULL: to all */
void pacemaker_probe(struct world *w, struct sim_resource *r, struct sim_host *h); /* can the agent work there? */
void drop_failures(struct world *w, const char *resource, const char *node);
struct sim_domain *resource_domain(const struct world *w, const struct sim_resource *r); /* what a VirtualDomain drives; NULL */

/* ---- fencing (fencing.c) ---- */
void fence(struct world *w, struct sim_host *from, struct sim_host *target, const char *action, const char *client, const char *reason);
struct sim_fencing *fencing_of(const struct world *w, const char *target);
void fenced(struct world *w, struct sim_host *target); /* proven dead, or confirmed by hand */
bool fence_device_for(const struct sim_resource *r, const char *target);

void on_think(struct world *w, const char *subject, const char *detail);
void on_elect(struct world *w, const char *subject, const char *detail);
void on_joined(struct world *w, const char *subject, const char *detail);
void on_op(struct world *w, const char *subject, const char *detail);
void on_monitor(struct world *w, const char *subject, const char *detail);
void on_failure_expires(struct world *w, const char *subject, const char *detail);
void on_plug(struct world *w, const char *subject, const char *detail);
void on_fencing(struct world *w, const char *subject, const char *detail);
#endif
