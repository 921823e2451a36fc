/* A line that is edited: UTF-8, a cursor that steps by what a reader sees. What is pasted arrives as text, its line ends and
 * controls do not. Its memory is wiped whenever it is given back: it may hold a secret. */
#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H
#include "tui/canvas.h"
#include "tui/key.h"

enum { PROMPT_MAX = 4096 }; /* bytes */

struct prompt { /* {0} is an empty line */
  char *text;   /* NUL-terminated once anything was in it; owned */
  size_t len, room;
  size_t at;    /* the cursor: a byte, never within a character */
};

void prompt_free(struct prompt *p); /* leaves it {0} */
void prompt_set(struct prompt *p, const char *text); /* the cursor behind it; NULL: empty */
const char *prompt_text(const struct prompt *p);     /* borrowed, never NULL */

/* PROMPT_NOT: the key is none of an editor's (Enter, Tab, Up, Esc, function keys ...) and the caller's to use. */
enum prompt_did { PROMPT_NOT, PROMPT_MOVED, PROMPT_CHANGED };
/* Characters, Left, Right, Home, End, C-a, C-e, Backspace, Del, C-w (the word before), C-u (all before), C-k (all behind),
 * C-Left and C-Right (a word), as a shell's line has them. */
enum prompt_did prompt_key(struct prompt *p, struct key k);

/* In the first row of the pen, moved so that the cursor is seen. masked: a sign for each character. */
void prompt_draw(struct pen p, const struct prompt *t, struct style s, bool masked, bool focused);
#endif
