/* The pages that draw themselves, driven by keys over simulated clusters: x-ray, topology, fencing, details. */
#include "sim/event.h"
#include "tests/unit/acted.h"

static void happens(struct acted *x, const char *event, int64_t ms) {
  const char *what, *subject, *detail;
  struct err e = {0};
  if (event_parse(sim_world(x->sim), event, &what, &subject, &detail, &e)) fail_msg("%s: %s", event, e.text);
  world_happen(sim_world(x->sim), what, subject, detail);
  acted_run(x, ms);
}

static bool hides(struct acted *x, const char *words) {
  CLEANUP(mem_freep) char *frame = acted_frame(x);
  return !strstr(frame, words);
}

static void xray_goes_in_and_comes_back(void **state) {
  (void)state;
  struct acted *x = acted_new("tour", 100, 30);
  acted_keys(x, "D x");
  assert_true(acted_shows(x, "X-ray of domain build"));
  assert_true(acted_shows(x, "brick node1:/data"));
  acted_keys(x, "Down Down x"); /* the volume */
  assert_true(acted_shows(x, "X-ray of volume models"));
  assert_true(acted_shows(x, "depends on it"));
  acted_keys(x, "Esc");
  assert_true(acted_shows(x, "X-ray of domain build"));
  assert_true(acted_shows(x, ">* | ` volume models")); /* on the line it was left from */
  acted_keys(x, "Enter");
  assert_true(acted_shows(x, "models is a distributed-replicate volume"));
  acted_keys(x, "Esc Esc");
  assert_true(acted_shows(x, "DOMAIN"));
  acted_free(x);
}

static void xray_offers_what_its_line_is(void **state) {
  (void)state;
  struct acted *x = acted_new("tour", 100, 30);
  acted_keys(x, "D x Down Down a");
  assert_true(acted_shows(x, "models, as a volume"));
  acted_free(x);
}

static void xray_of_what_has_gone_says_so(void **state) {
  (void)state;
  struct acted *x = acted_new("tour", 100, 30);
  acted_keys(x, "D x");
  acted_run(x, 12000);
  x->app.xray.roots[0].id[0] = '#'; /* as if it had been undefined */
  assert_true(acted_shows(x, "it is not there any more"));
  acted_keys(x, "Down Enter x Esc");
  acted_free(x);
}

static void topology_shows_who_has_left(void **state) {
  (void)state;
  struct acted *x = acted_new("tour", 80, 24);
  acted_keys(x, "X");
  assert_true(acted_shows(x, "Ring: 2 of 2 nodes, quorate 2/2"));
  assert_true(acted_shows(x, "set 0: 2 of 2 copies"));
  assert_true(acted_shows(x, "* node1:/data"));
  happens(x, "part kvm01 kvm02 corosync", 1000);
  for (int i = 0; i < 40 && hides(x, "Ring: 1 of 2 nodes"); i++) acted_run(x, 500); /* until the token is lost */
  assert_true(acted_shows(x, "Ring: 1 of 2 nodes"));
  assert_true(acted_shows(x, "kvm02: "));
  assert_true(acted_shows(x, "link 0 DOWN"));
  acted_keys(x, "End");
  assert_true(hides(x, "Ring:"));
  acted_keys(x, "Home");
  assert_true(acted_shows(x, "Ring:"));
  acted_free(x);
}

static void topology_shows_what_storage_lost(void **state) {
  (void)state;
  struct acted *x = acted_new("tour", 120, 40);
  acted_keys(x, "X");
  happens(x, "kill brick node3:/data", 20000);
  assert_true(acted_shows(x, "set 1: 1 of 2 copies"));
  assert_true(acted_shows(x, "DOWN"));
  happens(x, "hang node2 glusterd", 30000);
  assert_true(acted_shows(x, "x node2 in gluster's pool: peer SUSPECT"));
  acted_free(x);
}

static void a_large_cluster_is_groups_and_troubles(void **state) {
  (void)state;
  struct acted *x = acted_new("big", 80, 24);
  acted_keys(x, "X");
  assert_true(acted_shows(x, "Ring: 32 of 32 nodes"));
  assert_true(acted_shows(x, "kvm32"));
  acted_keys(x, "End");
  assert_true(acted_shows(x, "kvm31+kvm32"));
  assert_true(acted_shows(x, "128 sets in 16 groups"));
  acted_free(x);
}

static void fencing_says_what_was_never_proven(void **state) {
  (void)state;
  struct acted *x = acted_new("tour", 160, 24);
  acted_keys(x, "F");
  assert_true(acted_shows(x, "never here"));
  acted_keys(x, "Down Down a");
  assert_true(acted_shows(x, "kvm02, as a node"));
  acted_keys(x, "Esc");
  acted_run(x, 40000); /* kvm02 loses its power after eight seconds */
  assert_true(acted_shows(x, "+ yes"));
  assert_true(acted_shows(x, "reboot"));
  acted_keys(x, "Enter");
  assert_true(acted_shows(x, "done by kvm01"));
  acted_free(x);
}

static void a_detail_says_what_is_wrong_and_what_to_do(void **state) {
  (void)state;
  struct acted *x = acted_new("degraded", 100, 60);
  acted_run(x, 10000);
  acted_keys(x, "D Down Enter"); /* app02: moved, and the constraint stands */
  assert_true(acted_shows(x, "app02: running on kvm02"));
  assert_true(acted_shows(x, "Constraints, and what moves left"));
  assert_true(acted_shows(x, "cli-prefer-app02"));
  assert_true(acted_shows(x, "left by a move"));
  acted_free(x);
}

/* On a terminal without line drawing, at every size, in every trouble: ASCII only, and no row is too wide. */
static void frames_are_ascii_and_fit(void **state) {
  static const char *const scenarios[] = {"lab-empty", "lab", "degraded", "split-brain", "node-down", "hung-gluster", "storm"};
  static const int sizes[][2] = {{60, 15}, {80, 24}, {120, 40}, {220, 60}};
  static const char *const pages[] = {"F", "F Down Enter", "X", "X PgDn PgDn", "N x", "N Down Down x", "B Enter", "V x", "D x", "D Enter", "R Enter", "! Enter", "! x", "E Enter", "S Enter", "S x"};
  (void)state;
  for (size_t i = 0; i < COUNT(scenarios) * COUNT(sizes); i++) {
    struct acted *x = acted_new(scenarios[i % COUNT(scenarios)], sizes[i / COUNT(scenarios)][0], sizes[i / COUNT(scenarios)][1]);
    for (int turn = 0; turn < 3; turn++) {
      for (size_t p = 0; p < COUNT(pages); p++) {
        acted_keys(x, pages[p]);
        CLEANUP(mem_freep) char *frame = acted_frame(x);
        int column = 0;
        for (const char *c = frame; *c; c++) {
          if ((unsigned char)*c >= 0x7F) fail_msg("%s, %s: not ASCII\n%s", scenarios[i % COUNT(scenarios)], pages[p], frame);
          column = *c == '\n' ? 0 : column + 1;
          if (column > x->w) fail_msg("%s, %s: too wide\n%s", scenarios[i % COUNT(scenarios)], pages[p], frame);
        }
        if (!strstr(frame, "----")) fail_msg("%s, %s: no frame\n%s", scenarios[i % COUNT(scenarios)], pages[p], frame);
      }
      acted_run(x, 12000);
    }
    acted_free(x);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(xray_goes_in_and_comes_back),          cmocka_unit_test(xray_offers_what_its_line_is),       cmocka_unit_test(xray_of_what_has_gone_says_so),
      cmocka_unit_test(topology_shows_who_has_left),          cmocka_unit_test(topology_shows_what_storage_lost),   cmocka_unit_test(a_large_cluster_is_groups_and_troubles),
      cmocka_unit_test(fencing_says_what_was_never_proven),   cmocka_unit_test(a_detail_says_what_is_wrong_and_what_to_do),
      cmocka_unit_test(frames_are_ascii_and_fit)};
  return RUN(tests);
}
