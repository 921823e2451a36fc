#include "sim/guest.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/pacemaker.h"
#include "sim/store.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LINK_RATE = 320 << 20, JOB_SETUP_MS = 420, SWITCH_MS = 140 };

bool guest_active(const struct sim_domain *d, const char *host) { return domain_on(d, host) != NULL; }

struct sim_file *guest_image(const struct world *w, const struct sim_domain *d, const struct sim_host *h, size_t disk) {
  return disk < d->disks.count ? file_at(w, h, d->disks.item[disk].source) : NULL;
}

int64_t guests_memory(const struct world *w, const struct sim_host *h) {
  int64_t sum = 0;
  EACH(w->domains, struct sim_domain, d)
    if (guest_active(d, h->name)) sum += d->memory;
  return sum;
}

int64_t guest_write_rate(const struct world *w, const struct sim_file *f) {
  const char *slash = strrchr(f->path, '/'), *dot = strrchr(f->path, '.');
  char name[256];
  if (!slash || !dot || dot < slash) return 1 << 20;
  snprintf(name, sizeof name, "%.*s", (int)(dot - slash - 1), slash + 1);
  const struct sim_domain *d = world_domain(w, name);
  return d ? d->write_rate : 1 << 20;
}

static struct sim_instance *add_instance(struct world *w, struct sim_domain *d, const char *host, const char *state, const char *reason) {
  struct sim_instance *i = list_add(w->arena, &d->instances, &sim_instance_shape);
  *i = (struct sim_instance){world_word(w, host), world_word(w, state), world_word(w, reason), ++w->domain_id, w->clock};
  world_touch(w, LAYER_LIBVIRT);
  return i;
}

static void set_state(struct world *w, struct sim_instance *i, const char *state, const char *reason) {
  i->state = world_word(w, state);
  i->reason = world_word(w, reason);
  world_touch(w, LAYER_LIBVIRT);
}

static int refuse(const char **ret, const char *why) {
  if (ret) *ret = why;
  return -EIO;
}

/* It lies on a volume that this host has not mounted. */
static bool mounted_elsewhere(const struct world *w, const struct sim_host *h, const char *path) {
  EACH(w->hosts, struct sim_host, o)
    if (o != h && volume_at(w, o, path, NULL)) return true;
  return false;
}

static const char *why_no_image(struct world *w, const struct sim_domain *d, const struct sim_host *h, struct sim_file **ret, size_t disk) {
  const char *source = d->disks.item[disk].source, *rest;
  *ret = NULL;
  const struct sim_volume *v = volume_at(w, h, source, &rest);
  if (!v && mounted_elsewhere(w, h, source)) return world_words(w, "Cannot access storage file '%s': No such file or directory", source);
  if (!v) return NULL; /* on the host's own disk */
  *ret = world_file(w, v->name, rest);
  if (!*ret) return world_words(w, "Cannot access storage file '%s': No such file or directory", source);
  if (!volume_writes(w, v, (*ret)->set, h)) return world_words(w, "internal error: process exited while connecting to monitor: Could not open '%s': Transport endpoint is not connected", source);
  if (file_taken(w, *ret, h->name)) return world_words(w, "internal error: process exited while connecting to monitor: Failed to get \"write\" lock: Is another process using the image [%s]?", source);
  return NULL;
}

int guest_start(struct world *w, struct sim_domain *d, struct sim_host *h, const char **ret_why) {
  struct sim_file *f;
  if (!host_up(h)) return refuse(ret_why, "No route to host");
  if (!daemon_runs(h, "libvirtd")) return refuse(ret_why, "Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory");
  if (guest_active(d, h->name)) return refuse(ret_why, "Domain is already active");
  for (size_t i = 0; i < d->disks.count; i++) {
    const char *why = why_no_image(w, d, h, &f, i);
    if (why) return refuse(ret_why, why);
  }
  if (h->memory && guests_memory(w, h) + d->memory > h->memory) return refuse(ret_why, "internal error: process exited while connecting to monitor: cannot set up guest memory 'pc.ram': Cannot allocate memory");
  for (size_t i = 0; i < d->disks.count; i++)
    if ((f = guest_image(w, d, h, i))) file_lock(w, f, h->name);
  add_instance(w, d, h->name, "running", "booted");
  return 0;
}

void guest_end(struct world *w, struct sim_domain *d, const char *host) {
  for (size_t i = 0; i < d->instances.count; i++) {
    if (!str_eq(d->instances.item[i].host, host)) continue;
    drop_item(&d->instances, sizeof *d->instances.item, i);
    break;
  }
  const struct sim_host *h = world_host(w, host);
  for (size_t i = 0; h && i < d->disks.count; i++) {
    struct sim_file *f = guest_image(w, d, h, i);
    if (f) file_unlock(f, host);
  }
  world_touch(w, LAYER_LIBVIRT);
}

void guest_resume(struct world *w, struct sim_domain *d, const char *host) {
  struct sim_instance *i = domain_on(d, host);
  if (i && str_eq(i->state, "paused") && !guest_job(w, d->name)) set_state(w, i, "running", "unpaused");
}

/* ---- hosts that go and come ---- */

/* The bricks of a file hear its client no more when none of their hosts does. */
static bool client_heard(const struct world *w, const struct sim_host *h, const struct sim_file *f) {
  const struct sim_volume *v = world_volume(w, f->volume);
  if (!host_up(h) || !v) return false;
  EACH(v->bricks, struct sim_brick, b) {
    const struct sim_host *store = b->set == f->set ? world_host(w, b->host) : NULL;
    if (store && hosts_joined(w, h, store, TRAFFIC_GLUSTER)) return true;
  }
  return false;
}

static void silence_locks(struct world *w, struct sim_host *h) {
  EACH(w->files, struct sim_file, f) {
    if (!str_eq(f->locked_by, h->name)) continue;
    bool silent = !client_heard(w, h, f);
    const struct sim_mount *m = h->mounts.count ? h->mounts.item : NULL;
    EACH(h->mounts, struct sim_mount, x)
      if (str_eq(x->volume, f->volume)) m = x;
    if (silent && !KNOWN(f->released)) f->released = w->clock + (m ? m->release_ms : 42000);
    else if (!silent && KNOWN(f->released) && f->released > w->clock) f->released = UNKNOWN_INT; /* back in time: the lock is still its own */
  }
}

void guest_host_lost(struct world *w, struct sim_host *h) {
  silence_locks(w, h);
  EACH(w->domains, struct sim_domain, d) {
    struct sim_job *j = guest_job(w, d->name);
    for (size_t i = 0; i < d->instances.count; i++)
      if (str_eq(d->instances.item[i].host, h->name)) drop_item(&d->instances, sizeof *d->instances.item, i--);
    if (j && (str_eq(j->from, h->name) || str_eq(j->to, h->name))) guest_abort(w, d);
  }
  world_touch(w, LAYER_LIBVIRT);
}

void guest_host_changed(struct world *w, struct sim_host *h) {
  silence_locks(w, h);
  if (!KNOWN(h->silent_since) && h->power == POWER_ON)
    EACH(w->files, struct sim_file, f) { /* a host that is back has no guest from before its boot */
      if (!str_eq(f->locked_by, h->name)) continue;
      bool held = false;
      EACH(w->domains, struct sim_domain, d)
        for (size_t i = 0; i < d->disks.count; i++) held |= guest_active(d, h->name) && guest_image(w, d, h, i) == f;
      if (!held && !h->mounts.count) file_unlock(f, h->name);
    }
  for (size_t i = w->jobs.count; i-- > 0;) {
    struct sim_job *j = &w->jobs.item[i];
    struct sim_domain *d = world_domain(w, j->domain);
    const struct sim_host *from = world_host(w, j->from), *to = world_host(w, j->to);
    if (d && from && to && !hosts_reach(w, from, to, TRAFFIC_CLUSTER)) guest_abort(w, d);
  }
}

/* Guests whose disk cannot be written: told to stop, they stop; else the guest itself sees the error. A full disk stops them all,
 * as is qemu's default. A write that stalls has not failed yet. */
void guest_io_check(struct world *w) {
  EACH(w->domains, struct sim_domain, d) {
    EACH(d->instances, struct sim_instance, i) {
      const struct sim_host *h = world_host(w, i->host);
      const char *rest;
      for (size_t k = 0; h && k < d->disks.count && str_eq(i->state, "running"); k++) {
        const struct sim_volume *v = volume_at(w, h, d->disks.item[k].source, &rest);
        const struct sim_file *f = v ? world_file(w, v->name, rest) : NULL;
        bool full = false;
        EACH(f ? v->bricks : (__typeof__(v->bricks)){0}, struct sim_brick, b) full |= b->set == f->set && b->size > 0 && b->used >= b->size;
        if (f && !set_waits(w, v, f->set, h) && (full || (YES(d->stops_on_error) && !volume_writes(w, v, f->set, h)))) set_state(w, i, "paused", "I/O error");
      }
    }
  }
}

/* ---- live migration ---- */

struct sim_job *guest_job(const struct world *w, const char *domain) {
  EACH(w->jobs, struct sim_job, j)
    if (str_eq(j->domain, domain)) return j;
  return NULL;
}

int64_t job_remaining(const struct world *w, const struct sim_job *j) {
  int64_t span = j->ends - j->began, left = j->ends - w->clock;
  if (span <= 0 || left <= 0) return 0;
  return left >= span ? j->total : (int64_t)((double)j->total * (double)left / (double)span);
}

/* What is dirtied while it is copied is copied again: it ends when the link is faster than the guest. */
static int64_t copy_ms(const struct sim_domain *d) {
  int64_t rate = LINK_RATE - d->dirty_rate;
  if (rate < LINK_RATE / 50) rate = LINK_RATE / 50;
  return (int64_t)((double)d->memory * 1000 / (double)rate);
}

int guest_migrate(struct world *w, struct sim_domain *d, struct sim_host *from, struct sim_host *to, const char *resource, const char **ret_why) {
  struct sim_instance *i = domain_on(d, from->name);
  if (!i || !str_eq(i->state, "running")) return refuse(ret_why, "Requested operation is not valid: domain is not running");
  if (guest_job(w, d->name)) return refuse(ret_why, "Timed out during operation: cannot acquire state change lock");
  if (from == to) return refuse(ret_why, "Requested operation is not valid: domain is already active");
  if (!hosts_reach(w, from, to, TRAFFIC_CLUSTER) || !daemon_runs(to, "libvirtd")) return refuse(ret_why, world_words(w, "operation failed: Failed to connect to remote libvirt URI qemu+ssh://%s/system", to->name));
  const char *denied = root_refused(w->arena, from, to);
  if (denied) return refuse(ret_why, world_words(w, "Cannot recv data: %s: Connection reset by peer", denied));
  if (guest_active(d, to->name)) return refuse(ret_why, "operation failed: domain already exists");
  for (size_t k = 0; k < d->disks.count; k++)
    if (!guest_image(w, d, to, k)) return refuse(ret_why, world_words(w, "Cannot access storage file '%s': No such file or directory", d->disks.item[k].source));
  if (to->memory && guests_memory(w, to) + d->memory > to->memory) return refuse(ret_why, "internal error: process exited while connecting to monitor: Cannot allocate memory");
  struct sim_job *j = list_add(w->arena, &w->jobs, &sim_job_shape);
  int64_t took = JOB_SETUP_MS + world_about(w, copy_ms(d), 5);
  *j = (struct sim_job){d->name, world_word(w, from->name), world_word(w, to->name), world_word(w, resource), w->clock, w->clock + took, d->memory + (d->memory >> 7), LINK_RATE, TRUTH_NO};
  add_instance(w, d, to->name, "paused", "starting up");
  world_later(w, 180, "migration", d->name, "copies");
  world_later(w, took, "migration", d->name, "switches");
  return 0;
}

static void end_job(struct world *w, const char *domain) {
  for (size_t i = 0; i < w->jobs.count; i++)
    if (str_eq(w->jobs.item[i].domain, domain)) drop_item(&w->jobs, sizeof *w->jobs.item, i--);
  world_forget(w, "migration", domain);
  world_touch(w, LAYER_LIBVIRT);
}

void guest_abort(struct world *w, struct sim_domain *d) {
  struct sim_job *j = guest_job(w, d->name);
  if (!j) return;
  const char *from = j->from, *to = j->to, *resource = j->resource;
  end_job(w, d->name);
  struct sim_instance *s = domain_on(d, from), *t = domain_on(d, to);
  if (t && str_eq(t->state, "running")) s = NULL; /* it had arrived */
  else if (t) guest_end(w, d, to);
  if (s && str_eq(s->state, "paused") && str_eq(s->reason, "migrating")) set_state(w, s, "running", "migration canceled");
  const struct sim_host *h = world_host(w, from);
  for (size_t k = 0; s && h && k < d->disks.count; k++) {
    struct sim_file *f = guest_image(w, d, h, k);
    if (f && host_up(h) && !KNOWN(h->storage_cut)) file_lock(w, f, from);
  }
  if (resource) pacemaker_migrated(w, resource, false, "Migration was cancelled");
}

void on_migration(struct world *w, const char *subject, const char *detail) {
  struct sim_domain *d = world_domain(w, subject);
  struct sim_job *j = d ? guest_job(w, subject) : NULL;
  if (!j) return;
  const char *from = j->from, *to = j->to, *resource = j->resource;
  struct sim_instance *s = domain_on(d, from), *t = domain_on(d, to);
  const struct sim_host *h = world_host(w, to);
  if (!s || !t || !h) {
    guest_abort(w, d);
  } else if (str_eq(detail, "copies")) {
    set_state(w, t, "paused", "migrating");
  } else if (str_eq(detail, "switches")) {
    set_state(w, s, "paused", "migrating");
    world_later(w, SWITCH_MS, "migration", d->name, "arrives");
  } else if (str_eq(detail, "arrives")) {
    for (size_t k = 0; k < d->disks.count; k++) {
      struct sim_file *f = guest_image(w, d, h, k);
      if (f) file_lock(w, f, to);
    }
    set_state(w, t, "running", "migrated");
    world_later(w, 220, "migration", d->name, "leaves");
  } else {
    guest_end(w, d, from);
    end_job(w, d->name);
    if (resource) pacemaker_migrated(w, resource, true, NULL);
  }
}

/* ---- events ---- */

void on_crash(struct world *w, const char *subject, const char *detail) {
  struct sim_domain *d = world_domain(w, subject);
  (void)detail;
  while (d && d->instances.count) {
    const char *host = d->instances.item[0].host;
    guest_end(w, d, host);
    pacemaker_domain_changed(w, d, host);
  }
}

/* It was asked to go down, and has. */
void on_powered_down(struct world *w, const char *subject, const char *detail) {
  struct sim_domain *d = world_domain(w, subject);
  if (!d || !domain_on(d, detail)) return;
  guest_end(w, d, detail);
  pacemaker_domain_changed(w, d, detail);
}

void on_pause(struct world *w, const char *subject, const char *detail) {
  struct sim_domain *d = world_domain(w, subject);
  (void)detail;
  if (!d) return;
  EACH(d->instances, struct sim_instance, i)
    if (str_eq(i->state, "running")) set_state(w, i, "paused", "user");
}

/* Somebody takes the direct road: libvirt alone. */
void on_start_behind(struct world *w, const char *subject, const char *detail) {
  struct sim_domain *d = world_domain(w, subject);
  struct sim_host *h = world_host(w, detail);
  if (d && h) guest_start(w, d, h, NULL);
}

void on_move(struct world *w, const char *subject, const char *detail) { pacemaker_move(w, subject, detail); }
