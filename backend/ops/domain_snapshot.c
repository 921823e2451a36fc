/* A domain's disks as they were at one moment: copied to other files of their volume, beside its definition. Libvirt's own snapshots
 * are not taken: an external one has the guest go on in another file, which the shared definition does not name, so that its next start,
 * by pacemaker, goes back to the old one; an internal one holds the guest for as long as it is written; and with either libvirt
 * refuses to move the domain live and to undefine it. A copy leaves path, definition and guest what they are. */
#include "ops/asked.h"
#include "ops/cluster_rows.h"
#include "ops/definition.h"
#include "analysis/store_view.h"
#include <inttypes.h>
#include <string.h>

enum { COPY_MS = 6 * 3600000, FULL = 90, SHOWN = 40, DISKS_MAX = 26 };

/* ---- the scripts: constants ---- */

/* $1 the domain, $2 whether its file systems are held still meanwhile: whatever ends this lets them go again. */
static const char begin_script[] =
    "trap 'exit 1' HUP INT TERM; if [ \"$2\" = yes ]; then trap 'virsh domfsthaw --domain \"$1\"' EXIT; virsh domfsfreeze --domain \"$1\" || exit 1; fi; virsh backup-begin --domain \"$1\" --backupxml /dev/stdin";
/* $1 the domain: its copy, and no other job, which may be a migration. */
static const char abort_script[] = "virsh domjobinfo --domain \"$1\" 2>/dev/null | grep -qE '^Operation: +Backup' || exit 0; virsh domjobabort --domain \"$1\"";
/* $1 the domain. */
static const char wait_script[] =
    "while virsh domjobinfo --domain \"$1\" 2>/dev/null | grep -qE '^Job type: +(Unb|B)ounded'; do sleep 1; done; r=$(virsh domjobinfo --completed --domain \"$1\"); echo \"$r\"; echo \"$r\" | grep -qE '^Job type: +Completed'";

static const char masked_script[] = DEFINITION_MASKED " -- \"$1\"";

/* ---- where, and what ---- */

static const char *place_of(struct planning *p, const struct domain_view *d) {
  const char *mount = volume_mount(p, d);
  return mount && is_plain_name(d->name) ? planf(p, "%s/snapshots/%s", mount, d->name) : NULL;
}

static const char *definition_of(const struct planning *p, const struct domain_view *d) {
  const struct pcmk_param *c = d->resource ? resource_config(p->snap, d->resource) : NULL;
  return c ? definition_path(c) : NULL;
}

/* Where it runs; of one that is off where the volume is seen, or where libvirt has it. */
static const char *host_for(struct planning *p, const struct domain_view *d) {
  if (d->hosts.count || (!definition_of(p, d) && home_of(d))) return home_of(d);
  return volume_host(p, d);
}

/* One that is off and a resource is known to no libvirt: its shared definition says which disks it has. */
static void ask_disks(struct planning *p, const struct domain_view *d, const char *host) {
  const char *config = definition_of(p, d);
  if (config && !d->hosts.count) ask_command(p, host, "definition", "sh", "-c", masked_script, "kvmconsole-masked", config, NULL), ask_command(p, host, "images", "sh", "-c", DEFINITION_IMAGES, "kvmconsole-images", config, NULL);
  for (size_t i = 0; (!config || d->hosts.count) && i < d->disks.count && i < DISKS_MAX; i++)
    if (d->disks.item[i].source && *d->disks.item[i].source == '/') ask_command(p, host, planf(p, "image %s", d->disks.item[i].source), "qemu-img", "info", "--force-share", d->disks.item[i].source, NULL);
}

struct image { const char *target, *source, *format; };
struct images { struct image item[DISKS_MAX]; size_t count; int64_t size; /* of all, as they lie on the volume; 0: not known */ };

static void add_sizes(struct planning *p, const char *info, struct images *ret, struct image *of) {
  for (const char *line = info; line && *line; line = line_next(line)) {
    if (str_starts(line, "disk size:")) ret->size += size_said(p, line, "disk size:");
    if (of && str_starts(line, "file format:")) of->format = line_word(p, line, 2, false);
  }
}

static bool below(const char *path, const char *mount) { return str_starts(path, mount) && path[strlen(mount)] == '/' && !strstr(path, "/../"); }

/* False: it has refused. A CD that is not in, or is read only, is no disk of it. */
static bool images_of(struct planning *p, const struct domain_view *d, const char *host, struct images *ret) {
  const char *config = definition_of(p, d), *mount = volume_mount(p, d), *text = NULL, *fault = NULL;
  bool off = config && !d->hosts.count;
  struct definition is = {0};
  *ret = (struct images){0};
  if (off && refuse_unasked(p, host, "definition", "which disks it has")) return false;
  if (off) text = answered(p, host, "definition"), fault = text ? definition_read(text, p->arena, &is) : "it cannot be read there";
  if (fault) return refuse_always(p, "when it is in order (domain-edit)", "%s on %s: %s", config, host, fault), false;
  for (size_t i = 0; i < (off ? is.disks : d->disks.count); i++) {
    const char *target = off ? is.disk[i].target : d->disks.item[i].target, *source = off ? is.disk[i].source : d->disks.item[i].source;
    if (!source || !*source || (off && str_eq(is.disk[i].device, "cdrom"))) continue;
    if (!target || !is_plain_name(target) || !below(source, mount)) return refuse_always(p, "when all its disks are on the volume", "%s of %s (%s) is not below %s: without it the others are no whole", target ? target : "a disk", d->name, source, mount), false;
    if (ret->count == DISKS_MAX) return refuse_always(p, "never", "%s has more disks than are copied at once", d->name), false;
    struct image *k = &ret->item[ret->count++];
    *k = (struct image){target, source, off ? is.disk[i].format ? is.disk[i].format : "raw" : NULL};
    if (!off) add_sizes(p, answered(p, host, planf(p, "image %s", source)), ret, k);
    if (!off && !k->format) return refuse_always(p, "when qemu-img can read it", "%s cannot tell what %s is", host, source), false;
  }
  if (off) add_sizes(p, answered(p, host, "images"), ret, NULL);
  if (!ret->count) return refuse_always(p, "never", "%s has no disk", d->name), false;
  return true;
}

/* Whatever is done needs a place on its volume. NULL: it has refused. */
static const char *told_place(struct planning *p, const struct domain_view *d) {
  const char *place = place_of(p, d);
  if (!place) return refuse_always(p, "when its disks are on a volume, and its name may be a file's", "%s has no disk on a shared volume to copy beside", d->name), NULL;
  if (!host_for(p, d)) return refuse_always(p, "when one is online", "no host is known that has %s mounted", volume_mount(p, d)), NULL;
  return place;
}

/* Pacemaker would start it while its disk is copied or replaced. */
static void refuse_if_starting(struct planning *p, const struct domain_view *d) {
  if (d->resource && is_driven(p, d->resource) && holds(p, "resource-disabled", d->resource, NULL) != TRUTH_YES) refuse_always(p, "after domain-stop, which has pacemaker leave it off", "%s is off, and pacemaker may start it at any moment", d->name);
}

static void refuse_unread(struct planning *p, const struct domain_view *d) {
  if (holds(p, "domain-runs-nowhere", d->name, NULL) == TRUTH_UNKNOWN) refuse_always(p, "when libvirt of every host is read", "cannot tell whether %s runs somewhere", d->name);
}

/* ---- room ---- */

static const struct volume_view *volume_at(struct planning *p, const struct domain_view *d, const char *mount) {
  const struct gluster_mounts *m = mounts_of(p->snap, here(p));
  for (size_t i = 0; i < d->disks.count; i++)
    if (d->disks.item[i].volume) return snapshot_volume(p->snap, d->disks.item[i].volume);
  for (size_t i = 0; m && i < m->mounts.count; i++)
    if (str_eq(m->mounts.item[i].mount, mount)) return snapshot_volume(p->snap, m->mounts.item[i].volume);
  return NULL;
}

static void refuse_without_room(struct planning *p, const struct domain_view *d, const char *host, int64_t wanted) {
  const char *mount = volume_mount(p, d);
  const struct volume_view *v = volume_at(p, d, mount);
  struct place place;
  if (v && v->writable == SET_LOST) refuse_always(p, "when the volume is writable again", "%s is not writable", v->name);
  if (!wanted) return (void)refuse_always(p, "when qemu-img can read them", "%s cannot tell how large the disks of %s are", host, d->name);
  if (!place_read(p, host, mount, &place) || place.room == UNKNOWN_INT) return (void)refuse(p, planf(p, "when %s can be asked", host), "cannot tell how much room %s has", mount);
  consequence(p, "it takes up to %s; a full volume pauses every guest on it", size_words(p, wanted));
  if (wanted > place.room) refuse_always(p, "when there is room", "%s has not room for %s more", mount, size_words(p, wanted));
  else if (v && v->size > 0 && v->size != UNKNOWN_INT && v->free != UNKNOWN_INT && (double)(v->size - v->free + wanted) * 100 / (double)v->size > FULL) refuse(p, "when there is more room", "%s would be more than %d %% full with %s more", v->name, FULL, size_words(p, wanted));
}

/* ---- making one ---- */

void survey_snapshot(struct planning *p) {
  const struct domain_view *d = snapshot_domain(p->snap, given(p, "domain"));
  const char *place = d ? place_of(p, d) : NULL, *host = place ? host_for(p, d) : NULL;
  if (!host) return;
  place_ask(p, host, volume_mount(p, d));
  ask_command(p, host, "there", "test", "-e", planf(p, "%s/%s", place, given(p, "name")), NULL);
  ask_disks(p, d, host);
  if (!d->hosts.count) return;
  ask_command(p, host, "live", "virsh", "dumpxml", "--domain", d->name, NULL);
  ask(p, host, "libvirt");
}

static void refuse_how(struct planning *p, const struct domain_view *d) {
  const char *how = given(p, "how");
  if (str_eq(how, "external")) refuse_always(p, "never; with how=copy", "with an external snapshot %s would write into a new file that its shared definition does not name: its next start, by pacemaker, would go back to the old one, and libvirt would not move it live", d->name);
  if (str_eq(how, "internal")) refuse_always(p, "never; with how=copy", "an internal snapshot holds %s still for as long as its memory is written to its own disk (its stop or monitor may run out of time), and libvirt would not move it live afterwards", d->name);
}

static bool answers(struct planning *p, const char *host) {
  struct definition now;
  const char *xml = answered(p, host, "live");
  return xml && !definition_read(xml, p->arena, &now) && now.agent && now.agent_answers;
}

/* What virsh reads of it: each disk by its target, the others (a CD) not. */
static const char *backup_of(struct planning *p, const struct images *all, const char *part) {
  CLEANUP(str_free) struct str out = {0};
  str_add(&out, "<domainbackup mode='push'>\n  <disks>\n");
  for (size_t i = 0; i < all->count; i++) str_addf(&out, "    <disk name='%s' backup='yes' type='file'>\n      <driver type='qcow2'/>\n      <target file='%s/%s.qcow2'/>\n    </disk>\n", all->item[i].target, part, all->item[i].target);
  str_add(&out, "  </disks>\n</domainbackup>\n");
  return arena_strdup(p->arena, str_text(&out));
}

static void copy_running(struct planning *p, const struct domain_view *d, const char *host, const struct images *all, const char *part) {
  bool still = !str_eq(given(p, "still"), "no") && answers(p, host);
  struct step *s = step_run(p, host, still ? "have the guest hold its file systems still, begin the copy, and let them go again" : "begin the copy", "sh", "-c", begin_script, "kvmconsole-backup", d->name, still ? "yes" : "no", NULL);
  s->input = backup_of(p, all, part);
  undo_by(p, s, "sh", "-c", abort_script, "kvmconsole-backup-abort", d->name, NULL);
  still_when(p, s, "domain-runs-on", d->name, host, NULL);
  s->half = TRUTH_YES;
  s->deadline_ms = 60000;
  s = step_run(p, host, "wait until it has ended", "sh", "-c", wait_script, "kvmconsole-backup-end", d->name, NULL);
  s->deadline_ms = COPY_MS;
  s->harmless = TRUTH_YES;
  consequence(p, "it is what the disks hold at the moment when it begins; the guest runs on");
  if (still) consequence(p, "the guest agent holds the file systems still for that moment: they are whole in the copy");
  else consequence(p, "%s: the copy is as after a power cut, which journals mend", str_eq(given(p, "still"), "no") ? "its file systems are not held still" : "no guest agent answers that could hold its file systems still (domain-agent-ping)");
  if (d->resource) consequence(p, "until it has ended %s cannot move live: a drain of %s would shut it down and start it elsewhere", d->name, host);
}

static void copy_off(struct planning *p, const struct domain_view *d, const char *host, const struct images *all, const char *part) {
  for (size_t i = 0; i < all->count; i++) {
    struct step *s = step_run(p, host, planf(p, "copy %s", all->item[i].target), "qemu-img", "convert", "-O", "qcow2", all->item[i].source, planf(p, "%s/%s.qcow2", part, all->item[i].target), NULL);
    still_when(p, s, "domain-runs-nowhere", d->name, NULL);
    s->harmless = TRUTH_YES;
    s->deadline_ms = COPY_MS;
  }
  consequence(p, "it is off: the copy is whole. It cannot be started until that is done");
}

static void keep_definition(struct planning *p, const struct domain_view *d, const char *host, const char *part) {
  const char *config = definition_of(p, d), *file = planf(p, "%s/definition.xml", part);
  if (config) {
    step_run(p, host, "keep its definition beside it", "install", "-m", "600", config, file, NULL)->harmless = TRUTH_YES;
    return;
  }
  step_file(p, host, file, "600", "its definition");
  step_run(p, host, "read its definition", "virsh", "dumpxml", "--inactive", "--security-info", "--domain", d->name, NULL)->harmless = TRUTH_YES;
  int64_t dumped = (int64_t)p->plan->steps.count - 1;
  struct step *s = step_run(p, host, "keep it beside them", "dd", planf(p, "of=%s", file), "status=none", NULL);
  s->input_of = dumped;
  s->harmless = TRUTH_YES;
}

static void refuse_unfit(struct planning *p, const struct domain_view *d, const char *host) {
  bool runs = d->hosts.count > 0;
  if (exit_of(p, host, "there") == 0) refuse_always(p, "with another name", "there is a snapshot %s of %s already", given(p, "name"), d->name);
  if (runs && !str_eq(d->state, "running")) refuse_always(p, "when it runs or is off", "%s is %s", d->name, d->state ? d->state : "in an unknown state");
  if (runs && holds(p, "domain-settled", d->name, NULL) == TRUTH_NO) refuse_always(p, "when that has ended", "a migration or another copy of %s is under way", d->name);
  if (runs && version_of(answered(p, host, "libvirt")) < 7002) refuse_always(p, "when it is off, or with libvirt 7.2 and newer", "libvirt of %s cannot copy the disks of a guest that runs", host);
  if (!runs) refuse_unread(p, d), refuse_if_starting(p, d);
}

void plan_snapshot(struct planning *p) {
  const struct domain_view *d = domain_told(p, given(p, "domain"));
  const char *name = given(p, "name"), *place;
  struct images all;
  if (!d) return;
  refuse_how(p, d);
  if (d->hosts.count > 1) refuse_always(p, "when it runs on one host only", "%s is active on %s at once", d->name, names_of(&d->hosts, p->arena));
  if (refused(p) || !(place = told_place(p, d))) return;
  bool runs = d->hosts.count > 0;
  const char *host = host_for(p, d), *part = planf(p, "%s/.%s.part", place, name), *whole = planf(p, "%s/%s", place, name);
  if (refuse_unasked(p, host, "there", "whether there is one of that name")) return;
  refuse_unfit(p, d, host);
  if (refused(p) || !images_of(p, d, host, &all)) return;
  consequence(p, "%s is a copy of the disks of %s and of its definition", whole, d->name);
  refuse_without_room(p, d, host, all.size);
  if (refused(p)) return;
  struct step *s = step_run(p, host, "make a place for it", "mkdir", "-p", "-m", "711", part, NULL);
  s->harmless = TRUTH_YES;
  undo_by(p, s, "rm", "-r", "-f", part, NULL);
  if (runs) copy_running(p, d, host, &all, part);
  else copy_off(p, d, host, &all, part);
  keep_definition(p, d, host, part);
  for (size_t i = 0; i < all.count; i++) step_run(p, host, planf(p, "see that %s can be read", all.item[i].target), "qemu-img", "info", "--force-share", planf(p, "%s/%s.qcow2", part, all.item[i].target), NULL)->harmless = TRUTH_YES;
  s = step_run(p, host, "it is whole: give it its name", "mv", "-T", part, whole, NULL);
  undo_by(p, s, "mv", "-T", whole, part, NULL);
  if (runs) verify_that(p, "domain-runs-on", d->name, host, NULL);
  else verify_that(p, "domain-runs-nowhere", d->name, NULL);
}

/* ---- which there are ---- */

void survey_snapshot_list(struct planning *p) {
  const struct domain_view *d = snapshot_domain(p->snap, given(p, "domain"));
  const char *place = d ? place_of(p, d) : NULL, *host = d ? host_for(p, d) : NULL;
  if (place && host) ask_command(p, host, "snapshots", "find", place, "-mindepth", "2", "-maxdepth", "2", "-type", "f", "-printf", "%k %TY-%Tm-%Td %TH:%TM %P\\n", NULL);
}

struct kept { const char *name, *at; int64_t kib; size_t disks; struct texts files; };

/* One after the other: how find goes through them. Half made ones begin with a dot. */
static size_t snapshots_of(struct planning *p, const char *host, struct kept *list, size_t most) {
  size_t n = 0;
  for (const char *line = printed(p, host, "snapshots"); line && *line; line = line_next(line)) {
    const char *kib = line_word(p, line, 0, false), *day = line_word(p, line, 1, false), *time = line_word(p, line, 2, false), *path = line_word(p, line, 3, true), *slash = path ? strchr(path, '/') : NULL;
    struct kept *k = NULL;
    int64_t size;
    if (!slash || str_int(kib, 0, INT64_MAX >> 20, &size)) continue;
    const char *name = arena_strndup(p->arena, path, (size_t)(slash - path));
    if (!is_plain_name(name) || !is_plain_name(slash + 1)) continue;
    for (size_t i = 0; i < n; i++)
      if (str_eq(list[i].name, name)) k = &list[i];
    if (!k && n == most) continue;
    if (!k) *(k = &list[n++]) = (struct kept){.name = name};
    k->kib += size;
    k->disks += str_ends(slash, ".qcow2");
    texts_add(p->arena, &k->files, slash + 1);
    if (!k->at || str_ends(slash, ".qcow2")) k->at = planf(p, "%.10s %.5s", day, time);
  }
  return n;
}

static const struct kept *the_snapshot(struct planning *p, const struct domain_view *d, const char *host) {
  struct kept *list = arena_array(p->arena, SHOWN, sizeof *list);
  const char *name = given(p, "snapshot");
  CLEANUP(str_free) struct str known = {0};
  if (refuse_unasked(p, host, "snapshots", "which snapshots there are")) return NULL;
  for (size_t i = 0, n = snapshots_of(p, host, list, SHOWN); i < n; i++) {
    if (str_eq(list[i].name, name)) return &list[i];
    str_addf(&known, "%s%s", known.len ? ", " : "", list[i].name);
  }
  refuse_always(p, known.len ? planf(p, "with one of: %s", str_text(&known)) : "after domain-snapshot", "there is no snapshot %s of %s", name, d->name);
  return NULL;
}

void plan_snapshot_list(struct planning *p) {
  const struct domain_view *d = snapshot_domain(p->snap, given(p, "domain"));
  struct kept *list = arena_array(p->arena, SHOWN, sizeof *list);
  const char *place = told_place(p, d);
  if (!place) return;
  const char *host = host_for(p, d);
  if (refuse_unasked(p, host, "snapshots", "which snapshots there are")) return;
  size_t n = snapshots_of(p, host, list, SHOWN);
  for (size_t i = 0; i < n; i++) consequence(p, "%s  of %s, %zu disk%s, %s", list[i].name, list[i].at, list[i].disks, list[i].disks == 1 ? "" : "s", size_words(p, list[i].kib << 10));
  if (!n) consequence(p, "%s has no snapshot in %s (domain-snapshot makes one)", d->name, place);
  else consequence(p, "they lie in %s; domain-snapshot-revert goes back to one, domain-snapshot-delete takes one away", place);
}

/* ---- taking one away ---- */

void plan_snapshot_delete(struct planning *p) {
  const struct domain_view *d = snapshot_domain(p->snap, given(p, "domain"));
  const char *place = told_place(p, d), *host = place ? host_for(p, d) : NULL;
  const struct kept *k = host ? the_snapshot(p, d, host) : NULL;
  if (!k) return;
  const char *whole = planf(p, "%s/%s", place, k->name);
  consequence(p, "LOST: the snapshot %s of %s, of %s (%s): there is no way back to it", k->name, d->name, k->at, size_words(p, k->kib << 10));
  consequence(p, "%s itself is not touched", d->name);
  struct step *s = step_run(p, host, "remove its files", "rm", "-f", "--", NULL);
  for (size_t i = 0; i < k->files.count; i++) step_word(p, s, "%s/%s", whole, k->files.item[i]);
  s->harmless = TRUTH_YES;
  s->deadline_ms = 120000;
  step_run(p, host, "and its place", "rmdir", "--", whole, NULL);
}

/* ---- going back to one ---- */

void survey_snapshot_revert(struct planning *p) {
  const struct domain_view *d = snapshot_domain(p->snap, given(p, "domain"));
  const char *place = d ? place_of(p, d) : NULL, *host = place ? host_for(p, d) : NULL, *config = host ? definition_of(p, d) : NULL;
  if (!host) return;
  survey_snapshot_list(p);
  place_ask(p, host, volume_mount(p, d));
  ask_disks(p, d, host);
  if (config) ask_command(p, host, "same", "cmp", "-s", "--", config, planf(p, "%s/%s/definition.xml", place, given(p, "snapshot")), NULL);
}

static void revert_steps(struct planning *p, const struct domain_view *d, const char *host, const struct images *all, const char *from) {
  for (size_t i = 0; i < all->count; i++) step_run(p, host, planf(p, "see that no older %s is aside", all->item[i].target), "test", "!", "-e", planf(p, "%s.before", all->item[i].source), NULL)->harmless = TRUTH_YES;
  for (size_t i = 0; i < all->count; i++) {
    const struct image *k = &all->item[i];
    struct step *s = step_run(p, host, planf(p, "copy %s back, beside it", k->target), "qemu-img", "convert", "-O", k->format, planf(p, "%s/%s.qcow2", from, k->target), planf(p, "%s.new", k->source), NULL);
    undo_by(p, s, "rm", "-f", planf(p, "%s.new", k->source), NULL);
    s->half = TRUTH_YES;
    s->harmless = TRUTH_YES;
    s->deadline_ms = COPY_MS;
  }
  for (size_t i = 0; i < all->count; i++) {
    const struct image *k = &all->item[i];
    struct step *s = step_run(p, host, planf(p, "put %s aside", k->target), "mv", "-n", k->source, planf(p, "%s.before", k->source), NULL);
    still_when(p, s, "domain-runs-nowhere", d->name, NULL);
    undo_by(p, s, "mv", "-f", planf(p, "%s.before", k->source), k->source, NULL);
    step_run(p, host, "and the copy in its place", "mv", "-n", planf(p, "%s.new", k->source), k->source, NULL);
  }
}

void plan_snapshot_revert(struct planning *p) {
  const struct domain_view *d = domain_told(p, given(p, "domain"));
  const char *place = d ? told_place(p, d) : NULL, *host = place ? host_for(p, d) : NULL;
  struct images all;
  if (!host) return;
  if (d->hosts.count) refuse_always(p, "after domain-stop", "%s is %s on %s: its disk cannot be changed below it", d->name, d->state ? d->state : "active", names_of(&d->hosts, p->arena));
  refuse_unread(p, d);
  refuse_if_starting(p, d);
  const struct kept *k = the_snapshot(p, d, host);
  if (!k || refused(p) || !images_of(p, d, host, &all)) return;
  for (size_t i = 0; i < all.count; i++)
    if (!texts_have(&k->files, planf(p, "%s.qcow2", all.item[i].target))) refuse_always(p, "with a snapshot of all its disks", "%s of %s is not in the snapshot: it had other disks then", all.item[i].target, d->name);
  if (refused(p)) return;
  consequence(p, "LOST at its next start: whatever %s has written since %s", d->name, k->at);
  consequence(p, "each disk as it is now is kept beside it, as DISK.before: take it away when it is not needed any more");
  if (was_asked(p, host, "same") && exit_of(p, host, "same") != 0) consequence(p, "its definition has changed since and stays as it is now; the old one: %s/%s/definition.xml", place, k->name);
  refuse_without_room(p, d, host, k->kib << 10);
  if (refused(p)) return;
  revert_steps(p, d, host, &all, planf(p, "%s/%s", place, k->name));
  verify_that(p, "domain-runs-nowhere", d->name, NULL);
}

bool snapshot_possible(const struct snapshot *s, const char *name) {
  const struct domain_view *d = snapshot_domain(s, name);
  if (d && d->resource) return true; /* off, no libvirt knows its disks */
  for (size_t i = 0; d && i < d->disks.count; i++)
    if (d->disks.item[i].volume) return true;
  return false;
}

#define DOMAIN {.name = "domain", .title = "DOMAIN", .help = "which domain", .kind = ARG_DOMAIN, .required = true}
#define SNAPSHOT {.name = "snapshot", .title = "NAME", .help = "which of its snapshots (domain-snapshot-list)", .kind = ARG_NAME, .required = true}
const struct operation_argument snapshot_arguments[] = {
    DOMAIN,
    {.name = "name", .title = "NAME", .help = "how it is called then, as before-upgrade", .kind = ARG_NAME, .required = true},
    {.name = "still", .title = "auto|no", .help = "auto: its guest agent holds the file systems still for the moment when it begins, if one answers", .kind = ARG_CHOICE, .words = "auto no", .fallback = "auto"},
    {.name = "how", .title = "HOW", .help = "copy: the disks into other files; why libvirt's own ways are not gone is said for the others", .kind = ARG_CHOICE, .words = "copy external internal", .fallback = "copy"},
    {.name = NULL}};
const struct operation_argument snapshot_list_arguments[] = {DOMAIN, {.name = NULL}};
const struct operation_argument snapshot_delete_arguments[] = {DOMAIN, SNAPSHOT, {.name = NULL}};
const struct operation_argument snapshot_revert_arguments[] = {DOMAIN, SNAPSHOT, {.name = NULL}};
