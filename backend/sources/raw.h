/* What a source received, byte by byte, as a line of the stream that only `record --raw` keeps: parser fixtures are cut out
 * of it. Secrets are masked before anything is printed: as many '*' as there were bytes.
 *
 *   {"at":"...","source":"pacemaker","host":"kvm01","kind":"raw","key":"cibadmin","data":{"text":"<configuration>..."}}
 *
 * key: which call. data: text, or base64 where the bytes are no UTF-8 text. Longer ones are cut, with "cut":true. */
#ifndef SOURCES_RAW_H
#define SOURCES_RAW_H
#include "base/str.h"
#include "model/facts.h"

enum { RAW_MAX = 2 << 20 };

/* In place. Whatever a name leads to that means a secret: attributes, nvpairs, elements, key=value, gluster's dicts. */
void raw_mask(char *bytes, size_t len);
/* The same for nvpairs of XML, by set (the element around it) and name: whatever that function says is one. */
typedef bool raw_secret_fn(const char *set, const char *name);
void raw_mask_nvpairs(char *bytes, size_t len, raw_secret_fn *secret);
/* The line, masked, with its newline. */
void raw_print(struct str *out, int64_t at, enum layer layer, const char *host, const char *call, const void *bytes, size_t len);
#endif
