/* Fencing: devices made, proven, used, and done by hand. Passwords are in 0600 files on the hosts, which a script beside
 * them prints for the agent: they are in no argument and not in the CIB. */
#include "ops/cluster_rows.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DIRECTORY "/etc/kvmconsole"
static const char *const confirmed_words = "I saw it without power";

static struct texts all_nodes(struct planning *p) {
  struct texts t = {0};
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (p->snap->hosts.item[i].pacemaker || p->snap->hosts.item[i].membership) texts_add(p->arena, &t, p->snap->hosts.item[i].name);
  return t;
}

static bool any_delay(const struct planning *p) {
  const struct pcmk_config *c = fact_seen(p->snap, "pacemaker.config", NULL);
  for (size_t i = 0; c && i < c->resources.count; i++) {
    const struct pairs *params = &c->resources.item[i].params;
    if (pairs_get(params, "pcmk_delay_base") || pairs_get(params, "pcmk_delay_max") || pairs_get(params, "delay")) return true;
  }
  return c && pairs_get(&c->properties, "priority-fencing-delay");
}

/* ---- create ---- */

void survey_fencing_create(struct planning *p) {
  if (cluster_host(p)) ask_pcs(p, cluster_host(p));
}

static void propose_device(struct planning *p, struct texts *ret) {
  if (given(p, "node")) texts_add(p->arena, ret, planf(p, "fence-%s", given(p, "node")));
}

/* Of two nodes that lose each other one must be quicker: the node whose device waits survives. */
static void propose_delay(struct planning *p, struct texts *ret) { texts_add(p->arena, ret, all_nodes(p).count == 2 && !any_delay(p) ? "5" : "0"); }

static struct step *write_file(struct planning *p, const char *host, const char *file, const char *mode, const char *what) {
  step_file(p, host, file, mode, what);
  struct step *s = step_run(p, host, planf(p, "write %s into it", what), "dd", planf(p, "of=%s", file), "status=none", NULL);
  s->harmless = TRUTH_YES;
  return s;
}

static void write_password(struct planning *p, const char *host, const char *id, const char *file, const char *script) {
  struct step *s = step_run(p, host, planf(p, "make %s on %s", DIRECTORY, host), "install", "-d", "-m", "700", DIRECTORY, NULL);
  s->harmless = TRUTH_YES;
  s = write_file(p, host, file, "600", planf(p, "the password of %s", id));
  s->secret = "password";
  s->input = "<password>";
  s = write_file(p, host, script, "700", "the script that prints it for the fence agent");
  s->input = planf(p, "#!/bin/sh\nexec cat %s\n", file);
}

static void add_parameters(struct planning *p, struct step *s, int64_t pcs, const char *script) {
  const char *agent = given(p, "agent"), *node = node_name(p->snap, given(p, "node")), *plug = given(p, "plug");
  bool old = pcs == 9, virsh = str_eq(agent, "fence_virsh");
  step_word(p, s, "%s=%s", old ? "ipaddr" : "ip", given(p, "ip"));
  step_word(p, s, "%s=%s", old ? "login" : "username", given(p, "username"));
  step_word(p, s, "%s=%s", old ? "passwd_script" : "password_script", script);
  if (given(p, "port")) step_word(p, s, "ipport=%s", given(p, "port"));
  if (!virsh && value_yes(p->values, "lanplus")) step_word(p, s, "lanplus=1");
  if (!virsh && given(p, "cipher")) step_word(p, s, "cipher=%s", given(p, "cipher"));
  if (virsh) step_word(p, s, "pcmk_host_map=%s:%s", node, plug ? plug : node);
  else step_word(p, s, "pcmk_host_list=%s", node);
  if (given(p, "delay") && strcmp(given(p, "delay"), "0")) step_word(p, s, "pcmk_delay_base=%ss", given(p, "delay"));
  step_word(p, s, "op");
  step_word(p, s, "monitor");
  step_word(p, s, "interval=60s");
}

static void say_delay(struct planning *p, const char *node) {
  bool delayed = given(p, "delay") && strcmp(given(p, "delay"), "0");
  if (delayed) consequence(p, "%s is shot %s s later than others: of two nodes that lose each other it is the one that survives", node, given(p, "delay"));
  else if (all_nodes(p).count == 2 && !any_delay(p)) consequence(p, "no device waits: two nodes that lose each other shoot each other, and both are gone; give one of them delay=5");
}

void plan_fencing_create(struct planning *p) {
  const char *node = given(p, "node"), *id = given(p, "name"), *host = cluster_host(p), *other;
  int64_t pcs = cluster_told(p) ? pcs_of(p, host) : 0;
  if (!pcs) return;
  if (resource_seen(p->snap, id)) refuse_always(p, "with another name=", "there is a resource %s already", id);
  if ((other = fence_device_of(p->snap, node, NULL))) refuse(p, "when that one is gone, or knowingly (a second device wants a level of its own in the topology)", "%s has a fence device already: %s", node, other);
  if (!given(p, "password")) refuse_always(p, "with password=@FILE or password=@-", "the password of the device is needed");
  const char *file = planf(p, DIRECTORY "/%s.password", id), *script = planf(p, DIRECTORY "/%s.sh", id);
  struct texts nodes = all_nodes(p);
  for (size_t i = 0; i < nodes.count; i++) write_password(p, nodes.item[i], id, file, script);
  struct step *s = step_run(p, host, planf(p, "make the fence device of %s", node), "pcs", "stonith", "create", id, given(p, "agent"), NULL);
  add_parameters(p, s, pcs, script);
  undo_by(p, s, "pcs", "stonith", "delete", id, NULL);
  already_when(p, s, "resource-known", id, NULL);
  s->deadline_ms = 120000;
  s = step_run(p, host, planf(p, "keep it off %s: no host is to fence itself", node), "pcs", "constraint", "location", id, "avoids", node_name(p->snap, node), NULL);
  s->deadline_ms = 60000;
  consequence(p, "the password lies in %s on %s, readable for root only; the cluster's configuration holds the name of a script that prints it", file, names_of(&nodes, p->arena));
  say_delay(p, node);
  if (value_yes(p->values, "enable")) {
    const char *was = property_seen(p->snap, "stonith-enabled");
    s = step_run(p, host, "have the cluster fence", "crm_attribute", "-t", "crm_config", "-n", "stonith-enabled", "-v", "true", NULL);
    already_when(p, s, "property-is", "stonith-enabled", "true", NULL);
    if (was) undo_by(p, s, "crm_attribute", "-t", "crm_config", "-n", "stonith-enabled", "-v", was, NULL);
    else undo_by(p, s, "crm_attribute", "-t", "crm_config", "-n", "stonith-enabled", "-D", NULL);
    s->harmless = TRUTH_YES;
    verify_that(p, "property-is", "stonith-enabled", "true", NULL);
    consequence(p, "from then on a host that is lost, or whose stop fails, is fenced; every node wants a device");
  }
  consequence(p, "that its monitor answers is no proof: fencing-test cuts the power for real");
  step_wait(p, 120000, "until the device answers", "resource-runs", id, NULL);
  verify_that(p, "resource-runs", id, NULL);
}

const struct operation_argument fencing_create_arguments[] = {
    {.name = "node", .title = "NODE", .help = "the node whose power it cuts", .kind = ARG_NODE, .required = true},
    {.name = "agent", .title = "AGENT", .help = "fence_ipmilan: the machine's BMC; fence_virsh: the hypervisor that a nested node runs on, by ssh", .kind = ARG_CHOICE, .words = "fence_ipmilan fence_virsh", .fallback = "fence_ipmilan"},
    {.name = "ip", .title = "ADDRESS", .help = "of the BMC or the hypervisor; it must answer while the node is dead", .kind = ARG_HOST, .required = true},
    {.name = "username", .title = "USER", .help = "who may switch the power there", .kind = ARG_NAME, .required = true},
    {.name = "password", .title = "PASSWORD", .help = "of that user; it is kept in a file on each node that only root reads", .kind = ARG_SECRET},
    {.name = "port", .title = "PORT", .help = "UDP or TCP port, when it is not the usual one", .kind = ARG_NUMBER, .min = 1, .max = 65535},
    {.name = "plug", .title = "MACHINE", .help = "fence_virsh: what the hypervisor calls the node's virtual machine; left out: as the node", .kind = ARG_NAME},
    {.name = "lanplus", .title = "yes|no", .help = "fence_ipmilan: IPMI 2.0, as every BMC of the last fifteen years speaks", .kind = ARG_YES, .fallback = "yes"},
    {.name = "cipher", .title = "NUMBER", .help = "fence_ipmilan: cipher suite, when the BMC does not know the agent's default (3 is the oldest that is safe to try)", .kind = ARG_NUMBER, .min = 0, .max = 17},
    {.name = "delay", .title = "SECONDS", .help = "how much later than others this node is shot; of two nodes one should have 5, so that they do not shoot each other", .kind = ARG_NUMBER, .min = 0, .max = 120, .propose = propose_delay},
    {.name = "name", .title = "ID", .help = "the device's name", .kind = ARG_NAME, .propose = propose_device},
    {.name = "enable", .title = "yes|no", .help = "turn fencing on in the cluster (stonith-enabled)", .kind = ARG_YES, .fallback = "yes"},
    {.name = NULL},
};

/* ---- another password ---- */

void survey_fencing_password(struct planning *p) {
  if (cluster_host(p)) ask_pcs(p, cluster_host(p));
}

void plan_fencing_password(struct planning *p) {
  const char *node = given(p, "node"), *id = given(p, "name"), *host = cluster_host(p);
  int64_t pcs = cluster_told(p) ? pcs_of(p, host) : 0;
  if (!pcs) return;
  const struct pcmk_param *c = resource_config(p->snap, id);
  if (!c || !is_device_setup(c)) return (void)refuse_always(p, "with a fence device that is there (fencing-create makes one)", "there is no fence device %s", id);
  if (!given(p, "password")) return (void)refuse_always(p, "with password=@FILE or password=@-", "the password of the device is needed");
  const char *file = planf(p, DIRECTORY "/%s.password", id), *script = planf(p, DIRECTORY "/%s.sh", id), *key = pcs == 9 ? "passwd_script" : "password_script";
  struct texts nodes = all_nodes(p);
  for (size_t i = 0; i < nodes.count; i++) write_password(p, nodes.item[i], id, file, script);
  for (size_t i = 0; i < p->plan->steps.count; i++) p->plan->steps.item[i].undo.count = 0; /* the one before is gone: without any it would be worse */
  if (!str_eq(pairs_get(&c->params, key), script)) {
    struct step *s = step_run(p, host, planf(p, "have %s read it from there, whatever it had before", id), "pcs", "stonith", "update", id, planf(p, "%s=%s", key, script), NULL);
    s->deadline_ms = 120000;
    s->harmless = TRUTH_YES;
  }
  struct step *s = step_run(p, host, "have pacemaker forget that it failed, and try it again", "crm_resource", "--cleanup", "-r", id, NULL);
  s->harmless = TRUTH_YES;
  s->deadline_ms = 60000;
  step_wait(p, 120000, "until the device answers", "resource-runs", id, NULL);
  consequence(p, "the password lies in %s on %s, readable for root only; the one before is not kept", file, names_of(&nodes, p->arena));
  consequence(p, "what %s has proven was with the password before: fencing-test node=%s proves this one", id, node);
  verify_that(p, "resource-runs", id, NULL);
}

const struct operation_argument fencing_password_arguments[] = {
    {.name = "node", .title = "NODE", .help = "the node whose power the device cuts", .kind = ARG_NODE, .required = true},
    {.name = "password", .title = "PASSWORD", .help = "that the device lets its user in with now; it is kept in a file on each node that only root reads", .kind = ARG_SECRET},
    {.name = "name", .title = "ID", .help = "the device's name", .kind = ARG_NAME, .required = true, .propose = propose_its_device},
    {.name = NULL},
};

/* ---- test, fence ---- */

const char *last_fencing(struct planning *p, const char *host) {
  const struct host_view *h = snapshot_host(p->snap, host);
  int64_t last = 0;
  for (size_t i = 0; i < p->snap->fencing.count; i++) {
    const struct fencing_view *f = &p->snap->fencing.item[i];
    if (h && str_eq(f->target, h->name) && f->at != UNKNOWN_INT && f->at > last) last = f->at;
  }
  return planf(p, "%" PRId64, last);
}

static const char *shooter(const struct planning *p, const struct host_view *target) {
  const struct host_view *best = NULL;
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (h == target || h->membership != MEMBERSHIP_MEMBER || (h->pacemaker != NODE_ONLINE && h->pacemaker != NODE_STANDBY && h->pacemaker != NODE_MAINTENANCE)) continue;
    if (!best || h->here == TRUTH_YES) best = h;
  }
  return best ? best->name : NULL;
}

void refuse_without_device(struct planning *p, const char *node) {
  if (!fence_device_of(p->snap, node, NULL)) refuse(p, "when it has one (fencing-create)", "no fence device is configured for %s", node);
  else if (p->snap->cluster.fencing != TRUTH_YES) refuse(p, "when stonith-enabled is true (cluster-property)", "fencing is off in this cluster");
}

static void say_what_dies(struct planning *p, const struct host_view *h) {
  struct texts domains = domains_on(p->snap, h->name, p->arena), on = resources_on(p->snap, h->name, p->arena), plain = {0};
  for (size_t i = 0; i < domains.count; i++)
    if (!snapshot_domain(p->snap, domains.item[i])->resource) texts_add(p->arena, &plain, domains.item[i]);
  consequence(p, "%s loses its power at once: nothing on it is shut down", h->name);
  if (on.count) consequence(p, "%s die%s and start%s on another node", names_of(&on, p->arena), on.count == 1 ? "s" : "", on.count == 1 ? "s" : "");
  if (plain.count) consequence(p, "%s die%s and no resource starts %s again", names_of(&plain, p->arena), plain.count == 1 ? "s" : "", plain.count == 1 ? "it" : "them");
}

struct step *shoot(struct planning *p, const struct host_view *h, const char *option) {
  bool on = str_eq(option, "--unfence");
  const char *from = shooter(p, h);
  if (!from) {
    refuse_always(p, "when another node is online", "no other node is online that could fence %s", h->name);
    return NULL;
  }
  struct step *s = step_run(p, from, planf(p, on ? "give %s its power" : "cut the power of %s", h->name), "stonith_admin", option, node_name(p->snap, h->name), "--timeout", "120", NULL);
  s->deadline_ms = 180000;
  if (on) return s;
  already_when(p, s, "fenced-since", h->name, last_fencing(p, h->name), NULL);
  verify_that(p, "fenced-since", h->name, last_fencing(p, h->name), NULL);
  return s;
}

#define BOOT_ID "/proc/sys/kernel/random/boot_id"
void survey_fencing_test(struct planning *p) { ask_command(p, given(p, "node"), "boot", "cat", BOOT_ID, NULL); }

void plan_fencing_test(struct planning *p) {
  const char *node = given(p, "node");
  const struct host_view *h = snapshot_host(p->snap, node);
  const char *boot = answered(p, node, "boot");
  if (!h || !cluster_told(p)) return;
  struct texts on = domains_on(p->snap, h->name, p->arena);
  if (h->libvirt != LIBVIRT_UNKNOWN && !libvirt_seen(p->snap, h->name)) refuse(p, "when its libvirt is read again", "cannot tell what runs on %s", node);
  if (on.count) refuse(p, "after node-drain", "%s run%s on %s and would die", names_of(&on, p->arena), on.count == 1 ? "s" : "", node);
  if (h->membership != MEMBERSHIP_MEMBER) refuse(p, "when it is a member", "%s is away: its return would prove nothing", node);
  refuse_without_device(p, node);
  refuse_last_copies(p, h);
  say_what_dies(p, h);
  consequence(p, "it boots, and is expected back as a member within ten minutes; if the cluster does not start with the host, start it by hand (cluster-start)");
  if (!shoot(p, h, "--reboot")) return;
  /* Both are looked at afterwards: it may be back before anybody saw that it was gone. */
  step_wait(p, 180000, "until the cluster has it for fenced", "fenced-since", node, last_fencing(p, node), NULL);
  step_wait(p, 600000, "until it is back", "node-joined", node, NULL);
  if (boot && *boot) {
    struct step *s = step_run(p, node, "see that it has booted anew", "grep", "-vxF", arena_strndup(p->arena, boot, strcspn(boot, "\n")), BOOT_ID, NULL);
    s->harmless = TRUTH_YES;
  }
  verify_that(p, "node-joined", node, NULL);
  p->plan->verify_ms = 600000;
}

void plan_fencing_fence(struct planning *p) {
  const char *node = given(p, "node");
  const struct host_view *h = snapshot_host(p->snap, node);
  bool off = str_eq(given(p, "action"), "off");
  if (!h || !cluster_told(p)) return;
  refuse_without_device(p, node);
  refuse_last_copies(p, h);
  say_what_dies(p, h);
  consequence(p, off ? "it stays off until somebody switches it on" : "it boots again by itself");
  if (!shoot(p, h, off ? "--fence" : "--reboot")) return;
  if (off) verify_that(p, "node-away", node, NULL);
  p->plan->verify_ms = 180000;
}

/* ---- by hand ---- */

/* Whatever still speaks for the host: it must not be called dead. */
const char *sign_of_life(struct planning *p, const struct host_view *h) {
  if (h->membership == MEMBERSHIP_MEMBER) return "corosync has it for a member";
  if (h->pacemaker == NODE_ONLINE || h->pacemaker == NODE_STANDBY || h->pacemaker == NODE_MAINTENANCE || h->pacemaker == NODE_PENDING) return planf(p, "pacemaker has it for %s", node_state_names[h->pacemaker]);
  if (h->outlook.asked == TRUTH_YES) return "it answers to ssh";
  if (h->libvirt == LIBVIRT_CONNECTED && libvirt_seen(p->snap, h->name)) return "its libvirt answers";
  for (size_t i = 0; i < h->links.count; i++)
    if (h->links.item[i].connected == TRUTH_YES) return "corosync hears it on a link";
  if (h->peer == PEER_CONNECTED && !texts_have(&h->stale, layer_names[LAYER_GLUSTER])) return "its gluster daemon is connected";
  for (size_t v = 0; v < p->snap->volumes.count; v++)
    for (size_t i = 0; i < p->snap->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &p->snap->volumes.item[v].bricks.item[i];
      if (snapshot_host(p->snap, b->host) == h && b->online == TRUTH_YES && !b->stale.count) return planf(p, "its brick %s answers", b->path);
    }
  return NULL;
}

void plan_fencing_confirm(struct planning *p) {
  const char *node = given(p, "node");
  const struct host_view *h = snapshot_host(p->snap, node);
  if (!h || !cluster_told(p)) return;
  const char *life = sign_of_life(p, h);
  if (life) refuse_always(p, "when nothing shows life any more: switch it off first", "%s is not dead: %s", node, life);
  else if (h->outlook.asked == TRUTH_UNKNOWN && h->pacemaker != NODE_OFFLINE) refuse_always(p, "when it has been asked, in a few seconds", "cannot tell yet whether %s lives: it is being asked", node);
  if (h->pacemaker == NODE_OFFLINE) refuse_always(p, "never: there is nothing to do", "the cluster has %s for safely off already", node);
  if (!str_eq(given(p, "seen"), confirmed_words)) refuse_always(p, planf(p, "with seen=\"%s\"", confirmed_words), "only who saw %s without power may confirm it", node);
  consequence(p, "the cluster believes that %s is without power, and starts elsewhere what ran there", node);
  consequence(p, "if it has power after all, two hosts write to the same disks and destroy them");
  struct step *s = step_run(p, cluster_host(p), planf(p, "tell the cluster that %s is off", node), "stonith_admin", "--confirm", node_name(p->snap, node), NULL);
  s->deadline_ms = 60000;
  verify_that(p, "node-away", node, NULL);
}
