/* Patterns: both cases, bad ones, such as would run for ever, hostile bytes; and the filter of a list. */
#include "acted.h"
#include "base/utf8.h"
#include "tui/filter.h"
#include <time.h>

static enum filter_says says(const char *pattern, const char *text) {
  struct filter_wrong wrong;
  struct filter *f = filter_new(pattern, &wrong);
  assert_non_null(f);
  enum filter_says s = filter_match(f, text, strlen(text));
  filter_free(f);
  return s;
}

static void both_cases_until_a_capital(void **state) {
  (void)state;
  assert_int_equal(says("web", "WEB01"), FILTER_YES);
  assert_int_equal(says("Web", "WEB01"), FILTER_NO);
  assert_int_equal(says("Web", "Web01"), FILTER_YES);
  assert_int_equal(says("web\\S", "WEB1"), FILTER_YES); /* the capital of an escape is none */
  assert_int_equal(says("web\\\\S", "WEB\\S"), FILTER_NO); /* that of an escaped backslash is one */
  assert_int_equal(says("m\u00fcller", "M\u00dcLLER"), FILTER_YES);
  assert_int_equal(says("M\u00fcLLER", "M\u00dcLLER"), FILTER_NO);
  assert_int_equal(says("^kvm02$", "domain\nkvm02\nx"), FILTER_YES); /* a line a column */
  assert_int_equal(says("a.b", "a\nb"), FILTER_NO);
}

static void bad_ones_say_where(void **state) {
  (void)state;
  static const struct { const char *pattern; size_t at; } bad[] = {{"web(", 4}, {"[a-", 3}, {"a**b(?", 6}, {"x{2,1}", 5}, {"(?<n", 4}, {"\\C", 2}, {"a\xff", 1}, {"\xc3", 0}};
  for (size_t i = 0; i < COUNT(bad); i++) {
    struct filter_wrong wrong = {.text = "", .at = 99};
    assert_null(filter_new(bad[i].pattern, &wrong));
    assert_true(wrong.text[0]);
    assert_true(wrong.at <= strlen(bad[i].pattern));
    if (i != 2) assert_int_equal(wrong.at, bad[i].at);
  }
  char *deep = mem_alloc(FILTER_MAX + 8);
  struct filter_wrong wrong;
  memset(deep, '(', 100), memset(deep + 100, ')', 100);
  assert_null(filter_new(deep, &wrong));
  memset(deep, 'a', FILTER_MAX + 1);
  assert_null(filter_new(deep, &wrong));
  assert_string_equal(wrong.text, "it is too long");
  mem_free(deep);
}

/* What takes other engines the age of the universe ends at its limit, and says that it cannot tell. */
static void none_runs_for_ever(void **state) {
  (void)state;
  static const char *const dear[] = {"(a+)+$", "(a|aa)+$", "(.*)*b", "(a*)*(a*)*(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(?:(?:a+)+)+!", "((a?){30}){30}b", "(x+x+)+y|(a+a+)+b"};
  char text[2001];
  memset(text, 'a', 2000), text[2000] = 0;
  size_t refused = 0;
  for (size_t i = 0; i < COUNT(dear); i++) {
    struct filter_wrong wrong;
    struct filter *f = filter_new(dear[i], &wrong);
    if (!f) continue;
    filter_share(f, 2000);
    text[1999] = '!';
    struct timespec from, to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    for (int n = 0; n < 50; n++) refused += filter_match(f, text, 2000) == FILTER_CANNOT_TELL;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    assert_true(to.tv_sec - from.tv_sec < 3);
    filter_free(f);
  }
  assert_true(refused > 100);
}

/* ---- on the screen ---- */

static size_t rows_of(struct acted *x, int list, struct filtered *ret) {
  struct arena *a = arena_new();
  struct input in;
  struct list_rows r;
  acted_input(x, &in, a);
  list_open(&r, lists[list], &x->app.lists[list], &in);
  size_t n = r.table.row_count;
  *ret = r.filtered;
  arena_free(a);
  return n;
}

static void has(struct acted *x, const char *words) {
  CLEANUP(mem_freep) char *frame = acted_frame(x);
  if (!strstr(frame, words)) fail_msg("not there: %s\n%s", words, frame);
}

static void has_not(struct acted *x, const char *words) {
  CLEANUP(mem_freep) char *frame = acted_frame(x);
  if (strstr(frame, words)) fail_msg("there: %s\n%s", words, frame);
}

static void the_line_filters_as_it_is_typed(void **state) {
  (void)state;
  struct acted *x = acted_new("degraded", 80, 24);
  struct filtered f;
  acted_keys(x, "D");
  assert_int_equal(rows_of(x, LIST_DOMAINS, &f), 6);
  acted_keys(x, "/ 'app0'");
  assert_int_equal(rows_of(x, LIST_DOMAINS, &f), 4);
  assert_int_equal(f.out, 2);
  has(x, "4 of 6");
  has(x, "2 hidden");
  acted_keys(x, "'('"); /* bad: said, and the last good one goes on */
  assert_int_equal(rows_of(x, LIST_DOMAINS, &f), 4);
  has(x, "at 6: missing closing parenthesis");
  acted_keys(x, "Enter"); /* what filters is what stands there, not what was bad */
  has(x, "/app0");
  has_not(x, "missing");
  acted_keys(x, "/ C-u '!app0' Enter");
  assert_int_equal(rows_of(x, LIST_DOMAINS, &f), 2);
  acted_keys(x, "/ C-u 'host:kvm02' Enter");
  assert_int_equal(rows_of(x, LIST_DOMAINS, &f), 4);
  acted_keys(x, "/ C-u '!HOST:kvm02' Enter");
  assert_int_equal(rows_of(x, LIST_DOMAINS, &f), 2);
  acted_keys(x, "/ C-u 'node1:/data' Enter"); /* no column: a brick */
  assert_int_equal(rows_of(x, LIST_DOMAINS, &f), 6);
  acted_keys(x, "/ C-u 'uuid:^[0-9a-f-]{36}$' Enter"); /* one that is not shown */
  assert_int_equal(rows_of(x, LIST_DOMAINS, &f), 6);
  acted_keys(x, "Esc"); /* first the filter ... */
  assert_int_equal(rows_of(x, LIST_DOMAINS, &f), 6);
  assert_int_equal(f.out, 0);
  has_not(x, "hidden");
  assert_int_equal(x->app.view, VIEW_FIRST_LIST + LIST_DOMAINS);
  acted_keys(x, "Esc"); /* ... then the view */
  assert_int_equal(x->app.view, VIEW_OVERVIEW);
  acted_free(x);
}

/* A filter makes nobody believe that all is well. */
static void what_is_hidden_and_not_well_is_said(void **state) {
  (void)state;
  struct acted *x = acted_new("degraded", 80, 24);
  struct filtered f;
  acted_keys(x, "B / 'node1' Enter");
  rows_of(x, LIST_BRICKS, &f);
  assert_int_equal(f.out, 4);
  assert_true(f.ill >= 2); /* one is down, one has entries that wait */
  has(x, "^ 4 hidden, 2 not well");
  acted_keys(x, "Esc O Tab / 'nothing' Enter"); /* in a pane too */
  has(x, "0 of 6");
  has(x, "none of 6 matches");
  has(x, "not well");
  acted_free(x);
}

static void hostile_names_are_filtered_as_they_are_seen(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  static const char *const names[] = {"a\xff\xfe" "b", "a\xe2\x80\xae" "b", "a\nb\tc", "\xf0\x9f\x92\xa9", "\xed\xa0\x80", ""};
  struct filtered f;
  acted_keys(x, "N / '.*' Enter");
  for (size_t i = 0; i < COUNT(names); i++) {
    struct snapshot *s = x->snap; /* this test's own */
    s->hosts.item[0].name = names[i];
    s->now++; /* another one */
    struct arena *a = arena_new();
    struct input in;
    acted_input(x, &in, a);
    app_settle(&x->app, &in, x->w, x->h);
    arena_free(a);
    assert_int_equal(rows_of(x, LIST_NODES, &f), s->hosts.count);
    assert_int_equal(f.undecided, 0);
    CLEANUP(mem_freep) char *frame = acted_frame(x);
  }
  acted_free(x);
}

/* A row that cannot be judged is shown, and counted. */
static void a_row_that_is_too_hard_stays(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  struct filtered f;
  char name[4001];
  memset(name, 'a', 4000), name[4000] = 0;
  x->snap->hosts.item[0].name = name;
  x->snap->now++;
  acted_keys(x, "N / '^(a+)+[!?]' Enter");
  size_t left = rows_of(x, LIST_NODES, &f);
  assert_int_equal(f.undecided, 1);
  assert_int_equal(left, 1);
  has(x, "1 too hard to tell, shown");
  x->snap->hosts.item[0].name = "kvm01";
  acted_free(x);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(both_cases_until_a_capital), cmocka_unit_test(bad_ones_say_where), cmocka_unit_test(none_runs_for_ever),
                                     cmocka_unit_test(the_line_filters_as_it_is_typed), cmocka_unit_test(what_is_hidden_and_not_well_is_said),
                                     cmocka_unit_test(hostile_names_are_filtered_as_they_are_seen), cmocka_unit_test(a_row_that_is_too_hard_stays)};
  return RUN(tests);
}
