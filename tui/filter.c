#include "tui/filter.h"
#include "base/str.h"
#include "base/utf8.h"
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <string.h>

enum { STEPS = 2000000, STEPS_LEAST = 2000, STEPS_MOST = 50000, HEAP_KIB = 1024, DEPTH = 1000, NESTED = 50 };

struct filter {
  pcre2_code *code;
  pcre2_match_data *data;
  pcre2_match_context *limits;
};

/* A capital letter that stands for itself: not the one of an escape, as \S. */
static bool exact(const char *pattern) {
  size_t len = strlen(pattern), used;
  for (const char *s = pattern; len; s += used, len -= used) {
    uint32_t point = utf8_next(s, len, &used);
    if (point == '\\' && len > used) {
      size_t escaped;
      utf8_next(s + used, len - used, &escaped);
      used += escaped;
      continue;
    }
    if (utf8_upper(point)) return true;
  }
  return false;
}

static void *take(size_t size, void *owner) {
  (void)owner;
  return mem_alloc(size);
}

static void give(void *memory, void *owner) {
  (void)owner;
  mem_free(memory);
}

struct filter *filter_new(const char *pattern, struct filter_wrong *ret_wrong) {
  int error = 0;
  PCRE2_SIZE at = 0;
  size_t len = strlen(pattern);
  if (len > FILTER_MAX) {
    snprintf(ret_wrong->text, sizeof ret_wrong->text, "it is too long");
    ret_wrong->at = FILTER_MAX;
    return NULL;
  }
  pcre2_general_context *memory = pcre2_general_context_create(take, give, NULL);
  pcre2_compile_context *rules = pcre2_compile_context_create(memory);
  pcre2_set_newline(rules, PCRE2_NEWLINE_LF);
  pcre2_set_parens_nest_limit(rules, NESTED);
  uint32_t options = PCRE2_UTF | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C | (exact(pattern) ? 0 : PCRE2_CASELESS);
  pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, len, options, &error, &at, rules);
  pcre2_compile_context_free(rules);
  struct filter *f = NULL;
  if (code) {
    f = mem_alloc(sizeof *f);
    *f = (struct filter){code, pcre2_match_data_create(1, memory), pcre2_match_context_create(memory)};
    pcre2_set_heap_limit(f->limits, HEAP_KIB);
    pcre2_set_depth_limit(f->limits, DEPTH);
    filter_share(f, 1);
  } else {
    pcre2_get_error_message(error, (PCRE2_UCHAR *)ret_wrong->text, sizeof ret_wrong->text);
    ret_wrong->at = at < len ? at : len;
  }
  pcre2_general_context_free(memory);
  return f;
}

void filter_free(struct filter *f) {
  if (!f) return;
  pcre2_match_context_free(f->limits);
  pcre2_match_data_free(f->data);
  pcre2_code_free(f->code);
  mem_free(f);
}

void filter_share(struct filter *f, size_t texts) {
  size_t steps = STEPS / (texts ? texts : 1);
  pcre2_set_match_limit(f->limits, steps < STEPS_LEAST ? STEPS_LEAST : steps > STEPS_MOST ? STEPS_MOST : (uint32_t)steps);
}

enum filter_says filter_match(struct filter *f, const char *text, size_t len) {
  int found = pcre2_match(f->code, (PCRE2_SPTR)text, len, 0, PCRE2_NO_UTF_CHECK, f->data, f->limits);
  return found >= 0 ? FILTER_YES : found == PCRE2_ERROR_NOMATCH ? FILTER_NO : FILTER_CANNOT_TELL;
}
