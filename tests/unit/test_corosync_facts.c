/* Corosync's keys, as cmapctl printed them from a real cluster, and as 2.4 had them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/str.h"
#include "sources/corosync_facts.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct arena *a;
static struct corosync_keys k;

static int set_up(void **state) {
  (void)state;
  a = arena_new();
  k = (struct corosync_keys){.arena = a};
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  arena_free(a);
  return 0;
}

/* "runtime.members.1.status (str) = joined" */
static void load(const char *name) {
  char path[200], line[1000], key[256], type[16];
  int used;
  snprintf(path, sizeof path, "tests/fixtures/pacemaker/%s", name);
  FILE *f = fopen(path, "r");
  if (!f) fail_msg("no %s", path);
  while (fgets(line, sizeof line, f)) {
    line[strcspn(line, "\n")] = 0;
    if (sscanf(line, "%255s (%15[a-z0-9]) = %n", key, type, &used) < 2) continue;
    if (!strcmp(type, "str")) corosync_key_text(&k, key, line + used, strlen(line + used));
    else corosync_key_number(&k, key, strtoll(line + used, NULL, 10));
  }
  fclose(f);
}

static void text(const char *name, const char *value) { corosync_key_text(&k, name, value, strlen(value)); }

static void three_nodes(void **state) {
  (void)state;
  struct corosync_nodes n;
  struct corosync_cluster c;
  load("corosync-cmap-3.1.7.txt");
  corosync_read_nodes(&k, a, &n);
  assert_int_equal(n.nodes.count, 3);
  assert_string_equal(n.nodes.item[1].name, "pn2");
  assert_int_equal(n.nodes.item[1].id, 2);
  assert_int_equal(n.nodes.item[1].member, TRUTH_NO);
  assert_int_equal(n.nodes.item[2].member, TRUTH_YES);
  assert_int_equal(n.nodes.item[0].local, TRUTH_YES);
  assert_int_equal(n.nodes.item[1].local, TRUTH_NO);
  assert_int_equal(n.nodes.item[0].addresses.count, 2);
  assert_string_equal(n.nodes.item[0].addresses.item[1], "10.78.0.1");
  assert_int_equal(n.nodes.item[0].votes, 1);
  assert_int_equal(corosync_link_count(&n.nodes.item[0]), 2);
  corosync_read_cluster(&k, &c);
  assert_string_equal(c.name, "proto");
  assert_int_equal(c.node_id, 1);
  assert_int_equal(c.consensus_ms, 4380);
  assert_int_equal(c.qdevice, TRUTH_NO);
  assert_int_equal(c.quorate, TRUTH_UNKNOWN);
  assert_null(c.tie_breaker_node);
  text("quorum.auto_tie_breaker_node", "1 3");
  corosync_read_cluster(&k, &c);
  assert_string_equal(c.tie_breaker_node, "1 3");
}

static void links(void **state) {
  (void)state;
  struct corosync_nodes n;
  struct corosync_links l;
  load("corosync-cmap-3.1.7.txt");
  load("corosync-stats-3.1.7.txt");
  corosync_read_nodes(&k, a, &n);
  corosync_read_links(&k, &n, a, &l);
  assert_int_equal(l.links.count, 4); /* of two other nodes; the local one has none */
  assert_int_equal(l.links.item[0].node_id, 2);
  assert_int_equal(l.links.item[0].connected, TRUTH_NO);
  assert_int_equal(l.links.item[0].latency_us, 281);
  assert_int_equal(l.links.item[0].down_count, 4);
  assert_int_equal(l.links.item[0].mtu, 1446);
}

static void a_latency_is_calmed(void **state) {
  (void)state;
  struct corosync_link before[] = {{.node_id = 2, .link = 0, .latency_us = 200}, {.node_id = 2, .link = 1, .latency_us = UNKNOWN_INT}};
  struct corosync_link now[] = {{.node_id = 2, .link = 1, .latency_us = 7}, {.node_id = 2, .link = 0, .latency_us = 290}, {.node_id = 3, .latency_us = 201}};
  struct corosync_links b = {.links = {before, 2}}, n = {.links = {now, 3}};
  corosync_calm_links(&b, &n);
  assert_int_equal(now[0].latency_us, 7);
  assert_int_equal(now[1].latency_us, 200);
  assert_int_equal(now[2].latency_us, 201);
  now[1].latency_us = 301;
  corosync_calm_links(&b, &n);
  assert_int_equal(now[1].latency_us, 301);
  now[1].latency_us = 99;
  corosync_calm_links(&b, &n);
  assert_int_equal(now[1].latency_us, 99);
}

static void without_a_list_of_nodes(void **state) {
  (void)state;
  struct corosync_nodes n;
  corosync_key_number(&k, "runtime.votequorum.this_node_id", 168427521);
  text("runtime.members.168427521.ip", "r(0) ip(10.10.0.1) r(1) ip(10.11.0.1) ");
  text("runtime.members.168427521.status", "joined");
  text("runtime.members.168427522.status", "left");
  corosync_read_nodes(&k, a, &n);
  assert_int_equal(n.nodes.count, 2);
  assert_string_equal(n.nodes.item[0].name, "10.10.0.1");
  assert_int_equal(n.nodes.item[0].local, TRUTH_YES);
  assert_int_equal(n.nodes.item[0].addresses.count, 2);
  assert_string_equal(n.nodes.item[1].name, "168427522");
  assert_int_equal(n.nodes.item[1].member, TRUTH_NO);
}

static void corosync_2_4(void **state) {
  (void)state;
  struct corosync_nodes n;
  struct corosync_links l;
  struct corosync_cluster c;
  load("corosync-cmap-2.4.5.txt");
  corosync_read_nodes(&k, a, &n);
  assert_int_equal(n.nodes.count, 3);
  assert_string_equal(n.nodes.item[0].name, "old1"); /* it names no node: its first address does */
  assert_string_equal(n.nodes.item[0].addresses.item[1], "10.20.1.1");
  assert_int_equal(n.nodes.item[0].member, TRUTH_YES);
  assert_int_equal(n.nodes.item[1].member, TRUTH_YES);
  assert_int_equal(n.nodes.item[1].local, TRUTH_YES);
  assert_int_equal(n.nodes.item[2].member, TRUTH_NO);
  corosync_read_links(&k, &n, a, &l);
  assert_int_equal(l.links.count, 0); /* no statistics of links there: not known, and not down */
  corosync_read_cluster(&k, &c);
  assert_string_equal(c.name, "old");
  assert_int_equal(c.token_ms, 3000);
  assert_int_equal(c.node_id, 2);
}

static void corosync_2_4_without_a_list(void **state) {
  (void)state;
  struct corosync_nodes n;
  text("runtime.totem.pg.mrp.srp.members.168427521.ip", "r(0) ip(10.10.0.1) ");
  text("runtime.totem.pg.mrp.srp.members.168427521.status", "joined");
  corosync_read_nodes(&k, a, &n);
  assert_int_equal(n.nodes.count, 1);
  assert_string_equal(n.nodes.item[0].name, "10.10.0.1");
  assert_int_equal(n.nodes.item[0].member, TRUTH_YES);
}

static void names_and_members_that_do_not_match(void **state) {
  (void)state;
  struct corosync_nodes n;
  corosync_key_number(&k, "nodelist.local_node_pos", 1);
  corosync_key_number(&k, "nodelist.node.0.nodeid", 7);
  text("nodelist.node.0.ring0_addr", "kvm07");
  corosync_key_number(&k, "nodelist.node.0.quorum_votes", 3);
  corosync_key_number(&k, "nodelist.node.1.nodeid", 5);
  text("runtime.members.5.status", "joined");
  text("runtime.members.9.status", "left");    /* was taken off the list */
  text("runtime.members.8.status", "joined");  /* is not yet on it */
  corosync_read_nodes(&k, a, &n);
  assert_int_equal(n.nodes.count, 3);
  assert_int_equal(n.nodes.item[0].id, 5);
  assert_null(n.nodes.item[0].name);
  assert_int_equal(n.nodes.item[0].local, TRUTH_YES);
  assert_string_equal(n.nodes.item[1].name, "kvm07");
  assert_int_equal(n.nodes.item[1].votes, 3);
  assert_int_equal(n.nodes.item[1].member, TRUTH_NO); /* not seen since the start */
  assert_int_equal(n.nodes.item[2].id, 8);
}

static void hostile(void **state) {
  (void)state;
  struct corosync_nodes n;
  struct corosync_links l;
  char name[300];
  memset(name, 'k', sizeof name);
  name[299] = 0;
  text(name, "x");
  text("nodelist.node..nodeid", "1");
  text("nodelist.node.0.nodeid", "a text");
  corosync_key_number(&k, "nodelist.node.99999999999.nodeid", 1);
  corosync_key_number(&k, "nodelist.node.-1.nodeid", 1);
  text("runtime.members.1.ip", "ip(ip(ip(");
  text("runtime.members.1.status", "joined");
  text("runtime.members.18446744073709551615.status", "joined");
  text("runtime.members.2.statusx", "joined");
  corosync_read_nodes(&k, a, &n);
  assert_int_equal(n.nodes.count, 1);
  corosync_read_links(&k, &n, a, &l);
  assert_int_equal(l.links.count, 0);
}

static void version(void **state) {
  (void)state;
  assert_string_equal(corosync_version_in("Corosync Cluster Engine, version '3.1.7'\nCopyright", a), "3.1.7");
  assert_null(corosync_version_in("no such thing", a));
  assert_null(corosync_version_in(NULL, a));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(three_nodes, set_up, tear_down),
      cmocka_unit_test_setup_teardown(links, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_latency_is_calmed, set_up, tear_down),
      cmocka_unit_test_setup_teardown(without_a_list_of_nodes, set_up, tear_down),
      cmocka_unit_test_setup_teardown(corosync_2_4, set_up, tear_down),
      cmocka_unit_test_setup_teardown(corosync_2_4_without_a_list, set_up, tear_down),
      cmocka_unit_test_setup_teardown(names_and_members_that_do_not_match, set_up, tear_down),
      cmocka_unit_test_setup_teardown(hostile, set_up, tear_down),
      cmocka_unit_test_setup_teardown(version, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
