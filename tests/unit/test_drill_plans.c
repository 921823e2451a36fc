/* The plans of all drills, what each is refused for, and that force does not overrule what would destroy disks. */
#include "drilled.h"
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

static void kept(struct drilled *d, const char *name, const char *words, const char *file) {
  CLEANUP(str_free) struct str text = {0};
  const struct plan *p = drilled_plan(d, name, words);
  plan_text(p, &text);
  kept_text(file, &text);
  if (p->allowed != TRUTH_YES) fail_msg("%s: %s", name, p->why);
  struct drill_steps s = drill_steps_of(p);
  assert_true(s.arm < s.inject); /* the way back first */
  assert_true(s.inject < p->steps.count && p->steps.item[s.inject].undo.count);
  assert_true(drill_armed_s(p) > 0);
  if (drill_looks_dead(drill_find(name)->kind)) assert_true(s.revert == SIZE_MAX); /* its fencing is */
  else assert_true(s.revert > s.inject && s.disarm > s.revert && s.disarm < p->steps.count);
  for (size_t i = 0; i < p->steps.count; i++)
    if (p->steps.item[i].until.name && !condition_kind_find(p->steps.item[i].until.name)) fail_msg("%s: there is no condition %s", name, p->steps.item[i].until.name);
}

static void moved_to_kvm02(struct drilled *d) {
  drilled_happen(d, "move test01 kvm02", 8000);
  drilled_happen(d, "clear test01", 1000);
}

static void proven(struct drilled *d) {
  drilled_happen(d, "power off kvm02", 60000);
  moved_to_kvm02(d);
}

static void plans_are_what_they_were(void **state) {
  struct drilled *d = drilled_new("lab", false);
  (void)state;
  kept(d, "move-and-back", "resource=test01", "drill-move-and-back");
  kept(d, "brick-killed", "brick=node2:/data", "drill-brick-killed");
  kept(d, "glusterd-stopped", "host=node3;hold=10", "drill-glusterd-stopped");
  proven(d);
  kept(d, "graceful-stop", "domain=test01", "drill-graceful-stop");
  kept(d, "host-hung", "host=kvm02", "drill-host-hung");
  kept(d, "power-lost", "host=kvm02", "drill-power-lost");
  kept(d, "corosync-killed", "host=kvm02", "drill-corosync-killed");
  kept(d, "network-cut", "host=kvm02;force=yes", "drill-network-cut");
  drilled_free(d);
}

/* A node that another host runs as a machine: it, and no other, is suspended. */
static const char nested[] = NESTED("vm-k2", "");

static void nested_proven(struct drilled *d) {
  drilled_happen(d, "power off k2", 60000);
  drilled_happen(d, "move d1 k2", 8000);
  drilled_happen(d, "clear d1", 1000);
}

static void a_hypervisor_suspends_that_machine_and_no_other(void **state) {
  struct drilled *d = drilled_new(nested, false);
  static const struct { const char *words, *why; } wrong[] = {
      {"host=k2;hypervisor=outer", "has no running machine k2"},
      {"host=k2;hypervisor=outer;machine=d1", "is a domain of this cluster"},
      {"host=k2;hypervisor=k2;machine=vm-k2", "does not run itself"},
      {"host=k2;hypervisor=nowhere;machine=vm-k2", "nowhere"},
  };
  (void)state;
  assert_non_null(strstr(drilled_plan(d, "host-suspended", "host=k2;hypervisor=outer;machine=vm-k2")->why, "never proven"));
  nested_proven(d);
  kept(d, "host-suspended", "host=k2;hypervisor=outer;machine=vm-k2", "drill-host-suspended");
  for (size_t i = 0; i < COUNT(wrong); i++) {
    const struct plan *p = drilled_plan(d, "host-suspended", wrong[i].words);
    if (p->allowed != TRUTH_NO || !strstr(p->why, wrong[i].why)) fail_msg("%s: wanted \"%s\", got %d: %s", wrong[i].words, wrong[i].why, p->allowed, p->why ? p->why : "");
  }
  /* What is called so runs there, and is another machine: the UUIDs tell. */
  const struct operation *o = &drill_find("host-suspended")->operation;
  drilled_plan(d, "host-suspended", "host=k2;hypervisor=outer;machine=vm-k2");
  struct answer *own = (struct answer *)survey_answer(&d->survey, "k2", "own-uuid");
  own->out = "00000000-1111-2222-3333-444444444444\n";
  const struct plan *p = operation_plan(o, d->g.snap, &d->values, &d->survey, d->g.arena);
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_int_equal(p->forcible, TRUTH_NO);
  assert_non_null(strstr(p->why, "is not k2: its UUID"));
  drilled_free(d);
}

static const struct refusal {
  const char *drill, *words, *before[4], *why;
  bool forcible;
} refusals[] = {
    {"host-hung", "host=kvm02", {NULL}, "never proven", false},
    {"network-cut", "host=kvm02", {NULL}, "never proven", false},
    {"corosync-killed", "host=kvm02", {NULL}, "never proven", false},
    {"host-hung", "host=kvm02", {"property stonith-enabled false"}, "fencing is off", false},
    {"power-lost", "host=kvm01", {NULL}, "this console runs on", false},
    {"graceful-stop", "host=kvm01", {NULL}, "this console runs on", false},
    {"power-lost", "host=kvm02", {"property maintenance-mode true"}, "maintenance", false},
    {"power-lost", "host=kvm02", {"standby kvm02"}, "standby", false},
    {"brick-killed", "brick=node2:/data", {"kill brick node3:/data"}, "is down already", false},
    {"glusterd-stopped", "host=node2", {"kill node4 glusterd"}, "no connected peer", false},
    {"move-and-back", "resource=test01;to=kvm02", {"kill kvm02 corosync"}, "kvm02 is", false},
    {"network-cut", "host=kvm02", {"power off kvm02", "wait 60"}, "shoot each other", true},
};

static void refused_as_it_should_be(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(refusals); i++) {
    const struct refusal *r = &refusals[i];
    struct drilled *d = drilled_new("lab", false);
    for (size_t k = 0; k < COUNT(r->before) && r->before[k]; k++) {
      if (str_starts(r->before[k], "wait ")) drilled_pass(d, strtol(r->before[k] + 5, NULL, 10) * 1000);
      else drilled_happen(d, r->before[k], 9000);
    }
    const struct plan *p = drilled_plan(d, r->drill, r->words);
    if (p->allowed != TRUTH_NO || !strstr(p->why, r->why) || !p->when) fail_msg("%s %s: wanted \"%s\", got %d: %s", r->drill, r->words, r->why, p->allowed, p->why ? p->why : "");
    assert_int_equal(p->forcible, truth_of(r->forcible));
    const struct plan *forced = drilled_plan(d, r->drill, arena_printf(d->g.arena, "%s;force=yes", r->words));
    if ((forced->allowed == TRUTH_YES) != r->forcible) fail_msg("%s %s: forced: %s", r->drill, r->words, forced->why ? forced->why : "allowed");
    drilled_free(d);
  }
}

/* Read seldom, and soon over: said to the snapshot itself. */
static void not_beside_a_rebalance_or_a_heal(void **state) {
  struct drilled *d = drilled_new("lab", false);
  const struct operation *o = &drill_find("glusterd-stopped")->operation;
  (void)state;
  assert_int_equal(drilled_plan(d, "glusterd-stopped", "host=node2")->allowed, TRUTH_YES);
  struct gluster_task *t = list_add(d->g.arena, &d->g.snap->volumes.item[0].tasks, &gluster_task_shape);
  *t = (struct gluster_task){"Rebalance", "1", "in progress", {0}};
  const struct plan *p = operation_plan(o, d->g.snap, &d->values, &d->survey, d->g.arena);
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_non_null(strstr(p->why, "Rebalance of models is under way"));
  t->status = "completed";
  assert_int_equal(operation_plan(o, d->g.snap, &d->values, &d->survey, d->g.arena)->allowed, TRUTH_YES);
  d->g.snap->volumes.item[0].heal_pending = 12;
  p = operation_plan(o, d->g.snap, &d->values, &d->survey, d->g.arena);
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_non_null(strstr(p->why, "heal is under way"));
  drilled_free(d);
}

/* A host without nft: by iptables, as long as the others have no IPv6 that it would let pass. */
static void without_nft(void **state) {
  struct drilled *d = drilled_new("lab", false);
  const struct operation *o = &drill_find("network-cut")->operation;
  (void)state;
  proven(d);
  drilled_plan(d, "network-cut", "host=kvm02;force=yes");
  struct answer *nft = (struct answer *)survey_answer(&d->survey, "kvm02", "nft"), *iptables = (struct answer *)survey_answer(&d->survey, "kvm02", "iptables");
  nft->code = iptables->code = 127;
  assert_non_null(strstr(operation_plan(o, d->g.snap, &d->values, &d->survey, d->g.arena)->why, "neither nft nor iptables"));
  iptables->code = 0;
  CLEANUP(str_free) struct str text = {0};
  plan_text(operation_plan(o, d->g.snap, &d->values, &d->survey, d->g.arena), &text);
  kept_text("drill-network-cut-iptables", &text);
  texts_add(d->g.arena, &d->g.snap->hosts.item[0].addresses, "fd00::1");
  assert_int_equal(operation_plan(o, d->g.snap, &d->values, &d->survey, d->g.arena)->allowed, TRUTH_NO);
  nft->code = 0;
  text.len = 0;
  plan_text(operation_plan(o, d->g.snap, &d->values, &d->survey, d->g.arena), &text);
  assert_non_null(strstr(str_text(&text), "ip6 saddr { fd00::1 } drop"));
  texts_add(d->g.arena, &d->g.snap->hosts.item[0].addresses, "1.2.3.4 } accept; #"); /* no rule of somebody else's making */
  text.len = 0;
  plan_text(operation_plan(o, d->g.snap, &d->values, &d->survey, d->g.arena), &text);
  assert_null(strstr(str_text(&text), "1.2.3.4"));
  drilled_free(d);
}

static void a_timer_that_waits_refuses_the_next(void **state) {
  struct drilled *d = drilled_new("lab", false);
  struct texts words = {0};
  const char *const argv[] = {"systemd-run", "--unit=kvmconsole-drill-revert", "--on-active=90", "--timer-property=AccuracySec=100ms", "true"};
  (void)state;
  for (size_t i = 0; i < COUNT(argv); i++) texts_add(d->g.arena, &words, argv[i]);
  struct command_result r = simulated_execute(&d->g, "node2", &words, NULL);
  assert_int_equal(r.code, 0);
  command_result_free(&r);
  const struct plan *p = drilled_plan(d, "glusterd-stopped", "host=node2");
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_non_null(strstr(p->why, "timer of another drill"));
  drilled_pass(d, 95000);
  assert_int_equal(drilled_plan(d, "glusterd-stopped", "host=node2")->allowed, TRUTH_YES);
  drilled_free(d);
}

static void no_power_without_a_device(void **state) {
  struct drilled *d = drilled_new("host kvm[01-02] kvm\nhost node[1-2] store\nvolume v replica 2 bricks node[1-2]:/b size=1G used=1\nmount v /v on kvm[01-02] from node1\ncluster c kvm[01-02]\nhere kvm01\n"
                                  "domain a volume v memory=1G image=1G\n", false);
  (void)state;
  const struct plan *p = drilled_plan(d, "power-lost", "host=kvm02;force=yes");
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_non_null(strstr(p->why, "no fence device"));
  drilled_free(d);
}

/* ---- several in order ---- */

static void a_window_ends_when_it_is_next_so_late(void **state) {
  enum { MINUTE = 60000, DAY = 1440 * MINUTE };
  const int64_t four = 20000 * (int64_t)DAY + 240 * MINUTE; /* a day at 04:00 */
  static const struct { const char *text; int64_t after; } cases[] = {
      {"04:30", 30 * MINUTE}, {"04:01", MINUTE}, {"04:00", DAY}, {"03:59", DAY - MINUTE}, {"00:00", 20 * 60 * MINUTE}, {"23:59", (19 * 60 + 59) * MINUTE}, {"5:07", 67 * MINUTE},
      {"24:00", UNKNOWN_INT}, {"23:60", UNKNOWN_INT}, {"-1:00", UNKNOWN_INT}, {"04:-1", UNKNOWN_INT}, {"04", UNKNOWN_INT}, {"04:30h", UNKNOWN_INT}, {"", UNKNOWN_INT}, {NULL, UNKNOWN_INT},
  };
  (void)state;
  setenv("TZ", "UTC", 1);
  tzset();
  for (size_t i = 0; i < COUNT(cases); i++) {
    int64_t until = drill_until(cases[i].text, four + 999);
    if (until != (cases[i].after == UNKNOWN_INT ? UNKNOWN_INT : four + cases[i].after)) fail_msg("%s: %" PRId64, cases[i].text, until - four);
  }
}

static struct plan *window_plan(struct drilled *d, const char *words, struct err *e) {
  const char *word[32];
  size_t n = 0;
  char *save = NULL;
  *e = (struct err){0};
  for (char *w = strtok_r(arena_strdup(d->g.arena, words), ";", &save); w; w = strtok_r(NULL, ";", &save)) word[n++] = w;
  d->values = (struct values){0};
  d->survey = (struct survey){0};
  if (operation_values(&drill_window, d->g.snap, word, n, d->g.arena, &d->values, e)) return NULL;
  operation_survey(&drill_window, d->g.snap, &d->values, d->g.arena, &d->survey);
  for (size_t i = 0; i < d->survey.answers.count; i++) {
    struct answer *q = &d->survey.answers.item[i];
    struct command_result r = simulated_execute(&d->g, q->host, &q->argv, NULL);
    q->code = r.code == 255 ? UNKNOWN_INT : r.code;
    q->out = arena_strdup(d->g.arena, str_text(&r.out));
    command_result_free(&r);
  }
  return operation_plan(&drill_window, d->g.snap, &d->values, &d->survey, d->g.arena);
}

/* What is confirmed once is what each of them would do, in that order, and no other thing. */
static void a_window_shows_the_plan_of_each(void **state) {
  struct drilled *d = drilled_new("lab", false);
  struct err e;
  (void)state;
  const struct plan *both = window_plan(d, "drills=glusterd-stopped;drills=brick-killed;host=node3;brick=node2:/data;until=04:30", &e);
  if (!both || both->allowed != TRUTH_YES) fail_msg("%s", both ? both->why : e.text);
  assert_string_equal(both->target, "2 drills");
  const struct plan *one = drilled_plan(d, "glusterd-stopped", "host=node3"), *two = drilled_plan(d, "brick-killed", "brick=node2:/data");
  assert_int_equal(both->steps.count, one->steps.count + two->steps.count);
  for (size_t i = 0; i < both->steps.count; i++) {
    const struct step *is = &both->steps.item[i], *was = i < one->steps.count ? &one->steps.item[i] : &two->steps.item[i - one->steps.count];
    assert_true(str_eq(is->say, was->say) && str_eq(is->host, was->host));
    assert_int_equal(is->input_of, was->input_of == UNKNOWN_INT ? UNKNOWN_INT : was->input_of + (i < one->steps.count ? 0 : (int64_t)one->steps.count));
  }
  assert_string_equal(both->consequence.item[0], "1 of 2: glusterd-stopped of node3");
  assert_string_equal(both->consequence.item[one->consequence.count + 1], "2 of 2: brick-killed of node2:/data");
  assert_true(texts_have(&both->consequence, "none is begun that would last beyond 04:30, by what it took before"));
  assert_int_equal(both->consequence.count, one->consequence.count + two->consequence.count + 4);
  assert_int_equal(window_plan(d, "drills=glusterd-stopped;host=node3", &e)->consequence.count, one->consequence.count + 2); /* no end: none is said */
  drilled_free(d);
}

static void a_window_is_refused_for_each_of_its_drills(void **state) {
  struct drilled *d = drilled_new("lab", false);
  struct err e;
  (void)state;
  const struct plan *p = window_plan(d, "drills=glusterd-stopped;drills=host-hung;host=kvm02", &e); /* no glusterd there, and its fencing was never proven */
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_int_equal(p->forcible, TRUTH_NO);
  p = window_plan(d, "drills=brick-killed;drills=host-hung;host=kvm02;brick=node2:/data", &e);
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_non_null(strstr(p->why, "host-hung of kvm02: "));
  assert_non_null(strstr(p->why, "never proven"));
  p = window_plan(d, "drills=brick-killed", &e);
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_non_null(strstr(p->why, "brick-killed: "));
  assert_null(window_plan(d, "drills=nothing;host=kvm02", &e));
  assert_non_null(strstr(e.text, "there is no drill nothing"));
  assert_null(window_plan(d, "drills=brick-killed;brick=node2:/data;until=25:00", &e));
  assert_non_null(strstr(e.text, "time of day"));
  CLEANUP(str_free) struct str words = {0};
  str_add(&words, "brick=node2:/data");
  for (int i = 0; i < DRILLS_IN_ORDER; i++) str_add(&words, ";drills=brick-killed");
  assert_int_equal(window_plan(d, str_text(&words), &e)->allowed, TRUTH_YES);
  str_add(&words, ";drills=brick-killed");
  p = window_plan(d, str_text(&words), &e);
  assert_int_equal(p->allowed, TRUTH_NO);
  assert_non_null(strstr(p->why, "at most 16"));
  drilled_free(d);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(plans_are_what_they_were), cmocka_unit_test(a_hypervisor_suspends_that_machine_and_no_other), cmocka_unit_test(refused_as_it_should_be), cmocka_unit_test(not_beside_a_rebalance_or_a_heal), cmocka_unit_test(a_timer_that_waits_refuses_the_next), cmocka_unit_test(no_power_without_a_device), cmocka_unit_test(without_nft),
                                     cmocka_unit_test(a_window_ends_when_it_is_next_so_late), cmocka_unit_test(a_window_shows_the_plan_of_each), cmocka_unit_test(a_window_is_refused_for_each_of_its_drills)};
  return RUN(tests);
}
