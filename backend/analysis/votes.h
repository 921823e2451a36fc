/* The votes of the cluster as corosync counts them now, ready for votequorum's rules: who asks what is left without some,
 * the verdict and what the cluster survives, must not count or configure them apart. Pure. */
#ifndef ANALYSIS_VOTES_H
#define ANALYSIS_VOTES_H
#include "model/quorum.h"
#include "model/snapshot.h"

enum { MEMBERS_MOST = 256 };
struct votes { int64_t id, votes; };
struct votes_now {
  const struct corosync_cluster *cluster; /* both NULL: what is needed of corosync is not known, or old */
  const struct corosync_nodes *nodes;
  struct votes member[MEMBERS_MOST];
  const char *name[MEMBERS_MOST];
  size_t members, unsure; /* unsure: nodes of which it is not known whether they are, or for which there is no room here */
  int64_t votes, device;  /* of the members; of the quorum device, which goes on */
  int64_t age_ms;         /* of the older reading */
  struct quorum_rules rules;
};
void votes_look(const struct snapshot *s, struct votes_now *ret);
/* Whether there is quorum when of these n members, quorate now with needed votes, only kept stay; *ret_needed: votes needed
 * then. kept is in any order, a part of all. */
bool votes_suffice(const struct quorum_rules *r, int64_t needed, const struct votes *all, size_t n, const struct votes *kept, size_t left, int64_t device, int64_t *ret_needed);
/* Members that may be lost at once, whichever they are, so that quorum stays. needed: votes for quorum now; device: votes of
 * the quorum device, which goes on. */
int64_t votes_margin(const struct quorum_rules *r, int64_t needed, const struct votes *v, size_t n, int64_t device);
#endif
