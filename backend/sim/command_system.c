/* What a host itself offers: services, mounts, files. */
#include "sim/build.h"
#include "sim/command.h"
#include "sim/host.h"
#include "sim/pacemaker.h"
#include "sim/store.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- systemctl ---- */

static const char *unit(struct call *c, char *out, size_t room) {
  const char *name = word_at(c, 0);
  snprintf(out, room, "%s", name ? name : "");
  if (str_ends(out, ".service")) out[strlen(out) - 8] = 0;
  return out;
}

static struct sim_daemon *service(struct call *c, char *name, size_t room) {
  struct sim_daemon *d = host_daemon(c->host, unit(c, name, room));
  return d && d->life != LIFE_ABSENT ? d : NULL;
}

static int is_active(struct call *c) {
  char name[128];
  const struct sim_daemon *d = service(c, name, sizeof name);
  bool active = str_ends(name, ".timer") ? timer_waits(c->w, c->host, name) : d && d->life != LIFE_STOPPED;
  if (!has_flag(c, "-q", "--quiet")) say(c, "%s", active ? "active" : "inactive");
  c->r->code = active ? 0 : 3;
  return COMMAND_DONE;
}

static int is_enabled(struct call *c) {
  char name[128];
  const struct sim_daemon *d = service(c, name, sizeof name);
  if (!d) return fail(c, 1, "Failed to get unit file state for %s.service: No such file or directory", name);
  say(c, "%s", YES(d->enabled) ? "enabled" : "disabled");
  c->r->code = YES(d->enabled) ? 0 : 1;
  return COMMAND_DONE;
}

static int no_unit(struct call *c, const char *verb, const char *name) { return fail(c, 5, "Failed to %s %s.service: Unit %s.service not found.", verb, name, name); }

static int start(struct call *c) {
  char name[128];
  if (!service(c, name, sizeof name)) return no_unit(c, "start", name);
  daemon_start(c->w, c->host, name);
  return COMMAND_DONE;
}

/* Pacemaker moves its resources away first: the command waits for that. */
static int stop(struct call *c) {
  char name[128];
  const struct sim_daemon *d = service(c, name, sizeof name);
  if (str_ends(name, ".timer") && timer_waits(c->w, c->host, name)) return timer_stop(c->w, c->host, name), COMMAND_DONE;
  if (!d) return no_unit(c, "stop", name);
  bool cluster = str_eq(name, "pacemaker") || (str_eq(name, "corosync") && daemon_runs(c->host, "pacemaker"));
  if (d->life == LIFE_STOPPED) return COMMAND_DONE;
  if (!c->step && cluster && c->host->joined != JOIN_DOWN) pacemaker_leave(c->w, c->host, str_eq(name, "corosync"));
  else if (!cluster || c->host->joined == JOIN_DOWN) daemon_stop(c->w, c->host, name);
  return d->life == LIFE_STOPPED ? COMMAND_DONE : COMMAND_WAITS;
}

static int restart(struct call *c) {
  char name[128];
  if (!service(c, name, sizeof name)) return no_unit(c, "restart", name);
  daemon_stop(c->w, c->host, name);
  daemon_start(c->w, c->host, name);
  return COMMAND_DONE;
}

static int enable(struct call *c) {
  char name[128];
  struct sim_daemon *d = service(c, name, sizeof name);
  if (!d) return fail(c, 1, "Failed to enable unit: Unit file %s.service does not exist.", name);
  d->enabled = TRUTH_YES;
  if (has_flag(c, NULL, "--now")) daemon_start(c->w, c->host, name);
  return COMMAND_DONE;
}

static int disable(struct call *c) {
  char name[128];
  struct sim_daemon *d = service(c, name, sizeof name);
  if (!d) return fail(c, 1, "Failed to disable unit: Unit file %s.service does not exist.", name);
  d->enabled = TRUTH_NO;
  if (has_flag(c, NULL, "--now")) daemon_stop(c->w, c->host, name);
  return COMMAND_DONE;
}

/* In order: pacemaker moves away what it runs there, then every process ends and says so to whoever it is connected with. */
static int ends_host(struct call *c, bool boots) {
  struct sim_host *h = c->host;
  if (daemon_runs(h, "pacemaker") && h->joined != JOIN_DOWN) {
    if (!h->leaving) pacemaker_leave(c->w, h, true);
    return COMMAND_WAITS;
  }
  daemon_stop(c->w, h, "corosync");
  daemon_stop(c->w, h, "glusterd");
  on_kill_brick(c->w, h->name, NULL);
  host_power_off(c->w, h);
  if (boots) host_power_on(c->w, h);
  return COMMAND_DONE;
}
static int reboot(struct call *c) { return ends_host(c, true); }
static int poweroff(struct call *c) { return ends_host(c, false); }

static int daemon_reload(struct call *c) { return (void)c, COMMAND_DONE; }
static int no_verb(struct call *c) { return fail(c, 1, "Unknown command verb %s.", word_at(c, 0) ? word_at(c, 0) : "(none)"); }

/* ---- files and mounts ---- */

static int mountpoint(struct call *c) {
  const char *path = word_at(c, 0);
  bool there = path && (host_mount(c->host, path) || str_eq(path, "/"));
  bool quiet = has_flag(c, "-q", "--quiet");
  if (!quiet && there) say(c, "%s is a mountpoint", path);
  if (!quiet && !there && path && !pairs_get(&c->host->files, path)) return fail(c, 1, "mountpoint: %s: No such file or directory", path);
  if (!quiet && !there) say(c, "%s is not a mountpoint", path ? path : "");
  c->r->code = there ? 0 : 32;
  return COMMAND_DONE;
}

/* mount /kvmdata (from fstab), or mount -t glusterfs node1:models /kvmdata */
static int mount(struct call *c) {
  const char *type = value_of(c, "-t", "--types"), *options = value_of(c, "-o", "--options"), *word[2] = {0};
  char server[128], volume[128];
  for (size_t i = 0, n = 0; i < c->count && n < 2; i++)
    if (c->rest[i][0] != '-' && c->rest[i] != type && c->rest[i] != options) word[n++] = c->rest[i];
  const char *first = word[0], *what = word[0], *where = word[1];
  if (!first && !has_flag(c, "-a", "--all")) return COMMAND_DONE;
  if (!first || *first == '/') {
    mount_fstab(c->w, c->host);
    return !first || host_mount(c->host, first) ? COMMAND_DONE : fail(c, 1, "mount: %s: can't find in /etc/fstab.", first);
  }
  if (!what || !where || sscanf(what, "%127[^:]:%127s", server, volume) != 2) return fail(c, 1, "mount: bad usage");
  const struct sim_volume *v = world_volume(c->w, volume[0] == '/' ? volume + 1 : volume);
  if (!v || !str_eq(v->status, "started") || !store_serves(c->w, c->host, server, options)) return fail(c, 1, "Mount failed. Check the log file  for more details.");
  mount_volume(c->w, c->host, server, v->name, where, "rw,relatime,user_id=0,group_id=0,default_permissions,allow_other,max_read=131072");
  return COMMAND_DONE;
}

static int umount(struct call *c) {
  const char *path = word_at(c, 0);
  for (size_t i = 0; i < c->host->mounts.count; i++)
    if (str_eq(c->host->mounts.item[i].mount, path)) {
      drop_item(&c->host->mounts, sizeof *c->host->mounts.item, i);
      world_touch(c->w, LAYER_GLUSTER);
      return COMMAND_DONE;
    }
  return fail(c, 32, "umount: %s: not mounted.", path ? path : "");
}

/* Where a path is: a file of a volume that is mounted here (rest set), or the host's own. */
static struct sim_volume *on_volume(const struct call *c, const char *path, const char **ret_rest) { return path ? volume_at(c->w, c->host, path, ret_rest) : NULL; }

static int tee(struct call *c) {
  const char *path = word_at(c, 0), *rest = NULL;
  const struct sim_volume *v = on_volume(c, path, &rest);
  if (!path || *path != '/') return fail(c, 1, "tee: give a path");
  const char *text = c->input ? c->input : "";
  const char *old = has_flag(c, "-a", "--append") ? pairs_get(&c->host->files, path) : NULL;
  if (v) store_file(c->w, v->name, rest, (int64_t)strlen(text), text);
  else set_pair(c->w, &c->host->files, path, old ? arena_printf(c->w->arena, "%s%s", old, text) : text);
  str_add(&c->r->out, text);
  return COMMAND_DONE;
}

static int cat(struct call *c) {
  const char *path = word_at(c, 0), *rest = NULL;
  const struct sim_volume *v = on_volume(c, path, &rest);
  const struct sim_file *f = v ? world_file(c->w, v->name, rest) : NULL;
  const char *text = f ? f->content : v ? NULL : host_file(c, path);
  if (!text) return fail(c, 1, "cat: %s: No such file or directory", path ? path : "");
  str_add(&c->r->out, text);
  return COMMAND_DONE;
}

/* A file, or with -r a directory of a volume and all that is in it. */
static bool removed(struct call *c, const char *path) {
  const char *rest = NULL;
  const struct sim_volume *v = on_volume(c, path, &rest);
  bool any = false, whole = has_flag(c, "-r", "--recursive");
  size_t len = rest ? strlen(rest) : 0;
  for (size_t i = 0; v && i < c->w->files.count; i++) {
    const struct sim_file *f = &c->w->files.item[i];
    if (!str_eq(f->volume, v->name) || (strcmp(f->path, rest) && !(whole && !strncmp(f->path, rest, len) && f->path[len] == '/'))) continue;
    drop_item(&c->w->files, sizeof *c->w->files.item, i--);
    any = true;
  }
  if (v || !pairs_get(&c->host->files, path)) return any;
  set_pair(c->w, &c->host->files, path, NULL);
  return true;
}

static int rm(struct call *c) {
  for (size_t i = 0; word_at(c, i) || !i; i++) {
    const char *path = word_at(c, i);
    if ((!path || !removed(c, path)) && !has_flag(c, "-f", "--force")) fail(c, 1, "rm: cannot remove '%s': No such file or directory", path ? path : "");
    if (!path) break;
  }
  return COMMAND_DONE;
}

static int nothing(struct call *c) { return (void)c, COMMAND_DONE; }
static int no(struct call *c) { return c->r->code = 1, COMMAND_DONE; }
static int hostname(struct call *c) { return say(c, "%s", c->host->name), COMMAND_DONE; }

/* qemu-img create -f qcow2 PATH SIZE */
static int qemu_img_create(struct call *c) {
  const char *format = value_of(c, "-f", NULL), *words[3] = {0};
  for (size_t i = 0, n = 0; i < c->count && n < 3; i++) {
    if (c->rest[i][0] == '-' || str_eq(c->rest[i], format)) continue;
    words[n++] = c->rest[i];
  }
  const char *path = words[0], *rest = NULL;
  struct sim_volume *v = on_volume(c, path, &rest);
  int64_t n = number_of("0", 0), unit = 1;
  const char *p = words[1] ? words[1] : "0";
  for (; *p >= '0' && *p <= '9' && n < (int64_t)1 << 40; p++) n = n * 10 + *p - '0';
  unit = *p == 'K' ? 1 << 10 : *p == 'M' ? 1 << 20 : *p == 'G' ? 1 << 30 : *p == 'T' ? (int64_t)1 << 40 : 1;
  if (!path || n <= 0 || n > ((int64_t)1 << 45) / unit) return fail(c, 1, "qemu-img: Image creation needs a size parameter");
  if (v) store_file(c->w, v->name, rest, n * unit, NULL);
  else set_pair(c->w, &c->host->files, path, "");
  if (!has_flag(c, "-q", NULL)) say(c, "Formatting '%s', fmt=%s cluster_size=65536 extended_l2=off compression_type=zlib size=%" PRId64 " lazy_refcounts=off refcount_bits=16", path, format ? format : "raw", n * unit);
  return COMMAND_DONE;
}

const struct command system_commands[] = {
    {"systemctl", "is-active", is_active, 10}, {"systemctl", "is-enabled", is_enabled, 10}, {"systemctl", "start", start, 600}, {"systemctl", "stop", stop, 300}, {"systemctl", "restart", restart, 900},
    {"systemctl", "enable", enable, 200}, {"systemctl", "disable", disable, 200}, {"systemctl", "daemon-reload", daemon_reload, 200}, {"systemctl", "reboot", reboot, 100}, {"systemctl", "poweroff", poweroff, 100}, {"systemctl", "", no_verb, 10}, {"mountpoint", "", mountpoint, 5},
    {"mount", "", mount, 700}, {"umount", "", umount, 200}, {"tee", "", tee, 5}, {"cat", "", cat, 5}, {"rm", "", rm, 5}, {"chmod", "", nothing, 5}, {"chpasswd", "", nothing, 60},
    {"true", "", nothing, 1}, {"false", "", no, 1}, {"hostname", "", hostname, 5}, {"qemu-img", "create", qemu_img_create, 120}, {.program = NULL}};
