/* Who among the consoles of all hosts reads what takes a volume's lock. Pure: the caller has clocks and connections.
 *
 * Each program says to whoever is connected to it which leader it follows in the end, as bridges do for a spanning tree;
 * so programs that meet only through a third agree on one. A leader lives by its beat, a number that it alone raises:
 * word of a dead one may go round, its beat stands still and its way grows longer, and it is left. */
#ifndef SOURCES_GLUSTER_ELECT_H
#define SOURCES_GLUSTER_ELECT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ELECT_ID = 33, ELECT_HOST = 65, ELECT_HOPS = 16 };
enum { ELECT_BEAT_MS = 3000, ELECT_SILENT_MS = 10000 }; /* how often a leader's beat rises; how long it may stand still */
enum { ELECT_SELF = -1, ELECT_NOBODY = -2 };

struct rank { /* a strict total order: the level, then who is there longer, then the id */
  int64_t level; /* higher is better placed to read */
  int64_t since; /* wall ms; clocks that are apart decide who, never how many */
  char id[ELECT_ID], host[ELECT_HOST];
};
int rank_order(const struct rank *a, const struct rank *b); /* > 0: a is to lead */

struct leader { struct rank rank; int64_t beat, hops; };

struct elect_link { /* a connection that we made */
  bool ready;           /* it has told all it knows */
  bool led;             /* it follows, or is, somebody */
  struct leader leader;
  int64_t rose;         /* when that leader's beat rose last on this connection */
};
struct elect_self {
  struct rank rank;
  bool able;  /* may read at all: is root, has a daemon to ask */
  bool heard; /* others can follow us */
};
/* Word of a leader has come by link (NULL: of nobody). True when it is news. */
bool elect_hear(struct elect_link *link, const struct leader *word, int64_t now);
/* The link to follow, ELECT_SELF (read), or ELECT_NOBODY. current: what was said last. */
int elect(const struct elect_self *self, const struct elect_link *const *links, size_t count, int current, int64_t now);
#endif
