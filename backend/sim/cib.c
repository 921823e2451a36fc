#include "sim/cib.h"
#include "base/clock.h"
#include "sim/pacemaker.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char own_set[] = "cib-bootstrap-options"; /* the tools' own set of properties */

const char *cluster_property(const struct world *w, const char *name) {
  const char *value = pairs_get(&w->properties, name);
  EACH(w->sets, struct sim_property_set, s)
    EACH(s->items, struct sim_nvpair, n)
      if (!value && str_eq(n->name, name)) value = n->value;
  return value;
}

static struct sim_property_set *set_called(const struct world *w, const char *id) {
  EACH(w->sets, struct sim_property_set, s)
    if (str_eq(s->id, id)) return s;
  return NULL;
}

static struct sim_nvpair *pair_called(const struct sim_property_set *s, const char *name) {
  for (size_t i = 0; s && i < s->items.count; i++)
    if (str_eq(s->items.item[i].name, name)) return &s->items.item[i];
  return NULL;
}

const char *property_in(const struct world *w, const char *set, const char *name) {
  if (str_eq(set, own_set)) return pairs_get(&w->properties, name);
  const struct sim_nvpair *n = pair_called(set_called(w, set), name);
  return n ? n->value : NULL;
}

bool property_set_in(struct world *w, const char *set, const char *name, const char *value) {
  bool was = property_in(w, set, name) != NULL;
  if (str_eq(set, own_set)) {
    set_pair(w, &w->properties, name, value);
    return was;
  }
  struct sim_property_set *s = set_called(w, set);
  if (!value) {
    if (was) drop_item(&s->items, sizeof *s->items.item, (size_t)(pair_called(s, name) - s->items.item));
    return was;
  }
  if (!s) {
    s = list_add(w->arena, &w->sets, &sim_property_set_shape);
    s->id = world_word(w, set);
  }
  struct sim_nvpair *n = pair_called(s, name);
  if (!n) {
    CLEANUP(mem_freep) char *id = mem_printf("%s-%s", set, name); /* as crm_attribute makes it */
    n = list_add(w->arena, &s->items, &sim_nvpair_shape);
    n->id = world_word(w, id), n->name = world_word(w, name);
  }
  n->value = world_word(w, value);
  return was;
}

/* ---- from the world ---- */

static struct element *add(struct arena *a, struct element *parent, const char *name, const char *id) {
  struct element *e = element_new(a, parent, name);
  if (id) element_set(a, e, "id", id);
  return e;
}

static void add_nvpair(struct arena *a, struct element *set, const char *id, const char *name, const char *value) {
  struct element *e = add(a, set, "nvpair", id);
  element_set(a, e, "name", name);
  element_set(a, e, "value", value);
}

/* A set whose id and whose pairs' ids are made from its owner's, as the tools make them. */
static void add_set(struct arena *a, struct element *parent, const char *element, const char *id, const struct pairs *p) {
  if (!p->count) return;
  struct element *set = add(a, parent, element, id);
  for (size_t i = 0; i < p->count; i++) add_nvpair(a, set, arena_printf(a, "%s-%s", id, p->item[i].key), p->item[i].key, p->item[i].value);
}

static void add_properties(const struct world *w, struct arena *a, struct element *configuration) {
  struct element *config = add(a, configuration, "crm_config", NULL);
  add_set(a, config, "cluster_property_set", own_set, &w->properties);
  EACH(w->sets, struct sim_property_set, s) {
    struct element *set = add(a, config, "cluster_property_set", s->id);
    EACH(s->items, struct sim_nvpair, n) add_nvpair(a, set, n->id, n->name, n->value);
  }
}

static void add_nodes(const struct world *w, struct arena *a, struct element *configuration) {
  struct element *nodes = add(a, configuration, "nodes", NULL);
  EACH(w->hosts, struct sim_host, h) {
    if (!KNOWN(h->node_id)) continue;
    const char *id = arena_printf(a, "%" PRId64, h->node_id);
    struct element *n = add(a, nodes, "node", id);
    struct pairs all = {0};
    element_set(a, n, "uname", h->name);
    if (YES(h->standby)) pairs_add(a, &all, "standby", "on");
    if (YES(h->maintenance)) pairs_add(a, &all, "maintenance", "on");
    for (size_t i = 0; i < h->attributes.count; i++) pairs_add(a, &all, h->attributes.item[i].key, h->attributes.item[i].value);
    add_set(a, n, "instance_attributes", arena_printf(a, "nodes-%s", id), &all);
    add_set(a, n, "utilization", arena_printf(a, "nodes-%s-utilization", id), &h->utilization);
  }
}

/* "timeout=60s interval=0s": its attributes; the id ends with the interval. */
static void add_operation(struct arena *a, struct element *list, const char *resource, const struct pair *op) {
  struct element *e = element_new(a, list, "op");
  const char *interval = "0s";
  element_set(a, e, "name", op->key);
  for (const char *p = op->value; *p;) {
    size_t len = strcspn(p, " "), name = strcspn(p, "=");
    if (name < len) element_set(a, e, arena_strndup(a, p, name), arena_strndup(a, p + name + 1, len - name - 1));
    p += len + (p[len] == ' ');
  }
  if (element_get(e, "interval")) interval = element_get(e, "interval");
  element_set(a, e, "id", arena_printf(a, "%s-%s-interval-%s", resource, op->key, interval));
}

static void add_resources(const struct world *w, struct arena *a, struct element *configuration) {
  struct element *list = add(a, configuration, "resources", NULL);
  EACH(w->resources, struct sim_resource, r) {
    struct element *e = add(a, list, "primitive", r->id);
    const char *first = strchr(r->agent, ':'), *second = first ? strchr(first + 1, ':') : NULL;
    element_set(a, e, "class", first ? arena_strndup(a, r->agent, (size_t)(first - r->agent)) : r->agent);
    element_set(a, e, "type", second ? second + 1 : first ? first + 1 : r->agent);
    if (second) element_set(a, e, "provider", arena_strndup(a, first + 1, (size_t)(second - first - 1)));
    add_set(a, e, "instance_attributes", arena_printf(a, "%s-instance_attributes", r->id), &r->params);
    add_set(a, e, "meta_attributes", arena_printf(a, "%s-meta_attributes", r->id), &r->meta);
    struct element *ops = r->ops.count ? add(a, e, "operations", NULL) : NULL;
    for (size_t i = 0; i < r->ops.count; i++) add_operation(a, ops, r->id, &r->ops.item[i]);
    add_set(a, e, "utilization", arena_printf(a, "%s-utilization", r->id), &r->utilization);
  }
}

static void set_if(struct arena *a, struct element *e, const char *name, const char *value) {
  if (value) element_set(a, e, name, value);
}

static void add_constraints(const struct world *w, struct arena *a, struct element *configuration) {
  struct element *list = add(a, configuration, "constraints", NULL);
  EACH(w->constraints, struct pcmk_constraint, c) {
    bool order = str_eq(c->kind, "order"), together = str_eq(c->kind, "colocation");
    struct element *e = add(a, list, order ? "rsc_order" : together ? "rsc_colocation" : "rsc_location", c->id);
    set_if(a, e, order ? "first" : "rsc", c->resource);
    set_if(a, e, order ? "then" : "with-rsc", c->with);
    set_if(a, e, "role", c->role);
    set_if(a, e, "node", c->node);
    set_if(a, e, order ? "kind" : "score", c->score);
  }
}

static void add_levels(const struct world *w, struct arena *a, struct element *configuration) {
  struct element *list = w->levels.count ? add(a, configuration, "fencing-topology", NULL) : NULL;
  EACH(w->levels, struct pcmk_level, l) {
    struct str devices = {0};
    struct element *e = add(a, list, "fencing-level", arena_printf(a, "fl-%s-%" PRId64, l->target, l->index));
    element_set(a, e, "target", l->target);
    element_set(a, e, "index", arena_printf(a, "%" PRId64, l->index));
    for (size_t i = 0; i < l->devices.count; i++) str_addf(&devices, "%s%s", i ? "," : "", l->devices.item[i]);
    element_set(a, e, "devices", str_text(&devices));
    str_free(&devices);
  }
}

/* Of the status section only what an operator sets: attributes that last until the node leaves. */
static void add_status(const struct world *w, const struct sim_host *viewer, struct arena *a, struct element *cib) {
  struct element *status = add(a, cib, "status", NULL);
  EACH(w->hosts, struct sim_host, h) {
    struct pairs open = {0};
    if (!KNOWN(h->node_id) || !node_online(viewer, h)) continue;
    const char *id = arena_printf(a, "%" PRId64, h->node_id);
    struct element *state = add(a, status, "node_state", id);
    element_set(a, state, "uname", h->name);
    EACH(w->attributes, struct sim_attribute, x)
      if (!YES(x->hidden) && pairs_get(&x->values, h->name) && *pairs_get(&x->values, h->name)) pairs_add(a, &open, x->name, pairs_get(&x->values, h->name));
    struct element *own = open.count ? add(a, state, "transient_attributes", id) : NULL;
    add_set(a, own ? own : state, "instance_attributes", arena_printf(a, "status-%s", id), &open);
  }
}

struct element *cib_tree(const struct world *w, const struct sim_host *viewer, struct arena *a) {
  struct element *cib = element_new(a, NULL, "cib");
  const struct sim_host *dc = viewer->dc ? world_host(w, viewer->dc) : NULL;
  const char *epoch = arena_printf(a, "%" PRId64, w->cib_epoch);
  const char *const head[][2] = {{"crm_feature_set", "3.16.1"}, {"validate-with", "pacemaker-3.9"}, {"epoch", epoch}, {"num_updates", "0"}, {"admin_epoch", "0"},
                                 {"have-quorum", YES(viewer->quorate) ? "1" : "0"}, {"dc-uuid", dc ? arena_printf(a, "%" PRId64, dc->node_id) : NULL}};
  for (size_t i = 0; i < COUNT(head); i++) set_if(a, cib, head[i][0], head[i][1]);
  struct element *configuration = element_new(a, cib, "configuration");
  add_properties(w, a, configuration);
  add_nodes(w, a, configuration);
  add_resources(w, a, configuration);
  add_constraints(w, a, configuration);
  add_levels(w, a, configuration);
  struct element *defaults = w->defaults.count ? add(a, configuration, "rsc_defaults", NULL) : NULL;
  if (defaults) add_set(a, defaults, "meta_attributes", "rsc_defaults-meta_attributes", &w->defaults);
  add_status(w, viewer, a, cib);
  return cib;
}

struct element *cib_section(struct element *cib, const char *scope) {
  struct element *configuration = element_child(cib, "configuration");
  if (!scope || str_eq(scope, "cib")) return cib;
  if (str_eq(scope, "configuration")) return configuration;
  if (str_eq(scope, "status")) return element_child(cib, "status");
  return element_child(configuration, scope);
}

static bool seen_before(struct map *ids, const struct element *e) {
  const char *id = str_eq(e->name, "node") || str_eq(e->name, "node_state") || str_eq(e->name, "transient_attributes") ? NULL : element_get(e, "id");
  if (id && map_get(ids, id) != MAP_NONE) return true;
  if (id) map_add(ids, id, 1);
  for (const struct element *c = e->first; c; c = c->next)
    if (seen_before(ids, c)) return true;
  return false;
}

bool cib_same_id(struct element *cib) {
  CLEANUP(map_free) struct map ids = {0};
  return seen_before(&ids, cib);
}

/* ---- back into the world ---- */

static char *text_of(const struct element *e) {
  struct str out = {0};
  if (e) element_print(e, 0, &out);
  return str_take(&out);
}

/* What is simulated elsewhere is changed by its own commands. */
static bool rest_unchanged(const struct world *w, const struct sim_host *viewer, const struct element *cib) {
  static const char *const taken[] = {"crm_config", "nodes", "constraints"};
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct element *before = cib_tree(w, viewer, a), *after = element_copy(a, NULL, cib);
  for (size_t i = 0; i < COUNT(taken); i++) {
    struct element *old = cib_section(before, taken[i]), *now = cib_section(after, taken[i]);
    if (!old || !now) return false;
    old->first = old->last = now->first = now->last = NULL;
  }
  CLEANUP(mem_freep) char *x = text_of(before), *y = text_of(after);
  return str_eq(x, y);
}

static bool is_set(const struct element *e, const char *element) {
  if (!str_eq(e->name, element) || !element_get(e, "id")) return false;
  for (const struct element *n = e->first; n; n = n->next)
    if (!str_eq(n->name, "nvpair") || !element_get(n, "id") || !element_get(n, "name") || !element_get(n, "value")) return false;
  return true;
}

static bool sets_readable(const struct element *section) {
  for (const struct element *s = section->first; s; s = s->next)
    if (!is_set(s, "cluster_property_set")) return false;
  return true;
}

static bool nodes_readable(const struct world *w, const struct element *section) {
  size_t known = 0, listed = 0;
  EACH(w->hosts, struct sim_host, h) known += KNOWN(h->node_id);
  for (const struct element *n = section->first; n; n = n->next) {
    const struct sim_host *h = element_get(n, "uname") ? world_host(w, element_get(n, "uname")) : NULL;
    if (!str_eq(n->name, "node") || !h || !KNOWN(h->node_id)) return false;
    listed++;
    for (const struct element *s = n->first; s; s = s->next)
      if (!is_set(s, "instance_attributes") && !is_set(s, "utilization")) return false;
  }
  return known == listed;
}

static bool constraints_readable(const struct world *w, const struct element *section) {
  for (const struct element *c = section->first; c; c = c->next) {
    bool known = false;
    EACH(w->constraints, struct pcmk_constraint, x) known |= str_eq(x->id, element_get(c, "id"));
    bool plain = str_eq(c->name, "rsc_location") && !c->first && element_get(c, "id") && element_get(c, "rsc") && element_get(c, "node") && element_get(c, "score");
    if (!plain && !known) return false;
  }
  return true;
}

static void take_properties(struct world *w, const struct element *section) {
  w->properties.count = w->sets.count = 0;
  for (const struct element *s = section->first; s; s = s->next) {
    bool own = str_eq(element_get(s, "id"), own_set);
    struct sim_property_set *set = own ? NULL : list_add(w->arena, &w->sets, &sim_property_set_shape);
    if (set) *set = (struct sim_property_set){.id = world_word(w, element_get(s, "id"))};
    for (const struct element *n = s->first; n; n = n->next) {
      const char *name = element_get(n, "name"), *value = element_get(n, "value");
      if (own) set_pair(w, &w->properties, name, value);
      else *(struct sim_nvpair *)list_add(w->arena, &set->items, &sim_nvpair_shape) = (struct sim_nvpair){world_word(w, element_get(n, "id")), world_word(w, name), world_word(w, value)};
    }
  }
}

void node_attribute_set(struct world *w, struct sim_host *h, const char *name, const char *value) {
  if (str_eq(name, "standby")) h->standby = truth_of(value && is_true(value));
  else if (str_eq(name, "maintenance")) h->maintenance = truth_of(value && is_true(value));
  else set_pair(w, &h->attributes, name, value);
}

static void take_node(struct world *w, const struct element *n) {
  struct sim_host *h = world_host(w, element_get(n, "uname"));
  h->standby = h->maintenance = TRUTH_NO;
  h->attributes.count = h->utilization.count = 0;
  for (const struct element *s = n->first; s; s = s->next)
    for (const struct element *p = s->first; p; p = p->next) {
      const char *name = element_get(p, "name"), *value = element_get(p, "value");
      if (str_eq(s->name, "utilization")) set_pair(w, &h->utilization, name, value);
      else node_attribute_set(w, h, name, value);
    }
}

static const struct element *with_id(const struct element *section, const char *id) {
  for (const struct element *c = section->first; c; c = c->next)
    if (str_eq(element_get(c, "id"), id)) return c;
  return NULL;
}

static void take_constraints(struct world *w, const struct element *section) {
  for (size_t i = 0; i < w->constraints.count; i++)
    if (!with_id(section, w->constraints.item[i].id)) drop_item(&w->constraints, sizeof *w->constraints.item, i--);
  for (const struct element *c = section->first; c; c = c->next) {
    if (!str_eq(c->name, "rsc_location") || !element_get(c, "node")) continue;
    const char *id = element_get(c, "id");
    struct pcmk_constraint *x = NULL;
    EACH(w->constraints, struct pcmk_constraint, o)
      if (str_eq(o->id, id)) x = o;
    if (!x) x = add_location(w, id, element_get(c, "rsc"), NULL, NULL);
    x->resource = world_word(w, element_get(c, "rsc")), x->node = world_word(w, element_get(c, "node"));
    x->score = world_word(w, element_get(c, "score")), x->role = world_word(w, element_get(c, "role"));
  }
}

int cib_take(struct world *w, const struct sim_host *viewer, struct element *cib) {
  const struct element *config = cib_section(cib, "crm_config"), *nodes = cib_section(cib, "nodes"), *constraints = cib_section(cib, "constraints");
  if (!config || !nodes || !constraints || !sets_readable(config) || !nodes_readable(w, nodes) || !constraints_readable(w, constraints)) return -ENOTSUP;
  if (!rest_unchanged(w, viewer, cib)) return -ENOTSUP;
  take_properties(w, config);
  for (const struct element *n = nodes->first; n; n = n->next) take_node(w, n);
  take_constraints(w, constraints);
  return 0;
}

/* ---- attrd ---- */

struct sim_attribute *attribute_of(const struct world *w, const char *name) {
  EACH(w->attributes, struct sim_attribute, x)
    if (str_eq(x->name, name)) return x;
  return NULL;
}

void attribute_set(struct world *w, const char *name, const char *node, const char *value, bool hidden) {
  struct sim_attribute *x = attribute_of(w, name);
  if (!x && !value) return;
  if (!x) {
    x = list_add(w->arena, &w->attributes, &sim_attribute_shape);
    *x = (struct sim_attribute){.name = world_word(w, name), .hidden = truth_of(hidden)};
  }
  set_pair(w, &x->values, node, value);
}

void attributes_forget(struct world *w, const char *node) {
  EACH(w->attributes, struct sim_attribute, x) set_pair(w, &x->values, node, NULL);
}
