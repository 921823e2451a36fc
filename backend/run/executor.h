/* Executors: where commands run. One interface, three kinds: this host, any host by ssh (and this one without), the
 * simulation. Asynchronous, on the loop. A console that must not act is given none, and nothing else runs commands. */
#ifndef RUN_EXECUTOR_H
#define RUN_EXECUTOR_H
#include "base/child.h"
#include "base/config.h"
#include "base/err.h"
#include "model/snapshot.h"

struct executor;
struct exec; /* one command that runs */

enum exec_end {
  EXEC_EXITED,  /* its exit code is known */
  EXEC_REFUSED, /* it surely never ran: no such program, ssh refused before anything was sent */
  EXEC_LATE,    /* the far side ended it at its deadline */
  EXEC_UNKNOWN, /* it was sent, and nobody knows: the connection was lost */
  EXEC_LEFT,    /* we stopped waiting; the far side's deadline still ends it */
};
struct exec_result { enum exec_end end; int code; const char *text; /* of what is no exit: why; borrowed */ };

struct exec_request {
  const char *host;          /* a name of the snapshot; NULL or the own one: here */
  const char *const *argv;   /* ends with NULL; arrives word for word */
  const char *input;         /* its stdin, or NULL; the memory is wiped by whoever owns it */
  size_t input_len;
  int64_t deadline_ms;       /* > 0: `timeout` on the far side, and a little more on this one */
  bool terminal;             /* HANDOVER: it gets the terminal; the caller has left the screen */
  line_fn *on_out, *on_err;
  void (*on_end)(void *owner, const struct exec_result *result); /* the exec is gone when this returns */
  void *owner;
};

struct executor_class {
  struct exec *(*start)(struct executor *x, const struct exec_request *r, struct err *e);
  void (*leave)(struct exec *x);  /* stop waiting: on_end comes with EXEC_LEFT */
  void (*free)(struct executor *x);
  const char *(*way)(struct executor *x, const char *host); /* "here", "ssh root@kvm02", "simulated": for previews */
};
struct executor { const struct executor_class *class; };

/* Owned by the caller. here: the own host's name, NULL: asked of the snapshot later (executor_here). */
struct executor *executor_hosts(struct loop *l, const struct config *c);
void executor_see(struct executor *x, const struct snapshot *s); /* names, addresses, own host; cheap */
void executor_free(struct executor *x); /* NULL is fine; what runs is left */

static inline struct exec *executor_start(struct executor *x, const struct exec_request *r, struct err *e) { return x->class->start(x, r, e); }

/* Several commands at once, at most `jobs`, each to its end: the survey. */
struct survey;
struct asking;
struct asking *survey_ask(struct loop *l, struct executor *x, struct survey *s, struct arena *a, void (*done)(void *owner), void *owner);
void asking_end(struct asking *q); /* NULL is fine */
#endif
