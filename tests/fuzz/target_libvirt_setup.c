/* What a KVM host says of itself, through ssh. */
#include "sources/libvirt_setup_text.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  static const char *const asked[] = {"/kvmdata/config/a.xml", "/kvmdata/config/b:c.xml"};
  static const struct texts definitions = {(const char **)asked, 2};
  struct arena *a = arena_new();
  char *text = input_text(data, len);
  struct libvirt_setup x;
  const char *complaint = NULL;
  int64_t clock = UNKNOWN_INT;
  shape_init(&libvirt_setup_shape, &x);
  bool whole = setup_read(text, &definitions, a, &x, &complaint);
  MUST(complaint && strlen(complaint) < 256, "a complaint is short");
  MUST(x.mounts.count <= SETUP_MOUNTS_MAX && x.links.count <= SETUP_LINKS_MAX && x.peers.count <= SETUP_PEERS_MAX, "rows are bounded");
  MUST(x.files.count <= SETUP_ROWS_MAX && x.definitions.count <= SETUP_ROWS_MAX, "lists are bounded");
  MUST(whole || x.definitions_asked == UNKNOWN_INT, "an answer that was cut says nothing of definitions");
  for (size_t i = 0; i < x.mounts.count; i++) MUST(x.mounts.item[i].mount && x.mounts.item[i].source && *x.mounts.item[i].mount == '/', "a mount has a place and a source");
  for (size_t i = 0; i < x.definitions.count; i++) MUST(texts_have(&definitions, x.definitions.item[i].path), "only what was asked for is answered");
  MUST(x.definitions_asked == UNKNOWN_INT || x.definitions_asked > 0, "of those asked for");
  for (size_t i = 0; i < x.peers.count; i++) MUST(x.peers.item[i].name && (x.peers.item[i].trusted == TRUTH_YES || x.peers.item[i].text || x.peers.item[i].trusted == TRUTH_UNKNOWN), "a refusal has its reason");
  MUST(setup_clock(text, &clock) || clock >= 0, "a clock counts up");
  travels("libvirt.setup", NULL, &x);
  mem_free(text);
  arena_free(a);
}
