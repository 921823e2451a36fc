#include "sources/gluster_read.h"
#include <ctype.h>
#include <errno.h>
#include <string.h>

enum { LISTED_MAX = 10000, NAMES_MAX = 64 };
enum { TYPE_STRIPE = 1, TYPE_REPLICATE, TYPE_STRIPE_REPLICATE, TYPE_DISPERSE, TYPE_TIER };

int answer_parse(struct arena *a, const unsigned char *body, size_t len, bool with_text, struct answer *ret) {
  struct xdr x = {.at = body, .left = len};
  size_t text_len = 0, dict_len;
  const unsigned char *text = (const unsigned char *)"";
  int64_t op_ret = (int32_t)xdr_get_u32(&x), op_errno = (int32_t)xdr_get_u32(&x);
  if (with_text) text = xdr_get_opaque(&x, &text_len);
  const unsigned char *dict = xdr_get_opaque(&x, &dict_len);
  struct dict d;
  if (x.bad || dict_parse(a, dict, dict_len, &d)) return -EPROTO;
  *ret = (struct answer){.ret = op_ret, .code = op_errno, .text = arena_strndup(a, (const char *)text, text_len), .dict = d};
  return 0;
}

int port_parse(const unsigned char *body, size_t len, struct port_answer *ret) {
  struct xdr x = {.at = body, .left = len};
  struct port_answer p = {.ret = (int32_t)xdr_get_u32(&x)};
  xdr_get_u32(&x); /* op_errno */
  xdr_get_u32(&x); /* status */
  p.port = (int32_t)xdr_get_u32(&x);
  if (x.bad || p.port < 0 || p.port > 65535) return -EPROTO;
  *ret = p;
  return 0;
}

static int64_t counted(const struct dict *d, const char *key, int64_t max) {
  int64_t n = dict_int(d, "%s", key);
  return n < 0 ? 0 : n > max ? max : n;
}

/* 1 and 0 of a dictionary; anything else is not known. */
static enum truth truth_at(int64_t v) { return v == UNKNOWN_INT ? TRUTH_UNKNOWN : truth_of(v == 1); }

/* A number that is only meant when it is not negative: -1 is gluster's word for "none". */
static int64_t not_negative(int64_t v) { return v < 0 ? UNKNOWN_INT : v; }

void read_peers(struct arena *a, const struct dict *d, struct gluster_peers *ret) {
  shape_init(&gluster_peers_shape, ret);
  int64_t count = counted(d, "count", LISTED_MAX);
  for (int i = 1; i <= count; i++) {
    const char *name = dict_text(d, "friend%d.hostname", i);
    if (!name) continue;
    struct gluster_peer *p = list_add(a, &ret->peers, &gluster_peer_shape);
    p->hostname = arena_strdup(a, name);
    p->uuid = dict_uuid(a, d, "friend%d.uuid", i);
    p->self = truth_of(!strcmp(name, "localhost"));
    p->connected = truth_at(dict_int(d, "friend%d.connected", i));
    p->state = arena_strdup(a, dict_text(d, "friend%d.state", i));
    int64_t names = dict_int(d, "friend%d.hostname_count", i);
    for (int k = 0; k < names && k < NAMES_MAX; k++) {
      const char *other = dict_text(d, "friend%d.hostname%d", i, k);
      if (other && !texts_have(&p->names, other)) texts_add(a, &p->names, other);
    }
    if (p->self != TRUTH_YES && !texts_have(&p->names, name)) texts_add(a, &p->names, name);
  }
}

static const char *brick_host_of(const struct gluster_volumes *volumes, const char *uuid) {
  for (size_t v = 0; uuid && volumes && v < volumes->volumes.count; v++) {
    const struct gluster_volume *volume = &volumes->volumes.item[v];
    for (size_t b = 0; b < volume->bricks.count; b++)
      if (str_eq(volume->bricks.item[b].uuid, uuid)) return volume->bricks.item[b].host;
  }
  return NULL;
}

static int peer_order(const void *a, const void *b) {
  return str_natural(((const struct gluster_peer *)a)->hostname, ((const struct gluster_peer *)b)->hostname);
}

void pool_name_self(struct arena *a, struct gluster_peers *peers, const struct gluster_volumes *volumes, const char *theirs_name,
                    const char *fallback) {
  for (size_t i = 0; i < peers->peers.count; i++) {
    struct gluster_peer *p = &peers->peers.item[i];
    if (p->self != TRUTH_YES) continue;
    const char *name = brick_host_of(volumes, p->uuid);
    if (!name) name = theirs_name;
    if (!name) name = fallback;
    p->hostname = arena_strdup(a, name);
    if (!p->state) p->state = "Peer in Cluster";
    if (!texts_have(&p->names, name)) texts_add(a, &p->names, name);
  }
  /* The asked one is the last of the daemon's list: who is asked must not change the order. */
  if (peers->peers.count) qsort(peers->peers.item, peers->peers.count, sizeof *peers->peers.item, peer_order);
}

const struct gluster_peer *peer_by_uuid(const struct gluster_peers *p, const char *uuid) {
  for (size_t i = 0; uuid && i < p->peers.count; i++)
    if (str_eq(p->peers.item[i].uuid, uuid)) return &p->peers.item[i];
  return NULL;
}

const struct gluster_peer *peer_by_name(const struct gluster_peers *p, const char *name) {
  for (size_t i = 0; name && i < p->peers.count; i++)
    if (str_eq(p->peers.item[i].hostname, name) || texts_have(&p->peers.item[i].names, name)) return &p->peers.item[i];
  return NULL;
}

bool volume_name_valid(const char *name) {
  size_t len = name ? strlen(name) : 0;
  if (!len || len > 250 || name[0] == '-') return false; /* a leading "-" would be an option to a program */
  for (const char *c = name; *c; c++)
    if (!isalnum((unsigned char)*c) && *c != '_' && *c != '-') return false;
  return true;
}

void read_volume_names(struct arena *a, const struct dict *d, struct texts *ret) {
  int64_t count = counted(d, "count", LISTED_MAX);
  *ret = (struct texts){0};
  for (int i = 0; i < count; i++) {
    const char *name = dict_text(d, "volume%d", i);
    if (name && volume_name_valid(name)) texts_add(a, ret, name);
  }
}

/* Stripe and tier, gone since 6: no word for them, and their bricks are of no sets that the counts would tell. */
static bool odd(int64_t type) { return type == TYPE_STRIPE || type == TYPE_STRIPE_REPLICATE || type == TYPE_TIER; }

/* The contract's words. The counts decide; the number of the type is only believed where it agrees with them. */
static const char *type_of(int64_t type, const struct gluster_volume *v) {
  int64_t sets = set_count(v);
  if (odd(type)) return NULL;
  if (type == TYPE_DISPERSE || v->disperse > 0) return sets > 1 ? "distributed-disperse" : "disperse";
  if (v->replica > 1 && v->arbiter > 0) return sets > 1 ? "distributed-arbiter" : "arbiter";
  if (type == TYPE_REPLICATE || v->replica > 1) return sets > 1 ? "distributed-replicate" : "replicate";
  return type == 0 ? "distribute" : NULL;
}

static int64_t set_size(const struct gluster_volume *v) { return v->disperse > 0 ? v->disperse : v->replica > 1 ? v->replica : 1; }
int64_t set_count(const struct gluster_volume *v) { return ((int64_t)v->bricks.count + set_size(v) - 1) / set_size(v); }
bool volume_heals(const struct gluster_volume *v) { return v->disperse > 0 || v->replica > 1; }
bool volume_started(const struct gluster_volume *v) { return str_eq(v->status, "started"); }

/* "host:/path"; a host may be an IPv6 address with colons of its own. */
static bool split_brick(struct arena *a, const char *name, const char **ret_host, const char **ret_path) {
  const char *colon = name ? strstr(name, ":/") : NULL;
  if (!colon || colon == name) return false;
  *ret_host = arena_strndup(a, name, (size_t)(colon - name));
  *ret_path = arena_strdup(a, colon + 1);
  return true;
}

/* No option of a volume is a password today; should one become one, it stays here. */
static bool secret(const char *key) { return strstr(key, "password") || strstr(key, "passwd") || strstr(key, "secret"); }

/* Of the daemon's own names all are; what is not could become the same as another one on its way. */
static bool plain(const char *key) {
  for (; *key; key++)
    if (*key < 0x20 || *key > 0x7E) return false;
  return true;
}

static void read_options(struct arena *a, const struct dict *d, struct gluster_volume *v) {
  static const char prefix[] = "volume0.option.";
  for (size_t i = 0; i < d->count; i++) {
    if (!str_starts(d->item[i].key, prefix)) continue;
    const char *key = d->item[i].key + strlen(prefix), *value = dict_text(d, "%s", d->item[i].key);
    if (value && !secret(key) && plain(key) && (!i || strcmp(d->item[i - 1].key, d->item[i].key))) pairs_add(a, &v->options, key, value);
  }
}

int read_volume(struct arena *a, const struct dict *d, struct gluster_volume *ret, bool *ret_task) {
  const char *name = dict_text(d, "volume0.name");
  if (!name || counted(d, "count", 1) != 1 || !volume_name_valid(name)) return -ENOENT;
  struct gluster_volume v;
  shape_init(&gluster_volume_shape, &v);
  v.name = arena_strdup(a, name);
  v.id = dict_uuid(a, d, "volume0.volume_id");
  int64_t type = dict_int(d, "volume0.type");
  if (!odd(type)) {
    v.replica = not_negative(dict_int(d, "volume0.replica_count"));
    v.arbiter = not_negative(dict_int(d, "volume0.arbiter_count"));
    v.disperse = not_negative(dict_int(d, "volume0.disperse_count"));
    v.redundancy = not_negative(dict_int(d, "volume0.redundancy_count"));
  }
  int64_t status = dict_int(d, "volume0.status");
  v.status = status == 0 ? "created" : status == 1 ? "started" : status == 2 ? "stopped" : NULL;
  int64_t count = counted(d, "volume0.brick_count", LISTED_MAX);
  for (int i = 1; i <= count; i++) {
    const char *host, *path;
    if (!split_brick(a, dict_text(d, "volume0.brick%d", i), &host, &path)) continue;
    struct gluster_brick *b = list_add(a, &v.bricks, &gluster_brick_shape);
    b->host = host;
    b->path = path;
    b->uuid = dict_uuid(a, d, "volume0.brick%d.uuid", i);
    b->set = (i - 1) / set_size(&v);
    b->arbiter = truth_of(dict_int(d, "volume0.brick%d.isArbiter", i) == 1);
  }
  v.type = type_of(type, &v);
  read_options(a, d, &v);
  int64_t task = dict_int(d, "volume0.rebalance");
  *ret_task = task != UNKNOWN_INT && task != 0;
  *ret = v;
  return 0;
}

void read_space(struct arena *a, const struct dict *d, struct gluster_space *ret) {
  int64_t last = dict_int(d, "brick-index-max");
  for (int i = 0; i <= last && i < LISTED_MAX; i++) {
    const char *host = dict_text(d, "brick%d.hostname", i), *path = dict_text(d, "brick%d.path", i);
    if (!host || !path || path[0] != '/') continue; /* self-heal daemons and the like are listed among the bricks */
    struct gluster_brick_space *b = list_add(a, &ret->bricks, &gluster_brick_space_shape);
    b->host = arena_strdup(a, host);
    b->path = arena_strdup(a, path);
    b->online = truth_at(dict_int(d, "brick%d.status", i));
    if (b->online != TRUTH_YES) continue; /* sizes are still told, but of whatever lies under its path now */
    b->pid = not_negative(dict_int(d, "brick%d.pid", i));
    b->port = not_negative(dict_int(d, "brick%d.port", i));
    b->device = arena_strdup(a, dict_text(d, "brick%d.device", i));
    b->filesystem = arena_strdup(a, dict_text(d, "brick%d.fs_name", i));
    b->size = not_negative(dict_int(d, "brick%d.total", i));
    b->free = not_negative(dict_int(d, "brick%d.free", i));
    b->inodes = not_negative(dict_int(d, "brick%d.total_inodes", i));
    b->inodes_free = not_negative(dict_int(d, "brick%d.free_inodes", i));
  }
}

void read_tasks(struct arena *a, const struct dict *d, struct gluster_space *ret) {
  static const char *const words[] = {
      "not started",        "in progress",          "stopped",          "completed", "failed", "fix-layout in progress",
      "fix-layout stopped", "fix-layout completed", "fix-layout failed"};
  int64_t count = counted(d, "tasks", 100);
  for (int i = 0; i < count; i++) {
    struct gluster_task *t = list_add(a, &ret->tasks, &gluster_task_shape);
    int64_t status = dict_int(d, "task%d.status", i);
    t->type = arena_strdup(a, dict_text(d, "task%d.type", i));
    t->id = dict_uuid(a, d, "task%d.id", i);
    t->status = status >= 0 && status < (int64_t)COUNT(words) ? words[status] : NULL;
    int64_t bricks = dict_int(d, "task%d.count", i);
    for (int k = 1; bricks > 0 && k <= bricks && k <= LISTED_MAX; k++) { /* of a removal: which ones */
      const char *brick = dict_text(d, "task%d.brick%d", i, k);
      if (!brick) break;
      texts_add(a, &t->bricks, brick);
    }
  }
}

void read_heal(struct arena *a, const struct dict *d, struct gluster_heal *ret) {
  shape_init(&gluster_heal_shape, ret);
  int64_t count = counted(d, "count", LISTED_MAX), pending = 0;
  bool all = count > 0;
  for (int i = 0; i < count; i++) {
    const char *host = dict_text(d, "%d-hostname", i), *path = dict_text(d, "%d-path", i);
    if (!host || !path) {
      all = false;
      continue;
    }
    struct gluster_brick_heal *b = list_add(a, &ret->bricks, &gluster_brick_heal_shape);
    b->host = arena_strdup(a, host);
    b->path = arena_strdup(a, path);
    b->pending = not_negative(dict_int(d, "%d-hardlinks", i));
    b->text = arena_strdup(a, dict_text(d, "%d-status", i));
    if (b->pending == UNKNOWN_INT) all = false;
    else pending += b->pending;
  }
  if (all && pending == 0) ret->split_brain = 0; /* the count includes what is in split-brain */
}
