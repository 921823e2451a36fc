/* help, --version, config, --self-test: the program's own tables, printed and checked. */
#include "analysis/lint.h"
#include "base/child.h"
#include "base/str.h"
#include "keymaps/keymap.h"
#include "model/problem.h"
#include "ops/drill.h"
#include "ops/guide.h"
#include "ops/operation.h"
#include "ops/verdict.h"
#include "sim/sim.h"
#include "tui/theme.h"
#include "views/command.h"
#include "views/screen/app.h"
#include "views/text/list.h"
#include <string.h>

void print_version(FILE *f) {
  static const char *const programs[] = {"corosync", "pacemaker", "cibwatch", "gluster", "gfapi", "libvirt"};
  fprintf(f, "kvmconsole %s\nscreen: ncursesw; JSON: jansson; widths: utf8proc\n", VERSION);
  for (size_t i = 0; i < COUNT(programs); i++) {
    CLEANUP(mem_freep) char *name = mem_printf("kvmconsole-%s", programs[i]);
    CLEANUP(mem_freep) char *path = child_find(name);
    fprintf(f, "source %-10s %s\n", programs[i], path ? path : "not found");
  }
}

static void print_options(FILE *f, const struct command_row *c) {
  unsigned bit = c ? 1u << (c - command_rows) : ~0u;
  fputs("\nOptions:\n", f);
  for (int i = 0; i < OPT_COUNT; i++) {
    const struct option_row *o = &option_rows[i];
    if (!(o->commands & bit)) continue;
    char name[40];
    snprintf(name, sizeof name, "%s%s%s", o->name, o->argument && *o->argument != '[' ? " " : "", o->argument ? o->argument : "");
    fprintf(f, "  %-20s %s\n", name, o->help);
  }
}

void print_help(FILE *f, const struct command_row *c) {
  if (c) {
    fprintf(f, "usage: %s [OPTION...]\n\n%s\n", c->usage, c->help);
    print_options(f, c);
    fprintf(f, "\nExample:\n  %s\n", c->example);
    return;
  }
  fputs("usage: kvmconsole [SUBCOMMAND] [OPTION...]\n\nThe operator's console of a KVM cluster on GlusterFS, Corosync and Pacemaker.\nWithout a subcommand: the full screen.\n\nSubcommands:\n", f);
  for (int i = CMD_STATUS; i < CMD_COUNT; i++) fprintf(f, "  %-20s %s\n", command_rows[i].usage + strlen("kvmconsole "), command_rows[i].title);
  print_options(f, NULL);
  fputs("\n'kvmconsole help SUBCOMMAND' says more, with an example.\n", f);
}

int run_help(struct arguments *a) {
  if (!a->words) {
    print_help(stdout, NULL);
    return 0;
  }
  for (int i = CMD_STATUS; i < CMD_COUNT; i++)
    if (!strcmp(command_rows[i].name, a->word[0])) {
      print_help(stdout, &command_rows[i]);
      return 0;
    }
  return usage_error("no such subcommand: %s", a->word[0]);
}

int run_config(struct arguments *a) {
  CLEANUP(str_free) struct str out = {0};
  config_print(&a->config, &out);
  fputs(str_text(&out), stdout);
  return 0;
}

/* ---- self-test: what a table must be, beyond what the compiler checks ---- */

static int failures;
static void must(bool holds, const char *what, const char *name) {
  if (holds) return;
  printf("self-test: %s: %s\n", what, name);
  failures++;
}

static void test_problems(void) {
  for (const struct problem_kind *k = problem_kinds; k->id; k++) {
    must(k->title && k->help && k->find && k->severity && k->effect, "a problem without title, help, severity, effect or finder", k->id);
    must(problem_kind_find(k->id) == k, "two problems of one id", k->id);
    must(!k->operation || operation_find(k->operation), "a problem mended by what is no operation", k->id);
    must(!k->otherwise || operation_find(k->otherwise), "a problem mended by what is no operation", k->id);
  }
}

static void test_lists(void) {
  for (int i = 0; i < LIST_COUNT; i++)
    for (int c = 0; c < lists[i]->column_count; c++) {
      const struct list_column *col = &lists[i]->columns[c];
      must(col->shown.title && col->shown.min > 0, "a column without title or width", lists[i]->name);
      must(lists[i]->column_count <= TABLE_COLUMNS, "more columns than a table has", lists[i]->name);
      char name[COLUMN_NAME];
      column_name(name, lists[i], c);
      must(strlen(name) == strlen(col->shown.title) && column_find(lists[i], name, strlen(name)) == c, "two columns of one name, or one too long to be written", col->shown.title);
      must(!col->field || shape_field(lists[i]->shape, col->field), "a column sorted by a field that its shape has not", col->shown.title);
    }
}

static void test_list_keys(void) {
  for (int i = 0; i < LIST_COUNT; i++)
    for (const struct list_key *k = lists[i]->keys; k && k->of; k++)
      must(k->column >= 0 && k->column < lists[i]->column_count && !lists[i]->columns[k->column].field, "a key of a column that is none, or has a field", lists[i]->name);
}

static void test_keymaps(void) {
  for (const struct keymap_text *t = keymap_texts; t->name; t++) {
    struct err e = {0};
    struct keymap *m = keymap_load(t->name, &e);
    must(m != NULL, "a built-in key map that cannot be read", e.text[0] ? e.text : t->name);
    if (m && !strcmp(t->name, "default"))
      for (enum action u = ACTION_NONE; (u = keymap_unbound(m, u)) != ACTION_NONE;) must(false, "an action that no key does", action_row(u)->name);
    keymap_free(m);
  }
}

static void test_themes(void) {
  for (size_t i = 0; theme_at(i); i++) {
    must(theme_find(theme_name(theme_at(i))) == theme_at(i) && theme_help(theme_at(i))[0], "two themes of one name, or one without help", theme_name(theme_at(i)));
    for (enum role r = 0; r < ROLE_COUNT; r++) must(theme_has(theme_at(i), r), theme_name(theme_at(i)), role_name(r));
  }
}

static void test_facts(void) {
  for (const struct fact_kind *k = fact_kinds; k->name; k++) {
    must(k->shape && k->title && k->interval_ms > 0, "a kind of fact without shape, title or interval", k->name);
    must(fact_kind_find(k->name) == k, "two kinds of fact of one name", k->name);
  }
}

static void test_argument(const struct operation *o, const struct operation_argument *arg) {
  must(arg->title && arg->help, "an argument without title or help", arg->name);
  must(operation_argument(o, arg->name) == arg, "two arguments of one name", o->name);
  must((arg->kind == ARG_CHOICE) <= (arg->words || arg->choices), "a choice of nothing", arg->name);
  must(strcmp(arg->name, "force") != 0, "an argument of a name that is every operation's", o->name);
}

static void test_guide(void) {
  struct arena *a = arena_new();
  const char *wrong = guide_self_test(a);
  must(!wrong, "the guide", wrong ? wrong : "");
  for (const struct operation_argument *arg = guide_form.arguments; arg->name; arg++) test_argument(&guide_form, arg);
  arena_free(a);
}

static void test_drills(void) {
  for (const struct drill *d = drills; d->operation.name; d++) {
    must(d->operation.title && d->operation.help && d->operation.plan && d->operation.arguments && d->breaks && d->kind, "a drill without title, help, plan, arguments or kind", d->operation.name);
    must(drill_find(d->operation.name) == d && !operation_find(d->operation.name), "two drills or operations of one name", d->operation.name);
    must(d->operation.danger > 0, "a drill that asks for no word", d->operation.name);
  }
}

static void test_operations(void) {
  const struct operation *o;
  for (size_t i = 0; (o = operation_at(i)) != NULL; i++) {
    must(o->title && o->help && o->plan && o->danger >= 0 && o->danger <= 2, "an operation without title, help or plan, or of another danger than 0, 1, 2", o->name);
    must(operation_find(o->name) == o, "two operations of one name", o->name);
    must(o->target == TARGET_CLUSTER || (o->arguments && o->arguments[0].name), "an operation on something that has no argument for it", o->name);
    for (const struct operation_argument *arg = o->arguments; arg && arg->name; arg++) test_argument(o, arg);
  }
  for (size_t g = 0; condition_groups[g]; g++)
    for (const struct condition_kind *k = condition_groups[g]; k->name; k++) must(condition_kind_find(k->name) == k && k->title && k->holds, "two conditions of one name, or one without title", k->name);
}

static void test_settings(void) {
  for (int id = 0; id < KEY_COUNT; id++) {
    const struct setting *k = &settings[id];
    const struct setting_section *s = setting_sections;
    while (s->name && !str_eq(s->name, k->section)) s++;
    must(s->name && k->key && k->fallback && k->value && k->help && k->min <= k->max, "a key of the configuration without section, default, value or help", k->key);
    must(s->name && setting_find(k->section, s->of != NULL, k->key) == id, "two keys of the configuration of one name", k->key);
    must(id >= SET_COUNT || !s->name || !s->of, "a key with one value in a section that names something", k->key);
  }
}

int run_self_test(void) {
  failures = 0;
  test_problems();
  test_lists();
  test_list_keys();
  test_keymaps();
  test_themes();
  test_facts();
  test_operations();
  test_drills();
  test_guide();
  must(!verdict_mistake(), "the table of what operations take down names what there is not", verdict_mistake() ? verdict_mistake() : "");
  for (size_t g = 0; lint_groups[g]; g++)
    for (const struct lint_check *c = lint_groups[g]; c->id; c++) {
      must(c->title && c->why && c->severity && c->needs && c->find, "a check without all of its parts", c->id);
      must(!c->operation || operation_find(c->operation), "a check names an operation that there is not", c->id);
    }
  must(!list_mistake(), "the help of list does not name the table", list_mistake() ? list_mistake() : "");
  test_settings();
  for (int i = CMD_STATUS; i < CMD_COUNT; i++) must(command_rows[i].run && command_rows[i].help && command_rows[i].example, "a subcommand without help", command_rows[i].name);
  if (!failures) puts("self-test: ok");
  return failures ? 1 : 0;
}
