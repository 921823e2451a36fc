#include "base/utf8.h"
#include "run/task_parts.h"
#include <string.h>

enum { LINES_MAX = 2000, LINES_DROP = 200, LINE_BYTES = 4096, MASK_FROM = 3 };

/* A tool that repeats what it was given on its input: the secret itself is in no line. */
static void mask(const struct task *t, char *text) {
  for (size_t i = 0; i < t->values.list.count; i++) {
    const struct value *v = &t->values.list.item[i];
    size_t len = v->secret && v->text ? strlen(v->text) : 0;
    if (len < MASK_FROM) continue;
    for (char *at = text; (at = strstr(at, v->text)) != NULL; at += len) memset(at, '*', len);
  }
}

void line_add(struct task *t, bool err, const char *text, size_t len) {
  char raw[LINE_BYTES + 1], clean[LINE_BYTES * 3 + 1];
  if (len > LINE_BYTES) len = LINE_BYTES;
  memcpy(raw, text, len);
  raw[len] = 0;
  mask(t, raw);
  for (char *c = raw; *c; c++)
    if (*c == '\t') *c = ' ';
  utf8_clean(clean, sizeof clean, raw);
  if (t->line_count == LINES_MAX) {
    for (size_t i = 0; i < LINES_DROP; i++) mem_free((char *)t->lines[i].text);
    memmove(t->lines, t->lines + LINES_DROP, (LINES_MAX - LINES_DROP) * sizeof *t->lines);
    t->line_count -= LINES_DROP;
    t->lines_dropped += LINES_DROP;
  }
  if (!t->lines) t->lines = mem_grow(NULL, LINES_MAX, sizeof *t->lines);
  t->lines[t->line_count++] = (struct task_line){.at = task_wall(t), .step = (int)t->step, .err = err, .text = mem_strdup(clean)};
  if (*clean && (err || !t->last_err)) {
    utf8_clean(t->last, sizeof t->last, clean);
    t->last_err = err;
  }
  task_changed(t);
}

void lines_free(struct task *t) {
  for (size_t i = 0; i < t->line_count; i++) mem_free((char *)t->lines[i].text);
  mem_free(t->lines);
}
