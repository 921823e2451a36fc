#include "sim/net.h"
#include "sim/guest.h"
#include "sim/host.h"
#include "sim/ring.h"
#include "sim/store.h"
#include <stdio.h>
#include <string.h>

static const char *const layer_of[] = {[TRAFFIC_CLUSTER] = "cluster", [TRAFFIC_COROSYNC] = "corosync", [TRAFFIC_GLUSTER] = "gluster"};

static int64_t earlier(int64_t a, int64_t b) { return !KNOWN(a) ? b : !KNOWN(b) || a < b ? a : b; }

static bool between(const struct sim_part *p, const struct sim_host *a, const struct sim_host *b) {
  return (str_eq(p->one, a->name) && str_eq(p->other, b->name)) || (str_eq(p->one, b->name) && str_eq(p->other, a->name));
}

static int64_t parted_since(const struct world *w, const struct sim_host *a, const struct sim_host *b, enum traffic t) {
  int64_t since = UNKNOWN_INT;
  EACH(w->parts, struct sim_part, p)
    if ((!p->layer || str_eq(p->layer, layer_of[t])) && between(p, a, b)) since = earlier(since, p->since);
  return since;
}

int64_t times_parted(const struct world *w, const struct sim_host *a, const struct sim_host *b) {
  int64_t n = 0;
  EACH(w->parts, struct sim_part, p)
    if (!str_eq(p->layer, "gluster") && between(p, a, b)) n += p->times;
  return n;
}

static int64_t cut_since(const struct sim_host *h, bool storage) { return storage ? h->storage_cut : h->cluster_cut; }

/* Corosync's links take turns on the two networks. */
static int64_t link_broken(const struct world *w, const struct sim_host *a, const struct sim_host *b, int64_t link) {
  return earlier(earlier(cut_since(a, link % 2), cut_since(b, link % 2)), parted_since(w, a, b, TRAFFIC_COROSYNC));
}

/* Since when the way is broken: of corosync's the one that broke last. */
static int64_t broken(const struct world *w, const struct sim_host *a, const struct sim_host *b, enum traffic t) {
  bool storage = t == TRAFFIC_GLUSTER;
  if (t != TRAFFIC_COROSYNC) return earlier(earlier(cut_since(a, storage), cut_since(b, storage)), parted_since(w, a, b, t));
  int64_t last = link_broken(w, a, b, 0);
  for (int64_t i = 1; i < w->corosync.links && KNOWN(last); i++) {
    int64_t since = link_broken(w, a, b, i);
    last = !KNOWN(since) || since > last ? since : last;
  }
  return last;
}

bool hosts_joined(const struct world *w, const struct sim_host *a, const struct sim_host *b, enum traffic t) { return a == b || !KNOWN(broken(w, a, b, t)); }
bool hosts_reach(const struct world *w, const struct sim_host *a, const struct sim_host *b, enum traffic t) { return host_up(a) && host_up(b) && hosts_joined(w, a, b, t); }

static int64_t silent_since(const struct sim_host *a, const struct sim_host *b, int64_t wire) {
  int64_t since = earlier(wire, earlier(a->silent_since, b->silent_since));
  return KNOWN(since) ? since : 0;
}

int64_t unheard_since(const struct world *w, const struct sim_host *a, const struct sim_host *b, enum traffic t) {
  return hosts_reach(w, a, b, t) ? UNKNOWN_INT : silent_since(a, b, a == b ? UNKNOWN_INT : broken(w, a, b, t));
}

int64_t link_unheard_since(const struct world *w, const struct sim_host *a, const struct sim_host *b, int64_t link) {
  int64_t wire = link_broken(w, a, b, link);
  return host_up(a) && host_up(b) && !KNOWN(wire) ? UNKNOWN_INT : silent_since(a, b, wire);
}

bool bmc_answers(const struct world *w, const struct sim_host *from, const struct sim_host *target) {
  (void)w;
  return host_up(from) && !KNOWN(from->cluster_cut) && YES(target->bmc) && YES(target->bmc_works);
}

/* It is let in with the password that the fence device has. */
bool bmc_lets_in(const struct world *w, const struct sim_host *from, const struct sim_host *target) { return bmc_answers(w, from, target) && !pairs_get(&target->setup, "password"); }

/* ---- changes ---- */

struct reach reach_of(const struct world *w, const struct sim_host *h) {
  bool up = host_up(h), cluster = up && !KNOWN(h->cluster_cut), storage = up && !KNOWN(h->storage_cut);
  return (struct reach){cluster || storage, cluster, storage, cluster || (storage && w->corosync.links > 1)};
}

/* What the layers think of it later follows from their own times. */
void reach_changed(struct world *w, struct sim_host *h, struct reach before) {
  struct reach now = reach_of(w, h);
  if (now.heard == before.heard && now.cluster == before.cluster && now.storage == before.storage && now.corosync == before.corosync) return;
  if (now.heard != before.heard) h->silent_since = now.heard ? UNKNOWN_INT : w->clock;
  h->downs += (before.cluster && !now.cluster) || (before.storage && !now.storage && w->corosync.links > 1);
  w->changed = ~0u;
  store_host_changed(w, h);
  guest_host_changed(w, h);
  bool other_link = w->corosync.links > 1 && (now.cluster != before.cluster || now.storage != before.storage);
  if (now.corosync != before.corosync) ring_host_changed(w, h, now.corosync);
  else if (other_link && now.corosync) ring_host_parted(w, h, now.cluster > before.cluster || now.storage > before.storage); /* from those whose other link is gone */
  if (now.cluster != before.cluster) ring_device_changed(w, h);
}

static void set_cables(struct world *w, const char *host, const char *network, bool cut) {
  struct sim_host *h = world_host(w, host);
  if (!h) return;
  struct reach before = reach_of(w, h);
  if (!str_eq(network, "storage") && cut != KNOWN(h->cluster_cut)) h->cluster_cut = cut ? w->clock : UNKNOWN_INT;
  if (!str_eq(network, "cluster") && cut != KNOWN(h->storage_cut)) h->storage_cut = cut ? w->clock : UNKNOWN_INT;
  reach_changed(w, h, before);
}

void on_cut(struct world *w, const char *subject, const char *detail) { set_cables(w, subject, detail, true); }
void on_join(struct world *w, const char *subject, const char *detail) { set_cables(w, subject, detail, false); }

/* ---- hosts that are parted ---- */

/* "k1,k2": the next of them, NULL at the end or when it is none. */
static struct sim_host *next_host(const struct world *w, const char **at) {
  char name[256];
  size_t len = *at ? strcspn(*at, ", ") : 0;
  if (!len || len >= sizeof name) return NULL;
  snprintf(name, sizeof name, "%.*s", (int)len, *at);
  *at += len + ((*at)[len] == ',');
  return world_host(w, name);
}

static void part_two(struct world *w, const struct sim_host *a, const struct sim_host *b, const char *layer) {
  EACH(w->parts, struct sim_part, p) {
    if (!between(p, a, b) || !str_eq(p->layer, layer)) continue;
    p->times += !KNOWN(p->since);
    if (!KNOWN(p->since)) p->since = w->clock;
    return;
  }
  struct sim_part *p = list_add(w->arena, &w->parts, &sim_part_shape);
  *p = (struct sim_part){a->name, b->name, world_word(w, layer), w->clock, 1};
}

static void mend_two(struct world *w, const struct sim_host *a, const struct sim_host *b) {
  EACH(w->parts, struct sim_part, p)
    if (between(p, a, b)) p->since = UNKNOWN_INT;
}

static void tell(struct world *w, struct sim_host *h, bool corosync, bool mended) {
  store_host_changed(w, h);
  guest_host_changed(w, h);
  if (corosync) ring_host_parted(w, h, mended);
  ring_device_changed(w, h);
}

/* subject: hosts; detail: the others, and for on_part() the layer. The others are the ones that leave the ring, or join it. */
static void change_parts(struct world *w, const char *subject, const char *detail, bool mended) {
  const char *space = detail ? strchr(detail, ' ') : NULL, *layer = space && space[1] ? space + 1 : NULL, *at = subject;
  struct sim_host *a, *b;
  while ((a = next_host(w, &at)))
    for (const char *to = detail; (b = next_host(w, &to));) {
      if (a == b) continue;
      if (mended) mend_two(w, a, b);
      else part_two(w, a, b, layer);
    }
  w->changed = ~0u;
  for (at = subject; (a = next_host(w, &at));) tell(w, a, mended, mended);
  for (at = detail; (b = next_host(w, &at));) tell(w, b, mended || !str_eq(layer, "gluster"), mended);
}

void on_part(struct world *w, const char *subject, const char *detail) { change_parts(w, subject, detail, false); }
void on_mend(struct world *w, const char *subject, const char *detail) { change_parts(w, subject, detail, true); }
