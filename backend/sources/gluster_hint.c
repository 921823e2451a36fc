#include "sources/gluster_hint.h"
#include "base/clock.h"
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORTS = 2, READS_A_TURN = 64, GAP_MS = 500 };
static const uint16_t ports[PORTS] = {55555, 24009}; /* since 10, and before */

struct hints {
  int fd[PORTS];
  struct watch *watch[PORTS];
  struct timer *timer; /* several events are one look */
  int64_t looked;
  void (*look)(void *owner);
  void *owner;
};

static void on_timer(void *owner) {
  struct hints *h = owner;
  h->looked = clock_mono_ms();
  h->look(h->owner);
}

static void on_event(void *owner, int fd, short revents) {
  struct hints *h = owner;
  char unread[1];
  (void)revents;
  for (int i = 0; i < READS_A_TURN && recv(fd, unread, sizeof unread, MSG_DONTWAIT | MSG_TRUNC) >= 0; i++) {}
  if (timer_armed(h->timer)) return;
  int64_t since = clock_mono_ms() - h->looked;
  timer_set(h->timer, since < GAP_MS ? GAP_MS - since : 20);
}

static int listen_on(uint16_t port) {
  struct sockaddr_in6 here = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_any};
  int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, sizeof(int)); /* they come from ::1 and from 127.0.0.1 */
  if (!bind(fd, (struct sockaddr *)&here, sizeof here)) return fd;
  close(fd);
  return -1;
}

struct hints *hints_new(struct loop *l, void (*look)(void *owner), void *owner) {
  struct hints *h = mem_alloc(sizeof *h);
  *h = (struct hints){.look = look, .owner = owner, .looked = -GAP_MS};
  h->timer = loop_timer(l, -1, on_timer, h);
  for (int i = 0; i < PORTS; i++)
    if ((h->fd[i] = listen_on(ports[i])) >= 0) h->watch[i] = loop_watch(l, h->fd[i], POLLIN, on_event, h);
  return h;
}

void hints_free(struct hints *h) {
  if (!h) return;
  for (int i = 0; i < PORTS; i++) {
    watch_end(h->watch[i]);
    if (h->fd[i] >= 0) close(h->fd[i]);
  }
  timer_end(h->timer);
  mem_free(h);
}
