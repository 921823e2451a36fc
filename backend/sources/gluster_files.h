/* What only a client of a volume can tell: its capacity, and which bricks hold a file. Asked of a process of its own a
 * volume, since a client blocks for a minute and more when a brick's host is cut: kvmconsole-gfapi, or without it this
 * very program on a local mount (--mount DIR VOLUME). Prints gluster.capacity and gluster.disks.
 *
 * The process reads a request a line and answers each with a line:
 *   capacity        ->  capacity SIZE FREE INODES INODES_FREE
 *   disk /PATH      ->  disk PATHINFO
 *   anything        ->  error TEXT */
#ifndef SOURCES_GLUSTER_FILES_H
#define SOURCES_GLUSTER_FILES_H
#include "sources/gluster_world.h"

struct files *files_new(struct world *w);
void files_free(struct files *f);
void files_pool_read(struct files *f);
void files_want(struct files *f, const char *volume, const char *path); /* remembered; asked again and again */
bool files_settled(const struct files *f);
int mount_serve(const char *folder); /* the program on a mount; returns its exit code */
#endif
