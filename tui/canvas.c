#include "tui/canvas.h"
#include "base/utf8.h"
#include <stdio.h>
#include <string.h>

static const struct cell blank = {.point = {' '}, .width = 1};

static int bounded(int n) { return n < 1 ? 1 : n > CANVAS_MAX ? CANVAS_MAX : n; }

struct canvas *canvas_new(int w, int h, enum glyphs glyphs) {
  struct canvas *c = mem_alloc(sizeof(*c));
  c->glyphs = glyphs;
  canvas_resize(c, w, h);
  return c;
}

void canvas_free(struct canvas *c) {
  if (!c) return;
  mem_free(c->cells);
  mem_free(c);
}

void canvas_freep(struct canvas **c) { canvas_free(*c); }

void canvas_resize(struct canvas *c, int w, int h) {
  c->w = bounded(w);
  c->h = bounded(h);
  c->cells = mem_grow(c->cells, (size_t)c->w * (size_t)c->h, sizeof(*c->cells));
  canvas_clear(c);
}

void canvas_clear(struct canvas *c) {
  size_t count = (size_t)c->w * (size_t)c->h;
  for (size_t i = 0; i < count; i++) c->cells[i] = blank;
  c->cursor_x = c->cursor_y = -1;
}

void canvas_copy(struct canvas *to, const struct canvas *from) {
  if (to->w != from->w || to->h != from->h) canvas_resize(to, from->w, from->h);
  memcpy(to->cells, from->cells, (size_t)from->w * (size_t)from->h * sizeof(*from->cells));
  to->glyphs = from->glyphs;
  to->cursor_x = from->cursor_x;
  to->cursor_y = from->cursor_y;
}

const struct cell *canvas_at(const struct canvas *c, int x, int y) {
  return x < 0 || y < 0 || x >= c->w || y >= c->h ? NULL : &c->cells[(size_t)y * (size_t)c->w + (size_t)x];
}

bool canvas_equal(const struct canvas *a, const struct canvas *b) {
  return a->w == b->w && a->h == b->h && a->cursor_x == b->cursor_x && a->cursor_y == b->cursor_y &&
         !memcmp(a->cells, b->cells, (size_t)a->w * (size_t)a->h * sizeof(*a->cells));
}

static size_t diff_row(const struct cell *before, const struct cell *now, int w, int y, run_fn *fn, void *owner) {
  size_t changed = 0;
  for (int x = 0; x < w;) {
    if (!memcmp(&before[x], &now[x], sizeof(*now))) {
      x++;
      continue;
    }
    int from = x, to = x + 1;
    while (to < w && memcmp(&before[to], &now[to], sizeof(*now))) to++;
    changed += (size_t)(to - from);
    /* Halves of a wide character, of what was there or of what comes, are not drawn apart. */
    while (from > 0 && (!before[from].width || !now[from].width)) from--;
    while (to < w && (!before[to].width || !now[to].width)) to++;
    if (fn) fn(owner, from, y, to - from);
    x = to;
  }
  return changed;
}

size_t canvas_diff(const struct canvas *before, const struct canvas *now, run_fn *fn, void *owner) {
  size_t changed = 0;
  if (before->w != now->w || before->h != now->h) {
    for (int y = 0; y < now->h && fn; y++) fn(owner, 0, y, now->w);
    return (size_t)now->w * (size_t)now->h;
  }
  for (int y = 0; y < now->h; y++) {
    size_t row = (size_t)y * (size_t)now->w;
    if (!memcmp(before->cells + row, now->cells + row, (size_t)now->w * sizeof(*now->cells))) continue;
    changed += diff_row(before->cells + row, now->cells + row, now->w, y, fn, owner);
  }
  return changed;
}

/* ---- frames as text ---- */

static bool plain(struct style s) { return s.role == ROLE_NORMAL && !s.attrs && s.on == ROLE_NORMAL; }
static bool is_blank(const struct cell *c) { return c->width == 1 && c->point[0] == ' ' && !c->point[1]; }

static void add_cell(struct str *out, const struct cell *c) {
  char bytes[4];
  for (size_t i = 0; c->width && i < CELL_POINTS && c->point[i]; i++) str_addn(out, bytes, utf8_put(c->point[i], bytes));
}

void canvas_text(const struct canvas *c, struct str *out, bool keep_blanks) {
  for (int y = 0; y < c->h; y++) {
    int end = c->w;
    while (!keep_blanks && end > 0 && is_blank(canvas_at(c, end - 1, y))) end--;
    for (int x = 0; x < end; x++) add_cell(out, canvas_at(c, x, y));
    str_addc(out, '\n');
  }
}

static void add_colour(struct str *out, int colour, enum colours depth, int base) {
  if (colour < 0) return;
  if (depth == COLOURS_256) str_addf(out, ";%d;5;%d", base + 8, colour);
  else if (colour < 8) str_addf(out, ";%d", base + colour);
  else str_addf(out, ";%d", base + 60 + colour - 8);
}

static void add_sgr(struct str *out, struct look l, enum colours depth) {
  str_add(out, "\033[0");
  if (l.attrs & ATTR_BOLD) str_add(out, ";1");
  if (l.attrs & ATTR_DIM) str_add(out, ";2");
  if (l.attrs & ATTR_UNDERLINE) str_add(out, ";4");
  if (l.attrs & ATTR_REVERSE) str_add(out, ";7");
  add_colour(out, l.fg, depth, 30);
  add_colour(out, l.bg, depth, 40);
  str_addc(out, 'm');
}

void canvas_ansi(const struct canvas *c, const struct theme *t, enum colours depth, struct str *out) {
  const struct look none = {-1, -1, 0};
  for (int y = 0; y < c->h; y++) {
    struct look last = none;
    int end = c->w;
    while (end > 0 && is_blank(canvas_at(c, end - 1, y)) && plain(canvas_at(c, end - 1, y)->style)) end--;
    for (int x = 0; x < end; x++) {
      const struct cell *cell = canvas_at(c, x, y);
      struct look l = theme_look(t, depth, cell->style);
      if (cell->width && (l.fg != last.fg || l.bg != last.bg || l.attrs != last.attrs)) {
        add_sgr(out, l, depth);
        last = l;
      }
      add_cell(out, cell);
    }
    if (last.fg != none.fg || last.bg != none.bg || last.attrs) str_add(out, "\033[0m");
    str_addc(out, '\n');
  }
}

void canvas_styles(const struct canvas *c, struct str *out) {
  for (int y = 0; y < c->h; y++) {
    for (int x = 0, to; x < c->w; x = to) {
      struct style s = canvas_at(c, x, y)->style;
      for (to = x + 1; to < c->w && !memcmp(&canvas_at(c, to, y)->style, &s, sizeof(s));) to++;
      if (plain(s)) continue;
      str_addf(out, "%d %d-%d %s", y, x, to - 1, role_name(s.role));
      if (s.attrs & ATTR_BOLD) str_add(out, " bold");
      if (s.attrs & ATTR_REVERSE) str_add(out, " reverse");
      if (s.attrs & ATTR_UNDERLINE) str_add(out, " underline");
      if (s.attrs & ATTR_DIM) str_add(out, " dim");
      if (s.on != ROLE_NORMAL) str_addf(out, " on %s", role_name(s.on));
      str_addc(out, '\n');
    }
  }
}

void state_line(struct str *out, const char *key, const char *value) {
  str_addf(out, "%s: ", key);
  size_t len = value ? strlen(value) : 0, used;
  for (; len; value += used, len -= used) {
    uint32_t cp = utf8_next(value, len, &used);
    char bytes[4];
    str_addn(out, bytes, utf8_put(utf8_hostile(cp) ? 0xFFFD : cp, bytes));
  }
  str_addc(out, '\n');
}

void state_linef(struct str *out, const char *key, const char *format, ...) {
  char value[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(value, sizeof(value), format, args);
  va_end(args);
  state_line(out, key, value);
}
