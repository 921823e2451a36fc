#include "sources/corosync_facts.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 256, NODES_MAX = 1000 };

const char *const corosync_members[COROSYNC_MEMBERS] = {"runtime.members.", "runtime.totem.pg.mrp.srp.members."};

static const struct field key_fields[] = {{.name = NULL}};
static const struct shape key_shape = {.name = "corosync_key", .size = sizeof(struct corosync_key), .fields = key_fields};

static size_t bucket(const char *name) {
  uint32_t h = 2166136261u;
  for (; *name; name++) h = (h ^ (unsigned char)*name) * 16777619u;
  return (h ^ h >> 16) % COROSYNC_BUCKETS;
}

static const struct corosync_key *find(const struct corosync_keys *k, const char *name) {
  for (size_t i = k->first[bucket(name)]; i; i = k->list.item[i - 1].next)
    if (!strcmp(k->list.item[i - 1].name, name)) return &k->list.item[i - 1];
  return NULL;
}

/* Of two of one name the first is the one that is found. */
static struct corosync_key *add(struct corosync_keys *k, const char *name) {
  if (k->list.count >= COROSYNC_KEYS_MAX) return NULL;
  struct corosync_key *key = list_add(k->arena, &k->list, &key_shape);
  *key = (struct corosync_key){.name = arena_strdup(k->arena, name), .number = UNKNOWN_INT};
  size_t *end = &k->first[bucket(name)];
  while (*end) end = &k->list.item[*end - 1].next;
  *end = k->list.count;
  return key;
}

void corosync_key_text(struct corosync_keys *k, const char *name, const char *text, size_t len) {
  struct corosync_key *key = add(k, name);
  len = strnlen(text, len);
  if (key) key->text = arena_strndup(k->arena, text, len < TEXT_MAX ? len : TEXT_MAX);
}

void corosync_key_number(struct corosync_keys *k, const char *name, int64_t number) {
  struct corosync_key *key = add(k, name);
  if (key) key->number = number;
}

const char *corosync_text(const struct corosync_keys *k, const char *name) {
  const struct corosync_key *key = find(k, name);
  return key && key->text && *key->text ? key->text : NULL;
}

int64_t corosync_number(const struct corosync_keys *k, const char *name) {
  const struct corosync_key *key = find(k, name);
  return key ? key->number : UNKNOWN_INT;
}

#define NAME(out_, ...) snprintf(out_, sizeof(out_), __VA_ARGS__)

/* ---- nodes ---- */

static struct corosync_node *node_by_id(const struct corosync_nodes *nodes, int64_t id) {
  for (size_t i = 0; i < nodes->nodes.count; i++)
    if (nodes->nodes.item[i].id == id) return &nodes->nodes.item[i];
  return NULL;
}

/* "nodelist.node.12.nodeid": 12 */
static bool position_of(const char *name, const char *prefix, const char *end, int64_t *ret) {
  char *rest;
  if (!str_starts(name, prefix) || !isdigit((unsigned char)name[strlen(prefix)])) return false;
  unsigned long long n = strtoull(name + strlen(prefix), &rest, 10);
  if (n > UINT32_MAX || strcmp(rest, end)) return false;
  *ret = (int64_t)n;
  return true;
}

static void read_listed(const struct corosync_keys *k, int64_t position, int64_t id, struct arena *a, struct corosync_nodes *ret) {
  char name[128];
  struct corosync_node *n = list_add(a, &ret->nodes, &corosync_node_shape);
  n->id = id;
  for (int ring = 0; ring < COROSYNC_LINKS; ring++) {
    NAME(name, "nodelist.node.%" PRId64 ".ring%d_addr", position, ring);
    const char *address = corosync_text(k, name);
    if (address) texts_add(a, &n->addresses, address);
  }
  NAME(name, "nodelist.node.%" PRId64 ".name", position);
  n->name = arena_strdup(a, corosync_text(k, name));
  if (!n->name && n->addresses.count) n->name = n->addresses.item[0];
  NAME(name, "nodelist.node.%" PRId64 ".quorum_votes", position);
  n->votes = corosync_number(k, name);
  if (n->votes == UNKNOWN_INT) n->votes = 1;
}

/* "r(0) ip(10.77.0.1) r(1) ip(10.78.0.1) " */
static void addresses_in(const char *text, struct arena *a, struct texts *ret) {
  for (const char *at = text; at && (at = strstr(at, "ip(")) && ret->count < COROSYNC_LINKS;) {
    size_t len = strcspn(at += 3, ")");
    if (len) texts_add(a, ret, arena_strndup(a, at, len));
    at += len;
  }
}

/* A cluster need not have a list of nodes (multicast, 2.4): then its members are all that is known. One that left is
 * remembered for ever, also after it was taken off the list: such a one is no node. */
static void read_member(const struct corosync_keys *k, const char *prefix, int64_t id, const char *status, struct arena *a, struct corosync_nodes *ret, bool listed) {
  char name[128];
  enum truth joined = truth_of(!strcmp(status, "joined"));
  struct corosync_node *n = node_by_id(ret, id);
  if (!n && (joined == TRUTH_NO && listed)) return;
  if (!n) {
    if (ret->nodes.count >= NODES_MAX) return;
    n = list_add(a, &ret->nodes, &corosync_node_shape);
    n->id = id;
    NAME(name, "%s%" PRId64 ".ip", prefix, id);
    addresses_in(corosync_text(k, name), a, &n->addresses);
    n->name = n->addresses.count ? n->addresses.item[0] : arena_printf(a, "%" PRId64, id);
  }
  n->member = joined;
}

static int by_id(const void *a, const void *b) {
  int64_t one = ((const struct corosync_node *)a)->id, two = ((const struct corosync_node *)b)->id;
  return (one > two) - (one < two);
}

void corosync_read_nodes(const struct corosync_keys *k, struct arena *a, struct corosync_nodes *ret) {
  int64_t local = corosync_number(k, "runtime.votequorum.this_node_id"), position, id;
  shape_init(&corosync_nodes_shape, ret);
  for (size_t i = 0; i < k->list.count && ret->nodes.count < NODES_MAX; i++) {
    const struct corosync_key *key = &k->list.item[i];
    if (position_of(key->name, "nodelist.node.", ".nodeid", &position) && key->number != UNKNOWN_INT && !node_by_id(ret, key->number))
      read_listed(k, position, key->number, a, ret);
  }
  bool listed = ret->nodes.count > 0, members = false;
  for (size_t i = 0; i < k->list.count; i++) {
    const struct corosync_key *key = &k->list.item[i];
    for (size_t p = 0; p < COROSYNC_MEMBERS; p++) {
      if (!position_of(key->name, corosync_members[p], ".status", &id) || !key->text) continue;
      read_member(k, corosync_members[p], id, key->text, a, ret, listed);
      members = true;
    }
  }
  if (local == UNKNOWN_INT) {
    char name[64];
    NAME(name, "nodelist.node.%" PRId64 ".nodeid", corosync_number(k, "nodelist.local_node_pos"));
    local = corosync_number(k, name);
  }
  for (size_t i = 0; i < ret->nodes.count; i++) {
    struct corosync_node *n = &ret->nodes.item[i];
    if (local != UNKNOWN_INT) n->local = truth_of(n->id == local);
    if (members && n->member == TRUTH_UNKNOWN) n->member = TRUTH_NO; /* not seen since this corosync was started */
  }
  if (ret->nodes.count) qsort(ret->nodes.item, ret->nodes.count, sizeof(struct corosync_node), by_id);
}

/* ---- links ---- */

size_t corosync_link_count(const struct corosync_node *n) { return n->addresses.count < COROSYNC_LINKS ? n->addresses.count : COROSYNC_LINKS; }

static enum truth flag(const struct corosync_keys *k, const char *name) {
  int64_t n = corosync_number(k, name);
  return n == UNKNOWN_INT ? TRUTH_UNKNOWN : truth_of(n != 0);
}

void corosync_read_links(const struct corosync_keys *k, const struct corosync_nodes *nodes, struct arena *a, struct corosync_links *ret) {
  shape_init(&corosync_links_shape, ret);
  for (size_t i = 0; i < nodes->nodes.count; i++) {
    const struct corosync_node *n = &nodes->nodes.item[i];
    for (int link = 0; n->local != TRUTH_YES && link < COROSYNC_LINKS; link++) {
      char name[128];
      int base = NAME(name, "stats.knet.node%" PRId64 ".link%d.", n->id, link);
#define KEY(end_) (snprintf(name + base, sizeof name - (size_t)base, "%s", end_), name)
      enum truth connected = flag(k, KEY("connected"));
      if (connected == TRUTH_UNKNOWN) continue; /* no such link, or a corosync before 3.0 */
      struct corosync_link *l = list_add(a, &ret->links, &corosync_link_shape);
      l->node_id = n->id;
      l->link = link;
      l->connected = connected;
      l->enabled = flag(k, KEY("enabled"));
      l->latency_us = corosync_number(k, KEY("latency_ave"));
      l->down_count = corosync_number(k, KEY("down_count"));
      l->mtu = corosync_number(k, KEY("mtu"));
#undef KEY
    }
  }
}

void corosync_calm_links(const struct corosync_links *before, struct corosync_links *now) {
  for (size_t i = 0; i < now->links.count; i++)
    for (size_t j = 0; j < before->links.count; j++) {
      struct corosync_link *n = &now->links.item[i];
      const struct corosync_link *b = &before->links.item[j];
      if (n->node_id != b->node_id || n->link != b->link || n->latency_us == UNKNOWN_INT || b->latency_us == UNKNOWN_INT) continue;
      if (n->latency_us >= b->latency_us / 2 && n->latency_us - b->latency_us <= b->latency_us / 2) n->latency_us = b->latency_us;
    }
}

/* ---- the cluster ---- */

void corosync_read_cluster(const struct corosync_keys *k, struct corosync_cluster *ret) {
  shape_init(&corosync_cluster_shape, ret);
  ret->name = corosync_text(k, "totem.cluster_name");
  ret->node_id = corosync_number(k, "runtime.votequorum.this_node_id");
  ret->token_ms = corosync_number(k, "runtime.config.totem.token");
  ret->consensus_ms = corosync_number(k, "runtime.config.totem.consensus");
  ret->qdevice_name = corosync_text(k, "quorum.device.model");
  ret->tie_breaker_node = corosync_text(k, "quorum.auto_tie_breaker_node");
  ret->qdevice = truth_of(ret->qdevice_name != NULL);
}

const char *corosync_version_in(const char *said, struct arena *a) {
  const char *at = said ? strstr(said, "version '") : NULL;
  size_t len = at ? strspn(at + 9, "0123456789.abcdefghijklmnopqrstuvwxyz-") : 0;
  return len && len < 40 ? arena_strndup(a, at + 9, len) : NULL;
}
