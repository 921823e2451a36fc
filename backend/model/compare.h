/* Two snapshots side by side: what was so then and is otherwise now, a row a difference, worst and nearest first by group.
 * Unlike events (difference.h) it tells of nothing in between, and it looks at every field that does not move by itself. */
#ifndef MODEL_COMPARE_H
#define MODEL_COMPARE_H
#include "model/subject.h"

struct change {
  const char *group;   /* "problem", "cluster", "host", "volume" ... */
  const char *subject; /* as a subject of that kind is written */
  const char *what;    /* the field, or what else it is: "state", "there" */
  const char *from, *to;
  enum truth from_old, to_old; /* its layer's word was old at that moment, or is */
  int severity;        /* of a problem that is new; info for the rest */
  bool gone;           /* a problem that is no more */
  enum about about;
};
struct changes { struct change *item; size_t count; };
extern const struct shape change_shape;

/* In a, which must outlive ret; so must both snapshots. */
void snapshot_compare(const struct snapshot *then, const struct snapshot *now, struct arena *a, struct changes *ret);
#endif
