/* Names made harmless: UTF-8 comes out whatever goes in, of no more bytes than there is room for, and cleaning what is
 * clean changes nothing. The first byte is the room. */
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  if (!len) return;
  size_t room = data[0], all = 3 * len + 1;
  char *text = input_text(data + 1, len - 1), *out = mem_alloc(room), *whole = mem_alloc(all), *again = mem_alloc(all);
  utf8_clean(out, room, text);
  if (room) {
    MUST(strlen(out) < room, "there is room for it");
    must_be_harmless(out, strlen(out));
    MUST(!strchr(out, '\n'), "a newline is no part of a name");
  }
  utf8_clean(whole, all, text);
  must_be_harmless(whole, strlen(whole));
  utf8_clean(again, all, whole);
  MUST(!strcmp(whole, again), "cleaning what is clean changes nothing");
  MUST(!room || !strncmp(out, whole, strlen(out)), "a short one is the beginning of the whole");
  MUST(utf8_width(whole) >= 0 && utf8_width(text) >= 0, "a width is none below zero");
  mem_free(text), mem_free(out), mem_free(whole), mem_free(again);
}
