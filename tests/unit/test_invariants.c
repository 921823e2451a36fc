/* What holds for every frame: over all scenarios and a hostile world of its own, at moments of their troubles, in every view
 * and what lies over it, at sizes from the least to a wall's; and when all that is known is old. A seeded sample. */
#include "base/utf8.h"
#include "sim/scenario.h"
#include "sim/sim.h"
#include "views/screen/app.h"
#include "views/timeline.h"
#include "unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZES = 4, DICED = 1 };

struct seen_world { /* a simulated cluster, and two screens on it */
  const char *name;
  struct sim *sim;
  struct store store;
  struct snapshot *snap;
  struct keymap *keymap;
  struct app app;
  struct timeline timeline;
  int64_t older_ms;   /* so much later is now than what was heard last */
  int w, h;
  const char *doing;  /* for messages */
};

static uint64_t seed = 88172645463325252u;
static unsigned dice(unsigned n) {
  seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
  return (unsigned)((seed >> 11) % n);
}

/* Names as wide, as long and as strange as hosts, volumes and domains may have. */
static const char hostile_world[] = "title names that are hard to draw\n"
                                    "host a-very-long-name-of-a-host-in-a-rack-[1-3] kvm memory=8G cpus=2\nhost node[1-3] store memory=4G cpus=2\n"
                                    "volume a-volume-that-has-a-name-longer-than-its-column replica 3 bricks node[1-3]:/bricks/with/a/path/that/is/longer/than/any/column size=3G used=99\n"
                                    "cluster a-cluster-with-a-name-that-fills-a-title-bar-by-itself a-very-long-name-of-a-host-in-a-rack-[1-3]\nhere a-very-long-name-of-a-host-in-a-rack-2\nfencing for a-very-long-name-of-a-host-in-a-rack-[1-3]\n"
                                    "domain web-with-a-name-that-goes-on-and-on volume a-volume-that-has-a-name-longer-than-its-column memory=96M image=64M\n"
                                    "domain d[01-12] volume a-volume-that-has-a-name-longer-than-its-column memory=96M image=64M\n";

static void take(void *owner, const char *line, size_t len, int64_t at) {
  struct seen_world *x = owner;
  struct fragment *f;
  if (fragment_read(&line, &len, &f, NULL)) return;
  store_add(&x->store, f, at);
  fragment_drop(f);
}

static void input_of(struct seen_world *x, struct input *in, struct arena *a, enum glyphs glyphs) {
  *in = (struct input){.snap = x->snap, .keymap = x->keymap, .glyphs = glyphs, .arena = a, .wall = sim_now(x->sim) + x->older_ms, .utc = true, .simulated = true, .events = timeline_events(&x->timeline),
                       .event_count = x->timeline.count, .event_past = x->timeline.count};
}

static void look(struct seen_world *x) {
  struct merge_options o = {.here = sim_here(x->sim)};
  int64_t now = sim_now(x->sim) + x->older_ms;
  struct snapshot *next = snapshot_make(&x->store, now, now, &o, x->snap);
  struct arena *a = arena_new();
  struct events news;
  struct input in;
  snapshot_difference(x->snap, next, a, &news);
  for (size_t i = 0; i < news.count; i++) timeline_add(&x->timeline, &news.item[i], &(struct moment){.now = now, .wall = now});
  snapshot_drop(x->snap);
  x->snap = next;
  input_of(x, &in, a, GLYPHS_UTF8);
  app_settle(&x->app, &in, x->w, x->h);
  arena_free(a);
}

static void pass(struct seen_world *x, int64_t ms) {
  sim_run(x->sim, sim_now(x->sim) + ms, take, x);
  look(x);
}

static struct seen_world *open_world(const char *scenario) {
  struct seen_world *x = mem_alloc(sizeof *x);
  struct err e = {0};
  struct world *w = NULL;
  *x = (struct seen_world){.name = scenario, .w = 80, .h = 24, .keymap = keymap_load("default", &e)};
  if (!x->keymap) fail_msg("%s", e.text);
  if (!scenario && scenario_read("hostile", hostile_world, strlen(hostile_world), NULL, &w, &e)) fail_msg("%s", e.text);
  if (scenario ? sim_open(&(struct sim_options){.scenario = scenario}, &x->sim, &e) : sim_adopt(w, &x->sim, &e)) fail_msg("%s", e.text);
  if (!scenario) x->name = "hostile";
  pass(x, 2000);
  return x;
}

static void close_world(struct seen_world *x) {
  app_free(&x->app);
  snapshot_drop(x->snap);
  store_clear(&x->store);
  sim_close(x->sim);
  keymap_free(x->keymap);
  timeline_free(&x->timeline);
  mem_free(x);
}

static void press(struct seen_world *x, const char *names) {
  char copy[128], *rest = copy;
  snprintf(copy, sizeof copy, "%s", names);
  for (char *one; (one = strsep(&rest, " "));) {
    struct arena *a = arena_new();
    struct input in;
    struct key k;
    assert_int_equal(key_parse(one, &k), 0);
    input_of(x, &in, a, GLYPHS_UTF8);
    app_key(&x->app, &in, x->w, x->h, k);
    arena_free(a);
  }
}

/* ---- what must hold ---- */

static void print_frame(const struct canvas *c) {
  CLEANUP(str_free) struct str s = {0};
  canvas_text(c, &s, false);
  fputs(str_text(&s), stderr);
}

static void PRINTF(3, 4) wrong(const struct seen_world *x, const struct canvas *c, const char *format, ...) {
  char what[512];
  va_list args;
  va_start(args, format);
  vsnprintf(what, sizeof what, format, args);
  va_end(args);
  print_frame(c);
  fail_msg("%s, %s, %dx%d: %s", x->name, x->doing, x->w, x->h, what);
}

/* Cells are whole, and none holds what a terminal would act on. */
static void check_cells(const struct seen_world *x, const struct canvas *c) {
  for (int y = 0; y < c->h; y++)
    for (int i = 0; i < c->w; i++) {
      const struct cell *cell = canvas_at(c, i, y);
      bool half = cell->width == 0 && i > 0 && canvas_at(c, i - 1, y)->width == 2;
      if (!half && (cell->width < 1 || cell->width > 2 || !cell->point[0])) wrong(x, c, "a broken cell at %d,%d", i, y);
      for (size_t k = 0; k < CELL_POINTS && cell->point[k]; k++)
        if (cell->point[k] < 0x20 || cell->point[k] == 0x7F || (utf8_hostile(cell->point[k]) && cell->point[k] != 0xFFFD)) wrong(x, c, "U+%04X at %d,%d", (unsigned)cell->point[k], i, y);
    }
}

/* In ASCII stands the same, sign for sign. */
static bool same_sign(const struct cell *wide, const struct cell *plain) {
  static const char *const signs[][GLYPHS_COUNT] = {
#define X(name, utf8, console, ascii) {utf8, console, ascii},
      SYMBOLS(X)
#undef X
  };
  char bytes[8] = "";
  if (wide->point[0] < 0x80) return wide->point[0] == plain->point[0] && !wide->point[1];
  bytes[utf8_put(wide->point[0], bytes)] = 0;
  bool sign = false;
  for (size_t i = 0; i < COUNT(signs); i++) {
    if (strcmp(signs[i][GLYPHS_UTF8], bytes) != 0) continue;
    sign = true;
    if (plain->point[0] == (unsigned char)signs[i][GLYPHS_ASCII][0]) return true;
  }
  return !sign && plain->point[0] < 0x80; /* a name's own letter, or a bar's step */
}

static void check_ascii(const struct seen_world *x, const struct canvas *c, const struct canvas *plain) {
  for (int y = 0; y < c->h; y++)
    for (int i = 0; i < c->w; i++) {
      const struct cell *a = canvas_at(c, i, y), *b = canvas_at(plain, i, y);
      if (b->point[0] > 0x7E) wrong(x, plain, "no ASCII at %d,%d", i, y);
      if (a->width == 1 && !same_sign(a, b)) wrong(x, plain, "%d,%d differs in ASCII", i, y);
      if (a->style.role != b->style.role && b->point[0] != '?') wrong(x, plain, "%d,%d has another role in ASCII", i, y);
    }
}

static bool is(const struct canvas *c, int x, int y, enum symbol s) {
  char bytes[8] = "";
  bytes[utf8_put(canvas_at(c, x, y)->point[0], bytes)] = 0;
  return !strcmp(bytes, symbol(GLYPHS_UTF8, s));
}

/* The frame around it is whole: nothing was drawn over its lines. */
static void check_box(const struct seen_world *x, const struct canvas *c, int left, int top, int w, int h) {
  int right = left + w - 1, low = top + h - 1;
  if (!is(c, left, top, SYMBOL_TOP_LEFT) || !is(c, right, top, SYMBOL_TOP_RIGHT) || !is(c, left, low, SYMBOL_BOTTOM_LEFT) || !is(c, right, low, SYMBOL_BOTTOM_RIGHT))
    wrong(x, c, "a corner of the frame at %d,%d %dx%d is not there", left, top, w, h);
  for (int y = top + 1; y < low; y++)
    if (!is(c, left, y, SYMBOL_VERTICAL) || !is(c, right, y, SYMBOL_VERTICAL)) wrong(x, c, "the frame is broken in line %d", y);
}

/* Every column begins at one place in its header and all rows, and one blank is between two; the selected row is seen. */
static void check_list(const struct seen_world *x, const struct input *in, const struct canvas *c, enum list_id id, struct pane_rect at, bool focused) {
  struct list_rows r;
  const struct table_state *s = &x->app.lists[id].table;
  int width[TABLE_COLUMNS], height = at.h - 2, left = at.x + 1, top = at.y + 1;
  check_box(x, c, at.x, at.y, at.w, at.h);
  list_open(&r, lists[id], &x->app.lists[id], in);
  if (!r.table.row_count || height < 2) return;
  table_layout(&r.table, s, at.w - 2, height, width);
  struct table_place place = table_place(&r.table, s, height);
  int rows = table_height(height);
  if ((size_t)rows > r.table.row_count - place.top) rows = (int)(r.table.row_count - place.top);
  int column = 1, last = 0;
  for (int i = 0; i < r.table.column_count; i++)
    if (width[i]) last = i;
  for (int i = 0; i < r.table.column_count; i++) {
    if (!width[i]) continue;
    column += width[i];
    if (column > at.w - 2) wrong(x, c, "%s: column %s goes over the edge", lists[id]->name, r.columns[i].title);
    for (int y = 0; i != last && y <= rows; y++)
      if (canvas_at(c, left + column, top + y)->point[0] != ' ')
        wrong(x, c, "%s: no blank behind column %s in line %d", lists[id]->name, r.columns[i].title, top + y);
    column++;
  }
  if (place.row < place.top || place.row >= place.top + (size_t)table_height(height)) wrong(x, c, "%s: the selected row is out of sight", lists[id]->name);
  int y = top + 1 + (int)(place.row - place.top);
  const struct cell *mark = canvas_at(c, left, y);
  enum role role = focused ? ROLE_SELECTED : ROLE_SELECTED_UNFOCUSED;
  if (mark->style.role != role || (focused && !is(c, left, y, SYMBOL_SELECTED))) wrong(x, c, "%s: the selected row is not drawn as such in line %d", lists[id]->name, y);
  for (int line = top + 1; line <= top + rows; line++)
    if (line != y && canvas_at(c, left, line)->style.role == role) wrong(x, c, "%s: two selected rows", lists[id]->name);
}

/* What is old carries its sign; what is of colour only is none. */
static void check_stale(const struct seen_world *x, const struct canvas *c) {
  if (x->app.view == VIEW_FIRST_LIST + LIST_SOURCES || (x->app.view == VIEW_DETAIL && x->app.detail_list == LIST_SOURCES)) return; /* it is about that, in words */
  for (int y = 0; y < c->h; y++)
    for (int i = 0, to; i < c->w; i = to) {
      to = i + 1;
      if (canvas_at(c, i, y)->style.role != ROLE_STALE || canvas_at(c, i, y)->point[0] == ' ') continue;
      bool sign = i > 0 && canvas_at(c, i - 1, y)->point[0] == '~', letter = false; /* the sign may be drawn for itself */
      for (to = i; to < c->w && canvas_at(c, to, y)->style.role == ROLE_STALE; to++) {
        sign = sign || canvas_at(c, to, y)->point[0] == '~';
        letter = letter || canvas_at(c, to, y)->point[0] != ' ';
      }
      if (letter && !sign) wrong(x, c, "old, and not marked, at %d,%d", i, y);
    }
}

static void check_frame(struct seen_world *x) {
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(x->w, x->h, GLYPHS_UTF8);
  CLEANUP(canvas_freep) struct canvas *plain = canvas_new(x->w, x->h, GLYPHS_ASCII);
  struct arena *a = arena_new();
  struct input in, ascii;
  input_of(x, &in, a, GLYPHS_UTF8);
  input_of(x, &ascii, a, GLYPHS_ASCII);
  app_draw(&x->app, &in, c);
  app_draw(&x->app, &ascii, plain);
  check_cells(x, c);
  check_cells(x, plain);
  check_ascii(x, c, plain);
  check_stale(x, c);
  struct frame f = frame_of(c, &x->app, &in);
  const struct page *page = page_of(x->app.view);
  struct pane_rect all = {f.body.x, f.body.y, f.body.w, f.body.h};
  if (x->app.acting.sheet) {
    arena_free(a);
    return;
  }
  if (x->app.view >= VIEW_FIRST_LIST && x->app.view < VIEW_HELP) {
    struct pane_rect r = app_list_rect(&x->app, &in, f.body.w, f.body.h, x->app.view - VIEW_FIRST_LIST);
    all = (struct pane_rect){f.body.x + r.x, f.body.y + r.y, r.w, r.h};
    check_list(x, &in, c, (enum list_id)(x->app.view - VIEW_FIRST_LIST), all, true);
  } else if (page && page->text) check_box(x, c, all.x, all.y, all.w, all.h);
  for (int i = 0; i < APP_PANES && x->app.view == VIEW_OVERVIEW; i++) {
    struct pane_rect r = pane_rect(&in, f.body.w, f.body.h, i);
    check_list(x, &in, c, pane_lists[i], (struct pane_rect){f.body.x + r.x, f.body.y + r.y, r.w, r.h}, x->app.pane == i);
  }
  arena_free(a);
}

/* ---- the sample ---- */

static void resize(struct seen_world *x, int n) {
  static const struct { int w, h; } sizes[SIZES] = {{60, 15}, {80, 24}, {120, 40}, {220, 60}};
  x->w = n < SIZES ? sizes[n].w : APP_MIN_W + (int)dice(161);
  x->h = n < SIZES ? sizes[n].h : APP_MIN_H + (int)dice(46);
  look(x);
}

static size_t frames;

static void check_all_views(struct seen_world *x, int sizes) {
  static const char *const walks[] = {"Home", "End", "PgDn Up", "PgUp Down", "s", "s s I"}, *const over[] = {"a", "w", ":", "Enter", "Enter Down", "? End", "Enter a", "a Enter", "w Down Down Enter", "w Enter C-r"};
  for (int n = 0; n < sizes; n++)
    for (int v = 0; v < VIEW_COUNT; v++) {
      if (!view_name(v)) continue;
      resize(x, n);
      x->doing = view_name(v);
      assert_true(app_open(&x->app, x->doing));
      press(x, walks[dice(COUNT(walks))]);
      look(x);
      check_frame(x);
      if (v == VIEW_OVERVIEW) press(x, "Tab");
      x->doing = over[dice(COUNT(over))];
      press(x, x->doing);
      look(x);
      check_frame(x);
      frames += 4;
    }
}

/* RUNS: where each frame is dear, one scenario of four. */
static bool is_left_out(size_t scenario) { return getenv("RUNS") && scenario % 4; }

static void every_frame_is_sound(void **state) {
  (void)state;
  for (const struct scenario_text *t = scenario_texts; t->name; t++) {
    if (is_left_out((size_t)(t - scenario_texts))) continue;
    struct seen_world *x = open_world(t->name);
    bool big = str_eq(t->name, "big");
    check_all_views(x, big ? SIZES : SIZES + DICED);
    for (int moment = 0; moment < 2 && !big; moment++) {
      pass(x, 4000 + dice(20000));
      check_all_views(x, SIZES + DICED);
    }
    close_world(x);
  }
  struct seen_world *x = open_world(NULL);
  check_all_views(x, SIZES + 4 * DICED);
  close_world(x);
  print_message("%zu frames\n", frames);
  assert_true(frames > 1500 || getenv("RUNS"));
}

/* Nobody has spoken for twenty minutes: nothing is drawn as good, in no view. */
static void what_is_old_is_never_good(void **state) {
  (void)state;
  static const char *const scenarios[] = {"lab", "tour", "degraded", "node-down", "big"};
  for (size_t i = 0; i < COUNT(scenarios); i++) {
    if (is_left_out(i)) continue;
    struct seen_world *x = open_world(scenarios[i]);
    pass(x, 20000);
    x->older_ms = 20 * 60000;
    look(x);
    for (int n = 0; n < SIZES; n++)
      for (int v = 0; v < VIEW_COUNT; v++) {
        if (!view_name(v) || v == VIEW_PALETTE) continue;
        resize(x, n);
        x->doing = view_name(v);
        app_open(&x->app, x->doing);
        look(x);
        CLEANUP(canvas_freep) struct canvas *c = canvas_new(x->w, x->h, GLYPHS_UTF8);
        struct arena *a = arena_new();
        struct input in;
        input_of(x, &in, a, GLYPHS_UTF8);
        app_draw(&x->app, &in, c);
        for (int y = 0; y < c->h; y++)
          for (int k = 0; k < c->w; k++)
            if (canvas_at(c, k, y)->point[0] != ' ' && (canvas_at(c, k, y)->style.role == ROLE_OK || canvas_at(c, k, y)->style.role == ROLE_BADGE_OK)) wrong(x, c, "old, and drawn as good, at %d,%d", k, y);
        check_stale(x, c);
        arena_free(a);
      }
    close_world(x);
  }
}

/* Whether another cell of the row says in words that something is wrong. */
static bool said_elsewhere(const struct row *row, int column) {
  for (int c = 0; c < TABLE_COLUMNS; c++)
    if (c != column && row->cell[c].text && row->cell[c].text[0] && (row->cell[c].role == ROLE_BAD || row->cell[c].role == ROLE_WARN)) return true;
  return false;
}

/* One word in one column means one thing: were it once good and once bad, only its colour would tell. */
static void no_word_is_told_by_its_colour(void **state) {
  (void)state;
  struct { enum list_id list; int column; char text[40]; enum role role; } *words = NULL;
  size_t count = 0;
  for (const struct scenario_text *t = scenario_texts; t->name; t++) {
    struct seen_world *x = open_world(t->name);
    for (int moment = 0; moment < 3; moment++, pass(x, 9000))
      for (enum list_id id = 0; id < LIST_COUNT; id++) {
        struct arena *a = arena_new();
        struct input in;
        struct list_rows r;
        const struct list_state any = {0};
        input_of(x, &in, a, GLYPHS_UTF8);
        list_open(&r, lists[id], &any, &in);
        for (size_t i = 0; i < r.table.row_count && i < 100; i++) {
          struct row row = {0};
          lists[id]->fill(&in, r.item[i], &row);
          for (int c = 0; c < lists[id]->column_count; c++) {
            enum role role = row.cell[c].role;
            const char *text = row.cell[c].text;
            if (!text || strpbrk(text, "0123456789") || (role != ROLE_OK && role != ROLE_WARN && role != ROLE_BAD && role != ROLE_UNKNOWN)) continue;
            size_t k = 0;
            while (k < count && (words[k].list != id || words[k].column != c || strncmp(words[k].text, text, sizeof words[k].text - 1) != 0)) k++;
            if (k == count) {
              words = mem_grow(words, count + 1, sizeof *words);
              words[count].list = id, words[count].column = c, words[count].role = role;
              snprintf(words[count++].text, sizeof words->text, "%s", text);
            } else if ((words[k].role == ROLE_OK) != (role == ROLE_OK) && !said_elsewhere(&row, c))
              fail_msg("%s: %s, column %s: \"%s\" is %s and %s", x->name, lists[id]->name, lists[id]->columns[c].shown.title, text, role_name(words[k].role), role_name(role));
          }
        }
        arena_free(a);
      }
    close_world(x);
  }
  print_message("%zu words\n", count);
  assert_true(count > 20);
  mem_free(words);
}

/* Whatever the theme and the colours: without their sequences the text is the same. */
static void themes_change_no_word(void **state) {
  (void)state;
  struct seen_world *x = open_world("degraded");
  CLEANUP(canvas_freep) struct canvas *c = canvas_new(x->w, x->h, GLYPHS_UTF8);
  CLEANUP(str_free) struct str plain = {0};
  struct arena *a = arena_new();
  struct input in;
  input_of(x, &in, a, GLYPHS_UTF8);
  app_draw(&x->app, &in, c);
  canvas_text(c, &plain, true);
  for (size_t n = 0; theme_at(n); n++)
    for (enum colours depth = COLOURS_NONE; depth <= COLOURS_256; depth++) {
      CLEANUP(str_free) struct str ansi = {0};
      canvas_ansi(c, theme_at(n), depth, &ansi);
      const char *want = str_text(&plain);
      for (const char *s = str_text(&ansi); *s; s++) {
        if (*s == 033) s += strcspn(s, "m");
        else if (*s != '\n') assert_int_equal(*s, *want++);
        else want += strspn(want, " ") + 1; /* trailing blanks are left out there */
      }
    }
  arena_free(a);
  close_world(x);
}

/* Problems come after the list was opened, and worse ones: it begins with the worst until a key moves in it, and then it
 * stays where that was. */
static void the_worst_problem_is_first(void **state) {
  (void)state;
  struct seen_world *x = open_world("storm");
  struct arena *a = arena_new();
  struct input in;
  struct list_rows r;
  size_t before = x->snap->problems.count;
  assert_true(app_open(&x->app, "problems"));
  look(x);
  pass(x, 30000);
  assert_true(x->snap->problems.count > before);
  input_of(x, &in, a, GLYPHS_UTF8);
  list_open(&r, lists[LIST_PROBLEMS], &x->app.lists[LIST_PROBLEMS], &in);
  assert_ptr_equal(list_selected(&r, &x->app.lists[LIST_PROBLEMS]), &x->snap->problems.item[0]);
  press(x, "End");
  assert_ptr_equal(list_selected(&r, &x->app.lists[LIST_PROBLEMS]), &x->snap->problems.item[x->snap->problems.count - 1]);
  press(x, "Home Down Down");
  CLEANUP(mem_freep) char *was = mem_strdup(table_selected(&r.table, &x->app.lists[LIST_PROBLEMS].table));
  look(x);
  arena_free(a);
  a = arena_new();
  input_of(x, &in, a, GLYPHS_UTF8);
  list_open(&r, lists[LIST_PROBLEMS], &x->app.lists[LIST_PROBLEMS], &in);
  assert_string_equal(table_selected(&r.table, &x->app.lists[LIST_PROBLEMS].table), was);
  arena_free(a);
  close_world(x);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_frame_is_sound), cmocka_unit_test(what_is_old_is_never_good), cmocka_unit_test(no_word_is_told_by_its_colour),
                                     cmocka_unit_test(themes_change_no_word), cmocka_unit_test(the_worst_problem_is_first)};
  return RUN(tests);
}
