/* The readings that take a volume's lock, taken in turn: gluster.space (STATUS) and gluster.heal (HEAL). When one may be
 * made is gluster_lock.h's rule, what the other consoles of this host read is gluster_cache.h's. */
#ifndef SOURCES_GLUSTER_TURN_H
#define SOURCES_GLUSTER_TURN_H
#include "sources/gluster_world.h"

struct turns *turns_new(struct world *w);
void turns_free(struct turns *t);
void turns_pool_read(struct turns *t);
bool turns_settled(const struct turns *t); /* each volume's first readings were made, or may not be made now */
const char *turns_note(const struct turns *t); /* why something is not read, for the source's state; "" */
#endif
