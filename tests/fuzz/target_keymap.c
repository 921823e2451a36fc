/* A key file: every key it binds has a name that reads back as that key, and can be looked up. */
#include "keymaps/keymap.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

static void on_key(void *owner, enum context c, struct key k, enum action a, const char *path, int line) {
  const struct keymap *m = owner;
  char name[KEY_NAME];
  struct key again;
  MUST(path && line > 0, "a key says where it comes from");
  MUST(!a || action_row(a), "an action is in the table");
  MUST(!key_parse(key_print(name, k), &again) && key_equal(key_canonical(again), k), "a key's name reads back: %s", name);
  keymap_lookup(m, c, k);
}

void target_setup(void) {}

void target(const uint8_t *data, size_t len) {
  struct keymap *m = keymap_new();
  struct err e = {0};
  struct str help = {0};
  char *text = input_text(data, len);
  if (keymap_parse(m, text, "my.keys", &e)) {
    MUST(e.text[0], "a refusal says why");
    must_be_harmless(e.text, strlen(e.text));
  } else {
    keymap_each(m, on_key, m);
    keymap_help_text(m, &help);
    must_be_harmless(str_text(&help), help.len);
  }
  mem_free(text);
  str_free(&help);
  keymap_free(m);
}
