/* INI files: [section name], key = value, # and ; comments. What a key means is the caller's table. */
#ifndef BASE_INI_H
#define BASE_INI_H
#include "base/err.h"

/* section "host", name "kvm01" for [host kvm01]; name "" for [cluster]. Return 0, or -errno to stop. */
typedef int ini_fn(void *owner, const char *section, const char *name, const char *key, const char *value, int line);

/* Reads a file of at most 1 MiB. -ENOENT when there is none; -EINVAL with e set (file and line) at bad syntax. */
int ini_read(const char *path, ini_fn *fn, void *owner, struct err *e);
int ini_parse(char *text, const char *path, ini_fn *fn, void *owner, struct err *e); /* text is changed */
#endif
