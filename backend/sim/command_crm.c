/* pacemaker's own tools (2.1.5) and corosync's (3.1.7). */
#include "base/clock.h"
#include "sim/command.h"
#include "sim/facts.h"
#include "sim/host.h"
#include "sim/pacemaker.h"
#include "sim/ring.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { RC_NOSUCH = 105, RC_NOTCONNECTED = 102, RC_EXISTS = 108 };

/* The cluster must be read; -1 when it can be. */
static int no_cluster(struct call *c) {
  if (daemon_runs(c->host, "pacemaker") && c->host->joined != JOIN_DOWN) return -1;
  return fail(c, RC_NOTCONNECTED, "%s: Connection to cluster failed: Connection refused", c->argv[0]);
}
#define CLUSTER(c)                       \
  do {                                   \
    int code_ = no_cluster(c);           \
    if (code_ >= 0) return code_;        \
  } while (0)

static struct look look_from(const struct call *c, struct arena *a) { return (struct look){c->w, c->host, c->host, a}; }

/* "Sun Nov 22 15:22:37 2026" */
static const char *ctime_of(struct arena *a, int64_t at) {
  time_t s = (time_t)(at / 1000);
  struct tm tm;
  char text[64];
  gmtime_r(&s, &tm);
  strftime(text, sizeof text, "%a %b %e %H:%M:%S %Y", &tm);
  return arena_strdup(a, text);
}

/* ---- crm_mon ---- */

static const char *yes(enum truth t) { return t == TRUTH_YES ? "true" : "false"; }

/* The time and the author of "2026-11-22T15:51:43.000Z by root via crm_resource on kvm01". */
static void xml_change(struct call *c, struct arena *a) {
  int64_t at;
  char when[64] = "", client[128] = "cibadmin", origin[128] = "";
  if (!c->w->last_change || sscanf(c->w->last_change, "%63s by root via %127[^\n]", when, client) < 2 || clock_parse(when, &at)) return;
  char *on = strstr(client, " on ");
  if (on) snprintf(origin, sizeof origin, "%s", on + 4), *on = 0;
  say(c, "    <last_change time=\"%s\" user=\"root\" client=\"%s\" origin=\"%s\"/>", ctime_of(a, at), client, origin);
}

static void xml_summary(struct call *c, const struct look *l) {
  struct pcmk_cluster p;
  const struct sim_host *dc = c->host->dc ? world_host(c->w, c->host->dc) : NULL;
  size_t nodes = 0;
  read_pacemaker_cluster(l, NULL, &p);
  EACH(c->w->hosts, struct sim_host, h) nodes += is_node(h);
  say(c, "  <summary>\n    <stack type=\"corosync\"/>");
  if (dc) say(c, "    <current_dc present=\"true\" version=\"%s\" name=\"%s\" id=\"%" PRId64 "\" with_quorum=\"%s\" mixed_version=\"false\"/>", p.dc_version, dc->name, dc->node_id, yes(p.quorate));
  else say(c, "    <current_dc present=\"false\"/>");
  say(c, "    <last_update time=\"%s\"/>", ctime_of(l->arena, c->w->clock));
  xml_change(c, l->arena);
  say(c, "    <nodes_configured number=\"%zu\"/>\n    <resources_configured number=\"%zu\" disabled=\"%" PRId64 "\" blocked=\"%" PRId64 "\"/>", nodes, c->w->resources.count, p.resources_disabled, p.resources_blocked);
  say(c, "    <cluster_options stonith-enabled=\"%s\" symmetric-cluster=\"%s\" no-quorum-policy=\"%s\" maintenance-mode=\"%s\" stop-all-resources=\"%s\" stonith-timeout-ms=\"60000\" priority-fencing-delay-ms=\"0\"/>\n  </summary>",
      yes(p.fencing), yes(p.symmetric), p.no_quorum_policy, yes(p.maintenance), yes(p.stop_all));
}

static void xml_nodes(struct call *c, const struct look *l) {
  struct pcmk_nodes n = {0};
  read_pacemaker_nodes(l, NULL, &n);
  say(c, "  <nodes>");
  EACH(n.nodes, struct pcmk_node, x)
    say(c, "    <node name=\"%s\" id=\"%s\" online=\"%s\" standby=\"%s\" standby_onfail=\"false\" maintenance=\"%s\" pending=\"%s\" unclean=\"%s\" health=\"green\" feature_set=\"3.16.1\" shutdown=\"%s\" expected_up=\"%s\" is_dc=\"%s\" resources_running=\"%" PRId64 "\" type=\"member\"/>",
        x->name, x->id, yes(x->online), yes(x->standby), yes(x->maintenance), yes(x->pending), yes(x->unclean), yes(x->shutdown), yes(x->expected_up), yes(x->is_dc), x->resources_running);
  say(c, "  </nodes>");
}

static void xml_resources(struct call *c, const struct look *l) {
  struct pcmk_resources r = {0};
  read_pacemaker_resources(l, NULL, &r);
  say(c, "  <resources>");
  EACH(r.resources, struct pcmk_resource, x) {
    struct str more = {0};
    if (x->target_role) str_addf(&more, " target_role=\"%s\"", x->target_role);
    CLEANUP(mem_freep) char *target = str_take(&more);
    if (x->pending) str_addf(&more, " pending=\"%s\"", x->pending);
    CLEANUP(mem_freep) char *pending = str_take(&more);
    say(c, "    <resource id=\"%s\" resource_agent=\"%s\" role=\"%s\"%s active=\"%s\" orphaned=\"false\" blocked=\"%s\" managed=\"%s\" failed=\"%s\" failure_ignored=\"false\"%s nodes_running_on=\"%zu\"%s>", x->id, x->agent, x->role,
        target ? target : "", yes(x->active), yes(x->blocked), yes(x->managed), yes(x->failed), pending ? pending : "", x->nodes.count, x->nodes.count ? "" : "/");
    for (size_t i = 0; i < x->nodes.count; i++) say(c, "      <node name=\"%s\" id=\"%" PRId64 "\" cached=\"true\"/>", x->nodes.item[i], world_host(c->w, x->nodes.item[i])->node_id);
    if (x->nodes.count) say(c, "    </resource>");
  }
  say(c, "  </resources>");
}

static void xml_history(struct call *c, struct arena *a) {
  char when[CLOCK_TEXT];
  say(c, "  <node_history>");
  EACH(c->w->hosts, struct sim_host, h) {
    if (!is_node(h)) continue;
    say(c, "    <node name=\"%s\">", h->name);
    EACH(c->w->resources, struct sim_resource, r) {
      int64_t n = get_tally(&r->fail_count, h->name);
      if (!n && !texts_have(&r->nodes, h->name)) continue;
      if (n) say(c, "      <resource_history id=\"%s\" orphan=\"false\" migration-threshold=\"1000000\" fail-count=\"%" PRId64 "\" last-failure=\"%s\"/>", r->id, n, ctime_of(a, get_tally(&r->failed_at, h->name)));
      else say(c, "      <resource_history id=\"%s\" orphan=\"false\" migration-threshold=\"1000000\"/>", r->id);
    }
    say(c, "    </node>");
  }
  say(c, "  </node_history>");
  if (c->w->failures.count) say(c, "  <failures>");
  EACH(c->w->failures, struct pcmk_failure, f) {
    clock_rfc3339(when, f->at);
    when[10] = ' ', when[19] = 'Z', when[20] = 0;
    say(c, "    <failure op_key=\"%s_%s_0\" node=\"%s\" exitstatus=\"%s\" exitreason=\"%s\" exitcode=\"%" PRId64 "\" call=\"15\" status=\"complete\" last-rc-change=\"%s\" queued=\"0\" exec=\"569\" interval=\"0\" task=\"%s\"/>", f->resource, f->task,
        f->node, f->rc == 5 ? "not installed" : f->rc == 7 ? "not running" : "error", f->reason ? f->reason : "", f->rc, when, f->task);
  }
  if (c->w->failures.count) say(c, "  </failures>");
}

static void xml_fencing(struct call *c, const struct look *l) {
  struct pcmk_fencing f = {0};
  char when[CLOCK_TEXT];
  read_pacemaker_fencing(l, NULL, &f);
  say(c, "  <fence_history>");
  EACH(f.events, struct pcmk_fence_event, e) {
    if (str_eq(e->status, "pending")) {
      say(c, "    <fence_event action=\"%s\" target=\"%s\" client=\"%s\" origin=\"%s\" status=\"pending\" extended-status=\"1\"/>", e->action, e->target, e->client, e->origin);
      continue;
    }
    clock_rfc3339(when, e->at);
    when[10] = ' ', when[19] = 'Z', when[20] = 0;
    say(c, "    <fence_event action=\"%s\" target=\"%s\" client=\"%s\" origin=\"%s\" status=\"%s\" delegate=\"%s\" completed=\"%s\"/>", e->action, e->target, e->client, e->origin, e->status, e->delegate ? e->delegate : "", when);
  }
  say(c, "  </fence_history>\n  <bans>");
  EACH(c->w->constraints, struct pcmk_constraint, x)
    if (str_eq(x->kind, "location") && score_of(x->score) < 0)
      say(c, "    <ban id=\"%s\" resource=\"%s\" node=\"%s\" weight=\"%" PRId64 "\" promoted-only=\"false\" master_only=\"false\"/>", x->id, x->resource, x->node, score_of(x->score));
  say(c, "  </bans>");
}

static void crm_mon_xml(struct call *c, struct arena *a) {
  struct look l = look_from(c, a);
  char when[CLOCK_TEXT];
  clock_rfc3339(when, c->w->clock);
  when[10] = ' ', when[19] = 'Z', when[20] = 0;
  say(c, "<pacemaker-result api-version=\"2.25\" request=\"crm_mon -1 --output-as=xml\">\n  <pacemakerd sys_from=\"pacemakerd\" state=\"running\" last_updated=\"%s\"/>", when);
  xml_summary(c, &l);
  xml_nodes(c, &l);
  xml_resources(c, &l);
  xml_history(c, a);
  xml_fencing(c, &l);
  say(c, "  <status code=\"0\" message=\"OK\"/>\n</pacemaker-result>");
}

static void list_names(struct call *c, const char *what, const struct texts *names) {
  struct str line = {0};
  for (size_t i = 0; i < names->count; i++) str_addf(&line, " %s", names->item[i]);
  if (names->count) say(c, "  * %s: [%s ]", what, line.data);
  str_free(&line);
}

static void text_nodes(struct call *c, const struct look *l) {
  struct pcmk_nodes n = {0};
  struct texts online = {0}, offline = {0};
  read_pacemaker_nodes(l, NULL, &n);
  say(c, "Node List:");
  EACH(n.nodes, struct pcmk_node, x) {
    const char *how = YES(x->unclean) ? (YES(x->online) ? "UNCLEAN (online)" : "UNCLEAN (offline)") : YES(x->pending) ? "pending" : YES(x->online) && YES(x->maintenance) ? "maintenance" : YES(x->online) && YES(x->standby) ? "standby" : NULL;
    if (how) say(c, "  * Node %s: %s", x->name, how);
    else texts_add(l->arena, YES(x->online) ? &online : &offline, x->name);
  }
  list_names(c, "Online", &online);
  list_names(c, "OFFLINE", &offline);
}

static void text_resources(struct call *c, const struct look *l, bool where) {
  struct pcmk_resources r = {0};
  read_pacemaker_resources(l, NULL, &r);
  EACH(r.resources, struct pcmk_resource, x) {
    char agent[200];
    const char *last = strrchr(x->agent, ':');
    if (str_starts(x->agent, "stonith:")) snprintf(agent, sizeof agent, "%s", x->agent);
    else snprintf(agent, sizeof agent, "%.*s%s", (int)(last - x->agent), x->agent, last);
    say(c, "  * %s\t(%s):\t %s%s%s%s%s", x->id, agent, YES(x->failed) ? "FAILED " : "", x->role, where && x->nodes.count ? " " : "", where && x->nodes.count ? x->nodes.item[0] : "", YES(x->disabled) ? " (disabled)" : YES(x->managed) ? "" : " (unmanaged)");
  }
}

int crm_mon_text(struct call *c, struct arena *a, const char *list) {
  struct look l = look_from(c, a);
  size_t nodes = 0;
  EACH(c->w->hosts, struct sim_host, h) nodes += is_node(h);
  char when[CLOCK_TEXT];
  clock_rfc3339(when, c->w->clock);
  when[10] = ' ', when[19] = 'Z', when[20] = 0;
  say(c, "Status of pacemakerd: 'Pacemaker is running' (last updated %s)\nCluster Summary:\n  * Stack: corosync", when);
  if (c->host->dc) say(c, "  * Current DC: %s (version 2.1.5-a3f44794f94) - partition %s quorum", c->host->dc, YES(c->host->quorate) ? "with" : "WITHOUT");
  else say(c, "  * Current DC: NONE");
  const char *by = c->w->last_change ? strstr(c->w->last_change, " by ") : NULL;
  int64_t changed = 0;
  CLEANUP(mem_freep) char *stamp = by ? mem_strndup(c->w->last_change, (size_t)(by - c->w->last_change)) : NULL;
  if (stamp && clock_parse(stamp, &changed)) changed = 0;
  say(c, "  * Last updated: %s\n  * Last change:  %s%s", ctime_of(a, c->w->clock), ctime_of(a, changed), by ? by : "");
  say(c, "  * %zu node%s configured\n  * %zu resource instance%s configured\n", nodes, nodes == 1 ? "" : "s", c->w->resources.count, c->w->resources.count == 1 ? "" : "s");
  text_nodes(c, &l);
  say(c, "\n%s", list);
  if (c->w->resources.count) text_resources(c, &l, true);
  else say(c, "  * No active resources");
  if (c->w->failures.count) say(c, "\nFailed Resource Actions:");
  EACH(c->w->failures, struct pcmk_failure, f)
    say(c, "  * %s %s on %s returned '%s'%s%s%s at %s", f->resource, f->task, f->node, f->rc == 5 ? "not installed" : f->rc == 7 ? "not running" : "error", f->reason && *f->reason ? " (" : "", f->reason ? f->reason : "", f->reason && *f->reason ? ")" : "", ctime_of(a, f->at));
  return COMMAND_DONE;
}

static int crm_mon(struct call *c) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  const char *as = value_of(c, NULL, "--output-as");
  bool xml = str_eq(as, "xml") || has_flag(c, "-X", "--as-xml");
  if (!daemon_runs(c->host, "pacemaker") || c->host->joined == JOIN_DOWN) {
    if (xml) say(c, "<pacemaker-result api-version=\"2.25\" request=\"crm_mon -1 --output-as=xml\">\n  <status code=\"102\" message=\"Not connected\">\n    <errors>\n      <error>crm_mon: Connection to cluster failed: Connection refused</error>\n    </errors>\n  </status>\n</pacemaker-result>");
    if (!xml) return fail(c, RC_NOTCONNECTED, "crm_mon: Connection to cluster failed: Connection refused");
    c->r->code = RC_NOTCONNECTED;
    return COMMAND_DONE;
  }
  if (xml) crm_mon_xml(c, a);
  else crm_mon_text(c, a, "Active Resources:");
  return COMMAND_DONE;
}

/* ---- crm_resource ---- */

static int locate(struct call *c, const struct sim_resource *r) {
  struct sim_host *on[NODES_MAX];
  size_t n = active_nodes(c->w, c->host, r, on);
  for (size_t i = 0; i < n; i++) say(c, "resource %s is running on: %s ", r->id, on[i]->name);
  if (!n) say(c, "resource %s is NOT running", r->id);
  return COMMAND_DONE;
}

static int wait_idle(struct call *c) {
  int64_t limit = number_of(value_of(c, "-T", "--timeout"), 1800000);
  if (c->step && pacemaker_idle(c->w)) return COMMAND_DONE;
  if (c->w->clock - c->began < limit) return COMMAND_WAITS;
  return fail(c, 124, "Pending actions:\nError performing operation: Timer expired");
}

static int move(struct call *c, struct sim_resource *r, const char *node) {
  struct sim_host *on[NODES_MAX];
  if (!node) return fail(c, 64, "crm_resource: --move needs a node here");
  if (!world_host(c->w, node) || !is_node(world_host(c->w, node))) return fail(c, RC_NOSUCH, "crm_resource: Node '%s' not found\nError performing operation: No such object", node);
  if (active_nodes(c->w, c->host, r, on) == 1 && str_eq(on[0]->name, node)) return fail(c, RC_EXISTS, "crm_resource: Error performing operation: Requested item already exists");
  pacemaker_move(c->w, r->id, node);
  cib_changed(c->w, "crm_resource", c->host->name);
  return COMMAND_DONE;
}

/* "PT30M", "PT8H", "P2D" from now on; UNKNOWN_INT: for good. */
static int64_t until_when(const struct call *c, const char *duration) {
  static const struct { const char *format; int64_t ms; } units[] = {{"PT%5d%1[M]", 60000}, {"PT%5d%1[H]", 3600000}, {"P%5d%1[D]", 86400000}};
  int n;
  char letter[2];
  for (size_t i = 0; duration && i < COUNT(units); i++)
    if (sscanf(duration, units[i].format, &n, letter) == 2) return c->w->clock + n * units[i].ms;
  return UNKNOWN_INT;
}

static int ban(struct call *c, struct sim_resource *r, const char *node) {
  struct sim_host *on[NODES_MAX];
  const char *lifetime = value_of(c, "-u", "--lifetime");
  if (!node && active_nodes(c->w, c->host, r, on) == 1) node = on[0]->name;
  if (!node) return fail(c, 64, "crm_resource: Resource '%s' not moved: active in 0 locations.\nTo prevent '%s' from running on a specific location, specify a node.", r->id, r->id);
  if (!world_host(c->w, node)) return fail(c, RC_NOSUCH, "crm_resource: Node '%s' not found\nError performing operation: No such object", node);
  const char *id = world_words(c->w, "cli-ban-%s-on-%s", r->id, node);
  struct pcmk_constraint *x = add_location(c->w, id, r->id, node, "-INFINITY");
  x->role = "Started";
  x->expires = until_when(c, lifetime);
  if (lifetime && x->expires == UNKNOWN_INT) return fail(c, 64, "crm_resource: Invalid duration specified: %s", lifetime);
  cib_changed(c->w, "crm_resource", c->host->name);
  c->r->code = 0;
  str_addf(&c->r->out, "WARNING: Creating rsc_location constraint '%s' with a score of -INFINITY for resource %s on %s.\n\tThis will prevent %s from running on %s until the constraint is removed using the clear option or by editing the CIB with an appropriate tool\n\tThis will be the case even if %s is the last node in the cluster\n", id, r->id, node, r->id, node, node);
  return COMMAND_DONE;
}

static int clear(struct call *c, const struct sim_resource *r, const char *node) {
  struct str removed = {0};
  for (size_t i = 0; i < c->w->constraints.count; i++) {
    const struct pcmk_constraint *x = &c->w->constraints.item[i];
    if (!str_eq(x->resource, r->id) || !str_starts(x->id, "cli-") || (node && !str_eq(x->node, node))) continue;
    str_addf(&removed, "Removing constraint: %s\n", x->id);
    drop_item(&c->w->constraints, sizeof *c->w->constraints.item, i--);
  }
  if (removed.len) {
    str_add(&c->r->out, removed.data);
    cib_changed(c->w, "crm_resource", c->host->name);
  }
  str_free(&removed);
  return COMMAND_DONE;
}

static int set_meta(struct call *c, struct sim_resource *r) {
  const char *name = value_of(c, "-p", "--set-parameter"), *value = value_of(c, "-v", "--parameter-value"), *gone = value_of(c, "-d", "--delete-parameter");
  struct pairs *to = has_flag(c, "-m", "--meta") ? &r->meta : &r->params;
  if (name && !value) return fail(c, 64, "crm_resource: You need to supply a value with the -v option");
  set_pair(c->w, to, name ? name : gone, name ? value : NULL);
  if (name) say(c, "Set '%s' option: id=%s-meta_attributes-%s set=%s-meta_attributes name=%s value=%s", r->id, r->id, name, r->id, name, value);
  else say(c, "Deleted '%s' option: id=%s-meta_attributes-%s name=%s", r->id, r->id, gone, gone);
  cib_changed(c->w, "crm_resource", c->host->name);
  return COMMAND_DONE;
}

static int cleanup(struct call *c, const struct sim_resource *r, const char *node) {
  for (size_t i = c->w->hosts.count; i-- > 0;) {
    const struct sim_host *h = &c->w->hosts.item[i];
    if (is_node(h) && r && node_online(c->host, h) && (!node || str_eq(node, h->name))) say(c, "Cleaned up %s on %s", r->id, h->name);
  }
  pacemaker_cleanup(c->w, r ? r->id : NULL, node);
  cib_changed(c->w, "crm_resource", c->host->name);
  if (!r) say(c, "Cleaned up all resources on all nodes");
  return COMMAND_DONE;
}

static int crm_resource(struct call *c) {
  const char *id = value_of(c, "-r", "--resource"), *node = value_of(c, "-N", "--node");
  CLUSTER(c);
  if (has_flag(c, NULL, "--wait")) return wait_idle(c);
  struct sim_resource *r = id ? world_resource(c->w, id) : NULL;
  if (id && !r) return fail(c, RC_NOSUCH, "crm_resource: Resource '%s' not found\nError performing operation: No such object", id);
  bool cleans = has_flag(c, "-C", "--cleanup") || has_flag(c, "-R", "--refresh");
  if (cleans) return cleanup(c, r, node);
  if (has_flag(c, "-L", "--list") || has_flag(c, "-l", "--list-raw")) {
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct look l = look_from(c, a);
    if (has_flag(c, "-l", "--list-raw")) {
      EACH(c->w->resources, struct sim_resource, x) say(c, "%s", x->id);
    } else {
      say(c, "Full List of Resources:");
      text_resources(c, &l, false);
    }
    return COMMAND_DONE;
  }
  if (!r) return fail(c, 64, "crm_resource: Must supply a resource id with -r");
  if (has_flag(c, "-W", "--locate")) return locate(c, r);
  if (has_flag(c, "-M", "--move")) return move(c, r, node);
  if (has_flag(c, "-B", "--ban")) return ban(c, r, node);
  if (has_flag(c, "-U", "--clear")) return clear(c, r, node);
  if (value_of(c, "-p", "--set-parameter") || value_of(c, "-d", "--delete-parameter")) return set_meta(c, r);
  return fail(c, 64, "crm_resource: --command is not simulated with these options");
}

/* ---- the others ---- */

static int crm_node(struct call *c) {
  CLUSTER(c);
  struct str line = {0};
  if (has_flag(c, "-q", "--quorum")) {
    say(c, "%d", YES(c->host->quorate));
  } else if (has_flag(c, "-p", "--partition")) {
    for (size_t i = 0; i < c->host->members.count; i++) str_addf(&line, "%s ", c->host->members.item[i]);
    say(c, "%s", str_text(&line));
    str_free(&line);
  } else if (has_flag(c, "-n", "--name")) {
    say(c, "%s", c->host->name);
  } else {
    EACH(c->w->hosts, struct sim_host, h)
      if (is_node(h)) say(c, "%" PRId64 " %s %s", h->node_id, h->name, texts_have(&c->host->members, h->name) ? "member" : "lost");
  }
  return COMMAND_DONE;
}

static int crm_standby(struct call *c) {
  const char *node = value_of(c, "-N", "--node"), *value = value_of(c, "-v", "--update");
  CLUSTER(c);
  struct sim_host *h = world_host(c->w, node ? node : c->host->name);
  if (!h || !is_node(h)) return fail(c, RC_NOSUCH, "crm_standby: Could not map name=%s to a UUID", node);
  h->standby = truth_of(!value || is_true(value));
  if (has_flag(c, "-D", "--delete")) h->standby = TRUTH_NO;
  cib_changed(c->w, "crm_attribute", c->host->name);
  return COMMAND_DONE;
}

static int stonith_admin(struct call *c) {
  static const struct { const char *shorter, *longer, *action; } actions[] = {{"-B", "--reboot", "reboot"}, {"-F", "--fence", "off"}, {"-U", "--unfence", "on"}, {"-C", "--confirm", NULL}};
  CLEANUP(arena_freep) struct arena *a = arena_new();
  CLUSTER(c);
  for (size_t i = 0; i < COUNT(actions); i++) {
    const char *target = value_of(c, actions[i].shorter, actions[i].longer);
    struct sim_host *h = target ? world_host(c->w, target) : NULL;
    if (!target) continue;
    if (!h || !is_node(h)) return fail(c, 1, "stonith_admin: Couldn't fence %s: No such device", target);
    if (!actions[i].action) {
      fenced(c->w, h);
      return COMMAND_DONE;
    }
    if (!c->step) fence(c->w, c->host, h, actions[i].action, "stonith_admin", NULL);
    if (fencing_of(c->w, h->name)) return COMMAND_WAITS;
    const struct pcmk_fence_event *last = c->w->fenced.count ? &c->w->fenced.item[c->w->fenced.count - 1] : NULL;
    if (!last || !str_eq(last->target, h->name) || !str_eq(last->status, "success")) return fail(c, 1, "stonith_admin: Couldn't fence %s: Timer expired (Fencing operation failed)", h->name);
    return COMMAND_DONE;
  }
  if (has_flag(c, "-L", "--list-registered")) {
    size_t n = 0; /* those that may run here */
    EACH(c->w->resources, struct sim_resource, r) {
      if (!str_starts(r->agent, "stonith:") || schedule_score(c->w, c->host, r, c->host) < 0) continue;
      say(c, "%s", r->id);
      n++;
    }
    say(c, "%zu fence device%s found", n, n == 1 ? "" : "s");
  } else if (value_of(c, "-H", "--history") && has_flag(c, "-c", "--cleanup")) {
    const char *target = value_of(c, "-H", "--history");
    for (size_t i = c->w->fenced.count; i-- > 0;)
      if (str_eq(target, "*") || str_eq(c->w->fenced.item[i].target, target)) drop_item(&c->w->fenced, sizeof *c->w->fenced.item, i);
    say(c, "cleaning up fencing-history for node %s", target);
    world_touch(c->w, LAYER_PACEMAKER);
  } else if (value_of(c, "-H", "--history")) {
    struct look l = look_from(c, a);
    struct pcmk_fencing f = {0};
    read_pacemaker_fencing(&l, NULL, &f);
    EACH(f.events, struct pcmk_fence_event, e) say(c, "%s was able to %s node %s on behalf of %s from %s at %s", e->delegate ? e->delegate : "?", e->action, e->target, e->client, e->origin, KNOWN(e->at) ? ctime_of(a, e->at) : "?");
    say(c, "%zu event%s found", f.events.count, f.events.count == 1 ? "" : "s");
  }
  return COMMAND_DONE;
}

/* ---- corosync ---- */

static int quorumtool(struct call *c) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct look l = look_from(c, a);
  struct corosync_cluster q;
  if (!daemon_runs(c->host, "corosync")) return fail(c, 1, "Cannot initialize CMAP service");
  read_corosync_cluster(&l, NULL, &q);
  struct str flags = {0};
  str_addf(&flags, "%s%s%s%s%s", YES(q.two_node) ? "2Node " : "", YES(q.quorate) ? "Quorate " : "", YES(q.wait_for_all) ? "WaitForAll " : "", YES(q.last_man_standing) ? "LastManStanding " : "", YES(q.auto_tie_breaker) ? "AutoTieBreaker " : "");
  say(c, "Quorum information\n------------------\nDate:             %s\nQuorum provider:  corosync_votequorum\nNodes:            %zu\nNode ID:          %" PRId64 "\nRing ID:          1.9\nQuorate:          %s\n", ctime_of(a, c->w->clock), c->host->members.count, q.node_id, YES(q.quorate) ? "Yes" : "No");
  say(c, "Votequorum information\n----------------------\nExpected votes:   %" PRId64 "\nHighest expected: %" PRId64 "\nTotal votes:      %" PRId64 "\nQuorum:           %" PRId64 "  %s\nFlags:            %s\n", q.expected_votes, q.expected_votes, q.votes, q.quorum, YES(q.quorate) ? "" : "Activity blocked", flags.data);
  str_free(&flags);
  say(c, "Membership information\n----------------------\n    Nodeid      Votes Name");
  for (size_t i = 0; i < c->host->members.count; i++) {
    const struct sim_host *h = world_host(c->w, c->host->members.item[i]);
    if (h) say(c, "%10" PRId64 "%11" PRId64 " %s%s", h->node_id, h->votes, h->name, h == c->host ? " (local)" : "");
  }
  c->r->code = YES(q.quorate) ? 0 : 2;
  return COMMAND_DONE;
}

static int cfgtool(struct call *c) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct look l = look_from(c, a);
  struct corosync_links k = {0};
  if (!daemon_runs(c->host, "corosync")) return fail(c, 1, "Could not initialize corosync configuration API error CS_ERR_LIBRARY");
  read_corosync_links(&l, NULL, &k);
  say(c, "Local node ID %" PRId64 ", transport knet", c->host->node_id);
  for (int64_t link = 0; link < c->w->corosync.links; link++) {
    say(c, "LINK ID %" PRId64 " udp\n\taddr\t= %s\n\tstatus:", link, c->host->address);
    EACH(c->w->hosts, struct sim_host, h) {
      if (!is_node(h)) continue;
      bool up = h == c->host;
      EACH(k.links, struct corosync_link, x) up |= x->node_id == h->node_id && x->link == link && YES(x->connected);
      say(c, "\t\tnodeid: %10" PRId64 ":\t%s", h->node_id, h == c->host ? "localhost" : up ? "connected" : "disconnected");
    }
  }
  return COMMAND_DONE;
}

const struct command crm_commands[] = {{"crm_mon", "", crm_mon, 25},           {"crm_resource", "", crm_resource, 150}, {"crm_node", "", crm_node, 20},
                                       {"crm_standby", "", crm_standby, 60},   {"stonith_admin", "", stonith_admin, 40}, {"corosync-quorumtool", "", quorumtool, 26},
                                       {"corosync-cfgtool", "", cfgtool, 12},  {.program = NULL}};
