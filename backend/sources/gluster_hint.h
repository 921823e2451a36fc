/* "Look now": every gluster daemon of a host tells its events by UDP to localhost, whether anybody listens or not. Anybody
 * on the host could send one, so they say nothing but that; and what listens already (glustereventsd) is let be. */
#ifndef SOURCES_GLUSTER_HINT_H
#define SOURCES_GLUSTER_HINT_H
#include "base/loop.h"

struct hints;
struct hints *hints_new(struct loop *l, void (*look)(void *owner), void *owner);
void hints_free(struct hints *h);
#endif
