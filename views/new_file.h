/* A file that an operator asked for by its name: new, for his eyes only, whole or not there. */
#ifndef VIEWS_NEW_FILE_H
#define VIEWS_NEW_FILE_H
#include <stddef.h>

/* NULL: it is written, and *ret_whole its whole name, the caller's. Else why not, static. */
const char *new_file(const char *name, const char *text, size_t len, char **ret_whole);
/* The same, written over what was there before: a descriptor, or -1 and errno. A link to a file is not followed. */
int own_file(const char *name);
#endif
