/* pcs 0.11 on who belongs to the cluster and how votes are counted: nodes that come and go, the quorum device, SBD. */
#include "sim/build.h"
#include "sim/command.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/pacemaker.h"
#include "sim/ring.h"
#include <string.h>

#define CONF "/etc/corosync/corosync.conf"
#define SBD_CONF "/etc/default/sbd"
static const char ERRORS[] = "Errors have occurred, therefore pcs is unable to continue";

/* ---- what all of them ask ---- */

static bool pcsd_reached(const struct call *c, const struct sim_host *h) { return h == c->host || (hosts_reach(c->w, c->host, h, TRAFFIC_CLUSTER) && daemon_runs(h, "pcsd")); }

static bool is_known(const struct call *c, const char *name) {
  const char *known = pairs_get(&c->host->files, "/var/lib/pcsd/known-hosts");
  CLEANUP(mem_freep) char *quoted = mem_printf("\"%s\"", name);
  return known && strstr(known, quoted);
}

static int unknown_host(struct call *c, const char *name) { return fail(c, 1, "Error: Host '%s' is not known to pcs, try to authenticate the host using 'pcs host auth %s' command\nError: %s", name, name, ERRORS); }
static int unreached(struct call *c, const struct sim_host *h) { return fail(c, 1, "Error: Unable to connect to %s (Failed to connect to %s port 2224: %s), use --skip-offline to override\nError: %s", h->name, h->name, host_up(h) ? "Connection refused" : "Connection timed out", ERRORS); }

/* The first node but `but` that pcs does not get to; NULL: none. */
static const struct sim_host *first_unreached(const struct call *c, const struct sim_host *but) {
  EACH(c->w->hosts, struct sim_host, h)
    if (is_node(h) && h != but && !pcsd_reached(c, h)) return h;
  return NULL;
}

static int64_t count_nodes(const struct world *w) {
  int64_t n = 0;
  EACH(w->hosts, struct sim_host, h) n += is_node(h);
  return n;
}

static bool sbd_enabled(const struct sim_host *h) {
  const struct sim_daemon *d = host_daemon(h, "sbd");
  return d && YES(d->enabled);
}

/* Without a disk it needs that an even split is decided. */
static bool tie_to_break(const struct call *c, int64_t nodes, bool sbd) {
  const char *conf = pairs_get(&c->host->files, SBD_CONF);
  return sbd && !(conf && strstr(conf, "SBD_DEVICE=")) && nodes % 2 == 0 && !c->w->corosync.qdevice_host && !YES(c->w->corosync.auto_tie_breaker);
}

static int must_stand_still(struct call *c) {
  str_add(&c->r->err, "Warning: auto_tie_breaker quorum option will be enabled to make SBD fencing effective. Cluster has to be offline to be able to make this change.\nChecking corosync is not running on nodes...\n");
  EACH(c->w->hosts, struct sim_host, h)
    if (is_node(h)) str_addf(&c->r->err, "Error: %s: corosync is running\n", h->name);
  return fail(c, 1, "Error: %s", ERRORS);
}

/* What pcs writes of two nodes, and everybody reads anew. */
static void distribute(struct call *c, const struct sim_host *but) {
  struct sim_corosync *k = &c->w->corosync;
  int64_t nodes = count_nodes(c->w);
  k->two_node = k->wait_for_all = truth_of(nodes == 2 && !k->qdevice_host && !YES(k->auto_tie_breaker));
  if (k->qdevice_host) k->qdevice_votes = str_eq(k->qdevice_algorithm, "lms") ? nodes - 1 : 1;
  str_add(&c->r->err, "Sending updated corosync.conf to nodes...\n");
  EACH(c->w->hosts, struct sim_host, h)
    if (is_node(h) && h != but && pcsd_reached(c, h)) str_addf(&c->r->err, "%s: Succeeded\n", h->name);
  str_addf(&c->r->err, "%s: Corosync configuration reloaded\n", c->host->name);
  ring_reload(c->w);
}

/* "Enabling corosync-qdevice...", a line a node. */
static void each_node(struct call *c, const char *begin, const char *line) {
  str_addf(&c->r->err, "%s...\n", begin);
  EACH(c->w->hosts, struct sim_host, h)
    if (is_node(h) && pcsd_reached(c, h)) str_addf(&c->r->err, "%s: %s\n", h->name, line);
}

/* ---- nodes ---- */

static int64_t free_id(const struct world *w) {
  for (int64_t id = 1;; id++) {
    bool used = false;
    EACH(w->hosts, struct sim_host, h) used |= h->node_id == id;
    if (!used) return id;
  }
}

static int why_not_add(struct call *c, struct sim_host *h, const char *name) {
  static const char *const services[] = {"corosync", "pacemaker"};
  const struct sim_host *away = first_unreached(c, h);
  if (h && is_node(h)) return fail(c, 1, "Error: Node name '%s' is already used by existing nodes; please, use other name\nError: %s", name, ERRORS);
  if (away) return unreached(c, away);
  if (!h || !is_known(c, name)) return unknown_host(c, name);
  if (!pcsd_reached(c, h)) return unreached(c, h);
  if (pairs_get(&h->files, CONF) && !has_flag(c, NULL, "--force")) return fail(c, 1, "Error: %s: The host seems to be in a cluster already as cluster configuration files have been found on the host. If the host is not part of a cluster, run 'pcs cluster destroy' on host '%s' to remove those configuration files\nError: %s", name, name, ERRORS);
  for (size_t i = 0; i < COUNT(services); i++)
    if (!host_daemon(h, services[i])) return fail(c, 1, "Error: %s: Required cluster services not installed: '%s'\nError: %s", name, services[i], ERRORS);
  if (c->w->corosync.qdevice_host && !host_daemon(h, "corosync-qdevice")) return fail(c, 1, "Error: %s: Required cluster services not installed: 'corosync-qdevice'\nError: %s", name, ERRORS);
  if (sbd_enabled(c->host) && !host_daemon(h, "sbd")) return fail(c, 1, "Error: %s: Required cluster services not installed: 'sbd'\nError: %s", name, ERRORS);
  if (tie_to_break(c, count_nodes(c->w) + 1, sbd_enabled(c->host))) return must_stand_still(c);
  return -1;
}

static int node_add(struct call *c) {
  const char *name = word_at(c, 0);
  struct sim_host *h = name ? world_host(c->w, name) : NULL;
  if (!name) return fail(c, 1, "Usage: pcs cluster node add <node name> [addr=<node address>]... [watchdog=<watchdog path>]");
  if (!is_node(c->host)) return fail(c, 1, "Error: Unable to read Corosync configuration '" CONF "': No such file or directory");
  int code = why_not_add(c, h, name);
  if (code >= 0) return code;
  if (!assigned(c, "addr")) str_addf(&c->r->err, "No addresses specified for host '%s', using '%s'\n", name, name);
  str_addf(&c->r->err, "%sabling sbd...\n%s: sbd %sabled\nSending 'corosync authkey', 'pacemaker authkey' to '%s'\n", sbd_enabled(c->host) ? "En" : "Dis", name, sbd_enabled(c->host) ? "en" : "dis", name);
  str_addf(&c->r->err, "%s: successful distribution of the file 'corosync authkey'\n%s: successful distribution of the file 'pacemaker authkey'\n", name, name);
  h->node_id = free_id(c->w);
  h->votes = 1;
  h->known_to.count = h->members.count = 0;
  h->joined = JOIN_DOWN;
  h->ring = -1;
  h->expected = h->quorum = h->lowest = h->member_count = 0;
  set_pair(c->w, &h->files, CONF, pairs_get(&c->host->files, CONF));
  if (sbd_enabled(c->host)) daemon_add(c->w, h, "sbd", LIFE_STOPPED, true), set_pair(c->w, &h->files, SBD_CONF, pairs_get(&c->host->files, SBD_CONF));
  if (c->w->corosync.qdevice_host) daemon_add(c->w, h, "corosync-qdevice", LIFE_RUNNING, true);
  distribute(c, NULL);
  if (has_flag(c, NULL, "--enable")) build_joined(c->w, h, true), str_addf(&c->r->err, "Enabling cluster on hosts: '%s'...\n%s: Cluster enabled\n", name, name);
  if (!has_flag(c, NULL, "--start")) return COMMAND_DONE;
  str_addf(&c->r->err, "Starting cluster on hosts: '%s'...\n", name);
  daemon_start(c->w, h, "corosync");
  daemon_start(c->w, h, "pacemaker");
  return COMMAND_DONE;
}

/* Nobody has it in a list any more. */
static void forget_node(struct call *c, struct sim_host *h, bool reached) {
  h->node_id = UNKNOWN_INT;
  h->known_to.count = h->members.count = 0;
  h->joined = JOIN_DOWN;
  h->ring = -1;
  h->dc = h->leaving = NULL;
  h->standby = h->maintenance = h->condemned = h->quorate = h->waiting = TRUTH_NO;
  h->attributes.count = 0;
  world_forget(c->w, "ring", h->name);
  if (reached) {
    build_joined(c->w, h, false);
    set_pair(c->w, &h->files, CONF, NULL);
  }
  EACH(c->w->hosts, struct sim_host, o) {
    drop_text(&o->members, h->name);
    drop_text(&o->known_to, h->name);
    if (str_eq(o->dc, h->name)) o->dc = NULL;
  }
  EACH(c->w->resources, struct sim_resource, r) {
    drop_text(&r->nodes, h->name), drop_text(&r->apart, h->name), drop_text(&r->not_on, h->name);
    drop_tally(&r->fail_count, h->name), drop_tally(&r->failed_at, h->name);
  }
}

static int why_not_remove(struct call *c, const struct sim_host *h, bool reached) {
  const struct sim_host *away = first_unreached(c, h);
  bool force = has_flag(c, NULL, "--force"), skip = has_flag(c, NULL, "--skip-offline");
  int64_t votes = 0;
  EACH(c->w->hosts, struct sim_host, o) votes += is_node(o) && o->quorum && texts_have(&c->host->members, o->name) ? o->votes : 0;
  if (h == c->host && count_nodes(c->w) == 1) return fail(c, 1, "Error: No nodes would be left in the cluster\nError: %s", ERRORS);
  if (away && !skip) return unreached(c, away);
  if (!reached && !skip) return unreached(c, h);
  if (!reached && !force) return fail(c, 1, "Warning: Unable to connect to %s (Failed to connect to %s port 2224: Connection timed out)\nError: Unable to determine whether this action will cause a loss of the quorum, use --force to override\nError: %s", h->name, h->name, ERRORS);
  if (tie_to_break(c, count_nodes(c->w) - 1, sbd_enabled(c->host))) return must_stand_still(c);
  bool takes = reached && YES(h->quorate) && !YES(c->w->corosync.two_node) && votes - h->votes + ring_device_votes(c->w, c->host) < c->host->quorum;
  if (takes && !force) return fail(c, 1, "Error: This action will cause a loss of the quorum, use --force to override\nError: %s", ERRORS);
  return -1;
}

static int node_remove(struct call *c) {
  const char *name = word_at(c, 0);
  struct sim_host *h = name ? world_host(c->w, name) : NULL;
  if (!name) return fail(c, 1, "Usage: pcs cluster node remove <node name> [<node name>]...");
  if (!c->step && (!h || !is_node(h))) return fail(c, 1, "Error: Node '%s' does not appear to exist in configuration\nError: %s", name, ERRORS);
  bool reached = pcsd_reached(c, h);
  int code = c->step ? -1 : why_not_remove(c, h, reached);
  if (code >= 0) return code;
  if (!c->step && reached) str_addf(&c->r->err, "Destroying cluster on hosts: '%s'...\n", name);
  if (!c->step && reached && daemon_runs(h, "pacemaker")) pacemaker_leave(c->w, h, true);
  if (reached && daemon_runs(h, "pacemaker")) return COMMAND_WAITS;
  if (reached) daemon_stop(c->w, h, "corosync"), str_addf(&c->r->err, "%s: Successfully destroyed cluster\n", name);
  else str_addf(&c->r->err, "Warning: Removed node '%s' could not be reached and subsequently deconfigured\n", name);
  forget_node(c, h, reached);
  distribute(c, h);
  cib_changed(c->w, "crm_node", c->host->name);
  return COMMAND_DONE;
}

/* ---- the quorum device ---- */

static int qdevice_setup(struct call *c) {
  if (!host_daemon(c->host, "corosync-qnetd")) return fail(c, 1, "Error: Unable to initialize quorum device 'net': /usr/bin/corosync-qnetd-certutil: No such file or directory");
  if (pairs_get(&c->host->files, "/etc/corosync/qnetd/nssdb/")) return fail(c, 1, "Error: Quorum device 'net' has been already initialized");
  set_pair(c->w, &c->host->files, "/etc/corosync/qnetd/nssdb/", "");
  str_add(&c->r->err, "Quorum device 'net' initialized\n");
  daemon_add(c->w, c->host, "corosync-qnetd", LIFE_STOPPED, has_flag(c, NULL, "--enable"));
  if (has_flag(c, NULL, "--enable")) str_add(&c->r->err, "quorum device enabled\n");
  if (!has_flag(c, NULL, "--start")) return COMMAND_DONE;
  str_add(&c->r->err, "Starting quorum device...\nquorum device started\n");
  daemon_start(c->w, c->host, "corosync-qnetd");
  return COMMAND_DONE;
}

static int device_add(struct call *c) {
  const char *name = assigned(c, "host"), *algorithm = assigned(c, "algorithm");
  const struct sim_host *device = name ? world_host(c->w, name) : NULL, *away = first_unreached(c, NULL);
  if (c->w->corosync.qdevice_host) return fail(c, 1, "Error: quorum device is already defined");
  if (!name || !algorithm) return fail(c, 1, "Error: required option%s%s%s %s missing\nError: %s", name ? "" : " 'host'", name || algorithm ? "" : ",", algorithm ? "" : " 'algorithm'", name || algorithm ? "is" : "are", ERRORS);
  if (strcmp(algorithm, "ffsplit") && strcmp(algorithm, "lms")) return fail(c, 1, "Error: '%s' is not a valid algorithm value, use 'ffsplit', 'lms', use --force to override\nError: %s", algorithm, ERRORS);
  if (!device || !is_known(c, name)) return unknown_host(c, name);
  str_add(&c->r->err, "Setting up qdevice certificates on nodes...\n");
  if (away) return unreached(c, away);
  if (!pcsd_reached(c, device) || !daemon_runs(device, "corosync-qnetd")) return fail(c, 1, "Error: %s: error importing qdevice certificate: Quorum device 'net' has not been initialized yet\nError: %s", name, ERRORS);
  EACH(c->w->hosts, struct sim_host, h)
    if (is_node(h) && !host_daemon(h, "corosync-qdevice")) return fail(c, 1, "Error: %s: corosync-qdevice is not installed\nError: %s", h->name, ERRORS);
  EACH(c->w->hosts, struct sim_host, h)
    if (is_node(h)) str_addf(&c->r->err, "%s: Succeeded\n", h->name), daemon_add(c->w, h, "corosync-qdevice", LIFE_RUNNING, true);
  each_node(c, "Enabling corosync-qdevice", "corosync-qdevice enabled");
  c->w->corosync.qdevice_host = device->name;
  c->w->corosync.qdevice_algorithm = world_word(c->w, algorithm);
  c->w->corosync.qdevice_up = truth_of(host_up(device) && !KNOWN(device->cluster_cut));
  distribute(c, NULL);
  each_node(c, "Starting corosync-qdevice", "corosync-qdevice started");
  return COMMAND_DONE;
}

static int device_remove(struct call *c) {
  const struct sim_host *away = first_unreached(c, NULL);
  if (!c->w->corosync.qdevice_host) return fail(c, 1, "Error: no quorum device is defined in this cluster");
  if (away) return unreached(c, away);
  each_node(c, "Disabling corosync-qdevice", "corosync-qdevice disabled");
  each_node(c, "Stopping corosync-qdevice", "corosync-qdevice stopped");
  each_node(c, "Removing qdevice certificates from nodes", "Succeeded");
  EACH(c->w->hosts, struct sim_host, h)
    if (is_node(h)) daemon_add(c->w, h, "corosync-qdevice", LIFE_STOPPED, false);
  c->w->corosync.qdevice_host = c->w->corosync.qdevice_algorithm = NULL;
  c->w->corosync.qdevice_votes = 0;
  c->w->corosync.qdevice_up = TRUTH_NO;
  distribute(c, NULL);
  return COMMAND_DONE;
}

/* ---- SBD ---- */

static int sbd_enable(struct call *c) {
  const char *watchdog = assigned(c, "watchdog"), *device = assigned(c, "device"), *timeout = assigned(c, "SBD_WATCHDOG_TIMEOUT");
  const struct sim_host *away = first_unreached(c, NULL);
  if (!watchdog) watchdog = "/dev/watchdog";
  if (away) return unreached(c, away);
  str_add(&c->r->err, "Running SBD pre-enabling checks...\n");
  EACH(c->w->hosts, struct sim_host, h) {
    if (!is_node(h)) continue;
    if (!host_daemon(h, "sbd")) return fail(c, 1, "Error: %s: Required cluster services not installed: 'sbd'\nError: %s", h->name, ERRORS);
    if (!has_watchdog(h, watchdog)) return fail(c, 1, "Error: Watchdog '%s' does not exist on node '%s'\nError: %s", watchdog, h->name, ERRORS);
    if (device && !pairs_get(&h->files, device)) return fail(c, 1, "Error: %s: device '%s' not found\nError: %s", h->name, device, ERRORS);
    str_addf(&c->r->err, "%s: SBD pre-enabling checks done\n", h->name);
  }
  if (!device && tie_to_break(c, count_nodes(c->w), true)) return must_stand_still(c);
  each_node(c, "Distributing SBD config", "SBD config saved");
  EACH(c->w->hosts, struct sim_host, h) {
    if (!is_node(h)) continue;
    set_pair(c->w, &h->files, SBD_CONF, world_words(c->w, "%s%s%sSBD_OPTS=\"-n %s\"\nSBD_WATCHDOG_DEV=%s\nSBD_WATCHDOG_TIMEOUT=%s\n", device ? "SBD_DEVICE=\"" : "", device ? device : "", device ? "\"\n" : "", h->name, watchdog, timeout ? timeout : "5"));
    daemon_add(c->w, h, "sbd", (enum life)host_daemon(h, "sbd")->life, true);
  }
  set_pair(c->w, &c->w->properties, "stonith-watchdog-timeout", NULL);
  cib_changed(c->w, "cibadmin", c->host->name);
  each_node(c, "Enabling sbd", "sbd enabled");
  str_add(&c->r->err, "Warning: Cluster restart is required in order to apply these changes.\n");
  return COMMAND_DONE;
}

static int sbd_disable(struct call *c) {
  const struct sim_host *away = first_unreached(c, NULL);
  if (away) return unreached(c, away);
  EACH(c->w->hosts, struct sim_host, h)
    if (is_node(h) && host_daemon(h, "sbd")) daemon_add(c->w, h, "sbd", (enum life)host_daemon(h, "sbd")->life, false);
  set_pair(c->w, &c->w->properties, "stonith-watchdog-timeout", "0");
  cib_changed(c->w, "cibadmin", c->host->name);
  each_node(c, "Disabling sbd", "sbd disabled");
  str_add(&c->r->err, "Warning: Cluster restart is required in order to apply these changes.\n");
  return COMMAND_DONE;
}

static int sbd_dump(struct call *c) {
  const char *device = value_of(c, "-d", NULL), *text = device ? pairs_get(&c->host->files, device) : NULL;
  if (!text || !str_eq(text, "sbd")) return fail(c, 1, "== disk %s unreadable!\nsbd failed; please check the logs.", device ? device : "");
  say(c, "==Dumping header on disk %s\nHeader version     : 2.1\nNumber of slots    : 255\nSector size        : 512\nTimeout (watchdog) : 5\nTimeout (allocate) : 2\nTimeout (loop)     : 1\nTimeout (msgwait)  : 10\n==Header on disk %s is dumped", device, device);
  return COMMAND_DONE;
}

/* ---- fencing topology ---- */

static struct pcmk_level *level_at(struct world *w, const char *target, int64_t index) {
  EACH(w->levels, struct pcmk_level, l)
    if (l->index == index && str_eq(l->target, target)) return l;
  return NULL;
}

static int level_add(struct call *c) {
  const char *target = word_at(c, 1);
  int64_t index;
  if (!daemon_runs(c->host, "pacemaker")) return fail(c, 1, "Error: unable to get cib");
  if (!target || !word_at(c, 2) || str_int(word_at(c, 0), 1, 9, &index)) return fail(c, 1, "Error: invalid level '%s', use a positive integer", word_at(c, 0) ? word_at(c, 0) : "");
  for (size_t i = 2; word_at(c, i); i++)
    if (!world_resource(c->w, word_at(c, i))) return fail(c, 1, "Error: Stonith resource(s) '%s' do not exist, use --force to override\nError: Errors have occurred, therefore pcs is unable to continue", word_at(c, i));
  struct pcmk_level *l = level_at(c->w, target, index);
  if (l) return fail(c, 1, "Error: Fencing level for '%s' at level '%s' with device(s) '%s' already exists", target, word_at(c, 0), l->devices.count ? l->devices.item[0] : "");
  l = list_add(c->w->arena, &c->w->levels, &pcmk_level_shape);
  l->target = world_word(c->w, target);
  l->index = index;
  for (size_t i = 2; word_at(c, i); i++) add_text(c->w, &l->devices, word_at(c, i));
  cib_changed(c->w, "cibadmin", c->host->name);
  return COMMAND_DONE;
}

static int level_remove(struct call *c) {
  bool newer = str_eq(word_at(c, 1), "target");
  const char *target = word_at(c, newer ? 2 : 1);
  int64_t index;
  if (!daemon_runs(c->host, "pacemaker")) return fail(c, 1, "Error: unable to get cib");
  struct pcmk_level *l = target && !str_int(word_at(c, 0), 1, 9, &index) ? level_at(c->w, target, index) : NULL;
  if (!l) return fail(c, 1, "Error: Fencing level for '%s' at level '%s' does not exist", target ? target : "", word_at(c, 0) ? word_at(c, 0) : "");
  drop_item(&c->w->levels, sizeof *l, (size_t)(l - c->w->levels.item));
  cib_changed(c->w, "cibadmin", c->host->name);
  return COMMAND_DONE;
}

const struct command member_commands[] = {
    {"pcs", "stonith level add", level_add, 1400}, {"pcs", "stonith level remove", level_remove, 1400},
    {"pcs", "cluster node add", node_add, 5200}, {"pcs", "cluster node remove", node_remove, 2600}, {"pcs", "qdevice setup", qdevice_setup, 1500}, {"pcs", "quorum device add", device_add, 5400},
    {"pcs", "quorum device remove", device_remove, 3100}, {"pcs", "stonith sbd enable", sbd_enable, 2900}, {"pcs", "stonith sbd disable", sbd_disable, 2100}, {"sbd", "", sbd_dump, 60}, {.program = NULL}};
