/* The file of a support bundle: parts go into a folder of ours beside it, and become the file at the end, whole or not at all.
 * What is handed in is clean already (masked, and anonymous if so wished). */
#ifndef TEXT_BUNDLE_FILE_H
#define TEXT_BUNDLE_FILE_H
#include "base/err.h"
#include "base/str.h"

struct bundle_file;
/* path must not be there and end in .tar.gz. NULL with e set. */
struct bundle_file *bundle_open(const char *path, struct err *e);
/* name: "logs/kvm01.log", of letters, digits and . _ - /. Too much of it is cut at a line, and said. -errno with e set: it could not be written. */
int bundle_add(struct bundle_file *b, const char *name, const char *text, size_t len, const char *what, struct err *e);
void bundle_missing(struct bundle_file *b, const char *name, const char *why); /* what could not be had */
size_t bundle_count(const struct bundle_file *b);
size_t bundle_missed(const struct bundle_file *b);
const char *bundle_folder(const struct bundle_file *b); /* where the parts lie meanwhile */
/* head: members of the manifest, JSON without the outer braces. Makes the file; *ret_size is its. The folder stays until bundle_close(). */
int bundle_finish(struct bundle_file *b, const char *head, int64_t *ret_size, struct err *e);
void bundle_close(struct bundle_file *b); /* takes the folder away; NULL is fine */
#endif
