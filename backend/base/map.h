/* A map from strings to indices: for joining lists by name in linear time. Keys are borrowed and must outlive it. */
#ifndef BASE_MAP_H
#define BASE_MAP_H
#include "base/mem.h"
#include <stddef.h>
#include <stdint.h>

struct map { /* {0} is empty */
  struct map_slot { const char *key; size_t value; } *slots;
  size_t room, count;
};
enum { MAP_NONE = -1 };

/* Value of key, or MAP_NONE. */
int64_t map_get(const struct map *m, const char *key);
/* Sets key unless it is there; returns the value it has now. */
size_t map_add(struct map *m, const char *key, size_t value);
void map_set(struct map *m, const char *key, size_t value);
void map_free(struct map *m); /* also for CLEANUP() */
#endif
