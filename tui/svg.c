/* A frame as a picture: the same cells and looks as on a terminal of 256 colours. Lines, blocks and bars are drawn as
 * shapes, since no font's meet; texts are set to the width of their cells, since no two fonts have the same. */
#include "tui/svg.h"
#include "base/utf8.h"

enum { CELL_W = 9, CELL_H = 18, BASE = 14, SIZE = 15, MARGIN = 6 };

static unsigned colour(int n) {
  static const unsigned first[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
  static const unsigned steps[] = {0, 95, 135, 175, 215, 255};
  if (n < 16) return first[n < 0 ? 0 : n];
  if (n >= 232) return (unsigned)(8 + (n - 232) * 10) * 0x010101;
  n -= 16;
  return steps[n / 36] << 16 | steps[n / 6 % 6] << 8 | steps[n % 6];
}

/* What is really seen: no colour is left open, nothing reversed. */
static struct look seen(const struct theme *t, struct style s) {
  struct look l = theme_look(t, COLOURS_256, s), own = theme_ground(t);
  if (l.fg < 0) l.fg = own.fg;
  if (l.bg < 0) l.bg = own.bg;
  if (l.attrs & ATTR_REVERSE) l = (struct look){l.bg, l.fg, l.attrs & (uint8_t)~ATTR_REVERSE};
  return l;
}

static bool same(struct look a, struct look b) { return a.fg == b.fg && a.bg == b.bg && a.attrs == b.attrs; }

/* Lines by the arms they have from the middle of a cell: 1 left, 2 right, 4 up, 8 down. 0: it is none. */
static int arms(uint32_t point) {
  static const struct { uint32_t point; int arms; } lines[] = {{0x2500, 3}, {0x2502, 12}, {0x250C, 10}, {0x2510, 9}, {0x2514, 6}, {0x2518, 5}, {0x251C, 14}, {0x2524, 13}, {0x252C, 11}, {0x2534, 7}, {0x253C, 15}};
  for (size_t i = 0; i < COUNT(lines); i++)
    if (lines[i].point == point) return lines[i].arms;
  return 0;
}

/* Blocks: eighths of the cell that are filled from its bottom, and how densely in percent. 0: it is none. */
static int block(uint32_t point, int *ret_percent) {
  *ret_percent = point == 0x2591 ? 25 : point == 0x2592 ? 50 : point == 0x2593 ? 75 : 100;
  if (point >= 0x2581 && point <= 0x2588) return (int)(point - 0x2580);
  return point >= 0x2591 && point <= 0x2593 ? 8 : 0;
}

static bool is_shape(const struct cell *c) {
  int percent;
  return arms(c->point[0]) || block(c->point[0], &percent);
}

static bool is_blank(const struct cell *c) { return c->width == 1 && c->point[0] == ' ' && !c->point[1]; }

static int left_of(int x) { return MARGIN + x * CELL_W; }
static int top_of(int y) { return MARGIN + y * CELL_H; }

static void add_ground(const struct canvas *c, const struct theme *t, int y, int own, struct str *out) {
  for (int x = 0, to; x < c->w; x = to) {
    int bg = seen(t, canvas_at(c, x, y)->style).bg;
    for (to = x + 1; to < c->w && seen(t, canvas_at(c, to, y)->style).bg == bg; to++);
    if (bg != own) str_addf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n", left_of(x), top_of(y), (to - x) * CELL_W, CELL_H, colour(bg));
  }
}

static void add_shapes(const struct canvas *c, int x, int to, int y, struct look l, struct str *out) {
  int half_w = CELL_W / 2, half_h = CELL_H / 2, percent;
  bool any = false;
  for (int i = x; i < to; i++) {
    int a = arms(canvas_at(c, i, y)->point[0]);
    if (!a) continue;
    str_add(out, any ? "" : "<path d=\"");
    any = true;
    if (a & 3) str_addf(out, "M%d.5 %d.5H%d.5", a & 1 ? left_of(i) : left_of(i) + half_w, top_of(y) + half_h, a & 2 ? left_of(i + 1) : left_of(i) + half_w);
    if (a & 12) str_addf(out, "M%d.5 %d.5V%d.5", left_of(i) + half_w, a & 4 ? top_of(y) : top_of(y) + half_h, a & 8 ? top_of(y + 1) : top_of(y) + half_h);
  }
  if (any) str_addf(out, "\" stroke=\"#%06x\"%s/>\n", colour(l.fg), l.attrs & ATTR_BOLD ? " stroke-width=\"2\"" : "");
  for (int i = x; i < to; i++) {
    int eighths = block(canvas_at(c, i, y)->point[0], &percent), h = eighths * CELL_H / 8;
    if (!eighths) continue;
    str_addf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"", left_of(i), top_of(y + 1) - h, CELL_W, h, colour(l.fg));
    str_addf(out, percent < 100 ? " opacity=\"0.%d\"/>\n" : "/>\n", percent);
  }
}

static void add_escaped(struct str *out, const struct cell *c) {
  for (size_t i = 0; i < CELL_POINTS && c->point[i]; i++) {
    char bytes[4];
    switch (c->point[i]) {
    case '<': str_add(out, "&lt;"); break;
    case '>': str_add(out, "&gt;"); break;
    case '&': str_add(out, "&amp;"); break;
    default: str_addn(out, bytes, utf8_put(c->point[i], bytes));
    }
  }
}

static void add_text(const struct canvas *c, int x, int to, int y, struct look l, struct str *out) {
  str_addf(out, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" fill=\"#%06x\"", left_of(x), top_of(y) + BASE, (to - x) * CELL_W, colour(l.fg));
  if (l.attrs & ATTR_BOLD) str_add(out, " font-weight=\"bold\"");
  if (l.attrs & ATTR_UNDERLINE) str_add(out, " text-decoration=\"underline\"");
  if (l.attrs & ATTR_DIM) str_add(out, " opacity=\"0.6\"");
  str_addc(out, '>');
  for (int i = x; i < to; i++)
    if (canvas_at(c, i, y)->width) add_escaped(out, canvas_at(c, i, y));
  str_add(out, "</text>\n");
}

/* A run of one look: its words apart, so that none is far from its cells whatever the font. */
static void add_run(const struct canvas *c, int x, int to, int y, struct look l, struct str *out) {
  add_shapes(c, x, to, y, l, out);
  while (x < to) {
    int end = x;
    if (is_blank(canvas_at(c, x, y)) || is_shape(canvas_at(c, x, y))) {
      x++;
      continue;
    }
    while (end < to && !is_blank(canvas_at(c, end, y)) && !is_shape(canvas_at(c, end, y))) end++;
    add_text(c, x, end, y, l, out);
    x = end;
  }
}

void canvas_svg(const struct canvas *c, const struct theme *t, struct str *out) {
  int w = c->w * CELL_W + 2 * MARGIN, h = c->h * CELL_H + 2 * MARGIN, own = seen(t, STYLE(NORMAL)).bg;
  str_addf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n", w, h, w, h);
  str_addf(out, "<rect width=\"%d\" height=\"%d\" rx=\"%d\" fill=\"#%06x\"/>\n", w, h, MARGIN, colour(own));
  str_addf(out, "<g font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\" font-size=\"%d\" fill=\"none\">\n", SIZE);
  for (int y = 0; y < c->h; y++) {
    add_ground(c, t, y, own, out);
    for (int x = 0, to; x < c->w; x = to) {
      struct look l = seen(t, canvas_at(c, x, y)->style);
      for (to = x + 1; to < c->w && same(seen(t, canvas_at(c, to, y)->style), l); to++);
      add_run(c, x, to, y, l, out);
    }
  }
  str_add(out, "</g>\n</svg>\n");
}
