/* Reports of drills in the state directory, a file each, and what is known of drills whose console was lost. */
#include "base/clock.h"
#include "run/drill_run.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REPORT_MAX = 4 << 20 };

static bool plain_name(const char *id) { return id && *id && *id != '.' && strlen(id) < 100 && id[strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")] == '\0'; }

int drill_keep(const char *state_dir, const struct drill_report *r, struct err *e) {
  CLEANUP(mem_freep) char *folder = mem_printf("%s/drills", state_dir);
  CLEANUP(str_free) struct str out = {0};
  if (!plain_name(r->task)) return err_set(e, -EINVAL, "", "a report without a name");
  if (mkdir(folder, 0700) && errno != EEXIST) return err_set(e, -errno, "make it, or set XDG_STATE_HOME to a folder of yours", "%s: %s", folder, strerror(errno));
  CLEANUP(mem_freep) char *path = mem_printf("%s/%s.json", folder, r->task), *fresh = mem_printf("%s/%s.new", folder, r->task);
  shape_encode(&drill_report_shape, r, &out);
  str_addc(&out, '\n');
  int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  bool good = fd >= 0 && write(fd, out.data, out.len) == (ssize_t)out.len && !fdatasync(fd);
  int code = good ? 0 : -errno;
  if (fd >= 0) close(fd);
  if (good && rename(fresh, path)) code = -errno;
  return code ? err_set(e, code, "see that there is room and that it is yours", "%s: %s", path, strerror(-code)) : 0;
}

static struct drill_report *read_report(const char *path, struct arena *a) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat st;
  struct drill_report *r = NULL;
  if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == geteuid() && st.st_size > 0 && st.st_size <= REPORT_MAX) {
    CLEANUP(mem_freep) char *text = mem_alloc((size_t)st.st_size + 1);
    ssize_t n = read(fd, text, (size_t)st.st_size);
    r = arena_alloc(a, sizeof *r);
    shape_init(&drill_report_shape, r);
    if (n <= 0 || shape_decode_text(&drill_report_shape, text, (size_t)n, r, a, NULL) || r->schema != 1 || !drill_find(r->drill ? r->drill : "")) r = NULL;
  }
  if (fd >= 0) close(fd);
  return r;
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }
static int is_report(const struct dirent *d) { return d->d_name[0] != '.' && str_ends(d->d_name, ".json"); }

/* A task's name begins with its time. */
void drills_kept(const char *state_dir, struct arena *a, struct drill_reports *ret) {
  CLEANUP(mem_freep) char *folder = mem_printf("%s/drills", state_dir);
  struct dirent **names = NULL;
  int n = scandir(folder, &names, is_report, by_name), first = n > DRILLS_KEPT_MAX ? n - DRILLS_KEPT_MAX : 0;
  *ret = (struct drill_reports){arena_array(a, (size_t)(n > 0 ? n : 0) + 1, sizeof *ret->item), 0};
  for (int i = 0; i < n; i++) {
    CLEANUP(mem_freep) char *path = mem_printf("%s/%s", folder, names[i]->d_name);
    struct drill_report *r = i >= first ? read_report(path, a) : NULL;
    if (r) ret->item[ret->count++] = r;
    free(names[i]);
  }
  free(names);
}

/* ---- consoles that were lost ---- */

static const char *how_far(const struct task_view *t, struct arena *a, bool *ret_injected) {
  struct drill_steps steps = drill_steps_of(t->plan);
  bool armed = steps.arm != SIZE_MAX && t->steps && t->steps[steps.arm] == STEP_DONE;
  *ret_injected = steps.inject != SIZE_MAX && t->steps && t->steps[steps.inject] != STEP_TODO;
  if (!*ret_injected) return "nothing had been injected";
  if (!armed) return "it had been injected, and whether its timer was armed is not known";
  return arena_printf(a, "it had been injected; its timer on %s was armed to take it back %" PRId64 " s later", t->plan->steps.item[steps.arm].host, drill_armed_s(t->plan));
}

static void adopt(const char *state_dir, const struct task_view *t, int64_t now) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct drill_report r;
  struct err e = {0};
  bool injected;
  shape_init(&drill_report_shape, &r);
  const char *far = how_far(t, a, &injected);
  const struct drill *d = drill_find(t->operation);
  r.schema = 1;
  r.drill = t->operation;
  r.title = d->operation.title;
  r.target = t->target;
  r.who = t->who;
  r.task = t->id;
  r.began = t->began;
  r.ended = now;
  r.verdict = DRILL_UNKNOWN;
  r.aborted = "the console was lost";
  r.text = arena_printf(a, "%s; %s", t->text, far);
  r.reverted = injected ? TRUTH_UNKNOWN : TRUTH_YES;
  r.reverted_text = far;
  for (size_t i = 0; t->steps && i < t->plan->steps.count; i++) {
    if (t->steps[i] == STEP_TODO) continue;
    struct drill_event *x = list_add(a, &r.timeline, &drill_event_shape);
    x->event = step_state_names[t->steps[i]];
    x->text = arena_printf(a, "%s: %s", t->plan->steps.item[i].say ? t->plan->steps.item[i].say : "?", step_state_names[t->steps[i]]);
    x->source = "what the console had written down";
  }
  drill_keep(state_dir, &r, &e);
}

void drills_adopt(const char *state_dir, const struct tasks *all, int64_t now) {
  for (size_t n = 0; n < tasks_count(all); n++) {
    struct task_view t;
    task_look(all, n, &t);
    if (t.state != TASK_INTERRUPTED || !plain_name(t.id) || !drill_find(t.operation ? t.operation : "")) continue;
    CLEANUP(mem_freep) char *path = mem_printf("%s/drills/%s.json", state_dir, t.id);
    if (access(path, F_OK)) adopt(state_dir, &t, now);
  }
}
