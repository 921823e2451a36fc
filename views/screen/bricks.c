/* Bricks, by volume and replica set. */
#include "tui/bar.h"
#include "views/screen/list.h"
#include <math.h>

enum { SET, BRICK, VOLUME, UP, FREE, HEAL, RATE, SIZE, PORT, PID, NOTE, TREND, FULL, ANSWERS, KIND };

static size_t collect(const struct input *in, const void ***ret) {
  size_t n = 0, at = 0;
  for (size_t i = 0; i < in->snap->volumes.count; i++) n += in->snap->volumes.item[i].bricks.count;
  *ret = arena_array(in->arena, n, sizeof **ret);
  for (size_t i = 0; i < in->snap->volumes.count; i++)
    for (size_t j = 0; j < in->snap->volumes.item[i].bricks.count; j++) (*ret)[at++] = &in->snap->volumes.item[i].bricks.item[j];
  return n;
}

static const struct volume_view *volume_of(const struct input *in, const struct brick_view *b) {
  for (size_t i = 0; i < in->snap->volumes.count; i++) {
    const struct volume_view *v = &in->snap->volumes.item[i];
    if (b >= v->bricks.item && b < v->bricks.item + v->bricks.count) return v;
  }
  return NULL;
}

static struct sort_key brick_key(const struct input *in, const void *item) {
  const struct brick_view *b = item;
  return sort_text(arena_printf(in->arena, "%s:%s", b->host, b->path));
}

static struct sort_key volume_key(const struct input *in, const void *item) {
  const struct volume_view *v = volume_of(in, item);
  return sort_text(v ? v->name : NULL);
}

static struct sort_key rate_key(const struct input *in, const void *item) {
  const struct brick_view *b = item;
  (void)in;
  return sort_number(b->heal_pending > 0 && isfinite(b->heal.per_minute), b->heal.per_minute);
}

static double used_of(const struct brick_view *b) { return used_percent(b->size, b->free); }

static struct sort_key used_key(const struct input *in, const void *item) {
  (void)in;
  return sort_number(isfinite(used_of(item)), used_of(item));
}

static const struct list_column columns[] = {
    [SET] = {{.title = "SET", .min = 3, .align = ALIGN_RIGHT, .priority = 60}, "set"},
    [BRICK] = {{.title = "BRICK", .min = 14, .max = 60, .weight = 2, .priority = 99}, NULL},
    [VOLUME] = {{.title = "VOLUME", .min = 6, .max = 24, .priority = 50}, NULL},
    [UP] = {{.title = "UP", .min = 6, .max = 8, .priority = 90}, "online"},
    [FREE] = {{.title = "FREE", .min = 4, .align = ALIGN_RIGHT, .priority = 70}, "free"},
    [HEAL] = {{.title = "HEAL", .min = 4, .max = 17, .whole = true, .align = ALIGN_RIGHT, .priority = 80}, "heal_pending"},
    [RATE] = {{.title = "RATE", .min = 4, .max = 9, .whole = true, .align = ALIGN_RIGHT, .priority = 45}, NULL},
    [SIZE] = {{.title = "SIZE", .min = 4, .align = ALIGN_RIGHT, .priority = 40}, "size"},
    [PORT] = {{.title = "PORT", .min = 5, .align = ALIGN_RIGHT, .priority = 30}, "port"},
    [PID] = {{.title = "PID", .min = 5, .align = ALIGN_RIGHT, .priority = 25}, "pid"},
    [NOTE] = {{.title = "NOTE", .min = 8, .max = 60, .weight = 1, .priority = 20}, "text"},
    [TREND] = {{.title = "HEAL TREND", .min = 16, .max = 16, .spare = true, .priority = 10, .picture = true}, NULL},
    [FULL] = {{.title = "USED", .min = 8, .max = 10, .priority = 9, .extra = true}, NULL},
    [ANSWERS] = {{.title = "ANSWERS", .min = 7, .priority = 8, .extra = true}, "answers"},
    [KIND] = {{.title = "HOLDS", .min = 7, .max = 8, .priority = 7, .extra = true}, "arbiter"},
};
static const struct list_key keys[] = {{BRICK, brick_key}, {VOLUME, volume_key}, {RATE, rate_key}, {FULL, used_key}, {0, NULL}};

static const char *id(const struct input *in, const void *item) {
  const struct brick_view *b = item;
  const struct volume_view *v = volume_of(in, b);
  return arena_printf(in->arena, "%s %s:%s", v && v->name ? v->name : "?", b->host, b->path);
}

static void put_up(const struct input *in, const struct brick_view *b, const struct volume_view *v, struct row *out) {
  enum glyphs g = in->glyphs;
  if (v && !str_eq(v->status, "started")) row_put(out, UP, ROLE_DIM, "off");
  else if (b->online == TRUTH_YES) put_fact(out, in, UP, ROLE_OK, arena_printf(in->arena, "%s up", symbol(g, SYMBOL_UP)), &b->stale);
  else if (b->online == TRUTH_NO)
    put_fact(out, in, UP, ROLE_BAD, arena_printf(in->arena, "%s %s", symbol(g, SYMBOL_DOWN), b->answers == TRUTH_NO && b->port != UNKNOWN_INT ? "HUNG" : "DOWN"), &b->stale);
  else row_put(out, UP, ROLE_UNKNOWN, "?");
}

static void put_more(const struct input *in, const struct brick_view *b, const struct texts *old, struct row *out) {
  char bar[BAR_TEXT];
  double used = used_of(b);
  if (row_wants(out, TREND)) row_put(out, TREND, ROLE_ACCENT, b->heal_pending == 0 ? "" : trend_text(in, TREND_BRICK_HEAL, arena_printf(in->arena, "%s:%s", b->host, b->path), 16, 0));
  if (row_wants(out, FULL)) put_fact(out, in, FULL, used >= 90 ? ROLE_WARN : ROLE_NORMAL, isnan(used) ? NULL : arena_printf(in->arena, "%s %2.0f%%", bar_text(bar, in->glyphs, 4, used), used), old);
  if (row_wants(out, ANSWERS)) put_fact(out, in, ANSWERS, b->answers == TRUTH_NO ? ROLE_BAD : ROLE_NORMAL, b->answers ? b->answers == TRUTH_YES ? "yes" : "NO" : NULL, &b->stale);
  if (row_wants(out, KIND)) row_put(out, KIND, ROLE_DIM, b->arbiter == TRUTH_YES ? "arbiter" : b->arbiter == TRUTH_NO ? "data" : NULL);
}

static void fill(const struct input *in, const void *item, struct row *out) {
  const struct brick_view *b = item;
  const struct volume_view *v = volume_of(in, b);
  row_put(out, SET, ROLE_DIM, count_text(in, b->set));
  row_put(out, BRICK, ROLE_NORMAL, arena_printf(in->arena, "%s:%s%s", b->host, b->path, b->arbiter == TRUTH_YES ? " (arbiter)" : ""));
  row_put(out, VOLUME, ROLE_DIM, v ? v->name : NULL);
  put_up(in, b, v, out);
  const struct texts not_now = {.count = 1}, *old = b->online == TRUTH_YES ? &b->stale : &not_now; /* what a brick that is down had free is old as well */
  put_fact(out, in, FREE, ROLE_NORMAL, size_text(in, b->free), old);
  put_fact(out, in, HEAL, b->heal_pending > 0 ? ROLE_WARN : ROLE_NORMAL, heal_text(in, b->heal_pending, &b->heal), &b->stale);
  row_put(out, RATE, ROLE_NORMAL, rate_text(in, b->heal_pending, &b->heal));
  put_fact(out, in, SIZE, ROLE_NORMAL, size_text(in, b->size), &b->stale);
  put_fact(out, in, PORT, ROLE_DIM, count_text(in, b->port), &b->stale);
  put_fact(out, in, PID, ROLE_DIM, count_text(in, b->pid), &b->stale);
  put_more(in, b, old, out);
  row_put(out, NOTE, ROLE_NORMAL, b->text ? b->text : "");
}

const struct list list_bricks = {.name = "bricks", .title = "Bricks", .help = "bricks by replica set: up or down, room, heals that wait", .action = ACTION_VIEW_BRICKS,
                                 .shape = &brick_view_shape, .columns = columns, .column_count = COUNT(columns), .keys = keys, .empty = "no brick is known", .collect = collect, .stamp = snapshot_stamp, .id = id, .fill = fill};
