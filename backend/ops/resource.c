/* Resources: where they run, whether they run, what is remembered of them. crm_resource throughout: one syntax from
 * pacemaker 1.1 to 3.x, and no pcsd. */
#include "ops/cluster_rows.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define RESOURCE {.name = "resource", .title = "RESOURCE", .help = "which resource, by its id", .kind = ARG_RESOURCE, .required = true}

/* ---- move ---- */

static void refuse_unmovable(struct planning *p, const struct resource_view *r) {
  const char *id = r->id;
  if (r->instance) refuse_always(p, "never: it has instances; ban it from a node instead (resource-ban)", "%s is a clone: it runs on several nodes already", id);
  if (r->role == HA_MIGRATING || r->role == HA_STARTING || r->role == HA_STOPPING) refuse(p, "when that has ended", "%s is %s just now", id, role_names[r->role]);
  else if (!r->hosts.count || r->role == HA_STOPPED) refuse_always(p, "when it runs (resource-enable, resource-cleanup)", "%s runs nowhere", id);
  else if (r->hosts.count > 1) refuse_always(p, "when it runs on one host only", "%s is active on %s at once", id, names_of(&r->hosts, p->arena));
  if (r->blocked == TRUTH_YES || r->failed == TRUTH_YES) refuse(p, "after resource-cleanup", "%s has failed%s, and pacemaker may not move it", id, r->blocked == TRUTH_YES ? " and is blocked" : "");
  if (r->managed == TRUTH_UNKNOWN) refuse_always(p, "when pacemaker says it", "cannot tell whether pacemaker manages %s", id);
  else if (r->managed == TRUTH_NO) refuse_always(p, p->snap->cluster.maintenance == TRUTH_YES ? "when the cluster's maintenance mode ends" : "when it is managed again (resource-manage)", "pacemaker does not manage %s, so it would not move it", id);
}

static bool in(const struct texts *t, const struct planning *p, const char *host) {
  const struct host_view *h = snapshot_host(p->snap, host);
  return h && texts_have(t, h->name);
}

static void refuse_target(struct planning *p, const struct resource_view *r, const char *to) {
  const struct host_view *h = snapshot_host(p->snap, to);
  struct texts online = nodes_online(p->snap, p->arena);
  bool sure;
  if (in(&r->hosts, p, to)) refuse_always(p, "never: there is nothing to do", "%s is on %s already", r->id, to);
  if (!in(&online, p, to)) refuse_always(p, "when it is online", "%s takes no resources: it is %s", to, h && node_state_names[h->pacemaker] ? node_state_names[h->pacemaker] : "not known");
  /* A ban that an earlier move left there is taken away by crm_resource itself. */
  if (placement_score(p->snap, r->id, to, true, &sure) <= -SCORE_INFINITE) refuse_always(p, "when that constraint is gone, or after resource-cleanup", "%s may not run on %s: a constraint or a failure forbids it", r->id, to);
}

void move_told(struct planning *p, const char *id, const char *to, bool clear) {
  const struct resource_view *r = cluster_told(p) ? resource_told(p, id) : NULL;
  if (!r) return;
  if (!to) {
    refuse_always(p, "when another node is online that it may run on", "%s has nowhere to go", id);
    return;
  }
  refuse_unmovable(p, r);
  refuse_target(p, r, to);
  if (!r->hosts.count) return;
  say_move(p, id, r->hosts.item[0], to);
  say_failed_stop(p, r->hosts.item[0]);
  if (clear) consequence(p, "the constraint of the move (cli-prefer-%s) is taken away when it runs there", whole_of(p, id));
  else consequence(p, "cli-prefer-%s stays and binds it to %s: it comes back there whenever it can, until the constraint is cleared (resource-clear)", whole_of(p, id), to);
  say_leftovers(p, whole_of(p, id), NULL);
  move_resource(p, id, to, clear);
}

static void plan_move(struct planning *p) { move_told(p, given(p, "resource"), given(p, "to"), value_yes(p->values, "clear")); }

static const struct operation_argument move_arguments[] = {
    RESOURCE,
    {.name = "to", .title = "NODE", .help = "the host it is to run on; the first other one that may take it is proposed", .kind = ARG_NODE, .propose = propose_other_node},
    {.name = "clear", .title = "yes|no", .help = "take the constraint that a move leaves away again, once it runs there", .kind = ARG_YES, .fallback = "no"},
    {.name = NULL},
};

/* ---- ban ---- */

static void propose_current(struct planning *p, struct texts *ret) {
  const char *id = given(p, "resource");
  const struct resource_view *r = id ? resource_seen(p->snap, id) : NULL;
  for (size_t i = 0; r && i < r->hosts.count; i++) texts_add(p->arena, ret, r->hosts.item[i]);
}

/* "2h": what crm_resource reads (ISO 8601), and in words; false: no such duration. */
static bool lifetime_of(struct planning *p, const char *text, const char **ret_iso, const char **ret_words) {
  static const struct { char letter; const char *before, *after, *word; } units[] = {{'m', "PT", "M", "minute"}, {'h', "PT", "H", "hour"}, {'d', "P", "D", "day"}};
  size_t digits = text ? strspn(text, "0123456789") : 0;
  int n = 0;
  if (!digits || digits > 4 || sscanf(text, "%4d", &n) != 1 || n < 1 || strlen(text) != digits + 1) return false;
  for (size_t i = 0; i < COUNT(units); i++) {
    if (text[digits] != units[i].letter) continue;
    *ret_iso = planf(p, "%s%d%s", units[i].before, n, units[i].after);
    *ret_words = planf(p, "%d %s%s", n, units[i].word, n > 1 ? "s" : "");
    return true;
  }
  return false;
}

static const char *check_lifetime(struct planning *p, const char *value) {
  const char *iso, *words;
  return lifetime_of(p, value, &iso, &words) ? NULL : "a duration is a number and m, h or d: 30m, 8h, 2d";
}

static void plan_ban(struct planning *p) {
  const char *iso = NULL, *lasts = NULL, *id = given(p, "resource"), *node = given(p, "node"), *best = NULL, *whole = whole_of(p, id);
  const struct resource_view *r = cluster_told(p) ? resource_told(p, id) : NULL;
  struct texts online = nodes_online(p->snap, p->arena);
  int64_t most = -SCORE_INFINITE;
  size_t left = 0;
  if (!r) return;
  if (!node) {
    refuse_always(p, "when it runs, or with node=", "%s runs nowhere: say which node it is banned from", id);
    return;
  }
  for (size_t i = 0; i < online.count; i++) {
    bool sure;
    int64_t score = placement_score(p->snap, id, online.item[i], false, &sure);
    if (in(&online, p, node) && snapshot_host(p->snap, node) == snapshot_host(p->snap, online.item[i])) continue;
    if (score <= -SCORE_INFINITE) continue;
    left++;
    if (!best || score > most) best = online.item[i], most = score;
  }
  if (!left) refuse_always(p, "when another node is online that it may run on (resource-disable stops it on purpose)", "%s is the last node that %s can run on: a ban would stop it", node, id);
  bool runs_there = in(&r->hosts, p, node);
  if (runs_there && left == 1) say_move(p, id, node, best);
  else if (runs_there) consequence(p, "%s leaves %s; it goes where pacemaker's scores put it (%zu nodes are left to it)", id, node, left);
  else consequence(p, "%s does not run on %s, so nothing moves now", id, node);
  if (runs_there) say_failed_stop(p, node);
  if (lifetime_of(p, given(p, "lifetime"), &iso, &lasts))
    consequence(p, "for %s it does not run on %s again, not even when no other node is left, unless the ban is cleared before (resource-clear); what is left of it then stays listed until it is cleared", lasts, node);
  else consequence(p, "it does not run on %s again, not even when no other node is left, until the ban is cleared (resource-clear)", node);
  say_leftovers(p, whole, NULL);
  struct step *s = step_run(p, cluster_host(p), planf(p, "forbid %s to run on %s", whole, node), "crm_resource", "-B", "-r", whole, "-N", node_name(p->snap, node), NULL);
  if (iso) step_word(p, s, "-u"), step_word(p, s, "%s", iso);
  undo_by(p, s, "crm_resource", "-U", "-r", whole, "-N", node_name(p->snap, node), NULL);
  already_when(p, s, "banned-from", whole, node, NULL);
  s->harmless = TRUTH_YES;
  step_wait(p, move_deadline(p, id), planf(p, "until it has left %s", node), "resource-not-on", id, node, NULL);
  verify_that(p, "banned-from", whole, node, NULL);
  verify_that(p, "resource-not-on", id, node, NULL);
  if (r->hosts.count && r->disabled != TRUTH_YES) verify_that(p, "resource-runs", id, NULL);
}

static const struct operation_argument ban_arguments[] = {
    RESOURCE,
    {.name = "node", .title = "NODE", .help = "the host it must not run on; where it runs now is proposed", .kind = ARG_NODE, .propose = propose_current},
    {.name = "lifetime", .title = "30m|8h|2d", .help = "how long, in minutes, hours or days; left out: until it is cleared. Pacemaker looks at its clock every 15 minutes (cluster-recheck-interval), so it may end that much later", .kind = ARG_TEXT, .check = check_lifetime},
    {.name = NULL},
};

/* ---- clear ---- */

/* What pulls it elsewhere once the constraint is gone: what the scores of the others say, and what they cannot. */
static void say_what_moves(struct planning *p, const struct resource_view *r) {
  const char *now = r->hosts.count ? r->hosts.item[0] : NULL, *best = NULL, *sticky = resource_meta_seen(p->snap, r->id, "resource-stickiness");
  struct texts online = nodes_online(p->snap, p->arena);
  int64_t most = -SCORE_INFINITE, stays = 0, held = sticky ? duration_of(sticky, 0) / 1000 : 0;
  bool sure = true, one;
  if (str_eq(sticky, "INFINITY")) held = SCORE_INFINITE;
  if (now) stays = placement_score(p->snap, r->id, now, true, &sure);
  for (size_t i = 0; i < online.count; i++) {
    if (str_eq(online.item[i], now)) continue;
    int64_t score = placement_score(p->snap, r->id, online.item[i], true, &one);
    sure = sure && one;
    if (score > most) best = online.item[i], most = score;
  }
  if (!sure) consequence(p, "whether %s moves because of it cannot be told here: a group, a colocation or a rule has a say", r->id);
  else if (!best) consequence(p, now ? "%s stays on %s: no other node may take it" : "%s stays where it is: no node may take it%s", r->id, now ? now : "");
  else if (!now && r->disabled == TRUTH_YES) consequence(p, "%s stays stopped: it is disabled", r->id);
  else if (!now) consequence(p, "%s may run on %s then, and pacemaker starts it", r->id, best);
  else if (most > stays && !sticky) consequence(p, "%s moves to %s because of it, unless it sticks to %s with more than %" PRId64 " (the default stickiness is not read)", r->id, best, now, most - (stays > -SCORE_INFINITE ? stays : 0));
  else if (most > stays && most - stays > held) consequence(p, "%s moves from %s to %s because of it: its constraints draw it there with %" PRId64 " against %" PRId64, r->id, now, best, most, stays + held);
  else if (stays + held > most) consequence(p, "%s stays on %s", r->id, now);
  else consequence(p, "%s stays on %s as far as its constraints go; pacemaker may still place it anew, to spread the load, if nothing makes it stick", r->id, now);
}

static bool has_leftover(const struct planning *p, const char *resource, const char *node) {
  for (size_t i = 0; i < p->snap->constraints.count; i++) {
    const struct constraint_view *c = &p->snap->constraints.item[i];
    if (c->from_move == TRUTH_YES && str_eq(c->resource, resource) && (!node || !c->host || snapshot_host(p->snap, c->host) == snapshot_host(p->snap, node))) return true;
  }
  return false;
}

static void plan_clear(struct planning *p) {
  const char *name = given(p, "resource"), *node = given(p, "node"), *id = whole_of(p, name);
  const struct resource_view *r = cluster_told(p) ? resource_told(p, name) : NULL;
  if (!r) return;
  if (!has_leftover(p, id, node)) refuse_always(p, "never: there is nothing to do", "no move or ban has left a constraint of %s%s%s", id, node ? " on " : "", node ? node : "");
  for (size_t i = 0; i < p->snap->constraints.count; i++) {
    const struct constraint_view *c = &p->snap->constraints.item[i];
    if (c->from_move == TRUTH_YES && str_eq(c->resource, id)) consequence(p, "%s goes: %s is %s %s no longer", c->id, id, str_starts(c->id, "cli-ban-") ? "kept away from" : "bound to", c->host ? c->host : "a node");
  }
  say_what_moves(p, r);
  say_leftovers(p, NULL, id);
  crm_clear(p, id, node);
  verify_that(p, "no-constraint-of", id, node, NULL);
  if (r->role == HA_STARTED && r->disabled != TRUTH_YES) verify_that(p, "resource-runs", name, NULL);
}

static const struct operation_argument clear_arguments[] = {
    RESOURCE,
    {.name = "node", .title = "NODE", .help = "only what binds it to this host or keeps it away from there; left out: all of it", .kind = ARG_NODE},
    {.name = NULL},
};

/* ---- failures ---- */

static void plan_forget(struct planning *p, bool refresh) {
  const char *id = given(p, "resource"), *node = given(p, "node");
  const struct resource_view *r = cluster_told(p) ? resource_told(p, id) : NULL;
  size_t failures = 0;
  if (!r) return;
  for (size_t i = 0; i < p->snap->failures.count; i++) {
    const struct failure_view *f = &p->snap->failures.item[i];
    if (!str_eq(f->resource, id) || (node && snapshot_host(p->snap, node) != snapshot_host(p->snap, f->host ? f->host : ""))) continue;
    consequence(p, "forgotten: %s of %s on %s%s%s", f->task ? f->task : "an operation", id, f->host ? f->host : "a host", f->reason && *f->reason ? ": " : "", f->reason && *f->reason ? f->reason : "");
    failures++;
  }
  for (size_t i = 0; i < r->fail_count.count; i++) failures += r->fail_count.item[i].value > 0;
  if (!failures && !refresh) refuse(p, "when it has failed", "no failure of %s is remembered", id);
  if (refresh) consequence(p, "pacemaker forgets what it knows of %s and asks every host anew; what runs goes on", id);
  if (r->role == HA_STOPPED && r->disabled != TRUTH_YES) consequence(p, "%s may run again where it failed, and pacemaker tries to start it; what made it fail is not mended by this", id);
  if (r->managed == TRUTH_NO) consequence(p, "pacemaker does not manage %s, so it only looks", id);
  struct step *s = step_run(p, cluster_host(p), planf(p, refresh ? "have %s looked at anew" : "forget the failures of %s", id), "crm_resource", refresh ? "-R" : "-C", "-r", id, NULL);
  if (node) step_word(p, s, "-N"), step_word(p, s, "%s", node_name(p->snap, node));
  s->deadline_ms = 60000;
  s->harmless = TRUTH_YES;
  verify_that(p, "resource-clean", id, node, NULL);
  if (r->disabled != TRUTH_YES && r->managed == TRUTH_YES) verify_that(p, "resource-runs", id, NULL);
  p->plan->verify_ms = move_deadline(p, id);
}
static void plan_cleanup(struct planning *p) { plan_forget(p, false); }
static void plan_refresh(struct planning *p) { plan_forget(p, true); }

static const struct operation_argument forget_arguments[] = {
    RESOURCE,
    {.name = "node", .title = "NODE", .help = "only on this host; left out: everywhere", .kind = ARG_NODE},
    {.name = NULL},
};

/* ---- whether it runs, whether it is managed ---- */

static void plan_enable(struct planning *p) {
  const char *id = given(p, "resource");
  const struct resource_view *r = cluster_told(p) ? resource_told(p, id) : NULL;
  if (!r) return;
  if (r->disabled == TRUTH_NO) refuse(p, "when it is disabled", "%s is not disabled", id);
  if (r->managed == TRUTH_NO) consequence(p, "pacemaker does not manage %s: it starts when it is managed again", id);
  else consequence(p, "%s starts, where its scores put it", id);
  struct step *s = crm_meta(p, id, planf(p, "let %s run", id), "target-role", NULL);
  undo_by(p, s, "crm_resource", "-r", id, "-m", "-p", "target-role", "-v", "Stopped", NULL);
  already_when(p, s, "resource-enabled", id, NULL);
  verify_that(p, "resource-enabled", id, NULL);
  if (r->managed != TRUTH_NO) verify_that(p, "resource-runs", id, NULL);
  p->plan->verify_ms = move_deadline(p, id);
}

static void plan_disable(struct planning *p) {
  const char *id = given(p, "resource");
  const struct resource_view *r = cluster_told(p) ? resource_told(p, id) : NULL;
  const struct domain_view *d = domain_of(p, id);
  if (!r) return;
  if (r->disabled == TRUTH_YES && r->role == HA_STOPPED) refuse_always(p, "never: there is nothing to do", "%s is disabled and stopped already", id);
  if (r->managed == TRUTH_NO) refuse_always(p, "when it is managed again (resource-manage)", "pacemaker does not manage %s, so it would not stop it", id);
  int64_t limit = operation_timeout(p->snap, id, "stop");
  consequence(p, "%s stops%s%s and stays so until it is enabled (resource-enable)", id, r->hosts.count ? " on " : "", r->hosts.count ? names_of(&r->hosts, p->arena) : "");
  if (d && limit != UNKNOWN_INT) consequence(p, "its guest is asked to shut down and has %s for it; then it is switched off", span(p, limit));
  for (size_t i = 0; i < r->hosts.count; i++) say_failed_stop(p, r->hosts.item[i]);
  struct step *s = crm_meta(p, id, planf(p, "have %s stopped", id), "target-role", "Stopped");
  undo_by(p, s, "crm_resource", "-r", id, "-m", "-d", "target-role", NULL);
  already_when(p, s, "resource-disabled", id, NULL);
  verify_that(p, "resource-disabled", id, NULL);
  verify_that(p, "resource-stopped", id, NULL);
  if (d) verify_that(p, "domain-runs-nowhere", d->name, NULL);
  p->plan->verify_ms = move_deadline(p, id);
}

static void plan_manage(struct planning *p) {
  const char *id = given(p, "resource"), *maintenance = resource_meta_seen(p->snap, id, "maintenance");
  const struct resource_view *r = cluster_told(p) ? resource_told(p, id) : NULL;
  if (!r) return;
  if (r->managed == TRUTH_YES) refuse(p, "when it is not managed", "pacemaker manages %s already", id);
  if (p->snap->cluster.maintenance == TRUTH_YES) refuse_always(p, "when maintenance-mode is false (cluster-property)", "the whole cluster is in maintenance mode: %s stays unmanaged as long as that lasts", id);
  consequence(p, "pacemaker drives %s again: it starts, stops and moves it as its scores and failures say", id);
  if (r->disabled == TRUTH_YES && r->hosts.count) consequence(p, "it is disabled and runs: it is stopped at once");
  if (r->hosts.count > 1) consequence(p, "it is active on %s at once: pacemaker stops it everywhere and starts it on one", names_of(&r->hosts, p->arena));
  struct step *s = crm_meta(p, id, planf(p, "have %s managed", id), "is-managed", NULL);
  undo_by(p, s, "crm_resource", "-r", id, "-m", "-p", "is-managed", "-v", "false", NULL);
  if (maintenance) crm_meta(p, id, planf(p, "end the maintenance of %s", id), "maintenance", NULL);
  verify_that(p, "resource-managed", id, NULL);
}

static void plan_unmanage(struct planning *p) {
  const char *id = given(p, "resource");
  const struct resource_view *r = cluster_told(p) ? resource_told(p, id) : NULL;
  if (!r) return;
  if (r->managed == TRUTH_NO) refuse(p, "when it is managed", "pacemaker leaves %s alone already", id);
  consequence(p, "pacemaker leaves %s alone: it is not restarted when it fails, and it does not move when its host is put in standby", id);
  consequence(p, "if its host is lost and fenced, pacemaker does not start it elsewhere");
  struct step *s = crm_meta(p, id, planf(p, "have %s left alone", id), "is-managed", "false");
  undo_by(p, s, "crm_resource", "-r", id, "-m", "-d", "is-managed", NULL);
  already_when(p, s, "resource-unmanaged", id, NULL);
  verify_that(p, "resource-unmanaged", id, NULL);
}

static const struct operation_argument resource_argument[] = {RESOURCE, {.name = NULL}};

/* ---- what is offered ---- */

static bool can_move(const struct snapshot *s, const char *id) {
  const struct resource_view *r = resource_seen(s, id);
  return r && !is_fence_device(r);
}
static bool is_left_over(const struct snapshot *s, const char *id) {
  const struct resource_view *r = resource_seen(s, id);
  if (r && r->parent) id = r->parent;
  for (size_t i = 0; i < s->constraints.count; i++)
    if (s->constraints.item[i].from_move == TRUTH_YES && str_eq(s->constraints.item[i].resource, id)) return true;
  return false;
}
static bool is_disabled(const struct snapshot *s, const char *id) { return resource_seen(s, id) && resource_seen(s, id)->disabled == TRUTH_YES; }
static bool is_enabled(const struct snapshot *s, const char *id) { return resource_seen(s, id) && resource_seen(s, id)->disabled != TRUTH_YES; }
static bool is_managed(const struct snapshot *s, const char *id) { return resource_seen(s, id) && resource_seen(s, id)->managed != TRUTH_NO; }
static bool is_unmanaged(const struct snapshot *s, const char *id) { return resource_seen(s, id) && resource_seen(s, id)->managed == TRUTH_NO; }

const struct operation resource_operations[] = {
    {.name = "resource-move", .title = "Move the resource to another host", .target = TARGET_RESOURCE, .danger = 1, .arguments = move_arguments, .plan = plan_move, .fits = can_move,
     .help = "Has pacemaker run the resource on another host: a domain moves live where its resource allows it. Leaves a constraint unless clear=yes."},
    {.name = "resource-ban", .title = "Ban the resource from a host", .target = TARGET_RESOURCE, .danger = 1, .arguments = ban_arguments, .plan = plan_ban, .fits = can_move,
     .help = "Forbids the resource to run on a host, until it is cleared. Leaves it nowhere to go if that is forgotten: see resource-clear."},
    {.name = "resource-clear", .title = "Clear what moves and bans left", .target = TARGET_RESOURCE, .danger = 1, .arguments = clear_arguments, .plan = plan_clear, .fits = is_left_over,
     .help = "Takes away the constraints that moves and bans leave behind. Says first what will move because of it."},
    {.name = "resource-cleanup", .title = "Forget its failures", .target = TARGET_RESOURCE, .danger = 1, .arguments = forget_arguments, .plan = plan_cleanup,
     .help = "Makes pacemaker forget that the resource failed, so that it may run there again. Mend the cause first."},
    {.name = "resource-refresh", .title = "Look at the resource anew", .target = TARGET_RESOURCE, .danger = 1, .arguments = forget_arguments, .plan = plan_refresh,
     .help = "Makes pacemaker forget the resource's whole history and ask every host again whether it runs there."},
    {.name = "resource-enable", .title = "Enable the resource", .target = TARGET_RESOURCE, .danger = 1, .arguments = resource_argument, .plan = plan_enable, .fits = is_disabled,
     .help = "Lets a disabled resource run again."},
    {.name = "resource-disable", .title = "Disable the resource: stop it and keep it stopped", .target = TARGET_RESOURCE, .danger = 1, .arguments = resource_argument, .plan = plan_disable, .fits = is_enabled,
     .help = "Stops the resource wherever it runs, until it is enabled."},
    {.name = "resource-manage", .title = "Let pacemaker manage the resource", .target = TARGET_RESOURCE, .danger = 1, .arguments = resource_argument, .plan = plan_manage, .fits = is_unmanaged,
     .help = "Gives a resource that was left alone back to pacemaker."},
    {.name = "resource-unmanage", .title = "Have pacemaker leave the resource alone", .target = TARGET_RESOURCE, .danger = 1, .arguments = resource_argument, .plan = plan_unmanage, .fits = is_managed,
     .help = "Pacemaker neither starts, stops nor moves the resource any more, and does not restart it when it fails, until it is managed again."},
    {.name = NULL},
};
