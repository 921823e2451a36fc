/* Each of pacemaker's daemons on this host is asked to accept a client, as pacemakerd itself does; that takes no lock. A
 * connection to a daemon that hangs blocks without limit, so a child makes them, and says how each went. */
#include "sources/cibwatch.h"
#include <glib.h>
#include <crm/common/ipc.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUND_MS = 2500, AGAIN_MS = 1000, ANSWER_MS = 2000, TWICE = 2 };

static const struct { const char *name, *socket; } daemons[] = {
    {"pacemakerd", "pacemakerd"}, {"pacemaker-based", "cib_ro"},   {"pacemaker-fenced", "stonith-ng"},   {"pacemaker-execd", "lrmd"},
    {"pacemaker-attrd", "attrd"}, {"pacemaker-schedulerd", "pengine"}, {"pacemaker-controld", "crmd"}};
enum { DAEMONS = sizeof daemons / sizeof *daemons, BASED = 1, CONTROLD = DAEMONS - 1 };

static struct {
  struct cib_s *cib;
  pid_t child;
  int from;
  size_t at; /* whose answer is awaited */
  guint watch, timer;
  int late[DAEMONS], missed[DAEMONS]; /* times in a row that it did not answer, that it was not there */
} asking;

static gboolean on_late(gpointer owner);
static gboolean on_round(gpointer owner);
static void ask_the_rest(void);

static void ask_in_child(size_t first, int to) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (size_t i = first; i < DAEMONS; i++) {
    crm_ipc_t *c = crm_ipc_new(daemons[i].socket, 0);
    errno = 0;
    bool there = c && crm_ipc_connect(c);
    char said = there || errno == EACCES || errno == EPERM ? 'y' : 'n'; /* one that may not be asked is not judged */
    if (there) crm_ipc_close(c);
    if (write(to, &said, 1) != 1) break;
  }
  _exit(0);
}

static void end_child(void) {
  if (asking.watch) g_source_remove(asking.watch);
  if (asking.timer) g_source_remove(asking.timer);
  asking.watch = asking.timer = 0;
  pid_t pid = asking.child;
  if (pid > 1) kill(pid, SIGKILL), waitpid(pid, NULL, 0);
  asking.child = 0;
  close(asking.from);
}

static void end_round(void) {
  bool soon = false;
  GString *line = g_string_new("daemons");
  for (size_t i = 0; i < DAEMONS; i++) {
    soon |= asking.missed[i] || asking.late[i];
    if (asking.late[i] >= TWICE) g_string_append_printf(line, " %s=hung", daemons[i].name);
    else if (asking.missed[i] >= TWICE) g_string_append_printf(line, " %s=gone", daemons[i].name);
  }
  soon |= nodes_round(line, asking.cib, !asking.late[BASED] && !asking.missed[BASED] && !asking.late[CONTROLD] && !asking.missed[CONTROLD]);
  say(line->str);
  g_string_free(line, TRUE);
  g_timeout_add(soon ? AGAIN_MS : ROUND_MS, on_round, NULL);
}

static void next_daemon(void) {
  if (++asking.at < DAEMONS) return;
  end_child();
  end_round();
}

static gboolean on_answer(GIOChannel *channel, GIOCondition condition, gpointer owner) {
  char said[DAEMONS];
  (void)channel, (void)condition, (void)owner;
  ssize_t n = read(asking.from, said, sizeof said);
  if (n <= 0) { /* it ended in the middle: it will be asked again in the next round */
    asking.watch = 0;
    asking.at = DAEMONS;
    next_daemon();
    return FALSE;
  }
  for (ssize_t i = 0; i < n && asking.at < DAEMONS; i++) {
    asking.late[asking.at] = 0;
    asking.missed[asking.at] = said[i] == 'y' ? 0 : asking.missed[asking.at] + 1;
    bool last = asking.at + 1 == DAEMONS;
    if (last) asking.watch = 0; /* this callback's own source: ended by what it returns */
    next_daemon();
    if (last) return FALSE;
  }
  g_source_remove(asking.timer); /* each has its own time */
  asking.timer = g_timeout_add(ANSWER_MS, on_late, NULL);
  return TRUE;
}

static gboolean on_late(gpointer owner) {
  (void)owner;
  asking.timer = 0;
  asking.late[asking.at]++;
  asking.missed[asking.at] = 0;
  end_child();
  asking.at++;
  if (asking.at < DAEMONS) ask_the_rest();
  else end_round();
  return FALSE;
}

static void ask_the_rest(void) {
  int ends[2];
  if (pipe(ends)) return end_round();
  asking.child = fork();
  if (!asking.child) ask_in_child(asking.at, ends[1]);
  close(ends[1]);
  asking.from = ends[0];
  GIOChannel *channel = g_io_channel_unix_new(asking.from);
  asking.watch = g_io_add_watch(channel, G_IO_IN | G_IO_HUP | G_IO_ERR, on_answer, NULL);
  g_io_channel_unref(channel);
  asking.timer = g_timeout_add(ANSWER_MS, on_late, NULL);
}

static gboolean on_round(gpointer owner) {
  (void)owner;
  asking.at = 0;
  ask_the_rest();
  return FALSE;
}

void daemons_begin(struct cib_s *cib) {
  asking.cib = cib;
  g_timeout_add(AGAIN_MS, on_round, NULL);
}
