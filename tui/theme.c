#include "tui/theme.h"
#include "base/str.h"

enum { DARK, LIGHT, MONO, THEME_COUNT };

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

/* clang-format off */
static const struct palette table[ROLE_COUNT][THEME_COUNT] = {
  /*                            dark: 256, 16, 8                                light: 256, 16, 8                               mono */
  [ROLE_NORMAL]             = {SAME(0),                                        SAME(0),                                        SAME(0)},
  [ROLE_DIM]                = {{{246, -1, 0}, {-1, -1, D}, {-1, -1, D}},       {{242, -1, 0}, {-1, -1, D}, {-1, -1, D}},       SAME(D)},
  [ROLE_TITLE]              = {{{255, -1, B}, {-1, -1, B}, {-1, -1, B}},       {{16, -1, B}, {-1, -1, B}, {-1, -1, B}},        SAME(B)},
  [ROLE_HEADER]             = {{{110, -1, B}, {14, -1, 0}, {6, -1, 0}},        {{24, -1, B}, {4, -1, B}, {4, -1, B}},          SAME(U)},
  /* Reversed where there are few colours: a red value then is a red block in the selected row, readable everywhere. */
  [ROLE_SELECTED]           = {{{255, 238, B}, {-1, -1, R}, {-1, -1, R}},      {{16, 252, B}, {-1, -1, R}, {-1, -1, R}},       SAME(R)},
  [ROLE_SELECTED_UNFOCUSED] = {{{-1, 236, 0}, {-1, -1, B}, {-1, -1, B}},       {{-1, 254, 0}, {-1, -1, B}, {-1, -1, B}},       SAME(B)},
  [ROLE_OK]                 = {{{114, -1, 0}, {10, -1, 0}, {2, -1, 0}},        {{28, -1, 0}, {2, -1, 0}, {2, -1, 0}},          SAME(0)},
  /* Yellow text cannot be read on white: there it is black on yellow. */
  [ROLE_WARN]               = {{{221, -1, 0}, {11, -1, 0}, {3, -1, B}},        {{130, -1, B}, {0, 3, 0}, {0, 3, 0}},           SAME(B)},
  [ROLE_BAD]                = {{{203, -1, B}, {9, -1, B}, {1, -1, B}},         {{160, -1, B}, {1, -1, B}, {1, -1, B}},         SAME(B | U)},
  [ROLE_UNKNOWN]            = {{{177, -1, 0}, {13, -1, 0}, {5, -1, B}},        {{90, -1, 0}, {5, -1, 0}, {5, -1, 0}},          SAME(U)},
  [ROLE_STALE]              = {{{137, -1, 0}, {3, -1, 0}, {3, -1, 0}},         {{94, -1, U}, {-1, -1, D | U}, {-1, -1, D | U}}, SAME(D | U)},
  [ROLE_KEY]                = {{{81, -1, B}, {14, -1, B}, {6, -1, B}},         {{25, -1, B}, {4, -1, B}, {4, -1, B}},          SAME(B)},
  [ROLE_ACCENT]             = {{{117, -1, 0}, {14, -1, 0}, {6, -1, 0}},        {{25, -1, 0}, {4, -1, 0}, {4, -1, 0}},          SAME(0)},
  [ROLE_BORDER]             = {{{240, -1, 0}, {-1, -1, D}, {-1, -1, D}},       {{247, -1, 0}, {-1, -1, D}, {-1, -1, D}},       SAME(D)},
  [ROLE_BORDER_FOCUSED]     = {{{75, -1, B}, {14, -1, B}, {6, -1, B}},         {{25, -1, B}, {4, -1, B}, {4, -1, B}},          SAME(B)},
  [ROLE_BADGE_OK]           = {{{16, 114, 0}, {0, 2, 0}, {0, 2, 0}},           {{231, 28, B}, {15, 2, B}, {7, 2, B}},          SAME(R)},
  [ROLE_BADGE_WARN]         = {{{16, 221, 0}, {0, 11, 0}, {0, 3, 0}},          {{16, 220, 0}, {0, 11, 0}, {0, 3, 0}},          SAME(R)},
  [ROLE_BADGE_BAD]          = {{{231, 160, B}, {15, 1, B}, {7, 1, B}},         {{231, 160, B}, {15, 1, B}, {7, 1, B}},         SAME(R | B)},
  [ROLE_BADGE_UNKNOWN]      = {{{16, 177, 0}, {0, 13, 0}, {7, 5, B}},          {{231, 90, B}, {15, 5, B}, {7, 5, B}},          SAME(R | U)},
  [ROLE_INPUT]              = {{{255, 237, U}, {-1, -1, U}, {-1, -1, U}},      {{16, 254, U}, {-1, -1, U}, {-1, -1, U}},       SAME(U)},
  [ROLE_BAR]                = {{{75, -1, 0}, {14, -1, 0}, {6, -1, 0}},         {{25, -1, 0}, {4, -1, 0}, {4, -1, 0}},          SAME(0)},
  [ROLE_BAR_WARN]           = {{{221, -1, 0}, {11, -1, 0}, {3, -1, B}},        {{172, -1, 0}, {3, -1, 0}, {3, -1, 0}},         SAME(B)},
  [ROLE_BAR_BAD]            = {{{203, -1, B}, {9, -1, B}, {1, -1, B}},         {{160, -1, B}, {1, -1, B}, {1, -1, B}},         SAME(B | U)},
  [ROLE_BAR_EMPTY]          = {{{240, -1, 0}, {-1, -1, D}, {-1, -1, D}},       {{250, -1, 0}, {-1, -1, D}, {-1, -1, D}},       SAME(D)},
};
/* clang-format on */

struct theme {
  const char *name, *help;
};
static const struct theme themes[THEME_COUNT] = {
    [DARK] = {"dark", "for terminals with a dark background"},
    [LIGHT] = {"light", "for terminals with a light background"},
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
  struct look l = look_of(t, depth, s.role);
  if (s.on != ROLE_NORMAL && s.on != s.role) {
    struct look under = look_of(t, depth, s.on);
    /* A badge keeps its own background: it is what it says. */
    if (under.bg >= 0 && l.bg < 0) l.bg = under.bg;
    /* A background of its own turned around by a reversed row would change its colour into the text's. */
    l.attrs |= l.bg >= 0 ? under.attrs & ~ATTR_REVERSE : under.attrs;
  }
  l.attrs |= s.attrs;
  return l;
}

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
