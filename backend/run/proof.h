/* What the audit proves of fencing: each host whose power an operation of ours has cut, verified by the cluster, and when last.
 * Pacemaker forgets its own history with every restart of the cluster; the audit stays. */
#ifndef RUN_PROOF_H
#define RUN_PROOF_H
#include "model/shape.h"
#include "run/task.h"

enum { PROOF_BYTES = 8 << 20 }; /* of the audit's end that are read */
/* host: wall ms, as model/proven.h has them. No audit, or one that is nobody's to believe: none. */
void proofs_read(const char *state_dir, struct arena *a, struct tallies *ret);
/* Those of tasks that have ended well since; added to ret. */
void proofs_take(const struct task_view *tasks, size_t count, struct arena *a, struct tallies *ret);
#endif
