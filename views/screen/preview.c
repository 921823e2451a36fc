/* The preview: what would be done, command by command, and the word that lets it be done. The plan shown is the plan that is
 * handed back; when the cluster changes so that another would be made, the operator sees the new one, marked, and types
 * the word again. */
#include "views/screen/acting.h"
#include <inttypes.h>
#include <string.h>

enum { FOOT = 3 }; /* a rule, the word, what is wrong with it */

void asked_free(struct asked *q) {
  if (!q) return;
  arena_free(q->arena);
  mem_free(q);
}

void preview_free(struct preview *p) {
  arena_free(p->arena);
  arena_free(p->old_arena);
  arena_free(p->survey_arena);
  prompt_free(&p->word);
  mem_free(p->failed);
  *p = (struct preview){0};
}

/* A plan is never confirmed by what a hand may hit by chance: a word of three letters, or the name of what it is about. */
const char *preview_word(const struct preview *p) { return p->plan && (p->plan->danger >= 2 || p->forced) && p->plan->confirm ? p->plan->confirm : "yes"; }

const char *acting_word(const struct acting *a, const struct input *in) { return batch_is(a) ? batch_word(a, in->arena) : preview_word(&a->preview); }

static bool differs(const struct plan *a, const struct plan *b) {
  CLEANUP(str_free) struct str x = {0}, y = {0};
  plan_canonical(a, &x);
  plan_canonical(b, &y);
  return x.len != y.len || memcmp(x.data, y.data, x.len) || !str_eq(a->why, b->why);
}

static void values_of(const struct acting *a, const struct input *in, struct arena *arena, struct values *v) {
  filling_values(a, in, arena, v);
  if (a->preview.forced) values_set(arena, v, "force", "yes", false);
}

void preview_make(struct acting *a, const struct input *in) {
  struct preview *p = &a->preview;
  struct arena *arena = arena_new();
  struct values v = {0};
  values_of(a, in, arena, &v);
  struct plan *plan = operation_plan(a->operation, in->snap, &v, &p->survey, arena);
  values_wipe(&v);
  p->version = in->snap->version;
  p->now = in->snap->now;
  if (p->plan && !differs(p->plan, plan)) {
    arena_free(arena);
    return;
  }
  if (p->plan) {
    arena_free(p->old_arena);
    p->old = p->plan;
    p->old_arena = p->arena;
    p->changed = true;
    p->top = 0;
  }
  prompt_set(&p->word, NULL); /* what was typed was not said of this plan */
  p->wrong = NULL;
  p->plan = plan;
  p->arena = arena;
  p->made = in->wall;
}

unsigned preview_open(struct acting *a, const struct input *in) {
  struct err e = {0};
  struct values v = {0};
  struct preview *p = &a->preview;
  preview_free(p);
  a->sheet = SHEET_PREVIEW;
  struct asked *q = mem_alloc(sizeof *q);
  q->arena = arena_new();
  struct planning planning = {.operation = a->operation, .snap = in->snap, .values = &v, .survey = &q->survey, .arena = q->arena};
  values_of(a, in, q->arena, &v);
  if (operation_complete(&planning, &v, &e)) p->failed = mem_printf("%s%s%s", e.text, *e.todo ? "; " : "", e.todo);
  else operation_survey(a->operation, in->snap, &v, q->arena, &q->survey);
  values_wipe(&v);
  if (p->failed || !q->survey.answers.count) {
    asked_free(q);
    if (!p->failed) preview_make(a, in);
    return APP_CHANGED;
  }
  p->asking = true;
  p->serial = q->serial = ++a->serials;
  asked_free(a->asked);
  a->asked = q;
  return APP_CHANGED | APP_ASK;
}

/* The second screen, or back from it: of the same answers. */
unsigned preview_force(struct acting *a, const struct input *in, bool forced) {
  struct arena *arena = a->preview.survey_arena;
  struct survey survey = a->preview.survey;
  a->preview.survey_arena = NULL;
  preview_free(&a->preview);
  a->preview.survey_arena = arena;
  a->preview.survey = survey;
  a->preview.forced = forced;
  preview_make(a, in);
  return APP_CHANGED;
}

unsigned preview_answered(struct acting *a, const struct input *in, struct asked *q) {
  struct preview *p = &a->preview;
  if (batch_is(a)) return batch_answered(a, in, q);
  if (a->operation && p->asking && p->serial == q->serial && in->snap) {
    p->asking = false;
    p->survey_arena = q->arena;
    p->survey = q->survey;
    q->arena = NULL;
    preview_make(a, in);
  }
  asked_free(q);
  return 0;
}

void preview_follow(struct acting *a, const struct input *in, int w, int h) {
  struct preview *p = &a->preview;
  if (batch_is(a)) batch_follow(a, in);
  else if (p->plan && in->snap && (p->version != in->snap->version || p->now != in->snap->now)) preview_make(a, in);
  struct text *t = preview_text(a, in);
  p->top = text_clamp(t, w - 4, preview_text_height(a, in, w, h), p->top);
  text_free(t);
}

int preview_text_height(const struct acting *a, const struct input *in, int w, int h) {
  (void)a, (void)in, (void)w;
  return h - 2 - FOOT;
}

/* ---- in words ---- */

static bool had_consequence(const struct plan *old, const char *text) { return !old || texts_have(&old->consequence, text); }

static bool had_step(const struct plan *old, const struct step *s) {
  CLEANUP(str_free) struct str words = {0};
  if (!old) return true;
  shell_words(&words, &s->argv);
  for (size_t i = 0; i < old->steps.count; i++) {
    CLEANUP(str_free) struct str before = {0};
    shell_words(&before, &old->steps.item[i].argv);
    if (str_eq(str_text(&before), str_text(&words)) && str_eq(old->steps.item[i].host, s->host) && str_eq(old->steps.item[i].say, s->say)) return true;
  }
  return false;
}

static void heading(struct text *t, const char *words) {
  text_indent(t, 0, 0);
  if (text_lines(t)) text_add(t, STYLE(NORMAL), "");
  text_add(t, STYLE(HEADER), words);
}

static void mark_new(struct text *t, const struct input *in, bool had) {
  if (!had) text_moref(t, STYLE(WARN), "%s NEW ", symbol(in->glyphs, SYMBOL_WARN));
}

static void add_refusal(struct text *t, const struct acting *a, const struct input *in) {
  const struct plan *p = a->preview.plan;
  char key[KEY_NAME];
  if (p->allowed == TRUTH_YES) return;
  text_indent(t, 0, 2);
  text_addf(t, STYLE(BAD), "%s Refused: %s", symbol(in->glyphs, SYMBOL_BAD), p->why ? p->why : "no reason is known");
  text_indent(t, 2, 2);
  if (p->when && *p->when) text_addf(t, STYLE(NORMAL), "It passes %s.", p->when);
  keymap_hint(in->keymap, CONTEXT_PLAN, ACTION_PLAN_FORCE, key);
  if (p->forcible == TRUTH_YES && a->preview.several) text_add(t, STYLE(DIM), "It could be forced, but not together with others.");
  else if (p->forcible == TRUTH_YES && *key) text_addf(t, STYLE(DIM), "%s shows what would be done if it were forced.", key);
  else if (p->forcible == TRUTH_NO) text_add(t, STYLE(DIM), "Nothing overrules that.");
}

static void add_consequences(struct text *t, const struct acting *a, const struct input *in) {
  const struct plan *p = a->preview.plan;
  if (!p->consequence.count) return;
  heading(t, p->allowed == TRUTH_YES ? "What changes" : "What would change");
  for (size_t i = 0; i < p->consequence.count; i++) {
    text_indent(t, 1, 3);
    text_addf(t, STYLE(DIM), "%s ", symbol(in->glyphs, SYMBOL_BULLET));
    mark_new(t, in, had_consequence(a->preview.old, p->consequence.item[i]));
    text_more(t, str_starts(p->consequence.item[i], "FORCED") ? STYLE(BAD) : STYLE(NORMAL), p->consequence.item[i]);
  }
}

/* What the verdict and lint have against it. What stood there before is not compared: it is of each moment. */
static void add_warnings(struct text *t, const struct acting *a, const struct input *in) {
  const struct plan *p = a->preview.plan;
  static const struct { const char *words; enum role role; } verdicts[] = {[VERDICT_NONE] = {"", ROLE_NORMAL}, [VERDICT_SAFE] = {"by the verdict it may go down", ROLE_OK}, [VERDICT_WAIT] = {"by the verdict it should wait", ROLE_WARN},
                                                                          [VERDICT_UNSAFE] = {"by the verdict it may NOT go down now", ROLE_BAD}, [VERDICT_UNKNOWN] = {"whether it may go down is not known", ROLE_UNKNOWN}};
  if (!p->verdict && !p->warnings.count) return;
  heading(t, "Beware");
  text_indent(t, 1, 3);
  if (p->verdict) {
    text_addf(t, style_of(verdicts[p->verdict].role), "%s ", symbol(in->glyphs, p->verdict == VERDICT_SAFE ? SYMBOL_OK : p->verdict == VERDICT_UNSAFE ? SYMBOL_BAD : p->verdict == VERDICT_WAIT ? SYMBOL_WAIT : SYMBOL_UNKNOWN));
    text_more(t, style_of(verdicts[p->verdict].role), verdicts[p->verdict].words);
  }
  for (size_t i = 0; i < p->warnings.count; i++) {
    const struct plan_warning *w = &p->warnings.item[i];
    text_addf(t, style_of(severity_role(w->severity)), "%s ", symbol(in->glyphs, severity_symbol(w->severity)));
    text_moref(t, STYLE(DIM), "%s: ", w->about);
    text_more(t, STYLE(NORMAL), w->text);
  }
}

enum { SCRIPT_MOST = 240, SCRIPT_SHOWN = 48 };

/* A long script is begun only, so that what it is about, and the steps around it, are seen: as a script (C-x) it stands whole. */
const char *command_words(const struct input *in, const struct texts *argv) {
  CLEANUP(str_free) struct str words = {0};
  struct texts shown = *argv;
  size_t len = argv->count > 2 && str_eq(argv->item[0], "sh") && str_eq(argv->item[1], "-c") ? strlen(argv->item[2]) : 0;
  if (len > SCRIPT_MOST) {
    shown.item = arena_array(in->arena, argv->count, sizeof *shown.item);
    memcpy(shown.item, argv->item, argv->count * sizeof *shown.item);
    size_t cut = SCRIPT_SHOWN;
    while (cut && ((unsigned char)argv->item[2][cut] & 0xc0) == 0x80) cut--;
    shown.item[2] = arena_printf(in->arena, "%.*s ... %zu bytes more", (int)cut, argv->item[2], len - cut);
  }
  shell_words(&words, &shown);
  return arena_strdup(in->arena, str_text(&words));
}

static void add_step(struct text *t, const struct input *in, const struct plan *p, size_t n, int hosts, bool had) {
  const struct step *s = &p->steps.item[n];
  const char *where = s->kind == STEP_WAIT ? "wait" : s->kind == STEP_ASK ? "ask you" : s->host ? s->host : "here";
  text_indent(t, 0, hosts + 4);
  text_addf(t, STYLE(DIM), "%2zu ", n + 1);
  text_moref(t, s->kind == STEP_RUN || s->kind == STEP_HANDOVER ? STYLE(ACCENT) : STYLE(DIM), "%-*s ", hosts, where);
  mark_new(t, in, had);
  if (s->kind == STEP_WAIT && !s->until.name) text_moref(t, STYLE(NORMAL), "for %" PRId64 " s", s->deadline_ms / 1000);
  else if (s->kind == STEP_WAIT) text_moref(t, STYLE(NORMAL), "until %s, at most %" PRId64 " s", condition_text(&s->until, in->arena), s->deadline_ms / 1000);
  else if (s->kind == STEP_ASK) text_more(t, STYLE(NORMAL), s->say ? s->say : "");
  else text_more(t, STYLE(TITLE), command_words(in, &s->argv));
  if (s->kind == STEP_HANDOVER) text_more(t, STYLE(WARN), "  (it gets this terminal)");
  text_indent(t, hosts + 4, hosts + 4);
  if (s->say && s->kind != STEP_ASK) text_add(t, STYLE(DIM), s->say);
  if (s->secret) text_addf(t, STYLE(DIM), "reads the %s from its input: it stands in no argument and no log", s->secret);
  if (s->input && !input_is_secret(s)) text_addf(t, STYLE(DIM), "reads: %s", s->input);
  else if (!s->secret && s->input_of != UNKNOWN_INT) text_addf(t, STYLE(DIM), "reads what step %" PRId64 " printed", s->input_of + 1);
  if (s->test.count) text_addf(t, STYLE(DIM), "not when this succeeds: %s", command_words(in, &s->test));
  if (s->already.name) text_addf(t, STYLE(DIM), "not when %s", condition_text(&s->already, in->arena));
  if (s->still.name) text_addf(t, STYLE(DIM), "only while %s", condition_text(&s->still, in->arena));
}

static int host_width(const struct plan *p) {
  int w = 4;
  for (size_t i = 0; i < p->steps.count; i++) {
    const struct step *s = &p->steps.item[i];
    int columns = s->kind == STEP_ASK ? 7 : s->host ? text_columns(s->host) : 4;
    if (columns > w) w = columns;
  }
  return w > 20 ? 20 : w;
}

static void add_steps(struct text *t, const struct acting *a, const struct input *in) {
  const struct plan *p = a->preview.plan;
  int hosts = host_width(p);
  bool undo = false;
  if (!p->steps.count) return;
  heading(t, p->allowed == TRUTH_YES ? "Runs" : "Would run");
  for (size_t i = 0; i < p->steps.count; i++) {
    add_step(t, in, p, i, hosts, had_step(a->preview.old, &p->steps.item[i]));
    undo |= p->steps.item[i].undo.count > 0;
  }
  heading(t, "Taken back by");
  if (!undo) text_addf(t, STYLE(WARN), "   nothing of it can be taken back by this console");
  for (size_t i = p->steps.count; i-- > 0;) { /* in the order that it would run in */
    const struct step *s = &p->steps.item[i];
    text_indent(t, 0, hosts + 4);
    if (s->undo.count) text_addf(t, STYLE(NORMAL), "%2zu %-*s %s", i + 1, hosts, s->host ? s->host : "here", command_words(in, &s->undo));
  }
}

static void add_proof(struct text *t, const struct acting *a, const struct input *in) {
  const struct plan *p = a->preview.plan;
  if (p->verify.count) heading(t, arena_printf(in->arena, "It worked when later readings say, within %" PRId64 " s", p->verify_ms / 1000));
  for (size_t i = 0; i < p->verify.count; i++) {
    enum truth now = condition_holds(&p->verify.item[i], in->snap, in->arena, NULL);
    text_indent(t, 1, 3);
    text_addf(t, STYLE(DIM), "%s ", symbol(in->glyphs, SYMBOL_BULLET));
    text_more(t, STYLE(NORMAL), condition_text(&p->verify.item[i], in->arena));
    text_more(t, STYLE(DIM), now == TRUTH_YES ? "  (it does now)" : now == TRUTH_NO ? "  (not now)" : "  (not known now)");
  }
  if (!p->steps.count) return;
  heading(t, "Besides");
  text_indent(t, 1, 1);
  text_add(t, STYLE(DIM), p->lock == TRUTH_YES ? "The cluster's operator lock is held meanwhile: no other console acts." : "No operator lock: other consoles may act meanwhile.");
  if (p->gluster == TRUTH_YES) text_add(t, STYLE(DIM), "It takes gluster's volume lock: status and heal counts wait meanwhile.");
  text_addf(t, STYLE(DIM), "Made %s from what was seen then; made again and compared when you confirm.", clock_text(in, a->preview.made));
}

static void add_script(struct text *t, const struct acting *a, const struct input *in) {
  CLEANUP(str_free) struct str out = {0};
  plan_shell(a->preview.plan, in->ssh ? in->ssh : "root@%h", &out);
  char *rest = out.data;
  for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
    text_indent(t, 0, 4);
    if (*line || rest) text_add(t, *line == '#' ? STYLE(DIM) : STYLE(NORMAL), line);
  }
}

static void add_asking(struct text *t, const struct preview *p) {
  text_add(t, STYLE(NORMAL), "Asking the hosts what only they can tell: versions, what is installed, what is in the way.");
  text_add(t, STYLE(DIM), "These commands change nothing; the plan is made of their answers.");
  (void)p;
}

void preview_add_text(struct text *t, const struct acting *a, const struct input *in) {
  const struct preview *p = &a->preview;
  if (p->failed) text_addf(t, STYLE(BAD), "%s", p->failed);
  else if (p->asking) add_asking(t, p);
  if (!p->plan) return;
  if (p->changed) {
    text_indent(t, 0, 2);
    text_addf(t, STYLE(WARN), "%s The cluster changed and so did the plan, at %s. What is new in it is marked; read it again.", symbol(in->glyphs, SYMBOL_WARN), clock_text(in, p->made));
  }
  add_refusal(t, a, in);
  if (p->shell) {
    if (text_lines(t)) text_add(t, STYLE(NORMAL), "");
    add_script(t, a, in);
    return;
  }
  add_consequences(t, a, in);
  add_warnings(t, a, in);
  add_steps(t, a, in);
  add_proof(t, a, in);
}

struct text *preview_text(const struct acting *a, const struct input *in) {
  if (batch_is(a)) return batch_text(a, in);
  struct text *t = text_new();
  preview_add_text(t, a, in);
  return t;
}

/* ---- the word ---- */

void preview_wish(struct acting *a, const struct input *in, struct run_wish *r) {
  run_wish_free(r);
  r->arena = arena_new();
  r->operation = a->operation;
  values_of(a, in, r->arena, &r->values);
  r->plan = a->preview.plan;
}

bool preview_takes_word(const struct acting *a, const struct input *in) {
  if (in->cannot) return false;
  return batch_is(a) ? batch_ready(a) : a->preview.plan && a->preview.plan->allowed == TRUTH_YES;
}

unsigned preview_enter(struct acting *a, const struct input *in) {
  struct preview *p = &a->preview;
  p->wrong = NULL;
  if (p->asking) p->wrong = "the hosts have not answered yet";
  else if (batch_is(a) ? !batch_ready(a) : p->plan && p->plan->allowed != TRUTH_YES) p->wrong = "it is refused; the reason stands above";
  else if (!batch_is(a) && !p->plan) p->wrong = "there is no plan";
  else if (in->cannot) p->wrong = in->cannot;
  else if (!p->word.len) p->wrong = "Enter alone runs nothing: type the word first";
  else if (!str_eq(prompt_text(&p->word), acting_word(a, in))) p->wrong = "that is not the word";
  if (p->wrong) return APP_CHANGED;
  prompt_set(&p->word, NULL);
  if (batch_is(a)) batch_wish(a, in);
  else preview_wish(a, in, &a->run);
  return APP_RUN | APP_CHANGED;
}

static void draw_foot(struct pen p, const struct acting *a, const struct input *in) {
  const struct preview *v = &a->preview;
  bool can = preview_takes_word(a, in), refused = !v->asking && (batch_is(a) ? !batch_ready(a) : v->plan && v->plan->allowed != TRUTH_YES);
  bool named = batch_is(a) ? !str_eq(acting_word(a, in), "yes") : v->forced || (v->plan && v->plan->danger >= 2);
  pen_rule(p, 0, 0, p.w, STYLE(BORDER));
  if (refused) pen_field(p, 1, 1, p.w - 2, STYLE(BAD), "refused: nothing can be run from this plan");
  else if (in->cannot) pen_field(p, 1, 1, p.w - 2, STYLE(WARN), arena_printf(in->arena, "nothing runs from here: %s", in->cannot));
  else if (v->asking) pen_text(p, 1, 1, STYLE(DIM), "waiting for the hosts' answers");
  if (!can) return;
  int x = pen_text(p, 1, 1, STYLE(NORMAL), "To run it type ");
  x = pen_text(p, x, 1, STYLE(KEY), acting_word(a, in));
  x = pen_text(p, x, 1, STYLE(NORMAL), " and press Enter: ");
  if (x > p.w - 6) x = p.w - 6; /* a long name: it stands in the title as well */
  prompt_draw(pen_sub(p, x, 1, p.w - x - 1 > 30 ? 30 : p.w - x - 1, 1), &v->word, STYLE(INPUT), false, true);
  if (v->wrong) pen_field(p, 1, 2, p.w - 2, STYLE(WARN), v->wrong);
  else if (named) pen_field(p, 1, 2, p.w - 2, STYLE(BAD), v->forced ? "FORCED: what refused it is overruled" : batch_is(a) ? "this is dangerous: how many of what is the word" : "this is dangerous: its name is the word");
}

void preview_draw(struct pen p, const struct acting *a, const struct input *in) {
  char range[RANGE_TEXT];
  struct text *t = preview_text(a, in);
  int h = preview_text_height(a, in, p.w, p.h);
  const char *title = arena_printf(in->arena, "%s%s%s%s", a->preview.forced ? "FORCED  " : "", a->operation->title, a->target ? ": " : "", batch_is(a) ? batch_name(a, in->arena) : a->target ? a->target : "");
  const char *note = !form_argument(a, 0) ? "review and confirm" : "2 of 2: review and confirm";
  struct pen inside = pen_box(p, &(struct box){.title = title, .note = note, .footer = text_range(range, t, p.w - 4, h, a->preview.top), .focused = true});
  text_draw(pen_sub(inside, 1, 0, inside.w - 2, h), t, a->preview.top);
  draw_foot(pen_sub(inside, 0, h, inside.w, FOOT), a, in);
  text_free(t);
}
