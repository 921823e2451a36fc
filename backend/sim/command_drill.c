/* What drills do to hosts: signals to services and to processes, packets dropped, power switched past the cluster. */
#include "sim/build.h"
#include "sim/command.h"
#include "sim/event.h"
#include "sim/guest.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/pacemaker.h"
#include "sim/store.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { POWER_MS = 1200 };
static const char CUT[] = "/run/nft/kvmconsole_drill";

/* ---- systemctl kill --signal=STOP UNIT: of glusterd its bricks are in the unit too ---- */

static int service_kill(struct call *c) {
  const char *signal = value_of(c, "-s", "--signal"), *name = word_at(c, 0), *unit = name && str_ends(name, ".service") ? world_words(c->w, "%.*s", (int)strlen(name) - 8, name) : name;
  const struct sim_daemon *d = unit ? host_daemon(c->host, unit) : NULL;
  if (!signal || !d || d->life == LIFE_ABSENT) return fail(c, 1, "Failed to kill unit %s.service: Unit %s.service not loaded.", unit ? unit : "", unit ? unit : "");
  if (str_eq(signal, "STOP")) world_happen(c->w, "hang", c->host->name, unit);
  else if (str_eq(signal, "CONT")) world_happen(c->w, "resume", c->host->name, unit);
  else if (str_eq(signal, "KILL")) world_happen(c->w, "kill", c->host->name, unit);
  else if (str_ends(signal, "TERM") && d->life != LIFE_STOPPED) daemon_stop(c->w, c->host, unit);
  if ((str_eq(signal, "KILL") || str_ends(signal, "TERM")) && str_eq(unit, "glusterd")) on_kill_brick(c->w, c->host->name, NULL);
  return COMMAND_DONE;
}

/* ---- kill -KILL PID: a brick's process ---- */

static struct sim_brick *brick_by_pid(const struct world *w, const struct sim_host *h, int64_t pid) {
  EACH(w->volumes, struct sim_volume, v)
    EACH(v->bricks, struct sim_brick, b)
      if (str_eq(b->host, h->name) && b->pid == pid && pid > 1 && (b->life == LIFE_RUNNING || b->life == LIFE_HUNG)) return b;
  return NULL;
}

const char *process_name(struct call *c, const char *path) {
  int64_t pid;
  char digits[24];
  if (!str_starts(path, "/proc/") || !str_ends(path, "/comm")) return NULL;
  snprintf(digits, sizeof digits, "%.*s", (int)(strlen(path) - strlen("/proc//comm")), path + strlen("/proc/"));
  return !str_int(digits, 2, INT64_MAX, &pid) && brick_by_pid(c->w, c->host, pid) ? "glusterfsd\n" : NULL;
}

/* Where glusterd keeps the number of a brick's process: VOLUME/HOST-PATH.pid. */
static struct sim_brick *brick_by_pid_file(const struct call *c, const char *path) {
  EACH(c->w->volumes, struct sim_volume, v)
    EACH(v->bricks, struct sim_brick, b) {
      char name[256], file[512];
      snprintf(name, sizeof name, "%s%s", b->host, b->path);
      for (char *at = name; *at; at++) *at = *at == '/' ? '-' : *at;
      snprintf(file, sizeof file, "/var/run/gluster/vols/%s/%s.pid", v->name, name);
      if (str_eq(b->host, c->host->name) && str_eq(file, path)) return b;
    }
  return NULL;
}

const char *brick_pid_file(struct call *c, const char *path) {
  const struct sim_brick *b = str_starts(path, "/var/run/gluster/vols/") ? brick_by_pid_file(c, path) : NULL;
  return b && KNOWN(b->pid) && b->life != LIFE_STOPPED ? arena_printf(c->w->arena, "%" PRId64 "\n", b->pid) : NULL;
}

/* pkill -KILL -F FILE -x glusterfsd */
static int pkill(struct call *c) {
  const char *file = value_of(c, "-F", NULL);
  struct sim_brick *b = file ? brick_by_pid_file(c, file) : NULL;
  if (!b || b->life == LIFE_STOPPED) return fail(c, 1, "%s", "");
  world_happen(c->w, "kill brick", world_words(c->w, "%s:%s", b->host, b->path), NULL);
  return COMMAND_DONE;
}

static int kill_process(struct call *c) {
  int64_t pid;
  const char *word = c->argc > 2 ? c->argv[2] : "";
  struct sim_brick *b = str_int(word, 2, INT64_MAX, &pid) ? NULL : brick_by_pid(c->w, c->host, pid);
  if (!b) return fail(c, 1, "kill: (%s) - No such process", word);
  world_happen(c->w, "kill brick", world_words(c->w, "%s:%s", b->host, b->path), NULL);
  return COMMAND_DONE;
}

/* ---- nft: a table that drops all that passes between this host and the others, and the same table gone ---- */

static const char *others(const struct call *c, const char *layer) {
  CLEANUP(str_free) struct str out = {0};
  EACH(c->w->hosts, struct sim_host, h)
    if (h != c->host) str_addf(&out, "%s%s", out.len ? "," : "", h->name);
  if (layer) str_addf(&out, " %s", layer);
  return world_word(c->w, str_text(&out));
}

void packets_pass(struct world *w, struct sim_host *h) {
  struct call c = {.w = w, .host = h};
  if (!pairs_get(&h->files, CUT)) return;
  set_pair(w, &h->files, CUT, NULL);
  on_mend(w, h->name, others(&c, NULL));
}

static int nft(struct call *c) {
  bool adds = c->input && strstr(c->input, "kvmconsole_drill") && strstr(c->input, " drop");
  if (has_flag(c, NULL, "--version")) return say(c, "nftables v1.0.6 (Lester Gooch #5)"), COMMAND_DONE;
  if (has_flag(c, "-f", NULL)) {
    if (!adds) return fail(c, 1, "Error: syntax error, unexpected end of file");
    set_pair(c->w, &c->host->files, CUT, c->input);
    on_part(c->w, c->host->name, others(c, "corosync"));
    on_part(c->w, c->host->name, others(c, "gluster"));
  } else packets_pass(c->w, c->host);
  return COMMAND_DONE;
}

/* ---- sh SCRIPT prepare|off|on|forget: power, by the device that the script names ---- */

static struct sim_host *powered_by(struct call *c, const char *script) {
  static const char mark[] = "crm_resource --resource ";
  const char *at = script && strstr(script, "# kvmconsole drill: the power of one host") ? strstr(script, mark) : NULL;
  if (!at) return NULL;
  CLEANUP(mem_freep) char *id = mem_strndup(at + sizeof mark - 1, strcspn(at + sizeof mark - 1, " "));
  const struct sim_resource *r = world_resource(c->w, id);
  EACH(c->w->hosts, struct sim_host, h)
    if (r && fence_device_for(r, h->name)) return h;
  return NULL;
}

int power_shell(struct call *c) {
  c->takes_ms = POWER_MS;
  const char *path = c->argc > 1 ? c->argv[1] : "", *what = c->argc > 2 ? c->argv[2] : "";
  struct sim_host *target = powered_by(c, pairs_get(&c->host->files, path));
  if (!target) return fail(c, 2, "sh: 0: cannot open %s: No such file", path);
  if (str_eq(what, "forget")) {
    set_pair(c->w, &c->host->files, path, NULL);
    return COMMAND_DONE;
  }
  if (!bmc_lets_in(c->w, c->host, target)) return fail(c, 1, "Failed: Unable to obtain correct plug status or plug is not available");
  if (str_eq(what, "off")) host_power_off(c->w, target);
  if (str_eq(what, "on")) host_power_on(c->w, target);
  bool off = target->power == POWER_OFF;
  say(c, str_eq(what, "off") ? "Success: Powered OFF" : str_eq(what, "on") ? "Success: Powered ON" : off ? "Status: OFF" : "Status: ON");
  if (off && str_eq(what, "prepare")) c->r->code = 2;
  return COMMAND_DONE;
}

/* ---- what a drill measures ---- */

enum { EACH_MS = 100 };

/* The moments since it was called last that are due by the clock. */
static int64_t first_due(const struct call *c) {
  int64_t last = c->w->clock - c->w->clock % EACH_MS;
  return c->step ? last - EACH_MS : last;
}

int write_stamps(struct call *c) {
  const char *rest, *path = c->argv[4];
  const struct sim_volume *v = volume_at(c->w, c->host, path, &rest);
  const struct sim_file *f = v ? world_file(c->w, v->name, rest) : NULL;
  if (!f) return COMMAND_DONE;
  if (!set_waits(c->w, v, f->set, c->host) && volume_writes(c->w, v, f->set, c->host))
    for (int64_t at = first_due(c); at <= c->w->clock; at += EACH_MS) say(c, "%" PRId64 ".%03d000000", at / 1000, (int)(at % 1000));
  return COMMAND_WAITS;
}

/* A guest answers some time after it was started. */
static bool guest_answers(const struct world *w, const char *name, int64_t at) {
  enum { BOOT_MS = 3000 };
  const struct sim_domain *d = world_domain(w, name);
  for (size_t i = 0; d && i < d->instances.count; i++) {
    const struct sim_instance *x = &d->instances.item[i];
    const struct sim_host *h = world_host(w, x->host);
    bool up = host_up(h) || (h && h->power == POWER_OFF && at < h->power_since);
    if (up && str_eq(x->state, "running") && (str_eq(x->reason, "migrated") || at >= x->since + BOOT_MS)) return true;
  }
  return false;
}

/* ---- a host that says itself that it lives ---- */

int host_stamps(struct call *c) {
  for (int64_t at = first_due(c); at <= c->w->clock; at += EACH_MS)
    if (host_up(c->host) || at < c->host->power_since) say(c, "%" PRId64 ".%03d000000", at / 1000, (int)(at % 1000));
  return COMMAND_WAITS;
}

/* ---- the time of a brick's file: of the last write of the guest whose disk it is ---- */

/* Where the guest is awake and its disk takes what it writes. on: on that host alone; NULL: on any. */
static bool guest_writes(const struct world *w, const struct sim_domain *d, const struct sim_volume *v, const struct sim_file *f, int64_t at, const struct sim_host *on) {
  for (size_t i = 0; i < d->instances.count; i++) {
    const struct sim_host *h = world_host(w, d->instances.item[i].host);
    if (h && (!on || h == on) && guest_answers(w, d->name, at) && !set_waits(w, v, f->set, h) && volume_writes(w, v, f->set, h)) return true;
  }
  return false;
}

static bool has_disk(const struct world *w, const struct sim_domain *d, const struct sim_file *f) {
  for (size_t i = 0; i < d->instances.count; i++) {
    const struct sim_host *h = world_host(w, d->instances.item[i].host);
    for (size_t k = 0; h && k < d->disks.count; k++)
      if (guest_image(w, d, h, k) == f) return true;
  }
  return false;
}

static bool is_written(const struct world *w, const struct sim_volume *v, const struct sim_file *f, int64_t at, bool wrote) {
  const struct sim_host *holder = f->locked_by ? world_host(w, f->locked_by) : NULL;
  if (holder && holder->power == POWER_OFF && at < holder->power_since) return wrote; /* up to the moment that its power went */
  EACH(w->domains, struct sim_domain, d)
    if (has_disk(w, d, f) && guest_writes(w, d, v, f, at, NULL)) return true;
  return false;
}

int guest_write_stamps(struct call *c) {
  const char *path = c->argv[4];
  EACH(c->w->volumes, struct sim_volume, v)
    EACH(v->bricks, struct sim_brick, b) {
      const struct sim_file *f = str_eq(b->host, c->host->name) && str_starts(path, b->path) ? world_file(c->w, v->name, path + strlen(b->path)) : NULL;
      if (!f) continue;
      for (int64_t at = first_due(c); at <= c->w->clock; at += EACH_MS) {
        c->wrote = is_written(c->w, v, f, at, c->wrote);
        if (c->wrote) say(c, "%" PRId64 ".%03d000000", at / 1000, (int)(at % 1000));
      }
      return COMMAND_WAITS;
    }
  return COMMAND_DONE;
}

int guest_count_stamps(struct call *c) {
  const struct sim_domain *d = world_domain(c->w, c->argv[4]);
  const struct sim_file *f = d && d->disks.count ? guest_image(c->w, d, c->host, 0) : NULL;
  const struct sim_volume *v = f ? world_volume(c->w, f->volume) : NULL;
  if (!v || !domain_on(d, c->host->name)) return COMMAND_DONE;
  for (int64_t at = first_due(c); at <= c->w->clock; at += EACH_MS)
    if (guest_writes(c->w, d, v, f, at, c->host)) say(c, "%" PRId64 ".%03d000000", at / 1000, (int)(at % 1000));
  return COMMAND_WAITS;
}

/* ---- ping -D: when a host was last heard ---- */

int ping_stamps(struct call *c) {
  const char *name = c->argc ? c->argv[c->argc - 1] : "", *limit = value_of(c, "-w", NULL);
  const struct sim_host *h = world_host(c->w, name);
  int64_t last = c->w->clock - c->w->clock % EACH_MS, ends = c->began + number_of(limit, 10000);
  bool guest = !h && world_domain(c->w, name);
  for (int64_t at = first_due(c); guest && at <= last; at += EACH_MS)
    if (guest_answers(c->w, name, at)) say(c, "[%" PRId64 ".%06d] 64 bytes from %s: icmp_seq=1 ttl=64 time=0.3 ms", at / 1000, (int)(at % 1000) * 1000, name);
  if (guest) return c->w->clock < ends ? COMMAND_WAITS : COMMAND_DONE;
  if (!h) return fail(c, 2, "ping: %s: Name or service not known", name);
  for (int64_t at = first_due(c); at <= last; at += EACH_MS) {
    bool heard = host_up(h) && (h->power_since == UNKNOWN_INT || at >= h->power_since);
    if (h->power == POWER_OFF) heard = at < h->power_since && at > c->began;
    if (heard) say(c, "[%" PRId64 ".%06d] 64 bytes from %s: icmp_seq=%" PRId64 " ttl=64 time=0.2 ms", at / 1000, (int)(at % 1000) * 1000, h->address, (at - c->began) / EACH_MS + 1);
  }
  return c->w->clock < ends ? COMMAND_WAITS : COMMAND_DONE;
}

const struct command drill_commands[] = {
    {"systemctl", "kill", service_kill, 60}, {"kill", "", kill_process, 5}, {"pkill", "", pkill, 10}, {"nft", "", nft, 40}, {.program = NULL}};
