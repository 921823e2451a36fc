/* The guide's own work: the form filled, all hosts asked, each step's state derived from the others', what is left. */
#include "ops/guide_parts.h"
#include "analysis/lint.h"
#include "ops/drill.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include "model/problem.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const guide_state_names[] = {"unknown", "done", "todo", "blocked", "broken", NULL};
const char *const guide_state_words[] = {"cannot tell", "done", "to do", "blocked", "broken", NULL};
static const char *const state_choices[] = {NULL, "done", "todo", "blocked", "broken", NULL};

#define T struct guide_evidence
SHAPE(guide_evidence_shape, T, FIELD(T, host, TEXT), FIELD(T, text, TEXT), FIELD(T, good, BOOL), FIELD(T, age_ms, INT));
#undef T
#define T struct guide_found
SHAPE(guide_found_shape, T, FIELD(T, step, TEXT), FIELD(T, number, INT), CHOICE(T, state, state_choices), FIELD(T, text, TEXT), FIELD(T, blocked_by, TEXT), LIST(T, evidence, guide_evidence_shape));
#undef T

/* ---- steps by name ---- */

static const struct guide_book *book(const struct guide_book *b) { return b ? b : guide_books[0]; }

const struct guide_book *guide_book(const char *name) {
  for (size_t i = 0; name && guide_books[i]; i++)
    if (str_eq(guide_books[i]->name, name)) return guide_books[i];
  return NULL;
}

const struct guide_book *guide_book_of(const struct guide_step *g) {
  for (size_t i = 0; guide_books[i]; i++)
    for (size_t k = 0; k < guide_books[i]->count; k++)
      if (g == &guide_books[i]->steps[k]) return guide_books[i];
  return NULL;
}

size_t guide_number(const struct guide_step *g) { return (size_t)(g - guide_book_of(g)->steps); }

const struct guide_step *guide_step(const struct guide_book *b, const char *name) {
  int64_t n;
  b = book(b);
  for (size_t i = 0; name && i < b->count; i++)
    if (str_eq(b->steps[i].name, name)) return &b->steps[i];
  return name && !str_int(name, 0, (int64_t)b->count - 1, &n) ? &b->steps[n] : NULL;
}

const struct guide_step *guide_step_named(const char *name) {
  for (size_t i = 0; name && guide_books[i]; i++)
    for (size_t k = 0; k < guide_books[i]->count; k++)
      if (str_eq(guide_books[i]->steps[k].name, name)) return &guide_books[i]->steps[k];
  return NULL;
}

/* ---- evidence ---- */

static void evidence(struct planning *p, struct guide_checking *c, const char *host, enum truth good, int64_t age, const char *text) {
  struct guide_evidence *e = list_add(p->arena, &c->found->evidence, &guide_evidence_shape);
  *e = (struct guide_evidence){arena_strdup(p->arena, host), arena_strdup(p->arena, text), good, age};
}

#define SEEN(name_, good_)                                                                                      \
  void name_(struct planning *p, struct guide_checking *c, const char *host, const char *format, ...) {         \
    char text[1024];                                                                                            \
    va_list ap;                                                                                                 \
    va_start(ap, format);                                                                                       \
    vsnprintf(text, sizeof text, format, ap);                                                                   \
    va_end(ap);                                                                                                 \
    evidence(p, c, host, good_, c->asked_ms, text);                                                             \
  }
SEEN(seen_good, TRUTH_YES)
SEEN(seen_bad, TRUTH_NO)
SEEN(seen_unclear, TRUTH_UNKNOWN)

void seen_as(struct planning *p, struct guide_checking *c, bool good, const char *host, const char *yes, const char *no) { evidence(p, c, host, truth_of(good), c->asked_ms, good ? yes : no); }

void read_as(struct planning *p, struct guide_checking *c, enum truth good, enum layer layer, const char *text) {
  int64_t age = UNKNOWN_INT;
  for (size_t i = 0; i < p->snap->sources.count; i++) {
    const struct source_view *s = &p->snap->sources.item[i];
    if (str_eq(s->name, layer_names[layer]) && s->age_ms != UNKNOWN_INT && (age == UNKNOWN_INT || s->age_ms < age)) age = s->age_ms;
  }
  evidence(p, c, NULL, good, age, text);
}

bool seen_asked(struct planning *p, struct guide_checking *c, const char *host, const char *id) {
  const struct answer *q = survey_answer(p->survey, host, id);
  if (q && q->code != UNKNOWN_INT) return true;
  for (size_t i = 0; i < c->found->evidence.count; i++)
    if (str_eq(c->found->evidence.item[i].host, host) && c->found->evidence.item[i].good == TRUTH_UNKNOWN) return false; /* said already */
  seen_unclear(p, c, host, "%s could not be asked%s%s", host, q && q->text && *q->text ? ": " : "", q ? first_line(p, q->text) : "");
  return false;
}

/* ---- what is left ---- */

struct guide_run *run_of(struct planning *p, struct guide_runs *r, const char *operation, const char *say) {
  const struct operation *o = operation_find(operation);
  const struct drill *d = o ? NULL : drill_find(operation);
  struct guide_run *grown = arena_array(p->arena, r->list.count + 1, sizeof *grown);
  if (r->list.count) memcpy(grown, r->list.item, r->list.count * sizeof *grown);
  r->list.item = grown;
  grown[r->list.count] = (struct guide_run){.operation = d ? &d->operation : o, .say = arena_strdup(p->arena, say)};
  return &grown[r->list.count++];
}

void with(struct planning *p, struct guide_run *x, const char *name, const char *value) {
  if (value && *value) values_add(p->arena, &x->values, name, value, false);
}

void wants_secret(struct guide_run *x, const char *from) {
  x->secret = "password";
  x->secret_from = from;
}

void with_list(struct planning *p, struct guide_run *x, const char *name, const struct texts *t) {
  for (size_t i = 0; i < t->count; i++) with(p, x, name, t->item[i]);
}

/* ---- a planning of the guide: nothing is planned in it, its plan only takes refusals ---- */

static struct planning looking(const struct guide_look *l, const struct snapshot *s, const struct values *form, struct survey *survey, struct arena *a) {
  struct plan *scratch = arena_alloc(a, sizeof *scratch);
  shape_init(&plan_shape, scratch);
  return (struct planning){.operation = &guide_form, .snap = l ? l->snap : s, .values = l ? l->form : form, .survey = l ? (struct survey *)l->survey : survey, .plan = scratch, .arena = a};
}

void guide_form_fill(const struct snapshot *s, struct values *form, struct arena *a) {
  struct survey none = {0};
  struct planning p = looking(NULL, s, form, &none, a);
  for (const struct operation_argument *arg = guide_form.arguments; arg->name; arg++) {
    struct texts proposed = {0};
    if (value_of_name(form, arg->name) || arg->kind == ARG_SECRET) continue;
    if (arg->propose) arg->propose(&p, &proposed);
    else if (arg->fallback) texts_add(a, &proposed, arg->fallback);
    for (size_t i = 0; i < proposed.count && (arg->list || !i); i++) values_add(a, form, arg->name, proposed.item[i], false);
  }
}

void guide_survey(const struct guide_book *b, const struct guide_step *g, const struct snapshot *s, const struct values *form, struct arena *a, struct survey *ret) {
  struct planning p = looking(NULL, s, form, ret, a);
  b = book(b);
  for (size_t i = 0; i < b->count; i++)
    if ((!g || g == &b->steps[i]) && b->steps[i].ask) b->steps[i].ask(&p);
}

/* ---- which book ---- */

static bool is_starting(const struct snapshot *s) {
  for (size_t i = 0; i < s->problems.count; i++)
    if (str_eq(s->problems.item[i].id, "layer-starting")) return true;
  return false;
}

const char *guide_called(const struct guide_book *b, const struct snapshot *s, struct arena *a) {
  struct survey none = {0};
  struct values empty = {0};
  struct planning p = looking(NULL, s, &empty, &none, a);
  return b->called && !is_starting(s) ? b->called(&p) : NULL;
}

const struct guide_book *guide_book_for(const char *problem, const struct snapshot *s, struct arena *a) {
  const struct guide_book *first = NULL;
  for (size_t i = 0; guide_books[i]; i++) {
    const struct guide_book *b = guide_books[i];
    if (!b->problems || !str_listed(b->problems, ' ', problem)) continue;
    if (guide_called(b, s, a)) return b;
    if (!first && !b->narrow) first = b;
  }
  return first;
}

/* ---- states ---- */

static size_t place_of(const struct guide_book *b, const char *name) { return guide_number(guide_step(b, name)); }

/* By its own evidence alone. What is wrong goes first. */
static void weigh(struct guide_found *f, struct arena *a) {
  size_t n = f->evidence.count, at = 0;
  struct guide_evidence *sorted = arena_array(a, n + 1, sizeof *sorted);
  static const enum truth order[] = {TRUTH_NO, TRUTH_UNKNOWN, TRUTH_YES};
  for (size_t k = 0; k < COUNT(order); k++)
    for (size_t i = 0; i < n; i++)
      if (f->evidence.item[i].good == order[k]) sorted[at++] = f->evidence.item[i];
  f->evidence.item = sorted;
  f->state = !n || sorted[0].good == TRUTH_UNKNOWN ? GUIDE_UNKNOWN : sorted[0].good == TRUTH_NO ? GUIDE_TODO : GUIDE_DONE;
}

static bool is_needed_by_done(const struct guide_book *b, const struct guide_found *found, size_t step) {
  for (size_t i = step + 1; i < b->count; i++)
    for (const char *const *need = b->steps[i].needs; *need; need++)
      if (place_of(b, *need) == step && (found[i].state == GUIDE_DONE || is_needed_by_done(b, found, i))) return true;
  return false;
}

/* What nobody could tell of a step before it blocks what is to do; of what cannot be told itself nothing more is said than that. */
static const char *first_not_done(const struct guide_book *b, const struct guide_found *found, size_t step) {
  for (const char *const *need = b->steps[step].needs; *need; need++) {
    int state = found[place_of(b, *need)].state;
    if (state != GUIDE_DONE && !(state == GUIDE_UNKNOWN && found[step].state == GUIDE_UNKNOWN)) return *need;
  }
  return NULL;
}

static void settle(const struct guide_look *l, struct guide_found *found, struct arena *a) {
  bool broken[GUIDE_STEPS_MAX];
  const struct guide_book *b = book(l->book);
  for (size_t i = 0; i < b->count; i++) {
    struct guide_found *f = &found[i];
    broken[i] = b->builds && f->state == GUIDE_TODO && (is_needed_by_done(b, found, i) || (l->were_done && texts_have(l->were_done, f->step)));
  }
  for (size_t i = 0; i < b->count; i++) {
    struct guide_found *f = &found[i];
    const struct guide_evidence *first = f->evidence.count ? &f->evidence.item[0] : NULL;
    f->text = !first ? "nothing tells" : first->good == TRUTH_YES ? b->steps[i].seen : first->host && !str_starts(first->text, first->host) ? arena_printf(a, "%s: %s", first->host, first->text) : first->text;
    if (f->state == GUIDE_DONE) continue;
    const char *by = first_not_done(b, found, i);
    if (broken[i]) f->state = GUIDE_BROKEN;
    else if (by) f->state = GUIDE_BLOCKED;
    f->blocked_by = f->state == GUIDE_BLOCKED ? by : NULL;
  }
}

void guide_check(const struct guide_look *l, struct arena *a, struct guide_found ret[GUIDE_STEPS_MAX]) {
  const struct guide_book *b = book(l->book);
  for (size_t i = 0; i < b->count; i++) {
    struct planning p = looking(l, NULL, NULL, NULL, a);
    struct guide_checking c = {&ret[i], l->survey_age_ms, l};
    shape_init(&guide_found_shape, &ret[i]);
    ret[i].step = b->steps[i].name;
    ret[i].number = (int64_t)i;
    b->steps[i].check(&p, &c);
    weigh(&ret[i], a);
  }
  settle(l, ret, a);
}

size_t guide_next(const struct guide_book *b, const struct guide_found *found) {
  size_t i = 0;
  while (i < book(b)->count && found[i].state == GUIDE_DONE) i++;
  return i;
}

void guide_left(const struct guide_look *l, const struct guide_step *g, bool undo, struct arena *a, struct guide_runs *ret) {
  struct planning p = looking(l, NULL, NULL, NULL, a);
  void (*fill)(struct planning *, struct guide_runs *) = undo ? g->undo : g->left;
  *ret = (struct guide_runs){0};
  if (fill) fill(&p, ret);
}

const char *guide_by_hand(const struct guide_look *l, const struct guide_step *g, struct arena *a) {
  struct guide_found found[GUIDE_STEPS_MAX];
  struct guide_runs left;
  guide_check(l, a, found);
  guide_left(l, g, false, a, &left);
  const struct guide_found *f = &found[guide_number(g)];
  return f->state == GUIDE_DONE || left.list.count ? NULL : g->by_hand ? arena_printf(a, "%s. %s", f->text, g->by_hand) : f->text;
}

/* ---- choices ---- */

const struct guide_choice *guide_choice(const char *argument) {
  for (const struct guide_choice *c = guide_choices; c->argument; c++)
    if (str_eq(c->argument, argument)) return c;
  return NULL;
}

void guide_chosen(const struct values *form, struct lint *l, struct arena *a) {
  for (const struct guide_choice *c = guide_choices; c->argument; c++) {
    if (!c->lint || !str_eq(value_of_name(form, c->argument), c->lab)) continue;
    for (size_t i = 0; i < l->findings.count; i++)
      if (str_listed(c->lint, ' ', l->findings.item[i].id)) l->findings.item[i].evidence = arena_printf(a, "%s (chosen in the guide: %s)", l->findings.item[i].evidence, c->lab_text);
  }
}

/* ---- the tables themselves ---- */

static const char *book_self_test(const struct guide_book *b, struct arena *a) {
  if (!b->name || !b->title || !b->when || !b->over || !b->count || b->count > GUIDE_STEPS_MAX) return arena_printf(a, "guide book %s lacks a text, or has no steps", b->name ? b->name : "?");
  for (size_t i = 0; i < b->count; i++) {
    const struct guide_step *g = &b->steps[i];
    if (!g->name || !g->title || !g->why || !*g->why || !g->where || !g->seen || !g->shows || !g->check) return arena_printf(a, "guide step %zu of %s lacks a text or its check", i, b->name);
    if (guide_step(b, g->name) != g) return arena_printf(a, "guide step %zu of %s: its name %s is taken", i, b->name, g->name);
    if (!g->left && !g->by_hand && !g->settles_ms && !b->builds) return arena_printf(a, "guide step %s: nothing is run for it, nobody is told what to do, and it does not come by itself", g->name);
    for (size_t k = 0; guide_books[k]; k++) /* the notes know a step by its name alone */
      if (guide_books[k] != b && guide_step(guide_books[k], g->name)) return arena_printf(a, "guide step %s is in two books", g->name);
    for (const char *const *need = g->needs; *need; need++)
      if (!guide_step(b, *need) || place_of(b, *need) >= i) return arena_printf(a, "guide step %s needs %s, which is no earlier step", g->name, *need);
    for (const char *const *k = g->choices; *k; k++)
      if (!guide_choice(*k)) return arena_printf(a, "guide step %s: there is no choice %s", g->name, *k);
  }
  return NULL;
}

/* Each id that a book says it answers is a problem's. */
static const char *answers_self_test(const struct guide_book *b, struct arena *a) {
  for (const char *at = b->problems; at && *at; at += strcspn(at, " "), at += *at == ' ') {
    const char *id = arena_strndup(a, at, strcspn(at, " "));
    if (!problem_kind_find(id)) return arena_printf(a, "guide book %s answers %s, which is no problem", b->name, id);
  }
  return NULL;
}

const char *guide_self_test(struct arena *a) {
  for (size_t i = 0; guide_books[i]; i++) {
    const char *wrong = book_self_test(guide_books[i], a);
    if (!wrong) wrong = answers_self_test(guide_books[i], a);
    if (wrong) return wrong;
    if (guide_book(guide_books[i]->name) != guide_books[i]) return arena_printf(a, "guide book %s: its name is taken", guide_books[i]->name);
  }
  for (const struct guide_choice *c = guide_choices; c->argument; c++) {
    const struct operation_argument *arg = operation_argument(&guide_form, c->argument);
    if (!arg || !arg->words || !str_listed(arg->words, ' ', c->better) || !str_listed(arg->words, ' ', c->lab)) return arena_printf(a, "guide choice %s: its words are none of the form's", c->argument);
  }
  return NULL;
}
