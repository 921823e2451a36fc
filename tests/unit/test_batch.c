/* Several things at once: what is offered for all that is marked, a plan each, one word, and what is handed back by it. */
#include "acted.h"

static void has(struct acted *x, const char *words) {
  CLEANUP(mem_freep) char *frame = acted_frame(x);
  if (!strstr(frame, words)) fail_msg("not there: %s\n%s", words, frame);
}

static const char *target_of(const struct run_wish *r) { return r->values.list.item[0].text; }

static void one_word_for_all_that_is_marked(void **state) {
  (void)state;
  struct acted *x = acted_new("degraded", 120, 40);
  struct acting *a = &x->app.acting;
  acted_keys(x, "D / 'app0[13]' Enter * Esc a"); /* marks outlive the filter */
  has(x, "all that is marked: 2 domains");
  acted_keys(x, "'move' Down Down");
  acted_keys(x, "Esc a 'resource-move'");
  assert_int_equal(a->sheet, SHEET_MENU);
  acted_keys(x, "Esc a 'another' Enter C-r");
  assert_int_equal(a->sheet, SHEET_PREVIEW);
  assert_true(batch_is(a) && batch_ready(a));
  has(x, "2 tasks, one after the other: app01, app03");
  has(x, "1 of 2: app01");
  assert_int_equal(acted_keys(x, "Enter") & APP_RUN, 0);
  assert_int_equal(acted_keys(x, "'ye' Enter") & APP_RUN, 0);
  assert_true(acted_keys(x, "'s' Enter") & APP_RUN);
  assert_int_equal(a->rest_count, 1);
  assert_string_equal(target_of(&a->run), "app01");
  assert_string_equal(target_of(&a->rest[0]), "app03");
  assert_string_equal(a->rest[0].plan->target, "app03");
  assert_true(a->run.plan->allowed == TRUTH_YES && a->run.plan->steps.count > 0);
  acted_free(x);
}

/* What is dangerous wants how many of what. */
static void danger_wants_the_count_and_the_kind(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 120, 40);
  struct acting *a = &x->app.acting;
  acted_keys(x, "N Space Space a");
  const struct operation *o = operation_find("fencing-fence");
  assert_non_null(o);
  assert_true(o->danger >= 2);
  for (const char *c = o->title; *c; c++) acted_press(x, (struct key){.code = (unsigned char)*c});
  acted_keys(x, "Enter");
  if (a->sheet == SHEET_FORM) acted_keys(x, "C-r");
  assert_int_equal(a->sheet, SHEET_PREVIEW);
  assert_true(batch_is(a));
  struct arena *arena = arena_new();
  assert_string_equal(batch_word(a, arena), "2 nodes");
  arena_free(arena);
  assert_int_equal(acted_keys(x, "'yes' Enter") & APP_RUN, 0);
  acted_free(x);
}

/* One that is refused holds back all of them, and says so: no console fences its own host. */
static void one_refused_and_none_runs(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 120, 40);
  struct acting *a = &x->app.acting;
  acted_keys(x, "N Space Space a 'now' Enter");
  if (a->sheet == SHEET_FORM) acted_keys(x, "C-r");
  assert_int_equal(a->sheet, SHEET_PREVIEW);
  assert_true(batch_is(a) && !batch_ready(a));
  has(x, "take the marks off those, or nothing runs");
  acted_press(x, (struct key){.code = '2'});
  acted_press(x, (struct key){.code = ' '});
  assert_int_equal(acted_keys(x, "'nodes' Enter") & APP_RUN, 0);
  acted_free(x);
}

/* A plan that became another while it was read is read again: what was typed is gone. */
static void a_changed_plan_takes_the_word_back(void **state) {
  (void)state;
  struct acted *x = acted_new("degraded", 120, 40);
  struct acting *a = &x->app.acting;
  acted_keys(x, "D / 'app0[13]' Enter * a 'another' Enter C-r 'yes'");
  assert_true(batch_ready(a));
  assert_int_equal(a->preview.word.len, 3);
  for (size_t i = 0; i < x->snap->domains.count; i++)
    if (str_eq(x->snap->domains.item[i].name, "app03")) x->snap->domains.item[i].hosts.count = 0;
  for (size_t i = 0; i < x->snap->resources.count; i++)
    if (str_eq(x->snap->resources.item[i].id, "app03")) x->snap->resources.item[i].hosts.count = 0, x->snap->resources.item[i].role = HA_STOPPED;
  x->snap->now++;
  struct arena *arena = arena_new();
  struct input in;
  acted_input(x, &in, arena);
  app_settle(&x->app, &in, x->w, x->h);
  arena_free(arena);
  assert_int_equal(a->preview.word.len, 0);
  assert_int_equal(acted_keys(x, "Enter") & APP_RUN, 0);
  acted_free(x);
}

/* Two consoles cannot have one terminal. */
static void none_takes_the_terminal(void **state) {
  (void)state;
  struct acted *x = acted_new("degraded", 120, 40);
  acted_keys(x, "D / 'app0[13]' Enter * a 'console' Enter");
  if (x->app.acting.sheet == SHEET_FORM) acted_keys(x, "C-r");
  assert_int_equal(x->app.acting.sheet, SHEET_PREVIEW);
  assert_false(batch_ready(&x->app.acting));
  has(x, "only one at a time can");
  assert_int_equal(acted_keys(x, "'yes' Enter") & APP_RUN, 0);
  acted_free(x);
}

static void what_is_of_two_kinds_has_nothing_in_common(void **state) {
  (void)state;
  struct acted *x = acted_new("lab", 120, 40);
  acted_keys(x, "R * a"); /* a resource, fence devices */
  has(x, "nothing can be done with all that is marked at once");
  acted_keys(x, "Enter");
  assert_int_equal(x->app.acting.sheet, SHEET_MENU);
  acted_free(x);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(one_word_for_all_that_is_marked), cmocka_unit_test(danger_wants_the_count_and_the_kind), cmocka_unit_test(one_refused_and_none_runs),
                                     cmocka_unit_test(a_changed_plan_takes_the_word_back), cmocka_unit_test(what_is_of_two_kinds_has_nothing_in_common),
                                     cmocka_unit_test(none_takes_the_terminal)};
  return RUN(tests);
}
