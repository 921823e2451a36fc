/* What a cell means, and how that looks. Views name a meaning (role) and never a colour; a theme is a column of the one
 * table in theme.c, with values for terminals of 256, 16 and 8 colours. Without colours (TERM=vt100, NO_COLOR) every
 * theme falls back to the attributes of mono, so no meaning rests on colour alone. */
#ifndef TUI_THEME_H
#define TUI_THEME_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The order is that of the rows in theme.c and of role_name(). */
/* clang-format off */
#define ROLES(X) \
  X(NORMAL) X(DIM) X(TITLE) X(HEADER) X(SELECTED) X(SELECTED_UNFOCUSED) X(OK) X(WARN) X(BAD) X(UNKNOWN) X(STALE) \
  X(KEY) X(ACCENT) X(BORDER) X(BORDER_FOCUSED) X(BADGE_OK) X(BADGE_WARN) X(BADGE_BAD) X(BADGE_UNKNOWN) X(INPUT) \
  X(BAR) X(BAR_WARN) X(BAR_BAD) X(BAR_EMPTY)
/* clang-format on */

enum role {
#define X(name) ROLE_##name,
  ROLES(X)
#undef X
      ROLE_COUNT
};

enum attr { ATTR_BOLD = 1, ATTR_REVERSE = 2, ATTR_UNDERLINE = 4, ATTR_DIM = 8 };

/* The style of a cell. `on` is a second role that gives the background: {ROLE_BAD, 0, ROLE_SELECTED} is a bad value in the
 * selected row, still seen as bad. ROLE_NORMAL there means none. */
struct style {
  uint8_t role, attrs, on;
};
#define STYLE(name) ((struct style){.role = ROLE_##name})
static inline struct style style_of(enum role role) { return (struct style){.role = (uint8_t)role}; }

enum colours { COLOURS_NONE, COLOURS_8, COLOURS_16, COLOURS_256 };

/* What goes to a terminal: colours of the given depth, -1 for the terminal's own; attrs are enum attr. */
struct look {
  int16_t fg, bg;
  uint8_t attrs;
};

struct theme;
const struct theme *theme_find(const char *name); /* NULL: no such theme; NULL as name gives the default, dark */
/* For `list themes` and completion: the n-th theme, NULL after the last. */
const struct theme *theme_at(size_t n);
const char *theme_name(const struct theme *t);
const char *theme_help(const struct theme *t);
/* no_color and the terminal's own number of colours give the depth. 16 M colours (direct colour) count as 8: their
 * numbers mean something else. */
enum colours theme_depth(int terminal_colours, bool no_color);
struct look theme_look(const struct theme *t, enum colours depth, struct style s);
/* The colours that a theme takes its terminal to have of its own, of 256: for contrast, and for pictures. */
struct look theme_ground(const struct theme *t);
/* Whether the table says anything for this role (self-test): every role of every theme must. */
bool theme_has(const struct theme *t, enum role role);
const char *role_name(enum role role); /* "SELECTED_UNFOCUSED" */
#endif
