/* The filter of a list. It looks at the texts as the screen shows them, all columns of a row whether there is room for them
 * or not. What it leaves out is counted, and so is what of it would have been drawn as bad or as not known. */
#include "base/utf8.h"
#include "views/screen/list.h"
#include <stddef.h>
#include <string.h>

/* ---- the line ---- */

void filter_clear(struct list_filter *f) {
  filter_free(f->pattern);
  mem_free(f->text);
  prompt_free(&f->line);
  str_free(&f->hay.text);
  mem_free(f->hay.end);
  mem_free(f->hay.state);
  mem_free(f->pass.out);
  *f = (struct list_filter){.serial = f->serial + 1};
}

/* "!" turns it around, "COLUMN:" looks at one column; only what is a column's name is taken for one, so that "node1:/data"
 * is what it looks like. */
void filter_take_line(const struct list *l, struct list_filter *f) {
  const char *line = prompt_text(&f->line), *s = line;
  struct list_filter now = {.wrong = {.text = ""}};
  if (*s == '!') now.inverted = true, s++;
  size_t len = strcspn(s, ":");
  int column = s[len] ? column_find(l, s, len) : -1;
  if (column >= 0 && !l->columns[column].shown.picture) now.column = 1 + column, s += len + 1;
  now.pattern = *s ? filter_new(s, &now.wrong) : NULL;
  f->wrong = now.wrong;
  if (*s && !now.pattern) {
    f->wrong.at += (size_t)(s - line);
    return; /* the last good one stays */
  }
  filter_free(f->pattern);
  mem_free(f->text);
  f->pattern = now.pattern;
  f->inverted = now.inverted;
  f->column = now.column;
  f->text = now.pattern ? mem_strdup(line) : NULL;
  f->serial++;
}

/* ---- the rows ---- */

static uint32_t pictures(const struct list *l) {
  uint32_t bits = 0;
  for (int i = 0; i < l->column_count; i++)
    if (l->columns[i].shown.picture) bits |= 1u << i;
  return bits;
}

/* How long it is when it is ASCII that can be shown as it is; SIZE_MAX: it is not. */
static size_t plain(const char *s) {
  size_t n = 0;
  for (; s[n]; n++)
    if (s[n] < ' ' || s[n] > '~') return SIZE_MAX;
  return n;
}

/* A line a column, appended to out. Returns FILTERED_ILL and _UNKNOWN. */
static unsigned char add_texts(const struct list *l, const struct input *in, const void *item, uint32_t hidden, struct str *out) {
  struct row row;
  unsigned char state = 0;
  memset(&row, 0, offsetof(struct row, room)); /* the room is large, and hardly ever used */
  row.hidden = hidden;
  l->fill(in, item, &row);
  for (int c = 0; c < l->column_count; c++) {
    const char *text = row.cell[c].text && row_wants(&row, c) ? row.cell[c].text : "";
    if (row.cell[c].role == ROLE_BAD || row.cell[c].role == ROLE_WARN) state |= FILTERED_ILL;
    if (row.cell[c].role == ROLE_UNKNOWN || row.cell[c].role == ROLE_STALE) state |= FILTERED_UNKNOWN;
    size_t len = plain(text);
    if (len != SIZE_MAX) str_addn(out, text, len);
    else {
      size_t room = strlen(text) * 3 + 1;
      CLEANUP(mem_freep) char *clean = mem_alloc(room);
      str_add(out, utf8_clean(clean, room, text));
    }
    str_addc(out, '\n');
  }
  return state;
}

static unsigned char judge(const struct list_filter *f, const char *text, size_t len, unsigned char state) {
  for (int c = f->column; c > 1; c--) {
    size_t line = (size_t)((const char *)memchr(text, '\n', len) - text) + 1;
    text += line;
    len -= line;
  }
  if (f->column) len = (size_t)((const char *)memchr(text, '\n', len) - text);
  else if (len) len--;
  enum filter_says says = filter_match(f->pattern, text, len);
  if (says == FILTER_CANNOT_TELL) return state | FILTERED_UNDECIDED; /* it stays: nothing is hidden by accident */
  return (says == FILTER_YES) == f->inverted ? state | FILTERED_OUT : state;
}

static struct filtered keep_the_rest(struct list_rows *r, const unsigned char *state) {
  struct filtered sum = {.all = r->table.row_count};
  size_t left = 0;
  for (size_t i = 0; i < sum.all; i++) {
    if (state[i] & FILTERED_UNDECIDED) sum.undecided++;
    if (!(state[i] & FILTERED_OUT)) {
      if (r->row) r->row[left] = r->row[i];
      r->item[left++] = r->item[i];
      continue;
    }
    sum.out++;
    if (state[i] & FILTERED_ILL) sum.ill++;
    else if (state[i] & FILTERED_UNKNOWN) sum.unknown++;
  }
  r->table.row_count = left;
  return sum;
}

struct filtered filter_rows(struct list_rows *r, const struct list_state *s) {
  const struct list_filter *f = &s->filter;
  size_t n = r->table.row_count;
  if (!f->pattern || !n) return (struct filtered){.all = n};
  uint64_t stamp = r->list->stamp ? r->list->stamp(r->in) : 0;
  if (stamp && f->pass.stamp == stamp && f->pass.serial == f->serial && f->hay.count == n) return keep_the_rest(r, f->pass.out);
  unsigned char *state = arena_array(r->in->arena, n, 1);
  CLEANUP(str_free) struct str text = {0};
  filter_share(f->pattern, n);
  for (size_t i = 0; i < n; i++) {
    str_reset(&text);
    unsigned char ill = add_texts(r->list, r->in, r->item[i], pictures(r->list), &text);
    state[i] = judge(f, str_text(&text), text.len, ill);
  }
  return keep_the_rest(r, state);
}

/* ---- remembered ---- */

/* Half of it when the line opens, the rest with the first letter: neither key takes long. */
static void gather(const struct list *l, struct list_filter *f, const struct input *in, uint64_t stamp) {
  const void **item;
  size_t n = l->collect(in, &item), to = f->pattern ? n : n / 2;
  if (f->hay.stamp != stamp) {
    str_reset(&f->hay.text);
    f->hay.count = 0;
    f->hay.stamp = stamp;
    f->pass.stamp = 0;
  }
  f->hay.end = mem_grow(f->hay.end, n + 1, sizeof *f->hay.end);
  f->hay.state = mem_grow(f->hay.state, n + 1, 1);
  f->pass.out = mem_grow(f->pass.out, n + 1, 1);
  for (size_t i = f->hay.count; i < to; i++) {
    f->hay.state[i] = add_texts(l, in, item[i], pictures(l), &f->hay.text);
    f->hay.end[i] = f->hay.text.len;
  }
  if (f->hay.count < to) f->hay.count = to;
}

void filter_refresh(const struct list *l, struct list_state *s, const struct input *in) {
  struct list_filter *f = &s->filter;
  uint64_t stamp = l->stamp ? l->stamp(in) : 0;
  if ((!f->pattern && !f->typed) || !stamp || (f->pass.stamp == stamp && f->pass.serial == f->serial)) return;
  gather(l, f, in, stamp);
  if (!f->pattern) return;
  filter_share(f->pattern, f->hay.count);
  for (size_t i = 0, from = 0; i < f->hay.count; from = f->hay.end[i++])
    f->pass.out[i] = judge(f, str_text(&f->hay.text) + from, f->hay.end[i] - from, f->hay.state[i]);
  f->pass.stamp = stamp;
  f->pass.serial = f->serial;
}
