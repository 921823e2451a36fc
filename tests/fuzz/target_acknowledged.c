/* An acknowledgement, as a pair of the CIB holds it: whatever is taken for sound names its own problem, is printed again and
 * says the same; nothing holds that claims to hold for years. */
#include "model/acknowledged.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed) { return mutate_lines_of_json(data, len, max, seed); }

void target_setup(void) {}

static void must_say_the_same(const struct acknowledgement *k, struct arena *a) {
  struct str out = {0};
  struct acknowledgement again;
  char key[ACKNOWLEDGED_KEY];
  MUST(str_eq(acknowledged_key(key, k->problem, k->subject), k->key), "its key is its problem's");
  acknowledged_write(k, &out);
  if (out.len <= ACKNOWLEDGED_VALUE_MAX) MUST(acknowledged_read(k->key, out.data, a, &again) && shape_equal(&acknowledgement_shape, k, &again), "what is written is read: %s", out.data);
  MUST(!acknowledged_holds(k, k->until) && !acknowledged_holds(k, k->until - ACKNOWLEDGED_MS_MAX - 1), "it ends, and was not meant for years");
  if (input_is_dear()) must_be_json(out.data, out.len);
  str_free(&out);
}

void target(const uint8_t *data, size_t len) {
  struct arena *a = arena_new();
  struct acknowledgement k, named;
  char key[ACKNOWLEDGED_KEY], *text = input_text(data, len);
  MUST(!acknowledged_read(text, text, a, &k) || str_eq(k.key, text), "another's pair is left alone");
  MUST(acknowledged_read(acknowledged_key(key, "brick-down", "node1:/data"), text, a, &k), "one of ours is seen, whatever it says");
  if (k.problem) must_say_the_same(&k, a);
  else MUST(!acknowledged_holds(&k, 0), "what is not sound does not hold");
  /* The key of the problem that it speaks of, which no chance finds. */
  shape_init(&acknowledgement_shape, &named);
  if (!shape_decode_text(&acknowledgement_shape, text, strlen(text), &named, a, NULL) && named.until > INT64_MIN / 2 && named.until < INT64_MAX / 2) {
    acknowledged_read(acknowledged_key(key, named.problem, named.subject), text, a, &k);
    if (k.problem) must_say_the_same(&k, a);
  }
  mem_free(text);
  arena_free(a);
}
