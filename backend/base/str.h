/* Strings: a growing buffer, and the few questions asked of plain ones. */
#ifndef BASE_STR_H
#define BASE_STR_H
#include "base/mem.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str { /* {0} is the empty string; data is NUL-terminated once anything was added */
  char *data;
  size_t len, room;
};

void str_add(struct str *s, const char *text);
void str_addn(struct str *s, const void *bytes, size_t len);
void str_addc(struct str *s, char c);
void str_addf(struct str *s, const char *format, ...) PRINTF(2, 3);
void str_reset(struct str *s);         /* empty, keeps its room */
void str_free(struct str *s);          /* also for CLEANUP() */
const char *str_text(const struct str *s); /* "" when empty, borrowed */
char *str_take(struct str *s);         /* the text, owned by the caller (mem_free); s is empty afterwards */

bool str_eq(const char *a, const char *b);              /* NULL equals NULL only */
int str_order(const char *a, const char *b);            /* strcmp; NULL is first */
int str_natural(const char *a, const char *b);          /* node2 before node10 */
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
bool str_listed(const char *list, char between, const char *word); /* list: "one two", NULL: nothing; word is one of them, whole */
enum { SIZE_TEXT = 16 };
char *str_size(char *out, int64_t bytes); /* "1.9T", "512B": three digits and a unit of 1024; out has SIZE_TEXT bytes */
/* Whole string a decimal number within [min, max]: 0, else -EINVAL or -ERANGE, *ret untouched. */
int str_int(const char *s, int64_t min, int64_t max, int64_t *ret);
#endif
