#include "ops/definition.h"
#include "base/arena.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 32, TAG_MAX = 64, VALUE_MAX = 1024, LINES_MAX = 4096, CONTEXT = 0, CELLS_MAX = 4 << 20 };

struct tag { char name[TAG_MAX]; };
struct scan {
  const char *text, *at;
  struct arena *a;
  struct definition *out;
  struct tag open[DEPTH_MAX];
  size_t depth;
  const char *wrong;
  bool domain, agent; /* agent: the channel that is read is its */
};

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':'; }
static bool is_more(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; }
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static const char *blanks(const char *s) { return s + strspn(s, " \t\n\r"); }

static size_t line_of(const struct scan *x) {
  size_t n = 1;
  for (const char *s = x->text; s < x->at; s++) n += *s == '\n';
  return n;
}

static void wrong(struct scan *x, const char *what) {
  if (!x->wrong) x->wrong = arena_printf(x->a, "it is not well-formed: %s in line %zu", what, line_of(x));
}

/* ---- text ---- */

static const struct { const char *name; char is; } entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};

/* Its length with the semicolon; 0: no entity. */
static size_t entity(const char *s, char *ret) {
  *ret = '?';
  for (size_t i = 0; i < COUNT(entities); i++)
    if (str_starts(s, entities[i].name)) return *ret = entities[i].is, strlen(entities[i].name);
  if (s[1] != '#') return 0;
  bool hex = s[2] == 'x';
  size_t digits = strspn(s + 2 + hex, hex ? "0123456789abcdefABCDEF" : "0123456789");
  return digits && digits < 8 && s[2 + hex + digits] == ';' ? 3 + hex + digits : 0;
}

static const char *plain(struct scan *x, const char *from, size_t len) {
  CLEANUP(str_free) struct str out = {0};
  for (size_t i = 0; i < len;) {
    char c = from[i];
    size_t n = c == '&' ? entity(from + i, &c) : 1;
    if (!n) {
      wrong(x, "an & that begins no entity");
      break;
    }
    str_addc(&out, c);
    i += n;
  }
  return arena_strdup(x->a, str_text(&out));
}

/* ---- what is kept of it ---- */

static bool within(const struct scan *x, const char *path) {
  size_t n = 0;
  for (const char *s = path; *s;) {
    size_t len = strcspn(s, "/");
    if (n >= x->depth || strlen(x->open[n].name) != len || strncmp(x->open[n].name, s, len)) return false;
    n++;
    s += len + (s[len] == '/');
  }
  return n == x->depth;
}

static struct definition_disk *last_disk(struct scan *x) { return x->out->disks ? &x->out->disk[x->out->disks - 1] : NULL; }

static void take_attribute(struct scan *x, const char *name, const char *value) {
  struct definition *d = x->out;
  struct definition_disk *k = last_disk(x);
  if (within(x, "domain/vcpu") && !strcmp(name, "current")) d->vcpu_parts = true;
  if (within(x, "domain/devices/disk") && k && !strcmp(name, "type")) k->file = !strcmp(value, "file");
  if (within(x, "domain/devices/disk") && k && !strcmp(name, "device")) k->device = value;
  if (within(x, "domain/devices/disk/driver") && k && !strcmp(name, "type")) k->format = value;
  if (within(x, "domain/devices/disk/target") && k && !strcmp(name, "dev")) k->target = value;
  if (within(x, "domain/devices/disk/source") && k && !k->source && (!strcmp(name, "file") || !strcmp(name, "dev") || !strcmp(name, "dir") || !strcmp(name, "name") || !strcmp(name, "volume"))) k->source = value;
  if (within(x, "domain/devices/channel/target") && !strcmp(name, "name") && !strcmp(value, "org.qemu.guest_agent.0")) d->agent = x->agent = true;
  if (x->agent && within(x, "domain/devices/channel/target") && !strcmp(name, "state")) d->agent_answers = !strcmp(value, "connected");
}

static void take_element(struct scan *x) {
  struct definition *d = x->out;
  if (within(x, "domain")) x->domain = true;
  if (within(x, "domain/devices/channel/target")) x->agent = false;
  if (within(x, "domain/devices/disk") && d->disks < COUNT(d->disk)) d->disk[d->disks++] = (struct definition_disk){.device = "disk"};
  if (within(x, "domain/devices/hostdev")) d->hostdevs++;
  if (within(x, "domain/devices/filesystem")) d->filesystems++;
  if (within(x, "domain/devices/tpm")) d->tpm = true;
  if (within(x, "domain/cpu/topology") || within(x, "domain/vcpus")) d->vcpu_parts = true;
  if (within(x, "domain/cpu/numa")) d->vcpu_parts = d->memory_parts = true;
  if (within(x, "domain/maxMemory") || within(x, "domain/devices/memory")) d->memory_parts = true;
}

static int64_t bytes_of(const char *unit, int64_t n) {
  static const struct { const char *unit; int64_t bytes; } units[] = {{"b", 1}, {"bytes", 1}, {"KB", 1000}, {"k", 1024}, {"KiB", 1024}, {"MB", 1000000}, {"M", 1 << 20}, {"MiB", 1 << 20}, {"GB", 1000000000}, {"G", 1 << 30}, {"GiB", 1 << 30}, {"TiB", 1LL << 40}};
  for (size_t i = 0; i < COUNT(units); i++)
    if (!strcmp(unit, units[i].unit)) return n <= INT64_MAX / units[i].bytes ? n * units[i].bytes : UNKNOWN_INT;
  return UNKNOWN_INT;
}

static void take_text(struct scan *x, const char *from, size_t len, const char *unit) {
  struct definition *d = x->out;
  int64_t n;
  if (x->depth != 2 && !within(x, "domain/os/nvram")) return;
  while (len && is_blank(*from)) from++, len--;
  while (len && is_blank(from[len - 1])) len--;
  if (!len || len > VALUE_MAX) return;
  const char *text = plain(x, from, len);
  if (within(x, "domain/name") && !d->name) {
    d->name = text;
    const char *s = strstr(x->text, "<name>"), *line = s, *end = s ? strstr(s, "</name>") : NULL;
    while (line && line > x->text && (line[-1] == ' ' || line[-1] == '\t')) line--;
    d->name_alone = end && (line == x->text || line[-1] == '\n') && end[7 + strspn(end + 7, " \t\r")] == '\n';
  }
  if (within(x, "domain/uuid")) d->uuid = text;
  if (within(x, "domain/os/nvram")) d->nvram = text;
  if (within(x, "domain/vcpu") && !str_int(text, 1, 65536, &n)) d->vcpus = n;
  if (within(x, "domain/memory") && !str_int(text, 1, INT64_MAX, &n)) d->memory = bytes_of(unit ? unit : "KiB", n);
}

/* ---- the scanner: whatever it does not know is wrong ---- */

static bool skip_to(struct scan *x, const char *end, const char *what) {
  const char *s = strstr(x->at, end);
  if (!s) return wrong(x, what), false;
  x->at = s + strlen(end);
  return true;
}

static size_t name_at(const char *s) {
  size_t n = 0;
  if (is_letter(*s))
    while (is_more(s[n])) n++;
  return n < TAG_MAX ? n : 0;
}

/* NULL: none that is well-formed. A unit is what the text behind needs. */
static const char *attributes(struct scan *x, const char **ret_unit) {
  const char *s = x->at;
  *ret_unit = NULL;
  for (;;) {
    const char *next = blanks(s);
    if (*next == '>' || (*next == '/' && next[1] == '>')) return next;
    size_t n = name_at(next);
    x->at = next;
    if (next == s || !n || n > 63) return wrong(x, "an attribute is not understood"), NULL;
    const char *eq = blanks(next + n), *quote = *eq == '=' ? blanks(eq + 1) : eq;
    if (*eq != '=' || (*quote != '"' && *quote != '\'')) return wrong(x, "an attribute has no value in quotes"), NULL;
    const char *end = strchr(quote + 1, *quote), *less = strchr(quote + 1, '<');
    if (!end || (less && less < end)) return wrong(x, "a quote is not closed"), NULL;
    const char *name = arena_strndup(x->a, next, n), *value = plain(x, quote + 1, (size_t)(end - quote - 1));
    take_attribute(x, name, value);
    if (!strcmp(name, "unit")) *ret_unit = value;
    s = end + 1;
  }
}


static void open_tag(struct scan *x, const char **unit) {
  size_t n = name_at(x->at + 1);
  if (!n) return wrong(x, "a < that begins nothing");
  if (x->depth == DEPTH_MAX) return wrong(x, "more elements in each other than a definition has");
  if (!x->depth && x->domain) return wrong(x, "something behind its end");
  snprintf(x->open[x->depth++].name, TAG_MAX, "%.*s", (int)n, x->at + 1);
  take_element(x);
  x->at += 1 + n;
  const char *end = attributes(x, unit);
  if (!end) return;
  if (*end == '/') x->depth--;
  x->at = end + (*end == '/' ? 2 : 1);
}

static void close_tag(struct scan *x) {
  size_t n = name_at(x->at + 2);
  const char *end = blanks(x->at + 2 + n);
  const struct tag *open = x->depth ? &x->open[x->depth - 1] : NULL;
  if (!n || *end != '>') return wrong(x, "an element's end is not understood");
  if (!open || strlen(open->name) != n || strncmp(open->name, x->at + 2, n)) return wrong(x, open ? arena_printf(x->a, "</%.*s> where </%s> is to be", (int)n, x->at + 2, open->name) : "an end without a beginning");
  x->depth--;
  x->at = end + 1;
}

const char *definition_read(const char *text, struct arena *a, struct definition *ret) {
  struct scan x = {.text = text, .at = text, .a = a, .out = ret};
  const char *unit = NULL;
  *ret = (struct definition){.vcpus = UNKNOWN_INT, .memory = UNKNOWN_INT};
  if (!*blanks(text)) return "it is empty";
  while (*x.at && !x.wrong) {
    size_t len = strcspn(x.at, "<");
    if (x.depth) take_text(&x, x.at, len, unit);
    else if (strspn(x.at, " \t\r\n") < len) wrong(&x, "text outside of everything");
    x.at += len;
    if (!*x.at || x.wrong) break;
    if (str_starts(x.at, "<!--")) skip_to(&x, "-->", "a comment that does not end");
    else if (str_starts(x.at, "<![CDATA[")) skip_to(&x, "]]>", "a section that does not end");
    else if (str_starts(x.at, "<?")) skip_to(&x, "?>", "an instruction that does not end");
    else if (str_starts(x.at, "<!")) wrong(&x, "a declaration, which no definition has");
    else if (x.at[1] == '/') close_tag(&x), unit = NULL;
    else open_tag(&x, &unit);
  }
  if (!x.wrong && x.depth) wrong(&x, arena_printf(a, "<%s> has no end", x.open[x.depth - 1].name));
  if (!x.wrong && !x.domain) return "it is no definition of a domain";
  if (!x.wrong && !ret->name) return "it has no name";
  return x.wrong;
}

/* ---- what may not become of it ---- */

static bool below(const char *path, const char *mount) {
  size_t len = strlen(mount);
  return !strncmp(path, mount, len) && path[len] == '/' && !strstr(path, "/../");
}

const char *definition_fault(const struct definition *was, const struct definition *now, const char *mount, struct arena *a) {
  if (!str_eq(was->name, now->name)) return arena_printf(a, "its name is %s: it would be another domain", now->name);
  if (!now->name_alone) return "its <name> has no line of its own: pacemaker's agent would not find it";
  if (was->uuid && !str_eq(was->uuid, now->uuid)) return now->uuid ? "its UUID is another: libvirt would take it for another domain of the same name" : "its UUID is gone: each host would make one up";
  if (now->hostdevs > was->hostdevs) return "it takes a device of its host (hostdev): no other host could start it";
  if (now->filesystems > was->filesystems) return "it takes a directory of its host (filesystem): no other host has that";
  if (now->tpm && !was->tpm) return "it gets a TPM, whose state lies on one host alone";
  for (size_t i = 0; mount && i < now->disks; i++) {
    const struct definition_disk *k = &now->disk[i];
    bool known = false;
    for (size_t n = 0; n < was->disks; n++) known |= str_eq(was->disk[n].source, k->source);
    if (k->source && !known && (!k->file || !below(k->source, mount))) return arena_printf(a, "its disk %s is not below %s: no other host could start it", k->source, mount);
  }
  if (mount && now->nvram && !below(now->nvram, mount) && !str_eq(was->nvram, now->nvram)) return arena_printf(a, "its nvram %s is on one host alone", now->nvram);
  return NULL;
}

/* ---- a difference ---- */

struct lines { const char **item; size_t count; };

static struct lines lines_of(const char *text, struct arena *a) {
  struct lines l = {arena_array(a, LINES_MAX, sizeof *l.item), 0};
  for (const char *s = text; *s && l.count < LINES_MAX;) {
    size_t n = strcspn(s, "\n");
    l.item[l.count++] = arena_strndup(a, s, n);
    s += n + (s[n] == '\n');
  }
  return l;
}

/* The longest common part, of what lies between the first and the last line that differ: there it is short. */
static void mark_common(const struct lines *x, const struct lines *y, bool *keep_x, bool *keep_y) {
  size_t head = 0, tail = 0;
  while (head < x->count && head < y->count && !strcmp(x->item[head], y->item[head])) keep_x[head] = keep_y[head] = true, head++;
  while (tail < x->count - head && tail < y->count - head && !strcmp(x->item[x->count - 1 - tail], y->item[y->count - 1 - tail])) tail++, keep_x[x->count - tail] = keep_y[y->count - tail] = true;
  size_t n = x->count - head - tail, m = y->count - head - tail;
  if (!n || !m || (n + 1) * (m + 1) > CELLS_MAX) return;
  CLEANUP(mem_freep) uint16_t *len = mem_alloc((n + 1) * (m + 1) * sizeof *len);
  memset(len, 0, (n + 1) * (m + 1) * sizeof *len);
#define LEN(i, j) len[(i) * (m + 1) + (j)]
  for (size_t i = n; i-- > 0;)
    for (size_t j = m; j-- > 0;) {
      bool same = !strcmp(x->item[head + i], y->item[head + j]);
      LEN(i, j) = same ? (uint16_t)(LEN(i + 1, j + 1) + 1) : LEN(i + 1, j) > LEN(i, j + 1) ? LEN(i + 1, j) : LEN(i, j + 1);
    }
  for (size_t i = 0, j = 0; i < n && j < m;) {
    if (!strcmp(x->item[head + i], y->item[head + j])) keep_x[head + i] = keep_y[head + j] = true, i++, j++;
    else if (LEN(i + 1, j) >= LEN(i, j + 1)) i++;
    else j++;
  }
#undef LEN
}

struct differing { struct texts out; size_t most, more; struct arena *a; };

static void put_line(struct differing *d, char sign, const char *line) {
  if (d->out.count >= d->most) d->more += sign != ' ';
  else texts_add(d->a, &d->out, arena_printf(d->a, "%c%s", sign, line));
}

static bool near_change(const struct lines *x, const bool *keep, size_t i) {
  if (!x->count) return false;
  size_t from = i > CONTEXT ? i - CONTEXT : 0, to = i + CONTEXT < x->count ? i + CONTEXT : x->count - 1;
  for (size_t k = from; k <= to; k++)
    if (!keep[k]) return true;
  return false;
}

struct texts definition_difference(const char *was, const char *now, size_t most, struct arena *a, size_t *ret_more) {
  struct lines x = lines_of(was, a), y = lines_of(now, a);
  bool *keep_x = arena_array(a, x.count + 1, sizeof *keep_x), *keep_y = arena_array(a, y.count + 1, sizeof *keep_y);
  struct differing d = {.most = most, .a = a};
  size_t next = SIZE_MAX; /* where the lines that are shown go on without a gap */
  mark_common(&x, &y, keep_x, keep_y);
  for (size_t i = 0, j = 0; i < x.count || j < y.count;) {
    bool gone = i < x.count && !keep_x[i], come = j < y.count && !keep_y[j];
    if ((gone || come || near_change(&x, keep_x, i) || near_change(&y, keep_y, j)) && next != i + j) put_line(&d, '@', arena_printf(a, "@ line %zu", j + 1));
    if (gone) put_line(&d, '-', x.item[i++]), next = i + j;
    else if (come) put_line(&d, '+', y.item[j++]), next = i + j;
    else if (near_change(&x, keep_x, i) || near_change(&y, keep_y, j)) put_line(&d, ' ', x.item[i]), i++, j++, next = i + j;
    else i++, j++;
  }
  *ret_more = d.more;
  return d.out;
}

const char *definition_with(const char *text, const char *element, const char *attributes, const char *content, struct arena *a) {
  CLEANUP(mem_freep) char *open = mem_printf("<%s", element), *close = mem_printf("</%s>", element);
  for (const char *s = text; (s = strstr(s, open)) != NULL; s++) {
    const char *end = s + strlen(open), *right = strchr(end, '>'), *stop = right ? strchr(right, '<') : NULL;
    if (!stop || (*end != '>' && *end != ' ') || !str_starts(stop, close) || memchr(s, '\n', (size_t)(stop - s))) continue;
    return attributes ? arena_printf(a, "%.*s<%s%s>%s%s", (int)(s - text), text, element, attributes, content, stop) : arena_printf(a, "%.*s%s%s", (int)(right + 1 - text), text, content, stop);
  }
  return NULL;
}
