/* gluster-volume-create: the layout drawn from the order of the bricks, what is wrong with it, the options that domains want. */
#include "ops/gluster.h"
#include <string.h>

enum { SETS_SHOWN = 12, REPLICA_MAX = 16, DISPERSE_MAX = 32 };

static bool is_family(const char *type, const char *family) { return str_eq(type, family) || (type && str_starts(type, "distributed-") && str_eq(type + strlen("distributed-"), family)); }

struct layout { const char *type, *family; int64_t set, sets, redundancy; struct texts bricks; };

static int64_t number_given(const struct planning *p, const char *name) {
  int64_t n = 0;
  const char *text = given(p, name);
  return text && !str_int(text, 1, 1000, &n) ? n : 0;
}

/* ---- what is proposed ---- */

static struct texts pool(const struct planning *p) {
  struct texts t = {0};
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (p->snap->hosts.item[i].peer == PEER_CONNECTED) texts_add(p->arena, &t, p->snap->hosts.item[i].name);
  return t;
}

static size_t brick_count(const struct planning *p) {
  size_t n = value_count(p->values, "brick");
  return n ? n : pool(p).count;
}

static void propose_type(struct planning *p, struct texts *ret) {
  size_t n = brick_count(p);
  const char *type = n < 2 ? "distribute" : n == 3 ? "arbiter" : n % 3 == 0 ? "distributed-arbiter" : n == 2 ? "replicate" : n % 2 == 0 ? "distributed-replicate" : "disperse";
  texts_add(p->arena, ret, type);
}

static void propose_number(struct planning *p, struct texts *ret, int64_t n) {
  if (n) texts_add(p->arena, ret, planf(p, "%lld", (long long)n));
}

static void propose_replica(struct planning *p, struct texts *ret) {
  const char *type = given(p, "type");
  int64_t n = (int64_t)brick_count(p);
  if (is_family(type, "arbiter")) propose_number(p, ret, 3);
  else if (str_eq(type, "replicate")) propose_number(p, ret, n < REPLICA_MAX ? n : REPLICA_MAX);
  else if (is_family(type, "replicate")) propose_number(p, ret, n % 3 || n == 3 ? 2 : 3);
}

static void propose_disperse(struct planning *p, struct texts *ret) {
  const char *type = given(p, "type");
  int64_t n = (int64_t)brick_count(p);
  if (str_eq(type, "disperse")) propose_number(p, ret, n);
  else if (is_family(type, "disperse"))
    for (int64_t set = n / 2; set > 2; set--)
      if (n % set == 0) {
        propose_number(p, ret, set);
        return;
      }
}

/* The most that leaves a power of two of data bricks, which is what it writes fastest; else one. */
static void propose_redundancy(struct planning *p, struct texts *ret) {
  int64_t set = number_given(p, "disperse"), best = 1;
  if (!is_family(given(p, "type"), "disperse") || !set) return;
  for (int64_t r = 1; r * 2 < set; r++)
    if (((set - r) & (set - r - 1)) == 0) best = r;
  propose_number(p, ret, best);
}

static const struct brick_view *brick_in_the_way(const struct planning *p, const char *path) {
  for (size_t v = 0; v < p->snap->volumes.count; v++)
    for (size_t b = 0; b < p->snap->volumes.item[v].bricks.count; b++)
      if (paths_overlap(p->snap->volumes.item[v].bricks.item[b].path, path)) return &p->snap->volumes.item[v].bricks.item[b];
  return NULL;
}

/* Below /data, or, where that is itself a brick, beside it. */
static void propose_path(struct planning *p, struct texts *ret) {
  enum { TRIES = 8 };
  const char *name = given(p, "name") ? given(p, "name") : "brick", *path = planf(p, "/data/%s", name);
  const struct brick_view *b = brick_in_the_way(p, path);
  for (int i = 0; b && i < TRIES; i++) {
    path = planf(p, "%s-%s", b->path, name);
    b = brick_in_the_way(p, path);
  }
  if (!b) texts_add(p->arena, ret, path);
}

static void propose_bricks(struct planning *p, struct texts *ret) {
  struct texts hosts = pool(p);
  for (size_t i = 0; i < hosts.count; i++) texts_add(p->arena, ret, planf(p, "%s:%s", hosts.item[i], given(p, "path") ? given(p, "path") : "/data"));
}

static const char *check_name(struct planning *p, const char *value) {
  if (strchr(value, '.')) return "a volume's name has letters, digits, - and _";
  if (str_eq(value, "all")) return "gluster keeps that word for all volumes";
  return volume_is(p->snap, value) == TRUTH_YES ? "there is a volume of that name" : NULL;
}

const struct operation_argument create_arguments[] = {
    {.name = "name", .title = "NAME", .help = "the new volume's name", .kind = ARG_NAME, .required = true, .check = check_name},
    {.name = "path", .title = "/PATH", .help = "the directory on each peer, best on a file system of its own; only for the bricks that are proposed", .kind = ARG_PATH, .propose = propose_path},
    {.name = "brick", .title = "HOST:/PATH", .help = "the bricks in their order: the first ones make the first set of copies, and so on; proposed: one on each peer", .kind = ARG_BRICK, .required = true, .list = true, .propose = propose_bricks},
    {.name = "type", .title = "TYPE", .help = "replicate: each file on every brick of a set; arbiter: on two of three, the third holds names alone and decides; disperse: in pieces, of which some may be lost; distribute: no copy. "
                                              "distributed-: more than one set", .kind = ARG_CHOICE,
     .words = "replicate distributed-replicate arbiter distributed-arbiter disperse distributed-disperse distribute", .required = true, .propose = propose_type},
    {.name = "replica", .title = "COUNT", .help = "copies in a set (an arbiter counts)", .kind = ARG_NUMBER, .min = 2, .max = REPLICA_MAX, .propose = propose_replica},
    {.name = "disperse", .title = "COUNT", .help = "bricks in a set of pieces", .kind = ARG_NUMBER, .min = 3, .max = DISPERSE_MAX, .propose = propose_disperse},
    {.name = "redundancy", .title = "COUNT", .help = "how many bricks of a set of pieces may be lost", .kind = ARG_NUMBER, .min = 1, .max = 15, .propose = propose_redundancy},
    {.name = "virt", .title = "group|options|no", .help = "set up for domains' images: by gluster's group virt, option by option with the reason of each, or not", .kind = ARG_CHOICE, .words = "group options no", .fallback = "group"},
    {.name = "shard", .title = "yes|no", .help = "cut images into pieces of 64 MiB: heals copy pieces, and an image may be larger than a brick. Never to be taken back", .kind = ARG_YES, .fallback = "yes"},
    {.name = "failover", .title = "yes|no", .help = "release a dead host's locks in 4 s, so that its domains can start elsewhere", .kind = ARG_YES, .fallback = "yes"},
    {.name = "ping-timeout", .title = "SECONDS", .help = "how long clients wait for a silent brick; guests stall from one to two times this long", .kind = ARG_NUMBER, .min = 1, .max = 300, .fallback = "10"},
    {.name = "start", .title = "yes|no", .help = "start it when it is made", .kind = ARG_YES, .fallback = "yes"},
    {.name = NULL}};

/* ---- the layout ---- */

static bool layout_of(struct planning *p, struct layout *l) {
  static const char *const families[] = {"replicate", "arbiter", "disperse", "distribute"};
  *l = (struct layout){.type = given(p, "type"), .bricks = given_list(p, "brick"), .set = 1};
  for (size_t i = 0; i < COUNT(families); i++)
    if (is_family(l->type, families[i])) l->family = families[i];
  if (str_eq(l->family, "arbiter")) l->set = 3;
  else if (str_eq(l->family, "replicate")) l->set = number_given(p, "replica");
  else if (str_eq(l->family, "disperse")) l->set = number_given(p, "disperse"), l->redundancy = number_given(p, "redundancy");
  int64_t n = (int64_t)l->bricks.count, replica = number_given(p, "replica");
  bool distribute = str_eq(l->family, "distribute"), wide = str_starts(l->type, "distributed-");
  if (l->set < (distribute ? 1 : 2)) refuse_always(p, "with another number of bricks, or the size of a set given", "%lld bricks make no volume of type %s", (long long)n, l->type);
  else if (str_eq(l->family, "arbiter") && replica && replica != 3) refuse_always(p, "with replica=3", "a set with an arbiter has two copies and the arbiter: replica=3");
  else if (l->redundancy * 2 >= l->set && str_eq(l->family, "disperse")) refuse_always(p, "with a smaller redundancy", "of %lld bricks less than half may be redundant, not %lld", (long long)l->set, (long long)l->redundancy);
  else if (n % l->set) refuse_always(p, planf(p, "with a multiple of %lld bricks", (long long)l->set), "%lld bricks do not make whole sets of %lld", (long long)n, (long long)l->set);
  if (refused(p)) return false;
  l->sets = n / l->set;
  if (!distribute && wide != (l->sets > 1))
    refuse_always(p, planf(p, "with type=%s%s", l->sets > 1 ? "distributed-" : "", l->family), "%lld bricks make %lld set%s of %lld: that is %s%s", (long long)n, (long long)l->sets, l->sets > 1 ? "s" : "", (long long)l->set,
                  l->sets > 1 ? "distributed-" : "", l->family);
  return !refused(p);
}

static bool host_and_path(struct planning *p, const struct layout *l, size_t n, const char **host, const char **path) { return brick_split(p->arena, l->bricks.item[n], host, path); }

/* Two bricks of a set on one host die together. True: gluster must be told that it is meant. */
static bool check_domains_of_failure(struct planning *p, const struct layout *l) {
  bool force = false;
  const char *host, *path, *other, *other_path;
  for (size_t i = 0; i < l->bricks.count; i++)
    for (size_t k = 0; k < i; k++) {
      if (!host_and_path(p, l, i, &host, &path) || !host_and_path(p, l, k, &other, &other_path) || !same_host(p->snap, host, other)) continue;
      if (str_eq(path, other_path)) refuse_always(p, "with each brick once", "%s:%s is there twice", host, path);
      if (l->set == 1 || (int64_t)i / l->set != (int64_t)k / l->set) continue;
      refuse(p, "with the bricks in another order, or on other hosts", "%s and %s are of one set and on one host: when it is down, both are", l->bricks.item[k], l->bricks.item[i]);
      force = true;
    }
  return force;
}

static bool check_bricks(struct planning *p, const struct layout *l) {
  bool force = check_domains_of_failure(p, l);
  const char *host, *path;
  for (size_t i = 0; i < l->bricks.count; i++) {
    if (!host_and_path(p, l, i, &host, &path)) continue;
    const struct host_view *h = snapshot_host(p->snap, host);
    if (fact_fresh(p->snap, "gluster.peers", NULL) == TRUTH_YES && (!h || h->peer != PEER_CONNECTED))
      refuse_always(p, h && h->peer != PEER_UNKNOWN ? "when it is connected" : planf(p, "when it joined: gluster-peer-probe host=%s", host), "%s is no connected peer of the pool", host);
    force |= new_brick_needs_force(p, host, path, "volume");
  }
  return force;
}

static void draw_sets(struct planning *p, const struct layout *l) {
  bool arbiter = str_eq(l->family, "arbiter");
  for (int64_t set = 0; set < l->sets && l->set > 1; set++) {
    const char *text = "";
    if (set == SETS_SHOWN) consequence(p, "... and %lld sets more, in the same order", (long long)(l->sets - set));
    if (set >= SETS_SHOWN) break;
    for (int64_t i = 0; i < l->set; i++) text = planf(p, "%s%s%s%s", text, i ? " = " : "", l->bricks.item[set * l->set + i], arbiter && i == l->set - 1 ? " (arbiter)" : "");
    consequence(p, "set %lld: %s", (long long)set, text);
  }
  if (str_eq(l->family, "distribute")) consequence(p, "%zu brick%s, no copies: a brick that is lost is lost with every file on it, and a host that is down takes its part away.", l->bricks.count, l->bricks.count > 1 ? "s" : "");
  else if (str_eq(l->family, "disperse")) consequence(p, "Each set bears the loss of %lld of its %lld bricks, and stores as much as %lld of them.", (long long)l->redundancy, (long long)l->set, (long long)(l->set - l->redundancy));
  else if (arbiter) consequence(p, "Each file has two copies; the arbiter holds names alone, needs little room, and keeps the copies from parting when a host is lost.");
  else if (l->set == 2)
    consequence(p, "Two copies and nobody to decide between them: either each half may write alone and they part (split-brain), or the first brick of each set must be up. Better: type=%sarbiter with a small third brick a set.",
                l->sets > 1 ? "distributed-" : "");
  else consequence(p, "Each file has %lld copies.", (long long)l->set);
}

/* ---- steps ---- */

static void virt_by_options(struct planning *p, const char *host, const char *name) {
  for (const struct option_row *o = virt_options; o->key; o++) {
    volume_set_step(p, host, name, o->key, o->value, planf(p, "set %s: %s", o->key, o->why));
    verify_that(p, "volume-option", name, o->key, o->value, NULL);
  }
  consequence(p, "Set up for images of domains, option by option.");
}

/* Its line in our table: files of old versions leave the first part of a name out. */
static const struct option_row *row_of(const char *key) {
  for (const struct option_row *o = virt_options; o->key; o++)
    if (str_eq(o->key, key) || str_eq(strchr(o->key, '.') + 1, key)) return o;
  return NULL;
}

/* What the group of this version sets is read from its file on that host. True: sharding too. */
static bool virt_by_group(struct planning *p, const char *host, const char *name, const char *file) {
  const char *told = NULL;
  bool shard = false;
  struct step *s = gluster_step(p, host, "set it up for images of domains, by gluster's group of options for it", "volume", "set", name, "group", "virt", NULL);
  s->harmless = TRUTH_YES;
  consequence(p, "Set up for images of domains by gluster's group virt:");
  for (const char *line = file; line && *line; line = line_next(line)) {
    const char *text = first_line(p, line), *key = arena_strndup(p->arena, text, strcspn(text, "=")), *value = strchr(text, '=') ? strchr(text, '=') + 1 : "";
    const struct option_row *o = row_of(key);
    if (str_eq(key, "features.shard") && option_same(value, "on")) shard = true;
    if (o && !option_same(value, o->value)) consequence(p, "%s %s, as that group has it", o->key, value);
    else if (o && !str_eq(told, o->why)) consequence(p, "%s %s: %s", o->key, value, told = o->why);
    if (o && str_starts(o->key, "cluster.") && strstr(o->key, "quorum-type")) verify_that(p, "volume-option", name, o->key, value, NULL);
  }
  return shard;
}

static void options_steps(struct planning *p, const char *host, const char *name) {
  const char *virt = given(p, "virt"), *group = answered(p, host, "group virt");
  bool shard = value_yes(p->values, "shard"), failover = value_yes(p->values, "failover"), by_group = str_eq(virt, "group") && shard && group && *group, sharded = false;
  if (by_group) sharded = virt_by_group(p, host, name, group);
  else if (!str_eq(virt, "no")) virt_by_options(p, host, name);
  if (str_eq(virt, "group") && !by_group) consequence(p, "Not by the group virt: %s.", shard ? planf(p, "%s has no file of it", host) : "it would turn sharding on");
  if (shard && !str_eq(virt, "no")) {
    if (!sharded) volume_set_step(p, host, name, "features.shard", "on", "have images cut into pieces");
    verify_that(p, "volume-option", name, "features.shard", "on", NULL);
    consequence(p, "Images are cut into pieces of 64 MiB (features.shard): that can never be turned off again while there are any.");
  }
  if (failover) failover_steps(p, host, name, NULL, given(p, "ping-timeout"));
}

void create_survey(struct planning *p) {
  struct texts bricks = given_list(p, "brick");
  const char *host, *path;
  for (size_t i = 0; i < bricks.count; i++)
    if (brick_split(p->arena, bricks.item[i], &host, &path)) place_ask(p, host, path);
  ask_command(p, gluster_host(p), "group virt", "cat", "/var/lib/glusterd/groups/virt", NULL);
}

static void create_step(struct planning *p, const struct layout *l, const char *host, const char *name, bool force) {
  struct step *s = gluster_step(p, host, "create the volume", "volume", "create", name, NULL);
  if (str_eq(l->family, "arbiter")) step_word(p, s, "replica"), step_word(p, s, "3"), step_word(p, s, "arbiter"), step_word(p, s, "1");
  else if (str_eq(l->family, "replicate")) step_word(p, s, "replica"), step_word(p, s, "%lld", (long long)l->set);
  else if (str_eq(l->family, "disperse")) step_word(p, s, "disperse"), step_word(p, s, "%lld", (long long)l->set), step_word(p, s, "redundancy"), step_word(p, s, "%lld", (long long)l->redundancy);
  for (size_t i = 0; i < l->bricks.count; i++) step_word(p, s, "%s", l->bricks.item[i]);
  if (force) step_word(p, s, "force");
  undo_by(p, s, GLUSTER, "volume", "delete", name, NULL);
  still_when(p, s, "volume-absent", name, NULL);
}

/* All bricks in one set, or none of them: the same family. */
static const char *reported_type(struct planning *p, const struct layout *l) { return str_eq(l->family, "distribute") || l->sets == 1 ? l->family : planf(p, "distributed-%s", l->family); }

void create_plan(struct planning *p) {
  const char *name = given(p, "name"), *host = the_speaker(p, NULL), *at, *path;
  struct layout l;
  if (!layout_of(p, &l)) return;
  if (volume_is(p->snap, name) == TRUTH_YES) refuse_always(p, "with another name", "there is a volume %s", name);
  else if (!volumes_known(p->snap)) refuse_always(p, "when gluster is read again", "cannot tell whether there is a volume %s: no source reads the volumes now", name);
  refuse_unless_pool_well(p);
  bool force = check_bricks(p, &l);
  if (refused(p)) return;
  consequence(p, "A volume %s of type %s, %zu brick%s.", name, l.type, l.bricks.count, l.bricks.count > 1 ? "s" : "");
  draw_sets(p, &l);
  for (size_t i = 0; i < l.bricks.count; i++)
    if (host_and_path(p, &l, i, &at, &path)) mkdir_step(p, at, path);
  create_step(p, &l, host, name, force);
  verify_that(p, "volume-type", name, reported_type(p, &l), NULL);
  options_steps(p, host, name);
  if (!value_yes(p->values, "start")) {
    verify_that(p, "volume-stopped", name, NULL);
    return;
  }
  struct step *s = gluster_step(p, host, "start the volume", "volume", "start", name, NULL);
  undo_by(p, s, GLUSTER, "volume", "stop", name, NULL);
  already_when(p, s, "volume-started", name, NULL);
  verify_that(p, "volume-started", name, NULL);
  verify_that(p, "volume-bricks-online", name, NULL);
}
