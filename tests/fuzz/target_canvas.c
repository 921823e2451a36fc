/* Text from the cluster, drawn in every way there is: nothing that a terminal would obey is in the frame, and the frame
 * is as wide as it should be. The first bytes are sizes. */
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "tui/canvas.h"
#include "tui/glyph.h"
#include "tui/text.h"
#include <string.h>

static void draw_all(struct canvas *c, const char *text, const uint8_t *at) {
  struct pen p = pen_sub(canvas_pen(c), at[0] % 8 - 2, at[1] % 8 - 2, at[2] % 64, at[3] % 12);
  const struct box box = {.title = text, .note = text, .footer = text, .focused = at[0] & 1};
  const struct style s = STYLE(NORMAL);
  struct pen in = pen_box(p, &box);
  pen_text(in, at[0] % 16 - 4, 0, s, text);
  pen_field(in, at[1] % 16 - 4, 1, at[2] % 40, s, text);
  pen_right(in, 0, 2, at[3] % 40, s, text);
  pen_centre(in, at[2] % 4, 3, at[1] % 40, s, text);
  pen_textf(in, 3, 4, s, "%s|%s", text, text);
  struct text *t = text_new();
  text_indent(t, at[0] % 4, at[1] % 4);
  text_add(t, s, text);
  text_more(t, s, text);
  if (at[3] & 1) text_no_wrap(t);
  MUST(text_height(t, 1 + at[2] % 40) >= 1, "a text has a row");
  text_draw(pen_sub(in, 0, 5, in.w, in.h), t, at[1] % 3);
  text_free(t);
}

static void must_be_sound(const struct canvas *c) {
  struct str out = {0};
  canvas_text(c, &out, true);
  must_be_harmless(out.data, out.len);
  size_t rows = 0;
  for (size_t i = 0; i < out.len; i++) rows += out.data[i] == '\n';
  MUST(rows == (size_t)c->h, "a frame has its rows: %zu of %d", rows, c->h);
  for (char *line = out.data, *end; line && (end = strchr(line, '\n')); line = end + 1) {
    *end = 0;
    MUST(text_columns(line) == c->w, "a row has its columns: %d of %d", text_columns(line), c->w);
    for (const char *b = line; c->glyphs == GLYPHS_ASCII && *b; b++) MUST((unsigned char)*b < 0x80, "an ASCII canvas is one");
  }
  str_free(&out);
}

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  if (len < 6) return;
  char *text = input_text(data + 6, len - 6);
  struct str line = {0};
  enum glyphs glyphs = data[5] & 64 ? GLYPHS_ASCII : GLYPHS_UTF8;
  struct canvas *c = canvas_new(1 + data[4] % 60, 1 + data[5] % 16, glyphs);
  draw_all(c, text, data);
  must_be_sound(c);
  if (input_is_dear()) {
    struct canvas *other = canvas_new(c->w, c->h, glyphs);
    canvas_copy(other, c);
    MUST(canvas_equal(c, other) && !canvas_diff(c, other, NULL, NULL), "a copy is equal");
    canvas_free(other);
  }
  canvas_free(c);
  state_line(&line, "key", text);
  must_be_harmless(str_text(&line), line.len);
  MUST(memchr(line.data, '\n', line.len) == line.data + line.len - 1, "a line stays a line");
  str_free(&line);
  mem_free(text);
}
