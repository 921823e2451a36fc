/* A domain from an image: the disk copied to a volume, what its root is let in by, the definition, the first start. */
#include "ops/asked.h"
#include "ops/cluster_rows.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *disk_path(struct planning *p) { return given(p, "directory") && given(p, "name") ? planf(p, "%s/%s.qcow2", given(p, "directory"), given(p, "name")) : NULL; }

static const char *bridge_of(const struct planning *p) { return str_eq(given(p, "bridge"), "none") ? NULL : given(p, "bridge"); }

void propose_directory(struct planning *p, struct texts *ret) {
  const struct gluster_mounts *m = fact_seen(p->snap, "gluster.mounts", NULL);
  for (size_t i = 0; m && i < m->mounts.count; i++)
    if (!m->mounts.item[i].trouble) texts_add(p->arena, ret, m->mounts.item[i].mount);
}

static void propose_hypervisor(struct planning *p, struct texts *ret) {
  const struct host_view *own = own_host(p);
  if (own && own->libvirt == LIBVIRT_CONNECTED) texts_add(p->arena, ret, own->name);
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (p->snap->hosts.item[i].libvirt == LIBVIRT_CONNECTED && &p->snap->hosts.item[i] != own) texts_add(p->arena, ret, p->snap->hosts.item[i].name);
}

static const char *check_new_name(struct planning *p, const char *value) {
  if (snapshot_domain(p->snap, value)) return planf(p, "there is a domain %s already", value);
  return resource_seen(p->snap, value) ? planf(p, "there is a resource %s already", value) : NULL;
}

static const char *check_words(struct planning *p, const char *value) {
  (void)p;
  return strpbrk(value, ",<>&'\"") ? "a path with one of , < > & and quotes is not taken here" : NULL;
}

void survey_domain_create(struct planning *p) {
  const char *host = given(p, "host"), *disk = disk_path(p);
  if (!host || !disk) return;
  ask_command(p, host, "image", "qemu-img", "info", given(p, "image"), NULL);
  ask_command(p, host, "disk", "test", "-e", disk, NULL);
  place_ask(p, host, given(p, "directory"));
  ask_command(p, host, "directory", "mountpoint", "-q", given(p, "directory"), NULL);
  if (bridge_of(p)) ask_command(p, host, "bridge", "test", "-d", planf(p, "/sys/class/net/%s/bridge", bridge_of(p)), NULL);
  if (given(p, "password") || given(p, "key")) ask_command(p, host, "customize", "virt-customize", "--version", NULL);
  if (str_eq(given(p, "by"), "virt-install")) ask_command(p, host, "virt-install", "virt-install", "--version", NULL);
}

/* "64 MiB" behind a name in what qemu-img prints; 0: it says nothing of it. */
int64_t size_said(const struct planning *p, const char *info, const char *name) {
  static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  for (const char *line = info; line && *line; line = line_next(line)) {
    if (!str_starts(line, name)) continue;
    const char *number = line_word(p, line, 2, false), *unit = line_word(p, line, 3, false);
    double n = number ? strtod(number, NULL) : 0;
    for (size_t i = 0; unit && n > 0 && n < 1e6 && i < COUNT(units); i++)
      if (str_eq(unit, units[i])) return (int64_t)(n * (double)((int64_t)1 << (10 * i)));
  }
  return 0;
}

/* What is copied takes at least what the image takes; as a disk it may grow to what it is for its guest. */
static void refuse_without_room(struct planning *p, const char *host) {
  const char *info = answered(p, host, "image"), *directory = given(p, "directory");
  struct place place;
  int64_t least = size_said(p, info, "disk size:"), most = size_said(p, info, "virtual size:"), size = 0;
  if (!place_read(p, host, directory, &place) || place.room == UNKNOWN_INT) return;
  if (given(p, "size") && !str_int(given(p, "size"), 1, INT64_MAX, &size)) most = size;
  if (least > place.room) refuse(p, "when there is room", "the image takes %s, and %s of %s has not that much room", size_words(p, least), directory, host);
  else if (most > place.room) consequence(p, "its disk may grow to %s, and %s has less room than that now: a full volume pauses every guest on it", size_words(p, most), directory);
}

static bool asked(struct planning *p, const char *host, const char *id) {
  const struct answer *a = survey_answer(p->survey, host, id);
  return a && a->code != UNKNOWN_INT;
}

static void refuse_by_survey(struct planning *p, const char *host, const char *disk) {
  const char *image = given(p, "image"), *bridge = bridge_of(p), *directory = given(p, "directory");
  if (!asked(p, host, "image")) {
    refuse_always(p, planf(p, "when commands can be run on %s", host), "%s could not be asked about the image", host);
    return;
  }
  if (!answered(p, host, "image")) refuse_always(p, "with an image that is there", "%s on %s is no image that qemu-img can read", image, host);
  if (answered(p, host, "disk") && strcmp(image, disk)) refuse_always(p, "with another name, or when that file is gone", "%s is there already", disk);
  if (asked(p, host, "directory") && !answered(p, host, "directory")) refuse(p, "when a volume is mounted there", "nothing is mounted on %s: the disk would be on %s alone", directory, host);
  if (bridge && asked(p, host, "bridge") && !answered(p, host, "bridge")) refuse(p, "when it has one (host-bridge)", "%s has no bridge %s", host, bridge);
  if ((given(p, "password") || given(p, "key")) && !answered(p, host, "customize")) refuse_always(p, "when it is there (package libguestfs-tools)", "%s has no virt-customize to write into the image with", host);
  if (str_eq(given(p, "by"), "virt-install") && !answered(p, host, "virt-install")) refuse_always(p, "with by=define, or when it is there", "%s has no virt-install", host);
}

static void copy_image(struct planning *p, const char *host, const char *disk) {
  struct step *s = step_run(p, host, "copy the image, as qcow2", "qemu-img", "convert", "-O", "qcow2", given(p, "image"), disk, NULL); /* also what is raw, or rests on another image */
  undo_by(p, s, "rm", "-f", disk, NULL);
  s->half = TRUTH_YES;
  s->deadline_ms = 3600000;
  if (!given(p, "size")) return;
  s = step_run(p, host, "make it as large as it is to be", "qemu-img", "resize", disk, given(p, "size"), NULL);
  s->harmless = TRUTH_YES;
}

/* The password is in a file that only root reads, for as long as virt-customize needs it. */
static void let_root_in(struct planning *p, const char *host, const char *disk) {
  const char *key = given(p, "key"), *file = planf(p, "/run/kvmconsole-%s.password", given(p, "name"));
  struct step *s;
  if (given(p, "password")) {
    step_file(p, host, file, "600", "root's password");
    s = step_run(p, host, "write root's password into it", "dd", planf(p, "of=%s", file), "status=none", NULL);
    s->secret = "password";
    s->input = "<password>";
    s->harmless = TRUTH_YES;
    s = step_run(p, host, "set root's password in the disk", "virt-customize", "-a", disk, "--root-password", planf(p, "file:%s", file), NULL);
    s->deadline_ms = 600000;
    s->harmless = TRUTH_YES;
    step_run(p, host, "take that file away", "rm", "-f", file, NULL)->harmless = TRUTH_YES;
  }
  if (key) {
    s = step_run(p, host, "let root in by that key", "virt-customize", "-a", disk, "--ssh-inject", planf(p, "root:file:%s", key), NULL);
    s->deadline_ms = 600000;
    s->harmless = TRUTH_YES;
  }
  if (!given(p, "password") && !key) consequence(p, "who gets in, and how, is what the image says: neither password nor key is set");
}

static const char *kibibytes(struct planning *p, const char *bytes) {
  int64_t n;
  char units[] = "BKMGT";
  size_t digits = strspn(bytes, "0123456789");
  const char *unit = bytes[digits] ? strchr(units, bytes[digits]) : units;
  if (str_int(arena_strndup(p->arena, bytes, digits), 1, INT64_MAX >> 41, &n) || !unit) return "1048576";
  return planf(p, "%" PRId64, (n << (10 * (unit - units))) >> 10);
}

static const char *definition(struct planning *p, const char *disk) {
  const char *bridge = bridge_of(p);
  return planf(p,
               "<domain type='%s'>\n  <name>%s</name>\n  <memory unit='KiB'>%s</memory>\n  <vcpu>%s</vcpu>\n  <os>\n    <type arch='x86_64'>hvm</type>\n    <boot dev='hd'/>\n  </os>\n"
               "  <features>\n    <acpi/>\n    <apic/>\n  </features>\n  <on_poweroff>destroy</on_poweroff>\n  <on_reboot>restart</on_reboot>\n  <on_crash>destroy</on_crash>\n  <devices>\n"
               "    <disk type='file' device='disk'>\n      <driver name='qemu' type='qcow2' cache='none'/>\n      <source file='%s'/>\n      <target dev='vda' bus='virtio'/>\n    </disk>\n"
               "%s    <serial type='pty'/>\n    <console type='pty'/>\n  </devices>\n</domain>\n",
               given(p, "type"), given(p, "name"), kibibytes(p, given(p, "memory")), given(p, "vcpus"), disk,
               bridge ? planf(p, "    <interface type='bridge'>\n      <source bridge='%s'/>\n      <model type='virtio'/>\n    </interface>\n", bridge) : "");
}

static void define(struct planning *p, const char *host, const char *disk) {
  const char *name = given(p, "name"), *directory = planf(p, "%s/config", given(p, "directory")), *file = planf(p, "%s/%s.xml", directory, name);
  step_run(p, host, planf(p, "make %s", directory), "mkdir", "-p", "-m", "700", directory, NULL)->harmless = TRUTH_YES;
  step_file(p, host, file, "600", planf(p, "the definition of %s", name));
  struct step *s = step_run(p, host, "write the definition into it", "dd", planf(p, "of=%s", file), "status=none", NULL);
  s->input = definition(p, disk);
  s->harmless = TRUTH_YES;
  s = step_run(p, host, planf(p, "define %s", name), "virsh", "define", file, NULL);
  undo_by(p, s, "virsh", "undefine", "--keep-nvram", "--domain", name, NULL);
  s->harmless = TRUTH_YES;
  if (!value_yes(p->values, "start")) return;
  s = step_run(p, host, planf(p, "start %s", name), "virsh", "start", "--domain", name, NULL);
  undo_by(p, s, "virsh", "destroy", "--domain", name, NULL);
  s->deadline_ms = 120000;
}

static void install(struct planning *p, const char *host, const char *disk) {
  const char *name = given(p, "name"), *bridge = bridge_of(p), *version = answered(p, host, "virt-install");
  int64_t kib = 0;
  str_int(kibibytes(p, given(p, "memory")), 0, INT64_MAX, &kib);
  struct step *s = step_run(p, host, planf(p, "define and start %s", name), "virt-install", "--name", name, "--memory", planf(p, "%" PRId64, kib >> 10), "--vcpus", given(p, "vcpus"), "--disk", planf(p, "path=%s,format=qcow2,bus=virtio,cache=none", disk), "--import", "--virt-type", given(p, "type"),
                            "--graphics", "none", "--noautoconsole", "--network", bridge ? planf(p, "bridge=%s,model=virtio", bridge) : "none", NULL);
  if (version_of(version) >= 4000) step_word(p, s, "--osinfo"), step_word(p, s, "detect=on,require=off"); /* else it asks which system that is */
  undo_by(p, s, "virsh", "undefine", "--keep-nvram", "--domain", name, NULL);
  s->deadline_ms = 300000;
}

void plan_domain_create(struct planning *p) {
  const char *host = given(p, "host"), *name = given(p, "name"), *disk = disk_path(p);
  bool by_tool = str_eq(given(p, "by"), "virt-install"), start = by_tool || value_yes(p->values, "start");
  if (!host || !disk) {
    refuse_always(p, host ? "with directory=" : "with host=", host ? "say where its disk is to lie: no volume is mounted that could be proposed" : "say on which host: none is known that runs domains");
    return;
  }
  refuse_by_survey(p, host, disk);
  refuse_without_room(p, host);
  consequence(p, "%s is a new domain on %s, with its disk in %s%s", name, host, disk, start ? ", and starts" : "");
  consequence(p, "no resource drives it yet: domain-make-ha does that");
  if (strcmp(given(p, "image"), disk)) copy_image(p, host, disk);
  else consequence(p, "its disk is %s as it lies there", disk);
  let_root_in(p, host, disk);
  if (by_tool) install(p, host, disk);
  else define(p, host, disk);
  const struct host_view *h = snapshot_host(p->snap, host);
  if (!h || h->libvirt == LIBVIRT_UNKNOWN) { /* no source reads it from here, before there is a cluster: it is asked */
    step_run(p, host, planf(p, "see that it is there"), "virsh", "domstate", "--domain", name, NULL)->harmless = TRUTH_YES;
    return;
  }
  verify_that(p, "domain-defined-on", name, host, NULL);
  if (start) verify_that(p, "domain-runs-on", name, host, NULL);
}

/* ---- the copy alone ---- */

static const char *directory_of(struct planning *p, const char *path) {
  const char *slash = strrchr(path, '/');
  return slash > path ? arena_strndup(p->arena, path, (size_t)(slash - path)) : "/";
}

void survey_domain_image(struct planning *p) {
  const char *host = given(p, "host");
  if (!host) return;
  ask_command(p, host, "image", "qemu-img", "info", given(p, "image"), NULL);
  ask_command(p, host, "disk", "test", "-e", given(p, "disk"), NULL);
  ask_command(p, host, "directory", "mountpoint", "-q", directory_of(p, given(p, "disk")), NULL);
}

void plan_domain_image(struct planning *p) {
  const char *host = given(p, "host"), *image = given(p, "image"), *disk = given(p, "disk"), *directory = directory_of(p, disk);
  if (!host) return (void)refuse_always(p, "with host=", "say on which host: none is known that runs domains");
  if (refuse_unasked(p, host, "image", "whether the image is there")) return;
  if (!answered(p, host, "image")) refuse_always(p, "with an image that is there", "%s on %s is no image that qemu-img can read", image, host);
  if (answered(p, host, "disk")) refuse_always(p, "with another disk, or when that file is gone", "%s is there already", disk);
  if (!answered(p, host, "directory")) refuse(p, "when a volume is mounted there", "nothing is mounted on %s: the disk would be on %s alone", directory, host);
  if (refused(p)) return;
  consequence(p, "%s is a copy of %s, as qcow2: it takes the room that is written in it", disk, image);
  copy_image(p, host, disk);
  step_run(p, host, "see that it can be read", "qemu-img", "info", disk, NULL)->harmless = TRUTH_YES;
}

const struct operation_argument domain_image_arguments[] = {
    {.name = "image", .title = "PATH", .help = "the image that is copied, on the host: a cloud image, qcow2 or raw", .kind = ARG_PATH, .required = true},
    {.name = "disk", .title = "PATH", .help = "the domain's disk, where a volume is mounted", .kind = ARG_PATH, .required = true, .check = check_words},
    {.name = "host", .title = "HOST", .help = "the host that copies it", .kind = ARG_HOST, .propose = propose_hypervisor, .choices = propose_hypervisor},
    {.name = NULL},
};

const struct operation_argument domain_create_arguments[] = {
    {.name = "name", .title = "NAME", .help = "of the new domain", .kind = ARG_NAME, .required = true, .check = check_new_name},
    {.name = "image", .title = "PATH", .help = "the image it is made of, on the host: a cloud image, qcow2 or raw", .kind = ARG_PATH, .required = true},
    {.name = "host", .title = "HOST", .help = "where it is made and started", .kind = ARG_HOST, .propose = propose_hypervisor, .choices = propose_hypervisor},
    {.name = "directory", .title = "PATH", .help = "where its disk is to lie: where a volume is mounted", .kind = ARG_PATH, .propose = propose_directory, .choices = propose_directory, .check = check_words},
    {.name = "size", .title = "SIZE", .help = "how large its disk is to be; left out: as the image", .kind = ARG_SIZE, .min = 1 << 20, .max = (int64_t)1 << 46},
    {.name = "memory", .title = "SIZE", .help = "its memory", .kind = ARG_SIZE, .min = 32 << 20, .max = (int64_t)1 << 44, .fallback = "1G"},
    {.name = "vcpus", .title = "NUMBER", .help = "its processors", .kind = ARG_NUMBER, .min = 1, .max = 1024, .fallback = "1"},
    {.name = "bridge", .title = "BRIDGE", .help = "the bridge its network card is plugged into; every host it may run on wants one of this name; none: no card", .kind = ARG_NAME, .fallback = "br0"},
    {.name = "password", .title = "PASSWORD", .help = "of root in the guest; left out: as the image has it", .kind = ARG_SECRET},
    {.name = "key", .title = "PATH", .help = "a file on the host with the public key that root is let in by", .kind = ARG_PATH},
    {.name = "type", .title = "kvm|qemu", .help = "qemu: emulated, where /dev/kvm does not work, as in nested labs; slow", .kind = ARG_CHOICE, .words = "kvm qemu", .fallback = "kvm"},
    {.name = "by", .title = "define|virt-install", .help = "define: by a definition that this console writes; virt-install: by that tool, which knows more of guests", .kind = ARG_CHOICE, .words = "define virt-install", .fallback = "define"},
    {.name = "start", .title = "yes|no", .help = "start it when it is made", .kind = ARG_YES, .fallback = "yes"},
    {.name = NULL},
};
