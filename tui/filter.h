/* A pattern that a person types to find lines: Perl's regular expressions, by PCRE2. Small letters find both cases; one
 * capital letter makes all of it exact. No pattern and no text can make it hang: what it may cost is limited, and a text
 * that would cost more is neither found nor not found. */
#ifndef TUI_FILTER_H
#define TUI_FILTER_H
#include <stddef.h>

enum { FILTER_MAX = 400 }; /* bytes of a pattern */

struct filter;
struct filter_wrong { /* why a pattern is none */
  char text[128];     /* "missing closing parenthesis" */
  size_t at;          /* the byte of the pattern where it was noticed */
};
struct filter *filter_new(const char *pattern, struct filter_wrong *ret_wrong); /* owned by the caller; NULL: it is bad, *ret_wrong says how */
void filter_free(struct filter *f);                                            /* NULL is fine */

enum filter_says { FILTER_NO, FILTER_YES, FILTER_CANNOT_TELL };
/* text: clean UTF-8 (utf8_clean()), in which ^ and $ hold at each line's ends. A pattern's own steps are bounded: most of
 * them in all, of which each text is given its part. */
void filter_share(struct filter *f, size_t texts);
enum filter_says filter_match(struct filter *f, const char *text, size_t len);
#endif
