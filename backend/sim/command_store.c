/* What is asked of gluster's own files on its hosts: glusterd's state of a task, what lies in a brick, what its index names. */
#include "sim/command.h"
#include "sim/host.h"
#include "sim/store_bricks.h"
#include "sim/store_split.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct sim_brick *brick_at(const struct call *c, const char *path, struct sim_volume **ret) {
  EACH(c->w->volumes, struct sim_volume, v) {
    const struct sim_brick *b = path ? brick_of(v, c->host->name, path) : NULL;
    if (b) return *ret = v, b;
  }
  return NULL;
}

/* /var/lib/glusterd/vols/VOLUME/node_state.info: written when a task begins and when it ends. */
const char *task_file(struct call *c, const char *path) {
  static const char before[] = "/var/lib/glusterd/vols/";
  static const struct { const char *word; int number; } states[] = {{"in progress", 1}, {"stopped", 2}, {"completed", 3}, {"failed", 4}};
  char name[128];
  if (strncmp(path, before, sizeof before - 1) || sscanf(path + sizeof before - 1, "%127[^/]/node_state.inf%*1[o]", name) != 1 || !str_ends(path, "/node_state.info")) return NULL;
  const struct sim_volume *v = world_volume(c->w, name);
  if (!v || !YES(c->host->in_pool)) return NULL;
  const struct gluster_task *t = v->tasks.count ? &v->tasks.item[v->tasks.count - 1] : NULL;
  struct task_progress p = t ? task_progress(c->w, v, c->host->name) : (struct task_progress){0};
  int state = 0, bricks = 0;
  for (size_t i = 0; t && i < COUNT(states); i++)
    if (str_eq(states[i].word, t->status)) state = states[i].number;
  const char *text = world_words(c->w, "rebalance_status=%d\nstatus=%d\nrebalance_op=%d\nrebalance-id=%s\nrebalanced-files=%" PRId64 "\nsize=%" PRId64 "\nscanned=%" PRId64 "\nfailures=0\nskipped=0\nrun-time=%" PRId64 ".000000\n", t ? 1 : 0, state,
                                 t ? str_eq(t->type, "Remove brick") ? 9 : 19 : 0, t ? t->id : "00000000-0000-0000-0000-000000000000", p.files, p.bytes, p.scanned, p.run_ms / 1000);
  if (!t || !str_eq(t->type, "Remove brick")) return text;
  EACH(v->bricks, struct sim_brick, b)
    if (YES(b->leaving)) text = world_words(c->w, "%sbrick%d=%s:%s\n", text, ++bricks, b->host, b->path);
  return world_words(c->w, "%scount=%d\n", text, bricks);
}

/* find BRICK ... -print -quit: the first file of data that lies there. */
static int find(struct call *c) {
  const char *path = c->count ? c->rest[0] : NULL, *rest = NULL;
  struct sim_volume *v = NULL;
  const struct sim_brick *b = brick_at(c, path, &v);
  if (path && has_flag(c, "-printf", NULL)) return find_printed(c, path);
  if (path && has_flag(c, "-exec", NULL) && (v = volume_at(c->w, c->host, path, &rest)) != NULL) { /* getfattr -n glusterfs.gfid.string of each file */
    EACH(c->w->files, struct sim_file, f)
      if (str_eq(f->volume, v->name)) say(c, "# file: %s%s\nglusterfs.gfid.string=\"%s\"\n", path, f->path, file_number(c->w, f->path));
    return COMMAND_DONE;
  }
  if (!b && !(path && host_file(c, world_words(c->w, "%s/", path)))) return fail(c, 1, "find: '%s': No such file or directory", path ? path : "");
  EACH(c->w->files, struct sim_file, f)
    if (b && str_eq(f->volume, v->name) && f->set == b->set && !YES(b->arbiter)) return say(c, "%s%s", path, f->path), COMMAND_DONE;
  return COMMAND_DONE;
}

int brick_index(struct call *c) {
  struct sim_volume *v = NULL;
  const struct sim_brick *b = brick_at(c, c->argv[c->argc - 1], &v);
  if (!b) return fail(c, 1, "sh: 1: cd: can't cd to %s/.glusterfs/indices/xattrop", c->argv[c->argc - 1]);
  split_index(c->w, v, b, &c->r->out);
  return COMMAND_DONE;
}

static int getfattr(struct call *c) {
  const char *path = c->argc ? c->argv[c->argc - 1] : "", *name = value_of(c, "-n", "--name");
  const struct sim_file *f = file_at(c->w, c->host, path);
  if (!f) return fail(c, 1, "getfattr: %s: No such file or directory", path);
  if (!str_eq(name, "glusterfs.gfid.string")) return fail(c, 1, "%s: %s: No such attribute", path, name ? name : "");
  str_add(&c->r->out, file_number(c->w, f->path));
  return COMMAND_DONE;
}

const struct command store_commands[] = {{"find", "", find, 40}, {"getfattr", "", getfattr, 10}, {.program = NULL}};
