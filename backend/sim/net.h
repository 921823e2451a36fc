/* Who reaches whom. Each host is on two networks, the cluster's (ssh, corosync's first link, libvirt, the BMCs) and the
 * storage's (gluster, corosync's second link); either may be cut at a host. And two hosts may be parted: nothing, or
 * nothing of one layer, passes between them, and others feel nothing of it. */
#ifndef SIM_NET_H
#define SIM_NET_H
#include "sim/world.h"

enum traffic { TRAFFIC_CLUSTER, TRAFFIC_COROSYNC, TRAFFIC_GLUSTER };

bool hosts_joined(const struct world *w, const struct sim_host *a, const struct sim_host *b, enum traffic t); /* by the wires alone */
bool hosts_reach(const struct world *w, const struct sim_host *a, const struct sim_host *b, enum traffic t);  /* both are up, and a packet gets there */
/* Since when b is not heard at a; UNKNOWN_INT: it is. */
int64_t unheard_since(const struct world *w, const struct sim_host *a, const struct sim_host *b, enum traffic t);
int64_t link_unheard_since(const struct world *w, const struct sim_host *a, const struct sim_host *b, int64_t link); /* of corosync */
int64_t times_parted(const struct world *w, const struct sim_host *a, const struct sim_host *b); /* for corosync, ever */
bool bmc_answers(const struct world *w, const struct sim_host *from, const struct sim_host *target);
bool bmc_lets_in(const struct world *w, const struct sim_host *from, const struct sim_host *target);

struct reach { bool heard, cluster, storage, corosync; }; /* of a host, by anybody */
struct reach reach_of(const struct world *w, const struct sim_host *h);
void reach_changed(struct world *w, struct sim_host *h, struct reach before); /* tells the layers, when it differs */

void on_cut(struct world *w, const char *subject, const char *detail);
void on_join(struct world *w, const char *subject, const char *detail);
void on_part(struct world *w, const char *subject, const char *detail);
void on_mend(struct world *w, const char *subject, const char *detail);
#endif
