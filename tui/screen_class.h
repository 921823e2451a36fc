/* What a kind of screen must offer; for curses.c and headless.c only. */
#ifndef TUI_SCREEN_CLASS_H
#define TUI_SCREEN_CLASS_H
#include "tui/screen.h"

struct screen_class {
  void (*close)(struct screen *s); /* everything but s itself */
  int (*blit)(struct screen *s, const struct canvas *c);
  bool (*flush)(struct screen *s); /* sends what is left; true: still some. NULL: never any */
  uint64_t (*sent)(const struct screen *s);
  void (*redraw)(struct screen *s);
  bool (*resized)(struct screen *s);
  void (*bell)(struct screen *s);
  bool (*mouse)(struct screen *s, bool on);
  int (*key)(struct screen *s, struct key *ret);
  int (*wait)(const struct screen *s);
  void (*suspend)(struct screen *s);
  void (*resume)(struct screen *s);
};

struct screen {
  const struct screen_class *class;
  int w, h, fd, out_fd;
  enum glyphs glyphs;
  enum colours colours;
  const struct theme *theme;
  bool suspended;
  /* screen_listen() */
  struct watch *watch, *out_watch;
  struct timer *timer;
  screen_key_fn *on_key;
  void *owner;
  bool busy, closed; /* while keys are handed out the memory stays, also when a handler closes the screen */
};
#endif
