/* How even memory is spread over the hosts, and the fewest live migrations that make it even enough. Counted is what the domains were
 * given, which is what they may take and does not change by itself; what a host really uses only forbids that more comes to it. Pure: the
 * same snapshot gives the same moves. What is not known or old is no ground to move anything on. */
#ifndef ANALYSIS_BALANCE_H
#define ANALYSIS_BALANCE_H
#include "model/snapshot.h"

struct balance_move {
  const char *domain, *resource, *from, *to; /* resource NULL: no resource drives it, libvirt moves it */
  int64_t memory;
  const char *why; /* "kvm01 81% of memory, kvm02 12%: web3 (4.0G) moves: 55% and 38%" */
};
struct balance_host { const char *name, *closed; int64_t memory, percent, then; }; /* percent: given to its domains, and once all has moved; closed: why nothing comes to it, NULL: it may */
struct balance_stay { const char *domain, *why; };
struct balance {
  const char *unknown, *when;  /* why nothing can be proposed now, and when it could; NULL: see the rest */
  const char *nothing;         /* why nothing is to be done; NULL: there are moves */
  int64_t before, after;       /* percent points between the fullest and the emptiest host */
  LIST_OF(struct balance_move) moves;  /* in their order, each domain at most once */
  LIST_OF(struct balance_host) hosts;  /* those that take resources */
  LIST_OF(struct balance_stay) stays;  /* of those on hosts that are fuller than the others: why not these */
};
void balance_make(const struct snapshot *s, int64_t spread, int64_t most, struct arena *a, struct balance *ret); /* spread: percent points that are even enough; most: moves */

/* ---- the search, of numbers alone ---- */
struct balance_room { int64_t memory, given, used; bool takes; };                /* a host */
struct balance_load { size_t at; int64_t memory; const bool *may; };             /* a domain; may[host]: it may go there; NULL: nowhere */
struct balance_pick { size_t load, to; };
int64_t balance_spread(const struct balance_room *room, size_t rooms);           /* per mille between the fullest and the emptiest */
/* How many moves, into ret (most of them): the fewest found that bring it to `spread` (percent points); where none do, those that bring
 * it nearest. None of them makes it worse, nothing moves twice, no host is ever given or uses more than its memory. */
size_t balance_search(const struct balance_room *room, size_t rooms, const struct balance_load *load, size_t loads, int64_t spread, size_t most, struct balance_pick *ret);
#endif
