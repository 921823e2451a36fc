/* What the cluster survives: how many more hosts may be lost, whichever they are, before quorum, a disk, the room for
 * domains or fencing gives way. Pure; judged once a snapshot, into it. */
#ifndef ANALYSIS_SURVIVAL_H
#define ANALYSIS_SURVIVAL_H
#include "analysis/stop.h"
#include "analysis/votes.h"

struct survival_seen { /* what the verdicts on the hosts, one by one, said */
  size_t nodes;        /* hosts of the cluster that may be lost: members */
  int room;            /* enum verdict: the worst of placement and memory ... */
  const struct host_view *crowded; /* ... and of whom */
  size_t uncovered, unsure;        /* nodes that no device can cut off; of which that is not known */
  const struct host_view *bare;    /* the first of the former, else of the latter */
};
void survival_see(struct survival_seen *seen, const struct snapshot *s, const struct host_view *h, const struct stop *v);
void survival_judge(struct snapshot *s, const struct survival_seen *seen); /* into s->survives: s is still being made */

/* ---- the parts ---- */
struct holder { int64_t bricks, data; bool first; }; /* what a host has of a set, of the bricks that live */
/* Hosts that may be lost at once, whichever they are, so that the set is written to; -1: it is not even now. */
int64_t set_margin(const struct set_rules *r, const struct holder *h, size_t n);
#endif
