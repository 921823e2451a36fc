/* What `record --raw` prints: whatever was received, it is one line of JSON; and no secret of a CIB or of a domain's
 * definition is in it. */
#include "model/fragment.h"
#include "sources/pacemaker_config.h"
#include "sources/raw.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed) { return mutate_xml(data, len, max, seed); }

void target_setup(void) { xml_setup(); }

void target(const uint8_t *data, size_t len) {
  static const char *const places[] = {"passwd", "query", "usage", NULL};
  struct str out = {0};
  size_t size;
  raw_print(&out, 0, LAYER_GLUSTER, "h", "call", data, len);
  if (input_is_dear()) must_be_json(out.data, out.len);
  must_be_harmless(out.data, out.len);
  MUST(memchr(out.data, '\n', out.len) == out.data + out.len - 1, "it is one line");
  MUST(fragment_is_raw(out.data, out.len), "it is known as raw");
  char *planted = input_is_dear() ? plant_in_xml(data, len, places, pacemaker_may_be_secret, &size) : NULL;
  if (planted) {
    str_reset(&out);
    raw_mask_nvpairs(planted, size, pacemaker_may_be_secret);
    raw_print(&out, 0, LAYER_PACEMAKER, "h", "cibadmin", planted, size);
    MUST(!strstr(out.data, SECRET), "no password in what is kept: %s", out.data);
  }
  mem_free(planted);
  str_free(&out);
  xml_settle();
}
