#include "tui/output.h"
#include "base/clock.h"
#include "base/str.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum { PIECE = 64 }; /* without O_NONBLOCK: small enough to go whole when there is any room */

struct output {
  int fd;
  bool own; /* opened here, non-blocking */
  struct str bytes;
  size_t at;
  uint64_t sent;
};

struct output *output_new(int fd) {
  struct output *o = mem_alloc(sizeof(*o));
  char path[32];
  snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
  int own = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  o->own = own >= 0;
  o->fd = o->own ? own : fd;
  return o;
}

void output_free(struct output *o) {
  if (!o) return;
  if (o->own) close(o->fd);
  str_free(&o->bytes);
  mem_free(o);
}

void output_add(struct output *o, const void *bytes, size_t len) { str_addn(&o->bytes, bytes, len); }

static bool ready(const struct output *o, int max_ms) {
  struct pollfd p = {.fd = o->fd, .events = POLLOUT};
  return poll(&p, 1, max_ms) > 0;
}

int output_send(struct output *o) {
  while (o->at < o->bytes.len) {
    size_t len = o->bytes.len - o->at;
    if (!o->own && !ready(o, 0)) return -EAGAIN;
    if (!o->own && len > PIECE) len = PIECE;
    ssize_t n = write(o->fd, o->bytes.data + o->at, len);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return -EAGAIN;
    if (n <= 0) return -EIO;
    o->at += (size_t)n;
    o->sent += (uint64_t)n;
  }
  str_reset(&o->bytes);
  o->at = 0;
  return 0;
}

int output_drain(struct output *o, int max_ms) {
  int64_t end = clock_mono_ms() + max_ms;
  for (;;) {
    int code = output_send(o);
    int64_t left = end - clock_mono_ms();
    if (code != -EAGAIN || left <= 0 || !ready(o, (int)left)) return code;
  }
}

size_t output_left(const struct output *o) { return o->bytes.len - o->at; }
uint64_t output_sent(const struct output *o) { return o->sent; }
int output_fd(const struct output *o) { return o->fd; }
