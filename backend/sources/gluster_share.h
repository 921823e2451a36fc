/* The gluster programs of all hosts find each other and share the readings that take a volume's lock: one of them reads,
 * the others take over what it read, with its age. On each host the program that gets the port (a privileged one: whoever
 * answers there is root of that host, which is all that glusterd itself asks for) is listened to; each connects to the
 * hosts it knows, the pool's and those the console tells it. Readings are believed of those we connected to only; those
 * who connected to us can but ask us to be quiet for some seconds. */
#ifndef SOURCES_GLUSTER_SHARE_H
#define SOURCES_GLUSTER_SHARE_H
#include "sources/gluster_told.h"
#include "sources/gluster_world.h"

struct share *share_new(struct world *w, int port); /* port 0: with nobody */
void share_pool_read(struct share *s);
/* "member 10.0.0.1 kvm02 ...": whether this host is in the cluster, and where consoles may be beside the pool's hosts. */
void share_neighbours(struct share *s, char *words);
void share_quiet_set(struct share *s); /* w->quiet has changed */
void share_volume(struct share *s, const struct told_volume *v); /* something was asked, or read: said to all */

bool share_settled(const struct share *s);      /* it is decided who reads, and what the others know was told */
bool share_reads(const struct share *s);        /* it is us */
const char *share_quiet(const struct share *s); /* a host where an operation runs; NULL: none that we heard of */
const char *share_leader(const struct share *s); /* the host whose readings we take over; NULL: none */
#endif
