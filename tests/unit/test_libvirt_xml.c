/* Domain and capabilities XML: the lab's own, and what a hostile daemon might send. */
#include "base/str.h"
#include "sources/libvirt_xml.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char *read_fixture(const char *name, size_t *ret_len) {
  char path[256];
  snprintf(path, sizeof path, "tests/fixtures/libvirt/%s", name);
  FILE *f = fopen(path, "r");
  assert_non_null(f);
  struct str s = {0};
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, f));) str_addn(&s, buffer, n);
  fclose(f);
  *ret_len = s.len;
  return str_take(&s);
}

static int parse_text(const char *xml, size_t len, struct arena *a, struct libvirt_domain *d, struct err *e) {
  shape_init(&libvirt_domain_shape, d);
  return domain_from_xml(xml, len, a, d, e);
}

static int parse_fixture(const char *name, struct arena *a, struct libvirt_domain *d, struct err *e) {
  size_t len;
  CLEANUP(mem_freep) char *xml = read_fixture(name, &len);
  return parse_text(xml, len, a, d, e);
}

static void the_labs_running_domain(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct libvirt_domain d;
  assert_int_equal(parse_fixture("test01-running.xml", a, &d, NULL), 0);
  assert_string_equal(d.name, "test01");
  assert_int_equal(strlen(d.uuid), 36);
  assert_int_equal(d.vcpus, 1);
  assert_int_equal(d.memory, 96 << 20);
  assert_string_equal(d.machine, "pc-i440fx-7.2");
  assert_string_equal(d.cpu_mode, "custom");
  assert_int_equal(d.disks.count, 1);
  assert_string_equal(d.disks.item[0].target, "vda");
  assert_string_equal(d.disks.item[0].source, "/kvmdata/test01.qcow2");
  assert_string_equal(d.disks.item[0].type, "file");
  assert_string_equal(d.disks.item[0].format, "qcow2");
  assert_string_equal(d.disks.item[0].cache, "none");
  assert_int_equal(d.disks.item[0].readonly, TRUTH_NO);
  assert_null(d.disks.item[0].volume);
  assert_int_equal(d.nics.count, 0);
}

static void a_guest_agents_channel(void **state) {
  static const struct { const char *target, *is; } cases[] = {
      {"<target type='virtio' name='org.qemu.guest_agent.0' state='connected'/>", "connected"}, {"<target type='virtio' name='org.qemu.guest_agent.0' state='disconnected'/>", "not connected"},
      {"<target type='virtio' name='org.qemu.guest_agent.0'/>", "not connected"}, {"<target type='virtio' name='com.redhat.spice.0' state='connected'/>", "no channel"}, {"", "no channel"}};
  (void)state;
  for (size_t i = 0; i < COUNT(cases); i++) {
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(mem_freep) char *xml = mem_printf("<domain><name>x</name><devices><channel type='unix'>%s</channel></devices></domain>", cases[i].target);
    struct libvirt_domain d;
    assert_int_equal(parse_text(xml, strlen(xml), a, &d, NULL), 0);
    assert_string_equal(d.agent, cases[i].is);
  }
}

static void each_type_of_disk(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct libvirt_domain d;
  assert_int_equal(parse_fixture("devices.xml", a, &d, NULL), 0);
  assert_string_equal(d.name, "web & söhne");
  assert_int_equal(d.vcpus, 2);
  assert_int_equal(d.memory, 2LL << 30);
  assert_string_equal(d.cpu_mode, "host-passthrough");
  static const struct {
    const char *target, *source, *type, *device, *volume;
    enum truth readonly;
  } disks[] = {
      {"vda", "/kvmdata/web.qcow2", "file", "disk", NULL, TRUTH_NO},
      {"vdb", "/dev/vg0/web", "block", "disk", NULL, TRUTH_YES},
      {"vdc", "models/images/web.qcow2", "network", "disk", "models", TRUTH_NO},
      {"vdd", "rbd:pool/image", "network", "disk", NULL, TRUTH_NO},
      {"vde", "default:data.img", "volume", "disk", NULL, TRUTH_NO},
      {"sda", NULL, "file", "cdrom", NULL, TRUTH_YES},
  };
  assert_int_equal(d.disks.count, COUNT(disks));
  for (size_t i = 0; i < COUNT(disks); i++) {
    const struct libvirt_disk *disk = &d.disks.item[i];
    assert_true(str_eq(disk->target, disks[i].target) && str_eq(disk->source, disks[i].source) && str_eq(disk->type, disks[i].type));
    assert_true(str_eq(disk->device, disks[i].device) && str_eq(disk->volume, disks[i].volume));
    assert_int_equal(disk->readonly, disks[i].readonly);
  }
}

static void each_type_of_interface(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct libvirt_domain d;
  assert_int_equal(parse_fixture("devices.xml", a, &d, NULL), 0);
  static const char *const sources[] = {"br0", "default", "eth0", NULL};
  assert_int_equal(d.nics.count, COUNT(sources));
  for (size_t i = 0; i < COUNT(sources); i++) assert_true(str_eq(d.nics.item[i].source, sources[i]));
  assert_string_equal(d.nics.item[0].mac, "52:54:00:00:00:01");
  assert_string_equal(d.nics.item[0].model, "virtio");
}

static void no_secret_gets_into_a_fact(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  CLEANUP(str_free) struct str json = {0};
  struct libvirt_domain d;
  assert_int_equal(parse_fixture("devices.xml", a, &d, NULL), 0);
  shape_encode(&libvirt_domain_shape, &d, &json);
  assert_null(strstr(json.data, "hunter2"));
  assert_null(strstr(json.data, "letmein"));
  assert_null(strstr(json.data, "11111111"));
}

static void what_is_no_domain_is_refused(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct libvirt_domain d;
  struct err e = {0};
  assert_int_equal(parse_fixture("broken.xml", a, &d, &e), -EINVAL);
  assert_string_not_equal(e.text, "");
  assert_null(d.name);
  assert_int_equal(parse_fixture("entity-bomb.xml", a, &d, &e), -EINVAL);
  assert_true(arena_bytes(a) < 1 << 20);
  static const char *const refused[] = {"",
                                        " ",
                                        "<",
                                        "<domain/>",
                                        "<domain><name/></domain>",
                                        "<network><name>x</name></network>",
                                        "<domain><name>\x01</name></domain>",
                                        "<domain><name>x</name>",
                                        "<domain><name>\xff\xfe</name></domain>",
                                        "{}"};
  for (size_t i = 0; i < COUNT(refused); i++) assert_int_equal(parse_text(refused[i], strlen(refused[i]), a, &d, &e), -EINVAL);
  assert_int_equal(parse_text(NULL, 0, a, &d, NULL), -EINVAL);
  CLEANUP(mem_freep) char *big = mem_alloc(DOMAIN_XML_MAX + 2);
  memset(big, ' ', DOMAIN_XML_MAX + 1);
  assert_int_equal(parse_text(big, DOMAIN_XML_MAX + 1, a, &d, NULL), -E2BIG);
}

/* A document type hidden in another encoding does not pass either. */
static void no_doctype_in_utf16(void **state) {
  (void)state;
  static const char text[] = "<!DOCTYPE domain [<!ENTITY a \"b\">]><domain><name>&a;</name></domain>";
  char wide[2 * sizeof text + 2];
  size_t n = 0;
  wide[n++] = '\xff', wide[n++] = '\xfe';
  for (size_t i = 0; i + 1 < sizeof text; i++) wide[n++] = text[i], wide[n++] = 0;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct libvirt_domain d;
  assert_int_equal(parse_text(wide, n, a, &d, NULL), -EINVAL);
}

static void long_names_are_kept_whole_or_not_at_all(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct libvirt_domain d;
  for (int len = 300; len <= 30000; len *= 100) {
    CLEANUP(mem_freep) char *name = mem_alloc((size_t)len + 1);
    memset(name, 'n', (size_t)len);
    CLEANUP(mem_freep)
    char *xml = mem_printf("<domain><name>%s</name><devices><disk type='file'><source file='/%s'/></disk></devices></domain>", name, name);
    int rc = parse_text(xml, strlen(xml), a, &d, NULL);
    assert_int_equal(rc, len == 300 ? 0 : -EINVAL);
    if (rc) continue;
    assert_string_equal(d.name, name);
    assert_int_equal(strlen(d.disks.item[0].source), 301);
  }
}

static void the_number_of_devices_is_bounded(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  CLEANUP(str_free) struct str xml = {0};
  struct libvirt_domain d;
  str_add(&xml, "<domain><name>x</name><devices>");
  for (int i = 0; i < 20000; i++) str_add(&xml, "<disk type='file'/><interface/>");
  str_add(&xml, "</devices></domain>");
  assert_int_equal(parse_text(xml.data, xml.len, a, &d, NULL), 0);
  assert_int_equal(d.disks.count, DOMAIN_DEVICES_MAX);
  assert_int_equal(d.nics.count, DOMAIN_DEVICES_MAX);
}

static void numbers_that_make_no_sense_are_unknown(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  static const char *const memory[] = {"<memory unit='TiB'>9223372036854775807</memory>",
                                       "<memory unit='KiB'>-1</memory>",
                                       "<memory unit='furlong'>1</memory>",
                                       "<memory>99999999999999999999</memory>",
                                       "<memory/>",
                                       ""};
  for (size_t i = 0; i < COUNT(memory); i++) {
    struct libvirt_domain d;
    CLEANUP(mem_freep) char *xml = mem_printf("<domain><name>x</name>%s<vcpu current='x'>many</vcpu></domain>", memory[i]);
    assert_int_equal(parse_text(xml, strlen(xml), a, &d, NULL), 0);
    assert_int_equal(d.memory, UNKNOWN_INT);
    assert_int_equal(d.vcpus, UNKNOWN_INT);
  }
}

/* Every prefix of a real definition, and every one of its bytes changed: no crash, whatever the answer. */
static void damaged_definitions(void **state) {
  (void)state;
  size_t len;
  CLEANUP(mem_freep) char *xml = read_fixture("devices.xml", &len);
  for (size_t i = 0; i < len; i++) {
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct libvirt_domain d;
    char *part = mem_strndup(xml, i); /* its own block, so that the sanitizer sees a byte too far */
    parse_text(part, i, a, &d, NULL);
    mem_free(part);
    char old = xml[i];
    xml[i] = (char)(old ^ (1 + i % 255));
    parse_text(xml, len, a, &d, NULL);
    xml[i] = old;
  }
}

static void uuid_of_the_host(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  size_t len;
  CLEANUP(mem_freep) char *xml = read_fixture("capabilities.xml", &len);
  assert_string_equal(host_uuid_from_xml(xml, len, a), "a0a4802b-2318-4ad2-9e45-8b1b63b3d86a");
  static const char *const none[] = {"<capabilities/>", "<capabilities><host/></capabilities>",
                                     "<capabilities><host><uuid>0</uuid></host></capabilities>",
                                     "<capabilities><host><uuid>zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz</uuid></host></capabilities>", "no"};
  for (size_t i = 0; i < COUNT(none); i++) assert_null(host_uuid_from_xml(none[i], strlen(none[i]), a));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_labs_running_domain),
      cmocka_unit_test(a_guest_agents_channel), cmocka_unit_test(each_type_of_disk),
      cmocka_unit_test(each_type_of_interface),
      cmocka_unit_test(no_secret_gets_into_a_fact),
      cmocka_unit_test(what_is_no_domain_is_refused),
      cmocka_unit_test(no_doctype_in_utf16),
      cmocka_unit_test(long_names_are_kept_whole_or_not_at_all),
      cmocka_unit_test(the_number_of_devices_is_bounded),
      cmocka_unit_test(numbers_that_make_no_sense_are_unknown),
      cmocka_unit_test(damaged_definitions),
      cmocka_unit_test(uuid_of_the_host),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
