/* The operator's own actions: sections of the configuration that become operations, and what is not let through. */
#include "base/config.h"
#include "ops/own.h"
#include "tests/unit/plans.h"

struct made { struct config config; struct arena *arena; struct str warnings; const struct operation *rows; };

static const char *no_q(void *owner, const char *key, struct arena *a) { return (void)owner, (void)a, str_eq(key, "q") ? "it does quit already" : NULL; }

static struct made make(const char *text) {
  struct made m = {.arena = arena_new()};
  struct err e = {0};
  char *copy = mem_strdup(text);
  if (config_take(&m.config, copy, "own.conf", &e)) fail_msg("%s", e.text);
  mem_free(copy);
  if (m.config.warnings.len) fail_msg("%s", str_text(&m.config.warnings));
  m.rows = own_actions(&m.config, m.arena, no_q, NULL, &m.warnings);
  operations_own(m.rows);
  return m;
}

static void unmake(struct made *m) {
  operations_own(NULL);
  config_free(&m->config);
  str_free(&m->warnings);
  arena_free(m->arena);
}

static void a_section_is_a_row(void **state) {
  struct made m = make("[action shot]\ntitle = Picture\non = domain\ncommand = virsh screenshot %t \"/tmp/a b\" 50%%\nhelp = Takes a picture.\ntimeout = 5\nkey = M-p\n"
                       "[action look]\ncommand = uptime\nwhere = each\n[action wipe]\non=host\ncommand=echo %t\ndanger=2\n");
  const struct operation *o = operation_find("shot");
  (void)state;
  assert_string_equal(str_text(&m.warnings), "");
  assert_non_null(o);
  assert_string_equal(o->title, "Picture");
  assert_int_equal(o->target, TARGET_DOMAIN);
  assert_int_equal(o->flags, OP_NO_LOCK);
  const struct own_action *own = own_action_of(o);
  assert_int_equal(own->words.count, 5);
  assert_string_equal(own->words.item[3], "/tmp/a b");
  assert_int_equal(own->where, OWN_TARGET);
  assert_int_equal(own->deadline_ms, 5000);
  assert_string_equal(own->key, "M-p");
  assert_string_equal(own->origin, "own.conf:2");
  assert_int_equal(own_action_of(operation_find("look"))->where, OWN_EACH);
  assert_int_equal(operation_find("wipe")->danger, 2);
  assert_int_equal(operation_find("wipe")->flags, 0); /* what changes something is done under the operator lock */
  assert_null(own_action_of(operation_find("resource-move")));
  unmake(&m);
  assert_null(operation_find("shot"));
}

/* Each is said with its line, makes no row, and keeps no other from being one. */
static void what_cannot_be_is_said(void **state) {
  static const struct { const char *text, *says; } bad[] = {
      {"[action a]\ntitle = x\n", "own.conf:2: [action a]: it has no command"},
      {"[action a]\ncommand =\n", "own.conf:2: [action a]: its command names no program"},
      {"[action a]\ncommand = \"\" x\n", "names no program"},
      {"[action a]\ncommand = -x\n", "names no program"},
      {"[action a]\ncommand = echo 'x\n", "a quote in its command is not closed"},
      {"[action a]\non = domain\ncommand = %t\n", "no placeholder is a program"},
      {"[action a]\non = domain\ncommand = sh -c %t\n", "no placeholder is a program, or follows -c"},
      {"[action a]\non = domain\ncommand = echo --name=%t\n", "each a word of its own"},
      {"[action a]\non = domain\ncommand = echo %x\n", "each a word of its own"},
      {"[action a]\ncommand = echo 50%\n", "one percent sign"},
      {"[action a]\ncommand = echo %t\n", "the cluster is none"},
      {"[action a]\ncommand = true\nwhere = target\n", "the cluster has no host of its own"},
      {"[action a]\ncommand = true\nwhere = moon\n", "own.conf:3: [action a]: where is"},
      {"[action a]\ncommand = true\non = moon\n", "own.conf:3: [action a]: on is one of"},
      {"[action a]\ncommand = true\ndanger = 3\n", "danger is a number from 0 to 2, not 3"},
      {"[action a]\ncommand = true\ntimeout = 0\n", "timeout is a number from 1 to 3600"},
      {"[action a]\ncommand = top\nhandover = perhaps\n", "handover is yes or no"},
      {"[action a]\ncommand = top\nhandover = yes\nwhere = each\n", "one host only"},
      {"[action a]\ncommand = true\nshell = yes\n", "there is no key shell"},
      {"[action a b]\ncommand = true\n", "a name has letters"},
      {"[action -a]\ncommand = true\n", "a name has letters"},
      {"[action resource-move]\ncommand = true\n", "that is an operation's name"},
      {"[action power-lost]\ncommand = true\n", "that is an operation's name"},
  };
  (void)state;
  for (size_t i = 0; i < COUNT(bad); i++) {
    CLEANUP(mem_freep) char *text = mem_printf("%s[action good]\ncommand = true\n", bad[i].text);
    struct made m = make(text);
    if (!strstr(str_text(&m.warnings), bad[i].says)) fail_msg("%s: not \"%s\" but: %s", bad[i].text, bad[i].says, str_text(&m.warnings));
    if (m.rows[0].name == NULL || !str_eq(m.rows[0].name, "good") || m.rows[1].name) fail_msg("%s: it is a row, or the good one is none", bad[i].text);
    unmake(&m);
  }
}

static void a_key_that_is_taken_is_none(void **state) {
  struct made m = make("[action a]\ncommand = true\nkey = q\n[action b]\ncommand = true\nkey = M-b\n[action c]\ncommand = true\nkey = M-b\n");
  (void)state;
  assert_non_null(strstr(str_text(&m.warnings), "own.conf:3: [action a]: key q: it does quit already"));
  assert_non_null(strstr(str_text(&m.warnings), "own.conf:9: [action c]: key M-b: it is that of [action b]"));
  assert_null(own_action_of(operation_find("a"))->key);
  assert_string_equal(own_action_of(operation_find("b"))->key, "M-b");
  assert_null(own_action_of(operation_find("c"))->key);
  unmake(&m);
}

static const char *command_of(struct simulated *b, const struct plan *p, size_t n) {
  CLEANUP(str_free) struct str words = {0};
  if (p->allowed != TRUTH_YES) fail_msg("%s is refused: %s", p->operation, p->why);
  assert_true(n < p->steps.count);
  str_addf(&words, "%s$ ", p->steps.item[n].host);
  shell_words(&words, &p->steps.item[n].argv);
  return arena_strdup(b->arena, str_text(&words));
}

static void placeholders_are_whole_words(void **state) {
  struct simulated b;
  bench_open(&b, "lab");
  struct made m = make("[action d]\non = domain\ncommand = echo %t %h %c 5%% \"a b\"\n[action r]\non = resource\ncommand = echo %t\n[action v]\non = volume\ncommand = echo %t\n"
                       "[action k]\non = brick\ncommand = echo %t %h\n[action p]\non = peer\ncommand = echo %t\n[action n]\non = node\ncommand = echo %h\nwhere = here\n"
                       "[action h]\non = host\ncommand = top\nhandover = yes\n[action e]\ncommand = uptime\nwhere = each\nconfirm = It is only looked.\n");
  (void)state;
  assert_string_equal(command_of(&b, bench_plan(&b, "d", "domain=test01"), 0), "kvm01$ echo test01 kvm01 cluster-kvm 5% 'a b'");
  assert_string_equal(command_of(&b, bench_plan(&b, "r", "resource=test01"), 0), "kvm01$ echo test01");
  assert_non_null(strstr(command_of(&b, bench_plan(&b, "v", "volume=models"), 0), "$ echo models"));
  assert_string_equal(command_of(&b, bench_plan(&b, "k", "brick=node2:/data"), 0), "node2$ echo node2:/data node2");
  assert_string_equal(command_of(&b, bench_plan(&b, "p", "peer=node3"), 0), "node3$ echo node3");
  assert_string_equal(command_of(&b, bench_plan(&b, "n", "node=kvm02"), 0), "kvm01$ echo kvm01");
  struct plan *p = bench_plan(&b, "h", "host=kvm02");
  assert_int_equal(p->steps.item[0].kind, STEP_HANDOVER);
  assert_string_equal(p->steps.item[0].host, "kvm02");
  p = bench_plan(&b, "e", "");
  assert_int_equal(p->steps.count, 2);
  assert_string_equal(p->consequence.item[0], "It is only looked.");
  plan_refused(&b, "h", "host=elsewhere", "no host is known where elsewhere is");
  unmake(&m);
  simulated_close(&b);
}

/* What is in a cluster may be called anything by whoever may make one of it. */
static void hostile_names_reach_no_command(void **state) {
  static const char *const names[] = {"$(reboot)", "`reboot`", "a;reboot", "a|b", "a b", "-rf", "--help", "a'b", "a\"b", "a\\b", "a&b", "a>b", "*", "~root", "x=y", "a\nb", "!x", "#x", "{a,b}", "caf\xc3\xa9", ""};
  struct simulated b;
  bench_open(&b, "lab");
  struct made m = make("[action d]\non = host\ncommand = echo %t\nwhere = here\n");
  const struct operation *o = operation_find("d");
  (void)state;
  for (size_t i = 0; i < COUNT(names); i++) {
    struct values v = {0};
    struct survey none = {0};
    values_add(b.arena, &v, "host", names[i], false);
    const struct plan *p = operation_plan(o, b.snap, &v, &none, b.arena);
    if (p->allowed == TRUTH_YES) fail_msg("what is called %s is handed to a command", names[i]);
    assert_int_not_equal(p->forcible, TRUTH_YES);
  }
  unmake(&m);
  simulated_close(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_section_is_a_row), cmocka_unit_test(what_cannot_be_is_said), cmocka_unit_test(a_key_that_is_taken_is_none),
                                     cmocka_unit_test(placeholders_are_whole_words), cmocka_unit_test(hostile_names_reach_no_command)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
