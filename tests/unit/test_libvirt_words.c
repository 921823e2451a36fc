/* States, reasons, jobs, and the sentences for a connection that failed. Those of ssh and libvirt
 * 9.0.0 that the lab could bring about (refused key, unknown host key, no daemon, no nc) are as they were written there. */
#include "base/str.h"
#include "sources/emit.h"
#include "sources/libvirt_words.h"
#include <errno.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void states_and_reasons(void **state) {
  (void)state;
  assert_string_equal(domain_state_word(VIR_DOMAIN_RUNNING), "running");
  assert_string_equal(domain_state_word(VIR_DOMAIN_SHUTOFF), "shutoff");
  assert_string_equal(domain_state_word(VIR_DOMAIN_SHUTDOWN), "in shutdown");
  assert_string_equal(domain_reason_word(VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_MIGRATED), "migrated");
  assert_string_equal(domain_reason_word(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_IOERROR), "I/O error");
  assert_string_equal(domain_reason_word(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_MIGRATION), "migrating");
  assert_string_equal(domain_reason_word(VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_DESTROYED), "destroyed");
  assert_string_equal(domain_reason_word(VIR_DOMAIN_CRASHED, VIR_DOMAIN_CRASHED_PANICKED), "panicked");
}

static void every_number_has_a_word(void **state) {
  (void)state;
  for (int i = -2; i < 40; i++) {
    assert_non_null(domain_state_word(i));
    assert_non_null(job_word(i));
    for (int reason = -2; reason < 40; reason++) assert_non_null(domain_reason_word(i, reason));
  }
  assert_string_equal(domain_state_word(-1), "unknown");
  assert_string_equal(domain_reason_word(VIR_DOMAIN_RUNNING, 39), "unknown");
  assert_string_equal(job_word(VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT), "migration out");
  assert_string_equal(job_word(0), "unknown");
}

static void check(int code, int number, const char *message, const char *uri, enum source_state want, const char *sentence) {
  struct libvirt_address to;
  char text[SENTENCE_MAX];
  assert_int_equal(uri_address(uri, &to, NULL), 0);
  assert_int_equal(open_failure(code, number, message, &to, true, text), want);
  if (!strstr(text, sentence)) fail_msg("\"%s\" is not in \"%s\"", sentence, text);
  assert_null(strpbrk(text, "\r\n"));
}

static void the_local_daemon(void **state) {
  (void)state;
  static const char uri[] = "qemu:///system", socket[] = "Failed to connect socket to '/var/run/libvirt/libvirt-sock': ";
  char message[200], text[SENTENCE_MAX];
  struct libvirt_address to;
  snprintf(message, sizeof message, "%sNo such file or directory", socket);
  check(VIR_ERR_SYSTEM_ERROR, ENOENT, message, uri, SOURCE_DOWN, "libvirtd (or virtqemud) is not running on this host");
  /* Modular daemons, of the client library's words since 5.6: the same sentence, whichever of them is not there. */
  check(VIR_ERR_SYSTEM_ERROR, ENOENT, "Failed to connect socket to '/var/run/libvirt/virtqemud-sock': No such file or directory", uri, SOURCE_DOWN,
        "libvirtd (or virtqemud) is not running on this host");
  check(VIR_ERR_SYSTEM_ERROR, EACCES, "Failed to connect socket to '/run/libvirt/virtqemud-sock': Permission denied", uri, SOURCE_DENIED,
        "root or group libvirt is needed on ");
  check(VIR_ERR_SYSTEM_ERROR, ECONNREFUSED, "Failed to connect socket to '/run/libvirt/virtqemud-sock-ro': Connection refused", "qemu:///system?mode=direct",
        SOURCE_DOWN, "libvirtd (or virtqemud) is not running on this host");
  check(VIR_ERR_SYSTEM_ERROR, ECONNRESET,
        "End of file while reading data: virt-ssh-helper: cannot connect to '/run/libvirt/virtqemud-sock': Failed to connect socket to "
        "'/run/libvirt/virtqemud-sock': No such file or directory: Input/output error",
        "qemu+ssh://root@kvm02/system?mode=direct", SOURCE_DOWN, "libvirtd (or virtqemud) is not running on kvm02");
  snprintf(message, sizeof message, "%sPermission denied", socket);
  check(VIR_ERR_SYSTEM_ERROR, EACCES, message, uri, SOURCE_DENIED, "root or group libvirt is needed on ");
  check(VIR_ERR_AUTH_UNAVAILABLE, 0, "authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'", uri,
        SOURCE_DENIED, "root or group libvirt is needed on ");
  assert_int_equal(uri_address(uri, &to, NULL), 0);
  assert_int_equal(open_failure(VIR_ERR_SYSTEM_ERROR, ENOENT, socket, &to, false, text), SOURCE_ABSENT);
}

static void over_ssh(void **state) {
  (void)state;
  static const char uri[] = "qemu+ssh://root@kvm02/system";
  const int code = VIR_ERR_SYSTEM_ERROR;
  check(code, ECONNRESET, "Cannot recv data: root@kvm02: Permission denied (publickey,password).: Connection reset by peer", uri, SOURCE_DENIED,
        "ssh as root to kvm02 without a password is needed");
  check(code, ECONNRESET,
        "Cannot recv data: No ED25519 host key is known for kvm02 and you have requested strict checking.\r\nHost key verification failed.: "
        "Connection reset by peer",
        uri, SOURCE_DENIED, "the ssh host key of kvm02");
  check(code, ECONNRESET, "Cannot recv data: ssh: connect to host kvm02 port 22: Connection timed out: Connection reset by peer", uri, SOURCE_DOWN,
        "kvm02 does not answer on port 22 (3 s)");
  check(code, ECONNRESET, "Cannot recv data: ssh: connect to host kvm02 port 22: Connection refused: Connection reset by peer", uri, SOURCE_DOWN,
        "kvm02 refuses port 22");
  check(code, ECONNRESET,
        "End of file while reading data: virt-ssh-helper: cannot connect to '/run/libvirt/libvirt-sock':\n Failed to connect socket to "
        "'/run/libvirt/libvirt-sock': Connection refused: Input/output error",
        uri, SOURCE_DOWN, "libvirtd (or virtqemud) is not running on kvm02");
  check(code, EIO, "End of file while reading data: sh: 1: nc: not found: Input/output error", uri, SOURCE_ABSENT,
        "libvirt is not installed on kvm02");
  check(VIR_ERR_AUTH_UNAVAILABLE, 0, "no polkit agent", "qemu+ssh://noc@kvm02/system", SOURCE_DENIED, "root or group libvirt is needed on kvm02");
  struct str page = {0}; /* a warning of a page, and what it died of at the end */
  str_add(&page, "Cannot recv data: ");
  for (int i = 0; i < 1500; i++) str_addc(&page, '@');
  str_add(&page, "\r\nPermission denied, please try again.\r\nroot@kvm02: Permission denied (publickey,password).: Connection reset by peer");
  check(code, ECONNRESET, page.data, uri, SOURCE_DENIED, "ssh as root to kvm02 without a password is needed");
  str_reset(&page);
  for (int i = 0; i < 1500; i++) str_addc(&page, '@');
  str_add(&page, "of something new");
  check(code, ECONNRESET, page.data, uri, SOURCE_DOWN, "of something new");
  str_free(&page);
  check(code, EIO, NULL, uri, SOURCE_DOWN, "no reason given");
}

static void other_roads(void **state) {
  (void)state;
  check(VIR_ERR_AUTH_FAILED, 0, "authentication failed: SASL", "qemu+tcp://kvm02/system", SOURCE_DENIED, "kvm02 wants a login for libvirt");
  check(VIR_ERR_AUTH_FAILED, 0, "x", "qemu+libssh2://root@kvm02/system", SOURCE_DENIED, "ssh as root to kvm02 without a password");
  check(VIR_ERR_NO_CONNECT, 0, "no connection driver available for foo:///x", "foo:///x", SOURCE_ABSENT, "no driver");
  char endless[5000];
  memset(endless, 'x', sizeof endless - 1);
  endless[sizeof endless - 1] = 0;
  check(VIR_ERR_INTERNAL_ERROR, 0, endless, "qemu+tls://kvm02/system", SOURCE_DOWN, "libvirt of kvm02: xxx");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(states_and_reasons), cmocka_unit_test(every_number_has_a_word),
                                     cmocka_unit_test(the_local_daemon), cmocka_unit_test(over_ssh), cmocka_unit_test(other_roads)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
