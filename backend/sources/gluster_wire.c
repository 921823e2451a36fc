#include "sources/gluster_wire.h"
#include "base/str.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { OUT_MAX = 16 << 20, READ_AT_ONCE = 16384, READS_A_TURN = 8, BACKLOG = 64, UNACKNOWLEDGED_MS = 15000 };

struct wire {
  int fd;
  bool up;
  size_t line_max;
  const struct wire_hooks *hooks;
  void *owner;
  struct watch *watch;
  struct timer *timer; /* the connection's deadline, then: what must be ended outside of wire_send() */
  struct str in, out;
  bool *gone; /* set when it was dropped by a handler it called */
};

void wire_drop(struct wire *w) {
  if (!w) return;
  if (w->gone) *w->gone = true;
  watch_end(w->watch);
  timer_end(w->timer);
  close(w->fd);
  str_free(&w->in);
  str_free(&w->out);
  mem_free(w);
}

static void fail(struct wire *w, int code) {
  const struct wire_hooks *h = w->hooks;
  void *owner = w->owner;
  wire_drop(w);
  h->end(owner, code);
}

static void on_timer(void *owner) {
  struct wire *w = owner;
  fail(w, w->up ? -ENOBUFS : -ETIMEDOUT);
}

/* False when the wire is gone. */
static bool take_lines(struct wire *w) {
  bool gone = false;
  for (char *end; w->in.len && (end = memchr(w->in.data, '\n', w->in.len));) {
    size_t len = (size_t)(end - w->in.data);
    if (len > w->line_max) break;
    struct str whole = w->in; /* the handler may drop the wire, and with it the buffer */
    w->in = (struct str){0};
    *end = 0;
    w->gone = &gone;
    w->hooks->line(w->owner, whole.data, len);
    if (gone) {
      str_free(&whole);
      return false;
    }
    w->gone = NULL;
    memmove(whole.data, whole.data + len + 1, whole.len - len - 1);
    whole.len -= len + 1;
    str_free(&w->in);
    w->in = whole;
  }
  if (w->in.len <= w->line_max) return true;
  fail(w, -EMSGSIZE);
  return false;
}

static bool receive(struct wire *w) {
  char part[READ_AT_ONCE];
  for (int turn = 0; turn < READS_A_TURN; turn++) {
    ssize_t n = recv(w->fd, part, sizeof part, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return true;
    if (n <= 0) {
      fail(w, n ? -errno : -ECONNRESET);
      return false;
    }
    str_addn(&w->in, part, (size_t)n);
    if (!take_lines(w)) return false;
  }
  return true;
}

static void send_out(struct wire *w) {
  while (w->out.len) {
    ssize_t n = send(w->fd, w->out.data, w->out.len, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break; /* what ails it is told by the next reading */
    memmove(w->out.data, w->out.data + n, w->out.len - (size_t)n);
    w->out.len -= (size_t)n;
  }
  watch_events(w->watch, w->out.len ? POLLIN | POLLOUT : POLLIN);
}

/* Nobody listens there, and the near end was given the same port: TCP connects the socket with itself. */
static bool with_itself(int fd) {
  struct sockaddr_storage near, far;
  socklen_t a = sizeof near, b = sizeof far;
  memset(&near, 0, sizeof near);
  memset(&far, 0, sizeof far);
  return !getsockname(fd, (struct sockaddr *)&near, &a) && !getpeername(fd, (struct sockaddr *)&far, &b) && a == b && !memcmp(&near, &far, a);
}

static bool come_up(struct wire *w) {
  int code = 0;
  socklen_t len = sizeof code;
  if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &code, &len)) code = errno;
  if (!code && with_itself(w->fd)) code = ECONNREFUSED;
  if (code) {
    fail(w, -code);
    return false;
  }
  bool gone = false;
  w->up = true;
  timer_set(w->timer, -1);
  w->gone = &gone;
  w->hooks->up(w->owner);
  if (!gone) w->gone = NULL;
  return !gone;
}

static void on_ready(void *owner, int fd, short revents) {
  struct wire *w = owner;
  (void)fd;
  if (!w->up && !come_up(w)) return;
  if (revents & (POLLIN | POLLHUP | POLLERR) && !receive(w)) return;
  send_out(w);
}

static struct wire *make(struct loop *l, int fd, size_t line_max, const struct wire_hooks *h, void *owner) {
  struct wire *w = mem_alloc(sizeof *w);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &(unsigned){UNACKNOWLEDGED_MS}, sizeof(unsigned));
  *w = (struct wire){.fd = fd, .line_max = line_max, .hooks = h, .owner = owner};
  w->timer = loop_timer(l, -1, on_timer, w);
  return w;
}

struct wire *wire_connect(struct loop *l, const struct sockaddr *to, socklen_t len, int64_t timeout_ms, size_t line_max, const struct wire_hooks *h,
                          void *owner, int *code) {
  int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  *code = fd < 0 ? -errno : 0;
  if (fd < 0) return NULL;
  if (connect(fd, to, len) && errno != EINPROGRESS) {
    *code = -errno;
    close(fd);
    return NULL;
  }
  struct wire *w = make(l, fd, line_max, h, owner);
  w->watch = loop_watch(l, fd, POLLIN | POLLOUT, on_ready, w);
  timer_set(w->timer, timeout_ms);
  return w;
}

struct wire *wire_accepted(struct loop *l, int fd, size_t line_max, const struct wire_hooks *h, void *owner) {
  struct wire *w = make(l, fd, line_max, h, owner);
  w->up = true;
  w->watch = loop_watch(l, fd, POLLIN, on_ready, w);
  return w;
}

void wire_send(struct wire *w, const char *bytes, size_t len) {
  if (w->out.len + len > OUT_MAX) {
    timer_set(w->timer, 0);
    return;
  }
  str_addn(&w->out, bytes, len);
  if (w->up) watch_events(w->watch, POLLIN | POLLOUT);
}

static int listen_at(const struct sockaddr *at, socklen_t len) {
  int fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)); /* a leader that has just ended leaves traces on the port */
  if (at->sa_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, sizeof(int));
  if (!bind(fd, at, len) && !listen(fd, BACKLOG)) return fd;
  int code = -errno;
  close(fd);
  return code;
}

int wire_listen(int port) {
  struct sockaddr_in6 both = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = in6addr_any};
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int fd = listen_at((struct sockaddr *)&both, sizeof both);
  if (fd == -EAFNOSUPPORT || fd == -EADDRNOTAVAIL) fd = listen_at((struct sockaddr *)&four, sizeof four); /* a kernel without IPv6 */
  return fd;
}
