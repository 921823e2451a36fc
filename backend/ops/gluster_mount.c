/* gluster-mount: on the KVM hosts, now and at every boot, from any server, with pacemaker after it. */
#include "ops/gluster.h"
#include <string.h>

/* ---- what is proposed ---- */

static void propose_hosts(struct planning *p, struct texts *ret) {
  for (size_t i = 0; i < p->snap->hosts.count; i++)
    if (texts_have(&p->snap->hosts.item[i].roles, "kvm")) texts_add(p->arena, ret, p->snap->hosts.item[i].name);
}

static struct texts servers(const struct planning *p) { /* the hosts of its bricks, connected ones first */
  const struct volume_view *v = snapshot_volume(p->snap, given(p, "volume"));
  struct texts t = {0};
  for (int connected = 1; v && connected >= 0; connected--)
    for (size_t i = 0; i < v->bricks.count; i++) {
      const struct host_view *h = snapshot_host(p->snap, v->bricks.item[i].host);
      if ((h && h->peer == PEER_CONNECTED) == (bool)connected && !texts_have(&t, v->bricks.item[i].host)) texts_add(p->arena, &t, v->bricks.item[i].host);
    }
  return t;
}

static void propose_server(struct planning *p, struct texts *ret) { *ret = servers(p); }

static void propose_backup(struct planning *p, struct texts *ret) {
  enum { ENOUGH = 3 };
  struct texts all = servers(p);
  for (size_t i = 0; i < all.count && ret->count < ENOUGH; i++)
    if (!str_eq(all.item[i], given(p, "server"))) texts_add(p->arena, ret, all.item[i]);
}

/* Where it is mounted already, if this host has it. */
static void propose_path(struct planning *p, struct texts *ret) {
  const struct gluster_mounts *now = mounts_of(p->snap, here(p));
  for (size_t i = 0; now && i < now->mounts.count; i++)
    if (str_eq(now->mounts.item[i].volume, given(p, "volume"))) texts_add(p->arena, ret, now->mounts.item[i].mount);
  if (!ret->count) texts_add(p->arena, ret, "/kvmdata");
}

static const char *check_path(struct planning *p, const char *value) {
  (void)p;
  if (!strcmp(value, "/") || strpbrk(value, " \t\"'\\")) return "a directory of its own, without blanks and quotes: it is written to fstab";
  return strstr(value, "//") || (value[1] && str_ends(value, "/")) || strstr(value, "/./") ? "write it without // and a / at its end" : NULL;
}

const struct operation_argument mount_arguments[] = {
    {.name = "volume", .title = "VOLUME", .help = "the volume", .kind = ARG_VOLUME, .required = true},
    {.name = "path", .title = "/PATH", .help = "where; the same directory on every KVM host, or domains cannot move", .kind = ARG_PATH, .required = true, .propose = propose_path, .check = check_path},
    {.name = "host", .title = "HOST", .help = "the hosts that mount it; proposed: all KVM hosts", .kind = ARG_HOST, .required = true, .list = true, .propose = propose_hosts},
    {.name = "server", .title = "HOST", .help = "whom the mount asks what the volume is made of; the data itself comes from all its bricks", .kind = ARG_HOST, .required = true, .propose = propose_server},
    {.name = "backup", .title = "HOST", .help = "whom it asks when that one is down", .kind = ARG_HOST, .list = true, .propose = propose_backup},
    {.name = "order", .title = "yes|no", .help = "start pacemaker after the mount, and stop it before: a domain that is started without its disk counts as failed for good on that host", .kind = ARG_YES, .fallback = "yes"},
    {.name = NULL}};

/* ---- texts ---- */

/* systemd's name of the unit that mounts there. */
static const char *mount_unit(struct planning *p, const char *path) {
  CLEANUP(str_free) struct str out = {0};
  for (const char *s = path + 1; *s; s++) {
    bool plain = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') || *s == '_' || *s == ':' || (*s == '.' && s != path + 1);
    if (*s == '/') str_addc(&out, '-');
    else if (plain) str_addc(&out, *s);
    else str_addf(&out, "\\x%02x", (unsigned char)*s);
  }
  return planf(p, "%s.mount", str_text(&out));
}

/* The text as a regular expression of sed's that is that text. */
static const char *literal(struct planning *p, const char *text) {
  CLEANUP(str_free) struct str out = {0};
  for (const char *s = text; *s; s++) {
    if (strchr("\\.*[]^$#", *s)) str_addc(&out, '\\');
    str_addc(&out, *s);
  }
  return arena_strdup(p->arena, str_text(&out));
}

static const char *mount_options(struct planning *p) {
  struct texts backup = given_list(p, "backup");
  const char *text = "";
  for (size_t i = 0; i < backup.count; i++) text = planf(p, "%s%s%s", text, i ? ":" : "", backup.item[i]);
  return *text ? planf(p, "_netdev,backup-volfile-servers=%s", text) : "_netdev";
}

/* The line of a table of mounts that mounts something there; NULL: none. */
static const char *line_of(const struct planning *p, const char *table, const char *path) {
  for (const char *line = table; line && *line; line = line_next(line))
    if (*line != '#' && str_eq(line_word(p, line, 1, false), path)) return line;
  return NULL;
}

/* "node1:models" and "node2:/models" are the same volume. */
static bool is_volume(const char *source, const char *volume) {
  const char *colon = source ? strchr(source, ':') : NULL;
  return colon && str_eq(colon[1] == '/' ? colon + 2 : colon + 1, volume);
}

/* ---- one host ---- */

struct target { const char *volume, *path, *source, *options, *unit, *order_file, *order_text; };

void mount_survey(struct planning *p) {
  struct texts hosts = given_list(p, "host");
  const char *path = given(p, "path"), *unit = mount_unit(p, path);
  for (size_t i = 0; i < hosts.count; i++) {
    const char *host = hosts.item[i];
    ask(p, host, "mounts");
    ask(p, host, "fstab");
    ask_command(p, host, "client", "ls", "/sbin/mount.glusterfs", NULL);
    ask_command(p, host, "server", "getent", "hosts", given(p, "server"), NULL);
    ask_command(p, host, "below", "ls", "-A", "--", path, NULL);
    ask_command(p, host, "order", "cat", planf(p, "/etc/systemd/system/pacemaker.service.d/%s.conf", unit), NULL);
  }
}

static void check_host(struct planning *p, const char *host, const struct target *t) {
  if (refuse_unasked(p, host, "mounts", planf(p, "what is mounted on %s", host))) return;
  const char *there = line_of(p, printed(p, host, "mounts"), t->path), *listed = line_of(p, printed(p, host, "fstab"), t->path);
  const char *source = line_word(p, there, 0, false), *entry = line_word(p, listed, 0, false);
  if (exit_of(p, host, "client") != 0) refuse_always(p, "when it is installed: host-prepare", "%s has no client of gluster (mount.glusterfs)", host);
  if (exit_of(p, host, "server") != 0) refuse_always(p, "when its name is in /etc/hosts or the DNS", "%s does not know the name %s", host, given(p, "server"));
  if (there && !is_volume(source, t->volume)) refuse_always(p, "with another path", "%s is mounted on %s of %s", source, t->path, host);
  if (listed && !is_volume(entry, t->volume)) refuse_always(p, "with another path, or when that line is gone", "the fstab of %s mounts %s on %s", host, entry, t->path);
  if (!there && *printed(p, host, "below")) refuse(p, "with an empty or a new directory", "%s on %s is not empty: what lies there cannot be seen while the volume is mounted over it", t->path, host);
}

static void host_steps(struct planning *p, const char *host, const struct target *t) {
  bool there = line_of(p, printed(p, host, "mounts"), t->path) != NULL;
  const char *fstab = printed(p, host, "fstab"), *listed = line_of(p, fstab, t->path), *order = answered(p, host, "order");
  struct step *s;
  if (!there) {
    mkdir_step(p, host, t->path);
    s = step_run(p, host, planf(p, "mount %s", t->volume), "mount", "-t", "glusterfs", "-o", t->options, t->source, t->path, NULL);
    s->deadline_ms = 60000;
    tested_by(p, s, "mountpoint", "-q", t->path, NULL);
    undo_by(p, s, "umount", t->path, NULL);
  }
  if (!listed) {
    bool open_end = fstab && *fstab && fstab[strlen(fstab) - 1] != '\n';
    s = step_run(p, host, "have it mounted at every boot", "tee", "-a", "/etc/fstab", NULL);
    s->input = planf(p, "%s%s %s glusterfs defaults,%s 0 0\n", open_end ? "\n" : "", t->source, t->path, t->options);
    tested_by(p, s, "grep", "-q", planf(p, "^[^#[:space:]]*[[:space:]]*%s[[:space:]]", literal(p, t->path)), "/etc/fstab", NULL);
    undo_by(p, s, "sed", "-i", planf(p, "\\#^%s[[:space:]][[:space:]]*%s[[:space:]]#d", literal(p, t->source), literal(p, t->path)), "/etc/fstab", NULL);
  } else if (!strstr(first_line(p, listed), "_netdev") || !strstr(first_line(p, listed), "backup-volfile-servers")) {
    consequence(p, "The line of %s in the fstab of %s stays as it is; better options for it: defaults,%s", t->path, host, t->options);
  }
  if (t->order_text && !str_eq(order, t->order_text)) {
    s = step_run(p, host, "make the directory of pacemaker's own settings for systemd", "mkdir", "-p", "/etc/systemd/system/pacemaker.service.d", NULL);
    s->harmless = TRUTH_YES;
    s = step_run(p, host, "have pacemaker start after the mount and stop before it", "tee", t->order_file, NULL);
    s->input = t->order_text;
    s->harmless = TRUTH_YES;
    undo_by(p, s, "rm", "-f", t->order_file, NULL);
  }
  if (!listed || t->order_text) {
    s = step_run(p, host, "have systemd read both", "systemctl", "daemon-reload", NULL);
    s->harmless = TRUTH_YES;
  }
}

/* A console reads its own host's mounts alone: the others are asked, and whether one sees what another wrote. */
static void proof_steps(struct planning *p, const struct texts *hosts, const struct target *t) {
  const char *file = planf(p, "%s/.kvmconsole-mounted", t->path);
  struct step *s;
  for (size_t i = 0; i < hosts->count; i++) {
    s = step_run(p, hosts->item[i], "see that it is mounted", "mountpoint", "-q", t->path, NULL);
    s->harmless = TRUTH_YES;
    if (same_host(p->snap, hosts->item[i], here(p))) verify_that(p, "mounted", t->volume, here(p), t->path, NULL);
  }
  if (hosts->count < 2) return;
  s = step_run(p, hosts->item[0], "write a file there", "touch", file, NULL);
  s->harmless = TRUTH_YES;
  undo_by(p, s, "rm", "-f", file, NULL);
  for (size_t i = 1; i < hosts->count; i++) {
    s = step_run(p, hosts->item[i], "see that file", "test", "-e", file, NULL);
    s->harmless = TRUTH_YES;
  }
  s = step_run(p, hosts->item[0], "remove it", "rm", "-f", file, NULL);
  s->harmless = TRUTH_YES;
}

void mount_plan(struct planning *p) {
  const struct volume_view *v = the_volume(p);
  struct texts hosts = given_list(p, "host"), backup = given_list(p, "backup");
  struct target t = {given(p, "volume"), given(p, "path"), planf(p, "%s:%s", given(p, "server"), given(p, "volume")), mount_options(p), mount_unit(p, given(p, "path")), NULL, NULL};
  if (!v) return;
  if (!str_eq(v->status, "started")) refuse_always(p, "when it is started: gluster-volume-start", "volume %s is not started", v->name);
  if (v->writable == SET_LOST) refuse(p, "when its bricks are online", "a set of %s has no copy online: the mount would hang", v->name);
  for (size_t i = 0; i < hosts.count; i++) check_host(p, hosts.item[i], &t);
  if (refused(p)) return;
  if (value_yes(p->values, "order")) {
    t.order_file = planf(p, "/etc/systemd/system/pacemaker.service.d/%s.conf", t.unit);
    t.order_text = planf(p, "[Unit]\nWants=%s\nAfter=%s\n", t.unit, t.unit);
  }
  consequence(p, "%s is mounted on %s of %s, now and at every boot.", t.volume, t.path, names_text(p->arena, &hosts));
  if (backup.count) consequence(p, "When %s is down, the mount asks %s instead.", given(p, "server"), names_text(p->arena, &backup));
  else consequence(p, "Without a backup server it cannot be mounted while %s is down.", given(p, "server"));
  if (t.order_text) consequence(p, "Pacemaker starts when the mount was tried, and ends its domains before it is unmounted.");
  for (size_t i = 0; i < hosts.count; i++) host_steps(p, hosts.item[i], &t);
  proof_steps(p, &hosts, &t);
}
