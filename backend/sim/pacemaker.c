#include "sim/cib.h"
#include "sim/pacemaker.h"
#include "base/clock.h"
#include "sim/guest.h"
#include "sim/host.h"
#include "sim/ring.h"
#include <string.h>

enum { THINK_MS = 90, ELECT_MS = 400, JOIN_MS = 350 };

/* ---- views ---- */

bool node_online(const struct sim_host *viewer, const struct sim_host *n) { return n->joined == JOIN_ONLINE && texts_have(&viewer->members, n->name); }
bool node_pending(const struct sim_host *viewer, const struct sim_host *n) { return n->joined == JOIN_PENDING && texts_have(&viewer->members, n->name); }

bool fencing_enabled(const struct world *w) {
  const char *s = cluster_property(w, "stonith-enabled");
  return !s || is_true(s);
}

bool node_unclean(const struct world *w, const struct sim_host *viewer, const struct sim_host *n) {
  if (!fencing_enabled(w)) return false;
  if (YES(n->condemned)) return true;
  if (node_online(viewer, n) || node_pending(viewer, n)) return false;
  if (texts_have(&n->known_to, viewer->name)) return true;
  for (size_t i = 0; i < viewer->members.count; i++) /* who joins is told by those who are there */
    if (texts_have(&n->known_to, viewer->members.item[i])) return true;
  return false;
}

/* Who has whom online now: each partition knows its own. */
static void acquaint(struct world *w) {
  EACH(w->hosts, struct sim_host, v)
    for (size_t i = 0; v->joined == JOIN_ONLINE && i < v->members.count; i++) {
      struct sim_host *n = world_host(w, v->members.item[i]);
      if (n && n->joined == JOIN_ONLINE) add_text(w, &n->known_to, v->name);
    }
}

size_t active_nodes(const struct world *w, const struct sim_host *viewer, const struct sim_resource *r, struct sim_host *ret[NODES_MAX]) {
  size_t n = 0;
  for (size_t i = 0; i < r->nodes.count && n < NODES_MAX; i++) {
    struct sim_host *h = world_host(w, r->nodes.item[i]);
    if (h && (node_online(viewer, h) ? !texts_have(&r->apart, h->name) : node_unclean(w, viewer, h))) ret[n++] = h;
  }
  return n;
}

bool node_apart(const struct world *w, const struct sim_host *n) {
  EACH(w->hosts, struct sim_host, o)
    if (o != n && is_node(o) && o->joined == JOIN_ONLINE && host_up(o) && o->members.count && !texts_have(&o->members, n->name)) return true;
  return false;
}

/* What was stopped in a partition is known to all when there is none any more. */
static void forget_apart(const struct world *w) {
  EACH(w->resources, struct sim_resource, r)
    for (size_t i = r->apart.count; i-- > 0;) {
      const struct sim_host *h = world_host(w, r->apart.item[i]);
      if (h && node_apart(w, h)) continue;
      drop_text(&r->nodes, r->apart.item[i]);
      drop_text(&r->apart, r->apart.item[i]);
    }
}

/* ---- joining and leaving ---- */

void pacemaker_think_soon(struct world *w) {
  world_touch(w, LAYER_PACEMAKER);
  if (!world_awaits(w, "think", NULL)) world_later(w, THINK_MS, "think", NULL, NULL);
}

void pacemaker_ring_changed(struct world *w) {
  EACH(w->hosts, struct sim_host, h) {
    bool joins = h->joined == JOIN_DOWN || (h->joined == JOIN_PENDING && !world_awaits(w, "joined", h->name)); /* it may have stood still meanwhile */
    if (!is_node(h) || !joins || !h->members.count || !daemon_runs(h, "pacemaker")) continue;
    h->joined = JOIN_PENDING;
    world_later(w, world_about(w, JOIN_MS, 40), "joined", h->name, NULL);
  }
  forget_apart(w);
  acquaint(w);
  EACH(w->hosts, struct sim_host, h) { /* one that coordinates whom it does not see coordinates nobody */
    if (h->dc && (!texts_have(&h->members, h->dc) || world_host(w, h->dc)->joined != JOIN_ONLINE)) h->dc = NULL;
  }
  pacemaker_think_soon(w);
}

/* What its daemon finds on its host: how it is to begin, and whether it is watched. */
static void read_settings(struct world *w, struct sim_host *h) {
  const char *settings = pairs_get(&h->files, "/etc/default/pacemaker"), *watched = daemon_runs(h, "sbd") ? "true" : "false";
  if (settings && strstr(settings, "\nPCMK_node_start_state=standby\n")) h->standby = TRUTH_YES, cib_changed(w, "crm_attribute", h->name);
  if (str_eq(cluster_property(w, "have-watchdog"), watched)) return;
  set_pair(w, &w->properties, "have-watchdog", watched);
  cib_changed(w, "crm_attribute", h->name);
}

void on_joined(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  (void)detail;
  if (!h || h->joined != JOIN_PENDING || !daemon_runs(h, "pacemaker")) return;
  h->joined = JOIN_ONLINE;
  h->condemned = TRUTH_NO;
  h->leaving = NULL;
  read_settings(w, h);
  acquaint(w);
  EACH(w->resources, struct sim_resource, r) drop_text(&r->apart, h->name), drop_text(&r->nodes, h->name); /* nothing of before runs: probes say so */
  EACH(w->resources, struct sim_resource, r) {
    struct sim_domain *d = resource_domain(w, r);
    if (d && guest_active(d, h->name)) add_text(w, &r->nodes, h->name);
    pacemaker_probe(w, r, h);
  }
  pacemaker_think_soon(w);
}

void pacemaker_daemon_changed(struct world *w, struct sim_host *h, bool in_order) {
  if (!is_node(h)) return;
  if (!daemon_runs(h, "pacemaker")) {
    attributes_forget(w, h->name);
    h->joined = JOIN_DOWN;
    h->dc = h->leaving = NULL;
    if (!in_order) ops_forget(w, h->name, NULL);
  }
  pacemaker_ring_changed(w);
}

/* The others believe in it until the ring has lost it; when it boots it is new to all. */
void pacemaker_host_lost(struct world *w, struct sim_host *h) {
  h->dc = h->leaving = NULL;
  world_touch(w, LAYER_PACEMAKER);
}

void pacemaker_booted(struct sim_host *h) { h->joined = JOIN_DOWN; }

void pacemaker_leave(struct world *w, struct sim_host *h, bool corosync_too) {
  h->leaving = corosync_too ? "corosync" : "pacemaker";
  pacemaker_think_soon(w);
}

void pacemaker_node_left(struct world *w, struct sim_host *viewer, struct sim_host *gone) {
  attributes_forget(w, gone->name);
  ops_forget(w, gone->name, viewer->dc ? viewer->dc : viewer->name);
  pacemaker_think_soon(w);
}

/* ---- the coordinator ---- */

static struct sim_host *first_online(const struct world *w, const struct sim_host *viewer) {
  struct sim_host *best = NULL;
  EACH(w->hosts, struct sim_host, h)
    if (is_node(h) && host_up(h) && node_online(viewer, h) && (!best || h->node_id < best->node_id)) best = h;
  return best;
}

void on_elect(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject), *dc = NULL;
  (void)detail;
  if (!h || !h->members.count) return;
  for (size_t i = 0; i < h->members.count; i++) { /* who is it already goes on */
    struct sim_host *o = world_host(w, h->members.item[i]);
    if (o && o->dc && node_online(h, world_host(w, o->dc)) && (!dc || str_natural(o->dc, dc->name) < 0)) dc = world_host(w, o->dc);
  }
  if (!dc) dc = first_online(w, h);
  for (size_t i = 0; dc && i < h->members.count; i++) {
    struct sim_host *o = world_host(w, h->members.item[i]);
    if (o && o->joined == JOIN_ONLINE) o->dc = dc->name;
  }
  pacemaker_think_soon(w);
}

/* True when all of the partition agree on one that lives. */
static bool has_dc(struct world *w, const struct sim_host *h) {
  const struct sim_host *dc = h->dc ? world_host(w, h->dc) : NULL;
  if (!dc || !node_online(h, dc)) return false;
  for (size_t i = 0; i < h->members.count; i++) {
    const struct sim_host *o = world_host(w, h->members.item[i]);
    if (o && o->joined == JOIN_ONLINE && !str_eq(o->dc, h->dc)) return false;
  }
  return true;
}

/* ---- what is to be done ---- */

struct thinking {
  struct world *w;
  struct sim_host *dc;
  const int *place;
};

static bool settled(const struct thinking *t, const struct sim_resource *r) {
  struct sim_host *active[NODES_MAX];
  return active_nodes(t->w, t->dc, r, active) == 1 && !op_seen(t->w, t->dc, r->id) && !YES(r->failed);
}

/* Started before it: those an order names; stopped before it: those that an order puts after it. */
static bool in_turn(const struct thinking *t, const struct sim_resource *r, bool start) {
  EACH(t->w->constraints, struct pcmk_constraint, c) {
    if (!str_eq(c->kind, "order")) continue;
    const struct sim_resource *other = world_resource(t->w, start ? c->resource : c->with);
    if (!other || !str_eq(start ? c->with : c->resource, r->id)) continue;
    struct sim_host *active[NODES_MAX];
    if (start ? !settled(t, other) : active_nodes(t->w, t->dc, other, active) > 0) return false;
  }
  return true;
}

static bool can_migrate(const struct thinking *t, const struct sim_resource *r, const struct sim_host *from) {
  const struct sim_domain *d = resource_domain(t->w, r);
  if (!d || YES(r->failed) || YES(from->condemned) || !is_true(resource_meta(t->w, r, "allow-migrate"))) return false;
  return node_online(t->dc, from) && guest_active(d, from->name);
}

static void consider(const struct thinking *t, size_t at) {
  struct sim_resource *r = &t->w->resources.item[at];
  struct sim_host *want = t->place[at] == NOWHERE ? NULL : &t->w->hosts.item[t->place[at]], *active[NODES_MAX];
  size_t n = active_nodes(t->w, t->dc, r, active);
  if (!resource_managed(t->w, r) || YES(r->blocked) || op_seen(t->w, t->dc, r->id)) return;
  for (size_t i = 0; i < n; i++)
    if (node_unclean(t->w, t->dc, active[i]) || YES(active[i]->maintenance)) return; /* not before it is fenced */
  if (n > 1) { /* stop_start: active twice is stopped everywhere */
    for (size_t i = 0; i < n; i++) op_begin(t->w, r, active[i]->name, "stop", NULL, t->dc->name);
  } else if (n == 1 && (active[0] != want || YES(r->failed))) {
    if (want && active[0] != want && can_migrate(t, r, active[0])) op_begin(t->w, r, active[0]->name, "migrate_to", want->name, t->dc->name);
    else if (in_turn(t, r, false)) op_begin(t->w, r, active[0]->name, "stop", NULL, t->dc->name);
  } else if (n == 0 && want && !YES(want->maintenance) && in_turn(t, r, true)) {
    op_begin(t->w, r, want->name, "start", NULL, t->dc->name);
  }
}

/* A node that is told to stop in order goes when nothing is left on it. */
static void let_go(struct world *w, struct sim_host *h) {
  if (!h->leaving || !host_up(h)) return;
  EACH(w->resources, struct sim_resource, r)
    if ((texts_have(&r->nodes, h->name) || op_of(w, r->id, h->name)) && resource_managed(w, r) && !is_true(cluster_property(w, "maintenance-mode"))) return;
  EACH(w->ops, struct sim_op, o) /* nor while something is on its way there */
    if (str_eq(o->target, h->name)) return;
  const char *daemon = h->leaving;
  EACH(w->resources, struct sim_resource, r) drop_text(&r->nodes, h->name);
  h->known_to.count = 0;
  h->leaving = NULL;
  daemon_stop(w, h, "pacemaker");
  if (str_eq(daemon, "corosync")) daemon_stop(w, h, "corosync");
}

static void think_for(struct world *w, struct sim_host *dc) {
  const char *policy = cluster_property(w, "no-quorum-policy");
  bool quorate = YES(dc->quorate) || str_eq(policy, "ignore");
  if (!quorate && str_eq(policy, "freeze")) return;
  if (quorate)
    EACH(w->hosts, struct sim_host, n)
      if (is_node(n) && node_unclean(w, dc, n)) fence(w, dc, n, NULL, "pacemaker-controld", NULL);
  if (!quorate && str_eq(policy, "suicide")) {
    world_later(w, 1000, "power off", dc->name, NULL);
    return;
  }
  if (is_true(cluster_property(w, "maintenance-mode"))) { /* what is told to stop leaves everything running */
    for (size_t i = 0; i < w->hosts.count; i++)
      if (node_online(dc, &w->hosts.item[i])) let_go(w, &w->hosts.item[i]);
    return;
  }
  CLEANUP(mem_freep) int *place = mem_alloc((w->resources.count + 1) * sizeof *place);
  schedule_place(w, dc, place);
  struct thinking t = {w, dc, place};
  for (size_t i = 0; i < w->resources.count; i++) {
    if (!quorate) place[i] = NOWHERE;
    consider(&t, i);
  }
  for (size_t i = 0; i < w->hosts.count; i++)
    if (node_online(dc, &w->hosts.item[i])) let_go(w, &w->hosts.item[i]);
}

void on_think(struct world *w, const char *subject, const char *detail) {
  (void)subject, (void)detail;
  for (size_t i = 0; i < w->hosts.count; i++) {
    struct sim_host *h = &w->hosts.item[i];
    if (!is_node(h) || h->joined != JOIN_ONLINE || !host_up(h) || !h->members.count || first_online(w, h) != h) continue; /* once a partition */
    if (has_dc(w, h)) {
      struct sim_host *dc = world_host(w, h->dc);
      if (host_up(dc)) think_for(w, dc);
    } else if (!world_awaits(w, "elect", h->name)) {
      world_later(w, world_about(w, ELECT_MS, 30), "elect", h->name, NULL);
    }
  }
}

bool pacemaker_idle(const struct world *w) {
  if (world_awaits(w, "think", NULL) || world_awaits(w, "elect", NULL) || world_awaits(w, "joined", NULL) || w->shooting.count) return false;
  return w->ops.count == 0;
}

/* ---- operators ---- */

void cib_changed(struct world *w, const char *tool, const char *host) {
  char when[CLOCK_TEXT];
  w->cib_epoch++;
  w->last_change = world_words(w, "%s by root via %s on %s", clock_rfc3339(when, w->clock / 1000 * 1000), tool, host ? host : "?");
  pacemaker_think_soon(w);
}

struct pcmk_constraint *add_location(struct world *w, const char *id, const char *resource, const char *node, const char *score) {
  drop_constraint(w, id);
  struct pcmk_constraint *c = list_add(w->arena, &w->constraints, &pcmk_constraint_shape);
  c->id = world_word(w, id);
  c->kind = "location";
  c->resource = world_word(w, resource);
  c->node = world_word(w, node);
  c->score = world_word(w, score);
  return c;
}

bool drop_constraint(struct world *w, const char *id) {
  for (size_t i = 0; i < w->constraints.count; i++)
    if (str_eq(w->constraints.item[i].id, id)) {
      drop_item(&w->constraints, sizeof *w->constraints.item, i);
      return true;
    }
  return false;
}

struct sim_resource *add_resource(struct world *w, const char *id, const char *agent) {
  struct sim_resource *r = list_add(w->arena, &w->resources, &sim_resource_shape);
  r->id = world_word(w, id);
  r->agent = world_word(w, agent);
  return r;
}

void pacemaker_move(struct world *w, const char *resource, const char *host) {
  if (!world_resource(w, resource) || !world_host(w, host)) return;
  drop_constraint(w, world_words(w, "cli-ban-%s-on-%s", resource, host));
  add_location(w, world_words(w, "cli-prefer-%s", resource), resource, host, "INFINITY")->role = "Started";
  cib_changed(w, "crm_resource", host);
}

void pacemaker_cleanup(struct world *w, const char *resource, const char *node) {
  EACH(w->resources, struct sim_resource, r) {
    if (resource && !str_eq(r->id, resource)) continue;
    if (node) {
      drop_tally(&r->fail_count, node);
      drop_text(&r->not_on, node);
    } else {
      r->fail_count.count = 0;
      r->not_on.count = 0;
    }
    r->blocked = TRUTH_NO;
    const struct sim_domain *d = resource_domain(w, r);
    if (!d || op_of(w, r->id, NULL)) continue;
    r->failed = TRUTH_NO;
    EACH(w->hosts, struct sim_host, h) { /* probed anew: what runs is found, what does not is forgotten */
      if (h->joined != JOIN_ONLINE || (node && !str_eq(h->name, node)) || !host_up(h)) continue;
      if (guest_active(d, h->name)) add_text(w, &r->nodes, h->name);
      else drop_text(&r->nodes, h->name);
    }
  }
  drop_failures(w, resource, node);
  EACH(w->resources, struct sim_resource, r)
    EACH(w->hosts, struct sim_host, h)
      if ((!resource || str_eq(r->id, resource)) && (!node || str_eq(h->name, node))) pacemaker_probe(w, r, h);
  pacemaker_think_soon(w);
}

void pacemaker_started(struct world *w) {
  EACH(w->hosts, struct sim_host, h) {
    if (!is_node(h)) continue;
    h->ring = daemon_runs(h, "corosync") ? 0 : -1;
    h->joined = daemon_runs(h, "pacemaker") ? JOIN_ONLINE : JOIN_DOWN;
  }
  ring_form(w);
  acquaint(w);
  EACH(w->hosts, struct sim_host, h) {
    const struct sim_host *dc = h->joined == JOIN_ONLINE ? first_online(w, h) : NULL;
    if (dc) h->dc = dc->name;
  }
  struct sim_host *here = world_host(w, w->here), *dc = here && here->dc ? world_host(w, here->dc) : NULL;
  EACH(w->hosts, struct sim_host, h)
    if (!dc && h->dc) dc = world_host(w, h->dc);
  if (!dc || !YES(dc->quorate)) return;
  EACH(w->resources, struct sim_resource, r)
    EACH(w->hosts, struct sim_host, h) pacemaker_probe(w, r, h);
  CLEANUP(mem_freep) int *place = mem_alloc((w->resources.count + 1) * sizeof *place);
  schedule_place(w, dc, place);
  for (size_t i = 0; i < w->resources.count; i++) {
    struct sim_resource *r = &w->resources.item[i];
    struct sim_domain *d = resource_domain(w, r);
    if (place[i] == NOWHERE || r->nodes.count) continue;
    if (d && guest_start(w, d, &w->hosts.item[place[i]], NULL)) continue;
    add_text(w, &r->nodes, w->hosts.item[place[i]].name);
  }
}
