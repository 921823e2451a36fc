/* Checks of the domains, and of what would happen to them. */
#include "analysis/lint.h"
#include "analysis/next_start.h"
#include "analysis/seen.h"
#include "analysis/stop.h"
#include <inttypes.h>
#include <string.h>

#define EACH_DOMAIN(l, d) for (const struct domain_view *d = (l)->s->domains.item; d < (l)->s->domains.item + (l)->s->domains.count; d++)

static void autostarted(struct linting *l) {
  EACH_DOMAIN(l, d)
    if (d->resource && d->autostart == TRUTH_YES) lint_found(l, d->name, "autostart is on, and pacemaker manages it as %s", d->resource);
}

static void defined_twice(struct linting *l) {
  EACH_DOMAIN(l, d)
    if (d->resource && d->defined_on.count > 1) lint_found(l, d->name, "it is defined on %s", names_of(&d->defined_on, l->a));
}

static void not_managed(struct linting *l) {
  if (!l->config || !l->config->resources.count) return;
  EACH_DOMAIN(l, d)
    if (!d->resource && str_eq(d->state, "running")) lint_found(l, d->name, "it runs on %s and is no resource", names_of(&d->hosts, l->a));
}

static void local_disk(struct linting *l) {
  EACH_DOMAIN(l, d) {
    const struct libvirt_domain *x = d->resource ? lint_definition(l, d) : NULL;
    for (size_t i = 0; x && i < x->disks.count; i++) {
      const struct libvirt_disk *k = &x->disks.item[i];
      bool shared = false;
      for (size_t n = 0; n < d->disks.count; n++) shared |= str_eq(d->disks.item[n].target, k->target) && d->disks.item[n].volume;
      if (k->source && !shared && str_eq(k->type, "file") && !lint_volume_of(l, d, k->source)) lint_found(l, d->name, "%s %s is on no gluster volume that is mounted there", k->target ? k->target : "a disk", k->source);
    }
  }
}

static void cache_mode(struct linting *l) {
  EACH_DOMAIN(l, d) {
    const struct libvirt_domain *x = d->resource ? lint_definition(l, d) : NULL;
    for (size_t i = 0; x && i < x->disks.count; i++) {
      const struct libvirt_disk *k = &x->disks.item[i];
      if (k->readonly == TRUTH_YES || !k->source || str_eq(k->device, "cdrom") || str_eq(k->cache, "none") || str_eq(k->cache, "directsync")) continue;
      lint_found(l, d->name, "%s has cache=%s", k->target ? k->target : "a disk", k->cache ? k->cache : "default");
    }
  }
}

static void cpu_of_host(struct linting *l) {
  EACH_DOMAIN(l, d) {
    const struct libvirt_domain *x = d->resource ? lint_definition(l, d) : NULL;
    if (x && str_eq(x->cpu_mode, "host-passthrough")) lint_found(l, d->name, "its CPU is host-passthrough");
  }
}

static void differs_from_definition(struct linting *l) {
  EACH_DOMAIN(l, d) {
    struct texts differs;
    int64_t age;
    if (d->resource && next_start_differs(l->s, d, l->a, &differs, &age) && differs.count) lint_found(l, d->name, "from its next start on: %s", names_of(&differs, l->a));
  }
}

static void given_devices(struct linting *l) {
  EACH_DOMAIN(l, d) {
    const struct libvirt_domain *x = d->resource ? lint_definition(l, d) : NULL;
    if (x && x->hostdevs > 0) lint_found(l, d->name, "it has %" PRId64 " device%s of its host (hostdev)", x->hostdevs, x->hostdevs == 1 ? "" : "s");
  }
}

/* A host whose loss the others cannot take up: the verdict on it says so. */
static void no_room(struct linting *l) {
  struct judge_index *index = stop_index(l->s);
  for (size_t i = 0; i < l->s->hosts.count; i++) {
    struct loss loss = {.dead = true};
    if (!l->s->hosts.item[i].pacemaker) continue;
    texts_add(l->a, &loss.hosts, l->s->hosts.item[i].name);
    const struct stop *v = stop_judge_by(index, l->s, &loss, l->a);
    for (size_t k = 0; k < v->reasons.count; k++)
      if (v->reasons.item[k].verdict == VERDICT_UNSAFE && (str_eq(v->reasons.item[k].layer, "memory") || str_eq(v->reasons.item[k].layer, "placement"))) lint_found(l, l->s->hosts.item[i].name, "%s", v->reasons.item[k].text);
  }
  stop_index_free(index);
}

const struct lint_check lint_domain_checks[] = {
    {"autostart", "libvirt starts it as well", "A host that boots starts the domain by itself while pacemaker has it running elsewhere: two writers on one disk. Turn it off there: virsh autostart --disable.", SEVERITY_CRITICAL, NULL, LINT_LIBVIRT | LINT_PACEMAKER, autostarted},
    {"defined-twice", "a domain is defined on several hosts", "Anybody may start it a second time by hand; pacemaker's agent keeps the definition on the shared volume. Where it does not run: virsh undefine.", SEVERITY_WARNING, NULL, LINT_LIBVIRT | LINT_PACEMAKER, defined_twice},
    {"not-managed", "a domain nobody brings back", "It is no resource of pacemaker: its host lost, it stays down.", SEVERITY_INFO, "domain-make-ha", LINT_LIBVIRT | LINT_PACEMAKER, not_managed},
    {"local-disk", "a disk only its host has", "No other host can start the domain; a CD image that was left in is enough.", SEVERITY_CRITICAL, NULL, LINT_LIBVIRT | LINT_GLUSTER, local_disk},
    {"cache-mode", "a disk that the host caches", "Live migration with such a cache mode is refused, or risks the disk; after a crash the guest misses writes it holds for done. cache=none.", SEVERITY_WARNING, NULL, LINT_LIBVIRT, cache_mode},
    {"host-cpu", "a CPU that only alike hosts have", "With host-passthrough a live migration to a host of another CPU fails or crashes the guest. host-model or a named model is safe among different hosts.", SEVERITY_INFO, NULL, LINT_LIBVIRT, cpu_of_host},
    {"host-device", "a device only its host has", "A domain that was given a device of its host (hostdev) cannot be moved live, and starts elsewhere only where the same device is at the same place.", SEVERITY_WARNING, NULL, LINT_LIBVIRT, given_devices},
    {"definition-differs", "what runs is not what is defined", "Its shared definition was changed since it was started: whenever it is started again, by anybody or after a failure, it is another. Restart it at a good hour (domain-restart), or take the change back (domain-edit).", SEVERITY_INFO, "domain-restart", LINT_LIBVIRT | LINT_PACEMAKER | LINT_HOSTS, differs_from_definition},
    {"no-room", "a host's loss is not taken up", "Were this host lost now, not all of its domains would come back.", SEVERITY_WARNING, NULL, LINT_LIBVIRT | LINT_PACEMAKER, no_room},
    {.id = NULL},
};
