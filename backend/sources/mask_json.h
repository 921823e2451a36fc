/* Secrets in JSON: the one redaction (raw.h) on each text of it, so that what is masked is JSON still. */
#ifndef SOURCES_MASK_JSON_H
#define SOURCES_MASK_JSON_H
#include "base/str.h"

/* One document, as it is but for its texts: those that a name like "password" leads to are stars, in the others what looks like
 * a secret is; then `also` is done to each text and each name (NULL: nothing more). Appended to out. -EINVAL: it is no JSON. */
int mask_json(const char *text, size_t len, void (*also)(void *owner, struct str *s), void *owner, struct str *out);
#endif
