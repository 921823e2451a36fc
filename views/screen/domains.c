/* Domains: what libvirt says of each on its host, and whether pacemaker agrees. */
#include "analysis/seen.h"
#include "views/screen/list.h"

enum { DOMAIN, STATE, HOST, HA, CPU, MEM, READ, WRITE, DISK, BRICKS };

static const struct list_column columns[] = {
    [DOMAIN] = {{.title = "DOMAIN", .min = 6, .max = 32, .weight = 1, .priority = 99}, "name"},
    [STATE] = {{.title = "STATE", .min = 7, .max = 24, .priority = 95}, "state"},
    [HOST] = {{.title = "HOST", .min = 5, .max = 24, .priority = 90}, "hosts"},
    [HA] = {{.title = "HA", .min = 7, .max = 10, .priority = 80}, "role"},
    [CPU] = {{.title = "CPU", .min = 4, .align = ALIGN_RIGHT, .priority = 70}, "cpu_percent"},
    [MEM] = {{.title = "MEM", .min = 4, .align = ALIGN_RIGHT, .priority = 60}, "memory"},
    [READ] = {{.title = "READ/s", .min = 6, .align = ALIGN_RIGHT, .priority = 40}, "read_bytes_s"},
    [WRITE] = {{.title = "WRITE/s", .min = 7, .align = ALIGN_RIGHT, .priority = 45}, "write_bytes_s"},
    [DISK] = {{.title = "DISK", .min = 8, .max = 60, .weight = 1, .priority = 30}, NULL},
    [BRICKS] = {{.title = "ON BRICKS", .min = 9, .max = 60, .weight = 1, .priority = 20}, NULL},
};

static size_t collect(const struct input *in, const void ***ret) {
  size_t n = in->snap->domains.count;
  *ret = arena_array(in->arena, n, sizeof **ret);
  for (size_t i = 0; i < n; i++) (*ret)[i] = &in->snap->domains.item[i];
  return n;
}

static const char *id(const struct input *in, const void *item) {
  const struct domain_view *d = item;
  return d->uuid ? arena_printf(in->arena, "%s %s", d->name ? d->name : "", d->uuid) : d->name;
}

static void put_state(const struct input *in, const struct domain_view *d, struct row *out) {
  const struct texts *stale = texts_have(&d->stale, "libvirt") ? &d->stale : NULL;
  bool moving = d->reason && str_starts(d->reason, "migrat");
  int sent = stale ? -1 : migration_percent(in->snap, d);
  if (sent >= 0) put_fact(out, in, STATE, ROLE_WARN, arena_printf(in->arena, "moves %d%%", sent), NULL);
  else if (str_eq(d->state, "running")) put_fact(out, in, STATE, ROLE_OK, "running", stale);
  else if (str_eq(d->state, "paused"))
    put_fact(out, in, STATE, moving ? ROLE_WARN : ROLE_BAD, moving ? "migrating" : arena_printf(in->arena, "PAUSED %s", d->reason ? d->reason : ""), stale);
  else if (str_eq(d->state, "crashed")) put_fact(out, in, STATE, ROLE_BAD, "CRASHED", stale);
  else if (str_eq(d->state, "shutoff")) put_fact(out, in, STATE, d->resource && str_eq(d->role, "started") ? ROLE_BAD : ROLE_DIM, "off", stale);
  else put_fact(out, in, STATE, ROLE_WARN, d->state, stale);
}

/* What pacemaker says, with a question mark where libvirt says otherwise. */
static void put_ha(const struct input *in, const struct domain_view *d, struct row *out) {
  if (!d->resource) row_put(out, HA, ROLE_DIM, "-");
  else if (!d->role) row_put(out, HA, ROLE_UNKNOWN, NULL);
  else {
    bool agrees = str_eq(d->role, "started") ? str_eq(d->state, "running") : str_eq(d->role, "stopped") ? !str_eq(d->state, "running") : true;
    const struct texts *stale = texts_have(&d->stale, "pacemaker") ? &d->stale : NULL;
    put_fact(out, in, HA, agrees ? str_eq(d->role, "started") ? ROLE_NORMAL : ROLE_WARN : ROLE_BAD, agrees ? d->role : arena_printf(in->arena, "%s?", d->role), stale);
  }
}

static void fill(const struct input *in, const void *item, struct row *out) {
  const struct domain_view *d = item;
  const struct disk_view *disk = d->disks.count ? &d->disks.item[0] : NULL;
  const struct texts *stale = texts_have(&d->stale, "libvirt") ? &d->stale : NULL;
  bool on = d->hosts.count > 0;
  row_put(out, DOMAIN, ROLE_NORMAL, d->name);
  put_state(in, d, out);
  const char *host = d->hosts.count > 1 ? arena_printf(in->arena, "%s%s%s", d->hosts.item[0], symbol(in->glyphs, SYMBOL_ARROW_RIGHT), d->hosts.item[1]) : join_text(in, &d->hosts);
  put_fact(out, in, HOST, ROLE_NORMAL, host, on ? stale : NULL);
  put_ha(in, d, out);
  put_fact(out, in, CPU, ROLE_NORMAL, on ? percent_text(in, d->cpu_percent) : "-", on ? stale : NULL);
  put_fact(out, in, MEM, ROLE_NORMAL, size_text(in, d->memory), stale);
  put_fact(out, in, READ, ROLE_NORMAL, on ? size_text(in, d->read_bytes_s) : "-", on ? stale : NULL);
  put_fact(out, in, WRITE, ROLE_NORMAL, on ? size_text(in, d->write_bytes_s) : "-", on ? stale : NULL);
  row_put(out, DISK, ROLE_DIM, disk ? disk->source ? disk->source : "-" : "-");
  row_put(out, BRICKS, ROLE_DIM, disk && disk->bricks.count ? join_text(in, &disk->bricks) : disk && disk->volume ? "?" : "-");
}

const struct list list_domains = {.name = "domains", .title = "Domains", .help = "domains: state, host, load, and whether pacemaker agrees", .action = ACTION_VIEW_DOMAINS,
                                  .shape = &domain_view_shape, .columns = columns, .column_count = COUNT(columns), .empty = "no domain is known", .collect = collect, .id = id, .fill = fill};
