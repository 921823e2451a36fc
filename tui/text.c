#include "tui/text.h"
#include "tui/glyph.h"
#include <stdio.h>
#include <string.h>

enum { TEXT_LINE_MAX = 64 * 1024, TAB = 8 }; /* a longer line is cut: nobody reads on there */

struct part {  /* a stretch of a line in one style */
  size_t from; /* into the line's text */
  struct style style;
};

struct line {
  struct str text;
  struct part *parts;
  size_t part_count;
  int columns; /* of the whole text: most lines fit, and then nothing needs to be wrapped */
  int first, rest;
  bool no_wrap;
};

struct text {
  struct line *lines;
  size_t count, room;
  int first, rest;
};

struct text *text_new(void) {
  return mem_alloc(sizeof(struct text));
}

void text_join(struct text *t, struct text *behind) {
  while (t->room < t->count + behind->count) {
    t->room = t->room ? 2 * t->room : 16;
    t->lines = mem_grow(t->lines, t->room, sizeof *t->lines);
  }
  if (behind->count) memcpy(t->lines + t->count, behind->lines, behind->count * sizeof *t->lines);
  t->count += behind->count;
  behind->count = 0;
}

void text_cut(struct text *t, size_t lines) {
  for (; t->count > lines; t->count--) {
    str_free(&t->lines[t->count - 1].text);
    mem_free(t->lines[t->count - 1].parts);
  }
}

void text_reset(struct text *t) {
  text_cut(t, 0);
  t->first = t->rest = 0;
}

void text_free(struct text *t) {
  if (!t) return;
  text_reset(t);
  mem_free(t->lines);
  mem_free(t);
}

void text_freep(struct text **t) { text_free(*t); }
size_t text_lines(const struct text *t) { return t->count; }

static struct line *new_line(struct text *t) {
  if (t->count == t->room) {
    t->room = t->room ? t->room * 2 : 32;
    t->lines = mem_grow(t->lines, t->room, sizeof(*t->lines));
  }
  struct line *l = &t->lines[t->count++];
  *l = (struct line){.first = t->first, .rest = t->rest};
  return l;
}

static void add_part(struct line *l, struct style style, const char *s, size_t len) {
  if (!l->part_count || memcmp(&l->parts[l->part_count - 1].style, &style, sizeof(style))) {
    l->parts = mem_grow(l->parts, l->part_count + 1, sizeof(*l->parts));
    l->parts[l->part_count++] = (struct part){l->text.len, style};
  }
  if (len > TEXT_LINE_MAX - l->text.len) len = TEXT_LINE_MAX - l->text.len;
  while (len) {
    const char *tab = memchr(s, '\t', len);
    size_t before = tab ? (size_t)(tab - s) : len, from = l->text.len;
    str_addn(&l->text, s, before);
    l->columns += text_columns(str_text(&l->text) + from);
    if (!tab) return;
    for (int blanks = TAB - l->columns % TAB; blanks > 0 && l->text.len < TEXT_LINE_MAX; blanks--, l->columns++) str_addc(&l->text, ' ');
    s += before + 1;
    len -= before + 1;
    if (len > TEXT_LINE_MAX - l->text.len) len = TEXT_LINE_MAX - l->text.len;
  }
}

void text_more(struct text *t, struct style style, const char *s) {
  struct line *l = t->count ? &t->lines[t->count - 1] : new_line(t);
  for (;;) {
    const char *end = strchr(s, '\n');
    size_t len = end ? (size_t)(end - s) : strlen(s);
    add_part(l, style, s, end && len && s[len - 1] == '\r' ? len - 1 : len);
    if (!end || !end[1]) return; /* a newline at the very end ends the line and starts none */
    s = end + 1;
    l = new_line(t);
  }
}

void text_add(struct text *t, struct style style, const char *s) {
  new_line(t);
  text_more(t, style, s);
}

static char *formatted(const char *format, va_list args) {
  char *s = NULL;
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (len < 0) len = 0;
  s = mem_alloc((size_t)len + 1);
  vsnprintf(s, (size_t)len + 1, format, args);
  return s;
}

void text_addf(struct text *t, struct style style, const char *format, ...) {
  va_list args;
  va_start(args, format);
  CLEANUP(mem_freep) char *s = formatted(format, args);
  va_end(args);
  text_add(t, style, s);
}

void text_moref(struct text *t, struct style style, const char *format, ...) {
  va_list args;
  va_start(args, format);
  CLEANUP(mem_freep) char *s = formatted(format, args);
  va_end(args);
  text_more(t, style, s);
}

void text_indent(struct text *t, int first, int rest) {
  t->first = first < 0 ? 0 : first;
  t->rest = rest < 0 ? 0 : rest;
}

void text_no_wrap(struct text *t) {
  if (t->count) t->lines[t->count - 1].no_wrap = true;
}

/* An indent never takes more than half of the width. */
static int indent_of(const struct line *l, bool first, int w) {
  int indent = first ? l->first : l->rest;
  return indent > w / 2 ? w / 2 : indent;
}

/* The row that starts at byte `at` and has `room` columns: returns where it ends (*ret_next: where the next one starts). Breaks
 * behind a blank if there is one, else in the middle of the word; takes at least one character. */
static size_t row_end(const struct line *l, size_t at, int room, size_t *ret_next) {
  const char *s = str_text(&l->text);
  size_t len = l->text.len, i = at, blank = 0, behind = 0;
  int columns = 0;
  struct glyph g;
  while (i < len) {
    size_t used = glyph_next(s + i, len - i, &g);
    bool is_blank = g.point[0] == ' ';
    if (is_blank && i > at && s[i - 1] != ' ') blank = i;
    if (columns + g.width > room && !is_blank && i > at) {
      if (behind) {
        *ret_next = behind;
        return blank ? blank : behind;
      }
      *ret_next = i;
      return i;
    }
    i += used;
    columns += g.width;
    if (is_blank && blank) behind = i; /* after leading blanks alone a break would make an empty row */
  }
  *ret_next = len;
  return columns > room && blank ? blank : len;
}

static size_t rows_of(const struct line *l, int w) {
  if (l->no_wrap || l->columns <= w - indent_of(l, true, w)) return 1;
  size_t rows = 0, at = 0, next;
  do {
    row_end(l, at, w - indent_of(l, !rows, w), &next);
    rows++;
    at = next;
  } while (at < l->text.len);
  return rows;
}

size_t text_height(const struct text *t, int w) {
  if (w < 1) return 0;
  size_t rows = 0;
  for (size_t i = 0; i < t->count; i++) rows += rows_of(&t->lines[i], w);
  return rows;
}

/* Bytes from..to of the line, each part in its style. */
static void draw_bytes(struct pen p, int x, int y, const struct line *l, size_t from, size_t to) {
  for (size_t i = 0; i < l->part_count; i++) {
    size_t a = l->parts[i].from, b = i + 1 < l->part_count ? l->parts[i + 1].from : l->text.len;
    if (a < from) a = from;
    if (b > to) b = to;
    if (a >= b) continue;
    CLEANUP(mem_freep) char *s = mem_strndup(str_text(&l->text) + a, b - a);
    x = pen_text(p, x, y, l->parts[i].style, s);
  }
}

/* Draws the rows of one line, of which the first `skip` are above; returns the y after it. */
static int draw_line(struct pen p, int y, const struct line *l, size_t skip) {
  int indent = indent_of(l, true, p.w);
  if (l->no_wrap || l->columns <= p.w - indent) {
    draw_bytes(p, indent, y, l, 0, l->text.len);
    if (l->columns > p.w - indent) pen_symbol(p, p.w - 1, y, l->part_count ? l->parts[l->part_count - 1].style : STYLE(NORMAL), SYMBOL_ELLIPSIS);
    return y + 1;
  }
  size_t at = 0, next, rows = 0;
  do {
    indent = indent_of(l, !rows, p.w);
    size_t end = row_end(l, at, p.w - indent, &next);
    if (rows++ >= skip) draw_bytes(p, indent, y++, l, at, end);
    at = next;
  } while (at < l->text.len && y < p.h);
  return y;
}

void text_draw(struct pen p, const struct text *t, size_t top) {
  if (p.w < 1) return;
  int y = 0;
  for (size_t i = 0; i < t->count && y < p.h; i++) {
    size_t rows = top ? rows_of(&t->lines[i], p.w) : 0;
    if (top && top >= rows) {
      top -= rows;
      continue;
    }
    y = draw_line(p, y, &t->lines[i], top);
    top = 0;
  }
}

size_t text_clamp(const struct text *t, int w, int h, size_t top) {
  size_t rows = text_height(t, w), height = h < 0 ? 0 : (size_t)h;
  size_t last = rows > height ? rows - height : 0;
  return top > last ? last : top;
}

size_t text_move(const struct text *t, int w, int h, size_t top, enum move m) {
  size_t page = h > 1 ? (size_t)h - 1 : 1; /* one row stays: it says where one was */
  return text_clamp(t, w, h, scroll_move(top, page, m));
}

char *text_range(char *out, const struct text *t, int w, int h, size_t top) {
  return scroll_range(out, text_clamp(t, w, h, top), h < 0 ? 0 : (size_t)h, text_height(t, w));
}
