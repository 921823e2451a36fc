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

/* ---- group virt, one by one ---- */

/* features.shard is of the group as well; what changes a volume for good is never proposed. */
static const struct option_row shard_option = {"features.shard", "on", "images are cut into pieces, spread over the sets and healed piece by piece"};

static const struct option_row *virt_row(const char *key) {
  for (const struct option_row *o = virt_options; o->key; o++)
    if (str_eq(o->key, key)) return o;
  return str_eq(key, shard_option.key) ? &shard_option : NULL;
}

static bool virt_differs(const struct volume_view *v, const struct option_row *o) { return !option_same(pairs_get(&v->options, o->key), o->value); }

static void virt_offer(struct planning *p, struct texts *ret, bool all) {
  const struct volume_view *v = snapshot_volume(p->snap, given(p, "volume"));
  for (const struct option_row *o = virt_options; v && o->key; o++)
    if (virt_differs(v, o)) texts_add(p->arena, ret, o->key);
  if (v && all && virt_differs(v, &shard_option)) texts_add(p->arena, ret, shard_option.key);
}
void virt_propose(struct planning *p, struct texts *ret) { virt_offer(p, ret, false); }
void virt_choices(struct planning *p, struct texts *ret) { virt_offer(p, ret, true); }

const char *virt_check(struct planning *p, const char *value) {
  const char *all = "";
  if (virt_row(value)) return NULL;
  for (const struct option_row *o = virt_options; o->key; o++) all = planf(p, "%s%s%s", all, *all ? ", " : "", o->key);
  return planf(p, "group virt has %s and %s", all, shard_option.key);
}

/* Cut into pieces from now on, while guests write: what was begun whole and what comes in pieces would be one volume's images. */
static void check_shard_now(struct planning *p, const struct volume_view *v) {
  struct texts unread = {0}, running = volume_domains(p->snap, p->arena, v->name, true, &unread);
  if (running.count) refuse_always(p, "when they are stopped, or on a new volume", "%s %s on %s: features.shard is not changed while images are in use", names_text(p->arena, &running), running.count > 1 ? "run" : "runs", v->name);
  if (unread.count) refuse(p, planf(p, "when libvirt on %s can be read", names_text(p->arena, &unread)), "cannot tell whether images on %s are in use: libvirt on %s is not read", v->name, names_text(p->arena, &unread));
}

/* With quorum a set that is not whole may refuse its writes at once. */
static void check_quorum_now(struct planning *p, const struct volume_view *v, const struct texts *chosen) {
  static const char *const quorum[] = {"cluster.quorum-type", "cluster.server-quorum-type"};
  for (size_t i = 0; i < COUNT(quorum); i++)
    if (texts_have(chosen, quorum[i]) && virt_differs(v, virt_row(quorum[i])) && str_eq(v->status, "started")) {
      enum truth online;
      struct texts down = volume_unsure_bricks(p, v, NULL, &online);
      if (online != TRUTH_YES) refuse(p, "when every brick is online, or without that option", "%s %s not surely online: with %s writes may stop at once", names_text(p->arena, &down), down.count > 1 ? "are" : "is", quorum[i]);
    }
}

void virt_plan(struct planning *p) {
  const struct volume_view *v = the_volume(p);
  const char *host = the_speaker(p, NULL);
  struct texts chosen = given_list(p, "option");
  size_t differ = 0;
  if (!v || !host) return;
  refuse_unless_pool_well(p);
  if (texts_have(&chosen, shard_option.key) && virt_differs(v, &shard_option)) check_shard_now(p, v);
  check_quorum_now(p, v, &chosen);
  for (size_t i = 0; i < chosen.count; i++) differ += virt_row(chosen.item[i]) && virt_differs(v, virt_row(chosen.item[i]));
  if (!differ) refuse(p, "when one of them differs", "nothing would change: %s", chosen.count ? "each of them is as group virt has it" : "no option of group virt is chosen that differs");
  if (refused(p)) return;
  for (int round = 0; round < 2; round++) /* what is set, then what is left as it is */
    for (const struct option_row *o = virt_options;; o++) {
      if (!o->key) o = &shard_option;
      const char *old = pairs_get(&v->options, o->key);
      bool sets = texts_have(&chosen, o->key) && virt_differs(v, o);
      if (sets && !round) {
        consequence(p, "%s: %s, now %s: %s.", o->key, o->value, old ? old : "gluster's default", o->why);
        if (option_note(o->key)) consequence(p, "%s", option_note(o->key));
        volume_set_step(p, host, v->name, o->key, o->value, planf(p, "set %s", o->key));
        verify_that(p, "volume-option", v->name, o->key, o->value, NULL);
      } else if (!sets && round && virt_differs(v, o)) {
        consequence(p, "%s stays %s; group virt has %s%s.", o->key, old ? old : "gluster's default", o->value, o == &shard_option ? ", and it is never changed while images are in use" : "");
      }
      if (o == &shard_option) break;
    }
}
