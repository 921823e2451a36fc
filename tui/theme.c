#include "tui/theme.h"
#include "base/str.h"

enum { DARK, LIGHT, CONTRAST, BLIND, MONO, THEME_COUNT };

/* The looks of one role in one theme: with 256, 16 and 8 colours. A zeroed one would be black on black and is what
 * theme_has() finds. The 16-colour values avoid bright black, which some palettes make the background. */
struct palette {
  struct look of_256, of_16, of_8;
};

enum { B = ATTR_BOLD, R = ATTR_REVERSE, U = ATTR_UNDERLINE, D = ATTR_DIM };
#define SAME(attrs)                                     \
  {                                                     \
    {-1, -1, attrs}, {-1, -1, attrs}, { -1, -1, attrs } \
  }

/* -1: what NORMAL has, and where that is -1 as well what the terminal has. The 256 colours of a theme are far enough from
 * each background they stand on, that of a selected row too, to be read; a unit test computes how far. */
/* clang-format off */
static const struct palette table[ROLE_COUNT][THEME_COUNT] = {
  [ROLE_NORMAL] = {
    [DARK] = SAME(0),                                       [LIGHT] = SAME(0),
    [CONTRAST] = {{231, 16, 0}, {15, 0, 0}, {7, 0, B}},     [BLIND] = SAME(0), [MONO] = SAME(0)},
  [ROLE_DIM] = {
    [DARK] = {{248, -1, 0}, {-1, -1, D}, {-1, -1, D}},      [LIGHT] = {{240, -1, 0}, {-1, -1, D}, {-1, -1, D}},
    [CONTRAST] = {{252, -1, 0}, {7, -1, 0}, {7, -1, 0}},    [BLIND] = {{248, -1, 0}, {-1, -1, D}, {-1, -1, D}}, [MONO] = SAME(D)},
  [ROLE_TITLE] = {
    [DARK] = {{255, -1, B}, {-1, -1, B}, {-1, -1, B}},      [LIGHT] = {{16, -1, B}, {-1, -1, B}, {-1, -1, B}},
    [CONTRAST] = SAME(B),                                   [BLIND] = {{255, -1, B}, {-1, -1, B}, {-1, -1, B}}, [MONO] = SAME(B)},
  [ROLE_HEADER] = {
    [DARK] = {{110, -1, B}, {14, -1, 0}, {6, -1, 0}},       [LIGHT] = {{24, -1, B}, {4, -1, B}, {4, -1, B}},
    [CONTRAST] = {{123, -1, B | U}, {14, -1, U}, {6, -1, B | U}}, [BLIND] = {{110, -1, B}, {14, -1, 0}, {6, -1, 0}}, [MONO] = SAME(U)},
  /* Reversed where there are few colours: a red value then is a red block in the selected row, readable everywhere. */
  [ROLE_SELECTED] = {
    [DARK] = {{255, 237, B}, {-1, -1, R}, {-1, -1, R}},     [LIGHT] = {{16, 254, B}, {-1, -1, R}, {-1, -1, R}},
    [CONTRAST] = {{231, 18, B}, {-1, -1, R}, {-1, -1, R}},  [BLIND] = {{255, 237, B}, {-1, -1, R}, {-1, -1, R}}, [MONO] = SAME(R)},
  [ROLE_SELECTED_UNFOCUSED] = {
    [DARK] = {{-1, 235, 0}, {-1, -1, B}, {-1, -1, B}},      [LIGHT] = {{-1, 255, B}, {-1, -1, B}, {-1, -1, B}},
    [CONTRAST] = {{231, 234, B}, {-1, -1, B}, {-1, -1, B | U}}, [BLIND] = {{-1, 235, 0}, {-1, -1, B}, {-1, -1, B}}, [MONO] = SAME(B)},
  [ROLE_OK] = {
    [DARK] = {{114, -1, 0}, {10, -1, 0}, {2, -1, 0}},       [LIGHT] = {{22, -1, 0}, {2, -1, 0}, {2, -1, 0}},
    [CONTRAST] = {{120, -1, 0}, {10, -1, 0}, {2, -1, B}},   [BLIND] = {{75, -1, 0}, {14, -1, 0}, {6, -1, 0}}, [MONO] = SAME(0)},
  /* Yellow text cannot be read on white: there it is black on yellow. */
  [ROLE_WARN] = {
    [DARK] = {{221, -1, 0}, {11, -1, 0}, {3, -1, B}},       [LIGHT] = {{94, -1, B}, {0, 3, 0}, {0, 3, 0}},
    [CONTRAST] = {{227, -1, B}, {11, -1, B}, {3, -1, B}},   [BLIND] = {{220, -1, 0}, {11, -1, 0}, {3, -1, B}}, [MONO] = SAME(B)},
  [ROLE_BAD] = {
    [DARK] = {{210, -1, B}, {9, -1, B}, {1, -1, B}},        [LIGHT] = {{124, -1, B}, {1, -1, B}, {1, -1, B}},
    [CONTRAST] = {{217, -1, B | U}, {15, 1, B}, {7, 1, B}}, [BLIND] = {{209, -1, B}, {9, -1, B}, {1, -1, B | U}}, [MONO] = SAME(B | U)},
  [ROLE_UNKNOWN] = {
    [DARK] = {{177, -1, 0}, {13, -1, 0}, {5, -1, B}},       [LIGHT] = {{90, -1, 0}, {5, -1, 0}, {5, -1, 0}},
    [CONTRAST] = {{219, -1, U}, {13, -1, U}, {5, -1, B | U}}, [BLIND] = {{255, -1, U}, {15, -1, U}, {7, -1, B | U}}, [MONO] = SAME(U)},
  [ROLE_STALE] = {
    [DARK] = {{144, -1, 0}, {3, -1, 0}, {3, -1, 0}},        [LIGHT] = {{58, -1, U}, {-1, -1, D | U}, {-1, -1, D | U}},
    [CONTRAST] = {{230, -1, U}, {7, -1, U}, {7, -1, U}},    [BLIND] = {{187, -1, U}, {3, -1, U}, {3, -1, U}}, [MONO] = SAME(D | U)},
  [ROLE_KEY] = {
    [DARK] = {{81, -1, B}, {14, -1, B}, {6, -1, B}},        [LIGHT] = {{25, -1, B}, {4, -1, B}, {4, -1, B}},
    [CONTRAST] = {{123, -1, B}, {14, -1, B}, {6, -1, B}},   [BLIND] = {{117, -1, B}, {14, -1, B}, {6, -1, B}}, [MONO] = SAME(B)},
  [ROLE_ACCENT] = {
    [DARK] = {{117, -1, 0}, {14, -1, 0}, {6, -1, 0}},       [LIGHT] = {{25, -1, 0}, {4, -1, 0}, {4, -1, 0}},
    [CONTRAST] = {{159, -1, 0}, {14, -1, 0}, {6, -1, B}},   [BLIND] = {{117, -1, 0}, {14, -1, 0}, {6, -1, 0}}, [MONO] = SAME(0)},
  [ROLE_BORDER] = {
    [DARK] = {{241, -1, 0}, {-1, -1, D}, {-1, -1, D}},      [LIGHT] = {{245, -1, 0}, {-1, -1, D}, {-1, -1, D}},
    [CONTRAST] = {{250, -1, 0}, {7, -1, 0}, {7, -1, 0}},    [BLIND] = {{241, -1, 0}, {-1, -1, D}, {-1, -1, D}}, [MONO] = SAME(D)},
  [ROLE_BORDER_FOCUSED] = {
    [DARK] = {{75, -1, B}, {14, -1, B}, {6, -1, B}},        [LIGHT] = {{25, -1, B}, {4, -1, B}, {4, -1, B}},
    [CONTRAST] = {{123, -1, B}, {14, -1, B}, {6, -1, B}},   [BLIND] = {{75, -1, B}, {14, -1, B}, {6, -1, B}}, [MONO] = SAME(B)},
  [ROLE_BADGE_OK] = {
    [DARK] = {{16, 114, 0}, {0, 2, 0}, {0, 2, 0}},          [LIGHT] = {{231, 28, B}, {15, 2, B}, {7, 2, B}},
    [CONTRAST] = {{16, 120, B}, {0, 10, 0}, {0, 2, 0}},     [BLIND] = {{16, 75, 0}, {0, 14, 0}, {0, 6, 0}}, [MONO] = SAME(R)},
  [ROLE_BADGE_WARN] = {
    [DARK] = {{16, 221, 0}, {0, 11, 0}, {0, 3, 0}},         [LIGHT] = {{16, 220, 0}, {0, 11, 0}, {0, 3, 0}},
    [CONTRAST] = {{16, 227, B}, {0, 11, 0}, {0, 3, 0}},     [BLIND] = {{16, 220, 0}, {0, 11, 0}, {0, 3, 0}}, [MONO] = SAME(R)},
  [ROLE_BADGE_BAD] = {
    [DARK] = {{231, 160, B}, {15, 1, B}, {7, 1, B}},        [LIGHT] = {{231, 160, B}, {15, 1, B}, {7, 1, B}},
    [CONTRAST] = {{231, 88, B | U}, {15, 1, B}, {7, 1, B}}, [BLIND] = {{16, 209, B | U}, {0, 9, 0}, {7, 1, B}}, [MONO] = SAME(R | B)},
  [ROLE_BADGE_UNKNOWN] = {
    [DARK] = {{16, 177, 0}, {0, 13, 0}, {7, 5, B}},         [LIGHT] = {{231, 90, B}, {15, 5, B}, {7, 5, B}},
    [CONTRAST] = {{16, 219, B}, {0, 13, 0}, {7, 5, B}},     [BLIND] = {{16, 255, U}, {0, 15, U}, {0, 7, U}}, [MONO] = SAME(R | U)},
  [ROLE_INPUT] = {
    [DARK] = {{255, 237, U}, {-1, -1, U}, {-1, -1, U}},     [LIGHT] = {{16, 254, U}, {-1, -1, U}, {-1, -1, U}},
    [CONTRAST] = {{231, 18, U}, {-1, -1, U}, {-1, -1, U}},  [BLIND] = {{255, 237, U}, {-1, -1, U}, {-1, -1, U}}, [MONO] = SAME(U)},
  [ROLE_BAR] = {
    [DARK] = {{75, -1, 0}, {14, -1, 0}, {6, -1, 0}},        [LIGHT] = {{25, -1, 0}, {4, -1, 0}, {4, -1, 0}},
    [CONTRAST] = {{123, -1, 0}, {14, -1, 0}, {6, -1, B}},   [BLIND] = {{75, -1, 0}, {14, -1, 0}, {6, -1, 0}}, [MONO] = SAME(0)},
  [ROLE_BAR_WARN] = {
    [DARK] = {{221, -1, 0}, {11, -1, 0}, {3, -1, B}},       [LIGHT] = {{166, -1, 0}, {3, -1, 0}, {3, -1, 0}},
    [CONTRAST] = {{227, -1, 0}, {11, -1, 0}, {3, -1, B}},   [BLIND] = {{220, -1, 0}, {11, -1, 0}, {3, -1, B}}, [MONO] = SAME(B)},
  [ROLE_BAR_BAD] = {
    [DARK] = {{210, -1, B}, {9, -1, B}, {1, -1, B}},        [LIGHT] = {{160, -1, B}, {1, -1, B}, {1, -1, B}},
    [CONTRAST] = {{217, -1, B}, {15, 1, B}, {7, 1, B}},     [BLIND] = {{209, -1, B}, {9, -1, B}, {1, -1, B | U}}, [MONO] = SAME(B | U)},
  [ROLE_BAR_EMPTY] = {
    [DARK] = {{241, -1, 0}, {-1, -1, D}, {-1, -1, D}},      [LIGHT] = {{245, -1, 0}, {-1, -1, D}, {-1, -1, D}},
    [CONTRAST] = {{250, -1, 0}, {7, -1, 0}, {7, -1, 0}},    [BLIND] = {{241, -1, 0}, {-1, -1, D}, {-1, -1, D}}, [MONO] = SAME(D)},
};
/* clang-format on */

struct theme {
  const char *name, *help;
};
static const struct theme themes[THEME_COUNT] = {
    [DARK] = {"dark", "for terminals with a dark background"},
    [LIGHT] = {"light", "for terminals with a light background"},
    [CONTRAST] = {"high-contrast", "white on black of its own, whatever the terminal has: for bad eyes and bad monitors"},
    [BLIND] = {"colour-blind", "for dark backgrounds: blue, yellow, orange and white, told apart without red and green"},
    [MONO] = {"mono", "no colours: bold, underlined and reversed only"},
};

const struct theme *theme_find(const char *name) {
  if (!name) return &themes[DARK];
  for (size_t i = 0; i < THEME_COUNT; i++)
    if (str_eq(themes[i].name, name)) return &themes[i];
  return NULL;
}

const struct theme *theme_at(size_t n) { return n < THEME_COUNT ? &themes[n] : NULL; }
const char *theme_name(const struct theme *t) { return t->name; }
const char *theme_help(const struct theme *t) { return t->help; }

enum colours theme_depth(int terminal_colours, bool no_color) {
  if (no_color || terminal_colours < 8) return COLOURS_NONE;
  if (terminal_colours == 256) return COLOURS_256;
  if (terminal_colours >= 16 && terminal_colours < 256) return COLOURS_16;
  return COLOURS_8;
}

static struct look look_of(const struct theme *t, enum colours depth, unsigned role) {
  if (role >= ROLE_COUNT) role = ROLE_NORMAL;
  const struct palette *p = &table[role][depth == COLOURS_NONE ? MONO : t - themes];
  return depth == COLOURS_256 ? p->of_256 : depth == COLOURS_16 ? p->of_16 : p->of_8;
}

struct look theme_look(const struct theme *t, enum colours depth, struct style s) {
  struct look l = look_of(t, depth, s.role), normal = look_of(t, depth, ROLE_NORMAL);
  if (s.on != ROLE_NORMAL && s.on != s.role) {
    if (s.role == ROLE_NORMAL) l.bg = -1;
    struct look under = look_of(t, depth, s.on);
    /* A badge keeps its own background: it is what it says. */
    if (under.bg >= 0 && l.bg < 0) l.bg = under.bg;
    /* A background of its own turned around by a reversed row would change its colour into the text's. */
    l.attrs |= l.bg >= 0 ? under.attrs & ~ATTR_REVERSE : under.attrs;
  }
  l.attrs |= s.attrs;
  if (l.fg < 0) l.fg = normal.fg;
  if (l.bg < 0) l.bg = normal.bg;
  return l;
}

struct look theme_ground(const struct theme *t) { return t == &themes[LIGHT] ? (struct look){16, 231, 0} : (struct look){250, 16, 0}; }

static bool black_on_black(struct look l) { return !l.fg && !l.bg; }

bool theme_has(const struct theme *t, enum role role) {
  if ((unsigned)role >= ROLE_COUNT) return false;
  const struct palette *p = &table[role][t - themes];
  return !black_on_black(p->of_256) && !black_on_black(p->of_16) && !black_on_black(p->of_8);
}

const char *role_name(enum role role) {
  static const char *const names[] = {
#define X(name) #name,
      ROLES(X)
#undef X
  };
  return (unsigned)role < ROLE_COUNT ? names[role] : "NORMAL";
}
