/* Questions about domains, as libvirt has them. "Nowhere" wants every host's word. */
#include "ops/condition.h"
#include "analysis/seen.h"

#define CONDITION(name_) static enum truth name_(const struct snapshot *s, const struct texts *args, struct arena *a, const char **saw)
#define ARG(n) (args->item[n])

/* A host that may run domains and that cannot be read now; NULL: there is none. A host that is proven off runs nothing. */
static const char *unread_host(const struct snapshot *s) {
  bool any = false;
  for (size_t i = 0; i < s->hosts.count; i++) {
    const struct host_view *h = &s->hosts.item[i];
    if (!texts_have(&h->roles, "kvm") && h->libvirt == LIBVIRT_UNKNOWN && h->pacemaker == NODE_UNKNOWN) continue;
    if (!snapshot_off(s, h) && !libvirt_seen(s, h->name)) return h->name;
    any = true;
  }
  return any ? NULL : "any host";
}

static bool is_old(const struct domain_view *d) { return texts_have(&d->stale, layer_names[LAYER_LIBVIRT]); }

static const char *how_it_is(const struct snapshot *s, const struct domain_view *d, struct arena *a) {
  const char *moving = migration_words(s, d, a);
  if (!d->hosts.count) return "it runs nowhere";
  if (moving) return arena_printf(a, "it is migrating from %s: %s", d->hosts.item[0], moving);
  return arena_printf(a, "it is %s on %s%s", d->state ? d->state : "in an unknown state", d->hosts.item[0], d->hosts.count > 1 ? " and elsewhere" : "");
}

/* Running there and nowhere else: two writers are never what was wanted. */
CONDITION(domain_runs_on) {
  const struct domain_view *d = snapshot_domain(s, ARG(0));
  const struct host_view *h = snapshot_host(s, ARG(1));
  if (!d) return *saw = "no host has it", unread_host(s) ? TRUTH_UNKNOWN : TRUTH_NO;
  *saw = how_it_is(s, d, a);
  if (is_old(d) || !d->state) return TRUTH_UNKNOWN;
  return truth_of(d->hosts.count == 1 && h && str_eq(d->hosts.item[0], h->name) && str_eq(d->state, "running"));
}

CONDITION(domain_runs) {
  const struct domain_view *d = snapshot_domain(s, ARG(0));
  if (!d) return *saw = "no host has it", unread_host(s) ? TRUTH_UNKNOWN : TRUTH_NO;
  *saw = how_it_is(s, d, a);
  if (is_old(d) || !d->state) return TRUTH_UNKNOWN;
  return truth_of(d->hosts.count == 1 && str_eq(d->state, "running"));
}

CONDITION(domain_runs_nowhere) {
  const struct domain_view *d = snapshot_domain(s, ARG(0));
  const char *unread = unread_host(s);
  if (d && d->hosts.count) return *saw = how_it_is(s, d, a), is_old(d) ? TRUTH_UNKNOWN : TRUTH_NO;
  if (unread) return *saw = arena_printf(a, "libvirt on %s is not read", unread), TRUTH_UNKNOWN;
  return TRUTH_YES;
}

CONDITION(domain_not_on) {
  const struct domain_view *d = snapshot_domain(s, ARG(0));
  const struct host_view *h = snapshot_host(s, ARG(1));
  if (!h || !libvirt_seen(s, h->name)) return *saw = "its libvirt is not read", TRUTH_UNKNOWN;
  if (d) *saw = how_it_is(s, d, a);
  return truth_of(!d || !texts_have(&d->hosts, h->name));
}

CONDITION(domain_state) {
  const struct domain_view *d = snapshot_domain(s, ARG(0));
  if (!d) return *saw = "no host has it", unread_host(s) ? TRUTH_UNKNOWN : TRUTH_NO;
  *saw = how_it_is(s, d, a);
  return is_old(d) || !d->state ? TRUTH_UNKNOWN : truth_of(str_eq(d->state, ARG(1)));
}

CONDITION(domain_defined_on) {
  const struct domain_view *d = snapshot_domain(s, ARG(0));
  const struct host_view *h = snapshot_host(s, ARG(1));
  if (!h || !libvirt_seen(s, h->name)) return *saw = "its libvirt is not read", TRUTH_UNKNOWN;
  *saw = d && d->defined_on.count ? arena_printf(a, "it is defined on %s", names_of(&d->defined_on, a)) : "it is defined nowhere";
  return truth_of(d && texts_have(&d->defined_on, h->name));
}

CONDITION(domain_not_defined_on) {
  enum truth is = domain_defined_on(s, args, a, saw);
  return is == TRUTH_UNKNOWN ? is : truth_of(is == TRUTH_NO);
}

CONDITION(domain_known) {
  const char *unread = unread_host(s);
  const struct domain_view *d = snapshot_domain(s, ARG(0));
  if (d) return is_old(d) ? TRUTH_UNKNOWN : TRUTH_YES;
  *saw = unread ? arena_printf(a, "libvirt on %s is not read", unread) : "no host has it";
  return unread ? TRUTH_UNKNOWN : TRUTH_NO;
}

/* No migration, save or the like is under way; any host that has a part of it may say so. */
CONDITION(domain_settled) {
  const struct domain_view *d = snapshot_domain(s, ARG(0));
  const char *host;
  const struct libvirt_job *j = job_seen(s, ARG(0), &host);
  if (j) return *saw = arena_printf(a, "%s is under way on %s", j->type ? j->type : "a job", host), TRUTH_NO;
  if (!d || !d->hosts.count || is_old(d)) return *saw = "it is not read", TRUTH_UNKNOWN;
  if (d->hosts.count > 1) return *saw = how_it_is(s, d, a), TRUTH_NO;
  return fact_seen(s, "libvirt.jobs", d->hosts.item[0]) ? TRUTH_YES : TRUTH_UNKNOWN;
}

const struct condition_kind domain_conditions[] = {
    {"domain-runs-on", "DOMAIN HOST", "%s runs on %s and nowhere else", domain_runs_on},
    {"domain-runs", "DOMAIN", "%s runs, on one host", domain_runs},
    {"domain-runs-nowhere", "DOMAIN", "%s runs nowhere", domain_runs_nowhere},
    {"domain-not-on", "DOMAIN HOST", "%s does not run on %s", domain_not_on},
    {"domain-state", "DOMAIN STATE", "%s is %s", domain_state},
    {"domain-defined-on", "DOMAIN HOST", "%s is defined on %s", domain_defined_on},
    {"domain-not-defined-on", "DOMAIN HOST", "%s is not defined on %s", domain_not_defined_on},
    {"domain-known", "DOMAIN", "%s is known to libvirt", domain_known},
    {"domain-settled", "DOMAIN", "no migration of %s is under way", domain_settled},
    {.name = NULL},
};
