/* How things come into the world: the same for a scenario that describes them and for the commands that make them. */
#ifndef SIM_BUILD_H
#define SIM_BUILD_H
#include "sim/world.h"

struct sim_host *build_host(struct world *w, const char *name, bool kvm, bool store); /* powered, nothing installed */
void build_installed(struct world *w, struct sim_host *h);                            /* the packages of its role, services enabled as Debian does */
void build_cluster(struct world *w, const char *name, const struct texts *nodes);     /* corosync.conf on each of them, as pcs writes it */
void build_joined(struct world *w, struct sim_host *h, bool enabled);                 /* its services run (and start at boot) */
struct sim_volume *build_volume(struct world *w, const char *name, int64_t replica, int64_t arbiter, int64_t disperse, int64_t redundancy, const struct texts *bricks);
void build_fstab(struct world *w, struct sim_host *h, const char *server, const char *volume, const char *mount, const char *options);
struct sim_resource *build_domain_resource(struct world *w, const char *id, const char *config);
struct sim_resource *build_fence_device(struct world *w, const char *host, const char *delay);
#endif
