#include "base/mem.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void say_and_exit(size_t wanted) {
  char line[96];
  int n = snprintf(line, sizeof line, "kvmconsole: out of memory (%zu bytes wanted)\n", wanted);
  if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0) _exit(71);
  _exit(70);
}

/* The two process-wide values of this file: who is told, and the tests' injection point. */
static void (*exhausted)(size_t) = say_and_exit;
static unsigned long fail_after;

void mem_on_exhausted(void (*handler)(size_t)) { exhausted = handler ? handler : say_and_exit; }
void mem_fail_after(unsigned long n) { fail_after = n; }

static void *checked(void *p, size_t size) {
  if (p) return p;
  exhausted(size);
  abort(); /* a handler that returns is a defect */
}

static int injected(void) { return fail_after && --fail_after == 0; }

void *mem_alloc(size_t size) { return checked(injected() ? NULL : calloc(1, size ? size : 1), size); }

void *mem_grow(void *old, size_t count, size_t one) {
  size_t size;
  if (__builtin_mul_overflow(count, one, &size)) return checked(NULL, SIZE_MAX);
  return checked(injected() ? NULL : realloc(old, size ? size : 1), size);
}

void *mem_bytes(size_t size) { return mem_grow(NULL, size, 1); }
void *mem_resize(void *old, size_t size) { return mem_grow(old, size, 1); }

char *mem_strndup(const char *s, size_t len) {
  if (!s) return NULL;
  char *copy = mem_alloc(len + 1);
  memcpy(copy, s, len);
  return copy;
}

char *mem_strdup(const char *s) { return s ? mem_strndup(s, strlen(s)) : NULL; }

char *mem_printf(const char *format, ...) {
  va_list ap, again;
  va_start(ap, format);
  va_copy(again, ap);
  int n = vsnprintf(NULL, 0, format, ap);
  va_end(ap);
  char *s = mem_alloc(n < 0 ? 1 : (size_t)n + 1);
  if (n > 0) vsnprintf(s, (size_t)n + 1, format, again);
  va_end(again);
  return s;
}

void mem_free(void *p) { free(p); }

void mem_freep(void *pointer_to_pointer) {
  void **p = pointer_to_pointer;
  free(*p);
  *p = NULL;
}
