/* Key maps. A map is a text file: the built-in ones (default.keys, vi.keys, fkeys.keys) are the same text that a user would
 * write, read by the same parser.
 *
 *   # a comment
 *   include default          first line: what follows is added to, and stronger than, that built-in map
 *   [global]                 context: global, table, text, list, form, plan, tasks, logs, columns
 *   F5      redraw           KEY ACTION; names of keys as in tui/key.h
 *   C-x     none             takes the key away again
 *
 * Two actions on one key in one context of one file are an error that names both lines. */
#ifndef KEYMAPS_KEYMAP_H
#define KEYMAPS_KEYMAP_H
#include "base/err.h"
#include "base/str.h"
#include "keymaps/actions.h"
#include "tui/key.h"
#include <stdbool.h>

/* Made by embed.sh from the .keys files; ends with a row of NULL. */
struct keymap_text {
  const char *name, *text;
};
extern const struct keymap_text keymap_texts[];

struct keymap;

struct keymap *keymap_new(void);    /* nothing bound; owned by the caller */
void keymap_free(struct keymap *m); /* NULL is fine */
void keymap_freep(struct keymap **m);

/* A built-in name ("default", "vi", "fkeys"), or with a slash in it the path of a file. NULL with e set (file and line). */
struct keymap *keymap_load(const char *name, struct err *e);
/* Adds text (path is for messages) to m. -EINVAL with e set; m may then hold a part of it. */
int keymap_parse(struct keymap *m, const char *text, const char *path, struct err *e);

/* What the key does in that context, else globally; ACTION_NONE. A pasted key does nothing. */
enum action keymap_lookup(const struct keymap *m, enum context c, struct key k);
/* The key to show for an action in a hint: the first one bound in context c, else globally. "" when unbound. Returns out
 * (KEY_NAME bytes). */
char *keymap_hint(const struct keymap *m, enum context c, enum action a, char *out);
/* All keys of an action in one context, "q, F10", into out. False: none. */
bool keymap_keys(const struct keymap *m, enum context c, enum action a, struct str *out);
/* The next action after `a` that no key does; ACTION_NONE: no more. Start with ACTION_NONE. */
enum action keymap_unbound(const struct keymap *m, enum action a);

/* The help, from the tables: a row an action that has a key, in the order of actions.def; runs like pane-1..pane-9 are one
 * row ("1 ... 9"). c: keys of that context and the global ones; CONTEXT_COUNT: of all contexts. */
struct keymap_help {
  const char *group; /* heading; rows of one group follow each other */
  const char *name;  /* of the action, first of a run */
  const char *help;
  enum action action;
  enum context context; /* where these keys hold */
  char keys[96];        /* "Up, k" */
};
/* Owned by the caller (mem_free); *ret_count rows. */
struct keymap_help *keymap_help(const struct keymap *m, enum context c, size_t *ret_count);
/* The same as plain text, a heading a group: for the manual page and `kvmconsole help`. */
void keymap_help_text(const struct keymap *m, struct str *out);
/* Every key of every built-in name: for `list keys` and completion. Calls fn for each binding. */
typedef void keymap_fn(void *owner, enum context c, struct key k, enum action a, const char *path, int line);
void keymap_each(const struct keymap *m, keymap_fn *fn, void *owner);
#endif
