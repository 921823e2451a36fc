/* The balance: properties of its search on drawn clusters, against all there is on small ones; what a snapshot allows and refuses; and
 * the proposal run on the simulated cluster, where nothing moves back. */
#include "analysis/balance.h"
#include "ground.h"

/* ---- the search ---- */

enum { ROOMS = 6, LOADS = 14, GIB = 1 << 30 };
struct drawn { struct balance_room room[ROOMS]; struct balance_load load[LOADS]; bool may[LOADS][ROOMS]; size_t rooms, loads; };
static uint64_t seed;

static int64_t draw(int64_t below) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (int64_t)((seed >> 33) % (uint64_t)below);
}

static void draw_case(struct drawn *d, size_t most_rooms, size_t most_loads) {
  *d = (struct drawn){.rooms = 2 + (size_t)draw((int64_t)most_rooms - 1), .loads = (size_t)draw((int64_t)most_loads + 1)};
  for (size_t i = 0; i < d->rooms; i++) d->room[i] = (struct balance_room){.memory = (8 + draw(4) * 8) * (int64_t)GIB, .used = draw(3) * GIB, .takes = draw(8) != 0};
  for (size_t n = 0; n < d->loads; n++) {
    struct balance_load *l = &d->load[n];
    *l = (struct balance_load){.at = (size_t)(draw(3) ? 0 : draw((int64_t)d->rooms)), .memory = (1 + draw(4)) * (int64_t)GIB};
    for (size_t i = 0; i < d->rooms; i++) d->may[n][i] = draw(6) != 0;
    if (draw(8)) l->may = d->may[n];
    d->room[l->at].given += l->memory;
    d->room[l->at].used += l->memory;
  }
}

static void moved(struct balance_room *room, const struct drawn *d, const struct balance_pick *p) {
  room[d->load[p->load].at].given -= d->load[p->load].memory;
  room[p->to].given += d->load[p->load].memory;
  room[p->to].used += d->load[p->load].memory;
}

static void no_move_does_harm(void **state) {
  (void)state;
  seed = 7;
  size_t proposed = 0;
  for (int turn = 0; turn < 4000; turn++) {
    struct drawn d;
    struct balance_pick pick[LOADS + 1] = {0}, again[LOADS + 1] = {0};
    struct balance_room room[ROOMS];
    bool had[LOADS] = {0};
    draw_case(&d, ROOMS, LOADS);
    int64_t spread = 5 + draw(30), most = 1 + draw(10);
    size_t n = balance_search(d.room, d.rooms, d.load, d.loads, spread, (size_t)most, pick);
    assert_int_equal(n, balance_search(d.room, d.rooms, d.load, d.loads, spread, (size_t)most, again));
    assert_memory_equal(pick, again, sizeof pick);
    assert_true((int64_t)n <= most);
    memcpy(room, d.room, sizeof room);
    if (balance_spread(room, d.rooms) <= spread * 10) assert_int_equal(n, 0);
    for (size_t i = 0; i < n; i++) {
      const struct balance_load *l = &d.load[pick[i].load];
      int64_t before = balance_spread(room, d.rooms);
      assert_true(pick[i].load < d.loads && pick[i].to < d.rooms && pick[i].to != l->at);
      assert_false(had[pick[i].load]);
      had[pick[i].load] = true;
      assert_true(l->may && l->may[pick[i].to] && d.room[pick[i].to].takes);
      moved(room, &d, &pick[i]);
      assert_true(room[pick[i].to].given <= room[pick[i].to].memory && room[pick[i].to].used <= room[pick[i].to].memory);
      assert_true(balance_spread(room, d.rooms) <= before);
    }
    if (n) assert_true(balance_spread(room, d.rooms) < balance_spread(d.room, d.rooms));
    proposed += n;
  }
  assert_true(proposed > 2000);
}

/* Of all ways to place them, the fewest moves that are even enough in the end; -1: none. */
static int fewest(const struct drawn *d, size_t n, struct balance_room *room, int64_t spread, int so_far) {
  int best = -1;
  if (n == d->loads) {
    for (size_t i = 0; i < d->rooms; i++)
      if (room[i].given > room[i].memory && room[i].given > d->room[i].given) return -1;
    return balance_spread(room, d->rooms) <= spread * 10 ? so_far : -1;
  }
  for (size_t to = 0; to < d->rooms; to++) {
    bool stays = to == d->load[n].at;
    if (!stays && (!d->load[n].may || !d->load[n].may[to] || !d->room[to].takes)) continue;
    struct balance_room then[ROOMS];
    memcpy(then, room, sizeof then);
    if (!stays) moved(then, d, &(struct balance_pick){n, to});
    int one = fewest(d, n + 1, then, spread, so_far + !stays);
    if (one >= 0 && (best < 0 || one < best)) best = one;
  }
  return best;
}

static void as_few_as_there_can_be(void **state) {
  (void)state;
  int same = 0, all = 0;
  seed = 11;
  for (int turn = 0; turn < 1500; turn++) {
    struct drawn d;
    struct balance_pick pick[LOADS + 1];
    draw_case(&d, 3, 6);
    for (size_t i = 0; i < d.rooms; i++) d.room[i].used = 0; /* as all ways are looked at without it */
    int64_t spread = 10 + draw(20);
    int best = fewest(&d, 0, d.room, spread, 0);
    size_t n = balance_search(d.room, d.rooms, d.load, d.loads, spread, LOADS, pick);
    struct balance_room room[ROOMS];
    memcpy(room, d.room, sizeof room);
    for (size_t i = 0; i < n; i++) moved(room, &d, &pick[i]);
    bool enough = balance_spread(room, d.rooms) <= spread * 10;
    if (enough) assert_true(best >= 0 && (int)n >= best);
    if (best == 1) assert_true(enough && n == 1);
    if (best <= 0) continue;
    all++;
    same += enough && (int)n == best;
  }
  assert_true(all > 200);
  if (same * 100 < all * 95) fail_msg("%d of %d are as few as can be", same, all);
}

/* ---- of a snapshot ---- */

#define HOSTS "title t\nhost k[1-3] kvm memory=32G cpus=8\nhost s[1-3] store memory=8G\nvolume v replica 3 bricks s[1-3]:/b size=1T used=10\nmount v /kvmdata on k[1-3] from s1\ncluster c k[1-3]\nhere k1\nfencing for k[1-3]\n"
#define STICKY "default resource-stickiness=100\n"
static const char crowded[] = HOSTS STICKY "domain d[1-6] volume v memory=4G image=10G\n";
static const char untrusting[] = HOSTS STICKY "domain d[1-6] volume v memory=4G image=10G\nsetup k2 untrusted=k1\nsetup k3 untrusted=k1\n";
static const char plain[] = HOSTS "domain p[1-6] volume v memory=4G image=10G plain=k1\n";
static const char loose[] = HOSTS "domain d[1-6] volume v memory=4G image=10G\n";

/* All that runs is on one host, and nothing binds it there. */
static void crowd(struct simulated *g, const char *host) {
  for (size_t i = 0; i < 6; i++) ground_do(g, arena_printf(g->arena, "move d%zu %s", i + 1, host));
  simulated_run(g, 90000);
  for (size_t i = 0; i < 6; i++) ground_do(g, arena_printf(g->arena, "clear d%zu", i + 1));
  simulated_run(g, 90000);
}

static struct balance balance_of(struct simulated *g) {
  struct balance b;
  balance_make(g->snap, 20, 10, g->arena, &b);
  return b;
}

static void proposes_with_reasons(void **state) {
  (void)state;
  struct simulated g = ground_open(crowded);
  crowd(&g, "k1");
  struct balance b = balance_of(&g);
  if (b.unknown || b.nothing) fail_msg("%s", b.unknown ? b.unknown : b.nothing);
  assert_int_equal(b.before, 75);
  assert_int_equal(b.moves.count, 4); /* of 12 points each: after three of them it would still be 3, 2 and 1 */
  assert_int_equal(b.after, 0);
  assert_string_equal(b.moves.item[0].from, "k1");
  assert_non_null(strstr(b.moves.item[0].why, "k1 75% of memory, k"));
  assert_non_null(strstr(b.moves.item[0].why, "(4.0G) moves: 63% and 13%"));
  for (size_t i = 0; i < b.moves.count; i++)
    for (size_t k = 0; k < i; k++) assert_string_not_equal(b.moves.item[i].domain, b.moves.item[k].domain);
  simulated_close(&g);
}

static bool stays_because(const struct balance *b, const char *domain, const char *words) {
  for (size_t i = 0; i < b->stays.count; i++)
    if (!strcmp(b->stays.item[i].domain, domain)) return strstr(b->stays.item[i].why, words) != NULL;
  return false;
}

static bool is_moved(const struct balance *b, const char *domain) {
  for (size_t i = 0; i < b->moves.count; i++)
    if (!strcmp(b->moves.item[i].domain, domain)) return true;
  return false;
}

static void what_may_not_move_stays(void **state) {
  static const struct { const char *does, *words; } rows[] = {
      {"k1$ crm_resource -r d1 -m -p is-managed -v false", "does not manage it"},
      {"k1$ crm_resource -r d1 -m -p allow-migrate -v false", "cannot move live"},
      {"k1$ crm_resource -r d1 -m -p resource-stickiness -v 0", "nothing keeps it there"},
      {"move d1 k1", "an earlier move or ban"},
      {"k1$ pcs constraint location d1 prefers k1=1000", "constraints draw it back"},
  };
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct simulated g = ground_open(crowded);
    crowd(&g, "k1");
    ground_do(&g, rows[i].does);
    simulated_run(&g, 20000);
    struct balance b = balance_of(&g);
    if (b.unknown || is_moved(&b, "d1") || !stays_because(&b, "d1", rows[i].words)) {
      for (size_t k = 0; k < b.stays.count; k++) print_message("%s stays: %s\n", b.stays.item[k].domain, b.stays.item[k].why);
      fail_msg("%s: %s", rows[i].does, b.unknown ? b.unknown : rows[i].words);
    }
    simulated_close(&g);
  }
  struct simulated g = ground_open(loose); /* what spreads by itself is never told where to go */
  ground_do(&g, "move d1 k1");
  simulated_run(&g, 20000);
  struct balance b = balance_of(&g);
  assert_int_equal(b.moves.count, 0);
  simulated_close(&g);
}

static void what_is_not_known_or_not_well_refuses(void **state) {
  static const struct { const char *does; int64_t ms; const char *words; } rows[] = {
      {"hang k2 libvirtd", 30000, "libvirt is not read"},
      {"hang k1 pacemaker", 90000, "what pacemaker says is missing or old"},
      {"property stonith-enabled false", 5000, "fencing is off"},
      {"property maintenance-mode true", 5000, "in maintenance"},
      {"break bmc k2", 300000, "fencing is not whole"},
      {"k1$ pcs stonith delete fence-k3", 5000, "k3 has no fence device"},
      {"k3$ pcs cluster stop", 30000, "quorum is not whole"},
      {"kill brick s2:/b", 90000, "heal"},
      {"move d1 k2", 2000, "d1"},
      {"hang s1 glusterd", 400000, "heal"},
  };
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct simulated g = ground_open(crowded);
    crowd(&g, "k1");
    ground_do(&g, rows[i].does);
    simulated_run(&g, rows[i].ms);
    struct balance b = balance_of(&g);
    if (!b.unknown || !strstr(b.unknown, rows[i].words) || !b.when || b.moves.count) fail_msg("%s: %s (%zu moves)", rows[i].does, b.unknown ? b.unknown : b.nothing ? b.nothing : "-", b.moves.count);
    simulated_close(&g);
  }
}

/* Where a domain would not get away from again nothing is sent, and that is said. */
static void nothing_comes_where_no_way_leads_back(void **state) {
  (void)state;
  struct simulated g = ground_open(untrusting);
  crowd(&g, "k1");
  simulated_run(&g, 700000); /* how hosts are set up is read every ten minutes */
  struct balance b = balance_of(&g);
  if (b.unknown || b.moves.count || !b.nothing || !strstr(b.nothing, "nothing comes to k2: ") || !strstr(b.nothing, "nothing comes to k3: ")) fail_msg("%zu moves, %s", b.moves.count, b.unknown ? b.unknown : b.nothing ? b.nothing : "-");
  simulated_close(&g);
}

/* ---- the operation ---- */

/* No resource drives them: libvirt moves them itself, and both hosts keep what they know. */
static void moves_what_libvirt_runs(void **state) {
  static const char *const words[] = {NULL};
  (void)state;
  struct simulated g = ground_open(plain);
  simulated_run(&g, 90000);
  struct planned p = ground_plan(&g, "nodes-balance", words, NULL);
  if (p.plan->allowed != TRUTH_YES) fail_msg("%s", p.plan->why);
  size_t by_libvirt = 0;
  for (size_t i = 0; i < p.plan->steps.count; i++) by_libvirt += p.plan->steps.item[i].kind == STEP_RUN && str_eq(p.plan->steps.item[i].argv.item[0], "virsh");
  assert_true(by_libvirt >= 3);
  ground_prove(&g, &p, true);
  assert_int_equal(balance_of(&g).moves.count, 0);
  simulated_close(&g);
}

static void runs_and_stays(void **state) {
  static const char *const words[] = {NULL}, *const narrow[] = {"spread=90", NULL};
  (void)state;
  struct simulated g = ground_open(crowded);
  crowd(&g, "k1");
  struct planned p = ground_plan(&g, "nodes-balance", words, NULL);
  ground_compare(p.plan, "nodes-balance");
  ground_prove(&g, &p, true);
  simulated_run(&g, 120000);
  assert_int_equal(balance_of(&g).moves.count, 0); /* and once more there is nothing to do */
  const char *which = "";
  if (ground_verified(&g, p.plan, &which) != TRUTH_YES) fail_msg("it went back: %s", which);
  for (size_t i = 0; i < g.snap->constraints.count; i++) assert_int_not_equal(g.snap->constraints.item[i].from_move, TRUTH_YES);
  p = ground_plan(&g, "nodes-balance", narrow, NULL);
  assert_int_equal(p.plan->allowed, TRUTH_NO);
  assert_non_null(strstr(p.plan->why, "spread evenly enough"));
  assert_int_equal(p.plan->steps.count, 0);
  simulated_close(&g);
}

/* Between the confirmation and its turn things change: it is not begun, and what was not moved is not said to be. */
static void asks_again_before_each(void **state) {
  static const char *const words[] = {NULL};
  const char *which;
  (void)state;
  struct simulated g = ground_open(crowded);
  crowd(&g, "k1");
  struct planned p = ground_plan(&g, "nodes-balance", words, NULL);
  assert_int_equal(p.plan->allowed, TRUTH_YES);
  ground_do(&g, "standby k2");
  ground_do(&g, "standby k3");
  simulated_run(&g, 10000);
  const char *wrong = ground_try(&g, &p);
  assert_non_null(wrong);
  assert_non_null(strstr(wrong, "not any more"));
  assert_int_not_equal(ground_verified(&g, p.plan, &which), TRUTH_YES);
  simulated_close(&g);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(no_move_does_harm),       cmocka_unit_test(as_few_as_there_can_be), cmocka_unit_test(proposes_with_reasons), cmocka_unit_test(what_may_not_move_stays),
                                     cmocka_unit_test(what_is_not_known_or_not_well_refuses), cmocka_unit_test(nothing_comes_where_no_way_leads_back), cmocka_unit_test(moves_what_libvirt_runs), cmocka_unit_test(runs_and_stays), cmocka_unit_test(asks_again_before_each)};
  return RUN(tests);
}
