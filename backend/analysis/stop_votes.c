/* Votes: is there quorum without them, by votequorum's own rules? */
#include "analysis/judge.h"
#include "analysis/seen.h"
#include "model/quorum.h"

struct count {
  int64_t ids[256], all[256]; /* of those that stay, of all members */
  size_t members, lost, unsure; /* of the members: those that are lost; nodes of which it is not known whether they are members */
  int64_t votes, kept;          /* of the members now, and of those that stay */
};

static void count_nodes(const struct judge *j, const struct corosync_nodes *n, struct count *ret) {
  *ret = (struct count){0};
  size_t kept = 0;
  for (size_t i = 0; i < n->nodes.count; i++) {
    const struct corosync_node *node = &n->nodes.item[i];
    ret->unsure += node->member == TRUTH_UNKNOWN;
    if (node->member != TRUTH_YES) continue;
    int64_t votes = node->votes == UNKNOWN_INT ? 1 : node->votes;
    if (ret->members < COUNT(ret->all)) ret->all[ret->members] = node->id;
    ret->members++;
    ret->votes += votes;
    if (host_lost(j, node->name)) {
      ret->lost++;
      continue;
    }
    ret->kept += votes;
    if (kept < COUNT(ret->ids)) ret->ids[kept++] = node->id;
  }
}

/* A node by either layer's word; pacemaker's remote nodes have no vote. */
static bool may_vote(const struct judge *j) {
  const struct pcmk_nodes *nodes = fact_seen(j->s, "pacemaker.nodes", NULL);
  for (size_t i = 0; i < j->lost_count; i++) {
    bool remote = false;
    for (size_t k = 0; nodes && k < nodes->nodes.count; k++)
      remote |= str_eq(nodes->nodes.item[k].type, "remote") && (str_eq(nodes->nodes.item[k].name, j->lost[i]->name) || texts_have(&j->lost[i]->aliases, nodes->nodes.item[k].name));
    if (j->lost[i]->membership || (lost_is_node(j, j->lost[i]) && !remote)) return true;
  }
  return false;
}

/* What pacemaker does to what runs when quorum is lost. */
static void without_quorum(struct judge *j, int64_t age, int64_t left, int64_t needed) {
  j->freezes = str_eq(j->s->cluster.no_quorum_policy, "freeze");
  j->stops = !j->freezes && !str_eq(j->s->cluster.no_quorum_policy, "ignore");
  const char *policy = j->s->cluster.no_quorum_policy;
  if (str_eq(policy, "ignore")) reason(j, "quorum", VERDICT_SAFE, age, "%lld vote%s left where %lld are needed, and no-quorum-policy=ignore lets everything run on: two halves may both do so", (long long)left, left == 1 ? " is" : "s are", (long long)needed);
  else if (str_eq(policy, "freeze")) reason(j, "quorum", VERDICT_UNSAFE, age, "%lld vote%s left where %lld are needed: what runs goes on, and nothing is started or recovered any more (no-quorum-policy=freeze)", (long long)left, left == 1 ? " is" : "s are", (long long)needed);
  else reason(j, "quorum", VERDICT_UNSAFE, age, "%lld vote%s left where %lld are needed: quorum is lost, and pacemaker stops everything (no-quorum-policy=%s)", (long long)left, left == 1 ? " is" : "s are", (long long)needed, policy ? policy : "stop");
}

static void with_quorum(struct judge *j, int64_t age, const struct corosync_cluster *c, const struct count *n, int64_t needed) {
  bool all = c->wait_for_all == TRUTH_YES, last = (int64_t)n->members - (int64_t)n->lost == 1;
  if (!n->lost) reason(j, "quorum", VERDICT_SAFE, age, "%s has no vote in the cluster that counts now", lost_names(j));
  else
    reason(j, "quorum", VERDICT_SAFE, age, "%lld of %lld votes stay, %lld are needed%s%s", (long long)n->kept, (long long)c->expected_votes, (long long)needed, c->two_node == TRUTH_YES ? " (two_node)" : "",
           all && last ? "; if the last node then restarts too, nothing starts until all are back (wait_for_all)" : "");
}

static size_t at_most(size_t n, size_t most) { return n < most ? n : most; }

void judge_votes(struct judge *j) {
  int64_t age = UNKNOWN_INT, age_nodes = UNKNOWN_INT;
  const struct corosync_cluster *c = fact_keyed(j->s, "corosync.cluster", "", &age);
  const struct corosync_nodes *nodes = fact_keyed(j->s, "corosync.nodes", "", &age_nodes);
  if (!may_vote(j)) return;
  if (!c || !nodes || c->quorate == TRUTH_UNKNOWN || c->expected_votes == UNKNOWN_INT || c->quorum == UNKNOWN_INT || c->two_node == TRUTH_UNKNOWN) {
    reason(j, "quorum", VERDICT_UNKNOWN, oldest(age, age_nodes), "corosync's votes are not known now");
    return;
  }
  struct count n;
  count_nodes(j, nodes, &n);
  age = oldest(age, age_nodes);
  if (n.unsure) {
    reason(j, "quorum", VERDICT_UNKNOWN, age, "of %zu nodes it is not known whether they are members", n.unsure);
    return;
  }
  if (c->quorate != TRUTH_YES) {
    reason(j, "quorum", VERDICT_UNSAFE, age, "there is no quorum even now");
    return;
  }
  int64_t device = c->qdevice == TRUTH_YES && c->votes != UNKNOWN_INT && c->votes > n.votes ? c->votes - n.votes : 0;
  struct quorum_rules rules = {.expected = c->expected_votes, .two_node = c->two_node == TRUTH_YES && nodes->nodes.count <= 2, .wait_for_all = c->wait_for_all == TRUTH_YES,
                               .last_man_standing = c->last_man_standing == TRUTH_YES, .auto_tie_breaker = c->auto_tie_breaker == TRUTH_YES};
  struct quorum_state state = {.expected = c->expected_votes, .quorum = c->quorum, .members = (int64_t)n.members, .quorate = true};
  quorum_tie_breaker(&rules, c->tie_breaker_node);
  state.lowest = quorum_winner(&rules, &(struct quorum_partition){.ids = n.all, .count = at_most(n.members, COUNT(n.all))});
  struct quorum_partition left = {.ids = n.ids, .count = at_most(n.members - n.lost, COUNT(n.ids)), .votes = n.kept, .device_votes = device};
  quorum_settle(&rules, &state, &left);
  if (state.quorate && left.count) with_quorum(j, age, c, &n, state.quorum);
  else without_quorum(j, age, n.kept + device, state.quorum);
}
