/* Arenas: things that die together are allocated together. A fragment owns one, a snapshot owns one; whoever holds
 * the arena holds everything in it. Not reference counted itself: its owner is. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include "base/mem.h"
#include <stddef.h>

struct arena;

struct arena *arena_new(void);      /* owned by the caller, arena_free() */
void arena_free(struct arena *a);   /* NULL is fine */
void arena_freep(struct arena **a); /* for CLEANUP() */

void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned for any type, never NULL */
void *arena_array(struct arena *a, size_t count, size_t one);
char *arena_strdup(struct arena *a, const char *s); /* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *format, ...) PRINTF(2, 3);
size_t arena_bytes(const struct arena *a); /* what it took from the system, for the debugging overlay and bench */
#endif
