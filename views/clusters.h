/* Other clusters: one feed each, of a command that prints a recording ([feed NAME] command = ..). All of them are taken in; of
 * those that are not opened a snapshot is made every two seconds at most, so that fifty cost little. Read-only: a feed gives
 * nobody a way to act. */
#ifndef VIEWS_CLUSTERS_H
#define VIEWS_CLUSTERS_H
#include "sources/feed.h"
#include "views/screen/clusters.h"

struct clusters;
/* changed: a tile did; opened, shown: what is opened changed, or another moment of it is shown. */
struct clusters_options {
  const struct config *config;
  void (*changed)(void *owner), (*opened)(void *owner), (*shown)(void *owner);
  void *owner;
};
struct clusters *clusters_new(struct loop *l, const struct clusters_options *o); /* NULL: no feed is configured */
void clusters_free(struct clusters *c);                                         /* ends the feeds; NULL is fine */
size_t clusters_count(const struct clusters *c);                                /* of NULL: 0 */
void clusters_tile(const struct clusters *c, size_t i, struct cluster_tile *ret); /* borrowed until the loop goes on */
/* That one is looked at in full: its feed, kept from now on, and its newest snapshot (one more reference; NULL: none yet). NULL:
 * there is no such feed. */
struct feed *clusters_open(struct clusters *c, const char *name, struct snapshot **ret_newest);
void clusters_leave(struct clusters *c, struct snapshot *newest); /* takes that reference */
#endif
