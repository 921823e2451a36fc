/* A world in a file: held by flock while it is used, written to a new file that then takes its place. */
#ifndef SIM_WORLD_FILE_H
#define SIM_WORLD_FILE_H
#include "sim/scenario.h"
#include "sim/world.h"

struct world_file;
/* *ret_world stays NULL when the file is new or empty. -EBUSY: somebody else has it; -EINVAL: it holds no world. */
int world_file_open(const char *path, struct world_file **ret, struct world **ret_world, struct err *e);
int world_file_write(struct world_file *f, const struct world *w, struct err *e);
void world_file_close(struct world_file *f); /* NULL is fine */
int scenario_file(const char *path, const int64_t *seed, struct world **ret, struct err *e); /* -ENOENT: neither a name nor a file */
#endif
