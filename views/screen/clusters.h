/* The page of tiles, a cluster each, worst first. */
#ifndef SCREEN_CLUSTERS_H
#define SCREEN_CLUSTERS_H
#include "model/snapshot.h"
#include "sources/feed.h"

struct cluster_tile {
  const char *name;
  const struct snapshot *snap; /* NULL: nothing was ever heard */
  struct feed_shown time;
  bool here;                   /* the cluster of this console itself */
};
#endif
