/* X-ray on the screen: the tree of analysis/xray.c as a table whose lines can be selected, opened and made the root. */
#include "analysis/xray.h"
#include "tui/text.h"
#include "views/screen/app.h"
#include <string.h>

enum { SIGN, THING, STANDS, BELOW };
static const struct column columns[] = {
    [SIGN] = {.title = "", .min = 1, .max = 1, .priority = 99},
    [THING] = {.title = "WHAT", .min = 20, .max = 70, .priority = 98},
    [STANDS] = {.title = "HOW IT STANDS", .min = 13, .max = 60, .priority = 90},
    [BELOW] = {.title = "WORST BELOW", .min = 11, .weight = 1, .priority = 50},
};

struct grown { const struct input *in; struct column columns[COUNT(columns)]; struct xray x; struct table table; };

static const char *row_key(const void *owner, size_t row) { return ((const struct grown *)owner)->x.item[row].key; }

const char *xray_line_text(const struct input *in, const struct xray_line *l) {
  CLEANUP(str_free) struct str out = {0};
  const char *down = symbol(in->glyphs, SYMBOL_VERTICAL), *on = symbol(in->glyphs, SYMBOL_BRANCH), *last = symbol(in->glyphs, SYMBOL_BRANCH_LAST);
  for (int d = 1; d <= l->depth; d++) {
    bool more = l->more >> d & 1;
    str_addf(&out, "%s ", d < l->depth ? more ? down : " " : more ? on : last);
  }
  str_addf(&out, "%s%s%s", l->label, *l->name ? " " : "", l->name);
  return arena_strdup(in->arena, out.data);
}

static void row_fill(const void *owner, size_t row, struct row *out) {
  const struct grown *g = owner;
  const struct xray_line *l = &g->x.item[row];
  bool heading = l->kind == XRAY_NOTE && !*l->name;
  row_put(out, SIGN, level_role(l->worst), heading && l->worst == LEVEL_NONE ? "" : symbol(g->in->glyphs, level_symbol(l->worst)));
  row_put(out, THING, heading ? ROLE_HEADER : ROLE_NORMAL, xray_line_text(g->in, l));
  row_put(out, STANDS, l->stands.old ? ROLE_STALE : level_role(l->stands.level), standing_text(g->in, l->stands));
  row_put(out, BELOW, l->below ? level_role(l->worst) : ROLE_DIM, !l->below ? "" : l->worst == LEVEL_OLD ? arena_printf(g->in->arena, "~%s", l->below) : l->below);
}

static const struct xray_root cluster_root = {.kind = XRAY_CLUSTER};
static const struct xray_root *root_of(const struct app *a) { return a->xray.count ? &a->xray.roots[a->xray.count - 1] : &cluster_root; }

static struct grown *grow(const struct app *a, const struct input *in) {
  struct grown *g = arena_alloc(in->arena, sizeof *g);
  const struct xray_root *r = root_of(a);
  g->in = in;
  if (in->snap) xray_of(in->snap, (enum xray_kind)r->kind, r->id, proofs_shown(in), in->arena, &g->x);
  memcpy(g->columns, columns, sizeof columns);
  const char *empty = in->snap ? arena_printf(in->arena, "%s %s: it is not there any more", xray_kind_names[r->kind], r->id ? r->id : "") : "waiting for the first answers";
  g->table = (struct table){.columns = g->columns, .column_count = COUNT(columns), .row_count = g->x.count, .id = row_key, .fill = row_fill, .owner = g, .empty = empty};
  return g;
}

static const struct xray_line *selected_line(const struct app *a, const struct grown *g) {
  const char *key = table_selected(&g->table, &a->xray.table);
  for (size_t i = 0; key && i < g->x.count; i++)
    if (str_eq(g->x.item[i].key, key)) return &g->x.item[i];
  return NULL;
}

/* ---- roots ---- */

static void root_free(struct xray_root *r) {
  mem_free(r->id);
  mem_free(r->selected);
  *r = (struct xray_root){0};
}

void xray_free(struct xray_state *x) {
  while (x->count) root_free(&x->roots[--x->count]);
  table_state_free(&x->table);
}

static void push(struct xray_state *x, enum xray_kind kind, const char *id) {
  if (x->count == XRAY_ROOTS) { /* the oldest is forgotten */
    root_free(&x->roots[0]);
    memmove(x->roots, x->roots + 1, sizeof x->roots - sizeof *x->roots);
    x->count--;
  }
  x->roots[x->count++] = (struct xray_root){.kind = kind, .id = mem_strdup(id)};
  table_state_free(&x->table);
}

static const void *item_of(const struct input *in, int list, const char *id) {
  const void **item;
  size_t n = in->snap && id ? lists[list]->collect(in, &item) : 0;
  for (size_t i = 0; i < n; i++)
    if (str_eq(lists[list]->id(in, item[i]), id)) return item[i];
  return NULL;
}

static enum xray_kind root_from(const struct input *in, int list, const char *id, const char **ret_id) {
  const void *item = list < 0 || list == LIST_TASKS ? NULL : item_of(in, list, id);
  const struct task_view *task = list == LIST_TASKS && in->snap ? task_shown(in, id) : NULL;
  *ret_id = id;
  if (task) return xray_find(in->snap, task->target, in->arena, ret_id);
  if (!item) return XRAY_NONE;
  switch (list) {
  case LIST_NODES: return XRAY_HOST;
  case LIST_BRICKS: return XRAY_BRICK;
  case LIST_VOLUMES: return XRAY_VOLUME;
  case LIST_DOMAINS: return XRAY_DOMAIN;
  case LIST_RESOURCES: return xray_find(in->snap, ((const struct resource_view *)item)->id, in->arena, ret_id) == XRAY_DEVICE ? XRAY_DEVICE : (*ret_id = ((const struct resource_view *)item)->id, XRAY_RESOURCE);
  case LIST_EVENTS: return xray_find(in->snap, ((const struct event *)item)->subject, in->arena, ret_id);
  case LIST_PROBLEMS: return xray_find(in->snap, ((const struct problem *)item)->subject, in->arena, ret_id);
  case LIST_SOURCES: return xray_find(in->snap, ((const struct source_view *)item)->host, in->arena, ret_id);
  case LIST_FENCING: {
    const struct fence_view *f = item;
    if (f->kind == FENCE_DEVICE) return XRAY_DEVICE;
    return xray_find(in->snap, f->targets.count ? f->targets.item[0] : NULL, in->arena, ret_id);
  }
  default: return XRAY_NONE;
  }
}

void xray_open(struct app *a, const struct input *in) {
  const char *id, *root;
  int list = app_selected(a, in, &id);
  enum xray_kind kind = root_from(in, list, id, &root);
  xray_free(&a->xray);
  if (kind) push(&a->xray, kind, root);
  app_go(a, VIEW_XRAY);
}

/* ---- what the page does ---- */

void settle_xray(struct app *a, const struct input *in, int w, int h) {
  (void)w;
  struct grown *g = grow(a, in);
  table_follow(&g->table, &a->xray.table, h - 2);
}

/* Where the thing of a line has its detail. A set and a constraint have none of their own. */
static int list_of_line(const struct input *in, const struct xray_line *l, const char **ret_id) {
  static const int places[] = {[XRAY_HOST] = LIST_NODES, [XRAY_VOLUME] = LIST_VOLUMES, [XRAY_BRICK] = LIST_BRICKS, [XRAY_DOMAIN] = LIST_DOMAINS, [XRAY_DISK] = LIST_DOMAINS,
                               [XRAY_RESOURCE] = LIST_RESOURCES, [XRAY_DEVICE] = LIST_FENCING};
  *ret_id = NULL;
  if (!l || !l->id || (size_t)l->kind >= COUNT(places) || (!places[l->kind] && l->kind != XRAY_HOST)) return -1;
  *ret_id = l->id;
  if (l->kind == XRAY_DISK) *ret_id = strchr(l->id, ' ') ? strchr(l->id, ' ') + 1 : NULL;
  for (size_t i = 0; l->kind == XRAY_RESOURCE && i < in->snap->resources.count; i++)
    if (str_eq(in->snap->resources.item[i].id, l->id)) {
      *ret_id = list_resources.id(in, &in->snap->resources.item[i]); /* of a clone the first instance */
      break;
    }
  return *ret_id ? places[l->kind] : -1;
}

int selected_xray(const struct app *a, const struct input *in, const char **ret_id) { return list_of_line(in, selected_line(a, grow(a, in)), ret_id); }

static unsigned go_root(struct app *a, const struct xray_line *l, const char *key) {
  const struct xray_root *r = root_of(a);
  if (!l->id || (l->kind == r->kind && (str_eq(l->id, r->id) || l->kind == XRAY_CLUSTER))) return APP_CHANGED;
  if (!a->xray.count) push(&a->xray, XRAY_CLUSTER, NULL);
  struct xray_root *from = &a->xray.roots[a->xray.count - 1];
  mem_free(from->selected);
  from->selected = mem_strdup(key);
  push(&a->xray, (enum xray_kind)l->kind, l->id);
  return APP_CHANGED;
}

static unsigned go_back(struct app *a, const struct input *in, int h) {
  if (a->xray.count < 2) return 0;
  root_free(&a->xray.roots[--a->xray.count]);
  struct grown *g = grow(a, in);
  table_state_free(&a->xray.table);
  if (root_of(a)->selected) table_select(&g->table, &a->xray.table, h - 2, root_of(a)->selected);
  return APP_CHANGED;
}

unsigned act_xray(struct app *a, const struct input *in, int w, int h, enum action action) {
  (void)w;
  struct grown *g = grow(a, in);
  const struct xray_line *l = selected_line(a, g);
  const char *id;
  if (move_of(action) >= 0) {
    table_move(&g->table, &a->xray.table, h - 2, (enum move)move_of(action));
    return APP_CHANGED;
  }
  if (action == ACTION_BACK) return go_back(a, in, h);
  if (action == ACTION_VIEW_XRAY) return l ? go_root(a, l, l->key) : APP_CHANGED;
  if (action != ACTION_OPEN || !l) return 0;
  int list = list_of_line(in, l, &id);
  if (list < 0) return go_root(a, l, l->key); /* what has no detail is looked at from itself */
  app_open_item(a, (enum list_id)list, id);
  return APP_CHANGED;
}

void draw_xray(struct pen p, const struct app *a, const struct input *in) {
  char range[RANGE_TEXT];
  struct grown *g = grow(a, in);
  const char *title = g->x.count ? arena_printf(in->arena, "X-ray of %s %s", xray_kind_names[g->x.item[0].kind], g->x.item[0].name) : "X-ray";
  const struct xray_root *from = a->xray.count > 1 ? &a->xray.roots[a->xray.count - 2] : NULL;
  const char *id = from && from->id ? from->kind == XRAY_DOMAIN ? arena_strndup(in->arena, from->id, strcspn(from->id, " ")) : from->id : ""; /* without its UUID */
  const char *note = from ? arena_printf(in->arena, "from %s %s", xray_kind_names[from->kind], id) : NULL;
  struct pen inside = pen_box(p, &(struct box){.title = title, .note = note, .footer = table_range(range, &g->table, &a->xray.table, p.h - 2), .focused = true});
  g->columns[THING].max = p.w > 48 ? p.w / 2 : 24; /* a long name leaves room for how it stands */
  table_draw(inside, &g->table, &a->xray.table, true);
}

void state_xray(const struct app *a, const struct input *in, struct str *out) {
  struct grown *g = grow(a, in);
  const struct xray_root *r = root_of(a);
  const char *key = table_selected(&g->table, &a->xray.table);
  state_linef(out, "xray", "%s %s, %zu lines, %d roots", xray_kind_names[r->kind], r->id ? r->id : "", g->x.count, a->xray.count);
  state_line(out, "selected", key ? key : "none");
}
