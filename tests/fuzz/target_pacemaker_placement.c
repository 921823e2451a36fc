/* crm_simulate's XML. */
#include "sources/pacemaker_placement.h"
#include "tests/fuzz/fuzz.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed) { return mutate_xml(data, len, max, seed); }

void target_setup(void) { xml_setup(); }

void target(const uint8_t *data, size_t len) {
  struct arena *a = arena_new();
  struct pcmk_placement p = {0};
  struct err e = {0};
  texts_add(a, &p.lost, "kvm02");
  if (pacemaker_placement_parse((const char *)data, len, a, &p, &e)) MUST(e.code && e.text[0], "a refusal says why");
  else mem_free(must_travel("pacemaker.placement", "kvm02", &p));
  arena_free(a);
  xml_settle();
}
