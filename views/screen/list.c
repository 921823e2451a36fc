#include "views/screen/list.h"
#include "base/clock.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const struct list *const lists[LIST_COUNT] = {
    [LIST_NODES] = &list_nodes,         [LIST_BRICKS] = &list_bricks, [LIST_VOLUMES] = &list_volumes,   [LIST_DOMAINS] = &list_domains,
    [LIST_RESOURCES] = &list_resources, [LIST_EVENTS] = &list_events, [LIST_PROBLEMS] = &list_problems, [LIST_SOURCES] = &list_sources,
    [LIST_TASKS] = &list_tasks,         [LIST_HISTORY] = &list_history,
};

/* ---- sorting: by the field that a column shows, whatever its text looks like ---- */

static int compare_field(const struct field *f, const void *a, const void *b) {
  const char *x = (const char *)a + f->offset, *y = (const char *)b + f->offset;
  switch (f->type) {
  case FIELD_INT:
  case FIELD_TIME: {
    int64_t p = *(const int64_t *)(const void *)x, q = *(const int64_t *)(const void *)y;
    return (p > q) - (p < q);
  }
  case FIELD_REAL: {
    double p = *(const double *)(const void *)x, q = *(const double *)(const void *)y;
    if (isnan(p) || isnan(q)) return !isnan(p) - !isnan(q);
    return (p > q) - (p < q);
  }
  case FIELD_BOOL:
  case FIELD_CHOICE: return *(const int *)(const void *)x - *(const int *)(const void *)y;
  case FIELD_TEXT: return str_natural(*(const char *const *)(const void *)x, *(const char *const *)(const void *)y);
  case FIELD_TEXTS: {
    const struct texts *p = (const void *)x, *q = (const void *)y;
    return str_natural(p->count ? p->item[0] : NULL, q->count ? q->item[0] : NULL);
  }
  default: return 0;
  }
}

/* A merge sort: stable, so that what is equal stays as the snapshot has it. */
static void sort_items(const void **item, const void **spare, size_t n, const struct field *f, bool reversed) {
  if (n < 2) return;
  size_t half = n / 2;
  sort_items(item, spare, half, f, reversed);
  sort_items(item + half, spare, n - half, f, reversed);
  memcpy(spare, item, n * sizeof *item);
  for (size_t i = 0, a = 0, b = half; i < n; i++) {
    int c = a < half && b < n ? compare_field(f, spare[a], spare[b]) : a < half ? -1 : 1;
    if (a < half && b < n && reversed) c = -c;
    item[i] = c <= 0 ? spare[a++] : spare[b++];
  }
}

static const char *row_id(const void *owner, size_t row) {
  const struct list_rows *r = owner;
  return r->list->id(r->in, r->item[row]);
}

static void row_fill(const void *owner, size_t row, struct row *out) {
  const struct list_rows *r = owner;
  r->list->fill(r->in, r->item[row], out);
}

void list_open(struct list_rows *r, const struct list *l, const struct list_state *s, const struct input *in) {
  *r = (struct list_rows){.list = l, .in = in};
  size_t n = in->snap ? l->collect(in, &r->item) : 0;
  const char *field = s->sorted ? l->columns[s->sorted - 1].field : NULL;
  if (n && field) sort_items(r->item, arena_array(in->arena, n, sizeof *r->item), n, shape_field(l->shape, field), s->reversed);
  for (int i = 0; i < l->column_count; i++) r->columns[i] = l->columns[i].shown;
  r->table = (struct table){.columns = r->columns, .column_count = l->column_count, .row_count = n, .id = row_id, .fill = row_fill, .owner = r,
                            .sorted = field ? s->sorted : 0, .reversed = s->reversed, .empty = l == &list_events && in->event_count ? "none of the events is that grave" : in->snap ? l->empty : "waiting for the first answers"};
}

const void *list_selected(const struct list_rows *r, const struct list_state *s) {
  const char *id = table_selected(&r->table, &s->table);
  for (size_t i = 0; id && i < r->table.row_count; i++)
    if (str_eq(row_id(r, i), id)) return r->item[i];
  return NULL;
}

/* ---- texts ---- */

const char *size_text(const struct input *in, int64_t bytes) {
  char out[SIZE_TEXT];
  return bytes == UNKNOWN_INT ? NULL : arena_strdup(in->arena, str_size(out, bytes));
}

const char *percent_text(const struct input *in, double percent) { return isfinite(percent) ? arena_printf(in->arena, "%.0f%%", percent) : NULL; }
const char *count_text(const struct input *in, int64_t n) { return n == UNKNOWN_INT ? NULL : arena_printf(in->arena, "%lld", (long long)n); }

const char *age_text(const struct input *in, int64_t since) {
  char out[CLOCK_TEXT];
  return since == UNKNOWN_INT ? NULL : arena_strdup(in->arena, clock_age(out, in->wall > since ? in->wall - since : 0));
}

const char *clock_text(const struct input *in, int64_t wall) {
  time_t t = (time_t)(wall / 1000);
  struct tm tm;
  char out[CLOCK_TEXT];
  if (wall == UNKNOWN_INT || !(in->utc ? gmtime_r(&t, &tm) : localtime_r(&t, &tm))) return NULL;
  strftime(out, sizeof out, "%H:%M:%S", &tm);
  return arena_strdup(in->arena, out);
}

/* What waits, and how it goes. */
const char *heal_text(const struct input *in, int64_t pending, const struct heal_view *h) {
  char age[CLOCK_TEXT];
  const char *count = count_text(in, pending);
  if (!count || pending <= 0) return count;
  if (h->eta_s != UNKNOWN_INT) return arena_printf(in->arena, "%s %s %s", count, symbol(in->glyphs, SYMBOL_ARROW_DOWN), clock_age(age, h->eta_s * 1000));
  if (isfinite(h->per_minute) && h->per_minute < 0) return arena_printf(in->arena, "%s grows", count);
  return h->no_progress_since != UNKNOWN_INT ? arena_printf(in->arena, "%s stuck %s", count, age_text(in, h->no_progress_since)) : count;
}

const char *rate_text(const struct input *in, int64_t pending, const struct heal_view *h) {
  if (pending == UNKNOWN_INT || pending <= 0 || !isfinite(h->per_minute)) return "-";
  double rate = fabs(h->per_minute);
  return arena_printf(in->arena, rate < 10 ? "%s%.1f/min" : "%s%.0f/min", h->per_minute < 0 ? "+" : "", rate);
}

const char *join_text(const struct input *in, const struct texts *t) {
  CLEANUP(str_free) struct str out = {0};
  for (size_t i = 0; i < t->count; i++) str_addf(&out, "%s%s", i ? ", " : "", t->item[i] ? t->item[i] : "?");
  return t->count ? arena_strdup(in->arena, out.data) : "-";
}

void put_fact(struct row *out, const struct input *in, int column, enum role role, const char *text, const struct texts *stale) {
  if (text && stale && stale->count && !str_eq(text, "-")) row_put(out, column, ROLE_STALE, arena_printf(in->arena, "~%s", text));
  else row_put(out, column, text ? role : ROLE_UNKNOWN, text);
}
