#include "sources/raw.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "model/fragment.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A name with one of these in it leads to a secret, or (digest) to what a secret can be guessed from. */
static const char *const words[] = {"passw", "passphrase", "secret", "token", "community", "credential", "privkey", "priv_key", "private_key", "authkey", "auth_key",
                                    "api_key", "apikey", "access_key", "login", "totem.key", "digest"};
/* ... but these are none: corosync's time-outs. */
static const char *const harmless[] = {"totem.token", "token_coefficient", "token_retransmit", "token_warning"};

struct raw { char *bytes; size_t len; };

static bool name_char(char c) { return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.'; }

static bool any_of(const struct raw *r, size_t at, const char *const *list, size_t count, size_t *ret_len) {
  int first = tolower((unsigned char)r->bytes[at]);
  for (size_t i = 0; i < count; i++) {
    if (list[i][0] != first) continue;
    size_t n = strlen(list[i]);
    if (r->len - at >= n && !strncasecmp(r->bytes + at, list[i], n)) {
      *ret_len = n;
      return true;
    }
  }
  return false;
}

static void stars(struct raw *r, size_t from, size_t to) {
  while (from < to && from < r->len) r->bytes[from++] = '*';
}

static size_t skip_blanks(const struct raw *r, size_t at) {
  while (at < r->len && isspace((unsigned char)r->bytes[at])) at++;
  return at;
}

/* From an opening quote: masks up to the closing one. */
static void mask_quoted(struct raw *r, size_t at) {
  char quote = r->bytes[at++];
  size_t end = at;
  while (end < r->len && r->bytes[end] != quote) end += r->bytes[end] == '\\' && end + 1 < r->len ? 2 : 1;
  stars(r, at, end);
}

/* password=VALUE, "password": "VALUE", passwd='VALUE'; at: behind the name. */
static bool mask_assigned(struct raw *r, size_t at) {
  if (at < r->len && (r->bytes[at] == '"' || r->bytes[at] == '\'')) at++;
  size_t sign = skip_blanks(r, at);
  if (sign + 1 < r->len && r->bytes[sign] == '(') { /* cmap's "key (str) = value" */
    const char *close = memchr(r->bytes + sign, ')', r->len - sign);
    if (close && close - (r->bytes + sign) < 8) sign = skip_blanks(r, (size_t)(close - r->bytes) + 1);
  }
  if (sign >= r->len || (r->bytes[sign] != '=' && r->bytes[sign] != ':')) return false;
  size_t value = skip_blanks(r, sign + 1), end = value;
  if (value >= r->len) return true;
  if (r->bytes[value] == '"' || r->bytes[value] == '\'') {
    mask_quoted(r, value);
    return true;
  }
  while (end < r->len && !strchr(" \t\r\n,&;<>\"'", r->bytes[end])) end++;
  stars(r, value, end);
  return true;
}

/* The tag around `at`: where it begins and ends. False: it stands in no tag. */
static bool tag_around(const struct raw *r, size_t at, size_t *ret_from, size_t *ret_to) {
  enum { TAG_MAX = 8192 };
  size_t from = at, to = at;
  while (from > 0 && at - from < TAG_MAX && r->bytes[from] != '<' && r->bytes[from] != '>') from--;
  if (r->bytes[from] != '<') return false;
  while (to < r->len && to - at < TAG_MAX && r->bytes[to] != '>') to++;
  *ret_from = from, *ret_to = to;
  return true;
}

/* <nvpair name="passwd" value="VALUE"/>: the attribute `value` of the tag, wherever it stands. */
static void mask_value_of(struct raw *r, size_t from, size_t to) {
  static const char name[] = "value";
  for (size_t i = from; i + sizeof name < to; i++) {
    if (strncasecmp(r->bytes + i, name, sizeof name - 1) || name_char(r->bytes[i - 1]) || name_char(r->bytes[i + sizeof name - 1])) continue;
    size_t sign = skip_blanks(r, i + sizeof name - 1);
    if (sign >= to || r->bytes[sign] != '=') continue;
    size_t quote = skip_blanks(r, sign + 1);
    if (quote < to && (r->bytes[quote] == '"' || r->bytes[quote] == '\'')) mask_quoted(r, quote);
  }
}

static void mask_text_after(struct raw *r, size_t at) {
  size_t from = skip_blanks(r, at), to = from;
  while (to < r->len && r->bytes[to] != '<') to++;
  stars(r, from, to);
}

/* <password>VALUE</password> and <name>password</name><value>VALUE</value>. */
static void mask_elements(struct raw *r, size_t at) {
  static const char name_end[] = "</name>", value[] = "<value>";
  if (r->len - at < sizeof name_end || strncmp(r->bytes + at, name_end, sizeof name_end - 1)) return;
  size_t next = skip_blanks(r, at + sizeof name_end - 1);
  if (r->len - next >= sizeof value && !strncmp(r->bytes + next, value, sizeof value - 1)) mask_text_after(r, next + sizeof value - 1);
}

/* The value of an attribute of the tag from..to, "" when it has none or it is too long; out has NAME_ROOM bytes. */
enum { NAME_ROOM = 128 };
static void attribute(const struct raw *r, size_t from, size_t to, const char *name, char *out) {
  size_t n = strlen(name);
  out[0] = 0;
  for (size_t i = from + 1; i + n + 2 < to; i++) {
    if (strncmp(r->bytes + i, name, n) || !isspace((unsigned char)r->bytes[i - 1])) continue;
    size_t sign = skip_blanks(r, i + n), quote = sign < to && r->bytes[sign] == '=' ? skip_blanks(r, sign + 1) : to;
    if (quote >= to || (r->bytes[quote] != '"' && r->bytes[quote] != '\'')) continue;
    size_t end = quote + 1;
    while (end < to && r->bytes[end] != r->bytes[quote]) end++;
    if (end - quote - 1 >= NAME_ROOM) return;
    memcpy(out, r->bytes + quote + 1, end - quote - 1);
    out[end - quote - 1] = 0;
    return;
  }
}

/* What the tag names by its attribute `name`; one that names nothing may be anything. */
static bool names_a_secret(const struct raw *r, size_t from, size_t to) {
  char name[NAME_ROOM];
  size_t n;
  attribute(r, from, to, "name", name);
  const struct raw own = {name, strlen(name)};
  for (size_t i = 0; i < own.len; i++)
    if (any_of(&own, i, words, COUNT(words), &n)) return true;
  return !own.len;
}

static void mask_text(struct raw *r, size_t word, size_t end) {
  size_t from, to;
  while (end < r->len && name_char(r->bytes[end])) end++;
  if (!tag_around(r, word, &from, &to)) {
    if (!mask_assigned(r, end)) mask_elements(r, end);
    return;
  }
  size_t tag_name = from + 1;
  while (tag_name < to && name_char(r->bytes[tag_name])) tag_name++;
  if (word < tag_name) {
    if (to < r->len && r->bytes[from + 1] != '/' && r->bytes[to - 1] != '/') mask_text_after(r, to + 1);
    return;
  }
  mask_assigned(r, end);
  if (names_a_secret(r, from, to)) mask_value_of(r, from, to); /* not because its id, or its resource's, has the word in it */
}

static uint32_t be32(const char *p) {
  const unsigned char *u = (const unsigned char *)p;
  return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

/* A gluster dict: length of key, length of value, key with its NUL, value. What does not fit that is masked to the next NUL. */
static void mask_pair(struct raw *r, size_t word) {
  const char *nul = memchr(r->bytes + word, 0, r->len - word);
  size_t key_end = nul ? (size_t)(nul - r->bytes) : r->len, from = word;
  while (from > 0 && isprint((unsigned char)r->bytes[from - 1])) from--;
  for (size_t key = from; key <= word; key++) {
    if (key < 8 || be32(r->bytes + key - 8) != key_end - key) continue;
    size_t len = be32(r->bytes + key - 4), value = key_end + 1;
    if (value > r->len || len > r->len - value) continue;
    if (len && !r->bytes[value + len - 1]) len--; /* its own NUL */
    stars(r, value, value + len);
    return;
  }
  size_t name_end = word;
  while (name_end < r->len && name_char(r->bytes[name_end])) name_end++;
  mask_assigned(r, name_end);
  nul = key_end + 1 < r->len ? memchr(r->bytes + key_end + 1, 0, r->len - key_end - 1) : NULL;
  stars(r, key_end + 1, nul ? (size_t)(nul - r->bytes) : r->len);
}

/* scheme://user:PASSWORD@host; at: behind the two slashes. */
static void mask_url(struct raw *r, size_t at) {
  size_t colon = 0, end = at;
  for (; end < r->len && !strchr("/?# \t\r\n\"'<>", r->bytes[end]) && r->bytes[end] != '@'; end++)
    if (r->bytes[end] == ':' && !colon) colon = end;
  if (colon && end < r->len && r->bytes[end] == '@') stars(r, colon + 1, end);
}

void raw_mask(char *bytes, size_t len) {
  struct raw r = {bytes, len};
  bool binary = memchr(bytes, 0, len) != NULL;
  for (size_t i = 0, n; i < len; i++) {
    if (bytes[i] == '/' && i > 1 && bytes[i - 1] == '/' && bytes[i - 2] == ':') mask_url(&r, i + 1);
    else if (any_of(&r, i, harmless, COUNT(harmless), &n)) i += n - 1;
    else if (!any_of(&r, i, words, COUNT(words), &n)) continue;
    else if (binary) mask_pair(&r, i);
    else mask_text(&r, i, i + n);
  }
}

/* The elements that are open at some place, by name; deeper ones than these count as the most secret. */
enum { DEEPEST = 64 };
struct open_elements { char name[DEEPEST][NAME_ROOM]; size_t depth; };

static const char *inner(const struct open_elements *o) {
  return !o->depth ? "" : o->depth > DEEPEST ? "instance_attributes" : o->name[o->depth - 1];
}

static void opens(struct open_elements *o, const char *name, size_t len) {
  if (o->depth++ >= DEEPEST) return;
  char *to = o->name[o->depth - 1];
  if (len >= NAME_ROOM) len = NAME_ROOM - 1;
  memcpy(to, name, len);
  to[len] = 0;
}

void raw_mask_nvpairs(char *bytes, size_t len, raw_secret_fn *secret) {
  struct raw r = {bytes, len};
  struct open_elements *o = mem_alloc(sizeof *o);
  char name[NAME_ROOM];
  for (size_t from = 0, to; from < len; from = to) {
    const char *open = memchr(bytes + from, '<', len - from);
    if (!open) break;
    from = (size_t)(open - bytes);
    const char *end = len - from > 4 && !strncmp(open, "<!--", 4) ? memmem(open, len - from, "-->", 3) : memchr(open, '>', len - from);
    to = end ? (size_t)(end - bytes) + 1 : len;
    bool empty = end && end[-1] == '/';
    size_t n = 0;
    while (from + 1 + n < to && (name_char(open[1 + n]) || open[1 + n] == ':')) n++;
    if (n == 6 && !strncmp(open + 1, "nvpair", n)) {
      attribute(&r, from, to, "name", name);
      /* A name that is too long, or written so that its letters cannot be seen, may be anything. */
      if (!*name || strchr(name, '&') || secret(inner(o), name)) mask_value_of(&r, from, to);
    }
    if (n && !empty) opens(o, open + 1, n);
    else if (to - from > 1 && open[1] == '/' && o->depth) o->depth--;
  }
  mem_free(o);
}

static void add_base64(struct str *out, const unsigned char *p, size_t len) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < len; i += 3) {
    uint32_t v = (uint32_t)p[i] << 16 | (i + 1 < len ? (uint32_t)p[i + 1] << 8 : 0) | (i + 2 < len ? p[i + 2] : 0);
    const char four[4] = {digits[v >> 18], digits[v >> 12 & 63], i + 1 < len ? digits[v >> 6 & 63] : '=', i + 2 < len ? digits[v & 63] : '='};
    str_addn(out, four, sizeof four);
  }
}

/* Text that comes out of JSON as it went in. */
enum { REPLACEMENT = 0xFFFD }; /* also when it stood there: base64 then */
static bool is_text(const char *bytes, size_t len) {
  if (memchr(bytes, 0, len)) return false;
  for (size_t at = 0, used; at < len; at += used)
    if (utf8_next(bytes + at, len - at, &used) == REPLACEMENT) return false;
  return true;
}

void raw_print(struct str *out, int64_t at, enum layer layer, const char *host, const char *call, const void *bytes, size_t len) {
  char when[CLOCK_TEXT];
  bool cut = len > RAW_MAX;
  if (cut) len = RAW_MAX;
  char *own = mem_alloc(len + 1);
  if (len) memcpy(own, bytes, len);
  raw_mask(own, len);
  str_addf(out, "{\"at\":\"%s\",\"source\":\"%s\",\"host\":", clock_rfc3339(when, at), layer_names[layer]);
  json_text(out, host);
  str_add(out, ",\"kind\":\"raw\",\"key\":");
  json_text(out, call);
  size_t data = out->len;
  str_add(out, ",\"data\":{\"text\":");
  if (is_text(own, len)) json_text(out, own);
  if (!is_text(own, len) || out->len - data > FRAGMENT_LINE_MAX - 8192) {
    out->len = data;
    str_add(out, ",\"data\":{\"base64\":\"");
    add_base64(out, (const unsigned char *)own, len);
    str_addc(out, '"');
  }
  str_addf(out, "%s}}\n", cut ? ",\"cut\":true" : "");
  mem_free(own);
}
