/* Subcommands and options, a table each: the parser, the help, the manual page and completion come from them. */
#ifndef VIEWS_COMMAND_H
#define VIEWS_COMMAND_H
#include "base/config.h"
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { EXIT_USAGE = 64, EXIT_INPUT = 65, EXIT_LOCKED = 75, EXIT_RIGHTS = 77, EXIT_CONFIG = 78, EXIT_INTERRUPTED = 130 };
enum { EXIT_HEALTHY = 0, EXIT_DEGRADED = 1, EXIT_OUTAGE = 2, EXIT_UNKNOWN = 3 };

enum option_id { OPT_DEMO, OPT_WORLD, OPT_SEED, OPT_REPLAY, OPT_READ_ONLY, OPT_NOC, OPT_VIEW, OPT_THEME, OPT_KEYMAP, OPT_MOUSE, OPT_CONFIG, OPT_LOG, OPT_SPEED, OPT_JSON, OPT_TEXT, OPT_METRICS, OPT_ONLY, OPT_TIMEOUT, OPT_DEAD,
                 OPT_SAMPLE, OPT_SIZE, OPT_SCRIPT, OPT_FORMAT, OPT_RAW, OPT_SHELL, OPT_YES, OPT_CONFIRM, OPT_REPORT, OPT_SELF_TEST, OPT_BOOK, OPT_HELP, OPT_VERSION, OPT_COUNT };

enum command_id { CMD_CONSOLE, CMD_STATUS, CMD_WATCH, CMD_OK_TO_STOP, CMD_LINT, CMD_PLAN, CMD_RUN, CMD_DRILL, CMD_GUIDE, CMD_RECORD, CMD_BUNDLE, CMD_RENDER, CMD_LIST, CMD_CONFIG, CMD_HELP, CMD_COUNT };

struct option_row {
  const char *name;     /* "--replay" */
  const char *argument; /* "FILE"; "[=SCENARIO]": may be left out; or NULL */
  unsigned commands;    /* bits of command_id where it belongs; ~0u: everywhere */
  const char *help;
  const char *values;   /* what its argument may be: words; "@views": the rows of that table; "@files"; NULL: anything */
};
extern const struct option_row option_rows[OPT_COUNT];

struct arguments {
  enum command_id command;
  const char *option[OPT_COUNT]; /* the argument, "" for one without; NULL: not given */
  const char *word[64];          /* what is no option */
  int words;
  struct config config;
  char *who;                     /* who sits there, for what is written down; owned, main frees it; NULL: nobody acts */
  struct arena *own;             /* what the operator's own actions are made in; main frees it */
  struct simulation *simulation; /* opened by feed_arguments(), closed by main; NULL: none */
};

struct command_row {
  const char *name, *usage, *title, *help, *example;
  int min_words, max_words;
  int (*run)(struct arguments *a); /* returns the exit code */
};
extern const struct command_row command_rows[CMD_COUNT];
extern const char *const guide_verbs[], *const bundle_keys[]; /* what their words may be; they end with NULL */

int run_console(struct arguments *a);
int run_status(struct arguments *a);
int run_watch(struct arguments *a);
int run_ok_to_stop(struct arguments *a);
int run_lint(struct arguments *a);
int run_plan(struct arguments *a);
int run_run(struct arguments *a);
int run_drill(struct arguments *a);
int run_guide(struct arguments *a);
int run_record(struct arguments *a);
int run_bundle(struct arguments *a);
int run_render(struct arguments *a);
int run_list(struct arguments *a);
int run_config(struct arguments *a);
int run_help(struct arguments *a);
int run_self_test(void);
void print_version(FILE *f);
void print_help(FILE *f, const struct command_row *c); /* NULL: of all */

/* 0, or the exit code of a usage error that was said. */
int arguments_parse(int argc, char **argv, struct arguments *ret);
int usage_error(const char *format, ...) PRINTF(1, 2); /* says it on stderr; returns 64 */
/* A number of seconds of an option, within (0, max]; fallback when it was not given. -1 after a usage error. */
int64_t seconds_option(const struct arguments *a, enum option_id id, int64_t fallback_ms, int64_t max_s);
struct feed_options;
/* What the feed needs of the arguments; -1.. see above. */
int feed_arguments(struct arguments *a, struct feed_options *ret);
#endif
