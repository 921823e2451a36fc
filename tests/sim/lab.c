/* The simulated cluster by the verbs of tests/lab/lab, for scripts that run on both:
 *   simlab [--scenario S] WORLD exec HOST ARGV...      a command on a host; its output and exit code
 *   simlab WORLD happen EVENT...      what a scenario may schedule: power off kvm02
 *   simlab WORLD cut|unplug|join|part|mend|freeze|thaw|freeze-proc|thaw-proc|poweroff|poweron|kill-brick|start-brick ...   as the lab has them
 *   simlab WORLD pass SECONDS         time goes by
 *   simlab WORLD say                  what the console would read now, as a stream, until nothing is under way
 * With RECORD=FILE the stream of fragments is appended to that file. The world is made from S (lab) when the file is new. */
#include "base/str.h"
#include "sim/event.h"
#include "sim/sim.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE *record;

static void keep(void *owner, const char *line, size_t len, int64_t at) {
  (void)owner, (void)at;
  if (record) fwrite(line, 1, len, record);
}

static char *input(void) { /* what is piped in; a terminal gives nothing */
  struct str text = {0};
  char buffer[4096];
  if (isatty(0)) return NULL;
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, stdin)) > 0 && text.len < 1 << 20;) str_addn(&text, buffer, n);
  return str_take(&text);
}

static int execute(struct sim *s, int argc, char **argv) {
  if (argc < 2) return 64;
  CLEANUP(mem_freep) char *text = input();
  struct command_result r;
  sim_execute(s, argv[0], (const char *const *)argv + 1, text, &r, keep, NULL);
  fputs(str_text(&r.out), stdout);
  fputs(str_text(&r.err), stderr);
  int code = r.code;
  command_result_free(&r);
  return code;
}

/* The lab's verbs that have another name in a scenario; the others are its words already. */
static const char *word_of(const char *verb) {
  static const char *const names[][2] = {{"poweroff", "power off"}, {"poweron", "power on"}, {"freeze-proc", "hang"}, {"thaw-proc", "resume"}, {"kill-brick", "kill brick"}, {"start-brick", "start brick"},
                                         {"cut", "cut"}, {"unplug", "unplug"}, {"join", "join"}, {"part", "part"}, {"mend", "mend"}, {"freeze", "freeze"}, {"thaw", "thaw"}};
  for (size_t i = 0; i < COUNT(names); i++)
    if (!strcmp(names[i][0], verb)) return names[i][1];
  return NULL;
}

static int happen(struct sim *s, const char *first, int argc, char **argv) {
  struct str line = {0};
  struct err e = {0};
  const char *what, *subject, *detail;
  if (first) str_add(&line, first);
  for (int i = 0; i < argc; i++) str_addf(&line, "%s%s", line.len ? " " : "", argv[i]);
  int code = event_parse(sim_world(s), str_text(&line), &what, &subject, &detail, &e);
  if (code) err_print(&e);
  else world_happen(sim_world(s), what, subject, detail);
  sim_run(s, sim_now(s), keep, NULL);
  str_free(&line);
  return code ? 65 : 0;
}

int main(int argc, char **argv) {
  struct sim_options o = {.scenario = "lab"};
  struct sim *s = NULL;
  struct err e = {0};
  int code = 64, at = 1;
  if (argc > 2 && !strcmp(argv[1], "--scenario")) o.scenario = argv[2], at = 3;
  if (argc < at + 2) return 64;
  o.world = argv[at];
  if (sim_open(&o, &s, &e)) {
    err_print(&e);
    return 65;
  }
  if (getenv("RECORD")) record = fopen(getenv("RECORD"), "ae");
  const char *verb = argv[at + 1];
  if (record) sim_run(s, sim_now(s), keep, NULL);
  if (!strcmp(verb, "exec")) code = execute(s, argc - at - 2, argv + at + 2);
  else if (!strcmp(verb, "happen")) code = happen(s, NULL, argc - at - 2, argv + at + 2);
  else if (word_of(verb)) code = happen(s, word_of(verb), argc - at - 2, argv + at + 2);
  else if (!strcmp(verb, "pass") && argc > at + 2) sim_run(s, sim_now(s) + atoll(argv[at + 2]) * 1000, keep, NULL), code = 0;
  else if (!strcmp(verb, "say")) sim_run(s, sim_now(s), keep, NULL), code = 0;
  if (sim_save(s, &e)) err_print(&e), code = 74;
  sim_close(s);
  if (record) fclose(record);
  return code;
}
