/* Three properties over generated worlds: replacing any fact by unknown or stale never improves health or the verdict on a
 * host; losing one more thing never improves them; the order of fragments never changes a merge. SEED=N WORLDS=N choose others.
 * Two exceptions, on purpose. A node that pacemaker has fenced is held for off until it was heard to say otherwise; so none
 * such lives in these worlds. And entries in split-brain (an outage) are counted seldom, and not having counted them is only
 * degraded: else each heal, and each cluster whose heals cannot be counted from here, would be "unknown" for ever. */
#include "analysis/stop.h"
#include "model/fragment.h"
#include "model/snapshot.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <string.h>

enum { LINES = 80, NOW = 100000 };

struct world {
  struct arena *arena;
  const char *line[LINES];
  size_t count;
  unsigned seed;
  bool apart; /* room counts: what is drained in order goes elsewhere than what has died */
};

static unsigned draw(struct world *w, unsigned below) {
  w->seed = w->seed * 1103515245 + 12345;
  return (w->seed >> 16) % below;
}
static bool chance(struct world *w, unsigned percent) { return draw(w, 100) < percent; }
static const char *pick(struct world *w, const char *usual, const char *other) { return chance(w, 88) ? usual : other; }

static void add(struct world *w, enum layer layer, const char *host, const char *kind, const char *key, const char *data) {
  struct str out = {0};
  str_addf(&out, "{\"at\":\"2026-11-22T12:00:00.000Z\",\"source\":\"%s\",\"host\":\"%s\",\"kind\":\"%s\",%s%s%s\"data\":%s}", layer_names[layer], host, kind, key ? "\"key\":\"" : "",
           key ? key : "", key ? "\"," : "", data);
  w->line[w->count++] = arena_strdup(w->arena, out.data);
  str_free(&out);
}

/* A fence device for each node, mostly; the domains may be migrated, mostly; a ban now and then. */
static void add_config(struct world *w, unsigned hosts) {
  struct str resources = {0};
  for (unsigned i = 1; i <= hosts; i++)
    if (chance(w, 92)) str_addf(&resources, "%s{\"resource\":\"fence-kvm%u\",\"agent\":\"stonith:fence_ipmilan\",\"params\":{\"pcmk_host_list\":\"kvm%u\"}}", resources.len ? "," : "", i, i);
  for (unsigned i = 1; i <= 3; i++)
    str_addf(&resources, "%s{\"resource\":\"d%u\",\"agent\":\"ocf:heartbeat:VirtualDomain\",\"meta\":{\"allow-migrate\":\"%s\"}}", resources.len ? "," : "", i, pick(w, "true", "false"));
  add(w, LAYER_PACEMAKER, "kvm1", "pacemaker.config", NULL,
      arena_printf(w->arena, "{\"properties\":{%s},\"constraints\":[%s],\"resources\":[%s]}",
                   w->apart ? "\"placement-strategy\":\"balanced\"" : "", pick(w, "", "{\"id\":\"cli-ban-d1-on-kvm1\",\"kind\":\"location\",\"resource\":\"d1\",\"node\":\"kvm1\",\"score\":\"-INFINITY\"}"), resources.data));
  str_free(&resources);
}

static void add_cluster(struct world *w, unsigned hosts) {
  struct str nodes = {0}, members = {0}, outlook = {0};
  const char *fencing = pick(w, "true", "false");
  for (unsigned i = 1; i <= hosts; i++) {
    const char *online = pick(w, "true", "false"), *unclean = !strcmp(online, "false") && chance(w, 50) ? "true" : "false";
    bool fenced = !strcmp(fencing, "true") && !strcmp(unclean, "false");
    str_addf(&nodes, "%s{\"name\":\"kvm%u\",\"id\":\"%u\",\"type\":\"member\",\"online\":%s,\"unclean\":%s,\"standby\":%s,\"maintenance\":false,\"pending\":false,\"is_dc\":%s}", i > 1 ? "," : "", i, i, online,
             unclean, pick(w, "false", "true"), i == 1 ? "true" : "false");
    str_addf(&members, "%s{\"id\":%u,\"name\":\"kvm%u\",\"addresses\":[\"10.0.0.%u\"],\"member\":%s,\"local\":%s}", i > 1 ? "," : "", i, i, i, online, i == 1 ? "true" : "false");
    /* What one that left sees itself: it cannot be asked, its corosync is down, it is alone, or it goes on with quorum. */
    static const char *const sees[] = {"\"asked\":false", "\"asked\":null", "\"asked\":true,\"running\":false", "\"asked\":true,\"running\":true,\"quorate\":false", "\"asked\":true,\"running\":true,\"quorate\":true"};
    if (!strcmp(online, "false") && i > 1) str_addf(&outlook, "%s{\"id\":%u,\"name\":\"kvm%u\",%s,\"members\":[\"kvm%u\"]}", outlook.len ? "," : "", i, i, sees[draw(w, fenced ? 3 : COUNT(sees))], i);
  }
  add(w, LAYER_COROSYNC, "kvm1", "corosync.outlook", NULL, arena_printf(w->arena, "{\"nodes\":[%s]}", str_text(&outlook)));
  str_free(&outlook);
  add(w, LAYER_PACEMAKER, "kvm1", "state", NULL, "{\"state\":\"ok\",\"text\":\"\"}");
  add(w, LAYER_COROSYNC, "kvm1", "state", NULL, "{\"state\":\"ok\",\"text\":\"\"}");
  add(w, LAYER_PACEMAKER, "kvm1", "pacemaker.nodes", NULL, arena_printf(w->arena, "{\"nodes\":[%s]}", nodes.data));
  add(w, LAYER_COROSYNC, "kvm1", "corosync.nodes", NULL, arena_printf(w->arena, "{\"nodes\":[%s]}", members.data));
  add(w, LAYER_COROSYNC, "kvm1", "corosync.links", NULL, arena_printf(w->arena, "{\"links\":[{\"node_id\":2,\"link\":0,\"connected\":%s}]}", pick(w, "true", "false")));
  add(w, LAYER_COROSYNC, "kvm1", "corosync.cluster", NULL, arena_printf(w->arena, "{\"name\":\"c\",\"quorate\":%s,\"votes\":%u,\"expected_votes\":%u,\"quorum\":%u,\"two_node\":%s,\"wait_for_all\":false,\"token_ms\":3000,\"consensus_ms\":3600}", pick(w, "true", "false"), hosts, hosts,
                                                                             hosts == 2 ? 1 : 2, hosts == 2 ? "true" : "false"));
  add(w, LAYER_PACEMAKER, "kvm1", "pacemaker.cluster", NULL,
      arena_printf(w->arena, "{\"dc\":\"kvm1\",\"dc_version\":\"2\",\"quorate\":true,\"fencing\":%s,\"maintenance\":%s}", fencing, pick(w, "false", "true")));
  add(w, LAYER_PACEMAKER, "kvm1", "pacemaker.failures", NULL, pick(w, "{\"failures\":[]}", "{\"failures\":[{\"resource\":\"d1\",\"node\":\"kvm1\",\"task\":\"start\"}]}"));
  add(w, LAYER_PACEMAKER, "kvm1", "pacemaker.fencing", NULL, "{\"events\":[]}");
  add_config(w, hosts);
  str_free(&nodes), str_free(&members);
}

static void add_pool(struct world *w, unsigned hosts, unsigned replica) {
  struct str peers = {0}, probe = {0}, bricks = {0}, lives = {0}, heal = {0};
  for (unsigned i = 1; i <= hosts; i++) {
    const char *comma = i > 1 ? "," : "", *alive = pick(w, "true", chance(w, 50) ? "false" : "null");
    str_addf(&peers, "%s{\"uuid\":\"u%u\",\"hostname\":\"node%u\",\"connected\":%s,\"self\":%s}", comma, i, i, pick(w, "true", "false"), i == 1 ? "true" : "false");
    str_addf(&probe, "%s{\"host\":\"node%u\",\"answers\":%s,\"unseen\":[%s]}", comma, i, alive, pick(w, "", "\"node1\""));
    str_addf(&bricks, "%s{\"host\":\"node%u\",\"path\":\"/data\",\"uuid\":\"u%u\",\"set\":%u,\"arbiter\":%s}", comma, i, i, (i - 1) / replica, replica == 3 && i % 3 == 0 ? "true" : "false");
    const char *online = pick(w, "true", chance(w, 50) ? "false" : "null");
    str_addf(&lives, "%s{\"host\":\"node%u\",\"path\":\"/data\",\"online\":%s,\"answers\":%s,\"port\":49152}", comma, i, online, !strcmp(online, "null") ? "null" : pick(w, "true", "false"));
    str_addf(&heal, "%s{\"host\":\"node%u\",\"path\":\"/data\",\"pending\":%s}", comma, i, pick(w, "0", chance(w, 50) ? "7" : "null"));
  }
  add(w, LAYER_GLUSTER, "kvm1", "state", NULL, "{\"state\":\"ok\",\"text\":\"\"}");
  add(w, LAYER_GLUSTER, "kvm1", "gluster.peers", NULL, arena_printf(w->arena, "{\"peers\":[%s]}", peers.data));
  add(w, LAYER_GLUSTER, "kvm1", "gluster.probe", NULL, arena_printf(w->arena, "{\"hosts\":[%s]}", probe.data));
  add(w, LAYER_GLUSTER, "kvm1", "gluster.mounts", NULL,
      arena_printf(w->arena, "{\"mounts\":[{\"mount\":\"/kvmdata\",\"server\":\"n1\",\"volume\":\"v\",\"trouble\":%s}]}", pick(w, "null", "\"it does not answer\"")));
  add(w, LAYER_GLUSTER, "kvm1", "gluster.bricks", NULL, arena_printf(w->arena, "{\"bricks\":[%s]}", lives.data));
  add(w, LAYER_GLUSTER, "kvm1", "gluster.heal", "v", arena_printf(w->arena, "{\"bricks\":[%s],\"split_brain\":0}", heal.data));
  add(w, LAYER_GLUSTER, "kvm1", "gluster.volumes", NULL,
      arena_printf(w->arena, "{\"volumes\":[{\"name\":\"v\",\"type\":\"replicate\",\"status\":\"%s\",\"replica\":%u,\"arbiter\":0,\"disperse\":0,\"redundancy\":0,\"bricks\":[%s],\"options\":{}}]}",
                   pick(w, "started", "stopped"), replica, bricks.data));
  str_free(&peers), str_free(&probe), str_free(&bricks), str_free(&lives), str_free(&heal);
}

static void add_domains(struct world *w, unsigned hosts, unsigned domains) {
  struct str on[8] = {{0}}, resources = {0}, places[8] = {{0}};
  for (unsigned i = 1; i <= domains; i++) {
    unsigned host = draw(w, hosts), other = (host + 1 + draw(w, hosts - 1)) % hosts;
    str_addf(&places[host], chance(w, 90) ? "%s{\"resource\":\"d%u\",\"from\":[\"kvm%u\"],\"to\":[\"kvm%u\"]}" : "%s{\"resource\":\"d%u\",\"from\":[\"kvm%u\"],\"to\":[]}", places[host].len ? "," : "", i, host + 1, other + 1);
    const char *role = pick(w, "Started", "Stopped");
    if (chance(w, 90))
      str_addf(&on[host], "%s{\"name\":\"d%u\",\"uuid\":\"%u\",\"memory\":%u,\"disks\":[{\"target\":\"vda\",\"source\":\"/kvmdata/d%u\",\"type\":\"file\"}],\"state\":\"%s\",\"reason\":\"io-error\",\"id\":%u}", on[host].len ? "," : "", i, i, chance(w, 90) ? 1000 : 9000, i, pick(w, "running", chance(w, 50) ? "paused" : "crashed"), i);
    if (chance(w, 80))
      str_addf(&resources, "%s{\"id\":\"d%u\",\"agent\":\"ocf:heartbeat:VirtualDomain\",\"role\":\"%s\",\"nodes\":[\"kvm%u\"],\"managed\":%s,\"failed\":%s,\"blocked\":false,\"disabled\":%s}", resources.len ? "," : "", i, role,
               host + 1, pick(w, "true", "false"), pick(w, "false", "true"), pick(w, "false", "true"));
  }
  for (unsigned i = 0; i < hosts; i++) {
    const char *name = arena_printf(w->arena, "kvm%u", i + 1);
    add(w, LAYER_LIBVIRT, name, "state", NULL, pick(w, "{\"state\":\"ok\",\"text\":\"\"}", "{\"state\":\"down\",\"text\":\"it does not answer\"}"));
    add(w, LAYER_LIBVIRT, name, "libvirt.domains", NULL, arena_printf(w->arena, "{\"domains\":[%s]}", str_text(&on[i])));
    add(w, LAYER_LIBVIRT, name, "libvirt.host", NULL, "{\"memory\":9000,\"cpus\":2}");
    add(w, LAYER_LIBVIRT, name, "libvirt.load", NULL, "{\"memory_used\":3000}");
    add(w, LAYER_LIBVIRT, name, "libvirt.jobs", NULL, chance(w, 95) ? "{\"jobs\":[]}" : "{\"jobs\":[{\"name\":\"d1\",\"type\":\"migration out\"}]}");
    add(w, LAYER_PACEMAKER, "kvm1", "pacemaker.placement", name, arena_printf(w->arena, "{\"lost\":[\"%s\"],\"resources\":[%s],\"drained_apart\":%s,\"drained\":[%s]}", name, w->apart ? "" : str_text(&places[i]), w->apart ? "true" : "false", w->apart ? str_text(&places[i]) : ""));
    str_free(&on[i]), str_free(&places[i]);
  }
  for (unsigned i = 1; i <= hosts; i++)
    str_addf(&resources, "%s{\"id\":\"fence-kvm%u\",\"agent\":\"stonith:fence_ipmilan\",\"role\":\"%s\",\"nodes\":[\"kvm1\"],\"managed\":true,\"failed\":false,\"blocked\":false,\"disabled\":false}", resources.len ? "," : "", i, pick(w, "Started", "Stopped"));
  add(w, LAYER_PACEMAKER, "kvm1", "pacemaker.resources", NULL, arena_printf(w->arena, "{\"resources\":[%s]}", str_text(&resources)));
  str_free(&resources);
}

static void generate(struct world *w, unsigned seed) {
  *w = (struct world){.arena = arena_new(), .seed = seed * 2654435761u + 1};
  w->apart = chance(w, 30);
  unsigned hosts = 2 + draw(w, 2), replica = 2 + draw(w, 2);
  add_cluster(w, hosts);
  add_pool(w, replica * (1 + draw(w, 2)), replica);
  add_domains(w, hosts, 1 + draw(w, 3));
}

static struct snapshot *merge(const struct world *w, const size_t *order, size_t without, size_t old, const char *instead) {
  struct store s = {0};
  for (size_t i = 0; i < w->count; i++) {
    size_t at = order ? order[i] : i;
    struct fragment *f = NULL;
    const char *line = at == without ? instead : w->line[at];
    if (!line) continue;
    assert_int_equal(fragment_parse(line, strlen(line), &f, NULL), 0);
    store_add(&s, f, at == old ? NOW - 10000000 : NOW);
    fragment_drop(f);
  }
  struct snapshot *snap = snapshot_make(&s, NOW, 0, &(struct merge_options){.judge = stop_judge_hosts}, NULL);
  store_clear(&s);
  return snap;
}

/* What a snapshot claims: its health, and of each host whether it may go down. */
struct claims {
  int health;
  struct { char name[16]; int verdict; bool off; } host[16]; /* off: fenced, so that nothing can run there */
  size_t hosts;
};

static struct claims claims_of(const struct world *w, size_t without, size_t old, const char *instead) {
  struct snapshot *snap = merge(w, NULL, without, old, instead);
  struct claims c = {.health = snap->health};
  for (size_t i = 0; i < snap->hosts.count && c.hosts < COUNT(c.host); i++) {
    snprintf(c.host[c.hosts].name, sizeof c.host[0].name, "%s", snap->hosts.item[i].name);
    c.host[c.hosts].off = snapshot_off(snap, &snap->hosts.item[i]);
    c.host[c.hosts++].verdict = snap->hosts.item[i].take_down;
  }
  snapshot_drop(snap);
  return c;
}

/* How much good is claimed. An outage that is no longer known may become unknown, and nothing better; so may what is unsafe. */
static int claim(int health) { return health == HEALTH_HEALTHY ? 2 : health == HEALTH_DEGRADED ? 1 : 0; }
static int promise(int verdict) { return verdict == VERDICT_SAFE ? 2 : verdict == VERDICT_WAIT ? 1 : 0; }

/* Fails, with what was done, when more is claimed now than before. */
static void no_better(unsigned seed, const struct claims *before, struct claims now, const char *what, const char *line) {
  if (claim(now.health) > claim(before->health)) fail_msg("seed %u: %s in %.400s: health went from %s to %s", seed, what, line, health_names[before->health], health_names[now.health]);
  for (size_t i = 0; i < before->hosts; i++)
    for (size_t k = 0; k < now.hosts; k++)
      if (!strcmp(before->host[i].name, now.host[k].name) && !now.host[k].off && promise(now.host[k].verdict) > promise(before->host[i].verdict))
        fail_msg("seed %u: %s in %.400s: %s went from %s to %s", seed, what, line, now.host[k].name, verdict_names[before->host[i].verdict], verdict_names[now.host[k].verdict]);
}

static bool is_state(const char *line) { return strstr(line, "\"kind\":\"state\"") != NULL; }

static void unknown_or_old_never_improves(const struct world *w, unsigned seed) {
  struct claims before = claims_of(w, SIZE_MAX, SIZE_MAX, NULL);
  for (size_t i = 0; i < w->count; i++) {
    if (is_state(w->line[i])) continue;
    no_better(seed, &before, claims_of(w, i, SIZE_MAX, NULL), "no word", w->line[i]);
    no_better(seed, &before, claims_of(w, SIZE_MAX, i, NULL), "an old word", w->line[i]);
  }
}

/* One word of what was measured becomes null: a field of its own that is not known. */
static void unknown_fields_never_improve(const struct world *w, unsigned seed) {
  static const char *const measured[] = {"\"online\":", "\"answers\":", "\"unclean\":", "\"connected\":", "\"quorate\":", "\"fencing\":", "\"member\":", "\"state\":\"", "\"role\":\"", "\"pending\":", "\"failed\":", "\"asked\":", "\"running\":"};
  struct claims before = claims_of(w, SIZE_MAX, SIZE_MAX, NULL);
  for (size_t i = 0; i < w->count; i++)
    for (size_t k = 0; !is_state(w->line[i]) && k < COUNT(measured); k++)
      for (const char *at = w->line[i]; (at = strstr(at, measured[k])); at++) {
        const char *value = strchr(at + 1, ':') + 1, *end = *value == '"' ? strchr(value + 1, '"') + 1 : value + strcspn(value, ",}");
        if (!strncmp(measured[k], "\"pending\":", 10) && !strstr(w->line[i], "gluster.heal")) continue;
        CLEANUP(mem_freep) char *line = mem_printf("%.*snull%s", (int)(value - w->line[i]), w->line[i], end);
        no_better(seed, &before, claims_of(w, i, SIZE_MAX, line), measured[k], line);
      }
}

/* One more thing is lost: a word that said well says it is not. */
static void losing_more_never_improves(const struct world *w, unsigned seed) {
  static const struct { const char *kind, *from, *to; } losses[] = {
      {"gluster.bricks", "\"online\":true", "\"online\":false"}, {"gluster.bricks", "\"answers\":true", "\"answers\":false"}, {"gluster.probe", "\"answers\":true", "\"answers\":false"},
      {"gluster.peers", "\"connected\":true", "\"connected\":false"}, {"gluster.heal", "\"pending\":0", "\"pending\":9"}, {"gluster.heal", "\"split_brain\":0", "\"split_brain\":2"},
      {"pacemaker.nodes", "\"online\":true", "\"online\":false"}, {"pacemaker.nodes", "\"unclean\":false", "\"unclean\":true"}, {"corosync.cluster", "\"quorate\":true", "\"quorate\":false"},
      {"pacemaker.cluster", "\"fencing\":true", "\"fencing\":false"}, {"libvirt.domains", "\"state\":\"running\"", "\"state\":\"crashed\""}, {"libvirt.domains", "\"state\":\"running\"", "\"state\":\"paused\""},
      {"pacemaker.resources", "\"failed\":false", "\"failed\":true"}, {"corosync.nodes", "\"member\":true", "\"member\":false"}, {"corosync.outlook", "\"running\":false", "\"running\":null"}, {"corosync.outlook", "\"quorate\":false", "\"quorate\":true"},
      {"gluster.probe", "\"unseen\":[]", "\"unseen\":[\"node2\"]"}, {"gluster.mounts", "\"trouble\":null", "\"trouble\":\"it does not answer\""},
      {"\"kind\":\"state\"", "\"state\":\"ok\"", "\"state\":\"hung\""}};
  struct claims before = claims_of(w, SIZE_MAX, SIZE_MAX, NULL);
  for (size_t i = 0; i < w->count; i++)
    for (size_t k = 0; k < COUNT(losses); k++)
      for (const char *at = w->line[i]; strstr(w->line[i], losses[k].kind) && (at = strstr(at, losses[k].from)); at++) {
        CLEANUP(mem_freep) char *line = mem_printf("%.*s%s%s", (int)(at - w->line[i]), w->line[i], losses[k].to, at + strlen(losses[k].from));
        no_better(seed, &before, claims_of(w, i, SIZE_MAX, line), losses[k].to, line);
      }
}

static void order_never_matters(struct world *w, unsigned seed) {
  size_t order[LINES];
  struct str first = {0}, second = {0};
  struct snapshot *a = merge(w, NULL, SIZE_MAX, SIZE_MAX, NULL);
  for (size_t i = 0; i < w->count; i++) order[i] = i;
  for (size_t i = w->count - 1; i > 0; i--) {
    size_t j = draw(w, (unsigned)i + 1), t = order[i];
    order[i] = order[j], order[j] = t;
  }
  struct snapshot *b = merge(w, order, SIZE_MAX, SIZE_MAX, NULL);
  snapshot_json(a, &first), snapshot_json(b, &second);
  if (strcmp(first.data, second.data)) fail_msg("seed %u: another order gave another snapshot", seed);
  str_free(&first), str_free(&second);
  snapshot_drop(a), snapshot_drop(b);
}

static unsigned setting(const char *name, unsigned otherwise) { return getenv(name) ? (unsigned)strtoul(getenv(name), NULL, 10) : otherwise; }

/* The dear properties try every fact of a world, so they run on a part of the worlds. */
static void each_world(void **state) {
  unsigned from = setting("SEED", 1), worlds = setting("WORLDS", 10000), seen[HEALTH_UNKNOWN + 1] = {0}, promised[VERDICT_COUNT] = {0};
  (void)state;
  for (unsigned seed = from; seed < from + worlds; seed++) {
    struct world w;
    generate(&w, seed);
    struct claims c = claims_of(&w, SIZE_MAX, SIZE_MAX, NULL);
    seen[c.health]++;
    for (size_t i = 0; i < c.hosts; i++) promised[c.host[i].verdict]++;
    order_never_matters(&w, seed);
    if (seed % 20 == 0) unknown_or_old_never_improves(&w, seed);
    if (seed % 20 == 5) losing_more_never_improves(&w, seed);
    if (seed % 20 == 7) unknown_fields_never_improve(&w, seed);
    arena_free(w.arena);
  }
  for (int h = HEALTH_HEALTHY; worlds >= 10000 && h <= HEALTH_UNKNOWN; h++)
    if (seen[h] < worlds / 1000) fail_msg("only %u of %u worlds are %s: the generator shows too little", seen[h], worlds, health_names[h]);
  for (int v = VERDICT_SAFE; worlds >= 10000 && v < VERDICT_COUNT; v++)
    if (promised[v] < worlds / 100) fail_msg("only %u of the hosts in %u worlds are %s: the generator shows too little", promised[v], worlds, verdict_names[v]);
}

/* ---- hosts with two names on two networks: each is one host by whatever road the two are known to be one, and two
 * hosts where there is none, however alike they look ---- */

enum road { ROAD_NONE, ROAD_DAEMON, ROAD_ADDRESSES, ROAD_ALIAS, ROADS };

static void add_two_names(struct world *w, unsigned hosts, enum road *road, struct alias *alias, size_t *aliases) {
  struct str nodes = {0}, peers = {0}, probe = {0};
  for (unsigned i = 1; i <= hosts; i++) {
    const char *comma = i > 1 ? "," : "", *name = arena_printf(w->arena, "host%u", i), *store = arena_printf(w->arena, "store%u", i);
    road[i] = (enum road)draw(w, ROADS);
    str_addf(&nodes, "%s{\"id\":%u,\"name\":\"%s\",\"addresses\":[\"10.77.0.%u\"],\"member\":%s,\"local\":%s}", comma, i, name, i, pick(w, "true", "false"), i == 1 ? "true" : "false");
    str_addf(&peers, "%s{\"uuid\":\"u%u\",\"hostname\":\"%s\",\"connected\":%s,\"self\":%s}", comma, i, store, pick(w, "true", "false"), i == 1 ? "true" : "false");
    str_addf(&probe, "%s{\"host\":\"%s\",\"answers\":%s,\"addresses\":[\"10.78.0.%u\"]}", comma, store, pick(w, "true", "null"), i);
    if (road[i] == ROAD_DAEMON) add(w, LAYER_GLUSTER, "host1", "gluster.identity", name, arena_printf(w->arena, "{\"uuid\":\"u%u\"}", i));
    add(w, LAYER_LIBVIRT, name, "state", NULL, pick(w, "{\"state\":\"ok\",\"text\":\"\"}", "{\"state\":\"down\",\"text\":\"\"}"));
    add(w, LAYER_LIBVIRT, name, "libvirt.host", NULL, arena_printf(w->arena, road[i] == ROAD_ADDRESSES ? "{\"uuid\":\"l%u\",\"addresses\":[\"10.77.0.%u\",\"10.78.0.%u\"]}" : "{\"uuid\":\"l%u\",\"addresses\":[\"10.77.0.%u\"]}", i, i, i));
    if (road[i] == ROAD_ALIAS) alias[(*aliases)++] = (struct alias){name, store};
  }
  add(w, LAYER_COROSYNC, "host1", "state", NULL, "{\"state\":\"ok\",\"text\":\"\"}");
  add(w, LAYER_COROSYNC, "host1", "corosync.nodes", NULL, arena_printf(w->arena, "{\"nodes\":[%s]}", nodes.data));
  add(w, LAYER_GLUSTER, "host1", "gluster.peers", NULL, arena_printf(w->arena, "{\"peers\":[%s]}", peers.data));
  add(w, LAYER_GLUSTER, "host1", "gluster.probe", NULL, arena_printf(w->arena, "{\"hosts\":[%s]}", probe.data));
  str_free(&nodes), str_free(&peers), str_free(&probe);
}

static void who_is_who(void **state) {
  unsigned from = setting("SEED", 1), worlds = setting("WORLDS", 10000) / 5;
  (void)state;
  for (unsigned seed = from; seed < from + worlds; seed++) {
    struct world w = {.arena = arena_new(), .seed = seed * 2654435761u + 7};
    enum road road[6] = {ROAD_NONE};
    struct alias alias[6];
    struct merge_options o = {.aliases = alias};
    unsigned hosts = 2 + draw(&w, 4), apart = 0;
    add_two_names(&w, hosts, road, alias, &o.alias_count);
    struct store s = {0};
    for (size_t i = w.count; i-- > 0;) { /* whatever came first */
      struct fragment *f = NULL;
      assert_int_equal(fragment_parse(w.line[i], strlen(w.line[i]), &f, NULL), 0);
      store_add(&s, f, NOW);
      fragment_drop(f);
    }
    struct snapshot *snap = snapshot_make(&s, NOW, 0, &o, NULL);
    for (unsigned i = 1; i <= hosts; i++) {
      const struct host_view *a = snapshot_host(snap, arena_printf(w.arena, "host%u", i)), *b = snapshot_host(snap, arena_printf(w.arena, "store%u", i));
      if (!a || !b) fail_msg("seed %u: host%u or store%u is missing", seed, i, i);
      if ((a == b) != (road[i] != ROAD_NONE)) fail_msg("seed %u: host%u and store%u are %s by road %d", seed, i, i, a == b ? "one" : "two", road[i]);
      apart += a != b;
    }
    if (snap->hosts.count != hosts + apart) fail_msg("seed %u: %zu hosts of %u with %u apart", seed, snap->hosts.count, hosts, apart);
    snapshot_drop(snap);
    store_clear(&s);
    arena_free(w.arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_world), cmocka_unit_test(who_is_who)};
  return RUN(tests);
}
