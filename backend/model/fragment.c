#include "model/fragment.h"
#include "base/clock.h"
#include <errno.h>
#include <string.h>
#include <jansson.h>

struct envelope { /* the outer object; data is read by the shape that kind names */
  int64_t at;
  const char *host, *kind, *key;
  int source;
};
static const struct field envelope_fields[] = {
    {.name = "at", .type = FIELD_TIME, .offset = offsetof(struct envelope, at)},
    {.name = "source", .type = FIELD_CHOICE, .offset = offsetof(struct envelope, source), .of.choices = layer_names},
    {.name = "host", .type = FIELD_TEXT, .offset = offsetof(struct envelope, host)},
    {.name = "kind", .type = FIELD_TEXT, .offset = offsetof(struct envelope, kind)},
    {.name = "key", .type = FIELD_TEXT, .offset = offsetof(struct envelope, key)},
    {.name = NULL}};
static const struct shape envelope_shape = {.name = "fragment", .size = sizeof(struct envelope), .fields = envelope_fields};

static int too_long(const char *s) { return s && strlen(s) > FRAGMENT_NAME_MAX; }

static int read_envelope(const json_t *json, struct envelope *v, struct arena *a, struct err *e) {
  int code = shape_decode(&envelope_shape, json, v, a, e);
  if (code) return code;
  if (v->at == UNKNOWN_INT || !v->source || !v->host || !v->kind)
    return err_set(e, -EINVAL, "", "a fragment needs at, source, host and kind");
  if (too_long(v->host) || (too_long(v->key) && strlen(v->key) > 4096)) return err_set(e, -EINVAL, "", "a fragment's name is too long");
  return 0;
}

static int build(const json_t *json, struct arena *a, struct fragment **ret, struct err *e) {
  struct envelope v;
  int code = read_envelope(json, &v, a, e);
  if (code) return code;
  const struct fact_kind *kind = fact_kind_find(v.kind);
  if (!kind) return err_set(e, -EPROTONOSUPPORT, "a newer version wrote it", "a fragment of an unknown kind: %s", v.kind);
  if (kind->layer != LAYER_NONE && (int)kind->layer != v.source) return err_set(e, -EINVAL, "", "%s does not come from %s", v.kind, layer_names[v.source]);
  const json_t *data = json_object_get(json, "data");
  if (!data) return err_set(e, -EINVAL, "", "a fragment needs data");
  struct fragment *f = arena_alloc(a, sizeof *f);
  *f = (struct fragment){.references = 1, .arena = a, .kind = kind, .layer = (enum layer)v.source, .host = v.host, .key = v.key ? v.key : "", .at = v.at};
  if (!json_is_null(data)) {
    void *object = arena_alloc(a, kind->shape->size);
    if ((code = shape_decode(kind->shape, data, object, a, e))) return code;
    f->data = object;
  } else if (kind->layer == LAYER_NONE) {
    return err_set(e, -EINVAL, "", "a %s needs data", kind->name);
  }
  *ret = f;
  return 0;
}

int fragment_parse(const char *line, size_t len, struct fragment **ret, struct err *e) {
  if (len > FRAGMENT_LINE_MAX) return err_set(e, -EINVAL, "", "a fragment of more than %d bytes", FRAGMENT_LINE_MAX);
  json_error_t je;
  json_t *json = json_loadb(line, len, JSON_REJECT_DUPLICATES, &je);
  if (!json) return err_set(e, -EINVAL, "", "not JSON: %s (column %d)", je.text, je.column);
  struct arena *a = arena_new();
  int code = build(json, a, ret, e);
  json_decref(json);
  if (code) arena_free(a);
  return code;
}

int fragment_read(const char **line, size_t *len, struct fragment **ret, struct err *e) {
  static const char begin[] = "{\"at\":\"";
  int code = fragment_parse(*line, *len, ret, e);
  const char *at = *line, *end = at + *len;
  for (int tries = 0; code == -EINVAL && end - at > 1 && tries < 4; tries++) {
    at = memmem(at + 1, (size_t)(end - at) - 1, begin, sizeof begin - 1);
    if (!at) break;
    if (fragment_parse(at, (size_t)(end - at), ret, NULL)) continue;
    *line = at;
    *len = (size_t)(end - at);
    return 0;
  }
  return code;
}

bool fragment_is_raw(const char *line, size_t len) {
  static const char mark[] = "\"kind\":\"raw\"";
  return memmem(line, len < FRAGMENT_NAME_MAX * 8 ? len : FRAGMENT_NAME_MAX * 8, mark, sizeof mark - 1);
}

bool fragment_raw_is_sound(const char *line, size_t len) {
  json_t *json = len <= FRAGMENT_LINE_MAX ? json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL) : NULL;
  bool sound = json_is_object(json);
  json_decref(json);
  return sound;
}

struct fragment *fragment_keep(struct fragment *f) {
  f->references++;
  return f;
}

void fragment_drop(struct fragment *f) {
  if (f && --f->references == 0) arena_free(f->arena);
}

bool fragment_equal(const struct fragment *a, const struct fragment *b) {
  if (a->kind != b->kind || a->layer != b->layer || !str_eq(a->host, b->host) || !str_eq(a->key, b->key)) return false;
  if (!a->data || !b->data) return a->data == b->data;
  return shape_equal(a->kind->shape, a->data, b->data);
}

void fragment_print(struct str *out, int64_t at, enum layer layer, const char *host, const char *kind, const char *key, const void *data) {
  char when[CLOCK_TEXT];
  str_addf(out, "{\"at\":\"%s\",\"source\":\"%s\",\"host\":", clock_rfc3339(when, at), layer_names[layer]);
  json_text(out, host);
  str_add(out, ",\"kind\":");
  json_text(out, kind);
  if (key && *key) {
    str_add(out, ",\"key\":");
    json_text(out, key);
  }
  str_add(out, ",\"data\":");
  if (data) shape_encode(fact_kind_find(kind)->shape, data, out);
  else str_add(out, "null");
  str_add(out, "}\n");
}
