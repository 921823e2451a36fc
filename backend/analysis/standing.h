/* How a thing of the cluster stands, in a word or two and as a level: the same words wherever it is drawn beside others
 * (x-ray, topology, details). Pure. A level that is worse has the greater number, so that the worst of several is their
 * maximum; what is old or not known is never as good as what is well. */
#ifndef ANALYSIS_STANDING_H
#define ANALYSIS_STANDING_H
#include "model/snapshot.h"

enum level {
  LEVEL_NONE,    /* nothing can be wrong with it */
  LEVEL_OK,
  LEVEL_WARN,
  LEVEL_OLD,     /* it was well when it was last heard of */
  LEVEL_UNKNOWN,
  LEVEL_BAD,
  LEVEL_COUNT
};
struct standing {
  enum level level;
  const char *words; /* static, borrowed from the snapshot or in the arena; never NULL */
  bool old;          /* what is said was true once: to be marked as such */
};

struct standing standing_host(const struct snapshot *s, const struct host_view *h, struct arena *a);  /* all that it is: node, peer, hypervisor */
struct standing standing_node(const struct snapshot *s, const struct host_view *h, struct arena *a);  /* of the cluster; LEVEL_NONE with words "-": it is none */
struct standing standing_peer(const struct host_view *h);                                             /* of the pool; the same */
struct standing standing_brick(const struct volume_view *v, const struct brick_view *b, struct arena *a);
struct standing standing_set(const struct volume_view *v, int64_t set, struct arena *a);
struct standing standing_volume(const struct volume_view *v, struct arena *a);
struct standing standing_domain(const struct domain_view *d, struct arena *a);
struct standing standing_resource(const struct resource_view *r, struct arena *a);
struct standing standing_constraint(const struct snapshot *s, const struct constraint_view *c, struct arena *a);
/* Whether the set would still be written to without that brick: "1 of 2 copies without it". */
struct standing standing_without(const struct volume_view *v, const struct brick_view *b, struct arena *a);

size_t hosts_unread(const struct snapshot *s); /* hypervisors of which nobody can say what runs there */
bool host_unread(const struct snapshot *s, const struct host_view *h);
bool constraint_bans(const struct constraint_view *c); /* it may not run on that host */
/* Disks of it lie in that set: they are known to, or any may (sharded, or not told). set -1: in any of the volume. */
bool domain_lies_in(const struct domain_view *d, const struct volume_view *v, int64_t set);
#endif
