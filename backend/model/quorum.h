/* The rules of votequorum, alone: who has quorum, after what. Pure; one state a node, as each corosync keeps its own.
 * By the manual votequorum(5) and the daemon's own order of questions (3.1). */
#ifndef MODEL_QUORUM_H
#define MODEL_QUORUM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct quorum_rules {
  int64_t expected; /* configured votes of all nodes, the device's included */
  bool two_node, wait_for_all, last_man_standing, auto_tie_breaker; /* tie breaker: the lowest node id */
};
struct quorum_state { /* {0} is a node that has just started */
  int64_t expected, quorum; /* as they are now; 0: not begun */
  int64_t lowest;           /* of the members when there was quorum last */
  int64_t members;          /* of the membership before */
  bool quorate, waiting;    /* waiting: for all, after a start or after quorum was lost */
};
struct quorum_partition { /* whom the node sees, itself included */
  const int64_t *ids;
  size_t count;
  int64_t votes; /* of these nodes */
  int64_t device_votes; /* that the quorum device gives this partition now; 0: none */
};

/* A new membership. */
void quorum_settle(const struct quorum_rules *r, struct quorum_state *s, const struct quorum_partition *p);
/* True when losing these members starts (again) the window after which expected votes shrink; asked before quorum_settle(). */
bool quorum_shrinks(const struct quorum_rules *r, const struct quorum_state *s, const struct quorum_partition *p);
/* That window is over: those who are left are all there are. */
void quorum_shrink(const struct quorum_rules *r, struct quorum_state *s, const struct quorum_partition *p);
/* The administrator says how many there are: `corosync-quorumtool -e`, `pcs quorum expected-votes`. */
void quorum_expect(const struct quorum_rules *r, struct quorum_state *s, const struct quorum_partition *p, int64_t expected);
#endif
