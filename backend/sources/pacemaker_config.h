/* The configuration section of the CIB, as a fact. Pure: bytes in, facts in an arena out. What may hold a secret stays
 * behind: of a resource's parameters only names known to be harmless are taken, of all else what looks like a secret is
 * left out. */
#ifndef SOURCES_PACEMAKER_CONFIG_H
#define SOURCES_PACEMAKER_CONFIG_H
#include "base/arena.h"
#include "base/err.h"
#include "model/facts.h"

/* The root may be <configuration> or the whole <cib>. resources holds the primitives, with what they take from their
 * template; groups, clones and bundles as entries without agent, for their meta attributes; and the entries
 * "rsc_defaults" and "op_defaults" when there are any (their values in meta). */
int pacemaker_config_parse(const char *bytes, size_t len, struct arena *a, struct pcmk_config *ret, struct err *e);

/* Whether an nvpair may hold a secret, by the set it is in and its name: what is kept of the CIB as it is leaves it out. */
bool pacemaker_may_be_secret(const char *set, const char *name);
bool pacemaker_param_is_harmless(const char *name); /* of an agent's parameter */
bool pacemaker_name_is_secret(const char *name);    /* of a property or meta attribute */

/* The constraints alone (pacemaker_constraints.c). */
struct _xmlNode;
void pacemaker_constraints_read(const struct _xmlNode *constraints, struct arena *a, struct pcmk_config *ret);
#endif
