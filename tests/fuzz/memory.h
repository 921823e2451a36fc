/* The allocator of the fuzz build (memory.c). base/mem.c is compiled with these in place of the C library's. */
#ifndef TESTS_FUZZ_MEMORY_H
#define TESTS_FUZZ_MEMORY_H
#include <stddef.h>

void memory_setup(void);
void memory_begin(void); /* from here on everything is of this execution, or of this mutation */
void memory_end(void);   /* nothing of it may be left */

void *fuzz_malloc(size_t size);
void *fuzz_calloc(size_t count, size_t one);
void *fuzz_realloc(void *p, size_t size);
void fuzz_free(void *p);
char *fuzz_strdup(const char *s);
#endif
