/* host-replace: a host of gluster's pool that is dead for good. By a host of another name: each of its bricks is replaced there, then it is
 * thrown out of the pool. By a new machine that bears its name: that one is given the dead one's UUID, learns pool and volumes from
 * a peer, and its bricks begin anew on empty disks. Either way the copies that are left are all there is, and must all be up. */
#include "ops/gluster.h"
#include "ops/cluster_rows.h"
#include <inttypes.h>
#include <string.h>

#define INFO "/var/lib/glusterd/glusterd.info"
#define VOLUMES "/var/lib/glusterd/vols"
enum { FULL_HEAL_MS = 12 * 3600000, SERVES_MS = 120000 };

struct lost { const struct volume_view *v; const struct brick_view *b; const char *before, *after, *path; }; /* a brick that was there, and what takes its place */
struct replacing {
  const struct host_view *h;
  const char *dead, *heir, *speaker, *uuid; /* uuid: the dead one's in the pool */
  bool same;                                /* the heir bears its name */
  struct lost *lost;
  size_t count;
};

static const struct gluster_peer *peer_of(const struct planning *p, const struct host_view *h) {
  const struct gluster_peers *all = fact_seen(p->snap, "gluster.peers", NULL);
  for (size_t i = 0; all && h && i < all->peers.count; i++)
    if (snapshot_host(p->snap, all->peers.item[i].hostname) == h) return &all->peers.item[i];
  return NULL;
}

/* Its bricks in the order of the volumes; each at the same path, or where it is said. */
static void find_bricks(struct planning *p, struct replacing *r) {
  size_t most = 0;
  for (size_t v = 0; v < p->snap->volumes.count; v++) most += p->snap->volumes.item[v].bricks.count;
  r->lost = arena_array(p->arena, most + 1, sizeof *r->lost);
  for (size_t v = 0; v < p->snap->volumes.count; v++)
    for (size_t i = 0; i < p->snap->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &p->snap->volumes.item[v].bricks.item[i];
      if (snapshot_host(p->snap, b->host) != r->h) continue;
      const char *path = r->same ? NULL : value_at(p->values, "path", r->count);
      if (!path) path = b->path;
      r->lost[r->count++] = (struct lost){&p->snap->volumes.item[v], b, brick_text(p, b), r->same ? brick_text(p, b) : planf(p, "%s:%s", r->heir, path), path};
    }
}

static struct replacing replacing_of(struct planning *p) {
  struct replacing r = {.h = snapshot_host(p->snap, given(p, "host")), .dead = given(p, "host"), .heir = given(p, "new")};
  const struct gluster_peer *peer = peer_of(p, r.h);
  r.same = r.heir && same_host(p->snap, r.heir, r.dead);
  if (r.same && r.h) r.heir = r.h->name;
  r.uuid = peer ? peer->uuid : NULL;
  if (peer) r.dead = peer->hostname;
  if (r.h) find_bricks(p, &r);
  return r;
}

void host_replace_survey(struct planning *p) {
  struct replacing r = replacing_of(p);
  const char *speaker = gluster_host(p);
  if (!r.heir) return;
  for (size_t i = 0; i < r.count; i++) place_ask(p, r.heir, r.lost[i].path);
  ask_command(p, r.heir, "glusterd", "systemctl", "is-active", "glusterd", NULL);
  ask(p, r.heir, "gluster");
  if (speaker) {
    ask(p, speaker, "gluster");
    ask_command(p, speaker, "info", "cat", INFO, NULL);
  }
  if (r.same) {
    ask_command(p, r.heir, "info", "cat", INFO, NULL);
    ask_command(p, r.heir, "volumes", "ls", "-A", "--", VOLUMES, NULL);
    if (speaker) ask_command(p, r.heir, planf(p, "name %s", speaker), "getent", "hosts", speaker, NULL);
  } else {
    ask_command(p, r.heir, "peers", "gluster", "--mode=script", "--timeout=10", "peer", "status", NULL);
  }
}

/* ---- may it ---- */

/* Two of one name write two truths: nothing of the dead one may speak. A new machine of its name may be reached; its bricks may not be. */
static void check_dead(struct planning *p, const struct replacing *r) {
  const char *life = r->same ? NULL : sign_of_life(p, r->h);
  if (r->h->membership == MEMBERSHIP_MEMBER) life = "corosync has it for a member";
  if (r->h->peer == PEER_CONNECTED) life = "its gluster daemon is connected";
  for (size_t i = 0; i < r->count; i++)
    if (r->lost[i].b->online == TRUTH_YES || r->lost[i].b->answers == TRUTH_YES) life = planf(p, "its brick %s answers", r->lost[i].b->path);
  if (life) refuse_always(p, "when it is off and stays off; a host that lives is taken out brick by brick (gluster-brick-replace, gluster-peer-detach)", "%s is not dead: %s", r->dead, life);
  else if (r->h->peer != PEER_DISCONNECTED) refuse_always(p, "when the pool counts it as disconnected", "%s is not known to be dead: it is %s in the pool", r->dead, peer_state_names[r->h->peer] ? peer_state_names[r->h->peer] : "unknown");
  if ((r->h->membership || r->h->pacemaker) && holds(p, "node-away", r->h->name, NULL) != TRUTH_YES)
    refuse_always(p, "when it was fenced (fencing-fence), or confirmed to be off (fencing-confirm)", "%s is a node too, and nothing has proven yet that it is off: it may still write", r->dead);
}

/* What shares a set with a lost brick holds its only other copy. */
static void check_copies(struct planning *p, const struct replacing *r) {
  for (size_t i = 0; i < r->count; i++) {
    const struct volume_view *v = r->lost[i].v;
    if (!volume_copies(v)) refuse_always(p, "never: its files are gone; restore them from a backup into a new volume", "volume %s has no copies: what was on %s is lost", v->name, r->lost[i].before);
    if (!str_eq(v->status, "started")) refuse_always(p, "when it is started: gluster-volume-start", "volume %s is not started", v->name);
    if (v->split_brain > 0) refuse_always(p, "when it is resolved: gluster-splitbrain-resolve", "files of %s are in split-brain: the copy that is left may be the wrong one", v->name);
    refuse_while_tasks(p, v);
    const char *daemon = pairs_get(&v->options, "cluster.self-heal-daemon");
    if (daemon && option_same(daemon, "off")) refuse_always(p, "with gluster-volume-set option=cluster.self-heal-daemon=on", "the self-heal daemon of %s is turned off: nothing would fill the new brick", v->name);
    for (size_t k = 0; k < v->bricks.count; k++) {
      const struct brick_view *o = &v->bricks.item[k];
      if (o->set != r->lost[i].b->set || snapshot_host(p->snap, o->host) == r->h) continue;
      enum truth online = brick_online(p->snap, o);
      if (online == TRUTH_NO) refuse_always(p, "when it is up: gluster-brick-start", "%s, of the same set as %s, is down: it may hold the last good copy", brick_text(p, o), r->lost[i].before);
      else if (online == TRUTH_UNKNOWN) refuse_always(p, "when it is read", "cannot tell whether %s, of the same set as %s, is up", brick_text(p, o), r->lost[i].before);
      if (!r->same && same_host(p->snap, o->host, r->heir)) refuse(p, "with another host", "%s has %s of the same set: when it is down, both are", r->heir, brick_text(p, o));
    }
  }
}

static void check_places(struct planning *p, const struct replacing *r) {
  struct place place;
  for (size_t i = 0; i < r->count; i++) {
    const struct lost *l = &r->lost[i];
    if (!place_read(p, r->heir, l->path, &place)) {
      refuse_unasked(p, r->heir, planf(p, "place %s", l->path), planf(p, "what lies in %s on %s", l->path, r->heir));
      continue;
    }
    if (!r->same) {
      new_brick_needs_force(p, r->heir, l->path, "brick");
    } else {
      if (str_eq(place.mount, "/")) refuse(p, "when its disk is mounted there", "%s on %s lies on the root file system: its disk is not mounted", l->path, r->heir);
      if (place.exists == TRUTH_YES && place.was_brick == TRUTH_YES) consequence(p, "what %s held before is still there: only what it missed is copied", l->before);
      else if (place.exists == TRUTH_YES && place.empty != TRUTH_YES) refuse(p, "when it is empty", "%s on %s is not empty: what lies there is part of no volume and would be in its way", l->path, r->heir);
    }
    for (size_t k = 0; k < l->v->bricks.count; k++) {
      const struct brick_view *o = &l->v->bricks.item[k];
      if (o->set != l->b->set || o == l->b || o->arbiter == TRUTH_YES || l->b->arbiter == TRUTH_YES || o->size == UNKNOWN_INT || o->free == UNKNOWN_INT || place.was_brick == TRUTH_YES) continue;
      if (place.room != UNKNOWN_INT && place.room < o->size - o->free) refuse(p, "with more room", "%s on %s has less room than what %s holds", l->path, r->heir, brick_text(p, o));
    }
  }
}

static void check_version(struct planning *p, const struct replacing *r) {
  int64_t theirs = version_of(answered(p, r->heir, "gluster")), ours = version_of(answered(p, r->speaker, "gluster"));
  if (refuse_unasked(p, r->heir, "glusterd", planf(p, "whether glusterd runs on %s", r->heir))) return;
  if (!theirs) refuse_always(p, "when it was prepared: host-prepare role=gluster", "%s has no gluster", r->heir);
  else if (ours && theirs / 1000 != ours / 1000) refuse(p, "when both have the same version", "%s has gluster %lld.%lld and %s %lld.%lld", r->heir, (long long)theirs / 1000, (long long)theirs % 1000, r->speaker, (long long)ours / 1000, (long long)ours % 1000);
}

static const char *line_value(struct planning *p, const char *text, const char *key) {
  size_t len = strlen(key);
  for (const char *line = text; line; line = line_next(line))
    if (!strncmp(line, key, len) && line[len] == '=') return first_line(p, line + len + 1);
  return NULL;
}

/* ---- another name ---- */

static bool is_uuid(const char *s) { return s && strlen(s) == 36 && s[strspn(s, "0123456789abcdefABCDEF-")] == '\0'; }

static void check_other(struct planning *p, const struct replacing *r) {
  const struct host_view *heir = snapshot_host(p->snap, r->heir);
  bool in = heir && heir->peer != PEER_UNKNOWN, theirs = false;
  if (in && heir->peer != PEER_CONNECTED) refuse_always(p, "when it is connected", "%s is a peer, and not connected", r->heir);
  if (!in && !str_starts(printed(p, r->heir, "glusterd") ? printed(p, r->heir, "glusterd") : "", "active")) refuse_always(p, "when it was prepared: host-prepare role=gluster", "glusterd does not run on %s", r->heir);
  for (const char *line = printed(p, r->heir, "peers"); !in && line; line = line_next(line)) theirs |= str_starts(line, "Hostname: ");
  if (theirs) refuse_always(p, "when it was detached there", "%s is in another pool already", r->heir);
  if (value_count(p->values, "path") > r->count) refuse_always(p, planf(p, "with a path for each of its %zu bricks", r->count), "%zu paths are given", value_count(p->values, "path"));
}

static void other_steps(struct planning *p, const struct replacing *r) {
  const struct host_view *heir = snapshot_host(p->snap, r->heir);
  if (!heir || heir->peer == PEER_UNKNOWN) {
    struct step *s = gluster_step(p, r->speaker, planf(p, "ask %s into the pool", r->heir), "peer", "probe", r->heir, NULL);
    s->harmless = TRUTH_YES;
    undo_by(p, s, GLUSTER, "peer", "detach", r->heir, NULL);
    already_when(p, s, "peer-connected", r->heir, NULL);
    step_wait(p, SERVES_MS, "until its daemon answers as a peer", "peer-connected", r->heir, NULL);
  }
  for (size_t i = 0; i < r->count; i++) {
    const struct lost *l = &r->lost[i];
    mkdir_step(p, r->heir, l->path);
    struct step *s = gluster_step(p, r->speaker, planf(p, "put %s in the place of %s", l->after, l->before), "volume", "replace-brick", l->v->name, l->before, l->after, "commit", "force", NULL);
    already_when(p, s, "volume-has-brick", l->v->name, l->after, NULL);
    still_when(p, s, "set-serves-without", l->before, NULL);
    step_wait(p, SERVES_MS, "until its process serves", "brick-online", l->after, NULL);
    verify_that(p, "volume-lacks-brick", l->v->name, l->before, NULL);
    verify_that(p, "brick-online", l->after, NULL);
  }
}

static void detach_steps(struct planning *p, const struct replacing *r) {
  struct step *s = gluster_step(p, r->speaker, planf(p, "throw %s out of the pool", r->dead), "peer", "detach", r->dead, "force", NULL);
  already_when(p, s, "peer-absent", r->dead, NULL);
  verify_that(p, "peer-absent", r->dead, NULL);
}

/* ---- the same name ---- */

static void check_same(struct planning *p, const struct replacing *r) {
  const char *own = line_value(p, printed(p, r->heir, "info"), "UUID"), *volumes = printed(p, r->heir, "volumes");
  bool begun = own && r->uuid && str_eq(own, r->uuid);
  if (!is_uuid(r->uuid)) return refuse_always(p, "when the pool is read again", "the UUID that %s had in the pool is not known", r->dead);
  if (!line_value(p, printed(p, r->speaker, "info"), "operating-version")) refuse_unasked(p, r->speaker, "info", planf(p, "which version the pool of %s speaks", r->speaker));
  if (!begun && volumes && *volumes && exit_of(p, r->heir, "volumes") == 0) refuse_always(p, "when /var/lib/glusterd there is that of a new installation", "%s knows volumes of its own: it is no new machine", r->heir);
  if (exit_of(p, r->heir, planf(p, "name %s", r->speaker)) > 0) refuse_always(p, planf(p, "after host-names host=%s name=%s", r->heir, r->speaker), "%s does not find the name %s", r->heir, r->speaker);
  if (begun) consequence(p, "%s has the UUID of the dead one already: what was begun is gone on with", r->heir);
}

static void same_steps(struct planning *p, const struct replacing *r) {
  const char *version = line_value(p, printed(p, r->speaker, "info"), "operating-version");
  struct step *s = step_run(p, r->heir, planf(p, "stop gluster's management daemon on the new %s", r->heir), "systemctl", "stop", "glusterd", NULL);
  s->harmless = TRUTH_YES;
  already_when(p, s, "peer-connected", r->heir, NULL);
  s = step_run(p, r->heir, "give it the UUID that the pool knows that name by", "tee", INFO, NULL);
  s->input = planf(p, "UUID=%s\noperating-version=%s\n", r->uuid, version ? version : "100000");
  tested_by(p, s, "grep", "-qx", planf(p, "UUID=%s", r->uuid), INFO, NULL);
  s = step_run(p, r->heir, "start the daemon", "systemctl", "start", "glusterd", NULL);
  s->harmless = TRUTH_YES;
  s->deadline_ms = SERVES_MS;
  s = gluster_step(p, r->heir, planf(p, "have it learn the pool from %s", r->speaker), "peer", "probe", r->speaker, NULL);
  s->harmless = TRUTH_YES;
  already_when(p, s, "peer-connected", r->heir, NULL);
  s = step_run(p, r->heir, "start it anew with what it has learnt", "systemctl", "restart", "glusterd", NULL);
  s->harmless = TRUTH_YES;
  s->deadline_ms = SERVES_MS;
  already_when(p, s, "peer-connected", r->heir, NULL);
  step_wait(p, SERVES_MS, "until it counts as a connected peer", "peer-connected", r->heir, NULL);
  for (size_t i = 0; i < r->count; i++) {
    const struct lost *l = &r->lost[i];
    mkdir_step(p, r->heir, l->path);
    s = gluster_step(p, r->speaker, planf(p, "take %s into service, empty", l->before), "volume", "reset-brick", l->v->name, l->before, l->before, "commit", "force", NULL);
    already_when(p, s, "brick-online", l->before, NULL);
    still_when(p, s, "set-serves-without", l->before, NULL);
    step_wait(p, SERVES_MS, "until its process serves", "brick-online", l->before, NULL);
    verify_that(p, "brick-online", l->before, NULL);
  }
  verify_that(p, "peer-connected", r->heir, NULL);
}

/* ---- both ---- */

/* The whole volume is looked through: the index holds what was written since, an empty brick lacks what was there before too. */
static void heal_steps(struct planning *p, const struct replacing *r) {
  for (size_t i = 0; i < r->count; i++) {
    bool first = true;
    for (size_t k = 0; k < i; k++) first &= r->lost[k].v != r->lost[i].v;
    if (!first) continue;
    struct step *s = gluster_step(p, r->speaker, planf(p, "have all of %s copied to it", r->lost[i].v->name), "volume", "heal", r->lost[i].v->name, "full", NULL);
    s->harmless = TRUTH_YES;
    step_wait(p, FULL_HEAL_MS, planf(p, "until nothing on %s waits to heal", r->lost[i].v->name), "heals-quiet", r->lost[i].v->name, NULL);
    verify_that(p, "heals-quiet", r->lost[i].v->name, NULL);
  }
}

static void say_what_follows(struct planning *p, const struct replacing *r) {
  bool node = r->h->membership || r->h->pacemaker;
  for (size_t i = 0; i < r->count; i++) consequence(p, "%s takes the place of %s in set %" PRId64 " of %s, and everything is copied to it from the other copies", r->same ? planf(p, "the new %s", r->lost[i].after) : r->lost[i].after, r->same ? "the dead one" : r->lost[i].before, r->lost[i].b->set, r->lost[i].v->name);
  if (r->count) consequence(p, "until that is over these sets have one copy less, and nothing else of them may fail; guests on them go on, a little slower");
  if (!r->same) consequence(p, "%s is no peer any more: if its machine ever runs again it must not be on this network before its /var/lib/glusterd and its bricks are wiped", r->dead);
  if (!r->same && r->count) consequence(p, "mounts that name %s as their server come from their backup servers alone: gluster-mount names others", r->dead);
  if (node && !r->same) consequence(p, "in the cluster nothing changes: cluster-node-remove node=%s and cluster-node-add node=%s follow", r->h->name, r->heir);
  if (node && r->same) consequence(p, "in the cluster nothing changes: the new machine has none of its configuration; cluster-node-remove node=%s, then cluster-node-add node=%s follow", r->h->name, r->heir);
}

void host_replace_plan(struct planning *p) {
  struct replacing r = replacing_of(p);
  if (fact_fresh(p->snap, "gluster.peers", NULL) != TRUTH_YES || !volumes_known(p->snap)) return refuse_always(p, "when gluster is read again", "cannot tell how the pool stands: gluster is not read, or long ago");
  if (!r.h || r.h->peer == PEER_UNKNOWN) return refuse_always(p, "with a peer of the pool", "%s is no peer of the pool", r.dead);
  r.speaker = the_speaker(p, r.dead);
  if (!r.speaker) return;
  if (!r.heir) return refuse_always(p, "with new=", "which host takes its place is not said");
  check_dead(p, &r);
  refuse_unless_pool_well(p);
  check_copies(p, &r);
  check_version(p, &r);
  if (r.same) check_same(p, &r);
  else check_other(p, &r);
  check_places(p, &r);
  if (refused(p)) return;
  say_what_follows(p, &r);
  if (r.same) same_steps(p, &r);
  else other_steps(p, &r);
  heal_steps(p, &r);
  if (!r.same) detach_steps(p, &r);
  p->plan->verify_ms = SERVES_MS;
}

const struct operation_argument host_replace_arguments[] = {
    {.name = "host", .title = "PEER", .help = "the host of the pool that is dead for good", .kind = ARG_PEER, .required = true},
    {.name = "new", .title = "HOST", .help = "who takes its place: another host with gluster installed, or the same name when a new machine bears it", .kind = ARG_HOST, .required = true},
    {.name = "path", .title = "/PATH", .help = "another host: where its bricks lie there, one for each of the dead one's, in the volumes' order; left out: at the same paths", .kind = ARG_PATH, .list = true},
    {.name = NULL}};
