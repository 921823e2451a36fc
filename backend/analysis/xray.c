#include "analysis/xray.h"
#include "analysis/store_view.h"
#include "base/map.h"
#include <stdlib.h>
#include <string.h>

const char *const xray_kind_names[] = {NULL, "cluster", "host", "volume", "set", "brick", "domain", "disk", "resource", "constraint", "device", "note", NULL};

/* DEEP: of what depends on a thing by others, and is well, only so many are named; DEPTH: the branches' bits. */
enum { DEEP = 6, NAMED = 400, PLACES = 12, DEPTH = 12 };

struct chosen { const struct domain_view **item; size_t count; };
struct growth {
  const struct snapshot *s;
  struct arena *a;
  struct xray *out;
  const struct tallies *proofs;
  enum truth config; /* pacemaker's configuration: what bans a place may have come since it was read */
  struct fences fences;
  bool fences_made, lives_made;
  struct map volumes;    /* name: index in the snapshot */
  struct chosen *lives;  /* by volume: the domains with a disk there */
  int depth;
  size_t open[DEPTH]; /* the line at each depth that is being filled */
};

/* ---- lines ---- */

static size_t begin(struct growth *g, enum xray_kind kind, const char *id, const char *label, const char *name, struct standing stands) {
  struct xray *x = g->out;
  const char *above = g->depth ? x->item[g->open[g->depth - 1]].key : "";
  if (!(x->count & (x->count - 1))) { /* full at each power of two */
    struct xray_line *more = arena_array(g->a, x->count ? x->count * 2 : 1, sizeof *more);
    if (x->count) memcpy(more, x->item, x->count * sizeof *more);
    x->item = more;
  }
  struct xray_line *l = &x->item[x->count];
  *l = (struct xray_line){.kind = kind, .id = id, .label = label, .name = name ? name : "?", .stands = stands, .worst = stands.level, .depth = g->depth};
  l->key = arena_printf(g->a, "%s/%s %s", above, label, id ? id : l->name);
  g->open[g->depth++] = x->count;
  return x->count++;
}

static void absorb(struct growth *g) { g->out->item[g->open[g->depth - 1]].absorbs = true; }

static void end(struct growth *g) {
  struct xray_line *l = &g->out->item[g->open[--g->depth]];
  enum level worst = l->worst;
  int hidden = 0; /* below a line of that depth that absorbs */
  for (size_t i = g->open[g->depth] + 1; i < g->out->count; i++) {
    const struct xray_line *below = &g->out->item[i];
    if (hidden && below->depth > hidden) continue;
    hidden = below->absorbs ? below->depth : 0;
    if (below->stands.level <= worst || below->stands.level <= LEVEL_OK) continue;
    worst = below->stands.level;
    l->below = arena_printf(g->a, "%s %s: %s%s", below->kind == XRAY_NOTE ? below->label : xray_kind_names[below->kind], below->name, below->stands.old ? "~" : "", below->stands.words);
  }
  if (!l->absorbs) l->worst = worst;
}

static void leaf(struct growth *g, enum xray_kind kind, const char *id, const char *label, const char *name, struct standing stands) {
  begin(g, kind, id, label, name, stands);
  end(g);
}

static void note(struct growth *g, const char *label, const char *name, enum level level, const char *words) {
  leaf(g, XRAY_NOTE, NULL, label, name, (struct standing){.level = level, .words = words});
}

static void heading(struct growth *g, const char *what) { begin(g, XRAY_NOTE, NULL, what, "", (struct standing){.words = ""}); }

/* A heading under which nothing stands is none. */
static void end_heading(struct growth *g) {
  if (g->open[g->depth - 1] + 1 == g->out->count) g->depth--, g->out->count--;
  else end(g);
}

const char *xray_brick_id(const struct volume_view *v, const struct brick_view *b, struct arena *a) { return arena_printf(a, "%s %s:%s", v->name ? v->name : "?", b->host, b->path); }
const char *xray_domain_id(const struct domain_view *d, struct arena *a) { return d->uuid ? arena_printf(a, "%s %s", d->name ? d->name : "", d->uuid) : d->name; }
static const char *brick_name(struct growth *g, const struct brick_view *b) { return arena_printf(g->a, "%s:%s%s", b->host, b->path, b->arbiter == TRUTH_YES ? " (arbiter)" : ""); }

/* ---- what a thing needs ---- */

static const struct fences *fences_in(struct growth *g) {
  if (!g->fences_made) fences_of(g->s, g->proofs, g->a, &g->fences);
  g->fences_made = true;
  return &g->fences;
}

static void add_devices(struct growth *g, const struct host_view *h) {
  if (!h->pacemaker && !h->membership) return;
  const struct fences *f = fences_in(g);
  for (size_t i = 0; i < f->count; i++) {
    const struct fence_view *v = &f->item[i];
    if (fence_view_covers(v, h->name)) leaf(g, XRAY_DEVICE, v->id, "fence device", v->id, standing_device(v, g->a));
    else if (v->kind == FENCE_BARE && texts_have(&v->targets, h->name)) note(g, "fence device", "none", (enum level)v->level, v->state ? v->state : "?");
  }
}

static void add_host(struct growth *g, const char *name, const char *label, bool with_device) {
  const struct host_view *h = snapshot_host(g->s, name);
  if (!h) {
    note(g, label, name, LEVEL_UNKNOWN, "no such host is known");
    return;
  }
  begin(g, XRAY_HOST, h->name, label, h->name, standing_host(g->s, h, g->a));
  if (with_device) add_devices(g, h);
  end(g);
}

static void add_brick(struct growth *g, const struct volume_view *v, const struct brick_view *b) {
  begin(g, XRAY_BRICK, xray_brick_id(v, b, g->a), "brick", brick_name(g, b), standing_brick(v, b, g->a));
  add_host(g, b->host, "on", false);
  end(g);
}

static void add_set(struct growth *g, const struct volume_view *v, int64_t set) {
  begin(g, XRAY_SET, arena_printf(g->a, "%s %lld", v->name, (long long)set), "set", arena_printf(g->a, "%lld", (long long)set), standing_set(v, set, g->a));
  absorb(g);
  for (size_t i = 0; i < v->bricks.count; i++)
    if (v->bricks.item[i].set == set) add_brick(g, v, &v->bricks.item[i]);
  end(g);
}

/* disk NULL: all of its sets; else those where that one lies. */
static void add_volume(struct growth *g, const struct volume_view *v, const struct disk_view *disk) {
  struct domain_view alone = {.disks = {(struct disk_view *)(uintptr_t)disk, disk ? 1 : 0}};
  begin(g, XRAY_VOLUME, v->name, "volume", v->name, standing_volume(v, g->a));
  for (int64_t set = 0; set < (int64_t)volume_sets(v); set++)
    if (!disk || domain_lies_in(&alone, v, set)) add_set(g, v, set);
  end(g);
}

static void add_disk(struct growth *g, const struct domain_view *d, const struct disk_view *k) {
  const struct volume_view *v = k->volume ? snapshot_volume(g->s, k->volume) : NULL;
  const char *where = k->source ? k->source : "?";
  begin(g, XRAY_DISK, arena_printf(g->a, "%s %s", k->target ? k->target : "?", xray_domain_id(d, g->a)), "disk", k->target, (struct standing){.level = k->source ? LEVEL_NONE : LEVEL_UNKNOWN, .words = where});
  if (v) add_volume(g, v, k);
  else if (k->volume) note(g, "volume", k->volume, LEVEL_UNKNOWN, "not known here");
  end(g);
}

static const struct resource_view *resource_of(const struct snapshot *s, const char *id) { return snapshot_resource(s, id); }

static bool speaks_of(const struct constraint_view *c, const struct resource_view *r) {
  return str_eq(c->resource, r->id) || str_eq(c->with, r->id) || (r->parent && (str_eq(c->resource, r->parent) || str_eq(c->with, r->parent)));
}

static void add_constraints(struct growth *g, const struct resource_view *r) {
  for (size_t i = 0; i < g->s->constraints.count; i++) {
    const struct constraint_view *c = &g->s->constraints.item[i];
    if (speaks_of(c, r)) leaf(g, XRAY_CONSTRAINT, c->id, "constraint", c->id, standing_constraint(g->s, c, g->a));
  }
}

/* Whether it may run there, and what speaks against it. What rules and colocations add is pacemaker's to compute. */
static struct standing place_of(struct growth *g, const struct resource_view *r, const struct host_view *h) {
  for (size_t i = 0; i < g->s->constraints.count; i++) {
    const struct constraint_view *c = &g->s->constraints.item[i];
    if (!constraint_bans(c) || !str_eq(c->host, h->name) || (!str_eq(c->resource, r->id) && !(r->parent && str_eq(c->resource, r->parent)))) continue;
    return (struct standing){.level = c->from_move == TRUTH_YES ? LEVEL_WARN : LEVEL_NONE, .words = arena_printf(g->a, "BANNED by %s", c->id)};
  }
  for (size_t i = 0; i < r->fail_count.count; i++)
    if (str_eq(r->fail_count.item[i].key, h->name) && r->fail_count.item[i].value >= 1000000) return (struct standing){.level = LEVEL_BAD, .words = "failed there: never again until it is cleaned up"};
  struct standing s = standing_node(g->s, h, g->a);
  enum truth fresh = g->config;
  if (h->pacemaker == NODE_ONLINE && fresh == TRUTH_UNKNOWN) return (struct standing){.level = LEVEL_UNKNOWN, .words = "online, constraints ?"};
  if (fresh == TRUTH_NO && s.level < LEVEL_OLD) s.level = LEVEL_OLD, s.old = true;
  if (h->pacemaker == NODE_ONLINE) s.words = s.old ? "online, may run there" : "may run there";
  return s;
}

static bool takes(struct growth *g, const struct resource_view *r, const struct host_view *h) { return h->pacemaker == NODE_ONLINE && place_of(g, r, h).level <= LEVEL_OK && !str_starts(place_of(g, r, h).words, "BANNED"); }

static void add_places(struct growth *g, const struct resource_view *r) {
  size_t nodes = 0, fit = 0, other = 0;
  for (size_t i = 0; i < g->s->hosts.count; i++) {
    const struct host_view *h = &g->s->hosts.item[i];
    if (!h->pacemaker) continue;
    nodes++;
    fit += takes(g, r, h);
    other += takes(g, r, h) && !texts_have(&r->hosts, h->name);
  }
  if (!nodes) return;
  enum truth fresh = g->config;
  struct standing can = {.level = other ? LEVEL_OK : LEVEL_WARN, .words = other ? "" : "nowhere else: no failover target"};
  if (fresh != TRUTH_YES || r->stale.count) can = (struct standing){.level = LEVEL_UNKNOWN, .words = "what it was, or not known now"};
  begin(g, XRAY_NOTE, NULL, "may run on", fresh == TRUTH_YES && !r->stale.count ? arena_printf(g->a, "%zu of %zu nodes", fit, nodes) : arena_printf(g->a, "? of %zu nodes", nodes), can);
  absorb(g);
  for (size_t i = 0; i < g->s->hosts.count; i++) {
    const struct host_view *h = &g->s->hosts.item[i];
    if (h->pacemaker && (nodes <= PLACES || !takes(g, r, h))) leaf(g, XRAY_HOST, h->name, "node", h->name, place_of(g, r, h));
  }
  end(g);
}

static void add_resource(struct growth *g, const struct resource_view *r) {
  begin(g, XRAY_RESOURCE, r->id, "resource", r->id, standing_resource(r, g->a));
  if (r->parent) note(g, "in", r->parent, LEVEL_NONE, "a group or clone");
  add_constraints(g, r);
  add_places(g, r);
  end(g);
}

static void needs_of_domain(struct growth *g, const struct domain_view *d) {
  const struct resource_view *r = resource_of(g->s, d->resource);
  for (size_t i = 0; i < d->disks.count; i++) add_disk(g, d, &d->disks.item[i]);
  for (size_t i = 0; i < d->hosts.count; i++) add_host(g, d->hosts.item[i], "runs on", true);
  if (r) add_resource(g, r);
  else if (d->resource) note(g, "resource", d->resource, LEVEL_UNKNOWN, "?");
  else if (fact_fresh(g->s, "pacemaker.resources", NULL) == TRUTH_YES) note(g, "resource", "none", LEVEL_WARN, "no failover: pacemaker does not know it");
}

/* ---- what depends on a thing ---- */

static void add_domain(struct growth *g, const struct domain_view *d, const char *label) { leaf(g, XRAY_DOMAIN, xray_domain_id(d, g->a), label, d->name, standing_domain(d, g->a)); }

static struct chosen running_on(struct growth *g, const char *host) {
  struct chosen c = {arena_array(g->a, g->s->domains.count, sizeof *c.item), 0};
  for (size_t i = 0; i < g->s->domains.count; i++)
    if (texts_have(&g->s->domains.item[i].hosts, host)) c.item[c.count++] = &g->s->domains.item[i];
  return c;
}

/* Once for all volumes: a host of a large cluster holds bricks of many. */
static void find_lives(struct growth *g) {
  const struct snapshot *s = g->s;
  g->lives_made = true;
  g->lives = arena_array(g->a, s->volumes.count + 1, sizeof *g->lives);
  for (size_t i = 0; i < s->volumes.count; i++)
    if (s->volumes.item[i].name) map_add(&g->volumes, s->volumes.item[i].name, i);
  for (int turn = 0; turn < 2; turn++) {
    for (size_t i = 0; i < s->domains.count; i++)
      for (size_t k = 0; k < s->domains.item[i].disks.count; k++) {
        const struct domain_view *d = &s->domains.item[i];
        int64_t v = d->disks.item[k].volume ? map_get(&g->volumes, d->disks.item[k].volume) : MAP_NONE;
        if (v == MAP_NONE) continue;
        struct chosen *c = &g->lives[v];
        if (turn && c->count && c->item[c->count - 1] == d) continue; /* another disk of it */
        if (turn) c->item[c->count] = d;
        c->count++;
      }
    for (size_t v = 0; v < s->volumes.count && !turn; v++) g->lives[v] = (struct chosen){arena_array(g->a, g->lives[v].count + 1, sizeof(void *)), 0};
  }
}

static struct chosen living_in(struct growth *g, const struct volume_view *v, int64_t set) {
  if (!g->lives_made) find_lives(g);
  struct chosen all = g->lives[v - g->s->volumes.item], c = {arena_array(g->a, all.count + 1, sizeof *c.item), 0};
  for (size_t i = 0; i < all.count; i++)
    if (domain_lies_in(all.item[i], v, set)) c.item[c.count++] = all.item[i];
  return c;
}

/* Those that are not well, each; of the others at most so many, and how many there are besides. */
static void add_domains(struct growth *g, struct chosen c, const char *label, size_t most) {
  size_t well = 0, named = 0;
  enum level hidden = LEVEL_NONE;
  for (int turn = 0; turn < 2; turn++)
    for (size_t i = 0; i < c.count; i++) {
      struct standing s = standing_domain(c.item[i], g->a);
      if (s.level > LEVEL_OK ? turn : !turn) continue;
      well += turn;
      if (named < (turn ? most : NAMED)) add_domain(g, c.item[i], label), named++;
      else if (s.level > hidden) hidden = s.level;
    }
  if (named == c.count) return;
  size_t rest = c.count - named;
  note(g, "and", arena_printf(g->a, "%zu more domain%s", rest, rest == 1 ? "" : "s"), hidden, hidden > LEVEL_OK ? "not all of them well" : well == rest || hidden == LEVEL_OK ? "all well" : "off");
}

static void carries_volume(struct growth *g, const struct volume_view *v, int64_t set, size_t most) {
  size_t unread = hosts_unread(g->s);
  add_domains(g, living_in(g, v, set), "domain", most);
  if (unread && most == NAMED) note(g, "domain", "?", LEVEL_UNKNOWN, arena_printf(g->a, "%zu host%s cannot be asked", unread, unread == 1 ? "" : "s"));
}

/* The brick, and with it: what is left of its set, and who lives there. */
static void carries_brick(struct growth *g, const struct volume_view *v, const struct brick_view *b, size_t most) {
  struct standing set = standing_set(v, b->set, g->a), without = standing_without(v, b, g->a);
  if (b->online == TRUTH_YES && set.level != LEVEL_NONE) set.words = arena_printf(g->a, "%s, %s", set.words, without.words);
  begin(g, XRAY_SET, arena_printf(g->a, "%s %lld", v->name, (long long)b->set), "set", arena_printf(g->a, "%lld of %s", (long long)b->set, v->name), set);
  carries_volume(g, v, b->set, most);
  end(g);
}

static void carries_host(struct growth *g, const struct host_view *h) {
  struct chosen here = running_on(g, h->name);
  if (host_unread(g->s, h)) note(g, "runs", "?", LEVEL_UNKNOWN, "what runs there is not known");
  add_domains(g, here, "runs", NAMED);
  for (size_t i = 0; i < g->s->resources.count; i++) { /* what is no domain, or none that libvirt sees there */
    const struct resource_view *r = &g->s->resources.item[i];
    bool on = texts_have(&r->hosts, h->name);
    for (size_t d = 0; on && d < here.count; d++) on = !str_eq(here.item[d]->resource, r->id);
    if (on) leaf(g, XRAY_RESOURCE, r->id, "runs", r->id, standing_resource(r, g->a));
  }
  for (size_t v = 0; v < g->s->volumes.count; v++)
    for (size_t i = 0; i < g->s->volumes.item[v].bricks.count; i++) {
      const struct volume_view *volume = &g->s->volumes.item[v];
      const struct brick_view *b = &volume->bricks.item[i];
      if (!str_eq(b->host, h->name) && snapshot_host(g->s, b->host) != h) continue;
      begin(g, XRAY_BRICK, xray_brick_id(volume, b, g->a), "holds brick", brick_name(g, b), standing_brick(volume, b, g->a));
      carries_brick(g, volume, b, DEEP);
      end(g);
    }
  for (size_t i = 0; i < g->s->constraints.count; i++) {
    const struct constraint_view *c = &g->s->constraints.item[i];
    if (str_eq(c->host, h->name)) leaf(g, XRAY_CONSTRAINT, c->id, "constraint", c->id, standing_constraint(g->s, c, g->a));
  }
}

static void carries_resource(struct growth *g, const struct resource_view *r) {
  for (size_t i = 0; i < g->s->domains.count; i++)
    if (str_eq(g->s->domains.item[i].resource, r->id)) add_domain(g, &g->s->domains.item[i], "domain");
  for (size_t i = 0; i < g->s->resources.count; i++)
    if (str_eq(g->s->resources.item[i].parent, r->id)) leaf(g, XRAY_RESOURCE, g->s->resources.item[i].id, "holds", g->s->resources.item[i].id, standing_resource(&g->s->resources.item[i], g->a));
}

/* ---- the roots ---- */

static const char heading_needs[] = "needs", heading_carries[] = "depends on it";

static void root_host(struct growth *g, const struct host_view *h) {
  begin(g, XRAY_HOST, h->name, "host", h->name, standing_host(g->s, h, g->a));
  heading(g, heading_needs);
  add_devices(g, h);
  end_heading(g);
  heading(g, heading_carries);
  carries_host(g, h);
  end_heading(g);
  end(g);
}

static void root_volume(struct growth *g, const struct volume_view *v) {
  begin(g, XRAY_VOLUME, v->name, "volume", v->name, standing_volume(v, g->a));
  heading(g, heading_needs);
  for (int64_t set = 0; set < (int64_t)volume_sets(v); set++) add_set(g, v, set);
  end_heading(g);
  heading(g, heading_carries);
  carries_volume(g, v, -1, NAMED);
  end_heading(g);
  end(g);
}

static void root_set(struct growth *g, const struct volume_view *v, int64_t set) {
  begin(g, XRAY_SET, arena_printf(g->a, "%s %lld", v->name, (long long)set), "set", arena_printf(g->a, "%lld of %s", (long long)set, v->name), standing_set(v, set, g->a));
  heading(g, heading_needs);
  for (size_t i = 0; i < v->bricks.count; i++)
    if (v->bricks.item[i].set == set) add_brick(g, v, &v->bricks.item[i]);
  end_heading(g);
  heading(g, heading_carries);
  begin(g, XRAY_VOLUME, v->name, "volume", v->name, standing_volume(v, g->a));
  carries_volume(g, v, set, NAMED);
  end(g);
  end_heading(g);
  end(g);
}

static void root_brick(struct growth *g, const struct volume_view *v, const struct brick_view *b) {
  begin(g, XRAY_BRICK, xray_brick_id(v, b, g->a), "brick", brick_name(g, b), standing_brick(v, b, g->a));
  heading(g, heading_needs);
  add_host(g, b->host, "on", true);
  end_heading(g);
  heading(g, heading_carries);
  carries_brick(g, v, b, NAMED);
  end_heading(g);
  end(g);
}

static void root_domain(struct growth *g, const struct domain_view *d) {
  begin(g, XRAY_DOMAIN, xray_domain_id(d, g->a), "domain", d->name, standing_domain(d, g->a));
  needs_of_domain(g, d);
  end(g);
}

static void root_disk(struct growth *g, const struct domain_view *d, const struct disk_view *k) {
  add_disk(g, d, k);
  g->depth = 1; /* it is open once more */
  g->open[0] = 0;
  heading(g, heading_carries);
  add_domain(g, d, "domain");
  end_heading(g);
  end(g);
}

static void root_resource(struct growth *g, const struct resource_view *r) {
  begin(g, XRAY_RESOURCE, r->id, "resource", r->id, standing_resource(r, g->a));
  heading(g, heading_needs);
  for (size_t i = 0; i < r->hosts.count; i++) add_host(g, r->hosts.item[i], "runs on", true);
  add_constraints(g, r);
  add_places(g, r);
  end_heading(g);
  heading(g, heading_carries);
  carries_resource(g, r);
  end_heading(g);
  end(g);
}

static void root_constraint(struct growth *g, const struct constraint_view *c) {
  const char *const of[] = {c->resource, c->with};
  begin(g, XRAY_CONSTRAINT, c->id, "constraint", c->id, standing_constraint(g->s, c, g->a));
  for (size_t i = 0; i < COUNT(of); i++) {
    const struct resource_view *r = resource_of(g->s, of[i]);
    if (!r) continue;
    begin(g, XRAY_RESOURCE, r->id, i ? "with" : "resource", r->id, standing_resource(r, g->a));
    carries_resource(g, r);
    if (!i) add_places(g, r);
    end(g);
  }
  if (c->host) add_host(g, c->host, "host", false);
  end(g);
}

static void root_device(struct growth *g, const struct fence_view *v) {
  begin(g, XRAY_DEVICE, v->id, "fence device", v->id, standing_device(v, g->a));
  heading(g, heading_needs);
  for (size_t i = 0; i < v->hosts.count; i++) add_host(g, v->hosts.item[i], "monitored from", false);
  const struct resource_view *r = resource_of(g->s, v->id);
  if (r) add_constraints(g, r);
  end_heading(g);
  heading(g, heading_carries);
  for (size_t i = 0; i < v->targets.count; i++) {
    const struct host_view *h = snapshot_host(g->s, v->targets.item[i]);
    if (!h) continue;
    begin(g, XRAY_HOST, h->name, "cuts off", h->name, standing_host(g->s, h, g->a));
    add_domains(g, running_on(g, h->name), "runs", DEEP);
    end(g);
  }
  end_heading(g);
  end(g);
}

/* All of it in short: each volume with its sets, each host, and the domains that are not well. */
static void root_cluster(struct growth *g) {
  const struct snapshot *s = g->s;
  static const enum level levels[] = {[HEALTH_NONE] = LEVEL_UNKNOWN, [HEALTH_HEALTHY] = LEVEL_OK, [HEALTH_DEGRADED] = LEVEL_WARN, [HEALTH_OUTAGE] = LEVEL_BAD, [HEALTH_UNKNOWN] = LEVEL_UNKNOWN};
  begin(g, XRAY_CLUSTER, "cluster", "cluster", s->cluster.name ? s->cluster.name : "without a name", (struct standing){.level = levels[s->health], .words = s->health ? health_names[s->health] : "?"});
  heading(g, "hosts");
  for (size_t i = 0; i < s->hosts.count; i++) leaf(g, XRAY_HOST, s->hosts.item[i].name, "host", s->hosts.item[i].name, standing_host(s, &s->hosts.item[i], g->a));
  end_heading(g);
  heading(g, "volumes");
  for (size_t i = 0; i < s->volumes.count; i++) {
    const struct volume_view *v = &s->volumes.item[i];
    begin(g, XRAY_VOLUME, v->name, "volume", v->name, standing_volume(v, g->a));
    for (int64_t set = 0; set < (int64_t)volume_sets(v); set++)
      leaf(g, XRAY_SET, arena_printf(g->a, "%s %lld", v->name, (long long)set), "set", arena_printf(g->a, "%lld", (long long)set), standing_set(v, set, g->a));
    end(g);
  }
  end_heading(g);
  heading(g, "domains");
  struct chosen all = {arena_array(g->a, s->domains.count, sizeof *all.item), s->domains.count};
  for (size_t i = 0; i < s->domains.count; i++) all.item[i] = &s->domains.item[i];
  add_domains(g, all, "domain", DEEP);
  end_heading(g);
  end(g);
}

static bool is_set(const char *id, const struct volume_view *v, int64_t *ret) {
  size_t len = v->name ? strlen(v->name) : 0;
  return len && !strncmp(id, v->name, len) && id[len] == ' ' && !str_int(id + len + 1, 0, (int64_t)volume_sets(v) - 1, ret);
}

static void root_of_store(struct growth *g, enum xray_kind kind, const char *id) {
  for (size_t i = 0; i < g->s->volumes.count && !g->out->count; i++) {
    const struct volume_view *v = &g->s->volumes.item[i];
    int64_t set;
    if (kind == XRAY_VOLUME && str_eq(v->name, id)) root_volume(g, v);
    else if (kind == XRAY_SET && is_set(id, v, &set)) root_set(g, v, set);
    for (size_t b = 0; kind == XRAY_BRICK && b < v->bricks.count && !g->out->count; b++)
      if (str_eq(xray_brick_id(v, &v->bricks.item[b], g->a), id)) root_brick(g, v, &v->bricks.item[b]);
  }
}

static bool is_domain(const struct domain_view *d, const char *id) {
  size_t len = d->name ? strlen(d->name) : 0;
  if (!d->uuid) return str_eq(d->name, id);
  return !strncmp(id, d->name ? d->name : "", len) && id[len] == ' ' && str_eq(id + len + 1, d->uuid);
}

static void root_of_guest(struct growth *g, enum xray_kind kind, const char *id) {
  for (size_t i = 0; i < g->s->domains.count && !g->out->count; i++) {
    const struct domain_view *d = &g->s->domains.item[i];
    if (kind == XRAY_DOMAIN && is_domain(d, id)) root_domain(g, d);
    for (size_t k = 0; kind == XRAY_DISK && k < d->disks.count && !g->out->count; k++) {
      const char *target = d->disks.item[k].target ? d->disks.item[k].target : "?";
      size_t len = strlen(target);
      if (!strncmp(id, target, len) && id[len] == ' ' && is_domain(d, id + len + 1)) root_disk(g, d, &d->disks.item[k]);
    }
  }
}

static void root_of_cluster(struct growth *g, enum xray_kind kind, const char *id) {
  const struct host_view *h = kind == XRAY_HOST ? snapshot_host(g->s, id) : NULL;
  if (h) root_host(g, h);
  for (size_t i = 0; kind == XRAY_RESOURCE && i < g->s->resources.count && !g->out->count; i++)
    if (str_eq(g->s->resources.item[i].id, id)) root_resource(g, &g->s->resources.item[i]);
  for (size_t i = 0; kind == XRAY_CONSTRAINT && i < g->s->constraints.count && !g->out->count; i++)
    if (str_eq(g->s->constraints.item[i].id, id)) root_constraint(g, &g->s->constraints.item[i]);
  const struct fences *f = kind == XRAY_DEVICE ? fences_in(g) : NULL;
  for (size_t i = 0; f && i < f->count && !g->out->count; i++)
    if (f->item[i].kind == FENCE_DEVICE && str_eq(f->item[i].id, id)) root_device(g, &f->item[i]);
}

/* Which lines have a brother further down: seen from below. */
static void draw_branches(struct xray *x) {
  uint64_t open = 0;
  for (size_t i = x->count; i-- > 0;) {
    struct xray_line *l = &x->item[i];
    l->more = open & ((2ULL << l->depth) - 1);
    open = (open & ((2ULL << l->depth) - 1)) | 1ULL << l->depth;
  }
}

void xray_of(const struct snapshot *s, enum xray_kind kind, const char *id, const struct tallies *proofs, struct arena *a, struct xray *ret) {
  struct growth g = {.s = s, .a = a, .out = ret, .proofs = proofs, .config = fact_fresh(s, "pacemaker.config", NULL)};
  *ret = (struct xray){0};
  if (kind == XRAY_CLUSTER) root_cluster(&g);
  else if (id) {
    root_of_store(&g, kind, id);
    root_of_guest(&g, kind, id);
    root_of_cluster(&g, kind, id);
  }
  draw_branches(ret);
  map_free(&g.volumes);
}

enum xray_kind xray_find(const struct snapshot *s, const char *subject, struct arena *a, const char **ret_id) {
  *ret_id = subject;
  if (!subject) return XRAY_NONE;
  const struct domain_view *d = snapshot_domain(s, subject);
  const struct host_view *h = snapshot_host(s, subject);
  if (h) *ret_id = h->name;
  else if (d) *ret_id = xray_domain_id(d, a);
  if (h || d) return h ? XRAY_HOST : XRAY_DOMAIN;
  if (snapshot_volume(s, subject)) return XRAY_VOLUME;
  for (size_t i = 0; i < s->resources.count; i++)
    if (str_eq(s->resources.item[i].id, subject)) return s->resources.item[i].agent && str_starts(s->resources.item[i].agent, "stonith:") ? XRAY_DEVICE : XRAY_RESOURCE;
  for (size_t i = 0; i < s->constraints.count; i++)
    if (str_eq(s->constraints.item[i].id, subject)) return XRAY_CONSTRAINT;
  for (size_t v = 0; v < s->volumes.count; v++)
    for (size_t i = 0; i < s->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &s->volumes.item[v].bricks.item[i];
      size_t len = b->host ? strlen(b->host) : 0;
      if (!len || strncmp(subject, b->host, len) || subject[len] != ':' || !str_eq(subject + len + 1, b->path)) continue;
      *ret_id = xray_brick_id(&s->volumes.item[v], b, a);
      return XRAY_BRICK;
    }
  return XRAY_NONE;
}
