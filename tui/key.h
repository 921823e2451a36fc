/* A key, and its name: "F5", "C-l", "M-x", "S-Tab", "Enter", "Esc", "PgDn", "Space", "/", "é". key_parse() and key_print()
 * are each other's inverse for every key that key_canonical() leaves alone. */
#ifndef TUI_KEY_H
#define TUI_KEY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Codes below KEYSYM_FIRST are code points. (The names stay clear of those that curses.h defines.) */
enum {
  KEYSYM_FIRST = 0x110000,
  KEYSYM_ENTER = KEYSYM_FIRST,
  KEYSYM_ESC,
  KEYSYM_TAB,
  KEYSYM_BACKSPACE,
  KEYSYM_UP,
  KEYSYM_DOWN,
  KEYSYM_LEFT,
  KEYSYM_RIGHT,
  KEYSYM_HOME,
  KEYSYM_END,
  KEYSYM_PAGE_UP,
  KEYSYM_PAGE_DOWN,
  KEYSYM_INSERT,
  KEYSYM_DELETE,
  KEYSYM_F1, /* F2 is KEYSYM_F1 + 1, up to F24 */
  KEYSYM_END_OF_LIST = KEYSYM_F1 + 24,
  /* The mouse, where it is on: events at a place and no keys. They have no name, so nothing can be bound to them. */
  KEYSYM_CLICK = KEYSYM_END_OF_LIST,
  KEYSYM_WHEEL_UP,
  KEYSYM_WHEEL_DOWN
};

enum { KEY_CTRL = 1, KEY_ALT = 2, KEY_SHIFT = 4 };

struct key {
  uint32_t code; /* 0: no key */
  uint8_t mods;
  bool pasted; /* came from a bracketed paste: text for a prompt, never a command */
  int16_t x, y; /* of the mouse: column and row from 0 */
};
static inline bool key_is_mouse(struct key k) { return k.code >= KEYSYM_CLICK && k.code <= KEYSYM_WHEEL_DOWN; }

enum { KEY_NAME = 32 };
char *key_print(char *out, struct key k);         /* KEY_NAME bytes; returns out */
int key_parse(const char *name, struct key *ret); /* -EINVAL, *ret untouched */
bool key_equal(struct key a, struct key b);       /* pasted does not count */
/* What terminals cannot tell apart becomes one: C-i is Tab, C-m Enter, C-[ Esc, C-L is C-l; Shift on a character is the
 * character itself. */
struct key key_canonical(struct key k);
/* The n-th key that has a name of its own (not a plain character), code 0 after the last; for tests and completion. */
struct key key_special(size_t n);
#endif
