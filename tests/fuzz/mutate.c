/* Mutations that keep the format: most changes of a byte only make XML or JSON that its library refuses, and what is
 * behind the library would hardly be reached. Now and then the engine's own mutation is let be. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/memory.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

unsigned draw(unsigned *seed, unsigned below) {
  *seed = *seed * 1103515245 + 12345;
  return below ? (*seed >> 8) % below : 0;
}

/* A value that parsers like to trip over, or the old one with some bytes changed. */
void new_text(char out[256], const char *old, unsigned *seed) {
  static const char *const words[] = {"",
                                      "0",
                                      "-1",
                                      "1",
                                      "true",
                                      "false",
                                      "INFINITY",
                                      "-INFINITY",
                                      "9223372036854775807",
                                      "-9223372036854775808",
                                      "99999999999999999999",
                                      "localhost",
                                      "kvm01",
                                      "a:0",
                                      ":0",
                                      ":",
                                      "/",
                                      "1970-01-01T00:00:00.000Z",
                                      "9999-12-31T23:59:59Z",
                                      "%s%n",
                                      "\033[2J",
                                      "\u202e",
                                      "127.0.0.1",
                                      "::1"};
  if (draw(seed, 2)) {
    snprintf(out, 256, "%s", words[draw(seed, COUNT(words))]);
    return;
  }
  snprintf(out, 256, "%s", old ? old : "x");
  out[LLVMFuzzerMutate((uint8_t *)out, strlen(out), 200)] = 0;
}

size_t put_back(uint8_t *data, size_t max, const char *text, size_t len) {
  if (!text || len > max) return 0;
  memcpy(data, text, len);
  return len;
}

/* ---- lines of JSON ---- */

struct place {
  json_t *parent, *value;
  const char *key;
  size_t index;
};
enum { PLACES = 4000, DEPTH = 20 };

static void places(json_t *parent, struct place *out, size_t *count, int depth) {
  const char *key;
  size_t i;
  json_t *v;
  if (depth > DEPTH) return;
  if (json_is_object(parent)) json_object_foreach(parent, key, v) {
      if (*count < PLACES) out[(*count)++] = (struct place){parent, v, key, 0};
      places(v, out, count, depth + 1);
    }
  if (json_is_array(parent)) json_array_foreach(parent, i, v) {
      if (*count < PLACES) out[(*count)++] = (struct place){parent, v, NULL, i};
      places(v, out, count, depth + 1);
    }
}

static json_t *new_value(const json_t *old, const json_t *other, unsigned *seed) {
  static const json_int_t numbers[] = {0, 1, -1, 2, 100, 1000000, INT32_MAX, INT64_MAX, INT64_MIN, INT64_MIN + 1};
  char text[256];
  json_t *string;
  switch (draw(seed, 8)) {
  case 0: return json_null();
  case 1: return json_boolean(draw(seed, 2));
  case 2: return json_integer(numbers[draw(seed, COUNT(numbers))]);
  case 3: return json_real((double)draw(seed, 1000) * (draw(seed, 2) ? 1e300 : -0.37));
  case 4: return draw(seed, 2) ? json_array() : json_object();
  case 5: return json_deep_copy(other);
  default:
    new_text(text, json_string_value(old), seed);
    string = json_string(text);
    return string ? string : json_string("\uFFFD");
  }
}

static void change_json(json_t *root, unsigned *seed) {
  static struct place list[PLACES];
  size_t count = 0;
  places(root, list, &count, 0);
  if (!count) return;
  const struct place *p = &list[draw(seed, (unsigned)count)], *other = &list[draw(seed, (unsigned)count)];
  unsigned how = draw(seed, 8);
  if (how == 0 && p->key) json_object_del(p->parent, p->key);
  else if (how == 0) json_array_remove(p->parent, p->index);
  else if (how == 1 && !p->key) json_array_insert_new(p->parent, p->index, json_deep_copy(p->value));
  else if (p->key) json_object_set_new(p->parent, p->key, new_value(p->value, other->value, seed));
  else json_array_set_new(p->parent, p->index, new_value(p->value, other->value, seed));
}

static size_t change_line(uint8_t *data, size_t len, size_t max, unsigned seed) {
  size_t lines = 1, put = 0;
  for (size_t i = 0; i + 1 < len; i++) lines += data[i] == '\n';
  size_t from = 0, end;
  for (size_t skip = draw(&seed, (unsigned)lines); skip; skip--) from = (size_t)((uint8_t *)memchr(data + from, '\n', len - from) - data) + 1;
  uint8_t *newline = memchr(data + from, '\n', len - from);
  end = newline ? (size_t)(newline - data) : len;
  CLEANUP(str_free) struct str out = {0};
  str_addn(&out, data, from);
  unsigned how = draw(&seed, 8);
  json_t *json = how < 2 ? NULL : json_loadb((char *)data + from, end - from, 0, NULL);
  if (how == 1) str_addn(&out, data + from, end - from), str_addc(&out, '\n'), str_addn(&out, data + from, end - from); /* twice; 0: left out */
  if (json) {
    change_json(json, &seed);
    char *text = json_dumps(json, JSON_COMPACT);
    if (text) str_add(&out, text);
    fuzz_free(text);
    json_decref(json);
  }
  if (how < 2 || json) {
    str_addn(&out, data + end, len - end);
    put = put_back(data, max, out.data, out.len);
  }
  return put;
}

size_t mutate_lines_of_json(uint8_t *data, size_t len, size_t max, unsigned seed) {
  size_t put = 0;
  if (len && draw(&seed, 4)) {
    memory_begin();
    put = change_line(data, len, max, seed);
    memory_end();
  }
  return put ? put : LLVMFuzzerMutate(data, len, max);
}
