/* Plans in tests: a simulated cluster, the snapshot that its stream makes, the survey asked of it, the plan compared with a kept
 * text (UPDATE=1 writes it anew), its steps run one by one, and the verification by what is read later. */
#ifndef TESTS_PLANS_H
#define TESTS_PLANS_H
#include "ops/operation.h"
#include "sim/world.h"
#include "tests/unit/simulated.h"

static inline const struct snapshot *bench_pass(struct simulated *b, int64_t seconds) { return simulated_run(b, seconds * 1000); }
static inline void bench_open(struct simulated *b, const char *scenario) { *b = simulated_open(scenario, 3000); }

static inline void bench_happen(struct simulated *b, const char *event, int64_t seconds) {
  simulated_happen(b, event);
  bench_pass(b, seconds);
}

static inline struct values bench_values(struct simulated *b, const struct operation *o, const char *words) {
  const char *word[64];
  size_t n = 0;
  char *save = NULL;
  struct values v = {0};
  struct err e = {0};
  for (char *w = strtok_r(arena_strdup(b->arena, words), ";", &save); w; w = strtok_r(NULL, ";", &save)) word[n++] = w;
  if (operation_values(o, b->snap, word, n, b->arena, &v, &e)) fail_msg("%s %s: %s", o->name, words, e.text);
  return v;
}

static inline void bench_survey(struct simulated *b, const struct operation *o, const struct values *v, struct survey *ret) {
  *ret = (struct survey){0};
  operation_survey(o, b->snap, v, b->arena, ret);
  simulated_answer(b, ret);
  if (ret->answers.count) bench_pass(b, 1); /* what was due meanwhile is read */
}

/* words: "key=value;key=value" */
static inline struct plan *bench_plan(struct simulated *b, const char *operation, const char *words) {
  const struct operation *o = operation_find(operation);
  if (!o) fail_msg("there is no operation %s", operation);
  struct values v = bench_values(b, o, words);
  struct survey survey;
  bench_survey(b, o, &v, &survey);
  struct plan *p = operation_plan(o, b->snap, &v, &survey, b->arena), *again = operation_plan(o, b->snap, &v, &survey, b->arena);
  CLEANUP(str_free) struct str one = {0}, two = {0};
  plan_canonical(p, &one);
  plan_canonical(again, &two);
  if (one.len != two.len || memcmp(one.data, two.data, one.len)) fail_msg("%s: the same three give two plans", operation);
  return p;
}

/* What a host would have said that the simulated one does not. */
struct told { const char *host, *id; int64_t code; const char *out; };

static inline struct plan *told_plan(struct simulated *b, const char *operation, const char *words, const struct told *told) {
  const struct operation *o = operation_find(operation);
  struct values v = bench_values(b, o, words);
  struct survey survey;
  bench_survey(b, o, &v, &survey);
  for (; told && told->host; told++) {
    struct answer *q = (struct answer *)survey_answer(&survey, told->host, told->id);
    if (!q) fail_msg("%s is not asked of %s", told->id, told->host);
    q->code = told->code;
    q->out = told->out;
  }
  return operation_plan(o, b->snap, &v, &survey, b->arena);
}

/* ---- what is kept ---- */

static inline void plan_kept(const struct plan *p, const char *name) {
  CLEANUP(str_free) struct str now = {0};
  plan_text(p, &now);
  kept_text(name, &now);
}

static inline void plan_refused(struct simulated *b, const char *operation, const char *words, const char *why) {
  const struct plan *p = bench_plan(b, operation, words);
  if (p->allowed != TRUTH_NO) fail_msg("%s %s is allowed, and should not be: %s", operation, words, why);
  if (!strstr(p->why ? p->why : "", why)) fail_msg("%s %s is refused, but not because \"%s\": %s", operation, words, why, p->why);
  if (!p->when || !*p->when) fail_msg("%s %s: when it would pass is not said", operation, words);
}

/* ---- running ---- */

static inline enum truth verified(struct simulated *b, const struct plan *p, const char **ret_text) {
  enum truth all = p->verify.count ? TRUTH_YES : TRUTH_UNKNOWN;
  for (size_t i = 0; i < p->verify.count; i++) {
    const char *saw = "";
    enum truth one = condition_holds(&p->verify.item[i], b->snap, b->arena, &saw);
    if (one == TRUTH_YES || (all == TRUTH_NO && one == TRUTH_UNKNOWN)) continue;
    all = one;
    *ret_text = arena_printf(b->arena, "%s: %s", condition_text(&p->verify.item[i], b->arena), saw);
  }
  return all;
}

static inline bool bench_await(struct simulated *b, const struct condition *c, int64_t ms, const char **saw) {
  for (int64_t until = sim_now(b->sim) + ms; sim_now(b->sim) <= until; bench_pass(b, 1))
    if (condition_holds(c, b->snap, b->arena, saw) == TRUTH_YES) return true;
  return false;
}

static inline void step_runs(struct simulated *b, const struct plan *p, size_t n, const char **outputs) {
  const struct step *s = &p->steps.item[n];
  const char *saw = "", *input = s->input_of != UNKNOWN_INT ? outputs[s->input_of] : s->input;
  simulated_look(b);
  if (s->already.name && condition_holds(&s->already, b->snap, b->arena, NULL) == TRUTH_YES) return;
  if (s->kind == STEP_WAIT && !s->until.name) { /* a pause */
    bench_pass(b, s->deadline_ms / 1000);
    return;
  }
  if (s->kind == STEP_WAIT) {
    if (!bench_await(b, &s->until, s->deadline_ms, &saw)) fail_msg("step %zu, %s: %s", n + 1, s->say, saw);
    return;
  }
  if (s->kind != STEP_RUN) return;
  if (s->still.name && condition_holds(&s->still, b->snap, b->arena, &saw) != TRUTH_YES) fail_msg("step %zu, %s: no longer %s: %s", n + 1, s->say, condition_text(&s->still, b->arena), saw);
  if (s->test.count) {
    struct command_result r = simulated_execute(b, s->host, &s->test, NULL);
    int code = r.code;
    command_result_free(&r);
    if (code == 127) fail_msg("step %zu, %s: its test %s is no command", n + 1, s->say, s->test.item[0]);
    if (!code) return;
  }
  struct command_result r = simulated_execute(b, s->host, &s->argv, input);
  bool good = !r.code;
  for (size_t i = 0; i < s->good.count; i++) good |= s->good.item[i].code == r.code && (!s->good.item[i].says || strstr(str_text(&r.out), s->good.item[i].says) || strstr(str_text(&r.err), s->good.item[i].says));
  if (!good) fail_msg("step %zu, %s, on %s: exit %d: %s%s", n + 1, s->say, s->host, r.code, str_text(&r.out), str_text(&r.err));
  outputs[n] = arena_strdup(b->arena, str_text(&r.out));
  command_result_free(&r);
}

/* Runs it whole; what verifies it must hold in time, by readings made afterwards. */
static inline void plan_done(struct simulated *b, const struct plan *p) {
  const char *text = "", **outputs = arena_array(b->arena, p->steps.count + 1, sizeof *outputs);
  if (p->allowed != TRUTH_YES) fail_msg("%s is refused: %s", p->operation, p->why);
  for (size_t i = 0; i < p->steps.count; i++) step_runs(b, p, i, outputs);
  int64_t ran_at = sim_now(b->sim);
  simulated_look(b);
  if (!p->verify.count) return;
  for (int64_t until = ran_at + p->verify_ms; sim_now(b->sim) <= until; bench_pass(b, 1)) {
    bool newer = true;
    for (size_t i = 0; i < p->verify.count; i++) newer &= condition_read_within(&p->verify.item[i], b->snap, sim_now(b->sim) - ran_at);
    if (newer && verified(b, p, &text) == TRUTH_YES) return;
  }
  fail_msg("%s is not verified after %lld s: %s", p->operation, (long long)p->verify_ms / 1000, text);
}

/* The same, of what makes a difference: it must not hold before. */
static inline void plan_runs(struct simulated *b, const struct plan *p) {
  const char *text = "";
  if (verified(b, p, &text) == TRUTH_YES) fail_msg("%s is verified before it ran", p->operation);
  plan_done(b, p);
}

/* What was done is taken back, the last first. */
static inline void plan_undone(struct simulated *b, const struct plan *p) {
  for (size_t i = p->steps.count; i-- > 0;) {
    const struct step *s = &p->steps.item[i];
    if (!s->undo.count) continue;
    struct command_result r = simulated_execute(b, s->host, &s->undo, NULL);
    if (r.code) fail_msg("undo of step %zu, %s, on %s: exit %d: %s%s", i + 1, s->say, s->host, r.code, str_text(&r.out), str_text(&r.err));
    command_result_free(&r);
  }
  bench_pass(b, 10);
}

#define HOLDS(b, ...) condition_is(b, TRUTH_YES, __VA_ARGS__, NULL)
#define FAILS(b, ...) condition_is(b, TRUTH_NO, __VA_ARGS__, NULL)
#define UNCLEAR(b, ...) condition_is(b, TRUTH_UNKNOWN, __VA_ARGS__, NULL)
static inline __attribute__((sentinel)) void condition_is(struct simulated *b, enum truth expected, const char *name, ...) {
  struct condition c = {.name = name};
  const char *saw = "";
  va_list ap;
  va_start(ap, name);
  for (const char *w; (w = va_arg(ap, const char *));) texts_add(b->arena, &c.args, w);
  va_end(ap);
  enum truth is = condition_holds(&c, b->snap, b->arena, &saw);
  if (is != expected) fail_msg("%s: %d, not %d: %s", condition_text(&c, b->arena), is, expected, saw);
}
#endif
