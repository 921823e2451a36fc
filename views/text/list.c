/* list: the program's own tables, for people and for scripts. */
#include "views/text/list.h"
#include "analysis/lint.h"
#include "keymaps/keymap.h"
#include "model/problem.h"
#include "ops/drill.h"
#include "ops/guide.h"
#include "ops/operation.h"
#include "sim/sim.h"
#include "tui/theme.h"
#include "views/command.h"
#include "views/screen/app.h"
#include <string.h>

void entries_add(struct entries *l, const char *name, const char *title, const char *help) {
  l->item = mem_grow(l->item, l->count + 1, sizeof *l->item);
  l->item[l->count++] = (struct entry){arena_strdup(l->arena, name), arena_strdup(l->arena, title), arena_strdup(l->arena, help)};
}

static void list_views(struct entries *l) {
  for (int v = 0; v < VIEW_DETAIL; v++) entries_add(l, view_name(v), view_title(v), view_help(v));
}

static void list_problem_kinds(struct entries *l) {
  for (const struct problem_kind *k = problem_kinds; k->id; k++)
    entries_add(l, k->id, arena_printf(l->arena, "%s (%s, health: %s)", k->title, severity_names[k->severity], k->effect == HEALTH_HEALTHY ? "no effect" : health_names[k->effect]),
        k->operation ? arena_printf(l->arena, "%s Mended by %s%s%s.", k->help, k->operation, k->with ? " " : "", k->with ? k->with : "") : k->help);
}

static void list_keys(struct entries *l) {
  struct keymap *m = keymap_load(l->keymap ? l->keymap : "default", &l->err);
  size_t n = 0;
  struct keymap_help *rows = m ? keymap_help(m, CONTEXT_COUNT, &n) : NULL;
  for (size_t i = 0; i < n; i++) entries_add(l, rows[i].name, rows[i].keys, rows[i].help);
  mem_free(rows);
  keymap_free(m);
}

static void list_themes(struct entries *l) {
  for (size_t i = 0; theme_at(i); i++) entries_add(l, theme_name(theme_at(i)), theme_name(theme_at(i)), theme_help(theme_at(i)));
}

static void list_scenarios(struct entries *l) {
  for (const struct scenario_text *t = scenario_texts; t->name; t++) {
    CLEANUP(str_free) struct str title = {0}, help = {0};
    entries_add(l, t->name, scenario_title(t, &title), scenario_help(t, &help));
  }
}

/* An argument in a line: "to=NODE", in brackets when it may be left out. */
static void add_argument(struct str *out, const struct operation_argument *arg) {
  str_addf(out, "%s%s=%s%s%s", arg->required ? "" : "[", arg->name, arg->kind == ARG_SECRET ? "@FILE" : arg->kind == ARG_CHOICE ? arg->words : arg->kind == ARG_YES ? "yes|no" : arg->title,
           arg->list ? ".." : "", arg->required ? "" : "]");
}

static void list_operations(struct entries *l) {
  const struct operation *o;
  for (size_t i = 0; (o = operation_at(i)) != NULL; i++) {
    CLEANUP(str_free) struct str help = {0};
    str_add(&help, o->help);
    for (const struct operation_argument *arg = o->arguments; arg && arg->name; arg++) {
      str_add(&help, arg == o->arguments ? " Arguments: " : ", ");
      add_argument(&help, arg);
    }
    entries_add(l, o->name, o->title, str_text(&help));
  }
}

static void list_all_drills(struct entries *l) {
  for (const struct drill *d = drills; d->operation.name; d++) {
    CLEANUP(str_free) struct str help = {0};
    str_add(&help, d->operation.help);
    for (const struct operation_argument *arg = d->operation.arguments; arg && arg->name; arg++) {
      str_add(&help, arg == d->operation.arguments ? " Arguments: " : ", ");
      add_argument(&help, arg);
    }
    entries_add(l, d->operation.name, d->operation.title, str_text(&help));
  }
}

static void list_checks(struct entries *l) {
  for (size_t g = 0; lint_groups[g]; g++)
    for (const struct lint_check *c = lint_groups[g]; c->id; c++) entries_add(l, c->id, arena_printf(l->arena, "%s (%s)", c->title, severity_names[c->severity]), c->why);
}

static void list_steps(struct entries *l) {
  for (size_t i = 0; i < guide_books[0]->count; i++) entries_add(l, guide_steps[i].name, arena_printf(l->arena, "%zu. %s", i, guide_steps[i].title), guide_steps[i].why);
}

static void list_books(struct entries *l) {
  for (size_t i = 0; guide_books[i]; i++) entries_add(l, guide_books[i]->name, guide_books[i]->title, guide_books[i]->when);
}

/* The sections of the configuration, each before its keys. */
static void list_settings(struct entries *l) {
  for (const struct setting_section *s = setting_sections; s->name; s++) {
    entries_add(l, s->name, arena_printf(l->arena, "[%s%s%s]", s->name, s->of ? " " : "", s->of ? s->of : ""), s->help);
    for (int id = 0; id < KEY_COUNT; id++) {
      const struct setting *k = &settings[id];
      if (!str_eq(k->section, s->name)) continue;
      const char *limits = k->max ? arena_printf(l->arena, " from %d to %d", (int)k->min, (int)k->max) : "";
      entries_add(l, arena_printf(l->arena, "%s.%s", k->section, k->key), arena_printf(l->arena, "%s%s%s%s", k->value, limits, *k->fallback ? "; default: " : "; no default", k->fallback), k->help);
    }
  }
}

static const struct { const char *what; void (*fill)(struct entries *l); } tables[] = {
    {"views", list_views}, {"scenarios", list_scenarios}, {"operations", list_operations}, {"drills", list_all_drills}, {"checks", list_checks}, {"problems", list_problem_kinds},
    {"keys", list_keys}, {"themes", list_themes}, {"steps", list_steps}, {"books", list_books}, {"settings", list_settings}};

const char *list_name(size_t n) { return n < COUNT(tables) ? tables[n].what : NULL; }

const char *list_mistake(void) {
  for (size_t i = 0; i < COUNT(tables); i++)
    if (!strstr(command_rows[CMD_LIST].help, tables[i].what)) return tables[i].what;
  return NULL;
}

bool entries_fill(struct entries *l, const char *what) {
  for (size_t i = 0; i < COUNT(tables); i++)
    if (str_eq(tables[i].what, what)) return tables[i].fill(l), true;
  return false;
}

static void print_entries(const struct entries *l, const char *what, bool json) {
  CLEANUP(str_free) struct str out = {0};
  if (json) str_addf(&out, "{\"schema\":1,\"%s\":[", what);
  for (size_t i = 0; i < l->count; i++) {
    if (!json) {
      str_addf(&out, "%-22s %s\n%-22s   %s\n", l->item[i].name, l->item[i].title, "", l->item[i].help);
      continue;
    }
    str_add(&out, i ? ",{\"name\":" : "{\"name\":");
    json_text(&out, l->item[i].name);
    str_add(&out, ",\"title\":");
    json_text(&out, l->item[i].title);
    str_add(&out, ",\"help\":");
    json_text(&out, l->item[i].help);
    str_add(&out, "}");
  }
  if (json) str_add(&out, "]}\n");
  fputs(str_text(&out), stdout);
}

static int print_words(const struct arguments *a) {
  CLEANUP(str_free) struct str out = {0};
  words_offered(a->word + 1, (size_t)a->words - 1, &out);
  fputs(str_text(&out), stdout);
  return 0;
}

int run_list(struct arguments *a) {
  const char *what = a->word[0];
  CLEANUP(str_free) struct str names = {0};
  if (str_eq(what, "words")) return print_words(a);
  if (a->words > 1) return usage_error("list: too many arguments: %s", a->word[1]);
  struct entries l = {.arena = arena_new(), .keymap = a->option[OPT_KEYMAP]};
  int code = entries_fill(&l, what) ? l.err.code ? EXIT_CONFIG : 0 : EXIT_USAGE;
  if (l.err.code) err_print(&l.err);
  else if (!code) print_entries(&l, what, a->option[OPT_JSON] != NULL);
  mem_free(l.item);
  arena_free(l.arena);
  for (size_t i = 0; code == EXIT_USAGE && list_name(i); i++) str_addf(&names, "%s%s", i ? ", " : "", list_name(i));
  return code == EXIT_USAGE ? usage_error("list: there is no table of %s (%s)", what, str_text(&names)) : code;
}
