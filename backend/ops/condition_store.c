/* Questions about gluster, and about what keeps a host in touch. */
#include "ops/condition.h"
#include "analysis/store_view.h"
#include <inttypes.h>
#include <string.h>

#define QUESTION(name) static enum truth name(const struct snapshot *s, const struct texts *args, struct arena *a, const char **saw)

/* ---- hosts and peers ---- */

QUESTION(peer_connected) {
  const struct host_view *h = snapshot_host(s, args->item[0]);
  if (fact_fresh(s, "gluster.peers", NULL) != TRUTH_YES) return *saw = "the pool is not read", TRUTH_UNKNOWN;
  if (!h || !texts_have(&h->roles, "gluster")) return *saw = "it is not in the pool", TRUTH_NO;
  *saw = arena_printf(a, "it is %s", peer_state_names[h->peer] ? peer_state_names[h->peer] : "unknown");
  if (texts_have(&h->stale, layer_names[LAYER_GLUSTER]) || h->peer == PEER_UNKNOWN || h->peer == PEER_SUSPECT) return TRUTH_UNKNOWN;
  return truth_of(h->peer == PEER_CONNECTED);
}

QUESTION(peer_absent) {
  const struct host_view *h = snapshot_host(s, args->item[0]);
  (void)a;
  if (fact_fresh(s, "gluster.peers", NULL) != TRUTH_YES) return *saw = "the pool is not read", TRUTH_UNKNOWN;
  if (!h || !texts_have(&h->roles, "gluster")) return TRUTH_YES;
  return *saw = "it is in the pool", TRUTH_NO;
}

/* Whatever speaks with it counts; that nothing does is no proof that it is dead. */
QUESTION(host_answers) {
  const struct host_view *h = snapshot_host(s, args->item[0]);
  (void)a;
  if (!h) return *saw = "no layer knows it", TRUTH_UNKNOWN;
  bool member = h->membership == MEMBERSHIP_MEMBER && !texts_have(&h->stale, layer_names[LAYER_COROSYNC]);
  bool peer = h->peer == PEER_CONNECTED && !texts_have(&h->stale, layer_names[LAYER_GLUSTER]);
  bool libvirt = h->libvirt == LIBVIRT_CONNECTED && !texts_have(&h->stale, layer_names[LAYER_LIBVIRT]);
  if (member || peer || libvirt) return TRUTH_YES;
  *saw = snapshot_off(s, h) ? "it is off" : "nothing is heard of it";
  return snapshot_off(s, h) ? TRUTH_NO : TRUTH_UNKNOWN;
}

QUESTION(hypervisor_answers) {
  const struct host_view *h = snapshot_host(s, args->item[0]);
  (void)a;
  if (!h || h->libvirt == LIBVIRT_UNKNOWN || h->libvirt == LIBVIRT_CONNECTING || texts_have(&h->stale, layer_names[LAYER_LIBVIRT])) return *saw = "nothing is known of its libvirt", TRUTH_UNKNOWN;
  if (h->libvirt == LIBVIRT_UNREACHABLE) *saw = "libvirt there cannot be reached";
  return truth_of(h->libvirt == LIBVIRT_CONNECTED);
}

/* The console reads the mounts of its own host and no other's. */
QUESTION(mounted) {
  const struct gluster_mounts *now = mounts_of(s, args->item[1]);
  if (!now) return *saw = "only its own console reads that host's mounts", TRUTH_UNKNOWN;
  for (size_t i = 0; i < now->mounts.count; i++) {
    const struct gluster_mount *m = &now->mounts.item[i];
    if (!str_eq(m->volume, args->item[0]) || (args->count > 2 && !str_eq(m->mount, args->item[2]))) continue;
    if (!m->trouble) return TRUTH_YES;
    *saw = arena_printf(a, "%s: %s", m->mount, m->trouble);
    return TRUTH_NO;
  }
  return *saw = "it is not mounted there", TRUTH_NO;
}

/* ---- volumes ---- */

/* The volume, or NULL with the answer in *ret: unknown while nobody reads the volumes, no when there is none. */
static const struct volume_view *volume_now(const struct snapshot *s, const char *name, const char **saw, enum truth *ret) {
  const struct volume_view *v = snapshot_volume(s, name);
  *ret = volume_is(s, name);
  if (*ret == TRUTH_UNKNOWN) *saw = "the volumes are not read, or long ago";
  else if (*ret == TRUTH_NO) *saw = "there is no such volume";
  return *ret == TRUTH_YES ? v : NULL;
}

QUESTION(volume_exists) {
  enum truth is;
  (void)a;
  volume_now(s, args->item[0], saw, &is);
  return is;
}

QUESTION(volume_absent) {
  enum truth is;
  (void)a;
  volume_now(s, args->item[0], saw, &is);
  if (is == TRUTH_YES) return *saw = "it is still there", TRUTH_NO;
  return is == TRUTH_NO ? TRUTH_YES : TRUTH_UNKNOWN;
}

static enum truth has_status(const struct snapshot *s, const struct texts *args, struct arena *a, const char **saw, bool started) {
  enum truth is;
  const struct volume_view *v = volume_now(s, args->item[0], saw, &is);
  if (!v) return is;
  *saw = arena_printf(a, "it is %s", v->status ? v->status : "in an unknown state");
  return v->status ? truth_of(str_eq(v->status, "started") == started) : TRUTH_UNKNOWN;
}
QUESTION(volume_started) { return has_status(s, args, a, saw, true); }
QUESTION(volume_stopped) { return has_status(s, args, a, saw, false); }

QUESTION(volume_type_is) {
  enum truth is;
  const struct volume_view *v = volume_now(s, args->item[0], saw, &is);
  if (!v) return is;
  *saw = arena_printf(a, "it is %s", v->type ? v->type : "of an unknown type");
  return v->type ? truth_of(str_eq(v->type, args->item[1])) : TRUTH_UNKNOWN;
}

QUESTION(volume_option) {
  enum truth is;
  const struct volume_view *v = volume_now(s, args->item[0], saw, &is);
  if (!v) return is;
  const char *now = pairs_get(&v->options, args->item[1]);
  *saw = now ? arena_printf(a, "it is %s", now) : "it is not set";
  return truth_of(option_same(now, args->item[2]));
}

QUESTION(volume_bricks_online) {
  enum truth is, all = TRUTH_YES;
  const struct volume_view *v = volume_now(s, args->item[0], saw, &is);
  if (!v) return is;
  if (!str_eq(v->status, "started")) return *saw = "it is not started", truth_of(false); /* what was read of the bricks may be older */
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *b = &v->bricks.item[i];
    enum truth one = brick_online(s, b);
    if (one == TRUTH_YES || (all == TRUTH_NO && one == TRUTH_UNKNOWN)) continue;
    all = one;
    *saw = arena_printf(a, "%s:%s %s%s%s", b->host, b->path, one == TRUTH_NO ? "is down" : "is not known", b->text ? ": " : "", b->text ? b->text : "");
  }
  return v->bricks.count ? all : TRUTH_UNKNOWN;
}

/* Nothing that it serves is in use: a stop would hurt no running domain. */
QUESTION(volume_idle) {
  struct texts unread = {0}, running = volume_domains(s, a, args->item[0], true, &unread);
  bool old = false;
  for (size_t i = 0; i < running.count; i++) old |= snapshot_domain(s, running.item[i])->stale.count > 0;
  if (old) return *saw = "what is known of its domains is old", TRUTH_UNKNOWN;
  if (running.count) return *saw = arena_printf(a, "%s %s on it", names_text(a, &running), running.count > 1 ? "run" : "runs"), TRUTH_NO;
  if (unread.count) return *saw = arena_printf(a, "libvirt on %s is not read", names_text(a, &unread)), TRUTH_UNKNOWN;
  return TRUTH_YES;
}

/* ---- bricks and heals ---- */

QUESTION(brick_is_online) {
  const struct volume_view *v;
  const struct brick_view *b = brick_named(s, a, args->item[0], &v);
  if (!volumes_known(s)) return *saw = "the volumes are not read, or long ago", TRUTH_UNKNOWN;
  if (!b) return *saw = "no volume has that brick", TRUTH_NO;
  enum truth online = brick_online(s, b);
  if (online != TRUTH_YES) *saw = b->text ? b->text : online == TRUTH_NO ? "it is down" : "it is not known";
  return online;
}

/* All that shares a set with it serves: it may be taken away, or be made anew from them. */
QUESTION(set_serves_without) {
  const struct volume_view *v;
  const struct brick_view *b = brick_named(s, a, args->item[0], &v);
  enum truth all = TRUTH_YES;
  if (!volumes_known(s)) return *saw = "the volumes are not read, or long ago", TRUTH_UNKNOWN;
  if (!b) return *saw = "no volume has that brick", TRUTH_NO;
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *o = &v->bricks.item[i];
    enum truth one = o->set == b->set && o != b ? brick_online(s, o) : TRUTH_YES;
    if (one == TRUTH_YES || (all == TRUTH_NO && one == TRUTH_UNKNOWN)) continue;
    all = one;
    *saw = arena_printf(a, "%s:%s %s", o->host, o->path, one == TRUTH_NO ? "is down" : "is not known");
  }
  return all;
}

QUESTION(brick_is_down) {
  enum truth online = brick_is_online(s, args, a, saw);
  if (online == TRUTH_YES) *saw = "it is online";
  return online == TRUTH_UNKNOWN ? online : truth_of(online == TRUTH_NO);
}

static enum truth brick_of_volume(const struct snapshot *s, const struct texts *args, struct arena *a, const char **saw) {
  enum truth is;
  const struct volume_view *owner = NULL, *v = volume_now(s, args->item[0], saw, &is);
  if (!v) return is;
  return truth_of(brick_named(s, a, args->item[1], &owner) && owner == v);
}
QUESTION(volume_has) { return brick_of_volume(s, args, a, saw); }
QUESTION(volume_lacks) {
  enum truth has = brick_of_volume(s, args, a, saw);
  return has == TRUTH_UNKNOWN ? has : truth_of(has == TRUTH_NO);
}

/* ---- tasks, copies ---- */

/* glusterd keeps the last task of a volume; one of no known type is there, and no more is known of it yet. */
static enum truth task_now(const struct snapshot *s, const struct texts *args, const char **saw, const struct gluster_task **ret) {
  enum truth is;
  const struct volume_view *v = volume_now(s, args->item[0], saw, &is);
  *ret = NULL;
  if (!v) return is;
  if (fact_fresh(s, "gluster.space", v->name) != TRUTH_YES) return *saw = "its tasks were not read lately", TRUTH_UNKNOWN;
  for (size_t i = 0; i < v->tasks.count; i++) {
    const struct gluster_task *t = &v->tasks.item[i];
    if (!t->type || !t->status) return *saw = "there is a task, and its state is not read yet", TRUTH_UNKNOWN;
    if (str_eq(t->type, args->item[1])) *ret = t;
  }
  *saw = *ret ? (*ret)->status : "it has no such task";
  return truth_of(*ret != NULL);
}

QUESTION(task_began) {
  const struct gluster_task *t;
  enum truth is = task_now(s, args, saw, &t);
  (void)a;
  return is == TRUTH_YES ? truth_of(str_eq(t->status, "in progress") || str_eq(t->status, "completed")) : is;
}

QUESTION(task_completed) {
  const struct gluster_task *t;
  enum truth is = task_now(s, args, saw, &t);
  (void)a;
  return is == TRUTH_YES ? truth_of(str_eq(t->status, "completed")) : is;
}

QUESTION(task_stands) { /* none runs */
  const struct gluster_task *t;
  enum truth is = task_now(s, args, saw, &t);
  (void)a;
  return is == TRUTH_YES ? truth_of(!strstr(t->status, "progress")) : is == TRUTH_NO ? TRUTH_YES : is;
}

QUESTION(volume_copies_are) {
  enum truth is;
  const struct volume_view *v = volume_now(s, args->item[0], saw, &is);
  if (!v) return is;
  *saw = arena_printf(a, "it has %" PRId64, v->replica);
  return truth_of(str_eq(arena_printf(a, "%" PRId64, v->replica), args->item[1]));
}

/* The pool counts it as gone, and no brick of it answers any more. */
QUESTION(gluster_stopped) {
  const struct host_view *h = snapshot_host(s, args->item[0]);
  bool unknown = false;
  if (fact_fresh(s, "gluster.peers", NULL) != TRUTH_YES || fact_fresh(s, "gluster.bricks", NULL) != TRUTH_YES || !volumes_known(s)) return *saw = "gluster is not read", TRUTH_UNKNOWN;
  if (!h) return *saw = "no layer knows it", TRUTH_UNKNOWN;
  for (size_t v = 0; v < s->volumes.count; v++)
    for (size_t i = 0; i < s->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &s->volumes.item[v].bricks.item[i];
      if (snapshot_host(s, b->host) != h) continue;
      if (b->online == TRUTH_YES || b->answers == TRUTH_YES) return *saw = arena_printf(a, "%s:%s serves", b->host, b->path), TRUTH_NO;
      unknown |= b->online == TRUTH_UNKNOWN && b->answers == TRUTH_UNKNOWN;
    }
  *saw = unknown ? "its bricks are not read" : arena_printf(a, "it is %s", peer_state_names[h->peer] ? peer_state_names[h->peer] : "unknown");
  if (unknown || h->peer == PEER_UNKNOWN || h->peer == PEER_SUSPECT) return TRUTH_UNKNOWN;
  return truth_of(h->peer == PEER_DISCONNECTED);
}

QUESTION(host_bricks_online) {
  const struct host_view *h = snapshot_host(s, args->item[0]);
  enum truth all = TRUTH_YES;
  if (!volumes_known(s)) return *saw = "the volumes are not read, or long ago", TRUTH_UNKNOWN;
  for (size_t v = 0; v < s->volumes.count; v++)
    for (size_t i = 0; str_eq(s->volumes.item[v].status, "started") && i < s->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &s->volumes.item[v].bricks.item[i];
      enum truth one = snapshot_host(s, b->host) == h ? brick_online(s, b) : TRUTH_YES;
      if (one == TRUTH_YES || (all == TRUTH_NO && one == TRUTH_UNKNOWN)) continue;
      all = one;
      *saw = arena_printf(a, "%s:%s %s", b->host, b->path, one == TRUTH_NO ? "is down" : "is not known");
    }
  return all;
}

QUESTION(split_below) {
  enum truth is;
  int64_t most = 0;
  const struct volume_view *v = volume_now(s, args->item[0], saw, &is);
  if (!v) return is;
  if (fact_fresh(s, "gluster.heal", v->name) != TRUTH_YES || v->split_brain == UNKNOWN_INT) return *saw = "they were not counted lately", TRUTH_UNKNOWN;
  *saw = arena_printf(a, "there are %" PRId64, v->split_brain);
  return str_int(args->item[1], 0, INT64_MAX, &most) ? TRUTH_UNKNOWN : truth_of(v->split_brain <= most);
}

/* Counted, and nothing: a brick that was not counted yet leaves it unknown. */
QUESTION(heals_quiet) {
  enum truth is;
  const struct volume_view *v = volume_now(s, args->item[0], saw, &is);
  if (!v) return is;
  int64_t pending = volume_pending(s, v);
  if (pending == UNKNOWN_INT) return *saw = "what waits to heal was not counted lately", TRUTH_UNKNOWN;
  if (pending) *saw = arena_printf(a, "%" PRId64 " %s to heal", pending, pending == 1 ? "entry waits" : "entries wait");
  return truth_of(pending == 0);
}

const struct condition_kind store_conditions[] = {
    {"peer-connected", "HOST", "%s is a connected peer", peer_connected},
    {"peer-absent", "HOST", "%s is no peer of gluster's pool", peer_absent},
    {"host-answers", "HOST", "%s answers", host_answers},
    {"hypervisor-answers", "HOST", "libvirt on %s answers", hypervisor_answers},
    {"mounted", "VOLUME HOST PATH?", "%s is mounted and serves on %s", mounted},
    {"volume-exists", "VOLUME", "there is a volume %s", volume_exists},
    {"volume-absent", "VOLUME", "there is no volume %s", volume_absent},
    {"volume-started", "VOLUME", "volume %s is started", volume_started},
    {"volume-stopped", "VOLUME", "volume %s is stopped", volume_stopped},
    {"volume-type", "VOLUME TYPE", "volume %s is of type %s", volume_type_is},
    {"volume-option", "VOLUME OPTION VALUE", "%s has %s = %s", volume_option},
    {"volume-bricks-online", "VOLUME", "every brick of %s is online", volume_bricks_online},
    {"volume-idle", "VOLUME", "no domain runs on %s", volume_idle},
    {"volume-has-brick", "VOLUME BRICK", "%s has the brick %s", volume_has},
    {"volume-lacks-brick", "VOLUME BRICK", "%s has no brick %s any more", volume_lacks},
    {"brick-online", "BRICK", "brick %s is online", brick_is_online},
    {"brick-down", "BRICK", "brick %s is down", brick_is_down},
    {"set-serves-without", "BRICK", "the others of the set of %s serve", set_serves_without},
    {"task-began", "VOLUME TASK", "on %s this runs, or is done: %s", task_began},
    {"task-completed", "VOLUME TASK", "on %s this is completed: %s", task_completed},
    {"task-stands", "VOLUME TASK", "on %s this does not run: %s", task_stands},
    {"volume-copies", "VOLUME COUNT", "volume %s has %s copies", volume_copies_are},
    {"gluster-stopped", "HOST", "gluster is stopped on %s", gluster_stopped},
    {"host-bricks-online", "HOST", "every brick of %s is online", host_bricks_online},
    {"split-brain-at-most", "VOLUME COUNT", "files of %s in split-brain are no more than %s", split_below},
    {"heals-quiet", "VOLUME", "nothing on %s waits to heal", heals_quiet},
    {.name = NULL},
};
