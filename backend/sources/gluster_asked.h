/* The daemon that is asked for the pool: the local one by its socket, else one of the pool over TCP; which one, when to
 * turn to another, and how the source therefore is. Prints gluster.peers and gluster.volumes. */
#ifndef SOURCES_GLUSTER_ASKED_H
#define SOURCES_GLUSTER_ASKED_H
#include "sources/gluster_world.h"
#include <sys/socket.h>

struct asked *asked_new(struct world *w);
void asked_free(struct asked *a);
void asked_look(struct asked *a); /* something changed: read soon, not more often than a few times a second */

void asked_name_known(struct asked *a); /* a look-up ended: it may have been waited for */

bool asked_well(const struct asked *a);       /* the last reading succeeded */
bool asked_settled(const struct asked *a);    /* something can be said: well, or it has failed for a while */
bool asked_is_local(const struct asked *a);   /* it came over the local socket */
const char *asked_host(const struct asked *a); /* name of the asked host when not local */
/* Where it is, for a connection of one's own: 0 or -errno. */
int asked_address(struct asked *a, struct sockaddr_storage *ret, socklen_t *ret_len);
enum source_state asked_state(struct asked *a, struct str *text);
#endif
