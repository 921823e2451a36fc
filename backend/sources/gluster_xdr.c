#include "sources/gluster_xdr.h"
#include "model/shape.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LAST_FRAGMENT 0x80000000u
enum { KEY_MAX = 4096, FRAGMENTS_MAX = 4096 };

static uint32_t be32(const unsigned char *p) { return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]; }

void xdr_u32(struct str *out, uint32_t v) {
  unsigned char b[4] = {(unsigned char)(v >> 24), (unsigned char)(v >> 16), (unsigned char)(v >> 8), (unsigned char)v};
  str_addn(out, b, 4);
}

void xdr_opaque(struct str *out, const void *bytes, size_t len) {
  xdr_u32(out, (uint32_t)len);
  if (len) str_addn(out, bytes, len);
  str_addn(out, "\0\0\0", (4 - len % 4) % 4);
}

void xdr_call(struct str *out, uint32_t xid, uint32_t program, uint32_t version, uint32_t procedure, const void *args, size_t len) {
  const uint32_t head[] = {LAST_FRAGMENT | (uint32_t)(40 + len), xid, 0 /* call */, 2 /* of RPC */, program, version, procedure, 0, 0, 0, 0};
  for (size_t i = 0; i < COUNT(head); i++) xdr_u32(out, head[i]);
  if (len) str_addn(out, args, len);
}

uint32_t xdr_get_u32(struct xdr *x) {
  if (x->bad || x->left < 4) {
    x->bad = true;
    return 0;
  }
  uint32_t v = be32(x->at);
  x->at += 4;
  x->left -= 4;
  return v;
}

const unsigned char *xdr_get_opaque(struct xdr *x, size_t *ret_len) {
  size_t len = xdr_get_u32(x), padded = len + (4 - len % 4) % 4;
  *ret_len = 0;
  if (x->bad || len > x->left) {
    x->bad = true;
    return (const unsigned char *)"";
  }
  const unsigned char *bytes = x->at;
  if (padded > x->left) padded = x->left; /* the last one's padding may be missing */
  x->at += padded;
  x->left -= padded;
  *ret_len = len;
  return bytes;
}

int64_t record_next(struct str *in, size_t *ret_used) {
  size_t at = 0, len = 0, fragments = 0;
  for (;;) { /* first only look: nothing is moved before the record is whole */
    if (in->len - at < 4) return 0;
    uint32_t mark = be32((unsigned char *)in->data + at);
    size_t part = mark & ~LAST_FRAGMENT;
    len += part;
    if (len > RECORD_MAX || ++fragments > FRAGMENTS_MAX) return -EPROTO;
    if (in->len - at - 4 < part) return 0;
    at += 4 + part;
    if (mark & LAST_FRAGMENT) break;
  }
  size_t from = 0, to = 0;
  while (from < at) {
    size_t part = be32((unsigned char *)in->data + from) & ~LAST_FRAGMENT;
    memmove(in->data + to, in->data + from + 4, part);
    from += 4 + part;
    to += part;
  }
  *ret_used = at;
  return (int64_t)len ? (int64_t)len : -EPROTO;
}

int message_parse(const unsigned char *record, size_t len, struct message *ret) {
  struct xdr x = {.at = record, .left = len};
  struct message m = {.xid = xdr_get_u32(&x)};
  uint32_t type = xdr_get_u32(&x);
  if (x.bad || type > 1) return -EPROTO;
  if (type == 0) {
    m.kind = MESSAGE_CALL;
    xdr_get_u32(&x); /* RPC's version */
    m.program = xdr_get_u32(&x);
    xdr_get_u32(&x); /* the program's */
    m.procedure = xdr_get_u32(&x);
    if (x.bad) return -EPROTO;
    *ret = m;
    return 0;
  }
  m.kind = MESSAGE_REPLY;
  if (xdr_get_u32(&x) != 0) m.code = -EACCES;
  else {
    size_t ignored;
    xdr_get_u32(&x); /* flavour and body of the verifier */
    xdr_get_opaque(&x, &ignored);
    uint32_t accepted = xdr_get_u32(&x);
    m.code = accepted == 0 ? 0 : accepted <= 3 ? -EOPNOTSUPP : -EPROTO; /* 1 to 3: no such program, version, procedure */
  }
  if (x.bad) return -EPROTO;
  m.body = x.at;
  m.len = x.left;
  *ret = m;
  return 0;
}

static int pair_order(const void *a, const void *b) { return strcmp(((const struct dict_pair *)a)->key, ((const struct dict_pair *)b)->key); }

int dict_parse(struct arena *a, const unsigned char *bytes, size_t len, struct dict *ret) {
  struct xdr x = {.at = bytes, .left = len};
  *ret = (struct dict){0};
  if (!len) return 0; /* how an empty one is sent */
  uint32_t count = xdr_get_u32(&x);
  if (x.bad || count > DICT_KEYS_MAX || count > len / 9) return -EPROTO; /* a pair takes 9 bytes at least */
  struct dict d = {.item = arena_array(a, count, sizeof *d.item)};
  while (d.count < count) {
    size_t key = xdr_get_u32(&x), value = xdr_get_u32(&x);
    if (x.bad || key > KEY_MAX || key >= x.left || value > x.left - key - 1) return -EPROTO;
    if (x.at[key] != 0) return -EPROTO;
    d.item[d.count++] = (struct dict_pair){arena_strndup(a, (const char *)x.at, key), NULL, value};
    char *copy = arena_alloc(a, value + 1);
    memcpy(copy, x.at + key + 1, value);
    d.item[d.count - 1].value = copy;
    x.at += key + 1 + value;
    x.left -= key + 1 + value;
  }
  qsort(d.item, d.count, sizeof *d.item, pair_order);
  *ret = d;
  return 0;
}

static const struct dict_pair *find(const struct dict *d, const char *format, va_list ap) {
  char key[512];
  int n = vsnprintf(key, sizeof key, format, ap);
  if (n < 0 || (size_t)n >= sizeof key || !d->count) return NULL;
  struct dict_pair wanted = {.key = key};
  return bsearch(&wanted, d->item, d->count, sizeof *d->item, pair_order);
}

/* A value is a text when its only NUL is its last byte. */
static const char *text_of(const struct dict_pair *p) { return p && p->len && strlen(p->value) == p->len - 1 ? p->value : NULL; }

const char *dict_text(const struct dict *d, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  const struct dict_pair *p = find(d, format, ap);
  va_end(ap);
  return text_of(p);
}

int64_t dict_int(const struct dict *d, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  const struct dict_pair *p = find(d, format, ap);
  va_end(ap);
  const char *text = text_of(p);
  int64_t v;
  return text && !str_int(text, INT64_MIN + 1, INT64_MAX, &v) ? v : UNKNOWN_INT;
}

const char *dict_uuid(struct arena *a, const struct dict *d, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  const struct dict_pair *p = find(d, format, ap);
  va_end(ap);
  const char *text = text_of(p);
  if (text && strlen(text) == 36) return arena_strdup(a, text);
  if (!p || p->len != 16) return NULL;
  const unsigned char *u = (const unsigned char *)p->value;
  return arena_printf(a, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8],
                      u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
}

void dict_put(struct dict_out *d, const char *key, const char *value) {
  xdr_u32(&d->bytes, (uint32_t)strlen(key));
  xdr_u32(&d->bytes, (uint32_t)strlen(value) + 1);
  str_addn(&d->bytes, key, strlen(key) + 1);
  str_addn(&d->bytes, value, strlen(value) + 1);
  d->count++;
}

void dict_put_int(struct dict_out *d, const char *key, int64_t value) {
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)value);
  dict_put(d, key, text);
}

void dict_send(struct str *out, const struct dict_out *d) {
  if (!d->count) {
    xdr_u32(out, 0);
    return;
  }
  CLEANUP(str_free) struct str whole = {0};
  xdr_u32(&whole, d->count);
  str_addn(&whole, d->bytes.data, d->bytes.len);
  xdr_opaque(out, whole.data, whole.len);
}
