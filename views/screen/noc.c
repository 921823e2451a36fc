#include "views/screen/noc.h"
#include "base/clock.h"
#include "model/problem.h"
#include "tui/big.h"
#include "views/screen/app.h"
#include <stdio.h>
#include <string.h>

enum { SILENT_MS = 10000, LOUD_MS = 30000, BEHIND_MS = 120000, /* of what comes by a feed */
       SETTLE_MS = 15000,    /* the first answers come one after the other */
       NEW_MS = 600000, FORGOTTEN_MS = 600000, FLASH_MS = 6000, RING_MS = 10000, FAULTS_MAX = 2000 };

static const enum list_id pages[] = {LIST_NODES, LIST_BRICKS, LIST_VOLUMES, LIST_DOMAINS, LIST_RESOURCES, LIST_SOURCES};

/* ---- what the data is worth ---- */

static const char *span(const struct input *in, int64_t ms) {
  long long s = ms / 1000;
  if (s < 60) return arena_printf(in->arena, "%lld s", s);
  if (s < 3600) return arena_printf(in->arena, "%lld min %lld s", s / 60, s % 60);
  return s < 172800 ? arena_printf(in->arena, "%lld h %lld min", s / 3600, s / 60 % 60) : arena_printf(in->arena, "%lld d", s / 86400);
}

static bool said_anything(const struct snapshot *s) {
  for (size_t i = 0; s && i < s->sources.count; i++)
    if (s->sources.item[i].state != SOURCE_UNKNOWN) return true;
  return false;
}

static const char *last_word(const struct input *in) {
  const char *health = in->snap ? health_names[in->snap->health] : NULL;
  return arena_printf(in->arena, "what it said last was %s, at %s", health ? health : "nothing", clock_text(in, in->time.newest - in->time.silent_ms));
}

static struct worth lost(const char *word, int64_t age, const char *sentence) { return (struct worth){word, ROLE_BAD, true, age, ROLE_BAD, sentence}; }

/* A feed: whether it comes at all, and whether it is of now. False: it does. */
static bool feed_is_lost(const struct input *in, struct worth *w) {
  const struct feed_shown *t = &in->time;
  if (t->kind != FEED_STREAM) return false;
  int64_t behind = in->own_wall - t->newest;
  const char *again = t->again_ms > 0 ? arena_printf(in->arena, "%s; again in %s", t->trouble, span(in, t->again_ms + 999)) : t->trouble;
  if (t->ended) *w = lost("NO FEED", t->silent_ms, t->trouble ? again : arena_printf(in->arena, "the feed ended %s ago; %s", span(in, t->silent_ms), last_word(in)));
  else if (t->silent_ms >= SILENT_MS) *w = lost("SILENT", t->silent_ms, arena_printf(in->arena, "the feed has been silent for %s; %s", span(in, t->silent_ms), last_word(in)));
  else if (said_anything(in->snap) && (behind >= BEHIND_MS || behind <= -BEHIND_MS))
    *w = lost("OLD", behind < 0 ? -behind : behind,
              arena_printf(in->arena, "its clock is %s %s ours: old, or a clock is wrong", span(in, behind < 0 ? -behind : behind), behind < 0 ? "ahead of" : "behind"));
  else return false;
  return true;
}

struct worth noc_worth(const struct input *in) {
  static const struct { const char *word; enum role role; } words[] = {[HEALTH_NONE] = {"UNKNOWN", ROLE_UNKNOWN}, [HEALTH_HEALTHY] = {"HEALTHY", ROLE_OK},
      [HEALTH_DEGRADED] = {"DEGRADED", ROLE_WARN}, [HEALTH_OUTAGE] = {"OUTAGE", ROLE_BAD}, [HEALTH_UNKNOWN] = {"UNKNOWN", ROLE_UNKNOWN}};
  const struct snapshot *s = in->snap;
  struct worth w;
  if (feed_is_lost(in, &w)) return w;
  if (!said_anything(s)) return (struct worth){"NO DATA", ROLE_UNKNOWN, true, UNKNOWN_INT, ROLE_UNKNOWN, "waiting for the first answers: nothing is known yet"};
  size_t heard = 0, not = 0;
  w = (struct worth){.word = words[s->health].word, .role = words[s->health].role, .age = 0};
  for (size_t i = 0; i < s->sources.count; i++) {
    const struct source_view *v = &s->sources.item[i];
    if (v->state == SOURCE_ABSENT) continue;
    bool speaks = v->state == SOURCE_OK || v->state == SOURCE_STALE;
    heard += speaks, not += !speaks;
    if (speaks && v->age_ms > w.age) w.age = v->age_ms;
  }
  if (!heard) w.age = UNKNOWN_INT;
  w.age_role = !heard || w.age >= LOUD_MS ? ROLE_BAD : w.age >= SILENT_MS || not ? ROLE_WARN : ROLE_OK;
  const char *within = span(in, w.age + 1000);
  w.sentence = !heard ? "no source answers" : not ? arena_printf(in->arena, "%zu of %zu sources do not answer; the others within %s", not, heard + not, within)
                                               : arena_printf(in->arena, "all sources were heard from within %s", within);
  if (in->time.kind == FEED_FILE) {
    w.age_role = ROLE_BAD;
    w.age = in->own_wall - in->time.at.wall;
    w.sentence = arena_printf(in->arena, "A RECORDING, not now: %s ago", span(in, w.age > 0 ? w.age : 0));
  }
  return w;
}

/* Of several clusters: the worst. */
static struct worth worth_of(const struct noc *n, const struct input *in) {
  return n->many ? clusters_worst(in) : noc_worth(in);
}

/* ---- where everything lies ---- */

struct layout { int scale, word_y, word_h, age_scale, age_y, age_h, problems_y, problems_h, tabs_y, pane_y, pane_h; };

/* One for all words, so that nothing jumps when health changes. */
static struct layout layout_of(const struct input *in, int w, int h) {
  enum { PANE = 5 };
  enum glyphs glyphs = in->glyphs;
  struct layout l = {.word_y = 1, .scale = big_scale("DEGRADED", w - 2, h / 3, glyphs)};
  bool small = h < 20;
  l.word_h = l.scale ? big_rows(l.scale, glyphs) : 1;
  l.age_scale = small ? 0 : l.scale > 3 ? l.scale / 2 : 1;
  l.age_y = l.word_y + l.word_h + !small;
  l.age_h = small ? 2 : big_rows(l.age_scale, glyphs);
  l.problems_y = l.age_y + l.age_h + !small;
  int left = h - l.problems_y - 1;
  size_t problems = in->snap ? in->snap->problems.count : 0;
  l.problems_h = problems < 2 || left - PANE < 2 ? 2 : problems < (size_t)(left - PANE) ? (int)problems : left - PANE;
  l.tabs_y = l.problems_y + l.problems_h;
  l.pane_y = l.tabs_y + 1;
  l.pane_h = h - l.pane_y;
  return l;
}

static size_t count_of(const struct input *in, int page) {
  const void **item;
  return in->snap ? lists[pages[page]]->collect(in, &item) : 0;
}

/* ---- time goes on ---- */

void noc_free(struct noc *n) {
  for (size_t i = 0; i < n->fault_count; i++) mem_free(n->faults[i].name);
  mem_free(n->faults);
  *n = (struct noc){0};
}

static const char *name_of(const struct input *in, const struct problem *p) { return arena_printf(in->arena, "%s %s", p->id, p->subject ? p->subject : ""); }

static struct noc_fault *fault_of(const struct noc *n, const char *name) {
  for (size_t i = 0; i < n->fault_count; i++)
    if (str_eq(n->faults[i].name, name)) return &n->faults[i];
  return NULL;
}

static bool is_new(const struct noc *n, const struct input *in, const struct problem *p) {
  const struct noc_fault *f = p->acknowledged || p->severity < SEVERITY_WARNING ? NULL : fault_of(n, name_of(in, p));
  return f && f->fresh && in->mono - f->first < NEW_MS;
}

static void ring(struct noc *n, const struct input *in) {
  if (n->rings && in->mono - n->rung < RING_MS) return;
  n->rings++;
  n->rung = in->mono;
}

/* One that went is remembered for a while: what comes and goes rings once. */
static void forget(struct noc *n, const struct input *in) {
  size_t kept = 0;
  for (size_t i = 0; i < n->fault_count; i++) {
    if (in->mono - n->faults[i].last < FORGOTTEN_MS) n->faults[kept++] = n->faults[i];
    else mem_free(n->faults[i].name);
  }
  n->fault_count = kept;
}

/* True when it is new, and worth the bell. */
static bool see_fault(struct noc *n, const struct input *in, const char *name, bool loud) {
  struct noc_fault *f = fault_of(n, name);
  if (f) f->last = in->mono;
  if (f || n->fault_count >= FAULTS_MAX) return false;
  n->faults = mem_grow(n->faults, n->fault_count + 1, sizeof *n->faults);
  n->faults[n->fault_count++] = (struct noc_fault){mem_strdup(name), in->mono, in->mono, n->settled};
  return n->settled && loud;
}

/* cluster: its name before each, "": of the only one. */
static bool see_problems(struct noc *n, const struct input *in, const struct snapshot *s, const char *cluster) {
  bool starting = false, rings = false;
  for (size_t i = 0; i < s->problems.count; i++) {
    const struct problem *p = &s->problems.item[i];
    const struct problem_kind *k = problem_kind_find(p->id);
    starting |= k && k->quiet;
    if (k && k->quiet) continue;
    rings |= see_fault(n, in, arena_printf(in->arena, "%s%s", cluster, name_of(in, p)), !p->acknowledged && p->severity >= SEVERITY_WARNING);
  }
  if (rings) ring(n, in);
  return starting;
}

/* While the screen has just begun what it finds is not new; nor is what somebody knows of. */
static void see_faults(struct noc *n, const struct input *in) {
  bool starting = false;
  if (!n->many) starting = see_problems(n, in, in->snap, "");
  for (size_t i = 0; n->many && i < in->cluster_count; i++) {
    struct input one = *in;
    one.snap = in->clusters[i].snap, one.time = in->clusters[i].time;
    if (noc_worth(&one).lost) {
      if (see_fault(n, in, arena_printf(in->arena, "%s: no word", in->clusters[i].name), true)) ring(n, in);
    } else see_problems(n, in, one.snap, arena_printf(in->arena, "%s: ", in->clusters[i].name));
  }
  forget(n, in);
  if (!starting && in->mono - n->began >= SETTLE_MS) n->settled = true;
}

static void turn(struct noc *n, const struct input *in, size_t rows, int step) {
  n->turned = in->mono;
  if (step > 0 && n->from + rows < count_of(in, n->page)) {
    n->from += rows;
    return;
  }
  n->from = 0;
  for (size_t i = 0; i < COUNT(pages); i++) { /* the next that has something to show */
    n->page = (n->page + step + (int)COUNT(pages)) % (int)COUNT(pages);
    if (count_of(in, n->page)) return;
  }
}

static size_t rows_of(const struct input *in, int w, int h) {
  struct layout l = layout_of(in, w, h);
  return l.pane_h > 4 ? (size_t)l.pane_h - 3 : 1;
}

void noc_settle(struct noc *n, const struct input *in, int w, int h) {
  struct worth worth = worth_of(n, in);
  if (!n->began && (said_anything(in->snap) || n->many)) n->began = in->mono ? in->mono : 1;
  if (!n->turned) n->turned = in->mono;
  if (n->began && (n->many || !worth.lost)) see_faults(n, in);
  if (n->settled && worth.lost && !n->lost && !n->many) ring(n, in); /* that nobody sees anything any more is a fault of its own */
  n->lost = worth.lost;
  if (in->mono - n->turned >= in->rotate_ms) turn(n, in, rows_of(in, w, h), 1);
  if (n->from && n->from >= count_of(in, n->page)) n->from = 0;
}

unsigned noc_key(struct noc *n, const struct input *in, int w, int h, enum action action) {
  switch (action) {
  case ACTION_QUIT: return APP_QUIT;
  case ACTION_SUSPEND: return APP_SUSPEND;
  case ACTION_REDRAW: return APP_REDRAW | APP_CHANGED;
  case ACTION_RIGHT:
  case ACTION_NEXT_PANE: turn(n, in, rows_of(in, w, h), 1); return APP_CHANGED;
  case ACTION_LEFT:
  case ACTION_PREVIOUS_PANE: turn(n, in, rows_of(in, w, h), -1); return APP_CHANGED;
  default: return 0;
  }
}

/* ---- drawing ---- */

static bool flashes(const struct noc *n, const struct input *in) { return n->rings && in->mono - n->rung < FLASH_MS && (in->mono - n->rung) / 1000 % 2 == 0; }

static void draw_top(struct pen p, const struct noc *n, const struct input *in) {
  const struct snapshot *s = in->snap;
  enum role role;
  const char *clock = now_text(in), *words = time_words(in, &role);
  int x = pen_text(p, 1, 0, STYLE(TITLE), n->many ? "Clusters" : s && s->cluster.name ? s->cluster.name : "kvmconsole") + 2;
  if (in->simulated) x = pen_text(p, x, 0, STYLE(ACCENT), "SIMULATED") + 2;
  if (words) x = pen_text(p, x, 0, style_of(role), words) + 2;
  if (x + 30 < p.w) pen_text(p, x, 0, STYLE(DIM), "read-only");
  if (clock) pen_right(p, p.w - 9, 0, 8, STYLE(TITLE), clock);
}

static void draw_word(struct pen p, const struct noc *n, const struct input *in, const struct layout *l, const struct worth *w) {
  struct style s = {.role = (uint8_t)w->role, .attrs = flashes(n, in) ? ATTR_BOLD | ATTR_REVERSE : ATTR_BOLD};
  struct pen band = pen_sub(p, 0, l->word_y, p.w, l->word_h);
  pen_clear(band, s);
  if (l->scale) big_draw(band, (p.w - big_columns(w->word, l->scale)) / 2, 0, s, w->word, l->scale);
  else pen_centre(band, 0, 0, p.w, (struct style){.role = (uint8_t)w->role, .attrs = ATTR_BOLD | ATTR_REVERSE}, w->word);
}

static const char *age_word(const struct input *in, int64_t ms) {
  long long s = ms / 1000;
  if (ms == UNKNOWN_INT || ms < 0) return "?";
  if (s < 100) return arena_printf(in->arena, "%lld S", s);
  if (s < 6000) return arena_printf(in->arena, "%lld MIN", s / 60);
  return s < 172800 ? arena_printf(in->arena, "%lld H", s / 3600) : arena_printf(in->arena, "%lld D", s / 86400);
}

struct counter { const char *title; size_t good, all; bool unknown; };

/* A host is well when every layer that knows it says so. */
static bool host_is_well(const struct host_view *h) {
  bool off = h->membership == MEMBERSHIP_LEFT || h->pacemaker == NODE_OFFLINE || h->pacemaker == NODE_UNCLEAN || h->pacemaker == NODE_PENDING;
  return !off && h->peer != PEER_DISCONNECTED && h->peer != PEER_SUSPECT && h->libvirt != LIBVIRT_UNREACHABLE && !h->stale.count;
}

static const char *counters_text(const struct input *in) {
  const struct snapshot *s = in->snap;
  struct counter c[] = {{.title = "hosts"}, {.title = "bricks"}, {.title = "domains"}};
  CLEANUP(str_free) struct str out = {0};
  for (size_t i = 0; i < s->hosts.count; i++) c[0].good += host_is_well(&s->hosts.item[i]);
  c[0].all = s->hosts.count;
  for (size_t v = 0; v < s->volumes.count; v++)
    for (size_t i = 0; i < s->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &s->volumes.item[v].bricks.item[i];
      c[1].all++;
      c[1].good += b->online == TRUTH_YES && b->answers != TRUTH_NO && !b->stale.count;
    }
  for (size_t i = 0; i < s->domains.count; i++) c[2].good += str_eq(s->domains.item[i].state, "running") && !s->domains.item[i].stale.count;
  c[2].all = s->domains.count;
  for (size_t i = 0; i < COUNT(c); i++)
    if (c[i].all) str_addf(&out, "%s %zu/%zu   ", c[i].title, c[i].good, c[i].all);
  bool old = texts_have(&s->cluster.stale, "corosync");
  str_addf(&out, "quorum %s", old || s->cluster.quorate == TRUTH_UNKNOWN ? "?" : s->cluster.quorate == TRUTH_YES ? "yes" : "NO");
  return arena_strdup(in->arena, str_text(&out));
}

static const char *problems_text(const struct input *in) {
  size_t known, count = snapshot_problems(in->snap, &known);
  if (!count) return "no problems";
  return known ? arena_printf(in->arena, "%zu problem%s, %zu acknowledged", count, count == 1 ? "" : "s", known) : arena_printf(in->arena, "%zu problem%s", count, count == 1 ? "" : "s");
}

/* How many problems there are, and how much more it bears. */
static const char *outlook_text(const struct input *in) {
  const char *weakest = survival_weakest(in);
  return weakest ? arena_printf(in->arena, "%s   %s", problems_text(in), weakest) : problems_text(in);
}

static void draw_age(struct pen p, const struct noc *n, const struct input *in, const struct layout *l, const struct worth *w) {
  bool loud = w->age_role == ROLE_BAD;
  struct style age = {.role = (uint8_t)w->age_role, .attrs = loud ? ATTR_BOLD | ATTR_REVERSE : ATTR_BOLD}, words = w->lost ? STYLE(DIM) : STYLE(NORMAL);
  const char *word = age_word(in, w->age);
  int x = 1, y = l->age_y, lines = l->age_h;
  if (l->age_scale) {
    int wide = big_columns(word, l->age_scale) + 2;
    struct pen box = pen_sub(p, 1, y, wide, l->age_h);
    pen_clear(box, age);
    big_draw(box, 1, 0, age, word, l->age_scale);
    x += wide + 2;
  }
  struct pen text = pen_sub(p, x, y + (l->age_scale && lines > 3 ? (lines - 3) / 2 : 0), p.w - x - 1, 3);
  pen_field(text, 0, 0, text.w, (struct style){.role = (uint8_t)w->age_role, .attrs = loud ? ATTR_REVERSE | ATTR_BOLD : 0}, w->sentence);
  if (!in->snap || n->many) return;
  const char *counters = w->lost ? arena_printf(in->arena, "then: %s", counters_text(in)) : counters_text(in), *problems = outlook_text(in);
  if (lines > 2) {
    pen_field(text, 0, 1, text.w, words, counters);
    pen_field(text, 0, 2, text.w, words, problems);
  } else pen_field(text, 0, 1, text.w, words, arena_printf(in->arena, "%s   %s", problems_text(in), counters));
}

static const char *lasted(const struct input *in, const struct noc *n, const struct problem *p) {
  const struct noc_fault *f = fault_of(n, name_of(in, p));
  long long s = in->wall > p->since ? (in->wall - p->since) / 1000 : 0;
  const char *least = f && f->fresh ? "" : ">"; /* it stood when the screen was started: so long at least */
  return s < 360000 ? arena_printf(in->arena, "%s%02lld:%02lld:%02lld", least, s / 3600, s / 60 % 60, s % 60) : arena_printf(in->arena, "%s%lld d", least, s / 86400);
}

static void draw_problem(struct pen p, int y, const struct noc *n, const struct input *in, const struct problem *b, bool old) {
  static const struct { enum role role; enum symbol sign; } looks[] = {[SEVERITY_NONE] = {ROLE_NORMAL, SYMBOL_BULLET}, [SEVERITY_INFO] = {ROLE_NORMAL, SYMBOL_BULLET},
                                                                      [SEVERITY_WARNING] = {ROLE_WARN, SYMBOL_WARN}, [SEVERITY_CRITICAL] = {ROLE_BAD, SYMBOL_BAD}};
  const char *known = known_text(in, b), *since = lasted(in, n, b);
  struct style s = style_of(known || old ? ROLE_DIM : looks[b->severity].role);
  pen_symbol(p, 1, y, s, looks[b->severity].sign);
  if (!old && is_new(n, in, b)) pen_text(p, 3, y, (struct style){.role = s.role, .attrs = ATTR_BOLD | ATTR_REVERSE}, "NEW");
  int end = p.w - 1 - text_columns(since);
  pen_field(p, 7, y, end - 8, s, known ? arena_printf(in->arena, "%s %s %s", known, symbol(in->glyphs, SYMBOL_BULLET), b->text) : b->text);
  pen_text(p, end, y, known || old ? STYLE(DIM) : STYLE(NORMAL), since);
}

static void draw_problems(struct pen p, const struct noc *n, const struct input *in, bool old) {
  const void **item;
  size_t count = in->snap ? list_problems.collect(in, &item) : 0, room = p.h > 0 ? (size_t)p.h : 0, shown = count > room ? room - 1 : count;
  if (!room) return;
  for (size_t i = 0; i < shown; i++) draw_problem(p, (int)i, n, in, item[i], old);
  if (shown < count) pen_textf(p, 7, (int)shown, STYLE(DIM), "and %zu more", count - shown);
}

static void draw_tabs(struct pen p, const struct noc *n, const struct input *in) {
  int64_t left = n->turned + in->rotate_ms - in->mono;
  const char *next = arena_printf(in->arena, "next page in %lld s", (long long)((left > 0 ? left : 0) + 999) / 1000);
  int x = 1, end = p.w - 1 - text_columns(next);
  for (int i = 0; i < (int)COUNT(pages); i++) {
    const char *name = lists[pages[i]]->name;
    if (x + text_columns(name) + 3 > end) break;
    if (i == n->page) x = pen_symbol(p, x, 0, STYLE(ACCENT), SYMBOL_SELECTED);
    x = pen_text(p, x, 0, i == n->page ? (struct style){.role = ROLE_TITLE, .attrs = ATTR_BOLD} : STYLE(DIM), name) + 2;
  }
  pen_text(p, end, 0, STYLE(DIM), next);
}

static void draw_pane(struct pen p, const struct noc *n, const struct input *in, bool old) {
  struct list_rows r;
  struct list_state any = {0};
  char range[64];
  list_open(&r, lists[pages[n->page]], &any, in);
  size_t all = r.table.row_count, from = n->from < all ? n->from : 0, room = p.h > 3 ? (size_t)p.h - 3 : 0;
  r.item += all ? from : 0;
  r.table.row_count = all - from < room ? all - from : room;
  r.table.unselected = true;
  snprintf(range, sizeof range, "%zu-%zu of %zu", from + 1, from + r.table.row_count, all);
  struct pen inside = pen_box(p, &(struct box){.title = old ? arena_printf(in->arena, "%s, as they were", r.list->title) : r.list->title, .footer = r.table.row_count < all ? range : NULL});
  table_draw(inside, &r.table, &any.table, false);
  if (old) pen_restyle(inside, 0, 0, inside.w, inside.h, STYLE(STALE));
}

void noc_draw(struct pen p, const struct noc *n, const struct input *in) {
  struct layout l = layout_of(in, p.w, p.h);
  struct worth w = worth_of(n, in);
  draw_top(p, n, in);
  draw_word(p, n, in, &l, &w);
  draw_age(p, n, in, &l, &w);
  if (n->many) {
    static const struct app none = {.noc.on = true};
    draw_clusters(pen_sub(p, 0, l.problems_y, p.w, p.h - l.problems_y), &none, in);
    return;
  }
  draw_problems(pen_sub(p, 0, l.problems_y, p.w, l.problems_h), n, in, w.lost);
  draw_tabs(pen_sub(p, 0, l.tabs_y, p.w, 1), n, in);
  draw_pane(pen_sub(p, 0, l.pane_y, p.w, l.pane_h), n, in, w.lost);
}

void noc_state(const struct noc *n, const struct input *in, struct str *out) {
  struct worth w = worth_of(n, in);
  size_t fresh = 0;
  for (size_t i = 0; in->snap && i < in->snap->problems.count; i++) fresh += is_new(n, in, &in->snap->problems.item[i]);
  state_line(out, "word", w.word);
  state_line(out, "data", w.sentence);
  state_linef(out, "new", "%zu, rung %llu times", fresh, (unsigned long long)n->rings);
  state_linef(out, "page", "%s from %zu", lists[pages[n->page]]->name, n->from);
}
