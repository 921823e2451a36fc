#include "sim/build.h"
#include "sim/host.h"
#include "sim/pacemaker.h"
#include "sim/store.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *uuid(struct world *w, uint64_t a, uint64_t b) {
  uint64_t x = mix((uint64_t)w->seed + a, b), y = mix(x, b + 1);
  return arena_printf(w->arena, "%08x-%04x-4%03x-%04x-%012" PRIx64, (unsigned)(x >> 32), (unsigned)(x >> 16) & 0xffff, (unsigned)x & 0xfff, 0x8000 | ((unsigned)(y >> 50) & 0x3fff), y & 0xffffffffffff);
}

struct sim_host *build_host(struct world *w, const char *name, bool kvm, bool store) {
  int number = 1;
  EACH(w->hosts, struct sim_host, o) number += kvm ? YES(o->kvm) : !YES(o->kvm);
  struct sim_host *h = list_add(w->arena, &w->hosts, &sim_host_shape);
  h->name = world_word(w, name);
  h->address = number < 10 ? world_words(w, "10.77.0.%d", (kvm ? 10 : 20) + number) : world_words(w, "10.77.%d.%d", kvm ? 1 : 2, number);
  h->gluster_uuid = uuid(w, 100, w->hosts.count);
  h->libvirt_uuid = uuid(w, 200, w->hosts.count);
  h->kvm = truth_of(kvm), h->store = truth_of(store);
  h->bmc = h->bmc_works = truth_of(kvm);
  h->frozen = h->quorate = h->waiting = h->standby = h->maintenance = h->condemned = h->in_pool = TRUTH_NO;
  h->cpus = 4, h->memory = (int64_t)8 << 30, h->boot_ms = 14000, h->pid = 110;
  h->power = POWER_ON;
  h->power_since = w->clock;
  h->downs = h->votes = h->expected = h->quorum = h->lowest = h->member_count = 0;
  h->ring = -1;
  daemon_add(w, h, "sshd", LIFE_RUNNING, true);
  return h;
}

void build_installed(struct world *w, struct sim_host *h) {
  bool kvm = YES(h->kvm), store = YES(h->store);
  enum life life = h->power == POWER_ON ? LIFE_RUNNING : LIFE_STOPPED;
  if (store) {
    add_text(w, &h->packages, "glusterfs-server");
    daemon_add(w, h, "glusterd", life, true);
  }
  if (!kvm) return;
  static const char *const packages[] = {"glusterfs-client", "libvirt-daemon-system", "libvirt-clients", "qemu-system-x86", "qemu-utils", "virtinst", "libguestfs-tools", "pacemaker", "pacemaker-cli-utils", "corosync", "pcs", "fence-agents", "ipmitool", "resource-agents"};
  for (size_t i = 0; i < COUNT(packages); i++) add_text(w, &h->packages, packages[i]);
  daemon_add(w, h, "libvirtd", life, true);
  daemon_add(w, h, "pcsd", life, true);
  daemon_add(w, h, "corosync", LIFE_STOPPED, false);
  daemon_add(w, h, "pacemaker", LIFE_STOPPED, false);
}

void build_cluster(struct world *w, const char *name, const struct texts *nodes) {
  w->corosync.cluster = world_word(w, name);
  for (size_t i = 0; i < nodes->count; i++) {
    struct sim_host *h = world_host(w, nodes->item[i]);
    if (!h) continue;
    h->node_id = (int64_t)i + 1;
    h->votes = 1;
    set_pair(w, &h->files, "/etc/corosync/corosync.conf", world_words(w, "totem {\n    version: 2\n    cluster_name: %s\n    transport: knet\n}\n", name));
  }
  w->corosync.two_node = w->corosync.wait_for_all = truth_of(nodes->count == 2);
  static const char *const properties[][2] = {{"have-watchdog", "false"}, {"dc-version", "2.1.5-a3f44794f94"}, {"cluster-infrastructure", "corosync"}};
  for (size_t i = 0; i < COUNT(properties); i++) set_pair(w, &w->properties, properties[i][0], properties[i][1]);
  set_pair(w, &w->properties, "cluster-name", name);
  cib_changed(w, "cibadmin", nodes->count ? nodes->item[0] : NULL);
}

void build_joined(struct world *w, struct sim_host *h, bool enabled) {
  static const char *const services[] = {"corosync", "pacemaker"};
  for (size_t i = 0; i < COUNT(services); i++)
    if (host_daemon(h, services[i])) daemon_add(w, h, services[i], (enum life)host_daemon(h, services[i])->life, enabled);
}

struct sim_volume *build_volume(struct world *w, const char *name, int64_t replica, int64_t arbiter, int64_t disperse, int64_t redundancy, const struct texts *bricks) {
  struct sim_volume *v = list_add(w->arena, &w->volumes, &sim_volume_shape);
  int64_t set = disperse > 0 ? disperse : replica > 1 ? replica : 1;
  v->name = world_word(w, name);
  v->id = uuid(w, 300, w->volumes.count);
  v->type = volume_type((int64_t)bricks->count, replica, arbiter, disperse);
  v->status = "created";
  v->replica = disperse > 0 ? 1 : replica, v->arbiter = arbiter, v->disperse = disperse, v->redundancy = redundancy;
  v->locked_until = 0, v->task_began = v->task_ends = w->clock, v->task_files = v->task_bytes = 0, v->split_brain = 0, v->heal_per_minute = 60, v->changed = w->clock;
  for (size_t i = 0; i < bricks->count; i++) {
    const char *colon = strchr(bricks->item[i], ':');
    struct sim_brick *b = list_add(w->arena, &v->bricks, &sim_brick_shape);
    *b = (struct sim_brick){.host = world_words(w, "%.*s", (int)(colon - bricks->item[i]), bricks->item[i]), .path = world_word(w, colon + 1), .set = (int64_t)i / set,
                            .arbiter = truth_of(arbiter > 0 && (int64_t)i % set == set - 1), .life = LIFE_STOPPED, .since = w->clock, .pid = -1, .port = -1, .size = (int64_t)3 << 30, .used = 28 << 20, .full_heal = TRUTH_NO, .leaving = TRUTH_NO};
  }
  static const struct { const char *name, *value; bool copied; } options[] = {{"performance.client-io-threads", "off", true}, {"nfs.disable", "on", false}, {"transport.address-family", "inet", false},
                                                                               {"storage.fips-mode-rchecksum", "on", false}, {"cluster.granular-entry-heal", "on", true}}; /* as glusterd 10 sets them */
  for (size_t i = 0; i < COUNT(options); i++)
    if (replica > 1 || !options[i].copied) set_pair(w, &v->options, options[i].name, options[i].value);
  world_touch(w, LAYER_GLUSTER);
  return v;
}

void build_fstab(struct world *w, struct sim_host *h, const char *server, const char *volume, const char *mount, const char *options) {
  const char *old = pairs_get(&h->files, "/etc/fstab");
  set_pair(w, &h->files, "/etc/fstab", world_words(w, "%s%s:%s %s glusterfs %s 0 0\n", old ? old : "", server, volume, mount, options));
}

struct sim_resource *build_domain_resource(struct world *w, const char *id, const char *config) {
  struct sim_resource *r = add_resource(w, id, "ocf:heartbeat:VirtualDomain");
  static const char *const ops[][2] = {{"migrate_from", "timeout=60s interval=0s"}, {"migrate_to", "timeout=120s interval=0s"}, {"monitor", "timeout=30s interval=10s"},
                                       {"start", "timeout=60s interval=0s"}, {"stop", "timeout=60s interval=0s"}};
  set_pair(w, &r->params, "config", config);
  set_pair(w, &r->params, "hypervisor", "qemu:///system");
  set_pair(w, &r->params, "migration_transport", "ssh");
  set_pair(w, &r->meta, "allow-migrate", "true");
  for (size_t i = 0; i < COUNT(ops); i++) set_pair(w, &r->ops, ops[i][0], ops[i][1]);
  return r;
}

struct sim_resource *build_fence_device(struct world *w, const char *host, const char *delay) {
  const char *id = world_words(w, "fence-%s", host);
  struct sim_resource *r = add_resource(w, id, "stonith:fence_ipmilan");
  const struct sim_host *h = world_host(w, host);
  const char *const params[][2] = {{"cipher", "3"}, {"ip", "10.77.0.1"}, {"ipport", world_words(w, "62%02lld", (long long)(h ? h - w->hosts.item + 11 : 11))}, {"lanplus", "1"}, {"pcmk_host_list", host}, {"power_wait", "2"}};
  for (size_t i = 0; i < COUNT(params); i++) set_pair(w, &r->params, params[i][0], params[i][1]);
  if (delay) set_pair(w, &r->params, "pcmk_delay_base", delay);
  set_pair(w, &r->ops, "monitor", "interval=60s");
  add_location(w, world_words(w, "location-%s-%s--INFINITY", id, host), id, host, "-INFINITY");
  return r;
}
