/* For the tests of drills: a simulated cluster, the plan of a drill there, and the drill run to its end by the same task engine, watched
 * as a console would, with what really happened in the world beside it. */
#ifndef TESTS_DRILLED_H
#define TESTS_DRILLED_H
#include "base/loop.h"
#include "run/drill_run.h"
#include "sim/host.h"
#include "simulated.h"
#include "views/simulation_executor.h" /* its struct simulated is another one, and stays opaque here */
#include <unistd.h>

/* Two nodes, of which k2 is a machine that the host outer runs; options: of the volume. */
#define NESTED(machine_, options_)                                                                                                                                             \
  "title t\nhost k[1-2] kvm bmc\nhost s[1-2] store\nhost outer kvm\nsetup k2 outer=outer:" machine_ "\nvolume v replica 2 bricks s[1-2]:/b size=1T used=10" options_          \
  "\nmount v /kvmdata on k[1-2] from s1\ncluster c k[1-2]\nhere k1\nfencing for k[1-2]\ndomain d1 volume v memory=1G\n"

struct drilled {
  struct simulated g;
  struct loop *loop;
  struct simulated *hands; /* the executor's */
  struct executor *executor;
  struct tasks *tasks;
  struct drill_run *run;
  struct values values;
  struct survey survey;
  char folder[64];         /* "": nothing is kept */
  const char *host, *domain; /* whose power and whose life are looked at in the world */
  int64_t off, alive, cut; /* when these were: 0: not yet; cut: when what it sends was dropped, and so its guest's disk stood still */
};

static int64_t drilled_now(void *owner) { return sim_now(((struct drilled *)owner)->g.sim); }

static inline void drilled_open_tasks(struct drilled *d) {
  struct err e = {0};
  d->tasks = tasks_new(&(struct tasks_options){.loop = d->loop, .executor = d->executor, .state_dir = *d->folder ? d->folder : NULL, .who = "root@test", .clock = drilled_now, .owner = d}, &e);
  if (!d->tasks) fail_msg("%s", e.text);
  tasks_see(d->tasks, d->g.snap);
}

static inline struct drilled *drilled_new(const char *scenario, bool keeps) {
  struct drilled *d = mem_alloc(sizeof *d);
  *d = (struct drilled){.g = simulated_open(scenario, 3000), .loop = loop_new()};
  if (keeps) snprintf(d->folder, sizeof d->folder, "/tmp/kvmconsole-drill.XXXXXX"), assert_non_null(mkdtemp(d->folder));
  static const struct simulated_listener nobody = {NULL, NULL};
  d->executor = simulated_new(d->g.sim, d->loop, &d->hands, &nobody);
  drilled_open_tasks(d);
  return d;
}

static inline void drilled_free(struct drilled *d) {
  drill_run_free(d->run);
  tasks_free(d->tasks);
  executor_free(d->executor);
  loop_free(d->loop);
  simulated_close(&d->g);
  if (*d->folder) {
    CLEANUP(mem_freep) char *command = mem_printf("rm -rf %s", d->folder);
    assert_int_equal(system(command), 0);
  }
  mem_free(d);
}

/* What the world knows and no console can: when the power went, when the guest ran anew. */
static inline void drilled_truth(struct drilled *d) {
  const struct world *w = sim_world(d->g.sim);
  const struct sim_host *h = d->host ? world_host(w, d->host) : NULL;
  const struct sim_domain *x = d->domain ? world_domain(w, d->domain) : NULL;
  if (h && !d->off && h->power == POWER_OFF) d->off = h->power_since;
  if (h && !d->cut && pairs_get(&h->files, "/run/nft/kvmconsole_drill")) d->cut = sim_now(d->g.sim) - 50;
  for (size_t i = 0; x && d->off && !d->alive && i < x->instances.count; i++)
    if (strcmp(x->instances.item[i].host, d->host) && str_eq(x->instances.item[i].state, "running")) d->alive = x->instances.item[i].since;
}

static inline void drilled_pass(struct drilled *d, int64_t ms) {
  for (int64_t end = sim_now(d->g.sim) + ms; sim_now(d->g.sim) < end;) {
    sim_run(d->g.sim, sim_now(d->g.sim) + 100, simulated_take, &d->g);
    if (d->hands) simulated_time_passed(d->hands);
    drilled_truth(d);
    loop_step(d->loop, 0);
    simulated_look(&d->g);
    if (d->tasks) tasks_see(d->tasks, d->g.snap);
    if (d->run) drill_run_see(d->run, d->g.snap);
    loop_step(d->loop, 0);
  }
}

static inline void drilled_happen(struct drilled *d, const char *event, int64_t ms) {
  simulated_happen(&d->g, event);
  drilled_pass(d, ms);
}

/* words: "key=value;key=value" */
static inline struct plan *drilled_plan(struct drilled *d, const char *name, const char *words) {
  const struct drill *row = drill_find(name);
  const char *word[16];
  size_t n = 0;
  char *save = NULL;
  struct err e = {0};
  if (!row) fail_msg("there is no drill %s", name);
  for (char *w = strtok_r(arena_strdup(d->g.arena, words), ";", &save); w; w = strtok_r(NULL, ";", &save)) word[n++] = w;
  d->values = (struct values){0};
  d->survey = (struct survey){0};
  if (operation_values(&row->operation, d->g.snap, word, n, d->g.arena, &d->values, &e)) fail_msg("%s %s: %s", name, words, e.text);
  operation_survey(&row->operation, d->g.snap, &d->values, d->g.arena, &d->survey);
  simulated_answer(&d->g, &d->survey);
  simulated_run(&d->g, 1000);
  return operation_plan(&row->operation, d->g.snap, &d->values, &d->survey, d->g.arena);
}

static inline void drilled_begin(struct drilled *d, const char *name, const char *words) {
  struct err e = {0};
  const struct plan *p = drilled_plan(d, name, words);
  if (p->allowed != TRUTH_YES) fail_msg("%s %s is refused: %s", name, words, p->why);
  struct drill_run_options o = {.loop = d->loop, .tasks = d->tasks, .executor = d->executor, .state_dir = *d->folder ? d->folder : NULL, .who = "root@test", .clock = drilled_now, .owner = d};
  drill_run_free(d->run);
  d->off = d->alive = d->cut = 0;
  tasks_see(d->tasks, d->g.snap);
  d->run = drill_run_start(&o, drill_find(name), &d->values, p, d->g.snap, &e);
  if (!d->run) fail_msg("%s: %s", name, e.text);
}

static inline const struct drill_report *drilled_end(struct drilled *d) {
  for (int i = 0; i < 40000 && !drill_run_over(d->run); i++) drilled_pass(d, 100);
  if (!drill_run_over(d->run)) fail_msg("it does not end: %s", drill_run_text(d->run));
  return drill_run_report(d->run, d->g.arena);
}

static inline const struct drill_report *drilled_run(struct drilled *d, const char *name, const char *words) {
  drilled_begin(d, name, words);
  return drilled_end(d);
}

static inline void drilled_print(const struct drill_report *r) {
  CLEANUP(str_free) struct str out = {0};
  drill_words(r, &out);
  print_message("%s", str_text(&out));
}

#define VERDICT(r, v)                                                                                   \
  do {                                                                                                  \
    if ((r)->verdict != (v)) drilled_print(r);                                                          \
    assert_string_equal(drill_verdict_names[(r)->verdict], drill_verdict_names[v]);                     \
  } while (0)

static inline const struct drill_event *drilled_event(const struct drill_report *r, const char *event) {
  for (size_t i = 0; i < r->timeline.count; i++)
    if (str_eq(r->timeline.item[i].event, event)) return &r->timeline.item[i];
  return NULL;
}

static inline const struct drill_finding *drilled_finding(const struct drill_report *r, const char *id) {
  for (size_t i = 0; i < r->findings.count; i++)
    if (str_eq(r->findings.item[i].id, id)) return &r->findings.item[i];
  return NULL;
}
#endif
