/* Domains: what becomes of each, where pacemaker would put it, and whether it fits there. */
#include "analysis/judge.h"
#include "analysis/seen.h"
#include "analysis/times.h"
#include <stdio.h>
#include <string.h>

enum { MIB = 1 << 20, SENT_S = 100 * MIB, MIGRATION_LEAST_S = 3, RESTART_S = 30 };

static bool is_old(const struct domain_view *d) { return texts_have(&d->stale, layer_names[LAYER_LIBVIRT]); }
static bool is_active(const struct domain_view *d) { return d->hosts.count || str_eq(d->state, "running") || str_eq(d->state, "paused"); }

static bool on_lost(const struct judge *j, const struct domain_view *d) {
  for (size_t i = 0; i < d->hosts.count; i++)
    if (host_lost(j, d->hosts.item[i])) return true;
  return false;
}

static void effect_to(struct judge *j, const struct domain_view *d, int what, const char *to, int64_t seconds, const char *text) {
  if (j->brief) return;
  *(struct stop_domain *)list_add(j->a, &j->out->domains, &stop_domain_shape) = (struct stop_domain){d->name, what, to, seconds, text};
}

static void effect(struct judge *j, const struct domain_view *d, int what, int64_t seconds, const char *text) { effect_to(j, d, what, NULL, seconds, text); }

/* ---- where pacemaker puts what is lost ---- */
struct landing { /* per host: what comes to it */
  const struct host_view *host;
  int64_t memory;  /* UNKNOWN_INT: of one it is not known */
  struct texts domains;
};
struct landings {
  LIST_OF(struct landing) list;
  struct texts migrate, restart; /* the names of those that land ... */
  struct texts nowhere;          /* ... and of those that do not */
};
static const struct shape landing_shape = {.name = "landing", .size = sizeof(struct landing), .fields = (const struct field[]){{.name = NULL}}};

static void land(struct judge *j, struct landings *l, const struct host_view *h, const struct domain_view *d) {
  struct landing *at = NULL;
  for (size_t i = 0; i < l->list.count; i++)
    if (l->list.item[i].host == h) at = &l->list.item[i];
  if (!at) {
    at = list_add(j->a, &l->list, &landing_shape);
    at->host = h;
  }
  at->memory = d->memory == UNKNOWN_INT || at->memory == UNKNOWN_INT ? UNKNOWN_INT : at->memory + d->memory;
  texts_add(j->a, &at->domains, d->name);
}

/* Where it does not fit, each host; where all fit, the one with the least room left. */
static void judge_memory(struct judge *j, const struct landings *l) {
  const struct landing *tight = NULL;
  char needs[SIZE_TEXT], has[SIZE_TEXT];
  for (size_t i = 0; i < l->list.count; i++) {
    const struct landing *at = &l->list.item[i];
    const struct host_view *h = at->host;
    int64_t left = h->memory == UNKNOWN_INT || h->memory_used == UNKNOWN_INT ? UNKNOWN_INT : h->memory - h->memory_used;
    if (at->memory == UNKNOWN_INT || left == UNKNOWN_INT || texts_have(&h->stale, layer_names[LAYER_LIBVIRT]))
      reason(j, "memory", VERDICT_UNKNOWN, UNKNOWN_INT, "how much memory %s has left for %s is not known", h->name, names_of(&at->domains, j->a));
    else if (at->memory > left) reason(j, "memory", VERDICT_UNSAFE, UNKNOWN_INT, "%s would need %s on %s, where %s are free: it does not fit", names_of(&at->domains, j->a), str_size(needs, at->memory), h->name, str_size(has, left));
    else if (!tight || left - at->memory < tight->host->memory - tight->host->memory_used - tight->memory) tight = at;
  }
  if (tight)
    reason(j, "memory", VERDICT_SAFE, UNKNOWN_INT, "%s%s takes %s of %s that are free", l->list.count > 1 ? "it fits, most tightly on " : "", tight->host->name, str_size(needs, tight->memory), str_size(has, tight->host->memory - tight->host->memory_used));
}

static void say_landed(struct judge *j, const struct landings *l, int64_t age) {
  bool one = l->nowhere.count == 1;
  if (l->nowhere.count) reason(j, "placement", VERDICT_UNSAFE, age, "%s %s nowhere to go: no node that stays may run %s", names_of(&l->nowhere, j->a), one ? "has" : "have", one ? "it" : "them");
  if (l->migrate.count) reason(j, "placement", VERDICT_SAFE, age, "%s: migrated live to %s, by pacemaker's own simulation", names_of(&l->migrate, j->a), l->list.count == 1 ? l->list.item[0].host->name : arena_printf(j->a, "%zu hosts", l->list.count));
  if (l->restart.count) reason(j, "placement", VERDICT_SAFE, age, "%s: started anew on %s, by pacemaker's own simulation", names_of(&l->restart, j->a), l->list.count == 1 ? l->list.item[0].host->name : arena_printf(j->a, "%zu hosts", l->list.count));
}

/* With any placement-strategy but the default, what is drained in order may go elsewhere than what has died. */
static bool drained_apart(const struct judge *j) {
  const char *strategy = j->loss->dead ? NULL : property_seen(j->s, "placement-strategy");
  return strategy && strcmp(strategy, "default");
}

/* Of one resource; NULL: not in it, or things have changed since it was made. */
static const struct pcmk_place *place_of(const struct judge *j, const struct pcmk_placement *p, const struct domain_view *d) {
  bool apart = p && p->drained_apart == TRUTH_YES && !j->loss->dead;
  if (p && p->drained_apart == TRUTH_UNKNOWN && drained_apart(j)) return NULL;
  for (size_t i = 0; p && !p->text && i < (apart ? p->drained.count : p->resources.count); i++) {
    const struct pcmk_place *at = apart ? &p->drained.item[i] : &p->resources.item[i];
    if (!str_eq(at->resource, d->resource) || at->from.count != 1 || d->hosts.count != 1) continue;
    return snapshot_host(j->s, at->from.item[0]) == snapshot_host(j->s, d->hosts.item[0]) ? at : NULL;
  }
  return NULL;
}

static bool migrates(const struct judge *j, const struct domain_view *d) {
  int64_t at = map_get(&j->index->configs, d->resource);
  const char *allow = at == MAP_NONE ? NULL : pairs_get(&j->index->config->resources.item[at].meta, "allow-migrate");
  return pcmk_truth(allow) == TRUTH_YES && !j->dead;
}

static int64_t migration_seconds(const struct domain_view *d) {
  int64_t s = d->memory == UNKNOWN_INT ? UNKNOWN_INT : d->memory / SENT_S;
  return s == UNKNOWN_INT ? s : s < MIGRATION_LEAST_S ? MIGRATION_LEAST_S : s;
}

/* It goes to another host, by migration or by a start there. */
static void goes_to(struct judge *j, struct landings *l, const struct domain_view *d, const char *node, int64_t age) {
  const struct host_view *h = snapshot_host(j->s, node);
  if (!h) {
    effect_to(j, d, EFFECT_NONE, node, UNKNOWN_INT, "it goes to a host that is not known here");
    reason(j, "placement", VERDICT_UNKNOWN, age, "%s would go to %s, which is not known here", d->name, node);
    return;
  }
  if (j->stops || j->freezes) {
    effect(j, d, EFFECT_STOPS, UNKNOWN_INT, j->stops ? "quorum is lost: pacemaker stops everything" : "quorum is lost: nothing is started elsewhere");
    texts_add(j->a, migrates(j, d) ? &l->migrate : &l->restart, d->name);
    land(j, l, h, d);
    return;
  }
  bool live = migrates(j, d);
  int64_t seconds = live ? migration_seconds(d) : j->dead ? failover_seconds(j->s, d) : RESTART_S;
  effect_to(j, d, live ? EFFECT_MIGRATES : EFFECT_RESTARTS, h->name, seconds, live ? "live, no outage expected" : j->race ? "if its host is the one that is fenced" : j->dead ? "after its host was fenced" : "it is shut down and started there: no live migration is configured (allow-migrate)");
  texts_add(j->a, live ? &l->migrate : &l->restart, d->name);
  land(j, l, h, d);
}

static void lost_domain(struct judge *j, struct landings *l, const struct domain_view *d, const struct pcmk_placement *p, int64_t age) {
  int64_t at = d->resource ? map_get(&j->index->resources, d->resource) : MAP_NONE;
  const struct resource_view *r = at == MAP_NONE ? NULL : &j->s->resources.item[at];
  if (is_old(d) || d->hosts.count != 1) {
    effect(j, d, EFFECT_NONE, UNKNOWN_INT, "where it runs is not known now");
    reason(j, "domains", d->hosts.count > 1 ? VERDICT_UNSAFE : VERDICT_UNKNOWN, UNKNOWN_INT, d->hosts.count > 1 ? "%s runs on two hosts" : "where %s runs is not known now", d->name);
    return;
  }
  if (!d->resource) {
    effect(j, d, EFFECT_STOPS, UNKNOWN_INT, "pacemaker does not manage it");
    reason(j, "domains", VERDICT_UNSAFE, UNKNOWN_INT, "%s runs there and is no resource of pacemaker: it stops with the host, unless it is moved by hand", d->name);
    return;
  }
  if (!r || r->managed == TRUTH_UNKNOWN || !j->index->pacemaker) {
    effect(j, d, EFFECT_NONE, UNKNOWN_INT, "pacemaker is not known now");
    reason(j, "placement", VERDICT_UNKNOWN, age, "what pacemaker would do with %s is not known", d->name);
    return;
  }
  if (r->managed == TRUTH_NO || j->s->cluster.maintenance == TRUTH_YES) {
    effect(j, d, EFFECT_STOPS, UNKNOWN_INT, "it is not managed at present");
    reason(j, "domains", VERDICT_UNSAFE, age, "%s is not managed at present: pacemaker leaves it where it is, and it stops with its host", d->name);
    return;
  }
  const struct pcmk_place *to = place_of(j, p, d);
  if (!to) {
    effect(j, d, EFFECT_NONE, UNKNOWN_INT, "pacemaker's simulation is not known");
    reason(j, "placement", VERDICT_UNKNOWN, age, "where %s would go is not known: %s", d->name, p && p->text ? p->text : p && p->drained_apart == TRUTH_UNKNOWN && drained_apart(j) ? "pacemaker's simulation was not run with it in standby (placement-strategy)" : p ? "things have changed since pacemaker's simulation" : "pacemaker's simulation was not run for this");
  } else if (!to->to.count) {
    effect(j, d, EFFECT_STOPS, UNKNOWN_INT, "no other node may run it");
    texts_add(j->a, &l->nowhere, d->name);
  } else goes_to(j, l, d, to->to.item[0], age);
}

/* ---- those that stay: do their disks? ---- */
static bool disk_on_set(const struct disk_view *k, const struct volume_view *v, int64_t set) {
  if (!str_eq(k->volume, v->name)) return false;
  if (!k->bricks.count || v->sharded != TRUTH_NO) return true; /* where it lies is not known, or everywhere */
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct brick_view *b = &v->bricks.item[i];
    if (b->set != set) continue;
    for (size_t n = 0; n < k->bricks.count; n++) {
      size_t len = strlen(b->host);
      if (!strncmp(k->bricks.item[n], b->host, len) && k->bricks.item[n][len] == ':' && str_eq(k->bricks.item[n] + len + 1, b->path)) return true;
    }
  }
  return false;
}

struct touched { const struct volume_view *volume; int64_t set; bool serves; };
struct touched_sets { struct touched item[256]; size_t count; };

static void find_touched(const struct judge *j, struct touched_sets *ret) {
  ret->count = 0;
  for (size_t i = 0; i < j->s->volumes.count; i++)
    for (size_t set = 0; set < volume_sets(&j->s->volumes.item[i]) && ret->count < COUNT(ret->item); set++) {
      const struct volume_view *v = &j->s->volumes.item[i];
      bool serves = set_serves(j, v, (int64_t)set);
      if (set_touched(j, v, (int64_t)set)) ret->item[ret->count++] = (struct touched){v, (int64_t)set, serves};
    }
}

/* Pacemaker leaves it as it is, whatever happens. */
static bool left_alone(const struct judge *j, const struct domain_view *d) {
  int64_t at = map_get(&j->index->resources, d->resource);
  return j->s->cluster.maintenance == TRUTH_YES || (at != MAP_NONE && j->s->resources.item[at].managed == TRUTH_NO);
}

static void staying_domain(struct judge *j, const struct domain_view *d, const struct touched_sets *t) {
  const struct touched *worst = NULL;
  if (j->stops && d->resource && !left_alone(j, d)) return (void)effect(j, d, EFFECT_STOPS, UNKNOWN_INT, "quorum is lost: pacemaker stops everything");
  for (size_t i = 0; i < d->disks.count; i++)
    for (size_t k = 0; k < t->count; k++)
      if (disk_on_set(&d->disks.item[i], t->item[k].volume, t->item[k].set) && (!worst || (worst->serves && !t->item[k].serves))) worst = &t->item[k];
  if (j->race && d->resource) return (void)effect(j, d, EFFECT_NONE, UNKNOWN_INT, "its host may be the one that is fenced");
  if (!worst) return (void)effect(j, d, EFFECT_UNAFFECTED, 0, NULL);
  if (!worst->serves) {
    effect(j, d, EFFECT_STALLS, UNKNOWN_INT, arena_printf(j->a, "its disk on %s cannot be written", worst->volume->name));
    return;
  }
  int64_t stall = j->dead ? stall_seconds(worst->volume) : 0;
  if (stall) effect(j, d, EFFECT_STALLS, stall, arena_printf(j->a, "until %s gives up on the bricks that are silent (network.ping-timeout)", worst->volume->name));
  else effect(j, d, EFFECT_UNAFFECTED, 0, arena_printf(j->a, "its disk on %s has one copy less", worst->volume->name));
}

/* What its libvirt says beside that: what is under way there, a migration that comes in too. */
static void judge_hypervisor(struct judge *j, const struct host_view *h, size_t domains) {
  const struct libvirt_jobs *jobs = fact_seen(j->s, "libvirt.jobs", h->name);
  if (!h->libvirt || snapshot_off(j->s, h)) return;
  if (!libvirt_seen(j->s, h->name)) reason(j, "domains", VERDICT_UNKNOWN, UNKNOWN_INT, "what runs on %s is not known: its libvirt is not read", h->name);
  else if (!jobs) reason(j, "domains", VERDICT_UNKNOWN, UNKNOWN_INT, "whether a migration is under way on %s is not known", h->name);
  else if (!domains && !jobs->jobs.count) reason(j, "placement", VERDICT_SAFE, UNKNOWN_INT, "no domain runs on %s", h->name);
  for (size_t i = 0; jobs && i < jobs->jobs.count; i++)
    reason_wait(j, "domains", UNKNOWN_INT, UNKNOWN_INT, "%s: %s is under way on %s", jobs->jobs.item[i].name ? jobs->jobs.item[i].name : "?", jobs->jobs.item[i].type ? jobs->jobs.item[i].type : "a job", h->name);
}

void judge_domains(struct judge *j) {
  struct landings landings = {0};
  struct touched_sets touched;
  int64_t age = UNKNOWN_INT;
  const struct pcmk_placement *p = fact_keyed(j->s, "pacemaker.placement", loss_nodes(j->s, j->loss, j->a), &age);
  size_t there = 0;
  if (!j->brief) find_touched(j, &touched);
  for (size_t i = 0; i < j->s->domains.count; i++) {
    const struct domain_view *d = &j->s->domains.item[i];
    if (!is_active(d) || !d->name) continue;
    if (!on_lost(j, d)) {
      if (!j->brief) staying_domain(j, d, &touched);
      continue;
    }
    there++;
    lost_domain(j, &landings, d, p, age);
  }
  say_landed(j, &landings, age);
  judge_memory(j, &landings);
  for (size_t i = 0; i < j->lost_count; i++) judge_hypervisor(j, j->lost[i], there);
}
