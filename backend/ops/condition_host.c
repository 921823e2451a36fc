/* Questions about a host as a whole, and about the rest of the cluster beside it: what work on one host after the other rests on. */
#include "ops/condition.h"
#include "analysis/seen.h"
#include "analysis/stop.h"
#include "analysis/store_view.h"
#include <inttypes.h>

#define CONDITION(name_) static enum truth name_(const struct snapshot *s, const struct texts *args, struct arena *a, const char **saw)
#define ARG(n) (args->item[n])

/* By the verdict, of all layers but fencing: what is drained in order is not fenced. What time cures is no, for now. */
CONDITION(may_go_down) {
  struct loss loss = {0};
  int worst = VERDICT_NONE;
  if (loss_add(s, &loss, ARG(0), a, NULL)) return *saw = "no layer knows it", TRUTH_UNKNOWN;
  struct judge_index *x = stop_index(s);
  const struct stop *v = stop_brief(x, s, &loss, a);
  stop_index_free(x);
  for (size_t i = 0; i < v->reasons.count; i++) {
    const struct stop_reason *r = &v->reasons.item[i];
    if (str_eq(r->layer, "fencing") || stop_rank(r->verdict) <= stop_rank(worst)) continue;
    worst = r->verdict;
    if (worst != VERDICT_SAFE) *saw = arena_printf(a, "%s: %s", verdict_names[worst], r->text);
  }
  return worst == VERDICT_SAFE ? TRUTH_YES : worst == VERDICT_UNKNOWN || worst == VERDICT_NONE ? TRUTH_UNKNOWN : TRUTH_NO;
}

static bool fresh(const struct host_view *h, enum layer l) { return !texts_have(&h->stale, layer_names[l]); }

/* Of one host what is known to be wrong; NULL: nothing. */
static const char *wrong_with(const struct snapshot *s, const struct host_view *h, struct arena *a) {
  bool pacemaker = fresh(h, LAYER_PACEMAKER) && (h->pacemaker == NODE_UNCLEAN || h->pacemaker == NODE_OFFLINE);
  if (pacemaker) return arena_printf(a, "%s is %s", h->name, node_state_names[h->pacemaker]);
  if (fresh(h, LAYER_COROSYNC) && h->membership == MEMBERSHIP_LEFT) return arena_printf(a, "%s has left the cluster", h->name);
  if (fresh(h, LAYER_GLUSTER) && h->peer == PEER_DISCONNECTED) return arena_printf(a, "%s is a disconnected peer", h->name);
  for (size_t v = 0; v < s->volumes.count; v++)
    for (size_t i = 0; str_eq(s->volumes.item[v].status, "started") && i < s->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &s->volumes.item[v].bricks.item[i];
      if (snapshot_host(s, b->host) == h && !b->stale.count && (b->online == TRUTH_NO || b->answers == TRUTH_NO)) return arena_printf(a, "brick %s:%s is down", b->host, b->path);
    }
  return NULL;
}

/* A watch over what is waited for, and no permission: no as soon as something is known to be wrong elsewhere. What is not known for a
 * moment does not end work that goes on for an hour. */
CONDITION(nothing_else_down) {
  const struct host_view *but = args->count ? snapshot_host(s, ARG(0)) : NULL;
  if (s->cluster.name && s->cluster.quorate == TRUTH_NO && !s->cluster.stale.count) return *saw = "the cluster has lost its quorum", TRUTH_NO;
  for (size_t i = 0; i < s->hosts.count; i++) {
    const char *wrong = &s->hosts.item[i] == but ? NULL : wrong_with(s, &s->hosts.item[i], a);
    if (wrong) return *saw = wrong, TRUTH_NO;
  }
  return TRUTH_YES;
}

/* Seen by the others; that nothing is heard of it for other reasons is not known. */
CONDITION(host_gone) {
  const struct host_view *h = snapshot_host(s, ARG(0));
  (void)a;
  if (!h) return *saw = "no layer knows it", TRUTH_UNKNOWN;
  if (h->membership != MEMBERSHIP_UNKNOWN && fresh(h, LAYER_COROSYNC) && fact_seen(s, "corosync.nodes", NULL)) {
    if (h->membership == MEMBERSHIP_MEMBER) *saw = "it is a member";
    return truth_of(h->membership == MEMBERSHIP_LEFT);
  }
  if (h->peer == PEER_UNKNOWN || !fresh(h, LAYER_GLUSTER)) return *saw = "nothing is known of it", TRUTH_UNKNOWN;
  if (h->peer == PEER_CONNECTED) *saw = "it is a connected peer";
  return truth_of(h->peer != PEER_CONNECTED);
}

CONDITION(votes_at_least) {
  int64_t least;
  if (!fact_seen(s, "corosync.cluster", NULL) || s->cluster.votes == UNKNOWN_INT || s->cluster.quorate == TRUTH_UNKNOWN) return *saw = "corosync is not read", TRUTH_UNKNOWN;
  if (str_int(ARG(0), 0, INT64_MAX, &least)) return TRUTH_UNKNOWN;
  *saw = arena_printf(a, "there are %" PRId64 "%s", s->cluster.votes, s->cluster.quorate == TRUTH_YES ? "" : ", and no quorum");
  return truth_of(s->cluster.quorate == TRUTH_YES && s->cluster.votes >= least);
}

/* Each on one host; one whose host is not read may run, or not. */
CONDITION(domains_running) {
  int64_t least, running = 0, unsure = 0;
  if (str_int(ARG(0), 0, INT64_MAX, &least)) return TRUTH_UNKNOWN;
  for (size_t i = 0; i < s->domains.count; i++) {
    const struct domain_view *d = &s->domains.item[i];
    bool runs = d->hosts.count == 1 && str_eq(d->state, "running");
    if (texts_have(&d->stale, layer_names[LAYER_LIBVIRT]) || !d->state) unsure++;
    else running += runs;
  }
  *saw = arena_printf(a, "%" PRId64 " do", running);
  return running >= least ? TRUTH_YES : running + unsure >= least ? TRUTH_UNKNOWN : TRUTH_NO;
}

static enum truth all_of(enum truth a, enum truth b) { return a == TRUTH_NO || b == TRUTH_NO ? TRUTH_NO : a == TRUTH_UNKNOWN || b == TRUTH_UNKNOWN ? TRUTH_UNKNOWN : TRUTH_YES; }

static enum truth asks(const struct snapshot *s, struct arena *a, const char **saw, const char *name, const char *one, const char *two) {
  struct condition c = {.name = name};
  texts_add(a, &c.args, one);
  if (two) texts_add(a, &c.args, two);
  return condition_holds(&c, s, a, saw);
}

/* DOMAIN FROM TO: it still runs there and nothing is done with it, and there is room for it. */
CONDITION(may_move) {
  const struct domain_view *d = snapshot_domain(s, ARG(0));
  const struct host_view *to = snapshot_host(s, ARG(2));
  enum truth there = asks(s, a, saw, "domain-runs-on", ARG(0), ARG(1));
  if (there != TRUTH_YES) return there;
  enum truth settled = asks(s, a, saw, "domain-settled", ARG(0), NULL);
  if (settled != TRUTH_YES) return settled;
  enum truth online = asks(s, a, saw, "node-online", ARG(2), NULL);
  if (online != TRUTH_YES) return online;
  if (!to || !d || to->memory == UNKNOWN_INT || to->memory_used == UNKNOWN_INT || d->memory == UNKNOWN_INT || !libvirt_seen(s, to->name)) return *saw = "how much memory is left there is not known", TRUTH_UNKNOWN;
  bool room = d->memory <= to->memory - to->memory_used;
  if (!room) *saw = "there is no room for it";
  return all_of(truth_of(room), s->cluster.quorate);
}

const struct condition_kind host_conditions[] = {
    {"may-go-down", "HOST", "%s may be taken down", may_go_down},
    {"nothing-else-down", "HOST?", "nothing but %s is known to be down", nothing_else_down},
    {"host-gone", "HOST", "the others have lost %s", host_gone},
    {"votes-at-least", "COUNT", "there is quorum with at least %s votes", votes_at_least},
    {"domains-running", "COUNT", "at least %s domains run", domains_running},
    {"may-move", "DOMAIN FROM TO", "%s runs on %s, nothing is done with it, and %s has room", may_move},
    {.name = NULL},
};
