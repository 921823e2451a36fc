#include "tui/decode.h"
#include "base/str.h"
#include "base/utf8.h"
#include <string.h>

enum {
  LEARNED_MAX = 128,
  SEQUENCE_MAX = 64,      /* no key is longer; what goes on is no key */
  BUFFER_MAX = 64 * 1024, /* a paste that nobody reads */
  PASTE_LOST_MS = 2000,   /* an end of paste that has not come by then will not: else all keys would be dead */
  LATE_MS = 2000,         /* within so long after an Esc the rest of its sequence may still come */
  PLACE_MAX = 10000,      /* no screen is larger */
  ESC = 0x1B
};

struct learned {
  char bytes[16];
  size_t len;
  struct key key;
};

struct decoder {
  struct str bytes;
  size_t at; /* what was already taken from them */
  int64_t last_ms;
  int64_t esc_ms, given_ms; /* how long a lone Esc is waited for; when one was given as a key and nothing came since, else INT64_MIN */
  bool pasting, mouse;
  struct learned learned[LEARNED_MAX];
  size_t learned_count;
};

/* What a look at the bytes found: a key, something to skip, or not enough. */
enum found { MORE, SKIP, KEY };

struct decoder *decoder_new(void) {
  struct decoder *d = mem_alloc(sizeof *d);
  d->esc_ms = DECODE_ESC_MS;
  d->given_ms = INT64_MIN;
  return d;
}

void decoder_mouse(struct decoder *d, bool on) { d->mouse = on; }

void decoder_free(struct decoder *d) {
  if (!d) return;
  str_free(&d->bytes);
  mem_free(d);
}

void decoder_learn(struct decoder *d, const char *sequence, struct key key) {
  size_t len = strlen(sequence);
  if (!len || len > sizeof(d->learned[0].bytes) || d->learned_count == LEARNED_MAX) return;
  struct learned *l = &d->learned[d->learned_count++];
  memcpy(l->bytes, sequence, len);
  l->len = len;
  l->key = key;
}

/* ---- escape sequences ---- */

static uint8_t mods_of(int parameter) {
  int bits = parameter > 1 ? parameter - 1 : 0;
  return (uint8_t)((bits & 1 ? KEY_SHIFT : 0) | (bits & 10 ? KEY_ALT : 0) | (bits & 4 ? KEY_CTRL : 0));
}

static uint32_t code_of_letter(char c) {
  switch (c) {
  case 'A': return KEYSYM_UP;
  case 'B': return KEYSYM_DOWN;
  case 'C': return KEYSYM_RIGHT;
  case 'D': return KEYSYM_LEFT;
  case 'H': return KEYSYM_HOME;
  case 'F': return KEYSYM_END;
  case 'P': return KEYSYM_F1;
  case 'Q': return KEYSYM_F1 + 1;
  case 'R': return KEYSYM_F1 + 2;
  case 'S': return KEYSYM_F1 + 3;
  default: return 0;
  }
}

static uint32_t code_of_number(int n) {
  static const uint8_t f_keys[] = {11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34};
  static const uint32_t others[] = {0,           KEYSYM_HOME, KEYSYM_INSERT, KEYSYM_DELETE, KEYSYM_END, KEYSYM_PAGE_UP, KEYSYM_PAGE_DOWN,
                                    KEYSYM_HOME, KEYSYM_END};
  if (n > 0 && n < (int)COUNT(others)) return others[n];
  for (size_t i = 0; i < COUNT(f_keys); i++)
    if (f_keys[i] == n) return KEYSYM_F1 + (uint32_t)i;
  return 0;
}

static enum found give(struct key *ret, uint32_t code, uint8_t mods) {
  if (!code || (code < KEYSYM_FIRST && utf8_hostile(code) && code >= 0x80)) return SKIP;
  *ret = key_canonical((struct key){.code = code, .mods = mods});
  return KEY;
}

struct csi {
  int number[4];
  size_t count;
  char final;
  char private; /* the mark before its numbers, 0: none */
};

/* The sequence as a whole, ESC [ included: KEY means it is complete, *ret_used long. */
static enum found read_csi(const char *s, size_t len, struct csi *c, size_t *ret_used) {
  *c = (struct csi){.count = 1};
  for (size_t i = 2; i < len; i++) {
    unsigned char b = (unsigned char)s[i];
    *ret_used = i + 1;
    if (b >= '0' && b <= '9') {
      int *n = &c->number[c->count - 1];
      if (*n < 100000000) *n = *n * 10 + (b - '0');
    } else if (b == ';' || b == ':') {
      if (c->count < COUNT(c->number)) c->number[c->count++] = 0;
    } else if (b >= 0x3C && b <= 0x3F) {
      c->private = (char)b;
    } else if (b == '$' && i + 1 == len) { /* rxvt: Shift; a final there, though the standard says more follows */
      c->final = '$';
      return KEY;
    } else if (b >= 0x40 && b <= 0x7E) {
      c->final = (char)b;
      return KEY;
    } else if (b < 0x20 || b > 0x7E) { /* no sequence has that: what follows starts anew */
      *ret_used = i;
      return SKIP;
    }
    if (i >= SEQUENCE_MAX) return SKIP;
  }
  return MORE;
}

/* The left button, and the wheel: ESC [ < BUTTON ; COLUMN ; ROW M. Everything else is of no use here: what is released (m),
 * dragged, or held with Shift, which terminals keep for their own selection. */
static enum found parse_mouse(const struct decoder *d, const struct csi *c, struct key *ret) {
  static const uint32_t wheel[] = {KEYSYM_WHEEL_UP, KEYSYM_WHEEL_DOWN};
  int button = c->number[0], x = c->number[1], y = c->number[2];
  if (!d->mouse || c->count != 3 || c->final != 'M' || x < 1 || y < 1 || x > PLACE_MAX || y > PLACE_MAX) return SKIP;
  if (button != 0 && button != 64 && button != 65) return SKIP;
  *ret = (struct key){.code = button ? wheel[button - 64] : KEYSYM_CLICK, .x = (int16_t)(x - 1), .y = (int16_t)(y - 1)};
  return KEY;
}

static enum found parse_csi(struct decoder *d, const char *s, size_t len, struct key *ret, size_t *ret_used) {
  struct csi c;
  if (len > 2 && s[2] == '[') { /* F1 to F5 of the Linux console: ESC [ [ A */
    if (len < 4) return MORE;
    *ret_used = 4;
    return s[3] >= 'A' && s[3] <= 'E' ? give(ret, KEYSYM_F1 + (uint32_t)(s[3] - 'A'), 0) : SKIP;
  }
  enum found found = read_csi(s, len, &c, ret_used);
  if (found != KEY) return found;
  if (c.final == 'M' && *ret_used == 3) { /* a mouse we did not ask for: three bytes follow */
    *ret_used = 6;
    return len < 6 ? MORE : SKIP;
  }
  if (c.private == '<') return parse_mouse(d, &c, ret);
  if (c.private) return SKIP;
  uint8_t mods = c.count > 1 ? mods_of(c.number[1]) : 0;
  switch (c.final) {
  case '~':
    if (c.number[0] == 200) d->pasting = true;
    if (c.number[0] == 27 && c.count > 2) return c.number[2] > 0 && c.number[2] < KEYSYM_FIRST ? give(ret, (uint32_t)c.number[2], mods) : SKIP;
    return give(ret, code_of_number(c.number[0]), mods);
  case 'u': return c.number[0] > 0 && c.number[0] < KEYSYM_FIRST ? give(ret, (uint32_t)c.number[0], mods) : SKIP;
  case 'Z': return give(ret, KEYSYM_TAB, KEY_SHIFT);
  case '^': return give(ret, code_of_number(c.number[0]), KEY_CTRL);
  case '$': return give(ret, code_of_number(c.number[0]), KEY_SHIFT);
  case '@': return give(ret, code_of_number(c.number[0]), KEY_CTRL | KEY_SHIFT);
  case 'a': return give(ret, KEYSYM_UP, KEY_SHIFT);
  case 'b': return give(ret, KEYSYM_DOWN, KEY_SHIFT);
  case 'c': return give(ret, KEYSYM_RIGHT, KEY_SHIFT);
  case 'd': return give(ret, KEYSYM_LEFT, KEY_SHIFT);
  default: return give(ret, code_of_letter(c.final), mods);
  }
}

static enum found parse_ss3(const char *s, size_t len, struct key *ret, size_t *ret_used) {
  size_t i = 2;
  uint8_t mods = 0;
  if (len > i && s[i] >= '2' && s[i] <= '8') mods = mods_of(s[i++] - '0');
  if (len <= i) return MORE;
  char c = s[i];
  *ret_used = i + 1;
  if (c == ESC) {
    *ret_used = i;
    return SKIP;
  }
  if (c == 'M') return give(ret, KEYSYM_ENTER, mods);
  if (c >= 'a' && c <= 'd') return give(ret, code_of_letter((char)(c - 'a' + 'A')), KEY_CTRL);
  if (c >= 'j' && c <= 'y') return give(ret, (uint32_t) "*+,-./0123456789"[c - 'j'], mods); /* the keypad */
  return give(ret, code_of_letter(c), mods);
}

/* ---- characters ---- */

static enum found parse_char(const char *s, size_t len, bool expired, struct key *ret, size_t *ret_used) {
  unsigned char b = (unsigned char)s[0];
  if (!b) {
    *ret_used = 1;
    return give(ret, ' ', KEY_CTRL);
  }
  size_t need = b < 0xC2 ? 1 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : b < 0xF5 ? 4 : 1;
  bool cut = len < need;
  for (size_t i = 1; i < need && i < len; i++)
    if (((unsigned char)s[i] & 0xC0) != 0x80) cut = false; /* broken already: nothing to wait for */
  if (cut && !expired) return MORE;
  uint32_t cp = utf8_next(s, len, ret_used);
  return cp == 0xFFFD ? SKIP : give(ret, cp, 0);
}

/* Learned sequences first. MORE only while the bytes may still become one. */
static enum found parse_learned(const struct decoder *d, const char *s, size_t len, struct key *ret, size_t *ret_used) {
  const struct learned *best = NULL;
  bool more = false;
  for (size_t i = 0; i < d->learned_count; i++) {
    const struct learned *l = &d->learned[i];
    if (len < l->len) more = more || !memcmp(s, l->bytes, len);
    else if (!memcmp(s, l->bytes, l->len) && (!best || l->len > best->len)) best = l;
  }
  if (!best) return more ? MORE : SKIP;
  *ret_used = best->len;
  *ret = best->key;
  return KEY;
}

static enum found parse_escape(struct decoder *d, const char *s, size_t len, bool expired, struct key *ret, size_t *ret_used) {
  enum found found = MORE;
  if (len > 1) {
    if (s[1] == '[') found = parse_csi(d, s, len, ret, ret_used);
    else if (s[1] == 'O') found = parse_ss3(s, len, ret, ret_used);
    else if (s[1] == ESC && len > 2 && (s[2] == '[' || s[2] == 'O')) { /* Alt and a sequence, as rxvt sends it */
      found = s[2] == '[' ? parse_csi(d, s + 1, len - 1, ret, ret_used) : parse_ss3(s + 1, len - 1, ret, ret_used);
      if (found == KEY) ret->mods |= KEY_ALT;
      if (found != MORE) ++*ret_used;
    } else if (s[1] != ESC) {
      found = parse_char(s + 1, len - 1, expired, ret, ret_used);
      if (found == KEY) ret->mods |= KEY_ALT;
      if (found != MORE) ++*ret_used;
    }
  }
  if (found != MORE || !expired) return found;
  /* Nothing came any more. One Esc, Alt-[ and Alt-O were keys; the beginning of anything longer was damaged on its way. */
  if (len == 2 && s[1] != ESC) {
    *ret_used = 2;
    return give(ret, (unsigned char)s[1], KEY_ALT);
  }
  *ret_used = len > 2 && s[1] != ESC ? len : 1;
  return *ret_used > 1 ? SKIP : give(ret, KEYSYM_ESC, 0);
}

static enum found parse_paste(struct decoder *d, const char *s, size_t len, bool expired, struct key *ret, size_t *ret_used) {
  static const char end[] = "\033[201~";
  size_t size = sizeof(end) - 1;
  if (s[0] == ESC) {
    if (len < size && !memcmp(s, end, len) && !expired) return MORE;
    *ret_used = 1;
    if (len < size || memcmp(s, end, size) != 0) return SKIP;
    *ret_used = size;
    d->pasting = false;
    return SKIP;
  }
  enum found found = parse_char(s, len, expired, ret, ret_used);
  if (found == KEY && (s[0] == '\n' || s[0] == '\r')) ret->code = KEYSYM_ENTER, ret->mods = 0;
  if (found == KEY) ret->pasted = true;
  return found;
}

static enum found parse(struct decoder *d, bool expired, struct key *ret, size_t *ret_used) {
  const char *s = d->bytes.data + d->at;
  size_t len = d->bytes.len - d->at;
  if (d->pasting) return parse_paste(d, s, len, expired, ret, ret_used);
  enum found found = parse_learned(d, s, len, ret, ret_used);
  if (found == KEY || (found == MORE && !expired)) return found;
  return s[0] == ESC ? parse_escape(d, s, len, expired, ret, ret_used) : parse_char(s, len, expired, ret, ret_used);
}

/* The rest of a sequence whose Esc was taken for the key: it came in one piece, too late. It is no text and no keys, and
 * the next lone Esc is waited for longer. Returns how much of the bytes it is. */
static size_t late_rest(struct decoder *d, const char *bytes, size_t len, int64_t now_ms) {
  bool after = d->at == d->bytes.len && d->given_ms != INT64_MIN && now_ms - d->given_ms <= LATE_MS;
  char whole[SEQUENCE_MAX];
  size_t part = len < sizeof whole - 1 ? len : sizeof whole - 1, used = 0;
  struct key k;
  d->given_ms = INT64_MIN;
  if (!after || part < 2 || bytes[0] != '[') return 0;
  whole[0] = ESC;
  memcpy(whole + 1, bytes, part);
  if (parse_csi(d, whole, part + 1, &k, &used) != KEY && !d->pasting) return 0;
  d->esc_ms = DECODE_SLOW_ESC_MS;
  return used - 1;
}

void decoder_feed(struct decoder *d, const void *bytes, size_t len, int64_t now_ms) {
  if (d->pasting && now_ms - d->last_ms > PASTE_LOST_MS) d->pasting = false;
  size_t late = late_rest(d, bytes, len, now_ms);
  bytes = (const char *)bytes + late;
  len -= late;
  if (d->at == d->bytes.len) {
    str_reset(&d->bytes);
    d->at = 0;
  }
  if (d->at > BUFFER_MAX / 2) {
    d->bytes.len -= d->at;
    memmove(d->bytes.data, d->bytes.data + d->at, d->bytes.len);
    d->at = 0;
  }
  if (len > BUFFER_MAX - d->bytes.len) len = BUFFER_MAX - d->bytes.len;
  str_addn(&d->bytes, bytes, len);
  d->last_ms = now_ms;
}

bool decoder_next(struct decoder *d, int64_t now_ms, struct key *ret) {
  while (d->at < d->bytes.len) {
    size_t used = 1;
    struct key k = {0};
    enum found found = parse(d, now_ms - d->last_ms >= d->esc_ms, &k, &used);
    if (found == MORE) return false;
    if (used > d->bytes.len - d->at) used = d->bytes.len - d->at;
    d->at += used ? used : 1;
    if (found != KEY) continue;
    if (k.code == KEYSYM_ESC && d->at == d->bytes.len) d->given_ms = now_ms;
    *ret = k;
    return true;
  }
  return false;
}

int decoder_wait(const struct decoder *d, int64_t now_ms) {
  if (d->at == d->bytes.len) return -1;
  int64_t left = d->last_ms + d->esc_ms - now_ms;
  return left < 0 ? 0 : left > d->esc_ms ? (int)d->esc_ms : (int)left;
}
