#include "tui/bar.h"
#include <math.h>
#include <string.h>

enum { BAR_MAX = 80 };

static int bounded(int w) { return w < 0 ? 0 : w > BAR_MAX ? BAR_MAX : w; }
static bool known(double value) { return !isnan(value) && value >= 0; }

static size_t add(char *out, size_t at, const char *text) {
  size_t len = strlen(text);
  if (at + len >= BAR_TEXT) return at;
  memcpy(out + at, text, len);
  out[at + len] = 0;
  return at + len;
}

/* Full cells of w: anything above nothing shows at least one, and only what is full fills the last. */
static int full_cells(int w, double percent) {
  if (percent >= 100) return w;
  int full = (int)(percent * w / 100.0 + 0.5);
  if (percent > 0 && full == 0) full = 1;
  return full >= w && w > 0 ? w - 1 : full;
}

char *bar_text(char *out, enum glyphs g, int w, double percent) {
  w = bounded(w);
  out[0] = 0;
  size_t at = 0;
  if (!known(percent)) {
    for (int i = 0; i < w; i++) at = add(out, at, i ? " " : symbol(g, SYMBOL_UNKNOWN));
    return out;
  }
  int full = full_cells(w, percent);
  for (int i = 0; i < w; i++) at = add(out, at, symbol(g, i < full ? SYMBOL_FULL : SYMBOL_EMPTY));
  return out;
}

void bar_draw(struct pen p, int x, int y, int w, double percent, double warn, double crit) {
  char text[BAR_TEXT];
  w = bounded(w);
  if (!known(percent)) {
    pen_field(p, x, y, w, style_of(ROLE_UNKNOWN), symbol(p.canvas->glyphs, SYMBOL_UNKNOWN));
    return;
  }
  enum role role = crit > 0 && percent >= crit ? ROLE_BAR_BAD : warn > 0 && percent >= warn ? ROLE_BAR_WARN : ROLE_BAR;
  int full = full_cells(w, percent);
  pen_text(pen_sub(p, x, y, w, 1), 0, 0, style_of(ROLE_BAR_EMPTY), bar_text(text, p.canvas->glyphs, w, 0));
  pen_text(pen_sub(p, x, y, full, 1), 0, 0, style_of(role), bar_text(text, p.canvas->glyphs, full, 100));
}

/* Eight heights; the Linux console's font has two of them, ASCII has a ladder of its own. */
static const char *const heights[GLYPHS_COUNT][8] = {
    [GLYPHS_UTF8] = {"\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"},
    [GLYPHS_CONSOLE] = {"_", "_", "\u2584", "\u2584", "\u2584", "\u2584", "\u2588", "\u2588"},
    [GLYPHS_ASCII] = {"_", ".", ":", "-", "=", "+", "*", "#"},
};

char *spark_text(char *out, enum glyphs g, int w, const double *values, size_t count, double max) {
  w = bounded(w);
  out[0] = 0;
  size_t at = 0, first = count > (size_t)w ? count - (size_t)w : 0;
  if (!(max > 0))
    for (size_t i = first; i < count; i++)
      if (known(values[i]) && !(values[i] <= max)) max = values[i];
  for (size_t i = count - first; i < (size_t)w; i++) at = add(out, at, " ");
  for (size_t i = first; i < count; i++) {
    if (!known(values[i])) {
      at = add(out, at, " ");
      continue;
    }
    int height = max > 0 ? (int)(values[i] / max * 7.0 + 0.5) : 0;
    at = add(out, at, heights[g][height > 7 ? 7 : height]);
  }
  return out;
}

void spark_draw(struct pen p, int x, int y, int w, struct style s, const double *values, size_t count, double max) {
  char text[BAR_TEXT];
  pen_text(p, x, y, s, spark_text(text, p.canvas->glyphs, w, values, count, max));
}
