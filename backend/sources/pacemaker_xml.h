/* XML as pacemaker's tools print it, read as what it is: bytes from outside. No entity is ever expanded (a document
 * with a DOCTYPE is refused before it is parsed: the tools never print one), nothing is loaded from anywhere, and sizes,
 * depths and counts are bounded. The library's types stay in the .c files. */
#ifndef SOURCES_PACEMAKER_XML_H
#define SOURCES_PACEMAKER_XML_H
#include "base/arena.h"
#include "base/err.h"
#include "model/shape.h"

struct _xmlDoc;
struct _xmlNode;
typedef struct _xmlNode xml_node;

enum {
  XML_BYTES_MAX = 16 << 20, /* a CIB of some thousand resources is 4 MiB */
  XML_VALUE_MAX = 1024,     /* of one attribute: ids, names, reasons */
  XML_LIST_MAX = 10000,     /* entries of one list: what is beyond is left out */
  XML_NEST_MAX = 16,        /* groups in clones, rules in rules */
};

void xml_memory(void); /* once, first of all: where there is no memory the program ends, and no attribute is taken for one that is not there */
/* -EBADMSG when it is not well-formed, -E2BIG when it is too large. */
int xml_read(const char *bytes, size_t len, struct _xmlDoc **ret, struct err *e);
void xml_free(struct _xmlDoc **doc); /* for CLEANUP() */
const xml_node *xml_root(const struct _xmlDoc *doc);

bool xml_is(const xml_node *n, const char *name);
/* Children that are elements, name NULL: all of them. for (n = xml_child(p, "node"); n; n = xml_next(n, "node")) */
const xml_node *xml_child(const xml_node *parent, const char *name); /* parent NULL gives NULL */
const xml_node *xml_next(const xml_node *n, const char *name);
const char *xml_name(const xml_node *n);
const xml_node *xml_find(const xml_node *n, const char *name); /* the first below n, any depth within the bound */
size_t xml_count(const xml_node *parent);

/* Values, copied into a, cut at XML_VALUE_MAX; NULL when the attribute is absent or empty. */
const char *xml_text(const xml_node *n, const char *attribute, struct arena *a);
const char *xml_content(const xml_node *n, struct arena *a);
enum truth xml_truth(const xml_node *n, const char *attribute);
int64_t xml_int(const xml_node *n, const char *attribute);  /* "INFINITY" is 1000000; UNKNOWN_INT when it is none */
int64_t xml_time(const xml_node *n, const char *attribute); /* wall ms, UNKNOWN_INT when it is none */
/* A whole CIB with these nodes in standby, appended to out. -ENOENT: one of them is not among its nodes. */
int xml_drained(const char *bytes, size_t len, const struct texts *nodes, struct str *out, struct err *e);
bool xml_says(const xml_node *n, const char *attribute, const char *value);
#endif
