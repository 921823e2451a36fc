#include "tui/symbol.h"

static const char *const table[SYMBOL_COUNT][GLYPHS_COUNT] = {
#define X(name, utf8, console, ascii) {utf8, console, ascii},
    SYMBOLS(X)
#undef X
};

const char *symbol(enum glyphs g, enum symbol s) {
  if ((unsigned)s >= SYMBOL_COUNT || (unsigned)g >= GLYPHS_COUNT) return "?";
  return table[s][g];
}
