/* The lists: nodes, bricks, volumes, ... One row of the table each; the same list is a pane of the overview and a full
 * screen. A list says where its items are in a snapshot, which columns it has, and how an item fills them; sorting,
 * selecting and drawing are the same for all. Pure: nothing here changes anything but the frame being drawn. */
#ifndef SCREEN_LIST_H
#define SCREEN_LIST_H
#include "analysis/standing.h"
#include "keymaps/keymap.h"
#include "model/compare.h"
#include "model/difference.h"
#include "run/task.h"
#include "sources/feed.h"
#include "views/screen/choice.h"
#include "views/trend.h"

struct logs_state;
struct drill_reports;
struct drill_shown;
struct log_book;
struct guide_shown;

#include "views/screen/clusters.h"

enum compare { COMPARE_10_MIN, COMPARE_HOUR, COMPARE_ALL, COMPARE_MINUTE, COMPARE_MARK, COMPARE_COUNT };
struct then_shown { /* what is compared with what is shown */
  bool set, oldest; /* oldest: as far back as is kept, not as far as was asked for */
  enum compare how;
  struct moment at;
  const struct changes *changes;
};

struct lint;
struct input { /* what there is to see: borrowed, valid for one frame */
  const struct snapshot *snap;
  const struct event *events; /* oldest first */
  size_t event_count, event_past; /* past: how many of them had happened at the moment shown */
  const uint32_t *event_again; /* of each, how many events back the same happened; NULL: not known */
  int event_least;             /* enum severity: what is less is not listed */
  const struct keymap *keymap;
  enum glyphs glyphs;
  struct arena *arena; /* for texts of this frame */
  int64_t wall;        /* now, or the moment that is shown */
  struct feed_shown time;
  int64_t own_wall, mono; /* this machine's clocks, whatever is shown: the time of day, and one that only goes on */
  int64_t rotate_ms;   /* how long a page of the wall screen stands */
  const struct lint *lint; /* of this snapshot, while it is shown; NULL: it is not */
  bool pending;            /* what this view shows is being worked out: nothing may be said of it yet */
  bool at_leisure;         /* what takes long may be left for the frames that follow: app_waits() */
  struct then_shown then;
  int now_health;      /* of the newest, whatever is shown */
  bool utc, read_only, simulated;
  const struct task_view *tasks; /* newest first */
  size_t task_count;
  const char *cannot; /* why nothing can be run from here and now, a clause; NULL: it can */
  const struct logs_state *logs_asked; /* the logs that are wanted, and ... */
  const struct log_book *logs;         /* ... what was read of them; NULL: nothing is known of any */
  const struct cluster_tile *clusters; /* also this one, where there is one; none while they are not shown */
  size_t cluster_count;
  const char *away;   /* the name of the other cluster's feed that is looked at; NULL: none */
  const struct tallies *proofs; /* of fencing, by the audit as it was when the console began; NULL: none is kept */
  const char *ssh;    /* "root@%h": how other hosts are reached by hand, for a plan as a script */
  const struct drill_reports *drilled; /* oldest first; NULL: none are kept */
  const struct drill_shown *drill;     /* the one that runs; NULL: none */
  const struct guide_shown *guide; /* what the guide is about; NULL: it is not shown */
  const char *drill_order;             /* how far several in order are; NULL: there are none */
  const struct trends *trends; /* how loads went until now; NULL: nothing is known */
};

struct event_row { /* of the list of events: one, or the same again and again */
  struct event event; /* the newest of them; first: the list's shape is an event's */
  size_t index, count; /* its place among the events; how many there are in all */
  int64_t first;       /* when that began */
  int worst;           /* enum severity */
};

enum list_id { LIST_NODES, LIST_BRICKS, LIST_VOLUMES, LIST_DOMAINS, LIST_RESOURCES, LIST_EVENTS, LIST_PROBLEMS, LIST_SOURCES, LIST_TASKS, LIST_LOGS, LIST_FENCING, LIST_HISTORY, LIST_LINT, LIST_DRILLS, LIST_COUNT };

struct list_column {
  struct column shown;
  const char *field; /* of the item's shape: what the column is sorted by; NULL: by the key it has in its list's table, else by the text it shows */
};
struct list_key { /* what a column is sorted by that shows no field of its own; ends with of NULL */
  int column;
  struct sort_key (*of)(const struct input *in, const void *item);
};

struct list {
  const char *name, *title, *help;
  enum action action; /* that opens it */
  const struct shape *shape;
  const struct list_column *columns;
  int column_count;
  const struct list_key *keys; /* NULL: none */
  const char *empty; /* said when there are none */
  bool tail;         /* newest last: starts at its end */
  uint64_t (*stamp)(const struct input *in); /* the same as long as its rows are; NULL: they are looked at each time */
  size_t (*collect)(const struct input *in, const void ***ret); /* items, in the arena */
  const char *(*id)(const struct input *in, const void *item);
  void (*fill)(const struct input *in, const void *item, struct row *out);
  const char *(*heading)(const struct input *in), *(*note)(const struct input *in); /* on its frame: instead of the title, and beside it; NULL: none */
};
extern const struct list *const lists[LIST_COUNT];

struct list_state { /* lives as long as the screen */
  struct table_state table;
  int sorted; /* 1 + column, 0: as it comes */
  bool reversed, touched; /* touched: the operator has moved in it */
  struct columns_choice chosen, configured;
  struct list_filter filter;
  struct marks marks;
  struct { uint64_t stamp, serial; int sorted; bool reversed; uint32_t *row; size_t count, all; struct filtered filtered; } kept; /* which rows in which order, as long as nothing of that changes */
};
void list_state_free(struct list_state *s); /* leaves it {0} */

struct list_rows { /* a list, collected and sorted for one frame */
  const struct list *list;
  const struct input *in;
  const struct list_state *state;
  const void **item;
  uint32_t *row; /* where each was before it was filtered and sorted; NULL: nobody asks */
  struct filtered filtered;
  struct columns_choice order;
  struct column columns[TABLE_COLUMNS];
  struct table table;
};
/* Fills r, which must stay in place while its table is used. */
void list_open(struct list_rows *r, const struct list *l, const struct list_state *s, const struct input *in);
uint64_t snapshot_stamp(const struct input *in); /* of a list that is made of the snapshot and nothing else */
/* After a new snapshot: what is remembered of its rows is brought up to them. Returns how many marks went with their rows. */
size_t list_follow(const struct list *l, struct list_state *s, const struct input *in);
const void *list_selected(const struct list_rows *r, const struct list_state *s); /* NULL when empty */

int move_of(enum action action); /* enum move, -1: it moves nothing; in lists and texts alike */

/* Shared by the lists' fill functions. */
const char *size_text(const struct input *in, int64_t bytes);         /* "1.9T", NULL when unknown */
const char *percent_text(const struct input *in, double percent);     /* "62%", NULL when unknown */
const char *count_text(const struct input *in, int64_t n);            /* NULL when unknown */
const char *age_text(const struct input *in, int64_t since);          /* of a wall time */
const char *clock_text(const struct input *in, int64_t wall);         /* "12:03:44" */
const char *day_text(const struct input *in, int64_t wall);           /* with its day when it is not today's: "11-21 23:10:04" */
const char *times_text(const struct input *in, const struct event_row *r); /* "x12 in 3 min: ", "" of one */
const char *heal_text(const struct input *in, int64_t pending, const struct heal_view *h); /* "214 ↓ 3 min", "214 stuck 12 min"; NULL when not counted */
const char *rate_text(const struct input *in, int64_t pending, const struct heal_view *h); /* healed a minute: "60/min"; "-" where there is none */
const char *now_text(const struct input *in);                           /* the time of day of who looks, "12:03:44"; of a simulation its own */
const char *until_text(const struct input *in, int64_t wall);         /* "16:00", with its date where that is not within a day */
const char *known_text(const struct input *in, const struct problem *p); /* "ack by root@kvm01 until 16:00: new disk on Tuesday"; NULL: it is not acknowledged */
const char *join_text(const struct input *in, const struct texts *t); /* "a, b"; "-" when empty */
const char *trend_text(const struct input *in, enum trend_kind kind, const char *name, int w, double max); /* a sparkline of w columns; "" when nothing is known */
enum role severity_role(int severity);     /* how what is so grave is drawn, and ... */
enum symbol severity_symbol(int severity); /* ... the sign before it */
enum role level_role(enum level level);
enum symbol level_symbol(enum level level);
const struct tallies *proofs_shown(const struct input *in); /* and by the tasks since */
/* The words with their marks: "~" before what is old. */
const char *standing_text(const struct input *in, struct standing s);
/* A cell whose fact may be old: an old one is marked by a sign before it, whatever its role would have been. */
void put_fact(struct row *out, const struct input *in, int column, enum role role, const char *text, const struct texts *stale);

extern const struct list list_nodes, list_bricks, list_volumes, list_domains, list_resources, list_events, list_problems, list_sources, list_tasks, list_logs, list_fencing, list_history, list_lint, list_drills;
#endif
