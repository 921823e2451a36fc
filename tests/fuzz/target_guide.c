/* The guide's notes: what is read is written and read again the same; its form holds nothing that the form's own check refuses; the
 * record made of it is JSON, and no line of a host's ends what it stands in. */
#include "run/guide_notes.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed) { return mutate_lines_of_json(data, len, max, seed); }

void target_setup(void) {}

static void must_be_a_record(const struct guide_notes *n, const struct values *form) {
  struct str md = {0}, json = {0};
  struct guide_found found[GUIDE_STEPS_MAX];
  for (size_t i = 0; i < GUIDE_STEPS_MAX; i++) {
    shape_init(&guide_found_shape, &found[i]);
    found[i].step = guide_steps[i].name;
    found[i].text = "";
  }
  guide_record_markdown(n, guide_books[0], form, found, 0, &md);
  guide_record_json(n, guide_books[0], form, found, 0, &json);
  if (json.len && json.data[json.len - 1] == '\n') json.len--;
  must_be_json(json.data, json.len);
  MUST(md.len > 0, "a record has its headings");
  str_free(&md);
  str_free(&json);
}

void target(const uint8_t *data, size_t len) {
  struct arena *a = arena_new();
  struct guide_notes n, again;
  struct values form = {0};
  struct err e = {0};
  if (guide_notes_parse((const char *)data, len, a, &n, &e)) {
    MUST(e.code && e.text[0], "a refusal says why");
    arena_free(a);
    return;
  }
  struct str out = {0};
  shape_encode(&guide_notes_shape, &n, &out);
  MUST(!guide_notes_parse(out.data, out.len, a, &again, &e) && shape_equal(&guide_notes_shape, &n, &again), "what is written is read: %.300s", out.data);
  guide_notes_form(&n, &form, a);
  for (size_t i = 0; i < form.list.count; i++) {
    const struct operation_argument *arg = operation_argument(&guide_form, form.list.item[i].name);
    MUST(arg && arg->kind != ARG_SECRET && form.list.item[i].text[0], "only what the form knows comes back");
  }
  MUST(guide_notes_done(&n, a).count <= n.steps.count, "a step is done once");
  if (input_is_dear()) must_be_a_record(&n, &form);
  guide_notes_keep_form(&n, &form, a);
  MUST(n.form.count == form.list.count, "it is kept as it came back");
  str_free(&out);
  arena_free(a);
}
