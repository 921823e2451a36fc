/* What all operations stand on: values, quoting, refusals, comparing, versions. The rows have their own tests. */
#include "unit.h"
#include "base/child.h"
#include "ops/operation.h"
#include <string.h>

static void plan_nothing(struct planning *p) {
  if (value_yes(p->values, "hopeless")) refuse_always(p, "never", "there is no hope");
  refuse(p, "in a minute", "it is too early");
  struct step *s = step_run(p, "kvm02", "do it", "do", "it's done", NULL);
  undo_by(p, s, "undo", NULL);
  s = step_run(p, "kvm01", "tell it the password", "auth", "-u", "hacluster", NULL);
  s->secret = "password";
  consequence(p, "%s changes", given(p, "thing"));
}

static const struct operation_argument arguments[] = {
    {.name = "thing", .title = "NAME", .help = "the thing's name", .kind = ARG_NAME, .required = true},
    {.name = "size", .title = "SIZE", .help = "how big", .kind = ARG_SIZE, .min = 1024, .max = 1 << 20, .fallback = "64K"},
    {.name = "brick", .title = "BRICK", .help = "where", .kind = ARG_BRICK, .list = true},
    {.name = "hopeless", .title = "yes", .help = "or not", .kind = ARG_YES},
    {.name = "password", .title = "PASSWORD", .help = "of hacluster", .kind = ARG_SECRET},
    {.name = NULL},
};
static const struct operation operation = {.name = "test-do", .title = "Do", .help = "Does.", .target = TARGET_CLUSTER, .danger = 1, .arguments = arguments, .plan = plan_nothing};

static int take(struct arena *a, struct values *v, struct err *e, const char *one, const char *two) {
  static const struct snapshot nothing;
  const char *words[] = {one, two};
  *v = (struct values){0};
  *e = (struct err){0};
  return operation_values(&operation, &nothing, words, two ? 2 : 1, a, v, e);
}

static void values_are_checked(void **state) {
  static const struct { const char *one, *two, *says; } wrong[] = {
      {"thing", NULL, "no argument"},        {"=x", NULL, "no argument"},           {"that=x", NULL, "has no argument that"},  {"size=1K", NULL, "thing= is missing"},
      {"thing=-x", NULL, "a name has"},      {"thing=a b", NULL, "a name has"},     {"thing=a", "thing=b", "given twice"},     {"thing=a", "size=1", "from 1"},
      {"thing=a", "size=1Q", "a size"},      {"thing=a", "size=99999999999999999999", "a size"}, {"thing=a", "brick=node1", "HOST:/PATH"}, {"thing=a", "brick=-o:/data", "HOST:/PATH"},
      {"thing=a", "brick=n:/a/../b", "HOST:/PATH"}, {"thing=a", "hopeless=perhaps", "there is: yes, no"}, {"thing=a", "password=hunter2", "a secret"}, {"thing=a\x1b[2J", NULL, "control"}, {"thing=a", "force=si", "yes or no"}};
  struct arena *a = arena_new();
  struct values v;
  struct err e;
  (void)state;
  for (size_t i = 0; i < COUNT(wrong); i++) {
    assert_true(take(a, &v, &e, wrong[i].one, wrong[i].two) < 0);
    if (!strstr(e.text, wrong[i].says)) fail_msg("%s %s: %s", wrong[i].one, wrong[i].two ? wrong[i].two : "", e.text);
    assert_null(strstr(e.text, "hunter2"));
  }
  assert_int_equal(take(a, &v, &e, "thing=web-1.a", "brick=node1:/data"), 0);
  assert_string_equal(value_of_name(&v, "size"), "64K"); /* what is proposed */
  assert_string_equal(value_at(&v, "brick", 0), "node1:/data");
  arena_free(a);
}

static struct plan *planned(struct arena *a, const char *more) {
  static const struct snapshot nothing;
  struct values v;
  struct err e;
  assert_int_equal(take(a, &v, &e, "thing=web", more), 0);
  return operation_plan(&operation, &nothing, &v, NULL, a);
}

static void a_refusal_says_why(void **state) {
  struct arena *a = arena_new();
  (void)state;
  struct plan *p = planned(a, NULL);
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_int_equal(p->forcible, TRUTH_YES);
  assert_string_equal(p->why, "it is too early");
  assert_string_equal(p->when, "in a minute");
  p = planned(a, "force=yes");
  assert_int_equal(p->allowed, TRUTH_YES);
  assert_non_null(strstr(p->consequence.item[0], "FORCED"));
  /* What nothing overrules goes first, forced or not. */
  const char *both[] = {"thing=web", "hopeless=yes", "force=yes"};
  static const struct snapshot nothing;
  struct values v = {0};
  assert_int_equal(operation_values(&operation, &nothing, both, 3, a, &v, NULL), 0);
  p = operation_plan(&operation, &nothing, &v, NULL, a);
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_int_equal(p->forcible, TRUTH_NO);
  assert_string_equal(p->why, "there is no hope");
  arena_free(a);
}

static void what_is_confirmed_is_what_runs(void **state) {
  struct arena *a = arena_new();
  CLEANUP(str_free) struct str one = {0}, two = {0}, other = {0};
  (void)state;
  struct plan *p = planned(a, "force=yes");
  plan_canonical(p, &one);
  plan_canonical(planned(a, "force=yes"), &two);
  assert_int_equal(one.len, two.len);
  assert_memory_equal(one.data, two.data, one.len);
  p->steps.item[0].argv.item[1] = "it's Done";
  plan_canonical(p, &other);
  assert_true(other.len != one.len || memcmp(other.data, one.data, one.len));
  arena_free(a);
}

static void a_plan_comes_back_from_json(void **state) {
  struct arena *a = arena_new();
  CLEANUP(str_free) struct str out = {0}, again = {0};
  struct plan back;
  (void)state;
  plan_json(planned(a, "force=yes"), &out);
  assert_int_equal(shape_decode_text(&plan_shape, out.data, out.len, &back, a, NULL), 0);
  plan_json(&back, &again);
  assert_string_equal(str_text(&out), str_text(&again));
  assert_non_null(strstr(str_text(&out), "\"kind\":\"run\",\"argv\":[\"do\",\"it's done\"]"));
  arena_free(a);
}

/* A real shell gives the words back as they were. */
static void a_shell_reads_the_words(void **state) {
  static const char *const hard[] = {"plain", "two words", "it's", "$(reboot)", "`id`", "-n", "--", "", "a\nb", "~", "*", "\\", "\"", "k=v;id", "=x", "!x", "#", "&", "ü\u202e"};
  CLEANUP(str_free) struct str line = {0};
  struct texts words = {0};
  struct arena *a = arena_new();
  (void)state;
  texts_add(a, &words, "printf");
  texts_add(a, &words, "%s|");
  for (size_t i = 0; i < COUNT(hard); i++) texts_add(a, &words, hard[i]);
  shell_words(&line, &words);
  char *out;
  size_t len;
  int code;
  assert_int_equal(child_capture((const char *const[]){"sh", "-c", str_text(&line), NULL}, 10000, &out, &len, &code, NULL), 0);
  CLEANUP(str_free) struct str expected = {0};
  for (size_t i = 0; i < COUNT(hard); i++) str_addf(&expected, "%s|", hard[i]);
  assert_true(len >= expected.len);
  assert_memory_equal(out, expected.data, expected.len);
  mem_free(out);
  arena_free(a);
}

static void a_script_holds_no_secret(void **state) {
  struct arena *a = arena_new();
  CLEANUP(str_free) struct str out = {0};
  (void)state;
  plan_shell(planned(a, "force=yes"), "root@%h", &out);
  assert_non_null(strstr(str_text(&out), "\"${password:?"));
  assert_non_null(strstr(str_text(&out), "ssh -o BatchMode=yes root@kvm02 -- 'do '\\''it'\\''\\'\\'''\\''s done'\\'''"));
  arena_free(a);
}

static void tools_are_told_apart(void **state) {
  (void)state;
  assert_int_equal(version_of("0.11.5"), 11);
  assert_int_equal(version_of("0.9.169\n"), 9);
  assert_int_equal(version_of("glusterfs 10.3"), 10003);
  assert_int_equal(version_of("none"), 0);
  assert_int_equal(package_tool_of("PRETTY_NAME=\"Debian\"\nID=debian\n"), PACKAGE_APT);
  assert_int_equal(package_tool_of("ID=\"centos\"\nID_LIKE=\"rhel fedora\"\nVERSION_ID=\"7\"\n"), PACKAGE_YUM);
  assert_int_equal(package_tool_of("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.3\"\n"), PACKAGE_DNF);
  assert_int_equal(package_tool_of("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n"), PACKAGE_ZYPPER);
  assert_int_equal(package_tool_of("ID=plan9\nNAME=\"debian\"\n"), PACKAGE_UNKNOWN);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_are_checked),      cmocka_unit_test(a_refusal_says_why),      cmocka_unit_test(what_is_confirmed_is_what_runs), cmocka_unit_test(a_plan_comes_back_from_json),
      cmocka_unit_test(a_shell_reads_the_words), cmocka_unit_test(a_script_holds_no_secret), cmocka_unit_test(tools_are_told_apart),
  };
  return RUN(tests);
}
