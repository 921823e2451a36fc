/* The wall screen: what is old or lost is never drawn as fresh, the bell rings for what is new and unknown only, pages take
 * turns, and no key acts. */
#include "sim/sim.h"
#include "sim/cib.h"
#include "tui/big.h"
#include "tests/unit/simulated.h"
#include "views/screen/app.h"
#include "unit.h"

struct wall {
  struct simulated sim;
  struct keymap *keymap;
  struct app app;
  struct canvas *canvas;
  struct feed_shown time;
  int64_t behind; /* of the feed's clock, to this screen's */
  int w, h;
};

static void input_of(struct wall *x, struct input *in, struct arena *a) {
  int64_t now = sim_now(x->sim.sim);
  *in = (struct input){.snap = x->sim.snap, .keymap = x->keymap, .glyphs = x->canvas->glyphs, .arena = a, .wall = now, .own_wall = now + x->behind, .mono = now, .rotate_ms = 15000, .utc = true,
                       .time = x->time, .read_only = true};
  in->time.newest = in->time.at.wall = now;
}

static void settle(struct wall *x) {
  struct arena *a = arena_new();
  struct input in;
  input_of(x, &in, a);
  app_settle(&x->app, &in, x->w, x->h);
  arena_free(a);
}

static void pass(struct wall *x, int seconds) {
  for (int i = 0; i < seconds; i++) simulated_run(&x->sim, 1000), settle(x);
}

static struct wall opened(const char *scenario, int w, int h, enum glyphs glyphs) {
  struct err e = {0};
  struct wall x = {.sim = simulated_open(scenario, 2000), .keymap = keymap_load("default", &e), .canvas = canvas_new(w, h, glyphs), .w = w, .h = h, .app.noc.on = true};
  settle(&x);
  return x;
}

static void closed(struct wall *x) {
  app_free(&x->app);
  keymap_free(x->keymap);
  canvas_free(x->canvas);
  simulated_close(&x->sim);
}

static bool says(struct wall *x, const char *words) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  CLEANUP(str_free) struct str out = {0};
  struct input in;
  input_of(x, &in, a);
  app_state(&x->app, &in, x->w, x->h, &out);
  app_draw(&x->app, &in, x->canvas);
  canvas_text(x->canvas, &out, false);
  return strstr(str_text(&out), words) != NULL;
}
#define SAYS(x, words) \
  if (!says(x, words)) fail_msg("it does not say: %s", words)
#define SAYS_NOT(x, words) \
  if (says(x, words)) fail_msg("it says: %s", words)

static void what_stood_at_the_start_does_not_ring(void **state) {
  struct wall x = opened("degraded", 80, 24, GLYPHS_UTF8);
  (void)state;
  pass(&x, 30);
  SAYS(&x, "word: DEGRADED");
  SAYS(&x, "new: 0, rung 0 times");
  SAYS_NOT(&x, "NEW");
  SAYS(&x, ">00:00:3");
  closed(&x);
}

static void a_new_fault_rings_once(void **state) {
  struct wall x = opened("lab", 80, 24, GLYPHS_UTF8);
  (void)state;
  pass(&x, 20);
  SAYS(&x, "rung 0 times");
  size_t before = x.sim.snap->problems.count;
  simulated_happen(&x.sim, "kill brick node2:/data");
  pass(&x, 4);
  assert_true(x.sim.snap->problems.count > before);
  SAYS(&x, "rung 1 times");
  SAYS(&x, "NEW");
  pass(&x, 60);
  simulated_happen(&x.sim, "start brick node2:/data"); /* it comes and goes */
  pass(&x, 60);
  uint64_t rings = x.app.noc.rings;
  simulated_happen(&x.sim, "kill brick node2:/data");
  pass(&x, 8);
  assert_int_equal(x.app.noc.rings, rings);
  closed(&x);
}

/* Known before it is seen here, as by a console elsewhere: neither bell nor NEW. */
static void what_somebody_knows_of_does_not_ring(void **state) {
  struct wall x = opened("lab", 80, 24, GLYPHS_UTF8);
  (void)state;
  pass(&x, 20);
  static const char *const known[][2] = {{"brick-down", "node2:/data"}, {"heal-pending", "models"}, {"heal-unknown", "models"}};
  for (size_t i = 0; i < COUNT(known); i++) {
    CLEANUP(str_free) struct str value = {0};
    char key[ACKNOWLEDGED_KEY];
    acknowledged_write(&(struct acknowledgement){.problem = known[i][0], .subject = known[i][1], .by = "root@kvm01", .text = "new disk", .until = sim_now(x.sim.sim) + 3600000}, &value);
    property_set_in(sim_world(x.sim.sim), ACKNOWLEDGED_SET, acknowledged_key(key, known[i][0], known[i][1]), value.data);
  }
  pass(&x, 12); /* until the configuration was read again */
  simulated_happen(&x.sim, "kill brick node2:/data");
  pass(&x, 4);
  SAYS(&x, "word: DEGRADED");
  SAYS(&x, "ack by root@kvm01");
  SAYS(&x, "acknowledged");
  SAYS(&x, "new: 0, rung 0 times");
  SAYS_NOT(&x, "NEW");
  closed(&x);
}

static void a_feed_that_ends_or_is_silent_is_loud(void **state) {
  static const enum glyphs glyphs[] = {GLYPHS_UTF8, GLYPHS_ASCII};
  (void)state;
  for (size_t g = 0; g < COUNT(glyphs); g++) {
    struct wall x = opened("lab", 80, 24, glyphs[g]);
    x.time.kind = FEED_STREAM;
    pass(&x, 20);
    SAYS(&x, "word: HEALTHY");
    x.time.silent_ms = 9000;
    SAYS(&x, "word: HEALTHY");
    x.time.silent_ms = 41000;
    settle(&x);
    SAYS(&x, "word: SILENT");
    SAYS(&x, "has been silent for 41 s; what it said last was healthy");
    SAYS(&x, "then: hosts");
    SAYS(&x, "as they were");
    SAYS(&x, "rung 1 times"); /* that nobody sees anything is a fault */
    x.time.ended = true;
    settle(&x);
    SAYS(&x, "word: NO FEED");
    SAYS(&x, "the feed ended 41 s ago");
    x.time.ended = false, x.time.silent_ms = 0;
    pass(&x, 2);
    SAYS(&x, "word: HEALTHY");
    closed(&x);
  }
}

/* A recording of yesterday that comes by a pipe is no feed of today. */
static void an_old_feed_is_old(void **state) {
  struct wall x = opened("lab", 80, 24, GLYPHS_UTF8);
  (void)state;
  x.time.kind = FEED_STREAM;
  x.behind = 90000;
  SAYS(&x, "word: HEALTHY");
  x.behind = 86400000;
  SAYS(&x, "word: OLD");
  SAYS(&x, "24 h 0 min behind ours");
  x.behind = -86400000;
  SAYS(&x, "ahead of ours");
  x.time.kind = FEED_FILE, x.behind = 7200000;
  SAYS(&x, "A RECORDING, not now: 2 h 0 min ago");
  closed(&x);
}

static void nothing_yet_is_no_health(void **state) {
  struct wall x = opened("lab", 80, 24, GLYPHS_UTF8);
  (void)state;
  snapshot_drop(x.sim.snap);
  x.sim.snap = NULL;
  SAYS(&x, "word: NO DATA");
  settle(&x);
  struct merge_options o = {0};
  struct store empty = {0};
  x.sim.snap = snapshot_make(&empty, 1, 1, &o, NULL);
  SAYS(&x, "word: NO DATA");
  settle(&x);
  assert_false(x.app.noc.settled);
  closed(&x);
}

static void pages_take_turns_and_show_all_rows(void **state) {
  struct wall x = opened("lab", 80, 24, GLYPHS_UTF8);
  char last[32] = "";
  bool seen[8] = {false};
  (void)state;
  SAYS(&x, "page: nodes from 0");
  for (int i = 0; i < 40; i++) {
    pass(&x, 15);
    snprintf(last, sizeof last, "%d from %zu", x.app.noc.page, x.app.noc.from);
    seen[x.app.noc.page] = true;
    assert_true(says(&x, "next page in"));
  }
  assert_true(seen[0] && seen[1] && seen[2] && seen[3] && seen[5]);
  closed(&x);
}

static void no_key_acts(void **state) {
  struct wall x = opened("degraded", 80, 24, GLYPHS_UTF8);
  (void)state;
  for (uint32_t code = 1; code < 0x10000; code = code < 127 ? code + 1 : code * 2) {
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct input in;
    input_of(&x, &in, a);
    unsigned wants = app_key(&x.app, &in, 80, 24, key_canonical((struct key){.code = code}));
    if (wants & ~(unsigned)(APP_CHANGED | APP_QUIT | APP_REDRAW | APP_SUSPEND)) fail_msg("key %u wants %u", code, wants);
    assert_int_equal(x.app.acting.sheet, SHEET_NONE);
    assert_int_equal(x.app.view, VIEW_OVERVIEW);
  }
  closed(&x);
}

static void letters_fit_where_they_are_drawn(void **state) {
  static const char *const words[] = {"HEALTHY", "DEGRADED", "OUTAGE", "UNKNOWN", "NO DATA", "NO FEED", "SILENT", "OLD", "1234567890 S", "?", "\xff\xfe"};
  (void)state;
  for (size_t i = 0; i < COUNT(words); i++)
    for (int w = 1; w < 300; w += 7)
      for (int h = 1; h < 40; h += 3)
        for (enum glyphs g = GLYPHS_UTF8; g < GLYPHS_COUNT; g++) {
          int scale = big_scale(words[i], w, h, g);
          assert_true(scale >= 0 && (!scale || (big_columns(words[i], scale) <= w && big_rows(scale, g) <= h)));
          if (!scale || w > 100) continue;
          struct canvas *c = canvas_new(w, h, g);
          assert_int_equal(big_draw(canvas_pen(c), 0, 0, STYLE(BAD), words[i], scale), big_columns(words[i], scale));
          canvas_free(c);
        }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_stood_at_the_start_does_not_ring), cmocka_unit_test(a_new_fault_rings_once), cmocka_unit_test(what_somebody_knows_of_does_not_ring),
      cmocka_unit_test(a_feed_that_ends_or_is_silent_is_loud), cmocka_unit_test(an_old_feed_is_old), cmocka_unit_test(nothing_yet_is_no_health),
      cmocka_unit_test(pages_take_turns_and_show_all_rows), cmocka_unit_test(no_key_acts), cmocka_unit_test(letters_fit_where_they_are_drawn)};
  return RUN(tests);
}
