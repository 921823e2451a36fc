/* Volumes: type, room, and whether each set has its copies. */
#include "tui/bar.h"
#include "views/screen/list.h"
#include <math.h>

enum { VOLUME, TYPE, SIZE, USED, COPIES, STATUS, HEAL, RATE, SPLIT, BRICKS, TREND, FREE, SETS, TASK, SHARD };

static double used_of(const struct volume_view *v) { return used_percent(v->size, v->free); }

static struct sort_key used_key(const struct input *in, const void *item) {
  (void)in;
  return sort_number(isfinite(used_of(item)), used_of(item));
}

static struct sort_key rate_key(const struct input *in, const void *item) {
  const struct volume_view *v = item;
  (void)in;
  return sort_number(v->heal_pending > 0 && isfinite(v->heal.per_minute), v->heal.per_minute);
}

static size_t bricks_up(const struct volume_view *v, size_t *ret_known) {
  size_t up = 0;
  *ret_known = 0;
  for (size_t i = 0; i < v->bricks.count; i++) up += v->bricks.item[i].online == TRUTH_YES, *ret_known += v->bricks.item[i].online != TRUTH_UNKNOWN;
  return up;
}

static struct sort_key bricks_key(const struct input *in, const void *item) {
  size_t known, up = bricks_up(item, &known);
  (void)in;
  return sort_number(known > 0, (double)up);
}

static struct sort_key sets_key(const struct input *in, const void *item) {
  (void)in;
  return sort_number(true, (double)volume_sets(item));
}

static const struct list_column columns[] = {
    [VOLUME] = {{.title = "VOLUME", .min = 6, .max = 32, .weight = 1, .priority = 99}, "name"},
    [TYPE] = {{.title = "TYPE", .min = 6, .max = 26, .priority = 60}, "type"},
    [SIZE] = {{.title = "SIZE", .min = 4, .align = ALIGN_RIGHT, .priority = 70}, "size"},
    [USED] = {{.title = "USED", .min = 8, .max = 10, .whole = true, .priority = 75}, NULL},
    [COPIES] = {{.title = "COPIES", .min = 7, .max = 8, .priority = 90}, "writable"},
    [STATUS] = {{.title = "STATUS", .min = 7, .max = 8, .priority = 68}, "status"},
    [HEAL] = {{.title = "HEAL", .min = 4, .max = 17, .whole = true, .align = ALIGN_RIGHT, .priority = 65}, "heal_pending"},
    [RATE] = {{.title = "RATE", .min = 4, .max = 9, .whole = true, .align = ALIGN_RIGHT, .priority = 35}, NULL},
    [SPLIT] = {{.title = "SPLIT", .min = 5, .align = ALIGN_RIGHT, .priority = 40}, "split_brain"},
    [BRICKS] = {{.title = "BRICKS", .min = 6, .max = 10, .priority = 50}, NULL},
    [TREND] = {{.title = "HEAL TREND", .min = 16, .max = 16, .spare = true, .priority = 10, .picture = true}, NULL},
    [FREE] = {{.title = "FREE", .min = 4, .align = ALIGN_RIGHT, .priority = 9, .extra = true}, "free"},
    [SETS] = {{.title = "SETS", .min = 4, .align = ALIGN_RIGHT, .priority = 8, .extra = true}, NULL},
    [TASK] = {{.title = "TASK", .min = 8, .max = 40, .priority = 7, .extra = true}, NULL},
    [SHARD] = {{.title = "SHARDED", .min = 7, .priority = 6, .extra = true}, "sharded"},
};
static const struct list_key keys[] = {{USED, used_key}, {RATE, rate_key}, {BRICKS, bricks_key}, {SETS, sets_key}, {0, NULL}};

static size_t collect(const struct input *in, const void ***ret) {
  size_t n = in->snap->volumes.count;
  *ret = arena_array(in->arena, n, sizeof **ret);
  for (size_t i = 0; i < n; i++) (*ret)[i] = &in->snap->volumes.item[i];
  return n;
}

static const char *id(const struct input *in, const void *item) {
  (void)in;
  return ((const struct volume_view *)item)->name;
}

static const char *used_text(const struct input *in, const struct volume_view *v) {
  char bar[BAR_TEXT];
  double used = used_of(v);
  if (isnan(used)) return NULL;
  return arena_printf(in->arena, "%s %2.0f%%", bar_text(bar, in->glyphs, 4, used), used);
}

/* "full" is said only when all bricks live and nothing waits to heal; not having counted is not that. */
static void put_copies(const struct input *in, const struct volume_view *v, struct row *out) {
  if (!str_eq(v->status, "started")) row_put(out, COPIES, ROLE_DIM, "-");
  else if (v->writable == SET_LOST) put_fact(out, in, COPIES, ROLE_BAD, "LOST", &v->stale);
  else if (v->writable == SET_REDUCED) put_fact(out, in, COPIES, ROLE_WARN, "REDUCED", &v->stale);
  else if (v->writable == SET_UNKNOWN) row_put(out, COPIES, ROLE_UNKNOWN, NULL);
  else if (v->heal_pending == UNKNOWN_INT) row_put(out, COPIES, ROLE_UNKNOWN, "full?");
  else if (v->heal_pending > 0) put_fact(out, in, COPIES, ROLE_WARN, "HEALING", &v->stale);
  else put_fact(out, in, COPIES, ROLE_OK, "full", &v->stale);
}

static const char *tasks_text(const struct input *in, const struct volume_view *v) {
  CLEANUP(str_free) struct str out = {0};
  for (size_t i = 0; i < v->tasks.count; i++) str_addf(&out, "%s%s %s", i ? ", " : "", v->tasks.item[i].type ? v->tasks.item[i].type : "?", v->tasks.item[i].status ? v->tasks.item[i].status : "?");
  return v->tasks.count ? arena_strdup(in->arena, out.data) : "-";
}

static void put_more(const struct input *in, const struct volume_view *v, struct row *out) {
  if (row_wants(out, TREND)) row_put(out, TREND, ROLE_ACCENT, v->heal_pending == 0 ? "" : trend_text(in, TREND_VOLUME_HEAL, v->name, 16, 0));
  if (row_wants(out, FREE)) put_fact(out, in, FREE, ROLE_NORMAL, size_text(in, v->free), &v->stale);
  if (row_wants(out, SETS)) row_put(out, SETS, ROLE_NORMAL, count_text(in, (int64_t)volume_sets(v)));
  if (row_wants(out, TASK)) put_fact(out, in, TASK, ROLE_NORMAL, tasks_text(in, v), &v->stale);
  if (row_wants(out, SHARD)) put_fact(out, in, SHARD, ROLE_NORMAL, v->sharded ? v->sharded == TRUTH_YES ? "yes" : "no" : NULL, &v->stale);
}

static void fill(const struct input *in, const void *item, struct row *out) {
  const struct volume_view *v = item;
  size_t known, up = bricks_up(v, &known);
  row_put(out, VOLUME, ROLE_NORMAL, v->name);
  row_put(out, TYPE, ROLE_DIM, v->replica > 1 ? arena_printf(in->arena, "%s %lld%s", v->type ? v->type : "?", (long long)v->replica, v->arbiter > 0 ? "+a" : "") : v->type);
  put_fact(out, in, SIZE, ROLE_NORMAL, size_text(in, v->size), &v->stale);
  put_fact(out, in, USED, ROLE_NORMAL, used_text(in, v), &v->stale);
  put_copies(in, v, out);
  put_fact(out, in, STATUS, str_eq(v->status, "started") ? ROLE_OK : ROLE_WARN, v->status, &v->stale);
  put_fact(out, in, HEAL, v->heal_pending > 0 ? ROLE_WARN : ROLE_NORMAL, heal_text(in, v->heal_pending, &v->heal), &v->stale);
  row_put(out, RATE, ROLE_NORMAL, rate_text(in, v->heal_pending, &v->heal));
  put_more(in, v, out);
  put_fact(out, in, SPLIT, v->split_brain > 0 ? ROLE_BAD : ROLE_NORMAL, count_text(in, v->split_brain), &v->stale);
  put_fact(out, in, BRICKS, ROLE_NORMAL, known || !v->bricks.count ? arena_printf(in->arena, "%zu/%zu up", up, v->bricks.count) : NULL, &v->stale);
}

const struct list list_volumes = {.name = "volumes", .title = "Volumes", .help = "volumes: type, room, copies, heals", .action = ACTION_VIEW_VOLUMES,
                                  .shape = &volume_view_shape, .columns = columns, .column_count = COUNT(columns), .keys = keys, .empty = "no volume is known", .collect = collect, .stamp = snapshot_stamp, .id = id, .fill = fill};
