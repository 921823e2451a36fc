/* What a support bundle does to what goes into it: secrets in JSON, and hosts' names and addresses. */
#include "sources/mask_json.h"
#include "tests/unit/unit.h"
#include "views/text/anonymous.h"
#include <string.h>

#define S "hunter2"

static const char *masked(const char *json, struct str *out) {
  str_reset(out);
  if (mask_json(json, strlen(json), NULL, NULL, out)) fail_msg("no JSON: %s", json);
  return str_text(out);
}

static void json_without_secrets(void **state) {
  static const struct { const char *from, *to; } cases[] = {
      {"{\"password\":\"" S "\",\"b\":1}", "{\"password\":\"*******\",\"b\":1}"},
      {"{\"a\":{\"secret\":{\"deep\":[\"" S "\"]}}}", "{\"a\":{\"secret\":{\"deep\":[\"*******\"]}}}"},
      {"{\"name\":\"passwd\",\"value\":\"" S "\"}", "{\"name\":\"passwd\",\"value\":\"*******\"}"},
      {"{\"name\":\"ip\",\"value\":\"10.0.0.1\"}", "{\"name\":\"ip\",\"value\":\"10.0.0.1\"}"},
      {"[\"fence\",\"--password\",\"" S "\",\"-v\"]", "[\"fence\",\"--password\",\"*******\",\"-v\"]"},
      {"{\"text\":\"login with password=" S " failed\"}", "{\"text\":\"login with password=******* failed\"}"},
      {"{\"xml\":\"<graphics passwd='" S "'/>\"}", "{\"xml\":\"<graphics passwd='*******'/>\"}"},
      {"{\"token_ms\":3000,\"token\":3000,\"x\":1.5,\"n\":null,\"t\":true}", "{\"token_ms\":3000,\"token\":3000,\"x\":1.5,\"n\":null,\"t\":true}"}, /* numbers are none: corosync's token */
      {"\"" "plain" "\"", "\"plain\""},
  };
  CLEANUP(str_free) struct str out = {0};
  (void)state;
  for (size_t i = 0; i < COUNT(cases); i++) {
    assert_string_equal(masked(cases[i].from, &out), cases[i].to);
    assert_null(strstr(str_text(&out), S));
  }
  for (size_t len = 0; len < strlen(cases[0].from); len++) { /* half of it is none of it */
    str_reset(&out);
    assert_int_not_equal(mask_json(cases[0].from, len, NULL, NULL, &out), 0);
    assert_int_equal(out.len, 0);
  }
}

static void deep_is_cut(void **state) {
  CLEANUP(str_free) struct str deep = {0}, out = {0};
  (void)state;
  for (int i = 0; i < 500; i++) str_add(&deep, "[");
  str_add(&deep, "\"password=" S "\"");
  for (int i = 0; i < 500; i++) str_add(&deep, "]");
  assert_int_equal(mask_json(deep.data, deep.len, NULL, NULL, &out), 0);
  assert_null(strstr(str_text(&out), S));
}

static struct anonymous *of_two(void) {
  struct anonymous *a = anonymous_new();
  static const char *aliases[] = {"kvm01.example.com", "10.0.0.1"};
  static struct host_view hosts[2];
  static struct snapshot s;
  hosts[0] = (struct host_view){.name = "kvm01", .aliases = {aliases, 2}};
  hosts[1] = (struct host_view){.name = "kvm01-storage"};
  s.hosts.item = hosts;
  s.hosts.count = 2;
  anonymous_learn(a, &s);
  return a;
}

static void names_are_replaced_everywhere_alike(void **state) {
  static const struct { const char *from, *to; } cases[] = {
      {"kvm01", "host01"},
      {"KVM01:/data kvm01;", "host01:/data host01;"},
      {"kvm01-storage is kvm01", "host02 is host01"},
      {"fence_kvm01 fence-kvm01 on xkvm01 kvm011", "fence_host01 fence-host01 on xkvm01 kvm011"},
      {"kvm01.example.com and bmc.example.com", "host01 and bmc.domain1.invalid"},
      {"at 10.0.0.1:24007, 10.0.0.1.", "at 198.18.0.1:24007, 198.18.0.1."},
      {"10.0.0.2 10.0.0.1 127.0.0.1 0.0.0.0", "198.18.0.2 198.18.0.1 127.0.0.1 0.0.0.0"},
      {"fe80::1 [fe80::2]:22 ::1", "2001:db8::1 [2001:db8::2]:22 ::1"},
      {"mac 52:54:00:aa:bb:cc", "mac 02:00:00:00:00:01"},
      {"12:03:44 2026-11-22T12:03:44Z 50% 1.5 3.1.7 a:b", "12:03:44 2026-11-22T12:03:44Z 50% 1.5 3.1.7 a:b"},
      {"", ""},
  };
  struct anonymous *a = of_two();
  (void)state;
  for (size_t i = 0; i < COUNT(cases); i++) {
    CLEANUP(str_free) struct str s = {0};
    str_add(&s, cases[i].from);
    anonymous_text(a, &s);
    assert_string_equal(str_text(&s), cases[i].to);
  }
  anonymous_free(a);
}

/* In JSON a name may stand behind an escape: it is looked for in the text that is meant. */
static void json_is_replaced_as_it_is_meant(void **state) {
  static const char json[] = "{\"fail_count\":{\"kvm01\":1},\"text\":\"a\\nkvm01\\u002dx\"}";
  struct anonymous *a = of_two();
  CLEANUP(str_free) struct str out = {0};
  (void)state;
  assert_int_equal(mask_json(json, sizeof json - 1, anonymous_text, a, &out), 0);
  assert_string_equal(str_text(&out), "{\"fail_count\":{\"host01\":1},\"text\":\"a\\nhost01-x\"}");
  anonymous_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(json_without_secrets), cmocka_unit_test(deep_is_cut), cmocka_unit_test(names_are_replaced_everywhere_alike), cmocka_unit_test(json_is_replaced_as_it_is_meant)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
