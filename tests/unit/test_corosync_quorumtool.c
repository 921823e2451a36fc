/* What corosync-quorumtool -s says on another host. */
#include "sources/corosync_quorumtool.h"
#include "tests/unit/unit.h"
#include <string.h>

static const char HALF[] = "Quorum information\n------------------\nDate:             Sun Nov 22 17:36:22 2026\nQuorum provider:  corosync_votequorum\n"
                           "Nodes:            1\nNode ID:          2\nRing ID:          2.9\nQuorate:          Yes\n\n"
                           "Votequorum information\n----------------------\nExpected votes:   2\nHighest expected: 2\nTotal votes:      1\nQuorum:           1  \n"
                           "Flags:            2Node Quorate WaitForAll \n\n"
                           "Membership information\n----------------------\n    Nodeid      Votes Name\n         2          1 kvm02 (local)\n";
static const char END[] = "kvmconsole-asked 0\nkvmconsole-process 0\n";

static struct quorumtool read(const char *text, const char *end) {
  struct quorumtool q;
  CLEANUP(mem_freep) char *all = mem_printf("%s%s", text, end);
  quorumtool_read(all, &q);
  return q;
}

static void half_a_cluster(void **state) {
  (void)state;
  struct quorumtool q = read(HALF, END);
  assert_int_equal(q.answered, TRUTH_YES);
  assert_int_equal(q.running, TRUTH_YES);
  assert_int_equal(q.quorate, TRUTH_YES);
  assert_int_equal(q.member_count, 1);
  assert_int_equal(q.members[0], 2);
  assert_string_equal(q.text, "");
}

static void with_a_device(void **state) {
  (void)state;
  struct quorumtool q = read("Quorate:          No\n\nMembership information\n----------------------\n    Nodeid      Votes    Qdevice Name\n"
                             "         1          1    A,V,NMW kvm01 (local)\n         2          1         NR kvm02\n         0          0            Qdevice (votes 1)\n", END);
  assert_int_equal(q.quorate, TRUTH_NO);
  assert_int_equal(q.member_count, 2);
  assert_int_equal(q.members[1], 2);
}

/* The same sentence of one that does not run, that may not be asked: the process tells. */
static void not_running(void **state) {
  (void)state;
  struct quorumtool q = read("Cannot initialize QUORUM service\n", "kvmconsole-asked 1\nkvmconsole-process 1\n");
  assert_int_equal(q.answered, TRUTH_YES);
  assert_int_equal(q.running, TRUTH_NO);
  assert_int_equal(q.quorate, TRUTH_UNKNOWN);
  assert_string_equal(q.text, "");
  q = read("Cannot initialize QUORUM service\n", "kvmconsole-asked 1\nkvmconsole-process 0\n");
  assert_int_equal(q.running, TRUTH_YES);
  assert_int_equal(q.quorate, TRUTH_UNKNOWN);
  assert_string_equal(q.text, "Cannot initialize QUORUM service");
}

static void hung_and_missing(void **state) {
  (void)state;
  struct quorumtool q = read("", "kvmconsole-asked 124\nkvmconsole-process 0\n");
  assert_int_equal(q.running, TRUTH_YES);
  assert_string_equal(q.text, "corosync there does not answer");
  q = read("bash: corosync-quorumtool: command not found\n", "kvmconsole-asked 127\nkvmconsole-process 127\n");
  assert_int_equal(q.answered, TRUTH_YES);
  assert_int_equal(q.running, TRUTH_UNKNOWN);
  assert_string_equal(q.text, "there is no corosync-quorumtool there");
}

/* An answer that was cut off proves nothing; nonsense is no member. */
static void cut_and_hostile(void **state) {
  (void)state;
  assert_int_equal(read(HALF, "").answered, TRUTH_NO);
  assert_int_equal(read("", "").answered, TRUTH_NO);
  assert_int_equal(read("", "kvmconsole-asked x\nkvmconsole-process 0\n").answered, TRUTH_NO);
  struct quorumtool q = read("Membership information\n 99999999999 1 x\n 4294967296 1 y\n -3 1 z\n 7\n 8x 1 w\n         5          1 v\n", END);
  assert_int_equal(q.member_count, 1);
  assert_int_equal(q.members[0], 5);
  struct str many = {0};
  str_add(&many, "Membership information\n");
  for (int i = 1; i < 2000; i++) str_addf(&many, "  %d 1 x\n", i);
  assert_int_equal(read(many.data, END).member_count, QUORUMTOOL_MEMBERS);
  str_free(&many);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(half_a_cluster), cmocka_unit_test(with_a_device), cmocka_unit_test(not_running), cmocka_unit_test(hung_and_missing),
                                     cmocka_unit_test(cut_and_hostile)};
  return RUN(tests);
}
