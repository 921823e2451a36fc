/* Operations: one table. A row feeds the action menu, the palette, the wizards' forms, `list operations`, `plan`, `run`,
 * the manual page, completion and the self-test. plan() is pure: it reads the snapshot, the survey and the values and writes
 * the plan; nothing here can run anything.
 *
 *   static void plan_move(struct planning *p) {
 *     const char *r = given(p, "resource"), *to = given(p, "to");
 *     if (!runs(...)) { refuse(p, "when it runs again", "%s runs nowhere", r); return; }
 *     consequence(p, "%s moves to %s; ...", r, to);
 *     struct step *s = step_run(p, here(p), "tell pacemaker to move it", "crm_resource", "-M", "-r", r, "-N", to, NULL);
 *     undo_by(p, s, "crm_resource", "-U", "-r", r, NULL);
 *     step_wait(p, 120000, "until it runs there", "resource-on", r, to, NULL);
 *     verify_that(p, "domain-runs-on", r, to, NULL);
 *   }
 */
#ifndef OPS_OPERATION_H
#define OPS_OPERATION_H
#include "model/snapshot.h"
#include "ops/condition.h"
#include "ops/plan.h"
#include "ops/survey.h"
#include "ops/values.h"

enum target_kind { TARGET_CLUSTER, TARGET_HOST, TARGET_NODE, TARGET_PEER, TARGET_VOLUME, TARGET_BRICK, TARGET_DOMAIN, TARGET_RESOURCE, TARGET_DEVICE, TARGET_COPY, TARGET_PROBLEM };
extern const char *const target_kind_names[];

enum argument_kind {
  ARG_TEXT,
  ARG_NAME,     /* letters, digits and "._-", not a dash first: what becomes a thing's name */
  ARG_HOST,     /* a host's name or address, known or new */
  ARG_NODE,     /* a node of the cluster */
  ARG_PEER,     /* a host of gluster's pool */
  ARG_VOLUME, ARG_BRICK, /* HOST:/PATH */
  ARG_DOMAIN, ARG_RESOURCE, ARG_CONSTRAINT, ARG_DEVICE, /* things that are there */
  ARG_PROBLEM,  /* ID:SUBJECT of one that stands */
  ARG_PATH,     /* absolute */
  ARG_FILE,     /* "@/PATH" of a file on the console's host, which is read there and nowhere shown unmasked */
  ARG_NUMBER,   /* decimal, within min and max */
  ARG_SIZE,     /* bytes, or 10G; kept as bytes */
  ARG_YES,      /* yes or no */
  ARG_CHOICE,   /* one of `words` */
  ARG_OPTION,   /* KEY=VALUE */
  ARG_SECRET,
};

struct planning;
struct operation_argument {
  const char *name, *title, *help;
  enum argument_kind kind;
  bool required, list;
  const char *fallback;    /* the value when none is given; NULL: see propose */
  const char *words;       /* ARG_CHOICE: "replicate arbiter disperse" */
  int64_t min, max;        /* ARG_NUMBER, ARG_SIZE; both 0: no limit */
  void (*propose)(struct planning *p, struct texts *ret); /* the value (or list) proposed from the snapshot; NULL: none */
  void (*choices)(struct planning *p, struct texts *ret); /* what may be chosen, the likeliest first; NULL: by its kind */
  const char *(*check)(struct planning *p, const char *value); /* why it cannot be (a sentence); NULL: it can */
};

enum { /* struct operation.flags */
  OP_NOT_OWN_HOST = 1,   /* refused when its target is the console's own host: run from another */
  OP_NO_LOCK = 2,        /* without the operator lock: there is no cluster yet, or it changes nothing that two would fight over */
  OP_GLUSTER = 4,        /* takes gluster's volume lock */
  OP_WIZARD = 8,         /* also under the wizards */
};

struct operation {
  const char *name;  /* "resource-move": GROUP-VERB, never changes */
  const char *title; /* "Move to another host" */
  const char *help;  /* what it does and what for, one or two sentences */
  enum target_kind target; /* of its first argument; TARGET_CLUSTER: it has none */
  int danger;
  unsigned flags;
  const struct operation_argument *arguments; /* ends with name NULL; the target first */
  void (*survey)(struct planning *p); /* asks (see ask()); NULL: nothing to ask */
  void (*plan)(struct planning *p);   /* refuses, or fills the plan */
  /* Offered for that thing at all? NULL: for each of its kind. (What is offered may still be refused, with its reason.) */
  bool (*fits)(const struct snapshot *s, const char *target);
};
bool only_by_name(const struct snapshot *s, const char *target); /* fits() of what is offered for nothing: the guide runs it, the palette and the command line find it */
extern const struct operation *const operation_groups[]; /* tables, one a group; each ends with name NULL; the list with NULL */
extern const struct operation gluster_operations[], brick_operations[], domain_operations[], resource_operations[], node_operations[], cluster_operations[], host_operations[], copy_operations[], problem_operations[], guide_operations[], book_operations[];
void operations_own(const struct operation *rows); /* those of the configuration, after all others; once, at start; borrowed, NULL: none */
const struct operation *operation_find(const char *name);
const struct operation *operation_at(size_t n); /* all of them in order; NULL beyond the last */
const struct operation_argument *operation_argument(const struct operation *o, const char *name);

struct planning { /* one plan in the making */
  const struct operation *operation;
  const struct snapshot *snap;
  const struct values *values;
  struct survey *survey; /* survey() adds to it, plan() reads it */
  struct plan *plan;
  struct arena *arena;
};

/* ---- for whoever wants a plan ---- */
/* "key=value" words: checked, completed with what is proposed. -EINVAL with e naming the argument and what it may be;
 * a literal secret is refused. "key=@FILE" is left to the caller (views/text), who adds it as a value with its secret bit. */
int operation_values(const struct operation *o, const struct snapshot *s, const char *const *words, size_t count, struct arena *a, struct values *ret, struct err *e);
int operation_take(const struct operation *o, const struct snapshot *s, const char *const *words, size_t count, struct arena *a, struct values *ret, struct err *e); /* the same words, checked, nothing proposed */
/* One value as it is typed: NULL when it is good, else a sentence. */
const char *operation_check(struct planning *p, const struct operation_argument *arg, const char *value);
int operation_complete(struct planning *p, struct values *v, struct err *e); /* proposals for what is missing, then all checks */
void operation_choices(struct planning *p, const struct operation_argument *arg, struct texts *ret);
void operation_survey(const struct operation *o, const struct snapshot *s, const struct values *v, struct arena *a, struct survey *ret); /* what it asks */
struct plan *operation_plan(const struct operation *o, const struct snapshot *s, const struct values *v, const struct survey *answers, struct arena *a); /* in a */

/* ---- for the rows ---- */
const char *given(const struct planning *p, const char *name);          /* a value, NULL: not given */
const struct host_view *own_host(const struct planning *p);             /* the console's, NULL: not known */
const char *here(const struct planning *p);                             /* its name; "localhost" when it is not known */
const char *gluster_host(const struct planning *p);                     /* a connected host of the pool to run gluster on, own first */
const char *cluster_host(const struct planning *p);                     /* a member that runs pacemaker, own first */
struct texts online_nodes(const struct planning *p);                    /* members that pacemaker has online */
void refuse(struct planning *p, const char *when, const char *format, ...) PRINTF(3, 4);        /* force=yes overrules it */
void refuse_always(struct planning *p, const char *when, const char *format, ...) PRINTF(3, 4); /* nothing does */
bool refused(const struct planning *p);
void consequence(struct planning *p, const char *format, ...) PRINTF(2, 3);
void beware(struct planning *p, const char *about, int severity, const char *text); /* one of its warnings: of this moment, no part of what is confirmed */
/* The list of words ends with NULL. What they return is filled further by those below. Valid until the next step is added. */
struct step *step_run(struct planning *p, const char *host, const char *say, ...) __attribute__((sentinel));
struct step *step_handover(struct planning *p, const char *host, const char *say, ...) __attribute__((sentinel));
struct step *step_wait(struct planning *p, int64_t deadline_ms, const char *say, const char *condition, ...) __attribute__((sentinel));
struct step *step_pause(struct planning *p, int64_t ms, const char *say); /* leaves all as it is for so long; it can be stopped in between */
struct step *step_ask(struct planning *p, const char *say);
void step_word(struct planning *p, struct step *s, const char *format, ...) PRINTF(3, 4); /* one more word of its argv */
void step_good(struct planning *p, struct step *s, int code, const char *says);
void undo_by(struct planning *p, struct step *s, ...) __attribute__((sentinel));
void tested_by(struct planning *p, struct step *s, ...) __attribute__((sentinel));
void already_when(struct planning *p, struct step *s, const char *condition, ...) __attribute__((sentinel));
void still_when(struct planning *p, struct step *s, const char *condition, ...) __attribute__((sentinel));
void verify_that(struct planning *p, const char *condition, ...) __attribute__((sentinel));
void ask(struct planning *p, const char *host, const char *question);                       /* of questions[] */
void ask_command(struct planning *p, const char *host, const char *id, ...) __attribute__((sentinel));
const char *answered(const struct planning *p, const char *host, const char *id); /* what it printed, when it exited 0; else NULL */
const char *planf(struct planning *p, const char *format, ...) PRINTF(2, 3);      /* text in the plan's arena */
#endif
