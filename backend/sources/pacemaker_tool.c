#include "sources/pacemaker_tool.h"
#include "sources/pacemaker_xml.h"
#include <errno.h>
#include <string.h>
#include <sys/wait.h>

enum { SAID_MAX = 600 };

static void on_out(void *owner, char *line, size_t len, bool cut) {
  struct tool *t = owner;
  if (cut || t->out.len + len >= XML_BYTES_MAX) t->too_large = true;
  if (t->too_large) return;
  str_addn(&t->out, line, len);
  str_addc(&t->out, '\n');
}

static void on_err(void *owner, char *line, size_t len, bool cut) {
  struct tool *t = owner;
  (void)cut;
  if (t->said.len + len > SAID_MAX) return;
  if (t->said.len) str_add(&t->said, "; ");
  str_addn(&t->said, line, len);
}

static void on_exit_status(void *owner, int status) {
  struct tool *t = owner;
  t->child = NULL;
  t->end = TOOL_ENDED;
  t->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  t->done(t->owner);
}

int tool_start(struct tool *t, struct loop *l, const char *const *argv, void (*done)(void *), void *owner, struct err *e) {
  struct child_spec spec = {.argv = argv, .on_out = on_out, .on_err = on_err, .on_exit = on_exit_status, .owner = t};
  struct err why = {0};
  str_reset(&t->out);
  str_reset(&t->said);
  t->too_large = false;
  t->exit_code = 0;
  t->done = done;
  t->owner = owner;
  t->child = child_start(l, &spec, &why);
  t->end = t->child ? TOOL_RUNS : why.code == -ENOENT ? TOOL_MISSING : TOOL_NEVER_RUN;
  if (!t->child && e) *e = why;
  return t->child ? 0 : why.code;
}

bool tool_runs(const struct tool *t) { return t->child != NULL; }

void tool_give_up(struct tool *t) {
  if (!t->child) return;
  child_drop(t->child);
  t->child = NULL;
  t->end = TOOL_LATE;
}

void tool_free(struct tool *t) {
  tool_give_up(t);
  str_free(&t->out);
  str_free(&t->said);
}
