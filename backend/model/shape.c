#include "model/shape.h"
#include "base/clock.h"
#include "base/utf8.h"
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void shape_memory(void) { json_set_alloc_funcs(mem_bytes, mem_free); }

/* All LIST_OFs, texts, pairs and tallies have this layout. */
struct any_list {
  void *item;
  size_t count;
};

static void *member(const struct field *f, void *object) { return (char *)object + f->offset; }
static const void *member_const(const struct field *f, const void *object) { return (const char *)object + f->offset; }

void shape_init(const struct shape *s, void *object) {
  memset(object, 0, s->size);
  for (const struct field *f = s->fields; f->name; f++) {
    void *m = member(f, object);
    switch (f->type) {
    case FIELD_INT:
    case FIELD_TIME: *(int64_t *)m = UNKNOWN_INT; break;
    case FIELD_REAL: *(double *)m = NAN; break;
    case FIELD_OBJECT: shape_init(f->of.shape, m); break;
    default: break; /* zero is unknown or empty */
    }
  }
}

/* Grows at powers of two, so a list needs no capacity of its own. */
static void *grow(struct arena *a, void *list, size_t one) {
  struct any_list l;
  memcpy(&l, list, sizeof l);
  if ((l.count & (l.count - 1)) == 0) {
    void *more = arena_array(a, l.count ? l.count * 2 : 1, one);
    if (l.count) memcpy(more, l.item, l.count * one);
    l.item = more;
  }
  void *added = (char *)l.item + l.count++ * one;
  memcpy(list, &l, sizeof l);
  return added;
}

void *list_add(struct arena *a, void *list, const struct shape *s) {
  void *added = grow(a, list, s->size);
  shape_init(s, added);
  return added;
}

void texts_add(struct arena *a, struct texts *t, const char *text) {
  *(const char **)grow(a, t, sizeof(const char *)) = arena_strdup(a, text);
}

void pairs_add(struct arena *a, struct pairs *p, const char *key, const char *value) {
  *(struct pair *)grow(a, p, sizeof(struct pair)) = (struct pair){arena_strdup(a, key), arena_strdup(a, value)};
}

void tallies_add(struct arena *a, struct tallies *t, const char *key, int64_t value) {
  *(struct tally *)grow(a, t, sizeof(struct tally)) = (struct tally){arena_strdup(a, key), value};
}

void tallies_raise(struct arena *a, struct tallies *t, const char *key, int64_t value) {
  for (size_t i = 0; i < t->count; i++) {
    if (!str_eq(t->item[i].key, key)) continue;
    if (t->item[i].value < value) t->item[i].value = value;
    return;
  }
  tallies_add(a, t, key, value);
}

const char *pairs_get(const struct pairs *p, const char *key) {
  for (size_t i = 0; i < p->count; i++)
    if (str_eq(p->item[i].key, key)) return p->item[i].value;
  return NULL;
}

bool texts_same(const struct texts *a, const struct texts *b) {
  if (a->count != b->count) return false;
  for (size_t i = 0; i < a->count; i++)
    if (!str_eq(a->item[i], b->item[i])) return false;
  return true;
}

bool texts_have(const struct texts *t, const char *text) {
  for (size_t i = 0; i < t->count; i++)
    if (str_eq(t->item[i], text)) return true;
  return false;
}

/* ---- out ---- */

/* How much of it stands for itself: nearly all there ever is. */
static size_t plain(const char *text, size_t len) {
  size_t n = 0;
  while (n < len && text[n] >= 0x20 && text[n] < 0x7F && text[n] != '"' && text[n] != '\\') n++;
  return n;
}

/* What a terminal would obey is written by its number: the same text to a program, and harmless where JSON is looked at. */
static void json_number(struct str *out, uint32_t cp) {
  if (cp > 0xFFFF) str_addf(out, "\\u%04x\\u%04x", 0xD800 + ((cp - 0x10000) >> 10), 0xDC00 + ((cp - 0x10000) & 0x3FF));
  else str_addf(out, "\\u%04x", cp);
}

void json_text(struct str *out, const char *text) {
  if (!text) {
    str_add(out, "null");
    return;
  }
  str_addc(out, '"');
  for (size_t len = strlen(text), used; len; text += used, len -= used) {
    if ((used = plain(text, len))) {
      str_addn(out, text, used);
      continue;
    }
    uint32_t cp = utf8_next(text, len, &used);
    if (cp == '"' || cp == '\\') str_addf(out, "\\%c", (char)cp);
    else if (cp == '\n') str_add(out, "\\n");
    else if (utf8_hostile(cp)) json_number(out, cp);
    else {
      char bytes[4];
      str_addn(out, bytes, utf8_put(cp, bytes));
    }
  }
  str_addc(out, '"');
}

static void encode_int(struct str *out, int64_t v) {
  if (v == UNKNOWN_INT) str_add(out, "null");
  else str_addf(out, "%" PRId64, v);
}

static void encode_field(const struct field *f, const void *object, struct str *out) {
  const void *m = member_const(f, object);
  const struct any_list *l = m;
  char when[CLOCK_TEXT];
  switch (f->type) {
  case FIELD_TEXT: json_text(out, *(const char *const *)m); break;
  case FIELD_INT: encode_int(out, *(const int64_t *)m); break;
  case FIELD_REAL:
    if (isfinite(*(const double *)m)) str_addf(out, "%.1f", *(const double *)m);
    else str_add(out, "null");
    break;
  case FIELD_BOOL: str_add(out, *(const enum truth *)m == TRUTH_UNKNOWN ? "null" : *(const enum truth *)m == TRUTH_YES ? "true" : "false"); break;
  case FIELD_TIME: json_text(out, *(const int64_t *)m == UNKNOWN_INT ? NULL : clock_rfc3339(when, *(const int64_t *)m)); break;
  case FIELD_CHOICE: json_text(out, f->of.choices[*(const int *)m]); break;
  case FIELD_OBJECT: shape_encode(f->of.shape, m, out); break;
  case FIELD_MAYBE:
    if (*(const void *const *)m) shape_encode(f->of.shape, *(const void *const *)m, out);
    else str_add(out, "null");
    break;
  case FIELD_SOME:
  case FIELD_TEXTS:
    if (f->type == FIELD_SOME && !l->count) {
      str_add(out, "null");
      break;
    }
    str_addc(out, '[');
    for (size_t i = 0; i < l->count; i++) {
      if (i) str_addc(out, ',');
      json_text(out, ((const char *const *)l->item)[i]);
    }
    str_addc(out, ']');
    break;
  case FIELD_LIST:
    str_addc(out, '[');
    for (size_t i = 0; i < l->count; i++) {
      if (i) str_addc(out, ',');
      shape_encode(f->of.shape, (const char *)l->item + i * f->of.shape->size, out);
    }
    str_addc(out, ']');
    break;
  case FIELD_PAIRS:
  case FIELD_TALLIES:
    str_addc(out, '{');
    for (size_t i = 0; i < l->count; i++) {
      const struct pair *p = (const struct pair *)l->item + i;
      const struct tally *t = (const struct tally *)l->item + i;
      if (i) str_addc(out, ',');
      json_text(out, f->type == FIELD_PAIRS ? p->key : t->key);
      str_addc(out, ':');
      if (f->type == FIELD_PAIRS) json_text(out, p->value);
      else encode_int(out, t->value);
    }
    str_addc(out, '}');
    break;
  }
}

void shape_encode(const struct shape *s, const void *object, struct str *out) {
  str_addc(out, '{');
  for (const struct field *f = s->fields; f->name; f++) {
    if (f != s->fields) str_addc(out, ',');
    json_text(out, f->name);
    str_addc(out, ':');
    encode_field(f, object, out);
  }
  str_addc(out, '}');
}

/* ---- in ---- */

static int wrong(const struct field *f, const char *wanted, struct err *e) {
  return err_set(e, -EINVAL, "", "field %s is not %s", f->name, wanted);
}

static int decode_text(const struct field *f, const json_t *v, struct arena *a, const char **ret, struct err *e) {
  if (!json_is_string(v)) return wrong(f, "a string", e);
  if (json_string_length(v) > SHAPE_TEXT_MAX) return wrong(f, "of a sane length", e);
  *ret = arena_strndup(a, json_string_value(v), json_string_length(v));
  return 0;
}

static int decode_shape(const struct shape *s, const json_t *json, void *object, struct arena *a, int depth, struct err *e);

static int decode_array(const struct field *f, const json_t *v, void *m, struct arena *a, int depth, struct err *e) {
  if (!json_is_array(v)) return wrong(f, "a list", e);
  size_t n = json_array_size(v);
  if (n > SHAPE_LIST_MAX) return wrong(f, "of a sane length", e);
  bool texts = f->type == FIELD_TEXTS || f->type == FIELD_SOME;
  size_t one = texts ? sizeof(char *) : f->of.shape->size;
  size_t room = 1; /* as grow() leaves it: what was read may be added to */
  while (room < n) room *= 2;
  struct any_list l = {arena_array(a, room, one), n};
  for (size_t i = 0; i < n; i++) {
    void *item = (char *)l.item + i * one;
    const json_t *w = json_array_get(v, i);
    int code = texts ? decode_text(f, w, a, item, e) : decode_shape(f->of.shape, w, item, a, depth + 1, e);
    if (code) return code;
  }
  memcpy(m, &l, sizeof l);
  return 0;
}

static int decode_map(const struct field *f, const json_t *v, void *m, struct arena *a, struct err *e) {
  if (!json_is_object(v)) return wrong(f, "an object", e);
  if (json_object_size(v) > SHAPE_LIST_MAX) return wrong(f, "of a sane size", e);
  const char *key;
  json_t *w;
  json_object_foreach((json_t *)v, key, w) {
    if (f->type == FIELD_PAIRS && (json_is_string(w) || json_is_null(w))) pairs_add(a, m, key, json_string_value(w));
    else if (f->type == FIELD_TALLIES && (json_is_integer(w) || json_is_null(w))) tallies_add(a, m, key, json_is_null(w) ? UNKNOWN_INT : json_integer_value(w));
    else return wrong(f, f->type == FIELD_PAIRS ? "an object of strings" : "an object of numbers", e);
  }
  return 0;
}

static int decode_choice(const struct field *f, const json_t *v, int *m, struct err *e) {
  if (!json_is_string(v)) return wrong(f, "a string", e);
  for (int i = 1; f->of.choices[i]; i++)
    if (!strcmp(f->of.choices[i], json_string_value(v))) *m = i;
  return 0;
}

static int decode_field(const struct field *f, const json_t *v, void *m, struct arena *a, int depth, struct err *e) {
  switch (f->type) {
  case FIELD_TEXT: return decode_text(f, v, a, m, e);
  case FIELD_INT:
    if (!json_is_integer(v)) return wrong(f, "a whole number", e);
    *(int64_t *)m = json_integer_value(v);
    return 0;
  case FIELD_REAL:
    if (!json_is_number(v)) return wrong(f, "a number", e);
    *(double *)m = json_number_value(v);
    return 0;
  case FIELD_BOOL:
    if (!json_is_boolean(v)) return wrong(f, "true or false", e);
    *(enum truth *)m = truth_of(json_is_true(v));
    return 0;
  case FIELD_TIME: return json_is_string(v) && !clock_parse(json_string_value(v), m) ? 0 : wrong(f, "a time", e);
  case FIELD_CHOICE: return decode_choice(f, v, m, e);
  case FIELD_TEXTS:
  case FIELD_SOME:
  case FIELD_LIST: return decode_array(f, v, m, a, depth, e);
  case FIELD_PAIRS:
  case FIELD_TALLIES: return decode_map(f, v, m, a, e);
  case FIELD_OBJECT: return decode_shape(f->of.shape, v, m, a, depth + 1, e);
  case FIELD_MAYBE: return decode_shape(f->of.shape, v, *(void **)m = arena_alloc(a, f->of.shape->size), a, depth + 1, e);
  }
  return -EINVAL;
}

static int decode_shape(const struct shape *s, const json_t *json, void *object, struct arena *a, int depth, struct err *e) {
  shape_init(s, object);
  if (!json_is_object(json) || depth > SHAPE_DEPTH_MAX) return err_set(e, -EINVAL, "", "%s is not an object", s->name);
  for (const struct field *f = s->fields; f->name; f++) {
    const json_t *v = json_object_get(json, f->name);
    if (!v || json_is_null(v)) continue;
    int code = decode_field(f, v, member(f, object), a, depth, e);
    if (code) return code;
  }
  return 0;
}

int shape_decode(const struct shape *s, const void *json, void *object, struct arena *a, struct err *e) {
  return decode_shape(s, json, object, a, 0, e);
}

int shape_decode_text(const struct shape *s, const char *text, size_t len, void *object, struct arena *a, struct err *e) {
  json_error_t je;
  json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &je);
  if (!json) return err_set(e, -EINVAL, "", "not JSON: %s (column %d)", je.text, je.column);
  int code = shape_decode(s, json, object, a, e);
  json_decref(json);
  return code;
}

/* ---- comparing and naming ---- */

static bool item_equal(const struct field *f, const void *x, const void *y) {
  switch (f->type) {
  case FIELD_SOME:
  case FIELD_TEXTS: return str_eq(*(const char *const *)x, *(const char *const *)y);
  case FIELD_PAIRS: return str_eq(((const struct pair *)x)->key, ((const struct pair *)y)->key) && str_eq(((const struct pair *)x)->value, ((const struct pair *)y)->value);
  case FIELD_TALLIES: return str_eq(((const struct tally *)x)->key, ((const struct tally *)y)->key) && ((const struct tally *)x)->value == ((const struct tally *)y)->value;
  default: return shape_equal(f->of.shape, x, y);
  }
}

static size_t item_size(const struct field *f) {
  switch (f->type) {
  case FIELD_SOME:
  case FIELD_TEXTS: return sizeof(char *);
  case FIELD_PAIRS: return sizeof(struct pair);
  case FIELD_TALLIES: return sizeof(struct tally);
  default: return f->of.shape->size;
  }
}

bool field_equal(const struct field *f, const void *a, const void *b) {
  const void *x = member_const(f, a), *y = member_const(f, b);
  switch (f->type) {
  case FIELD_TEXT: return str_eq(*(const char *const *)x, *(const char *const *)y);
  case FIELD_INT:
  case FIELD_TIME: return *(const int64_t *)x == *(const int64_t *)y;
  case FIELD_REAL: return *(const double *)x == *(const double *)y || (isnan(*(const double *)x) && isnan(*(const double *)y));
  case FIELD_BOOL: return *(const enum truth *)x == *(const enum truth *)y;
  case FIELD_CHOICE: return *(const int *)x == *(const int *)y;
  case FIELD_OBJECT: return shape_equal(f->of.shape, x, y);
  case FIELD_MAYBE: {
    const void *p = *(const void *const *)x, *q = *(const void *const *)y;
    return p && q ? shape_equal(f->of.shape, p, q) : p == q;
  }
  default: break;
  }
  const struct any_list *l = x, *m = y;
  if (l->count != m->count) return false;
  for (size_t i = 0, one = item_size(f); i < l->count; i++)
    if (!item_equal(f, (const char *)l->item + i * one, (const char *)m->item + i * one)) return false;
  return true;
}

bool shape_equal(const struct shape *s, const void *a, const void *b) {
  for (const struct field *f = s->fields; f->name; f++)
    if (!field_equal(f, a, b)) return false;
  return true;
}

const struct field *shape_field(const struct shape *s, const char *name) {
  for (const struct field *f = s->fields; f->name; f++)
    if (!strcmp(f->name, name)) return f;
  return NULL;
}

const char *field_text(const struct field *f, const void *object, struct arena *a) {
  const void *m = member_const(f, object);
  switch (f->type) {
  case FIELD_TEXT:
    if (*(const char *const *)m) return *(const char *const *)m;
    break;
  case FIELD_BOOL:
    if (*(const enum truth *)m != TRUTH_UNKNOWN) return *(const enum truth *)m == TRUTH_YES ? "yes" : "no";
    break;
  case FIELD_CHOICE:
    if (*(const int *)m) return f->of.choices[*(const int *)m];
    break;
  case FIELD_INT:
    if (*(const int64_t *)m != UNKNOWN_INT) return arena_printf(a, "%" PRId64, *(const int64_t *)m);
    break;
  case FIELD_REAL:
    if (isfinite(*(const double *)m)) return arena_printf(a, "%.1f", *(const double *)m);
    break;
  case FIELD_TIME: {
    char when[CLOCK_TEXT];
    if (*(const int64_t *)m != UNKNOWN_INT) return arena_strdup(a, clock_rfc3339(when, *(const int64_t *)m));
    break;
  }
  case FIELD_SOME:
  case FIELD_TEXTS: {
    const struct texts *t = m;
    if (f->type == FIELD_SOME && !t->count) break;
    CLEANUP(str_free) struct str out = {0};
    for (size_t i = 0; i < t->count; i++) str_addf(&out, "%s%s", i ? ", " : "", t->item[i]);
    return t->count ? arena_strdup(a, out.data) : "none";
  }
  default: {
    CLEANUP(str_free) struct str out = {0};
    encode_field(f, object, &out);
    return arena_strdup(a, str_text(&out));
  }
  }
  return "unknown";
}
