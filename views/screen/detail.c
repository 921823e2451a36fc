/* The detail of any item, from its shape: every field the snapshot has, with unknown said as such. And the help. */
#include "model/problem.h"
#include "base/utf8.h"
#include "tui/text.h"
#include "views/screen/app.h"
#include <string.h>

struct any_list { const char *item; size_t count; };

/* "heal_pending" reads better as "heal pending". */
static const char *label(struct arena *a, const char *name) {
  char *s = arena_strdup(a, name);
  for (char *p = s; *p; p++)
    if (*p == '_') *p = ' ';
  return s;
}

/* A name with a line's end or a tab in it makes no line and no column of its own here. */
static const char *one_line(const struct input *in, const char *s) {
  if (!strpbrk(s, "\n\t")) return s;
  size_t room = strlen(s) * 3 + 1;
  return utf8_clean(arena_alloc(in->arena, room), room, s);
}

static const char *value_text(const struct input *in, const struct field *f, const void *object) {
  if (f->type == FIELD_TIME) {
    const char *when = clock_text(in, *(const int64_t *)(const void *)((const char *)object + f->offset));
    return when ? when : "unknown";
  }
  bool bytes = f->type == FIELD_INT && (str_eq(f->name, "memory") || str_eq(f->name, "memory_used") || str_eq(f->name, "size") || str_eq(f->name, "free"));
  const char *size = bytes ? size_text(in, *(const int64_t *)(const void *)((const char *)object + f->offset)) : NULL;
  return size ? size : one_line(in, field_text(f, object, in->arena));
}

static void add_field(struct text *t, const struct input *in, const struct field *f, const void *object) {
  const char *value = value_text(in, f, object);
  text_indent(t, 0, 18);
  text_addf(t, STYLE(DIM), "%-17s ", label(in->arena, f->name));
  text_more(t, str_eq(value, "unknown") ? STYLE(UNKNOWN) : STYLE(NORMAL), *value ? value : "-");
}

static void add_pairs(struct text *t, const struct input *in, const struct field *f, const void *object) {
  const struct pairs *p = (const void *)((const char *)object + f->offset);
  for (size_t i = 0; i < p->count; i++) {
    text_indent(t, 0, 18);
    text_addf(t, STYLE(DIM), "%-17s ", i ? "" : label(in->arena, f->name));
    text_moref(t, STYLE(NORMAL), "%s = %s", one_line(in, p->item[i].key), p->item[i].value ? one_line(in, p->item[i].value) : "?");
  }
}

/* The fields that are known, in their order, on one line. */
static void add_known(struct text *t, const struct input *in, const struct shape *s, const void *item) {
  bool any = false;
  for (const struct field *g = s->fields; g->name; g++) {
    const char *value = value_text(in, g, item);
    if (str_eq(value, "unknown") || str_eq(value, "none") || !*value || g->type == FIELD_LIST) continue;
    text_moref(t, STYLE(DIM), "%s ", label(in->arena, g->name));
    text_moref(t, STYLE(NORMAL), "%s  ", value);
    any = true;
  }
  if (!any) text_more(t, STYLE(UNKNOWN), "unknown");
}

/* A line an element. */
static void add_elements(struct text *t, const struct input *in, const struct field *f, const void *object) {
  struct any_list l;
  memcpy(&l, (const char *)object + f->offset, sizeof l);
  for (size_t i = 0; i < l.count; i++) {
    const char *item = l.item + i * f->of.shape->size;
    text_indent(t, 0, 18);
    text_addf(t, STYLE(DIM), "%-17s ", i ? "" : label(in->arena, f->name));
    add_known(t, in, f->of.shape, item);
  }
}

static void add_object(struct text *t, const struct input *in, const struct field *f, const void *object) {
  text_indent(t, 0, 18);
  text_addf(t, STYLE(DIM), "%-17s ", label(in->arena, f->name));
  add_known(t, in, f->of.shape, (const char *)object + f->offset);
}

static void add_problem_help(struct text *t, const struct problem *p) {
  const struct problem_kind *k = problem_kind_find(p->id);
  if (!k) return;
  text_indent(t, 0, 0);
  text_add(t, STYLE(NORMAL), "");
  text_add(t, STYLE(TITLE), k->title);
  text_add(t, STYLE(NORMAL), k->help);
}

struct text *detail_text(const struct app *a, const struct input *in) {
  const struct list *l = lists[a->detail_list];
  struct text *t = text_new();
  const void **item = NULL;
  size_t n = in->snap ? l->collect(in, &item) : 0, i = 0;
  while (i < n && !str_eq(l->id(in, item[i]), a->detail_id)) i++;
  if (i == n) {
    text_addf(t, STYLE(WARN), "%s: it is not there any more", a->detail_id ? one_line(in, a->detail_id) : "?");
    return t;
  }
  for (const struct field *f = l->shape->fields; f->name; f++) {
    if (f->type == FIELD_LIST) add_elements(t, in, f, item[i]);
    else if (f->type == FIELD_OBJECT) add_object(t, in, f, item[i]);
    else if (f->type == FIELD_PAIRS) add_pairs(t, in, f, item[i]);
    else add_field(t, in, f, item[i]);
  }
  if (a->detail_list == LIST_PROBLEMS) add_problem_help(t, item[i]);
  return t;
}

static void add_sign(struct text *t, const struct input *in, enum symbol s, enum role role, const char *means) {
  text_indent(t, 2, 20);
  text_addf(t, style_of(role), "%-2s", symbol(in->glyphs, s));
  text_moref(t, STYLE(NORMAL), "               %s", means);
}

struct text *help_text(const struct input *in) {
  struct text *t = text_new();
  size_t n;
  struct keymap_help *rows = keymap_help(in->keymap, CONTEXT_COUNT, &n);
  for (size_t i = 0; i < n; i++) {
    if (!i || strcmp(rows[i].group, rows[i - 1].group)) {
      text_indent(t, 0, 0);
      if (i) text_add(t, STYLE(NORMAL), "");
      text_add(t, STYLE(TITLE), rows[i].group);
    }
    text_indent(t, 2, 20);
    text_addf(t, STYLE(KEY), "%-17s ", rows[i].keys);
    text_more(t, STYLE(NORMAL), rows[i].help);
  }
  mem_free(rows);
  text_indent(t, 0, 0);
  text_add(t, STYLE(NORMAL), "");
  text_add(t, STYLE(TITLE), "Signs");
  add_sign(t, in, SYMBOL_UP, ROLE_OK, "is up and answers");
  add_sign(t, in, SYMBOL_DOWN, ROLE_BAD, "is down");
  add_sign(t, in, SYMBOL_UNKNOWN, ROLE_UNKNOWN, "not known: nobody could be asked");
  text_indent(t, 2, 20);
  text_add(t, STYLE(STALE), "~value");
  text_more(t, STYLE(NORMAL), "            an old value: its source does not answer now (see sources)");
  text_indent(t, 2, 20);
  text_add(t, STYLE(BAD), "started?");
  text_more(t, STYLE(NORMAL), "          pacemaker says so, and libvirt says otherwise");
  return t;
}
