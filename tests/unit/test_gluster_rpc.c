/* A connection against a daemon that answers late, in pieces, calls back first, lies, hangs or goes away. */
#include "base/clock.h"
#include "sources/gluster_rpc.h"
#include "sources/gluster_xdr.h"
#include "tests/unit/unit.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

struct bench {
  struct loop *loop;
  struct rpc *rpc;
  int listener, peer; /* the daemon's ends */
  int answers, code, hints, losses;
  char body[64];
  size_t len;
};

static void on_reply(void *owner, int code, const unsigned char *body, size_t len) {
  struct bench *b = owner;
  b->answers++;
  b->code = code;
  b->len = len;
  if (len && len <= sizeof b->body) memcpy(b->body, body, len);
}
static void on_hint(void *owner) { ((struct bench *)owner)->hints++; }
static void on_lost(void *owner) { ((struct bench *)owner)->losses++; }

static struct sockaddr_un place(void) {
  struct sockaddr_un a = {.sun_family = AF_UNIX};
  snprintf(a.sun_path + 1, sizeof a.sun_path - 1, "kvmconsole-test-%d", getpid()); /* abstract: leaves nothing behind */
  return a;
}

static int begin(void **state) {
  struct bench *b = mem_alloc(sizeof *b);
  struct sockaddr_un a = place();
  b->loop = loop_new();
  b->rpc = rpc_new(b->loop, b, on_hint, on_lost);
  b->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(b->listener, (struct sockaddr *)&a, sizeof a) || listen(b->listener, 5)) return -1;
  b->peer = -1;
  *state = b;
  return 0;
}

static int end(void **state) {
  struct bench *b = *state;
  rpc_free(b->rpc);
  loop_free(b->loop);
  close(b->listener);
  if (b->peer >= 0) close(b->peer);
  mem_free(b);
  return 0;
}

static void open_it(struct bench *b) {
  struct sockaddr_un a = place();
  rpc_connect(b->rpc, (struct sockaddr *)&a, sizeof a, 500);
  b->peer = accept4(b->listener, NULL, NULL, SOCK_CLOEXEC);
  assert_true(b->peer >= 0);
}

static void run(struct bench *b, int answers, int64_t at_most_ms) {
  for (int64_t until = clock_mono_ms() + at_most_ms; b->answers < answers && clock_mono_ms() < until;) loop_step(b->loop, 10);
}

static uint32_t take_call(struct bench *b) { /* its xid */
  unsigned char call[64];
  for (int i = 0; i < 5; i++) loop_step(b->loop, 0);
  ssize_t n = recv(b->peer, call, sizeof call, 0);
  assert_int_equal(n, 44 + 4);
  return (uint32_t)call[4] << 24 | (uint32_t)call[5] << 16 | (uint32_t)call[6] << 8 | call[7];
}

static void put_reply(struct str *out, uint32_t xid, const char *body, size_t len) {
  const uint32_t head[] = {0x80000000u | (uint32_t)(24 + len), xid, 1, 0, 0, 0, 0};
  for (size_t i = 0; i < COUNT(head); i++) xdr_u32(out, head[i]);
  str_addn(out, body, len);
}

static void ask(struct bench *b, int64_t timeout_ms) { rpc_call(b->rpc, &RPC_LIST_VOLUME, "\0\0\0\0", 4, timeout_ms, on_reply, b); }

static void an_answer_byte_by_byte(void **state) {
  struct bench *b = *state;
  CLEANUP(str_free) struct str out = {0};
  open_it(b);
  ask(b, 2000);
  put_reply(&out, take_call(b), "word", 4);
  for (size_t i = 0; i < out.len; i++) {
    assert_int_equal(b->answers, 0);
    assert_int_equal(send(b->peer, out.data + i, 1, 0), 1);
    loop_step(b->loop, 100);
  }
  run(b, 1, 1000);
  assert_int_equal(b->answers, 1);
  assert_int_equal(b->code, 0);
  assert_memory_equal(b->body, "word", 4);
}

static void the_daemons_own_call_is_a_hint(void **state) {
  struct bench *b = *state;
  CLEANUP(str_free) struct str out = {0};
  open_it(b);
  ask(b, 2000);
  uint32_t xid = take_call(b);
  xdr_call(&out, 1, 52743234, 1, 1, NULL, 0);
  put_reply(&out, xid, "late", 4);
  assert_int_equal(send(b->peer, out.data, out.len, 0), (ssize_t)out.len);
  run(b, 1, 1000);
  assert_int_equal(b->hints, 1);
  assert_int_equal(b->code, 0);
}

static void one_that_hangs_is_known_and_kept(void **state) {
  struct bench *b = *state;
  CLEANUP(str_free) struct str out = {0};
  open_it(b);
  ask(b, 50);
  uint32_t xid = take_call(b);
  run(b, 1, 1000);
  assert_int_equal(b->code, -ETIMEDOUT);
  assert_true(rpc_open(b->rpc));
  assert_true(rpc_mute_ms(b->rpc) >= 40);
  put_reply(&out, xid, "woke", 4); /* its late answer is nobody's, but it says that it lives */
  assert_int_equal(send(b->peer, out.data, out.len, 0), (ssize_t)out.len);
  for (int i = 0; i < 5; i++) loop_step(b->loop, 10);
  assert_int_equal(b->answers, 1);
  assert_int_equal(rpc_mute_ms(b->rpc), 0);
}

static void one_that_goes_away(void **state) {
  struct bench *b = *state;
  open_it(b);
  ask(b, 2000);
  ask(b, 2000);
  loop_step(b->loop, 10);
  close(b->peer);
  b->peer = -1;
  run(b, 2, 1000);
  assert_int_equal(b->answers, 2);
  assert_int_equal(b->code, -ECONNRESET);
  assert_int_equal(b->losses, 1);
  assert_false(rpc_open(b->rpc));
  ask(b, 2000); /* answered at once: why the last one failed */
  assert_int_equal(b->answers, 3);
  assert_int_equal(b->code, -ECONNRESET);
}

static void one_that_talks_nonsense(void **state) {
  struct bench *b = *state;
  open_it(b);
  ask(b, 2000);
  take_call(b);
  assert_int_equal(send(b->peer, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, 0), 28);
  run(b, 1, 1000);
  assert_int_equal(b->code, -EPROTO);
  assert_false(rpc_open(b->rpc));
}

static void nobody_there(void **state) {
  struct bench *b = *state;
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  rpc_connect(b->rpc, (struct sockaddr *)&a, sizeof a, 500);
  ask(b, 2000);
  run(b, 1, 1000);
  assert_int_equal(b->answers, 1);
  assert_int_equal(b->code, -ECONNREFUSED);
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)
  const struct CMUnitTest tests[] = {
      TEST(an_answer_byte_by_byte), TEST(the_daemons_own_call_is_a_hint), TEST(one_that_hangs_is_known_and_kept),
      TEST(one_that_goes_away),     TEST(one_that_talks_nonsense),        TEST(nobody_there),
  };
  return RUN(tests);
}
