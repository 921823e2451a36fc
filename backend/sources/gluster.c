/* kvmconsole-gluster: the GlusterFS layer. One thread, one loop; whatever can block is a child or a non-blocking socket
 * with a deadline, so that it goes on saying how things are when a daemon hangs. This file wires the parts:
 *
 *   gluster_asked   the daemon that knows the pool: peers, volumes, mounts; which one is asked
 *   gluster_probe   each peer's daemon and each brick, asked themselves
 *   gluster_turn    what takes a volume's lock, seldom: space, heals
 *   gluster_share   the consoles of all hosts: one of them reads that, the others take it over
 *   gluster_files   what only a client knows: capacity, which bricks hold a disk
 *   gluster_who     which peer a host is that other layers know by another name
 *   gluster_hint    events: look now */
#include "base/clock.h"
#include "base/lines.h"
#include "base/str.h"
#include "sources/gluster_asked.h"
#include "sources/gluster_files.h"
#include "sources/gluster_hint.h"
#include "sources/gluster_mounted.h"
#include "sources/gluster_probe.h"
#include "sources/gluster_share.h"
#include "sources/gluster_text.h"
#include "sources/gluster_turn.h"
#include "sources/gluster_who.h"
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const char USAGE[] = "kvmconsole-gluster [--once] [--read-only] [--raw] [--host NAME] [--ssh root@%h] [--share-port 337] [TARGET]";
enum {
  TICK_MS = 500,
  EAGER_MS = 100,
  FLUSH_MS = 40,
  REQUEST_MAX = 8192,
  FIRST_MS = 6000,
  ONCE_MS = 15000,
  ONCE_DOWN_MS = 1500,
  ONCE_TROUBLE_MS = 4500
};

struct program {
  struct world world;
  struct hints *hints;
  struct who *who;
  struct mounted *mounted;
  struct timer *tick, *flush;
  struct watch *input;
  struct lines lines;
  bool complete, input_over;
};

static struct program program; /* one a process; the world's functions need no other way to it */

void world_dirty(struct world *w) {
  (void)w;
  if (!timer_armed(program.flush)) timer_set(program.flush, FLUSH_MS);
}

void world_pool_read(struct world *w) {
  probe_pool_read(w->probe);
  turns_pool_read(w->turns);
  share_pool_read(w->share);
  files_pool_read(w->files);
  world_dirty(w);
}

void world_changed(struct world *w) {
  lock_changed(&w->changes, clock_mono_ms());
  turns_changed(w->turns);
  asked_look(w->asked);
}

const struct gluster_volume *volume_by_name(const struct world *w, const char *name) {
  for (size_t i = 0; i < w->volumes.volumes.count; i++)
    if (str_eq(w->volumes.volumes.item[i].name, name)) return &w->volumes.volumes.item[i];
  return NULL;
}

static void on_news(void *owner) { asked_name_known(((struct world *)owner)->asked); }

static void on_event(void *owner) {
  struct world *w = owner;
  asked_look(w->asked);
  probe_look(w->probe);
}

static void on_flush(void *owner) { emit_flush(((struct world *)owner)->emit); }

/* ok is said for the first time when everything was read once, as far as it may be read at all. */
static bool everything_read(const struct world *w) {
  if (!w->pool_known || !probe_done(w->probe)) return false;
  return turns_settled(w->turns) && files_settled(w->files) && mounted_settled(program.mounted);
}

static void on_tick(void *owner) {
  struct world *w = owner;
  CLEANUP(str_free) struct str text = {0};
  int64_t age = clock_mono_ms() - w->started;
  timer_set(program.tick, program.complete ? TICK_MS : EAGER_MS);
  enum source_state state = asked_state(w->asked, &text);
  const char *note = turns_note(w->turns);
  if (state == SOURCE_OK && *note) str_addf(&text, "; %s", note);
  bool late = age > (w->options->once ? ONCE_MS : FIRST_MS);
  if (!program.complete && asked_well(w->asked)) program.complete = everything_read(w) || (late && probe_done(w->probe));
  if (asked_settled(w->asked) && (state != SOURCE_OK || program.complete)) emit_state(w->emit, state, "%s", str_text(&text));
  emit_flush(w->emit);
  if (!w->options->once) return;
  int64_t patience = state == SOURCE_ABSENT || state == SOURCE_DENIED ? 0 : state == SOURCE_HUNG ? ONCE_TROUBLE_MS : ONCE_DOWN_MS;
  bool hopeless = !asked_well(w->asked) && asked_settled(w->asked) && age > patience;
  if (program.complete || hopeless || age > ONCE_MS + 1000) loop_stop(w->loop);
}

/* ---- requests ---- */
static void request(void *owner, char *line, size_t len, bool cut) {
  struct world *w = owner;
  (void)len;
  if (cut) return;
  if (!strcmp(line, "quiet on") || !strcmp(line, "quiet off")) {
    w->quiet = !strcmp(line, "quiet on");
    share_quiet_set(w->share);
  } else if (str_starts(line, "neighbours ")) share_neighbours(w->share, line + strlen("neighbours "));
  else if (!strcmp(line, "look")) on_event(w);
  else if (str_starts(line, "who ")) who_want(program.who, line + strlen("who "));
  else if (str_starts(line, "disks ")) {
    char *volume = line + strlen("disks "), *path;
    if (text_disk(volume, &path)) files_want(w->files, volume, path);
  }
}

static void on_input(void *owner, int fd, short revents) {
  struct world *w = owner;
  char bytes[4096];
  (void)revents;
  ssize_t n = read(fd, bytes, sizeof bytes);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) { /* nobody wants anything any more; --once has its own end */
    watch_end(program.input);
    program.input = NULL;
    if (!w->options->once) loop_stop(w->loop);
    return;
  }
  lines_take(&program.lines, REQUEST_MAX, bytes, (size_t)n, request, w);
}

static void on_signal(void *owner, int signo) {
  (void)signo;
  loop_stop(((struct world *)owner)->loop);
}

/* Options that only this source has are taken out before the common ones are looked at. */
static int own_options(int *argc, char **argv, int64_t *ret_port) {
  const char *port = "337";
  int kept = 1;
  for (int i = 1; i < *argc; i++) {
    if (!strcmp(argv[i], "--share-port") && i + 1 < *argc) port = argv[++i];
    else argv[kept++] = argv[i];
  }
  argv[kept] = NULL;
  *argc = kept;
  return str_int(port, 0, IPPORT_RESERVED - 1, ret_port);
}

int main(int argc, char **argv) {
  struct source_options options;
  struct world *w = &program.world;
  if (argc == 3 && !strcmp(argv[1], "--mount")) return mount_serve(argv[2]);
  int64_t port;
  int wrong = own_options(&argc, argv, &port);
  int code = source_options_parse(argc, argv, USAGE, &options);
  if (code) return code < 0 ? 0 : code;
  if (wrong) {
    fprintf(stderr, "%s: a share port is a number below %d; 0 is none\n", argv[0], IPPORT_RESERVED);
    return 64;
  }
  struct rlimit files; /* a connection a brick: a large pool has more than the usual 1024 */
  if (!getrlimit(RLIMIT_NOFILE, &files) && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max < 65536 ? files.rlim_max : 65536;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  w->options = &options;
  w->ssh = options.ssh;
  w->started = clock_mono_ms();
  w->changes.last = UNKNOWN_INT;
  w->loop = loop_new();
  w->emit = emitter_new(LAYER_GLUSTER, options.host, 1);
  emitter_want_raw(w->emit, options.raw);
  w->names = names_new(w->loop, on_news, w);
  program.flush = loop_timer(w->loop, -1, on_flush, w);
  w->asked = asked_new(w);
  w->probe = probe_new(w);
  w->turns = turns_new(w);
  w->share = share_new(w, (int)port);
  w->files = files_new(w);
  program.mounted = mounted_new(w);
  program.who = who_new(w);
  if (!options.once) program.hints = hints_new(w->loop, on_event, w);
  program.tick = loop_timer(w->loop, EAGER_MS, on_tick, w);
  loop_signal(w->loop, SIGTERM, on_signal, w);
  loop_signal(w->loop, SIGINT, on_signal, w);
  program.input = loop_watch(w->loop, 0, POLLIN, on_input, w);
  loop_run(w->loop, -1);
  emit_flush(w->emit);
  _exit(0); /* children die with us (they are told so at their start); waiting for one that hangs would be a hang of ours */
}
