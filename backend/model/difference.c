#include "model/difference.h"
#include "base/map.h"
#include "model/problem.h"
#include <string.h>

#define T struct event
SHAPE(event_shape, T, FIELD(T, at, TIME), FIELD(T, kind, TEXT), FIELD(T, subject, TEXT), FIELD(T, from, TEXT), FIELD(T, to, TEXT), FIELD(T, text, TEXT));
#undef T

struct watched {
  const char *kind;  /* of the event */
  const char *list;  /* of the snapshot; "cluster" is the object */
  const char *key, *key2, *field; /* key2: second part of the name, or NULL */
  enum layer layer;
  const char *words; /* "SUBJECT words TO" */
};

static const struct watched watched[] = {
    {"quorum", "cluster", NULL, NULL, "quorate", LAYER_COROSYNC, "quorate:"},
    {"dc", "cluster", NULL, NULL, "dc", LAYER_PACEMAKER, "DC is now"},
    {"fencing", "cluster", NULL, NULL, "fencing", LAYER_PACEMAKER, "fencing enabled:"},
    {"maintenance", "cluster", NULL, NULL, "maintenance", LAYER_PACEMAKER, "maintenance mode:"},
    {"membership", "hosts", "name", NULL, "membership", LAYER_COROSYNC, "in corosync:"},
    {"node", "hosts", "name", NULL, "pacemaker", LAYER_PACEMAKER, "is"},
    {"peer", "hosts", "name", NULL, "peer", LAYER_GLUSTER, "as a peer is"},
    {"hypervisor", "hosts", "name", NULL, "libvirt", LAYER_LIBVIRT, "libvirt is"},
    {"volume", "volumes", "name", NULL, "status", LAYER_GLUSTER, "is"},
    {"volume-copies", "volumes", "name", NULL, "writable", LAYER_GLUSTER, "copies:"},
    {"heal", "volumes", "name", NULL, "heal_pending", LAYER_GLUSTER, "entries that wait to heal:"},
    {"split-brain", "volumes", "name", NULL, "split_brain", LAYER_GLUSTER, "entries in split-brain:"},
    {"domain", "domains", "name", NULL, "state", LAYER_LIBVIRT, "is"},
    {"domain-host", "domains", "name", NULL, "hosts", LAYER_LIBVIRT, "is on"},
    {"resource", "resources", "id", "instance", "role", LAYER_PACEMAKER, "is"},
    {"resource-host", "resources", "id", "instance", "hosts", LAYER_PACEMAKER, "is placed on"},
    {"resource-failed", "resources", "id", "instance", "failed", LAYER_PACEMAKER, "failed:"},
    {"source", "sources", "name", "host", "state", LAYER_NONE, "is"},
};

const char *difference_list(const char *kind) {
  for (size_t i = 0; i < COUNT(watched); i++)
    if (str_eq(watched[i].kind, kind)) return watched[i].list;
  return "cluster";
}

struct items { const char *item; size_t count; };

static struct items items_of(const struct field *list, const struct snapshot *s) {
  struct items l;
  memcpy(&l, (const char *)s + list->offset, sizeof l);
  return l;
}

static const char *text_at(const struct shape *s, const char *name, const void *object) {
  return *(const char *const *)((const char *)object + shape_field(s, name)->offset);
}

static const char *name_of(const struct watched *w, const struct shape *s, const void *item, struct arena *a) {
  const char *name = text_at(s, w->key, item), *second = w->key2 ? text_at(s, w->key2, item) : NULL;
  if (!name) name = "?";
  return second ? arena_printf(a, str_eq(w->list, "sources") ? "%s@%s" : "%s:%s", name, second) : name;
}

/* Did this layer speak before? Then its news is news. */
static bool was_read(const struct snapshot *before, enum layer layer) {
  if (layer == LAYER_NONE) return true;
  for (size_t i = 0; i < before->sources.count; i++)
    if (str_eq(before->sources.item[i].name, layer_names[layer]) && before->sources.item[i].state == SOURCE_OK) return true;
  return false;
}

static void report(const struct snapshot *now, struct events *out, struct arena *a, const char *kind, const char *subject, const char *from, const char *to,
                   const char *text, int severity) {
  struct event *e = list_add(a, out, &event_shape);
  *e = (struct event){now->at, kind, arena_strdup(a, subject), arena_strdup(a, from), arena_strdup(a, to), text, severity};
}

static void compare(const struct watched *w, const struct field *f, const void *x, const void *y, const char *subject, const struct snapshot *now, struct arena *a,
                    struct events *out) {
  if (field_equal(f, x, y)) return;
  const char *from = field_text(f, x, a), *to = field_text(f, y, a);
  if (f->type == FIELD_INT && (str_eq(from, "unknown") || str_eq(to, "unknown"))) return; /* a count that is rarely taken */
  report(now, out, a, w->kind, subject, from, to, arena_printf(a, "%s %s %s", subject, w->words, to), SEVERITY_INFO);
}

static void watch_list(const struct watched *w, const struct snapshot *before, const struct snapshot *now, struct arena *a, struct events *out) {
  const struct field *list = shape_field(&snapshot_shape, w->list);
  const struct shape *s = list->of.shape;
  const struct field *f = shape_field(s, w->field);
  struct items old = items_of(list, before), new = items_of(list, now);
  CLEANUP(map_free) struct map index = {0};
  for (size_t i = 0; i < old.count; i++) map_add(&index, name_of(w, s, old.item + i * s->size, a), i);
  for (size_t i = 0; i < new.count; i++) {
    const void *y = new.item + i * s->size;
    const char *subject = name_of(w, s, y, a);
    int64_t at = map_get(&index, subject);
    if (at != MAP_NONE) compare(w, f, old.item + (size_t)at * s->size, y, subject, now, a, out);
  }
}

static bool has_problem(const struct snapshot *s, const struct problem *p) {
  for (size_t i = 0; i < s->problems.count; i++)
    if (str_eq(s->problems.item[i].id, p->id) && str_eq(s->problems.item[i].subject, p->subject)) return true;
  return false;
}

static bool quiet(const struct problem *p) {
  const struct problem_kind *k = problem_kind_find(p->id);
  return k && k->quiet;
}

/* It went because another one of the same thing came in its place: that is said, and nothing is well. */
static bool gave_way(const struct problem *gone, const struct snapshot *before, const struct snapshot *now) {
  for (size_t i = 0; i < now->problems.count; i++) {
    const struct problem *p = &now->problems.item[i];
    if (str_eq(p->subject, gone->subject) && p->severity >= gone->severity && !has_problem(before, p)) return true;
  }
  return false;
}

static void watch_problems(const struct snapshot *before, const struct snapshot *now, struct arena *a, struct events *out) {
  for (size_t i = 0; i < now->problems.count; i++) {
    const struct problem *p = &now->problems.item[i];
    if (!quiet(p) && !has_problem(before, p)) report(now, out, a, "problem", p->subject, "none", p->id, p->text, p->severity);
  }
  for (size_t i = 0; i < before->problems.count; i++) {
    const struct problem *p = &before->problems.item[i];
    if (!quiet(p) && !has_problem(now, p) && !gave_way(p, before, now)) report(now, out, a, "problem", p->subject, p->id, "none", arena_printf(a, "no more: %s", p->text), SEVERITY_INFO);
  }
}

static const struct problem *same_problem(const struct snapshot *s, const struct problem *p) {
  for (size_t i = 0; i < s->problems.count; i++)
    if (str_eq(s->problems.item[i].id, p->id) && str_eq(s->problems.item[i].subject, p->subject)) return &s->problems.item[i];
  return NULL;
}

static void watch_acknowledged(const struct snapshot *before, const struct snapshot *now, struct arena *a, struct events *out) {
  if (!before->acknowledgements.count && !now->acknowledgements.count) return;
  for (size_t i = 0; i < now->problems.count; i++) {
    const struct problem *p = &now->problems.item[i], *was = same_problem(before, p);
    const struct acknowledged *k = p->acknowledged;
    if (k && !(was && was->acknowledged)) report(now, out, a, "acknowledged", p->subject, "no", "yes", arena_printf(a, "acknowledged by %s: %s (%s)", k->by, k->text, p->text), SEVERITY_INFO);
    else if (!k && was && was->acknowledged) report(now, out, a, "acknowledged", p->subject, "yes", "no", arena_printf(a, "no longer acknowledged: %s", p->text), p->severity);
  }
}

/* While the first answers come in, piece by piece, what seems wrong is only not read yet. */
static bool starting(const struct snapshot *s) {
  for (size_t i = 0; i < s->problems.count; i++)
    if (quiet(&s->problems.item[i])) return true;
  return false;
}

static bool said_anything(const struct snapshot *s) {
  for (size_t i = 0; i < s->sources.count; i++)
    if (s->sources.item[i].state) return true;
  return false;
}

static bool knows_fencing(const struct snapshot *s, const struct fencing_view *e) {
  for (size_t i = 0; i < s->fencing.count; i++) {
    const struct fencing_view *o = &s->fencing.item[i];
    if (str_eq(o->target, e->target) && str_eq(o->action, e->action) && o->at == e->at && str_eq(o->result, e->result)) return true;
  }
  return false;
}

/* Of what an operator must not miss, the first: a host was shot. */
static void watch_fencing(const struct snapshot *before, const struct snapshot *now, struct arena *a, struct events *out) {
  for (size_t i = 0; i < now->fencing.count; i++) {
    const struct fencing_view *e = &now->fencing.item[i];
    if (knows_fencing(before, e)) continue;
    const char *target = e->target ? e->target : "?", *result = e->result ? e->result : "?";
    const char *text = str_eq(result, "success") ? arena_printf(a, "%s was fenced (%s)", target, e->action ? e->action : "?")
                                                 : arena_printf(a, "fencing of %s (%s): %s", target, e->action ? e->action : "?", result);
    report(now, out, a, "fencing", target, "none", result, text, str_eq(result, "failed") ? SEVERITY_CRITICAL : SEVERITY_WARNING);
  }
}

/* Wall clock against the time line: they run alike unless somebody set the clock. A replay has one for both. */
static void watch_clock(const struct snapshot *before, const struct snapshot *now, struct arena *a, struct events *out) {
  enum { JUMP_MS = 2000 };
  int64_t jump = (now->at - now->now) - (before->at - before->now);
  if (jump > -JUMP_MS && jump < JUMP_MS) return;
  const char *text = arena_printf(a, "the clock of this host was set %s by %.1f s", jump < 0 ? "back" : "forward", (double)(jump < 0 ? -jump : jump) / 1000);
  report(now, out, a, "clock", "clock", "set", "set", text, SEVERITY_WARNING);
}

void snapshot_difference(const struct snapshot *before, const struct snapshot *now, struct arena *a, struct events *ret) {
  *ret = (struct events){0};
  if (!before || !said_anything(before)) return;
  for (const struct watched *w = watched; w < watched + COUNT(watched); w++) {
    if (!was_read(before, w->layer)) continue;
    if (str_eq(w->list, "cluster")) compare(w, shape_field(&cluster_view_shape, w->field), &before->cluster, &now->cluster, "cluster", now, a, ret);
    else watch_list(w, before, now, a, ret);
  }
  watch_clock(before, now, a, ret);
  if (was_read(before, LAYER_PACEMAKER)) watch_fencing(before, now, a, ret);
  if (starting(before)) return;
  watch_problems(before, now, a, ret);
  watch_acknowledged(before, now, a, ret);
  if (before->health != now->health)
    report(now, ret, a, "health", "cluster", health_names[before->health], health_names[now->health], arena_printf(a, "health is now %s", health_names[now->health]), SEVERITY_INFO);
}
