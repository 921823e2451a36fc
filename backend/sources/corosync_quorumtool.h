/* What corosync-quorumtool -s says on another host, as text (corosync 2.4 and 3: the same). Pure. */
#ifndef SOURCES_COROSYNC_QUORUMTOOL_H
#define SOURCES_COROSYNC_QUORUMTOOL_H
#include "base/arena.h"
#include "model/shape.h"

enum { QUORUMTOOL_MEMBERS = 256, QUORUMTOOL_TEXT = 160 };

struct quorumtool {
  enum truth answered; /* the script ran to its end: the host lives */
  enum truth running;  /* corosync: it answered, or there is a process of that name */
  enum truth quorate;
  int64_t members[QUORUMTOOL_MEMBERS]; /* node ids */
  size_t member_count;
  char text[QUORUMTOOL_TEXT]; /* why there is no more to say; "" */
};

/* For a shell on the far side: as whoever ssh makes us there, bounded, in English. */
extern const char QUORUMTOOL_SCRIPT[];
/* text: all that the script said on both of its outputs. May be anything. */
void quorumtool_read(const char *text, struct quorumtool *ret);
#endif
