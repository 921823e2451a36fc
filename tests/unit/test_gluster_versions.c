/* What other versions of glusterd answer: fixtures written after the sources of 3.12, 6, 7 and 11, a line a key, put on the
 * wire here and read as any answer is. 10.3 is recorded (test_gluster_read.c). */
#include "sources/gluster_read.h"
#include "sources/gluster_text.h"
#include "sources/gluster_xdr.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <string.h>

static void put_u32(struct str *out, uint32_t n) { str_addn(out, (unsigned char[]){n >> 24 & 255, n >> 16 & 255, n >> 8 & 255, n & 255}, 4); }

/* with_text: the answers that carry a sentence, empty here. */
static void answer_of(struct arena *a, const char *name, bool with_text, struct answer *ret) {
  char path[256], line[1024];
  struct dict_out d = {0};
  struct str wire = {0};
  snprintf(path, sizeof path, "tests/fixtures/gluster/%s.dict", name);
  FILE *f = fopen(path, "r");
  assert_non_null(f);
  while (fgets(line, sizeof line, f)) {
    line[strcspn(line, "\n")] = 0;
    char *equals = strchr(line, '=');
    assert_non_null(equals);
    *equals = 0;
    dict_put(&d, line, equals + 1);
  }
  fclose(f);
  for (int i = 0; i < 2 + with_text; i++) put_u32(&wire, 0);
  dict_send(&wire, &d);
  assert_int_equal(answer_parse(a, (unsigned char *)wire.data, wire.len, with_text, ret), 0);
  str_free(&wire);
  str_free(&d.bytes);
}

static void volumes(void **state) {
  (void)state;
  const struct {
    const char *file, *name, *type, *status;
    int64_t replica, disperse, bricks, last_set, arbiters;
    bool heals, task;
  } rows[] = {
      {"volume-arbiter-3.12", "models", "arbiter", "started", 3, 0, 3, 0, 1, true, false},
      {"volume-stripe-3.12", "stripes", NULL, "stopped", UNKNOWN_INT, UNKNOWN_INT, 4, 3, 0, false, false},
      {"volume-tier-3.12", "tiered", NULL, "started", UNKNOWN_INT, UNKNOWN_INT, 5, 4, 0, false, false},
      {"volume-replicate-6", "images", "distributed-replicate", "started", 2, 0, 4, 1, 0, true, true},
      {"volume-thin-arbiter-7", "thin", "replicate", "started", 2, 0, 2, 0, 0, true, false},
      {"volume-disperse-11", "ec", "distributed-disperse", "started", 1, 3, 6, 1, 0, true, false},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct answer answer;
    struct gluster_volume v;
    bool task;
    answer_of(a, rows[i].file, true, &answer);
    assert_int_equal(read_volume(a, &answer.dict, &v, &task), 0);
    assert_string_equal(v.name, rows[i].name);
    if (!str_eq(v.type, rows[i].type)) fail_msg("%s: %s", rows[i].file, v.type ? v.type : "no type");
    assert_string_equal(v.status, rows[i].status);
    assert_int_equal(v.replica, rows[i].replica);
    assert_int_equal(v.disperse, rows[i].disperse);
    assert_int_equal(v.bricks.count, rows[i].bricks);
    assert_int_equal(v.bricks.item[v.bricks.count - 1].set, rows[i].last_set);
    assert_int_equal(volume_heals(&v), rows[i].heals);
    assert_int_equal(task, rows[i].task);
    int64_t arbiters = 0;
    for (size_t b = 0; b < v.bricks.count; b++) arbiters += v.bricks.item[b].arbiter == TRUTH_YES;
    assert_int_equal(arbiters, rows[i].arbiters);
  }
}

static void names_and_options(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct answer answer;
  struct gluster_volume v;
  bool task;
  answer_of(a, "volume-replicate-6", true, &answer);
  assert_int_equal(read_volume(a, &answer.dict, &v, &task), 0);
  assert_string_equal(v.bricks.item[2].host, "fd00::3");
  assert_string_equal(v.bricks.item[2].path, "/b");
  assert_true(volume_sharded(&v));
  answer_of(a, "volume-arbiter-3.12", true, &answer);
  assert_int_equal(read_volume(a, &answer.dict, &v, &task), 0);
  assert_string_equal(v.id, "b4a1a7be-1f8f-4f5c-9c8b-0d6b4d6d0a11");
  assert_string_equal(v.bricks.item[1].uuid, "11111111-aaaa-4bbb-8ccc-000000000002");
  assert_string_equal(pairs_get(&v.options, "cluster.server-quorum-type"), "server");
}

static void a_pool(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct answer answer;
  struct gluster_peers p;
  answer_of(a, "friends-3.12", false, &answer);
  read_peers(a, &answer.dict, &p);
  pool_name_self(a, &p, NULL, "old1", "x");
  assert_int_equal(p.peers.count, 2);
  assert_string_equal(p.peers.item[0].hostname, "old1");
  assert_int_equal(p.peers.item[0].self, TRUTH_YES);
  assert_int_equal(p.peers.item[1].connected, TRUTH_NO);
  assert_true(texts_have(&p.peers.item[1].names, "10.0.0.2"));
}

static void space_and_heals(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct answer answer;
  struct gluster_space s;
  struct gluster_heal h;
  answer_of(a, "space-3.12", true, &answer);
  shape_init(&gluster_space_shape, &s);
  read_space(a, &answer.dict, &s);
  assert_int_equal(s.bricks.count, 3); /* and no daemon among them */
  assert_int_equal(s.bricks.item[0].size, 107321753600);
  assert_int_equal(s.bricks.item[0].inodes_free, 52000000);
  assert_int_equal(s.bricks.item[1].online, TRUTH_NO);
  assert_int_equal(s.bricks.item[1].pid, UNKNOWN_INT);
  assert_int_equal(s.bricks.item[2].port, 49153);
  assert_int_equal(s.bricks.item[2].free, UNKNOWN_INT);
  answer_of(a, "heal-3.12", true, &answer);
  read_heal(a, &answer.dict, &h);
  assert_int_equal(h.bricks.count, 3);
  assert_int_equal(h.bricks.item[0].pending, 4);
  assert_int_equal(h.bricks.item[1].pending, UNKNOWN_INT);
  assert_string_equal(h.bricks.item[1].text, "Brick is not connected");
  assert_int_equal(h.split_brain, UNKNOWN_INT);
}

static void heals_as_text(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct gluster_heal h;
  char text[2048];
  FILE *f = fopen("tests/fixtures/gluster/heal-count-3.12.txt", "r");
  assert_non_null(f);
  text[fread(text, 1, sizeof text - 1, f)] = 0;
  fclose(f);
  assert_int_equal(text_heal_count(a, text, &h), 0);
  assert_int_equal(h.bricks.count, 3);
  assert_int_equal(h.bricks.item[2].pending, 4);
  assert_string_equal(h.bricks.item[2].path, "/gluster/arbiter");
  assert_int_equal(h.bricks.item[1].pending, UNKNOWN_INT);
  assert_string_equal(h.bricks.item[1].text, "Brick is not connected");
  assert_int_equal(h.split_brain, UNKNOWN_INT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(volumes),
      cmocka_unit_test(names_and_options),
      cmocka_unit_test(a_pool),
      cmocka_unit_test(space_and_heals),
      cmocka_unit_test(heals_as_text),
  };
  return RUN(tests);
}
