/* What the consoles of one host share of the readings that take a volume's lock: who read last, what it was, and when
 * anybody may again. One small file a volume in /run/kvmconsole, held by flock() while one of them reads. */
#ifndef SOURCES_GLUSTER_CACHE_H
#define SOURCES_GLUSTER_CACHE_H
#include "model/facts.h"

struct lock_cache { /* wall times */
  int64_t asked, not_before, space_at, heal_at; /* _at: when the two below were read */
  int64_t heals; /* since the last other turn */
  struct gluster_space space;
  struct gluster_heal heal;
};
extern const struct shape lock_cache_shape;

/* 0; -ENOENT when there is none (or none to be trusted). */
int cache_read(struct arena *a, const char *volume_id, struct lock_cache *ret);
/* When it was written last, for a cheap look whether it is worth reading; 0 when there is none. */
int64_t cache_stamp(const char *volume_id);
/* A descriptor that holds the lock; -EBUSY: another console is reading; else -errno: there can be no cache here. */
int cache_lock(const char *volume_id);
void cache_write(int fd, const struct lock_cache *c);
void cache_unlock(int fd); /* < 0 is fine */
void cache_folder(const char *path); /* tests: instead of /run/kvmconsole */
#endif
