/* Lists: columns that are chosen, sorting by any of them, marks, trends, and names as wide as they like. */
#include "acted.h"
#include "views/columns_kept.h"
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void has(struct acted *x, const char *words) {
  CLEANUP(mem_freep) char *frame = acted_frame(x);
  if (!strstr(frame, words)) fail_msg("not there: %s\n%s", words, frame);
}

/* ---- columns ---- */

static char *choice_text(const struct app *a, int list) {
  struct str out = {0};
  struct columns_choice c = columns_of(lists[list], &a->lists[list]);
  columns_print(lists[list], &c, &out);
  return str_take(&out);
}

static void columns_are_read_as_written(void **state) {
  (void)state;
  for (int i = 0; i < LIST_COUNT; i++) {
    struct columns_choice c, again;
    CLEANUP(str_free) struct str text = {0}, bad = {0};
    columns_default(lists[i], &c);
    assert_true(c.count > 0 && c.count <= TABLE_COLUMNS);
    columns_print(lists[i], &c, &text);
    assert_true(columns_parse(lists[i], str_text(&text), &again, &bad));
    assert_int_equal(c.count, again.count);
    assert_memory_equal(c.at, again.at, (size_t)c.count);
  }
  struct columns_choice c;
  CLEANUP(str_free) struct str bad = {0};
  assert_false(columns_parse(&list_nodes, " cpu  Node NOSUCH node ", &c, &bad));
  assert_string_equal(str_text(&bad), "NOSUCH");
  assert_int_equal(c.count, 2);
}

static void the_sheet_shows_hides_and_moves(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 88, 24);
  acted_keys(x, "N C");
  assert_int_equal(acted_keys(x, "Down Space") & APP_KEEP, 0);
  CLEANUP(mem_freep) char *without = choice_text(&x->app, LIST_NODES);
  assert_string_equal(without, "NODE HA PEER VMS CPU MEM DOWN? LIBVIRT LINKS ADDRESS"); /* ROLE went; what had no room was never seen */
  acted_keys(x, "Right Right Left");
  CLEANUP(mem_freep) char *moved = choice_text(&x->app, LIST_NODES);
  assert_string_equal(moved, "NODE PEER HA VMS CPU MEM DOWN? LIBVIRT LINKS ADDRESS");
  assert_true(acted_keys(x, "Esc") & APP_KEEP);
  has(x, "PEER    HA");
  acted_keys(x, "C End Up Space Esc");
  has(x, "ALSO CALLED");
  assert_true(acted_keys(x, "C r Esc") & APP_KEEP);
  CLEANUP(mem_freep) char *again = choice_text(&x->app, LIST_NODES);
  assert_string_equal(again, "NODE ROLE HA PEER VMS CPU MEM DOWN? LIBVIRT LINKS ADDRESS CPU-TREND MEM-TREND");
  assert_int_equal(acted_keys(x, "C Esc") & APP_KEEP, 0); /* nothing was chosen */
  acted_keys(x, "C Space Space Space Space Space Space Space Space Space Space Space Space Space Space Space Space Space Space");
  assert_true(x->app.lists[LIST_NODES].chosen.count >= 1); /* one stays */
  acted_free(x);
}

static void columns_outlive_the_console(void **state) {
  (void)state;
  char folder[] = "/tmp/kvmconsole-test-XXXXXX";
  struct err e = {0};
  assert_non_null(mkdtemp(folder));
  CLEANUP(mem_freep) char *dir = mem_printf("%s/deeper/kvmconsole", folder), *file = mem_printf("%s/columns", dir);
  struct app a = {0}, b = {0};
  CLEANUP(str_free) struct str bad = {0};
  columns_restore(dir, &a);
  assert_int_equal(a.lists[LIST_NODES].chosen.count, 0);
  columns_parse(&list_nodes, "CPU NODE", &a.lists[LIST_NODES].chosen, &bad);
  columns_parse(&list_sources, "IT-SAYS SOURCE", &a.lists[LIST_SOURCES].chosen, &bad);
  assert_int_equal(columns_keep(dir, &a, &e), 0);
  columns_restore(dir, &b);
  CLEANUP(mem_freep) char *nodes = choice_text(&b, LIST_NODES), *sources = choice_text(&b, LIST_SOURCES);
  assert_string_equal(nodes, "CPU NODE");
  assert_string_equal(sources, "IT-SAYS SOURCE");
  FILE *f = fopen(file, "w"); /* of another version, or of nobody */
  fputs("[columns]\nnodes = GONE HA\nnobody = X\n[other]\nbricks = SET\n", f);
  fclose(f);
  struct app c = {0};
  columns_restore(dir, &c);
  CLEANUP(mem_freep) char *left = choice_text(&c, LIST_NODES);
  assert_string_equal(left, "HA");
  assert_int_equal(c.lists[LIST_BRICKS].chosen.count, 0);
  unlink(file);
  assert_int_equal(mkdir(file, 0700), 0); /* it cannot be written: said */
  assert_true(columns_keep(dir, &a, &e) < 0);
  assert_non_null(strstr(e.text, "cannot be kept"));
  CLEANUP(mem_freep) char *clean = mem_printf("rm -r %s", folder);
  assert_int_equal(system(clean), 0);
}

static void the_configuration_says_what_is_wrong(void **state) {
  (void)state;
  char text[] = "[columns]\nnodes = NODE HA\nbricks = BRICK NOPE\nnosuch = A\nvolumes =\n";
  struct config c = {0};
  struct err e = {0};
  struct app a = {0};
  assert_int_equal(config_take(&c, text, "f", &e), 0);
  columns_check(&c);
  assert_non_null(strstr(str_text(&c.warnings), "f:3: [columns] bricks: NOPE is none of its columns"));
  assert_non_null(strstr(str_text(&c.warnings), "f:4: [columns] nosuch: there is no such list"));
  assert_non_null(strstr(str_text(&c.warnings), "f:5: [columns] volumes: no column is named"));
  assert_null(strstr(str_text(&c.warnings), "f:2"));
  columns_configure(&c, &a);
  CLEANUP(mem_freep) char *nodes = choice_text(&a, LIST_NODES);
  assert_string_equal(nodes, "NODE HA");
  CLEANUP(str_free) struct str out = {0};
  config_print(&c, &out);
  assert_non_null(strstr(str_text(&out), "[columns]\nnodes = NODE HA    # f:2\n"));
  config_free(&c);
}

/* ---- sorting ---- */

/* By every column of every list, both ways: nothing is lost, and what is not known is last. */
static void any_column_sorts(void **state) {
  (void)state;
  static const char *const scenarios[] = {"degraded", "storm"};
  for (size_t w = 0; w < COUNT(scenarios); w++) {
    struct acted *x = acted_new(scenarios[w], 80, 24);
    acted_run(x, 30000);
    for (int l = 0; l < LIST_COUNT; l++)
      for (int c = 0; c < lists[l]->column_count; c++)
        for (int reversed = 0; reversed < 2; reversed++) {
          struct arena *a = arena_new();
          struct input in;
          struct list_rows plain, r;
          struct list_state any = {0}, s = {.sorted = c + 1, .reversed = reversed};
          acted_input(x, &in, a);
          list_open(&plain, lists[l], &any, &in);
          list_open(&r, lists[l], &s, &in);
          assert_int_equal(r.table.row_count, plain.table.row_count);
          size_t same = 0;
          bool unknown = false;
          for (size_t i = 0; i < r.table.row_count; i++) {
            for (size_t j = 0; j < plain.table.row_count; j++) same += str_eq(r.table.id(&r, i), plain.table.id(&plain, j));
            struct row row;
            table_fill(&r.table, i, &row);
            const char *text = row.cell[c].text;
            bool none = text && (str_eq(text, "?") || str_eq(text, "-"));
            bool keyed = false;
            for (const struct list_key *k = lists[l]->keys; k && k->of; k++) keyed |= k->column == c;
            if (lists[l]->columns[c].shown.picture || keyed || lists[l]->columns[c].field) continue;
            if (unknown && !none) fail_msg("%s by %s: %s stands behind what is not known", lists[l]->name, lists[l]->columns[c].shown.title, text);
            unknown |= none;
          }
          assert_true(same >= r.table.row_count);
          arena_free(a);
        }
    acted_free(x);
  }
}

static struct snapshot *snapshot_of(const struct acted *x) { return x->snap; }

static void unknown_is_last_both_ways(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  struct snapshot *s = snapshot_of(x);
  static const double cpu[] = {NAN, 5, 70, NAN, 6, 0};
  for (size_t i = 0; i < s->hosts.count && i < COUNT(cpu); i++) s->hosts.item[i].cpu_percent = cpu[i];
  for (int reversed = 0; reversed < 2; reversed++) {
    struct arena *a = arena_new();
    struct input in;
    struct list_rows r;
    struct list_state state_of = {.sorted = 1 + column_find(&list_nodes, "CPU", 3), .reversed = reversed};
    acted_input(x, &in, a);
    list_open(&r, &list_nodes, &state_of, &in);
    const struct host_view *first = r.item[0], *last = r.item[r.table.row_count - 1], *before = r.item[r.table.row_count - 2];
    assert_true(isnan(last->cpu_percent) && isnan(before->cpu_percent));
    assert_true(first->cpu_percent == (reversed ? 70 : 0));
    arena_free(a);
  }
  acted_free(x);
}

/* What is kept between two snapshots is never another list's order. */
static void a_kept_order_is_the_order(void **state) {
  (void)state;
  struct acted *x = acted_new("degraded", 100, 24);
  static const char *const keys[] = {"s", "s", "I", "/ 'app' Enter", "s", "Esc", "I", "s s s", "/ '!app' Enter", "I"};
  acted_keys(x, "D");
  for (size_t k = 0; k < COUNT(keys); k++) {
    acted_keys(x, keys[k]);
    if (k % 3 == 2) acted_run(x, 3000);
    struct arena *a = arena_new();
    struct input in;
    struct list_rows kept, fresh;
    acted_input(x, &in, a);
    struct list_state s = x->app.lists[LIST_DOMAINS];
    list_open(&kept, &list_domains, &s, &in);
    s.kept.stamp = 0, s.filter.pass.stamp = 0;
    list_open(&fresh, &list_domains, &s, &in);
    assert_int_equal(kept.table.row_count, fresh.table.row_count);
    assert_int_equal(kept.filtered.out, fresh.filtered.out);
    for (size_t i = 0; i < kept.table.row_count; i++) assert_ptr_equal(kept.item[i], fresh.item[i]);
    arena_free(a);
  }
  acted_free(x);
}

/* ---- marks ---- */

static void marks_stay_on_their_rows(void **state) {
  (void)state;
  struct acted *x = acted_new("degraded", 80, 24);
  struct marks *m = &x->app.lists[LIST_DOMAINS].marks;
  acted_keys(x, "D Space Space"); /* and on to the next each time */
  assert_int_equal(m->count, 2);
  assert_true(str_starts(m->id[0], "app01 ") && str_starts(m->id[1], "app02 "));
  has(x, "2 marked");
  has(x, "+app01");
  acted_keys(x, "s I"); /* elsewhere, and still marked */
  acted_run(x, 5000);
  assert_int_equal(m->count, 2);
  has(x, "+app01");
  acted_keys(x, "/ '^batch' Enter *"); /* all that are seen, beside those that are not */
  assert_int_equal(m->count, 3);
  acted_keys(x, "*");
  assert_int_equal(m->count, 2);
  acted_keys(x, "Esc *");
  assert_int_equal(m->count, 6);
  struct domain_view gone = x->snap->domains.item[0];
  x->snap->domains.item[0] = x->snap->domains.item[--x->snap->domains.count];
  x->snap->now++;
  struct arena *a = arena_new();
  struct input in;
  acted_input(x, &in, a);
  app_settle(&x->app, &in, x->w, x->h);
  assert_int_equal(m->count, 5); /* its mark went with it, and that is said */
  has(x, "1 marked row is not there any more");
  arena_free(a);
  x->snap->domains.item[x->snap->domains.count++] = gone;
  acted_keys(x, "U");
  assert_int_equal(m->count, 0);
  acted_free(x);
}

/* ---- trends ---- */

static void trends_show_what_was_before_the_moment(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  struct trends t = {0};
  double v[8];
  struct snapshot *s = x->snap;
  const char *name = s->hosts.item[0].name;
  assert_false(trend_values(&t, TREND_HOST_CPU, name, s->now, v, 8));
  int64_t from = s->now;
  for (int i = 0; i < 200; i++) { /* more than are kept */
    s->now = from + i * TREND_STEP_MS;
    s->hosts.item[0].cpu_percent = i == 197 ? NAN : i;
    trends_add(&t, s);
    trends_add(&t, s); /* the same moment: one sample */
  }
  assert_int_equal(t.count, TREND_KEPT);
  assert_true(trend_values(&t, TREND_HOST_CPU, name, from + 199 * TREND_STEP_MS, v, 8));
  assert_true(v[7] == 199 && v[6] == 198 && isnan(v[5]) && v[4] == 196);
  assert_true(trend_values(&t, TREND_HOST_CPU, name, from + 180 * TREND_STEP_MS, v, 8)); /* of that past */
  assert_true(v[7] == 180 && v[0] == 173);
  assert_false(trend_values(&t, TREND_HOST_CPU, name, from + 50 * TREND_STEP_MS, v, 8)); /* not kept any more: none */
  assert_false(trend_values(&t, TREND_HOST_CPU, name, from + 400 * TREND_STEP_MS, v, 8)); /* long ago: none */
  assert_false(trend_values(&t, TREND_HOST_CPU, "nobody", from, v, 8));
  trends_free(&t);
  acted_free(x);
}

/* ---- wide names ---- */

static const char *const odd_names[] = {"\u670d\u52a1\u5668\u4e00\u53f7\u673a\u623f", "e\u0301\u0300\u0302\u0303x", "\U0001f680\U0001f4a5rocket", "\u05e9\u05dc\u05d5\u05dd", "a\u202eb", "\u0627\u0644\u0639\u0631\u0628\u064a\u0629", "plain"};

static const char *odd_id(const void *owner, size_t row) {
  (void)owner;
  return odd_names[row];
}

static void odd_fill(const void *owner, size_t row, struct row *out) {
  (void)owner;
  row_put(out, 0, ROLE_NORMAL, odd_names[row]);
  row_put(out, 1, ROLE_NORMAL, "|");
  row_put(out, 2, ROLE_NORMAL, "9%");
}

/* The second column begins in the same place in every row, however wide what stands before it is, cut or whole. */
static void columns_stand_under_each_other(void **state) {
  (void)state;
  static const struct column columns[] = {{.title = "NAME", .min = 5, .max = 40, .priority = 9}, {.title = "|", .min = 1, .priority = 9}, {.title = "\u767e\u5206", .min = 4, .align = ALIGN_RIGHT, .priority = 9}};
  struct table t = {.columns = columns, .column_count = COUNT(columns), .row_count = COUNT(odd_names), .id = odd_id, .fill = odd_fill};
  struct table_state s = {0};
  for (int w = 14; w < 40; w++) {
    struct canvas *c = canvas_new(w, 10, GLYPHS_UTF8);
    int width[TABLE_COLUMNS];
    table_draw(canvas_pen(c), &t, &s, true);
    assert_int_equal(table_layout(&t, &s, w, 10, width), 3);
    int at = 1 + width[0] + 1;
    for (int y = 1; y <= (int)COUNT(odd_names); y++) {
      assert_int_equal(canvas_at(c, at, y)->point[0], '|');
      assert_int_equal(canvas_at(c, at + 1 + 1 + width[2] - 1, y)->point[0], '%');
      for (int x = 0; x < w; x++) {
        uint32_t p = canvas_at(c, x, y)->point[0];
        assert_true(p != 0x202e);
        if (canvas_at(c, x, y)->width == 2) assert_int_equal(canvas_at(c, x + 1, y)->width, 0); /* none is cut in half */
      }
    }
    canvas_free(c);
  }
  table_state_free(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(columns_are_read_as_written), cmocka_unit_test(the_sheet_shows_hides_and_moves), cmocka_unit_test(columns_outlive_the_console),
                                     cmocka_unit_test(the_configuration_says_what_is_wrong), cmocka_unit_test(any_column_sorts), cmocka_unit_test(unknown_is_last_both_ways),
                                     cmocka_unit_test(a_kept_order_is_the_order), cmocka_unit_test(marks_stay_on_their_rows), cmocka_unit_test(trends_show_what_was_before_the_moment),
                                     cmocka_unit_test(columns_stand_under_each_other)};
  return RUN(tests);
}
