/* A line of `journalctl -o json`: an object of strings, but what is no text is an array of bytes, and what was given twice
 * an array of strings. */
#include "model/logs.h"
#include <errno.h>
#include <jansson.h>
#include <string.h>

static char *bytes_of(const json_t *array) {
  size_t n = json_array_size(array);
  if (n > LOG_TEXT_MAX) n = LOG_TEXT_MAX;
  char *out = mem_alloc(n + 1);
  for (size_t i = 0; i < n; i++) {
    json_int_t byte = json_integer_value(json_array_get(array, i));
    out[i] = byte > 0 && byte < 256 ? (char)byte : ' ';
  }
  return out;
}

static char *text_of(const json_t *object, const char *name) {
  const json_t *v = json_object_get(object, name);
  if (json_is_array(v) && json_is_string(json_array_get(v, 0))) v = json_array_get(v, 0);
  if (json_is_array(v)) return bytes_of(v);
  return json_is_string(v) ? mem_strndup(json_string_value(v), json_string_length(v)) : NULL;
}

void journal_line_free(struct journal_line *j) {
  mem_free(j->message);
  mem_free(j->identifier);
  *j = (struct journal_line){0};
}

/* syslog's 0 to 7. */
static int priority_of(const char *text) {
  static const int of[] = {PRIORITY_CRITICAL, PRIORITY_CRITICAL, PRIORITY_CRITICAL, PRIORITY_ERROR, PRIORITY_WARNING, PRIORITY_NOTICE, PRIORITY_INFO, PRIORITY_DEBUG};
  return text && text[0] >= '0' && text[0] <= '7' && !text[1] ? of[text[0] - '0'] : PRIORITY_UNKNOWN;
}

int journal_line(const char *text, size_t len, struct journal_line *ret) {
  json_t *j = json_loadb(text, len, JSON_ALLOW_NUL, NULL);
  CLEANUP(mem_freep) char *at = j ? text_of(j, "__REALTIME_TIMESTAMP") : NULL, *priority = j ? text_of(j, "PRIORITY") : NULL;
  int64_t us;
  int code = json_is_object(j) && at && !str_int(at, 0, INT64_MAX / 2, &us) ? 0 : -EINVAL;
  if (!code) {
    static const char *const names[] = {"SYSLOG_IDENTIFIER", "_COMM", "_SYSTEMD_UNIT"}; /* libvirtd gives itself no identifier */
    char *name = NULL;
    for (size_t i = 0; i < COUNT(names) && !name; i++) name = text_of(j, names[i]);
    *ret = (struct journal_line){text_of(j, "MESSAGE"), name, us / 1000, priority_of(priority)};
  }
  json_decref(j);
  return code;
}
