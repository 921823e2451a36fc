/* The finders of the problems' table: each looks at one kind of thing in the snapshot under construction. */
#include "base/clock.h"
#include "model/problem.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- sources ---- */

/* Well, or not well and its facts are confirmed all the same (by another daemon of the pool). */
static bool readable(const struct source_view *s) {
  if (s->state == SOURCE_OK) return true;
  if (s->state == SOURCE_UNKNOWN || !s->facts.count) return false;
  EACH(s->facts, struct source_fact_view, x) {
    if (x->stale != TRUTH_NO) return false;
  }
  return true;
}

/* How many sources of a layer there are besides those that are not installed, and how many of them can be read. */
static void count_layer(const struct snapshot *snap, const char *layer, size_t *ret_present, size_t *ret_readable) {
  *ret_present = *ret_readable = 0;
  EACH(snap->sources, struct source_view, s) {
    if (!str_eq(s->name, layer) || s->state == SOURCE_ABSENT) continue;
    ++*ret_present;
    *ret_readable += readable(s);
  }
}

void find_nothing_found(struct finder *f) {
  EACH(SNAP->sources, struct source_view, s) {
    if (s->state != SOURCE_ABSENT) return;
  }
  CLEANUP(str_free) struct str what = {0};
  EACH(SNAP->sources, struct source_view, s) str_addf(&what, "%s%s: %s", what.len ? "; " : "", s->name, s->text && *s->text ? s->text : "not found");
  problem_found(f, "cluster", "no cluster found from here, none of its layers is on this host (%s)", what.len ? what.data : "no source has said anything");
}

/* The first source of the layer that is in the way, when none can be read. NULL when one can, or there is none. */
static const struct source_view *in_the_way(const struct snapshot *snap, const char *layer) {
  size_t present, well;
  count_layer(snap, layer, &present, &well);
  EACH(snap->sources, struct source_view, s)
    if (present && !well && str_eq(s->name, layer) && s->state != SOURCE_ABSENT) return s;
  return NULL;
}

static void source_found(struct finder *f, const char *subject, const struct source_view *s) {
  bool said = s->text && *s->text;
  problem_found(f, subject, "%s on %s is %s%s%s", s->name, s->host, source_state_names[s->state], said ? ": " : "", said ? s->text : "");
}

void find_layer_unreadable(struct finder *f) {
  for (int l = LAYER_COROSYNC; l < LAYER_COUNT; l++) {
    const struct source_view *s = in_the_way(SNAP, layer_names[l]);
    if (s && s->state != SOURCE_UNKNOWN)
      source_found(f, s->name, s);
  }
}

static bool has_hypervisor(struct finder *f, const struct host_view *h) {
  EACH(SNAP->sources, struct source_view, s) {
    if (str_eq(s->name, "libvirt") && merge_host(f->m, s->host) == h) return true;
  }
  return false;
}

/* A node that may run domains, and whose libvirt the console has only just heard of. */
static bool unheard(struct finder *f, const struct host_view *h) {
  return (h->pacemaker || h->membership) && h->pacemaker != NODE_OFFLINE && !has_hypervisor(f, h);
}

/* A hypervisor that is only being connected counts too, and one that was only just heard of: nothing is wrong there yet,
 * and nothing is known. */
void find_layer_starting(struct finder *f) {
  size_t present, well;
  count_layer(SNAP, "libvirt", &present, &well);
  EACH(SNAP->hosts, struct host_view, h) {
    if (present && unheard(f, h)) problem_found(f, arena_printf(f->m->arena, "libvirt@%s", h->name), "libvirt on %s is not read yet", h->name);
  }
  EACH(SNAP->sources, struct source_view, s) {
    if (str_eq(s->name, "libvirt") && s->state == SOURCE_UNKNOWN && !in_the_way(SNAP, s->name)) problem_found(f, arena_printf(f->m->arena, "libvirt@%s", s->host), "libvirt on %s has not answered yet", s->host);
  }
  for (int l = LAYER_COROSYNC; l < LAYER_COUNT; l++) {
    const struct source_view *s = in_the_way(SNAP, layer_names[l]);
    if (s && s->state == SOURCE_UNKNOWN) problem_found(f, s->name, "%s on %s has not answered yet", s->name, s->host);
  }
}

/* One of several: the layer as a whole can still be read. A host that is known to be off needs no second complaint. */
void find_source_lost(struct finder *f) {
  EACH(SNAP->sources, struct source_view, s) {
    size_t present, well;
    count_layer(SNAP, s->name, &present, &well);
    if (!well || s->state == SOURCE_OK || s->state == SOURCE_ABSENT || s->state == SOURCE_UNKNOWN) continue; /* one that is being connected is not lost */
    source_found(f, arena_printf(f->m->arena, "%s@%s", s->name, s->host), s);
  }
}

/* A source that is well owes its facts. Facts of a volume are owed while there is that volume. */
static void owed(struct finder *f, enum need need) {
  const struct store *store = f->m->store;
  EACH(SNAP->sources, struct source_view, s) {
    if (s->state != SOURCE_OK) continue;
    for (const struct fact_kind *k = fact_kinds; k->name; k++) {
      if (k->need != need || !str_eq(layer_names[k->layer], s->name)) continue;
      bool said = str_eq(k->name, "gluster.heal"); /* by volume: one that was never counted is heal-unknown */
      EACH(s->facts, struct source_fact_view, x) {
        if (!str_eq(x->kind, k->name) || (*x->key && !snapshot_volume(SNAP, x->key))) continue;
        said = true;
        if (x->stale == TRUTH_YES)
          problem_found(f, arena_printf(f->m->arena, "%s@%s %s", s->name, s->host, k->name), "%s from %s on %s is old: not confirmed for %lld s", k->title, s->name, s->host, (long long)x->age_ms / 1000);
      }
      /* Another host's reading of the same will do, if it is fresh: the freshest one is what was merged. */
      const struct fact *other = said || k->layer == LAYER_LIBVIRT ? NULL : store_fact(store, k->name, NULL, NULL);
      if (!said && !(other && !store_stale(store, other, SNAP->now)))
        problem_found(f, arena_printf(f->m->arena, "%s@%s %s", s->name, s->host, k->name), "%s: %s on %s has not said it", k->title, s->name, s->host);
    }
  }
}

void find_facts_essential(struct finder *f) { owed(f, NEED_ESSENTIAL); }
/* A hypervisor that was never read may run anything; one that pacemaker holds for safely off runs nothing. */
void find_hypervisor_unread(struct finder *f) {
  EACH(SNAP->sources, struct source_view, s) {
    const struct host_view *h = merge_host(f->m, s->host);
    if (!str_eq(s->name, "libvirt") || s->state == SOURCE_OK || s->state == SOURCE_ABSENT || s->state == SOURCE_UNKNOWN || (h && h->pacemaker == NODE_OFFLINE)) continue;
    const struct fact *fact = store_fact(f->m->store, "libvirt.domains", s->host, NULL);
    if (!fact) problem_found(f, s->host, "what runs on %s is not known: %s", s->host, s->text && *s->text ? s->text : "its libvirt cannot be read");
  }
}

void find_facts_useful(struct finder *f) { owed(f, NEED_USEFUL); }

void find_host_duplicate(struct finder *f) {
  bool peers = false;
  EACH(SNAP->hosts, struct host_view, h) peers |= h->peer != PEER_UNKNOWN;
  if (!peers) return;
  EACH(SNAP->volumes, struct volume_view, v)
    EACH(v->bricks, struct brick_view, b) {
      const struct host_view *h = merge_host(f->m, b->host);
      if (h && h->peer == PEER_UNKNOWN) problem_found(f, b->host, "brick %s:%s is on a host that is no peer by that name", b->host, b->path);
    }
}

/* ---- the cluster ---- */

void find_quorum_lost(struct finder *f) {
  const struct cluster_view *c = &SNAP->cluster;
  if (c->quorate != TRUTH_NO) return;
  if (c->votes == UNKNOWN_INT) problem_found(f, "cluster", "no quorum");
  else problem_found(f, "cluster", "no quorum: %" PRId64 " of %" PRId64 " votes", c->votes, c->expected_votes);
}

void find_quorum_unknown(struct finder *f) {
  const struct corosync_cluster *c = merge_take(f->m, "corosync.cluster", NULL, NULL, NULL);
  if (c && c->quorate == TRUTH_UNKNOWN) problem_found(f, "cluster", "corosync does not say whether there is quorum");
}

static bool pacemaker_known(const struct snapshot *snap) { return snap->cluster.pacemaker_version || snap->cluster.fencing != TRUTH_UNKNOWN; }

void find_no_dc(struct finder *f) {
  static const char *const why[] = {[TRUTH_UNKNOWN] = "", [TRUTH_YES] = ": one is being elected", [TRUTH_NO] = ": there is no quorum"};
  if (pacemaker_known(SNAP) && !SNAP->cluster.dc) problem_found(f, "cluster", "pacemaker has no DC%s", why[SNAP->cluster.quorate]);
}

static bool has_device(const struct snapshot *snap) {
  EACH(snap->resources, struct resource_view, r) {
    if (r->agent && str_starts(r->agent, "stonith:")) return true;
  }
  return false;
}

/* Turned on without a device it stops every start: a device comes first. */
void find_fencing_off(struct finder *f) {
  if (SNAP->cluster.fencing == TRUTH_NO) {
    struct problem *p = problem_found(f, "cluster", "stonith-enabled is false");
    if (!has_device(SNAP)) p->operation = f->kind->otherwise;
  }
  else if (SNAP->cluster.fencing == TRUTH_UNKNOWN && store_fact(f->m->store, "pacemaker.cluster", NULL, NULL)) problem_found(f, "cluster", "it is not known whether fencing is enabled");
}

void find_cluster_maintenance(struct finder *f) {
  if (SNAP->cluster.maintenance == TRUTH_YES) problem_found(f, "cluster", "maintenance-mode is true");
}

static void nodes_in(struct finder *f, int state, const char *what) {
  EACH(SNAP->hosts, struct host_view, h) if (h->pacemaker == state) problem_found(f, h->name, "%s %s", h->name, what);
}

void find_node_unclean(struct finder *f) { nodes_in(f, NODE_UNCLEAN, "is lost and not yet fenced"); }
void find_node_pending(struct finder *f) { nodes_in(f, NODE_PENDING, "is joining the cluster"); }
void find_node_standby(struct finder *f) { nodes_in(f, NODE_STANDBY, "is in standby"); }
void find_node_maintenance(struct finder *f) { nodes_in(f, NODE_MAINTENANCE, "is in maintenance"); }

void find_node_unknown(struct finder *f) {
  const struct pcmk_nodes *n = merge_take(f->m, "pacemaker.nodes", NULL, NULL, NULL);
  for (size_t i = 0; n && i < n->nodes.count; i++) {
    const struct host_view *h = merge_host(f->m, n->nodes.item[i].name);
    if (h && h->pacemaker == NODE_UNKNOWN) problem_found(f, h->name, "%s: pacemaker does not say how it is", h->name);
  }
  const struct corosync_nodes *c = merge_take(f->m, "corosync.nodes", NULL, NULL, NULL);
  for (size_t i = 0; c && i < c->nodes.count; i++)
    if (c->nodes.item[i].member == TRUTH_UNKNOWN) problem_found(f, c->nodes.item[i].name, "%s: corosync does not say whether it is a member", c->nodes.item[i].name);
}

void find_node_offline(struct finder *f) {
  EACH(SNAP->hosts, struct host_view, h) {
    if (h->pacemaker == NODE_OFFLINE) problem_found(f, h->name, "%s is offline", h->name);
    else if (h->membership == MEMBERSHIP_LEFT && h->pacemaker != NODE_UNCLEAN) problem_found(f, h->name, "%s is not in corosync's membership", h->name);
  }
}

/* Between members only: of a host that is gone all links are down, and that is said already. */
void find_link_down(struct finder *f) {
  EACH(SNAP->hosts, struct host_view, h)
    EACH(h->links, struct link_view, l)
      if (h->membership != MEMBERSHIP_LEFT && l->connected != TRUTH_YES)
        problem_found(f, arena_printf(f->m->arena, "%s link %" PRId64, h->name, l->link), "link %" PRId64 " to %s is %s", l->link, h->name, l->connected == TRUTH_NO ? "down" : "not known");
}

/* The newest event of each target decides. */
void find_fencing_failed(struct finder *f) {
  EACH(SNAP->fencing, struct fencing_view, e) {
    if (!str_eq(e->result, "failed")) continue;
    bool newer = false;
    EACH(SNAP->fencing, struct fencing_view, o) newer |= str_eq(o->target, e->target) && o->at > e->at;
    const struct host_view *h = merge_host(f->m, e->target ? e->target : "");
    if (!newer && !(h && h->pacemaker == NODE_ONLINE)) problem_found(f, e->target, "the last fencing of %s (%s) failed", e->target, e->action ? e->action : "?");
  }
}

/* ---- resources ---- */

void find_resource_failed(struct finder *f) {
  EACH(SNAP->resources, struct resource_view, r) {
    if (r->failed == TRUTH_YES) problem_found(f, r->id, "%s has failed", r->id);
    else if (r->failed == TRUTH_UNKNOWN) problem_found(f, r->id, "pacemaker does not say whether %s has failed", r->id);
  }
}

void find_resource_blocked(struct finder *f) {
  EACH(SNAP->resources, struct resource_view, r) if (r->blocked == TRUTH_YES) problem_found(f, r->id, "%s is blocked", r->id);
}

void find_resource_unmanaged(struct finder *f) {
  EACH(SNAP->resources, struct resource_view, r) if (r->managed == TRUTH_NO) problem_found(f, r->id, "%s is unmanaged", r->id);
}

void find_failed_action(struct finder *f) {
  EACH(SNAP->failures, struct failure_view, x)
    problem_found(f, x->resource, "%s of %s on %s failed%s%s", x->task ? x->task : "an action", x->resource ? x->resource : "?", x->host ? x->host : "?",
                  x->reason && *x->reason ? ": " : "", x->reason ? x->reason : "");
}

void find_leftover_ban(struct finder *f) {
  EACH(SNAP->constraints, struct constraint_view, c)
    if (str_starts(c->id, "cli-ban-")) problem_found(f, c->id, "%s may not run on %s", c->resource ? c->resource : "?", c->host ? c->host : "a node");
}

void find_leftover_move(struct finder *f) {
  EACH(SNAP->constraints, struct constraint_view, c)
    if (str_starts(c->id, "cli-prefer-")) problem_found(f, c->id, "%s is tied to %s by the constraint of a move", c->resource ? c->resource : "?", c->host ? c->host : "a node");
}

/* ---- volumes ---- */

/* A status that is not known is no reason to look away. */
static bool in_use(const struct volume_view *v) { return !v->status || str_eq(v->status, "started"); }

void find_volume_unwritable(struct finder *f) {
  EACH(SNAP->volumes, struct volume_view, v) {
    if (!in_use(v)) continue;
    for (size_t set = 0; set < volume_sets(v); set++) {
      struct set_rules r = volume_rules(v);
      struct set_living sure, perhaps;
      if (volume_set_state(v, (int64_t)set) != SET_LOST) continue;
      volume_living(v, (int64_t)set, &sure, &perhaps);
      problem_found(f, arena_printf(f->m->arena, "%s set %zu", v->name, set), set_reads(&r, &perhaps) ? "%s: set %zu has no quorum to write with the bricks left" : "%s: set %zu has not enough bricks left", v->name, set);
    }
  }
}

/* A set that surely can be written is not in doubt, whatever its other bricks do: brick-unknown says that. */
static bool set_in_doubt(const struct volume_view *v, size_t set) {
  struct set_rules r = volume_rules(v);
  struct set_living sure, perhaps;
  volume_living(v, (int64_t)set, &sure, &perhaps);
  return set_writes(&r, &perhaps) && !set_writes(&r, &sure);
}

void find_volume_uncertain(struct finder *f) {
  EACH(SNAP->volumes, struct volume_view, v) {
    bool doubt = false;
    for (size_t set = 0; in_use(v) && set < volume_sets(v); set++) doubt |= set_in_doubt(v, set);
    if (doubt) problem_found(f, v->name, "%s: it is not known whether each set has enough live bricks", v->name);
  }
}

void find_volume_stopped(struct finder *f) {
  EACH(SNAP->volumes, struct volume_view, v) if (str_eq(v->status, "stopped")) problem_found(f, v->name, "%s is stopped", v->name);
}

static const char *brick_name(struct finder *f, const struct brick_view *b) { return arena_printf(f->m->arena, "%s:%s", b->host, b->path); }

#define EACH_BRICK(v, b)                     \
  EACH(SNAP->volumes, struct volume_view, v) \
  if (in_use(v)) EACH(v->bricks, struct brick_view, b)

/* It has a process with a port that answers nobody, as against no process at all. */
static bool hangs(const struct brick_view *b) { return b->online == TRUTH_NO && b->answers == TRUTH_NO && b->port != UNKNOWN_INT; }
static const char *because(const struct brick_view *b, struct finder *f) { return b->text && *b->text ? arena_printf(f->m->arena, ": %s", b->text) : ""; }

void find_brick_down(struct finder *f) {
  EACH_BRICK(v, b) {
    if (b->online == TRUTH_NO && !hangs(b)) problem_found(f, brick_name(f, b), "brick %s:%s of %s is down%s", b->host, b->path, v->name, because(b, f));
  }
}

void find_brick_hung(struct finder *f) {
  EACH_BRICK(v, b) {
    if (hangs(b)) problem_found(f, brick_name(f, b), "brick %s:%s of %s has a process that does not answer%s", b->host, b->path, v->name, because(b, f));
  }
}

/* glusterd's own list says online, read after the brick itself was found dead: one of the two is wrong. */
void find_brick_disputed(struct finder *f) {
  enum { LATER_MS = 5000 };
  const struct fact *lives = store_fact(f->m->store, "gluster.bricks", NULL, NULL);
  EACH_BRICK(v, b) {
    const struct fact *space = store_fact(f->m->store, "gluster.space", NULL, v->name);
    const struct gluster_space *s = space ? space->fragment->data : NULL;
    for (size_t i = 0; lives && s && b->online == TRUTH_NO && i < s->bricks.count; i++) {
      const struct gluster_brick_space *x = &s->bricks.item[i];
      if (x->online == TRUTH_YES && str_eq(x->path, b->path) && str_eq(x->host, b->host) && space->seen > lives->since + LATER_MS)
        problem_found(f, brick_name(f, b), "brick %s:%s of %s does not answer, and gluster says it is online", b->host, b->path, v->name);
    }
  }
}

void find_brick_unknown(struct finder *f) {
  EACH_BRICK(v, b) {
    if (b->online == TRUTH_UNKNOWN) problem_found(f, brick_name(f, b), "brick %s:%s of %s: not known%s", b->host, b->path, v->name, because(b, f));
  }
}

static const char *how_it_heals(struct finder *f, const struct heal_view *h) {
  char when[CLOCK_TEXT];
  if (h->eta_s != UNKNOWN_INT) return arena_printf(f->m->arena, ", %.0f a minute, about %s left", h->per_minute, clock_age(when, h->eta_s * 1000));
  if (h->no_progress_since != UNKNOWN_INT) return arena_printf(f->m->arena, ", no progress for %s", clock_age(when, SNAP->at - h->no_progress_since));
  return "";
}

void find_heal_pending(struct finder *f) {
  EACH(SNAP->volumes, struct volume_view, v)
    if (v->heal_pending > 0 && in_use(v))
      problem_found(f, v->name, "%s: %" PRId64 " %s to heal%s", v->name, v->heal_pending, v->heal_pending == 1 ? "entry waits" : "entries wait", how_it_heals(f, &v->heal));
}

/* What is not counted may be anything. */
void find_heal_unknown(struct finder *f) {
  EACH(SNAP->volumes, struct volume_view, v)
    if (v->heal_pending == UNKNOWN_INT && in_use(v) && (v->replica > 1 || v->disperse > 1)) problem_found(f, v->name, "%s: how much waits to heal is not known", v->name);
}

void find_split_brain(struct finder *f) {
  EACH(SNAP->volumes, struct volume_view, v)
    if (v->split_brain > 0 && in_use(v)) problem_found(f, v->name, "%s: %" PRId64 " in split-brain", v->name, v->split_brain);
}

static void fuller_than(struct finder *f, int from, int below) {
  EACH(SNAP->volumes, struct volume_view, v) {
    if (v->size <= 0 || v->free == UNKNOWN_INT || v->free < 0) continue;
    double used = used_percent(v->size, v->free);
    if (used >= from && used < below) problem_found(f, v->name, "%s is %.0f %% full", v->name, used);
  }
}

static int limit(int configured, int otherwise) { return configured ? configured : otherwise; }
void find_volume_full(struct finder *f) { fuller_than(f, limit(f->m->options->volume_crit, 90), 1000); }
void find_volume_filling(struct finder *f) { fuller_than(f, limit(f->m->options->volume_warn, 80), limit(f->m->options->volume_crit, 90)); }

void find_peer_disconnected(struct finder *f) {
  EACH(SNAP->hosts, struct host_view, h) if (h->peer == PEER_DISCONNECTED) problem_found(f, h->name, "peer %s is disconnected", h->name);
}

void find_peer_unknown(struct finder *f) {
  EACH(SNAP->hosts, struct host_view, h)
    if (h->peer == PEER_UNKNOWN && texts_have(&h->roles, "gluster")) problem_found(f, h->name, "peer %s: not known whether its daemon answers", h->name);
}

void find_peer_suspect(struct finder *f) {
  EACH(SNAP->hosts, struct host_view, h) if (h->peer == PEER_SUSPECT) problem_found(f, h->name, "peer %s counts as connected, but its own daemon does not answer", h->name);
}

/* ---- domains ---- */

static bool should_run(const struct domain_view *d, const struct snapshot *snap) {
  const struct resource_view *r = snapshot_resource(snap, d->resource);
  return r && r->disabled != TRUTH_YES && r->orphaned != TRUTH_YES;
}

static bool runs(const struct domain_view *d) {
  return str_eq(d->state, "running") || str_eq(d->state, "blocked") || str_eq(d->state, "paused") || str_eq(d->state, "in shutdown") || str_eq(d->state, "crashed") || str_eq(d->state, "pmsuspended");
}

static const struct resource_view *resource_of(const struct domain_view *d, const struct snapshot *snap) { return snapshot_resource(snap, d->resource); }

void find_domain_not_running(struct finder *f) {
  EACH(SNAP->domains, struct domain_view, d) {
    const struct resource_view *r = resource_of(d, SNAP);
    if (!d->resource || runs(d) || !(should_run(d, SNAP) || (r && (r->role == HA_STARTED || r->role == HA_UNKNOWN)))) continue;
    /* Not known to be off by libvirt, and pacemaker says it runs: that is uncertain, not off. */
    if (!d->state && r && r->role != HA_STOPPED) continue;
    if (!d->state && merge_hosts_read(f->m)) { /* the readings are of two moments: the next ones tell, and who looks only once looks on */
      SNAP->disputed = true;
      continue;
    }
    problem_found(f, d->name, "%s should run and %s%s", d->name, d->state ? "is " : "pacemaker says it is ", d->state ? d->state : d->role ? d->role : "not started");
  }
}

static bool being_read(struct finder *f) {
  EACH(SNAP->hosts, struct host_view, h) {
    if (unheard(f, h)) return true;
  }
  EACH(SNAP->sources, struct source_view, s) {
    if (str_eq(s->name, "libvirt") && s->state == SOURCE_UNKNOWN) return true;
  }
  return false;
}

/* Where it was seen last is lost itself: an old word from there is worth nothing. */
static const struct host_view *lost_host(struct finder *f, const struct domain_view *d) {
  for (size_t i = 0; texts_have(&d->stale, "libvirt") && i < d->hosts.count; i++) {
    const struct host_view *h = merge_host(f->m, d->hosts.item[i]);
    bool there = h && (h->pacemaker == NODE_ONLINE || h->pacemaker == NODE_STANDBY || h->pacemaker == NODE_MAINTENANCE) && h->membership != MEMBERSHIP_LEFT;
    if (h && !there) return h;
  }
  return NULL;
}

void find_domain_uncertain(struct finder *f) {
  EACH(SNAP->domains, struct domain_view, d) {
    const struct resource_view *r = resource_of(d, SNAP);
    const struct host_view *lost = d->resource ? lost_host(f, d) : NULL;
    if (lost) problem_found(f, d->name, "%s was seen last on %s, which is lost", d->name, lost->name);
    if (d->state) continue;
    if (d->uuid || !r) problem_found(f, d->name, "%s: libvirt does not say how it is", d->name);
    else if (!merge_hosts_read(f->m) && !being_read(f) && r->role != HA_STOPPED)
      problem_found(f, d->name, "%s: pacemaker says %s on %s, libvirt there cannot be asked", d->name, r->role ? role_names[r->role] : "nothing", r->hosts.count ? r->hosts.item[0] : "no host");
  }
}

static const struct fact *runs_there(const struct finder *f, const struct source *src, const struct domain_view *d) {
  const struct fact *fact = src->layer == LAYER_LIBVIRT ? store_fact(f->m->store, "libvirt.domains", src->host, NULL) : NULL;
  const struct libvirt_domains *l = fact && !store_stale(f->m->store, fact, SNAP->now) ? fact->fragment->data : NULL;
  EACH(l ? l->domains : (__typeof__(l->domains)){0}, struct libvirt_domain, x)
    if (str_eq(x->state, "running") && (d->resource || !x->uuid ? str_eq(x->name, d->name) : str_eq(x->uuid, d->uuid))) return fact;
  return NULL;
}

/* Else it may be one soon: who looks only once looks on. */
static bool together(const struct finder *f, const struct fact *one, const struct fact *two, int64_t ms) {
  bool proven = facts_overlap(one, two, ms);
  SNAP->disputed |= !proven;
  return proven;
}

/* Each host speaks for itself, at its own time: the reading before a migration ended and the one after it are no proof.
 * Two that held at one time are. */
void find_domain_twice(struct finder *f) {
  enum { TOGETHER_MS = 300 };
  const struct store *store = f->m->store;
  EACH(SNAP->domains, struct domain_view, d)
    for (size_t i = 0; d->hosts.count > 1 && i < store->source_count; i++) {
      const struct fact *one = runs_there(f, &store->sources[i], d);
      for (size_t j = i + 1; one && j < store->source_count; j++) {
        const struct fact *two = runs_there(f, &store->sources[j], d);
        if (!two || merge_host(f->m, one->fragment->host) == merge_host(f->m, two->fragment->host) || !together(f, one, two, TOGETHER_MS)) continue;
        bool order = str_natural(one->fragment->host, two->fragment->host) < 0;
        problem_found(f, d->name, "%s runs on %s and %s", d->name, (order ? one : two)->fragment->host, (order ? two : one)->fragment->host);
      }
    }
}

/* A managed domain runs, and pacemaker has it stopped or elsewhere, for longer than it takes to tell. What is under way
 * (starting, stopping, migrating) is no contradiction. */
void find_domain_elsewhere(struct finder *f) {
  enum { TOGETHER_MS = 3000 };
  const struct fact *resources = store_fact(f->m->store, "pacemaker.resources", NULL, NULL);
  EACH(SNAP->domains, struct domain_view, d) {
    const struct resource_view *r = resource_of(d, SNAP);
    if (!r || !resources || d->stale.count || (r->role != HA_STARTED && r->role != HA_STOPPED)) continue;
    for (size_t i = 0; i < f->m->store->source_count; i++) {
      const struct source *src = &f->m->store->sources[i];
      const char *host = src->layer == LAYER_LIBVIRT ? merge_name(f->m, src->host) : NULL;
      if (!host || !texts_have(&d->hosts, host) || (r->role == HA_STARTED && texts_have(&r->hosts, host))) continue; /* nearly always, and cheap */
      const struct fact *there = runs_there(f, src, d);
      if (!there || !together(f, there, resources, TOGETHER_MS)) continue;
      problem_found(f, d->name, "%s runs on %s, and pacemaker says %s%s%s", d->name, src->host, role_names[r->role], r->hosts.count ? " on " : "", r->hosts.count ? r->hosts.item[0] : "");
    }
  }
}

void find_domain_paused(struct finder *f) {
  EACH(SNAP->domains, struct domain_view, d) {
    if (!str_eq(d->state, "paused") || (d->reason && str_starts(d->reason, "migrat")) || str_eq(d->reason, "I/O error")) continue;
    bool user = str_eq(d->reason, "user") && !d->resource; /* paused on purpose, nobody's business */
    if (!user) problem_found(f, d->name, "%s is paused (%s)%s", d->name, d->reason ? d->reason : "reason not known", d->resource ? " while pacemaker keeps it started" : "");
  }
}

void find_domain_crashed(struct finder *f) {
  EACH(SNAP->domains, struct domain_view, d) if (str_eq(d->state, "crashed")) problem_found(f, d->name, "%s has crashed", d->name);
}
