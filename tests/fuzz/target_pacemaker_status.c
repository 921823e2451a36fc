/* crm_mon's XML. Passwords that an agent wrote into its reason, or a tool into its complaint, go no further. */
#include "sources/pacemaker_status.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed) { return mutate_xml(data, len, max, seed); }

static void tell(const char *kind, const void *fact) {
  char *line = must_travel(kind, NULL, fact);
  MUST(!strstr(line, SECRET), "no password in a fact: %s", line);
  mem_free(line);
}

static void read_it(const char *bytes, size_t len, bool planted) {
  struct arena *a = arena_new();
  struct pacemaker_status s;
  struct err e = {0};
  if (!pacemaker_status_parse(bytes, len, a, &s, &e)) {
    if (planted) {
      tell("pacemaker.cluster", &s.cluster), tell("pacemaker.nodes", &s.nodes), tell("pacemaker.resources", &s.resources);
      tell("pacemaker.failures", &s.failures), tell("pacemaker.fencing", &s.fencing);
    }
  } else {
    MUST(e.code && e.text[0], "a refusal says why");
    MUST(!planted || !strstr(e.text, SECRET), "no password in a sentence: %s", e.text);
  }
  arena_free(a);
}

void target_setup(void) { xml_setup(); }

void target(const uint8_t *data, size_t len) {
  static const char *const places[] = {"exitreason", "exit-reason", "passwd", "password", "message", NULL};
  size_t size;
  read_it((const char *)data, len, false);
  char *planted = input_is_dear() ? plant_in_xml(data, len, places, NULL, &size) : NULL;
  if (planted) read_it(planted, size, true);
  mem_free(planted);
  xml_settle();
}
