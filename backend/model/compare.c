#include "model/compare.h"
#include "base/map.h"
#include "model/problem.h"
#include <string.h>

#define T struct change
SHAPE(change_shape, T, FIELD(T, group, TEXT), FIELD(T, subject, TEXT), FIELD(T, what, TEXT), FIELD(T, from, TEXT), FIELD(T, to, TEXT), FIELD(T, from_old, BOOL), FIELD(T, to_old, BOOL));
#undef T

struct compared { /* a list of the snapshot, or of one of its items */
  const char *group, *list, *key, *key2; /* "cluster" is the object; key2: a second part of the name, or NULL */
  const char *between;                   /* the two parts */
  enum about about;
  enum layer layer; /* that its fields are read from, where origins[] does not say otherwise */
};
static const struct compared compared[] = {
    {"cluster", "cluster", NULL, NULL, NULL, ABOUT_CLUSTER, LAYER_PACEMAKER},
    {"host", "hosts", "name", NULL, NULL, ABOUT_HOST, LAYER_LIBVIRT},
    {"volume", "volumes", "name", NULL, NULL, ABOUT_VOLUME, LAYER_GLUSTER},
    {"domain", "domains", "name", NULL, NULL, ABOUT_DOMAIN, LAYER_LIBVIRT},
    {"resource", "resources", "id", "instance", ":", ABOUT_RESOURCE, LAYER_PACEMAKER},
    {"constraint", "constraints", "id", NULL, NULL, ABOUT_CONSTRAINT, LAYER_PACEMAKER},
    {"source", "sources", "name", "host", "@", ABOUT_SOURCE, LAYER_NONE},
};
static const struct compared bricks = {"brick", "bricks", "host", "path", ":", ABOUT_BRICK, LAYER_GLUSTER};

static const struct { const char *group, *field; enum layer layer; } origins[] = {
    {"cluster", "quorate", LAYER_COROSYNC}, {"cluster", "votes", LAYER_COROSYNC},      {"cluster", "expected_votes", LAYER_COROSYNC}, {"cluster", "two_node", LAYER_COROSYNC},
    {"cluster", "quorum", LAYER_COROSYNC},  {"cluster", "wait_for_all", LAYER_COROSYNC}, {"cluster", "qdevice", LAYER_COROSYNC},      {"host", "membership", LAYER_COROSYNC},
    {"host", "pacemaker", LAYER_PACEMAKER}, {"host", "dc", LAYER_PACEMAKER},           {"host", "peer", LAYER_GLUSTER},               {"host", "unseen", LAYER_GLUSTER},
    {"domain", "role", LAYER_PACEMAKER}};

/* What moves by itself, or only says when it was looked at. Room is told in steps of its own. */
static const char *const restless[] = {"age_ms", "cpu_percent", "memory_used", "read_bytes_s", "write_bytes_s", "free", "text", "since", "at", "stale", "here", "size", "addresses", "aliases"};

struct comparing {
  const struct snapshot *then, *now;
  struct arena *a;
  struct changes *out;
  bool unread[LAYER_COUNT]; /* then: what such a layer says now is no change, and is told once for all of it */
};
struct items { const char *item; size_t count; };

static struct items items_of(const struct shape *s, const char *list, const void *object) {
  struct items l;
  memcpy(&l, (const char *)object + shape_field(s, list)->offset, sizeof l);
  return l;
}

static const char *text_at(const struct shape *s, const char *name, const void *object) { return *(const char *const *)((const char *)object + shape_field(s, name)->offset); }

static const char *name_of(const struct compared *w, const struct shape *s, const void *item, struct arena *a) {
  const char *name = text_at(s, w->key, item), *second = w->key2 ? text_at(s, w->key2, item) : NULL;
  return second ? arena_printf(a, "%s%s%s", name ? name : "?", w->between, second) : name ? name : "?";
}

static bool moves(const char *field) {
  for (size_t i = 0; i < COUNT(restless); i++)
    if (str_eq(restless[i], field)) return true;
  return false;
}

static enum layer layer_of(const struct compared *w, const char *field) {
  for (size_t i = 0; i < COUNT(origins); i++)
    if (str_eq(origins[i].group, w->group) && str_eq(origins[i].field, field)) return origins[i].layer;
  return w->layer;
}

/* Whether that layer's word on the item was old. */
static enum truth is_old(const struct shape *s, const void *item, enum layer layer) {
  const struct field *f = shape_field(s, "stale");
  return truth_of(f && layer && texts_have((const void *)((const char *)item + f->offset), layer_names[layer]));
}

static bool was_read(const struct snapshot *s, enum layer layer) {
  EACH(s->sources, struct source_view, x) {
    if (str_eq(x->name, layer_names[layer]) && x->state == SOURCE_OK) return true;
  }
  return layer == LAYER_NONE;
}

/* Every source of the layer had said something. */
static bool was_whole(const struct comparing *c, enum layer layer) {
  EACH(c->now->sources, struct source_view, x) {
    if (!str_eq(x->name, layer_names[layer]) || x->state == SOURCE_ABSENT) continue;
    const struct source_view *was = NULL;
    EACH(c->then->sources, struct source_view, o) {
      if (str_eq(o->name, x->name) && str_eq(o->host, x->host)) was = o;
    }
    if (!was || was->state == SOURCE_UNKNOWN) return false;
  }
  return was_read(c->then, layer);
}

/* It is known now and was not then, because nobody had asked yet. */
static bool unread(struct comparing *c, enum layer layer, const char *from) {
  if (!str_eq(from, "unknown") || was_whole(c, layer)) return false;
  c->unread[layer] = true;
  return true;
}

static struct change *report(struct comparing *c, const struct compared *w, const char *subject, const char *what, const char *from, const char *to) {
  struct change *x = list_add(c->a, c->out, &change_shape);
  *x = (struct change){.group = w->group, .subject = subject, .what = what, .from = from, .to = to, .from_old = TRUTH_NO, .to_old = TRUTH_NO, .severity = SEVERITY_INFO, .about = w->about};
  return x;
}

static const char *spaced(struct arena *a, const char *name) {
  char *s = arena_strdup(a, name);
  for (char *p = s; *p; p++)
    if (*p == '_') *p = ' ';
  return s;
}

/* Options one by one: the whole of them twice on a line nobody reads. */
static void compare_pairs(struct comparing *c, const struct compared *w, const char *subject, const struct pairs *x, const struct pairs *y) {
  for (size_t i = 0; i < y->count; i++) {
    const char *old = pairs_get(x, y->item[i].key);
    if (!str_eq(old, y->item[i].value)) report(c, w, subject, y->item[i].key, old ? old : "not set", y->item[i].value ? y->item[i].value : "unknown");
  }
  for (size_t i = 0; i < x->count; i++)
    if (!pairs_get(y, x->item[i].key)) report(c, w, subject, x->item[i].key, x->item[i].value ? x->item[i].value : "unknown", "not set");
}

static void compare_links(struct comparing *c, const struct host_view *x, const struct host_view *y) {
  static const struct compared links = {"link", NULL, NULL, NULL, NULL, ABOUT_LINK, LAYER_COROSYNC};
  static const char *const words[] = {[TRUTH_UNKNOWN] = "unknown", [TRUTH_NO] = "down", [TRUTH_YES] = "up"};
  EACH(y->links, struct link_view, l) {
    enum truth was = TRUTH_UNKNOWN;
    EACH(x->links, struct link_view, o) {
      if (o->link == l->link) was = o->connected;
    }
    if (was == l->connected) continue;
    struct change *r = report(c, &links, arena_printf(c->a, "%s link %lld", y->name, (long long)l->link), "connected", words[was], words[l->connected]);
    r->to_old = is_old(&host_view_shape, y, LAYER_COROSYNC);
  }
}

/* Of what there is room for, whole percents. */
static void compare_room(struct comparing *c, const struct compared *w, const char *subject, const struct volume_view *x, const struct volume_view *y) {
  if (x->size <= 0 || y->size <= 0 || x->free == UNKNOWN_INT || y->free == UNKNOWN_INT) return;
  double was = used_percent(x->size, x->free), is = used_percent(y->size, y->free);
  if (is - was < 1 && was - is < 1 && x->size == y->size) return;
  char then[SIZE_TEXT], now[SIZE_TEXT];
  struct change *r = report(c, w, subject, "room", arena_printf(c->a, "%.0f%% of %s used", was, str_size(then, x->size)), arena_printf(c->a, "%.0f%% of %s used", is, str_size(now, y->size)));
  r->from_old = is_old(&volume_view_shape, x, LAYER_GLUSTER), r->to_old = is_old(&volume_view_shape, y, LAYER_GLUSTER);
}

static void compare_age(struct comparing *c, const struct compared *w, const struct shape *s, const char *subject, const void *x, const void *y) {
  const struct field *f = shape_field(s, "stale");
  if (!f || field_equal(f, x, y)) return;
  const struct texts *old = (const void *)((const char *)x + f->offset), *new = (const void *)((const char *)y + f->offset);
  struct change *r = report(c, w, subject, "readings", old->count ? arena_printf(c->a, "old: %s", field_text(f, x, c->a)) : "fresh", new->count ? arena_printf(c->a, "old: %s", field_text(f, y, c->a)) : "fresh");
  r->from_old = truth_of(old->count), r->to_old = truth_of(new->count);
}

static const char *value_text(struct comparing *c, const struct field *f, const void *object) {
  char size[SIZE_TEXT];
  int64_t bytes = str_eq(f->name, "memory") ? *(const int64_t *)(const void *)((const char *)object + f->offset) : UNKNOWN_INT;
  return bytes == UNKNOWN_INT ? field_text(f, object, c->a) : arena_strdup(c->a, str_size(size, bytes));
}

static void compare_items(struct comparing *c, const struct compared *w, const struct shape *s, const char *subject, const void *x, const void *y) {
  for (const struct field *f = s->fields; f->name; f++) {
    const void *then = (const char *)x + f->offset, *now = (const char *)y + f->offset;
    if (moves(f->name) || f->type == FIELD_LIST || f->type == FIELD_OBJECT || field_equal(f, x, y)) continue;
    if (f->type == FIELD_PAIRS) {
      compare_pairs(c, w, subject, then, now);
      continue;
    }
    enum layer layer = layer_of(w, f->name);
    const char *from = field_text(f, x, c->a);
    if (unread(c, layer, from)) continue;
    struct change *r = report(c, w, subject, spaced(c->a, f->name), value_text(c, f, x), value_text(c, f, y));
    r->from_old = is_old(s, x, layer), r->to_old = is_old(s, y, layer);
  }
  compare_age(c, w, s, subject, x, y);
  if (s == &volume_view_shape) compare_room(c, w, subject, x, y);
  if (s == &host_view_shape) compare_links(c, x, y);
}

/* One that came, one that went: not known to have been there when its layer was not read. */
static void compare_list(struct comparing *c, const struct compared *w, const struct shape *s, struct items old, struct items new) {
  CLEANUP(map_free) struct map then = {0}, now = {0};
  for (size_t i = 0; i < old.count; i++) map_add(&then, name_of(w, s, old.item + i * s->size, c->a), i);
  for (size_t i = 0; i < new.count; i++) {
    const void *y = new.item + i * s->size;
    const char *subject = name_of(w, s, y, c->a);
    map_add(&now, subject, i);
    int64_t at = map_get(&then, subject);
    if (at != MAP_NONE) compare_items(c, w, s, subject, old.item + (size_t)at * s->size, y);
    else if (!unread(c, w->layer, "unknown")) report(c, w, subject, "there", "no", "yes")->to_old = is_old(s, y, w->layer);
  }
  for (size_t i = 0; i < old.count; i++) {
    const char *subject = name_of(w, s, old.item + i * s->size, c->a);
    if (map_get(&now, subject) == MAP_NONE) report(c, w, subject, "there", "yes", was_read(c->now, w->layer) ? "no" : "unknown");
  }
}

static void compare_bricks(struct comparing *c) {
  EACH(c->now->volumes, struct volume_view, y) {
    const struct volume_view *x = snapshot_volume(c->then, y->name ? y->name : "");
    if (x) compare_list(c, &bricks, &brick_view_shape, items_of(&volume_view_shape, "bricks", x), items_of(&volume_view_shape, "bricks", y));
  }
}

/* ---- problems and fencing: what came, what went ---- */

static const struct problem *find_problem(const struct snapshot *s, const struct problem *p) {
  EACH(s->problems, struct problem, o) {
    if (str_eq(o->id, p->id) && str_eq(o->subject, p->subject)) return o;
  }
  return NULL;
}

/* Whether it could have been found then. */
static bool was_findable(struct comparing *c, const struct problem *p) {
  const struct problem_kind *k = problem_kind_find(p->id);
  for (int l = LAYER_COROSYNC; k && l < LAYER_COUNT; l++)
    if (k->from & 1u << l && unread(c, (enum layer)l, "unknown")) return false;
  return true;
}

static bool is_quiet(const struct problem *p) {
  const struct problem_kind *k = problem_kind_find(p->id);
  return k && k->quiet;
}

static void compare_problems(struct comparing *c, int severity) {
  static const struct compared problems = {.group = "problem"};
  EACH(c->now->problems, struct problem, p) {
    if (p->severity != severity || is_quiet(p) || find_problem(c->then, p)) continue;
    struct change *r = report(c, &problems, p->subject ? p->subject : "?", p->id, was_findable(c, p) ? "none" : "unknown", p->text ? p->text : p->id);
    r->severity = p->severity, r->about = problem_about(p);
  }
}

static void compare_gone(struct comparing *c) {
  static const struct compared problems = {.group = "problem"};
  EACH(c->then->problems, struct problem, p) {
    if (is_quiet(p) || find_problem(c->now, p) || !was_findable(c, p)) continue;
    struct change *r = report(c, &problems, p->subject ? p->subject : "?", p->id, p->text ? p->text : p->id, "no more");
    r->gone = true, r->about = problem_about(p);
  }
}

static void compare_fencing(struct comparing *c) {
  static const struct compared fencing = {.group = "fencing", .about = ABOUT_HOST, .layer = LAYER_PACEMAKER};
  EACH(c->now->fencing, struct fencing_view, e) {
    bool known = false;
    EACH(c->then->fencing, struct fencing_view, o) known |= str_eq(o->target, e->target) && o->at == e->at && str_eq(o->action, e->action) && str_eq(o->result, e->result);
    if (!known && !unread(c, LAYER_PACEMAKER, "unknown")) report(c, &fencing, e->target ? e->target : "?", e->action ? e->action : "?", "none", e->result ? e->result : "unknown")->severity = SEVERITY_WARNING;
  }
}

void snapshot_compare(const struct snapshot *then, const struct snapshot *now, struct arena *a, struct changes *ret) {
  static const struct compared layers = {.group = "source", .about = ABOUT_LAYER};
  struct comparing c = {.then = then, .now = now, .a = a, .out = ret};
  *ret = (struct changes){0};
  for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_NONE; severity--) compare_problems(&c, severity);
  compare_fencing(&c);
  compare_gone(&c);
  if (then->health != now->health) {
    const char *was = health_names[then->health], *is = health_names[now->health];
    report(&c, &compared[0], "cluster", "health", was ? was : "unknown", is ? is : "unknown");
  }
  for (const struct compared *w = compared; w < compared + COUNT(compared); w++) {
    const struct field *list = shape_field(&snapshot_shape, w->list);
    if (str_eq(w->list, "cluster")) compare_items(&c, w, &cluster_view_shape, "cluster", &then->cluster, &now->cluster);
    else compare_list(&c, w, list->of.shape, items_of(&snapshot_shape, w->list, then), items_of(&snapshot_shape, w->list, now));
    if (str_eq(w->group, "volume")) compare_bricks(&c);
  }
  for (int l = LAYER_COROSYNC; l < LAYER_COUNT; l++)
    if (c.unread[l]) report(&c, &layers, layer_names[l], was_read(then, (enum layer)l) ? "some it says" : "all it says", "unknown", "read since");
}
