/* Definitions as operations judge them, and the scripts that judge, compare and replace them on a host, by this machine's own shell. */
#include "ground.h"
#include "ops/definition.h"
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char whole[] = "<?xml version='1.0'?>\n<!-- virsh -->\n<domain type='kvm'>\n  <name>web1</name>\n  <uuid>432a5cd2-7a6b-43a1-8f08-aa269da8a457</uuid>\n  <memory unit='MiB'>512</memory>\n  <currentMemory unit='MiB'>512</currentMemory>\n"
                            "  <vcpu placement='static' cpuset='1-3'>2</vcpu>\n  <devices>\n    <disk type='file' device='disk'>\n      <driver name='qemu' type='qcow2'/>\n      <source file='/kvmdata/web1.qcow2'/>\n      <target dev='vda' bus='virtio'/>\n"
                            "    </disk>\n    <graphics type='vnc' passwd='geheim'/>\n    <channel type='unix'>\n      <target type='virtio' name='org.qemu.guest_agent.0' state='connected'/>\n    </channel>\n  </devices>\n</domain>\n";

static const char *with(struct arena *a, const char *from, const char *to) {
  const char *at = strstr(whole, from);
  if (!at) fail_msg("%s is not in it", from);
  return arena_printf(a, "%.*s%s%s", (int)(at - whole), whole, to, at + strlen(from));
}

static void it_is_read(void **state) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct definition d;
  (void)state;
  assert_null(definition_read(whole, a, &d));
  assert_string_equal(d.name, "web1");
  assert_string_equal(d.uuid, "432a5cd2-7a6b-43a1-8f08-aa269da8a457");
  assert_int_equal(d.vcpus, 2);
  assert_int_equal(d.memory, 512 << 20);
  assert_true(d.name_alone && d.agent && d.agent_answers && !d.tpm && !d.vcpu_parts && !d.memory_parts);
  assert_int_equal(d.disks, 1);
  assert_string_equal(d.disk[0].source, "/kvmdata/web1.qcow2");
  assert_string_equal(d.disk[0].target, "vda");
  assert_string_equal(d.disk[0].format, "qcow2");
  assert_null(definition_read(with(a, "'org.qemu.guest_agent.0' state='connected'", "'org.qemu.guest_agent.0'"), a, &d));
  assert_true(d.agent && !d.agent_answers);
  assert_null(definition_read(with(a, "web1</name>", "a&amp;b</name>"), a, &d));
  assert_string_equal(d.name, "a&b");
}

static void what_is_not_well_formed(void **state) {
  static const struct { const char *from, *to, *says; } cases[] = {
      {"</disk>", "", "</devices> where </disk> is to be"}, {"</domain>\n", "", "<domain> has no end"}, {"<vcpu ", "<vcpu x=1 ", "no value in quotes"}, {"unit='MiB'>512</memory>", "unit='MiB>512</memory>", "a quote is not closed"},
      {"<devices>", "<devices><!DOCTYPE x [<!ENTITY a \"b\">]>", "a declaration"}, {"web1</name>", "a & b</name>", "an & that begins no entity"}, {"<devices>", "< devices>", "a < that begins nothing"}, {"<!-- virsh -->", "<!-- virsh", "a comment that does not end"},
      {"</domain>\n", "</domain>\nx", "text outside"}, {"</domain>\n", "</domain>\n<domain/>", "something behind its end"}, {"<?xml version='1.0'?>", "</x>", "an end without a beginning"}, {"  <name>web1</name>\n", "", "it has no name"},
  };
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct definition d;
  (void)state;
  for (size_t i = 0; i < COUNT(cases); i++) {
    const char *why = definition_read(with(a, cases[i].from, cases[i].to), a, &d);
    if (!why || !strstr(why, cases[i].says)) fail_msg("%s: %s", cases[i].says, why ? why : "it is fine");
  }
  assert_string_equal(definition_read(" \n", a, &d), "it is empty");
  assert_string_equal(definition_read("<network/>", a, &d), "it is no definition of a domain");
  CLEANUP(str_free) struct str deep = {0};
  for (int i = 0; i < 100; i++) str_add(&deep, "<a>");
  assert_non_null(strstr(definition_read(str_text(&deep), a, &d), "more elements in each other"));
  for (size_t n = 0; n < sizeof whole - 2; n++) assert_non_null(definition_read(arena_strndup(a, whole, n), a, &d)); /* cut anywhere: none is taken, none is read beyond its end */
}

static void what_may_not_become_of_it(void **state) {
  static const struct { const char *from, *to, *says; } cases[] = {
      {"web1</name>", "web2</name>", "its name is web2"}, {"  <name>web1</name>\n", "  <name>web1</name><x/>\n", "no line of its own"}, {"432a5cd2", "532a5cd2", "its UUID is another"}, {"<uuid>432a5cd2-7a6b-43a1-8f08-aa269da8a457</uuid>", "", "its UUID is gone"},
      {"/kvmdata/web1.qcow2", "/var/lib/libvirt/images/web1.qcow2", "is not below /kvmdata"}, {"/kvmdata/web1.qcow2", "/kvmdata/../etc/x", "is not below /kvmdata"}, {"/kvmdata/web1.qcow2", "/kvmdata2/web1.qcow2", "is not below /kvmdata"},
      {"<devices>", "<devices><hostdev/>", "hostdev"}, {"<devices>", "<devices><filesystem/>", "filesystem"}, {"<devices>", "<devices><tpm/>", "TPM"}, {"<devices>", "<os><nvram>/var/x</nvram></os><devices>", "its nvram /var/x"},
  };
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct definition was, now;
  (void)state;
  assert_null(definition_read(whole, a, &was));
  assert_null(definition_fault(&was, &was, "/kvmdata", a));
  for (size_t i = 0; i < COUNT(cases); i++) {
    assert_null(definition_read(with(a, cases[i].from, cases[i].to), a, &now));
    const char *why = definition_fault(&was, &now, "/kvmdata", a);
    if (!why || !strstr(why, cases[i].says)) fail_msg("%s: %s", cases[i].says, why ? why : "it is fine");
  }
}

static void differences(void **state) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  size_t more;
  (void)state;
  assert_int_equal(definition_difference(whole, whole, 40, a, &more).count, 0);
  struct texts t = definition_difference("a\nb\nc\nd\n", "a\nx\nc\nd\ne\n", 40, a, &more);
  const char *const wanted[] = {"@@ line 2", "-b", "+x", "@@ line 5", "+e"};
  assert_int_equal(t.count, COUNT(wanted));
  for (size_t i = 0; i < t.count; i++) assert_string_equal(t.item[i], wanted[i]);
  t = definition_difference("", "a\nb\nc\n", 2, a, &more);
  assert_int_equal(t.count, 2);
  assert_int_equal(more, 2);
  assert_int_equal(definition_difference("a\nb\n", "", 9, a, &more).count, 3);
  assert_non_null(strstr(definition_with(whole, "vcpu", NULL, "7", a), "<vcpu placement='static' cpuset='1-3'>7</vcpu>"));
  assert_non_null(strstr(definition_with(whole, "memory", " unit='KiB'", "9", a), "\n  <memory unit='KiB'>9</memory>\n  <currentMemory unit='MiB'>512<"));
  assert_null(definition_with(whole, "maxMemory", NULL, "7", a));
}

/* ---- the scripts ---- */

struct place { char dir[64], said[4096]; struct arena *a; const char *argv[3][8]; };
enum { CHECK, DIFFERS, REPLACE };

static const char *path(struct place *p, const char *name) { return arena_printf(p->a, "%s/%s", p->dir, name); }

static void write_to(struct place *p, const char *name, const char *text, mode_t mode) {
  FILE *f = fopen(path(p, name), "w");
  assert_non_null(f);
  fputs(text, f);
  fclose(f);
  assert_int_equal(chmod(path(p, name), mode), 0);
}

static const char *read_from(struct place *p, const char *name) {
  char text[8192];
  FILE *f = fopen(path(p, name), "r");
  if (!f) return NULL;
  size_t n = fread(text, 1, sizeof text - 1, f);
  fclose(f);
  return arena_strndup(p->a, text, n);
}

/* Of the plan, with this place's files instead of the cluster's; a virsh that takes what ends. */
static struct place place_open(void) {
  static const char *const words[] = {"domain=test01", "vcpus=2", NULL}, *const names[] = {"kvmconsole-definition", "kvmconsole-differs", "kvmconsole-replace"};
  struct place p = {.dir = "/tmp/kvmconsole-definition-XXXXXX", .a = arena_new()};
  struct simulated g = ground_open("lab");
  struct planned plan = ground_plan(&g, "domain-edit", words, NULL);
  assert_non_null(mkdtemp(p.dir));
  for (size_t i = 0; i < plan.plan->steps.count; i++)
    for (size_t k = 0; k < COUNT(names); k++)
      if (texts_have(&plan.plan->steps.item[i].argv, names[k])) p.argv[k][0] = "sh", p.argv[k][1] = "-c", p.argv[k][2] = arena_strdup(p.a, plan.plan->steps.item[i].argv.item[2]), p.argv[k][3] = names[k];
  simulated_close(&g);
  write_to(&p, "virsh", "#!/bin/sh\n[ \"$3 $4 $5 $6\" = 'domxml-to-native --format qemu-argv --xml' ] && grep -q '</domain>' \"$7\" && echo qemu-system-x86_64\n", 0700);
  /* As it is packaged: without xmllint, which is another package's, it says that everything is wrong. */
  write_to(&p, "virt-xml-validate", "#!/bin/sh\ncommand -v xmllint >/dev/null || exit 127\n! grep -q unheard-of \"$1\"\n", 0700);
  write_to(&p, "web1.xml", whole, 0600);
  return p;
}

static void place_close(struct place *p) {
  static const char *const files[] = {"virsh", "virt-xml-validate", "xmllint", "web1.xml", "web1.xml.old", "web1.xml.new", "draft"};
  for (size_t i = 0; i < COUNT(files); i++) unlink(path(p, files[i]));
  assert_int_equal(rmdir(p->dir), 0); /* nothing else is left behind */
  arena_free(p->a);
}

static int run(struct place *p, int which, const char *a, const char *b, const char *c, const char *d) {
  const char *const argv[] = {"sh", "-c", p->argv[which][2], p->argv[which][3], a, b, c, d, NULL};
  int out[2], status;
  size_t len = 0;
  assert_non_null(argv[2]);
  assert_int_equal(pipe(out), 0);
  pid_t pid = fork();
  if (!pid) {
    dup2(out[1], 1), dup2(out[1], 2), close(out[0]);
    setenv("PATH", arena_printf(p->a, "%s:%s", p->dir, getenv("PATH")), 1);
    execvp("sh", (char *const *)argv);
    _exit(99);
  }
  close(out[1]);
  for (ssize_t n; (n = read(out[0], p->said + len, sizeof p->said - 1 - len)) > 0;) len += (size_t)n;
  p->said[len] = 0;
  close(out[0]);
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int check(struct place *p, const char *from, const char *to) {
  write_to(p, "draft", with(p->a, from, to), 0600);
  return run(p, CHECK, path(p, "draft"), path(p, "web1.xml"), "web1", "/kvmdata");
}

static void a_host_checks_it(void **state) {
  static const struct { const char *from, *to, *says; } cases[] = {
      {"web1</name>", "web2</name>", "its <name> is not web1"}, {"  <name>web1</name>\n", "  <name>web1</name><x/>\n", "has no line of its own"}, {"432a5cd2", "532a5cd2", "its UUID is another"}, {"<uuid>432a5cd2-7a6b-43a1-8f08-aa269da8a457</uuid>", "", "its UUID is another"},
      {"/kvmdata/web1.qcow2", "/var/lib/web1.qcow2", "a disk of it is not below /kvmdata"}, {"file='/kvmdata/web1.qcow2'", "file=\"/root/x\"", "a disk of it is not below /kvmdata"}, {"<devices>", "<devices>\n<hostdev mode='x'>", "something of its host alone"}, {"</domain>", "", "libvirt does not take it"},
      {"<devices>", "<!DOCTYPE x>", "it has a declaration"}};
  struct place p = place_open();
  (void)state;
  if (check(&p, ">2</vcpu>", ">4</vcpu>") || !strstr(p.said, "libvirt takes")) fail_msg("%s", p.said);
  for (size_t i = 0; i < COUNT(cases); i++)
    if (check(&p, cases[i].from, cases[i].to) != 1 || !strstr(p.said, cases[i].says) || !strstr(p.said, "nothing was written")) fail_msg("%s: %s", cases[i].says, p.said);
  write_to(&p, "xmllint", "#!/bin/sh\n", 0700);
  if (check(&p, "<devices>", "<devices>\n<unheard-of/>") != 1 || !strstr(p.said, "its elements are not those of a domain")) fail_msg("%s", p.said);
  write_to(&p, "draft", "", 0600);
  assert_int_equal(run(&p, CHECK, path(&p, "draft"), path(&p, "web1.xml"), "web1", "/kvmdata"), 1);
  place_close(&p);
}

static void a_host_compares_it(void **state) {
  struct place p = place_open();
  (void)state;
  write_to(&p, "draft", with(p.a, ">2</vcpu>", ">4</vcpu>"), 0600);
  if (run(&p, DIFFERS, path(&p, "web1.xml"), path(&p, "draft"), NULL, NULL) || !strstr(p.said, "\n-  <vcpu placement='static' cpuset='1-3'>2</vcpu>\n+  <vcpu placement='static' cpuset='1-3'>4</vcpu>\n")) fail_msg("%s", p.said);
  write_to(&p, "draft", with(p.a, "geheim", "anders"), 0600);
  if (run(&p, DIFFERS, path(&p, "web1.xml"), path(&p, "draft"), NULL, NULL) || strcmp(p.said, "only what is secret differs\n")) fail_msg("%s", p.said);
  write_to(&p, "draft", with(p.a, "<graphics type='vnc' passwd='geheim'/>", "<graphics type='vnc' passwd='anders' port='1'/>"), 0600);
  if (run(&p, DIFFERS, path(&p, "web1.xml"), path(&p, "draft"), NULL, NULL) || strstr(p.said, "geheim") || strstr(p.said, "anders") || !strstr(p.said, "passwd='***'")) fail_msg("%s", p.said);
  write_to(&p, "draft", whole, 0600);
  if (run(&p, DIFFERS, path(&p, "web1.xml"), path(&p, "draft"), NULL, NULL) != 4 || !strstr(p.said, "nothing was changed")) fail_msg("%s", p.said);
  assert_null(read_from(&p, "draft")); /* nothing is to be gone on with */
  place_close(&p);
}

static const char *sum_of(struct place *p, const char *name) {
  char text[65] = "";
  FILE *f = popen(arena_printf(p->a, "sha256sum <%s", path(p, name)), "r");
  assert_non_null(f);
  assert_int_equal(fread(text, 1, 64, f), 64);
  pclose(f);
  return arena_strdup(p->a, text);
}

static void a_host_replaces_it(void **state) {
  struct place p = place_open();
  struct stat st;
  (void)state;
  const char *sum = sum_of(&p, "web1.xml"), *other = with(p.a, ">2</vcpu>", ">4</vcpu>");
  write_to(&p, "draft", other, 0600);
  if (run(&p, REPLACE, path(&p, "web1.xml"), path(&p, "draft"), sum, NULL)) fail_msg("%s", p.said);
  assert_string_equal(read_from(&p, "web1.xml"), other);
  assert_string_equal(read_from(&p, "web1.xml.old"), whole);
  assert_null(read_from(&p, "web1.xml.new"));
  assert_null(read_from(&p, "draft"));
  assert_int_equal(stat(path(&p, "web1.xml"), &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
  write_to(&p, "draft", whole, 0600);
  if (run(&p, REPLACE, path(&p, "web1.xml"), path(&p, "draft"), sum, NULL) != 3 || !strstr(p.said, "was changed by somebody else: nothing was written")) fail_msg("%s", p.said);
  assert_string_equal(read_from(&p, "web1.xml"), other);
  assert_null(read_from(&p, "web1.xml.new"));
  place_close(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(it_is_read), cmocka_unit_test(what_is_not_well_formed), cmocka_unit_test(what_may_not_become_of_it), cmocka_unit_test(differences),
                                     cmocka_unit_test(a_host_checks_it), cmocka_unit_test(a_host_compares_it), cmocka_unit_test(a_host_replaces_it)};
  return RUN(tests);
}
