/* Networks: a host that is cut off lives on, alone, and the others take it for dead; a link of corosync that breaks matters
 * only where there is no other. Corosync tells of the links between this host and the others, and of no more. */
#include "analysis/judge.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include <stdlib.h>
#include <string.h>

/* "link:kvm02:1": its host (NULL: of every host), its number (-1: all of them). */
struct network { const struct host_view *host; int64_t number; const char *brick; };

static struct network network_of(const struct judge *j, const char *target) {
  const char *what = target + strlen("link:"), *colon = strrchr(what, ':'), *host, *path;
  struct network n = {.number = -1};
  if (brick_split(j->a, what, &host, &path)) n.brick = what;
  else if (!what[strspn(what, "0123456789")] && *what) n.number = strtoll(what, NULL, 10);
  else if (colon && colon[1] && !colon[1 + strspn(colon + 1, "0123456789")]) n.host = snapshot_host(j->s, arena_strndup(j->a, what, (size_t)(colon - what))), n.number = strtoll(colon + 1, NULL, 10);
  else n.host = snapshot_host(j->s, what);
  return n;
}

static bool has_link(const struct host_view *h, int64_t number) {
  for (size_t i = 0; i < h->links.count; i++)
    if (h->links.item[i].link == number) return true;
  return false;
}

/* Whether another link is left between this host and that one. */
static enum truth reached_without(const struct host_view *h, int64_t number) {
  enum truth best = TRUTH_NO;
  if (texts_have(&h->stale, layer_names[LAYER_COROSYNC]) || !h->links.count) return TRUTH_UNKNOWN;
  for (size_t i = 0; i < h->links.count; i++) {
    if (h->links.item[i].link == number) continue;
    if (h->links.item[i].connected == TRUTH_YES) return TRUTH_YES;
    if (h->links.item[i].connected == TRUTH_UNKNOWN) best = TRUTH_UNKNOWN;
  }
  return best;
}

static void cut(struct judge *j, const struct host_view *h) {
  for (size_t i = 0; i < j->lost_count; i++)
    if (j->lost[i] == h) return;
  j->lost[j->lost_count++] = h;
  j->cut_count++;
}

static bool is_member(const struct host_view *h) { return h->membership == MEMBERSHIP_MEMBER; }

struct outcome { size_t reached, cut, unsure, without; }; /* of the hosts at the other ends; without: that have no such link */

/* do_cut: those that nothing reaches any more are lost. */
static struct outcome outcome_of(struct judge *j, const struct network *n, bool do_cut) {
  struct outcome o = {0};
  bool own = n->host && n->host->here == TRUTH_YES;
  for (size_t i = 0; i < j->s->hosts.count; i++) {
    const struct host_view *h = &j->s->hosts.item[i];
    if (h->here == TRUTH_YES || !is_member(h) || (n->host && !own && n->host != h)) continue;
    enum truth left = has_link(h, n->number) || !h->links.count ? reached_without(h, n->number) : TRUTH_YES;
    o.without += h->links.count && !has_link(h, n->number);
    o.reached += left == TRUTH_YES, o.cut += left == TRUTH_NO, o.unsure += left == TRUTH_UNKNOWN;
    if (left == TRUTH_NO && do_cut && !own) cut(j, h);
  }
  if (own && do_cut && o.cut && !o.reached && !o.unsure) cut(j, n->host);
  return o;
}

void find_cut(struct judge *j) {
  for (size_t i = 0; i < j->loss->links.count; i++) {
    struct network n = network_of(j, j->loss->links.item[i]);
    if (n.brick) texts_add(j->a, &j->bricks, n.brick);
    else if (n.number >= 0) outcome_of(j, &n, true);
    else if (n.host) cut(j, n.host);
  }
}

static void judge_ring(struct judge *j, const struct network *n) {
  struct outcome o = outcome_of(j, n, false);
  const char *whose = n->host ? arena_printf(j->a, " of %s", n->host->name) : "";
  long long number = (long long)n->number;
  int64_t age = UNKNOWN_INT;
  fact_keyed(j->s, "corosync.links", "", &age);
  if (!o.reached && !o.cut && !o.unsure) reason(j, "links", VERDICT_UNKNOWN, age, "which hosts corosync's link %lld%s joins is not known", number, whose);
  else if (o.unsure) reason(j, "links", VERDICT_UNKNOWN, age, "whether another link than %lld%s is left is not known of %zu host%s", number, whose, o.unsure, o.unsure == 1 ? "" : "s");
  if (o.reached && !o.cut && !o.unsure && o.reached == o.without) reason(j, "links", VERDICT_UNKNOWN, age, "corosync has no link %lld%s here", number, whose);
  else if (o.reached && !o.cut && !o.unsure) reason(j, "links", VERDICT_SAFE, age, "corosync goes on over its other links, as far as this host sees them; what else takes the same cable is not known here");
}

/* Both halves of two nodes have quorum, and each takes the other for dead. */
static void judge_race(struct judge *j) {
  int64_t age = UNKNOWN_INT;
  const struct corosync_cluster *c = fact_keyed(j->s, "corosync.cluster", "", &age);
  size_t nodes = 0;
  for (size_t i = 0; i < j->lost_count; i++) nodes += lost_is_node(j, j->lost[i]) || j->lost[i]->membership;
  j->race = c && c->two_node == TRUTH_YES && nodes == 1;
  if (j->race) reason(j, "links", VERDICT_UNKNOWN, age, "both halves have quorum (two_node) and fence each other: which of the two survives is not known, and what runs on the other one is started anew");
}

void judge_links(struct judge *j) {
  for (size_t i = 0; i < j->loss->links.count; i++) {
    struct network n = network_of(j, j->loss->links.item[i]);
    if (!n.brick && n.number >= 0) judge_ring(j, &n);
    if (n.brick) reason(j, "links", VERDICT_SAFE, UNKNOWN_INT, "to its clients %s is as a dead brick, and writes on its side go nowhere else", n.brick);
  }
  for (size_t i = j->lost_count - j->cut_count; i < j->lost_count; i++)
    reason(j, "links", VERDICT_SAFE, UNKNOWN_INT, "%s is cut off and lives on: the others take it for dead, and %s", j->lost[i]->name, lost_is_node(j, j->lost[i]) || j->lost[i]->membership ? "start nothing of it before it is fenced" : "its bricks are lost to them");
  if (j->cut_count) judge_race(j);
}
