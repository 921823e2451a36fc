#include "analysis/votes.h"
#include "analysis/judge.h"
#include "analysis/seen.h"
#include <stdlib.h>
#include <string.h>

void votes_look(const struct snapshot *s, struct votes_now *ret) {
  int64_t age = UNKNOWN_INT, age_nodes = UNKNOWN_INT;
  const struct corosync_cluster *c = fact_keyed(s, "corosync.cluster", "", &age);
  const struct corosync_nodes *nodes = fact_keyed(s, "corosync.nodes", "", &age_nodes);
  *ret = (struct votes_now){.age_ms = oldest(age, age_nodes)};
  if (!c || !nodes || c->quorate == TRUTH_UNKNOWN || c->expected_votes == UNKNOWN_INT || c->quorum == UNKNOWN_INT || c->two_node == TRUTH_UNKNOWN) return;
  ret->cluster = c, ret->nodes = nodes;
  for (size_t i = 0; i < nodes->nodes.count; i++) {
    const struct corosync_node *k = &nodes->nodes.item[i];
    int64_t own = k->votes == UNKNOWN_INT ? 1 : k->votes;
    ret->unsure += k->member == TRUTH_UNKNOWN || (k->member == TRUTH_YES && ret->members == MEMBERS_MOST);
    if (k->member != TRUTH_YES || ret->members == MEMBERS_MOST) continue;
    ret->member[ret->members] = (struct votes){k->id, own};
    ret->name[ret->members++] = k->name;
    ret->votes += own;
  }
  ret->device = c->qdevice == TRUTH_YES && c->votes != UNKNOWN_INT && c->votes > ret->votes ? c->votes - ret->votes : 0;
  ret->rules = (struct quorum_rules){.expected = c->expected_votes, .two_node = c->two_node == TRUTH_YES && nodes->nodes.count <= 2, .wait_for_all = c->wait_for_all == TRUTH_YES,
                                     .last_man_standing = c->last_man_standing == TRUTH_YES, .auto_tie_breaker = c->auto_tie_breaker == TRUTH_YES};
  quorum_tie_breaker(&ret->rules, c->tie_breaker_node);
}

static struct quorum_partition partition_of(const struct votes *v, size_t n, int64_t ids[MEMBERS_MOST]) {
  struct quorum_partition p = {.ids = ids, .count = n};
  for (size_t i = 0; i < n; i++) ids[i] = v[i].id, p.votes += v[i].votes;
  return p;
}

static int64_t winner_of(const struct quorum_rules *r, const struct votes *v, size_t n) {
  int64_t ids[MEMBERS_MOST];
  struct quorum_partition p = partition_of(v, n, ids);
  return quorum_winner(r, &p);
}

bool votes_suffice(const struct quorum_rules *r, int64_t needed, const struct votes *all, size_t n, const struct votes *kept, size_t left, int64_t device, int64_t *ret_needed) {
  int64_t ids[MEMBERS_MOST];
  struct quorum_partition p = partition_of(kept, left, ids);
  struct quorum_state state = {.expected = r->expected, .quorum = needed, .members = (int64_t)n, .quorate = true, .lowest = winner_of(r, all, n)};
  p.device_votes = device;
  quorum_settle(r, &state, &p);
  if (ret_needed) *ret_needed = state.quorum;
  return state.quorate && left > 0;
}

/* What is lost worst comes first: the most votes, and of the same the one that an even split falls to. */
static int worst_first(const void *a, const void *b, void *winner) {
  const struct votes *x = a, *y = b;
  if (x->votes != y->votes) return x->votes < y->votes ? 1 : -1;
  return (y->id == *(int64_t *)winner) - (x->id == *(int64_t *)winner);
}

int64_t votes_margin(const struct quorum_rules *r, int64_t needed, const struct votes *v, size_t n, int64_t device) {
  struct votes sorted[MEMBERS_MOST];
  size_t lost = 0;
  if (!n || n > MEMBERS_MOST) return n ? UNKNOWN_INT : 0;
  int64_t winner = winner_of(r, v, n);
  memcpy(sorted, v, n * sizeof *v);
  qsort_r(sorted, n, sizeof *sorted, worst_first, &winner);
  while (lost < n && votes_suffice(r, needed, v, n, sorted + lost + 1, n - lost - 1, device, NULL)) lost++;
  return (int64_t)lost;
}
