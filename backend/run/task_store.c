/* A task on disk while it runs: what the next console shows when this one is gone. */
#include "base/clock.h"
#include "run/task_parts.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 16 << 20 };

struct kept {
  int64_t schema, began, pid, pid_started, step;
  const char *id, *title, *target, *who, *boot, *text;
  struct texts steps;
  struct plan plan;
};
#define T struct kept
SHAPE(kept_shape, T, FIELD(T, schema, INT), FIELD(T, began, TIME), FIELD(T, pid, INT), FIELD(T, pid_started, INT), FIELD(T, step, INT), FIELD(T, id, TEXT), FIELD(T, title, TEXT), FIELD(T, target, TEXT),
      FIELD(T, who, TEXT), FIELD(T, boot, TEXT), FIELD(T, text, TEXT), FIELD(T, steps, TEXTS), OBJECT(T, plan, plan_shape));
#undef T

/* ---- whose it is ---- */

static void boot_id(char *out, size_t room) {
  FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
  *out = 0;
  if (f && fgets(out, (int)room, f)) out[strcspn(out, "\n")] = 0;
  if (f) fclose(f);
}

/* When that process began, in ticks since boot; -1: there is none. */
static int64_t started(int64_t pid) {
  char path[64], text[1024] = "";
  snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
  FILE *f = fopen(path, "re");
  if (!f) return -1;
  bool got = fgets(text, sizeof text, f) != NULL;
  fclose(f);
  const char *at = got ? strrchr(text, ')') : NULL; /* a name may hold anything */
  for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
  return at ? (int64_t)strtoll(at + 1, NULL, 10) : -1;
}

static bool console_lives(const struct kept *k) {
  char boot[64];
  boot_id(boot, sizeof boot);
  return str_eq(k->boot, boot) && k->pid > 1 && started(k->pid) == k->pid_started;
}

/* ---- files ---- */

static int make_folder(const char *path, struct err *e) {
  struct stat st;
  if (mkdir(path, 0700) && errno != EEXIST) return err_set(e, -errno, "make it, or set XDG_STATE_HOME to a folder of yours", "%s: %s", path, strerror(errno));
  if (stat(path, &st) || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 022))
    return err_set(e, -EPERM, "it holds the audit: it must be a folder of yours that nobody else may write to", "%s cannot be used", path);
  return 0;
}

int kept_prepare(const char *state_dir, struct err *e) {
  CLEANUP(mem_freep) char *path = mem_strdup(state_dir);
  for (char *at = path + 1; (at = strchr(at, '/')) != NULL; at++) { /* what stands above it */
    *at = 0;
    mkdir(path, 0700);
    *at = '/';
  }
  CLEANUP(mem_freep) char *tasks = mem_printf("%s/tasks", state_dir), *copies = mem_printf("%s/copies", state_dir);
  int code = make_folder(state_dir, e);
  if (!code) code = make_folder(tasks, e);
  return code ? code : make_folder(copies, e);
}

static char *path_of(const struct task *t, const char *end) { return mem_printf("%s/tasks/%s%s", t->tasks->state_dir, t->id, end); }

void kept_write(const struct task *t) {
  if (!t->tasks->state_dir || t->finished || t->phase == PHASE_QUEUED) return;
  char boot[64];
  boot_id(boot, sizeof boot);
  struct arena *a = arena_new();
  struct kept k = {.schema = 1, .began = t->began, .pid = getpid(), .pid_started = started(getpid()), .step = (int64_t)t->step, .id = t->id, .title = t->title, .target = t->target, .who = t->who,
                   .boot = boot, .text = t->text, .plan = *t->plan};
  for (size_t i = 0; t->steps && i < t->plan->steps.count; i++) texts_add(a, &k.steps, step_state_names[t->steps[i]]);
  struct str out = {0};
  shape_encode(&kept_shape, &k, &out);
  str_addc(&out, '\n');
  char *path = path_of(t, ".json"), *fresh = path_of(t, ".new");
  int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  bool good = fd >= 0 && write(fd, out.data, out.len) == (ssize_t)out.len && !fdatasync(fd);
  if (fd >= 0) close(fd);
  if (good) rename(fresh, path);
  mem_free(path);
  mem_free(fresh);
  str_free(&out);
  arena_free(a);
}

void kept_remove(const struct task *t) {
  if (!t->tasks->state_dir) return;
  CLEANUP(mem_freep) char *path = path_of(t, ".json"), *fresh = path_of(t, ".new");
  unlink(path);
  unlink(fresh);
}

static char *read_all(const char *path, size_t *ret_len) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat st;
  char *text = NULL;
  if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == geteuid() && st.st_size > 0 && st.st_size <= FILE_MAX_BYTES) {
    text = mem_alloc((size_t)st.st_size + 1);
    ssize_t n = read(fd, text, (size_t)st.st_size);
    *ret_len = n > 0 ? (size_t)n : 0;
  }
  if (fd >= 0) close(fd);
  return text;
}

/* ---- what others left ---- */

static enum step_state state_named(const char *name) {
  for (int i = STEP_TODO; i <= STEP_UNDONE; i++)
    if (str_eq(step_state_names[i], name)) return (enum step_state)i;
  return STEP_TODO;
}

static void take(struct tasks *all, const char *name) {
  CLEANUP(mem_freep) char *path = mem_printf("%s/tasks/%s", all->state_dir, name);
  size_t len = 0;
  CLEANUP(mem_freep) char *text = read_all(path, &len);
  struct arena *a = arena_new();
  struct kept *k = arena_alloc(a, sizeof *k);
  shape_init(&kept_shape, k);
  bool good = text && !shape_decode_text(&kept_shape, text, len, k, a, NULL) && k->schema == 1 && k->id && strlen(k->id) < sizeof((struct task *)0)->id && str_starts(name, k->id) && !strcmp(name + strlen(k->id), ".json");
  if (!good || console_lives(k)) {
    arena_free(a);
    return;
  }
  struct task *t = mem_alloc(sizeof *t);
  *t = (struct task){.tasks = all, .arena = a, .plan = &k->plan, .title = k->title ? k->title : "?", .target = k->target, .name = k->plan.operation, .who = k->who, .state = TASK_INTERRUPTED, .phase = PHASE_ENDED,
                     .began = k->began, .ended = UNKNOWN_INT, .finished = true, .ran_at = UNKNOWN_INT};
  snprintf(t->id, sizeof t->id, "%s", k->id);
  t->steps = arena_array(a, k->plan.steps.count + 1, sizeof *t->steps);
  t->took_ms = arena_array(a, k->plan.steps.count + 1, sizeof *t->took_ms);
  for (size_t i = 0; i < k->plan.steps.count; i++) {
    t->took_ms[i] = UNKNOWN_INT;
    t->steps[i] = i < k->steps.count ? state_named(k->steps.item[i]) : STEP_TODO;
    if (t->steps[i] == STEP_ACTIVE) t->steps[i] = k->plan.steps.item[i].argv.count ? STEP_LOST : STEP_TODO;
  }
  t->step = k->step >= 0 && (size_t)k->step < k->plan.steps.count ? (size_t)k->step : k->plan.steps.count ? k->plan.steps.count - 1 : 0;
  all->item = mem_grow(all->item, all->count + 1, sizeof *all->item);
  all->item[all->count++] = t;
  kept_judge(t);
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

void kept_find(struct tasks *all) {
  CLEANUP(mem_freep) char *folder = mem_printf("%s/tasks", all->state_dir);
  struct dirent **names = NULL;
  int n = scandir(folder, &names, NULL, by_name);
  for (int i = 0; i < n; i++) {
    if (str_ends(names[i]->d_name, ".json") && names[i]->d_name[0] != '.') take(all, names[i]->d_name);
    free(names[i]);
  }
  free(names);
}

void kept_judge(struct task *t) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  size_t done = 0, lost = t->plan->steps.count;
  const char *unmet = "";
  for (size_t i = 0; i < t->plan->steps.count; i++) {
    const struct step *s = &t->plan->steps.item[i];
    if (t->steps[i] == STEP_LOST && task_holds(t, &s->already, a, NULL) == TRUTH_YES) t->steps[i] = STEP_DONE;
    done += t->steps[i] == STEP_DONE || t->steps[i] == STEP_ALREADY;
    if (t->steps[i] == STEP_LOST) lost = i;
  }
  enum truth whole = task_proven(t, a, &unmet);
  struct str text = {0};
  str_addf(&text, "its console is gone; %zu of %zu steps were done", done, t->plan->steps.count);
  if (lost < t->plan->steps.count) str_addf(&text, ", step %zu may have run (%s%s%s)", lost + 1, t->plan->steps.item[lost].say ? t->plan->steps.item[lost].say : "", t->plan->steps.item[lost].host ? ", on " : "", t->plan->steps.item[lost].host ? t->plan->steps.item[lost].host : "");
  if (t->tasks->snap && whole == TRUTH_YES) str_add(&text, "; what it was for holds");
  else if (t->tasks->snap && whole == TRUTH_NO) str_addf(&text, "; what it was for does not hold: %s", unmet);
  if (strncmp(str_text(&text), t->text, sizeof t->text - 1)) {
    snprintf(t->text, sizeof t->text, "%s", str_text(&text));
    task_changed(t);
  }
  str_free(&text);
}
