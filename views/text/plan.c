/* plan: the exact commands, host by host; runs nothing that changes anything. */
#include "views/text/session.h"

enum { PLANNED = 0, PLAN_REFUSED = 2 };

static void print(const struct arguments *a, const struct plan *p) {
  CLEANUP(str_free) struct str out = {0};
  if (a->option[OPT_JSON]) plan_json(p, &out), str_addc(&out, '\n');
  else if (a->option[OPT_SHELL]) plan_shell(p, config_text(&a->config, SET_CLUSTER_SSH), &out);
  else {
    plan_text(p, &out);
    print_clean(stdout, str_text(&out));
    return;
  }
  fputs(str_text(&out), stdout);
}

int run_plan(struct arguments *a) {
  struct session s = {0};
  if (a->option[OPT_JSON] && a->option[OPT_SHELL]) return usage_error("one of --json and --shell");
  int code = session_open(&s, a);
  if (!code) {
    print(a, s.plan);
    code = s.plan->allowed == TRUTH_YES ? PLANNED : PLAN_REFUSED;
  }
  session_close(&s);
  return code;
}
