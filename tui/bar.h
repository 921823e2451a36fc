/* Bars and sparklines, drawn or as text for a table's cell. Unknown (NaN, or less than 0) is drawn as '?', never as 0. */
#ifndef TUI_BAR_H
#define TUI_BAR_H
#include "tui/canvas.h"

enum { BAR_TEXT = 256 }; /* bytes that hold any bar of up to 80 columns */

/* percent 0..100 in w columns; role BAR, BAR_WARN from warn on, BAR_BAD from crit on (0: no such limit). */
void bar_draw(struct pen p, int x, int y, int w, double percent, double warn, double crit);
/* "███░░" into out (BAR_TEXT bytes); w at most 80. Returns out. */
char *bar_text(char *out, enum glyphs g, int w, double percent);

/* The last w values, newest right, scaled to max (0: the largest of them); NaN is a gap. */
void spark_draw(struct pen p, int x, int y, int w, struct style s, const double *values, size_t count, double max);
char *spark_text(char *out, enum glyphs g, int w, const double *values, size_t count, double max);
#endif
