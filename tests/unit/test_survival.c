/* What is survived, against every way to lose that many: sets of hosts tried one by one, by rules said once more and
 * otherwise than the program does; and what a network takes with it, on the simulated cluster. */
#include "analysis/fences.h"
#include "analysis/survival.h"
#include "model/quorum.h"
#include "tests/unit/simulated.h"

/* ---- votes ---- */

/* Of the nodes in mask with the votes of a digit each. */
static bool counted_quorate(const int64_t *votes, unsigned mask, int n, int64_t expected, bool two_node, int winner) { /* winner of a tie; -1: none */
  int64_t sum = 0;
  for (int i = 0; i < n; i++) sum += mask & 1u << i ? votes[i] : 0;
  if (two_node) return mask != 0;
  bool others_may = n - __builtin_popcount(mask) >= expected / 2 + 1; /* so many nodes that they could be the majority */
  return sum * 2 > expected || (winner >= 0 && sum == expected / 2 && mask & 1u << winner && !others_may);
}

static void votes_by_enumeration(void **state) {
  size_t tried = 0, some = 0;
  (void)state;
  for (int n = 1; n <= 5; n++)
    for (int digits = 0, all = 1; (all = n == 1 ? 3 : n == 2 ? 9 : n == 3 ? 27 : n == 4 ? 81 : 243), digits < all; digits++)
      for (int rules = 0; rules < 5; rules++) { /* no tie breaker, two_node, the lowest, the highest, a list */
        int64_t own[5], expected = 0, least = 0;
        struct votes v[5];
        for (int i = 0, d = digits; i < n; i++, d /= 3) own[i] = 1 + d % 3, expected += own[i], v[i] = (struct votes){i + 1, own[i]};
        bool two_node = rules == 1 && n == 2 && expected == 2;
        int winner = rules < 2 ? -1 : rules == 2 ? 0 : rules == 3 ? n - 1 : n > 1;
        struct quorum_rules r = {.expected = expected, .two_node = two_node, .auto_tie_breaker = winner >= 0};
        assert_true(quorum_tie_breaker(&r, rules == 3 ? "highest" : rules == 4 ? (n > 1 ? "9 2" : "9 1") : NULL));
        int64_t got = votes_margin(&r, two_node ? 1 : expected / 2 + 1, v, (size_t)n, 0);
        for (int k = 1; k <= n; k++) { /* every way to lose k of them */
          bool always = true;
          for (unsigned lost = 0; lost < 1u << n; lost++)
            if (__builtin_popcount(lost) == k) always &= counted_quorate(own, ((1u << n) - 1) & ~lost, n, expected, two_node, winner);
          if (!always) break;
          least = k;
        }
        if (got != least) fail_msg("%d nodes, votes %d, rules %d: %lld, enumerated %lld", n, digits, rules, (long long)got, (long long)least);
        tried++, some += least > 0;
      }
  assert_true(tried > 1000 && some > 100);
}

/* ---- sets ---- */

struct kind { const char *what; int64_t replica, arbiter, disperse, redundancy; const char *key, *value; };
static const struct kind kinds[] = {
    {"distribute", 1, 0, 0, 0, NULL, NULL}, {"replica 2", 2, 0, 0, 0, NULL, NULL}, {"replica 2, auto", 2, 0, 0, 0, "cluster.quorum-type", "auto"}, {"replica 3", 3, 0, 0, 0, NULL, NULL},
    {"replica 3, none", 3, 0, 0, 0, "cluster.quorum-type", "none"}, {"arbiter", 3, 1, 0, 0, NULL, NULL}, {"replica 4", 4, 0, 0, 0, NULL, NULL}, {"disperse 2+1", 0, 0, 3, 1, NULL, NULL}, {"disperse 4+2", 0, 0, 6, 2, NULL, NULL}};

/* The bricks of that mask can write: by naming who must be there. */
static bool can_write(const struct kind *k, int bricks, unsigned mask) {
  int n = __builtin_popcount(mask), data = __builtin_popcount(k->arbiter ? mask & ~(1u << (bricks - 1)) : mask);
  if (k->disperse) return n >= k->disperse - k->redundancy;
  if (!data) return false;
  bool automatic = k->value ? !strcmp(k->value, "auto") : k->replica > 2;
  if (!automatic) return true;
  return 2 * n > bricks || (2 * n == bricks && mask & 1);
}

/* Every set of bricks that are dead, every way to lay the bricks on hosts. */
static void sets_by_enumeration(void **state) {
  struct arena *a = arena_new();
  size_t tried = 0, safe = 0, lost_now = 0;
  (void)state;
  for (size_t i = 0; i < COUNT(kinds); i++) {
    const struct kind *k = &kinds[i];
    struct pairs options = {0};
    if (k->key) pairs_add(a, &options, k->key, k->value);
    struct set_rules r = set_rules_make(k->replica, k->arbiter, k->disperse, k->redundancy, &options);
    int bricks = (int)r.bricks;
    unsigned all = (1u << bricks) - 1;
    for (unsigned down = 0; down <= all; down++)
      for (int layout = 0; layout < 3; layout++) { /* a host each; two on the first host; neighbours together */
        struct holder h[8] = {{0}};
        unsigned on[8] = {0};
        int hosts = 0, margin = -1;
        for (int b = 0; b < bricks; b++) {
          int at = layout == 0 ? b : layout == 1 ? (b ? b - 1 : 0) : b / 2;
          if (down & 1u << b) continue;
          on[at] |= 1u << b;
          h[at].bricks++, h[at].data += !(k->arbiter && b == bricks - 1), h[at].first |= b == 0;
        }
        for (int at = 0; at < 8; at++)
          if (on[at]) on[hosts] = on[at], h[hosts] = h[at], hosts++;
        for (int lose = 0; lose <= hosts; lose++) {
          bool always = true;
          for (unsigned lost = 0; lost < 1u << hosts; lost++) {
            unsigned left = all & ~down;
            if (__builtin_popcount(lost) != lose) continue;
            for (int at = 0; at < hosts; at++)
              if (lost & 1u << at) left &= ~on[at];
            always &= can_write(k, bricks, left);
          }
          if (!always) break;
          margin = lose;
        }
        int64_t got = set_margin(&r, h, (size_t)hosts);
        if (got != margin) fail_msg("%s: down %x, layout %d: %lld, enumerated %d", k->what, down, layout, (long long)got, margin);
        tried++, safe += margin > 0, lost_now += margin < 0;
      }
  }
  assert_true(tried > 300 && safe > 20 && lost_now > 20);
  arena_free(a);
}

/* ---- whole clusters ---- */

static const char three[] = "host kvm[01-03] kvm memory=32G cpus=8\nhost node[1-3] store memory=8G\nvolume models replica 3 arbiter 1 bricks node[1-3]:/data size=2T used=20\n"
                            "mount models /kvmdata on kvm[01-03] from node1\ncluster c kvm[01-03] links=2\nhere kvm01\nfencing for kvm[01-03]\ndomain web[01-02] volume models memory=2G image=20G\n";

static struct simulated opened(const char *scenario, const char *more) {
  CLEANUP(str_free) struct str text = {0};
  str_addf(&text, "%s%s", scenario, more);
  struct simulated s = simulated_open(str_text(&text), 20000);
  stop_judge_hosts(s.snap);
  return s;
}

static const struct survival_view *layer(const struct simulated *s, const char *name) {
  for (size_t i = 0; i < s->snap->survives.count; i++)
    if (str_eq(s->snap->survives.item[i].layer, name)) return &s->snap->survives.item[i];
  fail_msg("nothing is said of %s", name);
  return NULL;
}

static void clusters(void **state) {
  static const struct { const char *more; int64_t quorum, disks, memory, fencing; const char *what; } rows[] = {
      {"", 1, 1, 1, 3, NULL},
      {"at 5s kill brick node2:/data\n", 1, 0, 1, 3, "disks"},
      {"at -1m property stonith-enabled false\n", 1, 1, 1, 0, "fencing"},
      {"domain db[01-03] volume models memory=28G image=20G\n", 1, 1, 0, 3, "memory"},
  };
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct simulated s = opened(three, rows[i].more);
    const int64_t expected[] = {rows[i].quorum, rows[i].disks, rows[i].memory, rows[i].fencing};
    static const char *const names[] = {"quorum", "disks", "memory", "fencing"};
    for (size_t k = 0; k < COUNT(names); k++)
      if (layer(&s, names[k])->hosts != expected[k]) fail_msg("row %zu: %s: %s", i, names[k], layer(&s, names[k])->text);
    if (rows[i].what) assert_int_equal(layer(&s, rows[i].what)->weakest, TRUTH_YES);
    simulated_close(&s);
  }
}

/* A source that does not speak leaves its layers unknown, and never better. */
static void unknown_is_no_number(void **state) {
  struct simulated s = opened(three, "");
  (void)state;
  assert_int_equal(layer(&s, "disks")->hosts, 1);
  for (int i = 1; i <= 3; i++) simulated_happen(&s, arena_printf(s.arena, "hang node%d glusterd", i));
  simulated_run(&s, 120000);
  stop_judge_hosts(s.snap);
  assert_int_equal(layer(&s, "disks")->hosts, UNKNOWN_INT);
  assert_int_equal(layer(&s, "quorum")->hosts, 1);
  simulated_close(&s);
  s = opened(three, "at -1m property stonith-enabled false\n");
  simulated_happen(&s, "hang kvm01 corosync");
  simulated_run(&s, 60000);
  stop_judge_hosts(s.snap);
  assert_string_equal(layer(&s, "quorum")->text, "?");
  simulated_close(&s);
}

/* ---- networks ---- */

static const struct stop *ask(struct simulated *s, const char *target) {
  struct loss l = {0};
  assert_int_equal(loss_add(s->snap, &l, target, s->arena, NULL), 0);
  return stop_judge(s->snap, &l, s->arena);
}

static bool says(const struct stop *v, const char *name, int verdict, const char *words) {
  for (size_t i = 0; i < v->reasons.count; i++)
    if (!strcmp(v->reasons.item[i].layer, name) && v->reasons.item[i].verdict == verdict && strstr(v->reasons.item[i].text, words)) return true;
  return false;
}

static void networks(void **state) {
  struct simulated s = opened(three, "at -40m power off kvm02\nat -30m power off kvm03\n");
  static const char *const none[] = {"link:", "link:nobody", "link:nobody:1", "link:node1:/other", "link:kvm01:x"};
  (void)state;
  for (size_t i = 0; i < COUNT(none); i++) {
    struct loss l = {0};
    assert_true(loss_add(s.snap, &l, none[i], s.arena, NULL) < 0);
    assert_int_equal(l.links.count, 0);
  }
  assert_true(says(ask(&s, "link:0"), "links", VERDICT_SAFE, "goes on over its other links"));
  assert_true(says(ask(&s, "link:kvm02:1"), "links", VERDICT_SAFE, "goes on over its other links"));
  assert_true(says(ask(&s, "link:7"), "links", VERDICT_UNKNOWN, "no link 7"));
  /* Cut off, it is what a dead one is to the others: votes, domains, fencing. */
  const struct stop *cut = ask(&s, "link:kvm02"), *dead = NULL;
  struct loss l = {.dead = true};
  loss_add(s.snap, &l, "kvm02", s.arena, NULL);
  dead = stop_judge(s.snap, &l, s.arena);
  assert_int_equal(cut->verdict, dead->verdict);
  assert_int_equal(cut->domains.count, dead->domains.count);
  for (size_t i = 0; i < cut->domains.count; i++) assert_int_equal(cut->domains.item[i].effect, dead->domains.item[i].effect);
  assert_true(says(cut, "links", VERDICT_SAFE, "kvm02 is cut off"));
  assert_true(says(ask(&s, "link:node1:/data"), "copies", VERDICT_SAFE, "keeps 2 of 3"));
  assert_int_equal(ask(&s, "link:node1:/data")->durability, DURABILITY_REDUCED);
  simulated_close(&s);
}

/* The only link is the host; of two nodes nobody knows which one survives. */
static void only_link(void **state) {
  static const char two[] = "host kvm[01-02] kvm memory=32G cpus=8\nhost node[1-3] store memory=8G\nvolume models replica 3 bricks node[1-3]:/data size=2T used=20\nmount models /kvmdata on kvm[01-02] from node1\n"
                            "cluster c kvm[01-02] links=1\nhere kvm01\nfencing for kvm[01-02]\ndomain web01 volume models memory=2G image=20G\n";
  struct simulated s = opened(two, "");
  static const char *const same[] = {"link:0", "link:kvm02:0", "link:kvm02", "link:kvm01:0"};
  (void)state;
  for (size_t i = 0; i < COUNT(same); i++) {
    const struct stop *v = ask(&s, same[i]);
    if (v->verdict != VERDICT_UNKNOWN || !says(v, "links", VERDICT_UNKNOWN, "which of the two survives")) fail_msg("%s: %s", same[i], verdict_names[v->verdict]);
  }
  simulated_close(&s);
}

/* ---- what is off, what is proven ---- */

static void off_already(void **state) {
  struct simulated s = simulated_open("node-down", 20000);
  (void)state;
  assert_true(says(ask(&s, "kvm02"), "hosts", VERDICT_SAFE, "off already"));
  assert_false(says(ask(&s, "kvm01"), "hosts", VERDICT_SAFE, "off already"));
  simulated_close(&s);
}

static void proofs(void **state) {
  struct snapshot *s;
  struct store none = {0};
  static const struct { const char *action, *result, *delegate; bool proves; } rows[] = {
      {"reboot", "success", "kvm01", true}, {"off", "success", NULL, true}, {"reboot", "failed", "kvm01", false}, {"on", "success", "kvm01", false}, {"reboot", "success", "a human", false}, {"monitor", "success", "kvm01", false}};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    s = snapshot_make(&none, 1000, 1000, NULL, NULL);
    *(struct fencing_view *)list_add(s->arena, &s->fencing, &fencing_view_shape) = (struct fencing_view){.target = "kvm02", .action = rows[i].action, .result = rows[i].result, .delegate = rows[i].delegate, .at = 500};
    assert_int_equal(fencing_proven_at(s, "kvm02"), rows[i].proves ? 500 : UNKNOWN_INT);
    assert_int_equal(fencing_proven_at(s, "kvm01"), UNKNOWN_INT);
    snapshot_drop(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(votes_by_enumeration), cmocka_unit_test(sets_by_enumeration), cmocka_unit_test(clusters), cmocka_unit_test(unknown_is_no_number),
                                     cmocka_unit_test(networks), cmocka_unit_test(only_link), cmocka_unit_test(off_already), cmocka_unit_test(proofs)};
  return RUN(tests);
}
