/* The wire of gluster's daemons: ONC RPC records, XDR, and the dictionary they carry. Pure and bounded: bytes in, values
 * out, nothing believed before it was counted. What is asked with it is gluster_rpc.h's and gluster_read.h's. */
#ifndef SOURCES_GLUSTER_XDR_H
#define SOURCES_GLUSTER_XDR_H
#include "base/arena.h"
#include "base/str.h"

enum { RECORD_MAX = 16 << 20, DICT_KEYS_MAX = 400000 };

/* ---- out ---- */
void xdr_u32(struct str *out, uint32_t v);
void xdr_opaque(struct str *out, const void *bytes, size_t len); /* length, bytes, padding */
/* A whole call with its record mark, AUTH_NONE. */
void xdr_call(struct str *out, uint32_t xid, uint32_t program, uint32_t version, uint32_t procedure, const void *args, size_t len);

/* ---- in ---- */
struct xdr { /* reads from the front; one read beyond the end makes it bad, and everything after it 0 */
  const unsigned char *at;
  size_t left;
  bool bad;
};
uint32_t xdr_get_u32(struct xdr *x);
const unsigned char *xdr_get_opaque(struct xdr *x, size_t *ret_len); /* borrowed; "" and 0 when bad */

/* Cuts the first whole record off in (fragments joined in place). Its length; 0: more bytes are needed; -EPROTO: this is
 * no such stream, or too long a record. The record is at in->data afterwards, *ret_used bytes of in belong to it. */
int64_t record_next(struct str *in, size_t *ret_used);

enum message_kind { MESSAGE_REPLY, MESSAGE_CALL };
struct message {
  enum message_kind kind;
  uint32_t xid;
  uint32_t program, procedure; /* of a call */
  int code;                    /* of a reply: 0, -EACCES denied, -EOPNOTSUPP not offered, -EPROTO otherwise refused */
  const unsigned char *body;   /* of a reply that is 0 */
  size_t len;
};
int message_parse(const unsigned char *record, size_t len, struct message *ret); /* 0 or -EPROTO */

/* ---- the dictionary: count, then key length, value length, key NUL, value ---- */
struct dict_pair { const char *key, *value; size_t len; }; /* value: len bytes and always a NUL behind them */
struct dict { struct dict_pair *item; size_t count; };     /* sorted by key */
int dict_parse(struct arena *a, const unsigned char *bytes, size_t len, struct dict *ret); /* 0 or -EPROTO */
/* NULL when it is not there or is no text. */
const char *dict_text(const struct dict *d, const char *format, ...) PRINTF(2, 3);
int64_t dict_int(const struct dict *d, const char *format, ...) PRINTF(2, 3); /* UNKNOWN_INT */
/* 36 characters, whether it came as text or as 16 bytes; in a. NULL. */
const char *dict_uuid(struct arena *a, const struct dict *d, const char *format, ...) PRINTF(3, 4);
/* A dictionary to send. */
struct dict_out { struct str bytes; uint32_t count; };
void dict_put(struct dict_out *d, const char *key, const char *value);
void dict_put_int(struct dict_out *d, const char *key, int64_t value);
void dict_send(struct str *out, const struct dict_out *d); /* as an opaque; an empty one has length 0 */
#endif
