#include "sources/gluster_rpc.h"
#include "base/clock.h"
#include "sources/emit.h"
#include "sources/gluster_xdr.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { READ_AT_ONCE = 65536, READS_A_TURN = 8, SEND_MAX = 1 << 20 };
enum { PROGRAM_CLI = 1238463, PROGRAM_PORTMAP = 34123456, PROGRAM_DUMP = 123451501 };

const struct rpc_proc RPC_FRIENDS = {PROGRAM_CLI, 2, 3}, RPC_GET_VOLUME = {PROGRAM_CLI, 2, 5}, RPC_STATUS = {PROGRAM_CLI, 2, 27},
                      RPC_HEAL = {PROGRAM_CLI, 2, 31}, RPC_LIST_VOLUME = {PROGRAM_CLI, 2, 33}, RPC_PORT_OF_BRICK = {PROGRAM_PORTMAP, 1, 1},
                      RPC_DUMP = {PROGRAM_DUMP, 1, 1};

struct call {
  struct call *next;
  uint32_t xid;
  int64_t sent, due;
  const struct rpc_proc *proc;
  uint32_t asked; /* a sum of the arguments: what was asked, for raw answers */
  reply_fn *fn;
  void *owner;
};

struct rpc {
  struct loop *loop;
  void *owner;
  event_fn *on_hint, *on_lost;
  int fd; /* -1: none */
  bool connected, over_tcp;
  unsigned generation; /* of the connection: a handler may have replaced it */
  int why;             /* -errno of the last failure */
  int64_t connect_due, mute_since;
  struct watch *watch;
  struct timer *timer;
  struct call *calls; /* oldest first */
  struct str in, out;
  uint32_t xid;
  struct emitter *raw; /* NULL: answers are not printed */
  char *whose;
};

static void on_timer(void *owner);
static void on_ready(void *owner, int fd, short revents);

struct rpc *rpc_new(struct loop *l, void *owner, event_fn *on_hint, event_fn *on_lost) {
  struct rpc *r = mem_alloc(sizeof *r);
  *r = (struct rpc){.loop = l, .owner = owner, .on_hint = on_hint, .on_lost = on_lost, .fd = -1, .why = -ENOTCONN};
  r->timer = loop_timer(l, -1, on_timer, r);
  return r;
}

void rpc_print_raw(struct rpc *r, struct emitter *e, const char *whose) {
  mem_free(r->whose);
  r->raw = e;
  r->whose = mem_strdup(whose);
}

static void drop_socket(struct rpc *r) {
  watch_end(r->watch);
  r->watch = NULL;
  if (r->fd >= 0) close(r->fd);
  r->fd = -1;
  r->connected = false;
  r->mute_since = 0;
  r->generation++;
  str_reset(&r->in);
  str_reset(&r->out);
}

void rpc_close(struct rpc *r) {
  drop_socket(r);
  r->why = -ENOTCONN;
  for (struct call *c; (c = r->calls);) {
    r->calls = c->next;
    mem_free(c);
  }
  timer_set(r->timer, -1);
}

void rpc_free(struct rpc *r) {
  if (!r) return;
  rpc_close(r);
  timer_end(r->timer);
  str_free(&r->in);
  str_free(&r->out);
  mem_free(r->whose);
  mem_free(r);
}

static void set_timer(struct rpc *r) {
  int64_t due = r->fd >= 0 && !r->connected ? r->connect_due : INT64_MAX;
  for (const struct call *c = r->calls; c; c = c->next)
    if (c->due < due) due = c->due;
  int64_t in = due - clock_mono_ms();
  timer_set(r->timer, due == INT64_MAX ? -1 : in > 0 ? in : 0);
}

/* Gives up the connection. Every call on it is answered with code; its handlers may connect and call anew. */
static void fail(struct rpc *r, int code) {
  struct call *calls = r->calls;
  bool stood = r->connected;
  r->calls = NULL;
  drop_socket(r);
  r->why = code;
  set_timer(r);
  for (struct call *c = calls, *next; c; c = next) {
    next = c->next;
    c->fn(c->owner, code, NULL, 0);
    mem_free(c);
  }
  if (stood && r->on_lost) r->on_lost(r->owner);
}

/* True when bytes we sent are not even acknowledged by the other kernel: the host is cut off, not only its daemon hung. */
static bool unacknowledged(const struct rpc *r) {
  struct tcp_info info;
  socklen_t len = sizeof info;
  return r->over_tcp && !getsockopt(r->fd, IPPROTO_TCP, TCP_INFO, &info, &len) && info.tcpi_unacked > 0;
}

static void on_timer(void *owner) {
  struct rpc *r = owner;
  int64_t now = clock_mono_ms();
  if (r->fd >= 0 && !r->connected && r->connect_due <= now) {
    fail(r, -EHOSTUNREACH);
    return;
  }
  for (struct call **at = &r->calls, *c; (c = *at);) {
    if (c->due > now) {
      at = &c->next;
      continue;
    }
    if (unacknowledged(r)) {
      fail(r, -EHOSTUNREACH);
      return;
    }
    *at = c->next;
    if (!r->mute_since) r->mute_since = c->sent;
    c->fn(c->owner, -ETIMEDOUT, NULL, 0);
    mem_free(c);
    at = &r->calls; /* the handler may have changed the list */
  }
  set_timer(r);
}

static int normal(int code) {
  switch (code) {
  case ETIMEDOUT:
  case ENETUNREACH:
  case EHOSTDOWN:
  case ENETDOWN: return -EHOSTUNREACH;
  case EPIPE: return -ECONNRESET;
  default: return -code;
  }
}

static void send_out(struct rpc *r) {
  while (r->out.len) {
    ssize_t n = send(r->fd, r->out.data, r->out.len, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) break;
    if (n <= 0) {
      fail(r, normal(errno));
      return;
    }
    memmove(r->out.data, r->out.data + n, r->out.len - (size_t)n);
    r->out.len -= (size_t)n;
  }
  watch_events(r->watch, r->out.len ? POLLIN | POLLOUT : POLLIN);
}

static void take_message(struct rpc *r, const struct message *m) {
  if (m->kind == MESSAGE_CALL) { /* FETCHSPEC: "a volume changed". It expects no answer. */
    if (r->on_hint) r->on_hint(r->owner);
    return;
  }
  r->mute_since = 0;
  for (struct call **at = &r->calls, *c; (c = *at); at = &c->next) {
    if (c->xid != m->xid) continue;
    *at = c->next;
    if (r->raw && !m->code) {
      CLEANUP(mem_freep) char *call = mem_printf("rpc %u/%u/%u %s #%08x", c->proc->program, c->proc->version, c->proc->procedure, r->whose, c->asked);
      emit_raw(r->raw, call, m->body, m->len);
    }
    c->fn(c->owner, m->code, m->body, m->len);
    mem_free(c);
    return;
  }
}

static void take_records(struct rpc *r) {
  for (unsigned generation = r->generation;;) {
    size_t used = 0;
    int64_t len = record_next(&r->in, &used);
    if (len == 0) break;
    struct message m;
    if (len < 0 || message_parse((unsigned char *)r->in.data, (size_t)len, &m)) {
      fail(r, -EPROTO);
      return;
    }
    /* The handler may close or replace this connection, and with it the buffer the message lies in. */
    struct str whole = r->in;
    r->in = (struct str){0};
    take_message(r, &m);
    if (generation != r->generation) {
      str_free(&whole);
      return;
    }
    memmove(whole.data, whole.data + used, whole.len - used);
    whole.len -= used;
    str_free(&r->in);
    r->in = whole;
  }
  set_timer(r);
}

static void receive(struct rpc *r) {
  char buffer[READ_AT_ONCE];
  unsigned generation = r->generation;
  for (int turn = 0; turn < READS_A_TURN && r->fd >= 0 && generation == r->generation; turn++) {
    ssize_t n = recv(r->fd, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      fail(r, n ? normal(errno) : -ECONNRESET);
      return;
    }
    str_addn(&r->in, buffer, (size_t)n);
    take_records(r);
    if ((size_t)n < sizeof buffer) return;
  }
}

/* A port nobody listens on may be given to ourselves as the near end, and TCP then connects the socket with itself. */
static bool with_itself(int fd) {
  struct sockaddr_storage near, far;
  socklen_t a = sizeof near, b = sizeof far;
  memset(&near, 0, sizeof near);
  memset(&far, 0, sizeof far);
  return !getsockname(fd, (struct sockaddr *)&near, &a) && !getpeername(fd, (struct sockaddr *)&far, &b) && near.ss_family != AF_UNIX && a == b &&
         !memcmp(&near, &far, a);
}

static void on_ready(void *owner, int fd, short revents) {
  struct rpc *r = owner;
  unsigned generation = r->generation;
  if (!r->connected) {
    int code = 0;
    socklen_t len = sizeof code;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &len)) code = errno;
    if (!code && !(revents & (POLLOUT | POLLIN))) return;
    if (!code && with_itself(fd)) code = ECONNREFUSED;
    if (code) {
      fail(r, normal(code));
      return;
    }
    r->connected = true;
    set_timer(r);
  }
  if (revents & POLLOUT) send_out(r);
  if (generation == r->generation && (revents & (POLLIN | POLLHUP | POLLERR))) receive(r);
}

/* A connection to a daemon that hangs is kept, and nothing is sent on it. Should its host be lost or booted anew meanwhile,
 * only the kernels' own signs of life tell. */
static void set_options(int fd) {
  static const struct { int level, name, value; } options[] = {
      {IPPROTO_TCP, TCP_NODELAY, 1}, {SOL_SOCKET, SO_KEEPALIVE, 1}, {IPPROTO_TCP, TCP_KEEPIDLE, 4}, {IPPROTO_TCP, TCP_KEEPINTVL, 2},
      {IPPROTO_TCP, TCP_KEEPCNT, 3}, {IPPROTO_TCP, TCP_USER_TIMEOUT, 8000}};
  for (size_t i = 0; i < COUNT(options); i++) setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof options[i].value);
}

void rpc_connect(struct rpc *r, const struct sockaddr *to, socklen_t len, int64_t timeout_ms) {
  if (r->fd >= 0) fail(r, -ECONNRESET);
  r->over_tcp = to->sa_family != AF_UNIX;
  r->fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (r->fd < 0) {
    r->why = -errno;
    return;
  }
  if (r->over_tcp) set_options(r->fd);
  int done = connect(r->fd, to, len);
  if (done && errno != EINPROGRESS) {
    /* A full queue of a daemon that accepts no more is EAGAIN on a local socket: it is there, and it is hung. */
    r->why = errno == EAGAIN ? -ETIMEDOUT : normal(errno);
    close(r->fd);
    r->fd = -1;
    return;
  }
  r->generation++;
  r->connected = done == 0;
  r->connect_due = clock_mono_ms() + timeout_ms;
  r->watch = loop_watch(r->loop, r->fd, POLLIN | POLLOUT, on_ready, r);
  set_timer(r);
}

void rpc_call(struct rpc *r, const struct rpc_proc *proc, const void *args, size_t len, int64_t timeout_ms, reply_fn *fn, void *owner) {
  if (r->fd < 0 || r->out.len + len > SEND_MAX) {
    fn(owner, r->fd < 0 ? r->why : -ENOBUFS, NULL, 0);
    return;
  }
  struct call *c = mem_alloc(sizeof *c);
  int64_t now = clock_mono_ms();
  *c = (struct call){.proc = proc, .xid = ++r->xid, .sent = now, .due = now + timeout_ms, .fn = fn, .owner = owner};
  for (size_t i = 0; r->raw && i < len; i++) c->asked = c->asked * 31 + ((const unsigned char *)args)[i];
  struct call **end = &r->calls;
  while (*end) end = &(*end)->next;
  *end = c;
  xdr_call(&r->out, c->xid, proc->program, proc->version, proc->procedure, args, len);
  watch_events(r->watch, POLLIN | POLLOUT); /* sent by the loop: no handler is called from here */
  set_timer(r);
}

bool rpc_open(const struct rpc *r) { return r->fd >= 0; }
bool rpc_connected(const struct rpc *r) { return r->connected; }
int64_t rpc_mute_ms(const struct rpc *r) { return r->mute_since ? clock_mono_ms() - r->mute_since : 0; }
