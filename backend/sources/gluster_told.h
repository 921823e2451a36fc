/* What the gluster programs of different hosts tell each other: lines. Pure; everything read is hostile until parsed.
 *
 *   kvmconsole-gluster 1 ID HOST SENT            both ways, first
 *   quiet ID HOST MS                             up: an operation runs there, for that long unless said again; 0: no more
 *   leader LEVEL SINCE ID HOST BEAT HOPS SENT    down: who reads, in the end; "leader -": nobody
 *   volume SENT {...}                            down: what is known of one volume's lock and readings
 *   ready                                        down: that was all of them
 *
 * SENT is the sender's monotonic clock in ms: it tells how long a line lay on the way. Times within are ages. */
#ifndef SOURCES_GLUSTER_TOLD_H
#define SOURCES_GLUSTER_TOLD_H
#include "model/facts.h"
#include "sources/gluster_elect.h"

enum { TOLD_VERSION = 1, TOLD_UP_MAX = 512, TOLD_DOWN_MAX = 1 << 20, TOLD_QUIET_MS = 10000 };
enum told_kind { TOLD_HELLO, TOLD_QUIET, TOLD_LEADER, TOLD_NOBODY, TOLD_VOLUME, TOLD_READY };

struct told_volume { /* ages in ms, UNKNOWN_INT: never */
  const char *id;
  int64_t asked, space_age, heal_age;
  int64_t muted; /* ms for which nobody may ask; UNKNOWN_INT: none */
  int64_t heals; /* since the last other turn */
  struct gluster_space space;
  struct gluster_heal heal;
};
extern const struct shape told_volume_shape;

struct told {
  enum told_kind kind;
  int64_t sent;                            /* HELLO, LEADER, VOLUME */
  int64_t version;                         /* HELLO */
  char id[ELECT_ID], host[ELECT_HOST];     /* HELLO, QUIET */
  int64_t quiet;                           /* QUIET: ms */
  struct leader leader;                    /* LEADER */
  struct told_volume volume;               /* VOLUME; in the arena */
};
/* 0, or -EPROTO. line is NUL-terminated and of len bytes. */
int told_parse(struct arena *a, const char *line, size_t len, struct told *ret);
bool told_host_valid(const char *host); /* may stand in a line */

void told_hello(struct str *out, const struct rank *self, int64_t sent);
void told_quiet(struct str *out, const char *id, const char *host, int64_t ms);
void told_leader(struct str *out, const struct leader *l, int64_t sent); /* NULL: nobody */
void told_volume(struct str *out, const struct told_volume *v, int64_t sent);
void told_ready(struct str *out);
#endif
