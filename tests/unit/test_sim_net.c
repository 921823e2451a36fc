/* Hosts that do not see each other, in part or wholly: two halves with corosync's, the fencing's and gluster's consequences. */
#include "sim/event.h"
#include "sim/facts.h"
#include "sim/guest.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/pacemaker.h"
#include "sim/ring.h"
#include "sim/scenario.h"
#include "sim/store.h"
#include "tests/unit/unit.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct world *made(const char *text, int64_t seed) {
  struct world *w = NULL;
  struct err e = {0};
  if (scenario_read("test", text, strlen(text), &seed, &w, &e)) fail_msg("%s", e.text);
  return w;
}

#define PAIR                                                                                                                                                     \
  "host k[1-2] kvm memory=32G\nhost s[1-2] store\nvolume m replica 2 bricks s[1-2]:/b option.server.tcp-user-timeout=4 option.server.keepalive-time=2 "          \
  "option.server.keepalive-interval=1\nmount m /kvmdata on k[1-2] from s1 options=backup-volfile-servers=s2\ncluster c k[1-2]\ndomain d1 volume m memory=1G\n" \
  "constraint location d1 k1 50\n"

static struct sim_host *host(const struct world *w, const char *name) { return world_host(w, name); }
static void pass(struct world *w, int64_t ms) { world_run(w, w->clock + ms); }
static bool runs(const struct world *w, const char *domain, const char *on) {
  const struct sim_instance *i = domain_on(world_domain(w, domain), on);
  return i && str_eq(i->state, "running");
}
static void sees(const struct world *w, const char *node, const char *members) {
  struct str all = {0};
  for (size_t i = 0; i < host(w, node)->members.count; i++) str_addf(&all, "%s%s", i ? " " : "", host(w, node)->members.item[i]);
  if (strcmp(str_text(&all), members)) fail_msg("%s sees %s, not %s", node, str_text(&all), members);
  str_free(&all);
}
/* Event by event, so that nothing is missed: never twice. */
static void pass_watched(struct world *w, int64_t ms) {
  int64_t until = w->clock + ms;
  while (world_next(w) <= until) {
    world_step(w);
    int running = 0;
    EACH(world_domain(w, "d1")->instances, struct sim_instance, i) running += str_eq(i->state, "running");
    if (running > 1) fail_msg("d1 runs %d times", running);
  }
  w->clock = until;
}

/* Corosync alone is parted and nobody may shoot: both halves of two nodes have quorum, and each is told so over ssh. */
static void two_wholes(void **state) {
  struct world *w = made(PAIR "property stonith-enabled=false\n", 1);
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct look l = {w, host(w, "k1"), host(w, "k1"), a};
  struct corosync_outlooks o = {0};
  struct corosync_links k = {0};
  (void)state;
  world_happen(w, "part", "k1", "k2 corosync");
  pass(w, 2000);
  sees(w, "k1", "k1 k2"); /* the token is not lost yet, the link is */
  read_corosync_links(&l, NULL, &k);
  assert_int_equal(k.links.item[0].connected, TRUTH_NO);
  pass(w, 6000);
  sees(w, "k1", "k1"), sees(w, "k2", "k2");
  assert_true(YES(host(w, "k1")->quorate) && YES(host(w, "k2")->quorate));
  read_corosync_outlook(&l, NULL, &o);
  assert_true(o.nodes.count == 1 && YES(o.nodes.item[0].asked) && YES(o.nodes.item[0].quorate));
  assert_int_equal(o.nodes.item[0].members.count, 1);
  assert_false(KNOWN(unheard_since(w, l.here, host(w, "k2"), TRAFFIC_CLUSTER)));
  world_happen(w, "mend", "k2", "k1");
  pass(w, 3000);
  sees(w, "k1", "k1 k2"), sees(w, "k2", "k1 k2");
  world_free(w);
  w = made(PAIR "property stonith-enabled=false\n", 1);
  world_happen(w, "part", "k1", "k2"); /* everything: then it cannot be asked */
  pass(w, 20000);
  struct look again = {w, host(w, "k1"), host(w, "k1"), a};
  struct corosync_outlooks none = {0};
  read_corosync_outlook(&again, NULL, &none);
  assert_true(none.nodes.count == 1 && !YES(none.nodes.item[0].asked));
  assert_true(brick_serves(w, &w->volumes.item[0].bricks.item[0], host(w, "k2"))); /* others feel nothing */
  world_free(w);
}

/* Both can reach the BMCs: who has the delay in its favour lives, and what was about to be done to it is not done. */
static void the_delay_decides(void **state) {
  (void)state;
  for (int64_t seed = 1; seed <= 20; seed++) {
    struct world *w = made(PAIR "fencing for k[1-2] delay=5s\n", seed);
    world_happen(w, "part", "k1", "k2");
    pass_watched(w, 25000);
    assert_true(w->fenced.count == 1 && str_eq(w->fenced.item[0].target, "k2") && str_eq(w->fenced.item[0].status, "success"));
    assert_true(host_up(host(w, "k1")) && runs(w, "d1", "k1") && !w->shooting.count);
    /* It boots into the same silence: without the other it has no quorum (wait_for_all), and starts nothing. */
    pass_watched(w, 60000);
    sees(w, "k2", "k2");
    assert_true(YES(host(w, "k2")->waiting) && !YES(host(w, "k2")->quorate) && !runs(w, "d1", "k2"));
    assert_int_equal(w->fenced.count, 1);
    world_happen(w, "mend", "k1", "k2");
    pass_watched(w, 10000);
    sees(w, "k2", "k1 k2");
    assert_true(YES(host(w, "k2")->quorate) && host(w, "k2")->joined == JOIN_ONLINE);
    world_free(w);
  }
}

/* Without one it is a race: the half that has the coordinator is the faster one, and at times both die. */
static void without_a_delay_both_may_die(void **state) {
  int both = 0, one = 0;
  (void)state;
  for (int64_t seed = 1; seed <= 60; seed++) {
    struct world *w = made(PAIR "fencing for k[1-2]\n", seed);
    world_happen(w, "part", "k1", "k2 corosync");
    pass_watched(w, 14000);
    bool dead1 = !host_up(host(w, "k1")), dead2 = !host_up(host(w, "k2"));
    both += dead1 && dead2, one += dead1 != dead2;
    if (!dead1 && !dead2) fail_msg("seed %" PRId64 ": nobody was shot", seed);
    world_free(w);
  }
  if (!both || both >= one) fail_msg("both %d, one %d", both, one);
}

static const char four[] = "host k[1-4] kvm memory=32G\nhost s1 store\nvolume m bricks s1:/b option.server.tcp-user-timeout=4 option.server.keepalive-time=2\nmount m /kvmdata on k[1-4] from s1\nfencing for k[1-4]\ndomain d[1-4] volume m memory=1G\n";

static struct world *four_nodes(const char *cluster, const char *more) {
  struct str text = {0};
  char *fencing = strstr(four, "fencing");
  str_addf(&text, "%.*s%s%s%s", (int)(fencing - four), four, more, cluster, fencing);
  struct world *w = made(text.data, 1);
  str_free(&text);
  return w;
}

static void two_halves_of_four(void **state) {
  struct world *w = four_nodes("cluster c k[1-4]\n", "");
  (void)state;
  world_happen(w, "part", "k1,k2", "k3,k4");
  pass(w, 8000);
  sees(w, "k1", "k1 k2"), sees(w, "k2", "k1 k2"), sees(w, "k3", "k3 k4"), sees(w, "k4", "k3 k4");
  for (int i = 0; i < 4; i++) assert_false(YES(w->hosts.item[i].quorate));
  pass(w, 30000);
  assert_int_equal(w->fenced.count, 0); /* no quorum, no fencing: everything is stopped */
  EACH(w->domains, struct sim_domain, d) assert_int_equal(d->instances.count, 0);
  world_happen(w, "mend", "k3,k4", "k1,k2");
  pass(w, 30000);
  sees(w, "k4", "k1 k2 k3 k4");
  EACH(w->domains, struct sim_domain, d) assert_int_equal(d->instances.count, 1);
  world_free(w);
  w = four_nodes("cluster c k[1-4] auto_tie_breaker\n", "default failure-timeout=10s\n"); /* the half with the lowest node goes on, and shoots */
  world_happen(w, "part", "k1,k2", "k3,k4");
  pass(w, 40000); /* the store sees them all: it keeps the locks of who is shot until it misses them, so a first start may fail */
  assert_true(YES(host(w, "k1")->quorate) && w->fenced.count == 2);
  EACH(w->fenced, struct pcmk_fence_event, e) assert_true(str_eq(e->target, "k3") || str_eq(e->target, "k4"));
  EACH(w->domains, struct sim_domain, d) assert_int_equal(d->instances.count, 1);
  world_free(w);
  w = four_nodes("cluster c k[1-4]\nqdevice q\n", "host q bare\n"); /* a device that both halves reach has one vote */
  world_happen(w, "part", "k1,k2", "k3,k4");
  pass(w, 8000);
  assert_true(YES(host(w, "k1")->quorate) && YES(host(w, "k2")->quorate) && !YES(host(w, "k3")->quorate) && !YES(host(w, "k4")->quorate));
  world_free(w);
  w = four_nodes("cluster c k[1-4]\nqdevice q\n", "host q bare\n"); /* and goes to the half that alone reaches it */
  world_happen(w, "part", "q", "k1,k2");
  world_happen(w, "part", "k1,k2", "k3,k4");
  pass(w, 8000);
  assert_true(!YES(host(w, "k1")->quorate) && YES(host(w, "k3")->quorate) && YES(host(w, "k4")->quorate));
  world_free(w);
}

/* A ring has only nodes that all hear each other: the third goes with one of the two. */
static void one_that_sees_both(void **state) {
  struct world *w = made("host k[1-3] kvm\ncluster c k[1-3]\nproperty stonith-enabled=false\n", 1);
  (void)state;
  world_happen(w, "part", "k1", "k2 corosync");
  pass(w, 8000);
  sees(w, "k1", "k1 k3"), sees(w, "k3", "k1 k3"), sees(w, "k2", "k2");
  assert_true(YES(host(w, "k1")->quorate) && !YES(host(w, "k2")->quorate));
  world_happen(w, "power off", "k1", NULL);
  pass(w, 60000);
  world_happen(w, "mend", "k1", "k2");
  world_happen(w, "power on", "k1", NULL);
  pass(w, 60000);
  sees(w, "k3", "k1 k2 k3");
  world_free(w);
}

/* ---- gluster ---- */

static void stores_that_do_not_see_each_other(void **state) {
  struct world *w = made(PAIR "fencing for k[1-2]\n", 1);
  struct sim_volume *v = &w->volumes.item[0];
  (void)state;
  world_happen(w, "part", "s1", "s2 gluster");
  pass(w, 15000);
  assert_true(peer_connected(w, host(w, "s1"), host(w, "s2")));
  pass(w, 12000);
  assert_true(!peer_connected(w, host(w, "s1"), host(w, "s2")) && !peer_connected(w, host(w, "s2"), host(w, "s1")));
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct look l = {w, host(w, "k1"), host(w, "k1"), a};
  struct gluster_probe p = {0};
  read_gluster_probe(&l, NULL, &p);
  for (size_t i = 0; i < 2; i++) assert_true(YES(p.hosts.item[i].answers) && p.hosts.item[i].unseen.count == 1); /* both answer */
  EACH(v->bricks, struct sim_brick, b) assert_true(!b->behind && brick_serves(w, b, host(w, "k1"))); /* clients write both */
  world_happen(w, "mend", "s2", "s1");
  pass(w, 2000);
  assert_true(peer_connected(w, host(w, "s1"), host(w, "s2")));
  world_free(w);
}

/* A client that misses one brick writes the other: that one is behind, though it runs and everybody else sees it. */
static void a_client_that_misses_a_brick(void **state) {
  struct world *w = made(PAIR "fencing for k[1-2]\n", 1);
  struct sim_volume *v = &w->volumes.item[0];
  struct sim_brick *first = &v->bricks.item[0], *second = &v->bricks.item[1];
  (void)state;
  world_happen(w, "part", "k1", "s1 gluster");
  pass(w, 30000);
  assert_true(!first->behind && guest_waits(w, world_domain(w, "d1"), host(w, "k1"))); /* it still believes in it */
  pass(w, 60000);
  assert_true(brick_lives(w, first) && !brick_serves(w, first, host(w, "k1")) && brick_serves(w, first, host(w, "k2")));
  assert_true(first->behind > 0 && !second->behind && !v->split_brain);
  assert_true(runs(w, "d1", "k1") && !KNOWN(world_file(w, "m", "/d1.qcow2")->released)); /* the other copy holds its lock */
  world_happen(w, "mend", "k1", "s1");
  pass(w, 60000);
  assert_true(!first->behind && !second->behind);
  world_happen(w, "part", "k1", "s1,s2"); /* none of them: now the lock is a dead client's */
  pass(w, 100);
  assert_true(KNOWN(world_file(w, "m", "/d1.qcow2")->released));
  assert_false(volume_writes(w, v, 0, host(w, "k1")));
  assert_true(volume_writes(w, v, 0, host(w, "k2")));
  world_free(w);
}

/* ---- what waits for a brick that is silent ---- */

#define STALLING(ping, more) \
  "host k[1-2] kvm memory=32G\nhost s[1-4] store\nvolume m replica 2 bricks s[1-4]:/b option.network.ping-timeout=" ping "\nmount m /kvmdata on k[1-2] from s1 options=backup-volfile-servers=s2\ncluster c k[1-2]\nfencing for k[1-2]\n" more

static int64_t writes_of(const struct world *w, const char *domain, const char *on) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct look l = {(struct world *)w, host(w, on), host(w, on), a};
  struct libvirt_load load = {0};
  read_libvirt_load(&l, NULL, &load);
  EACH(load.domains, struct libvirt_load_domain, d)
    if (str_eq(d->name, domain)) return d->write_bytes_s;
  return -1;
}

/* Measured: one to two ping-timeouts, whoever is on that set; others feel nothing. Then the other copy alone is written. */
static void silent_bricks_stall(void **state) {
  static const struct { const char *fault, *subject; } faults[] = {{"cut", "s1"}, {"freeze", "s1"}, {"power off", "s1"}, {"hang brick", "s1:/b"}, {"kill brick", "s1:/b"}};
  (void)state;
  for (size_t i = 0; i < COUNT(faults); i++) {
    struct world *w = made(STALLING("10", "domain d[1-6] volume m memory=1G writes=8M\n"), 3);
    const struct sim_volume *v = &w->volumes.item[0];
    int64_t first = -1, last = -1;
    pass(w, 5000);
    world_happen(w, faults[i].fault, faults[i].subject, NULL);
    for (int64_t ms = 0; ms < 25000; ms += 250, pass(w, 250))
      EACH(w->domains, struct sim_domain, d) {
        const struct sim_file *f = world_file(w, "m", world_words(w, "/%s.qcow2", d->name));
        bool stands = writes_of(w, d->name, d->instances.item[0].host) == 0;
        if (f->set != 0 && stands) fail_msg("%s: %s is on the other set and stands", faults[i].fault, d->name);
        if (stands && first < 0) first = ms;
        if (stands) last = ms;
        if (stands && v->bricks.item[0].behind && !str_eq(faults[i].fault, "power off")) fail_msg("%s: nothing is written, and the brick is behind", faults[i].fault);
      }
    if (i == 4 ? first >= 0 : first != 0 || last < 10000 || last > 20000) fail_msg("%s: it stood from %" PRId64 " to %" PRId64, faults[i].fault, first, last);
    assert_true(v->bricks.item[0].behind > 0);
    EACH(w->domains, struct sim_domain, d) assert_string_equal(d->instances.item[0].state, "running");
    world_free(w);
  }
}

/* With no copy left it stands first, too, and is stopped by the error after that; it goes on when the volume can be written. */
static void no_copy_left(void **state) {
  struct world *w = made(STALLING("5", "domain strict volume m stop-on-error\n"), 1);
  const struct sim_file *f = world_file(w, "m", "/strict.qcow2");
  struct sim_domain *d = world_domain(w, "strict");
  const char *on = d->instances.item[0].host, *both[] = {f->set ? "s3" : "s1", f->set ? "s4" : "s2"};
  (void)state;
  world_happen(w, "cut", both[0], NULL), world_happen(w, "cut", both[1], NULL);
  pass(w, 4900);
  assert_string_equal(d->instances.item[0].state, "running");
  pass(w, 5300);
  assert_string_equal(d->instances.item[0].state, "paused");
  assert_string_equal(d->instances.item[0].reason, "I/O error");
  world_happen(w, "join", both[0], NULL);
  pass(w, 1000);
  guest_resume(w, d, on);
  assert_string_equal(d->instances.item[0].state, "running");
  world_free(w);
}

/* A guest that is started meanwhile waits as well; with the timeout of a volume that nobody tuned, longer than the operation may take. */
static void starts_wait_too(void **state) {
  static const struct { const char *text; int64_t least, most; bool fails; } rows[] = {{STALLING("10", "domain d1 volume m memory=1G\n"), 10000, 21500, false}, {STALLING("42", "domain d1 volume m memory=1G\n"), 42000, 61500, true}};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    bool failed = false;
    for (int64_t seed = 1; seed < 12; seed++) {
      struct world *w = made(rows[i].text, seed);
      struct sim_domain *d = world_domain(w, "d1");
      world_happen(w, "cut", world_file(w, "m", "/d1.qcow2")->set ? "s3" : "s1", NULL);
      world_happen(w, "crash", "d1", NULL);
      int64_t from = w->clock;
      while (!d->instances.count && !w->failures.count && w->clock - from < 100000) world_step(w);
      while (!d->instances.count && w->failures.count < 2 && w->clock - from < 150000) world_step(w); /* the first is the monitor's */
      bool start_failed = w->failures.count > 1 && str_eq(w->failures.item[1].task, "start");
      failed |= start_failed;
      if (!start_failed && (w->clock - from < rows[i].least || w->clock - from > rows[i].most + 10000)) fail_msg("seed %" PRId64 ": it ran after %" PRId64 " ms", seed, w->clock - from);
      world_free(w);
    }
    assert_int_equal(failed, rows[i].fails);
  }
}

/* One network of two: with a second link the ring holds, ssh does not; and the other way round. */
static void one_network_of_two(void **state) {
  static const char two_links[] = "host k[1-2] kvm\nhost s[1-2] store\nvolume m replica 2 bricks s[1-2]:/b\nmount m /kvmdata on k[1-2] from s1\ncluster c k[1-2] links=2\nfencing for k[1-2]\ndomain d1 volume m\n";
  struct world *w = made(two_links, 1);
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct look l = {w, host(w, "k1"), host(w, "k1"), a};
  struct corosync_links k = {0};
  (void)state;
  world_happen(w, "cut", "k2", "cluster");
  pass(w, 20000);
  sees(w, "k1", "k1 k2");
  read_corosync_links(&l, NULL, &k);
  assert_true(k.links.count == 2 && k.links.item[0].connected == TRUTH_NO && k.links.item[1].connected == TRUTH_YES);
  assert_true(KNOWN(unheard_since(w, l.here, host(w, "k2"), TRAFFIC_CLUSTER)) && !KNOWN(unheard_since(w, l.here, host(w, "k2"), TRAFFIC_GLUSTER)));
  assert_true(volume_writes(w, &w->volumes.item[0], 0, host(w, "k2")));
  assert_false(bmc_answers(w, host(w, "k2"), host(w, "k1")));
  world_happen(w, "cut", "k2", "storage");
  pass(w, 20000);
  assert_true(w->fenced.count >= 1); /* now both are gone */
  world_free(w);
  w = made(two_links, 1);
  world_happen(w, "cut", "k1", "storage");
  pass(w, 20000);
  sees(w, "k1", "k1 k2");
  assert_true(!volume_writes(w, &w->volumes.item[0], 0, host(w, "k1")) && !w->fenced.count);
  world_happen(w, "join", "k1", "storage");
  assert_true(volume_writes(w, &w->volumes.item[0], 0, host(w, "k1")));
  world_free(w);
}

/* A host that is back before its fencing is confirmed hears of it and leaves again; its corosync stays, and nobody starts its pacemaker. */
static void back_before_it_was_confirmed(void **state) {
  struct world *w = made(PAIR "fencing for k[1-2]\n", 1);
  (void)state;
  set_pair(w, &world_resource(w, "fence-k1")->params, "power_wait", "25");
  host(w, "k1")->boot_ms = 4000;
  world_happen(w, "power off", "k1", NULL);
  host(w, "k1")->standby = TRUTH_YES;
  while (!w->shooting.count) world_step(w);
  pass(w, 2000);
  world_happen(w, "power on", "k1", NULL); /* somebody at the rack */
  while (host(w, "k1")->joined != JOIN_ONLINE) world_step(w);
  assert_int_equal(w->fenced.count, 0);
  while (!w->fenced.count) world_step(w);
  assert_string_equal(w->fenced.item[0].status, "success");
  pass(w, 60000);
  assert_true(host(w, "k1")->joined == JOIN_DOWN && !daemon_runs(host(w, "k1"), "pacemaker") && daemon_runs(host(w, "k1"), "corosync"));
  sees(w, "k2", "k1 k2");
  assert_true(runs(w, "d1", "k2") && !node_unclean(w, host(w, "k2"), host(w, "k1")));
  daemon_start(w, host(w, "k1"), "pacemaker");
  pass(w, 10000);
  assert_int_equal(host(w, "k1")->joined, JOIN_ONLINE);
  world_free(w);
}

/* What is written in a scenario, and what is wrong with it. */
static void words(void **state) {
  static const struct { const char *line, *wrong; } rows[] = {
      {"part k1 k2", NULL}, {"part k1 k2 corosync", NULL}, {"part k1,s1 k2,s2 gluster", NULL}, {"mend k1 k2", NULL}, {"cut k1", NULL}, {"cut k1 storage", NULL}, {"unplug k1 cluster", NULL}, {"join k1", NULL},
      {"part k1", "write it as"}, {"part k1 k9", "there is no host k9"}, {"part k9 k1", "there is no host k9"}, {"part k1 k2 pacemaker", "write it as"}, {"part k1 k2,", NULL}, {"part k1 ,", "there is no host"},
      {"cut k1 other", "write it as"}, {"cut k1 storage cluster", "write it as"}, {"mend k1 k2 corosync", "write it as"}, {"power off k1 now", "write it as"}};
  struct world *w = made(PAIR, 1);
  const char *what, *subject, *detail;
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct err e = {0};
    int code = event_parse(w, rows[i].line, &what, &subject, &detail, &e);
    if (!code != !rows[i].wrong || (code && !strstr(e.text, rows[i].wrong))) fail_msg("%s: %d %s", rows[i].line, code, e.text);
  }
  world_free(w);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(two_wholes), cmocka_unit_test(the_delay_decides), cmocka_unit_test(without_a_delay_both_may_die), cmocka_unit_test(two_halves_of_four), cmocka_unit_test(one_that_sees_both),
                                     cmocka_unit_test(stores_that_do_not_see_each_other), cmocka_unit_test(a_client_that_misses_a_brick), cmocka_unit_test(silent_bricks_stall), cmocka_unit_test(no_copy_left), cmocka_unit_test(starts_wait_too), cmocka_unit_test(one_network_of_two), cmocka_unit_test(back_before_it_was_confirmed), cmocka_unit_test(words)};
  return RUN(tests);
}
