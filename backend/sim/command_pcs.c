/* pcs 0.11: what sets a cluster up, and what an operator does to it by hand. */
#include "sim/build.h"
#include "sim/command.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/pacemaker.h"
#include "sim/ring.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int no_cluster(struct call *c) {
  if (daemon_runs(c->host, "pacemaker") && c->host->joined != JOIN_DOWN) return -1;
  return fail(c, 1, "Error: unable to get cib");
}
#define CLUSTER(c)                      \
  do {                                  \
    int code_ = no_cluster(c);          \
    if (code_ >= 0) return code_;       \
  } while (0)

static void changed(struct call *c, const char *tool) { cib_changed(c->w, tool, c->host->name); }

/* A resource by the n-th word, or NULL after it was said that there is none. */
static struct sim_resource *resource(struct call *c, size_t n) {
  const char *id = word_at(c, n);
  struct sim_resource *r = id ? world_resource(c->w, id) : NULL;
  if (!r) fail(c, 1, "Error: bundle/clone/group/resource '%s' does not exist", id ? id : "");
  return r;
}

/* ---- the cluster ---- */

static const char KNOWN_HOSTS[] = "/var/lib/pcsd/known-hosts";

static int host_auth(struct call *c) {
  for (size_t n = 0; word_at(c, n); n++) {
    const char *name = word_at(c, n);
    if (n && (str_eq(name, value_of(c, "-u", NULL)) || str_eq(name, value_of(c, "-p", NULL)) || strchr(name, '='))) continue;
    const struct sim_host *h = world_host(c->w, name);
    if (!h || !hosts_reach(c->w, c->host, h, TRAFFIC_CLUSTER) || !daemon_runs(h, "pcsd")) return fail(c, 1, "Error: Unable to communicate with %s\nError: Unable to synchronize and save known-hosts on nodes: %s. Run 'pcs host auth %s' to try again", name, name, name);
  }
  CLEANUP(str_free) struct str known = {0};
  for (size_t n = 0; word_at(c, n); n++)
    if (world_host(c->w, word_at(c, n))) str_addf(&c->r->err, "%s: Authorized\n", word_at(c, n)), str_addf(&known, "\"%s\" ", word_at(c, n));
  for (size_t n = 0; word_at(c, n); n++) {
    struct sim_host *h = world_host(c->w, word_at(c, n));
    if (h) set_pair(c->w, &h->files, KNOWN_HOSTS, str_text(&known));
  }
  EACH(c->w->hosts, struct sim_host, h) { /* whoever is in the cluster that it is said in learns it */
    if (h != c->host && !(is_node(h) && is_node(c->host))) continue;
    const char *old = pairs_get(&h->files, KNOWN_HOSTS);
    if (!old || !strstr(old, str_text(&known))) set_pair(c->w, &h->files, KNOWN_HOSTS, world_words(c->w, "%s%s", old ? old : "", str_text(&known)));
  }
  return COMMAND_DONE;
}

/* "pcs pcsd status NODE..": whom its tokens are good for. */
static int pcsd_status(struct call *c) {
  const char *known = pairs_get(&c->host->files, KNOWN_HOSTS);
  for (size_t n = 0; word_at(c, n); n++) {
    const struct sim_host *h = world_host(c->w, word_at(c, n));
    bool node = h && is_node(h) && is_node(c->host), reached = h && hosts_reach(c->w, c->host, h, TRAFFIC_CLUSTER) && daemon_runs(h, "pcsd");
    bool trusted = node || (h && known && strstr(known, arena_printf(c->w->arena, "\"%s\"", h->name)));
    say(c, "  %s: %s", word_at(c, n), !reached ? "Offline" : trusted ? "Online" : "Unable to authenticate");
    if (!reached || !trusted) c->r->code = 2;
  }
  return COMMAND_DONE;
}

static int cluster_setup(struct call *c) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct texts nodes = {0};
  const char *name = word_at(c, 0);
  for (size_t n = 1; word_at(c, n); n++) {
    const struct sim_host *h = world_host(c->w, word_at(c, n));
    if (strchr(word_at(c, n), '=')) continue;
    if (!h || !hosts_reach(c->w, c->host, h, TRAFFIC_CLUSTER) || !daemon_runs(h, "pcsd")) return fail(c, 1, "Error: %s: Unable to authenticate to %s\nError: Errors have occurred, therefore pcs is unable to continue", word_at(c, n), word_at(c, n));
    if (pairs_get(&h->files, "/etc/corosync/corosync.conf") && !has_flag(c, NULL, "--force")) return fail(c, 1, "Error: %s: The host seems to be in a cluster already as cluster configuration files have been found on the host\nError: If you want to add the hosts to the cluster, use --force\nError: Errors have occurred, therefore pcs is unable to continue", h->name);
    texts_add(a, &nodes, h->name);
  }
  if (!name || !nodes.count) return fail(c, 1, "Usage: pcs cluster setup <cluster name> (<node name> [addr=<node address>]...)...");
  str_addf(&c->r->err, "Destroying cluster on hosts:");
  for (size_t i = 0; i < nodes.count; i++) str_addf(&c->r->err, "%s '%s'", i ? "," : "", nodes.item[i]);
  str_add(&c->r->err, "...\n");
  for (size_t i = 0; i < nodes.count; i++) str_addf(&c->r->err, "%s: Successfully destroyed cluster\n", nodes.item[i]);
  build_cluster(c->w, name, &nodes);
  str_add(&c->r->err, "Cluster has been successfully set up.\n");
  return COMMAND_DONE;
}

/* The hosts a cluster command means: --all, those named, or this one. */
static size_t meant(struct call *c, struct sim_host *ret[NODES_MAX]) {
  size_t n = 0;
  bool all = has_flag(c, NULL, "--all"), named = false;
  for (size_t i = 0; word_at(c, i); i++) named = true;
  EACH(c->w->hosts, struct sim_host, h) {
    bool it = all ? is_node(h) : named ? false : h == c->host;
    for (size_t i = 0; !it && word_at(c, i); i++) it = str_eq(word_at(c, i), h->name);
    if (it && n < NODES_MAX) ret[n++] = h;
  }
  return n;
}

static int cluster_start(struct call *c) {
  struct sim_host *hosts[NODES_MAX];
  size_t n = meant(c, hosts);
  for (size_t i = 0; i < n; i++) {
    if (!pairs_get(&hosts[i]->files, "/etc/corosync/corosync.conf")) return fail(c, 1, "Error: %s: cluster is not currently running on this node", hosts[i]->name);
    daemon_start(c->w, hosts[i], "corosync");
    daemon_start(c->w, hosts[i], "pacemaker");
    str_addf(&c->r->err, "%s: Starting Cluster...\n", hosts[i]->name);
  }
  return COMMAND_DONE;
}

static int cluster_stop(struct call *c) {
  struct sim_host *hosts[NODES_MAX];
  size_t n = meant(c, hosts), left = 0;
  for (size_t i = 0; i < n; i++) {
    if (!c->step) str_addf(&c->r->err, "%s: Stopping Cluster (pacemaker)...\n", hosts[i]->name);
    if (!c->step && daemon_runs(hosts[i], "pacemaker")) pacemaker_leave(c->w, hosts[i], true);
    else if (!daemon_runs(hosts[i], "pacemaker")) daemon_stop(c->w, hosts[i], "corosync");
    left += daemon_runs(hosts[i], "corosync");
  }
  if (left) return COMMAND_WAITS;
  for (size_t i = 0; i < n; i++) str_addf(&c->r->err, "%s: Stopping Cluster (corosync)...\n", hosts[i]->name);
  return COMMAND_DONE;
}

static int enabling(struct call *c, bool enabled) {
  struct sim_host *hosts[NODES_MAX];
  size_t n = meant(c, hosts);
  for (size_t i = 0; i < n; i++) {
    build_joined(c->w, hosts[i], enabled);
    str_addf(&c->r->err, "%s: Cluster %s\n", hosts[i]->name, enabled ? "Enabled" : "Disabled");
  }
  return COMMAND_DONE;
}
static int cluster_enable(struct call *c) { return enabling(c, true); }
static int cluster_disable(struct call *c) { return enabling(c, false); }

/* No node is left: nobody has the configuration any more. */
static void forget_cib(struct world *w) {
  EACH(w->hosts, struct sim_host, h)
    if (is_node(h)) return;
  w->resources.count = w->constraints.count = w->levels.count = w->ops.count = w->failures.count = w->fenced.count = 0;
  w->properties.count = w->defaults.count = w->sets.count = w->attributes.count = 0;
}

static int cluster_destroy(struct call *c) {
  struct sim_host *hosts[NODES_MAX];
  size_t n = meant(c, hosts);
  for (size_t i = 0; i < n; i++) {
    daemon_kill(c->w, hosts[i], "corosync");
    build_joined(c->w, hosts[i], false);
    set_pair(c->w, &hosts[i]->files, "/etc/corosync/corosync.conf", NULL);
    hosts[i]->node_id = UNKNOWN_INT;
    hosts[i]->known_to.count = 0;
    str_addf(&c->r->err, "Shutting down pacemaker/corosync services...\nKilling any remaining services...\nRemoving all cluster configuration files...\n");
  }
  forget_cib(c->w);
  return COMMAND_DONE;
}

/* ---- stonith ---- */

static int read_options(struct call *c, struct sim_resource *r, size_t from) {
  const char *section = "", *op = "";
  for (size_t i = from; i < c->count; i++) {
    const char *word = c->rest[i], *equals = strchr(word, '=');
    if (str_eq(word, "op") || str_eq(word, "meta")) {
      section = word;
      if (*section == 'o' && i + 1 < c->count) op = c->rest[++i];
      continue;
    }
    if (word[0] == '-') continue;
    if (!equals && *section == 'o') op = word;
    if (!equals) continue;
    CLEANUP(mem_freep) char *key = mem_strndup(word, (size_t)(equals - word));
    if (*section == 'o') { /* the CIB has all of an operation's attributes, timeout first */
      const char *old = pairs_get(&r->ops, op);
      set_pair(c->w, &r->ops, op, old ? str_eq(key, "timeout") ? world_words(c->w, "timeout=%s %s", equals + 1, old) : world_words(c->w, "%s %s=%s", old, key, equals + 1) : world_words(c->w, "%s=%s", key, equals + 1));
    } else {
      set_pair(c->w, *section == 'm' ? &r->meta : &r->params, key, equals + 1);
    }
  }
  return 0;
}

static int stonith_create(struct call *c) {
  CLUSTER(c);
  const char *id = word_at(c, 0), *agent = word_at(c, 1);
  if (!id || !agent) return fail(c, 1, "Usage: pcs stonith create <stonith id> <stonith device type> [stonith device options]");
  if (world_resource(c->w, id)) return fail(c, 1, "Error: '%s' already exists", id);
  struct sim_resource *r = add_resource(c->w, id, world_words(c->w, "stonith:%s", agent));
  read_options(c, r, 2);
  password_told(c->w, r);
  changed(c, "cibadmin");
  return COMMAND_DONE;
}

/* What a device of those hosts is given now is right. */
void password_told(struct world *w, const struct sim_resource *r) {
  EACH(w->hosts, struct sim_host, h)
    if (fence_device_for(r, h->name)) set_pair(w, &h->setup, "password", NULL);
}

static int stonith_update(struct call *c) {
  CLUSTER(c);
  struct sim_resource *r = resource(c, 0);
  if (!r) return COMMAND_DONE;
  read_options(c, r, 1);
  changed(c, "cibadmin");
  return COMMAND_DONE;
}

static int stonith_fence(struct call *c) {
  CLUSTER(c);
  const char *node = word_at(c, 0);
  struct sim_host *h = node ? world_host(c->w, node) : NULL;
  if (!h || !is_node(h)) return fail(c, 1, "Error: Node '%s' does not appear to exist in configuration", node ? node : "");
  if (!c->step) fence(c->w, c->host, h, has_flag(c, NULL, "--off") ? "off" : "reboot", "stonith_admin", NULL);
  if (fencing_of(c->w, h->name)) return COMMAND_WAITS;
  const struct pcmk_fence_event *last = c->w->fenced.count ? &c->w->fenced.item[c->w->fenced.count - 1] : NULL;
  if (!last || !str_eq(last->target, h->name) || !str_eq(last->status, "success")) return fail(c, 1, "Error: unable to fence '%s'", h->name);
  str_addf(&c->r->err, "Node: %s fenced\n", h->name);
  return COMMAND_DONE;
}

static int stonith_confirm(struct call *c) {
  CLUSTER(c);
  const char *node = word_at(c, 0);
  struct sim_host *h = node ? world_host(c->w, node) : NULL;
  if (!h || !is_node(h)) return fail(c, 1, "Error: Node '%s' does not appear to exist in configuration", node ? node : "");
  if (!has_flag(c, NULL, "--force")) return fail(c, 1, "Error: WARNING: If node %s is not powered off or it does have access to shared resources, data corruption and/or cluster failure may occur. Are you sure you want to continue? [y/N]", node);
  fenced(c->w, h);
  str_addf(&c->r->err, "Node: %s confirmed fenced\n", node);
  return COMMAND_DONE;
}

static int stonith_status(struct call *c) {
  CLUSTER(c);
  EACH(c->w->resources, struct sim_resource, r) {
    struct sim_host *on[NODES_MAX];
    size_t n = active_nodes(c->w, c->host, r, on);
    if (str_starts(r->agent, "stonith:")) say(c, "  * %s\t(%s):\t %s%s%s", r->id, r->agent, n ? "Started" : "Stopped", n ? " " : "", n ? on[0]->name : "");
  }
  return COMMAND_DONE;
}

/* ---- constraints, properties ---- */

/* RESOURCE avoids|prefers NODE[=SCORE].. */
static int constraint_location(struct call *c) {
  CLUSTER(c);
  struct sim_resource *r = resource(c, 0);
  const char *how = word_at(c, 1);
  if (!r) return COMMAND_DONE;
  bool avoids = str_eq(how, "avoids");
  if (!avoids && !str_eq(how, "prefers")) return fail(c, 1, "Usage: pcs constraint location <resource> prefers <node>[=<score>]");
  for (size_t n = 2; word_at(c, n); n++) {
    char node[256];
    const char *equals = strchr(word_at(c, n), '=');
    snprintf(node, sizeof node, "%.*s", (int)strcspn(word_at(c, n), "="), word_at(c, n));
    const char *score = equals ? equals + 1 : "INFINITY";
    if (!world_host(c->w, node)) str_addf(&c->r->err, "Warning: Validation for node existence in the cluster will be skipped\n");
    const char *full = avoids ? world_words(c->w, "-%s", score) : score;
    add_location(c->w, world_words(c->w, "location-%s-%s-%s", r->id, node, full), r->id, node, full);
  }
  changed(c, "cibadmin");
  return COMMAND_DONE;
}

static int constraint_remove(struct call *c) {
  CLUSTER(c);
  const char *id = word_at(c, 0);
  if (!id || !drop_constraint(c->w, id)) return fail(c, 1, "Error: Unable to find constraint - '%s'", id ? id : "");
  changed(c, "cibadmin");
  return COMMAND_DONE;
}

static int constraint_list(struct call *c) {
  bool full = has_flag(c, NULL, "--full");
  CLUSTER(c);
  say(c, "Location Constraints:");
  EACH(c->w->resources, struct sim_resource, r) {
    bool named = false;
    for (int positive = 1; positive >= 0; positive--) {
      bool said = false;
      EACH(c->w->constraints, struct pcmk_constraint, x) {
        if (!str_eq(x->kind, "location") || !str_eq(x->resource, r->id) || (score_of(x->score) >= 0) != positive) continue;
        if (!named) say(c, "  Resource: %s", r->id);
        if (!said) say(c, positive ? "    Enabled on:" : "    Disabled on:");
        named = said = true;
        char id[400] = "";
        if (full) snprintf(id, sizeof id, " (id:%s)", x->id);
        say(c, "      Node: %s (score:%s)%s%s%s", x->node, x->score, x->role ? " (role:" : "", x->role ? world_words(c->w, "%s)", x->role) : "", id);
      }
    }
  }
  say(c, "Ordering Constraints:");
  EACH(c->w->constraints, struct pcmk_constraint, x) if (str_eq(x->kind, "order")) say(c, "  start %s then start %s (kind:Mandatory)", x->resource, x->with);
  say(c, "Colocation Constraints:");
  EACH(c->w->constraints, struct pcmk_constraint, x) if (str_eq(x->kind, "colocation")) say(c, "  %s with %s (score:%s)", x->resource, x->with, x->score);
  say(c, "Ticket Constraints:");
  return COMMAND_DONE;
}

static int property_set(struct call *c) {
  CLUSTER(c);
  for (size_t n = 0; word_at(c, n); n++) {
    const char *equals = strchr(word_at(c, n), '=');
    if (!equals) return fail(c, 1, "Error: missing value of '%s' option", word_at(c, n));
    CLEANUP(mem_freep) char *name = mem_strndup(word_at(c, n), (size_t)(equals - word_at(c, n)));
    set_pair(c->w, &c->w->properties, name, equals[1] ? equals + 1 : NULL);
  }
  changed(c, "cibadmin");
  return COMMAND_DONE;
}

static int property_list(struct call *c) {
  CLUSTER(c);
  say(c, "Cluster Properties:");
  for (size_t i = 0; i < c->w->properties.count; i++) say(c, " %s: %s", c->w->properties.item[i].key, c->w->properties.item[i].value);
  return COMMAND_DONE;
}

/* ---- resources ---- */

static const char *full_agent(struct world *w, const char *agent) {
  if (strchr(agent, ':')) return world_word(w, agent);
  return world_words(w, "ocf:%s:%s", str_eq(agent, "Dummy") ? "pacemaker" : "heartbeat", agent);
}

static int resource_create(struct call *c) {
  CLUSTER(c);
  const char *id = word_at(c, 0), *agent = word_at(c, 1);
  if (!id || !agent) return fail(c, 1, "Usage: pcs resource create <resource id> [<standard>:[<provider>:]]<type> [resource options]");
  if (world_resource(c->w, id)) return fail(c, 1, "Error: '%s' already exists", id);
  struct sim_resource *r = add_resource(c->w, id, full_agent(c->w, agent));
  read_options(c, r, 2);
  const struct sim_domain *d = resource_domain(c->w, r);
  EACH(c->w->hosts, struct sim_host, h) pacemaker_probe(c->w, r, h);
  static const char *const ops[][2] = {{"migrate_from", "timeout=60s interval=0s"}, {"migrate_to", "timeout=120s interval=0s"}, {"monitor", "timeout=30s interval=10s"}, {"start", "timeout=90s interval=0s"}, {"stop", "timeout=90s interval=0s"}};
  for (size_t i = 0; str_ends(r->agent, ":VirtualDomain") && i < COUNT(ops); i++) {
    const char *given = pairs_get(&r->ops, ops[i][0]);
    if (!given) set_pair(c->w, &r->ops, ops[i][0], ops[i][1]);
    else if (!strstr(given, "interval=")) set_pair(c->w, &r->ops, ops[i][0], world_words(c->w, "%s interval=0s", given));
  }
  EACH(c->w->hosts, struct sim_host, h) /* the first probe finds what runs already */
    if (d && h->joined == JOIN_ONLINE && host_up(h) && domain_on(d, h->name)) add_text(c->w, &r->nodes, h->name);
  if (d) { /* what the agent itself writes into the CIB when it starts */
    set_pair(c->w, &r->utilization, "cpu", world_words(c->w, "%" PRId64, d->vcpus));
    set_pair(c->w, &r->utilization, "host_memory", world_words(c->w, "%" PRId64, d->memory >> 20));
    set_pair(c->w, &r->utilization, "hv_memory", world_words(c->w, "%" PRId64, d->memory >> 20));
  }
  changed(c, "cibadmin");
  return COMMAND_DONE;
}

/* Stopped first, then taken out of the configuration; --force: taken out as it is. */
static int resource_delete(struct call *c) {
  CLUSTER(c);
  const char *id = word_at(c, 0);
  struct sim_resource *r = id ? world_resource(c->w, id) : NULL;
  if (!r) return fail(c, 1, "Error: Resource '%s' does not exist.", id ? id : "");
  struct sim_host *on[NODES_MAX];
  bool forced = has_flag(c, NULL, "--force");
  if (!c->step && !forced) {
    str_addf(&c->r->err, "Attempting to stop: %s... ", id);
    set_pair(c->w, &r->meta, "target-role", "Stopped");
    changed(c, "cibadmin");
  }
  if (!forced && (active_nodes(c->w, c->host, r, on) || op_of(c->w, id, NULL)) && c->w->clock - c->began < 60000) return COMMAND_WAITS;
  str_add(&c->r->err, forced ? "Deleting Resource - " : "Stopped\n");
  if (forced) str_addf(&c->r->err, "%s\n", id);
  for (size_t i = 0; i < c->w->constraints.count; i++)
    if (str_eq(c->w->constraints.item[i].resource, id) || str_eq(c->w->constraints.item[i].with, id)) drop_item(&c->w->constraints, sizeof *c->w->constraints.item, i--);
  drop_failures(c->w, id, NULL);
  drop_item(&c->w->resources, sizeof *r, (size_t)(r - c->w->resources.item));
  changed(c, "cibadmin");
  return COMMAND_DONE;
}

static int meta(struct call *c, const char *name, const char *value) {
  CLUSTER(c);
  struct sim_resource *r = resource(c, 0);
  if (!r) return COMMAND_DONE;
  set_pair(c->w, &r->meta, name, value);
  changed(c, "cibadmin");
  return COMMAND_DONE;
}
static int resource_disable(struct call *c) { return meta(c, "target-role", "Stopped"); }
static int resource_enable(struct call *c) { return meta(c, "target-role", NULL); }
static int resource_manage(struct call *c) { return meta(c, "is-managed", NULL); }
static int resource_unmanage(struct call *c) { return meta(c, "is-managed", "false"); }

static int resource_meta_set(struct call *c) {
  CLUSTER(c);
  struct sim_resource *r = resource(c, 0);
  for (size_t n = 1; r && word_at(c, n); n++) {
    const char *equals = strchr(word_at(c, n), '=');
    if (!equals) return fail(c, 1, "Error: missing value of '%s' option", word_at(c, n));
    CLEANUP(mem_freep) char *name = mem_strndup(word_at(c, n), (size_t)(equals - word_at(c, n)));
    set_pair(c->w, &r->meta, name, equals[1] ? equals + 1 : NULL);
  }
  if (r) changed(c, "cibadmin");
  return COMMAND_DONE;
}

/* Since 0.11: it waits until the resource has moved, and takes its constraint back. */
static int resource_move(struct call *c) {
  CLUSTER(c);
  struct sim_resource *r = resource(c, 0);
  const char *node = word_at(c, 1);
  struct sim_host *on[NODES_MAX];
  if (!r) return COMMAND_DONE;
  if (node && !world_host(c->w, node)) return fail(c, 1, "Error: Node '%s' does not exist", node);
  size_t n = active_nodes(c->w, c->host, r, on);
  if (!c->step) {
    if (node && n == 1 && str_eq(on[0]->name, node)) return fail(c, 1, "Error: cannot move resource '%s' to node '%s', it is there already", r->id, node);
    if (node) pacemaker_move(c->w, r->id, node);
    else if (n == 1) add_location(c->w, world_words(c->w, "cli-ban-%s-on-%s", r->id, on[0]->name), r->id, on[0]->name, "-INFINITY")->role = "Started";
    str_addf(&c->r->err, "Location constraint to move resource '%s' has been created\nWaiting for the cluster to apply configuration changes...\n", r->id);
    changed(c, "crm_resource");
    return COMMAND_WAITS;
  }
  if (!pacemaker_idle(c->w) && c->w->clock - c->began < 600000) return COMMAND_WAITS;
  drop_constraint(c->w, world_words(c->w, "cli-prefer-%s", r->id));
  EACH(c->w->hosts, struct sim_host, h) drop_constraint(c->w, world_words(c->w, "cli-ban-%s-on-%s", r->id, h->name));
  n = active_nodes(c->w, c->host, r, on);
  str_addf(&c->r->err, "Location constraint created to move resource '%s' has been removed\nWaiting for the cluster to apply configuration changes...\nresource '%s' is running on node '%s'\n", r->id, r->id, n ? on[0]->name : "?");
  changed(c, "crm_resource");
  return COMMAND_DONE;
}

static int resource_ban(struct call *c) {
  CLUSTER(c);
  struct sim_resource *r = resource(c, 0);
  const char *node = word_at(c, 1);
  struct sim_host *on[NODES_MAX];
  if (!r) return COMMAND_DONE;
  if (!node && active_nodes(c->w, c->host, r, on)) node = on[0]->name;
  if (!node || !world_host(c->w, node)) return fail(c, 1, "Error: Node '%s' does not exist", node ? node : "");
  add_location(c->w, world_words(c->w, "cli-ban-%s-on-%s", r->id, node), r->id, node, "-INFINITY")->role = "Started";
  str_addf(&c->r->err, "Warning: Creating location constraint 'cli-ban-%s-on-%s' with a score of -INFINITY for resource %s on %s.\n\tThis will prevent %s from running on %s until the constraint is removed\n\tThis will be the case even if %s is the last node in the cluster\n", r->id, node, r->id, node, r->id, node, node);
  changed(c, "crm_resource");
  return COMMAND_DONE;
}

static int resource_clear(struct call *c) {
  CLUSTER(c);
  struct sim_resource *r = resource(c, 0);
  if (!r) return COMMAND_DONE;
  for (size_t i = 0; i < c->w->constraints.count; i++) {
    const struct pcmk_constraint *x = &c->w->constraints.item[i];
    if (!str_eq(x->resource, r->id) || !str_starts(x->id, "cli-")) continue;
    str_addf(&c->r->err, "Removing constraint: %s\n", x->id);
    drop_item(&c->w->constraints, sizeof *c->w->constraints.item, i--);
  }
  changed(c, "crm_resource");
  return COMMAND_DONE;
}

static int resource_cleanup(struct call *c) {
  const char *id = word_at(c, 0);
  CLUSTER(c);
  if (id && !world_resource(c->w, id)) return fail(c, 1, "Error: Unable to forget failed operations of resource: %s\nResource '%s' not found\nError performing operation: No such object", id, id);
  for (size_t i = c->w->hosts.count; i-- > 0;) /* the answers come as they like; the last node's was first when it was looked at */
    if (id && is_node(&c->w->hosts.item[i]) && node_online(c->host, &c->w->hosts.item[i])) str_addf(&c->r->err, "Cleaned up %s on %s\n", id, c->w->hosts.item[i].name);
  if (!id) str_add(&c->r->err, "Cleaned up all resources on all nodes\n");
  pacemaker_cleanup(c->w, id, assigned(c, "node"));
  changed(c, "crm_resource");
  return COMMAND_DONE;
}

/* ---- nodes ---- */

static int standby(struct call *c, bool on) {
  struct sim_host *hosts[NODES_MAX];
  CLUSTER(c);
  for (size_t i = 0; word_at(c, i); i++)
    if (!world_host(c->w, word_at(c, i)) || !is_node(world_host(c->w, word_at(c, i)))) return fail(c, 1, "Error: Node '%s' does not appear to exist in configuration", word_at(c, i));
  size_t n = meant(c, hosts);
  for (size_t i = 0; i < n; i++) hosts[i]->standby = truth_of(on);
  changed(c, "cibadmin");
  return COMMAND_DONE;
}
static int node_standby(struct call *c) { return standby(c, true); }
static int node_unstandby(struct call *c) { return standby(c, false); }

static int maintenance(struct call *c, bool on) {
  struct sim_host *hosts[NODES_MAX];
  CLUSTER(c);
  size_t n = meant(c, hosts);
  for (size_t i = 0; i < n; i++) hosts[i]->maintenance = truth_of(on);
  changed(c, "cibadmin");
  return COMMAND_DONE;
}
static int node_maintenance(struct call *c) { return maintenance(c, true); }
static int node_unmaintenance(struct call *c) { return maintenance(c, false); }

static int status(struct call *c) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  if (!daemon_runs(c->host, "pacemaker") || c->host->joined == JOIN_DOWN) return fail(c, 1, "Error: error running crm_mon, is pacemaker running?\n  crm_mon: Connection to cluster failed: Connection refused");
  say(c, "Cluster name: %s", c->w->corosync.cluster);
  crm_mon_text(c, a, "Full List of Resources:");
  say(c, "\nDaemon Status:");
  static const char *const daemons[] = {"corosync", "pacemaker", "pcsd"};
  for (size_t i = 0; i < COUNT(daemons); i++) {
    const struct sim_daemon *d = host_daemon(c->host, daemons[i]);
    if (d) say(c, "  %s: %s/%s", daemons[i], d->life == LIFE_STOPPED ? "inactive" : "active", YES(d->enabled) ? "enabled" : "disabled");
  }
  return COMMAND_DONE;
}

static int resource_status(struct call *c) {
  CLUSTER(c);
  EACH(c->w->resources, struct sim_resource, r) {
    struct sim_host *on[NODES_MAX];
    size_t n = active_nodes(c->w, c->host, r, on);
    if (!str_starts(r->agent, "stonith:")) say(c, "  * %s\t(%s):\t %s%s%s", r->id, r->agent, n ? "Started" : "Stopped", n ? " " : "", n ? on[0]->name : "");
  }
  return COMMAND_DONE;
}

static int version(struct call *c) {
  if (has_flag(c, NULL, "--version")) say(c, "0.11.5");
  else return fail(c, 1, "Usage: pcs [-f file] [-h] [commands]...");
  return COMMAND_DONE;
}

const struct command pcs_commands[] = {
    {"pcs", "host auth", host_auth, 1800}, {"pcs", "pcsd status", pcsd_status, 700}, {"pcs", "cluster setup", cluster_setup, 6000}, {"pcs", "cluster start", cluster_start, 3500}, {"pcs", "cluster stop", cluster_stop, 1500}, {"pcs", "cluster enable", cluster_enable, 900},
    {"pcs", "cluster disable", cluster_disable, 900}, {"pcs", "cluster destroy", cluster_destroy, 2500}, {"pcs", "cluster status", status, 900}, {"pcs", "stonith create", stonith_create, 1600}, {"pcs", "stonith update", stonith_update, 1500}, {"pcs", "stonith delete", resource_delete, 1500}, {"pcs", "stonith fence", stonith_fence, 800},
    {"pcs", "stonith confirm", stonith_confirm, 800}, {"pcs", "stonith status", stonith_status, 800}, {"pcs", "constraint location", constraint_location, 900}, {"pcs", "constraint remove", constraint_remove, 900},
    {"pcs", "constraint delete", constraint_remove, 900}, {"pcs", "constraint", constraint_list, 700}, {"pcs", "property set", property_set, 900}, {"pcs", "property", property_list, 700}, {"pcs", "resource status", resource_status, 800}, {"pcs", "resource create", resource_create, 1700},
    {"pcs", "resource delete", resource_delete, 1500}, {"pcs", "resource disable", resource_disable, 900}, {"pcs", "resource enable", resource_enable, 900}, {"pcs", "resource manage", resource_manage, 900},
    {"pcs", "resource unmanage", resource_unmanage, 900}, {"pcs", "resource meta", resource_meta_set, 900}, {"pcs", "resource move", resource_move, 3000}, {"pcs", "resource ban", resource_ban, 900}, {"pcs", "resource clear", resource_clear, 700},
    {"pcs", "resource cleanup", resource_cleanup, 900}, {"pcs", "resource refresh", resource_cleanup, 900}, {"pcs", "node standby", node_standby, 1200}, {"pcs", "node unstandby", node_unstandby, 1200}, {"pcs", "node maintenance", node_maintenance, 1200},
    {"pcs", "node unmaintenance", node_unmaintenance, 1200}, {"pcs", "status", status, 850}, {"pcs", "", version, 300}, {.program = NULL}};
