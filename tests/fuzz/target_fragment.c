/* One line of the stream. What was taken is printed, taken again, and then says the same. */
#include "model/fragment.h"
#include "tests/fuzz/fuzz.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed) { return mutate_lines_of_json(data, len, max, seed); }

static void print(struct str *out, const struct fragment *f) { fragment_print(out, f->at, f->layer, f->host, f->kind->name, f->key, f->data); }

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  struct fragment *f = NULL, *again = NULL;
  struct err e = {0};
  struct str first = {0}, second = {0};
  if (fragment_parse((const char *)data, len, &f, &e)) {
    MUST(e.code && e.text[0], "a refusal says why");
    return;
  }
  print(&first, f);
  MUST(!fragment_parse(first.data, first.len, &again, &e), "what was printed is taken: %s: %s", e.text, first.data);
  print(&second, again);
  MUST(str_eq(first.data, second.data), "it says the same again:\n%s%s", first.data, second.data);
  MUST(again->at == f->at, "and of the same moment");
  MUST(fragment_equal(f, f), "a fragment equals itself");
  fragment_drop(again);
  if (!fragment_parse(second.data, second.len, &again, &e)) {
    struct fragment *third = again;
    MUST(!fragment_parse(first.data, first.len, &again, &e) && fragment_equal(again, third), "and equals it");
    fragment_drop(third);
    fragment_drop(again);
  }
  fragment_drop(f);
  str_free(&first), str_free(&second);
}
