/* The signs of the screen, each in three forms: for a UTF-8 terminal, for the Linux console, whose font has little more
 * than code page 437, and in ASCII. A form is one column wide in all three (the ellipsis too). */
#ifndef TUI_SYMBOL_H
#define TUI_SYMBOL_H

enum glyphs { GLYPHS_UTF8, GLYPHS_CONSOLE, GLYPHS_ASCII, GLYPHS_COUNT };

/* clang-format off */
/*        name           UTF-8      console    ASCII */
#define SYMBOLS(X)                                                                                                                           \
  X(UP, "\u25cf", "\u2022", "*")                /* ● is there, works */                                                                      \
  X(DOWN, "\u25cb", "o", "o")                   /* ○ is not */                                                                               \
  X(OK, "\u2714", "\u221a", "+")                /* ✔ */                                                                                      \
  X(WARN, "\u25b2", "\u25b2", "^")              /* ▲ */                                                                                      \
  X(BAD, "\u2716", "x", "x")                    /* ✖ */                                                                                      \
  X(UNKNOWN, "?", "?", "?")                     /* not known: the same everywhere */                                                         \
  X(OLD, "~", "~", "~")                         /* how it was when it was last heard of: the same everywhere */                             \
  X(WAIT, "\u2026", "~", "~")                   /* … time cures it */                                                                        \
  X(SELECTED, "\u25b6", "\u25ba", ">")          /* ▶ */                                                                                      \
  X(MARKED, "\u25a0", "\u25a0", "+")            /* ■ one of several that are chosen */                                                       \
  X(COLLAPSED, "\u25b8", "\u25ba", "+")         /* ▸ a branch that can be opened */                                                          \
  X(EXPANDED, "\u25be", "\u25bc", "-")          /* ▾ */                                                                                      \
  X(ELLIPSIS, "\u2026", ">", ">")               /* … the text goes on; ~ before a value means old */                                         \
  X(BULLET, "\u2022", "\u2022", "*")            /* • */                                                                                      \
  X(SEPARATOR, "\u00b7", "\u00b7", "-")         /* · */                                                                                      \
  X(FULL, "\u2588", "\u2588", "#")              /* █ bars */                                                                                 \
  X(MEDIUM, "\u2593", "\u2593", "=")            /* ▓ */                                                                                      \
  X(EMPTY, "\u2591", "\u2591", ".")             /* ░ */                                                                                      \
  X(ARROW_UP, "\u2191", "\u2191", "^")          /* ↑ rises; the sort mark, ascending */                                                      \
  X(ARROW_DOWN, "\u2193", "\u2193", "v")        /* ↓ falls; the sort mark, descending */                                                     \
  X(ARROW_RIGHT, "\u2192", "\u2192", ">")       /* → goes to */                                                                              \
  X(ARROW_LEFT, "\u2190", "\u2190", "<")        /* ← */                                                                                      \
  X(HORIZONTAL, "\u2500", "\u2500", "-")        /* lines */                                                                                  \
  X(VERTICAL, "\u2502", "\u2502", "|")                                                                                                       \
  X(TOP_LEFT, "\u250c", "\u250c", "+")                                                                                                       \
  X(TOP_RIGHT, "\u2510", "\u2510", "+")                                                                                                      \
  X(BOTTOM_LEFT, "\u2514", "\u2514", "+")                                                                                                    \
  X(BOTTOM_RIGHT, "\u2518", "\u2518", "+")                                                                                                   \
  X(TEE_LEFT, "\u251c", "\u251c", "+")                                                                                                       \
  X(TEE_RIGHT, "\u2524", "\u2524", "+")                                                                                                      \
  X(TEE_UP, "\u2534", "\u2534", "+")             /* a line that comes from above */                                                            \
  X(TEE_DOWN, "\u252c", "\u252c", "+")           /* a line that goes down from here */                                                         \
  X(BRANCH, "\u251c", "\u251c", "|")            /* ├ of a tree */                                                                            \
  X(BRANCH_LAST, "\u2514", "\u2514", "`")       /* └ */

enum symbol {
#define X(name, utf8, console, ascii) SYMBOL_##name,
  SYMBOLS(X)
#undef X
  SYMBOL_COUNT
};
/* clang-format on */

/* The sign as text, one column wide, borrowed for ever. */
const char *symbol(enum glyphs g, enum symbol s);
#endif
