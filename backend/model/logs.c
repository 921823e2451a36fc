#include "model/logs.h"
#include "base/utf8.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const log_priority_names[] = {NULL, "debug", "info", "notice", "warning", "error", "critical", NULL};

SHAPE(log_entry_shape, struct log_entry, FIELD(struct log_entry, at, TIME), FIELD(struct log_entry, host, TEXT), FIELD(struct log_entry, what, TEXT),
      CHOICE(struct log_entry, priority, log_priority_names), FIELD(struct log_entry, file, TEXT), FIELD(struct log_entry, text, TEXT));

/* clang-format off */
const struct log_kind log_kinds[] = {
    {"journal",   LAYER_NONE,      "units",  "corosync corosync-qdevice pacemaker pacemaker_remote pcsd sbd glusterd glustereventsd libvirtd virtqemud virtlogd virtlockd libvirt-guests", "", "kvm gluster", "{\"__REALTIME_TIMESTAMP\":\"1795349024123456\"}"},
    {"kernel",    LAYER_NONE,      "kernel", "kernel", "", "kvm gluster", "{\"__REALTIME_TIMESTAMP\":\"1795349024123456\"}"},
    {"corosync",  LAYER_COROSYNC,  "files",  "/var/log/cluster", "corosync.log", "kvm", "Nov 22 12:03:44.123 [1234] kvm01 corosync notice  [TOTEM ] ..."},
    {"corosync",  LAYER_COROSYNC,  "files",  "/var/log/corosync", "corosync.log", "kvm", "Nov 22 12:03:44 [1234] kvm01 corosync notice  [TOTEM ] ..."},
    {"pacemaker", LAYER_PACEMAKER, "files",  "/var/log/pacemaker", "pacemaker.log", "kvm", "Nov 22 12:03:44.123 kvm01 pacemaker-fenced    [1234] (remote_op_done) \tnotice: ..."},
    {"pacemaker", LAYER_PACEMAKER, "files",  "/var/log", "pacemaker.log", "kvm", "Nov 22 12:03:44 [1234] kvm01 stonith-ng:   notice: remote_op_done: ..."},
    {"gluster",   LAYER_GLUSTER,   "files",  "/var/log/glusterfs", "*.log", "kvm gluster", "[2026-11-22 12:03:44.123456 +0000] W [MSGID: 106118] [file.c:12:function] 0-management: ..."},
    {"brick",     LAYER_GLUSTER,   "files",  "/var/log/glusterfs/bricks", "*.log", "gluster", "[2026-11-22 12:03:44.123456] E [file.c:12:function] 0-models-server: ..."},
    {"libvirt",   LAYER_LIBVIRT,   "files",  "/var/log/libvirt", "*.log", "kvm", "2026-11-22 12:03:44.123+0000: 1234: error : function:12 : ..."},
    {"qemu",      LAYER_LIBVIRT,   "files",  "/var/log/libvirt/qemu", "*.log", "kvm", "2026-11-22 12:03:44.123+0000: shutting down, reason=destroyed"},
    {.name = NULL}};
/* clang-format on */

int log_kind_count(void) { return (int)COUNT(log_kinds) - 1; }

/* ---- words of a line ---- */

/* Severities, as the daemons write them. */
static const struct { const char *word; int priority; } severities[] = {
    {"emerg", PRIORITY_CRITICAL}, {"alert", PRIORITY_CRITICAL}, {"crit", PRIORITY_CRITICAL}, {"critical", PRIORITY_CRITICAL}, {"fatal", PRIORITY_CRITICAL}, {"error", PRIORITY_ERROR}, {"err", PRIORITY_ERROR},
    {"warning", PRIORITY_WARNING}, {"warn", PRIORITY_WARNING}, {"notice", PRIORITY_NOTICE}, {"info", PRIORITY_INFO}, {"debug", PRIORITY_DEBUG}, {"trace", PRIORITY_DEBUG}};

static int severity_of(const char *word, size_t len) {
  if (len && word[len - 1] == ':') len--;
  for (size_t i = 0; i < COUNT(severities); i++)
    if (strlen(severities[i].word) == len && !strncasecmp(severities[i].word, word, len)) return severities[i].priority;
  return PRIORITY_UNKNOWN;
}

static size_t blanks(const char *s) { return strspn(s, " \t"); }

/* "notice: " at the front, as pacemaker writes to the journal: how long it is. */
static size_t leading_severity(const char *s, int *priority) {
  size_t at = blanks(s), len = strcspn(s + at, " \t");
  if (len < 2 || s[at + len - 1] != ':' || !severity_of(s + at, len)) return at;
  *priority = severity_of(s + at, len);
  return at + len + blanks(s + at + len);
}

/* ---- one line, by who writes it: what, priority, where the text begins ---- */

/* Who writes: not cut within a character, and harmless. */
static const char *short_name(const struct log_part *p, const char *name, size_t len) {
  enum { ROOM = 64 };
  char clean[ROOM];
  CLEANUP(mem_freep) char *whole = mem_strndup(name, len);
  for (char *c = whole; *c; c++)
    if (*c == '\n' || *c == '\t' || *c == '\r') *c = ' ';
  return arena_strdup(p->arena, utf8_clean(clean, sizeof clean, whole));
}

static bool is_pid(const char *s, size_t len) {
  if (len < 3 || s[0] != '[') return false;
  for (size_t i = 1; i < len; i++)
    if (!isdigit((unsigned char)s[i])) return s[i] == ']' && (i + 1 == len || (s[i + 1] == ':' && i + 2 == len));
  return false;
}

/* "kvm01 pacemaker-fenced [12] (function) notice: text", "[12] kvm01 corosync notice  [TOTEM ] text", "... stonith-ng:  notice: function: text". */
static size_t read_cluster(struct log_part *p, struct log_entry *e, const char *line) {
  size_t at = blanks(line);
  for (int words = 0, tokens = 0; line[at] && tokens < 8; tokens++) {
    const char *word = line + at;
    size_t len = strcspn(word, " \t");
    if (is_pid(word, len)) {
      /* not said */
    } else if (words == 0) {
      words++; /* the host as it calls itself */
    } else if (words == 1) {
      size_t n = strcspn(word, " \t:[");
      if (n) e->what = short_name(p, word, n);
      words++;
    } else if (severity_of(word, len)) {
      e->priority = severity_of(word, len);
      return at + len + blanks(word + len);
    } else if (word[0] != '(') {
      return at;
    }
    at += len + blanks(word + len);
  }
  return at;
}

/* "W [MSGID: 106118] [file.c:12:function] 0-management: text"; a reconfigured one is "[file.c:..] text". */
static size_t read_gluster(struct log_part *p, struct log_entry *e, const char *line) {
  static const char letters[] = "MACEWNIDT";
  static const int of[] = {PRIORITY_CRITICAL, PRIORITY_CRITICAL, PRIORITY_CRITICAL, PRIORITY_ERROR, PRIORITY_WARNING, PRIORITY_NOTICE, PRIORITY_INFO, PRIORITY_DEBUG, PRIORITY_DEBUG};
  size_t at = blanks(line);
  (void)p;
  if (line[at] == ':') e->priority = str_ends(line, " : SUCCESS") ? PRIORITY_NOTICE : strstr(line, " : FAILED") ? PRIORITY_ERROR : PRIORITY_UNKNOWN; /* cmd_history.log */
  const char *letter = line[at] && line[at + 1] == ' ' ? strchr(letters, line[at]) : NULL;
  if (!letter || !*letter) return at;
  e->priority = of[letter - letters];
  at += 1 + blanks(line + at + 1);
  for (int brackets = 0; brackets < 2 && line[at] == '['; brackets++) {
    size_t close = strcspn(line + at, "]");
    if (!line[at + close]) break;
    at += close + 1;
    at += blanks(line + at);
  }
  return at;
}

static bool has(const char *line, const char *word) { return strstr(line, word) != NULL; }

/* "1234: error : function:12 : text", "starting up ...", "qemu-system-x86_64: text". */
static size_t read_libvirt(struct log_part *p, struct log_entry *e, const char *line) {
  size_t at = line[0] == ':' ? 1 : 0, pid;
  (void)p;
  at += blanks(line + at);
  pid = strspn(line + at, "0123456789");
  if (pid && line[at + pid] == ':') {
    size_t word = at + pid + 1 + blanks(line + at + pid + 1), len = strcspn(line + word, " :");
    if (severity_of(line + word, len)) {
      e->priority = severity_of(line + word, len);
      at = word + len + strspn(line + word + len, " :");
      const char *text = strstr(line + at, " : "); /* behind the function */
      return text && strcspn(line + at, " ") == (size_t)(text - line) - at ? (size_t)(text - line) + 3 : at;
    }
  }
  if (str_starts(line + at, "qemu")) e->priority = has(line + at, "warning:") ? PRIORITY_WARNING : has(line + at, "terminating on signal") || has(line + at, "info:") ? PRIORITY_NOTICE : PRIORITY_ERROR;
  else if (str_starts(line + at, "shutting down")) e->priority = has(line + at, "crashed") || has(line + at, "failed") ? PRIORITY_ERROR : PRIORITY_NOTICE;
  else if (str_starts(line + at, "starting up")) e->priority = PRIORITY_INFO;
  else if (has(line + at, "is tainted")) e->priority = PRIORITY_WARNING;
  return at;
}

/* Whose words these are, by the name it goes by in the journal. */
static const struct { const char *begins; enum layer layer; } writers[] = {
    {"pacemaker", LAYER_PACEMAKER}, {"stonith", LAYER_PACEMAKER}, {"crm", LAYER_PACEMAKER}, {"attrd", LAYER_PACEMAKER}, {"cib", LAYER_PACEMAKER}, {"pengine", LAYER_PACEMAKER}, {"lrmd", LAYER_PACEMAKER},
    {"VirtualDomain", LAYER_PACEMAKER}, {"fence_", LAYER_PACEMAKER}, {"pcs", LAYER_PACEMAKER}, {"corosync", LAYER_COROSYNC}, {"sbd", LAYER_PACEMAKER}, {"gluster", LAYER_GLUSTER}, {"libvirt", LAYER_LIBVIRT}, {"virt", LAYER_LIBVIRT}, {"qemu", LAYER_LIBVIRT}};

static int layer_of_writer(const char *name) {
  for (size_t i = 0; i < COUNT(writers); i++)
    if (str_starts(name, writers[i].begins)) return writers[i].layer;
  return LAYER_NONE;
}

/* ---- secrets that are words of a command ---- */

static void stars(char *s) {
  for (size_t n = s[0] == '=' ? 1 : 0; s[n] && s[n] != ' '; n++) s[n] = '*';
}

/* "--password X", "-p X" of an agent: what is told by NAME=VALUE the mask knows. */
static void mask_options(char *line) {
  static const char *const options[] = {" --passw", " -passw", " --secret", " --community"};
  for (size_t i = 0; i < COUNT(options); i++)
    for (char *at = line; (at = strstr(at, options[i])) != NULL;) {
      at += strlen(options[i]);
      at += strcspn(at, " =");
      if (*at == ' ') at += blanks(at);
      stars(at);
    }
  if (!has(line, "fence_")) return;
  for (char *at = line; (at = strpbrk(at, "pPC")) != NULL; at++)
    if (at > line + 1 && at[-1] == '-' && at[-2] == ' ' && at[1] == ' ') stars(at + 1 + blanks(at + 1));
}

/* ---- entries ---- */

void log_part_begin(struct log_part *p, const char *host, int64_t until, void (*mask)(char *bytes, size_t len)) {
  *p = (struct log_part){.arena = arena_new(), .asked = UNKNOWN_INT, .skew_ms = UNKNOWN_INT, .kind = -1, .until = until, .most = LOG_BYTES_MAX, .mask = mask};
  p->host = arena_strdup(p->arena, host);
}

static void add_text(struct log_part *p, const char *text, size_t len) {
  size_t room = p->text.len < LOG_TEXT_MAX ? LOG_TEXT_MAX - p->text.len : 0;
  str_addn(&p->text, text, len < room ? len : room);
}

/* Each by its own words; returns where the text begins. */
static size_t read_words(struct log_part *p, struct log_entry *e) {
  switch (e->layer) {
  case LAYER_PACEMAKER:
  case LAYER_COROSYNC: {
    size_t at = read_cluster(p, e, e->line);
    if (layer_of_writer(e->what)) e->layer = layer_of_writer(e->what); /* with pacemaker 1.1 both write to one file */
    return at;
  }
  case LAYER_GLUSTER: return read_gluster(p, e, e->line);
  case LAYER_LIBVIRT: return read_libvirt(p, e, e->line);
  default: return blanks(e->line);
  }
}

static bool from_journal(int kind) { return kind >= 0 && strcmp(log_kinds[kind].how, "files"); }

static void close_entry(struct log_part *p) {
  struct log_entry *e = &p->next;
  char *line = p->text.data;
  if (!p->open) return;
  p->open = false;
  if (p->count == LOG_LINES_MAX) {
    p->full = true;
    return;
  }
  for (char *c = line; c && *c; c++)
    if (*c == '\t' || *c == '\n' || *c == '\r') *c = ' ';
  if (line && p->mask) p->mask(line, strlen(line));
  if (line) mask_options(line);
  size_t room = 3 * strlen(str_text(&p->text)) + 1;
  CLEANUP(mem_freep) char *clean = mem_alloc(room);
  e->line = arena_strdup(p->arena, utf8_clean(clean, room, str_text(&p->text)));
  size_t at = from_journal(e->kind) ? leading_severity(e->line, &e->priority) : read_words(p, e);
  e->text = e->line + at;
  if (p->count == p->room) p->item = mem_grow(p->item, p->room = p->room ? p->room * 2 : 256, sizeof *p->item);
  p->item[p->count++] = *e;
}

static void open_entry(struct log_part *p, int64_t at) {
  close_entry(p);
  bool wrong = p->skew_ms != UNKNOWN_INT && (p->skew_ms >= LOG_SKEW_MS || p->skew_ms <= -LOG_SKEW_MS);
  p->next = (struct log_entry){.at = wrong ? at - p->skew_ms : at, .host = p->host, .what = p->what, .file = p->file, .kind = p->kind, .layer = log_kinds[p->kind].layer};
  p->open = true;
  str_reset(&p->text);
}

static void take_journal(struct log_part *p, const char *line, size_t len) {
  struct journal_line j;
  if (journal_line(line, len, &j)) return;
  open_entry(p, j.at);
  if (j.identifier) p->next.what = short_name(p, j.identifier, strlen(j.identifier));
  p->next.layer = layer_of_writer(p->next.what);
  p->next.priority = j.priority;
  if (j.message) add_text(p, j.message, strlen(j.message));
  journal_line_free(&j);
  close_entry(p);
}

static void take_line(struct log_part *p, const char *line, size_t len) {
  int64_t at;
  bool local;
  size_t stamp = log_stamp(line, len, p->until, p->zone_s, &at, &local);
  if (stamp) {
    open_entry(p, at);
    stamp += blanks(line + stamp);
  } else if (!p->open) {
    return; /* it goes on from what was not read */
  } else {
    add_text(p, " ", 1); /* a line that goes on */
    stamp = blanks(line);
  }
  add_text(p, line + stamp, len - stamp);
}

/* ---- what the reading command says itself ---- */

/* "KIND PATH", KIND a number. */
static void begin_file(struct log_part *p, const char *words) {
  char *end;
  long kind = strtol(words, &end, 10);
  close_entry(p);
  p->kind = end > words && *end == ' ' && kind >= 0 && kind < log_kind_count() ? (int)kind : -1;
  if (p->kind < 0) return;
  CLEANUP(mem_freep) char *clean = mem_alloc(3 * strlen(end + 1) + 1);
  p->file = from_journal(p->kind) ? "journal" : arena_strdup(p->arena, utf8_clean(clean, 3 * strlen(end + 1) + 1, end + 1));
  const char *slash = strrchr(p->file, '/'), *base = slash ? slash + 1 : p->file, *dot = strstr(base, ".log");
  const char *folder = str_eq(log_kinds[p->kind].name, "brick") ? "bricks/" : str_eq(log_kinds[p->kind].name, "qemu") ? "qemu/" : "";
  p->what = arena_printf(p->arena, "%s%.*s", folder, dot && dot > base ? (int)(dot - base) : (int)strlen(base), base);
}

/* "SECONDS.NANOSECONDS" of its clock. */
static void take_clock(struct log_part *p, const char *words, int64_t now) {
  char *end;
  long long s = strtoll(words, &end, 10);
  if (end == words || s < 0 || s > 100000000000 || now == UNKNOWN_INT) return;
  int64_t ms = 0, scale = 100;
  if (*end == '.')
    for (end++; isdigit((unsigned char)*end) && scale; end++, scale /= 10) ms += (*end - '0') * scale;
  int64_t said = s * 1000 + ms; /* at some time between being asked and being heard */
  p->skew_ms = said > now || p->asked == UNKNOWN_INT ? said - now : said < p->asked ? said - p->asked : 0;
}

static void take_zone(struct log_part *p, const char *z) {
  if ((z[0] == '+' || z[0] == '-') && strspn(z + 1, "0123456789") == 4 && !z[5])
    p->zone_s = (z[0] == '-' ? -1 : 1) * (((z[1] - '0') * 10 + z[2] - '0') * 3600 + ((z[3] - '0') * 10 + z[4] - '0') * 60);
}

bool log_part_take(struct log_part *p, char *line, size_t len, int64_t now) {
  enum { DENIED_MAX = 20 };
  int64_t n;
  p->bytes += (int64_t)len + 1;
  if (p->bytes > p->most + (64 << 10) || p->count >= LOG_LINES_MAX) {
    p->full = true;
    return false;
  }
  if (!len) return true;
  for (size_t i = 0; i < len; i++)
    if (!line[i]) line[i] = ' ';
  if (line[0] == '|' && p->kind >= 0) {
    if (from_journal(p->kind)) take_journal(p, line + 1, len - 1);
    else take_line(p, line + 1, len - 1);
    return true;
  }
  switch (line[0]) {
  case 'C': take_clock(p, line + 1 + blanks(line + 1), now); break;
  case 'Z': take_zone(p, line + 1 + blanks(line + 1)); break;
  case 'K': begin_file(p, line + 1 + blanks(line + 1)); break;
  case 'N': p->no_journal = true; break;
  case 'E': p->whole = true; break;
  case 'X':
    if (!str_int(line + 1 + blanks(line + 1), 0, 1000000000, &n)) p->left_out += n;
    break;
  case 'D':
    if (p->denied.count < DENIED_MAX && len > 2 && len < LOG_TEXT_MAX) {
      CLEANUP(mem_freep) char *clean = mem_alloc(3 * len + 1);
      texts_add(p->arena, &p->denied, utf8_clean(clean, 3 * len + 1, line + 2));
    }
    break;
  default: break;
  }
  return true;
}

/* ---- the end ---- */

static int by_time(const void *a, const void *b) {
  const struct log_entry *x = a, *y = b;
  if (x->at != y->at) return x->at < y->at ? -1 : 1;
  return strcmp(x->id, y->id); /* as they came */
}

/* The journal has what pacemaker's and corosync's own files have, too: the file's line is the finer one. */
static bool is_said_twice(const struct log_part *p, size_t i) {
  enum { NEAR_MS = 1500, LOOK = 50 };
  const struct log_entry *e = &p->item[i];
  if (!from_journal(e->kind) || (e->layer != LAYER_PACEMAKER && e->layer != LAYER_COROSYNC)) return false;
  for (int step = -1; step <= 1; step += 2) {
    size_t seen = 0;
    for (size_t k = i + (size_t)step; k < p->count && seen < LOOK; k += (size_t)step, seen++) {
      const struct log_entry *o = &p->item[k];
      if (o->at - e->at > NEAR_MS || e->at - o->at > NEAR_MS) break;
      if (!from_journal(o->kind) && o->layer == e->layer && !strcmp(o->text, e->text)) return true;
    }
  }
  return false;
}

void log_part_end(struct log_part *p, int64_t since, int64_t until) {
  close_entry(p);
  size_t kept = 0;
  for (size_t i = 0; i < p->count; i++) {
    struct log_entry *e = &p->item[i];
    if (e->at < since || e->at > until) continue;
    e->id = arena_printf(p->arena, "%s %llu.%06zu", p->host, (unsigned long long)p->round, i);
    p->item[kept++] = *e;
  }
  p->count = kept;
  if (kept) qsort(p->item, kept, sizeof *p->item, by_time);
  CLEANUP(mem_freep) bool *twice = mem_alloc(kept + 1);
  for (size_t i = 0; i < kept; i++) twice[i] = is_said_twice(p, i);
  p->count = 0;
  for (size_t i = 0; i < kept; i++)
    if (!twice[i]) p->item[p->count++] = p->item[i];
  str_free(&p->text);
}

void log_part_free(struct log_part *p) {
  arena_free(p->arena);
  mem_free(p->item);
  str_free(&p->text);
  *p = (struct log_part){0};
}
