/* Where URIs lead, what is added to them, the probe, and which addresses are a host's own. */
#include "base/clock.h"
#include "base/str.h"
#include "sources/libvirt_addresses.h"
#include "sources/libvirt_uri.h"
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void where_uris_lead(void **state) {
  (void)state;
  static const struct {
    const char *uri;
    enum transport transport;
    const char *host, *user;
    int port;
  } uris[] = {
      {"qemu:///system", TRANSPORT_LOCAL, "", "", 0},
      {"test:///default", TRANSPORT_LOCAL, "", "", 0},
      {"qemu+unix:///system?socket=/run/x", TRANSPORT_LOCAL, "", "", 0},
      {"qemu+ssh://root@kvm01/system", TRANSPORT_SSH, "kvm01", "root", 22},
      {"qemu+ssh://root@kvm01:2222/system", TRANSPORT_SSH, "kvm01", "root", 2222},
      {"qemu+libssh2://kvm01/system", TRANSPORT_LIBSSH, "kvm01", "", 22},
      {"qemu+tcp://10.0.0.1/system", TRANSPORT_TCP, "10.0.0.1", "", 16509},
      {"qemu+tls://kvm01/system", TRANSPORT_TLS, "kvm01", "", 16514},
      {"qemu://kvm01/system", TRANSPORT_TLS, "kvm01", "", 16514},
      {"qemu+tcp://[fd00::1]:99/system", TRANSPORT_TCP, "fd00::1", "", 99},
      {"qemu:///system?mode=direct", TRANSPORT_LOCAL, "", "", 0}, /* modular daemons: virtqemud itself, or virtproxyd as if it were libvirtd */
      {"qemu+unix:///system?mode=direct&socket=/run/libvirt/virtqemud-sock", TRANSPORT_LOCAL, "", "", 0},
      {"qemu+ssh://root@kvm02/system?mode=legacy&proxy=netcat", TRANSPORT_SSH, "kvm02", "root", 22},
      {"esx://vcenter/", TRANSPORT_OTHER, "vcenter", "", 0},
      {"qemu+ssh://root:secret@kvm01/system", TRANSPORT_SSH, "kvm01", "root", 22},
  };
  for (size_t i = 0; i < COUNT(uris); i++) {
    struct libvirt_address to;
    assert_int_equal(uri_address(uris[i].uri, &to, NULL), 0);
    assert_int_equal(to.transport, uris[i].transport);
    assert_string_equal(to.host, uris[i].host);
    assert_string_equal(to.user, uris[i].user);
    assert_int_equal(to.port, uris[i].port);
  }
}

static void what_is_no_uri(void **state) {
  (void)state;
  static const char *const bad[] = {"", "kvm01", "/system", "qemu+ssh://-oProxyCommand=x/system", "://", "qemu+ssh://a b/"};
  struct libvirt_address to;
  for (size_t i = 0; i < COUNT(bad); i++) {
    struct err e = {0};
    assert_int_equal(uri_address(bad[i], &to, &e), -EINVAL);
    assert_string_not_equal(e.text, "");
  }
  CLEANUP(str_free) struct str longest = {0};
  str_add(&longest, "qemu+ssh://");
  for (int i = 0; i < 300; i++) str_addc(&longest, 'h');
  str_add(&longest, "/system");
  assert_int_equal(uri_address(longest.data, &to, NULL), -EINVAL);
}

static void default_uris(void **state) {
  (void)state;
  char *uri;
  assert_int_equal(uri_default("kvm01", true, &uri, NULL), 0);
  assert_string_equal(uri, "qemu:///system");
  mem_free(uri);
  assert_int_equal(uri_default("kvm02.example.org", false, &uri, NULL), 0);
  assert_string_equal(uri, "qemu+ssh://root@kvm02.example.org/system");
  mem_free(uri);
  static const char *const bad[] = {"", "-oProxyCommand=x", "a/b", "a?command=/bin/sh", "a b", "a\nb", "a@b", "a:b"};
  for (size_t i = 0; i < COUNT(bad); i++) assert_int_equal(uri_default(bad[i], false, &uri, NULL), -EINVAL);
}

static void check_added(const char *uri, const char *want) {
  struct libvirt_address to;
  assert_int_equal(uri_address(uri, &to, NULL), 0);
  CLEANUP(mem_freep) char *got = uri_without_prompts(uri, &to);
  assert_string_equal(got, want);
}

static void ssh_never_asks(void **state) {
  (void)state;
  check_added("qemu:///system", "qemu:///system");
  check_added("qemu+tcp://kvm01/system", "qemu+tcp://kvm01/system");
  check_added("qemu+ssh://root@kvm01/system", "qemu+ssh://root@kvm01/system?command=" SSH_PROGRAM "&no_tty=1");
  check_added("qemu+ssh://kvm01/system?keyfile=/k", "qemu+ssh://kvm01/system?keyfile=/k&command=" SSH_PROGRAM "&no_tty=1");
  check_added("qemu+ssh://kvm01/system?command=/opt/ssh", "qemu+ssh://kvm01/system?command=/opt/ssh&no_tty=1");
  check_added("qemu+ssh://kvm01/system?a=1&no_tty=0#x", "qemu+ssh://kvm01/system?a=1&no_tty=0&command=" SSH_PROGRAM);
  check_added("qemu+ssh://root@kvm02/system?mode=direct&socket=/run/libvirt/virtqemud-sock",
              "qemu+ssh://root@kvm02/system?mode=direct&socket=/run/libvirt/virtqemud-sock&command=" SSH_PROGRAM "&no_tty=1");
  check_added("qemu+libssh://kvm01/system", "qemu+libssh://kvm01/system?no_tty=1");
}

static void sshs_own_configuration(void **state) {
  (void)state;
  struct libvirt_address to = {.transport = TRANSPORT_SSH, .host = "k", .real_host = "k", .port = 22};
  ssh_destination("user root\nhostname 10.0.0.9\nport 2022\nproxycommand none\nhostname no\n", &to);
  assert_string_equal(to.real_host, "10.0.0.9");
  assert_string_equal(to.host, "k");
  assert_int_equal(to.port, 2022);
  ssh_destination("port 99999\nhostname -x\nport", &to);
  assert_string_equal(to.real_host, "10.0.0.9");
  assert_int_equal(to.port, 2022);
  ssh_destination("hostname x\nproxyjump bastion\n", &to);
  assert_int_equal(to.port, 0);
  ssh_destination("", &to);
}

static void probes(void **state) {
  (void)state;
  struct err e = {0};
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof name;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  assert_int_equal(bind(fd, (struct sockaddr *)&name, size), 0);
  assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &size), 0);
  struct libvirt_address to = {.transport = TRANSPORT_TCP, .host = "127.0.0.1", .real_host = "127.0.0.1", .port = ntohs(name.sin_port)};
  assert_int_equal(probe(&to, 1000, &e), -ECONNREFUSED); /* bound, but nobody listens */
  assert_int_equal(listen(fd, 1), 0);
  assert_int_equal(probe(&to, 1000, &e), 0);
  assert_string_equal(to.peer, "127.0.0.1");
  close(fd);
  strcpy(to.real_host, "no-such-host.invalid");
  assert_int_equal(probe(&to, 1000, &e), -ENOENT);
}

enum { IPV4_LIST = 8 };
struct listed {
  const char *interface, *address, *mask;
};

static void check_own(const struct listed *listed, size_t count, const char *want) {
  struct ifaddrs list[IPV4_LIST];
  struct sockaddr_in address[IPV4_LIST], mask[IPV4_LIST];
  CLEANUP(arena_freep) struct arena *a = arena_new();
  CLEANUP(str_free) struct str got = {0};
  struct texts own = {0};
  memset(list, 0, sizeof list);
  for (size_t i = 0; i < count; i++) {
    address[i] = mask[i] = (struct sockaddr_in){.sin_family = AF_INET};
    inet_pton(AF_INET, listed[i].address, &address[i].sin_addr);
    inet_pton(AF_INET, listed[i].mask, &mask[i].sin_addr);
    list[i] = (struct ifaddrs){.ifa_next = i + 1 < count ? &list[i + 1] : NULL,
                               .ifa_name = (char *)listed[i].interface,
                               .ifa_addr = (struct sockaddr *)&address[i],
                               .ifa_netmask = (struct sockaddr *)&mask[i]};
  }
  addresses_of(list, a, &own);
  for (size_t i = 0; i < own.count; i++) str_addf(&got, "%s ", own.item[i]);
  assert_string_equal(str_text(&got), want);
}

static void addresses_that_are_this_hosts_alone(void **state) {
  (void)state;
  static const struct listed usual[] = {
      {"lo", "127.0.0.1", "255.0.0.0"},        {"br0", "10.0.0.11", "255.255.255.0"},    {"virbr0", "192.168.122.1", "255.255.255.0"},
      {"br0", "10.0.0.100", "255.255.255.0"},  {"br0", "10.0.0.101", "255.255.255.255"}, {"eth1", "10.1.0.11", "255.255.255.0"},
      {"eth1:0", "10.2.0.9", "255.255.255.0"}, {"eth2", "169.254.1.1", "255.255.0.0"}};
  static const struct listed alone[] = {{"eth0", "203.0.113.7", "255.255.255.255"}};
  check_own(usual, COUNT(usual), "10.0.0.11 10.1.0.11 ");
  check_own(alone, COUNT(alone), "203.0.113.7 ");
}

static void addresses_of_the_other_end(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  static const char *const given[] = {"127.0.0.1", "::1", "", "kvm01", "fe80::1", "10.0.0.11", "fd00::11"};
  struct texts kept = {0};
  for (size_t i = 0; i < COUNT(given); i++) address_add(a, &kept, given[i]);
  assert_int_equal(kept.count, 2);
  assert_true(texts_have(&kept, "10.0.0.11") && texts_have(&kept, "fd00::11"));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(where_uris_lead),
                                     cmocka_unit_test(what_is_no_uri),
                                     cmocka_unit_test(default_uris),
                                     cmocka_unit_test(ssh_never_asks),
                                     cmocka_unit_test(sshs_own_configuration),
                                     cmocka_unit_test(probes),
                                     cmocka_unit_test(addresses_that_are_this_hosts_alone),
                                     cmocka_unit_test(addresses_of_the_other_end)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
