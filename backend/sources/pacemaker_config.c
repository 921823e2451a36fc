#include "sources/pacemaker_config.h"
#include "sources/pacemaker_status.h"
#include "sources/pacemaker_xml.h"
#include <errno.h>
#include <string.h>

/* Everything else an agent may be given stays where it is: a name that is not known is taken for a secret. */
static const char *const harmless[] = {"autoset_utilization_cpu",
                                       "autoset_utilization_host_memory",
                                       "autoset_utilization_hv_memory",
                                       "backingfile",
                                       "cidr_netmask",
                                       "cipher",
                                       "clusterfs",
                                       "config",
                                       "delay",
                                       "device",
                                       "devices",
                                       "directory",
                                       "force_stop",
                                       "fstype",
                                       "hypervisor",
                                       "ip",
                                       "ipaddr",
                                       "ipport",
                                       "iflabel",
                                       "lanplus",
                                       "method",
                                       "migrateport",
                                       "migration_downtime",
                                       "migration_network_suffix",
                                       "migration_speed",
                                       "migration_transport",
                                       "nic",
                                       "pcmk_action_limit",
                                       "pcmk_delay_base",
                                       "pcmk_delay_max",
                                       "pcmk_host_argument",
                                       "pcmk_host_check",
                                       "pcmk_host_list",
                                       "pcmk_host_map",
                                       "pcmk_monitor_timeout",
                                       "pcmk_off_action",
                                       "pcmk_off_timeout",
                                       "pcmk_reboot_action",
                                       "pcmk_reboot_timeout",
                                       "pcmk_status_timeout",
                                       "plug",
                                       "port",
                                       "power_timeout",
                                       "power_wait",
                                       "save_config_on_stop",
                                       "snapshot",
                                       "start_resources",
                                       "sync_config_on_stop",
                                       "volname"};

bool pacemaker_param_is_harmless(const char *name) {
  for (size_t i = 0; name && i < COUNT(harmless); i++)
    if (!strcmp(name, harmless[i])) return true;
  return false;
}

bool pacemaker_may_be_secret(const char *set, const char *name) {
  return pacemaker_name_is_secret(name) || (str_eq(set, "instance_attributes") && !pacemaker_param_is_harmless(name));
}

bool pacemaker_name_is_secret(const char *name) {
  static const char *const words[] = {"pass", "secret", "key", "login", "token", "credential"};
  for (size_t i = 0; i < COUNT(words); i++)
    if (!name || strcasestr(name, words[i])) return true;
  return false;
}

/* ---- sets of name and value ---- */

/* The first value of a name wins: pacemaker too prefers the earlier set when none is scored. A set with a rule holds
 * only at times, so it says nothing about now. */
static void add_values(const xml_node *set, bool params, struct arena *a, struct pairs *p) {
  if (xml_child(set, "rule")) return;
  for (const xml_node *n = xml_child(set, "nvpair"); n && p->count < XML_LIST_MAX; n = xml_next(n, "nvpair")) {
    const char *name = xml_text(n, "name", a), *value = xml_text(n, "value", a);
    if (!name || !value || pairs_get(p, name) || pacemaker_secret_text(value)) continue;
    if (params ? pacemaker_param_is_harmless(name) : !pacemaker_name_is_secret(name)) pairs_add(a, p, name, value);
  }
}

static void add_sets(const xml_node *owner, const char *element, bool params, struct arena *a, struct pairs *p) {
  for (const xml_node *set = xml_child(owner, element); set; set = xml_next(set, element)) add_values(set, params, a, p);
}

/* "timeout=60s interval=0s": what an operator would look for, in one order. */
static void add_operation(const xml_node *op, struct arena *a, struct pairs *ops) {
  static const char *const settings[] = {"timeout", "interval", "on-fail", "role", "enabled", "start-delay"};
  CLEANUP(str_free) struct str text = {0};
  struct pairs meta = {0};
  const char *name = xml_text(op, "name", a), *role = xml_text(op, "role", a), *interval = xml_text(op, "interval", a);
  if (!name || ops->count >= XML_LIST_MAX) return;
  add_sets(op, "meta_attributes", false, a, &meta);
  for (size_t i = 0; i < COUNT(settings); i++) {
    const char *value = xml_text(op, settings[i], a);
    if (!value) value = pairs_get(&meta, settings[i]);
    if (value) str_addf(&text, "%s%s=%s", text.len ? " " : "", settings[i], value);
  }
  if (pairs_get(ops, name)) name = arena_printf(a, "%s %s", name, role ? role : interval ? interval : "again"); /* one a role */
  if (!pairs_get(ops, name)) pairs_add(a, ops, name, str_text(&text));
}

static void add_operations(const xml_node *owner, struct arena *a, struct pairs *ops) {
  for (const xml_node *list = xml_child(owner, "operations"); list; list = xml_next(list, "operations"))
    for (const xml_node *op = xml_child(list, "op"); op; op = xml_next(op, "op")) add_operation(op, a, ops);
}

/* ---- resources ---- */

static const char *agent_of(const xml_node *n, struct arena *a) {
  const char *class = xml_text(n, "class", a), *provider = xml_text(n, "provider", a), *type = xml_text(n, "type", a);
  if (!class || !type) return NULL;
  return provider ? arena_printf(a, "%s:%s:%s", class, provider, type) : arena_printf(a, "%s:%s", class, type);
}

static void read_part(const xml_node *n, struct arena *a, struct pcmk_param *p) {
  if (!p->agent) p->agent = agent_of(n, a);
  add_sets(n, "instance_attributes", true, a, &p->params);
  add_sets(n, "meta_attributes", false, a, &p->meta);
  add_sets(n, "utilization", false, a, &p->utilization);
  add_operations(n, a, &p->ops);
}

static void read_resources(const xml_node *parent, const xml_node *templates, int depth, struct arena *a, struct pcmk_config *c) {
  for (const xml_node *n = xml_child(parent, NULL); n && c->resources.count < XML_LIST_MAX; n = xml_next(n, NULL)) {
    bool primitive = xml_is(n, "primitive");
    if (!primitive && !xml_is(n, "group") && !xml_is(n, "clone") && !xml_is(n, "master") && !xml_is(n, "bundle")) continue;
    const char *id = xml_text(n, "id", a), *template = xml_text(n, "template", a);
    if (id) {
      struct pcmk_param *p = list_add(a, &c->resources, &pcmk_param_shape);
      p->resource = id;
      read_part(n, a, p);
      for (const xml_node *t = xml_child(templates, "template"); t && template; t = xml_next(t, "template"))
        if (xml_says(t, "id", template)) read_part(t, a, p);
    }
    if (!primitive && depth < XML_NEST_MAX) read_resources(n, templates, depth + 1, a, c);
  }
}

static void read_defaults(const xml_node *configuration, const char *element, struct arena *a, struct pcmk_config *c) {
  const xml_node *defaults = xml_child(configuration, element);
  struct pairs meta = {0};
  add_sets(defaults, "meta_attributes", false, a, &meta);
  if (!meta.count) return;
  struct pcmk_param *p = list_add(a, &c->resources, &pcmk_param_shape);
  p->resource = element;
  p->meta = meta;
}

static void read_capacities(const xml_node *configuration, struct arena *a, struct pcmk_config *c) {
  const xml_node *nodes = xml_child(configuration, "nodes");
  for (const xml_node *n = xml_child(nodes, "node"); n && c->capacities.count < XML_LIST_MAX; n = xml_next(n, "node")) {
    struct pairs utilization = {0};
    const char *name = xml_text(n, "uname", a);
    add_sets(n, "utilization", false, a, &utilization);
    if (!name || !utilization.count) continue;
    *(struct pcmk_capacity *)list_add(a, &c->capacities, &pcmk_capacity_shape) = (struct pcmk_capacity){name, utilization};
  }
}

static void read_levels(const xml_node *configuration, struct arena *a, struct pcmk_config *c) {
  const xml_node *list = xml_child(configuration, "fencing-topology");
  for (const xml_node *n = xml_child(list, "fencing-level"); n && c->levels.count < XML_LIST_MAX; n = xml_next(n, "fencing-level")) {
    const char *target = xml_text(n, "target", a), *pattern = xml_text(n, "target-pattern", a), *devices = xml_text(n, "devices", a);
    const char *attribute = xml_text(n, "target-attribute", a), *value = xml_text(n, "target-value", a);
    struct pcmk_level *l = list_add(a, &c->levels, &pcmk_level_shape);
    l->target = target    ? target
                : pattern ? arena_printf(a, "/%s/", pattern)
                          : arena_printf(a, "%s=%s", attribute ? attribute : "?", value ? value : "?");
    l->index = xml_int(n, "index");
    for (const char *at = devices; at && *at; at += strspn(at, ", ")) {
      size_t len = strcspn(at, ", ");
      if (len) texts_add(a, &l->devices, arena_strndup(a, at, len));
      at += len;
    }
  }
}

/* The set the tools write is the one pacemaker prefers. */
static void read_properties(const xml_node *configuration, struct arena *a, struct pairs *p) {
  const xml_node *list = xml_child(configuration, "crm_config");
  for (int own = 1; own >= 0; own--)
    for (const xml_node *set = xml_child(list, "cluster_property_set"); set; set = xml_next(set, "cluster_property_set"))
      if (xml_says(set, "id", "cib-bootstrap-options") == own) add_values(set, false, a, p);
}

int pacemaker_config_parse(const char *bytes, size_t len, struct arena *a, struct pcmk_config *ret, struct err *e) {
  CLEANUP(xml_free) struct _xmlDoc *doc = NULL;
  int code = xml_read(bytes, len, &doc, e);
  if (code) return code;
  const xml_node *root = xml_root(doc), *configuration = xml_is(root, "cib") ? xml_child(root, "configuration") : root;
  if (!xml_is(configuration, "configuration"))
    return err_set(e, -EBADMSG, "", "the answer is no configuration of a cluster but <%.40s>", xml_name(root));
  struct pcmk_config c;
  shape_init(&pcmk_config_shape, &c);
  read_properties(configuration, a, &c.properties);
  const xml_node *resources = xml_child(configuration, "resources");
  read_resources(resources, resources, 0, a, &c);
  read_defaults(configuration, "rsc_defaults", a, &c);
  read_defaults(configuration, "op_defaults", a, &c);
  read_levels(configuration, a, &c);
  read_capacities(configuration, a, &c);
  pacemaker_constraints_read(xml_child(configuration, "constraints"), a, &c);
  *ret = c;
  return 0;
}
