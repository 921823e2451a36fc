#include "analysis/times.h"
#include "analysis/seen.h"

/* Fencing by a BMC took 3 to 5 s in measured failovers, start and boot of a guest 3 s and more. */
enum { FENCING_S = 5, START_S = 5, PING_DEFAULT_S = 42, USER_TIMEOUT_DEFAULT_S = 42, KEEPALIVE_DEFAULT_S = 20, INTERVAL_DEFAULT_S = 2, COUNT_DEFAULT = 9 };

static int64_t option(const struct volume_view *v, const char *name, int64_t otherwise) {
  int64_t n;
  const char *text = pairs_get(&v->options, name);
  return text && !str_int(text, 0, 86400, &n) ? n : otherwise;
}

int64_t lock_release_seconds(const struct volume_view *v) {
  int64_t user = option(v, "server.tcp-user-timeout", USER_TIMEOUT_DEFAULT_S), idle = option(v, "server.keepalive-time", KEEPALIVE_DEFAULT_S), interval = option(v, "server.keepalive-interval", INTERVAL_DEFAULT_S);
  if (user <= 0) return idle + interval * option(v, "server.keepalive-count", COUNT_DEFAULT);
  return user > idle + interval ? user : idle + interval;
}

int64_t stall_seconds(const struct volume_view *v) { return 2 * option(v, "network.ping-timeout", PING_DEFAULT_S); }

int64_t detection_seconds(const struct snapshot *s) {
  const struct corosync_cluster *c = fact_seen(s, "corosync.cluster", NULL);
  if (!c || c->token_ms == UNKNOWN_INT || c->consensus_ms == UNKNOWN_INT) return UNKNOWN_INT;
  return (c->token_ms + c->consensus_ms + 999) / 1000;
}

int64_t failover_seconds(const struct snapshot *s, const struct domain_view *d) {
  int64_t found = detection_seconds(s), lock = 0;
  if (found == UNKNOWN_INT) return UNKNOWN_INT;
  for (size_t i = 0; i < d->disks.count; i++) {
    const struct volume_view *v = d->disks.item[i].volume ? snapshot_volume(s, d->disks.item[i].volume) : NULL;
    int64_t one = v ? lock_release_seconds(v) : 0;
    if (one > lock) lock = one;
  }
  found += FENCING_S;
  return (found > lock ? found : lock) + START_S;
}
