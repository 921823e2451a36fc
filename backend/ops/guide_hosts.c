/* The guide's steps on hosts alone: what they are able to, what stands between them, names, packages, services. */
#include "ops/guide_parts.h"
#include "ops/host.h"
#include "analysis/store_view.h"
#include <string.h>

static void packages_of_form(struct planning *p, const char *host) {
  system_ask(p, host);
  packages_ask(p, host, roles_in_form(p, host)); /* all of a host's at once: it is asked with one command */
}

/* Its packages for that role; false: they could not be told. */
static bool missing_of(struct planning *p, const char *host, int roles, struct texts *ret) {
  struct host_system s;
  *ret = (struct texts){0};
  if (!system_read(p, host, &s) || !was_asked(p, host, s.tool == PACKAGE_APT ? "dpkg" : "rpm")) return false;
  *ret = packages_missing(p, host, &s, roles);
  return true;
}

static void check_packages_of(struct planning *p, struct guide_checking *c, const char *host, int roles) {
  struct texts missing;
  if (!seen_asked(p, c, host, "os")) return;
  if (!missing_of(p, host, roles, &missing)) seen_unclear(p, c, host, "which packages it has could not be told");
  else if (missing.count) seen_bad(p, c, host, "%s %s missing", names_text(p->arena, &missing), missing.count > 1 ? "are" : "is");
  else seen_good(p, c, host, "all packages are there");
}

static struct texts lacking(struct planning *p, const struct texts *hosts, int roles) {
  struct texts lack = {0}, missing;
  for (size_t i = 0; i < hosts->count; i++)
    if (!missing_of(p, hosts->item[i], roles, &missing) || missing.count) texts_add(p->arena, &lack, hosts->item[i]);
  return lack;
}

static void install(struct planning *p, struct guide_runs *r, const struct texts *hosts, int roles, const char *role, const char *say) {
  struct texts lack = lacking(p, hosts, roles);
  if (!lack.count) return;
  struct guide_run *x = run_of(p, r, "host-packages", say);
  with_list(p, x, "host", &lack);
  with(p, x, "role", role);
  with(p, x, "mirror", given(p, "mirror"));
  if (given(p, "mirror")) with(p, x, "trusted", given(p, "trusted"));
}

/* ---- 0: KVM, libvirt, a bridge ---- */

static const char *bridge_in_form(const struct planning *p) { return way_is(p, "bridge", "none") ? NULL : given(p, "bridge"); }

void ask_platform(struct planning *p) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) {
    packages_of_form(p, kvm.item[i]);
    ask_command(p, kvm.item[i], "flags", "grep", "-m", "1", "-w", "-o", "-E", "vmx|svm", "/proc/cpuinfo", NULL);
    ask_command(p, kvm.item[i], "kvm", "test", "-c", "/dev/kvm", NULL);
    ask_command(p, kvm.item[i], "nodeinfo", "virsh", "-c", "qemu:///system", "nodeinfo", NULL);
    if (bridge_in_form(p)) ask_command(p, kvm.item[i], "bridge", "test", "-d", planf(p, "/sys/class/net/%s/bridge", bridge_in_form(p)), NULL);
  }
}

static bool lacks_bridge(struct planning *p, const char *host) { return bridge_in_form(p) && exit_of(p, host, "bridge") > 0; }

void check_platform(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) {
    const char *host = kvm.item[i], *flag = printed(p, host, "flags");
    if (!seen_asked(p, c, host, "flags")) continue;
    if (way_is(p, "type", "qemu")) seen_good(p, c, host, "domains are emulated, as chosen in the guide");
    else if (!*flag) seen_bad(p, c, host, "its processor offers no virtualisation: turn it on in the firmware (or, of a nested host, in its hypervisor), or choose type=qemu");
    else seen_as(p, c, exit_of(p, host, "kvm") == 0, host, "/dev/kvm is there", "there is no /dev/kvm though its processor can: the firmware forbids it, or the module is not loaded");
    check_packages_of(p, c, host, ROLE_PLATFORM);
    seen_as(p, c, exit_of(p, host, "nodeinfo") == 0, host, "libvirt answers", "libvirt does not answer");
    if (bridge_in_form(p)) seen_as(p, c, !lacks_bridge(p, host), host, planf(p, "the bridge %s is there", bridge_in_form(p)), planf(p, "there is no bridge %s", bridge_in_form(p)));
  }
}

void left_platform(struct planning *p, struct guide_runs *r) {
  struct texts kvm = kvm_hosts(p), todo = lacking(p, &kvm, ROLE_PLATFORM);
  for (size_t i = 0; i < kvm.count; i++)
    if (exit_of(p, kvm.item[i], "nodeinfo") != 0 && !texts_have(&todo, kvm.item[i])) texts_add(p->arena, &todo, kvm.item[i]);
  if (todo.count) {
    struct guide_run *x = run_of(p, r, "host-platform", "libvirt and qemu");
    with_list(p, x, "host", &todo);
    if (way_is(p, "type", "qemu")) with(p, x, "force", "yes");
  }
  for (size_t i = 0; i < kvm.count; i++) {
    if (!lacks_bridge(p, kvm.item[i])) continue;
    struct guide_run *x = run_of(p, r, "host-bridge", planf(p, "the bridge of %s", kvm.item[i]));
    with(p, x, "host", kvm.item[i]);
    with(p, x, "bridge", bridge_in_form(p));
  }
}

/* ---- 1: firewall and SELinux ---- */

static bool is_active(struct planning *p, const char *host, const char *service) { return str_starts(printed(p, host, service) ? printed(p, host, service) : "", "active"); }

void ask_guards(struct planning *p) {
  struct texts all = all_hosts(p);
  for (size_t i = 0; i < all.count; i++) {
    guards_ask(p, all.item[i]);
    ask_command(p, all.item[i], "firewalld opens", "firewall-cmd", "--list-all", NULL);
    ask_command(p, all.item[i], "ufw opens", "ufw", "status", NULL);
    ask_command(p, all.item[i], "fusefs", "getsebool", "virt_use_fusefs", NULL);
  }
}

static bool any_line_has(struct planning *p, const char *text, const char *word) {
  for (const char *line = text; line && *line; line = line_next(line))
    for (size_t n = 0; line_word(p, line, n, false); n++)
      if (str_eq(line_word(p, line, n, false), word)) return true;
  return false;
}

/* What of the cluster's traffic an active firewall does not let in; NULL: nothing. */
static const char *closed(struct planning *p, const char *host) {
  static const struct { int roles; const char *by, *opens, *means; } rows[] = {
      {ROLE_CLUSTER, "firewalld", "high-availability", "corosync and pcs"}, {ROLE_SERVER, "firewalld", "glusterfs", "gluster"}, {ROLE_SERVER | ROLE_PLATFORM, "firewalld", "49152-60999/tcp", "bricks and live migration"},
      {ROLE_CLUSTER, "ufw", "2224/tcp", "pcs"}, {ROLE_CLUSTER, "ufw", "5404:5412/udp", "corosync"}, {ROLE_SERVER, "ufw", "24007:24008/tcp", "gluster"}, {ROLE_SERVER | ROLE_PLATFORM, "ufw", "49152:60999/tcp", "bricks and live migration"}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    if (!is_active(p, host, rows[i].by) || !(roles_in_form(p, host) & rows[i].roles)) continue;
    if (!any_line_has(p, printed(p, host, planf(p, "%s opens", rows[i].by)), rows[i].opens)) return planf(p, "%s keeps %s out (%s)", rows[i].by, rows[i].means, rows[i].opens);
  }
  return NULL;
}

static const char *guarded(struct planning *p, const char *host) { /* why it is not as it was chosen; NULL: it is */
  bool firewalld = is_active(p, host, "firewalld"), ufw = is_active(p, host, "ufw");
  const char *selinux = printed(p, host, "selinux");
  if (way_is(p, "firewall", "off") && (firewalld || ufw)) return planf(p, "%s is active", firewalld ? "firewalld" : "ufw");
  if (way_is(p, "firewall", "open") && closed(p, host)) return closed(p, host);
  if (!selinux || !str_starts(selinux, "Enforcing") || way_is(p, "selinux", "leave")) return NULL;
  if (way_is(p, "selinux", "permissive")) return "SELinux is enforcing";
  if ((roles_in_form(p, host) & ROLE_PLATFORM) && !strstr(printed(p, host, "fusefs"), "--> on")) return "SELinux forbids domains to use images on gluster's mounts (virt_use_fusefs)";
  return NULL;
}

void check_guards(struct planning *p, struct guide_checking *c) {
  struct texts all = all_hosts(p);
  for (size_t i = 0; i < all.count; i++) {
    const char *host = all.item[i];
    if (!seen_asked(p, c, host, "firewalld")) continue;
    const char *wrong = guarded(p, host), *state = printed(p, host, "selinux");
    bool none = !is_active(p, host, "firewalld") && !is_active(p, host, "ufw");
    if (wrong) seen_bad(p, c, host, "%s", wrong);
    else seen_good(p, c, host, "%s%s", none ? "no firewall runs" : way_is(p, "firewall", "leave") ? "its firewall is left as it is, as chosen in the guide" : "its firewall lets the cluster in", state && str_starts(state, "Permissive") ? "; SELinux only warns" : "");
  }
}

void left_guards(struct planning *p, struct guide_runs *r) {
  static const struct { int roles; const char *role[2]; } kinds[] = {{ROLE_KVM, {"kvm"}}, {ROLE_GLUSTER, {"gluster"}}, {ROLE_KVM | ROLE_GLUSTER, {"kvm", "gluster"}}};
  struct texts all = all_hosts(p);
  for (size_t k = 0; k < COUNT(kinds); k++) {
    struct texts wrong = {0};
    for (size_t i = 0; i < all.count; i++)
      if (roles_in_form(p, all.item[i]) == kinds[k].roles && guarded(p, all.item[i])) texts_add(p->arena, &wrong, all.item[i]);
    if (!wrong.count) continue;
    struct guide_run *x = run_of(p, r, "host-firewall", planf(p, "the firewall of %s", names_text(p->arena, &wrong)));
    with_list(p, x, "host", &wrong);
    for (size_t i = 0; i < 2; i++) with(p, x, "role", kinds[k].role[i]);
    with(p, x, "firewall", given(p, "firewall"));
    with(p, x, "selinux", given(p, "selinux"));
  }
}

/* ---- 2: names ---- */

void ask_names(struct planning *p) {
  struct texts all = all_hosts(p);
  for (size_t i = 0; i < all.count; i++) names_ask(p, all.item[i], &all);
}

static const char *found(struct planning *p, const char *by, const char *name) { return line_word(p, answered(p, by, planf(p, "address %s", name)), 0, false); }
static bool is_loopback(const char *address) { return str_starts(address, "127.") || str_eq(address, "::1"); }

/* What is wrong with how that host finds that name; NULL: nothing. */
static const char *misnamed(struct planning *p, const char *host, const char *name, const struct texts *all) {
  const char *address = found(p, host, name);
  if (strchr(name, ':') || !name[strspn(name, "0123456789.")]) return NULL; /* an address */
  if (!address) return planf(p, "does not find %s", name);
  if (is_loopback(address)) return planf(p, "takes %s for %s", name, address);
  for (size_t i = 0; i < all->count; i++) {
    const char *other = found(p, all->item[i], name);
    if (other && !is_loopback(other) && strcmp(other, address)) return planf(p, "takes %s for %s, and %s for %s", name, address, all->item[i], other);
  }
  return NULL;
}

void check_names(struct planning *p, struct guide_checking *c) {
  struct texts all = all_hosts(p);
  for (size_t i = 0; i < all.count; i++) {
    const char *wrong = NULL;
    if (!seen_asked(p, c, all.item[i], planf(p, "address %s", all.item[i])) && !strchr(all.item[i], ':')) continue;
    for (size_t k = 0; k < all.count && !wrong; k++) wrong = misnamed(p, all.item[i], all.item[k], &all);
    if (wrong) seen_bad(p, c, all.item[i], "%s", wrong);
    else seen_good(p, c, all.item[i], "finds all of them");
  }
}

void left_names(struct planning *p, struct guide_runs *r) {
  struct texts all = all_hosts(p), wrong = {0}, entries = given_list(p, "entry");
  for (size_t i = 0; i < all.count; i++)
    for (size_t k = 0; k < all.count; k++)
      if (misnamed(p, all.item[i], all.item[k], &all) && !texts_have(&wrong, all.item[i])) texts_add(p->arena, &wrong, all.item[i]);
  if (!wrong.count) return;
  struct guide_run *x = run_of(p, r, "host-names", "the names in /etc/hosts");
  with_list(p, x, "host", &wrong);
  with_list(p, x, "name", &all);
  with_list(p, x, "entry", &entries);
}

/* ---- 3, 4: gluster's packages and its daemon ---- */

void ask_packages(struct planning *p) {
  struct texts store = store_hosts(p);
  for (size_t i = 0; i < store.count; i++) {
    packages_of_form(p, store.item[i]);
    ask(p, store.item[i], "gluster");
  }
}

void check_packages(struct planning *p, struct guide_checking *c) {
  struct texts store = store_hosts(p);
  const char *first = NULL, *version;
  for (size_t i = 0; i < store.count; i++) {
    check_packages_of(p, c, store.item[i], ROLE_SERVER);
    if (!(version = answered(p, store.item[i], "gluster"))) continue;
    if (!first) first = store.item[i];
    else if (version_of(version) != version_of(answered(p, first, "gluster"))) seen_bad(p, c, store.item[i], "has %s, and %s has %s", first_line(p, version), first, first_line(p, answered(p, first, "gluster")));
  }
}

void left_packages(struct planning *p, struct guide_runs *r) {
  struct texts store = store_hosts(p);
  install(p, r, &store, ROLE_SERVER, "gluster", "gluster's packages");
}

static void ask_service(struct planning *p, const char *host, const char *service) {
  ask_command(p, host, planf(p, "active %s", service), "systemctl", "is-active", service, NULL);
  ask_command(p, host, planf(p, "enabled %s", service), "systemctl", "is-enabled", service, NULL);
}

static const char *service_wrong(struct planning *p, const char *host, const char *service) {
  if (exit_of(p, host, planf(p, "active %s", service)) != 0) return planf(p, "%s is not active", service);
  return exit_of(p, host, planf(p, "enabled %s", service)) != 0 ? planf(p, "%s is not enabled: it stays down after a reboot", service) : NULL;
}

static void check_service(struct planning *p, struct guide_checking *c, const char *host, const char *service) {
  if (!seen_asked(p, c, host, planf(p, "active %s", service))) return;
  const char *wrong = service_wrong(p, host, service);
  if (wrong) seen_bad(p, c, host, "%s", wrong);
  else seen_good(p, c, host, "%s is active and enabled", service);
}

void ask_glusterd(struct planning *p) {
  struct texts store = store_hosts(p);
  for (size_t i = 0; i < store.count; i++) ask_service(p, store.item[i], "glusterd");
}

void check_glusterd(struct planning *p, struct guide_checking *c) {
  struct texts store = store_hosts(p);
  for (size_t i = 0; i < store.count; i++) check_service(p, c, store.item[i], "glusterd");
}

void left_glusterd(struct planning *p, struct guide_runs *r) {
  struct texts store = store_hosts(p), wrong = {0};
  for (size_t i = 0; i < store.count; i++)
    if (service_wrong(p, store.item[i], "glusterd")) texts_add(p->arena, &wrong, store.item[i]);
  if (!wrong.count) return;
  struct guide_run *x = run_of(p, r, "host-services", "glusterd, now and at every boot");
  with_list(p, x, "host", &wrong);
  with(p, x, "role", "gluster");
}

/* ---- 12: pacemaker's packages, pcsd and its password ---- */

void ask_pcsd(struct planning *p) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) {
    packages_of_form(p, kvm.item[i]);
    ask_service(p, kvm.item[i], "pcsd");
    ask_command(p, kvm.item[i], "hacluster", "passwd", "-S", "hacluster", NULL);
  }
}

/* "hacluster P 2026-11-23 ...": P, or PS of the RHEL family, is a password that can be used. */
static bool has_password(struct planning *p, const char *host) { return str_starts(line_word(p, answered(p, host, "hacluster"), 1, false) ? line_word(p, answered(p, host, "hacluster"), 1, false) : "", "P"); }

void check_pcsd(struct planning *p, struct guide_checking *c) {
  struct texts kvm = kvm_hosts(p);
  for (size_t i = 0; i < kvm.count; i++) {
    check_packages_of(p, c, kvm.item[i], ROLE_CLUSTER);
    check_service(p, c, kvm.item[i], "pcsd");
    if (was_asked(p, kvm.item[i], "hacluster")) seen_as(p, c, has_password(p, kvm.item[i]), kvm.item[i], "hacluster has a password", "hacluster has no password");
  }
}

void left_pcsd(struct planning *p, struct guide_runs *r) {
  struct texts kvm = kvm_hosts(p), wrong = {0};
  install(p, r, &kvm, ROLE_CLUSTER, "cluster", "pacemaker's packages");
  for (size_t i = 0; i < kvm.count; i++)
    if (service_wrong(p, kvm.item[i], "pcsd") || !has_password(p, kvm.item[i])) texts_add(p->arena, &wrong, kvm.item[i]);
  if (!wrong.count) return;
  struct guide_run *x = run_of(p, r, "cluster-password", "pcsd, and hacluster's password");
  with_list(p, x, "nodes", &kvm); /* the same on all of them */
  wants_secret(x, "hacluster_password");
}

/* ---- 8: gluster's client, asked with the mounts ---- */

void left_client(struct planning *p, struct guide_runs *r) {
  struct texts kvm = kvm_hosts(p), lack = {0};
  for (size_t i = 0; i < kvm.count; i++)
    if (exit_of(p, kvm.item[i], "client") != 0) texts_add(p->arena, &lack, kvm.item[i]);
  install(p, r, &lack, ROLE_CLIENT, "client", "gluster's client");
}
