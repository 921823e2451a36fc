/* The file of --world: refused, or a world in which time can pass whatever it holds. */
#include "model/fragment.h"
#include "sim/event.h"
#include "sim/sim.h"
#include "sim/world.h"
#include "tests/fuzz/fuzz.h"
#include <stdio.h>
#include <unistd.h>

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed) { return mutate_lines_of_json(data, len, max, seed); }

static void take(void *owner, const char *line, size_t len, int64_t at) {
  struct fragment *f;
  struct err e = {0};
  (void)owner, (void)at;
  MUST(!fragment_parse(line, len, &f, &e), "what it says is a fragment: %s: %.300s", e.text, line);
  fragment_drop(f);
}

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  struct world *w = NULL;
  struct sim *s = NULL;
  struct err e = {0};
  if (world_parse((const char *)data, len, &w, &e)) {
    MUST(e.code && e.text[0], "a refusal says why");
    return;
  }
  if (!input_is_dear()) return world_free(w); /* time that passes in it costs a hundred times what reading it does */
  if (sim_adopt(w, &s, &e)) {
    MUST(e.text[0], "a refusal says why");
    return;
  }
  sim_run(s, sim_now(s), take, NULL);
  for (int n = 0; n < 40 && sim_next(s) < sim_now(s) + 100000; n++) sim_run(s, sim_next(s), take, NULL);
  sim_close(s);
}
