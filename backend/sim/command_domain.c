/* What operations on domains run beside virsh's plain verbs: scripts that edit and replace a definition, sums and comparisons of
 * files, the copy of a running guest's disks, its agent. What is said is what the tools say. */
#include "sim/command.h"
#include "sim/guest.h"
#include "sim/host.h"
#include "sim/store.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BACKUP_MS = 8000 };

/* ---- files ---- */

static const char *text_at(const struct call *c, const char *path) {
  const struct sim_file *f = path ? file_at(c->w, c->host, path) : NULL;
  return f ? f->content : path ? pairs_get(&c->host->files, path) : NULL;
}

static void put_at(struct call *c, const char *path, const char *text) {
  const char *rest = NULL;
  const struct sim_volume *v = volume_at(c->w, c->host, path, &rest);
  if (v) store_file(c->w, v->name, rest, (int64_t)strlen(text), text);
  else set_pair(c->w, &c->host->files, path, text);
}

static const char *argument(const struct call *c, size_t n) { return 4 + n < c->argc ? c->argv[4 + n] : ""; }

/* No SHA: as long as one, and another for another text. */
static void sum(const char *text, char out[65]) {
  uint64_t a = 1469598103934665603u;
  for (const char *s = text; *s; s++) a = (a ^ (unsigned char)*s) * 1099511628211u;
  for (size_t i = 0; i < 4; i++) snprintf(out + 16 * i, 17, "%016" PRIx64, mix(a, i + 1));
}

static int sha256sum(struct call *c) {
  const char *path = word_at(c, 0), *text = text_at(c, path);
  char hex[65];
  if (!text) return fail(c, 1, "sha256sum: %s: No such file or directory", path ? path : "");
  sum(text, hex);
  return say(c, "%s  %s", hex, path), COMMAND_DONE;
}

static int cmp(struct call *c) {
  const char *one = text_at(c, word_at(c, 0)), *other = text_at(c, word_at(c, 1));
  return c->r->code = !one || !other ? 2 : strcmp(one, other) != 0, COMMAND_DONE;
}

static int rmdir_command(struct call *c) {
  const char *path = c->count ? c->rest[c->count - 1] : "", *rest = NULL;
  const struct sim_volume *v = volume_at(c->w, c->host, path, &rest);
  size_t len = rest ? strlen(rest) : 0;
  EACH(c->w->files, struct sim_file, f)
    if (v && str_eq(f->volume, v->name) && !strncmp(f->path, rest, len) && f->path[len] == '/') return fail(c, 1, "rmdir: failed to remove '%s': Directory not empty", path);
  return COMMAND_DONE;
}

/* find DIRECTORY -mindepth 2 -maxdepth 2 -type f -printf "%k DATE TIME %P" */
int find_printed(struct call *c, const char *path) {
  const char *rest = NULL;
  const struct sim_volume *v = volume_at(c->w, c->host, path, &rest);
  size_t len = rest ? strlen(rest) : 0;
  bool any = false;
  EACH(c->w->files, struct sim_file, f) {
    const char *name = v && str_eq(f->volume, v->name) && !strncmp(f->path, rest, len) && f->path[len] == '/' ? f->path + len + 1 : NULL, *slash = name ? strchr(name, '/') : NULL;
    any |= name != NULL;
    if (slash && !strchr(slash + 1, '/')) say(c, "%" PRId64 " 2026-11-23 10:00 %s", (f->size / 10 + 1023) >> 10, name);
  }
  return any ? COMMAND_DONE : fail(c, 1, "find: '%s': No such file or directory", path);
}

/* ---- a definition that is edited ---- */

static int masked(struct call *c) {
  const char *text = text_at(c, argument(c, 0));
  if (!text) return fail(c, 2, "sed: can't read %s: No such file or directory", argument(c, 0));
  return str_add(&c->r->out, text), COMMAND_DONE;
}

/* What qemu-img says of each disk that the definition names. */
static int images(struct call *c) {
  const char *text = text_at(c, argument(c, 0));
  if (!text) return fail(c, 2, "sed: can't read %s: No such file or directory", argument(c, 0)), c->r->code = 0, COMMAND_DONE; /* the code is the loop's */
  for (const char *s = text; (s = strstr(s, "<source file='")) != NULL; s++) {
    const char *path = arena_strndup(c->w->arena, s + 14, strcspn(s + 14, "'"));
    const struct sim_file *f = file_at(c->w, c->host, path);
    if (!f) return fail(c, 1, "qemu-img: Could not open '%s': Could not open '%s': No such file or directory", path, path);
    say(c, "image: %s\nfile format: %s\nvirtual size: %" PRId64 " MiB (%" PRId64 " bytes)\ndisk size: 420 MiB", path, str_ends(path, ".qcow2") ? "qcow2" : "raw", f->size >> 20, f->size);
  }
  return COMMAND_DONE;
}

static int shown(struct call *c) {
  const char *text = text_at(c, argument(c, 0));
  char hex[65];
  if (!text) return c->r->code = 1, COMMAND_DONE;
  sum(text, hex);
  if (strcmp(hex, argument(c, 1))) return c->r->code = 1, COMMAND_DONE;
  return str_add(&c->r->out, text), COMMAND_DONE;
}

/* Nobody sits before a simulated editor: it gives the domain one processor more. */
static int editor(struct call *c) {
  const char *text = text_at(c, argument(c, 0)), *vcpu = text ? strstr(text, "<vcpu") : NULL, *right = vcpu ? strchr(vcpu, '>') : NULL;
  if (!right) return fail(c, 1, "vi: %s: No such file or directory", argument(c, 0));
  size_t digits = strspn(right + 1, "0123456789");
  int64_t n = number_of(right + 1, 1000) / 1000;
  CLEANUP(mem_freep) char *now = mem_printf("%.*s%" PRId64 "%s", (int)(right + 1 - text), text, n + 1, right + 1 + digits);
  put_at(c, argument(c, 0), now);
  return say(c, "(simulated: an editor opens here; it has set one processor more)"), COMMAND_DONE;
}

static const char *uuid_in(struct call *c, const char *text) {
  const char *s = text ? strstr(text, "<uuid>") : NULL, *end = s ? strstr(s, "</uuid>") : NULL;
  return end ? arena_strndup(c->w->arena, s + 6, (size_t)(end - s - 6)) : "";
}

static int bad(struct call *c, const char *why) { return fail(c, 1, "%s: nothing was written; what was edited is in %s of this host", why, argument(c, 0)); }

static int checked(struct call *c) {
  const char *text = text_at(c, argument(c, 0)), *was = text_at(c, argument(c, 1)), *name = argument(c, 2), *mount = argument(c, 3);
  CLEANUP(mem_freep) char *line = mem_printf("\n  <name>%s</name>\n", name);
  if (!text || !*text) return bad(c, "it is empty");
  if (!strstr(text, line)) return bad(c, world_words(c->w, "its <name> is not %s, or has no line of its own", name));
  if (*uuid_in(c, was) && strcmp(uuid_in(c, was), uuid_in(c, text))) return bad(c, "its UUID is another");
  for (const char *s = text; (s = strstr(s, "<source file='")) != NULL; s++)
    if (strncmp(s + 14, mount, strlen(mount)) != 0) return bad(c, world_words(c->w, "a disk of it is not below %s", mount));
  if (!daemon_runs(c->host, "libvirtd")) return bad(c, "libvirt does not take it");
  if (!strstr(text, "</domain>")) return fail(c, 1, "error: (domain_definition):1: Premature end of data in tag domain line 1"), bad(c, "libvirt does not take it");
  return say(c, "it is a definition that libvirt takes"), COMMAND_DONE;
}

/* As diff would, of the few lines that an operator changes. */
static int differs(struct call *c) {
  const char *was = text_at(c, argument(c, 0)), *now = text_at(c, argument(c, 1));
  if (!was || !now) return fail(c, 1, "cmp: %s: No such file or directory", argument(c, was ? 1 : 0));
  if (!strcmp(was, now)) return set_pair(c->w, &c->host->files, argument(c, 1), NULL), fail(c, 4, "nothing was changed, and nothing is written");
  say(c, "--- is\n+++ will-be");
  for (const char *a = was, *b = now; *a || *b;) {
    size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");
    if (n != m || strncmp(a, b, n)) {
      if (*a) say(c, "-%.*s", (int)n, a);
      if (*b) say(c, "+%.*s", (int)m, b);
    }
    a += n + (a[n] == '\n'), b += m + (b[m] == '\n');
  }
  return COMMAND_DONE;
}

static int replace(struct call *c) {
  const char *config = argument(c, 0), *draft = argument(c, 1), *was = text_at(c, config), *now = text_at(c, draft);
  char hex[65];
  if (!was || !now) return fail(c, 1, "cp: cannot stat '%s': No such file or directory", was ? draft : config);
  sum(was, hex);
  if (strcmp(hex, argument(c, 2))) return fail(c, 3, "%s was changed by somebody else: nothing was written", config);
  CLEANUP(mem_freep) char *old = mem_strdup(was), *fresh = mem_strdup(now);
  put_at(c, world_words(c->w, "%s.old", config), old);
  put_at(c, config, fresh);
  set_pair(c->w, &c->host->files, draft, NULL);
  world_touch(c->w, LAYER_LIBVIRT);
  return COMMAND_DONE;
}

/* ---- a copy of a guest's disks while it runs ---- */

static const char *backup_key(struct world *w, const char *domain) { return world_words(w, "/run/libvirt/backup-of-%s", domain); }

int64_t backup_until(struct world *w, const struct sim_host *h, const char *domain) {
  const char *text = pairs_get(&h->files, backup_key(w, domain));
  int64_t until = text ? number_of(text, 0) : 0;
  return until > w->clock ? until : 0;
}

void backup_forget(struct world *w, struct sim_host *h, const char *domain) { set_pair(w, &h->files, backup_key(w, domain), NULL); }

static const char *attribute_of(struct call *c, const char *from, const char *before) {
  const char *s = strstr(from, before);
  return s ? arena_strndup(c->w->arena, s + strlen(before), strcspn(s + strlen(before), "'")) : NULL;
}

static int backup(struct call *c) {
  const char *name = argument(c, 0);
  struct sim_domain *d = world_domain(c->w, name);
  if (!daemon_runs(c->host, "libvirtd")) return fail(c, 1, "error: failed to connect to the hypervisor");
  if (!d || !domain_on(d, c->host->name)) return fail(c, 1, "error: Requested operation is not valid: domain is not running");
  if (str_eq(argument(c, 1), "yes") && !str_eq(d->agent, "connected")) return fail(c, 1, "error: Unable to freeze filesystems\nerror: Guest agent is not responding: QEMU guest agent is not connected");
  if (guest_job(c->w, name) || backup_until(c->w, c->host, name)) return fail(c, 1, "error: Timed out during operation: cannot acquire state change lock (held by monitor=remoteDispatchDomainBackupBegin)");
  if (str_eq(argument(c, 1), "yes")) say(c, "Froze 1 filesystem(s)");
  for (const char *s = c->input; s && (s = strstr(s, "<disk name='")) != NULL; s++) {
    const char *target = attribute_of(c, s, "<disk name='"), *file = attribute_of(c, s, "<target file='"), *rest = NULL;
    const struct sim_volume *v = file ? volume_at(c->w, c->host, file, &rest) : NULL;
    for (size_t i = 0; i < d->disks.count && v; i++) {
      const struct sim_file *f = guest_image(c->w, d, c->host, i);
      if (!str_eq(d->disks.item[i].target, target)) continue;
      if (world_file(c->w, v->name, rest)) return fail(c, 1, "error: operation failed: external destination file for disk %s already exists and is not a block device: %s", target, file);
      store_file(c->w, v->name, rest, f ? f->size : 0, NULL);
    }
  }
  set_pair(c->w, &c->host->files, backup_key(c->w, name), world_words(c->w, "%" PRId64 "ms", c->w->clock + BACKUP_MS));
  say(c, "Backup started");
  if (str_eq(argument(c, 1), "yes")) say(c, "Thawed 1 filesystem(s)");
  return COMMAND_DONE;
}

static int backup_end(struct call *c) {
  const struct sim_domain *d = world_domain(c->w, argument(c, 0));
  bool lives = d && domain_on(d, c->host->name);
  if (lives && backup_until(c->w, c->host, d->name)) return COMMAND_WAITS;
  bool began = d && pairs_get(&c->host->files, backup_key(c->w, d->name));
  if (d) backup_forget(c->w, c->host, d->name);
  if (!lives) return fail(c, 1, "error: Requested operation is not valid: domain is not running");
  if (!began) return say(c, "%-17s%-12s\n%-17s%-12s", "Job type:", "Cancelled", "Operation:", "Backup"), c->r->code = 1, COMMAND_DONE;
  return say(c, "%-17s%-12s\n%-17s%-12s\n%-17s%-12d ms", "Job type:", "Completed", "Operation:", "Backup", "Time elapsed:", BACKUP_MS), COMMAND_DONE;
}

static int backup_abort(struct call *c) { return backup_forget(c->w, c->host, argument(c, 0)), COMMAND_DONE; }

/* ---- the guest's agent ---- */

static int agent_command(struct call *c) {
  const char *name = value_of(c, NULL, "--domain");
  const struct sim_domain *d = name ? world_domain(c->w, name) : NULL;
  const struct sim_daemon *daemon = host_daemon(c->host, "libvirtd");
  if (daemon && daemon->life == LIFE_HUNG) return COMMAND_WAITS;
  str_addc(&c->r->out, '\n');
  if (!daemon || daemon->life != LIFE_RUNNING) return fail(c, 1, "error: failed to connect to the hypervisor\nerror: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory");
  if (!d || (!domain_on(d, c->host->name) && !texts_have(&d->defined_on, c->host->name))) return fail(c, 1, "error: failed to get domain '%s'", name ? name : "");
  if (!domain_on(d, c->host->name)) return fail(c, 1, "error: Requested operation is not valid: domain is not running");
  if (!d->agent || str_eq(d->agent, "none")) return fail(c, 1, "error: argument unsupported: QEMU guest agent is not configured");
  if (!str_eq(d->agent, "connected") || !str_eq(domain_on(d, c->host->name)->state, "running")) return fail(c, 1, "error: Guest agent is not responding: QEMU guest agent is not connected");
  str_reset(&c->r->out);
  return say(c, "{\"return\":{}}\n"), COMMAND_DONE;
}

/* ---- the table, and the scripts by the name that they are given ---- */

static const struct { const char *name; command_fn *run; } scripts[] = {{"kvmconsole-masked", masked},     {"kvmconsole-shown", shown},     {"kvmconsole-editor", editor},         {"kvmconsole-definition", checked},
                                                                        {"kvmconsole-differs", differs},   {"kvmconsole-replace", replace}, {"kvmconsole-backup", backup},         {"kvmconsole-backup-end", backup_end}, {"kvmconsole-images", images}, {"kvmconsole-backup-abort", backup_abort}};

int domain_script(struct call *c) {
  for (size_t i = 0; c->argc > 3 && i < COUNT(scripts); i++)
    if (str_eq(c->argv[3], scripts[i].name)) return scripts[i].run(c);
  return -1;
}

const struct command domain_commands[] = {
    {"sha256sum", "", sha256sum, 5}, {"cmp", "", cmp, 5}, {"rmdir", "", rmdir_command, 5}, {"virsh", "qemu-agent-command", agent_command, 60}, {.program = NULL}};
