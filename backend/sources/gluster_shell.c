#include "sources/gluster_shell.h"
#include "base/child.h"
#include "base/ssh.h"
#include "base/str.h"
#include "sources/gluster_name.h"
#include "sources/gluster_read.h"
#include <errno.h>
#include <string.h>
#include <sys/wait.h>

enum { TEXT_MAX = 4 << 20, DEADLINE_MS = 25000, COMPLAINT_MAX = 160 };

struct shell {
  struct child *child;
  struct timer *deadline;
  struct str text;
  char complaint[COMPLAINT_MAX];
  bool remote, late;
  shell_fn *fn;
  void *owner;
};

static void on_line(void *owner, char *line, size_t len, bool cut) {
  struct shell *s = owner;
  (void)cut;
  if (s->text.len + len + 1 > TEXT_MAX) return;
  str_addn(&s->text, line, len);
  str_addc(&s->text, '\n');
}

static void on_complaint(void *owner, char *line, size_t len, bool cut) {
  struct shell *s = owner;
  (void)cut;
  while (len && (line[len - 1] == '\r' || line[len - 1] == ' ' || line[len - 1] == '.')) line[--len] = 0;
  if (!len) return;
  if (len >= COMPLAINT_MAX) len = COMPLAINT_MAX - 1;
  memcpy(s->complaint, line, len);
  s->complaint[len] = 0;
}

static void release(struct shell *s) {
  timer_end(s->deadline);
  str_free(&s->text);
  mem_free(s);
}

static void on_end(void *owner, int status) {
  struct shell *s = owner;
  int code = -EIO;
  if (s->late) code = -ETIMEDOUT;
  else if (s->remote && WIFEXITED(status) && WEXITSTATUS(status) == 255) code = -EACCES;
  else if (WIFEXITED(status) && (WEXITSTATUS(status) == 124 || WEXITSTATUS(status) == 137)) code = -ETIMEDOUT; /* timeout(1) on the far side */
  else if (WIFEXITED(status) && s->text.len) code = 0; /* its exit code says little; its text is parsed */
  s->fn(s->owner, code, str_text(&s->text), s->complaint);
  release(s);
}

static void on_deadline(void *owner) {
  struct shell *s = owner;
  s->late = true;
  child_end(s->child);
}

struct shell *shell_heal(struct loop *l, const char *ssh, const char *host, const char *volume, const char *first, const char *second, shell_fn *fn,
                         void *owner) {
  CLEANUP(mem_freep) char *to = NULL;
  const char *argv[SSH_WORDS + 16];
  size_t n = 0;
  if (!volume_name_valid(volume)) return NULL; /* ssh hands the words to a shell: none of them may mean anything to it */
  if (host) {
    if (!name_valid(host)) return NULL;
    to = ssh_target(ssh, host);
    if (!*to || *to == '-') return NULL;
    n = ssh_words(argv, to, NULL);
  }
  const char *const words[] = {"timeout", "20", "gluster", "--mode=script", "--timeout=15", "volume", "heal", volume, first, second, NULL};
  for (size_t i = 0; i < COUNT(words); i++) argv[n++] = words[i];
  struct shell *s = mem_alloc(sizeof *s);
  *s = (struct shell){.remote = host != NULL, .fn = fn, .owner = owner};
  s->child = child_start(
      l, &(struct child_spec){.argv = argv, .max_line = 65536, .on_out = on_line, .on_err = on_complaint, .on_exit = on_end, .owner = s}, NULL);
  if (!s->child) {
    mem_free(s);
    return NULL;
  }
  s->deadline = loop_timer(l, DEADLINE_MS, on_deadline, s);
  return s;
}

void shell_drop(struct shell *s) {
  if (!s) return;
  child_drop(s->child);
  release(s);
}
