/* Shapes, fragments, the store: the stream and what is kept of it. */
#include "model/difference.h"
#include "model/fragment.h"
#include "model/identity.h"
#include "model/problem.h"
#include "model/snapshot.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <math.h>
#include <string.h>

static struct fragment *parse(const char *line) {
  struct fragment *f = NULL;
  struct err e = {0};
  if (fragment_parse(line, strlen(line), &f, &e)) fail_msg("%s: %s", line, e.text);
  return f;
}

static void say(struct store *s, int64_t now, const char *line) {
  struct fragment *f = parse(line);
  store_add(s, f, now);
  fragment_drop(f);
}

#define AT "\"at\":\"2026-11-22T12:00:00.000Z\","

static void fragments_both_ways(void **state) {
  static const char line[] = "{" AT "\"source\":\"gluster\",\"host\":\"node1\",\"kind\":\"gluster.heal\",\"key\":\"models\",\"data\":{\"bricks\":"
                             "[{\"host\":\"node1\",\"path\":\"/data\",\"pending\":3,\"text\":null}],\"split_brain\":null}}\n";
  CLEANUP(str_free) struct str out = {0};
  (void)state;
  struct fragment *f = parse(line);
  const struct gluster_heal *h = f->data;
  assert_int_equal(h->bricks.count, 1);
  assert_int_equal(h->bricks.item[0].pending, 3);
  assert_int_equal(h->split_brain, UNKNOWN_INT);
  fragment_print(&out, f->at, f->layer, f->host, f->kind->name, f->key, f->data);
  assert_string_equal(out.data, line);
  fragment_drop(f);
}

static void what_is_no_fragment_is_refused(void **state) {
  static const char *const bad[] = {
      "", "x", "[]", "{}", "{\"at\":\"now\"}", "{" AT "\"source\":\"gluster\",\"host\":\"h\",\"kind\":\"gluster.heal\"}",
      "{" AT "\"source\":\"nfs\",\"host\":\"h\",\"kind\":\"beat\",\"data\":{}}",
      "{" AT "\"source\":\"libvirt\",\"host\":\"h\",\"kind\":\"gluster.heal\",\"data\":{}}",
      "{" AT "\"source\":\"gluster\",\"host\":\"h\",\"kind\":\"gluster.heal\",\"data\":{\"bricks\":7}}",
      "{" AT "\"source\":\"gluster\",\"host\":\"h\",\"kind\":\"gluster.heal\",\"data\":{\"bricks\":[{\"pending\":\"3\"}]}}",
      "{" AT "\"source\":\"gluster\",\"host\":\"h\",\"kind\":\"beat\",\"data\":null}",
      "{" AT "\"at\":\"2026-11-22T12:00:00.000Z\",\"source\":\"gluster\",\"host\":\"h\",\"kind\":\"beat\",\"data\":{}}"};
  (void)state;
  for (size_t i = 0; i < COUNT(bad); i++) {
    struct fragment *f = NULL;
    struct err e = {0};
    assert_int_equal(fragment_parse(bad[i], strlen(bad[i]), &f, &e), -EINVAL);
    assert_null(f);
    assert_true(e.text[0]);
  }
  struct fragment *f = NULL;
  static const char newer[] = "{" AT "\"source\":\"gluster\",\"host\":\"h\",\"kind\":\"gluster.tomorrow\",\"data\":{}}";
  assert_int_equal(fragment_parse(newer, sizeof newer - 1, &f, NULL), -EPROTONOSUPPORT);
}

static void strings_come_out_as_valid_json(void **state) {
  CLEANUP(str_free) struct str out = {0};
  (void)state;
  json_text(&out, "a\"\\\n\033\xff");
  assert_string_equal(out.data, "\"a\\\"\\\\\\n\\u001b\xef\xbf\xbd\"");
}

static void unknown_is_null_and_comes_back(void **state) {
  struct host_view h, back;
  struct arena *a = arena_new();
  CLEANUP(str_free) struct str out = {0};
  (void)state;
  shape_init(&host_view_shape, &h);
  shape_encode(&host_view_shape, &h, &out);
  assert_non_null(strstr(out.data, "\"cpu_percent\":null"));
  assert_non_null(strstr(out.data, "\"peer\":null"));
  assert_int_equal(shape_decode_text(&host_view_shape, out.data, out.len, &back, a, NULL), 0);
  assert_true(isnan(back.cpu_percent));
  assert_int_equal(back.domains, UNKNOWN_INT);
  assert_true(shape_equal(&host_view_shape, &h, &back));
  arena_free(a);
}

static void identity_joins_by_tokens_only(void **state) {
  struct identity d = {.arena = arena_new()};
  struct texts names = {0}, addresses = {0};
  (void)state;
  identity_name(&d, "kvm01", RANK_PACEMAKER);
  identity_name(&d, "kvm01-storage", RANK_GLUSTER);
  identity_name(&d, "kvm01.lan", RANK_GLUSTER);
  identity_link(&d, "kvm01", NULL, "10.0.0.1");
  identity_link(&d, "kvm01-storage", NULL, "10.9.0.1");
  assert_string_equal(identity_of(&d, "kvm01-storage"), "kvm01-storage"); /* alike is not the same */
  identity_link(&d, "kvm01-storage", "gluster-uuid", "u1");
  identity_link(&d, "10.0.0.1", "gluster-uuid", "u1");
  assert_string_equal(identity_of(&d, "kvm01-storage"), "kvm01");
  assert_string_equal(identity_of(&d, "kvm01.lan"), "kvm01.lan");
  identity_others(&d, "kvm01", &names, &addresses);
  assert_int_equal(names.count, 1);
  assert_string_equal(names.item[0], "kvm01-storage");
  assert_int_equal(addresses.count, 2);
  identity_name(&d, "node9", RANK_GLUSTER);
  identity_link(&d, "kvm01", NULL, "127.0.1.1");
  identity_link(&d, "node9", NULL, "127.0.1.1"); /* everybody's loopback joins nobody */
  assert_string_equal(identity_of(&d, "node9"), "node9");
  assert_null(identity_of(&d, "10.1.1.1"));
  identity_free(&d);
  arena_free(d.arena);
}

/* ---- a small world ---- */

static const char peers[] = "{" AT "\"source\":\"gluster\",\"host\":\"kvm01\",\"kind\":\"gluster.peers\",\"data\":{\"peers\":["
                            "{\"uuid\":\"u1\",\"hostname\":\"node1\",\"connected\":true,\"self\":true},{\"uuid\":\"u2\",\"hostname\":\"node2\",\"connected\":true}]}}";
static const char volume[] = "{" AT "\"source\":\"gluster\",\"host\":\"kvm01\",\"kind\":\"gluster.volumes\",\"data\":{\"volumes\":[{\"name\":\"models\",\"type\":\"replicate\","
                             "\"status\":\"started\",\"replica\":2,\"arbiter\":0,\"disperse\":0,\"redundancy\":0,\"bricks\":[{\"host\":\"node1\",\"path\":\"/data\",\"uuid\":\"u1\",\"set\":0,"
                             "\"arbiter\":false},{\"host\":\"node2\",\"path\":\"/data\",\"uuid\":\"u2\",\"set\":0,\"arbiter\":false}],\"options\":{}}]}}";
static const char well[] = "{" AT "\"source\":\"gluster\",\"host\":\"kvm01\",\"kind\":\"state\",\"data\":{\"state\":\"ok\",\"text\":\"\"}}";

static void say_bricks(struct store *s, int64_t now, const char *one, const char *two) {
  CLEANUP(mem_freep) char *line = mem_printf("{" AT "\"source\":\"gluster\",\"host\":\"kvm01\",\"kind\":\"gluster.bricks\",\"data\":{\"bricks\":[{\"host\":\"node1\",\"path\":\"/data\",%s},"
                                             "{\"host\":\"node2\",\"path\":\"/data\",%s}]}}", one, two);
  say(s, now, line);
}
static const char probe[] = "{" AT "\"source\":\"gluster\",\"host\":\"kvm01\",\"kind\":\"gluster.probe\",\"data\":{\"hosts\":[{\"host\":\"node1\",\"answers\":true},{\"host\":\"node2\",\"answers\":true}]}}";
static const char heal[] = "{" AT "\"source\":\"gluster\",\"host\":\"kvm01\",\"kind\":\"gluster.heal\",\"key\":\"models\",\"data\":{\"bricks\":[{\"host\":\"node1\",\"path\":\"/data\",\"pending\":0},{\"host\":\"node2\",\"path\":\"/data\",\"pending\":0}]}}";
static const char mounts[] = "{" AT "\"source\":\"gluster\",\"host\":\"kvm01\",\"kind\":\"gluster.mounts\",\"data\":{\"mounts\":[]}}";
#define GLUSTER_BEAT "{" AT "\"source\":\"gluster\",\"host\":\"kvm01\",\"kind\":\"beat\",\"data\":{\"kinds\":[\"gluster.volumes\",\"gluster.bricks\",\"gluster.peers\",\"gluster.probe\",\"gluster.mounts\"]}}"

/* A pool of two, one volume, all well but for its bricks, which the caller tells of. */
static void say_pool(struct store *s, int64_t now) {
  say(s, now, well);
  say(s, now, mounts);
  say(s, now, peers);
  say(s, now, volume);
  say(s, now, probe);
  say(s, now, heal);
}

#define ALIVE "\"online\":true,\"answers\":true,\"port\":49152"
#define DEAD "\"online\":false,\"answers\":false,\"port\":-1"
#define HUNG "\"online\":true,\"answers\":false,\"port\":49152"
#define SILENT "\"online\":null,\"answers\":null"

static bool has(const struct snapshot *s, const char *id) {
  for (size_t i = 0; i < s->problems.count; i++)
    if (!strcmp(s->problems.item[i].id, id)) return true;
  return false;
}

static void volumes_by_what_the_bricks_say(void **state) {
  static const struct { const char *one, *two; int writable, health; const char *problem; } cases[] = {
      {ALIVE, ALIVE, SET_FULL, HEALTH_HEALTHY, NULL},           {ALIVE, DEAD, SET_REDUCED, HEALTH_DEGRADED, "brick-down"},
      {ALIVE, HUNG, SET_REDUCED, HEALTH_DEGRADED, "brick-hung"}, {DEAD, DEAD, SET_LOST, HEALTH_OUTAGE, "volume-unwritable"},
      {ALIVE, SILENT, SET_UNKNOWN, HEALTH_DEGRADED, "brick-unknown"}, {SILENT, SILENT, SET_UNKNOWN, HEALTH_UNKNOWN, "volume-uncertain"},
      {DEAD, SILENT, SET_UNKNOWN, HEALTH_UNKNOWN, "volume-uncertain"}};
  (void)state;
  for (size_t i = 0; i < COUNT(cases); i++) {
    struct store s = {0};
    say_pool(&s, 1000);
    say_bricks(&s, 1000, cases[i].one, cases[i].two);
    struct snapshot *snap = snapshot_make(&s, 1500, 0, NULL, NULL);
    assert_int_equal(snap->volumes.item[0].writable, cases[i].writable);
    assert_int_equal(snap->health, cases[i].health);
    if (cases[i].problem) assert_true(has(snap, cases[i].problem));
    snapshot_drop(snap);
    store_clear(&s);
  }
}

static void old_facts_are_marked(void **state) {
  struct store s = {0};
  (void)state;
  say_pool(&s, 1000);
  say_bricks(&s, 1000, ALIVE, ALIVE);
  struct snapshot *snap = snapshot_make(&s, 5000, 0, NULL, NULL);
  assert_int_equal(snap->volumes.item[0].stale.count, 0);
  snapshot_drop(snap);
  snap = snapshot_make(&s, 30000, 0, NULL, NULL); /* nothing was said for 29 s */
  assert_true(texts_have(&snap->volumes.item[0].stale, "gluster"));
  assert_int_equal(snap->sources.item[0].state, SOURCE_STALE);
  assert_int_not_equal(snap->health, HEALTH_HEALTHY);
  snapshot_drop(snap);
  say(&s, 30000, GLUSTER_BEAT);
  snap = snapshot_make(&s, 31000, 0, NULL, NULL);
  assert_int_equal(snap->volumes.item[0].stale.count, 0);
  assert_int_equal(snap->health, HEALTH_HEALTHY);
  snapshot_drop(snap);
  store_judge(&s, LAYER_GLUSTER, "kvm01", SOURCE_HUNG, "it does not answer", 30500);
  snap = snapshot_make(&s, 31000, 0, NULL, NULL); /* fresh by age, and its source is not well */
  assert_true(texts_have(&snap->volumes.item[0].stale, "gluster"));
  assert_int_equal(snap->health, HEALTH_UNKNOWN);
  assert_true(has(snap, "layer-unreadable"));
  snapshot_drop(snap);
  say(&s, 32000, GLUSTER_BEAT);
  say(&s, 32000, "{" AT "\"source\":\"gluster\",\"host\":\"kvm01\",\"kind\":\"beat\",\"data\":{\"kinds\":[\"gluster.heal/models\"]}}");
  snap = snapshot_make(&s, 32000, 0, NULL, NULL); /* its own daemon hangs, and another one of the pool was asked */
  assert_int_equal(snap->volumes.item[0].stale.count, 0);
  assert_int_equal(snap->health, HEALTH_DEGRADED);
  assert_true(has(snap, "source-lost"));
  snapshot_drop(snap);
  store_clear(&s);
}

static void the_same_again_changes_nothing(void **state) {
  struct store s = {0};
  (void)state;
  struct fragment *f = parse(volume), *again = parse(volume);
  assert_true(store_add(&s, f, 1));
  uint64_t version = s.version;
  assert_false(store_add(&s, again, 2));
  assert_int_equal(s.version, version);
  assert_ptr_equal(s.facts[0].fragment, f);
  assert_int_equal(s.facts[0].seen, 2);
  fragment_drop(f), fragment_drop(again);
  store_clear(&s);
}

/* Every order of the same fragments gives the same bytes. */
static void order_never_matters(void **state) {
  static const char *const lines[] = {well, peers, volume,
      "{" AT "\"source\":\"libvirt\",\"host\":\"kvm01\",\"kind\":\"state\",\"data\":{\"state\":\"ok\",\"text\":\"\"}}",
      "{" AT "\"source\":\"libvirt\",\"host\":\"kvm02\",\"kind\":\"state\",\"data\":{\"state\":\"ok\",\"text\":\"\"}}",
      "{" AT "\"source\":\"libvirt\",\"host\":\"kvm01\",\"kind\":\"libvirt.domains\",\"data\":{\"domains\":[{\"name\":\"a\",\"uuid\":\"1\",\"state\":\"paused\",\"id\":3}]}}",
      "{" AT "\"source\":\"libvirt\",\"host\":\"kvm02\",\"kind\":\"libvirt.domains\",\"data\":{\"domains\":[{\"name\":\"a\",\"uuid\":\"1\",\"state\":\"running\",\"id\":1}]}}",
      "{" AT "\"source\":\"pacemaker\",\"host\":\"kvm01\",\"kind\":\"pacemaker.nodes\",\"data\":{\"nodes\":[{\"name\":\"kvm02\",\"id\":\"2\",\"type\":\"member\",\"online\":true},{\"name\":\"kvm01\",\"id\":\"1\",\"type\":\"member\",\"online\":true}]}}"};
  CLEANUP(str_free) struct str first = {0};
  unsigned seed = 1;
  (void)state;
  for (int round = 0; round < 200; round++) {
    size_t order[COUNT(lines)];
    struct store s = {0};
    for (size_t i = 0; i < COUNT(lines); i++) order[i] = i;
    for (size_t i = COUNT(lines) - 1; i > 0; i--) {
      seed = seed * 1103515245 + 12345;
      size_t j = (seed >> 16) % (i + 1), t = order[i];
      order[i] = order[j], order[j] = t;
    }
    for (size_t i = 0; i < COUNT(lines); i++) say(&s, 1000, lines[order[i]]);
    struct snapshot *snap = snapshot_make(&s, 1000, 0, NULL, NULL);
    CLEANUP(str_free) struct str out = {0};
    snapshot_json(snap, &out);
    if (!round) str_add(&first, out.data);
    assert_string_equal(out.data, first.data);
    assert_string_equal(snap->domains.item[0].state, "running");
    assert_int_equal(snap->domains.item[0].hosts.count, 2);
    assert_false(has(snap, "domain-twice")); /* one of them is paused: it migrates */
    snapshot_drop(snap);
    store_clear(&s);
  }
}

static void a_peer_that_only_seems_connected(void **state) {
  struct store s = {0};
  (void)state;
  say(&s, 1000, well);
  say(&s, 1000, peers);
  say(&s, 1000, "{" AT "\"source\":\"gluster\",\"host\":\"kvm01\",\"kind\":\"gluster.probe\",\"data\":{\"hosts\":[{\"host\":\"node1\",\"answers\":true},{\"host\":\"node2\",\"answers\":false}]}}");
  struct snapshot *snap = snapshot_make(&s, 1000, 0, NULL, NULL);
  assert_int_equal(snapshot_host(snap, "node2")->peer, PEER_SUSPECT);
  assert_int_equal(snapshot_host(snap, "node1")->peer, PEER_CONNECTED);
  assert_true(has(snap, "peer-suspect"));
  snapshot_drop(snap);
  store_clear(&s);
}

static void say_pacemaker(struct store *s, const char *resource) {
  static const char *const rest[] = {
      "{" AT "\"source\":\"pacemaker\",\"host\":\"kvm01\",\"kind\":\"state\",\"data\":{\"state\":\"ok\",\"text\":\"\"}}",
      "{" AT "\"source\":\"pacemaker\",\"host\":\"kvm01\",\"kind\":\"pacemaker.cluster\",\"data\":{\"dc\":\"kvm01\",\"dc_version\":\"2\",\"fencing\":true,\"quorate\":true}}",
      "{" AT "\"source\":\"pacemaker\",\"host\":\"kvm01\",\"kind\":\"pacemaker.nodes\",\"data\":{\"nodes\":[{\"name\":\"kvm01\",\"id\":\"1\",\"type\":\"member\",\"online\":true}]}}",
      "{" AT "\"source\":\"pacemaker\",\"host\":\"kvm01\",\"kind\":\"pacemaker.failures\",\"data\":{\"failures\":[]}}",
      "{" AT "\"source\":\"pacemaker\",\"host\":\"kvm01\",\"kind\":\"pacemaker.fencing\",\"data\":{\"events\":[]}}",
      "{" AT "\"source\":\"pacemaker\",\"host\":\"kvm01\",\"kind\":\"pacemaker.config\",\"data\":{\"properties\":{},\"constraints\":[],\"resources\":[]}}"};
  for (size_t i = 0; i < COUNT(rest); i++) say(s, 1, rest[i]);
  if (resource) say(s, 1, resource);
}

static void managed_domains(void **state) {
  static const char resource[] = "{" AT "\"source\":\"pacemaker\",\"host\":\"kvm01\",\"kind\":\"pacemaker.resources\",\"data\":{\"resources\":[{\"id\":\"a\",\"agent\":\"ocf:heartbeat:VirtualDomain\","
                                 "\"role\":\"%s\",\"nodes\":[],\"managed\":true,\"failed\":false%s}]}}";
  static const struct { const char *role, *more; bool read; int health; const char *problem; } cases[] = {
      {"Stopped", "", true, HEALTH_OUTAGE, "domain-not-running"}, {"Stopped", ",\"disabled\":true", true, HEALTH_HEALTHY, NULL},
      {"Started", "", true, HEALTH_OUTAGE, "domain-not-running"}, {"Started", "", false, HEALTH_UNKNOWN, "facts-missing"}};
  (void)state;
  for (size_t i = 0; i < COUNT(cases); i++) {
    struct store s = {0};
    CLEANUP(mem_freep) char *r = mem_printf(resource, cases[i].role, cases[i].more);
    say_pacemaker(&s, r);
    say(&s, 1, "{" AT "\"source\":\"libvirt\",\"host\":\"kvm01\",\"kind\":\"state\",\"data\":{\"state\":\"ok\",\"text\":\"\"}}");
    if (cases[i].read) say(&s, 1, "{" AT "\"source\":\"libvirt\",\"host\":\"kvm01\",\"kind\":\"libvirt.domains\",\"data\":{\"domains\":[]}}");
    struct snapshot *snap = snapshot_make(&s, 1, 0, NULL, NULL);
    assert_int_equal(snap->domains.count, 1);
    if (cases[i].read) assert_string_equal(snap->domains.item[0].state, "shutoff");
    else assert_null(snap->domains.item[0].state);
    assert_int_equal(snap->health, cases[i].health);
    if (cases[i].problem) assert_true(has(snap, cases[i].problem));
    snapshot_drop(snap);
    store_clear(&s);
  }
}

static void changes_are_events(void **state) {
  struct store s = {0};
  struct arena *a = arena_new();
  struct events e;
  (void)state;
  say_pool(&s, 1000);
  say_bricks(&s, 1000, ALIVE, ALIVE);
  struct snapshot *before = snapshot_make(&s, 1000, 1000, NULL, NULL);
  snapshot_difference(NULL, before, a, &e);
  assert_int_equal(e.count, 0);
  say_bricks(&s, 2000, ALIVE, DEAD);
  struct snapshot *now = snapshot_make(&s, 2000, 2000, NULL, before);
  snapshot_difference(before, now, a, &e);
  bool copies = false, problem = false, health = false;
  for (size_t i = 0; i < e.count; i++) {
    copies |= str_eq(e.item[i].kind, "volume-copies") && str_eq(e.item[i].from, "full") && str_eq(e.item[i].to, "reduced");
    problem |= str_eq(e.item[i].kind, "problem") && str_eq(e.item[i].to, "brick-down");
    health |= str_eq(e.item[i].kind, "health") && str_eq(e.item[i].to, "degraded");
  }
  assert_true(copies && problem && health);
  struct snapshot *later = snapshot_make(&s, 3000, 3000, NULL, now);
  assert_int_equal(later->problems.item[0].since, 2000); /* it began when it began */
  snapshot_difference(now, later, a, &e);
  assert_int_equal(e.count, 0);
  snapshot_drop(before), snapshot_drop(now), snapshot_drop(later);
  arena_free(a);
  store_clear(&s);
}

#define ON(host, state, id) "{" AT "\"source\":\"libvirt\",\"host\":\"" host "\",\"kind\":\"libvirt.domains\",\"data\":{\"domains\":[{\"name\":\"a\",\"uuid\":\"1\",\"state\":\"" state "\",\"id\":" id "}]}}"
#define BEAT(host) "{" AT "\"source\":\"libvirt\",\"host\":\"" host "\",\"kind\":\"beat\",\"data\":{\"kinds\":[\"libvirt.domains\"]}}"
#define WELL(host) "{" AT "\"source\":\"libvirt\",\"host\":\"" host "\",\"kind\":\"state\",\"data\":{\"state\":\"ok\",\"text\":\"\"}}"

static bool twice_at(struct store *s, int64_t now) {
  struct snapshot *snap = snapshot_make(s, now, 0, NULL, NULL);
  bool twice = has(snap, "domain-twice");
  if (snap->domains.count && snap->domains.item[0].hosts.count > 1 && snap->domains.item[0].stale.count == 0) assert_int_equal(snap->disputed, !twice);
  snapshot_drop(snap);
  return twice;
}

/* The last reading of the host it left and the first of the host it came to say "running" both, of two moments. */
static void two_moments_are_no_proof(void **state) {
  struct store s = {0};
  (void)state;
  say(&s, 1000, WELL("kvm01"));
  say(&s, 1000, WELL("kvm02"));
  say(&s, 1000, ON("kvm01", "running", "1"));
  say(&s, 2000, BEAT("kvm01"));
  say(&s, 2500, ON("kvm02", "running", "1"));
  assert_false(twice_at(&s, 2600));
  say(&s, 3000, BEAT("kvm01")); /* still there, while kvm02 has it as well */
  say(&s, 3100, BEAT("kvm02"));
  assert_true(twice_at(&s, 3200));
  store_clear(&s);
}

#define HEAL(minute, count) "{\"at\":\"2026-11-22T12:" minute ":00.000Z\",\"source\":\"gluster\",\"host\":\"kvm01\",\"kind\":\"gluster.heal\",\"key\":\"models\",\"data\":{\"bricks\":[{\"host\":\"node1\",\"path\":\"/data\",\"pending\":" count "},{\"host\":\"node2\",\"path\":\"/data\",\"pending\":0}]}}"

static struct snapshot *next(struct store *s, int64_t now, const char *line, struct snapshot *before) {
  if (line) say(s, now, line);
  say(s, now, GLUSTER_BEAT);
  struct snapshot *snap = snapshot_make(s, now, now, NULL, before);
  snapshot_drop(before);
  return snap;
}

/* Counts a minute apart give a rate and what is left; a count that does not shrink says since when. */
static void heals_progress_or_not(void **state) {
  struct store s = {0};
  (void)state;
  say_pool(&s, 1000);
  say_bricks(&s, 1000, ALIVE, ALIVE);
  struct snapshot *snap = next(&s, 1000, HEAL("01", "300"), NULL);
  assert_int_equal(snap->volumes.item[0].heal.eta_s, UNKNOWN_INT);
  snap = next(&s, 2000, NULL, snap);
  snap = next(&s, 4000, HEAL("01", "290"), snap); /* so soon after it, it tells no rate */
  assert_int_equal(snap->volumes.item[0].heal.eta_s, UNKNOWN_INT);
  assert_int_equal(snap->volumes.item[0].heal.no_progress_since, UNKNOWN_INT);
  snap = next(&s, 61000, HEAL("02", "200"), snap);
  assert_true(snap->volumes.item[0].heal.per_minute == 100);
  assert_int_equal(snap->volumes.item[0].heal.eta_s, 120);
  assert_int_equal(snap->volumes.item[0].bricks.item[0].heal.eta_s, 120);
  snap = next(&s, 62000, NULL, snap); /* the same reading still: the same rate */
  assert_int_equal(snap->volumes.item[0].heal.eta_s, 120);
  snap = next(&s, 121000, HEAL("03", "200"), snap);
  assert_int_equal(snap->volumes.item[0].heal.eta_s, UNKNOWN_INT);
  int64_t stuck = snap->volumes.item[0].heal.no_progress_since;
  assert_int_not_equal(stuck, UNKNOWN_INT);
  snap = next(&s, 181000, HEAL("04", "210"), snap);
  assert_int_equal(snap->volumes.item[0].heal.no_progress_since, stuck);
  assert_true(has(snap, "heal-pending"));
  snap = next(&s, 241000, HEAL("05", "0"), snap);
  assert_int_equal(snap->volumes.item[0].heal.no_progress_since, UNKNOWN_INT);
  assert_int_equal(snap->health, HEALTH_HEALTHY);
  snapshot_drop(snap);
  store_clear(&s);
}

static bool behind_its_back(const char *role, const char *node, int64_t confirmed, bool *ret_disputed) {
  struct store s = {0};
  CLEANUP(mem_freep) char *r = mem_printf("{" AT "\"source\":\"pacemaker\",\"host\":\"kvm01\",\"kind\":\"pacemaker.resources\",\"data\":{\"resources\":[{\"id\":\"a\",\"agent\":\"ocf:heartbeat:VirtualDomain\",\"role\":\"%s\",\"nodes\":[%s],\"managed\":true,\"failed\":false}]}}", role, node);
  say_pacemaker(&s, r);
  say(&s, 1, WELL("kvm02"));
  say(&s, 1, ON("kvm02", "running", "1"));
  say(&s, confirmed, BEAT("kvm02"));
  say(&s, confirmed, "{" AT "\"source\":\"pacemaker\",\"host\":\"kvm01\",\"kind\":\"beat\",\"data\":{\"kinds\":[\"pacemaker.resources\"]}}");
  struct snapshot *snap = snapshot_make(&s, confirmed, 0, NULL, NULL);
  bool found = has(snap, "domain-elsewhere");
  *ret_disputed = snap->disputed;
  snapshot_drop(snap);
  store_clear(&s);
  return found;
}

static void domains_behind_pacemakers_back(void **state) {
  bool disputed;
  (void)state;
  assert_true(behind_its_back("Stopped", "", 5000, &disputed) && !disputed);
  assert_true(behind_its_back("Started", "\"kvm01\"", 5000, &disputed) && !disputed);
  assert_false(behind_its_back("Started", "\"kvm02\"", 5000, &disputed) || disputed);
  assert_false(behind_its_back("Starting", "", 5000, &disputed) || disputed);
  assert_false(behind_its_back("Stopped", "", 1500, &disputed)); /* it may just have been started */
  assert_true(disputed); /* who looks once looks on */
}

/* It is defined nowhere and was started of a file: each host says it has none, at a moment of its own. One look is not enough to say so. */
static void a_domain_that_is_nowhere_is_an_outage(void **state) {
#define NONE(host) "{" AT "\"source\":\"libvirt\",\"host\":\"" host "\",\"kind\":\"libvirt.domains\",\"data\":{\"domains\":[]}}"
  struct store s = {0};
  (void)state;
  say_pacemaker(&s, "{" AT "\"source\":\"pacemaker\",\"host\":\"kvm01\",\"kind\":\"pacemaker.resources\",\"data\":{\"resources\":[{\"id\":\"a\",\"agent\":\"ocf:heartbeat:VirtualDomain\",\"role\":\"Stopped\",\"nodes\":[],\"managed\":true,\"failed\":false}]}}");
  say(&s, 1, WELL("kvm01")), say(&s, 1, WELL("kvm02"));
  say(&s, 100, NONE("kvm01"));
  say(&s, 900, NONE("kvm02"));
  struct snapshot *snap = snapshot_make(&s, 1000, 0, NULL, NULL);
  assert_false(has(snap, "domain-not-running"));
  assert_true(snap->disputed);
  snapshot_drop(snap);
  say(&s, 2000, BEAT("kvm01"));
  snap = snapshot_make(&s, 2000, 0, NULL, NULL);
  assert_true(has(snap, "domain-not-running"));
  assert_int_equal(snap->health, HEALTH_OUTAGE);
  assert_false(snap->disputed);
  snapshot_drop(snap);
  store_clear(&s);
}

static void a_clock_that_was_set_is_an_event(void **state) {
  struct store s = {0};
  struct arena *a = arena_new();
  struct events e;
  (void)state;
  say(&s, 1000, well);
  struct snapshot *before = snapshot_make(&s, 1000, 100000, NULL, NULL), *now = snapshot_make(&s, 2000, 101100, NULL, before), *jumped = snapshot_make(&s, 2500, 40000, NULL, now);
  snapshot_difference(before, now, a, &e);
  assert_int_equal(e.count, 0);
  snapshot_difference(now, jumped, a, &e);
  assert_int_equal(e.count, 1);
  assert_string_equal(e.item[0].kind, "clock");
  snapshot_drop(before), snapshot_drop(now), snapshot_drop(jumped);
  arena_free(a);
  store_clear(&s);
}

static void nothing_at_all_is_unknown(void **state) {
  struct store s = {0};
  (void)state;
  struct snapshot *snap = snapshot_make(&s, 1, 0, NULL, NULL);
  assert_int_equal(snap->health, HEALTH_UNKNOWN);
  assert_true(has(snap, "nothing-found"));
  snapshot_drop(snap);
}

/* A machine on which no layer is there is shown as what it is; one whose layers are only not heard yet is not made a host. */
static void a_bare_host_is_known(void **state) {
  (void)state;
  for (int silent = 0; silent < 2; silent++) {
    struct store s = {0};
    const struct merge_options o = {.here = "bare01"};
    for (int l = LAYER_COROSYNC; l < LAYER_COUNT; l++)
      if (silent && l == LAYER_COROSYNC) store_expect(&s, (enum layer)l, "bare01");
      else store_judge(&s, (enum layer)l, "bare01", SOURCE_ABSENT, "not installed", 1);
    struct snapshot *snap = snapshot_make(&s, 1, 0, &o, NULL);
    assert_int_equal(snap->health, HEALTH_UNKNOWN);
    assert_int_equal(snap->hosts.count, !silent);
    if (!silent) assert_true(str_eq(snap->hosts.item[0].name, "bare01") && snap->hosts.item[0].here == TRUTH_YES);
    assert_int_equal(has(snap, "nothing-found"), !silent);
    snapshot_drop(snap);
    store_clear(&s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fragments_both_ways), cmocka_unit_test(what_is_no_fragment_is_refused), cmocka_unit_test(strings_come_out_as_valid_json),
      cmocka_unit_test(unknown_is_null_and_comes_back), cmocka_unit_test(identity_joins_by_tokens_only), cmocka_unit_test(volumes_by_what_the_bricks_say),
      cmocka_unit_test(old_facts_are_marked), cmocka_unit_test(the_same_again_changes_nothing), cmocka_unit_test(order_never_matters),
      cmocka_unit_test(a_peer_that_only_seems_connected), cmocka_unit_test(managed_domains), cmocka_unit_test(changes_are_events), cmocka_unit_test(two_moments_are_no_proof), cmocka_unit_test(heals_progress_or_not), cmocka_unit_test(domains_behind_pacemakers_back), cmocka_unit_test(a_domain_that_is_nowhere_is_an_outage), cmocka_unit_test(a_clock_that_was_set_is_an_event),
      cmocka_unit_test(nothing_at_all_is_unknown), cmocka_unit_test(a_bare_host_is_known)};
  return RUN(tests);
}
