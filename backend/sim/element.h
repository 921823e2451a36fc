/* XML as pacemaker's tools take and print it: elements and attributes, no text. Read, printed, and found by the paths that
 * an operator gives. What is read was typed by somebody or written by anybody: it is bounded, never trusted. */
#ifndef SIM_ELEMENT_H
#define SIM_ELEMENT_H
#include "base/arena.h"
#include "base/str.h"
#include "model/shape.h"

struct element {
  const char *name;
  struct pairs attributes;
  struct element *parent, *first, *last, *next;
};

struct element *element_new(struct arena *a, struct element *parent, const char *name); /* parent NULL: a root */
void element_set(struct arena *a, struct element *e, const char *name, const char *value); /* value NULL: takes it out */
const char *element_get(const struct element *e, const char *name); /* NULL: it has none */
struct element *element_child(const struct element *e, const char *name); /* the first of that name */
void element_drop(struct element *e); /* out of its parent */
struct element *element_copy(struct arena *a, struct element *parent, const struct element *e);

/* One element, of the whole text. NULL when it is not well formed, nested too deep or too large. */
struct element *element_parse(struct arena *a, const char *text);
void element_print(const struct element *e, int depth, struct str *out);

/* What a path finds, in the document's order: /a/b, //b, a predicate [..] of @x, @x="v", child, child/@x="v" and `and`.
 * -EINVAL: it is no such path; else how many, at most `most` of them in ret. */
int element_find(struct element *root, const char *path, struct element **ret, int most);
#endif
