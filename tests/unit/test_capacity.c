/* The room of a volume: what running guests were promised, each image once and unknown where no host tells; the fullest brick; how
 * its use grows, over as long as it was seen. */
#include "analysis/capacity.h"
#include "tests/unit/acted.h"
#include "tests/unit/simulated.h"
#include "views/growth.h"
#include <math.h>

static const char scenario[] = "host kvm[01-02] kvm memory=32G cpus=8\nhost node[1-3] store memory=8G\nvolume models replica 3 bricks node[1-3]:/data size=1T used=40\nvolume other replica 3 bricks node[1-3]:/other size=1T\n"
                               "mount models /kvmdata on kvm[01-02] from node1\ncluster c kvm[01-02] links=2\nhere kvm01\nfencing for kvm[01-02]\ndomain web[01-04] volume models memory=2G image=300G\n";

static void images_are_promised(void **state) {
  struct simulated s = simulated_open(scenario, 15000);
  (void)state;
  struct capacity c = volume_capacity(s.snap, snapshot_volume(s.snap, "models"), s.arena);
  assert_int_equal(c.images, 4);
  assert_int_equal(c.unknown, 0);
  assert_true(c.promised == (int64_t)1200 << 30);
  assert_true(c.fullest && c.fullest_used > 39 && c.fullest_used < 55);
  assert_non_null(c.inodes_of);
  c = volume_capacity(s.snap, snapshot_volume(s.snap, "other"), s.arena);
  assert_int_equal(c.images + c.unknown, 0);
  /* One brick is fuller than the others: that one counts. */
  struct volume_view *v = &s.snap->volumes.item[0];
  v->bricks.item[1].free = v->bricks.item[1].size / 20;
  c = volume_capacity(s.snap, v, s.arena);
  assert_ptr_equal(c.fullest, &v->bricks.item[1]);
  v->bricks.item[1].free = UNKNOWN_INT;
  assert_ptr_not_equal(volume_capacity(s.snap, v, s.arena).fullest, &v->bricks.item[1]);
  /* The host of some of them is silent for so long that what it said is old: how much is not known, and not nothing. */
  simulated_happen(&s, "power off kvm02");
  simulated_run(&s, 8000);
  for (size_t i = 0; i < s.snap->domains.count; i++)
    if (i % 2) s.snap->domains.item[i].disks.item[0].source = "/kvmdata/nobody-tells.qcow2";
  c = volume_capacity(s.snap, snapshot_volume(s.snap, "models"), s.arena);
  assert_true(c.unknown > 0 && c.unread.count > 0);
  simulated_close(&s);
}

static void an_image_counts_once(void **state) {
  struct simulated s = simulated_open(scenario, 15000);
  (void)state;
  for (size_t i = 0; i < s.snap->domains.count; i++) s.snap->domains.item[i].disks.item[0].source = s.snap->domains.item[0].disks.item[0].source;
  struct capacity c = volume_capacity(s.snap, snapshot_volume(s.snap, "models"), s.arena);
  assert_true(c.images == 1 && c.promised == (int64_t)300 << 30);
  simulated_close(&s);
}

static void days_are_told(void **state) {
  (void)state;
  assert_true(days_to_full(100, 10) == 10);
  assert_true(isinf(days_to_full(100, 0)) && isinf(days_to_full(100, -5)));
  assert_true(isnan(days_to_full(UNKNOWN_INT, 10)) && isnan(days_to_full(10, NAN)));
  assert_true(days_to_full(0, 10) == 0);
}

/* For months: bounded, from the first sample that is kept to the last before the moment. */
static void growth_is_seen(void **state) {
  struct simulated s = simulated_open(scenario, 15000);
  struct growths g = {0};
  int64_t over, from = s.snap->now, gib = 1 << 30;
  (void)state;
  struct volume_view *v = &s.snap->volumes.item[0];
  v->stale.count = 0;
  v->size = 2000 * gib;
  assert_true(isnan(growth_a_day(&g, v->name, from, &over)));
  for (int64_t hour = 0; hour < 24 * 90; hour++) {
    s.snap->now = from + hour * 3600000;
    v->free = v->size - 10 * gib - hour * gib / 24 - (hour % 24) * gib / 100; /* a GiB a day, and what comes and goes within one */
    growths_add(&g, s.snap);
    growths_add(&g, s.snap); /* the same moment: one sample */
  }
  assert_true(g.item[0].count <= GROWTH_KEPT);
  double rate = growth_a_day(&g, v->name, s.snap->now, &over);
  assert_true(over > 80 * (int64_t)86400000 && rate > 0.98 * (double)gib && rate < 1.02 * (double)gib);
  rate = growth_a_day(&g, v->name, from + 40 * (int64_t)86400000, &over); /* of that past */
  assert_true(over > 0 && over <= 40 * (int64_t)86400000 && rate > 0.95 * (double)gib && rate < 1.05 * (double)gib);
  assert_true(isnan(growth_a_day(&g, v->name, from - 1, &over)) && isnan(growth_a_day(&g, "nobody", s.snap->now, &over)) && isnan(growth_a_day(NULL, v->name, from, &over)));
  /* Of another size it is another history; old or odd values are none. */
  v->size *= 2;
  s.snap->now += 3600000;
  growths_add(&g, s.snap);
  assert_true(isnan(growth_a_day(&g, v->name, s.snap->now, &over)));
  size_t kept = g.item[0].count;
  s.snap->now += 3600000;
  v->free = v->size + 1;
  growths_add(&g, s.snap);
  assert_int_equal(g.item[0].count, kept);
  /* A volume that is gone is forgotten. */
  s.snap->now += 3600000;
  const char *name = v->name;
  v->name = "renamed", v->free = gib;
  growths_add(&g, s.snap);
  assert_true(isnan(growth_a_day(&g, name, s.snap->now, &over)));
  for (size_t i = 0; i < g.count; i++) assert_string_not_equal(g.item[i].volume, name);
  v->name = name;
  growths_free(&g);
  simulated_close(&s);
}

/* On the screen: the detail of the volume says it. */
static void it_is_in_the_detail(void **state) {
  struct acted *x = acted_new("lab", 100, 60);
  (void)state;
  acted_run(x, 60000);
  acted_keys(x, "V Enter");
  CLEANUP(mem_freep) char *frame = acted_frame(x);
  if (!strstr(frame, "promised") || !strstr(frame, "image of running domains") || !strstr(frame, "fullest brick") || !strstr(frame, "inodes")) fail_msg("%s", frame);
  acted_free(x);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(images_are_promised), cmocka_unit_test(an_image_counts_once), cmocka_unit_test(days_are_told), cmocka_unit_test(growth_is_seen), cmocka_unit_test(it_is_in_the_detail)};
  return RUN(tests);
}
