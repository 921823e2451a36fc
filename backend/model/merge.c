#include "model/merge.h"
#include <string.h>

static const struct shape kept_shape = {.name = "kept", .size = sizeof(struct fragment *), .fields = (const struct field[]){{.name = NULL}}};

void merge_mark(struct merge *m, struct texts *stale, enum layer layer) {
  if (stale && !texts_have(stale, layer_names[layer])) texts_add(m->arena, stale, layer_names[layer]);
}

const void *merge_take(struct merge *m, const char *kind, const char *host, const char *key, struct texts *stale) {
  const struct fact *f = store_fact(m->store, kind, host, key);
  if (!f) return NULL;
  if (store_stale(m->store, f, m->snap->now)) merge_mark(m, stale, f->fragment->kind->layer);
  return f->fragment->data;
}

struct host_view *merge_host(struct merge *m, const char *name) {
  int64_t at = map_get(&m->host_index, name);
  return at == MAP_NONE ? NULL : &m->snap->hosts.item[at];
}

const char *merge_name(struct merge *m, const char *name) {
  const struct host_view *h = merge_host(m, name);
  return h ? h->name : name;
}

static void merge_cluster(struct merge *m) {
  struct cluster_view *c = &m->snap->cluster;
  const struct corosync_cluster *cc = merge_take(m, "corosync.cluster", NULL, NULL, &c->stale);
  if (cc) {
    c->name = cc->name;
    c->quorate = cc->quorate;
    c->votes = cc->votes;
    c->expected_votes = cc->expected_votes;
    c->quorum = cc->quorum;
    c->two_node = cc->two_node;
    c->wait_for_all = cc->wait_for_all;
    c->last_man_standing = cc->last_man_standing;
    c->auto_tie_breaker = cc->auto_tie_breaker;
    c->qdevice = cc->qdevice;
  }
  const struct pcmk_cluster *pc = merge_take(m, "pacemaker.cluster", NULL, NULL, &c->stale);
  if (pc) {
    c->dc = pc->dc ? merge_name(m, pc->dc) : NULL;
    c->fencing = pc->fencing;
    c->maintenance = pc->maintenance;
    c->no_quorum_policy = pc->no_quorum_policy;
    c->pacemaker_version = pc->dc_version;
    if (c->quorate == TRUTH_UNKNOWN || pc->quorate == TRUTH_NO) c->quorate = pc->quorate; /* either may lose it first */
  }
  const struct pcmk_config *config = merge_take(m, "pacemaker.config", NULL, NULL, NULL);
  if (config && !c->name) c->name = pairs_get(&config->properties, "cluster-name");
}

/* A pair of the CIB may be anybody's: what is not sound is kept by its key alone, so that it can be taken away. */
static void merge_acknowledgements(struct merge *m) {
  const struct pcmk_config *c = merge_take(m, "pacemaker.config", NULL, NULL, NULL);
  struct acknowledgement k;
  for (size_t i = 0; c && i < c->properties.count && m->snap->acknowledgements.count < ACKNOWLEDGED_MAX; i++)
    if (acknowledged_read(c->properties.item[i].key, c->properties.item[i].value, m->arena, &k))
      *(struct acknowledgement *)list_add(m->arena, &m->snap->acknowledgements, &acknowledgement_shape) = k;
}

static void merge_source_facts(struct merge *m, struct source_view *v, enum layer layer) {
  for (size_t i = 0; i < m->store->fact_count; i++) {
    const struct fact *f = &m->store->facts[i];
    if (f->fragment->kind->layer != layer || !str_eq(f->fragment->host, v->host) || !f->fragment->data) continue;
    struct source_fact_view *row = list_add(m->arena, &v->facts, &source_fact_view_shape);
    row->kind = f->fragment->kind->name;
    row->key = f->fragment->key;
    row->age_ms = m->snap->now - f->seen;
    row->stale_after_ms = fact_stale_after(f->fragment->kind);
    row->stale = truth_of(store_stale(m->store, f, m->snap->now));
  }
}

static int by_kind_and_key(const void *a, const void *b) {
  const struct source_fact_view *x = a, *y = b;
  int c = str_order(x->kind, y->kind);
  return c ? c : str_order(x->key, y->key);
}

static int by_layer_and_host(const void *a, const void *b) {
  const struct source_view *x = a, *y = b;
  int c = str_order(x->name, y->name);
  return c ? c : str_natural(x->host, y->host);
}

static void merge_sources(struct merge *m) {
  struct snapshot *snap = m->snap;
  for (size_t i = 0; i < m->store->source_count; i++) {
    const struct source *src = &m->store->sources[i];
    struct source_view *v = list_add(m->arena, &snap->sources, &source_view_shape);
    v->name = layer_names[src->layer];
    v->host = arena_strdup(m->arena, src->host);
    v->state = (int)source_state_now(src, snap->now);
    v->age_ms = src->seen == UNKNOWN_INT ? UNKNOWN_INT : snap->now - src->seen;
    v->text = arena_strdup(m->arena, src->text);
    merge_source_facts(m, v, src->layer);
    if (v->facts.count) qsort(v->facts.item, v->facts.count, sizeof *v->facts.item, by_kind_and_key);
  }
  if (snap->sources.count) qsort(snap->sources.item, snap->sources.count, sizeof *snap->sources.item, by_layer_and_host);
}

static void keep_fragments(struct merge *m) {
  const struct fact_kind *jobs = fact_kind_find("libvirt.jobs");
  m->snap->jobs.item = arena_array(m->arena, m->store->fact_count, sizeof *m->snap->jobs.item);
  for (size_t i = 0; i < m->store->fact_count; i++) {
    struct fragment *f = fragment_keep(m->store->facts[i].fragment);
    const struct libvirt_jobs *j = f->kind == jobs ? f->data : NULL;
    *(struct fragment **)list_add(m->arena, &m->snap->kept, &kept_shape) = f;
    if (j && j->jobs.count) m->snap->jobs.item[m->snap->jobs.count++] = j;
  }
}

struct snapshot *snapshot_make(const struct store *s, int64_t now, int64_t at, const struct merge_options *o, const struct snapshot *before) {
  static const struct merge_options none;
  struct arena *a = arena_new();
  struct snapshot *snap = arena_alloc(a, sizeof *snap);
  shape_init(&snapshot_shape, snap);
  snap->references = 1;
  snap->arena = a;
  snap->schema = 1;
  snap->at = at;
  snap->now = now;
  snap->version = s->version;
  snap->who = o ? arena_strdup(a, o->who) : NULL;
  struct merge m = {.store = s, .options = o ? o : &none, .before = before, .snap = snap, .arena = a, .identity = {.arena = a}};
  keep_fragments(&m);
  merge_hosts(&m);
  merge_sources(&m);
  merge_cluster(&m);
  merge_gluster(&m);
  merge_resources(&m);
  merge_domains(&m);
  snapshot_index(snap);
  merge_acknowledgements(&m);
  merge_problems(&m);
  if (m.options->judge) m.options->judge(snap);
  identity_free(&m.identity);
  map_free(&m.host_index);
  return snap;
}
