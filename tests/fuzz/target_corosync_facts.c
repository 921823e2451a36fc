/* Corosync's map of keys, as "name (str) = text" and "name (u32) = number" a line: what a recording of cmapctl holds. */
#include "sources/corosync_facts.h"
#include "tests/fuzz/fuzz.h"
#include <stdlib.h>
#include <string.h>

static void take(struct corosync_keys *k, char *line, size_t len) {
  char *open = strstr(line, " ("), *equals = open ? strstr(open, ") = ") : NULL;
  if (!equals) return;
  const char *value = equals + 4;
  *open = 0;
  if (!strncmp(open + 2, "str", 3)) corosync_key_text(k, line, value, len - (size_t)(value - line)); /* may hold a NUL, as the library's may */
  else corosync_key_number(k, line, strtoll(value, NULL, 10));
}

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  struct arena *a = arena_new();
  struct corosync_keys k = {.arena = a};
  struct corosync_nodes nodes;
  struct corosync_links links, before;
  struct corosync_cluster cluster;
  char *text = input_text(data, len);
  cluster.version = corosync_version_in(text, a);
  const char *version = cluster.version;
  for (char *at = text, *end; at < text + len; at = end + 1) {
    end = memchr(at, '\n', len - (size_t)(at - text));
    if (!end) end = text + len;
    *end = 0;
    take(&k, at, (size_t)(end - at));
  }
  corosync_read_nodes(&k, a, &nodes);
  for (size_t i = 0; i < nodes.nodes.count; i++) MUST(corosync_link_count(&nodes.nodes.item[i]) <= COROSYNC_LINKS, "links are bounded");
  corosync_read_links(&k, &nodes, a, &links);
  corosync_read_links(&k, &nodes, a, &before);
  corosync_calm_links(&before, &links);
  shape_init(&corosync_cluster_shape, &cluster);
  corosync_read_cluster(&k, &cluster);
  cluster.version = version;
  travels("corosync.nodes", NULL, &nodes);
  travels("corosync.links", NULL, &links);
  travels("corosync.cluster", NULL, &cluster);
  mem_free(text);
  arena_free(a);
}
