/* Gluster's options as an operator must know them: data. Sources: FACTS 5.2 to 5.4 (measured on 10.3), gluster's group virt. */
#include "ops/gluster.h"
#include <string.h>

const struct option_row failover_options[] = {
    {"server.tcp-user-timeout", "4", "a brick drops a client that acknowledges nothing for 4 s"},
    {"server.keepalive-time", "2", "and asks an idle one after 2 s whether it lives"},
    {"server.keepalive-interval", "1", "again each second"},
    {"server.keepalive-count", "2", "and no more than twice"},
    {.key = NULL}};

const struct option_row virt_options[] = {
    {"cluster.quorum-type", "auto", "writing needs more than half of a set's bricks (of two, the first): no two halves write apart"},
    {"cluster.server-quorum-type", "server", "bricks stop on a host that sees half of the pool or less"},
    {"performance.quick-read", "off", "no cache of gluster's own beside the guest's"},
    {"performance.read-ahead", "off", "no cache of gluster's own beside the guest's"},
    {"performance.io-cache", "off", "no cache of gluster's own beside the guest's"},
    {"performance.strict-o-direct", "on", "what a guest writes past its cache is on the bricks when it is told so"},
    {"network.remote-dio", "disable", "what a guest writes past its cache is on the bricks when it is told so"},
    {"cluster.eager-lock", "enable", "a writer keeps its lock between two writes"},
    {"cluster.locking-scheme", "granular", "a heal locks a part of an image and not all of it"},
    {"cluster.data-self-heal-algorithm", "full", "a heal copies and does not compare first"},
    {"cluster.shd-max-threads", "8", "heals go on side by side"},
    {"cluster.shd-wait-qlength", "10000", "heals go on side by side"},
    {"cluster.choose-local", "off", "reads are spread over the copies"},
    {"client.event-threads", "4", "more threads for the network"},
    {"server.event-threads", "4", "more threads for the network"},
    {"user.cifs", "off", "no share of it by Samba"},
    {.key = NULL}};

static const char *const pool_wide[] = {"cluster.server-quorum-ratio", "cluster.op-version", "cluster.brick-multiplex", "cluster.max-bricks-per-process", "cluster.enable-shared-storage",
                                        "cluster.daemon-log-level", "cluster.localtime-logging", "glusterd.vol_count_per_thread"};
bool option_is_pool_wide(const char *key) {
  for (size_t i = 0; i < COUNT(pool_wide); i++)
    if (str_eq(pool_wide[i], key)) return true;
  return false;
}

bool option_reaches_all(const char *key) { return str_eq(key, "client.strict-locks"); }

const char *option_note(const char *key) {
  static const char later[] = "Only connections made from now on have it: a mount that is there keeps the old value until it is unmounted and mounted again, after its domains were moved away.";
  static const struct { const char *key, *note; } rows[] = {
      {"server.tcp-user-timeout", later}, {"server.keepalive-time", later}, {"server.keepalive-interval", later}, {"server.keepalive-count", later},
      {"client.strict-locks", "On: a host that comes back unfenced can write no more, and a restart of a brick can end a domain that runs. Off: it writes on beside the new owner; only fencing prevents that."},
      {"features.shard", "Only files made from now on are cut into pieces, and it can never be taken back."},
      {"features.shard-block-size", "Only files made from now on are cut into pieces of that size."},
      {"network.ping-timeout", "When a brick's host dies silently, guests stall from one to two times this long."},
      {"cluster.quorum-type", "With two copies and auto, the first brick of each set must be up for any write."},
      {"cluster.self-heal-daemon", "Off: nothing heals by itself, and copies drift apart unseen."},
      {"auth.allow", "Clients that are not named lose the volume, KVM hosts too."}, {"auth.reject", "Clients that are named lose the volume."}};
  for (size_t i = 0; i < COUNT(rows); i++)
    if (str_eq(rows[i].key, key)) return rows[i].note;
  return NULL;
}

const char *check_option(struct planning *p, const char *value) {
  size_t key = strcspn(value, "=");
  (void)p;
  if (!value[key] || !value[key + 1]) return "it is to be KEY=VALUE";
  if (strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789._-") != key || !memchr(value, '.', key) || *value == '.') return "an option's name is GROUP.NAME in small letters, as network.ping-timeout";
  return NULL;
}

void failover_steps(struct planning *p, const char *host, const char *volume, const struct volume_view *now, const char *ping) {
  for (const struct option_row *o = failover_options; o->key; o++) {
    volume_set_step(p, host, volume, o->key, o->value, planf(p, "set %s: %s", o->key, o->why));
    verify_that(p, "volume-option", volume, o->key, o->value, NULL);
  }
  consequence(p, "A host that dies gives the locks of its images back after 4 s instead of 42 s, so that a domain can start on another host at once. All four options are needed for that.");
  if (now) consequence(p, "%s", option_note("server.tcp-user-timeout"));
  if (!ping) return;
  volume_set_step(p, host, volume, "network.ping-timeout", ping, "set how long clients wait for a silent brick");
  verify_that(p, "volume-option", volume, "network.ping-timeout", ping, NULL);
  int64_t s = 0;
  if (!str_int(ping, 0, 100000, &s)) consequence(p, "When a brick's host dies silently, guests on the other copies stall for %lld to %lld s (network.ping-timeout %s): less than what their disks bear.", (long long)s, (long long)s * 2, ping);
}
