/* The guide: one step at a time, with how all of them stand above it, the cluster beside it and what the check says below.
 * What is wide shows the list of the steps as well; what is narrow turns from the step to the cluster by the key of panes. */
#include "views/screen/guide.h"
#include "base/clock.h"
#include "tui/modal.h"
#include "views/screen/app.h"
#include <stdio.h>
#include <string.h>

enum { BESIDE = 76 /* so wide that the cluster stands beside the step */, LISTED = 160 /* ... and the list of steps too */, LIST_MOST = 66, FOOT = 2, OVER_W = 74 };

static void words_free(char ***words) {
  for (char **w = *words; w && *w; w++) explicit_bzero(*w, strlen(*w)), mem_free(*w); /* a password may be among them */
  mem_free(*words);
  *words = NULL;
}

void guide_page_free(struct guide_page *g) {
  table_state_free(&g->steps);
  table_state_free(&g->books);
  prompt_free(&g->word);
  mem_free(g->task);
  words_free(&g->words);
  mem_free(g->path);
  *g = (struct guide_page){0};
}

static const struct guide_found *found_of(const struct input *in, size_t step) { return in->guide && in->guide->found && step < GUIDE_STEPS_MAX ? &in->guide->found[step] : NULL; }
static bool is_start(const struct app *a) { return a->guide.step == GUIDE_START; }

static const struct guide_book *book(const struct app *a) { return guide_open_book(&a->guide); }
static const struct guide_step *step_at(const struct app *a) { return &book(a)->steps[a->guide.step]; }

static size_t done_count(const struct app *a, const struct input *in) {
  size_t n = 0;
  for (size_t i = 0; i < book(a)->count; i++) n += found_of(in, i) && found_of(in, i)->state == GUIDE_DONE;
  return n;
}

/* ---- the list of steps ---- */

enum { NUMBER, STEP, STATE, SAYS };
static const struct column columns[] = {
    [NUMBER] = {.title = "", .min = 2, .max = 2, .align = ALIGN_RIGHT, .priority = 80},
    [STEP] = {.title = "STEP", .min = 20, .weight = 1, .priority = 99},
    [STATE] = {.title = "STATE", .min = 9, .max = 13, .priority = 95},
    [SAYS] = {.title = "BY THE CHECK", .min = 24, .weight = 3, .priority = 50},
};

struct listed { const struct app *app; const struct input *in; };
static const char *step_id(const void *owner, size_t row) { return book(((const struct listed *)owner)->app)->steps[row].name; }

static void fill_step(const void *owner, size_t row, struct row *out) {
  const struct input *in = ((const struct listed *)owner)->in;
  const struct guide_book *b = book(((const struct listed *)owner)->app);
  const struct guide_found *f = found_of(in, row);
  struct guide_look_of look = guide_looks(f ? f->state : GUIDE_UNKNOWN);
  row_putf(out, NUMBER, ROLE_DIM, "%zu", row);
  row_put(out, STEP, f && f->state == GUIDE_BLOCKED ? ROLE_DIM : ROLE_NORMAL, b->steps[row].title);
  row_putf(out, STATE, look.role, "%s %s", symbol(in->glyphs, look.sign), f ? look.word : "not looked at");
  row_put(out, SAYS, ROLE_DIM, f && f->state == GUIDE_BLOCKED && f->blocked_by ? arena_printf(in->arena, "waits for step %zu", guide_number(guide_step(b, f->blocked_by))) : f && f->text ? f->text : "");
}

static const struct listed *listed(const struct app *a, const struct input *in) {
  struct listed *l = arena_alloc(in->arena, sizeof *l);
  *l = (struct listed){a, in};
  return l;
}

static struct table steps_table(const struct app *a, const struct input *in) { return (struct table){.columns = columns, .column_count = COUNT(columns), .row_count = book(a)->count, .id = step_id, .fill = fill_step, .owner = listed(a, in)}; }


/* ---- where what lies ---- */

struct layout { struct pen head, list, left, right, foot; };

static struct layout layout_of(struct pen p, const struct app *a) {
  struct layout l = {.head = pen_sub(p, 0, 0, p.w, 1), .foot = pen_sub(p, 0, p.h - FOOT, p.w, FOOT)};
  int x = 0, y = 1, h = p.h - 1 - FOOT, w = p.w;
  if (w >= LISTED) {
    x = w * 3 / 10 < LIST_MOST ? w * 3 / 10 : LIST_MOST;
    l.list = pen_sub(p, 0, y, x, h);
    w -= x;
  }
  if (is_start(a)) l.left = pen_sub(p, x, y, w, h);
  else if (p.w >= BESIDE) {
    int right = w * 2 / 5 < 34 ? 34 : w * 2 / 5;
    l.left = pen_sub(p, x, y, w - right, h);
    l.right = pen_sub(p, x + w - right, y, right, h);
  } else if (a->guide.pane) l.right = pen_sub(p, x, y, w, h);
  else l.left = pen_sub(p, x, y, w, h);
  return l;
}

static struct layout layout_at(const struct app *a, const struct input *in, int w, int h) {
  struct canvas size = {.w = w, .h = h, .glyphs = in->glyphs};
  return layout_of(canvas_pen(&size), a);
}

static struct text *left_text(const struct app *a, const struct input *in) { return is_start(a) ? book(a)->builds ? guide_start_text(in) : guide_book_text(a, in) : guide_step_text(a, in); }

static struct text *right_text(const struct app *a, const struct input *in, int w) {
  const struct guide_shown *g = in->guide;
  struct guide_live of = {.shows = step_at(a)->shows, .narrow = w < 48};
  if (!g || !g->look.form) return guide_live_text(in, &of);
  of.volume = value_of_name(g->look.form, "volume"), of.mount = value_of_name(g->look.form, "mount"), of.domain = value_of_name(g->look.form, "domain"), of.cluster = value_of_name(g->look.form, "cluster");
  of.kvm = value_list(in->arena, g->look.form, "kvm"), of.gluster = value_list(in->arena, g->look.form, "gluster"), of.all = of.kvm;
  for (size_t i = 0; i < of.gluster.count; i++)
    if (!texts_have(&of.all, of.gluster.item[i])) texts_add(in->arena, &of.all, of.gluster.item[i]);
  of.hosts = g->hosts, of.host_count = g->host_count;
  return guide_live_text(in, &of);
}

/* ---- settling ---- */

void guide_show(struct app *a, size_t step) {
  struct guide_page *g = &a->guide;
  if (g->step != step) g->top[0] = g->top[1] = 0, g->pane = 0;
  g->step = step;
  g->landed = true;
}

static void clamp(struct pen p, struct text *t, size_t *top) {
  *top = text_clamp(t, p.w - 4, p.h - 2, *top);
  text_free(t);
}

void settle_guide(struct app *a, const struct input *in, int w, int h) {
  struct guide_page *g = &a->guide;
  if (!g->book || g->over == GUIDE_OVER_BOOKS) guide_settle_books(a, in, h);
  if (!g->book) return;
  if (!g->landed && in->guide && in->guide->found) {
    size_t next = guide_next(g->book, in->guide->found);
    guide_show(a, in->guide->lacks ? GUIDE_START : next < book(a)->count ? next : book(a)->builds ? next - 1 : GUIDE_START);
  } else if (!g->landed) g->step = GUIDE_START;
  struct layout l = layout_at(a, in, w, h);
  size_t running = l.left.w && !is_start(a) && !g->moved ? guide_running_rows(a, in, l.left.w - 4) : 0, rows_left = l.left.h > 2 ? (size_t)l.left.h - 2 : 1;
  if (running) g->top[0] = running > rows_left ? running - rows_left : 0; /* the step that runs is in sight */
  if (l.left.w) clamp(l.left, left_text(a, in), &g->top[0]);
  if (l.right.w) clamp(l.right, right_text(a, in, l.right.w), &g->top[1]);
  struct table t = steps_table(a, in);
  int rows = h - 1 - FOOT - 2; /* beside the step or over it: as high */
  if (g->over != GUIDE_OVER_STEPS) table_select(&t, &g->steps, rows, is_start(a) ? book(a)->steps[0].name : step_at(a)->name);
  table_follow(&t, &g->steps, rows);
}

/* ---- running a step ---- */

unsigned guide_open_run(struct app *a, const struct input *in, size_t step, const struct guide_run *r) {
  struct texts words = {0};
  for (size_t i = 0; i < r->values.list.count; i++) texts_add(in->arena, &words, arena_printf(in->arena, "%s=%s", r->values.list.item[i].name, r->values.list.item[i].text));
  const char *secret = in->guide && in->guide->secret && r->secret ? in->guide->secret(in->guide->owner, r) : NULL;
  char *typed = secret ? arena_printf(in->arena, "%s=%s", r->secret, secret) : NULL;
  if (typed) texts_add(in->arena, &words, typed);
  acting_close(&a->acting);
  a->acting.from_menu = false;
  a->guide.ran = step + 1;
  a->guide.undoes = false;
  a->guide.running = r->operation;
  unsigned wants = acting_open(&a->acting, in, r->operation, NULL, &words, true) | APP_CHANGED;
  if (typed) explicit_bzero(typed, strlen(typed));
  return wants;
}

void guide_ran(struct app *a, const char *task) {
  mem_free(a->guide.task);
  a->guide.task = mem_strdup(task);
  a->guide.quiet = a->guide.moved = false;
  a->guide.top[0] = 0;
  a->guide.running = NULL;
  if (a->guide.ran) guide_show(a, a->guide.ran - 1);
}

static unsigned say(struct app *a, const char *words) { return app_say(a, words), APP_CHANGED; }

static unsigned look_again(struct app *a, const char *words) {
  a->guide.again++;
  return words ? say(a, words) : APP_CHANGED;
}

static const struct task_view *task_of(const struct app *a, const struct input *in) { return a->guide.task && a->guide.ran == a->guide.step + 1 ? task_shown(in, a->guide.task) : NULL; }

static unsigned run_step(struct app *a, const struct input *in, bool undo) {
  const struct guide_found *f = found_of(in, a->guide.step);
  struct guide_runs runs;
  if (!f || !in->snap) return say(a, in->guide && in->guide->cannot ? in->guide->cannot : "the hosts have not answered yet");
  if (task_of(a, in) && !task_ended(task_of(a, in)->state)) return say(a, "it runs");
  if (in->cannot) return say(a, arena_printf(in->arena, "nothing runs from here: %s", in->cannot));
  if (undo && f->state != GUIDE_DONE && f->state != GUIDE_TODO && f->state != GUIDE_BROKEN) return say(a, "nothing of it was seen that could be taken back");
  guide_left(&in->guide->look, step_at(a), undo, in->arena, &runs);
  if (runs.list.count && runs.list.item[0].operation) {
    unsigned wants = guide_open_run(a, in, a->guide.step, &runs.list.item[0]);
    a->guide.undoes = undo;
    return wants;
  }
  if (undo) return say(a, "nothing takes this step back: it left nothing behind, or the step that made it does");
  const char *why = guide_by_hand(&in->guide->look, step_at(a), in->arena);
  return look_again(a, why ? why : "nothing is left to be run for it; the hosts are asked again");
}

static unsigned open_form(struct app *a, const struct input *in) {
  struct texts words = {0};
  if (!in->guide || !in->guide->look.form) return say(a, "nothing is known yet that it could begin with");
  for (size_t i = 0; i < in->guide->given->list.count; i++) {
    const struct value *v = &in->guide->given->list.item[i];
    texts_add(in->arena, &words, arena_printf(in->arena, "%s=%s", v->name, v->text));
  }
  acting_close(&a->acting);
  a->acting.from_menu = false;
  return acting_open(&a->acting, in, &guide_form, NULL, &words, false) | APP_CHANGED;
}

static unsigned enter(struct app *a, const struct input *in) {
  const struct guide_found *f = found_of(in, a->guide.step);
  if (in->guide && in->guide->rest.on && !in->guide->rest.waits) return say(a, "all that is left is being done already");
  if (is_start(a) && !book(a)->builds && in->guide && in->guide->found && !in->guide->lacks) {
    size_t next = guide_next(book(a), in->guide->found);
    guide_show(a, next < book(a)->count ? next : 0);
    return APP_CHANGED;
  }
  if (is_start(a)) return open_form(a, in);
  if (f && f->state == GUIDE_BLOCKED && f->blocked_by) {
    guide_show(a, guide_number(guide_step(book(a), f->blocked_by)));
    return APP_CHANGED;
  }
  if (f && f->state == GUIDE_DONE) {
    size_t next = a->guide.step + 1;
    while (next < book(a)->count && found_of(in, next)->state == GUIDE_DONE) next++;
    if (next < book(a)->count) guide_show(a, next);
    else if (guide_next(book(a), in->guide->found) < book(a)->count) guide_show(a, guide_next(book(a), in->guide->found));
    else app_say(a, "all steps are done");
    return APP_CHANGED;
  }
  return run_step(a, in, false);
}

/* What the form says, handed to whoever keeps it. */
static unsigned give_form(struct app *a, const struct texts *words) {
  struct guide_page *g = &a->guide;
  words_free(&g->words);
  g->words = mem_grow(NULL, words->count + 1, sizeof *g->words);
  for (size_t i = 0; i < words->count; i++) g->words[i] = mem_strdup(words->item[i]);
  g->words[words->count] = NULL;
  g->wish = GUIDE_WISH_FORM;
  return APP_GUIDE | APP_CHANGED;
}

/* Only what was typed: the rest goes on following what is live. */
unsigned guide_filled(struct app *a, const struct input *in) {
  const struct operation_argument *arg;
  const struct form_state *form = &a->acting.form;
  struct texts words = {0};
  for (size_t i = 0; (arg = form_argument(&a->acting, i)) != NULL; i++) {
    const char *text;
    if (i >= form->count || !form->values[i].touched) continue;
    if (!form_text(form, i, 0)) texts_add(in->arena, &words, arena_printf(in->arena, "%s=", arg->name));
    for (size_t n = 0; (text = form_text(form, i, n)) != NULL && (arg->list || !n); n++) texts_add(in->arena, &words, arena_printf(in->arena, "%s=%s", arg->name, text));
  }
  form_state_free(&a->acting.form);
  acting_close(&a->acting);
  a->guide.landed = false; /* on the first that is not done, by what is asked now */
  unsigned wants = give_form(a, &words);
  for (size_t i = 0; i < words.count; i++) explicit_bzero((char *)words.item[i], strlen(words.item[i]));
  return wants;
}

/* One way after the other; where there are two choices, all four. */
static unsigned other_way(struct app *a, const struct input *in) {
  const struct guide_step *g = is_start(a) ? NULL : step_at(a);
  struct texts words = {0};
  if (!g || !g->choices[0]) return say(a, "there is one way of doing this");
  if (!in->guide || !in->guide->look.form) return say(a, "nothing is known yet: the hosts are named first");
  for (const char *const *name = g->choices; *name; name++) {
    const struct guide_choice *c = guide_choice(*name);
    const char *now = value_of_name(in->guide->look.form, *name);
    bool lab = c && str_eq(now, c->lab);
    if (c) texts_add(in->arena, &words, arena_printf(in->arena, "%s=%s", *name, lab ? c->better : c->lab));
    if (!lab) break; /* it carries no further */
  }
  return give_form(a, &words);
}

/* ---- keys ---- */

static unsigned begin_over(struct app *a, const struct input *in, enum guide_over over) {
  struct guide_page *g = &a->guide;
  char when[CLOCK_TEXT], name[80];
  prompt_set(&g->word, NULL);
  g->wrong = NULL;
  g->over = over;
  if (over != GUIDE_OVER_EXPORT) return APP_CHANGED;
  clock_rfc3339(when, in->wall);
  snprintf(name, sizeof name, "kvmconsole-%s-%.4s%.2s%.2sT%.2s%.2s%.2sZ.md", book(a)->builds ? "guide" : book(a)->name, when, when + 5, when + 8, when + 11, when + 14, when + 17);
  prompt_set(&g->word, name);
  return APP_CHANGED;
}

static unsigned do_rest(struct app *a, const struct input *in) {
  if (in->guide && in->guide->rest.on) {
    a->guide.wish = GUIDE_WISH_HALT;
    return APP_GUIDE | APP_CHANGED;
  }
  if (in->cannot) return say(a, arena_printf(in->arena, "nothing runs from here: %s", in->cannot));
  if (!in->guide || !in->guide->found) return say(a, "the hosts have not answered yet");
  if (in->guide->lacks) return say(a, in->guide->lacks);
  return guide_next(book(a), in->guide->found) == book(a)->count ? say(a, "nothing is left: all steps are done") : begin_over(a, in, GUIDE_OVER_REST);
}

static unsigned step_by(struct app *a, int by) {
  size_t now = a->guide.step;
  if (by > 0) guide_show(a, now == GUIDE_START ? 0 : now + 1 < book(a)->count ? now + 1 : now);
  else guide_show(a, now == GUIDE_START || !now ? GUIDE_START : now - 1);
  return APP_CHANGED;
}

static unsigned act_steps(struct app *a, const struct input *in, int h, enum action action) {
  struct guide_page *g = &a->guide;
  struct table t = steps_table(a, in);
  if (move_of(action) >= 0) return table_move(&t, &g->steps, h - 1 - FOOT - 2, (enum move)move_of(action)), APP_CHANGED;
  if (action == ACTION_OPEN) guide_show(a, guide_number(guide_step(book(a), table_selected(&t, &g->steps))));
  else if (action != ACTION_BACK && action != ACTION_GUIDE_STEPS) return 0;
  g->over = GUIDE_OVER_NONE;
  return APP_CHANGED;
}

static unsigned move(struct app *a, const struct input *in, int w, int h, enum move m) {
  struct layout l = layout_at(a, in, w, h);
  bool right = a->guide.pane && l.right.w;
  struct pen p = right ? l.right : l.left;
  struct text *t = right ? right_text(a, in, p.w) : left_text(a, in);
  if (!right) a->guide.moved = true;
  a->guide.top[right] = text_move(t, p.w - 4, p.h - 2, a->guide.top[right], m);
  text_free(t);
  return APP_CHANGED;
}

unsigned act_guide(struct app *a, const struct input *in, int w, int h, enum action action) {
  struct guide_page *g = &a->guide;
  if (g->over == GUIDE_OVER_BOOKS || !g->book) {
    unsigned did = guide_act_books(a, in, h, action);
    if (did || !g->book) return did;
  }
  if (g->over == GUIDE_OVER_STEPS) {
    unsigned did = act_steps(a, in, h, action);
    if (did) return did;
  }
  if (move_of(action) >= 0) return move(a, in, w, h, (enum move)move_of(action));
  switch (action) {
  case ACTION_OPEN: return enter(a, in);
  case ACTION_LEFT:
  case ACTION_GUIDE_PREVIOUS: return step_by(a, -1);
  case ACTION_RIGHT:
  case ACTION_GUIDE_NEXT: return step_by(a, 1);
  case ACTION_NEXT_PANE:
  case ACTION_PREVIOUS_PANE: return is_start(a) ? APP_CHANGED : (g->pane = !g->pane, APP_CHANGED);
  case ACTION_GUIDE_STEPS: return begin_over(a, in, GUIDE_OVER_STEPS);
  case ACTION_GUIDE_BOOKS: return begin_over(a, in, GUIDE_OVER_BOOKS);
  case ACTION_GUIDE_CHECK: return look_again(a, in->guide && in->guide->cannot ? in->guide->cannot : "the hosts are asked again");
  case ACTION_GUIDE_WAY: return other_way(a, in);
  case ACTION_GUIDE_UNDO: return is_start(a) ? say(a, "this page runs nothing") : run_step(a, in, true);
  case ACTION_GUIDE_REST: return do_rest(a, in);
  case ACTION_GUIDE_FORM: return open_form(a, in);
  case ACTION_GUIDE_EXPORT: return begin_over(a, in, GUIDE_OVER_EXPORT);
  case ACTION_BACK:
    if (!task_of(a, in) || !task_ended(task_of(a, in)->state) || task_of(a, in)->state == TASK_VERIFIED || g->quiet) return 0;
    g->quiet = true; /* what failed was read: the step again */
    g->top[0] = 0;
    return APP_CHANGED;
  default: return 0;
  }
}

bool guide_key(struct app *a, const struct input *in, struct key k, unsigned *ret) {
  struct guide_page *g = &a->guide;
  bool name = g->over == GUIDE_OVER_EXPORT;
  if (g->over != GUIDE_OVER_REST && !name) return false;
  enum action action = keymap_lookup(in->keymap, CONTEXT_PLAN, k);
  *ret = APP_CHANGED;
  if (k.pasted && (!name || k.code >= KEYSYM_FIRST)) return true; /* what confirms is typed */
  if (prompt_key(&g->word, k) != PROMPT_NOT) {
    g->wrong = NULL;
    return true;
  }
  if (action == ACTION_BACK || action == ACTION_QUIT) {
    g->over = GUIDE_OVER_NONE;
    return true;
  }
  if (action != ACTION_OPEN) return false;
  if (!name && !str_eq(prompt_text(&g->word), "yes")) g->wrong = g->word.len ? "that is not the word" : "Enter alone does nothing: type the word first";
  else if (!g->word.len) g->wrong = "it needs a name";
  if (g->wrong) return true;
  mem_free(g->path);
  g->path = name ? mem_strdup(prompt_text(&g->word)) : NULL;
  g->wish = name ? GUIDE_WISH_EXPORT : GUIDE_WISH_REST;
  if (!name) g->over = GUIDE_OVER_NONE; /* a file may be there already: whoever writes it closes this */
  *ret |= APP_GUIDE;
  return true;
}

/* ---- drawing ---- */

static const char *count_words(const struct app *a, const struct input *in) {
  size_t done = done_count(a, in), broken = 0, unknown = 0;
  for (size_t i = 0; i < book(a)->count; i++) broken += found_of(in, i) && found_of(in, i)->state == GUIDE_BROKEN, unknown += found_of(in, i) && found_of(in, i)->state == GUIDE_UNKNOWN;
  if (!in->guide || !in->guide->found) return "not looked at yet";
  if (done == book(a)->count) return book(a)->builds ? "all done" : "nothing to do here";
  return arena_printf(in->arena, "%zu of %zu done%s%s", done, book(a)->count, broken ? arena_printf(in->arena, ", %zu broken", broken) : "", unknown ? arena_printf(in->arena, ", %zu ?", unknown) : "");
}

/* All steps, a sign each: how far along, at a glance. */
static void draw_head(struct pen p, const struct app *a, const struct input *in) {
  const char *counts = count_words(a, in);
  int steps = (int)book(a)->count;
  int x = is_start(a) ? pen_text(p, 1, 0, (struct style){.role = ROLE_TITLE, .attrs = ATTR_BOLD}, book(a)->builds ? "From bare hosts to a failover" : book(a)->title) : pen_textf(p, 1, 0, (struct style){.role = ROLE_TITLE, .attrs = ATTR_BOLD}, "%s%sStep %zu of %d", book(a)->builds ? "" : book(a)->name, book(a)->builds ? "" : ": ", a->guide.step, steps - 1);
  int strip = p.w - text_columns(counts) - 3 - steps;
  if (strip < x + 1) strip = 0;
  for (int i = 0; i < steps && strip > 0; i++) {
    const struct guide_found *f = found_of(in, (size_t)i);
    struct guide_look_of look = guide_looks(f ? f->state : GUIDE_BLOCKED);
    bool here = (size_t)i == a->guide.step;
    pen_symbol(p, strip + i, 0, (struct style){.role = (uint8_t)look.role, .attrs = here ? ATTR_REVERSE : 0}, look.sign);
  }
  pen_text(p, p.w - text_columns(counts) - 1, 0, STYLE(NORMAL), counts);
}

static void draw_pane(struct pen p, const char *title, const char *note, struct text *t, size_t top, bool focused) {
  char range[RANGE_TEXT];
  struct pen inside = pen_box(p, &(struct box){.title = title, .note = note, .footer = text_range(range, t, p.w - 4, p.h - 2, top), .focused = focused});
  text_draw(pen_sub(inside, 1, 0, inside.w - 2, inside.h), t, top);
  text_free(t);
}

/* Hosts that could not be asked, or say nothing while all others have answered. */
static const char *silent_hosts(const struct input *in) {
  struct texts dead = {0};
  for (size_t i = 0; i < in->guide->host_count; i++) {
    const struct guide_host *h = &in->guide->hosts[i];
    if (h->answers == TRUTH_NO || (h->asking && in->guide->partly)) texts_add(in->arena, &dead, h->name);
  }
  return dead.count ? arena_printf(in->arena, "%s %s not answer", join_text(in, &dead), dead.count == 1 ? "does" : "do") : NULL;
}

static const char *age_words(const struct input *in) {
  char age[CLOCK_TEXT];
  const struct guide_shown *g = in->guide;
  if (g->cannot && g->asked_at == UNKNOWN_INT) return "";
  if (g->asked_at == UNKNOWN_INT) return !g->asking ? "" : g->answered ? arena_printf(in->arena, "asking the hosts, %zu of %zu answers", g->answered, g->asked) : "asking the hosts";
  return arena_printf(in->arena, "%s%s ago", g->asking ? "asking again, seen " : "seen ", clock_age(age, in->wall > g->asked_at ? in->wall - g->asked_at : 0));
}

/* What it says goes below where it needs that room and has it. */
static void draw_check(struct pen p, const struct app *a, const struct input *in, bool free_below) {
  const struct guide_found *f = found_of(in, a->guide.step);
  struct guide_look_of look = guide_looks(f ? f->state : GUIDE_UNKNOWN);
  const char *age = in->guide ? age_words(in) : "";
  int x = pen_text(p, 1, 0, STYLE(DIM), "check  "), room;
  bool old = in->guide && in->guide->asked_at != UNKNOWN_INT && in->wall - in->guide->asked_at > 120000;
  pen_text(p, p.w - text_columns(age) - 1, 0, old ? STYLE(STALE) : STYLE(DIM), age);
  if (!f && is_start(a) && in->guide && in->guide->found && !book(a)->builds) {
    size_t next = guide_next(book(a), in->guide->found);
    bool over = next == book(a)->count;
    pen_field(p, x, 0, p.w - x - text_columns(age) - 2, STYLE(NORMAL), over ? book(a)->over : arena_printf(in->arena, "next is step %zu, %s", next, book(a)->steps[next].title));
    return;
  }
  if (!f) {
    pen_field(p, x, 0, p.w - x - text_columns(age) - 2, STYLE(UNKNOWN), in->guide && in->guide->cannot ? in->guide->cannot : in->guide && in->guide->lacks ? "the hosts are not named yet" : "not looked at yet");
    return;
  }
  x = pen_symbol(p, x, 0, style_of(look.role), look.sign) + 1;
  x = pen_text(p, x, 0, style_of(look.role), look.word);
  size_t by = f->blocked_by ? guide_number(guide_step(book(a), f->blocked_by)) : 0;
  const char *says = f->blocked_by ? arena_printf(in->arena, "by step %zu, %s", by, book(a)->steps[by].title) : f->text ? f->text : "";
  struct style style = f->state == GUIDE_DONE ? STYLE(NORMAL) : style_of(look.role);
  room = p.w - x - 2 - text_columns(age) - 2;
  if (*says && free_below && text_columns(says) > room) pen_field(p, 8, 1, p.w - 9, style, says);
  else if (*says && room > 0) pen_field(p, pen_text(p, x, 0, style_of(look.role), ": "), 0, room, style, says);
}

/* Below the check: what is being done by itself, who is silent, what can be done here. */
static bool draw_now(struct pen p, const struct app *a, const struct input *in) {
  const struct guide_shown *g = in->guide;
  const struct task_view *t = is_start(a) ? NULL : task_of(a, in);
  const char *silent = g ? silent_hosts(in) : NULL, *words = NULL;
  enum role role = ROLE_WARN;
  if (g && (g->rest.on || g->rest.over) && g->rest.text) {
    words = arena_printf(in->arena, "all that is left%s: %s", g->rest.on ? arena_printf(in->arena, ", step %zu", g->rest.step) : "", g->rest.text);
    role = g->rest.on ? g->rest.waits ? ROLE_WARN : ROLE_ACCENT : done_count(a, in) == book(a)->count ? ROLE_OK : ROLE_WARN;
  } else if (silent) words = silent;
  else if (in->cannot) words = arena_printf(in->arena, "only to look: %s", in->cannot);
  else if (t && !task_ended(t->state)) words = arena_printf(in->arena, "it runs: %s", t->text ? t->text : ""), role = ROLE_ACCENT;
  else if (g && g->left > 1 && g->planned == a->guide.step + 1) words = arena_printf(in->arena, "%zu things to do here, one after the other", g->left), role = ROLE_DIM;
  if (words) pen_field(p, 1, 1, p.w - 2, style_of(role), words);
  return words != NULL;
}

static void draw_over(struct pen p, const struct app *a, const struct input *in) {
  const struct guide_page *g = &a->guide;
  if (g->over == GUIDE_OVER_STEPS) {
    char range[RANGE_TEXT];
    struct table t = steps_table(a, in);
    struct pen body = pen_sub(p, 0, 1, p.w, p.h - 1 - FOOT);
    pen_clear(body, STYLE(NORMAL));
    struct pen inside = pen_box(body, &(struct box){.title = "All steps", .note = count_words(a, in), .footer = table_range(range, &t, &g->steps, body.h - 2), .focused = true});
    table_draw(inside, &t, &g->steps, true);
    return;
  }
  bool rest = g->over == GUIDE_OVER_REST;
  struct text *t = text_new();
  if (rest) guide_rest_text(t, in);
  else text_add(t, STYLE(NORMAL), "The record of the building: every step, how it stands and what shows it, what was run and when, which ways were chosen. Into a new file, for your eyes only; as JSON when its name ends in .json. Esc: not at all.");
  int w = OVER_W, h = p.h;
  modal_size(p.w, p.h, &w, &h);
  h = (int)text_height(t, w - 2) + 3;
  modal_size(p.w, p.h, &w, &h);
  struct pen in_box = modal_open(p, w, h, &(struct box){.title = rest ? "Do all that is left" : "Export", .focused = true});
  text_draw(pen_sub(in_box, 1, 0, in_box.w - 2, in_box.h - 3), t, 0);
  text_free(t);
  int x = pen_text(in_box, 1, in_box.h - 2, STYLE(NORMAL), rest ? "type yes and press Enter: " : "");
  prompt_draw(pen_sub(in_box, x, in_box.h - 2, in_box.w - x - 1, 1), &g->word, STYLE(INPUT), false, true);
  if (g->wrong) pen_field(in_box, 1, in_box.h - 1, in_box.w - 2, STYLE(WARN), g->wrong);
}

void draw_guide(struct pen p, const struct app *a, const struct input *in) {
  const struct guide_page *g = &a->guide;
  struct layout l = layout_of(p, a);
  if (!g->book || g->over == GUIDE_OVER_BOOKS) {
    guide_draw_books(p, a, in);
    return;
  }
  draw_head(l.head, a, in);
  if (l.list.w) {
    char range[RANGE_TEXT];
    struct table t = steps_table(a, in);
    struct table_state at = g->steps;
    struct pen inside = pen_box(l.list, &(struct box){.title = "Steps", .footer = table_range(range, &t, &g->steps, l.list.h - 2)});
    table_draw(inside, &t, &at, false);
  }
  char pane[KEY_NAME];
  keymap_hint(in->keymap, CONTEXT_GUIDE, ACTION_NEXT_PANE, pane);
  const char *note = !is_start(a) && !l.right.w ? arena_printf(in->arena, "%s the cluster", pane) : NULL;
  if (l.left.w) draw_pane(l.left, is_start(a) ? book(a)->builds ? "GlusterFS, KVM, Corosync and Pacemaker" : "When, and how it stands" : arena_printf(in->arena, "%zu  %s", a->guide.step, step_at(a)->title), note, left_text(a, in), g->top[0], !g->pane || is_start(a));
  if (l.right.w) draw_pane(l.right, "The cluster now", l.left.w ? NULL : arena_printf(in->arena, "%s the step", pane), right_text(a, in, l.right.w), g->top[1], g->pane);
  draw_check(l.foot, a, in, !draw_now(l.foot, a, in));
  if (g->over) draw_over(p, a, in);
}

void state_guide(const struct app *a, const struct input *in, struct str *out) {
  const struct guide_shown *g = in->guide;
  if (!a->guide.book) {
    state_line(out, "over", "books");
    if (a->guide.books.selected) state_line(out, "selected", a->guide.books.selected);
    return;
  }
  static const char *const overs[] = {"none", "steps", "books", "rest", "export"};
  if (a->guide.book && !a->guide.book->builds) state_line(out, "book", a->guide.book->name);
  if (is_start(a)) state_line(out, "step", "start");
  else state_linef(out, "step", "%zu %s", a->guide.step, step_at(a)->name);
  if (a->guide.over) state_line(out, "over", overs[a->guide.over]);
  if (a->guide.over == GUIDE_OVER_STEPS && a->guide.steps.selected) state_line(out, "selected", a->guide.steps.selected);
  if (!g) return;
  if (g->lacks) state_line(out, "lacks", g->lacks);
  for (size_t i = 0; g->found && i < book(a)->count; i++) state_linef(out, book(a)->steps[i].name, "%s%s%s", guide_state_names[g->found[i].state], g->found[i].state == GUIDE_DONE || !g->found[i].text ? "" : ": ", g->found[i].state == GUIDE_DONE || !g->found[i].text ? "" : g->found[i].text);
  if (g->planned) state_linef(out, "plan", "step %zu, %s, %zu left", g->planned - 1, g->plan && g->plan->allowed == TRUTH_YES ? "allowed" : "refused", g->left);
  if (g->rest.on || g->rest.over) state_linef(out, "rest", "%s: %s", g->rest.on ? g->rest.waits ? "waits" : "on" : "over", g->rest.text ? g->rest.text : "");
}
