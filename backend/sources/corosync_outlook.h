/* What the nodes see that are no members here: only their own word can tell a partition from a dead host. Each is asked
 * over ssh for its corosync-quorumtool, one question at a time a node, by every address that is known of it, in a child
 * with a deadline. Nothing is asked while all are members. Prints corosync.outlook. */
#ifndef SOURCES_COROSYNC_OUTLOOK_H
#define SOURCES_COROSYNC_OUTLOOK_H
#include "base/loop.h"
#include "sources/emit.h"

struct outlook;
struct outlook *outlook_new(struct loop *l, struct emitter *out, const char *ssh); /* ssh: "root@%h" */
void outlook_free(struct outlook *o);
/* The list of nodes was read: who is no member is asked from now on, who is one no more. Prints what is known. */
void outlook_nodes(struct outlook *o, const struct corosync_nodes *nodes);
/* "NAME DESTINATION...": ways to a node that others know of, the best first; they come before our own. */
void outlook_ways(struct outlook *o, char *line);
/* Ends what is under way; it is asked again at the next list of nodes. To be called before anything that waits for a child. */
void outlook_stop(struct outlook *o);
bool outlook_settled(const struct outlook *o); /* each has answered once, or cannot be asked */
#endif
