/* Who is who: a host that corosync or libvirt knows under another name and address than the pool does. Whichever gluster
 * daemon answers at that address tells the UUID it has in its pool, without a lock and without a login. Prints
 * gluster.identity, one fact a host, and never takes one back: a host that is away is still who it was. */
#ifndef SOURCES_GLUSTER_WHO_H
#define SOURCES_GLUSTER_WHO_H
#include "sources/gluster_world.h"

struct who *who_new(struct world *w);
void who_free(struct who *o);
/* "NAME ADDRESS...": a host to ask about; numeric addresses. The same name again replaces them. */
void who_want(struct who *o, char *line);
#endif
