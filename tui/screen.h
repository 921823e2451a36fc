/* An output device: shows a canvas, gives keys. curses.c is the terminal, headless.c remembers (for `render` and tests).
 * The terminal's signals are the loop's: on SIGWINCH call screen_resized(); curses installs no handler. */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H
#include "base/err.h"
#include "base/loop.h"
#include "tui/canvas.h"
#include "tui/key.h"

struct screen;

struct screen_options {
  int in, out;               /* descriptors of the terminal, usually 0 and 1; they stay the caller's */
  const char *term;          /* NULL: $TERM */
  const struct theme *theme; /* NULL: the default */
  bool no_color;             /* NO_COLOR is set and not empty, as main saw it */
  bool ascii;                /* ASCII even where UTF-8 would do */
};

/* NULL with e set: no terminal, unknown TERM, too dumb a terminal. Sets LC_CTYPE from the environment (LC_NUMERIC stays C). */
struct screen *screen_open_curses(const struct screen_options *o, struct err *e);
struct screen *screen_open_headless(int w, int h, enum glyphs glyphs);
void screen_close(struct screen *s); /* the terminal is as it was before; NULL is fine */

void screen_size(const struct screen *s, int *ret_w, int *ret_h);
enum glyphs screen_glyphs(const struct screen *s); /* for canvas_new() */
enum colours screen_colours(const struct screen *s);
void screen_theme(struct screen *s, const struct theme *t); /* the next blit repaints in it */
/* Shows c (of any size; what is outside the screen is cut). Only what differs from the last one is sent, and never so that
 * the caller waits: when the terminal takes no more, the newest frame is kept and shown once it does. 0; -EAGAIN: suspended,
 * not shown; -EIO: the terminal is gone. */
int screen_blit(struct screen *s, const struct canvas *c);
uint64_t screen_sent(const struct screen *s); /* bytes sent to the terminal so far */
/* The next blit sends everything anew: for the redraw key, when others wrote on the terminal. */
void screen_redraw(struct screen *s);
/* Asks the terminal for its size; true when it changed. */
bool screen_resized(struct screen *s);
void screen_bell(struct screen *s);
/* Clicks and the wheel come as keys of their own (key_is_mouse); the terminal's own selection of text then needs Shift. Off at
 * first. false: this terminal has no mouse. */
bool screen_mouse(struct screen *s, bool on);

/* The descriptor to poll for keys, -1: none. */
int screen_fd(const struct screen *s);
/* 1 and a key; 0: none now; -EIO: the terminal is gone. Never blocks. Call until it gives 0. */
int screen_key(struct screen *s, struct key *ret);
/* When screen_key() must be asked again though nothing came (a lone Esc): milliseconds, -1: need not. */
int screen_wait(const struct screen *s);
/* Does all three on the loop, and sends what a slow terminal could not take at once. fn gets each key; code -EIO (key NULL):
 * the terminal is gone. fn may close the screen. Ends with screen_close(). */
typedef void screen_key_fn(void *owner, int code, const struct key *key);
void screen_listen(struct screen *s, struct loop *l, screen_key_fn *fn, void *owner);

/* The terminal as it was before, for another program (a console, an editor), and back again with everything redrawn.
 * screen_listen() pauses meanwhile. */
void screen_suspend(struct screen *s);
void screen_resume(struct screen *s);
/* Ctrl-Z: suspends, stops the job, and resumes when it is continued. Does nothing where no shell would continue us. */
void screen_stop(struct screen *s);

/* Gives the terminal back at once: async-signal-safe, for a fatal signal or when memory is out, before the last word. Does
 * nothing when no terminal is open. screen_close() is for every other way out. */
void screen_restore(void);

/* Headless only. */
const struct canvas *headless_frame(const struct screen *s); /* the last blit, NULL before the first */
void headless_push(struct screen *s, struct key k);          /* screen_key() gives it back */
void headless_size(struct screen *s, int w, int h);          /* screen_resized() sees it */
size_t headless_changed(const struct screen *s);             /* cells that the last blit changed */
#endif
