/* From what is selected to what it is about, and to what mends it: one key each. */
#include "views/screen/app.h"
#include <string.h>

/* ---- the thing ---- */

struct subject item_subject(enum list_id list, const struct input *in, const void *item) {
  const struct problem *p = item;
  const struct event *e = item;
  if (list == LIST_PROBLEMS) return subject_find(in->snap, problem_about(p), p->subject);
  if (list == LIST_HISTORY) return history_subject(in, item);
  if (list == LIST_EVENTS) return subject_find(in->snap, event_about(e), e->subject);
  return (struct subject){.about = ABOUT_CLUSTER};
}

/* Which list it stands in, and as which item of it. A set is its volume, a fact its source, a mount its host. */
static const void *thing_of(const struct subject *s, enum list_id *ret) {
  const struct { enum list_id list; const void *item; } things[] = {{LIST_BRICKS, s->about == ABOUT_SET ? NULL : s->brick}, {LIST_VOLUMES, s->volume}, {LIST_DOMAINS, s->about == ABOUT_DOMAIN ? s->domain : NULL},
                                                                     {LIST_RESOURCES, s->resource}, {LIST_SOURCES, s->source}, {LIST_NODES, s->host}};
  for (size_t i = 0; i < COUNT(things); i++)
    if (things[i].item) {
      *ret = things[i].list;
      return things[i].item;
    }
  return NULL;
}

bool app_open_subject(struct app *a, const struct input *in, const struct subject *s) {
  enum list_id list;
  const void *item = thing_of(s, &list);
  if (!item) return false;
  app_open_item(a, list, lists[list]->id(in, item));
  return true;
}

/* ---- what mends it ---- */

bool mending_of(const struct input *in, const struct problem *p, struct mending *ret) {
  struct subject s = subject_find(in->snap, problem_about(p), p->subject);
  const struct operation *o = p->operation ? operation_find(p->operation) : NULL;
  const char *target = o && o->target != TARGET_CLUSTER ? offers_target(in, &s, o) : NULL;
  if (!o || (o->target != TARGET_CLUSTER && !target && s.about != ABOUT_CLUSTER)) return false;
  *ret = (struct mending){.problem = p, .operation = o, .target = target, .words = problem_words(in->snap, p, in->arena)};
  return true;
}

/* Of hundreds of problems only those are looked at whose subject has to do with the selected row by its letters. */
static bool may_concern(const struct input *in, const struct problem *p, const char *id) {
  enum { FEW = 64 };
  size_t name = strcspn(id, " ");
  if (in->snap->problems.count <= FEW || problem_about(p) == ABOUT_CONSTRAINT || !p->subject) return true;
  return strstr(id, p->subject) || (strlen(p->subject) >= name && strstr(p->subject, arena_strndup(in->arena, id, name)));
}

/* Whether a problem is about the thing that is selected. */
static bool concerns(const struct input *in, const struct problem *p, enum list_id list, const char *id) {
  enum list_id its;
  struct subject s = subject_find(in->snap, problem_about(p), p->subject);
  const void *item = thing_of(&s, &its);
  if (item && its == list) return str_eq(lists[its]->id(in, item), id);
  if (list == LIST_DOMAINS && s.domain) return str_eq(lists[list]->id(in, s.domain), id);
  if (list == LIST_RESOURCES && s.resource) return str_eq(lists[list]->id(in, s.resource), id);
  return false;
}

static const struct problem *problem_named(const struct input *in, const char *id) {
  for (size_t i = 0; i < in->snap->problems.count; i++)
    if (str_starts(id, in->snap->problems.item[i].id) && str_eq(lists[LIST_PROBLEMS]->id(in, &in->snap->problems.item[i]), id)) return &in->snap->problems.item[i];
  return NULL;
}

/* The problem that an event told of, while it lasts. */
static const struct problem *problem_of_event(const struct input *in, const char *id) {
  const void **item;
  size_t n = lists[LIST_EVENTS]->collect(in, &item), i = 0;
  while (i < n && !str_eq(lists[LIST_EVENTS]->id(in, item[i]), id)) i++;
  const struct event *e = i < n ? item[i] : NULL;
  for (size_t k = 0; e && str_eq(e->kind, "problem") && k < in->snap->problems.count; k++) {
    const struct problem *p = &in->snap->problems.item[k];
    if (str_eq(p->subject, e->subject) && (str_eq(p->id, e->to) || str_eq(p->id, e->from))) return p;
  }
  return NULL;
}

/* The worst that something can be done about: of all, or of the selected thing. */
static bool worst_mending(const struct input *in, int list, const char *id, struct mending *ret) {
  for (int severity = SEVERITY_CRITICAL; severity > SEVERITY_NONE; severity--)
    for (size_t i = 0; i < in->snap->problems.count; i++) {
      const struct problem *p = &in->snap->problems.item[i];
      if (p->severity != severity || !p->operation || (list >= 0 && !(may_concern(in, p, id) && concerns(in, p, (enum list_id)list, id)))) continue;
      if (mending_of(in, p, ret)) return true;
    }
  return false;
}

static bool any_can_be_mended(const struct snapshot *s) {
  for (size_t i = 0; i < s->problems.count; i++)
    if (s->problems.item[i].operation) return true;
  return false;
}

bool app_mending(const struct app *a, const struct input *in, struct mending *ret) {
  const char *id;
  if (!in->snap || !any_can_be_mended(in->snap)) return false;
  if (a->view == VIEW_OVERVIEW) return worst_mending(in, -1, NULL, ret);
  int list = app_selected(a, in, &id);
  if (list < 0) return worst_mending(in, -1, NULL, ret);
  if (list == LIST_HISTORY) return false;
  if (list != LIST_PROBLEMS && list != LIST_EVENTS) return id && worst_mending(in, list, id, ret);
  const struct problem *p = !id ? NULL : list == LIST_PROBLEMS ? problem_named(in, id) : problem_of_event(in, id);
  return p && mending_of(in, p, ret);
}

unsigned app_mend(struct app *a, const struct input *in) {
  struct mending m;
  if (!app_mending(a, in, &m)) {
    app_say(a, a->view == VIEW_OVERVIEW ? "there is no problem that one operation mends" : "no single operation mends this; Enter says what to do, a what can be done");
    return APP_CHANGED;
  }
  acting_close(&a->acting);
  a->acting.from_menu = false;
  return acting_open(&a->acting, in, m.operation, m.target, &m.words, true);
}

/* To what the selected event or problem is about. */
unsigned app_follow_subject(struct app *a, const struct input *in) {
  const char *id;
  const void **item;
  int list = in->snap ? app_selected(a, in, &id) : -1;
  if ((list != LIST_EVENTS && list != LIST_PROBLEMS && list != LIST_HISTORY) || !id) {
    app_say(a, "nothing is selected that is about another thing, as an event or a problem is");
    return APP_CHANGED;
  }
  size_t n = lists[list]->collect(in, &item), i = 0;
  while (i < n && !str_eq(lists[list]->id(in, item[i]), id)) i++;
  struct subject s = i < n ? item_subject((enum list_id)list, in, item[i]) : (struct subject){.about = ABOUT_CLUSTER};
  if (!app_open_subject(a, in, &s)) app_say(a, s.about == ABOUT_CLUSTER ? "it is about the cluster as a whole" : "what it is about is not there any more");
  return APP_CHANGED;
}
