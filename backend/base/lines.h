/* Bytes as they come, cut into lines. */
#ifndef BASE_LINES_H
#define BASE_LINES_H
#include "base/str.h"

/* One complete line without its newline, NUL-terminated, borrowed for the call. A line longer than the most there may be
 * is given up: it arrives as its first bytes with cut set, the rest of it is dropped. */
typedef void line_fn(void *owner, char *line, size_t len, bool cut);

struct lines { /* {0} is the beginning */
  struct str text; /* of the line that is not over; str_free() */
  bool skipping;   /* the rest of one that was too long */
};

/* What is left of a line waits for the next bytes. */
void lines_take(struct lines *l, size_t most, const char *bytes, size_t len, line_fn *fn, void *owner);
void lines_end(struct lines *l, line_fn *fn, void *owner); /* no more bytes: what is left is a line */
#endif
