/* Stalls: a client waits for a brick that it believes in. When its host falls silent, or its process, nothing that touches the
 * brick's set goes on for one to two network.ping-timeouts (as measured); then the brick is given up, and the rest decides. */
#include "sim/guest.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/store.h"

enum { PING_MS = 42000 };

/* Since when it says nothing to that client; UNKNOWN_INT: it serves, or its port was seen closed. */
static int64_t mute_since(const struct world *w, const struct sim_brick *b, const struct sim_host *client) {
  const struct sim_host *h = world_host(w, b->host);
  int64_t silent = h ? unheard_since(w, client, h, TRAFFIC_GLUSTER) : UNKNOWN_INT;
  bool was_dead = b->life == LIFE_STOPPED && (!KNOWN(silent) || b->since < silent);
  if (was_dead || !h) return UNKNOWN_INT;
  return KNOWN(silent) ? silent : b->life == LIFE_HUNG ? b->since : UNKNOWN_INT;
}

static int64_t given_up_at(const struct world *w, const struct sim_volume *v, const struct sim_brick *b, const struct sim_host *client) {
  int64_t since = mute_since(w, b, client), ping = number_of(pairs_get(&v->options, "network.ping-timeout"), PING_MS);
  if (!KNOWN(since)) return 0;
  uint64_t phase = mix(mix((uint64_t)w->seed, (uint64_t)since), (uint64_t)(client - w->hosts.item) * 4096 + (uint64_t)(b - v->bricks.item));
  return since + ping + (int64_t)(phase % 1000) * ping / 1000; /* where its clock of pings stood */
}

int64_t set_waits(const struct world *w, const struct sim_volume *v, int64_t set, const struct sim_host *client) {
  int64_t until = 0;
  if (!host_up(client) || !str_eq(v->status, "started")) return 0;
  EACH(v->bricks, struct sim_brick, b) {
    int64_t at = b->set == set && !brick_serves(w, b, client) ? given_up_at(w, v, b, client) : 0;
    if (at > until) until = at;
  }
  return until > w->clock ? until : 0;
}

int64_t file_waits(const struct world *w, const struct sim_host *h, const char *path) {
  const char *rest;
  const struct sim_volume *v = volume_at(w, h, path, &rest);
  const struct sim_file *f = v ? world_file(w, v->name, rest) : NULL;
  return f ? set_waits(w, v, f->set, h) : 0;
}

int64_t guest_waits(const struct world *w, const struct sim_domain *d, const struct sim_host *h) {
  int64_t until = 0;
  for (size_t i = 0; i < d->disks.count; i++) {
    int64_t at = file_waits(w, h, d->disks.item[i].source);
    if (at > until) until = at;
  }
  return until;
}

/* When the first of the stalls that are under way ends: then what waited is looked at. */
void stall_watch(struct world *w) {
  int64_t next = INT64_MAX;
  EACH(w->volumes, struct sim_volume, v)
    EACH(v->bricks, struct sim_brick, b) {
      if (!w->parts.count && brick_lives(w, b)) continue;
      EACH(w->hosts, struct sim_host, h) {
        bool uses = false;
        EACH(h->mounts, struct sim_mount, m) uses |= str_eq(m->volume, v->name);
        int64_t at = uses && host_up(h) && !brick_serves(w, b, h) ? given_up_at(w, v, b, h) : 0;
        if (at > w->clock && at < next) next = at;
      }
    }
  world_forget(w, "stall", NULL);
  if (next < INT64_MAX) world_at(w, next, "stall", NULL, NULL);
}

void on_stall(struct world *w, const char *subject, const char *detail) {
  (void)subject, (void)detail;
  world_touch(w, LAYER_GLUSTER);
  world_touch(w, LAYER_LIBVIRT);
  store_check(w);
}
