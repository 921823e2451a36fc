/* What gluster's tools and the kernel write as text. Heal counts, split-brain, mounts, a file's place. The first byte
 * chooses a volume for those that need one. */
#include "model/facts.h"
#include "sources/gluster_text.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

static void make_volume(struct arena *a, struct gluster_volume *v, size_t bricks, int64_t replica, const char *path) {
  shape_init(&gluster_volume_shape, v);
  v->name = "models";
  v->replica = replica;
  for (size_t i = 0; i < bricks; i++) {
    struct gluster_brick *b = list_add(a, &v->bricks, &gluster_brick_shape);
    b->host = arena_printf(a, "node%zu", i + 1);
    b->uuid = arena_printf(a, "uuid-%zu", i + 1);
    b->path = path;
    b->set = (int64_t)i / (replica > 1 ? replica : 1);
  }
}

static void of_a_volume(struct arena *a, const char *text, unsigned which) {
  struct gluster_volume v;
  struct gluster_peers peers;
  struct texts bricks;
  int64_t n;
  make_volume(a, &v, which % 5, which % 3 + 1, which & 16 ? "/b):x" : "/data");
  shape_init(&gluster_peers_shape, &peers);
  struct gluster_peer *p = list_add(a, &peers.peers, &gluster_peer_shape);
  p->hostname = "node2.example.org", p->uuid = "uuid-2";
  if (!text_split_brain(text, &v, &n)) MUST(n >= 0, "a count is none below zero");
  bricks_of_pathinfo(a, text, &v, &peers, &bricks);
  for (size_t i = 0; i < bricks.count; i++) MUST(strstr(bricks.item[i], ":/"), "a brick has a host and a path");
}

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  struct arena *a = arena_new();
  char *text = input_text(data + (len > 0), len ? len - 1 : 0);
  struct gluster_heal heal;
  struct gluster_mounts mounts;
  struct texts servers = {0};
  if (!text_heal_count(a, text, &heal)) {
    for (size_t i = 0; i < heal.bricks.count; i++) MUST(heal.bricks.item[i].host && heal.bricks.item[i].path, "a brick has a host and a path");
    travels("gluster.heal", "models", &heal);
  }
  text_lock_taken(text);
  text_mounts(a, text, &mounts);
  travels("gluster.mounts", NULL, &mounts);
  text_servers(a, text, &servers);
  for (size_t i = 0; i < servers.count; i++) MUST(*servers.item[i], "a server has a name");
  of_a_volume(a, text, len ? data[0] : 0);
  mem_free(text);
  arena_free(a);
}
