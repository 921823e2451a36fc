/* A screen on a simulated cluster, driven by keys: for the tests of what acting does. */
#ifndef TESTS_ACTED_H
#define TESTS_ACTED_H
#include "sim/sim.h"
#include "views/screen/app.h"
#include "unit.h"
#include <stdio.h>
#include <string.h>

struct acted {
  struct sim *sim;
  struct store store;
  struct snapshot *snap;
  struct keymap *keymap;
  struct app app;
  struct canvas *canvas;
  const char *cannot;
  struct task_view *tasks;
  size_t task_count;
  const struct guide_shown *guide; /* NULL: nobody works for the guide */
  const struct event *events;
  size_t event_count;
  int w, h;
};

static inline void acted_line(void *owner, const char *line, size_t len, int64_t at) {
  struct acted *x = owner;
  struct fragment *f;
  if (fragment_read(&line, &len, &f, NULL)) return;
  store_add(&x->store, f, at);
  fragment_drop(f);
}

static inline void acted_input(struct acted *x, struct input *in, struct arena *a) {
  *in = (struct input){.snap = x->snap, .keymap = x->keymap, .glyphs = GLYPHS_ASCII, .arena = a, .wall = sim_now(x->sim), .utc = true, .simulated = true, .cannot = x->cannot,
                       .tasks = x->tasks, .task_count = x->task_count, .events = x->events, .event_count = x->event_count, .event_past = x->event_count, .event_least = x->app.event_least, .guide = x->guide};
}

static inline void acted_look(struct acted *x) {
  struct merge_options o = {.here = sim_here(x->sim)};
  struct snapshot *now = snapshot_make(&x->store, sim_now(x->sim), sim_now(x->sim), &o, x->snap);
  struct arena *a = arena_new();
  struct input in;
  snapshot_drop(x->snap);
  x->snap = now;
  acted_input(x, &in, a);
  app_settle(&x->app, &in, x->w, x->h);
  arena_free(a);
}

static inline void acted_run(struct acted *x, int64_t ms) {
  sim_run(x->sim, sim_now(x->sim) + ms, acted_line, x);
  acted_look(x);
}

static inline struct acted *acted_new(const char *scenario, int w, int h) {
  struct acted *x = mem_alloc(sizeof *x);
  struct err e = {0};
  *x = (struct acted){.w = w, .h = h, .canvas = canvas_new(w, h, GLYPHS_ASCII)};
  x->keymap = keymap_load("default", &e);
  if (!x->keymap || sim_open(&(struct sim_options){.scenario = scenario}, &x->sim, &e)) fail_msg("%s", e.text);
  acted_run(x, 2000);
  return x;
}

static inline void acted_free(struct acted *x) {
  app_free(&x->app);
  snapshot_drop(x->snap);
  store_clear(&x->store);
  sim_close(x->sim);
  keymap_free(x->keymap);
  canvas_free(x->canvas);
  mem_free(x);
}

static inline unsigned acted_press(struct acted *x, struct key k) {
  struct arena *a = arena_new();
  struct input in;
  acted_input(x, &in, a);
  unsigned wants = app_key(&x->app, &in, x->w, x->h, key_canonical(k));
  arena_free(a);
  return wants;
}

/* Names of keys with blanks between; "'text'" types it. Returns what all of them wanted. */
static inline unsigned acted_keys(struct acted *x, const char *names) {
  char copy[512], *rest = copy;
  unsigned wants = 0;
  snprintf(copy, sizeof copy, "%s", names);
  for (char *one; (one = strsep(&rest, " "));) {
    if (*one == '\'')
      for (one++; *one && *one != '\''; one++) wants |= acted_press(x, (struct key){.code = (unsigned char)*one});
    else {
      struct key k;
      assert_int_equal(key_parse(one, &k), 0);
      wants |= acted_press(x, k);
    }
  }
  return wants;
}

static inline char *acted_frame(struct acted *x) { /* owned by the caller */
  struct arena *a = arena_new();
  struct input in;
  struct str out = {0};
  acted_input(x, &in, a);
  app_draw(&x->app, &in, x->canvas);
  canvas_text(x->canvas, &out, false);
  arena_free(a);
  return str_take(&out);
}

static inline bool acted_shows(struct acted *x, const char *words) {
  CLEANUP(mem_freep) char *frame = acted_frame(x);
  bool shows = strstr(frame, words) != NULL;
  if (!shows) print_message("%s\n", frame);
  return shows;
}
#endif
