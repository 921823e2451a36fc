#include "tui/menu.h"
#include "tui/text.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { SIDE_FROM = 96, HELP_ROWS = 5, FILTER = 1, NONE = -1 };

/* ---- which rows, in which lines ---- */

static bool has_word(const char *text, const char *word, size_t len) {
  for (; text && *text; text++)
    if (!strncasecmp(text, word, len)) return true;
  return false;
}

/* Each word of the filter is in its title, its id or its heading. */
static bool fits(const struct menu_row *r, const char *filter) {
  while (*filter) {
    size_t len = strcspn(filter, " ");
    if (len && !has_word(r->title, filter, len) && !has_word(r->id, filter, len) && !has_word(r->group, filter, len)) return false;
    filter += len + strspn(filter + len, " ");
  }
  return true;
}

struct lines { /* of the list: a row's index, or NONE for a heading over the one that follows */
  ptrdiff_t *row;
  size_t count;
};

static void lines_free(struct lines *l) { mem_free(l->row); }

static struct lines lines_of(const struct menu *m, const struct menu_state *s) {
  struct lines l = {.row = mem_alloc((m->count * 2 + 1) * sizeof *l.row)};
  const char *group = NULL, *filter = prompt_text(&s->filter);
  for (size_t i = 0; i < m->count; i++) {
    if (!m->ranked && !fits(&m->rows[i], filter)) continue;
    if (m->rows[i].group && !str_eq(group, m->rows[i].group)) l.row[l.count++] = NONE;
    group = m->rows[i].group;
    l.row[l.count++] = (ptrdiff_t)i;
  }
  return l;
}

/* The line of the selected row, else of the first; count: there is none. */
static size_t line_at(const struct menu *m, const struct menu_state *s, const struct lines *l) {
  size_t first = l->count;
  for (size_t i = l->count; i-- > 0;) {
    if (l->row[i] == NONE) continue;
    if (str_eq(m->rows[l->row[i]].id, s->selected)) return i;
    first = i;
  }
  return first;
}

const struct menu_row *menu_selected(const struct menu *m, const struct menu_state *s) {
  CLEANUP(lines_free) struct lines l = lines_of(m, s);
  size_t i = line_at(m, s, &l);
  return i < l.count ? &m->rows[l.row[i]] : NULL;
}

/* ---- the parts of the pen ---- */

struct parts { int list_w, list_h, help_x, help_y, help_w, help_h; };

static struct parts parts_of(int w, int h) {
  struct parts p = {.list_w = w, .list_h = h - FILTER};
  if (w >= SIDE_FROM) {
    p.list_w = w * 11 / 20;
    p.help_x = p.list_w + 2;
    p.help_w = w - p.help_x - 1;
    p.help_y = FILTER;
    p.help_h = h - FILTER;
    return p;
  }
  p.help_h = h >= 18 ? HELP_ROWS : h >= 10 ? 3 : h >= 7 ? 2 : 0;
  p.list_h -= p.help_h + (p.help_h ? 1 : 0);
  p.help_x = 1;
  p.help_w = w - 2;
  p.help_y = h - p.help_h;
  if (p.list_h < 1) p.list_h = 1;
  return p;
}

/* ---- moving ---- */

static void remember(const struct menu *m, struct menu_state *s, const struct lines *l, size_t line) {
  if (line >= l->count) return;
  char *id = mem_strdup(m->rows[l->row[line]].id);
  mem_free(s->selected);
  s->selected = id;
}

static void scroll_to(struct menu_state *s, const struct lines *l, size_t line, int h) {
  size_t height = h > 0 ? (size_t)h : 1, shown = line && line < l->count && l->row[line - 1] == NONE ? line - 1 : line; /* with its heading */
  if (shown < s->top) s->top = shown;
  if (line >= s->top + height) s->top = line - height + 1;
  size_t last = l->count > height ? l->count - height : 0;
  if (s->top > last) s->top = last;
}

void menu_follow(const struct menu *m, struct menu_state *s, int w, int h) {
  CLEANUP(lines_free) struct lines l = lines_of(m, s);
  size_t line = line_at(m, s, &l);
  remember(m, s, &l, line);
  scroll_to(s, &l, line, parts_of(w, h).list_h);
}

static size_t step(const struct lines *l, size_t line, int by) {
  for (size_t i = line; by < 0 ? i > 0 : i + 1 < l->count;) {
    i += (size_t)by;
    if (l->row[i] != NONE) return i;
  }
  return line;
}

void menu_move(const struct menu *m, struct menu_state *s, int w, int h, enum move move) {
  CLEANUP(lines_free) struct lines l = lines_of(m, s);
  size_t line = line_at(m, s, &l);
  int height = parts_of(w, h).list_h, page = move == MOVE_PAGE_UP || move == MOVE_PAGE_DOWN ? height > 1 ? height - 1 : 1 : 1;
  if (line == l.count) return;
  if (move == MOVE_HOME || move == MOVE_END) page = (int)l.count;
  for (int i = 0; i < page; i++) line = step(&l, line, move == MOVE_UP || move == MOVE_PAGE_UP || move == MOVE_HOME ? -1 : 1);
  remember(m, s, &l, line);
  scroll_to(s, &l, line, height);
}

void menu_select(const struct menu *m, struct menu_state *s, int w, int h, const char *id) {
  char *copy = mem_strdup(id);
  mem_free(s->selected);
  s->selected = copy;
  menu_follow(m, s, w, h);
}

bool menu_key(const struct menu *m, struct menu_state *s, int w, int h, struct key k) {
  enum prompt_did did = prompt_key(&s->filter, k);
  if (did == PROMPT_NOT) return false;
  if (did == PROMPT_CHANGED && m->ranked) { /* the best of what is given next */
    mem_free(s->selected);
    s->selected = NULL;
    s->top = 0;
  } else if (did == PROMPT_CHANGED) {
    s->top = 0;
    menu_follow(m, s, w, h);
  }
  return true;
}

char *menu_range(char *out, const struct menu *m, const struct menu_state *s, int w, int h) {
  CLEANUP(lines_free) struct lines l = lines_of(m, s);
  int height = parts_of(w, h).list_h;
  return scroll_range(out, s->top, height > 0 ? (size_t)height : 0, l.count);
}

const struct menu_row *menu_row_at(const struct menu *m, const struct menu_state *s, int w, int h, int x, int y) {
  CLEANUP(lines_free) struct lines l = lines_of(m, s);
  struct parts at = parts_of(w, h);
  size_t line = s->top + (size_t)(y - FILTER);
  if (x < 0 || x >= at.list_w || y < FILTER || y >= FILTER + at.list_h || line >= l.count || l.row[line] == NONE) return NULL;
  return &m->rows[l.row[line]];
}

int menu_height(const struct menu *m, int w) {
  static const struct menu_state all = {{0}, NULL, 0};
  CLEANUP(lines_free) struct lines l = lines_of(m, &all);
  int rows = (int)l.count + FILTER, help = HELP_ROWS + 1;
  if (w < SIDE_FROM) return (rows < 6 ? 6 : rows) + help + 1;
  return rows < 14 ? 14 : rows;
}

void menu_state_free(struct menu_state *s) {
  prompt_free(&s->filter);
  mem_free(s->selected);
  *s = (struct menu_state){0};
}

/* ---- drawing ---- */

static void draw_row(struct pen p, int y, const struct menu_row *r, bool selected) {
  struct style s = r->refused ? STYLE(DIM) : STYLE(NORMAL), note = style_of(r->note_role);
  int room = p.w - 2 - (r->note && *r->note ? text_columns(r->note) + 1 : 0);
  if (selected) {
    pen_fill(p, 0, y, p.w, 1, STYLE(SELECTED));
    pen_symbol(p, 0, y, STYLE(SELECTED), SYMBOL_SELECTED);
    s.on = note.on = ROLE_SELECTED;
    if (s.role == ROLE_NORMAL) s = STYLE(SELECTED);
  }
  if (r->refused) {
    int x = pen_field(p, 2, y, text_columns(r->title) < room ? text_columns(r->title) : room, s, r->title);
    if (x + 6 < room) pen_field(p, x + 2, y, room - x - 1, s, r->refused);
  } else pen_field(p, 2, y, room, s, r->title);
  if (r->note && *r->note) pen_right(p, p.w - 1 - text_columns(r->note), y, text_columns(r->note), note, r->note);
}

static void draw_help(struct pen p, const struct menu_row *r) {
  if (p.h < 1 || !r) return;
  struct text *t = text_new();
  if (p.h > HELP_ROWS) {
    text_add(t, STYLE(TITLE), r->title);
    text_add(t, STYLE(NORMAL), "");
  }
  if (r->refused) text_addf(t, STYLE(WARN), "Not now: %s", r->refused);
  if (r->help) text_add(t, STYLE(NORMAL), r->help);
  text_draw(p, t, 0);
  text_free(t);
}

void menu_draw(struct pen p, const struct menu *m, const struct menu_state *s) {
  CLEANUP(lines_free) struct lines l = lines_of(m, s);
  struct parts at = parts_of(p.w, p.h);
  size_t selected = line_at(m, s, &l);
  int x = pen_text(p, 2, 0, STYLE(DIM), "find: ");
  prompt_draw(pen_sub(p, x, 0, at.list_w - x - 1, 1), &s->filter, STYLE(INPUT), false, true);
  for (int y = 0; y < at.list_h && s->top + (size_t)y < l.count; y++) {
    size_t line = s->top + (size_t)y;
    struct pen row = pen_sub(p, 0, FILTER + y, at.list_w, 1);
    if (l.row[line] == NONE) pen_field(row, 1, 0, row.w - 1, STYLE(HEADER), m->rows[l.row[line + 1]].group);
    else draw_row(row, 0, &m->rows[l.row[line]], line == selected);
  }
  if (!l.count && m->empty) pen_field(p, 2, FILTER, at.list_w - 2, STYLE(DIM), m->count || prompt_text(&s->filter)[0] ? "nothing of that name; Backspace takes letters away" : m->empty);
  if (at.help_y == FILTER) pen_rule_down(p, at.help_x - 2, 0, p.h, STYLE(BORDER));
  else if (at.help_h) pen_rule(p, 0, at.help_y - 1, p.w, STYLE(BORDER));
  draw_help(pen_sub(p, at.help_x, at.help_y, at.help_w, at.help_h), selected < l.count ? &m->rows[l.row[selected]] : NULL);
}
