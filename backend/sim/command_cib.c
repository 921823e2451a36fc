/* pacemaker's tools for its configuration and for attributes (2.1.5): cibadmin, crm_attribute, attrd_updater. */
#include "sim/cib.h"
#include "sim/command.h"
#include "sim/host.h"
#include "sim/pacemaker.h"
#include <inttypes.h>
#include <string.h>

enum { RC_USAGE = 64, RC_SOFTWARE = 70, RC_CONFIG = 78, RC_NOTCONNECTED = 102, RC_NOSUCH = 105, RC_EXISTS = 108, FOUND_MAX = 2000 };

static int no_cluster(struct call *c, const char *words) {
  if (daemon_runs(c->host, "pacemaker") && c->host->joined != JOIN_DOWN) return -1;
  return fail(c, RC_NOTCONNECTED, "%s", words);
}

/* ---- cibadmin ---- */

struct change { /* one cibadmin that writes */
  struct arena *arena;
  struct element *cib, *section, *given;
  struct element **found;
  int count; /* of found; -1: no path was given */
};
struct problem { int code; const char *words; const struct element *row; };
static const struct problem well = {0, NULL, NULL}, none = {RC_NOSUCH, "No such device or address", NULL};
static struct problem exists(const struct element *row) { return (struct problem){RC_EXISTS, "File exists", row}; }

static struct element *same_row(const struct element *section, const struct element *given) {
  for (struct element *e = section->first; e; e = e->next)
    if (str_eq(e->name, given->name) && str_eq(element_get(e, "id"), element_get(given, "id"))) return e;
  return NULL;
}

static struct problem create(struct change *x) {
  struct element *to = x->count >= 0 ? x->found[0] : x->section;
  if (!x->count) return none;
  if (str_eq(to->name, x->given->name)) { /* the section itself: what it holds is added */
    for (const struct element *e = x->given->first; e; e = e->next)
      if (same_row(to, e)) return exists(e);
    for (const struct element *e = x->given->first; e; e = e->next) element_copy(x->arena, to, e);
    return well;
  }
  if (same_row(to, x->given)) return exists(x->given);
  element_copy(x->arena, to, x->given);
  return well;
}

static void merge(struct arena *a, struct element *to, const struct element *from) {
  for (size_t i = 0; i < from->attributes.count; i++) element_set(a, to, from->attributes.item[i].key, from->attributes.item[i].value);
  for (const struct element *e = from->first; e; e = e->next) {
    struct element *there = same_row(to, e);
    if (there) merge(a, there, e);
    else element_copy(a, to, e);
  }
}

static struct problem modify(struct change *x) {
  struct element *row = x->count >= 0 ? NULL : str_eq(x->section->name, x->given->name) ? x->section : same_row(x->section, x->given);
  if (row) merge(x->arena, row, x->given);
  else if (x->count <= 0) return none;
  for (int i = 0; i < x->count; i++) merge(x->arena, x->found[i], x->given);
  return well;
}

static void put_in_place(struct arena *a, struct element *old, const struct element *from) {
  old->attributes = (struct pairs){0};
  old->first = old->last = NULL;
  merge(a, old, from);
}

static struct problem replace(struct change *x) {
  struct element *row = x->count >= 0 ? NULL : str_eq(x->section->name, x->given->name) ? x->section : same_row(x->section, x->given);
  if (row) put_in_place(x->arena, row, x->given);
  else if (x->count <= 0) return none;
  for (int i = 0; i < x->count; i++) put_in_place(x->arena, x->found[i], x->given);
  return well;
}

/* What is not there need not go. */
static struct problem delete(struct change *x) {
  struct element *row = x->count >= 0 ? NULL : same_row(x->section, x->given);
  if (row) element_drop(row);
  for (int i = 0; i < x->count; i++) element_drop(x->found[i]);
  return well;
}

static int query(struct call *c, struct change *x, const char *path) {
  struct str out = {0};
  if (path && !x->count) return fail(c, RC_NOSUCH, "Call cib_query failed: No such device or address");
  if (!path) element_print(x->section, 0, &out);
  if (path && x->count > 1) str_add(&out, "<xpath-query>\n");
  for (int i = 0; path && i < x->count; i++) element_print(x->found[i], x->count > 1, &out);
  if (path && x->count > 1) str_add(&out, "</xpath-query>\n");
  str_add(&c->r->out, str_text(&out));
  str_free(&out);
  return COMMAND_DONE;
}

static const struct { const char *shorter, *longer, *call; struct problem (*write)(struct change *x); } actions[] = {
    {"-Q", "--query", "cib_query", NULL}, {"-C", "--create", "cib_create", create}, {"-M", "--modify", "cib_modify", modify}, {"-R", "--replace", "cib_replace", replace}, {"-D", "--delete", "cib_delete", delete}};

/* Whatever the schema refuses, the whole configuration is shown with it. */
static int no_schema(struct call *c, const struct change *x, const char *name) {
  element_print(x->cib, 0, &c->r->out);
  return fail(c, RC_CONFIG, "Call %s failed: Update does not conform to the configured schema", name);
}

static int refused(struct call *c, struct change *x, const char *name, struct problem said) {
  if (said.row) {
    struct element *all = element_new(x->arena, NULL, "failed"), *one = element_new(x->arena, all, "failed_update");
    const char *const words[][2] = {{"id", element_get(said.row, "id")}, {"object_type", said.row->name}, {"operation", name}, {"reason", said.words}};
    for (size_t i = 0; i < COUNT(words); i++)
      if (words[i][1]) element_set(x->arena, one, words[i][0], words[i][1]);
    element_copy(x->arena, one, said.row);
    element_print(all, 0, &c->r->out);
  }
  return fail(c, said.code, "Call %s failed: %s", name, said.words);
}

static int write_back(struct call *c, struct change *x, const char *name, struct problem said) {
  if (said.code) return refused(c, x, name, said);
  if (cib_same_id(x->cib)) return no_schema(c, x, name);
  if (cib_take(c->w, c->host, x->cib)) return fail(c, RC_USAGE, "cibadmin: only properties, attributes of nodes and constraints are simulated");
  cib_changed(c->w, "cibadmin", c->host->name);
  return COMMAND_DONE;
}

static int cibadmin(struct call *c) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  size_t k = 0;
  while (k < COUNT(actions) && !has_flag(c, actions[k].shorter, actions[k].longer)) k++;
  const char *scope = value_of(c, "-o", "--scope"), *path = value_of(c, "-A", "--xpath"), *text = value_of(c, "-X", "--xml-text");
  if (has_flag(c, "-p", "--xml-pipe")) text = c->input ? c->input : "";
  if (k == COUNT(actions)) return fail(c, RC_USAGE, "cibadmin: Must specify an option to perform");
  int code = no_cluster(c, "Signon to CIB failed: Transport endpoint is not connected\nInit failed, could not perform requested operations");
  if (code >= 0) return code;
  struct change x = {.arena = a, .cib = cib_tree(c->w, c->host, a), .count = -1, .found = arena_array(a, FOUND_MAX, sizeof *x.found)};
  x.section = cib_section(x.cib, scope);
  if (!x.section) x.section = x.cib; /* a scope that is none is none */
  if (path && (x.count = element_find(x.cib, path, x.found, FOUND_MAX)) < 0) return fail(c, RC_USAGE, "cibadmin: no simulated path: %s", path);
  if (x.count > FOUND_MAX) x.count = FOUND_MAX;
  if (!actions[k].write) return query(c, &x, path);
  x.given = text ? element_parse(a, text) : NULL;
  if (text && !x.given) return no_schema(c, &x, actions[k].call);
  if (!x.given && (!path || actions[k].write != delete)) return fail(c, RC_SOFTWARE, "Call %s failed: Invalid argument", actions[k].call);
  return write_back(c, &x, actions[k].call, actions[k].write(&x));
}

/* ---- attributes ---- */

static bool deletes(const struct call *c) { return has_flag(c, "-D", "--delete"); }

struct attribute { const char *scope, *name, *value, *set; struct sim_host *node; bool status, utilization; }; /* node: NULL for a property; set: NULL: the tools' own */

static int say_attribute(struct call *c, const struct attribute *t) {
  const char *value = t->value ? t->value : value_of(c, "-d", "--default");
  if (!value) return fail(c, RC_NOSUCH, "crm_attribute: Error performing operation: No such device or address");
  if (has_flag(c, "-q", "--quiet") || has_flag(c, "-Q", NULL)) say(c, "%s", value);
  else say(c, "scope=%s  name=%s value=%s", t->scope, t->name, value);
  return COMMAND_DONE;
}

static void write_attribute(struct call *c, const struct attribute *t, const char *value) {
  if (t->status) attribute_set(c->w, t->name, t->node->name, value, false);
  else if (t->node && t->utilization) set_pair(c->w, &t->node->utilization, t->name, value);
  else if (t->node) node_attribute_set(c->w, t->node, t->name, value);
  else if (t->set) property_set_in(c->w, t->set, t->name, value);
  else set_pair(c->w, &c->w->properties, t->name, value);
  cib_changed(c->w, "crm_attribute", c->host->name);
}

static const char *standing(const struct sim_host *h, const char *name) {
  if (str_eq(name, "standby")) return YES(h->standby) ? "on" : NULL;
  if (str_eq(name, "maintenance")) return YES(h->maintenance) ? "on" : NULL;
  return pairs_get(&h->attributes, name);
}

static int crm_attribute(struct call *c) {
  const char *type = value_of(c, "-t", "--type"), *node = value_of(c, "-N", "--node"), *lifetime = value_of(c, "-l", "--lifetime"), *value = value_of(c, "-v", "--update");
  struct attribute t = {.name = value_of(c, "-n", "--name"), .set = value_of(c, "-s", "--set-name"), .status = str_eq(type, "status") || str_eq(lifetime, "reboot"), .utilization = has_flag(c, "-z", "--utilization")};
  int code = no_cluster(c, "crm_attribute: Could not connect to the CIB: Transport endpoint is not connected\nError signing on to the CIB service: Transport endpoint is not connected");
  if (code >= 0) return code;
  if (!t.name) return fail(c, RC_USAGE, "crm_attribute: Must specify an attribute name");
  bool property = str_eq(type, "crm_config") || (!type && !node && !lifetime);
  if (t.utilization) property = t.status = false;
  t.scope = property ? "crm_config" : t.utilization ? "utilization" : t.status ? "status" : "nodes";
  if (!property) t.node = world_host(c->w, node ? node : c->host->name);
  if (!property && (!t.node || !KNOWN(t.node->node_id))) return fail(c, RC_NOSUCH, "crm_attribute: Could not map name=%s to a UUID", node);
  const struct sim_attribute *x = t.status ? attribute_of(c->w, t.name) : NULL;
  t.value = property ? t.set ? property_in(c->w, t.set, t.name) : cluster_property(c->w, t.name) : t.status ? x ? pairs_get(&x->values, t.node->name) : NULL : t.utilization ? pairs_get(&t.node->utilization, t.name) : standing(t.node, t.name);
  if (value) write_attribute(c, &t, value);
  else if (deletes(c)) write_attribute(c, &t, NULL);
  else return say_attribute(c, &t);
  if (value || !t.value || t.status) return COMMAND_DONE;
  if (property) say(c, "Deleted crm_config option: id=%s-%s name=%s", t.set ? t.set : "cib-bootstrap-options", t.name, t.name);
  else say(c, "Deleted nodes attribute: id=nodes-%" PRId64 "-%s name=%s", t.node->node_id, t.name, t.name);
  return COMMAND_DONE;
}

/* Without a node's name all of its values are told, from wherever it is asked. */
static int attrd_query(struct call *c, const struct sim_attribute *x, const char *node) {
  bool said = false;
  for (size_t i = 0; x && i < x->values.count; i++) {
    const struct sim_host *h = world_host(c->w, x->values.item[i].key);
    if (!h || !texts_have(&c->host->members, h->name) || (node && !str_eq(h->name, node))) continue;
    say(c, "name=\"%s\" host=\"%s\" value=\"%s\"", x->name, h->name, x->values.item[i].value);
    said = true;
  }
  return said ? COMMAND_DONE : fail(c, RC_CONFIG, "attrd_updater: Could not query value of %s: attribute does not exist", value_of(c, "-n", "--name"));
}

static int attrd_updater(struct call *c) {
  const char *name = value_of(c, "-n", "--name"), *node = value_of(c, "-N", "--node"), *value = value_of(c, "-U", "--update");
  if (!name) return fail(c, RC_USAGE, "attrd_updater: Command requires --name argument");
  int code = no_cluster(c, "attrd_updater: Could not update: Connection refused");
  if (code >= 0) return code;
  const struct sim_host *h = world_host(c->w, node ? node : c->host->name);
  const struct sim_attribute *x = attribute_of(c->w, name);
  if (has_flag(c, "-Q", "--query")) return attrd_query(c, x, node);
  bool hidden = has_flag(c, "-p", "--private"), open = x ? !YES(x->hidden) : !hidden;
  if (h && (value || (deletes(c) && x))) attribute_set(c->w, name, h->name, value ? value : "", hidden); /* what was deleted is empty */
  if (open) pacemaker_think_soon(c->w); /* it is written to the configuration's status; a hidden one starts nothing */
  return COMMAND_DONE;
}

const struct command cib_commands[] = {{"cibadmin", "", cibadmin, 30}, {"crm_attribute", "", crm_attribute, 30}, {"attrd_updater", "", attrd_updater, 25}, {.program = NULL}};
