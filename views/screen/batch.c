/* The same operation for several things that are marked: a plan each, shown one after the other in the order in which they
 * run, and one word for all of them. Each plan is made, followed and handed back as the plan of a single thing is. */
#include "views/screen/acting.h"
#include <string.h>

bool batch_is(const struct acting *a) { return a->batch.count > 1; }

static void previews_free(struct acting *a) {
  for (size_t i = 0; a->batch.of && i < a->batch.count; i++) preview_free(&a->batch.of[i]);
  mem_free(a->batch.of);
  a->batch.of = NULL;
  a->batch.planned = 0;
}

void batch_free(struct acting *a) {
  previews_free(a);
  for (size_t i = 0; i < a->batch.count; i++) mem_free(a->batch.target[i]);
  mem_free(a->batch.target);
  a->batch.target = NULL;
  a->batch.count = 0;
}

/* The thing and its preview change places with those of the whole: what is done for one is done for it then. */
static void swap(struct acting *a, size_t i) {
  struct preview p = a->preview;
  char *target = a->target;
  a->preview = a->batch.of[i];
  a->target = a->batch.target[i];
  a->batch.of[i] = p;
  a->batch.target[i] = target;
}

static unsigned plan_on(struct acting *a, const struct input *in) {
  for (; a->batch.planned < a->batch.count; a->batch.planned++) {
    swap(a, a->batch.planned);
    unsigned wants = preview_open(a, in);
    swap(a, a->batch.planned);
    a->preview.asking = wants & APP_ASK;
    if (a->preview.asking) return wants;
  }
  return APP_CHANGED;
}

unsigned batch_open(struct acting *a, const struct input *in) {
  preview_free(&a->preview);
  previews_free(a);
  a->sheet = SHEET_PREVIEW;
  a->batch.of = mem_alloc(a->batch.count * sizeof *a->batch.of);
  return plan_on(a, in);
}

static unsigned one_answered(struct acting *a, const struct input *in, struct asked *q) {
  size_t count = a->batch.count;
  a->batch.count = 0; /* as if it were the only one */
  unsigned wants = preview_answered(a, in, q);
  a->batch.count = count;
  return wants;
}

unsigned batch_answered(struct acting *a, const struct input *in, struct asked *q) {
  size_t i = a->batch.planned;
  if (!a->batch.of || i >= a->batch.count || !a->batch.of[i].asking || a->batch.of[i].serial != q->serial) {
    asked_free(q); /* of a preview that was left */
    return 0;
  }
  swap(a, i);
  one_answered(a, in, q);
  swap(a, i);
  a->preview.asking = false;
  a->batch.planned++;
  return plan_on(a, in);
}

/* A plan that became another is not what was read: the word is typed again. */
void batch_follow(struct acting *a, const struct input *in) {
  for (size_t i = 0; a->batch.of && in->snap && i < a->batch.planned; i++) {
    struct preview *p = &a->batch.of[i];
    if (!p->plan || (p->version == in->snap->version && p->now == in->snap->now)) continue;
    const struct plan *before = p->plan;
    swap(a, i);
    preview_make(a, in);
    swap(a, i);
    if (p->plan == before) continue;
    prompt_set(&a->preview.word, NULL);
    a->preview.wrong = "a plan has changed: read it again";
  }
}

/* It takes the terminal while it runs: nobody's, who does something else meanwhile. */
static bool takes_terminal(const struct plan *p) {
  for (size_t i = 0; i < p->steps.count; i++)
    if (p->steps.item[i].kind == STEP_HANDOVER) return true;
  return false;
}

static bool can_be(const struct preview *p) { return p->plan && p->plan->allowed == TRUTH_YES && !takes_terminal(p->plan); }

bool batch_ready(const struct acting *a) {
  if (!a->batch.of || a->batch.planned < a->batch.count) return false;
  for (size_t i = 0; i < a->batch.count; i++)
    if (!can_be(&a->batch.of[i])) return false;
  return true;
}

const char *batch_name(const struct acting *a, struct arena *arena) {
  return arena_printf(arena, "%zu %ss", a->batch.count, a->operation->target == TARGET_DEVICE ? "fencing device" : target_kind_names[a->operation->target]);
}

const char *batch_word(const struct acting *a, struct arena *arena) {
  bool danger = a->operation->danger >= 2;
  for (size_t i = 0; a->batch.of && i < a->batch.count; i++) danger |= a->batch.of[i].plan && a->batch.of[i].plan->danger >= 2;
  return danger ? batch_name(a, arena) : "yes";
}

static void add_order(struct text *t, const struct acting *a, const struct input *in) {
  CLEANUP(str_free) struct str names = {0};
  size_t refused = 0;
  bool terminal = false;
  for (size_t i = 0; i < a->batch.count; i++) {
    const struct preview *p = &a->batch.of[i];
    str_addf(&names, "%s%s", i ? ", " : "", a->batch.target[i]);
    refused += i < a->batch.planned && !can_be(p);
    terminal |= p->plan && takes_terminal(p->plan);
  }
  text_indent(t, 0, 2);
  text_addf(t, STYLE(TITLE), "%zu tasks, one after the other: %s", a->batch.count, str_text(&names));
  text_add(t, STYLE(NORMAL), "Each begins when the one before it was verified. The first that fails, is refused or whose outcome is not known ends it: the rest is not begun.");
  text_add(t, STYLE(DIM), "Before each, its plan is made again: it must be allowed then and have the same commands, where it is dangerous the same consequences too; else it is refused, and not run.");
  if (terminal) text_addf(t, STYLE(BAD), "%s It gets this terminal while it runs: only one at a time can.", symbol(in->glyphs, SYMBOL_BAD));
  else if (refused) text_addf(t, STYLE(BAD), "%s %zu of them cannot be: take the marks off those, or nothing runs.", symbol(in->glyphs, SYMBOL_BAD), refused);
}

struct text *batch_text(const struct acting *a, const struct input *in) {
  struct text *t = text_new();
  if (!a->batch.of) return t;
  add_order(t, a, in);
  for (size_t i = 0; i < a->batch.count; i++) {
    struct acting one = *a; /* only to be read */
    one.preview = a->batch.of[i];
    one.preview.shell = a->preview.shell;
    one.preview.several = true;
    one.target = a->batch.target[i];
    one.batch.count = 0;
    text_indent(t, 0, 2);
    text_add(t, STYLE(NORMAL), "");
    text_addf(t, STYLE(ACCENT), "%zu of %zu: %s", i + 1, a->batch.count, a->batch.target[i]);
    if (i > a->batch.planned || (i == a->batch.planned && !a->batch.of[i].asking)) text_add(t, STYLE(DIM), "not planned yet");
    else preview_add_text(t, &one, in);
  }
  return t;
}

void batch_wish(struct acting *a, const struct input *in) {
  acting_dropped(a);
  a->rest = mem_alloc(a->batch.count * sizeof *a->rest);
  for (size_t i = 0; i < a->batch.count; i++) {
    swap(a, i);
    preview_wish(a, in, i ? &a->rest[i - 1] : &a->run);
    swap(a, i);
    struct run_wish *r = i ? &a->rest[i - 1] : &a->run;
    r->plan = a->batch.of[i].plan;
    r->kept_plan = a->batch.of[i].arena; /* the plan outlives the screen's sheet */
    a->batch.of[i].arena = NULL;
    a->batch.of[i].plan = NULL;
  }
  a->rest_count = a->batch.count - 1;
}
