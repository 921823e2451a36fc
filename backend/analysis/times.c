#include "analysis/times.h"
#include "analysis/seen.h"
#include <string.h>

/* Fencing by a BMC took 3 to 5 s in measured failovers, start and boot of a guest 3 s and more. */
enum { FENCING_S = 5, START_S = 5, PING_DEFAULT_S = 42, USER_TIMEOUT_DEFAULT_S = 42, KEEPALIVE_DEFAULT_S = 20, INTERVAL_DEFAULT_S = 2, COUNT_DEFAULT = 9, OPENED_MS = 1000 }; /* OPENED_MS: a start was asked for, and qemu opens the disks */

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

/* Agents of fence-agents that wait by themselves after the power was switched; the others do when they are told to. */
static int64_t power_wait_ms(const struct pcmk_param *device) {
  static const struct { const char *agent; int64_t ms; } rows[] = {{"fence_ipmilan", 2000}, {"fence_ilo3", 4000}, {"fence_ilo4", 2000}, {"fence_ilo5", 2000}, {"fence_idrac", 2000}, {"fence_imm", 2000}};
  const char *colon = device->agent ? strrchr(device->agent, ':') : NULL;
  int64_t own = 0;
  for (size_t i = 0; colon && i < sizeof rows / sizeof *rows; i++)
    if (str_eq(colon + 1, rows[i].agent)) own = rows[i].ms;
  return duration_of(pairs_get(&device->params, "power_wait"), own);
}

int64_t fenced_to_start_ms(const struct snapshot *s, const char *host) {
  const char *device = fence_device_of(s, host, NULL);
  const struct pcmk_param *c = device ? resource_config(s, device) : NULL;
  const char *action = c ? pairs_get(&c->params, "pcmk_reboot_action") : NULL, *method = c ? pairs_get(&c->params, "method") : NULL;
  if (!action) action = property_seen(s, "stonith-action");
  bool once = str_eq(action, "off") || str_eq(action, "poweroff") || str_eq(method, "cycle");
  return (c ? power_wait_ms(c) * (once ? 1 : 2) : 0) + OPENED_MS;
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
