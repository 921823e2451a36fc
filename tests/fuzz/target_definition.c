/* A definition as operations judge it: whatever libxml2 would not read is not taken, what it is compared with is told line by line. */
#include "ops/definition.h"
#include "model/shared.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

void target_setup(void) {}

static void differ(const char *one, const char *other, struct arena *a) {
  size_t more, none;
  struct texts t = definition_difference(one, other, 20, a, &more);
  MUST(t.count <= 20, "no more lines than were asked for");
  MUST(!definition_difference(one, one, 20, a, &none).count && !none, "nothing differs from itself");
  for (size_t i = 0; i < t.count; i++) MUST(strchr("-+@", t.item[i][0]), "a line says which side it is of: %s", t.item[i]);
}

void target(const uint8_t *data, size_t len) {
  struct arena *a = arena_new();
  char *text = input_text(data, len), *half = input_text(data, len / 2);
  struct definition d, now;
  struct setup_shared shared;
  struct shared_reading reading = {0};
  const char *why = definition_read(text, a, &d), *changed = definition_with(text, "vcpu", NULL, "7", a);
  MUST(!why || *why, "a refusal says why");
  MUST(why || (d.name && *d.name), "what is taken has a name");
  MUST(d.disks <= COUNT(d.disk), "disks are bounded");
  if (!why) MUST(!definition_fault(&d, &d, NULL, a) || !d.name_alone, "what it is it may stay");
  if (!why && changed) MUST(!definition_read(changed, a, &now) && str_eq(now.name, d.name), "one number changed is as well formed as before");
  if (input_is_dear()) differ(half, text, a);
  shape_init(&setup_shared_shape, &shared);
  for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') shared_line(&reading, &shared, arena_strndup(a, line, strcspn(line, "\n")), a);
  mem_free(half);
  mem_free(text);
  arena_free(a);
}
