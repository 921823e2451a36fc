/* The canvas: a grid of cells, a value. A view draws to it, tests compare it, a screen (screen.h) shows it. Nothing here
 * talks to a terminal.
 * Whatever is drawn is made harmless here: control and bidirectional characters, invisible and invalid ones become U+FFFD
 * ('?' underlined on an ASCII canvas), a fourth and later combining mark is dropped, a wide character that does not fit
 * whole becomes a blank. So views hand in names as the cluster gave them.
 * All drawing goes through a pen: a rectangle of the canvas with its own coordinates, which clips. The same view code draws
 * in a pane or on the full screen. A pen is a small value; pass it on, keep none after the frame. */
#ifndef TUI_CANVAS_H
#define TUI_CANVAS_H
#include "base/str.h"
#include "tui/symbol.h"
#include "tui/theme.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CELL_POINTS = 4, CANVAS_MAX = 1000 }; /* a base and three combining marks; columns and rows at most */

struct cell {
  uint32_t point[CELL_POINTS]; /* 0 ends it; a blank is ' ' */
  struct style style;
  uint8_t width; /* 1; 2: wide, the next cell is its right half; 0: right half of the cell before */
};

struct canvas { /* read by screens and tests; written by the functions below only */
  int w, h;
  enum glyphs glyphs;
  int cursor_x, cursor_y; /* where a prompt wants the terminal's cursor; -1: hidden */
  struct cell *cells;     /* row by row */
};

struct canvas *canvas_new(int w, int h, enum glyphs glyphs); /* blank; sizes are brought into 1..CANVAS_MAX; canvas_free() */
void canvas_free(struct canvas *c);                          /* NULL is fine */
void canvas_freep(struct canvas **c);                        /* for CLEANUP() */
void canvas_resize(struct canvas *c, int w, int h);          /* blank afterwards */
void canvas_clear(struct canvas *c);                         /* blank, cursor hidden */
void canvas_copy(struct canvas *to, const struct canvas *from);
const struct cell *canvas_at(const struct canvas *c, int x, int y); /* NULL outside */
bool canvas_equal(const struct canvas *a, const struct canvas *b);  /* size, cells, styles, cursor */

/* Calls fn for each run of changed cells, at most one row long, never starting or ending inside a wide character; other
 * size: everything is changed. Returns how many cells changed. fn NULL only counts. */
typedef void run_fn(void *owner, int x, int y, int w);
size_t canvas_diff(const struct canvas *before, const struct canvas *now, run_fn *fn, void *owner);

/* Frames as text, a line a row. keep_blanks: trailing blanks stay. */
void canvas_text(const struct canvas *c, struct str *out, bool keep_blanks);
/* With SGR sequences by theme; each line ends plain. */
void canvas_ansi(const struct canvas *c, const struct theme *t, enum colours depth, struct str *out);
/* The styles: "ROW FROM-TO ROLE [bold reverse underline dim] [on ROLE]" for each run that is not plain NORMAL. */
void canvas_styles(const struct canvas *c, struct str *out);
/* One line "key: value" of a state dump (render --format state): value is made harmless, so a line stays a line. */
void state_line(struct str *out, const char *key, const char *value);
void state_linef(struct str *out, const char *key, const char *format, ...) PRINTF(3, 4);

struct pen {
  struct canvas *canvas;
  int w, h;                     /* what there is to draw on, local coordinates 0,0 to w-1,h-1 */
  int x, y;                     /* 0,0 of it on the canvas */
  int left, top, right, bottom; /* the clip on the canvas; right and bottom are the first outside */
};

struct pen canvas_pen(struct canvas *c); /* all of it */
/* A part of p, shortened to what fits into p on the right and at the bottom; w or h may become 0: drawing does nothing. */
struct pen pen_sub(struct pen p, int x, int y, int w, int h);

/* Text from x,y to the pen's right edge, where it is cut. Returns the column after what was drawn, so that
 * x = pen_text(p, x, ...) goes on behind it. NULL draws nothing. */
int pen_text(struct pen p, int x, int y, struct style s, const char *text);
int pen_textf(struct pen p, int x, int y, struct style s, const char *format, ...) PRINTF(5, 6);
/* Text in a field of w columns, the rest of the field blank; one that is too long ends with an ellipsis. Return x + w. */
int pen_field(struct pen p, int x, int y, int w, struct style s, const char *text);
int pen_right(struct pen p, int x, int y, int w, struct style s, const char *text); /* flush right */
int pen_centre(struct pen p, int x, int y, int w, struct style s, const char *text);
int pen_symbol(struct pen p, int x, int y, struct style s, enum symbol which); /* returns x + 1 */
void pen_fill(struct pen p, int x, int y, int w, int h, struct style s);       /* blanks */
void pen_clear(struct pen p, struct style s);                                  /* all of the pen */
/* Leaves the text, changes the style: role and on where they are not NORMAL, attributes are added. */
void pen_restyle(struct pen p, int x, int y, int w, int h, struct style s);
void pen_rule(struct pen p, int x, int y, int w, struct style s); /* horizontal line */
void pen_rule_down(struct pen p, int x, int y, int h, struct style s);
void pen_cursor(struct pen p, int x, int y); /* the terminal's cursor is shown here, if inside */

/* A frame around the whole pen: "┌1 Nodes────12 of 40┐". Returns the inside. Each text may be NULL. */
struct box {
  const char *title;  /* top left */
  const char *note;   /* top right, left out before the title is cut */
  const char *footer; /* bottom right, as for "12-30 of 214" */
  bool focused;       /* BORDER_FOCUSED, TITLE bold */
};
struct pen pen_box(struct pen p, const struct box *b);

/* Columns that text takes when drawn (unlike utf8_width() after it was made harmless). */
int text_columns(const char *text);
#endif
