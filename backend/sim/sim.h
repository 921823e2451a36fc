/* The simulation as the rest of the program sees it: a world, made from a scenario or kept in a file, and the stream of
 * fragments that a console on one of its hosts would read. Time passes in sim_run() and nowhere else. */
#ifndef SIM_SIM_H
#define SIM_SIM_H
#include "base/err.h"
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

struct sim;
struct world;

struct sim_options {
  const char *scenario; /* a name of the table, or a file; NULL: "lab" */
  const char *world;    /* a file that keeps the world; NULL: it lasts as long as this process */
  const int64_t *seed;  /* NULL: the scenario's */
};
/* Owned by the caller. -EINVAL: a mistake in a file (e names file and line); -ENOENT: no such scenario; -EBUSY: another
 * program uses that world; -errno. */
int sim_open(const struct sim_options *o, struct sim **ret, struct err *e);
int sim_adopt(struct world *w, struct sim **ret, struct err *e); /* a world that is there already; it is taken whatever comes of it */
int sim_save(struct sim *s, struct err *e); /* to its file, atomically; nothing to do without one */
void sim_close(struct sim *s);              /* saves nothing; NULL is fine */

/* A line of the stream, with its newline, borrowed. at: its moment on the world's clock. */
typedef void sim_line_fn(void *owner, const char *line, size_t len, int64_t at);
void sim_run(struct sim *s, int64_t until, sim_line_fn *fn, void *owner); /* everything up to that moment, in order; fn NULL: nobody listens */
int64_t sim_now(const struct sim *s);  /* wall ms of the world */
int64_t sim_next(const struct sim *s); /* when something happens or is said next */
int64_t sim_end(const struct sim *s);  /* when what the scenario has in store is over, the recovery included */
/* Nodes joined by commas: what pacemaker would do without all of them is read from now on too. */
void sim_want_placement(struct sim *s, const char *key);
const char *sim_here(const struct sim *s);
const char *sim_scenario(const struct sim *s);
struct world *sim_world(struct sim *s);

/* ---- commands ---- */
enum command_end {
  COMMAND_EXITED,
  COMMAND_NEVER, /* it never ran: not found (127), its host not reached */
  COMMAND_CUT,   /* the connection to its host was lost */
  COMMAND_LATE,  /* ended at its limit */
};
struct command_result {
  int code; /* exit code; 127: command not found */
  int end;  /* enum command_end */
  struct str out, err;
  int64_t took_ms; /* of the world's time */
};
/* Runs argv on that host of the world as its shell would find it there; input: what it reads, or NULL. Time passes as long as
 * it takes. The result is the caller's: command_result_free(). */
void sim_execute(struct sim *s, const char *host, const char *const *argv, const char *input, struct command_result *ret, sim_line_fn *fn, void *owner);
/* The same, but time goes on in whoever's sim_run(). host NULL: the one the console runs on. limit_ms > 0: ended then.
 * Forgotten with sim_forget(), at any time: what it has done is done. */
struct sim_command;
struct sim_command *sim_begin(struct sim *s, const char *host, const char *const *argv, const char *input, int64_t limit_ms);
const struct command_result *sim_ended(const struct sim_command *k); /* NULL: it still runs; borrowed */
const struct command_result *sim_said(const struct sim_command *k); /* while it waits: what it has printed so far; NULL: it does not */
void sim_forget(struct sim_command *k);
void command_result_free(struct command_result *r);
bool command_exists(const char *program, const char *subcommand); /* subcommand NULL: the program at all */

/* ---- the table of scenarios ---- */
struct scenario_text { const char *name, *text; };
extern const struct scenario_text scenario_texts[]; /* ends with name NULL; made from the files at build time */
const char *scenario_title(const struct scenario_text *s, struct str *out); /* its `title` line */
const char *scenario_help(const struct scenario_text *s, struct str *out);
#endif
