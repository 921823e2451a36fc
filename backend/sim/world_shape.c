/* The world's shapes, and what of it may be believed when it comes from a file. */
#include "sim/event.h"
#include "sim/world.h"
#include <errno.h>
#include <string.h>

const char *const power_names[] = {NULL, "on", "off", "booting", NULL};
const char *const life_names[] = {NULL, "running", "stopped", "hung", NULL};
static const char *const joined_names[] = {NULL, "pending", "online", NULL};

#define T struct sim_daemon
SHAPE(sim_daemon_shape, T, FIELD(T, name, TEXT), CHOICE(T, life, life_names), FIELD(T, enabled, BOOL), FIELD(T, since, TIME));
#undef T
#define T struct sim_mount
SHAPE(sim_mount_shape, T, FIELD(T, mount, TEXT), FIELD(T, server, TEXT), FIELD(T, volume, TEXT), FIELD(T, options, TEXT), FIELD(T, release_ms, INT));
#undef T
#define T struct sim_host
SHAPE(sim_host_shape, T, FIELD(T, name, TEXT), FIELD(T, address, TEXT), FIELD(T, gluster_uuid, TEXT), FIELD(T, libvirt_uuid, TEXT), FIELD(T, kvm, BOOL),
      FIELD(T, store, BOOL), FIELD(T, bmc, BOOL), FIELD(T, bmc_works, BOOL), FIELD(T, cpus, INT), FIELD(T, memory, INT), FIELD(T, boot_ms, INT),
      FIELD(T, pid, INT), CHOICE(T, power, power_names), FIELD(T, frozen, BOOL), FIELD(T, power_since, TIME), FIELD(T, silent_since, TIME),
      FIELD(T, cluster_cut, TIME), FIELD(T, storage_cut, TIME), FIELD(T, downs, INT), FIELD(T, packages, TEXTS), LIST(T, daemons, sim_daemon_shape), FIELD(T, files, PAIRS), LIST(T, mounts, sim_mount_shape),
      FIELD(T, node_id, INT), FIELD(T, votes, INT), FIELD(T, ring, INT), FIELD(T, members, TEXTS), FIELD(T, expected, INT), FIELD(T, quorum, INT),
      FIELD(T, lowest, INT), FIELD(T, member_count, INT), FIELD(T, quorate, BOOL), FIELD(T, waiting, BOOL), CHOICE(T, joined, joined_names), FIELD(T, dc, TEXT),
      FIELD(T, leaving, TEXT), FIELD(T, condemned, BOOL), FIELD(T, known_to, TEXTS), FIELD(T, standby, BOOL), FIELD(T, maintenance, BOOL), FIELD(T, in_pool, BOOL), FIELD(T, utilization, PAIRS), FIELD(T, attributes, PAIRS), FIELD(T, setup, PAIRS));
#undef T
#define T struct sim_brick
SHAPE(sim_brick_shape, T, FIELD(T, host, TEXT), FIELD(T, path, TEXT), FIELD(T, set, INT), FIELD(T, arbiter, BOOL), CHOICE(T, life, life_names),
      FIELD(T, since, TIME), FIELD(T, pid, INT), FIELD(T, port, INT), FIELD(T, size, INT), FIELD(T, used, INT), FIELD(T, behind, INT), FIELD(T, full_heal, BOOL), FIELD(T, leaving, BOOL));
#undef T
#define T struct sim_volume
SHAPE(sim_volume_shape, T, FIELD(T, name, TEXT), FIELD(T, id, TEXT), FIELD(T, type, TEXT), FIELD(T, status, TEXT), FIELD(T, locked_by, TEXT), FIELD(T, locked_for, TEXT), FIELD(T, locked_until, TIME), FIELD(T, replica, INT),
      FIELD(T, arbiter, INT), FIELD(T, disperse, INT), FIELD(T, redundancy, INT), FIELD(T, split_brain, INT), FIELD(T, heal_per_minute, INT),
      FIELD(T, changed, TIME), FIELD(T, task_began, TIME), FIELD(T, task_ends, TIME), FIELD(T, task_files, INT), FIELD(T, task_bytes, INT), LIST(T, bricks, sim_brick_shape), FIELD(T, options, PAIRS), LIST(T, tasks, gluster_task_shape));
#undef T
#define T struct sim_file
SHAPE(sim_file_shape, T, FIELD(T, volume, TEXT), FIELD(T, path, TEXT), FIELD(T, content, TEXT), FIELD(T, size, INT), FIELD(T, set, INT), FIELD(T, split, BOOL),
      FIELD(T, locked_by, TEXT), FIELD(T, released, TIME));
#undef T
#define T struct sim_instance
SHAPE(sim_instance_shape, T, FIELD(T, host, TEXT), FIELD(T, state, TEXT), FIELD(T, reason, TEXT), FIELD(T, id, INT), FIELD(T, since, TIME));
#undef T
#define T struct sim_domain
SHAPE(sim_domain_shape, T, FIELD(T, name, TEXT), FIELD(T, uuid, TEXT), FIELD(T, machine, TEXT), FIELD(T, cpu_mode, TEXT), FIELD(T, vcpus, INT),
      FIELD(T, memory, INT), FIELD(T, busy, INT), FIELD(T, dirty_rate, INT), FIELD(T, write_rate, INT), FIELD(T, shutdown_ms, INT),
      LIST(T, disks, libvirt_disk_shape), LIST(T, nics, libvirt_nic_shape), FIELD(T, defined_on, TEXTS), FIELD(T, autostart_on, TEXTS),
      LIST(T, instances, sim_instance_shape), FIELD(T, stops_on_error, BOOL), FIELD(T, hostdevs, INT), FIELD(T, agent, TEXT));
#undef T
#define T struct sim_job
SHAPE(sim_job_shape, T, FIELD(T, domain, TEXT), FIELD(T, from, TEXT), FIELD(T, to, TEXT), FIELD(T, resource, TEXT), FIELD(T, began, TIME),
      FIELD(T, ends, TIME), FIELD(T, total, INT), FIELD(T, rate, INT), FIELD(T, aborted, BOOL));
#undef T
#define T struct sim_resource
SHAPE(sim_resource_shape, T, FIELD(T, id, TEXT), FIELD(T, agent, TEXT), FIELD(T, parent, TEXT), FIELD(T, params, PAIRS), FIELD(T, meta, PAIRS),
      FIELD(T, ops, PAIRS), FIELD(T, utilization, PAIRS), FIELD(T, nodes, TEXTS), FIELD(T, apart, TEXTS), FIELD(T, failed, BOOL), FIELD(T, blocked, BOOL),
      FIELD(T, fail_count, TALLIES), FIELD(T, failed_at, TALLIES), FIELD(T, not_on, TEXTS));
#undef T
#define T struct sim_op
SHAPE(sim_op_shape, T, FIELD(T, id, INT), FIELD(T, resource, TEXT), FIELD(T, node, TEXT), FIELD(T, task, TEXT), FIELD(T, target, TEXT), FIELD(T, dc, TEXT), FIELD(T, began, TIME));
#undef T
#define T struct sim_fencing
SHAPE(sim_fencing_shape, T, FIELD(T, attempt, INT), FIELD(T, target, TEXT), FIELD(T, device, TEXT), FIELD(T, from, TEXT), FIELD(T, action, TEXT), FIELD(T, client, TEXT),
      FIELD(T, reason, TEXT), FIELD(T, began, TIME));
#undef T
#define T struct sim_part
SHAPE(sim_part_shape, T, FIELD(T, one, TEXT), FIELD(T, other, TEXT), FIELD(T, layer, TEXT), FIELD(T, since, TIME), FIELD(T, times, INT));
#undef T
#define T struct sim_nvpair
SHAPE(sim_nvpair_shape, T, FIELD(T, id, TEXT), FIELD(T, name, TEXT), FIELD(T, value, TEXT));
#undef T
#define T struct sim_property_set
SHAPE(sim_property_set_shape, T, FIELD(T, id, TEXT), LIST(T, items, sim_nvpair_shape));
#undef T
#define T struct sim_attribute
SHAPE(sim_attribute_shape, T, FIELD(T, name, TEXT), FIELD(T, hidden, BOOL), FIELD(T, values, PAIRS));
#undef T
#define T struct sim_event
SHAPE(sim_event_shape, T, FIELD(T, at, TIME), FIELD(T, order, INT), FIELD(T, what, TEXT), FIELD(T, subject, TEXT), FIELD(T, detail, TEXT));
#undef T
#define T struct sim_corosync
SHAPE(sim_corosync_shape, T, FIELD(T, cluster, TEXT), FIELD(T, two_node, BOOL), FIELD(T, wait_for_all, BOOL), FIELD(T, last_man_standing, BOOL),
      FIELD(T, auto_tie_breaker, BOOL), FIELD(T, window_ms, INT), FIELD(T, token_ms, INT), FIELD(T, consensus_ms, INT), FIELD(T, links, INT),
      FIELD(T, qdevice_host, TEXT), FIELD(T, qdevice_algorithm, TEXT), FIELD(T, qdevice_votes, INT), FIELD(T, qdevice_up, BOOL));
#undef T
#define T struct world
SHAPE(world_shape, T, FIELD(T, version, INT), FIELD(T, scenario, TEXT), FIELD(T, here, TEXT), FIELD(T, seed, INT), FIELD(T, random, INT),
      FIELD(T, clock, TIME), FIELD(T, order, INT), FIELD(T, began, TIME), FIELD(T, ends, TIME), FIELD(T, op_id, INT), FIELD(T, domain_id, INT), OBJECT(T, corosync, sim_corosync_shape), LIST(T, hosts, sim_host_shape), LIST(T, parts, sim_part_shape),
      LIST(T, volumes, sim_volume_shape), LIST(T, files, sim_file_shape), LIST(T, domains, sim_domain_shape), LIST(T, jobs, sim_job_shape),
      FIELD(T, properties, PAIRS), FIELD(T, defaults, PAIRS), LIST(T, sets, sim_property_set_shape), LIST(T, attributes, sim_attribute_shape), FIELD(T, last_change, TEXT), FIELD(T, cib_epoch, INT), LIST(T, resources, sim_resource_shape),
      LIST(T, constraints, pcmk_constraint_shape), LIST(T, levels, pcmk_level_shape), LIST(T, ops, sim_op_shape), LIST(T, shooting, sim_fencing_shape),
      LIST(T, failures, pcmk_failure_shape), LIST(T, fenced, pcmk_fence_event_shape), LIST(T, queue, sim_event_shape));
#undef T

/* ---- what comes from a file ---- */

/* Numbers that may be unknown; all others are 0 then. */
static bool may_be_unknown(const struct shape *s, const char *field) {
  static const struct { const struct shape *shape; const char *field; } rows[] = {
      {&sim_host_shape, "silent_since"}, {&sim_host_shape, "cluster_cut"}, {&sim_host_shape, "storage_cut"}, {&sim_part_shape, "since"}, {&sim_host_shape, "node_id"}, {&sim_file_shape, "released"}, {&sim_domain_shape, "shutdown_ms"},
      {&pcmk_constraint_shape, "expires"}, {&pcmk_failure_shape, "at"}, {&pcmk_failure_shape, "rc"}, {&pcmk_fence_event_shape, "at"}};
  for (size_t i = 0; i < COUNT(rows); i++)
    if (rows[i].shape == s && !strcmp(rows[i].field, field)) return true;
  return false;
}

/* Texts without which a row is none. */
static bool must_be_there(const struct shape *s, const char *field) {
  static const struct { const struct shape *shape; const char *field; } rows[] = {
      {&sim_host_shape, "name"}, {&sim_host_shape, "address"}, {&sim_daemon_shape, "name"}, {&sim_mount_shape, "mount"}, {&sim_mount_shape, "volume"}, {&sim_volume_shape, "name"},
      {&sim_volume_shape, "type"}, {&sim_volume_shape, "status"}, {&sim_brick_shape, "host"}, {&sim_brick_shape, "path"}, {&sim_file_shape, "volume"},
      {&sim_file_shape, "path"}, {&sim_domain_shape, "name"}, {&sim_domain_shape, "uuid"}, {&sim_instance_shape, "host"}, {&sim_instance_shape, "state"},
      {&sim_job_shape, "domain"}, {&sim_job_shape, "from"}, {&sim_job_shape, "to"}, {&sim_resource_shape, "id"}, {&sim_resource_shape, "agent"},
      {&sim_op_shape, "resource"}, {&sim_op_shape, "node"}, {&sim_op_shape, "task"}, {&sim_fencing_shape, "target"}, {&sim_event_shape, "what"},
      {&pcmk_constraint_shape, "id"}, {&pcmk_constraint_shape, "kind"}, {&sim_corosync_shape, "cluster"}, {&sim_fencing_shape, "action"}, {&gluster_task_shape, "type"},
      {&gluster_task_shape, "id"}, {&sim_part_shape, "one"}, {&sim_part_shape, "other"}, {&sim_nvpair_shape, "id"}, {&sim_nvpair_shape, "name"}, {&sim_nvpair_shape, "value"}, {&sim_property_set_shape, "id"}, {&sim_attribute_shape, "name"}, {&gluster_task_shape, "status"}};
  for (size_t i = 0; i < COUNT(rows); i++)
    if (rows[i].shape == s && !strcmp(rows[i].field, field)) return true;
  return false;
}

/* A list grows at powers of two (shape.h): one that was read has room for itself alone. */
static void make_room(struct arena *a, void *list, size_t one) {
  struct { void *item; size_t count; } l;
  size_t room = 1;
  memcpy(&l, list, sizeof l);
  while (room < l.count) room *= 2;
  if (room == l.count || !l.count) return;
  void *more = arena_array(a, room, one);
  memcpy(more, l.item, l.count * one);
  l.item = more;
  memcpy(list, &l, sizeof l);
}

static int mend(struct arena *a, const struct shape *s, void *object, struct err *e) {
  static const int64_t most = (int64_t)1 << 62, sane = (int64_t)1 << 46;
  for (const struct field *f = s->fields; f->name; f++) {
    void *m = (char *)object + f->offset;
    int64_t *n = m;
    struct { char *item; size_t count; } l;
    switch (f->type) {
    case FIELD_INT:
    case FIELD_TIME:
      if (*n == UNKNOWN_INT && !may_be_unknown(s, f->name)) *n = 0;
      if (*n != UNKNOWN_INT && (*n > (str_eq(f->name, "random") ? most : sane) || *n < -sane)) return err_set(e, -EINVAL, "", "%s of a %s is out of bounds", f->name, s->name);
      break;
    case FIELD_TEXT:
      if (!*(const char **)m && must_be_there(s, f->name)) return err_set(e, -EINVAL, "", "a %s without %s", s->name, f->name);
      break;
    case FIELD_PAIRS:
      for (size_t i = 0; i < ((struct pairs *)m)->count; i++)
        if (!((struct pairs *)m)->item[i].value) return err_set(e, -EINVAL, "", "%s of a %s: %s without a value", f->name, s->name, ((struct pairs *)m)->item[i].key);
      break;
    case FIELD_TALLIES:
      for (size_t i = 0; i < ((struct tallies *)m)->count; i++) {
        int64_t *v = &((struct tallies *)m)->item[i].value;
        if (*v == UNKNOWN_INT || *v > sane || *v < 0) *v = 0;
      }
      break;
    case FIELD_OBJECT: {
      int code = mend(a, f->of.shape, m, e);
      if (code) return code;
      break;
    }
    case FIELD_SOME:
    case FIELD_TEXTS: make_room(a, m, sizeof(char *)); break;
    case FIELD_LIST:
      make_room(a, m, f->of.shape->size);
      memcpy(&l, m, sizeof l);
      for (size_t i = 0; i < l.count; i++) {
        int code = mend(a, f->of.shape, l.item + i * f->of.shape->size, e);
        if (code) return code;
      }
      break;
    default: break;
    }
  }
  return 0;
}

static int check_hosts(const struct world *w, struct err *e) {
  enum { HOSTS_MOST = 256 };
  if (w->hosts.count > HOSTS_MOST) return err_set(e, -EINVAL, "", "it has more than %d hosts", HOSTS_MOST);
  EACH(w->hosts, struct sim_host, h) {
    if (h->votes < 0 || h->cpus < 0 || h->memory < 0 || h->boot_ms < 0 || h->pid < 0 || (KNOWN(h->node_id) && h->node_id < 1))
      return err_set(e, -EINVAL, "", "host %s has a number below nothing", h->name);
    for (struct sim_host *o = w->hosts.item; o < h; o++)
      if (str_eq(o->name, h->name)) return err_set(e, -EINVAL, "", "two hosts are named %s", h->name);
  }
  EACH(w->volumes, struct sim_volume, v) {
    if (v->split_brain < 0 || v->heal_per_minute < 0 || v->replica < 0 || v->arbiter < 0 || v->disperse < 0 || v->redundancy < 0) return err_set(e, -EINVAL, "", "volume %s has a number below nothing", v->name);
    EACH(v->bricks, struct sim_brick, b)
      if (b->behind < 0 || b->size < 0 || b->used < 0 || b->set < 0 || b->set > 100000) return err_set(e, -EINVAL, "", "a brick of %s has a number below nothing", v->name);
  }
  EACH(w->domains, struct sim_domain, d)
    if (d->vcpus < 0 || d->memory < 0 || d->busy < 0 || d->dirty_rate < 0 || d->write_rate < 0) return err_set(e, -EINVAL, "", "domain %s has a number below nothing", d->name);
  return 0;
}

int world_check(struct world *w, struct err *e) {
  if (w->version != WORLD_VERSION) return err_set(e, -EPROTONOSUPPORT, "use the version that wrote it, or another file", "it is a world of version %lld, this is %d", (long long)(KNOWN(w->version) ? w->version : 0), WORLD_VERSION);
  int code = mend(w->arena, &world_shape, w, e);
  if (code) return code;
  if (w->clock < 0 || w->clock > 250000000000000 || w->random < 0) return err_set(e, -EINVAL, "", "its clock or its seed is out of bounds");
  const struct sim_corosync *c = &w->corosync;
  if (c->token_ms < 0 || c->consensus_ms < 0 || c->window_ms < 0 || c->links < 0 || c->links > 8 || c->qdevice_votes < 0) return err_set(e, -EINVAL, "", "corosync has a number below nothing");
  if (w->queue.count > WORLD_EVENTS_MAX) return err_set(e, -EINVAL, "", "more is to happen in it than ever could");
  for (size_t i = 0; i < w->queue.count; i++) {
    const struct sim_event *x = &w->queue.item[i];
    if (!event_known(x->what)) return err_set(e, -EINVAL, "", "no such event: %s", x->what);
    if (i && (x->at < x[-1].at || (x->at == x[-1].at && x->order < x[-1].order))) return err_set(e, -EINVAL, "", "its queue is out of order");
  }
  return check_hosts(w, e);
}

/* ---- to and from JSON ---- */

void world_print(const struct world *w, struct str *out) {
  shape_encode(&world_shape, w, out);
  str_addc(out, '\n');
}

int world_parse(const char *text, size_t len, struct world **ret, struct err *e) {
  struct arena *a = arena_new();
  struct world *w = mem_alloc(sizeof *w);
  int code = shape_decode_text(&world_shape, text, len, w, a, e);
  w->arena = a; /* decoding has cleared the struct */
  if (!code) code = world_check(w, e);
  if (code) {
    world_free(w);
    return code;
  }
  w->changed = ~0u;
  w->settled_bytes = arena_bytes(a);
  *ret = w;
  return 0;
}

void world_pack(struct world *w) {
  enum { SLACK = 2 << 20 };
  if (arena_bytes(w->arena) < 2 * w->settled_bytes + SLACK) return;
  CLEANUP(str_free) struct str text = {0};
  struct world *packed;
  world_print(w, &text);
  if (world_parse(text.data, text.len, &packed, NULL)) return; /* what we wrote ourselves can be read */
  unsigned changed = w->changed;
  struct daemon_log *log = w->log;
  arena_free(w->arena);
  map_free(&w->words);
  *w = *packed;
  w->changed = changed;
  w->log = log;
  mem_free(packed);
}
