/* Executors: where commands run. One interface, three kinds: this host, any host by ssh (and this one without), the
 * simulation. Asynchronous, on the loop. A console that must not act is given none, and nothing else runs commands. */
#ifndef RUN_EXECUTOR_H
#define RUN_EXECUTOR_H
#include "base/child.h"
#include "base/config.h"
#include "base/err.h"
#include "base/arena.h"
#include "model/snapshot.h"

struct executor;
struct exec; /* one command that runs */

enum exec_end {
  EXEC_EXITED,  /* its exit code is known */
  EXEC_REFUSED, /* it surely never ran: no such program (code 127), the host not reached before it was told to begin */
  EXEC_LATE,    /* the far side ended it at its deadline */
  EXEC_UNKNOWN, /* it was sent, and nobody knows: the connection was lost */
  EXEC_LEFT,    /* we stopped waiting; the far side's deadline still ends it */
};
struct exec_result { enum exec_end end; int code; const char *text; /* of what is no exit: why; borrowed */ };

struct exec_request {
  const char *host;          /* a name of the snapshot; NULL or the own one: here */
  const char *const *argv;   /* ends with NULL; arrives word for word; copied */
  const char *input;         /* its stdin, or NULL; borrowed until on_end, wiped by whoever owns it */
  size_t input_len;
  int64_t deadline_ms;       /* > 0: `timeout` on the far side, and a little more on this one */
  bool terminal;             /* HANDOVER: it gets the terminal, without a deadline; the caller has left the screen */
  line_fn *on_out, *on_err;
  void (*on_end)(void *owner, const struct exec_result *result); /* the exec is gone when this returns */
  void *owner;
};

struct executor_class {
  struct exec *(*start)(struct executor *x, const struct exec_request *r, struct err *e); /* on_end never comes before it returned */
  void (*leave)(struct exec *c);  /* stop waiting: on_end comes with EXEC_LEFT before this returns */
  void (*see)(struct executor *x, struct snapshot *s); /* NULL: it need not */
  void (*free)(struct executor *x);
  bool shell;                     /* `sh -c` runs there: questions may be asked together */
  const char *(*way)(struct executor *x, const char *host); /* "here", "ssh root@kvm02", "simulated": for previews */
};
struct executor { const struct executor_class *class; };

/* This host and, by ssh, all others. Owned by the caller; c is borrowed (NULL: the fallbacks). Over ssh the far side says
 * that it is there and is told to begin: what was not told to surely never ran. */
struct executor *executor_hosts(struct loop *l, const struct config *c);
void executor_see(struct executor *x, struct snapshot *s); /* each new one: names, addresses, own host; keeps a reference */
const char *executor_way(struct executor *x, const char *host); /* borrowed until the next call */
void executor_free(struct executor *x); /* NULL is fine; what runs is left */

static inline struct exec *executor_start(struct executor *x, const struct exec_request *r, struct err *e) { return x->class->start(x, r, e); }

/* The survey: its questions that have no answer yet are asked, a few at once, each to its end. s is filled in a; both stay
 * the caller's until done, which comes once and never before this returns. */
struct survey;
struct asking;
struct asking *survey_ask(struct loop *l, struct executor *x, struct survey *s, struct arena *a, void (*done)(void *owner), void *owner);
void asking_end(struct asking *q); /* stops it without done(); not after done. NULL is fine */
#endif
