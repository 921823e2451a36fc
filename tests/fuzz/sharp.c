/* Is the fuzzer sharp? Each first byte is one defect that it has to see; 0 is none. tests/check/fuzz.test runs them all. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/memory.h"
#include <jansson.h>
#include <string.h>

static volatile char seen;
static volatile int most = INT32_MAX;

static void read_at(const char *p, int at) { seen = p[at]; }

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  char *p = mem_alloc(13), *again;
  struct arena *a = arena_new();
  char *first = arena_strdup(a, "first"), *second = arena_strdup(a, "second");
  json_t *json = json_string("text");
  struct str s = {0};
  str_add(&s, "hello");
  bool freed = false;
  switch (len ? data[0] : 0) {
  case '1': read_at(p, 13); break;                       /* one too far */
  case '2': read_at(p, -1); break;                       /* one too early */
  case '3': read_at(first, 6); break;                    /* within an arena */
  case '4': second[7] = 1; break;                        /* the same, written */
  case '5': mem_free(p), freed = true, read_at(p, 3); break; /* after it was freed */
  case '6': mem_free(p), mem_free(p); break;             /* freed twice */
  case '7': again = mem_alloc(1), read_at(again, 0); break; /* never freed */
  case '8': json_incref(json); break;                    /* another library's, never freed */
  case '9': again = s.data, str_free(&s), read_at(again, 0); break;
  case 'a': again = mem_grow(NULL, 20, 1), again[0] = 1, p = mem_grow(p, 40, 1), read_at(again, 20); mem_free(again); break;
  case 'b': seen = (char)(most + 1); break; /* undefined behaviour */
  case 'c': read_at((const char *)data, (int)len); break; /* beyond the input */
  default: break;
  }
  if (!freed) mem_free(p);
  json_decref(json);
  str_free(&s);
  arena_free(a);
}
