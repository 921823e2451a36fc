#include "tui/form.h"
#include "tui/text.h"
#include <string.h>
#include <strings.h>

static void value_clear(struct form_value *v) {
  for (size_t i = 0; i < v->count; i++) prompt_free(&v->item[i]);
  mem_free(v->item);
  v->item = NULL;
  v->count = 0;
}

void form_state_free(struct form_state *s) {
  for (size_t i = 0; i < s->count; i++) {
    value_clear(&s->values[i]);
    prompt_free(&s->values[i].find);
  }
  mem_free(s->values);
  *s = (struct form_state){0};
}

static void add_item(struct form_value *v, size_t at, const char *text) {
  v->item = mem_grow(v->item, v->count + 1, sizeof *v->item);
  memmove(v->item + at + 1, v->item + at, (v->count - at) * sizeof *v->item);
  v->item[at] = (struct prompt){0};
  v->count++;
  prompt_set(&v->item[at], text);
}

static void take_item(struct form_value *v, size_t at) {
  prompt_free(&v->item[at]);
  memmove(v->item + at, v->item + at + 1, (v->count - at - 1) * sizeof *v->item);
  v->count--;
}

/* A list ends with one empty line. */
static void keep_open(struct form_value *v) {
  if (!v->count || v->item[v->count - 1].len) add_item(v, v->count, "");
}

static bool is_list(const struct form *f, size_t field) { return field < f->count && f->fields[field].kind == FORM_LIST; }

static bool same_words(const struct form_value *v, struct form_words w) {
  for (size_t i = 0; i < w.count; i++)
    if (i >= v->count || !str_eq(prompt_text(&v->item[i]), w.item[i])) return false;
  return v->count == w.count + 1 || (v->count == w.count && w.count) || (v->count == 1 && !w.count && !v->item[0].len);
}

static void take_proposed(const struct form_field *field, struct form_value *v) {
  if (v->touched || same_words(v, field->proposed)) return;
  value_clear(v);
  for (size_t i = 0; i < field->proposed.count && (!i || field->kind == FORM_LIST); i++) add_item(v, v->count, field->proposed.item[i]);
}

void form_set(struct form_state *s, size_t field, const char *text) {
  if (field >= s->count) return;
  struct form_value *v = &s->values[field];
  value_clear(v);
  add_item(v, 0, text);
  v->touched = true;
}

void form_add(struct form_state *s, size_t field, const char *text) {
  if (field >= s->count) return;
  struct form_value *v = &s->values[field];
  size_t end = v->count;
  while (end && !v->item[end - 1].len) end--; /* before the empty line that a list ends with */
  add_item(v, end, text);
  v->touched = true;
}

const char *form_text(const struct form_state *s, size_t field, size_t n) {
  if (field >= s->count) return NULL;
  const struct form_value *v = &s->values[field];
  for (size_t i = 0; i < v->count; i++) {
    const char *text = prompt_text(&v->item[i]);
    if (!text[strspn(text, " ")]) continue;
    if (!n--) return text;
  }
  return NULL;
}

bool form_button(const struct form_state *s) { return s->field == s->count; }

size_t form_wrong(const struct form *f) {
  size_t i = 0;
  while (i < f->count && !f->fields[i].error) i++;
  return i;
}

/* ---- moving ---- */

void form_go(const struct form *f, struct form_state *s, size_t field) {
  if (s->field < s->count) prompt_set(&s->values[s->field].find, NULL);
  s->field = field < f->count ? field : f->count;
  s->item = 0;
}

/* Empty lines within a list are gone once it is left. */
static void tidy(const struct form *f, struct form_state *s) {
  if (!is_list(f, s->field)) return;
  struct form_value *v = &s->values[s->field];
  for (size_t i = v->count; i-- > 0;)
    if (!v->item[i].len && i + 1 < v->count) {
      take_item(v, i);
      if (i < s->item) s->item--;
    }
  keep_open(v);
}

bool form_step(const struct form *f, struct form_state *s, int by) {
  if (is_list(f, s->field)) {
    struct form_value *v = &s->values[s->field];
    bool more = by > 0 ? s->item + 1 < v->count : s->item > 0;
    if (more) {
      s->item += (size_t)by;
      return true;
    }
    tidy(f, s);
  }
  if (by < 0 ? !s->field : s->field >= f->count) return false;
  form_go(f, s, s->field + (size_t)by);
  if (by < 0 && is_list(f, s->field)) s->item = s->values[s->field].count - 1;
  return true;
}

bool form_shift(const struct form *f, struct form_state *s, int by) {
  if (!is_list(f, s->field)) return false;
  struct form_value *v = &s->values[s->field];
  size_t other = s->item + (size_t)by;
  if (!v->item[s->item].len || other >= v->count || !v->item[other].len) return false;
  struct prompt keep = v->item[s->item];
  v->item[s->item] = v->item[other];
  v->item[other] = keep;
  s->item = other;
  v->touched = true;
  return true;
}

/* ---- editing ---- */

static struct prompt *line_of(struct form_state *s) { return s->field < s->count && s->item < s->values[s->field].count ? &s->values[s->field].item[s->item] : NULL; }

static size_t choice_at(const struct form_field *field, const char *text) {
  size_t i = 0;
  while (i < field->choices.count && !str_eq(field->choices.item[i], text)) i++;
  return i;
}

bool form_offer(const struct form *f, struct form_state *s, int by) {
  struct prompt *line = line_of(s);
  if (!line || s->field >= f->count) return false;
  const struct form_field *field = &f->fields[s->field];
  size_t n = field->choices.count;
  if (!n || field->kind == FORM_SECRET) return false;
  size_t at = choice_at(field, prompt_text(line));
  if (at == n) at = by > 0 ? 0 : n - 1;
  else at = (at + n + (size_t)by) % n;
  prompt_set(line, field->choices.item[at]);
  s->values[s->field].touched = true;
  if (field->kind == FORM_LIST) keep_open(&s->values[s->field]);
  return true;
}

/* Letters: the first choice that begins so, else that holds them. */
static void find_choice(const struct form_field *field, struct form_value *v) {
  const char *want = prompt_text(&v->find);
  for (int held = 0; held < 2; held++)
    for (size_t i = 0; i < field->choices.count; i++) {
      const char *c = field->choices.item[i];
      if (held ? !strcasestr(c, want) : strncasecmp(c, want, strlen(want))) continue;
      prompt_set(&v->item[0], c);
      v->touched = true;
      return;
    }
  prompt_key(&v->find, (struct key){.code = KEYSYM_BACKSPACE}); /* no such one: the letter is not taken */
}

static bool choice_key(const struct form *f, struct form_state *s, struct key k) {
  const struct form_field *field = &f->fields[s->field];
  struct form_value *v = &s->values[s->field];
  bool letter = k.code < KEYSYM_FIRST && !k.mods && k.code != ' ';
  if (k.code == KEYSYM_LEFT || k.code == KEYSYM_RIGHT || (k.code == ' ' && !k.mods)) {
    prompt_set(&v->find, NULL);
    form_offer(f, s, k.code == KEYSYM_LEFT ? -1 : 1);
    return true;
  }
  if (k.code == KEYSYM_BACKSPACE || k.code == KEYSYM_DELETE) {
    prompt_set(&v->find, NULL);
    if (!field->required) prompt_set(&v->item[0], NULL), v->touched = true;
    return true;
  }
  if (!letter) return k.code == KEYSYM_HOME || k.code == KEYSYM_END;
  prompt_key(&v->find, k);
  find_choice(field, v);
  return true;
}

bool form_key(const struct form *f, struct form_state *s, struct key k) {
  struct prompt *line = line_of(s);
  if (!line || s->field >= f->count) return k.code < KEYSYM_FIRST && !k.mods; /* on the button letters are nothing */
  struct form_value *v = &s->values[s->field];
  if (f->fields[s->field].kind == FORM_CHOICE) return choice_key(f, s, k);
  if (k.pasted && k.code == KEYSYM_ENTER) { /* a list may be pasted, a line an item */
    if (is_list(f, s->field) && line->len) form_step(f, s, 1);
    return true;
  }
  bool empty = !line->len;
  if (is_list(f, s->field) && empty && k.code == KEYSYM_BACKSPACE && s->item) {
    s->item--;
    return true;
  }
  bool proposed = !v->touched && !empty, letter = k.code < KEYSYM_FIRST && !(k.mods & (KEY_CTRL | KEY_ALT));
  if (proposed && letter) prompt_set(line, NULL);
  enum prompt_did did = prompt_key(line, k);
  if (did == PROMPT_MOVED && proposed) v->touched = true;
  if (did != PROMPT_CHANGED) return did != PROMPT_NOT;
  v->touched = true;
  if (is_list(f, s->field)) keep_open(v);
  return true;
}

/* ---- layout and drawing: rows of a field, in one place ---- */

enum { SIDE_FROM = 100, HELP_ROWS = 4, LABEL_MOST = 26 };
struct parts { int list_w, list_h, help_x, help_y, help_w, help_h, label; };

static struct parts parts_of(const struct form *f, int w, int h) {
  struct parts p = {.list_w = w, .list_h = h, .label = 8};
  for (size_t i = 0; i < f->count; i++) {
    int columns = text_columns(f->fields[i].title);
    if (columns > p.label) p.label = columns;
  }
  if (w >= SIDE_FROM) {
    p.list_w = w * 3 / 5;
    p.help_x = p.list_w + 2;
    p.help_w = w - p.help_x - 1;
    p.help_h = h;
  } else {
    p.help_h = h >= 16 ? HELP_ROWS : h >= 9 ? 3 : 0;
    p.list_h = h - p.help_h - (p.help_h ? 1 : 0);
    p.help_x = 1;
    p.help_w = w - 2;
    p.help_y = h - p.help_h;
  }
  if (p.label > LABEL_MOST) p.label = LABEL_MOST;
  if (p.label > p.list_w / 2) p.label = p.list_w / 2;
  return p;
}

static const char *error_of(const struct form *f, const struct form_state *s, size_t field) {
  return s->tried || (field < s->count && s->values[field].touched) ? f->fields[field].error : NULL;
}

static struct text *error_text(const char *error) {
  struct text *t = text_new();
  text_add(t, STYLE(BAD), error);
  return t;
}

/* Rows that a field takes: its lines and its error's. */
static int rows_of(const struct form *f, const struct form_state *s, size_t field, const struct parts *p) {
  if (field >= f->count) return 2; /* an empty row and the button */
  int rows = f->fields[field].kind == FORM_LIST && field < s->count ? (int)s->values[field].count : 1;
  const char *error = error_of(f, s, field);
  if (error) {
    struct text *t = error_text(error);
    rows += (int)text_height(t, p->list_w - p->label - 5);
    text_free(t);
  }
  return rows;
}

void form_follow(const struct form *f, struct form_state *s, int w, int h) {
  if (s->count != f->count) {
    form_state_free(s);
    s->values = mem_alloc((f->count + 1) * sizeof *s->values);
    s->count = f->count;
  }
  for (size_t i = 0; i < f->count; i++) {
    take_proposed(&f->fields[i], &s->values[i]);
    if (!s->values[i].count) add_item(&s->values[i], 0, "");
    if (is_list(f, i)) keep_open(&s->values[i]);
    if (i == s->field && s->item >= s->values[i].count) s->item = s->values[i].count - 1;
  }
  struct parts p = parts_of(f, w, h);
  size_t first = 0, height = p.list_h > 0 ? (size_t)p.list_h : 1, all = 0;
  for (size_t i = 0; i <= f->count; i++) {
    if (i == s->field) first = all;
    all += (size_t)rows_of(f, s, i, &p);
  }
  size_t line = first + s->item + (s->field == f->count), last = first + (size_t)rows_of(f, s, s->field, &p);
  if (last - first <= height && s->top + height < last) s->top = last - height; /* all of it, with its error */
  if (line < s->top) s->top = line;
  if (line >= s->top + height) s->top = line - height + 1;
  size_t end = all > height ? all - height : 0;
  if (s->top > end) s->top = end;
}

static void draw_line(struct pen p, const struct form_field *field, const struct form_value *v, size_t item, bool focused) {
  static const struct prompt none = {0};
  const struct prompt *line = item < v->count ? &v->item[item] : &none;
  bool more = field->kind == FORM_LIST && item + 1 == v->count && !line->len;
  struct style s = focused ? v->touched || !line->len ? STYLE(INPUT) : STYLE(SELECTED) : v->touched ? STYLE(NORMAL) : STYLE(DIM); /* marked: typing replaces it */
  if (field->kind == FORM_CHOICE) {
    const char *text = line->len ? prompt_text(line) : !field->choices.count ? "(there is none)" : field->required ? "(needed)" : "(none)";
    int x = 0;
    if (focused) x = pen_symbol(p, x, 0, STYLE(KEY), SYMBOL_ARROW_LEFT) + 1;
    x = pen_text(p, x, 0, focused ? STYLE(TITLE) : s, text) + 1;
    if (focused) pen_symbol(p, x, 0, STYLE(KEY), SYMBOL_ARROW_RIGHT);
    return;
  }
  if (more && !focused) pen_field(p, 0, 0, p.w, STYLE(DIM), v->count > 1 ? "+" : field->required ? "(needed)" : "(none)");
  else if (!focused && !line->len) pen_field(p, 0, 0, p.w, STYLE(DIM), field->required ? "(needed)" : "(none)");
  else prompt_draw(p, line, s, field->kind == FORM_SECRET, focused);
}

static void draw_field(struct pen p, const struct form *f, const struct form_state *s, size_t i, const struct parts *at, int y) {
  const struct form_field *field = &f->fields[i];
  const struct form_value *v = &s->values[i];
  bool here = s->field == i;
  size_t lines = field->kind == FORM_LIST ? v->count : 1;
  if (here) pen_symbol(p, 0, y, STYLE(KEY), SYMBOL_SELECTED);
  pen_field(p, 2, y, at->label, here ? STYLE(TITLE) : STYLE(NORMAL), field->title);
  for (size_t n = 0; n < lines; n++) draw_line(pen_sub(p, at->label + 4, y + (int)n, p.w - at->label - 5, 1), field, v, n, here && s->item == n);
  const char *error = error_of(f, s, i);
  if (!error) return;
  struct text *t = error_text(error);
  pen_symbol(p, at->label + 2, y + (int)lines, STYLE(BAD), SYMBOL_BAD);
  text_draw(pen_sub(p, at->label + 4, y + (int)lines, p.w - at->label - 5, (int)text_height(t, p.w - at->label - 5)), t, 0);
  text_free(t);
}

void form_draw(struct pen p, const struct form *f, const struct form_state *s) {
  struct parts at = parts_of(f, p.w, p.h);
  struct pen list = pen_sub(p, 0, 0, at.list_w, at.list_h);
  int y = -(int)s->top;
  for (size_t i = 0; i < f->count && i < s->count; i++) {
    draw_field(list, f, s, i, &at, y);
    y += rows_of(f, s, i, &at);
  }
  struct style button = form_button(s) ? STYLE(SELECTED) : STYLE(NORMAL);
  if (form_button(s)) pen_symbol(list, 0, y + 1, STYLE(KEY), SYMBOL_SELECTED);
  pen_textf(list, 2, y + 1, button, "[ %s ]", f->button);
  if (at.help_y == 0 && at.help_x > 1) pen_rule_down(p, at.help_x - 2, 0, p.h, STYLE(BORDER));
  else if (at.help_h) pen_rule(p, 0, at.help_y - 1, p.w, STYLE(BORDER));
  const char *help = s->field < f->count ? f->fields[s->field].help : "Shows what would be done, command by command. Nothing runs before you have confirmed it there.";
  if (!help || !at.help_h) return;
  struct text *t = text_new();
  text_add(t, STYLE(NORMAL), help);
  struct text *both = text_new();
  if (f->about) {
    text_add(both, STYLE(NORMAL), help);
    text_add(both, STYLE(NORMAL), "");
    text_add(both, STYLE(DIM), f->about);
  }
  bool room = f->about && (int)text_height(both, at.help_w) <= at.help_h;
  text_draw(pen_sub(p, at.help_x, at.help_y, at.help_w, at.help_h), room ? both : t, 0);
  text_free(both);
  text_free(t);
}
