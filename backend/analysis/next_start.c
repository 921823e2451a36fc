#include "analysis/next_start.h"
#include "analysis/seen.h"
#include <inttypes.h>
#include <string.h>

static const struct setup_shared *shared_of(const struct snapshot *s, const struct domain_view *d, int64_t *ret_age_ms) {
  const struct pcmk_param *p = d->resource && d->hosts.count == 1 ? resource_config(s, d->resource) : NULL;
  const char *path = p ? definition_path(p) : NULL;
  const struct libvirt_setup *x = path ? fact_seen(s, "libvirt.setup", d->hosts.item[0]) : NULL;
  for (size_t i = 0; i < s->sources.count && x; i++)
    for (size_t k = 0; snapshot_host(s, s->sources.item[i].host) == snapshot_host(s, d->hosts.item[0]) && k < s->sources.item[i].facts.count; k++)
      if (str_eq(s->sources.item[i].facts.item[k].kind, "libvirt.setup")) *ret_age_ms = s->sources.item[i].facts.item[k].age_ms;
  for (size_t i = 0; x && i < x->shared.count; i++)
    if (str_eq(x->shared.item[i].path, path)) return &x->shared.item[i];
  return NULL;
}

static const struct libvirt_domain *running(const struct snapshot *s, const struct domain_view *d) {
  const struct libvirt_domains *all = fact_seen(s, "libvirt.domains", d->hosts.item[0]);
  for (size_t i = 0; all && i < all->domains.count; i++)
    if (str_eq(all->domains.item[i].name, d->name)) return &all->domains.item[i];
  return NULL;
}

static const char *behind(const char *pair) { return strchr(pair, '=') ? strchr(pair, '=') + 1 : pair; }
static bool named(const char *pair, const char *name) { return name && !strncmp(pair, name, strlen(name)) && pair[strlen(name)] == '='; }

static void compare_disks(const struct setup_shared *is, const struct libvirt_domain *x, struct arena *a, struct texts *ret) {
  for (size_t i = 0; i < is->disks.count; i++) {
    const struct libvirt_disk *k = NULL;
    for (size_t n = 0; n < x->disks.count; n++)
      if (named(is->disks.item[i], x->disks.item[n].target)) k = &x->disks.item[n];
    const char *source = behind(is->disks.item[i]);
    if (!k) texts_add(a, ret, arena_printf(a, "a disk more: %s", is->disks.item[i]));
    else if (*source && k->source && !str_eq(k->type, "network") && !str_eq(k->type, "volume") && strcmp(source, k->source)) texts_add(a, ret, arena_printf(a, "%s from %s instead of %s", k->target, source, k->source));
  }
  for (size_t n = 0; n < x->disks.count; n++) {
    bool there = !x->disks.item[n].target;
    for (size_t i = 0; i < is->disks.count; i++) there |= named(is->disks.item[i], x->disks.item[n].target);
    if (!there) texts_add(a, ret, arena_printf(a, "without the disk %s", x->disks.item[n].target));
  }
}

/* A card without an address in the definition gets one at each start: those are counted alone. */
static void compare_nics(const struct setup_shared *is, const struct libvirt_domain *x, struct arena *a, struct texts *ret) {
  for (size_t i = 0; i < is->nics.count; i++)
    for (size_t n = 0; n < x->nics.count; n++)
      if (named(is->nics.item[i], x->nics.item[n].mac) && x->nics.item[n].source && strcmp(behind(is->nics.item[i]), x->nics.item[n].source))
        texts_add(a, ret, arena_printf(a, "%s on %s instead of %s", x->nics.item[n].mac, behind(is->nics.item[i]), x->nics.item[n].source));
  if (is->nics.count > x->nics.count) texts_add(a, ret, "a network card more");
}

bool next_start_differs(const struct snapshot *s, const struct domain_view *d, struct arena *a, struct texts *ret, int64_t *ret_age_ms) {
  const struct setup_shared *is = shared_of(s, d, ret_age_ms);
  const struct libvirt_domain *x = is ? running(s, d) : NULL;
  *ret = (struct texts){0};
  if (!x || d->stale.count) return false;
  if (is->vcpus != UNKNOWN_INT && x->vcpus != UNKNOWN_INT && is->vcpus != x->vcpus) texts_add(a, ret, arena_printf(a, "%" PRId64 " vcpu%s instead of %" PRId64, is->vcpus, is->vcpus == 1 ? "" : "s", x->vcpus));
  if (is->memory != UNKNOWN_INT && x->memory != UNKNOWN_INT && is->memory != x->memory) {
    char now[SIZE_TEXT], was[SIZE_TEXT];
    texts_add(a, ret, arena_printf(a, "%s of memory instead of %s", str_size(now, is->memory), str_size(was, x->memory)));
  }
  compare_disks(is, x, a, ret);
  compare_nics(is, x, a, ret);
  return true;
}
