/* Inside of a key map: for keymap.c and help.c only. */
#ifndef KEYMAPS_BINDINGS_H
#define KEYMAPS_BINDINGS_H
#include "keymaps/keymap.h"

struct binding {
  enum context context;
  struct key key;
  enum action action; /* ACTION_NONE: taken away */
  const char *path;   /* owned by the map */
  int line;
};

struct keymap {
  struct binding *bindings; /* in the order of the files: the first key of an action is the one that hints show */
  size_t count;
  char **paths;
  size_t path_count;
};
#endif
