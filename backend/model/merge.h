/* Internal to merging: what its files share. Pure: reads the store, writes the snapshot under construction. */
#ifndef MODEL_MERGE_H
#define MODEL_MERGE_H
#include "model/identity.h"
#include "model/snapshot.h"

struct merge {
  const struct store *store;
  const struct merge_options *options;
  const struct snapshot *before;
  struct snapshot *snap;
  struct arena *arena; /* the snapshot's */
  struct identity identity;
  struct map host_index; /* any name or address of a host: its place in snap->hosts */
};

/* The fact's data, NULL when there is none. A stale one is given all the same, and its layer is named in *stale. */
const void *merge_take(struct merge *m, const char *kind, const char *host, const char *key, struct texts *stale);
void merge_mark(struct merge *m, struct texts *stale, enum layer layer); /* names the layer, once */
struct host_view *merge_host(struct merge *m, const char *name);         /* NULL: no such host */
const char *merge_name(struct merge *m, const char *name);               /* the name its host goes by, or name itself */

enum truth merge_peer_answers(struct merge *m, const struct host_view *h); /* its own gluster daemon, asked */
bool merge_hosts_read(struct merge *m); /* every libvirt that there is can be read now */

void merge_outlook(struct merge *m); /* a part of merge_hosts: what other hosts see */
void merge_hosts(struct merge *m);   /* first: the others name hosts */
void merge_gluster(struct merge *m);
void merge_domains(struct merge *m); /* after gluster and resources */
void merge_resources(struct merge *m);
void merge_problems(struct merge *m); /* last, with health */
#endif
