/* The command that reads a host's logs (run/log_ask.h), as it would answer there. */
#include "sim/command.h"
#include "sim/daemon_log.h"
#include <inttypes.h>
#include <string.h>

/* SINCE UNTIL NOW in seconds, LINES BYTES, then NUMBER HOW PLACE FILES of each kind of log. */
static int read_logs(struct call *c) {
  enum { FIRST = 5, EACH_ROW = 4 };
  if (c->count < FIRST || (c->count - FIRST) % EACH_ROW) return fail(c, 2, "kvmconsole-logs: SINCE UNTIL NOW LINES BYTES NUMBER HOW PLACE FILES ...");
  int64_t number[FIRST];
  for (size_t i = 0; i < FIRST; i++)
    if (str_int(c->rest[i], 0, INT64_MAX / 2000, &number[i])) return fail(c, 2, "kvmconsole-logs: no number: %s", c->rest[i]);
  say(c, "C %" PRId64 ".%03d000000", c->w->clock / 1000, (int)(c->w->clock % 1000));
  say(c, "Z +0000");
  for (size_t i = FIRST; c->w->log && i < c->count; i += EACH_ROW)
    daemon_log_print(c->w->log, c->host->name, c->rest[i], c->rest[i + 1], c->rest[i + 2], number[0] * 1000, number[1] * 1000, number[3], &c->r->out);
  say(c, "E");
  return COMMAND_DONE;
}

const struct command log_commands[] = {{"sh", "kvmconsole-logs", read_logs, 240}, {.program = NULL}};
