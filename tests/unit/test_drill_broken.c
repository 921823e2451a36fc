/* Clusters that are broken, each in one way, and a drill in each. It fails (or is refused, where a second writer would come of it), says why
 * by the check of lint that had foreseen it, and when what it names as the remedy has been done in the same world, it passes. What the
 * daemons do and say follows from what is broken alone. */
#include "drilled.h"
#include "analysis/lint.h"
#include "sim/pacemaker.h"
#include "sim/store.h"

#define TUNED " option.server.tcp-user-timeout=4 option.server.keepalive-time=2 option.server.keepalive-interval=1 option.server.keepalive-count=2"
#define HOSTS "host kvm[01-02] kvm memory=7G cpus=2\nhost node[1-4] store memory=4G cpus=2\n"
#define VOLUME "volume models replica 2 bricks node[1-4]:/data size=3G used=1 option.network.ping-timeout=5"
#define MOUNTED "mount models /kvmdata on kvm[01-02] from node1\n"
#define CLUSTER "cluster cluster-kvm kvm[01-02]\nhere kvm01\n"
#define FENCED "fencing for kvm[01-02]\n"
#define DOMAIN "domain test01 volume models memory=96M image=64M busy=3 writes=5K\nconstraint location test01 kvm02 50\n"
#define WELL HOSTS VOLUME TUNED "\n" MOUNTED CLUSTER FENCED DOMAIN
#define THREE(more) "host h[1-3] kvm store memory=8G cpus=4\nvolume v replica 3 bricks h[1-3]:/data size=30G used=1 option.network.ping-timeout=5" TUNED more "\nmount v /kvmdata on h[1-3] from h1 options=defaults,_netdev,backup-volfile-servers=h2:h3\n" \
                    "cluster c h[1-3] token=10s\nhere h1\nfencing for h[1-3]\ndomain test01 volume v memory=96M image=64M busy=3 writes=50K\nconstraint location test01 h3 50\nat -400s power off h3\n"

struct broken {
  const char *name, *scenario;
  void (*breaks)(struct drilled *d); /* what no scenario says; NULL: nothing */
  const char *drill, *words;
  int verdict;
  const char *finding, *subject, *evidence, *operation, *operation_words;
  void (*besides)(struct drilled *d); /* what the operation's text asks for besides; NULL: nothing */
  const char *again, *again_words;    /* the drill that passes then; NULL: the same */
};

static struct world *world_of(struct drilled *d) { return sim_world(d->g.sim); }

/* ---- an operation, run as an operator would ---- */

static void operate(struct drilled *d, const char *name, const char *words) {
  const struct operation *o = operation_find(name);
  const char *word[16];
  size_t n = 0;
  char *save = NULL;
  struct values v = {0};
  struct err e = {0};
  struct plan *p = NULL;
  struct task_view t;
  if (!o) fail_msg("there is no operation %s", name);
  for (char *w = strtok_r(arena_strdup(d->g.arena, words), ";", &save); w; w = strtok_r(NULL, ";", &save)) word[n++] = w;
  for (int turn = 0; turn < 20 && !(p && p->allowed == TRUTH_YES); turn++) { /* some readings are taken once a minute */
    struct survey survey = {0};
    v = (struct values){0};
    if (operation_values(o, d->g.snap, word, n, d->g.arena, &v, &e)) fail_msg("%s %s: %s", name, words, e.text);
    if (operation_argument(o, "password")) values_set(d->g.arena, &v, "password", "what it is now", true);
    operation_survey(o, d->g.snap, &v, d->g.arena, &survey);
    simulated_answer(&d->g, &survey);
    drilled_pass(d, turn ? 10000 : 1000);
    p = operation_plan(o, d->g.snap, &v, &survey, d->g.arena);
  }
  if (p->allowed != TRUTH_YES) fail_msg("%s %s is refused: %s", name, words, p->why);
  if (!task_start(d->tasks, o, &v, p, &e)) fail_msg("%s: %s", name, e.text);
  for (int i = 0; i < 6000; i++) {
    task_look(d->tasks, 0, &t);
    if (t.state >= TASK_VERIFIED && !tasks_busy(d->tasks)) break;
    drilled_pass(d, 100);
  }
  if (t.state != TASK_VERIFIED) fail_msg("%s %s: %s (%s)", name, words, t.text, task_state_names[t.state]);
}

/* ---- what is broken by hand, and mended by hand ---- */

static void definition_on_kvm02(struct drilled *d) {
  struct world *w = world_of(d);
  const struct sim_file *f = world_file(w, "models", "/config/test01.xml");
  set_pair(w, &world_host(w, "kvm02")->files, "/etc/libvirt/qemu/test01.xml", f->content);
  set_pair(w, &world_resource(w, "test01")->params, "config", "/etc/libvirt/qemu/test01.xml");
  cib_changed(w, "cibadmin", "kvm02");
  drilled_happen(d, "cleanup test01", 3000);
}

static void first_brick_counts(struct drilled *d) { drilled_happen(d, "option models cluster.quorum-type auto", 3000); }

static void no_wait(struct drilled *d) {
  struct world *w = world_of(d);
  for (size_t i = 0; i < w->resources.count; i++)
    if (str_starts(w->resources.item[i].agent, "stonith:")) set_pair(w, &w->resources.item[i].params, "power_wait", "0");
  drilled_happen(d, "power off kvm02", 120000); /* and it is proven */
}

/* Only connections from then on have the options. */
static void connect_anew(struct drilled *d) {
  drilled_happen(d, "power off kvm02", 90000);
  drilled_happen(d, "cleanup test01", 60000);
}

static void clean_up(struct drilled *d) { drilled_happen(d, "cleanup test01", 60000); }

static void give_up_a_copy(struct drilled *d) {
  drilled_happen(d, "resolve v", 1000);
  for (size_t i = 0; i < world_of(d)->volumes.item[0].bricks.count; i++) world_of(d)->volumes.item[0].bricks.item[i].behind = 0;
  drilled_happen(d, "cleanup test01", 120000);
  drilled_happen(d, "move test01 h3", 60000);
  drilled_happen(d, "clear test01", 60000);
}

static const struct broken rows[] = {
    {"time-outs of gluster as they come", HOSTS VOLUME "\n" MOUNTED CLUSTER FENCED DOMAIN, NULL, "power-lost", "host=kvm02", DRILL_FAILED, "lock-outlives-failover", NULL, "write\" lock", "gluster-failover-timeouts", "volume=models", connect_anew, NULL, NULL},
    {"a fence agent that is satisfied at once", WELL, no_wait, "host-hung", "host=kvm02", DRILL_FAILED, "lock-outlives-fencing", NULL, "4 s after", "cluster-property", "name=start-failure-is-fatal;value=false", clean_up, NULL, NULL},
    {"no fence device", HOSTS VOLUME TUNED "\n" MOUNTED CLUSTER "property stonith-enabled=true\n" DOMAIN, NULL, "host-hung", "host=kvm02;force=yes", DRILL_REFUSED, "fencing-missing", "kvm02", "kvm02", "fencing-create",
     "node=kvm02;ip=10.77.0.1;port=6212;username=admin;cipher=3", NULL, "power-lost", "host=kvm02"},
    {"a password that was changed at the BMC", WELL "at -300s change password kvm02\n", NULL, "power-lost", "host=kvm02;force=yes", DRILL_FAILED, "fence-device-fails", NULL, "plug status", "fencing-password", "node=kvm02", NULL, NULL, "host=kvm02"},
    {"the same, and a host that would live meanwhile", WELL "at -500s power off kvm02\nat -300s change password kvm02\n", NULL, "host-hung", "host=kvm02;force=yes", DRILL_REFUSED, "fence-device-fails", "fence-kvm02", "fence-kvm02 is stopped", "fencing-password",
     "node=kvm02", NULL, "host-hung", "host=kvm02"},
    {"a volume that one copy alone may write", THREE(" option.cluster.quorum-type=none"), NULL, "network-cut", "host=h3", DRILL_FAILED, "no-client-quorum", "v", "split-brain", "gluster-volume-set", "volume=v;option=cluster.quorum-type=auto", give_up_a_copy, NULL, NULL},
    {"a volume whose first brick must live", HOSTS "volume models replica 2 bricks node[1-2]:/data size=3G used=1 option.network.ping-timeout=5" TUNED "\n" MOUNTED CLUSTER FENCED DOMAIN, first_brick_counts, "brick-killed", "brick=node1:/data;hold=30", DRILL_REFUSED, "first-brick-mandatory", "models", "auto", "gluster-volume-set", "volume=models;option=cluster.quorum-type=none", NULL, NULL, NULL},
    {"the same, and it is killed all the same", HOSTS "volume models replica 2 bricks node[1-2]:/data size=3G used=1 option.network.ping-timeout=5" TUNED "\n" MOUNTED CLUSTER FENCED DOMAIN, first_brick_counts, "brick-killed", "brick=node1:/data;hold=30;force=yes", DRILL_FAILED, "first-brick-mandatory",
     "models", "auto", "gluster-volume-set", "volume=models;option=cluster.quorum-type=none", NULL, NULL, "brick=node1:/data;hold=30"},
    {"a definition that one host alone can read", WELL, definition_on_kvm02, "power-lost", "host=kvm02;force=yes", DRILL_FAILED, "definition-unreadable", NULL, "kvm01 cannot read", "domain-share", "domain=test01", clean_up, NULL, "host=kvm02"},
    {"no way for live migration", WELL "setup kvm01 untrusted=kvm02\nsetup kvm02 untrusted=kvm01\n", NULL, "move-and-back", "resource=test01;to=kvm01", DRILL_FAILED, "no-trust", NULL, "Permission denied", "host-prepare", "role=kvm;host=kvm01;host=kvm02;trust=kvm01;trust=kvm02", clean_up, NULL, NULL},
    {"a volume that one host has not mounted", HOSTS VOLUME TUNED "\nmount models /kvmdata on kvm02 from node1\n" CLUSTER FENCED DOMAIN, NULL, "power-lost", "host=kvm02;force=yes", DRILL_FAILED, "mount-missing", "kvm01", "not mounted there", "gluster-mount",
     "volume=models;path=/kvmdata;host=kvm01", clean_up, NULL, "host=kvm02"},
};

/* As it would be run: what is not known yet is waited for. */
static struct plan *planned(struct drilled *d, const char *drill, const char *words) {
  struct plan *p = drilled_plan(d, drill, words);
  for (int i = 0; i < 24 && p->allowed != TRUTH_YES && p->why && (strstr(p->why, "not known") || strstr(p->why, "wait to heal") || strstr(p->why, "heal is under way")); i++) {
    drilled_pass(d, 5000);
    p = drilled_plan(d, drill, words);
  }
  return p;
}

static const struct drill_report *drilled_as(struct drilled *d, const char *drill, const char *words) {
  const struct plan *p = planned(d, drill, words);
  if (p->allowed == TRUTH_YES) return drilled_run(d, drill, words);
  return drill_refused(drill_find(drill), p, &d->values, d->g.snap, sim_now(d->g.sim), d->g.arena);
}

static void is_found(struct drilled *d, const struct broken *b, const struct drill_report *r) {
  const struct drill_finding *f = drilled_finding(r, b->finding);
  if (r->verdict != b->verdict || !f || !str_eq(f->operation, b->operation) || (b->subject && !str_eq(f->subject, b->subject)) || !strstr(f->evidence, b->evidence)) {
    drilled_print(r);
    for (size_t i = 0; i < r->findings.count; i++) print_message("%s %s: %s [%s]\n", r->findings.item[i].id, r->findings.item[i].subject, r->findings.item[i].evidence, r->findings.item[i].operation);
    const struct lint *l = lint_make(d->g.snap, d->g.arena);
    for (size_t i = 0; i < l->findings.count; i++) print_message("lint: %s %s: %s\n", l->findings.item[i].id, l->findings.item[i].subject, l->findings.item[i].evidence);
    for (size_t i = 0; i < l->unknown.count; i++) print_message("lint cannot tell: %s\n", l->unknown.item[i].text);
    fail_msg("%s: %s, wanted %s by %s of %s (%s)", b->name, drill_verdict_names[r->verdict], drill_verdict_names[b->verdict], b->finding, b->subject ? b->subject : "any", b->operation);
  }
  if (f != &r->findings.item[0]) {
    drilled_print(r);
    fail_msg("%s: %s is named before it", b->name, r->findings.item[0].id);
  }
  assert_int_equal(r->reverted, TRUTH_YES);
  assert_non_null(operation_find(f->operation));
}

static void broken(void **state) {
  const struct broken *b = *state;
  struct drilled *d = drilled_new(b->scenario, true);
  drilled_pass(d, 120000); /* all is read */
  if (b->breaks) b->breaks(d);
  drilled_pass(d, 60000);
  const struct drill_report *r = drilled_as(d, b->drill, b->words);
  is_found(d, b, r);
  drilled_pass(d, 60000);
  operate(d, b->operation, b->operation_words);
  drilled_pass(d, 5000);
  if (b->besides) b->besides(d);
  const char *again = b->again ? b->again : b->drill, *words = b->again_words ? b->again_words : b->words;
  const struct plan *p = planned(d, again, words);
  if (p->allowed != TRUTH_YES) fail_msg("%s: it is mended, and %s is refused: %s", b->name, again, p->why);
  r = drilled_run(d, again, words);
  if (r->verdict != DRILL_PASSED) {
    drilled_print(r);
    fail_msg("%s: it is mended, and %s %s", b->name, again, drill_verdict_names[r->verdict]);
  }
  assert_int_equal(r->findings.count, 0);
  drilled_free(d);
}

int main(void) {
  struct CMUnitTest tests[COUNT(rows)];
  for (size_t i = 0; i < COUNT(rows); i++) tests[i] = (struct CMUnitTest){rows[i].name, broken, NULL, NULL, (void *)(uintptr_t)&rows[i]};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
