#include "base/str.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <math.h>
#include <string.h>

static void reserve(struct str *s, size_t more) {
  if (s->room - s->len > more) return;
  size_t room = s->room ? s->room : 64;
  while (room - s->len <= more) room *= 2;
  s->data = mem_grow(s->data, room, 1);
  s->room = room;
}

void str_addn(struct str *s, const void *bytes, size_t len) {
  reserve(s, len + 1);
  memcpy(s->data + s->len, bytes, len);
  s->len += len;
  s->data[s->len] = 0;
}

void str_add(struct str *s, const char *text) { str_addn(s, text, strlen(text)); }
void str_addc(struct str *s, char c) { str_addn(s, &c, 1); }

void str_addf(struct str *s, const char *format, ...) {
  va_list ap, again;
  va_start(ap, format);
  va_copy(again, ap);
  int n = vsnprintf(NULL, 0, format, ap);
  va_end(ap);
  if (n > 0) {
    reserve(s, (size_t)n + 1);
    vsnprintf(s->data + s->len, (size_t)n + 1, format, again);
    s->len += (size_t)n;
  }
  va_end(again);
}

void str_reset(struct str *s) {
  s->len = 0;
  if (s->data) s->data[0] = 0;
}

void str_free(struct str *s) {
  mem_free(s->data);
  *s = (struct str){0};
}

const char *str_text(const struct str *s) { return s->data ? s->data : ""; }

char *str_take(struct str *s) {
  char *text = s->data ? s->data : mem_strdup("");
  *s = (struct str){0};
  return text;
}

bool str_eq(const char *a, const char *b) { return a && b ? !strcmp(a, b) : a == b; }

int str_order(const char *a, const char *b) {
  if (!a || !b) return (a != NULL) - (b != NULL);
  return strcmp(a, b);
}

/* Digits compare by value; of equal values the one with fewer leading zeros is first, so the order is total. */
int str_natural(const char *a, const char *b) {
  if (!a || !b) return (a != NULL) - (b != NULL);
  const char *x = a, *y = b;
  while (*x && *y) {
    if (isdigit((unsigned char)*x) && isdigit((unsigned char)*y)) {
      const char *p = x + strspn(x, "0"), *q = y + strspn(y, "0");
      size_t m = strspn(p, "0123456789"), n = strspn(q, "0123456789");
      if (m != n) return m < n ? -1 : 1;
      int c = strncmp(p, q, m);
      if (c) return c;
      x = p + m;
      y = q + n;
    } else {
      if (*x != *y) return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
      x++, y++;
    }
  }
  if (*x || *y) return *x ? 1 : -1;
  return strcmp(a, b);
}

bool str_starts(const char *s, const char *prefix) { return s && !strncmp(s, prefix, strlen(prefix)); }

bool str_ends(const char *s, const char *suffix) {
  if (!s) return false;
  size_t n = strlen(s), m = strlen(suffix);
  return n >= m && !strcmp(s + n - m, suffix);
}

bool str_listed(const char *list, char between, const char *word) {
  size_t len = strlen(word);
  while (list && *list) {
    const char *end = strchr(list, between);
    size_t n = end ? (size_t)(end - list) : strlen(list);
    if (n == len && !strncmp(list, word, n)) return true;
    list = end ? end + 1 : NULL;
  }
  return false;
}

int str_int(const char *s, int64_t min, int64_t max, int64_t *ret) {
  if (!s || !(isdigit((unsigned char)s[0]) || (s[0] == '-' && isdigit((unsigned char)s[1])))) return -EINVAL;
  char *end;
  errno = 0;
  long long v = strtoll(s, &end, 10);
  if (*end) return -EINVAL;
  if (errno == ERANGE || v < min || v > max) return -ERANGE;
  *ret = v;
  return 0;
}

/* Tables are full of these, and printing a fraction the general way is dear. Below 512T it is exact, so it rounds as printf does. */
char *str_size(char *out, int64_t bytes) {
  static const char units[] = "BKMGTPE";
  double size = bytes < 0 ? -(double)bytes : (double)bytes;
  size_t u = 0, n = SIZE_TEXT;
  char back[SIZE_TEXT];
  while (size >= 999.5 && u + 2 < sizeof units) size /= 1024, u++;
  bool tenths = u && size < 9.95;
  unsigned value = (unsigned)nearbyint(tenths ? size * 10 : size);
  back[--n] = 0;
  back[--n] = units[u];
  for (int digit = 0; value || digit <= tenths; digit++, value /= 10) {
    if (tenths && digit == 1) back[--n] = '.';
    back[--n] = (char)('0' + value % 10);
  }
  if (bytes < 0) back[--n] = '-';
  memcpy(out, back + n, SIZE_TEXT - n);
  return out;
}
