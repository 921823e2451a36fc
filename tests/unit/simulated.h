/* A simulated cluster in a test: its stream merged as a console would, commands run on its hosts, events that happen; and texts
 * that are kept under tests/fixtures/plans, written anew by UPDATE=1. */
#ifndef TESTS_SIMULATED_H
#define TESTS_SIMULATED_H
#include "model/fragment.h"
#include "model/snapshot.h"
#include "ops/survey.h"
#include "sim/event.h"
#include "sim/scenario.h"
#include "sim/sim.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct simulated { struct sim *sim; struct store store; struct snapshot *snap; struct arena *arena; };

static inline void simulated_take(void *owner, const char *line, size_t len, int64_t at) {
  struct simulated *s = owner;
  struct fragment *f = NULL;
  struct err e = {0};
  if (fragment_parse(line, len, &f, &e)) fail_msg("%s: %.*s", e.text, (int)(len < 200 ? len : 200), line);
  store_add(&s->store, f, at);
  fragment_drop(f);
}

static inline const struct snapshot *simulated_look(struct simulated *s) {
  struct merge_options o = {.here = sim_here(s->sim)};
  struct snapshot *now = snapshot_make(&s->store, sim_now(s->sim), sim_now(s->sim), &o, s->snap);
  snapshot_drop(s->snap);
  return s->snap = now;
}

static inline const struct snapshot *simulated_run(struct simulated *s, int64_t ms) {
  sim_run(s->sim, sim_now(s->sim) + ms, simulated_take, s);
  return simulated_look(s);
}

/* scenario: a name of the table, or its text (more than one line). ms: what passes before it is looked at. */
static inline struct simulated simulated_open(const char *scenario, int64_t ms) {
  struct simulated s = {.arena = arena_new()};
  struct err e = {0};
  struct world *w = NULL;
  bool text = strchr(scenario, '\n') != NULL;
  if (text && scenario_read("test", scenario, strlen(scenario), NULL, &w, &e)) fail_msg("%s", e.text);
  if (text ? sim_adopt(w, &s.sim, &e) : sim_open(&(struct sim_options){.scenario = scenario}, &s.sim, &e)) fail_msg("%s", e.text);
  simulated_run(&s, ms);
  return s;
}

static inline void simulated_close(struct simulated *s) {
  snapshot_drop(s->snap);
  store_clear(&s->store);
  sim_close(s->sim);
  arena_free(s->arena);
  *s = (struct simulated){0};
}

static inline void simulated_happen(struct simulated *s, const char *event) {
  const char *what, *subject, *detail;
  struct err e = {0};
  if (event_parse(sim_world(s->sim), event, &what, &subject, &detail, &e)) fail_msg("%s: %s", event, e.text);
  world_happen(sim_world(s->sim), what, subject, detail);
}

/* host NULL or "localhost": the console's own. */
static inline struct command_result simulated_execute(struct simulated *s, const char *host, const struct texts *argv, const char *input) {
  struct command_result r;
  const char **words = arena_array(s->arena, argv->count + 1, sizeof *words);
  for (size_t i = 0; i < argv->count; i++) words[i] = argv->item[i];
  sim_execute(s->sim, host && strcmp(host, "localhost") ? host : sim_here(s->sim), words, input, &r, simulated_take, s);
  return r;
}

/* Asks the simulated hosts what a survey asks; one that is not reached leaves its code unknown. */
static inline void simulated_answer(struct simulated *s, struct survey *survey) {
  for (size_t i = 0; i < survey->answers.count; i++) {
    struct answer *q = &survey->answers.item[i];
    struct command_result r = simulated_execute(s, q->host, &q->argv, NULL);
    if (strstr(str_text(&r.err), "not simulated")) fail_msg("%s of %s: %s", q->id, q->host, str_text(&r.err));
    q->code = r.code == 255 ? UNKNOWN_INT : r.code;
    q->out = arena_strdup(s->arena, str_text(&r.out));
    q->text = arena_strdup(s->arena, str_text(&r.err));
    command_result_free(&r);
  }
}

static inline void kept_text(const char *name, const struct str *now) {
  CLEANUP(str_free) struct str kept = {0};
  char path[256], part[4096];
  snprintf(path, sizeof path, "tests/fixtures/plans/%s.txt", name);
  FILE *f = fopen(path, getenv("UPDATE") ? "w" : "r");
  if (!f) fail_msg("%s is not there: run it from the top of the tree, with UPDATE=1 for a new one", path);
  if (getenv("UPDATE")) fputs(str_text(now), f);
  else
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) str_addn(&kept, part, n);
  fclose(f);
  if (getenv("UPDATE") || !strcmp(str_text(now), str_text(&kept))) return;
  print_message("--- kept: %s\n%s--- now\n%s", path, str_text(&kept), str_text(now));
  fail_msg("the plan differs from %s", path);
}
#endif
