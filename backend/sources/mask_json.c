#include "sources/mask_json.h"
#include "sources/raw.h"
#include <errno.h>
#include <jansson.h>
#include <string.h>

enum { DEEPEST = 64 };
struct masking { void (*also)(void *owner, struct str *s); void *owner; };

/* Whether that name leads to a secret: asked of the one that knows. */
static bool is_secret_name(const char *name) {
  CLEANUP(mem_freep) char *probe = mem_printf("%s=x", name ? name : "");
  size_t len = strlen(probe);
  raw_mask(probe, len);
  return probe[len - 1] == '*';
}

static json_t *text_of(const struct masking *m, const char *bytes, size_t len, bool secret) {
  CLEANUP(str_free) struct str s = {0};
  str_addn(&s, bytes, len);
  if (secret) memset(s.data, '*', s.len);
  else if (s.len) raw_mask(s.data, s.len);
  if (m->also) m->also(m->owner, &s);
  return json_stringn_nocheck(str_text(&s), s.len);
}

static json_t *masked(const struct masking *m, json_t *j, bool secret, int depth);

static json_t *object_of(const struct masking *m, json_t *j, bool secret, int depth) {
  json_t *out = json_object(), *value, *name = json_object_get(j, "name");
  bool names_one = json_is_string(name) && is_secret_name(json_string_value(name)); /* {"name":"passwd","value":".."} */
  const char *key;
  json_object_foreach(j, key, value) {
    CLEANUP(str_free) struct str k = {0};
    str_add(&k, key);
    if (m->also) m->also(m->owner, &k);
    json_object_set_new_nocheck(out, str_text(&k), masked(m, value, secret || is_secret_name(key) || (names_one && !strcmp(key, "value")), depth));
  }
  return out;
}

static json_t *array_of(const struct masking *m, json_t *j, bool secret, int depth) {
  json_t *out = json_array(), *value;
  size_t i;
  bool follows = false;
  json_array_foreach(j, i, value) { /* words of a command: --password X */
    json_array_append_new(out, masked(m, value, secret || follows, depth));
    const char *word = json_string_value(value);
    follows = word && *word == '-' && !strchr(word, '=') && is_secret_name(word);
  }
  return out;
}

static json_t *masked(const struct masking *m, json_t *j, bool secret, int depth) {
  if (depth > DEEPEST) return json_null();
  if (json_is_object(j)) return object_of(m, j, secret, depth + 1);
  if (json_is_array(j)) return array_of(m, j, secret, depth + 1);
  return json_is_string(j) ? text_of(m, json_string_value(j), json_string_length(j), secret) : json_incref(j);
}

static int append(const char *bytes, size_t len, void *owner) { return str_addn(owner, bytes, len), 0; }

int mask_json(const char *text, size_t len, void (*also)(void *owner, struct str *s), void *owner, struct str *out) {
  const struct masking m = {also, owner};
  json_t *j = json_loadb(text, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
  if (!j) return -EINVAL;
  json_t *clean = masked(&m, j, false, 0);
  json_dump_callback(clean, append, out, JSON_COMPACT | JSON_ENCODE_ANY | JSON_PRESERVE_ORDER);
  json_decref(clean);
  json_decref(j);
  return 0;
}
