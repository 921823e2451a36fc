/* Tables and texts: the selection stays on its row, columns give way, lines wrap. */
#include "base/str.h"
#include "tui/table.h"
#include "tui/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct world {
  char id[256][32];
  size_t count;
  const char *long_name;
};

static const char *id_of(const void *owner, size_t row) { return ((const struct world *)owner)->id[row]; }

static void fill_row(const void *owner, size_t row, struct row *r) {
  const struct world *w = owner;
  row_put(r, 0, ROLE_NORMAL, w->long_name ? w->long_name : w->id[row]);
  row_putf(r, 1, row == 1 ? ROLE_BAD : ROLE_NORMAL, "%zu%%", row);
  row_put(r, 2, ROLE_NORMAL, NULL);
  row_put(r, 3, ROLE_DIM, "remark");
}

static const struct column columns[] = {
    {.title = "NODE", .min = 6, .max = 30, .weight = 1, .priority = 9},
    {.title = "CPU", .min = 4, .align = ALIGN_RIGHT, .priority = 5},
    {.title = "HA", .min = 3, .priority = 7},
    {.title = "REMARK", .min = 6, .priority = 1},
};

static struct table table_of(const struct world *w) {
  return (struct table){.columns = columns, .column_count = COUNT(columns), .row_count = w->count, .id = id_of, .fill = fill_row, .owner = w};
}

static struct world *world_of(size_t count) {
  struct world *w = mem_alloc(sizeof(*w));
  w->count = count;
  for (size_t i = 0; i < count; i++) snprintf(w->id[i], sizeof(w->id[i]), "n%zu", i);
  return w;
}

static void remove_row(struct world *w, size_t row) {
  memmove(w->id[row], w->id[row + 1], (w->count - row - 1) * sizeof(w->id[0]));
  w->count--;
}

static void swap_rows(struct world *w, size_t a, size_t b) {
  char keep[32];
  memcpy(keep, w->id[a], 32);
  memcpy(w->id[a], w->id[b], 32);
  memcpy(w->id[b], keep, 32);
}

static void selection_follows_identity(void **state) {
  (void)state;
  CLEANUP(mem_freep) struct world *w = world_of(10);
  struct table_state s = {0};
  struct table t = table_of(w);
  assert_string_equal(table_selected(&t, &s), "n0");
  assert_true(table_select(&t, &s, 6, "n3"));
  assert_false(table_select(&t, &s, 6, "n99"));
  swap_rows(w, 3, 8);
  assert_false(table_follow(&t, &s, 6)); /* the same row, elsewhere */
  assert_int_equal(s.row, 8);
  assert_true(s.top <= 8 && s.top + 5 > 8);
  swap_rows(w, 3, 8);
  table_follow(&t, &s, 6);
  assert_int_equal(s.row, 3);
  assert_string_equal(table_selected(&t, &s), "n3");
  table_state_free(&s);
}

static void nearest_neighbour_when_it_vanishes(void **state) {
  (void)state;
  CLEANUP(mem_freep) struct world *w = world_of(10);
  struct table_state s = {0};
  struct table t = table_of(w);
  table_select(&t, &s, 6, "n5");
  remove_row(w, 5);
  remove_row(w, 0); /* rows before it went too: an index would be off by one */
  t = table_of(w);
  assert_string_equal(table_selected(&t, &s), "n6"); /* asked before it is told: drawing is right at once */
  assert_true(table_follow(&t, &s, 6));
  assert_string_equal(s.selected, "n6");
  table_select(&t, &s, 6, "n9");
  remove_row(w, w->count - 1);
  t = table_of(w);
  assert_string_equal(table_selected(&t, &s), "n8");
  table_follow(&t, &s, 6);
  w->count = 0;
  t = table_of(w);
  assert_null(table_selected(&t, &s));
  assert_false(table_follow(&t, &s, 6));
  assert_false(table_move(&t, &s, 6, MOVE_DOWN));
  w->count = 8;
  t = table_of(w);
  assert_string_equal(table_selected(&t, &s), "n8"); /* the rows came back: so does the selection */
  table_state_free(&s);
}

static void moves_keep_it_visible(void **state) {
  (void)state;
  CLEANUP(mem_freep) struct world *w = world_of(214);
  struct table_state s = {0};
  struct table t = table_of(w);
  char range[RANGE_TEXT];
  static const enum move moves[] = {MOVE_DOWN, MOVE_PAGE_DOWN, MOVE_PAGE_DOWN, MOVE_UP,   MOVE_PAGE_UP,
                                    MOVE_END,  MOVE_PAGE_UP,   MOVE_DOWN,      MOVE_HOME, MOVE_UP};
  for (int height = 0; height < 40; height += 3)
    for (size_t i = 0; i < COUNT(moves); i++) {
      table_move(&t, &s, height, moves[i]);
      size_t rows = (size_t)table_height(height);
      assert_true(s.row < w->count && s.top <= s.row);
      if (rows) assert_true(s.row < s.top + rows && s.top + rows <= (w->count > rows ? w->count : rows));
    }
  assert_int_equal(s.row, 0);
  for (int i = 0; i < 11; i++) table_move(&t, &s, 20, MOVE_DOWN);
  table_move(&t, &s, 20, MOVE_PAGE_DOWN);
  assert_string_equal(table_range(range, &t, &s, 20), "20-38 of 214");
  table_move(&t, &s, 20, MOVE_END);
  assert_string_equal(table_range(range, &t, &s, 20), "196-214 of 214");
  assert_string_equal(table_range(range, &t, &s, 300), "");
  table_state_free(&s);
}

static void columns_give_way(void **state) {
  (void)state;
  CLEANUP(mem_freep) struct world *w = world_of(3);
  struct table_state s = {0};
  struct table t = table_of(w);
  int width[TABLE_COLUMNS];
  for (int columns_wide = 0; columns_wide <= 200; columns_wide++) {
    int shown = table_layout(&t, &s, columns_wide, 10, width), sum = 1 + (shown > 1 ? shown - 1 : 0);
    for (int c = 0; c < 4; c++) sum += width[c];
    if (columns_wide > 1) assert_true(shown >= 1 && sum <= columns_wide);
    assert_true(width[0] <= 30 || columns_wide < 8);
  }
  assert_int_equal(table_layout(&t, &s, 20, 10, width), 3); /* the remark left, it has the lowest priority */
  assert_int_equal(width[3], 0);
  assert_int_equal(table_layout(&t, &s, 12, 10, width), 2);
  assert_int_equal(width[1], 0);
  assert_int_equal(table_layout(&t, &s, 4, 10, width), 1);
  assert_int_equal(width[0], 3);
}

/* A number that is cut lies: one that must stay whole makes the others leave, up to what it may take at most. */
static void whole_columns_are_not_cut(void **state) {
  (void)state;
  CLEANUP(mem_freep) struct world *w = world_of(3);
  struct column mine[COUNT(columns)];
  int width[TABLE_COLUMNS];
  struct table_state s = {0};
  struct table t = table_of(w);
  memcpy(mine, columns, sizeof mine);
  t.columns = mine;
  w->long_name = "a name of twenty-two x"; /* 22 */
  assert_int_equal(table_layout(&t, &s, 24, 10, width), 4);
  assert_true(width[0] < 22);
  mine[0].whole = true;
  table_layout(&t, &s, 24, 10, width);
  assert_true(width[0] >= 22);
  assert_int_equal(width[3], 0);
  mine[0].max = 12;
  table_layout(&t, &s, 24, 10, width);
  assert_int_equal(width[0], 12);
  table_state_free(&s);
}

static void draws(void **state) {
  (void)state;
  CLEANUP(mem_freep) struct world *w = world_of(3);
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(24, 4, GLYPHS_UTF8);
  CLEANUP(str_free) struct str out = {0};
  struct table_state s = {0};
  struct table t = table_of(w);
  t.sorted = 2;
  t.reversed = true;
  table_select(&t, &s, 4, "n1");
  table_draw(canvas_pen(c), &t, &s, true);
  canvas_text(c, &out, false);
  assert_string_equal(str_text(&out), " NODE    CPU↓ HA  REMARK\n n0        0% ?   remark\n▶n1        1% ?   remark\n n2        2% ?   remark\n");
  str_reset(&out);
  canvas_styles(c, &out);
  assert_non_null(strstr(str_text(&out), "2 9-12 BAD on SELECTED")); /* bad is still seen in the selected row */
  assert_non_null(strstr(str_text(&out), "UNKNOWN"));
  canvas_clear(c);
  str_reset(&out);
  table_draw(canvas_pen(c), &t, &s, false);
  canvas_text(c, &out, false);
  assert_null(strstr(str_text(&out), "▶"));
  table_state_free(&s);
}

static void hostile_rows_stay_in_their_columns(void **state) {
  (void)state;
  CLEANUP(mem_freep) struct world *w = world_of(2);
  char name[601];
  for (size_t i = 0; i < 600; i += 3) memcpy(name + i, "中", 3);
  name[600] = 0;
  for (int width = 1; width < 90; width++) {
    CLEANUP(canvas_freep) struct canvas *c = canvas_new(width, 3, GLYPHS_UTF8);
    struct table_state s = {0};
    w->long_name = width % 2 ? name : "\033[31m\u202ex\n";
    struct table t = table_of(w);
    table_draw(canvas_pen(c), &t, &s, true);
    if (width >= 24) assert_int_equal(canvas_at(c, width - 1, 1)->width != 2, true);
  }
}

static void empty_says_so(void **state) {
  (void)state;
  CLEANUP(mem_freep) struct world *w = world_of(0);
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(20, 3, GLYPHS_UTF8);
  CLEANUP(str_free) struct str out = {0};
  struct table_state s = {0};
  struct table t = table_of(w);
  t.empty = "no nodes yet";
  table_draw(canvas_pen(c), &t, &s, true);
  canvas_text(c, &out, false);
  assert_non_null(strstr(str_text(&out), " no nodes yet\n"));
}

static void too_much_text_is_unknown(void **state) {
  (void)state;
  struct row r = {0};
  char text[1500];
  memset(text, 'x', sizeof(text) - 1);
  text[sizeof(text) - 1] = 0;
  for (int c = 0; c < TABLE_COLUMNS + 3; c++) row_putf(&r, c, ROLE_NORMAL, "%s", text);
  row_put(&r, -1, ROLE_NORMAL, "no");
  assert_int_equal(strlen(r.cell[0].text), 1499);
  assert_string_equal(r.cell[2].text, "?");
}

static void wraps(void **state) {
  (void)state;
  CLEANUP(text_freep) struct text *t = text_new();
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(12, 9, GLYPHS_UTF8);
  CLEANUP(str_free) struct str out = {0};
  text_add(t, STYLE(TITLE), "Why");
  text_indent(t, 1, 3);
  text_add(t, STYLE(NORMAL), "The disks of ");
  text_more(t, STYLE(BAD), "all domains");
  text_indent(t, 0, 0);
  text_addf(t, STYLE(NORMAL), "%s", "abcdefghijklmnop\r\n\ta");
  text_add(t, STYLE(NORMAL), "one line that goes on");
  text_no_wrap(t);
  assert_int_equal(text_lines(t), 5);
  assert_int_equal(text_height(t, 12), 8);
  text_draw(canvas_pen(c), t, 0);
  canvas_text(c, &out, false);
  assert_string_equal(str_text(&out), "Why\n The disks\n   of all\n   domains\nabcdefghijkl\nmnop\n        a\none line th…\n\n");
  assert_int_equal(canvas_at(c, 6, 2)->style.role, ROLE_BAD);
  assert_int_equal(canvas_at(c, 3, 2)->style.role, ROLE_NORMAL);
  canvas_clear(c);
  str_reset(&out);
  text_draw(pen_sub(canvas_pen(c), 0, 0, 12, 2), t, 3);
  canvas_text(c, &out, false);
  assert_true(str_starts(str_text(&out), "   domains\nabcdefghijkl\n\n"));
}

static void text_scrolls(void **state) {
  (void)state;
  CLEANUP(text_freep) struct text *t = text_new();
  char range[RANGE_TEXT];
  for (int i = 0; i < 100; i++) text_addf(t, STYLE(NORMAL), "line %d 中文字 tail", i);
  size_t rows = text_height(t, 10), top = 0;
  assert_true(rows >= 200);
  top = text_move(t, 10, 5, top, MOVE_UP);
  assert_int_equal(top, 0);
  top = text_move(t, 10, 5, top, MOVE_PAGE_DOWN);
  assert_int_equal(top, 4);
  top = text_move(t, 10, 5, top, MOVE_END);
  assert_int_equal(top, rows - 5);
  assert_int_equal(text_move(t, 10, 5, top, MOVE_DOWN), top);
  top = text_clamp(t, 80, 5, top);
  assert_int_equal(top, 95);
  assert_string_equal(text_range(range, t, 80, 5, top), "96-100 of 100");
  assert_string_equal(text_range(range, t, 80, 200, 0), "");
  /* Any width ends, also where a wide character does not fit. */
  for (int w = 0; w < 30; w++) {
    CLEANUP(canvas_freep) struct canvas *c = canvas_new(w, 4, GLYPHS_UTF8);
    text_draw(canvas_pen(c), t, 3);
    text_height(t, w);
  }
  text_reset(t);
  assert_int_equal(text_height(t, 10), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(selection_follows_identity),
      cmocka_unit_test(nearest_neighbour_when_it_vanishes),
      cmocka_unit_test(moves_keep_it_visible),
      cmocka_unit_test(columns_give_way),
      cmocka_unit_test(whole_columns_are_not_cut),
      cmocka_unit_test(draws),
      cmocka_unit_test(hostile_rows_stay_in_their_columns),
      cmocka_unit_test(empty_says_so),
      cmocka_unit_test(too_much_text_is_unknown),
      cmocka_unit_test(wraps),
      cmocka_unit_test(text_scrolls),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
