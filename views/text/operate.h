/* What `plan` and `run` share: the operation and its values out of the command line's words. */
#ifndef TEXT_OPERATE_H
#define TEXT_OPERATE_H
#include "ops/operation.h"
#include "views/command.h"

/* The operation that the first word names; NULL after a usage error. */
const struct operation *operation_word(const struct arguments *a);
/* key=value words, secrets from key=@FILE and key=@-, what is proposed for the rest, all checked. 0, or the exit code of what was said. */
int operation_words(const struct arguments *a, const struct operation *o, const struct snapshot *s, struct arena *arena, struct values *ret);
/* The same of the words alone: nothing is proposed, and what is missing is missing. */
int operation_typed(const struct arguments *a, const struct operation *o, const struct snapshot *s, struct arena *arena, struct values *ret);
#endif
