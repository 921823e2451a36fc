#include "views/screen/app.h"
#include "base/clock.h"
#include "tui/text.h"
#include "views/screen/drills.h"
#include <string.h>

const enum list_id pane_lists[APP_PANES] = {LIST_NODES, LIST_BRICKS, LIST_VOLUMES, LIST_DOMAINS};

static enum list_id list_of(int view) { return (enum list_id)(view - VIEW_FIRST_LIST); }
static bool is_list(int view) { return view >= VIEW_FIRST_LIST && view < VIEW_HELP; }

void app_free(struct app *a) {
  for (int i = 0; i < LIST_COUNT; i++) list_state_free(&a->lists[i]);
  mem_free(a->detail_id);
  logs_state_free(&a->logs);
  mem_free(a->cluster);
  xray_free(&a->xray);
  whatif_free(&a->whatif);
  guide_page_free(&a->guide);
  acting_free(&a->acting);
  noc_free(&a->noc);
  *a = (struct app){0};
}

bool app_open(struct app *a, const char *name) {
  for (int v = 0; v < VIEW_COUNT; v++)
    if (str_eq(view_name(v), name)) {
      a->view = v == VIEW_PALETTE ? VIEW_OVERVIEW : v;
      a->back_count = 0;
      acting_close(&a->acting);
      if (v == VIEW_PALETTE) acting_menu(&a->acting, MENU_PALETTE, -1, NULL);
      return true;
    }
  return false;
}

void app_go(struct app *a, int view) {
  if (view == a->view && view != VIEW_DETAIL) return;
  if (a->back_count == APP_BACK) memmove(a->back, a->back + 1, sizeof a->back - sizeof *a->back), a->back_count--;
  a->back[a->back_count].view = a->view;
  a->back[a->back_count++].pane = a->pane;
  a->view = view;
  a->top = 0;
  a->moved = false;
  a->choosing = (struct choosing){0};
}

/* ---- the list that the keys go to ---- */

static int focused_list(const struct app *a) { return a->view == VIEW_OVERVIEW ? (int)pane_lists[a->pane] : is_list(a->view) ? (int)list_of(a->view) : -1; }

struct pane_rect app_list_rect(const struct app *a, const struct input *in, int w, int h, int list) {
  for (int p = 0; a->view == VIEW_OVERVIEW && p < APP_PANES; p++)
    if ((int)pane_lists[p] == list) return pane_rect(in, w, h, p);
  int above = list == LIST_HISTORY ? HISTORY_LINE : 0;
  return (struct pane_rect){0, above, w, h - above};
}

/* Rows that the list has on the screen, header included. */
static int list_height(const struct app *a, const struct input *in, int w, int h, int id) {
  struct canvas size = {.w = w, .h = h};
  struct frame f = frame_of(&size, a, in);
  return app_list_rect(a, in, f.body.w, f.body.h, id).h - 2;
}

int app_selected(const struct app *a, const struct input *in, const char **ret_id) {
  int list = a->view == VIEW_DETAIL ? a->detail_list : focused_list(a);
  const struct page *page = page_of(a->view);
  if (page && page->selected) return page->selected(a, in, ret_id);
  *ret_id = a->detail_id;
  if (list < 0 || a->view == VIEW_DETAIL) return list;
  struct list_rows *r = arena_alloc(in->arena, sizeof *r);
  list_open(r, lists[list], &a->lists[list], in);
  *ret_id = table_selected(&r->table, &a->lists[list].table);
  return list;
}

static bool of_tasks(const struct app *a) { return a->view == VIEW_FIRST_LIST + LIST_TASKS || (a->view == VIEW_DETAIL && a->detail_list == LIST_TASKS); }
static bool of_drills(const struct app *a) { return a->view == VIEW_FIRST_LIST + LIST_DRILLS || (a->view == VIEW_DETAIL && a->detail_list == LIST_DRILLS); }

/* The context whose keys come before those of tables and texts; GLOBAL: none. */
static enum context own_context(const struct app *a, const struct input *in) {
  if (of_tasks(a) || (of_drills(a) && in->drill)) return CONTEXT_TASKS;
  return logs_shown(a) ? CONTEXT_LOGS : a->view == VIEW_WHATIF ? CONTEXT_WHATIF : a->view == VIEW_GUIDE ? CONTEXT_GUIDE : CONTEXT_GLOBAL;
}

/* The row of what has just happened in the past that is shown; NULL: nothing has, or all of it is later. */
static const char *just_happened(const struct list_rows *r, const struct input *in) {
  const struct event_row *newest = NULL;
  if (in->event_past >= in->event_count) return NULL;
  for (size_t i = 0; i < r->table.row_count; i++) {
    const struct event_row *e = r->item[i];
    if (e->index < in->event_past && (!newest || e->index > newest->index)) newest = e;
  }
  return newest ? list_events.id(in, newest) : NULL;
}

static void settle_list(struct app *a, const struct input *in, int w, int h, int id) {
  struct list_rows r;
  struct list_state *s = &a->lists[id];
  size_t gone = list_follow(lists[id], s, in);
  if (gone) app_say(a, arena_printf(in->arena, "%zu marked row%s not there any more: %s mark%s gone", gone, gone == 1 ? " is" : "s are", gone == 1 ? "its" : "their", gone == 1 ? " is" : "s are"));
  list_open(&r, lists[id], s, in);
  int height = list_height(a, in, w, h, id);
  const char *just = id == LIST_EVENTS && !s->touched ? just_happened(&r, in) : NULL;
  if (id == LIST_LOGS) logs_settle(a, in, height);
  else if ((id == LIST_HISTORY || id == LIST_PROBLEMS) && !s->touched) table_move(&r.table, &s->table, height, MOVE_HOME); /* the worst, until a key moves */
  else if (just) table_select(&r.table, &s->table, height, just);
  else if (lists[id]->tail && !s->touched) table_move(&r.table, &s->table, height, MOVE_END);
  else table_follow(&r.table, &s->table, height);
}

void app_settle(struct app *a, const struct input *in, int w, int h) {
  if (logs_shown(a) && !a->logs.serial && in->snap) logs_about(&a->logs, in, NULL, NULL); /* opened by its name: what was written last */
  if (a->noc.on) {
    noc_settle(&a->noc, in, w, h);
    return;
  }
  if (a->view == VIEW_OVERVIEW)
    for (int p = 0; p < APP_PANES; p++) settle_list(a, in, w, h, pane_lists[p]);
  else if (is_list(a->view)) settle_list(a, in, w, h, list_of(a->view));
  struct canvas size = {.w = w, .h = h};
  struct frame f = frame_of(&size, a, in);
  acting_follow(&a->acting, in, f.body.w, f.body.h);
  const struct page *page = page_of(a->view);
  if (page && page->settle) page->settle(a, in, f.body.w, f.body.h);
  if (page && page->text) {
    struct text *t = page->text(a, in);
    a->top = text_clamp(t, f.body.w - 4, f.body.h - 2, a->top);
    text_free(t);
  }
}

bool app_waits(const struct app *a) { return a->view == VIEW_WHATIF && !a->whatif.target && a->whatif.waits; }

/* ---- keys ---- */

int move_of(enum action action) {
  switch (action) {
  case ACTION_UP: return MOVE_UP;
  case ACTION_DOWN: return MOVE_DOWN;
  case ACTION_PAGE_UP: return MOVE_PAGE_UP;
  case ACTION_PAGE_DOWN: return MOVE_PAGE_DOWN;
  case ACTION_HOME: return MOVE_HOME;
  case ACTION_END: return MOVE_END;
  default: return -1;
  }
}

static void move(struct app *a, const struct input *in, int w, int h, enum move m) {
  int id = focused_list(a);
  if (id >= 0) {
    struct list_rows r;
    list_open(&r, lists[id], &a->lists[id], in);
    table_move(&r.table, &a->lists[id].table, list_height(a, in, w, h, id), m);
    a->lists[id].touched = m != (lists[id]->tail ? MOVE_END : MOVE_HOME);
    return;
  }
  struct canvas size = {.w = w, .h = h};
  struct frame f = frame_of(&size, a, in);
  const struct page *page = page_of(a->view);
  if (!page || !page->text) return;
  struct text *t = page->text(a, in);
  a->top = text_move(t, f.body.w - 4, f.body.h - 2, a->top, m);
  a->moved = true;
  text_free(t);
}

void app_open_item(struct app *a, enum list_id list, const char *id) {
  char *copy = mem_strdup(id);
  mem_free(a->detail_id);
  a->detail_id = copy;
  a->detail_list = (int)list;
  app_go(a, VIEW_DETAIL);
}

static void open_selected(struct app *a, const struct input *in) {
  int id = focused_list(a);
  if (id < 0) return;
  struct list_rows r;
  list_open(&r, lists[id], &a->lists[id], in);
  const char *selected = table_selected(&r.table, &a->lists[id].table);
  if (id == LIST_HISTORY) app_follow_subject(a, in); /* a difference is no thing: it leads to one */
  else if (selected) app_open_item(a, (enum list_id)id, selected);
}

static void pane_number(struct app *a, int n) {
  if (a->view == VIEW_OVERVIEW && n < APP_PANES) a->pane = n;
  else if (n < LIST_COUNT) app_go(a, VIEW_FIRST_LIST + n);
}

static void beside(struct app *a, int step) {
  if (a->view == VIEW_OVERVIEW) a->pane = (a->pane + step + APP_PANES) % APP_PANES;
  else if (is_list(a->view)) {
    int next = ((int)list_of(a->view) + step + LIST_COUNT) % LIST_COUNT;
    if (next == LIST_LOGS) next = (next + step + LIST_COUNT) % LIST_COUNT; /* leafing asks no host for anything */
    a->view = VIEW_FIRST_LIST + next;
  }
}

static unsigned back(struct app *a) {
  if (a->view == VIEW_HELP && a->acting.behind) {
    a->acting.sheet = a->acting.behind;
    a->acting.behind = SHEET_NONE;
  }
  if (!a->back_count) {
    a->view = VIEW_OVERVIEW;
    return APP_CHANGED;
  }
  a->back_count--;
  a->view = a->back[a->back_count].view;
  a->pane = a->back[a->back_count].pane;
  return APP_CHANGED;
}

static void full(struct app *a) {
  if (a->view == VIEW_OVERVIEW) app_go(a, VIEW_FIRST_LIST + (int)pane_lists[a->pane]);
  else back(a);
}

/* ---- time ---- */

/* The event that began a problem; it may be older than what is kept. */
static bool event_of_problem(const struct input *in, const struct problem *p, size_t *ret) {
  for (size_t i = in->event_count; i-- > 0;) {
    const struct event *e = &in->events[i];
    if (e->at > p->since || !str_eq(e->kind, "problem") || !str_eq(e->to, p->id) || !str_eq(e->subject, p->subject)) continue;
    *ret = i;
    return true;
  }
  return false;
}

static bool event_selected(const struct app *a, const struct input *in, size_t *ret) {
  int id = a->view == VIEW_DETAIL ? a->detail_list : focused_list(a);
  if (id != LIST_EVENTS && id != LIST_PROBLEMS) return false;
  const void **item;
  size_t n = in->snap ? lists[id]->collect(in, &item) : 0, i = 0;
  struct list_rows r;
  list_open(&r, lists[id], &a->lists[id], in);
  const char *selected = a->view == VIEW_DETAIL ? a->detail_id : table_selected(&r.table, &a->lists[id].table);
  while (i < n && !str_eq(lists[id]->id(in, item[i]), selected)) i++;
  if (i == n) return false;
  if (id == LIST_PROBLEMS) return event_of_problem(in, item[i], ret);
  *ret = ((const struct event_row *)item[i])->index;
  return true;
}

bool app_dated(const struct app *a, const struct input *in) {
  size_t event;
  return in->snap && a->view != VIEW_OVERVIEW && event_selected(a, in, &event);
}

static unsigned travel(struct app *a, const struct input *in, enum time_wish wish) {
  if (wish == TIME_MOMENT && !event_selected(a, in, &a->wish_event)) return 0;
  a->wish = wish;
  a->lists[LIST_EVENTS].touched &= wish == TIME_MOMENT; /* the list of events follows the moment */
  return APP_TIME | APP_CHANGED;
}

/* ---- acting ---- */

/* In the order of the list, those too that its filter leaves out. */
static char **marked_ids(const struct app *a, const struct input *in, int list) {
  struct list_rows r;
  struct list_state all = a->lists[list];
  all.filter = (struct list_filter){0};
  all.kept.stamp = 0;
  list_open(&r, lists[list], &all, in);
  char **ids = mem_grow(NULL, r.table.row_count + 1, sizeof *ids);
  size_t n = 0;
  for (size_t i = 0; i < r.table.row_count; i++)
    if (mark_has(&all.marks, r.table.id(&r, i))) ids[n++] = mem_strdup(r.table.id(&r, i));
  ids[n] = NULL;
  return ids;
}

/* Several drills that are marked: one form, in the order of the list. */
static unsigned open_order(struct app *a, const struct input *in) {
  struct texts words = {0};
  char **ids = marked_ids(a, in, LIST_DRILLS);
  for (size_t i = 0; ids[i]; i++) {
    texts_add(in->arena, &words, arena_printf(in->arena, "drills=%s", ids[i]));
    mem_free(ids[i]);
  }
  mem_free(ids);
  if (in->drill || in->drill_order) return app_say(a, "it waits until the drill that runs is over"), APP_CHANGED;
  return acting_open(&a->acting, in, &drill_window, NULL, &words, false) | APP_CHANGED;
}

static unsigned open_menu(struct app *a, const struct input *in, enum menu_of of) {
  const char *id;
  int list = app_selected(a, in, &id);
  if (of == MENU_ACTIONS && list == LIST_DRILLS && a->view != VIEW_DETAIL && a->lists[list].marks.count > 1) return open_order(a, in);
  const struct drill *drill = of == MENU_ACTIONS && list == LIST_DRILLS && id ? drill_find(id) : NULL;
  if (drill) return drill_task(in, id) ? (app_say(a, "it runs already"), APP_CHANGED) : acting_open(&a->acting, in, &drill->operation, NULL, NULL, false) | APP_CHANGED;
  acting_menu(&a->acting, of, list, id);
  if (of == MENU_ACTIONS && list >= 0 && a->view != VIEW_DETAIL && a->lists[list].marks.count) acting_marked(&a->acting, marked_ids(a, in, list));
  return APP_CHANGED;
}

static unsigned about_task(struct app *a, const struct input *in, enum task_wish wish) {
  const char *id, *refused;
  app_selected(a, in, &id);
  if (of_drills(a)) id = drill_task(in, id);
  refused = task_refuses(in, id, wish);
  if (refused) app_say(a, refused);
  else acting_sure(&a->acting, wish, id);
  return APP_CHANGED;
}

/* The first time what stood last; then the next span, the mark among them when there is one. */
static unsigned next_compare(struct app *a) {
  if (a->view != VIEW_FIRST_LIST + LIST_HISTORY) app_go(a, VIEW_FIRST_LIST + LIST_HISTORY);
  else do a->compare = (a->compare + 1) % COMPARE_COUNT;
  while (a->compare == COMPARE_MARK && !a->marked);
  return APP_CHANGED;
}

static unsigned mark_moment(struct app *a) {
  a->wish = TIME_MARK;
  return APP_TIME | APP_CHANGED;
}

/* All events, warnings and worse, what is critical: and the list shows it at once. */
static unsigned next_severity(struct app *a, const struct input *in, int w, int h) {
  struct input now = *in;
  a->event_least = a->event_least == SEVERITY_NONE ? SEVERITY_WARNING : a->event_least == SEVERITY_WARNING ? SEVERITY_CRITICAL : SEVERITY_NONE;
  now.event_least = a->event_least;
  if (a->view != VIEW_FIRST_LIST + LIST_EVENTS) app_go(a, VIEW_FIRST_LIST + LIST_EVENTS);
  app_settle(a, &now, w, h);
  return APP_CHANGED;
}

static unsigned act_on(struct app *a, const struct input *in, enum action action) {
  switch (action) {
  case ACTION_ACTIONS: return open_menu(a, in, MENU_ACTIONS);
  case ACTION_WIZARDS: return open_menu(a, in, MENU_WIZARDS);
  case ACTION_PALETTE: return open_menu(a, in, MENU_PALETTE);
  case ACTION_COMPARE: return next_compare(a);
  case ACTION_TIME_MARK: return mark_moment(a);
  case ACTION_FIX: return app_mend(a, in);
  case ACTION_SUBJECT: return app_follow_subject(a, in);
  case ACTION_TASK_CANCEL: return about_task(a, in, TASK_WISH_CANCEL);
  case ACTION_TASK_ANSWER: return about_task(a, in, TASK_WISH_YES);
  case ACTION_TASK_UNDO: return about_task(a, in, TASK_WISH_UNDO);
  case ACTION_TASK_FORGET: return about_task(a, in, TASK_WISH_FORGET);
  default: return 0;
  }
}

struct asked *app_asked(struct app *a) {
  struct asked *q = a->acting.asked;
  a->acting.asked = NULL;
  return q;
}

unsigned app_answered(struct app *a, const struct input *in, struct asked *q) { return preview_answered(&a->acting, in, q); }

void app_say(struct app *a, const char *says) {
  char *copy = mem_strdup(says);
  mem_free(a->acting.say);
  a->acting.say = copy;
}

/* From the guide: it is followed there. */
static bool of_guide(const struct app *a) { return a->view == VIEW_GUIDE && a->guide.task && !a->acting.sheet; }

void app_ran(struct app *a, const char *task, const char *says) {
  bool guided = a->view == VIEW_GUIDE && a->guide.running && a->acting.run.operation == a->guide.running;
  bool batch = a->acting.rest_count > 0;
  app_say(a, says);
  acting_dropped(&a->acting);
  if (!task && batch) acting_close(&a->acting); /* its plans were handed over with it */
  if (!task) return;
  form_state_free(&a->acting.form); /* done with: the next one begins anew */
  if (!guided) {
    app_show_task(a, task);
    return;
  }
  acting_close(&a->acting);
  guide_ran(a, task);
}

void app_show_task(struct app *a, const char *task) {
  acting_close(&a->acting);
  app_go(a, VIEW_FIRST_LIST + LIST_TASKS);
  app_open_item(a, LIST_TASKS, task);
}

void app_show_drill(struct app *a, const char *drill) {
  if (of_guide(a)) return;
  acting_close(&a->acting);
  app_go(a, VIEW_FIRST_LIST + LIST_DRILLS);
  app_open_item(a, LIST_DRILLS, drill);
}

static void open_view(struct app *a, enum action action) {
  for (int v = 0; v < VIEW_COUNT; v++) {
    const struct page *page = page_of(v);
    if ((is_list(v) && lists[list_of(v)]->action == action) || (page && page->action == action)) return app_go(a, v);
  }
}

unsigned app_act(struct app *a, const struct input *in, int w, int h, enum action action) {
  int id = focused_list(a);
  const struct page *page = page_of(a->view);
  struct canvas size = {.w = w, .h = h};
  struct frame f = frame_of(&size, a, in);
  unsigned acted = page && page->act ? page->act(a, in, f.body.w, f.body.h, action) : logs_shown(a) ? logs_act(a, in, action) : 0;
  if (!acted && id >= 0) acted = choosing_act(a, in, f.body.w, f.body.h, id, action);
  if (!acted) acted = act_on(a, in, action);
  if (acted) {
    app_settle(a, in, w, h);
    return acted;
  }
  if (move_of(action) >= 0) move(a, in, w, h, (enum move)move_of(action));
  else if (action >= ACTION_TIME_PAUSE && action <= ACTION_TIME_FASTER) return travel(a, in, (enum time_wish)(TIME_PAUSE + (action - ACTION_TIME_PAUSE)));
  else if (action >= ACTION_PANE_1 && action <= ACTION_PANE_9) pane_number(a, (int)action - ACTION_PANE_1);
  else switch (action) {
    case ACTION_QUIT:
      if (!task_running(in)) return APP_QUIT;
      acting_sure(&a->acting, TASK_WISH_LEAVE, task_running(in)->id); /* one key does not interrupt what runs */
      break;
    case ACTION_SUSPEND: return APP_SUSPEND;
    case ACTION_MOUSE: return APP_MOUSE | APP_CHANGED;
    case ACTION_REDRAW: return APP_REDRAW | APP_CHANGED;
    case ACTION_HELP:
      if (a->view == VIEW_HELP) back(a);
      else app_go(a, VIEW_HELP);
      break;
    case ACTION_VIEW_LOGS: logs_open(a, in); break;
    case ACTION_OPEN: open_selected(a, in); break;
    case ACTION_BACK:
      if (in->away && !a->back_count && a->view == VIEW_OVERVIEW) return a->cluster_wish = CLUSTER_LEAVE, APP_CLUSTER | APP_CHANGED;
      return back(a);
    case ACTION_FULL: full(a); break;
    case ACTION_VIEW_XRAY: xray_open(a, in); break;
    case ACTION_VIEW_WHATIF: whatif_open(a, in); break;
    case ACTION_LEFT:
    case ACTION_PREVIOUS_PANE: beside(a, -1); break;
    case ACTION_RIGHT:
    case ACTION_NEXT_PANE: beside(a, 1); break;
    case ACTION_SEVERITY: return next_severity(a, in, w, h);
    default:
      open_view(a, action);
      if (action == ACTION_VIEW_GUIDE) guide_enter(a, in);
    }
  app_settle(a, in, w, h);
  return APP_CHANGED;
}

/* A key that is not the sheet's: help comes back to it, another view leaves it. */
static unsigned beside_sheet(struct app *a, const struct input *in, int w, int h, enum action action) {
  bool view = action >= ACTION_VIEW_OVERVIEW && action <= ACTION_VIEW_TOPOLOGY;
  if (action == ACTION_HELP) {
    a->acting.behind = a->acting.sheet;
    a->acting.sheet = SHEET_NONE;
  } else if (view) acting_close(&a->acting);
  else if (action != ACTION_QUIT && action != ACTION_SUSPEND && action != ACTION_REDRAW && action != ACTION_MOUSE) return 0;
  return app_act(a, in, w, h, action);
}

static unsigned sheet_key(struct app *a, const struct input *in, int w, int h, struct key k) {
  struct canvas size = {.w = w, .h = h};
  struct frame f = frame_of(&size, a, in);
  enum action action;
  unsigned wants = acting_key(&a->acting, in, f.body.w, f.body.h, k, &action);
  if (!wants) return action == ACTION_NONE ? 0 : beside_sheet(a, in, w, h, action);
  if (a->acting.filled) {
    a->acting.filled = false;
    wants |= guide_filled(a, in);
  }
  if (a->acting.go_view) {
    if (a->acting.go_view - 1 == VIEW_WHATIF) whatif_open(a, in); /* of what is selected, as by its key */
    else app_go(a, a->acting.go_view - 1);
    if (a->acting.go_book) guide_take_book(a, a->acting.go_book);
    else guide_enter(a, in);
    a->acting.go_view = 0;
    a->acting.go_book = NULL;
  }
  if (a->acting.go_list) {
    app_open_item(a, (enum list_id)(a->acting.go_list - 1), a->acting.go_id);
    a->acting.go_list = 0;
  }
  app_settle(a, in, w, h);
  return wants;
}

unsigned app_key(struct app *a, const struct input *in, int w, int h, struct key k) {
  enum context context = focused_list(a) >= 0 ? CONTEXT_TABLE : CONTEXT_TEXT;
  unsigned said = a->acting.say ? APP_CHANGED : 0;
  mem_free(a->acting.say);
  a->acting.say = NULL;
  if (key_is_mouse(k)) return a->noc.on ? said : said | app_mouse(a, in, w, h, k);
  if (a->noc.on) return noc_key(&a->noc, in, w, h, keymap_lookup(in->keymap, CONTEXT_TABLE, k));
  if (a->acting.sheet) return said | sheet_key(a, in, w, h, k);
  unsigned typed;
  if (a->view == VIEW_GUIDE && guide_key(a, in, k, &typed)) return said | typed;
  if (a->logs.naming) return said | logs_name_key(a, in, k, keymap_lookup(in->keymap, CONTEXT_PLAN, k));
  enum context own = own_context(a, in);
  unsigned chose;
  if (choosing_key(a, in, k, &chose)) {
    app_settle(a, in, w, h);
    return said | chose;
  }
  said |= chose;
  enum action action = own ? keymap_lookup(in->keymap, own, k) : ACTION_NONE;
  if (!action || action_row(action)->context != own) action = keymap_lookup(in->keymap, context, k);
  if (a->view != VIEW_HELP) a->acting.behind = SHEET_NONE; /* the help was left for somewhere else */
  return said | (action == ACTION_NONE ? own_key(a, in, k) : app_act(a, in, w, h, action));
}

/* ---- drawing ---- */

static void draw_text(struct pen p, struct text *t, const char *title, size_t top) {
  char range[RANGE_TEXT];
  struct pen inside = pen_box(p, &(struct box){.title = title, .footer = text_range(range, t, p.w - 4, p.h - 2, top), .focused = true});
  text_draw(pen_sub(inside, 1, 0, inside.w - 2, inside.h), t, top);
  text_free(t);
}

void app_draw(const struct app *a, const struct input *in, struct canvas *c) {
  canvas_clear(c);
  if (c->w < APP_MIN_W || c->h < APP_MIN_H) {
    struct pen p = canvas_pen(c);
    pen_textf(p, 0, 0, STYLE(WARN), "%d x %d is too small", c->w, c->h);
    pen_textf(p, 0, 1, STYLE(NORMAL), "make it %d x %d", APP_MIN_W, APP_MIN_H);
    return;
  }
  if (a->noc.on) {
    noc_draw(canvas_pen(c), &a->noc, in);
    return;
  }
  struct frame f = frame_of(c, a, in);
  const struct page *page = page_of(a->view);
  if (a->view == VIEW_CLUSTERS) draw_clusters_title(f.title, in);
  else draw_title(f.title, in);
  draw_time(f.time, in);
  if (a->acting.sheet == SHEET_FORM || a->acting.sheet == SHEET_PREVIEW) pen_clear(f.body, STYLE(NORMAL));
  else if (a->view == VIEW_FIRST_LIST + LIST_HISTORY) {
    draw_history_line(pen_sub(f.body, 0, 0, f.body.w, HISTORY_LINE), in);
    draw_list(pen_sub(f.body, 0, HISTORY_LINE, f.body.w, f.body.h - HISTORY_LINE), a, in, LIST_HISTORY, true, NULL);
  } else if (is_list(a->view)) draw_list(f.body, a, in, list_of(a->view), true, NULL);
  else if (page && page->text) draw_text(f.body, page->text(a, in), page->heading ? page->heading(a, in) : page->title, a->top);
  else if (page) page->draw(f.body, a, in);
  choosing_draw(f.body, a, in);
  if (a->acting.sheet) acting_draw(f.body, &a->acting, in);
  else if (a->logs.naming) logs_draw_name(f.body, a);
  draw_notice(f.notice, a, in);
  if (!choosing_line(f.hints, a, in)) draw_hints(f.hints, a, in);
}

static void state_time(struct str *out, const struct input *in) {
  char when[CLOCK_TEXT];
  if (in->time.kind == FEED_LIVE && !in->time.past) return;
  state_linef(out, "time", "%s%s%s, line %llu", clock_rfc3339(when, in->time.at.wall), in->time.past ? ", past" : "", in->time.paused ? ", paused" : "",
              (unsigned long long)in->time.at.line);
}

void app_state(const struct app *a, const struct input *in, int w, int h, struct str *out) {
  state_linef(out, "size", "%dx%d", w, h);
  if (a->noc.on) {
    noc_state(&a->noc, in, out);
    return;
  }
  state_line(out, "view", view_name(a->view) ? view_name(a->view) : "detail");
  if (a->view == VIEW_OVERVIEW) state_linef(out, "pane", "%d", a->pane + 1);
  if (a->view == VIEW_DETAIL) state_linef(out, "detail", "%s %s", lists[a->detail_list]->name, a->detail_id ? a->detail_id : "");
  state_time(out, in);
  state_line(out, "health", in->snap && in->snap->health ? health_names[in->snap->health] : "none");
  for (int i = 0; i < LIST_COUNT; i++) {
    if (a->view == VIEW_OVERVIEW ? i > LIST_DOMAINS : a->view != VIEW_FIRST_LIST + i) continue;
    struct list_rows r;
    list_open(&r, lists[i], &a->lists[i], in);
    const char *selected = table_selected(&r.table, &a->lists[i].table);
    state_linef(out, lists[i]->name, "%zu rows, selected %s", r.table.row_count, selected ? selected : "none");
    if (r.table.sorted) state_linef(out, "sorted", "%s%s", r.columns[r.table.sorted - 1].title, r.table.reversed ? " reversed" : "");
    choosing_state(a, &r, i, out);
  }
  const struct page *page = page_of(a->view);
  if (a->view == VIEW_FIRST_LIST + LIST_HISTORY) history_state(in, out);
  if (page && page->state) page->state(a, in, out);
  acting_state(&a->acting, in, out);
  if (a->acting.say) state_line(out, "says", a->acting.say);
}
