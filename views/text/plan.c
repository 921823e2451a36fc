/* plan: the exact commands, host by host; runs nothing that changes anything. */
#include "views/text/operate.h"
#include "views/text/reading.h"

enum { PLANNED = 0, PLAN_REFUSED = 2 };

static void print(const struct arguments *a, const struct plan *p) {
  CLEANUP(str_free) struct str out = {0};
  if (a->option[OPT_JSON]) plan_json(p, &out), str_addc(&out, '\n');
  else if (a->option[OPT_SHELL]) plan_shell(p, config_text(&a->config, SET_CLUSTER_SSH), &out);
  else plan_text(p, &out);
  fputs(str_text(&out), stdout);
}

int run_plan(struct arguments *a) {
  const struct operation *o = operation_word(a);
  struct reading r = {.timeout_ms = 10000};
  if (!o) return EXIT_USAGE;
  if (a->option[OPT_JSON] && a->option[OPT_SHELL]) return usage_error("one of --json and --shell");
  int code = reading_take(a, &r);
  if (!code) {
    struct arena *arena = arena_new();
    struct values v = {0};
    struct survey survey = {0};
    code = operation_words(a, o, r.snap, arena, &v);
    if (!code) {
      operation_survey(o, r.snap, &v, arena, &survey);
      const struct plan *p = operation_plan(o, r.snap, &v, &survey, arena);
      print(a, p);
      code = p->allowed == TRUTH_YES ? PLANNED : PLAN_REFUSED;
    }
    arena_free(arena);
  }
  snapshot_drop(r.snap);
  return code;
}
