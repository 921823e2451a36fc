/* The questions about cluster and domains: each answers on a cluster that is read, and none does on one that is not. */
#include "ground.h"

static const struct { const char *name, *args[3]; enum truth lab; } asked[] = {
    {"cluster-runs", {NULL}, TRUTH_YES},
    {"cluster-named", {"cluster-kvm"}, TRUTH_YES},
    {"cluster-named", {"other"}, TRUTH_NO},
    {"cluster-down", {NULL}, TRUTH_NO},
    {"property-is", {"cluster-name", "cluster-kvm"}, TRUTH_YES},
    {"property-is", {"maintenance-mode", ""}, TRUTH_YES},
    {"property-is", {"maintenance-mode", "true"}, TRUTH_NO},
    {"device-delay", {"fence-kvm01", "0s"}, TRUTH_YES},
    {"device-delay", {"fence-kvm01", "5s"}, TRUTH_NO},
    {"device-delay", {"nothing", "0s"}, TRUTH_NO},
    {"fencing-level-is", {"kvm02", "1", "nothing"}, TRUTH_YES},
    {"fencing-level-is", {"kvm02", "1", "fence-kvm02"}, TRUTH_NO},
    {"node-online", {"kvm01"}, TRUTH_YES},
    {"node-standby", {"kvm01"}, TRUTH_NO},
    {"node-not-standby", {"kvm01"}, TRUTH_YES},
    {"node-maintenance", {"kvm01"}, TRUTH_NO},
    {"node-not-maintenance", {"kvm01"}, TRUTH_YES},
    {"node-member", {"kvm02"}, TRUTH_YES},
    {"node-left", {"kvm02"}, TRUTH_NO},
    {"node-joined", {"kvm02"}, TRUTH_YES},
    {"node-away", {"kvm02"}, TRUTH_NO},
    {"no-resource-on", {"kvm01"}, TRUTH_NO},
    {"no-resource-on", {"kvm02"}, TRUTH_YES},
    {"nothing-runs-on", {"kvm01"}, TRUTH_NO},
    {"nothing-runs-on", {"kvm02"}, TRUTH_YES},
    {"resource-on", {"test01", "kvm01"}, TRUTH_YES},
    {"resource-on", {"test01", "kvm02"}, TRUTH_NO},
    {"resource-not-on", {"test01", "kvm02"}, TRUTH_YES},
    {"resource-not-on", {"test01", "kvm01"}, TRUTH_NO},
    {"resource-runs", {"test01"}, TRUTH_YES},
    {"resource-stopped", {"test01"}, TRUTH_NO},
    {"resource-managed", {"test01"}, TRUTH_YES},
    {"resource-unmanaged", {"test01"}, TRUTH_NO},
    {"resource-clean", {"test01"}, TRUTH_YES},
    {"resource-clean", {"test01", "kvm01"}, TRUTH_YES},
    {"resource-known", {"test01"}, TRUTH_YES},
    {"resource-known", {"none"}, TRUTH_NO},
    {"resource-gone", {"none"}, TRUTH_YES},
    {"resource-gone", {"test01"}, TRUTH_NO},
    {"resource-enabled", {"test01"}, TRUTH_YES},
    {"resource-disabled", {"test01"}, TRUTH_NO},
    {"no-constraint-of", {"test01"}, TRUTH_YES},
    {"no-constraint-of", {"test01", "kvm02"}, TRUTH_YES},
    {"banned-from", {"test01", "kvm02"}, TRUTH_NO},
    {"banned-from", {"fence-kvm01", "kvm01"}, TRUTH_YES},
    {"fenced-since", {"kvm02", "0"}, TRUTH_NO},
    {"problem-acknowledged", {"brick-down:node2:/data"}, TRUTH_NO},
    {"problem-unacknowledged", {"brick-down:node2:/data"}, TRUTH_YES},
    {"no-heal-waits", {NULL}, TRUTH_YES},
    {"bricks-up-on", {"node1"}, TRUTH_YES},
    {"domain-runs-on", {"test01", "kvm01"}, TRUTH_YES},
    {"domain-runs-on", {"test01", "kvm02"}, TRUTH_NO},
    {"domain-runs", {"test01"}, TRUTH_YES},
    {"domain-runs-nowhere", {"test01"}, TRUTH_NO},
    {"domain-runs-nowhere", {"none"}, TRUTH_YES},
    {"domain-not-on", {"test01", "kvm02"}, TRUTH_YES},
    {"domain-state", {"test01", "running"}, TRUTH_YES},
    {"domain-state", {"test01", "paused"}, TRUTH_NO},
    {"domain-defined-on", {"test01", "kvm02"}, TRUTH_NO},
    {"domain-not-defined-on", {"test01", "kvm02"}, TRUTH_YES},
    {"domain-known", {"test01"}, TRUTH_YES},
    {"domain-known", {"none"}, TRUTH_NO},
    {"domain-settled", {"test01"}, TRUTH_YES},
};

static enum truth ask_it(struct simulated *g, const struct snapshot *s, size_t i, const char **saw) {
  struct condition c = {.name = asked[i].name};
  for (size_t k = 0; k < COUNT(asked[i].args) && asked[i].args[k]; k++) texts_add(g->arena, &c.args, asked[i].args[k]);
  if (!condition_kind_find(c.name)) fail_msg("there is no condition %s", c.name);
  return condition_holds(&c, s, g->arena, saw);
}

static void each_is_answered(void **state) {
  struct simulated g = ground_open("lab");
  const char *saw;
  (void)state;
  for (size_t i = 0; i < COUNT(asked); i++) {
    enum truth is = ask_it(&g, g.snap, i, &saw);
    if (is != asked[i].lab) fail_msg("%s %s %s: %d (%s)", asked[i].name, asked[i].args[0] ? asked[i].args[0] : "", asked[i].args[1] ? asked[i].args[1] : "", is, saw);
  }
  simulated_close(&g);
}

/* Every one of the two tables is asked above: one that is added wants its lines. */
static void none_is_forgotten(void **state) {
  const struct condition_kind *const tables[] = {cluster_conditions, domain_conditions};
  (void)state;
  for (size_t t = 0; t < COUNT(tables); t++)
    for (const struct condition_kind *k = tables[t]; k->name; k++) {
      bool seen = false;
      for (size_t i = 0; i < COUNT(asked); i++) seen |= !strcmp(asked[i].name, k->name);
      if (!seen) fail_msg("%s is not asked here", k->name);
    }
}

/* The same readings ten minutes later, and no readings at all: nothing is known, neither yes nor no. */
static void old_and_missing_are_unknown(void **state) {
  struct simulated g = ground_open("lab");
  struct merge_options o = {.here = "kvm01"};
  struct store none = {0};
  (void)state;
  struct snapshot *old = snapshot_make(&g.store, sim_now(g.sim) + 600000, sim_now(g.sim) + 600000, &o, NULL), *empty = snapshot_make(&none, sim_now(g.sim), sim_now(g.sim), &o, NULL);
  for (size_t i = 0; i < COUNT(asked); i++) {
    const char *saw = "", *args = asked[i].args[0] ? asked[i].args[0] : "";
    enum truth is = ask_it(&g, old, i, &saw);
    if (is != TRUTH_UNKNOWN) fail_msg("%s %s of old readings: %d (%s)", asked[i].name, args, is, saw);
    is = ask_it(&g, empty, i, &saw);
    if (is != TRUTH_UNKNOWN) fail_msg("%s %s of nothing: %d", asked[i].name, args, is);
  }
  snapshot_drop(old), snapshot_drop(empty);
  simulated_close(&g);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_is_answered), cmocka_unit_test(none_is_forgotten), cmocka_unit_test(old_and_missing_are_unknown)};
  return RUN(tests);
}
