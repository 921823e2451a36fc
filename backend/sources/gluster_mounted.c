#include "sources/gluster_mounted.h"
#include "base/child.h"
#include "base/clock.h"
#include "sources/gluster_text.h"
#include <stdio.h>
#include <string.h>

enum { ASK_MS = 4000, LATE_MS = 4000, END_MS = 30000, AGAIN_MS = 10000, TICK_MS = 500, MOUNTS_MAX = 64 };

struct mount {
  struct mounted *all;
  char *path;
  bool wanted, answered, late, ending; /* late: the last question is older than LATE_MS, or came back as an error */
  struct child *child;
  int64_t asked, due; /* monotonic; asked 0: no answer is owed */
  char trouble[128];
};

struct mounted {
  struct world *w;
  struct timer *timer;
  struct mount *mount[MOUNTS_MAX]; /* pointers: children hold on to them */
  size_t count;
  int64_t printed;
};

static void on_timer(void *owner);

struct mounted *mounted_new(struct world *w) {
  struct mounted *m = mem_alloc(sizeof *m);
  *m = (struct mounted){.w = w};
  m->timer = loop_timer(w->loop, 0, on_timer, m);
  return m;
}

static void free_mount(struct mount *m) {
  child_drop(m->child);
  mem_free(m->path);
  mem_free(m);
}

void mounted_free(struct mounted *m) {
  if (!m) return;
  for (size_t i = 0; i < m->count; i++) free_mount(m->mount[i]);
  timer_end(m->timer);
  mem_free(m);
}

/* ---- one mount's process ---- */

static void soon(struct mount *m) { timer_set(m->all->timer, 0); }

static void trouble(struct mount *m, const char *text) {
  snprintf(m->trouble, sizeof m->trouble, "%s", text);
  m->late = *text != 0;
  m->all->printed = 0;
  soon(m);
}

static void on_line(void *owner, char *line, size_t len, bool cut) {
  struct mount *m = owner;
  (void)len, (void)cut;
  if (!m->asked || m->ending) return; /* nothing was asked */
  m->asked = 0;
  m->answered = true;
  m->due = clock_mono_ms() + ASK_MS;
  const char *why = str_starts(line, "error ") ? line + strlen("error ") : "";
  if (m->late || *why) trouble(m, why);
}

static void on_gone(void *owner, int status) {
  struct mount *m = owner;
  (void)status;
  m->child = NULL;
  m->ending = false;
  if (m->asked) m->due = clock_mono_ms() + AGAIN_MS; /* how it is stays as it was said last */
  m->asked = 0;
}

static void ask(struct mount *m, int64_t now) {
  const char *argv[] = {"/proc/self/exe", "--mount", m->path, NULL};
  if (!m->child)
    m->child = child_start(m->all->w->loop, &(struct child_spec){.argv = argv, .max_line = 4096, .on_out = on_line, .on_exit = on_gone, .owner = m, .with_input = true}, NULL);
  if (!m->child || child_send(m->child, "capacity\n", strlen("capacity\n"))) {
    m->due = now + AGAIN_MS;
    return;
  }
  m->asked = now;
}

/* One that hangs in the kernel may take its time to end; until then there is no second one. */
static void look_at(struct mount *m, int64_t now) {
  if (!m->asked) {
    if (now >= m->due && !m->ending) ask(m, now);
    return;
  }
  if (now - m->asked > LATE_MS && !m->late) trouble(m, "it does not answer");
  if (now - m->asked > END_MS && !m->ending) {
    m->ending = true;
    child_end(m->child);
  }
}

/* ---- all of them ---- */

bool mounts_here(struct arena *a, struct gluster_mounts *ret) {
  CLEANUP(mem_freep) char *text = small_file("/proc/self/mounts");
  if (text) text_mounts(a, text, ret);
  return text != NULL;
}

static struct mount *find(struct mounted *m, const char *path) {
  for (size_t i = 0; i < m->count; i++)
    if (!strcmp(m->mount[i]->path, path)) return m->mount[i];
  if (m->count == MOUNTS_MAX) return NULL;
  struct mount *fresh = mem_alloc(sizeof *fresh);
  *fresh = (struct mount){.all = m, .path = mem_strdup(path)};
  return m->mount[m->count++] = fresh;
}

static void look(struct mounted *m, int64_t now) {
  CLEANUP(arena_freep) struct arena *scratch = arena_new();
  struct gluster_mounts mounts;
  if (!mounts_here(scratch, &mounts)) return;
  for (size_t i = 0; i < m->count; i++) m->mount[i]->wanted = false;
  for (size_t i = 0; i < mounts.mounts.count; i++) {
    struct gluster_mount *g = &mounts.mounts.item[i];
    struct mount *own = find(m, g->mount);
    if (!own) continue;
    own->wanted = true;
    if (own->late) g->trouble = own->trouble;
  }
  size_t kept = 0;
  for (size_t i = 0; i < m->count; i++) {
    if (m->mount[i]->wanted) m->mount[kept++] = m->mount[i];
    else free_mount(m->mount[i]);
  }
  m->count = kept;
  m->printed = now;
  emit_fact(m->w->emit, "gluster.mounts", NULL, &mounts);
  world_dirty(m->w);
}

static void on_timer(void *owner) {
  struct mounted *m = owner;
  int64_t now = clock_mono_ms();
  timer_set(m->timer, TICK_MS);
  if (!m->printed || now - m->printed >= ASK_MS) look(m, now);
  for (size_t i = 0; i < m->count; i++) look_at(m->mount[i], now);
}

bool mounted_settled(const struct mounted *m) {
  for (size_t i = 0; i < m->count; i++)
    if (!m->mount[i]->answered && !m->mount[i]->late) return false;
  return m->printed != 0;
}
