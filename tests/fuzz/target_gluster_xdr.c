/* The wire of gluster's daemons: bytes of a connection cut into records, each record a message, each body a dictionary. */
#include "sources/gluster_xdr.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

static void read_dict(const unsigned char *bytes, size_t len) {
  struct arena *a = arena_new();
  struct dict d;
  if (!dict_parse(a, bytes, len, &d)) {
    MUST(d.count <= len / 9, "no more pairs than bytes can hold");
    for (size_t i = 0; i < d.count; i++) {
      MUST(d.item[i].value[d.item[i].len] == 0, "a NUL is behind each value");
      MUST(!i || strcmp(d.item[i - 1].key, d.item[i].key) <= 0, "keys are in order");
      const char *text = dict_text(&d, "%s", d.item[i].key);
      MUST(!text || strlen(text) <= len, "a text is no longer than what came");
      dict_int(&d, "%s", d.item[i].key);
      dict_uuid(a, &d, "%s", d.item[i].key);
    }
  }
  arena_free(a);
}

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  struct str in = {0};
  size_t used;
  int64_t n;
  str_addn(&in, data, len);
  while ((n = record_next(&in, &used)) > 0) {
    struct message m;
    MUST((size_t)n < used && used <= in.len, "a record is shorter than what it took");
    unsigned char *exact = mem_alloc((size_t)n); /* of its own: a read beyond it is seen */
    memcpy(exact, in.data, (size_t)n);
    if (!message_parse(exact, (size_t)n, &m) && m.kind == MESSAGE_REPLY && !m.code) {
      struct xdr x = {.at = m.body, .left = m.len};
      size_t size;
      MUST(m.body >= exact && m.body + m.len <= exact + n, "the body lies in the record");
      xdr_get_u32(&x), xdr_get_u32(&x);
      const unsigned char *dict = xdr_get_opaque(&x, &size);
      if (!x.bad) read_dict(dict, size);
    }
    mem_free(exact);
    memmove(in.data, in.data + used, in.len - used);
    in.len -= used;
  }
  str_free(&in);
  read_dict(data, len);
}
