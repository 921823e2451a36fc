/* Acting, as a value beside the view: the menu, the form, the preview or the question that lies over it. Keys change this
 * state and nothing else; what must happen outside (ask the hosts, run a confirmed plan, tell a task something) is handed
 * back, and only a word that was typed ever hands back a plan. No executor is known here. */
#ifndef SCREEN_ACTING_H
#define SCREEN_ACTING_H
#include "model/subject.h"
#include "ops/operation.h"
#include "tui/form.h"
#include "tui/menu.h"
#include "tui/text.h"
#include "views/screen/list.h"

/* What must now happen outside, APP_* or'ed. */
enum { APP_CHANGED = 1, APP_QUIT = 2, APP_SUSPEND = 4, APP_REDRAW = 8, APP_TIME = 16, APP_ASK = 32, APP_RUN = 64, APP_TASK = 128, APP_SAVE = 256, APP_CLUSTER = 4096, APP_GUIDE = 2048 /* the guide's wish */, APP_MOUSE = 1024, APP_KEEP = 512 /* the columns that were chosen */ };

enum sheet { SHEET_NONE, SHEET_MENU, SHEET_FORM, SHEET_PREVIEW, SHEET_SURE };
enum menu_of { MENU_ACTIONS, MENU_WIZARDS, MENU_PALETTE };

/* ---- what is offered: a row an operation and thing ---- */
struct offer {
  char *id, *group;
  const struct operation *operation;
  char *target, *refused; /* NULL: none */
  char **more;            /* ... and what else is marked that it fits; ends with NULL. NULL: nothing */
  char **words;           /* "key=value" to fill its form with, ends with NULL; NULL: none */
  bool judged;            /* by the newest snapshot; what was said before stays until then */
};
struct offers {
  struct offer *item;
  size_t count;
  bool made;
  uint64_t version; /* of the snapshot they were made from ... */
  int64_t now;      /* ... and its time */
  size_t next;      /* to be judged: a few at a time where the cluster is large, so that no key waits for all of them */
};

/* ---- the preview: a plan as it was seen, and the word that confirms it ---- */
struct preview {
  bool forced, asking, shell, changed;
  bool several;              /* shown as one of several: none of them is forced there */
  uint64_t serial;           /* of the question to the hosts that is out */
  struct arena *survey_arena;
  struct survey survey;
  struct arena *arena, *old_arena;
  struct plan *plan, *old;   /* old: the one before it changed under the operator's eyes */
  uint64_t version;          /* of the snapshot it was made from */
  int64_t now, made;         /* made: wall ms */
  struct prompt word;
  const char *wrong;         /* what is to be said of the word, static; NULL: nothing */
  char *failed;              /* why there is no plan: the values cannot be; owned */
  size_t top;
};

/* Questions to the hosts on their way: made here, answered outside, given back. */
struct asked {
  uint64_t serial;
  struct arena *arena;
  struct survey survey;
};
void asked_free(struct asked *q); /* NULL is fine */

struct run_wish { /* what was confirmed: the values' secrets are wiped when it is dropped */
  const struct operation *operation;
  struct values values;
  const struct plan *plan;
  struct arena *arena, *kept_plan; /* kept_plan: that the plan is in, where it is not the preview's; NULL */
};

/* The same for several things that are marked: a plan each, confirmed together, run one after the other. */
struct batch {
  char **marked;      /* ids of selected_list when the menu was opened, in their order; ends with NULL. NULL: none */
  char **target;      /* ... and what they are for the operation that was chosen */
  size_t count;       /* less than 2: there is no batch */
  size_t planned;     /* so many have a plan, or none that could be made */
  struct preview *of; /* of each */
};

enum task_wish { TASK_WISH_NONE, TASK_WISH_CANCEL, TASK_WISH_YES, TASK_WISH_NO, TASK_WISH_UNDO, TASK_WISH_FORGET, TASK_WISH_LEAVE /* the console, while it runs */ };

struct kept_form { /* input that was left unfinished */
  const struct operation *operation;
  char *target;
  struct form_state form;
};
enum { KEPT_FORMS = 12, PALETTE_RECENT = 6 };

struct acting { /* {0}: nothing lies over the view */
  enum sheet sheet, behind;  /* behind: what comes back when the help is left */
  enum menu_of menu_of;
  int selected_list;         /* what was selected when the menu was opened ... */
  char *selected_id;         /* ... NULL: nothing */
  struct menu_state menu;
  struct offers offers;
  bool from_menu;            /* else what was opened without one is left to the view */
  const struct operation *operation;
  char *target;              /* given by what was selected, NULL: a field of the form */
  struct form_state form;
  struct preview preview;    /* of a batch: the word, and where one is */
  struct batch batch;
  struct kept_form kept[KEPT_FORMS]; /* oldest first */
  size_t kept_count;
  struct { enum task_wish kind; char *id; struct prompt word; const char *wrong; size_t top; } sure; /* a question about a task */
  bool filled;               /* the guide's form is, and good: the guide takes it */
  char *say;                 /* the answer to the last wish, until the next key; NULL: none */
  /* handed back */
  struct asked *asked;       /* APP_ASK */
  struct run_wish run;       /* APP_RUN ... */
  struct run_wish *rest;     /* ... and what follows when that went well; the caller's to take */
  size_t rest_count;
  enum task_wish task_wish;  /* APP_TASK: to the task of ... */
  char *task_id;
  int go_view;               /* 1 + a view to open: the palette's ... */
  const struct guide_book *go_book; /* ... the guide at that book; NULL: as it is */
  int go_list;               /* ... or 1 + a list ... */
  char *go_id;               /* ... whose item of that id is opened */
  char *recent[PALETTE_RECENT]; /* rows of the palette that were taken, the newest first */
  uint64_t serials;
};

void acting_free(struct acting *a);
/* list -1: nothing is selected. */
void acting_menu(struct acting *a, enum menu_of of, int list, const char *id);
void acting_marked(struct acting *a, char **ids); /* after acting_menu(): for all of these; taken */
void run_wish_free(struct run_wish *r);           /* leaves it {0} */
/* An operation's form, the words "key=value" filled in; where nothing is missing and `ready` is set, its preview at once. APP_*. */
unsigned acting_open(struct acting *a, const struct input *in, const struct operation *o, const char *target, const struct texts *words, bool ready);
void acting_sure(struct acting *a, enum task_wish kind, const char *task_id);
void acting_close(struct acting *a); /* back to the view; input is kept */
/* After a new snapshot, a resize, a key. w, h: of the screen's body. */
void acting_follow(struct acting *a, const struct input *in, int w, int h);
unsigned acting_key(struct acting *a, const struct input *in, int w, int h, struct key k, enum action *ret_action);
/* At a place of the body. true: on what is selected already. */
bool acting_click(struct acting *a, const struct input *in, int w, int h, int x, int y);
void acting_draw(struct pen body, const struct acting *a, const struct input *in);
enum context acting_context(const struct acting *a);
void acting_state(const struct acting *a, const struct input *in, struct str *out);
void acting_dropped(struct acting *a); /* the wish to run: done with */

/* ---- the parts, each in its file ---- */
/* offers.c */
void offers_free(struct offers *o);
void offers_make(struct acting *a, const struct input *in);
struct menu offers_menu(const struct acting *a, const struct input *in);
const struct offer *offers_find(const struct offers *o, const char *id);
const char *offers_title(const struct acting *a);
const struct operation *wizard_at_hand(const struct input *in); /* the wizard to go on with; NULL: none is left */
/* The thing of a subject that the operation acts on, by its name; NULL: none of them. */
const char *offers_target(const struct input *in, const struct subject *s, const struct operation *o);
const char *offers_aimed(const struct input *in, int list, const char *id, const struct operation *o); /* the same of what is selected in a list */
/* palette.c: anything by its name */
struct menu palette_menu(const struct acting *a, const struct input *in);
unsigned palette_take(struct acting *a, const struct input *in, const char *id); /* APP_*; 0: there is no such row */
void palette_free(struct acting *a);
enum { FUZZY_NOT = -1 };
int fuzzy_cost(const char *text, const char *word, size_t len); /* how far the word is from the text: 0 is the same; FUZZY_NOT: its letters are not in it in that order */
/* mending.c: what mends a problem */
struct mending { const struct problem *problem; const struct operation *operation; const char *target; struct texts words; };
bool mending_of(const struct input *in, const struct problem *p, struct mending *ret); /* false: no single operation does */
struct subject item_subject(enum list_id list, const struct input *in, const void *item); /* of an event, a problem */
/* filling.c: an operation's form */
const struct operation_argument *form_argument(const struct acting *a, size_t field); /* of the form's n-th field; NULL: beyond */
bool argument_offers(const struct operation_argument *arg); /* values may be offered that are not the only ones */
struct form filling_form(const struct acting *a, const struct input *in);              /* in in->arena */
/* What is filled in, completed with what is proposed: in arena, secrets among them. values_wipe() before the arena is freed. */
void filling_values(const struct acting *a, const struct input *in, struct arena *arena, struct values *ret);
void values_wipe(struct values *v);
/* preview.c */
void preview_free(struct preview *p);
unsigned preview_open(struct acting *a, const struct input *in); /* APP_* */
unsigned preview_force(struct acting *a, const struct input *in, bool forced);
void preview_follow(struct acting *a, const struct input *in, int w, int h);
unsigned preview_answered(struct acting *a, const struct input *in, struct asked *q); /* takes q. APP_ASK: the next thing's questions */
void preview_make(struct acting *a, const struct input *in);                        /* the plan, of the answers that are there */
void preview_wish(struct acting *a, const struct input *in, struct run_wish *r);
const char *preview_word(const struct preview *p);
const char *acting_word(const struct acting *a, const struct input *in); /* what is to be typed */
const char *command_words(const struct input *in, const struct texts *argv); /* of a step, as it is shown: of a long script only the beginning */
struct text *preview_text(const struct acting *a, const struct input *in); /* text_free() */
void preview_add_text(struct text *t, const struct acting *a, const struct input *in); /* of one thing */
bool preview_takes_word(const struct acting *a, const struct input *in); /* else nothing that is typed is kept */
unsigned preview_enter(struct acting *a, const struct input *in);
void preview_draw(struct pen p, const struct acting *a, const struct input *in);
int preview_text_height(const struct acting *a, const struct input *in, int w, int h);
/* batch.c: what preview.c does, for several */
bool batch_is(const struct acting *a);
void batch_free(struct acting *a);
unsigned batch_open(struct acting *a, const struct input *in);
unsigned batch_answered(struct acting *a, const struct input *in, struct asked *q);
void batch_follow(struct acting *a, const struct input *in);
bool batch_ready(const struct acting *a); /* all are planned and none is refused */
const char *batch_word(const struct acting *a, struct arena *arena);
struct text *batch_text(const struct acting *a, const struct input *in);
const char *batch_name(const struct acting *a, struct arena *arena); /* "3 domains" */
void batch_wish(struct acting *a, const struct input *in);
/* tasks.c */
const struct task_view *task_shown(const struct input *in, const char *id); /* NULL: there is none */
const struct task_view *task_running(const struct input *in);            /* the newest that runs, NULL: none */
const struct task_view *task_noted(const struct input *in);              /* what every view tells of: it runs, has just ended, or was interrupted; NULL: nothing */
bool task_ended(enum task_state s);
struct text *task_text(const struct input *in, const char *id);      /* text_free() */
struct text *task_steps_text(const struct input *in, const char *id); /* how it stands and its steps, without what every task says of itself; NULL: there is none */
struct text *task_text_so_far(const struct input *in, const char *id); /* up to the step that runs; NULL: none runs */
void task_undo_text(struct text *t, const struct input *in, const char *id); /* what taking it back would run */
void draw_task_line(struct pen p, const struct input *in, const struct task_view *t);
const char *task_refuses(const struct input *in, const char *id, enum task_wish kind); /* why that cannot be now; NULL: it can */
#endif
