/* The guide on the screen: which book, a step of it with its reason, its commands and what was seen, beside it the cluster as it changes. Which step
 * is looked at, and what the operator wishes of it, is state here and follows keys; the hosts are asked, and what is left is
 * done, by views/guider.h, which gives what it knows for each frame. */
#ifndef SCREEN_GUIDE_H
#define SCREEN_GUIDE_H
#include "ops/guide.h"
#include "tui/prompt.h"
#include "tui/table.h"
#include "tui/text.h"
#include "views/screen/list.h"

struct app;
enum { GUIDE_START = GUIDE_STEPS_MAX /* the first page: what is built, and of what */, GUIDE_SECRETS_MAX = 16 };
enum guide_wish { GUIDE_WISH_NONE, GUIDE_WISH_FORM /* it was filled in */, GUIDE_WISH_REST /* do all that is left */, GUIDE_WISH_HALT, GUIDE_WISH_EXPORT };
enum guide_over { GUIDE_OVER_NONE, GUIDE_OVER_STEPS, GUIDE_OVER_BOOKS, GUIDE_OVER_REST /* a word is asked for */, GUIDE_OVER_EXPORT /* a name */ };

struct guide_page { /* {0}: nobody has looked at it yet */
  const struct guide_book *book; /* that is open; NULL: none, the list of them is */
  struct table_state books;
  bool pinned;               /* it was asked for by its name (--book): no other opens by itself */
  bool chosen;               /* in that list a key has moved: what is called for does not open by itself any more */
  size_t step;               /* that is looked at; GUIDE_START: the first page */
  bool landed;               /* on the first that is not done, or somebody has moved */
  int pane;                  /* which has the keys: 0 the step, 1 the cluster */
  size_t top[2];
  enum guide_over over;
  struct table_state steps;
  struct prompt word;        /* of what lies over it */
  const char *wrong;         /* ... what is to be said of it; static or owned by whoever set it */
  uint64_t again;            /* how often the hosts are wanted to be asked anew */
  bool undoes;               /* it takes back what the step did */
  size_t ran;                /* 1 + the step whose operation was opened from here ... */
  const struct operation *running;
  char *task;                /* ... and its task; owned, NULL: none was begun */
  bool moved;                /* by a key: what runs is not followed any more */
  bool quiet;                /* the task's output is not shown any more */
  /* handed back, with APP_GUIDE */
  enum guide_wish wish;
  char **words;              /* GUIDE_WISH_FORM: "key=value"; ends with NULL; owned */
  char *path;                /* GUIDE_WISH_EXPORT; owned */
};
void guide_page_free(struct guide_page *g);

/* ---- what is known, for one frame ---- */
struct guide_host { /* of those in the form */
  const char *name, *text, *system; /* text: why it does not answer; system: "Debian GNU/Linux 12" */
  enum truth answers;               /* unknown: not asked yet */
  bool asking;
  int64_t at;                       /* wall ms of its last answer */
};
struct guide_rest { /* all that is left, while it is being done, and how it ended */
  bool on, over;
  size_t step;
  bool waits;       /* for the operator: a password, a name */
  const char *text; /* what is being done, or why it stopped */
};
struct guide_shown {
  struct guide_look look;          /* what was found rests on this */
  const struct values *given;      /* of the form, by hand: the rest of it is proposed */
  const char *(*secret)(const void *owner, const struct guide_run *r); /* that it wants, when it is known; NULL: it is not */
  const void *owner;
  const struct guide_found *found; /* of each step of the book; NULL: nothing was looked at yet */
  int64_t found_age_ms;            /* of the answers, when that was found */
  const char *lacks;               /* what the form lacks, a sentence; NULL: it is whole */
  const struct guide_host *hosts;
  size_t host_count;
  bool asking;                     /* the hosts are */
  size_t asked, answered;          /* ... so many questions, so many of them have an answer */
  bool partly;                     /* ... and only those have not answered that say nothing at all */
  int64_t asked_at;                /* wall ms of the answers; UNKNOWN_INT: none yet */
  const char *cannot;              /* why no host can be asked from here; NULL: they can */
  size_t planned;                  /* 1 + the step that the plan is of; 0: of none */
  const struct plan *plan;         /* of the next operation of it, as it would be made now; NULL: none */
  bool planning;                   /* ... that is being worked out */
  const char *says;                /* ... what it is for: "a fence device for kvm02" */
  size_t left;                     /* how many operations there are left of it */
  struct guide_rest rest;
};

/* ---- the page (guide.c) ---- */
void guide_enter(struct app *a, const struct input *in); /* by its key: another book opens when what is wrong calls for that, and not for this one */
void guide_take_book(struct app *a, const struct guide_book *b);
void guide_settle_books(struct app *a, const struct input *in, int h); /* the list of them (guide_books.c) */
unsigned guide_act_books(struct app *a, const struct input *in, int h, enum action action);
void guide_draw_books(struct pen p, const struct app *a, const struct input *in);
void settle_guide(struct app *a, const struct input *in, int w, int h);
unsigned act_guide(struct app *a, const struct input *in, int w, int h, enum action action);
void draw_guide(struct pen p, const struct app *a, const struct input *in);
void state_guide(const struct app *a, const struct input *in, struct str *out);
/* While a word is typed there; false: the key is not for it. */
bool guide_key(struct app *a, const struct input *in, struct key k, unsigned *ret);
void guide_ran(struct app *a, const char *task); /* what was opened from here was begun as that task */
unsigned guide_filled(struct app *a, const struct input *in); /* its form is good: APP_* */
/* Opens the form, or the preview, of an operation of a step. */
unsigned guide_open_run(struct app *a, const struct input *in, size_t step, const struct guide_run *r);
void guide_show(struct app *a, size_t step);

/* ---- its parts ---- */
static inline const struct guide_book *guide_open_book(const struct guide_page *g) { return g->book ? g->book : guide_books[0]; }
struct guide_look_of { enum role role; enum symbol sign; const char *word; };
struct guide_look_of guide_looks(int state); /* of enum guide_state */
struct text *guide_step_text(const struct app *a, const struct input *in);  /* guide_step.c: the left; text_free() */
size_t guide_running_rows(const struct app *a, const struct input *in, int w); /* that a task takes which runs; 0: none does */
struct text *guide_start_text(const struct input *in);                      /* the first page */
struct text *guide_book_text(const struct app *a, const struct input *in);  /* of one for a bad day */
void guide_rest_text(struct text *t, const struct input *in);               /* what would be done, before the word */
struct guide_live { /* guide_live.c: the right */
  const char *shows; /* words, of struct guide_step */
  bool narrow;
  const char *volume, *mount, *domain, *cluster;
  struct texts kvm, gluster, all;
  const struct guide_host *hosts;
  size_t host_count;
};
struct text *guide_live_text(const struct input *in, const struct guide_live *of);
#endif
