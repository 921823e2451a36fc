#include "views/simulation.h"
#include "views/simulation_executor.h"
#include "base/str.h"
#include "sim/sim.h"
#include <errno.h>
#include <string.h>

struct simulation {
  struct sim *sim;
  struct stream stream;
  struct simulated *executor, *reader, *guide; /* whoever asked for it owns it */
  struct simulated_listener listener;
};

static struct sim *sim_of(void *self) { return ((struct simulation *)self)->sim; }
static int64_t now(void *self) { return sim_now(sim_of(self)); }
static int64_t next(void *self) { return sim_next(sim_of(self)); }
static int64_t end(void *self) { return sim_end(sim_of(self)); }
static void place(void *self, const char *nodes) { sim_want_placement(sim_of(self), nodes); }
static const char *here(void *self) { return sim_here(sim_of(self)); }

static void listen(void *self, void (*begun)(void *listener), void *listener) { ((struct simulation *)self)->listener = (struct simulated_listener){begun, listener}; }

static void run(void *self, int64_t until, stream_line_fn *line, void *owner) {
  struct simulation *s = self;
  sim_run(s->sim, until, line, owner);
  if (s->executor) simulated_time_passed(s->executor);
  if (s->reader) simulated_time_passed(s->reader);
  if (s->guide) simulated_time_passed(s->guide);
}

int simulation_open(const struct arguments *a, struct simulation **ret) {
  struct sim_options o = {.scenario = a->option[OPT_DEMO], .world = a->option[OPT_WORLD]};
  struct err e = {0};
  int64_t seed;
  if (!a->option[OPT_DEMO] && !a->option[OPT_WORLD]) return a->option[OPT_SEED] ? usage_error("--seed goes with --demo or --world") : 0;
  if (a->option[OPT_REPLAY]) return usage_error("--replay and a simulated cluster exclude each other");
  if (a->option[OPT_SEED]) {
    if (str_int(a->option[OPT_SEED], 0, (int64_t)1 << 40, &seed)) return usage_error("--seed needs a number, not %s", a->option[OPT_SEED]);
    o.seed = &seed;
  }
  struct sim *sim;
  int code = sim_open(&o, &sim, &e);
  if (code) {
    err_print(&e);
    return code == -EBUSY ? EXIT_LOCKED : code == -ENOENT && o.scenario && !strchr(o.scenario, '/') ? EXIT_USAGE : EXIT_INPUT;
  }
  *ret = mem_alloc(sizeof **ret);
  **ret = (struct simulation){sim, {.self = *ret, .now = now, .next = next, .end = end, .here = here, .place = place, .run = run, .listen = listen}, NULL, NULL, NULL, {NULL, NULL}};
  return 0;
}

struct executor *simulation_executor(struct simulation *s, struct loop *l) { return simulated_new(s->sim, l, &s->executor, &s->listener); }

struct executor *simulation_reader(struct simulation *s, struct loop *l) { return simulated_new(s->sim, l, &s->reader, &s->listener); }

struct executor *simulation_guide(struct simulation *s, struct loop *l) { return simulated_new(s->sim, l, &s->guide, &s->listener); }

const struct stream *simulation_stream(const struct simulation *s) { return &s->stream; }

int simulation_close(struct simulation *s) {
  struct err e = {0};
  if (!s) return 0;
  int code = sim_save(s->sim, &e);
  if (code) err_print(&e);
  sim_close(s->sim);
  mem_free(s);
  return code ? 74 : 0;
}
