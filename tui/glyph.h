/* One thing a reader sees: a character with its combining marks, made harmless. All drawing and measuring of text steps
 * through it by this one function, so that what is measured is what is drawn. */
#ifndef TUI_GLYPH_H
#define TUI_GLYPH_H
#include "tui/canvas.h"

struct glyph {
  uint32_t point[CELL_POINTS];
  int width; /* 1 or 2 */
};

/* Reads the next one of s (len bytes left, 0 is fine) and returns the bytes it took. Whatever a terminal must not get, and
 * a combining mark with nothing to combine with, becomes U+FFFD. */
size_t glyph_next(const char *s, size_t len, struct glyph *ret);
#endif
