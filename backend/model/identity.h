/* Who is who. Two names are one host when they share an address, a gluster or libvirt host UUID, a corosync node id, or
 * a configured alias; never because they look alike. What links them is a token: a name, an address, a UUID. */
#ifndef MODEL_IDENTITY_H
#define MODEL_IDENTITY_H
#include "base/arena.h"
#include "base/map.h"
#include "model/shape.h"

enum name_rank { RANK_PACEMAKER, RANK_COROSYNC, RANK_LIBVIRT, RANK_GLUSTER, RANK_TOKEN }; /* whose name a host goes by; tokens are no names */

struct identity {
  struct arena *arena; /* borrowed */
  struct map index;
  LIST_OF(struct token { const char *text; size_t parent; enum name_rank rank; }) tokens;
};

/* A host of that name exists. */
void identity_name(struct identity *d, const char *name, enum name_rank rank);
/* name and token (of a class: "address", "gluster-uuid", ...; NULL: a plain name or address) are one. Loopback addresses
 * and localhost link nothing. */
void identity_link(struct identity *d, const char *name, const char *class, const char *token);
/* The name its host goes by; NULL when there is no such name, or it is only a token of no host. Borrowed. */
const char *identity_of(struct identity *d, const char *name);
/* All names and plain tokens of the same host, but the one it goes by. */
void identity_others(struct identity *d, const char *canonical, struct texts *ret_names, struct texts *ret_addresses);
void identity_free(struct identity *d);
#endif
