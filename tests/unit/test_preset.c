/* What a package leaves behind is told from a cluster that somebody set up. */
#include "sources/preset.h"
#include "base/str.h"
#include "tests/unit/unit.h"

#define DEBIAN "totem {\n\tcluster_name: debian\n}\nnodelist {\n\t# ring0_addr: 10.0.0.1\n\tnode {\n\t\tname: node1\n\t\tnodeid: 1\n\t\tring0_addr: 127.0.0.1\n\t}\n}\n"

static void packages_leave_no_cluster(void **state) {
  static const struct { const char *conf; bool preset; } rows[] = {
      {DEBIAN, true}, {"nodelist {\n node {\n ring0_addr: ::1\n }\n}\n", true}, {"nodelist {\n node {\n ring0_addr: localhost\n }\n}\n", true}, {"", false}, {"totem {\n}\n", false},
      {"nodelist {\n node {\n ring0_addr: kvm01\n }\n node {\n ring0_addr: kvm02\n }\n}\n", false}, {"nodelist {\n node {\n ring0_addr: 10.77.0.11\n }\n}\n", false},
      {"nodelist {\n node {\n ring0_addr: 127.0.0.1\n }\n node {\n ring0_addr: 10.77.0.12\n }\n}\n", false}, {"nodelist {\n node {\n ring0_addr: ::12\n }\n}\n", false}, {"ring0_addr:", false},
      {"nodelist {\n node {\n ring0_addr: 127.0.0.1\n }\n node {\n ring0_addr: 127.0.0.1\n }\n}\n", false}};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++)
    if (preset_in(rows[i].conf) != rows[i].preset) fail_msg("row %zu", i);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(packages_leave_no_cluster)};
  return cmocka_run_group_tests_name(__FILE__, tests, NULL, NULL);
}
