/* The keys that choose in a list: its filter as it is typed, marks, sorting, and the sheet of its columns. */
#include "tui/modal.h"
#include "views/screen/app.h"
#include <stdio.h>
#include <string.h>

/* ---- the filter ---- */

static unsigned filter_gone(struct app *a, int list) {
  filter_clear(&a->lists[list].filter);
  a->choosing.filter = 0;
  return APP_CHANGED;
}

static unsigned filter_open(struct app *a, int list) {
  struct list_filter *f = &a->lists[list].filter;
  prompt_set(&f->line, f->text);
  f->wrong.text[0] = 0;
  a->choosing.filter = 1 + list;
  f->typed = true;
  return APP_CHANGED;
}

/* A bad line is not kept: what filters is what stands there again. */
static void filter_close(struct app *a) {
  struct list_filter *f = &a->lists[a->choosing.filter - 1].filter;
  a->choosing.filter = 0;
  f->typed = false;
  f->wrong.text[0] = 0;
  prompt_set(&f->line, f->text);
}

static bool filter_key(struct app *a, struct key k, enum action action, unsigned *ret) {
  int list = a->choosing.filter - 1;
  struct list_filter *f = &a->lists[list].filter;
  bool empty = !f->line.len;
  *ret = APP_CHANGED;
  if (empty && k.code == KEYSYM_BACKSPACE) return *ret = filter_gone(a, list), true;
  switch (prompt_key(&f->line, k)) {
  case PROMPT_CHANGED: filter_take_line(lists[list], f); return true;
  case PROMPT_MOVED: return true;
  case PROMPT_NOT: break;
  }
  if (action == ACTION_BACK) return *ret = filter_gone(a, list), true;
  if (move_of(action) >= 0) return false; /* through what it leaves, while it is typed */
  filter_close(a);
  return action == ACTION_OPEN || action == ACTION_NONE;
}

/* ---- marks ---- */

static void mark_all(struct app *a, const struct input *in, int list) {
  struct list_rows r;
  struct marks *m = &a->lists[list].marks;
  size_t had = 0;
  list_open(&r, lists[list], &a->lists[list], in);
  for (size_t i = 0; i < r.table.row_count; i++) had += mark_has(m, r.table.id(&r, i));
  bool take = had == r.table.row_count;
  for (size_t i = 0; i < r.table.row_count; i++)
    if (take) mark_toggle(m, r.table.id(&r, i));
    else marks_add(m, r.table.id(&r, i));
}

/* On to the next, as for a row of them; what is on top is settled after the key. */
static void mark_one(struct app *a, const struct input *in, int list, const char *id) {
  struct list_rows r;
  mark_toggle(&a->lists[list].marks, id);
  list_open(&r, lists[list], &a->lists[list], in);
  size_t row = table_place(&r.table, &a->lists[list].table, 0).row, top = a->lists[list].table.top;
  if (row + 1 < r.table.row_count) table_select(&r.table, &a->lists[list].table, 0, r.table.id(&r, row + 1));
  a->lists[list].table.top = top;
  a->lists[list].touched = true;
}

/* ---- sorting ---- */

static bool sorts(const struct list *l, int column) { return !l->columns[column].shown.picture; }

/* Through the columns that are shown, in their order, and through "as it comes". */
static void sort_next(struct list_state *s, const struct list *l) {
  struct columns_choice c = columns_of(l, s);
  int at = -1;
  for (int i = 0; i < c.count; i++)
    if (s->sorted == c.at[i] + 1) at = i;
  for (at++; at < c.count && !sorts(l, c.at[at]);) at++;
  s->sorted = at < c.count ? c.at[at] + 1 : 0;
}

static void sort_by(struct list_state *s, const struct list *l, int column) {
  if (!sorts(l, column)) return;
  if (s->sorted != column + 1) s->sorted = column + 1, s->reversed = false;
  else if (!s->reversed) s->reversed = true;
  else s->sorted = 0, s->reversed = false;
}

/* ---- the sheet of columns: those that are shown in their order, then the others ---- */

static int sheet_rows(const struct app *a, int rows[TABLE_COLUMNS], int *ret_shown) {
  int list = a->choosing.columns - 1, n = 0;
  struct columns_choice c = columns_of(lists[list], &a->lists[list]);
  bool shown[TABLE_COLUMNS] = {false};
  for (; n < c.count; n++) rows[n] = c.at[n], shown[(int)c.at[n]] = true;
  *ret_shown = n;
  for (int i = 0; i < lists[list]->column_count; i++)
    if (!shown[i]) rows[n++] = i;
  return n;
}

static int row_at(const struct app *a, const int rows[], int count) {
  for (int i = 0; i < count; i++)
    if (rows[i] == a->choosing.column) return i;
  return 0;
}

/* What is changed first is what is seen: columns that only come where there is room, and had none, are not among it. */
static struct columns_choice choice_now(const struct app *a, int list) {
  const struct list_state *s = &a->lists[list];
  struct columns_choice all = columns_of(lists[list], s), c = {0};
  if (s->chosen.count || s->configured.count) return all;
  for (int i = 0; i < all.count; i++)
    if (!lists[list]->columns[(int)all.at[i]].shown.spare || all.at[i] == a->choosing.column || a->choosing.seen >> all.at[i] & 1) c.at[c.count++] = all.at[i];
  return c;
}

static int place_in(const struct columns_choice *c, int column) {
  for (int i = 0; i < c->count; i++)
    if (c->at[i] == column) return i;
  return -1;
}

/* The next one is selected then: several follow one another. */
static void show_or_hide(struct app *a, int next) {
  int list = a->choosing.columns - 1;
  struct list_state *s = &a->lists[list];
  struct columns_choice c = choice_now(a, list);
  int at = place_in(&c, a->choosing.column);
  if (at < 0) c.at[c.count++] = (signed char)a->choosing.column;
  else if (c.count == 1) {
    app_say(a, "one column must stay");
    return;
  } else {
    memmove(c.at + at, c.at + at + 1, (size_t)(--c.count - at));
    if (s->sorted == a->choosing.column + 1) s->sorted = 0; /* no order whose reason is not seen */
  }
  s->chosen = c;
  a->choosing.changed = true;
  a->choosing.column = next;
}

static void shift(struct app *a, int step) {
  int list = a->choosing.columns - 1;
  struct columns_choice c = choice_now(a, list);
  int at = place_in(&c, a->choosing.column);
  if (at < 0 || at + step < 0 || at + step >= c.count) return;
  signed char other = c.at[at + step];
  c.at[at + step] = c.at[at];
  c.at[at] = other;
  a->lists[list].chosen = c;
  a->choosing.changed = true;
}

static unsigned columns_close(struct app *a) {
  bool changed = a->choosing.changed;
  a->choosing = (struct choosing){.filter = a->choosing.filter};
  return changed ? APP_CHANGED | APP_KEEP : APP_CHANGED;
}

static bool columns_key(struct app *a, const struct input *in, struct key k, unsigned *ret) {
  enum action action = keymap_lookup(in->keymap, CONTEXT_COLUMNS, k);
  int rows[TABLE_COLUMNS], shown, count = sheet_rows(a, rows, &shown), at = row_at(a, rows, count), list = a->choosing.columns - 1;
  *ret = APP_CHANGED;
  switch (action) {
  case ACTION_UP: at -= at > 0; break;
  case ACTION_DOWN: at += at < count - 1; break;
  case ACTION_HOME:
  case ACTION_PAGE_UP: at = 0; break;
  case ACTION_END:
  case ACTION_PAGE_DOWN: at = count - 1; break;
  case ACTION_COLUMN_SHOW: show_or_hide(a, rows[at < count - 1 ? at + 1 : at ? at - 1 : 0]); return true;
  case ACTION_COLUMN_EARLIER: shift(a, -1); return true;
  case ACTION_COLUMN_LATER: shift(a, 1); return true;
  case ACTION_COLUMN_SORT:
    if (at < shown) sort_by(&a->lists[list], lists[list], a->choosing.column);
    else app_say(a, "show it first: no order whose reason is not seen");
    return true;
  case ACTION_COLUMN_RESET:
    a->choosing.changed |= a->lists[list].chosen.count > 0;
    a->lists[list].chosen.count = 0;
    a->lists[list].sorted = 0;
    return true;
  case ACTION_BACK:
  case ACTION_OPEN: *ret = columns_close(a); return true;
  case ACTION_REDRAW:
  case ACTION_SUSPEND: return false;
  case ACTION_NONE:
    if (keymap_lookup(in->keymap, CONTEXT_TABLE, k) == ACTION_COLUMNS) *ret = columns_close(a);
    return true;
  default: *ret = columns_close(a); return false; /* another view, another sheet */
  }
  a->choosing.column = rows[at];
  return true;
}

/* ---- for the screen ---- */

bool choosing_key(struct app *a, const struct input *in, struct key k, unsigned *ret) {
  bool letter = k.code < KEYSYM_FIRST && !(k.mods & (KEY_CTRL | KEY_ALT));
  *ret = 0;
  if (a->choosing.columns) return columns_key(a, in, k, ret);
  if (!a->choosing.filter) return false;
  return filter_key(a, k, letter ? ACTION_NONE : keymap_lookup(in->keymap, CONTEXT_TABLE, k), ret);
}

static unsigned columns_open(struct app *a, const struct input *in, int w, int h, int list) {
  struct list_rows r;
  int width[TABLE_COLUMNS];
  struct pane_rect pane = app_list_rect(a, in, w, h, list);
  list_open(&r, lists[list], &a->lists[list], in);
  table_layout(&r.table, &a->lists[list].table, pane.w - 2, pane.h - 2, width);
  a->choosing = (struct choosing){.columns = 1 + list, .column = r.order.at[0]};
  for (int i = 0; i < r.order.count; i++)
    if (width[i]) a->choosing.seen |= 1u << r.order.at[i];
  return APP_CHANGED;
}

unsigned choosing_act(struct app *a, const struct input *in, int w, int h, int list, enum action action) {
  struct list_state *s = &a->lists[list];
  const char *id;
  switch (action) {
  case ACTION_FILTER: return filter_open(a, list);
  case ACTION_BACK: return s->filter.pattern ? filter_gone(a, list) : 0;
  case ACTION_MARK:
    app_selected(a, in, &id);
    if (id) mark_one(a, in, list, id);
    return APP_CHANGED;
  case ACTION_MARK_ALL:
    if (in->snap) mark_all(a, in, list);
    return APP_CHANGED;
  case ACTION_UNMARK: marks_clear(&s->marks); return APP_CHANGED;
  case ACTION_COLUMNS: return columns_open(a, in, w, h, list);
  case ACTION_SORT: sort_next(s, lists[list]); return APP_CHANGED;
  case ACTION_REVERSE_SORT:
    s->reversed = !s->reversed;
    if (!s->sorted) app_say(a, "it is not sorted by any column yet");
    return APP_CHANGED;
  default: return 0;
  }
}

/* ---- drawing ---- */

static int piece(struct pen p, int x, enum role role, const char *text) { return pen_text(p, x, 0, style_of(role), text) + 1; }

/* Marks may stand on rows that are not seen: what is done with all of them is done with those too. */
static const char *marked_text(const struct list_rows *r, int room) {
  size_t marks = r->state->marks.count, seen = 0;
  if (!marks) return "";
  for (size_t i = 0; r->filtered.out && i < r->table.row_count; i++) seen += mark_has(&r->state->marks, r->table.id(r, i));
  if (!r->filtered.out || seen >= marks) return arena_printf(r->in->arena, " %zu marked", marks);
  const char *whole = arena_printf(r->in->arena, " %zu marked, %zu of them hidden", marks, marks - seen);
  return text_columns(whole) <= room ? whole : arena_printf(r->in->arena, " %zu marked", marks);
}

/* On the upper border: how many of how many, the pattern as far as there is room, what is marked. */
static void draw_above(struct pen p, int from, const struct list_rows *r) {
  const struct list_filter *f = &r->state->filter;
  size_t marks = r->state->marks.count;
  const char *count = f->pattern ? arena_printf(r->in->arena, " %zu of %zu", r->filtered.all - r->filtered.out, r->filtered.all) : "";
  const char *marked = marked_text(r, p.w - 1 - from - text_columns(count)), *pattern = f->pattern ? arena_printf(r->in->arena, " /%s", f->text) : "";
  int room = p.w - 1 - from - text_columns(count) - text_columns(marked), x = from;
  if (f->pattern) x = pen_text(p, x, 0, STYLE(WARN), count);
  if (room >= 4 && *pattern) {
    int w = text_columns(pattern) < room ? text_columns(pattern) : room;
    x = pen_field(p, x, 0, w, STYLE(KEY), pattern);
  }
  if (marks && x < p.w - 1) piece(pen_sub(p, 0, 0, p.w - 1, 1), x, ROLE_ACCENT, marked);
}

/* On the lower one: that what is not seen may not be well. */
static void draw_below(struct pen p, const struct list_rows *r) {
  const struct filtered *f = &r->filtered;
  if (!f->out && !f->undecided) return;
  CLEANUP(str_free) struct str words = {0};
  enum role role = f->ill || f->unknown || f->undecided ? ROLE_WARN : ROLE_DIM;
  if (f->ill) str_addf(&words, "%s ", symbol(r->in->glyphs, SYMBOL_WARN));
  if (f->out) str_addf(&words, "%zu hidden", f->out);
  if (f->ill) str_addf(&words, ", %zu not well", f->ill);
  if (f->unknown) str_addf(&words, ", %zu not known", f->unknown);
  if (f->undecided) str_addf(&words, "%s%zu too hard to tell, shown", f->out ? ", " : "", f->undecided);
  int w = text_columns(str_text(&words));
  pen_field(p, 1, p.h - 1, w < p.w - 2 ? w : p.w - 2, style_of(role), str_text(&words));
}

int choice_below(const struct list_rows *r) { return r->filtered.out || r->filtered.undecided ? 10 : 0; }

void draw_choice(struct pen p, const char *title, const struct list_rows *r) {
  draw_above(p, 1 + text_columns(title), r);
  draw_below(p, r);
}

enum { SHEET_W = 46 };

void choosing_draw(struct pen body, const struct app *a, const struct input *in) {
  if (!a->choosing.columns) return;
  int list = a->choosing.columns - 1, rows[TABLE_COLUMNS], shown, count = sheet_rows(a, rows, &shown), at = row_at(a, rows, count), width[TABLE_COLUMNS];
  const struct list_state *s = &a->lists[list];
  struct list_rows r;
  list_open(&r, lists[list], s, in);
  struct pane_rect pane = app_list_rect(a, in, body.w, body.h, list);
  table_layout(&r.table, &s->table, pane.w - 2, pane.h - 2, width);
  int w = SHEET_W, h = count;
  modal_size(body.w, body.h, &w, &h);
  size_t top = at >= h ? (size_t)(at - h + 1) : 0;
  char range[RANGE_TEXT];
  struct pen p = modal_open(body, w, h, &(struct box){.title = arena_printf(in->arena, "Columns of %s", lists[list]->title), .note = s->chosen.count ? "yours" : s->configured.count ? "configured" : NULL,
                                                       .footer = scroll_range(range, top, (size_t)h, (size_t)count), .focused = true});
  for (int y = 0; y < p.h && top + (size_t)y < (size_t)count; y++) {
    int n = (int)top + y, column = rows[n];
    bool on = n == at, sorted = s->sorted == column + 1;
    const char *note = n >= shown ? "" : !width[n] ? "no room here" : sorted ? s->reversed ? "sorts, reversed" : "sorts" : "";
    if (on) pen_fill(p, 0, y, p.w, 1, STYLE(SELECTED)), pen_symbol(p, 0, y, STYLE(SELECTED), SYMBOL_SELECTED);
    struct style base = on ? STYLE(SELECTED) : n < shown ? STYLE(NORMAL) : STYLE(DIM);
    pen_text(p, 2, y, base, n < shown ? "[x]" : "[ ]");
    pen_field(p, 6, y, 20, base, lists[list]->columns[column].shown.title);
    pen_field(p, 27, y, p.w - 27, on ? base : STYLE(DIM), note);
  }
}

/* The line at the bottom while a filter is typed. */
bool choosing_line(struct pen p, const struct app *a, const struct input *in) {
  if (!a->choosing.filter) return false;
  int list = a->choosing.filter - 1;
  const struct list_filter *f = &a->lists[list].filter;
  struct list_rows r;
  list_open(&r, lists[list], &a->lists[list], in);
  bool wrong = f->wrong.text[0] != 0;
  const char *says = wrong ? arena_printf(in->arena, "at %zu: %s%s", f->wrong.at + 1, f->wrong.text, f->text ? "; the last good one holds" : "")
                     : f->pattern ? arena_printf(in->arena, "%zu of %zu  Enter keeps it  Esc shows all", r.filtered.all - r.filtered.out, r.filtered.all)
                                  : "a pattern; ! the others; COLUMN:pattern";
  int w = text_columns(says), most = p.w - 16;
  if (w > most) w = most;
  pen_text(p, 1, 0, STYLE(KEY), "/");
  prompt_draw(pen_sub(p, 2, 0, p.w - w - 4, 1), &f->line, STYLE(INPUT), false, true);
  pen_field(p, p.w - w - 1, 0, w, wrong ? STYLE(BAD) : STYLE(DIM), says);
  return true;
}

void choosing_state(const struct app *a, const struct list_rows *r, int list, struct str *out) {
  const struct list_filter *f = &r->state->filter;
  if (f->pattern) state_linef(out, "filter", "%s, %zu of %zu hidden, %zu not well, %zu not known, %zu too hard", f->text, r->filtered.out, r->filtered.all, r->filtered.ill, r->filtered.unknown, r->filtered.undecided);
  if (a->choosing.filter == 1 + list) state_linef(out, "typed", "%s%s%s", prompt_text(&f->line), f->wrong.text[0] ? "  wrong: " : "", f->wrong.text);
  for (size_t i = 0; i < r->state->marks.count; i++) state_line(out, "marked", r->state->marks.id[i]);
  if (r->state->chosen.count) {
    CLEANUP(str_free) struct str names = {0};
    columns_print(r->list, &r->state->chosen, &names);
    state_line(out, "columns", str_text(&names));
  }
  if (a->choosing.columns == 1 + list) state_line(out, "column", r->list->columns[a->choosing.column].shown.title);
}
