/* What consoles of one host leave each other about a volume: read it is printed again and says the same. */
#include "sources/gluster_cache.h"
#include "tests/fuzz/fuzz.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed) { return mutate_lines_of_json(data, len, max, seed); }

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  struct arena *a = arena_new();
  struct lock_cache c, again;
  struct str first = {0}, second = {0};
  struct err e = {0};
  char *text = input_text(data, len); /* of its own, and not ended where the bytes end */
  if (shape_decode_text(&lock_cache_shape, text, len, &c, a, &e)) MUST(e.text[0], "a refusal says why");
  else {
    shape_encode(&lock_cache_shape, &c, &first);
    MUST(!shape_decode_text(&lock_cache_shape, first.data, first.len, &again, a, &e), "what is left is read: %s", e.text);
    shape_encode(&lock_cache_shape, &again, &second);
    MUST(str_eq(first.data, second.data), "and says the same:\n%s\n%s", first.data, second.data);
    if (input_is_dear()) must_be_json(first.data, first.len);
  }
  mem_free(text);
  str_free(&first), str_free(&second);
  arena_free(a);
}
