#include "keymaps/actions.h"
#include "base/str.h"

static const struct action_row rows[ACTION_COUNT] = {
#define ACTION(id, name, context, group, help) [ACTION_##id] = {name, CONTEXT_##context, group, help},
#include "keymaps/actions.def"
#undef ACTION
};

const char *context_name(enum context c) {
  static const char *const names[] = {
#define X(id, name) name,
      CONTEXTS(X)
#undef X
  };
  return (unsigned)c < CONTEXT_COUNT ? names[c] : "any";
}

const struct action_row *action_row(enum action a) { return a > ACTION_NONE && a < ACTION_COUNT ? &rows[a] : NULL; }

enum action action_find(const char *name) {
  for (enum action a = ACTION_NONE + 1; a < ACTION_COUNT; a++)
    if (str_eq(rows[a].name, name)) return a;
  return ACTION_NONE;
}
