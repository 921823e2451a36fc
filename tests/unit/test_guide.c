/* The guide: each step's check on hosts without anything, on a cluster that is whole, and on one where its effect was undone by hand;
 * the whole way in the simulation; the notes. */
#include "tests/unit/plans.h"
#include "ops/drill.h"
#include "ops/guide.h"
#include "run/guide_notes.h"
#include "sim/host.h"
#include <sys/stat.h>
#include <unistd.h>

static const char bare_form[] = "kvm=kvm01;kvm=kvm02;gluster=node1;gluster=node2;gluster=node3;gluster=node4;entry=kvm01=10.77.0.11;entry=kvm02=10.77.0.12;entry=node1=10.77.0.21;entry=node2=10.77.0.22;"
                                "entry=node3=10.77.0.23;entry=node4=10.77.0.24;image=/root/cloud.qcow2;memory=256M;bmc=kvm01=10.77.0.31;bmc=kvm02=10.77.0.32";

struct walk { struct simulated b; struct values form; struct survey survey; struct guide_found found[GUIDE_STEPS_MAX]; };

static void fill(struct walk *w, const char *words) {
  struct err e = {0};
  const char *word[64];
  size_t n = 0;
  char *save = NULL;
  w->form = (struct values){0};
  for (char *one = strtok_r(arena_strdup(w->b.arena, words), ";", &save); one; one = strtok_r(NULL, ";", &save)) word[n++] = one;
  if (operation_take(&guide_form, w->b.snap, word, n, w->b.arena, &w->form, &e)) fail_msg("%s", e.text);
  guide_form_fill(w->b.snap, &w->form, w->b.arena);
}

static struct guide_look look_of(struct walk *w) { return (struct guide_look){.snap = w->b.snap, .form = &w->form, .survey = &w->survey}; }

static void look(struct walk *w) {
  w->survey = (struct survey){0};
  guide_survey(NULL, NULL, w->b.snap, &w->form, w->b.arena, &w->survey);
  simulated_answer(&w->b, &w->survey);
  bench_pass(&w->b, 1);
  struct guide_look l = look_of(w);
  guide_check(&l, w->b.arena, w->found);
}

static void must_be(const struct walk *w, const char *step, int state) {
  const struct guide_found *f = &w->found[guide_number(guide_step(NULL, step))];
  if (f->state != state) fail_msg("%s is %s, not %s: %s", step, guide_state_words[f->state], guide_state_words[state], f->text);
}

static void pass_until_done(struct walk *w, size_t n) {
  look(w);
  for (int i = 0; i < 40 && w->found[n].state != GUIDE_DONE; i++) bench_pass(&w->b, 3), look(w);
}

static void run_of_step(struct walk *w, const struct guide_run *x) {
  struct err e = {0};
  struct values v = x->values;
  struct survey survey;
  struct planning p = {.operation = x->operation, .snap = w->b.snap, .arena = w->b.arena};
  if (x->secret) values_set(w->b.arena, &v, x->secret, "Geheim7", true);
  if (operation_complete(&p, &v, &e)) fail_msg("%s", e.text);
  bench_survey(&w->b, x->operation, &v, &survey);
  struct plan *plan = operation_plan(x->operation, w->b.snap, &v, &survey, w->b.arena);
  for (int i = 0; i < 40 && plan->allowed != TRUTH_YES && drill_of(x->operation) && plan->forcible == TRUTH_YES; i++) { /* heals are read once a minute */
    bench_pass(&w->b, 5);
    bench_survey(&w->b, x->operation, &v, &survey);
    plan = operation_plan(x->operation, w->b.snap, &v, &survey, w->b.arena);
  }
  for (size_t i = 0; i < plan->steps.count; i++) {
    struct explanation words;
    explain(&plan->steps.item[i].argv, w->b.arena, &words);
    size_t n = 0;
    for (size_t k = 0; k < words.list.count; k++) n += words.list.item[k].means == NULL;
    if (n) {
      for (size_t k = 0; k < words.list.count; k++)
        if (!words.list.item[k].means) fail_msg("nothing explains \"%s\" of \"%s\" (%s)", words.list.item[k].words, plan->steps.item[i].argv.item[0], x->operation->name);
    }
  }
  plan_done(&w->b, plan);
}

/* ---- the whole way ---- */

static void all_steps_are_walked(void **state) {
  struct walk w = {0};
  (void)state;
  bench_open(&w.b, "lab-empty");
  fill(&w, bare_form);
  look(&w);
  for (size_t i = 0; i < GUIDE_STEPS_MAX; i++) {
    struct guide_runs left;
    struct guide_look l = look_of(&w);
    if (w.found[i].state == GUIDE_BLOCKED || w.found[i].state == GUIDE_BROKEN || w.found[i].state == GUIDE_UNKNOWN) fail_msg("%s is %s though all before it is done: %s", w.found[i].step, guide_state_words[w.found[i].state], w.found[i].text);
    guide_left(&l, &guide_steps[i], false, w.b.arena, &left);
    if (w.found[i].state == GUIDE_DONE) {
      if (left.list.count && i != 23) fail_msg("%s is done, and %s is left", w.found[i].step, left.list.item[0].operation->name);
      continue;
    }
    if (!left.list.count) fail_msg("%s is to do, and nothing is left to run: %s", w.found[i].step, w.found[i].text);
    for (size_t k = 0; k < left.list.count; k++) run_of_step(&w, &left.list.item[k]);
    pass_until_done(&w, i);
    must_be(&w, guide_steps[i].name, GUIDE_DONE);
    for (size_t k = 0; k < i; k++) must_be(&w, guide_steps[k].name, GUIDE_DONE);
  }
  assert_int_equal(guide_next(NULL, w.found), GUIDE_STEPS_MAX);
  const struct domain_view *d = snapshot_domain(w.b.snap, "test01");
  assert_non_null(d);
  assert_string_equal(d->resource, "test01");
  simulated_close(&w.b);
}

static void bare_hosts_are_told(void **state) {
  struct walk w = {0};
  (void)state;
  bench_open(&w.b, "lab-empty");
  fill(&w, bare_form);
  look(&w);
  must_be(&w, "kvm-platform", GUIDE_TODO);
  must_be(&w, "hosts-file", GUIDE_TODO);
  must_be(&w, "gluster-packages", GUIDE_TODO);
  must_be(&w, "glusterd", GUIDE_BLOCKED);
  assert_string_equal(w.found[4].blocked_by, "gluster-packages");
  for (size_t i = 4; i < GUIDE_STEPS_MAX; i++) must_be(&w, guide_steps[i].name, GUIDE_BLOCKED);
  /* Nobody answers: nothing is done. */
  for (size_t i = 0; i < w.survey.answers.count; i++) w.survey.answers.item[i].code = UNKNOWN_INT;
  struct guide_look l = look_of(&w);
  guide_check(&l, w.b.arena, w.found);
  for (size_t i = 0; i < GUIDE_STEPS_MAX; i++)
    if (w.found[i].state == GUIDE_DONE) fail_msg("%s is done though nobody was asked", w.found[i].step);
  must_be(&w, "firewall", GUIDE_UNKNOWN);
  simulated_close(&w.b);
}

/* ---- what is live tells, and what was undone by hand is seen ---- */

static void command(struct walk *w, const char *host, const char *line) {
  struct texts argv = {0};
  char *save = NULL;
  for (char *one = strtok_r(arena_strdup(w->b.arena, line), " ", &save); one; one = strtok_r(NULL, " ", &save)) texts_add(w->b.arena, &argv, one);
  struct command_result r = simulated_execute(&w->b, host, &argv, NULL);
  if (r.code) fail_msg("%s on %s: exit %d: %s%s", line, host, r.code, str_text(&r.out), str_text(&r.err));
  command_result_free(&r);
}

static void forget_package(struct walk *w) { drop_text(&world_host(sim_world(w->b.sim), "node2")->packages, "glusterfs-server"); }

static void forget_definition(struct walk *w) { command(w, "kvm01", "rm -f /kvmdata/config/test01.xml"); }

#define SEEN "crm_attribute -t crm_config -s kvmconsole-guide -n kvmconsole-seen-"
static const struct undone { const char *step, *host, *first, *undo, *says; void (*by_hand)(struct walk *w); } undone[] = {
    {"kvm-platform", "kvm02", NULL, "systemctl stop libvirtd", "libvirt does not answer", NULL},
    {"firewall", "node1", NULL, "apt-get install firewalld", "firewalld keeps gluster out", NULL},
    {"hosts-file", "kvm02", NULL, "sed -i /node1/d /etc/hosts", "does not find node1", NULL},
    {"gluster-packages", "node2", NULL, NULL, "glusterfs-server is missing", forget_package},
    {"glusterd", "node3", NULL, "systemctl disable glusterd", "glusterd is not enabled", NULL},
    {"peers-probed", "node4", NULL, "systemctl stop glusterd", "not connected", NULL},
    {"volume", "node1", "gluster --mode=script volume stop models", "gluster --mode=script volume delete models", "no volume models", NULL},
    {"volume-started", "node1", NULL, "gluster --mode=script volume stop models", "models is stopped", NULL},
    {"volume-started", "node1", NULL, "gluster --mode=script volume set models server.tcp-user-timeout 42", "locks are held", NULL},
    {"mounted", "kvm02", NULL, "sed -i /kvmdata/d /etc/fstab", "not in fstab", NULL},
    {"image", "kvm01", NULL, "rm -f /kvmdata/test01.qcow2", "there is no /kvmdata/test01.qcow2", NULL},
    {"domain", "kvm01", "pcs resource disable test01", "pcs resource delete test01 --force", "no KVM host knows a domain", forget_definition},
    {"definition-shared", "kvm01", NULL, "rm -f /kvmdata/config/test01.xml", "there is no definition", NULL},
    {"cluster-packages", "kvm02", NULL, "systemctl disable pcsd", "pcsd is not enabled", NULL},
    {"hosts-authenticated", "kvm02", NULL, "systemctl stop pcsd", "says of kvm02: Offline", NULL},
    {"cluster-setup", "kvm02", NULL, "rm -f /etc/corosync/corosync.conf", "no configuration of a cluster", NULL},
    {"cluster-started", "kvm02", NULL, "systemctl disable pacemaker", "do not start with the host", NULL},
    {"cluster-started", "kvm01", NULL, "pcs cluster stop kvm02", "does not run", NULL},
    {"node-absence", "kvm01", SEEN "node-absence -v seen", SEEN "node-absence -D", "nobody has seen", NULL},
    {"fencing", "kvm01", NULL, "crm_attribute -t crm_config -n stonith-enabled -v false", "fencing is off", NULL},
    {"fencing", "kvm01", NULL, "pcs stonith delete fence-kvm02", "kvm02 has no fence device", NULL},
    {"domain-ha", "kvm01", "crm_attribute -t crm_config -n start-failure-is-fatal -v false", "pcs resource unmanage test01", "leaves test01 alone", NULL},
    {"domain-ha", "kvm01", "crm_attribute -t crm_config -n start-failure-is-fatal -v false", "crm_attribute -t crm_config -n start-failure-is-fatal -D", "one failed start is final", NULL},
    {"where-it-runs", "kvm01", NULL, "pcs resource disable test01", "started on no one host", NULL},
    {"constraints-cleared", "kvm01", NULL, "crm_resource -B -r test01 -N kvm02", "is left of a move or a ban", NULL},
    {"moved", "kvm01", SEEN "moved -v seen", SEEN "moved -D", "nobody has seen test01 move", NULL},
    {"move-cleared", "kvm01", SEEN "moved -v seen", "crm_resource -M -r test01 -N kvm02", "is left of a move", NULL},
    {"failover", "kvm01", SEEN "failover -v seen", SEEN "failover -D", "nobody has seen test01 come back", NULL},
};

static void what_is_undone_is_seen(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(undone); i++) {
    const struct undone *u = &undone[i];
    size_t n = guide_number(guide_step(NULL, u->step));
    struct walk w = {0};
    bench_open(&w.b, "lab");
    fill(&w, "");
    bool whole = !u->first || str_starts(u->first, "crm_attribute"); /* else what goes before breaks it too */
    if (u->first && whole) command(&w, u->host, u->first), bench_pass(&w.b, 5);
    look(&w);
    must_be(&w, u->step, GUIDE_DONE);
    if (!whole) command(&w, u->host, u->first), bench_pass(&w.b, 20);
    if (u->undo) command(&w, u->host, u->undo);
    if (u->by_hand) u->by_hand(&w);
    bench_pass(&w.b, 20);
    look(&w);
    const struct guide_found *f = &w.found[n];
    bool said = false;
    for (size_t k = 0; k < f->evidence.count; k++) said |= f->evidence.item[k].good == TRUTH_NO && strstr(f->evidence.item[k].text, u->says);
    if (f->state == GUIDE_DONE || !said) fail_msg("%s after \"%s\": %s: %s, and not: %s", u->step, u->undo ? u->undo : "what was done by hand", guide_state_words[f->state], f->text, u->says);
    simulated_close(&w.b);
  }
  for (size_t i = 0; i < GUIDE_STEPS_MAX; i++) { /* none is left out */
    bool tried = false;
    for (size_t k = 0; k < COUNT(undone); k++) tried |= str_eq(undone[k].step, guide_steps[i].name);
    if (!tried) fail_msg("%s is not undone by this test", guide_steps[i].name);
  }
}

/* On a cluster that runs nothing has to be filled in, and its own history tells what was proven. */
static void a_running_cluster_tells(void **state) {
  struct walk w = {0};
  (void)state;
  bench_open(&w.b, "lab");
  fill(&w, "");
  assert_int_equal(value_count(&w.form, "kvm"), 2);
  assert_int_equal(value_count(&w.form, "gluster"), 4);
  assert_string_equal(value_of_name(&w.form, "volume"), "models");
  assert_string_equal(value_of_name(&w.form, "mount"), "/kvmdata");
  assert_string_equal(value_of_name(&w.form, "domain"), "test01");
  assert_string_equal(value_of_name(&w.form, "cluster"), "cluster-kvm");
  assert_string_equal(value_of_name(&w.form, "copies"), "replica-2");
  look(&w);
  must_be(&w, "cluster-started", GUIDE_DONE);
  must_be(&w, "node-absence", GUIDE_TODO);
  must_be(&w, "fencing", GUIDE_DONE);
  /* It is broken where something was built upon it, and where the notes know that it was done. */
  command(&w, "kvm02", "systemctl disable pcsd");
  look(&w);
  must_be(&w, "cluster-packages", GUIDE_BROKEN);
  struct texts were = {0};
  texts_add(w.b.arena, &were, "node-absence");
  struct guide_look l = look_of(&w);
  l.were_done = &were;
  guide_check(&l, w.b.arena, w.found);
  must_be(&w, "node-absence", GUIDE_BROKEN);
  simulated_close(&w.b);
}

/* A host that is off cannot be asked: what rests on it is not told, and never done. */
static void a_host_that_is_off_is_not_told(void **state) {
  struct walk w = {0};
  (void)state;
  bench_open(&w.b, "lab");
  fill(&w, "");
  bench_happen(&w.b, "power off node3", 5);
  look(&w);
  static const char *const rest[] = {"firewall", "hosts-file", "gluster-packages", "glusterd", "peers-probed"};
  for (size_t i = 0; i < COUNT(rest); i++)
    if (w.found[guide_number(guide_step(NULL, rest[i]))].state == GUIDE_DONE) fail_msg("%s is done though node3 is off", rest[i]);
  must_be(&w, "glusterd", GUIDE_UNKNOWN);
  simulated_close(&w.b);
}

/* ---- tables, layouts, notes ---- */

static void tables_are_sound(void **state) {
  struct arena *a = arena_new();
  const char *wrong = guide_self_test(a);
  (void)state;
  if (wrong) fail_msg("%s", wrong);
  assert_ptr_equal(guide_step(NULL, "23"), guide_step(NULL, "failover"));
  assert_null(guide_step(NULL, "24"));
  assert_null(guide_step(NULL, "nothing"));
  for (const struct guide_choice *c = guide_choices; c->argument; c++) assert_true(*c->better_why && *c->lab_why && strcmp(c->better, c->lab));
  arena_free(a);
}

static void bricks_follow_the_hosts(void **state) {
  static const struct { const char *hosts, *copies, *type; const char *bricks[10]; } rows[] = {
      {"gluster=a;gluster=b;gluster=c;gluster=d", "replica-2", "distributed-replicate", {"a:/b", "b:/b", "c:/b", "d:/b"}},
      {"gluster=a;gluster=b;gluster=c;gluster=d", "arbiter", "distributed-arbiter", {"a:/b", "b:/b", "c:/b-arbiter", "c:/b", "d:/b", "a:/b-arbiter"}},
      {"gluster=a;gluster=b;gluster=c", "arbiter", "arbiter", {"a:/b", "b:/b", "c:/b-arbiter"}},
      {"gluster=a;gluster=b;gluster=c", "replica-3", "replicate", {"a:/b", "b:/b", "c:/b"}},
      {"gluster=a;gluster=b", "arbiter", "replicate", {"a:/b", "b:/b"}},
      {"gluster=a;gluster=b;gluster=c;gluster=d;gluster=e", "arbiter", "distributed-arbiter", {"a:/b", "b:/b", "e:/b-arbiter0", "c:/b", "d:/b", "e:/b-arbiter1"}},
  };
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct walk w = {0};
    struct guide_runs left;
    bench_open(&w.b, "lab-empty");
    fill(&w, arena_printf(w.b.arena, "kvm=k;brick=/b;copies=%s;%s", rows[i].copies, rows[i].hosts));
    struct guide_look l = look_of(&w);
    guide_left(&l, guide_step(NULL, "volume"), false, w.b.arena, &left);
    assert_int_equal(left.list.count, 1);
    const struct values *v = &left.list.item[0].values;
    assert_string_equal(value_of_name(v, "type"), rows[i].type);
    for (size_t k = 0; rows[i].bricks[k] || value_at(v, "brick", k); k++) assert_string_equal(value_at(v, "brick", k), rows[i].bricks[k]);
    simulated_close(&w.b);
  }
}

static void notes_are_kept(void **state) {
  struct arena *a = arena_new();
  struct guide_notes n, again;
  struct err e = {0};
  struct values form = {0}, back = {0};
  char folder[] = "/tmp/kvmconsole-guide.XXXXXX";
  (void)state;
  assert_non_null(mkdtemp(folder));
  const char *path = arena_printf(a, "%s/guide.json", folder);
  assert_int_equal(guide_notes_read(path, a, &n, &e), 0); /* none yet */
  values_add(a, &form, "kvm", "kvm01", false);
  values_add(a, &form, "kvm", "kvm02", false);
  values_add(a, &form, "fencing", "off", false);
  values_add(a, &form, "hacluster_password", "Geheim7", true);
  values_add(a, &form, "bmc_password", "Geheim7", false); /* whoever forgets to say so */
  guide_notes_keep_form(&n, &form, a);
  struct guide_found found[GUIDE_STEPS_MAX] = {{0}};
  for (size_t i = 0; i < GUIDE_STEPS_MAX; i++) found[i] = (struct guide_found){.step = guide_steps[i].name, .number = (int64_t)i, .state = i < 3 ? GUIDE_DONE : GUIDE_TODO, .text = "so it is"};
  guide_notes_found(&n, guide_books[0], found, 1000, a);
  struct step step = {.host = "node1", .say = "say"};
  texts_add(a, &step.argv, "gluster");
  texts_add(a, &step.argv, "it's");
  struct plan plan = {.steps = {&step, 1}};
  int64_t took = 7;
  enum step_state done = STEP_DONE;
  struct task_line line = {.text = "``` # what a host printed"};
  for (int i = 0; i < NOTED_RUNS_MAX + 5; i++)
    guide_notes_task(&n, "glusterd", &(struct task_view){.operation = "host-services", .title = "Start", .who = "me", .began = i, .ended = i + 1, .state = TASK_VERIFIED, .plan = &plan, .steps = &done, .took_ms = &took, .lines = &line, .line_count = 1, .text = "good"}, a);
  assert_int_equal(guide_notes_write(path, &n, &e), 0);
  struct stat st;
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
  assert_int_equal(guide_notes_read(path, a, &again, &e), 0);
  assert_true(shape_equal(&guide_notes_shape, &n, &again));
  guide_notes_form(&again, &back, a);
  assert_int_equal(value_count(&back, "kvm"), 2);
  assert_string_equal(value_of_name(&back, "fencing"), "off");
  assert_null(value_of_name(&back, "bmc_password"));
  assert_int_equal(guide_notes_done(&again, a).count, 3);
  CLEANUP(str_free) struct str md = {0}, json = {0}, kept = {0};
  guide_record_markdown(&again, guide_books[0], &form, found, 5000, &md);
  guide_record_json(&again, guide_books[0], &form, found, 5000, &json);
  shape_encode(&guide_notes_shape, &again, &kept);
  assert_non_null(strstr(str_text(&md), "    node1# gluster 'it'\\''s'\n"));
  assert_non_null(strstr(str_text(&md), "    ``` # what a host printed\n"));
  assert_non_null(strstr(str_text(&md), "the lab's way, chosen: is believed to be dead"));
  for (size_t i = 0; i < GUIDE_STEPS_MAX; i++) assert_non_null(strstr(str_text(&md), guide_steps[i].title));
  assert_null(strstr(str_text(&kept), "Geheim7"));
  /* What is none of ours is refused, and left alone. */
  FILE *f = fopen(path, "w");
  fputs("{\"schema\":1,\"form\":7}", f);
  fclose(f);
  assert_int_not_equal(guide_notes_read(path, a, &again, &e), 0);
  f = fopen(path, "w");
  fputs("{\"schema\":1,\"form\":[{\"name\":\"kvm\",\"value\":\"-rf\"},{\"name\":\"nothing\",\"value\":\"x\"},{\"name\":\"domain\"}],\"steps\":[{\"name\":\"nothing\"},{\"name\":\"volume\",\"runs\":[]}]}", f);
  fclose(f);
  assert_int_equal(guide_notes_read(path, a, &again, &e), 0);
  back = (struct values){0};
  guide_notes_form(&again, &back, a);
  assert_int_equal(back.list.count, 0);
  assert_int_equal(again.steps.count, 1);
  unlink(path);
  rmdir(folder);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(tables_are_sound),        cmocka_unit_test(bricks_follow_the_hosts), cmocka_unit_test(notes_are_kept),       cmocka_unit_test(bare_hosts_are_told),
                                     cmocka_unit_test(a_running_cluster_tells), cmocka_unit_test(a_host_that_is_off_is_not_told), cmocka_unit_test(what_is_undone_is_seen), cmocka_unit_test(all_steps_are_walked)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
