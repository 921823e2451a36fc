/* Themes: every role of every theme can be read on every background that it is drawn on, and what is good, bad, doubtful
 * and unknown is told apart by eyes that do not see red or green. Contrast is WCAG's; colour-blind eyes are simulated by
 * Machado's matrices (2009), distances are those of CIELAB. */
#include "base/str.h"
#include "tui/theme.h"
#include "unit.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct rgb { double r, g, b; };

static double linear(double c) { return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4); }

/* Of the 256 colours those that are the same in every terminal: the cube and the greys. Themes use no other there. */
static struct rgb rgb_of(int n) {
  static const int steps[] = {0, 95, 135, 175, 215, 255};
  assert_true(n >= 16 && n < 256);
  if (n >= 232) {
    double v = linear((8 + (n - 232) * 10) / 255.0);
    return (struct rgb){v, v, v};
  }
  n -= 16;
  return (struct rgb){linear(steps[n / 36] / 255.0), linear(steps[n / 6 % 6] / 255.0), linear(steps[n % 6] / 255.0)};
}

static double luminance(struct rgb c) { return 0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b; }

static double contrast(struct rgb a, struct rgb b) {
  double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
  return x > y ? x / y : y / x;
}

static void the_numbers_are_right(void **state) {
  (void)state;
  assert_true(fabs(contrast(rgb_of(231), rgb_of(16)) - 21) < 1e-9);
  assert_true(fabs(contrast(rgb_of(196), rgb_of(231)) - 4.0) < 0.01); /* pure red on white, as published */
}

static bool is_line(enum role r) { return r == ROLE_BORDER || r == ROLE_BAR || r == ROLE_BAR_WARN || r == ROLE_BAR_BAD || r == ROLE_BAR_EMPTY; }

/* What other cells are drawn on. */
static const enum role grounds[] = {ROLE_NORMAL, ROLE_SELECTED, ROLE_SELECTED_UNFOCUSED, ROLE_INPUT};

static void all_can_be_read(void **state) {
  (void)state;
  for (size_t n = 0; theme_at(n); n++) {
    const struct theme *t = theme_at(n);
    const char *name = theme_name(t);
    if (str_eq(name, "mono")) continue;
    bool high = str_eq(name, "high-contrast");
    struct look own = theme_ground(t);
    for (enum role r = 0; r < ROLE_COUNT; r++)
      for (size_t g = 0; g < COUNT(grounds); g++) {
        if (is_line(r) && g) continue; /* lines are shapes; texts of bars in rows take the row's look of a fact */
        struct look l = theme_look(t, COLOURS_256, (struct style){.role = (uint8_t)r, .on = (uint8_t)grounds[g]});
        struct rgb fg = rgb_of(l.fg >= 0 ? l.fg : own.fg), bg = rgb_of(l.bg >= 0 ? l.bg : own.bg);
        double is = l.attrs & ATTR_REVERSE ? contrast(bg, fg) : contrast(fg, bg), least = is_line(r) ? 3 : high ? 7 : 4.5;
        if (is < least) fail_msg("%s: %s on %s: contrast %.2f, less than %.1f", name, role_name(r), role_name(grounds[g]), is, least);
        if (high && (l.attrs & ATTR_DIM)) fail_msg("%s: %s is dimmed", name, role_name(r));
      }
  }
}

/* A theme that says where its ground is says so everywhere: no cell shows the terminal's own colours through. */
static void high_contrast_has_a_ground_of_its_own(void **state) {
  (void)state;
  const struct theme *t = theme_find("high-contrast");
  assert_non_null(t);
  for (enum colours depth = COLOURS_8; depth <= COLOURS_256; depth++)
    for (enum role r = 0; r < ROLE_COUNT; r++)
      for (size_t g = 0; g < COUNT(grounds); g++) {
        struct look l = theme_look(t, depth, (struct style){.role = (uint8_t)r, .on = (uint8_t)grounds[g]});
        assert_true(l.fg >= 0 && l.bg >= 0 && l.fg != l.bg);
      }
  struct look row = theme_look(t, COLOURS_256, (struct style){.role = ROLE_NORMAL, .on = ROLE_SELECTED});
  assert_int_equal(row.bg, theme_look(t, COLOURS_256, STYLE(SELECTED)).bg);
}

struct lab { double l, a, b; };

static double cube(double t) { return t > 0.008856 ? cbrt(t) : 7.787 * t + 16 / 116.0; }

static struct lab lab_of(struct rgb c, const double m[3][3]) {
  double v[3] = {c.r, c.g, c.b}, s[3];
  for (int i = 0; i < 3; i++) s[i] = fmin(1, fmax(0, m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2]));
  double x = cube((0.4124 * s[0] + 0.3576 * s[1] + 0.1805 * s[2]) / 0.9505), y = cube(0.2126 * s[0] + 0.7152 * s[1] + 0.0722 * s[2]);
  double z = cube((0.0193 * s[0] + 0.1192 * s[1] + 0.9505 * s[2]) / 1.089);
  return (struct lab){116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

static const double eyes[][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}, /* no green: deuteranopia */
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}, /* no red: protanopia */
};

/* The least distance of two roles of a list, for all eyes. ground: the badges' meaning is in their background. */
static double apart(const struct theme *t, const enum role *roles, size_t count, bool ground) {
  double least = 1000;
  for (size_t e = 0; e < COUNT(eyes); e++)
    for (size_t i = 0; i < count; i++)
      for (size_t k = i + 1; k < count; k++) {
        struct look p = theme_look(t, COLOURS_256, style_of(roles[i])), q = theme_look(t, COLOURS_256, style_of(roles[k]));
        struct lab x = lab_of(rgb_of(ground ? p.bg : p.fg), eyes[e]), y = lab_of(rgb_of(ground ? q.bg : q.fg), eyes[e]);
        least = fmin(least, sqrt((x.l - y.l) * (x.l - y.l) + (x.a - y.a) * (x.a - y.a) + (x.b - y.b) * (x.b - y.b)));
      }
  return least;
}

static void colour_blind_eyes_tell_them_apart(void **state) {
  (void)state;
  static const enum role facts[] = {ROLE_OK, ROLE_WARN, ROLE_BAD, ROLE_UNKNOWN}, badges[] = {ROLE_BADGE_OK, ROLE_BADGE_WARN, ROLE_BADGE_BAD, ROLE_BADGE_UNKNOWN};
  static const enum role bars[] = {ROLE_BAR, ROLE_BAR_WARN, ROLE_BAR_BAD};
  const struct theme *t = theme_find("colour-blind");
  assert_non_null(t);
  assert_true(apart(t, facts, COUNT(facts), false) > 30);
  assert_true(apart(t, badges, COUNT(badges), true) > 30);
  assert_true(apart(t, bars, COUNT(bars), false) > 30);
  assert_true(apart(theme_find("dark"), facts, COUNT(facts), false) < 15); /* which is why there is such a theme: the measure sees it */
}

/* Where there are few colours, good and bad differ by more than red and green in that theme too. */
static void few_colours_are_no_red_and_green(void **state) {
  (void)state;
  const struct theme *t = theme_find("colour-blind");
  static const int greens[] = {2, 10};
  for (enum colours depth = COLOURS_8; depth <= COLOURS_16; depth++)
    for (enum role r = 0; r < ROLE_COUNT; r++)
      for (size_t i = 0; i < COUNT(greens); i++) {
        struct look l = theme_look(t, depth, style_of(r));
        assert_true(l.fg != greens[i] && l.bg != greens[i]);
      }
}

/* No theme draws two of these the same at any depth: without colours attributes tell them apart. */
static void meanings_differ_everywhere(void **state) {
  (void)state;
  static const enum role roles[] = {ROLE_NORMAL, ROLE_WARN, ROLE_BAD, ROLE_UNKNOWN, ROLE_STALE};
  for (size_t n = 0; theme_at(n); n++)
    for (enum colours depth = COLOURS_NONE; depth <= COLOURS_256; depth++)
      for (size_t i = 0; i < COUNT(roles); i++)
        for (size_t k = i + 1; k < COUNT(roles); k++) {
          struct look p = theme_look(theme_at(n), depth, style_of(roles[i])), q = theme_look(theme_at(n), depth, style_of(roles[k]));
          if (p.fg == q.fg && p.bg == q.bg && p.attrs == q.attrs) fail_msg("%s, depth %d: %s looks like %s", theme_name(theme_at(n)), (int)depth, role_name(roles[i]), role_name(roles[k]));
        }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_numbers_are_right),           cmocka_unit_test(all_can_be_read),
      cmocka_unit_test(high_contrast_has_a_ground_of_its_own), cmocka_unit_test(colour_blind_eyes_tell_them_apart),
      cmocka_unit_test(few_colours_are_no_red_and_green),      cmocka_unit_test(meanings_differ_everywhere),
  };
  return RUN(tests);
}
