#include "base/clock.h"
#include "views/screen/app.h"
#include "views/screen/noc.h"
#include <string.h>

enum { TILE_W = 38, TILE_LEAST_W = 28, TILE_H = 4 };

/* ---- worst first ---- */

struct ranked { const struct cluster_tile *tile; struct worth worth; struct input in; int badness; size_t problems, known; };

/* A cluster of which nothing is known now may be anything: next to one that is known to be out. */
static int badness_of(const struct cluster_tile *t, const struct worth *w) {
  static const int order[] = {[HEALTH_NONE] = 3, [HEALTH_HEALTHY] = 0, [HEALTH_DEGRADED] = 1, [HEALTH_UNKNOWN] = 2, [HEALTH_OUTAGE] = 4};
  return w->lost || !t->snap ? 3 : order[t->snap->health];
}

static int worse(const void *a, const void *b) {
  const struct ranked *x = a, *y = b;
  if (x->badness != y->badness) return y->badness - x->badness;
  size_t p = x->problems - x->known, q = y->problems - y->known;
  if (p != q) return p < q ? 1 : -1;
  int c = str_natural(x->tile->name, y->tile->name);
  return c ? c : x->tile->here - y->tile->here;
}

static struct ranked *ranked(const struct input *in) {
  struct ranked *r = arena_array(in->arena, in->cluster_count + 1, sizeof *r);
  for (size_t i = 0; i < in->cluster_count; i++) {
    const struct cluster_tile *t = &in->clusters[i];
    r[i] = (struct ranked){.tile = t, .in = *in};
    r[i].in.snap = t->snap, r[i].in.time = t->time, r[i].in.wall = t->time.at.wall;
    r[i].worth = noc_worth(&r[i].in);
    r[i].badness = badness_of(t, &r[i].worth);
    if (t->snap) r[i].problems = snapshot_problems(t->snap, &r[i].known);
  }
  if (in->cluster_count) qsort(r, in->cluster_count, sizeof *r, worse);
  return r;
}

/* The tile that was chosen, by its name; the worst when none was. */
static size_t chosen(const struct app *a, const struct input *in, const struct ranked *r) {
  for (size_t i = 0; a->cluster && i < in->cluster_count; i++)
    if (str_eq(r[i].tile->name, a->cluster)) return i;
  return 0;
}

struct grid { int across, down, wide; };

static struct grid grid_of(int w, int h) {
  int across = w / TILE_W > 0 ? w / TILE_W : 1;
  if (across == 1 && w / TILE_LEAST_W > 1) across = 2;
  return (struct grid){across, h / TILE_H > 0 ? h / TILE_H : 1, w / across};
}

/* ---- keys ---- */

static void choose(struct app *a, const struct input *in, const struct ranked *r, size_t at) {
  char *name = at < in->cluster_count ? mem_strdup(r[at].tile->name) : NULL;
  mem_free(a->cluster);
  a->cluster = name;
}

unsigned act_clusters(struct app *a, const struct input *in, int w, int h, enum action action) {
  struct grid g = grid_of(w, h);
  struct ranked *r = ranked(in);
  int64_t at = (int64_t)chosen(a, in, r), last = (int64_t)in->cluster_count - 1, page = (int64_t)g.across * g.down;
  if (last < 0) return 0;
  switch (action) {
  case ACTION_LEFT: at--; break;
  case ACTION_RIGHT: at++; break;
  case ACTION_UP: at -= at >= g.across ? g.across : 0; break;
  case ACTION_DOWN: at += at + g.across <= last ? g.across : 0; break;
  case ACTION_PAGE_UP: at -= page; break;
  case ACTION_PAGE_DOWN: at += page; break;
  case ACTION_HOME: at = 0; break;
  case ACTION_END: at = last; break;
  case ACTION_OPEN:
    choose(a, in, r, (size_t)at);
    if (task_running(in)) {
      app_say(a, "a task runs in this cluster: wait for its end, or stop it, before looking at another one");
      return APP_CHANGED;
    }
    a->cluster_wish = r[at].tile->here ? CLUSTER_LEAVE : CLUSTER_OPEN;
    return APP_CLUSTER | APP_CHANGED;
  default: return 0;
  }
  choose(a, in, r, (size_t)(at < 0 ? 0 : at > last ? last : at));
  return APP_CHANGED;
}

/* ---- drawing ---- */

static const char *age_of(const struct input *in, const struct worth *w) {
  char out[CLOCK_TEXT];
  return w->age == UNKNOWN_INT ? "no word yet" : w->age < 60000 ? arena_printf(in->arena, "%lld s", (long long)w->age / 1000 + 1) : arena_strdup(in->arena, clock_age(out, w->age));
}

static const struct problem *worst_of(const struct input *in) {
  const void **item;
  return in->snap && list_problems.collect(in, &item) ? item[0] : NULL;
}

static const char *second_line(const struct input *in, const struct ranked *r) {
  const struct cluster_view *c = &r->tile->snap->cluster;
  const char *problems = r->known ? arena_printf(in->arena, "%zu problem%s, %zu ack", r->problems, r->problems == 1 ? "" : "s", r->known)
                                  : arena_printf(in->arena, "%zu problem%s", r->problems, r->problems == 1 ? "" : "s");
  if (c->quorate == TRUTH_UNKNOWN || c->votes == UNKNOWN_INT) return arena_printf(in->arena, "%s   quorum %s", problems, c->quorate == TRUTH_YES ? "yes" : c->quorate == TRUTH_NO ? "NO" : "?");
  return arena_printf(in->arena, "%s   %s %lld/%lld", problems, c->quorate == TRUTH_YES ? "quorum" : "NO QUORUM", (long long)c->votes, (long long)c->expected_votes);
}

static void draw_tile(struct pen p, const struct input *in, const struct ranked *r, bool focused) {
  static const enum role badges[] = {ROLE_BADGE_OK, ROLE_BADGE_WARN, ROLE_BADGE_UNKNOWN, ROLE_BADGE_UNKNOWN, ROLE_BADGE_BAD};
  const struct worth *w = &r->worth;
  const char *badge = arena_printf(in->arena, " %s ", w->word), *age = age_of(in, w);
  struct pen inside = pen_box(p, &(struct box){.title = arena_printf(in->arena, "%s%s%s", focused ? symbol(in->glyphs, SYMBOL_SELECTED) : "", r->tile->name, r->tile->here ? " (here)" : ""), .focused = focused});
  pen_text(p, p.w - 2 - text_columns(badge), 0, w->lost ? (struct style){.role = ROLE_BAD, .attrs = ATTR_REVERSE | ATTR_BOLD} : style_of(badges[r->badness]), badge);
  const struct problem *b = worst_of(&r->in);
  if (w->lost) {
    pen_field(inside, 1, 0, inside.w - 2, STYLE(BAD), w->sentence);
    if (r->tile->snap && r->tile->snap->sources.count) pen_field(inside, 1, 1, inside.w - 2, STYLE(STALE), arena_printf(in->arena, "then: %s, %s", health_names[r->tile->snap->health] ? health_names[r->tile->snap->health] : "not known", second_line(in, r)));
    return;
  }
  if (b) {
    enum role role = b->acknowledged ? ROLE_DIM : severity_role(b->severity);
    int x = pen_symbol(inside, 1, 0, style_of(role), severity_symbol(b->severity)) + 1;
    pen_field(inside, x, 0, inside.w - x - 1, style_of(role), b->acknowledged ? known_text(&r->in, b) : b->text);
  } else pen_text(inside, 1, 0, STYLE(OK), "no problem is known");
  int end = inside.w - 1 - text_columns(age);
  pen_field(inside, 1, 1, end - 2, STYLE(NORMAL), second_line(in, r));
  pen_text(inside, end, 1, style_of(w->age_role == ROLE_OK ? ROLE_DIM : w->age_role), age);
}

static void draw_none(struct pen p) {
  static const char *const lines[] = {"No other cluster is configured. Each is a command", "that prints its recording:", "", "  [feed prod-7]", "  command = ssh noc@kvm01 kvmconsole record -", "",
                                      "in /etc/kvmconsole.conf or ~/.config/kvmconsole/config."};
  struct pen inside = pen_box(p, &(struct box){.title = "Clusters", .focused = true});
  for (size_t i = 0; i < COUNT(lines); i++) pen_field(inside, 1, (int)i, inside.w - 2, STYLE(NORMAL), lines[i]);
}

void draw_clusters(struct pen p, const struct app *a, const struct input *in) {
  if (!in->cluster_count) {
    draw_none(p);
    return;
  }
  struct grid g = grid_of(p.w, p.h);
  struct ranked *r = ranked(in);
  size_t at = chosen(a, in, r), page = (size_t)g.across * (size_t)g.down, from = at / page * page;
  for (size_t i = from; i < in->cluster_count && i < from + page; i++) {
    size_t k = i - from;
    int x = (int)(k % (size_t)g.across) * g.wide, y = (int)(k / (size_t)g.across) * TILE_H;
    draw_tile(pen_sub(p, x, y, (int)(k % (size_t)g.across) == g.across - 1 ? p.w - x : g.wide, TILE_H), in, &r[i], i == at && !a->noc.on); /* nobody chooses on a wall */
  }
}

/* Over the tiles: how all of them are. */
const char *clusters_words(const struct input *in) {
  static const char *const words[] = {"healthy", "degraded", "unknown", "without a word", "OUT"};
  size_t count[COUNT(words)] = {0};
  CLEANUP(str_free) struct str out = {0};
  struct ranked *r = ranked(in);
  for (size_t i = 0; i < in->cluster_count; i++) count[r[i].badness]++;
  str_addf(&out, "%zu cluster%s", in->cluster_count, in->cluster_count == 1 ? "" : "s");
  for (size_t i = COUNT(words), said = 0; i-- > 0;)
    if (count[i]) str_addf(&out, "%s %zu %s", said++ ? "," : ":", count[i], words[i]);
  return arena_strdup(in->arena, str_text(&out));
}

struct worth clusters_worst(const struct input *in) {
  struct ranked *r = ranked(in);
  if (!in->cluster_count) return (struct worth){"NO DATA", ROLE_UNKNOWN, true, UNKNOWN_INT, ROLE_UNKNOWN, "no cluster is configured: [feed NAME] command = .."};
  struct worth w = r[0].worth;
  w.sentence = clusters_words(in);
  for (size_t i = 0; i < in->cluster_count; i++) { /* the oldest of what is not lost, which says so by itself */
    const struct worth *o = &r[i].worth;
    if (o->lost || o->age == UNKNOWN_INT || (!w.lost && w.age != UNKNOWN_INT && w.age >= o->age)) continue;
    w.lost = false, w.age = o->age, w.age_role = o->age_role;
  }
  return w;
}

void draw_clusters_title(struct pen p, const struct input *in) {
  const char *clock = now_text(in);
  pen_clear(p, STYLE(NORMAL));
  int x = pen_text(p, 1, 0, STYLE(TITLE), "Clusters") + 2;
  if (in->cluster_count) pen_field(p, x, 0, p.w - x - 11, STYLE(NORMAL), clusters_words(in));
  if (clock) pen_right(p, p.w - 9, 0, 8, STYLE(DIM), clock);
}

void state_clusters(const struct app *a, const struct input *in, struct str *out) {
  struct ranked *r = ranked(in);
  state_line(out, "clusters", clusters_words(in));
  for (size_t i = 0; i < in->cluster_count; i++) state_linef(out, r[i].tile->name, "%s%s", r[i].worth.word, i == chosen(a, in, r) ? ", selected" : "");
}
