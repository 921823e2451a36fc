/* A scenario as anybody may have written it: refused with its line, or a world that can be run, kept and read back. */
#include "sim/event.h"
#include "sim/scenario.h"
#include "tests/fuzz/fuzz.h"

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  struct world *w = NULL, *again = NULL;
  struct err e = {0};
  struct str first = {0}, second = {0};
  if (scenario_read("fuzz", (const char *)data, len, NULL, &w, &e)) {
    MUST(e.code && e.text[0], "a refusal says why");
    return;
  }
  if (!input_is_dear()) return world_free(w); /* a world that runs and is kept costs a hundred times what reading it does */
  if (w->resources.count < 100)
    for (int n = 0; n < 300 && world_next(w) < w->clock + 120000; n++) world_step(w);
  world_print(w, &first);
  MUST(!world_parse(first.data, first.len, &again, &e), "what was kept is read: %s", e.text);
  world_print(again, &second);
  MUST(str_eq(first.data, second.data), "and is the same");
  world_free(again);
  world_free(w);
  str_free(&first), str_free(&second);
}
