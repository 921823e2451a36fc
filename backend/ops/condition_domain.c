/* Questions about domains, as libvirt has them. */
#include "ops/condition.h"

/* Running there and nowhere else: two writers are never what was wanted. */
static enum truth domain_runs_on(const struct snapshot *s, const struct texts *args, struct arena *a, const char **saw) {
  const struct domain_view *d = snapshot_domain(s, args->item[0]);
  if (!d) return *saw = "no host has it", TRUTH_NO;
  *saw = d->hosts.count ? arena_printf(a, "it is %s on %s%s", d->state ? d->state : "in an unknown state", d->hosts.item[0], d->hosts.count > 1 ? " and elsewhere" : "") : "it runs nowhere";
  if (texts_have(&d->stale, layer_names[LAYER_LIBVIRT]) || !d->state) return TRUTH_UNKNOWN;
  return truth_of(d->hosts.count == 1 && str_eq(d->hosts.item[0], args->item[1]) && str_eq(d->state, "running"));
}

const struct condition_kind domain_conditions[] = {
    {"domain-runs-on", "DOMAIN HOST", "%s runs on %s and nowhere else", domain_runs_on},
    {.name = NULL},
};
