/* Child processes: started by argument vector (never through a shell), read line by line by the loop, ended with all
 * they started. Each runs in a process group of its own, with LC_ALL=C, default signals, and dies with its parent. */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H
#include "base/err.h"
#include "base/lines.h"
#include "base/loop.h"
#include <stdbool.h>
#include <stddef.h>

struct child;

/* status as from waitpid(). The child is gone and has been freed when this is called; its last lines came before. */
typedef void exit_fn(void *owner, int status);

struct child_spec {
  const char *const *argv; /* argv[0] is looked up in PATH unless it has a slash */
  size_t max_line;         /* of a line (lines.h); 0: 4 MiB */
  line_fn *on_out, *on_err; /* on_err NULL: stderr goes to /dev/null */
  exit_fn *on_exit;
  void *owner;
  bool with_input; /* child_send() will be used; else stdin is /dev/null */
  bool to_stderr;  /* stderr stays the parent's (programs run by hand) */
  bool outlives;   /* it does not die with its parent, and child_drop() only lets go of it: it has a deadline of its own */
  bool terminal;   /* stdin, stdout and stderr stay the parent's, and it stands in front of the terminal until it ends */
};

/* NULL with e set when it could not be started (a program that is not there: e->code -ENOENT). */
struct child *child_start(struct loop *l, const struct child_spec *spec, struct err *e);
int child_send(struct child *c, const void *bytes, size_t len); /* 0; -EPIPE, -EAGAIN (full: nothing was sent) */
void child_close_input(struct child *c);
/* Asks it to end (SIGTERM to its group) and after 300 ms makes it (SIGKILL). on_exit still comes. */
void child_end(struct child *c);
/* Ends it now, without on_exit: for the way out. NULL is fine. */
void child_drop(struct child *c);
int child_pid(const struct child *c);

/* Runs argv to its end, at most timeout_ms, and gives its whole output (bounded to 8 MiB; owned by the caller) and
 * exit code. -ETIMEDOUT, -ENOENT, ... with e set. For programs that are sources themselves: it blocks. */
int child_capture(const char *const *argv, int64_t timeout_ms, char **ret_out, size_t *ret_len, int *ret_code, struct err *e);
/* Path of program NAME beside the running executable, else in libexec, else NAME itself found in PATH; NULL if none.
 * Owned by the caller. */
char *child_find(const char *name);
#endif
