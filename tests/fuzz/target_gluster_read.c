/* The answers of a management daemon, to facts: every fact can be printed and taken by the console, and no option whose
 * name speaks of a password is in one. The first byte is the question that it answers. */
#include "model/facts.h"
#include "sources/gluster_read.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

static bool speaks_of_one(const char *key) { return strstr(key, "password") || strstr(key, "passwd") || strstr(key, "secret"); }

static void plant(struct arena *a, struct dict *d) {
  for (size_t i = 0; i < d->count; i++) {
    struct dict_pair *p = &d->item[i];
    if (memmem(p->value, p->len, SECRET, strlen(SECRET)) || strstr(p->key, SECRET))
      p->value = "", p->len = 1, p->key = arena_strdup(a, strstr(p->key, SECRET) ? "" : p->key);
    if (str_starts(p->key, "volume0.option.") && speaks_of_one(p->key)) p->value = SECRET, p->len = sizeof SECRET;
  }
}

static void tell(const char *kind, const char *key, const void *fact) {
  if (!input_is_dear()) return;
  char *line = must_travel(kind, key, fact);
  MUST(!strstr(line, SECRET), "no password in a fact: %s", line);
  mem_free(line);
}

static void read_one(struct arena *a, const struct dict *d) {
  struct gluster_volumes volumes;
  bool task;
  shape_init(&gluster_volumes_shape, &volumes);
  struct gluster_volume *v = list_add(a, &volumes.volumes, &gluster_volume_shape);
  if (read_volume(a, d, v, &task)) return;
  MUST(volume_name_valid(v->name), "a volume's name is one");
  MUST(set_count(v) >= 0 && set_count(v) <= (int64_t)v->bricks.count, "no more sets than bricks");
  for (size_t i = 0; i < v->bricks.count; i++) MUST(v->bricks.item[i].set >= 0, "a brick is of a set");
  volume_heals(v), volume_started(v);
  tell("gluster.volumes", NULL, &volumes);
}

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  struct arena *a = arena_new();
  struct answer answer;
  struct port_answer port;
  struct texts names;
  struct gluster_peers peers;
  struct gluster_space space;
  struct gluster_heal heal;
  int kind = len ? data[0] % 8 : 0;
  if (!len) data = (const uint8_t *)" ", len = 1;
  if (!port_parse(data + 1, len - 1, &port)) MUST(port.port >= 0 && port.port <= 65535, "a port is one");
  if (!answer_parse(a, data + 1, len - 1, kind != 0, &answer)) {
    plant(a, &answer.dict);
    shape_init(&gluster_space_shape, &space);
    switch (kind) {
    case 0:
      read_peers(a, &answer.dict, &peers);
      pool_name_self(a, &peers, NULL, NULL, "host");
      peer_by_name(&peers, "host"), peer_by_uuid(&peers, "x");
      tell("gluster.peers", NULL, &peers);
      break;
    case 1: read_volume_names(a, &answer.dict, &names); break;
    case 2: read_one(a, &answer.dict); break;
    case 3:
      read_space(a, &answer.dict, &space);
      tell("gluster.space", "models", &space);
      break;
    case 4:
      read_tasks(a, &answer.dict, &space);
      tell("gluster.space", "models", &space);
      break;
    default:
      shape_init(&gluster_heal_shape, &heal);
      read_heal(a, &answer.dict, &heal);
      tell("gluster.heal", "models", &heal);
    }
  }
  arena_free(a);
}
