/* What of a snapshot may be moved, and where to: what pacemaker and libvirt would do with it, and what stands against it. */
#include "analysis/balance.h"
#include "analysis/lint.h"
#include "analysis/seen.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { BUSY_PERCENT = 90 };
#define CLOSING "bridge-missing machine-missing mount-missing no-trust" /* of a host: nothing comes to it */
#define UNREAD "how it is set up was not read yet: whether a live move gets away from it, or arrives, is not known"
#define HOLDING "host-device local-disk cache-mode migration-too-short definition-unreadable name-not-alone" /* of a domain, or its resource: it stays */

#define SHAPED(name_, type) static const struct shape name_ = {.name = #type, .size = sizeof(struct type), .fields = (const struct field[]){{.name = NULL}}}
SHAPED(move_shape, balance_move);
SHAPED(host_shape, balance_host);
SHAPED(stay_shape, balance_stay);

struct weighing {
  const struct snapshot *s;
  struct arena *a;
  struct balance *out;
  const struct host_view **host;
  struct balance_room *room;
  const char **closed;
  size_t hosts;
  const struct domain_view **domain;
  struct balance_load *load;
  const char **held; /* why it stays */
  size_t domains;
  const struct lint *lint;
};

static bool unknown(struct weighing *w, const char *when, const char *format, ...) PRINTF(3, 4);
static bool unknown(struct weighing *w, const char *when, const char *format, ...) {
  char line[512];
  va_list ap;
  va_start(ap, format);
  vsnprintf(line, sizeof line, format, ap);
  va_end(ap);
  w->out->unknown = arena_strdup(w->a, line);
  w->out->when = when;
  return false;
}

/* ---- what must be known and well ---- */

static bool cluster_whole(struct weighing *w) {
  const struct cluster_view *c = &w->s->cluster;
  if (!pacemaker_seen(w->s)) return unknown(w, "when pacemaker is read again (the sources say why it is not)", "cannot tell what may be moved: what pacemaker says is missing or old");
  if (c->maintenance == TRUTH_YES) return unknown(w, "when maintenance-mode is false (cluster-property)", "the cluster is in maintenance: pacemaker would move nothing");
  if (c->quorate != TRUTH_YES || c->votes == UNKNOWN_INT || c->expected_votes == UNKNOWN_INT) return unknown(w, "when the cluster has quorum and says so", "the cluster has no quorum, or it is not known");
  if (c->votes < c->expected_votes) return unknown(w, "when every node is back", "quorum is not whole: %" PRId64 " of %" PRId64 " votes", c->votes, c->expected_votes);
  if (c->fencing != TRUTH_YES) return unknown(w, "when stonith-enabled is true (cluster-property)", "fencing is off: a move that fails could not be taken back safely");
  for (size_t i = 0; i < w->s->hosts.count; i++) {
    const struct host_view *h = &w->s->hosts.item[i];
    bool any = false;
    if (!h->pacemaker) continue;
    const char *device = fence_device_of(w->s, h->name, &any);
    const struct resource_view *r = device ? resource_seen(w->s, device) : NULL;
    if (h->pacemaker == NODE_UNCLEAN || h->pacemaker == NODE_PENDING || h->pacemaker == NODE_OFFLINE) return unknown(w, "when every node is online, or in standby", "%s is %s", h->name, node_state_names[h->pacemaker]);
    if (!device && !any) return unknown(w, "when it has one (fencing-create)", "fencing is not whole: %s has no fence device", h->name);
    if (r && (r->failed == TRUTH_YES || r->blocked == TRUTH_YES || r->role == HA_STOPPED)) return unknown(w, "when it is started (a node for it in standby, or what keeps it from its BMC: fencing-password)", "fencing is not whole: %s, which fences %s, %s", device, h->name, r->role == HA_STOPPED ? "is stopped" : "does not answer");
  }
  return true;
}

static bool nothing_under_way(struct weighing *w) {
  const char *saw = "", *host;
  enum truth quiet = w->s->volumes.count ? heals_quiet(w->s, w->a, &saw) : TRUTH_YES;
  if (quiet == TRUTH_NO) return unknown(w, "when nothing waits to heal any more", "a heal is under way: %s", saw);
  if (quiet == TRUTH_UNKNOWN) return unknown(w, "when the heals are read, within a minute or two", "whether anything waits to heal is not known: %s", saw);
  for (size_t v = 0; v < w->s->volumes.count; v++)
    for (size_t i = 0; i < w->s->volumes.item[v].tasks.count; i++)
      if (str_eq(w->s->volumes.item[v].tasks.item[i].status, "in progress")) return unknown(w, "when it has ended", "%s of %s is under way", w->s->volumes.item[v].tasks.item[i].type, w->s->volumes.item[v].name);
  for (size_t i = 0; i < w->s->resources.count; i++) {
    const struct resource_view *r = &w->s->resources.item[i];
    if (r->role == HA_MIGRATING || r->role == HA_STARTING || r->role == HA_STOPPING) return unknown(w, "when that has ended", "%s is %s just now", r->id, role_names[r->role]);
  }
  for (size_t i = 0; w->s->jobs.count && i < w->s->domains.count; i++)
    if (job_seen(w->s, w->s->domains.item[i].name, &host)) return unknown(w, "when it has ended", "a migration of %s is under way", w->s->domains.item[i].name);
  return true;
}

/* ---- hosts ---- */

/* The first of those findings about that subject; NULL: there is none. */
static const struct finding *found(const struct weighing *w, const char *ids, const char *subject) {
  for (size_t i = 0; w->lint && i < w->lint->findings.count; i++) {
    const struct finding *f = &w->lint->findings.item[i];
    if (str_listed(ids, ' ', f->id) && str_eq(f->subject, subject)) return f;
  }
  return NULL;
}

static bool add_host(struct weighing *w, const char *name) {
  static const char when[] = "when libvirt there is read again (the sources say why it is not)";
  const struct host_view *h = snapshot_host(w->s, name);
  if (!h || (h->libvirt == LIBVIRT_UNKNOWN && !texts_have(&h->roles, "kvm"))) return true; /* it has a vote, and runs no domain */
  if (!libvirt_seen(w->s, h->name) || !fact_seen(w->s, "libvirt.jobs", h->name) || texts_have(&h->stale, layer_names[LAYER_LIBVIRT])) return unknown(w, when, "cannot tell what runs on %s: its libvirt is not read", h->name);
  if (h->memory == UNKNOWN_INT || h->memory <= 0 || h->memory_used == UNKNOWN_INT) return unknown(w, when, "how much memory %s has, and uses, is not known", h->name);
  w->host[w->hosts] = h;
  w->room[w->hosts] = (struct balance_room){h->memory, 0, h->memory_used, true};
  if (h->cpu_percent >= BUSY_PERCENT) w->closed[w->hosts] = "its processors are busy";
  if (w->closed[w->hosts]) w->room[w->hosts].takes = false;
  w->hosts++;
  return true;
}

static bool find_hosts(struct weighing *w) {
  struct texts online = nodes_online(w->s, w->a);
  w->host = arena_array(w->a, online.count + 1, sizeof *w->host);
  w->room = arena_array(w->a, online.count + 1, sizeof *w->room);
  w->closed = arena_array(w->a, online.count + 1, sizeof *w->closed);
  for (size_t i = 0; i < online.count; i++)
    if (!add_host(w, online.item[i])) return false;
  for (size_t i = 0; i < w->s->domains.count; i++) {
    const struct domain_view *d = &w->s->domains.item[i];
    if (!d->hosts.count) continue;
    if (d->stale.count || !d->state || d->memory == UNKNOWN_INT) return unknown(w, "when libvirt of every host is read again", "cannot tell where %s runs, or how much memory it was given", d->name);
    if (d->hosts.count > 1) return unknown(w, "when it runs on one host", "%s runs on %s at once", d->name, names_of(&d->hosts, w->a));
    for (size_t h = 0; h < w->hosts; h++)
      if (str_eq(w->host[h]->name, d->hosts.item[0])) w->room[h].given += d->memory, w->domain[w->domains] = d, w->load[w->domains++] = (struct balance_load){.at = h, .memory = d->memory};
  }
  return true;
}

/* ---- domains ---- */

static const char *meta_of(const struct snapshot *s, const char *resource, const char *name) {
  const char *own = resource_meta_seen(s, resource, name);
  return own ? own : resource_meta_seen(s, "rsc_defaults", name);
}

static int64_t stickiness_of(const struct snapshot *s, const char *resource) {
  const char *text = meta_of(s, resource, "resource-stickiness");
  int64_t n = 0;
  if (text && (str_eq(text, "INFINITY") || str_eq(text, "+INFINITY"))) return SCORE_INFINITE;
  return text && !str_int(text, -SCORE_INFINITE, SCORE_INFINITE, &n) ? n : 0;
}

static bool is_bound(const struct snapshot *s, const char *resource) {
  for (size_t i = 0; i < s->constraints.count; i++)
    if (s->constraints.item[i].from_move == TRUTH_YES && str_eq(s->constraints.item[i].resource, resource)) return true;
  return false;
}

/* Once the constraint of its move is gone it stays there: what makes it stick is more than what draws it to any other. */
static bool would_stay(const struct weighing *w, const char *resource, size_t to) {
  bool sure;
  int64_t there = placement_score(w->s, resource, w->host[to]->name, true, &sure), stick = stickiness_of(w->s, resource);
  for (size_t h = 0; h < w->hosts; h++)
    if (h != to && there + stick <= placement_score(w->s, resource, w->host[h]->name, true, &sure)) return false;
  return true;
}

/* Why pacemaker would not move it live and leave it there; NULL: it would. */
static const char *held_by_pacemaker(struct weighing *w, const struct domain_view *d, bool *may) {
  const struct resource_view *r = resource_seen(w->s, d->resource);
  bool sure, any = false, stays = false;
  if (!r || r->stale.count || r->managed == TRUTH_UNKNOWN) return "what pacemaker would do with it is not known";
  if (r->managed == TRUTH_NO) return "pacemaker does not manage it at present";
  if (r->parent || r->instance) return arena_printf(w->a, "it is part of %s, all of which would move", r->parent ? r->parent : "a clone");
  if (r->role != HA_STARTED || r->failed == TRUTH_YES || r->blocked == TRUTH_YES || r->hosts.count != 1) return "its resource has failed, or is not simply started";
  if (pcmk_truth(meta_of(w->s, d->resource, "allow-migrate")) != TRUTH_YES) return "it cannot move live (allow-migrate)";
  if (is_bound(w->s, d->resource)) return "an earlier move or ban still binds it (resource-clear)";
  for (size_t h = 0; h < w->hosts; h++) {
    if (placement_score(w->s, d->resource, w->host[h]->name, true, &sure) <= -SCORE_INFINITE) continue;
    if (!sure) return "a rule or a colocation has a say in where it runs";
    if (str_eq(w->host[h]->name, d->hosts.item[0])) continue;
    any = true;
    may[h] = would_stay(w, d->resource, h);
    stays |= may[h];
  }
  if (!any) return "no other host that takes resources may run it";
  return stays ? NULL : "once the constraint of its move is cleared nothing keeps it there (resource-stickiness), or constraints draw it back";
}

static const struct libvirt_domain *definition_of(const struct snapshot *s, const struct domain_view *d) {
  const struct libvirt_domains *all = fact_seen(s, "libvirt.domains", d->hosts.item[0]);
  for (size_t i = 0; all && i < all->domains.count; i++)
    if (str_eq(all->domains.item[i].name, d->name)) return &all->domains.item[i];
  return NULL;
}

static bool reaches(const struct libvirt_setup *x, const char *path) {
  for (size_t i = 0; x && i < x->mounts.count; i++) {
    const struct setup_mount *m = &x->mounts.item[i];
    size_t len = m->mount ? strlen(m->mount) : 0;
    if (len && m->mounted == TRUTH_YES && !strncmp(path, m->mount, len) && path[len] == '/') return true;
  }
  return false;
}

/* Libvirt moves it, and asks nobody: all that it needs must be known to be there. */
static const char *held_by_libvirt(struct weighing *w, const struct domain_view *d, bool *may) {
  const struct libvirt_domain *x = definition_of(w->s, d);
  bool any = false;
  if (!x) return "its definition is not known";
  if (x->hostdevs > 0) return "it has devices of its host";
  for (size_t i = 0; i < x->disks.count; i++)
    if (x->disks.item[i].source && !str_eq(x->disks.item[i].cache, "none") && !str_eq(x->disks.item[i].cache, "directsync") && x->disks.item[i].readonly != TRUTH_YES) return "its host caches a disk of it (cache is not none)";
  for (size_t h = 0; h < w->hosts; h++) {
    const struct libvirt_setup *setup = fact_seen(w->s, "libvirt.setup", w->host[h]->name);
    if (str_eq(w->host[h]->name, d->hosts.item[0])) continue;
    may[h] = setup && !setup->text;
    for (size_t i = 0; i < d->disks.count; i++)
      if (d->disks.item[i].source) may[h] = may[h] && d->disks.item[i].volume && reaches(setup, d->disks.item[i].source);
    any |= may[h];
  }
  return any ? NULL : "no other host is known to see all of its disks";
}

static void judge_domains_of(struct weighing *w) {
  w->lint = lint_select(w->s, CLOSING " " HOLDING, w->a);
  for (size_t h = 0; h < w->hosts; h++) {
    const struct finding *f = found(w, CLOSING, w->host[h]->name);
    if (f && !w->closed[h]) w->closed[h] = f->evidence;
    if (!fact_seen(w->s, "libvirt.setup", w->host[h]->name)) w->closed[h] = UNREAD; /* a live move that fails is an outage */
    if (w->closed[h]) w->room[h].takes = false;
  }
  for (size_t i = 0; i < w->domains; i++) {
    const struct domain_view *d = w->domain[i];
    bool *may = arena_array(w->a, w->hosts + 1, sizeof *may);
    const struct finding *f = found(w, HOLDING, d->name), *no_trust = found(w, "no-trust", d->hosts.item[0]);
    if (!f && d->resource) f = found(w, HOLDING, d->resource);
    if (!fact_seen(w->s, "libvirt.setup", d->hosts.item[0])) w->held[i] = arena_printf(w->a, "%s: %s", d->hosts.item[0], UNREAD);
    else if (!str_eq(d->state, "running")) w->held[i] = arena_printf(w->a, "it is %s", d->state);
    else if (f) w->held[i] = f->evidence;
    else if (no_trust) w->held[i] = arena_printf(w->a, "%s: %s", d->hosts.item[0], no_trust->evidence);
    else w->held[i] = d->resource ? held_by_pacemaker(w, d, may) : held_by_libvirt(w, d, may);
    if (!w->held[i]) w->load[i].may = may;
  }
}

/* ---- what comes of it ---- */

static int64_t percent(const struct balance_room *r) { return (r->given * 100 + r->memory / 2) / r->memory; }

static void take(struct weighing *w, const struct balance_pick *pick) {
  const struct domain_view *d = w->domain[pick->load];
  size_t from = w->load[pick->load].at, to = pick->to;
  char size[SIZE_TEXT];
  int64_t was = percent(&w->room[from]), before = percent(&w->room[to]);
  w->room[from].given -= d->memory;
  w->room[to].given += d->memory;
  struct balance_move *m = list_add(w->a, &w->out->moves, &move_shape);
  *m = (struct balance_move){d->name, d->resource, w->host[from]->name, w->host[to]->name, d->memory, NULL};
  m->why = arena_printf(w->a, "%s %" PRId64 "%% of memory, %s %" PRId64 "%%: %s (%s) moves: %" PRId64 "%% and %" PRId64 "%%", m->from, was, m->to, before, d->name, str_size(size, d->memory), percent(&w->room[from]), percent(&w->room[to]));
}

static const char *spread_words(struct weighing *w) {
  CLEANUP(str_free) struct str out = {0};
  enum { MOST = 6 };
  for (size_t i = 0; i < w->hosts && i < MOST; i++) str_addf(&out, "%s%s %" PRId64 "%%", i ? ", " : "", w->host[i]->name, percent(&w->room[i]));
  if (w->hosts > MOST) str_addf(&out, " and %zu more", w->hosts - MOST);
  return arena_strdup(w->a, str_text(&out));
}

static const char *closed_words(struct weighing *w) {
  CLEANUP(str_free) struct str out = {0};
  for (size_t i = 0; i < w->hosts; i++)
    if (w->closed[i]) str_addf(&out, "; nothing comes to %s: %s", w->host[i]->name, w->closed[i]);
  return arena_strdup(w->a, str_text(&out));
}

static void tell_hosts(struct weighing *w, bool then) {
  for (size_t i = 0; i < w->hosts; i++) {
    if (!then) *(struct balance_host *)list_add(w->a, &w->out->hosts, &host_shape) = (struct balance_host){w->host[i]->name, w->closed[i], w->room[i].memory, percent(&w->room[i]), percent(&w->room[i])};
    else w->out->hosts.item[i].then = percent(&w->room[i]), w->out->hosts.item[i].closed = w->closed[i];
  }
}

/* Those that would have helped. */
static void tell_stays(struct weighing *w) {
  int64_t least = INT64_MAX;
  for (size_t h = 0; h < w->hosts; h++) least = percent(&w->room[h]) < least ? percent(&w->room[h]) : least;
  for (size_t i = 0; i < w->domains; i++)
    if (w->held[i] && percent(&w->room[w->load[i].at]) > least) *(struct balance_stay *)list_add(w->a, &w->out->stays, &stay_shape) = (struct balance_stay){w->domain[i]->name, w->held[i]};
}

void balance_make(const struct snapshot *s, int64_t spread, int64_t most, struct arena *a, struct balance *ret) {
  struct weighing w = {.s = s, .a = a, .out = ret};
  *ret = (struct balance){0};
  w.domain = arena_array(a, s->domains.count + 1, sizeof *w.domain);
  w.load = arena_array(a, s->domains.count + 1, sizeof *w.load);
  w.held = arena_array(a, s->domains.count + 1, sizeof *w.held);
  if (!cluster_whole(&w) || !nothing_under_way(&w) || !find_hosts(&w)) return;
  ret->before = ret->after = (balance_spread(w.room, w.hosts) + 5) / 10;
  tell_hosts(&w, false);
  if (w.hosts < 2) return (void)(ret->nothing = "there are no two hosts that take resources and run domains");
  if (balance_spread(w.room, w.hosts) <= spread * 10) return (void)(ret->nothing = arena_printf(a, "memory is spread evenly enough: %s; that is at most %" PRId64 " points apart", spread_words(&w), spread));
  judge_domains_of(&w);
  tell_stays(&w);
  const char *was = spread_words(&w);
  struct balance_pick *picks = arena_array(a, (size_t)most + 1, sizeof *picks);
  size_t count = balance_search(w.room, w.hosts, w.load, w.domains, spread, (size_t)most, picks);
  for (size_t i = 0; i < count; i++) take(&w, &picks[i]);
  ret->after = (balance_spread(w.room, w.hosts) + 5) / 10;
  tell_hosts(&w, true);
  if (!count) ret->nothing = arena_printf(a, "no move would make it more even: %s%s", was, closed_words(&w));
}
