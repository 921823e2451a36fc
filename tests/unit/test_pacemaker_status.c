/* crm_mon's XML: as recorded, as older versions wrote it, and as an enemy would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "sources/pacemaker_status.h"
#include "sources/pacemaker_xml.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static struct arena *a;

static int set_up(void **state) {
  (void)state;
  setenv("TZ", "UTC", 1); /* crm_mon writes local time */
  tzset();
  a = arena_new();
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  arena_free(a);
  return 0;
}

static char *load(const char *name, size_t *ret_len) {
  char path[200];
  static char bytes[1 << 20];
  snprintf(path, sizeof path, "tests/fixtures/pacemaker/%s", name);
  FILE *f = fopen(path, "r");
  if (!f) fail_msg("no %s", path);
  *ret_len = fread(bytes, 1, sizeof bytes - 1, f);
  bytes[*ret_len] = 0;
  fclose(f);
  return bytes;
}

static struct pacemaker_status recorded(const char *name) {
  struct pacemaker_status s;
  struct err e = {0};
  size_t len;
  char *bytes = load(name, &len);
  if (pacemaker_status_parse(bytes, len, a, &s, &e)) fail_msg("%s: %s", name, e.text);
  return s;
}

static const struct pcmk_resource *resource(const struct pacemaker_status *s, const char *id, const char *instance) {
  for (size_t i = 0; i < s->resources.resources.count; i++) {
    const struct pcmk_resource *r = &s->resources.resources.item[i];
    if (str_eq(r->id, id) && str_eq(r->instance, instance)) return r;
  }
  fail_msg("no resource %s:%s", id, instance ? instance : "");
  return NULL;
}

static const char *stamp(int64_t at) {
  static char text[CLOCK_TEXT];
  return at == UNKNOWN_INT ? "?" : clock_rfc3339(text, at);
}

static void twenty_resources(void **state) {
  (void)state;
  struct pacemaker_status s = recorded("twenty-2.1.5.xml");
  assert_string_equal(s.cluster.dc, "pn3");
  assert_string_equal(s.cluster.dc_version, "2.1.5-a3f44794f94");
  assert_string_equal(s.cluster.no_quorum_policy, "stop");
  assert_string_equal(s.cluster.feed_state, "running");
  assert_string_equal(s.cluster.last_change, "2026-11-22T12:47:42.000Z by root via cibadmin on pn1");
  assert_int_equal(s.cluster.quorate, TRUTH_YES);
  assert_int_equal(s.cluster.fencing, TRUTH_NO);
  assert_int_equal(s.nodes.nodes.count, 3);
  assert_int_equal(s.resources.resources.count, 20);
  assert_false(s.all_offline);
  assert_int_equal(s.nodes.nodes.item[2].is_dc, TRUTH_YES);
  const struct pcmk_resource *r = resource(&s, "vm20", NULL);
  assert_string_equal(r->agent, "ocf:pacemaker:Dummy");
  assert_string_equal(r->role, "Started");
  assert_int_equal(r->nodes.count, 1);
  assert_string_equal(r->nodes.item[0], "pn2");
  assert_null(r->parent);
  assert_int_equal(r->fail_count.count, 0);
}

static void host_lost_start_failed(void **state) {
  (void)state;
  struct pacemaker_status s = recorded("start-failed-2.1.5.xml");
  assert_int_equal(s.nodes.nodes.item[1].online, TRUTH_NO);
  assert_false(s.all_offline);
  const struct pcmk_resource *r = resource(&s, "test01", NULL);
  assert_string_equal(r->role, "Stopped");
  assert_int_equal(r->nodes.count, 0);
  assert_int_equal(r->fail_count.count, 1);
  assert_string_equal(r->fail_count.item[0].key, "kvm01");
  assert_int_equal(r->fail_count.item[0].value, 1000000);
  assert_int_equal(s.failures.failures.count, 1);
  const struct pcmk_failure *f = &s.failures.failures.item[0];
  assert_string_equal(f->resource, "test01");
  assert_string_equal(f->node, "kvm01");
  assert_string_equal(f->task, "start");
  assert_string_equal(f->reason, "Failed to start virtual domain test01.");
  assert_int_equal(f->rc, 1);
  assert_string_equal(stamp(f->at), "2026-11-22T14:56:51.000Z");
  assert_int_equal(s.fencing.events.count, 2);
  assert_string_equal(s.fencing.events.item[0].target, "kvm02");
  assert_string_equal(s.fencing.events.item[0].status, "success");
  assert_string_equal(s.fencing.events.item[0].delegate, "kvm01");
  assert_string_equal(stamp(s.fencing.events.item[0].at), "2026-11-22T14:58:39.000Z");
}

static void host_lost_unclean_then_fenced(void **state) {
  (void)state;
  struct pacemaker_status s = recorded("host-unclean-2.1.5.xml");
  assert_int_equal(s.nodes.nodes.item[1].online, TRUTH_NO);
  assert_int_equal(s.nodes.nodes.item[1].unclean, TRUTH_YES);
  assert_string_equal(s.fencing.events.item[0].target, "kvm02");
  assert_string_equal(s.fencing.events.item[0].status, "pending");
  assert_int_equal(s.fencing.events.item[0].at, UNKNOWN_INT);
  s = recorded("host-fenced-2.1.5.xml");
  assert_int_equal(s.nodes.nodes.item[1].online, TRUTH_NO);
  assert_int_equal(s.nodes.nodes.item[1].unclean, TRUTH_NO);
  assert_string_equal(s.fencing.events.item[0].status, "success");
  assert_int_not_equal(s.fencing.events.item[0].at, UNKNOWN_INT);
  s = recorded("migrating-2.1.5.xml");
  assert_string_equal(resource(&s, "test01", NULL)->role, "Migrating");
  s = recorded("healthy-2.1.5.xml");
  assert_string_equal(resource(&s, "test01", NULL)->role, "Started");
}

static void migration_failed_has_a_reason_of_some_kind(void **state) {
  (void)state;
  struct pacemaker_status s = recorded("migration-failed-2.1.5.xml");
  assert_string_equal(s.failures.failures.item[0].resource, "test01");
  assert_string_equal(s.failures.failures.item[0].task, "migrate_to");
  assert_string_equal(s.failures.failures.item[0].reason, "error"); /* its exit reason is empty */
  assert_string_equal(resource(&s, "test01", NULL)->role, "Stopping");
  assert_int_equal(resource(&s, "test01", NULL)->failed, TRUTH_YES);
}

static void groups_clones_bundles(void **state) {
  (void)state;
  struct pacemaker_status s = recorded("variety-2.1.5.xml");
  assert_int_equal(resource(&s, "remote-hypervisor", NULL)->disabled, TRUTH_YES);
  assert_string_equal(resource(&s, "address", NULL)->parent, "net");
  assert_int_equal(resource(&s, "address", NULL)->managed, TRUTH_NO);
  assert_string_equal(resource(&s, "mount", "0")->parent, "mount-clone");
  assert_string_equal(resource(&s, "mount", "0")->nodes.item[0], "kvm01");
  assert_string_equal(resource(&s, "mount", "1")->nodes.item[0], "kvm02");
  assert_string_equal(resource(&s, "unique", "2")->parent, "unique-clone");
  assert_string_equal(resource(&s, "lock", "1")->parent, "stack-clone");
  assert_string_equal(resource(&s, "db", "0")->role, "Unpromoted");
  assert_string_equal(resource(&s, "apache", "1")->parent, "httpd");
  assert_string_equal(resource(&s, "httpd-podman-0", "0")->agent, "ocf:heartbeat:podman");
  assert_string_equal(s.nodes.nodes.item[0].type, "guest");
}

static void pacemaker_1_1(void **state) {
  (void)state;
  struct pacemaker_status s = recorded("documented-1.1.24.xml");
  assert_string_equal(s.cluster.dc, "old1");
  assert_null(s.cluster.feed_state);
  assert_string_equal(s.nodes.nodes.item[0].name, "old1"); /* in one order, whatever crm_mon's */
  assert_int_equal(s.nodes.nodes.item[0].standby, TRUTH_YES);
  assert_int_equal(s.nodes.nodes.item[1].unclean, TRUTH_YES);
  const struct pcmk_resource *r = resource(&s, "vm1", NULL);
  assert_string_equal(r->agent, "ocf:heartbeat:VirtualDomain");
  assert_string_equal(r->pending, "Migrating");
  assert_int_equal(r->fail_count.item[0].value, 1000000);
  assert_string_equal(resource(&s, "drbd", "0")->role, "Master");
  assert_string_equal(resource(&s, "drbd", "1")->role, "Slave");
  assert_int_equal(resource(&s, "fence-old2", NULL)->disabled, TRUTH_YES);
  assert_string_equal(s.failures.failures.item[0].reason, "unknown error");
  assert_string_equal(stamp(s.failures.failures.item[0].at), "2026-11-19T09:40:00.000Z");
  assert_string_equal(s.fencing.events.item[0].status, "success");
  assert_string_equal(stamp(s.fencing.events.item[0].at), "2026-11-19T09:30:00.000Z");
}

static void pacemaker_1_1_without_a_dc(void **state) {
  (void)state;
  struct pacemaker_status s = recorded("documented-1.1.18.xml");
  assert_null(s.cluster.dc);
  assert_int_equal(s.cluster.quorate, TRUTH_UNKNOWN);
  assert_int_equal(s.cluster.fencing, TRUTH_NO);
  assert_int_equal(s.cluster.maintenance, TRUTH_UNKNOWN); /* not said before 1.1.19 */
  assert_int_equal(s.cluster.resources_blocked, 1);
  assert_string_equal(s.cluster.last_change, "2026-11-16T07:58:30.000Z");
  assert_string_equal(s.nodes.nodes.item[2].type, "guest");
  assert_int_equal(s.nodes.nodes.item[0].pending, TRUTH_YES);
  assert_int_equal(s.nodes.nodes.item[0].standby_onfail, TRUTH_YES);
  assert_int_equal(s.nodes.nodes.item[1].maintenance, TRUTH_YES);
  const struct pcmk_resource *r = resource(&s, "ip", NULL);
  assert_string_equal(r->parent, "web");
  assert_int_equal(r->nodes.count, 2); /* active on two: both are said */
  assert_string_equal(r->nodes.item[0], "bionic1");
  assert_int_equal(r->managed, TRUTH_NO);
  assert_int_equal(r->failed, TRUTH_YES);
  assert_int_equal(r->fail_count.item[0].value, 2);
  assert_string_equal(resource(&s, "site", NULL)->agent, "lsb:apache2");
  assert_int_equal(resource(&s, "site", NULL)->orphaned, TRUTH_YES);
  assert_string_equal(s.failures.failures.item[0].resource, "ip");
  assert_int_equal(s.fencing.events.count, 0);
}

static void pacemaker_2_0(void **state) {
  (void)state;
  struct pacemaker_status s = recorded("documented-2.0.1.xml"); /* still the old form */
  assert_string_equal(s.cluster.dc, "buster2");
  assert_int_equal(s.cluster.maintenance, TRUTH_YES);
  assert_int_equal(s.cluster.stop_all, TRUTH_NO);
  assert_int_equal(resource(&s, "vm1", NULL)->disabled, TRUTH_YES);
  assert_string_equal(s.fencing.events.item[0].status, "pending");
  assert_int_equal(s.fencing.events.item[0].at, UNKNOWN_INT);
  assert_string_equal(s.fencing.events.item[1].status, "failed");
  s = recorded("documented-2.0.5.xml");
  assert_string_equal(s.cluster.no_quorum_policy, "freeze");
  assert_string_equal(resource(&s, "data", "0")->role, "Master");
  assert_string_equal(resource(&s, "data", "0")->parent, "data-clone");
  assert_string_equal(resource(&s, "data", "1")->pending, "Promoting");
  assert_int_equal(resource(&s, "data", "1")->disabled, TRUTH_NO);
  assert_int_equal(resource(&s, "data", "0")->fail_count.item[0].value, 1000000);
  assert_string_equal(resource(&s, "haproxy", "0")->parent, "proxy");
  assert_string_equal(resource(&s, "haproxy", "0")->nodes.item[0], "proxy-0");
  assert_string_equal(s.failures.failures.item[0].reason, "no quorum of replicas");
  assert_string_equal(stamp(s.failures.failures.item[0].at), "2026-11-18T10:50:00.000Z");
  assert_string_equal(s.fencing.events.item[0].status, "failed");
  assert_string_equal(stamp(s.fencing.events.item[0].at), "2026-11-18T10:30:00.000Z");
}

static void pacemaker_3_0(void **state) {
  (void)state;
  struct pacemaker_status s = recorded("documented-3.0.1.xml");
  assert_int_equal(s.cluster.quorate, TRUTH_NO);
  assert_int_equal(s.cluster.stop_all, TRUTH_YES);
  assert_int_equal(s.cluster.symmetric, TRUTH_NO);
  assert_string_equal(s.cluster.last_change, "2026-11-20T11:59:00.000Z by root via crm_resource on el10b");
  assert_string_equal(s.nodes.nodes.item[0].health, "green");
  assert_int_equal(s.nodes.nodes.item[1].unclean, TRUTH_YES);
  assert_string_equal(s.nodes.nodes.item[2].type, "remote");
  assert_string_equal(resource(&s, "vm1", NULL)->parent, "site");
  assert_string_equal(resource(&s, "db", "0")->role, "Promoted");
  assert_int_equal(resource(&s, "db", "0")->managed, TRUTH_NO);
  assert_string_equal(resource(&s, "db", "1")->role, "Stopped");
  assert_string_equal(s.failures.failures.item[0].reason, "Error occurred"); /* an empty one says nothing */
  assert_string_equal(s.fencing.events.item[0].reason, "No such device");
  assert_string_equal(stamp(s.fencing.events.item[0].at), "2026-11-20T11:40:00.127Z");
}

static int parse(const char *text, struct pacemaker_status *s, struct err *e) { return pacemaker_status_parse(text, strlen(text), a, s, e); }

static void pacemaker_3(void **state) {
  (void)state;
  static const char text[] =
      "<pacemaker-result api-version=\"2.38\"><summary><current_dc present=\"true\" version=\"3.0.1\" name=\"n1\" with_quorum=\"true\"/>"
      "<last_change time=\"2026-11-22 13:00:00 +01:00\"/><cluster_options stonith-enabled=\"true\"/></summary>"
      "<nodes><node name=\"n1\" online=\"true\" type=\"member\"/></nodes><resources><clone id=\"c\" multi_state=\"true\"><resource id=\"db\" "
      "resource_agent=\"ocf:pacemaker:Stateful\" role=\"Promoted\" removed=\"true\"><node name=\"n1\"/></resource></clone></resources>"
      "<failures><failure id=\"db_last_failure_0\" node=\"n1\" exitreason=\"passwd=hunter2\"/></failures><status code=\"0\"/></pacemaker-result>";
  struct pacemaker_status s;
  assert_int_equal(parse(text, &s, NULL), 0);
  assert_string_equal(resource(&s, "db", "0")->role, "Promoted");
  assert_int_equal(resource(&s, "db", "0")->orphaned, TRUTH_YES);
  assert_string_equal(s.cluster.last_change, "2026-11-22T12:00:00.000Z");
  assert_string_equal(s.failures.failures.item[0].resource, "db");
  assert_null(strstr(s.failures.failures.item[0].reason, "hunter2"));
}

static void what_was_escaped_twice_is_readable(void **state) {
  (void)state;
  static const char text[] = "<pacemaker-result api-version=\"2.25\"><nodes><node name=\"n1\" online=\"true\" type=\"member\"/></nodes><failures>"
                             "<failure id=\"f_monitor_0\" node=\"n1\" exitreason=\"&amp;apos;f&amp;apos; is &amp;lt;gone&amp;gt; &amp;amp; R&amp;D &amp;\"/></failures><status code=\"0\"/></pacemaker-result>";
  struct pacemaker_status s;
  assert_int_equal(parse(text, &s, NULL), 0);
  assert_string_equal(s.failures.failures.item[0].reason, "'f' is <gone> & R&D &");
}

static void failures_of_the_tool(void **state) {
  (void)state;
  struct pacemaker_status s;
  struct err e;
  size_t len;
  char *bytes = load("not-running-2.1.5.xml", &len);
  assert_int_equal(pacemaker_status_parse(bytes, len, a, &s, &e), -ENOTCONN);
  assert_string_equal(e.text, "pacemaker is not running on this host");
  bytes = load("denied-2.1.5.xml", &len);
  assert_int_equal(pacemaker_status_parse(bytes, len, a, &s, &e), -EACCES);
  assert_non_null(strstr(e.text, "haclient"));
  /* code 0 with an error inside, and code 0 without nodes: the CIB's daemon hung */
  assert_int_equal(parse("<pacemaker-result><nodes/><status code=\"0\"><errors><error>cib timed out</error></errors></status></pacemaker-result>", &s, &e), -EPROTO);
  assert_non_null(strstr(e.text, "cib timed out"));
  assert_int_equal(parse("<pacemaker-result><nodes/><errors/><status code=\"0\"/></pacemaker-result>", &s, &e), -EPROTO);
  assert_int_equal(parse("<pacemaker-result><error>x</error><nodes/></pacemaker-result>", &s, &e), -EPROTO);
  assert_int_equal(parse("<pacemaker-result><status code=\"0\"/></pacemaker-result>", &s, &e), -EPROTO);
  assert_int_equal(parse("<pacemaker-result><pacemakerd state=\"starting_daemons\"/><status code=\"0\"/></pacemaker-result>", &s, &e), -ENOTCONN);
  assert_non_null(strstr(e.text, "starting_daemons"));
  assert_int_equal(pacemaker_failure(107, "Connection to cluster failed: Transport endpoint is not connected", &e), -ENOTCONN);
  assert_int_equal(pacemaker_failure(1, "password=hunter2", &e), -EPROTO);
  assert_null(strstr(e.text, "hunter2"));
}

static void all_offline_is_told(void **state) {
  (void)state;
  struct pacemaker_status s;
  assert_int_equal(parse("<crm_mon><nodes><node name=\"a\" online=\"false\"/><node name=\"b\" online=\"false\"/></nodes></crm_mon>", &s, NULL), 0);
  assert_true(s.all_offline);
  assert_int_equal(parse("<crm_mon><nodes/></crm_mon>", &s, NULL), 0);
  assert_false(s.all_offline);
  assert_int_equal(s.cluster.quorate, TRUTH_UNKNOWN);
}

static void hostile(void **state) {
  (void)state;
  struct pacemaker_status s;
  struct err e;
  assert_int_equal(parse("", &s, &e), -EBADMSG);
  assert_int_equal(parse("  \n", &s, &e), -EBADMSG);
  assert_int_equal(parse("Connection failed", &s, &e), -EBADMSG);
  assert_int_equal(parse("<html/>", &s, &e), -EBADMSG);
  assert_int_equal(parse("<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><crm_mon><nodes><node name=\"&b;\"/></nodes></crm_mon>", &s, &e), -EBADMSG);
  assert_int_equal(parse("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><crm_mon/>", &s, &e), -EBADMSG);
  assert_int_equal(parse("<crm_mon><nodes><node name=\"&undefined;\"/></nodes></crm_mon>", &s, &e), -EBADMSG);
  assert_int_equal(pacemaker_status_parse("<crm_mon>\0<nodes/></crm_mon>", 27, a, &s, &e), -EBADMSG);
  assert_int_equal(pacemaker_status_parse("x", (size_t)XML_BYTES_MAX + 1, a, &s, &e), -E2BIG);
  /* every truncation of a real answer */
  size_t len;
  char *bytes = load("start-failed-2.1.5.xml", &len);
  for (size_t cut = 0; cut < len - 20; cut += 61) {
    CLEANUP(arena_freep) struct arena *small = arena_new();
    char *part = mem_strndup(bytes, cut); /* a copy of its own, so that reading beyond it is seen */
    assert_int_not_equal(pacemaker_status_parse(part, cut, small, &s, &e), 0);
    mem_free(part);
  }
}

static void long_names_and_depth(void **state) {
  (void)state;
  CLEANUP(str_free) struct str text = {0};
  char name[5001];
  memset(name, 'n', sizeof name);
  name[300] = 0;
  str_addf(&text, "<crm_mon><nodes><node name=\"%s\" online=\"true\"/>", name);
  name[300] = 'n', name[5000] = 0;
  str_addf(&text, "<node name=\"%s\" online=\"maybe\" resources_running=\"99999999999999999999\"/></nodes><resources>", name);
  for (int i = 0; i < 100; i++) str_add(&text, "<group id=\"g\">");
  str_add(&text, "<resource id=\"deep\"/>");
  for (int i = 0; i < 100; i++) str_add(&text, "</group>");
  str_add(&text, "<resource/><resource id=\"\"/><resource id=\":0\"/><resource id=\"x:\"/></resources></crm_mon>");
  struct pacemaker_status s;
  assert_int_equal(parse(text.data, &s, NULL), 0);
  assert_int_equal(strlen(s.nodes.nodes.item[0].name), 300);
  assert_int_equal(strlen(s.nodes.nodes.item[1].name), XML_VALUE_MAX);
  assert_int_equal(s.nodes.nodes.item[1].online, TRUTH_UNKNOWN);
  assert_int_equal(s.nodes.nodes.item[1].resources_running, UNKNOWN_INT);
  assert_int_equal(s.resources.resources.count, 2);
  assert_string_equal(s.resources.resources.item[0].id, ":0");
}

static void keys_of_operations(void **state) {
  (void)state;
  static const struct { const char *key, *task, *id; } rows[] = {
      {"test01_monitor_10000", "monitor", "test01"}, {"my_vm_migrate_to_0", "migrate_to", "my_vm"}, {"drbd:1_promote_0", "promote", "drbd"},
      {"vm_last_failure_0", NULL, "vm"},             {"vm_last_0", NULL, "vm"},                     {"nonsense", "start", "nonsense"},
      {"_start_0", "start", "_start_0"},             {"7", NULL, "7"},                              {"", NULL, ""}};
  for (size_t i = 0; i < COUNT(rows); i++) assert_string_equal(pacemaker_operation_resource(rows[i].key, rows[i].task, a), rows[i].id);
  assert_null(pacemaker_operation_resource(NULL, NULL, a));
}

static void secrets_in_texts(void **state) {
  (void)state;
  assert_true(pacemaker_secret_text("fence_ipmilan --password=hunter2 failed"));
  assert_true(pacemaker_secret_text("PASSWD: x"));
  assert_true(pacemaker_secret_text("qemu+tls://root:pw@host/system"));
  assert_false(pacemaker_secret_text("qemu+ssh://root@host:22/system"));
  assert_false(pacemaker_secret_text("wrong password or user"));
  assert_false(pacemaker_secret_text(NULL));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(twenty_resources, set_up, tear_down),
      cmocka_unit_test_setup_teardown(host_lost_start_failed, set_up, tear_down),
      cmocka_unit_test_setup_teardown(host_lost_unclean_then_fenced, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_was_escaped_twice_is_readable, set_up, tear_down),
      cmocka_unit_test_setup_teardown(migration_failed_has_a_reason_of_some_kind, set_up, tear_down),
      cmocka_unit_test_setup_teardown(groups_clones_bundles, set_up, tear_down),
      cmocka_unit_test_setup_teardown(pacemaker_1_1, set_up, tear_down),
      cmocka_unit_test_setup_teardown(pacemaker_1_1_without_a_dc, set_up, tear_down),
      cmocka_unit_test_setup_teardown(pacemaker_2_0, set_up, tear_down),
      cmocka_unit_test_setup_teardown(pacemaker_3_0, set_up, tear_down),
      cmocka_unit_test_setup_teardown(pacemaker_3, set_up, tear_down),
      cmocka_unit_test_setup_teardown(failures_of_the_tool, set_up, tear_down),
      cmocka_unit_test_setup_teardown(all_offline_is_told, set_up, tear_down),
      cmocka_unit_test_setup_teardown(hostile, set_up, tear_down),
      cmocka_unit_test_setup_teardown(long_names_and_depth, set_up, tear_down),
      cmocka_unit_test_setup_teardown(keys_of_operations, set_up, tear_down),
      cmocka_unit_test_setup_teardown(secrets_in_texts, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
