/* The simulated commands against what the real tools printed in the lab (tests/fixtures/tools, recorded by a script there):
 * the same commands in the same order, line by line, with numbers, times and names of the moment taken out. */
#include "sim/event.h"
#include "sim/pacemaker.h"
#include "sim/sim.h"
#include "sim/store.h"
#include "tests/unit/unit.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Not compared line by line, and why. */
static const struct { const char *name, *why; } loose[] = {
    {"gluster-heal-info", "lists the files, by names of the moment"},
    {"gluster-volume-status-detail", "devices and file systems of the machine"},
    {"gluster-usage", "the whole help"},
    {"gluster-info-xml", "the console asks no XML of it"},
    {"gluster-heal-summary", "the counts decide; the unit tests of the store look at them"},
    {"pcs-cluster-status", "the same as pcs status, indented"},
    {"pcs-resource-config", "no operation reads it"},
    {"pcs-refresh", "counts replies as they come in"},
    {"pcs-usage", "the whole help"},
    {"pcs-property", "in another order"},
    {"crm-mon-xml", "read by the real parser in another test"},
    {"virsh-dumpxml", "a definition has only what is simulated"},
    {"qemu-img-info", "nothing reads it"},
    {"df", "nothing reads it"},
    {"not-found", "through a shell"},
    {"stonith-history", "what happened before"},
    {"cib-same-id", "the whole configuration follows"},
    {"cib-bad-xml", "the whole configuration follows"},
    {"cib-bad-scope", "the whole configuration follows"},
    {"gluster-b2-heal-full", "two seconds after a brick was replaced: a daemon of its was not there yet"},
    {"gluster-l-heal-info-held", "the counts decide; the unit tests of the store look at them"},
};

static bool is_loose(const char *name) {
  for (size_t i = 0; i < COUNT(loose); i++)
    if (!strcmp(loose[i].name, name)) return true;
  return false;
}

static char *file_text(const char *path) {
  struct str text = {0};
  char buffer[4096];
  FILE *f = fopen(path, "r");
  if (!f) fail_msg("%s is not there: run it from the top of the tree", path);
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, f)) > 0;) str_addn(&text, buffer, n);
  fclose(f);
  return str_take(&text);
}

/* ---- what is compared: words of a line, without what belongs to the moment ---- */

static bool is_uuid(const char *s) {
  for (int i = 0; i < 36; i++)
    if (i == 8 || i == 13 || i == 18 || i == 23 ? s[i] != '-' : !isxdigit((unsigned char)s[i])) return false;
  return true;
}

static void plain_line(const char *line, size_t len, struct str *out) {
  static const char *const days[] = {"Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "};
  size_t start = out->len;
  const char *by = memmem(line, len, "Last change:", 12) ? memmem(line, len, " by ", 4) : NULL;
  if (by) len = (size_t)(by - line); /* whoever it was */
  for (size_t i = 0; i < len;) {
    bool date = false;
    for (size_t d = 0; d < 7; d++) date |= i + 24 <= len && !strncmp(line + i, days[d], 4);
    if (date) str_add(out, "DATE"), i += 24;
    else if (i + 36 <= len && is_uuid(line + i)) str_add(out, "UUID"), i += 36;
    else if (isdigit((unsigned char)line[i]) && !(i && isalpha((unsigned char)line[i - 1]))) {
      while (i < len && (isdigit((unsigned char)line[i]) || (strchr(".:-TZ", line[i]) && i + 1 < len && isdigit((unsigned char)line[i + 1])) || line[i] == 'Z')) i++;
      str_addc(out, '#');
    } else if (isspace((unsigned char)line[i])) {
      while (i < len && isspace((unsigned char)line[i])) i++;
      if (i < len && out->len > start) str_addc(out, ' ');
    } else if (line[i] == '-' && i + 1 < len && line[i + 1] == '-') {
      while (i < len && line[i] == '-') i++;
      str_add(out, "--");
    } else str_addc(out, line[i++]);
  }
  str_addc(out, '\n');
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Sorted where the tool itself has no order: the daemons of a volume's status come as they answer. */
static char *plain(const char *text, bool sorted) {
  struct str out = {0};
  for (const char *p = text; p && *p;) {
    size_t len = strcspn(p, "\n");
    plain_line(p, len, &out);
    p += len + (p[len] == '\n');
  }
  if (!sorted || !out.len) return str_take(&out);
  char *lines[2000], *copy = str_take(&out), *save = NULL;
  size_t n = 0;
  for (char *l = strtok_r(copy, "\n", &save); l && n < COUNT(lines); l = strtok_r(NULL, "\n", &save)) lines[n++] = l;
  qsort(lines, n, sizeof *lines, by_text);
  for (size_t i = 0; i < n; i++) str_addf(&out, "%s\n", lines[i]);
  mem_free(copy);
  return str_take(&out);
}

/* ---- a fixture ---- */

struct fixture { char *command, *out, *err; int code; };

static struct fixture read_fixture(const char *name) {
  char path[300];
  struct fixture f = {.code = -1};
  struct str out = {0}, err = {0};
  snprintf(path, sizeof path, "tests/fixtures/tools/%s.txt", name);
  char *text = file_text(path);
  for (char *line = text, *next; line && *line; line = next) {
    next = strchr(line, '\n');
    if (next) *next++ = 0;
    if (line == text) f.command = mem_strdup(line + 2);
    else if (str_starts(line, "= ") && (!next || !*next)) f.code = atoi(line + 2);
    else if (str_starts(line, "! ")) str_addf(&err, "%s\n", line + 2);
    else str_addf(&out, "%s\n", line);
  }
  f.out = str_take(&out), f.err = str_take(&err);
  mem_free(text);
  return f;
}

static void drop_fixture(struct fixture *f) { mem_free(f->command), mem_free(f->out), mem_free(f->err); }

static int say_difference(const char *name, const char *what, const char *real, const char *simulated, bool sorted) {
  char *a = plain(real ? real : "", sorted), *b = plain(simulated, sorted);
  int differs = strcmp(a ? a : "", b ? b : "") != 0;
  if (differs) print_message("%s, %s:\n--- the real tool\n%s--- the simulated one\n%s", name, what, a ? a : "", b ? b : "");
  mem_free(a), mem_free(b);
  return differs;
}

/* Words at blanks; one with blanks stands in single quotes. */
static size_t cut(char *words, const char *argv[64]) {
  size_t n = 0;
  for (char *p = words; *p && n < 63;) {
    char end = *p == '\'' ? '\'' : ' ', *from = p + (end == '\''), *stop = strchr(from, end);
    argv[n++] = from;
    if (!stop) break;
    *stop = 0;
    for (p = stop + 1; *p == ' ';) p++;
  }
  argv[n] = NULL;
  return n;
}

/* What somebody else did meanwhile, unseen. */
static void run_unseen(struct sim *s, const char *line) {
  char words[1024];
  const char *all[64];
  struct command_result r;
  snprintf(words, sizeof words, "%s", line);
  cut(words, all);
  sim_execute(s, all[0], all + 1, NULL, &r, NULL, NULL);
  command_result_free(&r);
}

static int compare(struct sim *s, const char *name) {
  struct fixture f = read_fixture(name);
  char words[1024];
  const char *all[64];
  int bad = 0;
  snprintf(words, sizeof words, "%s", f.command);
  cut(words, all);
  const char *host = all[0], *const *argv = all + 1;
  if (!strcmp(argv[0], "sh")) { /* what a shell was needed for is no command of ours */
    drop_fixture(&f);
    return 0;
  }
  struct command_result r;
  sim_execute(s, host, argv, NULL, &r, NULL, NULL);
  if (!is_loose(name)) {
    bad += say_difference(name, "stdout", f.out, str_text(&r.out), str_starts(name, "gluster-volume-status") || str_starts(name, "attrd-"));
    bad += say_difference(name, "stderr", f.err, str_text(&r.err), false);
  }
  if (r.code != f.code && strcmp(name, "gluster-info-xml") && strcmp(name, "qemu-img-info") && strcmp(name, "df") && strcmp(name, "pcs-resource-config") && strcmp(name, "gluster-b2-heal-full")) {
    print_message("%s: exit %d, the real tool's is %d\n", name, r.code, f.code);
    bad++;
  }
  command_result_free(&r);
  drop_fixture(&f);
  return bad;
}

/* What stood around the commands when they were recorded. */
static void prepare(struct sim *s, const char *name) {
  struct world *w = sim_world(s);
  if (str_starts(name, "pcs-") || str_starts(name, "crm-")) sim_run(s, sim_now(s) + 20000, NULL, NULL);
  if (!strcmp(name, "virsh-define")) {
    store_file(w, "models", "/fx02.qcow2", 64 << 20, NULL);
    store_file(w, "models", "/config/fx02.xml", 400, "<domain type='qemu'>\n<name>fx02</name>\n<memory unit='MiB'>96</memory><vcpu>1</vcpu>\n<source file='/kvmdata/fx02.qcow2'/>\n</domain>\n");
  }
}

static int each_of(const char *path, int *ret_compared) {
  struct sim *s = NULL;
  struct err e = {0};
  int bad = 0;
  if (sim_open(&(struct sim_options){.scenario = "lab"}, &s, &e)) fail_msg("%s", e.text);
  char *order = file_text(path), *save = NULL;
  for (char *name = strtok_r(order, "\n", &save); name; name = strtok_r(NULL, "\n", &save)) {
    if (*name == '!') { /* how the lab was */
      const char *what, *subject, *detail;
      if (event_parse(sim_world(s), name + 1, &what, &subject, &detail, &e)) fail_msg("%s: %s", name, e.text);
      world_happen(sim_world(s), what, subject, detail);
      sim_run(s, sim_now(s) + 2000, NULL, NULL);
      continue;
    }
    if (*name == '$') {
      run_unseen(s, name + 1);
      continue;
    }
    prepare(s, name);
    bad += compare(s, name);
    ++*ret_compared;
  }
  mem_free(order);
  sim_close(s);
  return bad;
}

static void each_part(const char *path, int at_least) {
  int compared = 0, bad = each_of(path, &compared);
  assert_true(compared >= at_least);
  assert_int_equal(bad, 0);
}

static void tools(void **state) { (void)state, each_part("tests/fixtures/tools/order", 100); }
static void configuration_and_attributes(void **state) { (void)state, each_part("tests/fixtures/tools/order.cib", 45); }
static void bricks_that_come_and_go(void **state) { (void)state, each_part("tests/fixtures/tools/order.bricks", 36); }
static void the_volumes_lock(void **state) { (void)state, each_part("tests/fixtures/tools/order.locks", 9); }

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(tools), cmocka_unit_test(configuration_and_attributes), cmocka_unit_test(bricks_that_come_and_go), cmocka_unit_test(the_volumes_lock)};
  return RUN(tests);
}
