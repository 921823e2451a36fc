/* What a host answers when it is asked for its logs: each line, whatever the daemons and their guests wrote into it. */
#include "model/logs.h"
#include "sources/raw.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

#define NOON 1795348800000 /* 2026-11-22 12:00:00 UTC */

void target_setup(void) {}

static void must_be_entry(const struct log_part *p, const struct log_entry *e) {
  MUST(e->at >= 0 && e->at <= 2 * (int64_t)NOON, "it is within the window");
  MUST(e->id && e->host && e->what && e->file && e->line && e->text, "an entry is whole");
  MUST(e->text >= e->line && e->text <= e->line + strlen(e->line), "its text is within its line");
  MUST(strlen(e->line) <= 3 * LOG_TEXT_MAX, "a line is bounded");
  MUST(!strpbrk(e->line, "\n\r\t"), "a line is one");
  must_be_harmless(e->line, strlen(e->line));
  must_be_harmless(e->what, strlen(e->what));
  must_be_harmless(e->file, strlen(e->file));
  MUST(e->priority >= PRIORITY_UNKNOWN && e->priority <= PRIORITY_CRITICAL && e->kind >= 0 && e->kind < log_kind_count(), "it is of a kind");
  (void)p;
}

void target(const uint8_t *data, size_t len) {
  struct log_part p;
  CLEANUP(mem_freep) char *text = input_text(data, len);
  log_part_begin(&p, "kvm01", NOON, raw_mask);
  for (size_t at = 0; at < len;) {
    const uint8_t *end = memchr(data + at, '\n', len - at);
    size_t n = end ? (size_t)(end - data) - at : len - at;
    CLEANUP(mem_freep) char *line = mem_strndup(text + at, n); /* of its own, as it comes from a pipe: it may be written to */
    memcpy(line, data + at, strlen(line) < n ? strlen(line) : n);
    if (!log_part_take(&p, line, strlen(line), NOON)) break;
    at += n + 1;
  }
  log_part_end(&p, 0, 2 * (int64_t)NOON);
  for (size_t i = 0; i < p.count; i++) {
    must_be_entry(&p, &p.item[i]);
    MUST(!i || p.item[i].at >= p.item[i - 1].at, "entries are by time");
    MUST(!i || strcmp(p.item[i].id, p.item[i - 1].id), "an entry has an id of its own");
  }
  for (size_t i = 0; i < p.denied.count; i++) must_be_harmless(p.denied.item[i], strlen(p.denied.item[i]));
  log_part_free(&p);
}
