#include "analysis/seen.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAMED_MAX = 6 };

/* ---- facts ---- */

/* How it stands with that fact, by its source; NULL: not known. */
static const struct source_fact_view *row_of(const struct snapshot *s, const struct fragment *f) {
  for (size_t i = 0; i < s->sources.count; i++) {
    const struct source_view *v = &s->sources.item[i];
    if (!str_eq(v->name, layer_names[f->kind->layer]) || !str_eq(v->host, f->host)) continue;
    for (size_t k = 0; k < v->facts.count; k++)
      if (str_eq(v->facts.item[k].kind, f->kind->name) && str_eq(v->facts.item[k].key, f->key)) return &v->facts.item[k];
  }
  return NULL;
}

static bool fragment_fresh(const struct snapshot *s, const struct fragment *f) {
  const struct source_fact_view *row = row_of(s, f);
  return row && row->stale == TRUTH_NO;
}

const void *fact_seen(const struct snapshot *s, const char *kind, const char *host) {
  const struct fragment *best = NULL;
  const struct host_view *wanted = host ? snapshot_host(s, host) : NULL;
  const struct fact_kind *k = fact_kind_find(kind);
  for (size_t i = 0; i < s->kept.count; i++) {
    const struct fragment *f = s->kept.item[i];
    if (f->kind != k || !f->data) continue;
    if (host && !str_eq(f->host, host) && (!wanted || (!str_eq(f->host, wanted->name) && !texts_have(&wanted->aliases, f->host)))) continue;
    if (fragment_fresh(s, f) && (!best || f->at > best->at)) best = f;
  }
  return best ? best->data : NULL;
}

const void *fact_keyed(const struct snapshot *s, const char *kind, const char *key, int64_t *ret_age_ms) {
  const struct fact_kind *k = fact_kind_find(kind);
  for (size_t i = 0; i < s->kept.count; i++) {
    const struct fragment *f = s->kept.item[i];
    const struct source_fact_view *row = f->kind == k && f->data && str_eq(f->key, key) ? row_of(s, f) : NULL;
    if (!row || row->stale != TRUTH_NO) continue;
    if (ret_age_ms) *ret_age_ms = row->age_ms;
    return f->data;
  }
  return NULL;
}

bool pacemaker_seen(const struct snapshot *s) {
  static const char *const kinds[] = {"pacemaker.cluster", "pacemaker.nodes", "pacemaker.resources", "pacemaker.config"};
  for (size_t i = 0; i < COUNT(kinds); i++)
    if (!fact_seen(s, kinds[i], NULL)) return false;
  return true;
}

bool libvirt_seen(const struct snapshot *s, const char *host) { return fact_seen(s, "libvirt.domains", host) != NULL; }

const struct pcmk_node *node_seen(const struct snapshot *s, const char *host) {
  const struct pcmk_nodes *n = fact_seen(s, "pacemaker.nodes", NULL);
  const struct host_view *h = snapshot_host(s, host);
  for (size_t i = 0; n && i < n->nodes.count; i++)
    if (str_eq(n->nodes.item[i].name, host) || (h && snapshot_host(s, n->nodes.item[i].name) == h)) return &n->nodes.item[i];
  return NULL;
}

const char *node_name(const struct snapshot *s, const char *host) {
  const struct pcmk_node *n = node_seen(s, host);
  return n && n->name ? n->name : host;
}

/* ---- resources ---- */

bool failure_unreadable(const struct failure_view *f) { return f->reason && (strstr(f->reason, "not installed") || strstr(f->reason, "onfiguration file") || strstr(f->reason, "does not exist")); }

int64_t fence_delay_ms(const struct snapshot *s, const char *device) {
  const struct pcmk_param *c = device ? resource_config(s, device) : NULL;
  return c ? duration_of(pairs_get(&c->params, "pcmk_delay_base"), 0) : UNKNOWN_INT;
}

bool is_fence_device(const struct resource_view *r) { return r->agent && str_starts(r->agent, "stonith:"); }
bool is_device_setup(const struct pcmk_param *p) { return str_starts(p->agent ? p->agent : "", "stonith:"); }

const struct resource_view *resource_seen(const struct snapshot *s, const char *id) { return snapshot_resource(s, id); }

const struct pcmk_param *resource_config(const struct snapshot *s, const char *id) {
  const struct pcmk_config *c = fact_seen(s, "pacemaker.config", NULL);
  for (size_t i = 0; c && i < c->resources.count; i++)
    if (str_eq(c->resources.item[i].resource, id)) return &c->resources.item[i];
  return NULL;
}

const char *resource_meta_seen(const struct snapshot *s, const char *id, const char *name) {
  const struct pcmk_param *p = resource_config(s, id);
  return p ? pairs_get(&p->meta, name) : NULL;
}

int64_t duration_of(const char *text, int64_t otherwise) {
  static const struct { const char *unit; int64_t ms; } units[] = {{"", 1000}, {"s", 1000}, {"sec", 1000}, {"ms", 1}, {"m", 60000}, {"min", 60000}, {"h", 3600000}, {"hr", 3600000}};
  char digits[16] = "", unit[8] = "";
  int64_t n;
  size_t len = text ? strspn(text, "0123456789") : 0, rest = text ? strcspn(text + len, " ") : 0;
  if (!len || len >= sizeof digits || rest >= sizeof unit) return otherwise;
  memcpy(digits, text, len);
  memcpy(unit, text + len, rest);
  if (str_int(digits, 0, 1000000000, &n)) return otherwise;
  for (size_t i = 0; i < COUNT(units); i++)
    if (!strcmp(unit, units[i].unit)) return n * units[i].ms;
  return otherwise;
}

int64_t operation_timeout(const struct snapshot *s, const char *id, const char *op) {
  const struct pcmk_param *p = resource_config(s, id);
  const char *text = p ? pairs_get(&p->ops, op) : NULL, *at = text ? strstr(text, "timeout=") : NULL;
  return at ? duration_of(at + strlen("timeout="), UNKNOWN_INT) : UNKNOWN_INT;
}

bool is_move_constraint(const char *id) { return id && (str_starts(id, "cli-prefer-") || str_starts(id, "cli-ban-")); }

const char *property_seen(const struct snapshot *s, const char *name) {
  const struct pcmk_config *c = fact_seen(s, "pacemaker.config", NULL);
  return c ? pairs_get(&c->properties, name) : NULL;
}

/* ---- where it may run ---- */

static int64_t score_of(const char *text) {
  if (!text) return 0;
  if (!strcasecmp(text, "INFINITY") || !strcasecmp(text, "+INFINITY")) return SCORE_INFINITE;
  if (!strcasecmp(text, "-INFINITY")) return -SCORE_INFINITE;
  long long n = strtoll(text, NULL, 10);
  return n > SCORE_INFINITE ? SCORE_INFINITE : n < -SCORE_INFINITE ? -SCORE_INFINITE : n;
}

/* As pacemaker adds them: minus infinity wins, then infinity. */
static int64_t score_add(int64_t a, int64_t b) {
  if (a <= -SCORE_INFINITE || b <= -SCORE_INFINITE) return -SCORE_INFINITE;
  if (a >= SCORE_INFINITE || b >= SCORE_INFINITE) return SCORE_INFINITE;
  return a + b > SCORE_INFINITE ? SCORE_INFINITE : a + b < -SCORE_INFINITE ? -SCORE_INFINITE : a + b;
}

enum truth pcmk_truth(const char *word) {
  static const char *const words[] = {"true", "on", "yes", "y", "1", "false", "off", "no", "n", "0"};
  for (size_t i = 0; word && i < COUNT(words); i++)
    if (!strcasecmp(word, words[i])) return truth_of(i < COUNT(words) / 2);
  return TRUTH_UNKNOWN;
}

int64_t placement_score(const struct snapshot *s, const char *resource, const char *host, bool without_moves, bool *ret_sure) {
  const struct pcmk_config *c = fact_seen(s, "pacemaker.config", NULL);
  const struct resource_view *r = resource_seen(s, resource);
  const char *node = node_name(s, host);
  bool said = false;
  int64_t sum = 0;
  *ret_sure = c && r && !r->parent;
  for (size_t i = 0; c && i < c->constraints.count; i++) {
    const struct pcmk_constraint *k = &c->constraints.item[i];
    if (without_moves && is_move_constraint(k->id)) continue;
    if (str_eq(k->kind, "colocation") && (str_eq(k->resource, resource) || str_eq(k->with, resource))) *ret_sure = false;
    if (!str_eq(k->kind, "location") || (!str_eq(k->resource, resource) && !(r && r->parent && str_eq(k->resource, r->parent)))) continue;
    if (k->rule || !k->node) *ret_sure = false;
    else if (str_eq(k->node, node)) sum = score_add(sum, score_of(k->score)), said = true;
  }
  bool opt_in = c && pcmk_truth(pairs_get(&c->properties, "symmetric-cluster")) == TRUTH_NO;
  for (size_t i = 0; r && i < r->fail_count.count; i++)
    if (str_eq(r->fail_count.item[i].key, host) && r->fail_count.item[i].value >= SCORE_INFINITE) return -SCORE_INFINITE;
  return opt_in && !said ? -SCORE_INFINITE : sum;
}

struct texts nodes_online(const struct snapshot *s, struct arena *a) {
  struct texts t = {0};
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i];
    const struct pcmk_node *n = node_seen(s, h->name);
    if (n && n->online == TRUTH_YES && n->pending != TRUTH_YES && n->standby == TRUTH_NO && n->standby_onfail != TRUTH_YES && n->maintenance == TRUTH_NO && n->unclean == TRUTH_NO && n->shutdown != TRUTH_YES) texts_add(a, &t, h->name);
  }
  return t;
}

struct texts resources_on(const struct snapshot *s, const char *host, struct arena *a) {
  const struct host_view *h = snapshot_host(s, host);
  struct texts t = {0};
  for (size_t i = 0; i < s->resources.count; i++) {
    const struct resource_view *r = &s->resources.item[i];
    if (!is_fence_device(r) && h && texts_have(&r->hosts, h->name) && !texts_have(&t, r->id)) texts_add(a, &t, r->id);
  }
  return t;
}

struct texts domains_on(const struct snapshot *s, const char *host, struct arena *a) {
  const struct host_view *h = snapshot_host(s, host);
  struct texts t = {0};
  for (size_t i = 0; i < s->domains.count; i++)
    if (h && texts_have(&s->domains.item[i].hosts, h->name)) texts_add(a, &t, s->domains.item[i].name);
  return t;
}

const char *names_of(const struct texts *t, struct arena *a) {
  CLEANUP(str_free) struct str out = {0};
  size_t shown = t->count > NAMED_MAX ? NAMED_MAX - 1 : t->count;
  for (size_t i = 0; i < shown; i++) str_addf(&out, "%s%s", i ? ", " : "", t->item[i]);
  if (shown < t->count) str_addf(&out, " and %zu more", t->count - shown);
  return t->count ? arena_strdup(a, str_text(&out)) : "nothing";
}

/* ---- heals ---- */

enum truth heals_quiet(const struct snapshot *s, struct arena *a, const char **saw) {
  enum truth all = TRUTH_YES;
  if (!fact_seen(s, "gluster.volumes", NULL)) return *saw = "gluster's volumes are not read", TRUTH_UNKNOWN;
  for (size_t i = 0; i < s->volumes.count; i++) {
    const struct volume_view *v = &s->volumes.item[i];
    if (!str_eq(v->status, "started") || (v->replica < 2 && v->disperse < 1)) continue;
    bool known = v->heal_pending != UNKNOWN_INT && !v->stale.count;
    if (known && v->heal_pending == 0) continue;
    if (all == TRUTH_YES || known) *saw = known ? arena_printf(a, "%s has %" PRId64 " entries to heal", v->name, v->heal_pending) : arena_printf(a, "what %s has to heal is not known", v->name);
    all = known || all == TRUTH_NO ? TRUTH_NO : TRUTH_UNKNOWN;
  }
  return all;
}

/* ---- migrations ---- */

static const struct libvirt_job *job_on(const struct snapshot *s, const char *host, const char *domain) {
  const struct libvirt_jobs *j = fact_seen(s, "libvirt.jobs", host);
  for (size_t k = 0; j && k < j->jobs.count; k++)
    if (str_eq(j->jobs.item[k].name, domain)) return &j->jobs.item[k];
  return NULL;
}

const struct libvirt_job *job_seen(const struct snapshot *s, const char *domain, const char **ret_host) {
  const struct libvirt_job *j = NULL;
  for (size_t i = 0; !j && i < s->hosts.count; i++)
    if ((j = job_on(s, s->hosts.item[i].name, domain)) != NULL) *ret_host = s->hosts.item[i].name;
  return j;
}

/* Whether any reading, fresh or not, names a job of that domain: hardly ever, and it is asked for every domain in a list. */
static bool has_job(const struct snapshot *s, const char *domain) {
  for (size_t i = 0; i < s->jobs.count; i++)
    for (size_t k = 0; k < s->jobs.item[i]->jobs.count; k++)
      if (str_eq(s->jobs.item[i]->jobs.item[k].name, domain)) return true;
  return false;
}

/* Only the host that it leaves says how it goes, and that is one of its own. */
static const struct libvirt_job *migration_of(const struct snapshot *s, const struct domain_view *d) {
  if (!d->name || !has_job(s, d->name)) return NULL;
  for (size_t i = 0; i < d->hosts.count; i++) {
    const struct libvirt_job *j = job_on(s, d->hosts.item[i], d->name);
    if (j && str_eq(j->type, "migration out")) return j;
  }
  return NULL;
}

static int percent_sent(const struct libvirt_job *j) {
  return j && j->total > 0 && j->remaining >= 0 && j->remaining <= j->total ? (int)((double)(j->total - j->remaining) * 100 / (double)j->total) : -1;
}

int migration_percent(const struct snapshot *s, const struct domain_view *d) { return percent_sent(migration_of(s, d)); }

const char *migration_words(const struct snapshot *s, const struct domain_view *d, struct arena *a) {
  const struct libvirt_job *j = migration_of(s, d);
  CLEANUP(str_free) struct str out = {0};
  char size[SIZE_TEXT];
  if (!j) return NULL;
  if (percent_sent(j) >= 0) str_addf(&out, "%d%% of %s sent", percent_sent(j), str_size(size, j->total));
  else str_add(&out, "being copied");
  if (j->rate > 0) str_addf(&out, ", %s/s", str_size(size, j->rate));
  if (j->dirty_rate >= 0) str_addf(&out, ", dirtied %s/s", str_size(size, j->dirty_rate));
  int64_t limit = d->resource ? operation_timeout(s, d->resource, "migrate_to") : UNKNOWN_INT;
  if (j->elapsed_ms >= 0) str_addf(&out, ", %" PRId64 " s", j->elapsed_ms / 1000);
  if (j->elapsed_ms >= 0 && limit > 0) str_addf(&out, " of the %" PRId64 " s that pacemaker gives it", limit / 1000);
  return arena_strdup(a, str_text(&out));
}

/* ---- fence devices ---- */

/* "kvm01 kvm02", "kvm01,kvm02", "kvm01:1;kvm02:2": the names are up to the plug. */
static bool names(const char *list, const char *node) {
  size_t len = strlen(node);
  for (const char *at = list; at && (at = strstr(at, node)) != NULL; at += len)
    if ((at == list || strchr(" ,;", at[-1])) && (!at[len] || strchr(" ,;:", at[len]))) return true;
  return false;
}

static bool level_names(const struct pcmk_config *c, const char *node, const char *device) {
  for (size_t i = 0; i < c->levels.count; i++)
    if (str_eq(c->levels.item[i].target, node) && texts_have(&c->levels.item[i].devices, device)) return true;
  return false;
}

const char *fence_device_of(const struct snapshot *s, const char *host, bool *ret_any) {
  const struct pcmk_config *c = fact_seen(s, "pacemaker.config", NULL);
  const char *node = node_name(s, host);
  if (ret_any) *ret_any = false;
  for (size_t i = 0; c && i < c->resources.count; i++) {
    const struct pcmk_param *p = &c->resources.item[i];
    if (!is_device_setup(p)) continue;
    const char *list = pairs_get(&p->params, "pcmk_host_list"), *map = pairs_get(&p->params, "pcmk_host_map");
    if (names(list, node) || names(map, node) || level_names(c, node, p->resource)) return p->resource;
    if (ret_any) *ret_any |= !list && !map;
  }
  return NULL;
}
