/* Names and addresses of hosts, each replaced by one of ours, the same one everywhere. What is not about hosts stays as it is. */
#ifndef TEXT_ANONYMOUS_H
#define TEXT_ANONYMOUS_H
#include "model/snapshot.h"

struct anonymous;
struct anonymous *anonymous_new(void);
void anonymous_free(struct anonymous *a); /* NULL is fine */
void anonymous_learn(struct anonymous *a, const struct snapshot *s); /* all names of its hosts */
void anonymous_name(struct anonymous *a, const char *name, const char *instead);
/* In place; for mask_json(). Addresses that nobody told it of are replaced as well. */
void anonymous_text(void *a, struct str *s);
#endif
