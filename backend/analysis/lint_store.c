/* Checks of gluster's volumes. */
#include "analysis/lint.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include "analysis/times.h"
#include <inttypes.h>
#include <string.h>

#define EACH_VOLUME(l, v) for (const struct volume_view *v = (l)->s->volumes.item; v < (l)->s->volumes.item + (l)->s->volumes.count; v++)

/* Does a domain have a disk there? Checks of what guests need are for those. */
static bool holds_disks(const struct linting *l, const struct volume_view *v) {
  for (size_t i = 0; i < l->s->domains.count; i++)
    for (size_t k = 0; k < l->s->domains.item[i].disks.count; k++)
      if (str_eq(l->s->domains.item[i].disks.item[k].volume, v->name)) return true;
  return false;
}

static void replica_two(struct linting *l) {
  EACH_VOLUME(l, v)
    if (v->replica == 2 && !(v->arbiter > 0)) lint_found(l, v->name, "replica 2 without an arbiter");
}

static void no_copies(struct linting *l) {
  EACH_VOLUME(l, v)
    if (!volume_copies(v) && v->bricks.count && holds_disks(l, v)) lint_found(l, v->name, "%s: each file lies on one brick", v->type ? v->type : "distribute");
}

static void first_brick_mandatory(struct linting *l) {
  EACH_VOLUME(l, v) {
    const char *type = pairs_get(&v->options, "cluster.quorum-type");
    if (v->replica == 2 && str_eq(type, "auto")) lint_found(l, v->name, "cluster.quorum-type is auto on replica 2");
  }
}

/* Three copies have quorum by default: somebody has taken it away. */
static void no_client_quorum(struct linting *l) {
  EACH_VOLUME(l, v) {
    struct set_rules r = volume_rules(v);
    const char *type = pairs_get(&v->options, "cluster.quorum-type");
    if (v->replica > 2 && r.quorum <= (v->replica - (v->arbiter > 0 ? v->arbiter : 0)) / 2 && type)
      lint_found(l, v->name, "cluster.quorum-type is %s on %" PRId64 " copies: a host that is cut off writes on to what it still sees, %" PRId64 " s later at the latest", type, v->replica, stall_seconds(v));
  }
}

static void set_on_one_host(struct linting *l) {
  EACH_VOLUME(l, v)
    for (size_t i = 0; i < v->bricks.count; i++)
      for (size_t k = i + 1; k < v->bricks.count; k++)
        if (volume_copies(v) && v->bricks.item[i].set == v->bricks.item[k].set && same_host(l->s, v->bricks.item[i].host, v->bricks.item[k].host))
          lint_found(l, v->name, "set %" PRId64 " has %s and %s on %s", v->bricks.item[i].set, v->bricks.item[i].path, v->bricks.item[k].path, v->bricks.item[i].host);
}

static void slow_ping(struct linting *l) {
  enum { GUEST_DISK_S = 30 }; /* Linux's for SCSI disks; virtio-blk has none, and a database has its own */
  EACH_VOLUME(l, v)
    if (volume_copies(v) && holds_disks(l, v) && stall_seconds(v) > GUEST_DISK_S)
      lint_found(l, v->name, "network.ping-timeout is %s: writers stand still for up to %" PRId64 " s when a brick's host dies", pairs_get(&v->options, "network.ping-timeout") ? pairs_get(&v->options, "network.ping-timeout") : "42 (its default)", stall_seconds(v));
}

/* What is said to be set for disks of domains by gluster's own group "virt": those that matter for their life. */
static void not_for_disks(struct linting *l) {
  static const struct { const char *name, *wanted; } rows[] = {{"performance.quick-read", "off"}, {"performance.read-ahead", "off"}, {"performance.io-cache", "off"}, {"performance.strict-o-direct", "on"}, {"network.remote-dio", "disable"}};
  EACH_VOLUME(l, v) {
    CLEANUP(str_free) struct str missing = {0};
    if (!holds_disks(l, v)) continue;
    for (size_t i = 0; i < COUNT(rows); i++)
      if (!option_same(pairs_get(&v->options, rows[i].name), rows[i].wanted)) str_addf(&missing, "%s%s=%s", missing.len ? ", " : "", rows[i].name, rows[i].wanted);
    if (missing.len) lint_found(l, v->name, "not set: %s", missing.data);
  }
}

static void strict_locks(struct linting *l) {
  EACH_VOLUME(l, v)
    if (holds_disks(l, v) && option_same(pairs_get(&v->options, "client.strict-locks"), "on")) lint_found(l, v->name, "client.strict-locks is on (it holds for all volumes)");
}

static void fullest_brick(struct linting *l) {
  enum { FULL = 90 };
  EACH_VOLUME(l, v)
    for (size_t i = 0; i < v->bricks.count; i++) {
      const struct brick_view *b = &v->bricks.item[i];
      double used = used_percent(b->size, b->free);
      if (used >= FULL && b->free >= 0) lint_found(l, arena_printf(l->a, "%s:%s", b->host, b->path), "%.0f%% of it is used", used);
    }
}

static void few_inodes(struct linting *l) {
  EACH_VOLUME(l, v) {
    const struct gluster_space *space = fact_keyed(l->s, "gluster.space", v->name, NULL);
    for (size_t i = 0; space && i < space->bricks.count; i++) {
      const struct gluster_brick_space *b = &space->bricks.item[i];
      if (b->inodes > 0 && b->inodes_free >= 0 && b->inodes_free < b->inodes / 20) lint_found(l, arena_printf(l->a, "%s:%s", b->host, b->path), "%" PRId64 " of %" PRId64 " inodes are free", b->inodes_free, b->inodes);
    }
  }
}

const struct lint_check lint_store_checks[] = {
    {"replica-2", "two copies cannot tell which is right", "When each of two copies was written while the other was away, nobody can tell which is right: split-brain. A third copy, or an arbiter that holds names only, can.", SEVERITY_WARNING, "gluster-brick-add", LINT_GLUSTER, replica_two},
    {"no-copies", "disks without a second copy", "The host of that brick lost, its domains stand still until it is back; its disk lost, they are gone.", SEVERITY_CRITICAL, NULL, LINT_GLUSTER | LINT_LIBVIRT, no_copies},
    {"first-brick-mandatory", "the first brick must live", "With quorum auto on two copies half is enough only when the first brick is in it: its host lost, all writes to the set fail until it returns.", SEVERITY_WARNING, "gluster-volume-set", LINT_GLUSTER, first_brick_mandatory},
    {"no-client-quorum", "a volume without quorum", "Whoever sees a single copy may write to it. A host that is cut off from the others goes on writing to its own, while its domains are started elsewhere and write to the other copies: split-brain, which nobody can heal without losing one of the two. cluster.quorum-type auto has writes wait for more than half of the copies.", SEVERITY_CRITICAL, "gluster-volume-set", LINT_GLUSTER, no_client_quorum},
    {"set-on-one-host", "copies on one host", "A host lost takes both copies with it.", SEVERITY_CRITICAL, "gluster-brick-replace", LINT_GLUSTER, set_on_one_host},
    {"slow-ping", "guests stand still longer than their disks bear", "When a brick's host dies silently, writers wait from one to two times network.ping-timeout. A guest whose disk gives up before that makes its filesystem read-only.", SEVERITY_WARNING, "gluster-failover-timeouts", LINT_GLUSTER | LINT_LIBVIRT, slow_ping},
    {"not-for-disks", "the volume is not set up for disks", "Read caches on several hosts and buffered writes are for files that one host at a time reads; gluster's group `virt` turns them off.", SEVERITY_INFO, "gluster-virt-options", LINT_GLUSTER | LINT_LIBVIRT, not_for_disks},
    {"strict-locks", "a brick's restart can end a running domain", "With client.strict-locks a client that lost a brick's connection has its files closed for good: also after a rolling restart of the bricks. Without it a host that returns unfenced writes on. Fencing protects from that; it should be proven.", SEVERITY_INFO, "gluster-volume-set", LINT_GLUSTER | LINT_LIBVIRT, strict_locks},
    {"brick-full", "a brick is nearly full", "A distributed volume is full when one of its bricks is: disks that lie there stop with an I/O error, though the volume has room.", SEVERITY_CRITICAL, NULL, LINT_GLUSTER, fullest_brick},
    {"few-inodes", "a brick runs out of inodes", "No file can be made there any more, shards of growing disks among them.", SEVERITY_WARNING, NULL, LINT_GLUSTER, few_inodes},
    {.id = NULL},
};
