/* Gluster's operations: the table, and what its plans share. */
#include "ops/gluster.h"
#include <stdarg.h>
#include <string.h>

/* ---- steps ---- */

struct step *gluster_step(struct planning *p, const char *host, const char *say, ...) {
  struct step *s = step_run(p, host, say, GLUSTER, NULL);
  va_list ap;
  va_start(ap, say);
  for (const char *w; (w = va_arg(ap, const char *));) texts_add(p->arena, &s->argv, w);
  va_end(ap);
  s->deadline_ms = GLUSTER_MS;
  return s;
}

struct step *volume_set_step(struct planning *p, const char *host, const char *volume, const char *key, const char *value, const char *say) {
  struct step *s = gluster_step(p, host, say, "volume", "set", volume, key, value, NULL);
  const struct volume_view *v = snapshot_volume(p->snap, volume);
  const char *old = v ? pairs_get(&v->options, key) : NULL;
  s->harmless = TRUTH_YES;
  bool never = str_eq(key, "features.shard"); /* images may be cut into pieces by then */
  if (old && !never) undo_by(p, s, GLUSTER, "volume", "set", volume, key, old, NULL);
  else if (!never) undo_by(p, s, GLUSTER, "volume", "reset", volume, key, NULL);
  already_when(p, s, "volume-option", volume, key, value, NULL);
  return s;
}

void mkdir_step(struct planning *p, const char *host, const char *path) {
  struct place place;
  if (place_read(p, host, path, &place) && place.exists == TRUTH_YES) return;
  struct step *s = step_run(p, host, planf(p, "make the directory %s", path), "mkdir", "-p", "--", path, NULL);
  s->harmless = TRUTH_YES;
  tested_by(p, s, "test", "-d", path, NULL);
}

/* ---- what must hold ---- */

const char *the_speaker(struct planning *p, const char *but) {
  const char *host = gluster_host(p);
  if (host && !same_host(p->snap, host, but)) return host;
  for (size_t i = 0; host && i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (h->peer == PEER_CONNECTED && !texts_have(&h->stale, layer_names[LAYER_GLUSTER]) && !same_host(p->snap, h->name, but)) return h->name;
  }
  if (fact_fresh(p->snap, "gluster.peers", NULL) != TRUTH_YES)
    refuse_always(p, "when a gluster host is read: [gluster] host = NAME in /etc/kvmconsole.conf names one", "cannot tell whom to ask: no pool of gluster is read");
  else refuse_always(p, "when a peer is connected", "no %speer of the pool is connected and answers", but ? "other " : "");
  return NULL;
}

const struct volume_view *the_volume(struct planning *p) {
  const char *name = given(p, "volume");
  const struct volume_view *v = snapshot_volume(p->snap, name);
  if (!volumes_known(p->snap)) refuse_always(p, "when gluster is read again", "cannot tell how volume %s stands: %s", name, v ? "what is known of it is old" : "no source reads the volumes");
  else if (!v) refuse_always(p, "when there is one", "there is no volume %s", name);
  return refused(p) ? NULL : v;
}

const struct brick_view *the_brick(struct planning *p, const char *argument, const struct volume_view **ret_volume) {
  const struct brick_view *b = brick_named(p->snap, p->arena, given(p, argument), ret_volume);
  if (!volumes_known(p->snap)) refuse_always(p, "when gluster is read again", "cannot tell whose brick %s is: the volumes are not read, or long ago", given(p, argument));
  else if (!b) refuse_always(p, "when a volume has it", "no volume has a brick %s", given(p, argument));
  return refused(p) ? NULL : b;
}

const char *brick_text(struct planning *p, const struct brick_view *b) { return planf(p, "%s:%s", b->host, b->path); }

/* Two connected peers whose daemons do not see each other: one of them would not be told of a change. */
static void refuse_while_parted(struct planning *p) {
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    for (size_t k = 0; h->peer == PEER_CONNECTED && k < h->unseen.count; k++) {
      const struct host_view *other = snapshot_host(p->snap, h->unseen.item[k]);
      if (other && other != h && other->peer == PEER_CONNECTED) refuse(p, "when they see each other", "glusterd on %s does not see %s: one of them would miss the change", h->name, other->name);
    }
  }
}

void refuse_unless_pool_well(struct planning *p) {
  struct texts suspect = {0};
  if (fact_fresh(p->snap, "gluster.peers", NULL) != TRUTH_YES || fact_fresh(p->snap, "gluster.probe", NULL) != TRUTH_YES) {
    refuse(p, "when gluster's peers are read again", "cannot tell whether every peer answers: they are not read, or long ago");
    return;
  }
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (p->snap->hosts.item[i].peer == PEER_SUSPECT) texts_add(p->arena, &suspect, p->snap->hosts.item[i].name);
  refuse_while_parted(p);
  if (suspect.count)
    refuse(p, planf(p, "when glusterd on %s answers, or counts as disconnected", names_text(p->arena, &suspect)),
           "glusterd on %s does not answer and still counts as connected: any change hangs for minutes and leaves the volume locked", names_text(p->arena, &suspect));
}

void refuse_while_tasks(struct planning *p, const struct volume_view *v) {
  for (size_t i = 0; i < v->tasks.count; i++)
    if (str_eq(v->tasks.item[i].status, "in progress"))
      refuse(p, "when it is over", "%s of %s is in progress", v->tasks.item[i].type ? v->tasks.item[i].type : "a task", v->name);
}

bool paths_overlap(const char *a, const char *b) { /* one lies in the other, or is it */
  size_t n = strlen(a), m = strlen(b), least = n < m ? n : m;
  return !strncmp(a, b, least) && (n == m || (n < m ? b : a)[least] == '/');
}

bool new_brick_needs_force(struct planning *p, const char *host, const char *path, const char *used_as) {
  struct place place;
  bool force = false;
  for (size_t v = 0; v < p->snap->volumes.count; v++)
    for (size_t i = 0; i < p->snap->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &p->snap->volumes.item[v].bricks.item[i];
      if (same_host(p->snap, b->host, host) && paths_overlap(b->path, path)) refuse_always(p, "with another directory", "%s:%s overlaps the brick %s:%s of volume %s", host, path, b->host, b->path, p->snap->volumes.item[v].name);
    }
  if (!place_read(p, host, path, &place)) {
    refuse_unasked(p, host, planf(p, "place %s", path), planf(p, "what lies at %s:%s", host, path));
    return false;
  }
  if (place.exists == TRUTH_YES && place.was_brick == TRUTH_YES) {
    refuse(p, "when what is left there was removed, or with another directory", "%s:%s has been a brick before: its .glusterfs and its files are still there", host, path);
    force = true;
  } else if (place.exists == TRUTH_YES && place.empty != TRUTH_YES && !str_eq(place.mount, path)) {
    refuse(p, "with an empty or a new directory", "%s:%s is not empty: what lies there is part of no volume and would be in its way", host, path);
  }
  if (str_eq(place.mount, "/")) {
    refuse(p, "when a file system of its own is mounted there", "%s:%s lies on the root file system of %s: a full %s stops the host too", host, path, host, used_as);
    force = true;
  } else if (str_eq(place.mount, path)) {
    refuse(p, planf(p, "with a directory in it, as %s/brick", path), "%s:%s is itself where a file system is mounted: when that mount is missing, the brick would be written below it", host, path);
    force = true;
  }
  return force;
}

/* ---- the table ---- */

#define VOLUME {.name = "volume", .title = "VOLUME", .help = "the volume", .kind = ARG_VOLUME, .required = true}
static const struct operation_argument volume_only[] = {VOLUME, {.name = NULL}};

static const char *check_not_all(struct planning *p, const char *value) { return (void)p, str_eq(value, "all") ? "name one volume" : NULL; }

static void propose_ping(struct planning *p, struct texts *ret) { texts_add(p->arena, ret, "10"); }
static void ping_choices(struct planning *p, struct texts *ret) {
  static const char *const values[] = {"10", "5", "20", "42"};
  for (size_t i = 0; i < COUNT(values); i++) texts_add(p->arena, ret, values[i]);
}

static void propose_from(struct planning *p, struct texts *ret) {
  const char *host = gluster_host(p);
  if (!host) host = given(p, "host");
  if (host) texts_add(p->arena, ret, host);
}

static void no_peers(struct planning *p, struct texts *ret) {
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (p->snap->hosts.item[i].peer == PEER_UNKNOWN) texts_add(p->arena, ret, p->snap->hosts.item[i].name);
}

static const struct operation_argument probe_arguments[] = {
    {.name = "host", .title = "HOST", .help = "who joins the pool, by the name that all its members know it by; several in their order", .kind = ARG_HOST, .required = true, .list = true, .choices = no_peers},
    {.name = "from", .title = "HOST", .help = "the member that asks it in; for a new pool its first member", .kind = ARG_HOST, .required = true, .propose = propose_from},
    {.name = NULL}};
static const struct operation_argument detach_arguments[] = {{.name = "host", .title = "PEER", .help = "who leaves the pool; it may have no brick left", .kind = ARG_PEER, .required = true}, {.name = NULL}};
static const struct operation_argument set_arguments[] = {
    {.name = "volume", .title = "VOLUME", .help = "the volume", .kind = ARG_VOLUME, .required = true, .check = check_not_all},
    {.name = "option", .title = "KEY=VALUE", .help = "an option of gluster and its value, as network.ping-timeout=10; several are set in their order", .kind = ARG_OPTION, .required = true, .list = true, .check = check_option},
    {.name = NULL}};
static const struct operation_argument failover_arguments[] = {
    VOLUME,
    {.name = "ping-timeout", .title = "SECONDS", .help = "how long a client waits for a silent brick before it goes on without it; guests stall from one to two times this long", .kind = ARG_NUMBER, .min = 1, .max = 300,
     .propose = propose_ping, .choices = ping_choices},
    {.name = NULL}};
static const struct operation_argument brick_start_arguments[] = {{.name = "brick", .title = "BRICK", .help = "the brick whose process is dead", .kind = ARG_BRICK, .required = true}, {.name = NULL}};
static const struct operation_argument replace_arguments[] = {
    {.name = "brick", .title = "BRICK", .help = "the brick that goes", .kind = ARG_BRICK, .required = true},
    {.name = "new", .title = "HOST:/PATH", .help = "an empty directory, best on a file system of its own, on a peer that has no other brick of the set", .kind = ARG_BRICK, .required = true},
    {.name = NULL}};

static const struct brick_view *brick_at(const struct snapshot *s, const char *target) {
  struct arena *a = arena_new();
  const struct brick_view *b = brick_named(s, a, target, NULL);
  arena_free(a);
  return b;
}
static bool has_status(const struct snapshot *s, const char *volume, const char *status) {
  const struct volume_view *v = snapshot_volume(s, volume);
  return v && str_eq(v->status, status);
}
static bool is_started(const struct snapshot *s, const char *target) { return has_status(s, target, "started"); }
static bool is_not_started(const struct snapshot *s, const char *target) { return !is_started(s, target); }
static bool has_copies(const struct snapshot *s, const char *target) { return is_started(s, target) && volume_copies(snapshot_volume(s, target)); }
static bool is_dead(const struct snapshot *s, const char *target) {
  const struct brick_view *b = brick_at(s, target);
  return b && b->online != TRUTH_YES;
}
static bool is_no_peer(const struct snapshot *s, const char *target) {
  const struct host_view *h = snapshot_host(s, target);
  return !h || h->peer == PEER_UNKNOWN;
}

const struct operation gluster_operations[] = {
    {"gluster-peer-probe", "Take hosts into gluster's pool", "The pool is the hosts whose disks make volumes together. Nothing is moved by joining; a host that is in another pool already is refused.", TARGET_HOST, 1, OP_NO_LOCK | OP_GLUSTER | OP_WIZARD,
     probe_arguments, peers_survey, peer_probe_plan, is_no_peer},
    {"gluster-peer-detach", "Take a host out of gluster's pool", "For a host that goes away for good. Its bricks must have been replaced or removed before.", TARGET_PEER, 2, OP_GLUSTER, detach_arguments, NULL, peer_detach_plan, NULL},
    {"gluster-volume-create", "Create a volume", "Makes one volume of directories (bricks) on several hosts: copies of each file on different hosts, set up for domains' images, started.", TARGET_CLUSTER, 1, OP_NO_LOCK | OP_GLUSTER | OP_WIZARD,
     create_arguments, create_survey, create_plan, NULL},
    {"gluster-volume-start", "Start a volume", "Starts the processes of its bricks, so that it can be mounted.", TARGET_VOLUME, 1, OP_GLUSTER, volume_only, NULL, volume_start_plan, is_not_started},
    {"gluster-volume-stop", "Stop a volume", "Ends the processes of its bricks: nobody reads or writes it any more. No data is lost.", TARGET_VOLUME, 2, OP_GLUSTER, volume_only, NULL, volume_stop_plan, is_started},
    {"gluster-volume-delete", "Delete a volume", "Forgets a stopped volume. The files stay in the bricks' directories, but no longer as one volume.", TARGET_VOLUME, 2, OP_GLUSTER, volume_only, NULL, volume_delete_plan, is_not_started},
    {"gluster-volume-set", "Set options of a volume", "Sets gluster's options; says which of them reach other volumes too, and which only new connections have.", TARGET_VOLUME, 1, OP_GLUSTER, set_arguments, NULL, volume_set_plan, NULL},
    {"gluster-failover-timeouts", "Let a dead host's locks go in seconds", "A host that dies holds the locks of its images for 42 s by default, and one failed start elsewhere is final. These options together release them after 4 s, before pacemaker starts the domain again.",
     TARGET_VOLUME, 1, OP_GLUSTER, failover_arguments, NULL, failover_plan, NULL},
    {"gluster-mount", "Mount a volume on the KVM hosts", "Mounts it now and at every boot, from any of its servers, with pacemaker started after it and stopped before it.", TARGET_VOLUME, 1, OP_NO_LOCK | OP_WIZARD, mount_arguments, mount_survey, mount_plan,
     is_started},
    {"gluster-heal", "Heal what waits", "Has gluster copy what one brick missed while it was away. It does so by itself every ten minutes; this starts it now.", TARGET_VOLUME, 1, OP_GLUSTER, volume_only, NULL, heal_plan, has_copies},
    {"gluster-heal-full", "Heal the whole volume", "Looks at every file of every copy, for a brick that came back empty. It reads the whole volume and slows the guests down.", TARGET_VOLUME, 1, OP_GLUSTER, volume_only, NULL, heal_full_plan, has_copies},
    {"gluster-brick-start", "Start a dead brick's process", "Starts what is not running of the brick's volume; what runs is not touched. What the brick missed is healed afterwards.", TARGET_BRICK, 1, OP_GLUSTER, brick_start_arguments, brick_start_survey, brick_start_plan,
     is_dead},
    {"gluster-brick-replace", "Replace a brick by a new one", "Puts an empty directory in the place of a brick and copies everything into it from the set's other copies.", TARGET_BRICK, 2, OP_GLUSTER, replace_arguments, brick_replace_survey, brick_replace_plan, NULL},
    {.name = NULL},
};
