/* Texts that gluster's tools and the kernel write, to facts. Pure; whatever they may hold. */
#ifndef SOURCES_GLUSTER_TEXT_H
#define SOURCES_GLUSTER_TEXT_H
#include "model/facts.h"

/* `gluster volume heal V statistics heal-count`. 0; -EBUSY: another transaction has the lock; -EPROTO: it did not say. */
int text_heal_count(struct arena *a, const char *text, struct gluster_heal *ret);
/* `gluster volume heal V info summary`: files in split-brain, the same file on several bricks of a set counted once.
 * 0; -EPROTO when a brick did not say. */
int text_split_brain(const char *text, const struct gluster_volume *v, int64_t *ret);
bool text_lock_taken(const char *text); /* a refusal because somebody else is at the volume */

void text_mounts(struct arena *a, const char *text, struct gluster_mounts *ret); /* /proc/self/mounts */
void text_hosts(struct arena *a, const char *text, struct texts *ret); /* a name a line, each once; "#" begins a comment */
/* Every host that glusterfs is mounted from, and their backups, in order, each once. Also of /etc/fstab. */
void text_servers(struct arena *a, const char *text, struct texts *ret);

/* "SIZE FREE INODES FREE-INODES", as a client of a volume says it. 0, -EPROTO. */
int text_capacity(const char *text, struct gluster_capacity *ret);
/* "VOLUME PATH" is cut in two; false when it may not be asked for. */
bool text_disk(char *text, char **ret_path);
/* The address of a peer, from the file in which a management daemon keeps it; NULL. */
const char *text_peer(struct arena *a, const char *text);

bool volume_sharded(const struct gluster_volume *v);
/* True when all its bricks hold a part of every file, so that nobody has to be asked about one. */
bool volume_everywhere(const struct gluster_volume *v);
void bricks_everywhere(struct arena *a, const struct gluster_volume *v, struct texts *ret);
/* The bricks that hold a file, "node1:/data", the absent ones of its set too; empty when the text does not tell. */
void bricks_of_pathinfo(struct arena *a, const char *pathinfo, const struct gluster_volume *v, const struct gluster_peers *peers, struct texts *ret);
#endif
