/* Operations of the guide's own: a move that is remembered, and what an operator has seen. Kept in the CIB, in a property set that
 * pacemaker ignores, so that every console of the cluster knows. */
#include "ops/guide_parts.h"
#include "ops/cluster_rows.h"

static void plan_guide_move(struct planning *p) {
  const char *resource = given(p, "resource"), *to = given(p, "to");
  if (!to) return (void)refuse_always(p, "with another node online", "no other node may take %s", resource);
  move_told(p, resource, to, false);
  if (refused(p)) return;
  proof_step(p, "moved", planf(p, "%s was seen to move to %s", resource, to));
  consequence(p, "that it moved is written into the cluster's configuration, where every console finds it");
}

static void plan_proof(struct planning *p) {
  const char *domain = given(p, "domain"), *host = given(p, "host"), *step = given(p, "step");
  if (!cluster_told(p)) return;
  const struct domain_view *d = snapshot_domain(p->snap, domain);
  const char *resource = d && d->resource ? d->resource : domain;
  const struct resource_view *r = resource_told(p, resource);
  if (!r) return;
  if (r->role != HA_STARTED || r->hosts.count != 1) refuse_always(p, "when it runs again", "%s is not started on one host", r->id);
  if (refused(p)) return;
  consequence(p, "from now on every console of this cluster says that this was seen: by you");
  proof_step(p, step, str_eq(step, "failover") ? planf(p, "%s was seen to come back when %s was lost", domain, host ? host : "its host") : planf(p, "%s was seen to move", domain));
}

static const struct operation_argument move_arguments[] = {
    {.name = "resource", .title = "RESOURCE", .help = "which resource, by its id", .kind = ARG_RESOURCE, .required = true},
    {.name = "to", .title = "NODE", .help = "the host it is to run on; the first other one that may take it is proposed", .kind = ARG_NODE, .propose = propose_other_node},
    {.name = NULL}};
static const struct operation_argument proof_arguments[] = {
    {.name = "step", .title = "failover|moved", .help = "what was seen", .kind = ARG_CHOICE, .words = "failover moved", .required = true},
    {.name = "domain", .title = "DOMAIN", .help = "of which domain", .kind = ARG_NAME, .required = true},
    {.name = "host", .title = "HOST", .help = "which host was lost", .kind = ARG_HOST},
    {.name = NULL}};

const struct operation guide_operations[] = {
    {.name = "guide-move", .title = "Move it, and write down that it moved", .target = TARGET_RESOURCE, .danger = 1, .arguments = move_arguments, .plan = plan_guide_move, .fits = only_by_name,
     .help = "As resource-move; the constraint stays, as a move leaves it. The guide finds afterwards, on every host, that the move was seen."},
    {.name = "guide-proof", .title = "Write down what was seen", .target = TARGET_CLUSTER, .danger = 1, .arguments = proof_arguments, .plan = plan_proof, .fits = only_by_name,
     .help = "That a domain came back from a lost host, or moved, was seen by you: kept in the cluster's configuration, where the guide of every console finds it."},
    {.name = NULL}};
