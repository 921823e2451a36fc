/* Gluster's facts: from the daemon that is asked, and from asking each peer and each brick oneself. */
#include "sim/facts.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/store.h"
#include <string.h>

static const struct sim_host *preferred(const struct look *l) {
  if (YES(l->here->in_pool)) return l->here;
  EACH(l->here->mounts, struct sim_mount, m)
    if (world_host(l->w, m->server)) return world_host(l->w, m->server);
  const char *told = pairs_get(&l->here->files, "/var/lib/kvmconsole/gluster-hosts");
  const struct sim_host *h = told ? world_host(l->w, arena_strndup(l->arena, told, strcspn(told, "\n"))) : NULL;
  if (h) return h;
  return NULL;
}

static bool answers(const struct look *l, const struct sim_host *h) { return daemon_runs(h, "glusterd") && hosts_reach(l->w, l->here, h, TRAFFIC_GLUSTER); }

const struct sim_host *gluster_asked(const struct look *l, const struct sim_host **ret_first) {
  const struct sim_host *first = preferred(l);
  if (ret_first) *ret_first = first;
  if (!first || answers(l, first)) return first;
  EACH(l->w->hosts, struct sim_host, h)
    if (YES(h->in_pool) && answers(l, h)) return h;
  return NULL;
}

const struct sim_host *gluster_suspect(const struct look *l) {
  const struct sim_host *asked = gluster_asked(l, NULL);
  if (!asked) return NULL;
  EACH(l->w->hosts, struct sim_host, h)
    if (YES(h->in_pool) && !answers(l, h) && peer_connected(l->w, asked, h)) return h;
  return NULL;
}

static size_t pool(const struct world *w) {
  size_t n = 0;
  EACH(w->hosts, struct sim_host, h) n += YES(h->in_pool);
  return n;
}

bool read_gluster_mounts(const struct look *l, const char *key, void *ret) {
  struct gluster_mounts *out = ret;
  (void)key;
  EACH(l->here->mounts, struct sim_mount, m)
    *(struct gluster_mount *)list_add(l->arena, &out->mounts, &gluster_mount_shape) = (struct gluster_mount){m->mount, m->server, m->volume, m->options, NULL};
  return true;
}

/* A pool of its own: one daemon without peers knows itself alone. */
bool read_gluster_peers(const struct look *l, const char *key, void *ret) {
  struct gluster_peers *out = ret;
  const struct sim_host *asked = gluster_asked(l, NULL);
  (void)key;
  if (!asked) return false;
  EACH(l->w->hosts, struct sim_host, h) {
    if (!YES(h->in_pool)) continue;
    struct gluster_peer *p = list_add(l->arena, &out->peers, &gluster_peer_shape);
    *p = (struct gluster_peer){.uuid = h->gluster_uuid, .hostname = h->name, .connected = truth_of(peer_connected(l->w, asked, h)), .state = "Peer in Cluster", .self = truth_of(h == asked)};
    texts_add(l->arena, &p->names, h->name);
  }
  return true;
}

static int by_key(const void *a, const void *b) { return str_order(((const struct pair *)a)->key, ((const struct pair *)b)->key); }

bool read_gluster_volumes(const struct look *l, const char *key, void *ret) {
  struct gluster_volumes *out = ret;
  (void)key;
  if (!gluster_asked(l, NULL)) return false;
  EACH(l->w->volumes, struct sim_volume, v) {
    struct gluster_volume *x = list_add(l->arena, &out->volumes, &gluster_volume_shape);
    *x = (struct gluster_volume){.name = v->name, .id = v->id, .type = v->type, .status = v->status, .replica = v->replica, .arbiter = v->arbiter, .disperse = v->disperse, .redundancy = v->redundancy};
    EACH(v->bricks, struct sim_brick, b) {
      const struct sim_host *h = world_host(l->w, b->host);
      *(struct gluster_brick *)list_add(l->arena, &x->bricks, &gluster_brick_shape) = (struct gluster_brick){b->host, b->path, h ? h->gluster_uuid : NULL, b->set, b->arbiter};
    }
    for (size_t i = 0; i < v->options.count; i++) pairs_add(l->arena, &x->options, v->options.item[i].key, v->options.item[i].value);
    if (x->options.count) qsort(x->options.item, x->options.count, sizeof *x->options.item, by_key);
  }
  return true;
}

/* What is not heard for 2 s is connected and mute, or cannot be reached. */
static const char *why_silent(const struct look *l, const struct sim_host *h, enum truth *ret_reachable) {
  const struct sim_daemon *d = host_daemon(h, "glusterd");
  int64_t silent = unheard_since(l->w, l->here, h, TRAFFIC_GLUSTER);
  *ret_reachable = TRUTH_NO;
  if (!KNOWN(silent) && (!d || (d->life != LIFE_HUNG && d->life != LIFE_RUNNING))) return "connection refused: it does not run";
  if (KNOWN(silent) && l->w->clock - silent > 30000) return "cannot be reached";
  *ret_reachable = TRUTH_YES;
  return "connected, but no answer";
}

static bool too_fresh(const struct look *l, const struct sim_host *h) { /* the call that hangs has its two seconds still */
  const struct sim_daemon *d = host_daemon(h, "glusterd");
  int64_t silent = unheard_since(l->w, l->here, h, TRAFFIC_GLUSTER);
  if (KNOWN(silent)) return l->w->clock - silent < 2000;
  return d && d->life == LIFE_HUNG && l->w->clock - d->since < 2000;
}

bool read_gluster_probe(const struct look *l, const char *key, void *ret) {
  struct gluster_probe *out = ret;
  (void)key;
  if (!pool(l->w) || !preferred(l)) return false;
  EACH(l->w->hosts, struct sim_host, h) {
    if (!YES(h->in_pool)) continue;
    struct gluster_alive *a = list_add(l->arena, &out->hosts, &gluster_alive_shape);
    bool well = answers(l, h) || too_fresh(l, h);
    *a = (struct gluster_alive){.host = h->name, .answers = truth_of(well), .reachable = TRUTH_YES};
    if (!well) a->text = why_silent(l, h, &a->reachable);
    texts_add(l->arena, &a->addresses, h->address);
    EACH(l->w->hosts, struct sim_host, o)
      if (answers(l, h) && YES(o->in_pool) && !peer_connected(l->w, h, o)) texts_add(l->arena, &a->unseen, o->name);
  }
  return true;
}

static void brick_life(const struct look *l, const struct sim_volume *v, const struct sim_brick *b, struct gluster_brick_life *x) {
  const struct sim_host *h = world_host(l->w, b->host);
  *x = (struct gluster_brick_life){.host = b->host, .path = b->path, .port = UNKNOWN_INT};
  if (!h) return;
  bool reached = hosts_reach(l->w, l->here, h, TRAFFIC_GLUSTER), told = answers(l, h);
  if (!str_eq(v->status, "started")) {
    x->online = TRUTH_NO;
    x->text = "the volume is not started";
  } else if (told || (reached && too_fresh(l, h))) {
    x->online = truth_of(b->life == LIFE_RUNNING || b->life == LIFE_HUNG);
    x->answers = truth_of(b->life == LIFE_RUNNING);
    x->port = b->life == LIFE_STOPPED ? UNKNOWN_INT : b->port;
    if (b->life == LIFE_STOPPED) x->text = "its process does not run";
    else if (b->life == LIFE_HUNG) x->text = "connected, but no answer";
  } else { /* nobody tells its port; the connection that is held may still answer */
    bool lives = reached && b->life == LIFE_RUNNING;
    x->online = x->answers = lives ? TRUTH_YES : TRUTH_UNKNOWN;
    if (!lives) x->answers = truth_of(false);
    if (lives) x->port = b->port;
    x->text = arena_printf(l->arena, "glusterd on %s does not answer%s", h->name, lives ? "; the brick does" : ", nor does the brick");
  }
}

bool read_gluster_bricks(const struct look *l, const char *key, void *ret) {
  struct gluster_bricks *out = ret;
  (void)key;
  if (!pool(l->w) || !preferred(l)) return false;
  EACH(l->w->volumes, struct sim_volume, v)
    EACH(v->bricks, struct sim_brick, b) brick_life(l, v, b, list_add(l->arena, &out->bricks, &gluster_brick_life_shape));
  return true;
}

/* What takes the volume's lock is not asked while a peer is suspect. */
static const struct sim_volume *may_ask(const struct look *l, const char *volume) {
  const struct sim_volume *v = world_volume(l->w, volume);
  return v && str_eq(v->status, "started") && gluster_asked(l, NULL) && !gluster_suspect(l) && !volume_locked(l->w, v) ? v : NULL;
}

bool read_gluster_space(const struct look *l, const char *key, void *ret) {
  struct gluster_space *out = ret;
  const struct sim_volume *v = may_ask(l, key);
  if (!v) return false;
  EACH(v->bricks, struct sim_brick, b) {
    const struct sim_host *h = world_host(l->w, b->host);
    struct gluster_brick_space *x = list_add(l->arena, &out->bricks, &gluster_brick_space_shape);
    bool serves = answers(l, h), lives = serves && b->life == LIFE_RUNNING;
    *x = (struct gluster_brick_space){.host = b->host, .path = b->path, .device = "/dev/mapper/vg-bricks", .filesystem = "xfs", .online = truth_of(lives), .pid = lives ? b->pid : UNKNOWN_INT,
                                      .port = lives ? b->port : UNKNOWN_INT, .size = b->size, .free = b->size - b->used, .inodes = b->size >> 11, .inodes_free = (b->size >> 11) - 500 - (b->used >> 24)};
    if (!serves) x->size = x->free = x->inodes = x->inodes_free = UNKNOWN_INT;
  }
  EACH(v->tasks, struct gluster_task, task) {
    struct gluster_task *t = list_add(l->arena, &out->tasks, &gluster_task_shape);
    *t = (struct gluster_task){task->type, task->id, task->status, {0}};
    EACH(v->bricks, struct sim_brick, b)
      if (YES(b->leaving) && str_eq(t->type, "Remove brick")) texts_add(l->arena, &t->bricks, arena_printf(l->arena, "%s:%s", b->host, b->path));
  }
  return true;
}

bool read_gluster_heal(const struct look *l, const char *key, void *ret) {
  struct gluster_heal *out = ret;
  const struct sim_volume *v = may_ask(l, key);
  bool whole = true;
  if (!v || (v->replica < 2 && v->disperse < 1)) return false;
  EACH(v->bricks, struct sim_brick, b) {
    bool lives = brick_lives(l->w, b);
    *(struct gluster_brick_heal *)list_add(l->arena, &out->bricks, &gluster_brick_heal_shape) =
        (struct gluster_brick_heal){b->host, b->path, lives ? pending_at(l->w, v, b) : UNKNOWN_INT, lives ? NULL : "Brick is not connected"};
    whole &= lives;
  }
  out->split_brain = whole ? v->split_brain : UNKNOWN_INT;
  return true;
}

/* A client's statvfs: of the volumes that this host has mounted. It hangs where no copy serves. */
bool read_gluster_capacity(const struct look *l, const char *key, void *ret) {
  const struct sim_volume *v = world_volume(l->w, key);
  struct gluster_capacity *c = ret;
  bool mounted = false;
  EACH(l->here->mounts, struct sim_mount, m) mounted |= str_eq(m->volume, key);
  if (!v || !mounted || !str_eq(v->status, "started")) return false;
  int64_t data = v->disperse > 0 ? v->disperse - v->redundancy : 1;
  *c = (struct gluster_capacity){0, 0, 0, 0};
  for (int64_t set = 0; set < (int64_t)v->bricks.count / set_size(v); set++) {
    int64_t size = UNKNOWN_INT, left = UNKNOWN_INT;
    EACH(v->bricks, struct sim_brick, b) {
      if (b->set != set || YES(b->arbiter) || !brick_serves(l->w, b, l->here)) continue;
      if (!KNOWN(size) || b->size < size) size = b->size;
      if (!KNOWN(left) || b->size - b->used < left) left = b->size - b->used;
    }
    if (!KNOWN(size) || set_waits(l->w, v, set, l->here)) return false;
    c->size += size * data, c->free += left * data;
  }
  c->inodes = c->size >> 11;
  c->inodes_free = c->inodes - 500 - ((c->size - c->free) >> 24);
  return true;
}

/* Where the files of the guests' disks lie; a set that does not serve is not listed. */
bool read_gluster_disks(const struct look *l, const char *key, void *ret) {
  struct gluster_disks *out = ret;
  (void)key;
  if (!l->here->mounts.count) return false;
  EACH(l->w->files, struct sim_file, f) {
    const struct sim_volume *v = f->content ? NULL : world_volume(l->w, f->volume);
    if (!v) continue;
    if (set_waits(l->w, v, f->set, l->here)) return false; /* who asks the mount waits with it */
    struct gluster_disk *d = list_add(l->arena, &out->disks, &gluster_disk_shape);
    d->volume = f->volume;
    d->path = f->path;
    EACH(v->bricks, struct sim_brick, b)
      if (b->set == f->set && brick_serves(l->w, b, l->here)) texts_add(l->arena, &d->bricks, arena_printf(l->arena, "%s:%s", b->host, b->path));
  }
  return true;
}
