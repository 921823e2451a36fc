/* The words of a step of the guide: why, what was seen on which host, what would run there and what each part of it means, the
 * lab's own commands, the other way. And of the first page: what is built. */
#include "base/clock.h"
#include "views/screen/app.h"
#include "views/screen/drills.h"
#include <ctype.h>
#include <string.h>

static void heading(struct text *t, const char *words) {
  text_indent(t, 0, 0);
  if (text_lines(t)) text_add(t, STYLE(NORMAL), "");
  text_add(t, STYLE(HEADER), words);
}

struct guide_look_of guide_looks(int state) {
  static const struct guide_look_of looks[] = {[GUIDE_UNKNOWN] = {ROLE_UNKNOWN, SYMBOL_UNKNOWN, "cannot tell"}, [GUIDE_DONE] = {ROLE_OK, SYMBOL_OK, "done"}, [GUIDE_TODO] = {ROLE_ACCENT, SYMBOL_DOWN, "to do"},
                                               [GUIDE_BLOCKED] = {ROLE_DIM, SYMBOL_SEPARATOR, "blocked"}, [GUIDE_BROKEN] = {ROLE_BAD, SYMBOL_BAD, "BROKEN"}};
  return looks[state >= 0 && (size_t)state < COUNT(looks) ? state : GUIDE_UNKNOWN];
}

/* ---- what was seen ---- */

static bool same_evidence(const struct guide_evidence *a, const struct guide_evidence *b) { return a->good == b->good && a->age_ms == b->age_ms && str_eq(a->text, b->text); }

/* Hosts of which the same was seen, in one line. */
static void add_evidence(struct text *t, const struct input *in, const struct guide_found *f) {
  int64_t then = in->guide->found_age_ms, since = in->guide->look.survey_age_ms - then;
  heading(t, "Seen");
  if (!f->evidence.count) text_add(t, STYLE(DIM), "  nothing tells");
  for (size_t i = 0; i < f->evidence.count; i++) {
    const struct guide_evidence *e = &f->evidence.item[i];
    struct texts hosts = {0};
    char age[CLOCK_TEXT];
    bool said = false;
    for (size_t k = 0; k < i && !said; k++) said = e->host && same_evidence(&f->evidence.item[k], e);
    if (said) continue;
    for (size_t k = i; k < f->evidence.count; k++)
      if (f->evidence.item[k].host && same_evidence(&f->evidence.item[k], e)) texts_add(in->arena, &hosts, f->evidence.item[k].host);
    enum role role = e->good == TRUTH_YES ? ROLE_OK : e->good == TRUTH_NO ? ROLE_WARN : ROLE_UNKNOWN;
    text_indent(t, 0, 4);
    text_addf(t, style_of(role), "%s ", symbol(in->glyphs, e->good == TRUTH_YES ? SYMBOL_OK : e->good == TRUTH_NO ? SYMBOL_DOWN : SYMBOL_UNKNOWN));
    bool named = hosts.count == 1 && e->text && strstr(e->text, hosts.item[0]);
    if (hosts.count && !named) text_moref(t, STYLE(TITLE), "%s  ", join_text(in, &hosts));
    text_more(t, e->good == TRUTH_YES ? STYLE(NORMAL) : style_of(role), e->text ? e->text : "?");
    if (e->age_ms != UNKNOWN_INT && then != UNKNOWN_INT && e->age_ms > then + 5000) text_moref(t, e->age_ms > 60000 ? STYLE(STALE) : STYLE(DIM), "  %s old", clock_age(age, e->age_ms + since)); /* else it is as old as the check */
  }
}

/* ---- what would run ---- */

static const char *words_of(const struct input *in, const struct texts *argv) {
  CLEANUP(str_free) struct str words = {0};
  shell_words(&words, argv);
  return arena_strdup(in->arena, str_text(&words));
}

/* Each part of a command, once on a page. */
static void add_meaning(struct text *t, const struct input *in, const struct texts *argv, struct texts *told) {
  struct explanation x = {0};
  explain(argv, in->arena, &x);
  for (size_t i = 0; i < x.list.count; i++) {
    const struct explained *e = &x.list.item[i];
    if (!e->means || !e->words || texts_have(told, e->words)) continue;
    texts_add(in->arena, told, e->words);
    text_indent(t, 4, 8);
    text_addf(t, STYLE(ACCENT), "%s", e->words);
    text_moref(t, STYLE(DIM), "  %s", e->means);
  }
}

static bool same_step(const struct step *a, const struct step *b) {
  if (a->kind != b->kind || a->argv.count != b->argv.count || !str_eq(a->say, b->say)) return false;
  for (size_t i = 0; i < a->argv.count; i++)
    if (!str_eq(a->argv.item[i], b->argv.item[i])) return false;
  return true;
}

static void add_command(struct text *t, const struct input *in, const struct plan *p, size_t at, struct texts *told, const char **last) {
  const struct step *s = &p->steps.item[at];
  struct texts hosts = {0};
  for (size_t i = 0; i < at; i++)
    if (same_step(&p->steps.item[i], s) && s->kind == STEP_RUN) return; /* said, with all its hosts */
  for (size_t i = at; i < p->steps.count; i++)
    if (same_step(&p->steps.item[i], s) && p->steps.item[i].host && !texts_have(&hosts, p->steps.item[i].host)) texts_add(in->arena, &hosts, p->steps.item[i].host);
  const char *where = hosts.count ? join_text(in, &hosts) : "here";
  bool runs = s->kind == STEP_RUN || s->kind == STEP_HANDOVER;
  if (runs && !str_eq(where, *last)) {
    text_indent(t, 1, 3);
    text_addf(t, STYLE(DIM), "on ");
    text_more(t, STYLE(ACCENT), where);
    *last = where;
  }
  text_indent(t, 2, 6);
  if (s->kind == STEP_WAIT) text_addf(t, STYLE(DIM), "then wait until %s", s->until.name ? condition_text(&s->until, in->arena) : "its time is over");
  else if (s->kind == STEP_ASK) text_addf(t, STYLE(WARN), "asks you: %s", s->say ? s->say : "");
  else text_add(t, STYLE(TITLE), words_of(in, &s->argv));
  if (!runs) return;
  text_indent(t, 4, 4);
  if (s->say) text_add(t, STYLE(NORMAL), s->say);
  if (s->secret) text_addf(t, STYLE(DIM), "reads the %s from its input: it stands in no argument and no log", s->secret);
  if (s->input && !input_is_secret(s)) {
    text_indent(t, 4, 10);
    char *rest = arena_strdup(in->arena, s->input);
    const char *lead = "reads ";
    for (char *line; (line = strsep(&rest, "\n")) != NULL; lead = "      ") {
      if (!*line) continue;
      text_add(t, STYLE(DIM), lead);
      text_more(t, STYLE(NORMAL), line);
    }
  }
  add_meaning(t, in, &s->argv, told);
}

static void add_plan(struct text *t, const struct input *in, const struct guide_shown *g, struct texts *told) {
  const struct plan *p = g->plan;
  const char *last = NULL;
  bool runs = p && p->allowed == TRUTH_YES && g->found[g->planned - 1].state != GUIDE_BLOCKED && !in->cannot;
  heading(t, runs ? "What Enter shows, and runs after a word" : "What would run");
  if (!p) {
    text_add(t, STYLE(DIM), "  being worked out: the hosts are asked what it depends on");
    return;
  }
  if (g->says && *g->says) text_addf(t, STYLE(NORMAL), " %s%s", g->says, g->left > 1 ? arena_printf(in->arena, ": the first of %zu things to do here", g->left) : "");
  if (p->allowed != TRUTH_YES) {
    text_indent(t, 1, 3);
    text_addf(t, STYLE(BAD), "%s it would be refused: %s", symbol(in->glyphs, SYMBOL_BAD), p->why ? p->why : "no reason is known");
    if (p->when && *p->when) text_addf(t, STYLE(NORMAL), "  it passes %s", p->when);
  }
  for (size_t i = 0; i < p->steps.count; i++) add_command(t, in, p, i, told, &last);
}

/* ---- the lab's own commands ---- */

static void add_classic(struct text *t, const struct input *in, const struct guide_step *g, struct texts *told, bool explained) {
  if (!g->classic) return;
  heading(t, "The lab's own commands, on CentOS 7");
  char *copy = arena_strdup(in->arena, g->classic), *rest = copy;
  for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
    struct texts argv = {0};
    text_indent(t, 2, 6);
    text_add(t, explained ? STYLE(TITLE) : STYLE(NORMAL), line);
    char *words = arena_strdup(in->arena, line);
    for (char *one; explained && (one = strsep(&words, " ")) != NULL;)
      if (*one) texts_add(in->arena, &argv, one);
    if (argv.count) add_meaning(t, in, &argv, told);
  }
  text_indent(t, 2, 2);
  if (g->newer) text_addf(t, STYLE(DIM), "%s", g->newer);
}

static void add_choices(struct text *t, const struct input *in, const struct guide_step *g) {
  char key[KEY_NAME];
  if (!g->choices[0]) return;
  keymap_hint(in->keymap, CONTEXT_GUIDE, ACTION_GUIDE_WAY, key);
  heading(t, "Two ways");
  for (const char *const *name = g->choices; *name; name++) {
    const struct guide_choice *c = guide_choice(*name);
    const char *now = in->guide->look.form ? value_of_name(in->guide->look.form, *name) : NULL;
    bool lab = c && str_eq(now, c->lab), better = c && str_eq(now, c->better);
    if (!c) continue;
    text_indent(t, 1, 3);
    text_addf(t, lab ? STYLE(WARN) : STYLE(OK), "%s ", symbol(in->glyphs, lab ? SYMBOL_WARN : better ? SYMBOL_OK : SYMBOL_BULLET));
    text_moref(t, STYLE(DIM), "%s: ", c->title);
    text_moref(t, STYLE(TITLE), "%s", lab ? c->lab_text : better ? c->better_text : now ? now : "?");
    if (lab || better) text_moref(t, STYLE(NORMAL), ": %s", lab ? c->lab_why : c->better_why);
    text_indent(t, 3, 5);
    text_addf(t, STYLE(DIM), "%s: %s: %s", lab ? "better" : "the lab", lab ? c->better_text : c->lab_text, lab ? c->better_why : c->lab_why);
  }
  if (*key) text_indent(t, 1, 1), text_addf(t, STYLE(KEY), "%s", key), text_more(t, STYLE(DIM), g->choices[1] ? " goes through the ways" : " takes the other way");
}

/* ---- what was run from here ---- */

static bool add_task(struct text *t, const struct app *a, const struct input *in) {
  const struct guide_page *g = &a->guide;
  const struct task_view *task = g->task && g->ran == g->step + 1 ? task_shown(in, g->task) : NULL;
  if (!task || g->quiet) return false;
  const struct drill *drill = task->operation ? drill_find(task->operation) : NULL;
  struct text *of = drill ? drill_text(in, task->operation) : task_steps_text(in, g->task);
  heading(t, task_ended(task->state) ? "What was run" : "Running");
  text_join(t, of);
  text_free(of);
  return true;
}

size_t guide_running_rows(const struct app *a, const struct input *in, int w) {
  struct text *t = text_new();
  const struct task_view *task = a->guide.task && a->guide.ran == a->guide.step + 1 ? task_shown(in, a->guide.task) : NULL;
  if (task && !task_ended(task->state)) add_task(t, a, in);
  size_t rows = text_height(t, w);
  text_free(t);
  return rows;
}

static bool task_goes_on(const struct app *a, const struct input *in) {
  const struct task_view *task = a->guide.task && a->guide.ran == a->guide.step + 1 ? task_shown(in, a->guide.task) : NULL;
  return task && (!task_ended(task->state) || (task->state != TASK_VERIFIED && !a->guide.quiet));
}

static void add_why(struct text *t, const struct guide_step *g) {
  heading(t, "Why");
  text_indent(t, 1, 1);
  text_add(t, STYLE(NORMAL), g->why);
  text_addf(t, STYLE(DIM), "Where: %s", g->where);
}

struct text *guide_step_text(const struct app *a, const struct input *in) {
  const struct guide_step *g = &guide_open_book(&a->guide)->steps[a->guide.step];
  const struct guide_shown *s = in->guide;
  struct text *t = text_new();
  struct texts told = {0};
  bool planned = s && s->found && s->planned == a->guide.step + 1, running = task_goes_on(a, in);
  if (s && s->rest.over && s->rest.text && s->rest.step == a->guide.step) {
    heading(t, "All that is left");
    text_indent(t, 1, 3);
    text_addf(t, STYLE(WARN), "%s %s", symbol(in->glyphs, SYMBOL_WARN), s->rest.text);
  }
  if (running) add_task(t, a, in);
  bool builds = guide_open_book(&a->guide)->builds, done = s && s->found && s->found[a->guide.step].state == GUIDE_DONE;
  if (builds) add_why(t, g);
  if (s && s->found) add_evidence(t, in, &s->found[a->guide.step]); /* on a bad day what is seen goes before the reasons */
  if (!running) add_task(t, a, in);
  if (g->by_hand && !done) {
    heading(t, "By hand");
    text_indent(t, 1, 1);
    text_add(t, STYLE(WARN), g->by_hand);
  }
  if (!builds) add_why(t, g);
  if (planned && !done && !running && (s->plan || s->planning)) add_plan(t, in, s, &told);
  if (s) add_choices(t, in, g);
  add_classic(t, in, g, &told, !planned || done);
  return t;
}

/* ---- the first page ---- */

static void put(struct text *t, const char *name, struct style style, const char *value) {
  text_indent(t, 1, 16);
  text_addf(t, STYLE(DIM), "%-14s ", name);
  text_more(t, style, value);
}

static void add_form(struct text *t, const struct input *in, const struct guide_shown *g) {
  for (const struct operation_argument *arg = guide_form.arguments; arg->name; arg++) {
    struct texts v = value_list(in->arena, g->look.form, arg->name);
    const struct guide_choice *c = guide_choice(arg->name);
    bool lab = c && v.count && str_eq(v.item[0], c->lab);
    char *name = arena_strdup(in->arena, arg->name);
    if (arg->kind == ARG_SECRET) continue;
    for (char *p = name; *p; p++) *p = *p == '_' ? ' ' : p == name ? (char)toupper((unsigned char)*p) : *p;
    if (!v.count) put(t, name, arg->required ? STYLE(WARN) : STYLE(DIM), arg->required ? "to be filled in" : "-");
    else put(t, name, lab ? STYLE(WARN) : STYLE(NORMAL), c ? lab ? arena_printf(in->arena, "%s %s (the lab's way)", symbol(in->glyphs, SYMBOL_WARN), c->lab_text) : c->better_text : join_text(in, &v));
  }
}

struct text *guide_start_text(const struct input *in) {
  const struct guide_shown *g = in->guide;
  struct text *t = text_new();
  char key[KEY_NAME], next[KEY_NAME];
  keymap_hint(in->keymap, CONTEXT_GUIDE, ACTION_OPEN, key);
  keymap_hint(in->keymap, CONTEXT_GUIDE, ACTION_GUIDE_NEXT, next);
  text_indent(t, 0, 0);
  text_add(t, STYLE(NORMAL), "24 steps, from bare hosts to a domain that comes back on another host when its own hangs. Each says why, shows its commands before they run, and is proven by looking.");
  text_add(t, STYLE(NORMAL), "");
  text_add(t, STYLE(NORMAL), "The title of the lab says GFS2, what is built is GlusterFS. GFS2 is one file system on one shared block device that all hosts write to, in turns that a lock manager gives out; GlusterFS has no shared device: a file lies whole on bricks, which "
                             "are directories on several hosts, and whoever writes it writes every copy.");
  text_indent(t, 0, 2);
  text_add(t, STYLE(NORMAL), "");
  if (g && g->lacks) {
    text_addf(t, STYLE(WARN), "%s %s", symbol(in->glyphs, SYMBOL_WARN), g->lacks);
    text_addf(t, STYLE(KEY), "%s", key);
    text_more(t, STYLE(NORMAL), " names them: hosts that root reaches by ssh are all it takes");
  } else {
    text_addf(t, STYLE(KEY), "%s", key);
    text_more(t, STYLE(NORMAL), " changes what is to be built, ");
    text_more(t, STYLE(KEY), next);
    text_more(t, STYLE(NORMAL), " goes on to the steps");
  }
  heading(t, "What is built");
  if (g && g->look.form) add_form(t, in, g);
  return t;
}

/* "0, 2 to 23". */
static const char *numbers_left(const struct input *in, const struct guide_book *b, const struct guide_found *found, size_t *ret_count) {
  CLEANUP(str_free) struct str out = {0};
  *ret_count = 0;
  for (size_t i = 0; i < b->count; i++) {
    size_t to = i;
    if (found[i].state == GUIDE_DONE) continue;
    while (to + 1 < b->count && found[to + 1].state != GUIDE_DONE) to++;
    str_addf(&out, to > i ? "%s%zu to %zu" : "%s%zu", out.len ? ", " : "", i, to);
    *ret_count += to - i + 1;
    i = to;
  }
  return arena_strdup(in->arena, str_text(&out));
}

void guide_rest_text(struct text *t, const struct input *in) {
  size_t n;
  const char *numbers = numbers_left(in, in->guide->look.book ? in->guide->look.book : guide_books[0], in->guide->found, &n);
  text_addf(t, STYLE(TITLE), "%zu step%s left: %s.", n, n == 1 ? " is" : "s are", numbers);
  text_add(t, STYLE(NORMAL), "");
  text_add(t, STYLE(NORMAL), "Each is planned when its turn comes and runs only if nothing refuses it. What is dangerous still asks for its name; a password is asked for once, unless the form has it.");
  text_add(t, STYLE(NORMAL), "");
  text_add(t, STYLE(NORMAL), "It stops at the first surprise: what fails, is refused, is not known, or looks otherwise afterwards than it should.");
}
