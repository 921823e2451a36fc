/* The configuration of pacemaker as the XML that its tools read and write. Made from the world when it is asked for; what
 * was changed in it is taken back, section by section, whole or not at all. */
#ifndef SIM_CIB_H
#define SIM_CIB_H
#include "sim/element.h"
#include "sim/world.h"

/* <cib> as a node of that partition would print it, secrets left out as the world knows none. */
struct element *cib_tree(const struct world *w, const struct sim_host *viewer, struct arena *a);
/* Where cibadmin's --scope points to; NULL: there is no such section. */
struct element *cib_section(struct element *cib, const char *scope);
/* True when one id is there twice: pacemaker's schema wants them apart. */
bool cib_same_id(struct element *cib);
/* What the tree says now: properties and other sets of them, attributes of nodes, constraints. -ENOTSUP: something else was
 * changed too, and nothing was taken. */
int cib_take(struct world *w, const struct sim_host *viewer, struct element *cib);

/* A property of the cluster: from the tools' own set, else from any other. NULL: not set. */
const char *cluster_property(const struct world *w, const char *name);

/* One in a set of its own beside the tools' set; value NULL: taken away. False: there was none. */
bool property_set_in(struct world *w, const char *set, const char *name, const char *value);
const char *property_in(const struct world *w, const char *set, const char *name); /* NULL: none */

void node_attribute_set(struct world *w, struct sim_host *h, const char *name, const char *value); /* standby is one of them */

/* ---- attributes that live in attrd, not in the configuration ---- */
struct sim_attribute *attribute_of(const struct world *w, const char *name); /* NULL: no such */
void attribute_set(struct world *w, const char *name, const char *node, const char *value, bool hidden); /* value NULL: taken away there */
void attributes_forget(struct world *w, const char *node); /* all of a node that left */
#endif
