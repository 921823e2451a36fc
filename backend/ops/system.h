/* What distribution a host has, and the names of things there: packages, services. Data; nothing is asked here. */
#ifndef OPS_SYSTEM_H
#define OPS_SYSTEM_H
#include "ops/asked.h"

enum system_role { ROLE_PLATFORM = 1, ROLE_CLUSTER = 2, ROLE_CLIENT = 4, ROLE_SERVER = 8, /* libvirt and qemu; pacemaker; gluster's client; its daemon */
                   ROLE_QDEVICE = 16, ROLE_QNETD = 32, ROLE_SBD = 64 }; /* what a node asks a quorum device with; who answers; fencing by watchdog or disk */
enum { ROLE_KVM = ROLE_PLATFORM | ROLE_CLUSTER | ROLE_CLIENT, ROLE_GLUSTER = ROLE_SERVER };

struct host_system {
  enum package_tool tool;
  const char *id, *codename, *name; /* "debian", "bookworm", "Debian GNU/Linux 12 (bookworm)" */
  int64_t version;                  /* major; 0: not known */
};
void system_ask(struct planning *p, const char *host);
bool system_read(struct planning *p, const char *host, struct host_system *ret); /* false: it has refused */
struct texts system_packages(struct planning *p, const struct host_system *s, int roles);
struct texts system_services(struct planning *p, const struct host_system *s, int roles); /* of systemd, those that listen */

/* Which of them are there already: asked by both tools' own query, since the distribution is not known yet. */
void packages_ask(struct planning *p, const char *host, int roles);
struct texts packages_missing(struct planning *p, const char *host, const struct host_system *s, int roles);
void packages_step(struct planning *p, const char *host, const struct host_system *s, const struct texts *names, const char *say);
void service_steps(struct planning *p, const char *host, const struct host_system *s, int roles);
#endif
