#include "tui/table.h"
#include <stdio.h>
#include <string.h>

enum { GAP = 1, MEASURED = 256 }; /* so many rows are looked at for the widths, and those that are seen */

/* ---- a row ---- */

void row_put(struct row *r, int column, enum role role, const char *text) {
  if (column < 0 || column >= TABLE_COLUMNS) return;
  r->cell[column].text = text ? text : "?";
  r->cell[column].role = text || role != ROLE_NORMAL ? role : ROLE_UNKNOWN;
}

void row_putf(struct row *r, int column, enum role role, const char *format, ...) {
  va_list args;
  size_t room = sizeof(r->room) - r->used;
  char *text = r->room + r->used;
  if (!room) { /* a hostile row of very long texts: what does not fit is not shown as if it were empty */
    row_put(r, column, role, NULL);
    return;
  }
  va_start(args, format);
  int len = vsnprintf(text, room, format, args);
  va_end(args);
  if (len < 0) return;
  r->used += (size_t)len < room ? (size_t)len + 1 : room; /* cut: no room is left for the next one */
  row_put(r, column, role, text);
}

static int cell_of(const struct table *t, int column) { return t->cell ? t->cell[column] : column; }

static void fill(const struct table *t, size_t row, struct row *r, uint32_t hidden) {
  memset(r->cell, 0, sizeof(r->cell));
  r->role = ROLE_NORMAL;
  r->hidden = hidden;
  r->used = 0;
  t->fill(t->owner, row, r);
}

void table_fill(const struct table *t, size_t row, struct row *r) { fill(t, row, r, 0); }

/* ---- where the selection is ---- */

void table_state_free(struct table_state *s) {
  mem_free(s->selected);
  mem_free(s->next);
  mem_free(s->previous);
  *s = (struct table_state){0};
}

int table_height(int pen_height) { return pen_height > 1 ? pen_height - 1 : 0; }

static bool is_row(const struct table *t, size_t row, const char *id) { return row < t->row_count && str_eq(t->id(t->owner, row), id); }

/* The row of that name; near is where to look first. row_count: none. */
static size_t find(const struct table *t, const char *id, size_t near) {
  if (!id) return t->row_count;
  if (is_row(t, near, id)) return near;
  for (size_t i = 0; i < t->row_count; i++)
    if (is_row(t, i, id)) return i;
  return t->row_count;
}

static size_t top_for(const struct table *t, size_t row, size_t top, int pen_height) {
  size_t height = (size_t)table_height(pen_height);
  if (!height) return row;
  if (row < top) top = row;
  if (row >= top + height) top = row - height + 1;
  size_t last = t->row_count > height ? t->row_count - height : 0;
  return top > last ? last : top;
}

struct table_place table_place(const struct table *t, const struct table_state *s, int pen_height) {
  size_t none = t->row_count, row = none;
  if (!none) return (struct table_place){0, 0};
  if (!s->selected) row = 0;
  if (row == none) row = find(t, s->selected, s->row);
  if (row == none) row = find(t, s->next, s->row);
  if (row == none) row = find(t, s->previous, s->row ? s->row - 1 : 0);
  if (row == none) row = s->row < none ? s->row : none - 1;
  return (struct table_place){row, top_for(t, row, s->top, pen_height)};
}

static void remember(char **where, const char *id) {
  if (str_eq(*where, id)) return;
  mem_free(*where);
  *where = mem_strdup(id);
}

static bool store(const struct table *t, struct table_state *s, struct table_place at) {
  s->row = at.row;
  s->top = at.top;
  if (!t->row_count) return false; /* the name is kept: the rows may come back, as after a source was away */
  const char *id = t->id(t->owner, at.row);
  bool moved = !str_eq(s->selected, id);
  remember(&s->selected, id);
  remember(&s->next, at.row + 1 < t->row_count ? t->id(t->owner, at.row + 1) : NULL);
  remember(&s->previous, at.row ? t->id(t->owner, at.row - 1) : NULL);
  return moved;
}

bool table_follow(const struct table *t, struct table_state *s, int pen_height) { return store(t, s, table_place(t, s, pen_height)); }

bool table_move(const struct table *t, struct table_state *s, int pen_height, enum move m) {
  if (!t->row_count) return false;
  struct table_place at = table_place(t, s, pen_height);
  size_t page = (size_t)table_height(pen_height), last = t->row_count - 1, before = at.row;
  if (!page) page = 1;
  switch (m) {
  case MOVE_UP: at.row -= at.row > 0; break;
  case MOVE_DOWN: at.row += at.row < last; break;
  case MOVE_PAGE_UP:
    at.row -= at.row > page ? page : at.row;
    at.top -= at.top > page ? page : at.top;
    break;
  case MOVE_PAGE_DOWN:
    at.row = last - at.row > page ? at.row + page : last;
    at.top += page;
    break;
  case MOVE_HOME: at.row = 0; break;
  case MOVE_END: at.row = last; break;
  }
  at.top = top_for(t, at.row, at.top, pen_height);
  store(t, s, at);
  return at.row != before;
}

bool table_select(const struct table *t, struct table_state *s, int pen_height, const char *id) {
  struct table_place at = table_place(t, s, pen_height);
  at.row = find(t, id, at.row);
  if (at.row == t->row_count) return false;
  at.top = top_for(t, at.row, at.top, pen_height);
  store(t, s, at);
  return true;
}

const char *table_selected(const struct table *t, const struct table_state *s) {
  return t->row_count ? t->id(t->owner, table_place(t, s, 0).row) : NULL;
}

char *table_range(char *out, const struct table *t, const struct table_state *s, int pen_height) {
  return scroll_range(out, table_place(t, s, pen_height).top, (size_t)table_height(pen_height), t->row_count);
}

/* ---- widths ---- */

static int column_count(const struct table *t) { return t->column_count > TABLE_COLUMNS ? TABLE_COLUMNS : t->column_count; }

/* ASCII is measured by its length; that is all but a few names. */
static int columns_of(const char *text, int limit) {
  int n = 0;
  for (const char *s = text; *s; s++, n++) {
    if (n >= limit) return limit;
    if ((unsigned char)*s >= 0x7F) return text_columns(text);
  }
  return n;
}

/* busy: columns in which something stands. */
static void measure(const struct table *t, size_t from, size_t to, int count, uint32_t hidden, int want[], bool busy[]) {
  struct row r;
  for (size_t i = from; i < to && i < t->row_count; i++) {
    fill(t, i, &r, hidden);
    for (int c = 0; c < count; c++) {
      int cell = cell_of(t, c);
      const char *text = row_wants(&r, cell) ? r.cell[cell].text : NULL;
      int columns = text ? columns_of(text, CANVAS_MAX) : 0;
      busy[c] |= columns > 0 && strcmp(text, "-") != 0;
      if (columns > want[c]) want[c] = columns;
    }
  }
}

static int limit_of(const struct column *c) { return c->max > 0 ? c->max : CANVAS_MAX; }

/* What it takes at least. want: what its texts would like. */
static int least_of(const struct column *c, int want) {
  int least = c->min > 0 ? c->min : 1;
  if ((!c->whole && c->align != ALIGN_RIGHT) || want <= least) return least; /* a number that is cut is another number */
  return want < limit_of(c) ? want : limit_of(c);
}

static int goal_of(const struct column *c, int want) { return want < limit_of(c) ? want : limit_of(c); }

/* Those that only come when nothing is cut for them, the most important first. Returns what they take. */
static int choose_spare(const struct table *t, int count, int room, const int want[], const bool busy[], bool shown[]) {
  int taken = 0, used = 0;
  for (int c = 0; c < count; c++)
    if (shown[c]) {
      int least = least_of(&t->columns[c], want[c]), goal = goal_of(&t->columns[c], want[c]);
      used += GAP + (goal > least ? goal : least);
    }
  for (;;) {
    int in = -1;
    for (int c = 0; c < count; c++)
      if (!shown[c] && busy[c] && t->columns[c].spare && (in < 0 || t->columns[c].priority > t->columns[in].priority)) in = c;
    if (in < 0) return taken;
    int more = GAP + least_of(&t->columns[in], want[in]);
    if (used + taken + more - GAP > room) return taken;
    shown[in] = true;
    taken += more;
  }
}

/* Which columns stay at their least width. Returns what they take. */
static int choose(const struct table *t, int count, int room, const int want[], const bool busy[], bool shown[]) {
  int left = 0, need = -GAP;
  bool out_of_room = false;
  for (int c = 0; c < count; c++) {
    shown[c] = !t->columns[c].spare;
    left += shown[c];
    if (shown[c]) need += GAP + least_of(&t->columns[c], want[c]);
  }
  while (need > room && left > 1) {
    int out = -1;
    for (int c = 0; c < count; c++)
      if (shown[c] && (out < 0 || t->columns[c].priority <= t->columns[out].priority)) out = c;
    shown[out] = false;
    need -= GAP + least_of(&t->columns[out], want[out]);
    left--;
    out_of_room = true;
  }
  return out_of_room ? need : need + choose_spare(t, count, room, want, busy, shown);
}

/* What is left goes first to texts that do not fit, most important column first, then by weight. */
static void share(const struct table *t, int count, int extra, const bool shown[], const int want[], int width[]) {
  bool done[TABLE_COLUMNS] = {false};
  for (;;) {
    int most = -1;
    for (int c = 0; c < count; c++)
      if (shown[c] && !done[c] && (most < 0 || t->columns[c].priority > t->columns[most].priority)) most = c;
    if (most < 0) break;
    done[most] = true;
    int more = goal_of(&t->columns[most], want[most]) - width[most];
    if (more > extra) more = extra;
    if (more <= 0) continue;
    width[most] += more;
    extra -= more;
  }
  while (extra > 0) {
    int weights = 0, given = 0;
    for (int c = 0; c < count; c++)
      if (shown[c] && width[c] < limit_of(&t->columns[c])) weights += t->columns[c].weight;
    if (weights <= 0) return;
    for (int c = 0; c < count && given < extra; c++) {
      if (!shown[c] || t->columns[c].weight <= 0 || width[c] >= limit_of(&t->columns[c])) continue;
      int more = extra * t->columns[c].weight / weights;
      if (more < 1) more = 1;
      if (more > extra - given) more = extra - given;
      if (more > limit_of(&t->columns[c]) - width[c]) more = limit_of(&t->columns[c]) - width[c];
      width[c] += more;
      given += more;
    }
    extra -= given;
  }
}

/* The column of the selection's sign, and one for marks where rows can be marked and some are. */
static int gutter(const struct table *t) { return t->marked ? 2 : 1; }

/* Cells of the columns that are not shown. */
static uint32_t hidden_cells(const struct table *t, int count, const bool shown[]) {
  uint32_t hidden = UINT32_MAX;
  for (int c = 0; c < count; c++)
    if (shown[c]) hidden &= ~(1u << cell_of(t, c));
  return hidden;
}

static int layout(const struct table *t, size_t top, int w, int pen_height, int width[TABLE_COLUMNS]) {
  int count = column_count(t), want[TABLE_COLUMNS] = {0}, shown_count = 0, room = w - gutter(t);
  bool shown[TABLE_COLUMNS] = {false}, busy[TABLE_COLUMNS] = {false};
  memset(width, 0, sizeof(*width) * TABLE_COLUMNS);
  if (room <= 0) return 0;
  for (int c = 0; c < count; c++) busy[c] = true, want[c] = text_columns(t->columns[c].title) + (t->sorted == c + 1);
  choose(t, count, room, want, busy, shown); /* what has no room by its title alone has none with its texts */
  uint32_t hidden = hidden_cells(t, count, shown);
  for (int c = 0; c < count; c++) busy[c] = false;
  measure(t, 0, MEASURED, count, hidden, want, busy);
  size_t seen = top > MEASURED ? top : MEASURED;
  measure(t, seen, top + (size_t)table_height(pen_height), count, hidden, want, busy);
  int extra = room - choose(t, count, room, want, busy, shown);
  for (int c = 0; c < count; c++) {
    if (!shown[c]) continue;
    shown_count++;
    width[c] = least_of(&t->columns[c], want[c]);
    if (extra < 0) width[c] = room; /* the last one, and too wide even so */
  }
  if (extra > 0) share(t, count, extra, shown, want, width);
  return shown_count;
}

int table_layout(const struct table *t, const struct table_state *s, int w, int pen_height, int width[TABLE_COLUMNS]) {
  return layout(t, table_place(t, s, pen_height).top, w, pen_height, width);
}

/* ---- drawing ---- */

static void draw_field(struct pen p, int x, int y, int w, enum align align, struct style s, const char *text) {
  if (align == ALIGN_RIGHT) pen_right(p, x, y, w, s, text);
  else pen_field(p, x, y, w, s, text);
}

static void draw_header(struct pen p, const struct table *t, const int width[]) {
  const struct style s = STYLE(HEADER);
  pen_fill(p, 0, 0, p.w, 1, s);
  for (int c = 0, x = gutter(t); c < column_count(t); c++) {
    if (!width[c]) continue;
    char title[128];
    const char *mark = t->sorted == c + 1 ? symbol(p.canvas->glyphs, t->reversed ? SYMBOL_ARROW_DOWN : SYMBOL_ARROW_UP) : "";
    snprintf(title, sizeof(title), "%s%s", t->columns[c].title, mark);
    draw_field(p, x, 0, width[c], t->columns[c].align, s, title);
    x += width[c] + GAP;
  }
}

static void draw_row(struct pen p, int y, const struct table *t, const struct row *r, const int width[], enum role selected, bool marked) {
  struct style base = style_of(r->role);
  if (selected != ROLE_NORMAL) {
    base.on = (uint8_t)selected;
    pen_fill(p, 0, y, p.w, 1, style_of(selected));
    if (selected == ROLE_SELECTED) pen_symbol(p, 0, y, style_of(selected), SYMBOL_SELECTED);
  }
  if (marked) pen_symbol(p, 1, y, (struct style){.role = ROLE_ACCENT, .on = (uint8_t)selected}, SYMBOL_MARKED);
  for (int c = 0, x = gutter(t); c < column_count(t); c++) {
    if (!width[c]) continue;
    struct style s = base;
    int cell = cell_of(t, c);
    if (r->cell[cell].role != ROLE_NORMAL) s.role = (uint8_t)r->cell[cell].role;
    if (s.role == ROLE_NORMAL && selected != ROLE_NORMAL) s = style_of(selected);
    if (r->cell[cell].text) draw_field(p, x, y, width[c], t->columns[c].align, s, r->cell[cell].text);
    x += width[c] + GAP;
  }
}

void table_draw(struct pen p, const struct table *t, const struct table_state *s, bool focused) {
  int width[TABLE_COLUMNS], count = column_count(t);
  bool shown[TABLE_COLUMNS];
  struct table_place at = table_place(t, s, p.h);
  layout(t, at.top, p.w, p.h, width);
  for (int c = 0; c < count; c++) shown[c] = width[c] > 0;
  uint32_t hidden = hidden_cells(t, count, shown);
  draw_header(p, t, width);
  if (!t->row_count && t->empty) pen_text(p, gutter(t), 1, STYLE(DIM), t->empty);
  struct row r;
  for (int y = 1; y < p.h && at.top + (size_t)y - 1 < t->row_count; y++) {
    size_t row = at.top + (size_t)y - 1;
    fill(t, row, &r, hidden);
    draw_row(p, y, t, &r, width, t->unselected || row != at.row ? ROLE_NORMAL : focused ? ROLE_SELECTED : ROLE_SELECTED_UNFOCUSED, t->marked && t->marked(t->owner, row));
  }
}
