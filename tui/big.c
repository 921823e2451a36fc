#include "tui/big.h"
#include <string.h>

enum { HIGH = 5 };

static const struct { char letter; const char *row[HIGH]; } font[] = {
    {'A', {" ## ", "#  #", "####", "#  #", "#  #"}}, {'B', {"### ", "#  #", "### ", "#  #", "### "}}, {'C', {" ###", "#   ", "#   ", "#   ", " ###"}},
    {'D', {"### ", "#  #", "#  #", "#  #", "### "}}, {'E', {"####", "#   ", "### ", "#   ", "####"}}, {'F', {"####", "#   ", "### ", "#   ", "#   "}},
    {'G', {" ###", "#   ", "# ##", "#  #", " ###"}}, {'H', {"#  #", "#  #", "####", "#  #", "#  #"}}, {'I', {"###", " # ", " # ", " # ", "###"}},
    {'J', {"  ##", "   #", "   #", "#  #", " ## "}}, {'K', {"#  #", "# # ", "##  ", "# # ", "#  #"}}, {'L', {"#   ", "#   ", "#   ", "#   ", "####"}},
    {'M', {"#   #", "## ##", "# # #", "#   #", "#   #"}}, {'N', {"#  #", "## #", "# ##", "#  #", "#  #"}}, {'O', {" ## ", "#  #", "#  #", "#  #", " ## "}},
    {'P', {"### ", "#  #", "### ", "#   ", "#   "}}, {'Q', {" ## ", "#  #", "#  #", "# # ", " # #"}}, {'R', {"### ", "#  #", "### ", "# # ", "#  #"}},
    {'S', {" ###", "#   ", " ## ", "   #", "### "}}, {'T', {"###", " # ", " # ", " # ", " # "}}, {'U', {"#  #", "#  #", "#  #", "#  #", " ## "}},
    {'V', {"#  #", "#  #", "#  #", " ## ", " ## "}}, {'W', {"#   #", "#   #", "# # #", "## ##", "#   #"}}, {'X', {"#  #", "#  #", " ## ", "#  #", "#  #"}},
    {'Y', {"# #", "# #", " # ", " # ", " # "}}, {'Z', {"####", "  # ", " #  ", "#   ", "####"}}, {'0', {"####", "#  #", "#  #", "#  #", "####"}},
    {'1', {" # ", "## ", " # ", " # ", "###"}}, {'2', {"### ", "   #", " ## ", "#   ", "####"}}, {'3', {"### ", "   #", " ## ", "   #", "### "}},
    {'4', {"#  #", "#  #", "####", "   #", "   #"}}, {'5', {"####", "#   ", "### ", "   #", "### "}}, {'6', {" ## ", "#   ", "### ", "#  #", " ## "}},
    {'7', {"####", "   #", "  # ", " #  ", " #  "}}, {'8', {" ## ", "#  #", " ## ", "#  #", " ## "}}, {'9', {" ## ", "#  #", " ###", "   #", " ## "}},
    {' ', {"  ", "  ", "  ", "  ", "  "}}, {'-', {"   ", "   ", "###", "   ", "   "}}, {'.', {" ", " ", " ", " ", "#"}}, {':', {" ", "#", " ", "#", " "}},
    {'!', {"#", "#", "#", " ", "#"}}, {'%', {"#  #", "  # ", " #  ", "#   ", "#  #"}}, {'/', {"   #", "  # ", " #  ", "#   ", "#   "}}, {'?', {"### ", "   #", " ## ", "    ", " #  "}}};

static const char *const *rows_of(char letter) {
  size_t i = 0;
  while (i + 1 < COUNT(font) && font[i].letter != letter) i++;
  return font[i].row;
}

static int width_of(char letter) { return (int)strlen(rows_of(letter)[0]); }

int big_columns(const char *text, int scale) {
  int n = 0;
  for (; *text; text++) n += width_of(*text) + (text[1] != 0);
  return n * scale;
}

int big_rows(int scale, enum glyphs glyphs) { return glyphs == GLYPHS_ASCII ? HIGH * ((scale + 1) / 2) : (HIGH * scale + 1) / 2; }

int big_scale(const char *text, int w, int h, enum glyphs glyphs) {
  int scale = 0;
  while (scale < CANVAS_MAX && big_columns(text, scale + 1) <= w && big_rows(scale + 1, glyphs) <= h) scale++;
  return scale;
}

/* half: counted in half rows, or in whole ones where there are no half blocks. */
static bool lit(const char *const *rows, int pixel, int half, int per_pixel) { return half / per_pixel < HIGH && rows[half / per_pixel][pixel] == '#'; }

static const char *block(const char *const *rows, int pixel, int row, int scale, enum glyphs glyphs) {
  if (glyphs == GLYPHS_ASCII) return lit(rows, pixel, row, (scale + 1) / 2) ? "#" : " ";
  bool up = lit(rows, pixel, 2 * row, scale), low = lit(rows, pixel, 2 * row + 1, scale);
  return up && low ? "\u2588" : up ? "\u2580" : low ? "\u2584" : " ";
}

int big_draw(struct pen p, int x, int y, struct style s, const char *text, int scale) {
  enum glyphs glyphs = p.canvas->glyphs;
  if (scale < 1) return x;
  for (; *text; text++) {
    const char *const *rows = rows_of(*text);
    for (int pixel = 0, wide = width_of(*text); pixel < wide; pixel++, x += scale)
      for (int row = 0; row < big_rows(scale, glyphs); row++)
        for (int i = 0; i < scale; i++) pen_text(p, x + i, y + row, s, block(rows, pixel, row, scale, glyphs));
    x += text[1] ? scale : 0;
  }
  return x;
}
