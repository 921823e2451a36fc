/* virsh, as libvirt 9.0.0 speaks. */
#include "sim/command.h"
#include "sim/guest.h"
#include "sim/host.h"
#include "sim/pacemaker.h"
#include "sim/store.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* virsh ends what it says with an empty line, even where it has only a complaint. */
static int complain(struct call *c, const char *format, ...) PRINTF(2, 3);
static int complain(struct call *c, const char *format, ...) {
  char text[2048];
  va_list ap;
  va_start(ap, format);
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  str_addc(&c->r->out, '\n');
  return fail(c, 1, "%s", text);
}

static int no_daemon(struct call *c) {
  const struct sim_daemon *d = host_daemon(c->host, "libvirtd");
  if (d && d->life == LIFE_RUNNING) return -1;
  if (d && d->life == LIFE_HUNG) return COMMAND_WAITS;
  return complain(c, "error: failed to connect to the hypervisor\nerror: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory");
}
#define DAEMON(c)                   \
  do {                              \
    int code_ = no_daemon(c);       \
    if (code_ >= 0) return code_;   \
  } while (0)

static bool known_here(const struct call *c, const struct sim_domain *d) { return domain_on(d, c->host->name) || texts_have(&d->defined_on, c->host->name); }

static struct sim_domain *named(struct call *c) {
  const char *name = word_at(c, 0);
  struct sim_domain *d = name ? world_domain(c->w, name) : NULL;
  if (d && known_here(c, d)) return d;
  complain(c, "error: failed to get domain '%s'", name ? name : "");
  return NULL;
}

static const char *state_words(const struct sim_instance *i) { return !i ? "shut off" : i->state; }

static int list(struct call *c) {
  bool all = has_flag(c, NULL, "--all"), names = has_flag(c, NULL, "--name");
  char id[24];
  DAEMON(c);
  if (!names) say(c, " Id   Name     State\n-------------------------");
  for (int turn = 0; turn < (all ? 2 : 1); turn++)
    EACH(c->w->domains, struct sim_domain, d) {
      const struct sim_instance *i = domain_on(d, c->host->name);
      if ((turn == 0) != (i != NULL) || (!i && !known_here(c, d))) continue;
      snprintf(id, sizeof id, "%" PRId64, i ? i->id : 0);
      if (names) say(c, "%s", d->name);
      else say(c, " %-4s %-8s %s", i ? id : "-", d->name, state_words(i));
    }
  say(c, "%s", "");
  return COMMAND_DONE;
}

static int domuuid(struct call *c) {
  DAEMON(c);
  if (machine_of(c)) return machine_uuid(c);
  const struct sim_domain *d = named(c);
  if (d) say(c, "%s\n", d->uuid);
  return COMMAND_DONE;
}

static int domstate(struct call *c) {
  DAEMON(c);
  if (machine_of(c)) return machine_state(c);
  const struct sim_domain *d = named(c);
  if (!d) return COMMAND_DONE;
  const struct sim_instance *i = domain_on(d, c->host->name);
  if (has_flag(c, NULL, "--reason")) say(c, "%s (%s)\n", state_words(i), i ? i->reason : "destroyed");
  else say(c, "%s\n", state_words(i));
  return COMMAND_DONE;
}

static int dominfo(struct call *c) {
  DAEMON(c);
  const struct sim_domain *d = named(c);
  if (!d) return COMMAND_DONE;
  const struct sim_instance *i = domain_on(d, c->host->name);
  char id[24];
  snprintf(id, sizeof id, "%" PRId64, i ? i->id : 0);
  say(c, "%-16s%s\n%-16s%s\n%-16s%s\n%-16s%s\n%-16s%s\n%-16s%" PRId64, "Id:", i ? id : "-", "Name:", d->name, "UUID:", d->uuid, "OS Type:", "hvm", "State:", state_words(i), "CPU(s):", d->vcpus);
  if (i) say(c, "%-16s%.1fs", "CPU time:", (double)(c->w->clock - i->since) / 1000 * (double)d->busy / 100);
  say(c, "%-16s%" PRId64 " KiB\n%-16s%" PRId64 " KiB\n%-16s%s\n%-16s%s\n%-16s%s\n%-16s%s\n%-16s%s", "Max memory:", d->memory >> 10, "Used memory:", d->memory >> 10, "Persistent:", texts_have(&d->defined_on, c->host->name) ? "yes" : "no", "Autostart:",
      texts_have(&d->autostart_on, c->host->name) ? "enable" : "disable", "Managed save:", "no", "Security model:", "none", "Security DOI:", "0");
  if (i) say(c, "%-16s%s", "Messages:", "tainted: running with undesirable elevated privileges");
  say(c, "%s", "");
  return COMMAND_DONE;
}

static int dumpxml(struct call *c) {
  DAEMON(c);
  const struct sim_domain *d = named(c);
  if (!d) return COMMAND_DONE;
  CLEANUP(mem_freep) char *xml = guest_xml(d);
  say(c, "%s", xml);
  return COMMAND_DONE;
}

static int domblklist(struct call *c) {
  DAEMON(c);
  const struct sim_domain *d = named(c);
  if (!d) return COMMAND_DONE;
  say(c, " Target   Source\n----------------------------------");
  for (size_t i = 0; i < d->disks.count; i++) say(c, " %-8s %s", d->disks.item[i].target, d->disks.item[i].source);
  say(c, "%s", "");
  return COMMAND_DONE;
}

static int start(struct call *c) {
  DAEMON(c);
  struct sim_domain *d = named(c);
  const char *why = NULL;
  if (!d) return COMMAND_DONE;
  if (domain_on(d, c->host->name)) return complain(c, "error: Domain is already active");
  if (guest_waits(c->w, d, c->host)) return COMMAND_WAITS;
  if (guest_start(c->w, d, c->host, &why)) return complain(c, "error: Failed to start domain '%s'\nerror: %s", d->name, why);
  say(c, "Domain '%s' started\n", d->name);
  return COMMAND_DONE;
}

/* An active one on this host, or NULL after it was said that it is not running. */
static struct sim_domain *active(struct call *c, const char *verb) {
  struct sim_domain *d = named(c);
  if (!d || domain_on(d, c->host->name)) return d;
  complain(c, "error: Failed to %s domain '%s'\nerror: Requested operation is not valid: domain is not running", verb, d->name);
  return NULL;
}

static bool in_a_job(struct call *c, const struct sim_domain *d, const char *verb) {
  if (!guest_job(c->w, d->name)) return false;
  complain(c, "error: Failed to %s domain '%s'\nerror: Timed out during operation: cannot acquire state change lock (held by monitor=remoteDispatchDomainMigratePerform3Params)", verb, d->name);
  return true;
}

static int destroy(struct call *c) {
  DAEMON(c);
  struct sim_domain *d = active(c, "destroy");
  if (!d) return COMMAND_DONE;
  guest_end(c->w, d, c->host->name);
  pacemaker_domain_changed(c->w, d, c->host->name);
  say(c, "Domain '%s' destroyed\n", d->name);
  return COMMAND_DONE;
}

/* It is told, and goes down in its own time. */
static int shutdown_domain(struct call *c) {
  DAEMON(c);
  struct sim_domain *d = active(c, "shutdown");
  if (!d) return COMMAND_DONE;
  if (KNOWN(d->shutdown_ms)) world_later(c->w, d->shutdown_ms, "powered down", d->name, c->host->name);
  say(c, "Domain '%s' is being shutdown\n", d->name);
  return COMMAND_DONE;
}

static int suspend(struct call *c) {
  DAEMON(c);
  if (machine_of(c)) return machine_suspend(c);
  struct sim_domain *d = active(c, "suspend");
  if (!d || in_a_job(c, d, "suspend")) return COMMAND_DONE;
  struct sim_instance *i = domain_on(d, c->host->name);
  if (str_eq(i->state, "running")) i->state = "paused", i->reason = "user", world_touch(c->w, LAYER_LIBVIRT);
  say(c, "Domain '%s' suspended\n", d->name);
  return COMMAND_DONE;
}

static int resume(struct call *c) {
  DAEMON(c);
  if (machine_of(c)) return machine_resume(c);
  struct sim_domain *d = active(c, "resume");
  if (!d || in_a_job(c, d, "resume")) return COMMAND_DONE;
  guest_resume(c->w, d, c->host->name);
  guest_io_check(c->w);
  say(c, "Domain '%s' resumed\n", d->name);
  return COMMAND_DONE;
}

/* A definition from a file of this host: on a mounted volume, or its own. */
static const char *file_text(const struct call *c, const char *path) {
  const struct sim_file *f = path ? file_at(c->w, c->host, path) : NULL;
  if (f) return f->content;
  return path ? pairs_get(&c->host->files, path) : NULL;
}

static int define(struct call *c) {
  const char *path = word_at(c, 0), *why = NULL, *xml = str_eq(path, "/dev/stdin") ? c->input : file_text(c, path);
  struct sim_domain *d;
  DAEMON(c);
  if (!xml) return complain(c, "error: Failed to open file '%s': No such file or directory", path ? path : "");
  if (guest_define(c->w, xml, &d, &why)) return complain(c, "error: Failed to define domain from %s\nerror: %s", path, why);
  add_text(c->w, &d->defined_on, c->host->name);
  say(c, "Domain '%s' defined from %s\n", d->name, path);
  return COMMAND_DONE;
}

static int create(struct call *c) {
  const char *path = word_at(c, 0), *why = NULL, *xml = file_text(c, path);
  struct sim_domain *d;
  DAEMON(c);
  if (!xml) return complain(c, "error: Failed to open file '%s': No such file or directory", path ? path : "");
  if (guest_define(c->w, xml, &d, &why) || guest_start(c->w, d, c->host, &why)) return complain(c, "error: Failed to create domain from %s\nerror: %s", path, why);
  say(c, "Domain '%s' created from %s\n", d->name, path);
  return COMMAND_DONE;
}

static int undefine(struct call *c) {
  DAEMON(c);
  struct sim_domain *d = named(c);
  if (!d) return COMMAND_DONE;
  drop_text(&d->defined_on, c->host->name);
  drop_text(&d->autostart_on, c->host->name);
  world_touch(c->w, LAYER_LIBVIRT);
  say(c, "Domain '%s' has been undefined\n", d->name);
  return COMMAND_DONE;
}

static int autostart(struct call *c) {
  DAEMON(c);
  struct sim_domain *d = named(c);
  bool off = has_flag(c, NULL, "--disable");
  if (!d) return COMMAND_DONE;
  if (!texts_have(&d->defined_on, c->host->name)) return complain(c, "error: Failed to %smark domain '%s' as autostarted\nerror: Requested operation is not valid: cannot set autostart for transient domain", off ? "un" : "", d->name);
  if (off) drop_text(&d->autostart_on, c->host->name);
  else add_text(c->w, &d->autostart_on, c->host->name);
  world_touch(c->w, LAYER_LIBVIRT);
  say(c, "Domain '%s' %s as autostarted\n", d->name, off ? "unmarked" : "marked");
  return COMMAND_DONE;
}

/* virsh migrate --live NAME qemu+ssh://HOST/system */
static int migrate(struct call *c) {
  DAEMON(c);
  const char *uri = word_at(c, 1), *why = NULL;
  char to[256] = "";
  struct sim_domain *d = c->step ? world_domain(c->w, word_at(c, 0)) : active(c, "migrate");
  if (!d) return COMMAND_DONE;
  const char *at = uri ? strstr(uri, "://") : NULL;
  at = at ? at + 3 : NULL;
  if (at && strchr(at, '@')) at = strchr(at, '@') + 1;
  if (at) snprintf(to, sizeof to, "%.*s", (int)strcspn(at, "/:"), at);
  struct sim_host *h = world_host(c->w, to);
  if (!c->step) {
    if (!h) return complain(c, "error: unable to connect to server at '%s:22': Name or service not known", to);
    if (guest_migrate(c->w, d, c->host, h, NULL, &why)) return complain(c, "error: %s", why);
  }
  if (guest_job(c->w, d->name)) return COMMAND_WAITS;
  if (!h || !domain_on(d, h->name)) return complain(c, "error: operation aborted: migration out: canceled by client");
  if (has_flag(c, NULL, "--persistent")) add_text(c->w, &d->defined_on, h->name);
  if (has_flag(c, NULL, "--undefinesource")) drop_text(&d->defined_on, c->host->name);
  world_touch(c->w, LAYER_LIBVIRT);
  say(c, "%s", "");
  return COMMAND_DONE;
}

static int domjobabort(struct call *c) {
  DAEMON(c);
  struct sim_domain *d = named(c);
  if (!d) return COMMAND_DONE;
  if (!guest_job(c->w, d->name)) return complain(c, "error: Requested operation is not valid: no job is active on the domain");
  guest_abort(c->w, d);
  say(c, "%s", "");
  return COMMAND_DONE;
}

static int domjobinfo(struct call *c) {
  DAEMON(c);
  const struct sim_domain *d = named(c);
  if (!d) return COMMAND_DONE;
  const struct sim_job *j = guest_job(c->w, d->name);
  if (!j || !str_eq(j->from, c->host->name)) {
    say(c, "%-17s%-12s\n", "Job type:", "None");
    return COMMAND_DONE;
  }
  say(c, "%-17s%-12s\n%-17s%-12s\n%-17s%-12" PRId64 " ms", "Job type:", "Unbounded", "Operation:", "Outgoing migration", "Time elapsed:", c->w->clock - j->began);
  say(c, "%-17s%.3f MiB\n%-17s%.3f MiB\n", "Memory remaining:", (double)job_remaining(c->w, j) / (1 << 20), "Memory total:", (double)j->total / (1 << 20));
  return COMMAND_DONE;
}

static int nodeinfo(struct call *c) {
  DAEMON(c);
  say(c, "%-20s x86_64\n%-20s %" PRId64 "\n%-20s 2600 MHz\n%-20s 1\n%-20s %" PRId64 "\n%-20s 1\n%-20s 1\n%-20s %" PRId64 " KiB\n", "CPU model:", "CPU(s):", c->host->cpus, "CPU frequency:", "CPU socket(s):", "Core(s) per socket:", c->host->cpus,
      "Thread(s) per core:", "NUMA cell(s):", "Memory size:", c->host->memory >> 10);
  return COMMAND_DONE;
}

static int console(struct call *c) {
  DAEMON(c);
  const struct sim_domain *d = active(c, "open console of");
  if (d) say(c, "Connected to domain '%s'\nEscape character is ^] (Ctrl + ])", d->name);
  return COMMAND_DONE;
}

static int no_such(struct call *c) { return fail(c, 1, "error: unknown command: '%s'", word_at(c, 0) ? word_at(c, 0) : ""); }

const struct command virsh_commands[] = {
    {"virsh", "list", list, 60}, {"virsh", "domstate", domstate, 30}, {"virsh", "domuuid", domuuid, 30}, {"virsh", "dominfo", dominfo, 30}, {"virsh", "dumpxml", dumpxml, 30}, {"virsh", "domblklist", domblklist, 30}, {"virsh", "start", start, 900},
    {"virsh", "shutdown", shutdown_domain, 60}, {"virsh", "destroy", destroy, 400}, {"virsh", "suspend", suspend, 60}, {"virsh", "resume", resume, 60}, {"virsh", "define", define, 80}, {"virsh", "create", create, 900},
    {"virsh", "undefine", undefine, 60}, {"virsh", "autostart", autostart, 40}, {"virsh", "migrate", migrate, 200}, {"virsh", "domjobabort", domjobabort, 60}, {"virsh", "domjobinfo", domjobinfo, 30},
    {"virsh", "nodeinfo", nodeinfo, 30}, {"virsh", "console", console, 100}, {"virsh", "", no_such, 20}, {.program = NULL}};
