/* Verdicts against independent answers: copies by trying every brick that may be lost, votes by counting, domains by what
 * the simulated cluster says. */
#include "analysis/stop.h"
#include "model/fragment.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <string.h>

enum { NOW = 100000, BRICKS = 6 };
static struct arena *a;

static int set_up(void **state) { (void)state; a = arena_new(); return 0; }
static int tear_down(void **state) { (void)state; arena_free(a); return 0; }

static void add(struct store *s, const char *source, const char *kind, const char *key, const char *data) {
  struct fragment *f = NULL;
  const char *line = arena_printf(a, "{\"at\":\"2026-11-22T12:00:00.000Z\",\"source\":\"%s\",\"host\":\"h1\",\"kind\":\"%s\",\"key\":\"%s\",\"data\":%s}", source, kind, key, data);
  assert_int_equal(fragment_parse(line, strlen(line), &f, NULL), 0);
  store_add(s, f, NOW);
  fragment_drop(f);
}

/* A volume of one set, a brick a host; bits of down: bricks that are dead; of behind: bricks that hold what the others lack. */
struct kind { const char *what; int bricks, replica, arbiter, disperse, redundancy; const char *options; };
static struct snapshot *volume(const struct kind *k, unsigned down, unsigned pending) {
  struct store s = {0};
  struct str bricks = {0}, lives = {0}, heal = {0};
  for (int i = 0; i < k->bricks; i++) {
    const char *comma = i ? "," : "";
    str_addf(&bricks, "%s{\"host\":\"n%d\",\"path\":\"/b\",\"uuid\":\"u%d\",\"set\":0,\"arbiter\":%s}", comma, i, i, k->arbiter && i == k->bricks - 1 ? "true" : "false");
    str_addf(&lives, "%s{\"host\":\"n%d\",\"path\":\"/b\",\"online\":%s,\"answers\":true,\"port\":49152}", comma, i, down & 1u << i ? "false" : "true");
    str_addf(&heal, "%s{\"host\":\"n%d\",\"path\":\"/b\",\"pending\":%d}", comma, i, pending & 1u << i ? 5 : 0);
  }
  add(&s, "gluster", "state", "", "{\"state\":\"ok\",\"text\":\"\"}");
  add(&s, "gluster", "gluster.volumes", "", arena_printf(a, "{\"volumes\":[{\"name\":\"v\",\"type\":\"replicate\",\"status\":\"started\",\"replica\":%d,\"arbiter\":%d,\"disperse\":%d,\"redundancy\":%d,\"bricks\":[%s],\"options\":{%s}}]}",
                                                         k->replica, k->arbiter, k->disperse, k->redundancy, bricks.data, k->options));
  add(&s, "gluster", "gluster.bricks", "", arena_printf(a, "{\"bricks\":[%s]}", lives.data));
  add(&s, "gluster", "gluster.heal", "v", arena_printf(a, "{\"bricks\":[%s],\"split_brain\":0}", heal.data));
  struct snapshot *snap = snapshot_make(&s, NOW, 0, NULL, NULL);
  store_clear(&s);
  str_free(&bricks), str_free(&lives), str_free(&heal);
  return snap;
}

/* Whether the bricks of that mask can write, said once more and otherwise than the program does: by naming who must be there. */
static bool can_write(const struct kind *k, unsigned mask) {
  int n = __builtin_popcount(mask), data = __builtin_popcount(k->arbiter ? mask & ~(1u << (k->bricks - 1)) : mask);
  if (k->disperse) return n >= k->disperse - k->redundancy;
  if (!data) return false;
  bool automatic = strstr(k->options, "\"auto\"") || (k->replica > 2 && !strstr(k->options, "none"));
  if (strstr(k->options, "fixed")) return n >= 2;
  if (!automatic) return true;
  return 2 * n > k->bricks || (2 * n == k->bricks && mask & 1);
}

static const struct kind kinds[] = {
    {"distribute", 1, 1, 0, 0, 0, ""}, {"replica 2", 2, 2, 0, 0, 0, ""}, {"replica 2, auto", 2, 2, 0, 0, 0, "\"cluster.quorum-type\":\"auto\""}, {"replica 3", 3, 3, 0, 0, 0, ""},
    {"replica 3, none", 3, 3, 0, 0, 0, "\"cluster.quorum-type\":\"none\""}, {"arbiter", 3, 3, 1, 0, 0, ""}, {"replica 4", 4, 4, 0, 0, 0, ""}, {"replica 4, fixed 2", 4, 4, 0, 0, 0, "\"cluster.quorum-type\":\"fixed\",\"cluster.quorum-count\":\"2\""},
    {"disperse 2+1", 3, 0, 0, 3, 1, ""}, {"disperse 4+2", 6, 0, 0, 6, 2, ""}};

/* Every set of bricks dead, every set of bricks to be lost, of every kind. */
static void copies_by_enumeration(void **state) {
  size_t tried = 0, safe = 0;
  (void)state;
  for (size_t i = 0; i < COUNT(kinds); i++) {
    unsigned all = (1u << kinds[i].bricks) - 1;
    for (unsigned down = 0; down <= all; down++) {
      struct snapshot *s = volume(&kinds[i], down, 0);
      for (unsigned lost = 1; lost <= all; lost++) {
        struct loss l = {0};
        for (int b = 0; b < kinds[i].bricks; b++)
          if (lost & 1u << b) assert_int_equal(loss_add(s, &l, arena_printf(a, b % 2 ? "n%d" : "n%d:/b", b), a, NULL), 0);
        const struct stop *v = stop_judge(s, &l, a);
        bool writes = can_write(&kinds[i], all & ~down & ~lost);
        if (writes != (v->verdict != VERDICT_UNSAFE)) fail_msg("%s: down %x, lost %x: %s", kinds[i].what, down, lost, verdict_names[v->verdict]);
        /* of a dead brick it is not known what it lacks, so only where all live is it SAFE */
        if (!down && (v->verdict == VERDICT_SAFE) != writes) fail_msg("%s: lost %x: %s", kinds[i].what, lost, verdict_names[v->verdict]);
        safe += v->verdict == VERDICT_SAFE;
        tried++;
      }
      snapshot_drop(s);
    }
  }
  assert_true(tried > 4000 && safe > 30);
}

static const struct stop *ask(struct snapshot *s, const char *target) {
  struct loss l = {0};
  assert_int_equal(loss_add(s, &l, target, a, NULL), 0);
  return stop_judge(s, &l, a);
}

/* What waits to heal: WAIT as long as time cures it, and never while what stays may be the older copy for good. */
static void heals(void **state) {
  const struct kind *k = &kinds[1], *three = &kinds[3];
  struct snapshot *s = volume(k, 0, 1); /* n0 holds what n1 lacks */
  (void)state;
  assert_int_equal(ask(s, "n0")->verdict, VERDICT_WAIT);
  assert_int_equal(ask(s, "n0")->durability, DURABILITY_LOST);
  assert_int_equal(ask(s, "n1")->verdict, VERDICT_WAIT);
  assert_int_equal(ask(s, "n1")->durability, DURABILITY_REDUCED);
  snapshot_drop(s);
  s = volume(three, 4, 3); /* n2 is dead: it is not healed, however long one waits; it was replica 3 with quorum */
  assert_int_equal(ask(s, "n0")->verdict, VERDICT_UNSAFE);
  snapshot_drop(s);
  s = volume(three, 0, 0);
  assert_int_equal(ask(s, "n0")->durability, DURABILITY_KEPT);
  snapshot_drop(s);
}

/* ---- votes ---- */
static struct snapshot *nodes(int count, int members, bool two_node, const char *policy) {
  struct store s = {0};
  struct str list = {0}, pcmk = {0};
  for (int i = 1; i <= count; i++) {
    str_addf(&list, "%s{\"id\":%d,\"name\":\"h%d\",\"addresses\":[],\"member\":%s,\"local\":%s,\"votes\":1}", i > 1 ? "," : "", i, i, i <= members ? "true" : "false", i == 1 ? "true" : "false");
    str_addf(&pcmk, "%s{\"name\":\"h%d\",\"id\":\"%d\",\"type\":\"member\",\"online\":%s,\"unclean\":false,\"standby\":false,\"maintenance\":false,\"pending\":false}", i > 1 ? "," : "", i, i, i <= members ? "true" : "false");
  }
  add(&s, "corosync", "state", "", "{\"state\":\"ok\",\"text\":\"\"}");
  add(&s, "pacemaker", "state", "", "{\"state\":\"ok\",\"text\":\"\"}");
  int quorum = two_node ? 1 : count / 2 + 1;
  add(&s, "corosync", "corosync.cluster", "", arena_printf(a, "{\"name\":\"c\",\"quorate\":%s,\"votes\":%d,\"expected_votes\":%d,\"quorum\":%d,\"two_node\":%s,\"wait_for_all\":false,\"last_man_standing\":false,\"auto_tie_breaker\":false,\"qdevice\":false}",
                                                         members >= quorum ? "true" : "false", members, count, quorum, two_node ? "true" : "false"));
  add(&s, "corosync", "corosync.nodes", "", arena_printf(a, "{\"nodes\":[%s]}", list.data));
  add(&s, "pacemaker", "pacemaker.nodes", "", arena_printf(a, "{\"nodes\":[%s]}", pcmk.data));
  add(&s, "pacemaker", "pacemaker.resources", "", "{\"resources\":[]}");
  add(&s, "pacemaker", "pacemaker.config", "", "{\"properties\":{\"stonith-watchdog-timeout\":\"10s\"},\"constraints\":[],\"resources\":[]}");
  add(&s, "pacemaker", "pacemaker.cluster", "", arena_printf(a, "{\"dc\":\"h1\",\"quorate\":true,\"fencing\":true,\"maintenance\":false,\"no_quorum_policy\":\"%s\"}", policy));
  struct snapshot *snap = snapshot_make(&s, NOW, 0, NULL, NULL);
  store_clear(&s);
  str_free(&list), str_free(&pcmk);
  return snap;
}

/* From 2 to 16 nodes, any number of them there, any number of those lost: quorum is more than half of all. */
static void votes_by_counting(void **state) {
  (void)state;
  for (int count = 2; count <= 16; count++)
    for (int members = 1; members <= count; members++) {
      bool two_node = count == 2;
      struct snapshot *s = nodes(count, members, two_node, "stop");
      struct loss l = {0};
      for (int lost = 1; lost <= members; lost++) {
        loss_add(s, &l, arena_printf(a, "h%d", lost), a, NULL);
        bool now = two_node || members * 2 > count, then = two_node ? members - lost >= 1 : (members - lost) * 2 > count;
        int verdict = stop_judge(s, &l, a)->verdict;
        if ((verdict == VERDICT_SAFE) != (now && then)) fail_msg("%d nodes, %d there, %d lost: %s", count, members, lost, verdict_names[verdict]);
      }
      snapshot_drop(s);
    }
}

static void policies(void **state) {
  static const struct { const char *policy; int verdict; } rows[] = {{"stop", VERDICT_UNSAFE}, {"freeze", VERDICT_UNSAFE}, {"suicide", VERDICT_UNSAFE}, {"ignore", VERDICT_SAFE}};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct snapshot *s = nodes(3, 2, false, rows[i].policy);
    assert_int_equal(ask(s, "h2")->verdict, rows[i].verdict);
    snapshot_drop(s);
  }
}

/* ---- where a domain goes ---- */

/* Of three nodes h1 goes; dead, its domain is started on h2, drained it is moved to h3, as crm_simulate says. */
static struct snapshot *placed(const char *strategy, const char *apart) {
  struct store s = {0};
  for (size_t i = 1; i < LAYER_COUNT; i++) add(&s, layer_names[i], "state", "", "{\"state\":\"ok\",\"text\":\"\"}");
  add(&s, "pacemaker", "pacemaker.nodes", "", "{\"nodes\":[{\"name\":\"h1\",\"id\":\"1\",\"online\":true},{\"name\":\"h2\",\"id\":\"2\",\"online\":true},{\"name\":\"h3\",\"id\":\"3\",\"online\":true}]}");
  add(&s, "pacemaker", "pacemaker.cluster", "", "{\"dc\":\"h1\",\"quorate\":true,\"fencing\":true,\"maintenance\":false}");
  add(&s, "pacemaker", "pacemaker.resources", "", "{\"resources\":[{\"id\":\"d\",\"agent\":\"ocf:heartbeat:VirtualDomain\",\"role\":\"Started\",\"nodes\":[\"h1\"],\"managed\":true,\"failed\":false,\"blocked\":false,\"disabled\":false}]}");
  add(&s, "pacemaker", "pacemaker.config", "", arena_printf(a, "{\"properties\":{%s},\"constraints\":[],\"resources\":[{\"resource\":\"d\",\"agent\":\"ocf:heartbeat:VirtualDomain\",\"meta\":{\"allow-migrate\":\"true\"}}]}", strategy));
  add(&s, "pacemaker", "pacemaker.placement", "h1", arena_printf(a, "{\"lost\":[\"h1\"],\"resources\":[{\"resource\":\"d\",\"from\":[\"h1\"],\"to\":[\"h2\"]}],\"drained_apart\":%s,\"drained\":[{\"resource\":\"d\",\"from\":[\"h1\"],\"to\":[\"h3\"]}]}", apart));
  add(&s, "libvirt", "libvirt.domains", "", "{\"domains\":[{\"name\":\"d\",\"uuid\":\"1\",\"memory\":1000,\"disks\":[],\"state\":\"running\",\"reason\":\"\",\"id\":1}]}");
  struct snapshot *snap = snapshot_make(&s, NOW, 0, NULL, NULL);
  store_clear(&s);
  return snap;
}

static void drained_is_not_dead(void **state) {
  static const struct { const char *strategy, *apart, *dead, *drained; } rows[] = {
      {"", "false", "h2", "h2"}, {"", "null", "h2", "h2"}, /* not asked: nor was it needed */
      {"\"placement-strategy\":\"default\"", "null", "h2", "h2"}, {"\"placement-strategy\":\"balanced\"", "true", "h2", "h3"},
      {"\"placement-strategy\":\"balanced\"", "null", "h2", NULL}, {"\"placement-strategy\":\"balanced\"", "false", "h2", "h2"}};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct snapshot *s = placed(rows[i].strategy, rows[i].apart);
    for (int dead = 0; dead < 2; dead++) {
      struct loss l = {.dead = dead};
      loss_add(s, &l, "h1", a, NULL);
      const struct stop *v = stop_judge(s, &l, a);
      const char *to = dead ? rows[i].dead : rows[i].drained;
      assert_int_equal(v->domains.count, 1);
      if (!str_eq(v->domains.item[0].to, to) && (to || v->domains.item[0].to)) fail_msg("%s, drained_apart %s, %s: to %s", rows[i].strategy, rows[i].apart, dead ? "dead" : "drained", v->domains.item[0].to ? v->domains.item[0].to : "nobody knows where");
      assert_int_equal(v->domains.item[0].effect, !to ? EFFECT_NONE : dead ? EFFECT_RESTARTS : EFFECT_MIGRATES);
    }
    snapshot_drop(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(copies_by_enumeration, set_up, tear_down), cmocka_unit_test_setup_teardown(heals, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(votes_by_counting, set_up, tear_down), cmocka_unit_test_setup_teardown(policies, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(drained_is_not_dead, set_up, tear_down)};
  return RUN(tests);
}
