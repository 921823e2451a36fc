/* Domains: started, stopped, moved. One that is a resource goes by pacemaker's road alone, unless pacemaker leaves it alone. */
#include "ops/cluster_rows.h"
#include <inttypes.h>
#include <string.h>

#define DOMAIN {.name = "domain", .title = "DOMAIN", .help = "which domain", .kind = ARG_DOMAIN, .required = true}

/* By pacemaker: its resource; NULL: libvirt's own road is open. */
static const char *driven_by(const struct planning *p, const struct domain_view *d) { return d->resource && is_driven(p, d->resource) ? d->resource : NULL; }

static const char *config_of(const struct planning *p, const struct domain_view *d) {
  const struct pcmk_param *c = d->resource ? resource_config(p->snap, d->resource) : NULL;
  return c ? pairs_get(&c->params, "config") : NULL;
}

static void refuse_if_running(struct planning *p, const struct domain_view *d) {
  enum truth off = holds(p, "domain-runs-nowhere", d->name, NULL);
  if (off == TRUTH_NO) refuse_always(p, "when it is off", "%s is %s on %s", d->name, d->state ? d->state : "active", names_of(&d->hosts, p->arena));
  if (off == TRUTH_UNKNOWN) refuse_always(p, "when libvirt of every host is read (the sources say why it is not)", "cannot tell whether %s runs somewhere else: two of it destroy its disk", d->name);
}

void refuse_if_off(struct planning *p, const struct domain_view *d) {
  if (!d->hosts.count) refuse_always(p, "when it runs (domain-start)", "%s runs nowhere", d->name);
  else if (d->hosts.count > 1) refuse_always(p, "when it runs on one host only", "%s is active on %s at once", d->name, names_of(&d->hosts, p->arena));
}

/* ---- start ---- */

static void start_by_pacemaker(struct planning *p, const struct domain_view *d, const char *resource) {
  const struct resource_view *r = cluster_told(p) ? resource_told(p, resource) : NULL;
  bool failed = false;
  if (!r) return;
  for (size_t i = 0; i < r->fail_count.count; i++) failed |= r->fail_count.item[i].value > 0;
  for (size_t i = 0; i < p->snap->failures.count; i++) failed |= str_eq(p->snap->failures.item[i].resource, resource);
  if (r->disabled != TRUTH_YES && !failed) refuse_always(p, "when what keeps it is gone: look at its constraints, the nodes, quorum and fencing", "%s is enabled and has not failed: pacemaker would have started it if it could", resource);
  consequence(p, "pacemaker starts %s where its scores put it", d->name);
  if (failed) consequence(p, "its failures are forgotten first; what made it fail is not mended by this");
  if (r->disabled == TRUTH_YES) {
    struct step *s = crm_meta(p, resource, planf(p, "let %s run", resource), "target-role", NULL);
    undo_by(p, s, "crm_resource", "-r", resource, "-m", "-p", "target-role", "-v", "Stopped", NULL);
    already_when(p, s, "resource-enabled", resource, NULL);
  }
  if (failed) step_run(p, cluster_host(p), planf(p, "forget the failures of %s", resource), "crm_resource", "-C", "-r", resource, NULL)->harmless = TRUTH_YES;
  verify_that(p, "resource-runs", resource, NULL);
  verify_that(p, "domain-runs", d->name, NULL);
  p->plan->verify_ms = move_deadline(p, resource);
}

static void propose_home(struct planning *p, struct texts *ret) {
  const struct domain_view *d = given(p, "domain") ? snapshot_domain(p->snap, given(p, "domain")) : NULL;
  for (size_t i = 0; d && i < d->defined_on.count; i++) texts_add(p->arena, ret, d->defined_on.item[i]);
}

static void plan_start(struct planning *p) {
  const struct domain_view *d = domain_told(p, given(p, "domain"));
  const char *host = given(p, "host"), *resource, *config;
  if (!d) return;
  refuse_if_running(p, d);
  if ((resource = driven_by(p, d))) {
    start_by_pacemaker(p, d, resource);
    return;
  }
  config = config_of(p, d);
  if (!host) refuse_always(p, "with host=", "%s is defined on no host that is known", d->name);
  else if (!config && holds(p, "domain-defined-on", d->name, host, NULL) != TRUTH_YES) refuse_always(p, "with another host=", "%s is not defined on %s", d->name, host);
  if (!host) return;
  consequence(p, "%s starts on %s", d->name, host);
  if (d->resource) consequence(p, "pacemaker does not manage %s now: it finds it running when it does again", d->resource);
  else consequence(p, "no resource drives it: it does not come back by itself when %s is lost (domain-make-ha)", host);
  struct step *s = config && holds(p, "domain-defined-on", d->name, host, NULL) != TRUTH_YES ? step_run(p, host, planf(p, "start %s from its shared definition", d->name), "virsh", "create", config, NULL)
                                                                                         : step_run(p, host, planf(p, "start %s", d->name), "virsh", "start", "--domain", d->name, NULL);
  undo_by(p, s, "virsh", "shutdown", "--domain", d->name, NULL);
  still_when(p, s, "domain-runs-nowhere", d->name, NULL);
  s->deadline_ms = 120000;
  verify_that(p, "domain-runs-on", d->name, host, NULL);
}

/* ---- stop, restart ---- */

static void say_guest(struct planning *p, const struct domain_view *d, const char *resource) {
  int64_t limit = operation_timeout(p->snap, resource, "stop");
  consequence(p, "its guest is asked to shut down%s%s", limit == UNKNOWN_INT ? "" : planf(p, " and has %s for it", span(p, limit)), limit == UNKNOWN_INT ? "; one that does not listen is switched off" : "; then it is switched off");
  for (size_t i = 0; i < d->hosts.count; i++) say_failed_stop(p, d->hosts.item[i]);
}

static void stop_step(struct planning *p, const char *resource) {
  struct step *s = crm_meta(p, resource, planf(p, "have %s stopped", resource), "target-role", "Stopped");
  undo_by(p, s, "crm_resource", "-r", resource, "-m", "-d", "target-role", NULL);
  already_when(p, s, "resource-disabled", resource, NULL);
}

static void plan_stop(struct planning *p) {
  const struct domain_view *d = domain_told(p, given(p, "domain"));
  bool off = str_eq(given(p, "how"), "off");
  const char *resource;
  if (!d) return;
  refuse_if_off(p, d);
  if ((resource = driven_by(p, d))) {
    if (!cluster_told(p) || !resource_told(p, resource)) return;
    if (off) refuse_always(p, "with how=shutdown, or after resource-unmanage", "%s is highly available: to switch it off behind pacemaker's back only makes it start again", d->name);
    consequence(p, "%s stops and stays so until domain-start", d->name);
    say_guest(p, d, resource);
    stop_step(p, resource);
    verify_that(p, "resource-stopped", resource, NULL);
    verify_that(p, "domain-runs-nowhere", d->name, NULL);
    p->plan->verify_ms = move_deadline(p, resource);
    return;
  }
  if (!d->hosts.count) return;
  if (off) p->plan->danger = 2;
  consequence(p, off ? "%s is switched off at once on %s: what its guest has not written is lost" : "the guest of %s on %s is asked to shut down; one that does not listen runs on", d->name, d->hosts.item[0]);
  if (!d->defined_on.count && !d->resource) consequence(p, "it is defined nowhere: nothing but its disk is left of it then");
  struct step *s = step_run(p, d->hosts.item[0], planf(p, off ? "switch %s off" : "ask %s to shut down", d->name), "virsh", off ? "destroy" : "shutdown", "--domain", d->name, NULL);
  already_when(p, s, "domain-runs-nowhere", d->name, NULL);
  verify_that(p, "domain-runs-nowhere", d->name, NULL);
  p->plan->verify_ms = off ? 30000 : 300000;
}

static void plan_restart(struct planning *p) {
  const struct domain_view *d = domain_told(p, given(p, "domain"));
  const char *resource, *host;
  if (!d) return;
  refuse_if_off(p, d);
  if (!d->hosts.count) return;
  host = d->hosts.item[0];
  consequence(p, "%s is shut down and started again: it is down for as long as both take", d->name);
  if ((resource = driven_by(p, d))) {
    if (!cluster_told(p) || !resource_told(p, resource)) return;
    say_guest(p, d, resource);
    stop_step(p, resource);
    step_wait(p, move_deadline(p, resource), "until it is stopped", "resource-stopped", resource, NULL);
    crm_meta(p, resource, planf(p, "let %s run again", resource), "target-role", NULL);
    verify_that(p, "resource-enabled", resource, NULL);
    verify_that(p, "resource-runs", resource, NULL);
    verify_that(p, "domain-runs", d->name, NULL);
    p->plan->verify_ms = move_deadline(p, resource);
    return;
  }
  if (!texts_have(&d->defined_on, host)) refuse_always(p, "when it is defined there", "%s is not defined on %s: it could not be started again", d->name, host);
  step_run(p, host, planf(p, "ask %s to shut down", d->name), "virsh", "shutdown", "--domain", d->name, NULL);
  step_wait(p, 300000, "until it is off", "domain-runs-nowhere", d->name, NULL);
  struct step *s = step_run(p, host, planf(p, "start %s", d->name), "virsh", "start", "--domain", d->name, NULL);
  still_when(p, s, "domain-runs-nowhere", d->name, NULL);
  s->deadline_ms = 120000;
  verify_that(p, "domain-runs-on", d->name, host, NULL);
}

/* ---- resume ---- */

static bool paused(const struct domain_view *d) { return str_eq(d->state, "paused") && d->hosts.count == 1; }
static bool paused_by_disk(const struct domain_view *d) { return paused(d) && d->reason && (str_eq(d->reason, "I/O error") || str_eq(d->reason, "ioerror")); }

static void propose_paused(struct planning *p, struct texts *ret) {
  for (size_t i = 0; i < p->snap->domains.count; i++)
    if (paused_by_disk(&p->snap->domains.item[i])) texts_add(p->arena, ret, p->snap->domains.item[i].name);
}

static void refuse_unwritable(struct planning *p, const struct domain_view *d) {
  for (size_t i = 0; i < d->disks.count; i++) {
    const struct volume_view *v = d->disks.item[i].volume ? snapshot_volume(p->snap, d->disks.item[i].volume) : NULL;
    if (v && (v->writable == SET_LOST || v->writable == SET_UNKNOWN || v->stale.count))
      refuse(p, "when the volume is writable again", "%s of %s lies on %s, which is %s: it would pause again at once", d->disks.item[i].target ? d->disks.item[i].target : "a disk", d->name, v->name, v->writable == SET_LOST ? "not writable" : "not known to be writable");
  }
}

static void plan_resume(struct planning *p) {
  for (size_t i = 0; value_at(p->values, "domain", i); i++) {
    const struct domain_view *d = domain_told(p, value_at(p->values, "domain", i));
    if (!d) return;
    if (!paused(d)) refuse_always(p, "when it is paused", "%s is not paused: it is %s", d->name, d->state);
    if (d->reason && (str_eq(d->reason, "migrating") || str_eq(d->reason, "migration"))) refuse_always(p, "when the migration has ended", "%s is being moved", d->name);
    if (holds(p, "domain-settled", d->name, NULL) == TRUTH_NO) refuse_always(p, "when that has ended", "a migration of %s is under way", d->name);
    if (!d->hosts.count) return;
    refuse_unwritable(p, d);
    consequence(p, "%s goes on where it stood, on %s (it was paused: %s)", d->name, d->hosts.item[0], d->reason ? d->reason : "not known why");
    struct step *s = step_run(p, d->hosts.item[0], planf(p, "let %s go on", d->name), "virsh", "resume", "--domain", d->name, NULL);
    undo_by(p, s, "virsh", "suspend", "--domain", d->name, NULL);
    already_when(p, s, "domain-runs-on", d->name, d->hosts.item[0], NULL);
    s->harmless = TRUTH_YES;
    verify_that(p, "domain-runs-on", d->name, d->hosts.item[0], NULL);
  }
}

/* ---- console ---- */

static void plan_console(struct planning *p) {
  const struct domain_view *d = domain_told(p, given(p, "domain"));
  if (!d) return;
  refuse_if_off(p, d);
  if (!d->hosts.count) return;
  consequence(p, "the terminal is the guest's until Ctrl and ] are pressed; somebody else's session on it is taken over");
  step_handover(p, d->hosts.item[0], planf(p, "the console of %s", d->name), "virsh", "console", "--force", "--domain", d->name, NULL);
}

/* ---- migrate ---- */

static void plan_migrate(struct planning *p) {
  const struct domain_view *d = domain_told(p, given(p, "domain"));
  const char *to = given(p, "to"), *resource, *from;
  if (!d) return;
  if ((resource = driven_by(p, d))) {
    move_told(p, resource, to, value_yes(p->values, "clear"));
    return;
  }
  refuse_if_off(p, d);
  if (!to) refuse_always(p, "with to=", "say where %s is to go", d->name);
  if (!to || !d->hosts.count) return;
  from = d->hosts.item[0];
  const struct host_view *h = snapshot_host(p->snap, to);
  if (h && texts_have(&d->hosts, h->name)) refuse_always(p, "never: there is nothing to do", "%s is on %s already", d->name, to);
  if (!h || h->libvirt != LIBVIRT_CONNECTED || !libvirt_seen(p->snap, h->name)) refuse_always(p, "when libvirt there answers", "libvirt on %s is not read", to);
  for (size_t i = 0; i < d->disks.count; i++)
    if (d->disks.item[i].source && !d->disks.item[i].volume) refuse_always(p, "when its disks are on a volume that both hosts mount", "%s of %s (%s) is on no shared volume", d->disks.item[i].target ? d->disks.item[i].target : "a disk", d->name, d->disks.item[i].source);
  if (holds(p, "domain-settled", d->name, NULL) == TRUTH_NO) refuse_always(p, "when that has ended", "%s is being moved already", d->name);
  consequence(p, "%s moves live from %s to %s: it runs on, and stands still for about half a second", d->name, from, to);
  consequence(p, "its definition goes with it; no resource drives it");
  struct step *s = step_run(p, from, planf(p, "move %s to %s", d->name, to), "virsh", "migrate", "--live", "--persistent", "--undefinesource", "--domain", d->name, "--desturi", planf(p, "qemu+ssh://%s/system", to), NULL);
  already_when(p, s, "domain-runs-on", d->name, to, NULL);
  s->deadline_ms = 3600000;
  verify_that(p, "domain-runs-on", d->name, to, NULL);
}

/* The host that it leaves: the one with the job. */
static const char *leaving_host(const struct planning *p, const char *domain) {
  const char *host = NULL;
  return job_seen(p->snap, domain, &host) ? host : NULL;
}

bool is_plain_name(const char *s) {
  return *s && *s != '.' && *s != '-' && !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")];
}

/* For a regular expression. */
static const char *literal(struct planning *p, const char *text) {
  CLEANUP(str_free) struct str out = {0};
  for (; *text; text++) {
    bool plain = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') || (*text >= '0' && *text <= '9') || *text == '_' || *text == '-';
    if (plain) str_addc(&out, *text);
    else str_add(&out, *text == '.' ? "[.]" : ".");
  }
  return planf(p, "%s", str_text(&out));
}

/* The one way that was proven not to restart the guest: an abort alone makes pacemaker recover it, which kills it a minute
 * later, and so does leaving it unmanaged. Pacemaker is told to forget while it may not act, and before it may again it is
 * asked on a copy what it would do: to this guest the answer must be nothing (others may be on their way meanwhile). */
static void cancel_by_pacemaker(struct planning *p, const struct domain_view *d, const char *resource, const char *from) {
  const char *host = cluster_host(p), *copy = planf(p, "/var/lib/pacemaker/cib/kvmconsole-%s.xml", resource); /* only root and hacluster get there */
  crm_meta(p, resource, planf(p, "keep pacemaker's hands off %s", resource), "maintenance", "true");
  step_run(p, host, "give it a second to take that in", "sleep", "1", NULL)->harmless = TRUTH_YES;
  step_wait(p, 20000, "until it keeps them off", "resource-unmanaged", resource, NULL);
  struct step *s = step_run(p, from, "end the migration", "virsh", "domjobabort", "--domain", d->name, NULL);
  already_when(p, s, "domain-settled", d->name, NULL);
  still_when(p, s, "resource-unmanaged", resource, NULL);
  step_wait(p, 120000, planf(p, "until it runs on %s alone", from), "domain-runs-on", d->name, from, NULL);
  crm_clear(p, resource, NULL)->already = (struct condition){.name = NULL};
  /* All of its history, not failures alone: an older migration's half that stayed would be taken for one that never ended. */
  step_run(p, host, "forget that the migration failed", "crm_resource", "--refresh", "-r", resource, NULL)->harmless = TRUTH_YES;
  step_run(p, host, "give it two seconds to look", "sleep", "2", NULL)->harmless = TRUTH_YES;
  s = step_run(p, host, "copy the cluster's state", "sh", "-c", "umask 077 && cibadmin -Q >\"$1\"", "sh", copy, NULL);
  undo_by(p, s, "rm", "-f", copy, NULL);
  s->harmless = TRUTH_YES;
  step_run(p, host, "end the maintenance in the copy", "env", planf(p, "CIB_file=%s", copy), "crm_resource", "-r", resource, "-m", "-d", "maintenance", NULL)->harmless = TRUTH_YES;
  s = step_run(p, host, "ask what pacemaker would do then", "crm_simulate", "-x", copy, "-S", NULL);
  s->harmless = TRUTH_YES;
  int64_t simulated = (int64_t)p->plan->steps.count - 1;
  s = step_run(p, host, planf(p, "see that it would do nothing to %s, and fence nobody", resource), "grep", "-zqvE", planf(p, "\\* ([A-Z][a-z]+ +%s[[:space:]:]|Fence )", literal(p, resource)), NULL);
  s->input_of = simulated;
  s->harmless = TRUTH_YES;
  s = crm_meta(p, resource, planf(p, "give %s back to pacemaker", resource), "maintenance", NULL);
  still_when(p, s, "domain-runs-on", d->name, from, NULL);
  step_run(p, host, "take the copy away", "rm", "-f", copy, NULL)->harmless = TRUTH_YES;
  verify_that(p, "resource-managed", resource, NULL);
  verify_that(p, "resource-on", resource, from, NULL);
  verify_that(p, "no-constraint-of", resource, NULL);
  consequence(p, "pacemaker leaves %s alone meanwhile; if a step fails it stays so, and the guest runs on: see resource-manage", resource);
}

static void plan_cancel_migration(struct planning *p) {
  const char *name = given(p, "domain"), *from = leaving_host(p, name), *resource;
  const struct domain_view *d = snapshot_domain(p->snap, name);
  if (!d) return;
  resource = d->resource;
  if (!from) {
    bool told = domain_told(p, name) && holds(p, "domain-settled", name, NULL) == TRUTH_YES;
    refuse_always(p, told ? "while it moves" : "when libvirt of every host is read", told ? "%s is not being moved" : "cannot tell whether %s is being moved, and from where", name);
    return;
  }
  if (resource && (!cluster_told(p) || !resource_told(p, resource))) return;
  if (resource && !is_plain_name(resource)) { /* it becomes a part of a file's name */
    refuse_always(p, "by hand only", "the resource %s has a name that no file may have", resource);
    return;
  }
  consequence(p, "%s stays on %s and runs on without a restart", name, from);
  if (resource) {
    cancel_by_pacemaker(p, d, resource, from);
  } else {
    struct step *s = step_run(p, from, "end the migration", "virsh", "domjobabort", "--domain", name, NULL);
    already_when(p, s, "domain-settled", name, NULL);
  }
  verify_that(p, "domain-runs-on", name, from, NULL);
}

/* ---- what is offered ---- */

static bool is_off(const struct snapshot *s, const char *name) { return snapshot_domain(s, name) && !snapshot_domain(s, name)->hosts.count; }
static bool is_active(const struct snapshot *s, const char *name) { return snapshot_domain(s, name) && snapshot_domain(s, name)->hosts.count; }
static bool is_paused(const struct snapshot *s, const char *name) { return snapshot_domain(s, name) && paused(snapshot_domain(s, name)); }
static bool is_ha(const struct snapshot *s, const char *name) { return snapshot_domain(s, name) && snapshot_domain(s, name)->resource; }
static bool is_plain(const struct snapshot *s, const char *name) { return snapshot_domain(s, name) && !snapshot_domain(s, name)->resource; }

static bool can_go_back(const struct snapshot *s, const char *name) { return is_off(s, name) && snapshot_possible(s, name); }

/* ---- the table ---- */

static const struct operation_argument domain_argument[] = {DOMAIN, {.name = NULL}};
static const struct operation_argument start_arguments[] = {
    DOMAIN, {.name = "host", .title = "HOST", .help = "where, if no resource drives it; the host that it is defined on is proposed", .kind = ARG_HOST, .propose = propose_home, .choices = propose_home}, {.name = NULL}};
static const struct operation_argument stop_arguments[] = {
    DOMAIN, {.name = "how", .title = "shutdown|off", .help = "shutdown: its guest is asked; off: its power is cut, and what it has not written is lost", .kind = ARG_CHOICE, .words = "shutdown off", .fallback = "shutdown"}, {.name = NULL}};
static const struct operation_argument resume_arguments[] = {
    {.name = "domain", .title = "DOMAIN", .help = "which; all that were paused by an error of their disk are proposed", .kind = ARG_DOMAIN, .required = true, .list = true, .propose = propose_paused}, {.name = NULL}};
static const struct operation_argument migrate_arguments[] = {
    DOMAIN,
    {.name = "to", .title = "HOST", .help = "the host it is to run on; the first other one that may take it is proposed", .kind = ARG_HOST, .propose = propose_other_node, .choices = propose_other_node},
    {.name = "clear", .title = "yes|no", .help = "take the constraint that a move leaves away again, once it runs there", .kind = ARG_YES, .fallback = "no"},
    {.name = NULL}};

const struct operation domain_operations[] = {
    {.name = "domain-create", .title = "Create a domain from an image", .target = TARGET_CLUSTER, .danger = 1, .flags = OP_WIZARD, .arguments = domain_create_arguments, .survey = survey_domain_create, .plan = plan_domain_create,
     .help = "Copies an image to a volume, sets root's password or key in it, and defines and starts a domain on it."},
    {.name = "domain-image", .title = "Copy an image to a volume", .target = TARGET_CLUSTER, .danger = 1, .flags = OP_NO_LOCK, .arguments = domain_image_arguments, .survey = survey_domain_image, .plan = plan_domain_image, .fits = only_by_name,
     .help = "Makes the disk of a new domain of a cloud image, as qcow2, where a volume is mounted. domain-create does it too, and the rest."},
    {.name = "domain-hand-over", .title = "Try the shared definition on another host", .target = TARGET_DOMAIN, .danger = 1, .flags = OP_NO_LOCK, .arguments = hand_over_arguments, .survey = survey_hand_over, .plan = plan_hand_over,
     .help = "Shuts the domain down and forgets it on one host, defines and starts it on another by the definition on the volume: what pacemaker will do when its host is lost, tried by hand once.", .fits = is_plain},
    {.name = "domain-share", .title = "Share a domain's definition", .target = TARGET_DOMAIN, .danger = 1, .arguments = share_arguments, .survey = survey_share, .plan = plan_share,
     .help = "Writes the domain's inactive definition, with its secrets, to the shared volume, where every host and pacemaker find it."},
    {.name = "domain-make-ha", .title = "Make a domain highly available", .target = TARGET_DOMAIN, .danger = 1, .flags = OP_WIZARD, .arguments = make_ha_arguments, .survey = survey_make_ha, .plan = plan_make_ha, .fits = is_plain,
     .help = "Shares the definition and makes a resource of the domain, which adopts it while it runs. Pacemaker starts, stops and moves it from then on."},
    {.name = "domain-undo-ha", .title = "Make it a plain domain again", .target = TARGET_DOMAIN, .danger = 1, .arguments = undo_ha_arguments, .survey = survey_undo_ha, .plan = plan_undo_ha, .fits = is_ha,
     .help = "Takes the resource away while the domain runs on, defined on its host as libvirt's own."},
    {.name = "domain-start", .title = "Start the domain", .target = TARGET_DOMAIN, .danger = 1, .arguments = start_arguments, .plan = plan_start, .fits = is_off,
     .help = "Starts the domain; one that is highly available is enabled and cleaned up, and pacemaker starts it."},
    {.name = "domain-stop", .title = "Stop the domain", .target = TARGET_DOMAIN, .danger = 1, .arguments = stop_arguments, .plan = plan_stop, .fits = is_active,
     .help = "Shuts the domain down; one that is highly available is disabled, so that pacemaker stops it and leaves it so."},
    {.name = "domain-restart", .title = "Restart the domain", .target = TARGET_DOMAIN, .danger = 1, .arguments = domain_argument, .plan = plan_restart, .fits = is_active,
     .help = "Shuts the domain down and starts it again, by pacemaker if it is highly available."},
    {.name = "domain-resume", .title = "Resume paused domains", .target = TARGET_DOMAIN, .danger = 1, .arguments = resume_arguments, .plan = plan_resume, .fits = is_paused,
     .help = "Lets paused domains go on: all that an error of their disk has paused, once the volume is writable again."},
    {.name = "domain-console", .title = "Open its console", .target = TARGET_DOMAIN, .danger = 0, .flags = OP_NO_LOCK, .arguments = domain_argument, .plan = plan_console, .fits = is_active,
     .help = "Gives the terminal to the guest's serial console; Ctrl and ] end it."},
    {.name = "domain-migrate", .title = "Move the domain live", .target = TARGET_DOMAIN, .danger = 1, .arguments = migrate_arguments, .plan = plan_migrate, .fits = is_active,
     .help = "Moves the domain to another host while it runs: by pacemaker if it is highly available, else by libvirt."},
    {.name = "domain-cancel-migration", .title = "Cancel its migration", .target = TARGET_DOMAIN, .danger = 1, .arguments = domain_argument, .plan = plan_cancel_migration, .fits = is_active,
     .help = "Ends a live migration so that the guest runs on where it was, without a restart. Takes half a minute, by the one way that pacemaker does not answer by killing it."},
    {.name = "domain-edit", .title = "Edit its shared definition", .target = TARGET_DOMAIN, .danger = 1, .arguments = domain_edit_arguments, .survey = survey_domain_edit, .plan = plan_domain_edit, .fits = is_ha,
     .help = "Changes processors or memory, takes a whole new definition from a file, or opens an editor on a private copy; checks it, shows the difference, and puts it in its place at once. It counts from the next start on."},
    {.name = "domain-snapshot", .title = "Keep its disks as they are now", .target = TARGET_DOMAIN, .danger = 1, .arguments = snapshot_arguments, .survey = survey_snapshot, .plan = plan_snapshot, .fits = snapshot_possible,
     .help = "Copies its disks, as they are at one moment, to other files of the volume, while it runs or is off. Not as a snapshot of libvirt's: after one of those pacemaker would start an old disk, or the domain could not move."},
    {.name = "domain-snapshot-list", .title = "List its snapshots", .target = TARGET_DOMAIN, .danger = 0, .flags = OP_NO_LOCK, .arguments = snapshot_list_arguments, .survey = survey_snapshot_list, .plan = plan_snapshot_list, .fits = snapshot_possible,
     .help = "Which copies of its disks domain-snapshot has made, of when, and how large they are."},
    {.name = "domain-snapshot-revert", .title = "Go back to a snapshot", .target = TARGET_DOMAIN, .danger = 2, .arguments = snapshot_revert_arguments, .survey = survey_snapshot_revert, .plan = plan_snapshot_revert, .fits = can_go_back,
     .help = "Puts the disks of a domain that is off back to what a snapshot has; what they are now is kept beside them."},
    {.name = "domain-snapshot-delete", .title = "Delete a snapshot", .target = TARGET_DOMAIN, .danger = 2, .arguments = snapshot_delete_arguments, .survey = survey_snapshot_list, .plan = plan_snapshot_delete, .fits = snapshot_possible,
     .help = "Removes the files of one snapshot of the domain."},
    {.name = "domain-agent-ping", .title = "Ask its guest agent", .target = TARGET_DOMAIN, .danger = 0, .flags = OP_NO_LOCK, .arguments = agent_arguments, .survey = survey_agent, .plan = plan_agent, .fits = is_active,
     .help = "Whether a guest agent answers: no channel in the definition, a channel that nobody in the guest has opened, or an answer. Changes nothing."},
    {.name = "domains-import", .title = "Take domains into the cluster", .target = TARGET_CLUSTER, .danger = 1, .arguments = import_arguments, .survey = survey_import, .plan = plan_import,
     .help = "Several at once, one after the other: domains that libvirt has on a host, adopted while they run, and definitions in files. Those that cannot come are named with the reason and left alone."},
    {.name = NULL},
};
