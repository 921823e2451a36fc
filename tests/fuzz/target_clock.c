/* Stamps: one that was read and written is read again as the same moment. */
#include "base/clock.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  char *text = input_text(data, len), out[CLOCK_TEXT], age[CLOCK_TEXT];
  int64_t at = 7, again = 7, loose = 7;
  if (clock_parse(text, &at)) MUST(at == 7, "what was not read is untouched");
  else {
    MUST(strlen(clock_rfc3339(out, at)) == strlen("1970-01-01T00:00:00.000Z"), "it is written in one form: %s", out);
    MUST(!clock_parse(out, &again), "what was written is read: %s", out);
    MUST(again == at, "as the same moment: %s of %s", out, text);
    clock_age(age, at);
  }
  if (clock_parse_loose(text, &loose)) MUST(loose == 7, "what was not read is untouched");
  else MUST(!clock_parse(clock_rfc3339(out, loose), &again) && again == loose, "and so is one of pacemaker's: %s of %s", out, text);
  if (len >= sizeof at) {
    memcpy(&at, data, sizeof at);
    MUST(strlen(clock_rfc3339(out, at)) < CLOCK_TEXT && strlen(clock_age(age, at)) < CLOCK_TEXT, "any number can be written");
  }
  mem_free(text);
}
