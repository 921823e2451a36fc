/* Votes: is there quorum without them, by votequorum's own rules? */
#include "analysis/judge.h"
#include "analysis/seen.h"
#include "analysis/votes.h"

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

static void with_quorum(struct judge *j, const struct votes_now *v, size_t left, int64_t kept, int64_t needed) {
  if (left == v->members) reason(j, "quorum", VERDICT_SAFE, v->age_ms, "%s has no vote in the cluster that counts now", lost_names(j));
  else
    reason(j, "quorum", VERDICT_SAFE, v->age_ms, "%lld of %lld votes stay, %lld are needed%s%s", (long long)kept, (long long)v->cluster->expected_votes, (long long)needed, v->cluster->two_node == TRUTH_YES ? " (two_node)" : "",
           v->cluster->wait_for_all == TRUTH_YES && left == 1 ? "; if the last node then restarts too, nothing starts until all are back (wait_for_all)" : "");
}

void judge_votes(struct judge *j) {
  struct votes_now v;
  struct votes kept[MEMBERS_MOST];
  size_t left = 0;
  int64_t votes = 0, needed = 0;
  if (!may_vote(j)) return;
  votes_look(j->s, &v);
  if (!v.cluster) return reason(j, "quorum", VERDICT_UNKNOWN, v.age_ms, "corosync's votes are not known now");
  if (v.unsure) return reason(j, "quorum", VERDICT_UNKNOWN, v.age_ms, "of %zu nodes it is not known whether they are members", v.unsure);
  if (v.cluster->quorate != TRUTH_YES) return reason(j, "quorum", VERDICT_UNSAFE, v.age_ms, "there is no quorum even now");
  for (size_t i = 0; i < v.members; i++)
    if (!host_lost(j, v.name[i])) votes += v.member[i].votes, kept[left++] = v.member[i];
  if (votes_suffice(&v.rules, v.cluster->quorum, v.member, v.members, kept, left, v.device, &needed)) with_quorum(j, &v, left, votes, needed);
  else without_quorum(j, v.age_ms, votes + v.device, needed);
}
