/* Log lines of each kind, as their daemons document them and as somebody hostile would write them; the command that
 * reads them, run on files; and the asking. */
#include "base/clock.h"
#include "model/logs.h"
#include "run/log_ask.h"
#include "sources/raw.h"
#include "tests/unit/unit.h"
#include "views/screen/logs.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOON 1795348800000 /* 2026-11-22 12:00:00 UTC */
enum { HOUR = 3600000 };

/* ---- stamps ---- */

static void stamps_are_read(void **state) {
  static const struct { const char *line; int64_t zone_s, at; size_t len; bool local; } rows[] = {
      {"[2026-11-22 12:03:44.123456 +0000] W [MSGID: 1] x", 3600, NOON + 224123, 34, false},
      {"[2026-11-22 13:03:44.123456 +0100] W", 0, NOON + 224123, 34, false},
      {"[2026-11-22 12:03:44.123456] E [f.c:1:g] 0-x: y", 3600, NOON + 224123, 28, false},
      {"[2026-11-22 12:03:44.1] E", 0, NOON + 224100, 23, false},
      {"2026-11-22 12:03:44.123+0000: 12: error : f:1 : t", 3600, NOON + 224123, 28, false},
      {"2026-11-22T12:03:44.123456Z qemu-system-x86_64: t", 0, NOON + 224123, 27, false},
      {"2026-11-22T12:03:44,5+01:00 x", 0, NOON + 224500 - HOUR, 27, false},
      {"2026-11-22 12:03:44 x", 0, NOON + 224000, 19, false},
      {"Nov 22 13:03:44.123 kvm01 x", 3600, NOON + 224123, 19, true},
      {"Nov 22 12:03:44 [12] kvm01 x", 0, NOON + 224000, 15, true},
      {"Nov  2 12:03:44 kvm01 x", 0, NOON + 224000 - (int64_t)20 * 24 * HOUR, 15, true},
  };
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    int64_t at = 0;
    bool local;
    assert_int_equal(log_stamp(rows[i].line, strlen(rows[i].line), NOON, rows[i].zone_s, &at, &local), rows[i].len);
    assert_int_equal(at, rows[i].at);
    assert_int_equal(local, rows[i].local);
  }
}

static void what_is_no_stamp_is_none(void **state) {
  static const char *const rows[] = {"", "[", "2026", "2026-13-01 12:00:00", "2026-02-32 12:00:00", "2026-11-22 25:00:00", "2026-11-22x12:00:00", "[2026-11-22 12:00:00.1 +0000 E", "Nov", "Now 22 12:03:44", "Nov 32 12:03:44",
                                     "Nov 22 12:63:44", "Nov 22 1:03:44 x", "  Nov 22 12:03:44", "0000-11-22 12:00:00", "99999999999999999999"};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    int64_t at = 7;
    bool local;
    assert_int_equal(log_stamp(rows[i], strlen(rows[i]), NOON, 0, &at, &local), 0);
    assert_int_equal(at, 7);
  }
}

/* New Year: a stamp of the old year is not one of the next. */
static void the_year_is_the_nearest(void **state) {
  int64_t new_year, at;
  bool local;
  (void)state;
  assert_int_equal(clock_parse("2027-01-01T00:00:00Z", &new_year), 0);
  assert_int_equal(log_stamp("Dec 31 23:59:59 x", 17, new_year + 1000, 0, &at, &local), 15);
  assert_int_equal(at, new_year - 1000);
  assert_int_equal(log_stamp("Jan  1 00:00:02 x", 17, new_year - 1000, 0, &at, &local), 15);
  assert_int_equal(at, new_year + 2000);
}

/* ---- one host's answer ---- */

static bool feed(struct log_part *p, const char *line, int64_t now) {
  CLEANUP(mem_freep) char *copy = mem_strdup(line);
  return log_part_take(p, copy, strlen(copy), now);
}

static void feed_all(struct log_part *p, const char *const *lines, size_t n) {
  for (size_t i = 0; i < n; i++) assert_true(feed(p, lines[i], NOON + HOUR));
}

static int kind(const char *name) {
  int k = 0;
  while (log_kinds[k].name && strcmp(log_kinds[k].name, name)) k++;
  assert_non_null(log_kinds[k].name);
  return k;
}

static char *section(const char *name, const char *path) { return mem_printf("K %d %s", kind(name), path); }

static const struct log_entry *one_of(const char *kind_name, const char *path, const char *line, struct log_part *p) {
  CLEANUP(mem_freep) char *begins = section(kind_name, path), *quoted = mem_printf("|%s", line);
  log_part_begin(p, "kvm01", NOON + HOUR, raw_mask);
  assert_true(feed(p, begins, NOON));
  assert_true(feed(p, quoted, NOON));
  assert_true(feed(p, "E", NOON));
  log_part_end(p, NOON - HOUR, NOON + HOUR);
  assert_int_equal(p->count, 1);
  assert_true(p->whole);
  return p->item;
}

static void each_kind_is_understood(void **state) {
  static const struct { const char *kind, *path, *line, *what; int layer, priority; const char *text; } rows[] = {
      {"gluster", "/var/log/glusterfs/glusterd.log", "[2026-11-22 12:03:44.123456 +0000] W [MSGID: 106118] [glusterd-handler.c:6052:__glusterd_brick_rpc_notify] 0-management: Lock not released for models", "glusterd", LAYER_GLUSTER, PRIORITY_WARNING, "0-management: Lock not released for models"},
      {"gluster", "/var/log/glusterfs/kvmdata.log", "[2026-11-22 12:03:44.1] C [rpc-clnt-ping.c:152:rpc_clnt_ping_timer_expired] 0-models-client-1: server 10.0.0.2:49152 has not responded in the last 42 seconds, disconnecting.", "kvmdata", LAYER_GLUSTER, PRIORITY_CRITICAL, "0-models-client-1: server 10.0.0.2:49152 has not responded in the last 42 seconds, disconnecting."},
      {"brick", "/var/log/glusterfs/bricks/data-b1.log", "[2026-11-22 12:03:44.1] I [dict.c:560:dict_get] (-->/usr/lib/x.so(+0x1) [0x7f] ) 0-dict: hello", "bricks/data-b1", LAYER_GLUSTER, PRIORITY_INFO, "(-->/usr/lib/x.so(+0x1) [0x7f] ) 0-dict: hello"},
      {"gluster", "/var/log/glusterfs/cmd_history.log", "[2026-11-22 12:03:44.1 +0000]  : volume start models : SUCCESS", "cmd_history", LAYER_GLUSTER, PRIORITY_NOTICE, ": volume start models : SUCCESS"},
      {"gluster", "/var/log/glusterfs/cmd_history.log", "[2026-11-22 12:03:44.1 +0000]  : volume start models : FAILED : Volume models already started", "cmd_history", LAYER_GLUSTER, PRIORITY_ERROR, ": volume start models : FAILED : Volume models already started"},
      {"pacemaker", "/var/log/pacemaker/pacemaker.log", "Nov 22 12:03:44.123 kvm01 pacemaker-fenced    [1234] (finalize_op@fenced_remote.c:596) \tnotice: Operation 'reboot' targeting kvm02 by kvm01 for pacemaker-controld.12@kvm01: OK (complete)", "pacemaker-fenced", LAYER_PACEMAKER, PRIORITY_NOTICE, "Operation 'reboot' targeting kvm02 by kvm01 for pacemaker-controld.12@kvm01: OK (complete)"},
      {"pacemaker", "/var/log/pacemaker.log", "Nov 22 12:03:44 [1234] kvm01 stonith-ng:   error: remote_op_done: Operation reboot failed", "stonith-ng", LAYER_PACEMAKER, PRIORITY_ERROR, "remote_op_done: Operation reboot failed"},
      {"corosync", "/var/log/cluster/corosync.log", "Nov 22 12:03:44.123 [1112] kvm01 corosync notice  [TOTEM ] A processor failed, forming new configuration.", "corosync", LAYER_COROSYNC, PRIORITY_NOTICE, "[TOTEM ] A processor failed, forming new configuration."},
      {"corosync", "/var/log/cluster/corosync.log", "Nov 22 12:03:44 [1234] kvm01       crmd:  warning: f: g", "crmd", LAYER_PACEMAKER, PRIORITY_WARNING, "f: g"},
      {"corosync", "/var/log/cluster/corosync.log", "Nov 22 12:03:44 kvm01 corosync[1112]:   [QUORUM] Members[1]: 1", "corosync", LAYER_COROSYNC, PRIORITY_UNKNOWN, "[QUORUM] Members[1]: 1"},
      {"libvirt", "/var/log/libvirt/libvirtd.log", "2026-11-22 12:03:44.123+0000: 987: error : virNetSocketReadWire:1791 : End of file while reading data: Input/output error", "libvirtd", LAYER_LIBVIRT, PRIORITY_ERROR, "End of file while reading data: Input/output error"},
      {"libvirt", "/var/log/libvirt/libvirtd.log", "2026-11-22 12:03:44.123+0000: 987: info : libvirt version: 9.0.0", "libvirtd", LAYER_LIBVIRT, PRIORITY_INFO, "libvirt version: 9.0.0"},
      {"qemu", "/var/log/libvirt/qemu/test01.log", "2026-11-22 12:03:44.123+0000: shutting down, reason=crashed", "qemu/test01", LAYER_LIBVIRT, PRIORITY_ERROR, "shutting down, reason=crashed"},
      {"qemu", "/var/log/libvirt/qemu/test01.log", "2026-11-22T12:03:44.123456Z qemu-system-x86_64: Failed to get \"write\" lock", "qemu/test01", LAYER_LIBVIRT, PRIORITY_ERROR, "qemu-system-x86_64: Failed to get \"write\" lock"},
      {"qemu", "/var/log/libvirt/qemu/test01.log", "2026-11-22T12:03:44.123456Z qemu-system-x86_64: warning: x", "qemu/test01", LAYER_LIBVIRT, PRIORITY_WARNING, "qemu-system-x86_64: warning: x"},
      {"qemu", "/var/log/libvirt/qemu/test01.log", "2026-11-22T12:03:44.123456Z qemu-system-x86_64: terminating on signal 15 from pid 9", "qemu/test01", LAYER_LIBVIRT, PRIORITY_NOTICE, "qemu-system-x86_64: terminating on signal 15 from pid 9"},
      {"journal", "journal", "{\"__REALTIME_TIMESTAMP\":\"1795349024123456\",\"PRIORITY\":\"4\",\"SYSLOG_IDENTIFIER\":\"pacemaker-schedulerd\",\"MESSAGE\":\" warning: Cluster node kvm02 will be fenced\"}", "pacemaker-schedulerd", LAYER_PACEMAKER, PRIORITY_WARNING, "Cluster node kvm02 will be fenced"},
      {"journal", "journal", "{\"__REALTIME_TIMESTAMP\":\"1795349024123456\",\"PRIORITY\":\"3\",\"SYSLOG_IDENTIFIER\":\"libvirtd\",\"MESSAGE\":[104,105,27,91,255]}", "libvirtd", LAYER_LIBVIRT, PRIORITY_ERROR, NULL},
      {"journal", "journal", "{\"__REALTIME_TIMESTAMP\":\"1795349024123456\",\"PRIORITY\":\"4\",\"_COMM\":\"libvirtd\",\"MESSAGE\":\"x\"}", "libvirtd", LAYER_LIBVIRT, PRIORITY_WARNING, "x"},
      {"kernel", "journal", "{\"__REALTIME_TIMESTAMP\":\"1795349024123456\",\"PRIORITY\":\"2\",\"SYSLOG_IDENTIFIER\":\"kernel\",\"MESSAGE\":\"Out of memory: Killed process 1 (qemu)\"}", "kernel", LAYER_NONE, PRIORITY_CRITICAL, "Out of memory: Killed process 1 (qemu)"},
  };
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct log_part p;
    const struct log_entry *e = one_of(rows[i].kind, rows[i].path, rows[i].line, &p);
    assert_string_equal(e->what, rows[i].what);
    assert_int_equal(e->layer, rows[i].layer);
    assert_int_equal(e->priority, rows[i].priority);
    if (rows[i].text) assert_string_equal(e->text, rows[i].text);
    assert_string_equal(e->host, "kvm01");
    assert_in_range(e->at, NOON + 224000, NOON + 224123);
    log_part_free(&p);
  }
}

static void the_table_s_examples_are_read(void **state) {
  (void)state;
  for (int k = 0; k < log_kind_count(); k++) {
    CLEANUP(mem_freep) char *begins = mem_printf("K %d /var/log/x.log", k), *line = mem_printf("|%s", log_kinds[k].stamp);
    struct log_part p;
    log_part_begin(&p, "h", NOON, NULL);
    feed(&p, begins, NOON), feed(&p, line, NOON);
    log_part_end(&p, 0, INT64_MAX);
    assert_int_equal(p.count, 1);
    assert_in_range(p.item[0].at, NOON + 224000, NOON + 224123);
    log_part_free(&p);
  }
}

static void a_wrong_clock_is_corrected(void **state) {
  CLEANUP(mem_freep) char *begins = section("pacemaker", "/var/log/pacemaker/pacemaker.log");
  const char *const lines[] = {"C 1795348865.500000000", "Z +0200", begins, "|Nov 22 14:01:05.500 kvm01 pacemakerd [1] (main) \tinfo: one", "|Nov 22 14:01:06.500 kvm01 pacemakerd [1] (main) \tinfo: two", "E"};
  struct log_part p;
  (void)state;
  log_part_begin(&p, "kvm01", NOON, NULL);
  for (size_t i = 0; i < COUNT(lines); i++) assert_true(feed(&p, lines[i], NOON)); /* it is 12:01:05.5 there when it is noon here */
  log_part_end(&p, NOON - HOUR, NOON + HOUR);
  assert_int_equal(p.skew_ms, 65500);
  assert_int_equal(p.zone_s, 7200);
  assert_int_equal(p.count, 2);
  assert_int_equal(p.item[0].at, NOON);
  assert_int_equal(p.item[1].at, NOON + 1000);
  log_part_free(&p);
}

/* A host that was long to be reached has no wrong clock for that. */
static void a_late_answer_is_no_wrong_clock(void **state) {
  static const struct { const char *says; int64_t skew; } rows[] = {{"C 1795348805.500", 0}, {"C 1795348800.000", 0}, {"C 1795348810.000", 0}, {"C 1795348797.000", -3000}, {"C 1795348812.250", 2250}};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct log_part p;
    log_part_begin(&p, "kvm01", NOON, NULL);
    p.asked = NOON;
    assert_true(feed(&p, rows[i].says, NOON + 10000));
    assert_int_equal(p.skew_ms, rows[i].skew);
    log_part_free(&p);
  }
}

static void lines_that_go_on_are_one(void **state) {
  CLEANUP(mem_freep) char *begins = section("qemu", "/var/log/libvirt/qemu/test01.log"), *other = section("qemu", "/var/log/libvirt/qemu/b.log");
  const char *const lines[] = {"|before anything", begins, "|of an older entry", "|2026-11-22 12:00:01.000+0000: starting up libvirt version: 9", "|LC_ALL=C \\", "|-name guest=test01", other, "|goes on from nothing", "|2026-11-22 12:00:00.500+0000: shutting down, reason=destroyed", "E"};
  struct log_part p;
  (void)state;
  log_part_begin(&p, "kvm01", NOON, NULL);
  feed_all(&p, lines, COUNT(lines));
  log_part_end(&p, NOON - HOUR, NOON + HOUR);
  assert_int_equal(p.count, 2);
  assert_string_equal(p.item[0].what, "qemu/b"); /* by time */
  assert_string_equal(p.item[1].text, "starting up libvirt version: 9 LC_ALL=C \\ -name guest=test01");
  log_part_free(&p);
}

static void said_twice_is_shown_once(void **state) {
  CLEANUP(mem_freep) char *journal = section("journal", "journal"), *file = section("pacemaker", "/var/log/pacemaker/pacemaker.log");
  const char *const lines[] = {journal, "|{\"__REALTIME_TIMESTAMP\":\"1795348801200000\",\"PRIORITY\":\"5\",\"SYSLOG_IDENTIFIER\":\"pacemaker-fenced\",\"MESSAGE\":\" notice: fenced\"}",
                               "|{\"__REALTIME_TIMESTAMP\":\"1795348809200000\",\"PRIORITY\":\"5\",\"SYSLOG_IDENTIFIER\":\"pacemaker-fenced\",\"MESSAGE\":\" notice: fenced\"}", file,
                               "|Nov 22 12:00:01.100 kvm01 pacemaker-fenced [1] (x) \tnotice: fenced", "E"};
  struct log_part p;
  (void)state;
  log_part_begin(&p, "kvm01", NOON, NULL);
  feed_all(&p, lines, COUNT(lines));
  log_part_end(&p, NOON - HOUR, NOON + HOUR);
  assert_int_equal(p.count, 2);
  assert_string_equal(p.item[0].file, "/var/log/pacemaker/pacemaker.log");
  assert_string_equal(p.item[1].file, "journal"); /* eight seconds later is another one */
  log_part_free(&p);
}

/* ---- hostile ---- */

static void a_log_says_nothing_for_the_command(void **state) {
  CLEANUP(mem_freep) char *begins = section("gluster", "/var/log/glusterfs/x.log");
  const char *const lines[] = {begins, "|[2026-11-22 12:00:00.1 +0000] I [a.c:1:b] 0-x: y", "|C 1", "|E", "|K 0 journal", "|D /etc/shadow", "|N"};
  struct log_part p;
  (void)state;
  log_part_begin(&p, "kvm01", NOON, NULL);
  feed_all(&p, lines, COUNT(lines));
  log_part_end(&p, NOON - HOUR, NOON + HOUR);
  assert_int_equal(p.count, 1);
  assert_false(p.whole);
  assert_false(p.no_journal);
  assert_int_equal(p.denied.count, 0);
  assert_true(p.skew_ms == UNKNOWN_INT);
  assert_string_equal(p.item[0].text, "0-x: y C 1 E K 0 journal D /etc/shadow N");
  log_part_free(&p);
}

static void controls_and_secrets_do_not_come_through(void **state) {
  struct log_part p;
  const struct log_entry *e = one_of("gluster", "/var/log/glusterfs/x.log", "[2026-11-22 12:00:00.1 +0000] I [a.c:1:b] 0-x: \033[2J\007 \302\233 passwd=hunter2 fence_ipmilan -a 10.0.0.1 -p hunter2 --password hunter2 \xff", &p);
  (void)state;
  assert_null(strstr(e->line, "hunter2"));
  assert_non_null(strstr(e->line, "10.0.0.1"));
  for (const char *c = e->line; *c; c++) assert_true((unsigned char)*c >= ' ' && *c != 127);
  log_part_free(&p);
}

static void enough_is_enough(void **state) {
  CLEANUP(mem_freep) char *begins = section("gluster", "/var/log/glusterfs/x.log");
  CLEANUP(mem_freep) char *lengthy = mem_alloc(100001);
  struct log_part p;
  size_t taken = 0;
  (void)state;
  log_part_begin(&p, "kvm01", NOON, NULL);
  feed(&p, begins, NOON);
  memset(lengthy, 'x', 100000);
  memcpy(lengthy, "|[2026-11-22 12:00:00.1 +0000] I ", 33);
  while (taken < 1000 && feed(&p, lengthy, NOON)) taken++;
  assert_in_range(taken, 15, 30);
  log_part_end(&p, NOON - HOUR, NOON + HOUR);
  assert_true(p.full);
  assert_int_equal(p.count, taken);
  assert_true(strlen(p.item[0].line) <= LOG_TEXT_MAX);
  log_part_free(&p);
  log_part_begin(&p, "kvm01", NOON, NULL);
  feed(&p, begins, NOON);
  taken = 0;
  while (taken < 100000 && feed(&p, "|2026-11-22 12:00:00 I x", NOON)) taken++;
  log_part_end(&p, NOON - HOUR, NOON + HOUR);
  assert_true(p.full);
  assert_int_equal(p.count, LOG_LINES_MAX);
  log_part_free(&p);
}

static void nonsense_is_no_line(void **state) {
  static const char *const lines[] = {"", "|x", "K", "K x", "K 999999999999 /x", "K -1 /x", "K 6", "C", "C x", "C 99999999999999999999", "Z", "Z +9", "Z xxxxx", "X", "X -1", "X 99999999999999999999", "D", "?", "\001", "K 0 journal", "|", "|{", "|[]", "|{}",
                                      "|{\"__REALTIME_TIMESTAMP\":1}", "|{\"__REALTIME_TIMESTAMP\":\"-1\"}", "|{\"__REALTIME_TIMESTAMP\":\"99999999999999999999\"}", "|null"};
  struct log_part p;
  (void)state;
  log_part_begin(&p, "kvm01", NOON, raw_mask);
  for (size_t i = 0; i < COUNT(lines); i++) assert_true(feed(&p, lines[i], NOON));
  log_part_end(&p, 0, INT64_MAX);
  assert_int_equal(p.count, 0);
  assert_int_equal(p.left_out, 0);
  log_part_free(&p);
}

/* ---- the command itself, on files ---- */

static void write_file(const char *dir, const char *name, const char *text) {
  CLEANUP(mem_freep) char *path = mem_printf("%s/%s", dir, name);
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  fputs(text, f);
  fclose(f);
}

static void run_command(const char *const *argv, const char *zone, struct log_part *p) {
  CLEANUP(str_free) struct str line = {0};
  int out[2], c;
  assert_int_equal(pipe(out), 0);
  pid_t pid = fork();
  if (!pid) {
    dup2(out[1], 1);
    close(out[0]), close(out[1]);
    setenv("TZ", zone, 1);
    setenv("LC_ALL", "C", 1);
    execvp(argv[0], (char *const *)argv);
    _exit(127);
  }
  close(out[1]);
  FILE *f = fdopen(out[0], "r");
  while ((c = fgetc(f)) != EOF)
    if (c != '\n') str_addc(&line, (char)c);
    else if (line.len) log_part_take(p, line.data, line.len, UNKNOWN_INT), str_reset(&line);
  fclose(f);
}

/* The same command as the hosts get, with the directory of each kind of file another one, and no journal. */
static const char **command_at(struct arena *a, const struct log_question *q, const char *dir) {
  const char *const *asked = log_command(a, q);
  size_t n = 0, at = 0;
  while (asked[n]) n++;
  const char **argv = arena_array(a, n + 1, sizeof *argv);
  for (; at < n; at++) argv[at] = str_starts(asked[at], "/var/log") ? arena_printf(a, "%s%s", dir, asked[at] + strlen("/var/log")) : str_eq(asked[at], "units") || str_eq(asked[at], "kernel") ? "none" : asked[at];
  return argv;
}

static void only_the_window_is_read(void **state) {
  char dir[] = "/tmp/kvmconsole-logs.XXXXXX";
  struct arena *a = arena_new();
  struct log_question q = {.since = NOON - 10000, .until = NOON + 10000, .now = clock_wall_ms(), .lines = 3, .bytes = LOG_BYTES_MAX};
  struct log_part p;
  (void)state;
  assert_non_null(mkdtemp(dir));
  static const char *const made[] = {"glusterfs", "glusterfs/bricks", "pacemaker", "libvirt", "libvirt/qemu"};
  for (size_t i = 0; i < COUNT(made); i++) assert_int_equal(mkdir(arena_printf(a, "%s/%s", dir, made[i]), 0700), 0);
  write_file(dir, "glusterfs/glusterd.log", "[2026-11-22 11:00:00.1 +0000] I [a] early\n goes on early\n[2026-11-22 12:00:01.1 +0000] I [a] right\n goes on\n[2026-11-22 13:00:02.2 +0100] I [a] right elsewhere\n[2026-11-22 12:59:00.1 +0000] I [a] late\n goes on late\n");
  write_file(dir, "glusterfs/glusterd.log.1", "[2026-11-22 12:00:00.9 +0000] I [a] rotated\n");
  write_file(dir, "glusterfs/glusterd.log-20261101.gz", "[2026-11-22 12:00:00.9 +0000] I [a] packed\n");
  write_file(dir, "glusterfs/bricks/a b$(touch x);'.log", "E\n|K 0 x\n[2026-11-22 12:00:03.0 +0000] E [a] odd name\n");
  write_file(dir, "pacemaker/pacemaker.log", "Nov 22 14:00:04.000 kvm01 pacemakerd [1] (x) \tnotice: local time\nNov 22 12:00:04.000 kvm01 pacemakerd [1] (x) \tnotice: two hours before\n");
  write_file(dir, "libvirt/qemu/many.log", "2026-11-22 12:00:05.000+0000: 1\n2026-11-22 12:00:05.100+0000: 2\n2026-11-22 12:00:05.200+0000: 3\n2026-11-22 12:00:05.300+0000: 4\n2026-11-22 12:00:05.400+0000: 5\n");
  log_part_begin(&p, "h", q.until, NULL);
  run_command(command_at(a, &q, dir), "XXX-2", &p);
  log_part_end(&p, q.since, q.until);
  static const char *const texts[] = {"rotated", "right goes on", "right elsewhere", "odd name", "local time", "3", "4", "5"};
  assert_int_equal(p.count, COUNT(texts));
  for (size_t i = 0; i < COUNT(texts); i++) assert_non_null(strstr(p.item[i].text, texts[i]));
  assert_true(p.whole);
  assert_int_equal(p.left_out, 2);
  assert_int_equal(p.zone_s, 7200);
  assert_int_not_equal(access("x", F_OK), 0);
  log_part_free(&p);
  CLEANUP(mem_freep) char *remove = mem_printf("rm -r %s", dir);
  assert_int_equal(system(remove), 0);
  arena_free(a);
}

/* ---- whose lines ---- */

static void a_rule_is_of_whole_words(void **state) {
  struct logs_rule rules[] = {{.word = (char *)"test01"}, {.host = (char *)"node2", .file = (char *)"/bricks/data.log"}, {.what = (char *)"libvirtd", .least = PRIORITY_WARNING}};
  const struct logs_rules all = {rules, COUNT(rules)};
  static const struct { struct log_entry e; bool concerns; } rows[] = {
      {{.line = "Initiating start operation test01_start_0", .host = "kvm01"}, true}, {{.line = "test010", .host = "kvm01"}, false}, {{.line = "mytest01", .host = "kvm01"}, false}, {{.line = "x test010 test01", .host = "kvm01"}, true},
      {{.line = "x", .host = "node2", .file = "/var/log/glusterfs/bricks/data.log"}, true}, {{.line = "x", .host = "node1", .file = "/var/log/glusterfs/bricks/data.log"}, false},
      {{.line = "x", .host = "kvm01", .what = "libvirtd", .priority = PRIORITY_ERROR}, true}, {{.line = "x", .host = "kvm01", .what = "libvirtd", .priority = PRIORITY_INFO}, false}};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) assert_int_equal(logs_concern(&all, &rows[i].e), rows[i].concerns);
}

/* ---- asking: here, of a host that is none, and given up ---- */

struct asked_for { struct loop *loop; int parts, whys, done; char why[1024]; };
static int64_t now(void *owner) { return (void)owner, clock_wall_ms(); }
static void on_part(void *owner, const char *host, struct log_part *part, const char *why) {
  struct asked_for *f = owner;
  (void)host;
  if (part) f->parts++, assert_true(part->whole), log_part_free(part);
  else f->whys++, snprintf(f->why + strlen(f->why), sizeof f->why - strlen(f->why), "%s\n", why);
}
static void on_done(void *owner) {
  struct asked_for *f = owner;
  f->done++;
  loop_stop(f->loop);
}

/* Stands for ssh: the shell of the far side is real. */
static const char fake_ssh[] = "#!/bin/sh\nfor word; do before=$to to=$line line=$word; done\n[ \"$to\" != root@gone ] || { echo 'ssh: connect to host gone port 22: Connection refused' >&2; exit 255; }\n[ \"$before\" ] || exit 1\nexec sh -c \"$line\"\n";

static void hosts_are_asked(void **state) {
  char dir[] = "/tmp/kvmconsole-logs.XXXXXX";
  assert_non_null(mkdtemp(dir));
  write_file(dir, "ssh", fake_ssh);
  CLEANUP(mem_freep) char *ssh = mem_printf("%s/ssh", dir), *old_path = mem_strdup(getenv("PATH")), *path = mem_printf("%s:%s", dir, old_path);
  assert_int_equal(chmod(ssh, 0700), 0);
  setenv("PATH", path, 1);
  struct asked_for f = {.loop = loop_new()};
  struct executor *x = executor_hosts(f.loop, NULL);
  const char *names[] = {"localhost", "gone", "far", "no;host"};
  struct log_question q = {.hosts = {names, COUNT(names)}, .since = clock_wall_ms() - 2000, .until = clock_wall_ms(), .now = clock_wall_ms(), .lines = 10, .bytes = LOG_BYTES_MAX, .round = 1, .mask = raw_mask};
  const struct log_answers to = {now, on_part, on_done, &f};
  (void)state;
  log_ask(f.loop, x, &q, &to);
  assert_int_equal(f.parts + f.whys + f.done, 0); /* never from within the call */
  loop_run(f.loop, 30000);
  assert_int_equal(f.done, 1);
  assert_int_equal(f.parts, 2);
  assert_int_equal(f.whys, 2);
  assert_non_null(strstr(f.why, "no name that ssh could be given"));
  assert_non_null(strstr(f.why, "gone was not reached: ssh: connect to host gone port 22: Connection refused"));
  struct log_asking *given_up = log_ask(f.loop, x, &q, &to);
  loop_step(f.loop, 0);
  log_asking_end(given_up);
  loop_step(f.loop, 0);
  assert_int_equal(f.done, 1);
  assert_int_equal(f.parts, 2);
  executor_free(x);
  loop_free(f.loop);
  setenv("PATH", old_path, 1);
  unlink(ssh);
  rmdir(dir);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(stamps_are_read),           cmocka_unit_test(what_is_no_stamp_is_none), cmocka_unit_test(the_year_is_the_nearest),  cmocka_unit_test(each_kind_is_understood),
      cmocka_unit_test(the_table_s_examples_are_read), cmocka_unit_test(a_wrong_clock_is_corrected), cmocka_unit_test(a_late_answer_is_no_wrong_clock), cmocka_unit_test(lines_that_go_on_are_one), cmocka_unit_test(said_twice_is_shown_once),
      cmocka_unit_test(a_log_says_nothing_for_the_command), cmocka_unit_test(controls_and_secrets_do_not_come_through), cmocka_unit_test(enough_is_enough), cmocka_unit_test(nonsense_is_no_line),
      cmocka_unit_test(only_the_window_is_read),   cmocka_unit_test(a_rule_is_of_whole_words), cmocka_unit_test(hosts_are_asked)};
  return RUN(tests);
}
