/* Bricks that come, go and are replaced in the simulated volumes, and what becomes of the files and the guests on them. */
#include "sim/event.h"
#include "sim/facts.h"
#include "sim/guest.h"
#include "sim/host.h"
#include "sim/sim.h"
#include "sim/store_bricks.h"
#include "sim/store_split.h"
#include "tests/unit/unit.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct command_result last;

static struct sim *made(const char *volume) {
  char path[64];
  struct sim *s = NULL;
  struct err e = {0};
  snprintf(path, sizeof path, "/tmp/sim-bricks.%d", (int)getpid());
  FILE *f = fopen(path, "w");
  fprintf(f, "host k[1-2] kvm memory=64G\nhost s[1-8] store\nvolume m %s\npool s[1-8]\nmount m /kvmdata on k[1-2] from s1 options=backup-volfile-servers=s2\ncluster c k[1-2]\nfencing for k[1-2]\ndomain d[01-20] volume m memory=1G image=10G\nhere k1\n", volume);
  fclose(f);
  if (sim_open(&(struct sim_options){.scenario = path}, &s, &e)) fail_msg("%s", e.text);
  unlink(path);
  return s;
}

static int run(struct sim *s, const char *line) {
  char words[512];
  const char *argv[64];
  size_t n = 0;
  char *save = NULL;
  snprintf(words, sizeof words, "s1 gluster --mode=script volume %s", line);
  char *host = strtok_r(words, " ", &save);
  while (n < 63 && (argv[n] = strtok_r(NULL, " ", &save))) n++;
  argv[n] = NULL;
  command_result_free(&last);
  sim_execute(s, host, argv, NULL, &last, NULL, NULL);
  return last.code;
}
static void must(struct sim *s, const char *line) {
  if (run(s, line)) fail_msg("%s: exit %d: %s%s", line, last.code, str_text(&last.out), str_text(&last.err));
}
static void refused(struct sim *s, const char *line, const char *words) {
  if (!run(s, line) || !strstr(str_text(&last.err), words)) fail_msg("%s: exit %d: %s%s", line, last.code, str_text(&last.out), str_text(&last.err));
}
static void says(const char *words) {
  if (!strstr(str_text(&last.out), words)) fail_msg("not said: %s\n%s", words, str_text(&last.out));
}
static struct sim_volume *volume(struct sim *s) { return world_volume(sim_world(s), "m"); }
static int files_on(struct sim *s, int64_t set) {
  int n = 0;
  EACH(sim_world(s)->files, struct sim_file, f) n += f->set == set;
  return n;
}
/* Every guest runs, on a file that its host can write. */
static void guests_well(struct sim *s) {
  EACH(sim_world(s)->domains, struct sim_domain, d) {
    assert_true(d->instances.count == 1 && str_eq(d->instances.item[0].state, "running"));
    const struct sim_host *h = world_host(sim_world(s), d->instances.item[0].host);
    const struct sim_file *f = guest_image(sim_world(s), d, h, 0);
    if (!f || !volume_writes(sim_world(s), volume(s), f->set, h)) fail_msg("%s has no disk", d->name);
  }
}
static void pass(struct sim *s, int64_t ms) { sim_run(s, sim_now(s) + ms, NULL, NULL); }

/* A set goes: its files are moved, which takes its time and is shown; then it is empty and may be committed. */
static void a_set_is_removed(void **state) {
  struct sim *s = made("replica 2 bricks s[1-6]:/b size=1T used=10");
  struct sim_volume *v = volume(s);
  (void)state;
  int before = files_on(s, 1), all = before + files_on(s, 0) + files_on(s, 2);
  assert_true(before > 0 && files_on(s, 0) > 0 && files_on(s, 2) > 0);
  must(s, "remove-brick m s3:/b s4:/b start");
  says("ID: ");
  refused(s, "remove-brick m s3:/b s4:/b commit", "use 'force' option as migration is in progress");
  refused(s, "remove-brick m s5:/b s6:/b start", "An earlier remove-brick task exists for volume m");
  refused(s, "rebalance m start", "A remove-brick task on volume m is not yet committed");
  pass(s, 20000);
  must(s, "remove-brick m s3:/b s4:/b status");
  says("in progress");
  struct task_progress p = task_progress(sim_world(s), v, "s3");
  assert_true(p.files > 0 && p.files < before && p.run_ms > 20000);
  must(s, "status m");
  says("Remove brick"), says("s3:/b\ns4:/b\n");
  guests_well(s);
  pass(s, 60000);
  must(s, "remove-brick m s3:/b s4:/b status");
  says("completed");
  assert_int_equal(task_progress(sim_world(s), v, "s3").files, before);
  assert_int_equal(files_on(s, 1), 0);
  must(s, "remove-brick m s3:/b s4:/b commit");
  assert_true(v->bricks.count == 4 && v->bricks.item[3].set == 1 && str_eq(v->bricks.item[2].host, "s5") && !v->tasks.count);
  assert_int_equal(files_on(s, 0) + files_on(s, 1), all);
  guests_well(s);
  must(s, "remove-brick m s5:/b s6:/b start");
  must(s, "remove-brick m s5:/b s6:/b stop");
  pass(s, 100000);
  assert_true(v->bricks.count == 4 && files_on(s, 1) > 0); /* nothing went */
  int left = files_on(s, 0);
  must(s, "remove-brick m s5:/b s6:/b force"); /* by force: what lay there is lost */
  assert_true(v->bricks.count == 2 && files_on(s, 0) == left && (int)sim_world(s)->files.count == left);
  refused(s, "remove-brick m s1:/b s2:/b force", "Deleting all the bricks of the volume is not allowed");
  sim_close(s);
}

/* Bricks come: nothing moves before a rebalance, then the sets even out. */
static void a_set_is_added(void **state) {
  struct sim *s = made("replica 2 bricks s[1-2]:/b size=1T used=40");
  struct sim_volume *v = volume(s);
  (void)state;
  refused(s, "add-brick m s3:/b", "Incorrect number of bricks supplied 1 with count 2");
  refused(s, "add-brick m s3:/b s9:/b", "Host s9 is not in 'Peer in Cluster' state");
  must(s, "add-brick m s3:/b s4:/b");
  assert_true(v->bricks.count == 4 && str_eq(v->type, "distributed-replicate") && brick_lives(sim_world(s), &v->bricks.item[3]));
  assert_int_equal(files_on(s, 1), 0);
  must(s, "rebalance m start");
  refused(s, "rebalance m start", "already started");
  pass(s, 30000);
  must(s, "rebalance m status");
  says("in progress");
  pass(s, 400000);
  must(s, "rebalance m status");
  says("completed"), says("localhost");
  assert_true(files_on(s, 1) > 0 && files_on(s, 0) > 0);
  assert_true(v->bricks.item[0].used == v->bricks.item[2].used);
  guests_well(s);
  sim_close(s);
}

static void wait_for_heal(struct sim *s, int64_t most_ms) {
  int64_t until = sim_now(s) + most_ms;
  for (bool behind = true; behind && sim_now(s) < until;) {
    pass(s, 1000);
    behind = false;
    EACH(volume(s)->bricks, struct sim_brick, b) behind |= b->behind > 0;
  }
  EACH(volume(s)->bricks, struct sim_brick, b) assert_int_equal(b->behind, 0);
}

/* A replaced brick is empty: its set waits for it entry by entry, and may not lose the other copy meanwhile. */
static void a_brick_is_replaced(void **state) {
  struct sim *s = made("replica 2 bricks s[1-4]:/b size=1T used=10");
  struct sim_volume *v = volume(s);
  (void)state;
  int files = files_on(s, 0);
  refused(s, "replace-brick m s1:/b s2:/b commit force", "Brick: s2:/b not available");
  must(s, "replace-brick m s1:/b s7:/b commit force");
  assert_true(v->bricks.count == 4 && str_eq(v->bricks.item[0].host, "s7") && v->bricks.item[0].set == 0 && YES(v->bricks.item[0].full_heal));
  assert_true(v->bricks.item[0].behind > files / 2 && v->bricks.item[0].behind <= files && v->bricks.item[0].used < v->bricks.item[1].used);
  assert_true(pending_at(sim_world(s), v, &v->bricks.item[1]) > 0);
  must(s, "heal m full");
  says("full self heal on volume m has been successful");
  guests_well(s);
  wait_for_heal(s, 120000);
  assert_true(v->bricks.item[0].used == v->bricks.item[1].used && !YES(v->bricks.item[0].full_heal));
  guests_well(s);
  sim_close(s);
}

static void copies_come_and_go(void **state) {
  struct sim *s = made("replica 2 bricks s[1-4]:/b size=1T used=10");
  struct sim_volume *v = volume(s);
  (void)state;
  must(s, "add-brick m replica 3 arbiter 1 s5:/b s6:/b");
  static const char *const order[] = {"s1", "s2", "s5", "s3", "s4", "s6"};
  for (size_t i = 0; i < COUNT(order); i++) assert_string_equal(v->bricks.item[i].host, order[i]);
  assert_true(v->replica == 3 && v->arbiter == 1 && YES(v->bricks.item[2].arbiter) && YES(v->bricks.item[5].arbiter) && !YES(v->bricks.item[4].arbiter) && str_eq(v->type, "distributed-arbiter"));
  wait_for_heal(s, 120000);
  guests_well(s);
  refused(s, "remove-brick m replica 2 s5:/b force", "not one copy of each set");
  refused(s, "remove-brick m replica 2 s5:/b s6:/b start", "Migration of data is not needed when reducing replica count");
  must(s, "remove-brick m replica 2 s5:/b s6:/b force");
  assert_true(v->replica == 2 && !v->arbiter && v->bricks.count == 4 && str_eq(v->type, "distributed-replicate"));
  guests_well(s);
  struct str text = {0};
  struct world *again = NULL;
  world_print(sim_world(s), &text);
  assert_int_equal(world_parse(text.data, text.len, &again, NULL), 0);
  world_free(again);
  str_free(&text);
  sim_close(s);
}

/* The same brick on another disk: out of service, and in again. */
static void a_brick_is_reset(void **state) {
  struct sim *s = made("replica 2 bricks s[1-4]:/b size=1T used=10");
  struct sim_volume *v = volume(s);
  (void)state;
  refused(s, "reset-brick m s1:/b s1:/b commit", "Source brick must be stopped");
  refused(s, "reset-brick m s9:/b start", "brick: s9:/b does not exist in volume: m");
  must(s, "reset-brick m s1:/b start");
  says("volume reset-brick: success: reset-brick start operation successful");
  assert_false(brick_lives(sim_world(s), &v->bricks.item[0]));
  pass(s, 10000);
  guests_well(s);
  refused(s, "reset-brick m s1:/b s7:/b commit force", "When destination brick is new");
  must(s, "reset-brick m s1:/b s1:/b commit force");
  says("reset-brick commit force operation successful");
  assert_true(brick_lives(sim_world(s), &v->bricks.item[0]));
  wait_for_heal(s, 120000);
  guests_well(s);
  sim_close(s);
}

static void told(struct sim *s, const char *host, const char *const *argv, const char *words) {
  command_result_free(&last);
  sim_execute(s, host, argv, NULL, &last, NULL, NULL);
  if (last.code) fail_msg("%s: exit %d: %s", argv[0], last.code, str_text(&last.err));
  if (*words) says(words);
  else assert_string_equal(str_text(&last.out), "");
}

/* What glusterd keeps of a task, and what is left in a brick, say when a removal may be committed. */
static void what_a_removal_leaves(void **state) {
  static const char *const state_file[] = {"cat", "/var/lib/glusterd/vols/m/node_state.info", NULL}, *const left[] = {"find", "/b", "-path", "/b/.glusterfs", "-prune", "-o", "-type", "f", "!", "-perm", "/1000", "-print", "-quit", NULL};
  struct sim *s = made("replica 2 bricks s[1-6]:/b size=1T used=10");
  (void)state;
  told(s, "s3", state_file, "status=0\n");
  told(s, "s3", left, "/b/");
  must(s, "remove-brick m s3:/b s4:/b start");
  pass(s, 5000);
  told(s, "s3", state_file, "status=1\n"), says("brick1=s3:/b\nbrick2=s4:/b\ncount=2\n");
  pass(s, 90000);
  told(s, "s4", state_file, "status=3\n"), says("failures=0\nskipped=0\n");
  told(s, "s3", left, "");
  told(s, "s1", left, "/b/");
  sim_close(s);
}

static void all_of_a_host_is_stopped(void **state) {
  static const char *const kill_all[] = {"systemctl", "kill", "--signal=SIGTERM", "glusterd.service", NULL}, *const start[] = {"systemctl", "start", "glusterd.service", NULL};
  struct sim *s = made("replica 2 bricks s[1-4]:/b size=1T used=10");
  struct sim_volume *v = volume(s);
  (void)state;
  told(s, "s1", kill_all, "");
  assert_true(!daemon_runs(world_host(sim_world(s), "s1"), "glusterd") && v->bricks.item[0].life == LIFE_STOPPED && brick_lives(sim_world(s), &v->bricks.item[1]));
  pass(s, 20000);
  guests_well(s);
  told(s, "s1", start, "");
  pass(s, 5000);
  assert_true(brick_lives(sim_world(s), &v->bricks.item[0]));
  wait_for_heal(s, 120000);
  sim_close(s);
}

static void a_split_file_is_chosen(void **state) {
  struct sim *s = made("replica 2 bricks s[1-2]:/b size=1T used=10");
  struct sim_volume *v = volume(s);
  (void)state;
  v->split_brain = 2;
  split_settle(sim_world(s), v);
  must(s, "heal m info split-brain");
  says("Brick s2:/b\n/d01.qcow2\n/d02.qcow2\nStatus: Connected\nNumber of entries in split-brain: 2\n");
  told(s, "s2", (const char *const[]){"sh", "-c", "x", "kvmconsole-pending", "/b", NULL}, "P /d01.qcow2\nA m-client-0=0x000000050000000000000000\n");
  run(s, "heal m split-brain source-brick s1:/b /d03.qcow2");
  assert_true(last.code != 0), says("Healing /d03.qcow2 failed: File not in split-brain.");
  run(s, "heal m split-brain source-brick s9:/b /d01.qcow2");
  assert_true(last.code != 0), says("No such brick available in the volume.");
  must(s, "heal m split-brain source-brick s1:/b /d01.qcow2");
  says("Healed /d01.qcow2.");
  assert_int_equal(v->split_brain, 1);
  run(s, "heal m split-brain source-brick s1:/b /d01.qcow2");
  says("not in split-brain");
  brick_kill(sim_world(s), v, &v->bricks.item[1]);
  run(s, "heal m split-brain source-brick s1:/b /d02.qcow2");
  assert_true(last.code != 0), says("Transport endpoint is not connected");
  sim_close(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_set_is_removed), cmocka_unit_test(a_set_is_added), cmocka_unit_test(a_brick_is_replaced), cmocka_unit_test(copies_come_and_go),
                                     cmocka_unit_test(a_brick_is_reset), cmocka_unit_test(what_a_removal_leaves), cmocka_unit_test(all_of_a_host_is_stopped), cmocka_unit_test(a_split_file_is_chosen)};
  return RUN(tests);
}
