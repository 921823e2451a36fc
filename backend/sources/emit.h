/* What every source program shares: its command line, and the printing of fragments. A fact that is the same as the one
 * printed last is not printed again: it is named in the next beat, so that its age starts anew on the other side.
 *
 *   kvmconsole-LAYER [--once] [--read-only] [--raw] [--host NAME] [--ssh root@%h] [TARGET]
 *
 * The programs print on stdout only and end when it is closed. Complaints for a developer go to stderr. On stdin they
 * take requests, one a line ("disks VOLUME PATH"); its end is the sign to leave. A program may block in its library as
 * long as it likes: it is watched and ended from outside. It must print something (a beat at least) every 2 s while it
 * is well; a state of "ok" is printed for the first time when everything was read once. */
#ifndef SOURCES_EMIT_H
#define SOURCES_EMIT_H
#include "base/err.h"
#include "base/host.h"
#include "base/str.h"
#include "model/facts.h"

struct source_options {
  bool once;           /* read everything once, print it, end */
  bool read_only;      /* ask for a read-only connection where the library has one */
  bool raw;            /* print what was received as well (raw.h) */
  const char *host;    /* name of the host in fragments; default: this host's name */
  const char *ssh;     /* "root@%h": how other hosts are reached */
  const char *target;  /* what to connect to: a libvirt URI, a gluster host; NULL: the local daemon */
};
/* 0, or the exit code to leave with (64 after a usage error, which was said; -1 after --help: leave with 0). */
int source_options_parse(int argc, char **argv, const char *usage, struct source_options *ret);

struct emitter;
struct emitter *emitter_new(enum layer layer, const char *host, int fd); /* fd: 1; tests use a pipe */
void emitter_free(struct emitter *e);
/* One fact as just read (data of the kind's shape; NULL: does not exist any more). Printed at the next flush if it is
 * not what was printed last; true when it is printed. key NULL where the kind has one fact a host. */
bool emit_fact(struct emitter *e, const char *kind, const char *key, const void *data);
/* The same of a reading that is not of now (wall ms): another console of this host made it. Give each reading once. */
bool emit_fact_at(struct emitter *e, const char *kind, const char *key, const void *data, int64_t at);
/* How the source is; printed when it changes and with every flush after 2 s. */
void emit_state(struct emitter *e, enum source_state state, const char *format, ...) PRINTF(3, 4);
/* What was received, masked, where --raw was given: which call, and its bytes. The same again is not printed again. */
void emit_raw(struct emitter *e, const char *call, const void *bytes, size_t len);
void emitter_want_raw(struct emitter *e, bool raw);
/* Forgets what was printed, so that everything is printed anew (after a reconnect). */
void emit_forget(struct emitter *e);
/* Writes all that is due: facts that changed, then one beat for those that did not. Exits the program with 0 when
 * nobody listens any more. */
void emit_flush(struct emitter *e);
#endif
