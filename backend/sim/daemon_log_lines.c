/* The words: one row a kind of fact, what its daemons write when it changes. They are those of corosync 3.1, pacemaker 2.1,
 * gluster 10 and libvirt 9. */
#include "sim/daemon_log.h"
#include "sim/host.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { WORDS = 6 };
enum { CRIT = 2, ERR, WARNING, NOTICE, INFO };
struct change { struct daemon_log *l; const struct world *w; const char *word[WORDS]; const char *was, *is; };

static const struct sim_host *host_of(const struct change *c, const char *name) { return name && *name ? world_host(c->w, name) : NULL; }

static int64_t id_of(const struct change *c, const char *name) {
  const struct sim_host *h = host_of(c, name);
  return h && KNOWN(h->node_id) ? h->node_id : 0;
}

/* Pacemaker writes everything to its file, and what is worth a notice to the journal as well. */
static void pacemaker(const struct change *c, const char *host, const char *who, int priority, const char *format, ...) PRINTF(5, 6);
static void pacemaker(const struct change *c, const char *host, const char *who, int priority, const char *format, ...) {
  static const char *const words[] = {"emerg", "alert", "crit", "error", "warning", "notice", "info"};
  char text[1024];
  const struct sim_host *h = host_of(c, host);
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  if (!h || !host_up(h)) return;
  daemon_log_add(c->l, host, TO_PACEMAKER, who, priority, "%s", text);
  if (priority <= NOTICE) daemon_log_add(c->l, host, TO_JOURNAL, who, priority, " %s: %s", words[priority], text);
}

static void corosync(const struct change *c, const char *host, int priority, const char *format, ...) PRINTF(4, 5);
static void corosync(const struct change *c, const char *host, int priority, const char *format, ...) {
  char text[1024];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  daemon_log_add(c->l, host, TO_COROSYNC, "corosync", priority, "%s", text);
  daemon_log_add(c->l, host, TO_JOURNAL, "corosync", priority, "  %s", text);
}

static const char *online_dc(const struct change *c) {
  EACH(c->w->hosts, struct sim_host, h)
    if (host_up(h) && h->dc && str_eq(h->dc, h->name)) return h->name;
  return NULL;
}

/* ---- a row each ---- */

static void host_changed(const struct change *c) {
  if (c->is) daemon_log_add(c->l, c->word[1], TO_JOURNAL, "kernel", NOTICE, "Linux version 6.1.0-41-amd64 (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC");
}

static void daemon_changed(const struct change *c) {
  const char *host = c->word[1], *name = c->word[2];
  const struct sim_host *h = host_of(c, host);
  if (!h || !host_up(h) || !c->is) return;
  if (!strcmp(c->is, life_names[LIFE_RUNNING]) && !(c->was && !strcmp(c->was, life_names[LIFE_HUNG]))) daemon_log_add(c->l, host, TO_JOURNAL, "systemd", INFO, "Started %s.service.", name);
  else if (c->was && !strcmp(c->is, life_names[LIFE_STOPPED])) {
    if (h->leaving) daemon_log_add(c->l, host, TO_JOURNAL, "systemd", INFO, "Stopped %s.service.", name);
    else daemon_log_add(c->l, host, TO_JOURNAL, "systemd", NOTICE, "%s.service: Deactivated.", name);
  }
}

static void member_changed(const struct change *c) {
  const char *host = c->word[1], *other = c->word[2];
  const struct sim_host *h = host_of(c, host);
  if (!h || !daemon_runs(h, "corosync")) return;
  int64_t id = id_of(c, other);
  if (!strcmp(other, host) && h->members.count > 1) return;
  if (c->is) {
    corosync(c, host, NOTICE, "[QUORUM] Sync joined[1]: %" PRId64, id);
    corosync(c, host, NOTICE, "[TOTEM ] A new membership (%" PRIx64 ".%" PRIx64 ") was formed. Members joined: %" PRId64, h->node_id, h->ring, id);
    if (daemon_runs(h, "pacemaker") && h->joined != JOIN_DOWN) pacemaker(c, host, "pacemaker-controld", NOTICE, "Node %s state is now member", other);
    return;
  }
  if (!strcmp(other, host)) return;
  corosync(c, host, NOTICE, "[TOTEM ] A processor failed, forming new configuration: token timed out (%" PRId64 "ms), waiting %" PRId64 "ms for consensus.", c->w->corosync.token_ms, c->w->corosync.consensus_ms);
  corosync(c, host, NOTICE, "[TOTEM ] A new membership (%" PRIx64 ".%" PRIx64 ") was formed. Members left: %" PRId64, h->node_id, h->ring, id);
  corosync(c, host, NOTICE, "[TOTEM ] Failed to receive the leave message. failed: %" PRId64, id);
  if (!daemon_runs(h, "pacemaker") || h->joined == JOIN_DOWN) return;
  pacemaker(c, host, "pacemaker-controld", NOTICE, "Node %s state is now lost", other);
  pacemaker(c, host, "pacemaker-attrd", NOTICE, "Removing all %s attributes for node %s: lost", other, other);
}

static void quorate_changed(const struct change *c) {
  bool yes = c->is && !strcmp(c->is, "yes");
  if (!c->is) return;
  corosync(c, c->word[1], NOTICE, yes ? "[QUORUM] This node is within the primary component and will provide service." : "[QUORUM] This node is within the non-primary component and will NOT provide any service.");
  const struct sim_host *h = host_of(c, c->word[1]);
  if (h && daemon_runs(h, "pacemaker") && h->joined != JOIN_DOWN) pacemaker(c, c->word[1], "pacemakerd", yes ? NOTICE : WARNING, yes ? "Quorum acquired" : "Quorum lost");
}

static void link_changed(const struct change *c) {
  const struct sim_host *h = host_of(c, c->word[1]);
  if (!h || !daemon_runs(h, "corosync")) return;
  if (c->is) {
    corosync(c, c->word[1], INFO, "[KNET  ] link: host: %s link: 0 is down", c->word[2]);
    corosync(c, c->word[1], WARNING, "[KNET  ] host: host: %s has no active links", c->word[2]);
  } else {
    corosync(c, c->word[1], INFO, "[KNET  ] rx: host: %s link: 0 is up", c->word[2]);
  }
}

static void dc_changed(const struct change *c) {
  if (c->is && *c->is) pacemaker(c, c->word[1], "pacemaker-controld", INFO, "Set DC to %s (3.16.2)", c->is);
}

static void failure_changed(const struct change *c) {
  if (!c->is) return;
  pacemaker(c, c->word[2], "pacemaker-controld", NOTICE, "Result of %s operation for %s on %s: error (%s)", c->word[3], c->word[1], c->word[2], *c->is ? c->is : "no reason given");
  const char *dc = online_dc(c);
  if (dc) pacemaker(c, dc, "pacemaker-schedulerd", WARNING, "Unexpected result (error: %s) was recorded for %s of %s on %s", *c->is ? c->is : "?", c->word[3], c->word[1], c->word[2]);
  if (strstr(c->is, "lock")) daemon_log_add(c->l, c->word[2], TO_QEMU, c->word[1], ERR, "qemu-system-x86_64: -device virtio-blk-pci,drive=libvirt-1-format: Failed to get \"write\" lock");
}

static bool failed_now(const struct change *c, const char *resource, const char *node) {
  EACH(c->w->failures, struct pcmk_failure, f)
    if (str_eq(f->resource, resource) && str_eq(f->node, node) && c->w->clock - f->at < 1500) return true;
  return false;
}

static void op_changed(const struct change *c) {
  const char *resource = c->word[1], *node = c->word[2], *task = c->word[3];
  if (!strcmp(task, "monitor")) return;
  if (c->is && *c->is) pacemaker(c, c->is, "pacemaker-controld", NOTICE, "Initiating %s operation %s_%s_0 %s%s", task, resource, task, strcmp(c->is, node) ? "on " : "locally on ", node);
  if (c->is) pacemaker(c, node, "pacemaker-controld", NOTICE, "Requesting local execution of %s operation for %s on %s", task, resource, node);
  else if (!failed_now(c, resource, node)) pacemaker(c, node, "pacemaker-controld", NOTICE, "Result of %s operation for %s on %s: ok", task, resource, node);
}

static void shoot_changed(const struct change *c) {
  const char *target = c->word[1], *action = c->word[2], *device = c->word[3], *from = c->is;
  if (!c->is) return;
  if (strstr(c->word[4], "controld")) pacemaker(c, online_dc(c) ? online_dc(c) : from, "pacemaker-schedulerd", WARNING, "Cluster node %s will be fenced: peer is no longer part of the cluster", target);
  pacemaker(c, from, "pacemaker-fenced", NOTICE, "Client %s wants to fence (%s) %s using any device", c->word[4], action, target);
  pacemaker(c, from, "pacemaker-fenced", NOTICE, "Requesting peer fencing (%s) targeting %s", action, target);
  if (*device) pacemaker(c, from, "pacemaker-fenced", NOTICE, "%s is eligible to fence (%s) %s: static-list", device, action, target);
  else pacemaker(c, from, "pacemaker-fenced", ERR, "Couldn't find anyone to fence (%s) %s using any device", action, target);
}

static void fenced_changed(const struct change *c) {
  const char *target = c->word[1], *action = c->word[2], *by = c->word[3], *client = c->word[4];
  bool works = c->is && !strcmp(c->is, "success");
  if (!c->is) return;
  EACH(c->w->hosts, struct sim_host, h) {
    if (!daemon_runs(h, "pacemaker") || h->joined == JOIN_DOWN) continue;
    pacemaker(c, h->name, "pacemaker-fenced", works ? NOTICE : ERR, "Operation '%s' targeting %s by %s for %s: %s", action, target, *by ? by : "<no-one>", client, works ? "OK (complete)" : "Timer expired");
    pacemaker(c, h->name, "pacemaker-controld", NOTICE, "Peer %s was %s (%s) by %s on behalf of %s: %s", target, works ? "terminated" : "not terminated", action, *by ? by : "<no-one>", client, works ? "OK" : "Error");
  }
}

static void volume_changed(const struct change *c) {
  if (!c->is || !c->was) return;
  EACH(c->w->hosts, struct sim_host, h)
    if (YES(h->in_pool) && daemon_runs(h, "glusterd"))
      daemon_log_add(c->l, h->name, TO_GLUSTERD, "glusterd", INFO, "[MSGID: 106%s] [glusterd-utils.c:6312:glusterd_volume_status_set] 0-management: volume %s is now %s", "473", c->word[1], c->is);
}

static void brick_changed(const struct change *c) {
  const char *host = c->word[1], *path = c->word[2], *volume = c->word[3];
  const struct sim_host *h = host_of(c, host);
  bool runs = c->is && !strcmp(c->is, life_names[LIFE_RUNNING]);
  if (!h || !host_up(h) || !c->is) return;
  if (runs) {
    daemon_log_add(c->l, host, TO_BRICK, path, INFO, "[MSGID: 100030] [glusterfsd.c:2683:main] 0-/usr/sbin/glusterfsd: Started running version [{arg=/usr/sbin/glusterfsd}, {version=10.3}, {cmdlinestr=/usr/sbin/glusterfsd -s %s --volfile-id %s.%s.%s -p /var/run/gluster/vols/%s/%s.pid}]", host, volume, host, path + strspn(path, "/"), volume, host);
    if (daemon_runs(h, "glusterd")) daemon_log_add(c->l, host, TO_GLUSTERD, "glusterd", INFO, "[MSGID: 106143] [glusterd-pmap.c:275:pmap_port_bind] 0-pmap: adding brick %s on port %s", path, c->word[4]);
  } else if (c->was && daemon_runs(h, "glusterd")) {
    daemon_log_add(c->l, host, TO_GLUSTERD, "glusterd", INFO, "[MSGID: 106005] [glusterd-handler.c:6052:__glusterd_brick_rpc_notify] 0-management: Brick %s:%s has disconnected from glusterd.", host, path);
  }
}

static void heal_changed(const struct change *c) {
  const struct sim_host *h = host_of(c, c->word[1]);
  if (!h || !host_up(h) || !c->was || !c->is) return;
  if (!strcmp(c->is, "whole")) daemon_log_add(c->l, c->word[1], TO_SHD, "glustershd", INFO, "[MSGID: 108026] [afr-self-heald.c:341:afr_shd_index_heal] 0-%s-replicate-%s: Completed data selfheal; %s:%s has all entries again", c->word[3], c->word[4], c->word[1], c->word[2]);
}

static void client_changed(const struct change *c) {
  const char *host = c->word[1], *mount = c->word[2], *volume = c->word[3], *n = c->word[4];
  if (!c->is) return;
  if (!strcmp(c->is, "yes")) daemon_log_add(c->l, host, TO_MOUNT, mount, INFO, "[MSGID: 114046] [client-handshake.c:857:client_setvolume_cbk] 0-%s-client-%s: Connected, attached to remote volume [{conn-name=%s-client-%s}, {remote_subvol=%s}]", volume, n, volume, n, c->word[5]);
  else if (c->was) daemon_log_add(c->l, host, TO_MOUNT, mount, WARNING, "[MSGID: 114018] [client.c:2242:client_rpc_notify] 0-%s-client-%s: disconnected from %s-client-%s. Client process will keep trying to connect to glusterd until brick's port is available", volume, n, volume, n);
}

static bool elsewhere(const struct change *c, const char *name, const char *host) {
  const struct sim_domain *d = world_domain(c->w, name);
  for (size_t i = 0; d && i < d->instances.count; i++)
    if (!str_eq(d->instances.item[i].host, host)) return true;
  return false;
}

static void vm_changed(const struct change *c) {
  const char *host = c->word[1], *name = c->word[2];
  const struct sim_host *h = host_of(c, host);
  if (!h || !host_up(h)) return;
  if (c->is && !c->was) {
    daemon_log_add(c->l, host, TO_QEMU, name, INFO, "starting up libvirt version: 9.0.0, package: 9.0.0-4+deb12u2 (Debian), qemu version: 7.2.17 (Debian 1:7.2+dfsg-7+deb12u16), kernel: 6.1.0-41-amd64, hostname: %s", host);
    daemon_log_add(c->l, host, TO_LIBVIRTD, "libvirtd", INFO, "qemuProcessLaunch:7520 : domain %s: process is running", name);
  } else if (!c->is) {
    daemon_log_add(c->l, host, TO_QEMU, name, NOTICE, "shutting down, reason=%s", elsewhere(c, name, host) ? "migrated" : "destroyed");
  } else if (!strcmp(c->is, "crashed")) {
    daemon_log_add(c->l, host, TO_QEMU, name, NOTICE, "shutting down, reason=crashed");
  } else {
    daemon_log_add(c->l, host, TO_LIBVIRTD, "libvirtd", !strcmp(c->is, "paused") ? WARNING : INFO, "qemuDomainObjSetState:512 : domain %s: %s, was %s", name, c->is, c->was);
  }
}

static const struct { const char *kind; void (*write)(const struct change *c); } rows[] = {
    {"1host", host_changed}, {"daemon", daemon_changed}, {"member", member_changed}, {"quorate", quorate_changed}, {"link", link_changed}, {"dc", dc_changed}, {"afailure", failure_changed},
    {"op", op_changed}, {"shoot", shoot_changed}, {"fenced", fenced_changed}, {"volume", volume_changed}, {"brick", brick_changed}, {"heal", heal_changed}, {"client", client_changed}, {"vm", vm_changed}};

void daemon_log_changed(struct daemon_log *l, const struct world *w, const char *key, const char *was, const char *is) {
  CLEANUP(mem_freep) char *words = mem_strdup(key);
  char *rest = words, *word;
  struct change c = {.l = l, .w = w, .was = was, .is = is};
  for (size_t n = 0; n < WORDS; n++) c.word[n] = (word = strsep(&rest, "\t")) != NULL ? word : "";
  for (size_t i = 0; i < COUNT(rows); i++)
    if (!strcmp(rows[i].kind, c.word[0])) rows[i].write(&c);
}
