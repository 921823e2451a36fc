#include "sim/host.h"
#include "sim/command.h"
#include "sim/guest.h"
#include "sim/net.h"
#include "sim/pacemaker.h"
#include "sim/ring.h"
#include "sim/store.h"
#include <stdio.h>
#include <string.h>

bool host_up(const struct sim_host *h) { return h && h->power == POWER_ON && !YES(h->frozen); }

bool daemon_runs(const struct sim_host *h, const char *daemon) {
  const struct sim_daemon *d = h ? host_daemon(h, daemon) : NULL;
  return host_up(h) && d && d->life == LIFE_RUNNING;
}

/* ---- daemons ---- */

struct sim_daemon *daemon_add(struct world *w, struct sim_host *h, const char *daemon, enum life life, bool enabled) {
  struct sim_daemon *d = host_daemon(h, daemon);
  if (!d) d = list_add(w->arena, &h->daemons, &sim_daemon_shape);
  *d = (struct sim_daemon){world_word(w, daemon), (int)life, truth_of(enabled), w->clock};
  return d;
}

static void daemon_changed(struct world *w, struct sim_host *h, const char *daemon, bool in_order) {
  w->changed = ~0u;
  if (str_eq(daemon, "corosync")) ring_daemon_changed(w, h, in_order);
  else if (str_eq(daemon, "pacemaker")) pacemaker_daemon_changed(w, h, in_order);
  else if (str_eq(daemon, "glusterd")) store_daemon_changed(w, h);
}

static bool set_life(struct world *w, struct sim_host *h, const char *daemon, enum life life) {
  struct sim_daemon *d = h ? host_daemon(h, daemon) : NULL;
  if (!d || d->life == LIFE_ABSENT || d->life == (int)life) return false;
  d->life = (int)life;
  d->since = w->clock;
  return true;
}

void daemon_start(struct world *w, struct sim_host *h, const char *daemon) {
  const struct sim_daemon *d = h ? host_daemon(h, daemon) : NULL;
  if (!host_up(h) || !d || d->life != LIFE_STOPPED) return; /* a hung one is not started again: systemd holds it for running */
  if (str_eq(daemon, "pacemaker") && !daemon_runs(h, "corosync")) daemon_start(w, h, "corosync");
  if (!set_life(w, h, daemon, LIFE_RUNNING)) return;
  const struct sim_daemon *sbd = str_eq(daemon, "corosync") ? host_daemon(h, "sbd") : NULL; /* it comes and goes with corosync */
  if (sbd && YES(sbd->enabled)) set_life(w, h, "sbd", LIFE_RUNNING);
  daemon_changed(w, h, daemon, true);
}

void daemon_stop(struct world *w, struct sim_host *h, const char *daemon) {
  if (str_eq(daemon, "corosync") && daemon_runs(h, "pacemaker")) daemon_stop(w, h, "pacemaker");
  if (str_eq(daemon, "corosync")) set_life(w, h, "sbd", LIFE_STOPPED);
  if (set_life(w, h, daemon, LIFE_STOPPED)) daemon_changed(w, h, daemon, true);
}

void daemon_kill(struct world *w, struct sim_host *h, const char *daemon) {
  if (set_life(w, h, daemon, LIFE_STOPPED)) daemon_changed(w, h, daemon, false);
  /* Without the ring pacemaker ends too. */
  if (str_eq(daemon, "corosync") && set_life(w, h, "pacemaker", LIFE_STOPPED)) daemon_changed(w, h, "pacemaker", false);
}

/* ---- power ---- */

void host_power_off(struct world *w, struct sim_host *h) {
  if (h->power == POWER_OFF) return;
  struct reach before = reach_of(w, h);
  world_forget(w, "booted", h->name);
  timers_lost(w, h);
  packets_pass(w, h);
  h->power = POWER_OFF;
  h->power_since = w->clock;
  h->frozen = TRUTH_NO;
  reach_changed(w, h, before);
  guest_host_lost(w, h);
  store_host_lost(w, h);
  EACH(h->daemons, struct sim_daemon, d) {
    if (d->life == LIFE_ABSENT || d->life == LIFE_STOPPED) continue;
    d->life = LIFE_STOPPED;
    d->since = w->clock;
  }
  h->mounts.count = 0;
  ring_host_lost(w, h);
  pacemaker_host_lost(w, h);
  w->changed = ~0u;
}

void host_power_on(struct world *w, struct sim_host *h) {
  if (h->power != POWER_OFF) return;
  h->power = POWER_BOOTING;
  h->power_since = w->clock;
  world_later(w, world_about(w, h->boot_ms, 4), "booted", h->name, NULL);
}

/* What pcs, systemd and fstab bring up by themselves. */
void on_booted(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  (void)detail;
  if (!h || h->power != POWER_BOOTING) return;
  struct reach before = reach_of(w, h);
  h->power = POWER_ON;
  h->power_since = w->clock;
  pacemaker_booted(h);
  reach_changed(w, h, before);
  h->pid = 100 + world_random(w, 60);
  int64_t after = 100;
  EACH(h->daemons, struct sim_daemon, d) {
    if (!YES(d->enabled) || d->life == LIFE_ABSENT) continue;
    world_later(w, after, "start", h->name, d->name);
    after += 100 + world_random(w, 150);
  }
}

void host_start(struct world *w, struct sim_host *h) {
  h->power = POWER_ON;
  EACH(h->daemons, struct sim_daemon, d)
    if (YES(d->enabled) && d->life != LIFE_ABSENT) d->life = LIFE_RUNNING;
  mount_fstab(w, h);
}

/* ---- mounts ---- */

void mount_volume(struct world *w, struct sim_host *h, const char *server, const char *volume, const char *mount, const char *options) {
  if (host_mount(h, mount)) return;
  struct sim_mount *m = list_add(w->arena, &h->mounts, &sim_mount_shape);
  *m = (struct sim_mount){world_word(w, mount), world_word(w, server), world_word(w, volume), world_word(w, options), store_lock_release(world_volume(w, volume))};
  world_touch(w, LAYER_GLUSTER);
}

void mount_fstab(struct world *w, struct sim_host *h) {
  const char *fstab = pairs_get(&h->files, "/etc/fstab");
  for (const char *line = fstab; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : "") {
    char server[128], volume[128], mount[128], type[32], options[256];
    if (sscanf(line, "%127[^: \n]:%127s %127s %31s %255s", server, volume, mount, type, options) != 5 || strcmp(type, "glusterfs")) continue;
    const struct sim_volume *v = world_volume(w, volume);
    if (v && str_eq(v->status, "started") && store_serves(w, h, server, options))
      mount_volume(w, h, server, volume, mount, "rw,relatime,user_id=0,group_id=0,default_permissions,allow_other,max_read=131072");
  }
}

/* ---- root's ssh ---- */

static bool named(const char *list, const char *name) {
  size_t len = strlen(name);
  for (const char *at = list; at && *at; at += strcspn(at, ","), at += *at == ',')
    if (strcspn(at, ",") == len && !strncmp(at, name, len)) return true;
  return false;
}

const char *root_refused(struct arena *a, const struct sim_host *from, const struct sim_host *to) {
  const char *key = pairs_get(&from->files, "/root/.ssh/id_ed25519.pub"), *in = pairs_get(&to->files, "/root/.ssh/authorized_keys"), *known = pairs_get(&from->files, "/root/.ssh/known_hosts");
  const char *denied = arena_printf(a, "root@%s: Permission denied (publickey,password).", to->name);
  if (!key && from->packages.count) return named(pairs_get(&from->setup, "untrusted"), to->name) ? denied : NULL;
  if (!known || !strstr(known, arena_printf(a, "%s ssh-ed25519 ", to->name))) return "Host key verification failed.";
  CLEANUP(mem_freep) char *mine = key ? mem_strndup(key, strcspn(key, "\n") > 5 ? strcspn(key, "\n") - 5 : 0) : NULL;
  return mine && *mine && in && strstr(in, mine) ? NULL : denied;
}

/* ---- events ---- */

void on_power_off(struct world *w, const char *subject, const char *detail) {
  (void)detail;
  if (world_host(w, subject)) host_power_off(w, world_host(w, subject));
}

void on_power_on(struct world *w, const char *subject, const char *detail) {
  (void)detail;
  if (world_host(w, subject)) host_power_on(w, world_host(w, subject));
}

/* What was on its disks is gone; gluster is installed, and has made itself a UUID. */
void on_renew(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  const char *names = h ? pairs_get(&h->files, "/etc/hosts") : NULL;
  (void)detail;
  if (!h) return;
  host_power_off(w, h);
  h->files.count = h->mounts.count = h->attributes.count = 0;
  set_pair(w, &h->files, "/etc/hosts", names);
  set_pair(w, &h->files, "/var/lib/glusterd/glusterd.info", "UUID=00000000-0000-4000-8000-000000000001\noperating-version=100000\n");
  set_pair(w, &h->setup, "stranger", "yes");
  EACH(h->daemons, struct sim_daemon, d) d->enabled = truth_of(str_eq(d->name, "sshd") || str_eq(d->name, "glusterd"));
  EACH(w->volumes, struct sim_volume, v)
    EACH(v->bricks, struct sim_brick, b)
      if (str_eq(b->host, h->name)) b->used = 28 << 20, b->full_heal = TRUTH_YES, set_pair(w, &h->setup, world_words(w, "wiped %s", b->path), "yes");
  host_power_on(w, h);
}

void on_freeze(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  (void)detail;
  if (!h || h->power != POWER_ON) return;
  struct reach before = reach_of(w, h);
  h->frozen = TRUTH_YES;
  reach_changed(w, h, before);
}

void on_thaw(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  (void)detail;
  if (!h || !YES(h->frozen)) return;
  struct reach before = reach_of(w, h);
  h->frozen = TRUTH_NO;
  reach_changed(w, h, before);
}

void on_daemon_start(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  if (!h) return;
  daemon_start(w, h, detail);
  if (str_eq(detail, "sshd")) mount_fstab(w, h); /* the network is up by then */
}

void on_daemon_stop(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  if (!h) return;
  if (str_eq(detail, "pacemaker") && daemon_runs(h, "pacemaker")) pacemaker_leave(w, h, false);
  else if (str_eq(detail, "corosync") && daemon_runs(h, "pacemaker")) pacemaker_leave(w, h, true);
  else daemon_stop(w, h, detail);
}

void on_daemon_kill(struct world *w, const char *subject, const char *detail) {
  if (world_host(w, subject)) daemon_kill(w, world_host(w, subject), detail);
}

void on_daemon_hang(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  struct sim_daemon *d = h ? host_daemon(h, detail) : NULL;
  if (!d || d->life != LIFE_RUNNING) return;
  set_life(w, h, detail, LIFE_HUNG);
  if (str_eq(detail, "corosync")) ring_host_changed(w, h, false);
  w->changed = ~0u;
}

void on_daemon_resume(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  struct sim_daemon *d = h ? host_daemon(h, detail) : NULL;
  if (!d || d->life != LIFE_HUNG) return;
  set_life(w, h, detail, LIFE_RUNNING);
  if (str_eq(detail, "corosync")) ring_host_changed(w, h, true);
  if (str_eq(detail, "pacemaker")) pacemaker_ring_changed(w);
  w->changed = ~0u;
}

void on_bmc_break(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  (void)detail;
  if (!h) return;
  h->bmc_works = TRUTH_NO;
  pacemaker_bmc_changed(w, h);
}

/* Whose fence device was not told of it. */
void on_bmc_password(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  (void)detail;
  if (!h) return;
  set_pair(w, &h->setup, "password", "changed");
  pacemaker_bmc_changed(w, h);
}

void on_bmc_mend(struct world *w, const char *subject, const char *detail) {
  struct sim_host *h = world_host(w, subject);
  (void)detail;
  if (h) h->bmc_works = TRUTH_YES;
  pacemaker_think_soon(w);
}
