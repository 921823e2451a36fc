/* The rules of votequorum, alone: who has quorum, after what. Pure; one state a node, as each corosync keeps its own.
 * By the manual votequorum(5) and the daemon's own order of questions (3.1). */
#ifndef MODEL_QUORUM_H
#define MODEL_QUORUM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QUORUM_TIES = 32 };
struct quorum_rules {
  int64_t expected; /* configured votes of all nodes, the device's included */
  bool two_node, wait_for_all, last_man_standing, auto_tie_breaker;
  bool tie_highest;      /* the highest id wins a tie, not the lowest */
  size_t tie_count;      /* or the first of these that was there; 0: no list */
  int64_t ties[QUORUM_TIES];
};
struct quorum_state { /* {0} is a node that has just started */
  int64_t expected, quorum; /* as they are now; 0: not begun */
  int64_t lowest;           /* who wins a tie, by the members when there was quorum last: the lowest, if nothing else is configured */
  int64_t members;          /* of the membership before */
  bool quorate, waiting;    /* waiting: for all, after a start or after quorum was lost */
};
struct quorum_partition { /* whom the node sees, itself included */
  const int64_t *ids;
  size_t count;
  int64_t votes; /* of these nodes */
  int64_t device_votes; /* that the quorum device gives this partition now; 0: none */
};

/* quorum.auto_tie_breaker_node into the rules: lowest, highest, or ids; NULL is lowest. False, and no tie is ever won: it
 * is none of these. */
bool quorum_tie_breaker(struct quorum_rules *r, const char *text);
/* Which of these nodes would win a tie; 0: none. */
int64_t quorum_winner(const struct quorum_rules *r, const struct quorum_partition *p);

/* A new membership. */
void quorum_settle(const struct quorum_rules *r, struct quorum_state *s, const struct quorum_partition *p);
/* True when losing these members starts (again) the window after which expected votes shrink; asked before quorum_settle(). */
bool quorum_shrinks(const struct quorum_rules *r, const struct quorum_state *s, const struct quorum_partition *p);
/* That window is over: those who are left are all there are. */
void quorum_shrink(const struct quorum_rules *r, struct quorum_state *s, const struct quorum_partition *p);
/* The administrator says how many there are: `corosync-quorumtool -e`, `pcs quorum expected-votes`. */
void quorum_expect(const struct quorum_rules *r, struct quorum_state *s, const struct quorum_partition *p, int64_t expected);
#endif
