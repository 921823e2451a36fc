/* X-ray: one thing, and from it a tree in both directions: what it needs (a domain its disks, their volume, its sets, their
 * bricks and hosts; its resource and where that may run; a host its fence device), and what depends on it (a host: what
 * runs there, the bricks that lie there, and by that the volumes and domains that live on them). A pure function of a
 * snapshot and a root. Each line says how the thing itself stands and what the worst below it is. */
#ifndef ANALYSIS_XRAY_H
#define ANALYSIS_XRAY_H
#include "analysis/fences.h"

enum xray_kind { XRAY_NONE, XRAY_CLUSTER, XRAY_HOST, XRAY_VOLUME, XRAY_SET, XRAY_BRICK, XRAY_DOMAIN, XRAY_DISK, XRAY_RESOURCE, XRAY_CONSTRAINT, XRAY_DEVICE, XRAY_NOTE /* no thing: a heading, or how many more */ };
extern const char *const xray_kind_names[];

struct xray_line {
  int kind;             /* enum xray_kind */
  const char *id;       /* of the thing, unique in its kind: as its list has it, "VOLUME SET", "TARGET DOMAIN-ID"; NULL: a note */
  const char *key;      /* of the line, unique in the tree and the same in the next one */
  const char *label;    /* what it is to the line above: "disk", "runs on" */
  const char *name;
  struct standing stands;
  enum level worst;     /* its own level and those of all below it */
  const char *below;    /* the worst thing below and how it stands, when that is worse than itself; NULL */
  bool absorbs;         /* what it has of things below is judged in its own level (a set of its bricks): theirs goes no further up */
  int depth;
  uint64_t more;        /* bit d: at depth d another line of the same parent follows further down: for the branches */
};
struct xray { struct xray_line *item; size_t count; };

/* In a. No such thing: no line at all. XRAY_CLUSTER needs no id. proofs: see fences_of(). */
void xray_of(const struct snapshot *s, enum xray_kind kind, const char *id, const struct tallies *proofs, struct arena *a, struct xray *ret);
/* What a name of an event or a problem speaks of; XRAY_NONE: nothing that is known. *ret_id in a. */
enum xray_kind xray_find(const struct snapshot *s, const char *subject, struct arena *a, const char **ret_id);
const char *xray_brick_id(const struct volume_view *v, const struct brick_view *b, struct arena *a);
const char *xray_domain_id(const struct domain_view *d, struct arena *a);
#endif
