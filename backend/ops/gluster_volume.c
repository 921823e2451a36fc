/* A volume that is there: started, stopped, deleted, its options. */
#include "ops/gluster.h"
#include <string.h>

static const char *plural(const struct texts *t) { return t->count > 1 ? "s" : ""; }

/* The hosts of its bricks that are not connected. */
static struct texts away(struct planning *p, const struct volume_view *v) {
  struct texts t = {0};
  for (size_t i = 0; i < v->bricks.count; i++) {
    const struct host_view *h = snapshot_host(p->snap, v->bricks.item[i].host);
    const char *name = h ? h->name : v->bricks.item[i].host;
    if ((!h || h->peer != PEER_CONNECTED) && !texts_have(&t, name)) texts_add(p->arena, &t, name);
  }
  return t;
}

void volume_start_plan(struct planning *p) {
  const struct volume_view *v = the_volume(p);
  const char *host = the_speaker(p, NULL);
  if (!v) return;
  struct texts missing = away(p, v);
  if (str_eq(v->status, "started")) refuse_always(p, "when it is stopped; a dead brick is started by gluster-brick-start", "volume %s is started", v->name);
  refuse_unless_pool_well(p);
  if (missing.count) refuse(p, "when they are connected", "%s %s not connected: what is written meanwhile has to be healed there", names_text(p->arena, &missing), missing.count > 1 ? "are" : "is");
  if (refused(p)) return;
  consequence(p, "The %zu bricks of %s are served, and it can be mounted.", v->bricks.count, v->name);
  struct step *s = gluster_step(p, host, "start the volume", "volume", "start", v->name, NULL);
  undo_by(p, s, GLUSTER, "volume", "stop", v->name, NULL);
  already_when(p, s, "volume-started", v->name, NULL);
  verify_that(p, "volume-started", v->name, NULL);
  if (!missing.count) verify_that(p, "volume-bricks-online", v->name, NULL);
}

void volume_stop_plan(struct planning *p) {
  const struct volume_view *v = the_volume(p);
  const char *host = the_speaker(p, NULL);
  if (!v) return;
  struct texts unread = {0}, running = volume_domains(p->snap, p->arena, v->name, true, &unread), all = volume_domains(p->snap, p->arena, v->name, false, NULL);
  if (!str_eq(v->status, "started")) refuse_always(p, "when it is started", "volume %s is %s", v->name, v->status ? v->status : "in an unknown state");
  refuse_unless_pool_well(p);
  refuse_while_tasks(p, v);
  if (running.count) refuse(p, "when they are stopped", "%s run%s on it: the disks would fail under running domains", names_text(p->arena, &running), running.count > 1 ? "" : "s");
  if (unread.count) refuse(p, planf(p, "when libvirt on %s can be read", names_text(p->arena, &unread)), "cannot tell which domains run on it: libvirt on %s is not read", names_text(p->arena, &unread));
  if (refused(p)) return;
  consequence(p, "Whatever has %s mounted gets errors at once. Its data stays on the bricks.", v->name);
  if (all.count) consequence(p, "%s cannot be started until it is started again.", names_text(p->arena, &all));
  struct step *s = gluster_step(p, host, "stop the volume", "volume", "stop", v->name, NULL);
  undo_by(p, s, GLUSTER, "volume", "start", v->name, NULL);
  already_when(p, s, "volume-stopped", v->name, NULL);
  if (!value_yes(p->values, "force")) still_when(p, s, "volume-idle", v->name, NULL);
  verify_that(p, "volume-stopped", v->name, NULL);
}

void volume_delete_plan(struct planning *p) {
  const struct volume_view *v = the_volume(p);
  const char *host = the_speaker(p, NULL);
  if (!v) return;
  struct texts unread = {0}, on_it = volume_domains(p->snap, p->arena, v->name, false, &unread), missing = away(p, v), bricks = {0};
  if (str_eq(v->status, "started") || !v->status) refuse_always(p, "when it is stopped", "volume %s is %s", v->name, v->status ? "started" : "in an unknown state");
  refuse_unless_pool_well(p);
  if (missing.count) refuse_always(p, "when they are connected, or their bricks replaced", "%s %s not connected: gluster would refuse it", names_text(p->arena, &missing), missing.count > 1 ? "are" : "is");
  if (on_it.count) refuse(p, "when they are gone", "the disk%s of %s lie%s on it", plural(&on_it), names_text(p->arena, &on_it), on_it.count > 1 ? "" : "s");
  if (unread.count) refuse(p, planf(p, "when libvirt on %s can be read", names_text(p->arena, &unread)), "cannot tell which domains have disks on it: libvirt on %s is not read", names_text(p->arena, &unread));
  if (refused(p)) return;
  for (size_t i = 0; i < v->bricks.count; i++) texts_add(p->arena, &bricks, brick_text(p, &v->bricks.item[i]));
  consequence(p, "There is no volume %s any more, and no way back: the files remain in %s, each set's part by itself.", v->name, names_text(p->arena, &bricks));
  consequence(p, "Those directories are taken for no new volume until they are emptied.");
  consequence(p, "Entries of fstab that name it fail at the next boot.");
  struct step *s = gluster_step(p, host, "delete the volume", "volume", "delete", v->name, NULL);
  already_when(p, s, "volume-absent", v->name, NULL);
  still_when(p, s, "volume-stopped", v->name, NULL);
  verify_that(p, "volume-absent", v->name, NULL);
}

/* ---- options ---- */

static void check_shard(struct planning *p, const struct volume_view *v, const char *key, const char *value) {
  if (!str_eq(key, "features.shard") || v->sharded == TRUTH_NO || option_same(value, "on")) return;
  refuse_always(p, "never", "images on %s are cut into pieces: with features.shard off each would be read as its first piece alone, and be destroyed by the first write", v->name);
}

void volume_set_plan(struct planning *p) {
  const struct volume_view *v = the_volume(p);
  const char *host = the_speaker(p, NULL);
  struct texts options = given_list(p, "option"), others = {0};
  bool differs = false;
  if (!v) return;
  refuse_unless_pool_well(p);
  for (size_t i = 0; i < p->snap->volumes.count; i++)
    if (&p->snap->volumes.item[i] != v) texts_add(p->arena, &others, p->snap->volumes.item[i].name);
  for (size_t i = 0; i < options.count; i++) {
    size_t n = strcspn(options.item[i], "=");
    const char *key = arena_strndup(p->arena, options.item[i], n), *value = options.item[i] + n + 1, *old = pairs_get(&v->options, key);
    check_shard(p, v, key, value);
    if (refused(p)) return;
    bool same = option_same(old, value), wide = option_is_pool_wide(key);
    differs |= !same;
    if (same) consequence(p, "%s is %s already.", key, value);
    else consequence(p, "%s of %s: %s, now %s.", key, v->name, value, old ? old : "gluster's default");
    if (wide || option_reaches_all(key)) consequence(p, "%s is one for the whole pool: it changes %s too.", key, others.count ? names_text(p->arena, &others) : "every later volume");
    if (!same && option_note(key)) consequence(p, "%s", option_note(key));
    volume_set_step(p, host, wide ? "all" : v->name, key, value, planf(p, "set %s", key));
    if (wide) { /* "all" is no volume that a reading has */
      struct step *s = &p->plan->steps.item[p->plan->steps.count - 1];
      s->undo = (struct texts){0};
      if (old) undo_by(p, s, GLUSTER, "volume", "set", "all", key, old, NULL);
      already_when(p, s, "volume-option", v->name, key, value, NULL);
    }
    verify_that(p, "volume-option", v->name, key, value, NULL);
  }
  if (!differs) refuse(p, "with another value", "nothing would change: each option is as given already");
}

void failover_plan(struct planning *p) {
  const struct volume_view *v = the_volume(p);
  const char *host = the_speaker(p, NULL), *ping = given(p, "ping-timeout");
  bool all = true;
  if (!v) return;
  refuse_unless_pool_well(p);
  for (const struct option_row *o = failover_options; o->key; o++) all &= option_same(pairs_get(&v->options, o->key), o->value);
  if (all && (!ping || option_same(pairs_get(&v->options, "network.ping-timeout"), ping))) refuse(p, "when one of them differs", "all of them are set on %s already", v->name);
  if (refused(p)) return;
  failover_steps(p, host, v->name, v, ping);
}
