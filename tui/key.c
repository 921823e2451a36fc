#include "tui/key.h"
#include "base/str.h"
#include "base/utf8.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The first name of a code is the one that is printed. */
static const struct {
  uint32_t code;
  const char *name;
} names[] = {
    {KEYSYM_ENTER, "Enter"},
    {KEYSYM_ESC, "Esc"},
    {KEYSYM_TAB, "Tab"},
    {KEYSYM_BACKSPACE, "Backspace"},
    {KEYSYM_UP, "Up"},
    {KEYSYM_DOWN, "Down"},
    {KEYSYM_LEFT, "Left"},
    {KEYSYM_RIGHT, "Right"},
    {KEYSYM_HOME, "Home"},
    {KEYSYM_END, "End"},
    {KEYSYM_PAGE_UP, "PgUp"},
    {KEYSYM_PAGE_DOWN, "PgDn"},
    {KEYSYM_INSERT, "Ins"},
    {KEYSYM_DELETE, "Del"},
    {' ', "Space"},
    {KEYSYM_ENTER, "Return"},
    {KEYSYM_ESC, "Escape"},
    {KEYSYM_PAGE_UP, "PageUp"},
    {KEYSYM_PAGE_DOWN, "PageDown"},
    {KEYSYM_INSERT, "Insert"},
    {KEYSYM_DELETE, "Delete"},
    {'#', "Hash"}, /* a # alone starts a comment in a key file; it prints as # all the same */
};
enum { NAMED = 15, F_KEYS = KEYSYM_END_OF_LIST - KEYSYM_F1 };

static const char *name_of(uint32_t code) {
  for (size_t i = 0; i < NAMED; i++)
    if (names[i].code == code) return names[i].name;
  return NULL;
}

struct key key_canonical(struct key k) {
  if (k.code < 0x20) { /* as terminals send it */
    k.mods |= k.code ? KEY_CTRL : 0;
    if (k.code) k.code += k.code < 27 ? 'a' - 1 : '@';
  }
  if (k.code == 0x7F) k.code = KEYSYM_BACKSPACE;
  if (k.code < KEYSYM_FIRST) {
    k.mods &= (uint8_t)~KEY_SHIFT;
    if (k.mods & KEY_CTRL) {
      if (k.code >= 'A' && k.code <= 'Z') k.code += 'a' - 'A';
      uint32_t sent = k.code == 'i' ? KEYSYM_TAB : k.code == 'm' ? KEYSYM_ENTER : k.code == '[' ? KEYSYM_ESC : k.code == '@' ? ' ' : 0;
      if (sent) {
        k.code = sent;
        if (sent != ' ') k.mods &= (uint8_t)~KEY_CTRL;
      }
    }
  }
  return k;
}

char *key_print(char *out, struct key k) {
  char main[16];
  const char *name = name_of(k.code);
  if (name) snprintf(main, sizeof(main), "%s", name);
  else if (k.code >= KEYSYM_F1 && k.code < KEYSYM_END_OF_LIST) snprintf(main, sizeof(main), "F%u", (unsigned)(k.code - KEYSYM_F1 + 1));
  else if (!k.code || k.code >= KEYSYM_FIRST || utf8_hostile(k.code)) snprintf(main, sizeof(main), "?");
  else main[utf8_put(k.code, main)] = 0;
  snprintf(out, KEY_NAME, "%s%s%s%s", k.mods & KEY_CTRL ? "C-" : "", k.mods & KEY_ALT ? "M-" : "", k.mods & KEY_SHIFT ? "S-" : "", main);
  return out;
}

static uint32_t code_of(const char *name) {
  for (size_t i = 0; i < COUNT(names); i++)
    if (str_eq(names[i].name, name)) return names[i].code;
  int64_t n;
  if (name[0] == 'F' && name[1] != '0' && !str_int(name + 1, 1, F_KEYS, &n)) return KEYSYM_F1 + (uint32_t)n - 1;
  size_t len = strlen(name), used;
  uint32_t cp = utf8_next(name, len, &used);
  if (used != len || utf8_hostile(cp) || cp <= ' ' || cp == 0xFFFD || utf8_columns(cp) < 1) return 0;
  return cp;
}

int key_parse(const char *name, struct key *ret) {
  struct key k = {0};
  while (name[0] && name[1] == '-' && name[2]) {
    uint8_t mod = name[0] == 'C' ? KEY_CTRL : name[0] == 'M' ? KEY_ALT : name[0] == 'S' ? KEY_SHIFT : 0;
    if (!mod || k.mods & mod) return -EINVAL;
    k.mods |= mod;
    name += 2;
  }
  k.code = code_of(name);
  if (!k.code) return -EINVAL;
  /* Shift on a character is another character, which only the keyboard's layout knows: it is written as such. */
  if (k.mods & KEY_SHIFT && k.code < KEYSYM_FIRST) return -EINVAL;
  *ret = key_canonical(k);
  return 0;
}

bool key_equal(struct key a, struct key b) { return a.code == b.code && a.mods == b.mods; }

struct key key_special(size_t n) {
  if (n < NAMED) return (struct key){.code = names[n].code};
  n -= NAMED;
  return n < F_KEYS ? (struct key){.code = (uint32_t)(KEYSYM_F1 + n)} : (struct key){0};
}
