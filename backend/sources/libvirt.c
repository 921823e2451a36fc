/* kvmconsole-libvirt: what one host's libvirt daemon knows, as fragments. One connection, one thread (but see libvirt_dear.h):
 * libvirt's own event loop, and in it one timer that reads what is due. An event only brings a reading forward; what is printed always
 * comes from a reading, so a lost event costs seconds and never the truth. */
#include "base/clock.h"
#include "base/lines.h"
#include "base/ssh.h"
#include "sources/emit.h"
#include "sources/libvirt_addresses.h"
#include "sources/libvirt_domains.h"
#include "sources/libvirt_load.h"
#include "sources/libvirt_setup.h"
#include "sources/libvirt_uri.h"
#include "sources/libvirt_words.h"
#include "sources/libvirt_xml.h"
#include <errno.h>
#include <fcntl.h>
#include <libvirt/virterror.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char usage[] = "kvmconsole-libvirt [--once] [--read-only] [--raw] [--host NAME] [--ssh root@%h] [URI]";

enum {
  STATES_MS = 2000,
  LOAD_MS = 5000,
  FIRST_LOAD_MS = 1000,
  JOBS_MS = 5000,
  JOBS_BUSY_MS = 1000,
  HOST_MS = 60000,
  COALESCE_MS = 20, /* events come in bunches: a start is three of them */
  PROBE_MS = 3000,
  KEEPALIVE_S = 5,
  KEEPALIVE_COUNT = 3,
  DEAR_SHARE = 20,     /* load may take one part in twenty of the time when the daemon is slow, */
  DEAR_MAX_MS = 10000, /* but never so seldom that it gets stale */
  ONCE_WAIT_MS = 1000, /* for load and jobs, when all is read but once */
  REQUEST_MAX = 2048,
  SETUP_MS = 30000, /* for the host's own answer, when all is read but once */
  EVENTS_MAX = 16,
  NEVER = -1,
};

struct source {
  struct source_options options;
  struct emitter *out;
  char *uri;
  struct libvirt_address address;
  bool here;                /* it is the daemon of the machine this runs on */
  virConnectPtr connection; /* NULL: not open */
  bool read_only;           /* this connection: as was asked for, or because this user has no right to more */
  int timer, closed;        /* closed: 1 + VIR_CONNECT_CLOSE_REASON_*, 0: it is open */
  bool done;
  int callbacks[EVENTS_MAX], callback_count;
  struct known_domains domains;
  struct load_reader load;
  int pipe[2];             /* answers of the threads */
  bool asking[DEAR_KINDS]; /* one is on its way */
  size_t sweep_at;
  int64_t states_at, load_at, jobs_at, host_at, open_at; /* monotonic ms when due */
  int attempt;                                           /* failed ones since the last reading that went well */
  struct arena *host_arena;
  const char *host_uuid; /* in host_arena, as long as the connection */
  bool uuid_read;
  struct setup *setup;
  struct lines requests; /* of stdin */
};

/* ---- reading ---- */

static char *version_text(struct arena *a, unsigned long v) { return arena_printf(a, "%lu.%lu.%lu", v / 1000000, v / 1000 % 1000, v % 1000); }

/* Capabilities are dear after the daemon's start (it tries every emulator), so they are asked for once, after all else. */
static void read_uuid(struct source *s) {
  char *xml = virConnectGetCapabilities(s->connection);
  s->uuid_read = true;
  if (!xml) return;
  emit_raw(s->out, "capabilities", xml, strlen(xml));
  s->host_uuid = host_uuid_from_xml(xml, strlen(xml), s->host_arena);
  setup_abilities(s->setup, xml, strlen(xml));
  free(xml);
}

static void arena_done(struct arena **a) { arena_free(*a); }

static void read_host(struct source *s) {
  CLEANUP(arena_done) struct arena *a = arena_new();
  struct libvirt_host host;
  virNodeInfo node;
  unsigned long version = 0;
  shape_init(&libvirt_host_shape, &host);
  char *name = virConnectGetHostname(s->connection);
  host.hostname = name;
  host.hypervisor = virConnectGetType(s->connection);
  if (!virConnectGetVersion(s->connection, &version) && version) host.version = version_text(a, version);
  if (!virNodeGetInfo(s->connection, &node)) {
    host.cpus = node.cpus;
    host.memory = (int64_t)node.memory * 1024;
  }
  if (s->address.peer[0]) address_add(a, &host.addresses, s->address.peer);
  else if (s->here) own_addresses(a, &host.addresses);
  if (!s->uuid_read) read_uuid(s);
  host.uuid = s->host_uuid;
  emit_fact(s->out, "libvirt.host", NULL, &host);
  free(name);
}

static int read_domains(struct source *s) {
  s->domains.raw = s->out;
  if (domains_read(&s->domains, s->connection)) return -EIO;
  CLEANUP(arena_done) struct arena *a = arena_new();
  struct libvirt_domains fact;
  domains_fact(&s->domains, a, &fact);
  emit_fact(s->out, "libvirt.domains", NULL, &fact);
  return 0;
}

static void say_load(struct source *s, const struct dear_answer *answer) {
  CLEANUP(arena_done) struct arena *a = arena_new();
  struct libvirt_load fact;
  load_read(&s->load, &s->domains, answer, a, &fact);
  emit_fact(s->out, "libvirt.load", NULL, &fact);
  setup_sizes(s->setup, answer);
  int64_t rest = (answer->given_us - answer->asked_us) / 1000 * DEAR_SHARE;
  if (rest > LOAD_MS) s->load_at = clock_mono_ms() + (rest < DEAR_MAX_MS ? rest : DEAR_MAX_MS);
}

static void say_jobs(struct source *s) {
  CLEANUP(arena_done) struct arena *a = arena_new();
  struct libvirt_jobs fact;
  jobs_fact(&s->domains, a, &fact);
  emit_fact(s->out, "libvirt.jobs", NULL, &fact);
}

static void ask_load(struct source *s) {
  if (!s->asking[DEAR_LOAD]) s->asking[DEAR_LOAD] = !dear_ask_load(s->connection, s->pipe[1]);
}

static void ask_jobs(struct source *s) {
  size_t count;
  if (s->asking[DEAR_JOBS]) return;
  struct dear_job *jobs = jobs_wanted(&s->domains, true, &s->sweep_at, &count);
  if (count) s->asking[DEAR_JOBS] = !dear_ask_jobs(s->connection, jobs, count, s->pipe[1]);
  else say_jobs(s);
}

static void take_answer(struct source *s) {
  struct dear_answer *answer = dear_take(s->pipe[0]);
  if (!answer) return;
  s->asking[answer->kind] = false;
  if (s->connection && answer->connection == s->connection) { /* else the connection it came by was given up meanwhile */
    if (answer->kind == DEAR_LOAD) say_load(s, answer);
    else {
      jobs_take(&s->domains, answer);
      say_jobs(s);
    }
  }
  dear_free(answer);
}

static void say_ok(struct source *s) {
  unsigned long version = 0;
  const char *mode = s->read_only ? ", read-only" : "";
  if (virConnectGetLibVersion(s->connection, &version)) version = 0;
  emit_state(s->out, SOURCE_OK, "libvirt %lu.%lu.%lu%s", version / 1000000, version / 1000 % 1000, version % 1000, mode);
}

/* The way to the host itself: the one its libvirt is reached by, else the one that the console was told. */
static void ask_setup(struct source *s) {
  const struct libvirt_address *x = &s->address;
  bool by_uri = x->transport == TRANSPORT_SSH || x->transport == TRANSPORT_LIBSSH;
  const char *kind = s->connection ? virConnectGetType(s->connection) : NULL;
  CLEANUP(mem_freep) char *to = by_uri ? mem_printf("%s%s%s", x->user, x->user[0] ? "@" : "", x->host) : ssh_target(s->options.ssh, s->options.host);
  struct setup_road road = {.here = s->here, .to = to, .port = by_uri && x->own_port ? x->port : 0};
  if (!str_eq(kind, "QEMU")) road.why_not = "only hosts that run qemu are asked";
  else if (!s->here && (x->transport == TRANSPORT_LOCAL || x->transport == TRANSPORT_OTHER)) road.why_not = "there is no way to it by ssh: its URI says none";
  else if (!s->here && (!ssh_host_valid(by_uri ? x->host : s->options.host) || *to == '-')) road.why_not = "its name is none that ssh may be given";
  setup_turn(s->setup, s->connection ? &road : NULL);
}

/* What is due, states first: they are what an operator waits for, and are out before anything dear is asked. */
static int read_due(struct source *s) {
  int64_t now = clock_mono_ms();
  bool first = s->host_at == 0;
  if (now >= s->states_at) {
    if (read_domains(s)) return -EIO;
    s->states_at = clock_mono_ms() + STATES_MS;
    emit_flush(s->out);
  }
  if (now >= s->jobs_at) {
    ask_jobs(s);
    s->jobs_at = now + (jobs_any(&s->domains) ? JOBS_BUSY_MS : JOBS_MS);
  }
  if (now >= s->load_at) {
    ask_load(s);
    s->load_at = now + (first ? FIRST_LOAD_MS : LOAD_MS); /* a rate needs two readings: the second one soon */
  }
  if (now >= s->host_at) {
    read_host(s);
    s->host_at = clock_mono_ms() + HOST_MS;
  }
  if (s->closed) return -EIO; /* it broke under one of these readings, and what they gave is of no worth */
  if (first) say_ok(s);
  s->attempt = 0;
  return 0;
}

/* ---- when ---- */

static int64_t earliest(const struct source *s) {
  const int64_t due[] = {s->states_at, s->load_at, s->jobs_at, s->host_at, setup_next(s->setup)};
  int64_t first = due[0];
  for (size_t i = 1; i < COUNT(due); i++)
    if (due[i] < first) first = due[i];
  return first;
}

static void arm(struct source *s) {
  int64_t now = clock_mono_ms(), at = s->connection ? earliest(s) : s->open_at;
  if (!s->connection && at > now + STATES_MS) at = now + STATES_MS; /* "down" is said again every 2 s */
  virEventUpdateTimeout(s->timer, at > now ? (int)(at - now) : 0);
}

/* ---- events: each means "look now" ---- */

static void look_soon(struct source *s, virDomainPtr d, bool definition, bool job) {
  char uuid[VIR_UUID_STRING_BUFLEN];
  int64_t soon = clock_mono_ms() + COALESCE_MS;
  struct known_domain *known = virDomainGetUUIDString(d, uuid) ? NULL : domains_find(&s->domains, uuid);
  if (known) {
    known->doubted |= definition;
    known->watched |= job;
  }
  if (s->states_at > soon) s->states_at = soon;
  if (job && s->jobs_at > soon) s->jobs_at = soon;
  arm(s); /* by the first event of a bunch: those that follow must not put it off */
}

static int on_lifecycle(virConnectPtr c, virDomainPtr d, int event, int detail, void *owner) {
  (void)c, (void)detail;
  /* A pause or resume changes no definition, and may come ten times a second. */
  bool definition = event != VIR_DOMAIN_EVENT_SUSPENDED && event != VIR_DOMAIN_EVENT_RESUMED;
  look_soon(owner, d, definition, true);
  return 0;
}

static void on_job_event(virConnectPtr c, virDomainPtr d, void *owner) { (void)c, look_soon(owner, d, false, true); }
static void on_iteration(virConnectPtr c, virDomainPtr d, int iteration, void *owner) { (void)iteration, on_job_event(c, d, owner); }
static void on_job_completed(virConnectPtr c, virDomainPtr d, virTypedParameterPtr params, int n, void *owner) {
  (void)params, (void)n, on_job_event(c, d, owner);
}
static void on_io_error(virConnectPtr c, virDomainPtr d, const char *path, const char *alias, int action, const char *reason, void *owner) {
  (void)c, (void)path, (void)alias, (void)action, (void)reason;
  look_soon(owner, d, false, false);
}
static void on_block_job(virConnectPtr c, virDomainPtr d, const char *disk, int type, int status, void *owner) {
  (void)c, (void)disk, (void)type, (void)status;
  look_soon(owner, d, true, true); /* a pivot changes the disk's source */
}
static void on_device(virConnectPtr c, virDomainPtr d, const char *alias, void *owner) { (void)c, (void)alias, look_soon(owner, d, true, false); }
static void on_tray(virConnectPtr c, virDomainPtr d, const char *alias, int reason, void *owner) { (void)reason, on_device(c, d, alias, owner); }
static void on_agent(virConnectPtr c, virDomainPtr d, int state, int reason, void *owner) { (void)c, (void)state, (void)reason, look_soon(owner, d, true, false); }
static void on_disk_change(virConnectPtr c, virDomainPtr d, const char *from, const char *to, const char *alias, int reason, void *owner) {
  (void)from, (void)to, (void)reason, on_device(c, d, alias, owner);
}
static void on_balloon(virConnectPtr c, virDomainPtr d, unsigned long long actual, void *owner) {
  (void)c, (void)actual, look_soon(owner, d, true, false);
}

static void register_events(struct source *s) {
  static const struct {
    int id;
    virConnectDomainEventGenericCallback fn;
  } events[] = {
      {VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle)},
      {VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON, VIR_DOMAIN_EVENT_CALLBACK(on_io_error)},
      {VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION, VIR_DOMAIN_EVENT_CALLBACK(on_iteration)},
      {VIR_DOMAIN_EVENT_ID_JOB_COMPLETED, VIR_DOMAIN_EVENT_CALLBACK(on_job_completed)},
      {VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, VIR_DOMAIN_EVENT_CALLBACK(on_block_job)},
      {VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK(on_device)},
      {VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, VIR_DOMAIN_EVENT_CALLBACK(on_device)},
      {VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_tray)},
      {VIR_DOMAIN_EVENT_ID_DISK_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_disk_change)},
      {VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_agent)},
      {VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_balloon)},
  };
  _Static_assert(COUNT(events) <= EVENTS_MAX, "room for every event");
  s->callback_count = 0;
  for (size_t i = 0; i < COUNT(events); i++) { /* what a driver does not have, the 2 s reading makes up for */
    int id = virConnectDomainEventRegisterAny(s->connection, NULL, events[i].id, events[i].fn, s, NULL);
    if (id >= 0) s->callbacks[s->callback_count++] = id;
  }
}

static void on_close(virConnectPtr c, int reason, void *owner) {
  (void)c;
  struct source *s = owner;
  s->closed = 1 + reason;
  virEventUpdateTimeout(s->timer, 0); /* not from in here: the library holds its locks */
}

/* ---- opening and losing the connection ---- */

static const char *where(const struct source *s) { return s->address.host[0] ? s->address.host : this_host(); }

static void drop_connection(struct source *s) {
  for (int i = 0; i < s->callback_count; i++) virConnectDomainEventDeregisterAny(s->connection, s->callbacks[i]);
  s->callback_count = 0;
  domains_drop(&s->domains); /* before the close: each handle keeps the connection open */
  load_drop(&s->load);
  virConnectUnregisterCloseCallback(s->connection, on_close);
  virConnectClose(s->connection);
  s->connection = NULL;
}

static void retry_later(struct source *s) {
  static const int backoff_ms[] = {1000, 2000, 5000};
  size_t last = COUNT(backoff_ms) - 1, n = s->attempt < (int)last ? (size_t)s->attempt : last;
  s->attempt++;
  s->open_at = clock_mono_ms() + backoff_ms[n];
  emit_flush(s->out);
}

static void lost(struct source *s) {
  virErrorPtr error = virGetLastError();
  const char *message = error && error->message ? error->message : "no reason given";
  switch (s->closed - 1) {
  case VIR_CONNECT_CLOSE_REASON_EOF:
    emit_state(s->out, SOURCE_DOWN, "the connection to libvirt on %s ended: its daemon or the way to it is gone", where(s));
    break;
  case VIR_CONNECT_CLOSE_REASON_KEEPALIVE:
    emit_state(s->out, SOURCE_DOWN, "libvirt on %s does not answer any more (no sign of life in %d s)", where(s),
               KEEPALIVE_S * (KEEPALIVE_COUNT + 1));
    break;
  case VIR_CONNECT_CLOSE_REASON_ERROR: emit_state(s->out, SOURCE_DOWN, "the connection to libvirt on %s broke", where(s)); break;
  default: emit_state(s->out, SOURCE_DOWN, "libvirt on %s: %.300s", where(s), message); break;
  }
  drop_connection(s);
  retry_later(s);
}

static bool any_libvirt_here(void) {
  static const char *const traces[] = {"/run/libvirt", "/var/run/libvirt", "/usr/sbin/libvirtd", "/usr/sbin/virtqemud"};
  for (size_t i = 0; i < COUNT(traces); i++)
    if (!access(traces[i], F_OK)) return true;
  return false;
}

static void say_why_not_open(struct source *s) {
  char text[SENTENCE_MAX];
  virErrorPtr error = virGetLastError();
  int code = error ? error->code : VIR_ERR_INTERNAL_ERROR, number = code == VIR_ERR_SYSTEM_ERROR ? error->int1 : 0;
  enum source_state state = open_failure(code, number, error ? error->message : NULL, &s->address, any_libvirt_here(), text);
  emit_state(s->out, state, "%s", text);
}

/* The library waits two minutes for a host that is silent, so that is found out before it is asked. A name that only
 * ssh knows (a proxy's other side) is left to ssh, which waits 3 s itself. */
static int look_if_there(struct source *s) {
  struct err e = {0};
  uri_address(s->uri, &s->address, NULL);
  if (s->address.transport == TRANSPORT_SSH) ask_ssh(&s->address);
  if (!s->address.port) return 0;
  int rc = probe(&s->address, PROBE_MS, &e);
  if (!rc) return 0;
  emit_state(s->out, SOURCE_DOWN, "%s", e.text);
  return rc;
}

static int open_connection(struct source *s) {
  fprintf(stderr, "kvmconsole-libvirt: opening %s\n", s->address.host[0] ? s->address.host : "the local daemon");
  if (look_if_there(s)) return -EHOSTUNREACH;
  CLEANUP(mem_freep) char *uri = uri_without_prompts(s->uri, &s->address);
  virResetLastError();
  s->read_only = s->options.read_only;
  s->connection = s->read_only ? virConnectOpenReadOnly(uri) : virConnectOpen(uri);
  if (!s->connection && !s->read_only && !s->address.host[0] && geteuid() != 0) { /* any local user may read; nothing here needs more */
    s->connection = virConnectOpenReadOnly(uri);
    s->read_only = true;
  }
  if (!s->connection) {
    say_why_not_open(s);
    return -EIO;
  }
  s->closed = 0;
  s->states_at = s->load_at = s->jobs_at = s->host_at = 0;
  s->uuid_read = false;
  s->host_uuid = NULL;
  arena_free(s->host_arena);
  s->host_arena = arena_new();
  load_init(&s->load);
  emit_forget(s->out);
  setup_opened(s->setup);
  if (s->options.once) return 0;
  virConnectRegisterCloseCallback(s->connection, on_close, s, NULL);
  virConnectSetKeepAlive(s->connection, KEEPALIVE_S, KEEPALIVE_COUNT); /* drivers without a daemon have none, and need none */
  register_events(s);
  return 0;
}

/* ---- the one timer ---- */

static void on_timer(int timer, void *owner) {
  struct source *s = owner;
  (void)timer;
  if (!s->connection && clock_mono_ms() >= s->open_at && open_connection(s)) retry_later(s);
  if (s->connection) {
    virResetLastError();
    if (s->closed || read_due(s)) lost(s);
  }
  ask_setup(s);
  emit_flush(s->out);
  arm(s);
}

static void on_answer(int watch, int fd, int events, void *owner) {
  struct source *s = owner;
  (void)watch, (void)fd, (void)events;
  take_answer(s);
  int64_t soon = clock_mono_ms() + JOBS_BUSY_MS;
  if (jobs_any(&s->domains) && s->jobs_at > soon) s->jobs_at = soon;
  emit_flush(s->out);
  arm(s);
}

static void on_request(void *owner, char *line, size_t len, bool cut) {
  struct source *s = owner;
  (void)len;
  if (!cut) setup_request(s->setup, line);
}

/* What is asked of libvirt is fixed; what comes is what its host is to be asked. Its end is the end. */
static void on_input(int watch, int fd, int events, void *owner) {
  char buffer[4096];
  struct source *s = owner;
  (void)watch, (void)events;
  ssize_t n = read(fd, buffer, sizeof buffer);
  if (n > 0) lines_take(&s->requests, REQUEST_MAX, buffer, (size_t)n, on_request, s), arm(s);
  if (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN))) return;
  s->done = true;
}

static void no_words(void *owner, virErrorPtr error) { (void)owner, (void)error; }

static int run_once(struct source *s) {
  if (!open_connection(s)) {
    if (read_due(s)) lost(s);
    else {
      struct pollfd answers = {.fd = s->pipe[0], .events = POLLIN};
      while ((s->asking[DEAR_LOAD] || s->asking[DEAR_JOBS]) && poll(&answers, 1, ONCE_WAIT_MS) == 1) take_answer(s);
      ask_setup(s);
      setup_wait(s->setup, SETUP_MS);
      drop_connection(s);
    }
  }
  emit_flush(s->out);
  return 0;
}

static int run(struct source *s) {
  if (virEventRegisterDefaultImpl() < 0) return 70;
  s->timer = virEventAddTimeout(0, on_timer, s, NULL);
  int input = virEventAddHandle(STDIN_FILENO, VIR_EVENT_HANDLE_READABLE | VIR_EVENT_HANDLE_HANGUP | VIR_EVENT_HANDLE_ERROR, on_input, s, NULL);
  int answers = virEventAddHandle(s->pipe[0], VIR_EVENT_HANDLE_READABLE, on_answer, s, NULL);
  if (s->timer < 0 || input < 0 || answers < 0) return 70;
  while (!s->done)
    if (virEventRunDefaultImpl() < 0) return 70;
  return 0;
}

static int set_uri(struct source *s) {
  struct err e = {0};
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  bool here = str_eq(s->options.host, this_host()) || str_eq(s->options.host, name) || str_eq(s->options.host, "localhost");
  if (s->options.target) s->uri = mem_strdup(s->options.target);
  else if (uri_default(s->options.host, here, &s->uri, &e)) return err_print(&e), 64;
  if (uri_address(s->uri, &s->address, &e)) return err_print(&e), 64;
  s->here = here && s->address.transport == TRANSPORT_LOCAL;
  return 0;
}

int main(int argc, char **argv) {
  struct source s = {0};
  if (!strcmp(argv[0], SSH_PROGRAM)) return become_ssh(argc, argv);
  libvirt_xml_memory();
  int code = source_options_parse(argc, argv, usage, &s.options);
  if (!code) code = set_uri(&s);
  if (code) return code < 0 ? 0 : code;
  s.out = emitter_new(LAYER_LIBVIRT, s.options.host, STDOUT_FILENO);
  emitter_want_raw(s.out, s.options.raw);
  s.setup = setup_new(s.out, s.options.read_only, !s.options.once);
  virSetErrorFunc(NULL, no_words);
  if (pipe2(s.pipe, O_CLOEXEC) || virInitialize() < 0) code = 70;
  else code = s.options.once ? run_once(&s) : run(&s);
  if (s.connection) drop_connection(&s);
  setup_free(s.setup);
  str_free(&s.requests.text);
  arena_free(s.host_arena);
  emitter_free(s.out);
  mem_free(s.uri);
  return code;
}
