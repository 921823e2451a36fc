/* Conditions: named questions to a snapshot, a table. Each answers yes, no or unknown and says in words what it saw; an
 * answer that rests on a stale or missing fact is unknown. */
#ifndef OPS_CONDITION_H
#define OPS_CONDITION_H
#include "model/snapshot.h"
#include "ops/plan.h"

struct condition_kind {
  const char *name;  /* "domain-runs-on" */
  const char *args;  /* "DOMAIN HOST": how many and what; a trailing "?" means it may be left out */
  const char *title; /* "%s runs on %s": with the arguments in their order, for "waiting until ..." */
  enum truth (*holds)(const struct snapshot *s, const struct texts *args, struct arena *a, const char **saw);
};
/* Tables, one a layer of the stack; each ends with name NULL, the list with NULL. */
extern const struct condition_kind *const condition_groups[];
extern const struct condition_kind store_conditions[], cluster_conditions[], domain_conditions[];
extern const struct condition_kind host_conditions[]; /* of a host as a whole, by all layers */
extern const struct condition_kind member_conditions[]; /* of who belongs to the cluster */
const struct condition_kind *condition_kind_find(const char *name);

/* saw (in a): what there is instead or meanwhile, "" or a clause; NULL when not wanted. A condition of no known name is unknown. */
enum truth condition_holds(const struct condition *c, const struct snapshot *s, struct arena *a, const char **saw);
/* All that it rests on was read within so many ms before the snapshot: what was read earlier proves nothing of what was done since. */
bool condition_read_within(const struct condition *c, const struct snapshot *s, int64_t ms);
const char *condition_text(const struct condition *c, struct arena *a); /* "test01 runs on kvm02" */
#endif
