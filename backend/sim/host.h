/* Hosts: power, daemons, mounts; their cables are in net.h. What falls from that (guests die, bricks stop, the ring reforms) is told to the layers. */
#ifndef SIM_HOST_H
#define SIM_HOST_H
#include "sim/world.h"

bool host_up(const struct sim_host *h);                                  /* it has power and runs: not frozen, not booting */
bool daemon_runs(const struct sim_host *h, const char *daemon);          /* on a host that is up */

void host_power_off(struct world *w, struct sim_host *h);
void host_power_on(struct world *w, struct sim_host *h);
void host_start(struct world *w, struct sim_host *h); /* as if it had booted before time began */
void daemon_start(struct world *w, struct sim_host *h, const char *daemon);
void daemon_stop(struct world *w, struct sim_host *h, const char *daemon); /* in order */
void daemon_kill(struct world *w, struct sim_host *h, const char *daemon);
struct sim_daemon *daemon_add(struct world *w, struct sim_host *h, const char *daemon, enum life life, bool enabled);
void mount_volume(struct world *w, struct sim_host *h, const char *server, const char *volume, const char *mount, const char *options);
void mount_fstab(struct world *w, struct sim_host *h); /* what of its fstab is not mounted yet */

/* Events. */
/* What ssh says when root of one does not get to the other; NULL: it does. Hosts of a scenario trust each other until one has a key of its
 * own, but for those that its line "setup" calls untrusted. */
const char *root_refused(struct arena *a, const struct sim_host *from, const struct sim_host *to);

void on_power_off(struct world *w, const char *subject, const char *detail);
void on_power_on(struct world *w, const char *subject, const char *detail);
void on_script(struct world *w, const char *subject, const char *detail); /* what systemd-run runs: subject "HOST UNIT" */
void on_booted(struct world *w, const char *subject, const char *detail);
void on_renew(struct world *w, const char *subject, const char *detail);
void on_freeze(struct world *w, const char *subject, const char *detail);
void on_thaw(struct world *w, const char *subject, const char *detail);
void on_daemon_start(struct world *w, const char *subject, const char *detail);
void on_daemon_stop(struct world *w, const char *subject, const char *detail);
void on_daemon_kill(struct world *w, const char *subject, const char *detail);
void on_daemon_hang(struct world *w, const char *subject, const char *detail);
void on_daemon_resume(struct world *w, const char *subject, const char *detail);
void on_bmc_break(struct world *w, const char *subject, const char *detail);
void on_bmc_mend(struct world *w, const char *subject, const char *detail);
void on_bmc_password(struct world *w, const char *subject, const char *detail);
#endif
