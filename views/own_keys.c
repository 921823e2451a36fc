#include "views/own_keys.h"
#include "keymaps/keymap.h"
#include "ops/own.h"

/* A key that does something anywhere is not free: the same key does one thing. */
static const char *taken(void *owner, const char *name, struct arena *a) {
  const struct keymap *m = owner;
  struct key k;
  enum action action = ACTION_NONE;
  if (key_parse(name, &k)) return "there is no such key (as in a key map: F9, M-x, C-t, R)";
  if (!m) return "the key map cannot be read";
  for (int c = 0; c < CONTEXT_COUNT && !action; c++) action = keymap_lookup(m, (enum context)c, k);
  return action ? arena_printf(a, "it does %s already (kvmconsole list keys)", action_row(action)->name) : NULL;
}

void own_configure(struct arguments *a) {
  const char *keys = a->option[OPT_KEYMAP] ? a->option[OPT_KEYMAP] : config_text(&a->config, SET_KEYMAP);
  CLEANUP(keymap_freep) struct keymap *m = a->config.action_count ? keymap_load(keys, NULL) : NULL;
  a->own = arena_new();
  operations_own(own_actions(&a->config, a->own, taken, m, &a->config.warnings));
}

void own_forget(struct arguments *a) {
  operations_own(NULL);
  arena_free(a->own);
  a->own = NULL;
}
