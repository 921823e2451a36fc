/* Domains: what libvirt says of each on its host, and whether pacemaker agrees. */
#include "analysis/seen.h"
#include "base/clock.h"
#include "tui/bar.h"
#include "views/screen/list.h"

enum { DOMAIN, STATE, HOST, HA, CPU, MEM, READ, WRITE, DISK, BRICKS, MOVE, CPU_TREND, IO_TREND, VCPUS, USED, DISKS, DEFINED, RESOURCE, AUTOSTART, REASON, UUID };

static struct sort_key disk_key(const struct input *in, const void *item) {
  const struct domain_view *d = item;
  (void)in;
  return sort_text(d->disks.count ? d->disks.item[0].source : NULL);
}

static struct sort_key bricks_key(const struct input *in, const void *item) {
  const struct domain_view *d = item;
  (void)in;
  return sort_text(d->disks.count && d->disks.item[0].bricks.count ? d->disks.item[0].bricks.item[0] : NULL);
}

static struct sort_key disks_key(const struct input *in, const void *item) {
  (void)in;
  return sort_number(true, (double)((const struct domain_view *)item)->disks.count);
}

static struct sort_key move_key(const struct input *in, const void *item) {
  int percent = migration_percent(in->snap, item);
  return sort_number(percent >= 0, percent);
}

static const struct list_column columns[] = {
    [DOMAIN] = {{.title = "DOMAIN", .min = 6, .max = 32, .weight = 1, .priority = 99}, "name"},
    [STATE] = {{.title = "STATE", .min = 7, .max = 24, .whole = true, .priority = 95}, "state"},
    [HOST] = {{.title = "HOST", .min = 5, .max = 24, .priority = 90}, "hosts"},
    [HA] = {{.title = "HA", .min = 7, .max = 10, .priority = 80}, "role"},
    [CPU] = {{.title = "CPU", .min = 4, .align = ALIGN_RIGHT, .priority = 70}, "cpu_percent"},
    [MEM] = {{.title = "MEM", .min = 4, .align = ALIGN_RIGHT, .priority = 60}, "memory"},
    [READ] = {{.title = "READ/s", .min = 6, .align = ALIGN_RIGHT, .priority = 40}, "read_bytes_s"},
    [WRITE] = {{.title = "WRITE/s", .min = 7, .align = ALIGN_RIGHT, .priority = 45}, "write_bytes_s"},
    [DISK] = {{.title = "DISK", .min = 8, .max = 60, .weight = 1, .priority = 30}, NULL},
    [BRICKS] = {{.title = "ON BRICKS", .min = 9, .max = 60, .weight = 1, .priority = 20}, NULL},
    [MOVE] = {{.title = "MIGRATION", .min = 9, .max = 30, .whole = true, .spare = true, .priority = 15}, NULL},
    [CPU_TREND] = {{.title = "CPU TREND", .min = 16, .max = 16, .spare = true, .priority = 12, .picture = true}, NULL},
    [IO_TREND] = {{.title = "I/O TREND", .min = 16, .max = 16, .spare = true, .priority = 11, .picture = true}, NULL},
    [VCPUS] = {{.title = "VCPUS", .min = 5, .align = ALIGN_RIGHT, .priority = 9, .extra = true}, "vcpus"},
    [USED] = {{.title = "MEM USED", .min = 8, .align = ALIGN_RIGHT, .priority = 8, .extra = true}, "memory_used"},
    [DISKS] = {{.title = "DISKS", .min = 5, .align = ALIGN_RIGHT, .priority = 7, .extra = true}, NULL},
    [DEFINED] = {{.title = "DEFINED ON", .min = 10, .max = 40, .priority = 6, .extra = true}, "defined_on"},
    [RESOURCE] = {{.title = "RESOURCE", .min = 8, .max = 32, .priority = 5, .extra = true}, "resource"},
    [AUTOSTART] = {{.title = "AUTOSTART", .min = 9, .priority = 4, .extra = true}, "autostart"},
    [REASON] = {{.title = "REASON", .min = 8, .max = 24, .priority = 3, .extra = true}, "reason"},
    [UUID] = {{.title = "UUID", .min = 36, .max = 36, .priority = 2, .extra = true}, "uuid"},
};
static const struct list_key keys[] = {{DISK, disk_key}, {BRICKS, bricks_key}, {MOVE, move_key}, {DISKS, disks_key}, {0, NULL}};

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

static void put_state(const struct input *in, const struct domain_view *d, const struct texts *stale, int sent, struct row *out) {
  bool moving = d->reason && str_starts(d->reason, "migrat");
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

/* How much is sent, how fast, and when it is through at that rate, less what the guest writes anew meanwhile. */
static const char *move_text(const struct input *in, const struct domain_view *d, int percent) {
  const char *host;
  const struct libvirt_job *j = percent >= 0 ? job_seen(in->snap, d->name, &host) : NULL;
  char bar[BAR_TEXT], age[CLOCK_TEXT];
  if (percent < 0) return "-";
  const char *sent = arena_printf(in->arena, "%s %2d%%", bar_text(bar, in->glyphs, 6, percent), percent);
  if (!j || j->rate <= 0) return sent;
  int64_t gain = j->rate - (j->dirty_rate > 0 ? j->dirty_rate : 0);
  return arena_printf(in->arena, "%s %s/s %s", sent, size_text(in, j->rate), j->remaining < 0 ? "" : gain <= 0 ? "no end" : clock_age(age, j->remaining / gain * 1000));
}

static const char *yes_no(enum truth t) { return t ? t == TRUTH_YES ? "yes" : "no" : NULL; }

static void put_more(const struct input *in, const struct domain_view *d, const struct texts *stale, int sent, struct row *out) {
  bool on = d->hosts.count > 0;
  if (row_wants(out, MOVE)) {
    const char *move = move_text(in, d, sent);
    row_put(out, MOVE, *move == '-' ? ROLE_DIM : ROLE_WARN, move);
  }
  if (row_wants(out, CPU_TREND)) row_put(out, CPU_TREND, ROLE_ACCENT, on ? trend_text(in, TREND_DOMAIN_CPU, d->name, 16, 100) : "");
  if (row_wants(out, IO_TREND)) row_put(out, IO_TREND, ROLE_ACCENT, on ? trend_text(in, TREND_DOMAIN_IO, d->name, 16, 0) : "");
  if (row_wants(out, VCPUS)) put_fact(out, in, VCPUS, ROLE_NORMAL, count_text(in, d->vcpus), stale);
  if (row_wants(out, USED)) put_fact(out, in, USED, ROLE_NORMAL, on ? size_text(in, d->memory_used) : "-", on ? stale : NULL);
  if (row_wants(out, DISKS)) row_put(out, DISKS, ROLE_NORMAL, count_text(in, (int64_t)d->disks.count));
  if (row_wants(out, DEFINED)) put_fact(out, in, DEFINED, ROLE_NORMAL, join_text(in, &d->defined_on), stale);
  if (row_wants(out, RESOURCE)) row_put(out, RESOURCE, ROLE_NORMAL, d->resource ? d->resource : "-");
  if (row_wants(out, AUTOSTART)) put_fact(out, in, AUTOSTART, ROLE_NORMAL, yes_no(d->autostart), stale);
  if (row_wants(out, REASON)) put_fact(out, in, REASON, ROLE_DIM, d->reason, stale);
  if (row_wants(out, UUID)) row_put(out, UUID, ROLE_DIM, d->uuid);
}

static void fill(const struct input *in, const void *item, struct row *out) {
  const struct domain_view *d = item;
  const struct disk_view *disk = d->disks.count ? &d->disks.item[0] : NULL;
  const struct texts *stale = texts_have(&d->stale, "libvirt") ? &d->stale : NULL;
  bool on = d->hosts.count > 0;
  row_put(out, DOMAIN, ROLE_NORMAL, d->name);
  int sent = stale || !on ? -1 : migration_percent(in->snap, d);
  put_state(in, d, stale, sent, out);
  const char *host = d->hosts.count > 1 ? arena_printf(in->arena, "%s%s%s", d->hosts.item[0], symbol(in->glyphs, SYMBOL_ARROW_RIGHT), d->hosts.item[1]) : join_text(in, &d->hosts);
  put_fact(out, in, HOST, ROLE_NORMAL, host, on ? stale : NULL);
  put_ha(in, d, out);
  put_fact(out, in, CPU, ROLE_NORMAL, on ? percent_text(in, d->cpu_percent) : "-", on ? stale : NULL);
  put_fact(out, in, MEM, ROLE_NORMAL, size_text(in, d->memory), stale);
  if (row_wants(out, READ)) put_fact(out, in, READ, ROLE_NORMAL, on ? size_text(in, d->read_bytes_s) : "-", on ? stale : NULL);
  if (row_wants(out, WRITE)) put_fact(out, in, WRITE, ROLE_NORMAL, on ? size_text(in, d->write_bytes_s) : "-", on ? stale : NULL);
  row_put(out, DISK, ROLE_DIM, disk ? disk->source ? disk->source : "-" : "-");
  if (row_wants(out, BRICKS)) row_put(out, BRICKS, ROLE_DIM, disk && disk->bricks.count ? join_text(in, &disk->bricks) : disk && disk->volume ? "?" : "-");
  put_more(in, d, stale, sent, out);
}

const struct list list_domains = {.name = "domains", .title = "Domains", .help = "domains: state, host, load, and whether pacemaker agrees", .action = ACTION_VIEW_DOMAINS,
                                  .shape = &domain_view_shape, .columns = columns, .column_count = COUNT(columns), .keys = keys, .empty = "no domain is known", .collect = collect, .stamp = snapshot_stamp, .id = id, .fill = fill};
