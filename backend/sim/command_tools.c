/* Small tools that plans use on hosts beside the layers' own: files made and moved, images, guests' disks;
 * and crm_simulate, which says what the cluster would do. */
#include "sim/command.h"
#include "sim/guest.h"
#include "sim/host.h"
#include "sim/pacemaker.h"
#include "sim/store.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- files: of a volume that is mounted there, or the host's own ---- */

static const char *text_of(const struct call *c, const char *path) {
  const char *rest = NULL;
  const struct sim_volume *v = path ? volume_at(c->w, c->host, path, &rest) : NULL;
  const struct sim_file *f = v ? world_file(c->w, v->name, rest) : NULL;
  return f ? f->content ? f->content : "" : path && !v ? pairs_get(&c->host->files, path) : NULL;
}

static void put_text(struct call *c, const char *path, int64_t size, const char *text) {
  const char *rest = NULL;
  const struct sim_volume *v = volume_at(c->w, c->host, path, &rest);
  if (v) store_file(c->w, v->name, rest, size, text);
  else set_pair(c->w, &c->host->files, path, text ? text : "");
}

static void drop_file(struct call *c, const char *path) {
  const char *rest = NULL;
  const struct sim_volume *v = volume_at(c->w, c->host, path, &rest);
  if (!v) set_pair(c->w, &c->host->files, path, NULL);
  for (size_t i = 0; v && i < c->w->files.count; i++)
    if (str_eq(c->w->files.item[i].volume, v->name) && str_eq(c->w->files.item[i].path, rest)) drop_item(&c->w->files, sizeof *c->w->files.item, i--);
}

/* install -d -m MODE DIRECTORY..., install -m MODE /dev/null FILE */
static int install(struct call *c) {
  const char *path = c->argc ? c->argv[c->argc - 1] : NULL;
  if (!path || *path != '/') return fail(c, 1, "install: missing file operand");
  bool folders = has_flag(c, "-d", "--directory");
  if (!folders) put_text(c, path, 0, "");
  for (size_t i = 0; folders && i < c->count; i++)
    if (c->rest[i][0] == '/') set_pair(c->w, &c->host->files, world_words(c->w, "%s/", c->rest[i]), ""); /* as mkdir has it */
  return COMMAND_DONE;
}

/* dd of=FILE: what it reads. A password is not kept: the world may be saved to a file. */
static int dd(struct call *c) {
  const char *path = assigned(c, "of"), *text = c->input ? c->input : "";
  if (!path || *path != '/') return fail(c, 1, "dd: failed to open '%s': No such file or directory", path ? path : "");
  bool password = str_ends(path, ".password");
  put_text(c, path, (int64_t)strlen(text), password ? "(a password)\n" : text);
  EACH(c->w->resources, struct sim_resource, r) {
    const char *slash = strrchr(path, '/');
    if (password && slash && !strncmp(slash + 1, r->id, strlen(r->id)) && !strcmp(slash + 1 + strlen(r->id), ".password")) password_told(c->w, r);
  }
  return COMMAND_DONE;
}

static int mv(struct call *c) {
  const char *from = word_at(c, 0), *to = word_at(c, 1), *text = text_of(c, from);
  if (!from || !to || !text) return fail(c, 1, "mv: cannot stat '%s': No such file or directory", from ? from : "");
  CLEANUP(mem_freep) char *copy = mem_strdup(text);
  put_text(c, to, (int64_t)strlen(copy), copy);
  drop_file(c, from);
  return COMMAND_DONE;
}

static int test_absent(struct call *c) {
  const char *path = c->count ? c->rest[c->count - 1] : "";
  c->r->code = text_of(c, path) || pairs_get(&c->host->files, world_words(c->w, "%s/", path));
  return COMMAND_DONE;
}

/* sh -c SCRIPT: of the scripts that plans have, the one that sets a password that it reads, and the one that copies the CIB. */
static bool is_guest_possible(const struct call *c) { return YES(c->host->bmc); } /* as /dev/kvm is there */

static const char SHADOW[] = "/etc/shadow";

/* One of the lines of that text, whole? */
static bool has_line(const char *text, const char *line, size_t len) {
  for (const char *p = text, *next; *p; p = next) {
    size_t n = strcspn(p, "\n");
    next = p + n + (p[n] == '\n');
    if (n == len && !memcmp(p, line, len)) return true;
  }
  return false;
}

/* What a copy had, and what is read: lines of the one that are none of the other's. */
static int compare(struct call *c) {
  const char *then = text_of(c, c->argv[4]), *now = c->input ? c->input : "";
  if (!then) return fail(c, 2, "sh: 1: cannot open %s: No such file", c->argv[4]);
  for (int side = 0; side < 2; side++)
    for (const char *p = side ? now : then, *next; *p; p = next) {
      size_t n = strcspn(p, "\n");
      next = p + n + (p[n] == '\n');
      if (has_line(side ? then : now, p, n)) continue;
      say(c, "%c%.*s", side ? '+' : '-', (int)n, p);
      c->r->code = 1;
    }
  return COMMAND_DONE;
}

/* What the console itself would do there: a file outside of the simulation is not written from within. */
static int own_program(struct call *c) { return say(c, "%s: a simulation writes no file; kvmconsole --demo bundle FILE does", word_at(c, 0) ? word_at(c, 0) : "?"), COMMAND_DONE; }

static int sh(struct call *c) {
  const char *script = value_of(c, "-c", NULL);
  if (!script && c->argc > 1 && *c->argv[1] == '/') return power_shell(c);
  if (script && str_ends(script, "cibadmin -Q >\"$1\"") && c->argc == 5) {
    if (!daemon_runs(c->host, "pacemaker") || c->host->joined == JOIN_DOWN) return fail(c, 102, "Could not connect to the CIB: Transport endpoint is not connected");
    return put_text(c, c->argv[4], 1, "\n"), COMMAND_DONE; /* crm_simulate below says what is in it */
  }
  if (script && c->argc == 5 && str_eq(c->argv[3], "kvmconsole-probe")) return write_stamps(c);
  if (script && c->argc == 5 && str_eq(c->argv[3], "kvmconsole-pending")) return brick_index(c);
  if (script && c->argc == 4 && str_eq(c->argv[3], "kvmconsole-beats")) return host_stamps(c);
  if (script && c->argc == 5 && str_eq(c->argv[3], "kvmconsole-writes")) return guest_write_stamps(c);
  if (script && c->argc == 5 && str_ends(script, "\"$t/then\" \"$t/now\"")) return compare(c);
  if (script && c->argc == 6 && str_eq(c->argv[3], "kvmconsole-counts")) return guest_count_stamps(c);
  if (script && strstr(script, "-accel kvm")) return is_guest_possible(c) ? say(c, "a guest ran its firmware to the end"), COMMAND_DONE : fail(c, 1, "Could not access KVM kernel module: No such file or directory");
  if (!script || !str_ends(script, "| chpasswd")) return fail(c, 2, "sh: this script is not simulated");
  if (!c->input || !*c->input || *c->input == '\n') return fail(c, 1, "chpasswd: (line 1, user hacluster) password not changed");
  return put_text(c, SHADOW, 1, "hacluster"), COMMAND_DONE; /* which one is not kept */
}

/* passwd -S hacluster: its package made that user; a node of a cluster has a password. */
static int passwd(struct call *c) {
  const char *user = word_at(c, 0);
  bool set = KNOWN(c->host->node_id) || text_of(c, SHADOW);
  if (!has_flag(c, "-S", "--status")) return fail(c, 1, "passwd: this is not simulated");
  if (!str_eq(user, "hacluster") || !texts_have(&c->host->packages, "pacemaker")) return fail(c, 1, "passwd: user '%s' does not exist", user ? user : "");
  return say(c, "%s %s 11/20/2026 0 99999 7 -1", user, set ? "P" : "L"), COMMAND_DONE;
}

/* ---- images and guests' disks ---- */

static bool is_image(const struct call *c, const char *path, int64_t *ret_size) {
  const struct sim_file *f = path ? file_at(c->w, c->host, path) : NULL;
  *ret_size = f ? f->size : (int64_t)2 << 30;
  return f || (path && (pairs_get(&c->host->files, path) || str_ends(path, ".qcow2") || str_ends(path, ".img") || str_ends(path, ".raw")) && !volume_at(c->w, c->host, path, &(const char *){NULL}));
}

static int img_info(struct call *c) {
  const char *path = word_at(c, 0);
  int64_t size;
  if (!is_image(c, path, &size)) return fail(c, 1, "qemu-img: Could not open '%s': Could not open '%s': No such file or directory", path ? path : "", path ? path : "");
  say(c, "image: %s\nfile format: %s\nvirtual size: %" PRId64 " MiB (%" PRId64 " bytes)\ndisk size: 420 MiB", path, str_ends(path, ".qcow2") ? "qcow2" : "raw", size >> 20, size);
  return COMMAND_DONE;
}

static int img_convert(struct call *c) {
  const char *words[2] = {0}, *format = value_of(c, "-O", NULL);
  int64_t size;
  for (size_t i = 0, n = 0; i < c->count && n < 2; i++)
    if (c->rest[i][0] != '-' && c->rest[i] != format) words[n++] = c->rest[i];
  if (!words[1] || !is_image(c, words[0], &size)) return fail(c, 1, "qemu-img: Could not open '%s': No such file or directory", words[0] ? words[0] : "");
  put_text(c, words[1], size, NULL);
  return COMMAND_DONE;
}

static int img_resize(struct call *c) {
  const char *path = word_at(c, 0), *text = word_at(c, 1);
  struct sim_file *f = path ? file_at(c->w, c->host, path) : NULL;
  int64_t n = 0;
  const char *p = text ? text : "";
  for (; *p >= '0' && *p <= '9' && n < (int64_t)1 << 48; p++) n = n * 10 + *p - '0';
  n <<= *p == 'K' ? 10 : *p == 'M' ? 20 : *p == 'G' ? 30 : *p == 'T' && n < 1 << 20 ? 40 : 0;
  if (!f || n <= 0) return fail(c, 1, "qemu-img: Could not open '%s': No such file or directory", path ? path : "");
  if (n < f->size) return fail(c, 1, "qemu-img: Use the --shrink option to perform a shrink operation.");
  f->size = n;
  say(c, "Image resized.");
  return COMMAND_DONE;
}

static int virt_customize(struct call *c) {
  const char *disk = value_of(c, "-a", "--add"), *password = value_of(c, NULL, "--root-password");
  int64_t size;
  if (has_flag(c, "-V", "--version")) return say(c, "virt-customize 1.48.6"), COMMAND_DONE;
  if (!is_image(c, disk, &size)) return fail(c, 1, "virt-customize: error: libguestfs error: %s: No such file or directory", disk ? disk : "");
  if (password && (strncmp(password, "file:", 5) || !text_of(c, password + 5))) return fail(c, 1, "virt-customize: error: invalid password selector '%s'", password);
  say(c, "[   0.0] Examining the guest ...\n[   8.1] Setting a random seed\n[   8.2] Setting passwords\n[   9.0] Finishing off");
  return COMMAND_DONE;
}

static int virt_install(struct call *c) {
  const char *name = value_of(c, "-n", "--name"), *disk = value_of(c, NULL, "--disk"), *memory = value_of(c, NULL, "--memory"), *vcpus = value_of(c, NULL, "--vcpus"), *why = NULL;
  struct sim_domain *d;
  if (has_flag(c, NULL, "--version")) return say(c, "4.1.0"), COMMAND_DONE;
  if (!name || !disk || strncmp(disk, "path=", 5)) return fail(c, 1, "ERROR    --name and --disk are required");
  CLEANUP(mem_freep) char *xml = mem_printf("<domain type='kvm'>\n  <name>%s</name>\n  <memory unit='MiB'>%s</memory>\n  <vcpu>%s</vcpu>\n  <source file='%.*s'/>\n</domain>\n", name, memory ? memory : "1024", vcpus ? vcpus : "1", (int)strcspn(disk + 5, ","), disk + 5);
  if (guest_define(c->w, xml, &d, &why) || guest_start(c->w, d, c->host, &why)) return fail(c, 1, "ERROR    %s", why);
  add_text(c->w, &d->defined_on, c->host->name);
  say(c, "\nStarting install...\nDomain creation completed.");
  return COMMAND_DONE;
}

/* ---- crm_simulate ---- */

static void summarise(struct call *c) {
  CLEANUP(mem_freep) int *place = mem_alloc((c->w->resources.count + 1) * sizeof *place);
  const struct sim_host *dc = c->host->dc ? world_host(c->w, c->host->dc) : c->host;
  schedule_place(c->w, dc, place);
  say(c, "\nTransition Summary:");
  for (size_t i = 0; i < c->w->resources.count; i++) {
    const struct sim_resource *r = &c->w->resources.item[i];
    const struct sim_host *to = place[i] == NOWHERE || !resource_wanted(c->w, r) ? NULL : &c->w->hosts.item[place[i]];
    struct sim_host *on[NODES_MAX];
    size_t n = active_nodes(c->w, dc, r, on);
    if (!resource_managed(c->w, r) || is_true(pairs_get(&c->w->properties, "maintenance-mode"))) continue;
    if (n > 1 || (n && YES(r->failed))) say(c, "  * Recover    %s     ( %s )", r->id, on[0]->name);
    else if (n && !to) say(c, "  * Stop       %s     ( %s )  due to node availability", r->id, on[0]->name);
    else if (n && to != on[0]) say(c, "  * %s    %s     ( %s -> %s )", is_true(resource_meta(c->w, r, "allow-migrate")) ? "Migrate" : "Move   ", r->id, on[0]->name, to->name);
    else if (!n && to) say(c, "  * Start      %s     ( %s )", r->id, to->name);
  }
}

/* A copy of the configuration is a text here that says what was changed in it: "RESOURCE NAME", meta attributes taken away. */
static int crm_simulate(struct call *c) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  const char *file = value_of(c, "-x", "--xml-file"), *text = file ? text_of(c, file) : NULL;
  struct { struct sim_resource *r; const char *name, *value; } taken[16];
  size_t n = 0;
  char id[256], name[64];
  if (file && !text) return fail(c, 105, "crm_simulate: Could not read input: No such device or address");
  if (!file && (!daemon_runs(c->host, "pacemaker") || c->host->joined == JOIN_DOWN)) return fail(c, 102, "crm_simulate: Live CIB query failed: Transport endpoint is not connected");
  for (const char *s = text; s && *s && n < COUNT(taken) && sscanf(s, "%255s %63s", id, name) == 2; s += strcspn(s, "\n"), s += *s == '\n') {
    struct sim_resource *r = world_resource(c->w, id);
    if (!r) continue;
    taken[n].r = r, taken[n].name = world_word(c->w, name), taken[n].value = pairs_get(&r->meta, name), n++;
    set_pair(c->w, &r->meta, name, NULL);
  }
  crm_mon_text(c, a, "Full List of Resources:");
  if (has_flag(c, "-S", "--simulate") || has_flag(c, "-R", "--run")) summarise(c);
  if (has_flag(c, "-S", "--simulate")) say(c, "\nExecuting Cluster Transition:\n\nRevised Cluster Status:");
  while (n-- > 0) set_pair(c->w, &taken[n].r->meta, taken[n].name, taken[n].value);
  return COMMAND_DONE;
}

/* env CIB_file=FILE crm_resource -r R -m -d NAME: the copy is changed, the cluster is not. */
static int env_cib(struct call *c) {
  const char *file = NULL, *id = value_of(c, "-r", "--resource"), *gone = value_of(c, "-d", "--delete-parameter");
  for (size_t i = 1; i < c->argc; i++)
    if (str_starts(c->argv[i], "CIB_file=")) file = c->argv[i] + strlen("CIB_file=");
  const char *old = text_of(c, file);
  if (!file || !old || !id || !gone || !has_flag(c, "-m", "--meta")) return fail(c, 64, "env: this is not simulated");
  CLEANUP(mem_freep) char *text = mem_printf("%s%s %s\n", str_eq(old, "\n") ? "" : old, id, gone);
  put_text(c, file, 1, text);
  return COMMAND_DONE;
}

const struct command tool_commands[] = {
    {"install", "", install, 5},          {"dd", "", dd, 10},                           {"mv", "", mv, 5},
    {"test", "! -e", test_absent, 5},     {"sh", "", sh, 60},                           {"env", "", env_cib, 150},
    {"qemu-img", "info", img_info, 20},   {"qemu-img", "convert", img_convert, 4000},   {"qemu-img", "resize", img_resize, 60},
    {"passwd", "", passwd, 5},              {"virt-customize", "", virt_customize, 9000}, {"virt-install", "", virt_install, 2500}, {"crm_simulate", "", crm_simulate, 60},
    {"kvmconsole", "bundle", own_program, 5000},
    {.program = NULL}};
