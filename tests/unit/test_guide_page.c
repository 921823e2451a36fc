/* What the guide's keys do: where Enter leads by the state of a step, what opens, what is handed back, what is refused. */
#include "guided.h"

static struct app *app_of(struct guided *g) { return &g->x->app; }
static size_t at(struct guided *g) { return app_of(g)->guide.step; }

static void put(struct guided *g, size_t step, enum guide_state state, const char *by) {
  g->found[step].state = state;
  g->found[step].blocked_by = by;
}

static void all_are(struct guided *g, enum guide_state state) {
  for (size_t i = 0; i < GUIDE_STEPS_MAX; i++) put(g, i, state, NULL);
}

static void go(struct guided *g, size_t step) {
  guide_show(app_of(g), step);
  acted_look(g->x);
  g->shown.look.snap = g->x->snap;
}

static void opens_on_the_first_that_is_not_done(void **state) {
  (void)state;
  struct guided *g = guided_new("lab", 80, 24);
  all_are(g, GUIDE_DONE);
  put(g, 7, GUIDE_BROKEN, NULL);
  put(g, 9, GUIDE_TODO, NULL);
  app_of(g)->guide.landed = false;
  acted_look(g->x);
  assert_int_equal(at(g), 7);
  app_of(g)->guide.landed = false;
  g->shown.lacks = "kvm is needed";
  acted_look(g->x);
  assert_int_equal(at(g), GUIDE_START);
  guided_free(g);
}

static void enter_follows_the_state(void **state) {
  (void)state;
  struct guided *g = guided_new("lab", 80, 24);
  all_are(g, GUIDE_DONE);
  put(g, 5, GUIDE_TODO, NULL);
  go(g, 2);
  acted_keys(g->x, "Enter"); /* done: on to what is not */
  assert_int_equal(at(g), 5);
  put(g, 12, GUIDE_BLOCKED, guide_steps[5].name);
  go(g, 12);
  acted_keys(g->x, "Enter"); /* blocked: to what it waits for */
  assert_int_equal(at(g), 5);
  go(g, 20);
  acted_keys(g->x, "Enter"); /* nothing behind it is left: what was left out before */
  assert_int_equal(at(g), 5);
  all_are(g, GUIDE_DONE);
  acted_keys(g->x, "Enter");
  assert_true(acted_shows(g->x, "all steps are done"));
  guided_free(g);
}

static void enter_opens_the_preview_of_what_is_left(void **state) {
  (void)state;
  struct guided *g = guided_new("lab", 100, 30);
  size_t moved = guide_number(guide_step(NULL, "moved"));
  all_are(g, GUIDE_DONE);
  put(g, moved, GUIDE_TODO, NULL);
  go(g, moved);
  unsigned wants = acted_keys(g->x, "Enter");
  assert_int_equal(wants & APP_RUN, 0);
  assert_true(app_of(g)->acting.sheet == SHEET_PREVIEW || app_of(g)->acting.sheet == SHEET_FORM);
  assert_non_null(app_of(g)->guide.running);
  assert_int_equal(app_of(g)->guide.ran, moved + 1);
  acted_keys(g->x, "Esc Esc Esc");
  assert_int_equal(app_of(g)->view, VIEW_OVERVIEW); /* the last one leaves the guide */
  guided_free(g);
}

static void a_console_that_may_not_act_says_so(void **state) {
  (void)state;
  struct guided *g = guided_new("lab", 100, 30);
  g->x->cannot = "this console is read-only";
  all_are(g, GUIDE_TODO);
  go(g, guide_number(guide_step(NULL, "moved")));
  assert_true(acted_shows(g->x, "only to look: this console is read-only"));
  static const char *const keys[] = {"Enter", "u", "D"};
  for (size_t i = 0; i < COUNT(keys); i++) {
    unsigned wants = acted_keys(g->x, keys[i]);
    assert_int_equal(wants & (APP_RUN | APP_ASK | APP_GUIDE), 0);
    assert_int_equal(app_of(g)->acting.sheet, SHEET_NONE);
    assert_true(acted_shows(g->x, "nothing runs from here: this console is read-only"));
  }
  guided_free(g);
}

static void all_that_is_left_wants_the_word(void **state) {
  (void)state;
  struct guided *g = guided_new("lab", 100, 30);
  all_are(g, GUIDE_TODO);
  go(g, 3);
  assert_int_equal(acted_keys(g->x, "D") & APP_GUIDE, 0);
  assert_int_equal(app_of(g)->guide.over, GUIDE_OVER_REST);
  assert_int_equal(acted_keys(g->x, "Enter") & APP_GUIDE, 0); /* Enter alone runs nothing */
  assert_int_equal(acted_keys(g->x, "'no' Enter") & APP_GUIDE, 0);
  assert_int_equal(acted_keys(g->x, "Esc") & APP_GUIDE, 0);
  assert_int_equal(app_of(g)->guide.over, GUIDE_OVER_NONE);
  unsigned wants = acted_keys(g->x, "D 'yes' Enter");
  assert_true(wants & APP_GUIDE);
  assert_int_equal(app_of(g)->guide.wish, GUIDE_WISH_REST);
  g->shown.rest = (struct guide_rest){.on = true, .step = 3, .text = "runs"};
  assert_int_equal(acted_keys(g->x, "Enter") & (APP_RUN | APP_GUIDE), 0);
  assert_int_equal(app_of(g)->acting.sheet, SHEET_NONE); /* one at a time */
  assert_true(acted_keys(g->x, "D") & APP_GUIDE);
  assert_int_equal(app_of(g)->guide.wish, GUIDE_WISH_HALT);
  guided_free(g);
}

static void a_paste_confirms_nothing(void **state) {
  (void)state;
  struct guided *g = guided_new("lab", 100, 30);
  all_are(g, GUIDE_TODO);
  acted_keys(g->x, "D");
  unsigned wants = 0;
  for (const char *s = "yes"; *s; s++) wants |= acted_press(g->x, (struct key){.code = (unsigned char)*s, .pasted = true});
  wants |= acted_keys(g->x, "Enter");
  assert_int_equal(wants & APP_GUIDE, 0);
  guided_free(g);
}

static const char *word_of(struct guided *g, const char *name) {
  size_t len = strlen(name);
  for (char **w = app_of(g)->guide.words; w && *w; w++)
    if (!strncmp(*w, name, len) && (*w)[len] == '=') return *w + len + 1;
  return NULL;
}

static void the_other_way_goes_round(void **state) {
  (void)state;
  struct guided *g = guided_new("lab", 100, 30);
  size_t guards = guide_number(guide_step(NULL, "firewall"));
  all_are(g, GUIDE_TODO);
  go(g, guards);
  static const char *const firewall[] = {"off", "open", "off", "open"}, *const selinux[] = {NULL, "permissive", NULL, "booleans"};
  for (size_t i = 0; i < COUNT(firewall); i++) { /* both choices, all four ways */
    assert_true(acted_keys(g->x, "A") & APP_GUIDE);
    assert_int_equal(app_of(g)->guide.wish, GUIDE_WISH_FORM);
    assert_string_equal(word_of(g, "firewall"), firewall[i]);
    if (selinux[i]) assert_string_equal(word_of(g, "selinux"), selinux[i]);
    else assert_null(word_of(g, "selinux"));
    values_set(g->arena, &g->form, "firewall", firewall[i], false);
    if (selinux[i]) values_set(g->arena, &g->form, "selinux", selinux[i], false);
  }
  go(g, guide_number(guide_step(NULL, "hosts-file")));
  assert_int_equal(acted_keys(g->x, "A") & APP_GUIDE, 0);
  assert_true(acted_shows(g->x, "there is one way"));
  guided_free(g);
}

static void the_form_hands_back_what_was_typed(void **state) {
  (void)state;
  struct guided *g = guided_new("lab-empty", 80, 24);
  assert_true(acted_keys(g->x, "g f") & APP_CHANGED);
  assert_int_equal(app_of(g)->acting.sheet, SHEET_FORM);
  assert_int_equal(acted_keys(g->x, "C-r") & APP_GUIDE, 0); /* the hosts are needed */
  assert_int_equal(app_of(g)->acting.sheet, SHEET_FORM);
  unsigned wants = acted_keys(g->x, "Home Up Up Up 'kvm01' Down 'kvm02' Down Down 'node1' Down 'node2' Down C-r");
  if (!(wants & APP_GUIDE)) acted_shows(g->x, "(the form)");
  assert_true(wants & APP_GUIDE);
  assert_int_equal(app_of(g)->guide.wish, GUIDE_WISH_FORM);
  assert_string_equal(word_of(g, "kvm"), "kvm01");
  assert_string_equal(word_of(g, "gluster"), "node1");
  assert_null(word_of(g, "volume")); /* proposed, and still to follow what is live */
  assert_int_equal(app_of(g)->acting.sheet, SHEET_NONE);
  guided_free(g);
}

static void a_task_from_here_is_followed_here(void **state) {
  (void)state;
  struct guided *g = guided_new("lab", 100, 30);
  struct task_view t = {.id = "t1", .operation = "resource-move", .title = "Move", .target = "test01", .who = "root", .state = TASK_RUNNING, .text = "the second step", .ended = UNKNOWN_INT};
  size_t moved = guide_number(guide_step(NULL, "moved"));
  g->x->tasks = &t, g->x->task_count = 1;
  all_are(g, GUIDE_DONE);
  put(g, moved, GUIDE_TODO, NULL);
  go(g, moved);
  app_of(g)->guide.ran = moved + 1;
  guide_ran(app_of(g), "t1");
  assert_true(acted_shows(g->x, "Running"));
  assert_true(acted_shows(g->x, "it runs: the second step"));
  acted_keys(g->x, "Enter");
  assert_true(acted_shows(g->x, "it runs"));
  assert_int_equal(app_of(g)->acting.sheet, SHEET_NONE);
  t.state = TASK_FAILED, t.ended = sim_now(g->x->sim);
  acted_look(g->x);
  assert_true(acted_shows(g->x, "FAILED"));
  acted_keys(g->x, "Esc"); /* read: the step again, and still here */
  assert_int_equal(app_of(g)->view, VIEW_GUIDE);
  acted_keys(g->x, "n");
  assert_int_equal(at(g), moved + 1);
  guided_free(g);
}

static void steps_are_listed_and_gone_to(void **state) {
  (void)state;
  struct guided *g = guided_new("lab", 80, 24);
  all_are(g, GUIDE_DONE);
  put(g, 4, GUIDE_BLOCKED, guide_steps[3].name);
  go(g, 0);
  acted_keys(g->x, "s");
  assert_true(acted_shows(g->x, "waits for step 3"));
  acted_keys(g->x, "Down Down Down Enter");
  assert_int_equal(at(g), 3);
  assert_int_equal(app_of(g)->guide.over, GUIDE_OVER_NONE);
  acted_keys(g->x, "s End Esc");
  assert_int_equal(at(g), 3);
  acted_keys(g->x, "Right Left Left");
  assert_int_equal(at(g), 2);
  guided_free(g);
}

static void every_step_is_drawn_everywhere(void **state) {
  (void)state;
  static const struct { int w, h; } sizes[] = {{60, 15}, {80, 24}, {200, 50}};
  for (size_t s = 0; s < COUNT(sizes); s++) {
    struct guided *g = guided_new("lab", sizes[s].w, sizes[s].h);
    for (size_t i = 0; i < GUIDE_STEPS_MAX; i++)
      for (int st = GUIDE_UNKNOWN; st <= GUIDE_BROKEN; st++) {
        put(g, i, (enum guide_state)st, st == GUIDE_BLOCKED ? guide_steps[0].name : NULL);
        go(g, i);
        char number[24];
        snprintf(number, sizeof number, "Step %zu of 23", i);
        assert_true(acted_shows(g->x, number));
        assert_true(acted_shows(g->x, guide_looks(st).word));
        acted_keys(g->x, "Tab PgDn End");
      }
    guided_free(g);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(opens_on_the_first_that_is_not_done), cmocka_unit_test(enter_follows_the_state), cmocka_unit_test(enter_opens_the_preview_of_what_is_left),
                                     cmocka_unit_test(a_console_that_may_not_act_says_so), cmocka_unit_test(all_that_is_left_wants_the_word), cmocka_unit_test(a_paste_confirms_nothing), cmocka_unit_test(the_other_way_goes_round),
                                     cmocka_unit_test(the_form_hands_back_what_was_typed), cmocka_unit_test(a_task_from_here_is_followed_here), cmocka_unit_test(steps_are_listed_and_gone_to), cmocka_unit_test(every_step_is_drawn_everywhere)};
  return RUN(tests);
}
