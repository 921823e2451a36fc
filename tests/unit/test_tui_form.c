/* Lines that are edited, menus, forms, boxes: what a key does to the state, and what is drawn of it. */
#include "tui/form.h"
#include "tui/menu.h"
#include "tui/modal.h"
#include "unit.h"
#include <stdio.h>
#include <string.h>

static struct key key(const char *name) {
  struct key k;
  assert_int_equal(key_parse(name, &k), 0);
  return key_canonical(k);
}

static void type(struct prompt *p, const char *keys) { /* names with blanks between */
  char copy[256], *rest = copy;
  snprintf(copy, sizeof copy, "%s", keys);
  for (char *one; (one = strsep(&rest, " "));) prompt_key(p, key(one));
}

static char *drawn(struct canvas *c) {
  struct str out = {0};
  canvas_text(c, &out, false);
  return str_take(&out);
}

static void a_line_is_edited(void **state) {
  (void)state;
  struct prompt p = {0};
  assert_string_equal(prompt_text(&p), "");
  type(&p, "Backspace Del C-w C-u Left Right Home End C-Left C-Right"); /* on an empty one */
  type(&p, "a b Left é Home x End z");
  assert_string_equal(prompt_text(&p), "xaébz");
  type(&p, "Left Backspace Backspace");
  assert_string_equal(prompt_text(&p), "xaz");
  prompt_set(&p, "node1:/data  node2:/data");
  type(&p, "C-w");
  assert_string_equal(prompt_text(&p), "node1:/data  ");
  type(&p, "C-w x C-a y C-k");
  assert_string_equal(prompt_text(&p), "y");
  assert_int_equal(prompt_key(&p, key("Enter")), PROMPT_NOT);
  assert_int_equal(prompt_key(&p, key("Up")), PROMPT_NOT);
  assert_int_equal(prompt_key(&p, key("F2")), PROMPT_NOT);
  assert_int_equal(prompt_key(&p, key("M-x")), PROMPT_NOT);
  /* A mark belongs to its letter: both go together. */
  prompt_set(&p, "e\xcc\x81x");
  type(&p, "Left Backspace");
  assert_string_equal(prompt_text(&p), "x");
  prompt_free(&p);
}

static void a_paste_is_text(void **state) {
  (void)state;
  struct prompt p = {0};
  prompt_key(&p, (struct key){.code = 'q', .pasted = true});
  assert_int_equal(prompt_key(&p, (struct key){.code = KEYSYM_ENTER, .pasted = true}), PROMPT_NOT);
  assert_int_equal(prompt_key(&p, (struct key){.code = KEYSYM_LEFT, .pasted = true}), PROMPT_MOVED);
  assert_int_equal(prompt_key(&p, (struct key){.code = 'u', .mods = KEY_CTRL, .pasted = true}), PROMPT_MOVED); /* no command */
  prompt_key(&p, (struct key){.code = 0x1b, .pasted = true});
  prompt_key(&p, (struct key){.code = 0x202e, .pasted = true}); /* turns the rest of the line around */
  prompt_key(&p, (struct key){.code = '!', .pasted = true});
  assert_string_equal(prompt_text(&p), "q!");
  for (int i = 0; i < PROMPT_MAX + 10; i++) prompt_key(&p, (struct key){.code = 'x', .pasted = true});
  assert_int_equal(strlen(prompt_text(&p)), PROMPT_MAX);
  prompt_free(&p);
}

static void the_cursor_is_seen(void **state) {
  (void)state;
  struct canvas *c = canvas_new(8, 1, GLYPHS_ASCII);
  struct prompt p = {0};
  prompt_set(&p, "abcdefghijkl");
  prompt_draw(canvas_pen(c), &p, STYLE(INPUT), false, true);
  CLEANUP(mem_freep) char *end = drawn(c);
  assert_string_equal(end, "fghijkl\n");
  assert_int_equal(c->cursor_x, 7);
  type(&p, "Home");
  prompt_draw(canvas_pen(c), &p, STYLE(INPUT), false, true);
  CLEANUP(mem_freep) char *home = drawn(c);
  assert_string_equal(home, "abcdefgh\n");
  assert_int_equal(c->cursor_x, 0);
  prompt_set(&p, "geheim");
  prompt_draw(canvas_pen(c), &p, STYLE(INPUT), true, true);
  CLEANUP(mem_freep) char *masked = drawn(c);
  assert_string_equal(masked, "******\n");
  prompt_free(&p);
  canvas_free(c);
}

/* ---- menus ---- */

static const struct menu_row rows[] = {
    {.id = "resource-move", .title = "Move to another host", .group = "test01", .help = "Moves it."},
    {.id = "resource-ban", .title = "Ban from a host", .group = "test01", .refused = "kvm02 is its last host"},
    {.id = "cluster-stop", .title = "Stop the cluster", .group = "cluster", .note = "danger", .help = "All of it stops."},
};
static const struct menu menu = {.rows = rows, .count = COUNT(rows), .empty = "nothing can be done here"};

static void a_menu_moves_and_filters(void **state) {
  (void)state;
  enum { W = 50, H = 14 };
  struct menu_state s = {0};
  menu_follow(&menu, &s, W, H);
  assert_string_equal(menu_selected(&menu, &s)->id, "resource-move");
  menu_move(&menu, &s, W, H, MOVE_UP);
  assert_string_equal(menu_selected(&menu, &s)->id, "resource-move");
  menu_move(&menu, &s, W, H, MOVE_DOWN);
  menu_move(&menu, &s, W, H, MOVE_DOWN); /* over the heading */
  assert_string_equal(menu_selected(&menu, &s)->id, "cluster-stop");
  menu_move(&menu, &s, W, H, MOVE_HOME);
  assert_string_equal(menu_selected(&menu, &s)->id, "resource-move");
  assert_true(menu_key(&menu, &s, W, H, key("b")));
  assert_true(menu_key(&menu, &s, W, H, key("a")));
  assert_string_equal(menu_selected(&menu, &s)->id, "resource-ban");
  assert_true(menu_key(&menu, &s, W, H, key("x")));
  assert_null(menu_selected(&menu, &s));
  menu_move(&menu, &s, W, H, MOVE_DOWN);
  struct canvas *c = canvas_new(W, H, GLYPHS_ASCII);
  menu_draw(canvas_pen(c), &menu, &s);
  CLEANUP(mem_freep) char *none = drawn(c);
  assert_non_null(strstr(none, "nothing of that name"));
  menu_key(&menu, &s, W, H, key("C-u"));
  assert_string_equal(menu_selected(&menu, &s)->id, "resource-ban"); /* it stays on its row */
  canvas_clear(c);
  menu_draw(canvas_pen(c), &menu, &s);
  CLEANUP(mem_freep) char *all = drawn(c);
  assert_non_null(strstr(all, "> Ban from a host  kvm02 is its last host"));
  assert_non_null(strstr(all, "Not now: kvm02 is its last host"));
  assert_non_null(strstr(all, "danger"));
  menu_state_free(&s);
  canvas_free(c);
}

static void a_menu_scrolls(void **state) {
  (void)state;
  struct menu_state s = {0};
  menu_follow(&menu, &s, 40, 4); /* three lines of five, no room for help */
  for (int i = 0; i < 3; i++) menu_move(&menu, &s, 40, 4, MOVE_DOWN);
  struct canvas *c = canvas_new(40, 4, GLYPHS_ASCII);
  menu_draw(canvas_pen(c), &menu, &s);
  CLEANUP(mem_freep) char *low = drawn(c);
  assert_non_null(strstr(low, "> Stop the cluster"));
  assert_null(strstr(low, "Move"));
  menu_move(&menu, &s, 40, 4, MOVE_PAGE_UP);
  menu_move(&menu, &s, 40, 4, MOVE_PAGE_UP);
  canvas_clear(c);
  menu_draw(canvas_pen(c), &menu, &s);
  CLEANUP(mem_freep) char *high = drawn(c);
  assert_non_null(strstr(high, "test01\n> Move")); /* with its heading */
  menu_state_free(&s);
  canvas_free(c);
}

/* ---- forms ---- */

static const char *const nodes[] = {"kvm01", "kvm02"}, *const bricks[] = {"node1:/data", "node2:/data"}, *const yes_no[] = {"yes", "no"};
static struct form_field fields[] = {
    {.title = "Name", .help = "What it is called.", .required = true, .error = "it needs a name"},
    {.title = "To", .kind = FORM_CHOICE, .required = true, .choices = {nodes, 2}, .proposed = {nodes + 1, 1}},
    {.title = "Bricks", .kind = FORM_LIST, .choices = {bricks, 2}, .proposed = {bricks, 2}},
    {.title = "Password", .kind = FORM_SECRET},
    {.title = "Start it", .kind = FORM_CHOICE, .choices = {yes_no, 2}},
};
static const struct form form = {.fields = fields, .count = COUNT(fields), .button = "Review"};
enum { W = 60, H = 20 };

static void keys(struct form_state *s, const char *names) {
  char copy[256], *rest = copy;
  snprintf(copy, sizeof copy, "%s", names);
  for (char *one; (one = strsep(&rest, " "));) {
    if (!strcmp(one, "next")) form_step(&form, s, 1);
    else if (!strcmp(one, "back")) form_step(&form, s, -1);
    else form_key(&form, s, key(one));
    form_follow(&form, s, W, H);
  }
}

static void a_form_is_filled(void **state) {
  (void)state;
  struct form_state s = {0};
  form_follow(&form, &s, W, H);
  assert_null(form_text(&s, 0, 0));
  assert_string_equal(form_text(&s, 1, 0), "kvm02"); /* proposed */
  assert_string_equal(form_text(&s, 2, 1), "node2:/data");
  assert_null(form_text(&s, 2, 2));
  keys(&s, "v q ? next");
  assert_string_equal(form_text(&s, 0, 0), "vq?"); /* letters are text, whatever they do elsewhere */
  keys(&s, "Right");
  assert_string_equal(form_text(&s, 1, 0), "kvm01");
  keys(&s, "k v m 0 2");
  assert_string_equal(form_text(&s, 1, 0), "kvm02");
  keys(&s, "x x x");
  assert_string_equal(form_text(&s, 1, 0), "kvm02"); /* nothing but what there is */
  keys(&s, "next next next x");                      /* the line for one more */
  assert_string_equal(form_text(&s, 2, 2), "x");
  assert_true(form_shift(&form, &s, -1));
  assert_string_equal(form_text(&s, 2, 1), "x");
  assert_false(form_shift(&form, &s, 5));
  keys(&s, "Backspace");
  assert_string_equal(form_text(&s, 2, 1), "node2:/data");
  while (s.field == 2) form_step(&form, &s, 1);
  assert_int_equal(s.values[2].count, 3); /* the emptied line is gone, one is left for more */
  keys(&s, "s e c r e t next next");
  assert_true(form_button(&s));
  assert_false(form_step(&form, &s, 1));
  keys(&s, "back Backspace");
  assert_null(form_text(&s, 4, 0));
  form_state_free(&s);
}

static void proposals_follow_until_touched(void **state) {
  (void)state;
  struct form_state s = {0};
  form_follow(&form, &s, W, H);
  fields[2].proposed.item = bricks + 1, fields[2].proposed.count = 1;
  form_follow(&form, &s, W, H);
  assert_string_equal(form_text(&s, 2, 0), "node2:/data");
  assert_null(form_text(&s, 2, 1));
  keys(&s, "next next x");
  assert_string_equal(form_text(&s, 2, 0), "x"); /* instead of what was proposed */
  form_state_free(&s);
  form_follow(&form, &s, W, H);
  keys(&s, "next next End x"); /* a move begins to edit it */
  fields[2].proposed.item = bricks, fields[2].proposed.count = 2;
  form_follow(&form, &s, W, H);
  assert_string_equal(form_text(&s, 2, 0), "node2:/datax");
  assert_null(form_text(&s, 2, 1));
  assert_true(form_offer(&form, &s, 1));
  assert_string_equal(form_text(&s, 2, 0), "node1:/data");
  form_state_free(&s);
}

static void a_form_is_drawn(void **state) {
  (void)state;
  struct form_state s = {0};
  struct canvas *c = canvas_new(W, H, GLYPHS_ASCII);
  form_follow(&form, &s, W, H);
  form_draw(canvas_pen(c), &form, &s);
  CLEANUP(mem_freep) char *first = drawn(c);
  assert_non_null(strstr(first, "What it is called."));
  assert_null(strstr(first, "it needs a name")); /* nobody has been there yet */
  s.tried = true;
  keys(&s, "next next next next x s e c r e t");
  assert_int_equal(s.field, 2);
  while (s.field < 3) form_step(&form, &s, 1);
  keys(&s, "p w");
  canvas_clear(c);
  form_follow(&form, &s, W, H);
  form_draw(canvas_pen(c), &form, &s);
  CLEANUP(mem_freep) char *tried = drawn(c);
  assert_non_null(strstr(tried, "x it needs a name"));
  assert_non_null(strstr(tried, "> Password  **"));
  assert_null(strstr(tried, "pw"));
  assert_non_null(strstr(tried, "[ Review ]"));
  form_state_free(&s);
  canvas_free(c);
}

/* However small: the field that has the keys is on the screen. */
static void a_form_scrolls(void **state) {
  (void)state;
  for (int h = 1; h < 14; h++) {
    struct form_state s = {.tried = true};
    struct canvas *c = canvas_new(40, h, GLYPHS_ASCII);
    form_follow(&form, &s, 40, h);
    do {
      form_follow(&form, &s, 40, h);
      canvas_clear(c);
      form_draw(canvas_pen(c), &form, &s);
      CLEANUP(mem_freep) char *text = drawn(c);
      bool seen = strchr(text, '>') || c->cursor_x >= 0;
      if (!seen) print_error("height %d, field %zu, line %zu:\n%s\n", h, s.field, s.item, text);
      assert_true(seen);
    } while (form_step(&form, &s, 1));
    form_state_free(&s);
    canvas_free(c);
  }
}

static void a_box_lies_over(void **state) {
  (void)state;
  struct canvas *c = canvas_new(30, 9, GLYPHS_ASCII);
  pen_fill(canvas_pen(c), 0, 0, 30, 9, STYLE(BAD));
  struct pen inside = modal_open(canvas_pen(c), 10, 2, &(struct box){.title = "Sure?"});
  assert_int_equal(inside.w, 10);
  assert_int_equal(inside.h, 2);
  assert_int_equal(canvas_at(c, 0, 0)->style.role, ROLE_DIM);
  inside = modal_open(canvas_pen(c), 100, 100, &(struct box){.title = "Sure?"});
  assert_int_equal(inside.w, 28);
  assert_int_equal(inside.h, 7);
  canvas_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_line_is_edited),         cmocka_unit_test(a_paste_is_text), cmocka_unit_test(the_cursor_is_seen),
      cmocka_unit_test(a_menu_moves_and_filters), cmocka_unit_test(a_menu_scrolls),  cmocka_unit_test(a_form_is_filled),
      cmocka_unit_test(proposals_follow_until_touched), cmocka_unit_test(a_form_is_drawn), cmocka_unit_test(a_form_scrolls),
      cmocka_unit_test(a_box_lies_over)};
  return RUN(tests);
}
