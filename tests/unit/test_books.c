/* The guide's books for bad days: on a healthy cluster they say that there is nothing to do; in a world that is broken as the book is
 * about, it is walked by what it offers, and by what a person does where it says so, until every step is done and the cluster is well. */
#include "tests/unit/plans.h"
#include "ops/drill.h"
#include "ops/guide.h"

static const char lab[] = "lab";
/* Its guest stands still when a write fails. */
static const char stops[] = "host kvm[01-02] kvm memory=8G cpus=2\nhost node[1-2] store memory=4G cpus=2\nvolume models replica 2 bricks node[1-2]:/data size=3G used=1 option.network.ping-timeout=5\n"
                            "mount models /kvmdata on kvm[01-02] from node1\ncluster cluster-kvm kvm[01-02]\nhere kvm01\nfencing for kvm[01-02]\ndomain test01 volume models memory=96M image=64M stop-on-error\n";

/* What happens: events of scenarios, "@HOST command", or seconds, a semicolon between. */
struct human { const char *step, *does; };
struct day {
  const char *book, *scenario, *breaks;
  const char *form;          /* of the form, beside what is proposed */
  struct human human[6];     /* when that step is the next one */
  const char *called;        /* no: it is one that nothing calls for; else a part of the reason */
  const char *ends;          /* what must be so at the end: a condition and its words */
};
static const struct day days[] = {
    /* All off; two come late, and one has booted before its storage. */
    {"cold-start", lab, "@node3 systemctl disable glusterd;power off kvm02;power off node1;power off node2;power off node3;power off node4;power off kvm01;30;power on kvm01;60;power on node1;power on node2;power on node3;60", NULL,
     {{"cold-hosts", "power on node4;power on kvm02;60"}}, "there is no quorum", "domain-runs test01"},
    /* A host of the storage stays away, and is done without until it is back. */
    {"cold-start", lab, "power off kvm02;power off node1;power off node2;power off node3;power off node4;power off kvm01;30;power on kvm01;60;power on node1;power on node2;power on node3;power on kvm02;60", "without=node4",
     {{"cold-well", "power on node4;60"}}, NULL, "domain-runs test01"},
    /* The node that ran the domain lost its power, and its BMC with it. */
    {"fencing-stuck", lab, "move test01 kvm02;60;clear test01;10;break bmc kvm02;power off kvm02;12", NULL, {{"stuck-back", "mend bmc kvm02;power on kvm02;60"}}, NULL, "domain-runs test01"},
    {"fencing-stuck", lab, "move test01 kvm02;60;clear test01;10;break bmc kvm02;power off kvm02;150", NULL, {{"stuck-back", "mend bmc kvm02;power on kvm02;60"}}, "kvm02", "domain-runs test01"},
    /* Every brick hangs; hosts of the storage are off. */
    {"gluster-stalled", lab, "hang brick node1:/data;hang brick node2:/data;hang brick node3:/data;hang brick node4:/data;30;crash test01;60", NULL, {{0}}, "", "domain-runs test01"},
    {"gluster-stalled", stops, "hang brick node1:/data;hang brick node2:/data;60", NULL, {{0}}, "", "domain-runs test01"},
    {"gluster-stalled", lab, "power off node1;power off node2;power off node3;power off node4;150", NULL, {{"stall-bricks", "power on node1;power on node2;power on node3;power on node4;60"}}, "", "domain-runs test01"},
    /* Fenced, back, and not mounted; then something was sent there. */
    {"returned-unmounted", lab, "power off kvm02;120;@kvm02 umount /kvmdata;move test01 kvm02;60;clear test01;10", NULL, {{0}}, "test01", "domain-runs test01"},
    {"returned-unmounted", lab, "power off kvm02;120;@kvm02 umount /kvmdata;@kvm01 umount /kvmdata;crash test01;90", NULL, {{0}}, "test01", "domain-runs test01"},
    {"brick-full", lab, "option models storage.reserve 0;fill models 100;120", NULL, {{"full-room", "fill models 40;60"}}, "full", "domain-runs test01"},
    /* Forbidden on one host, failed on the other. */
    {"blocked-failover", lab, "@kvm01 crm_resource -B -r test01 -N kvm02;5;@kvm01 umount /kvmdata;crash test01;60;@kvm01 mount /kvmdata;30", NULL, {{0}}, "test01", "domain-runs test01"},
    {"blocked-failover", lab, "@kvm01 crm_resource -B -r test01 -N kvm02;30", NULL, {{0}}, "test01", "domain-runs test01"},
    {"partition", lab, "move test01 kvm02;60;clear test01;10;part kvm01 kvm02 corosync;7", NULL, {{"parted-network", "20;mend kvm01 kvm02;60"}}, NULL, "domain-runs test01"},
    {"partition", lab, "part node1,node2 node3,node4 gluster;60", NULL, {{"parted-network", "mend node1,node2 node3,node4;60"}}, "", "domain-runs test01"},
    /* Nobody fences: both sides run it. */
    {"partition", lab, "property stonith-enabled false;part kvm01 kvm02 corosync;60;split brain models 1;60", NULL,
     {{"parted-writers", "power off kvm02;30;power on kvm02;90"}, {"parted-network", "mend kvm01 kvm02;90"}, {"parted-copies", "resolve models;property stonith-enabled true;60"}}, "", "domain-runs test01"},
    {"partition", lab, "part node1 node3 gluster;60;pause test01;5", NULL, {{"parted-network", "mend node1 node3;60"}}, "", "domain-runs test01"},
};

struct walk { struct simulated b; const struct guide_book *book; const struct day *day; struct values form; struct survey survey; struct guide_found found[GUIDE_STEPS_MAX]; bool open[GUIDE_STEPS_MAX], acted[6]; };

static void command(struct walk *w, const char *host, char *line) {
  struct texts argv = {0};
  char *save = NULL;
  for (char *one = strtok_r(line, " ", &save); one; one = strtok_r(NULL, " ", &save)) texts_add(w->b.arena, &argv, one);
  struct command_result r = simulated_execute(&w->b, host, &argv, NULL);
  if (r.code) fail_msg("%s: exit %d: %s%s", line, r.code, str_text(&r.out), str_text(&r.err));
  command_result_free(&r);
}

static void happens(struct walk *w, const char *words) {
  char *save = NULL;
  for (char *one = strtok_r(arena_strdup(w->b.arena, words), ";", &save); one; one = strtok_r(NULL, ";", &save)) {
    int64_t seconds;
    char *blank = strchr(one, ' ');
    if (!str_int(one, 0, 100000, &seconds)) bench_pass(&w->b, seconds);
    else if (*one == '@' && blank) *blank = '\0', command(w, one + 1, blank + 1);
    else bench_happen(&w->b, one, 0);
  }
}

static struct guide_look look_of(struct walk *w) { return (struct guide_look){.snap = w->b.snap, .form = &w->form, .survey = &w->survey, .book = w->book}; }

static void fill(struct walk *w) {
  struct err e = {0};
  const char *words[] = {w->day ? w->day->form : NULL};
  if (words[0] && operation_take(&guide_form, w->b.snap, words, 1, w->b.arena, &w->form, &e)) fail_msg("%s", e.text);
  guide_form_fill(w->b.snap, &w->form, w->b.arena);
}

static void look(struct walk *w) {
  w->survey = (struct survey){0};
  guide_survey(w->book, NULL, w->b.snap, &w->form, w->b.arena, &w->survey);
  simulated_answer(&w->b, &w->survey);
  bench_pass(&w->b, 1);
  struct guide_look l = look_of(w);
  guide_check(&l, w->b.arena, w->found);
  for (size_t i = 0; i < w->book->count; i++) w->open[i] |= w->found[i].state != GUIDE_DONE;
  for (size_t i = 0; getenv("BOOKS") && i < w->book->count; i++) print_message("%s %zu %-20s %s: %s\n", w->book->name, i, w->found[i].step, guide_state_words[w->found[i].state], w->found[i].text);
}

/* What a person would see, when a test is at its end. */
static const char *how_it_stands(struct walk *w) {
  CLEANUP(str_free) struct str out = {0};
  for (size_t i = 0; i < w->book->count; i++) {
    str_addf(&out, "\n  %-20s %s: %s", w->found[i].step, guide_state_words[w->found[i].state], w->found[i].text);
    for (size_t k = 0; k < w->found[i].evidence.count && w->found[i].state != GUIDE_DONE; k++) str_addf(&out, "\n      %d %s: %s", w->found[i].evidence.item[k].good, w->found[i].evidence.item[k].host ? w->found[i].evidence.item[k].host : "", w->found[i].evidence.item[k].text);
  }
  for (size_t i = 0; i < w->b.snap->problems.count; i++) str_addf(&out, "\n  problem %s: %s", w->b.snap->problems.item[i].id, w->b.snap->problems.item[i].text);
  return arena_strdup(w->b.arena, str_text(&out));
}

/* Refused for a moment: something is read anew first. */
static void run_of_step(struct walk *w, const char *step, const struct guide_run *x) {
  struct err e = {0};
  struct survey survey;
  struct plan *plan = NULL;
  if (!x->operation) fail_msg("%s runs what is no operation", step);
  for (int i = 0; i < 30; i++) {
    struct values v = {0};
    struct planning p = {.operation = x->operation, .snap = w->b.snap, .arena = w->b.arena};
    for (size_t k = 0; k < x->values.list.count; k++) values_add(w->b.arena, &v, x->values.list.item[k].name, x->values.list.item[k].text, false);
    if (operation_argument(x->operation, "seen")) values_set(w->b.arena, &v, "seen", "I saw it without power", false);
    if (operation_complete(&p, &v, &e)) fail_msg("%s: %s: %s", step, x->operation->name, e.text);
    bench_survey(&w->b, x->operation, &v, &survey);
    plan = operation_plan(x->operation, w->b.snap, &v, &survey, w->b.arena);
    if (plan->allowed == TRUTH_YES) break;
    bench_pass(&w->b, 5);
  }
  if (getenv("BOOKS")) print_message("  runs %s: %s%s\n", x->operation->name, x->say, plan->allowed == TRUTH_YES ? "" : plan->why);
  if (plan->allowed != TRUTH_YES) fail_msg("%s: %s is refused: %s (%s)%s", step, x->operation->name, plan->why, plan->when, how_it_stands(w));
  for (size_t i = 0; i < plan->steps.count; i++) {
    struct explanation words;
    explain(&plan->steps.item[i].argv, w->b.arena, &words);
    for (size_t k = 0; k < words.list.count; k++)
      if (!words.list.item[k].means) fail_msg("nothing explains \"%s\" of \"%s\" (%s)", words.list.item[k].words, plan->steps.item[i].argv.item[0], x->operation->name);
  }
  plan_done(&w->b, plan);
}

static bool human_acts(struct walk *w, const char *step) {
  for (size_t i = 0; w->day && i < COUNT(w->day->human) && w->day->human[i].step; i++) {
    if (w->acted[i] || !str_eq(w->day->human[i].step, step)) continue;
    w->acted[i] = true;
    if (!guide_step(w->book, step)->by_hand) fail_msg("%s says nothing of what a person is to do", step);
    happens(w, w->day->human[i].does);
    return true;
  }
  return false;
}

static void walk_on(struct walk *w) {
  enum { PATIENCE = 240, WAIT_S = 5 };
  size_t n;
  int waited = 0;
  for (look(w); (n = guide_next(w->book, w->found)) < w->book->count; look(w)) {
    const struct guide_found *f = &w->found[n];
    const struct guide_step *step = &w->book->steps[n];
    struct guide_runs left;
    struct guide_look l = look_of(w);
    if (f->state == GUIDE_BLOCKED || f->state == GUIDE_BROKEN) fail_msg("%s is the next, and %s%s", f->step, guide_state_words[f->state], how_it_stands(w));
    if (human_acts(w, f->step)) {
      waited = 0;
      continue;
    }
    guide_left(&l, step, false, w->b.arena, &left);
    if (f->state == GUIDE_TODO && left.list.count && waited % 8 == 0) {
      for (size_t i = 0; i < left.list.count; i++) run_of_step(w, f->step, &left.list.item[i]);
      waited++;
      continue;
    }
    if (++waited > PATIENCE) { print_message("%s\n", how_it_stands(w)); fail_msg("%s of %s does not get done", f->step, w->book->name); }
    bench_pass(&w->b, WAIT_S);
  }
}

static bool turned[16][GUIDE_STEPS_MAX]; /* of each book in the table: steps that were seen to be not done, and then done */

static void opened(struct walk *w) {
  for (size_t b = 0; guide_books[b]; b++)
    for (size_t i = 0; guide_books[b] == w->book && i < w->book->count; i++) turned[b][i] |= w->open[i];
}

static void bad_days_are_walked(void **state) {
  (void)state;
  for (size_t d = 0; d < COUNT(days); d++) {
    const char *only = getenv("DAY");
    struct walk w = {.day = &days[d], .book = guide_book(days[d].book)};
    if (only && strcmp(only, days[d].book)) continue;
    bench_open(&w.b, days[d].scenario);
    bench_pass(&w.b, 60);
    happens(&w, days[d].breaks);
    if (!w.book) fail_msg("there is no book %s", days[d].book);
    const char *why = guide_called(w.book, w.b.snap, w.b.arena);
    if (days[d].called && (!why || !strstr(why, days[d].called))) {
      fill(&w), look(&w);
      fail_msg("day %zu: %s is called for by \"%s\", and not by \"%s\"%s", d, days[d].book, why ? why : "nothing", days[d].called, how_it_stands(&w));
    }
    fill(&w);
    walk_on(&w);
    bench_pass(&w.b, 5);
    why = guide_called(w.book, w.b.snap, w.b.arena);
    if (why) fail_msg("day %zu: %s is walked to its end, and still called for: %s", d, days[d].book, why);
    for (size_t i = 0; i < COUNT(w.acted) && days[d].human[i].step; i++)
      if (!w.acted[i]) fail_msg("day %zu of %s: nobody was asked to do what %s says", d, days[d].book, days[d].human[i].step);
    if (days[d].ends) {
      struct condition c = {0};
      const char *saw = "";
      char *save = NULL, *words = arena_strdup(w.b.arena, days[d].ends);
      c.name = strtok_r(words, " ", &save);
      for (char *one; (one = strtok_r(NULL, " ", &save)) != NULL;) texts_add(w.b.arena, &c.args, one);
      if (condition_holds(&c, w.b.snap, w.b.arena, &saw) != TRUTH_YES) fail_msg("day %zu: not so at the end: %s: %s", d, days[d].ends, saw);
    }
    if (strcmp(days[d].book, "shutdown") && w.b.snap->health != HEALTH_HEALTHY) fail_msg("day %zu: %s is walked to its end, and the cluster is %s%s", d, days[d].book, health_names[w.b.snap->health], how_it_stands(&w));
    opened(&w);
    simulated_close(&w.b);
  }
}

/* A volume's own free space is read more often than its bricks'. */
static void what_is_full_is_not_done_by_old_bricks(void **state) {
  struct walk w = {.book = guide_book("brick-full")};
  (void)state;
  bench_open(&w.b, lab);
  happens(&w, "60;fill models 100;120");
  fill(&w);
  look(&w);
  assert_string_equal(w.found[0].step, "full-room");
  assert_int_equal(w.found[0].state, GUIDE_TODO);
  assert_null(strstr(w.found[0].text, "not read since"));
  struct volume_view *v = (struct volume_view *)&w.b.snap->volumes.item[0];
  for (size_t i = 0; i < v->bricks.count; i++) v->bricks.item[i].free = v->bricks.item[i].size / 2;
  struct guide_look l = look_of(&w);
  guide_check(&l, w.b.arena, w.found);
  assert_int_equal(w.found[0].state, GUIDE_TODO);
  assert_non_null(strstr(w.found[0].text, "which of its bricks is was not read since"));
  v->free = v->size / 2;
  guide_check(&l, w.b.arena, w.found);
  assert_int_equal(w.found[0].state, GUIDE_DONE);
  simulated_close(&w.b);
}

/* Everything is shut down by its book, loses its power, and is started by the other one: just what ran runs, the most important first. */
static const char three_domains[] =
    "host kvm[01-02] kvm memory=8G cpus=2\nhost node[1-2] store memory=4G cpus=2\nvolume models replica 2 bricks node[1-2]:/data size=3G used=1\nmount models /kvmdata on kvm[01-02] from node1\n"
    "cluster cluster-kvm kvm[01-02]\nhere kvm01\nfencing for kvm[01-02]\ndomain db volume models memory=96M image=64M\ndomain old volume models memory=96M image=64M\ndomain web volume models memory=96M image=64M\n";

static void must_be_left(struct walk *w, const char *step, const char *operation, const char *argument, const char *names) {
  struct guide_runs left;
  struct guide_look l = look_of(w);
  CLEANUP(str_free) struct str out = {0};
  guide_left(&l, guide_step(w->book, step), false, w->b.arena, &left);
  for (size_t i = 0; i < left.list.count; i++) {
    assert_string_equal(left.list.item[i].operation->name, operation);
    str_addf(&out, "%s%s", i ? " " : "", value_of_name(&left.list.item[i].values, argument));
  }
  assert_string_equal(str_text(&out), names);
}

static void what_was_shut_down_comes_back(void **state) {
  static const struct day down = {.book = "shutdown", .human = {{"down-hosts", "power off node1;power off node2;power off kvm02;30"}}};
  struct walk w = {.day = &down, .book = guide_book("shutdown")};
  (void)state;
  bench_open(&w.b, three_domains);
  bench_pass(&w.b, 60);
  happens(&w, "@kvm01 pcs resource meta db priority=10;@kvm01 pcs resource disable old;30;kill brick node2:/data;20");
  fill(&w);
  look(&w);
  must_be_left(&w, "down-domains", "domain-stop", "domain", "web db");
  must_be_left(&w, "down-mounts", "gluster-unmount", "host", "kvm01");
  must_be_left(&w, "down-gluster", "gluster-stop-all", "host", "node1");
  walk_on(&w);
  assert_true(w.acted[0]);
  opened(&w);
  happens(&w, "power off kvm01;60;power on node1;power on node2;40;power on kvm01;power on kvm02;120");
  struct walk up = {.book = guide_book("cold-start"), .b = w.b};
  const char *why = guide_called(up.book, up.b.snap, up.b.arena);
  if (!why || !strstr(why, "shut down in order")) fail_msg("cold-start is not called for by what was noted: %s", why ? why : "nothing");
  fill(&up);
  look(&up);
  must_be_left(&up, "cold-domains", "resource-enable", "resource", "db web");
  walk_on(&up);
  opened(&up);
  HOLDS(&up.b, "domain-runs", "db");
  HOLDS(&up.b, "domain-runs", "web");
  HOLDS(&up.b, "resource-disabled", "old");
  assert_int_equal(up.b.snap->health, HEALTH_HEALTHY);
  simulated_close(&up.b);
}

static void each_check_turned(void **state) {
  (void)state;
  if (getenv("DAY")) return;
  for (size_t b = 1; guide_books[b]; b++)
    for (size_t i = 0; i < guide_books[b]->count; i++)
      if (!turned[b][i]) fail_msg("%s of %s was never seen to be not done", guide_books[b]->steps[i].name, guide_books[b]->name);
}

static void a_healthy_cluster_needs_none(void **state) {
  (void)state;
  for (size_t b = 1; guide_books[b]; b++) {
    struct walk w = {.book = guide_books[b]};
    bench_open(&w.b, "lab");
    bench_pass(&w.b, 90);
    fill(&w);
    const char *why = guide_called(w.book, w.b.snap, w.b.arena);
    if (why) fail_msg("%s is called for on a healthy cluster: %s", w.book->name, why);
    look(&w);
    if (strcmp(w.book->name, "shutdown") && guide_next(w.book, w.found) < w.book->count) fail_msg("%s finds something to do on a healthy cluster%s", w.book->name, how_it_stands(&w));
    simulated_close(&w.b);
  }
}

/* Nobody answers, nothing is read: no step of any book is done. */
static void what_is_not_known_is_not_done(void **state) {
  (void)state;
  for (size_t b = 1; guide_books[b]; b++) {
    struct walk w = {.book = guide_books[b]};
    struct snapshot *none = NULL;
    struct store empty = {0};
    struct merge_options o = {.here = "kvm01"};
    bench_open(&w.b, "lab");
    fill(&w);
    guide_survey(w.book, NULL, w.b.snap, &w.form, w.b.arena, &w.survey);
    none = snapshot_make(&empty, sim_now(w.b.sim), sim_now(w.b.sim), &o, NULL);
    struct guide_look l = look_of(&w);
    l.snap = none;
    guide_check(&l, w.b.arena, w.found);
    for (size_t i = 0; i < w.book->count; i++)
      if (w.found[i].state == GUIDE_DONE) fail_msg("%s of %s is done though nothing is known: %s", w.found[i].step, w.book->name, w.found[i].evidence.count ? w.found[i].evidence.item[0].text : "");
    snapshot_drop(none);
    simulated_close(&w.b);
  }
}

/* The operations that the books have of their own: as they are planned, and why not. */
static void their_operations_are_planned(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "lab");
  bench_pass(&b, 70);
  plan_refused(&b, "cluster-forget-running", "", "nothing is noted");
  plan_refused(&b, "gluster-unmount", "host=kvm02;path=/kvmdata", "pacemaker runs on kvm02");
  plan_refused(&b, "gluster-unmount", "host=kvm02;path=/nothing", "no volume is mounted");
  plan_refused(&b, "gluster-stop-all", "", "test01 runs on models");
  plan_refused(&b, "gluster-brick-restart", "brick=node1:/data", "answers");
  struct plan *note = bench_plan(&b, "cluster-note-running", "");
  plan_kept(note, "cluster-note-running");
  plan_runs(&b, note);
  plan_refused(&b, "cluster-note-running", "", "noted already");
  struct plan *forget = bench_plan(&b, "cluster-forget-running", "");
  plan_kept(forget, "cluster-forget-running");
  plan_runs(&b, forget);
  plan_undone(&b, forget);
  HOLDS(&b, "property-is", "kvmconsole-ran", "test01");
  plan_kept(bench_plan(&b, "fencing-retry", "device=fence-kvm02"), "fencing-retry");
  bench_happen(&b, "break bmc kvm02", 200); /* its monitor fails, and so does its start */
  struct plan *retry = bench_plan(&b, "fencing-retry", "device=fence-kvm02");
  bench_happen(&b, "mend bmc kvm02", 1);
  plan_runs(&b, retry);
  bench_happen(&b, "hang brick node1:/data", 30);
  struct plan *restart = bench_plan(&b, "gluster-brick-restart", "brick=node1:/data");
  plan_kept(restart, "gluster-brick-restart");
  plan_runs(&b, restart);
  bench_happen(&b, "kill brick node1:/data", 30);
  plan_refused(&b, "gluster-brick-restart", "brick=node1:/data", "does not hang");
  simulated_close(&b);
}

/* What takes storage away, when nothing needs it any more. */
static void storage_goes(void **state) {
  static const char *const lines[][5] = {{"pcs", "resource", "disable", "fence-kvm02"}, {"pcs", "resource", "disable", "test01"}, {"pcs", "cluster", "stop", "--all"}};
  struct simulated b;
  (void)state;
  bench_open(&b, "lab");
  bench_pass(&b, 70);
  for (size_t i = 0; i < COUNT(lines); i++) {
    struct texts argv = {0};
    for (size_t k = 0; lines[i][k]; k++) texts_add(b.arena, &argv, lines[i][k]);
    struct command_result r = simulated_execute(&b, "kvm01", &argv, NULL);
    assert_int_equal(r.code, 0);
    command_result_free(&r);
    bench_pass(&b, 60);
    if (!i) plan_refused(&b, "fencing-retry", "device=fence-kvm02", "is disabled");
  }
  struct plan *unmount = bench_plan(&b, "gluster-unmount", "host=kvm01;host=kvm02;path=/kvmdata");
  plan_kept(unmount, "gluster-unmount");
  plan_done(&b, unmount);
  bench_pass(&b, 30);
  struct plan *stop = bench_plan(&b, "gluster-stop-all", "");
  plan_kept(stop, "gluster-stop-all");
  plan_done(&b, stop);
  simulated_close(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(their_operations_are_planned), cmocka_unit_test(storage_goes), cmocka_unit_test(a_healthy_cluster_needs_none), cmocka_unit_test(what_is_not_known_is_not_done), cmocka_unit_test(bad_days_are_walked), cmocka_unit_test(what_is_full_is_not_done_by_old_bricks), cmocka_unit_test(what_was_shut_down_comes_back), cmocka_unit_test(each_check_turned)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
