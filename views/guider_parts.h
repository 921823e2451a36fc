/* Internal to the guider: its state, and what guider_rest.c takes of it. */
#ifndef VIEWS_GUIDER_PARTS_H
#define VIEWS_GUIDER_PARTS_H
#include "run/executor.h"
#include "run/guide_notes.h"
#include "views/screen/app.h"
#include "views/guider.h"

struct round { /* questions on their way, or answered */
  struct arena *arena;
  struct survey survey;
  struct asking *asking;
};

enum rest_phase { REST_OFF, REST_LOOK, REST_PLAN, REST_TASK, REST_OPERATOR };
struct secret { char *name, *text; }; /* of the form, or as it was typed for an operation: in memory and nowhere else */
struct rest { /* all that is left */
  struct guide_rest shown;
  enum rest_phase phase;
  char *text, *task;             /* owned */
  struct round round;            /* of the operation that is planned */
  struct values values, plain;   /* ... in round.arena; plain: no secret among them */
  const struct operation *operation;
  bool opened;                   /* for the operator */
  char *say, *secret, *secret_from; /* of its struct guide_run */
  size_t step, left;             /* of what was run last: the step, how many things there were left of it */
  const struct operation *last;  /* NULL: nothing was yet */
  int64_t since;                 /* when that ended, or the looking began */
};

struct notes {
  struct arena *arena;
  struct guide_notes kept;
  char *path, *wrong;            /* path NULL: they are kept nowhere; wrong: why, NULL. Owned */
  struct texts were_done;
};

struct guider {
  struct console *console;
  struct executor *executor;     /* NULL: nobody can be asked */
  char *never;                   /* why; owned */
  struct timer *beat, *soon;
  struct arena *given_arena, *form_arena;
  struct values given, form;     /* what was given, and all of it */
  uint64_t form_serial, form_version;
  char *lacks;                   /* why the form is not whole; owned, NULL: it is */
  struct round now, last;        /* last: answered */
  int64_t took;                  /* ms of the last round */
  int64_t asked_at, answered_at; /* wall ms of the feed; UNKNOWN_INT: never */
  char *ended;                   /* the task of the page that was seen to end, ... */
  int64_t found_age;             /* of the answers, when they were looked at */
  int64_t ended_at;              /* ... then */
  uint64_t again, asked_form, serial; /* serial: counts answers */
  struct arena *found_arena;
  struct guide_found found[GUIDE_STEPS_MAX];
  const struct guide_book *book; /* that was looked at: the page's */
  bool looked, partly;           /* partly: by what has been answered of the round that is on its way */
  struct { uint64_t version, serial; int64_t now; } found_of;
  struct { /* the plan of the step in sight */
    struct round round;
    struct arena *arena;
    struct plan *plan;
    struct values values;        /* in round.arena */
    const struct operation *operation;
    char *says;
    size_t step, left;           /* step: 1 + */
    uint64_t form, serial;
  } plan;
  struct secret *secrets;
  size_t secret_count;
  struct notes notes;
  struct rest rest;
};

int64_t guider_wall(const struct guider *g);
static inline const struct guide_book *guider_book(const struct guider *g) { return g->console->app.guide.book; } /* NULL: none is open */
struct guide_look guider_look(const struct guider *g);
void round_drop(struct round *r);
/* The values of what is left to be run, with the secrets that are known. show: what is not known stands for itself; else *ret_lacks
 * is the title of the first that is not. */
void guider_values(const struct guider *g, const struct guide_run *r, struct arena *a, bool show, struct values *ret, const char **ret_lacks);
/* The questions of an operation, into a round; false: its values cannot be. */
bool guider_questions(const struct guider *g, const struct operation *o, struct values *v, struct round *r, struct err *e);
void guider_secret(struct guider *g, const char *name, const char *text);
void guider_ask(struct guider *g);  /* the hosts, now */
void guider_tell(struct guider *g); /* something is to be seen */

/* guider_notes.c */
void notes_open(struct guider *g, const char *state_dir, const char *world); /* NULL: nowhere */
void notes_free(struct notes *n);
void notes_form(struct guider *g);
void notes_found(struct guider *g);
void notes_task(struct guider *g, const struct task_view *t); /* the page's, which has ended */
void notes_export(struct guider *g, const char *name);

/* guider_rest.c */
void rest_begin(struct guider *g);
void rest_stop(struct guider *g, const char *why);
void rest_see(struct guider *g);
void rest_free(struct rest *r);
#endif
