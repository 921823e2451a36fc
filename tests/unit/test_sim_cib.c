/* The simulated configuration of pacemaker: an operator's lock in it, attributes of nodes, and that what the tools print is
 * what the real source's parser and the simulation's own facts agree on. */
#include "model/facts.h"
#include "sim/cib.h"
#include "sim/event.h"
#include "sim/facts.h"
#include "sim/host.h"
#include "sim/pacemaker.h"
#include "sim/sim.h"
#include "sources/pacemaker_config.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct command_result last;

static struct sim *opened(const char *scenario) {
  struct sim *s = NULL;
  struct err e = {0};
  if (sim_open(&(struct sim_options){.scenario = scenario}, &s, &e)) fail_msg("%s", e.text);
  return s;
}

/* run(s, "kvm01", "cibadmin", ...): its exit code. */
#define run(s, host, ...) run_(s, host, (const char *const[]){__VA_ARGS__, NULL})
static int run_(struct sim *s, const char *host, const char *const *argv) {
  command_result_free(&last);
  sim_execute(s, host, argv, NULL, &last, NULL, NULL);
  return last.code;
}
static bool said(const char *text) { return strstr(str_text(&last.out), text) || strstr(str_text(&last.err), text); }

/* ---- elements ---- */

static void elements_are_read_and_found(void **state) {
  static const struct { const char *path; int found; } rows[] = {
      {"//b", 3}, {"/a/b", 2}, {"/a/c/b", 1}, {"//b[@id=\"1\"]", 1}, {"//b[@id='1' and @x=\"<&\"]", 1}, {"//b[@id='1' and @x='y']", 0}, {"//c[b/@id=\"3\"]", 1}, {"//c[b/@id=\"1\"]", 0},
      {"//a[c]", 1}, {"//b[@x]", 1}, {"/a/*", 3}, {"//b[@id=\"]\"]", 0}, {"//*[@id]", 3}, {"/b", 0}, {"b", -22}, {"//b[", -22}, {"//b[@id=]", -22}, {"//b[last()]", -22}, {"", -22}};
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct element *found[8], *e = element_parse(a, "<?xml version='1.0'?><!-- <a> --> <a k=\"v\">text<b id='1' x='&lt;&#38;'/><b id='2'/><c ><b id='3'></b></c></a>\n");
  struct str out = {0};
  (void)state;
  assert_non_null(e);
  element_print(e, 0, &out);
  assert_string_equal(out.data, "<a k=\"v\">\n  <b id=\"1\" x=\"&lt;&amp;\"/>\n  <b id=\"2\"/>\n  <c>\n    <b id=\"3\"/>\n  </c>\n</a>\n");
  for (size_t i = 0; i < COUNT(rows); i++) {
    int n = element_find(e, rows[i].path, found, 8);
    if (n != rows[i].found) fail_msg("%s: %d, not %d", rows[i].path, n, rows[i].found);
  }
  str_free(&out);
  static const char *const wrong[] = {"", "text", "<a", "<a>", "<a></b>", "<a/><b/>", "<a x>", "<a x=1/>", "<a x='1' x='2'/>", "<a x='<'/>", "<a x='&nosuch;'/>", "<a><!-- </a>", "<1/>", "<a x='&#0;'/>"};
  for (size_t i = 0; i < COUNT(wrong); i++)
    if (element_parse(a, wrong[i])) fail_msg("taken for XML: %s", wrong[i]);
  struct str deep = {0};
  for (int i = 0; i < 5000; i++) str_add(&deep, "<a>");
  assert_null(element_parse(a, deep.data));
  str_free(&deep);
}

/* ---- the operator's lock ---- */

#define SET(who) "<cluster_property_set id=\"kvmconsole-lock\"><nvpair id=\"kvmconsole-lock-holder\" name=\"kvmconsole-lock\" value=\"" who "\"/></cluster_property_set>"
#define HOLDER(who) "//nvpair[@id=\"kvmconsole-lock-holder\" and @value=\"" who "\"]"
#define BECOMES(who) "<nvpair id=\"kvmconsole-lock-holder\" value=\"" who "\"/>"

static int lock(struct sim *s, const char *host, const char *xml) { return run(s, host, "cibadmin", "--create", "--scope", "crm_config", "--xml-text", xml); }
static int pass_on(struct sim *s, const char *host, const char *from, const char *to) { return run(s, host, "cibadmin", "--modify", "--xpath", from, "--xml-text", to); }

static void one_holder_at_a_time(void **state) {
  struct sim *s = opened("lab");
  (void)state;
  assert_int_equal(run(s, "kvm01", "cibadmin", "-Q", "-A", "//cluster_property_set[@id=\"kvmconsole-lock\"]"), 105);
  assert_int_equal(lock(s, "kvm01", SET("a")), 0);
  assert_int_equal(lock(s, "kvm02", SET("b")), 108);
  assert_true(said("File exists"));
  assert_int_equal(pass_on(s, "kvm02", HOLDER("b"), BECOMES("c")), 105);
  assert_true(said("No such device or address"));
  assert_int_equal(pass_on(s, "kvm02", HOLDER("a"), BECOMES("b")), 0);
  assert_int_equal(pass_on(s, "kvm01", HOLDER("a"), BECOMES("c")), 105);
  assert_int_equal(run(s, "kvm01", "cibadmin", "--query", "--xpath", "//nvpair[@id=\"kvmconsole-lock-holder\"]"), 0);
  assert_string_equal(last.out.data, "<nvpair id=\"kvmconsole-lock-holder\" name=\"kvmconsole-lock\" value=\"b\"/>\n");
  assert_string_equal(cluster_property(sim_world(s), "kvmconsole-lock"), "b");
  assert_int_equal(run(s, "kvm01", "cibadmin", "--delete", "--xpath", "//cluster_property_set[@id=\"kvmconsole-lock\"][nvpair/@value=\"a\"]"), 0); /* of another: nothing */
  assert_int_equal(lock(s, "kvm01", SET("c")), 108);
  assert_int_equal(run(s, "kvm02", "cibadmin", "--delete", "--xpath", "//cluster_property_set[@id=\"kvmconsole-lock\"][nvpair/@value=\"b\"]"), 0);
  assert_int_equal(lock(s, "kvm01", SET("c")), 0);
  sim_close(s);
}

/* Two sets that hold one id are refused, and nothing of it stays. */
static void what_the_schema_refuses(void **state) {
  struct sim *s = opened("lab");
  (void)state;
  assert_int_equal(lock(s, "kvm01", SET("a")), 0);
  assert_int_equal(lock(s, "kvm01", "<cluster_property_set id=\"other\"><nvpair id=\"kvmconsole-lock-holder\" name=\"x\" value=\"y\"/></cluster_property_set>"), 78);
  assert_true(said("<cib ") && said("</configuration>"));
  assert_int_equal(sim_world(s)->sets.count, 1);
  assert_int_equal(lock(s, "kvm01", "<nonsense"), 78);
  assert_int_equal(run(s, "kvm01", "cibadmin", "--delete", "--xpath", "//primitive[@id=\"test01\"]"), 64); /* has a command of its own */
  assert_non_null(world_resource(sim_world(s), "test01"));
  assert_int_equal(run(s, "node1", "cibadmin", "-Q"), 127);
  world_happen(sim_world(s), "stop", "kvm02", "pacemaker");
  sim_run(s, sim_now(s) + 60000, NULL, NULL);
  assert_int_equal(run(s, "kvm02", "cibadmin", "-Q"), 102);
  sim_close(s);
}

/* ---- attributes ---- */

static int64_t epoch(struct sim *s) { return sim_world(s)->cib_epoch; }

static void attributes(void **state) {
  struct sim *s = opened("lab");
  struct str kept = {0};
  struct world *again = NULL;
  (void)state;
  int64_t before = epoch(s);
  assert_int_equal(run(s, "kvm01", "attrd_updater", "-p", "-n", "beat", "-U", "1"), 0);
  assert_int_equal(epoch(s), before); /* a hidden one is written nowhere */
  assert_int_equal(run(s, "kvm02", "attrd_updater", "-Q", "-n", "other"), 78);
  assert_int_equal(run(s, "kvm02", "attrd_updater", "-p", "-n", "beat", "-U", "7"), 0);
  assert_int_equal(run(s, "kvm01", "attrd_updater", "-Q", "-A", "-n", "beat"), 0);
  assert_string_equal(last.out.data, "name=\"beat\" host=\"kvm01\" value=\"1\"\nname=\"beat\" host=\"kvm02\" value=\"7\"\n");
  assert_int_equal(run(s, "kvm01", "cibadmin", "-Q", "-A", "//nvpair[@name=\"beat\"]"), 105);
  assert_int_equal(run(s, "kvm01", "crm_attribute", "-N", "kvm02", "-n", "site", "-v", "north"), 0);
  assert_int_equal(run(s, "kvm01", "cibadmin", "-Q", "-A", "//node[@uname=\"kvm02\"]/instance_attributes/nvpair[@name=\"site\"]"), 0);
  assert_int_equal(run(s, "kvm01", "crm_attribute", "-N", "kvm02", "-n", "boot", "-l", "reboot", "-v", "1"), 0);
  assert_int_equal(run(s, "kvm01", "crm_attribute", "-N", "kvm02", "-n", "standby", "-v", "on"), 0);
  assert_int_equal(run(s, "kvm01", "crm_attribute", "-N", "kvm02", "-z", "-n", "host_memory", "-v", "4096"), 0);
  assert_int_equal(run(s, "kvm01", "cibadmin", "-Q", "-A", "//node[@uname=\"kvm02\"]/utilization/nvpair[@name=\"host_memory\"]"), 0);
  assert_null(pairs_get(&world_host(sim_world(s), "kvm02")->attributes, "host_memory"));
  assert_true(YES(world_host(sim_world(s), "kvm02")->standby));
  world_print(sim_world(s), &kept);
  assert_int_equal(world_parse(kept.data, kept.len, &again, NULL), 0);
  assert_string_equal(pairs_get(&attribute_of(again, "beat")->values, "kvm02"), "7");
  world_free(again);
  str_free(&kept);
  world_happen(sim_world(s), "power off", "kvm02", NULL); /* what lives in attrd dies with its node, what is configured does not */
  sim_run(s, sim_now(s) + 20000, NULL, NULL);
  assert_int_equal(run(s, "kvm01", "attrd_updater", "-Q", "-A", "-n", "beat"), 0);
  assert_string_equal(last.out.data, "name=\"beat\" host=\"kvm01\" value=\"1\"\n");
  assert_int_equal(run(s, "kvm01", "crm_attribute", "-N", "kvm02", "-n", "boot", "-l", "reboot", "-G"), 105);
  assert_int_equal(run(s, "kvm01", "crm_attribute", "-N", "kvm02", "-n", "site", "-G", "-q"), 0);
  assert_string_equal(last.out.data, "north\n");
  sim_close(s);
}

/* ---- cibadmin's XML, by the real source's parser ---- */

static void same_as_the_facts(struct sim *s, const char *what) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  const struct sim_host *here = world_host(sim_world(s), sim_here(s));
  struct look l = {sim_world(s), here, here, a};
  struct pcmk_config read, own = {0};
  struct err e = {0};
  struct str x = {0}, y = {0};
  assert_int_equal(run(s, here->name, "cibadmin", "--query", "--scope", "configuration"), 0);
  if (pacemaker_config_parse(last.out.data, last.out.len, a, &read, &e)) fail_msg("%s: %s", what, e.text);
  read_pacemaker_config(&l, NULL, &own);
  for (size_t i = 0; i < read.resources.count; i++) /* the order of a resource's settings says nothing */
    for (size_t k = 0; k < own.resources.count; k++)
      if (str_eq(own.resources.item[k].resource, read.resources.item[i].resource)) read.resources.item[i].params = own.resources.item[k].params.count == read.resources.item[i].params.count ? own.resources.item[k].params : read.resources.item[i].params;
  shape_encode(&pcmk_config_shape, &read, &x), shape_encode(&pcmk_config_shape, &own, &y);
  if (strcmp(x.data, y.data)) {
    size_t at = 0;
    while (x.data[at] == y.data[at]) at++;
    at = at > 100 ? at - 100 : 0;
    fail_msg("%s\nread:\n%.300s\nown:\n%.300s", what, x.data + at, y.data + at);
  }
  str_free(&x), str_free(&y);
}

static void the_source_reads_the_same(void **state) {
  (void)state;
  for (const struct scenario_text *t = scenario_texts; t->name; t++) {
    if (str_eq(t->name, "lab-empty")) continue; /* no cluster */
    struct sim *s = opened(t->name);
    same_as_the_facts(s, t->name);
    sim_close(s);
  }
  struct sim *s = opened("lab");
  assert_int_equal(lock(s, "kvm01", SET("a")), 0);
  assert_int_equal(run(s, "kvm01", "crm_resource", "-M", "-r", "test01", "-N", "kvm02"), 0);
  assert_int_equal(run(s, "kvm01", "pcs", "node", "standby", "kvm02"), 0);
  same_as_the_facts(s, "a lock, a move, a node in standby");
  sim_close(s);
}

/* What was read is what is written: a query put back changes nothing. */
static void put_back_as_it_was(void **state) {
  struct sim *s = opened("tour");
  (void)state;
  static const char *const scopes[] = {"crm_config", "nodes", "constraints"};
  assert_int_equal(run(s, "kvm01", "pcs", "node", "standby", "kvm02"), 0);
  assert_int_equal(run(s, "kvm01", "crm_attribute", "-N", "kvm02", "-n", "site", "-v", "a \"b\" <c>"), 0);
  for (size_t i = 0; i < COUNT(scopes); i++) {
    assert_int_equal(run(s, "kvm01", "cibadmin", "-Q", "-o", scopes[i]), 0);
    char *text = mem_strdup(last.out.data);
    assert_int_equal(run(s, "kvm01", "cibadmin", "--replace", "--scope", scopes[i], "--xml-text", text), 0);
    mem_free(text);
  }
  struct world *w = sim_world(s);
  assert_string_equal(pairs_get(&world_host(w, "kvm02")->attributes, "site"), "a \"b\" <c>");
  assert_true(YES(world_host(w, "kvm02")->standby) && w->constraints.count == 2);
  sim_close(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(elements_are_read_and_found), cmocka_unit_test(one_holder_at_a_time), cmocka_unit_test(what_the_schema_refuses), cmocka_unit_test(attributes),
                                     cmocka_unit_test(the_source_reads_the_same), cmocka_unit_test(put_back_as_it_was)};
  return RUN(tests);
}
