/* The screen as a value: which view is open, what is selected where. A key or a new snapshot changes this state and
 * nothing else; what must happen outside (leave, suspend) is handed back. Drawing reads it. The full screen, `render`
 * and the tests all drive this one thing. */
#ifndef SCREEN_APP_H
#define SCREEN_APP_H
#include "views/screen/acting.h"
#include "views/screen/guide.h"
#include "views/screen/logs.h"
#include "views/screen/noc.h"

/* The overview, the lists, the pages; the detail of an item, which has no name of its own, is the last. */
enum view_id { VIEW_OVERVIEW, VIEW_FIRST_LIST, VIEW_HELP = VIEW_FIRST_LIST + LIST_COUNT, VIEW_PALETTE, VIEW_CLUSTERS, VIEW_XRAY, VIEW_TOPOLOGY, VIEW_WHATIF, VIEW_GUIDE, VIEW_DETAIL, VIEW_COUNT };
enum { APP_BACK = 16, APP_PANES = 4, APP_MIN_W = 60, APP_MIN_H = 15 };

enum time_wish { TIME_NONE, TIME_PAUSE, TIME_STEP_BACK, TIME_STEP, TIME_EVENT_BACK, TIME_EVENT, TIME_MOMENT, TIME_BEGIN, TIME_END, TIME_SLOWER, TIME_FASTER, TIME_MARK };

enum cluster_wish { CLUSTER_STAY, CLUSTER_OPEN /* the one that is selected */, CLUSTER_LEAVE /* back to this one, or to the tiles */ };

/* What lies over a list while something of it is chosen. */
struct choosing {
  int filter;   /* 1 + the list whose filter is being typed; 0: none */
  int columns;  /* 1 + the list whose columns are being chosen */
  int column;   /* ... the one that is selected */
  uint32_t seen; /* ... bits of those that had room when it began */
  bool changed; /* ... and not handed back yet */
};

enum { XRAY_ROOTS = 16 };
struct xray_root { int kind; char *id, *selected; }; /* enum xray_kind; owned; selected: the line, when another root was gone to */
struct xray_state {
  struct xray_root roots[XRAY_ROOTS]; /* the last is shown, the others are gone back to; none: the cluster */
  int count;
  struct table_state table;
};

struct whatif_state {
  char **target; /* what is lost, as loss_add() takes it; owned, ends with NULL. NULL: rows to choose from */
  bool chosen;   /* from these rows: back leads there */
  bool dead;     /* it just dies, where both fates have no room */
  struct arena *arena; /* of the verdicts, which are made once a snapshot: when what is in sight settles */
  uint64_t stamp;      /* of that snapshot */
  struct judged *rows; /* of the rows to choose from */
  bool waits;          /* some of those in sight are not judged yet */
  const struct stop *in_order, *dies; /* of the target */
  struct table_state table;
};

struct app { /* {0} is the overview with its first pane focused */
  int view, pane;
  struct { int view, pane; } back[APP_BACK];
  int back_count;
  struct list_state lists[LIST_COUNT];
  int detail_list;  /* what VIEW_DETAIL shows: enum list_id ... */
  char *detail_id;  /* ... and the item's id; owned */
  size_t top;        /* line of a page that is a text */
  struct xray_state xray;
  struct whatif_state whatif;
  struct guide_page guide;
  int event_least;   /* enum severity of what the list of events shows, and worse */
  enum compare compare; /* what the history compares with ... */
  bool marked;          /* ... and whether there is a moment that was marked */
  bool moved;        /* ... by a key: a task that runs is not followed any more */
  enum time_wish wish; /* with APP_TIME: where to go in time ... */
  size_t wish_event;   /* ... TIME_MOMENT: to that event */
  struct logs_state logs; /* whose, around which moment */
  char *cluster;       /* the tile that is selected, by its name; owned; NULL: the worst */
  enum cluster_wish cluster_wish; /* with APP_CLUSTER */
  struct acting acting; /* what lies over the view */
  struct noc noc;       /* instead of all that: the wall screen */
  struct choosing choosing;
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
  int (*selected)(const struct app *a, const struct input *in, const char **ret_id); /* as app_selected(); NULL: nothing is */
};
const struct page *page_of(int view); /* NULL: a list, or the palette, which lies over another view */

void app_free(struct app *a);
/* By a name of the contract ("nodes"); false when there is no such view here. */
bool app_open(struct app *a, const char *name);
/* After a new snapshot, a resize, a sort: selections follow their rows. */
void app_settle(struct app *a, const struct input *in, int w, int h);
bool app_waits(const struct app *a); /* what was left for later, at leisure, is not all made: settle again */
/* What must now happen, APP_* or'ed. */
unsigned app_key(struct app *a, const struct input *in, int w, int h, struct key k);
unsigned app_act(struct app *a, const struct input *in, int w, int h, enum action action); /* in the view, whatever lies over it */
unsigned app_mouse(struct app *a, const struct input *in, int w, int h, struct key k);     /* key_is_mouse(k); app_key() calls it */
/* APP_ASK: the questions to the hosts, now the caller's; NULL: none. app_answered() takes them back with their answers. */
struct asked *app_asked(struct app *a);
/* APP_ASK: there are more of them, about the next thing. */
unsigned app_answered(struct app *a, const struct input *in, struct asked *q);
/* APP_RUN: a->acting.run was confirmed, and a->acting.rest to follow it one by one, which is the caller's to take before. It was begun as that task, which is opened; or could not be (task NULL), and says why. */
void app_ran(struct app *a, const char *task, const char *says);
void app_show_task(struct app *a, const char *task);
void app_show_drill(struct app *a, const char *drill); /* its page */
/* A sentence on the line of notices, until the next key. */
void app_say(struct app *a, const char *says);
unsigned own_key(struct app *a, const struct input *in, struct key k); /* own.c: what does nothing else may be the key of an action of the operator's own */
void app_draw(const struct app *a, const struct input *in, struct canvas *c);
/* The logic of the frame as lines "key: value": for `render --format state`. */
void app_state(const struct app *a, const struct input *in, int w, int h, struct str *out);

/* For `list views`: name, title and help of a view; NULL beyond. VIEW_DETAIL has no name of its own. */
const char *view_name(int view);
const char *view_title(int view);
const char *view_help(int view);

/* ---- the parts, each in its file ---- */
struct pane_rect { int x, y, w, h; };
void app_go(struct app *a, int view);
/* The detail of that item. */
void app_open_item(struct app *a, enum list_id list, const char *id);
struct frame { struct pen title, time, body, notice, hints; }; /* of the whole screen; time and notice may have no height */
struct frame frame_of(struct canvas *c, const struct app *a, const struct input *in);
/* What is selected: the list and the item's id, of a list or of the detail that is open. -1: nothing is. */
int app_selected(const struct app *a, const struct input *in, const char **ret_id);
/* choosing.c. choosing_key(): false: the key is not for it, but for what all views do. */
bool choosing_key(struct app *a, const struct input *in, struct key k, unsigned *ret);
/* w, h: of the body. */
unsigned choosing_act(struct app *a, const struct input *in, int w, int h, int list, enum action action); /* 0: not one of those */
void choosing_draw(struct pen body, const struct app *a, const struct input *in);
bool choosing_line(struct pen hints, const struct app *a, const struct input *in); /* false: the hints are drawn */
void choosing_state(const struct app *a, const struct list_rows *r, int list, struct str *out);
void draw_choice(struct pen p, const char *title, const struct list_rows *r); /* in the frame of a list */
int choice_below(const struct list_rows *r); /* columns that it needs of the lower border at least */
struct pane_rect app_list_rect(const struct app *a, const struct input *in, int w, int h, int list); /* in a body of that size */
void draw_title(struct pen p, const struct input *in);
void draw_time(struct pen p, const struct input *in); /* that what is shown is not now */
bool shows_time(const struct input *in);
/* Words for the title bar, NULL: none. role: how they are drawn. */
const char *time_words(const struct input *in, enum role *role);
void draw_notice(struct pen p, const struct app *a, const struct input *in);
bool app_dated(const struct app *a, const struct input *in); /* what is selected is an event, or a problem whose beginning is known */
void draw_hints(struct pen p, const struct app *a, const struct input *in);
/* Where each pane of the overview lies in a body of that size. */
struct pane_rect pane_rect(const struct input *in, int w, int h, int pane);
extern const enum list_id pane_lists[APP_PANES];
void draw_overview(struct pen p, const struct app *a, const struct input *in);
void draw_list(struct pen p, const struct app *a, const struct input *in, enum list_id id, bool focused, const char *number);
void draw_clusters(struct pen p, const struct app *a, const struct input *in);
void draw_clusters_title(struct pen p, const struct input *in);
const char *clusters_words(const struct input *in); /* "12 clusters: 1 OUT, 11 healthy" */
struct worth clusters_worst(const struct input *in);
unsigned act_clusters(struct app *a, const struct input *in, int w, int h, enum action action);
void state_clusters(const struct app *a, const struct input *in, struct str *out);
/* xray.c, topology.c: pages that draw themselves. */
void xray_open(struct app *a, const struct input *in); /* from what is selected */
void xray_free(struct xray_state *x);
void settle_xray(struct app *a, const struct input *in, int w, int h);
unsigned act_xray(struct app *a, const struct input *in, int w, int h, enum action action);
void draw_xray(struct pen p, const struct app *a, const struct input *in);
void state_xray(const struct app *a, const struct input *in, struct str *out);
struct xray_line;
const char *xray_line_text(const struct input *in, const struct xray_line *l); /* its branches, what it is and its name */
int selected_xray(const struct app *a, const struct input *in, const char **ret_id);
void settle_topology(struct app *a, const struct input *in, int w, int h);
unsigned act_topology(struct app *a, const struct input *in, int w, int h, enum action action);
void draw_topology(struct pen p, const struct app *a, const struct input *in);
void state_topology(const struct app *a, const struct input *in, struct str *out);
/* survival.c */
void draw_survival(struct pen p, int y, const struct input *in); /* what the cluster survives, a line */
const char *survival_weakest(const struct input *in);            /* the weakest of it, "survives: disks 0 more in set 0"; NULL: nothing is known */
/* whatif.c */
void whatif_open(struct app *a, const struct input *in); /* from what is selected, or marked */
void whatif_free(struct whatif_state *x);
/* Several nodes that are looked at as lost together: pacemaker is to be asked for these. NULL: none. */
const char *whatif_nodes(const struct app *a, const struct input *in);
void settle_whatif(struct app *a, const struct input *in, int w, int h);
unsigned act_whatif(struct app *a, const struct input *in, int w, int h, enum action action);
void draw_whatif(struct pen p, const struct app *a, const struct input *in);
void state_whatif(const struct app *a, const struct input *in, struct str *out);
int selected_whatif(const struct app *a, const struct input *in, const char **ret_id);
/* account.c: what a problem, an event has to tell; text_free() */
struct text *problem_text(const struct input *in, const struct problem *p);
struct text *event_text(const struct input *in, const struct event_row *r);
/* mending.c: from what is selected to what it is about, and to what mends it */
bool app_open_subject(struct app *a, const struct input *in, const struct subject *s); /* its detail; false: it is not there */
bool app_mending(const struct app *a, const struct input *in, struct mending *ret); /* of what is selected; on the overview of the worst problem */
unsigned app_mend(struct app *a, const struct input *in);
unsigned app_follow_subject(struct app *a, const struct input *in);
/* history.c */
enum { HISTORY_LINE = 3 }; /* rows of the line of time, over the list */
void draw_history_line(struct pen p, const struct input *in);
void history_state(const struct input *in, struct str *out);
struct subject history_subject(const struct input *in, const void *item);
struct text;
struct text *detail_text(const struct app *a, const struct input *in); /* owned by the caller, text_free() */
struct text *help_text(const struct app *a, const struct input *in);
void settle_detail(struct app *a, const struct input *in, int w, int h);
#endif
