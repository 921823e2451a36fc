#include "base/utf8.h"
#include <string.h>
#include <utf8proc.h>

enum { REPLACEMENT = 0xFFFD };

uint32_t utf8_next(const char *s, size_t len, size_t *ret_used) {
  if (!len) {
    *ret_used = 0;
    return 0;
  }
  if ((unsigned char)*s < 0x80) {
    *ret_used = 1;
    return (unsigned char)*s;
  }
  utf8proc_int32_t cp;
  utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)(len > 4 ? 4 : len), &cp);
  if (used <= 0 || cp < 0) {
    *ret_used = 1;
    return REPLACEMENT;
  }
  *ret_used = (size_t)used;
  return (uint32_t)cp;
}

size_t utf8_put(uint32_t code_point, char out[4]) {
  if (code_point < 0x80) {
    out[0] = (char)code_point;
    return 1;
  }
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000)) code_point = REPLACEMENT;
  utf8proc_uint8_t b[4];
  utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)code_point, b);
  memcpy(out, b, (size_t)n);
  return (size_t)n;
}

/* Letters and marks by category that are never seen: with them two different names would look the same. */
static int unseen(uint32_t cp) {
  return cp == 0x034F || cp == 0x115F || cp == 0x1160 || cp == 0x17B4 || cp == 0x17B5 || (cp >= 0x180B && cp <= 0x180F) || cp == 0x2800 ||
         cp == 0x3164 || (cp >= 0xFE00 && cp <= 0xFE0F) || cp == 0xFFA0 || (cp >= 0xE0100 && cp <= 0xE01EF);
}

int utf8_columns(uint32_t code_point) {
  if (code_point >= 0x20 && code_point < 0x7F) return 1;
  if (code_point > 0x10FFFF || unseen(code_point)) return 1;
  switch (utf8proc_category((utf8proc_int32_t)code_point)) {
  case UTF8PROC_CATEGORY_MN:
  case UTF8PROC_CATEGORY_ME: return 0;
  case UTF8PROC_CATEGORY_CC:
  case UTF8PROC_CATEGORY_CF:
  case UTF8PROC_CATEGORY_CS:
  case UTF8PROC_CATEGORY_CO:
  case UTF8PROC_CATEGORY_CN: return 1;
  default: return utf8proc_charwidth((utf8proc_int32_t)code_point);
  }
}

int utf8_width(const char *s) {
  int width = 0;
  for (size_t len = strlen(s), used; len; s += used, len -= used) width += utf8_columns(utf8_next(s, len, &used));
  return width;
}

int utf8_hostile(uint32_t code_point) {
  if (code_point >= 0x20 && code_point < 0x7F) return 0;
  if (code_point > 0x10FFFF || unseen(code_point)) return 1;
  switch (utf8proc_category((utf8proc_int32_t)code_point)) {
  case UTF8PROC_CATEGORY_CC:
  case UTF8PROC_CATEGORY_CF: /* bidirectional overrides, zero-width joiners, soft hyphen */
  case UTF8PROC_CATEGORY_CS:
  case UTF8PROC_CATEGORY_CO:
  case UTF8PROC_CATEGORY_CN:
  case UTF8PROC_CATEGORY_ZL:
  case UTF8PROC_CATEGORY_ZP: return 1;
  default: return 0;
  }
}

int utf8_upper(uint32_t code_point) {
  if (code_point < 0x80) return code_point >= 'A' && code_point <= 'Z';
  return code_point <= 0x10FFFF && utf8proc_category((utf8proc_int32_t)code_point) == UTF8PROC_CATEGORY_LU;
}

char *utf8_clean(char *out, size_t size, const char *s) {
  size_t n = 0, used;
  for (size_t len = strlen(s); len; s += used, len -= used) {
    uint32_t cp = utf8_next(s, len, &used);
    char bytes[4];
    size_t wide = utf8_put(utf8_hostile(cp) ? REPLACEMENT : cp, bytes);
    if (n + wide + 1 > size) break;
    memcpy(out + n, bytes, wide);
    n += wide;
  }
  if (size) out[n] = 0;
  return out;
}
