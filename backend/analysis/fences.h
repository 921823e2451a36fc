/* Fencing as one table: the switch, each device, each host that none can cut off, and what was done or is being done. Pure.
 * A device is proven by a power cut that succeeded and was a device's: pacemaker's history and our audit say who was fenced and
 * not by which device, so that proves the only device of that host and no other. A person's word is no proof. */
#ifndef ANALYSIS_FENCES_H
#define ANALYSIS_FENCES_H
#include "analysis/standing.h"

enum fence_kind { FENCE_NONE, FENCE_SWITCH, FENCE_DEVICE, FENCE_BARE /* a host with no device */, FENCE_ACTION };
struct fence_view {
  int kind; /* enum fence_kind */
  const char *id, *agent;
  struct texts targets; /* hosts whose power it cuts; of an action the one */
  enum truth told;      /* whose power it cuts is configured; no: it finds out by itself */
  const char *state;    /* in words */
  int level;            /* enum level of that */
  struct texts hosts;   /* a device: where it is started */
  enum truth proven;    /* unknown: its host was fenced, by it or by another device */
  int64_t at;           /* the last that happened: of a device the proof, of an action when it ended */
  const char *action, *result, *client, *origin, *delegate;
  struct pairs params;  /* none is a secret */
  struct texts stale;
};
extern const struct shape fence_view_shape;
extern const char *const fence_kind_names[];

struct fences { struct fence_view *item; size_t count; };
/* The switch, hosts without a device, devices (worst first), what is pending, then the history, newest first. In a. */
/* proofs: host: when its power was last cut by an operation of ours, and seen to be off (the audit); NULL: not known. */
void fences_of(const struct snapshot *s, const struct tallies *proofs, struct arena *a, struct fences *ret);
/* Wall ms of the last time that a device cut the power of that host; UNKNOWN_INT: none is known. */
int64_t fencing_proven_at(const struct snapshot *s, const char *host);
bool fence_view_covers(const struct fence_view *f, const char *host);
struct standing standing_device(const struct fence_view *f, struct arena *a); /* its state, and whether it was ever proven */
#endif
