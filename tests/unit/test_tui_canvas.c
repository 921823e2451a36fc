/* Canvas and pens: clipping, wide and combining characters, hostile text, differences, dumps; and the theme table. */
#include "base/str.h"
#include "base/utf8.h"
#include "tui/bar.h"
#include "tui/canvas.h"
#include "tui/svg.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_text(const struct canvas *c, const char *expected) {
  CLEANUP(str_free) struct str s = {0};
  canvas_text(c, &s, false);
  assert_string_equal(str_text(&s), expected);
}

/* Every row is exactly as wide as the canvas, and wide characters are whole. */
static void assert_sound(const struct canvas *c) {
  for (int y = 0; y < c->h; y++)
    for (int x = 0; x < c->w; x++) {
      const struct cell *cell = canvas_at(c, x, y);
      assert_true(cell->width <= 2);
      if (cell->width == 2) assert_true(x + 1 < c->w && canvas_at(c, x + 1, y)->width == 0);
      if (cell->width == 0) assert_true(x > 0 && canvas_at(c, x - 1, y)->width == 2);
      if (cell->width) assert_int_not_equal(cell->point[0], 0);
      for (size_t i = 0; i < CELL_POINTS && cell->point[i]; i++) assert_false(utf8_hostile(cell->point[i]) && cell->point[i] != 0xFFFD);
    }
}

static void clips_at_every_edge(void **state) {
  (void)state;
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(10, 3, GLYPHS_UTF8);
  struct pen p = pen_sub(canvas_pen(c), 2, 1, 5, 1);
  assert_int_equal(pen_text(p, 0, 0, STYLE(NORMAL), "0123456789"), 5);
  assert_text(c, "\n  01234\n\n");
  pen_text(p, -2, 0, STYLE(NORMAL), "abcd");
  pen_text(p, 0, -1, STYLE(NORMAL), "above");
  pen_text(p, 0, 1, STYLE(NORMAL), "below");
  assert_text(c, "\n  cd234\n\n");
  pen_fill(canvas_pen(c), -100, -100, 2000000000, 2000000000, STYLE(NORMAL));
  assert_text(c, "\n\n\n");
  assert_sound(c);
}

static void nested_pens_stay_inside(void **state) {
  (void)state;
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(6, 3, GLYPHS_UTF8);
  struct pen outer = pen_sub(canvas_pen(c), 1, 1, 3, 1), inner = pen_sub(outer, 2, 0, 50, 50), none = pen_sub(outer, 9, 9, 5, 5);
  assert_int_equal(inner.w, 1);
  assert_int_equal(inner.h, 1);
  assert_int_equal(none.w, 0);
  pen_text(inner, 0, 0, STYLE(NORMAL), "xyz");
  pen_text(none, 0, 0, STYLE(NORMAL), "no");
  pen_clear(none, STYLE(BAD));
  assert_text(c, "\n   x\n\n");
  struct pen left = pen_sub(outer, -2, 0, 5, 1);
  pen_text(left, 0, 0, STYLE(NORMAL), "abcde");
  assert_text(c, "\n cde\n\n");
}

static void wide_characters_are_never_halved(void **state) {
  (void)state;
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(8, 1, GLYPHS_UTF8);
  struct pen p = pen_sub(canvas_pen(c), 1, 0, 5, 1);
  pen_text(p, 0, 0, STYLE(NORMAL), "集群节点");
  assert_text(c, " 集群\n");
  assert_sound(c);
  pen_text(p, -1, 0, STYLE(NORMAL), "集群");
  assert_text(c, "  群\n"); /* the first one lost its left half, the third cell held half of another */
  assert_sound(c);
  canvas_clear(c);
  pen_text(canvas_pen(c), 0, 0, STYLE(NORMAL), "集群节点");
  pen_text(canvas_pen(c), 3, 0, STYLE(NORMAL), "x");
  assert_text(c, "集 x节点\n");
  assert_sound(c);
  pen_text(canvas_pen(c), 5, 0, STYLE(NORMAL), "中");
  assert_text(c, "集 x 中\n");
  assert_sound(c);
  pen_text(canvas_pen(c), 0, 0, STYLE(NORMAL), "中");
  pen_text(canvas_pen(c), 0, 0, STYLE(NORMAL), "国");
  assert_text(c, "国 x 中\n");
  assert_sound(c);
}

static void marks_combine_and_are_bounded(void **state) {
  (void)state;
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(6, 1, GLYPHS_UTF8);
  assert_int_equal(pen_text(canvas_pen(c), 0, 0, STYLE(NORMAL), "e\u0301x"), 2);
  assert_text(c, "e\u0301x\n");
  canvas_clear(c);
  pen_text(canvas_pen(c), 0, 0, STYLE(NORMAL), "Z\u0301\u0302\u0303\u0304\u0305\u0306\u0307y");
  assert_text(c, "Z\u0301\u0302\u0303y\n");
  canvas_clear(c);
  pen_text(canvas_pen(c), 0, 0, STYLE(NORMAL), "\u0301a");
  assert_text(c, "\uFFFD"
                 "a\n");
  assert_int_equal(text_columns("e\u0301x中"), 4);
}

static void hostile_text_is_neutralised(void **state) {
  (void)state;
  static const char *const hostile[] = {
      "\033[2J\033]0;owned\007",
      "a\rb\nc\td\be",
      "\x9b"
      "31m",
      "\xc2\x9b"
      "31m",
      "\u202eevil\u202c",
      "\xff\xfe\x80\xc0\xaf",
      "\xed\xa0\x80",
      "\xf4\x90\x80\x80",
      "\u200bzero",
      "\xef\xbb\xbf"
      "bom",
      "kvm\xef\xb8\x8f"
      "01",
      "kvm\xcd\x8f"
      "01",
      "\xe4\xb8",
      "\x7f",
  };
  for (int g = 0; g < GLYPHS_COUNT; g++)
    for (size_t i = 0; i < COUNT(hostile); i++) {
      CLEANUP(canvas_freep) struct canvas *c = canvas_new(40, 2, (enum glyphs)g);
      CLEANUP(str_free) struct str s = {0};
      int end = pen_text(canvas_pen(c), 0, 0, STYLE(NORMAL), hostile[i]);
      assert_int_equal(end, text_columns(hostile[i]));
      assert_sound(c);
      canvas_text(c, &s, true);
      for (size_t k = 0; k < s.len; k++) {
        unsigned char b = (unsigned char)s.data[k];
        assert_true(b == '\n' || (b >= 0x20 && b != 0x7F));
        if (g == GLYPHS_ASCII) assert_true(b < 0x7F);
      }
    }
  /* Two names that look alike must not be drawn alike. */
  CLEANUP(canvas_freep) struct canvas *a = canvas_new(9, 1, GLYPHS_UTF8), *b = canvas_new(9, 1, GLYPHS_UTF8);
  pen_text(canvas_pen(a), 0, 0, STYLE(NORMAL), "kvm01");
  pen_text(canvas_pen(b), 0, 0, STYLE(NORMAL), "kvm\u034f01");
  assert_false(canvas_equal(a, b));
}

static void long_names_fit_their_field(void **state) {
  (void)state;
  char name[301];
  memset(name, 'n', 300);
  name[300] = 0;
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(12, 1, GLYPHS_UTF8);
  assert_int_equal(pen_field(canvas_pen(c), 1, 0, 6, STYLE(NORMAL), name), 7);
  pen_text(canvas_pen(c), 7, 0, STYLE(NORMAL), "|");
  assert_text(c, " nnnnn…|\n");
  pen_right(canvas_pen(c), 1, 0, 6, STYLE(NORMAL), "12%");
  assert_text(c, "    12%|\n");
  pen_centre(canvas_pen(c), 1, 0, 6, STYLE(NORMAL), "ab");
  assert_text(c, "   ab  |\n");
  pen_field(canvas_pen(c), 1, 0, 6, STYLE(NORMAL), "中中中中");
  assert_text(c, " 中中… |\n");
  pen_field(canvas_pen(c), 9, 0, 6, STYLE(NORMAL), "abcdef"); /* beyond the pen: shortened, not cut off */
  assert_text(c, " 中中… | ab…\n");
  assert_sound(c);
}

static void ascii_says_what_it_cannot(void **state) {
  (void)state;
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(12, 3, GLYPHS_ASCII);
  struct pen in = pen_box(canvas_pen(c), &(struct box){.title = "Größe", .note = "9"});
  pen_text(in, 0, 0, STYLE(NORMAL), "a中e\u0301");
  assert_text(c, "+Gr??e----9+\n|a??e      |\n+----------+\n");
  assert_true(canvas_at(c, 2, 1)->style.attrs & ATTR_UNDERLINE);
  assert_false(canvas_at(c, 1, 1)->style.attrs & ATTR_UNDERLINE);
}

static void boxes(void **state) {
  (void)state;
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(16, 4, GLYPHS_UTF8);
  struct pen in = pen_box(canvas_pen(c), &(struct box){.title = "1 Nodes", .note = "▲2", .footer = "1-2 of 9", .focused = true});
  assert_int_equal(in.w, 14);
  assert_int_equal(in.h, 2);
  pen_text(in, 0, 0, STYLE(NORMAL), "12345678901234567890");
  assert_text(c, "┌1 Nodes─────▲2┐\n│12345678901234│\n│              │\n└──────1-2 of 9┘\n");
  for (int w = 1; w < 9; w++)
    for (int h = 1; h < 4; h++) {
      CLEANUP(canvas_freep) struct canvas *small = canvas_new(w, h, GLYPHS_UTF8);
      pen_box(canvas_pen(small), &(struct box){.title = "中中中中", .note = "long note", .footer = "footer"});
      assert_sound(small);
    }
}

struct counted {
  int runs, cells;
};
static void count_run(void *owner, int x, int y, int w) {
  struct counted *n = owner;
  assert_true(x >= 0 && y >= 0 && w > 0);
  n->runs++;
  n->cells += w;
}

static void differences(void **state) {
  (void)state;
  CLEANUP(canvas_freep) struct canvas *a = canvas_new(20, 2, GLYPHS_UTF8), *b = canvas_new(20, 2, GLYPHS_UTF8);
  struct counted n = {0};
  assert_true(canvas_equal(a, b));
  assert_int_equal(canvas_diff(a, b, count_run, &n), 0);
  pen_text(canvas_pen(b), 1, 0, STYLE(NORMAL), "ab");
  pen_text(canvas_pen(b), 5, 0, STYLE(BAD), " ");
  pen_text(canvas_pen(b), 5, 1, STYLE(NORMAL), "中");
  assert_int_equal(canvas_diff(a, b, count_run, &n), 5);
  assert_int_equal(n.runs, 3);
  canvas_copy(a, b);
  assert_true(canvas_equal(a, b));
  /* Only the left half's colour differs, but the character is drawn whole. */
  a->cells[26].style.role = ROLE_BAD;
  n = (struct counted){0};
  assert_int_equal(canvas_diff(a, b, count_run, &n), 1);
  assert_int_equal(n.cells, 2);
  canvas_resize(a, 5, 5);
  assert_int_equal(canvas_diff(a, b, NULL, NULL), 40);
  assert_false(canvas_equal(a, b));
  pen_cursor(canvas_pen(b), 3, 1);
  assert_int_equal(b->cursor_x, 3);
  pen_cursor(canvas_pen(b), 30, 1);
  assert_int_equal(b->cursor_x, 3);
}

static void dumps(void **state) {
  (void)state;
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(8, 2, GLYPHS_UTF8);
  CLEANUP(str_free) struct str s = {0};
  pen_text(canvas_pen(c), 0, 0, STYLE(BAD), "bad");
  pen_text(canvas_pen(c), 4, 0, STYLE(NORMAL), "ok");
  pen_restyle(canvas_pen(c), 0, 0, 3, 1, (struct style){.on = ROLE_SELECTED, .attrs = ATTR_DIM});
  canvas_text(c, &s, true);
  assert_string_equal(str_text(&s), "bad ok  \n        \n");
  str_reset(&s);
  canvas_styles(c, &s);
  assert_string_equal(str_text(&s), "0 0-2 BAD dim on SELECTED\n");
  str_reset(&s);
  canvas_ansi(c, theme_find("dark"), COLOURS_8, &s);
  assert_string_equal(str_text(&s), "\033[0;1;2;7;31mbad\033[0m ok\n\n");
  str_reset(&s);
  canvas_ansi(c, theme_find("dark"), COLOURS_256, &s);
  assert_string_equal(str_text(&s), "\033[0;1;2;38;5;210;48;5;237mbad\033[0m ok\n\n");
  str_reset(&s);
  canvas_ansi(c, theme_find("light"), COLOURS_NONE, &s);
  assert_null(strstr(str_text(&s), "3"));
  str_reset(&s);
  state_line(&s, "selected", "a\nb\033");
  state_linef(&s, "row", "%d", 3);
  assert_string_equal(str_text(&s), "selected: a\uFFFD"
                                    "b\uFFFD\nrow: 3\n");
}

static void absurd_sizes(void **state) {
  (void)state;
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(-5, 2000000000, GLYPHS_UTF8);
  assert_int_equal(c->w, 1);
  assert_int_equal(c->h, CANVAS_MAX);
  assert_null(canvas_at(c, 1, 0));
  assert_null(canvas_at(c, -1, 0));
}

static void bars(void **state) {
  (void)state;
  char out[BAR_TEXT];
  assert_string_equal(bar_text(out, GLYPHS_UTF8, 4, 62), "██░░");
  assert_string_equal(bar_text(out, GLYPHS_ASCII, 4, 0), "....");
  assert_string_equal(bar_text(out, GLYPHS_ASCII, 4, 0.1), "#...");  /* something is never drawn as nothing */
  assert_string_equal(bar_text(out, GLYPHS_ASCII, 4, 99.9), "###."); /* nor nearly full as full */
  assert_string_equal(bar_text(out, GLYPHS_ASCII, 4, 250), "####");
  assert_string_equal(bar_text(out, GLYPHS_ASCII, 4, NAN), "?   ");
  assert_string_equal(bar_text(out, GLYPHS_ASCII, 4, -1), "?   ");
  assert_int_equal(text_columns(bar_text(out, GLYPHS_UTF8, 1000, 50)), 80);
  static const double values[] = {0, 10, NAN, 5, 10};
  assert_string_equal(spark_text(out, GLYPHS_ASCII, 6, values, COUNT(values), 0), " _# =#");
  assert_string_equal(spark_text(out, GLYPHS_UTF8, 2, values, COUNT(values), 20), "▃▅");
  assert_string_equal(spark_text(out, GLYPHS_UTF8, 3, values, 0, 0), "   ");
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(10, 1, GLYPHS_ASCII);
  bar_draw(canvas_pen(c), 0, 0, 4, 95, 80, 90);
  bar_draw(canvas_pen(c), 5, 0, 4, NAN, 80, 90);
  assert_text(c, "###. ?\n");
  assert_int_equal(canvas_at(c, 0, 0)->style.role, ROLE_BAR_BAD);
  assert_int_equal(canvas_at(c, 3, 0)->style.role, ROLE_BAR_EMPTY);
  assert_int_equal(canvas_at(c, 5, 0)->style.role, ROLE_UNKNOWN);
}

static void every_role_in_every_theme(void **state) {
  (void)state;
  const struct theme *t;
  size_t n = 0;
  for (; (t = theme_at(n)); n++) {
    assert_ptr_equal(theme_find(theme_name(t)), t);
    assert_true(theme_help(t)[0] != 0);
    for (int role = 0; role < ROLE_COUNT; role++) {
      assert_true(theme_has(t, (enum role)role));
      assert_true(role_name((enum role)role)[0] != 0);
      for (int depth = COLOURS_NONE; depth <= COLOURS_256; depth++) {
        int top = depth == COLOURS_256 ? 255 : depth == COLOURS_16 ? 15 : depth == COLOURS_8 ? 7 : -1;
        static const enum role under[] = {ROLE_NORMAL, ROLE_SELECTED, ROLE_SELECTED_UNFOCUSED, ROLE_INPUT};
        for (size_t i = 0; i < COUNT(under); i++) {
          struct look l = theme_look(t, (enum colours)depth, (struct style){.role = (uint8_t)role, .on = (uint8_t)under[i]});
          assert_true(l.fg >= -1 && l.fg <= top && l.bg >= -1 && l.bg <= top);
          assert_false(l.fg >= 0 && l.fg == l.bg);
        }
      }
    }
  }
  assert_true(n >= 3);
  assert_ptr_equal(theme_find(NULL), theme_find("dark"));
  assert_null(theme_find("no such"));
}

/* With no colours at all, what matters still differs: selection, badges, good from bad. */
static void mono_tells_apart(void **state) {
  (void)state;
  static const enum role pairs[][2] = {{ROLE_NORMAL, ROLE_BAD},
                                       {ROLE_OK, ROLE_BAD},
                                       {ROLE_OK, ROLE_UNKNOWN},
                                       {ROLE_OK, ROLE_STALE},
                                       {ROLE_OK, ROLE_WARN},
                                       {ROLE_WARN, ROLE_BAD},
                                       {ROLE_NORMAL, ROLE_SELECTED},
                                       {ROLE_SELECTED, ROLE_SELECTED_UNFOCUSED},
                                       {ROLE_BADGE_OK, ROLE_BADGE_BAD},
                                       {ROLE_BORDER, ROLE_BORDER_FOCUSED}};
  for (size_t i = 0; i < COUNT(pairs); i++) {
    struct look a = theme_look(theme_find("dark"), COLOURS_NONE, style_of(pairs[i][0]));
    struct look b = theme_look(theme_find("mono"), COLOURS_256, style_of(pairs[i][1]));
    assert_int_not_equal(a.attrs, b.attrs);
  }
  assert_int_equal(theme_depth(256, true), COLOURS_NONE);
  assert_int_equal(theme_depth(256, false), COLOURS_256);
  assert_int_equal(theme_depth(88, false), COLOURS_16);
  assert_int_equal(theme_depth(8, false), COLOURS_8);
  assert_int_equal(theme_depth(16777216, false), COLOURS_8);
  assert_int_equal(theme_depth(-1, false), COLOURS_NONE);
}

static void symbols_are_one_column(void **state) {
  (void)state;
  for (int g = 0; g < GLYPHS_COUNT; g++)
    for (int s = 0; s < SYMBOL_COUNT; s++) {
      const char *text = symbol((enum glyphs)g, (enum symbol)s);
      assert_int_equal(text_columns(text), 1);
      if (g == GLYPHS_ASCII) assert_true(strlen(text) == 1 && text[0] > ' ' && text[0] < 0x7F);
    }
}

/* What a name holds cannot become markup; each word stands at its cells. */
static void a_picture_holds_text_only(void **state) {
  (void)state;
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(40, 4, GLYPHS_UTF8);
  CLEANUP(str_free) struct str s = {0}, again = {0};
  struct pen p = pen_box(canvas_pen(c), &(struct box){.title = "t"});
  pen_text(p, 2, 0, STYLE(BAD), "<script>&\"' \033]x");
  pen_text(p, 2, 1, STYLE(OK), "中 up");
  canvas_svg(c, theme_find("dark"), &s);
  canvas_svg(c, theme_find("dark"), &again);
  assert_string_equal(str_text(&s), str_text(&again));
  assert_non_null(strstr(str_text(&s), "&lt;script&gt;&amp;"));
  assert_null(strstr(str_text(&s), "<script"));
  assert_null(strchr(str_text(&s), 033));
  assert_non_null(strstr(str_text(&s), "x=\"33\" y=\"56\" textLength=\"18\"")); /* a wide character: two cells at column 3 */
  assert_non_null(strstr(str_text(&s), "x=\"60\" y=\"56\" textLength=\"18\""));
  size_t opened = 0, closed = 0;
  for (const char *at = str_text(&s); (at = strstr(at, "<text ")) != NULL; at++) opened++;
  for (const char *at = str_text(&s); (at = strstr(at, "</text>")) != NULL; at++) closed++;
  assert_true(opened == closed && opened >= 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(clips_at_every_edge),
      cmocka_unit_test(nested_pens_stay_inside),
      cmocka_unit_test(wide_characters_are_never_halved),
      cmocka_unit_test(marks_combine_and_are_bounded),
      cmocka_unit_test(hostile_text_is_neutralised),
      cmocka_unit_test(long_names_fit_their_field),
      cmocka_unit_test(ascii_says_what_it_cannot),
      cmocka_unit_test(boxes),
      cmocka_unit_test(differences),
      cmocka_unit_test(dumps),
      cmocka_unit_test(a_picture_holds_text_only),
      cmocka_unit_test(absurd_sizes),
      cmocka_unit_test(bars),
      cmocka_unit_test(every_role_in_every_theme),
      cmocka_unit_test(mono_tells_apart),
      cmocka_unit_test(symbols_are_one_column),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
