/* The mouse on a simulated cluster: what is drawn under the pointer is what is selected, at every size; what opens, what
 * moves, and that neither leaves nor runs anything. */
#include "acted.h"

static unsigned at(struct acted *x, uint32_t code, int column, int row) { return acted_press(x, (struct key){.code = code, .x = (int16_t)column, .y = (int16_t)row}); }
static unsigned click(struct acted *x, int column, int row) { return at(x, KEYSYM_CLICK, column, row); }

/* Where these words are drawn first below the title; fails when they are not. */
static void place(struct acted *x, const char *words, int *ret_x, int *ret_y) {
  CLEANUP(mem_freep) char *frame = acted_frame(x);
  const char *line = frame, *found = strstr(strchr(frame, '\n'), words);
  if (!found) fail_msg("%s is not on the screen:\n%s", words, frame);
  *ret_y = 0;
  for (const char *s = frame; s < found; s++)
    if (*s == '\n') ++*ret_y, line = s + 1;
  *ret_x = (int)(found - line);
}

static unsigned click_on(struct acted *x, const char *words) {
  int column, row;
  place(x, words, &column, &row);
  return click(x, column, row);
}

static const char *selected(struct acted *x) {
  static char copy[128];
  struct arena *a = arena_new();
  struct input in;
  const char *id;
  acted_input(x, &in, a);
  snprintf(copy, sizeof copy, "%s", app_selected(&x->app, &in, &id) >= 0 && id ? id : "");
  arena_free(a);
  return copy;
}

static void a_click_selects_what_is_under_it(void **state) {
  (void)state;
  static const struct { int w, h; } sizes[] = {{60, 15}, {80, 24}, {120, 40}, {220, 60}};
  static const struct { const char *words; int pane; const char *id; } things[] = {
      {"kvm02 ", 0, "kvm02"}, {"node3:/data", 1, "node3:/data"}, {"kvm01 ", 0, "kvm01"}, {"test01 ", 3, "test01"}};
  for (size_t s = 0; s < COUNT(sizes); s++) {
    struct acted *x = acted_new("lab", sizes[s].w, sizes[s].h);
    for (size_t i = 0; i < COUNT(things); i++) {
      CLEANUP(mem_freep) char *frame = acted_frame(x);
      if (!strstr(strchr(frame, '\n'), things[i].words)) continue; /* too small for all at once */
      assert_int_equal(click_on(x, things[i].words), APP_CHANGED);
      assert_int_equal(x->app.view, VIEW_OVERVIEW);
      assert_int_equal(x->app.pane, things[i].pane);
      assert_true(strstr(selected(x), things[i].id) != NULL);
    }
    acted_free(x);
  }
}

static void the_second_click_opens(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  click_on(x, "test01 "); /* the first in its list, selected all along: to focus a pane opens nothing */
  assert_int_equal(x->app.view, VIEW_OVERVIEW);
  click_on(x, "test01 ");
  assert_int_equal(x->app.view, VIEW_DETAIL);
  assert_true(!strncmp(x->app.detail_id, "test01 ", 7));
  acted_keys(x, "Esc N");
  click_on(x, "node2 ");
  assert_string_equal(selected(x), "node2");
  assert_int_equal(x->app.view, VIEW_FIRST_LIST + LIST_NODES);
  click_on(x, "node2 ");
  assert_int_equal(x->app.view, VIEW_DETAIL);
  assert_string_equal(x->app.detail_id, "node2");
  acted_free(x);
}

static void what_is_no_row_selects_nothing(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  acted_keys(x, "N Down");
  CLEANUP(mem_freep) char *before = mem_strdup(selected(x));
  static const struct { int x, y; } places[] = {{0, 0}, {40, 0}, {5, 1}, {5, 2}, {0, 4}, {79, 4}, {5, 20}, {5, 21}, {-1, 4}, {300, 4}, {5, 300}};
  for (size_t i = 0; i < COUNT(places); i++) {
    assert_int_equal(click(x, places[i].x, places[i].y) & ~(unsigned)APP_CHANGED, 0);
    assert_string_equal(selected(x), before);
    assert_int_equal(x->app.view, VIEW_FIRST_LIST + LIST_NODES);
  }
  acted_free(x);
}

static void the_wheel_moves(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  int column, row;
  place(x, "node3:/data", &column, &row);
  at(x, KEYSYM_WHEEL_DOWN, column, row);
  assert_int_equal(x->app.pane, 1);
  assert_true(strstr(selected(x), "node4:/data") != NULL);
  at(x, KEYSYM_WHEEL_UP, column, row);
  assert_true(strstr(selected(x), "node1:/data") != NULL);
  acted_keys(x, "?");
  assert_int_equal(x->app.top, 0);
  at(x, KEYSYM_WHEEL_DOWN, 10, 10);
  assert_true(x->app.top > 0);
  at(x, KEYSYM_WHEEL_UP, 10, 10);
  assert_int_equal(x->app.top, 0);
  acted_free(x);
}

static void a_hint_is_its_key(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 240, 40);
  click_on(x, "? help");
  assert_int_equal(x->app.view, VIEW_HELP);
  click_on(x, "Esc back");
  assert_int_equal(x->app.view, VIEW_OVERVIEW);
  click_on(x, "Tab pane");
  assert_int_equal(x->app.pane, 1);
  click_on(x, "! problems");
  assert_int_equal(x->app.view, VIEW_FIRST_LIST + LIST_PROBLEMS);
  acted_keys(x, "O");
  assert_int_equal(click_on(x, "q quit") & APP_QUIT, 0); /* one that went astray must not leave */
  int column, row;
  place(x, "Tab pane", &column, &row);
  click(x, column - 1, row);
  click(x, 239, row);
  assert_int_equal(x->app.pane, 1);
  /* By the operator's own keys. */
  keymap_free(x->keymap);
  struct err e = {0};
  x->keymap = keymap_load("fkeys", &e);
  click_on(x, "F9 problems");
  assert_int_equal(x->app.view, VIEW_FIRST_LIST + LIST_PROBLEMS);
  acted_free(x);
}

static void menus_are_clicked_but_nothing_runs(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  unsigned wants = acted_keys(x, "V a");
  CLEANUP(mem_freep) char *first = mem_strdup(x->app.acting.menu.selected);
  int column, row;
  place(x, "dead host's locks", &column, &row);
  wants |= click(x, column, row);
  assert_string_not_equal(x->app.acting.menu.selected, first);
  assert_int_equal(x->app.acting.sheet, SHEET_MENU);
  wants |= click(x, column, row);
  assert_int_equal(x->app.acting.sheet, SHEET_FORM);
  wants |= click(x, 30, 8);
  wants |= click_on(x, "review");
  assert_int_equal(x->app.acting.sheet, SHEET_PREVIEW);
  for (int y = 0; y < 24; y++)
    for (int c = 0; c < 80; c += 2) {
      wants |= click(x, c, y) | at(x, KEYSYM_WHEEL_DOWN, c, y);
      if (x->app.acting.sheet != SHEET_PREVIEW) acted_keys(x, x->app.acting.sheet == SHEET_FORM ? "C-r" : "Esc Esc V a");
    }
  assert_int_equal(wants & (APP_RUN | APP_TASK | APP_QUIT), 0);
  acted_free(x);
}

static void its_key_turns_it_on(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  assert_true(acted_keys(x, "M-m") & APP_MOUSE);
  acted_keys(x, "V a");
  assert_true(acted_keys(x, "M-m") & APP_MOUSE);
  assert_int_equal(x->app.acting.sheet, SHEET_MENU);
  acted_free(x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_click_selects_what_is_under_it),   cmocka_unit_test(the_second_click_opens), cmocka_unit_test(what_is_no_row_selects_nothing), cmocka_unit_test(the_wheel_moves),
      cmocka_unit_test(a_hint_is_its_key), cmocka_unit_test(menus_are_clicked_but_nothing_runs), cmocka_unit_test(its_key_turns_it_on),
  };
  return RUN(tests);
}
