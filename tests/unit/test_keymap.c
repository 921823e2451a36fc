/* Key maps: the built-in ones are complete, user files override them, mistakes are named with file and line. */
#include "base/str.h"
#include "keymaps/keymap.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct key key(const char *name) {
  struct key k = {0};
  if (key_parse(name, &k)) fail_msg("no key %s", name);
  return k;
}

static struct keymap *load(const char *name) {
  struct err e = {0};
  struct keymap *m = keymap_load(name, &e);
  if (!m) fail_msg("%s: %s", name, e.text);
  return m;
}

static enum action look(const struct keymap *m, enum context c, const char *name) { return keymap_lookup(m, c, key(name)); }

static void table_of_actions_is_sound(void **state) {
  (void)state;
  for (enum action a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
    const struct action_row *r = action_row(a);
    assert_non_null(r);
    assert_true(r->name[0] && r->help[0] && r->group[0] && (unsigned)r->context < CONTEXT_COUNT);
    assert_int_equal(action_find(r->name), a);
    assert_string_not_equal(r->name, "none");
  }
  assert_int_equal(action_find("no-such"), ACTION_NONE);
  assert_null(action_row(ACTION_NONE));
  assert_null(action_row(ACTION_COUNT));
}

static void built_in_maps_bind_every_action(void **state) {
  (void)state;
  size_t maps = 0;
  for (const struct keymap_text *t = keymap_texts; t->name; t++, maps++) {
    CLEANUP(keymap_freep) struct keymap *m = load(t->name);
    enum action a = keymap_unbound(m, ACTION_NONE);
    if (a) fail_msg("%s: no key for %s", t->name, action_row(a)->name);
    char hint[KEY_NAME];
    for (a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
      enum context c = action_row(a)->context;
      assert_true(keymap_hint(m, c, a, hint)[0] != 0);
      assert_int_equal(look(m, c, hint), a);
    }
  }
  assert_int_equal(maps, 3);
}

static void default_keys(void **state) {
  (void)state;
  CLEANUP(keymap_freep) struct keymap *m = load("default");
  char hint[KEY_NAME];
  assert_int_equal(look(m, CONTEXT_GLOBAL, "q"), ACTION_QUIT);
  assert_int_equal(look(m, CONTEXT_TABLE, "j"), ACTION_DOWN);
  assert_int_equal(look(m, CONTEXT_TABLE, "s"), ACTION_SORT);
  assert_int_equal(look(m, CONTEXT_GLOBAL, "s"), ACTION_NONE);
  assert_int_equal(look(m, CONTEXT_TEXT, "Space"), ACTION_PAGE_DOWN);
  assert_int_equal(look(m, CONTEXT_TABLE, "Space"), ACTION_MARK);
  assert_int_equal(look(m, CONTEXT_COLUMNS, "Space"), ACTION_COLUMN_SHOW);
  assert_int_equal(look(m, CONTEXT_GLOBAL, "Space"), ACTION_NONE);
  assert_int_equal(look(m, CONTEXT_LIST, "C-i"), ACTION_NEXT_PANE);
  assert_int_equal(look(m, CONTEXT_LIST, "7"), ACTION_PANE_7);
  struct key pasted = key("q");
  pasted.pasted = true;
  assert_int_equal(keymap_lookup(m, CONTEXT_GLOBAL, pasted), ACTION_NONE);
  assert_string_equal(keymap_hint(m, CONTEXT_TABLE, ACTION_HELP, hint), "?");
  assert_string_equal(keymap_hint(m, CONTEXT_TEXT, ACTION_PAGE_DOWN, hint), "Space");
  assert_string_equal(keymap_hint(m, CONTEXT_GLOBAL, ACTION_SORT, hint), "");
}

static void vi_and_fkeys(void **state) {
  (void)state;
  CLEANUP(keymap_freep) struct keymap *vi = load("vi");
  CLEANUP(keymap_freep) struct keymap *f = load("fkeys");
  assert_int_equal(look(vi, CONTEXT_TABLE, "G"), ACTION_END);
  assert_int_equal(look(vi, CONTEXT_TABLE, "C-f"), ACTION_PAGE_DOWN);
  assert_int_equal(look(vi, CONTEXT_TABLE, "k"), ACTION_UP);
  for (char c = 'A'; c <= 'z'; c++) {
    struct key k = {.code = (uint32_t)c};
    for (enum context x = 0; x < CONTEXT_COUNT; x++) assert_int_equal(keymap_lookup(f, x, k), ACTION_NONE);
  }
}

static void user_file_overrides(void **state) {
  (void)state;
  CLEANUP(keymap_freep) struct keymap *m = keymap_new();
  struct err e = {0};
  static const char text[] = "  # mine\r\ninclude default\r\n\r\n[global]\r\nF5\tredraw # now\r\nq none\r\nHash help\r\n[text]\r\nq back\r\n";
  assert_int_equal(keymap_parse(m, text, "my.keys", &e), 0);
  assert_int_equal(look(m, CONTEXT_GLOBAL, "F5"), ACTION_REDRAW);
  assert_int_equal(look(m, CONTEXT_GLOBAL, "q"), ACTION_NONE);
  assert_int_equal(look(m, CONTEXT_TEXT, "q"), ACTION_BACK);
  assert_int_equal(look(m, CONTEXT_GLOBAL, "#"), ACTION_HELP);
  assert_int_equal(look(m, CONTEXT_GLOBAL, "V"), ACTION_VIEW_VOLUMES);
  assert_int_equal(keymap_unbound(m, ACTION_NONE), ACTION_NONE);
  char hint[KEY_NAME];
  assert_string_equal(keymap_hint(m, CONTEXT_GLOBAL, ACTION_QUIT, hint), "F10");
}

static void mistakes_are_named(void **state) {
  (void)state;
  static const struct {
    const char *text, *words[3];
  } cases[] = {
      {"[global]\nF5 redraw\nx help\nF5 help\n", {"my.keys:4:", "redraw", "line 2"}},
      {"C-i redraw\nTab help\n", {"my.keys:2:", "Tab", "line 1"}},
      {"F5\n", {"my.keys:1:", "F5", "no action"}},
      {"F5 jump\n", {"my.keys:1:", "jump", NULL}},
      {"Foo help\n", {"my.keys:1:", "Foo", NULL}},
      {"F5 help me\n", {"my.keys:1:", "me", NULL}},
      {"\n\n[sky]\n", {"my.keys:3:", "sky", NULL}},
      {"[global\n", {"my.keys:1:", NULL, NULL}},
      {"[global] x\n", {"my.keys:1:", NULL, NULL}},
      {"s sort\n", {"my.keys:1:", "sort", "[table]"}},
      {"[text]\ns sort\n", {"my.keys:2:", "[text]", "[table]"}},
      {"F5 help\ninclude vi\n", {"my.keys:2:", "first", NULL}},
      {"[form]\nx form-review\n", {"my.keys:2:", "[form]", "text"}},
      {"[list]\nC-x up\nx down\n", {"my.keys:3:", "[list]", "text"}},
      {"include emacs\n", {"my.keys:1:", "emacs", "default"}},
  };
  for (size_t i = 0; i < COUNT(cases); i++) {
    CLEANUP(keymap_freep) struct keymap *m = keymap_new();
    struct err e = {0};
    assert_int_equal(keymap_parse(m, cases[i].text, "my.keys", &e), -EINVAL);
    assert_true(e.todo[0] != 0);
    for (size_t w = 0; w < COUNT(cases[i].words) && cases[i].words[w]; w++)
      if (!strstr(e.text, cases[i].words[w])) fail_msg("case %zu: '%s' lacks '%s'", i, e.text, cases[i].words[w]);
  }
  /* [ alone is a key, and the same line twice is no contradiction. */
  CLEANUP(keymap_freep) struct keymap *m = keymap_new();
  struct err e = {0};
  assert_int_equal(keymap_parse(m, "[ help\nF5 redraw\nF5 redraw", "my.keys", &e), 0);
  assert_int_equal(look(m, CONTEXT_GLOBAL, "["), ACTION_HELP);
}

static void files(void **state) {
  (void)state;
  struct err e = {0};
  assert_null(keymap_load("nosuch", &e));
  assert_non_null(strstr(e.text, "default"));
  assert_null(keymap_load("/nonexistent/my.keys", &e));
  assert_int_equal(e.code, -ENOENT);
  char path[] = "/tmp/keymap-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, "include vi\nF12 quit\n", 20), 20);
  CLEANUP(keymap_freep) struct keymap *m = load(path);
  assert_int_equal(look(m, CONTEXT_GLOBAL, "F12"), ACTION_QUIT);
  assert_int_equal(look(m, CONTEXT_GLOBAL, "g"), ACTION_HOME);
  char shut[] = "/tmp/keymap-XXXXXX"; /* no way out of the console is a mistake too */
  int none = mkstemp(shut);
  static const char nothing[] = "include default\nq none\nF10 none\nC-c none\n";
  assert_int_equal(write(none, nothing, sizeof nothing - 1), sizeof nothing - 1);
  assert_null(keymap_load(shut, &e));
  assert_non_null(strstr(e.text, "leaves the console"));
  close(none);
  unlink(shut);
  assert_int_equal(write(fd, "\0", 1), 1);
  assert_null(keymap_load(path, &e));
  assert_int_equal(write(fd, "F12\n", 4), 4);
  close(fd);
  unlink(path);
}

static void help_comes_from_the_tables(void **state) {
  (void)state;
  CLEANUP(keymap_freep) struct keymap *m = load("default");
  size_t count;
  CLEANUP(mem_freep) struct keymap_help *rows = keymap_help(m, CONTEXT_COUNT, &count);
  bool panes = false, space = false;
  for (size_t i = 0; i < count; i++) {
    assert_true(rows[i].keys[0] && rows[i].help[0]);
    for (size_t k = i + 2; k < count; k++) /* a group is one stretch */
      if (!strcmp(rows[k].group, rows[i].group)) assert_string_equal(rows[k - 1].group, rows[i].group);
    if (!strcmp(rows[i].keys, "1 ... 9")) panes = true;
    if (rows[i].action == ACTION_PAGE_DOWN && rows[i].context == CONTEXT_TEXT) space = !strcmp(rows[i].keys, "Space");
  }
  assert_true(panes);
  assert_true(space);
  size_t fewer;
  CLEANUP(mem_freep) struct keymap_help *global = keymap_help(m, CONTEXT_GLOBAL, &fewer);
  assert_true(fewer < count && global);
  CLEANUP(str_free) struct str s = {0};
  keymap_help_text(m, &s);
  assert_non_null(strstr(str_text(&s), "General\n  ?, F1"));
  assert_non_null(strstr(str_text(&s), "(table)"));
}

static void count_binding(void *owner, enum context c, struct key k, enum action a, const char *path, int line) {
  assert_true((unsigned)c < CONTEXT_COUNT && k.code && a && path && line > 0);
  ++*(size_t *)owner;
}

static void each(void **state) {
  (void)state;
  CLEANUP(keymap_freep) struct keymap *m = load("vi");
  size_t n = 0;
  keymap_each(m, count_binding, &n);
  assert_true(n > 60);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(table_of_actions_is_sound),
      cmocka_unit_test(built_in_maps_bind_every_action),
      cmocka_unit_test(default_keys),
      cmocka_unit_test(vi_and_fkeys),
      cmocka_unit_test(user_file_overrides),
      cmocka_unit_test(mistakes_are_named),
      cmocka_unit_test(files),
      cmocka_unit_test(help_comes_from_the_tables),
      cmocka_unit_test(each),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
