#include "model/quorum.h"
#include <stdlib.h>
#include <string.h>

static bool has(const struct quorum_partition *p, int64_t id) {
  for (size_t i = 0; i < p->count; i++)
    if (p->ids[i] == id) return true;
  return false;
}

bool quorum_tie_breaker(struct quorum_rules *r, const char *text) {
  r->tie_highest = text && !strcmp(text, "highest");
  r->tie_count = 0;
  if (!text || r->tie_highest || !strcmp(text, "lowest")) return true;
  for (char *end; *text; text = end) {
    long long id = strtoll(text, &end, 10);
    if (end == text || id <= 0 || (*end && *end != ' ') || r->tie_count == QUORUM_TIES) return r->auto_tie_breaker = false;
    r->ties[r->tie_count++] = id;
    end += strspn(end, " ");
  }
  return r->tie_count || (r->auto_tie_breaker = false);
}

int64_t quorum_winner(const struct quorum_rules *r, const struct quorum_partition *p) {
  int64_t best = 0;
  for (size_t i = 0; i < r->tie_count; i++)
    if (has(p, r->ties[i])) return r->ties[i];
  for (size_t i = 0; i < p->count && !r->tie_count; i++)
    if (!best || (r->tie_highest ? p->ids[i] > best : p->ids[i] < best)) best = p->ids[i];
  return best;
}

/* It never decreases by itself; two nodes need but one. */
static void count(const struct quorum_rules *r, struct quorum_state *s, const struct quorum_partition *p, bool decrease) {
  int64_t total = p->votes + p->device_votes;
  int64_t by_expected = (s->expected + 2) / 2, by_votes = (total + 2) / 2;
  int64_t wanted = by_expected > by_votes ? by_expected : by_votes;
  if (!decrease && s->quorum > wanted) wanted = s->quorum;
  s->quorum = r->two_node && p->count <= 2 ? 1 : wanted;
}

static void decide(const struct quorum_rules *r, struct quorum_state *s, const struct quorum_partition *p) {
  int64_t total = p->votes + p->device_votes;
  if (r->wait_for_all && s->waiting && total != s->expected) {
    s->quorate = false;
    return;
  }
  s->waiting = false;
  s->quorate = total >= s->quorum;
  if (s->quorate) s->lowest = quorum_winner(r, p);
  bool others_may = s->members - (int64_t)p->count >= s->quorum;
  if (r->auto_tie_breaker && total == s->expected / 2 && !others_may && has(p, s->lowest)) s->quorate = true;
  if (r->wait_for_all) s->waiting = !s->quorate;
}

static void begin(const struct quorum_rules *r, struct quorum_state *s) {
  if (s->expected) return;
  s->expected = r->expected;
  s->waiting = r->wait_for_all;
}

void quorum_settle(const struct quorum_rules *r, struct quorum_state *s, const struct quorum_partition *p) {
  begin(r, s);
  if (p->votes + p->device_votes > s->expected) s->expected = p->votes + p->device_votes;
  count(r, s, p, false);
  decide(r, s, p);
  s->members = (int64_t)p->count;
}

bool quorum_shrinks(const struct quorum_rules *r, const struct quorum_state *s, const struct quorum_partition *p) {
  if (!r->last_man_standing || (int64_t)p->count >= s->members) return false;
  return (int64_t)p->count >= s->quorum || (r->auto_tie_breaker && has(p, s->lowest));
}

void quorum_shrink(const struct quorum_rules *r, struct quorum_state *s, const struct quorum_partition *p) {
  if (!s->quorate) return;
  s->expected = (int64_t)p->count;
  count(r, s, p, true);
  decide(r, s, p);
}

void quorum_expect(const struct quorum_rules *r, struct quorum_state *s, const struct quorum_partition *p, int64_t expected) {
  begin(r, s);
  s->expected = expected > p->votes ? expected : p->votes;
  count(r, s, p, true);
  decide(r, s, p);
}
