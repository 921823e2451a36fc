/* Problems and what mends them: every operation that the table names is one of the operations' table, takes what the problem
 * is about, and takes the words it is given; and what a subject names is found. */
#include "acted.h"
#include "model/problem.h"
#include "model/subject.h"

static const enum argument_kind argument_of[] = {[TARGET_HOST] = ARG_HOST, [TARGET_NODE] = ARG_NODE,     [TARGET_PEER] = ARG_PEER,         [TARGET_VOLUME] = ARG_VOLUME,
                                                 [TARGET_BRICK] = ARG_BRICK, [TARGET_DOMAIN] = ARG_DOMAIN, [TARGET_RESOURCE] = ARG_RESOURCE, [TARGET_DEVICE] = ARG_DEVICE};

/* Which targets the things of a subject can be. */
static bool can_be(enum about about, enum target_kind target) {
  static const unsigned kinds[ABOUT_COUNT] = {
      [ABOUT_CLUSTER] = 1 << TARGET_CLUSTER,
      [ABOUT_HOST] = 1 << TARGET_HOST | 1 << TARGET_NODE | 1 << TARGET_PEER,
      [ABOUT_VOLUME] = 1 << TARGET_VOLUME,
      [ABOUT_SET] = 1 << TARGET_VOLUME | 1 << TARGET_BRICK,
      [ABOUT_BRICK] = 1 << TARGET_BRICK | 1 << TARGET_VOLUME,
      [ABOUT_DOMAIN] = 1 << TARGET_DOMAIN | 1 << TARGET_RESOURCE,
      [ABOUT_RESOURCE] = 1 << TARGET_RESOURCE | 1 << TARGET_DOMAIN,
      [ABOUT_CONSTRAINT] = 1 << TARGET_RESOURCE,
  };
  return kinds[about] & 1u << target;
}

static void check_words(const struct problem_kind *k, const struct operation *o) {
  char copy[256], *rest = copy;
  snprintf(copy, sizeof copy, "%s", k->with ? k->with : "");
  for (char *word; (word = strsep(&rest, " ")) != NULL;) {
    if (!*word) continue;
    char *equals = strchr(word, '=');
    assert_non_null(equals);
    *equals = '\0';
    if (!operation_argument(o, word)) fail_msg("%s: %s has no argument %s", k->id, o->name, word);
  }
}

static void what_mends_exists_and_fits(void **state) {
  (void)state;
  size_t named = 0;
  for (const struct problem_kind *k = problem_kinds; k->id; k++) {
    if (!k->operation) {
      assert_null(k->with);
      continue;
    }
    const struct operation *o = operation_find(k->operation);
    if (!o) fail_msg("%s names %s, which is no operation", k->id, k->operation);
    if (!can_be(k->about, o->target)) fail_msg("%s is about a %s, and %s acts on a %s", k->id, about_names[k->about], o->name, target_kind_names[o->target]);
    if (o->target != TARGET_CLUSTER) assert_int_equal(o->arguments[0].kind == ARG_HOST && o->target == TARGET_NODE ? ARG_NODE : o->arguments[0].kind, argument_of[o->target]);
    check_words(k, o);
    if (k->otherwise) assert_non_null(operation_find(k->otherwise));
    named++;
  }
  assert_true(named > 20);
}

/* In every scenario, at every moment looked at: what a problem is about is there, and its operation is offered first. */
static void every_problem_leads_to_its_thing(void **state) {
  (void)state;
  static const char *const scenarios[] = {"tour", "degraded", "node-down", "hung-gluster", "storm", "split-brain"};
  size_t seen = 0, offered = 0;
  for (size_t w = 0; w < COUNT(scenarios); w++) {
    struct acted *x = acted_new(scenarios[w], 80, 24);
    for (int t = 0; t < 20; t++) {
      acted_run(x, 5000);
      for (size_t i = 0; i < x->snap->problems.count; i++) {
        const struct problem *p = &x->snap->problems.item[i];
        struct subject s = subject_find(x->snap, problem_about(p), p->subject);
        bool found = s.host || s.volume || s.brick || s.domain || s.resource || s.constraint || s.source || s.about == ABOUT_CLUSTER;
        if (!found && s.about != ABOUT_SOURCE) fail_msg("%s: %s is about %s, which is not found as a %s", scenarios[w], p->id, p->subject, about_names[s.about]);
        seen++;
      }
      app_open(&x->app, "problems");
      acted_look(x);
      acted_keys(x, "a");
      const struct offers *o = &x->app.acting.offers;
      offered += o->count && str_eq(o->item[0].group, "what mends it");
    }
    acted_free(x);
  }
  print_message("%zu problems, %zu times what mends one stood first\n", seen, offered);
  assert_true(seen > 100 && offered > 20);
}

static void subjects_are_read_back(void **state) {
  (void)state;
  struct acted *x = acted_new("degraded", 80, 24);
  struct subject s = subject_find(x->snap, ABOUT_BRICK, "node2:/data");
  assert_non_null(s.brick);
  assert_string_equal(s.volume->name, "models");
  assert_string_equal(s.host->name, "node2");
  s = subject_find(x->snap, ABOUT_SET, "models set 0");
  assert_string_equal(s.volume->name, "models");
  assert_string_equal(s.brick->host, "node2");
  assert_null(subject_find(x->snap, ABOUT_SET, "models set").volume);
  assert_null(subject_find(x->snap, ABOUT_SET, "models set 0x").volume);
  assert_string_equal(subject_find(x->snap, ABOUT_LINK, "kvm01 link 0").host->name, "kvm01");
  assert_string_equal(subject_find(x->snap, ABOUT_HOSTS, "node1 node2").host->name, "node1");
  assert_string_equal(subject_find(x->snap, ABOUT_MOUNT, "kvm01:/kvmdata").host->name, "kvm01");
  assert_string_equal(subject_find(x->snap, ABOUT_SOURCE, "libvirt@kvm01").source->host, "kvm01");
  assert_string_equal(subject_find(x->snap, ABOUT_SOURCE, "libvirt@kvm01 libvirt.stats").source->host, "kvm01");
  assert_null(subject_find(x->snap, ABOUT_SOURCE, "libvirt@kvm011").source);
  assert_null(subject_find(x->snap, ABOUT_DOMAIN, NULL).domain);
  acted_free(x);
}

/* A constraint left by a ban is cleared on the node it bans, of the resource it binds. */
static void words_are_filled_in(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  struct arena *a = arena_new();
  struct snapshot snap = *x->snap;
  struct constraint_view ban = {.id = "cli-ban-test01-on-kvm02", .kind = "location", .resource = "test01", .host = "kvm02"};
  snap.constraints.item = &ban, snap.constraints.count = 1;
  struct problem p = {.id = "leftover-ban", .subject = ban.id, .operation = "resource-clear"};
  struct texts words = problem_words(&snap, &p, a);
  assert_int_equal(words.count, 1);
  assert_string_equal(words.item[0], "node=kvm02");
  ban.host = NULL; /* by a rule: which node is not known */
  assert_int_equal(problem_words(&snap, &p, a).count, 0);
  struct problem off = {.id = "fencing-off", .subject = "cluster", .operation = "cluster-property"};
  assert_int_equal(problem_words(&snap, &off, a).count, 2);
  off.operation = "fencing-create";
  assert_int_equal(problem_words(&snap, &off, a).count, 0);
  arena_free(a);
  acted_free(x);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_mends_exists_and_fits), cmocka_unit_test(subjects_are_read_back), cmocka_unit_test(words_are_filled_in),
                                     cmocka_unit_test(every_problem_leads_to_its_thing)};
  return RUN(tests);
}
