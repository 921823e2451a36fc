/* Files in split-brain: a volume's number of them, and which of its files they are; on a sharded one a piece of each stands for it. */
#ifndef SIM_STORE_SPLIT_H
#define SIM_STORE_SPLIT_H
#include "base/str.h"
#include "sim/store.h"

const char *file_number(struct world *w, const char *path); /* gluster's own, a UUID */
void split_settle(const struct world *w, const struct sim_volume *v); /* as many files are marked as the volume counts, if it has so many */
void split_none(struct world *w, struct sim_volume *v);
const char *split_name(struct world *w, const struct sim_volume *v, const struct sim_file *f); /* as gluster lists it */
struct sim_file *split_file(struct world *w, const struct sim_volume *v, const char *name); /* of that name, or gfid:NUMBER */
bool split_resolve(struct world *w, struct sim_volume *v, struct sim_file *f); /* false: it is not in split-brain */
void split_index(struct world *w, const struct sim_volume *v, const struct sim_brick *b, struct str *out); /* what that brick's index and files say */
#endif
