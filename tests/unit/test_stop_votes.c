/* Whether quorum stays, against votequorum(5): each row is a configuration, the nodes that are members, what corosync says of
 * expected votes and quorum then, who goes, and the answer that the manual's sentence gives, worked out by hand. Rows that
 * follow one another are a sequence of losses. Then generated clusters with votes of their own, against a plain count. */
#include "analysis/stop.h"
#include "model/fragment.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOW = 100000, MOST = 16 };
static struct arena *a;

static int set_up(void **state) { (void)state; a = arena_new(); return 0; }
static int tear_down(void **state) { (void)state; arena_free(a); return 0; }

static void add(struct store *s, const char *source, const char *kind, const char *data) {
  struct fragment *f = NULL;
  struct err e = {0};
  const char *line = arena_printf(a, "{\"at\":\"2026-11-22T12:00:00.000Z\",\"source\":\"%s\",\"host\":\"h1\",\"kind\":\"%s\",\"key\":\"\",\"data\":%s}", source, kind, data);
  if (fragment_parse(line, strlen(line), &f, &e)) fail_msg("%s: %s", e.text, line);
  store_add(s, f, NOW);
  fragment_drop(f);
}

enum { TWO = 1, ALL = 2, LAST = 4, TIE = 8 };
struct votes {
  int nodes, there;      /* h1 ... h<nodes>; a bit each: members now */
  int expected, quorum, device; /* as corosync counts them now */
  unsigned flags;
  const char *tie;       /* auto_tie_breaker_node */
  int64_t votes[MOST];   /* all 0: one each */
};

static int64_t votes_of(const struct votes *v, int i) {
  for (int k = 0; k < v->nodes; k++)
    if (v->votes[k]) return v->votes[i];
  return 1;
}

static const char *yes(bool b) { return b ? "true" : "false"; }

static struct snapshot *cluster(const struct votes *v) {
  struct store s = {0};
  struct str list = {0};
  int64_t total = v->device;
  for (int i = 0; i < v->nodes; i++) {
    bool there = v->there & 1 << i;
    total += there ? votes_of(v, i) : 0;
    str_addf(&list, "%s{\"id\":%d,\"name\":\"h%d\",\"addresses\":[],\"member\":%s,\"local\":false,\"votes\":%lld}", i ? "," : "", i + 1, i + 1, yes(there), (long long)votes_of(v, i));
  }
  add(&s, "corosync", "state", "{\"state\":\"ok\",\"text\":\"\"}");
  add(&s, "corosync", "corosync.cluster",
      arena_printf(a, "{\"name\":\"c\",\"quorate\":%s,\"votes\":%lld,\"expected_votes\":%d,\"quorum\":%d,\"two_node\":%s,\"wait_for_all\":%s,\"last_man_standing\":%s,\"auto_tie_breaker\":%s,\"qdevice\":%s,\"tie_breaker_node\":%s}",
                   yes(total >= v->quorum), (long long)total, v->expected, v->quorum, yes(v->flags & TWO), yes(v->flags & ALL), yes(v->flags & LAST), yes(v->flags & TIE), yes(v->device),
                   v->tie ? arena_printf(a, "\"%s\"", v->tie) : "null"));
  add(&s, "corosync", "corosync.nodes", arena_printf(a, "{\"nodes\":[%s]}", list.data));
  struct snapshot *snap = snapshot_make(&s, NOW, 0, NULL, NULL);
  store_clear(&s);
  str_free(&list);
  return snap;
}

/* What is said of quorum alone. */
static int said(const struct snapshot *s, int nodes, int lost) {
  struct loss l = {0};
  int verdict = VERDICT_NONE;
  for (int i = 0; i < nodes; i++)
    if (lost & 1 << i) assert_int_equal(loss_add(s, &l, arena_printf(a, "h%d", i + 1), a, NULL), 0);
  const struct stop *v = stop_judge(s, &l, a);
  for (size_t i = 0; i < v->reasons.count; i++)
    if (str_eq(v->reasons.item[i].layer, "quorum")) verdict = v->reasons.item[i].verdict;
  return verdict;
}

#define N(i) (1 << ((i)-1))
#define UP_TO(i) ((1 << (i)) - 1)
#define FROM_TO(i, j) (UP_TO(j) & ~UP_TO((i)-1))
static const struct { const char *sentence; struct votes v; int lost; bool stays; } cases[] = {
    {"the quorum would be 2. This means that the both nodes would always have to be alive", {.nodes = 2, .there = UP_TO(2), .expected = 2, .quorum = 2}, N(2), false},
    {"Enabling two_node: 1, quorum is set artificially to 1", {.nodes = 2, .there = UP_TO(2), .expected = 2, .quorum = 1, .flags = TWO | ALL}, N(2), true},
    {"... and no node is no quorum", {.nodes = 2, .there = UP_TO(2), .expected = 2, .quorum = 1, .flags = TWO | ALL}, UP_TO(2), false},
    {"It is still possible to override wait_for_all by explicitly setting it to 0", {.nodes = 2, .there = UP_TO(2), .expected = 2, .quorum = 1, .flags = TWO}, N(1), true},
    {"If more than 2 nodes join the cluster, the two_node option is automatically disabled", {.nodes = 3, .there = UP_TO(3), .expected = 3, .quorum = 2, .flags = TWO | ALL}, N(2) | N(3), false},
    {"... one of three may go, as without it", {.nodes = 3, .there = UP_TO(3), .expected = 3, .quorum = 2, .flags = TWO | ALL}, N(3), true},
    {"expected_votes is set to 8 and quorum is (50% + 1) 5: a total failure of 3 nodes", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5}, FROM_TO(6, 8), true},
    {"If a 4th node fails, the cluster becomes inquorate", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5}, FROM_TO(5, 8), false},
    {"... the 4th after the 3", {.nodes = 8, .there = UP_TO(5), .expected = 8, .quorum = 5}, N(5), false},
    {"wait_for_all: what was quorate once needs no more than a majority to stay so", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5, .flags = ALL}, FROM_TO(6, 8), true},
    {"... nor less", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5, .flags = ALL}, FROM_TO(5, 8), false},
    {"LMS 1) 8 nodes (expected_votes: 8 quorum: 5) 2) 3 nodes die, cluster is quorate with 5", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5, .flags = ALL | LAST}, FROM_TO(6, 8), true},
    {"... but not 4 at once", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5, .flags = ALL | LAST}, FROM_TO(5, 8), false},
    {"... before the window is over nothing is recalculated", {.nodes = 8, .there = UP_TO(5), .expected = 8, .quorum = 5, .flags = ALL | LAST}, N(5), false},
    {"LMS 3) recalculated (expected_votes: 5 quorum: 3) 4) 2 more nodes can die", {.nodes = 8, .there = UP_TO(5), .expected = 5, .quorum = 3, .flags = ALL | LAST}, FROM_TO(4, 5), true},
    {"... not 3 more", {.nodes = 8, .there = UP_TO(5), .expected = 5, .quorum = 3, .flags = ALL | LAST}, FROM_TO(3, 5), false},
    {"LMS 5) (expected_votes: 3 quorum: 2) 6) 1 more node can die", {.nodes = 8, .there = UP_TO(3), .expected = 3, .quorum = 2, .flags = ALL | LAST}, N(3), true},
    {"LMS 7) (expected_votes: 2 quorum: 2): If auto_tie_breaker is not enabled, and one more failure occurs, the remaining node will not be quorate", {.nodes = 8, .there = UP_TO(2), .expected = 2, .quorum = 2, .flags = ALL | LAST}, N(2), false},
    {"to downgrade from 2 nodes to a 1 node cluster, the auto_tie_breaker feature must also be enabled", {.nodes = 8, .there = UP_TO(2), .expected = 2, .quorum = 2, .flags = ALL | LAST | TIE}, N(2), true},
    {"... the one that stays being the one that wins", {.nodes = 8, .there = UP_TO(2), .expected = 2, .quorum = 2, .flags = ALL | LAST | TIE}, N(1), false},
    {"The general behaviour allows a simultaneous node failure up to 50% - 1 node", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5}, FROM_TO(1, 4), false},
    {"When ATB is enabled, up to 50% of the nodes; still in contact with the node that has the lowest nodeid", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5, .flags = TIE}, FROM_TO(5, 8), true},
    {"The other nodes will be inquorate", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5, .flags = TIE}, FROM_TO(1, 4), false},
    {"... whichever of the others is there", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5, .flags = TIE}, N(1) | N(3) | N(5) | N(7), false},
    {"up to 50%, not more", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5, .flags = TIE}, FROM_TO(4, 8), false},
    {"lowest is the default", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5, .flags = TIE, .tie = "lowest"}, FROM_TO(5, 8), true},
    {"highest: if the current set of nodes contains the highest nodeid then it will remain quorate", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5, .flags = TIE, .tie = "highest"}, FROM_TO(1, 4), true},
    {"... and only then", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5, .flags = TIE, .tie = "highest"}, FROM_TO(5, 8), false},
    {"auto_tie_breaker_node: 1 3 5: if the first node is present it will be used", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5, .flags = TIE, .tie = "1 3 5"}, FROM_TO(5, 8), true},
    {"... it is in the other half: the second on this side does not help", {.nodes = 8, .there = UP_TO(8), .expected = 8, .quorum = 5, .flags = TIE, .tie = "1 3 5"}, N(1) | N(2) | N(4) | N(6), false},
    {"if that node is not in either half (ie was not in the cluster before the split) then the second node ID will be checked", {.nodes = 8, .there = FROM_TO(2, 8), .expected = 8, .quorum = 5, .flags = TIE, .tie = "1 3 5"}, N(2) | N(4) | N(6), true},
    {"... which is in the other half", {.nodes = 8, .there = FROM_TO(2, 8), .expected = 8, .quorum = 5, .flags = TIE, .tie = "1 3 5"}, N(3) | N(7) | N(8), false},
    {"... and so on", {.nodes = 8, .there = FROM_TO(4, 8), .expected = 8, .quorum = 5, .flags = TIE, .tie = "1 3 5"}, N(8), true},
    {"... none of them was there: nobody wins", {.nodes = 8, .there = N(2) | N(4) | N(6) | N(7) | N(8), .expected = 8, .quorum = 5, .flags = TIE, .tie = "1 3 5"}, N(8), false},
    {"a particular node ID", {.nodes = 4, .there = UP_TO(4), .expected = 4, .quorum = 3, .flags = TIE, .tie = "4"}, N(1) | N(2), true},
    {"... it goes", {.nodes = 4, .there = UP_TO(4), .expected = 4, .quorum = 3, .flags = TIE, .tie = "4"}, N(3) | N(4), false},
    {"what cannot be read breaks no tie", {.nodes = 4, .there = UP_TO(4), .expected = 4, .quorum = 3, .flags = TIE, .tie = "h1 or so"}, N(3) | N(4), false},
    {"never decrease expected votes or quorum: 13 nodes, seven needed", {.nodes = 13, .there = UP_TO(13), .expected = 13, .quorum = 7}, FROM_TO(8, 13), true},
    {"allow_downscale is INCOMPLETE AND CURRENTLY UNSUPPORTED: nobody relies on it", {.nodes = 13, .there = UP_TO(13), .expected = 13, .quorum = 7}, FROM_TO(4, 13), false},
    {"a device by ffsplit has one vote and gives it to one half", {.nodes = 4, .there = UP_TO(4), .expected = 5, .quorum = 3, .device = 1}, N(3) | N(4), true},
    {"... not more than half", {.nodes = 4, .there = UP_TO(4), .expected = 5, .quorum = 3, .device = 1}, FROM_TO(2, 4), false},
    {"... whose vote does not count now", {.nodes = 4, .there = UP_TO(4), .expected = 5, .quorum = 3}, N(3) | N(4), false},
    {"... of two nodes one goes on", {.nodes = 2, .there = UP_TO(2), .expected = 3, .quorum = 2, .device = 1}, N(1), true},
    {"a device by lms has nodes - 1 votes: the last one goes on", {.nodes = 4, .there = UP_TO(4), .expected = 7, .quorum = 4, .device = 3}, FROM_TO(2, 4), true},
    {"... which needs the device", {.nodes = 4, .there = UP_TO(4), .expected = 7, .quorum = 4}, N(4), false},
    {"... and a node", {.nodes = 4, .there = UP_TO(4), .expected = 7, .quorum = 4, .device = 3}, UP_TO(4), false},
    {"quorum_votes: 3: the one that has them", {.nodes = 3, .there = UP_TO(3), .expected = 5, .quorum = 3, .votes = {3, 1, 1}}, N(2) | N(3), true},
    {"... is needed", {.nodes = 3, .there = UP_TO(3), .expected = 5, .quorum = 3, .votes = {3, 1, 1}}, N(1), false},
};

static void the_manuals_cases(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(cases); i++) {
    struct snapshot *s = cluster(&cases[i].v);
    int verdict = said(s, cases[i].v.nodes, cases[i].lost);
    if (verdict != (cases[i].stays ? VERDICT_SAFE : VERDICT_UNSAFE)) fail_msg("%zu: %s: %s", i, cases[i].sentence, verdict_names[verdict] ? verdict_names[verdict] : "nothing");
    snapshot_drop(s);
  }
}

static unsigned seed;
static int draw(int below) {
  seed = seed * 1103515245 + 12345;
  return (int)((seed >> 16) % (unsigned)below);
}

/* More than half of all votes that are expected: of those that stay, no more and no less. */
static void votes_by_counting(void **state) {
  const char *chosen = getenv("SEED");
  size_t kept = 0, lost_it = 0;
  (void)state;
  seed = chosen ? (unsigned)strtoul(chosen, NULL, 10) : 1;
  for (int n = 0; n < 3000; n++) {
    struct votes v = {.nodes = 2 + draw(MOST - 1), .device = draw(4) ? 0 : 1 + draw(3), .flags = draw(2) ? ALL : 0};
    int64_t now = v.device, then = v.device;
    unsigned from = seed;
    v.expected = v.device;
    for (int i = 0; i < v.nodes; i++) {
      v.votes[i] = draw(3) ? 1 : draw(4);
      v.there |= draw(8) ? 1 << i : 0;
    }
    v.votes[0] += !v.votes[0]; /* one at least says that they are not all alike */
    for (int i = 0; i < v.nodes; i++) v.expected += (int)v.votes[i], now += v.there & 1 << i ? v.votes[i] : 0;
    v.quorum = v.expected / 2 + 1;
    int lost = draw(1 << v.nodes) & v.there;
    for (int i = 0; i < v.nodes; i++) then += (v.there & ~lost) & 1 << i ? v.votes[i] : 0;
    if (!lost) continue;
    bool stays = now * 2 > v.expected && then * 2 > v.expected && (v.there & ~lost);
    struct snapshot *s = cluster(&v);
    int verdict = said(s, v.nodes, lost);
    if (verdict != (stays ? VERDICT_SAFE : VERDICT_UNSAFE)) fail_msg("SEED=%u: %d nodes, there %x, lost %x: %s", from, v.nodes, v.there, lost, verdict_names[verdict] ? verdict_names[verdict] : "nothing");
    snapshot_drop(s);
    arena_free(a);
    a = arena_new();
    stays ? kept++ : lost_it++;
  }
  assert_true(kept > 300 && lost_it > 300);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(the_manuals_cases, set_up, tear_down), cmocka_unit_test_setup_teardown(votes_by_counting, set_up, tear_down)};
  return RUN(tests);
}
