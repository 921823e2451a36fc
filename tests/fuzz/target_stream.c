/* A whole recording: every line into the store, and after each moment the snapshot, its JSON, its metrics, what changed,
 * and every screen. However hostile the lines, the JSON is JSON and nothing a terminal would obey is drawn. */
#include "model/difference.h"
#include "model/fragment.h"
#include "model/snapshot.h"
#include "tests/fuzz/fuzz.h"
#include "views/screen/app.h"
#include "views/text/metrics.h"
#include <string.h>

enum { LINES = 300, LOOKS = 2 };

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed) { return mutate_lines_of_json(data, len, max, seed); }

static struct keymap *keys;
static struct canvas *frame;

static void show(const struct snapshot *s, const struct events *events, struct app *app) {
  struct canvas *c = frame;
  static unsigned turn;
  struct arena *a = arena_new();
  struct str out = {0};
  struct cluster_tile tile = {.name = "this", .snap = s, .time = {.kind = FEED_STREAM, .newest = s->at, .at.wall = s->at}};
  struct input in = {.snap = s,
                     .events = events->item,
                     .event_count = events->count,
                     .keymap = keys,
                     .glyphs = GLYPHS_UTF8,
                     .arena = a,
                     .wall = s->at,
                     .utc = true,
                     .event_past = events->count,
                     .own_wall = s->at,
                     .mono = s->at,
                     .rotate_ms = 1000,
                     .clusters = &tile,
                     .cluster_count = 1,
                     .time = {.kind = FEED_FILE}};
  app->noc.on = turn % (VIEW_DETAIL + 2) >= VIEW_DETAIL; /* the wall screen is one of them, of one cluster and of several */
  app->noc.many = turn % (VIEW_DETAIL + 2) > VIEW_DETAIL;
  app_open(app, view_name((int)(turn++ % (VIEW_DETAIL + 2) % VIEW_DETAIL))); /* each in turn, not all each time: it is what takes the time */
  app_settle(app, &in, c->w, c->h);
  for (int i = 0; i < 2; i++) { /* the list, then its first item */
    app_draw(app, &in, c);
    canvas_text(c, &out, true);
    must_be_harmless(out.data, out.len);
    str_reset(&out);
    app_state(app, &in, c->w, c->h, &out);
    must_be_harmless(str_text(&out), out.len);
    str_reset(&out);
    app_key(app, &in, c->w, c->h, (struct key){.code = KEYSYM_ENTER});
  }
  str_free(&out);
  arena_free(a);
}

static struct snapshot *look(const struct store *store, int64_t now, struct snapshot *before, struct app *app) {
  const struct alias alias = {"kvm01", "kvm01-storage"};
  const struct merge_options o = {.aliases = &alias, .alias_count = 1};
  struct snapshot *s = snapshot_make(store, now, now, &o, before);
  struct arena *a = arena_new();
  struct str out = {0};
  struct events events;
  snapshot_json(s, &out);
  must_be_json(out.data, out.len);
  must_be_harmless(out.data, out.len);
  str_reset(&out);
  print_metrics(s, &out);
  must_be_harmless(str_text(&out), out.len);
  for (const char *line = str_text(&out); *line; line = strchr(line, '\n') + 1)
    MUST((str_starts(line, "# ") || str_starts(line, "kvmconsole_")) && strchr(line, '\n'),
         "a name of the cluster ends no line of the metrics: %.200s", line);
  snapshot_difference(before, s, a, &events);
  for (size_t i = 0; i < events.count; i++) {
    str_reset(&out);
    shape_encode(&event_shape, &events.item[i], &out);
    must_be_json(out.data, out.len);
    must_be_harmless(out.data, out.len);
  }
  show(s, &events, app);
  str_free(&out);
  arena_free(a);
  snapshot_drop(before);
  return s;
}

void target_setup(void) {
  keys = keymap_load("default", NULL);
  frame = canvas_new(100, 30, GLYPHS_UTF8);
}

void target(const uint8_t *data, size_t len) {
  struct store store = {0};
  struct snapshot *snap = NULL;
  struct app app = {0};
  int64_t now = 0, told = 0;
  int lines = 0, looks = 0;
  for (const uint8_t *end; len && lines < LINES; lines++) {
    struct fragment *f;
    end = memchr(data, '\n', len);
    size_t line = end ? (size_t)(end - data) : len;
    if (!fragment_parse((const char *)data, line, &f, NULL)) {
      if (f->at > now) now = f->at; /* as a replay does: time never runs backwards */
      if (store_add(&store, f, now) && looks < LOOKS && now >= told + 50) snap = look(&store, told = now, snap, &app), looks++;
      fragment_drop(f);
    }
    data += line + (end != NULL);
    len -= line + (end != NULL);
  }
  snap = look(&store, now, snap, &app);
  snap = look(&store, now + 3600 * 1000, snap, &app); /* everything is old now */
  snapshot_drop(snap);
  store_clear(&store);
  app_free(&app);
}
