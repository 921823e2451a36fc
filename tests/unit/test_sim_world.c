/* The world as a thing: the same seed gives the same bytes whatever the step, a world that was kept goes on where it was,
 * and what is no world or no scenario is refused with file and line. */
#include "model/fragment.h"
#include "sim/event.h"
#include "sim/scenario.h"
#include "sim/sim.h"
#include "sim/world_file.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void collect(void *owner, const char *line, size_t len, int64_t at) {
  (void)at;
  str_addn(owner, line, len);
}

static struct sim *opened(const char *scenario, const char *world, int64_t seed) {
  struct sim *s = NULL;
  struct err e = {0};
  if (sim_open(&(struct sim_options){.scenario = scenario, .world = world, .seed = &seed}, &s, &e)) fail_msg("%s: %s", scenario, e.text);
  return s;
}

static void print(struct sim *s, struct str *out) { world_print(sim_world(s), out); }

static void run_in_steps(const char *scenario, int64_t seed, int64_t step, struct str *ret_lines, struct str *ret_world) {
  struct sim *s = opened(scenario, NULL, seed);
  int64_t end = sim_now(s) + 150000;
  while (sim_now(s) < end) sim_run(s, sim_now(s) + step < end ? sim_now(s) + step : end, collect, ret_lines);
  print(s, ret_world);
  sim_close(s);
}

static void same_whatever_the_step(void **state) {
  (void)state;
  for (const struct scenario_text *t = scenario_texts; t->name; t++) {
    if (!strcmp(t->name, "big")) continue;
    struct str a = {0}, b = {0}, c = {0}, x = {0}, y = {0}, z = {0};
    run_in_steps(t->name, 5, 150000, &a, &x);
    run_in_steps(t->name, 5, 777, &b, &y);
    run_in_steps(t->name, 6, 150000, &c, &z);
    assert_string_equal(a.data, b.data);
    assert_string_equal(x.data, y.data);
    assert_string_not_equal(x.data, z.data); /* another seed is another run */
    str_free(&a), str_free(&b), str_free(&c), str_free(&x), str_free(&y), str_free(&z);
  }
}

/* Saved and read back every few seconds against never. */
static void kept_between_commands(void **state) {
  char path[64];
  struct str kept = {0}, whole = {0};
  struct err e = {0};
  (void)state;
  snprintf(path, sizeof path, "/tmp/sim-world.%d", (int)getpid());
  unlink(path);
  for (int i = 0; i < 30; i++) {
    struct sim *s = opened("storm", path, 9);
    assert_int_equal(sim_now(s) - sim_world(s)->began, i * 4000);
    sim_run(s, sim_now(s) + 4000, NULL, NULL);
    assert_int_equal(sim_save(s, &e), 0);
    if (i == 29) print(s, &kept);
    sim_close(s);
  }
  struct sim *s = opened("storm", NULL, 9);
  sim_run(s, sim_now(s) + 120000, NULL, NULL);
  print(s, &whole);
  sim_close(s);
  assert_string_equal(kept.data, whole.data);
  str_free(&kept), str_free(&whole);
  struct stat st;
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 077, 0);
  unlink(path);
}

static void one_at_a_time(void **state) {
  char path[64];
  struct err e = {0};
  struct sim *other = NULL;
  (void)state;
  snprintf(path, sizeof path, "/tmp/sim-lock.%d", (int)getpid());
  struct sim *s = opened("lab", path, 1);
  assert_int_equal(sim_open(&(struct sim_options){.world = path}, &other, &e), -EBUSY);
  assert_int_equal(sim_save(s, &e), 0); /* the file is a new one now, and still ours */
  assert_int_equal(sim_open(&(struct sim_options){.world = path}, &other, &e), -EBUSY);
  sim_close(s);
  s = opened("lab", path, 1);
  sim_close(s);
  unlink(path);
  s = opened("lab", path, 1); /* never saved: no file is left behind */
  sim_close(s);
  assert_int_equal(access(path, F_OK), -1);
}

/* Packing is invisible: a long run does not grow, and says what a fresh one says. */
static void long_runs_do_not_grow(void **state) {
  struct sim *s = opened("tour", NULL, 3);
  struct str lines = {0};
  (void)state;
  size_t most = 0;
  for (int i = 0; i < 600; i++) {
    world_happen(sim_world(s), i % 2 ? "unstandby" : "standby", "kvm02", NULL);
    sim_run(s, sim_now(s) + 30000, NULL, NULL);
    if (arena_bytes(sim_world(s)->arena) > most) most = arena_bytes(sim_world(s)->arena);
  }
  assert_true(most < 8 << 20);
  sim_close(s);
  str_free(&lines);
}

/* ---- what is refused ---- */

static void refused_world(const char *find, const char *put, const char *why) {
  struct sim *s = opened("tour", NULL, 1);
  struct str text = {0}, changed = {0};
  struct world *w = NULL;
  struct err e = {0};
  sim_run(s, sim_now(s) + 20000, NULL, NULL);
  print(s, &text);
  sim_close(s);
  char *at = strstr(text.data, find);
  assert_non_null(at);
  str_addn(&changed, text.data, (size_t)(at - text.data));
  str_addf(&changed, "%s%s", put, at + strlen(find));
  int code = world_parse(changed.data, changed.len, &w, &e);
  if (!code || !strstr(e.text, why)) fail_msg("%s -> %s: %d %s", find, put, code, e.text);
  str_free(&text), str_free(&changed);
}

static void no_world(void **state) {
  (void)state;
  refused_world("\"version\":2", "\"version\":3", "version");
  refused_world("\"name\":\"kvm01\"", "\"name\":null", "without name");
  refused_world("\"name\":\"kvm01\"", "\"name\":\"kvm02\"", "two hosts");
  refused_world("\"memory\":68719476736", "\"memory\":-5", "below nothing");
  refused_world("\"memory\":68719476736", "\"memory\":9e18", "whole number");
  refused_world("\"memory\":68719476736", "\"memory\":9000000000000000000", "out of bounds");
  refused_world("\"what\":\"move\"", "\"what\":\"explode\"", "no such event");
  refused_world("\"queue\":[{\"at\":\"2026", "\"queue\":[{\"at\":\"2036", "out of order");
  struct world *w = NULL;
  struct err e = {0};
  assert_int_equal(world_parse("", 0, &w, &e), -EINVAL);
  assert_int_equal(world_parse("{}", 2, &w, &e), -EPROTONOSUPPORT);
  assert_int_equal(world_parse("[1]", 3, &w, &e), -EINVAL);
}

static void mistaken(const char *text, const char *why) {
  struct world *w = NULL;
  struct err e = {0};
  int code = scenario_read("mine", text, strlen(text), NULL, &w, &e);
  if (code != -EINVAL || !strstr(e.text, why)) fail_msg("%s: %d %s", text, code, e.text);
}

static void mistakes_name_their_line(void **state) {
  (void)state;
  mistaken("", "mine: it has no host");
  mistaken("host a kvm\nhots b kvm\n", "mine:2: no such word: hots");
  mistaken("host a\n", "mine:1: a host is kvm, store, or bare");
  mistaken("host a kvm memory=lots\n", "mine:1: lots is no size");
  mistaken("host a kvm cpus=0\n", "mine:1: 0 is no number from 1 to 1024");
  mistaken("host a kvm colour=red\n", "mine:1: colour=red: not a word of this line");
  mistaken("host a[3-1] kvm\n", "write a range as name[01-32]");
  mistaken("host a kvm\nhost a kvm\n", "mine:2: host a is there already");
  mistaken("host a[1-99] kvm\n", "more than 64 hosts");
  mistaken("host a kvm\ncluster c b\n", "mine:2: there is no host b");
  mistaken("host a store\nvolume v replica 2 bricks a:/x\n", "mine:2: 1 bricks make no whole sets of 2");
  mistaken("host a store\nvolume v bricks b:/x\n", "mine:2: there is no host b");
  mistaken("host a store\nvolume v\n", "mine:2: write it as: volume NAMES");
  mistaken("host a store\nvolume v disperse 4 redundancy 2 bricks a:/1 a:/2 a:/3 a:/4\n", "at most 1 may be redundant");
  mistaken("host a kvm\ndomain d volume v\n", "mine:2: there is no volume v");
  mistaken("host a kvm\nat soon power off a\n", "mine:2: soon is no time");
  mistaken("host a kvm\nat 5s explode a\n", "mine:2: nothing that can happen: explode a");
  mistaken("host a kvm\nat 5s power off b\n", "mine:2: there is no host b");
  mistaken("host a kvm\nat 5s power off\n", "mine:2: write it as 'power off HOST'");
  mistaken("host a kvm\nat 5s hang a smbd\n", "mine:2: a has no daemon smbd");
  mistaken("host a kvm\nconstraint location x a 5\n", "mine:2: there is no resource x");
  mistaken("host a kvm\nconstraint nonsense x a 5\n", "mine:2: write it as: constraint");
  mistaken("host a kvm\nproperty maintenance\n", "mine:2: write it as: property NAME=VALUE");
  struct world *w = NULL;
  struct err e = {0};
  assert_int_equal(scenario_read("mine", "host a kvm\0x", 12, NULL, &w, &e), -EINVAL);
}

/* Each of the program's own can be read, has a title and help, and begins as its name says. */
static void scenarios_begin_as_they_say(void **state) {
  static const char *const wanted[] = {"lab-empty", "lab", "tour", "degraded", "split-brain", "node-down", "migration", "hung-gluster", "storm", "big"};
  size_t n = 0;
  (void)state;
  for (const struct scenario_text *t = scenario_texts; t->name; t++, n++) {
    struct str title = {0}, help = {0};
    assert_string_equal(t->name, wanted[n]);
    assert_true(strlen(scenario_title(t, &title)) > 5 && strlen(scenario_help(t, &help)) > 20);
    str_free(&title), str_free(&help);
    struct sim *s = opened(t->name, NULL, 1);
    const struct world *w = sim_world(s);
    size_t bricks = 0;
    EACH(w->volumes, struct sim_volume, v) bricks += v->bricks.count;
    if (!strcmp(t->name, "big")) assert_true(w->hosts.count == 32 && w->domains.count == 2000 && w->volumes.count == 40 && bricks == 256);
    if (!strcmp(t->name, "lab-empty")) assert_true(w->hosts.count == 6 && !w->volumes.count && !w->resources.count);
    if (!strcmp(t->name, "split-brain")) assert_true(w->volumes.item[0].split_brain > 0);
    if (!strcmp(t->name, "node-down")) assert_true(w->fenced.count == 1 && world_host(w, "kvm02")->power != POWER_ON);
    sim_close(s);
  }
  assert_int_equal(n, COUNT(wanted));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(same_whatever_the_step), cmocka_unit_test(kept_between_commands), cmocka_unit_test(one_at_a_time), cmocka_unit_test(long_runs_do_not_grow),
                                     cmocka_unit_test(no_world),               cmocka_unit_test(mistakes_name_their_line), cmocka_unit_test(scenarios_begin_as_they_say)};
  return RUN(tests);
}
