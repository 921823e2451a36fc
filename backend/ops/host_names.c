/* What stands between hosts: their names, the firewall, SELinux. */
#include "ops/host.h"
#include "analysis/store_view.h"
#include <string.h>

/* ---- /etc/hosts ---- */

void names_ask(struct planning *p, const char *host) { ask(p, host, "hosts"); }

/* The address that the file gives a name; NULL: none. The host's own, 127.0.1.1 as Debian writes it, is told apart. */
static const char *address_of(struct planning *p, const char *file, const char *name, bool *ret_loopback) {
  const char *found = NULL;
  for (const char *line = file; line && *line; line = line_next(line)) {
    if (*line == '#') continue;
    for (size_t n = 1; line_word(p, line, n, false) && *line_word(p, line, n, false) != '#'; n++) {
      if (!str_eq(line_word(p, line, n, false), name)) continue;
      const char *address = line_word(p, line, 0, false);
      if (str_starts(address, "127.") || str_eq(address, "::1")) *ret_loopback = true;
      else if (!found) found = address;
    }
  }
  return found;
}

void names_steps(struct planning *p, const char *host) {
  struct texts entries = given_list(p, "entry");
  const char *file = printed(p, host, "hosts"), *text = "";
  bool loopback = false, ignored = false;
  if (!entries.count) return;
  for (size_t i = 0; i < entries.count; i++) {
    size_t n = strcspn(entries.item[i], "=");
    const char *name = arena_strndup(p->arena, entries.item[i], n), *address = entries.item[i] + n + 1;
    const char *now = address_of(p, file, name, str_eq(name, host) ? &loopback : &ignored);
    if (!now) text = planf(p, "%s%s %s\n", text, address, name);
    else if (!str_eq(now, address)) refuse(p, "when that line is put right", "/etc/hosts of %s gives %s the address %s, not %s", host, name, now, address);
  }
  if (loopback) { /* corosync and gluster would listen where nobody else hears them */
    struct step *s = step_run(p, host, planf(p, "have %s mean its address and not 127.0.1.1", host), "sed", "-i", "/^127\\.0\\.1\\.1[[:space:]]/d", "/etc/hosts", NULL);
    s->harmless = TRUTH_YES;
  }
  if (!*text) return;
  size_t len = file ? strlen(file) : 0;
  struct step *s = step_run(p, host, "add names to /etc/hosts", "tee", "-a", "/etc/hosts", NULL);
  s->input = len && file[len - 1] != '\n' ? planf(p, "\n%s", text) : text;
}

/* ---- firewall and SELinux ---- */

void guards_ask(struct planning *p, const char *host) {
  ask_command(p, host, "firewalld", "systemctl", "is-active", "firewalld", NULL);
  ask_command(p, host, "ufw", "systemctl", "is-active", "ufw", NULL);
  ask_command(p, host, "selinux", "getenforce", NULL);
}

static bool active(struct planning *p, const char *host, const char *service) { return str_starts(answered(p, host, service) ? answered(p, host, service) : "", "active"); }

/* firewalld's own names of services, and what they leave out: bricks' ports of gluster 10 and later, migration. */
static void firewalld_steps(struct planning *p, const char *host, int roles) {
  struct step *s = step_run(p, host, "open the firewall for the cluster", "firewall-cmd", "--permanent", NULL);
  s->harmless = TRUTH_YES;
  if (roles & ROLE_CLUSTER) step_word(p, s, "--add-service=high-availability");
  if (roles & ROLE_SERVER) step_word(p, s, "--add-service=glusterfs");
  if (roles & (ROLE_SERVER | ROLE_PLATFORM)) step_word(p, s, "--add-port=49152-60999/tcp");
  s = step_run(p, host, "have it take effect", "firewall-cmd", "--reload", NULL);
  s->harmless = TRUTH_YES;
  consequence(p, "%s: firewalld lets the cluster's traffic in from anywhere it lets anything in.", host);
}

static void ufw_steps(struct planning *p, const char *host, int roles) {
  static const struct { int roles; const char *ports; } rows[] = {{ROLE_CLUSTER, "2224/tcp"}, {ROLE_CLUSTER, "5404:5412/udp"}, {ROLE_SERVER, "24007:24008/tcp"}, {ROLE_SERVER | ROLE_PLATFORM, "49152:60999/tcp"}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    if (!(roles & rows[i].roles)) continue;
    struct step *s = step_run(p, host, planf(p, "open %s in the firewall", rows[i].ports), "ufw", "allow", rows[i].ports, NULL);
    s->harmless = TRUTH_YES;
    undo_by(p, s, "ufw", "delete", "allow", rows[i].ports, NULL);
  }
  consequence(p, "%s: ufw lets the cluster's traffic in.", host);
}

static void firewall_steps(struct planning *p, const char *host, int roles) {
  static const char *const services[] = {"firewalld", "ufw"};
  const char *how = given(p, "firewall");
  for (size_t i = 0; i < COUNT(services); i++) {
    if (!active(p, host, services[i]) || str_eq(how, "leave")) continue;
    if (str_eq(how, "off")) {
      struct step *s = step_run(p, host, "turn the firewall off", "systemctl", "disable", "--now", services[i], NULL);
      s->harmless = TRUTH_YES;
      undo_by(p, s, "systemctl", "enable", "--now", services[i], NULL);
      consequence(p, "%s: no firewall any more. glusterd and libvirt trust whoever reaches them: only for a network of the cluster's own.", host);
    } else if (!i) firewalld_steps(p, host, roles);
    else ufw_steps(p, host, roles);
  }
}

static void selinux_steps(struct planning *p, const char *host, int roles) {
  const char *how = given(p, "selinux"), *state = answered(p, host, "selinux");
  struct step *s;
  if (!state || str_starts(state, "Disabled") || str_eq(how, "leave")) return;
  if (str_eq(how, "booleans") && (roles & ROLE_PLATFORM)) {
    s = step_run(p, host, "allow domains to use images on gluster's mounts", "setsebool", "-P", "virt_use_fusefs", "on", NULL);
    s->deadline_ms = 120000;
    s->harmless = TRUTH_YES;
    undo_by(p, s, "setsebool", "-P", "virt_use_fusefs", "off", NULL);
  }
  if (!str_eq(how, "permissive") || !str_starts(state, "Enforcing")) return;
  s = step_run(p, host, "have SELinux warn and not forbid", "setenforce", "0", NULL);
  s->harmless = TRUTH_YES;
  undo_by(p, s, "setenforce", "1", NULL);
  s = step_run(p, host, "and at every boot", "sed", "-i", "s/^SELINUX=enforcing/SELINUX=permissive/", "/etc/selinux/config", NULL);
  s->harmless = TRUTH_YES;
  undo_by(p, s, "sed", "-i", "s/^SELINUX=permissive/SELINUX=enforcing/", "/etc/selinux/config", NULL);
  consequence(p, "%s: SELinux only warns: a domain that breaks out is held by nothing.", host);
}

void guards_steps(struct planning *p, const char *host, int roles) {
  firewall_steps(p, host, roles);
  selinux_steps(p, host, roles);
}
