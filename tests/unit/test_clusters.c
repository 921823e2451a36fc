/* Several clusters: a command's words, a feed that a command prints (it ends, says why, is started again), and the tiles. */
#include "base/clock.h"
#include "sources/feed.h"
#include "sources/feed_command.h"
#include "tests/unit/simulated.h"
#include "views/screen/app.h"
#include "unit.h"
#include <unistd.h>

static void a_command_is_words_and_no_shell_line(void **state) {
  static const struct { const char *line, *words; } good[] = {{"ssh noc@kvm01 kvmconsole record -", "ssh|noc@kvm01|kvmconsole|record|-"}, {" a  b\tc ", "a|b|c"}, {"a 'b c' d", "a|b c|d"},
      {"a \"b 'c\" ''", "a|b 'c|"}, {"a'b'c", "abc"}, {"echo $HOME;rm *", "echo|$HOME;rm|*"}};
  static const char *const wrong[] = {"", "   ", "a 'b", "a \"", "'"};
  const char *word[9];
  char room[100];
  (void)state;
  for (size_t i = 0; i < COUNT(good); i++) {
    CLEANUP(str_free) struct str all = {0};
    assert_int_equal(feed_command_words(good[i].line, room, word, 8), 0);
    for (size_t n = 0; word[n]; n++) str_addf(&all, "%s%s", n ? "|" : "", word[n]);
    assert_string_equal(all.data, good[i].words);
  }
  for (size_t i = 0; i < COUNT(wrong); i++) assert_int_equal(feed_command_words(wrong[i], room, word, 8), -22);
  assert_int_equal(feed_command_words("1 2 3 4 5 6 7 8 9", room, word, 8), -22);
}

struct fed { struct loop *loop; struct feed *feed; struct snapshot *snap; };

static void on_change(void *owner) {
  struct fed *x = owner;
  if (!x->feed) return;
  struct snapshot *now = feed_snapshot(x->feed, x->snap);
  snapshot_drop(x->snap);
  x->snap = now;
}

static void fed_open(struct fed *x, const char *command) {
  struct err e = {0};
  *x = (struct fed){.loop = loop_new()};
  x->feed = feed_open(x->loop, &(struct feed_options){.command = command, .speed = 1, .on_change = on_change, .owner = x}, &e);
  assert_non_null(x->feed);
}

static void fed_close(struct fed *x) {
  struct feed *f = x->feed;
  x->feed = NULL;
  feed_close(f);
  snapshot_drop(x->snap);
  loop_free(x->loop);
}

/* A minute: on a machine that has much else to do as well. */
static bool in_time(struct fed *x, bool (*so)(struct fed *)) {
  for (int64_t end = clock_mono_ms() + 60000; clock_mono_ms() < end; loop_step(x->loop, 50))
    if (so(x)) return true;
  return false;
}

static struct feed_shown shown(struct fed *x) {
  struct feed_shown s;
  feed_shown(x->feed, &s);
  return s;
}
static bool has_hosts(struct fed *x) { return x->snap && x->snap->hosts.count > 3; }
static bool is_over(struct fed *x) { return shown(x).ended && shown(x).trouble && strstr(shown(x).trouble, "no more"); }
static bool waits(struct fed *x) { return shown(x).again_ms > 0; }
static bool runs_again(struct fed *x) { return !shown(x).ended; }

static void it_is_started_again(void **state) {
  struct fed x;
  (void)state;
  fed_open(&x, "sh -c 'cat tests/fixtures/recordings/healthy.jsonl; echo no more of this >&2; exit 3'");
  assert_true(shown(&x).ended); /* it has not said anything yet */
  assert_true(in_time(&x, has_hosts));
  assert_true(in_time(&x, is_over));
  assert_true(in_time(&x, waits));
  assert_in_range(shown(&x).again_ms, 1, 2000);
  size_t hosts = x.snap->hosts.count;
  assert_true(in_time(&x, runs_again)); /* what was known is not lost meanwhile */
  assert_true(in_time(&x, has_hosts));
  assert_int_equal(x.snap->hosts.count, hosts);
  fed_close(&x);
}

/* Another run is another world: hosts that it does not speak of are gone. */
static bool one_host(struct fed *x) { return x->snap && x->snap->hosts.count == 1; }

static void another_run_forgets_the_last(void **state) {
  struct fed x;
  char command[500], mark[] = "/tmp/kvmconsole-test-XXXXXX";
  (void)state;
  int fd = mkstemp(mark);
  assert_true(fd >= 0);
  close(fd);
  snprintf(command, sizeof command, "sh -c 'if test -e %s; then rm %s; cat tests/fixtures/recordings/healthy.jsonl; else grep -m1 libvirt.domains tests/fixtures/recordings/healthy.jsonl; fi'", mark, mark);
  fed_open(&x, command);
  assert_true(in_time(&x, has_hosts));
  assert_true(in_time(&x, one_host));
  fed_close(&x);
  unlink(mark);
}

static bool not_there(struct fed *x) { return shown(x).trouble && strstr(shown(x).trouble, "/nonexistent/program"); }

static void what_cannot_be_started_says_so(void **state) {
  struct fed x;
  (void)state;
  fed_open(&x, "/nonexistent/program x");
  assert_true(in_time(&x, not_there));
  fed_close(&x);
  fed_open(&x, "'");
  assert_non_null(strstr(shown(&x).trouble, "quote"));
  fed_close(&x);
}

/* ---- tiles ---- */

struct tiles { struct simulated a, b; struct cluster_tile tile[60]; size_t count; struct app app; struct keymap *keymap; struct canvas *canvas; int w, h; };

static void page_input(struct tiles *x, struct input *in, struct arena *a) {
  int64_t now = sim_now(x->a.sim);
  *in = (struct input){.keymap = x->keymap, .glyphs = x->canvas->glyphs, .arena = a, .wall = now, .own_wall = now, .mono = now, .rotate_ms = 1000, .utc = true, .clusters = x->tile, .cluster_count = x->count};
}

static struct cluster_tile tile(const char *name, struct simulated *s, int64_t silent) {
  return (struct cluster_tile){.name = name, .snap = s ? s->snap : NULL,
                               .time = {.kind = FEED_STREAM, .silent_ms = silent, .newest = s ? sim_now(s->sim) : 0, .at = {.wall = s ? sim_now(s->sim) : 0}, .ended = !s, .trouble = s ? NULL : "ssh: connection refused", .again_ms = s ? 0 : 4000}};
}

static void page_open(struct tiles *x, int w, int h) {
  struct err e = {0};
  *x = (struct tiles){.a = simulated_open("lab", 3000), .b = simulated_open("degraded", 3000), .keymap = keymap_load("default", &e), .canvas = canvas_new(w, h, GLYPHS_UTF8), .w = w, .h = h};
  x->tile[x->count++] = tile("alpha", &x->a, 500);
  x->tile[x->count++] = tile("beta", &x->b, 500);
  x->tile[x->count++] = tile("gamma", NULL, 9000);
  x->tile[x->count++] = tile("delta", &x->a, 45000);
  x->app.view = VIEW_CLUSTERS;
}

static void page_close(struct tiles *x) {
  app_free(&x->app);
  keymap_free(x->keymap);
  canvas_free(x->canvas);
  simulated_close(&x->a), simulated_close(&x->b);
}

static char *page_text(struct tiles *x) {
  struct arena *a = arena_new();
  struct str out = {0};
  struct input in;
  page_input(x, &in, a);
  app_state(&x->app, &in, x->w, x->h, &out);
  app_draw(&x->app, &in, x->canvas);
  canvas_text(x->canvas, &out, false);
  arena_free(a);
  return str_take(&out);
}

static unsigned page_press(struct tiles *x, const char *key) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct input in;
  struct key k;
  page_input(x, &in, a);
  assert_int_equal(key_parse(key, &k), 0);
  return app_key(&x->app, &in, x->w, x->h, key_canonical(k));
}

static void the_worst_is_first_and_nothing_old_looks_fresh(void **state) {
  static const char *const lines[] = {"2 without a word", "delta: SILENT, selected\ngamma: NO FEED\nbeta: DEGRADED\nalpha: HEALTHY\n", "ssh: connection refused; again in 4", "the feed has been silent for 45 s", "7 problems", "quorum 2/2"};
  struct tiles x;
  (void)state;
  page_open(&x, 120, 40);
  CLEANUP(mem_freep) char *text = page_text(&x);
  for (size_t i = 0; i < COUNT(lines); i++)
    if (!strstr(text, lines[i])) fail_msg("it does not say: %s\n%s", lines[i], text);
  page_close(&x);
}

static void a_tile_is_chosen_and_kept(void **state) {
  struct tiles x;
  (void)state;
  page_open(&x, 80, 24);
  assert_int_equal(page_press(&x, "Right") & APP_CLUSTER, 0);
  assert_string_equal(x.app.cluster, "gamma");
  page_press(&x, "Down");
  assert_string_equal(x.app.cluster, "alpha");
  x.tile[0] = tile("alpha", NULL, 100000); /* it becomes the worst, and stays chosen */
  assert_int_equal(page_press(&x, "Enter"), APP_CLUSTER | APP_CHANGED);
  assert_string_equal(x.app.cluster, "alpha");
  assert_int_equal(x.app.cluster_wish, CLUSTER_OPEN);
  x.tile[1].here = true;
  page_press(&x, "End");
  page_press(&x, "Enter");
  assert_string_equal(x.app.cluster, "beta");
  assert_int_equal(x.app.cluster_wish, CLUSTER_LEAVE); /* to this one */
  page_close(&x);
}

static void fifty_are_paged(void **state) {
  static const int sizes[][2] = {{60, 15}, {80, 24}, {120, 40}, {220, 60}};
  char names[50][24];
  (void)state;
  for (size_t s = 0; s < COUNT(sizes); s++) {
    struct tiles x;
    page_open(&x, sizes[s][0], sizes[s][1]);
    x.count = 0;
    for (int i = 0; i < 50; i++) {
      snprintf(names[i], sizeof names[i], "prod-%d", i + 1);
      x.tile[x.count++] = tile(names[i], i % 7 ? &x.a : &x.b, 500);
    }
    for (int i = 0; i < 60; i++) {
      CLEANUP(mem_freep) char *text = page_text(&x);
      char mark[40];
      snprintf(mark, sizeof mark, "\u25b6%s\u2500", x.app.cluster ? x.app.cluster : "prod-1");
      if (!strstr(text, mark)) fail_msg("%s is not on the page:\n%s", mark, text);
      page_press(&x, "Right");
    }
    assert_string_equal(x.app.cluster, "prod-49"); /* the last of the healthy ones; prod-50 is degraded */
    page_close(&x);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_command_is_words_and_no_shell_line), cmocka_unit_test(it_is_started_again), cmocka_unit_test(another_run_forgets_the_last), cmocka_unit_test(what_cannot_be_started_says_so),
      cmocka_unit_test(the_worst_is_first_and_nothing_old_looks_fresh), cmocka_unit_test(a_tile_is_chosen_and_kept), cmocka_unit_test(fifty_are_paged)};
  return RUN(tests);
}
