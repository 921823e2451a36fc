/* Texts of gluster's tools and of the kernel. */
#include "sources/gluster_text.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void heal_counts(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct gluster_heal h;
  const char *text = "Gathering count of entries to be healed on volume models has been successful \n\n"
                     "Brick node1:/data\nNumber of entries: 0\n\nBrick node2:/data\nNumber of entries: 4\n\n"
                     "Brick node3:/data\nStatus: Brick is not connected\nNo gathered input for this brick\n";
  assert_int_equal(text_heal_count(a, text, &h), 0);
  assert_int_equal(h.bricks.count, 3);
  assert_string_equal(h.bricks.item[1].host, "node2");
  assert_string_equal(h.bricks.item[1].path, "/data");
  assert_int_equal(h.bricks.item[1].pending, 4);
  assert_true(h.bricks.item[2].pending == UNKNOWN_INT);
  assert_string_equal(h.bricks.item[2].text, "Brick is not connected");
  assert_true(h.split_brain == UNKNOWN_INT);
}

static void nothing_pending_is_no_split_brain(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct gluster_heal h;
  assert_int_equal(text_heal_count(a, "x has been successful\nBrick a:/b\nNumber of entries: 0\n", &h), 0);
  assert_int_equal(h.split_brain, 0);
  /* but not where one did not say */
  assert_int_equal(text_heal_count(a, "x has been successful\nBrick a:/b\nStatus: away\nBrick b:/b\nNumber of entries: 0\n", &h), 0);
  assert_true(h.split_brain == UNKNOWN_INT);
}

static void heal_counts_refused(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct gluster_heal h;
  assert_int_equal(text_heal_count(a, "", &h), -EPROTO);
  assert_int_equal(text_heal_count(a, "Connection failed. Please check if gluster daemon is operational.\n", &h), -EPROTO);
  assert_int_equal(text_heal_count(a, "... has been unsuccessful:\nSelf-heal-daemon is disabled.\n", &h), -EPROTO);
  assert_int_equal(text_heal_count(a, "Another transaction is in progress for models. Please try again after some time.\n", &h), -EBUSY);
  assert_int_equal(text_heal_count(a, "Locking failed on node2. Please check log file for details.\n", &h), -EBUSY);
}

static void make_volume(struct arena *a, struct gluster_volume *v, size_t bricks, int64_t replica, const char *path) {
  shape_init(&gluster_volume_shape, v);
  v->name = "models";
  v->replica = replica;
  v->disperse = 0;
  for (size_t i = 0; i < bricks; i++) {
    struct gluster_brick *b = list_add(a, &v->bricks, &gluster_brick_shape);
    b->host = arena_printf(a, "node%zu", i + 1);
    b->uuid = arena_printf(a, "uuid-%zu", i + 1);
    b->path = path;
    b->set = (int64_t)i / (replica > 1 ? replica : 1);
  }
}

static void split_brains_are_counted_once_a_set(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct gluster_volume v;
  int64_t n = -1;
  make_volume(a, &v, 4, 2, "/data");
  const char *all = "Brick node1:/data\nStatus: Connected\nTotal Number of entries: 2\nNumber of entries in heal pending: 1\nNumber of entries in "
                    "split-brain: 1\n\n"
                    "Brick node2:/data\nNumber of entries in split-brain: 1\n\nBrick node3:/data\nNumber of entries in split-brain: 0\n\n"
                    "Brick node4:/data\nNumber of entries in split-brain: 3\n";
  assert_int_equal(text_split_brain(all, &v, &n), 0);
  assert_int_equal(n, 4);
  const char *one_away = "Brick node1:/data\nNumber of entries in split-brain: 0\nBrick node2:/data\nStatus: Transport endpoint is not connected\n"
                         "Brick node3:/data\nNumber of entries in split-brain: 0\nBrick node4:/data\nNumber of entries in split-brain: 0\n";
  assert_int_equal(text_split_brain(one_away, &v, &n), -EPROTO); /* none found is not none there */
  assert_int_equal(text_split_brain("", &v, &n), -EPROTO);
}

static void mounts(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct gluster_mounts m;
  text_mounts(a,
              "proc /proc proc rw 0 0\n"
              "node1:models /kvmdata fuse.glusterfs rw,relatime,user_id=0 0 0\n"
              "node1:/models/sub /a\\040b fuse.glusterfs rw 0 0\n"
              "node1,node2:/images /i fuse.glusterfs rw 0 0\n"
              "[fe80::1]:/v6 /v6 fuse.glusterfs rw 0 0\n"
              "nocolon /x fuse.glusterfs rw 0 0\nshort fuse.glusterfs\n",
              &m);
  const struct {
    const char *mount, *server, *volume;
  } expected[] = {{"/kvmdata", "node1", "models"}, {"/a b", "node1", "models"}, {"/i", "node1", "images"}, {"/v6", "fe80::1", "v6"}};
  assert_int_equal(m.mounts.count, COUNT(expected));
  for (size_t i = 0; i < COUNT(expected); i++) {
    assert_string_equal(m.mounts.item[i].mount, expected[i].mount);
    assert_string_equal(m.mounts.item[i].server, expected[i].server);
    assert_string_equal(m.mounts.item[i].volume, expected[i].volume);
  }
}

static void servers_and_their_backups(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct texts t = {0};
  text_servers(a,
               "# node9:models /x glusterfs defaults 0 0\n"
               "node1:models /kvmdata glusterfs defaults,_netdev,backup-volfile-servers=node2:node3 0 0\n"
               "node1:/o /o glusterfs backupvolfile-server=node4 0 0\nnode5:/nfs /n nfs defaults 0 0\n",
               &t);
  assert_int_equal(t.count, 4);
  for (size_t i = 0; i < 4; i++) {
    char name[8];
    snprintf(name, sizeof name, "node%zu", i + 1);
    assert_string_equal(t.item[i], name);
  }
}

static void bricks_of_files(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct gluster_volume v, d;
  struct gluster_peers peers;
  struct texts t;
  make_volume(a, &v, 4, 2, "/data");
  make_volume(a, &d, 3, 1, "/b):x");
  shape_init(&gluster_peers_shape, &peers);
  struct gluster_peer *p = list_add(a, &peers.peers, &gluster_peer_shape);
  p->hostname = "node2.example.org";
  p->uuid = "uuid-2";
  /* the set by its name: its absent brick is one of the file's too */
  bricks_of_pathinfo(a, "(<DISTRIBUTE:models-dht> (<REPLICATE:models-replicate-1> <POSIX(/data):node3:/data/a b.img>))", &v, &peers, &t);
  assert_int_equal(t.count, 2);
  assert_string_equal(t.item[0], "node3:/data");
  assert_string_equal(t.item[1], "node4:/data");
  /* a file's name cannot pose as one */
  bricks_of_pathinfo(a, "(<DISTRIBUTE:models-dht> <POSIX(/b):x):node1:/b):x/<REPLICATE:models-replicate-1>>)", &d, &peers, &t);
  assert_int_equal(t.count, 1);
  assert_string_equal(t.item[0], "node1:/b):x");
  /* a brick's own host name is another one of its peer's */
  bricks_of_pathinfo(a, "(<DISTRIBUTE:models-dht> <POSIX(/b):x):node2.example.org:/b):x/f>)", &d, &peers, &t);
  assert_int_equal(t.count, 1);
  assert_string_equal(t.item[0], "node2:/b):x");
  const char *broken[] = {"",
                          "(",
                          "<POSIX(",
                          "<POSIX(/data",
                          "<POSIX(/data):",
                          "<REPLICATE:",
                          "<REPLICATE:models-replicate-",
                          "<REPLICATE:models-replicate->",
                          "<REPLICATE:models-replicate-99999999999999999999> ",
                          "<REPLICATE:other-replicate-0> ",
                          "<REPLICATE:models-replicate-7> "};
  for (size_t i = 0; i < COUNT(broken); i++) {
    bricks_of_pathinfo(a, broken[i], &v, &peers, &t);
    assert_int_equal(t.count, 0);
  }
}

static void files_that_lie_everywhere(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct gluster_volume v;
  struct texts t = {0};
  make_volume(a, &v, 4, 2, "/data");
  assert_false(volume_everywhere(&v));
  pairs_add(a, &v.options, "features.shard", "on");
  assert_true(volume_everywhere(&v));
  bricks_everywhere(a, &v, &t);
  assert_int_equal(t.count, 4);
  make_volume(a, &v, 3, 3, "/data");
  assert_true(volume_everywhere(&v));
}

static void hosts_a_line(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct texts t = {0};
  text_hosts(a, "# of the pool\nnode1\n\n  \nnode2 # the other\nnode1\n10.0.0.3", &t);
  assert_int_equal(t.count, 3);
  assert_string_equal(t.item[1], "node2");
  assert_string_equal(t.item[2], "10.0.0.3");
  text_hosts(a, "", &t);
  assert_int_equal(t.count, 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(heal_counts),     cmocka_unit_test(nothing_pending_is_no_split_brain),   cmocka_unit_test(heal_counts_refused),
      cmocka_unit_test(mounts),          cmocka_unit_test(split_brains_are_counted_once_a_set), cmocka_unit_test(servers_and_their_backups),
      cmocka_unit_test(bricks_of_files), cmocka_unit_test(files_that_lie_everywhere),              cmocka_unit_test(hosts_a_line),
  };
  return RUN(tests);
}
