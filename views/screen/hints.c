/* The last line: the keys that do something here, in the order in which they are missed least. */
#include "views/screen/app.h"
#include "views/screen/drills.h"
#include <stdio.h>
#include <string.h>

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

/* Something of the list that has the keys is filtered out. */
static bool list_filtered(const struct app *a) {
  int list = a->view == VIEW_OVERVIEW ? (int)pane_lists[a->pane] : a->view >= VIEW_FIRST_LIST && a->view < VIEW_HELP ? a->view - VIEW_FIRST_LIST : -1;
  return list >= 0 && a->lists[list].filter.pattern;
}

static void draw_columns_hints(struct pen p, const struct input *in) {
  static const struct hint hints[] = {{ACTION_COLUMN_SHOW, "show or hide", 0}, {ACTION_COLUMN_EARLIER, NULL, 0}, {ACTION_COLUMN_LATER, "move", 0}, {ACTION_COLUMN_SORT, "sort", 0},
                                      {ACTION_COLUMN_RESET, "reset", 0}, {ACTION_BACK, "done", 0}};
  int x = 1;
  for (size_t i = 0; i < COUNT(hints); i++) x = draw_hint(p, x, in, CONTEXT_COLUMNS, &hints[i]);
}

/* Where a hint belongs: any of these. */
enum {
  OVERVIEW = 1, LIST = 2, TEXT = 4, ANYWHERE = OVERVIEW | LIST | TEXT,
  PAST = 1 << 3,    /* another moment than now is shown */
  DATED = 1 << 4,   /* what is selected has a moment */
  ANSWERS = 1 << 5, STOPS = 1 << 6, UNDOES = 1 << 7, FORGETS = 1 << 8, /* the task that is selected can be ... */
  MENDS = 1 << 9,   /* what is selected is a problem that an operation mends */
  OF_EVENTS = 1 << 10, OF_HISTORY = 1 << 11, OF_LOGS = 1 << 12, OF_SOME_LOGS = 1 << 13, OF_TILES = 1 << 14, /* that view */
  LINES = 1 << 15,  /* a page whose lines can be opened */
  SORTED = 1 << 16,
  FALLS = 1 << 17,  /* what is selected may be taken down */
  OF_FATES = 1 << 18, /* what comes of a loss, */
  OF_HOST = 1 << 19,  /* of a host's */
  OF_GUIDE = 1 << 20, GUIDE_FILLS = 1 << 21, GUIDE_RUNS = 1 << 22, GUIDE_GOES = 1 << 23, GUIDE_WAITS = 1 << 24, GUIDE_TURNS = 1 << 25, GUIDE_TAKES = 1 << 26, GUIDE_RESTS = 1 << 27, GUIDE_ON = 1 << 28, GUIDE_BACK = 1 << 29, /* the guide: what Enter does, and what else can be */
};

static int task_hints(const struct input *in, int list, const char *id) {
  static const enum task_wish wishes[] = {TASK_WISH_YES, TASK_WISH_CANCEL, TASK_WISH_UNDO, TASK_WISH_FORGET};
  int bits = 0;
  if (list == LIST_DRILLS && drill_task(in, id)) return task_refuses(in, drill_task(in, id), TASK_WISH_CANCEL) ? 0 : STOPS;
  for (size_t i = 0; list == LIST_TASKS && i < COUNT(wishes); i++)
    if (!task_refuses(in, id, wishes[i])) bits |= ANSWERS << i;
  return bits;
}

static bool guide_runs_now(const struct app *a, const struct input *in) {
  const struct task_view *t = a->guide.task && a->guide.ran == a->guide.step + 1 ? task_shown(in, a->guide.task) : NULL;
  return t && !task_ended(t->state);
}

static int guide_hints(const struct app *a, const struct input *in) {
  if (a->view != VIEW_GUIDE) return 0;
  size_t step = a->guide.step;
  const struct guide_book *b = guide_open_book(&a->guide);
  if (!a->guide.book || a->guide.over == GUIDE_OVER_BOOKS) return LINES;
  bool start = step == GUIDE_START;
  const struct guide_found *f = in->guide && in->guide->found && !start ? &in->guide->found[step] : NULL;
  int where = OF_GUIDE | (start ? GUIDE_ON : GUIDE_BACK) | (!start && step + 1 < b->count ? GUIDE_ON : 0) | (start && in->guide ? b->builds || in->guide->lacks || !in->guide->found ? GUIDE_FILLS : GUIDE_GOES : 0);
  if (f) where |= f->state == GUIDE_DONE ? GUIDE_GOES : f->state == GUIDE_BLOCKED ? GUIDE_WAITS : in->cannot || guide_runs_now(a, in) ? 0 : GUIDE_RUNS;
  if (f && b->steps[step].choices[0]) where |= GUIDE_TURNS;
  if (f && b->steps[step].undo && (f->state == GUIDE_DONE || f->state == GUIDE_BROKEN) && !in->cannot) where |= GUIDE_TAKES;
  if (in->guide && in->guide->found && !in->cannot) where |= GUIDE_RESTS;
  return where;
}

static int where_of(const struct app *a, const struct input *in, int list, const char *id) {
  static const struct { int view, where; } views[] = {{VIEW_FIRST_LIST + LIST_EVENTS, OF_EVENTS}, {VIEW_FIRST_LIST + LIST_HISTORY, OF_HISTORY}, {VIEW_FIRST_LIST + LIST_LOGS, OF_LOGS}, {VIEW_CLUSTERS, OF_TILES}, {VIEW_XRAY, LINES}};
  struct mending m;
  bool text = a->view >= VIEW_HELP;
  int where = (a->view == VIEW_OVERVIEW ? OVERVIEW : text ? TEXT : LIST) | (in->time.past ? PAST : 0) | (app_dated(a, in) ? DATED : 0) | (in->snap && app_mending(a, in, &m) ? MENDS : 0) | task_hints(in, list, id);
  for (size_t i = 0; i < COUNT(views); i++)
    if (a->view == views[i].view) where |= views[i].where;
  if ((list == LIST_NODES || list == LIST_BRICKS) && id && a->view != VIEW_OVERVIEW && a->view != VIEW_WHATIF) where |= FALLS;
  if (a->view == VIEW_WHATIF && a->whatif.target) where |= OF_FATES;
  if (a->view == VIEW_WHATIF && !a->whatif.target) where |= LINES;
  if (a->view == VIEW_WHATIF && list == LIST_NODES) where |= OF_HOST;
  if (list < 0 && a->view != VIEW_WHATIF) where &= ~LINES; /* what is selected is no thing */
  where |= guide_hints(a, in);
  if (!in->cluster_count) where &= ~OF_TILES; /* there is none to look at */
  if (!in->then.set) where &= ~OF_HISTORY; /* there is nothing to compare with */
  if (!in->logs) where &= ~OF_LOGS; /* nobody is there to ask for them */
  if (where & OF_LOGS && a->logs.about) where |= OF_SOME_LOGS;
  if (where & LIST && a->lists[a->view - VIEW_FIRST_LIST].sorted) where |= SORTED;
  return where;
}

void draw_hints(struct pen p, const struct app *a, const struct input *in) {
  static const struct hint hints[] = {
      {ACTION_TIME_PAUSE, "play/pause", PAST}, {ACTION_TIME_STEP_BACK, NULL, PAST}, {ACTION_TIME_STEP, "change", PAST}, {ACTION_TIME_EVENT_BACK, NULL, PAST}, {ACTION_TIME_EVENT, "event", PAST}, {ACTION_TIME_END, "end", PAST},
      {ACTION_FIX, "fix", MENDS}, {ACTION_LOGS_ALL, "all/only", OF_SOME_LOGS}, {ACTION_LOGS_SEVERITY, "severity", OF_LOGS}, {ACTION_LOGS_WIDER, NULL, OF_LOGS}, {ACTION_LOGS_NARROWER, "time", OF_LOGS}, {ACTION_LOGS_FOLLOW, "follow", OF_LOGS}, {ACTION_LOGS_SAVE, "save", OF_LOGS},
      {ACTION_WHATIF_DEAD, "turn over", OF_FATES}, {ACTION_WHATIF_DRAIN, "do it when safe", OF_HOST}, {ACTION_SUBJECT, "its thing", DATED}, {ACTION_TIME_MOMENT, "its moment", DATED}, {ACTION_VIEW_LOGS, "logs", DATED}, {ACTION_SEVERITY, "severity", OF_EVENTS}, {ACTION_COMPARE, "other span", OF_HISTORY}, {ACTION_TIME_MARK, "mark", OF_HISTORY},
      {ACTION_OPEN, "fill in", GUIDE_FILLS}, {ACTION_OPEN, "run it", GUIDE_RUNS}, {ACTION_OPEN, "next to do", GUIDE_GOES}, {ACTION_OPEN, "what it waits for", GUIDE_WAITS}, {ACTION_GUIDE_CHECK, "by hand, check", GUIDE_BACK}, {ACTION_GUIDE_WAY, "other way", GUIDE_TURNS}, {ACTION_GUIDE_UNDO, "undo", GUIDE_TAKES},
      {ACTION_GUIDE_NEXT, "next", GUIDE_ON}, {ACTION_GUIDE_PREVIOUS, "previous", GUIDE_BACK}, {ACTION_GUIDE_STEPS, "steps", OF_GUIDE}, {ACTION_GUIDE_BOOKS, "books", OF_GUIDE}, {ACTION_GUIDE_REST, "do all", GUIDE_RESTS}, {ACTION_GUIDE_FORM, "form", OF_GUIDE}, {ACTION_GUIDE_EXPORT, "export", OF_GUIDE},
      {ACTION_TASK_ANSWER, "answer", ANSWERS}, {ACTION_TASK_CANCEL, "stop", STOPS}, {ACTION_TASK_UNDO, "undo", UNDOES}, {ACTION_TASK_FORGET, "forget", FORGETS},
      {ACTION_NEXT_PANE, "pane", OVERVIEW}, {ACTION_NEXT_PANE, "next list", LIST}, {ACTION_OPEN, "look at it", OF_TILES}, {ACTION_OPEN, "open", OVERVIEW | LIST | LINES}, {ACTION_ACTIONS, "actions", ANYWHERE}, {ACTION_VIEW_WHATIF, "what if", FALLS}, {ACTION_FILTER, "filter", OVERVIEW | LIST}, {ACTION_VIEW_XRAY, "x-ray", ANYWHERE},
      {ACTION_FULL, "full", OVERVIEW}, {ACTION_BACK, "back", LIST | TEXT}, {ACTION_SORT, "sort", LIST}, {ACTION_REVERSE_SORT, "reverse", SORTED}, {ACTION_MARK, "mark", LIST}, {ACTION_COLUMNS, "columns", LIST}, {ACTION_VIEW_PROBLEMS, "problems", ANYWHERE},
      {ACTION_HELP, "help", ANYWHERE}, {ACTION_VIEW_EVENTS, "events", ANYWHERE}, {ACTION_PALETTE, "go to", ANYWHERE}, {ACTION_VIEW_LOGS, "logs", ANYWHERE}, {ACTION_VIEW_HISTORY, "history", ANYWHERE}, {ACTION_VIEW_SOURCES, "sources", ANYWHERE}, {ACTION_WIZARDS, "set up", OVERVIEW | LIST},
      {ACTION_QUIT, "quit", ANYWHERE}};
  static const struct hint all = {ACTION_BACK, "show all", 0};
  if (a->acting.sheet) return draw_sheet_hints(p, a, in);
  if (a->choosing.columns) return draw_columns_hints(p, in);
  const char *id = NULL;
  int x = 1, list = in->snap ? app_selected(a, in, &id) : -1, where = where_of(a, in, list, id);
  bool filtered = list_filtered(a), empty = list >= 0 && !id, text = a->view >= VIEW_HELP; /* empty: there is nothing to open or to sort */
  enum action here = where & LIST ? lists[a->view - VIEW_FIRST_LIST]->action : list < 0 && page_of(a->view) ? page_of(a->view)->action : ACTION_NONE; /* that is where one is */
  if (filtered) x = draw_hint(p, x, in, CONTEXT_TABLE, &all);
  uint8_t said[ACTION_COUNT] = {0};
  for (size_t i = 0; i < COUNT(hints); i++) {
    const struct hint *h = &hints[i];
    if (!(h->where & where) || h->action == here || said[h->action] || (filtered && h->action == ACTION_BACK) || (empty && (h->action == ACTION_OPEN || h->action == ACTION_SORT || h->action == ACTION_MARK))) continue;
    enum context own = action_row(h->action)->context, context = own == CONTEXT_TASKS || own == CONTEXT_LOGS || own == CONTEXT_WHATIF || own == CONTEXT_GUIDE ? own : a->view == VIEW_GUIDE ? CONTEXT_GUIDE : a->view == VIEW_WHATIF ? CONTEXT_WHATIF : text ? CONTEXT_TEXT : CONTEXT_TABLE;
    said[h->action] = 1;
    x = draw_hint(p, x, in, context, h);
  }
}
