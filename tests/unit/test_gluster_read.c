/* Answers of a real glusterd 10.3 (tests/fixtures/gluster, recorded in the lab) and made-up ones, to facts. */
#include "sources/gluster_read.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static size_t read_fixture(const char *name, unsigned char **ret) {
  char path[256];
  snprintf(path, sizeof path, "tests/fixtures/gluster/%s.bin", name);
  FILE *f = fopen(path, "r");
  assert_non_null(f);
  *ret = mem_alloc(65536);
  size_t len = fread(*ret, 1, 65536, f);
  fclose(f);
  return len;
}

static void answer_of(struct arena *a, const char *name, bool with_text, struct answer *ret) {
  unsigned char *bytes;
  size_t len = read_fixture(name, &bytes);
  assert_int_equal(answer_parse(a, bytes, len, with_text, ret), 0);
  assert_int_equal(ret->ret, 0);
  mem_free(bytes);
}

static void the_pool(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct answer answer;
  struct gluster_peers peers;
  struct gluster_volumes volumes;
  bool task;
  answer_of(a, "friends", false, &answer);
  read_peers(a, &answer.dict, &peers);
  assert_int_equal(peers.peers.count, 4);
  answer_of(a, "volume-models", true, &answer);
  shape_init(&gluster_volumes_shape, &volumes);
  struct gluster_volume *v = list_add(a, &volumes.volumes, &gluster_volume_shape);
  assert_int_equal(read_volume(a, &answer.dict, v, &task), 0);
  pool_name_self(a, &peers, &volumes, NULL, "fallback");
  for (size_t i = 0; i < 4; i++) { /* in order, the asked one under the name of its bricks */
    char name[8];
    snprintf(name, sizeof name, "node%zu", i + 1);
    assert_string_equal(peers.peers.item[i].hostname, name);
    assert_int_equal(peers.peers.item[i].self, i == 0 ? TRUTH_YES : TRUTH_NO);
    assert_int_equal(peers.peers.item[i].connected, TRUTH_YES);
    assert_string_equal(peers.peers.item[i].state, "Peer in Cluster");
    assert_true(texts_have(&peers.peers.item[i].names, name));
    assert_string_equal(peers.peers.item[i].uuid, v->bricks.item[i].uuid);
  }
  assert_string_equal(pairs_get(&v->options, "network.ping-timeout"), "5");
}

/* Cut by tests/cut-fixture out of a raw recording of the lab: the bytes as they came. node2 was asked. */
static void cut_out_of_a_recording(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct answer answer;
  struct gluster_peers peers;
  answer_of(a, "cut-peers", false, &answer);
  read_peers(a, &answer.dict, &peers);
  assert_int_equal(peers.peers.count, 4);
  size_t self = 0, connected = 0;
  for (size_t i = 0; i < peers.peers.count; i++) {
    self += peers.peers.item[i].self == TRUTH_YES;
    connected += peers.peers.item[i].connected == TRUTH_YES;
  }
  assert_int_equal(self, 1);
  assert_int_equal(connected, 4);
}

static void a_pool_without_bricks_is_named_by_others(void **state) {
  (void)state;
  const char *const theirs[] = {"node1.example.org", NULL};
  for (size_t i = 0; i < COUNT(theirs); i++) {
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct answer answer;
    struct gluster_peers peers;
    answer_of(a, "friends", false, &answer);
    read_peers(a, &answer.dict, &peers);
    pool_name_self(a, &peers, NULL, theirs[i], "fallback");
    const struct gluster_peer *self = peer_by_name(&peers, theirs[i] ? theirs[i] : "fallback");
    assert_non_null(self);
    assert_int_equal(self->self, TRUTH_YES);
    assert_null(peer_by_name(&peers, "localhost"));
  }
}

static void every_type_of_volume(void **state) {
  (void)state;
  const struct {
    const char *name, *type, *status;
    int64_t bricks, last_set, arbiters;
    bool heals;
  } rows[] = {
      {"models", "distributed-replicate", "started", 4, 1, 0, true},
      {"fxdist", "distribute", "started", 2, 1, 0, false},
      {"fxarb", "arbiter", "created", 3, 0, 1, true},
      {"fxdarb", "distributed-arbiter", "created", 6, 1, 2, true},
      {"fxdisp", "disperse", "started", 3, 0, 0, true},
      {"fxddisp", "distributed-disperse", "started", 6, 1, 0, true},
      {"fxrep", "replicate", "stopped", 3, 0, 0, true},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char name[64];
    struct answer answer;
    struct gluster_volume v;
    bool task;
    snprintf(name, sizeof name, "volume-%s", rows[i].name);
    answer_of(a, name, true, &answer);
    assert_int_equal(read_volume(a, &answer.dict, &v, &task), 0);
    assert_string_equal(v.name, rows[i].name);
    assert_string_equal(v.type, rows[i].type);
    assert_string_equal(v.status, rows[i].status);
    assert_int_equal(v.bricks.count, rows[i].bricks);
    assert_int_equal(v.bricks.item[v.bricks.count - 1].set, rows[i].last_set);
    assert_int_equal(volume_heals(&v), rows[i].heals);
    int64_t arbiters = 0;
    for (size_t b = 0; b < v.bricks.count; b++) arbiters += v.bricks.item[b].arbiter == TRUTH_YES;
    assert_int_equal(arbiters, rows[i].arbiters);
    assert_int_equal(strlen(v.id), 36);
  }
}

static void a_task_is_noticed_and_read(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct answer answer;
  struct gluster_volume v;
  struct gluster_space s;
  bool task = false;
  answer_of(a, "volume-fxdist-task", true, &answer);
  assert_int_equal(read_volume(a, &answer.dict, &v, &task), 0);
  assert_true(task);
  answer_of(a, "volume-models", true, &answer);
  assert_int_equal(read_volume(a, &answer.dict, &v, &task), 0);
  assert_false(task);
  answer_of(a, "tasks-fxdist", true, &answer);
  shape_init(&gluster_space_shape, &s);
  read_tasks(a, &answer.dict, &s);
  assert_int_equal(s.tasks.count, 1);
  assert_string_equal(s.tasks.item[0].type, "Rebalance");
  assert_string_equal(s.tasks.item[0].status, "completed");
}

static void space_and_heals(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct answer answer;
  struct gluster_space s;
  struct gluster_heal h;
  answer_of(a, "space-models", true, &answer);
  shape_init(&gluster_space_shape, &s);
  read_space(a, &answer.dict, &s);
  assert_int_equal(s.bricks.count, 4);
  assert_string_equal(s.bricks.item[0].host, "node1");
  assert_int_equal(s.bricks.item[0].online, TRUTH_YES);
  assert_int_equal(s.bricks.item[0].size, 3221225472);
  assert_true(s.bricks.item[0].free > 0 && s.bricks.item[0].free < s.bricks.item[0].size);
  assert_true(s.bricks.item[0].pid > 1);
  answer_of(a, "heal-models", true, &answer);
  read_heal(a, &answer.dict, &h);
  assert_int_equal(h.bricks.count, 4);
  assert_string_equal(h.bricks.item[3].host, "node4");
  assert_true(h.bricks.item[3].pending >= 0);
}

/* A dictionary as a daemon might send it. */
static void dictionary(struct arena *a, struct dict *ret, const char *const (*pairs)[2], size_t count) {
  CLEANUP(str_free) struct str whole = {0};
  struct dict_out d = {0};
  for (size_t i = 0; i < count; i++) dict_put(&d, pairs[i][0], pairs[i][1]);
  xdr_u32(&whole, d.count);
  str_addn(&whole, d.bytes.data, d.bytes.len);
  str_free(&d.bytes);
  assert_int_equal(dict_parse(a, (unsigned char *)whole.data, whole.len, ret), 0);
}

static void a_brick_that_is_down(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct dict d;
  struct gluster_space s;
  struct gluster_heal h;
  static const char *const status[][2] = {
      {"brick-index-max", "1"}, {"brick0.hostname", "n1"}, {"brick0.path", "/b"}, {"brick0.status", "0"},
      {"brick0.pid", "-1"},     {"brick0.total", "99"},    {"brick0.port", "0"},  {"brick1.hostname", "Self-heal Daemon"},
      {"brick1.path", "n1"}};
  static const char *const heal[][2] = {{"count", "2"},
                                        {"0-hostname", "n1"},
                                        {"0-path", "/b"},
                                        {"0-hardlinks", "0"},
                                        {"1-hostname", "n2"},
                                        {"1-path", "/b"},
                                        {"1-status", "Brick is not connected"}};
  dictionary(a, &d, status, COUNT(status));
  shape_init(&gluster_space_shape, &s);
  read_space(a, &d, &s);
  assert_int_equal(s.bricks.count, 1);
  assert_int_equal(s.bricks.item[0].online, TRUTH_NO);
  assert_true(s.bricks.item[0].size == UNKNOWN_INT && s.bricks.item[0].pid == UNKNOWN_INT);
  dictionary(a, &d, heal, COUNT(heal));
  read_heal(a, &d, &h);
  assert_int_equal(h.bricks.item[0].pending, 0);
  assert_true(h.bricks.item[1].pending == UNKNOWN_INT);
  assert_true(h.split_brain == UNKNOWN_INT); /* one did not say */
}

/* A removal says of which bricks; as many as there are, whatever it counts. */
static void a_removal_names_its_bricks(void **state) {
  static const char *const task[][2] = {{"tasks", "1"}, {"task0.type", "Remove brick"}, {"task0.id", "349ef50a-26f7-4788-8ec4-472e6294fe1a"}, {"task0.status", "1"}, {"task0.count", "999999999"}, {"task0.brick1", "node3:/data"}, {"task0.brick2", "node4:/data"}};
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct dict d;
  struct gluster_space s;
  (void)state;
  dictionary(a, &d, task, COUNT(task));
  shape_init(&gluster_space_shape, &s);
  read_tasks(a, &d, &s);
  assert_int_equal(s.tasks.count, 1);
  assert_string_equal(s.tasks.item[0].status, "in progress");
  assert_int_equal(s.tasks.item[0].bricks.count, 2);
  assert_string_equal(s.tasks.item[0].bricks.item[1], "node4:/data");
}

static void counts_that_lie(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct dict d;
  struct gluster_peers peers;
  struct gluster_volume v;
  struct gluster_space s;
  struct gluster_heal h;
  struct texts names;
  bool task;
  static const char *const lies[][2] = {{"count", "999999999999"},
                                        {"brick-index-max", "9223372036854775807"},
                                        {"tasks", "-5"},
                                        {"friend1.hostname", "n1"},
                                        {"friend1.hostname_count", "1000000000"},
                                        {"volume0", "../x"},
                                        {"volume1", "-rf"},
                                        {"volume2", "good_1-x"}};
  static const char *const odd[][2] = {{"count", "1"},
                                       {"volume0.name", "v"},
                                       {"volume0.brick_count", "1000000000"},
                                       {"volume0.brick1", "no-colon"},
                                       {"volume0.brick2", ":/b"},
                                       {"volume0.brick3", "fe80::1:/b"},
                                       {"volume0.disperse_count", "-3"},
                                       {"volume0.type", "77"},
                                       {"volume0.option.x-password", "secret"},
                                       {"volume0.option.a", "b"},
                                       {"volume0.status", "9"}};
  dictionary(a, &d, lies, COUNT(lies));
  read_peers(a, &d, &peers);
  assert_int_equal(peers.peers.count, 1);
  read_volume_names(a, &d, &names);
  assert_int_equal(names.count, 1);
  shape_init(&gluster_space_shape, &s);
  read_space(a, &d, &s);
  read_tasks(a, &d, &s);
  read_heal(a, &d, &h);
  assert_int_equal(s.bricks.count + s.tasks.count + h.bricks.count, 0);
  assert_int_equal(read_volume(a, &d, &v, &task), -ENOENT);
  dictionary(a, &d, odd, COUNT(odd));
  assert_int_equal(read_volume(a, &d, &v, &task), 0);
  assert_int_equal(v.bricks.count, 1);
  assert_string_equal(v.bricks.item[0].host, "fe80::1");
  assert_null(v.type);
  assert_null(v.status);
  assert_int_equal(v.options.count, 1);
}

static void answers_cut_anywhere(void **state) {
  (void)state;
  const char *const names[] = {"friends", "volume-models", "space-models", "heal-models", "tasks-fxdist", "list"};
  for (size_t i = 0; i < COUNT(names); i++) {
    unsigned char *whole;
    size_t len = read_fixture(names[i], &whole);
    for (size_t cut = 0; cut < len; cut += 3) {
      CLEANUP(arena_freep) struct arena *a = arena_new();
      unsigned char *exact = mem_alloc(cut + 1);
      struct answer answer;
      struct port_answer port;
      memcpy(exact, whole, cut);
      if (cut + 4 < len) assert_int_equal(answer_parse(a, exact, cut, i > 0, &answer), -EPROTO);
      port_parse(exact, cut, &port);
      mem_free(exact);
    }
    mem_free(whole);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cut_out_of_a_recording), cmocka_unit_test(the_pool),
      cmocka_unit_test(a_pool_without_bricks_is_named_by_others),
      cmocka_unit_test(every_type_of_volume),
      cmocka_unit_test(space_and_heals),
      cmocka_unit_test(a_task_is_noticed_and_read),
      cmocka_unit_test(a_brick_that_is_down),
      cmocka_unit_test(a_removal_names_its_bricks), cmocka_unit_test(counts_that_lie),
      cmocka_unit_test(answers_cut_anywhere),
  };
  return RUN(tests);
}
