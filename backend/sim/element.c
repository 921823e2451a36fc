#include "sim/element.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 24, ELEMENTS_MAX = 20000, NAME_MAX_ = 200, STEPS_MAX = 16 };

/* ---- the tree ---- */

struct element *element_new(struct arena *a, struct element *parent, const char *name) {
  struct element *e = arena_alloc(a, sizeof *e);
  e->name = arena_strdup(a, name);
  e->parent = parent;
  if (!parent) return e;
  if (parent->last) parent->last->next = e;
  else parent->first = e;
  parent->last = e;
  return e;
}

void element_set(struct arena *a, struct element *e, const char *name, const char *value) {
  for (size_t i = 0; i < e->attributes.count; i++) {
    if (!str_eq(e->attributes.item[i].key, name)) continue;
    if (value) {
      e->attributes.item[i].value = arena_strdup(a, value);
      return;
    }
    memmove(&e->attributes.item[i], &e->attributes.item[i + 1], (e->attributes.count - i - 1) * sizeof *e->attributes.item);
    e->attributes.count--;
    return;
  }
  if (value) pairs_add(a, &e->attributes, name, value);
}

const char *element_get(const struct element *e, const char *name) { return e ? pairs_get(&e->attributes, name) : NULL; }

struct element *element_child(const struct element *e, const char *name) {
  for (struct element *c = e ? e->first : NULL; c; c = c->next)
    if (str_eq(c->name, name)) return c;
  return NULL;
}

void element_drop(struct element *e) {
  struct element *p = e->parent, *before = NULL;
  if (!p) return;
  for (struct element *c = p->first; c && c != e; c = c->next) before = c;
  if (before) before->next = e->next;
  else p->first = e->next;
  if (p->last == e) p->last = before;
  e->parent = e->next = NULL;
}

struct element *element_copy(struct arena *a, struct element *parent, const struct element *e) {
  struct element *to = element_new(a, parent, e->name);
  for (size_t i = 0; i < e->attributes.count; i++) pairs_add(a, &to->attributes, e->attributes.item[i].key, e->attributes.item[i].value);
  for (const struct element *c = e->first; c; c = c->next) element_copy(a, to, c);
  return to;
}

/* ---- reading ---- */

struct text { const char *at; struct arena *arena; int count; };

static void skip_space(struct text *t) {
  while (isspace((unsigned char)*t->at)) t->at++;
}

/* Blanks, comments, <?..?>, and the text between elements, which means nothing here. */
static bool skip_to_element(struct text *t) {
  for (;;) {
    t->at += strcspn(t->at, "<");
    const char *end = str_starts(t->at, "<!--") ? "-->" : str_starts(t->at, "<?") ? "?>" : NULL;
    if (!end) return *t->at == '<';
    const char *stop = strstr(t->at, end);
    if (!stop) return false;
    t->at = stop + strlen(end);
  }
}

static const char *take_name(struct text *t) {
  const char *from = t->at;
  while (isalnum((unsigned char)*t->at) || (*t->at && strchr("_-.:", *t->at))) t->at++;
  size_t len = (size_t)(t->at - from);
  return len && len < NAME_MAX_ && (isalpha((unsigned char)*from) || *from == '_') ? arena_strndup(t->arena, from, len) : NULL;
}

/* "&lt;" and its like; of numbers those that are one byte. NULL: it is none of them. */
static const char *entity(const char *at, char *ret) {
  static const struct { const char *name; char c; } rows[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
  for (size_t i = 0; i < COUNT(rows); i++)
    if (str_starts(at, rows[i].name)) return *ret = rows[i].c, at + strlen(rows[i].name);
  if (!str_starts(at, "&#")) return NULL;
  char *end;
  bool hexadecimal = at[2] == 'x';
  long n = strtol(at + 2 + hexadecimal, &end, hexadecimal ? 16 : 10);
  if (*end != ';' || n < 9 || n > 126 || !isxdigit((unsigned char)at[2 + hexadecimal])) return NULL;
  return *ret = (char)n, end + 1;
}

static const char *take_value(struct text *t) {
  char quote = *t->at;
  struct str out = {0};
  if (quote != '"' && quote != '\'') return NULL;
  for (t->at++; *t->at != quote;) {
    char c = *t->at;
    const char *after = c == '&' ? entity(t->at, &c) : t->at + 1;
    if (!after || !c || *t->at == '<') {
      str_free(&out);
      return NULL;
    }
    str_addc(&out, c);
    t->at = after;
  }
  t->at++;
  const char *value = arena_strdup(t->arena, str_text(&out));
  str_free(&out);
  return value;
}

/* After "<": its name, its attributes, what it holds. */
static struct element *take_element(struct text *t, struct element *parent, int depth) {
  const char *name = take_name(t);
  if (!name || depth > DEPTH_MAX || ++t->count > ELEMENTS_MAX) return NULL;
  struct element *e = element_new(t->arena, parent, name);
  for (skip_space(t); *t->at != '>' && *t->at != '/'; skip_space(t)) {
    const char *key = take_name(t);
    skip_space(t);
    if (!key || *t->at != '=' || element_get(e, key)) return NULL;
    t->at++;
    skip_space(t);
    const char *value = take_value(t);
    if (!value) return NULL;
    pairs_add(t->arena, &e->attributes, key, value);
  }
  if (*t->at == '/') return *++t->at == '>' ? t->at++, e : NULL;
  for (t->at++; skip_to_element(t);) {
    t->at++;
    if (*t->at == '/') {
      t->at++;
      const char *end = take_name(t);
      skip_space(t);
      return str_eq(end, name) && *t->at == '>' ? t->at++, e : NULL;
    }
    if (!take_element(t, e, depth + 1)) return NULL;
  }
  return NULL;
}

struct element *element_parse(struct arena *a, const char *text) {
  struct text t = {text, a, 0};
  if (!text || !skip_to_element(&t)) return NULL;
  t.at++;
  struct element *e = take_element(&t, NULL, 0);
  if (!e || skip_to_element(&t)) return NULL; /* one root, nothing after it */
  return e;
}

/* ---- printing ---- */

static void print_value(const char *value, struct str *out) {
  for (const char *p = value; *p; p++) {
    if (*p == '<') str_add(out, "&lt;");
    else if (*p == '>') str_add(out, "&gt;");
    else if (*p == '&') str_add(out, "&amp;");
    else if (*p == '"') str_add(out, "&quot;");
    else str_addc(out, *p);
  }
}

void element_print(const struct element *e, int depth, struct str *out) {
  str_addf(out, "%*s<%s", depth * 2, "", e->name);
  for (size_t i = 0; i < e->attributes.count; i++) {
    str_addf(out, " %s=\"", e->attributes.item[i].key);
    print_value(e->attributes.item[i].value, out);
    str_addc(out, '"');
  }
  str_add(out, e->first ? ">\n" : "/>\n");
  for (const struct element *c = e->first; c; c = c->next) element_print(c, depth + 1, out);
  if (e->first) str_addf(out, "%*s</%s>\n", depth * 2, "", e->name);
}

/* ---- paths ---- */

struct step { bool anywhere; char name[NAME_MAX_]; const char *predicates; size_t len; }; /* anywhere: after "//" */

static const char *word(const char *at, char *out) {
  size_t n = 0;
  while (n < NAME_MAX_ - 1 && (isalnum((unsigned char)*at) || (*at && strchr("_-.", *at)))) out[n++] = *at++;
  out[n] = 0;
  return n ? at : NULL;
}

/* The "]" that ends a predicate: not one in quotes. */
static const char *predicate_end(const char *at) {
  char quote = 0;
  for (; *at; at++) {
    if (quote) quote = *at == quote ? 0 : quote;
    else if (*at == '"' || *at == '\'') quote = *at;
    else if (*at == ']') return at;
  }
  return NULL;
}

static int read_steps(const char *path, struct step steps[STEPS_MAX]) {
  int n = 0;
  for (const char *at = path; *at; n++) {
    if (n == STEPS_MAX || *at != '/') return -EINVAL;
    struct step *s = &steps[n];
    *s = (struct step){.anywhere = at[1] == '/'};
    at += 1 + s->anywhere;
    if (*at == '*') strcpy(s->name, "*"), at++;
    else if (!(at = word(at, s->name))) return -EINVAL;
    s->predicates = at;
    while (*at == '[') {
      at = predicate_end(at);
      if (!at) return -EINVAL;
      at++;
    }
    s->len = (size_t)(at - s->predicates);
  }
  return n ? n : -EINVAL;
}

static const char *blanks(const char *at) { return at + strspn(at, " \t\n"); }

/* [child/]@name [= "value"], or child alone. Where it ends; NULL: it is none. */
static const char *term(const char *at, const struct element *e, bool *ret) {
  char child[NAME_MAX_] = "", name[NAME_MAX_] = "", value[NAME_MAX_ * 4];
  bool valued = false;
  at = blanks(at);
  if (*at != '@') {
    if (!(at = word(at, child))) return NULL;
    if (*at == '/' && at[1] == '@') at++;
  }
  if (*at == '@' && !(at = word(at + 1, name))) return NULL;
  at = blanks(at);
  if (*at == '=') {
    at = blanks(at + 1);
    const char *stop = *at == '"' || *at == '\'' ? strchr(at + 1, *at) : NULL;
    if (!stop || !*name || (size_t)(stop - at) > sizeof value) return NULL;
    memcpy(value, at + 1, (size_t)(stop - at - 1));
    value[stop - at - 1] = 0;
    valued = true;
    at = blanks(stop + 1);
  }
  *ret = false;
  for (const struct element *x = *child ? e->first : e; x; x = *child ? x->next : NULL) {
    const char *has = *name ? element_get(x, name) : "";
    if (*child && strcmp(x->name, child)) continue;
    *ret |= has && (!valued || !strcmp(has, value));
  }
  return at;
}

static int satisfies(const struct step *s, const struct element *e) {
  bool all = strcmp(s->name, "*") == 0 || str_eq(s->name, e->name);
  for (const char *at = s->predicates; at < s->predicates + s->len;) {
    bool holds;
    at = term(at + 1, e, &holds); /* after "[" or in place of "and" */
    if (!at) return -EINVAL;
    all &= holds;
    while (str_starts(at, "and") && strchr(" \t\n@", at[3])) {
      if (!(at = term(at + 3, e, &holds))) return -EINVAL;
      all &= holds;
    }
    if (*at++ != ']') return -EINVAL;
  }
  return all;
}

struct finding { const struct step *steps; int count, found, most; struct element **ret; };

static int visit(struct finding *f, struct element *e, int step) {
  const struct step *s = &f->steps[step];
  int here = satisfies(s, e), code = here < 0 ? here : 0;
  if (here == 1 && step + 1 == f->count) {
    bool before = false; /* two ways may lead to it */
    for (int i = 0; i < f->found && i < f->most; i++) before |= f->ret[i] == e;
    if (!before && f->found < f->most) f->ret[f->found] = e;
    f->found += !before;
  } else if (here == 1) {
    for (struct element *c = e->first; c && code >= 0; c = c->next) code = visit(f, c, step + 1);
  }
  if (!s->anywhere) return code;
  for (struct element *c = e->first; c && code >= 0; c = c->next) code = visit(f, c, step);
  return code;
}

int element_find(struct element *root, const char *path, struct element **ret, int most) {
  struct step steps[STEPS_MAX];
  int n = read_steps(path, steps);
  if (n < 0) return n;
  struct finding f = {steps, n, 0, most, ret};
  int code = visit(&f, root, 0);
  return code < 0 ? code : f.found;
}
