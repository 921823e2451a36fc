/* No secret comes through, whatever it is wrapped in; everything else does, byte by byte. */
#include "model/fragment.h"
#include "sources/raw.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define S "hunter2"
#define M "*******"

static void secrets_are_masked(void **state) {
  static const struct { const char *in, *out; } rows[] = {
      {"<nvpair id=\"f-passwd\" name=\"passwd\" value=\"" S "\"/>", "<nvpair id=\"f-passwd\" name=\"passwd\" value=\"" M "\"/>"},
      {"<nvpair value='" S "' name='password' id='x'/>", "<nvpair value='" M "' name='password' id='x'/>"},
      {"<nvpair name=\"ip\" value=\"10.0.0.1\"/><nvpair name=\"SNMP_priv_Passwd\" value=\"" S "\"/>", "<nvpair name=\"ip\" value=\"10.0.0.1\"/><nvpair name=\"SNMP_priv_Passwd\" value=\"" M "\"/>"},
      {"<nvpair name=\"api_token\"\n  value=\"" S "\"/>", "<nvpair name=\"api_token\"\n  value=\"" M "\"/>"},
      {"<graphics type='vnc' port='5900' passwd='" S "' passwdValidTo='2030'/>", "<graphics type='vnc' port='5900' passwd='" M "' passwdValidTo='****'/>"},
      {"<password>" S "</password><a>b</a>", "<password>" M "</password><a>b</a>"},
      {"<option><name>auth.login.b.password</name><value>" S "</value></option>", "<option><name>auth.login.b.password</name><value>" M "</value></option>"},
      {"<qemu:arg value='tls,password=" S ",x=1'/>", "<qemu:arg value='************************'/>"},
      {"{\"password\": \"" S "\", \"a\": 1}", "{\"password\": \"" M "\", \"a\": 1}"},
      {"passphrase=" S " next", "passphrase=" M " next"},
      {"totem.key (str) = " S "\ntotem.token (u32) = 3000\n", "totem.key (str) = " M "\ntotem.token (u32) = 3000\n"},
      {"<lrm_rsc_op op-digest=\"0123abcd\" rc-code=\"0\"/>", "<lrm_rsc_op op-digest=\"********\" rc-code=\"0\"/>"},
      {"<secret type='ceph' uuid='1234'/><target dev='vda'/>", "<secret type='ceph' uuid='1234'/><target dev='vda'/>"},
      {"<node name=\"kvm01\" value=\"online\"/>", "<node name=\"kvm01\" value=\"online\"/>"},
      {"<source url='qemu+tls://root:" S "@kvm09/system'/> ssh://root@h:22/x", "<source url='qemu+tls://root:" M "@kvm09/system'/> ssh://root@h:22/x"},
      {"<nvpair id=\"with-password-ip\" name=\"ip\" value=\"10.0.0.1\"/>", "<nvpair id=\"with-password-ip\" name=\"ip\" value=\"10.0.0.1\"/>"},
      {"the password", "the password"},
      {"password=", "password="},
      {"<nvpair name=\"passwd\" value=\"" S, "<nvpair name=\"passwd\" value=\"" M},
  };
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    CLEANUP(mem_freep) char *s = mem_strdup(rows[i].in);
    raw_mask(s, strlen(s));
    assert_string_equal(s, rows[i].out);
  }
}

static size_t put_pair(char *to, const char *key, const char *value) {
  size_t k = strlen(key), v = strlen(value) + 1;
  const char head[8] = {0, 0, 0, (char)k, 0, 0, 0, (char)v};
  memcpy(to, head, 8);
  memcpy(to + 8, key, k + 1);
  memcpy(to + 8 + k + 1, value, v);
  return 8 + k + 1 + v;
}

static void in_gluster_s_dicts_too(void **state) {
  char bytes[400], kept[400];
  size_t len = 0;
  (void)state;
  memset(bytes, 0, sizeof bytes);
  len += put_pair(bytes, "volume0.name", "models");
  size_t secret = len + 8 + strlen("volume0.option.auth.password") + 1;
  len += put_pair(bytes + len, "volume0.option.auth.password", S);
  len += put_pair(bytes + len, "volume0.option.network.ping-timeout", "20");
  memcpy(kept, bytes, sizeof kept);
  memset(kept + secret, '*', strlen(S));
  raw_mask(bytes, len);
  assert_memory_equal(bytes, kept, sizeof kept);
}

/* Cut anywhere, or nonsense: it ends, and stays within its bytes (the sanitizers see to that). */
static void whatever_comes(void **state) {
  static const char text[] = "<nvpair id=\"f-passwd\" name=\"passwd\" value=\"" S "\"/><password>x</password>{\"secret\":\"a\\\"b\"} token=\"";
  (void)state;
  for (size_t len = 0; len < sizeof text; len++) {
    CLEANUP(mem_freep) char *s = mem_alloc(len ? len : 1);
    memcpy(s, text, len);
    raw_mask(s, len);
    if (len > 2) s[len / 2] = 0, raw_mask(s, len);
  }
}

static const char *field(const char *line, const char *name, json_t **ret) {
  *ret = json_loads(line, 0, NULL);
  assert_non_null(*ret);
  return json_string_value(json_object_get(json_object_get(*ret, "data"), name));
}

static void a_line_holds_the_bytes(void **state) {
  CLEANUP(str_free) struct str out = {0};
  json_t *json;
  (void)state;
  raw_print(&out, 0, LAYER_PACEMAKER, "kvm01", "crm_mon", "<a b=\"ü\"/>\n", 12);
  assert_true(fragment_is_raw(out.data, out.len));
  assert_string_equal(field(out.data, "text", &json), "<a b=\"ü\"/>\n");
  json_decref(json);
  str_reset(&out);
  raw_print(&out, 0, LAYER_GLUSTER, "kvm01", "rpc", "\0\1\2\xff", 4);
  assert_string_equal(field(out.data, "base64", &json), "AAEC/w==");
  json_decref(json);
  struct fragment *f; /* and is no fragment: an older console skips it as well */
  assert_int_equal(fragment_parse(out.data, out.len, &f, NULL), -EPROTONOSUPPORT);
  static const char sly[] = "{\"at\":\"x\",\"key\":\"\\\"kind\\\":\\\"raw\\\"\"}";
  assert_false(fragment_is_raw(sly, sizeof sly - 1));
  str_reset(&out);
  CLEANUP(mem_freep) char *large = mem_alloc(RAW_MAX + 10);
  memset(large, 1, RAW_MAX + 10);
  raw_print(&out, 0, LAYER_GLUSTER, "kvm01", "rpc", large, RAW_MAX + 10);
  assert_true(out.len < FRAGMENT_LINE_MAX);
  assert_non_null(strstr(out.data, "\"cut\":true"));
}

static bool named_password(const char *set, const char *name) {
  (void)set;
  return strstr(name, "passwd") || strstr(name, "key");
}

/* Of an nvpair whatever its name hides: one too long to be read, one spelt in references. */
static void what_cannot_be_read_is_a_secret(void **state) {
  static const char *const names[] = {"pa&#115;swd", "", "", "ip"};
  (void)state;
  for (size_t i = 0; i < COUNT(names); i++) {
    char name[256], cib[512];
    if (i == 1) snprintf(name, sizeof name, "%0200dkey", 0);
    else snprintf(name, sizeof name, "%s", names[i]);
    snprintf(cib, sizeof cib, "<crm_config><nvpair name=\"%s\" value=\"" S "\"/></crm_config>", name);
    raw_mask_nvpairs(cib, strlen(cib), named_password);
    assert_true(!strstr(cib, S) == (i < 3));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(secrets_are_masked), cmocka_unit_test(what_cannot_be_read_is_a_secret), cmocka_unit_test(in_gluster_s_dicts_too), cmocka_unit_test(whatever_comes),
                                     cmocka_unit_test(a_line_holds_the_bytes)};
  return RUN(tests);
}
