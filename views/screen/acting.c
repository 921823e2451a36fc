/* Which sheet lies over the view, and what a key does to it. */
#include "views/screen/acting.h"
#include "ops/guide.h"
#include "tui/modal.h"
#include "views/screen/app.h"
#include <string.h>

enum { MENU_W = 118, SURE_W = 56 };

/* ---- input that is kept ---- */

static void kept_free(struct kept_form *k) {
  mem_free(k->target);
  form_state_free(&k->form);
}

static void drop_kept(struct acting *a, size_t i) {
  kept_free(&a->kept[i]);
  memmove(a->kept + i, a->kept + i + 1, (a->kept_count - i - 1) * sizeof *a->kept);
  a->kept_count--;
}

static bool touched(const struct form_state *s) {
  for (size_t i = 0; i < s->count; i++)
    if (s->values[i].touched) return true;
  return false;
}

/* A secret is not kept: whoever goes away from the form types it again. */
static void forget_secrets(struct acting *a) {
  const struct operation_argument *arg;
  for (size_t i = 0; i < a->form.count && (arg = form_argument(a, i)) != NULL; i++)
    if (arg->kind == ARG_SECRET && a->form.values[i].touched) form_set(&a->form, i, ""), a->form.values[i].touched = false;
}

static void keep_form(struct acting *a) {
  if (!a->operation) return;
  forget_secrets(a);
  if (touched(&a->form)) {
    if (a->kept_count == KEPT_FORMS) drop_kept(a, 0);
    a->kept[a->kept_count++] = (struct kept_form){a->operation, a->target, a->form};
    a->form = (struct form_state){0};
    a->target = NULL;
  }
  form_state_free(&a->form);
  mem_free(a->target);
  a->target = NULL;
  a->operation = NULL;
}

static void take_kept(struct acting *a) {
  for (size_t i = 0; i < a->kept_count; i++) {
    if (a->kept[i].operation != a->operation || !str_eq(a->kept[i].target, a->target)) continue;
    a->form = a->kept[i].form;
    a->kept[i].form = (struct form_state){0};
    drop_kept(a, i);
    return;
  }
}

/* ---- opening and closing ---- */

void run_wish_free(struct run_wish *r) {
  values_wipe(&r->values);
  arena_free(r->arena);
  arena_free(r->kept_plan);
  *r = (struct run_wish){0};
}

void acting_dropped(struct acting *a) {
  run_wish_free(&a->run);
  while (a->rest_count) run_wish_free(&a->rest[--a->rest_count]);
  mem_free(a->rest);
  a->rest = NULL;
}

static void words_free(char **words) {
  for (char **w = words; w && *w; w++) mem_free(*w);
  mem_free(words);
}

static void leave_menu(struct acting *a) {
  offers_free(&a->offers);
  menu_state_free(&a->menu);
  mem_free(a->selected_id);
  a->selected_id = NULL;
  words_free(a->batch.marked);
  a->batch.marked = NULL;
}

static void leave_sure(struct acting *a) {
  mem_free(a->sure.id);
  prompt_free(&a->sure.word);
  a->sure.id = NULL;
  a->sure.kind = TASK_WISH_NONE;
  a->sure.wrong = NULL;
  a->sure.top = 0;
}

void acting_close(struct acting *a) {
  preview_free(&a->preview);
  batch_free(a);
  keep_form(a);
  leave_menu(a);
  leave_sure(a);
  a->sheet = a->behind = SHEET_NONE;
}

void acting_free(struct acting *a) {
  acting_close(a);
  while (a->kept_count) drop_kept(a, 0);
  acting_dropped(a);
  asked_free(a->asked);
  palette_free(a);
  mem_free(a->say);
  mem_free(a->task_id);
  *a = (struct acting){0};
}

void acting_menu(struct acting *a, enum menu_of of, int list, const char *id) {
  acting_close(a);
  a->sheet = SHEET_MENU;
  a->menu_of = of;
  a->from_menu = true;
  a->selected_list = list;
  a->selected_id = mem_strdup(id);
}

void acting_marked(struct acting *a, char **ids) {
  words_free(a->batch.marked);
  a->batch.marked = ids;
}

void acting_sure(struct acting *a, enum task_wish kind, const char *task_id) {
  acting_close(a);
  a->sheet = SHEET_SURE;
  a->sure.kind = kind;
  a->sure.id = mem_strdup(task_id);
}

static void batch_of(struct acting *a, char *const *more) {
  size_t n = 0;
  while (more[n]) n++;
  a->batch.count = n + 1;
  a->batch.target = mem_grow(NULL, n + 2, sizeof *a->batch.target);
  a->batch.target[0] = mem_strdup(a->target);
  for (size_t i = 0; i < n; i++) a->batch.target[i + 1] = mem_strdup(more[i]);
  a->batch.target[n + 1] = NULL;
}

static unsigned open_preview(struct acting *a, const struct input *in) { return batch_is(a) ? batch_open(a, in) : preview_open(a, in); }

static void fill_in(struct acting *a, const struct input *in, const struct texts *words) {
  enum { ANY_W = 78, ANY_H = 20 };
  struct form f = filling_form(a, in);
  const struct operation_argument *arg;
  form_follow(&f, &a->form, ANY_W, ANY_H); /* makes room for the values */
  for (size_t i = 0; (arg = form_argument(a, i)) != NULL; i++) {
    size_t len = strlen(arg->name), n = 0;
    for (size_t w = 0; words && w < words->count; w++) {
      if (strncmp(words->item[w], arg->name, len) || words->item[w][len] != '=') continue;
      if (arg->list && n++) form_add(&a->form, i, words->item[w] + len + 1);
      else form_set(&a->form, i, words->item[w] + len + 1);
    }
  }
}

/* more: what else is marked that the operation is for, ends with NULL; NULL: nothing. */
static unsigned open_form(struct acting *a, const struct input *in, const struct operation *o, const char *target, char *const *more, const struct texts *words, bool ready) {
  char *kept = mem_strdup(target);
  keep_form(a);
  a->operation = o;
  a->target = kept;
  batch_free(a);
  if (more) batch_of(a, more);
  take_kept(a);
  a->sheet = SHEET_FORM;
  fill_in(a, in, words);
  struct form f = filling_form(a, in);
  if (!form_argument(a, 0) || (ready && form_wrong(&f) == f.count)) return open_preview(a, in);
  form_go(&f, &a->form, form_wrong(&f) < f.count ? form_wrong(&f) : 0);
  return APP_CHANGED;
}

unsigned acting_open(struct acting *a, const struct input *in, const struct operation *o, const char *target, const struct texts *words, bool ready) { return open_form(a, in, o, target, NULL, words, ready); }

static unsigned open_offer(struct acting *a, const struct input *in, const struct offer *f) {
  struct texts words = {0};
  while (f->words && f->words[words.count]) words.count++;
  words.item = (const char **)f->words;
  return open_form(a, in, f->operation, f->target, f->more, &words, false);
}

static unsigned back(struct acting *a, const struct input *in) {
  if (a->sheet == SHEET_PREVIEW && a->preview.forced) return preview_force(a, in, false); /* to what was refused */
  if (a->sheet == SHEET_PREVIEW) {
    preview_free(&a->preview);
    a->sheet = form_argument(a, 0) ? SHEET_FORM : SHEET_MENU;
  } else if (a->sheet == SHEET_FORM) a->sheet = SHEET_MENU;
  else acting_close(a);
  if (a->sheet == SHEET_MENU && !a->from_menu) acting_close(a);
  if (a->sheet == SHEET_MENU) {
    preview_free(&a->preview);
    batch_free(a);
    keep_form(a);
    offers_free(&a->offers);
  }
  return APP_CHANGED;
}

/* ---- keys, a sheet each ---- */

static void menu_size_of(const struct menu *m, int w, int h, int *mw, int *mh) {
  *mw = MENU_W, *mh = h;
  modal_size(w, h, mw, mh);
  *mh = menu_height(m, *mw);
  modal_size(w, h, mw, mh);
}

static unsigned menu_keys(struct acting *a, const struct input *in, int w, int h, struct key k, enum action action) {
  static const struct menu unseen = {.ranked = true};
  int mw, mh;
  if (a->menu_of == MENU_PALETTE && action == ACTION_NONE) return menu_key(&unseen, &a->menu, w, h, k) ? APP_CHANGED : 0; /* a letter finds among hundreds: once, when it is drawn */
  struct menu m = offers_menu(a, in);
  menu_size_of(&m, w, h, &mw, &mh);
  if (menu_key(&m, &a->menu, mw, mh, k)) return APP_CHANGED;
  switch (action) {
  case ACTION_UP:
  case ACTION_PREVIOUS_PANE: menu_move(&m, &a->menu, mw, mh, MOVE_UP); break;
  case ACTION_DOWN:
  case ACTION_NEXT_PANE: menu_move(&m, &a->menu, mw, mh, MOVE_DOWN); break;
  case ACTION_PAGE_UP: menu_move(&m, &a->menu, mw, mh, MOVE_PAGE_UP); break;
  case ACTION_PAGE_DOWN: menu_move(&m, &a->menu, mw, mh, MOVE_PAGE_DOWN); break;
  case ACTION_OPEN: {
    const struct menu_row *row = menu_selected(&m, &a->menu);
    if (row && a->menu_of == MENU_PALETTE) return palette_take(a, in, row->id);
    const struct offer *f = row ? offers_find(&a->offers, row->id) : NULL;
    if (f) return open_offer(a, in, f);
    break;
  }
  default: return 0;
  }
  return APP_CHANGED;
}

static unsigned review(struct acting *a, const struct input *in, const struct form *f) {
  size_t wrong = form_wrong(f);
  a->form.tried = true;
  if (wrong == f->count) return a->operation == &guide_form ? a->filled = true, APP_CHANGED : open_preview(a, in);
  form_go(f, &a->form, wrong);
  return APP_CHANGED;
}

static unsigned form_keys(struct acting *a, const struct input *in, struct key k, enum action action) {
  struct form f = filling_form(a, in);
  if (form_key(&f, &a->form, k)) return APP_CHANGED;
  switch (action) {
  case ACTION_UP:
  case ACTION_PREVIOUS_PANE: form_step(&f, &a->form, -1); break;
  case ACTION_DOWN:
  case ACTION_NEXT_PANE: form_step(&f, &a->form, 1); break;
  case ACTION_PAGE_UP: form_go(&f, &a->form, 0); break;
  case ACTION_PAGE_DOWN: form_go(&f, &a->form, f.count); break;
  case ACTION_OPEN:
    if (form_button(&a->form)) return review(a, in, &f);
    form_step(&f, &a->form, 1);
    break;
  case ACTION_FORM_REVIEW: return review(a, in, &f);
  case ACTION_FORM_OFFER: form_offer(&f, &a->form, 1); break;
  case ACTION_FORM_OFFER_BACK: form_offer(&f, &a->form, -1); break;
  case ACTION_FORM_LINE_UP: form_shift(&f, &a->form, -1); break;
  case ACTION_FORM_LINE_DOWN: form_shift(&f, &a->form, 1); break;
  default: return 0;
  }
  return APP_CHANGED;
}

/* What confirms is typed, never pasted: a paste may hold anything. */
static bool word_key(struct prompt *word, struct key k) {
  if (k.pasted) return true;
  if (!word->len && (k.code == KEYSYM_HOME || k.code == KEYSYM_END)) return false;
  return prompt_key(word, k) != PROMPT_NOT;
}

static unsigned preview_keys(struct acting *a, const struct input *in, int w, int h, struct key k, enum action action) {
  struct preview *p = &a->preview;
  bool letter = k.code < KEYSYM_FIRST && !k.mods;
  if (preview_takes_word(a, in) ? word_key(&p->word, k) : letter || k.pasted) {
    p->wrong = NULL;
    return APP_CHANGED;
  }
  if (move_of(action) >= 0) {
    struct text *t = preview_text(a, in);
    p->top = text_move(t, w - 4, preview_text_height(a, in, w, h), p->top, (enum move)move_of(action));
    text_free(t);
    return APP_CHANGED;
  }
  if (action == ACTION_OPEN) return preview_enter(a, in);
  if (action == ACTION_PLAN_SHELL && (p->plan || batch_is(a))) p->shell = !p->shell, p->top = 0;
  else if (action == ACTION_PLAN_FORCE && p->plan && p->plan->forcible == TRUTH_YES && p->plan->allowed != TRUTH_YES) return preview_force(a, in, true);
  else return 0;
  return APP_CHANGED;
}

static struct text *sure_text(const struct acting *a, const struct input *in) {
  static const char *const asks[] = {[TASK_WISH_NONE] = "", [TASK_WISH_CANCEL] = "Stop it? Steps that are done stay done.", [TASK_WISH_YES] = "", [TASK_WISH_NO] = "",
                                     [TASK_WISH_UNDO] = "Take back what it did? This would run, in this order:", [TASK_WISH_FORGET] = "Take it off the list? The audit keeps it.",
                                     [TASK_WISH_LEAVE] = "It still runs. If you leave, the step that runs ends by itself, no other starts, and the next console finds it interrupted. Leave?"};
  const struct task_view *t = task_shown(in, a->sure.id);
  const char *question = asks[a->sure.kind];
  if (a->sure.kind == TASK_WISH_YES && t && t->plan && t->step < t->plan->steps.count) question = t->plan->steps.item[t->step].say;
  struct text *words = text_new();
  text_add(words, STYLE(NORMAL), question ? question : "");
  if (a->sure.kind == TASK_WISH_UNDO) task_undo_text(words, in, a->sure.id);
  return words;
}

enum { SURE_FOOT = 3 };
static void sure_size(const struct text *words, const struct acting *a, int pen_w, int pen_h, int *w, int *h) {
  *w = a->sure.kind == TASK_WISH_UNDO ? MENU_W : SURE_W;
  *h = pen_h;
  modal_size(pen_w, pen_h, w, h);
  *h = (int)text_height(words, *w - 2) + SURE_FOOT;
  modal_size(pen_w, pen_h, w, h);
}

static unsigned sure_keys(struct acting *a, const struct input *in, int w, int h, struct key k, enum action action) {
  if (move_of(action) >= 0 && (!a->sure.word.len || action == ACTION_UP || action == ACTION_DOWN)) {
    struct text *t = sure_text(a, in);
    sure_size(t, a, w, h, &w, &h);
    a->sure.top = text_move(t, w - 2, h - SURE_FOOT, a->sure.top, (enum move)move_of(action));
    text_free(t);
    return APP_CHANGED;
  }
  if (word_key(&a->sure.word, k)) {
    a->sure.wrong = NULL;
    return APP_CHANGED;
  }
  if (action != ACTION_OPEN) return 0;
  const char *word = prompt_text(&a->sure.word);
  bool asks = a->sure.kind == TASK_WISH_YES, no = asks && str_eq(word, "no");
  a->sure.wrong = task_refuses(in, a->sure.id, a->sure.kind);
  if (!a->sure.wrong && !no && !str_eq(word, "yes")) a->sure.wrong = asks ? "type yes or no" : *word ? "that is not the word" : "Enter alone does nothing: type the word first";
  if (a->sure.wrong) return APP_CHANGED;
  if (a->sure.kind == TASK_WISH_LEAVE) return APP_QUIT;
  mem_free(a->task_id);
  a->task_id = mem_strdup(a->sure.id);
  a->task_wish = no ? TASK_WISH_NO : a->sure.kind;
  acting_close(a);
  return APP_TASK | APP_CHANGED;
}

enum context acting_context(const struct acting *a) { return a->sheet == SHEET_MENU ? CONTEXT_LIST : a->sheet == SHEET_FORM ? CONTEXT_FORM : CONTEXT_PLAN; }

unsigned acting_key(struct acting *a, const struct input *in, int w, int h, struct key k, enum action *ret_action) {
  bool letter = k.code < KEYSYM_FIRST && !(k.mods & (KEY_CTRL | KEY_ALT)); /* text here, whatever it does elsewhere */
  enum action action = letter ? ACTION_NONE : keymap_lookup(in->keymap, acting_context(a), k);
  unsigned wants = 0;
  *ret_action = ACTION_NONE;
  if (!in->snap) return action == ACTION_BACK ? acting_close(a), APP_CHANGED : (*ret_action = action, 0);
  switch (a->sheet) {
  case SHEET_MENU: wants = menu_keys(a, in, w, h, k, action); break;
  case SHEET_FORM: wants = form_keys(a, in, k, action); break;
  case SHEET_PREVIEW: wants = preview_keys(a, in, w, h, k, action); break;
  case SHEET_SURE: wants = sure_keys(a, in, w, h, k, action); break;
  case SHEET_NONE: break;
  }
  if (wants) return wants;
  if (action == ACTION_BACK) return back(a, in);
  *ret_action = action; /* not the sheet's: the screen's */
  return 0;
}

bool acting_click(struct acting *a, const struct input *in, int w, int h, int x, int y) {
  int mw, mh;
  if (a->sheet != SHEET_MENU) return false;
  struct menu m = offers_menu(a, in);
  menu_size_of(&m, w, h, &mw, &mh);
  modal_place(w, h, mw, mh, &x, &y);
  const struct menu_row *row = menu_row_at(&m, &a->menu, mw, mh, x, y), *before = menu_selected(&m, &a->menu);
  if (!row) return false;
  menu_select(&m, &a->menu, mw, mh, row->id);
  return row == before;
}

/* ---- following ---- */

void acting_follow(struct acting *a, const struct input *in, int w, int h) {
  if (!in->snap) return;
  if (a->sheet == SHEET_MENU) {
    int mw, mh;
    offers_make(a, in);
    struct menu m = offers_menu(a, in);
    menu_size_of(&m, w, h, &mw, &mh);
    if (a->menu_of == MENU_WIZARDS && !a->menu.selected && wizard_at_hand(in)) a->menu.selected = mem_strdup(wizard_at_hand(in)->name);
    menu_follow(&m, &a->menu, mw, mh);
  } else if (a->sheet == SHEET_FORM) {
    struct form f = filling_form(a, in);
    form_follow(&f, &a->form, w - 2, h - 2);
  } else if (a->sheet == SHEET_PREVIEW) preview_follow(a, in, w, h);
}

/* ---- drawing ---- */

static void draw_menu(struct pen body, const struct acting *a, const struct input *in) {
  struct menu m = offers_menu(a, in);
  int w, h;
  char range[RANGE_TEXT];
  menu_size_of(&m, body.w, body.h, &w, &h);
  const char *note = in->cannot ? arena_printf(in->arena, "only to look: %s", in->cannot) : NULL;
  struct pen p = modal_open(body, w, h, &(struct box){.title = offers_title(a), .note = note, .footer = menu_range(range, &m, &a->menu, w, h), .focused = true});
  menu_draw(p, &m, &a->menu);
}

static void draw_form(struct pen body, const struct acting *a, const struct input *in) {
  struct form f = filling_form(a, in);
  const char *title = arena_printf(in->arena, "%s%s%s", a->operation->title, a->target ? ": " : "", batch_is(a) ? batch_name(a, in->arena) : a->target ? a->target : "");
  struct pen p = pen_box(body, &(struct box){.title = title, .note = a->operation == &guide_form ? NULL : batch_is(a) ? "1 of 2: fill in, for all of them" : "1 of 2: fill in", .focused = true});
  form_draw(p, &f, &a->form);
}

static void draw_sure(struct pen body, const struct acting *a, const struct input *in) {
  const struct task_view *t = task_shown(in, a->sure.id);
  const char *title = t ? arena_printf(in->arena, "%s%s%s", t->title ? t->title : "task", t->target ? ": " : "", t->target ? t->target : "") : "this task is not there any more";
  struct text *words = sure_text(a, in);
  int w, h;
  char range[RANGE_TEXT];
  sure_size(words, a, body.w, body.h, &w, &h);
  struct pen p = modal_open(body, w, h, &(struct box){.title = title, .footer = text_range(range, words, w - 2, h - SURE_FOOT, a->sure.top), .focused = true});
  text_draw(pen_sub(p, 1, 0, p.w - 2, p.h - SURE_FOOT), words, a->sure.top);
  text_free(words);
  int x = pen_text(p, 1, p.h - 2, STYLE(NORMAL), a->sure.kind == TASK_WISH_YES ? "type yes or no, and Enter: " : "type yes and press Enter: ");
  prompt_draw(pen_sub(p, x, p.h - 2, p.w - x - 1, 1), &a->sure.word, STYLE(INPUT), false, true);
  if (a->sure.wrong) pen_field(p, 1, p.h - 1, p.w - 2, STYLE(WARN), a->sure.wrong);
}

void acting_draw(struct pen body, const struct acting *a, const struct input *in) {
  if (!in->snap) return;
  if (a->sheet == SHEET_MENU) draw_menu(body, a, in);
  else if (a->sheet == SHEET_FORM) draw_form(body, a, in);
  else if (a->sheet == SHEET_PREVIEW) preview_draw(body, a, in);
  else if (a->sheet == SHEET_SURE) draw_sure(body, a, in);
}

/* ---- the logic, for `render --format state` ---- */

static void state_form(const struct acting *a, const struct input *in, struct str *out) {
  struct form f = filling_form(a, in);
  for (size_t i = 0; i < f.count; i++) {
    const struct operation_argument *arg = form_argument(a, i);
    CLEANUP(str_free) struct str value = {0};
    const char *text;
    for (size_t n = 0; (text = form_text(&a->form, i, n)) != NULL; n++) str_addf(&value, "%s%s", n ? ", " : "", arg->kind == ARG_SECRET ? "(secret)" : text);
    state_linef(out, i == a->form.field ? "field" : " field", "%s = %s%s%s", arg->name, str_text(&value), f.fields[i].error ? "  wrong: " : "", f.fields[i].error ? f.fields[i].error : "");
  }
}

void acting_state(const struct acting *a, const struct input *in, struct str *out) {
  static const char *const names[] = {[SHEET_NONE] = "none", [SHEET_MENU] = "menu", [SHEET_FORM] = "form", [SHEET_PREVIEW] = "preview", [SHEET_SURE] = "sure"};
  if (a->sheet == SHEET_NONE || !in->snap) return;
  state_line(out, "sheet", names[a->sheet]);
  if (a->operation) state_linef(out, "operation", "%s %s", a->operation->name, a->target ? a->target : "");
  if (a->sheet == SHEET_MENU) {
    struct menu m = offers_menu(a, in);
    const struct menu_row *row = menu_selected(&m, &a->menu);
    state_linef(out, "menu", "%zu rows, selected %s", m.count, row ? row->id : "none");
  } else if (a->sheet == SHEET_FORM) state_form(a, in, out);
  else if (a->sheet == SHEET_PREVIEW && batch_is(a)) state_linef(out, "plans", "%s, %zu of %zu made, %s, word %s", batch_name(a, in->arena), a->batch.planned, a->batch.count, batch_ready(a) ? "allowed" : "not all allowed", acting_word(a, in));
  else if (a->sheet == SHEET_PREVIEW && a->preview.plan)
    state_linef(out, "plan", "%s, %zu steps, word %s%s", a->preview.plan->allowed == TRUTH_YES ? "allowed" : "refused", a->preview.plan->steps.count, acting_word(a, in),
                a->preview.changed ? ", changed" : "");
}
