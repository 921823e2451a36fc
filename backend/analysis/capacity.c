#include "analysis/capacity.h"
#include "analysis/seen.h"
#include <math.h>

static int64_t sum_of(int64_t a, int64_t b) { return b < 0 || a > INT64_MAX - b ? INT64_MAX : a + b; }

/* libvirt asks no image of a domain that does not run. An image that two domains share counts once. */
static void add_images(const struct snapshot *s, const struct volume_view *v, struct arena *a, struct capacity *c) {
  CLEANUP(map_free) struct map wanted = {0}; /* the source on its host, to the place in `size` */
  size_t count = 0, room = 1;
  for (size_t i = 0; i < s->domains.count; i++) room += s->domains.item[i].disks.count;
  int64_t *size = arena_array(a, room, sizeof *size);
  const char **host = arena_array(a, room, sizeof *host);
  for (size_t i = 0; i < s->domains.count; i++) {
    const struct domain_view *d = &s->domains.item[i];
    for (size_t k = 0; d->hosts.count && k < d->disks.count; k++) {
      const struct disk_view *disk = &d->disks.item[k];
      if (!disk->source || !str_eq(disk->volume, v->name) || map_get(&wanted, disk->source) != MAP_NONE) continue;
      map_add(&wanted, disk->source, count);
      size[count] = UNKNOWN_INT;
      host[count++] = d->hosts.item[0];
    }
  }
  for (size_t i = 0; count && i < s->hosts.count; i++) {
    const struct libvirt_setup *f = texts_have(&s->hosts.item[i].roles, "kvm") ? fact_seen(s, "libvirt.setup", s->hosts.item[i].name) : NULL;
    for (size_t k = 0; f && k < f->disks.count; k++) {
      int64_t at = f->disks.item[k].path ? map_get(&wanted, f->disks.item[k].path) : MAP_NONE;
      if (at != MAP_NONE && f->disks.item[k].size >= 0) size[at] = f->disks.item[k].size;
    }
  }
  for (size_t i = 0; i < count; i++) {
    if (size[i] != UNKNOWN_INT) c->images++, c->promised = sum_of(c->promised, size[i]);
    else {
      c->unknown++;
      if (!texts_have(&c->unread, host[i])) texts_add(a, &c->unread, host[i]);
    }
  }
}

static void add_bricks(const struct snapshot *s, const struct volume_view *v, struct arena *a, struct capacity *c) {
  const struct gluster_space *space = fact_keyed(s, "gluster.space", v->name, NULL);
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *b = &v->bricks.item[i];
    double used = used_percent(b->size, b->free);
    if (b->stale.count || !isfinite(used) || (c->fullest && used <= c->fullest_used)) continue;
    c->fullest = b;
    c->fullest_used = used;
  }
  for (size_t i = 0; space && i < space->bricks.count; i++) {
    const struct gluster_brick_space *b = &space->bricks.item[i];
    double used = used_percent(b->inodes, b->inodes_free);
    if (b->inodes <= 0 || !isfinite(used) || (c->inodes_of && used <= c->inodes_used)) continue;
    c->inodes_of = arena_printf(a, "%s:%s", b->host, b->path);
    c->inodes_used = used;
  }
}

struct capacity volume_capacity(const struct snapshot *s, const struct volume_view *v, struct arena *a) {
  struct capacity c = {0};
  add_images(s, v, a, &c);
  add_bricks(s, v, a, &c);
  return c;
}

double days_to_full(int64_t left, double bytes_a_day) {
  if (left < 0 || !isfinite(bytes_a_day)) return NAN;
  return bytes_a_day > 0 ? (double)left / bytes_a_day : INFINITY;
}
