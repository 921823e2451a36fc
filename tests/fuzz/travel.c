/* A fact on its way from a source to the console. Apart from fuzz.c: a target that knows no facts does not link them. */
#include "model/fragment.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

static void print(struct str *out, const struct fragment *f) { fragment_print(out, f->at, f->layer, f->host, f->kind->name, f->key, f->data); }

char *must_travel(const char *kind, const char *key, const void *fact) {
  struct str first = {0}, second = {0};
  struct fragment *f = NULL;
  struct err e = {0};
  const struct fact_kind *k = fact_kind_find(kind);
  MUST(k, "%s is a kind of fact", kind);
  fragment_print(&first, 0, k->layer, "host", kind, key, fact);
  MUST(memchr(first.data, '\n', first.len) == first.data + first.len - 1, "a fact is one line");
  must_be_harmless(first.data, first.len);
  int code = fragment_parse(first.data, first.len, &f, &e);
  MUST(!code, "the console takes what a source prints: %s: %s", e.text, first.data);
  print(&second, f);
  MUST(str_eq(first.data, second.data), "a fact says the same printed again:\n%s%s", first.data, second.data);
  fragment_drop(f);
  str_free(&second);
  return str_take(&first);
}

void travels(const char *kind, const char *key, const void *fact) {
  if (input_is_dear()) mem_free(must_travel(kind, key, fact));
}
