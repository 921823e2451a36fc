/* The overview and the furniture around every view: title bar, notices, key hints. */
#include "views/screen/app.h"
#include <stdio.h>
#include <string.h>

struct frame frame_of(struct canvas *c, const struct app *a, const struct input *in) {
  struct pen p = canvas_pen(c);
  int notice = c->h >= 18 ? 1 : 0, time = shows_time(in);
  if (a->view == VIEW_OVERVIEW && in->snap && c->h >= 22) {
    int problems = (int)in->snap->problems.count;
    notice += (problems > 2 ? 2 : problems) + (in->snap->survives.count > 0);
  }
  if (!notice && a->acting.say) notice = 1;
  notice += task_noted(in) != NULL;
  return (struct frame){.title = pen_sub(p, 0, 0, c->w, 1), .time = pen_sub(p, 0, 1, c->w, time),
                        .body = pen_sub(p, 0, 1 + time, c->w, c->h - 2 - time - notice),
                        .notice = pen_sub(p, 0, c->h - 1 - notice, c->w, notice), .hints = pen_sub(p, 0, c->h - 1, c->w, 1)};
}

/* ---- title bar: when it is narrow what has a short form takes it, then the lowest priority is left out first ---- */

struct segment { const char *text, *brief; struct style style; int priority; };

static void add(struct segment *s, size_t *n, int priority, struct style style, const char *text) { s[(*n)++] = (struct segment){text, NULL, style, priority}; }

/* An old one is marked by its sign as well, not by its colour alone. */
static void add_fact(const struct input *in, struct segment *s, size_t *n, int priority, const char *layer, enum role role, const char *text) {
  if (texts_have(&in->snap->cluster.stale, layer)) add(s, n, priority, STYLE(STALE), arena_printf(in->arena, "~%s", text));
  else add(s, n, priority, style_of(role), text);
}

/* This host has that layer, or ought to. */
static bool has_layer(const struct snapshot *s, const char *layer) {
  for (size_t i = 0; i < s->sources.count; i++)
    if (str_eq(s->sources.item[i].name, layer) && s->sources.item[i].state != SOURCE_ABSENT) return true;
  return false;
}

static size_t title_segments(const struct input *in, struct segment *s) {
  static const struct { enum role role; const char *word; } badges[] = {
      [HEALTH_NONE] = {ROLE_BADGE_UNKNOWN, " UNKNOWN "}, [HEALTH_HEALTHY] = {ROLE_BADGE_OK, " HEALTHY "}, [HEALTH_DEGRADED] = {ROLE_BADGE_WARN, " DEGRADED "},
      [HEALTH_OUTAGE] = {ROLE_BADGE_BAD, " OUTAGE "}, [HEALTH_UNKNOWN] = {ROLE_BADGE_UNKNOWN, " UNKNOWN "}};
  const struct snapshot *snap = in->snap;
  const struct cluster_view *c = &snap->cluster;
  size_t n = 0;
  if (in->away) add(s, &n, 96, STYLE(ACCENT), in->away);
  add(s, &n, in->away ? 40 : 95, STYLE(TITLE), c->name ? c->name : "kvmconsole");
  bool was = in->time.past && in->time.kind != FEED_FILE; /* of what is live: not how it is */
  add(s, &n, 100, style_of(was ? ROLE_BADGE_UNKNOWN : badges[snap->health].role), was ? arena_printf(in->arena, " was%s", badges[snap->health].word) : badges[snap->health].word);
  if (c->quorate != TRUTH_UNKNOWN)
    add_fact(in, s, &n, 80, "corosync", c->quorate == TRUTH_YES ? ROLE_NORMAL : ROLE_BAD,
             c->votes == UNKNOWN_INT ? c->quorate == TRUTH_YES ? "quorum yes" : "NO QUORUM"
                                     : arena_printf(in->arena, "%s %lld/%lld", c->quorate == TRUTH_YES ? "quorum" : "NO QUORUM", (long long)c->votes, (long long)c->expected_votes));
  else if (has_layer(snap, "corosync")) add(s, &n, 80, STYLE(UNKNOWN), "quorum ?");
  if (c->pacemaker_version || c->dc) add_fact(in, s, &n, 60, "pacemaker", ROLE_NORMAL, c->dc ? arena_printf(in->arena, "DC %s", c->dc) : "no DC");
  if (c->fencing != TRUTH_UNKNOWN) add_fact(in, s, &n, 70, "pacemaker", c->fencing == TRUTH_YES ? ROLE_NORMAL : ROLE_WARN, c->fencing == TRUTH_YES ? "fencing on" : "fencing OFF");
  else if (has_layer(snap, "pacemaker")) add(s, &n, 70, STYLE(UNKNOWN), "fencing ?");
  if (c->maintenance == TRUTH_YES) add(s, &n, 75, STYLE(WARN), "MAINTENANCE");
  size_t known, count = snapshot_problems(snap, &known);
  if (count) {
    add(s, &n, 85, known == count ? STYLE(DIM) : STYLE(WARN), arena_printf(in->arena, known ? "%s %zu problem%s, %zu ack" : "%s %zu problem%s", symbol(in->glyphs, SYMBOL_WARN), count, count == 1 ? "" : "s", known));
    s[n - 1].brief = arena_printf(in->arena, "%s %zu", symbol(in->glyphs, SYMBOL_WARN), count);
  }
  if (in->simulated) add(s, &n, 99, STYLE(ACCENT), "SIMULATED");
  enum role role;
  const char *words = time_words(in, &role);
  if (words) add(s, &n, 90, style_of(role), words);
  if (in->read_only) add(s, &n, 50, STYLE(DIM), "read-only");
  return n;
}

void draw_title(struct pen p, const struct input *in) {
  struct segment s[14];
  const char *clock = clock_text(in, in->wall);
  pen_clear(p, STYLE(NORMAL));
  if (!in->snap) {
    pen_text(p, 1, 0, STYLE(TITLE), "kvmconsole");
    return;
  }
  size_t n = title_segments(in, s);
  int name = p.w / 4; /* a name of any length leaves room for what matters more */
  if (text_columns(s[0].text) < name) name = text_columns(s[0].text);
  for (;;) { /* drop the least important until it fits */
    int width = 2 + (clock ? text_columns(clock) : 0);
    size_t least = n - 1, brief = n;
    for (size_t i = 0; i < n; i++) {
      width += (i ? text_columns(s[i].text) : name) + 2;
      if (i && s[i].priority < s[least].priority) least = i;
      if (s[i].brief) brief = i;
    }
    if (width <= p.w || n <= 2) break;
    if (brief < n) {
      s[brief].text = s[brief].brief;
      s[brief].brief = NULL;
      continue;
    }
    for (size_t i = least; i + 1 < n; i++) s[i] = s[i + 1];
    n--;
  }
  pen_field(p, 1, 0, name, s[0].style, s[0].text);
  int x = 1 + name + 2;
  for (size_t i = 1; i < n; i++) x = pen_text(p, x, 0, s[i].style, s[i].text) + 2;
  if (clock) pen_right(p, p.w - 9, 0, 8, STYLE(NORMAL), clock); /* plain: at rest it is all that is sent, a digit a second and no colours around it */
}

/* ---- notices ---- */

/* "f fix", with what it is where there is room for that. */
static const char *fix_text(const struct pen *p, const struct input *in, const struct mending *m) {
  enum { WIDE = 110 };
  char key[KEY_NAME];
  keymap_hint(in->keymap, CONTEXT_TABLE, ACTION_FIX, key);
  return *key ? arena_printf(in->arena, "%s %s", key, p->w >= WIDE ? m->operation->title : "fix") : NULL;
}

/* fix: said of the one that the key would mend. */
static void draw_problem(struct pen p, int y, const struct input *in, const struct problem *b, const char *fix) {
  const char *known = known_text(in, b);
  enum role role = known ? ROLE_DIM : severity_role(b->severity);
  int x = pen_symbol(p, 1, y, style_of(role), severity_symbol(b->severity));
  const char *age = age_text(in, b->since);
  int room = p.w - x - 2 - (age ? text_columns(age) + 1 : 0), fixes = fix ? text_columns(fix) + 2 : 0;
  pen_field(p, x + 1, y, room - fixes, style_of(role), known ? arena_printf(in->arena, "%s %s %s", known, symbol(in->glyphs, SYMBOL_BULLET), b->text) : b->text);
  if (fix) pen_right(p, x + 1 + room - fixes + 1, y, fixes - 2, STYLE(KEY), fix);
  if (age) pen_right(p, p.w - 1 - text_columns(age), y, text_columns(age), STYLE(DIM), age);
}

/* While the past of what is live is looked at: the last thing since then that must not be missed. */
static const struct event *grave_news(const struct input *in) {
  if (!in->time.past || in->time.kind == FEED_FILE) return NULL;
  for (size_t i = in->event_count; i-- > in->event_past;)
    if (in->events[i].severity == SEVERITY_CRITICAL) return &in->events[i];
  return NULL;
}

void draw_notice(struct pen p, const struct app *a, const struct input *in) {
  if (p.h < 1 || !in->snap) return;
  int y = 0;
  const struct task_view *task = task_noted(in);
  if (task) {
    draw_task_line(pen_sub(p, 0, p.h - 1, p.w, 1), in, task);
    p = pen_sub(p, 0, 0, p.w, p.h - 1);
  }
  if (a->acting.say) {
    pen_field(p, 1, p.h - 1, p.w - 2, STYLE(WARN), a->acting.say);
    return;
  }
  if (a->view == VIEW_OVERVIEW && p.h > 1) {
    struct list_rows r;
    struct list_state any = {0};
    struct mending m = {0};
    const char *fix = app_mending(a, in, &m) ? fix_text(&p, in, &m) : NULL;
    list_open(&r, &list_problems, &any, in);
    bool survives = in->snap->survives.count > 0;
    if (survives) draw_survival(p, p.h - 2, in);
    for (size_t i = 0; i < r.table.row_count && y < p.h - 1 - survives; i++) draw_problem(p, y++, in, r.item[i], r.item[i] == m.problem ? fix : NULL);
  }
  const struct event *news = grave_news(in), *e = news ? news : in->event_past ? &in->events[in->event_past - 1] : NULL;
  if (!e) return;
  int x = 1;
  if (news) x = pen_text(p, x, p.h - 1, STYLE(BADGE_BAD), " NOW ") + 1;
  x = pen_text(p, x, p.h - 1, STYLE(DIM), clock_text(in, e->at));
  pen_field(p, x + 1, p.h - 1, p.w - x - 2, news ? STYLE(BAD) : STYLE(NORMAL), e->text);
}

/* ---- lists and panes ---- */

void draw_list(struct pen p, const struct app *a, const struct input *in, enum list_id id, bool focused, const char *number) {
  struct list_rows r;
  char range[RANGE_TEXT];
  const struct list_state *s = &a->lists[id];
  list_open(&r, lists[id], s, in);
  const char *said = lists[id]->heading ? lists[id]->heading(in) : NULL, *note = lists[id]->note ? lists[id]->note(in) : NULL;
  const char *title = number ? arena_printf(in->arena, "%s %s", number, lists[id]->title) : said ? said : lists[id]->title;
  table_range(range, &r.table, &s->table, p.h - 2);
  struct pen inside = pen_box(p, &(struct box){.title = title, .note = note, .footer = text_columns(range) + choice_below(&r) < p.w - 2 ? range : NULL, .focused = focused});
  draw_choice(p, title, &r);
  table_draw(inside, &r.table, &s->table, focused);
}

static int rows_of(const struct input *in, enum list_id id) {
  const void **item;
  return in->snap ? (int)lists[id]->collect(in, &item) : 0;
}

/* Two by two. Each row of panes gets what its longer list needs; where that is too much, they share. */
struct pane_rect pane_rect(const struct input *in, int w, int h, int pane) {
  enum { FURNITURE = 3, LEAST = 4 };
  int top = rows_of(in, LIST_NODES), top2 = rows_of(in, LIST_BRICKS), low = rows_of(in, LIST_VOLUMES), low2 = rows_of(in, LIST_DOMAINS);
  int need = (top > top2 ? top : top2) + FURNITURE, other = (low > low2 ? low : low2) + FURNITURE;
  int upper = need + other <= h ? need + (h - need - other) / 2 : h - other >= h / 2 ? h - other : need <= h / 2 ? need : h / 2;
  if (upper < LEAST) upper = LEAST;
  if (h - upper < LEAST) upper = h - LEAST;
  int left = w / 2;
  return (struct pane_rect){.x = pane % 2 ? left : 0, .y = pane / 2 ? upper : 0, .w = pane % 2 ? w - left : left, .h = pane / 2 ? h - upper : upper};
}

void draw_overview(struct pen p, const struct app *a, const struct input *in) {
  for (int i = 0; i < APP_PANES; i++) {
    struct pane_rect r = pane_rect(in, p.w, p.h, i);
    char number[12];
    snprintf(number, sizeof number, "%d", i + 1);
    draw_list(pen_sub(p, r.x, r.y, r.w, r.h), a, in, pane_lists[i], a->pane == i, number);
  }
}
