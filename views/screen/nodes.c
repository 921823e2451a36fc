/* Nodes: every host of the cluster, whatever it does in it. */
#include "views/screen/list.h"
#include <stdio.h>

enum { NODE, ROLE, HA, PEER, VMS, CPU, MEM, TAKE, VIRT, LINK, ADDRESS, TREND, CPUS, USED, TOTAL, LATENCY, ALIASES, MEM_TREND };

static struct sort_key memory_key(const struct input *in, const void *item) {
  const struct host_view *h = item;
  (void)in;
  bool known = h->memory > 0 && h->memory_used != UNKNOWN_INT;
  return sort_number(known, known ? (double)h->memory_used / (double)h->memory : 0);
}

static size_t links_up(const struct host_view *h) {
  size_t up = 0;
  for (size_t i = 0; i < h->links.count; i++) up += h->links.item[i].connected == TRUTH_YES;
  return up;
}

static struct sort_key links_key(const struct input *in, const void *item) {
  const struct host_view *h = item;
  (void)in;
  return sort_number(h->links.count > 0, h->links.count ? (double)links_up(h) / (double)h->links.count : 0);
}

/* Of the slowest link, microseconds. */
static int64_t latency_of(const struct host_view *h) {
  int64_t worst = UNKNOWN_INT;
  for (size_t i = 0; i < h->links.count; i++)
    if (h->links.item[i].latency_us > worst) worst = h->links.item[i].latency_us;
  return worst;
}

static struct sort_key latency_key(const struct input *in, const void *item) {
  (void)in;
  return sort_number(latency_of(item) != UNKNOWN_INT, (double)latency_of(item));
}

static const struct list_column columns[] = {
    [NODE] = {{.title = "NODE", .min = 5, .max = 32, .weight = 1, .priority = 99}, "name"},
    [ROLE] = {{.title = "ROLE", .min = 4, .max = 12, .priority = 50}, "roles"},
    [HA] = {{.title = "HA", .min = 9, .max = 14, .priority = 90}, "pacemaker"},
    [PEER] = {{.title = "PEER", .min = 7, .max = 12, .priority = 80}, "peer"},
    [VMS] = {{.title = "VMS", .min = 3, .align = ALIGN_RIGHT, .priority = 70}, "domains"},
    [CPU] = {{.title = "CPU", .min = 4, .align = ALIGN_RIGHT, .priority = 60}, "cpu_percent"},
    [MEM] = {{.title = "MEM", .min = 4, .align = ALIGN_RIGHT, .priority = 55}, NULL},
    [TAKE] = {{.title = "DOWN?", .min = 6, .max = 6, .priority = 65}, "take_down"},
    [VIRT] = {{.title = "LIBVIRT", .min = 9, .max = 12, .priority = 40}, "libvirt"},
    [LINK] = {{.title = "LINKS", .min = 5, .max = 16, .priority = 30}, NULL},
    [ADDRESS] = {{.title = "ADDRESS", .min = 9, .max = 40, .weight = 1, .priority = 20}, "addresses"},
    [TREND] = {{.title = "CPU TREND", .min = 16, .max = 16, .spare = true, .priority = 10, .picture = true}, NULL},
    [MEM_TREND] = {{.title = "MEM TREND", .min = 16, .max = 16, .spare = true, .priority = 4, .picture = true}, NULL},
    [CPUS] = {{.title = "CPUS", .min = 4, .align = ALIGN_RIGHT, .priority = 9, .extra = true}, "cpus"},
    [USED] = {{.title = "MEM USED", .min = 8, .align = ALIGN_RIGHT, .priority = 8, .extra = true}, "memory_used"},
    [TOTAL] = {{.title = "MEM TOTAL", .min = 9, .align = ALIGN_RIGHT, .priority = 7, .extra = true}, "memory"},
    [LATENCY] = {{.title = "LATENCY", .min = 7, .align = ALIGN_RIGHT, .priority = 6, .extra = true}, NULL},
    [ALIASES] = {{.title = "ALSO CALLED", .min = 11, .max = 40, .priority = 5, .extra = true}, "aliases"},
};
static const struct list_key keys[] = {{MEM, memory_key}, {LINK, links_key}, {LATENCY, latency_key}, {0, NULL}};

static size_t collect(const struct input *in, const void ***ret) {
  size_t n = in->snap->hosts.count;
  *ret = arena_array(in->arena, n, sizeof **ret);
  for (size_t i = 0; i < n; i++) (*ret)[i] = &in->snap->hosts.item[i];
  return n;
}

static const char *id(const struct input *in, const void *item) {
  (void)in;
  return ((const struct host_view *)item)->name;
}

/* Only the layer that a value comes from makes it old. */
static const struct texts *old(const struct host_view *h, const char *layer) { return texts_have(&h->stale, layer) ? &h->stale : NULL; }

static void put_ha(const struct input *in, const struct host_view *h, struct row *out) {
  static const enum role roles[] = {[NODE_UNCLEAN] = ROLE_BAD, [NODE_PENDING] = ROLE_WARN, [NODE_OFFLINE] = ROLE_BAD, [NODE_MAINTENANCE] = ROLE_WARN,
                                    [NODE_STANDBY] = ROLE_WARN, [NODE_ONLINE] = ROLE_OK};
  bool node = texts_have(&h->roles, "kvm") && (h->pacemaker || h->membership);
  if (h->pacemaker) {
    bool loud = h->pacemaker == NODE_UNCLEAN || h->pacemaker == NODE_OFFLINE;
    const char *word = node_state_names[h->pacemaker];
    if (loud) word = h->pacemaker == NODE_UNCLEAN ? "UNCLEAN" : "OFFLINE";
    put_fact(out, in, HA, roles[h->pacemaker], h->dc == TRUTH_YES ? arena_printf(in->arena, "%s DC", word) : word, old(h, "pacemaker"));
  } else if (node) put_fact(out, in, HA, h->membership == MEMBERSHIP_MEMBER ? ROLE_NORMAL : ROLE_BAD, h->membership == MEMBERSHIP_MEMBER ? "member" : "LEFT", old(h, "corosync"));
  else row_put(out, HA, ROLE_DIM, "-");
}

static void put_peer(const struct input *in, const struct host_view *h, struct row *out) {
  static const enum role roles[] = {[PEER_CONNECTED] = ROLE_OK, [PEER_DISCONNECTED] = ROLE_BAD, [PEER_SUSPECT] = ROLE_BAD};
  static const char *const words[] = {[PEER_CONNECTED] = "peer", [PEER_DISCONNECTED] = "DISCONN", [PEER_SUSPECT] = "SUSPECT"};
  if (h->peer) put_fact(out, in, PEER, roles[h->peer], words[h->peer], old(h, "gluster"));
  else if (texts_have(&h->roles, "gluster")) row_put(out, PEER, ROLE_UNKNOWN, NULL);
  else row_put(out, PEER, ROLE_DIM, "-");
}

/* May it go down? A host that is proven off has done so. */
static void put_take_down(const struct input *in, const struct host_view *h, struct row *out) {
  static const struct { const char *word; enum role role; } words[] = {[VERDICT_NONE] = {NULL, ROLE_UNKNOWN}, [VERDICT_SAFE] = {"safe", ROLE_OK}, [VERDICT_WAIT] = {"wait", ROLE_WARN},
                                                                      [VERDICT_UNSAFE] = {"UNSAFE", ROLE_BAD}, [VERDICT_UNKNOWN] = {NULL, ROLE_UNKNOWN}};
  if (snapshot_off(in->snap, h)) row_put(out, TAKE, ROLE_DIM, "off");
  else row_put(out, TAKE, words[h->take_down].role, words[h->take_down].word);
}

static const char *roles_text(const struct input *in, const struct host_view *h) {
  bool kvm = texts_have(&h->roles, "kvm"), store = texts_have(&h->roles, "gluster");
  (void)in;
  return kvm && store ? "kvm+glu" : kvm ? "kvm" : store ? "glu" : "-";
}

static const char *links_text(const struct input *in, const struct host_view *h) {
  return h->links.count ? arena_printf(in->arena, "%zu/%zu up", links_up(h), h->links.count) : "-";
}

/* What only a host with a libvirt can tell. */
static void put_more(const struct input *in, const struct host_view *h, bool told, const struct texts *stale, struct row *out) {
  if (row_wants(out, CPUS)) put_fact(out, in, CPUS, told ? ROLE_NORMAL : ROLE_DIM, told ? count_text(in, h->cpus) : "-", stale);
  if (row_wants(out, USED)) put_fact(out, in, USED, told ? ROLE_NORMAL : ROLE_DIM, told ? size_text(in, h->memory_used) : "-", stale);
  if (row_wants(out, TOTAL)) put_fact(out, in, TOTAL, told ? ROLE_NORMAL : ROLE_DIM, told ? size_text(in, h->memory) : "-", stale);
  if (row_wants(out, TREND)) row_put(out, TREND, ROLE_ACCENT, told ? trend_text(in, TREND_HOST_CPU, h->name, 16, 100) : "");
  if (row_wants(out, MEM_TREND)) row_put(out, MEM_TREND, ROLE_ACCENT, told ? trend_text(in, TREND_HOST_MEMORY, h->name, 16, 100) : "");
  int64_t latency = row_wants(out, LATENCY) ? latency_of(h) : UNKNOWN_INT;
  if (row_wants(out, LATENCY))
    put_fact(out, in, LATENCY, ROLE_NORMAL, !h->links.count ? "-" : latency == UNKNOWN_INT ? NULL : arena_printf(in->arena, "%.1f ms", (double)latency / 1000),
             h->links.count ? old(h, "corosync") : NULL);
  if (row_wants(out, ALIASES)) row_put(out, ALIASES, ROLE_DIM, join_text(in, &h->aliases));
}

static void fill(const struct input *in, const void *item, struct row *out) {
  const struct host_view *h = item;
  bool kvm = texts_have(&h->roles, "kvm");
  const struct texts *stale = old(h, "libvirt");
  row_put(out, NODE, ROLE_NORMAL, h->name);
  row_put(out, ROLE, ROLE_DIM, roles_text(in, h));
  put_ha(in, h, out);
  put_peer(in, h, out);
  if (kvm && snapshot_off(in->snap, h) && h->libvirt != LIBVIRT_CONNECTED) {
    for (int c = VMS; c <= MEM; c++) row_put(out, c, ROLE_DIM, "-");
    row_put(out, VIRT, ROLE_DIM, "off");
  } else if (kvm) {
    double mem = h->memory > 0 && h->memory_used != UNKNOWN_INT ? 100.0 * (double)h->memory_used / (double)h->memory : -1;
    put_fact(out, in, VMS, ROLE_NORMAL, count_text(in, h->domains), stale);
    put_fact(out, in, CPU, h->cpu_percent >= 90 ? ROLE_WARN : ROLE_NORMAL, percent_text(in, h->cpu_percent), stale);
    put_fact(out, in, MEM, mem >= 90 ? ROLE_WARN : ROLE_NORMAL, mem < 0 ? NULL : percent_text(in, mem), stale);
    put_fact(out, in, VIRT, h->libvirt == LIBVIRT_CONNECTED ? ROLE_OK : h->libvirt == LIBVIRT_UNREACHABLE ? ROLE_BAD : ROLE_UNKNOWN,
             h->libvirt ? libvirt_state_names[h->libvirt] : NULL, NULL);
  } else {
    for (int c = VMS; c <= VIRT; c++) row_put(out, c, ROLE_DIM, "-");
  }
  put_take_down(in, h, out);
  put_more(in, h, kvm && !str_eq(out->cell[VIRT].text, "off"), stale, out);
  put_fact(out, in, LINK, ROLE_NORMAL, links_text(in, h), h->links.count ? old(h, "corosync") : NULL);
  if (row_wants(out, ADDRESS)) row_put(out, ADDRESS, ROLE_DIM, join_text(in, &h->addresses));
}

const struct list list_nodes = {.name = "nodes", .title = "Nodes", .help = "hosts, what they do, and how each layer sees them", .action = ACTION_VIEW_NODES,
                                .shape = &host_view_shape, .columns = columns, .column_count = COUNT(columns), .keys = keys, .empty = "no host is known yet", .collect = collect, .stamp = snapshot_stamp, .id = id, .fill = fill};
