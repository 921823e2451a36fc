/* Where a gluster daemon may be: this host's own socket, or hosts that mounts, fstab and the local pool files name,
 * and those that an operation of the console made a pool of (/var/lib/kvmconsole/gluster-hosts). */
#ifndef SOURCES_GLUSTER_PLACE_H
#define SOURCES_GLUSTER_PLACE_H
#include "base/arena.h"
#include "model/shape.h"
#include <sys/socket.h>
#include <sys/un.h>

enum place { PLACE_NOWHERE, PLACE_LOCAL, PLACE_HOSTS };
/* target NULL: found by itself. *hosts gets the candidates (also for PLACE_LOCAL: whom to ask when it is silent). */
enum place place_find(struct arena *a, const char *target, struct texts *hosts);
bool place_socket(struct sockaddr_un *ret); /* false: there is none; ret is then where it would be */
bool place_installed(void);                 /* glusterd was started on this host once */
#endif
