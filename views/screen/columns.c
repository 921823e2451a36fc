/* Which columns a list shows, in which order. */
#include "views/screen/list.h"
#include <string.h>
#include <strings.h>

char *column_name(char *out, const struct list *l, int column) {
  const char *title = l->columns[column].shown.title;
  size_t n = 0;
  for (; title[n] && n < COLUMN_NAME - 1; n++) out[n] = title[n] == ' ' ? '-' : title[n];
  out[n] = 0;
  return out;
}

int column_find(const struct list *l, const char *name, size_t len) {
  for (int i = 0; i < l->column_count; i++) {
    char own[COLUMN_NAME];
    column_name(own, l, i);
    if (strlen(own) == len && !strncasecmp(own, name, len)) return i;
  }
  return -1;
}

static bool has(const struct columns_choice *c, int column) {
  for (int i = 0; i < c->count; i++)
    if (c->at[i] == column) return true;
  return false;
}

bool columns_parse(const struct list *l, const char *text, struct columns_choice *ret, struct str *ret_bad) {
  bool good = true;
  *ret = (struct columns_choice){0};
  for (const char *s = text + strspn(text, " \t"); *s; s += strspn(s, " \t")) {
    size_t len = strcspn(s, " \t");
    int column = column_find(l, s, len);
    if (column >= 0 && !has(ret, column)) ret->at[ret->count++] = (signed char)column;
    else if (good) {
      good = false;
      str_addn(ret_bad, s, len);
    }
    s += len;
  }
  return good;
}

void columns_print(const struct list *l, const struct columns_choice *c, struct str *out) {
  char name[COLUMN_NAME];
  for (int i = 0; i < c->count; i++) str_addf(out, "%s%s", i ? " " : "", column_name(name, l, c->at[i]));
}

void columns_default(const struct list *l, struct columns_choice *ret) {
  *ret = (struct columns_choice){0};
  for (int i = 0; i < l->column_count; i++)
    if (!l->columns[i].shown.extra) ret->at[ret->count++] = (signed char)i;
}

struct columns_choice columns_of(const struct list *l, const struct list_state *s) {
  struct columns_choice c = s->chosen.count ? s->chosen : s->configured;
  if (!c.count) columns_default(l, &c);
  return c;
}
