#include "ops/values.h"
#include "base/str.h"
#include <stdio.h>
#include <string.h>

void values_add(struct arena *a, struct values *v, const char *name, const char *text, bool secret) {
  struct value *more = arena_array(a, v->list.count + 1, sizeof *more);
  if (v->list.count) memcpy(more, v->list.item, v->list.count * sizeof *more);
  more[v->list.count++] = (struct value){arena_strdup(a, name), arena_strdup(a, text), secret};
  v->list.item = more;
}

void values_set(struct arena *a, struct values *v, const char *name, const char *text, bool secret) {
  size_t kept = 0;
  for (size_t i = 0; i < v->list.count; i++)
    if (!str_eq(v->list.item[i].name, name)) v->list.item[kept++] = v->list.item[i];
  v->list.count = kept;
  if (text && *text) values_add(a, v, name, text, secret);
}

const char *value_at(const struct values *v, const char *name, size_t n) {
  for (size_t i = 0; i < v->list.count; i++)
    if (str_eq(v->list.item[i].name, name) && !n--) return v->list.item[i].text;
  return NULL;
}

const char *value_of_name(const struct values *v, const char *name) { return value_at(v, name, 0); }

size_t value_count(const struct values *v, const char *name) {
  size_t n = 0;
  for (size_t i = 0; i < v->list.count; i++) n += str_eq(v->list.item[i].name, name);
  return n;
}

bool value_yes(const struct values *v, const char *name) { return str_eq(value_of_name(v, name), "yes"); }

struct texts value_list(struct arena *a, const struct values *v, const char *name) {
  struct texts t = {0};
  for (size_t i = 0; i < value_count(v, name); i++) texts_add(a, &t, value_at(v, name, i));
  return t;
}

int64_t value_bytes(const char *v) {
  static const char units[] = "BKMGT";
  char digits[24];
  size_t n = strspn(v, "0123456789");
  const char *unit = v[n] ? strchr(units, v[n]) : units;
  int64_t size;
  if (!n || n >= sizeof digits || !unit || (v[n] && v[n + 1])) return -1;
  snprintf(digits, sizeof digits, "%.*s", (int)n, v);
  if (str_int(digits, 0, INT64_MAX >> (10 * (unit - units)), &size)) return -1;
  return size << (10 * (unit - units));
}
