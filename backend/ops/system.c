#include "ops/system.h"
#include <string.h>

/* ---- names ---- */

/* From that major version of the distribution on; the first row that fits a role is it. Debian only recommends crm_mon and its like,
 * and does not even that for ipmitool, without which fence_ipmilan does nothing. */
static const struct { int role; enum package_tool tool; int64_t since; const char *names; } packages[] = {
    {ROLE_PLATFORM, PACKAGE_APT, 0, "qemu-system-x86 qemu-utils libvirt-daemon-system libvirt-clients virtinst libguestfs-tools"},
    {ROLE_PLATFORM, PACKAGE_DNF, 9, "qemu-kvm libvirt virt-install guestfs-tools"},
    {ROLE_PLATFORM, PACKAGE_DNF, 0, "qemu-kvm libvirt virt-install libguestfs-tools"},
    {ROLE_PLATFORM, PACKAGE_YUM, 0, "qemu-kvm libvirt virt-install libguestfs-tools"},
    {ROLE_PLATFORM, PACKAGE_ZYPPER, 0, "qemu-kvm libvirt virt-install guestfs-tools"},
    {ROLE_CLUSTER, PACKAGE_APT, 0, "corosync pacemaker pacemaker-cli-utils pcs fence-agents ipmitool resource-agents"},
    {ROLE_CLUSTER, PACKAGE_DNF, 0, "corosync pacemaker pcs fence-agents-all resource-agents"},
    {ROLE_CLUSTER, PACKAGE_YUM, 0, "corosync pacemaker pcs fence-agents-all resource-agents"},
    {ROLE_CLUSTER, PACKAGE_ZYPPER, 0, "corosync pacemaker pcs fence-agents resource-agents"},
    {ROLE_CLIENT, PACKAGE_APT, 0, "glusterfs-client"},
    {ROLE_CLIENT, PACKAGE_DNF, 0, "glusterfs-fuse"},
    {ROLE_CLIENT, PACKAGE_YUM, 0, "glusterfs glusterfs-fuse"},
    {ROLE_CLIENT, PACKAGE_ZYPPER, 0, "glusterfs"},
    {ROLE_SERVER, PACKAGE_APT, 0, "glusterfs-server"},
    {ROLE_SERVER, PACKAGE_DNF, 0, "glusterfs-server"},
    {ROLE_SERVER, PACKAGE_YUM, 0, "glusterfs glusterfs-server glusterfs-fuse"},
    {ROLE_SERVER, PACKAGE_ZYPPER, 0, "glusterfs"},
    {ROLE_QDEVICE, PACKAGE_APT, 0, "corosync-qdevice"},
    {ROLE_QDEVICE, PACKAGE_DNF, 0, "corosync-qdevice"},
    {ROLE_QDEVICE, PACKAGE_YUM, 0, "corosync-qdevice"},
    {ROLE_QDEVICE, PACKAGE_ZYPPER, 0, "corosync-qdevice"},
    {ROLE_QNETD, PACKAGE_APT, 0, "corosync-qnetd pcs"},
    {ROLE_QNETD, PACKAGE_DNF, 0, "corosync-qnetd pcs"},
    {ROLE_QNETD, PACKAGE_YUM, 0, "corosync-qnetd pcs"},
    {ROLE_QNETD, PACKAGE_ZYPPER, 0, "corosync-qnetd pcs"},
    {ROLE_SBD, PACKAGE_APT, 0, "sbd"},
    {ROLE_SBD, PACKAGE_DNF, 0, "sbd"},
    {ROLE_SBD, PACKAGE_YUM, 0, "sbd"},
    {ROLE_SBD, PACKAGE_ZYPPER, 0, "sbd"},
};

/* RHEL 9 and Fedora 35 have libvirt's modular daemons, opened by their sockets. */
static const char modular[] = "virtqemud.socket virtnetworkd.socket virtstoraged.socket virtnodedevd.socket virtproxyd.socket";
static const char *platform_services(const struct host_system *s) {
  int64_t since = str_eq(s->id, "fedora") ? 35 : 9;
  return s->tool == PACKAGE_DNF && s->version >= since ? modular : "libvirtd";
}

static void add_words(struct planning *p, struct texts *t, const char *words) {
  for (size_t n = 0; line_word(p, words, n, false); n++)
    if (!texts_have(t, line_word(p, words, n, false))) texts_add(p->arena, t, line_word(p, words, n, false));
}

struct texts system_packages(struct planning *p, const struct host_system *s, int roles) {
  struct texts t = {0};
  for (size_t i = 0; i < COUNT(packages); i++) {
    if (packages[i].tool != s->tool || s->version < packages[i].since || !(roles & packages[i].role)) continue;
    roles &= ~packages[i].role;
    add_words(p, &t, packages[i].names);
  }
  return t;
}

struct texts system_services(struct planning *p, const struct host_system *s, int roles) {
  struct texts t = {0};
  if (roles & ROLE_PLATFORM) add_words(p, &t, platform_services(s));
  if (roles & ROLE_CLUSTER) add_words(p, &t, "pcsd");
  if (roles & ROLE_SERVER) add_words(p, &t, "glusterd");
  return t;
}

/* ---- the distribution ---- */

static const char *os_value(struct planning *p, const char *os, const char *key) {
  size_t len = strlen(key);
  for (const char *line = os; line && *line; line = line_next(line)) {
    if (strncmp(line, key, len) || line[len] != '=') continue;
    const char *v = line + len + 1;
    size_t quoted = *v == '"' || *v == '\'', n = strcspn(v + quoted, quoted ? "\"'\n" : "\n");
    return first_line(p, arena_strndup(p->arena, v + quoted, n));
  }
  return NULL;
}

void system_ask(struct planning *p, const char *host) { ask(p, host, "os"); }

bool system_read(struct planning *p, const char *host, struct host_system *ret) {
  const char *os = printed(p, host, "os"), *version;
  *ret = (struct host_system){0};
  if (refuse_unasked(p, host, "os", planf(p, "which distribution %s has", host)) || !os) return false;
  ret->tool = package_tool_of(os);
  ret->id = os_value(p, os, "ID");
  ret->codename = os_value(p, os, "VERSION_CODENAME");
  ret->name = os_value(p, os, "PRETTY_NAME");
  if (!ret->name) ret->name = ret->id ? ret->id : "an unknown system";
  version = os_value(p, os, "VERSION_ID");
  if (version) str_int(arena_strndup(p->arena, version, strcspn(version, ".")), 0, 100000, &ret->version);
  if (ret->tool == PACKAGE_UNKNOWN) refuse_always(p, "never: prepare it by hand", "%s has %s: none of apt, dnf, yum and zypper is known to install there", host, ret->name);
  return ret->tool != PACKAGE_UNKNOWN;
}

/* ---- packages ---- */

void packages_ask(struct planning *p, const char *host, int roles) {
  static const enum package_tool rpm[] = {PACKAGE_DNF, PACKAGE_YUM, PACKAGE_ZYPPER};
  struct texts deb = system_packages(p, &(struct host_system){.tool = PACKAGE_APT}, roles), all = {0};
  for (size_t i = 0; i < COUNT(rpm); i++)
    for (int64_t version = 0; version < 10; version += 9) {
      struct texts t = system_packages(p, &(struct host_system){.tool = rpm[i], .version = version}, roles);
      for (size_t k = 0; k < t.count; k++)
        if (!texts_have(&all, t.item[k])) texts_add(p->arena, &all, t.item[k]);
    }
  if (survey_answer(p->survey, host, "dpkg")) return;
  ask_command(p, host, "dpkg", "dpkg-query", "-W", "-f=${db:Status-Abbrev} ${Package}\\n", NULL);
  ask_command(p, host, "rpm", "rpm", "-q", "--qf", "%{NAME}\\n", NULL);
  struct answer *q = (struct answer *)survey_answer(p->survey, host, "dpkg");
  for (size_t i = 0; q && i < deb.count; i++) texts_add(p->arena, &q->argv, deb.item[i]);
  q = (struct answer *)survey_answer(p->survey, host, "rpm");
  for (size_t i = 0; q && i < all.count; i++) texts_add(p->arena, &q->argv, all.item[i]);
}

static bool is_installed(struct planning *p, const char *host, enum package_tool tool, const char *name) {
  bool apt = tool == PACKAGE_APT;
  for (const char *line = printed(p, host, apt ? "dpkg" : "rpm"); line && *line; line = line_next(line))
    if (apt ? str_starts(line, "ii") && str_eq(line_word(p, line, 1, false), name) : str_eq(line_word(p, line, 0, true), name)) return true;
  return false;
}

struct texts packages_missing(struct planning *p, const char *host, const struct host_system *s, int roles) {
  struct texts all = system_packages(p, s, roles), missing = {0};
  for (size_t i = 0; i < all.count; i++)
    if (!is_installed(p, host, s->tool, all.item[i])) texts_add(p->arena, &missing, all.item[i]);
  return missing;
}

void packages_step(struct planning *p, const char *host, const struct host_system *s, const struct texts *names, const char *say) {
  enum { INSTALL_MS = 1800000, UPDATE_MS = 300000 };
  struct step *x = NULL;
  if (!names->count) return;
  if (s->tool == PACKAGE_APT) {
    x = step_run(p, host, "read what the repositories have", "apt-get", "-q", "update", NULL);
    x->deadline_ms = UPDATE_MS;
    x->harmless = TRUTH_YES;
    x = step_run(p, host, say, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-oDPkg::Lock::Timeout=600", "-y", "install", NULL); /* one that a lost console began may still run */
  } else if (s->tool == PACKAGE_ZYPPER) {
    x = step_run(p, host, say, "zypper", "--non-interactive", "install", NULL);
  } else {
    x = step_run(p, host, say, s->tool == PACKAGE_DNF ? "dnf" : "yum", "-y", "install", NULL);
  }
  for (size_t i = 0; i < names->count; i++) step_word(p, x, "%s", names->item[i]);
  x->deadline_ms = INSTALL_MS;
  x->harmless = TRUTH_YES;
}

void service_steps(struct planning *p, const char *host, const struct host_system *s, int roles) {
  struct texts services = system_services(p, s, roles);
  for (size_t i = 0; i < services.count; i++) {
    struct step *x = step_run(p, host, planf(p, "start %s, now and at every boot", services.item[i]), "systemctl", "enable", "--now", services.item[i], NULL);
    x->deadline_ms = 90000;
    x->harmless = TRUTH_YES;
  }
}
