/* Acting on the screen: what is offered, how it is filled in, what confirms it, and what is handed back then. On a simulated
 * cluster, by keys. */
#include "acted.h"
#include "ops/plan.h"

static const struct acting *acting(const struct acted *x) { return &x->app.acting; }

static bool offered(const struct acted *x, const char *id) { return offers_find(&acting(x)->offers, id) != NULL; }

static void what_fits_is_offered(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  assert_int_equal(acted_keys(x, "V a") & ~(unsigned)APP_CHANGED, 0);
  assert_int_equal(acting(x)->sheet, SHEET_MENU);
  assert_true(offered(x, "gluster-volume-stop models"));
  assert_false(offered(x, "gluster-volume-start models")); /* it is started */
  assert_true(offered(x, "gluster-volume-create"));        /* of the cluster */
  assert_false(offered(x, "host-prepare kvm01"));
  const struct offer *heal = offers_find(&acting(x)->offers, "gluster-heal models");
  assert_non_null(heal);
  assert_non_null(heal->refused);
  assert_true(acted_shows(x, "models, as a volume"));
  assert_true(acted_shows(x, heal->refused));
  acted_keys(x, "Esc N a");
  assert_true(offered(x, "host-prepare kvm01"));
  assert_false(offered(x, "gluster-peer-detach kvm01")); /* no peer */
  acted_keys(x, "Esc End a");
  assert_true(offered(x, "gluster-peer-detach node4"));
  acted_free(x);
}

/* Of the detail that is open, and of what a problem is about. */
static void it_is_about_what_is_seen(void **state) {
  (void)state;
  struct acted *x = acted_new("degraded", 80, 24);
  acted_keys(x, "B End Enter a");
  assert_int_equal(acting(x)->selected_list, LIST_BRICKS);
  assert_true(acting(x)->offers.count > 2);
  assert_int_equal(acting(x)->offers.item[0].operation->target, TARGET_BRICK);
  acted_keys(x, "Esc Esc !");
  bool about_brick = false;
  for (int i = 0; i < 10 && !about_brick; i++) {
    acted_keys(x, "a");
    about_brick = offered(x, "gluster-brick-start node2:/data");
    acted_keys(x, "Esc Down");
  }
  assert_true(about_brick);
  acted_free(x);
}

static void the_palette_opens_and_finds(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  acted_keys(x, ": 'problems' Enter");
  assert_int_equal(acting(x)->sheet, SHEET_NONE);
  assert_int_equal(x->app.view, VIEW_FIRST_LIST + LIST_PROBLEMS);
  acted_keys(x, "V : 'volume-stop' Enter"); /* aimed at what is selected */
  assert_int_equal(acting(x)->sheet, SHEET_PREVIEW);
  assert_string_equal(acting(x)->target, "models");
  acted_keys(x, "Esc Esc O : 'volume-stop' Enter");
  assert_int_equal(acting(x)->sheet, SHEET_FORM); /* of which volume is asked */
  app_free(&x->app);
  assert_true(app_open(&x->app, "palette"));
  acted_look(x);
  assert_true(acted_shows(x, "Overview"));
  acted_free(x);
}

static const char *value(const struct acted *x, const char *name) { return value_of_name(&acting(x)->run.values, name); }

static void only_its_word_confirms(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  acted_keys(x, "V a 'volume-stop' Enter");
  assert_int_equal(acting(x)->sheet, SHEET_PREVIEW);
  assert_int_equal(acting(x)->preview.plan->danger, 2);
  assert_true(acted_shows(x, "Refused: test01 runs on it"));
  assert_int_equal(acted_keys(x, "'models' Enter") & APP_RUN, 0);
  acted_keys(x, "C-f"); /* the second screen */
  assert_true(acting(x)->preview.forced);
  assert_true(acted_shows(x, "FORCED"));
  assert_int_equal(acted_keys(x, "Enter Enter") & APP_RUN, 0);
  assert_true(acted_shows(x, "Enter alone runs nothing"));
  assert_int_equal(acted_keys(x, "'yes' Enter") & APP_RUN, 0);
  assert_true(acted_shows(x, "that is not the word"));
  acted_keys(x, "C-u");
  static const char name[] = "models"; /* a paste is no confirmation */
  for (const char *s = name; *s; s++) acted_press(x, (struct key){.code = (unsigned char)*s, .pasted = true});
  assert_int_equal(acted_keys(x, "Enter") & APP_RUN, 0);
  assert_int_equal(acted_keys(x, "'models' Enter") & APP_RUN, APP_RUN);
  assert_string_equal(acting(x)->run.operation->name, "gluster-volume-stop");
  assert_string_equal(value(x, "volume"), "models");
  assert_string_equal(value(x, "force"), "yes");
  assert_ptr_equal(acting(x)->run.plan, acting(x)->preview.plan); /* what was seen */
  app_ran(&x->app, NULL, "the audit cannot be written");
  assert_null(acting(x)->run.operation);
  assert_true(acted_shows(x, "the audit cannot be written"));
  assert_int_equal(acting(x)->sheet, SHEET_PREVIEW);
  acted_keys(x, "'models' Enter");
  app_ran(&x->app, "t1", NULL);
  assert_int_equal(x->app.view, VIEW_DETAIL);
  assert_int_equal(x->app.detail_list, LIST_TASKS);
  acted_free(x);
}

static void who_may_only_look_runs_nothing(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  x->cannot = "this console is read-only";
  acted_keys(x, "V a");
  assert_true(acted_shows(x, "only to look: this console is read-only"));
  assert_int_equal(acted_keys(x, "'volume-stop' Enter C-f 'models' Enter") & APP_RUN, 0);
  assert_true(acted_shows(x, "nothing runs from here: this console is read-only"));
  assert_int_equal(acting(x)->sheet, SHEET_PREVIEW);
  x->cannot = NULL; /* and what was typed meanwhile is not kept for later */
  assert_int_equal(acted_keys(x, "Enter") & APP_RUN, 0);
  acted_free(x);
}

static void command(struct acted *x, const char *host, const char *const *argv) {
  struct command_result r = {0};
  sim_execute(x->sim, host, argv, NULL, &r, acted_line, x);
  if (r.code) fail_msg("%s: %s%s", argv[0], str_text(&r.out), str_text(&r.err));
  command_result_free(&r);
}

static void a_plan_that_changes_is_shown_anew(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 40);
  acted_keys(x, "V a 'volume-stop' Enter C-f 'model'");
  acted_run(x, 3000); /* time alone changes nothing */
  assert_false(acting(x)->preview.changed);
  assert_string_equal(prompt_text(&acting(x)->preview.word), "model");
  command(x, "kvm01", (const char *const[]){"pcs", "resource", "disable", "test01", NULL});
  acted_run(x, 20000); /* the domain that would have lost its disk does not run any more */
  assert_true(acting(x)->preview.changed);
  assert_string_equal(prompt_text(&acting(x)->preview.word), "");
  assert_true(acted_shows(x, "The cluster changed and so did the plan"));
  assert_int_equal(acted_keys(x, "'s' Enter") & APP_RUN, 0);
  acted_free(x);
}

/* ---- forms ---- */

static void input_is_kept(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  acted_keys(x, "w 'volume-create' Enter");
  assert_string_equal(acting(x)->operation->name, "gluster-volume-create");
  acted_keys(x, "'q?w' C-r"); /* q and ? are letters here */
  assert_true(acted_shows(x, "a name has letters"));
  acted_keys(x, "Esc Esc V a Esc w");
  assert_true(acted_shows(x, "begun"));
  acted_keys(x, "'volume-create' Enter");
  assert_string_equal(form_text(&acting(x)->form, 0, 0), "q?w");
  acted_keys(x, "F1"); /* help comes back to it */
  assert_int_equal(x->app.view, VIEW_HELP);
  acted_keys(x, "Esc");
  assert_int_equal(acting(x)->sheet, SHEET_FORM);
  assert_string_equal(form_text(&acting(x)->form, 0, 0), "q?w");
  acted_keys(x, "F4"); /* another view leaves it, and it is kept */
  assert_int_equal(acting(x)->sheet, SHEET_NONE);
  assert_int_equal(x->app.view, VIEW_FIRST_LIST + LIST_BRICKS);
  acted_keys(x, "w 'volume-create' Enter");
  assert_string_equal(form_text(&acting(x)->form, 0, 0), "q?w");
  acted_free(x);
}

static struct asked *take_questions(struct acted *x) {
  struct asked *q = app_asked(&x->app);
  assert_non_null(q);
  assert_true(q->survey.answers.count > 0);
  return q;
}

static void give(struct acted *x, struct asked *q, bool well) {
  struct arena *a = arena_new();
  struct input in;
  for (size_t i = 0; i < q->survey.answers.count; i++) {
    struct answer *w = &q->survey.answers.item[i];
    struct command_result r = {0};
    if (!well) continue;
    const char **argv = arena_array(q->arena, w->argv.count + 1, sizeof *argv);
    memcpy(argv, w->argv.item, w->argv.count * sizeof *argv);
    sim_execute(x->sim, w->host, argv, NULL, &r, acted_line, x);
    w->code = r.code;
    w->out = arena_strdup(q->arena, str_text(&r.out));
    command_result_free(&r);
  }
  acted_input(x, &in, a);
  app_answered(&x->app, &in, q);
  arena_free(a);
  acted_look(x);
}

static void hosts_are_asked_first(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  assert_int_equal(acted_keys(x, "w 'volume-create' Enter 'more' Down C-u '/bricks/more' C-r") & APP_ASK, APP_ASK);
  struct asked *late = take_questions(x);
  assert_true(acted_shows(x, "waiting for the hosts' answers"));
  assert_int_equal(acted_keys(x, "'yes' Enter") & APP_RUN, 0);
  acted_keys(x, "Esc"); /* and the answers come when nobody waits for them any more */
  give(x, late, true);
  assert_int_equal(acting(x)->sheet, SHEET_FORM);
  assert_null(acting(x)->preview.plan);
  acted_keys(x, "C-r");
  late = take_questions(x);
  assert_int_equal(acted_keys(x, "Esc C-r") & APP_ASK, APP_ASK);
  struct asked *now = take_questions(x);
  give(x, late, true);
  assert_null(acting(x)->preview.plan); /* they were asked for another plan */
  give(x, now, true);
  assert_non_null(acting(x)->preview.plan);
  assert_true(acted_shows(x, "lies on the root file system")); /* what only a host could tell */
  assert_int_equal(acted_keys(x, "C-f") & APP_ASK, 0);          /* the same answers, on the second screen */
  assert_int_equal(acting(x)->preview.plan->allowed, TRUTH_YES);
  assert_int_equal(acted_keys(x, "Enter") & APP_RUN, 0); /* what was typed before it was seen is not kept */
  acted_keys(x, "Esc");
  assert_false(acting(x)->preview.forced);
  assert_int_equal(acted_keys(x, "C-f 'yes' Enter") & APP_RUN, 0);
  assert_int_equal(acted_keys(x, "C-u 'cluster-kvm' Enter") & APP_RUN, APP_RUN);
  assert_string_equal(value(x, "name"), "more");
  assert_string_equal(value_at(&acting(x)->run.values, "brick", 1), "node2:/bricks/more");
  acted_free(x);
}

static bool tells(struct acted *x, const char *secret) {
  struct arena *a = arena_new();
  struct input in;
  CLEANUP(str_free) struct str out = {0};
  CLEANUP(mem_freep) char *frame = acted_frame(x);
  acted_input(x, &in, a);
  app_state(&x->app, &in, x->w, x->h, &out);
  if (acting(x)->preview.plan) plan_json(acting(x)->preview.plan, &out), plan_shell(acting(x)->preview.plan, "root@%h", &out);
  arena_free(a);
  return strstr(frame, secret) || strstr(str_text(&out), secret);
}

static size_t field_of(const struct acted *x, const char *name) {
  const struct operation_argument *arg;
  size_t i = 0;
  while ((arg = form_argument(acting(x), i)) != NULL && !str_eq(arg->name, name)) i++;
  return i;
}

/* On the screen, in the state, in the plan and its script: nowhere; to whoever runs it, once; in a form that was left: no more. */
static void secrets_are_not_kept(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 100, 60);
  acted_keys(x, "w 'fencing-create' Enter 'kvm02' Down Down '10.77.0.32' Down 'ADMIN' Down 'Geheim7'");
  assert_string_equal(form_text(&acting(x)->form, field_of(x, "password"), 0), "Geheim7");
  assert_false(tells(x, "Geheim7"));
  acted_keys(x, "Esc Enter"); /* left, and taken up again */
  assert_string_equal(form_text(&acting(x)->form, field_of(x, "username"), 0), "ADMIN");
  assert_null(form_text(&acting(x)->form, field_of(x, "password"), 0));
  form_go(&(struct form){.count = acting(x)->form.count}, &x->app.acting.form, field_of(x, "password"));
  acted_keys(x, "'Geheim7'");
  form_set(&x->app.acting.form, field_of(x, "name"), "bmc-kvm02"); /* there is one of the name that is proposed */
  if (acted_keys(x, "C-r") & APP_ASK) give(x, take_questions(x), true);
  assert_int_equal(acting(x)->sheet, SHEET_PREVIEW);
  assert_false(tells(x, "Geheim7"));
  acted_keys(x, "C-f"); /* kvm02 has a device: knowingly a second one */
  assert_int_equal(acting(x)->preview.plan->allowed, TRUTH_YES);
  for (const char *s = preview_word(&acting(x)->preview); *s; s++) acted_press(x, (struct key){.code = (unsigned char)*s});
  assert_int_equal(acted_keys(x, "Enter") & APP_RUN, APP_RUN);
  assert_string_equal(value(x, "password"), "Geheim7");
  assert_false(tells(x, "Geheim7"));
  app_ran(&x->app, "t1", NULL);
  acted_keys(x, "O w 'fencing-create' Enter");
  assert_null(form_text(&acting(x)->form, field_of(x, "username"), 0)); /* what was run is done with */
  acted_free(x);
}

/* ---- tasks ---- */

static void tasks_are_told_by_a_word(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 80, 24);
  struct plan plan;
  shape_init(&plan_shape, &plan);
  struct task_view tasks[] = {{.id = "t2", .title = "Move", .target = "test01", .state = TASK_WAITING, .plan = &plan, .text = "waits", .ended = UNKNOWN_INT},
                              {.id = "t1", .title = "Stop", .target = "models", .state = TASK_FAILED, .plan = &plan, .text = "it broke", .ended = 1}};
  x->tasks = tasks;
  x->task_count = 2;
  acted_keys(x, "O");
  assert_true(acted_shows(x, "Move: test01")); /* what runs is seen on every view */
  assert_int_equal(acted_keys(x, "q Enter") & APP_QUIT, 0); /* one key does not leave it alone */
  assert_int_equal(acted_keys(x, "Esc T c Enter") & APP_TASK, 0);
  assert_int_equal(acted_keys(x, "'yes' Enter") & APP_TASK, APP_TASK);
  assert_string_equal(acting(x)->task_id, "t2");
  assert_int_equal(acting(x)->task_wish, TASK_WISH_CANCEL);
  acted_keys(x, "u"); /* it runs still */
  assert_int_equal(acting(x)->sheet, SHEET_NONE);
  assert_true(acted_shows(x, "it still runs"));
  acted_keys(x, "End Enter d 'yes'");
  assert_int_equal(acted_keys(x, "Enter") & APP_TASK, APP_TASK);
  assert_string_equal(acting(x)->task_id, "t1");
  assert_int_equal(acting(x)->task_wish, TASK_WISH_FORGET);
  tasks[0].state = TASK_INTERRUPTED;
  acted_keys(x, "Esc O");
  assert_true(acted_shows(x, "^ Move: test01")); /* nobody sees to it yet */
  tasks[0].state = TASK_VERIFIED;
  tasks[0].ended = sim_now(x->sim) - 1000;
  assert_true(acted_shows(x, "+ Move: test01: waits"));
  tasks[0].ended -= 60000;
  CLEANUP(mem_freep) char *later = acted_frame(x);
  assert_null(strstr(later, "Move: test01: waits"));
  acted_keys(x, "T Enter");
  tasks[0].state = TASK_ASKED;
  acted_keys(x, "Esc Home r 'no'");
  assert_int_equal(acted_keys(x, "Enter") & APP_TASK, APP_TASK);
  assert_int_equal(acting(x)->task_wish, TASK_WISH_NO);
  acted_keys(x, "q 'yes'");
  assert_int_equal(acted_keys(x, "Enter") & APP_QUIT, APP_QUIT);
  acted_free(x);
}

/* Every operation there is: its form, and its preview where the form can be filled by what is proposed, at every size. */
static void every_form_and_preview_is_drawn(void **state) {
  (void)state;
  static const struct { int w, h; } sizes[] = {{60, 15}, {80, 24}, {200, 50}};
  for (size_t s = 0; s < COUNT(sizes); s++) {
    struct acted *x = acted_new("lab", sizes[s].w, sizes[s].h);
    const struct operation *o;
    for (size_t i = 0; (o = operation_at(i)) != NULL; i++) {
      acted_keys(x, "O");
      acted_keys(x, ":");
      for (const char *c = o->name; *c; c++) acted_press(x, (struct key){.code = (unsigned char)*c});
      while (acting(x)->sheet == SHEET_MENU && acting(x)->menu.selected && strncmp(acting(x)->menu.selected, o->name, strlen(o->name))) acted_keys(x, "Down");
      acted_keys(x, "Enter");
      assert_ptr_equal(acting(x)->operation, o);
      CLEANUP(mem_freep) char *frame = acted_frame(x);
      if (x->w > 60) assert_non_null(strstr(frame, o->title));
      if (acted_keys(x, "C-r") & APP_ASK) give(x, take_questions(x), false);
      CLEANUP(mem_freep) char *after = acted_frame(x); /* drawn, whatever it says */
      assert_non_null(after);
      assert_true(acting(x)->sheet == SHEET_FORM || acting(x)->sheet == SHEET_PREVIEW);
      acted_keys(x, "PgDn PgDn C-x C-x Esc Esc Esc Esc");
    }
    acted_free(x);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_fits_is_offered), cmocka_unit_test(it_is_about_what_is_seen), cmocka_unit_test(the_palette_opens_and_finds), cmocka_unit_test(only_its_word_confirms),
      cmocka_unit_test(who_may_only_look_runs_nothing), cmocka_unit_test(a_plan_that_changes_is_shown_anew), cmocka_unit_test(input_is_kept), cmocka_unit_test(secrets_are_not_kept),
      cmocka_unit_test(hosts_are_asked_first), cmocka_unit_test(tasks_are_told_by_a_word), cmocka_unit_test(every_form_and_preview_is_drawn)};
  return RUN(tests);
}
