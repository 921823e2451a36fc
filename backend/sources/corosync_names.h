/* What the names in corosync's node list resolve to, asked once a name: by a child with a deadline, for the C library's
 * resolver may take tens of seconds over a dead name server. */
#ifndef SOURCES_COROSYNC_NAMES_H
#define SOURCES_COROSYNC_NAMES_H
#include "model/facts.h"

struct names { /* {0} knows nothing */
  struct name { char *text, *addresses; } *item; /* addresses: one a line */
  size_t count;
};
/* Adds to each node's addresses what names among them resolve to. */
void names_resolve(struct names *n, struct corosync_nodes *nodes, struct arena *a);
void names_forget(struct names *n); /* the list of nodes changed: ask again */
#endif
