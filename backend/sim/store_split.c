/* Files in split-brain: which they are, what each brick says of them, and one copy chosen. */
#include "sim/store_split.h"
#include <string.h>

enum { AGE_MS = 600000 };

const char *file_number(struct world *w, const char *path) {
  uint64_t h = 14695981039346656037u;
  for (const char *s = path; *s; s++) h = (h ^ (unsigned char)*s) * 1099511628211u;
  uint64_t a = mix(h, 11), b = mix(a, 12);
  return world_words(w, "%08x-%04x-4%03x-8%03x-%012llx", (unsigned)(a >> 32), (unsigned)(a >> 16) & 0xffff, (unsigned)a & 0xfff, (unsigned)(b >> 52), (unsigned long long)(b & 0xffffffffffff));
}

static bool sharded(const struct sim_volume *v) { return is_true(pairs_get(&v->options, "features.shard")); }

void split_settle(const struct world *w, const struct sim_volume *v) {
  int64_t marked = 0;
  EACH(w->files, struct sim_file, f) marked += str_eq(f->volume, v->name) && YES(f->split);
  for (int round = 0; round < 2; round++) /* what is written first */
    EACH(w->files, struct sim_file, f) {
      if (marked >= v->split_brain || !str_eq(f->volume, v->name) || YES(f->split) || f->content || (!round && !f->locked_by)) continue;
      f->split = TRUTH_YES;
      marked++;
    }
}

void split_none(struct world *w, struct sim_volume *v) {
  v->split_brain = 0;
  EACH(w->files, struct sim_file, f)
    if (str_eq(f->volume, v->name)) f->split = TRUTH_NO;
  world_touch(w, LAYER_GLUSTER);
}

const char *split_name(struct world *w, const struct sim_volume *v, const struct sim_file *f) {
  return sharded(v) ? world_words(w, "/.shard/%s.1", file_number(w, f->path)) : f->path;
}

struct sim_file *split_file(struct world *w, const struct sim_volume *v, const char *name) {
  EACH(w->files, struct sim_file, f) {
    if (!str_eq(f->volume, v->name)) continue;
    if (str_eq(split_name(w, v, f), name) || (str_starts(name, "gfid:") && str_eq(file_number(w, f->path), name + 5))) return f;
  }
  return NULL;
}

bool split_resolve(struct world *w, struct sim_volume *v, struct sim_file *f) {
  if (!YES(f->split)) return false;
  f->split = TRUTH_NO;
  if (v->split_brain > 0) v->split_brain--;
  world_touch(w, LAYER_GLUSTER);
  return true;
}

void split_index(struct world *w, const struct sim_volume *v, const struct sim_brick *b, struct str *out) {
  int64_t at = 0, client = b - v->bricks.item, n = 0;
  EACH(w->files, struct sim_file, f) {
    const char *name = split_name(w, v, f);
    n++;
    if (!str_eq(f->volume, v->name) || f->set != b->set || !YES(f->split)) continue;
    at = w->began - AGE_MS + n * 7000 + client * 61000;
    str_addf(out, "E %s %lld %lld regular file\nP %s\n", file_number(w, sharded(v) ? name : f->path), YES(b->arbiter) ? 0LL : (long long)(f->size + client * 65536), (long long)at / 1000, name);
    for (int64_t i = 0; i < (int64_t)v->bricks.count; i++)
      if (v->bricks.item[i].set == b->set && i != client) str_addf(out, "A %s-client-%lld=0x%08llx0000000000000000\n", v->name, (long long)i, (long long)(3 + client * 2));
  }
}
