#include "sources/libvirt_setup.h"
#include "base/clock.h"
#include "base/lines.h"
#include "base/ssh.h"
#include "sources/libvirt_setup_text.h"
#include "sources/libvirt_xml.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  FIRST_MS = 5000,       /* the requests of a console come before that */
  SOON_MS = 300,
  EVERY_MS = 600000,
  UNFINISHED_MS = 30000, /* while some peers were never tried */
  AGAIN_MS = 300000,     /* after an answer that was none */
  CHANGED_MS = 20000,    /* between two readings, at the least */
  DEADLINE_MS = 30000,   /* the command itself ends after 25 s */
  PEERS_AT_ONCE = 8,     /* sshd turns away what comes in too large a crowd */
  DEFINITIONS_MAX = 4096,
};

extern char **environ;

struct peer {
  char *name;
  enum truth trusted;
  char text[160];
  int64_t tried; /* monotonic; 0: never */
  bool asked;    /* by the command that runs */
};

struct setup {
  struct emitter *out;
  bool read_only, watched, taking, told; /* taking: between "begin" and "end" */
  struct arena *told_arena, *new_arena, *known;
  struct texts peers_told, definitions, new_peers, new_definitions;
  struct peer *peer;
  size_t peer_count;
  struct libvirt_setup abilities; /* machines, cpu, disks; in known, as are the next two */
  struct arena *sizes;
  bool sizes_taken;
  int64_t due, read_at, deadline;
  struct arena *asked_arena; /* of the command that runs */
  struct texts asked;
  pid_t pid; /* > 1 while there is one */
  int in, out_fd, in_watch, out_watch;
  struct lines lines;
  struct str said, sending;
  size_t sent;
  int64_t asked_us, asked_wall, clock_ms, clock_within;
};

static void finish(struct setup *s, const char *why);

struct setup *setup_new(struct emitter *out, bool read_only, bool watched) {
  struct setup *s = mem_alloc(sizeof *s);
  *s = (struct setup){.out = out, .read_only = read_only, .watched = watched, .told_arena = arena_new(), .known = arena_new(), .sizes = arena_new(), .in = -1, .out_fd = -1, .in_watch = -1, .out_watch = -1};
  shape_init(&libvirt_setup_shape, &s->abilities);
  s->due = watched ? clock_mono_ms() + FIRST_MS : 0;
  return s;
}

/* ---- its process ---- */

static void close_in(struct setup *s) {
  if (s->in_watch >= 0) virEventRemoveHandle(s->in_watch);
  if (s->in >= 0) close(s->in);
  s->in = s->in_watch = -1;
}

static void reap(struct setup *s) {
  if (s->pid > 1 && waitpid(s->pid, NULL, WNOHANG) != 0) s->pid = 0;
}

static void end_process(struct setup *s) {
  close_in(s);
  if (s->out_watch >= 0) virEventRemoveHandle(s->out_watch);
  if (s->out_fd >= 0) close(s->out_fd);
  s->out_fd = s->out_watch = -1;
  if (s->pid > 1) kill(-s->pid, SIGKILL); /* with all it started; it is not waited for: storage that hangs may hold it */
  reap(s);
}

static bool running(const struct setup *s) { return s->out_fd >= 0; }

static void send_more(struct setup *s) {
  while (s->in >= 0 && s->sent < s->sending.len) {
    ssize_t n = write(s->in, s->sending.data + s->sent, s->sending.len - s->sent);
    if (n > 0) s->sent += (size_t)n;
    else if (n < 0 && errno == EAGAIN) return;
    else if (n >= 0 || errno != EINTR) break; /* its end will be seen at the other pipe */
  }
  if (s->sending.len) close_in(s);
}

/* It is there: the time between its clock's question and its answer is all that is uncertain about it. */
static void ask(struct setup *s) {
  if (s->sending.len) return; /* it said so twice */
  str_add(&s->sending, "clock\n");
  for (size_t i = 0; i < s->peer_count; i++)
    if (s->peer[i].asked) str_addf(&s->sending, "peer %s\n", s->peer[i].name);
  for (size_t i = 0; i < s->asked.count; i++) str_addf(&s->sending, "definition %s\n", s->asked.item[i]);
  str_add(&s->sending, "end\n");
  s->asked_us = clock_mono_us();
  s->asked_wall = clock_wall_ms();
  send_more(s);
  if (s->in >= 0 && s->watched && s->in_watch >= 0) virEventUpdateHandle(s->in_watch, VIR_EVENT_HANDLE_WRITABLE);
}

static void on_line(void *owner, char *line, size_t len, bool cut) {
  struct setup *s = owner;
  int64_t there;
  if (!strcmp(line, SETUP_READY)) ask(s);
  if (s->sending.len && s->clock_within == UNKNOWN_INT && !setup_clock(line, &there)) {
    int64_t round_us = clock_mono_us() - s->asked_us;
    s->clock_within = round_us / 2000 + 2; /* both stamps are whole ms, and so is half of the way */
    s->clock_ms = there - s->asked_wall - round_us / 2000;
  }
  if (cut || s->said.len + len + 1 > SETUP_TEXT_MAX) return;
  str_addn(&s->said, line, len);
  str_addc(&s->said, '\n');
}

static void receive(struct setup *s) {
  char buffer[16384];
  for (int turn = 0; turn < 16; turn++) {
    ssize_t n = read(s->out_fd, buffer, sizeof buffer);
    if (n > 0) lines_take(&s->lines, SETUP_LINE_MAX, buffer, (size_t)n, on_line, s);
    else if (n < 0 && errno == EINTR) continue;
    else if (n < 0 && errno == EAGAIN) return;
    else {
      lines_end(&s->lines, on_line, s);
      finish(s, NULL);
      return;
    }
  }
}

static void on_output(int watch, int fd, int events, void *owner) { (void)watch, (void)fd, (void)events, receive(owner); }
static void on_input(int watch, int fd, int events, void *owner) { (void)watch, (void)fd, (void)events, send_more(owner); }

static int start(struct setup *s, const char *const *argv) {
  int in[2], out[2];
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  sigset_t none, all;
  if (pipe2(in, O_CLOEXEC)) return -errno;
  if (pipe2(out, O_CLOEXEC)) {
    close(in[0]), close(in[1]);
    return -EMFILE;
  }
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in[0], 0);
  posix_spawn_file_actions_adddup2(&files, out[1], 1);
  posix_spawn_file_actions_adddup2(&files, out[1], 2); /* what ssh complains of */
  posix_spawnattr_init(&how);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setsigdefault(&how, &all);
  posix_spawnattr_setsigmask(&how, &none);
  int code = posix_spawnp(&s->pid, argv[0], &files, &how, (char *const *)argv, environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&how);
  close(in[0]), close(out[1]);
  if (code) {
    s->pid = 0;
    close(in[1]), close(out[0]);
    return -code;
  }
  fcntl(in[1], F_SETFL, O_NONBLOCK);
  fcntl(out[0], F_SETFL, O_NONBLOCK);
  s->in = in[1], s->out_fd = out[0];
  if (!s->watched) return 0;
  s->in_watch = virEventAddHandle(s->in, 0, on_input, s, NULL);
  s->out_watch = virEventAddHandle(s->out_fd, VIR_EVENT_HANDLE_READABLE | VIR_EVENT_HANDLE_HANGUP | VIR_EVENT_HANDLE_ERROR, on_output, s, NULL);
  return 0;
}

/* ---- peers: a few at a time, those first that were not tried for the longest ---- */

static void choose_peers(struct setup *s) {
  for (size_t i = 0; i < s->peer_count; i++) s->peer[i].asked = false;
  for (int n = 0; !s->read_only && n < PEERS_AT_ONCE; n++) {
    struct peer *oldest = NULL;
    for (size_t i = 0; i < s->peer_count; i++)
      if (!s->peer[i].asked && (!oldest || s->peer[i].tried < oldest->tried)) oldest = &s->peer[i];
    if (oldest) oldest->asked = true;
  }
}

static void take_peers(struct setup *s, struct libvirt_setup *fact, struct arena *a) {
  for (size_t k = 0; k < fact->peers.count; k++)
    for (size_t i = 0; i < s->peer_count; i++) {
      const struct setup_peer *p = &fact->peers.item[k];
      if (!s->peer[i].asked || !str_eq(s->peer[i].name, p->name)) continue;
      s->peer[i].trusted = p->trusted;
      s->peer[i].tried = clock_mono_ms();
      snprintf(s->peer[i].text, sizeof s->peer[i].text, "%.*s", (int)sizeof s->peer[i].text - 1, p->text ? p->text : "");
    }
  memset(&fact->peers, 0, sizeof fact->peers);
  for (size_t i = 0; i < s->peer_count; i++)
    if (s->peer[i].tried) *(struct setup_peer *)list_add(a, &fact->peers, &setup_peer_shape) = (struct setup_peer){s->peer[i].name, s->peer[i].trusted, s->peer[i].text[0] ? s->peer[i].text : NULL};
}

static bool peers_left(const struct setup *s) {
  for (size_t i = 0; !s->read_only && i < s->peer_count; i++)
    if (!s->peer[i].tried) return true;
  return false;
}

static void free_peers(struct peer *list, size_t count) {
  for (size_t i = 0; i < count; i++) mem_free(list[i].name);
  mem_free(list);
}

static void set_peers(struct setup *s) {
  struct peer *was = s->peer;
  size_t count = s->peer_count;
  s->peer = mem_alloc(sizeof *s->peer * (s->peers_told.count + 1));
  s->peer_count = s->peers_told.count;
  for (size_t i = 0; i < s->peer_count; i++) {
    for (size_t k = 0; k < count; k++)
      if (str_eq(was[k].name, s->peers_told.item[i])) s->peer[i] = was[k];
    s->peer[i].name = mem_strdup(s->peers_told.item[i]);
  }
  free_peers(was, count);
}

/* ---- what is told ---- */

void setup_request(struct setup *s, const char *line) {
  static const char peer[] = "setup peer ", definition[] = "setup definition ";
  if (str_starts(line, "setup begin")) {
    arena_free(s->new_arena);
    s->new_arena = arena_new();
    s->new_peers = s->new_definitions = (struct texts){0};
    s->taking = true;
  }
  if (!s->taking) return;
  const char *name = str_starts(line, peer) ? line + sizeof peer - 1 : NULL, *path = str_starts(line, definition) ? line + sizeof definition - 1 : NULL;
  if (name && ssh_host_valid(name) && s->new_peers.count < SETUP_PEERS_MAX) texts_add(s->new_arena, &s->new_peers, name);
  if (path && *path == '/' && s->new_definitions.count < DEFINITIONS_MAX) texts_add(s->new_arena, &s->new_definitions, path);
  if (strcmp(line, "setup end") != 0) return;
  arena_free(s->told_arena);
  s->told_arena = s->new_arena, s->new_arena = NULL;
  s->peers_told = s->new_peers, s->definitions = s->new_definitions;
  s->taking = false, s->told = true;
  set_peers(s);
  int64_t now = clock_mono_ms(), at = s->read_at && s->read_at + CHANGED_MS > now + SOON_MS ? s->read_at + CHANGED_MS : now + SOON_MS;
  if (s->due > at) s->due = at;
}

void setup_abilities(struct setup *s, const char *xml, size_t len) {
  arena_free(s->known);
  s->known = arena_new();
  s->abilities.cpu = NULL;
  s->abilities.machines = (struct texts){0};
  host_abilities_from_xml(xml, len, s->known, &s->abilities);
}

static void take_sizes(struct setup *s, const virDomainStatsRecord *r) {
  char name[64];
  const char *path;
  unsigned int count = 0;
  unsigned long long size;
  if (virTypedParamsGetUInt(r->params, r->nparams, "block.count", &count) != 1 || count > SETUP_ROWS_MAX) return;
  for (unsigned int i = 0; i < count && s->abilities.disks.count < SETUP_ROWS_MAX; i++) {
    snprintf(name, sizeof name, "block.%u.path", i);
    if (virTypedParamsGetString(r->params, r->nparams, name, &path) != 1) continue;
    snprintf(name, sizeof name, "block.%u.capacity", i);
    if (virTypedParamsGetULLong(r->params, r->nparams, name, &size) != 1 || size > INT64_MAX) continue;
    *(struct setup_disk *)list_add(s->sizes, &s->abilities.disks, &setup_disk_shape) = (struct setup_disk){arena_strdup(s->sizes, path), (int64_t)size};
  }
}

void setup_sizes(struct setup *s, const struct dear_answer *load) {
  if (s->sizes_taken || load->load_count < 0) return; /* once a reading is enough */
  arena_free(s->sizes);
  s->sizes = arena_new();
  memset(&s->abilities.disks, 0, sizeof s->abilities.disks);
  for (int i = 0; i < load->load_count; i++) take_sizes(s, load->load[i]);
  s->sizes_taken = true;
}

/* ---- a reading ---- */

static void begin(struct setup *s, const struct setup_road *road) {
  const char *argv[SSH_WORDS + 4];
  char port[32];
  size_t n = 0;
  if (road->here) argv[n++] = "timeout", argv[n++] = "25", argv[n++] = "sh", argv[n++] = "-c", argv[n++] = SETUP_SCRIPT;
  else {
    snprintf(port, sizeof port, "Port=%d", road->port);
    n = ssh_words(argv, road->to, road->port ? port : NULL);
    argv[n++] = "timeout 25 sh -c '" SETUP_SCRIPT "'";
  }
  argv[n] = NULL;
  str_reset(&s->said), str_reset(&s->sending), str_reset(&s->lines.text);
  s->lines.skipping = false;
  s->sent = 0;
  s->clock_ms = s->clock_within = UNKNOWN_INT;
  arena_free(s->asked_arena);
  s->asked_arena = arena_new();
  s->asked = (struct texts){0};
  for (size_t i = 0; i < s->definitions.count; i++) texts_add(s->asked_arena, &s->asked, s->definitions.item[i]);
  choose_peers(s);
  s->deadline = clock_mono_ms() + DEADLINE_MS;
  int code = start(s, argv);
  if (code) finish(s, strerror(-code));
}

/* why: it could not be asked, or not to its end; NULL: its answer is over. */
static void finish(struct setup *s, const char *why) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct libvirt_setup fact;
  const char *complaint;
  shape_init(&libvirt_setup_shape, &fact);
  end_process(s);
  bool whole = setup_read(str_text(&s->said), &s->asked, a, &fact, &complaint);
  if (!whole) fact.text = why ? why : *complaint ? complaint : "its answer was cut short";
  fact.clock_ms = s->clock_ms, fact.clock_within = s->clock_within;
  if (!s->told) fact.definitions_asked = UNKNOWN_INT; /* nobody has said of which */
  fact.cpu = s->abilities.cpu, fact.machines = s->abilities.machines;
  memcpy(&fact.disks, &s->abilities.disks, sizeof fact.disks);
  take_peers(s, &fact, a);
  emit_raw(s->out, "setup", str_text(&s->said), s->said.len);
  emit_fact(s->out, "libvirt.setup", NULL, &fact);
  emit_flush(s->out);
  s->read_at = clock_mono_ms();
  s->sizes_taken = false;
  s->due = s->read_at + (!whole ? AGAIN_MS : peers_left(s) ? UNFINISHED_MS : EVERY_MS);
}

void setup_opened(struct setup *s) {
  int64_t now = clock_mono_ms(), at = s->read_at ? s->read_at + CHANGED_MS : now + FIRST_MS;
  if (s->due > at && s->read_at) s->due = at > now ? at : now;
}

int64_t setup_next(const struct setup *s) { return running(s) ? s->deadline : s->due; }

void setup_turn(struct setup *s, const struct setup_road *road) {
  int64_t now = clock_mono_ms();
  reap(s);
  if (running(s) && now >= s->deadline) finish(s, "it did not answer in time");
  if (running(s) || now < s->due || !road) return;
  if (s->pid > 1) s->due = now + CHANGED_MS; /* what was ended has not gone yet */
  else if (road->why_not) {
    str_reset(&s->said);
    s->clock_ms = s->clock_within = UNKNOWN_INT;
    finish(s, road->why_not);
  } else begin(s, road);
}

void setup_wait(struct setup *s, int ms) {
  int64_t end = clock_mono_ms() + ms;
  while (running(s) && clock_mono_ms() < end) {
    struct pollfd fds[2] = {{.fd = s->out_fd, .events = POLLIN}, {.fd = s->sending.len ? s->in : -1, .events = POLLOUT}};
    if (poll(fds, 2, (int)(end - clock_mono_ms())) <= 0) continue;
    if (fds[1].revents) send_more(s);
    if (fds[0].revents) receive(s);
  }
  if (running(s)) finish(s, "it did not answer in time");
}

void setup_free(struct setup *s) {
  if (!s) return;
  end_process(s);
  free_peers(s->peer, s->peer_count);
  arena_free(s->told_arena), arena_free(s->new_arena), arena_free(s->known), arena_free(s->sizes), arena_free(s->asked_arena);
  str_free(&s->said), str_free(&s->sending), str_free(&s->lines.text);
  mem_free(s);
}
