#include "base/arena.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/err.h"
#include "base/ini.h"
#include "base/loop.h"
#include "base/map.h"
#include "base/str.h"
#include "base/utf8.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void natural_order(void **state) {
  (void)state;
  assert_true(str_natural("node2", "node10") < 0);
  assert_true(str_natural("node10", "node2") > 0);
  assert_true(str_natural("node1", "node01") != 0);
  assert_int_equal(str_natural("a", "a"), 0);
  assert_true(str_natural(NULL, "a") < 0);
  assert_true(str_natural("a1b", "a1") > 0);
}

static void whole_numbers_only(void **state) {
  int64_t n = 7;
  (void)state;
  assert_int_equal(str_int("12", 0, 100, &n), 0);
  assert_int_equal(n, 12);
  assert_int_equal(str_int("12x", 0, 100, &n), -EINVAL);
  assert_int_equal(str_int("", 0, 100, &n), -EINVAL);
  assert_int_equal(str_int(" 1", 0, 100, &n), -EINVAL);
  assert_int_equal(str_int("101", 0, 100, &n), -ERANGE);
  assert_int_equal(str_int("99999999999999999999", 0, INT64_MAX, &n), -ERANGE);
  assert_int_equal(n, 12);
}

static void hostile_text_is_neutralised(void **state) {
  char out[64];
  (void)state;
  assert_string_equal(utf8_clean(out, sizeof out, "a\033[31mb"), "a\xef\xbf\xbd[31mb");
  assert_string_equal(utf8_clean(out, sizeof out, "\xe2\x80\xaeversed"), "\xef\xbf\xbdversed"); /* right-to-left override */
  assert_string_equal(utf8_clean(out, sizeof out, "\xff\xfe"), "\xef\xbf\xbd\xef\xbf\xbd");
  assert_string_equal(utf8_clean(out, sizeof out, "\xc2\x9bJ"), "\xef\xbf\xbdJ"); /* C1: CSI */
  assert_string_equal(utf8_clean(out, sizeof out, "grün 磁盘"), "grün 磁盘");
  assert_string_equal(utf8_clean(out, 3, "ab\xe7\xa3\x81"), "ab"); /* never half a character */
  assert_int_equal(utf8_width("磁盘"), 4);
  assert_int_equal(utf8_width("e\xcc\x81"), 1);
}

static void times_both_ways(void **state) {
  char out[CLOCK_TEXT];
  int64_t t = 0;
  (void)state;
  assert_int_equal(clock_parse("2026-11-22T12:03:44.125Z", &t), 0);
  assert_string_equal(clock_rfc3339(out, t), "2026-11-22T12:03:44.125Z");
  int64_t zulu = t;
  assert_int_equal(clock_parse("2026-11-22T13:03:44.125+01:00", &t), 0);
  assert_int_equal(t, zulu);
  assert_int_equal(clock_parse("2026-11-22", &t), -EINVAL);
  assert_int_equal(clock_parse("yesterday", &t), -EINVAL);
  assert_int_equal(clock_parse("2026-11-22T12:03:44", &t), -EINVAL);
  assert_int_equal(t, zulu);
  setenv("TZ", "UTC", 1);
  assert_int_equal(clock_parse_loose("Sun Nov 22 12:03:44 2026", &t), 0);
  assert_int_equal(t, zulu - 125);
  assert_string_equal(clock_age(out, 43000), "43 s");
  assert_string_equal(clock_age(out, -1), "?");
}

static void maps_find_what_was_put(void **state) {
  CLEANUP(map_free) struct map m = {0};
  char keys[500][8];
  (void)state;
  for (size_t i = 0; i < 500; i++) {
    snprintf(keys[i], sizeof keys[i], "k%zu", i);
    assert_int_equal(map_add(&m, keys[i], i), i);
  }
  for (size_t i = 0; i < 500; i++) assert_int_equal(map_get(&m, keys[i]), i);
  assert_int_equal(map_get(&m, "k500"), MAP_NONE);
  assert_int_equal(map_add(&m, "k3", 9), 3);
  map_set(&m, keys[3], 9);
  assert_int_equal(map_get(&m, "k3"), 9);
}

static void arenas_align(void **state) {
  struct arena *a = arena_new();
  (void)state;
  for (size_t n = 1; n < 3000; n += 37) assert_int_equal((uintptr_t)arena_alloc(a, n) % _Alignof(max_align_t), 0);
  assert_string_equal(arena_printf(a, "%s-%d", "x", 7), "x-7");
  arena_free(a);
}

/* ---- the loop and children ---- */

struct seen {
  struct loop *loop;
  char lines[8][64];
  int count, status, cut;
};

static void on_line(void *owner, char *line, size_t len, bool cut) {
  struct seen *s = owner;
  (void)len;
  s->cut += cut;
  if (s->count < 8) snprintf(s->lines[s->count++], 64, "%s", line);
}

static void on_exit_stop(void *owner, int status) {
  struct seen *s = owner;
  s->status = status;
  loop_stop(s->loop);
}

static void children_give_lines(void **state) {
  struct seen s = {.loop = loop_new()};
  struct err e = {0};
  const char *const argv[] = {"sh", "-c", "echo one; printf 'two\\n\\nlast'; exit 3", NULL};
  (void)state;
  assert_non_null(child_start(s.loop, &(struct child_spec){.argv = argv, .on_out = on_line, .on_exit = on_exit_stop, .owner = &s}, &e));
  loop_run(s.loop, 10000);
  assert_int_equal(s.count, 4);
  assert_string_equal(s.lines[0], "one");
  assert_string_equal(s.lines[2], "");
  assert_string_equal(s.lines[3], "last");
  assert_true(WIFEXITED(s.status));
  assert_int_equal(WEXITSTATUS(s.status), 3);
  loop_free(s.loop);
}

static void long_lines_are_cut(void **state) {
  struct seen s = {.loop = loop_new()};
  const char *const argv[] = {"sh", "-c", "head -c 5000 /dev/zero | tr '\\0' x; echo; echo after", NULL};
  (void)state;
  assert_non_null(child_start(s.loop, &(struct child_spec){.argv = argv, .max_line = 100, .on_out = on_line, .on_exit = on_exit_stop, .owner = &s}, NULL));
  loop_run(s.loop, 10000);
  assert_int_equal(s.cut, 1);
  assert_string_equal(s.lines[s.count - 1], "after");
  loop_free(s.loop);
}

static void stubborn_children_are_ended(void **state) {
  struct seen s = {.loop = loop_new()};
  const char *const argv[] = {"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done", NULL};
  (void)state;
  struct child *c = child_start(s.loop, &(struct child_spec){.argv = argv, .on_out = on_line, .on_exit = on_exit_stop, .owner = &s}, NULL);
  assert_non_null(c);
  while (!s.count) loop_step(s.loop, 5000);
  child_end(c);
  loop_run(s.loop, 10000);
  assert_true(WIFSIGNALED(s.status));
  assert_int_equal(WTERMSIG(s.status), SIGKILL);
  loop_free(s.loop);
}

static void missing_programs_are_named(void **state) {
  struct err e = {0};
  struct loop *l = loop_new();
  const char *const argv[] = {"no-such-program-here", NULL};
  (void)state;
  assert_null(child_start(l, &(struct child_spec){.argv = argv}, &e));
  assert_int_equal(e.code, -ENOENT);
  assert_non_null(strstr(e.text, "no-such-program-here"));
  loop_free(l);
}

static void captures_have_a_deadline(void **state) {
  char *out;
  size_t len;
  int code;
  struct err e = {0};
  (void)state;
  assert_int_equal(child_capture((const char *const[]){"sleep", "60", NULL}, 50, &out, &len, &code, &e), -ETIMEDOUT);
  assert_int_equal(child_capture((const char *const[]){"sh", "-c", "echo a; echo b; exit 4", NULL}, 10000, &out, &len, &code, &e), 0);
  assert_int_equal(code, 4);
  assert_string_equal(out, "a\nb\n");
  mem_free(out);
}

/* ---- configuration ---- */

static int collect(void *owner, const char *section, const char *name, const char *key, const char *value, int line) {
  str_addf(owner, "%d[%s/%s]%s=%s;", line, section, name, key, value);
  return 0;
}

static void ini_files(void **state) {
  CLEANUP(str_free) struct str s = {0};
  struct err e = {0};
  (void)state;
  char good[] = "# c\n[host kvm01]\nssh = root@10.0.0.1  \n\n[screen]\ntheme=dark";
  assert_int_equal(ini_parse(good, "f", collect, &s, &e), 0);
  assert_string_equal(s.data, "3[host/kvm01]ssh=root@10.0.0.1;6[screen/]theme=dark;");
  char bad[] = "[screen]\nnonsense\n";
  assert_int_equal(ini_parse(bad, "f", collect, &s, &e), -EINVAL);
  assert_non_null(strstr(e.text, "f:2"));
  char open[] = "[screen\n";
  assert_int_equal(ini_parse(open, "f", collect, &s, &e), -EINVAL);
}

static void configuration_knows_its_keys(void **state) {
  char path[] = "/tmp/kvmconsole-test-XXXXXX";
  struct err e = {0};
  (void)state;
  int fd = mkstemp(path);
  static const char text[] = "[limits]\nvolume_warn = 70\nno_such = 1\n[host kvm01]\nalias = a\nalias = b\nssh = admin@%h.lan\n[feed x]\ncommand = true\n";
  assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
  struct config c = {0};
  assert_int_equal(config_load(&c, path, &e), 0);
  assert_int_equal(config_number(&c, SET_VOLUME_WARN), 70);
  assert_int_equal(config_number(&c, SET_VOLUME_CRIT), 90);
  assert_non_null(strstr(str_text(&c.warnings), ":3: unknown key no_such in [limits]"));
  assert_int_equal(config_host(&c, "kvm01")->alias_count, 2);
  char *ssh = config_ssh(&c, "kvm01"), *other = config_ssh(&c, "kvm02");
  assert_string_equal(ssh, "admin@kvm01.lan");
  assert_string_equal(other, "root@kvm02");
  mem_free(ssh), mem_free(other);
  config_free(&c);
  assert_int_equal(pwrite(fd, "[limits]\nvolume_warn = 700\n#", 28, 0), 28);
  assert_int_equal(config_load(&c, path, &e), -EINVAL);
  assert_non_null(strstr(e.text, ":2: volume_warn must be a number from 1 to 100"));
  config_free(&c);
  close(fd);
  unlink(path);
  assert_int_equal(config_load(&c, path, &e), -ENOENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(natural_order), cmocka_unit_test(whole_numbers_only), cmocka_unit_test(hostile_text_is_neutralised), cmocka_unit_test(times_both_ways),
      cmocka_unit_test(maps_find_what_was_put), cmocka_unit_test(arenas_align), cmocka_unit_test(children_give_lines), cmocka_unit_test(long_lines_are_cut),
      cmocka_unit_test(stubborn_children_are_ended), cmocka_unit_test(missing_programs_are_named), cmocka_unit_test(captures_have_a_deadline),
      cmocka_unit_test(ini_files), cmocka_unit_test(configuration_knows_its_keys)};
  return RUN(tests);
}
