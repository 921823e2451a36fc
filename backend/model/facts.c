#include "model/facts.h"
#include <string.h>

const char *const layer_names[] = {NULL, "corosync", "pacemaker", "gluster", "libvirt", NULL};
const char *const source_state_names[] = {NULL, "ok", "stale", "hung", "down", "absent", "denied", NULL};

#define T struct corosync_cluster
SHAPE(corosync_cluster_shape, T, FIELD(T, name, TEXT), FIELD(T, version, TEXT), FIELD(T, node_id, INT), FIELD(T, quorate, BOOL),
      FIELD(T, votes, INT), FIELD(T, expected_votes, INT), FIELD(T, quorum, INT), FIELD(T, two_node, BOOL),
      FIELD(T, wait_for_all, BOOL), FIELD(T, last_man_standing, BOOL), FIELD(T, auto_tie_breaker, BOOL),
      FIELD(T, qdevice, BOOL), FIELD(T, qdevice_name, TEXT), FIELD(T, tie_breaker_node, TEXT), FIELD(T, token_ms, INT), FIELD(T, consensus_ms, INT));
#undef T
#define T struct corosync_node
SHAPE(corosync_node_shape, T, FIELD(T, id, INT), FIELD(T, name, TEXT), FIELD(T, addresses, TEXTS), FIELD(T, member, BOOL),
      FIELD(T, local, BOOL), FIELD(T, votes, INT));
#undef T
SHAPE(corosync_nodes_shape, struct corosync_nodes, LIST(struct corosync_nodes, nodes, corosync_node_shape));
#define T struct corosync_link
SHAPE(corosync_link_shape, T, FIELD(T, node_id, INT), FIELD(T, link, INT), FIELD(T, connected, BOOL), FIELD(T, enabled, BOOL),
      FIELD(T, latency_us, INT), FIELD(T, down_count, INT), FIELD(T, mtu, INT));
#undef T
SHAPE(corosync_links_shape, struct corosync_links, LIST(struct corosync_links, links, corosync_link_shape));
#define T struct corosync_outlook
SHAPE(corosync_outlook_shape, T, FIELD(T, id, INT), FIELD(T, name, TEXT), FIELD(T, asked, BOOL), FIELD(T, running, BOOL), FIELD(T, quorate, BOOL),
      FIELD(T, members, TEXTS), FIELD(T, text, TEXT));
#undef T
SHAPE(corosync_outlooks_shape, struct corosync_outlooks, LIST(struct corosync_outlooks, nodes, corosync_outlook_shape));

#define T struct pcmk_cluster
SHAPE(pcmk_cluster_shape, T, FIELD(T, dc, TEXT), FIELD(T, dc_version, TEXT), FIELD(T, no_quorum_policy, TEXT), FIELD(T, quorate, BOOL),
      FIELD(T, fencing, BOOL), FIELD(T, maintenance, BOOL), FIELD(T, symmetric, BOOL), FIELD(T, stop_all, BOOL),
      FIELD(T, resources_disabled, INT), FIELD(T, resources_blocked, INT), FIELD(T, last_change, TEXT), FIELD(T, feed_state, TEXT));
#undef T
#define T struct pcmk_node
SHAPE(pcmk_node_shape, T, FIELD(T, name, TEXT), FIELD(T, id, TEXT), FIELD(T, type, TEXT), FIELD(T, online, BOOL), FIELD(T, standby, BOOL),
      FIELD(T, standby_onfail, BOOL), FIELD(T, maintenance, BOOL), FIELD(T, pending, BOOL), FIELD(T, unclean, BOOL),
      FIELD(T, shutdown, BOOL), FIELD(T, expected_up, BOOL), FIELD(T, is_dc, BOOL), FIELD(T, resources_running, INT), FIELD(T, health, TEXT));
#undef T
SHAPE(pcmk_nodes_shape, struct pcmk_nodes, LIST(struct pcmk_nodes, nodes, pcmk_node_shape));
#define T struct pcmk_resource
SHAPE(pcmk_resource_shape, T, FIELD(T, id, TEXT), FIELD(T, instance, TEXT), FIELD(T, parent, TEXT), FIELD(T, agent, TEXT), FIELD(T, role, TEXT),
      FIELD(T, target_role, TEXT), FIELD(T, pending, TEXT), FIELD(T, nodes, TEXTS), FIELD(T, active, BOOL), FIELD(T, orphaned, BOOL),
      FIELD(T, blocked, BOOL), FIELD(T, managed, BOOL), FIELD(T, failed, BOOL), FIELD(T, disabled, BOOL), FIELD(T, fail_count, TALLIES));
#undef T
SHAPE(pcmk_resources_shape, struct pcmk_resources, LIST(struct pcmk_resources, resources, pcmk_resource_shape));
#define T struct pcmk_failure
SHAPE(pcmk_failure_shape, T, FIELD(T, resource, TEXT), FIELD(T, node, TEXT), FIELD(T, task, TEXT), FIELD(T, reason, TEXT), FIELD(T, status, TEXT),
      FIELD(T, rc, INT), FIELD(T, at, TIME));
#undef T
SHAPE(pcmk_failures_shape, struct pcmk_failures, LIST(struct pcmk_failures, failures, pcmk_failure_shape));
#define T struct pcmk_fence_event
SHAPE(pcmk_fence_event_shape, T, FIELD(T, target, TEXT), FIELD(T, action, TEXT), FIELD(T, status, TEXT), FIELD(T, client, TEXT),
      FIELD(T, origin, TEXT), FIELD(T, delegate, TEXT), FIELD(T, reason, TEXT), FIELD(T, at, TIME));
#undef T
SHAPE(pcmk_fencing_shape, struct pcmk_fencing, LIST(struct pcmk_fencing, events, pcmk_fence_event_shape));
#define T struct pcmk_constraint
SHAPE(pcmk_constraint_shape, T, FIELD(T, id, TEXT), FIELD(T, kind, TEXT), FIELD(T, resource, TEXT), FIELD(T, with, TEXT), FIELD(T, node, TEXT),
      FIELD(T, score, TEXT), FIELD(T, role, TEXT), FIELD(T, rule, TEXT), FIELD(T, expires, TIME));
#undef T
#define T struct pcmk_param
SHAPE(pcmk_param_shape, T, FIELD(T, resource, TEXT), FIELD(T, agent, TEXT), FIELD(T, params, PAIRS), FIELD(T, meta, PAIRS), FIELD(T, ops, PAIRS),
      FIELD(T, utilization, PAIRS));
#undef T
#define T struct pcmk_level
SHAPE(pcmk_level_shape, T, FIELD(T, target, TEXT), FIELD(T, index, INT), FIELD(T, devices, TEXTS));
#undef T
SHAPE(pcmk_capacity_shape, struct pcmk_capacity, FIELD(struct pcmk_capacity, node, TEXT), FIELD(struct pcmk_capacity, utilization, PAIRS));
#define T struct pcmk_config
SHAPE(pcmk_config_shape, T, FIELD(T, properties, PAIRS), LIST(T, constraints, pcmk_constraint_shape), LIST(T, resources, pcmk_param_shape),
      LIST(T, levels, pcmk_level_shape), LIST(T, capacities, pcmk_capacity_shape));
#undef T
SHAPE(pcmk_place_shape, struct pcmk_place, FIELD(struct pcmk_place, resource, TEXT), FIELD(struct pcmk_place, instance, TEXT), FIELD(struct pcmk_place, from, TEXTS), FIELD(struct pcmk_place, to, TEXTS));
SHAPE(pcmk_placement_shape, struct pcmk_placement, FIELD(struct pcmk_placement, lost, TEXTS), FIELD(struct pcmk_placement, text, TEXT), LIST(struct pcmk_placement, resources, pcmk_place_shape),
      FIELD(struct pcmk_placement, drained_apart, BOOL), LIST(struct pcmk_placement, drained, pcmk_place_shape));

#define T struct gluster_peer
SHAPE(gluster_peer_shape, T, FIELD(T, uuid, TEXT), FIELD(T, hostname, TEXT), FIELD(T, names, TEXTS), FIELD(T, connected, BOOL), FIELD(T, state, TEXT), FIELD(T, self, BOOL));
#undef T
SHAPE(gluster_peers_shape, struct gluster_peers, LIST(struct gluster_peers, peers, gluster_peer_shape));
#define T struct gluster_brick
SHAPE(gluster_brick_shape, T, FIELD(T, host, TEXT), FIELD(T, path, TEXT), FIELD(T, uuid, TEXT), FIELD(T, set, INT), FIELD(T, arbiter, BOOL));
#undef T
#define T struct gluster_volume
SHAPE(gluster_volume_shape, T, FIELD(T, name, TEXT), FIELD(T, id, TEXT), FIELD(T, type, TEXT), FIELD(T, status, TEXT), FIELD(T, replica, INT),
      FIELD(T, arbiter, INT), FIELD(T, disperse, INT), FIELD(T, redundancy, INT), LIST(T, bricks, gluster_brick_shape), FIELD(T, options, PAIRS));
#undef T
SHAPE(gluster_volumes_shape, struct gluster_volumes, LIST(struct gluster_volumes, volumes, gluster_volume_shape));
#define T struct gluster_alive
SHAPE(gluster_alive_shape, T, FIELD(T, host, TEXT), FIELD(T, answers, BOOL), FIELD(T, reachable, BOOL), FIELD(T, text, TEXT),
      FIELD(T, addresses, TEXTS), FIELD(T, unseen, TEXTS));
#undef T
SHAPE(gluster_probe_shape, struct gluster_probe, LIST(struct gluster_probe, hosts, gluster_alive_shape));
SHAPE(gluster_identity_shape, struct gluster_identity, FIELD(struct gluster_identity, uuid, TEXT), FIELD(struct gluster_identity, address, TEXT));
#define T struct gluster_brick_life
SHAPE(gluster_brick_life_shape, T, FIELD(T, host, TEXT), FIELD(T, path, TEXT), FIELD(T, online, BOOL), FIELD(T, answers, BOOL), FIELD(T, port, INT), FIELD(T, text, TEXT));
#undef T
SHAPE(gluster_bricks_shape, struct gluster_bricks, LIST(struct gluster_bricks, bricks, gluster_brick_life_shape));
#define T struct gluster_brick_space
SHAPE(gluster_brick_space_shape, T, FIELD(T, host, TEXT), FIELD(T, path, TEXT), FIELD(T, device, TEXT), FIELD(T, filesystem, TEXT), FIELD(T, online, BOOL),
      FIELD(T, pid, INT), FIELD(T, port, INT), FIELD(T, size, INT), FIELD(T, free, INT), FIELD(T, inodes, INT), FIELD(T, inodes_free, INT));
#undef T
#define T struct gluster_task
SHAPE(gluster_task_shape, T, FIELD(T, type, TEXT), FIELD(T, id, TEXT), FIELD(T, status, TEXT), FIELD(T, bricks, TEXTS));
#undef T
SHAPE(gluster_space_shape, struct gluster_space, LIST(struct gluster_space, bricks, gluster_brick_space_shape), LIST(struct gluster_space, tasks, gluster_task_shape));
#define T struct gluster_brick_heal
SHAPE(gluster_brick_heal_shape, T, FIELD(T, host, TEXT), FIELD(T, path, TEXT), FIELD(T, pending, INT), FIELD(T, text, TEXT));
#undef T
SHAPE(gluster_heal_shape, struct gluster_heal, LIST(struct gluster_heal, bricks, gluster_brick_heal_shape), FIELD(struct gluster_heal, split_brain, INT));
#define T struct gluster_capacity
SHAPE(gluster_capacity_shape, T, FIELD(T, size, INT), FIELD(T, free, INT), FIELD(T, inodes, INT), FIELD(T, inodes_free, INT));
#undef T
SHAPE(gluster_disk_shape, struct gluster_disk, FIELD(struct gluster_disk, volume, TEXT), FIELD(struct gluster_disk, path, TEXT), FIELD(struct gluster_disk, bricks, TEXTS));
SHAPE(gluster_disks_shape, struct gluster_disks, LIST(struct gluster_disks, disks, gluster_disk_shape));
#define T struct gluster_mount
SHAPE(gluster_mount_shape, T, FIELD(T, mount, TEXT), FIELD(T, server, TEXT), FIELD(T, volume, TEXT), FIELD(T, options, TEXT), FIELD(T, trouble, TEXT));
#undef T
SHAPE(gluster_mounts_shape, struct gluster_mounts, LIST(struct gluster_mounts, mounts, gluster_mount_shape));

#define T struct libvirt_host
SHAPE(libvirt_host_shape, T, FIELD(T, hostname, TEXT), FIELD(T, uuid, TEXT), FIELD(T, hypervisor, TEXT), FIELD(T, version, TEXT), FIELD(T, cpus, INT), FIELD(T, memory, INT),
      FIELD(T, addresses, TEXTS));
#undef T
#define T struct libvirt_disk
SHAPE(libvirt_disk_shape, T, FIELD(T, target, TEXT), FIELD(T, source, TEXT), FIELD(T, device, TEXT), FIELD(T, type, TEXT), FIELD(T, format, TEXT), FIELD(T, cache, TEXT),
      FIELD(T, volume, TEXT), FIELD(T, readonly, BOOL));
#undef T
#define T struct libvirt_nic
SHAPE(libvirt_nic_shape, T, FIELD(T, mac, TEXT), FIELD(T, source, TEXT), FIELD(T, model, TEXT), FIELD(T, type, TEXT));
#undef T
#define T struct libvirt_domain
SHAPE(libvirt_domain_shape, T, FIELD(T, name, TEXT), FIELD(T, uuid, TEXT), FIELD(T, state, TEXT), FIELD(T, reason, TEXT), FIELD(T, id, INT), FIELD(T, vcpus, INT),
      FIELD(T, memory, INT), FIELD(T, persistent, BOOL), FIELD(T, autostart, BOOL), LIST(T, disks, libvirt_disk_shape), LIST(T, nics, libvirt_nic_shape),
      FIELD(T, machine, TEXT), FIELD(T, cpu_mode, TEXT), FIELD(T, hostdevs, INT), FIELD(T, agent, TEXT));
#undef T
SHAPE(libvirt_domains_shape, struct libvirt_domains, LIST(struct libvirt_domains, domains, libvirt_domain_shape));
#define T struct libvirt_load_domain
SHAPE(libvirt_load_domain_shape, T, FIELD(T, name, TEXT), FIELD(T, cpu_percent, REAL), FIELD(T, memory_used, INT), FIELD(T, read_bytes_s, INT),
      FIELD(T, write_bytes_s, INT), FIELD(T, receive_bytes_s, INT), FIELD(T, send_bytes_s, INT));
#undef T
SHAPE(libvirt_load_shape, struct libvirt_load, FIELD(struct libvirt_load, cpu_percent, REAL), FIELD(struct libvirt_load, memory_used, INT),
      LIST(struct libvirt_load, domains, libvirt_load_domain_shape));
#define T struct libvirt_job
SHAPE(libvirt_job_shape, T, FIELD(T, name, TEXT), FIELD(T, type, TEXT), FIELD(T, elapsed_ms, INT), FIELD(T, total, INT), FIELD(T, remaining, INT), FIELD(T, rate, INT),
      FIELD(T, dirty_rate, INT));
#undef T
SHAPE(libvirt_jobs_shape, struct libvirt_jobs, LIST(struct libvirt_jobs, jobs, libvirt_job_shape));
#define T struct setup_mount
SHAPE(setup_mount_shape, T, FIELD(T, mount, TEXT), FIELD(T, source, TEXT), FIELD(T, options, TEXT), FIELD(T, mounted, BOOL), FIELD(T, permanent, BOOL), FIELD(T, ordered, BOOL));
#undef T
SHAPE(setup_peer_shape, struct setup_peer, FIELD(struct setup_peer, name, TEXT), FIELD(struct setup_peer, trusted, BOOL), FIELD(struct setup_peer, text, TEXT));
#define T struct setup_definition
SHAPE(setup_definition_shape, T, FIELD(T, path, TEXT), FIELD(T, readable, BOOL), FIELD(T, name_alone, BOOL));
#undef T
SHAPE(setup_disk_shape, struct setup_disk, FIELD(struct setup_disk, path, TEXT), FIELD(struct setup_disk, size, INT));
SHAPE(setup_files_shape, struct setup_files, FIELD(struct setup_files, domain, TEXT), FIELD(struct setup_files, open, INT), FIELD(struct setup_files, most, INT));
#define T struct setup_shared
SHAPE(setup_shared_shape, T, FIELD(T, path, TEXT), FIELD(T, vcpus, INT), FIELD(T, memory, INT), FIELD(T, disks, TEXTS), FIELD(T, nics, TEXTS));
#undef T
#define T struct libvirt_setup
SHAPE(libvirt_setup_shape, T, FIELD(T, text, TEXT), FIELD(T, clock_ms, INT), FIELD(T, clock_within, INT), FIELD(T, guests_enabled, BOOL), FIELD(T, links, SOME), FIELD(T, port_min, INT),
      FIELD(T, port_max, INT), FIELD(T, machines, SOME), FIELD(T, cpu, TEXT), FIELD(T, mounts_known, BOOL), LIST(T, mounts, setup_mount_shape), LIST(T, peers, setup_peer_shape),
      FIELD(T, definitions_asked, INT), LIST(T, definitions, setup_definition_shape), LIST(T, disks, setup_disk_shape), LIST(T, files, setup_files_shape), LIST(T, shared, setup_shared_shape));
#undef T

SHAPE(state_fact_shape, struct state_fact, CHOICE(struct state_fact, state, source_state_names), FIELD(struct state_fact, text, TEXT));
SHAPE(beat_fact_shape, struct beat_fact, FIELD(struct beat_fact, kinds, TEXTS));

const struct fact_kind fact_kinds[] = {
    {"corosync.cluster", LAYER_COROSYNC, &corosync_cluster_shape, 2000, "quorum and its options", NEED_ESSENTIAL},
    {"corosync.nodes", LAYER_COROSYNC, &corosync_nodes_shape, 2000, "node list and membership", NEED_ESSENTIAL},
    {"corosync.links", LAYER_COROSYNC, &corosync_links_shape, 5000, "links between the nodes", NEED_USEFUL},
    {"corosync.outlook", LAYER_COROSYNC, &corosync_outlooks_shape, 10000, "what nodes that are no members see, asked over ssh", NEED_NONE},
    {"pacemaker.cluster", LAYER_PACEMAKER, &pcmk_cluster_shape, 10000, "DC, properties", NEED_ESSENTIAL},
    {"pacemaker.nodes", LAYER_PACEMAKER, &pcmk_nodes_shape, 10000, "nodes", NEED_ESSENTIAL},
    {"pacemaker.resources", LAYER_PACEMAKER, &pcmk_resources_shape, 10000, "resources", NEED_ESSENTIAL},
    {"pacemaker.failures", LAYER_PACEMAKER, &pcmk_failures_shape, 10000, "failed actions", NEED_USEFUL},
    {"pacemaker.fencing", LAYER_PACEMAKER, &pcmk_fencing_shape, 10000, "fencing history", NEED_USEFUL},
    {"pacemaker.config", LAYER_PACEMAKER, &pcmk_config_shape, 10000, "constraints and configuration", NEED_USEFUL},
    {"pacemaker.placement", LAYER_PACEMAKER, &pcmk_placement_shape, 60000, "where resources go without a node, by pacemaker's own simulation", NEED_NONE},
    {"gluster.peers", LAYER_GLUSTER, &gluster_peers_shape, 2000, "peers, as one daemon sees them", NEED_ESSENTIAL},
    {"gluster.volumes", LAYER_GLUSTER, &gluster_volumes_shape, 2000, "volumes and their options", NEED_ESSENTIAL},
    {"gluster.probe", LAYER_GLUSTER, &gluster_probe_shape, 5000, "each peer's own daemon, asked", NEED_ESSENTIAL},
    {"gluster.identity", LAYER_GLUSTER, &gluster_identity_shape, 60000, "which peer a host of another layer is", NEED_NONE},
    {"gluster.bricks", LAYER_GLUSTER, &gluster_bricks_shape, 5000, "bricks, asked one by one", NEED_ESSENTIAL},
    {"gluster.space", LAYER_GLUSTER, &gluster_space_shape, 300000, "space of the bricks (takes the volume's lock)", NEED_NONE},
    {"gluster.heal", LAYER_GLUSTER, &gluster_heal_shape, 75000, "entries that wait to heal (takes the volume's lock)", NEED_USEFUL},
    {"gluster.capacity", LAYER_GLUSTER, &gluster_capacity_shape, 60000, "space of a volume, as a client sees it", NEED_NONE},
    {"gluster.disks", LAYER_GLUSTER, &gluster_disks_shape, 300000, "which bricks hold a disk", NEED_NONE},
    {"gluster.mounts", LAYER_GLUSTER, &gluster_mounts_shape, 5000, "this host's mounts, asked", NEED_USEFUL},
    {"libvirt.host", LAYER_LIBVIRT, &libvirt_host_shape, 60000, "the host and its hypervisor", NEED_NONE},
    {"libvirt.domains", LAYER_LIBVIRT, &libvirt_domains_shape, 2000, "domains", NEED_ESSENTIAL},
    {"libvirt.load", LAYER_LIBVIRT, &libvirt_load_shape, 5000, "CPU, memory, disk and network rates", NEED_NONE},
    {"libvirt.jobs", LAYER_LIBVIRT, &libvirt_jobs_shape, 5000, "running migrations", NEED_NONE},
    {"libvirt.setup", LAYER_LIBVIRT, &libvirt_setup_shape, 600000, "how the host is set up, asked of it", NEED_NONE},
    {"state", LAYER_NONE, &state_fact_shape, 2000, "how the source is", NEED_NONE},
    {"beat", LAYER_NONE, &beat_fact_shape, 2000, "still alive", NEED_NONE},
    {.name = NULL},
};

const struct fact_kind *fact_kind_find(const char *name) {
  for (const struct fact_kind *k = fact_kinds; k->name; k++)
    if (!strcmp(k->name, name)) return k;
  return NULL;
}

int64_t fact_stale_after(const struct fact_kind *k) { return k->interval_ms * 3 < 5000 ? 5000 : k->interval_ms * 3; }

int64_t definitions_digest(int64_t so_far, const char *path) {
  uint64_t h = so_far ? (uint64_t)so_far : 14695981039346656037u; /* FNV-1a */
  for (const char *c = path;; c++) {
    h = (h ^ (unsigned char)*c) * 1099511628211u;
    if (!*c) return (int64_t)((h & (((uint64_t)1 << 53) - 1)) | 1); /* JSON's numbers are exact to there */
  }
}

const char *definition_path(const struct pcmk_param *p) {
  enum { PATH_MOST = 512 };
  const char *path = str_ends(p->agent ? p->agent : "", ":VirtualDomain") ? pairs_get(&p->params, "config") : NULL;
  if (!path || *path != '/' || strlen(path) > PATH_MOST) return NULL;
  for (const char *c = path; *c; c++)
    if ((unsigned char)*c < ' ' || *c == 127) return NULL;
  return path;
}
