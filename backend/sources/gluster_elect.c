#include "sources/gluster_elect.h"
#include <string.h>

int rank_order(const struct rank *a, const struct rank *b) {
  if (a->level != b->level) return a->level > b->level ? 1 : -1;
  if (a->since != b->since) return a->since < b->since ? 1 : -1;
  return strcmp(b->id, a->id);
}

static int64_t rose_last(const struct elect_seen *seen, const char *id) {
  for (size_t i = 0; i < ELECT_SEEN; i++)
    if (!strcmp(seen->row[i].id, id)) return seen->row[i].rose;
  return INT64_MIN / 2;
}

/* True when nobody had told of so high a beat before. */
static bool see(struct elect_seen *seen, const struct leader *word, int64_t now) {
  size_t at = 0;
  for (size_t i = 0; i < ELECT_SEEN; i++) {
    if (!strcmp(seen->row[i].id, word->rank.id)) {
      if (word->beat <= seen->row[i].beat) return false;
      seen->row[i].beat = word->beat;
      seen->row[i].rose = now;
      return true;
    }
    if (!seen->row[at].id[0]) continue; /* a free row is taken, else the one that has been still for longest */
    if (!seen->row[i].id[0] || seen->row[i].rose < seen->row[at].rose) at = i;
  }
  memcpy(seen->row[at].id, word->rank.id, ELECT_ID);
  seen->row[at].beat = word->beat;
  seen->row[at].rose = now;
  return true;
}

bool elect_hear(struct elect_seen *seen, struct elect_link *link, const struct leader *word, int64_t now) {
  bool other = !word || !link->led || strcmp(link->leader.rank.id, word->rank.id) != 0;
  if (!word || word->hops > ELECT_HOPS) {
    link->led = false;
    return false;
  }
  if (other || word->beat > link->leader.beat) link->rose = now;
  link->led = true;
  link->leader = *word;
  return see(seen, word, now);
}

static bool alive(const struct elect_link *l, const struct elect_seen *seen, const char *self, int64_t now) {
  if (!l->ready || !l->led || !strcmp(l->leader.rank.id, self)) return false;
  return now - l->rose < ELECT_SILENT_MS && now - rose_last(seen, l->leader.rank.id) < ELECT_SILENT_MS;
}

int elect(const struct elect_self *self, const struct elect_link *const *links, size_t count, const struct elect_seen *seen, int current, int64_t now) {
  int best = ELECT_NOBODY;
  for (size_t i = 0; i < count; i++) {
    const struct elect_link *l = links[i], *b = best >= 0 ? links[best] : NULL;
    if (!alive(l, seen, self->rank.id, now)) continue;
    int order = b ? rank_order(&l->leader.rank, &b->leader.rank) : 1;
    if (!order) order = (int)i == current || (best != current && l->leader.hops < b->leader.hops) ? 1 : -1;
    if (order > 0) best = (int)i;
  }
  if (!self->able) return best;
  /* One whom nobody can follow leads only when there is nobody else: two such on a host would both read. */
  if (best < 0 || (self->heard && rank_order(&self->rank, &links[best]->leader.rank) > 0)) return ELECT_SELF;
  return best;
}
