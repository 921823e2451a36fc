/* host-prepare: what a KVM host or a gluster host needs before it can be part of the cluster. */
#include "ops/host.h"
#include "analysis/store_view.h"
#include <string.h>

static const char *check_mirror(struct planning *p, const char *value) {
  (void)p;
  if (strpbrk(value, "\"'\\[]")) return "it holds a quote or a bracket";
  return strstr(value, "://") ? NULL : "it is to be a URL, and for apt behind it the suite and the components";
}

static const char *check_entry(struct planning *p, const char *value) {
  size_t name = strcspn(value, "=");
  const char *address = value + name + 1;
  (void)p;
  if (strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != name) return "a host's name has letters, digits and . _ -";
  return *address && address[strspn(address, "0123456789abcdefABCDEF.:")] == '\0' ? NULL : "write it as NAME=ADDRESS, the address in digits";
}

/* A name and one address of each host that has any: the IPv4 one where there is one. */
static void propose_entries(struct planning *p, struct texts *ret) {
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    const char *best = NULL;
    for (size_t k = 0; k < h->addresses.count; k++)
      if (!str_starts(h->addresses.item[k], "127.") && (!best || (strchr(best, ':') && !strchr(h->addresses.item[k], ':')))) best = h->addresses.item[k];
    if (best) texts_add(p->arena, ret, planf(p, "%s=%s", h->name, best));
  }
}

static bool wants(const struct planning *p, const char *role) {
  struct texts roles = given_list(p, "role");
  return texts_have(&roles, role);
}

/* The KVM hosts among them, and those that are in the cluster already. */
static void propose_trust(struct planning *p, struct texts *ret) {
  struct texts nodes = online_nodes(p);
  if (!wants(p, "kvm")) return;
  *ret = given_list(p, "host");
  for (size_t i = 0; i < nodes.count; i++)
    if (!texts_have(ret, nodes.item[i])) texts_add(p->arena, ret, nodes.item[i]);
  if (ret->count < 2) ret->count = 0;
}

#define HOSTS {.name = "host", .title = "HOST", .help = "the hosts, by the names that the cluster is to know them by", .kind = ARG_HOST, .required = true, .list = true}
#define ROLES(words_, more_) {.name = "role", .title = "ROLE", .help = "kvm: libvirt, qemu, corosync, pacemaker, pcs, fence agents, gluster's client; gluster: glusterd" more_, .kind = ARG_CHOICE, .words = words_, .required = true, .list = true}
#define PART_ROLES ROLES("kvm gluster platform cluster client", "; of kvm only platform: libvirt and qemu, cluster: pacemaker, client: gluster's")
#define MIRROR                                                                                                                                                                                            \
  {.name = "mirror", .title = "URL", .help = "a repository to add, in the words of the distribution: for apt \"URL SUITE COMPONENT...\", else the base URL", .kind = ARG_TEXT, .check = check_mirror}, \
      {.name = "trusted", .title = "yes|no", .help = "take packages of that repository without a signature", .kind = ARG_YES, .fallback = "no"}
#define ENTRIES {.name = "entry", .title = "NAME=ADDRESS", .help = "lines for /etc/hosts, so that names do not hang on a DNS server; proposed: what is known of the hosts", .kind = ARG_OPTION, .list = true, .propose = propose_entries, .check = check_entry}
#define GUARDS                                                                                                                                                                                             \
  {.name = "firewall", .title = "open|off|leave", .help = "open what the cluster speaks, turn the firewall off, or leave it", .kind = ARG_CHOICE, .words = "open off leave", .fallback = "open"},           \
      {.name = "selinux", .title = "booleans|permissive|leave", .help = "allow what domains on gluster need, have SELinux only warn, or leave it", .kind = ARG_CHOICE, .words = "booleans permissive leave", .fallback = "booleans"}
const struct operation_argument prepare_arguments[] = {
    HOSTS,
    ROLES("kvm gluster", ""),
    MIRROR,
    ENTRIES,
    GUARDS,
    {.name = "trust", .title = "HOST", .help = "hosts whose root may log in at each other by ssh, which live migration uses; proposed: the KVM hosts", .kind = ARG_HOST, .list = true, .propose = propose_trust},
    {.name = NULL}};
const struct operation_argument packages_arguments[] = {HOSTS, PART_ROLES, MIRROR, {.name = NULL}};
const struct operation_argument trust_arguments[] = {{.name = "host", .title = "HOST", .help = "the hosts, by the names that the cluster knows them by", .kind = ARG_HOST, .required = true, .list = true}, {.name = NULL}};
const struct operation_argument services_arguments[] = {HOSTS, PART_ROLES, {.name = NULL}};
const struct operation_argument guards_arguments[] = {HOSTS, ROLES("kvm gluster", ""), GUARDS, {.name = NULL}};
const struct operation_argument names_arguments[] = {
    HOSTS, {.name = "name", .title = "HOST", .help = "the hosts that they are to find; left out: each other", .kind = ARG_HOST, .list = true}, ENTRIES, {.name = NULL}};

/* All that are to find each other by name. */
static struct texts names_of_all(const struct planning *p) {
  struct texts all = given_list(p, "host"), trust = given_list(p, "trust");
  for (size_t i = 0; i < trust.count; i++)
    if (!texts_have(&all, trust.item[i])) texts_add(p->arena, &all, trust.item[i]);
  return all;
}

static int roles_of(const struct planning *p) {
  static const struct { const char *word; int roles; } words[] = {{"kvm", ROLE_KVM}, {"gluster", ROLE_GLUSTER}, {"platform", ROLE_PLATFORM}, {"cluster", ROLE_CLUSTER}, {"client", ROLE_CLIENT}};
  int roles = 0;
  for (size_t i = 0; i < COUNT(words); i++) roles |= wants(p, words[i].word) ? words[i].roles : 0;
  return roles;
}

void prepare_survey(struct planning *p) {
  struct texts hosts = given_list(p, "host"), trust = given_list(p, "trust"), names = names_of_all(p);
  for (size_t i = 0; i < hosts.count; i++) {
    system_ask(p, hosts.item[i]);
    packages_ask(p, hosts.item[i], roles_of(p));
    names_ask(p, hosts.item[i], &names);
    guards_ask(p, hosts.item[i]);
  }
  trust_ask(p, &trust);
}

/* ---- repositories ---- */

static const char *suite_of(struct planning *p, const struct host_system *s) {
  const char *mirror = given(p, "mirror");
  if (line_word(p, mirror, 1, true)) return line_word(p, mirror, 1, true);
  return planf(p, "%s main", s->codename ? s->codename : "stable");
}

static void mirror_step(struct planning *p, const char *host, const struct host_system *s) {
  const char *url = line_word(p, given(p, "mirror"), 0, false), *file, *text;
  bool trusted = value_yes(p->values, "trusted");
  if (!url) return;
  if (s->tool == PACKAGE_APT) {
    file = "/etc/apt/sources.list.d/kvmconsole.list";
    text = planf(p, "deb %s%s %s\n", trusted ? "[trusted=yes] " : "", url, suite_of(p, s));
  } else {
    file = s->tool == PACKAGE_ZYPPER ? "/etc/zypp/repos.d/kvmconsole.repo" : "/etc/yum.repos.d/kvmconsole.repo";
    text = planf(p, "[kvmconsole]\nname=Packages for the cluster\nbaseurl=%s\nenabled=1\ngpgcheck=%d\n", url, !trusted);
  }
  struct step *x = step_run(p, host, planf(p, "add the repository %s", url), "tee", file, NULL);
  x->input = text;
  x->harmless = TRUTH_YES;
  undo_by(p, x, "rm", "-f", file, NULL);
}

/* Where the distribution keeps what is asked for in repositories of their own; a mirror is thought to have all of it. */
static void extra_repositories(struct planning *p, const char *host, const struct host_system *s, int roles) {
  struct texts release = {0};
  bool rebuilt = str_eq(s->id, "centos") || str_eq(s->id, "rocky") || str_eq(s->id, "almalinux");
  if (given(p, "mirror")) return;
  if ((roles & ROLE_CLUSTER) && s->tool == PACKAGE_DNF && rebuilt) {
    texts_add(p->arena, &release, "dnf-plugins-core");
    packages_step(p, host, s, &release, "install what sets repositories");
    struct step *x = step_run(p, host, "turn the repository of pacemaker on", "dnf", "config-manager", "--set-enabled", s->version < 9 ? "ha" : "highavailability", NULL);
    x->harmless = TRUTH_YES;
  }
  if (roles & ROLE_SERVER && str_eq(s->id, "centos")) {
    release = (struct texts){0};
    texts_add(p->arena, &release, "centos-release-gluster");
    packages_step(p, host, s, &release, "add the repository of gluster");
  }
  if ((roles & ROLE_CLUSTER) && (str_eq(s->id, "rhel") || str_eq(s->id, "sles")))
    consequence(p, "%s: %s keeps pacemaker in its High Availability product, which has to be subscribed to first.", host, s->name);
  if ((roles & ROLE_SERVER) && str_eq(s->id, "rhel")) consequence(p, "%s: %s has no glusterd of its own: give a mirror that has it.", host, s->name);
}

/* ---- the plan ---- */

static void install_one(struct planning *p, const char *host, const struct host_system *s, int roles) {
  struct texts missing = packages_missing(p, host, s, roles);
  mirror_step(p, host, s);
  if (missing.count) {
    extra_repositories(p, host, s, roles);
    packages_step(p, host, s, &missing, planf(p, "install %zu package%s", missing.count, missing.count > 1 ? "s" : ""));
    consequence(p, "%s (%s): %s %s installed.", host, s->name, names_text(p->arena, &missing), missing.count > 1 ? "are" : "is");
  } else {
    consequence(p, "%s (%s): all packages are there.", host, s->name);
  }
}

static void serve_one(struct planning *p, const char *host, const struct host_system *s, int roles) {
  struct texts services = system_services(p, s, roles);
  service_steps(p, host, s, roles);
  for (size_t i = 0; i < services.count; i++) {
    struct step *x = step_run(p, host, planf(p, "see that %s runs", services.item[i]), "systemctl", "is-active", services.item[i], NULL);
    x->harmless = TRUTH_YES;
  }
  const struct host_view *h = snapshot_host(p->snap, host);
  if ((roles & ROLE_PLATFORM) && h && h->libvirt != LIBVIRT_UNKNOWN) verify_that(p, "hypervisor-answers", host, NULL);
}

static void prepare_one(struct planning *p, const char *host, const struct host_system *s, int roles) {
  struct texts names = names_of_all(p);
  install_one(p, host, s, roles);
  names_steps(p, host, &names);
  guards_steps(p, host, roles);
  serve_one(p, host, s, roles);
}

/* What is done on each host of the list, when all of them can be told what system they have. */
static void each_host(struct planning *p, void (*one)(struct planning *p, const char *host, const struct host_system *s, int roles)) {
  struct texts hosts = given_list(p, "host");
  struct host_system *systems = arena_array(p->arena, hosts.count + 1, sizeof *systems);
  for (size_t i = 0; i < hosts.count; i++) system_read(p, hosts.item[i], &systems[i]);
  if (refused(p)) return;
  for (size_t i = 0; i < hosts.count; i++)
    if (systems[i].tool != PACKAGE_UNKNOWN) one(p, hosts.item[i], &systems[i], roles_of(p));
}

void prepare_plan(struct planning *p) {
  struct texts hosts = given_list(p, "host"), trust = given_list(p, "trust");
  for (size_t i = 0; i < hosts.count; i++) names_check(p, hosts.item[i]);
  trust_check(p, &trust);
  each_host(p, prepare_one);
  if (!refused(p)) trust_steps(p, &trust);
}

/* ---- parts of it ---- */

void services_survey(struct planning *p) {
  struct texts hosts = given_list(p, "host");
  for (size_t i = 0; i < hosts.count; i++) system_ask(p, hosts.item[i]);
}

void packages_survey(struct planning *p) {
  struct texts hosts = given_list(p, "host");
  services_survey(p);
  for (size_t i = 0; i < hosts.count; i++) packages_ask(p, hosts.item[i], roles_of(p));
}

void packages_plan(struct planning *p) { each_host(p, install_one); }

static void serve_and_say(struct planning *p, const char *host, const struct host_system *s, int roles) {
  struct texts services = system_services(p, s, roles);
  consequence(p, "%s: %s run%s, now and after each boot.", host, names_text(p->arena, &services), services.count == 1 ? "s" : "");
  serve_one(p, host, s, roles);
}
void services_plan(struct planning *p) { each_host(p, serve_and_say); }

void guards_survey(struct planning *p) {
  struct texts hosts = given_list(p, "host");
  for (size_t i = 0; i < hosts.count; i++) guards_ask(p, hosts.item[i]);
}

void guards_plan(struct planning *p) {
  struct texts hosts = given_list(p, "host");
  for (size_t i = 0; i < hosts.count; i++) refuse_unasked(p, hosts.item[i], "firewalld", planf(p, "what firewall %s has", hosts.item[i]));
  for (size_t i = 0; i < hosts.count && !refused(p); i++) guards_steps(p, hosts.item[i], roles_of(p));
  if (!refused(p) && !p->plan->steps.count) consequence(p, "Nothing is in the way: there is nothing to do.");
}

void trust_survey(struct planning *p) {
  struct texts hosts = given_list(p, "host");
  trust_ask(p, &hosts);
}

void trust_plan(struct planning *p) {
  struct texts hosts = given_list(p, "host");
  if (hosts.count < 2) refuse_always(p, "with two hosts or more", "one host alone has nobody to trust");
  trust_check(p, &hosts);
  if (!refused(p)) trust_steps(p, &hosts);
}

static struct texts names_given(const struct planning *p) { return given(p, "name") ? given_list(p, "name") : given_list(p, "host"); }

void names_survey(struct planning *p) {
  struct texts hosts = given_list(p, "host"), names = names_given(p);
  for (size_t i = 0; i < hosts.count; i++) names_ask(p, hosts.item[i], &names);
}

void names_plan(struct planning *p) {
  struct texts hosts = given_list(p, "host"), names = names_given(p);
  for (size_t i = 0; i < hosts.count; i++) {
    names_check(p, hosts.item[i]);
    refuse_unasked(p, hosts.item[i], "hosts", planf(p, "whom %s knows", hosts.item[i]));
  }
  for (size_t i = 0; i < hosts.count && !refused(p); i++) names_steps(p, hosts.item[i], &names);
  if (!refused(p)) consequence(p, "%s find%s %s by name, without a DNS server.", names_text(p->arena, &hosts), hosts.count == 1 ? "s" : "", names_text(p->arena, &names));
}
