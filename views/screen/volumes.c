/* Volumes: type, room, and whether each set has its copies. */
#include "tui/bar.h"
#include "views/screen/list.h"

enum { VOLUME, TYPE, SIZE, USED, COPIES, STATUS, HEAL, RATE, SPLIT, BRICKS };

static const struct list_column columns[] = {
    [VOLUME] = {{.title = "VOLUME", .min = 6, .max = 32, .weight = 1, .priority = 99}, "name"},
    [TYPE] = {{.title = "TYPE", .min = 6, .max = 26, .priority = 60}, "type"},
    [SIZE] = {{.title = "SIZE", .min = 4, .align = ALIGN_RIGHT, .priority = 70}, "size"},
    [USED] = {{.title = "USED", .min = 8, .max = 10, .priority = 75}, NULL},
    [COPIES] = {{.title = "COPIES", .min = 7, .max = 8, .priority = 90}, "writable"},
    [STATUS] = {{.title = "STATUS", .min = 7, .max = 8, .priority = 68}, "status"},
    [HEAL] = {{.title = "HEAL", .min = 4, .max = 17, .whole = true, .align = ALIGN_RIGHT, .priority = 65}, "heal_pending"},
    [RATE] = {{.title = "RATE", .min = 4, .max = 9, .whole = true, .align = ALIGN_RIGHT, .priority = 35}, NULL},
    [SPLIT] = {{.title = "SPLIT", .min = 5, .align = ALIGN_RIGHT, .priority = 40}, "split_brain"},
    [BRICKS] = {{.title = "BRICKS", .min = 6, .max = 10, .priority = 50}, NULL},
};

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
  if (v->size <= 0 || v->free == UNKNOWN_INT) return NULL;
  char bar[BAR_TEXT];
  double used = 100.0 * (double)(v->size - v->free) / (double)v->size;
  return arena_printf(in->arena, "%s %.0f%%", bar_text(bar, in->glyphs, 4, used), used);
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

static void fill(const struct input *in, const void *item, struct row *out) {
  const struct volume_view *v = item;
  size_t up = 0, known = 0;
  for (size_t i = 0; i < v->bricks.count; i++) up += v->bricks.item[i].online == TRUTH_YES, known += v->bricks.item[i].online != TRUTH_UNKNOWN;
  row_put(out, VOLUME, ROLE_NORMAL, v->name);
  row_put(out, TYPE, ROLE_DIM, v->replica > 1 ? arena_printf(in->arena, "%s %lld%s", v->type ? v->type : "?", (long long)v->replica, v->arbiter > 0 ? "+a" : "") : v->type);
  put_fact(out, in, SIZE, ROLE_NORMAL, size_text(in, v->size), &v->stale);
  put_fact(out, in, USED, ROLE_NORMAL, used_text(in, v), &v->stale);
  put_copies(in, v, out);
  put_fact(out, in, STATUS, str_eq(v->status, "started") ? ROLE_OK : ROLE_WARN, v->status, &v->stale);
  put_fact(out, in, HEAL, v->heal_pending > 0 ? ROLE_WARN : ROLE_NORMAL, heal_text(in, v->heal_pending, &v->heal), &v->stale);
  row_put(out, RATE, ROLE_NORMAL, rate_text(in, v->heal_pending, &v->heal));
  put_fact(out, in, SPLIT, v->split_brain > 0 ? ROLE_BAD : ROLE_NORMAL, count_text(in, v->split_brain), &v->stale);
  put_fact(out, in, BRICKS, ROLE_NORMAL, known || !v->bricks.count ? arena_printf(in->arena, "%zu/%zu up", up, v->bricks.count) : NULL, &v->stale);
}

const struct list list_volumes = {.name = "volumes", .title = "Volumes", .help = "volumes: type, room, copies, heals", .action = ACTION_VIEW_VOLUMES,
                                  .shape = &volume_view_shape, .columns = columns, .column_count = COUNT(columns), .empty = "no volume is known", .collect = collect, .id = id, .fill = fill};
