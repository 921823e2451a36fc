/* The drills. */
#include "ops/drill.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include "analysis/times.h"
#include "ops/asked.h"
#include "ops/cluster_rows.h"
#include <stdio.h>
#include <string.h>

enum { HEAL_ROOM_S = 60, STOP_S = 900 };
#define TABLE "kvmconsole_drill"
#define CHAIN "KVMCONSOLE-DRILL"
#define TABLE_AWAY "add table inet " TABLE "; delete table inet " TABLE

static struct texts words_of(struct planning *p, const char *const *words) {
  struct texts t = {0};
  for (; *words; words++) texts_add(p->arena, &t, *words);
  return t;
}
#define WORDS(p, ...) words_of(p, (const char *const[]){__VA_ARGS__, NULL})

static void undo_with(struct planning *p, struct step *s, const struct texts *words) {
  for (size_t i = 0; i < words->count; i++) texts_add(p->arena, &s->undo, words->item[i]);
}

static struct step *run_words(struct planning *p, const char *host, const char *say, const struct texts *words) {
  struct step *s = step_run(p, host, say, words->item[0], NULL);
  for (size_t i = 1; i < words->count; i++) texts_add(p->arena, &s->argv, words->item[i]);
  s->harmless = TRUTH_YES; /* what takes it back does no harm twice */
  return s;
}

#define HOLD {.name = "hold", .title = "SECONDS", .help = "for how long", .kind = ARG_NUMBER, .min = 5, .max = 600, .fallback = "20"}
#define DRILL_MEASURES                                                                                                                                                                     \
  {.name = "ping", .title = "DOMAIN=ADDRESS", .help = "also measure how long this address of a domain answers no pings, ten times a second", .kind = ARG_OPTION, .list = true, .check = drill_check_ping}, \
      {.name = "probe", .title = "MOUNT", .help = "also measure how long writes to the volume that this host has mounted there stand still: 4 KiB, ten times a second", .kind = ARG_PATH}

/* ---- a chosen domain: its host ---- */

static void propose_host(struct planning *p, struct texts *ret) {
  const struct domain_view *d = given(p, "domain") ? snapshot_domain(p->snap, given(p, "domain")) : NULL;
  if (d && d->hosts.count == 1) texts_add(p->arena, ret, d->hosts.item[0]);
}

static void choose_host(struct planning *p, struct texts *ret) {
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (h->here != TRUTH_YES && (h->membership || h->pacemaker)) texts_add(p->arena, ret, h->name);
  }
  for (size_t i = 0; i < p->snap->hosts.count; i++) /* the own one last: its refusal says from where to do it */
    if (p->snap->hosts.item[i].here == TRUTH_YES && p->snap->hosts.item[i].pacemaker) texts_add(p->arena, ret, p->snap->hosts.item[i].name);
}

#define HOST_ARGUMENTS                                                                                                                                                        \
  {.name = "host", .title = "NODE", .help = "the node that is hit", .kind = ARG_NODE, .required = true, .propose = propose_host, .choices = choose_host},                     \
      {.name = "domain", .title = "DOMAIN", .help = "instead of host: the host that this domain runs on", .kind = ARG_DOMAIN}, DRILL_MEASURES, {.name = NULL}
static const struct operation_argument host_arguments[] = {HOST_ARGUMENTS};
static const struct operation_argument suspended_arguments[] = {
    {.name = "host", .title = "NODE", .help = "the node that is hit", .kind = ARG_NODE, .required = true, .propose = propose_host, .choices = choose_host},
    {.name = "domain", .title = "DOMAIN", .help = "instead of host: the host that this domain runs on", .kind = ARG_DOMAIN},
    {.name = "hypervisor", .title = "HOST", .help = "the host outside of the cluster that runs the node as a virtual machine, reached by ssh; proposed from its fence device", .kind = ARG_HOST, .required = true, .propose = drill_outer_host},
    {.name = "machine", .title = "MACHINE", .help = "what the hypervisor calls it; left out: as its fence device does, or as the node", .kind = ARG_NAME, .propose = drill_outer_machine},
    DRILL_MEASURES,
    {.name = NULL}};

static void choose_any_host(struct planning *p, struct texts *ret) {
  choose_host(p, ret);
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (!texts_have(ret, p->snap->hosts.item[i].name) && p->snap->hosts.item[i].peer) texts_add(p->arena, ret, p->snap->hosts.item[i].name);
}


static const struct operation_argument cut_arguments[] = {
    {.name = "host", .title = "HOST", .help = "the node, or the host of bricks, that is cut off", .kind = ARG_HOST, .required = true, .propose = propose_host, .choices = choose_any_host, .check = known_host},
    {.name = "domain", .title = "DOMAIN", .help = "instead of host: the host that this domain runs on", .kind = ARG_DOMAIN}, HOLD, DRILL_MEASURES, {.name = NULL}};

static void ask_host(struct planning *p) {
  const struct host_view *h = given(p, "host") ? snapshot_host(p->snap, given(p, "host")) : NULL;
  if (h) drill_ask(p, h->name);
}

/* A node that is fenced has to come back by itself. */
static void refuse_disabled(struct hitting *h) {
  static const char *const units[] = {"corosync", "pacemaker"};
  for (size_t i = 0; i < COUNT(units); i++)
    if (exit_of(h->p, h->host->name, units[i]) != 0)
      refuse(h->p, "after cluster-enable, or knowingly: start it by hand then (cluster-start)", "%s does not start with %s: once fenced it stays out of the cluster", units[i], h->host->name);
}

/* ---- move and back ---- */

static void plan_move(struct planning *p) {
  struct hitting h;
  const char *id = given(p, "resource"), *to = given(p, "to");
  const struct resource_view *r = resource_told(p, id);
  if (!r) return;
  const char *from = r->hosts.count == 1 ? r->hosts.item[0] : NULL;
  if (!from || !is_domain_resource(r)) return (void)refuse_always(p, "when it is a domain that runs on one host", "%s is no domain that runs on one host", id);
  if (snapshot_host(p->snap, from) == snapshot_host(p->snap, to)) return (void)refuse_always(p, "with another host", "%s runs on %s already", id, to);
  if (!drill_begin(&h, p, from)) return;
  const char *by = cluster_host(p), *node = node_name(p->snap, to), *home = node_name(p->snap, from);
  struct texts clear = WORDS(p, "crm_resource", "-U", "-r", id);
  int64_t deadline = move_deadline(p, id);
  consequence(p, "%s moves to %s, and then back to %s, %s", id, to, from, moves_live(p, id) ? "live" : "stopped and started each time");
  drill_armed(&h, by, 2 * deadline / 1000 + 120, planf(p, "clear the constraint of the move of %s", id), &clear);
  struct step *s = step_run(p, by, planf(p, "tell pacemaker to move %s to %s", id, to), "crm_resource", "-M", "-r", id, "-N", node, NULL);
  undo_with(p, s, &clear);
  step_wait(p, deadline, planf(p, "until it runs on %s", to), "resource-on", id, to, NULL);
  step_wait(p, deadline, "and libvirt says so too", "domain-runs-on", h.subject.domains.item[0], to, NULL);
  s = step_run(p, by, planf(p, "tell pacemaker to move it back to %s", from), "crm_resource", "-M", "-r", id, "-N", home, NULL);
  step_wait(p, deadline, planf(p, "until it runs on %s", from), "resource-on", id, from, NULL);
  step_wait(p, deadline, "and libvirt says so too", "domain-runs-on", h.subject.domains.item[0], from, NULL);
  run_words(p, by, "clear the constraint that the moves left", &clear);
  drill_disarm(&h, by);
  verify_that(p, "resource-on", id, from, NULL);
  verify_that(p, "no-constraint-of", id, NULL);
  drill_wait_whole(&h, deadline);
}

static void propose_resource(struct planning *p, struct texts *ret) {
  const struct domain_view *d = given(p, "domain") ? snapshot_domain(p->snap, given(p, "domain")) : NULL;
  if (d && d->resource) texts_add(p->arena, ret, d->resource);
}

static void ask_move(struct planning *p) {
  if (cluster_host(p)) drill_ask(p, cluster_host(p));
}

static const struct operation_argument move_arguments[] = {
    {.name = "resource", .title = "RESOURCE", .help = "the domain's resource", .kind = ARG_RESOURCE, .required = true, .propose = propose_resource},
    {.name = "to", .title = "NODE", .help = "where it goes before it comes back; left out: the first that may take it", .kind = ARG_NODE, .required = true, .propose = propose_other_node},
    {.name = "domain", .title = "DOMAIN", .help = "instead of resource: the domain", .kind = ARG_DOMAIN},
    DRILL_MEASURES,
    {.name = NULL}};

/* ---- graceful stop and start ---- */

static void plan_graceful(struct planning *p) {
  struct hitting h;
  if (!drill_begin(&h, p, given(p, "host"))) return;
  const char *host = h.host->name;
  struct texts start = WORDS(p, "pcs", "cluster", "start");
  int64_t leave = 60000;
  for (size_t i = 0; i < h.subject.domains.count; i++) {
    const struct domain_view *d = snapshot_domain(p->snap, h.subject.domains.item[i]);
    if (d->resource && move_deadline(p, d->resource) > leave) leave = move_deadline(p, d->resource);
  }
  drill_armed(&h, host, leave / 1000 + STOP_S, "start the cluster there again", &start);
  struct step *s = step_run(p, host, planf(p, "stop the cluster on %s in order", host), "pcs", "cluster", "stop", NULL);
  undo_with(p, s, &start);
  s->deadline_ms = leave + 120000;
  step_wait(p, leave, planf(p, "until %s has left", host), "node-away", host, NULL);
  for (size_t i = 0; i < h.subject.domains.count; i++) step_wait(p, leave, planf(p, "until %s runs elsewhere", h.subject.domains.item[i]), "domain-runs", h.subject.domains.item[i], NULL);
  s = run_words(p, host, planf(p, "start the cluster on %s again", host), &start);
  s->deadline_ms = 120000;
  drill_disarm(&h, host);
  drill_wait_whole(&h, DRILL_BOOT_MS);
}

/* ---- the host lives and is believed dead ---- */

static void lost_alive(struct hitting *h, const char *inject_say, const struct texts *inject, const char *input, const char *revert_say, const struct texts *revert, bool fenced) {
  struct planning *p = h->p;
  const char *host = h->host->name;
  refuse_disabled(h);
  if (refused(p)) return;
  drill_armed(h, host, drill_failover_s(h), revert_say, revert);
  struct step *s = run_words(p, host, inject_say, inject);
  s->input = input;
  s->harmless = TRUTH_NO;
  undo_with(p, s, revert);
  drill_wait_failover(h, fenced);
  drill_wait_whole(h, DRILL_BOOT_MS);
  consequence(p, "%s is fenced: it loses its power and boots; that is the way back, and ends the timer too", host);
}

static void plan_hung(struct planning *p) {
  struct hitting h;
  if (!drill_begin(&h, p, given(p, "host"))) return;
  struct texts stop = WORDS(p, "systemctl", "kill", "--signal=STOP", "corosync"), cont = WORDS(p, "systemctl", "kill", "--signal=CONT", "corosync");
  lost_alive(&h, planf(p, "let corosync on %s stand still", h.host->name), &stop, NULL, "let corosync there go on", &cont, true);
}

static void ask_suspended(struct planning *p) {
  ask_host(p);
  drill_outer_ask(p);
}

static void plan_suspended(struct planning *p) {
  struct hitting h;
  if (!drill_begin(&h, p, given(p, "host"))) return;
  refuse_disabled(&h);
  if (!refused(p)) drill_outer(&h);
}

static void plan_core(struct planning *p) {
  struct hitting h;
  if (!drill_begin(&h, p, given(p, "host"))) return;
  struct texts killed = WORDS(p, "systemctl", "kill", "--signal=KILL", "corosync"), start = WORDS(p, "systemctl", "start", "pacemaker");
  lost_alive(&h, planf(p, "kill corosync on %s", h.host->name), &killed, NULL, "start the cluster there again", &start, false);
}

/* ---- network ---- */

static int64_t delay_of(struct planning *p, const char *host) {
  int64_t ms = fence_delay_ms(p->snap, fence_device_of(p->snap, host, NULL));
  return ms == UNKNOWN_INT ? 0 : ms;
}

/* Two nodes that lose each other both shoot: the one whose device waits is left. It must not be the one that is cut off. */
static void refuse_race(struct hitting *h) {
  struct planning *p = h->p;
  if (p->snap->cluster.two_node != TRUTH_YES) return;
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *o = &p->snap->hosts.item[i];
    if (o == h->host || !o->pacemaker) continue;
    int64_t theirs = delay_of(p, o->name), its = delay_of(p, h->host->name);
    if (theirs > its) continue;
    if (theirs == its) refuse(p, "when the fence device of one of them waits (pcmk_delay_base)", "both nodes would shoot each other at the same moment, and %s may be the one that is left", h->host->name);
    else refuse(p, planf(p, "with host=%s, from a console on %s", o->name, h->host->name), "the fence device of %s waits, so %s would be shot and not %s", h->host->name, o->name, h->host->name);
  }
}

static void add_addresses(struct str *out, const struct hitting *h, bool six) {
  size_t n = 0;
  for (size_t i = 0; i < h->p->snap->hosts.count; i++) {
    const struct host_view *o = &h->p->snap->hosts.item[i];
    for (size_t k = 0; o != h->host && k < o->addresses.count; k++) {
      const char *address = o->addresses.item[k];
      bool plain = address[strspn(address, "0123456789abcdefABCDEF.:")] == '\0' && *address;
      if (plain && (strchr(address, ':') != NULL) == six && !str_starts(address, "127.") && strcmp(address, "::1")) str_addf(out, "%s%s", n++ ? ", " : "", address);
    }
  }
}

/* Everything with the others is dropped without a word, in both ways, but for ssh and pings: operators and this console still see it. */
static const char *cut_rules(struct hitting *h) {
  CLEANUP(str_free) struct str four = {0}, six = {0}, out = {0};
  add_addresses(&four, h, false);
  add_addresses(&six, h, true);
  if (!four.len && !six.len) return NULL;
  str_add(&out, "table inet " TABLE " {\n");
  for (int side = 0; side < 2; side++) {
    const char *hook = side ? "output" : "input", *end = side ? "daddr" : "saddr";
    str_addf(&out, "  chain %s {\n    type filter hook %s priority -300; policy accept;\n    tcp sport 22 accept\n    tcp dport 22 accept\n    meta l4proto { icmp, ipv6-icmp } accept\n", hook, hook);
    if (four.len) str_addf(&out, "    ip %s { %s } drop\n", end, str_text(&four));
    if (six.len) str_addf(&out, "    ip6 %s { %s } drop\n", end, str_text(&six));
    str_add(&out, "  }\n");
  }
  str_add(&out, "}\n");
  return arena_strdup(h->p->arena, str_text(&out));
}

static void ask_cut(struct planning *p) {
  const struct host_view *h = given(p, "host") ? snapshot_host(p->snap, given(p, "host")) : NULL;
  ask_host(p);
  if (!h) return;
  ask_command(p, h->name, "nft", "nft", "--version", NULL);
  ask_command(p, h->name, "iptables", "iptables", "--version", NULL);
}

/* The same where there is no nft. What is left of it when its chain was emptied is a jump to nothing, until the next boot. */
static const char *cut_chain(struct hitting *h) {
  CLEANUP(str_free) struct str out = {0}, six = {0}, four = {0};
  add_addresses(&six, h, true);
  add_addresses(&four, h, false);
  if (six.len || !four.len) return NULL;
  str_add(&out, "*filter\n:" CHAIN " - [0:0]\n-A " CHAIN " -p tcp --sport 22 -j RETURN\n-A " CHAIN " -p tcp --dport 22 -j RETURN\n-A " CHAIN " -p icmp -j RETURN\n");
  for (const char *at = str_text(&four); *at; at += strcspn(at, ", "), at += strspn(at, ", ")) {
    int n = (int)strcspn(at, ", ");
    str_addf(&out, "-A " CHAIN " -s %.*s -j DROP\n-A " CHAIN " -d %.*s -j DROP\n", n, at, n, at);
  }
  str_add(&out, "-I INPUT 1 -j " CHAIN "\n-I OUTPUT 1 -j " CHAIN "\nCOMMIT\n");
  return arena_strdup(h->p->arena, str_text(&out));
}

static void hold(struct planning *p);
static int64_t hold_s(const struct planning *p);

/* A host that is no node: nobody fences it; it comes back after a while, and what stood still meanwhile is what is measured. */
static void cut_store(struct hitting *h, const struct texts *cut, const char *rules, const struct texts *mend) {
  struct planning *p = h->p;
  const char *host = h->host->name;
  drill_armed(h, host, hold_s(p) + HEAL_ROOM_S, "let the traffic pass again", mend);
  struct step *s = run_words(p, host, planf(p, "drop all that %s and the other hosts say to each other, but for ssh", host), cut);
  s->input = rules;
  s->harmless = TRUTH_NO;
  undo_with(p, s, mend);
  hold(p);
  run_words(p, host, "let the traffic pass again", mend);
  step_wait(p, 180000, "until it is back in the pool", "peer-connected", host, NULL);
  drill_disarm(h, host);
  verify_that(p, "peer-connected", host, NULL);
  drill_wait_whole(h, 180000);
}

static void plan_cut(struct planning *p) {
  struct hitting h;
  if (!drill_begin(&h, p, given(p, "host"))) return;
  bool nft = exit_of(p, h.host->name, "nft") == 0, iptables = exit_of(p, h.host->name, "iptables") == 0;
  const char *rules = nft ? cut_rules(&h) : cut_chain(&h);
  if (!nft && !iptables) refuse_always(p, "when nftables is installed there", "%s has neither nft nor iptables, which drop the traffic", h.host->name);
  else if (!nft && !rules) refuse_always(p, "when nftables is installed there", "%s has no nft, and iptables does not drop what the others send over IPv6", h.host->name);
  if (!rules) refuse_always(p, "when the addresses of the others are known", "no address of the other hosts is known, so nothing can be dropped");
  if (h.host->pacemaker) refuse_race(&h);
  if (refused(p)) return;
  struct texts cut = nft ? WORDS(p, "nft", "-f", "-") : WORDS(p, "iptables-restore", "--noflush"), mend = nft ? WORDS(p, "nft", TABLE_AWAY) : WORDS(p, "iptables", "-F", CHAIN);
  if (!h.host->pacemaker) return cut_store(&h, &cut, rules, &mend);
  lost_alive(&h, planf(p, "drop all that %s and the other hosts say to each other, but for ssh", h.host->name), &cut, rules, "let the traffic pass again", &mend, true);
}

/* ---- storage ---- */

static int64_t hold_s(const struct planning *p) {
  int64_t n;
  return str_int(given(p, "hold"), 0, 3600, &n) ? 60 : n;
}

static void hold(struct planning *p) { step_pause(p, hold_s(p) * 1000, planf(p, "leave it so for %s s", given(p, "hold"))); }

static void propose_brick(struct planning *p, struct texts *ret) {
  const struct domain_view *d = given(p, "domain") ? snapshot_domain(p->snap, given(p, "domain")) : NULL;
  for (size_t i = 0; d && i < d->disks.count; i++)
    for (size_t k = 0; k < d->disks.item[i].bricks.count && !ret->count; k++) texts_add(p->arena, ret, d->disks.item[i].bricks.item[k]);
}

static void ask_brick(struct planning *p) {
  const struct volume_view *v;
  const struct brick_view *b = given(p, "brick") ? brick_named(p->snap, p->arena, given(p, "brick"), &v) : NULL;
  const struct host_view *h = b ? snapshot_host(p->snap, b->host) : NULL;
  if (!h) return;
  drill_ask_timer(p, h->name);
  if (b->pid != UNKNOWN_INT && b->pid > 1) ask_command(p, h->name, "process", "cat", planf(p, "/proc/%lld/comm", (long long)b->pid), NULL);
}

static void plan_brick(struct planning *p) {
  struct hitting h;
  const struct volume_view *v;
  const struct brick_view *b = brick_named(p->snap, p->arena, given(p, "brick"), &v);
  if (!b) return (void)refuse_always(p, "with a brick that is there", "there is no brick %s", given(p, "brick"));
  if (!drill_begin(&h, p, b->host)) return;
  const char *host = h.host->name, *multiplex = pairs_get(&v->options, "cluster.brick-multiplex"), *process = printed(p, host, "process");
  if (b->pid == UNKNOWN_INT || b->pid <= 1) refuse_always(p, "when its process is read, within five minutes", "the process of %s is not known", given(p, "brick"));
  else if (refuse_unasked(p, host, "process", planf(p, "whether process %lld of %s is the brick", (long long)b->pid, host))) return;
  else if (!process || !str_starts(process, "glusterfsd")) refuse_always(p, "when its process is read anew, within five minutes", "process %lld of %s is no brick any more", (long long)b->pid, host);
  if (multiplex && option_same(multiplex, "on")) refuse_always(p, "when cluster.brick-multiplex is off", "all bricks of %s are one process", host);
  if (refused(p)) return;
  struct texts start = WORDS(p, "gluster", "--mode=script", "volume", "start", v->name, "force");
  drill_armed(&h, host, hold_s(p) + HEAL_ROOM_S, "start the brick again", &start);
  struct step *s = step_run(p, host, planf(p, "kill the process of %s", given(p, "brick")), "kill", "-KILL", planf(p, "%lld", (long long)b->pid), NULL);
  undo_with(p, s, &start);
  hold(p);
  s = run_words(p, host, "start the brick again", &start);
  s->deadline_ms = 120000;
  step_wait(p, 120000, "until it serves again", "brick-online", given(p, "brick"), NULL);
  drill_disarm(&h, host);
  drill_wait_whole(&h, 120000);
}

static const struct operation_argument brick_arguments[] = {
    {.name = "brick", .title = "HOST:/PATH", .help = "the brick whose process is killed", .kind = ARG_BRICK, .required = true, .propose = propose_brick},
    {.name = "domain", .title = "DOMAIN", .help = "instead of brick: one that holds a disk of this domain", .kind = ARG_DOMAIN}, HOLD, DRILL_MEASURES, {.name = NULL}};

static void ask_glusterd(struct planning *p) {
  const struct host_view *h = given(p, "host") ? snapshot_host(p->snap, given(p, "host")) : NULL;
  if (h) drill_ask_timer(p, h->name);
}

static void plan_glusterd(struct planning *p) {
  struct hitting h;
  if (!drill_begin(&h, p, given(p, "host"))) return;
  const char *host = h.host->name;
  struct texts start = WORDS(p, "systemctl", "start", "glusterd");
  drill_armed(&h, host, hold_s(p) + HEAL_ROOM_S, "start its daemon again", &start);
  struct step *s = step_run(p, host, planf(p, "stop gluster's management daemon on %s", host), "systemctl", "stop", "glusterd", NULL);
  undo_with(p, s, &start);
  hold(p);
  run_words(p, host, "start the daemon again", &start);
  step_wait(p, 120000, "until it is back in the pool", "peer-connected", host, NULL);
  drill_disarm(&h, host);
  verify_that(p, "peer-connected", host, NULL);
  drill_wait_whole(&h, 120000);
}

static const struct operation_argument glusterd_arguments[] = {{.name = "host", .title = "PEER", .help = "the host of the pool whose daemon is stopped", .kind = ARG_PEER, .required = true}, HOLD, DRILL_MEASURES, {.name = NULL}};

/* ---- the table ---- */

#define ROW(name_, title_, help_, target_, danger_, flags_, arguments_, survey_, plan_) \
  {.name = name_, .title = title_, .help = help_, .target = target_, .danger = danger_, .flags = flags_, .arguments = arguments_, .survey = survey_, .plan = plan_}

const struct drill drills[] = {
    {ROW("move-and-back", "Move and back", "Moves a domain to another host and back again, and measures how long it was still at each handover.", TARGET_RESOURCE, 1, 0, move_arguments, ask_move, plan_move), DRILL_MOVE, "nothing fails"},
    {ROW("graceful-stop", "Graceful stop and start", "Stops the cluster on a node in order and starts it again: its domains move to the others and run on.", TARGET_NODE, 2, OP_NOT_OWN_HOST, host_arguments, ask_host, plan_graceful), DRILL_STOP, "its cluster is stopped in order"},
    {ROW("host-hung", "Host hung", "Corosync on a node stands still, as on a host that hangs: it is lost, fenced for real, and its domains start elsewhere.", TARGET_NODE, 2, OP_NOT_OWN_HOST, host_arguments, ask_host, plan_hung), DRILL_HUNG, "its corosync stands still"},
    {ROW("power-lost", "Power lost", "Cuts a node's power by its BMC, without a word to the cluster: what a broken power supply does.", TARGET_NODE, 2, OP_NOT_OWN_HOST, host_arguments, drill_power_ask, drill_power), DRILL_POWER, "its power is cut"},
    {ROW("network-cut", "Network cut", "Drops all traffic between a node and the other hosts, cluster, storage and migration, but for ssh; links stay up, nothing is refused. A node is fenced; a host of bricks comes back after hold seconds.", TARGET_HOST, 2, OP_NOT_OWN_HOST, cut_arguments, ask_cut, plan_cut), DRILL_CUT, "its traffic is dropped"},
    {ROW("corosync-killed", "Corosync killed", "Kills corosync on a node: pacemaker there ends with it, and the others fence the node unless it is back at once.", TARGET_NODE, 2, OP_NOT_OWN_HOST, host_arguments, ask_host, plan_core), DRILL_CORE, "its corosync is killed"},
    {ROW("brick-killed", "Brick killed", "Kills the process of a brick and starts it again after a while: guests must not notice, and what they wrote meanwhile is healed.", TARGET_BRICK, 2, OP_GLUSTER, brick_arguments, ask_brick, plan_brick), DRILL_BRICK, "its process is killed"},
    {ROW("glusterd-stopped", "Glusterd stopped", "Stops gluster's management daemon on a host for a while: its bricks, and all guests, must go on.", TARGET_PEER, 2, OP_NOT_OWN_HOST, glusterd_arguments, ask_glusterd, plan_glusterd), DRILL_GLUSTERD, "its management daemon is stopped"},
    {ROW("host-suspended", "Host suspended", "A node that is a virtual machine is suspended by its hypervisor: it hangs as a whole, kernel and all, is fenced for real, and its domains start elsewhere.", TARGET_NODE, 2, OP_NOT_OWN_HOST, suspended_arguments, ask_suspended, plan_suspended), DRILL_SUSPENDED, "its hypervisor suspends it"},
    {.operation = {.name = NULL}},
};
