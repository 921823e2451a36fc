/* Libvirt and its guests: started, stopped, lost with their host, moved while they run. States are libvirt's words. */
#ifndef SIM_GUEST_H
#define SIM_GUEST_H
#include "sim/world.h"

/* 0, or -errno with *ret_why: a sentence as libvirt or qemu says it. What a start needs: libvirtd, the mount, the image, its
 * lock, the memory. */
int guest_start(struct world *w, struct sim_domain *d, struct sim_host *h, const char **ret_why);
void guest_end(struct world *w, struct sim_domain *d, const char *host); /* it is gone there */
void guest_resume(struct world *w, struct sim_domain *d, const char *host);
void guest_host_lost(struct world *w, struct sim_host *h);    /* no power: its guests are dead, their locks live on for a while */
void guest_host_changed(struct world *w, struct sim_host *h); /* cut or back */
void guest_io_check(struct world *w);
int64_t guest_write_rate(const struct world *w, const struct sim_file *f);
struct sim_file *guest_image(const struct world *w, const struct sim_domain *d, const struct sim_host *h, size_t disk);
int64_t guests_memory(const struct world *w, const struct sim_host *h);
bool guest_active(const struct sim_domain *d, const char *host);

/* Live migration; who asked for it (a resource) is told at the end. */
int guest_migrate(struct world *w, struct sim_domain *d, struct sim_host *from, struct sim_host *to, const char *resource, const char **ret_why);
struct sim_job *guest_job(const struct world *w, const char *domain);
int64_t job_remaining(const struct world *w, const struct sim_job *j);
void guest_abort(struct world *w, struct sim_domain *d);

struct sim_domain *guest_new(struct world *w, const char *name);
void guest_add_disk(struct world *w, struct sim_domain *d, const char *source, const char *format);
/* A definition, as `virsh define` reads it: only what is simulated. -EINVAL with *ret_why. */
int guest_define(struct world *w, const char *xml, struct sim_domain **ret, const char **ret_why);
char *guest_xml(const struct sim_domain *d, bool live); /* owned by the caller */

void on_migration(struct world *w, const char *subject, const char *detail);
void on_crash(struct world *w, const char *subject, const char *detail);
void on_powered_down(struct world *w, const char *subject, const char *detail);
void on_pause(struct world *w, const char *subject, const char *detail);
void on_move(struct world *w, const char *subject, const char *detail);
void on_start_behind(struct world *w, const char *subject, const char *detail);
#endif
