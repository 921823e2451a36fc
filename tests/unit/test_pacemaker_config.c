/* The CIB's configuration: what is taken, and above all what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "sources/pacemaker_config.h"
#include "sources/pacemaker_version.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct arena *a;
static struct pcmk_config c;

static void load(const char *name) {
  char path[200];
  static char bytes[1 << 20];
  struct err e = {0};
  snprintf(path, sizeof path, "tests/fixtures/pacemaker/%s", name);
  FILE *f = fopen(path, "r");
  if (!f) fail_msg("no %s", path);
  size_t len = fread(bytes, 1, sizeof bytes, f);
  fclose(f);
  if (pacemaker_config_parse(bytes, len, a, &c, &e)) fail_msg("%s: %s", name, e.text);
}

static int set_up(void **state) {
  (void)state;
  a = arena_new();
  load("variety-cib.xml");
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  arena_free(a);
  return 0;
}

static const struct pcmk_param *param(const char *id) {
  for (size_t i = 0; i < c.resources.count; i++)
    if (str_eq(c.resources.item[i].resource, id)) return &c.resources.item[i];
  fail_msg("no resource %s", id);
  return NULL;
}

static const struct pcmk_constraint *constraint(const char *id) {
  for (size_t i = 0; i < c.constraints.count; i++)
    if (str_eq(c.constraints.item[i].id, id)) return &c.constraints.item[i];
  fail_msg("no constraint %s", id);
  return NULL;
}

static void no_secret_comes_through(void **state) {
  (void)state;
  CLEANUP(str_free) struct str out = {0};
  shape_encode(&pcmk_config_shape, &c, &out);
  assert_null(strstr(out.data, "hunter2"));
  assert_null(pairs_get(&param("fence-kvm01")->params, "passwd"));
  assert_null(pairs_get(&param("fence-kvm01")->params, "username"));
  assert_null(pairs_get(&param("mount")->params, "options"));
  assert_false(pacemaker_param_is_harmless("passwd"));
  assert_false(pacemaker_param_is_harmless("a-name-nobody-knows"));
  assert_true(pacemaker_name_is_secret("my-API-Key"));
}

/* Cut by tests/cut-fixture out of a raw recording of the lab: what was masked is not missed. */
static void cut_out_of_a_recording(void **state) {
  (void)state;
  load("cut-config.xml");
  assert_string_equal(pairs_get(&c.properties, "cluster-name"), "cluster-kvm");
  assert_string_equal(pairs_get(&param("fence-kvm01")->params, "pcmk_host_list"), "kvm01");
  assert_string_equal(pairs_get(&param("fence-kvm02")->params, "lanplus"), "1");
  assert_null(pairs_get(&param("fence-kvm02")->params, "username"));
  assert_string_equal(pairs_get(&param("test01")->params, "config"), "/kvmdata/config/test01.xml");
  assert_null(pairs_get(&param("with-password")->params, "password"));
}

static void parameters(void **state) {
  (void)state;
  const struct pcmk_param *fence = param("fence-kvm01");
  assert_string_equal(fence->agent, "stonith:fence_ipmilan");
  assert_string_equal(pairs_get(&fence->params, "pcmk_host_list"), "kvm01");
  assert_string_equal(pairs_get(&fence->params, "pcmk_delay_base"), "5s");
  assert_string_equal(pairs_get(&param("address")->params, "cidr_netmask"), "24");
  assert_string_equal(pairs_get(&param("mount")->params, "device"), "node1:/models");
  assert_string_equal(pairs_get(&param("remote-hypervisor")->meta, "target-role"), "Stopped");
  assert_null(param("net")->agent);
  assert_string_equal(pairs_get(&param("net")->meta, "is-managed"), "false");
  assert_string_equal(pairs_get(&param("mount-clone")->meta, "interleave"), "true");
  assert_string_equal(param("apache")->agent, "ocf:heartbeat:apache");
  assert_string_equal(pairs_get(&param("rsc_defaults")->meta, "failure-timeout"), "60s");
  assert_string_equal(pairs_get(&param("op_defaults")->meta, "timeout"), "90s");
}

static void a_template_fills_what_is_not_said(void **state) {
  (void)state;
  const struct pcmk_param *web = param("web1");
  assert_string_equal(web->agent, "ocf:heartbeat:VirtualDomain");
  assert_string_equal(pairs_get(&web->params, "config"), "/kvmdata/config/web1.xml");
  assert_string_equal(pairs_get(&web->params, "migration_transport"), "tls");
  assert_string_equal(pairs_get(&web->params, "hypervisor"), "qemu:///system");
  assert_string_equal(pairs_get(&web->meta, "allow-migrate"), "true");
  assert_string_equal(pairs_get(&web->ops, "start"), "timeout=60s interval=0s on-fail=restart");
  assert_string_equal(pairs_get(&web->ops, "monitor"), "timeout=30s interval=10s");
  assert_string_equal(pairs_get(&param("db")->ops, "monitor"), "interval=10s role=Promoted");
  assert_string_equal(pairs_get(&param("db")->ops, "monitor Unpromoted"), "timeout=20s interval=11s role=Unpromoted");
}

static void properties(void **state) {
  (void)state;
  assert_string_equal(pairs_get(&c.properties, "no-quorum-policy"), "freeze"); /* the tools' own set comes first */
  assert_string_equal(pairs_get(&c.properties, "kvmconsole-lock"), "root@kvm01");
  assert_null(pairs_get(&c.properties, "site-api-token"));
}

static void locations(void **state) {
  (void)state;
  char stamp[CLOCK_TEXT];
  const struct pcmk_constraint *l = constraint("cli-prefer-web1");
  assert_string_equal(l->kind, "location");
  assert_string_equal(l->resource, "web1");
  assert_string_equal(l->node, "kvm02");
  assert_string_equal(l->score, "INFINITY");
  assert_int_equal(l->expires, UNKNOWN_INT);
  assert_null(l->rule);
  l = constraint("cli-ban-web1-on-kvm01");
  assert_string_equal(l->node, "kvm01");
  assert_string_equal(l->score, "-INFINITY");
  assert_string_equal(clock_rfc3339(stamp, l->expires), "2026-11-22T13:40:00.000Z");
  assert_string_equal(l->rule, "#uname eq kvm01 and date lt 2026-11-22 13:40:00Z");
  l = constraint("office-hours");
  assert_null(l->node);
  assert_int_equal(l->expires, UNKNOWN_INT);
  assert_string_equal(l->rule, "date date_spec weekdays=1-5 hours=9-16 or defined pingd");
  assert_string_equal(constraint("pattern")->resource, "/^vm-.*/");
}

static void orders_colocations_tickets(void **state) {
  (void)state;
  const struct pcmk_constraint *o = constraint("mount-first");
  assert_string_equal(o->kind, "order");
  assert_string_equal(o->resource, "mount-clone");
  assert_string_equal(o->with, "web1");
  assert_string_equal(o->score, "Mandatory");
  assert_string_equal(constraint("promote-first")->rule, "promote, then start");
  assert_string_equal(constraint("order-set")->resource, "mount-clone web1 net httpd");
  assert_string_equal(constraint("order-set")->rule, "(mount-clone then web1), then start (net, httpd)");
  assert_string_equal(constraint("with-mount")->with, "mount-clone");
  assert_string_equal(constraint("colocation-set")->resource, "address route");
  assert_string_equal(constraint("site")->kind, "ticket");
  assert_string_equal(constraint("site")->rule, "ticket berlin, without it: fence");
}

static void recorded_in_the_lab(void **state) {
  (void)state;
  load("moved-config.xml");
  assert_int_equal(c.constraints.count, 3);
  assert_string_equal(constraint("cli-prefer-test01")->node, "kvm02");
  assert_string_equal(constraint("cli-prefer-test01")->role, "Started");
  assert_string_equal(pairs_get(&param("test01")->params, "config"), "/kvmdata/config/test01.xml");
  assert_string_equal(pairs_get(&param("test01")->ops, "migrate_to"), "timeout=120s interval=0s");
  assert_string_equal(pairs_get(&c.properties, "cluster-name"), "cluster-kvm");
  assert_string_equal(pairs_get(&param("test01")->utilization, "hv_memory"), "96");
}

static void topology_and_capacities(void **state) {
  (void)state;
  assert_int_equal(c.levels.count, 2);
  assert_string_equal(c.levels.item[1].target, "kvm02");
  assert_int_equal(c.levels.item[1].index, 2);
  assert_int_equal(c.levels.item[1].devices.count, 3);
  assert_string_equal(c.levels.item[1].devices.item[2], "fence-sbd");
  assert_int_equal(c.capacities.count, 1);
  assert_string_equal(c.capacities.item[0].node, "kvm01");
  assert_string_equal(pairs_get(&c.capacities.item[0].utilization, "hv_memory"), "65536");
}

static int parse(const char *text, struct err *e) { return pacemaker_config_parse(text, strlen(text), a, &c, e); }

static void hostile(void **state) {
  (void)state;
  struct err e;
  assert_int_equal(parse("<cib/>", &e), -EBADMSG);
  assert_int_equal(parse("<configuration", &e), -EBADMSG);
  assert_int_equal(parse("<!DOCTYPE a><configuration/>", &e), -EBADMSG);
  assert_int_equal(parse("<configuration/>", &e), 0);
  assert_int_equal(c.resources.count, 0);
  CLEANUP(str_free) struct str deep = {0};
  str_add(&deep, "<configuration><constraints><rsc_location id=\"l\" rsc=\"r\">");
  for (int i = 0; i < 60; i++) str_add(&deep, "<rule score=\"1\">");
  for (int i = 0; i < 60; i++) str_add(&deep, "</rule>");
  str_add(&deep, "</rsc_location><rsc_order/><rsc_location id=\"n\"><rule/></rsc_location></constraints><resources>");
  for (int i = 0; i < 60; i++) str_add(&deep, "<group id=\"g\">");
  for (int i = 0; i < 60; i++) str_add(&deep, "</group>");
  str_add(&deep, "<primitive id=\"p\" template=\"p\"/><primitive/></resources></configuration>");
  assert_int_equal(parse(deep.data, &e), 0);
  assert_int_equal(c.constraints.count, 2);
}

static void versions(void **state) {
  (void)state;
  struct crm_mon_call v;
  crm_mon_call_for("Pacemaker 2.1.5\nWritten by Andrew Beekhof\n", &v);
  assert_string_equal(v.version, "2.1.5");
  assert_string_equal(v.full[1], "--output-as=xml");
  assert_string_equal(v.full[4], "--fence-history=2");
  crm_mon_call_for("Pacemaker 1.1.24-8.el7\n", &v);
  assert_string_equal(v.version, "1.1.24");
  assert_string_equal(v.full[1], "--as-xml");
  assert_string_equal(v.full[3], "--fence-history=3");
  crm_mon_call_for("Pacemaker 1.1.18-11.el7\n", &v);
  assert_null(v.full[3]);
  crm_mon_call_for("Pacemaker 2.0.0\n", &v);
  assert_string_equal(v.full[1], "--as-xml");
  assert_null(v.full[3]);
  crm_mon_call_for("Pacemaker 3.0.1\n", &v);
  assert_string_equal(v.full[1], "--output-as=xml");
  crm_mon_call_for(NULL, &v);
  assert_string_equal(v.full[1], "--output-as=xml");
  assert_string_equal(v.version, "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(no_secret_comes_through, set_up, tear_down),
      cmocka_unit_test_setup_teardown(cut_out_of_a_recording, set_up, tear_down),
      cmocka_unit_test_setup_teardown(parameters, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_template_fills_what_is_not_said, set_up, tear_down),
      cmocka_unit_test_setup_teardown(properties, set_up, tear_down),
      cmocka_unit_test_setup_teardown(locations, set_up, tear_down),
      cmocka_unit_test_setup_teardown(orders_colocations_tickets, set_up, tear_down),
      cmocka_unit_test_setup_teardown(topology_and_capacities, set_up, tear_down),
      cmocka_unit_test_setup_teardown(recorded_in_the_lab, set_up, tear_down),
      cmocka_unit_test_setup_teardown(hostile, set_up, tear_down),
      cmocka_unit_test(versions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
