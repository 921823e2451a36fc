/* Corosync: who hears whom after token and consensus, and who has quorum then (quorum.h). Each node has a view of its own. */
#ifndef SIM_RING_H
#define SIM_RING_H
#include "model/quorum.h"
#include "sim/world.h"

bool is_node(const struct sim_host *h);
struct quorum_rules ring_rules(const struct world *w);
/* Its cable, its power or its freezing changed: the ring notices by itself. */
void ring_host_changed(struct world *w, struct sim_host *h, bool heard);
void ring_host_parted(struct world *w, struct sim_host *h, bool mended); /* from some others, or no more */
void ring_host_lost(struct world *w, struct sim_host *h);
void ring_daemon_changed(struct world *w, struct sim_host *h, bool in_order);
void ring_form(struct world *w);   /* memberships and quorum from what the nodes believe now */
void ring_reload(struct world *w);  /* corosync.conf has other nodes or another device: all that run read it */
void ring_expect(struct world *w, struct sim_host *h, int64_t votes);
int64_t ring_device_votes(const struct world *w, const struct sim_host *h); /* what the quorum device gives its partition */
void ring_device_changed(struct world *w, const struct sim_host *h);
void on_device(struct world *w, const char *subject, const char *detail);
void on_ring(struct world *w, const char *subject, const char *detail);
void on_shrink(struct world *w, const char *subject, const char *detail);
#endif
