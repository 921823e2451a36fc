/* Lint: what would keep this cluster from failing over, or would lose data when it does, found before the day. One table;
 * the subcommand, the screen, previews, drills and the guide read it. Pure. */
#ifndef ANALYSIS_LINT_H
#define ANALYSIS_LINT_H
#include "model/snapshot.h"

enum lint_need { LINT_QUORUM = 1, LINT_PACEMAKER = 2, LINT_GLUSTER = 4, LINT_LIBVIRT = 8 }; /* layers a check must have read */

struct finding { const char *id; int severity; const char *subject, *evidence, *why, *operation; };
struct lint_unknown { const char *id, *text; }; /* a check that could not be made */
struct lint {
  int64_t schema;
  LIST_OF(struct finding) findings; /* worst first */
  LIST_OF(struct lint_unknown) unknown;
};
extern const struct shape lint_shape, finding_shape, lint_unknown_shape;

struct linting;
struct lint_check {
  const char *id, *title, *why; /* why: a paragraph for the operator */
  enum severity severity;
  const char *operation;        /* that mends it, of the table of operations; NULL: none does */
  unsigned needs;               /* enum lint_need or'ed */
  void (*find)(struct linting *l);
};
/* Tables, one a layer; each ends with id NULL, the list with NULL. */
extern const struct lint_check *const lint_groups[];
extern const struct lint_check lint_cluster_checks[], lint_store_checks[], lint_domain_checks[];

struct lint *lint_make(const struct snapshot *s, struct arena *a); /* in a, with all of its texts */

struct lint *lint_select(const struct snapshot *s, const char *ids, struct arena *a); /* only these checks, blanks between; NULL: all */

/* ---- for the checks ---- */
struct linting {
  const struct snapshot *s;
  struct arena *a;
  struct lint *out;
  const struct lint_check *check;
  const struct pcmk_config *config; /* NULL: not read, or old */
};
void lint_found(struct linting *l, const char *subject, const char *format, ...) PRINTF(3, 4);
/* The meta attribute of a resource, else the default; NULL: set nowhere. */
const char *lint_meta(const struct linting *l, const struct pcmk_param *p, const char *name);
bool lint_is_domain(const struct pcmk_param *p); /* a VirtualDomain */
#endif
