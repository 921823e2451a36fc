/* kvmconsole-cibwatch: says when the CIB changes, one line a change, and every few seconds which of pacemaker's daemons on
 * this host answer. It is the only program that is linked with pacemaker's libraries, so that their ABI, which changes with
 * the major version, ends here. It only listens (a connection for queries), and ends when its connection, its reader or its
 * parent does.
 *
 *   ready                   connected
 *   change                  the status section changed
 *   change config           the configuration changed, or it cannot be told
 *   daemons [NAME[@NODE]=hung|gone]...     all were asked; these do not answer, or are not there
 */
#include "sources/cibwatch.h"
#include <crm/cib.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { DEPTH = 4, RETRIES = 3 };

void say(const char *line) {
  if (puts(line) < 0 || fflush(stdout)) _exit(0); /* nobody listens any more */
}

static const xmlNode *element(const xmlNode *parent, const char *name, int depth) {
  for (const xmlNode *n = parent && depth ? parent->children : NULL; n; n = n->next) {
    if (n->type != XML_ELEMENT_NODE) continue;
    if (!strcmp((const char *)n->name, name)) return n;
    const xmlNode *below = element(n, name, depth - 1);
    if (below) return below;
  }
  return NULL;
}

/* Read where it lies: the XML library itself need not be linked. */
static const char *value(const xmlNode *n, const char *attribute) {
  for (const xmlAttr *p = n->properties; p; p = p->next)
    if (!strcmp((const char *)p->name, attribute)) return p->children ? (const char *)p->children->content : NULL;
  return NULL;
}

static bool same(const xmlNode *a, const xmlNode *b, const char *attribute) {
  const char *one = value(a, attribute), *two = value(b, attribute);
  return one && two && !strcmp(one, two);
}

/* A change of the configuration raises epoch (or admin_epoch); one of the status raises num_updates only. */
static void on_diff(const char *event, xmlNode *message) {
  (void)event;
  const xmlNode *version = element(message, "version", DEPTH);
  const xmlNode *from = element(version, "source", 1), *to = element(version, "target", 1);
  bool status_only = from && to && same(from, to, "epoch") && same(from, to, "admin_epoch");
  say(status_only ? "change" : "change config");
}

static void on_lost(gpointer owner) {
  (void)owner;
  _exit(3);
}

static gboolean on_reader(GIOChannel *channel, GIOCondition condition, gpointer owner) {
  (void)channel, (void)condition, (void)owner;
  _exit(0);
}

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) {
    fprintf(stderr, "usage: kvmconsole-cibwatch\n");
    return 64;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_IGN);
  cib_t *cib = cib_new();
  if (!cib) return 2;
  int code = -1;
  for (int i = 0; code && i < RETRIES; i++) code = cib->cmds->signon(cib, "kvmconsole", cib_query);
  if (code) {
    fprintf(stderr, "kvmconsole-cibwatch: cannot connect to the CIB (%d)\n", code);
    return 2;
  }
  cib->cmds->set_connection_dnotify(cib, on_lost);
  if (cib->cmds->add_notify_callback(cib, "cib_diff_notify", on_diff)) return 2;
  say("ready");
  g_io_add_watch(g_io_channel_unix_new(STDOUT_FILENO), G_IO_HUP | G_IO_ERR | G_IO_NVAL, on_reader, NULL);
  daemons_begin(cib);
  g_main_loop_run(g_main_loop_new(NULL, FALSE));
  return 0;
}
