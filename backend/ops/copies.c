/* The copies that are made before what is dangerous: what is different now, and putting them back. They lie on the console's own
 * host, readable by root alone, and may hold secrets: what is shown of them is masked before it leaves the comparison. */
#include "ops/asked.h"
#include "ops/cluster_rows.h"
#include "ops/keeping.h"
#include "analysis/store_view.h"
#include <string.h>

enum copy_kind { COPY_NONE, COPY_CIB, COPY_COROSYNC, COPY_GLUSTER, COPY_DOMAIN };
static const struct { const char *file, *what; } kinds[] = {
    [COPY_NONE] = {NULL, NULL},
    [COPY_CIB] = {"cib.xml", "the cluster's configuration"},
    [COPY_COROSYNC] = {"corosync.conf", "corosync's configuration"},
    [COPY_GLUSTER] = {"gluster-volume-info.txt", "gluster's volumes"},
    [COPY_DOMAIN] = {"domain.xml", "the domain's definition"},
};

static enum copy_kind kind_of(const char *path) {
  const char *slash = path ? strrchr(path, '/') : NULL;
  for (size_t i = COPY_CIB; slash && i < COUNT(kinds); i++)
    if (str_eq(slash + 1, kinds[i].file)) return (enum copy_kind)i;
  return COPY_NONE;
}

static const char *check_copy(struct planning *p, const char *value) {
  (void)p;
  return kind_of(value) == COPY_NONE ? "a copy is cib.xml, corosync.conf, gluster-volume-info.txt or domain.xml, in copies/TASK beside the audit, or made by configuration-export" : NULL;
}

static bool can_go_back(const struct snapshot *s, const char *copy) { return (void)s, kind_of(copy) != COPY_GLUSTER; }

/* ---- the scripts: constants, with the copy's path as their argument ---- */

/* Of the cluster the configuration alone: its status says what was, not what is to be; and of that not whose turn it was to
 * act. Passwords are as long as three stars on both sides. */
#define OF_CIB "sed -n '/<configuration/,/<\\/configuration>/p' | sed -e '/<cluster_property_set id=\"kvmconsole-lock\"/,/<\\/cluster_property_set>/d'"
#define MASKED "sed -E -e '/name=\"[^\"]*(pass|secret|key)[^\"]*\"/s/(value=\")[^\"]*/\\1***/' -e \"s/(passwd=['\\\"])[^'\\\"]*/\\1***/g\" -e '/<password|<secret|<key>/s/>[^<]*</>***</'"
static const char compare_cib[] = "f() { " OF_CIB " | " MASKED "; }; t=$(mktemp -d) && trap 'rm -rf \"$t\"' EXIT && f >\"$t/now\" && f <\"$1\" >\"$t/then\" && diff -u -w --label then --label now \"$t/then\" \"$t/now\"";
static const char compare_text[] = "f() { " MASKED "; }; t=$(mktemp -d) && trap 'rm -rf \"$t\"' EXIT && f >\"$t/now\" && f <\"$1\" >\"$t/then\" && diff -u --label then --label now \"$t/then\" \"$t/now\"";
/* As a whole, so that it is valid at every moment; with the operator lock as it is now, which is ours. */
static const char replace_cib[] =
    "set -e; umask 077; t=$(mktemp -d); trap 'rm -rf \"$t\"' EXIT; " OF_CIB " >\"$t/then\"; grep -q '</configuration>' \"$t/then\"; "
    "KEPT=$(cibadmin --query --xpath '//cluster_property_set[@id=\"kvmconsole-lock\"]') || KEPT=; export KEPT; "
    "awk '/<\\/crm_config>/ {print ENVIRON[\"KEPT\"]} {print}' \"$t/then\" >\"$t/new\"; cibadmin --replace --scope configuration --xml-file \"$t/new\"";

/* ---- where ---- */

static const char *domain_host(const struct planning *p) {
  const struct domain_view *d = given(p, "domain") ? snapshot_domain(p->snap, given(p, "domain")) : NULL;
  return !d ? NULL : d->hosts.count ? d->hosts.item[0] : d->defined_on.count ? d->defined_on.item[0] : NULL;
}

static const char *host_of(struct planning *p, enum copy_kind kind) {
  const char *host = kind == COPY_DOMAIN ? domain_host(p) : kind == COPY_GLUSTER ? gluster_host(p) : cluster_host(p);
  if (kind == COPY_DOMAIN && !given(p, "domain")) refuse_always(p, "with domain=NAME", "the copy of a definition is compared with that of a domain");
  else if (!host && kind == COPY_DOMAIN) refuse_always(p, "when libvirt of a host knows it", "no host is known to have %s", given(p, "domain"));
  else if (!host) refuse_always(p, "when one is read", "no host is known that could say how %s is now", kinds[kind].what);
  return host;
}

static void survey_copy(struct planning *p) { ask_command(p, here(p), "copy", "test", "-s", given(p, "copy"), NULL); }

/* Its host; NULL: it has refused. */
static const char *the_copy(struct planning *p, enum copy_kind *ret_kind) {
  const char *path = given(p, "copy");
  *ret_kind = kind_of(path);
  if (refuse_unasked(p, here(p), "copy", planf(p, "whether %s is there", path))) return NULL;
  if (exit_of(p, here(p), "copy") != 0) refuse_always(p, "with a copy that is there", "%s has no file %s, or it is empty", here(p), path);
  return refused(p) ? NULL : host_of(p, *ret_kind);
}

/* ---- comparing ---- */

static void now_step(struct planning *p, enum copy_kind kind, const char *host) {
  struct step *s = NULL;
  const char *say = planf(p, "read %s as it is now", kinds[kind].what);
  if (kind == COPY_CIB) s = step_run(p, host, say, "cibadmin", "--query", NULL);
  else if (kind == COPY_COROSYNC) s = step_run(p, host, say, "cat", "/etc/corosync/corosync.conf", NULL);
  else if (kind == COPY_GLUSTER) s = step_run(p, host, say, "gluster", "--mode=script", "volume", "info", NULL);
  else s = step_run(p, host, say, "virsh", "-c", "qemu:///system", "dumpxml", "--security-info", "--domain", given(p, "domain"), NULL);
  s->harmless = TRUTH_YES;
}

static struct step *compare_step(struct planning *p, enum copy_kind kind, const char *say) {
  int64_t at = (int64_t)p->plan->steps.count - 1;
  struct step *s = step_run(p, here(p), say, "sh", "-c", kind == COPY_CIB ? compare_cib : compare_text, "sh", given(p, "copy"), NULL);
  s->input_of = at;
  s->harmless = TRUTH_YES;
  return s;
}

static void plan_compare(struct planning *p) {
  enum copy_kind kind;
  const char *host = the_copy(p, &kind);
  if (!host) return;
  consequence(p, "nothing changes; lines with - were so then, lines with + are so now, and no line at all means that nothing differs");
  now_step(p, kind, host);
  step_good(p, compare_step(p, kind, "show what is different"), 1, NULL);
}

/* ---- putting back ---- */

static void read_copy_step(struct planning *p) { step_run(p, here(p), "read the copy", "cat", "--", given(p, "copy"), NULL)->harmless = TRUTH_YES; }

static void put_corosync_back(struct planning *p, const char *host) {
  struct texts online = online_nodes(p);
  int64_t at = (int64_t)p->plan->steps.count - 1;
  for (size_t i = 0; i < online.count; i++) {
    struct step *s = step_run(p, online.item[i], "write it", "dd", "of=/etc/corosync/corosync.conf", "conv=fsync", "status=none", NULL);
    s->input_of = at;
    s->harmless = TRUTH_YES;
  }
  step_run(p, host, "have corosync read it, on every node", "corosync-cfgtool", "-R", NULL)->harmless = TRUTH_YES;
  consequence(p, "corosync.conf of %s is as it was then; what corosync cannot change while it runs waits for its next start", names_of(&online, p->arena));
}

static void put_domain_back(struct planning *p, const char *host) {
  const char *domain = given(p, "domain");
  const struct domain_view *d = snapshot_domain(p->snap, domain);
  int64_t at = (int64_t)p->plan->steps.count - 1;
  if (d && d->resource) refuse(p, "when it is no resource any more (domain-undo-ha), or by hand in the shared definition", "pacemaker starts %s from its shared definition, not from what libvirt of %s has", domain, host);
  struct step *s = step_run(p, host, "define it as it was", "virsh", "-c", "qemu:///system", "define", "/dev/stdin", NULL);
  s->input_of = at;
  s->harmless = TRUTH_YES;
  consequence(p, "%s is defined on %s as it was then; what runs goes on as it is until it is started again", domain, host);
}

static void plan_restore(struct planning *p) {
  enum copy_kind kind;
  const char *host = the_copy(p, &kind);
  if (!host) return;
  if (kind == COPY_GLUSTER) {
    refuse_always(p, "never: it is there to be compared (copy-compare)", "gluster takes no description of its volumes back");
    return;
  }
  read_copy_step(p);
  int64_t at = (int64_t)p->plan->steps.count - 1;
  if (kind == COPY_CIB) {
    if (!cluster_told(p)) return;
    consequence(p, "properties, nodes' attributes, resources and constraints are as they were then: what was made since is gone, what was taken away is there again");
    consequence(p, "pacemaker acts on it at once: domains may move, stop or start (copy-compare shows what is different)");
    struct step *s = step_run(p, host, "replace the configuration as a whole", "sh", "-c", replace_cib, NULL);
    s->input_of = at;
    s->harmless = TRUTH_YES;
  } else if (kind == COPY_COROSYNC) put_corosync_back(p, host);
  else put_domain_back(p, host);
  now_step(p, kind, host);
  compare_step(p, kind, "see that nothing differs any more");
}

/* ---- the table ---- */

static const struct operation_argument copy_arguments[] = {
    {.name = "copy", .title = "PATH", .help = "one of the files in copies/TASK beside the audit, or of configuration-export, on this console's host", .kind = ARG_PATH, .required = true, .check = check_copy},
    {.name = "domain", .title = "DOMAIN", .help = "for domain.xml: which domain it is of", .kind = ARG_DOMAIN},
    {.name = NULL}};

const struct operation copy_operations[] = {
    {.name = "copy-compare", .title = "Show what changed since a safety copy", .target = TARGET_COPY, .danger = 0, .flags = OP_NO_LOCK, .arguments = copy_arguments, .survey = survey_copy, .plan = plan_compare,
     .help = "Before whatever is dangerous copies are made of the configuration; this compares one with what is so now. Passwords are masked."},
    {.name = "copy-restore", .title = "Put a safety copy back", .target = TARGET_COPY, .danger = 2, .arguments = copy_arguments, .survey = survey_copy, .plan = plan_restore, .fits = can_go_back,
     .help = "Makes the configuration what it was when the copy was made: all of it, what others changed since too. Look with copy-compare first."},
    {.name = "configuration-export", .title = "Copy the whole configuration", .target = TARGET_CLUSTER, .danger = 0, .flags = OP_NO_LOCK, .arguments = export_arguments, .survey = survey_export, .plan = plan_export,
     .help = "Pacemaker's and each node's corosync configuration, gluster's volumes and every domain's definition, as files in a new directory: to be compared with what is (copy-compare), and put back part by part (copy-restore)."},
    {.name = "support-bundle", .title = "Make a support bundle", .target = TARGET_CLUSTER, .danger = 0, .flags = OP_NO_LOCK, .arguments = bundle_arguments, .plan = plan_bundle,
     .help = "What another needs to understand this cluster, in one file without secrets: a recording, status, lint, versions, audit and logs. The same as kvmconsole bundle."},
    {.name = NULL}};
