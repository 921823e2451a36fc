/* Bricks that come and go, one host's gluster, options of group virt, split-brain: plans as they are kept, why they are refused, and
 * each run in the simulated cluster to where later readings prove it. */
#include "sim/store.h"
#include "tests/unit/plans.h"

#define TWO "host kvm[01-02] kvm memory=8G\nhost node[1-6] store\nhere kvm01\npool node[1-6]\n"
#define GUESTS "mount models /kvmdata on kvm[01-02] from node1\ncluster c kvm[01-02]\nfencing for kvm[01-02]\ndomain web volume models\n"
static const char pair[] = TWO "volume models replica 2 bricks node[1-2]:/data/models\n" GUESTS;
static const char pairs[] = TWO "volume models replica 2 bricks node[1-4]:/data/models\n" GUESTS;
static const char three[] = TWO "volume models replica 3 bricks node[1-3]:/data/models\n" GUESTS;
static const char idle[] = TWO "volume models replica 2 bricks node[1-4]:/data/models size=1T used=40\nmount models /kvmdata on kvm[01-02] from node1\n";

/* ---- more bricks ---- */

static void an_arbiter_comes_to_each_set(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, pairs);
  bench_pass(&b, 60);
  plan_refused(&b, "gluster-brick-add", "volume=models;brick=node5:/data/models", "1 brick for 2 sets of models");
  plan_refused(&b, "gluster-brick-add", "volume=models;brick=node1:/data/arbiter;brick=node5:/data/models", "node1 has node1:/data/models of the same set");
  plan_refused(&b, "gluster-brick-add", "volume=models;brick=node5:/data/models;brick=kvm02:/data/models", "kvm02 is no connected peer");
  plan_refused(&b, "gluster-brick-add", "volume=models;brick=node5:/data/models;brick=node5:/data/models/inner", "overlap");
  plan_refused(&b, "gluster-brick-add", "volume=models;brick=node5:/srv/a;brick=node6:/data/models", "lies on the root file system of node5");
  struct values v = bench_values(&b, operation_find("gluster-brick-add"), "volume=models");
  assert_string_equal(value_of_name(&v, "how"), "arbiter");
  assert_int_equal(value_count(&v, "brick"), 2);
  assert_string_equal(value_at(&v, "brick", 0), "node5:/data/models");
  assert_string_equal(value_at(&v, "brick", 1), "node6:/data/models");
  v = bench_values(&b, operation_find("gluster-brick-add"), "volume=models;how=set");
  assert_int_equal(value_count(&v, "brick"), 2);
  struct plan *p = bench_plan(&b, "gluster-brick-add", "volume=models;brick=node5:/data/models;brick=node6:/data/models");
  plan_kept(p, "brick-add-arbiter");
  FAILS(&b, "volume-copies", "models", "3");
  plan_runs(&b, p);
  HOLDS(&b, "volume-type", "models", "distributed-arbiter");
  HOLDS(&b, "heals-quiet", "models");
  plan_refused(&b, "gluster-brick-add", "volume=models;how=copy;brick=node5:/data/m2;brick=node6:/data/m2", "gluster gives it no further copy");
  plan_refused(&b, "gluster-brick-add", "volume=models;brick=node5:/data/m2", "1 brick do not make whole sets of 3");
  plan_undone(&b, p);
  HOLDS(&b, "volume-copies", "models", "2");
  simulated_close(&b);
}

static void a_copy_needs_whole_ones(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, pair);
  bench_pass(&b, 60);
  struct plan *p = bench_plan(&b, "gluster-brick-add", "volume=models;how=copy;brick=node3:/data/models");
  plan_kept(p, "brick-add-copy");
  bench_happen(&b, "kill brick node2:/data/models", 70);
  plan_refused(&b, "gluster-brick-add", "volume=models;how=copy;brick=node3:/data/models", "node2:/data/models is down: a new copy is made of those that are there");
  plan_runs(&b, bench_plan(&b, "gluster-brick-start", "brick=node2:/data/models"));
  bench_pass(&b, 120);
  HOLDS(&b, "heals-quiet", "models");
  plan_runs(&b, p);
  /* A brick of the new copies that dies is not taken for healed. */
  bench_happen(&b, "kill brick node3:/data/models", 70);
  FAILS(&b, "brick-online", "node3:/data/models");
  UNCLEAR(&b, "heals-quiet", "models");
  simulated_close(&b);
}

static void sets_come_and_files_spread(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, idle);
  bench_pass(&b, 60);
  plan_refused(&b, "gluster-brick-add", "volume=models;how=set;brick=node5:/data/models;brick=node5:/data/models2", "are of one set and on one host");
  struct plan *p = bench_plan(&b, "gluster-brick-add", "volume=models;how=set;brick=node5:/data/models;brick=node6:/data/models");
  plan_kept(p, "brick-add-set");
  plan_runs(&b, p);
  bench_pass(&b, 120); /* what waits to heal is counted on the new bricks too */
  plan_refused(&b, "gluster-rebalance-stop", "volume=models", "no rebalance of models runs");
  p = bench_plan(&b, "gluster-rebalance-start", "volume=models");
  plan_kept(p, "rebalance-start");
  plan_runs(&b, p);
  HOLDS(&b, "task-began", "models", "Rebalance");
  FAILS(&b, "task-completed", "models", "Rebalance");
  plan_refused(&b, "gluster-rebalance-start", "volume=models", "Rebalance of models is in progress");
  plan_refused(&b, "gluster-brick-remove-start", "brick=node5:/data/models", "Rebalance of models is in progress");
  p = bench_plan(&b, "gluster-rebalance-stop", "volume=models");
  plan_kept(p, "rebalance-stop");
  plan_runs(&b, p);
  plan_runs(&b, bench_plan(&b, "gluster-rebalance-start", "volume=models"));
  bench_pass(&b, 900);
  HOLDS(&b, "task-completed", "models", "Rebalance");
  simulated_close(&b);
}

static void what_guests_write_is_not_moved(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, TWO "volume models replica 2 bricks node[1-4]:/data/models option.features.shard=on\nvolume one replica 3 bricks node[1-3]:/data/one\n" GUESTS);
  bench_pass(&b, 60);
  plan_refused(&b, "gluster-rebalance-start", "volume=models", "web runs on models, whose images are cut into pieces");
  plan_refused(&b, "gluster-rebalance-start", "volume=one", "one has one set");
  plan_refused(&b, "gluster-brick-remove-start", "brick=node3:/data/models", "web runs on models, whose images are cut into pieces");
  plan_refused(&b, "gluster-brick-remove-start", "brick=node1:/data/one", "one has no other set");
  simulated_close(&b);
}

/* ---- fewer bricks ---- */

/* What gluster 10.3 leaves there when a removal was stopped. */
static const char after_stop[] = "rebalance_status=5\nstatus=3\nrebalance_op=0\nrebalance-id=00000000-0000-0000-0000-000000000000\nrebalanced-files=2\nsize=2000000\nscanned=5\nfailures=0\nskipped=0\nrun-time=0.000000\nbrick2=node4:/data/models\nbrick1=node3:/data/models\ncount=2\n";

static void a_set_leaves(void **state) {
  static const struct told failed[] = {{"node3", "state", 0, "rebalance_status=1\nstatus=3\nrebalanced-files=7\nfailures=2\nskipped=0\ncount=2\n"}, {NULL, NULL, 0, NULL}},
                           skipped[] = {{"node4", "state", 0, "status=3\nfailures=0\nskipped=1\ncount=2\n"}, {NULL, NULL, 0, NULL}}, stopped[] = {{"node4", "state", 0, "status=2\nfailures=0\nskipped=0\ncount=2\n"}, {NULL, NULL, 0, NULL}},
                           left[] = {{"node4", "left /data/models", 0, "/data/models/web.qcow2\n"}, {NULL, NULL, 0, NULL}}, other[] = {{"node3", "state", 0, "status=3\nfailures=0\nskipped=0\n"}, {NULL, NULL, 0, NULL}},
                           mute[] = {{"node3", "state", UNKNOWN_INT, ""}, {NULL, NULL, 0, NULL}}, odd[] = {{"node3", "state", 0, "status=3\nfailures=99999999999999999999999\ncount=2\n"}, {NULL, NULL, 0, NULL}},
                           over[] = {{"node3", "state", 0, after_stop}, {NULL, NULL, 0, NULL}};
  const struct { const struct told *told; const char *why; } wrong[] = {{failed, "not all was moved away from node3: 2 failures, 0 skipped"}, {skipped, "not all was moved away from node4: 0 failures, 1 skipped"},
                                                                        {stopped, "files are still moved away from node4, or that was stopped"}, {left, "a file is left in node4:/data/models, which would be lost to the volume: /data/models/web.qcow2"},
                                                                        {other, "no removal of bricks of models is under way on node3"}, {mute, "cannot tell whether all was moved away from node3"}, {odd, "node3"}, {over, "no removal of bricks of models is under way on node3"}};
  const char commit[] = "gluster-brick-remove-commit", which[] = "brick=node3:/data/models";
  struct simulated b;
  (void)state;
  bench_open(&b, idle);
  bench_pass(&b, 60);
  plan_refused(&b, commit, which, "no removal of bricks of models is under way on node3");
  plan_refused(&b, "gluster-brick-remove-stop", which, "no removal of node3:/data/models and node4:/data/models is under way");
  struct plan *p = bench_plan(&b, "gluster-brick-remove-start", which);
  plan_kept(p, "brick-remove-start");
  plan_runs(&b, p);
  plan_refused(&b, commit, which, "files are still moved away from node3");
  plan_refused(&b, "gluster-brick-remove-start", "brick=node1:/data/models", "an earlier removal of bricks of models is not yet committed or stopped");
  plan_refused(&b, "gluster-rebalance-start", "volume=models", "not yet committed or stopped");
  plan_refused(&b, commit, "brick=node1:/data/models", "what is removed from models is node3:/data/models and node4:/data/models");
  p = told_plan(&b, "gluster-brick-remove-start", which, over); /* the list of tasks is older than that */
  if (p->why && strstr(p->why, "an earlier removal")) fail_msg("%s", p->why);
  p = told_plan(&b, "gluster-brick-remove-stop", which, over);
  assert_int_equal(p->allowed, TRUTH_NO);
  p = bench_plan(&b, "gluster-brick-remove-stop", which);
  plan_kept(p, "brick-remove-stop");
  plan_runs(&b, p);
  plan_runs(&b, bench_plan(&b, "gluster-brick-remove-start", which));
  bench_pass(&b, 600);
  HOLDS(&b, "task-completed", "models", "Remove brick");
  plan_refused(&b, "gluster-rebalance-start", "volume=models", "not yet committed or stopped");
  for (size_t i = 0; i < COUNT(wrong); i++) {
    p = told_plan(&b, commit, "brick=node3:/data/models;force=yes", wrong[i].told);
    if (p->allowed != TRUTH_NO || p->forcible != TRUTH_NO || !strstr(p->why, wrong[i].why)) fail_msg("%s: %s", wrong[i].why, p->why ? p->why : "allowed");
  }
  p = bench_plan(&b, commit, which);
  plan_kept(p, "brick-remove-commit");
  plan_runs(&b, p);
  HOLDS(&b, "volume-lacks-brick", "models", "node4:/data/models");
  simulated_close(&b);
}

static void unread(struct simulated *b) {
  struct volume_view *v = (struct volume_view *)snapshot_volume(b->snap, "models");
  for (size_t i = 0; i < v->bricks.count; i++) v->bricks.item[i].size = v->bricks.item[i].free = UNKNOWN_INT;
}

static void a_set_that_finds_no_room_stays(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, TWO "volume models replica 2 bricks node[1-4]:/data/models size=1T used=80\nmount models /kvmdata on kvm[01-02] from node1\n");
  bench_pass(&b, 60);
  plan_refused(&b, "gluster-brick-remove-start", "brick=node3:/data/models;force=yes", "it finds no room");
  /* Not read since: their disks are asked. */
  static const char header[] = "Filesystem Type 1-blocks Used Available Capacity Mounted on\n/dev/vdb xfs ";
  CLEANUP(mem_freep) char *much = mem_printf("%s1000 900 100 90%% /data\n", header), *room = mem_printf("%s100000 1000 99000 1%% /data\n", header);
  const struct told full[] = {{"node1", "room /data/models", 0, much}, {"node3", "room /data/models", 0, much}, {NULL, NULL, 0, NULL}};
  const struct told wide[] = {{"node1", "room /data/models", 0, room}, {"node2", "room /data/models", 0, room}, {"node3", "room /data/models", 0, much}, {"node4", "room /data/models", 0, much}, {NULL, NULL, 0, NULL}};
  const struct told mute[] = {{"node1", "room /data/models", UNKNOWN_INT, ""}, {"node2", "room /data/models", 1, "df: no such file\n"}, {NULL, NULL, 0, NULL}};
  const struct { const struct told *told; const char *why; } rows[] = {{full, "it finds no room"}, {wide, NULL}, {mute, "cannot tell whether what lies there finds room"}};
  const struct operation *o = operation_find("gluster-brick-remove-start");
  struct values words = bench_values(&b, o, "brick=node3:/data/models");
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct survey survey;
    unread(&b);
    bench_survey(&b, o, &words, &survey);
    unread(&b); /* it was read again meanwhile */
    assert_int_equal(survey.answers.count, 4 + 2); /* and how an earlier removal stands */
    for (const struct told *t = rows[i].told; t->host; t++) {
      struct answer *q = (struct answer *)survey_answer(&survey, t->host, t->id);
      q->code = t->code, q->out = t->out;
    }
    const struct plan *p = operation_plan(o, b.snap, &words, &survey, b.arena);
    if (rows[i].why ? !p->why || !strstr(p->why, rows[i].why) : p->allowed != TRUTH_YES) fail_msg("%zu: %s", i, p->why ? p->why : "allowed");
  }
  bench_happen(&b, "kill brick node1:/data/models", 5);
  plan_refused(&b, "gluster-brick-remove-start", "brick=node3:/data/models", "node1:/data/models is down");
  simulated_close(&b);
}

static void copies_become_fewer(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, three);
  bench_pass(&b, 60);
  plan_refused(&b, "gluster-copies-lower", "brick=node1:/data/models;brick=node2:/data/models", "2 bricks of set 0 of models are named");
  struct plan *p = bench_plan(&b, "gluster-copies-lower", "brick=node3:/data/models");
  plan_kept(p, "copies-lower");
  plan_runs(&b, p);
  HOLDS(&b, "volume-copies", "models", "2");
  plan_refused(&b, "gluster-copies-lower", "brick=node2:/data/models", "one copy would be left of everything on models");
  bench_happen(&b, "kill brick node1:/data/models", 5);
  plan_refused(&b, "gluster-copies-lower", "brick=node2:/data/models;force=yes", "node1:/data/models is down: the copies that stay must have all there is");
  simulated_close(&b);
}

/* ---- one brick, one host ---- */

static void a_brick_gets_another_disk(void **state) {
  static const struct told empty[] = {{"node2", "in /data/models", 0, ""}, {NULL, NULL, 0, NULL}}, absent[] = {{"node2", "place /data/models", 0, "Filesystem Type 1-blocks Used Available Capacity Mounted on\n/dev/vda1 ext4 100 1 99 1% /\n"}, {"node2", "in /data/models", 0, ""}, {NULL, NULL, 0, NULL}};
  struct simulated b;
  (void)state;
  bench_open(&b, three);
  bench_pass(&b, 60);
  plan_refused(&b, "gluster-brick-reset-commit", "brick=node2:/data/models", "node2:/data/models is online: it was not taken out of service");
  struct plan *p = bench_plan(&b, "gluster-brick-reset-start", "brick=node2:/data/models");
  plan_kept(p, "brick-reset-start");
  FAILS(&b, "brick-down", "node2:/data/models");
  plan_runs(&b, p);
  plan_refused(&b, "gluster-brick-reset-start", "brick=node2:/data/models", "is down already");
  plan_undone(&b, p);
  HOLDS(&b, "brick-online", "node2:/data/models");
  bench_pass(&b, 120);
  plan_runs(&b, bench_plan(&b, "gluster-brick-reset-start", "brick=node2:/data/models"));
  bench_pass(&b, 30);
  p = told_plan(&b, "gluster-brick-reset-commit", "brick=node2:/data/models", absent);
  assert_true(p->allowed == TRUTH_NO && strstr(p->why, "its disk is not mounted"));
  p = told_plan(&b, "gluster-brick-reset-commit", "brick=node2:/data/models", empty);
  plan_kept(p, "brick-reset-commit");
  plan_runs(&b, p);
  HOLDS(&b, "heals-quiet", "models");
  simulated_close(&b);
}

static void a_hosts_gluster_is_stopped(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, three);
  bench_pass(&b, 60);
  plan_refused(&b, "gluster-start-host", "host=node2", "glusterd runs on node2 and is connected");
  struct plan *p = bench_plan(&b, "gluster-stop-host", "host=node2");
  plan_kept(p, "stop-host");
  FAILS(&b, "gluster-stopped", "node2");
  plan_runs(&b, p);
  plan_refused(&b, "gluster-stop-host", "host=node2", "node2 is not connected");
  plan_refused(&b, "gluster-stop-host", "host=node3", "node2:/data/models of the same set as node3:/data/models is not known to serve");
  p = bench_plan(&b, "gluster-start-host", "host=node2");
  plan_kept(p, "start-host");
  plan_runs(&b, p);
  HOLDS(&b, "host-bricks-online", "node2");
  bench_pass(&b, 180);
  HOLDS(&b, "heals-quiet", "models");
  /* One is away: the other must not be stopped too, but by force. */
  bench_happen(&b, "kill brick node1:/data/models", 70);
  bench_happen(&b, "kill brick node2:/data/models", 10);
  plan_refused(&b, "gluster-stop-host", "host=node3", "node1:/data/models of the same set as node3:/data/models is down");
  simulated_close(&b);
}

/* ---- options ---- */

static void options_are_chosen_one_by_one(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, three);
  struct plan *p = bench_plan(&b, "gluster-virt-options", "volume=models;option=cluster.eager-lock;option=network.remote-dio");
  plan_kept(p, "virt-options");
  plan_runs(&b, p);
  HOLDS(&b, "volume-option", "models", "network.remote-dio", "disable");
  FAILS(&b, "volume-option", "models", "features.shard", "on");
  plan_refused(&b, "gluster-virt-options", "volume=models;option=cluster.eager-lock", "nothing would change");
  plan_refused(&b, "gluster-virt-options", "volume=models;option=features.shard;force=yes", "web runs on models: features.shard is not changed while images are in use");
  plan_undone(&b, p);
  FAILS(&b, "volume-option", "models", "network.remote-dio", "disable");
  bench_happen(&b, "kill brick node1:/data/models", 5);
  plan_refused(&b, "gluster-virt-options", "volume=models;option=cluster.quorum-type", "node1:/data/models is not surely online: with cluster.quorum-type writes may stop at once");
  const char *words[] = {"volume=models", "option=network.ping-timeout"};
  struct values v = {0};
  struct err e = {0};
  assert_int_not_equal(operation_values(operation_find("gluster-virt-options"), b.snap, words, 2, b.arena, &v, &e), 0);
  assert_non_null(strstr(e.text, "group virt has cluster.quorum-type"));
  simulated_close(&b);
}

/* ---- split-brain ---- */

static void one_copy_is_chosen(void **state) {
  struct simulated b;
  (void)state;
  bench_open(&b, "split-brain");
  bench_pass(&b, 60);
  const struct domain_view *shop = snapshot_domain(b.snap, "shop");
  const char *stop = arena_printf(b.arena, "domain=%s", shop->name), *choice = "volume=models;file=/shop.qcow2;source=node1:/data";
  plan_kept(bench_plan(&b, "gluster-splitbrain", "volume=models"), "splitbrain");
  plan_refused(&b, "gluster-splitbrain-resolve", "volume=models;file=/shop.qcow2;source=node1:/data;force=yes", "shop is running on kvm01: its disk would be another one under it");
  plan_refused(&b, "gluster-splitbrain-resolve", "volume=models;file=/other;source=node1:/data", "/other is not in split-brain on models");
  plan_refused(&b, "gluster-splitbrain-resolve", "volume=models;file=/shop.qcow2;source=node9:/data", "no volume has a brick node9:/data");
  plan_done(&b, bench_plan(&b, "domain-stop", stop));
  struct plan *p = bench_plan(&b, "gluster-splitbrain-resolve", choice);
  plan_kept(p, "splitbrain-resolve");
  plan_runs(&b, p);
  assert_int_equal(snapshot_volume(b.snap, "models")->split_brain, 1);
  plan_refused(&b, "gluster-splitbrain-resolve", choice, "/shop.qcow2 is not in split-brain on models");
  plan_done(&b, bench_plan(&b, "domain-stop", "domain=files"));
  plan_runs(&b, bench_plan(&b, "gluster-splitbrain-resolve", "volume=models;file=/files.qcow2;source=node2:/data"));
  assert_int_equal(snapshot_volume(b.snap, "models")->split_brain, 0);
  p = bench_plan(&b, "gluster-splitbrain", "volume=models");
  assert_true(p->consequence.count == 1 && strstr(p->consequence.item[0], "Nothing of models is in split-brain"));
  simulated_close(&b);
}

/* The pieces of an image are one file to whoever chooses. */
static void pieces_are_one_image(void **state) {
  static const struct told several[] = {{"node1", "splits", 0,
                                         "Brick node1:/data/models\n/.shard/GFID.1\n/.shard/GFID.7\n<gfid:0f0f0f0f-0000-4000-8000-000000000001>\nStatus: Connected\nNumber of entries in split-brain: 3\n\n"
                                         "Brick node2:/data/models\n/.shard/GFID.1\n/.shard/GFID.7\nStatus: Connected\nNumber of entries in split-brain: 2\n\n"},
                                        {NULL, NULL, 0, NULL}};
  struct told now[2] = {several[0], several[1]};
  struct simulated b;
  char number[64] = "";
  (void)state;
  bench_open(&b, TWO "volume models replica 2 bricks node[1-2]:/data/models option.features.shard=on\n" GUESTS);
  bench_pass(&b, 60);
  plan_done(&b, bench_plan(&b, "domain-stop", "domain=web"));
  bench_happen(&b, "split brain models 1", 70);
  struct command_result r = simulated_execute(&b, "kvm01", &(struct texts){(const char *[]){"getfattr", "-n", "glusterfs.gfid.string", "--only-values", "/kvmdata/web.qcow2"}, 5}, NULL);
  snprintf(number, sizeof number, "%s", str_text(&r.out));
  command_result_free(&r);
  assert_int_equal(strlen(number), 36);
  struct plan *p = bench_plan(&b, "gluster-splitbrain-resolve", "volume=models;file=/web.qcow2;source=node2:/data/models");
  if (p->allowed != TRUTH_YES) fail_msg("%s", p->why);
  assert_int_equal(p->steps.count, 1);
  assert_string_equal(p->steps.item[0].argv.item[p->steps.item[0].argv.count - 1], arena_printf(b.arena, "/.shard/%s.1", number));
  assert_string_equal(p->consequence.item[0], "1 piece of /web.qcow2 becomes what node2:/data/models has.");
  /* Several pieces: one choice, a step each; what is nobody's stays. */
  CLEANUP(str_free) struct str text = {0};
  for (const char *s = several[0].out; *s; s++)
    if (str_starts(s, "GFID")) str_add(&text, number), s += 3;
    else str_addc(&text, *s);
  now[0].out = str_text(&text);
  struct plan *many = told_plan(&b, "gluster-splitbrain-resolve", "volume=models;file=/web.qcow2;source=node2:/data/models", now);
  assert_int_equal(many->allowed, TRUTH_YES);
  assert_int_equal(many->steps.count, 2);
  assert_string_equal(many->consequence.item[0], "2 pieces of /web.qcow2 become what node2:/data/models has.");
  assert_string_equal(many->verify.item[0].args.item[1], "1");
  plan_runs(&b, p);
  simulated_close(&b);
}

static void what_is_not_told_is_not_chosen(void **state) {
  static const struct told unasked[] = {{"node1", "splits", UNKNOWN_INT, ""}, {NULL, NULL, 0, NULL}}, failed[] = {{"node1", "splits", 1, "volume models: Not able to fetch volfile from glusterd\n"}, {NULL, NULL, 0, NULL}},
                           hostile[] = {{"node1", "splits", 0, "Brick node1:/data\n/a\033[2Jb\n/.shard/x\n<gfid:\nBrick\nBrick nowhere\n/c\n"}, {"node1", "pending /data", 0, "E\nE x\nP\nA =0x\nA q=0xffffffffffffffffffffffff\nP /a\nE 1 -5 99999999999999999999 x\n"}, {NULL, NULL, 0, NULL}};
  static const struct { const struct told *told; const char *why; } cases[] = {{unasked, "node1 was not asked"}, {failed, "Not able to fetch volfile"}};
  struct simulated b;
  (void)state;
  bench_open(&b, "split-brain");
  bench_pass(&b, 60);
  for (size_t i = 0; i < COUNT(cases); i++) {
    struct plan *p = told_plan(&b, "gluster-splitbrain-resolve", "volume=models;file=/shop.qcow2;source=node1:/data;force=yes", cases[i].told);
    if (p->allowed != TRUTH_NO || !strstr(p->why, cases[i].why)) fail_msg("%s: %s", cases[i].why, p->why ? p->why : "allowed");
  }
  struct plan *p = told_plan(&b, "gluster-splitbrain", "volume=models", hostile);
  assert_int_equal(p->allowed, TRUTH_YES);
  for (size_t i = 0; i < p->consequence.count; i++) assert_null(strchr(p->consequence.item[i], '\033'));
  bench_happen(&b, "kill brick node2:/data", 5);
  plan_done(&b, bench_plan(&b, "domain-stop", "domain=shop;force=yes"));
  plan_refused(&b, "gluster-splitbrain-resolve", "volume=models;file=/shop.qcow2;source=node1:/data", "node2:/data is down");
  simulated_close(&b);
}

/* Whatever hosts print, of any length and in any order: a plan is made of it, or it is refused. */
static void anything_may_be_printed(void **state) {
  static const char *const parts[] = {"Brick ", "node1:/data", "node2:/data", "\n", "/shop.qcow2", "/.shard/", "01234567-89ab-cdef-0123-456789abcdef", ".7", "<gfid:", ">", "E ", "P ", "A ", "models-client-1=0x", "ffffffffffffffffffffffff", "=", " ",
                                      "-1", "99999999999999999999", "# file: ", "/kvmdata", "/shop.qcow2\nglusterfs.gfid.string=\"", "\"", "Status: Connected", "status=3\n", "count=", "failures=0\nskipped=0\n", "\x1b[2J", "\xff\xfe", "%s%n"};
  static const char *const operations[][2] = {{"gluster-splitbrain", "volume=models"}, {"gluster-splitbrain-resolve", "volume=models;file=/shop.qcow2;source=node1:/data;force=yes"}, {"gluster-brick-remove-commit", "brick=node1:/data;force=yes"},
                                              {"gluster-brick-remove-stop", "brick=node1:/data;force=yes"}, {"gluster-stop-host", "host=node1;force=yes"}};
  struct simulated b;
  uint64_t random = 88172645463325252u;
  (void)state;
  bench_open(&b, "split-brain");
  bench_pass(&b, 60);
  for (size_t o = 0; o < COUNT(operations); o++) {
    const struct operation *op = operation_find(operations[o][0]);
    struct values v = bench_values(&b, op, operations[o][1]);
    struct survey survey;
    bench_survey(&b, op, &v, &survey);
    for (int round = 0; round < 400; round++) {
      CLEANUP(arena_freep) struct arena *a = arena_new();
      for (size_t i = 0; i < survey.answers.count; i++) {
        CLEANUP(str_free) struct str text = {0};
        for (size_t n = (random >> 7) % 60; n-- > 0;) {
          random ^= random << 13, random ^= random >> 7, random ^= random << 17;
          str_add(&text, parts[random % COUNT(parts)]);
        }
        survey.answers.item[i].code = random % 7 ? 0 : random % 2 ? 1 : UNKNOWN_INT;
        survey.answers.item[i].out = arena_strdup(a, str_text(&text));
      }
      struct plan *p = operation_plan(op, b.snap, &v, &survey, a);
      CLEANUP(str_free) struct str shown = {0};
      plan_text(p, &shown);
      if (strchr(str_text(&shown), 27)) fail_msg("what moves the cursor is shown: %s", str_text(&shown));
    }
  }
  simulated_close(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(an_arbiter_comes_to_each_set), cmocka_unit_test(a_copy_needs_whole_ones), cmocka_unit_test(sets_come_and_files_spread), cmocka_unit_test(what_guests_write_is_not_moved),
                                     cmocka_unit_test(a_set_leaves), cmocka_unit_test(a_set_that_finds_no_room_stays), cmocka_unit_test(copies_become_fewer), cmocka_unit_test(a_brick_gets_another_disk),
                                     cmocka_unit_test(a_hosts_gluster_is_stopped), cmocka_unit_test(options_are_chosen_one_by_one), cmocka_unit_test(one_copy_is_chosen), cmocka_unit_test(pieces_are_one_image),
                                     cmocka_unit_test(what_is_not_told_is_not_chosen), cmocka_unit_test(anything_may_be_printed)};
  return RUN(tests);
}
