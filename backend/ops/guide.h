/* The guide: books of steps, as data. The first book leads from bare hosts to a proven failover of a hung host, in 24 steps; the
 * others are for bad days: everything off, fencing stuck, storage stalled. A step says why, asks its hosts what no source reads
 * (commands that change nothing), tells from those answers and the snapshot how far it is, and names the operations that do the
 * rest. Nothing here runs anything: an operation is planned, previewed, confirmed and verified as any other.
 *
 *   form     the answers of the first page: struct values of guide_form's arguments, proposed from what is live
 *   ask      guide_survey(); the answers come by run/executor.h's survey_ask()
 *   check    guide_check(): all steps of the book at once, since a step is blocked by the ones before it and broken by the ones behind it
 *   run      guide_left(): the operations with their values that are still to run for a step. They run in that order, each when the
 *            one before is verified; whoever was interrupted asks anew, and gets what is left then. A secret that one wants is never in
 *            its values: whoever runs it asks for it, or takes it from the form (ARG_SECRET there, kept nowhere). The values lack what
 *            the operation proposes itself (operation_complete()).
 *
 * Progress is derived by guide_check() from live answers and nothing else, so that every console on every host sees the same. */
#ifndef OPS_GUIDE_H
#define OPS_GUIDE_H
#include "ops/operation.h"

enum { GUIDE_STEPS_MAX = 24 /* of a book */, GUIDE_NEEDS_MAX = 4, GUIDE_CHOICES_MAX = 4 };

/* ---- how far a step is ---- */

enum guide_state {
  GUIDE_UNKNOWN, /* cannot tell: what it rests on could not be asked, or was read too long ago */
  GUIDE_DONE,
  GUIDE_TODO,
  GUIDE_BLOCKED, /* to do, and a step that it needs (blocked_by) is not done */
  GUIDE_BROKEN,  /* of what is built: not done any more, though a step that needs it is, or the notes say that it was */
};
extern const char *const guide_state_names[]; /* for scripts: "unknown" "done" "todo" "blocked" "broken"; ends with NULL */
extern const char *const guide_state_words[]; /* for people: "cannot tell" "done" "to do" "blocked" "broken"; ends with NULL */

struct guide_evidence {
  const char *host;   /* whom it was seen on; NULL: of the cluster as a whole */
  const char *text;   /* "glusterd is not enabled" */
  enum truth good;    /* as it should be; unknown: it could not be asked, or is old (text says why) */
  int64_t age_ms;     /* how old; UNKNOWN_INT: not known */
};
struct guide_found {
  const char *step;   /* its name */
  int64_t number;
  int state;          /* enum guide_state */
  const char *text;   /* one sentence: what stands in the way, or that all is there */
  const char *blocked_by; /* the name of the first step that it needs and that is not done; NULL */
  LIST_OF(struct guide_evidence) evidence; /* what is wrong first */
};
extern const struct shape guide_found_shape, guide_evidence_shape;

/* ---- the form and its choices ---- */

/* Its arguments are the form: `kvm` and `gluster` (hosts, lists), `entry` (NAME=ADDRESS, list), `volume`, `brick`, `mount`, `domain`,
 * `image`, `cluster`, ...; and the choices between the lab's shortcut and the better way. For operation_values(), tui/form, and
 * key=value words. It is in no group: never planned, never listed. */
extern const struct operation guide_form;
#define GUIDE_WITHOUT "without" /* of its arguments: hosts that stay away, decided anew each time and kept nowhere */

/* Where the lab does what production must not. Both ways are words of that argument of the form; the better one is its default. */
struct guide_choice {
  const char *argument, *title; /* of guide_form: "firewall" */
  const char *better, *better_text, *better_why; /* "open", "open what the cluster speaks", why */
  const char *lab, *lab_text, *lab_why;          /* "off": what it is, and what it costs */
  const char *lint;                              /* the checks that find the lab's way, a blank between; NULL: none does */
};
extern const struct guide_choice guide_choices[]; /* ends with argument NULL */
const struct guide_choice *guide_choice(const char *argument); /* NULL: there is none */

/* Adds to the evidence of what lint finds that it was chosen so, by the form that is kept. */
struct lint;
void guide_chosen(const struct values *form, struct lint *l, struct arena *a);

/* What the form lacks is proposed from the snapshot, and from each other; what cannot be proposed stays missing. Never fails: it is
 * for showing. operation_complete() checks. */
void guide_form_fill(const struct snapshot *s, struct values *form, struct arena *a);

/* ---- the steps ---- */

struct guide_run {
  const struct operation *operation; /* drill_of() tells a drill, which is run as one */
  struct values values;
  const char *say;                   /* "a fence device for kvm02" */
  const char *secret, *secret_from;  /* the operation's argument that a secret is wanted for, and the form's that may hold it ("password", "hacluster_password"); NULL: none */
};
struct guide_runs { LIST_OF(struct guide_run) list; };

struct guide_checking; /* within guide*.c */
struct guide_step {
  const char *name;    /* "peers-probed": never changes */
  const char *title;   /* "The gluster hosts know each other" */
  const char *why;     /* what this is and what breaks without it: a paragraph in simple words */
  const char *where;   /* on which hosts: "each gluster host" */
  const char *classic; /* the lab's own commands (CentOS 7), one a line; NULL: there are none */
  const char *newer;   /* where and why what runs here differs from them; NULL: it does not */
  const char *seen;    /* what one sees when it is done */
  const char *by_hand; /* what only a person can do or decide, and what to look at; said while it is not done. NULL: nothing */
  int64_t settles_ms;  /* it comes by itself within that time, with nothing run: it is waited for. 0: it does not */
  const char *needs[GUIDE_NEEDS_MAX + 1];      /* names of earlier steps */
  const char *choices[GUIDE_CHOICES_MAX + 1];  /* arguments of the form that change how it is done, among guide_choices[] */
  const char *shows;   /* what of the cluster it concerns: one of hosts services peers bricks volumes mounts domains nodes fencing */
  void (*ask)(struct planning *p);
  void (*check)(struct planning *p, struct guide_checking *c);
  void (*left)(struct planning *p, struct guide_runs *ret); /* NULL: there is nothing to run, it is looked at */
  void (*undo)(struct planning *p, struct guide_runs *ret); /* NULL: nothing takes it back */
};
struct guide_book {
  const char *name;     /* "cold-start": never changes */
  const char *title;    /* "Start again after a total loss of power" */
  const char *when;     /* when it is needed, a sentence or two */
  const char *problems; /* ids of the problems that it answers, a blank between; NULL: none */
  bool narrow;          /* it answers these only when it is called for: they have other causes too */
  const char *over;     /* what is true when all its steps are done */
  bool builds;          /* what is done once stays done: else it is broken. Others mend what comes and goes */
  const struct guide_step *steps; /* the number of a step is its place */
  size_t count;
  const char *(*called)(struct planning *p); /* by the snapshot alone: why it is needed now, a sentence; NULL: it is not */
};
extern const struct guide_book *const guide_books[]; /* the first is the build; ends with NULL */
extern const struct guide_step guide_steps[];        /* of the build */
const struct guide_book *guide_book(const char *name);               /* NULL: there is none */
const struct guide_book *guide_book_of(const struct guide_step *g);
const char *guide_called(const struct guide_book *b, const struct snapshot *s, struct arena *a); /* see called; nothing is called while a layer is just being read */
const struct guide_book *guide_book_for(const char *problem, const struct snapshot *s, struct arena *a); /* that answers it: one that is called, else the first; NULL: none */
/* Of that book (NULL: the build, as everywhere here). NULL: there is none. */
const struct guide_step *guide_step(const struct guide_book *b, const char *name_or_number);
const struct guide_step *guide_step_named(const char *name); /* of any book */
size_t guide_number(const struct guide_step *g);

/* ---- looking ---- */

/* What to ask, for that step, or (NULL) for all of the book; ret gets only questions that it does not have. */
void guide_survey(const struct guide_book *b, const struct guide_step *g, const struct snapshot *s, const struct values *form, struct arena *a, struct survey *ret);

struct guide_look {
  const struct snapshot *snap;
  const struct values *form;   /* filled */
  const struct survey *survey; /* of all steps; questions without an answer are "cannot tell" */
  int64_t survey_age_ms;       /* how long ago it was asked; UNKNOWN_INT: not known */
  const struct texts *were_done; /* names of steps that the notes say were done; NULL: none */
  const struct guide_book *book; /* NULL: the build */
};
/* All steps of the book, in a. The same five give the same answer. */
void guide_check(const struct guide_look *l, struct arena *a, struct guide_found ret[GUIDE_STEPS_MAX]);
size_t guide_next(const struct guide_book *b, const struct guide_found *found); /* the first that is not done; the book's count: all are */
/* What is still to run for that step, in order; what an operation proposes itself is left out of the values. undo: what takes it back. */
void guide_left(const struct guide_look *l, const struct guide_step *g, bool undo, struct arena *a, struct guide_runs *ret);
/* Why nothing is left to run though it is not done, and what a person does then (sentences), or NULL. */
const char *guide_by_hand(const struct guide_look *l, const struct guide_step *g, struct arena *a);

/* ---- explaining commands (explain.c) ---- */

/* What each part of a command means: of any plan's argv, by one table of programs, their subcommands and words. */
struct explained { const char *words, *means; }; /* "replica 2": "two copies of each file"; means NULL: nothing is known of it */
struct explanation { LIST_OF(struct explained) list; };
void explain(const struct texts *argv, struct arena *a, struct explanation *ret);
const char *guide_self_test(struct arena *a); /* what is wrong with the tables; NULL: nothing */
#endif
