#include "ops/wizard.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"

static size_t peers(const struct snapshot *s) {
  size_t n = 0;
  for (size_t i = 0; i < s->hosts.count; i++) n += s->hosts.item[i].peer == PEER_CONNECTED;
  return n;
}

static size_t nodes(const struct snapshot *s) {
  size_t n = 0;
  for (size_t i = 0; i < s->hosts.count; i++) n += s->hosts.item[i].membership == MEMBERSHIP_MEMBER;
  return n;
}

/* Hosts that are in the pool and in the cluster were prepared; of others only they themselves could tell. */
static enum truth hosts_prepared(const struct snapshot *s) { return peers(s) > 1 && nodes(s) > 1 ? TRUTH_YES : TRUTH_UNKNOWN; }
static enum truth pool_made(const struct snapshot *s) { return truth_of(peers(s) > 1); }

static enum truth volume_made(const struct snapshot *s) {
  if (!volumes_known(s)) return peers(s) ? TRUTH_UNKNOWN : TRUTH_NO;
  return truth_of(s->volumes.count > 0);
}

static enum truth volume_mounted(const struct snapshot *s) {
  const struct gluster_mounts *m = NULL;
  for (size_t i = 0; i < s->hosts.count && !m; i++)
    if (s->hosts.item[i].here == TRUTH_YES) m = mounts_of(s, s->hosts.item[i].name);
  if (!m) return TRUTH_UNKNOWN;
  for (size_t i = 0; i < m->mounts.count; i++)
    if (snapshot_volume(s, m->mounts.item[i].volume)) return TRUTH_YES;
  return TRUTH_NO;
}

static enum truth cluster_made(const struct snapshot *s) { return truth_of(s->cluster.name != NULL && nodes(s) > 0); }

static enum truth fencing_made(const struct snapshot *s) {
  if (!pacemaker_seen(s)) return cluster_made(s) == TRUTH_NO ? TRUTH_NO : TRUTH_UNKNOWN;
  for (size_t i = 0; i < s->hosts.count; i++)
    if ((s->hosts.item[i].pacemaker || s->hosts.item[i].membership) && !fence_device_of(s, s->hosts.item[i].name, NULL)) return TRUTH_NO;
  return s->cluster.fencing;
}

static enum truth domain_made(const struct snapshot *s) { return truth_of(s->domains.count > 0); }

static enum truth domain_available(const struct snapshot *s) {
  for (size_t i = 0; i < s->domains.count; i++)
    if (s->domains.item[i].resource) return TRUTH_YES;
  return TRUTH_NO;
}

/* What every cluster needs; the other wizards (a bridge) stand between them for who wants them. */
static const struct { const char *operation; enum truth (*done)(const struct snapshot *s); bool in_parts; } rows[] = {
    {"host-prepare", hosts_prepared, false}, {"gluster-peer-probe", pool_made, false}, {"gluster-volume-create", volume_made, false}, {"gluster-mount", volume_mounted, false},
    {"cluster-setup", cluster_made, false},  {"fencing-create", fencing_made, true},   {"domain-create", domain_made, false},         {"domain-make-ha", domain_available, true},
};

static size_t row_of(const struct operation *o) {
  size_t i = 0;
  while (i < COUNT(rows) && !str_eq(rows[i].operation, o->name)) i++;
  return i;
}

enum truth wizard_done(const struct snapshot *s, const struct operation *o) { return row_of(o) < COUNT(rows) ? rows[row_of(o)].done(s) : TRUTH_UNKNOWN; }

const struct operation *wizard_next(const struct snapshot *s, const struct operation *last) {
  const struct operation *o;
  bool past = !last;
  for (size_t i = 0; (o = operation_at(i)) != NULL; i++) {
    if (!(o->flags & OP_WIZARD)) continue;
    bool it = o == last, needed = row_of(o) < COUNT(rows);
    if (needed && (past || (it && rows[row_of(o)].in_parts)) && wizard_done(s, o) != TRUTH_YES) return o;
    past |= it;
  }
  return NULL;
}

size_t wizard_number(const struct operation *of) {
  const struct operation *o;
  size_t n = 0;
  for (size_t i = 0; (o = operation_at(i)) != NULL; i++) {
    n += (o->flags & OP_WIZARD) != 0;
    if (o == of) return o->flags & OP_WIZARD ? n : 0;
  }
  return 0;
}
