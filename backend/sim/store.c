#include "sim/net.h"
#include "sim/store_bricks.h"
#include "sim/store_split.h"
#include "sim/event.h"
#include "sim/guest.h"
#include "sim/host.h"
#include <stdio.h>
#include <string.h>

enum { DIRTY_MS = 1000, HEAL_AFTER_MS = 2500, SHARD_BYTES = 16 << 20 };

struct sim_brick *brick_of(const struct sim_volume *v, const char *host, const char *path) {
  EACH(v->bricks, struct sim_brick, b)
    if (str_eq(b->host, host) && (!path || str_eq(b->path, path))) return b;
  return NULL;
}

bool brick_lives(const struct world *w, const struct sim_brick *b) {
  const struct sim_host *h = world_host(w, b->host);
  return b->life == LIFE_RUNNING && host_up(h) && !KNOWN(h->storage_cut);
}

bool brick_serves(const struct world *w, const struct sim_brick *b, const struct sim_host *client) {
  const struct sim_host *h = world_host(w, b->host);
  return b->life == LIFE_RUNNING && h && hosts_reach(w, client, h, TRAFFIC_GLUSTER);
}

bool volume_writes(const struct world *w, const struct sim_volume *v, int64_t set, const struct sim_host *client) {
  struct set_rules r = set_rules_make(v->replica, v->arbiter, v->disperse, v->redundancy, &v->options);
  struct set_living l = {0};
  bool first = true;
  if (!str_eq(v->status, "started")) return false;
  EACH(v->bricks, struct sim_brick, b) {
    if (b->set != set) continue;
    bool live = brick_serves(w, b, client);
    l.bricks += live, l.data += live && !YES(b->arbiter), l.first |= live && first;
    first = false;
  }
  return set_writes(&r, &l);
}

static bool serves(const struct world *w, const struct sim_host *client, const char *name) {
  const struct sim_host *s = world_host(w, name);
  return s && daemon_runs(s, "glusterd") && hosts_reach(w, client, s, TRAFFIC_GLUSTER);
}

bool store_serves(const struct world *w, const struct sim_host *client, const char *server, const char *options) {
  static const char key[] = "backup-volfile-servers=";
  if (serves(w, client, server)) return true;
  const char *more = options ? strstr(options, key) : NULL;
  char name[128];
  for (more = more ? more + strlen(key) : ""; *more && *more != ',';) {
    size_t len = strcspn(more, ":,");
    snprintf(name, sizeof name, "%.*s", (int)(len < 127 ? len : 127), more);
    if (serves(w, client, name)) return true;
    more += len + (more[len] == ':');
  }
  return false;
}

bool pool_stranger(const struct sim_host *h) { return pairs_get(&h->setup, "stranger") != NULL; }

bool brick_wiped(const struct sim_host *h, const char *path) {
  CLEANUP(mem_freep) char *key = mem_printf("wiped %s", path);
  return pairs_get(&h->setup, key) != NULL;
}

bool peer_connected(const struct world *w, const struct sim_host *from, const struct sim_host *peer) {
  if (from == peer) return true;
  if (pool_stranger(from) || pool_stranger(peer)) return false;
  const struct sim_daemon *d = host_daemon(peer, "glusterd");
  int64_t silent = unheard_since(w, from, peer, TRAFFIC_GLUSTER);
  if (KNOWN(silent)) return w->clock - silent < 20000 + (int64_t)(mix((uint64_t)w->seed, (uint64_t)(peer - w->hosts.item)) % 5000);
  return d && (d->life == LIFE_RUNNING || d->life == LIFE_HUNG || w->clock - d->since < 800);
}

const struct sim_host *peer_in_the_way(const struct world *w, const struct sim_host *from) {
  EACH(w->hosts, struct sim_host, h)
    if (YES(h->in_pool) && h != from && !(daemon_runs(h, "glusterd") && hosts_reach(w, from, h, TRAFFIC_GLUSTER)) && peer_connected(w, from, h)) return h;
  return NULL;
}

bool volume_locked(const struct world *w, const struct sim_volume *v) {
  const struct sim_host *by = world_host(w, v->locked_by), *peer = world_host(w, v->locked_for);
  if (!v->locked_by || v->locked_until <= w->clock || !daemon_runs(by, "glusterd")) return false;
  return !v->locked_for || (peer && !(daemon_runs(peer, "glusterd") && hosts_reach(w, by, peer, TRAFFIC_GLUSTER)) && peer_connected(w, by, peer));
}

void volume_lock(struct world *w, struct sim_volume *v, const struct sim_host *by, const struct sim_host *waits_for, int64_t ms) {
  v->locked_by = by->name;
  v->locked_for = waits_for ? waits_for->name : NULL;
  v->locked_until = w->clock + ms;
}

/* ---- files and their locks ---- */

struct sim_volume *volume_at(const struct world *w, const struct sim_host *h, const char *path, const char **ret_rest) {
  const struct sim_mount *best = NULL;
  EACH(h->mounts, struct sim_mount, m) {
    size_t len = strlen(m->mount);
    if (path && !strncmp(path, m->mount, len) && (path[len] == '/' || !path[len]) && (!best || len > strlen(best->mount))) best = m;
  }
  if (!best) return NULL;
  if (ret_rest) *ret_rest = path + strlen(best->mount);
  return world_volume(w, best->volume);
}

struct sim_file *file_at(const struct world *w, const struct sim_host *h, const char *path) {
  const char *rest;
  const struct sim_volume *v = volume_at(w, h, path, &rest);
  return v ? world_file(w, v->name, rest) : NULL;
}

struct sim_file *store_file(struct world *w, const char *volume, const char *path, int64_t size, const char *content) {
  struct sim_file *f = world_file(w, volume, path);
  const struct sim_volume *v = world_volume(w, volume);
  if (!f) {
    f = list_add(w->arena, &w->files, &sim_file_shape);
    f->volume = world_word(w, volume);
    f->path = world_word(w, path);
    f->set = v ? file_home(v, path) : 0;
  }
  f->size = size;
  f->content = content ? arena_strdup(w->arena, content) : NULL;
  EACH(v ? v->bricks : (__typeof__(v->bricks)){0}, struct sim_brick, b)
    if (b->set == f->set && !YES(b->arbiter) && b->used + size / 10 <= b->size) b->used += size / 10; /* images are thin */
  return f;
}

void file_lock(struct world *w, struct sim_file *f, const char *host) {
  f->locked_by = world_word(w, host);
  f->released = UNKNOWN_INT;
}

void file_unlock(struct sim_file *f, const char *host) {
  if (!str_eq(f->locked_by, host)) return;
  f->locked_by = NULL;
  f->released = UNKNOWN_INT;
}

bool file_taken(const struct world *w, const struct sim_file *f, const char *host) {
  return f->locked_by && !str_eq(f->locked_by, host) && !(KNOWN(f->released) && f->released <= w->clock);
}

/* ---- bricks ---- */

void brick_start(struct world *w, struct sim_volume *v, struct sim_brick *b) {
  struct sim_host *h = world_host(w, b->host);
  if (b->life == LIFE_RUNNING || !str_eq(v->status, "started") || !daemon_runs(h, "glusterd") || pool_stranger(h) || brick_wiped(h, b->path)) return;
  b->life = LIFE_RUNNING;
  b->since = w->clock;
  b->pid = h->pid += 1 + world_random(w, 9);
  b->port = 49152 + world_random(w, 11000);
  world_touch(w, LAYER_GLUSTER);
  store_check(w);
}

void brick_kill(struct world *w, struct sim_volume *v, struct sim_brick *b) {
  (void)v;
  if (b->life != LIFE_RUNNING && b->life != LIFE_HUNG) return;
  b->life = LIFE_STOPPED;
  b->since = w->clock;
  b->pid = b->port = -1;
  world_touch(w, LAYER_GLUSTER);
  store_check(w);
}

static void each_brick_of(struct world *w, const struct sim_host *h, void (*fn)(struct world *w, struct sim_volume *v, struct sim_brick *b)) {
  EACH(w->volumes, struct sim_volume, v)
    EACH(v->bricks, struct sim_brick, b)
      if (str_eq(b->host, h->name)) fn(w, v, b);
}

static int pool_size(const struct world *w) {
  int n = 0;
  EACH(w->hosts, struct sim_host, h) n += YES(h->in_pool);
  return n;
}

static void ask_server_quorum(struct world *w) {
  world_forget(w, "server quorum", NULL);
  world_later(w, 25000, "server quorum", NULL, NULL);
}

void store_host_lost(struct world *w, struct sim_host *h) { each_brick_of(w, h, brick_kill); }

void store_host_changed(struct world *w, struct sim_host *h) {
  if (!YES(h->in_pool) && !h->mounts.count) return;
  if (YES(h->in_pool)) ask_server_quorum(w);
  store_check(w);
}

void store_daemon_changed(struct world *w, struct sim_host *h) {
  if (daemon_runs(h, "glusterd") && str_eq(pairs_get(&h->setup, "stranger"), "learnt")) set_pair(w, &h->setup, "stranger", NULL); /* it reads what it learnt at its start */
  ask_server_quorum(w);
  if (daemon_runs(h, "glusterd") && pool_size(w)) each_brick_of(w, h, brick_start);
}

/* cluster.server-quorum-type server: where glusterd sees half of the pool or less, its bricks of that volume are stopped. */
void on_server_quorum(struct world *w, const char *subject, const char *detail) {
  (void)subject, (void)detail;
  EACH(w->volumes, struct sim_volume, v) {
    if (!str_eq(pairs_get(&v->options, "cluster.server-quorum-type"), "server")) continue;
    EACH(v->bricks, struct sim_brick, b) {
      const struct sim_host *h = world_host(w, b->host);
      int seen = 0;
      if (!daemon_runs(h, "glusterd")) continue;
      EACH(w->hosts, struct sim_host, o) seen += YES(o->in_pool) && peer_connected(w, h, o);
      if (seen * 2 > pool_size(w)) brick_start(w, v, b);
      else brick_kill(w, v, b);
    }
  }
}

/* ---- what is written while a copy is away ---- */

/* The host of a running guest that writes this file; NULL: nobody does. */
static const struct sim_host *writer(const struct world *w, const struct sim_file *f) {
  const struct sim_host *h = f->locked_by && !KNOWN(f->released) ? world_host(w, f->locked_by) : NULL;
  return h && host_up(h) && !KNOWN(h->storage_cut) ? h : NULL;
}

static bool copies(const struct sim_volume *v) { return v->replica > 1 || v->disperse > 0; }

/* Another host misses it just now: what it lacks are that one's files. */
static bool missed_by_another(const struct world *w, const struct sim_brick *b, const struct sim_host *client) {
  EACH(w->hosts, struct sim_host, h)
    if (h != client && h->mounts.count && host_up(h) && !KNOWN(h->storage_cut) && !brick_serves(w, b, h)) return true;
  return false;
}

/* None of the copies that this client writes is sound: with one that it does not see, each has what the other has not. */
static bool writes_unsound(const struct world *w, const struct sim_volume *v, int64_t set, const struct sim_host *client) {
  EACH(v->bricks, struct sim_brick, b)
    if (b->set == set && !YES(b->arbiter) && brick_serves(w, b, client) && (!b->behind || missed_by_another(w, b, client))) return false;
  return true;
}

/* What a brick misses of what is written now: each file once, or, sharded, piece after piece. */
static void dirty_brick(const struct world *w, struct sim_volume *v, struct sim_brick *b, bool sharded) {
  int64_t n = 0, unsound = 0, rate = 0;
  EACH(w->files, struct sim_file, f) {
    const struct sim_host *h = f->set == b->set && str_eq(f->volume, v->name) ? writer(w, f) : NULL;
    if (!h || brick_serves(w, b, h) || !volume_writes(w, v, b->set, h) || set_waits(w, v, b->set, h)) continue;
    n++;
    if (sharded) rate += guest_write_rate(w, f);
    unsound += v->replica > 1 && !b->behind && !YES(b->arbiter) && writes_unsound(w, v, b->set, h);
  }
  if (!n) return;
  if (unsound > v->split_brain) v->split_brain = unsound, split_settle(w, v);
  if (sharded) b->behind += 1 + rate / SHARD_BYTES;
  else if (b->behind < n) b->behind = n;
}

static bool any_away(const struct world *w, const struct sim_volume *v) {
  EACH(w->parts, struct sim_part, p)
    if (KNOWN(p->since) && !str_eq(p->layer, "corosync")) return true;
  EACH(v->bricks, struct sim_brick, b)
    if (!brick_lives(w, b)) return true;
  return false;
}

void on_dirty(struct world *w, const char *subject, const char *detail) {
  struct sim_volume *v = world_volume(w, subject);
  (void)detail;
  if (!v || !str_eq(v->status, "started") || !copies(v) || !any_away(w, v)) return;
  EACH(v->bricks, struct sim_brick, b) dirty_brick(w, v, b, is_true(pairs_get(&v->options, "features.shard")));
  world_later(w, DIRTY_MS, "dirty", v->name, NULL);
}

/* A copy can be made good from one that is. */
static bool can_heal(const struct world *w, const struct sim_volume *v, const struct sim_brick *b) {
  const struct sim_host *h = world_host(w, b->host);
  int64_t sound = 0;
  if (!b->behind || !brick_lives(w, b) || str_eq(pairs_get(&v->options, "cluster.self-heal-daemon"), "off")) return false;
  EACH(v->bricks, struct sim_brick, o) sound += o->set == b->set && o != b && brick_lives(w, o) && brick_serves(w, o, h) && !o->behind && !YES(o->arbiter);
  return sound >= (v->disperse > 0 ? v->disperse - v->redundancy : 1);
}

/* An empty brick has everything now that its set has. */
static void fill_up(const struct sim_volume *v, struct sim_brick *b) {
  b->full_heal = TRUTH_NO;
  EACH(v->bricks, struct sim_brick, o)
    if (o->set == b->set && !YES(b->arbiter) && o->used > b->used && o->used <= b->size) b->used = o->used;
}

void on_heal(struct world *w, const char *subject, const char *detail) {
  struct sim_volume *v = world_volume(w, subject);
  bool more = false;
  (void)detail;
  if (!v || !str_eq(v->status, "started")) return;
  int64_t a_minute = v->heal_per_minute > 0 ? v->heal_per_minute : 60;
  int64_t at_once = a_minute > 60 ? a_minute / 60 : 1;
  EACH(v->bricks, struct sim_brick, b) {
    if (!can_heal(w, v, b)) continue;
    b->behind = b->behind > at_once ? b->behind - at_once : 0;
    if (b->behind) more = true;
    else if (YES(b->full_heal)) fill_up(v, b);
  }
  world_touch(w, LAYER_GLUSTER);
  if (more) world_later(w, a_minute > 60 ? 1000 : 60000 / a_minute, "heal", v->name, NULL);
  else store_check(w); /* another set may wait */
}

void store_check(struct world *w) {
  EACH(w->volumes, struct sim_volume, v) {
    if (!str_eq(v->status, "started") || !copies(v)) continue;
    bool heals = false;
    if (any_away(w, v) && !world_awaits(w, "dirty", v->name)) world_later(w, 50, "dirty", v->name, NULL);
    EACH(v->bricks, struct sim_brick, b) heals |= can_heal(w, v, b);
    if (heals && !world_awaits(w, "heal", v->name)) world_later(w, HEAL_AFTER_MS, "heal", v->name, NULL);
  }
  stall_watch(w);
  guest_io_check(w);
}

/* The index of a sound copy names what the others lack. A file that is being written is not in it while one is away. */
int64_t pending_at(const struct world *w, const struct sim_volume *v, const struct sim_brick *b) {
  int64_t most = 0, open = 0;
  bool whole = true;
  if (b->behind) return v->split_brain;
  EACH(v->bricks, struct sim_brick, o) {
    if (o->set != b->set) continue;
    if (o->behind > most) most = o->behind;
    whole &= brick_lives(w, o);
  }
  if (!whole && !is_true(pairs_get(&v->options, "features.shard")))
    EACH(w->files, struct sim_file, f) open += f->set == b->set && str_eq(f->volume, v->name) && writer(w, f);
  return (most > open ? most - open : 0) + (b->set == 0 ? v->split_brain : 0);
}

/* ---- events ---- */

/* "node3:/data", or a host: all of its bricks. */
static void named_bricks(struct world *w, const char *subject, void (*fn)(struct world *w, struct sim_volume *v, struct sim_brick *b)) {
  const char *colon = subject ? strchr(subject, ':') : NULL;
  EACH(w->volumes, struct sim_volume, v)
    EACH(v->bricks, struct sim_brick, b) {
      size_t len = colon ? (size_t)(colon - subject) : subject ? strlen(subject) : 0;
      if (strlen(b->host) == len && !strncmp(b->host, subject, len) && (!colon || str_eq(b->path, colon + 1))) fn(w, v, b);
    }
}

static void hang(struct world *w, struct sim_volume *v, struct sim_brick *b) {
  (void)v;
  if (b->life != LIFE_RUNNING) return;
  b->life = LIFE_HUNG;
  b->since = w->clock;
  store_check(w);
}

static void start(struct world *w, struct sim_volume *v, struct sim_brick *b) {
  if (b->life == LIFE_HUNG) {
    b->life = LIFE_RUNNING;
    b->since = w->clock;
    store_check(w);
  } else brick_start(w, v, b);
}

void on_kill_brick(struct world *w, const char *subject, const char *detail) { (void)detail, named_bricks(w, subject, brick_kill); }
void on_start_brick(struct world *w, const char *subject, const char *detail) { (void)detail, named_bricks(w, subject, start); }
void on_hang_brick(struct world *w, const char *subject, const char *detail) { (void)detail, named_bricks(w, subject, hang); }

void on_split_brain(struct world *w, const char *subject, const char *detail) {
  struct sim_volume *v = world_volume(w, subject);
  if (!v || !copies(v)) return;
  v->split_brain += number_of(detail, 1000) / 1000;
  split_settle(w, v);
  world_touch(w, LAYER_GLUSTER);
}

void on_resolve(struct world *w, const char *subject, const char *detail) {
  struct sim_volume *v = world_volume(w, subject);
  (void)detail;
  if (v) split_none(w, v);
}

void on_fill(struct world *w, const char *subject, const char *detail) {
  struct sim_volume *v = world_volume(w, subject);
  int64_t percent = number_of(detail, 0) / 1000;
  if (!v || percent > 100) return;
  EACH(v->bricks, struct sim_brick, b) b->used = b->size / 100 * percent + b->size % 100 * percent / 100;
  world_touch(w, LAYER_GLUSTER);
  guest_io_check(w);
}

/* Somebody else's command holds the volume for so long. */
void on_transaction(struct world *w, const char *subject, const char *detail) {
  struct sim_volume *v = world_volume(w, subject);
  EACH(w->hosts, struct sim_host, h)
    if (v && YES(h->in_pool) && daemon_runs(h, "glusterd") && !volume_locked(w, v)) volume_lock(w, v, h, NULL, number_of(detail, 1000));
}
