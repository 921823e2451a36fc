/* Signs of life that take no lock: each peer's own daemon is asked a cheap call, each brick's port from its host's
 * portmapper, and each brick itself. What the asked daemon says of its peers ("connected") is no proof: it lies for
 * minutes about one that was cut off. Prints gluster.probe and gluster.bricks. */
#ifndef SOURCES_GLUSTER_PROBE_H
#define SOURCES_GLUSTER_PROBE_H
#include "sources/gluster_world.h"

struct probe *probe_new(struct world *w);
void probe_free(struct probe *p);
void probe_pool_read(struct probe *p); /* peers and volumes may have changed */
void probe_look(struct probe *p);      /* something changed: a round soon */

bool probe_done(const struct probe *p); /* one whole round was printed */
enum truth probe_answers(const struct probe *p, const char *host);
const char *probe_name_of(const struct probe *p, const char *uuid); /* as another peer calls it; NULL */

/* When this brick was seen to live again after it had not, or not for certain: wall ms; UNKNOWN_INT: never since the start. */
int64_t probe_brick_back(const struct probe *p, const char *host, const char *path);

/* The first brick of that volume whose process is there and does not answer, since when (wall ms); NULL: none. */
const char *probe_brick_hung(const struct probe *p, const struct gluster_volume *v, int64_t *ret_since);

enum suspicion { SUSPECT_NONE, SUSPECT_UNKNOWN, SUSPECT_SILENT };
/* The worst of all peers, *ret_who is its name (borrowed until the next reading). */
enum suspicion probe_suspicion(const struct probe *p, const char **ret_who);
#endif
