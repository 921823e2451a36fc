#include "sources/gluster_name.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/str.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

enum { NAMES_MAX = 4096, ADDRESSES_MAX = 4, CHILDREN_MAX = 8, LOOKUP_MS = 4000, GOOD_MS = 600000, BAD_MS = 15000, DOUBT_MS = 30000 };

struct name {
  struct name *next;
  struct names *all;
  char *host;
  struct sockaddr_storage address[ADDRESSES_MAX];
  size_t count, turn, found; /* found: lines of the look-up under way */
  int64_t known_since;       /* -1: never looked up */
  struct child *child;
  struct timer *deadline;
};

struct names {
  struct loop *loop;
  void (*news)(void *owner);
  void *owner;
  struct name *first;
  size_t count, children;
};

struct names *names_new(struct loop *l, void (*news)(void *owner), void *owner) {
  struct names *n = mem_alloc(sizeof *n);
  *n = (struct names){.loop = l, .news = news, .owner = owner};
  return n;
}

void names_free(struct names *n) {
  if (!n) return;
  for (struct name *e; (e = n->first);) {
    n->first = e->next;
    child_drop(e->child);
    timer_end(e->deadline);
    mem_free(e->host);
    mem_free(e);
  }
  mem_free(n);
}

bool name_valid(const char *host) {
  size_t len = host ? strlen(host) : 0;
  if (!len || len > 255 || host[0] == '-') return false;
  for (const char *c = host; *c; c++)
    if (!isalnum((unsigned char)*c) && !strchr("._-:%", *c)) return false;
  return true;
}

static bool literal(const char *host, struct sockaddr_storage *ret) {
  struct sockaddr_in v4 = {.sin_family = AF_INET};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
  memset(ret, 0, sizeof *ret);
  if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) memcpy(ret, &v4, sizeof v4);
  else if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1) memcpy(ret, &v6, sizeof v6);
  else return false;
  return true;
}

/* "10.0.0.21       STREAM node1" */
static void on_line(void *owner, char *line, size_t len, bool cut) {
  struct name *e = owner;
  struct sockaddr_storage address;
  (void)len;
  char *kind = line + strcspn(line, " \t");
  if (cut || e->found == ADDRESSES_MAX || !strstr(kind, "STREAM")) return;
  *kind = 0;
  if (literal(line, &address)) e->address[e->found++] = address;
}

static void on_gone(void *owner, int status) {
  struct name *e = owner;
  (void)status;
  e->child = NULL;
  e->all->children--;
  timer_set(e->deadline, -1);
  e->known_since = clock_mono_ms();
  if (e->found || !e->count) e->count = e->found; /* an address that was good is not thrown away for a failed look-up */
  if (e->turn >= e->count) e->turn = 0;
  e->all->news(e->all->owner);
}

static void on_deadline(void *owner) {
  struct name *e = owner;
  if (e->child) child_end(e->child);
}

static void look_up(struct name *e) {
  if (e->child || e->all->children >= CHILDREN_MAX) return;
  const char *argv[] = {"getent", "ahosts", e->host, NULL};
  e->found = 0;
  e->child = child_start(e->all->loop, &(struct child_spec){.argv = argv, .max_line = 512, .on_out = on_line, .on_exit = on_gone, .owner = e}, NULL);
  if (!e->child) {
    e->known_since = clock_mono_ms();
    return;
  }
  e->all->children++;
  timer_set(e->deadline, LOOKUP_MS);
}

static struct name *entry(struct names *n, const char *host) {
  for (struct name *e = n->first; e; e = e->next)
    if (!strcmp(e->host, host)) return e;
  if (n->count == NAMES_MAX) return NULL;
  struct name *e = mem_alloc(sizeof *e);
  *e = (struct name){.next = n->first, .all = n, .host = mem_strdup(host), .known_since = -1};
  e->deadline = loop_timer(n->loop, -1, on_deadline, e);
  n->first = e;
  n->count++;
  return e;
}

int name_find(struct names *n, const char *host, int port, struct sockaddr_storage *ret, socklen_t *ret_len) {
  if (!name_valid(host)) return -EINVAL;
  if (!literal(host, ret)) {
    struct name *e = entry(n, host);
    if (!e) return -ENOENT;
    int64_t age = clock_mono_ms() - e->known_since;
    if (e->known_since < 0 || age > (e->count ? GOOD_MS : BAD_MS)) look_up(e);
    if (!e->count) return e->known_since < 0 || e->child ? -EAGAIN : -ENOENT;
    *ret = e->address[e->turn];
  }
  if (ret->ss_family == AF_INET) ((struct sockaddr_in *)ret)->sin_port = htons((uint16_t)port);
  else ((struct sockaddr_in6 *)ret)->sin6_port = htons((uint16_t)port);
  *ret_len = ret->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
  return 0;
}

void name_doubt(struct names *n, const char *host) {
  for (struct name *e = n->first; e; e = e->next) {
    if (strcmp(e->host, host)) continue;
    if (e->count) e->turn = (e->turn + 1) % e->count;
    if (e->known_since >= 0 && clock_mono_ms() - e->known_since > DOUBT_MS) look_up(e);
    return;
  }
}

static void add_address(struct arena *a, const struct sockaddr_storage *address, struct texts *ret) {
  char text[INET6_ADDRSTRLEN];
  const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
  const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
  bool is_v4 = address->ss_family == AF_INET;
  if (is_v4 ? ntohl(v4->sin_addr.s_addr) >> 24 == 127 : IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr)) return;
  if (inet_ntop(address->ss_family, is_v4 ? (const void *)&v4->sin_addr : &v6->sin6_addr, text, sizeof text)) texts_add(a, ret, text);
}

void name_addresses(const struct names *n, const char *host, struct arena *a, struct texts *ret) {
  struct sockaddr_storage one;
  if (literal(host, &one)) add_address(a, &one, ret);
  for (const struct name *e = n->first; e; e = e->next)
    for (size_t i = 0; !strcmp(e->host, host) && i < e->count; i++) add_address(a, &e->address[i], ret);
}
