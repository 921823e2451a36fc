/* What is offered: the operations that fit what is selected, the wizards in their order, or everything by its name. */
#include "base/map.h"
#include "ops/own.h"
#include "ops/wizard.h"
#include "analysis/lint.h"
#include "analysis/fences.h"
#include "analysis/seen.h"
#include "views/screen/acting.h"
#include "views/screen/app.h"
#include <string.h>

enum { AIMS = 6 };
struct aim { enum target_kind kind; const char *name; };
struct aims { struct aim item[AIMS]; size_t count; };

static void aim_at(struct aims *s, enum target_kind kind, const char *name) {
  if (name && s->count < AIMS) s->item[s->count++] = (struct aim){kind, name};
}

/* ---- what is selected: a thing may be several, as a host is a node and a peer ---- */

static void aim_host(struct aims *s, const struct host_view *h) {
  if (!h) return;
  if (h->membership || h->pacemaker) aim_at(s, TARGET_NODE, h->name);
  if (h->peer) aim_at(s, TARGET_PEER, h->name);
  aim_at(s, TARGET_HOST, h->name);
}

static void aim_domain(struct aims *s, const struct domain_view *d) {
  if (!d) return;
  aim_at(s, TARGET_DOMAIN, d->name);
  aim_at(s, TARGET_RESOURCE, d->resource);
}

static void aim_resource(struct aims *s, const struct snapshot *snap, const char *id) {
  const struct resource_view *r = snapshot_resource(snap, id);
  if (r) aim_at(s, is_fence_device(r) ? TARGET_DEVICE : TARGET_RESOURCE, r->id);
  for (size_t i = 0; i < snap->domains.count; i++)
    if (str_eq(snap->domains.item[i].resource, id)) aim_at(s, TARGET_DOMAIN, snap->domains.item[i].name);
}

/* The device and whom it cuts off; and what was done, whom it was done to. */
static void aim_fence(struct aims *s, const struct input *in, const struct fence_view *f) {
  if (f->kind == FENCE_DEVICE) aim_at(s, TARGET_DEVICE, f->id);
  if (f->targets.count) aim_host(s, snapshot_host(in->snap, f->targets.item[0]));
}

static void aim_brick(struct aims *s, const struct input *in, const char *brick) {
  for (size_t v = 0; v < in->snap->volumes.count; v++)
    for (size_t b = 0; b < in->snap->volumes.item[v].bricks.count; b++) {
      const struct brick_view *k = &in->snap->volumes.item[v].bricks.item[b];
      const char *name = arena_printf(in->arena, "%s:%s", k->host, k->path);
      if (!str_eq(name, brick)) continue;
      aim_at(s, TARGET_BRICK, name);
      aim_at(s, TARGET_VOLUME, in->snap->volumes.item[v].name);
      return;
    }
}

/* What an event or a problem is about: the thing itself before what it lies on. */
static void aim_subject(struct aims *s, const struct input *in, const struct subject *x) {
  if (x->brick) aim_at(s, TARGET_BRICK, arena_printf(in->arena, "%s:%s", x->brick->host, x->brick->path));
  if (x->volume) aim_at(s, TARGET_VOLUME, x->volume->name);
  if (x->domain) aim_domain(s, x->domain);
  else if (x->resource) aim_resource(s, in->snap, x->resource->id);
  if (x->about != ABOUT_BRICK && x->about != ABOUT_CONSTRAINT) aim_host(s, x->host);
}

static const void *item_of(const struct acting *a, const struct input *in, const char *id) {
  const void **item;
  if (!in->snap || !id || a->selected_list < 0) return NULL;
  const struct list *l = lists[a->selected_list];
  size_t n = l->collect(in, &item);
  for (size_t i = 0; i < n; i++)
    if (str_eq(l->id(in, item[i]), id)) return item[i];
  return NULL;
}

static const void *selected_item(const struct acting *a, const struct input *in) { return item_of(a, in, a->selected_id); }

static struct aims aims_of_item(const struct acting *a, const struct input *in, const void *item) {
  struct aims s = {.count = 0};
  if (!item) return s;
  switch ((enum list_id)a->selected_list) {
  case LIST_NODES: aim_host(&s, item); break;
  case LIST_BRICKS: {
    const struct brick_view *b = item;
    aim_brick(&s, in, arena_printf(in->arena, "%s:%s", b->host, b->path));
    break;
  }
  case LIST_VOLUMES: aim_at(&s, TARGET_VOLUME, ((const struct volume_view *)item)->name); break;
  case LIST_DOMAINS: aim_domain(&s, item); break;
  case LIST_RESOURCES: aim_resource(&s, in->snap, ((const struct resource_view *)item)->id); break;
  case LIST_EVENTS:
  case LIST_HISTORY:
  case LIST_PROBLEMS: {
    const struct problem *p = a->selected_list == LIST_PROBLEMS ? item : NULL;
    if (p) aim_at(&s, TARGET_PROBLEM, arena_printf(in->arena, "%s:%s", p->id, p->subject ? p->subject : ""));
    struct subject x = item_subject((enum list_id)a->selected_list, in, item);
    aim_subject(&s, in, &x);
    break;
  }
  case LIST_SOURCES: aim_host(&s, snapshot_host(in->snap, ((const struct source_view *)item)->host)); break;
  case LIST_TASKS: {
    const struct task_view *t = task_shown(in, a->selected_id);
    for (size_t i = 0; t && t->copies && i < t->copies->count; i++) aim_at(&s, TARGET_COPY, t->copies->item[i]);
    break;
  }
  case LIST_LINT: {
    const struct finding *f = item;
    const struct domain_view *d = snapshot_domain(in->snap, f->subject);
    if (d) aim_domain(&s, d);
    else if (snapshot_host(in->snap, f->subject)) aim_host(&s, snapshot_host(in->snap, f->subject));
    else if (snapshot_volume(in->snap, f->subject)) aim_at(&s, TARGET_VOLUME, f->subject);
    else aim_resource(&s, in->snap, f->subject);
    break;
  }
  case LIST_FENCING: aim_fence(&s, in, item); break;
  case LIST_DRILLS: /* has a form of its own */
  case LIST_LOGS: /* a line says where it was written, and means something else */
  case LIST_COUNT: break;
  }
  return s;
}

static struct aims aims_of(const struct acting *a, const struct input *in) { return aims_of_item(a, in, selected_item(a, in)); }

/* ---- the rows ---- */

void offers_free(struct offers *o) {
  for (size_t i = 0; i < o->count; i++) {
    mem_free(o->item[i].id);
    mem_free(o->item[i].group);
    mem_free(o->item[i].target);
    for (char **m = o->item[i].more; m && *m; m++) mem_free(*m);
    mem_free(o->item[i].more);
    mem_free(o->item[i].refused);
    for (char **word = o->item[i].words; word && *word; word++) mem_free(*word);
    mem_free(o->item[i].words);
  }
  mem_free(o->item);
  *o = (struct offers){0};
}

const struct offer *offers_find(const struct offers *o, const char *id) {
  for (size_t i = 0; i < o->count; i++)
    if (str_eq(o->item[i].id, id)) return &o->item[i];
  return NULL;
}

/* Whether it would be refused as it stands, with what is proposed and what is known: asked only where no host must be asked
 * and nothing is left to fill in. */
static const char *refusal(const struct input *in, const struct operation *o, const char *target) {
  struct values v = {0};
  struct survey survey = {0};
  struct planning p = {.operation = o, .snap = in->snap, .values = &v, .survey = &survey, .arena = in->arena};
  if (target) values_add(in->arena, &v, o->arguments[0].name, target, false);
  if (operation_complete(&p, &v, NULL)) return NULL;
  operation_survey(o, in->snap, &v, in->arena, &survey);
  if (survey.answers.count) return NULL;
  const struct plan *plan = operation_plan(o, in->snap, &v, &survey, in->arena);
  return plan->allowed == TRUTH_YES ? NULL : plan->why ? plan->why : "refused";
}

static void add(struct acting *a, const struct operation *o, const char *target, const char *group) {
  struct offers *s = &a->offers;
  char *id = mem_printf("%s%s%s", o->name, target ? " " : "", target ? target : "");
  if (offers_find(s, id)) { /* it stands further up */
    mem_free(id);
    return;
  }
  s->item = mem_grow(s->item, s->count + 1, sizeof *s->item);
  struct offer *f = &s->item[s->count++];
  *f = (struct offer){.id = id, .group = mem_strdup(group), .operation = o, .target = mem_strdup(target)};
  f->judged = a->menu_of != MENU_ACTIONS;
}

/* Whether each would be refused: all of them at once in a small cluster. */
static void judge(struct offers *s, const struct input *in) {
  enum { WORK = 4000, LEAST = 1 };
  size_t size = in->snap->hosts.count + in->snap->domains.count + in->snap->resources.count + 1, most = WORK / size > LEAST ? WORK / size : LEAST;
  for (size_t i = 0; i < s->count && most; i++) {
    struct offer *f = &s->item[(s->next + i) % s->count];
    if (f->judged) continue;
    mem_free(f->refused);
    f->refused = mem_strdup(refusal(in, f->operation, f->target));
    f->judged = true;
    if (!--most) s->next = (s->next + i + 1) % s->count;
  }
}

static void take_judged(struct offers *s, struct offers *before) {
  for (size_t i = 0; i < s->count; i++) {
    const struct offer *old = offers_find(before, s->item[i].id);
    if (old) s->item[i].refused = mem_strdup(old->refused);
  }
  s->next = s->count ? before->next % s->count : 0;
  offers_free(before);
}

/* What is done every day stands before what is done once, and both before what is dangerous. */
static int rank_of(const struct operation *o) { return o->danger >= 2 ? 2 : o->flags & OP_WIZARD ? 1 : 0; }

static void add_fitting(struct acting *a, const struct input *in, enum target_kind kind, const char *target, const char *group) {
  const struct operation *o;
  for (int rank = 0; rank <= 2; rank++)
    for (size_t i = 0; (o = operation_at(i)) != NULL; i++)
      if (rank_of(o) == rank && o->target == kind && (!o->fits || o->fits(in->snap, target))) add(a, o, target, group);
}

/* Of the palette: aimed at what is selected where that fits, else a thing still to be chosen. */
static const char *aimed(const struct input *in, const struct aims *aims, const struct operation *o) {
  for (size_t i = 0; i < aims->count; i++)
    if (aims->item[i].kind == o->target && (!o->fits || o->fits(in->snap, aims->item[i].name))) return aims->item[i].name;
  return NULL;
}

const char *offers_target(const struct input *in, const struct subject *s, const struct operation *o) {
  struct aims aims = {.count = 0};
  aim_subject(&aims, in, s);
  return aimed(in, &aims, o);
}

const char *offers_aimed(const struct input *in, int list, const char *id, const struct operation *o) {
  struct aims aims = {.count = 0};
  const struct acting of = {.selected_list = list};
  if (in->snap && id) aims = aims_of_item(&of, in, item_of(&of, in, id));
  return aimed(in, &aims, o);
}

/* What mends a problem stands first, filled in. */
static void add_mending(struct acting *a, const struct input *in) {
  struct mending m;
  const struct problem *p = a->selected_list == LIST_PROBLEMS ? selected_item(a, in) : NULL;
  if (!p || !mending_of(in, p, &m)) return;
  size_t before = a->offers.count;
  add(a, m.operation, m.target, "what mends it");
  if (a->offers.count == before || !m.words.count) return;
  char **words = mem_alloc((m.words.count + 1) * sizeof *words);
  for (size_t i = 0; i < m.words.count; i++) words[i] = mem_strdup(m.words.item[i]);
  words[m.words.count] = NULL;
  a->offers.item[before].words = words;
}

/* What all that is marked is, each named once. NULL: not all of it is of that kind. */
static const char **all_as(const struct input *in, const struct aims *all, size_t most, enum target_kind kind, size_t *ret_count) {
  CLEANUP(map_free) struct map had = {0};
  size_t n = 0;
  const char **names = arena_array(in->arena, most + 1, sizeof *names);
  for (size_t i = 0; i < most; i++) {
    const char *name = NULL;
    for (size_t k = 0; k < all[i].count && !name; k++)
      if (all[i].item[k].kind == kind) name = all[i].item[k].name;
    if (!name) return NULL;
    if (map_add(&had, name, n) == n) names[n++] = name;
  }
  *ret_count = n;
  return names;
}

/* What each that is marked is. The list is looked through once for all of them. */
static const struct aims *aims_of_marked(const struct acting *a, const struct input *in, size_t *ret_count) {
  CLEANUP(map_free) struct map places = {0};
  const struct list *l = a->selected_list < 0 ? NULL : lists[a->selected_list];
  const void **item;
  size_t n = l && in->snap ? l->collect(in, &item) : 0, most = 0;
  for (size_t i = 0; i < n; i++) map_add(&places, l->id(in, item[i]), i);
  while (a->batch.marked[most]) most++;
  struct aims *all = arena_array(in->arena, most + 1, sizeof *all);
  for (size_t i = 0; i < most; i++) {
    int64_t at = map_get(&places, a->batch.marked[i]);
    all[i] = aims_of_item(a, in, at == MAP_NONE ? NULL : item[at]);
  }
  *ret_count = most;
  return all;
}

static bool fits_all(const struct operation *o, const struct snapshot *snap, const char **names, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (o->fits && !o->fits(snap, names[i])) return false;
  return true;
}

static void add_fitting_all(struct acting *a, const struct input *in, enum target_kind kind, const char **names, size_t n) {
  const struct operation *o;
  const char *group = n > 1 ? arena_printf(in->arena, "all that is marked: %zu %ss", n, target_kind_names[kind]) : arena_printf(in->arena, "%s, which is marked, as a %s", names[0], target_kind_names[kind]);
  for (int rank = 0; rank <= 2; rank++)
    for (size_t i = 0; (o = operation_at(i)) != NULL; i++) {
      if (rank_of(o) != rank || o->target != kind || o->arguments[0].list || !fits_all(o, in->snap, names, n)) continue;
      size_t before = a->offers.count;
      add(a, o, names[0], group);
      if (a->offers.count == before) continue;
      struct offer *f = &a->offers.item[before];
      f->judged = true; /* each plan says for itself */
      f->more = mem_grow(NULL, n, sizeof *f->more);
      for (size_t k = 1; k < n; k++) f->more[k - 1] = mem_strdup(names[k]);
      f->more[n - 1] = NULL;
    }
}

static void make_marked(struct acting *a, const struct input *in) {
  size_t most, n = 0;
  const struct aims *all = aims_of_marked(a, in, &most);
  for (size_t i = 0; i < all[0].count; i++) {
    const char **names = all_as(in, all, most, all[0].item[i].kind, &n);
    if (names && n) add_fitting_all(a, in, all[0].item[i].kind, names, n);
  }
}

static void make_actions(struct acting *a, const struct input *in) {
  if (a->batch.marked) {
    make_marked(a, in);
    return;
  }
  struct aims aims = aims_of(a, in);
  add_mending(a, in);
  for (size_t i = 0; i < aims.count; i++) {
    const struct aim *m = &aims.item[i];
    const char *file = m->kind == TARGET_COPY ? strrchr(m->name, '/') : NULL;
    if (file) add_fitting(a, in, m->kind, m->name, arena_printf(in->arena, "%s, as it was before", file + 1));
    else add_fitting(a, in, m->kind, m->name, arena_printf(in->arena, "%s, as a %s", m->name, m->kind == TARGET_DEVICE ? "fencing device" : target_kind_names[m->kind]));
  }
  add_fitting(a, in, TARGET_CLUSTER, NULL, "the cluster as a whole");
}

static void make_all(struct acting *a, const struct input *in) {
  const struct operation *o;
  struct aims aims = aims_of(a, in);
  for (size_t i = 0; (o = operation_at(i)) != NULL; i++)
    add(a, o, aimed(in, &aims, o), arena_printf(in->arena, "operations: %s", arena_strndup(in->arena, o->name, strcspn(o->name, "-"))));
}

/* After the last one that was run from here, else the first that is not known to be done. */
const struct operation *wizard_at_hand(const struct input *in) {
  const struct operation *last = NULL;
  for (size_t i = 0; i < in->task_count && !last; i++) {
    const struct operation *o = in->tasks[i].state == TASK_VERIFIED && in->tasks[i].operation ? operation_find(in->tasks[i].operation) : NULL;
    if (o && o->flags & OP_WIZARD) last = o;
  }
  return in->snap ? wizard_next(in->snap, last) : NULL;
}

static void make_wizards(struct acting *a) {
  const struct operation *o;
  for (size_t i = 0; (o = operation_at(i)) != NULL; i++)
    if (o->flags & OP_WIZARD) add(a, o, NULL, NULL);
}

void offers_make(struct acting *a, const struct input *in) {
  if (!in->snap) return;
  if (a->offers.made && a->offers.version == in->snap->version && a->offers.now == in->snap->now) {
    judge(&a->offers, in);
    return;
  }
  struct offers before = a->offers;
  a->offers = (struct offers){.made = true, .version = in->snap->version, .now = in->snap->now};
  if (a->menu_of == MENU_ACTIONS) make_actions(a, in);
  else if (a->menu_of == MENU_WIZARDS) make_wizards(a);
  else make_all(a, in);
  take_judged(&a->offers, &before);
  judge(&a->offers, in);
}

static bool begun(const struct acting *a, const struct offer *f) {
  for (size_t i = 0; i < a->kept_count; i++)
    if (a->kept[i].operation == f->operation && str_eq(a->kept[i].target, f->target)) return true;
  return false;
}

static void put_note(const struct acting *a, const struct input *in, const struct offer *f, struct menu_row *r) {
  if (begun(a, f)) r->note = "begun", r->note_role = ROLE_ACCENT;
  else if (a->menu_of == MENU_WIZARDS && in->snap && wizard_done(in->snap, f->operation) == TRUTH_YES) r->note = arena_printf(in->arena, "%s done", symbol(in->glyphs, SYMBOL_OK)), r->note_role = ROLE_OK;
  else if (f->operation->danger >= 2) r->note = arena_printf(in->arena, "%s danger", symbol(in->glyphs, SYMBOL_WARN)), r->note_role = ROLE_BAD;
}

struct menu offers_menu(const struct acting *a, const struct input *in) {
  if (a->menu_of == MENU_PALETTE) return palette_menu(a, in);
  struct menu_row *rows = arena_array(in->arena, a->offers.count, sizeof *rows);
  for (size_t i = 0; i < a->offers.count; i++) {
    const struct offer *f = &a->offers.item[i];
    struct menu_row *r = &rows[i];
    *r = (struct menu_row){.id = f->id, .group = f->group, .refused = f->refused};
    r->title = f->operation->title;
    const struct own_action *own = own_action_of(f->operation);
    const char *key = own ? own->key : NULL;
    r->help = arena_printf(in->arena, "%s (%s%s%s)", f->operation->help, f->operation->name, key ? ", key " : "", key ? key : "");
    if (a->menu_of == MENU_WIZARDS) r->title = arena_printf(in->arena, "%2zu  %s", i + 1, r->title);
    put_note(a, in, f, r);
  }
  return (struct menu){.rows = rows, .count = a->offers.count, .empty = a->offers.made ? a->batch.marked ? "nothing can be done with all that is marked at once" : "nothing can be done with this" : "waiting for the first answers"};
}

const char *offers_title(const struct acting *a) { return a->batch.marked ? "What to do with all that is marked" : a->menu_of == MENU_ACTIONS ? "What to do" : a->menu_of == MENU_WIZARDS ? "Set up" : "Go to"; }
