/* A simulated cluster to try operations on: its snapshot, an operation's plan on it (surveyed there, but for the version of
 * pcs, which a test may choose), the plan's steps run one by one, what must hold then. Plans are compared with the texts in
 * tests/fixtures/plans; UPDATE=1 writes them anew. */
#ifndef TESTS_GROUND_H
#define TESTS_GROUND_H
#include "ops/operation.h"
#include "tests/unit/simulated.h"

static inline struct simulated ground_open(const char *scenario) { return simulated_open(scenario, 20000); }

/* "power off kvm02" happens; "kvm01$ crm_resource -B ..." is run there; "30s" passes. */
static void ground_do(struct simulated *g, const char *line) {
  const char *shell = strstr(line, "$ ");
  if (shell) {
    struct texts argv = {0};
    char *words = arena_strdup(g->arena, shell + 2), *at = NULL;
    for (char *w = strtok_r(words, " ", &at); w; w = strtok_r(NULL, " ", &at)) texts_add(g->arena, &argv, w);
    struct command_result r = simulated_execute(g, arena_strndup(g->arena, line, (size_t)(shell - line)), &argv, NULL);
    if (r.code) fail_msg("%s: %d %s%s", line, r.code, str_text(&r.out), str_text(&r.err));
    command_result_free(&r);
  } else if (*line >= '0' && *line <= '9') {
    simulated_run(g, number_of(line, 0));
  } else {
    simulated_happen(g, line);
  }
  simulated_run(g, 1000);
}

/* ---- plans ---- */

struct planned { const struct operation *operation; struct values values; struct plan *plan; };

static bool ground_words(struct simulated *g, const char *const *words, const struct operation *o, struct values *v, struct err *e) {
  const char *plain[16];
  size_t n = 0;
  for (size_t i = 0; words[i]; i++) {
    const char *equals = strchr(words[i], '=');
    const char *name = equals ? arena_strndup(g->arena, words[i], (size_t)(equals - words[i])) : words[i];
    const struct operation_argument *arg = operation_argument(o, name);
    if (arg && arg->kind == ARG_SECRET) values_add(g->arena, v, name, equals + 1, true);
    else plain[n++] = words[i];
  }
  return operation_values(o, g->snap, plain, n, g->arena, v, e) == 0;
}

/* pcs: what it says its version is; NULL: the simulation's own. */
static struct planned ground_plan(struct simulated *g, const char *operation, const char *const *words, const char *pcs) {
  struct planned p = {.operation = operation_find(operation)};
  struct survey survey = {0};
  struct err e = {0};
  if (!p.operation) fail_msg("there is no operation %s", operation);
  if (!ground_words(g, words, p.operation, &p.values, &e)) fail_msg("%s: %s; %s", operation, e.text, e.todo);
  operation_survey(p.operation, g->snap, &p.values, g->arena, &survey);
  for (size_t i = 0; i < survey.answers.count; i++) {
    struct answer *a = &survey.answers.item[i];
    struct command_result r = simulated_execute(g, a->host, &a->argv, NULL);
    a->code = r.code;
    a->out = arena_strdup(g->arena, pcs && r.code == 0 && !strcmp(a->id, "pcs") ? pcs : str_text(&r.out));
    a->text = arena_strdup(g->arena, str_text(&r.err));
    command_result_free(&r);
  }
  simulated_look(g);
  p.plan = operation_plan(p.operation, g->snap, &p.values, &survey, g->arena);
  for (size_t i = 0; i < p.plan->steps.count; i++) { /* every condition is of the table, with as many arguments as it says */
    const struct condition *all[] = {&p.plan->steps.item[i].already, &p.plan->steps.item[i].still, &p.plan->steps.item[i].until};
    for (size_t k = 0; k < COUNT(all); k++)
      if (all[k]->name && !condition_kind_find(all[k]->name)) fail_msg("%s: there is no condition %s", operation, all[k]->name);
  }
  for (size_t i = 0; i < p.plan->verify.count; i++)
    if (!condition_kind_find(p.plan->verify.item[i].name)) fail_msg("%s: there is no condition %s", operation, p.plan->verify.item[i].name);
  return p;
}

static void ground_compare(const struct plan *plan, const char *name) {
  CLEANUP(str_free) struct str text = {0};
  plan_text(plan, &text);
  kept_text(name, &text);
}

/* ---- running ---- */

static enum truth ground_holds(const struct simulated *g, const struct condition *c, const char **saw) { return condition_holds(c, g->snap, g->arena, saw); }

static enum truth ground_verified(const struct simulated *g, const struct plan *p, const char **ret_which) {
  enum truth all = TRUTH_YES;
  for (size_t i = 0; i < p->verify.count; i++) {
    const char *saw;
    enum truth is = ground_holds(g, &p->verify.item[i], &saw);
    if (is == TRUTH_YES) continue;
    *ret_which = arena_printf(g->arena, "%s (%s)", condition_text(&p->verify.item[i], g->arena), saw);
    if (all != TRUTH_NO) all = is;
  }
  return all;
}

static bool ground_until(struct simulated *g, const struct condition *c, int64_t ms) {
  int64_t end = sim_now(g->sim) + ms;
  while (ground_holds(g, c, NULL) != TRUTH_YES) {
    if (sim_now(g->sim) >= end) return false;
    simulated_run(g, 500);
  }
  return true;
}

static bool ground_good(const struct step *s, const struct command_result *r) {
  for (size_t i = 0; i < s->good.count; i++)
    if (s->good.item[i].code == r->code && (!s->good.item[i].says || strstr(str_text(&r->out), s->good.item[i].says) || strstr(str_text(&r->err), s->good.item[i].says))) return true;
  return r->code == 0;
}

static int ground_command(struct simulated *g, const char *host, const struct texts *words, const char *input, struct command_result *ret) {
  *ret = simulated_execute(g, host, words, input);
  simulated_look(g);
  return ret->code;
}

/* NULL, or what went wrong, where. */
static const char *ground_step(struct simulated *g, const struct planned *p, size_t at, const char **outputs) {
  const struct step *s = &p->plan->steps.item[at];
  struct command_result r = {0};
  const char *saw = "", *said, *input = s->input;
  if (s->already.name && ground_holds(g, &s->already, NULL) == TRUTH_YES) return NULL;
  if (s->still.name && ground_holds(g, &s->still, &saw) != TRUTH_YES) return arena_printf(g->arena, "step %zu: not any more: %s (%s)", at + 1, condition_text(&s->still, g->arena), saw);
  if (s->kind == STEP_WAIT) {
    if (ground_until(g, &s->until, s->deadline_ms)) return NULL;
    ground_holds(g, &s->until, &saw);
    return arena_printf(g->arena, "step %zu: waited in vain until %s (%s)", at + 1, condition_text(&s->until, g->arena), saw);
  }
  if (s->test.count) {
    int code = ground_command(g, s->host, &s->test, NULL, &r);
    command_result_free(&r);
    if (!code) return NULL;
  }
  if (s->secret) input = arena_printf(g->arena, "%s\n", value_of_name(&p->values, s->secret));
  else if (s->input_of != UNKNOWN_INT) input = outputs[s->input_of];
  ground_command(g, s->host, &s->argv, input, &r);
  outputs[at] = arena_strdup(g->arena, str_text(&r.out));
  said = ground_good(s, &r) ? NULL : arena_printf(g->arena, "step %zu (%s on %s): %d: %s%s", at + 1, s->argv.item[0], s->host, r.code, str_text(&r.out), str_text(&r.err));
  command_result_free(&r);
  return said;
}

static const char *ground_try(struct simulated *g, const struct planned *p) {
  const char *outputs[128] = {0}, *wrong = NULL;
  if (p->plan->allowed != TRUTH_YES) return arena_printf(g->arena, "refused: %s", p->plan->why);
  assert_true(p->plan->steps.count <= COUNT(outputs));
  for (size_t i = 0; i < p->plan->steps.count; i++)
    if ((wrong = ground_step(g, p, i, outputs))) return wrong;
  for (int64_t end = sim_now(g->sim) + p->plan->verify_ms; ground_verified(g, p->plan, &wrong) != TRUTH_YES; simulated_run(g, 500))
    if (sim_now(g->sim) >= end) return arena_printf(g->arena, "not verified: %s", wrong);
  return NULL;
}

/* Not verified before, verified after: else it proves nothing. */
static void ground_prove(struct simulated *g, const struct planned *p, bool proves) {
  const char *which = "";
  if (proves && ground_verified(g, p->plan, &which) == TRUTH_YES) fail_msg("%s is verified before it ran", p->plan->operation);
  const char *wrong = ground_try(g, p);
  if (wrong) fail_msg("%s: %s", p->plan->operation, wrong);
}

/* ---- tables of cases ---- */

struct trial {
  const char *name;      /* of the text in tests/fixtures/plans; NULL: not compared */
  const char *scenario;  /* NULL: lab */
  const char *before[6]; /* ground_do() */
  const char *operation, *words[10], *pcs;
  const char *refused;   /* a part of why; NULL: it runs and is verified */
  bool silent;           /* nothing to be verified, or true before too */
  bool unrun;            /* only planned: the simulation has not this version's words */
};

static void ground_trial(const struct trial *t) {
  struct simulated g = ground_open(t->scenario ? t->scenario : "lab");
  for (size_t i = 0; i < COUNT(t->before) && t->before[i]; i++) ground_do(&g, t->before[i]);
  struct planned p = ground_plan(&g, t->operation, t->words, t->pcs);
  if (t->refused && (p.plan->allowed != TRUTH_NO || !strstr(p.plan->why, t->refused) || !p.plan->when || !*p.plan->when)) fail_msg("%s (%s): allowed=%d: %s", t->operation, t->refused, p.plan->allowed, p.plan->why ? p.plan->why : "");
  if (t->name) ground_compare(p.plan, t->name);
  if (!t->refused && p.plan->allowed != TRUTH_YES) fail_msg("%s: refused: %s", t->operation, p.plan->why);
  if (!t->refused && !t->unrun) ground_prove(&g, &p, !t->silent);
  simulated_close(&g);
}
static inline void ground_trials(const struct trial *t, size_t n) {
  for (size_t i = 0; i < n; i++) ground_trial(&t[i]);
}
#endif
