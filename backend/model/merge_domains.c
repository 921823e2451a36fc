/* Domains: every host's libvirt, joined by UUID; their disks on volumes and bricks; the resource that manages each. */
#include "model/merge.h"
#include <string.h>

/* Which reading of one domain on several hosts speaks for it: the one that runs, then one that is paused, ... */
static int weight(const char *state) {
  static const char *const order[] = {"running", "blocked", "paused", "pmsuspended", "in shutdown", "crashed", "shutoff"};
  for (size_t i = 0; i < COUNT(order); i++)
    if (str_eq(state, order[i])) return (int)(COUNT(order) - i);
  return 0;
}

static bool active(const struct libvirt_domain *d) { return d->id != UNKNOWN_INT && d->id >= 0; }

static struct domain_view *find_or_add(struct merge *m, struct map *index, const struct libvirt_domain *d) {
  const char *key = d->uuid ? d->uuid : d->name;
  int64_t at = map_get(index, key);
  if (at == MAP_NONE) {
    at = (int64_t)m->snap->domains.count;
    map_add(index, key, (size_t)at);
    struct domain_view *v = list_add(m->arena, &m->snap->domains, &domain_view_shape);
    v->uuid = d->uuid;
    v->name = d->name;
  }
  return &m->snap->domains.item[at];
}

static void add_disks(struct merge *m, struct domain_view *v, const struct libvirt_domain *d) {
  memset(&v->disks, 0, sizeof v->disks);
  for (size_t i = 0; i < d->disks.count; i++) {
    struct disk_view *disk = list_add(m->arena, &v->disks, &disk_view_shape);
    disk->target = d->disks.item[i].target;
    disk->source = d->disks.item[i].source;
    disk->volume = d->disks.item[i].volume;
  }
}

static void add_load(struct merge *m, struct domain_view *v, const char *host) {
  const struct libvirt_load *load = merge_take(m, "libvirt.load", host, NULL, &v->stale);
  for (size_t i = 0; load && i < load->domains.count; i++) {
    const struct libvirt_load_domain *l = &load->domains.item[i];
    if (!str_eq(l->name, v->name)) continue;
    v->cpu_percent = l->cpu_percent;
    v->memory_used = l->memory_used;
    v->read_bytes_s = l->read_bytes_s;
    v->write_bytes_s = l->write_bytes_s;
  }
}

static void add_reading(struct merge *m, struct domain_view *v, const struct libvirt_domain *d, const char *host, bool stale) {
  const char *name = merge_name(m, host);
  if (active(d)) texts_add(m->arena, &v->hosts, name);
  if (d->persistent == TRUTH_YES) texts_add(m->arena, &v->defined_on, name);
  if (stale) merge_mark(m, &v->stale, LAYER_LIBVIRT);
  if (d->autostart == TRUTH_YES || v->autostart == TRUTH_UNKNOWN) v->autostart = d->autostart;
  if (v->state && weight(d->state) <= weight(v->state)) return;
  v->state = d->state;
  v->reason = d->reason;
  v->vcpus = d->vcpus;
  v->memory = d->memory;
  v->name = d->name;
  add_disks(m, v, d);
  if (active(d)) add_load(m, v, host);
}

/* Sources in the order of their hosts' names, so that the order of arrival never shows. */
static int by_host(const void *a, const void *b) {
  return str_natural((*(const struct source *const *)a)->host, (*(const struct source *const *)b)->host);
}

static void read_hosts(struct merge *m) {
  CLEANUP(map_free) struct map index = {0};
  const struct source **sources = arena_array(m->arena, m->store->source_count, sizeof *sources);
  size_t n = 0;
  for (size_t i = 0; i < m->store->source_count; i++)
    if (m->store->sources[i].layer == LAYER_LIBVIRT) sources[n++] = &m->store->sources[i];
  if (n) qsort(sources, n, sizeof *sources, by_host);
  for (size_t i = 0; i < n; i++) {
    struct texts stale = {0};
    const struct libvirt_domains *d = merge_take(m, "libvirt.domains", sources[i]->host, NULL, &stale);
    for (size_t j = 0; d && j < d->domains.count; j++)
      add_reading(m, find_or_add(m, &index, &d->domains.item[j]), &d->domains.item[j], sources[i]->host, stale.count > 0);
  }
}

/* ---- disks on volumes ---- */

static const struct gluster_mount *mount_of(const struct gluster_mounts *mounts, const char *source) {
  const struct gluster_mount *best = NULL;
  for (size_t i = 0; mounts && source && i < mounts->mounts.count; i++) {
    const struct gluster_mount *g = &mounts->mounts.item[i];
    size_t len = g->mount ? strlen(g->mount) : 0;
    if (!len || strncmp(source, g->mount, len) || source[len] != '/') continue;
    if (!best || len > strlen(best->mount)) best = g;
  }
  return best;
}

static void place_disks(struct merge *m, struct domain_view *v) {
  const struct gluster_mounts *mounts = merge_take(m, "gluster.mounts", NULL, NULL, NULL);
  const struct gluster_disks *disks = merge_take(m, "gluster.disks", NULL, NULL, NULL);
  for (size_t i = 0; i < v->disks.count; i++) {
    struct disk_view *d = &v->disks.item[i];
    const struct gluster_mount *g = d->volume ? NULL : mount_of(mounts, d->source);
    if (g) d->volume = g->volume;
    const char *path = g ? d->source + strlen(g->mount) : d->source;
    for (size_t j = 0; disks && path && j < disks->disks.count; j++)
      if (str_eq(disks->disks.item[j].volume, d->volume) && str_eq(disks->disks.item[j].path, path)) d->bricks = disks->disks.item[j].bricks;
  }
}

/* ---- the resource of a domain ---- */

/* The agent's config=/path/NAME.xml says which domain it drives; without it, a resource goes by its own id. */
static const char *domain_of(struct merge *m, const struct pcmk_config *c, const char *resource) {
  for (size_t i = 0; c && i < c->resources.count; i++) {
    const char *path = str_eq(c->resources.item[i].resource, resource) ? pairs_get(&c->resources.item[i].params, "config") : NULL;
    if (!path) continue;
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    return arena_strndup(m->arena, base, str_ends(base, ".xml") ? strlen(base) - 4 : strlen(base));
  }
  return resource;
}

bool merge_hosts_read(const struct merge *m) {
  bool any = false;
  for (size_t i = 0; i < m->store->source_count; i++) {
    const struct source *src = &m->store->sources[i];
    if (src->layer != LAYER_LIBVIRT || src->state == SOURCE_ABSENT) continue;
    if (src->state != SOURCE_OK) return false;
    any = true;
  }
  return any;
}

/* No host knows it, and all said so of one and the same moment. While a domain moves, the host it left and the host it
 * goes to speak of different ones. */
static bool nowhere(const struct merge *m) {
  if (!merge_hosts_read(m)) return false;
  for (size_t i = 0; i < m->store->source_count; i++)
    for (size_t j = i + 1; j < m->store->source_count; j++) {
      const struct source *a = &m->store->sources[i], *b = &m->store->sources[j];
      const struct fact *x = a->layer == LAYER_LIBVIRT ? store_fact(m->store, "libvirt.domains", a->host, NULL) : NULL;
      const struct fact *y = b->layer == LAYER_LIBVIRT ? store_fact(m->store, "libvirt.domains", b->host, NULL) : NULL;
      if (x && y && !facts_overlap(x, y, 0)) return false;
    }
  return true;
}

static void join_resources(struct merge *m) {
  const struct pcmk_config *config = merge_take(m, "pacemaker.config", NULL, NULL, NULL);
  for (size_t i = 0; i < m->snap->resources.count; i++) {
    const struct resource_view *r = &m->snap->resources.item[i];
    if (!str_ends(r->agent, ":VirtualDomain")) continue;
    const char *name = domain_of(m, config, r->id);
    struct domain_view *v = (struct domain_view *)snapshot_domain(m->snap, name);
    if (!v) v = (struct domain_view *)snapshot_domain(m->snap, r->id);
    if (!v) { /* the agent defines a domain only while it runs: off means that no libvirt knows it */
      v = list_add(m->arena, &m->snap->domains, &domain_view_shape);
      v->name = name;
      v->state = nowhere(m) ? "shutoff" : NULL;
    }
    v->resource = r->id;
    v->role = r->role ? role_names[r->role] : NULL;
    for (size_t j = 0; j < r->stale.count; j++) merge_mark(m, &v->stale, LAYER_PACEMAKER);
  }
}

static int by_name(const void *a, const void *b) {
  const struct domain_view *x = a, *y = b;
  int c = str_natural(x->name, y->name);
  return c ? c : str_order(x->uuid, y->uuid);
}

void merge_domains(struct merge *m) {
  read_hosts(m);
  join_resources(m);
  for (size_t i = 0; i < m->snap->domains.count; i++) place_disks(m, &m->snap->domains.item[i]);
  if (m->snap->domains.count) qsort(m->snap->domains.item, m->snap->domains.count, sizeof *m->snap->domains.item, by_name);
}
