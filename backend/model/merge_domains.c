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

/* Pacemaker's agent goes by the name: what it starts elsewhere is the same domain, even where its definition holds no
 * UUID and libvirt makes a new one each time. Others are told apart by UUID. */
static struct domain_view *find_or_add(struct merge *m, struct map *index, const struct map *managed, const struct libvirt_domain *d) {
  const char *key = d->uuid && map_get(managed, d->name) == MAP_NONE ? d->uuid : d->name ? d->name : "?";
  int64_t at = map_get(index, key);
  if (at == MAP_NONE) {
    at = (int64_t)m->snap->domains.count;
    map_add(index, key, (size_t)at);
    struct domain_view *v = list_add(m->arena, &m->snap->domains, &domain_view_shape);
    v->uuid = d->uuid;
  v->guest_agent = active(d) ? d->agent : NULL;
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
  v->uuid = d->uuid;
  add_disks(m, v, d);
  if (active(d)) add_load(m, v, host);
}

/* Sources in the order of their hosts' names, so that the order of arrival never shows. */
static int by_host(const void *a, const void *b) {
  return str_natural((*(const struct source *const *)a)->host, (*(const struct source *const *)b)->host);
}

/* Pacemaker holds the host for safely off: nothing it manages runs there, whatever was read last. */
static bool known_off(struct merge *m, const char *host) {
  const struct host_view *h = merge_host(m, host);
  return h && snapshot_off(m->snap, h);
}

/* One pass over the fresh readings, then one over the old ones: an old word counts only where no fresh one has the domain
 * active. */
static void read_pass(struct merge *m, const struct source **sources, size_t n, struct map *index, const struct map *managed, bool old) {
  for (size_t i = 0; i < n; i++) {
    struct texts stale = {0};
    const struct libvirt_domains *d = merge_take(m, "libvirt.domains", sources[i]->host, NULL, &stale);
    if (!d || (stale.count > 0) != old) continue;
    for (size_t j = 0; j < d->domains.count; j++) {
      const struct libvirt_domain *x = &d->domains.item[j];
      bool theirs = map_get(managed, x->name) != MAP_NONE;
      if (old && theirs && known_off(m, sources[i]->host)) continue;
      struct domain_view *v = find_or_add(m, index, managed, x);
      if (!old || !v->hosts.count || v->stale.count) add_reading(m, v, x, sources[i]->host, old);
    }
  }
}

static void read_hosts(struct merge *m, const struct map *managed) {
  CLEANUP(map_free) struct map index = {0};
  const struct source **sources = arena_array(m->arena, m->store->source_count, sizeof *sources);
  size_t n = 0;
  for (size_t i = 0; i < m->store->source_count; i++)
    if (m->store->sources[i].layer == LAYER_LIBVIRT) sources[n++] = &m->store->sources[i];
  if (n) qsort(sources, n, sizeof *sources, by_host);
  read_pass(m, sources, n, &index, managed, false);
  read_pass(m, sources, n, &index, managed, true);
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

/* A file on a mounted volume lies below the mount; a network disk's source is "VOLUME/PATH". */
static void place_disk(struct disk_view *d, const struct gluster_mounts *mounts) {
  size_t len = d->volume ? strlen(d->volume) : 0;
  const struct gluster_mount *g = d->volume ? NULL : mount_of(mounts, d->source);
  if (g) d->volume = g->volume, d->path = d->source + strlen(g->mount);
  else if (d->volume && d->source && !strncmp(d->source, d->volume, len) && d->source[len] == '/') d->path = d->source + len;
}

/* A volume's name holds no slash, and a path begins with one. */
static const char *disk_key(struct merge *m, const char *volume, const char *path) { return volume && path ? arena_printf(m->arena, "%s%s", volume, path) : NULL; }

static void place_disks(struct merge *m) {
  const struct gluster_mounts *mounts = merge_take(m, "gluster.mounts", NULL, NULL, NULL);
  const struct gluster_disks *disks = merge_take(m, "gluster.disks", NULL, NULL, NULL);
  CLEANUP(map_free) struct map places = {0};
  for (size_t i = 0; disks && i < disks->disks.count; i++) {
    const char *key = disk_key(m, disks->disks.item[i].volume, disks->disks.item[i].path);
    if (key) map_set(&places, key, i);
  }
  for (size_t i = 0; i < m->snap->domains.count; i++)
    for (size_t k = 0; k < m->snap->domains.item[i].disks.count; k++) {
      struct disk_view *d = &m->snap->domains.item[i].disks.item[k];
      place_disk(d, mounts);
      int64_t at = map_get(&places, disk_key(m, d->volume, d->path));
      if (at != MAP_NONE) d->bricks = disks->disks.item[at].bricks;
    }
}

/* ---- the resource of a domain ---- */

/* The agent's config=/path/NAME.xml says which domain it drives; without it, a resource goes by its own id. configured: the
 * resources that have one, by their place in the configuration. */
static const char *domain_of(struct merge *m, const struct pcmk_config *c, const struct map *configured, const char *resource) {
  int64_t at = map_get(configured, resource);
  if (at == MAP_NONE) return resource;
  const char *path = pairs_get(&c->resources.item[at].params, "config"), *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
  return arena_strndup(m->arena, base, str_ends(base, ".xml") ? strlen(base) - 4 : strlen(base));
}

static const struct source *hypervisor_of(struct merge *m, const struct host_view *h) {
  for (size_t i = 0; i < m->store->source_count; i++)
    if (m->store->sources[i].layer == LAYER_LIBVIRT && merge_host(m, m->store->sources[i].host) == h) return &m->store->sources[i];
  return NULL;
}

/* Every node that may run domains must have been read, those included that the console has only just heard of. */
bool merge_hosts_read(struct merge *m) {
  bool any = false;
  for (size_t i = 0; i < m->snap->hosts.count; i++) {
    const struct host_view *h = &m->snap->hosts.item[i];
    const struct source *src = hypervisor_of(m, h);
    if (known_off(m, h->name) || (!src && !h->pacemaker && !h->membership) || (src && src->state == SOURCE_ABSENT)) continue;
    if (!src || source_state_now(src, m->snap->now) != SOURCE_OK) return false;
    any = true;
  }
  return any;
}

/* No host knows it, and all said so of one and the same moment. While a domain moves, the host it left and the host it
 * goes to speak of different ones. */
static bool nowhere(struct merge *m) {
  if (!merge_hosts_read(m)) return false;
  int64_t from = INT64_MIN, to = INT64_MAX;
  for (size_t i = 0; i < m->snap->hosts.count; i++) {
    const struct source *src = hypervisor_of(m, &m->snap->hosts.item[i]);
    if (!src || src->state == SOURCE_ABSENT || known_off(m, m->snap->hosts.item[i].name)) continue;
    const struct fact *x = store_fact(m->store, "libvirt.domains", src->host, NULL);
    if (!x) return false;
    if (x->since > from) from = x->since;
    if (x->seen < to) to = x->seen;
  }
  return from <= to;
}

/* Domain names that resources drive, with the resource's place in the snapshot. */
static void find_managed(struct merge *m, struct map *managed) {
  const struct pcmk_config *config = merge_take(m, "pacemaker.config", NULL, NULL, NULL);
  CLEANUP(map_free) struct map configured = {0};
  for (size_t i = 0; config && i < config->resources.count; i++) {
    const struct pcmk_param *p = &config->resources.item[i];
    if (p->resource && pairs_get(&p->params, "config")) map_add(&configured, p->resource, i);
  }
  for (size_t i = 0; i < m->snap->resources.count; i++) {
    const struct resource_view *r = &m->snap->resources.item[i];
    if (r->id && str_ends(r->agent, ":VirtualDomain")) map_add(managed, domain_of(m, config, &configured, r->id), i);
  }
}

static void join_resources(struct merge *m, const struct map *managed) {
  CLEANUP(map_free) struct map there = {0};
  for (size_t i = 0; i < m->snap->domains.count; i++)
    if (m->snap->domains.item[i].name) map_add(&there, m->snap->domains.item[i].name, i);
  for (size_t i = 0; i < managed->room; i++) {
    if (!managed->slots[i].key) continue;
    const struct resource_view *r = &m->snap->resources.item[managed->slots[i].value];
    int64_t at = map_get(&there, managed->slots[i].key);
    struct domain_view *v = at == MAP_NONE ? NULL : &m->snap->domains.item[at];
    if (!v) { /* the agent defines a domain only while it runs: off means that no libvirt knows it */
      v = list_add(m->arena, &m->snap->domains, &domain_view_shape);
      v->name = managed->slots[i].key;
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
  CLEANUP(map_free) struct map managed = {0};
  find_managed(m, &managed);
  read_hosts(m, &managed);
  join_resources(m, &managed);
  place_disks(m);
  if (m->snap->domains.count) qsort(m->snap->domains.item, m->snap->domains.count, sizeof *m->snap->domains.item, by_name);
}
