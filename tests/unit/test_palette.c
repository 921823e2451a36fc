/* The palette: what is nearest to what was typed stands first, and a whole operation fills its form in and runs nothing. */
#include "acted.h"

static int cost(const char *text, const char *word) { return fuzzy_cost(text, word, strlen(word)); }

static void the_nearer_costs_less(void **state) {
  (void)state;
  assert_int_equal(cost("web01", "web01"), 0);
  assert_int_equal(cost("WEB01", "web01"), 0);
  assert_int_equal(cost("web", "web01"), FUZZY_NOT);
  assert_int_equal(cost("anything", ""), 0);
  assert_int_equal(cost(NULL, "a"), FUZZY_NOT);
  const char *const order[] = {"move", "move-on", "resource-move", "remove", "mxoxvxe"}; /* the same, begins it, begins a word, within, strewn */
  for (size_t i = 0; i + 1 < COUNT(order); i++)
    if (cost(order[i], "move") >= cost(order[i + 1], "move")) fail_msg("%s is to be nearer than %s (%d, %d)", order[i], order[i + 1], cost(order[i], "move"), cost(order[i + 1], "move"));
  assert_true(cost("resource-move", "rm") < cost("confirm", "rm")); /* initials before letters within */
  assert_true(cost("node3", "n3") > 0);
  assert_int_equal(cost("3n", "n3"), FUZZY_NOT);
  assert_int_equal(cost("nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx3", "n3"), FUZZY_NOT); /* too far apart */
  assert_true(cost("web1", "web") < cost("web100000", "web"));
}

static struct menu menu_of(struct acted *x, struct arena *a) {
  struct input in;
  acted_input(x, &in, a);
  return offers_menu(&x->app.acting, &in);
}

static void first_is(struct acted *x, const char *typed, const char *id) {
  char keys[128];
  snprintf(keys, sizeof keys, ": '%s'", typed);
  acted_keys(x, keys);
  struct arena *a = arena_new();
  struct menu m = menu_of(x, a);
  if (!m.count || !str_eq(m.rows[0].id, id)) fail_msg("%s: first is %s, not %s", typed, m.count ? m.rows[0].id : "nothing", id);
  arena_free(a);
  acted_keys(x, "Esc");
}

static void anything_is_found(void **state) {
  (void)state;
  struct acted *x = acted_new("tour", 80, 24);
  first_is(x, "problems", "view problems");
  first_is(x, "prob", "view problems");
  first_is(x, "resource-clear", "resource-clear");
  first_is(x, "kvm02", "host kvm02");
  first_is(x, "models", "volume models");
  first_is(x, "node3:/data", "brick models node3:/data");
  struct arena *a = arena_new();
  acted_keys(x, ": 'db01'");
  struct menu m = menu_of(x, a);
  assert_true(m.count >= 2 && str_starts(m.rows[0].id, "domain db01"));
  arena_free(a);
  acted_keys(x, "Enter"); /* opens what is known of it */
  assert_int_equal(x->app.view, VIEW_DETAIL);
  assert_int_equal(x->app.detail_list, LIST_DOMAINS);
  assert_true(acted_shows(x, "/kvmdata/db01.qcow2"));
  acted_keys(x, "Esc");
  assert_int_equal(x->app.view, VIEW_OVERVIEW);
  acted_keys(x, ": 'nosuchthing'");
  assert_true(acted_shows(x, "nothing of that name"));
  assert_int_equal(acted_keys(x, "Enter") & ~(unsigned)APP_CHANGED, 0);
  acted_free(x);
}

/* What was taken lately stands first, the newest of it at the top. */
static void lately_taken_stand_first(void **state) {
  (void)state;
  struct acted *x = acted_new("tour", 80, 24);
  acted_keys(x, ": 'sources' Enter : 'kvm02' Enter : 'bricks' Enter :");
  struct arena *a = arena_new();
  struct menu m = menu_of(x, a);
  assert_string_equal(m.rows[0].id, "view bricks");
  assert_string_equal(m.rows[1].id, "view sources"); /* a thing is offered once a letter of it is typed */
  assert_string_equal(m.rows[0].group, "taken lately");
  assert_string_equal(m.rows[2].group, "views");
  arena_free(a);
  for (int i = 0; i < 20; i++) acted_keys(x, "Esc : 'nodes' Enter : 'volumes' Enter : 'tasks' Enter : 'events' Enter : 'domains' Enter : 'help' Enter : 'overview' Enter");
  acted_free(x);
}

static const char *field(const struct acted *x, const char *name) {
  const struct operation_argument *arg;
  for (size_t i = 0; (arg = form_argument(&x->app.acting, i)) != NULL; i++)
    if (str_eq(arg->name, name)) return form_text(&x->app.acting.form, i, 0);
  return NULL;
}

static void type(struct acted *x, const char *line) {
  for (; *line; line++) acted_press(x, (struct key){.code = (unsigned char)*line});
}

static void a_typed_operation_fills_its_form(void **state) {
  (void)state;
  struct acted *x = acted_new("tour", 80, 24);
  const struct acting *a = &x->app.acting;
  acted_keys(x, ":");
  type(x, "resource-move resource=\"web01\" to='kvm01' clear=yes");
  assert_int_equal(acted_keys(x, "Enter") & ~(unsigned)APP_CHANGED, 0);
  assert_int_equal(a->sheet, SHEET_FORM);
  assert_string_equal(a->operation->name, "resource-move");
  assert_string_equal(a->target, "web01");
  assert_string_equal(field(x, "to"), "kvm01");
  assert_string_equal(field(x, "clear"), "yes");
  acted_keys(x, "Esc Esc :");
  type(x, "gluster-volume-set volume=models option=a.b=1 option=c.d=2"); /* a list, in its order */
  acted_keys(x, "Enter");
  assert_string_equal(field(x, "option"), "a.b=1");
  assert_string_equal(form_text(&a->form, 0, 1), "c.d=2");
  acted_keys(x, "Esc Esc :");
  type(x, "resource-move nonsense=1");
  assert_true(acted_shows(x, "has no argument nonsense"));
  acted_keys(x, "C-u");
  type(x, "domain-create password=hunter2");
  assert_true(acted_shows(x, "is a secret"));
  acted_keys(x, "Enter");
  assert_int_equal(a->sheet, SHEET_FORM);
  assert_null(field(x, "password")); /* what was typed in the open is not taken */
  acted_free(x);
}

/* The key that mends: the form or the preview of what the table names, for what is selected, and nothing runs by it. */
static void what_mends_is_one_key_away(void **state) {
  (void)state;
  struct acted *x = acted_new("degraded", 80, 24);
  const struct acting *a = &x->app.acting;
  assert_int_equal(acted_keys(x, "f") & (APP_RUN | APP_TASK), 0); /* on the overview: the worst */
  assert_string_equal(a->operation->name, "gluster-brick-start");
  assert_string_equal(a->target, "node2:/data");
  acted_keys(x, "Esc");
  assert_int_equal(a->sheet, SHEET_NONE); /* back to the view, no menu was there */
  acted_keys(x, "! End f");
  assert_string_equal(a->operation->name, "node-unstandby");
  assert_string_equal(a->target, "kvm03");
  acted_keys(x, "Esc N End Up Up Up f"); /* and from the thing itself */
  assert_string_equal(a->operation->name, "node-unstandby");
  acted_keys(x, "Esc ! Home o");
  assert_int_equal(x->app.detail_list, LIST_BRICKS);
  acted_keys(x, "Esc Enter");
  assert_true(acted_shows(x, "Who says so"));
  assert_true(acted_shows(x, "(gluster-brick-start"));
  acted_keys(x, "f");
  assert_string_equal(a->target, "node2:/data");
  acted_free(x);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_nearer_costs_less), cmocka_unit_test(anything_is_found), cmocka_unit_test(lately_taken_stand_first),
                                     cmocka_unit_test(a_typed_operation_fills_its_form), cmocka_unit_test(what_mends_is_one_key_away)};
  return RUN(tests);
}
