/* What the parts of the gluster source share: the loop, the printer, and the pool as it was read last. One thread. */
#ifndef SOURCES_GLUSTER_WORLD_H
#define SOURCES_GLUSTER_WORLD_H
#include "base/loop.h"
#include "model/facts.h"
#include "sources/emit.h"
#include "sources/gluster_lock.h"
#include "sources/gluster_name.h"

enum { GLUSTERD_PORT = 24007 };

struct world {
  struct loop *loop;
  struct emitter *emit;
  struct names *names;
  const struct source_options *options;
  const char *ssh; /* "root@%h" */
  int64_t started; /* monotonic */

  struct arena *pool; /* owns the three below; replaced at each reading, so nobody keeps pointers into it */
  struct gluster_peers peers;
  struct gluster_volumes volumes;
  const bool *tasks; /* one a volume: a rebalance or the like was started on it */
  bool pool_known;

  bool quiet;                  /* our console runs an operation: no request that takes a lock */
  struct lock_changes changes; /* as the daemons tell them; monotonic */

  struct asked *asked;
  struct probe *probe;
  struct turns *turns;
  struct share *share;
  struct files *files;
};

/* The pool was read anew; main tells the other parts. */
void world_pool_read(struct world *w);
/* A daemon says that a volume was changed: read soon, and keep out of the way of whoever does it. */
void world_changed(struct world *w);
/* Something was printed: flushed with whatever else comes within a moment. */
void world_dirty(struct world *w);

const struct gluster_volume *volume_by_name(const struct world *w, const char *name);
/* A whole small file of text, NULL when it cannot be read; owned by the caller. For /proc, /etc and the like. */
char *small_file(const char *path);
#endif
