#include "sources/pacemaker_watch.h"
#include "base/child.h"
#include "base/str.h"
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { BACKOFF_FIRST_MS = 500, BACKOFF_MAX_MS = 5000, SILENT_MS = 20000, LINE_MAX_BYTES = 400 };

struct cib_watcher {
  struct loop *loop;
  cib_event_fn *fn;
  void *owner;
  char *program;
  struct child *child;
  struct timer *again, *silence;
  int64_t backoff;
  char *daemons; /* the last such line */
  bool connected;
  int notify; /* inotify of the folder CIB_file is in, else -1 */
  struct watch *watch;
  const char *file; /* its name there */
};

/* ---- the program ---- */

/* "daemons pacemaker-attrd=hung pacemaker-controld@kvm02=hung" */
static void take_daemons(struct cib_watcher *w, const char *line) {
  if (str_eq(w->daemons, line)) return;
  mem_free(w->daemons);
  w->daemons = mem_strdup(line);
  w->fn(w->owner, CIB_DAEMONS);
}

bool cib_watcher_trouble(const struct cib_watcher *w, const char *online, struct str *out) {
  bool hung = false;
  if (!w || !w->connected || !w->daemons) return false;
  CLEANUP(mem_freep) char *words = mem_strdup(w->daemons);
  for (char *save, *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
    char *how = strchr(word, '='), *node = strchr(word, '@');
    if (!how) continue;
    *how++ = 0;
    if (node) *node++ = 0;
    CLEANUP(mem_freep) char *asked = mem_printf(" %s ", node ? node : "");
    if (node && (!online || !strstr(online, asked))) continue;
    bool hangs = !strcmp(how, "hung");
    hung |= hangs;
    str_addf(out, "%s%s%s%s %s", out->len ? ", " : "", word, node ? " on " : "", node ? node : "", hangs ? "does not answer" : "does not run");
  }
  return hung;
}

static void on_line(void *owner, char *line, size_t len, bool cut) {
  struct cib_watcher *w = owner;
  (void)len, (void)cut;
  timer_set(w->silence, SILENT_MS);
  if (str_starts(line, "daemons")) take_daemons(w, line);
  else if (!strcmp(line, "ready")) {
    w->connected = true;
    w->backoff = BACKOFF_FIRST_MS;
    w->fn(w->owner, CIB_CONNECTED);
  } else if (!strcmp(line, "change")) {
    w->fn(w->owner, CIB_STATUS_CHANGED);
  } else {
    w->fn(w->owner, CIB_CONFIG_CHANGED);
  }
}

static void on_end(void *owner, int status) {
  struct cib_watcher *w = owner;
  bool was = w->connected;
  (void)status;
  w->child = NULL;
  w->connected = false;
  timer_set(w->silence, -1);
  timer_set(w->again, w->backoff);
  w->backoff = w->backoff * 2 < BACKOFF_MAX_MS ? w->backoff * 2 : BACKOFF_MAX_MS;
  if (was) w->fn(w->owner, CIB_LOST);
}

/* It says something every few seconds. One that hangs is another than one that has nothing to tell. */
static void on_silence(void *owner) {
  struct cib_watcher *w = owner;
  child_drop(w->child);
  on_end(w, 0);
}

static void start(void *owner) {
  struct cib_watcher *w = owner;
  const char *argv[] = {w->program, NULL};
  struct child_spec spec = {.argv = argv, .max_line = LINE_MAX_BYTES, .on_out = on_line, .on_exit = on_end, .owner = w};
  w->child = child_start(w->loop, &spec, NULL);
  if (w->child) timer_set(w->silence, SILENT_MS);
  else timer_set(w->again, BACKOFF_MAX_MS);
}

/* ---- the file ---- */

static void on_notify(void *owner, int fd, short revents) {
  struct cib_watcher *w = owner;
  char buffer[8192] __attribute__((aligned(__alignof__(struct inotify_event))));
  bool ours = false;
  (void)revents;
  for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0;)
    for (char *at = buffer; at < buffer + n;) {
      const struct inotify_event *e = (const struct inotify_event *)at;
      if (e->mask & IN_Q_OVERFLOW || (e->len && !strcmp(e->name, w->file))) ours = true;
      at += sizeof *e + e->len;
    }
  if (ours) w->fn(w->owner, CIB_CONFIG_CHANGED);
}

/* The folder is watched and not the file: the tools write a new one and rename it. */
static void watch_file(struct cib_watcher *w, const char *path) {
  const char *slash = strrchr(path, '/');
  w->file = slash ? slash + 1 : path;
  CLEANUP(mem_freep) char *folder = slash ? mem_strndup(path, (size_t)(slash - path) + 1) : mem_strdup(".");
  w->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (w->notify < 0 || inotify_add_watch(w->notify, folder, IN_CLOSE_WRITE | IN_MOVED_TO) < 0) return;
  w->watch = loop_watch(w->loop, w->notify, POLLIN, on_notify, w);
  w->connected = true;
}

struct cib_watcher *cib_watcher_start(struct loop *l, cib_event_fn *fn, void *owner) {
  struct cib_watcher *w = mem_alloc(sizeof *w);
  *w = (struct cib_watcher){.loop = l, .fn = fn, .owner = owner, .backoff = BACKOFF_FIRST_MS, .notify = -1};
  const char *file = getenv("CIB_file");
  if (file) watch_file(w, file);
  else w->program = child_find("kvmconsole-cibwatch");
  if (!w->program) return w;
  w->again = loop_timer(l, -1, start, w);
  w->silence = loop_timer(l, -1, on_silence, w);
  start(w);
  return w;
}

bool cib_watcher_connected(const struct cib_watcher *w) { return w && w->connected; }

void cib_watcher_free(struct cib_watcher *w) {
  if (!w) return;
  child_drop(w->child);
  timer_end(w->again);
  timer_end(w->silence);
  mem_free(w->daemons);
  watch_end(w->watch);
  if (w->notify >= 0) close(w->notify);
  mem_free(w->program);
  mem_free(w);
}
