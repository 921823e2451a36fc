/* The guide on a screen that is driven by keys: what is known of the steps by the snapshot alone, no host was asked. */
#ifndef TESTS_GUIDED_H
#define TESTS_GUIDED_H
#include "acted.h"

struct guided {
  struct acted *x;
  struct arena *arena;
  struct values form, given;
  struct survey survey;
  struct guide_found found[GUIDE_STEPS_MAX];
  struct guide_shown shown;
};

static inline const char *guided_no_secret(const void *owner, const struct guide_run *r) { return (void)owner, (void)r, NULL; }

/* What is known, by the screen's snapshot as it is now. */
static inline void guided_look(struct guided *g) {
  guide_form_fill(g->x->snap, &g->form, g->arena);
  guide_survey(NULL, NULL, g->x->snap, &g->form, g->arena, &g->survey);
  g->shown = (struct guide_shown){.look = {.snap = g->x->snap, .form = &g->form, .survey = &g->survey, .survey_age_ms = 1000}, .given = &g->given, .found = g->found, .found_age_ms = 1000, .asked_at = sim_now(g->x->sim) - 1000, .secret = guided_no_secret};
  guide_check(&g->shown.look, g->arena, g->found);
  g->x->guide = &g->shown;
}

static inline struct guided *guided_new(const char *scenario, int w, int h) {
  struct guided *g = mem_alloc(sizeof *g);
  g->x = acted_new(scenario, w, h);
  g->arena = arena_new();
  guided_look(g);
  assert_true(app_open(&g->x->app, "guide"));
  guide_take_book(&g->x->app, guide_books[0]);
  acted_look(g->x);
  g->shown.look.snap = g->x->snap;
  return g;
}

static inline void guided_free(struct guided *g) {
  acted_free(g->x);
  arena_free(g->arena);
  mem_free(g);
}
#endif
