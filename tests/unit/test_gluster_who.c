/* Which peer a host is: a daemon of our own at one of its addresses tells. */
#include "base/clock.h"
#include "model/fragment.h"
#include "sources/gluster_rpc.h"
#include "sources/gluster_who.h"
#include "sources/gluster_xdr.h"
#include "tests/unit/unit.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct world w;
static int listener = -1, pipe_in, calls;

void world_dirty(struct world *world) { (void)world; } /* main's; here nothing is gathered */
static void on_news(void *owner) { (void)owner; }

static void on_call(void *owner, int fd, short revents) { /* the recorded answer of a pool of four, whose own number is 7100ef07-... */
  unsigned char call[256], body[8192];
  (void)owner, (void)revents;
  ssize_t n = recv(fd, call, sizeof call, 0);
  if (n < 8) return;
  calls++;
  FILE *f = fopen("tests/fixtures/gluster/friends.bin", "rb");
  assert_non_null(f);
  size_t len = fread(body, 1, sizeof body, f);
  fclose(f);
  struct str out = {0};
  const uint32_t xid = (uint32_t)call[4] << 24 | (uint32_t)call[5] << 16 | (uint32_t)call[6] << 8 | call[7], head[] = {0x80000000u | (uint32_t)(24 + len), xid, 1, 0, 0, 0, 0};
  for (size_t i = 0; i < COUNT(head); i++) xdr_u32(&out, head[i]);
  str_addn(&out, (const char *)body, len);
  assert_int_equal(send(fd, out.data, out.len, MSG_NOSIGNAL), (ssize_t)out.len);
  str_free(&out);
}

static void on_accept(void *owner, int fd, short revents) {
  (void)owner, (void)revents;
  int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (peer >= 0) loop_watch(w.loop, peer, POLLIN, on_call, NULL);
}

static const struct fragment *printed(void) { /* the last gluster.identity; NULL: none. To be dropped */
  static char bytes[65536];
  struct fragment *last = NULL;
  emit_flush(w.emit);
  ssize_t n = read(pipe_in, bytes, sizeof bytes - 1);
  bytes[n > 0 ? n : 0] = 0;
  for (char *line = bytes, *next; (next = strchr(line, '\n')); line = next + 1) {
    struct fragment *f = NULL;
    if (fragment_parse(line, (size_t)(next + 1 - line), &f, NULL)) continue;
    if (!strcmp(f->kind->name, "gluster.identity")) fragment_drop(last), last = f;
    else fragment_drop(f);
  }
  return last;
}

static void the_daemon_at_its_address_tells(void **state) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(GLUSTERD_PORT)};
  int ends[2], one = 1;
  (void)state;
  inet_pton(AF_INET, "127.0.0.77", &at.sin_addr);
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 5)) skip(); /* gluster itself runs here */
  assert_int_equal(pipe(ends), 0);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  pipe_in = ends[0];
  w.loop = loop_new();
  w.emit = emitter_new(LAYER_GLUSTER, "host1", ends[1]);
  w.names = names_new(w.loop, on_news, &w);
  w.pool_known = true;
  loop_watch(w.loop, listener, POLLIN, on_accept, NULL);
  struct who *o = who_new(&w);
  /* Nobody listens at the first address; the second word is none. */
  char line[] = "host2 127.0.0.78 store2 127.0.0.77";
  who_want(o, line);
  const struct fragment *f = NULL;
  for (int64_t end = clock_mono_ms() + 5000; !f && clock_mono_ms() < end; f = printed()) loop_step(w.loop, 50);
  assert_non_null(f);
  assert_string_equal(f->key, "host2");
  assert_string_equal(((const struct gluster_identity *)f->data)->uuid, "7100ef07-7095-4eba-849e-ecb762f3b231");
  assert_string_equal(((const struct gluster_identity *)f->data)->address, "127.0.0.77");
  fragment_drop((struct fragment *)f);
  for (int64_t end = clock_mono_ms() + 300; clock_mono_ms() < end;) loop_step(w.loop, 50);
  assert_int_equal(calls, 1); /* known for a minute */
  who_free(o);
  emitter_free(w.emit);
  names_free(w.names);
  loop_free(w.loop);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_daemon_at_its_address_tells)};
  return RUN(tests);
}
