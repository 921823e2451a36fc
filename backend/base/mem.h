/* Memory. Every allocation of the program goes through here and never returns NULL: when memory is out, the handler
 * that main installed says so (after the terminal is restored) and ends the program. Input is bounded before it is
 * allocated for, so this is the end of the machine's memory and not a way in for a hostile answer. */
#ifndef BASE_MEM_H
#define BASE_MEM_H
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define CLEANUP(function) __attribute__((cleanup(function)))
#define PRINTF(text, first) __attribute__((format(printf, text, first)))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void *mem_alloc(size_t size);                       /* zeroed; owned by the caller, mem_free() */
void *mem_grow(void *old, size_t count, size_t one); /* realloc of count * one, overflow checked; new part not zeroed */
void *mem_bytes(size_t size);                       /* not zeroed. This and the next are for libraries: their memory is out where ours is */
void *mem_resize(void *old, size_t size);
char *mem_strdup(const char *s);                    /* NULL gives NULL */
char *mem_strndup(const char *s, size_t len);
char *mem_printf(const char *format, ...) PRINTF(1, 2);
void mem_free(void *p); /* NULL is fine */

/* Cleanup attribute for a char * or void * variable: CLEANUP(mem_freep) char *s = ...; */
void mem_freep(void *pointer_to_pointer);

/* Called once when memory is out; must not return. The default writes one line to stderr and exits with 70. */
void mem_on_exhausted(void (*handler)(size_t wanted));
/* Tests: fail the n-th allocation from now on (0: never). */
void mem_fail_after(unsigned long n);
#endif
