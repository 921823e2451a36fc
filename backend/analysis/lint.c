#include "analysis/lint.h"
#include "analysis/seen.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T struct finding
SHAPE(finding_shape, T, FIELD(T, id, TEXT), CHOICE(T, severity, severity_names), FIELD(T, subject, TEXT), FIELD(T, evidence, TEXT), FIELD(T, why, TEXT), FIELD(T, operation, TEXT));
#undef T
SHAPE(lint_unknown_shape, struct lint_unknown, FIELD(struct lint_unknown, id, TEXT), FIELD(struct lint_unknown, text, TEXT));
SHAPE(lint_shape, struct lint, FIELD(struct lint, schema, INT), LIST(struct lint, findings, finding_shape), LIST(struct lint, unknown, lint_unknown_shape));

const struct lint_check *const lint_groups[] = {lint_cluster_checks, lint_store_checks, lint_domain_checks, lint_host_checks, NULL};

void lint_found(struct linting *l, const char *subject, const char *format, ...) {
  char text[1024];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  *(struct finding *)list_add(l->a, &l->out->findings, &finding_shape) =
      (struct finding){l->check->id, (int)l->check->severity, arena_strdup(l->a, subject), arena_strdup(l->a, text), l->check->why, l->check->operation};
}

const char *lint_meta(const struct linting *l, const struct pcmk_param *p, const char *name) {
  const char *own = pairs_get(&p->meta, name);
  for (size_t i = 0; !own && i < l->defaults.count; i++) own = pairs_get(&l->defaults.item[i]->meta, name);
  return own;
}

bool lint_is_domain(const struct pcmk_param *p) { return str_ends(p->agent ? p->agent : "", ":VirtualDomain"); }

void lint_not_known(struct linting *l, const char *format, ...) {
  char text[1024];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  *(struct lint_unknown *)list_add(l->a, &l->out->unknown, &lint_unknown_shape) = (struct lint_unknown){l->check->id, arena_printf(l->a, "%s: %s", l->check->title, text)};
}

/* ---- looked up once for all checks ---- */

static const struct libvirt_domain *definition_in(const struct libvirt_domains *list, const char *name) {
  for (size_t i = 0; list && i < list->domains.count; i++)
    if (str_eq(list->domains.item[i].name, name)) return &list->domains.item[i];
  return NULL;
}

const struct libvirt_domain *lint_definition(struct linting *l, const struct domain_view *d) {
  size_t hosts = 0;
  struct { const char *host; const struct libvirt_domains *fact; } *read;
  if (l->definitions) return l->definitions[d - l->s->domains.item];
  l->definitions = arena_array(l->a, l->s->domains.count + 1, sizeof *l->definitions);
  read = arena_array(l->a, l->s->hosts.count + l->s->sources.count + 1, sizeof *read);
  for (size_t i = 0; i < l->s->domains.count; i++) {
    const struct domain_view *x = &l->s->domains.item[i];
    const char *host = x->hosts.count ? x->hosts.item[0] : x->defined_on.count ? x->defined_on.item[0] : NULL;
    size_t k = 0;
    while (host && k < hosts && !str_eq(read[k].host, host)) k++;
    if (host && k == hosts && hosts < l->s->hosts.count + l->s->sources.count) read[hosts].host = host, read[hosts++].fact = fact_seen(l->s, "libvirt.domains", host);
    if (host && k < hosts) l->definitions[i] = definition_in(read[k].fact, x->name);
  }
  return l->definitions[d - l->s->domains.item];
}

const struct lint_setups *lint_setups(struct linting *l) {
  if (l->setups) return l->setups;
  struct lint_setups *out = arena_alloc(l->a, sizeof *out);
  out->item = arena_array(l->a, l->s->sources.count + 1, sizeof *out->item);
  for (size_t i = 0; i < l->s->sources.count; i++) {
    const struct source_view *v = &l->s->sources.item[i];
    if (!str_eq(v->name, layer_names[LAYER_LIBVIRT]) || v->state == SOURCE_ABSENT) continue;
    const struct host_view *h = snapshot_host(l->s, v->host);
    out->item[out->count++] = (struct lint_setup){h ? h->name : v->host, fact_seen(l->s, "libvirt.setup", v->host)};
  }
  return l->setups = out;
}

const char *lint_volume_of(struct linting *l, const struct domain_view *d, const char *path) {
  const char *host = d->hosts.count ? d->hosts.item[0] : NULL, *best = NULL;
  size_t most = 0;
  for (size_t i = 0; i < d->disks.count; i++)
    if (d->disks.item[i].volume && str_eq(d->disks.item[i].source, path)) return d->disks.item[i].volume;
  for (size_t i = 0; host && path && i < lint_setups(l)->count; i++) {
    const struct libvirt_setup *x = str_eq(lint_setups(l)->item[i].host, host) ? lint_setups(l)->item[i].fact : NULL;
    for (size_t k = 0; x && k < x->mounts.count; k++) {
      const struct setup_mount *m = &x->mounts.item[k];
      const char *colon = m->source ? strchr(m->source, ':') : NULL;
      size_t len = m->mount ? strlen(m->mount) : 0;
      if (!colon || m->mounted != TRUTH_YES || len <= most || strncmp(path, m->mount, len) || path[len] != '/') continue;
      best = colon + 1 + (colon[1] == '/');
      most = len;
    }
  }
  return best;
}

/* ---- what must have been read ---- */

/* Each of its sources that there is was read lately; one that is not installed anywhere leaves its layer out. */
static enum truth layer_read(const struct snapshot *s, enum layer layer, const char *kind) {
  enum truth best = TRUTH_UNKNOWN; /* no such layer here */
  for (size_t i = 0; i < s->sources.count; i++) {
    const struct source_view *v = &s->sources.item[i];
    if (!str_eq(v->name, layer_names[layer]) || v->state == SOURCE_ABSENT) continue;
    bool fresh = false;
    for (size_t k = 0; k < v->facts.count; k++) fresh |= str_eq(v->facts.item[k].kind, kind) && v->facts.item[k].stale == TRUTH_NO;
    if (!fresh) return TRUTH_NO;
    best = TRUTH_YES;
  }
  return best;
}

static const struct { unsigned need; enum layer layer; const char *kind; } needs[] = {{LINT_QUORUM, LAYER_COROSYNC, "corosync.cluster"}, {LINT_PACEMAKER, LAYER_PACEMAKER, "pacemaker.config"},
                                                                                      {LINT_GLUSTER, LAYER_GLUSTER, "gluster.volumes"}, {LINT_LIBVIRT, LAYER_LIBVIRT, "libvirt.domains"}};

/* True when the check can be made; false with why not, or with nothing where its layer is not there at all. */
static bool can_check(struct linting *l, const struct lint_check *c) {
  bool there = true, read = true;
  for (size_t i = 0; i < COUNT(needs); i++) {
    if (!(c->needs & needs[i].need)) continue;
    enum truth t = layer_read(l->s, needs[i].layer, needs[i].kind);
    if (t == TRUTH_UNKNOWN) there = false;
    if (t != TRUTH_NO) continue;
    read = false;
    *(struct lint_unknown *)list_add(l->a, &l->out->unknown, &lint_unknown_shape) = (struct lint_unknown){c->id, arena_printf(l->a, "%s: %s is not read now", c->title, layer_names[needs[i].layer])};
    break;
  }
  return there && read;
}

static int worst_first(const void *one, const void *two) {
  const struct finding *x = one, *y = two;
  if (x->severity != y->severity) return y->severity - x->severity;
  int c = str_order(x->id, y->id);
  return c ? c : str_natural(x->subject, y->subject);
}

struct lint *lint_make(const struct snapshot *s, struct arena *a) { return lint_select(s, NULL, a); }

static void find_defaults(struct linting *l) {
  size_t n = l->config ? l->config->resources.count : 0;
  l->defaults.item = arena_array(l->a, n, sizeof *l->defaults.item);
  for (size_t i = 0; i < n; i++)
    if (str_eq(l->config->resources.item[i].resource, "rsc_defaults")) l->defaults.item[l->defaults.count++] = &l->config->resources.item[i];
}

struct lint *lint_select(const struct snapshot *s, const char *ids, struct arena *a) {
  struct lint *out = arena_alloc(a, sizeof *out);
  struct linting l = {.s = s, .a = a, .out = out, .config = fact_seen(s, "pacemaker.config", NULL)};
  shape_init(&lint_shape, out);
  out->schema = 1;
  find_defaults(&l);
  for (size_t g = 0; lint_groups[g]; g++)
    for (const struct lint_check *c = lint_groups[g]; c->id; c++) {
      l.check = c;
      if (ids && !str_listed(ids, ' ', c->id)) continue;
      if (can_check(&l, c)) c->find(&l);
    }
  if (out->findings.count) qsort(out->findings.item, out->findings.count, sizeof *out->findings.item, worst_first);
  return out;
}
