/* The screen as a value: which view is open, what is selected where. A key or a new snapshot changes this state and
 * nothing else; what must happen outside (leave, suspend) is handed back. Drawing reads it. The full screen, `render`
 * and the tests all drive this one thing. */
#ifndef SCREEN_APP_H
#define SCREEN_APP_H
#include "views/screen/acting.h"

/* The overview, the lists, the pages; the detail of an item, which has no name of its own, is the last. */
enum view_id { VIEW_OVERVIEW, VIEW_FIRST_LIST, VIEW_HELP = VIEW_FIRST_LIST + LIST_COUNT, VIEW_PALETTE, VIEW_DETAIL, VIEW_COUNT };
enum { APP_BACK = 16, APP_PANES = 4, APP_MIN_W = 60, APP_MIN_H = 15 };

enum time_wish { TIME_NONE, TIME_PAUSE, TIME_STEP_BACK, TIME_STEP, TIME_EVENT_BACK, TIME_EVENT, TIME_MOMENT, TIME_BEGIN, TIME_END, TIME_SLOWER, TIME_FASTER };

struct app { /* {0} is the overview with its first pane focused */
  int view, pane;
  struct { int view, pane; } back[APP_BACK];
  int back_count;
  struct list_state lists[LIST_COUNT];
  int detail_list;  /* what VIEW_DETAIL shows: enum list_id ... */
  char *detail_id;  /* ... and the item's id; owned */
  size_t top;        /* line of a page that is a text */
  bool moved;        /* ... by a key: a task that runs is not followed any more */
  enum time_wish wish; /* with APP_TIME: where to go in time ... */
  size_t wish_event;   /* ... TIME_MOMENT: to that event */
  struct acting acting; /* what lies over the view */
};

/* A view that is no list, one row of pages.c each. It is a text, and moving in it is done for it, or it draws itself. */
struct page {
  const char *name, *title, *help;
  enum action action; /* that opens it; ACTION_NONE: one that does more does */
  struct text *(*text)(const struct app *a, const struct input *in);    /* text_free(); NULL: it draws itself */
  const char *(*heading)(const struct app *a, const struct input *in);  /* over the text; NULL: its title */
  void (*settle)(struct app *a, const struct input *in, int w, int h);  /* w, h: of the body here and below */
  unsigned (*act)(struct app *a, const struct input *in, int w, int h, enum action action); /* APP_*; 0: not a key of its own, what all views do is done */
  void (*draw)(struct pen body, const struct app *a, const struct input *in);
  void (*state)(const struct app *a, const struct input *in, struct str *out);
};
const struct page *page_of(int view); /* NULL: a list, or the palette, which lies over another view */

void app_free(struct app *a);
/* By a name of the contract ("nodes"); false when there is no such view here. */
bool app_open(struct app *a, const char *name);
/* After a new snapshot, a resize, a sort: selections follow their rows. */
void app_settle(struct app *a, const struct input *in, int w, int h);
/* What must now happen, APP_* or'ed. */
unsigned app_key(struct app *a, const struct input *in, int w, int h, struct key k);
unsigned app_act(struct app *a, const struct input *in, int w, int h, enum action action); /* in the view, whatever lies over it */
unsigned app_mouse(struct app *a, const struct input *in, int w, int h, struct key k);     /* key_is_mouse(k); app_key() calls it */
/* APP_ASK: the questions to the hosts, now the caller's; NULL: none. app_answered() takes them back with their answers. */
struct asked *app_asked(struct app *a);
void app_answered(struct app *a, const struct input *in, struct asked *q);
/* APP_RUN: a->acting.run was confirmed. It was begun as that task, which is opened; or could not be (task NULL), and says why. */
void app_ran(struct app *a, const char *task, const char *says);
void app_show_task(struct app *a, const char *task);
/* A sentence on the line of notices, until the next key. */
void app_say(struct app *a, const char *says);
void app_draw(const struct app *a, const struct input *in, struct canvas *c);
/* The logic of the frame as lines "key: value": for `render --format state`. */
void app_state(const struct app *a, const struct input *in, int w, int h, struct str *out);

/* For `list views`: name, title and help of a view; NULL beyond. VIEW_DETAIL has no name of its own. */
const char *view_name(int view);
const char *view_title(int view);
const char *view_help(int view);

/* ---- the parts, each in its file ---- */
void app_go(struct app *a, int view);
/* The detail of that item. */
void app_open_item(struct app *a, enum list_id list, const char *id);
struct frame { struct pen title, time, body, notice, hints; }; /* of the whole screen; time and notice may have no height */
struct frame frame_of(struct canvas *c, const struct app *a, const struct input *in);
/* What is selected: the list and the item's id, of a list or of the detail that is open. -1: nothing is. */
int app_selected(const struct app *a, const struct input *in, const char **ret_id);
bool app_dated(const struct app *a, const struct input *in); /* what is selected has a moment on the tape */
void draw_title(struct pen p, const struct input *in);
void draw_time(struct pen p, const struct input *in); /* that what is shown is not now */
bool shows_time(const struct input *in);
/* Words for the title bar, NULL: none. role: how they are drawn. */
const char *time_words(const struct input *in, enum role *role);
void draw_notice(struct pen p, const struct app *a, const struct input *in);
void draw_hints(struct pen p, const struct app *a, const struct input *in);
/* Where each pane of the overview lies in a body of that size. */
struct pane_rect { int x, y, w, h; };
struct pane_rect pane_rect(const struct input *in, int w, int h, int pane);
extern const enum list_id pane_lists[APP_PANES];
void draw_overview(struct pen p, const struct app *a, const struct input *in);
void draw_list(struct pen p, const struct app *a, const struct input *in, enum list_id id, bool focused, const char *number);
struct text;
struct text *detail_text(const struct app *a, const struct input *in); /* owned by the caller, text_free() */
struct text *help_text(const struct app *a, const struct input *in);
void settle_detail(struct app *a, const struct input *in, int w, int h);
#endif
