/* Reports of drills: trend, forms of print that nothing from a cluster breaks out of, what explains a failure, and files of reports that
 * anybody may have written. */
#include "analysis/lint.h"
#include "run/drill_run.h"
#include "unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct drill_report report(struct arena *a, const char *domain, int64_t ms, int verdict) {
  struct drill_report r;
  shape_init(&drill_report_shape, &r);
  r.schema = 1;
  r.drill = "power-lost";
  r.title = "Power lost";
  r.target = "kvm02";
  r.task = "20261123T000000Z-1-1";
  r.began = 1795345438000 + ms;
  r.verdict = verdict;
  struct drill_outage *o = list_add(a, &r.outages, &drill_outage_shape);
  o->domain = domain;
  o->ms = ms;
  o->uncertainty_ms = 100;
  return r;
}

static void percentiles(void **state) {
  struct arena *a = arena_new();
  struct drill_report all[20];
  const struct drill_report *list[20];
  (void)state;
  for (int i = 0; i < 20; i++) {
    all[i] = report(a, "web", (i * 7 % 20 + 1) * 1000, i == 3 ? DRILL_FAILED : DRILL_PASSED);
    list[i] = &all[i];
  }
  struct drill_trend t = drill_trend_of(list, 20, "power-lost", NULL);
  assert_int_equal(t.runs, 20);
  assert_int_equal(t.passed, 19);
  assert_int_equal(t.p50_ms, 11000); /* of 1, 3, 4 .. 20: the failed one is none of them */
  assert_int_equal(t.worst_ms, 20000);
  assert_true(t.p95_ms == 20000 || t.p95_ms == 19000);
  assert_int_equal(t.last_ms, (19 * 7 % 20 + 1) * 1000);
  t = drill_trend_of(list, 20, "power-lost", "db");
  assert_int_equal(t.runs, 0);
  assert_int_equal(t.p50_ms, UNKNOWN_INT);
  t = drill_trend_of(list, 1, "power-lost", "web");
  assert_int_equal(t.p50_ms, t.p95_ms);
  t = drill_trend_of(list, 20, "host-hung", NULL);
  assert_int_equal(t.runs, 0);
  arena_free(a);
}

static void within_what_was_expected(void **state) {
  struct arena *a = arena_new();
  struct drill_report r = report(a, "web", 15000, DRILL_PASSED);
  (void)state;
  assert_true(drill_within(&r)); /* nothing was expected that it could break */
  r.expected.high_ms = 15000;
  assert_true(drill_within(&r));
  r.expected.high_ms = 14899;
  assert_false(drill_within(&r));
  r.expected.high_ms = 14900; /* it may have been that */
  assert_true(drill_within(&r));
  struct drill_expected_domain *e = list_add(a, &r.expected.domains, &drill_expected_domain_shape);
  e->name = "web";
  e->high_ms = 1000; /* its own word goes before that of all */
  assert_false(drill_within(&r));
  r.outages.item[0].ms = UNKNOWN_INT;
  e->high_ms = UNKNOWN_INT;
  assert_false(drill_within(&r)); /* not back */
  r.outages.count = 0;
  struct drill_outage *s = list_add(a, &r.stalls, &drill_outage_shape);
  s->domain = "writes to /kvmdata";
  s->ms = 9000;
  r.expected.stall_ms = 8000;
  assert_false(drill_within(&r));
  s->domain = "web";
  assert_true(drill_within(&r)); /* a guest has to boot before it answers */
  arena_free(a);
}

#define EVIL "</testcase>\"&<b>|`x`\n# no heading [a](b)\x1b[31m"

static void nothing_breaks_out(void **state) {
  struct arena *a = arena_new();
  struct drill_report r = report(a, EVIL, 5000, DRILL_FAILED), fine = report(a, "web", 100, DRILL_PASSED);
  const struct drill_report *list[] = {&r, &fine};
  CLEANUP(str_free) struct str md = {0}, xml = {0};
  (void)state;
  r.target = r.text = EVIL;
  *(struct drill_finding *)list_add(a, &r.findings, &drill_finding_shape) = (struct drill_finding){"no-room", EVIL, EVIL, EVIL, EVIL};
  *(struct drill_event *)list_add(a, &r.timeline, &drill_event_shape) = (struct drill_event){1795345438000, 5, EVIL, EVIL, EVIL, EVIL};
  drill_markdown(&r, &md);
  assert_null(strstr(str_text(&md), "\n# no heading"));
  assert_null(strstr(str_text(&md), "<b>"));
  assert_null(strstr(str_text(&md), "a](b)"));
  assert_null(strchr(str_text(&md), '\x1b'));
  drill_junit(list, 2, &xml);
  assert_null(strstr(str_text(&xml), "<b>"));
  assert_null(strchr(str_text(&xml), '\x1b'));
  int closed = 0;
  for (const char *at = str_text(&xml); (at = strstr(at, "</testcase>")) != NULL; at++) closed++;
  assert_int_equal(closed, 4); /* two drills, a domain each */
  assert_non_null(strstr(str_text(&xml), "tests=\"4\""));
  assert_non_null(strstr(str_text(&xml), "failures=\"1\""));
  arena_free(a);
}

/* ---- what explains a failure ---- */

static bool check_known(const char *id) {
  for (size_t g = 0; lint_groups[g]; g++)
    for (const struct lint_check *c = lint_groups[g]; c->id; c++)
      if (str_eq(c->id, id)) return true;
  return false;
}

static void lines_are_explained(void **state) {
  static const struct { const char *line, *id, *operation; } rows[] = {
      {"kvm01 qemu/test01: qemu-system-x86_64: Failed to get \"write\" lock", "lock-outlives-failover", "gluster-failover-timeouts"},
      {"kvm01 pacemaker: Unable to determine domain name.", "name-not-alone", "domain-share"},
      {"kvm01 pacemaker: Configuration file /kvmdata/config/a.xml does not exist or not readable.", "definition-unreadable", "gluster-mount"},
      {"kvm01 libvirtd: Cannot access storage file '/srv/cd.iso': No such file or directory", "local-disk", NULL},
      {"kvm01 libvirtd: internal error: cannot allocate memory", "no-room", NULL},
      {"kvm01 libvirtd: Cannot get interface MTU on 'br0': No such device", "bridge-missing", "host-bridge"},
      {"kvm01 fence_ipmilan: Failed: Unable to obtain correct plug status or plug is not available", "fencing-unproven", "fencing-password"},
      {"kvm02 libvirtd: operation failed: Cannot recv data: Host key verification failed.", "no-trust", "host-prepare"},
      {"kvm01 qemu/test01: Could not open '/kvmdata/a': Transport endpoint is not connected", "first-brick-mandatory", NULL}};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct arena *a = arena_new();
    struct snapshot s;
    struct texts lines = {0};
    struct drill_subject d = {.kind = DRILL_POWER, .host = "kvm02"};
    struct drill_report r = report(a, "test01", UNKNOWN_INT, DRILL_FAILED);
    shape_init(&snapshot_shape, &s);
    texts_add(a, &lines, "kvm01 kernel: all is well");
    texts_add(a, &lines, rows[i].line);
    texts_add(a, &lines, rows[i].line); /* said twice, it is one cause */
    drill_diagnose(&s, &s, &d, 0, &lines, a, &r);
    assert_int_equal(r.findings.count, 1);
    assert_true(str_eq(r.findings.item[0].id, rows[i].id));
    assert_true(str_eq(r.findings.item[0].operation, rows[i].operation));
    assert_string_equal(r.findings.item[0].evidence, rows[i].line);
    if (rows[i].operation) assert_non_null(operation_find(rows[i].operation));
    assert_true(!rows[i].id || check_known(rows[i].id));
    arena_free(a);
  }
}

/* ---- files ---- */

static void write_file(const char *folder, const char *name, const char *text) {
  CLEANUP(mem_freep) char *path = mem_printf("%s/drills/%s", folder, name);
  FILE *f = fopen(path, "we");
  assert_non_null(f);
  fputs(text, f);
  fclose(f);
}

static void files_that_anybody_wrote(void **state) {
  char folder[] = "/tmp/kvmconsole-reports.XXXXXX";
  struct arena *a = arena_new();
  struct drill_report r = report(a, "web", 5000, DRILL_PASSED);
  struct drill_reports kept;
  struct err e = {0};
  struct stat st;
  (void)state;
  assert_non_null(mkdtemp(folder));
  drills_kept(folder, a, &kept);
  assert_int_equal(kept.count, 0);
  assert_int_equal(drill_keep(folder, &r, &e), 0);
  CLEANUP(mem_freep) char *path = mem_printf("%s/drills/%s.json", folder, r.task);
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
  r.task = "../../etc/cron.d/x";
  assert_int_not_equal(drill_keep(folder, &r, &e), 0);
  write_file(folder, "0.json", "");
  write_file(folder, "1.json", "not json");
  write_file(folder, "2.json", "{\"schema\":2,\"drill\":\"power-lost\"}");
  write_file(folder, "3.json", "{\"schema\":1,\"drill\":\"no-such-drill\"}");
  write_file(folder, "4.json", "{\"schema\":1,\"drill\":\"host-hung\",\"verdict\":\"of another world\",\"outages\":[{\"domain\":null,\"ms\":9223372036854775807}]}");
  write_file(folder, "5.txt", "{\"schema\":1,\"drill\":\"host-hung\"}");
  CLEANUP(mem_freep) char *link = mem_printf("%s/drills/6.json", folder);
  assert_int_equal(symlink(path, link), 0);
  drills_kept(folder, a, &kept);
  assert_int_equal(kept.count, 2);
  assert_string_equal(kept.item[1]->drill, "host-hung"); /* by their names; what is not known in it is unknown */
  assert_int_equal(kept.item[1]->verdict, DRILL_UNJUDGED);
  CLEANUP(str_free) struct str out = {0};
  for (size_t i = 0; i < kept.count; i++) drill_words(kept.item[i], &out), drill_markdown(kept.item[i], &out);
  CLEANUP(mem_freep) char *command = mem_printf("rm -rf %s", folder);
  assert_int_equal(system(command), 0);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(percentiles), cmocka_unit_test(within_what_was_expected), cmocka_unit_test(nothing_breaks_out), cmocka_unit_test(lines_are_explained), cmocka_unit_test(files_that_anybody_wrote)};
  return RUN(tests);
}
