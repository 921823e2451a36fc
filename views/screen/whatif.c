/* What if: whatever may be lost, a row each, with the verdict on stopping it in order and on its plain death; and of one of
 * them, or of several hosts that were marked, each reason with what it rests on and how old that is, and what becomes of
 * each domain either way. Where there is room both stand beside one another, else a key turns the page over. */
#include "analysis/stop.h"
#include "base/clock.h"
#include "tui/text.h"
#include "views/screen/app.h"
#include <stdlib.h>
#include <string.h>

enum { BESIDE = 150 /* so wide that both fates stand beside one another */ };
static const struct { const char *word, *badge; enum role role, badge_role; enum symbol sign; } looks[VERDICT_COUNT] = {
    [VERDICT_NONE] = {"?", " UNKNOWN ", ROLE_UNKNOWN, ROLE_BADGE_UNKNOWN, SYMBOL_UNKNOWN}, [VERDICT_SAFE] = {"safe", " SAFE ", ROLE_OK, ROLE_BADGE_OK, SYMBOL_OK},
    [VERDICT_WAIT] = {"wait", " WAIT ", ROLE_WARN, ROLE_BADGE_WARN, SYMBOL_WAIT}, [VERDICT_UNSAFE] = {"UNSAFE", " UNSAFE ", ROLE_BAD, ROLE_BADGE_BAD, SYMBOL_BAD},
    [VERDICT_UNKNOWN] = {"?", " UNKNOWN ", ROLE_UNKNOWN, ROLE_BADGE_UNKNOWN, SYMBOL_UNKNOWN}};

void whatif_free(struct whatif_state *x) {
  for (char **t = x->target; t && *t; t++) mem_free(*t);
  mem_free(x->target);
  table_state_free(&x->table);
  arena_free(x->arena);
  *x = (struct whatif_state){0};
}

static void set_targets(struct whatif_state *x, const struct texts *t) {
  for (char **old = x->target; old && *old; old++) mem_free(*old);
  mem_free(x->target);
  x->target = NULL;
  x->dead = false;
  x->stamp = 0;
  if (!t->count) return;
  x->target = mem_alloc((t->count + 1) * sizeof *x->target);
  for (size_t i = 0; i < t->count; i++) x->target[i] = mem_strdup(t->item[i]);
  x->target[t->count] = NULL;
}

static struct loss loss_of(const struct app *a, const struct input *in, bool dead) {
  struct loss l = {.dead = dead};
  for (char **t = a->whatif.target; in->snap && t && *t; t++) loss_add(in->snap, &l, *t, in->arena, NULL);
  return l;
}

static bool loses_anything(const struct loss *l) { return l->hosts.count + l->bricks.count + l->links.count > 0; }

const char *whatif_nodes(const struct app *a, const struct input *in) {
  if (a->view != VIEW_WHATIF || !in->snap || !a->whatif.target) return NULL;
  struct loss l = loss_of(a, in, true);
  const char *nodes = loss_nodes(in->snap, &l, in->arena);
  return strchr(nodes, ',') ? nodes : NULL;
}

/* ---- from what is selected ---- */

static void take_item(const struct input *in, int list, const void *item, struct texts *ret) {
  const struct domain_view *d = item;
  const struct brick_view *b = item;
  switch (list) {
  case LIST_NODES: texts_add(in->arena, ret, ((const struct host_view *)item)->name); break;
  case LIST_BRICKS: texts_add(in->arena, ret, arena_printf(in->arena, "%s:%s", b->host, b->path)); break;
  case LIST_DOMAINS:
    if (d->hosts.count == 1) texts_add(in->arena, ret, d->hosts.item[0]); /* the host that it hangs on */
    break;
  case LIST_SOURCES:
    if (snapshot_host(in->snap, ((const struct source_view *)item)->host)) texts_add(in->arena, ret, snapshot_host(in->snap, ((const struct source_view *)item)->host)->name);
    break;
  case LIST_PROBLEMS:
  case LIST_EVENTS: {
    struct subject s = item_subject((enum list_id)list, in, item);
    if (s.brick) texts_add(in->arena, ret, arena_printf(in->arena, "%s:%s", s.brick->host, s.brick->path));
    else if (s.host) texts_add(in->arena, ret, s.host->name);
    break;
  }
  default: break;
  }
}

void whatif_open(struct app *a, const struct input *in) {
  const char *id;
  const void **item;
  struct texts t = {0};
  int list = in->snap ? app_selected(a, in, &id) : -1;
  size_t n = list >= 0 && list != LIST_TASKS && list != LIST_LOGS ? lists[list]->collect(in, &item) : 0;
  const struct marks *marks = list >= 0 && a->view != VIEW_DETAIL && (list == LIST_NODES || list == LIST_BRICKS) ? &a->lists[list].marks : NULL;
  for (size_t i = 0; i < n; i++) {
    const char *name = lists[list]->id(in, item[i]);
    if (marks && marks->count ? mark_has(marks, name) : str_eq(name, id)) take_item(in, list, item[i], &t);
  }
  whatif_free(&a->whatif);
  set_targets(&a->whatif, &t);
  app_go(a, VIEW_WHATIF);
}

/* ---- the rows to choose from ---- */

enum { WHAT, KIND, ORDER, DEAD, WORST };
static const struct column columns[] = {
    [WHAT] = {.title = "WHAT IF IT IS LOST", .min = 18, .max = 44, .priority = 99},
    [KIND] = {.title = "KIND", .min = 7, .max = 7, .priority = 20},
    [ORDER] = {.title = "STOPPED", .min = 7, .max = 7, .priority = 90},
    [DEAD] = {.title = "DIES", .min = 6, .max = 7, .priority = 95},
    [WORST] = {.title = "THE WORST OF IT", .min = 16, .weight = 1, .priority = 50},
};
struct losable { const char *target, *shown, *kind; const struct host_view *host; };
struct judged { bool known; int order, dead, worst; const char *text; };
struct losables { const struct input *in; const struct judged *judged; /* of each; NULL: none is */ LIST_OF(struct losable) list; struct table table; };
static const struct shape losable_shape = {.name = "losable", .size = sizeof(struct losable), .fields = (const struct field[]){{.name = NULL}}};

static const char *row_id(const void *owner, size_t row) { return ((const struct losables *)owner)->list.item[row].target; }

static const struct stop_reason *worst_reason(const struct stop *v) {
  const struct stop_reason *worst = NULL;
  for (size_t i = 0; i < v->reasons.count; i++)
    if (!worst || stop_rank(v->reasons.item[i].verdict) > stop_rank(worst->verdict)) worst = &v->reasons.item[i];
  return worst && worst->verdict != VERDICT_SAFE ? worst : NULL;
}

static void row_fill(const void *owner, size_t row, struct row *out) {
  static const struct judged not_yet = {.text = NULL};
  const struct losables *x = owner;
  const struct losable *r = &x->list.item[row];
  const struct judged *v = x->judged ? &x->judged[row] : &not_yet;
  row_put(out, WHAT, ROLE_NORMAL, r->shown);
  row_put(out, KIND, ROLE_DIM, r->kind);
  row_put(out, ORDER, v->order ? looks[v->order].role : ROLE_DIM, v->order ? looks[v->order].word : v->known ? "-" : symbol(x->in->glyphs, SYMBOL_WAIT));
  row_put(out, DEAD, v->known ? looks[v->dead].role : ROLE_DIM, v->known ? looks[v->dead].word : symbol(x->in->glyphs, SYMBOL_WAIT));
  row_put(out, WORST, v->text ? looks[v->worst].role : ROLE_DIM, v->text ? v->text : v->known ? "-" : "");
}

/* A network is never lost in order; that of a host alone is in the snapshot. */
static struct judged judge_row(const struct judge_index *index, const struct snapshot *s, const struct losable *r, struct arena *a) {
  struct judged v = {.known = true, .order = r->host ? r->host->take_down : VERDICT_NONE};
  for (int dead = r->host != NULL; dead < 2; dead++) {
    struct loss l = {.dead = dead};
    loss_add(s, &l, r->target, a, NULL);
    if (!dead && l.links.count) continue;
    const struct stop *stop = stop_brief(index, s, &l, a);
    const struct stop_reason *worst = worst_reason(stop);
    if (!dead) v.order = stop->verdict;
    else v.dead = stop->verdict, v.worst = worst ? worst->verdict : VERDICT_NONE, v.text = worst ? arena_printf(a, "%s: %s", worst->layer, worst->text) : NULL;
  }
  return v;
}

static void add_losable(struct losables *x, const char *target, const char *shown, const char *kind, const struct host_view *host) {
  *(struct losable *)list_add(x->in->arena, &x->list, &losable_shape) = (struct losable){target, shown, kind, host};
}

static struct losables *losables(const struct app *a, const struct input *in) {
  struct losables *x = arena_alloc(in->arena, sizeof *x);
  const struct snapshot *s = in->snap;
  *x = (struct losables){.in = in, .judged = s && a->whatif.stamp == snapshot_stamp(in) ? a->whatif.rows : NULL};
  uint64_t links = 0;
  for (size_t i = 0; s && i < s->hosts.count; i++) add_losable(x, s->hosts.item[i].name, s->hosts.item[i].name, "host", &s->hosts.item[i]);
  for (size_t i = 0; s && i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i];
    for (size_t k = 0; k < h->links.count; k++) links |= h->links.item[k].link >= 0 && h->links.item[k].link < 8 ? UINT64_C(1) << h->links.item[k].link : 0;
    if (h->membership == MEMBERSHIP_MEMBER) add_losable(x, arena_printf(in->arena, "link:%s", h->name), arena_printf(in->arena, "%s cut off from all others", h->name), "network", NULL);
  }
  for (int k = 0; k < 8; k++)
    if (links >> k & 1) add_losable(x, arena_printf(in->arena, "link:%d", k), arena_printf(in->arena, "corosync's link %d everywhere", k), "network", NULL);
  for (size_t v = 0; s && v < s->volumes.count; v++)
    for (size_t i = 0; i < s->volumes.item[v].bricks.count; i++) {
      const char *name = arena_printf(in->arena, "%s:%s", s->volumes.item[v].bricks.item[i].host, s->volumes.item[v].bricks.item[i].path);
      add_losable(x, name, name, "brick", NULL);
    }
  x->table = (struct table){.columns = columns, .column_count = COUNT(columns), .row_count = x->list.count, .id = row_id, .fill = row_fill, .owner = x,
                            .empty = s ? "nothing is known that could be lost" : "waiting for the first answers"};
  return x;
}

/* ---- one of them: the reasons ---- */

static const char *about(const struct input *in, int64_t seconds) {
  char age[CLOCK_TEXT];
  return arena_strdup(in->arena, clock_age(age, seconds * 1000));
}

static const char *verdict_text(const struct input *in, const struct stop *v) {
  int64_t wait = 0;
  for (size_t i = 0; i < v->reasons.count; i++)
    if (v->reasons.item[i].verdict == VERDICT_WAIT) wait = wait == UNKNOWN_INT || v->reasons.item[i].wait_s == UNKNOWN_INT ? UNKNOWN_INT : v->reasons.item[i].wait_s > wait ? v->reasons.item[i].wait_s : wait;
  return v->verdict == VERDICT_WAIT && wait > 0 ? arena_printf(in->arena, "about %s", about(in, wait)) : "";
}

static enum role durability_role(int durability) {
  return durability == DURABILITY_LOST ? ROLE_BAD : durability == DURABILITY_REDUCED ? ROLE_WARN : durability == DURABILITY_KEPT ? ROLE_OK : ROLE_UNKNOWN;
}

static struct text *reasons_text(const struct input *in, const struct stop *v) {
  struct text *t = text_new();
  char age[CLOCK_TEXT];
  for (int rank = VERDICT_COUNT; rank-- > 0;) /* the worst first */
    for (size_t i = 0; i < v->reasons.count; i++) {
      const struct stop_reason *r = &v->reasons.item[i];
      if (stop_rank(r->verdict) != rank) continue;
      text_indent(t, 0, 14);
      text_addf(t, style_of(looks[r->verdict].role), "%s ", symbol(in->glyphs, looks[r->verdict].sign));
      text_moref(t, r->verdict == VERDICT_SAFE ? STYLE(DIM) : style_of(looks[r->verdict].role), "%-11s ", r->layer);
      text_more(t, STYLE(NORMAL), r->text);
      if (r->wait_s != UNKNOWN_INT) text_moref(t, STYLE(WARN), ", about %s", about(in, r->wait_s));
      if (r->age_ms != UNKNOWN_INT) text_moref(t, STYLE(DIM), "  %s old", clock_age(age, r->age_ms));
    }
  return t;
}

/* ---- and the domains ---- */

static const int gravity[] = {[EFFECT_NONE] = 4, [EFFECT_UNAFFECTED] = 0, [EFFECT_MIGRATES] = 1, [EFFECT_RESTARTS] = 2, [EFFECT_STALLS] = 3, [EFFECT_STOPS] = 5};
static const enum role effect_roles[] = {[EFFECT_NONE] = ROLE_UNKNOWN, [EFFECT_UNAFFECTED] = ROLE_DIM, [EFFECT_MIGRATES] = ROLE_NORMAL, [EFFECT_RESTARTS] = ROLE_WARN, [EFFECT_STALLS] = ROLE_WARN, [EFFECT_STOPS] = ROLE_BAD};

static const char *fate_words(const struct input *in, const struct stop_domain *d) {
  const char *to = d->to ? d->to : "?", *s = d->seconds > 0 ? about(in, d->seconds) : NULL;
  switch ((enum effect)d->effect) {
  case EFFECT_MIGRATES: return s ? arena_printf(in->arena, "live to %s, %s", to, s) : arena_printf(in->arena, "live to %s", to);
  case EFFECT_RESTARTS: return s ? arena_printf(in->arena, "to %s, down %s", to, s) : arena_printf(in->arena, "to %s, down ?", to);
  case EFFECT_STALLS: return s ? arena_printf(in->arena, "stalls, up to %s", s) : arena_printf(in->arena, "STALLS: %s", d->text ? d->text : "its disk is lost");
  case EFFECT_STOPS: return arena_printf(in->arena, "STOPS: %s", d->text ? d->text : "nothing starts it");
  case EFFECT_UNAFFECTED: return d->text ? d->text : "unaffected";
  case EFFECT_NONE: break;
  }
  return arena_printf(in->arena, "? %s", d->text ? d->text : "not known");
}

struct fate { const struct stop_domain *order, *dead; };

static int fate_gravity(const struct fate *f) { return (f->order ? gravity[f->order->effect] : 0) + 10 * (f->dead ? gravity[f->dead->effect] : 0); }
static int gravest_first(const void *a, const void *b) {
  const struct fate *x = a, *y = b;
  int d = fate_gravity(y) - fate_gravity(x);
  return d ? d : str_natural(x->dead->name, y->dead->name);
}

/* Those to whom something happens, either way; *quiet: how many others there are. */
static size_t fates_of(const struct input *in, const struct stop *order, const struct stop *dead, struct fate **ret, size_t *quiet) {
  size_t n = 0;
  *quiet = 0;
  *ret = arena_array(in->arena, dead->domains.count + 1, sizeof **ret);
  for (size_t i = 0; i < dead->domains.count; i++) {
    const struct stop_domain *d = &dead->domains.item[i], *o = order && i < order->domains.count && str_eq(order->domains.item[i].name, d->name) ? &order->domains.item[i] : NULL;
    if (d->effect == EFFECT_UNAFFECTED && (!o || o->effect == EFFECT_UNAFFECTED)) ++*quiet;
    else (*ret)[n++] = (struct fate){o, d};
  }
  if (n) qsort(*ret, n, sizeof **ret, gravest_first);
  return n;
}

/* ---- the page of one ---- */

struct sheet_of { /* what is on it */
  const struct stop *order, *dead; /* order: NULL, a network never goes in order */
  bool beside;
};

/* What was judged when it settled: of this snapshot; else it is judged now. */
static struct sheet_of sheet_made(const struct app *a, const struct input *in, int w) {
  const struct whatif_state *x = &a->whatif;
  struct sheet_of s = {.order = x->in_order, .dead = x->dies};
  if (!x->dies || x->stamp != snapshot_stamp(in)) {
    struct judge_index *index = stop_index(in->snap);
    struct loss order = loss_of(a, in, false), dead = loss_of(a, in, true);
    s.order = order.links.count ? NULL : stop_judge_by(index, in->snap, &order, in->arena);
    s.dead = stop_judge_by(index, in->snap, &dead, in->arena);
    stop_index_free(index);
  }
  s.beside = s.order && w >= BESIDE;
  return s;
}

/* Names are the snapshot's own, and these may outlive it. */
static const struct stop *kept(struct arena *a, struct stop *v) {
  for (size_t i = 0; i < v->domains.count; i++) {
    struct stop_domain *d = &v->domains.item[i];
    d->name = arena_strdup(a, d->name), d->to = arena_strdup(a, d->to), d->text = arena_strdup(a, d->text);
  }
  return v;
}

static void begin_snapshot(struct whatif_state *x, const struct input *in) {
  if (x->stamp == snapshot_stamp(in)) return;
  arena_free(x->arena);
  x->arena = arena_new();
  x->stamp = snapshot_stamp(in);
  x->rows = NULL;
  x->in_order = x->dies = NULL;
}

static void judge_target(struct app *a, const struct input *in) {
  struct whatif_state *x = &a->whatif;
  struct loss order = loss_of(a, in, false), dead = loss_of(a, in, true);
  if (x->dies || !loses_anything(&dead)) return;
  struct judge_index *index = stop_index(in->snap);
  if (!order.links.count) x->in_order = kept(x->arena, stop_judge_by(index, in->snap, &order, x->arena));
  x->dies = kept(x->arena, stop_judge_by(index, in->snap, &dead, x->arena));
  stop_index_free(index);
}

/* Those that are in sight; at leisure some at a time, so that no key waits for a page of a large cluster. */
static void judge_rows(struct app *a, const struct input *in, struct losables *l, int h) {
  enum { AT_A_TIME = 4 };
  struct whatif_state *x = &a->whatif;
  int made = 0;
  x->waits = false;
  size_t from = table_place(&l->table, &x->table, h).top, to = from + (size_t)(h > 0 ? h : 0);
  if (!x->rows) x->rows = arena_array(x->arena, l->list.count + 1, sizeof *x->rows);
  struct judge_index *index = stop_index(in->snap);
  for (size_t i = from; i < to && i < l->list.count && !x->waits; i++) {
    if (x->rows[i].known) continue;
    x->waits = in->at_leisure && made++ == AT_A_TIME;
    if (!x->waits) x->rows[i] = judge_row(index, in->snap, &l->list.item[i], x->arena);
  }
  stop_index_free(index);
}

static void draw_verdict(struct pen p, int y, const struct input *in, const char *title, const struct stop *v) {
  int x = pen_text(p, 0, y, (struct style){.role = ROLE_TITLE, .attrs = ATTR_BOLD}, title) + 2;
  x = pen_text(p, x, y, style_of(looks[v->verdict].badge_role), looks[v->verdict].badge) + 1;
  x = pen_text(p, x, y, STYLE(WARN), verdict_text(in, v)) + 2;
  x = pen_text(p, x, y, STYLE(DIM), "data ");
  pen_text(p, x, y, style_of(durability_role(v->durability)), v->durability ? durability_names[v->durability] : "unknown");
}

static int draw_reasons(struct pen p, int y, const struct input *in, const char *title, const struct stop *v) {
  struct text *t = reasons_text(in, v);
  int h = (int)text_height(t, p.w);
  draw_verdict(p, y, in, title, v);
  pen_rule(p, 0, y + 1, p.w, STYLE(BORDER));
  text_draw(pen_sub(p, 0, y + 2, p.w, h), t, 0);
  text_free(t);
  return y + 2 + h;
}

/* The other fate in a word, where it has no room beside this one. */
static void draw_other(struct pen p, const struct app *a, const struct input *in, const struct sheet_of *s) {
  const struct stop *v = a->whatif.dead ? s->order : s->dead;
  char key[KEY_NAME];
  keymap_hint(in->keymap, CONTEXT_WHATIF, ACTION_WHATIF_DEAD, key);
  const char *words = arena_printf(in->arena, "%s%s%s: ", key, *key ? "  " : "", a->whatif.dead ? "stopped in order" : "it just dies");
  int w = text_columns(words) + text_columns(looks[v->verdict].word);
  if (w + 46 > p.w) return;
  pen_text(p, p.w - w, 0, STYLE(DIM), words);
  pen_text(p, p.w - text_columns(looks[v->verdict].word), 0, style_of(looks[v->verdict].role), looks[v->verdict].word);
}

static void draw_fate(struct pen p, int x, int y, int w, const struct input *in, const struct stop_domain *d) {
  if (d) pen_field(p, x, y, w, style_of(effect_roles[d->effect]), fate_words(in, d));
}

static int draw_fates(struct pen p, int y, int from, int to, const struct input *in, const struct sheet_of *s) {
  struct fate *f;
  size_t quiet, n = fates_of(in, s->order, s->dead, &f, &quiet);
  int name = 8, half;
  for (size_t i = 0; i < n; i++)
    if (text_columns(f[i].dead->name) > name) name = text_columns(f[i].dead->name);
  if (name > p.w / 4) name = p.w / 4;
  half = s->order ? (p.w - name - 4) / 2 : 0;
  pen_rule(p, 0, y++, p.w, STYLE(BORDER));
  if (n) {
    pen_field(p, 0, y, name, STYLE(HEADER), "DOMAIN");
    if (s->order) pen_field(p, name + 2, y, half, STYLE(HEADER), "STOPPED IN ORDER");
    pen_field(p, name + 2 + (half ? half + 2 : 0), y++, p.w - name - 2 - (half ? half + 2 : 0), STYLE(HEADER), "IT JUST DIES");
  }
  for (size_t i = 0; i < n; i++, y++) {
    if (y < from || y >= to) continue; /* nobody sees it */
    pen_field(p, 0, y, name, STYLE(NORMAL), f[i].dead->name);
    if (s->order) draw_fate(p, name + 2, y, half, in, f[i].order);
    draw_fate(p, name + 2 + (half ? half + 2 : 0), y, p.w - name - 2 - (half ? half + 2 : 0), in, f[i].dead);
  }
  const char *rest = n ? arena_printf(in->arena, "%zu other%s unaffected", quiet, quiet == 1 ? " is" : "s are") : quiet ? arena_printf(in->arena, "no domain is touched: %zu run%s on", quiet, quiet == 1 ? "s" : "") : "no domain runs that is known";
  if (!n || quiet) pen_field(p, 0, y++, p.w, STYLE(DIM), rest);
  return y;
}

/* from, to: the rows that are seen. Returns how many there are. */
static int sheet(struct pen p, const struct app *a, const struct input *in, int from, int to) {
  struct loss l = loss_of(a, in, false);
  if (!loses_anything(&l)) {
    pen_text(p, 0, 0, STYLE(WARN), in->snap ? "it is not there any more" : "waiting for the first answers");
    return 1;
  }
  struct sheet_of s = sheet_made(a, in, p.w);
  int y;
  if (s.beside) {
    int half = (p.w - 3) / 2, left = draw_reasons(pen_sub(p, 0, 0, half, p.h), 0, in, "Stopped in order", s.order);
    y = draw_reasons(pen_sub(p, half + 3, 0, p.w - half - 3, p.h), 0, in, "It just dies", s.dead);
    if (left > y) y = left;
    pen_rule_down(p, half + 1, 0, y, STYLE(BORDER));
  } else {
    bool dead = a->whatif.dead || !s.order;
    y = draw_reasons(p, 0, in, dead ? "It just dies" : "Stopped in order", dead ? s.dead : s.order);
    if (s.order) draw_other(p, a, in, &s);
  }
  return draw_fates(p, y, from, to, in, &s);
}

static int sheet_height(const struct app *a, const struct input *in, int w) {
  struct canvas size = {.w = w, .h = 1, .glyphs = in->glyphs};
  struct pen p = canvas_pen(&size);
  p.h = CANVAS_MAX * 10;
  p.w = w;
  p.bottom = p.right = 0; /* nothing of it is seen */
  return sheet(p, a, in, 0, 0);
}

/* ---- the page ---- */

static const char *names_of_targets(const struct app *a, const struct input *in) {
  struct texts t = {0};
  for (char **one = a->whatif.target; one && *one; one++) texts_add(in->arena, &t, str_starts(*one, "link:") ? arena_printf(in->arena, "the network of %s", *one + strlen("link:")) : *one);
  return join_text(in, &t);
}

void settle_whatif(struct app *a, const struct input *in, int w, int h) {
  if (in->snap) begin_snapshot(&a->whatif, in);
  if (!a->whatif.target) {
    struct losables *l = losables(a, in);
    table_follow(&l->table, &a->whatif.table, h - 2);
    if (in->snap) judge_rows(a, in, l, h - 2);
    return;
  }
  if (in->snap) judge_target(a, in);
  int all = sheet_height(a, in, w - 4);
  size_t last = all > h - 2 ? (size_t)(all - (h - 2)) : 0;
  if (a->top > last) a->top = last;
}

/* The host that could be drained; NULL: there is none, and that is said. */
static const char *host_to_drain(struct app *a, const struct input *in) {
  const char *selected = a->whatif.target ? a->whatif.target[0] : table_selected(&losables(a, in)->table, &a->whatif.table);
  if (a->whatif.target && a->whatif.target[0] && a->whatif.target[1]) app_say(a, "one host after the other: choose one of them");
  else if (!selected || !in->snap || !snapshot_host(in->snap, selected)) app_say(a, "only a host can be drained");
  else return snapshot_host(in->snap, selected)->name;
  return NULL;
}

static unsigned drain(struct app *a, const struct input *in) {
  const char *host = host_to_drain(a, in);
  if (!host) return APP_CHANGED;
  acting_close(&a->acting);
  a->acting.from_menu = false;
  return acting_open(&a->acting, in, operation_find("node-drain"), host, NULL, true);
}

static unsigned move_sheet(struct app *a, int h, enum move m) {
  size_t page = h > 3 ? (size_t)h - 3 : 1;
  a->top = scroll_move(a->top, page, m);
  return APP_CHANGED;
}

unsigned act_whatif(struct app *a, const struct input *in, int w, int h, enum action action) {
  struct whatif_state *x = &a->whatif;
  (void)w;
  if (action == ACTION_WHATIF_DRAIN) return drain(a, in);
  if (action == ACTION_WHATIF_DEAD) {
    struct loss l = loss_of(a, in, true);
    if (l.links.count) app_say(a, "a network is never lost in order");
    else x->dead = !x->dead, a->top = 0;
    return APP_CHANGED;
  }
  if (x->target) {
    if (move_of(action) >= 0) return move_sheet(a, h, (enum move)move_of(action));
    if (action != ACTION_BACK || !x->chosen) return 0;
    set_targets(x, &(struct texts){0}); /* back to the rows that it was chosen from */
    x->chosen = false;
    a->top = 0;
    return APP_CHANGED;
  }
  struct losables *l = losables(a, in);
  if (move_of(action) >= 0) {
    table_move(&l->table, &x->table, h - 2, (enum move)move_of(action));
    return APP_CHANGED;
  }
  const char *id = table_selected(&l->table, &x->table);
  if (action != ACTION_OPEN || !id) return 0;
  struct texts one = {0};
  texts_add(in->arena, &one, id);
  set_targets(x, &one);
  x->chosen = true;
  return APP_CHANGED;
}

void draw_whatif(struct pen p, const struct app *a, const struct input *in) {
  char range[RANGE_TEXT];
  if (!a->whatif.target) {
    struct losables *x = losables(a, in);
    struct pen inside = pen_box(p, &(struct box){.title = "What if it is lost", .footer = table_range(range, &x->table, &a->whatif.table, p.h - 2), .focused = true});
    table_draw(inside, &x->table, &a->whatif.table, true);
    return;
  }
  struct pen v = pen_sub(p, 2, 1, p.w - 4, p.h - 2);
  int seen = p.h > 2 ? p.h - 2 : 0;
  v.y -= (int)a->top;
  v.h = CANVAS_MAX * 10;
  int all = sheet(v, a, in, (int)a->top, (int)a->top + seen);
  const char *title = arena_printf(in->arena, "%s %s", a->whatif.dead || str_starts(a->whatif.target[0], "link:") ? "What if this is lost:" : "May this be taken down:", names_of_targets(a, in));
  pen_box(p, &(struct box){.title = title, .footer = scroll_range(range, a->top, (size_t)seen, (size_t)all), .focused = true});
}

int selected_whatif(const struct app *a, const struct input *in, const char **ret_id) {
  const char *id = a->whatif.target ? a->whatif.target[1] ? NULL : a->whatif.target[0] : in->snap ? table_selected(&losables(a, in)->table, &a->whatif.table) : NULL;
  const struct host_view *h = id && in->snap ? snapshot_host(in->snap, id) : NULL;
  *ret_id = h ? h->name : NULL;
  return h ? LIST_NODES : -1;
}

void state_whatif(const struct app *a, const struct input *in, struct str *out) {
  struct loss l = loss_of(a, in, false);
  if (!a->whatif.target) {
    struct losables *x = losables(a, in);
    const char *id = table_selected(&x->table, &a->whatif.table);
    state_linef(out, "whatif", "%zu rows, selected %s", x->list.count, id ? id : "none");
    return;
  }
  state_linef(out, "whatif", "%s, %s", names_of_targets(a, in), a->whatif.dead ? "it just dies" : "stopped in order");
  if (!loses_anything(&l)) return;
  struct sheet_of s = sheet_made(a, in, BESIDE);
  if (s.order) state_line(out, "in order", looks[s.order->verdict].word);
  state_line(out, "dies", looks[s.dead->verdict].word);
}
