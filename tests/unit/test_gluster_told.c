/* What consoles of different hosts tell each other, and what they do not believe. */
#include "sources/gluster_told.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <string.h>

#define ID "0123456789abcdef0123456789abcdef"
static struct arena *arena;

static int parse(const char *line, struct told *ret) {
  if (!arena) arena = arena_new();
  return told_parse(arena, line, strlen(line), ret);
}

static void there_and_back(void **state) {
  (void)state;
  CLEANUP(str_free) struct str out = {0};
  struct told t;
  struct leader l = {.rank = {2, 1700000000000, ID, "kvm01"}, .beat = 77, .hops = 3};
  told_hello(&out, &l.rank, 12345);
  told_quiet(&out, ID, "kvm02", 9000);
  told_leader(&out, &l, 5);
  told_leader(&out, NULL, 5);
  told_ready(&out);
  char *line[5], *rest = out.data;
  for (int i = 0; i < 5; i++) line[i] = strsep(&rest, "\n");
  assert_string_equal(rest, "");
  assert_int_equal(parse(line[0], &t), 0);
  assert_int_equal(t.kind, TOLD_HELLO);
  assert_int_equal(t.version, TOLD_VERSION);
  assert_int_equal(t.sent, 12345);
  assert_string_equal(t.id, ID);
  assert_string_equal(t.host, "kvm01");
  assert_int_equal(parse(line[1], &t), 0);
  assert_int_equal(t.kind, TOLD_QUIET);
  assert_int_equal(t.quiet, 9000);
  assert_string_equal(t.host, "kvm02");
  assert_int_equal(parse(line[2], &t), 0);
  assert_int_equal(t.kind, TOLD_LEADER);
  assert_int_equal(rank_order(&t.leader.rank, &l.rank), 0);
  assert_string_equal(t.leader.rank.host, "kvm01");
  assert_int_equal(t.leader.beat, 77);
  assert_int_equal(t.leader.hops, 3);
  assert_int_equal(t.sent, 5);
  assert_int_equal(parse(line[3], &t), 0);
  assert_int_equal(t.kind, TOLD_NOBODY);
  assert_int_equal(parse(line[4], &t), 0);
  assert_int_equal(t.kind, TOLD_READY);
}

static void a_volume(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  CLEANUP(str_free) struct str out = {0};
  struct told t;
  struct told_volume v;
  shape_init(&told_volume_shape, &v);
  v.id = "a82bde99-b47f-4653-a811-126fcf470cca";
  v.asked = 4000, v.heal_age = 4100, v.heals = 3;
  struct gluster_brick_heal *b = list_add(a, &v.heal.bricks, &gluster_brick_heal_shape);
  b->host = "node1", b->path = "/data", b->pending = 214;
  told_volume(&out, &v, 99);
  out.data[--out.len] = 0;
  assert_int_equal(parse(out.data, &t), 0);
  assert_int_equal(t.kind, TOLD_VOLUME);
  assert_int_equal(t.sent, 99);
  assert_true(shape_equal(&told_volume_shape, &v, &t.volume));
  assert_true(t.volume.space_age == UNKNOWN_INT && t.volume.muted == UNKNOWN_INT);
}

static void nonsense(void **state) {
  (void)state;
  static const char *const lines[] = {
      "", " ", "ready ", " ready", "READY", "ready now", "leader", "leader - -", "hello",
      "kvmconsole-gluster 1 " ID " kvm01", "kvmconsole-gluster 1 " ID " kvm01 1 2", "kvmconsole-gluster x " ID " kvm01 1",
      "kvmconsole-gluster 1 0123 kvm01 1", "kvmconsole-gluster 1 0123456789abcdef0123456789abcdeX kvm01 1", "kvmconsole-gluster 1 " ID " kvm\033[2J 1",
      "kvmconsole-gluster 1 " ID "  1", "kvmconsole-gluster 1 " ID " kvm01 -1", "kvmconsole-gluster 1 " ID " kvm01 9223372036854775807",
      "quiet " ID " kvm01 10001", "quiet " ID " kvm01 -1", "quiet " ID " kvm01", "quiet " ID " aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1",
      "leader 2 1 " ID " kvm01 1 17 1", "leader 10 1 " ID " kvm01 1 1 1", "leader 2 -1 " ID " kvm01 1 1 1", "leader 2 1 " ID " kvm01 1 1",
      "volume", "volume ", "volume 1", "volume 1 ", "volume x {}", "volume 1 {}", "volume 1 []", "volume 1 {\"id\":7}", "volume 1 {\"id\":\"a\",\"asked\":-1}",
      "volume 1 {\"id\":\"a\",\"muted\":86400001}", "volume 1 {\"id\":\"a\",\"heal_age\":\"x\"}", "volume 111111111111111111111111111111 {\"id\":\"a\"}",
  };
  struct told t;
  for (size_t i = 0; i < COUNT(lines); i++)
    if (parse(lines[i], &t) != -EPROTO) fail_msg("taken: %s", lines[i]);
  char line[TOLD_UP_MAX + 10];
  memset(line, 'a', sizeof line);
  line[sizeof line - 1] = 0;
  assert_int_equal(parse(line, &t), -EPROTO);
  assert_int_equal(told_parse(arena, "ready\0x", 7, &t), -EPROTO);
  assert_int_equal(parse("volume 1 {\"id\":\"a\",\"heals\":4000000000}", &t), 0);
  assert_int_equal(t.volume.heals, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(there_and_back), cmocka_unit_test(a_volume), cmocka_unit_test(nonsense)};
  int failed = RUN(tests);
  arena_free(arena);
  return failed;
}
