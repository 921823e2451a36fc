/* Wiring only: arguments, configuration, log, and off to the subcommand. */
#include "base/log.h"
#include "base/rights.h"
#include "base/str.h"
#include "model/shape.h"
#include "views/columns_kept.h"
#include "views/command.h"
#include "views/own_keys.h"
#include "views/simulation.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* A program that was started with a closed 0, 1 or 2 would hand those numbers to its pipes. */
static void open_standard_files(void) {
  for (int fd = open("/dev/null", O_RDWR); fd >= 0; fd = dup(fd))
    if (fd > 2) {
      close(fd);
      return;
    }
}

static int prepare(struct arguments *a) {
  struct err e = {0};
  if (log_open(a->option[OPT_LOG], getenv("KVMCONSOLE_LOG"), &e)) {
    err_print(&e);
    return EXIT_USAGE;
  }
  if (config_load(&a->config, a->option[OPT_CONFIG], &e)) {
    err_print(&e);
    return EXIT_CONFIG;
  }
  columns_check(&a->config);
  own_configure(a);
  if (a->config.warnings.len) fprintf(stderr, "%s", str_text(&a->config.warnings));
  return 0;
}

int main(int argc, char **argv) {
  struct arguments a;
  open_standard_files();
  rights_closed();
  shape_memory();
  signal(SIGPIPE, SIG_IGN);
  int code = arguments_parse(argc, argv, &a);
  if (code) return code;
  if (a.option[OPT_VERSION]) {
    print_version(stdout);
    return 0;
  }
  if (a.option[OPT_HELP]) {
    print_help(stdout, a.command == CMD_CONSOLE ? NULL : &command_rows[a.command]);
    return 0;
  }
  code = prepare(&a);
  if (!code) code = a.option[OPT_SELF_TEST] ? run_self_test() : command_rows[a.command].run(&a);
  int kept = simulation_close(a.simulation);
  if (kept && !code) code = kept;
  /* What could not be written is a failure, but for a reader who has left. */
  if ((fflush(stdout) || ferror(stdout)) && errno != EPIPE && !code) {
    fputs("kvmconsole: the output could not be written; check the disk\n", stderr);
    code = 74;
  }
  own_forget(&a);
  config_free(&a.config);
  mem_free(a.who);
  log_close();
  return code;
}
