/* From gluster's answers to facts. Pure: bytes or a dictionary in, a filled struct out. */
#ifndef SOURCES_GLUSTER_READ_H
#define SOURCES_GLUSTER_READ_H
#include "model/facts.h"
#include "sources/gluster_xdr.h"

struct answer { /* what every management call returns */
  int64_t ret, code;
  const char *text; /* the daemon's complaint, "" */
  struct dict dict;
};
/* with_text: all but LIST_FRIENDS carry one. 0 or -EPROTO. */
int answer_parse(struct arena *a, const unsigned char *body, size_t len, bool with_text, struct answer *ret);
struct port_answer { int64_t ret, port; };
int port_parse(const unsigned char *body, size_t len, struct port_answer *ret);

/* The asked daemon calls itself "localhost"; what it is known as comes by pool_name_self(). */
void read_peers(struct arena *a, const struct dict *d, struct gluster_peers *ret);
/* Own entry gets the name that the pool has for it: its bricks' host, else theirs_name (how another peer calls it), else
 * fallback. */
void pool_name_self(struct arena *a, struct gluster_peers *peers, const struct gluster_volumes *volumes, const char *theirs_name, const char *fallback);
const struct gluster_peer *peer_by_uuid(const struct gluster_peers *p, const char *uuid);
const struct gluster_peer *peer_by_name(const struct gluster_peers *p, const char *name);

void read_volume_names(struct arena *a, const struct dict *d, struct texts *ret);
/* 0; -ENOENT: the answer holds no volume. *ret_task: something like a rebalance was started on it. */
int read_volume(struct arena *a, const struct dict *d, struct gluster_volume *ret, bool *ret_task);
bool volume_heals(const struct gluster_volume *v);
bool volume_started(const struct gluster_volume *v);
bool volume_name_valid(const char *name); /* as glusterd itself demands */
int64_t set_count(const struct gluster_volume *v);

void read_space(struct arena *a, const struct dict *d, struct gluster_space *ret); /* the bricks; not the tasks */
void read_tasks(struct arena *a, const struct dict *d, struct gluster_space *ret); /* the tasks; not the bricks */
void read_heal(struct arena *a, const struct dict *d, struct gluster_heal *ret);
#endif
