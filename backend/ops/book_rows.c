/* Operations that the guide's books for bad days need and nothing else had: what ran is noted and forgotten, mounts taken away, gluster
 * stopped on all hosts at once, a brick that hangs started anew. */
#include "ops/book_parts.h"
#include <string.h>

/* ---- what ran, noted ---- */

static const char *what_runs(struct planning *p) {
  CLEANUP(str_free) struct str out = {0};
  struct texts names = domains_by_priority(p, false);
  for (size_t i = 0; i < names.count; i++)
    if (resource_seen(p->snap, names.item[i])->disabled != TRUTH_YES) str_addf(&out, "%s%s", out.len ? " " : "", names.item[i]);
  for (size_t i = 0; i < p->snap->domains.count; i++) {
    const struct domain_view *d = &p->snap->domains.item[i];
    if (!d->resource && d->hosts.count == 1 && str_eq(d->state, "running")) str_addf(&out, "%s%s@%s", out.len ? " " : "", d->name, d->hosts.item[0]);
  }
  return arena_strdup(p->arena, str_text(&out));
}

static void plan_note(struct planning *p) {
  if (!cluster_told(p)) return;
  const char *runs = what_runs(p), *old = property_seen(p->snap, NOTE_RAN);
  struct texts unread = {0};
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const struct host_view *h = &p->snap->hosts.item[i];
    if (h->libvirt && !libvirt_seen(p->snap, h->name) && h->membership == MEMBERSHIP_MEMBER) texts_add(p->arena, &unread, h->name);
  }
  if (unread.count) refuse(p, "when its libvirt is read", "cannot tell what runs on %s", names_of(&unread, p->arena));
  if (!*runs) refuse_always(p, "when something does", "nothing runs that could be noted");
  if (str_eq(runs, old)) refuse_always(p, "never: there is nothing to do", "it is noted already");
  if (refused(p)) return;
  consequence(p, "that these ran is written into the cluster's configuration: %s", runs);
  consequence(p, "cold-start starts just these again; what is stopped now stays stopped");
  struct step *s = step_run(p, cluster_host(p), "note what runs", "crm_attribute", "-t", "crm_config", "-s", GUIDE_PROOF_SET, "-n", NOTE_RAN, "-v", runs, NULL);
  undo_by(p, s, "crm_attribute", "-t", "crm_config", "-s", GUIDE_PROOF_SET, "-n", NOTE_RAN, "-D", NULL);
  s->harmless = TRUTH_YES;
  verify_that(p, "property-is", NOTE_RAN, runs, NULL);
}

static void plan_forget(struct planning *p) {
  const char *old = property_seen(p->snap, NOTE_RAN);
  if (!cluster_told(p)) return;
  if (!old || !*old) refuse_always(p, "never: there is nothing to do", "nothing is noted");
  if (refused(p)) return;
  consequence(p, "that these were to run is forgotten: %s", old);
  struct step *s = step_run(p, cluster_host(p), "forget what ran when everything was shut down", "crm_attribute", "-t", "crm_config", "-s", GUIDE_PROOF_SET, "-n", NOTE_RAN, "-D", NULL);
  undo_by(p, s, "crm_attribute", "-t", "crm_config", "-s", GUIDE_PROOF_SET, "-n", NOTE_RAN, "-v", old, NULL);
  s->harmless = TRUTH_YES;
  verify_that(p, "property-is", NOTE_RAN, "", NULL);
}

/* ---- mounts ---- */

static void ask_unmount(struct planning *p) {
  struct texts hosts = given_list(p, "host");
  for (size_t i = 0; i < hosts.count; i++) {
    ask(p, hosts.item[i], "mounts");
    ask_command(p, hosts.item[i], "domains", "virsh", "-c", "qemu:///system", "list", "--name", NULL);
    ask_command(p, hosts.item[i], "pacemaker", "systemctl", "is-active", "pacemaker", NULL);
  }
}

static bool is_mounted(struct planning *p, const char *host, const char *path) {
  for (const char *line = answered(p, host, "mounts"); line && *line; line = line_next(line))
    if (str_eq(line_word(p, line, 1, false), path) && strstr(line_word(p, line, 2, false) ? line_word(p, line, 2, false) : "", "glusterfs")) return true;
  return false;
}

static void plan_unmount(struct planning *p) {
  struct texts hosts = given_list(p, "host");
  const char *path = given(p, "path");
  for (size_t i = 0; i < hosts.count; i++) {
    const char *host = hosts.item[i], *runs = answered(p, host, "domains");
    if (refuse_unasked(p, host, "mounts", planf(p, "what is mounted on %s", host))) continue;
    if (!is_mounted(p, host, path)) {
      refuse_always(p, "when it is mounted", "no volume is mounted on %s of %s", path, host);
      continue;
    }
    if (str_eq(first_line(p, printed(p, host, "pacemaker")), "active")) refuse(p, "after cluster-stop", "pacemaker runs on %s: what it starts there would find no disk", host);
    if (!runs) refuse(p, "when its libvirt answers", "cannot tell whether a domain runs on %s", host);
    else if (*first_line(p, runs)) refuse_always(p, "when it is stopped", "%s runs on %s", first_line(p, runs), host);
    if (refused(p)) continue;
    struct step *s = step_run(p, host, planf(p, "take the mount away on %s", host), "umount", path, NULL);
    undo_by(p, s, "mount", path, NULL);
    s->deadline_ms = 60000;
    s = step_run(p, host, "see that it is gone", "mountpoint", "-q", path, NULL);
    step_good(p, s, 1, NULL);
    step_good(p, s, 32, NULL);
    s->harmless = TRUTH_YES;
  }
  if (refused(p)) return;
  consequence(p, "%s is mounted no longer on %s, until they boot: it stays in fstab", path, names_of(&hosts, p->arena));
}

/* ---- gluster, everywhere ---- */

static struct texts peers_of(const struct planning *p) {
  struct texts t = given_list(p, "host");
  for (size_t i = 0; !t.count && i < p->snap->hosts.count; i++)
    if (p->snap->hosts.item[i].peer) texts_add(p->arena, &t, p->snap->hosts.item[i].name);
  return t;
}

static void ask_stop_all(struct planning *p) {
  struct texts hosts = peers_of(p);
  for (size_t i = 0; i < hosts.count; i++) ask_command(p, hosts.item[i], "unit", "systemctl", "is-active", "glusterd.service", NULL);
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (p->snap->hosts.item[i].libvirt || p->snap->hosts.item[i].here == TRUTH_YES) ask(p, p->snap->hosts.item[i].name, "mounts");
}

static void refuse_used(struct planning *p) {
  for (size_t i = 0; i < p->snap->hosts.count; i++) {
    const char *host = p->snap->hosts.item[i].name, *mounts = answered(p, host, "mounts");
    if (!survey_answer(p->survey, host, "mounts")) continue;
    if (!mounts) refuse(p, "when it answers, or is off", "cannot tell whether %s has a volume mounted", host);
    else if (strstr(mounts, " fuse.glusterfs ")) refuse(p, "after gluster-unmount", "%s has a volume mounted: who writes there would hang", host);
  }
  for (size_t n = 0; n < p->snap->volumes.count; n++) {
    const struct volume_view *v = &p->snap->volumes.item[n];
    struct texts unread = {0}, run = volume_domains(p->snap, p->arena, v->name, true, &unread);
    int64_t pending = volume_copies(v) && str_eq(v->status, "started") ? volume_pending(p->snap, v) : 0;
    if (run.count) refuse_always(p, "when they are stopped", "%s run%s on %s", names_of(&run, p->arena), run.count == 1 ? "s" : "", v->name);
    refuse_while_tasks(p, v);
    if (pending == UNKNOWN_INT) refuse(p, "when it was counted", "cannot tell whether anything on %s waits to heal", v->name);
    else if (pending > 0) refuse(p, "when it is healed: gluster-heal", "%lld entries of %s wait to heal", (long long)pending, v->name);
  }
}

static void plan_stop_all(struct planning *p) {
  struct texts hosts = peers_of(p), left = {0};
  if (!hosts.count) refuse_always(p, "when it is read", "no host of gluster's pool is known");
  refuse_used(p);
  for (size_t i = 0; i < hosts.count; i++) {
    if (refuse_unasked(p, hosts.item[i], "unit", planf(p, "how glusterd stands on %s", hosts.item[i]))) continue;
    if (str_eq(first_line(p, printed(p, hosts.item[i], "unit")), "active")) texts_add(p->arena, &left, hosts.item[i]);
  }
  if (!left.count) refuse_always(p, "when it runs", "gluster runs on none of them");
  if (refused(p)) return;
  consequence(p, "every brick of %s ends, and with it each volume; nobody may have one mounted", names_of(&left, p->arena));
  consequence(p, "the volumes stay started: a host that boots starts its bricks by itself");
  for (size_t i = 0; i < left.count; i++) {
    struct step *s = step_run(p, left.item[i], planf(p, "end all processes of gluster on %s", left.item[i]), "systemctl", "kill", "--signal=SIGTERM", "glusterd.service", NULL);
    undo_by(p, s, "systemctl", "start", "glusterd.service", NULL);
    s->harmless = TRUTH_YES;
    s = step_run(p, left.item[i], "leave it stopped", "systemctl", "stop", "glusterd.service", NULL);
    s->deadline_ms = 90000;
    s->harmless = TRUTH_YES;
    s = step_run(p, left.item[i], "see that it is", "systemctl", "is-active", "glusterd.service", NULL);
    step_good(p, s, 3, NULL);
    s->harmless = TRUTH_YES;
  }
}

/* ---- a brick that hangs ---- */

/* Where glusterd keeps the number of the brick's process: its own word, and not what was read minutes ago. */
static const char *pid_file(struct planning *p, const struct volume_view *v, const struct brick_view *b) {
  char *path = arena_strdup(p->arena, b->path + (*b->path == '/'));
  for (char *c = path; *c; c++) *c = *c == '/' ? '-' : *c;
  return planf(p, "/var/run/gluster/vols/%s/%s-%s.pid", v->name, b->host, path);
}

static void ask_restart(struct planning *p) {
  const struct volume_view *v;
  const struct brick_view *b = brick_named(p->snap, p->arena, given(p, "brick"), &v);
  if (b) ask_command(p, b->host, "pid", "cat", pid_file(p, v, b), NULL);
}

static void plan_restart(struct planning *p) {
  const struct volume_view *v;
  const struct brick_view *b = brick_named(p->snap, p->arena, given(p, "brick"), &v);
  const char *host = the_speaker(p, NULL);
  if (!b) return (void)refuse_always(p, "with a brick that is there", "there is no brick %s", given(p, "brick"));
  if (!host) return;
  const char *multiplex = pairs_get(&v->options, "cluster.brick-multiplex"), *pid = answered(p, b->host, "pid");
  if (b->answers == TRUTH_YES) refuse_always(p, "when it hangs", "%s answers", brick_text(p, b));
  else if (b->answers == TRUTH_UNKNOWN) refuse(p, "when the brick is asked", "cannot tell whether %s answers", brick_text(p, b));
  if (b->port == UNKNOWN_INT) refuse_always(p, "with gluster-brick-start", "%s has no process: it is down, and does not hang", brick_text(p, b));
  if (!refuse_unasked(p, b->host, "pid", planf(p, "which process of %s is the brick", b->host)) && !pid) refuse_always(p, planf(p, "when its process was ended on %s by hand; then gluster-brick-start", b->host), "%s has no file %s that says which process the brick is", b->host, pid_file(p, v, b));
  if (multiplex && option_same(multiplex, "on")) refuse_always(p, "when cluster.brick-multiplex is off", "all bricks of %s are one process", b->host);
  refuse_unless_pool_well(p);
  if (refused(p)) return;
  consequence(p, "the process of %s, which answers nobody, is killed and started anew", brick_text(p, b));
  consequence(p, "who waits for it goes on at once with the other copies; what it missed is healed");
  step_run(p, b->host, planf(p, "end the process of %s, if it still is one of gluster's bricks", brick_text(p, b)), "pkill", "-KILL", "-F", pid_file(p, v, b), "-x", "glusterfsd", NULL);
  step_run(p, b->host, "give its port a second to be known as closed", "sleep", "1", NULL)->harmless = TRUTH_YES;
  struct step *s = gluster_step(p, host, "have it started", "volume", "start", v->name, "force", NULL);
  s->harmless = TRUTH_YES;
  verify_that(p, "brick-online", brick_text(p, b), NULL);
  p->plan->verify_ms = 60000;
}

/* ---- a fence device that failed ---- */

static void plan_retry(struct planning *p) {
  const char *id = given(p, "device");
  const struct resource_view *x = cluster_told(p) ? resource_told(p, id) : NULL;
  if (!x) return;
  if (!is_fence_device(x)) refuse_always(p, "with a fence device", "%s is no fence device", id);
  if (x->disabled == TRUTH_YES) refuse_always(p, "when it is enabled (resource-enable)", "%s is disabled", id);
  if (refused(p)) return;
  consequence(p, "pacemaker forgets that %s failed, and asks it anew; what was wrong with it is not mended by this", id);
  struct step *s = step_run(p, cluster_host(p), planf(p, "forget the failures of %s", id), "crm_resource", "-C", "-r", id, NULL);
  s->harmless = TRUTH_YES;
  s->deadline_ms = 60000;
  verify_that(p, "resource-runs", id, NULL);
  verify_that(p, "resource-clean", id, NULL);
  p->plan->verify_ms = 90000;
}

/* ---- the table ---- */

static const struct operation_argument none[] = {{.name = NULL}};
static const struct operation_argument unmount_arguments[] = {
    {.name = "host", .title = "HOST", .help = "on which hosts", .kind = ARG_HOST, .required = true, .list = true},
    {.name = "path", .title = "/PATH", .help = "where the volume is mounted", .kind = ARG_PATH, .required = true},
    {.name = NULL}};
static const struct operation_argument stop_all_arguments[] = {{.name = "host", .title = "HOST", .help = "the hosts of the pool; left out: all", .kind = ARG_HOST, .list = true}, {.name = NULL}};
static const struct operation_argument retry_arguments[] = {{.name = "device", .title = "DEVICE", .help = "which fence device", .kind = ARG_DEVICE, .required = true}, {.name = NULL}};
static const struct operation_argument restart_arguments[] = {{.name = "brick", .title = "BRICK", .help = "the brick that hangs", .kind = ARG_BRICK, .required = true}, {.name = NULL}};

static bool hangs(const struct snapshot *s, const char *name) {
  for (size_t v = 0; v < s->volumes.count; v++)
    for (size_t i = 0; i < s->volumes.item[v].bricks.count; i++) {
      const struct brick_view *b = &s->volumes.item[v].bricks.item[i];
      size_t len = b->host ? strlen(b->host) : 0;
      if (len && name && !strncmp(name, b->host, len) && name[len] == ':' && str_eq(name + len + 1, b->path)) return b->port != UNKNOWN_INT && b->answers == TRUTH_NO;
    }
  return false;
}

const struct operation book_operations[] = {
    {.name = "cluster-note-running", .title = "Note what runs, before everything is shut down", .target = TARGET_CLUSTER, .danger = 1, .arguments = none, .plan = plan_note, .fits = only_by_name,
     .help = "Writes into the cluster's configuration which domains run, so that the book cold-start starts just these again."},
    {.name = "cluster-forget-running", .title = "Forget what ran when everything was shut down", .target = TARGET_CLUSTER, .danger = 1, .arguments = none, .plan = plan_forget, .fits = only_by_name,
     .help = "Takes the note of cluster-note-running away, when everything runs again."},
    {.name = "gluster-unmount", .title = "Take a volume's mount away", .target = TARGET_HOST, .danger = 1, .flags = OP_NO_LOCK, .arguments = unmount_arguments, .survey = ask_unmount, .plan = plan_unmount, .fits = only_by_name,
     .help = "Unmounts a volume on KVM hosts where nothing uses it any more; it is mounted again when they boot."},
    {.name = "gluster-stop-all", .title = "Stop gluster on all hosts", .target = TARGET_CLUSTER, .danger = 2, .flags = OP_NO_LOCK, .arguments = stop_all_arguments, .survey = ask_stop_all, .plan = plan_stop_all, .fits = only_by_name,
     .help = "Ends the management daemon and every brick of all hosts, when nothing has a volume mounted and nothing waits to heal: for switching everything off. The volumes stay started."},
    {.name = "gluster-brick-restart", .title = "End a brick that hangs, and start it anew", .target = TARGET_BRICK, .danger = 1, .flags = OP_GLUSTER, .arguments = restart_arguments, .survey = ask_restart, .plan = plan_restart, .fits = hangs,
     .help = "Kills the brick's process, which answers nobody, and has gluster start it. Refused where the process is another one by now."},
    {.name = "fencing-retry", .title = "Try a fence device again", .target = TARGET_DEVICE, .danger = 1, .arguments = retry_arguments, .plan = plan_retry,
     .help = "Has pacemaker forget that the device failed and ask it anew, once its cable, address or password was mended."},
    {.name = NULL}};
