/* One of pacemaker's tools run as a child: its whole output, bounded, and how it ended. */
#ifndef SOURCES_PACEMAKER_TOOL_H
#define SOURCES_PACEMAKER_TOOL_H
#include "base/child.h"
#include "base/str.h"

enum tool_end { TOOL_NEVER_RUN, TOOL_RUNS, TOOL_ENDED, TOOL_LATE, TOOL_MISSING };

struct tool { /* {0} before its first run; the fields are to be read only */
  struct child *child;
  struct str out, said; /* stdout; the first lines of stderr */
  bool too_large;
  enum tool_end end;
  int exit_code; /* 128 + signal when one ended it */
  void (*done)(void *owner);
  void *owner;
};

/* Starts argv; done(owner) is called when it has ended by itself. -ENOENT (end is TOOL_MISSING), other errors. */
int tool_start(struct tool *t, struct loop *l, const char *const *argv, void (*done)(void *), void *owner, struct err *e);
bool tool_runs(const struct tool *t);
void tool_give_up(struct tool *t); /* kills it when it still runs: it was too late; done() is not called */
void tool_free(struct tool *t);
#endif
