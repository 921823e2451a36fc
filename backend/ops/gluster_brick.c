/* Bricks and heals: a dead one started, one replaced or begun anew on another disk, what it missed copied. */
#include "ops/gluster.h"
#include <string.h>

enum { HEAL_MS = 1800000, ENTRY_MS = 2000, DAY_MS = 24 * 3600000, REPLACE_MS = 6 * 3600000 };

/* ---- heals ---- */

static struct texts not_online(struct planning *p, const struct volume_view *v, enum truth *ret) {
  struct texts t = {0};
  *ret = TRUTH_YES;
  for (size_t i = 0; i < v->bricks.count; i++) {
    enum truth online = brick_online(p->snap, &v->bricks.item[i]);
    if (online == TRUTH_YES) continue;
    texts_add(p->arena, &t, brick_text(p, &v->bricks.item[i]));
    if (*ret != TRUTH_NO) *ret = online;
  }
  return t;
}

/* What a heal of any kind needs; false: it is refused. */
static bool may_heal(struct planning *p, const struct volume_view *v) {
  enum truth online;
  struct texts down = not_online(p, v, &online);
  refuse_unless_pool_well(p);
  if (!volume_copies(v)) refuse_always(p, "never", "volume %s has no copies: there is nothing to heal from", v->name);
  if (!str_eq(v->status, "started")) refuse_always(p, "when it is started", "volume %s is not started", v->name);
  if (online == TRUTH_NO) refuse_always(p, "when they are online: gluster-brick-start", "%s %s down: gluster starts no heal while a brick is", names_text(p->arena, &down), down.count > 1 ? "are" : "is");
  else if (online == TRUTH_UNKNOWN) refuse(p, "when they are read", "cannot tell whether %s %s online", names_text(p->arena, &down), down.count > 1 ? "are" : "is");
  const char *daemon = pairs_get(&v->options, "cluster.self-heal-daemon");
  if (daemon && option_same(daemon, "off")) refuse_always(p, "with gluster-volume-set option=cluster.self-heal-daemon=on", "the self-heal daemon of %s is turned off", v->name);
  return !refused(p);
}

static void split_brain_said(struct planning *p, const struct volume_view *v) {
  if (v->split_brain > 0) consequence(p, "What is in split-brain is not healed by this: somebody has to choose which copy is right, file by file.");
}

void heal_plan(struct planning *p) {
  const struct volume_view *v = the_volume(p);
  const char *host = the_speaker(p, NULL);
  if (!v || !host || !may_heal(p, v)) return;
  if (volume_pending(p->snap, v) == 0) refuse(p, "when something does", "nothing on %s waits to heal", v->name);
  if (refused(p)) return;
  consequence(p, "Gluster copies to each brick of %s what it missed; guests go on meanwhile, a little slower.", v->name);
  split_brain_said(p, v);
  struct step *s = gluster_step(p, host, "start the heal", "volume", "heal", v->name, NULL);
  s->harmless = TRUTH_YES;
  verify_that(p, "heals-quiet", v->name, NULL);
  int64_t pending = volume_pending(p->snap, v); /* unknown is less than nothing */
  p->plan->verify_ms = pending > DAY_MS / ENTRY_MS ? DAY_MS : pending > HEAL_MS / ENTRY_MS ? pending * ENTRY_MS : HEAL_MS;
}

void heal_full_plan(struct planning *p) {
  const struct volume_view *v = the_volume(p);
  const char *host = the_speaker(p, NULL);
  if (!v || !host || !may_heal(p, v)) return;
  refuse_while_tasks(p, v);
  if (refused(p)) return;
  consequence(p, "Every file of %s is looked at on every copy: that reads the whole volume, may take hours, and slows its guests.", v->name);
  split_brain_said(p, v);
  struct step *s = gluster_step(p, host, "start the full heal", "volume", "heal", v->name, "full", NULL);
  s->harmless = TRUTH_YES;
  verify_that(p, "heals-quiet", v->name, NULL);
  p->plan->verify_ms = REPLACE_MS;
}

/* ---- start ---- */

void brick_start_survey(struct planning *p) {
  const char *host, *path;
  if (brick_split(p->arena, given(p, "brick"), &host, &path)) place_ask(p, host, path);
}

/* A brick whose disk is not mounted must not be started on what lies below. */
static void check_place_of_dead(struct planning *p, const struct brick_view *b) {
  struct place place;
  if (!place_read(p, b->host, b->path, &place)) {
    refuse_unasked(p, b->host, planf(p, "place %s", b->path), planf(p, "whether the disk of %s:%s is there", b->host, b->path));
    return;
  }
  if (place.exists != TRUTH_YES) refuse_always(p, "when it is mounted again, or the brick replaced: gluster-brick-replace", "there is no %s on %s: its disk is not mounted, or lost", b->path, b->host);
  else if (place.was_brick != TRUTH_YES) refuse_always(p, "when its disk is mounted, or the brick replaced: gluster-brick-replace", "%s on %s holds no brick (no .glusterfs): its disk is not mounted there, or was emptied", b->path, b->host);
  else if (place.room != UNKNOWN_INT && place.room < 1 << 20) refuse(p, "when there is room", "the file system of %s on %s is full", b->path, b->host);
}

static struct texts other_dead(struct planning *p, const struct volume_view *v, const struct brick_view *but) {
  enum truth online;
  struct texts all = not_online(p, v, &online), others = {0};
  for (size_t i = 0; i < all.count; i++)
    if (!str_eq(all.item[i], brick_text(p, but))) texts_add(p->arena, &others, all.item[i]);
  return others;
}

void brick_start_plan(struct planning *p) {
  const struct volume_view *v = NULL;
  const struct brick_view *b = the_brick(p, "brick", &v);
  const char *host = the_speaker(p, NULL);
  if (!b || !host) return;
  const struct host_view *h = snapshot_host(p->snap, b->host);
  enum truth online = brick_online(p->snap, b);
  if (!str_eq(v->status, "started")) refuse_always(p, "when it is started: gluster-volume-start", "volume %s is not started", v->name);
  if (online == TRUTH_YES) refuse_always(p, "when it is down", "%s is online", brick_text(p, b));
  if (!h || h->peer != PEER_CONNECTED) refuse_always(p, "when its host is back", "%s is not connected: its glusterd is to start the brick", b->host);
  if (online == TRUTH_UNKNOWN) refuse(p, "when the brick is read", "cannot tell whether %s is down%s%s", brick_text(p, b), b->text ? ": " : "", b->text ? b->text : "");
  if (online == TRUTH_NO && b->port != UNKNOWN_INT)
    refuse_always(p, planf(p, "when that process was ended on %s", b->host), "the process of %s lives and does not answer (%s): gluster takes it for running", brick_text(p, b), b->text ? b->text : "it hangs");
  refuse_unless_pool_well(p);
  check_place_of_dead(p, b);
  if (refused(p)) return;
  struct texts others = other_dead(p, v, b);
  consequence(p, "The process of %s is started; bricks of %s that run are not touched.", brick_text(p, b), v->name);
  if (others.count) consequence(p, "So are the others of %s that are down: %s.", v->name, names_text(p->arena, &others));
  if (volume_copies(v)) consequence(p, "What it missed is then copied to it: until that is over, the set's other copies are the only full ones.");
  consequence(p, "Why it died is not mended by this: see its log under /var/log/glusterfs/bricks on %s.", b->host);
  struct step *s = gluster_step(p, host, "have it started", "volume", "start", v->name, "force", NULL);
  s->harmless = TRUTH_YES;
  already_when(p, s, "brick-online", brick_text(p, b), NULL);
  verify_that(p, "brick-online", brick_text(p, b), NULL);
}

/* ---- replace ---- */

void brick_replace_survey(struct planning *p) {
  const char *host, *path;
  if (brick_split(p->arena, given(p, "new"), &host, &path)) place_ask(p, host, path);
}

struct rest { int64_t up, unknown, needed, pending; bool pending_known; }; /* of its set, without it; pending: what the others lack of each other or of it */

static struct rest rest_of_set(struct planning *p, const struct volume_view *v, const struct brick_view *old) {
  struct rest r = {.needed = v->disperse > 0 ? v->disperse - v->redundancy : 1, .pending_known = fact_fresh(p->snap, "gluster.heal", v->name) == TRUTH_YES};
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *b = &v->bricks.item[i];
    if (b->set != old->set || b == old) continue;
    enum truth online = brick_online(p->snap, b);
    if (b->arbiter == TRUTH_YES && v->disperse <= 0) continue;
    r.up += online == TRUTH_YES;
    r.unknown += online == TRUTH_UNKNOWN;
    if (online != TRUTH_YES) continue;
    if (b->heal_pending == UNKNOWN_INT) r.pending_known = false;
    else if (b->heal_pending > r.pending) r.pending = b->heal_pending;
  }
  return r;
}

/* The rest of the set has to hold everything: a copy that is up, and nothing that only the old one has. What the others
 * count is what somebody lacks: while the old one is up, that can be healed first; when it is dead, that is its own lack. */
static void check_rest(struct planning *p, const struct volume_view *v, const struct brick_view *old) {
  struct rest r = rest_of_set(p, v, old);
  enum truth online = brick_online(p->snap, old);
  if (!volume_copies(v)) {
    refuse_always(p, "never: remove-brick moves its files away first", "volume %s has no copies: what is on %s would be lost", v->name, brick_text(p, old));
    return;
  }
  if (r.up < r.needed) {
    if (r.up + r.unknown >= r.needed) refuse(p, "when they are read", "cannot tell whether the set's other bricks are online");
    else refuse_always(p, "when they are online: gluster-brick-start", "the set has no other full copy online: replacing %s would lose its data", brick_text(p, old));
  }
  if (online == TRUTH_UNKNOWN) refuse(p, "when it is read", "cannot tell whether %s is online, and whether the others have all that it has", brick_text(p, old));
  if (v->split_brain > 0 || (v->split_brain == UNKNOWN_INT && online == TRUTH_YES)) {
    if (v->split_brain > 0) refuse_always(p, "when it is resolved", "files of %s are in split-brain: the right copy may be the one that goes", v->name);
    else refuse(p, "when that was counted", "cannot tell whether files of %s are in split-brain", v->name);
  }
  if (online != TRUTH_YES) {
    consequence(p, "%s %s: what it has and the others have not is lost.", brick_text(p, old), online == TRUTH_NO ? "is down" : "does not answer");
    return;
  }
  if (!r.pending_known || old->heal_pending == UNKNOWN_INT) refuse(p, "when it was counted again", "cannot tell whether anything of the set waits to heal: it was not counted lately");
  else if (old->heal_pending > 0) refuse_always(p, "when that is healed: gluster-heal", "the other bricks of the set lack what only %s has", brick_text(p, old));
  else if (r.pending > 0) refuse(p, "when that is healed: gluster-heal", "entries of the set wait to heal: a copy that is to remain may be the one that lacks them");
}

static void check_new(struct planning *p, const struct volume_view *v, const struct brick_view *old, const char *host, const char *path) {
  const struct host_view *h = snapshot_host(p->snap, host);
  struct place place;
  if (!h || h->peer != PEER_CONNECTED) refuse_always(p, planf(p, "when it is a connected peer: gluster-peer-probe host=%s", host), "%s is no connected peer of the pool", host);
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *b = &v->bricks.item[i];
    if (b != old && b->set == old->set && same_host(p->snap, b->host, host)) refuse(p, "with another host", "%s has %s of the same set: when it is down, both are", host, brick_text(p, b));
    if (b == old || b->set != old->set || b->arbiter == TRUTH_YES || old->arbiter == TRUTH_YES || b->size == UNKNOWN_INT || b->free == UNKNOWN_INT) continue;
    if (place_read(p, host, path, &place) && place.room != UNKNOWN_INT && place.room < b->size - b->free) refuse(p, "with more room", "%s:%s has less room than what %s holds", host, path, brick_text(p, b));
  }
  new_brick_needs_force(p, host, path, "brick");
}

void brick_replace_plan(struct planning *p) {
  const struct volume_view *v = NULL;
  const struct brick_view *old = the_brick(p, "brick", &v);
  const char *host = the_speaker(p, NULL), *to, *path;
  if (!old || !host || !brick_split(p->arena, given(p, "new"), &to, &path)) return;
  const char *before = brick_text(p, old), *after = planf(p, "%s:%s", to, path);
  if (!str_eq(v->status, "started")) refuse_always(p, "when it is started", "volume %s is not started", v->name);
  refuse_unless_pool_well(p);
  refuse_while_tasks(p, v);
  check_rest(p, v, old);
  check_new(p, v, old, to, path);
  if (refused(p)) return;
  consequence(p, "%s takes the place of %s in set %lld of %s.", after, before, (long long)old->set, v->name);
  consequence(p, "Everything of the set is copied to it from the other copies: until that is over the set has one copy less, and nothing else of it may fail.");
  consequence(p, "What lies in %s stays there and is part of no volume any more.", before);
  mkdir_step(p, to, path);
  struct step *s = gluster_step(p, host, "put the new brick in its place", "volume", "replace-brick", v->name, before, after, "commit", "force", NULL);
  already_when(p, s, "volume-has-brick", v->name, after, NULL);
  still_when(p, s, "volume-has-brick", v->name, before, NULL);
  step_wait(p, 60000, "until its process serves", "brick-online", after, NULL);
  verify_that(p, "volume-lacks-brick", v->name, before, NULL);
  verify_that(p, "brick-online", after, NULL);
  verify_that(p, "heals-quiet", v->name, NULL);
  p->plan->verify_ms = REPLACE_MS;
}

/* ---- reset: the same brick on another disk ---- */

void brick_reset_start_plan(struct planning *p) {
  const struct volume_view *v = NULL;
  const struct brick_view *b = the_brick(p, "brick", &v);
  const char *host = the_speaker(p, NULL);
  if (!b || !host) return;
  const char *name = brick_text(p, b);
  if (!str_eq(v->status, "started")) refuse_always(p, "when it is started", "volume %s is not started", v->name);
  if (brick_online(p->snap, b) == TRUTH_NO) refuse_always(p, "needless: gluster-brick-reset-commit comes next", "%s is down already", name);
  refuse_unless_pool_well(p);
  refuse_while_tasks(p, v);
  check_rest(p, v, b);
  if (refused(p)) return;
  consequence(p, "The process of %s ends; clients notice at once and go on with the other copies of set %lld.", name, (long long)b->set);
  consequence(p, "Its disk may then be exchanged. Mount the new one at the same place, empty, and run gluster-brick-reset-commit.");
  consequence(p, "Until that is healed the set has one copy less, and nothing else of it may fail.");
  struct step *s = gluster_step(p, host, "take the brick out of service", "volume", "reset-brick", v->name, name, "start", NULL);
  s->harmless = TRUTH_YES;
  undo_by(p, s, GLUSTER, "volume", "reset-brick", v->name, name, name, "commit", "force", NULL);
  already_when(p, s, "brick-down", name, NULL);
  verify_that(p, "brick-down", name, NULL);
}

static void check_anew(struct planning *p, const struct volume_view *v, const struct brick_view *b) {
  struct place place;
  if (!place_read(p, b->host, b->path, &place)) {
    refuse_unasked(p, b->host, planf(p, "place %s", b->path), planf(p, "whether the new disk of %s is there", brick_text(p, b)));
    return;
  }
  if (str_eq(place.mount, "/")) refuse(p, "when its disk is mounted there", "%s on %s lies on the root file system: its disk is not mounted", b->path, b->host);
  if (place.exists == TRUTH_YES && place.was_brick == TRUTH_YES) consequence(p, "What %s held before is still there: only what it missed is copied.", brick_text(p, b));
  else if (place.exists == TRUTH_YES && place.empty != TRUTH_YES) refuse(p, "when it is empty", "%s on %s is not empty: what lies there is part of no volume and would be in its way", b->path, b->host);
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *o = &v->bricks.item[i];
    if (o == b || o->set != b->set || o->arbiter == TRUTH_YES || b->arbiter == TRUTH_YES || o->size == UNKNOWN_INT || o->free == UNKNOWN_INT || place.was_brick == TRUTH_YES) continue;
    if (place.room != UNKNOWN_INT && place.room < o->size - o->free) refuse(p, "with a larger disk", "%s on %s has less room than what %s holds", b->path, b->host, brick_text(p, o));
  }
}

void brick_reset_commit_plan(struct planning *p) {
  const struct volume_view *v = NULL;
  const struct brick_view *b = the_brick(p, "brick", &v);
  const char *host = the_speaker(p, NULL);
  if (!b || !host) return;
  const struct host_view *h = snapshot_host(p->snap, b->host);
  const char *name = brick_text(p, b);
  enum truth online = brick_online(p->snap, b);
  if (!str_eq(v->status, "started")) refuse_always(p, "when it is started", "volume %s is not started", v->name);
  if (online == TRUTH_YES) refuse_always(p, "after gluster-brick-reset-start", "%s is online: it was not taken out of service", name);
  else if (online == TRUTH_UNKNOWN) refuse(p, "when it is read", "cannot tell whether %s is out of service", name);
  if (!h || h->peer != PEER_CONNECTED) refuse_always(p, "when its host is back", "%s is not connected", b->host);
  refuse_unless_pool_well(p);
  refuse_while_tasks(p, v);
  check_anew(p, v, b);
  if (refused(p)) return;
  consequence(p, "%s serves again on what is mounted at %s of %s now.", name, b->path, b->host);
  consequence(p, "What it has not got is copied to it from the other copies of set %lld: until that is over they are the only full ones.", (long long)b->set);
  mkdir_step(p, b->host, b->path);
  struct step *s = gluster_step(p, host, "take it into service again", "volume", "reset-brick", v->name, name, name, "commit", "force", NULL);
  already_when(p, s, "brick-online", name, NULL);
  step_wait(p, 60000, "until its process serves", "brick-online", name, NULL);
  verify_that(p, "brick-online", name, NULL);
  verify_that(p, "heals-quiet", v->name, NULL);
  p->plan->verify_ms = REPLACE_MS;
}
