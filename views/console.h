/* The running screen: a feed, the app's state, a screen to show it on. Shared by the full screen and `render`. */
#ifndef VIEWS_CONSOLE_H
#define VIEWS_CONSOLE_H
#include "base/arena.h"
#include "sources/feed.h"
#include "tui/screen.h"
#include "views/clusters.h"
#include "views/screen/app.h"
#include "views/timeline.h"

/* Another moment of the tape, and what differs at the one that is shown. Made while the history is looked at. */
struct then {
  struct snapshot *snap;
  struct moment at, mark;
  enum compare how;
  bool oldest, early, tried;
  const struct snapshot *against; /* changes: with that one, which may be gone; */
  uint64_t version;               /* ... that version of it, */
  int64_t now;                    /* ... at that time */
  struct arena *arena;
  struct changes changes;
};
void then_free(struct then *t);

struct operator;
struct reader;
struct guider;
struct console_scene { struct feed *feed; struct snapshot *newest, *snap; struct timeline timeline; };
struct console {
  struct loop *loop;
  struct feed *feed;
  struct snapshot *newest; /* of what comes in */
  struct snapshot *snap;   /* what is shown: the newest, or another moment's */
  struct timeline timeline;
  struct trends trends;
  char *state_dir; /* where what was chosen is kept; NULL: nowhere. Owned */
  struct lint *lint;   /* of lint_of, in lint_arena; NULL: it was not wanted */
  const struct snapshot *lint_of;
  struct arena *lint_arena;
  char *placed;        /* nodes whose loss together pacemaker was last asked for; owned */
  struct then then; /* what the history compares with */
  struct app app;
  struct keymap *keymap;
  struct canvas *canvas;
  enum glyphs glyphs;
  int w, h;
  bool replay, simulated, read_only, utc, interrupted;
  bool fixed;          /* the only clock is that of what is shown: render */
  int64_t rotate_ms;
  struct operator *operator; /* who acts; NULL: nobody */
  struct reader *reader;     /* who asks the hosts for their logs; NULL: nobody */
  struct guider *guider;     /* who works for the guide; NULL: nobody */
  void (*acted)(struct console *c); /* something that it does has changed; NULL: nobody is told */
  void (*terminal)(struct console *c, bool away); /* a command gets the terminal, it is back; NULL: there is none */
  struct clusters *clusters; /* other clusters; NULL: none is configured */
  char *away;          /* the one that is looked at instead of this one; owned, NULL: none */
  struct console_scene own; /* meanwhile: of this one */
  bool own_dirty;
  bool at_leisure; /* what takes long is done after the key's frame, by console_catch_up() */
  bool behind;     /* ... and is not done yet */
  bool next_event; /* as soon as there is one: a recording is still being read */
};

/* What the views see now; in->arena is fresh and the caller's to free. */
void console_input(const struct console *c, struct input *in, struct arena *a);
/* What came in: merged, compared with what was known. */
void console_take(struct console *c);
/* What is to be shown, selections settled. */
void console_look(struct console *c);
void console_catch_up(struct console *c);
bool console_compares(struct console *c); /* then.c: the history shows something else than it is to show */
void console_compare(struct console *c); /* then.c: what the history shows, when it is looked at */
void console_mark(struct console *c);
void console_draw(struct console *c); /* into c->canvas */
unsigned console_key(struct console *c, struct key k); /* APP_* */
void console_free(struct console *c);

/* elsewhere.c: another cluster in the place of this one */
void elsewhere_open(struct console *c); /* the one whose tile is selected */
void elsewhere_leave(struct console *c);
void elsewhere_own(struct console *c);
void elsewhere_input(const struct console *c, struct input *in);
unsigned elsewhere_wish(struct console *c, unsigned wants); /* after a key: what the app wished of it; APP_* */
#endif
