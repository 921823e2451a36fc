#include "base/utf8.h"
#include "tui/canvas.h"
#include "tui/glyph.h"
#include <stdio.h>
#include <string.h>

struct pen canvas_pen(struct canvas *c) {
  return (struct pen){.canvas = c, .w = c->w, .h = c->h, .right = c->w, .bottom = c->h};
}

static int smaller(int a, int b) { return a < b ? a : b; }
static int larger(int a, int b) { return a > b ? a : b; }

struct pen pen_sub(struct pen p, int x, int y, int w, int h) {
  /* Absurd numbers come from subtractions in narrow layouts; they must not overflow. */
  x = larger(smaller(x, p.w), -CANVAS_MAX);
  y = larger(smaller(y, p.h), -CANVAS_MAX);
  w = larger(smaller(w, p.w - x), 0);
  h = larger(smaller(h, p.h - y), 0);
  struct pen sub = {.canvas = p.canvas, .w = w, .h = h, .x = p.x + x, .y = p.y + y};
  sub.left = larger(p.left, sub.x);
  sub.top = larger(p.top, sub.y);
  sub.right = smaller(p.right, sub.x + w);
  sub.bottom = smaller(p.bottom, sub.y + h);
  return sub;
}

static bool row_inside(struct pen p, int y) { return y >= 0 && y < p.h && p.y + y >= p.top && p.y + y < p.bottom; }

static struct cell *cell_at(struct pen p, int cx, int cy) { return &p.canvas->cells[(size_t)cy * (size_t)p.canvas->w + (size_t)cx]; }

/* A cell is about to be overwritten: if it is one half of a wide character, the other half becomes a blank. */
static void break_wide(struct pen p, int cx, int cy) {
  struct cell *c = cell_at(p, cx, cy);
  if (c->width == 2 && cx + 1 < p.canvas->w) *cell_at(p, cx + 1, cy) = (struct cell){.point = {' '}, .style = c[1].style, .width = 1};
  if (c->width == 0 && cx > 0) *cell_at(p, cx - 1, cy) = (struct cell){.point = {' '}, .style = c[-1].style, .width = 1};
}

static void set_cell(struct pen p, int cx, int cy, const struct cell *value) {
  if (cx < p.left || cx >= p.right) return;
  break_wide(p, cx, cy);
  *cell_at(p, cx, cy) = *value;
}

static const struct cell right_half = {.width = 0};

/* Draws g at local x of a row that is inside; clipped, never cut in half. */
static void put_glyph(struct pen p, int x, int y, struct style s, const struct glyph *g) {
  int cx = p.x + x, cy = p.y + y;
  struct cell c = {.style = s, .width = 1};
  if (p.canvas->glyphs == GLYPHS_ASCII && g->point[0] >= 0x7F) {
    c.point[0] = '?';
    c.style.attrs |= ATTR_UNDERLINE; /* not to be taken for a real one */
    for (int i = 0; i < g->width; i++) set_cell(p, cx + i, cy, &c);
    return;
  }
  if (g->width == 1) {
    memcpy(c.point, g->point, sizeof(c.point));
    if (p.canvas->glyphs == GLYPHS_ASCII) c.point[1] = c.point[2] = c.point[3] = 0;
    set_cell(p, cx, cy, &c);
    return;
  }
  if (cx < p.left || cx + 1 >= p.right) {
    c.point[0] = ' ';
    set_cell(p, cx, cy, &c);
    set_cell(p, cx + 1, cy, &c);
    return;
  }
  memcpy(c.point, g->point, sizeof(c.point));
  c.width = 2;
  struct cell half = right_half;
  half.style = s;
  set_cell(p, cx, cy, &c);
  break_wide(p, cx + 1, cy); /* what stood there before; must not break the left half just set */
  *cell_at(p, cx, cy) = c;
  *cell_at(p, cx + 1, cy) = half;
}

/* Text from x to, at most, column end. A wide character whose right half has no room is left out. */
static int put_text(struct pen p, int x, int y, int end, struct style s, const char *text) {
  if (!text || !row_inside(p, y)) return x;
  struct glyph g;
  for (size_t len = strlen(text), used; len && x < end; text += used, len -= used) {
    used = glyph_next(text, len, &g);
    if (x + g.width > end) return x;
    put_glyph(p, x, y, s, &g);
    x += g.width;
  }
  return x;
}

int pen_text(struct pen p, int x, int y, struct style s, const char *text) {
  int end = put_text(p, x, y, p.w, s, text);
  /* What a wide character at the edge left free is part of this text, not of what was there before. */
  if (text && end == p.w - 1 && end > x && end - x < text_columns(text)) pen_fill(p, end, y, 1, 1, s);
  return end;
}

int pen_textf(struct pen p, int x, int y, struct style s, const char *format, ...) {
  char text[2048];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  return pen_text(p, x, y, s, text);
}

void pen_fill(struct pen p, int x, int y, int w, int h, struct style s) {
  struct pen area = pen_sub(p, x, y, w, h);
  const struct cell c = {.point = {' '}, .style = s, .width = 1};
  for (int cy = area.top; cy < area.bottom; cy++)
    for (int cx = area.left; cx < area.right; cx++) set_cell(area, cx, cy, &c);
}

void pen_clear(struct pen p, struct style s) { pen_fill(p, 0, 0, p.w, p.h, s); }

void pen_restyle(struct pen p, int x, int y, int w, int h, struct style s) {
  struct pen area = pen_sub(p, x, y, w, h);
  for (int cy = area.top; cy < area.bottom; cy++)
    for (int cx = area.left; cx < area.right; cx++) {
      struct cell *c = cell_at(area, cx, cy);
      if (!c->width) continue; /* styled with its left half */
      if (s.role != ROLE_NORMAL) c->style.role = s.role;
      if (s.on != ROLE_NORMAL) c->style.on = s.on;
      c->style.attrs |= s.attrs;
      if (c->width == 2) c[1].style = c->style;
    }
}

int pen_symbol(struct pen p, int x, int y, struct style s, enum symbol which) { return pen_text(p, x, y, s, symbol(p.canvas->glyphs, which)); }

/* Where text of a field stands: it is measured only as far as the field is wide. */
static bool fits(const char *text, int w, int *ret_columns) {
  struct glyph g;
  int columns = 0;
  for (size_t len = strlen(text), used; len; text += used, len -= used) {
    used = glyph_next(text, len, &g);
    columns += g.width;
    if (columns > w) return false;
  }
  *ret_columns = columns;
  return true;
}

static int field(struct pen p, int x, int y, int w, struct style s, const char *text, int halves_before) {
  if (w > p.w - x) w = p.w - x;
  if (w <= 0 || !row_inside(p, y)) return x + larger(w, 0);
  if (!text) text = "";
  int columns, end = x + w;
  if (fits(text, w, &columns)) {
    int before = (w - columns) * halves_before / 2;
    pen_fill(p, x, y, before, 1, s);
    x = put_text(p, x + before, y, end, s, text);
  } else {
    x = put_text(p, x, y, end - 1, s, text);
    x = pen_symbol(p, x, y, s, SYMBOL_ELLIPSIS);
  }
  pen_fill(p, x, y, end - x, 1, s);
  return end;
}

int pen_field(struct pen p, int x, int y, int w, struct style s, const char *text) { return field(p, x, y, w, s, text, 0); }
int pen_centre(struct pen p, int x, int y, int w, struct style s, const char *text) { return field(p, x, y, w, s, text, 1); }
int pen_right(struct pen p, int x, int y, int w, struct style s, const char *text) { return field(p, x, y, w, s, text, 2); }

void pen_rule(struct pen p, int x, int y, int w, struct style s) {
  struct pen area = pen_sub(p, x, y, w, 1);
  for (int i = 0; i < area.w; i++) pen_symbol(area, i, 0, s, SYMBOL_HORIZONTAL);
}

void pen_rule_down(struct pen p, int x, int y, int h, struct style s) {
  struct pen area = pen_sub(p, x, y, 1, h);
  for (int i = 0; i < area.h; i++) pen_symbol(area, 0, i, s, SYMBOL_VERTICAL);
}

void pen_cursor(struct pen p, int x, int y) {
  int cx = p.x + x, cy = p.y + y;
  if (cx < p.left || cx >= p.right || cy < p.top || cy >= p.bottom) return;
  p.canvas->cursor_x = cx;
  p.canvas->cursor_y = cy;
}

struct pen pen_box(struct pen p, const struct box *b) {
  struct style line = style_of(b->focused ? ROLE_BORDER_FOCUSED : ROLE_BORDER), words = style_of(b->focused ? ROLE_TITLE : ROLE_NORMAL);
  pen_symbol(p, 0, 0, line, SYMBOL_TOP_LEFT);
  pen_rule(p, 1, 0, p.w - 2, line);
  pen_symbol(p, p.w - 1, 0, line, SYMBOL_TOP_RIGHT);
  pen_rule_down(p, 0, 1, p.h - 2, line);
  pen_rule_down(p, p.w - 1, 1, p.h - 2, line);
  if (p.h > 1) {
    pen_symbol(p, 0, p.h - 1, line, SYMBOL_BOTTOM_LEFT);
    pen_rule(p, 1, p.h - 1, p.w - 2, line);
    pen_symbol(p, p.w - 1, p.h - 1, line, SYMBOL_BOTTOM_RIGHT);
  }
  int room = p.w - 2, title = b->title ? text_columns(b->title) : 0, note = b->note ? text_columns(b->note) : 0;
  if (b->title && room > 0) pen_field(p, 1, 0, smaller(title, room), words, b->title);
  if (note && title + 1 + note <= room) pen_text(p, p.w - 1 - note, 0, words, b->note);
  int footer = b->footer ? text_columns(b->footer) : 0;
  if (footer && footer <= room && p.h > 1) pen_text(p, p.w - 1 - footer, p.h - 1, style_of(ROLE_DIM), b->footer);
  return pen_sub(p, 1, 1, p.w - 2, p.h - 2);
}
