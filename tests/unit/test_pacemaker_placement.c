/* crm_simulate's XML, as it was printed and as it may not be believed. */
#include "sources/pacemaker_placement.h"
#include "sources/pacemaker_xml.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct arena *a;
static char bytes[65536];

static int set_up(void **state) {
  (void)state;
  a = arena_new();
  FILE *f = fopen("tests/fixtures/pacemaker/placement-2.1.5.xml", "r");
  assert_non_null(f);
  bytes[fread(bytes, 1, sizeof bytes - 1, f)] = 0;
  fclose(f);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  arena_free(a);
  return 0;
}

static int parse(const char *text, const char *lost, struct pcmk_placement *ret) {
  struct err e = {0};
  *ret = (struct pcmk_placement){0};
  texts_add(a, &ret->lost, lost);
  int code = pacemaker_placement_parse(text, strlen(text), a, ret, &e);
  assert_int_equal(code != 0, e.text[0] != 0);
  return code;
}

/* Only what concerns the node that goes: its fence device has nowhere to go, the others stay where they are. */
static void as_it_was_printed(void **state) {
  struct pcmk_placement p;
  (void)state;
  assert_int_equal(parse(bytes, "kvm02", &p), 0);
  assert_int_equal(p.resources.count, 1);
  assert_string_equal(p.resources.item[0].resource, "fence-kvm01");
  assert_string_equal(p.resources.item[0].from.item[0], "kvm02");
  assert_int_equal(p.resources.item[0].to.count, 0);
  assert_int_equal(parse(bytes, "kvm01", &p), 0); /* of what is on the node that goes, also what would stay */
  assert_int_equal(p.resources.count, 3);
}

static void not_to_be_believed(void **state) {
  struct pcmk_placement p;
  (void)state;
  assert_int_equal(parse("", "kvm02", &p), -EBADMSG);
  assert_int_equal(parse("<crm_mon/>", "kvm02", &p), -EBADMSG);
  assert_int_equal(parse("<pacemaker-result><status code=\"1\"/></pacemaker-result>", "kvm02", &p), -EPROTO);
  char *then = strstr(bytes, "<revised_cluster_status>");
  strcpy(then, "</pacemaker-result>");
  assert_int_equal(parse(bytes, "kvm02", &p), -EPROTO);
}

/* The CIB that is asked about once more: those nodes in standby, whatever was said of that before, and nothing else changed. */
static void drained(void **state) {
  static const char cib[] = "<cib validate-with=\"pacemaker-3.9\"><configuration><crm_config/><nodes><node id=\"1\" uname=\"kvm01\"/><node id=\"2\" uname=\"kvm02\"><instance_attributes id=\"x\"><nvpair id=\"y\" name=\"standby\" value=\"off\"/></instance_attributes></node></nodes></configuration><status/></cib>";
  struct texts one = {0}, both = {0}, other = {0};
  struct str out = {0};
  struct err e = {0};
  (void)state;
  texts_add(a, &one, "kvm02"), texts_add(a, &both, "kvm01"), texts_add(a, &both, "kvm02"), texts_add(a, &other, "kvm03");
  assert_int_equal(xml_drained(cib, strlen(cib), &one, &out, &e), 0);
  const char *first = strstr(out.data, "uname=\"kvm01\"/>"), *set = strstr(out.data, "score=\"INFINITY\"><nvpair"), *standby = strstr(out.data, "name=\"standby\" value=\"on\"/>");
  assert_true(first && set && standby && first < set && set < standby && strstr(out.data, "value=\"off\"") && strstr(out.data, "<status/>"));
  assert_null(strstr(standby + 30, "value=\"on\""));
  str_reset(&out);
  assert_int_equal(xml_drained(cib, strlen(cib), &both, &out, &e), 0);
  assert_non_null(strstr(strstr(out.data, "value=\"on\"") + 1, "value=\"on\""));
  str_reset(&out);
  assert_int_equal(xml_drained(cib, strlen(cib), &other, &out, &e), -ENOENT);
  assert_int_equal(xml_drained("<cib", 4, &one, &out, &e), -EBADMSG);
  assert_int_equal(xml_drained("<cib/>", 6, &one, &out, &e), -ENOENT);
  assert_int_equal(out.len, 0);
  str_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(as_it_was_printed, set_up, tear_down), cmocka_unit_test_setup_teardown(not_to_be_believed, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(drained, set_up, tear_down)};
  return RUN(tests);
}
