/* Reading the survey's answers: what a host printed whatever its exit code, and the refusal when it could not be asked. */
#ifndef OPS_ASKED_H
#define OPS_ASKED_H
#include "ops/operation.h"

bool was_asked(const struct planning *p, const char *host, const char *id);       /* it has an exit code */
const char *printed(const struct planning *p, const char *host, const char *id);  /* "" when nothing; NULL: not asked */
int64_t exit_of(const struct planning *p, const char *host, const char *id);      /* UNKNOWN_INT: not asked */
/* Not asked: refuses, saying what therefore cannot be told (force overrules it), and is true. */
bool refuse_unasked(struct planning *p, const char *host, const char *id, const char *what);
const char *first_line(const struct planning *p, const char *text);               /* without its newline; "" of NULL */
/* The n-th word (from 0) of a line; NULL: it has none. `rest`: and all that follows it in the line. */
enum { LINE_WORDS_MAX = 64 }; /* of a line that are looked at */
const char *line_word(const struct planning *p, const char *line, size_t n, bool rest);
const char *line_next(const char *line);                                          /* NULL after the last */
struct texts given_list(const struct planning *p, const char *name);

/* Where a directory would lie: df of all it is below (place_ask), and what is in it. */
struct place { enum truth exists, empty, was_brick; const char *mount, *filesystem; int64_t room; };
void place_ask(struct planning *p, const char *host, const char *path);
bool place_read(struct planning *p, const char *host, const char *path, struct place *ret); /* false: it could not be asked */
#endif
