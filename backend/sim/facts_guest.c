/* Libvirt's facts of one host. */
#include "sim/facts.h"
#include "sim/guest.h"
#include "sim/host.h"
#include "sim/store.h"
#include <math.h>
#include <string.h>

enum { SPAN_MS = 15000 }; /* what a load does: it moves, slowly, and stands still in between */

bool read_libvirt_host(const struct look *l, const char *key, void *ret) {
  struct libvirt_host *h = ret;
  (void)key;
  *h = (struct libvirt_host){.hostname = l->host->name, .uuid = l->host->libvirt_uuid, .hypervisor = "QEMU", .version = "7.2.22", .cpus = l->host->cpus, .memory = l->host->memory};
  texts_add(l->arena, &h->addresses, l->host->address);
  return true;
}

static void add_domain(const struct look *l, struct libvirt_domains *out, const struct sim_domain *d, const struct sim_instance *i) {
  struct libvirt_domain *x = list_add(l->arena, &out->domains, &libvirt_domain_shape);
  *x = (struct libvirt_domain){.name = d->name, .uuid = d->uuid, .state = i ? i->state : "shutoff", .reason = i ? i->reason : "destroyed", .id = i ? i->id : UNKNOWN_INT, .vcpus = d->vcpus,
                               .memory = d->memory, .persistent = truth_of(texts_have(&d->defined_on, l->host->name)), .autostart = truth_of(texts_have(&d->autostart_on, l->host->name)),
                               .machine = d->machine, .cpu_mode = d->cpu_mode, .hostdevs = d->hostdevs, .agent = !d->agent || str_eq(d->agent, "none") ? "no channel" : i && str_eq(d->agent, "connected") ? "connected" : "not connected"};
  memcpy(&x->disks, &d->disks, sizeof x->disks);
  memcpy(&x->nics, &d->nics, sizeof x->nics);
}

bool read_libvirt_domains(const struct look *l, const char *key, void *ret) {
  (void)key;
  EACH(l->w->domains, struct sim_domain, d) {
    const struct sim_instance *i = domain_on(d, l->host->name);
    if (i || texts_have(&d->defined_on, l->host->name)) add_domain(l, ret, d, i);
  }
  return true;
}

/* Around what is usual for it, by the world's seed and the hour: 0.6 to 1.4 of it. */
static double moving(const struct look *l, uint64_t of, double usual) {
  uint64_t phase = mix((uint64_t)l->w->seed, of), span = SPAN_MS * (1 + phase % 3);
  uint64_t now = (uint64_t)l->w->clock / span;
  return usual * (0.6 + 0.8 * (double)(mix(phase, now) % 1000) / 1000);
}

static int64_t two_digits(double v) {
  int64_t n = (int64_t)v, step = 1;
  while (n / step >= 100) step *= 10;
  return n / step * step;
}

bool read_libvirt_load(const struct look *l, const char *key, void *ret) {
  struct libvirt_load *out = ret;
  double busy = 2;
  int64_t memory = l->host->memory / 40;
  uint64_t number = 0;
  bool first = l->w->clock - l->host->power_since < 4000; /* a rate needs two readings */
  (void)key;
  EACH(l->w->domains, struct sim_domain, d) {
    const struct sim_instance *i = domain_on(d, l->host->name);
    number++;
    if (!i) continue;
    struct libvirt_load_domain *x = list_add(l->arena, &out->domains, &libvirt_load_domain_shape);
    bool runs = str_eq(i->state, "running");
    double share = runs ? moving(l, number, (double)d->busy) : 0;
    if (share > 100) share = 100;
    int64_t writes = runs && !guest_waits(l->w, d, l->host) ? two_digits(moving(l, number + 1000000, (double)d->write_rate)) : 0;
    *x = (struct libvirt_load_domain){.name = d->name, .cpu_percent = floor(share + 0.5), .memory_used = d->memory + (48 << 20), .read_bytes_s = writes / 4, .write_bytes_s = writes,
                                      .receive_bytes_s = d->nics.count ? writes / 8 : UNKNOWN_INT, .send_bytes_s = d->nics.count ? writes / 10 : UNKNOWN_INT};
    if (l->w->clock - i->since < 4000 || first) x->cpu_percent = NAN, x->read_bytes_s = x->write_bytes_s = x->receive_bytes_s = x->send_bytes_s = UNKNOWN_INT;
    busy += share * (double)d->vcpus / (double)(l->host->cpus > 0 ? l->host->cpus : 1);
    memory += d->memory;
  }
  out->cpu_percent = first ? NAN : floor(busy > 100 ? 100 : busy);
  out->memory_used = memory > l->host->memory && l->host->memory ? l->host->memory : memory;
  return true;
}

bool read_libvirt_jobs(const struct look *l, const char *key, void *ret) {
  struct libvirt_jobs *out = ret;
  (void)key;
  EACH(l->w->jobs, struct sim_job, j) {
    if (!str_eq(j->from, l->host->name)) continue;
    int64_t elapsed = l->w->clock - j->began;
    const struct sim_domain *d = world_domain(l->w, j->domain);
    *(struct libvirt_job *)list_add(l->arena, &out->jobs, &libvirt_job_shape) = (struct libvirt_job){
        j->domain, "migration out", elapsed, j->total, job_remaining(l->w, j), elapsed > 500 ? j->rate : UNKNOWN_INT, d && elapsed > 500 ? d->dirty_rate : UNKNOWN_INT};
  }
  return true;
}
