/* Bricks, by volume and replica set. */
#include "views/screen/list.h"

enum { SET, BRICK, VOLUME, UP, FREE, HEAL, RATE, SIZE, PORT, PID, NOTE };

static const struct list_column columns[] = {
    [SET] = {{.title = "SET", .min = 3, .align = ALIGN_RIGHT, .priority = 60}, "set"},
    [BRICK] = {{.title = "BRICK", .min = 14, .max = 60, .weight = 2, .priority = 99}, "host"},
    [VOLUME] = {{.title = "VOLUME", .min = 6, .max = 24, .priority = 50}, NULL},
    [UP] = {{.title = "UP", .min = 6, .max = 8, .priority = 90}, "online"},
    [FREE] = {{.title = "FREE", .min = 4, .align = ALIGN_RIGHT, .priority = 70}, "free"},
    [HEAL] = {{.title = "HEAL", .min = 4, .max = 17, .whole = true, .align = ALIGN_RIGHT, .priority = 80}, "heal_pending"},
    [RATE] = {{.title = "RATE", .min = 4, .max = 9, .whole = true, .align = ALIGN_RIGHT, .priority = 45}, NULL},
    [SIZE] = {{.title = "SIZE", .min = 4, .align = ALIGN_RIGHT, .priority = 40}, "size"},
    [PORT] = {{.title = "PORT", .min = 5, .align = ALIGN_RIGHT, .priority = 30}, "port"},
    [PID] = {{.title = "PID", .min = 5, .align = ALIGN_RIGHT, .priority = 25}, "pid"},
    [NOTE] = {{.title = "NOTE", .min = 8, .max = 60, .weight = 1, .priority = 20}, "text"},
};

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
  row_put(out, NOTE, ROLE_NORMAL, b->text ? b->text : "");
}

const struct list list_bricks = {.name = "bricks", .title = "Bricks", .help = "bricks by replica set: up or down, room, heals that wait", .action = ACTION_VIEW_BRICKS,
                                 .shape = &brick_view_shape, .columns = columns, .column_count = COUNT(columns), .empty = "no brick is known", .collect = collect, .id = id, .fill = fill};
