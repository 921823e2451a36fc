/* The CIB's configuration. A secret is put into every parameter that is not known to be harmless and into every value
 * whose name speaks of one: none of it is in the fact. */
#include "sources/pacemaker_config.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed) { return mutate_xml(data, len, max, seed); }

static bool secret(const char *set, const char *name) {
  static const char *const words[] = {"pass", "secret", "login", "token", "key", "credential"};
  for (size_t i = 0; i < COUNT(words); i++)
    if (strcasestr(name, words[i])) return true;
  return !strcmp(set, "instance_attributes") && !pacemaker_param_is_harmless(name);
}

static void read_it(const char *bytes, size_t len, bool planted) {
  struct arena *a = arena_new();
  struct pcmk_config c;
  struct err e = {0};
  if (pacemaker_config_parse(bytes, len, a, &c, &e)) MUST(e.code && e.text[0], "a refusal says why");
  else if (input_is_dear()) {
    char *line = must_travel("pacemaker.config", NULL, &c);
    MUST(!planted || !strstr(line, SECRET), "no password in a fact: %s", line);
    mem_free(line);
  }
  arena_free(a);
}

void target_setup(void) { xml_setup(); }

void target(const uint8_t *data, size_t len) {
  size_t size;
  read_it((const char *)data, len, false);
  char *planted = input_is_dear() ? plant_in_xml(data, len, NULL, secret, &size) : NULL;
  if (planted) read_it(planted, size, true);
  mem_free(planted);
  xml_settle();
}
