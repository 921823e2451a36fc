/* This host's mounts of gluster volumes, and whether their client answers: a client that hangs, or waits for a brick's host
 * that is gone, lets every domain on it stand still, and nothing else tells. Each mount is asked for its room every few
 * seconds by a process of its own (gluster_files.h: --mount), since the question itself may then hang. No lock is taken.
 * Prints gluster.mounts. */
#ifndef SOURCES_GLUSTER_MOUNTED_H
#define SOURCES_GLUSTER_MOUNTED_H
#include "sources/gluster_world.h"

struct mounted *mounted_new(struct world *w);
void mounted_free(struct mounted *m);
/* /proc/self/mounts, those of gluster; strings in the arena. False when it cannot be read. */
bool mounts_here(struct arena *a, struct gluster_mounts *ret);
bool mounted_settled(const struct mounted *m); /* each mount has answered, or is late already */
#endif
