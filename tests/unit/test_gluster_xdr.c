/* Gluster's wire: whole, cut short at every byte, and as a hostile daemon would send it. */
#include "model/shape.h"
#include "sources/gluster_xdr.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <string.h>

static void put_dict(struct str *out) {
  struct dict_out d = {0};
  dict_put_int(&d, "count", 2);
  dict_put(&d, "volume1", "models");
  dict_put(&d, "volume0", "images");
  xdr_u32(out, d.count);
  str_addn(out, d.bytes.data, d.bytes.len);
  str_free(&d.bytes);
}

static void what_is_written_is_read(void **state) {
  (void)state;
  CLEANUP(str_free) struct str out = {0};
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct dict d;
  put_dict(&out);
  assert_int_equal(dict_parse(a, (unsigned char *)out.data, out.len, &d), 0);
  assert_int_equal(d.count, 3);
  assert_int_equal(dict_int(&d, "count"), 2);
  assert_string_equal(dict_text(&d, "volume%d", 1), "models");
  assert_null(dict_text(&d, "volume2"));
  assert_true(dict_int(&d, "volume0") == UNKNOWN_INT);
}

static void a_dictionary_cut_anywhere_is_refused(void **state) {
  (void)state;
  CLEANUP(str_free) struct str out = {0};
  put_dict(&out);
  for (size_t len = 1; len < out.len; len++) {
    CLEANUP(arena_freep) struct arena *a = arena_new();
    unsigned char *exact = mem_alloc(len); /* its own allocation: a read beyond it is seen */
    struct dict d;
    memcpy(exact, out.data, len);
    assert_int_equal(dict_parse(a, exact, len, &d), -EPROTO);
    assert_int_equal(d.count, 0);
    mem_free(exact);
  }
}

static void lengths_that_lie_are_refused(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  struct dict d;
  const uint32_t lies[][3] = {{0xffffffff, 1, 1}, {1, 0xffffffff, 1}, {1, 1, 0xffffffff}, {1, 0xffffffff, 0xffffffff}, {1, 8, 8}, {2, 1, 1}};
  for (size_t i = 0; i < COUNT(lies); i++) {
    CLEANUP(str_free) struct str out = {0};
    for (int k = 0; k < 3; k++) xdr_u32(&out, lies[i][k]);
    str_addn(&out, "k\0v\0", 4);
    assert_int_equal(dict_parse(a, (unsigned char *)out.data, out.len, &d), -EPROTO);
  }
}

static void values_that_are_no_text(void **state) {
  (void)state;
  CLEANUP(arena_freep) struct arena *a = arena_new();
  CLEANUP(str_free) struct str out = {0};
  struct dict d;
  xdr_u32(&out, 4);
  const struct {
    const char *key, *value;
    uint32_t len;
  } rows[] = {
      {"inner", "a\0b", 4}, {"open", "abc", 3}, {"none", "", 0}, {"uuid", "\x80\xc7\x33\x73\x2b\xc7\x47\x10\x87\x7e\x15\x2c\x83\x18\x24\xb7", 16}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    xdr_u32(&out, (uint32_t)strlen(rows[i].key));
    xdr_u32(&out, rows[i].len);
    str_addn(&out, rows[i].key, strlen(rows[i].key) + 1);
    str_addn(&out, rows[i].value, rows[i].len);
  }
  assert_int_equal(dict_parse(a, (unsigned char *)out.data, out.len, &d), 0);
  assert_null(dict_text(&d, "inner"));
  assert_null(dict_text(&d, "open"));
  assert_null(dict_text(&d, "none"));
  assert_string_equal(dict_uuid(a, &d, "uuid"), "80c73373-2bc7-4710-877e-152c831824b7");
  assert_null(dict_uuid(a, &d, "open"));
}

static void records_come_in_fragments(void **state) {
  (void)state;
  CLEANUP(str_free) struct str in = {0};
  size_t used = 0;
  xdr_u32(&in, 3);
  str_addn(&in, "abc", 3);
  xdr_u32(&in, 0);
  assert_int_equal(record_next(&in, &used), 0);
  xdr_u32(&in, 0x80000002u);
  str_addn(&in, "de", 2);
  str_addn(&in, "next", 4);
  assert_int_equal(record_next(&in, &used), 5);
  assert_memory_equal(in.data, "abcde", 5);
  assert_int_equal(used, in.len - 4);
}

static void records_are_bounded(void **state) {
  (void)state;
  CLEANUP(str_free) struct str in = {0};
  size_t used;
  xdr_u32(&in, 0x7fffffff);
  assert_int_equal(record_next(&in, &used), -EPROTO); /* known before its bytes are here */
  str_reset(&in);
  for (int i = 0; i < 5000; i++) xdr_u32(&in, 0); /* fragments of nothing, without end */
  assert_int_equal(record_next(&in, &used), -EPROTO);
}

static void replies_and_the_daemons_own_calls(void **state) {
  (void)state;
  const struct {
    uint32_t word[8];
    size_t words;
    int parsed, code, kind;
  } rows[] = {
      {{7, 1, 0, 0, 0, 0, 42}, 7, 0, 0, MESSAGE_REPLY},         {{7, 1, 0, 0, 0, 3}, 6, 0, -EOPNOTSUPP, MESSAGE_REPLY},
      {{7, 1, 0, 0, 0, 4}, 6, 0, -EPROTO, MESSAGE_REPLY},       {{7, 1, 1, 0, 0, 0}, 6, 0, -EACCES, MESSAGE_REPLY},
      {{7, 0, 2, 52743234, 1, 1, 0, 0}, 8, 0, 0, MESSAGE_CALL}, {{7, 2, 0, 0, 0, 0}, 6, -EPROTO, 0, 0},
      {{7, 1, 0, 0, 0xffffffff, 0}, 6, -EPROTO, 0, 0},          {{7, 1}, 2, -EPROTO, 0, 0},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    CLEANUP(str_free) struct str out = {0};
    struct message m;
    for (size_t w = 0; w < rows[i].words; w++) xdr_u32(&out, rows[i].word[w]);
    assert_int_equal(message_parse((unsigned char *)out.data, out.len, &m), rows[i].parsed);
    if (rows[i].parsed) continue;
    assert_int_equal(m.xid, 7);
    assert_int_equal(m.kind, rows[i].kind);
    assert_int_equal(m.code, rows[i].code);
    if (i == 0) assert_int_equal(m.len, 4);
    if (i == 4) assert_int_equal(m.program, 52743234);
  }
}

static void noise_is_never_believed_beyond_its_end(void **state) {
  (void)state;
  uint32_t seed = 1;
  for (int round = 0; round < 20000; round++) {
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct message m;
    struct dict d;
    seed = seed * 1664525 + 1013904223;
    size_t len = seed >> 26;
    unsigned char *bytes = mem_alloc(len + 1);
    for (size_t i = 0; i < len; i++) {
      seed = seed * 1664525 + 1013904223;
      bytes[i] = (seed >> 24) & (i % 4 == 3 ? 15 : 1); /* small lengths are likely, so that some of it parses */
    }
    message_parse(bytes, len, &m);
    dict_parse(a, bytes, len, &d);
    mem_free(bytes);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_written_is_read),           cmocka_unit_test(a_dictionary_cut_anywhere_is_refused),
      cmocka_unit_test(lengths_that_lie_are_refused),      cmocka_unit_test(values_that_are_no_text),
      cmocka_unit_test(records_come_in_fragments),         cmocka_unit_test(records_are_bounded),
      cmocka_unit_test(replies_and_the_daemons_own_calls), cmocka_unit_test(noise_is_never_believed_beyond_its_end),
  };
  return RUN(tests);
}
