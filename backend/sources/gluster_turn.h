/* The readings that take a volume's lock, taken in turn: gluster.space (STATUS) and gluster.heal (HEAL). When one may be
 * made is gluster_lock.h's rule, who of all consoles makes it is gluster_share.h's; what another run on this host read
 * before is gluster_cache.h's. */
#ifndef SOURCES_GLUSTER_TURN_H
#define SOURCES_GLUSTER_TURN_H
#include "sources/gluster_told.h"
#include "sources/gluster_world.h"

struct turns *turns_new(struct world *w);
void turns_free(struct turns *t);
void turns_pool_read(struct turns *t);
void turns_changed(struct turns *t); /* a daemon has told of a change */
bool turns_settled(const struct turns *t); /* each volume's first readings were made, or may not be made now */
bool turns_heals_denied(const struct turns *t); /* this host can read no heal counts: others are better placed */
/* What another host's program knows of a volume; late: how many ms the line lay on the way. */
void turns_heard(struct turns *t, const struct told_volume *v, int64_t late);
/* What is known here, a call a volume. */
void turns_tell(const struct turns *t, void (*each)(void *owner, const struct told_volume *v), void *owner);
const char *turns_note(const struct turns *t); /* why something is not read, for the source's state; "" */
#endif
