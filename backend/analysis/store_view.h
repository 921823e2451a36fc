/* What operations ask of gluster's part of a snapshot, with the difference kept between no, old and never read. */
#ifndef ANALYSIS_STORE_VIEW_H
#define ANALYSIS_STORE_VIEW_H
#include "model/snapshot.h"

/* YES: read and not old; NO: read, and old by now; UNKNOWN: no source ever read it. key: a volume, "" or NULL: none. */
enum truth fact_fresh(const struct snapshot *s, const char *kind, const char *key);
bool volumes_known(const struct snapshot *s);      /* which volumes there are, and how they are configured */
enum truth volume_is(const struct snapshot *s, const char *name); /* there is one of that name */

/* "node1:/data": host and path in a; false: it is not written so. */
bool brick_split(struct arena *a, const char *text, const char **ret_host, const char **ret_path);
bool same_host(const struct snapshot *s, const char *a, const char *b); /* two names of one host */
const struct brick_view *brick_find(const struct snapshot *s, const char *host, const char *path, const struct volume_view **ret_volume); /* NULL: no volume has it */
const struct brick_view *brick_named(const struct snapshot *s, struct arena *a, const char *text, const struct volume_view **ret_volume);
enum truth brick_online(const struct snapshot *s, const struct brick_view *b);    /* unknown when what is known of it is old */
int64_t volume_pending(const struct snapshot *s, const struct volume_view *v);    /* entries that wait to heal; UNKNOWN_INT: not known, or old */
bool option_same(const char *a, const char *b);    /* "on" is "enable"; NULL is not set */
const struct gluster_mounts *mounts_of(const struct snapshot *s, const char *host); /* only the console's own host's are read; NULL: not, or long ago */
bool volume_copies(const struct volume_view *v);   /* a brick of it can be lost */
/* Domains with a disk on it, as libvirt knows them; running only. unread: hosts whose libvirt cannot be asked now. */
struct texts volume_domains(const struct snapshot *s, struct arena *a, const char *volume, bool running_only, struct texts *unread);
const char *names_text(struct arena *a, const struct texts *names); /* "a, b and c" */
#endif
