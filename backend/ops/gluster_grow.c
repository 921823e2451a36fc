/* More bricks for a volume that is there: whole sets for more room, a copy or an arbiter for each set; and files moved to where
 * they belong afterwards. */
#include "ops/gluster.h"
#include <string.h>

enum { TASK_SEEN_MS = 420000, HEAL_MS = 6 * 3600000, REPLICA_MAX = 16 };

struct growth { const struct volume_view *v; const char *how; struct texts bricks; int64_t set, sets; bool copy, arbiter; };

int64_t bricks_a_set(const struct volume_view *v) {
  size_t sets = volume_sets(v);
  return sets ? (int64_t)(v->bricks.count / sets) : 1;
}

struct texts volume_unsure_bricks(struct planning *p, const struct volume_view *v, const struct texts *but, enum truth *ret) {
  struct texts t = {0};
  *ret = TRUTH_YES;
  for (size_t i = 0; i < v->bricks.count; i++) {
    enum truth online = brick_online(p->snap, &v->bricks.item[i]);
    const char *name = brick_text(p, &v->bricks.item[i]);
    if (online == TRUTH_YES || (but && texts_have(but, name))) continue;
    texts_add(p->arena, &t, name);
    if (*ret != TRUTH_NO) *ret = online;
  }
  return t;
}

void refuse_unless_whole(struct planning *p, const struct volume_view *v, const struct texts *but, const char *otherwise) {
  enum truth online;
  struct texts down = volume_unsure_bricks(p, v, but, &online);
  int64_t pending = volume_pending(p->snap, v);
  if (!str_eq(v->status, "started")) refuse_always(p, "when it is started: gluster-volume-start", "volume %s is not started", v->name);
  if (online == TRUTH_NO) refuse_always(p, "when they are online: gluster-brick-start", "%s %s down: %s", names_text(p->arena, &down), down.count > 1 ? "are" : "is", otherwise);
  else if (online == TRUTH_UNKNOWN) refuse(p, "when they are read", "cannot tell whether %s %s online: %s", names_text(p->arena, &down), down.count > 1 ? "are" : "is", otherwise);
  if (v->split_brain > 0) refuse(p, "when it is resolved: gluster-splitbrain-resolve", "files of %s are in split-brain: %s", v->name, otherwise);
  if (pending == UNKNOWN_INT) refuse(p, "when it was counted", "cannot tell whether anything on %s waits to heal: it was not counted lately", v->name);
  else if (pending > 0) refuse(p, "when it is healed: gluster-heal", "%lld entries of %s wait to heal: %s", (long long)pending, v->name, otherwise);
}

/* ---- more bricks ---- */

void brick_add_survey(struct planning *p) {
  const char *host, *path;
  for (size_t i = 0; i < value_count(p->values, "brick"); i++)
    if (brick_split(p->arena, value_at(p->values, "brick", i), &host, &path)) place_ask(p, host, path);
}

void brick_add_propose(struct planning *p, struct texts *ret) {
  const struct volume_view *v = snapshot_volume(p->snap, given(p, "volume"));
  texts_add(p->arena, ret, v && v->replica == 2 && v->arbiter <= 0 && v->disperse <= 0 ? "arbiter" : "set");
}

/* Who has which brick, looked up once: a large pool has many of both. */
struct holder { const struct host_view *host; const char *path; };
struct holders { struct holder *item; size_t count; size_t *load; }; /* load: bricks of each host, by its place in the snapshot */

static struct holders holders_of(struct planning *p, size_t more) {
  struct holders h = {.load = arena_array(p->arena, p->snap->hosts.count + 1, sizeof *h.load)};
  for (size_t v = 0; v < p->snap->volumes.count; v++) more += p->snap->volumes.item[v].bricks.count;
  h.item = arena_array(p->arena, more + 1, sizeof *h.item);
  for (size_t v = 0; v < p->snap->volumes.count; v++)
    for (size_t i = 0; i < p->snap->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &p->snap->volumes.item[v].bricks.item[i];
      const struct host_view *host = snapshot_host(p->snap, b->host);
      if (!host) continue;
      h.item[h.count++] = (struct holder){host, b->path};
      h.load[host - p->snap->hosts.item]++;
    }
  return h;
}

static bool path_is_free(const struct holders *h, const struct host_view *host, const char *path) {
  for (size_t i = 0; i < h->count; i++)
    if (h->item[i].host == host && paths_overlap(h->item[i].path, path)) return false;
  return true;
}

/* The connected peer with the fewest bricks that is not in `but`; NULL: none is left. */
static const struct host_view *least_used(struct planning *p, const struct texts *but, const struct holders *all) {
  const struct host_view *best = NULL;
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (h->peer == PEER_CONNECTED && (!best || all->load[i] < all->load[best - p->snap->hosts.item]) && !texts_have(but, h->name)) best = h;
  }
  return best;
}

/* For each set a host that has none of it yet; where the volume's own path is taken there, one beside it. */
void brick_add_bricks(struct planning *p, struct texts *ret) {
  const struct volume_view *v = snapshot_volume(p->snap, given(p, "volume"));
  const char *how = given(p, "how");
  if (!v || !how || !v->bricks.count) return;
  bool copy = !str_eq(how, "set");
  int64_t sets = copy ? (int64_t)volume_sets(v) : 1, each = copy ? 1 : bricks_a_set(v);
  struct holders all = holders_of(p, (size_t)(sets * each));
  for (int64_t set = 0; set < sets; set++) {
    struct texts taken = {0};
    for (size_t i = 0; copy && i < v->bricks.count; i++) {
      const struct host_view *h = v->bricks.item[i].set == set ? snapshot_host(p->snap, v->bricks.item[i].host) : NULL;
      if (h) texts_add(p->arena, &taken, h->name);
    }
    for (int64_t n = 0; n < each; n++) {
      const struct host_view *host = least_used(p, &taken, &all);
      const char *path = v->bricks.item[0].path;
      if (host && !path_is_free(&all, host, path)) path = planf(p, "%s-%s", path, copy ? how : v->name);
      if (!host || !path_is_free(&all, host, path)) {
        *ret = (struct texts){0};
        return;
      }
      texts_add(p->arena, &taken, host->name);
      texts_add(p->arena, ret, planf(p, "%s:%s", host->name, path));
      all.item[all.count++] = (struct holder){host, path};
      all.load[host - p->snap->hosts.item]++;
    }
  }
}

static bool growth_of(struct planning *p, struct growth *g) {
  const struct volume_view *v = g->v;
  g->how = given(p, "how");
  g->bricks = given_list(p, "brick");
  g->set = bricks_a_set(v);
  g->sets = (int64_t)volume_sets(v);
  g->arbiter = str_eq(g->how, "arbiter");
  g->copy = g->arbiter || str_eq(g->how, "copy");
  int64_t n = (int64_t)g->bricks.count;
  if (g->copy && (v->disperse > 0 || v->arbiter > 0)) refuse_always(p, "with how=set", "%s is %s: gluster gives it no further copy", v->name, v->type ? v->type : "of another type");
  else if (g->arbiter && v->replica != 2) refuse_always(p, "with how=copy, or how=set", "%s has %lld %s: an arbiter is for two", v->name, (long long)v->replica, v->replica == 1 ? "copy" : "copies");
  else if (g->copy && v->replica >= REPLICA_MAX) refuse_always(p, "never", "%s has %lld copies already", v->name, (long long)v->replica);
  else if (g->copy && n != g->sets)
    refuse_always(p, planf(p, "with %lld brick%s, one for each set, in the order of the sets", (long long)g->sets, g->sets == 1 ? "" : "s"), "%lld brick%s for %lld set%s of %s", (long long)n, n == 1 ? "" : "s", (long long)g->sets,
                  g->sets == 1 ? "" : "s", v->name);
  else if (!g->copy && n % g->set) refuse_always(p, planf(p, "with %lld brick%s a set", (long long)g->set, g->set == 1 ? "" : "s"), "%lld brick%s do not make whole sets of %lld", (long long)n, n == 1 ? "" : "s", (long long)g->set);
  return !refused(p);
}

/* The hosts that have the set's other bricks already, of the volume or of those that come. */
static void check_apart(struct planning *p, const struct growth *g, size_t n, const char *host) {
  for (size_t i = 0; g->copy && i < g->v->bricks.count; i++) {
    const struct brick_view *b = &g->v->bricks.item[i];
    if (b->set == (int64_t)n && same_host(p->snap, b->host, host)) refuse(p, "with another host", "%s has %s of the same set: when it is down, both are", host, brick_text(p, b));
  }
  for (size_t i = g->copy ? n : n - n % (size_t)g->set; i < n; i++) {
    const char *other, *path;
    if (brick_split(p->arena, g->bricks.item[i], &other, &path) && same_host(p->snap, other, host)) refuse(p, "with another host", "%s and %s are of one set and on one host: when it is down, both are", g->bricks.item[i], g->bricks.item[n]);
  }
}

static void check_room(struct planning *p, const struct growth *g, size_t n, const char *host, const char *path) {
  struct place place;
  if (!g->copy || g->arbiter || !place_read(p, host, path, &place) || place.room == UNKNOWN_INT) return;
  for (size_t i = 0; i < g->v->bricks.count; i++) {
    const struct brick_view *b = &g->v->bricks.item[i];
    if (b->set == (int64_t)n && b->size != UNKNOWN_INT && b->free != UNKNOWN_INT && place.room < b->size - b->free) refuse(p, "with more room", "%s:%s has less room than what %s holds", host, path, brick_text(p, b));
  }
}

static bool check_bricks(struct planning *p, const struct growth *g) { /* true: "force" is to be said */
  bool force = false;
  for (size_t n = 0; n < g->bricks.count; n++) {
    const char *host, *path;
    if (!brick_split(p->arena, g->bricks.item[n], &host, &path)) continue;
    const struct host_view *h = snapshot_host(p->snap, host);
    if (!h || h->peer != PEER_CONNECTED) refuse_always(p, planf(p, "when it is a connected peer: gluster-peer-probe host=%s", host), "%s is no connected peer of the pool", host);
    for (size_t i = 0; i < n; i++) {
      const char *other, *at;
      if (brick_split(p->arena, g->bricks.item[i], &other, &at) && same_host(p->snap, other, host) && paths_overlap(at, path)) refuse_always(p, "with directories of their own", "%s and %s overlap", g->bricks.item[i], g->bricks.item[n]);
    }
    check_apart(p, g, n, host);
    check_room(p, g, n, host, path);
    force |= new_brick_needs_force(p, host, path, "brick");
  }
  return force || value_yes(p->values, "force");
}

static void say_growth(struct planning *p, const struct growth *g) {
  const struct volume_view *v = g->v;
  for (size_t n = 0; n < g->bricks.count; n++)
    consequence(p, "%s becomes %s set %lld of %s.", g->bricks.item[n], g->arbiter ? "the arbiter of" : g->copy ? "a further copy in" : v->arbiter > 0 && (int64_t)n % g->set == g->set - 1 ? "the arbiter of the new" : "part of the new",
                g->copy ? (long long)n : (long long)(g->sets + (int64_t)n / g->set), v->name);
  if (!g->copy) {
    consequence(p, "%s has more room at once for new files%s. What is there stays where it is until gluster-rebalance-start moves it.", v->name, v->sharded == TRUTH_YES ? ", and for new pieces of the images" : "");
    consequence(p, "A brick that was given to a volume leaves it again only by gluster-brick-remove-start, which moves its files away first.");
    return;
  }
  if (g->arbiter) consequence(p, "An arbiter holds names and no data: with it no two copies can each be written while the other is away. A set is written while two of its three bricks live.");
  else consequence(p, "Everything of each set is copied to its new brick: that reads the whole volume, may take hours, and slows its guests.");
  consequence(p, "Until the heal is over the new bricks protect nothing yet; it is waited for by what gluster counts.");
  if (!g->arbiter && v->replica == 1) consequence(p, "Two copies cannot tell which is right when each was written while the other was away: an arbiter as third is better.");
}

void brick_add_plan(struct planning *p) {
  struct growth g = {.v = the_volume(p)};
  const char *host = the_speaker(p, NULL);
  if (!g.v || !host || !growth_of(p, &g)) return;
  const struct volume_view *v = g.v;
  refuse_unless_pool_well(p);
  refuse_while_tasks(p, v);
  if (g.copy && v->replica > 1) refuse_unless_whole(p, v, NULL, "a new copy is made of those that are there");
  else if (g.copy && !str_eq(v->status, "started")) refuse_always(p, "when it is started: gluster-volume-start", "volume %s is not started", v->name);
  bool force = check_bricks(p, &g);
  if (refused(p)) return;
  say_growth(p, &g);
  const char *copies = planf(p, "%lld", (long long)v->replica + 1);
  for (size_t n = 0; n < g.bricks.count; n++) {
    const char *to, *path;
    if (brick_split(p->arena, g.bricks.item[n], &to, &path)) mkdir_step(p, to, path);
  }
  struct step *s = gluster_step(p, host, "give the volume its new bricks", "volume", "add-brick", v->name, NULL);
  s->deadline_ms = 2 * GLUSTER_MS;
  if (g.copy) step_word(p, s, "replica"), step_word(p, s, "%s", copies);
  if (g.arbiter) step_word(p, s, "arbiter"), step_word(p, s, "1");
  for (size_t n = 0; n < g.bricks.count; n++) step_word(p, s, "%s", g.bricks.item[n]);
  if (force) step_word(p, s, "force");
  if (g.copy) { /* what only the new ones have is nothing */
    undo_by(p, s, GLUSTER, "volume", "remove-brick", v->name, "replica", planf(p, "%lld", (long long)v->replica), NULL);
    for (size_t n = 0; n < g.bricks.count; n++) texts_add(p->arena, &s->undo, g.bricks.item[n]);
    texts_add(p->arena, &s->undo, "force");
  }
  already_when(p, s, "volume-has-brick", v->name, g.bricks.item[g.bricks.count - 1], NULL);
  if (str_eq(v->status, "started"))
    for (size_t n = 0; n < g.bricks.count; n++) step_wait(p, 60000, planf(p, "until %s serves", g.bricks.item[n]), "brick-online", g.bricks.item[n], NULL);
  if (g.copy) gluster_step(p, host, "have the new bricks filled", "volume", "heal", v->name, "full", NULL)->harmless = TRUTH_YES;
  for (size_t n = 0; n < g.bricks.count; n++) verify_that(p, "volume-has-brick", v->name, g.bricks.item[n], NULL);
  if (!g.copy) return;
  verify_that(p, "volume-copies", v->name, copies, NULL);
  verify_that(p, "heals-quiet", v->name, NULL);
  p->plan->verify_ms = HEAL_MS;
}

/* ---- rebalance ---- */

void refuse_moving_open_images(struct planning *p, const struct volume_view *v, const struct texts *leaving) {
  struct texts unread = {0}, running = volume_domains(p->snap, p->arena, v->name, true, &unread);
  const char *force = pairs_get(&v->options, "cluster.force-migration");
  if (unread.count) refuse(p, planf(p, "when libvirt on %s can be read", names_text(p->arena, &unread)), "cannot tell which domains run on %s: libvirt on %s is not read", v->name, names_text(p->arena, &unread));
  if (!running.count) return;
  if (v->sharded == TRUTH_YES)
    refuse(p, "when they are stopped, or moved to another volume", "%s %s on %s, whose images are cut into pieces: gluster has destroyed such images by moving pieces that were written meanwhile", names_text(p->arena, &running),
           running.count > 1 ? "run" : "runs", v->name);
  if (force && option_same(force, "on"))
    refuse(p, "with gluster-volume-set option=cluster.force-migration=off", "cluster.force-migration is on: images of %s would be moved while they are written, which can destroy them", names_text(p->arena, &running));
  if (!leaving) {
    consequence(p, "Images that %s %s while they are moved are given up and stay where they are.", names_text(p->arena, &running), running.count > 1 ? "write" : "writes");
    return;
  }
  struct texts there = {0};
  for (size_t i = 0; i < running.count; i++) {
    const struct domain_view *d = snapshot_domain(p->snap, running.item[i]);
    for (size_t k = 0; d && k < d->disks.count; k++)
      for (size_t b = 0; b < d->disks.item[k].bricks.count; b++)
        if (texts_have(leaving, d->disks.item[k].bricks.item[b]) && !texts_have(&there, d->name)) texts_add(p->arena, &there, d->name);
  }
  if (there.count) refuse(p, "when they are stopped", "images of %s lie there and are written: gluster gives up moving what is written meanwhile, and they would stay behind", names_text(p->arena, &there));
}

void rebalance_start_plan(struct planning *p) {
  const struct volume_view *v = the_volume(p);
  const char *host = the_speaker(p, NULL);
  if (!v || !host) return;
  refuse_unless_pool_well(p);
  refuse_while_tasks(p, v);
  if (volume_sets(v) < 2) refuse_always(p, "when it has a second set: gluster-brick-add", "%s has one set: there is nowhere to move anything", v->name);
  for (size_t i = 0; i < v->tasks.count; i++)
    if (str_eq(v->tasks.item[i].type, "Remove brick")) refuse_always(p, "when it is: gluster-brick-remove-commit, or gluster-brick-remove-stop", "bricks of %s were begun to be removed, and that is not yet committed or stopped", v->name);
  refuse_unless_whole(p, v, NULL, "files are moved only when every copy is there");
  refuse_moving_open_images(p, v, NULL);
  if (refused(p)) return;
  consequence(p, "Gluster looks at every file of %s on every brick's host and moves those that belong on another set now: that may take hours and slows its guests.", v->name);
  consequence(p, "It goes on by itself: this is over when it runs. How it stands is in the volume's detail; gluster-rebalance-stop ends it between two files.");
  struct step *s = gluster_step(p, host, "start the rebalance", "volume", "rebalance", v->name, "start", NULL);
  undo_by(p, s, GLUSTER, "volume", "rebalance", v->name, "stop", NULL);
  verify_that(p, "task-began", v->name, "Rebalance", NULL);
  p->plan->verify_ms = TASK_SEEN_MS;
}

void rebalance_stop_plan(struct planning *p) {
  const struct volume_view *v = the_volume(p);
  const char *host = the_speaker(p, NULL);
  bool runs = false, unknown = v && fact_fresh(p->snap, "gluster.space", v->name) != TRUTH_YES;
  if (!v || !host) return;
  for (size_t i = 0; i < v->tasks.count; i++) {
    runs |= str_eq(v->tasks.item[i].type, "Rebalance") && v->tasks.item[i].status && strstr(v->tasks.item[i].status, "progress");
    unknown |= !v->tasks.item[i].type;
  }
  refuse_unless_pool_well(p);
  if (!runs && unknown) refuse(p, "when its tasks are read, within five minutes", "cannot tell whether a rebalance of %s runs", v->name);
  else if (!runs) refuse_always(p, "when one does", "no rebalance of %s runs", v->name);
  if (refused(p)) return;
  consequence(p, "The file that is being moved is moved to its end; the others stay where they are. What was moved stays moved, and nothing is lost.");
  struct step *s = gluster_step(p, host, "stop the rebalance", "volume", "rebalance", v->name, "stop", NULL);
  s->harmless = TRUTH_YES;
  already_when(p, s, "task-stands", v->name, "Rebalance", NULL);
  verify_that(p, "task-stands", v->name, "Rebalance", NULL);
  p->plan->verify_ms = TASK_SEEN_MS;
}
