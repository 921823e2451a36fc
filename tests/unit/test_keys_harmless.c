/* Keys without a confirming word: whatever is pressed, in whatever order, on whatever view, nothing is ever handed back to be
 * run, and no task is told anything. The word is what lets it: the same sequences with it do run. */
#include "guided.h"

enum { SEQUENCES = 20000, LENGTH = 30 }; /* RUNS=N: so many, where each is dear */

static uint64_t seed;
static unsigned dice(unsigned n) {
  seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
  return (unsigned)((seed >> 11) % n);
}

/* The keys of somebody in a hurry: what opens, what goes on, what moves; then anything at all. The letter y is not among
 * them: no word that confirms can be typed without it, but for names, which no chance will type. */
static struct key any_key(void) {
  static const char *paste = "";
  if (*paste == '\n') return paste = "", (struct key){.code = KEYSYM_ENTER};
  if (*paste) return (struct key){.code = (unsigned char)*paste++, .pasted = true};
  if (!dice(12)) { /* the very word, from a clipboard, and Enter */
    paste = dice(2) ? "es\n" : "est01\n";
    return (struct key){.code = paste[2] == 't' ? 't' : 'y', .pasted = true};
  }
  static const char *const hasty[] = {"Enter", "Enter", "Enter", "Enter", "Down", "Down", "Up", "Tab", "a", "w", ":", "Esc", "C-r", "C-n", "C-x", "C-f",
                                      "Right", "Left", "Space", "c", "u", "d", "r", "n", "o", "F1", "PgDn", "T", "*", "C"};
  struct key k = {0};
  if (dice(4)) {
    key_parse(hasty[dice(COUNT(hasty))], &k);
    return k;
  }
  switch (dice(5)) {
  case 4: return (struct key){.code = KEYSYM_CLICK + dice(3), .x = (int16_t)dice(82), .y = dice(3) ? (int16_t)dice(26) : 23};
  case 0: return (struct key){.code = KEYSYM_ENTER + dice(KEYSYM_END_OF_LIST - KEYSYM_ENTER)};
  case 1: k = (struct key){.code = 'a' + dice(26), .mods = dice(2) ? KEY_CTRL : KEY_ALT}; break;
  case 2: k = (struct key){.code = ' ' + dice(95)}; break;
  default: k = (struct key){.code = dice(2) ? KEYSYM_ENTER : 'e', .pasted = true}; break;
  }
  if (!k.pasted && (k.code == 'y' || k.code == 'Y')) k.code = 'n';
  return k;
}

static struct plan_run { struct plan plan; enum step_state steps[2]; int64_t took[2]; } run_plan;

/* Tasks in every state, so that their keys have something to ask about. */
static void put_tasks(struct acted *x) {
  static struct step steps[2];
  static const char *undo[] = {"true"};
  static struct task_view tasks[TASK_INTERRUPTED + 1];
  for (size_t i = 0; i < 2; i++) {
    shape_init(&step_shape, &steps[i]);
    steps[i].kind = STEP_ASK;
    steps[i].say = "Is it so?";
    steps[i].undo = (struct texts){undo, 1};
    run_plan.steps[i] = STEP_DONE;
  }
  shape_init(&plan_shape, &run_plan.plan);
  run_plan.plan.steps.item = steps;
  run_plan.plan.steps.count = 2;
  for (int s = 0; s <= TASK_INTERRUPTED; s++) {
    static char ids[TASK_INTERRUPTED + 1][16];
    snprintf(ids[s], sizeof ids[s], "t%d", s);
    tasks[s] = (struct task_view){.id = ids[s], .operation = "resource-move", .title = "Move", .target = "test01", .who = "root", .state = (enum task_state)s, .plan = &run_plan.plan,
                                  .steps = run_plan.steps, .took_ms = run_plan.took, .text = "so", .ended = UNKNOWN_INT};
  }
  x->tasks = tasks;
  x->task_count = TASK_INTERRUPTED + 1;
}

struct seen { size_t menu, form, preview, ready, sure, forced, batch, columns; };

static void note(const struct acted *x, struct seen *s) {
  const struct acting *a = &x->app.acting;
  s->menu += a->sheet == SHEET_MENU;
  s->form += a->sheet == SHEET_FORM;
  s->preview += a->sheet == SHEET_PREVIEW;
  s->sure += a->sheet == SHEET_SURE;
  s->ready += a->sheet == SHEET_PREVIEW && a->preview.plan && a->preview.plan->allowed == TRUTH_YES;
  s->batch += a->sheet == SHEET_PREVIEW && batch_is(a) && batch_ready(a);
  s->columns += x->app.choosing.columns > 0;
  s->forced += a->sheet == SHEET_PREVIEW && a->preview.forced;
}

/* The hosts answer what they are asked: nothing. */
static void answer(struct acted *x) {
  struct arena *arena = arena_new();
  struct input in;
  struct asked *q = app_asked(&x->app);
  acted_input(x, &in, arena);
  for (size_t i = 0; q && i < q->survey.answers.count; i++) q->survey.answers.item[i].code = 0, q->survey.answers.item[i].out = "";
  unsigned more = q ? app_answered(&x->app, &in, q) : 0;
  arena_free(arena);
  if (more & APP_ASK) answer(x);
}

static void no_key_harms(void **state) {
  (void)state;
  static const char *const scenarios[] = {"lab", "degraded", "node-down", "lab-empty"};
  struct seen seen = {0};
  unsigned views[VIEW_COUNT] = {0}, sequences = getenv("RUNS") ? (unsigned)strtoul(getenv("RUNS"), NULL, 10) : SEQUENCES;
  for (size_t w = 0; w < COUNT(scenarios); w++) {
    struct guided *g = guided_new(scenarios[w], 80, 24); /* its steps wait to be run, too */
    struct acted *x = g->x;
    put_tasks(x);
    for (unsigned n = 0; n < sequences / COUNT(scenarios); n++) {
      seed = (w + 1) * 1000003 + n * 7919 + 1;
      app_free(&x->app);
      int view = (int)(n % VIEW_DETAIL);
      assert_true(app_open(&x->app, view_name(view)));
      acted_look(x);
      g->shown.look.snap = x->snap;
      unsigned round = n / VIEW_DETAIL, first = round % 3 ? acted_keys(x, round % 3 == 1 ? round / 3 % 2 ? "* a" : "a" : "T End Enter") : 0;
      assert_false(first & (APP_RUN | APP_TASK));
      for (int i = 0; i < LENGTH; i++) {
        struct key k = any_key();
        unsigned wants = acted_press(x, k);
        if (wants & (APP_RUN | APP_TASK) || (wants & APP_GUIDE && x->app.guide.wish == GUIDE_WISH_REST)) {
          char name[KEY_NAME];
          fail_msg("%s, sequence %u: key %d (%s) ran something", scenarios[w], n, i, key_print(name, k));
        }
        if (wants & APP_ASK) answer(x);
        views[x->app.view]++;
        note(x, &seen);
      }
    }
    guided_free(g);
  }
  /* And it was where it could have happened. */
  print_message("menus %zu, forms %zu, previews %zu (ready to run %zu, forced %zu), questions %zu, of several ready to run %zu, columns %zu\n", seen.menu, seen.form, seen.preview, seen.ready, seen.forced, seen.sure, seen.batch, seen.columns);
  if (sequences < SEQUENCES) return;
  for (int v = 0; v < VIEW_COUNT; v++) assert_true(views[v] > 100 || v == VIEW_PALETTE);
  assert_true(seen.menu > 10000 && seen.form > 2000 && seen.preview > 1000 && seen.ready > 500 && seen.sure > 1000 && seen.batch > 100 && seen.columns > 1000);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(no_key_harms)};
  return RUN(tests);
}
