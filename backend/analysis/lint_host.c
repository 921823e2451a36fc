/* Checks of what only the hosts themselves know: each was asked (libvirt.setup). A host that has not said is named as not
 * known, and the others are judged all the same. */
#include "analysis/capacity.h"
#include "analysis/lint.h"
#include "analysis/seen.h"
#include "analysis/store_view.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EACH_SETUP(l, x) for (const struct lint_setup *x = lint_setups(l)->item; x < lint_setups(l)->item + lint_setups(l)->count; x++)
#define EACH_DOMAIN(l, d) for (const struct domain_view *d = (l)->s->domains.item; d < (l)->s->domains.item + (l)->s->domains.count; d++)
#define EACH_PARAM(l, p) for (const struct pcmk_param *p = (l)->config->resources.item; p < (l)->config->resources.item + (l)->config->resources.count; p++)

/* What these hosts did not say makes a part of the check impossible. */
static void say_unknown(struct linting *l, const struct texts *hosts) {
  const char *why = NULL;
  EACH_SETUP(l, x)
    if (hosts->count && str_eq(x->host, hosts->item[0])) why = !x->fact ? "how it is set up was not read lately" : x->fact->text;
  if (hosts->count) lint_not_known(l, "not known of %s%s%s%s", names_of(hosts, l->a), why ? " (" : "", why ? why : "", why ? ")" : "");
}

static bool any_domain(const struct linting *l) {
  EACH_PARAM(l, p)
    if (lint_is_domain(p)) return true;
  return false;
}

/* ---- services and clocks ---- */

static void guests_service(struct linting *l) {
  struct texts unknown = {0};
  if (!any_domain(l)) return;
  EACH_SETUP(l, x) {
    if (!x->fact || x->fact->guests_enabled == TRUTH_UNKNOWN) texts_add(l->a, &unknown, x->host);
    else if (x->fact->guests_enabled == TRUTH_YES) lint_found(l, x->host, "libvirt-guests.service is enabled");
  }
  say_unknown(l, &unknown);
}

static int by_clock(const void *one, const void *two) {
  const struct lint_setup *const *x = one, *const *y = two;
  int64_t a = (*x)->fact->clock_ms, b = (*y)->fact->clock_ms;
  return a < b ? -1 : a > b;
}

/* Against the clock in the middle, and of two against the first. */
static void clocks_apart(struct linting *l) {
  enum { APART_MS = 1000 };
  const struct lint_setups *all = lint_setups(l);
  const struct lint_setup **known = arena_array(l->a, all->count + 1, sizeof *known);
  struct texts unknown = {0};
  size_t n = 0;
  EACH_SETUP(l, x) {
    if (x->fact && x->fact->clock_ms != UNKNOWN_INT && x->fact->clock_within != UNKNOWN_INT) known[n++] = x;
    else texts_add(l->a, &unknown, x->host);
  }
  const struct lint_setup *middle = n ? known[0] : NULL;
  if (n > 2) {
    qsort(known, n, sizeof *known, by_clock);
    middle = known[n / 2];
  }
  for (size_t i = 0; i < n; i++) {
    int64_t ahead = known[i]->fact->clock_ms - middle->fact->clock_ms, within = known[i]->fact->clock_within + middle->fact->clock_within;
    if ((ahead < 0 ? -ahead : ahead) - within > APART_MS)
      lint_found(l, known[i]->host, "its clock is %.1f s %s that of %s, give or take %.1f s", fabs((double)ahead) / 1000, ahead < 0 ? "behind" : "ahead of", middle->host, (double)within / 1000);
  }
  if (all->count > 1) say_unknown(l, &unknown);
}

/* ---- what a domain needs of each host it may run on ---- */

/* A thing needed, and by which domains. */
struct want { const char *what; struct texts domains; };
struct wants { LIST_OF(struct want) list; };

static void want(struct linting *l, struct wants *w, size_t room, const char *what, const struct domain_view *d) {
  size_t i = 0;
  while (i < w->list.count && !str_eq(w->list.item[i].what, what)) i++;
  if (i == room) return;
  if (i == w->list.count) w->list.item[w->list.count++] = (struct want){.what = what};
  texts_add(l->a, &w->list.item[i].domains, d->resource);
}

/* By its constraints. That it failed there keeps it away as well, and comes of what is looked for here. */
static bool excluded(const struct linting *l, const char *resource, const char *node) {
  for (size_t i = 0; i < l->config->constraints.count; i++) {
    const struct pcmk_constraint *c = &l->config->constraints.item[i];
    if (str_eq(c->kind, "location") && str_eq(c->resource, resource) && str_eq(c->node, node) && str_eq(c->score, "-INFINITY") && !is_move_constraint(c->id)) return true;
  }
  return false;
}

static struct texts may_run(struct linting *l, const struct texts *resources, const char *host) {
  struct texts t = {0};
  for (size_t i = 0; i < resources->count; i++)
    if (!excluded(l, resources->item[i], node_name(l->s, host))) texts_add(l->a, &t, resources->item[i]);
  return t;
}

enum { WANTS_MAX = 64 };

static void not_there(struct linting *l, const struct wants *w, const struct texts *(*has)(const struct libvirt_setup *), const char *words) {
  struct texts unknown = {0};
  if (!w->list.count) return;
  EACH_SETUP(l, x) {
    const struct texts *there = x->fact ? has(x->fact) : NULL;
    if (!node_seen(l->s, x->host)) continue; /* pacemaker puts nothing there */
    if (!there || !there->count) texts_add(l->a, &unknown, x->host);
    for (size_t i = 0; there && there->count && i < w->list.count; i++) {
      struct texts needed = texts_have(there, w->list.item[i].what) ? (struct texts){0} : may_run(l, &w->list.item[i].domains, x->host);
      if (needed.count) lint_found(l, x->host, "%s %s, which %s need%s", words, w->list.item[i].what, names_of(&needed, l->a), needed.count == 1 ? "s" : "");
    }
  }
  say_unknown(l, &unknown);
}

static const struct texts *links_of(const struct libvirt_setup *x) { return &x->links; }
static const struct texts *machines_of(const struct libvirt_setup *x) { return &x->machines; }

static void bridge_missing(struct linting *l) {
  struct wants w = {.list.item = arena_array(l->a, WANTS_MAX, sizeof(struct want))};
  EACH_DOMAIN(l, d) {
    const struct libvirt_domain *x = d->resource ? lint_definition(l, d) : NULL;
    for (size_t i = 0; x && i < x->nics.count; i++)
      if (str_eq(x->nics.item[i].type, "bridge") && x->nics.item[i].source) want(l, &w, WANTS_MAX, x->nics.item[i].source, d);
  }
  not_there(l, &w, links_of, "it has no");
}

static void machine_missing(struct linting *l) {
  struct wants w = {.list.item = arena_array(l->a, WANTS_MAX, sizeof(struct want))};
  EACH_DOMAIN(l, d) {
    const struct libvirt_domain *x = d->resource ? lint_definition(l, d) : NULL;
    if (x && x->machine) want(l, &w, WANTS_MAX, x->machine, d);
  }
  not_there(l, &w, machines_of, "its qemu does not know the machine type");
}

static void cpus_differ(struct linting *l) {
  struct texts passed = {0}, unknown = {0};
  const struct lint_setup *first = NULL;
  EACH_DOMAIN(l, d) {
    const struct libvirt_domain *x = d->resource ? lint_definition(l, d) : NULL;
    if (x && str_eq(x->cpu_mode, "host-passthrough")) texts_add(l->a, &passed, d->name);
  }
  if (!passed.count || lint_setups(l)->count < 2) return;
  EACH_SETUP(l, x) {
    if (!x->fact || !x->fact->cpu) texts_add(l->a, &unknown, x->host);
    else if (!first) first = x;
    else if (!str_eq(x->fact->cpu, first->fact->cpu)) lint_found(l, x->host, "its processor is %s, that of %s %s, and %s take%s it as it is (host-passthrough)", x->fact->cpu, first->host, first->fact->cpu, names_of(&passed, l->a), passed.count == 1 ? "s" : "");
  }
  say_unknown(l, &unknown);
}

/* ---- mounts ---- */

static const char *volume_of(const char *source) {
  const char *colon = source ? strchr(source, ':') : NULL;
  return colon ? colon + 1 + (colon[1] == '/') : NULL;
}

static struct texts volumes_used(struct linting *l) {
  struct texts used = {0};
  EACH_DOMAIN(l, d)
    for (size_t i = 0; i < d->disks.count; i++) {
      const char *source = d->disks.item[i].source, *volume = source && *source == '/' ? lint_volume_of(l, d, source) : NULL;
      if (volume && !texts_have(&used, volume)) texts_add(l->a, &used, volume);
    }
  return used;
}

/* What pacemaker mounts itself, as a resource, is in order by its own rules. */
static struct texts by_pacemaker(const struct linting *l) {
  struct texts t = {0};
  EACH_PARAM(l, p) {
    const char *directory = str_ends(p->agent ? p->agent : "", ":Filesystem") ? pairs_get(&p->params, "directory") : NULL;
    if (directory) texts_add(l->a, &t, directory);
  }
  return t;
}

/* Asks judge about each mount of a volume with disks: NO, and it is named as one of its host's; UNKNOWN: that host did not say. */
static void each_mount(struct linting *l, enum truth (*judge)(struct linting *l, const struct setup_mount *m), const char *before, const char *behind) {
  struct texts used = volumes_used(l), others = by_pacemaker(l), unknown = {0};
  if (!used.count) return;
  EACH_SETUP(l, x) {
    bool sure = x->fact && x->fact->mounts_known == TRUTH_YES;
    struct texts bad = {0};
    for (size_t i = 0; x->fact && i < x->fact->mounts.count; i++) {
      const struct setup_mount *m = &x->fact->mounts.item[i];
      const char *volume = volume_of(m->source);
      if (!m->mount || !volume || !texts_have(&used, volume) || texts_have(&others, m->mount)) continue;
      enum truth well = judge(l, m);
      sure &= well != TRUTH_UNKNOWN;
      if (well == TRUTH_NO) texts_add(l->a, &bad, m->mount);
    }
    if (bad.count) lint_found(l, x->host, "%s%s%s", before, names_of(&bad, l->a), behind);
    if (!sure) texts_add(l->a, &unknown, x->host);
  }
  say_unknown(l, &unknown);
}

/* One that is not mounted at boot is another check's. */
static enum truth judge_order(struct linting *l, const struct setup_mount *m) {
  (void)l;
  return m->permanent == TRUTH_YES ? m->ordered : m->permanent == TRUTH_NO ? TRUTH_YES : TRUTH_UNKNOWN;
}

static enum truth judge_permanent(struct linting *l, const struct setup_mount *m) {
  (void)l;
  return m->permanent == TRUTH_NO && m->mounted == TRUTH_NO ? TRUTH_YES : m->permanent;
}

static enum truth judge_servers(struct linting *l, const struct setup_mount *m) {
  const struct volume_view *v = snapshot_volume(l->s, volume_of(m->source));
  bool several = m->options && (strstr(m->options, "backup-volfile-servers=") || strstr(m->options, "backupvolfile-server="));
  bool hosts = false;
  for (size_t i = 1; v && i < v->bricks.count; i++) hosts |= !same_host(l->s, v->bricks.item[0].host, v->bricks.item[i].host);
  if (m->permanent != TRUTH_YES) return m->permanent == TRUTH_NO ? TRUTH_YES : TRUTH_UNKNOWN;
  if (!m->options) return TRUTH_UNKNOWN;
  several |= memchr(m->source, ',', (size_t)(strchr(m->source, ':') - m->source)) != NULL;
  return truth_of(!hosts || several);
}

static void mount_not_ordered(struct linting *l) { each_mount(l, judge_order, "pacemaker does not wait for ", ""); }
static void mount_by_hand(struct linting *l) { each_mount(l, judge_permanent, "nothing mounts ", " at the next boot"); }
static void one_volfile_server(struct linting *l) { each_mount(l, judge_servers, "one host alone is asked to mount ", ""); }

static const struct setup_mount *mount_of(const struct libvirt_setup *x, const char *volume) {
  for (size_t i = 0; i < x->mounts.count; i++)
    if (str_eq(volume_of(x->mounts.item[i].source), volume) && x->mounts.item[i].mounted == TRUTH_YES) return &x->mounts.item[i];
  return NULL;
}

static void mount_missing(struct linting *l) {
  struct texts used = volumes_used(l), unknown = {0};
  EACH_SETUP(l, x) {
    if (!used.count || !node_seen(l->s, x->host)) continue;
    if (!x->fact || x->fact->mounts_known != TRUTH_YES) {
      texts_add(l->a, &unknown, x->host);
      continue;
    }
    for (size_t i = 0; i < used.count; i++)
      if (!mount_of(x->fact, used.item[i])) lint_found(l, x->host, "%s, with domains' disks, is not mounted there", used.item[i]);
  }
  say_unknown(l, &unknown);
}

/* ---- definitions ---- */

static int64_t asked_digest(const struct linting *l) {
  int64_t digest = 0;
  EACH_PARAM(l, p) {
    const char *path = definition_path(p);
    if (path) digest = definitions_digest(digest, path);
  }
  return digest;
}

/* The resource whose definition that is. */
static const char *resource_by(const struct linting *l, const char *path) {
  EACH_PARAM(l, p)
    if (str_eq(definition_path(p), path)) return p->resource;
  return NULL;
}

static void each_definition(struct linting *l, void (*judge)(struct linting *l, const struct lint_setup *x, const struct setup_definition *d, const char *resource)) {
  int64_t wanted = asked_digest(l);
  struct texts unknown = {0};
  EACH_SETUP(l, x) {
    if (!wanted || !node_seen(l->s, x->host)) continue;
    if (!x->fact || x->fact->definitions_asked != wanted) texts_add(l->a, &unknown, x->host);
    for (size_t i = 0; x->fact && i < x->fact->definitions.count; i++) {
      const char *resource = resource_by(l, x->fact->definitions.item[i].path);
      if (resource) judge(l, x, &x->fact->definitions.item[i], resource);
    }
  }
  say_unknown(l, &unknown);
}

static bool mounts_above(const struct libvirt_setup *x, const char *path) {
  for (size_t i = 0; i < x->mounts.count; i++) {
    size_t len = x->mounts.item[i].mount ? strlen(x->mounts.item[i].mount) : 0;
    if (len > 1 && x->mounts.item[i].mounted == TRUTH_YES && !strncmp(path, x->mounts.item[i].mount, len) && path[len] == '/') return true;
  }
  return false;
}

/* On a volume that others have mounted and this host has not: that is another check's to say. */
static bool for_want_of_a_mount(struct linting *l, const struct lint_setup *x, const char *path) {
  EACH_SETUP(l, o)
    if (o != x && o->fact && mounts_above(o->fact, path)) return !mounts_above(x->fact, path);
  return false;
}

static void judge_readable(struct linting *l, const struct lint_setup *x, const struct setup_definition *d, const char *resource) {
  const struct texts one = {(const char *[]){resource}, 1};
  if (for_want_of_a_mount(l, x, d->path)) return;
  if (d->readable == TRUTH_NO && may_run(l, &one, x->host).count) lint_found(l, resource, "%s cannot read %s", x->host, d->path);
}

/* All hosts see the same file: it is said once. */
static void judge_name(struct linting *l, const struct lint_setup *x, const struct setup_definition *d, const char *resource) {
  for (size_t i = 0; i < l->out->findings.count; i++)
    if (str_eq(l->out->findings.item[i].id, l->check->id) && str_eq(l->out->findings.item[i].subject, resource)) return;
  if (d->name_alone == TRUTH_NO) lint_found(l, resource, "%s, as %s reads it, has not exactly one <name>...</name> on a line of its own", d->path, x->host);
}

static void definition_unreadable(struct linting *l) { each_definition(l, judge_readable); }
static void name_not_alone(struct linting *l) { each_definition(l, judge_name); }

/* ---- migration ---- */

static bool moves_by_ssh(const struct linting *l) {
  EACH_PARAM(l, p) {
    const char *live = lint_is_domain(p) ? lint_meta(l, p, "allow-migrate") : NULL;
    if ((str_eq(live, "true") || str_eq(live, "1") || str_eq(live, "yes") || str_eq(live, "on")) && str_eq(pairs_get(&p->params, "migration_transport"), "ssh")) return true;
  }
  return false;
}

static const struct setup_peer *peer_of(const struct linting *l, const struct libvirt_setup *x, const char *host) {
  for (size_t i = 0; i < x->peers.count; i++)
    if (same_host(l->s, x->peers.item[i].name, host)) return &x->peers.item[i];
  return NULL;
}

static void no_trust(struct linting *l) {
  struct texts unknown = {0};
  if (!moves_by_ssh(l)) return;
  EACH_SETUP(l, x) {
    bool sure = x->fact != NULL;
    if (!node_seen(l->s, x->host)) continue;
    EACH_SETUP(l, other) {
      const struct setup_peer *p = x->fact && other != x && node_seen(l->s, other->host) ? peer_of(l, x->fact, other->host) : NULL;
      if (p && p->trusted == TRUTH_NO) lint_found(l, x->host, "root does not get from it to %s%s%s", p->name, p->text ? ": " : "", p->text ? p->text : "");
      if (other != x && node_seen(l->s, other->host)) sure &= p && p->trusted != TRUTH_UNKNOWN;
    }
    if (!sure) texts_add(l->a, &unknown, x->host);
  }
  say_unknown(l, &unknown);
}

/* Only where a host that runs domains has bricks too. */
static void migration_ports(struct linting *l) {
  struct texts unknown = {0};
  EACH_SETUP(l, x)
    for (size_t v = 0; v < l->s->volumes.count; v++)
      for (size_t i = 0; i < l->s->volumes.item[v].bricks.count; i++) {
        const struct brick_view *b = &l->s->volumes.item[v].bricks.item[i];
        bool clear = x->fact && x->fact->port_min != UNKNOWN_INT && x->fact->port_max != UNKNOWN_INT && (b->port < x->fact->port_min || b->port > x->fact->port_max);
        if (b->port == UNKNOWN_INT || clear || !same_host(l->s, b->host, x->host)) continue;
        if (!x->fact || x->fact->port_min == UNKNOWN_INT) {
          if (!texts_have(&unknown, x->host)) texts_add(l->a, &unknown, x->host);
        } else lint_found(l, x->host, "its brick %s has port %" PRId64 ", migrations to it take one of %" PRId64 " to %" PRId64, b->path, b->port, x->fact->port_min, x->fact->port_max);
      }
  say_unknown(l, &unknown);
}

/* ---- room ---- */

/* Of the domains that run: libvirt asks no image of the others. */
static void overcommitted(struct linting *l) {
  struct texts unknown = {0};
  for (size_t i = 0; i < l->s->volumes.count; i++) {
    const struct volume_view *v = &l->s->volumes.item[i];
    struct capacity c = volume_capacity(l->s, v, l->a);
    char may[SIZE_TEXT], has[SIZE_TEXT], left[SIZE_TEXT];
    for (size_t k = 0; k < c.unread.count; k++)
      if (!texts_have(&unknown, c.unread.item[k])) texts_add(l->a, &unknown, c.unread.item[k]);
    if (v->size > 0 && c.promised > v->size)
      lint_found(l, v->name, "the disks of running domains may grow to %s, it has %s%s%s%s", str_size(may, c.promised), str_size(has, v->size), v->free >= 0 ? " (" : "", v->free >= 0 ? str_size(left, v->free) : "", v->free >= 0 ? " free)" : "");
  }
  say_unknown(l, &unknown);
}

static void few_files(struct linting *l) {
  enum { MUCH = 80 };
  struct texts unknown = {0};
  EACH_SETUP(l, x) {
    const struct host_view *h = snapshot_host(l->s, x->host);
    if ((!x->fact || !x->fact->files.count) && (!h || h->domains != 0)) texts_add(l->a, &unknown, x->host);
    for (size_t i = 0; x->fact && i < x->fact->files.count; i++) {
      const struct setup_files *f = &x->fact->files.item[i];
      if (f->domain && f->most > 0 && f->open > f->most / 100 * MUCH + f->most % 100 * MUCH / 100) lint_found(l, f->domain, "its emulator on %s has %" PRId64 " files open, and may have %" PRId64, x->host, f->open, f->most);
    }
  }
  say_unknown(l, &unknown);
}

const struct lint_check lint_host_checks[] = {
    {"libvirt-guests", "libvirt-guests has a say", "When a host goes down, libvirt-guests suspends or shuts down its domains behind pacemaker's back, and when it boots it starts them again, though pacemaker has them running elsewhere by then. Disable it where pacemaker manages the domains: systemctl disable --now libvirt-guests, when nothing runs there.", SEVERITY_WARNING, NULL, LINT_PACEMAKER | LINT_HOSTS, guests_service},
    {"clocks-apart", "clocks are apart", "Failures that expire, the fencing history, logs and a file's newest copy are all compared by clock. Have all hosts, gluster's too, keep time from the same source (chrony).", SEVERITY_WARNING, NULL, LINT_HOSTS, clocks_apart},
    {"bridge-missing", "a host without the domains' bridge", "Pacemaker may start or move the domain there, libvirt finds no such bridge, and the start fails for good on that host.", SEVERITY_CRITICAL, "host-bridge", LINT_PACEMAKER | LINT_HOSTS, bridge_missing},
    {"machine-missing", "a host whose qemu lacks a machine type", "A domain can only be moved to, or started on, a host whose qemu knows its machine type: the older of two versions does not know those of the newer.", SEVERITY_CRITICAL, NULL, LINT_PACEMAKER | LINT_HOSTS, machine_missing},
    {"cpu-differs", "processors differ, and guests see them as they are", "With host-passthrough a guest that is moved live to another model of processor may crash. host-model or a named model that all hosts have is safe.", SEVERITY_WARNING, NULL, LINT_PACEMAKER | LINT_HOSTS, cpus_differ},
    {"mount-missing", "a volume is not mounted on a possible host", "A domain that pacemaker starts there fails as `not installed`, and never tries that host again until it is cleaned up.", SEVERITY_CRITICAL, "gluster-mount", LINT_PACEMAKER | LINT_GLUSTER | LINT_HOSTS, mount_missing},
    {"mount-by-hand", "a mount that does not come back", "Mounted by hand, the volume is not there after the host's next boot, and what pacemaker starts then fails for good on that host.", SEVERITY_WARNING, "gluster-mount", LINT_PACEMAKER | LINT_GLUSTER | LINT_HOSTS, mount_by_hand},
    {"mount-not-ordered", "pacemaker does not wait for the mount", "A host that boots may start pacemaker before the volume is mounted: its domains fail as `not installed` and never try that host again. When it goes down, the volume may be taken away under running domains.", SEVERITY_WARNING, "gluster-mount", LINT_PACEMAKER | LINT_GLUSTER | LINT_HOSTS, mount_not_ordered},
    {"one-volfile-server", "a mount that hangs on one host", "At mounting, the client asks one host for the volume's description. That host down, the volume cannot be mounted, though all of its other bricks are well: backup-volfile-servers=HOST:HOST among its options in the fstab names those to ask instead.", SEVERITY_WARNING, NULL, LINT_PACEMAKER | LINT_GLUSTER | LINT_HOSTS, one_volfile_server},
    {"definition-unreadable", "a host cannot read a definition", "Pacemaker's agent reads the domain's definition on whatever host it starts it on; where it cannot, the start fails as `not installed`, for good on that host.", SEVERITY_CRITICAL, "domain-share", LINT_PACEMAKER | LINT_HOSTS, definition_unreadable},
    {"name-not-alone", "a definition whose name is not found", "The agent takes the domain's name from a `<name>` on a line of its own, as virsh dumpxml writes it. With anything else on that line, or two of them, it determines no name, and reports `not installed`.", SEVERITY_CRITICAL, "domain-share", LINT_PACEMAKER | LINT_HOSTS, name_not_alone},
    {"no-trust", "live migration has no way", "Domains are moved over root's ssh, by the cluster's names of the hosts. Without it each move fails: pacemaker then stops the domain and starts it on the other host.", SEVERITY_WARNING, "host-prepare", LINT_PACEMAKER | LINT_HOSTS, no_trust},
    {"migration-ports", "a brick has a port of migrations", "Where bricks run on hosts of domains, gluster and libvirt take ports of one range: a migration that gets a brick's port fails, a brick whose port a migration holds does not start. Give libvirt another range (migration_port_min, migration_port_max in qemu.conf).", SEVERITY_INFO, NULL, LINT_GLUSTER | LINT_HOSTS, migration_ports},
    {"overcommitted", "disks may grow beyond their volume", "The images take up less now than their guests were promised. When the volume is full, their writes fail: the domains are paused by I/O errors, all at once.", SEVERITY_INFO, "gluster-brick-add", LINT_GLUSTER | LINT_LIBVIRT | LINT_HOSTS, overcommitted},
    {"few-files", "an emulator runs out of files", "At its limit the next disk, migration or connection of that domain fails. max_files in qemu.conf, effective when the domain is started anew.", SEVERITY_WARNING, NULL, LINT_LIBVIRT | LINT_HOSTS, few_files},
    {.id = NULL},
};
