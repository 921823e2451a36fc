/* Resources and nodes: their plans, refusals, runs in the simulation. */
#include "ground.h"

static const char three[] = "title t\nhost k[1-3] kvm\nhost s[1-2] store\nvolume v replica 2 bricks s[1-2]:/b size=1T used=10\nmount v /kvmdata on k[1-3] from s1\ncluster c k[1-3]\nhere k1\nfencing for k[1-3]\n"
                            "domain d[1-3] volume v memory=1G\ndomain old volume v plain=k2\n";
static const char roomy[] = "title t\nhost k[1-2] kvm memory=32G\nhost s[1-2] store\nvolume v replica 2 bricks s[1-2]:/b size=1T used=10\nmount v /kvmdata on k[1-2] from s1\ncluster c k[1-2]\nhere k1\nfencing for k[1-2]\n"
                            "domain big volume v memory=1G image=20G\ndomain other volume v memory=1G\nconstraint location big k1 50\nconstraint location other k2 50\n";
static const char two[] = "title t\nhost k[1-2] kvm memory=8G\nhost s[1-2] store\nvolume v replica 2 bricks s[1-2]:/b size=1T used=10\nmount v /kvmdata on k[1-2] from s1\ncluster c k[1-2]\nhere k1\nfencing for k[1-2]\n"
                          "domain big volume v memory=6G image=20G\ndomain other volume v memory=4G\nconstraint location big k1 50\nconstraint location other k2 50\n";

static void moves(void **state) {
  static const struct trial trials[] = {
      {.name = "resource-move", .operation = "resource-move", .words = {"resource=test01", "to=kvm02"}},
      {.name = "resource-move-clear", .operation = "resource-move", .words = {"resource=test01", "clear=yes"}},
      {.name = "resource-move-short", .scenario = two, .operation = "resource-move", .words = {"resource=big", "to=k2"}, .unrun = true}, /* no room, a leftover of nobody */
      {.name = "resource-move-leftover", .scenario = three, .before = {"k1$ crm_resource -B -r d1 -N k1", "20s"}, .operation = "resource-move", .words = {"resource=d1", "to=k2"}},
      {.name = "resource-move-refused", .operation = "resource-move", .words = {"resource=test01", "to=kvm01"}, .refused = "is on kvm01 already"},
      {.before = {"standby kvm02"}, .operation = "resource-move", .words = {"resource=test01", "to=kvm02"}, .refused = "takes no resources: it is standby"},
      {.before = {"standby kvm02"}, .operation = "resource-move", .words = {"resource=test01"}, .refused = "nowhere to go"},
      {.before = {"kvm01$ crm_resource -r test01 -m -p is-managed -v false"}, .operation = "resource-move", .words = {"resource=test01", "to=kvm02"}, .refused = "does not manage test01"},
      {.before = {"kvm01$ crm_resource -r test01 -m -p target-role -v Stopped", "30s"}, .operation = "resource-move", .words = {"resource=test01", "to=kvm02"}, .refused = "runs nowhere"},
      {.before = {"kvm01$ pcs constraint location test01 avoids kvm02"}, .operation = "resource-move", .words = {"resource=test01", "to=kvm02"}, .refused = "may not run on kvm02"},
      {.before = {"hang kvm01 pacemaker", "90s"}, .operation = "resource-move", .words = {"resource=test01", "to=kvm02"}, .refused = "cannot tell"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static void bans(void **state) {
  static const struct trial trials[] = {
      {.name = "resource-ban", .operation = "resource-ban", .words = {"resource=test01"}},
      {.name = "resource-ban-three", .scenario = three, .operation = "resource-ban", .words = {"resource=d1"}},
      {.name = "resource-ban-lifetime", .operation = "resource-ban", .words = {"resource=test01", "lifetime=2h"}},
      {.name = "resource-ban-refused", .before = {"kvm01$ crm_resource -B -r test01 -N kvm02"}, .operation = "resource-ban", .words = {"resource=test01", "node=kvm01"}, .refused = "is the last node that test01 can run on"},
      {.before = {"standby kvm02"}, .operation = "resource-ban", .words = {"resource=test01", "node=kvm01"}, .refused = "the last node"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static bool on(const struct simulated *g, const char *resource, const char *host) {
  struct condition c = {.name = "resource-on"};
  texts_add(g->arena, &c.args, resource);
  texts_add(g->arena, &c.args, host);
  return condition_holds(&c, g->snap, g->arena, NULL) == TRUTH_YES;
}

static void a_ban_ends_by_itself(void **state) {
  struct simulated g = ground_open("lab");
  const struct operation *o = operation_find("resource-ban");
  const struct operation_argument *arg = operation_argument(o, "lifetime");
  struct values none = {0};
  struct planning p = {.operation = o, .snap = g.snap, .values = &none, .arena = g.arena};
  static const char *const good[] = {"1m", "90m", "8h", "2d", "9999d"}, *const bad[] = {"h", "0h", "2", "2w", "2h ", " 2h", "-2h", "PT2H", "99999h", "2h30m", "1e3m"};
  (void)state;
  for (size_t i = 0; i < COUNT(good); i++) assert_null(operation_check(&p, arg, good[i]));
  for (size_t i = 0; i < COUNT(bad); i++)
    if (!operation_check(&p, arg, bad[i])) fail_msg("'%s' is taken for a duration", bad[i]);
  ground_do(&g, "kvm01$ pcs constraint location test01 prefers kvm01=100");
  ground_do(&g, "kvm01$ crm_resource -B -r test01 -N kvm01 -u PT10M");
  ground_do(&g, "60s");
  assert_true(on(&g, "test01", "kvm02"));
  ground_do(&g, "700s");
  ground_do(&g, "kvm01$ crm_resource -r test01 -m -p priority -v 1"); /* pacemaker looks at the time when it looks at all */
  ground_do(&g, "60s");
  assert_true(on(&g, "test01", "kvm01"));
  simulated_close(&g);
}

static void clears(void **state) {
  static const struct trial trials[] = {
      {.name = "resource-clear", .before = {"move test01 kvm02", "30s"}, .operation = "resource-clear", .words = {"resource=test01"}},
      {.name = "resource-clear-returns", .scenario = roomy, .before = {"move big k2", "60s"}, .operation = "resource-clear", .words = {"resource=big"}},
      {.name = "resource-clear-sticks", .scenario = roomy, .before = {"k1$ crm_resource -r big -m -p resource-stickiness -v 100", "move big k2", "60s"}, .operation = "resource-clear", .words = {"resource=big"}},
      {.name = "resource-clear-starts", .before = {"kvm01$ crm_resource -B -r test01 -N kvm02", "kvm01$ crm_resource -B -r test01 -N kvm01", "30s"}, .operation = "resource-clear", .words = {"resource=test01"}},
      {.name = "resource-clear-refused", .operation = "resource-clear", .words = {"resource=test01"}, .refused = "no move or ban has left a constraint"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static void failures(void **state) {
  static const struct trial trials[] = {
      {.name = "resource-cleanup", .before = {"crash test01", "20s"}, .operation = "resource-cleanup", .words = {"resource=test01"}},
      {.name = "resource-refresh", .operation = "resource-refresh", .words = {"resource=test01"}, .silent = true},
      {.name = "resource-cleanup-refused", .operation = "resource-cleanup", .words = {"resource=test01"}, .refused = "no failure of test01 is remembered"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static void switches(void **state) {
  static const struct trial trials[] = {
      {.name = "resource-disable", .operation = "resource-disable", .words = {"resource=test01"}},
      {.name = "resource-enable", .before = {"kvm01$ crm_resource -r test01 -m -p target-role -v Stopped", "30s"}, .operation = "resource-enable", .words = {"resource=test01"}},
      {.name = "resource-unmanage", .operation = "resource-unmanage", .words = {"resource=test01"}},
      {.name = "resource-manage", .before = {"kvm01$ crm_resource -r test01 -m -p is-managed -v false"}, .operation = "resource-manage", .words = {"resource=test01"}},
      {.name = "resource-enable-refused", .operation = "resource-enable", .words = {"resource=test01"}, .refused = "is not disabled"},
      {.name = "resource-disable-refused", .before = {"kvm01$ crm_resource -r test01 -m -p is-managed -v false"}, .operation = "resource-disable", .words = {"resource=test01"}, .refused = "does not manage test01"},
      {.name = "resource-unmanage-refused", .before = {"kvm01$ crm_resource -r test01 -m -p is-managed -v false"}, .operation = "resource-unmanage", .words = {"resource=test01"}, .refused = "leaves test01 alone already"},
      {.name = "resource-manage-refused", .before = {"kvm01$ crm_attribute -t crm_config -n maintenance-mode -v true"}, .operation = "resource-manage", .words = {"resource=test01"}, .refused = "whole cluster is in maintenance"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static void nodes(void **state) {
  static const struct trial trials[] = {
      {.name = "node-standby", .operation = "node-standby", .words = {"node=kvm01"}},
      {.name = "node-standby-three", .scenario = three, .operation = "node-standby", .words = {"node=k2"}},
      {.name = "node-standby-refused", .before = {"standby kvm02"}, .operation = "node-standby", .words = {"node=kvm01"}, .refused = "no other node is online: test01 would stop"},
      {.name = "node-unstandby", .before = {"standby kvm02"}, .operation = "node-unstandby", .words = {"node=kvm02"}},
      {.name = "node-unstandby-draws", .scenario = roomy, .before = {"standby k1", "60s"}, .operation = "node-unstandby", .words = {"node=k1"}},
      {.name = "node-unstandby-refused", .operation = "node-unstandby", .words = {"node=kvm02"}, .refused = "is not in standby"},
      {.name = "node-maintenance", .operation = "node-maintenance", .words = {"node=kvm01"}},
      {.name = "node-maintenance-refused", .before = {"kvm01$ pcs node maintenance kvm01"}, .operation = "node-maintenance", .words = {"node=kvm01"}, .refused = "in maintenance already"},
      {.name = "node-unmaintenance", .before = {"kvm01$ pcs node maintenance kvm02"}, .operation = "node-unmaintenance", .words = {"node=kvm02"}},
      {.name = "node-unmaintenance-refused", .operation = "node-unmaintenance", .words = {"node=kvm02"}, .refused = "is not in maintenance"},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

static void drains(void **state) {
  static const struct trial trials[] = {
      {.name = "node-drain", .before = {"move test01 kvm02", "30s"}, .operation = "node-drain", .words = {"host=kvm02"}},
      {.name = "node-drain-store", .operation = "node-drain", .words = {"host=node1"}, .silent = true}, /* no heal: true before too */
      {.name = "node-drain-own", .operation = "node-drain", .words = {"host=kvm01"}, .refused = "is the host that this console runs on"},
      {.name = "node-drain-plain", .scenario = three, .operation = "node-drain", .words = {"host=k2"}, .refused = "old runs on k2 and no resource drives it"},
      {.before = {"kill brick node2:/data", "10s"}, .operation = "node-drain", .words = {"host=node1"}, .refused = "node2:/data, the other brick of set 0 of models, is down"},
      {.name = "node-reinstate", .before = {"standby kvm02"}, .operation = "node-reinstate", .words = {"host=kvm02"}},
      {.name = "node-reinstate-store", .before = {"stop node2 glusterd", "20s"}, .operation = "node-reinstate", .words = {"host=node2"}},
  };
  (void)state;
  ground_trials(trials, COUNT(trials));
}

/* What the simulation has not: clones, groups, a resource that is active twice. Told as pacemaker would tell it. */
static void clones_and_groups(void **state) {
  static const char *const ping[] = {"resource=ping", "to=kvm02", NULL}, *const web[] = {"resource=web", "to=kvm02", NULL}, *const twice[] = {"resource=twice", "to=kvm02", NULL}, *const clear[] = {"resource=web", NULL};
  struct simulated g = ground_open("lab");
  struct pcmk_resources r = {0};
  static const struct { const char *id, *instance, *parent, *first, *second; } rows[] = {{"ping", "0", "ping-clone", "kvm01", NULL}, {"ping", "1", "ping-clone", "kvm02", NULL}, {"web", NULL, "g", "kvm01", NULL}, {"twice", NULL, NULL, "kvm01", "kvm02"}};
  CLEANUP(str_free) struct str line = {0};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct pcmk_resource *x = list_add(g.arena, &r.resources, &pcmk_resource_shape);
    x->id = rows[i].id, x->instance = rows[i].instance, x->parent = rows[i].parent, x->agent = "ocf:heartbeat:Dummy", x->role = "Started";
    x->active = x->managed = TRUTH_YES, x->failed = x->blocked = x->orphaned = x->disabled = TRUTH_NO;
    texts_add(g.arena, &x->nodes, rows[i].first);
    if (rows[i].second) texts_add(g.arena, &x->nodes, rows[i].second);
  }
  fragment_print(&line, sim_now(g.sim), LAYER_PACEMAKER, "kvm01", "pacemaker.resources", NULL, &r);
  simulated_take(&g, str_text(&line), line.len, sim_now(g.sim));
  simulated_look(&g);
  struct planned moved = ground_plan(&g, "resource-move", ping, NULL);
  assert_int_equal(moved.plan->allowed, TRUTH_NO);
  assert_non_null(strstr(moved.plan->why, "ping is a clone"));
  moved = ground_plan(&g, "resource-move", twice, NULL);
  assert_non_null(strstr(moved.plan->why, "twice is active on kvm01, kvm02 at once"));
  moved = ground_plan(&g, "resource-move", web, NULL);
  assert_int_equal(moved.plan->allowed, TRUTH_YES);
  assert_true(texts_have(&moved.plan->consequence, "web is part of g: pacemaker moves all of it"));
  assert_true(texts_have(&moved.plan->steps.item[0].argv, "g"));
  moved = ground_plan(&g, "resource-clear", clear, NULL);
  assert_true(texts_have(&moved.plan->consequence, "whether web moves because of it cannot be told here: a group, a colocation or a rule has a say"));
  simulated_close(&g);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(moves), cmocka_unit_test(bans), cmocka_unit_test(a_ban_ends_by_itself), cmocka_unit_test(clears), cmocka_unit_test(failures), cmocka_unit_test(switches), cmocka_unit_test(nodes), cmocka_unit_test(drains), cmocka_unit_test(clones_and_groups)};
  return RUN(tests);
}
