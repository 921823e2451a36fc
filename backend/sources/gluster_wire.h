/* A TCP connection that carries lines, on the loop. Never blocks; what comes is bounded, and so is what waits to go. */
#ifndef SOURCES_GLUSTER_WIRE_H
#define SOURCES_GLUSTER_WIRE_H
#include "base/loop.h"
#include <stddef.h>
#include <sys/socket.h>

struct wire;
struct wire_hooks { /* each may drop the wire */
  void (*up)(void *owner);                           /* connected; NULL where it was accepted */
  void (*line)(void *owner, char *line, size_t len); /* without its newline, NUL-terminated, borrowed */
  void (*end)(void *owner, int code);                /* -errno; the wire is gone already */
};
/* NULL: -errno in *code; hooks are not called from here. */
struct wire *wire_connect(struct loop *l, const struct sockaddr *to, socklen_t len, int64_t timeout_ms, size_t line_max, const struct wire_hooks *h,
                          void *owner, int *code);
struct wire *wire_accepted(struct loop *l, int fd, size_t line_max, const struct wire_hooks *h, void *owner); /* takes fd */
void wire_send(struct wire *w, const char *bytes, size_t len); /* a reader that is too slow is given up, by the loop */
void wire_drop(struct wire *w); /* without end(); NULL is fine */
/* Listens on port, on all addresses of both families: a descriptor, or -errno. */
int wire_listen(int port);
#endif
