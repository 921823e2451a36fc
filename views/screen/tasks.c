/* Tasks: what runs and what ran, as a list; one of them whole, with its steps, their output and what stands of it. */
#include "base/clock.h"
#include "ops/wizard.h"
#include "views/screen/acting.h"
#include <inttypes.h>
#include <string.h>

static const struct { enum role role; enum symbol sign; bool ended; const char *word; } states[] = {
    [TASK_ASKING] = {ROLE_ACCENT, SYMBOL_WAIT, false, "asking"},       [TASK_LOCKING] = {ROLE_ACCENT, SYMBOL_WAIT, false, "locking"},
    [TASK_RUNNING] = {ROLE_ACCENT, SYMBOL_SELECTED, false, "running"}, [TASK_WAITING] = {ROLE_ACCENT, SYMBOL_WAIT, false, "waiting"},
    [TASK_ASKED] = {ROLE_WARN, SYMBOL_UNKNOWN, false, "ASKS YOU"},     [TASK_VERIFYING] = {ROLE_ACCENT, SYMBOL_WAIT, false, "verifying"},
    [TASK_VERIFIED] = {ROLE_OK, SYMBOL_OK, true, "verified"},          [TASK_FAILED] = {ROLE_BAD, SYMBOL_BAD, true, "FAILED"},
    [TASK_REFUSED] = {ROLE_WARN, SYMBOL_BAD, true, "refused"},         [TASK_UNKNOWN] = {ROLE_UNKNOWN, SYMBOL_UNKNOWN, true, "UNKNOWN"},
    [TASK_LOCKED] = {ROLE_WARN, SYMBOL_BAD, true, "locked out"},       [TASK_CANCELLED] = {ROLE_WARN, SYMBOL_WARN, true, "cancelled"},
    [TASK_INTERRUPTED] = {ROLE_BAD, SYMBOL_WARN, true, "INTERRUPTED"}};

static const struct { enum role role; enum symbol sign; const char *word; } step_looks[] = {
    [STEP_TODO] = {ROLE_DIM, SYMBOL_SEPARATOR, ""},        [STEP_ALREADY] = {ROLE_OK, SYMBOL_OK, "already so"}, [STEP_ACTIVE] = {ROLE_ACCENT, SYMBOL_SELECTED, "now"},
    [STEP_DONE] = {ROLE_OK, SYMBOL_OK, ""},                [STEP_FAILED] = {ROLE_BAD, SYMBOL_BAD, "FAILED"},    [STEP_LOST] = {ROLE_UNKNOWN, SYMBOL_UNKNOWN, "nobody knows whether it ran"},
    [STEP_UNDONE] = {ROLE_WARN, SYMBOL_ARROW_LEFT, "taken back"}};

bool task_ended(enum task_state s) { return (size_t)s < COUNT(states) && states[s].ended; }

const struct task_view *task_shown(const struct input *in, const char *id) {
  for (size_t i = 0; i < in->task_count; i++)
    if (str_eq(in->tasks[i].id, id)) return &in->tasks[i];
  return NULL;
}

const struct task_view *task_running(const struct input *in) {
  for (size_t i = 0; i < in->task_count; i++)
    if (!task_ended(in->tasks[i].state)) return &in->tasks[i];
  return NULL;
}

/* That one went well is told for a while, that it did not for longer; one that was interrupted until somebody sees to it. */
const struct task_view *task_noted(const struct input *in) {
  enum { WELL_MS = 15000, ILL_MS = 300000 };
  const struct task_view *t = task_running(in);
  for (size_t i = 0; i < in->task_count && !t; i++) {
    const struct task_view *old = &in->tasks[i];
    int64_t since = old->ended == UNKNOWN_INT ? INT64_MAX : in->wall - old->ended;
    if (old->state == TASK_INTERRUPTED || since < (old->state == TASK_VERIFIED ? WELL_MS : ILL_MS)) t = old;
  }
  return t;
}

/* One that has not begun has no steps' states yet. */
static enum step_state step_state(const struct task_view *t, size_t n) { return t->steps ? t->steps[n] : STEP_TODO; }

const char *task_refuses(const struct input *in, const char *id, enum task_wish kind) {
  const struct task_view *t = task_shown(in, id);
  if (!t) return "that task is not there any more";
  bool ended = task_ended(t->state), done = false;
  for (size_t i = 0; t->plan && i < t->plan->steps.count; i++) done |= step_leaves(&t->plan->steps.item[i], step_state(t, i));
  switch (kind) {
  case TASK_WISH_CANCEL: return ended ? "it has ended: there is nothing to stop" : NULL;
  case TASK_WISH_YES:
  case TASK_WISH_NO: return t->state != TASK_ASKED ? "it asks nothing now" : NULL;
  case TASK_WISH_UNDO: return !ended ? "it still runs: stop it first" : in->cannot ? in->cannot : !done ? "nothing that it did can be taken back by this console" : NULL;
  case TASK_WISH_LEAVE: return NULL;
  case TASK_WISH_FORGET: return !ended ? "it still runs: stop it first" : NULL;
  case TASK_WISH_NONE: break;
  }
  return "nothing is asked";
}

/* ---- the list ---- */

struct task_row { const char *id, *state, *title, *target, *step, *says; int64_t began; const struct task_view *task; };
#define T struct task_row
SHAPE(task_row_shape, T, FIELD(T, id, TEXT), FIELD(T, state, TEXT), FIELD(T, title, TEXT), FIELD(T, target, TEXT), FIELD(T, step, TEXT), FIELD(T, began, TIME), FIELD(T, says, TEXT));
#undef T

enum { STATE, OPERATION, TARGET, STEP, AGE, SAYS };
static const struct list_column columns[] = {
    [STATE] = {{.title = "STATE", .min = 11, .max = 13, .priority = 99}, "state"},
    [OPERATION] = {{.title = "WHAT", .min = 12, .max = 36, .weight = 1, .priority = 95}, "title"},
    [TARGET] = {{.title = "OF", .min = 6, .max = 30, .priority = 90}, "target"},
    [STEP] = {{.title = "STEP", .min = 6, .max = 8, .priority = 80}, NULL},
    [AGE] = {{.title = "BEGAN", .min = 6, .align = ALIGN_RIGHT, .priority = 70}, "began"},
    [SAYS] = {{.title = "HOW IT STANDS", .min = 14, .weight = 3, .priority = 60}, NULL},
};

static const char *step_of(const struct input *in, const struct task_view *t) {
  size_t n = t->plan ? t->plan->steps.count : 0;
  return n ? arena_printf(in->arena, "%zu of %zu", t->step + 1 > n ? n : t->step + 1, n) : "-";
}

static size_t collect(const struct input *in, const void ***ret) {
  struct task_row *rows = arena_array(in->arena, in->task_count, sizeof *rows);
  *ret = arena_array(in->arena, in->task_count, sizeof **ret);
  for (size_t i = 0; i < in->task_count; i++) {
    const struct task_view *t = &in->tasks[i];
    rows[i] = (struct task_row){t->id, states[t->state].word, t->title, t->target ? t->target : "-", step_of(in, t), t->text ? t->text : "", t->began, t};
    (*ret)[i] = &rows[i];
  }
  return in->task_count;
}

static const char *id(const struct input *in, const void *item) {
  (void)in;
  return ((const struct task_row *)item)->id;
}

static void fill(const struct input *in, const void *item, struct row *out) {
  const struct task_row *r = item;
  enum task_state s = r->task->state;
  row_put(out, STATE, states[s].role, arena_printf(in->arena, "%s %s", symbol(in->glyphs, states[s].sign), r->state));
  row_put(out, OPERATION, ROLE_NORMAL, r->title);
  row_put(out, TARGET, ROLE_NORMAL, r->target);
  row_put(out, STEP, ROLE_DIM, r->step);
  row_put(out, AGE, ROLE_DIM, age_text(in, r->began));
  row_put(out, SAYS, states[s].role, r->says);
}

const struct list list_tasks = {.name = "tasks", .title = "Tasks", .help = "what runs, what ran, and what stands of it", .action = ACTION_VIEW_TASKS,
                                .shape = &task_row_shape, .columns = columns, .column_count = COUNT(columns),
                                .empty = "nothing was run from this console", .collect = collect, .id = id, .fill = fill};

/* ---- one of them ---- */

static void put(struct text *t, const char *name, struct style s, const char *value) {
  text_indent(t, 0, 11);
  text_addf(t, STYLE(DIM), "%-10s ", name);
  text_more(t, s, value ? value : "?");
}

static void add_lines(struct text *out, const struct input *in, const struct task_view *t, int step) {
  for (size_t i = 0; i < t->line_count; i++) {
    if (t->lines[i].step != step) continue;
    text_indent(out, 6, 6);
    text_addf(out, STYLE(DIM), "%s ", clock_text(in, t->lines[i].at));
    text_more(out, t->lines[i].err ? STYLE(WARN) : STYLE(NORMAL), t->lines[i].text);
  }
}

static const char *command_of(const struct input *in, const struct step *s) {
  if (s->kind == STEP_WAIT && !s->until.name) return s->say ? s->say : "wait";
  if (s->kind == STEP_WAIT) return arena_printf(in->arena, "wait until %s", condition_text(&s->until, in->arena));
  if (s->kind == STEP_ASK) return s->say;
  return arena_printf(in->arena, "%s  %s", s->host ? s->host : "here", command_words(in, &s->argv));
}

static void add_step(struct text *out, const struct input *in, const struct task_view *t, size_t n) {
  const struct step *s = &t->plan->steps.item[n];
  enum step_state state = step_state(t, n);
  char age[CLOCK_TEXT];
  text_indent(out, 0, 6);
  text_addf(out, style_of(step_looks[state].role), "%s %2zu  ", symbol(in->glyphs, step_looks[state].sign), n + 1);
  text_more(out, state == STEP_TODO ? STYLE(DIM) : state == STEP_ACTIVE ? STYLE(TITLE) : STYLE(NORMAL), command_of(in, s));
  if (*step_looks[state].word) text_moref(out, style_of(step_looks[state].role), "  %s", step_looks[state].word);
  if (t->took_ms && t->took_ms[n] != UNKNOWN_INT && t->took_ms[n] > 0) text_moref(out, STYLE(DIM), "  %s", clock_age(age, t->took_ms[n]));
  if (s->kind == STEP_WAIT && s->until.name && state == STEP_ACTIVE && in->snap) {
    const char *saw;
    condition_holds(&s->until, in->snap, in->arena, &saw);
    text_indent(out, 6, 6);
    if (*saw) text_addf(out, STYLE(ACCENT), "now: %s", saw);
  }
  add_lines(out, in, t, (int)n);
}

static void add_verify(struct text *out, const struct input *in, const struct task_view *t) {
  if (!t->plan->verify.count || t->state == TASK_REFUSED || t->state == TASK_LOCKED) return; /* nothing ran */
  text_indent(out, 0, 0);
  text_add(out, STYLE(NORMAL), "");
  text_add(out, STYLE(HEADER), "What proves it, by the readings now");
  for (size_t i = 0; in->snap && i < t->plan->verify.count; i++) {
    const char *saw;
    enum truth now = condition_holds(&t->plan->verify.item[i], in->snap, in->arena, &saw);
    enum role role = now == TRUTH_YES ? ROLE_OK : now == TRUTH_NO ? ROLE_WARN : ROLE_UNKNOWN;
    text_indent(out, 0, 6);
    text_addf(out, style_of(role), "%s     ", symbol(in->glyphs, now == TRUTH_YES ? SYMBOL_OK : now == TRUTH_NO ? SYMBOL_WAIT : SYMBOL_UNKNOWN));
    text_more(out, STYLE(NORMAL), condition_text(&t->plan->verify.item[i], in->arena));
    if (now != TRUTH_YES) text_moref(out, style_of(role), "  %s%s%s", now == TRUTH_NO ? "not yet" : "not known", *saw ? ": " : "", saw);
  }
}

static void add_copies(struct text *out, const struct input *in, const struct task_view *t) {
  char key[KEY_NAME];
  if (!t->copies || !t->copies->count) return;
  keymap_hint(in->keymap, CONTEXT_GLOBAL, ACTION_ACTIONS, key);
  text_indent(out, 0, 6);
  text_addf(out, STYLE(KEY), "%-6s", key);
  text_moref(out, STYLE(NORMAL), "compares the copies that were made before it with what is now, or puts one back (%.*s)", (int)(strrchr(t->copies->item[0], '/') - t->copies->item[0]), t->copies->item[0]);
}

static void add_ways_on(struct text *out, const struct input *in, const struct task_view *t) {
  static const struct { enum task_wish wish; enum action action; const char *says; } ways[] = {
      {TASK_WISH_YES, ACTION_TASK_ANSWER, "answers it"},
      {TASK_WISH_CANCEL, ACTION_TASK_CANCEL, "stops it: between two steps at once; a command that runs is left to its own deadline"},
      {TASK_WISH_UNDO, ACTION_TASK_UNDO, "takes back what it did, the last step first"},
      {TASK_WISH_FORGET, ACTION_TASK_FORGET, "takes it off the list"}};
  text_indent(out, 0, 0);
  text_add(out, STYLE(NORMAL), "");
  for (size_t i = 0; i < COUNT(ways); i++) {
    char key[KEY_NAME];
    keymap_hint(in->keymap, CONTEXT_TASKS, ways[i].action, key);
    if (!*key || task_refuses(in, t->id, ways[i].wish)) continue;
    text_indent(out, 0, 6);
    text_addf(out, STYLE(KEY), "%-6s", key);
    text_more(out, STYLE(NORMAL), ways[i].says);
  }
  add_copies(out, in, t);
}

/* The end of one wizard is the beginning of the next. */
static void add_next_wizard(struct text *out, const struct input *in, const struct task_view *t) {
  const struct operation *o = t->state == TASK_VERIFIED && t->operation ? operation_find(t->operation) : NULL, *next;
  char key[KEY_NAME];
  if (!o || !(o->flags & OP_WIZARD) || !in->snap) return;
  next = wizard_next(in->snap, o);
  keymap_hint(in->keymap, CONTEXT_GLOBAL, ACTION_WIZARDS, key);
  if (!next) put(out, "next", STYLE(OK), "every step of setting up is done");
  else if (*key) {
    put(out, "next", STYLE(KEY), key);
    text_moref(out, STYLE(NORMAL), " goes on setting up: %zu  %s", wizard_number(next), next->title);
  }
}

static void add_head(struct text *out, const struct input *in, const struct task_view *t) {
  char age[CLOCK_TEXT];
  put(out, "state", style_of(states[t->state].role), arena_printf(in->arena, "%s %s", symbol(in->glyphs, states[t->state].sign), states[t->state].word));
  if (t->text && *t->text) put(out, "says", style_of(states[t->state].role), t->text);
  add_next_wizard(out, in, t);
  put(out, "what", STYLE(NORMAL), arena_printf(in->arena, "%s%s%s (%s)", t->title ? t->title : "?", t->target ? ": " : "", t->target ? t->target : "", t->operation ? t->operation : "?"));
  put(out, "by", STYLE(NORMAL), t->who);
  put(out, "began", STYLE(NORMAL), clock_text(in, t->began));
  if (t->ended != UNKNOWN_INT) text_moref(out, STYLE(NORMAL), ", took %s", clock_age(age, t->ended - t->began));
  text_indent(out, 0, 0);
  text_add(out, STYLE(NORMAL), "");
  text_add(out, STYLE(HEADER), "Steps");
}

struct text *task_text_so_far(const struct input *in, const char *task) {
  const struct task_view *t = task_shown(in, task);
  if (!t || !t->plan || task_ended(t->state)) return NULL;
  struct text *out = text_new();
  add_head(out, in, t);
  if (t->state == TASK_VERIFYING) { /* all of it, and the proof */
    text_free(out);
    return task_text(in, task);
  }
  for (size_t i = 0; i < t->plan->steps.count && i <= t->step; i++) add_step(out, in, t, i);
  return out;
}

struct text *task_steps_text(const struct input *in, const char *task) {
  const struct task_view *t = task_shown(in, task);
  char age[CLOCK_TEXT];
  if (!t) return NULL;
  struct text *out = text_new();
  bool ended = task_ended(t->state);
  text_indent(out, 0, 2);
  text_addf(out, style_of(states[t->state].role), "%s %s", symbol(in->glyphs, states[t->state].sign), states[t->state].word);
  if (t->text && *t->text && t->state != TASK_VERIFIED) text_moref(out, style_of(states[t->state].role), ": %s", t->text);
  if (t->ended != UNKNOWN_INT) text_moref(out, STYLE(DIM), "  at %s, took %s", clock_text(in, t->ended), clock_age(age, t->ended - t->began));
  for (size_t i = 0; t->plan && i < t->plan->steps.count && (ended || t->state == TASK_VERIFYING || i <= t->step); i++) add_step(out, in, t, i);
  if (t->plan && t->state != TASK_VERIFIED && (ended || t->state == TASK_VERIFYING)) add_verify(out, in, t);
  return out;
}

void task_undo_text(struct text *out, const struct input *in, const char *task) {
  const struct task_view *t = task_shown(in, task);
  for (size_t i = t && t->plan ? t->plan->steps.count : 0; i-- > 0;) {
    const struct step *s = &t->plan->steps.item[i];
    CLEANUP(str_free) struct str words = {0};
    if (!step_leaves(s, step_state(t, i))) continue;
    shell_words(&words, &s->undo);
    text_indent(out, 1, 5);
    text_addf(out, STYLE(ACCENT), "%s  ", s->host ? s->host : "here");
    text_more(out, STYLE(NORMAL), str_text(&words));
  }
}

struct text *task_text(const struct input *in, const char *task) {
  const struct task_view *t = task_shown(in, task);
  struct text *out = text_new();
  if (!t) {
    text_add(out, STYLE(WARN), "this task is not there any more");
    return out;
  }
  add_head(out, in, t);
  for (size_t i = 0; t->plan && i < t->plan->steps.count; i++) add_step(out, in, t, i);
  if (!t->plan) return out;
  if (t->lines_dropped) text_addf(out, STYLE(DIM), "(%zu older lines of output are not kept)", t->lines_dropped);
  add_verify(out, in, t);
  add_ways_on(out, in, t);
  return out;
}

/* ---- in the frame of every view ---- */

void draw_task_line(struct pen p, const struct input *in, const struct task_view *t) {
  size_t more = 0;
  for (size_t i = 0; i < in->task_count; i++) more += !task_ended(in->tasks[i].state) && &in->tasks[i] != t;
  char key[KEY_NAME];
  keymap_hint(in->keymap, CONTEXT_TABLE, ACTION_VIEW_TASKS, key);
  const char *tail = arena_printf(in->arena, "%s%s %s", more ? arena_printf(in->arena, "+%zu  ", more) : "", *key ? key : "", *key ? "shows it" : "");
  const char *says = t->text && *t->text ? t->text : states[t->state].word;
  int x = pen_symbol(p, 1, 0, style_of(states[t->state].role), states[t->state].sign) + 1, room = p.w - x - 2 - text_columns(tail);
  pen_field(p, x, 0, room, style_of(states[t->state].role),
            arena_printf(in->arena, "%s%s%s%s%s: %s", t->title ? t->title : "?", t->target ? ": " : "", t->target ? t->target : "", t->state == TASK_VERIFIED ? "" : ", step ",
                         t->state == TASK_VERIFIED ? "" : step_of(in, t), says));
  pen_right(p, p.w - 1 - text_columns(tail), 0, text_columns(tail), STYLE(DIM), tail);
}
