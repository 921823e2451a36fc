/* What plans ask of a host and do to it before any cluster is there: files, packages, names, keys. A host's own files are
 * texts by path; a directory that was made is one with "/" at its end. */
#include "sim/command.h"
#include "sim/host.h"
#include "sim/net.h"
#include "sim/store.h"
#include <regex.h>
#include <stdio.h>
#include <string.h>

/* ---- files that are there without anybody having written them ---- */

static bool has_package(const struct sim_host *h, const char *name) { return texts_have(&h->packages, name); }
static bool can_mount(const struct sim_host *h) { return has_package(h, "glusterfs-client") || has_package(h, "glusterfs-server"); }
static bool has_data_disk(const struct sim_host *h) { return YES(h->store) || !YES(h->bmc); } /* storage hosts come with a disk on /data */

static const char group_virt[] = "performance.quick-read=off\nperformance.read-ahead=off\nperformance.io-cache=off\nperformance.low-prio-threads=32\nnetwork.remote-dio=disable\nperformance.strict-o-direct=on\n"
                                 "cluster.eager-lock=enable\ncluster.quorum-type=auto\ncluster.server-quorum-type=server\ncluster.data-self-heal-algorithm=full\ncluster.locking-scheme=granular\n"
                                 "cluster.shd-max-threads=8\ncluster.shd-wait-qlength=10000\nfeatures.shard=on\nuser.cifs=off\ncluster.choose-local=off\nclient.event-threads=4\nserver.event-threads=4\n"
                                 "performance.client-io-threads=on\nnetwork.ping-timeout=20\nserver.tcp-user-timeout=20\nserver.keepalive-time=10\nserver.keepalive-interval=2\nserver.keepalive-count=5\ncluster.lookup-optimize=off\n";
const char *sim_group(const char *name) { return str_eq(name, "virt") ? group_virt : NULL; }

static const char *public_key(struct call *c, const struct sim_host *h, const char *who) {
  uint64_t a = 7;
  for (const char *s = h->name; *s; s++) a = mix(a, (unsigned char)*s);
  return arena_printf(c->w->arena, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA%016llx%016llx %s@%s\n", (unsigned long long)mix(a, (uint64_t)*who), (unsigned long long)mix(a, (uint64_t)*who + 1), who, h->name);
}

const char *host_file(struct call *c, const char *path) {
  const char *text = path ? pairs_get(&c->host->files, path) : NULL;
  if (text || !path) return text;
  if (!strcmp(path, "/etc/os-release")) return "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nVERSION=\"12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\n";
  if (!strcmp(path, "/proc/sys/kernel/random/boot_id")) { /* another one after each boot */
    uint64_t a = mix((uint64_t)(c->host - c->w->hosts.item) + 77, (uint64_t)c->host->power_since);
    return arena_printf(c->w->arena, "%08llx-0000-4000-8000-%012llx\n", (unsigned long long)(a >> 32), (unsigned long long)(a & 0xffffffff));
  }
  if ((text = process_name(c, path)) != NULL || (text = task_file(c, path)) != NULL || (text = brick_pid_file(c, path)) != NULL) return text;
  if (!strcmp(path, "/var/lib/glusterd/glusterd.info") && has_package(c->host, "glusterfs-server")) return arena_printf(c->w->arena, "UUID=%s\noperating-version=100000\n", c->host->gluster_uuid);
  if (!strcmp(path, "/sys/class/dmi/id/product_uuid")) return arena_printf(c->w->arena, "%s\n", c->host->libvirt_uuid);
  if (!strcmp(path, "/proc/cpuinfo")) return "processor\t: 0\nflags\t\t: fpu vme de pse tsc msr pae mce cx8 sep lm vmx nx\n";
  if (!strcmp(path, "/etc/fstab")) return "";
  if (!strcmp(path, "/etc/network/interfaces")) return host_interfaces(c);
  if (!strcmp(path, "/etc/ssh/ssh_host_ed25519_key.pub")) return public_key(c, c->host, "host");
  if (!strcmp(path, "/var/lib/glusterd/groups/virt") && has_package(c->host, "glusterfs-server")) return group_virt;
  if (strcmp(path, "/proc/mounts") && strcmp(path, "/proc/self/mounts")) return NULL;
  text = "/dev/vda1 / ext4 rw,relatime 0 0\n";
  if (has_data_disk(c->host)) text = arena_printf(c->w->arena, "%s/dev/mapper/vg-bricks /data xfs rw,relatime 0 0\n", text);
  EACH(c->host->mounts, struct sim_mount, m) text = arena_printf(c->w->arena, "%s%s:%s %s fuse.glusterfs %s 0 0\n", text, m->server, m->volume, m->mount, m->options);
  return text;
}

/* ---- what is there ---- */

static bool below(const char *path, const char *directory) {
  size_t n = strlen(directory);
  return !strncmp(path, directory, n) && path[n] == '/';
}

static bool is_brick_or_above(const struct call *c, const char *path) {
  EACH(c->w->volumes, struct sim_volume, v)
    EACH(v->bricks, struct sim_brick, b)
      if (str_eq(b->host, c->host->name) && !brick_wiped(c->host, b->path) && (str_eq(b->path, path) || below(b->path, path))) return true;
  return false;
}

static bool is_directory(struct call *c, const char *path) {
  static const char *const always[] = {"/", "/etc", "/root", "/var", "/tmp", "/home"};
  const char *rest = NULL;
  const struct sim_volume *v = volume_at(c->w, c->host, path, &rest);
  for (size_t i = 0; i < COUNT(always); i++)
    if (!strcmp(path, always[i])) return true;
  if (v && !*rest) return true;
  if (!strncmp(path, "/sys/class/net/", 15)) return is_bridge(c, path + 15);
  EACH(c->w->files, struct sim_file, f)
    if (v && str_eq(f->volume, v->name) && below(f->path, rest)) return true;
  for (size_t i = 0; !v && i < c->host->files.count; i++)
    if (below(c->host->files.item[i].key, path)) return true;
  return !v && (is_brick_or_above(c, path) || (!strcmp(path, "/data") && has_data_disk(c->host)));
}

static bool is_file(struct call *c, const char *path) {
  const char *rest = NULL;
  const struct sim_volume *v = volume_at(c->w, c->host, path, &rest);
  if (v) return world_file(c->w, v->name, rest) != NULL;
  if (!strcmp(path, "/sbin/mount.glusterfs")) return can_mount(c->host);
  if (!strcmp(path, "/sbin/brctl")) return has_package(c->host, "bridge-utils");
  return str_eq(path, "/dev/kvm") ? YES(c->host->bmc) : host_file(c, path) != NULL;
}

static const char *any_file(struct call *c, const char *path) {
  const char *rest = NULL;
  const struct sim_volume *v = volume_at(c->w, c->host, path, &rest);
  const struct sim_file *f = v ? world_file(c->w, v->name, rest) : NULL;
  return !v ? host_file(c, path) : f && !f->content ? "" : f ? f->content : NULL;
}

static bool holds_bytes(struct call *c, const char *path) { /* an image is no text */
  const char *rest = NULL;
  const struct sim_volume *v = volume_at(c->w, c->host, path, &rest);
  const struct sim_file *f = v ? world_file(c->w, v->name, rest) : NULL;
  return f && f->size > 0;
}

bool has_watchdog(const struct sim_host *h, const char *path) { return str_eq(path, "/dev/watchdog") && !pairs_get(&h->setup, "unwatched"); }

static int test(struct call *c) {
  const char *how = c->count > 0 ? c->rest[0] : "", *path = c->count > 1 ? c->rest[1] : "";
  bool file = is_file(c, path), directory = is_directory(c, path), yes = file || directory;
  if (str_eq(how, "-d")) yes = directory;
  else if (str_eq(how, "-f")) yes = file;
  else if (str_eq(how, "-c")) yes = (file && str_eq(path, "/dev/kvm")) || has_watchdog(c->host, path);
  else if (str_eq(how, "-b")) yes = file && !strncmp(path, "/dev/", 5);
  else if (str_eq(how, "-s")) yes = file && any_file(c, path) && (*any_file(c, path) || holds_bytes(c, path));
  c->r->code = !yes;
  return COMMAND_DONE;
}

/* The part of `path` right below the directory, once each. */
static void list_child(struct call *c, struct arena *a, struct texts *seen, const char *path, const char *directory) {
  const char *name = path + strlen(directory) + (strcmp(directory, "/") != 0);
  const char *child = arena_strndup(a, name, strcspn(name, "/"));
  if (!*child || texts_have(seen, child)) return;
  texts_add(a, seen, child);
  say(c, "%s", child);
}

static int ls(struct call *c) {
  CLEANUP(arena_freep) struct arena *a = arena_new();
  const char *path = word_at(c, 0), *rest = NULL;
  struct texts seen = {0};
  if (!path || (!is_file(c, path) && !is_directory(c, path))) return fail(c, 2, "ls: cannot access '%s': No such file or directory", path ? path : ".");
  if (!is_directory(c, path)) return say(c, "%s", path), COMMAND_DONE;
  const struct sim_volume *v = volume_at(c->w, c->host, path, &rest);
  EACH(c->w->files, struct sim_file, f)
    if (v && str_eq(f->volume, v->name) && below(f->path, rest)) list_child(c, a, &seen, f->path, rest);
  if (v) return COMMAND_DONE;
  EACH(c->w->volumes, struct sim_volume, x)
    EACH(x->bricks, struct sim_brick, b) {
      if (!str_eq(b->host, c->host->name) || brick_wiped(c->host, b->path)) continue;
      if (str_eq(b->path, path)) list_child(c, a, &seen, arena_printf(a, "%s/.glusterfs", path), path);
      else if (below(b->path, path)) list_child(c, a, &seen, b->path, path);
    }
  for (size_t i = 0; i < c->host->files.count; i++)
    if (below(c->host->files.item[i].key, path)) list_child(c, a, &seen, c->host->files.item[i].key, path);
  return COMMAND_DONE;
}

/* df -P -T -B1: the file system of each path that is there. */
static int df(struct call *c) {
  say(c, "Filesystem     Type     1-blocks       Used   Available Capacity Mounted on");
  for (size_t i = 0; word_at(c, i); i++) {
    const char *path = word_at(c, i), *rest = NULL;
    const struct sim_volume *v = volume_at(c->w, c->host, path, &rest);
    int64_t size = (int64_t)20 << 30, used = (int64_t)4 << 30, data = (int64_t)4 << 40;
    if (!is_file(c, path) && !is_directory(c, path)) {
      fail(c, 1, "df: %s: No such file or directory", path);
      continue;
    }
    if (v) {
      const struct sim_mount *m = host_mount(c->host, arena_strndup(c->w->arena, path, strlen(path) - strlen(rest)));
      say(c, "%s:%s fuse.glusterfs %lld %lld %lld 2%% %s", m ? m->server : "", v->name, (long long)size, (long long)used, (long long)(size - used), m ? m->mount : path);
    } else if ((below(path, "/data") || str_eq(path, "/data")) && has_data_disk(c->host)) {
      used = 0;
      EACH(c->w->volumes, struct sim_volume, x)
        EACH(x->bricks, struct sim_brick, b)
          if (str_eq(b->host, c->host->name)) data = b->size, used += b->used;
      size = data > used ? data : used;
      say(c, "/dev/mapper/vg-bricks xfs %lld %lld %lld 2%% /data", (long long)size, (long long)used, (long long)(size - used));
    } else {
      say(c, "/dev/vda1 ext4 %lld %lld %lld 20%% /", (long long)size, (long long)used, (long long)(size - used));
    }
  }
  return COMMAND_DONE;
}

static int mkdir_command(struct call *c) {
  for (size_t i = 0; word_at(c, i); i++) {
    const char *path = word_at(c, i), *rest = NULL;
    if (*path == '/' && !volume_at(c->w, c->host, path, &rest) && !is_directory(c, path)) set_pair(c->w, &c->host->files, world_words(c->w, "%s/", path), "");
  }
  return COMMAND_DONE;
}

static int touch(struct call *c) {
  const char *path = word_at(c, 0), *rest = NULL;
  const struct sim_volume *v = path ? volume_at(c->w, c->host, path, &rest) : NULL;
  if (!path || is_file(c, path)) return COMMAND_DONE;
  if (v) store_file(c->w, v->name, rest, 0, "");
  else set_pair(c->w, &c->host->files, path, "");
  return COMMAND_DONE;
}

static int cp(struct call *c) {
  const char *from = word_at(c, 0), *to = word_at(c, 1), *text = from ? host_file(c, from) : NULL;
  if (!to || !text) return fail(c, 1, "cp: cannot stat '%s': No such file or directory", from ? from : "");
  set_pair(c->w, &c->host->files, to, text);
  return COMMAND_DONE;
}

/* ---- lines of files ---- */

static bool letter(const struct call *c, char option) {
  for (size_t i = 1; i < c->argc; i++)
    if (c->argv[i][0] == '-' && c->argv[i][1] != '-' && strchr(c->argv[i] + 1, option)) return true;
  return false;
}

static bool line_matches(const regex_t *re, const char *pattern, const char *line, bool whole, regmatch_t *ret) {
  *ret = (regmatch_t){0, (regoff_t)strlen(line)};
  if (re) return regexec(re, line, 1, ret, 0) == 0 && (!whole || (!ret->rm_so && !line[ret->rm_eo]));
  return whole ? !strcmp(line, pattern) : strstr(line, pattern) != NULL;
}

/* grep [-F|-E] [-qvxzow] [-m N] [-e] PATTERN [FILE]; without FILE its input. -o prints only what was found, -w is not looked at. */
static int grep(struct call *c) {
  const char *m = value_of(c, "-m", NULL), *given = value_of(c, "-e", NULL), *words[2] = {given};
  bool fixed = letter(c, 'F'), inverted = letter(c, 'v'), one = letter(c, 'z'), options = true;
  size_t n = given != NULL;
  int64_t left = m ? number_of(m, 1000) / 1000 : INT64_MAX;
  regex_t re;
  for (size_t i = 1; i < c->argc && n < 2; i++) {
    if (options && str_eq(c->argv[i], "--")) options = false;
    else if ((!options || c->argv[i][0] != '-') && c->argv[i] != m && c->argv[i] != given) words[n++] = c->argv[i];
  }
  const char *text = words[1] ? any_file(c, words[1]) : c->input ? c->input : "";
  if (!words[0]) return fail(c, 2, "Usage: grep [OPTION]... PATTERNS [FILE]...");
  if (!text) return fail(c, 2, "grep: %s: No such file or directory", words[1]);
  if (!fixed && regcomp(&re, words[0], letter(c, 'E') ? REG_EXTENDED : 0)) return fail(c, 2, "grep: Invalid regular expression");
  c->r->code = 1;
  for (const char *s = text; *s && left > 0;) {
    size_t len = one ? strlen(s) : strcspn(s, "\n");
    CLEANUP(mem_freep) char *line = mem_strndup(s, len);
    regmatch_t at;
    if (line_matches(fixed ? NULL : &re, words[0], line, letter(c, 'x'), &at) != inverted) {
      if (!letter(c, 'o') || inverted) at = (regmatch_t){0, (regoff_t)len};
      if (!letter(c, 'q')) say(c, "%.*s", (int)(at.rm_eo - at.rm_so), line + at.rm_so);
      c->r->code = 0;
      left--;
    }
    s += len + (s[len] == '\n');
  }
  if (!fixed) regfree(&re);
  return COMMAND_DONE;
}

/* sed -i of two kinds: /RE/d with any delimiter, s/RE/TEXT/. */
static int sed(struct call *c) {
  const char *script = word_at(c, 0), *path = word_at(c, 1), *text = path ? any_file(c, path) : NULL, *rest = NULL;
  CLEANUP(str_free) struct str out = {0};
  char pattern[512], with[512] = "";
  regex_t re;
  if (!script || !text) return fail(c, 2, "sed: can't read %s: No such file or directory", path ? path : "");
  bool replaces = *script == 's';
  const char *begin = script + (*script == '\\' || replaces);
  char close = *begin;
  const char *end = *begin ? strchr(begin + 1, close) : NULL;
  if (!end) return fail(c, 1, "sed: -e expression #1, char 1: unknown command");
  snprintf(pattern, sizeof pattern, "%.*s", (int)(end - begin - 1), begin + 1);
  if (replaces) snprintf(with, sizeof with, "%.*s", (int)strcspn(end + 1, (char[]){close, 0}), end + 1);
  if (regcomp(&re, pattern, 0)) return fail(c, 1, "sed: -e expression #1: unterminated address regex");
  for (const char *line = text; *line;) {
    size_t len = strcspn(line, "\n");
    CLEANUP(mem_freep) char *copy = mem_strndup(line, len);
    regmatch_t at;
    bool hit = regexec(&re, copy, 1, &at, 0) == 0;
    if (hit && replaces) str_addf(&out, "%.*s%s%s\n", (int)at.rm_so, copy, with, copy + at.rm_eo);
    else if (!hit || replaces) str_addf(&out, "%s\n", copy);
    line += len + (line[len] == '\n');
  }
  regfree(&re);
  const struct sim_volume *v = volume_at(c->w, c->host, path, &rest);
  if (v) store_file(c->w, v->name, rest, (int64_t)out.len, str_text(&out));
  else set_pair(c->w, &c->host->files, path, str_text(&out));
  return COMMAND_DONE;
}

/* ---- packages ---- */

static void package_in(struct call *c, const char *name) {
  static const struct { const char *package, *daemon; enum life life; bool enabled; } brings[] = {
      {"glusterfs-server", "glusterd", LIFE_STOPPED, false}, {"libvirt-daemon-system", "libvirtd", LIFE_RUNNING, true}, {"pcs", "pcsd", LIFE_RUNNING, true},
      {"firewalld", "firewalld", LIFE_RUNNING, true},         {"ufw", "ufw", LIFE_RUNNING, true},
      {"corosync-qdevice", "corosync-qdevice", LIFE_STOPPED, false}, {"corosync-qnetd", "corosync-qnetd", LIFE_STOPPED, false}, {"sbd", "sbd", LIFE_STOPPED, false},
      {"corosync", "corosync", LIFE_STOPPED, false},         {"pacemaker", "pacemaker", LIFE_STOPPED, false}};
  if (has_package(c->host, name)) return;
  add_text(c->w, &c->host->packages, name);
  if (str_eq(name, "glusterfs-server")) c->host->store = TRUTH_YES;
  if (str_eq(name, "libvirt-daemon-system")) c->host->kvm = TRUTH_YES;
  for (size_t i = 0; i < COUNT(brings); i++)
    if (str_eq(brings[i].package, name)) daemon_add(c->w, c->host, brings[i].daemon, brings[i].life, brings[i].enabled);
  c->w->changed = ~0u;
  say(c, "Setting up %s ...", name);
}

static int apt_get(struct call *c) {
  const char *verb = word_at(c, 0);
  if (str_eq(verb, "update")) return say(c, "Reading package lists..."), COMMAND_DONE;
  if (!str_eq(verb, "install")) return fail(c, 100, "E: Invalid operation %s", verb ? verb : "");
  for (size_t i = 1; word_at(c, i); i++) package_in(c, word_at(c, i));
  return COMMAND_DONE;
}

static int dpkg_query(struct call *c) {
  for (size_t i = 0; word_at(c, i); i++) {
    if (has_package(c->host, word_at(c, i))) say(c, "ii  %s", word_at(c, i));
    else fail(c, 1, "dpkg-query: no packages found matching %s", word_at(c, i));
  }
  return COMMAND_DONE;
}

/* ---- names and keys ---- */

static bool knows(const struct call *c, const char *name) { /* in its /etc/hosts */
  const char *text = pairs_get(&c->host->files, "/etc/hosts");
  size_t len = strlen(name);
  for (const char *at = text; at && (at = strstr(at, name)) != NULL; at += len)
    if (at > text && strchr(" \t", at[-1]) && (!at[len] || strchr(" \t\n", at[len]))) return true;
  return false;
}

static int getent(struct call *c) {
  const char *name = word_at(c, 1);
  const struct sim_host *h = name ? world_host(c->w, name) : NULL;
  if (!h || (!knows(c, name) && h != c->host && !str_eq(h->address, name))) return c->r->code = 2, COMMAND_DONE;
  say(c, "%-15s %s", h->address, h->name);
  return COMMAND_DONE;
}

static const char KNOWN[] = "/root/.ssh/known_hosts";

static int ssh_keygen(struct call *c) {
  const char *find = value_of(c, "-F", NULL), *file = value_of(c, "-f", NULL), *known = pairs_get(&c->host->files, KNOWN);
  if (file && has_flag(c, "-y", NULL)) {
    if (!pairs_get(&c->host->files, file)) return fail(c, 255, "Load key \"%s\": No such file or directory", file);
    say(c, "%.*s", (int)strcspn(public_key(c, c->host, "root"), "\n"), public_key(c, c->host, "root"));
    return COMMAND_DONE;
  }
  if (file) {
    set_pair(c->w, &c->host->files, file, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    set_pair(c->w, &c->host->files, world_words(c->w, "%s.pub", file), public_key(c, c->host, "root"));
    return COMMAND_DONE;
  }
  c->r->code = 1;
  for (const char *line = known; find && line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
    if (strncmp(line, find, strlen(find)) || line[strlen(find)] != ' ') continue;
    say(c, "# Host %s found: line 1", find);
    say(c, "%.*s", (int)strcspn(line, "\n"), line);
    c->r->code = 0;
  }
  return COMMAND_DONE;
}

/* ssh -o .. root@HOST true. A host that was set up by a scenario has root's trust; one that has a key of its own is let in with it. */
static int ssh(struct call *c) {
  const char *name = NULL;
  for (size_t i = 0; i < c->count && !name; i++)
    if (strchr(c->rest[i], '@')) name = strchr(c->rest[i], '@') + 1;
  const struct sim_host *h = name ? world_host(c->w, name) : NULL;
  if (!h || (!knows(c, name) && h != c->host)) return fail(c, 255, "ssh: Could not resolve hostname %s: Name or service not known", name ? name : "");
  if (!hosts_reach(c->w, c->host, h, TRAFFIC_CLUSTER)) return fail(c, 255, "ssh: connect to host %s port 22: Connection timed out", name);
  const char *refused = root_refused(c->w->arena, c->host, h);
  return refused ? fail(c, 255, "%s", refused) : COMMAND_DONE;
}

static int sleep_command(struct call *c) { return c->w->clock - c->began < number_of(word_at(c, 0), 0) ? COMMAND_WAITS : COMMAND_DONE; }

const struct command host_commands[] = {
    {"test", "", test, 5}, {"ls", "", ls, 5}, {"df", "", df, 5}, {"mkdir", "", mkdir_command, 5}, {"touch", "", touch, 5}, {"cp", "", cp, 5}, {"grep", "", grep, 5}, {"sed", "", sed, 5},
    {"env", "DEBIAN_FRONTEND=noninteractive apt-get", apt_get, 20000}, {"apt-get", "", apt_get, 4000}, {"dpkg-query", "", dpkg_query, 20}, {"getent", "", getent, 5}, {"ssh-keygen", "", ssh_keygen, 100}, {"ssh", "", ssh, 300},
    {"sleep", "", sleep_command, 5}, {.program = NULL}};
