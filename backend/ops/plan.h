/* A plan: everything that an operation would do, as data: shown, exported as shell, audited, kept on disk, run over ssh or by the
 * simulation. It is made by a pure function of a snapshot, the survey and the values, so the same three give the same
 * plan; right before it runs it is made again and compared (plan_canonical). */
#ifndef OPS_PLAN_H
#define OPS_PLAN_H
#include "base/str.h"
#include "model/snapshot.h"
#include <stdbool.h>

struct operation;

/* A question about a snapshot, by name (condition.h): what a step waits for, what makes it needless, what must still
 * hold, what proves the operation. name NULL: none. */
struct condition { const char *name; struct texts args; };

enum step_kind { STEP_NONE, STEP_RUN, STEP_WAIT, STEP_ASK, STEP_HANDOVER };
extern const char *const step_kind_names[]; /* "run", "wait", "ask", "handover" */

struct good_exit { int64_t code; const char *says; }; /* also done: this exit code with this in its output (NULL: whatever it says) */

struct step {
  const char *host;     /* where it runs; NULL for WAIT and ASK */
  int kind;             /* enum step_kind */
  struct texts argv;    /* never a shell's line; empty for WAIT and ASK */
  const char *input;    /* what it reads, NULL: nothing. Of a secret only "<password>", its argument's name in angles */
  const char *secret;   /* the argument whose value it reads (a newline follows it), or NULL */
  int64_t input_of;     /* it reads what that step (from 0) printed; UNKNOWN_INT: none */
  const char *say;      /* what it does, a sentence without its stop */
  struct texts undo;    /* takes it back, on the same host; empty: nothing does */
  struct texts test;    /* a command that changes nothing and exits 0 when this is done already; empty: none */
  struct condition already; /* the same question to the snapshot */
  struct condition still;   /* must hold right before it runs, else the task stops here */
  struct condition until;   /* WAIT: what for; none: for its deadline to pass */
  LIST_OF(struct good_exit) good;
  int64_t deadline_ms;  /* RUN: also the far side's; WAIT: after that it failed */
  enum truth harmless;  /* it may be run again when nobody knows whether it ran */
  enum truth half;      /* when it failed its undo takes away what it left half done */
};

struct plan_warning { const char *about; int severity; const char *text; }; /* about: a layer of the verdict, or the id of a lint check */

struct plan {
  int64_t schema;
  const char *operation, *title, *target;
  enum truth allowed, forcible;  /* forcible: what refuses it may be overruled on a second screen (force=yes) */
  const char *why, *when; /* refused: why, and when it would pass */
  int64_t danger;         /* 0 nothing changes, 1 confirm, 2 the target's name is typed */
  const char *confirm;    /* that name */
  struct texts consequence;
  int verdict;            /* enum verdict on what it takes down, by the layers that concern it; 0: it takes nothing down */
  LIST_OF(struct plan_warning) warnings; /* the worst first; of this moment, and no part of what is confirmed */
  LIST_OF(struct step) steps;
  LIST_OF(struct condition) verify; /* all of them, by later readings */
  int64_t verify_ms;                /* how long these may take */
  enum truth lock;                  /* the operator lock of the cluster is held meanwhile */
  enum truth gluster;               /* it needs gluster's volume lock: no reader may take it */
};
extern const struct shape plan_shape, plan_warning_shape, step_shape, condition_shape, good_exit_shape;

void plan_json(const struct plan *p, struct str *out);                  /* the contract's shape, no newline */
void plan_shell(const struct plan *p, const char *ssh, struct str *out);/* a script for bash that does the same by hand; ssh: "root@%h" */
void plan_text(const struct plan *p, struct str *out);                  /* for people */
bool input_is_secret(const struct step *s);                             /* it reads a secret and nothing else */
/* Host, argv, input, consequence: what must be the same for a confirmation to hold. */
void plan_canonical(const struct plan *p, struct str *out);
/* The one function that quotes for a shell: 'a word', never anything that the shell would read as its own. */
void shell_quote(struct str *out, const char *word);
void shell_words(struct str *out, const struct texts *argv); /* quoted where needed, a blank between */
#endif
