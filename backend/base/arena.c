#include "base/arena.h"
#include <stdalign.h>
#include <stdio.h>
#include <string.h>

struct block {
  struct block *next;
  size_t used, size;
  alignas(max_align_t) unsigned char data[];
};

struct arena {
  struct block *blocks; /* newest first; only the newest has room */
  size_t bytes;
};

#ifndef ARENA_BLOCK
#define ARENA_BLOCK 1024 /* 1 for fuzzing: every allocation stands alone, so that a byte too far is seen */
#endif
enum { FIRST_BLOCK = ARENA_BLOCK, LARGEST_BLOCK = ARENA_BLOCK > 1 ? 64 * 1024 : 1 };

struct arena *arena_new(void) { return mem_alloc(sizeof(struct arena)); }

void arena_free(struct arena *a) {
  if (!a) return;
  for (struct block *b = a->blocks, *next; b; b = next) {
    next = b->next;
    mem_free(b);
  }
  mem_free(a);
}

void arena_freep(struct arena **a) {
  arena_free(*a);
  *a = NULL;
}

static struct block *add_block(struct arena *a, size_t wanted) {
  size_t size = a->blocks ? a->blocks->size * 2 : FIRST_BLOCK;
  if (size > LARGEST_BLOCK) size = LARGEST_BLOCK;
  if (size < wanted) size = wanted;
  struct block *b = mem_alloc(sizeof *b + size);
  b->size = size;
  b->next = a->blocks;
  a->blocks = b;
  a->bytes += sizeof *b + size;
  return b;
}

void *arena_alloc(struct arena *a, size_t size) {
  const size_t align = alignof(max_align_t);
  if (size > SIZE_MAX / 2) return mem_grow(NULL, SIZE_MAX, 2); /* ends the program */
  struct block *b = a->blocks;
  size_t at = b ? (b->used + align - 1) / align * align : 0;
  if (!b || at > b->size || b->size - at < size) b = add_block(a, size), at = 0;
  b->used = at + size;
  return b->data + at;
}

void *arena_array(struct arena *a, size_t count, size_t one) {
  size_t size;
  if (__builtin_mul_overflow(count, one, &size)) size = SIZE_MAX;
  return arena_alloc(a, size);
}

char *arena_strndup(struct arena *a, const char *s, size_t len) {
  if (!s) return NULL;
  char *copy = arena_alloc(a, len + 1);
  memcpy(copy, s, len);
  return copy;
}

char *arena_strdup(struct arena *a, const char *s) { return s ? arena_strndup(a, s, strlen(s)) : NULL; }

char *arena_printf(struct arena *a, const char *format, ...) {
  char most[256]; /* nearly all are short: formatted once */
  va_list ap, again;
  va_start(ap, format);
  va_copy(again, ap);
  int n = vsnprintf(most, sizeof most, format, ap);
  va_end(ap);
  char *s = arena_alloc(a, n < 0 ? 1 : (size_t)n + 1);
  if (n > 0 && (size_t)n < sizeof most) memcpy(s, most, (size_t)n + 1);
  else if (n > 0) vsnprintf(s, (size_t)n + 1, format, again);
  va_end(again);
  return s;
}

size_t arena_bytes(const struct arena *a) { return a ? sizeof *a + a->bytes : 0; }
