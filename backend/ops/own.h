/* The operator's own commands: each [action NAME] of the configuration becomes a row of the table of operations, so that
 * menu, palette, preview, confirmation, `list`, `plan`, `run`, audit, tasks, lock and --read-only treat it as any other.
 *
 *   [action vm-screenshot]
 *   title = Picture of its screen        on = domain          where = target        danger = 0
 *   command = virsh screenshot %t /var/tmp/screen.ppm
 *
 * The command is words, never a shell's line ("..." and '...' keep blanks together). %t alone is a word for the target's
 * name, %h for the host where it runs, %c for the cluster's name; %% is one percent sign. What a placeholder brings comes
 * from the cluster: only letters, digits and . _ - : / @ + are let through, and no dash first, so that not even a shell
 * that the command starts by itself could read anything else than a name in it. */
#ifndef OPS_OWN_H
#define OPS_OWN_H
#include "base/config.h"
#include "ops/operation.h"

enum own_where { OWN_TARGET, OWN_HERE, OWN_EACH };
struct own_action {
  struct operation_argument arguments[2]; /* its row's, first: so the row leads here */
  struct texts words;   /* of the command, with their placeholders */
  enum own_where where; /* on the target's host, on the console's own, on each node that is online */
  bool handover;        /* it gets the terminal */
  int64_t deadline_ms;
  const char *confirm;  /* what the operator is told in the preview, NULL: nothing */
  const char *key;      /* as in a key map, NULL: none */
  const char *origin;   /* "/etc/kvmconsole.conf:12" */
};

/* The rows, in a, ending with name NULL. A section that cannot be is a line of warnings with file and line, and no row.
 * taken: why that key cannot be had, in a (then the row stays, without it), or NULL; itself NULL: no key can. */
typedef const char *own_key_fn(void *owner, const char *key, struct arena *a);
const struct operation *own_actions(const struct config *c, struct arena *a, own_key_fn *taken, void *owner, struct str *warnings);
const struct own_action *own_action_of(const struct operation *o); /* NULL: it is built in */
/* The words of a command; NULL, or why it is none. */
const char *own_words(const char *text, struct arena *a, struct texts *ret);
#endif
