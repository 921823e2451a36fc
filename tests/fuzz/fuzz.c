#include "tests/fuzz/fuzz.h"
#include "base/utf8.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

void must_fail(const char *file, int line, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  fprintf(stderr, "%s:%d: must hold: ", file, line);
  vfprintf(stderr, format, ap);
  fputc('\n', stderr);
  va_end(ap);
  abort();
}

char *input_text(const uint8_t *data, size_t len) {
  char *text = mem_alloc(len + 1);
  if (len) memcpy(text, data, len);
  return text;
}

void must_be_json(const char *text, size_t len) {
  json_error_t e;
  json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &e);
  MUST(json, "what is printed is JSON: %s at %d in %.*s", e.text, e.position, (int)(len < 2000 ? len : 2000), text);
  json_decref(json);
}

void must_be_harmless(const char *text, size_t len) {
  for (size_t used; len; text += used, len -= used) {
    uint32_t cp = utf8_next(text, len, &used);
    bool control = (cp < 0x20 && cp != '\n') || (cp >= 0x7F && cp < 0xA0),
         turns = (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
    MUST(!control && !turns && (cp == '\n' || !utf8_hostile(cp)), "no terminal gets U+%04X", cp); /* the first two without asking who is tested */
    MUST(cp != 0xFFFD || used == 3, "what is drawn is UTF-8");
  }
}
