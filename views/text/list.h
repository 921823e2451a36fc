/* list, and what is offered to a shell that completes words: the program's tables as rows of name, title and help. */
#ifndef TEXT_LIST_H
#define TEXT_LIST_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include <stdbool.h>

struct entry { const char *name, *title, *help; };
struct entries { struct entry *item; size_t count; struct arena *arena; const char *keymap; struct err err; }; /* item: the caller frees it */

/* Adds the rows of that table ("operations"), in l's arena. False: there is none of that name. */
bool entries_fill(struct entries *l, const char *what);
void entries_add(struct entries *l, const char *name, const char *title, const char *help);
const char *list_name(size_t n);   /* the tables' names, in order; NULL beyond the last */
const char *list_mistake(void);    /* for the self-test: a table that the help of list does not name; NULL: none */

/* What may stand where the last of these words (those behind the program's name) is being typed: a line each, the whole word, a tab, and
 * what it is; ":files" stands for names of files. A word that ends with = or , is not all yet. */
void words_offered(const char *const *words, size_t count, struct str *out);
#endif
