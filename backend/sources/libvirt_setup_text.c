#include "sources/libvirt_setup_text.h"
#include "model/shared.h"
#include <errno.h>
#include <string.h>

enum { COMPLAINT_MOST = 200, DEFAULT_PORT = 49152, DEFAULT_PORTS = 64, PORT_MOST = 65535, UNITS = 3 };

static const char *const ordering[UNITS] = {"pacemaker.service", "corosync.service", "resource-agents-deps.target"};

struct answer {
  struct arena *a;
  struct libvirt_setup *to;
  const struct texts *asked;          /* definitions */
  struct texts fine;                  /* of these: read, and as they should be */
  const char *after[UNITS];           /* of the units above: what they are started after */
  bool loaded[UNITS];
  enum truth guests_loaded, guests_on;
  struct texts units;                 /* of mounts, that systemd has files of */
  bool fstab, mounts, done, judged;   /* judged: the definitions were looked at */
  struct shared_reading shared;       /* of the last of its list */
  const char *complaint;
};

static const char *after_word(const char *line, const char *word) {
  size_t len = strlen(word);
  return !strncmp(line, word, len) && line[len] == ' ' ? line + len + 1 : NULL;
}

/* The next word of *at, in the arena; NULL: no more. */
static const char *take_word(struct arena *a, const char **at) {
  const char *from = *at + strspn(*at, " \t");
  size_t len = strcspn(from, " \t");
  *at = from + len;
  return len ? arena_strndup(a, from, len) : NULL;
}

static bool has_word(const char *list, const char *word, const char *between) {
  size_t len = strlen(word);
  for (const char *at = list; at && (at = strstr(at, word)) != NULL; at += len)
    if ((at == list || strchr(between, at[-1])) && (!at[len] || strchr(between, at[len]))) return true;
  return false;
}

/* Tables of mounts write a blank as \040. */
static const char *unescaped(struct arena *a, const char *text) {
  char *out = arena_strdup(a, text), *to = out;
  for (const char *s = text; *s; s++) {
    bool octal = s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' && s[3] <= '7';
    *to++ = octal ? (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0')) : *s;
    if (octal) s += 3;
  }
  *to = 0;
  return out;
}

const char *setup_mount_unit(const char *path, struct arena *a) {
  CLEANUP(str_free) struct str out = {0};
  while (*path == '/') path++;
  for (const char *s = path; *s; s++) {
    bool plain = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') || *s == '_' || *s == ':' || (*s == '.' && s != path);
    if (*s == '/' && (s[1] == '/' || !s[1])) continue;
    if (*s == '/') str_addc(&out, '-');
    else if (plain) str_addc(&out, *s);
    else str_addf(&out, "\\x%02x", (unsigned char)*s);
  }
  return arena_printf(a, "%s.mount", out.len ? out.data : "-");
}

int setup_clock(const char *line, int64_t *ret_wall_ms) {
  const char *number = after_word(line, "clock");
  return number ? str_int(number, 0, (int64_t)1 << 46, ret_wall_ms) : -EINVAL;
}

/* ---- mounts ---- */

static struct setup_mount *mount_at(struct answer *r, const char *path) {
  for (size_t i = 0; i < r->to->mounts.count; i++)
    if (str_eq(r->to->mounts.item[i].mount, path)) return &r->to->mounts.item[i];
  if (r->to->mounts.count >= SETUP_MOUNTS_MAX) return NULL;
  struct setup_mount *m = list_add(r->a, &r->to->mounts, &setup_mount_shape);
  m->mount = path;
  return m;
}

/* node1:/models /kvmdata glusterfs defaults,_netdev 0 0 */
static void take_mount(struct answer *r, const char *line, bool listed) {
  const char *source = take_word(r->a, &line), *path = take_word(r->a, &line), *type = take_word(r->a, &line), *options = take_word(r->a, &line);
  bool ours = str_eq(type, "glusterfs") || str_eq(type, "fuse.glusterfs");
  struct setup_mount *m = ours && *path == '/' ? mount_at(r, unescaped(r->a, path)) : NULL;
  if (!m) return;
  if (listed || !m->source) m->source = unescaped(r->a, source), m->options = options; /* what is written down decides at the next boot */
  if (listed) m->permanent = truth_of(!options || !has_word(options, "noauto", ","));
  else m->mounted = TRUTH_YES;
}

static bool is_after(const struct answer *r, const char *unit) {
  for (int i = 0; i < UNITS; i++) {
    bool counts = !i || (r->loaded[i] && has_word(r->after[0], ordering[i], " "));
    if (counts && has_word(r->after[i], unit, " ")) return true;
  }
  return false;
}

/* Network file systems of the table are mounted before remote-fs.target, unless they are said to be of no weight. */
static bool in_time_by_table(const struct answer *r, const struct setup_mount *m, bool listed) {
  static const char *const loose[] = {"noauto", "nofail", "x-systemd.automount"};
  for (size_t i = 0; i < COUNT(loose); i++)
    if (m->options && has_word(m->options, loose[i], ",")) return false;
  return listed && is_after(r, "remote-fs.target");
}

static void settle_mounts(struct answer *r) {
  r->to->mounts_known = truth_of(r->fstab && r->mounts);
  for (size_t i = 0; i < r->to->mounts.count; i++) {
    struct setup_mount *m = &r->to->mounts.item[i];
    const char *unit = setup_mount_unit(m->mount, r->a);
    bool listed = m->permanent != TRUTH_UNKNOWN;
    if (!m->mounted && r->mounts) m->mounted = TRUTH_NO;
    if (texts_have(&r->units, unit)) m->permanent = TRUTH_YES;
    else if (!listed && r->fstab) m->permanent = TRUTH_NO;
    if (r->loaded[0] && r->after[0]) m->ordered = truth_of(is_after(r, unit) || in_time_by_table(r, m, listed));
  }
}

/* ---- the other lines ---- */

static void take_order(struct answer *r, const char *rest) {
  const char *unit = take_word(r->a, &rest);
  rest += strspn(rest, " ");
  for (int i = 0; unit && i < UNITS; i++) {
    if (strcmp(unit, ordering[i])) continue;
    if (str_starts(rest, "After=")) r->after[i] = arena_strdup(r->a, rest + strlen("After="));
    if (str_eq(rest, "LoadState=loaded")) r->loaded[i] = true;
  }
}

static void take_guests(struct answer *r, const char *rest) {
  if (str_starts(rest, "LoadState=")) r->guests_loaded = truth_of(!str_ends(rest, "=not-found") && !str_ends(rest, "=masked"));
  if (str_starts(rest, "UnitFileState=")) r->guests_on = truth_of(str_starts(rest, "UnitFileState=enabled"));
}

static void take_port(struct answer *r, const char *rest) {
  char name[32];
  int64_t value;
  rest += strspn(rest, " \t");
  size_t len = strcspn(rest, " \t=");
  if (len >= sizeof name) return;
  memcpy(name, rest, len);
  name[len] = 0;
  rest += len + strspn(rest + len, " \t=");
  CLEANUP(mem_freep) char *number = mem_strndup(rest, strspn(rest, "0123456789"));
  if (str_int(number, 1, PORT_MOST, &value)) return;
  if (!strcmp(name, "migration_port_min")) r->to->port_min = value;
  if (!strcmp(name, "migration_port_max")) r->to->port_max = value;
}

/* "peer 255 kvm02 root@kvm02: Permission denied (publickey)." A host that cannot be reached may well let root in. */
static void take_peer(struct answer *r, const char *rest) {
  static const char *const refused[] = {"Permission denied", "Host key verification failed", "IDENTIFICATION HAS CHANGED", "Could not resolve hostname", "Too many authentication failures", "No supported authentication"};
  const char *code = take_word(r->a, &rest), *name = take_word(r->a, &rest);
  int64_t n;
  if (!name || str_int(code, 0, 255, &n) || r->to->peers.count >= SETUP_PEERS_MAX) return;
  rest += strspn(rest, " ");
  struct setup_peer *p = list_add(r->a, &r->to->peers, &setup_peer_shape);
  char *said = arena_strndup(r->a, rest, strnlen(rest, COMPLAINT_MOST));
  for (char *cr = said; (cr = strchr(cr, '\r')) != NULL;) memmove(cr, cr + 1, strlen(cr)); /* ssh ends its lines for a terminal */
  *p = (struct setup_peer){name, n == 0 ? TRUTH_YES : TRUTH_UNKNOWN, n && *said ? said : NULL};
  for (size_t i = 0; n && i < COUNT(refused); i++)
    if (strstr(rest, refused[i])) p->trusted = TRUTH_NO;
}

/* "files 35 1024 test01.pid" */
static void take_files(struct answer *r, const char *rest) {
  const char *open = take_word(r->a, &rest), *most = take_word(r->a, &rest);
  int64_t n, limit;
  rest += strspn(rest, " ");
  size_t len = strlen(rest);
  if (!most || str_int(open, 0, INT32_MAX, &n) || str_int(most, 1, INT32_MAX, &limit) || len <= 4 || strcmp(rest + len - 4, ".pid") || r->to->files.count >= SETUP_ROWS_MAX) return;
  *(struct setup_files *)list_add(r->a, &r->to->files, &setup_files_shape) = (struct setup_files){arena_strndup(r->a, rest, len - 4), n, limit};
}

/* "definition /kvmdata/config/test01.xml:1", at last "definition end 0"; 124: it was ended because it hung. */
static void take_definition(struct answer *r, const char *rest) {
  const char *end = after_word(rest, "end"), *colon = strrchr(rest, ':');
  int64_t n;
  if (end) r->judged = !str_int(end, 0, 2, &n);
  if (end || !colon || str_int(colon + 1, 0, INT32_MAX, &n)) return;
  const char *path = arena_strndup(r->a, rest, (size_t)(colon - rest));
  if (!texts_have(r->asked, path)) return;
  if (!texts_have(&r->fine, path)) texts_add(r->a, &r->fine, path);
  if (n != 1 && r->to->definitions.count < SETUP_ROWS_MAX) *(struct setup_definition *)list_add(r->a, &r->to->definitions, &setup_definition_shape) = (struct setup_definition){path, TRUTH_YES, TRUTH_NO};
}

/* "shared /kvmdata/config/test01.xml:  <vcpu placement='static'>1</vcpu>": the lines of one file come together. */
static void take_shared(struct answer *r, const char *rest) {
  struct libvirt_setup *to = r->to;
  struct setup_shared *last = to->shared.count ? &to->shared.item[to->shared.count - 1] : NULL;
  size_t len = last ? strlen(last->path) : 0;
  if (!last || strncmp(rest, last->path, len) || rest[len] != ':') {
    const char *path = NULL;
    for (size_t i = 0; i < r->asked->count && !path; i++) {
      len = strlen(r->asked->item[i]);
      if (!strncmp(rest, r->asked->item[i], len) && rest[len] == ':') path = r->asked->item[i];
    }
    if (!path || to->shared.count >= SETUP_ROWS_MAX) return;
    last = list_add(r->a, &to->shared, &setup_shared_shape);
    last->path = arena_strdup(r->a, path);
    r->shared = (struct shared_reading){0};
  }
  shared_line(&r->shared, last, rest + len + 1, r->a);
}

static void settle_definitions(struct answer *r) {
  struct libvirt_setup *to = r->to;
  if (!r->done || (!r->judged && r->asked->count)) {
    memset(&to->definitions, 0, sizeof to->definitions);
    return;
  }
  to->definitions_asked = 0;
  for (size_t i = 0; i < r->asked->count; i++) {
    const char *path = r->asked->item[i];
    to->definitions_asked = definitions_digest(to->definitions_asked, path);
    if (texts_have(&r->fine, path) || to->definitions.count >= SETUP_ROWS_MAX) continue;
    *(struct setup_definition *)list_add(r->a, &to->definitions, &setup_definition_shape) = (struct setup_definition){path, TRUTH_NO, TRUTH_UNKNOWN};
  }
}

static void take_link(struct answer *r, const char *name) {
  if (*name && r->to->links.count < SETUP_LINKS_MAX && !texts_have(&r->to->links, name)) texts_add(r->a, &r->to->links, name);
}

static void take_line(struct answer *r, const char *line) {
  const char *rest;
  if ((rest = after_word(line, "guests"))) take_guests(r, rest);
  else if ((rest = after_word(line, "order"))) take_order(r, rest);
  else if ((rest = after_word(line, "fstab"))) take_mount(r, rest, true);
  else if ((rest = after_word(line, "mounted"))) take_mount(r, rest, false);
  else if ((rest = after_word(line, "link"))) take_link(r, rest);
  else if ((rest = after_word(line, "qemu"))) take_port(r, rest);
  else if ((rest = after_word(line, "files"))) take_files(r, rest);
  else if ((rest = after_word(line, "peer"))) take_peer(r, rest);
  else if ((rest = after_word(line, "definition"))) take_definition(r, rest);
  else if ((rest = after_word(line, "shared"))) take_shared(r, rest);
  else if ((rest = after_word(line, "unit"))) { if (r->units.count < SETUP_MOUNTS_MAX) texts_add(r->a, &r->units, rest); }
  else if (!strcmp(line, "fstab-read")) r->fstab = true;
  else if (!strcmp(line, "mounts-read")) r->mounts = true;
  else if (!strcmp(line, "qemu-conf")) r->to->port_min = DEFAULT_PORT, r->to->port_max = DEFAULT_PORT + DEFAULT_PORTS - 1;
  else if (!strcmp(line, "done")) r->done = true;
  else if (*line && strcmp(line, SETUP_READY) && !after_word(line, "user") && !after_word(line, "clock")) r->complaint = arena_strndup(r->a, line, strnlen(line, COMPLAINT_MOST));
}

bool setup_read(const char *text, const struct texts *definitions, struct arena *a, struct libvirt_setup *ret, const char **ret_complaint) {
  struct answer r = {.a = a, .to = ret, .asked = definitions, .complaint = ""};
  for (const char *at = text; *at;) {
    size_t len = strcspn(at, "\n"), bare = len && at[len - 1] == '\r' ? len - 1 : len;
    CLEANUP(mem_freep) char *line = mem_strndup(at, bare < SETUP_LINE_MAX ? bare : SETUP_LINE_MAX);
    take_line(&r, line);
    at += len + (at[len] == '\n');
  }
  settle_mounts(&r);
  settle_definitions(&r);
  if (r.guests_loaded == TRUTH_NO) ret->guests_enabled = TRUTH_NO;
  else if (r.guests_loaded == TRUTH_YES) ret->guests_enabled = r.guests_on;
  *ret_complaint = r.complaint;
  return r.done;
}
