/* The overview and the furniture around every view: title bar, notices, key hints. */
#include "views/screen/app.h"
#include <stdio.h>
#include <string.h>

struct frame frame_of(struct canvas *c, const struct app *a, const struct input *in) {
  struct pen p = canvas_pen(c);
  int notice = c->h >= 18 ? 1 : 0, time = shows_time(in);
  if (a->view == VIEW_OVERVIEW && in->snap && c->h >= 22) {
    int problems = (int)in->snap->problems.count;
    notice += problems > 2 ? 2 : problems;
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
  add(s, &n, 95, STYLE(TITLE), c->name ? c->name : "kvmconsole");
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
  size_t count = 0;
  for (size_t i = 0; i < snap->problems.count; i++) count += snap->problems.item[i].severity > SEVERITY_INFO;
  if (count) {
    add(s, &n, 85, STYLE(WARN), arena_printf(in->arena, "%s %zu problem%s", symbol(in->glyphs, SYMBOL_WARN), count, count == 1 ? "" : "s"));
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
  struct segment s[13];
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

static void draw_problem(struct pen p, int y, const struct input *in, const struct problem *b) {
  enum role role = b->severity == SEVERITY_CRITICAL ? ROLE_BAD : b->severity == SEVERITY_WARNING ? ROLE_WARN : ROLE_NORMAL;
  int x = pen_symbol(p, 1, y, style_of(role), b->severity == SEVERITY_CRITICAL ? SYMBOL_BAD : b->severity == SEVERITY_WARNING ? SYMBOL_WARN : SYMBOL_BULLET);
  const char *age = age_text(in, b->since);
  int room = p.w - x - 2 - (age ? text_columns(age) + 1 : 0);
  pen_field(p, x + 1, y, room, style_of(role), b->text);
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
    list_open(&r, &list_problems, &any, in);
    for (size_t i = 0; i < r.table.row_count && y < p.h - 1; i++) draw_problem(p, y++, in, r.item[i]);
  }
  const struct event *news = grave_news(in), *e = news ? news : in->event_past ? &in->events[in->event_past - 1] : NULL;
  if (!e) return;
  int x = 1;
  if (news) x = pen_text(p, x, p.h - 1, STYLE(BADGE_BAD), " NOW ") + 1;
  x = pen_text(p, x, p.h - 1, STYLE(DIM), clock_text(in, e->at));
  pen_field(p, x + 1, p.h - 1, p.w - x - 2, news ? STYLE(BAD) : STYLE(NORMAL), e->text);
}

/* The hints that fit, in this order; each is an action that works here, with the key that does it. */
struct hint { enum action action; const char *word; int where; };

/* Where letters are text: the first key of the action that is none. */
static void no_letter(const struct input *in, enum action action, char key[KEY_NAME]) {
  CLEANUP(str_free) struct str keys = {0};
  if (key[1] || !keymap_keys(in->keymap, CONTEXT_GLOBAL, action, &keys)) return;
  key[0] = 0;
  char *rest = keys.data;
  for (char *one; (one = strsep(&rest, ", ")) != NULL && !key[0];)
    if (one[0] && one[1]) snprintf(key, KEY_NAME, "%s", one);
}

static int draw_hint(struct pen p, int x, const struct input *in, enum context context, const struct hint *h) {
  char key[KEY_NAME];
  keymap_hint(in->keymap, context, h->action, key);
  if (context == CONTEXT_LIST || context == CONTEXT_FORM || context == CONTEXT_PLAN) no_letter(in, h->action, key);
  if (!*key || x + text_columns(key) + (h->word ? text_columns(h->word) + 1 : 0) > p.w) return x;
  x = pen_text(p, x, 0, STYLE(KEY), key) + 1;
  return h->word ? pen_text(p, x, 0, STYLE(DIM), h->word) + 2 : x;
}

static void draw_sheet_hints(struct pen p, const struct app *a, const struct input *in) {
  enum { MENU = 1 << SHEET_MENU, FORM = 1 << SHEET_FORM, PREVIEW = 1 << SHEET_PREVIEW, SURE = 1 << SHEET_SURE };
  static const struct hint hints[] = {
      {ACTION_UP, NULL, MENU | FORM | PREVIEW}, {ACTION_DOWN, "choose", MENU}, {ACTION_DOWN, "field", FORM}, {ACTION_DOWN, "read on", PREVIEW}, {ACTION_OPEN, "take it", MENU},
      {ACTION_OPEN, "next", FORM}, {ACTION_FORM_REVIEW, "review", FORM}, {ACTION_FORM_OFFER, "offered", FORM}, {ACTION_BACK, "back", MENU | FORM | PREVIEW}, {ACTION_BACK, "no", SURE},
      {ACTION_PLAN_SHELL, "as a script", PREVIEW}, {ACTION_PLAN_FORCE, "if forced", PREVIEW}, {ACTION_HELP, "help", MENU | FORM | PREVIEW}};
  const struct plan *plan = a->acting.preview.plan;
  const struct operation_argument *arg = a->acting.sheet == SHEET_FORM ? form_argument(&a->acting, a->acting.form.field) : NULL;
  bool forcible = plan && plan->allowed != TRUTH_YES && plan->forcible == TRUTH_YES;
  int x = 1;
  for (size_t i = 0; i < COUNT(hints); i++)
    if (hints[i].where & 1 << a->acting.sheet && (hints[i].action != ACTION_PLAN_FORCE || forcible) && (hints[i].action != ACTION_FORM_OFFER || (arg && argument_offers(arg)))) x = draw_hint(p, x, in, acting_context(&a->acting), &hints[i]);
  if (a->acting.sheet == SHEET_MENU && x + 20 < p.w) pen_text(p, x, 0, STYLE(DIM), "letters find a line");
}

/* What can be done with the task that is selected, as bits of draw_hints(). */
static int task_hints(const struct input *in, int list, const char *id) {
  static const enum task_wish wishes[] = {TASK_WISH_YES, TASK_WISH_CANCEL, TASK_WISH_UNDO, TASK_WISH_FORGET};
  int bits = 0;
  if (list != LIST_TASKS) return 0;
  for (size_t i = 0; i < COUNT(wishes); i++)
    if (!task_refuses(in, id, wishes[i])) bits |= 32 << i;
  return bits;
}

void draw_hints(struct pen p, const struct app *a, const struct input *in) {
  static const struct hint hints[] = { /* where: 1 overview, 2 list, 4 text, 8 not now, 16 an event, or a problem whose beginning is known, from 32 a task that can be answered, stopped, undone, forgotten, 512 a sorted list */
      {ACTION_TIME_PAUSE, "play/pause", 8}, {ACTION_TIME_STEP_BACK, NULL, 8}, {ACTION_TIME_STEP, "change", 8}, {ACTION_TIME_EVENT_BACK, NULL, 8}, {ACTION_TIME_EVENT, "event", 8},
      {ACTION_TIME_END, "end", 8}, {ACTION_TIME_MOMENT, "its moment", 16}, {ACTION_TASK_ANSWER, "answer", 32}, {ACTION_TASK_CANCEL, "stop", 64},
      {ACTION_TASK_UNDO, "undo", 128}, {ACTION_TASK_FORGET, "forget", 256}, {ACTION_NEXT_PANE, "pane", 1}, {ACTION_NEXT_PANE, "next list", 2}, {ACTION_OPEN, "open", 3}, {ACTION_ACTIONS, "actions", 7},
      {ACTION_FULL, "full", 1}, {ACTION_BACK, "back", 6}, {ACTION_SORT, "sort", 2}, {ACTION_REVERSE_SORT, "reverse", 512}, {ACTION_VIEW_PROBLEMS, "problems", 7},
      {ACTION_HELP, "help", 7}, {ACTION_VIEW_EVENTS, "events", 7}, {ACTION_PALETTE, "go to", 7}, {ACTION_VIEW_SOURCES, "sources", 7}, {ACTION_WIZARDS, "set up", 3},
      {ACTION_QUIT, "quit", 7}};
  if (a->acting.sheet) {
    draw_sheet_hints(p, a, in);
    return;
  }
  bool text = a->view >= VIEW_HELP, list = a->view >= VIEW_FIRST_LIST && !text, sorted = list && a->lists[a->view - VIEW_FIRST_LIST].sorted;
  const char *id = NULL;
  int selected = in->snap ? app_selected(a, in, &id) : -1;
  bool empty = selected >= 0 && !id; /* there is nothing to open or to sort */
  enum action here = list ? lists[a->view - VIEW_FIRST_LIST]->action : ACTION_NONE; /* that is where one is */
  int where = (a->view == VIEW_OVERVIEW ? 1 : text ? 4 : 2) | (in->time.past ? 8 : 0) | (app_dated(a, in) ? 16 : 0) | task_hints(in, selected, id) | (sorted ? 512 : 0), x = 1;
  for (size_t i = 0; i < COUNT(hints); i++)
    if (hints[i].where & where && hints[i].action != here && !(empty && (hints[i].action == ACTION_OPEN || hints[i].action == ACTION_SORT))) x = draw_hint(p, x, in, hints[i].where >= 32 && hints[i].where < 512 ? CONTEXT_TASKS : text ? CONTEXT_TEXT : CONTEXT_TABLE, &hints[i]);
}

/* ---- lists and panes ---- */

void draw_list(struct pen p, const struct app *a, const struct input *in, enum list_id id, bool focused, const char *number) {
  struct list_rows r;
  char range[RANGE_TEXT];
  const struct list_state *s = &a->lists[id];
  list_open(&r, lists[id], s, in);
  const char *title = number ? arena_printf(in->arena, "%s %s", number, lists[id]->title) : lists[id]->title;
  struct pen inside = pen_box(p, &(struct box){.title = title, .footer = table_range(range, &r.table, &s->table, p.h - 2), .focused = focused});
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
