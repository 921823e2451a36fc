/* What the simulation says against what a real cluster said in the same situation (tests/fixtures/recordings): the same
 * kinds of fact, and in each kind the same fields known and unknown. Where they differ, the simulation is wrong. */
#include "model/difference.h"
#include "model/fragment.h"
#include "model/snapshot.h"
#include "sim/event.h"
#include "sim/sim.h"
#include "tests/unit/unit.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct seen { struct arena *arena; struct texts known, unknown; };

static bool is_known(const struct field *f, const void *m) {
  switch (f->type) {
  case FIELD_INT:
  case FIELD_TIME: return *(const int64_t *)m != UNKNOWN_INT;
  case FIELD_REAL: return isfinite(*(const double *)m);
  case FIELD_BOOL: return *(const enum truth *)m != TRUTH_UNKNOWN;
  case FIELD_CHOICE: return *(const int *)m != 0;
  case FIELD_TEXT: return *(const char *const *)m != NULL;
  default: return ((const struct texts *)m)->count > 0;
  }
}

static void walk(struct seen *s, const char *path, const struct shape *shape, const void *object) {
  for (const struct field *f = shape->fields; f->name; f++) {
    const void *m = (const char *)object + f->offset;
    const char *name = arena_printf(s->arena, "%s.%s", path, f->name);
    if (f->type == FIELD_LIST) {
      const struct texts *l = m;
      for (size_t i = 0; i < l->count; i++) walk(s, name, f->of.shape, (const char *)l->item + i * f->of.shape->size);
      continue;
    }
    struct texts *to = is_known(f, m) ? &s->known : &s->unknown;
    if (!texts_have(to, name)) texts_add(s->arena, to, name);
  }
}

static void take(void *owner, const char *line, size_t len, int64_t at) {
  struct seen *s = owner;
  struct fragment *f;
  struct err e = {0};
  (void)at;
  if (fragment_parse(line, len, &f, &e)) fail_msg("%s: %.200s", e.text, line);
  const char *name = f->kind->layer == LAYER_NONE ? arena_printf(s->arena, "%s %s", layer_names[f->layer], f->kind->name) : f->kind->name;
  if (f->data) walk(s, name, f->kind->shape, f->data);
  fragment_drop(f);
}

static struct seen recorded(const char *name) {
  struct seen s = {.arena = arena_new()};
  char path[256];
  size_t room = 0;
  char *line = NULL;
  snprintf(path, sizeof path, "tests/fixtures/recordings/%s.jsonl", name);
  FILE *f = fopen(path, "r");
  if (!f) fail_msg("%s is not there: run it from the top of the tree", path);
  for (ssize_t n; (n = getline(&line, &room, f)) > 0;) take(&s, line, (size_t)n, 0);
  free(line);
  fclose(f);
  return s;
}

/* fenced: the fencing history holds something already, as when that was recorded. */
static struct seen simulated(int64_t ms, const char *const (*events)[4], bool fenced) {
  struct seen s = {.arena = arena_new()};
  struct sim *sim = NULL;
  struct err e = {0};
  if (sim_open(&(struct sim_options){.scenario = "lab"}, &sim, &e)) fail_msg("%s", e.text);
  struct world *w = sim_world(sim);
  if (fenced) {
    world_happen(w, "power off", "kvm02", NULL);
    sim_run(sim, sim_now(sim) + 120000, NULL, NULL);
  }
  for (size_t i = 0; events && events[i][0]; i++) world_later(w, number_of(events[i][0], 0), events[i][1], events[i][2], events[i][3]);
  sim_run(sim, sim_now(sim) + ms, take, &s);
  sim_close(sim);
  return s;
}

/* What depends on the moment, the machine or what had happened before, and not on how a layer speaks. */
static bool by_chance(const char *field) {
  static const char *const fields[] = {"libvirt.load.domains.cpu_percent", "libvirt.load.domains.read_bytes_s", "libvirt.load.domains.write_bytes_s", "libvirt.load.cpu_percent", "libvirt.jobs.jobs.rate", "libvirt.jobs.jobs.dirty_rate", /* the recordings are older than it */
                                       "pacemaker.config.properties", "pacemaker.resources.resources.pending", "pacemaker.resources.resources.nodes", "libvirt.load.domains.memory_used", "libvirt.load.domains.name",
                                       "gluster.space.bricks.pid", "gluster.space.bricks.port"}; /* of a dead brick: whether it was read just then */
  for (size_t i = 0; i < COUNT(fields); i++)
    if (str_eq(fields[i], field)) return true;
  return str_starts(field, "corosync.outlook.") || str_starts(field, "pacemaker.placement.") || str_starts(field, "libvirt.setup.") || str_eq(field, "libvirt.domains.domains.hostdevs") || str_eq(field, "libvirt.domains.domains.agent") || str_eq(field, "libvirt.domains.domains.nics.type"); /* the recordings are older than these */
}

static int missing(const char *what, const struct texts *from, const struct texts *in, const char *who) {
  int n = 0;
  for (size_t i = 0; i < from->count; i++) {
    if (texts_have(in, from->item[i]) || by_chance(from->item[i])) continue;
    print_message("%s: %s is %s\n", what, from->item[i], who);
    n++;
  }
  return n;
}

static void same(const char *what, struct seen real, struct seen simulation) {
  int n = missing(what, &real.known, &simulation.known, "known to the real cluster only");
  n += missing(what, &simulation.known, &real.known, "known to the simulation only");
  n += missing(what, &real.unknown, &simulation.unknown, "unknown at times to the real cluster only");
  n += missing(what, &simulation.unknown, &real.unknown, "unknown at times to the simulation only");
  arena_free(real.arena), arena_free(simulation.arena);
  assert_int_equal(n, 0);
}

static void at_rest(void **state) {
  (void)state;
  same("healthy", recorded("healthy"), simulated(30000, NULL, false));
}

static void migration(void **state) {
  static const char *const events[][4] = {{"3s", "move", "test01", "kvm02"}, {"7s", "clear", "test01", NULL}, {NULL}};
  (void)state;
  same("migration", recorded("migration"), simulated(16000, events, false));
}

static void host_lost(void **state) {
  static const char *const events[][4] = {{"4s", "power off", "kvm02", NULL}, {NULL}};
  (void)state;
  same("host-lost", recorded("host-lost"), simulated(42000, events, false));
}

static void brick_killed(void **state) {
  static const char *const events[][4] = {{"4s", "kill brick", "node3:/data", NULL}, {"70s", "start brick", "node3:/data", NULL}, {NULL}};
  (void)state;
  same("brick-killed", recorded("brick-killed"), simulated(140000, events, true));
}

static void gluster_frozen(void **state) {
  static const char *const events[][4] = {{"4s", "hang", "node1", "glusterd"}, {"44s", "resume", "node1", "glusterd"}, {NULL}};
  (void)state;
  same("gluster-frozen", recorded("gluster-frozen"), simulated(60000, events, true));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(at_rest), cmocka_unit_test(migration), cmocka_unit_test(host_lost), cmocka_unit_test(brick_killed), cmocka_unit_test(gluster_frozen)};
  return RUN(tests);
}
