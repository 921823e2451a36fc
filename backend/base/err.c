#include "base/err.h"
#include "base/utf8.h"
#include <stdio.h>
#include <string.h>

int err_set(struct err *e, int code, const char *todo, const char *format, ...) {
  if (!e) return code;
  va_list ap;
  va_start(ap, format);
  char raw[sizeof e->text];
  vsnprintf(raw, sizeof raw, format, ap);
  va_end(ap);
  e->code = code;
  utf8_clean(e->text, sizeof e->text, raw); /* a name from the cluster or a file may be in it */
  snprintf(e->todo, sizeof e->todo, "%s", todo ? todo : "");
  return code;
}

int err_prefix(struct err *e, const char *format, ...) {
  if (!e) return 0;
  char where[256], text[sizeof e->text];
  va_list ap;
  va_start(ap, format);
  vsnprintf(where, sizeof where, format, ap);
  va_end(ap);
  memcpy(text, e->text, sizeof text);
  char raw[sizeof where + sizeof text + 2];
  snprintf(raw, sizeof raw, "%s: %s", where, text);
  utf8_clean(e->text, sizeof e->text, raw);
  return e->code;
}

void err_print(const struct err *e) {
  fprintf(stderr, "kvmconsole: %s%s%s\n", e->text, e->todo[0] ? "; " : "", e->todo);
}
