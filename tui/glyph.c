#include "tui/glyph.h"
#include "base/utf8.h"
#include <string.h>

enum { REPLACEMENT = 0xFFFD };

size_t glyph_next(const char *s, size_t len, struct glyph *ret) {
  *ret = (struct glyph){.width = 1};
  if (!len) return 0;
  unsigned char first = (unsigned char)*s;
  if (first >= 0x20 && first < 0x7F && (len == 1 || (unsigned char)s[1] < 0x80)) { /* nearly always */
    ret->point[0] = first;
    return 1;
  }
  size_t at, used;
  uint32_t cp = utf8_next(s, len, &at);
  int columns = utf8_columns(cp);
  if (utf8_hostile(cp) || columns < 1) {
    ret->point[0] = REPLACEMENT;
    /* Marks on what was replaced would sit on the replacement: let them stand alone and be replaced too. */
    return at;
  }
  ret->point[0] = cp;
  ret->width = columns > 1 ? 2 : 1;
  for (unsigned marks = 1; at < len; at += used) {
    cp = utf8_next(s + at, len - at, &used);
    if (utf8_columns(cp) != 0 || utf8_hostile(cp)) break;
    if (marks < CELL_POINTS) ret->point[marks++] = cp; /* more of them would only smear over other lines */
  }
  return at;
}

int text_columns(const char *text) {
  int columns = 0;
  struct glyph g;
  for (size_t len = strlen(text), used; len; text += used, len -= used) {
    used = glyph_next(text, len, &g);
    columns += g.width;
  }
  return columns;
}
