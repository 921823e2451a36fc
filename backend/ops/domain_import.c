/* Several domains into the cluster, one after the other: those that libvirt has on one host or another, running or off, and those that
 * are files with definitions. Each that cannot come is named with its reason and left alone. */
#include "ops/asked.h"
#include "ops/cluster_rows.h"
#include "ops/definition.h"
#include <inttypes.h>
#include <string.h>

enum { COPY_MS = 6 * 3600000, MOST = 32 };

/* ---- which, and where ---- */

static void propose_plain(struct planning *p, struct texts *ret) {
  if (given(p, "file")) return; /* those alone are meant */
  for (size_t i = 0; i < p->snap->domains.count && ret->count < MOST; i++)
    if (!p->snap->domains.item[i].resource) texts_add(p->arena, ret, p->snap->domains.item[i].name);
}

static const char *mount_for(struct planning *p, const struct domain_view *d) {
  const char *mount = d ? shared_mount(p, d) : NULL;
  return mount ? mount : given(p, "directory");
}

static const char *config_for(struct planning *p, const char *mount, const char *name) { return planf(p, "%s/config/%s.xml", mount, name); }

static bool local(const struct disk_view *k) { return k->source && *k->source && !k->volume; }

static bool has_local(const struct domain_view *d) {
  for (size_t i = 0; i < d->disks.count; i++)
    if (local(&d->disks.item[i])) return true;
  return false;
}

static const char *file_host(struct planning *p) {
  struct texts nodes = online_nodes(p);
  return texts_have(&nodes, here(p)) || !nodes.count ? here(p) : nodes.item[0];
}

static void ask_mounted(struct planning *p, const char *mount) {
  struct texts nodes = kvm_nodes(p);
  for (size_t i = 0; mount && i < nodes.count; i++) ask_command(p, nodes.item[i], planf(p, "mounted %s", mount), "mountpoint", "-q", mount, NULL);
}

void survey_import(struct planning *p) {
  if (cluster_host(p)) ask_pcs(p, cluster_host(p));
  for (size_t i = 0; value_at(p->values, "domain", i); i++) {
    const struct domain_view *d = snapshot_domain(p->snap, value_at(p->values, "domain", i));
    const char *host = d ? home_of(d) : NULL;
    if (!host || d->resource) continue;
    ask_mounted(p, mount_for(p, d));
    ask_command(p, host, planf(p, "definition %s", d->name), "virsh", "dumpxml", "--inactive", "--domain", d->name, NULL);
    for (size_t k = 0; k < d->disks.count; k++)
      if (local(&d->disks.item[k])) ask_command(p, host, planf(p, "image %s", d->disks.item[k].source), "qemu-img", "info", "--force-share", d->disks.item[k].source, NULL);
    if (given(p, "directory")) place_ask(p, host, given(p, "directory"));
  }
  for (size_t i = 0; value_at(p->values, "file", i); i++) {
    const char *file = value_at(p->values, "file", i);
    ask_mounted(p, given(p, "directory"));
    ask_command(p, file_host(p), planf(p, "file %s", file), "sh", "-c", DEFINITION_MASKED " -- \"$1\"", "kvmconsole-masked", file, NULL);
    ask_command(p, file_host(p), planf(p, "images %s", file), "sh", "-c", DEFINITION_IMAGES, "kvmconsole-images", file, NULL);
  }
}

/* ---- why one cannot come ---- */

static const char *not_mounted(struct planning *p, const char *mount) {
  struct texts nodes = kvm_nodes(p);
  for (size_t i = 0; i < nodes.count; i++) {
    int64_t code = exit_of(p, nodes.item[i], planf(p, "mounted %s", mount));
    if (code == UNKNOWN_INT) return planf(p, "%s was not asked whether it has %s mounted", nodes.item[i], mount);
    if (code) return planf(p, "%s has not mounted %s", nodes.item[i], mount);
  }
  return NULL;
}

static const char *host_parts(const struct definition *x) {
  return x->hostdevs ? "it uses a device of its host (hostdev)" : x->filesystems ? "it uses a directory of its host (filesystem)" : x->tpm ? "it has a TPM, whose state lies on its host alone" : NULL;
}

static const char *image_format(struct planning *p, const char *host, const char *source) {
  for (const char *line = answered(p, host, planf(p, "image %s", source)); line && *line; line = line_next(line))
    if (str_starts(line, "file format:")) return line_word(p, line, 2, false);
  return NULL;
}

static const char *why_not_disk(struct planning *p, const struct domain_view *d, const struct disk_view *k, int64_t *room) {
  const char *host = home_of(d), *name = k->target ? k->target : "a disk";
  if (!value_yes(p->values, "copy")) return planf(p, "%s (%s) is on no shared volume (copy=yes copies it, when it is off)", name, k->source);
  if (d->hosts.count) return planf(p, "%s (%s) is on no shared volume, and it runs: it is copied when it is off", name, k->source);
  if (!given(p, "directory")) return planf(p, "%s (%s) is on no shared volume, and none is mounted here to copy it to (directory=)", name, k->source);
  if (!k->target || !is_plain_name(k->target) || !is_plain_name(d->name) || strpbrk(k->source, "|&\\'\"")) return planf(p, "%s has a name that is copied by hand only", name);
  if (!image_format(p, host, k->source)) return planf(p, "%s cannot read %s", host, k->source);
  int64_t size = size_said(p, answered(p, host, planf(p, "image %s", k->source)), "disk size:");
  if (*room != UNKNOWN_INT && size > *room) return planf(p, "there is no room for %s (%s)", name, size_words(p, size));
  if (*room != UNKNOWN_INT) *room -= size;
  return NULL;
}

/* room: what is left for copies; told of what comes before it too. */
static const char *why_not(struct planning *p, const struct domain_view *d, int64_t *room) {
  const char *host = home_of(d), *why, *mount = mount_for(p, d), *xml = host ? answered(p, host, planf(p, "definition %s", d->name)) : NULL;
  struct definition is;
  if (d->resource) return planf(p, "it is the resource %s already", d->resource);
  if (resource_seen(p->snap, d->name)) return planf(p, "there is another resource %s", d->name);
  if (d->hosts.count > 1) return planf(p, "it is active on %s at once", names_of(&d->hosts, p->arena));
  if (d->hosts.count && !str_eq(d->state, "running")) return planf(p, "it is %s", d->state ? d->state : "in an unknown state");
  if (!host) return "no host knows its definition";
  if (!d->hosts.count && holds(p, "domain-runs-nowhere", d->name, NULL) != TRUTH_YES) return "not every host's libvirt is read: it may run somewhere";
  if (!mount) return "it has no disk on a shared volume, and none is mounted here (directory=)";
  if ((why = xml ? definition_read(xml, p->arena, &is) : "its definition could not be read") || (why = host_parts(&is)) || (why = not_mounted(p, mount))) return why;
  for (size_t i = 0; i < d->disks.count; i++)
    if (local(&d->disks.item[i]) && (why = why_not_disk(p, d, &d->disks.item[i], room))) return why;
  return NULL;
}

static const char *why_not_file(struct planning *p, const char *file, struct definition *ret) {
  const char *text = answered(p, file_host(p), planf(p, "file %s", file)), *why, *mount = given(p, "directory");
  if (!text) return planf(p, "%s cannot read it", file_host(p));
  if ((why = definition_read(text, p->arena, ret)) || (why = host_parts(ret))) return why;
  if (!is_plain_name(ret->name)) return "its name cannot be a file's";
  if (!ret->name_alone) return "its <name> has no line of its own: pacemaker's agent would not find it";
  if (!ret->uuid) return "it has no UUID: each host would make one up";
  if (snapshot_domain(p->snap, ret->name)) return planf(p, "there is a domain %s already: give domain=%s", ret->name, ret->name);
  if (resource_seen(p->snap, ret->name)) return planf(p, "there is a resource %s already", ret->name);
  if (!mount) return "no volume is mounted here (directory=)";
  if ((why = not_mounted(p, mount))) return why;
  for (size_t i = 0; i < ret->disks; i++)
    if (ret->disk[i].source && (!ret->disk[i].file || strncmp(ret->disk[i].source, mount, strlen(mount)) || ret->disk[i].source[strlen(mount)] != '/')) return planf(p, "its disk %s is not below %s", ret->disk[i].source, mount);
  if (ret->disks && exit_of(p, file_host(p), planf(p, "images %s", file)) != 0) return "not every disk of it is there";
  return NULL;
}

/* ---- the steps of one ---- */

static void copy_disks(struct planning *p, const struct domain_view *d, const char *config) {
  const char *host = home_of(d), *directory = given(p, "directory");
  for (size_t i = 0; i < d->disks.count; i++) {
    const struct disk_view *k = &d->disks.item[i];
    if (!local(k)) continue;
    const char *to = planf(p, "%s/%s-%s.%s", directory, d->name, k->target, image_format(p, host, k->source)); /* the format stays: the definition says it */
    step_run(p, host, planf(p, "see that no other %s is there", to), "test", "!", "-e", to, NULL)->harmless = TRUTH_YES;
    struct step *s = step_run(p, host, planf(p, "copy %s of %s to the volume", k->target, d->name), "qemu-img", "convert", "-O", image_format(p, host, k->source), k->source, to, NULL);
    undo_by(p, s, "rm", "-f", to, NULL);
    still_when(p, s, "domain-runs-nowhere", d->name, NULL);
    s->half = TRUTH_YES;
    s->deadline_ms = COPY_MS;
    step_run(p, host, "have its definition name that", "sed", "-i", planf(p, "s|<source file='%s'|<source file='%s'|", k->source, to), config, NULL)->harmless = TRUTH_YES;
    step_run(p, host, "see that it does", "grep", "-Fq", "-e", planf(p, "<source file='%s'", to), config, NULL)->harmless = TRUTH_YES;
  }
}

static void import_domain(struct planning *p, const struct domain_view *d) {
  const char *host = home_of(d), *config = config_for(p, mount_for(p, d), d->name);
  share_definition(p, d, host, config);
  copy_disks(p, d, config);
  make_ha_steps(p, d, host, config);
}

static void import_file(struct planning *p, const char *file, const struct definition *is) {
  const char *config = config_for(p, given(p, "directory"), is->name), *host = file_host(p);
  struct domain_view d = {.name = is->name, .memory = is->memory};
  step_run(p, host, planf(p, "make %s/config", given(p, "directory")), "mkdir", "-p", "-m", "700", planf(p, "%s/config", given(p, "directory")), NULL)->harmless = TRUTH_YES;
  struct step *s = step_run(p, host, planf(p, "share the definition of %s", is->name), "install", "-m", "600", file, config, NULL);
  undo_by(p, s, "rm", "-f", config, NULL);
  s->harmless = TRUTH_YES;
  create_resource(p, &d, config, false);
  undo_by(p, &p->plan->steps.item[p->plan->steps.count - 1], "pcs", "resource", "delete", is->name, NULL);
  verify_that(p, "resource-runs", is->name, NULL);
  verify_that(p, "domain-runs", is->name, NULL);
}

/* ---- the plan ---- */

static int widest(const struct planning *p) {
  int most = 6;
  for (size_t i = 0; value_at(p->values, "domain", i); i++)
    if ((int)strlen(value_at(p->values, "domain", i)) > most) most = (int)strlen(value_at(p->values, "domain", i));
  return most < 24 ? most : 24;
}

/* The lines of the table first, whatever they say; then the steps of those that come. */
void plan_import(struct planning *p) {
  const char *left = NULL;
  size_t come = 0, n = 0, files = 0;
  int wide = widest(p);
  int64_t room = UNKNOWN_INT;
  const struct domain_view *list[MOST];
  const char *file[MOST];
  struct definition *is = arena_array(p->arena, MOST, sizeof *is);
  if (!cluster_told(p) || !pcs_of(p, cluster_host(p))) return;
  if (kvm_nodes(p).count < 2) refuse(p, "when the cluster has a second node", "there is no other node that they could fail over to");
  for (size_t i = 0; value_at(p->values, "domain", i) && i < MOST; i++) {
    const struct domain_view *d = domain_told(p, value_at(p->values, "domain", i));
    struct place place;
    if (!d) return;
    if (room == UNKNOWN_INT && home_of(d) && given(p, "directory") && place_read(p, home_of(d), given(p, "directory"), &place)) room = place.room;
    const char *why = why_not(p, d, &room);
    for (size_t k = 0; k < n && !why; k++)
      if (list[k] == d) why = "it is named twice";
    if (why) consequence(p, "%-*s  LEFT ALONE: %s", wide, d->name, why), left = left ? left : planf(p, "%s: %s", d->name, why);
    else if (d->hosts.count) consequence(p, "%-*s  comes, adopted while it runs on %s", wide, d->name, d->hosts.item[0]);
    else consequence(p, "%-*s  comes, off on %s: %spacemaker starts it", wide, d->name, home_of(d), has_local(d) ? "its disks are copied to the volume (the old ones stay), and " : "");
    if (!why) list[n++] = d;
  }
  for (size_t i = 0; value_at(p->values, "file", i) && i < MOST; i++) {
    const char *path = value_at(p->values, "file", i), *why = why_not_file(p, path, &is[files]);
    if (why) consequence(p, "%s  LEFT ALONE: %s", path, why), left = left ? left : planf(p, "%s: %s", path, why);
    else consequence(p, "%-*s  comes, of %s: pacemaker starts it", wide, is[files].name, path), file[files++] = path;
  }
  come = n + files;
  if (!come) return (void)refuse_always(p, "when the reason is gone", "%s%s", left ? "none of them can come: " : "there is no domain that is not in the cluster already", left ? left : "");
  consequence(p, "one after the other; the first that fails ends it: those before it are in the cluster then, those behind it as they are now");
  if (p->snap->cluster.fencing != TRUTH_YES) consequence(p, "fencing is off: when a host is lost they may be started twice, and their disks destroyed");
  for (size_t i = 0; i < n; i++) import_domain(p, list[i]);
  for (size_t i = 0; i < files; i++) import_file(p, file[i], &is[i]);
  p->plan->verify_ms = 180000 + (int64_t)come * 30000;
}

const struct operation_argument import_arguments[] = {
    {.name = "domain", .title = "DOMAIN", .help = "which; all that are no resource are proposed", .kind = ARG_DOMAIN, .list = true, .propose = propose_plain},
    {.name = "file", .title = "PATH", .help = "a definition in a file on a node, of a domain that no host has yet; its disks are on the volume", .kind = ARG_PATH, .list = true},
    {.name = "directory", .title = "PATH", .help = "where the volume is mounted that disks and definitions are copied to", .kind = ARG_PATH, .propose = propose_directory, .choices = propose_directory},
    {.name = "copy", .title = "yes|no", .help = "copy disks that are on one host alone to the volume, of domains that are off", .kind = ARG_YES, .fallback = "no"},
    {.name = "start_timeout", .title = "SECONDS", .help = "how long a start may take", .kind = ARG_NUMBER, .min = 10, .max = 3600, .fallback = "120"},
    {.name = "stop_timeout", .title = "SECONDS", .help = "how long a shutdown may take; a stop that fails fences the host", .kind = ARG_NUMBER, .min = 20, .max = 7200, .fallback = "180"},
    {.name = "failure_timeout", .title = "SECONDS", .help = "after how long a failed start is forgotten and tried again", .kind = ARG_NUMBER, .min = 10, .max = 86400, .fallback = "60"},
    {.name = "stickiness", .title = "SCORE", .help = "how strongly they stay where they run", .kind = ARG_NUMBER, .min = 0, .max = 1000000, .fallback = "100"},
    {.name = NULL}};
