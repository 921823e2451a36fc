#include "views/screen/list.h"
#include "base/clock.h"
#include "tui/bar.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const struct list *const lists[LIST_COUNT] = {
    [LIST_NODES] = &list_nodes,         [LIST_BRICKS] = &list_bricks, [LIST_VOLUMES] = &list_volumes,   [LIST_DOMAINS] = &list_domains,
    [LIST_RESOURCES] = &list_resources, [LIST_EVENTS] = &list_events, [LIST_PROBLEMS] = &list_problems, [LIST_SOURCES] = &list_sources,
    [LIST_TASKS] = &list_tasks,         [LIST_LOGS] = &list_logs, [LIST_FENCING] = &list_fencing,   [LIST_HISTORY] = &list_history, [LIST_LINT] = &list_lint, [LIST_DRILLS] = &list_drills,
};

static const char *row_id(const void *owner, size_t row) {
  const struct list_rows *r = owner;
  return r->list->id(r->in, r->item[row]);
}

static void row_fill(const void *owner, size_t row, struct row *out) {
  const struct list_rows *r = owner;
  r->list->fill(r->in, r->item[row], out);
}

static bool row_marked(const void *owner, size_t row) {
  const struct list_rows *r = owner;
  return mark_has(&r->state->marks, row_id(owner, row));
}

static const char *nothing_said(const struct list_rows *r) {
  if (!r->in->snap) return "waiting for the first answers";
  if (r->in->pending && (r->list == &list_lint || r->list == &list_history)) return "looking";
  if (!r->filtered.all && r->list == &list_events && r->in->event_count) return "none of the events is that grave";
  return r->filtered.all ? arena_printf(r->in->arena, "none of %zu matches", r->filtered.all) : r->list->empty;
}

static bool is_kept(const struct list_rows *r, const struct list_state *s, uint64_t stamp) {
  return stamp && s->kept.stamp == stamp && s->kept.serial == s->filter.serial && s->kept.sorted == s->sorted && s->kept.reversed == s->reversed && s->kept.all == r->table.row_count;
}

/* Which rows there are, and in which order. */
static void arrange(struct list_rows *r, const struct list_state *s) {
  if (!s->filter.pattern && !s->sorted) {
    r->filtered = (struct filtered){.all = r->table.row_count};
    return;
  }
  if (r->in->snap && r->list->stamp && !r->row && is_kept(r, s, r->list->stamp(r->in))) {
    const void **all = r->item;
    r->item = arena_array(r->in->arena, s->kept.count, sizeof *r->item);
    for (size_t i = 0; i < s->kept.count; i++) r->item[i] = all[s->kept.row[i]];
    r->table.row_count = s->kept.count;
    r->filtered = s->kept.filtered;
    return;
  }
  r->filtered = filter_rows(r, s);
  if (s->sorted) sort_rows(r, s->sorted - 1, s->reversed);
}

/* What arrange() would find out again and again. */
static void keep(const struct list *l, struct list_state *s, const struct input *in) {
  uint64_t stamp = l->stamp ? l->stamp(in) : 0;
  struct list_rows r = {.list = l, .in = in, .state = s};
  if (!stamp || (!s->filter.pattern && !s->sorted)) return;
  r.table.row_count = l->collect(in, &r.item);
  if (is_kept(&r, s, stamp)) return;
  size_t all = r.table.row_count;
  r.row = arena_array(in->arena, all, sizeof *r.row);
  for (size_t i = 0; i < all; i++) r.row[i] = (uint32_t)i;
  arrange(&r, s);
  s->kept.row = mem_grow(s->kept.row, r.table.row_count + 1, sizeof *s->kept.row);
  if (r.table.row_count) memcpy(s->kept.row, r.row, r.table.row_count * sizeof *r.row);
  s->kept.stamp = stamp;
  s->kept.serial = s->filter.serial;
  s->kept.sorted = s->sorted;
  s->kept.reversed = s->reversed;
  s->kept.all = all;
  s->kept.count = r.table.row_count;
  s->kept.filtered = r.filtered;
}

void list_open(struct list_rows *r, const struct list *l, const struct list_state *s, const struct input *in) {
  *r = (struct list_rows){.list = l, .in = in, .state = s, .order = columns_of(l, s)};
  r->table = (struct table){.columns = r->columns, .column_count = r->order.count, .cell = r->order.at, .row_count = in->snap ? l->collect(in, &r->item) : 0,
                            .id = row_id, .fill = row_fill, .owner = r, .reversed = s->reversed, .marked = s->marks.count ? row_marked : NULL};
  for (int i = 0; i < r->order.count; i++) {
    r->columns[i] = l->columns[r->order.at[i]].shown;
    if (s->chosen.count || s->configured.count) { /* who orders them says what matters: the last one leaves first */
      r->columns[i].priority = TABLE_COLUMNS - i;
      r->columns[i].spare = false;
    }
    if (s->sorted == r->order.at[i] + 1) r->table.sorted = i + 1;
  }
  arrange(r, s);
  r->table.empty = nothing_said(r);
}

size_t list_follow(const struct list *l, struct list_state *s, const struct input *in) {
  if (!in->snap) return 0;
  filter_refresh(l, s, in);
  keep(l, s, in);
  return marks_follow(l, s, in);
}

void list_state_free(struct list_state *s) {
  table_state_free(&s->table);
  filter_clear(&s->filter);
  marks_clear(&s->marks);
  mem_free(s->kept.row);
  *s = (struct list_state){0};
}

uint64_t snapshot_stamp(const struct input *in) {
  uint64_t stamp = (uint64_t)(uintptr_t)in->snap;
  stamp = stamp * 1000003 + in->snap->version;
  stamp = stamp * 1000003 + (uint64_t)in->snap->now;
  return stamp ? stamp : 1;
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

const char *percent_text(const struct input *in, double percent) { return isfinite(percent) ? arena_printf(in->arena, "%lld%%", (long long)nearbyint(percent)) : NULL; }
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

const char *now_text(const struct input *in) { return clock_text(in, in->simulated ? in->wall : in->own_wall); }

const char *until_text(const struct input *in, int64_t wall) {
  time_t t = (time_t)(wall / 1000);
  struct tm tm;
  char out[CLOCK_TEXT];
  if (wall == UNKNOWN_INT || !(in->utc ? gmtime_r(&t, &tm) : localtime_r(&t, &tm))) return "?";
  strftime(out, sizeof out, wall - in->wall < 20 * 3600000 ? "%H:%M" : "%d %b %H:%M", &tm);
  return arena_strdup(in->arena, out);
}

const char *known_text(const struct input *in, const struct problem *p) {
  const struct acknowledged *k = p->acknowledged;
  return k ? arena_printf(in->arena, "ack by %s until %s: %s", k->by, until_text(in, k->until), k->text) : NULL;
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
  if (t->count == 1 && t->item[0]) return t->item[0];
  CLEANUP(str_free) struct str out = {0};
  for (size_t i = 0; i < t->count; i++) {
    if (i) str_add(&out, ", ");
    str_add(&out, t->item[i] ? t->item[i] : "?");
  }
  return t->count ? arena_strdup(in->arena, out.data) : "-";
}

enum role level_role(enum level level) {
  static const enum role roles[LEVEL_COUNT] = {[LEVEL_NONE] = ROLE_DIM, [LEVEL_OK] = ROLE_OK, [LEVEL_WARN] = ROLE_WARN, [LEVEL_OLD] = ROLE_STALE, [LEVEL_UNKNOWN] = ROLE_UNKNOWN, [LEVEL_BAD] = ROLE_BAD};
  return roles[level];
}

enum symbol level_symbol(enum level level) {
  static const enum symbol symbols[LEVEL_COUNT] = {[LEVEL_NONE] = SYMBOL_SEPARATOR, [LEVEL_OK] = SYMBOL_UP, [LEVEL_WARN] = SYMBOL_WARN, [LEVEL_OLD] = SYMBOL_OLD, [LEVEL_UNKNOWN] = SYMBOL_UNKNOWN, [LEVEL_BAD] = SYMBOL_BAD};
  return symbols[level];
}

const char *standing_text(const struct input *in, struct standing s) { return s.old ? arena_printf(in->arena, "~%s", s.words) : s.words; }

void put_fact(struct row *out, const struct input *in, int column, enum role role, const char *text, const struct texts *stale) {
  if (text && stale && stale->count && !str_eq(text, "-")) row_put(out, column, ROLE_STALE, arena_printf(in->arena, "~%s", text));
  else row_put(out, column, text ? role : ROLE_UNKNOWN, text);
}

const char *trend_text(const struct input *in, enum trend_kind kind, const char *name, int w, double max) {
  double values[TREND_SHOWN];
  char out[BAR_TEXT];
  if (w > TREND_SHOWN) w = TREND_SHOWN;
  if (!in->trends || !in->snap || !trend_values(in->trends, kind, name, in->snap->now, values, (size_t)w)) return "";
  return arena_strdup(in->arena, spark_text(out, in->glyphs, w, values, (size_t)w, max));
}

enum role severity_role(int severity) { return severity == SEVERITY_CRITICAL ? ROLE_BAD : severity == SEVERITY_WARNING ? ROLE_WARN : ROLE_NORMAL; }
enum symbol severity_symbol(int severity) { return severity == SEVERITY_CRITICAL ? SYMBOL_BAD : severity == SEVERITY_WARNING ? SYMBOL_WARN : SYMBOL_BULLET; }
