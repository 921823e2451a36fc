#include "sources/gluster_files.h"
#include "base/child.h"
#include "base/clock.h"
#include "sources/gluster_asked.h"
#include "sources/gluster_mounted.h"
#include "sources/gluster_place.h"
#include "sources/gluster_read.h"
#include "sources/gluster_text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
  TICK_MS = 1000,
  CAPACITY_MS = 60000,
  DISK_MS = 300000,
  DISK_RETRY_MS = 30000,
  ANSWER_MS = 10000,
  AGAIN_MS = 60000,
  DISKS_MAX = 4096,
  LINE_MAX_BYTES = 70000
};
enum { CHILDREN_HELD = 8, IDLE_MS = 90000, IDLE_MANY_MS = 2000 }; /* few volumes: their clients stay connected; many: not */

struct disk {
  struct disk *next;
  char *volume, *path;
  struct arena *arena; /* owns bricks */
  struct texts bricks;
  int64_t due;
  bool answered, failed;
};

struct client { /* one volume's process */
  struct client *next;
  struct files *files;
  char *volume;
  bool wanted, ending, by_mount, printed, tried;
  struct child *child;
  struct timer *deadline; /* armed while an answer is owed */
  struct disk *disk;      /* what is asked; NULL: the capacity */
  int64_t capacity_due, not_before, idle_since;
};

struct files {
  struct world *w;
  struct timer *timer;
  struct client *clients;
  struct disk *disks;
  size_t disk_count, client_count;
  bool changed;
  int64_t printed_at;
};

static void on_timer(void *owner);

struct files *files_new(struct world *w) {
  struct files *f = mem_alloc(sizeof *f);
  *f = (struct files){.w = w};
  f->timer = loop_timer(w->loop, 100, on_timer, f);
  return f;
}

static void free_disk(struct disk *d) {
  arena_free(d->arena);
  mem_free(d->volume);
  mem_free(d->path);
  mem_free(d);
}

void files_free(struct files *f) {
  if (!f) return;
  for (struct client *c; (c = f->clients);) {
    f->clients = c->next;
    child_drop(c->child);
    timer_end(c->deadline);
    mem_free(c->volume);
    mem_free(c);
  }
  for (struct disk *d; (d = f->disks);) {
    f->disks = d->next;
    free_disk(d);
  }
  timer_end(f->timer);
  mem_free(f);
}

void files_want(struct files *f, const char *volume, const char *path) {
  struct disk **end = &f->disks;
  for (; *end; end = &(*end)->next)
    if (!strcmp((*end)->volume, volume) && !strcmp((*end)->path, path)) return;
  if (f->disk_count == DISKS_MAX) return;
  struct disk *d = mem_alloc(sizeof *d);
  *d = (struct disk){.volume = mem_strdup(volume), .path = mem_strdup(path)};
  *end = d;
  f->disk_count++;
  timer_set(f->timer, 50);
}

/* ---- answers ---- */
static void take_bricks(struct files *f, struct disk *d, struct arena *arena, const struct texts *bricks, bool failed) {
  bool same = d->answered && d->bricks.count == bricks->count;
  for (size_t i = 0; same && i < bricks->count; i++) same = str_eq(bricks->item[i], d->bricks.item[i]);
  if (!same) f->changed = true;
  arena_free(d->arena);
  d->arena = arena;
  d->bricks = *bricks;
  d->answered = true;
  d->failed = failed;
  d->due = clock_mono_ms() + (failed ? DISK_RETRY_MS : DISK_MS);
}

static void print_disks(struct files *f) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct gluster_disks fact;
  shape_init(&gluster_disks_shape, &fact);
  for (const struct disk *d = f->disks; d; d = d->next)
    if (d->answered) *(struct gluster_disk *)list_add(a, &fact.disks, &gluster_disk_shape) = (struct gluster_disk){d->volume, d->path, d->bricks};
  emit_fact(f->w->emit, "gluster.disks", NULL, &fact);
  world_dirty(f->w);
  f->changed = false;
  f->printed_at = clock_mono_ms();
}

static void print_capacity(struct client *c, const char *line) {
  struct gluster_capacity fact;
  if (text_capacity(line, &fact)) return;
  emit_fact(c->files->w->emit, "gluster.capacity", c->volume, &fact);
  world_dirty(c->files->w);
  c->printed = true;
}

static void on_line(void *owner, char *line, size_t len, bool cut) {
  struct client *c = owner;
  struct files *f = c->files;
  (void)len;
  if (!timer_armed(c->deadline) || c->ending) return; /* nothing was asked */
  timer_set(c->deadline, -1);
  c->idle_since = clock_mono_ms();
  struct disk *d = c->disk;
  c->disk = NULL;
  c->tried = true;
  bool good = !cut && !str_starts(line, "error");
  if (!d && good && str_starts(line, "capacity ")) print_capacity(c, line + strlen("capacity "));
  if (d) {
    const struct gluster_volume *v = volume_by_name(f->w, d->volume);
    struct arena *arena = arena_new();
    struct texts bricks = {0};
    if (v && good && str_starts(line, "disk ")) bricks_of_pathinfo(arena, line + strlen("disk "), v, &f->w->peers, &bricks);
    take_bricks(f, d, arena, &bricks, bricks.count == 0);
  }
  timer_set(f->timer, 0);
}

/* ---- the processes ---- */
static void on_gone(void *owner, int status) {
  struct client *c = owner;
  (void)status;
  bool owed = timer_armed(c->deadline) || c->ending;
  c->child = NULL;
  timer_set(c->deadline, -1);
  if (owed && c->disk) c->disk->due = clock_mono_ms() + DISK_RETRY_MS;
  c->disk = NULL;
  c->ending = false;
  if (!owed) return;
  c->tried = true;
  c->by_mount = !c->by_mount; /* the other way next time, where there is one */
  c->not_before = clock_mono_ms() + AGAIN_MS;
}

static void on_silent(void *owner) {
  struct client *c = owner;
  c->ending = true; /* one that hangs in the kernel may take its time; until then there is no second one */
  if (c->child) child_end(c->child);
}

/* The mount point of a volume on this host, NULL; owned by the caller. */
static char *mount_of(const char *volume) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct gluster_mounts m;
  if (!mounts_here(a, &m)) return NULL;
  for (size_t i = 0; i < m.mounts.count; i++)
    if (str_eq(m.mounts.item[i].volume, volume)) return mem_strdup(m.mounts.item[i].mount);
  return NULL;
}

static bool start(struct client *c) {
  struct asked *asked = c->files->w->asked;
  struct sockaddr_un where;
  CLEANUP(mem_freep) char *gfapi = child_find("kvmconsole-gfapi");
  CLEANUP(mem_freep) char *mount = mount_of(c->volume);
  if (!mount) c->by_mount = false;
  if (!gfapi) c->by_mount = true;
  if (!gfapi && !mount) return false;
  place_socket(&where);
  const char *server = asked_is_local(asked) ? where.sun_path : asked_host(asked);
  const char *by_gfapi[] = {gfapi, server, c->volume, NULL}, *by_mount[] = {"/proc/self/exe", "--mount", mount, NULL};
  struct child_spec spec = {
      .argv = c->by_mount ? by_mount : by_gfapi, .max_line = LINE_MAX_BYTES, .on_out = on_line, .on_exit = on_gone, .owner = c, .with_input = true};
  if (server) c->child = child_start(c->files->w->loop, &spec, NULL);
  return c->child != NULL;
}

static void ask(struct client *c, struct disk *d) {
  CLEANUP(str_free) struct str line = {0};
  if (!c->child && !start(c)) {
    c->tried = true;
    c->not_before = clock_mono_ms() + AGAIN_MS;
    return;
  }
  str_addf(&line, d ? "disk %s\n" : "capacity\n", d ? d->path : "");
  c->disk = d;
  timer_set(c->deadline, ANSWER_MS);
  if (child_send(c->child, line.data, line.len)) on_silent(c);
}

static struct client *client_of(struct files *f, const char *volume) {
  for (struct client *c = f->clients; c; c = c->next)
    if (!strcmp(c->volume, volume)) return c;
  struct client *c = mem_alloc(sizeof *c);
  *c = (struct client){.next = f->clients, .files = f, .volume = mem_strdup(volume)};
  c->deadline = loop_timer(f->w->loop, -1, on_silent, c);
  f->client_count++;
  return f->clients = c;
}

void files_pool_read(struct files *f) {
  for (struct client *c = f->clients; c; c = c->next) c->wanted = false;
  for (size_t i = 0; i < f->w->volumes.volumes.count; i++)
    if (volume_started(&f->w->volumes.volumes.item[i])) client_of(f, f->w->volumes.volumes.item[i].name)->wanted = true;
  if (!files_settled(f)) timer_set(f->timer, 0);
  for (struct client **link = &f->clients, *c; (c = *link);) {
    if (c->wanted || c->child) { /* the volume of a running one has stopped or is gone: it ends first */
      if (!c->wanted && !c->ending) on_silent(c);
      link = &c->next;
      continue;
    }
    *link = c->next;
    if (c->printed) emit_fact(f->w->emit, "gluster.capacity", c->volume, NULL);
    timer_end(c->deadline);
    mem_free(c->volume);
    mem_free(c);
    f->client_count--;
  }
}

static void serve(struct client *c, int64_t now) {
  if (!c->wanted || c->ending || timer_armed(c->deadline) || now < c->not_before) return;
  if (now >= c->capacity_due) {
    c->capacity_due = now + CAPACITY_MS;
    ask(c, NULL);
    return;
  }
  for (struct disk *d = c->files->disks; d; d = d->next)
    if (now >= d->due && !strcmp(d->volume, c->volume)) {
      ask(c, d);
      return;
    }
  if (c->child && now - c->idle_since > (c->files->client_count > CHILDREN_HELD ? IDLE_MANY_MS : IDLE_MS)) child_close_input(c->child);
}

/* Every file of such a volume lies on all its bricks. */
static void fill_in(struct files *f, int64_t now) {
  for (struct disk *d = f->disks; d; d = d->next) {
    const struct gluster_volume *v = volume_by_name(f->w, d->volume);
    if (v && volume_everywhere(v)) {
      struct arena *arena = arena_new();
      struct texts bricks = {0};
      bricks_everywhere(arena, v, &bricks);
      take_bricks(f, d, arena, &bricks, false);
    } else if ((!v || !volume_started(v)) && now >= d->due) {
      take_bricks(f, d, NULL, &(struct texts){0}, true);
    }
  }
}

static void on_timer(void *owner) {
  struct files *f = owner;
  int64_t now = clock_mono_ms();
  timer_set(f->timer, TICK_MS);
  if (!f->w->pool_known || !asked_well(f->w->asked)) return;
  fill_in(f, now);
  for (struct client *c = f->clients; c; c = c->next) serve(c, now);
  if (f->changed || (f->disks && now - f->printed_at >= CAPACITY_MS)) print_disks(f);
}

bool files_settled(const struct files *f) {
  for (const struct client *c = f->clients; c; c = c->next)
    if (c->wanted && !c->tried) return false;
  return true;
}
