/* Letters that are read from across a room: five pixels high, drawn with half blocks, or with # where there is only ASCII.
 * A scale of n makes a pixel n columns wide and half as many rows high, so that letters keep their shape. */
#ifndef TUI_BIG_H
#define TUI_BIG_H
#include "tui/canvas.h"

int big_columns(const char *text, int scale);            /* A to Z, digits and " -.:?!%/"; others are drawn as ? */
int big_rows(int scale, enum glyphs glyphs);
int big_scale(const char *text, int w, int h, enum glyphs glyphs); /* the largest that fits; 0: none does */
int big_draw(struct pen p, int x, int y, struct style s, const char *text, int scale); /* returns the column after it */
#endif
