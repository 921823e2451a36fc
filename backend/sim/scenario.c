#include "sim/scenario.h"
#include "base/utf8.h"
#include "sim/event.h"
#include "sim/guest.h"
#include "sim/host.h"
#include "sim/pacemaker.h"
#include "sim/scenario_words.h"
#include "sim/sim.h"
#include "sim/store.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- words of a line ---- */

int wrong(struct reader *r, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  char text[400];
  vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  return err_set(r->e, -EINVAL, "", "%s:%d: %s", r->name, r->line, text);
}

const char *option_of(const struct words *l, const char *key) {
  size_t len = strlen(key);
  for (size_t i = 1; i < l->count; i++)
    if (!strncmp(l->word[i], key, len) && l->word[i][len] == '=') return l->word[i] + len + 1;
  return NULL;
}

bool flag_of(const struct words *l, const char *flag) {
  for (size_t i = 1; i < l->count; i++)
    if (str_eq(l->word[i], flag)) return true;
  return false;
}

size_t after(const struct words *l, const char *word) {
  for (size_t i = 1; i + 1 < l->count; i++)
    if (str_eq(l->word[i], word)) return i + 1;
  return 0;
}

int only(struct reader *r, const struct words *l, size_t from, const char *const *keys) {
  for (size_t i = from; i < l->count; i++) {
    bool known = false;
    size_t len = strcspn(l->word[i], "=");
    for (size_t k = 0; keys[k]; k++) {
      size_t n = strlen(keys[k]);
      known |= keys[k][n - 1] == '.' ? !strncmp(l->word[i], keys[k], n) : n == len && !strncmp(l->word[i], keys[k], n);
    }
    if (!known) return wrong(r, "%s: not a word of this line", l->word[i]);
  }
  return 0;
}

/* 512M, 20G, 3T, 100K, or plain bytes. */
int size_of(struct reader *r, const char *text, int64_t otherwise, int64_t *ret) {
  static const char units[] = "KMGTP";
  int64_t n = 0;
  if (!text) {
    *ret = otherwise;
    return 0;
  }
  const char *p = text;
  while (*p >= '0' && *p <= '9' && n < (int64_t)1 << 40) n = n * 10 + (*p++ - '0');
  const char *unit = *p ? strchr(units, *p) : NULL;
  if (p == text || (*p && (!unit || p[1]))) return wrong(r, "%s is no size; write 512M, 20G, 3T", text);
  for (const char *u = units; unit && u <= unit; u++)
    if (n > (int64_t)1 << 36) return wrong(r, "%s is too much", text);
    else n <<= 10;
  *ret = n;
  return n > (int64_t)1 << 45 ? wrong(r, "%s is too much", text) : 0;
}

int count_of(struct reader *r, const char *text, int64_t otherwise, int64_t least, int64_t most, int64_t *ret) {
  *ret = otherwise;
  if (!text || !str_int(text, least, most, ret)) return 0;
  return wrong(r, "%s is no number from %" PRId64 " to %" PRId64, text, least, most);
}

int time_of(struct reader *r, const char *text, int64_t otherwise, int64_t *ret) {
  *ret = text ? number_of(text, -1) : otherwise;
  if (*ret >= 0) return 0;
  return wrong(r, "%s is no time; write 500ms, 30s, 2m", text);
}

/* "node[1-4]" is node1, node2, node3, node4; "kvm[01-32]" keeps its zeros; a comma goes on with the next. */
static int spread_one(struct reader *r, const char *text, size_t len, struct texts *ret) {
  char name[256];
  const char *open = memchr(text, '[', len), *close = open ? memchr(open, ']', len - (size_t)(open - text)) : NULL;
  int width, from, to, n = 0;
  if (!open) {
    texts_add(r->scratch, ret, arena_strndup(r->scratch, text, len));
    return 0;
  }
  if (!close || sscanf(open, "[%9d-%9d]%n", &from, &to, &n) != 2 || n != (int)(close - open) + 1 || from < 0 || to < from || to - from > 9999)
    return wrong(r, "%.*s: write a range as name[01-32]", (int)len, text);
  width = (int)strcspn(open + 1, "-");
  for (int i = from; i <= to; i++) {
    snprintf(name, sizeof name, "%.*s%0*d%.*s", (int)(open - text), text, width > 9 ? 9 : width, i, (int)(text + len - close - 1), close + 1);
    texts_add(r->scratch, ret, name);
  }
  return 0;
}

int spread(struct reader *r, const char *text, struct texts *ret) {
  for (const char *p = text; *p;) {
    size_t len = strcspn(p, ",");
    if (len > 200) return wrong(r, "a name of more than 200 bytes");
    int code = spread_one(r, p, len, ret);
    if (code) return code;
    p += len + (p[len] == ',');
  }
  return ret->count ? 0 : wrong(r, "a name is missing");
}

/* ---- the table ---- */

static const struct { const char *word; int (*take)(struct reader *r, const struct words *l); const char *form; } line_words[] = {
    {"title", NULL, "title TEXT"},
    {"help", NULL, "help TEXT"},
    {"seed", take_seed, "seed N"},
    {"host", take_host, "host NAMES [kvm] [store] [off] [memory=8G] [cpus=4] [address=A] [boot=14s] [bmc] [bare]"},
    {"cluster", take_cluster, "cluster NAME NODES [token=3s] [consensus=3600ms] [links=1] [wait_for_all=no] [last_man_standing] [auto_tie_breaker]"},
    {"qdevice", take_qdevice, "qdevice HOST [algorithm=ffsplit]"},
    {"here", take_here, "here HOST"},
    {"pool", take_pool, "pool HOSTS"},
    {"volume", take_volume, "volume NAMES [replica N] [arbiter N] [disperse N] [redundancy N] bricks HOST:/PATH.. | N over HOSTS at /PATH% [size=3T] [used=20] [heal=60] [stopped] [option.NAME=VALUE]"},
    {"mount", take_mount, "mount VOLUME /PATH on HOSTS [from HOST] [options=O]"},
    {"file", take_file, "file VOLUME /PATH SIZE"},
    {"setup", take_setup, "setup HOSTS [clock=5s] [guests=enabled] [cpu=MODEL] [machines=A,B] [bridges=br0,br1] [ports=49152-49215] [untrusted=HOST] [outer=HOST:MACHINE] [password=changed] [files=PERCENT] [silent=yes]"},
    {"domain", take_domain, "domain NAMES volume VOLUMES [mount=/kvmdata] [memory=2G] [vcpus=1] [image=20G] [busy=5] [dirty=4M] [writes=1M] [shutdown=3s|never] [plain=HOST] [bridge=br0] [machine=M] [cpu=MODE] [hostdev=1] [definition=one-line] [stop-on-error]"},
    {"fencing", take_fencing, "fencing for NODES [delay=5s]"},
    {"resource", take_resource, "resource ID AGENT [NAME=VALUE] [meta.NAME=VALUE] [op.NAME=interval:10s]"},
    {"constraint", take_constraint, "constraint location R NODE SCORE | colocation R with R SCORE | order R then R"},
    {"property", take_property, "property NAME=VALUE"},
    {"default", take_property, "default NAME=VALUE"},
    {"level", take_level, "level NODE N DEVICE.."},
    {"at", take_at, "at [-]TIME EVENT"},
    {"end", take_end, "end TIME"},
};

static int take_line(struct reader *r, char *line) {
  struct words l = {0};
  char *save = NULL, *rest = line + strcspn(line, " \t");
  r->rest = rest + strspn(rest, " \t");
  CLEANUP(mem_freep) char *copy = mem_strdup(line);
  for (char *word = strtok_r(copy, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
    if (l.count == COUNT(l.word)) return wrong(r, "more than %zu words", COUNT(l.word));
    l.word[l.count++] = word;
  }
  if (!l.count) return 0;
  for (size_t i = 0; i < COUNT(line_words); i++) {
    if (strcmp(line_words[i].word, l.word[0])) continue;
    if (l.count < 2) return wrong(r, "write it as: %s", line_words[i].form);
    r->form = line_words[i].form;
    return line_words[i].take ? line_words[i].take(r, &l) : 0;
  }
  return wrong(r, "no such word: %.40s", l.word[0]);
}

/* ---- the finished world ---- */

/* Who was set up knows the others by name; a bare host knows itself. */
static void write_hosts_files(struct world *w) {
  CLEANUP(str_free) struct str text = {0};
  str_add(&text, "127.0.0.1\tlocalhost\n");
  EACH(w->hosts, struct sim_host, h) str_addf(&text, "%s\t%s\n", h->address, h->name);
  const char *all = arena_strdup(w->arena, text.data);
  EACH(w->hosts, struct sim_host, h) set_pair(w, &h->files, "/etc/hosts", h->packages.count ? all : "127.0.0.1\tlocalhost\n");
}

/* A pool that is there is known to the console, even where nothing is mounted from it. */
static void tell_pool(struct world *w) {
  struct sim_host *here = world_host(w, w->here);
  EACH(w->hosts, struct sim_host, h)
    if (YES(h->in_pool) && !YES(here->in_pool) && !here->mounts.count && !pairs_get(&here->files, "/var/lib/kvmconsole/gluster-hosts"))
      set_pair(w, &here->files, "/var/lib/kvmconsole/gluster-hosts", world_words(w, "%s\n", h->name));
}

/* Everything stands as if it had been so for long; then comes what happened before the beginning. */
static int settle(struct reader *r) {
  struct world *w = r->w;
  if (!w->hosts.count) return err_set(r->e, -EINVAL, "", "%s: it has no host", r->name);
  if (!world_host(w, w->here)) w->here = w->hosts.item[0].name;
  tell_pool(w);
  int64_t begins = w->clock;
  w->clock -= 3600000 + r->before;
  w->queue.count = 0;
  EACH(w->hosts, struct sim_host, h) {
    h->power_since = w->clock;
    EACH(h->daemons, struct sim_daemon, d) d->since = w->clock;
  }
  EACH(w->hosts, struct sim_host, h)
    if (h->power != POWER_OFF) host_start(w, h);
    else h->silent_since = w->clock;
  write_hosts_files(w);
  EACH(w->volumes, struct sim_volume, v) EACH(v->bricks, struct sim_brick, b) {
    struct sim_host *h = world_host(w, b->host);
    if (h && h->power == POWER_ON) brick_start(w, v, b);
  }
  EACH(w->hosts, struct sim_host, h) mount_fstab(w, h);
  for (size_t i = 0; i < r->plain.count; i++) {
    struct sim_domain *d = world_domain(w, r->plain.item[i].key);
    struct sim_host *h = world_host(w, r->plain.item[i].value);
    if (d && h) guest_start(w, d, h, NULL);
  }
  const struct sim_host *device = w->corosync.qdevice_host ? world_host(w, w->corosync.qdevice_host) : NULL;
  w->corosync.qdevice_up = truth_of(device && host_up(device));
  pacemaker_started(w);
  w->clock = begins - r->before;
  w->queue.count = 0;
  for (size_t i = 0; i < r->later.count; i++) {
    const struct sim_event *x = &r->later.item[i];
    world_at(w, begins + x->at, x->what, x->subject, x->detail);
  }
  world_run(w, begins - 1);
  w->clock = w->began = begins;
  if (!w->ends || w->ends < begins) w->ends = begins + 60000;
  w->changed = ~0u;
  return 0;
}

static int read_lines(struct reader *r, char *text) {
  int64_t last = 0;
  r->line = 0;
  for (char *line = text, *next; line; line = next) {
    next = strchr(line, '\n');
    if (next) *next++ = 0;
    r->line++;
    char *hash = strchr(line, '#');
    if (hash && (hash == line || hash[-1] == ' ' || hash[-1] == '\t')) *hash = 0;
    for (size_t n = strlen(line); n && strchr(" \t\r", line[n - 1]);) line[--n] = 0;
    int code = take_line(r, line);
    if (code) return code;
  }
  for (size_t i = 0; i < r->later.count; i++) last = r->later.item[i].at > last ? r->later.item[i].at : last;
  if (!r->w->ends || r->w->ends == r->w->began) r->w->ends = r->w->clock + last + 90000;
  return 0;
}

/* Names that are no text would not be told apart where they are written down. The line of the first such byte, 0: none. */
static int line_of_no_text(const char *s, size_t len) {
  int line = 1;
  for (size_t at = 0, used; at < len; at += used) {
    uint32_t point = utf8_next(s + at, len - at, &used);
    if (point == 0xFFFD && used == 1) return line;
    line += s[at] == '\n';
  }
  return 0;
}

int scenario_read(const char *name, const char *text, size_t len, const int64_t *seed, struct world **ret, struct err *e) {
  struct reader r = {.name = name, .e = e, .seed = seed};
  if (len > 1 << 20) return err_set(e, -EINVAL, "", "%s: more than 1 MiB", name);
  int line = line_of_no_text(text, len);
  if (line) return err_set(e, -EINVAL, "write it in UTF-8", "%s:%d: there is a byte that is no UTF-8", name, line);
  CLEANUP(mem_freep) char *copy = mem_strndup(text, len);
  r.scratch = arena_new();
  r.w = world_new(seed ? *seed : 1);
  int code = strlen(copy) < len ? err_set(e, -EINVAL, "", "%s: it holds a NUL byte", name) : read_lines(&r, copy);
  if (!code) code = settle(&r);
  if (!code) {
    r.w->scenario = world_word(r.w, name);
    *ret = r.w;
    r.w->settled_bytes = arena_bytes(r.w->arena);
  } else {
    world_free(r.w);
  }
  arena_free(r.scratch);
  return code;
}

/* ---- title and help, for lists ---- */

static const char *line_of(const struct scenario_text *s, const char *word, struct str *out) {
  size_t len = strlen(word);
  for (const char *p = s->text; *p; p += strcspn(p, "\n") + (p[strcspn(p, "\n")] != 0))
    if (!strncmp(p, word, len) && p[len] == ' ') {
      str_addn(out, p + len + 1, strcspn(p + len + 1, "\n"));
      break;
    }
  return str_text(out);
}

const char *scenario_title(const struct scenario_text *s, struct str *out) { return line_of(s, "title", out); }
const char *scenario_help(const struct scenario_text *s, struct str *out) { return line_of(s, "help", out); }
