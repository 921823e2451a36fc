/* Errors. A function that can fail returns a negative errno and, where an operator may read it, fills a struct err:
 * one sentence what went wrong and where, one what to do. The format is the message's id: it is what a translation is
 * looked up by, so it is a literal and never glued together. A function either logs or returns its error, not both. */
#ifndef BASE_ERR_H
#define BASE_ERR_H
#include "base/mem.h"

struct err {
  int code;       /* negative errno, 0 when nothing was set */
  char text[512]; /* what and where */
  char todo[256]; /* what to do, may be empty */
};

/* Fills e (NULL is fine) and returns code, so that `return err_set(...)` reads well. */
int err_set(struct err *e, int code, const char *todo, const char *format, ...) PRINTF(4, 5);
/* Puts "WHERE: " before the text: a caller adds what it alone knows (a file's name, a host). */
int err_prefix(struct err *e, const char *format, ...) PRINTF(2, 3);
/* One line on stderr: "kvmconsole: TEXT; TODO". */
void err_print(const struct err *e);
#endif
