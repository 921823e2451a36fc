/* Then and now: what differs between two snapshots, and that what repeats itself is told once. */
#include "acted.h"
#include "model/compare.h"
#include "views/timeline.h"

static const struct change *change_of(const struct changes *c, const char *group, const char *subject, const char *what) {
  for (size_t i = 0; i < c->count; i++)
    if (str_eq(c->item[i].group, group) && str_eq(c->item[i].subject, subject) && str_eq(c->item[i].what, what)) return &c->item[i];
  return NULL;
}

static void expect(const struct changes *c, const char *group, const char *subject, const char *what, const char *from, const char *to) {
  const struct change *x = change_of(c, group, subject, what);
  if (!x) fail_msg("nothing is said of %s %s: %s", group, subject, what);
  assert_string_equal(x->from, from);
  assert_string_equal(x->to, to);
}

/* A copy of the first level of a snapshot whose lists may be changed. */
static struct snapshot copy_of(const struct snapshot *s, struct arena *a) {
  struct snapshot c = *s;
#define COPY(list) c.list.item = memcpy(arena_array(a, s->list.count + 1, sizeof *s->list.item), s->list.count ? (const void *)s->list.item : "", s->list.count * sizeof *s->list.item)
  COPY(domains), COPY(hosts), COPY(volumes), COPY(problems), COPY(sources), COPY(constraints), COPY(fencing);
#undef COPY
  return c;
}

static void nothing_differs_from_itself(void **state) {
  (void)state;
  static const char *const scenarios[] = {"lab-empty", "lab", "tour", "degraded", "big"};
  for (size_t i = 0; i < COUNT(scenarios); i++) {
    struct acted *x = acted_new(scenarios[i], 80, 24);
    struct arena *a = arena_new();
    struct changes c;
    snapshot_compare(x->snap, x->snap, a, &c);
    assert_int_equal(c.count, 0);
    arena_free(a);
    acted_free(x);
  }
}

static void each_difference_is_a_row(void **state) {
  (void)state;
  struct acted *x = acted_new("tour", 80, 24);
  struct arena *a = arena_new();
  struct snapshot now = copy_of(x->snap, a);
  struct changes c;
  struct domain_view *d = &now.domains.item[0];
  struct texts elsewhere = {0};
  texts_add(a, &elsewhere, "kvm09");
  d->state = "paused", d->hosts = elsewhere, d->cpu_percent = 99, d->memory_used = 1; /* the last two move by themselves */
  now.volumes.item[0].size = 100, now.volumes.item[0].free = 10;
  now.domains.count--;
  const char *gone = now.domains.item[now.domains.count].name;
  now.constraints.item[now.constraints.count++] = (struct constraint_view){.id = "cli-ban-x-on-y", .resource = "x"};
  now.problems.item[now.problems.count++] = (struct problem){.id = "brick-down", .severity = SEVERITY_CRITICAL, .subject = "node1:/data", .text = "it is down"};
  now.cluster.quorate = TRUTH_NO;
  snapshot_compare(x->snap, &now, a, &c);
  assert_string_equal(c.item[0].group, "problem"); /* the worst first */
  expect(&c, "problem", "node1:/data", "brick-down", "none", "it is down");
  assert_int_equal(c.item[0].about, ABOUT_BRICK);
  expect(&c, "domain", d->name, "state", "running", "paused");
  assert_string_equal(change_of(&c, "domain", d->name, "hosts")->to, "kvm09");
  assert_null(change_of(&c, "domain", d->name, "cpu percent"));
  assert_null(change_of(&c, "domain", d->name, "memory used"));
  expect(&c, "domain", gone, "there", "yes", "no");
  expect(&c, "constraint", "cli-ban-x-on-y", "there", "no", "yes");
  expect(&c, "cluster", "cluster", "quorate", "yes", "no");
  assert_string_equal(change_of(&c, "volume", now.volumes.item[0].name, "room")->to, "90% of 100B used");
  snapshot_compare(&now, x->snap, a, &c); /* and the other way round */
  expect(&c, "domain", d->name, "state", "paused", "running");
  assert_true(change_of(&c, "problem", "node1:/data", "brick-down")->gone);
  arena_free(a);
  acted_free(x);
}

/* An old value is marked on its side, a value that is not known is said so, and what could not be seen is not said to be away. */
static void old_and_unknown_are_said(void **state) {
  (void)state;
  struct acted *x = acted_new("tour", 80, 24);
  struct arena *a = arena_new();
  struct snapshot now = copy_of(x->snap, a);
  struct changes c;
  struct domain_view *d = &now.domains.item[0];
  struct texts old = {0};
  texts_add(a, &old, "libvirt");
  d->stale = old, d->state = "paused";
  now.domains.item[1].state = NULL;
  snapshot_compare(x->snap, &now, a, &c);
  assert_int_equal(change_of(&c, "domain", d->name, "state")->to_old, TRUTH_YES);
  assert_int_equal(change_of(&c, "domain", d->name, "state")->from_old, TRUTH_NO);
  expect(&c, "domain", d->name, "readings", "fresh", "old: libvirt");
  expect(&c, "domain", now.domains.item[1].name, "state", "running", "unknown");
  d->state = x->snap->domains.item[0].state; /* the same word, and old now: that is a difference too */
  snapshot_compare(x->snap, &now, a, &c);
  assert_null(change_of(&c, "domain", d->name, "state"));
  assert_non_null(change_of(&c, "domain", d->name, "readings"));
  struct snapshot then = copy_of(x->snap, a);
  const char *first = then.domains.item[then.domains.count - 1].name;
  then.domains.count--;
  for (size_t i = 0; i < then.sources.count; i++)
    if (str_eq(then.sources.item[i].name, "libvirt")) then.sources.item[i].state = SOURCE_HUNG;
  snapshot_compare(&then, x->snap, a, &c);
  assert_null(change_of(&c, "domain", first, "there")); /* nobody had asked: it may have been there */
  expect(&c, "source", "libvirt", "all it says", "unknown", "read since");
  snapshot_compare(x->snap, &then, a, &c);
  expect(&c, "domain", first, "there", "yes", "unknown");
  arena_free(a);
  acted_free(x);
}

/* From one moment of a world to a later one: each row leads to its thing, or to one that is not there any more. */
static void rows_lead_to_things(void **state) {
  (void)state;
  static const char *const scenarios[] = {"tour", "storm", "degraded", "hung-gluster"};
  size_t rows = 0, led = 0;
  for (size_t i = 0; i < COUNT(scenarios); i++) {
    struct acted *x = acted_new(scenarios[i], 80, 24);
    struct snapshot *then = snapshot_keep(x->snap);
    for (int t = 0; t < 10; t++) {
      struct arena *a = arena_new();
      struct changes c;
      acted_run(x, 10000);
      snapshot_compare(then, x->snap, a, &c);
      for (size_t r = 0; r < c.count; r++) {
        struct subject s = subject_find(x->snap, c.item[r].about, c.item[r].subject);
        rows++;
        led += s.host || s.volume || s.brick || s.domain || s.resource || s.source || s.constraint || s.about == ABOUT_CLUSTER;
        assert_non_null(c.item[r].from);
        assert_non_null(c.item[r].to);
      }
      arena_free(a);
    }
    snapshot_drop(then);
    acted_free(x);
  }
  print_message("%zu rows, %zu lead to a thing\n", rows, led);
  assert_true(rows > 200 && led * 10 > rows * 9);
}

/* ---- folding ---- */

static void add(struct timeline *t, int64_t at, const char *kind, const char *subject, const char *to, int severity) {
  const struct moment m = {.line = (uint64_t)at, .now = at, .wall = at};
  timeline_add(t, &(struct event){at, kind, subject, str_eq(kind, "problem") && str_eq(to, "none") ? "link-down" : "none", to, "text", severity}, &m);
}

static size_t rows_of(const struct timeline *t, struct arena *a, size_t past, int least, const struct event_row ***ret) {
  const struct input in = {.events = timeline_events(t), .event_count = t->count, .event_past = past, .event_again = timeline_again(t), .event_least = least, .arena = a};
  const void **rows;
  size_t n = list_events.collect(&in, &rows);
  *ret = (const struct event_row **)rows;
  return n;
}

static void what_repeats_is_one_row(void **state) {
  (void)state;
  struct timeline t = {0};
  struct arena *a = arena_new();
  const struct event_row **row;
  for (int i = 0; i < 12; i++) { /* a link that flaps, and between its events another thing's */
    add(&t, 1000 + i * 15000, "problem", "kvm02 link 1", i % 2 ? "none" : "link-down", i % 2 ? SEVERITY_INFO : SEVERITY_WARNING);
    if (i == 3 || i == 5) add(&t, 1001 + i * 15000, "domain", "web3", "paused", SEVERITY_INFO);
  }
  add(&t, 900000, "problem", "kvm02 link 1", "link-down", SEVERITY_WARNING); /* much later: not the same fit */
  add(&t, 900001, "problem", "kvm02 link 1", "quorum-lost", SEVERITY_CRITICAL); /* another problem of the same thing */
  assert_int_equal(rows_of(&t, a, t.count, 0, &row), 5); /* web3 twice, the link's twelve, the two late ones */
  assert_string_equal(row[0]->event.subject, "web3");
  assert_int_equal(row[0]->count, 1); /* to and fro once is no repetition: each is told */
  assert_int_equal(row[2]->count, 12);
  assert_int_equal(row[2]->first, 1000);
  assert_int_equal(row[2]->event.at, 1000 + 11 * 15000);
  assert_int_equal(row[2]->worst, SEVERITY_WARNING); /* that it is well again at the end does not hide it */
  assert_int_equal(row[3]->count, 1);
  assert_int_equal(rows_of(&t, a, t.count, SEVERITY_WARNING, &row), 3);
  assert_int_equal(row[0]->count, 6); /* only those that begin it */
  assert_int_equal(rows_of(&t, a, t.count, SEVERITY_CRITICAL, &row), 1);
  arena_free(a);
  timeline_free(&t);
}

/* A node that is lost, fenced, back and online has done four things, and none of them twice; a count that runs has not. */
static void a_way_through_is_told_step_by_step(void **state) {
  (void)state;
  static const char *const ways[] = {"unclean", "offline", "pending", "online"};
  struct timeline t = {0};
  struct arena *a = arena_new();
  const struct event_row **row;
  for (int i = 0; i < 4; i++) add(&t, i * 5000, "node", "kvm02", ways[i], SEVERITY_INFO);
  assert_int_equal(rows_of(&t, a, t.count, 0, &row), 4);
  for (int i = 0; i < 4; i++) add(&t, 20000 + i * 5000, "node", "kvm02", ways[i], SEVERITY_INFO); /* and all of it again */
  assert_int_equal(rows_of(&t, a, t.count, 0, &row), 1);
  assert_int_equal(row[0]->count, 8);
  static const char *const counts[] = {"214", "180", "96", "12", "0"};
  for (int i = 0; i < 5; i++) add(&t, 100000 + i * 60000, "heal", "models", counts[i], SEVERITY_INFO);
  assert_int_equal(rows_of(&t, a, t.count, 0, &row), 2);
  assert_int_equal(row[1]->count, 5);
  arena_free(a);
  timeline_free(&t);
}

/* What came after the moment shown is not folded into what had happened; and a row that grows keeps its name. */
static void the_past_is_not_folded_with_what_came_later(void **state) {
  (void)state;
  struct timeline t = {0};
  struct arena *a = arena_new();
  const struct event_row **row;
  for (int i = 0; i < 10; i++) add(&t, i * 1000, "peer", "node1", "suspect", SEVERITY_INFO);
  assert_int_equal(rows_of(&t, a, 6, 0, &row), 2);
  assert_int_equal(row[0]->count, 6);
  assert_int_equal(row[0]->index, 5);
  assert_int_equal(row[1]->count, 4);
  const struct input in = {.events = timeline_events(&t), .event_count = t.count, .event_past = t.count, .event_again = timeline_again(&t), .arena = a};
  rows_of(&t, a, t.count, 0, &row);
  const char *before = list_events.id(&in, row[0]);
  add(&t, 11000, "peer", "node1", "suspect", SEVERITY_INFO);
  const struct input later = {.events = timeline_events(&t), .event_count = t.count, .event_past = t.count, .event_again = timeline_again(&t), .arena = a};
  assert_int_equal(rows_of(&t, a, t.count, 0, &row), 1);
  assert_int_equal(row[0]->count, 11);
  assert_string_equal(list_events.id(&later, row[0]), before);
  arena_free(a);
  timeline_free(&t);
}

/* The ring forgets its oldest: what pointed there points nowhere. */
static void a_full_timeline_folds_what_it_has(void **state) {
  (void)state;
  struct timeline t = {0};
  for (int i = 0; i < TIMELINE_EVENTS * 3 + 7; i++) add(&t, i * 10, "peer", i % 3 ? "node1" : "node2", "suspect", SEVERITY_INFO);
  struct arena *a = arena_new();
  const struct event_row **row;
  assert_int_equal(rows_of(&t, a, t.count, 0, &row), 2);
  assert_int_equal(row[0]->count + row[1]->count, TIMELINE_EVENTS);
  arena_free(a);
  timeline_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_differs_from_itself),       cmocka_unit_test(each_difference_is_a_row), cmocka_unit_test(old_and_unknown_are_said),
                                     cmocka_unit_test(rows_lead_to_things),               cmocka_unit_test(what_repeats_is_one_row),  cmocka_unit_test(a_way_through_is_told_step_by_step),  cmocka_unit_test(the_past_is_not_folded_with_what_came_later),
                                     cmocka_unit_test(a_full_timeline_folds_what_it_has)};
  return RUN(tests);
}
