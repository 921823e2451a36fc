/* Corosync's keys (cmap), as facts. Pure: what was read from the map is put into a list of keys and values first, by
 * corosync.c from the library, by the tests from recordings. */
#ifndef SOURCES_COROSYNC_FACTS_H
#define SOURCES_COROSYNC_FACTS_H
#include "base/arena.h"
#include "model/facts.h"

enum { COROSYNC_KEYS_MAX = 20000, COROSYNC_LINKS = 8, COROSYNC_BUCKETS = 64 }; /* knet has at most 8 links a node */

struct corosync_key {
  const char *name;
  const char *text; /* NULL for a number */
  int64_t number;   /* UNKNOWN_INT for a text */
  size_t next;      /* of the same bucket, by place in the list + 1 */
};
struct corosync_keys {
  struct arena *arena; /* owns the strings */
  LIST_OF(struct corosync_key) list;
  size_t first[COROSYNC_BUCKETS]; /* by name */
};

/* Where it keeps its members: since 3.0, and in 2.x. */
enum { COROSYNC_MEMBERS = 2 };
extern const char *const corosync_members[COROSYNC_MEMBERS];

void corosync_key_text(struct corosync_keys *k, const char *name, const char *text, size_t len);
void corosync_key_number(struct corosync_keys *k, const char *name, int64_t number);
const char *corosync_text(const struct corosync_keys *k, const char *name); /* NULL when it is not there */
int64_t corosync_number(const struct corosync_keys *k, const char *name);   /* UNKNOWN_INT when it is not there */

/* From nodelist., the members and runtime.votequorum.this_node_id. votes are those of the configuration. */
void corosync_read_nodes(const struct corosync_keys *k, struct arena *a, struct corosync_nodes *ret);
/* How many links the configuration gives a node: 0 when it has no list of nodes. */
size_t corosync_link_count(const struct corosync_node *n);
/* From stats.knet.nodeN.linkM. of the nodes given; the local one has none. */
void corosync_read_links(const struct corosync_keys *k, const struct corosync_nodes *nodes, struct arena *a, struct corosync_links *ret);
/* An average latency is never the same twice: it stays what it was in before, unless it moved by more than a half. */
void corosync_calm_links(const struct corosync_links *before, struct corosync_links *now);
/* The name, token and consensus; all that the vote's service would know stays unknown. */
void corosync_read_cluster(const struct corosync_keys *k, struct corosync_cluster *ret);
/* "3.1.7" of "Corosync Cluster Engine, version '3.1.7'"; in a, NULL when it says none. */
const char *corosync_version_in(const char *said, struct arena *a);
#endif
