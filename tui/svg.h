/* A frame as a picture (SVG), for `render --format svg` and the documents. The same frame and theme are the same bytes. */
#ifndef TUI_SVG_H
#define TUI_SVG_H
#include "tui/canvas.h"

void canvas_svg(const struct canvas *c, const struct theme *t, struct str *out);
#endif
