/* Sorting a list by any of its columns: by the field or the key that the column shows, whatever its text looks like, else by
 * that text. What is not known is last, whichever way around. */
#include "views/screen/list.h"
#include <math.h>
#include <string.h>

static struct sort_key field_key(const struct field *f, const void *item) {
  const void *m = (const char *)item + f->offset;
  switch (f->type) {
  case FIELD_INT:
  case FIELD_TIME: return sort_number(*(const int64_t *)m != UNKNOWN_INT, (double)*(const int64_t *)m);
  case FIELD_REAL: return sort_number(isfinite(*(const double *)m), *(const double *)m);
  case FIELD_BOOL:
  case FIELD_CHOICE: return sort_number(*(const int *)m != 0, *(const int *)m);
  case FIELD_TEXT: return sort_text(*(const char *const *)m);
  case FIELD_SOME:
  case FIELD_TEXTS: return sort_text(((const struct texts *)m)->count ? ((const struct texts *)m)->item[0] : NULL);
  default: return sort_text(NULL);
  }
}

/* By what stands in the cell: a mark of age before it is no part of it. */
static struct sort_key text_key(const struct list_rows *r, int column, const void *item) {
  struct row row = {.hidden = ~(1u << column)};
  r->list->fill(r->in, item, &row);
  const char *text = row.cell[column].text;
  if (!text || row.cell[column].role == ROLE_UNKNOWN) return sort_text(NULL);
  if (*text == '~') text++;
  return sort_text(!*text || str_eq(text, "-") || str_eq(text, "?") ? NULL : arena_strdup(r->in->arena, text)); /* it may stand in the row */
}

static struct sort_key key_of(const struct list_rows *r, int column, const void *item) {
  const struct list_column *c = &r->list->columns[column];
  for (const struct list_key *k = r->list->keys; k && k->of; k++)
    if (k->column == column) return k->of(r->in, item);
  const struct field *f = c->field ? shape_field(r->list->shape, c->field) : NULL;
  return f ? field_key(f, item) : text_key(r, column, item);
}

struct sorted { struct sort_key key; const void *item; uint32_t row; };

static int compare(const struct sort_key *a, const struct sort_key *b, bool reversed) {
  if (!a->known || !b->known) return b->known - a->known;
  int order = a->text && b->text ? str_natural(a->text, b->text) : (a->number > b->number) - (a->number < b->number);
  return reversed ? -order : order;
}

/* A merge sort: stable, so that what is equal stays as the snapshot has it. */
static void merge(struct sorted *row, struct sorted *spare, size_t n, bool reversed) {
  if (n < 2) return;
  size_t half = n / 2;
  merge(row, spare, half, reversed);
  merge(row + half, spare, n - half, reversed);
  memcpy(spare, row, n * sizeof *row);
  for (size_t i = 0, a = 0, b = half; i < n; i++) row[i] = b == n || (a < half && compare(&spare[a].key, &spare[b].key, reversed) <= 0) ? spare[a++] : spare[b++];
}

void sort_rows(struct list_rows *r, int column, bool reversed) {
  size_t n = r->table.row_count;
  if (n < 2 || column < 0 || column >= r->list->column_count || r->list->columns[column].shown.picture) return;
  struct sorted *rows = arena_array(r->in->arena, n * 2, sizeof *rows);
  for (size_t i = 0; i < n; i++) rows[i] = (struct sorted){key_of(r, column, r->item[i]), r->item[i], r->row ? r->row[i] : 0};
  merge(rows, rows + n, n, reversed);
  for (size_t i = 0; i < n; i++) {
    r->item[i] = rows[i].item;
    if (r->row) r->row[i] = rows[i].row;
  }
}
