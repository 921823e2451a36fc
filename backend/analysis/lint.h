/* Lint: what would keep this cluster from failing over, or would lose data when it does, found before the day. One table;
 * the subcommand, the screen, previews, drills and the guide read it. Pure. */
#ifndef ANALYSIS_LINT_H
#define ANALYSIS_LINT_H
#include "model/snapshot.h"

enum lint_need { LINT_QUORUM = 1, LINT_PACEMAKER = 2, LINT_GLUSTER = 4, LINT_LIBVIRT = 8, /* layers a check must have read */
                 LINT_HOSTS = 16 }; /* and what hosts say of themselves: each host by itself, so that one that is silent hides no other */

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
extern const struct lint_check lint_cluster_checks[], lint_store_checks[], lint_domain_checks[], lint_host_checks[];

struct lint *lint_make(const struct snapshot *s, struct arena *a); /* in a, with all of its texts */

struct lint *lint_select(const struct snapshot *s, const char *ids, struct arena *a); /* only these checks, blanks between; NULL: all */

/* ---- for the checks ---- */
struct linting {
  const struct snapshot *s;
  struct arena *a;
  struct lint *out;
  const struct lint_check *check;
  const struct pcmk_config *config; /* NULL: not read, or old */
  struct { const struct pcmk_param **item; size_t count; } defaults; /* of the configuration: what holds where a resource says nothing */
  const struct libvirt_domain **definitions; /* lint_definition()'s, by place in s->domains; NULL: not looked up yet */
  const struct lint_setups *setups;          /* lint_setups()'s */
};
struct lint_setup { const char *host; const struct libvirt_setup *fact; }; /* fact NULL: not known, or old */
struct lint_setups { struct lint_setup *item; size_t count; };
void lint_found(struct linting *l, const char *subject, const char *format, ...) PRINTF(3, 4);
/* The meta attribute of a resource, else the default; NULL: set nowhere. */
const char *lint_meta(const struct linting *l, const struct pcmk_param *p, const char *name);
bool lint_is_domain(const struct pcmk_param *p); /* a VirtualDomain */
void lint_not_known(struct linting *l, const char *format, ...) PRINTF(2, 3); /* a part of the check could not be made, and why */
/* As its host's libvirt defines it; NULL: not known there. */
const struct libvirt_domain *lint_definition(struct linting *l, const struct domain_view *d);
/* The volume that a file of that domain lies on: as it is known of the console's own mounts, else as its host says of its own. NULL: on none. */
const char *lint_volume_of(struct linting *l, const struct domain_view *d, const char *path);
const struct lint_setups *lint_setups(struct linting *l); /* what each host that runs domains says of its own setup */
#endif
