/* Hosts: who exists (by every layer's names, joined by identity), and what each layer says of it. */
#include "model/merge.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

#define EACH_FACT(m, kind_, f)                                             \
  for (const struct fact *f = (m)->store->facts; f < (m)->store->facts + (m)->store->fact_count; f++) \
    if (f->fragment->data && !strcmp(f->fragment->kind->name, kind_))

static const char *number(struct merge *m, int64_t n) { return arena_printf(m->arena, "%" PRId64, n); }

static void link_all(struct merge *m, const char *name, const struct texts *addresses) {
  for (size_t i = 0; i < addresses->count; i++) identity_link(&m->identity, name, NULL, addresses->item[i]);
}

static void name_cluster_nodes(struct merge *m) {
  struct identity *d = &m->identity;
  EACH_FACT(m, "corosync.nodes", f) {
    const struct corosync_nodes *n = f->fragment->data;
    for (size_t i = 0; i < n->nodes.count; i++) {
      identity_name(d, n->nodes.item[i].name, RANK_COROSYNC);
      identity_link(d, n->nodes.item[i].name, "corosync-id", number(m, n->nodes.item[i].id));
      link_all(m, n->nodes.item[i].name, &n->nodes.item[i].addresses);
      if (n->nodes.item[i].local == TRUTH_YES) identity_link(d, n->nodes.item[i].name, NULL, f->fragment->host); /* who read it is that node */
    }
  }
  EACH_FACT(m, "pacemaker.nodes", f) {
    const struct pcmk_nodes *n = f->fragment->data;
    for (size_t i = 0; i < n->nodes.count; i++) {
      identity_name(d, n->nodes.item[i].name, RANK_PACEMAKER);
      if (str_eq(n->nodes.item[i].type, "member")) identity_link(d, n->nodes.item[i].name, "corosync-id", n->nodes.item[i].id);
    }
  }
}

static void name_store_hosts(struct merge *m) {
  struct identity *d = &m->identity;
  EACH_FACT(m, "gluster.peers", f) {
    const struct gluster_peers *p = f->fragment->data;
    for (size_t i = 0; i < p->peers.count; i++) {
      identity_name(d, p->peers.item[i].hostname, RANK_GLUSTER);
      identity_link(d, p->peers.item[i].hostname, "gluster-uuid", p->peers.item[i].uuid);
      link_all(m, p->peers.item[i].hostname, &p->peers.item[i].names);
    }
  }
  EACH_FACT(m, "gluster.volumes", f) {
    const struct gluster_volumes *v = f->fragment->data;
    for (size_t i = 0; i < v->volumes.count; i++)
      for (size_t j = 0; j < v->volumes.item[i].bricks.count; j++) {
        const struct gluster_brick *b = &v->volumes.item[i].bricks.item[j];
        identity_name(d, b->host, RANK_GLUSTER);
        identity_link(d, b->host, "gluster-uuid", b->uuid);
      }
  }
  EACH_FACT(m, "gluster.probe", f) {
    const struct gluster_probe *p = f->fragment->data;
    for (size_t i = 0; i < p->hosts.count; i++) link_all(m, p->hosts.item[i].host, &p->hosts.item[i].addresses);
  }
  EACH_FACT(m, "gluster.identity", f) identity_link(d, f->fragment->key, "gluster-uuid", ((const struct gluster_identity *)f->fragment->data)->uuid);
}

static void name_kvm_hosts(struct merge *m) {
  struct identity *d = &m->identity;
  for (size_t i = 0; i < m->store->source_count; i++) {
    const struct source *src = &m->store->sources[i];
    /* A hypervisor that is not there ("absent") makes no host of the machine the console happens to run on. */
    if (src->layer == LAYER_LIBVIRT && src->state != SOURCE_ABSENT) identity_name(d, src->host, RANK_LIBVIRT);
  }
  EACH_FACT(m, "libvirt.host", f) {
    const struct libvirt_host *h = f->fragment->data;
    identity_name(d, f->fragment->host, RANK_LIBVIRT);
    identity_link(d, f->fragment->host, "libvirt-uuid", h->uuid);
    link_all(m, f->fragment->host, &h->addresses);
  }
  for (size_t i = 0; i < m->options->alias_count; i++) identity_link(d, m->options->aliases[i].host, NULL, m->options->aliases[i].alias);
}

static int by_name(const void *a, const void *b) { return str_natural(*(const char *const *)a, *(const char *const *)b); }

static void list_hosts(struct merge *m) {
  struct texts names = {0};
  CLEANUP(map_free) struct map seen = {0};
  for (size_t i = 0; i < m->identity.tokens.count; i++) {
    if (m->identity.tokens.item[i].rank == RANK_TOKEN) continue;
    const char *name = identity_of(&m->identity, m->identity.tokens.item[i].text);
    if (map_get(&seen, name) != MAP_NONE) continue;
    map_add(&seen, name, 1);
    texts_add(m->arena, &names, name);
  }
  if (names.count) qsort(names.item, names.count, sizeof(char *), by_name);
  for (size_t i = 0; i < names.count; i++) {
    struct host_view *h = list_add(m->arena, &m->snap->hosts, &host_view_shape);
    h->name = names.item[i];
    h->take_down = VERDICT_UNKNOWN; /* a verdict is made by analysis, and unknown until it was */
    identity_others(&m->identity, h->name, &h->aliases, &h->addresses);
    map_set(&m->host_index, h->name, i);
    for (size_t j = 0; j < h->aliases.count; j++) map_set(&m->host_index, h->aliases.item[j], i);
    for (size_t j = 0; j < h->addresses.count; j++) map_set(&m->host_index, h->addresses.item[j], i);
  }
}

static void add_role(struct merge *m, struct host_view *h, const char *role) {
  if (!texts_have(&h->roles, role)) texts_add(m->arena, &h->roles, role);
}

static void fill_corosync(struct merge *m) {
  const struct corosync_nodes *n = merge_take(m, "corosync.nodes", NULL, NULL, NULL);
  struct texts stale = {0};
  merge_take(m, "corosync.nodes", NULL, NULL, &stale);
  CLEANUP(map_free) struct map by_id = {0};
  for (size_t i = 0; n && i < n->nodes.count; i++) {
    const struct corosync_node *node = &n->nodes.item[i];
    struct host_view *h = merge_host(m, node->name);
    if (!h) continue;
    map_set(&by_id, number(m, node->id), (size_t)(h - m->snap->hosts.item));
    h->membership = node->member == TRUTH_YES ? MEMBERSHIP_MEMBER : node->member == TRUTH_NO ? MEMBERSHIP_LEFT : MEMBERSHIP_UNKNOWN;
    add_role(m, h, "kvm");
    if (stale.count) merge_mark(m, &h->stale, LAYER_COROSYNC);
  }
  const struct corosync_links *l = merge_take(m, "corosync.links", NULL, NULL, NULL);
  for (size_t i = 0; l && i < l->links.count; i++) {
    int64_t at = map_get(&by_id, number(m, l->links.item[i].node_id));
    if (at == MAP_NONE) continue;
    struct link_view *v = list_add(m->arena, &m->snap->hosts.item[at].links, &link_view_shape);
    *v = (struct link_view){l->links.item[i].link, l->links.item[i].connected, l->links.item[i].latency_us};
  }
}

/* The first that holds, in the contract's order. What is not known does not hold, and what is not known to be online is unknown. */
static int node_state(const struct pcmk_node *n) {
  if (n->unclean == TRUTH_YES) return NODE_UNCLEAN;
  if (n->pending == TRUTH_YES) return NODE_PENDING;
  if (n->online == TRUTH_UNKNOWN || (n->online == TRUTH_NO && n->unclean == TRUTH_UNKNOWN)) return NODE_UNKNOWN; /* "offline" is "safely off" */
  if (n->online == TRUTH_NO) return NODE_OFFLINE;
  if (n->maintenance == TRUTH_YES) return NODE_MAINTENANCE;
  if (n->standby == TRUTH_YES || n->standby_onfail == TRUTH_YES) return NODE_STANDBY;
  return NODE_ONLINE;
}

static void fill_pacemaker(struct merge *m) {
  struct texts stale = {0};
  const struct pcmk_nodes *n = merge_take(m, "pacemaker.nodes", NULL, NULL, &stale);
  for (size_t i = 0; n && i < n->nodes.count; i++) {
    struct host_view *h = merge_host(m, n->nodes.item[i].name);
    if (!h) continue;
    h->pacemaker = node_state(&n->nodes.item[i]);
    h->dc = n->nodes.item[i].is_dc;
    add_role(m, h, "kvm");
    if (stale.count) merge_mark(m, &h->stale, LAYER_PACEMAKER);
  }
}

enum truth merge_peer_answers(struct merge *m, const struct host_view *h) {
  const struct gluster_probe *p = merge_take(m, "gluster.probe", NULL, NULL, NULL);
  for (size_t i = 0; p && i < p->hosts.count; i++)
    if (merge_host(m, p->hosts.item[i].host) == h) return p->hosts.item[i].answers;
  return TRUTH_UNKNOWN;
}

/* "connected" is what one daemon believes, for minutes after the cable was cut; the peer's own answer is the proof. */
static int peer_state(const struct gluster_peer *p, enum truth answers) {
  if (p->self != TRUTH_YES && p->connected == TRUTH_NO) return PEER_DISCONNECTED;
  if (answers == TRUTH_NO) return PEER_SUSPECT;
  bool claimed = p->self == TRUTH_YES || p->connected == TRUTH_YES;
  return claimed && answers == TRUTH_YES ? PEER_CONNECTED : PEER_UNKNOWN;
}

static void fill_gluster(struct merge *m) {
  struct texts stale = {0}, probe_stale = {0};
  const struct gluster_peers *p = merge_take(m, "gluster.peers", NULL, NULL, &stale);
  merge_take(m, "gluster.probe", NULL, NULL, &probe_stale);
  for (size_t i = 0; p && i < p->peers.count; i++) {
    struct host_view *h = merge_host(m, p->peers.item[i].hostname);
    if (!h) continue;
    h->peer = peer_state(&p->peers.item[i], merge_peer_answers(m, h));
    add_role(m, h, "gluster");
    if (stale.count || probe_stale.count) merge_mark(m, &h->stale, LAYER_GLUSTER);
  }
}

static void fill_libvirt(struct merge *m) {
  for (size_t i = 0; i < m->store->source_count; i++) {
    const struct source *src = &m->store->sources[i];
    struct host_view *h = src->layer == LAYER_LIBVIRT ? merge_host(m, src->host) : NULL;
    if (!h || src->state == SOURCE_ABSENT) continue;
    enum source_state state = source_state_now(src, m->snap->now);
    h->libvirt = state == SOURCE_OK ? LIBVIRT_CONNECTED : state == SOURCE_UNKNOWN ? LIBVIRT_CONNECTING : LIBVIRT_UNREACHABLE;
    add_role(m, h, "kvm");
    const struct libvirt_host *info = merge_take(m, "libvirt.host", src->host, NULL, &h->stale);
    if (info) h->memory = info->memory, h->cpus = info->cpus;
    const struct libvirt_load *load = merge_take(m, "libvirt.load", src->host, NULL, &h->stale);
    if (load) h->cpu_percent = load->cpu_percent, h->memory_used = load->memory_used;
    const struct libvirt_domains *domains = merge_take(m, "libvirt.domains", src->host, NULL, &h->stale);
    if (!domains) continue;
    h->domains = 0;
    for (size_t j = 0; j < domains->domains.count; j++) h->domains += domains->domains.item[j].id != UNKNOWN_INT && domains->domains.item[j].id >= 0;
  }
}

/* Safely off: what was read of it last is not old but over. */
static void forget_load(struct merge *m) {
  for (size_t i = 0; i < m->snap->hosts.count; i++) {
    struct host_view *h = &m->snap->hosts.item[i];
    if (h->pacemaker != NODE_OFFLINE || h->libvirt == LIBVIRT_CONNECTED || texts_have(&h->stale, layer_names[LAYER_PACEMAKER])) continue;
    h->domains = h->memory_used = UNKNOWN_INT;
    h->cpu_percent = NAN;
  }
}

/* Where no layer is there at all, this machine is what is known: a bare host, on which a cluster may be built. */
static void name_bare_host(struct merge *m) {
  for (size_t i = 0; i < m->store->source_count; i++)
    if (m->store->sources[i].state != SOURCE_ABSENT) return;
  if (m->options->here && m->store->source_count && !m->store->fact_count) identity_name(&m->identity, m->options->here, RANK_LIBVIRT);
}

void merge_hosts(struct merge *m) {
  name_cluster_nodes(m);
  name_store_hosts(m);
  name_kvm_hosts(m);
  name_bare_host(m);
  list_hosts(m);
  fill_corosync(m);
  fill_pacemaker(m);
  fill_gluster(m);
  fill_libvirt(m);
  merge_outlook(m);
  forget_load(m);
  const char *here = m->options->here;
  for (size_t i = 0; here && i < m->snap->hosts.count; i++) m->snap->hosts.item[i].here = truth_of(merge_host(m, here) == &m->snap->hosts.item[i]);
}
