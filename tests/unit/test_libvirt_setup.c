/* How a host is set up: its answer read, and the asking of it, over an ssh of our own making. */
#include "base/clock.h"
#include "model/fragment.h"
#include "sources/libvirt_setup.h"
#include "sources/libvirt_setup_text.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the answer ---- */

static const char whole[] = "kvmconsole-setup\nuser 0\nguests LoadState=loaded\nguests UnitFileState=enabled\n"
                            "order pacemaker.service LoadState=loaded\norder pacemaker.service After=corosync.service resource-agents-deps.target basic.target\n"
                            "order corosync.service LoadState=loaded\norder corosync.service After=network-online.target\n"
                            "order resource-agents-deps.target LoadState=loaded\norder resource-agents-deps.target After=iso.mount\n"
                            "fstab-read\nfstab node1:/models /kvmdata glusterfs defaults,_netdev,backup-volfile-servers=node2 0 0\nfstab node1:/iso /iso glusterfs defaults,_netdev 0 0\n"
                            "mounts-read\nmounted node1:/models /kvmdata fuse.glusterfs rw,relatime 0 0\nmounted node3:old /srv/a\\040b fuse.glusterfs rw 0 0\n"
                            "link lo\nlink br0\nqemu-conf\nqemu migration_port_min = 50000\nqemu  migration_port_max=50100\n"
                            "files 35 1024 test01.pid\nclock 1795403959102\npeer 0 kvm02 \npeer 255 kvm03 root@kvm03: Permission denied (publickey).\r\npeer 255 kvm04 ssh: connect to host kvm04 port 22: No route to host\n"
                            "definition /kvmdata/config/a.xml:1\ndefinition /kvmdata/config/b.xml:0\ndefinition /kvmdata/config/c:d.xml:2\ndefinition /dev/null:0\ndefinition end 2\ndone\n";
static const char *const asked[] = {"/kvmdata/config/a.xml", "/kvmdata/config/b.xml", "/kvmdata/config/c:d.xml", "/kvmdata/config/gone.xml"};
static const struct texts definitions = {(const char **)asked, 4};

static bool read_it(const char *text, struct arena *a, struct libvirt_setup *x, const char **complaint) {
  shape_init(&libvirt_setup_shape, x);
  return setup_read(text, &definitions, a, x, complaint);
}

/* What shared definitions of domains that run there say; lines that are no one's, cut or of another kind are nothing. */
static void what_is_shared(void **state) {
  static const char text[] = "shared /kvmdata/config/a.xml:  <memory unit='MiB'>512</memory>\nshared /kvmdata/config/a.xml:  <vcpu placement='static' current='2'>4</vcpu>\nshared /kvmdata/config/a.xml:    <disk type='file' device='disk'>\n"
                             "shared /kvmdata/config/a.xml:      <source file='/kvmdata/a.qcow2'/>\nshared /kvmdata/config/a.xml:      <target dev=\"vda\" bus='virtio'/>\nshared /kvmdata/config/a.xml:    </disk>\nshared /kvmdata/config/a.xml:    <interface type='bridge'>\n"
                             "shared /kvmdata/config/a.xml:      <mac address='52:54:00:00:00:01'/>\nshared /kvmdata/config/a.xml:      <source bridge='br0'/>\nshared /kvmdata/config/a.xml:    </interface>\nshared /kvmdata/config/a.xml:      <target type='virtio' name='x'/>\n"
                             "shared /kvmdata/config/other.xml:  <vcpu>9</vcpu>\nshared /kvmdata/config/c:d.xml:  <vcpu>3</vcpu>\nshared /kvmdata/config/c:d.xml:  <memory unit='furlong'>3</memory>\nshared /kvmdata/config/c:d.xml:    <disk type='file'>\n"
                             "shared /kvmdata/config/c:d.xml:      <source file='/kvmdata/cut\nshared /kvmdata/config/c:d.xml\nshared \ndone\n";
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct libvirt_setup x;
  const char *complaint;
  (void)state;
  assert_true(read_it(text, a, &x, &complaint));
  assert_int_equal(x.shared.count, 2);
  assert_string_equal(x.shared.item[0].path, asked[0]);
  assert_int_equal(x.shared.item[0].vcpus, 2);
  assert_int_equal(x.shared.item[0].memory, 512 << 20);
  assert_int_equal(x.shared.item[0].disks.count, 1);
  assert_string_equal(x.shared.item[0].disks.item[0], "vda=/kvmdata/a.qcow2");
  assert_int_equal(x.shared.item[0].nics.count, 1);
  assert_string_equal(x.shared.item[0].nics.item[0], "52:54:00:00:00:01=br0");
  assert_string_equal(x.shared.item[1].path, asked[2]);
  assert_int_equal(x.shared.item[1].vcpus, 3);
  assert_int_equal(x.shared.item[1].memory, UNKNOWN_INT);
  assert_int_equal(x.shared.item[1].disks.count, 0);
}

static void a_whole_answer(void **state) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct libvirt_setup x;
  const char *complaint;
  int64_t digest = 0;
  (void)state;
  assert_true(read_it(whole, a, &x, &complaint));
  assert_string_equal(complaint, "");
  assert_int_equal(x.guests_enabled, TRUTH_YES);
  assert_int_equal(x.links.count, 2);
  assert_int_equal(x.port_min, 50000);
  assert_int_equal(x.port_max, 50100);
  assert_int_equal(x.files.count, 1);
  assert_string_equal(x.files.item[0].domain, "test01");
  assert_int_equal(x.files.item[0].open, 35);
  assert_int_equal(x.peers.count, 3);
  assert_int_equal(x.peers.item[0].trusted, TRUTH_YES);
  assert_int_equal(x.peers.item[1].trusted, TRUTH_NO);
  assert_string_equal(x.peers.item[1].text, "root@kvm03: Permission denied (publickey).");
  assert_int_equal(x.peers.item[2].trusted, TRUTH_UNKNOWN); /* a host that is away may well let root in */
  for (size_t i = 0; i < COUNT(asked); i++) digest = definitions_digest(digest, asked[i]);
  assert_int_equal(x.definitions_asked, digest);
  assert_int_equal(x.definitions.count, 3);
  assert_string_equal(x.definitions.item[0].path, asked[1]);
  assert_int_equal(x.definitions.item[0].name_alone, TRUTH_NO);
  assert_string_equal(x.definitions.item[1].path, asked[2]);
  assert_int_equal(x.definitions.item[1].name_alone, TRUTH_NO);
  assert_string_equal(x.definitions.item[2].path, asked[3]);
  assert_int_equal(x.definitions.item[2].readable, TRUTH_NO);
}

static const struct setup_mount *mount_at(const struct libvirt_setup *x, const char *path) {
  for (size_t i = 0; i < x->mounts.count; i++)
    if (str_eq(x->mounts.item[i].mount, path)) return &x->mounts.item[i];
  fail_msg("no mount %s", path);
  return NULL;
}

static void mounts_and_their_order(void **state) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct libvirt_setup x;
  const char *complaint;
  (void)state;
  read_it(whole, a, &x, &complaint);
  assert_int_equal(x.mounts_known, TRUTH_YES);
  assert_int_equal(x.mounts.count, 3);
  const struct setup_mount *data = mount_at(&x, "/kvmdata"), *iso = mount_at(&x, "/iso"), *hand = mount_at(&x, "/srv/a b");
  assert_true(data->mounted == TRUTH_YES && data->permanent == TRUTH_YES && data->ordered == TRUTH_NO);
  assert_string_equal(data->options, "defaults,_netdev,backup-volfile-servers=node2");
  assert_true(iso->mounted == TRUTH_NO && iso->permanent == TRUTH_YES && iso->ordered == TRUTH_YES); /* by the target that pacemaker waits for */
  assert_true(hand->mounted == TRUTH_YES && hand->permanent == TRUTH_NO);
  static const struct { const char *after, *options; enum truth ordered; } rows[] = {
      {"a.service kvmdata.mount", "defaults", TRUTH_YES}, {"remote-fs.target", "defaults,_netdev", TRUTH_YES}, {"remote-fs.target", "defaults,nofail", TRUTH_NO},
      {"remote-fs.target", "x-systemd.automount", TRUTH_NO}, {"remote-fs-pre.target xkvmdata.mount", "defaults", TRUTH_NO}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    CLEANUP(mem_freep) char *text = mem_printf("order pacemaker.service LoadState=loaded\norder pacemaker.service After=%s\nfstab-read\nmounts-read\nfstab n:/v /kvmdata glusterfs %s 0 0\ndone\n", rows[i].after, rows[i].options);
    read_it(text, a, &x, &complaint);
    if (x.mounts.count != 1 || x.mounts.item[0].ordered != rows[i].ordered) fail_msg("row %zu", i);
  }
  read_it("fstab-read\nmounts-read\nfstab n:/v /kvmdata glusterfs defaults 0 0\ndone\n", a, &x, &complaint); /* nothing heard of pacemaker */
  assert_int_equal(x.mounts.item[0].ordered, TRUTH_UNKNOWN);
  read_it("fstab-read\nmounts-read\nunit kvm-data.mount\nmounted n:/v /kvm/data fuse.glusterfs rw 0 0\nfstab n:/v /x glusterfs noauto 0 0\ndone\n", a, &x, &complaint);
  assert_int_equal(mount_at(&x, "/kvm/data")->permanent, TRUTH_YES);
  assert_int_equal(mount_at(&x, "/x")->permanent, TRUTH_NO);
  assert_string_equal(setup_mount_unit("/srv/a b-c/", a), "srv-a\\x20b\\x2dc.mount");
}

/* What is not said is not known, and never good. */
static void what_is_missing(void **state) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct libvirt_setup x;
  const char *complaint;
  (void)state;
  assert_false(read_it("ssh: connect to host kvm02 port 22: Connection refused\n", a, &x, &complaint));
  assert_string_equal(complaint, "ssh: connect to host kvm02 port 22: Connection refused");
  assert_int_equal(x.guests_enabled, TRUTH_UNKNOWN);
  assert_int_equal(x.port_min, UNKNOWN_INT);
  assert_int_equal(x.definitions_asked, UNKNOWN_INT);
  assert_int_equal(x.mounts_known, TRUTH_NO);
  assert_int_equal(x.links.count, 0);
  read_it("guests LoadState=not-found\nguests UnitFileState=\nqemu-conf\ndefinition /kvmdata/config/a.xml:1\ndefinition end 124\ndone\n", a, &x, &complaint);
  assert_int_equal(x.guests_enabled, TRUTH_NO);
  assert_int_equal(x.port_min, 49152);
  assert_int_equal(x.definitions_asked, UNKNOWN_INT); /* it hung: neither readable nor not */
  assert_int_equal(x.definitions.count, 0);
  read_it("guests LoadState=loaded\ndone\n", a, &x, &complaint);
  assert_int_equal(x.guests_enabled, TRUTH_UNKNOWN);
  read_it("guests LoadState=loaded\nguests UnitFileState=disabled\ndone\n", a, &x, &complaint);
  assert_int_equal(x.guests_enabled, TRUTH_NO);
}

/* ---- the asking ---- */

static const char SSH[] = "#!/bin/sh\nfor w; do [ \"$w\" != -- ] || break; echo \"$w\" >>$DIR/options; shift; done; shift\necho \"$1\" >>$DIR/calls\n"
                          "case $1 in *refused*) echo 'Permission denied (publickey).' >&2; exit 255 ;; *mute*) exec sleep 100 ;; esac\n"
                          "echo kvmconsole-setup\nwhile read -r what name; do echo \"$what $name\" >>$DIR/asked; case $what in\n"
                          "clock) echo \"clock $(($(date +%s%3N)+5000))\" ;; peer) echo \"peer 0 $name\" ;; definition) echo \"definition $name:1\" ;; end) break ;; esac; done\n"
                          "echo 'guests LoadState=not-found'\necho 'definition end 0'\necho done\n";
static char dir[] = "/tmp/setup-XXXXXX";
static struct emitter *out;
static int pipe_in;

static int set_up(void **state) {
  int ends[2];
  char path[200];
  (void)state;
  strcpy(dir, "/tmp/setup-XXXXXX");
  assert_non_null(mkdtemp(dir));
  setenv("DIR", dir, 1);
  snprintf(path, sizeof path, "%s:/usr/bin:/bin", dir);
  setenv("PATH", path, 1);
  snprintf(path, sizeof path, "%s/ssh", dir);
  FILE *f = fopen(path, "w");
  fputs(SSH, f);
  fclose(f);
  chmod(path, 0755);
  assert_int_equal(pipe(ends), 0);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  pipe_in = ends[0];
  out = emitter_new(LAYER_LIBVIRT, "kvm1", ends[1]);
  return 0;
}

static int tear_down(void **state) {
  CLEANUP(mem_freep) char *command = mem_printf("rm -rf %s", dir);
  (void)state;
  emitter_free(out);
  return system(command);
}

static struct fragment *printed(void) {
  static char text[65536];
  ssize_t n = read(pipe_in, text, sizeof text - 1);
  struct fragment *f;
  text[n > 0 ? n : 0] = 0;
  if (n <= 0 || fragment_parse(text, strcspn(text, "\n"), &f, NULL)) fail_msg("no fragment: %s", text);
  assert_string_equal(f->kind->name, "libvirt.setup");
  return f;
}

static char *noted(const char *name) {
  static char text[4096];
  char path[200];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  FILE *f = fopen(path, "r");
  size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
  text[n] = 0;
  if (f) fclose(f);
  return text;
}

static void tell(struct setup *s, int peers) {
  setup_request(s, "setup begin 0");
  for (int i = 1; i <= peers; i++) {
    char line[64];
    snprintf(line, sizeof line, "setup peer kvm%d", i + 1);
    setup_request(s, line);
  }
  setup_request(s, "setup definition /kvmdata/a b.xml");
  setup_request(s, "setup peer -oProxyCommand=x");
  setup_request(s, "setup end");
}

static void asked_over_ssh(void **state) {
  struct setup *s = setup_new(out, false, false);
  struct setup_road road = {.to = "root@kvm1", .port = 2222};
  (void)state;
  tell(s, 2);
  setup_turn(s, &road);
  setup_wait(s, 10000);
  struct fragment *f = printed();
  const struct libvirt_setup *x = f->data;
  assert_null(x->text);
  assert_string_equal(noted("calls"), "root@kvm1\n");
  assert_non_null(strstr(noted("options"), "Port=2222"));
  assert_string_equal(noted("asked"), "clock \npeer kvm2\npeer kvm3\ndefinition /kvmdata/a b.xml\nend \n");
  assert_true(x->clock_ms > 4000 && x->clock_ms < 6000 && x->clock_within < 1000);
  assert_true(x->clock_ms + x->clock_within >= 4999 && x->clock_ms - x->clock_within <= 5001);
  assert_int_equal(x->peers.count, 2);
  assert_int_equal(x->guests_enabled, TRUTH_NO);
  assert_int_equal(x->definitions_asked, definitions_digest(0, "/kvmdata/a b.xml"));
  assert_int_equal(x->definitions.count, 0);
  assert_true(setup_next(s) > clock_mono_ms() + 500000);
  fragment_drop(f);
  setup_free(s);
}

/* A crowd is not asked at once; a read-only console has no host log in elsewhere. */
static void peers_in_turns(void **state) {
  struct setup *s = setup_new(out, false, false);
  struct setup_road road = {.to = "root@kvm1"};
  (void)state;
  tell(s, 11);
  setup_turn(s, &road);
  setup_wait(s, 10000);
  struct fragment *f = printed();
  size_t first = ((const struct libvirt_setup *)f->data)->peers.count;
  assert_true(first > 0 && first < 11);
  assert_true(setup_next(s) < clock_mono_ms() + 60000);
  fragment_drop(f);
  setup_free(s);
  s = setup_new(out, true, false);
  tell(s, 2);
  setup_turn(s, &road);
  setup_wait(s, 10000);
  f = printed();
  assert_int_equal(((const struct libvirt_setup *)f->data)->peers.count, 0);
  fragment_drop(f);
  setup_free(s);
}

static void refused_silent_or_not_to_be_asked(void **state) {
  static const struct { struct setup_road road; int wait_ms; const char *text; } rows[] = {
      {{.to = "root@refused"}, 10000, "Permission denied (publickey)."}, {{.to = "root@mute"}, 300, "it did not answer in time"}, {{.why_not = "there is no way"}, 0, "there is no way"}};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct setup *s = setup_new(out, false, false);
    tell(s, 1);
    setup_turn(s, &rows[i].road);
    setup_wait(s, rows[i].wait_ms);
    struct fragment *f = printed();
    const struct libvirt_setup *x = f->data;
    assert_string_equal(x->text, rows[i].text);
    assert_int_equal(x->guests_enabled, TRUTH_UNKNOWN);
    assert_int_equal(x->clock_ms, UNKNOWN_INT);
    assert_int_equal(x->definitions_asked, UNKNOWN_INT);
    fragment_drop(f);
    setup_free(s);
  }
}

static void nothing_due(int timer, void *owner) { (void)timer, (void)owner; }

/* In libvirt's own loop, as the program has it: a list of requests that fills the pipe goes out in parts. */
static void in_libvirts_loop(void **state) {
  enum { MANY = 3000 };
  struct pollfd answer = {.fd = pipe_in, .events = POLLIN};
  int64_t digest = 0, end = clock_mono_ms() + 20000;
  (void)state;
  assert_int_equal(virEventRegisterDefaultImpl(), 0);
  assert_true(virEventAddTimeout(100, nothing_due, NULL, NULL) >= 0); /* so that the loop comes back */
  struct setup *s = setup_new(out, false, true);
  setup_request(s, "setup begin 0");
  for (int i = 0; i < MANY; i++) {
    CLEANUP(mem_freep) char *line = mem_printf("setup definition /kvmdata/configurations/a-domain-with-a-long-name-%04d.xml", i);
    digest = definitions_digest(digest, line + strlen("setup definition "));
    setup_request(s, line);
  }
  setup_request(s, "setup end");
  while (clock_mono_ms() < end && poll(&answer, 1, 0) != 1) {
    if (clock_mono_ms() >= setup_next(s)) setup_turn(s, &(struct setup_road){.to = "root@kvm1"});
    virEventRunDefaultImpl();
  }
  struct fragment *f = printed();
  const struct libvirt_setup *x = f->data;
  if (x->text) fail_msg("%s", x->text);
  assert_int_equal(x->definitions_asked, digest);
  assert_int_equal(x->definitions.count, 0);
  fragment_drop(f);
  setup_free(s);
}

/* The real command, by this machine's shell. */
static void the_command_runs_here(void **state) {
  char path[200], hosts[256];
  (void)state;
  snprintf(path, sizeof path, "%s/ok.xml", dir);
  FILE *f = fopen(path, "w");
  fputs("<domain type='kvm'>\n  <name>ok</name>\n</domain>\n", f);
  fclose(f);
  snprintf(hosts, sizeof hosts, "%s/one-line.xml", dir);
  f = fopen(hosts, "w");
  fputs("<domain type='kvm'><name>x</name></domain>\n", f);
  fclose(f);
  struct setup *s = setup_new(out, true, false);
  CLEANUP(mem_freep) char *fine = mem_printf("setup definition %s", path), *bad = mem_printf("setup definition %s", hosts);
  setup_request(s, "setup begin 1");
  setup_request(s, fine);
  setup_request(s, bad);
  setup_request(s, "setup definition /nonexistent/$(touch here);'x'.xml");
  setup_request(s, "setup end");
  setup_turn(s, &(struct setup_road){.here = true});
  setup_wait(s, 20000);
  struct fragment *got = printed();
  const struct libvirt_setup *x = got->data;
  if (x->text) fail_msg("%s", x->text);
  assert_int_equal(x->mounts_known, TRUTH_YES);
  assert_true(x->links.count > 0 && texts_have(&x->links, "lo"));
  assert_true(x->clock_ms >= -x->clock_within && x->clock_ms <= x->clock_within);
  assert_int_equal(x->definitions.count, 2);
  assert_string_equal(x->definitions.item[0].path, hosts);
  assert_int_equal(x->definitions.item[0].name_alone, TRUTH_NO);
  assert_int_equal(x->definitions.item[1].readable, TRUTH_NO);
  fragment_drop(got);
  setup_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_shared), cmocka_unit_test(a_whole_answer), cmocka_unit_test(mounts_and_their_order), cmocka_unit_test(what_is_missing),
                                     cmocka_unit_test_setup_teardown(asked_over_ssh, set_up, tear_down), cmocka_unit_test_setup_teardown(peers_in_turns, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(refused_silent_or_not_to_be_asked, set_up, tear_down), cmocka_unit_test_setup_teardown(in_libvirts_loop, set_up, tear_down), cmocka_unit_test_setup_teardown(the_command_runs_here, set_up, tear_down)};
  return RUN(tests);
}
