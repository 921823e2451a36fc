#include "tui/prompt.h"
#include "base/utf8.h"
#include "tui/glyph.h"
#include <string.h>

static void wipe(char *text, size_t room) {
  if (!text) return;
  explicit_bzero(text, room);
  mem_free(text);
}

void prompt_free(struct prompt *p) {
  wipe(p->text, p->room);
  *p = (struct prompt){0};
}

static void make_room(struct prompt *p, size_t more) {
  if (p->len + more + 1 <= p->room) return;
  size_t room = (p->len + more + 1) * 2;
  char *text = mem_alloc(room);
  if (p->len) memcpy(text, p->text, p->len);
  wipe(p->text, p->room);
  p->text = text;
  p->room = room;
}

void prompt_set(struct prompt *p, const char *text) {
  size_t len = text ? strlen(text) : 0;
  if (len > PROMPT_MAX) len = PROMPT_MAX;
  char *copy = mem_strndup(text ? text : "", len); /* text may be our own */
  if (p->text) explicit_bzero(p->text, p->room);
  p->len = 0;
  make_room(p, len);
  memcpy(p->text, copy, len + 1);
  p->len = p->at = len;
  wipe(copy, len);
}

const char *prompt_text(const struct prompt *p) { return p->len ? p->text : ""; }

/* ---- places in the line ---- */

static size_t after(const struct prompt *p, size_t at) {
  struct glyph g;
  return at < p->len ? at + glyph_next(p->text + at, p->len - at, &g) : p->len;
}

static size_t before(const struct prompt *p, size_t at) {
  size_t last = 0;
  for (size_t i = 0; i < at; i = after(p, i)) last = i;
  return last;
}

static bool blank(const struct prompt *p, size_t at) { return p->text[at] == ' '; }

static size_t word_before(const struct prompt *p) {
  size_t i = p->at;
  while (i && blank(p, i - 1)) i--;
  while (i && !blank(p, i - 1)) i--;
  return i;
}

static size_t word_after(const struct prompt *p) {
  size_t i = p->at;
  while (i < p->len && blank(p, i)) i++;
  while (i < p->len && !blank(p, i)) i++;
  return i;
}

/* ---- changes ---- */

static enum prompt_did move_to(struct prompt *p, size_t at) {
  p->at = at;
  return PROMPT_MOVED;
}

static enum prompt_did cut(struct prompt *p, size_t from, size_t to) {
  if (from >= to) return PROMPT_MOVED;
  memmove(p->text + from, p->text + to, p->len - to + 1);
  p->len -= to - from;
  explicit_bzero(p->text + p->len, p->room - p->len);
  p->at = from;
  return PROMPT_CHANGED;
}

static enum prompt_did insert(struct prompt *p, uint32_t code) {
  char bytes[4];
  if (utf8_hostile(code)) return PROMPT_MOVED; /* taken, and dropped */
  size_t len = utf8_put(code, bytes);
  if (p->len + len > PROMPT_MAX) return PROMPT_MOVED;
  make_room(p, len);
  memmove(p->text + p->at + len, p->text + p->at, p->len - p->at);
  memcpy(p->text + p->at, bytes, len);
  p->len += len;
  p->at += len;
  p->text[p->len] = 0;
  return PROMPT_CHANGED;
}

static enum prompt_did control(struct prompt *p, uint32_t code) {
  switch (code) {
  case 'a': return move_to(p, 0);
  case 'e': return move_to(p, p->len);
  case 'w': return p->len ? cut(p, word_before(p), p->at) : PROMPT_MOVED;
  case 'u': return p->len ? cut(p, 0, p->at) : PROMPT_MOVED;
  case 'k': return p->len ? cut(p, p->at, p->len) : PROMPT_MOVED;
  case KEYSYM_LEFT: return move_to(p, p->len ? word_before(p) : 0);
  case KEYSYM_RIGHT: return move_to(p, p->len ? word_after(p) : 0);
  default: return PROMPT_NOT;
  }
}

enum prompt_did prompt_key(struct prompt *p, struct key k) {
  k = key_canonical(k);
  if (k.mods == KEY_CTRL && !k.pasted) return control(p, k.code);
  if (k.code && k.code < KEYSYM_FIRST && !k.mods) return insert(p, k.code);
  if (k.mods || k.pasted) return k.pasted && k.code != KEYSYM_ENTER ? PROMPT_MOVED : PROMPT_NOT;
  switch (k.code) {
  case KEYSYM_LEFT: return move_to(p, before(p, p->at));
  case KEYSYM_RIGHT: return move_to(p, after(p, p->at));
  case KEYSYM_HOME: return move_to(p, 0);
  case KEYSYM_END: return move_to(p, p->len);
  case KEYSYM_BACKSPACE: return p->len ? cut(p, before(p, p->at), p->at) : PROMPT_MOVED;
  case KEYSYM_DELETE: return p->len ? cut(p, p->at, after(p, p->at)) : PROMPT_MOVED;
  default: return PROMPT_NOT;
  }
}

/* ---- drawing ---- */

static int width_at(const struct prompt *t, size_t at, size_t *ret_next) {
  struct glyph g;
  *ret_next = at + glyph_next(t->text + at, t->len - at, &g);
  return g.width;
}

void prompt_draw(struct pen p, const struct prompt *t, struct style s, bool masked, bool focused) {
  int columns = 0, x = 0;
  size_t next, from = 0;
  pen_fill(p, 0, 0, p.w, 1, s);
  for (size_t i = 0; i < t->at; i = next) { /* the cursor needs a column of its own */
    columns += masked ? (width_at(t, i, &next), 1) : width_at(t, i, &next);
    while (columns > p.w - 1 && from <= i) columns -= masked ? (width_at(t, from, &from), 1) : width_at(t, from, &from);
  }
  for (size_t i = from; i < t->len && x < p.w; i = next) {
    if (i == t->at && focused) pen_cursor(p, x, 0);
    int w = width_at(t, i, &next);
    if (masked) x = pen_symbol(p, x, 0, s, SYMBOL_BULLET);
    else {
      CLEANUP(mem_freep) char *one = mem_strndup(t->text + i, next - i);
      x = x + w <= p.w ? pen_text(p, x, 0, s, one) : p.w;
    }
  }
  if (focused && t->at == t->len) pen_cursor(p, x, 0);
}
