/* The table of actions (actions.def) as an enum and rows. Whatever a key may do is one row there; names, help screen,
 * hint line, manual page and `list keys` come from it. */
#ifndef KEYMAPS_ACTIONS_H
#define KEYMAPS_ACTIONS_H
#include <stddef.h>

/* Where a key is pressed. A key is looked up in the context of what has the focus, then in global. */
#define CONTEXTS(X)                         \
  X(GLOBAL, "global")                       \
  X(TABLE, "table") /* rows and columns */  \
  X(TEXT, "text")   /* something to read */ \
  X(LIST, "list")   /* a menu to choose from */  \
  X(FORM, "form")   /* fields to fill */         \
  X(PLAN, "plan")   /* what would be done, and a word to confirm it */ \
  X(TASKS, "tasks") /* what runs or ran, before table and text */ \
  X(LOGS, "logs")   /* the logs of the hosts, before table and text */ \
  X(WHATIF, "whatif") /* what comes of a loss, before table and text */ \
  X(GUIDE, "guide") /* a step of the guide, before text */ \
  X(COLUMNS, "columns") /* the columns of a list to choose from */
enum context {
#define X(id, name) CONTEXT_##id,
  CONTEXTS(X)
#undef X
      CONTEXT_COUNT
};
const char *context_name(enum context c);

enum action {
  ACTION_NONE,
#define ACTION(id, name, context, group, help) ACTION_##id,
#include "keymaps/actions.def"
#undef ACTION
  ACTION_COUNT
};

struct action_row {
  const char *name;     /* as in a key file: "page-down" */
  enum context context; /* GLOBAL: may be bound everywhere; another: only there */
  const char *group;    /* heading of the help */
  const char *help;
};
const struct action_row *action_row(enum action a); /* NULL for ACTION_NONE and what is out of range */
enum action action_find(const char *name);          /* ACTION_NONE: no such action */
#endif
