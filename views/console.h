/* The running screen: a feed, the app's state, a screen to show it on. Shared by the full screen and `render`. */
#ifndef VIEWS_CONSOLE_H
#define VIEWS_CONSOLE_H
#include "base/arena.h"
#include "sources/feed.h"
#include "tui/screen.h"
#include "views/screen/app.h"

enum { CONSOLE_EVENTS = 1000 };

struct console {
  struct loop *loop;
  struct feed *feed;
  struct snapshot *snap;
  struct app app;
  struct keymap *keymap;
  struct canvas *canvas;
  enum glyphs glyphs;
  int w, h;
  bool replay, simulated, read_only, utc, interrupted;
  /* The last events: a ring that owns each event's texts in an arena of its own. */
  struct event events[CONSOLE_EVENTS * 2]; /* used from event_at on: moved down when the end is reached */
  struct arena *event_arena[CONSOLE_EVENTS * 2];
  size_t event_at, event_count;
};

/* What the views see now; in->arena is fresh and the caller's to free. */
void console_input(const struct console *c, struct input *in, struct arena *a);
/* A new snapshot: merged, compared, selections settled. */
void console_look(struct console *c);
void console_draw(struct console *c); /* into c->canvas */
unsigned console_key(struct console *c, struct key k); /* APP_* */
void console_free(struct console *c);
#endif
