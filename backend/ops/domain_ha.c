/* A domain that pacemaker drives, and back: its definition on the shared volume, the resource that adopts it while it runs. */
#include "ops/cluster_rows.h"
#include "analysis/store_view.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PER_SECOND = 32 << 20 }; /* what a migration moves on a slow link */

/* ---- where its definition is kept ---- */

/* The mount that its first shared disk lies below; NULL: it has none. */
const char *shared_mount(struct planning *p, const struct domain_view *d) {
  for (size_t i = 0; i < d->disks.count; i++) {
    const struct disk_view *k = &d->disks.item[i];
    if (k->volume && k->path && k->source && str_ends(k->source, k->path) && *k->source == '/') return arena_strndup(p->arena, k->source, strlen(k->source) - strlen(k->path));
  }
  return NULL;
}

/* The same of one that is off: then no libvirt knows its disks, and its shared definition lies on the volume. */
const char *volume_mount(struct planning *p, const struct domain_view *d) {
  const struct pcmk_param *c = d->resource ? resource_config(p->snap, d->resource) : NULL;
  const char *mount = shared_mount(p, d), *config = !mount && c ? definition_path(c) : NULL, *rest = planf(p, "/config/%s.xml", d->name);
  const struct gluster_mounts *m = config ? mounts_of(p->snap, here(p)) : NULL;
  for (size_t i = 0; m && i < m->mounts.count && !mount; i++)
    if (str_starts(config, m->mounts.item[i].mount) && config[strlen(m->mounts.item[i].mount)] == '/') mount = m->mounts.item[i].mount;
  if (!mount && config && str_ends(config, rest) && strlen(config) > strlen(rest)) mount = arena_strndup(p->arena, config, strlen(config) - strlen(rest));
  return mount;
}

/* Here, where an editor and files are the operator's own; else where it runs, else a node that is there. */
const char *volume_host(const struct planning *p, const struct domain_view *d) {
  struct texts nodes = online_nodes(p);
  if (texts_have(&nodes, here(p)) || texts_have(&d->hosts, here(p))) return here(p);
  if (d->hosts.count) return d->hosts.item[0];
  return nodes.count ? nodes.item[0] : d->defined_on.count ? d->defined_on.item[0] : NULL;
}

static void propose_config(struct planning *p, struct texts *ret) {
  const struct domain_view *d = given(p, "domain") ? snapshot_domain(p->snap, given(p, "domain")) : NULL;
  const struct pcmk_param *c = d && d->resource ? resource_config(p->snap, d->resource) : NULL;
  const char *mount = d ? shared_mount(p, d) : NULL, *known = c ? pairs_get(&c->params, "config") : NULL;
  if (known && (!mount || str_starts(known, mount))) texts_add(p->arena, ret, known);
  else if (mount) texts_add(p->arena, ret, planf(p, "%s/config/%s.xml", mount, d->name));
}

static const char *check_config(struct planning *p, const char *value) {
  (void)p;
  return str_ends(value, ".xml") ? NULL : "it is to end in .xml";
}

const char *home_of(const struct domain_view *d) { return d->hosts.count ? d->hosts.item[0] : d->defined_on.count ? d->defined_on.item[0] : NULL; }

static void ask_definition(struct planning *p, const struct domain_view *d) {
  if (home_of(d)) ask_command(p, home_of(d), "definition", "virsh", "dumpxml", "--inactive", "--domain", d->name, NULL);
}

void survey_share(struct planning *p) {
  const struct domain_view *d = snapshot_domain(p->snap, given(p, "domain"));
  if (d) ask_definition(p, d);
}

/* ---- share ---- */

/* What does not travel with a definition. */
static void say_local_parts(struct planning *p, const struct domain_view *d, const char *mount) {
  const char *xml = home_of(d) ? answered(p, home_of(d), "definition") : NULL, *nvram = xml ? strstr(xml, "<nvram") : NULL;
  if (!xml) consequence(p, "whether it has nvram or a TPM of its own could not be asked");
  if (nvram && !(mount && strstr(nvram, mount))) consequence(p, "it has nvram on %s: the other hosts start it with a fresh one unless that file is moved to the volume", home_of(d));
  if (xml && strstr(xml, "<tpm")) consequence(p, "it has a TPM, whose state lies on %s alone", home_of(d));
  if (xml && strstr(xml, "<hostdev")) consequence(p, "it uses a device of %s: it can neither move live nor start elsewhere", home_of(d));
}

/* Made beside the old one, looked at, and put in its place at once: a connection that is cut leaves the old one whole. */
void share_definition(struct planning *p, const struct domain_view *d, const char *host, const char *config) {
  const char *slash = strrchr(config, '/'), *fresh = planf(p, "%s.new", config), *directory = arena_strndup(p->arena, config, (size_t)(slash - config));
  if (*directory) step_run(p, host, planf(p, "make %s", directory), "mkdir", "-p", "-m", "700", directory, NULL)->harmless = TRUTH_YES;
  step_file(p, host, fresh, "600", planf(p, "the definition of %s", d->name));
  step_run(p, host, planf(p, "read the definition of %s", d->name), "virsh", "dumpxml", "--inactive", "--security-info", "--domain", d->name, NULL)->harmless = TRUTH_YES;
  int64_t dumped = (int64_t)p->plan->steps.count - 1;
  struct step *s = step_run(p, host, "write it into the file", "dd", planf(p, "of=%s", fresh), "status=none", NULL);
  s->input_of = dumped;
  s->harmless = TRUTH_YES;
  /* The agent looks for the name on a line of its own. */
  step_run(p, host, "see that it is whole", "grep", "-Fxq", "-e", planf(p, "  <name>%s</name>", d->name), fresh, NULL)->harmless = TRUTH_YES;
  step_run(p, host, "put it in its place", "mv", "-f", fresh, config, NULL);
}

/* Pacemaker starts a resource anew whose parameters are others than when it was started: it is left alone meanwhile, and looked at as if for
 * the first time, so that what runs is what it remembers. */
static void point_to(struct planning *p, const struct domain_view *d, const char *config) {
  const struct pcmk_param *c = d->resource ? resource_config(p->snap, d->resource) : NULL;
  const char *known = c ? pairs_get(&c->params, "config") : NULL, *home = d->hosts.count == 1 ? d->hosts.item[0] : NULL, *r = d->resource;
  struct step *s;
  if (!c || str_eq(known, config)) return;
  if (home) {
    s = crm_meta(p, r, "have pacemaker leave it alone meanwhile", "is-managed", "false");
    undo_by(p, s, "crm_resource", "-r", r, "-m", "-d", "is-managed", NULL);
    step_wait(p, 60000, "until it does", "resource-unmanaged", r, NULL);
  }
  s = step_run(p, cluster_host(p), planf(p, "have %s started from there", r), "crm_resource", "-r", r, "-p", "config", "-v", config, NULL);
  s->harmless = TRUTH_YES;
  if (known) undo_by(p, s, "crm_resource", "-r", r, "-p", "config", "-v", known, NULL);
  s = step_run(p, cluster_host(p), "have every node look again whether it can start it, and runs it", "crm_resource", "--refresh", "-r", r, NULL);
  s->harmless = TRUTH_YES;
  s->deadline_ms = 60000;
  if (!home) return;
  step_wait(p, 90000, planf(p, "until pacemaker has found it on %s", home), "resource-on", r, home, NULL);
  s = crm_meta(p, r, planf(p, "let pacemaker drive %s again", r), "is-managed", NULL);
  already_when(p, s, "resource-managed", r, NULL);
  still_when(p, s, "resource-on", r, home, NULL);
  consequence(p, "its resource is pointed to that definition while it runs on %s: its guest notices nothing", home);
  verify_that(p, "resource-managed", r, NULL);
  verify_that(p, "resource-on", r, home, NULL);
}

void plan_share(struct planning *p) {
  const struct domain_view *d = domain_told(p, given(p, "domain"));
  const char *config = given(p, "config"), *host;
  if (!d) return;
  host = home_of(d);
  if (!config) refuse_always(p, "with config=", "%s has no disk on a shared volume: say where its definition is to lie", d->name);
  if (!host) refuse_always(p, "when a host has it", "no host knows the definition of %s", d->name);
  if (!config || !host) return;
  say_local_parts(p, d, shared_mount(p, d));
  consequence(p, "%s holds the definition of %s, with its secrets, readable for root only", config, d->name);
  if (d->resource) consequence(p, "pacemaker starts it from this definition from its next start on");
  share_definition(p, d, host, config);
  point_to(p, d, config);
}

#define DOMAIN {.name = "domain", .title = "DOMAIN", .help = "which domain", .kind = ARG_DOMAIN, .required = true}
#define CONFIG {.name = "config", .title = "PATH", .help = "where its definition lies, on a volume that every host mounts", .kind = ARG_PATH, .propose = propose_config, .check = check_config}
const struct operation_argument share_arguments[] = {DOMAIN, CONFIG, {.name = NULL}};

/* ---- make it highly available ---- */

struct texts kvm_nodes(struct planning *p) {
  struct texts t = {0};
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (p->snap->hosts.item[i].pacemaker) texts_add(p->arena, &t, p->snap->hosts.item[i].name);
  return t;
}

void survey_make_ha(struct planning *p) {
  const struct domain_view *d = snapshot_domain(p->snap, given(p, "domain"));
  const char *mount = d ? shared_mount(p, d) : NULL;
  struct texts nodes = kvm_nodes(p);
  if (!d) return;
  ask_definition(p, d);
  if (cluster_host(p)) ask_pcs(p, cluster_host(p));
  for (size_t i = 0; mount && i < nodes.count; i++) ask_command(p, nodes.item[i], "mounted", "mountpoint", "-q", mount, NULL);
}

static const char *move_timeout(struct planning *p, const struct domain_view *d) {
  int64_t s = d && d->memory != UNKNOWN_INT ? 60 + 2 * (d->memory / PER_SECOND) : 120;
  return planf(p, "%" PRId64, s < 120 ? 120 : s);
}

static void propose_move_timeout(struct planning *p, struct texts *ret) {
  texts_add(p->arena, ret, move_timeout(p, given(p, "domain") ? snapshot_domain(p->snap, given(p, "domain")) : NULL));
}

static void refuse_unfit(struct planning *p, const struct domain_view *d) {
  struct texts nodes = kvm_nodes(p);
  const char *mount = shared_mount(p, d);
  if (d->resource) refuse_always(p, "never: there is nothing to do", "%s is the resource %s already", d->name, d->resource);
  if (resource_seen(p->snap, d->name)) refuse_always(p, "when that resource has another name, or is gone", "there is a resource %s already", d->name);
  if (d->hosts.count > 1) refuse_always(p, "when it runs on one host only", "%s is active on %s at once", d->name, names_of(&d->hosts, p->arena));
  for (size_t i = 0; i < d->disks.count; i++)
    if (d->disks.item[i].source && !d->disks.item[i].volume) refuse(p, "when its disks are on a volume that every host mounts", "%s of %s (%s) is on no shared volume: no other host could start it", d->disks.item[i].target ? d->disks.item[i].target : "a disk", d->name, d->disks.item[i].source);
  for (size_t i = 0; mount && i < nodes.count; i++) {
    const struct answer *a = survey_answer(p->survey, nodes.item[i], "mounted");
    if (a && a->code == UNKNOWN_INT) refuse(p, planf(p, "when %s can be asked", nodes.item[i]), "cannot tell whether %s has %s mounted", nodes.item[i], mount);
    else if (a && a->code) refuse(p, "when it is mounted there", "%s has not mounted %s: the domain could not start there, and pacemaker would not try again", nodes.item[i], mount);
  }
  if (nodes.count < 2) refuse(p, "when the cluster has a second node", "there is no other node that it could fail over to");
}

void create_resource(struct planning *p, const struct domain_view *d, const char *config, bool adopt) {
  const char *move = given(p, "migrate_timeout") ? given(p, "migrate_timeout") : move_timeout(p, d);
  struct step *s = step_run(p, cluster_host(p), planf(p, "make a resource of %s", d->name), "pcs", "resource", "create", d->name, "ocf:heartbeat:VirtualDomain", "hypervisor=qemu:///system", planf(p, "config=%s", config), "migration_transport=ssh", "op", "start", NULL);
  step_word(p, s, "timeout=%ss", given(p, "start_timeout"));
  step_word(p, s, "stop");
  step_word(p, s, "timeout=%ss", given(p, "stop_timeout"));
  step_word(p, s, "monitor");
  step_word(p, s, "interval=10s");
  step_word(p, s, "timeout=30s");
  step_word(p, s, "migrate_to");
  step_word(p, s, "timeout=%ss", move);
  step_word(p, s, "migrate_from");
  step_word(p, s, "timeout=%ss", move);
  step_word(p, s, "meta");
  step_word(p, s, "allow-migrate=true");
  step_word(p, s, "failure-timeout=%ss", given(p, "failure_timeout"));
  if (strcmp(given(p, "stickiness"), "0")) step_word(p, s, "resource-stickiness=%s", given(p, "stickiness"));
  if (given(p, "tries")) step_word(p, s, "migration-threshold=%s", given(p, "tries"));
  if (adopt) step_word(p, s, "is-managed=false");
  s->deadline_ms = 120000;
  already_when(p, s, "resource-known", d->name, NULL);
}

static void undefine(struct planning *p, const struct domain_view *d, const char *host, const char *config) {
  struct step *s = step_run(p, host, planf(p, "leave %s to the shared definition on %s", d->name, host), "virsh", "undefine", "--keep-nvram", "--domain", d->name, NULL);
  undo_by(p, s, "virsh", "define", config, NULL);
  already_when(p, s, "domain-not-defined-on", d->name, host, NULL);
}

void plan_make_ha(struct planning *p) {
  const struct domain_view *d = domain_told(p, given(p, "domain"));
  const char *config = given(p, "config"), *home;
  if (!d || !cluster_told(p)) return;
  refuse_unfit(p, d);
  home = home_of(d);
  if (!config) refuse_always(p, "with config=", "%s has no disk on a shared volume: say where its definition is to lie", d->name);
  if (!home) refuse_always(p, "when a host has it", "no host knows the definition of %s", d->name);
  if (!config || !home || !pcs_of(p, cluster_host(p))) return;
  bool runs = d->hosts.count > 0;
  say_local_parts(p, d, shared_mount(p, d));
  consequence(p, "pacemaker drives %s from then on: it starts, stops and moves it, and starts it elsewhere when its host is lost", d->name);
  if (runs) consequence(p, "it is adopted while it runs on %s: its guest notices nothing", home);
  else consequence(p, "it is off: pacemaker starts it, where its scores put it");
  if (runs && !strcmp(given(p, "stickiness"), "0")) consequence(p, "nothing makes it stick: pacemaker may move it at once, to spread the load");
  if (p->snap->cluster.fencing != TRUTH_YES) consequence(p, "fencing is off: when a host is lost it may be started twice, and its disk destroyed");
  share_definition(p, d, home, config);
  make_ha_steps(p, d, home, config);
  p->plan->verify_ms = 180000;
}

/* The definition is shared: a resource that drives the domain, and nobody else that would start it. */
void make_ha_steps(struct planning *p, const struct domain_view *d, const char *home, const char *config) {
  bool runs = d->hosts.count > 0;
  for (size_t i = 0; i < d->defined_on.count; i++) {
    struct step *s = step_run(p, d->defined_on.item[i], planf(p, "keep libvirt from starting %s by itself", d->name), "virsh", "autostart", "--disable", "--domain", d->name, NULL);
    s->harmless = TRUTH_YES;
  }
  for (size_t i = 0; i < d->defined_on.count; i++)
    if (!str_eq(d->defined_on.item[i], home)) undefine(p, d, d->defined_on.item[i], config);
  create_resource(p, d, config, runs);
  struct step *s = &p->plan->steps.item[p->plan->steps.count - 1];
  if (!runs) undo_by(p, s, "pcs", "resource", "delete", d->name, NULL);
  if (runs) {
    step_wait(p, 90000, planf(p, "until pacemaker has found it on %s", home), "resource-on", d->name, home, NULL);
    s = crm_meta(p, d->name, planf(p, "let pacemaker drive %s", d->name), "is-managed", NULL);
    undo_by(p, s, "crm_resource", "-r", d->name, "-m", "-p", "is-managed", "-v", "false", NULL);
    already_when(p, s, "resource-managed", d->name, NULL);
    still_when(p, s, "resource-on", d->name, home, NULL);
  }
  if (texts_have(&d->defined_on, home)) undefine(p, d, home, config);
  verify_that(p, "resource-managed", d->name, NULL);
  if (runs) verify_that(p, "resource-on", d->name, home, NULL), verify_that(p, "domain-runs-on", d->name, home, NULL);
  else verify_that(p, "resource-runs", d->name, NULL), verify_that(p, "domain-runs", d->name, NULL);
  for (size_t i = 0; i < d->defined_on.count; i++)
    if (!str_eq(d->defined_on.item[i], home)) verify_that(p, "domain-not-defined-on", d->name, d->defined_on.item[i], NULL);
}

const struct operation_argument make_ha_arguments[] = {
    DOMAIN,
    CONFIG,
    {.name = "start_timeout", .title = "SECONDS", .help = "how long a start may take", .kind = ARG_NUMBER, .min = 10, .max = 3600, .fallback = "120"},
    {.name = "stop_timeout", .title = "SECONDS", .help = "how long a shutdown may take: the guest gets all of it but 5 s and is switched off then; a stop that fails fences the host", .kind = ARG_NUMBER, .min = 20, .max = 7200, .fallback = "180"},
    {.name = "migrate_timeout", .title = "SECONDS", .help = "how long a live move may take; what its memory wants on a slow link is proposed", .kind = ARG_NUMBER, .min = 30, .max = 86400, .propose = propose_move_timeout},
    {.name = "failure_timeout", .title = "SECONDS", .help = "after how long a failed start is forgotten and tried again: one that met a dead client's lock is else final", .kind = ARG_NUMBER, .min = 10, .max = 86400, .fallback = "60"},
    {.name = "tries", .title = "COUNT", .help = "how often a start is tried on a host before it is tried on another (migration-threshold); wants start-failure-is-fatal=false (cluster-property), else the first that fails is the last", .kind = ARG_NUMBER, .min = 1, .max = 1000},
    {.name = "stickiness", .title = "SCORE", .help = "how strongly it stays where it runs: with 0 pacemaker may move it whenever another node has less to do", .kind = ARG_NUMBER, .min = 0, .max = 1000000, .fallback = "100"},
    {.name = NULL},
};

/* ---- and back ---- */

void survey_undo_ha(struct planning *p) {
  if (cluster_host(p)) ask_pcs(p, cluster_host(p));
}

static void propose_home(struct planning *p, struct texts *ret) {
  const struct domain_view *d = given(p, "domain") ? snapshot_domain(p->snap, given(p, "domain")) : NULL;
  struct texts nodes = nodes_online(p->snap, p->arena);
  if (d && d->hosts.count) texts_add(p->arena, ret, d->hosts.item[0]);
  else if (nodes.count) texts_add(p->arena, ret, nodes.item[0]);
}

/* A resource that is deleted while it runs is an orphan, and pacemaker stops orphans: but not in maintenance mode. Its
 * history goes before that ends, and then there is nothing left to stop. */
static void delete_running(struct planning *p, const char *resource) {
  const char *host = cluster_host(p), *was = property_seen(p->snap, "maintenance-mode");
  bool already = p->snap->cluster.maintenance == TRUTH_YES;
  if (!already) {
    struct step *s = step_run(p, host, "have pacemaker leave everything alone for a moment", "crm_attribute", "-t", "crm_config", "-n", "maintenance-mode", "-v", "true", NULL);
    if (was) undo_by(p, s, "crm_attribute", "-t", "crm_config", "-n", "maintenance-mode", "-v", was, NULL);
    else undo_by(p, s, "crm_attribute", "-t", "crm_config", "-n", "maintenance-mode", "-D", NULL);
    s->harmless = TRUTH_YES;
    step_wait(p, 60000, "until it does", "resource-unmanaged", resource, NULL);
    consequence(p, "the whole cluster is in maintenance mode for about ten seconds: nothing fails over meanwhile");
  }
  struct step *s = step_run(p, host, planf(p, "take the resource %s away without stopping it", resource), "pcs", "resource", "delete", resource, "--force", NULL);
  s->deadline_ms = 120000;
  still_when(p, s, "resource-unmanaged", resource, NULL);
  s = step_run(p, host, "forget its history", "crm_resource", "-R", "-r", resource, NULL);
  step_good(p, s, 105, "not found"); /* forgotten already */
  s->harmless = TRUTH_YES;
  step_wait(p, 60000, "until pacemaker knows nothing of it", "resource-gone", resource, NULL);
  if (already) return;
  s = was ? step_run(p, host, "have pacemaker drive the others again", "crm_attribute", "-t", "crm_config", "-n", "maintenance-mode", "-v", was, NULL)
          : step_run(p, host, "have pacemaker drive the others again", "crm_attribute", "-t", "crm_config", "-n", "maintenance-mode", "-D", NULL);
  s->harmless = TRUTH_YES;
  verify_that(p, "property-is", "maintenance-mode", was ? was : "", NULL);
}

void plan_undo_ha(struct planning *p) {
  const struct domain_view *d = domain_told(p, given(p, "domain"));
  const char *host = given(p, "host"), *config;
  if (!d || !cluster_told(p)) return;
  if (!d->resource) refuse_always(p, "never: there is nothing to do", "%s is no resource", d->name);
  const struct resource_view *r = d->resource ? resource_told(p, d->resource) : NULL;
  const struct pcmk_param *c = r ? resource_config(p->snap, r->id) : NULL;
  if (!r || !pcs_of(p, cluster_host(p))) return;
  config = c ? pairs_get(&c->params, "config") : NULL;
  bool runs = d->hosts.count > 0;
  int64_t dumped = UNKNOWN_INT;
  if (!config) refuse_always(p, "when the resource says it", "where the definition of %s lies is not known", d->name);
  if (d->hosts.count > 1) refuse_always(p, "when it runs on one host only", "%s is active on %s at once", d->name, names_of(&d->hosts, p->arena));
  if (r->parent) refuse_always(p, "when it is taken out of it", "%s is part of %s", r->id, r->parent);
  if (r->role == HA_MIGRATING || r->role == HA_STARTING || r->role == HA_STOPPING) refuse_always(p, "when that has ended", "%s is %s just now", r->id, role_names[r->role]);
  if (!host) refuse_always(p, "with host=", "say which host it is to be defined on");
  if (runs && host && snapshot_host(p->snap, host) != snapshot_host(p->snap, d->hosts.item[0])) refuse_always(p, planf(p, "with host=%s, or after resource-move", d->hosts.item[0]), "%s runs on %s", d->name, d->hosts.item[0]);
  if (!config || !host) return;
  consequence(p, "%s is libvirt's own on %s from then on%s", d->name, host, runs ? " and runs on" : "");
  consequence(p, "when %s is lost it stays down, and node-standby leaves it there", host);
  if (runs) { /* as it runs: a shared definition that names no UUID would be another domain of the same name */
    step_run(p, host, planf(p, "read the definition of %s", d->name), "virsh", "dumpxml", "--inactive", "--security-info", "--domain", d->name, NULL)->harmless = TRUTH_YES;
    dumped = (int64_t)p->plan->steps.count - 1;
  }
  struct step *s = step_run(p, host, planf(p, "define %s on %s", d->name, host), "virsh", "define", runs ? "/dev/stdin" : config, NULL);
  s->input_of = dumped;
  already_when(p, s, "domain-defined-on", d->name, host, NULL);
  undo_by(p, s, "virsh", "undefine", "--keep-nvram", "--domain", d->name, NULL);
  if (runs) {
    delete_running(p, r->id);
    verify_that(p, "domain-runs-on", d->name, host, NULL);
  } else {
    s = step_run(p, cluster_host(p), planf(p, "take the resource %s away", r->id), "pcs", "resource", "delete", r->id, NULL);
    s->deadline_ms = 120000;
  }
  verify_that(p, "resource-gone", r->id, NULL);
  verify_that(p, "domain-defined-on", d->name, host, NULL);
}

const struct operation_argument undo_ha_arguments[] = {
    DOMAIN, {.name = "host", .title = "HOST", .help = "where it is defined then; where it runs is proposed", .kind = ARG_NODE, .propose = propose_home}, {.name = NULL}};
