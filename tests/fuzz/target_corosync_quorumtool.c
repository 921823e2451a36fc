/* What another host's corosync-quorumtool says, through ssh. */
#include "model/facts.h"
#include "sources/corosync_quorumtool.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  struct arena *a = arena_new();
  char *text = input_text(data, len);
  struct quorumtool q;
  struct corosync_outlooks fact;
  quorumtool_read(text, &q);
  MUST(q.member_count <= QUORUMTOOL_MEMBERS, "members are bounded");
  for (size_t i = 0; i < q.member_count; i++) MUST(q.members[i] > 0 && q.members[i] <= UINT32_MAX, "a node has a number");
  MUST(q.quorate == TRUTH_UNKNOWN || q.running == TRUTH_YES, "who speaks of quorum runs");
  shape_init(&corosync_outlooks_shape, &fact);
  struct corosync_outlook *row = list_add(a, &fact.nodes, &corosync_outlook_shape);
  *row = (struct corosync_outlook){.id = 2, .name = "kvm02", .asked = q.answered, .running = q.running, .quorate = q.quorate, .text = q.text};
  travels("corosync.outlook", NULL, &fact);
  mem_free(text);
  arena_free(a);
}
