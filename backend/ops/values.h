/* What an operation is given: names and values in order, a name more than once where it is a list. A secret is kept apart
 * from everything that is printed: no function here or in plan.h writes it anywhere. */
#ifndef OPS_VALUES_H
#define OPS_VALUES_H
#include "base/arena.h"
#include "base/err.h"
#include "model/shape.h"

struct value { const char *name, *text; bool secret; };
struct values { /* {0} is none; what it holds lives in whoever's arena it was given */
  LIST_OF(struct value) list;
};

void values_add(struct arena *a, struct values *v, const char *name, const char *text, bool secret); /* both copied */
void values_set(struct arena *a, struct values *v, const char *name, const char *text, bool secret); /* instead of all of that name; NULL or "": none */
const char *value_of_name(const struct values *v, const char *name);                   /* the first, NULL: none */
size_t value_count(const struct values *v, const char *name);
const char *value_at(const struct values *v, const char *name, size_t n);        /* NULL beyond the last */
bool value_yes(const struct values *v, const char *name);                        /* "yes" */
int64_t value_bytes(const char *text);                                                  /* of a size as it is typed, "10G"; -1: it is none */
struct texts value_list(struct arena *a, const struct values *v, const char *name);
#endif
