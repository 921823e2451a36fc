#include "sim/store_bricks.h"
#include "sim/build.h"
#include "sim/guest.h"
#include "sim/host.h"
#include <string.h>

enum { MS_A_GIB = 600, TASK_MS = 300 };

static bool set_leaves(const struct sim_volume *v, int64_t set) {
  EACH(v->bricks, struct sim_brick, b)
    if (b->set == set && YES(b->leaving)) return true;
  return false;
}

int64_t file_home(const struct sim_volume *v, const char *path) {
  int64_t sets = v->bricks.count ? (int64_t)v->bricks.count / set_size(v) : 1;
  uint64_t h = 14695981039346656037u;
  for (const char *s = path; *s; s++) h = (h ^ (unsigned char)*s) * 1099511628211u;
  int64_t set = sets > 0 ? (int64_t)(mix(h, 3) % (uint64_t)sets) : 0;
  for (int64_t n = 0; n < sets && set_leaves(v, set); n++) set = (set + 1) % sets;
  return set;
}

static int64_t files_of(const struct world *w, const struct sim_volume *v, int64_t set) {
  int64_t n = 0;
  EACH(w->files, struct sim_file, f) n += f->set == set && str_eq(f->volume, v->name);
  return n;
}

struct sim_brick *brick_add(struct world *w, struct sim_volume *v, size_t at, const char *host, const char *path) {
  list_add(w->arena, &v->bricks, &sim_brick_shape);
  struct sim_brick *b = &v->bricks.item[at];
  memmove(b + 1, b, (v->bricks.count - 1 - at) * sizeof *b);
  const struct sim_brick *sibling = v->bricks.count > 1 ? &v->bricks.item[at ? at - 1 : 1] : NULL;
  *b = (struct sim_brick){.host = world_word(w, host), .path = world_word(w, path), .set = 0, .arbiter = TRUTH_NO, .life = LIFE_STOPPED, .since = w->clock, .pid = -1, .port = -1,
                          .size = sibling ? sibling->size : (int64_t)3 << 30, .used = 28 << 20, .full_heal = TRUTH_NO, .leaving = TRUTH_NO};
  return b;
}

void bricks_settle(struct world *w, struct sim_volume *v) {
  int64_t set = set_size(v), n = 0;
  EACH(v->bricks, struct sim_brick, b) {
    b->set = n / set;
    b->arbiter = truth_of(v->arbiter > 0 && n % set == set - 1);
    n++;
  }
  v->type = volume_type(n, v->replica, v->arbiter, v->disperse);
  EACH(v->bricks, struct sim_brick, b) {
    if (b->life == LIFE_STOPPED && str_eq(v->status, "started")) brick_start(w, v, b);
    if (!YES(b->full_heal)) continue;
    b->behind = files_of(w, v, b->set); /* it is empty: all of its set is to come */
    if (!b->behind) b->full_heal = TRUTH_NO;
  }
  world_touch(w, LAYER_GLUSTER);
  store_check(w);
}

void bricks_drop_leaving(struct world *w, struct sim_volume *v) {
  int64_t set = set_size(v), to[1024], left = 0, sets = (int64_t)v->bricks.count / set;
  for (int64_t i = 0; i < sets && i < (int64_t)COUNT(to); i++) to[i] = set_leaves(v, i) ? -1 : left++;
  for (size_t i = 0; i < w->files.count; i++) {
    struct sim_file *f = &w->files.item[i];
    if (!str_eq(f->volume, v->name) || f->set >= (int64_t)COUNT(to) || f->set >= sets) continue;
    if (to[f->set] < 0) drop_item(&w->files, sizeof *f, i--);
    else f->set = to[f->set];
  }
  for (size_t i = 0; i < v->bricks.count; i++) {
    struct sim_brick *b = &v->bricks.item[i];
    if (!YES(b->leaving)) continue;
    brick_kill(w, v, b);
    drop_item(&v->bricks, sizeof *b, i--);
  }
  bricks_settle(w, v);
}

/* ---- tasks ---- */

struct gluster_task *task_of(const struct sim_volume *v, const char *type) {
  struct gluster_task *t = v->tasks.count ? &v->tasks.item[v->tasks.count - 1] : NULL;
  return t && str_eq(t->type, type) ? t : NULL;
}

/* As much as lies there is looked at, a terabyte in ten minutes. */
struct gluster_task *task_begin(struct world *w, struct sim_volume *v, const char *type) {
  int64_t used = 0;
  bool all = str_eq(type, "Rebalance");
  v->tasks.count = 0;
  uint64_t a = mix((uint64_t)w->clock, 5), b = mix(a, 6);
  struct gluster_task *t = list_add(w->arena, &v->tasks, &gluster_task_shape);
  *t = (struct gluster_task){world_word(w, type), world_words(w, "%08x-%04x-4%03x-8%03x-%012llx", (unsigned)(a >> 32), (unsigned)(a >> 16) & 0xffff, (unsigned)a & 0xfff, (unsigned)(b >> 52), (unsigned long long)(b & 0xffffffffffff)), "in progress", {0}};
  EACH(v->bricks, struct sim_brick, x) used += all || YES(x->leaving) ? x->used : 0;
  v->task_began = w->clock;
  v->task_ends = w->clock + TASK_MS + (used >> 30) * MS_A_GIB / set_size(v);
  world_at(w, v->task_ends, "task", v->name, t->id);
  world_touch(w, LAYER_GLUSTER);
  return t;
}

void task_stop(struct world *w, struct sim_volume *v) {
  struct gluster_task *t = v->tasks.count ? &v->tasks.item[v->tasks.count - 1] : NULL;
  if (!t) return;
  world_forget(w, "task", v->name);
  if (str_eq(t->status, "in progress")) t->status = "stopped", v->task_ends = w->clock;
  EACH(v->bricks, struct sim_brick, b) b->leaving = TRUTH_NO;
  if (str_eq(t->type, "Remove brick")) v->tasks.count = 0;
  world_touch(w, LAYER_GLUSTER);
}

static bool moves(const struct sim_volume *v, const struct sim_file *f) { return str_eq(f->volume, v->name) && file_home(v, f->path) != f->set; }

struct task_progress task_progress(const struct world *w, const struct sim_volume *v, const char *host) {
  struct task_progress p = {0};
  int64_t span = v->task_ends - v->task_began, gone = w->clock < v->task_ends ? w->clock - v->task_began : span;
  bool over = w->clock >= v->task_ends;
  EACH(v->bricks, struct sim_brick, b) { /* of a set its first brick's host tells */
    if (!str_eq(b->host, host) || (b > v->bricks.item && b[-1].set == b->set)) continue;
    EACH(w->files, struct sim_file, f) {
      if (f->set != b->set || !str_eq(f->volume, v->name)) continue;
      p.scanned++;
      if (!over && moves(v, f)) p.files++, p.bytes += f->size;
    }
  }
  if (over) p.files = v->task_files, p.bytes = v->task_bytes;
  else if (span > 0) p.scanned = p.scanned * gone / span, p.files = p.files * gone / span, p.bytes = (int64_t)((double)p.bytes * (double)gone / (double)span);
  p.run_ms = gone;
  return p;
}

/* Files to where they belong now; what lies on the sets evens out, and a leaving one is empty. */
static void move_files(struct world *w, struct sim_volume *v) {
  int64_t set = set_size(v), sets = (int64_t)v->bricks.count / set, staying = 0, used = 0;
  v->task_files = v->task_bytes = 0;
  EACH(w->files, struct sim_file, f) {
    if (!moves(v, f)) continue;
    f->set = file_home(v, f->path);
    v->task_files++, v->task_bytes += f->size;
  }
  for (int64_t i = 0; i < sets; i++) staying += !set_leaves(v, i), used += v->bricks.item[i * set].used;
  EACH(v->bricks, struct sim_brick, b) {
    if (YES(b->arbiter) || !staying) continue;
    int64_t even = YES(b->leaving) ? 28 << 20 : used / staying;
    b->used = even < b->size ? even : b->size;
  }
}

void on_task(struct world *w, const char *subject, const char *detail) {
  struct sim_volume *v = world_volume(w, subject);
  for (size_t i = 0; v && i < v->tasks.count; i++) {
    if (!str_eq(v->tasks.item[i].id, detail) || !str_eq(v->tasks.item[i].status, "in progress")) continue;
    v->tasks.item[i].status = "completed";
    move_files(w, v);
  }
  world_touch(w, LAYER_GLUSTER);
}

void on_rebalance(struct world *w, const char *subject, const char *detail) {
  struct sim_volume *v = world_volume(w, subject);
  (void)detail;
  if (!v || !str_eq(v->status, "started") || (int64_t)v->bricks.count / set_size(v) < 2) return;
  for (size_t i = 0; i < v->tasks.count; i++)
    if (str_eq(v->tasks.item[i].status, "in progress")) return;
  task_begin(w, v, "Rebalance");
}
