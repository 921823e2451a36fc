/* corosync.conf as a distribution's package leaves it (Debian's): a cluster of this host alone, at 127.0.0.1, with a name that is any
 * host's. Corosync and pacemaker run on it as soon as they are installed. Nobody set that up, and its names mean nothing. */
#ifndef SOURCES_PRESET_H
#define SOURCES_PRESET_H
#include <stdbool.h>

bool preset_cluster(void);             /* of this host */
bool preset_in(const char *corosync_conf); /* all its nodes, and there is one, are at a loopback address */
#endif
