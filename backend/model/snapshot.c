#include "model/snapshot.h"
#include <math.h>
#include <string.h>

const char *const health_names[] = {NULL, "healthy", "degraded", "outage", "unknown", NULL};
const char *const severity_names[] = {NULL, "info", "warning", "critical", NULL};
const char *const membership_names[] = {NULL, "member", "left", NULL};
const char *const node_state_names[] = {NULL, "unclean", "pending", "offline", "maintenance", "standby", "online", NULL};
const char *const peer_state_names[] = {NULL, "connected", "disconnected", "suspect", NULL};
const char *const libvirt_state_names[] = {NULL, "connected", "connecting", "unreachable", NULL};
const char *const verdict_names[] = {NULL, "safe", "wait", "unsafe", "unknown", NULL};
const char *const role_names[] = {NULL, "started", "stopped", "promoted", "unpromoted", "starting", "stopping", "migrating", NULL};
const char *const set_state_names[] = {NULL, "full", "reduced", "lost", NULL};

#define T struct problem
SHAPE(problem_shape, T, FIELD(T, id, TEXT), CHOICE(T, severity, severity_names), FIELD(T, subject, TEXT), FIELD(T, since, TIME), FIELD(T, text, TEXT),
      FIELD(T, operation, TEXT), MAYBE(T, acknowledged, acknowledged_shape));
#undef T
#define T struct source_fact_view
SHAPE(source_fact_view_shape, T, FIELD(T, kind, TEXT), FIELD(T, key, TEXT), FIELD(T, age_ms, INT), FIELD(T, stale_after_ms, INT), FIELD(T, stale, BOOL));
#undef T
#define T struct source_view
SHAPE(source_view_shape, T, FIELD(T, name, TEXT), FIELD(T, host, TEXT), CHOICE(T, state, source_state_names), FIELD(T, age_ms, INT), FIELD(T, text, TEXT),
      LIST(T, facts, source_fact_view_shape));
#undef T
#define T struct cluster_view
SHAPE(cluster_view_shape, T, FIELD(T, name, TEXT), FIELD(T, quorate, BOOL), FIELD(T, votes, INT), FIELD(T, expected_votes, INT), FIELD(T, quorum, INT),
      FIELD(T, two_node, BOOL), FIELD(T, wait_for_all, BOOL), FIELD(T, last_man_standing, BOOL), FIELD(T, auto_tie_breaker, BOOL), FIELD(T, qdevice, BOOL),
      FIELD(T, dc, TEXT), FIELD(T, fencing, BOOL), FIELD(T, maintenance, BOOL), FIELD(T, no_quorum_policy, TEXT), FIELD(T, pacemaker_version, TEXT),
      FIELD(T, stale, TEXTS));
#undef T
#define T struct link_view
SHAPE(link_view_shape, T, FIELD(T, link, INT), FIELD(T, connected, BOOL), FIELD(T, latency_us, INT));
#undef T
#define T struct outlook_view
SHAPE(outlook_view_shape, T, FIELD(T, asked, BOOL), FIELD(T, running, BOOL), FIELD(T, quorate, BOOL), FIELD(T, members, TEXTS), FIELD(T, text, TEXT));
#undef T
#define T struct host_view
SHAPE(host_view_shape, T, FIELD(T, name, TEXT), FIELD(T, aliases, TEXTS), FIELD(T, addresses, TEXTS), FIELD(T, roles, TEXTS),
      CHOICE(T, membership, membership_names), CHOICE(T, pacemaker, node_state_names), CHOICE(T, peer, peer_state_names),
      CHOICE(T, libvirt, libvirt_state_names), FIELD(T, dc, BOOL), FIELD(T, here, BOOL), FIELD(T, domains, INT), FIELD(T, cpu_percent, REAL),
      FIELD(T, cpus, INT), FIELD(T, memory, INT), FIELD(T, memory_used, INT), CHOICE(T, take_down, verdict_names), LIST(T, links, link_view_shape),
      OBJECT(T, outlook, outlook_view_shape), FIELD(T, unseen, TEXTS), FIELD(T, stale, TEXTS));
#undef T
#define T struct heal_view
SHAPE(heal_view_shape, T, FIELD(T, at, TIME), FIELD(T, count, INT), FIELD(T, per_minute, REAL), FIELD(T, eta_s, INT), FIELD(T, no_progress_since, TIME));
#undef T
#define T struct brick_view
SHAPE(brick_view_shape, T, FIELD(T, host, TEXT), FIELD(T, path, TEXT), FIELD(T, set, INT), FIELD(T, arbiter, BOOL), FIELD(T, online, BOOL),
      FIELD(T, answers, BOOL), FIELD(T, pid, INT), FIELD(T, port, INT), FIELD(T, size, INT), FIELD(T, free, INT), FIELD(T, heal_pending, INT),
      OBJECT(T, heal, heal_view_shape), FIELD(T, text, TEXT), FIELD(T, stale, TEXTS));
#undef T
#define T struct volume_view
SHAPE(volume_view_shape, T, FIELD(T, name, TEXT), FIELD(T, type, TEXT), FIELD(T, status, TEXT), FIELD(T, replica, INT), FIELD(T, arbiter, INT),
      FIELD(T, disperse, INT), FIELD(T, redundancy, INT), FIELD(T, size, INT), FIELD(T, free, INT), FIELD(T, heal_pending, INT), FIELD(T, split_brain, INT),
      FIELD(T, sharded, BOOL), FIELD(T, options, PAIRS), LIST(T, tasks, gluster_task_shape), LIST(T, bricks, brick_view_shape),
      OBJECT(T, heal, heal_view_shape), CHOICE(T, writable, set_state_names), FIELD(T, stale, TEXTS));
#undef T
#define T struct disk_view
SHAPE(disk_view_shape, T, FIELD(T, target, TEXT), FIELD(T, source, TEXT), FIELD(T, volume, TEXT), FIELD(T, path, TEXT), FIELD(T, bricks, SOME));
#undef T
#define T struct domain_view
SHAPE(domain_view_shape, T, FIELD(T, name, TEXT), FIELD(T, uuid, TEXT), FIELD(T, state, TEXT), FIELD(T, reason, TEXT), FIELD(T, hosts, TEXTS),
      FIELD(T, defined_on, TEXTS), FIELD(T, resource, TEXT), FIELD(T, vcpus, INT), FIELD(T, memory, INT), FIELD(T, memory_used, INT),
      FIELD(T, cpu_percent, REAL), FIELD(T, read_bytes_s, INT), FIELD(T, write_bytes_s, INT), FIELD(T, autostart, BOOL), LIST(T, disks, disk_view_shape),
      FIELD(T, role, TEXT), FIELD(T, guest_agent, TEXT), FIELD(T, stale, TEXTS));
#undef T
#define T struct resource_view
SHAPE(resource_view_shape, T, FIELD(T, id, TEXT), FIELD(T, instance, TEXT), FIELD(T, parent, TEXT), FIELD(T, agent, TEXT), CHOICE(T, role, role_names),
      FIELD(T, hosts, TEXTS), FIELD(T, managed, BOOL), FIELD(T, failed, BOOL), FIELD(T, blocked, BOOL), FIELD(T, orphaned, BOOL), FIELD(T, disabled, BOOL),
      FIELD(T, fail_count, TALLIES), FIELD(T, stale, TEXTS));
#undef T
#define T struct failure_view
SHAPE(failure_view_shape, T, FIELD(T, resource, TEXT), FIELD(T, host, TEXT), FIELD(T, task, TEXT), FIELD(T, reason, TEXT), FIELD(T, at, TIME));
#undef T
#define T struct fencing_view
SHAPE(fencing_view_shape, T, FIELD(T, target, TEXT), FIELD(T, action, TEXT), FIELD(T, result, TEXT), FIELD(T, client, TEXT),
      FIELD(T, origin, TEXT), FIELD(T, delegate, TEXT), FIELD(T, at, TIME));
#undef T
#define T struct constraint_view
SHAPE(constraint_view_shape, T, FIELD(T, id, TEXT), FIELD(T, kind, TEXT), FIELD(T, resource, TEXT), FIELD(T, with, TEXT), FIELD(T, host, TEXT),
      FIELD(T, score, TEXT), FIELD(T, from_move, BOOL));
#undef T
#define T struct survival_view
SHAPE(survival_view_shape, T, FIELD(T, layer, TEXT), FIELD(T, hosts, INT), FIELD(T, lost, BOOL), FIELD(T, weakest, BOOL), FIELD(T, what, TEXT), FIELD(T, text, TEXT));
#undef T
#define T struct snapshot
SHAPE(snapshot_shape, T, FIELD(T, schema, INT), FIELD(T, at, TIME), CHOICE(T, health, health_names), LIST(T, problems, problem_shape),
      LIST(T, sources, source_view_shape), OBJECT(T, cluster, cluster_view_shape), LIST(T, hosts, host_view_shape), LIST(T, volumes, volume_view_shape),
      LIST(T, domains, domain_view_shape), LIST(T, resources, resource_view_shape), LIST(T, failures, failure_view_shape),
      LIST(T, fencing, fencing_view_shape), LIST(T, constraints, constraint_view_shape),
      LIST(T, survives, survival_view_shape), LIST(T, acknowledgements, acknowledgement_shape));
#undef T

struct snapshot *snapshot_keep(struct snapshot *s) {
  s->references++;
  return s;
}

void snapshot_drop(struct snapshot *s) {
  if (!s || --s->references) return;
  for (size_t i = 0; i < s->kept.count; i++) fragment_drop(s->kept.item[i]);
  for (int i = 0; i < NAME_COUNT; i++) map_free(&s->names[i].place);
  arena_free(s->arena);
}

void snapshot_json(const struct snapshot *s, struct str *out) { shape_encode(&snapshot_shape, s, out); }

const struct host_view *snapshot_host(const struct snapshot *s, const char *name) {
  for (size_t i = 0; i < s->hosts.count; i++)
    if (str_eq(s->hosts.item[i].name, name) || texts_have(&s->hosts.item[i].aliases, name)) return &s->hosts.item[i];
  return NULL;
}

bool snapshot_off(const struct snapshot *s, const struct host_view *h) {
  const char *layer = layer_names[LAYER_PACEMAKER];
  return h->pacemaker == NODE_OFFLINE && s->cluster.fencing == TRUTH_YES && !texts_have(&h->stale, layer) && !texts_have(&s->cluster.stale, layer);
}

const struct volume_view *snapshot_volume(const struct snapshot *s, const char *name) {
  for (size_t i = 0; i < s->volumes.count; i++)
    if (str_eq(s->volumes.item[i].name, name)) return &s->volumes.item[i];
  return NULL;
}

/* ---- by name ---- */

struct named { const void *of; size_t count; };

static struct named named_list(const struct snapshot *s, enum snapshot_name by) {
  return by == NAME_RESOURCE ? (struct named){s->resources.item, s->resources.count} : (struct named){s->domains.item, s->domains.count};
}

static const char *name_at(const struct snapshot *s, enum snapshot_name by, size_t i) {
  return by == NAME_RESOURCE ? s->resources.item[i].id : by == NAME_DOMAIN ? s->domains.item[i].name : s->domains.item[i].resource;
}

void snapshot_index(struct snapshot *s) {
  for (int by = 0; by < NAME_COUNT; by++) {
    struct name_index *x = &s->names[by];
    struct named list = named_list(s, (enum snapshot_name)by);
    x->of = list.of;
    x->count = list.count;
    for (size_t i = 0; i < list.count; i++)
      if (name_at(s, (enum snapshot_name)by, i)) map_add(&x->place, name_at(s, (enum snapshot_name)by, i), i); /* the first of that name stays */
  }
}

/* Its place in the list, or how long that is. */
static size_t place_of(const struct snapshot *s, enum snapshot_name by, const char *name) {
  const struct name_index *x = &s->names[by];
  struct named list = named_list(s, by);
  if (!name) return list.count;
  if (x->of && x->of == list.of && x->count == list.count) {
    int64_t at = map_get(&x->place, name);
    return at == MAP_NONE ? list.count : (size_t)at;
  }
  size_t i = 0;
  while (i < list.count && !str_eq(name_at(s, by, i), name)) i++;
  return i;
}

const struct domain_view *snapshot_domain(const struct snapshot *s, const char *name) {
  size_t at = place_of(s, NAME_DOMAIN, name);
  return at < s->domains.count ? &s->domains.item[at] : NULL;
}

const struct domain_view *snapshot_domain_of(const struct snapshot *s, const char *resource) {
  size_t at = place_of(s, NAME_DOMAIN_RESOURCE, resource);
  return at < s->domains.count ? &s->domains.item[at] : NULL;
}

const struct resource_view *snapshot_resource(const struct snapshot *s, const char *id) {
  size_t at = place_of(s, NAME_RESOURCE, id);
  return at < s->resources.count ? &s->resources.item[at] : NULL;
}

size_t snapshot_problems(const struct snapshot *s, size_t *ret_known) {
  size_t n = 0, known = 0;
  for (size_t i = 0; i < s->problems.count; i++) {
    bool counts = s->problems.item[i].severity > SEVERITY_INFO;
    n += counts;
    known += counts && s->problems.item[i].acknowledged;
  }
  if (ret_known) *ret_known = known;
  return n;
}

/* In reals: a hostile answer may say that less than nothing is left. */
double used_percent(int64_t size, int64_t left) { return size <= 0 || left == UNKNOWN_INT ? NAN : 100.0 * ((double)size - (double)left) / (double)size; }

size_t volume_sets(const struct volume_view *v) {
  int64_t last = -1;
  for (size_t i = 0; i < v->bricks.count; i++)
    if (v->bricks.item[i].set > last) last = v->bricks.item[i].set;
  return (size_t)(last + 1);
}

struct set_rules volume_rules(const struct volume_view *v) { return set_rules_make(v->replica, v->arbiter, v->disperse, v->redundancy, &v->options); }

void volume_living(const struct volume_view *v, int64_t set, struct set_living *ret_sure, struct set_living *ret_perhaps) {
  bool first = true;
  *ret_sure = *ret_perhaps = (struct set_living){0};
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *b = &v->bricks.item[i];
    if (b->set != set) continue;
    bool data = b->arbiter != TRUTH_YES, sure = b->online == TRUTH_YES, perhaps = b->online != TRUTH_NO;
    ret_sure->bricks += sure, ret_sure->data += sure && data, ret_sure->first |= sure && first;
    ret_perhaps->bricks += perhaps, ret_perhaps->data += perhaps && data, ret_perhaps->first |= perhaps && first;
    first = false;
  }
}

int volume_set_state(const struct volume_view *v, int64_t set) {
  struct set_rules r = volume_rules(v);
  struct set_living sure, perhaps;
  volume_living(v, set, &sure, &perhaps);
  if (!set_writes(&r, &perhaps)) return SET_LOST;
  if (!set_writes(&r, &sure)) return SET_UNKNOWN;
  return sure.bricks >= r.bricks ? SET_FULL : perhaps.bricks >= r.bricks ? SET_UNKNOWN : SET_REDUCED;
}
