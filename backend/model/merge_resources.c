/* Pacemaker's resources, failures, fencing history and constraints, in the contract's words. */
#include "model/merge.h"
#include <strings.h>

static const struct { const char *word; enum ha_role role; } role_words[] = {
    {"Started", HA_STARTED},     {"Stopped", HA_STOPPED},   {"Promoted", HA_PROMOTED}, {"Master", HA_PROMOTED},
    {"Unpromoted", HA_UNPROMOTED}, {"Slave", HA_UNPROMOTED}, {"Starting", HA_STARTING}, {"Stopping", HA_STOPPING},
    {"Migrating", HA_MIGRATING}};

/* What is under way ("Migrating", "Starting") says more than the role it leaves; a recurring monitor is no change. */
static int role_of(const struct pcmk_resource *r) {
  const char *word = r->role;
  if (r->pending && strcasecmp(r->pending, "Monitoring") && strcasecmp(r->pending, "Checking")) word = r->pending;
  for (int turn = 0; word && turn < 2; turn++, word = r->role)
    for (size_t i = 0; i < COUNT(role_words); i++)
      if (!strcasecmp(word, role_words[i].word)) return role_words[i].role;
  return HA_UNKNOWN;
}

static void name_hosts(struct merge *m, struct texts *to, const struct texts *from) {
  for (size_t i = 0; i < from->count; i++) texts_add(m->arena, to, merge_name(m, from->item[i]));
}

static int by_id(const void *a, const void *b) {
  const struct resource_view *x = a, *y = b;
  int c = str_natural(x->id, y->id);
  if (!c) c = str_natural(x->instance, y->instance);
  return c ? c : str_order(x->hosts.count ? x->hosts.item[0] : NULL, y->hosts.count ? y->hosts.item[0] : NULL);
}

static void merge_running(struct merge *m) {
  struct texts stale = {0};
  const struct pcmk_resources *p = merge_take(m, "pacemaker.resources", NULL, NULL, &stale);
  for (size_t i = 0; p && i < p->resources.count; i++) {
    const struct pcmk_resource *r = &p->resources.item[i];
    struct resource_view *v = list_add(m->arena, &m->snap->resources, &resource_view_shape);
    v->id = r->id;
    v->instance = r->instance;
    v->parent = r->parent;
    v->agent = r->agent;
    v->role = role_of(r);
    v->managed = r->managed;
    v->failed = r->failed;
    v->blocked = r->blocked;
    v->orphaned = r->orphaned;
    v->disabled = r->disabled != TRUTH_UNKNOWN ? r->disabled : truth_of(r->target_role && !strcasecmp(r->target_role, "Stopped"));
    name_hosts(m, &v->hosts, &r->nodes);
    for (size_t j = 0; j < r->fail_count.count; j++)
      tallies_raise(m->arena, &v->fail_count, merge_name(m, r->fail_count.item[j].key), r->fail_count.item[j].value);
    if (stale.count) merge_mark(m, &v->stale, LAYER_PACEMAKER);
  }
  if (m->snap->resources.count) qsort(m->snap->resources.item, m->snap->resources.count, sizeof *m->snap->resources.item, by_id);
}

static void merge_history(struct merge *m) {
  const struct pcmk_failures *f = merge_take(m, "pacemaker.failures", NULL, NULL, NULL);
  for (size_t i = 0; f && i < f->failures.count; i++) {
    const struct pcmk_failure *from = &f->failures.item[i];
    struct failure_view *v = list_add(m->arena, &m->snap->failures, &failure_view_shape);
    *v = (struct failure_view){from->resource, from->node ? merge_name(m, from->node) : NULL, from->task, from->reason, from->at};
  }
  const struct pcmk_fencing *h = merge_take(m, "pacemaker.fencing", NULL, NULL, NULL);
  for (size_t i = 0; h && i < h->events.count; i++) {
    const struct pcmk_fence_event *from = &h->events.item[i];
    struct fencing_view *v = list_add(m->arena, &m->snap->fencing, &fencing_view_shape);
    *v = (struct fencing_view){.target = from->target ? merge_name(m, from->target) : NULL, .action = from->action, .result = from->status, .client = from->client,
                               .origin = from->origin, .delegate = from->delegate, .at = from->at};
  }
}

static void merge_constraints(struct merge *m) {
  const struct pcmk_config *c = merge_take(m, "pacemaker.config", NULL, NULL, NULL);
  for (size_t i = 0; c && i < c->constraints.count; i++) {
    const struct pcmk_constraint *from = &c->constraints.item[i];
    struct constraint_view *v = list_add(m->arena, &m->snap->constraints, &constraint_view_shape);
    *v = (struct constraint_view){.id = from->id, .kind = from->kind, .resource = from->resource, .with = from->with,
                                  .host = from->node ? merge_name(m, from->node) : NULL, .score = from->score,
                                  .from_move = truth_of(str_starts(from->id, "cli-prefer-") || str_starts(from->id, "cli-ban-"))};
  }
}

void merge_resources(struct merge *m) {
  merge_running(m);
  merge_history(m);
  merge_constraints(m);
}
