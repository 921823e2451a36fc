#include "sources/gluster_elect.h"
#include <string.h>

int rank_order(const struct rank *a, const struct rank *b) {
  if (a->level != b->level) return a->level > b->level ? 1 : -1;
  if (a->since != b->since) return a->since < b->since ? 1 : -1;
  return strcmp(b->id, a->id);
}

bool elect_hear(struct elect_link *link, const struct leader *word, int64_t now) {
  if (!word || word->hops > ELECT_HOPS) {
    link->led = false;
    return false;
  }
  bool news = !link->led || strcmp(link->leader.rank.id, word->rank.id) != 0 || word->beat > link->leader.beat;
  if (news) link->rose = now;
  link->led = true;
  link->leader = *word;
  return news;
}

static bool alive(const struct elect_link *l, const char *self, int64_t now) {
  return l->ready && l->led && strcmp(l->leader.rank.id, self) != 0 && now - l->rose < ELECT_SILENT_MS;
}

int elect(const struct elect_self *self, const struct elect_link *const *links, size_t count, int current, int64_t now) {
  int best = ELECT_NOBODY;
  for (size_t i = 0; i < count; i++) {
    const struct elect_link *l = links[i], *b = best >= 0 ? links[best] : NULL;
    if (!alive(l, self->rank.id, now)) continue;
    int order = b ? rank_order(&l->leader.rank, &b->leader.rank) : 1;
    if (!order) order = (int)i == current || (best != current && l->leader.hops < b->leader.hops) ? 1 : -1;
    if (order > 0) best = (int)i;
  }
  if (!self->able) return best;
  /* One whom nobody can follow leads only when there is nobody else: two such on a host would both read. */
  if (best < 0 || (self->heard && rank_order(&self->rank, &links[best]->leader.rank) > 0)) return ELECT_SELF;
  return best;
}
