/* Every action of keymaps/actions.def is reached by its key in every built-in key map, and does something there. An action
 * that is added needs a row here: from where its key is pressed and what comes of it. One that opens a view needs none. */
#include "acted.h"

struct trial {
  enum action action;
  const char *before; /* keys of the default map, from the overview of the lab with its tasks and events */
  enum context context;
  unsigned hands_back; /* APP_*; 0: what is seen changes */
};

static const struct trial trials[] = {
    {ACTION_HELP, "N", CONTEXT_TABLE, 0},
    {ACTION_QUIT, "", CONTEXT_TABLE, APP_QUIT},
    {ACTION_REDRAW, "", CONTEXT_TABLE, APP_REDRAW},
    {ACTION_MOUSE, "", CONTEXT_TABLE, APP_MOUSE},
    {ACTION_SUSPEND, "", CONTEXT_TABLE, APP_SUSPEND},
    {ACTION_UP, "Down", CONTEXT_TABLE, 0},
    {ACTION_DOWN, "", CONTEXT_TABLE, 0},
    {ACTION_LEFT, "", CONTEXT_TABLE, 0},
    {ACTION_RIGHT, "", CONTEXT_TABLE, 0},
    {ACTION_PAGE_UP, "? PgDn PgDn", CONTEXT_TEXT, 0},
    {ACTION_PAGE_DOWN, "?", CONTEXT_TEXT, 0},
    {ACTION_HOME, "End", CONTEXT_TABLE, 0},
    {ACTION_END, "", CONTEXT_TABLE, 0},
    {ACTION_OPEN, "N", CONTEXT_TABLE, 0},
    {ACTION_BACK, "N Enter", CONTEXT_TEXT, 0},
    {ACTION_NEXT_PANE, "", CONTEXT_TABLE, 0},
    {ACTION_PREVIOUS_PANE, "", CONTEXT_TABLE, 0},
    {ACTION_FULL, "", CONTEXT_TABLE, 0},
    {ACTION_PANE_1, "Tab", CONTEXT_TABLE, 0},
    {ACTION_PANE_2, "", CONTEXT_TABLE, 0},
    {ACTION_PANE_3, "", CONTEXT_TABLE, 0},
    {ACTION_PANE_4, "", CONTEXT_TABLE, 0},
    {ACTION_PANE_5, "", CONTEXT_TABLE, 0},
    {ACTION_PANE_6, "", CONTEXT_TABLE, 0},
    {ACTION_PANE_7, "", CONTEXT_TABLE, 0},
    {ACTION_PANE_8, "", CONTEXT_TABLE, 0},
    {ACTION_PANE_9, "", CONTEXT_TABLE, 0},
    {ACTION_ACTIONS, "", CONTEXT_TABLE, 0},
    {ACTION_WIZARDS, "", CONTEXT_TABLE, 0},
    {ACTION_PALETTE, "", CONTEXT_TABLE, 0},
    {ACTION_FORM_REVIEW, "w 'volume-create' Enter 'more' Down C-u '/bricks/more'", CONTEXT_FORM, APP_ASK},
    {ACTION_FORM_OFFER, "w 'volume-create' Enter 'v' Down Down Down", CONTEXT_FORM, 0},
    {ACTION_FORM_OFFER_BACK, "w 'volume-create' Enter 'v' Down Down Down", CONTEXT_FORM, 0},
    {ACTION_FORM_LINE_UP, "w 'volume-create' Enter 'v' Down C-u '/b' Down Down Down", CONTEXT_FORM, 0},
    {ACTION_FORM_LINE_DOWN, "w 'volume-create' Enter 'v' Down C-u '/b' Down Down", CONTEXT_FORM, 0},
    {ACTION_PLAN_SHELL, "V a 'volume-stop' Enter", CONTEXT_PLAN, 0},
    {ACTION_PLAN_FORCE, "V a 'volume-stop' Enter", CONTEXT_PLAN, 0},
    {ACTION_WHATIF_DEAD, "N W", CONTEXT_WHATIF, 0},
    {ACTION_WHATIF_DRAIN, "N Down W", CONTEXT_WHATIF, 0},
    {ACTION_GUIDE_NEXT, "g", CONTEXT_GUIDE, 0},
    {ACTION_GUIDE_PREVIOUS, "g n", CONTEXT_GUIDE, 0},
    {ACTION_GUIDE_STEPS, "g", CONTEXT_GUIDE, 0}, {ACTION_GUIDE_BOOKS, "g", CONTEXT_GUIDE, 0},
    {ACTION_GUIDE_CHECK, "g", CONTEXT_GUIDE, 0},
    {ACTION_GUIDE_WAY, "g n", CONTEXT_GUIDE, 0},
    {ACTION_GUIDE_UNDO, "g n", CONTEXT_GUIDE, 0},
    {ACTION_GUIDE_REST, "g", CONTEXT_GUIDE, 0},
    {ACTION_GUIDE_FORM, "g", CONTEXT_GUIDE, 0},
    {ACTION_GUIDE_EXPORT, "g", CONTEXT_GUIDE, 0},
    {ACTION_TASK_CANCEL, "T", CONTEXT_TASKS, 0},
    {ACTION_TASK_ANSWER, "T Down", CONTEXT_TASKS, 0},
    {ACTION_TASK_UNDO, "T Down Down", CONTEXT_TASKS, 0},
    {ACTION_TASK_FORGET, "T Down Down", CONTEXT_TASKS, 0},
    {ACTION_TIME_PAUSE, "", CONTEXT_TABLE, APP_TIME},
    {ACTION_TIME_STEP_BACK, "", CONTEXT_TABLE, APP_TIME},
    {ACTION_TIME_STEP, "", CONTEXT_TABLE, APP_TIME},
    {ACTION_TIME_EVENT_BACK, "", CONTEXT_TABLE, APP_TIME},
    {ACTION_TIME_EVENT, "", CONTEXT_TABLE, APP_TIME},
    {ACTION_TIME_MOMENT, "E", CONTEXT_TABLE, APP_TIME},
    {ACTION_TIME_BEGIN, "", CONTEXT_TABLE, APP_TIME},
    {ACTION_TIME_END, "", CONTEXT_TABLE, APP_TIME},
    {ACTION_TIME_SLOWER, "", CONTEXT_TABLE, APP_TIME},
    {ACTION_TIME_FASTER, "", CONTEXT_TABLE, APP_TIME},
    {ACTION_SORT, "N", CONTEXT_TABLE, 0},
    {ACTION_REVERSE_SORT, "N s", CONTEXT_TABLE, 0},
    {ACTION_SUBJECT, "E", CONTEXT_TABLE, 0},
    {ACTION_FIX, "!", CONTEXT_TABLE, 0},
    {ACTION_LOGS_ALL, "N l", CONTEXT_LOGS, APP_CHANGED},
    {ACTION_LOGS_SEVERITY, "l", CONTEXT_LOGS, APP_CHANGED},
    {ACTION_LOGS_WIDER, "l", CONTEXT_LOGS, APP_CHANGED},
    {ACTION_LOGS_NARROWER, "l", CONTEXT_LOGS, APP_CHANGED},
    {ACTION_LOGS_FOLLOW, "l", CONTEXT_LOGS, APP_CHANGED},
    {ACTION_LOGS_AGAIN, "l", CONTEXT_LOGS, APP_CHANGED},
    {ACTION_LOGS_SAVE, "l", CONTEXT_LOGS, APP_CHANGED},
    {ACTION_TIME_MARK, "", CONTEXT_TABLE, APP_TIME},
    {ACTION_COMPARE, "H", CONTEXT_TABLE, APP_CHANGED},
    {ACTION_FILTER, "N", CONTEXT_TABLE, 0},
    {ACTION_MARK, "N", CONTEXT_TABLE, 0},
    {ACTION_MARK_ALL, "N", CONTEXT_TABLE, 0},
    {ACTION_UNMARK, "N Space", CONTEXT_TABLE, 0},
    {ACTION_COLUMNS, "N", CONTEXT_TABLE, 0},
    {ACTION_COLUMN_SHOW, "N C", CONTEXT_COLUMNS, 0},
    {ACTION_COLUMN_EARLIER, "N C Down", CONTEXT_COLUMNS, 0},
    {ACTION_COLUMN_LATER, "N C", CONTEXT_COLUMNS, 0},
    {ACTION_COLUMN_SORT, "N C", CONTEXT_COLUMNS, 0},
    {ACTION_COLUMN_RESET, "N C Space", CONTEXT_COLUMNS, 0},
    {ACTION_SEVERITY, "E", CONTEXT_TABLE, 0},
};

static const struct trial *trial_of(enum action action) {
  for (size_t i = 0; i < COUNT(trials); i++)
    if (trials[i].action == action) return &trials[i];
  return NULL;
}

/* "view-nodes": it opens the view of that name, from another one. */
static const char *view_opened(enum action action) {
  const char *name = action_row(action)->name;
  return strncmp(name, "view-", 5) ? NULL : name + 5;
}

static struct plan_run { struct plan plan; struct step steps[2]; enum step_state states[2]; int64_t took[2]; } run;

/* One that runs, one that asks, one that is done and can be taken back. */
static void put_tasks(struct acted *x) {
  static const char *undo[] = {"true"};
  static struct task_view tasks[3];
  static const struct { const char *id; enum task_state state; } rows[] = {{"t1", TASK_RUNNING}, {"t2", TASK_ASKED}, {"t3", TASK_VERIFIED}};
  shape_init(&plan_shape, &run.plan);
  for (size_t i = 0; i < COUNT(run.steps); i++) {
    shape_init(&step_shape, &run.steps[i]);
    run.steps[i].kind = STEP_ASK;
    run.steps[i].say = "Is it so?";
    run.steps[i].undo = (struct texts){undo, 1};
    run.states[i] = STEP_DONE;
  }
  run.plan.steps.item = run.steps;
  run.plan.steps.count = COUNT(run.steps);
  for (size_t i = 0; i < COUNT(tasks); i++)
    tasks[i] = (struct task_view){.id = rows[i].id, .operation = "resource-move", .title = "Move", .target = "test01", .who = "root", .state = rows[i].state, .plan = &run.plan,
                                  .steps = run.states, .took_ms = run.took, .text = "so", .ended = UNKNOWN_INT};
  x->tasks = tasks;
  x->task_count = COUNT(tasks);
}

static void put_events(struct acted *x) {
  static struct event events[2];
  for (size_t i = 0; i < COUNT(events); i++) events[i] = (struct event){.at = sim_now(x->sim) - 1000, .kind = "node", .subject = "kvm02", .text = "kvm02 is online", .severity = SEVERITY_INFO};
  x->events = events;
  x->event_count = COUNT(events);
}

/* All that is seen, and the logic behind it. */
static char *seen(struct acted *x) {
  struct str all = {0};
  struct arena *a = arena_new();
  struct input in;
  CLEANUP(mem_freep) char *frame = acted_frame(x);
  acted_input(x, &in, a);
  str_add(&all, frame);
  canvas_styles(x->canvas, &all);
  app_state(&x->app, &in, x->w, x->h, &all);
  arena_free(a);
  return str_take(&all);
}

static void try_one(const char *map, enum action action) {
  const struct trial *t = trial_of(action);
  const char *view = t ? NULL : view_opened(action), *name = action_row(action)->name;
  char hint[KEY_NAME];
  struct key k;
  struct err e = {0};
  if (!t && !view) fail_msg("the action %s has no row in this test: say from where its key is pressed", name);
  struct acted *x = acted_new("lab", 80, 30);
  if (t && t->context == CONTEXT_GUIDE) guide_take_book(&x->app, guide_books[0]); /* else the list of books is there first */
  if (t && action_row(action)->context == CONTEXT_TASKS) put_tasks(x); /* else one that runs would keep q from leaving */
  put_events(x);
  acted_look(x);
  const char *before = t ? t->before : !strcmp(view, "overview") ? "N" : "";
  if (*before) acted_keys(x, before);
  CLEANUP(mem_freep) char *was = seen(x);
  keymap_free(x->keymap);
  x->keymap = keymap_load(map, &e);
  assert_non_null(x->keymap);
  keymap_hint(x->keymap, t ? t->context : CONTEXT_TABLE, action, hint);
  if (key_parse(hint, &k)) fail_msg("%s: no key does %s", map, name);
  unsigned wants = acted_press(x, k);
  CLEANUP(mem_freep) char *now = seen(x);
  if (t && t->hands_back && !(wants & t->hands_back)) fail_msg("%s: %s on %s hands back %u", map, hint, name, wants);
  if (t && !t->hands_back && !strcmp(was, now)) fail_msg("%s: %s, which is %s, changes nothing after \"%s\":\n%s", map, hint, name, before, now);
  if (view && (x->app.acting.sheet || strcmp(view_name(x->app.view) ? view_name(x->app.view) : "", view) != 0)) fail_msg("%s: %s does not open %s", map, hint, view);
  acted_free(x);
}

static void every_action_does_something(void **state) {
  (void)state;
  static const char *const maps[] = {"default", "vi", "fkeys"};
  for (size_t m = 0; m < COUNT(maps); m++)
    for (enum action a = ACTION_NONE + 1; a < ACTION_COUNT; a++) try_one(maps[m], a);
}

/* Hints name only what works: each key of the last line changes something where it is shown, in every view. */
static void no_hint_is_empty(void **state) {
  (void)state;
  for (int v = 0; v < VIEW_COUNT; v++) {
    if (!view_name(v)) continue;
    struct acted *x = acted_new("degraded", 220, 40);
    size_t hints = 0;
    put_events(x);
    acted_look(x);
    for (int at = 0; at < 220; at++) {
      app_free(&x->app);
      assert_true(app_open(&x->app, view_name(v)));
      acted_look(x);
      CLEANUP(mem_freep) char *was = seen(x);
      const struct cell *cell = canvas_at(x->canvas, at, 39);
      if (cell->style.role != ROLE_KEY || (at && canvas_at(x->canvas, at - 1, 39)->style.role == ROLE_KEY)) continue;
      char key[16] = "";
      for (size_t i = 0; i + 1 < sizeof key && at + (int)i < 220 && canvas_at(x->canvas, at + (int)i, 39)->style.role == ROLE_KEY; i++) key[i] = (char)canvas_at(x->canvas, at + (int)i, 39)->point[0];
      struct key k;
      if (key_parse(key, &k)) fail_msg("%s: the hint %s is no key", view_name(v), key);
      unsigned wants = acted_press(x, k);
      CLEANUP(mem_freep) char *now = seen(x);
      bool moves_nowhere = k.code == KEYSYM_UP || k.code == KEYSYM_ESC; /* at the top already, nothing to go back to */
      if (!(wants & ~(unsigned)APP_CHANGED) && !strcmp(was, now) && !moves_nowhere) fail_msg("%s: the hint %s does nothing", view_name(v), key);
      hints++;
    }
    if (hints < 3) fail_msg("%s: only %zu hints", view_name(v), hints);
    acted_free(x);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_action_does_something), cmocka_unit_test(no_hint_is_empty)};
  return RUN(tests);
}
